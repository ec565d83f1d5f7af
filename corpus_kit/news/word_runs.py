"""Hashes of runs of words, and counts of what different things share a hash.

A run of words is known by a hash of its words, spelled as the profile `search` folds them. All numbers are one word:
footers count issues and name the day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Array, Integers

__all__ = ["GrowingRuns", "Hashes", "Runs", "distinct", "mixed"]

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9FB21C651E98DF25
_BLOCK = 1 << 18  # runs that are hashed together, so that what is needed for them stays small


def mixed(numbers: npt.NDArray[Any]) -> Hashes:
    """Return a hash of each number (the finaliser of splitmix64)."""
    x = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)), np.uint64)


def _power(exponent: int) -> np.uint64:
    return np.uint64(pow(_BASE, exponent, 1 << 64))


class Runs:
    """Hashes of the runs among some words: equal for equal words with an equal salt, wherever they are.

    A polynomial modulo 2**64 over hashes of the words.
    """

    def __init__(self, hashes: Callable[[Array], Hashes], salts: Callable[[Array], Hashes] | None = None) -> None:
        """Take functions that return the hash of each word, and the salt of runs that begin with it."""
        self.hashes, self.salts = hashes, salts

    def of(self, first: Array, end: Array) -> Hashes:
        """Return the hash of the words first to end."""
        result = np.zeros(len(first), np.uint64)
        for low in range(0, len(first), _BLOCK):
            block = slice(low, low + _BLOCK)
            result[block] = self._of(np.asarray(first[block], np.int64), np.asarray(end[block], np.int64))
        return result

    def _of(self, first: Integers, end: Integers) -> Hashes:
        size = end - first
        order = np.argsort(-size, kind="stable")
        first, size = first[order], size[order]
        total = np.zeros(len(first), np.uint64)
        longer = len(first) - np.cumsum(np.bincount(size))  # by place: the runs with more words than this
        power = 1  # of the base, to the place
        for place, runs in enumerate(longer[:-1].tolist()):
            total[:runs] += self.hashes(first[:runs] + place) * np.uint64(power)
            power = power * _BASE % (1 << 64)
        if self.salts is not None:
            total[: longer[0]] += self.salts(first[: longer[0]])
        result = np.empty_like(total)
        result[order] = mixed(total)
        return result


class GrowingRuns:
    """Runs that grow word by word from some places on (step 1) or back from them (-1)."""

    def __init__(self, runs: Runs, places: Integers, step: int) -> None:
        """Begin with runs of no words."""
        self._runs, self._places, self._step, self._size = runs, places, step, 0
        self._total = np.zeros(len(places), np.uint64)

    def grow(self, alive: Integers) -> Hashes:
        """Return the hashes of some of these runs with one more word; the others do not grow any more."""
        total, places = self._total[alive], self._places[alive]
        if self._step > 0:
            first = places
            total += self._runs.hashes(places + self._size) * _power(self._size)
        else:
            first = places - self._size - 1
            total = total * np.uint64(_BASE) + self._runs.hashes(first)
        self._total[alive] = total
        self._size += 1
        return mixed(total if self._runs.salts is None else total + self._runs.salts(first))


def distinct(keys: Hashes, values: npt.NDArray[Any]) -> Integers:
    """Return, for each item, how many different values go with its key.

    >>> distinct(np.array([7, 7, 9], np.uint64), np.array([1, 2, 1])).tolist()
    [2, 2, 1]
    """
    order = np.lexsort((values, keys))
    sorted_keys, sorted_values = keys[order], values[order]
    new_key = np.append(True, sorted_keys[1:] != sorted_keys[:-1])[: len(keys)]
    new_pair = new_key | np.append(True, sorted_values[1:] != sorted_values[:-1])[: len(keys)]
    of_key = np.cumsum(new_key) - 1
    counts = np.bincount(of_key[new_pair], minlength=1)
    result = np.empty(len(keys), np.int64)
    result[order] = counts[of_key]
    return result
