"""Hashes of runs of words, and counts of what different things share a hash.

A run of words is known by a hash of its words, spelled as the profile `search` folds them. All numbers are one word:
footers count issues and name the day.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Integers

__all__ = ["Hashes", "Powers", "Runs", "distinct", "mixed"]

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9FB21C651E98DF25


def mixed(numbers: npt.NDArray[Any]) -> Hashes:
    """Return a hash of each number (the finaliser of splitmix64)."""
    x = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)), np.uint64)


class Powers(NamedTuple):
    """The powers of the base of the hash modulo 2**64, and their inverses; several `Runs` can share them."""

    powers: Hashes
    inverses: Hashes

    @classmethod
    def up_to(cls, length: int) -> Powers:
        """Return the powers for runs among at most so many words."""
        return cls(_powers(_BASE, length), _powers(pow(_BASE, -1, 1 << 64), length))


def _powers(base: int, length: int) -> Hashes:
    powers = np.full(length + 1, base, np.uint64)
    powers[0] = 1
    return np.asarray(np.multiply.accumulate(powers), np.uint64)


class Runs:
    """Hashes of the runs among some words: equal for equal words, wherever they are.

    A polynomial modulo 2**64 over hashes of the words. Prefix sums give that of any run with a few look-ups.
    """

    def __init__(self, words: Hashes, powers: Powers) -> None:
        self._inverses = powers.inverses
        self._sums = np.zeros(len(words) + 1, np.uint64)
        np.cumsum(words * powers.powers[: len(words)], out=self._sums[1:])

    def of(self, first: Integers, end: Integers) -> Hashes:
        """Return the hash of the words first to end."""
        return mixed((self._sums[end] - self._sums[first]) * self._inverses[first])


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
