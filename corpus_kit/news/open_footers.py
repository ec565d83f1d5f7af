"""Footers that begin alike and go on differently, such as a link with its title or a list of key words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.news.boilerplate_spans import FOOTER, Spans, kinds_of
from corpus_kit.news.page_lines import Flags, have_any, looked_up
from corpus_kit.news.remaining_words import RemainingWords, mean
from corpus_kit.news.word_runs import Hashes, distinct

__all__ = ["find_open_footers"]

_REGION = 80  # words at the end of a text, in which an open footer begins
_OPEN_SHARE = 0.05  # of a source must have an open footer
_USUAL_SHARE = 0.5  # of a source, if it is known by one word, or runs on from the text without a mark
_OPEN_LONGEST = 5  # words by which an open footer is known
_EXCLUSIVE = 0.9  # of all occurrences of these words must be such footers
_UNENDED = 0.8  # of open footers must have no full stop
_BLOCK = 1 << 18  # words that are looked at together, so that what is needed for them stays small
_OPEN_PART = 1 / 3  # the largest part of a text that an open footer may be, in half of the texts


def find_open_footers(spans: Spans, known: Flags, templates: Flags) -> None:
    """Add footers that begin alike and go on differently.

    Args:
        spans: What was found so far.
        known: Words that were found by their opening or at the end of texts. They count for the source, so that the
            rest of its footers are found, too.
        templates: Whether each document is from a template, and so no evidence.
    """
    _OpenFooters(spans, RemainingWords(spans.page, also=known), templates).find()


class _Places(NamedTuple):
    """Runs of words near the ends of texts: where they begin, their document, and the hash of the words."""

    start: Integers
    document: Integers
    key: Hashes


class _OpenFooters:
    """The search for open footers."""

    def __init__(self, spans: Spans, remaining: RemainingWords, templates: Flags) -> None:
        self.spans, self.page, self.remaining, self.templates = spans, spans.page, remaining, templates
        first = np.minimum(np.maximum(remaining.first + 1, remaining.end - _REGION), remaining.end)
        near_end = ranges(first, remaining.end)
        self.near_end = near_end[~spans.page.in_formula[remaining.words[near_end]]]
        self.begin = remaining.begin(self.near_end)
        self.stops = np.flatnonzero(looked_up(spans.page.vocabulary.is_full_stop, spans.page.types))

    def find(self) -> None:
        """Add the open footers, each from the surest words on."""
        page, remaining = self.page, self.remaining
        begin = np.full(len(page.documents), -1)
        count = np.zeros(len(page.documents), np.int64)
        for length in range(_OPEN_LONGEST, 0, -1):
            start, members = self._footers(length)
            document = remaining.document(start)
            new = begin[document] < 0
            start, members, document = start[new][::-1], members[new][::-1], document[new][::-1]
            begin[document], count[document] = start, members  # the first in a document is written last
        has = np.flatnonzero(begin >= 0)
        has = has[page.free[remaining.words[begin[has]]]]
        self._add_ends(remaining.words[begin[has]], has, count[has])

    def _footers(self, length: int) -> tuple[Integers, Integers]:
        """Return where open footers with the same first words begin, and how many documents of the source have them."""
        remaining = self.remaining
        names = self._common_openings(length)
        if not len(names):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        start, document, key = self._keyed(self.near_end, length)
        group = np.minimum(np.searchsorted(names, key), len(names) - 1)
        known = names[group] == key
        if length == 1:  # a single word is evidence only if it is listed
            number, _ = self.page.match(self.page.lexicon.phrases, remaining.words[start])
            known &= number >= 0
        start, document, group = start[known], document[known], group[known]
        marked = remaining.begin(start) | self._is_usual(group, document)
        others = start[~marked], document[~marked], group[~marked]
        start, document, group = start[marked], document[marked], group[marked]
        first = np.sort(np.unique(group * len(self.page.documents) + document, return_index=True)[1])
        start, document, group = start[first], document[first], group[first]
        members = np.bincount(group, minlength=len(names))
        surroundings = remaining.before(start, document)
        good = np.zeros(len(names), bool)
        good[group] = distinct(group.astype(np.uint64), surroundings) >= self.spans.least[document]
        least = np.zeros(len(names), np.int64)
        least[group] = self.spans.least[document]
        good &= np.bincount(group, weights=~self.templates[document], minlength=len(names)) >= least
        good &= members >= _EXCLUSIVE * self._occurrences(length, names, start, document)
        good &= mean(~self._have_full_stop(start, document), group, members) >= _UNENDED
        short = _OPEN_PART * (remaining.end - remaining.first)[document] >= remaining.end[document] - start
        good &= mean(short, group, members) >= 0.5
        good &= mean(self._follow_final_mark(start), group, members) >= 0.5
        start, document, group = (each[good[group]] for each in (start, document, group))
        more, its_group = self._without_mark(document, *(each[good[others[2]]] for each in others))
        start, group = np.append(start, more), np.append(group, its_group)
        order = np.argsort(start, kind="stable")
        return start[order], members[group[order]]

    def _without_mark(
        self, found: Integers, start: Integers, document: Integers, group: Integers
    ) -> tuple[Integers, Integers]:
        """Return the places at which nothing begins that are footers as nearly all of these words are, and their group.

        After verse, for example. No full stop follows, and the document has no other footer of this length.
        """
        good = ~np.isin(document, found)
        good[good] = ~self._have_full_stop(start[good], document[good])
        start, group, document = start[good], group[good], document[good]
        _, first = np.unique(document, return_index=True)
        return start[first], group[first]

    def _is_usual(self, group: Integers, document: Integers) -> Flags:
        """Return whether half of the source or more has the words of each group."""
        usual = distinct(group.astype(np.uint64), document) >= _USUAL_SHARE * self.spans.source_size[document]
        return np.asarray(usual, bool)

    def _keyed(self, start: Integers, length: int) -> _Places:
        """Return those of the places that have so many words after them in their document."""
        document = self.remaining.document(start)
        enough = start + length <= self.remaining.end[document]
        start, document = start[enough], document[enough]
        return _Places(start, document, self.remaining.runs.of(start, start + length))

    def _common_openings(self, length: int) -> Hashes:
        """Return the hashes of words with which something begins near the end of enough documents of a source."""
        _, document, key = self._keyed(self.near_end[self.begin], length)
        share = _OPEN_SHARE if length > 1 else _USUAL_SHARE
        enough = np.maximum(self.spans.least, share * self.spans.source_size)
        return np.unique(key[distinct(key, document) >= enough[document]])

    def _occurrences(self, length: int, names: Hashes, start: Integers, document: Integers) -> Integers:
        """Count all occurrences of the words at some places in the sources of these documents."""
        page, words = self.page, self.remaining.words
        concerned = np.flatnonzero(np.isin(page.sources, page.sources[document]))
        units = page.vocabulary.units
        may_begin = np.isin(units, units[page.word_types[words[start]]])
        first, end = self.remaining.first[concerned], self.remaining.end[concerned]
        counts = np.zeros(len(names), np.int64)
        for block in np.split(np.arange(len(first)), np.flatnonzero(np.diff(np.cumsum(end - first) // _BLOCK)) + 1):
            place = ranges(first[block], end[block])
            place = place[may_begin[page.word_types[words[place]]]]
            key = self._keyed(place, length).key
            place = np.minimum(np.searchsorted(names, key), len(names) - 1)
            counts += np.bincount(place[names[place] == key], minlength=len(names))
        return counts

    def _have_full_stop(self, start: Integers, document: Integers) -> Flags:
        """Return whether a full stop is between each of these words and the end of its document."""
        page, words = self.page, self.remaining.words
        end = page.line_end[page.line_of[words[self.remaining.end[document] - 1]]]
        return have_any(self.stops, page.words[words[start]], end)

    def _follow_final_mark(self, start: Integers) -> Flags:
        """Return whether a final mark is between each of these words and the one before it."""
        tokens, words = self.page.words, self.remaining.words[start]
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
