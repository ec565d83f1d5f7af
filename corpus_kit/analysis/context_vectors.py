"""Words as vectors of the words around them: how often each pair is near, and positive pointwise mutual information."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.shares import telling
from corpus_kit.analysis.corpus_forms import tokens_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.corpus.view import CorpusView
from corpus_kit.machine.in_threads import in_threads
from corpus_kit.machine.memory import expect_memory
from corpus_kit.text.forms import select
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["SMOOTHING", "ContextVectors", "context_vectors"]

SMOOTHING = 0.75  # the exponent of the frequencies of contexts: Levy, Goldberg & Dagan (2015), section 3.2
_WORDS_AT_ONCE = 1 << 21
_BYTES_OF_A_NEAR_WORD = 16  # while a block is counted
_BYTES_OF_A_PAIR = 40  # counts, those that are added to them, and PPMI
_PAIRS_AT_ONCE = 1 << 21


@dataclass(frozen=True)
class ContextVectors:
    """A row for each word: its contexts, ascending, as in scipy's CSR arrays.

    Attributes:
        words: The ids of the words, ascending, which are the contexts, too (Int64).
        starts: Where the contexts of each word begin, and their end.
        contexts: The number of each context (among `words`).
        counts: How often it is near the word.
        ppmi: The positive pointwise mutual information of the two, in bits (Float32).
        norms: The length of the vector of each word (Float64).
    """

    words: Integers
    starts: Array
    contexts: Array
    counts: Array
    ppmi: Array
    norms: Array

    def number(self, word: int) -> int | None:
        """Return the number of a word; None if it is too rare to have a vector."""
        place = int(np.searchsorted(self.words, word))
        return place if place < len(self.words) and self.words[place] == word else None

    def row(self, number: int) -> slice:
        """Return where the contexts of a word are."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def dense(self, number: int) -> Array:
        """Return the vector of a word with a place for each context (Float64)."""
        row = self.row(number)
        values = np.zeros(len(self.words))
        values[self.contexts[row]] = self.ppmi[row]
        return values

    def similarities(self, number: int) -> tuple[Array, Integers]:
        """Return the cosine of each word with one, and how many contexts with positive PPMI they share."""
        vector = self.dense(number)
        dots, shared = np.zeros(len(self.words)), np.zeros(len(self.words), np.int64)
        for low, high in self._blocks():
            part = slice(int(self.starts[low]), int(self.starts[high]))
            products = vector[self.contexts[part]]
            products *= self.ppmi[part]
            begins = self.starts[low : high + 1] - self.starts[low]
            dots[low:high] = _sums(products, begins)
            shared[low:high] = _sums((products > 0).astype(np.int64), begins)
        lengths = self.norms * self.norms[number]
        return np.divide(dots, lengths, out=np.zeros(len(dots)), where=lengths > 0), shared

    def _blocks(self) -> Iterator[tuple[int, int]]:
        low = 0
        while low < len(self.words):
            high = int(np.searchsorted(self.starts, self.starts[low] + _PAIRS_AT_ONCE, "right")) - 1
            high = max(high, low + 1)
            yield low, high
            low = high


def context_vectors(
    corpus: CorpusView, counted: CountedWords, window: int, within: str, least: int, key: tuple[object, ...]
) -> ContextVectors:
    """Return the vectors of all words that occur often enough, which are made once.

    Of subcorpora, those of the one that was asked for last are kept.

    Args:
        corpus: The corpus.
        counted: Its words.
        window: How many words before and after a word are its contexts; words that are too rare keep their place.
        within: The unit of text that a window does not cross.
        least: The lowest frequency of words and contexts.
        key: What is counted.

    Raises:
        InputError: If it needs too much memory.
    """
    full_key = ("context vectors", window, within, least, key)
    mask = corpus.document_mask()
    selection = b"" if mask is None else np.packbits(np.asarray(mask) != 0).tobytes()
    kept: dict[tuple[object, ...], ContextVectors] = corpus.derive_from_tokens("context vectors", dict)
    found = kept.get((full_key, selection))
    if found is None:
        kept.clear()  # one of a large corpus has hundreds of megabytes
        found = _made(corpus, counted, window, within, least)
        kept[full_key, selection] = found
    return found


def _made(corpus: CorpusView, counted: CountedWords, window: int, within: str, least: int) -> ContextVectors:
    frequency = counted.frequency
    kept = frequency >= least
    if counted.nameless is not None:
        kept[counted.nameless] = False
    words = np.flatnonzero(kept)
    number = np.full(counted.n_words, -1, np.int32)
    number[words] = np.arange(len(words), dtype=np.int32)
    counts = _near(corpus, counted, number, len(words), window, within)
    starts, contexts = counts.indptr.astype(np.int64), counts.indices
    sums = np.asarray(counts.sum(axis=1, dtype=np.int64)).ravel()
    ppmi = _ppmi(starts, contexts, counts.data, sums)
    norms = np.sqrt(_sums(np.square(ppmi, dtype=np.float64), starts))
    return ContextVectors(words, starts, contexts, counts.data, ppmi, norms)


def _sums(values: Array, begins: Array) -> Array:
    """Return the sum of the values of each row, each for itself, so that rows with the same values have the same sum.

    Args:
        values: The values of the rows, one row after another.
        begins: Where each row begins, and the end of the last one.
    """
    filled = np.flatnonzero(begins[1:] > begins[:-1])
    sums = np.zeros(len(begins) - 1, values.dtype)
    if len(filled):
        sums[filled] = np.add.reduceat(values, begins[filled])
    return sums


def _ppmi(starts: Array, contexts: Array, counts: Array, sums: Integers) -> Array:
    """Return log2(P(w, c) / (P(w) Ps(c))) where it is positive, and 0 elsewhere; Ps is smoothed."""
    smoothed = sums.astype(np.float64) ** SMOOTHING
    total = smoothed.sum()
    values = np.empty(len(counts), np.float32)
    with np.errstate(divide="ignore"):
        of_context = np.log2(smoothed / total) if total else smoothed
        of_word = np.log2(sums.astype(np.float64))
    rows = np.repeat(np.arange(len(sums), dtype=np.int32), np.diff(starts))
    for low in range(0, len(counts), _PAIRS_AT_ONCE):
        part = slice(low, low + _PAIRS_AT_ONCE)
        values[part] = np.maximum(
            np.log2(counts[part].astype(np.float64)) - of_word[rows[part]] - of_context[contexts[part]], 0
        )
    return values


def _near(
    corpus: CorpusView, counted: CountedWords, number: Array, n_words: int, window: int, within: str
) -> Any:  # a CSR array of Int64 counts; scipy has no types
    """Count how often each word is near each other one, as a symmetric matrix."""
    from scipy import sparse  # slow to load

    selected = select(tokens_of(corpus), counted.forms, BARRIERS[within])
    ids, ends = number[selected.ids], selected.document_ends
    begins = (np.asarray(selected.barriers) & selected.barrier_bits) != 0
    begins[ends[ends < len(begins)].astype(np.int64)] = True
    part = np.cumsum(begins, dtype=np.int32)
    added: list[tuple[int, Any]] = []  # counts, with of how many blocks they are: two of as many are added up
    step = max(1, _WORDS_AT_ONCE // window)
    blocks = range(0, len(ids), step)
    made = in_threads(lambda low: _pairs_after(ids, part, low, min(len(ids), low + step), n_words, window), blocks)
    for low in telling(blocks):
        added.append((1, next(made)))
        while len(added) > 1 and added[-1][0] == added[-2][0]:
            (n_blocks, one), (_, other) = added.pop(), added.pop()
            added.append((2 * n_blocks, one + other))
        pairs, words = max(counts.nnz for _, counts in added), min(len(ids), low + step)
        expect_memory(
            _BYTES_OF_A_NEAR_WORD * _WORDS_AT_ONCE + _BYTES_OF_A_PAIR * 2 * pairs,
            f"A table of all words near one another (more than {pairs:,} pairs in the first {words:,} words)",
            "Raise min_count, or narrow the window",
        )
    after = sparse.csr_array((n_words, n_words), dtype=np.int32)
    while added:
        after = after + added.pop()[1]
    counts = (after + after.T).tocsr()
    counts.sort_indices()
    return counts


def _pairs_after(ids: Array, part: Array, low: int, high: int, n_words: int, window: int) -> Any:
    """Count which words follow which of those from low to high, as the product of two sparse matrices.

    One has a row for each word, with the places where it is; the other a row for each place, with the words after it.
    """
    from scipy import sparse  # slow to load

    here = np.flatnonzero(ids[low:high] >= 0) + low
    places = here[:, None] + np.arange(1, window + 1)
    inside = places < len(ids)
    places[~inside] = 0
    near = inside & (part[places] == part[here][:, None]) & (ids[places] >= 0)
    columns, ends = ids[places[near]], np.concatenate(([0], np.cumsum(near.sum(axis=1))))
    following = sparse.csr_array((np.ones(len(columns), np.int32), columns, ends), shape=(len(here), n_words))
    order = np.argsort(ids[here], kind="stable")
    bounds = np.concatenate(([0], np.cumsum(np.bincount(ids[here], minlength=n_words))))
    occurring = sparse.csr_array((np.ones(len(here), np.int32), order, bounds), shape=(n_words, len(here)))
    return occurring @ following
