"""Dispersion by distances: how regularly a word recurs, without dividing the corpus into parts.

All measures take positions, where the word occurs in the corpus, and size, the number of words in the corpus. In the
formulas f is the frequency of the word, N the size, d the distance from an occurrence to the next one. The corpus is
taken as a circle, so that the distances add up to N.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from corpus_kit.errors import invalid
from corpus_kit.measures.evaluation import Array, check_counts, document, sequence, size_argument

__all__ = ["average_logarithmic_distance", "average_reduced_frequency", "average_waiting_time"]


Size = int | npt.NDArray[np.int64]


class Gaps:
    """The distances of many words: `distances[i]` is one of word `words[i]`, in a corpus of `size` words.

    With several corpora, `size` has an item for each word: the size of its corpus.
    """

    def __init__(self, words: npt.NDArray[np.integer], distances: Array, size: Size, n_words: int) -> None:
        self.words, self.distances, self.size, self.n_words = words, distances, size, n_words
        self.frequency = np.bincount(words, minlength=n_words).astype(np.float64)

    @classmethod
    def of_positions(
        cls, words: npt.NDArray[np.integer], positions: npt.NDArray[np.integer], size: Size, n_words: int
    ) -> Gaps:
        """Return the distances of positions that are sorted by word and, within a word, by position."""
        ends = np.cumsum(np.bincount(words, minlength=n_words))
        following = np.empty(len(positions), np.int64)
        following[:-1] = positions[1:]
        last = ends[words] - 1 == np.arange(len(words))
        begins = ends - np.bincount(words, minlength=n_words)
        of_word = np.broadcast_to(size, n_words)
        following[last] = positions[begins[words[last]]] + of_word[words[last]]  # around the circle to the first one
        return cls(words, (following - positions).astype(np.float64), size, n_words)

    def total(self, values: Array) -> Array:
        """Return the sum over the distances of each word."""
        return np.bincount(self.words, weights=values, minlength=self.n_words).astype(np.float64)


GapsFormula = Callable[[Gaps], Array]


class DistanceMeasure(Protocol):
    """A measure over distances; `formula` is the same for a table of words, without checks."""

    __name__: str
    formula: GapsFormula

    def __call__(self, positions: npt.ArrayLike, size: int) -> float: ...


_SECTIONS = """
Args:
    positions: Where the word occurs: distinct word numbers from 0 to size - 1, in any order.
    size: Number of words in the corpus, at least 1.

Returns:
    A float.

Raises:
    InputError: If size is below 1, or positions are not integers, repeated, or outside the corpus.
"""


def _measure(formula: GapsFormula) -> DistanceMeasure:
    @wraps(formula)
    def measure(positions: npt.ArrayLike, size: int) -> float:
        return float(unchecked(_one_word(sequence("positions", positions), size))[0])

    def unchecked(gaps: Gaps) -> Array:
        with np.errstate(all="ignore"):  # each docstring says what zeros give
            return formula(gaps)

    measure.formula = unchecked  # type: ignore[attr-defined]
    del measure.__wrapped__  # so that the signature shown is its own
    document(measure, _SECTIONS)
    return cast(DistanceMeasure, measure)


def _one_word(positions: Array, size: object) -> Gaps:
    words = size_argument(size, "size", least=1)
    check_counts("positions", positions)
    largest = positions.max(initial=-1.0)
    if largest >= words:
        raise invalid("positions", f"below size ({words})", int(largest))
    places = np.sort(positions).astype(np.int64)
    twice = places[1:][places[1:] == places[:-1]]
    if len(twice):
        raise invalid("positions", "distinct", positions.astype(np.int64).tolist(), f"{twice[0]} is repeated.")
    return Gaps.of_positions(np.zeros(len(places), np.int64), places, words, 1)


@_measure
def average_reduced_frequency(gaps: Gaps) -> Array:
    """Return the average reduced frequency (ARF): a frequency that counts the occurrences in a clump as about one.

    Σ min(d, v) / v with v = N / f. Near f for a word at regular distances, near 1 for one that occurs in one place
    only, 0 for one that does not occur.

    References:
        Savický, P. & Hlaváčová, J. (2002). Measures of word commonness. Journal of Quantitative Linguistics 9,
        215-231.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.average_reduced_frequency(positions=[0, 1, 6], size=12)
        2.25
    """
    v = gaps.size / gaps.frequency
    reduced = gaps.total(np.minimum(gaps.distances, v[gaps.words])) / v
    return np.where(gaps.frequency > 0, reduced, 0.0)


@_measure
def average_waiting_time(gaps: Gaps) -> Array:
    """Return the average waiting time (AWT): how many words one reads, from a random position, until the word occurs.

    (1 + Σ d² / N) / 2, in words. (N/f + 1) / 2 for a word at regular distances, more for clumps. NaN for a word that
    does not occur.

    References:
        Savický, P. & Hlaváčová, J. (2002). Measures of word commonness. Journal of Quantitative Linguistics 9,
        215-231.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.average_waiting_time(positions=[0, 1, 6], size=12), 4)
        3.0833
    """
    waiting = (1 + gaps.total(gaps.distances**2) / gaps.size) / 2
    return np.where(gaps.frequency > 0, waiting, np.nan)


@_measure
def average_logarithmic_distance(gaps: Gaps) -> Array:
    """Return the average logarithmic distance (ALD): the mean log10 of the distance around a random position.

    Σ d log10(d) / N, to base 10. log10(N/f) for a word at regular distances, more for clumps. NaN for a word that does
    not occur.

    References:
        Savický, P. & Hlaváčová, J. (2002). Measures of word commonness. Journal of Quantitative Linguistics 9,
        215-231.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.average_logarithmic_distance(positions=[0, 1, 6], size=12), 4)
        0.6803
    """
    mean = gaps.total(gaps.distances * np.log10(gaps.distances)) / gaps.size
    return np.where(gaps.frequency > 0, mean, np.nan)
