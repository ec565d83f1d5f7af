"""The words of pages that are not yet boilerplate, document by document."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Integers
from corpus_kit.news.page_lines import Flags, Page
from corpus_kit.news.word_runs import Hashes, Runs

__all__ = ["RemainingWords", "mean"]

_CONTEXT = 4  # words beside a run that count as its surroundings
_WEAK_MARKS = "،,؛;:-–—/(«“\"'[{"  # a sentence goes on after them


class RemainingWords:
    """The words that are neither boilerplate nor headline.

    Attributes:
        page: The page.
        words: Their numbers in the page.
        document: The document of each.
        first, end: The first of them in each document, and the one after the last.
    """

    def __init__(self, page: Page, also: Flags | bool = False) -> None:
        """Take the words that are left, and those in `also`."""
        self.page = page
        self.words = np.flatnonzero((page.free_words() | also) & ~page.is_headline[page.line_of])
        self.document = page.line_document[page.line_of[self.words]]
        bounds = np.searchsorted(self.document, np.arange(len(page.documents) + 1))
        self.first, self.end = bounds[:-1], bounds[1:]

    @cached_property
    def runs(self) -> Runs:
        """Hashes of runs of the words, in which all numbers are one word."""
        return Runs(self.page.units[self.words], self.page.powers)

    @cached_property
    def exact(self) -> Runs:
        """Hashes of runs of the words, in which numbers differ."""
        return Runs(self.page.exact[self.words], self.page.powers)

    def before(self, places: Integers, document: Integers) -> Hashes:
        """Return the hash of the words before each place in its document."""
        return self.exact.of(np.maximum(places - _CONTEXT, self.first[document]), places)

    def after(self, places: Integers, document: Integers) -> Hashes:
        """Return the hash of the words from each place on in its document."""
        return self.exact.of(places, np.minimum(places + _CONTEXT, self.end[document]))

    @cached_property
    def line_begins(self) -> Flags:
        """Whether each word is the first that is left of its line."""
        return np.diff(self.page.line_of[self.words], prepend=-1) > 0

    @cached_property
    def bounds(self) -> Flags:
        """Whether a sentence or a line begins at each place, or a document ends there."""
        return np.append(self.page.opens[self.words] | self.line_begins, True)

    @cached_property
    def begins(self) -> Flags:
        """Whether something begins at each word: a sentence, a line, or what follows an address or a mark."""
        page, words = self.page, self.words
        before = np.maximum(page.words[words] - 1, 0)
        word_before = page.words[np.maximum(words - 1, 0)] == before
        return np.asarray(page.opens[words] | ~(word_before | page.signs(before, _WEAK_MARKS)), bool)


def mean(values: Flags, group: Integers, members: Integers) -> npt.NDArray[np.float64]:
    """Return the share of true values in each group."""
    return np.bincount(group, weights=values, minlength=len(members)) / np.maximum(members, 1)
