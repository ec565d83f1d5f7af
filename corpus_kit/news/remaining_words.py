"""The words of pages that are not yet boilerplate, document by document."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit.news.page_lines import Flags, Page, places_of
from corpus_kit.news.word_runs import Hashes, Runs, mixed

__all__ = ["RemainingWords", "mean"]

_CONTEXT = 4  # words beside a run that count as its surroundings
_WEAK_MARKS = "،,؛;:-–—/(«“\"'[{"  # a sentence goes on after them


class RemainingWords:
    """The words that are neither boilerplate nor headline.

    Attributes:
        page: The page.
        words: Their numbers in the page.
        first, end: The first of them in each document, and the one after the last.
    """

    def __init__(self, page: Page, also: Flags | bool = False) -> None:
        """Take the words that are left, and those in `also`."""
        self.page = page
        free = page.free | also
        headline = np.flatnonzero(page.is_headline)
        free[ranges(page.line_words[headline], page.line_words_end[headline])] = False
        self.words = places_of(free, page.words.dtype)
        line = np.searchsorted(page.line_document, np.arange(len(page.documents) + 1))
        bounds = np.searchsorted(self.words, np.append(page.line_words, len(page.words)).astype(page.words.dtype)[line])
        self.first, self.end = bounds[:-1], bounds[1:]

    def document(self, places: Array) -> Integers:
        """Return the document of each place."""
        return self.page.line_document[self.page.line_of[self.words[places]]]

    @cached_property
    def runs(self) -> Runs:
        """Hashes of runs of the words, in which all numbers are one word."""
        words, hashes = self.words, self.page.runs.hashes  # not `self`: it would not be freed with its last name
        line_of, salts = self.page.line_of, mixed(self.page.sources)[self.page.line_document]
        return Runs(lambda places: hashes(words[places]), lambda places: salts[line_of[words[places]]])

    @cached_property
    def exact(self) -> Runs:
        """Hashes of runs of the words, in which numbers differ."""
        words, hashes = self.words, self.page.exact_runs.hashes
        return Runs(lambda places: hashes(words[places]))

    def before(self, places: Array, document: Array) -> Hashes:
        """Return the hash of the words before each place in its document."""
        return self.exact.of(np.maximum(places - _CONTEXT, self.first[document]), places)

    def after(self, places: Array, document: Array) -> Hashes:
        """Return the hash of the words from each place on in its document."""
        return self.exact.of(places, np.minimum(places + _CONTEXT, self.end[document]))

    @cached_property
    def line_begins(self) -> Flags:
        """Whether each word is the first that is left of its line."""
        line = self.page.line_of[self.words]
        return np.append(True, line[1:] != line[:-1])[: len(line)]

    @cached_property
    def bounds(self) -> Flags:
        """Whether a sentence or a line begins at each place, or a document ends there."""
        return np.append(self.page.opens[self.words] | self.line_begins, True)

    def begin(self, places: Array) -> Flags:
        """Return whether something begins at each place: a sentence, a line, or what follows an address or a mark."""
        page, words = self.page, self.words[places]
        before = np.maximum(page.words[words] - 1, 0)
        word_before = page.words[np.maximum(words - 1, 0)] == before
        return np.asarray(page.opens[words] | ~(word_before | page.signs(before, _WEAK_MARKS)), bool)


def mean(values: Flags, group: Integers, members: Integers) -> npt.NDArray[np.float64]:
    """Return the share of true values in each group."""
    return np.bincount(group, weights=values, minlength=len(members)) / np.maximum(members, 1)
