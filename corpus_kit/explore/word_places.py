"""Where the words, n-grams and collocates are that a table counted: the hits behind its rows, from the index.

A pattern could not say all of it: a root is the likeliest of a word, a profile may be any, a name may be joined. So the
places are those that were counted, by the same arrays. A *place* is an index into the words that were counted: of a
corpus its tokens, of one with names joined the words of that stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Integers, Numbers, distinct, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.corpus_forms import forms_of, joins_of, tokens_of
from corpus_kit.analysis.joined_spellings import Names
from corpus_kit.corpus.view import CorpusView
from corpus_kit.explore.span_places import unit_starts
from corpus_kit.machine.threads import threads
from corpus_kit.search.hits import Hits
from corpus_kit.text.forms import NO_FORM, select
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["Words", "collocates_in_units", "collocates_in_windows", "joined_words", "ngram_hits", "words_of"]

Mask = npt.NDArray[np.bool_]

_STEPS = 16  # signs between two words that are passed over one by one
_NEAR = 2  # as many tokens for each word of a window are read first


class Running(NamedTuple):
    """Words of some documents, one after another: the first token of each, and the one after its last (Int64)."""

    first: Integers
    end: Integers


class Words(Protocol):
    """The words that a table counted."""

    corpus: CorpusView

    def number(self, word: str) -> int | None:
        """Return the number of a word in the form that was counted; None if there is none of it."""

    def places(self, number: int) -> Integers:
        """Return the places of a word in the selected documents, ascending."""

    def count(self, number: int) -> int:
        """Return how often a word occurs, or a little more."""

    def numbers_at(self, places: Integers) -> Numbers:
        """Return the number of the word at each place."""

    def next(self, places: Integers, step: int, within: str) -> tuple[Integers, Mask]:
        """Return the place of the word after each (step 1) or before it (-1), and whether it is in the same unit."""

    def tokens(self, first: Integers, last: Integers) -> Hits:
        """Return the tokens from the word at one place to that at another one."""

    def running(self, documents: Array) -> Running:
        """Return the words of all documents in a mask (UInt8), or of more."""


# ------------------------------------------------------------------ the words of a corpus


class _IndexedWords:
    """Words as the index has them: places are tokens."""

    def __init__(self, corpus: CorpusView, normalizer: Normalizer | None, unit: str) -> None:
        self.corpus = corpus
        self._forms = forms_of(corpus, normalizer, unit)
        assert self._forms.of_type is not None  # a corpus has types that are not counted
        self._of_type = self._forms.of_type
        folded = corpus.manifest["folded_profile"]["digest"]
        self._is_folded = unit == "word" and normalizer is not None and normalizer.digest == folded

    def number(self, word: str) -> int | None:
        if not self._is_folded:
            found = self._forms.words.index_of(word)
            return None if found is None else int(found)
        # the texts of all forms need not be read
        order = self.corpus.type_order
        ((first, end),) = self.corpus.folded_forms.find(order, [word.encode()], begins=False)
        numbers = self._of_type[order[first:end]]
        numbers = numbers[numbers != NO_FORM]
        return int(numbers[0]) if len(numbers) else None

    def _types(self, number: int) -> Numbers:
        return np.flatnonzero(self._of_type == np.uint32(number)).astype(np.uint32)

    def places(self, number: int) -> Integers:
        types = self._types(number)
        tokens = self.corpus.positions_of(types) if len(types) else np.zeros(0, np.uint32)
        mask = self.corpus.document_mask()
        if mask is not None:
            tokens = tokens[mask[self.corpus.documents_of(tokens)].astype(bool)]
        return tokens.astype(np.int64)

    def count(self, number: int) -> int:
        return int(self.corpus.type_occurrences(self._types(number)).sum())

    def numbers_at(self, places: Integers) -> Numbers:
        return self._of_type[self.corpus.types_at(places)]

    def next(self, places: Integers, step: int, within: str) -> tuple[Integers, Mask]:
        corpus, at, inside = self.corpus, places.copy(), np.ones(len(places), bool)
        low, high = corpus.document_bounds(corpus.documents_of(places))
        going = np.arange(len(places))
        for _ in range(_STEPS):  # as long as there is something between that is no word
            here = at[going]
            there = here + step
            leaves = (there < low[going]) | (there >= high[going])
            there = np.where(leaves, here, there)
            leaves |= (corpus.flags_at(np.maximum(here, there)) & BARRIERS[within]) != 0
            at[going], inside[going[leaves]] = there, False
            going = going[~leaves]
            going = going[self.numbers_at(at[going]) == NO_FORM]
            if not len(going):
                return at, inside
        at[going], inside[going] = self._next_of_all(at[going], step, within)
        return at, inside

    def _next_of_all(self, tokens: Integers, step: int, within: str) -> tuple[Integers, Mask]:
        """Return what `next` does for tokens that are no words, far from any."""
        documents = np.zeros(self.corpus.total_documents, np.uint8)
        documents[self.corpus.documents_of(tokens)] = 1
        words, starts = self.running(documents).first, unit_starts(self.corpus, within)
        place = np.searchsorted(words, tokens) - (step < 0)
        exists = (place >= 0) & (place < len(words))
        there = words[np.where(exists, place, 0)] if len(words) else tokens
        return there, exists & (_units(starts, there) == _units(starts, tokens))

    def tokens(self, first: Integers, last: Integers) -> Hits:
        return _hits(first, last + 1)

    def running(self, documents: Array) -> Running:
        tokens = tokens_of(self.corpus)
        columns = _core.select(
            tokens.type_ids, tokens.flags, tokens.counts, self._of_type,
            documents=documents, with_positions=True, threads=threads(),
        )  # fmt: skip
        assert columns[3] is not None  # with_positions=True
        first = series_from_core("", columns[3]).to_numpy().astype(np.int64)
        return Running(first, first + 1)


class _JoinedWords:
    """Words with names joined: places are indices into the words of the selected documents."""

    def __init__(self, corpus: CorpusView, normalizer: Normalizer | None, unit: str, names: Names, within: str) -> None:
        self.corpus = corpus
        forms, tokens = forms_of(corpus, normalizer, unit), tokens_of(corpus)
        merged = joins_of(corpus, normalizer, names).merge(select(tokens, forms, BARRIERS[within]))
        self._texts, self._numbers = merged.words, merged.selected.ids
        every = _IndexedWords(corpus, normalizer, unit).running(_mask_of(corpus))
        starts_word = np.ones(len(every.first), bool)
        found = merged.places
        starts_word[ranges(found.first + 1, found.first + found.length)] = False
        starts = np.flatnonzero(starts_word)
        ends = np.append(starts[1:], len(every.first))
        self._words = Running(every.first[starts], every.end[ends - 1] if len(starts) else every.end)
        begins = (merged.selected.barriers & merged.selected.barrier_bits) != 0
        of_documents = merged.selected.document_ends[:-1].astype(np.int64)
        begins[of_documents[of_documents < len(begins)]] = True
        begins[:1] = True
        self._begins = begins

    def number(self, word: str) -> int | None:
        found = self._texts.index_of(word)
        return None if found is None else int(found)

    def places(self, number: int) -> Integers:
        return np.flatnonzero(self._numbers == number)

    def count(self, number: int) -> int:
        return int(np.count_nonzero(self._numbers == number))

    def numbers_at(self, places: Integers) -> Numbers:
        return self._numbers[places]

    def next(self, places: Integers, step: int, _within: str) -> tuple[Integers, Mask]:
        there = places + step
        outside = (there < 0) | (there >= len(self._numbers))
        there = np.where(outside, places, there)
        return there, ~(outside | self._begins[np.maximum(places, there)])

    def tokens(self, first: Integers, last: Integers) -> Hits:
        return _hits(self._words.first[first], self._words.end[last])

    def running(self, _documents: Array) -> Running:
        return self._words


def words_of(corpus: CorpusView, normalizer: Normalizer | None, unit: str) -> Words:
    """Return the words of a corpus as an analysis counted them."""
    return _IndexedWords(corpus, normalizer, unit)


def joined_words(
    corpus: CorpusView, normalizer: Normalizer | None, unit: str, names: Names | None, within: str
) -> Words:
    """Return the words of a corpus with names joined, none of which crosses a unit of text; those of no names as is."""
    if names is None:
        return words_of(corpus, normalizer, unit)
    return _JoinedWords(corpus, normalizer, unit, names, within)


def _mask_of(corpus: CorpusView) -> Array:
    mask = corpus.document_mask()
    return np.ones(corpus.total_documents, np.uint8) if mask is None else mask


def _hits(first: Array, end: Array) -> Hits:
    return Hits(first.astype(np.uint32), end.astype(np.uint32))


# ------------------------------------------------------------------ n-grams


def ngram_hits(words: Words, numbers: Sequence[int], within: str, skip: int = 0) -> Hits:
    """Return where words follow one another, with up to `skip` others in all between them.

    Beginning with the rarest word, the words beside it are compared.

    Args:
        words: The words that were counted.
        numbers: Those of the n-gram.
        within: The unit of text that it does not cross.
        skip: The number of words that may be skipped. Ways that begin and end with the same words are one hit.
    """
    rarest = min(range(len(numbers)), key=lambda place: words.count(numbers[place]))
    first = words.places(numbers[rarest])
    found = first, first, np.zeros(len(first), np.int64)
    for number in numbers[rarest + 1 :]:
        found = _extended(words, found, number, 1, within, skip)
    for number in reversed(numbers[:rarest]):
        found = _extended(words, found, number, -1, within, skip)
    begins, ends = (each.astype(np.uint64) for each in found[:2])
    spans = distinct((begins << np.uint64(32)) | ends)
    return words.tokens((spans >> np.uint64(32)).astype(np.int64), (spans & np.uint64(0xFFFFFFFF)).astype(np.int64))


def _extended(
    words: Words, found: tuple[Integers, Integers, Integers], number: int, step: int, within: str, skip: int
) -> tuple[Integers, Integers, Integers]:
    """Return the sequences (first word, last word, skipped words) that have this word as their next one.

    Of those between the same words only the one that skips fewest is kept, which can be continued as all of them can.
    """
    first, last, skipped = found
    rows, at = np.arange(len(first)), last if step > 0 else first
    longer: list[tuple[Integers, Integers, Integers]] = []
    for gap in range(skip + 1):
        at, inside = words.next(at, step, within)
        rows, at = rows[inside], at[inside]
        fits = (words.numbers_at(at) == number) & (skipped[rows] + gap <= skip)
        own, there = rows[fits], at[fits]
        ends = (first[own], there) if step > 0 else (there, last[own])
        longer.append((*ends, skipped[own] + gap))
    one, other, gaps = (np.concatenate([each[k] for each in longer]) for k in range(3))
    if not skip:
        return one, other, gaps
    order = np.lexsort((gaps, other, one))
    one, other, gaps = one[order], other[order], gaps[order]
    is_new = np.ones(len(one), bool)
    is_new[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    return one[is_new], other[is_new], gaps[is_new]


# ------------------------------------------------------------------ collocates


class _Around(NamedTuple):
    """A collocate and the hits of its node.

    Attributes:
        first, end: The tokens of each hit; of one in a joined name, those of the name.
        collocate: The first token of each occurrence outside of hits, ascending.
        collocate_end: The token after its last.
        before: For each occurrence, the hit that ends last of those before it; -1 if there is none.
        after: For each occurrence, the first hit after it; as many as there are hits if there is none.
    """

    first: Integers
    end: Integers
    collocate: Integers
    collocate_end: Integers
    before: Integers
    after: Integers


def _around(words: Words, running: Running | None, hits: Hits, number: int) -> _Around:
    first, end = hits.spans()
    if running is not None:  # a hit in a name has all of the name
        low = np.searchsorted(running.end, first, "right")
        high = np.searchsorted(running.first, end, "left") - 1
        has_word = low <= high
        first, end = first.copy(), end.copy()
        first[has_word] = np.minimum(first, running.first[np.minimum(low, len(running.first) - 1)])[has_word]
        end[has_word] = np.maximum(end, running.end[np.maximum(high, 0)])[has_word]
    places = words.places(number)
    collocate, collocate_end = words.tokens(places, places).spans()
    reach = np.maximum.accumulate(end)
    place = np.searchsorted(first, collocate, "right") - 1
    outside = (place < 0) | (reach[np.maximum(place, 0)] <= collocate) if len(first) else np.ones(len(collocate), bool)
    collocate, collocate_end, place = collocate[outside], collocate_end[outside], place[outside]
    ends_last = np.maximum.accumulate(np.where(end == reach, np.arange(len(end)), 0))
    before = np.where(place < 0, -1, ends_last[np.maximum(place, 0)]) if len(first) else place
    return _Around(first, end, collocate, collocate_end, before, place + 1)


def collocates_in_windows(words: Words, hits: Hits, number: int, window: tuple[int, int], within: str) -> Hits:
    """Return each occurrence of a word in a window around a hit, once, as the tokens from it to the nearest hit.

    Of several after the same hit, the nearest has the tokens from the hit on and each other one its own only, so that
    no two lines begin at one token. The anchor "collocate" is the word.

    Args:
        words: The words that were counted.
        hits: The hits of the node, in the order of the text.
        number: The word.
        window: Words before and after the node.
        within: The unit of text that windows do not cross.
    """
    running = words.running(_mask_of(words.corpus)) if isinstance(words, _JoinedWords) else None
    found = _around(words, running, hits, number)
    if not len(found.collocate) or not len(found.first):
        return _lines(found.collocate[:0], found.collocate[:0], found.collocate[:0])
    borders = _borders(words.corpus, within, running)
    before, has_before = np.maximum(found.before, 0), found.before >= 0
    after, has_after = np.minimum(found.after, len(found.first) - 1), found.after < len(found.first)
    follows = has_before & _are_together(borders, found.collocate, found.end - 1, before)
    precedes = has_after & _are_together(borders, found.collocate, found.first, after)
    behind = _words_between(words, running, found.end[before], found.collocate, follows, window[1])
    ahead = _words_between(words, running, found.collocate_end, found.first[after], precedes, window[0])
    follows &= behind < window[1]
    precedes &= ahead < window[0]
    begins_with_node = follows & (~precedes | (behind <= ahead))
    first = np.where(begins_with_node, found.first[before], found.collocate)
    end = np.where(begins_with_node, found.collocate_end, np.maximum(found.end[after], found.collocate_end))
    kept = follows | precedes
    first, end, collocate, own_end = (each[kept] for each in (first, end, found.collocate, found.collocate_end))
    again = np.zeros(len(first), bool)  # occurrences after one hit follow one another
    again[1:] = (first[1:] == first[:-1]) & begins_with_node[kept][1:]
    return _lines(np.where(again, collocate, first), np.where(again, own_end, end), collocate)


def collocates_in_units(words: Words, hits: Hits, number: int, unit: str) -> Hits:
    """Return the first occurrence of a word outside of hits in each unit of text that has a hit.

    Args:
        words: The words that were counted.
        hits: The hits of the node, in the order of the text.
        number: The word.
        unit: The unit of text.
    """
    running = words.running(_mask_of(words.corpus)) if isinstance(words, _JoinedWords) else None
    found = _around(words, running, hits, number)
    if not len(found.collocate) or not len(found.first):
        return _lines(found.collocate[:0], found.collocate[:0], found.collocate[:0])
    borders = _borders(words.corpus, unit, running)
    of_word, begin, last = (_units(borders, each) for each in (found.collocate, found.first, found.end - 1))
    place = np.searchsorted(begin, of_word, "right") - 1
    together = (place >= 0) & (np.maximum.accumulate(last)[np.maximum(place, 0)] >= of_word)
    _, once = np.unique(of_word[together], return_index=True)
    collocate, end = found.collocate[together][once], found.collocate_end[together][once]
    return _lines(collocate, end, collocate)


def _borders(corpus: CorpusView, unit: str, joined: Running | None) -> Numbers:
    """Return the tokens that begin a unit of text, ascending; none within a joined name, which has lost its own."""
    begins = unit_starts(corpus, unit)
    if joined is None or not len(joined.first):
        return begins
    word = np.maximum(np.searchsorted(joined.first, begins.astype(np.int64), "right") - 1, 0)
    return begins[~((begins > joined.first[word]) & (begins < joined.end[word]))]


def _units(borders: Numbers, tokens: Integers) -> Integers:
    """Return the unit of text of each token, from 1."""
    return np.searchsorted(borders, tokens.astype(borders.dtype), "right")  # of two dtypes, numpy would copy them all


def _are_together(borders: Numbers, collocate: Integers, tokens: Integers, rows: Integers) -> Mask:
    """Return whether each of some tokens is in the same unit of text as the one that `rows` names among others."""
    if len(tokens) >= len(rows):
        return np.asarray(_units(borders, tokens[rows]) == _units(borders, collocate))
    unit = _units(borders, tokens)
    low, high = borders[unit - 1], np.append(borders, np.iinfo(borders.dtype).max)[unit]
    return np.asarray((collocate >= low[rows]) & (collocate < high[rows]))


def _words_between(
    words: Words, running: Running | None, low: Integers, high: Integers, wanted: Mask, most: int
) -> Integers:
    """Return how many words begin from one token up to another one, or that they are `most` or more.

    Where nobody asks, it is a number above all.
    """
    found = np.full(len(low), np.iinfo(np.int64).max)
    low, high = low[wanted], np.maximum(high, low)[wanted]
    if running is not None:
        found[wanted] = np.searchsorted(running.first, high) - np.searchsorted(running.first, low)
        return found
    near = np.minimum(high, low + _NEAR * most)  # where there are nearly always as many
    numbers = _count_words(words, low, near)
    left = np.flatnonzero((near < high) & (numbers < most))
    numbers[left] += _count_words(words, near[left], high[left])
    found[wanted] = numbers
    return found


def _count_words(words: Words, low: Integers, high: Integers) -> Integers:
    """Return how many words begin from one token up to another one."""
    is_word = words.numbers_at(ranges(low, high)) != NO_FORM
    sums, last = np.zeros(len(is_word) + 1, np.int64), np.cumsum(high - low)
    np.cumsum(is_word, out=sums[1:])
    return np.asarray(sums[last] - sums[last - (high - low)])


def _lines(first: Array, end: Array, collocate: Array) -> Hits:
    """Return lines in the order of the text, with the word as an anchor."""
    order = np.lexsort((end, first))
    hits = _hits(first[order], end[order])
    return Hits(hits.first, hits.ends, {"collocate": collocate[order].astype(np.uint32)})
