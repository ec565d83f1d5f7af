"""The readings of many words: the core's, with words divided among threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Numbers
from corpus_kit._base.columns import series_from_core
from corpus_kit.machine.threads import threads
from corpus_kit.text.paradigms.letters import POWERS, Letters

__all__ = ["NONE", "ChosenReadings", "WordReadings", "all_readings", "chosen_readings", "likeliest"]

NONE = 0xFFFFFFFF  # the stem of a word without readings
_WORDS_OF_A_THREAD = 4096  # fewer are not worth another one
_WORDS_AT_ONCE = 1 << 16  # whose readings are in memory, if only one of each is asked


class WordReadings(NamedTuple):
    """The readings of words without the weights of lexemes, a place in each array a reading (UInt32).

    `words` are numbers of words, in order; `fronts` and `backs` places in FRONTS and BACKS (affixes.py); `costs` are to
    be read as Int32.
    """

    words: Numbers
    stems: Numbers
    lexemes: Numbers
    fronts: Numbers
    backs: Numbers
    costs: Numbers


class ChosenReadings(NamedTuple):
    """The reading of each word, all UInt32; a word without readings has the stem `NONE`."""

    stems: Numbers
    lexemes: Numbers
    fronts: Numbers
    backs: Numbers


def all_readings(words: Letters, morphology: _core.Morphology, stems: tuple[_core.Stems, ...]) -> WordReadings:
    """Return all readings of words from up to two tables of stems."""

    def read(first: int, end: int) -> list[Numbers]:
        part = _read(_part(words, first, end), morphology, stems)
        return [part.words + np.uint32(first), *part[1:]]

    return WordReadings(*_in_threads(read, len(words.starts) - 1))


def chosen_readings(
    words: Letters, morphology: _core.Morphology, stems: tuple[_core.Stems, ...], weights: Array, lemmas: Numbers
) -> ChosenReadings:
    """Return the likeliest reading of each word, with the cost (`weights`) and the lemma of each lexeme."""

    def choose(first: int, end: int) -> list[Numbers]:
        bounds = [*range(first, max(end, first + 1), _WORDS_AT_ONCE), end]
        parts = (_read(_part(words, low, high), morphology, stems) for low, high in pairwise(bounds))
        found = [
            _best(part, high - low, morphology, weights, lemmas)
            for part, (low, high) in zip(parts, pairwise(bounds), strict=True)
        ]
        return [np.concatenate(columns) for columns in zip(*found, strict=True)]

    return ChosenReadings(*_in_threads(choose, len(words.starts) - 1))


def likeliest(
    readings: WordReadings, n_words: int, morphology: _core.Morphology, weights: Array, lemmas: Numbers
) -> ChosenReadings:
    """Return the likeliest of the readings of each word, as `chosen_readings` does."""

    def choose(first: int, end: int) -> list[Numbers]:
        low, high = np.searchsorted(readings.words, [first, end])
        part = WordReadings(*(column[low:high] for column in readings))
        return [*_best(part._replace(words=part.words - np.uint32(first)), end - first, morphology, weights, lemmas)]

    return ChosenReadings(*_in_threads(choose, n_words))


def _part(words: Letters, first: int, end: int) -> Letters:
    return words._replace(starts=words.starts[first : end + 1])


def _read(words: Letters, morphology: _core.Morphology, stems: tuple[_core.Stems, ...]) -> WordReadings:
    columns = _core.read_words(*words, morphology, stems)
    return WordReadings(*(series_from_core("", column).to_numpy() for column in columns))


def _best(
    readings: WordReadings, n_words: int, morphology: _core.Morphology, weights: Array, lemmas: Numbers
) -> ChosenReadings:
    words, stems, lexemes, fronts, backs, costs = readings
    column = _core.best_readings(words, lexemes, fronts, backs, costs, n_words, morphology, weights, lemmas, POWERS)
    numbers = series_from_core("", column).to_numpy()
    found = np.flatnonzero(numbers != NONE)
    chosen = ChosenReadings(np.full(n_words, NONE, np.uint32), *(np.zeros(n_words, np.uint32) for _ in range(3)))
    for array, values in zip(chosen, (stems, lexemes, fronts, backs), strict=True):
        array[found] = values[numbers[found]]
    return chosen


def _in_threads(call: Callable[[int, int], Iterable[Numbers]], n_words: int) -> list[Numbers]:
    """Return the columns that `call` returns for parts of the words, given by their first word and end, joined."""
    n_parts = max(1, min(threads(), n_words // _WORDS_OF_A_THREAD))
    if n_parts == 1:
        return [*call(0, n_words)]
    bounds = [n_words * part // n_parts for part in range(n_parts + 1)]
    with ThreadPoolExecutor(n_parts) as pool:
        found = list(pool.map(call, bounds[:-1], bounds[1:]))
    return [np.concatenate(columns) for columns in zip(*found, strict=True)]
