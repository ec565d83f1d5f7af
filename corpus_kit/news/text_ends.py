"""Ends of texts that repeat: footers, most of them glued to the last sentence.

Near-duplicates of an article share its end, too. So repetition is counted not in documents, but in the different words
before an end. This is accessor variety (Feng, Chen, Deng and Zheng 2004), used on words instead of characters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import FOOTER, Spans, kinds_of
from corpus_kit.news.page_lines import Flags
from corpus_kit.news.word_runs import Hashes, Runs, distinct

__all__ = ["find_repeated_ends"]

_CONTEXT = 4  # words before an end that count as its surroundings
_LONGEST_TAIL = 120  # words
_DROP = 0.25  # an end is cut where fewer than this share of the texts that have it agree on the word before
_CLEAR_SHARE = 0.5  # of a source; a rarer end must begin where a sentence begins, in half of its texts
_REGION = 40  # words at the end of a text, in which an open footer begins
_OPEN_SHARE = 0.5  # of a source must have an open footer
_OPEN_LONGEST = 5  # words by which an open footer is known
_EXCLUSIVE = 0.9  # of all occurrences of these words must be such footers
_UNENDED = 0.8  # of open footers must have no final mark
_OPEN_PART = 1 / 3  # the largest part of a text that an open footer may be, in half of the texts
_WEAK_MARKS = "،,؛;:-–—/(«“\"'[{"  # a sentence goes on after them


def find_repeated_ends(spans: Spans, least_words: int, by_opening: Flags) -> None:
    """Add the ends of texts that many documents of a source share, and footers that only begin alike.

    Args:
        spans: What was found so far.
        least_words: The least number of words of a shared end.
        by_opening: Whether each word was found by a listed phrase.
    """
    ends = _Ends(spans)
    free = spans.page.free_words()
    ends.find_common(least_words)
    ends.find_open(by_opening | (free & ~spans.page.free_words()))


class _Remaining(NamedTuple):
    """The words that are left, document by document.

    Attributes:
        words: Their numbers in the page.
        runs: Hashes of runs of them, in which all numbers are one word.
        exact: Hashes of runs of them, in which they are not.
        first: The first of them in each document.
        end: The one after the last in each document.
    """

    words: Integers
    runs: Runs
    exact: Runs
    first: Integers
    end: Integers


class _Places(NamedTuple):
    """Of words that are left: the document of each, those near the end of one, and whether something begins at each."""

    document: Integers
    near_end: Integers
    begins: Flags


class _Ends:
    """The search for ends of texts."""

    def __init__(self, spans: Spans) -> None:
        self.spans, self.page = spans, spans.page

    def _remaining(self, also: Flags | bool = False) -> _Remaining:
        """Return the words that are neither boilerplate nor headline, and those in `also`."""
        page = self.page
        words = np.flatnonzero((page.free_words() | also) & ~page.is_headline[page.line_of])
        document = page.line_document[page.line_of[words]]
        bounds = np.searchsorted(document, np.arange(len(page.documents) + 1))
        runs, exact = (Runs(each[words], page.powers) for each in (page.units, page.exact))
        return _Remaining(words, runs, exact, bounds[:-1], bounds[1:])

    # ------------------------------------------------------------------ the same last words

    def find_common(self, least_words: int) -> None:
        """Add the same last words of many documents of a source."""
        remaining = self._remaining()
        document, length, agree = self._common_tails(remaining, least_words)
        if not len(document):
            return
        start = remaining.end[document] - length
        key = remaining.runs.of(start, remaining.end[document], self.page.sources[document])
        good = self._is_footer(remaining, document, start, key, agree)
        document, start, key = document[good], start[good], key[good]
        self._add_ends(remaining.words[start], document, distinct(key, document))

    def _common_tails(self, remaining: _Remaining, least_words: int) -> tuple[Integers, Integers, Integers]:
        """Return documents that end like others of their source, in how many words, and in how many surroundings.

        An end grows word by word, as long as enough documents agree. It is cut where its surroundings vary most: with
        one word less, the word before is mostly the same; with one more, few texts have it.
        """
        least = self.spans.least
        document = np.flatnonzero(remaining.end > remaining.first)
        most = np.zeros(len(self.page.documents), np.int64)
        best = np.zeros(len(self.page.documents), np.int64)
        for length in range(1, _LONGEST_TAIL + 1):
            document = document[remaining.end[document] - remaining.first[document] >= length]
            key, surroundings = self._hashes(remaining, document, length)
            agree = distinct(key, document) >= least[document]
            document, key, surroundings = document[agree], key[agree], surroundings[agree]
            if not len(document):
                break
            if length >= least_words:
                variety = distinct(key, surroundings)
                good = variety >= np.maximum(least[document], _DROP * most[document])
                best[document[good]] = length
                most[document] = np.maximum(most[document], variety)
        document = np.flatnonzero(best)
        return document, best[document], most[document]

    def _hashes(self, remaining: _Remaining, document: Integers, length: int) -> tuple[Hashes, Hashes]:
        """Return the hash of the last words of documents, and of the words before them."""
        first, end, source = remaining.first[document], remaining.end[document], self.page.sources[document]
        start = end - length
        before = np.maximum(start - _CONTEXT, first)
        return remaining.runs.of(start, end, source), remaining.exact.of(before, start, source)

    def _is_footer(
        self, remaining: _Remaining, document: Integers, start: Integers, key: Hashes, agree: Integers
    ) -> Flags:
        """Return whether these ends are footers, and not formulas, formulaic phrases or texts from a template."""
        _, group = np.unique(key, return_inverse=True)
        members = np.bincount(group)
        begins = self._begins(remaining.words[start])
        clear = agree >= _CLEAR_SHARE * self.spans.source_size[document]
        clear |= (_mean(begins, group, members) >= 0.5)[group]
        formula_words = np.concatenate(([0], np.cumsum(self.page.in_formula[remaining.words])))
        end = remaining.end[document]
        formula = 2 * (formula_words[end] - formula_words[start]) > end - start
        short = 2 * (end - start) <= end - remaining.first[document]
        return np.asarray(clear & ~formula & (_mean(short, group, members) >= 0.5)[group], bool)

    def _begins(self, words: Integers) -> Flags:
        """Return whether something begins at each word: a sentence, a line, or what follows an address or a mark."""
        page = self.page
        before = np.maximum(page.words[words] - 1, 0)
        word_before = page.words[np.maximum(words - 1, 0)] == before
        return np.asarray(page.opens[words] | ~(word_before | page.signs(before, _WEAK_MARKS)), bool)

    # ------------------------------------------------------------------ footers that begin alike

    def find_open(self, known: Flags) -> None:
        """Add footers that begin alike and go on differently, such as a link with its title, in most of a source.

        Args:
            known: Words that were found by their opening or at the end of texts. They count for the source, so that
                the rest of its footers are found, too.
        """
        page, remaining = self.page, self._remaining(also=known)
        document = np.repeat(np.arange(len(page.documents)), remaining.end - remaining.first)
        place = np.arange(len(remaining.words))
        near_end = (remaining.end[document] - place <= _REGION) & (place > remaining.first[document])
        near_end &= ~page.in_formula[remaining.words]
        places = _Places(document, np.flatnonzero(near_end), self._begins(remaining.words))
        begin = np.full(len(page.documents), -1)
        count = np.zeros(len(page.documents), np.int64)
        for length in range(_OPEN_LONGEST, 0, -1):  # the surest words first
            start, members = self._open_footers(remaining, places, length)
            new = begin[document[start]] < 0
            start, members = start[new][::-1], members[new][::-1]  # the first in a document is written last
            begin[document[start]], count[document[start]] = start, members
        has = np.flatnonzero(begin >= 0)
        has = has[page.free_words()[remaining.words[begin[has]]]]
        self._add_ends(remaining.words[begin[has]], has, count[has])

    def _open_footers(self, remaining: _Remaining, places: _Places, length: int) -> tuple[Integers, Integers]:
        """Return where open footers with the same first words begin, and how many documents of the source have them."""
        nothing = np.zeros(0, np.int64)
        names = self._common_openings(remaining, places, length)
        if not len(names):
            return nothing, nothing
        start, owner, key = self._keyed(remaining, places, places.near_end, length)
        group = np.minimum(np.searchsorted(names, key), len(names) - 1)
        listed = names[group] == key
        start, owner, group = start[listed], owner[listed], group[listed]
        if length == 1:  # a single word is evidence only if it is listed
            number, _ = self.page.match(self.page.lexicon.phrases, remaining.words[start])
            start, owner, group = start[number >= 0], owner[number >= 0], group[number >= 0]
        first = np.sort(np.unique(group * len(self.page.documents) + owner, return_index=True)[1])
        start, owner, group = start[first], owner[first], group[first]
        members = np.bincount(group, minlength=len(names))
        good = self._are_varied(remaining, start, owner, group, len(names))
        good &= members >= _EXCLUSIVE * self._occurrences(remaining, places, length, names, owner)
        good &= _mean(~self._has_final_mark(remaining, start, owner), group, members) >= _UNENDED
        short = _OPEN_PART * (remaining.end[owner] - remaining.first[owner]) >= remaining.end[owner] - start
        good &= _mean(short, group, members) >= 0.5
        good &= _mean(self._follows_final_mark(remaining.words[start]), group, members) >= 0.5
        return start[good[group]], members[group[good[group]]]

    def _keyed(
        self, remaining: _Remaining, places: _Places, start: Integers, length: int
    ) -> tuple[Integers, Integers, Hashes]:
        """Return the places with so many words after them in their document, the document and the hash of the words."""
        start = start[start + length <= remaining.end[places.document[start]]]
        owner = places.document[start]
        return start, owner, remaining.runs.of(start, start + length, self.page.sources[owner])

    def _common_openings(self, remaining: _Remaining, places: _Places, length: int) -> Hashes:
        """Return the hashes of words with which something begins near the end of enough documents of a source."""
        _, owner, key = self._keyed(remaining, places, places.near_end[places.begins[places.near_end]], length)
        enough = np.maximum(self.spans.least, _OPEN_SHARE * self.spans.source_size)
        return np.unique(key[distinct(key, owner) >= enough[owner]])

    def _occurrences(
        self, remaining: _Remaining, places: _Places, length: int, names: Hashes, owner: Integers
    ) -> Integers:
        """Count all occurrences of some words in the sources of these documents."""
        sources = self.page.sources
        concerned = np.isin(sources, sources[owner])
        _, _, every = self._keyed(remaining, places, np.flatnonzero(concerned[places.document]), length)
        place = np.minimum(np.searchsorted(names, every), len(names) - 1)
        return np.bincount(place[names[place] == every], minlength=len(names))

    def _are_varied(self, remaining: _Remaining, start: Integers, owner: Integers, group: Integers, size: int) -> Flags:
        """Return whether each group of footers occurs in enough different surroundings."""
        before = np.maximum(start - _CONTEXT, remaining.first[owner])
        surroundings = remaining.exact.of(before, start, self.page.sources[owner])
        varied = np.zeros(size, bool)
        varied[group] = distinct(group.astype(np.uint64), surroundings) >= self.spans.least[owner]
        return varied

    def _has_final_mark(self, remaining: _Remaining, start: Integers, document: Integers) -> Flags:
        """Return whether a final mark is between each of these words and the end of its document."""
        page = self.page
        last = remaining.words[remaining.end[document] - 1]
        end = page.line_end[page.line_of[last]]
        return self.spans.has_final_mark(page.words[remaining.words[start]], end)

    def _follows_final_mark(self, words: Integers) -> Flags:
        """Return whether a final mark is between each word and the one before it."""
        tokens = self.page.words
        return self.spans.has_final_mark(tokens[np.maximum(words - 1, 0)], tokens[words])

    def _add_ends(self, words: Integers, document: Integers, count: Integers) -> None:
        """Add all that is left of these documents from a word of each on, line by line."""
        page = self.page
        number, _ = page.match(page.lexicon.phrases, words)
        kind = np.where(number >= 0, kinds_of(page.lexicon.phrases)[number], FOOTER)
        begin = page.line_of[words]
        last = np.searchsorted(page.line_document, document, "right")
        line = ranges(begin, last)
        of_line = np.repeat(np.arange(len(words)), last - begin)
        first = page.free_first[line].copy()
        first[np.cumsum(last - begin) - (last - begin)] = self.spans.first_tokens(words)
        left = (first < page.free_end[line]) & ~page.is_headline[line]
        line, of_line, first = line[left], of_line[left], first[left]
        self.spans.add(line, first, page.free_end[line], kind[of_line], "repeated", count[of_line])


def _mean(values: Flags, group: Integers, members: Integers) -> npt.NDArray[np.float64]:
    """Return the share of true values in each group."""
    return np.bincount(group, weights=values, minlength=len(members)) / np.maximum(members, 1)
