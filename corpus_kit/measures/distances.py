"""Dispersion by distances: how regularly a word comes back, without cutting the corpus into parts.

Arguments of every measure: positions, the places of the word in the corpus (from 0, each
once, in any order), and size, the number of words in the corpus. In the formulas f is the
word's frequency, N the size, d the distance from an occurrence to the next one; the corpus
is taken as a circle, so that the distances add up to N.

InputError is raised for a size below 1 and for positions that are not whole, stand twice or
lie outside the corpus.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from corpus_kit.errors import InputError
from corpus_kit.measures._evaluation import Array, check_counts, sequence, size_argument

__all__ = ["average_logarithmic_distance", "average_reduced_frequency", "average_waiting_time"]


class Gaps:
    """The distances of many words: `distances[i]` is one of word `words[i]`, in a corpus of `size` words."""

    def __init__(self, words: npt.NDArray[np.integer], distances: Array, size: int, n_words: int) -> None:
        self.words, self.distances, self.size, self.n_words = words, distances, size, n_words
        self.frequency = np.bincount(words, minlength=n_words).astype(np.float64)

    @classmethod
    def of_positions(
        cls, words: npt.NDArray[np.integer], positions: npt.NDArray[np.integer], size: int, n_words: int
    ) -> Gaps:
        """From positions sorted by word and, within a word, by position."""
        ends = np.cumsum(np.bincount(words, minlength=n_words))
        following = np.empty(len(positions), np.int64)
        following[:-1] = positions[1:]
        last = ends[words] - 1 == np.arange(len(words))
        begins = ends - np.bincount(words, minlength=n_words)
        following[last] = positions[begins[words[last]]] + size  # round the circle to the first one
        return cls(words, (following - positions).astype(np.float64), size, n_words)

    def total(self, values: Array) -> Array:
        """The sum over the distances of each word."""
        return np.bincount(self.words, weights=values, minlength=self.n_words).astype(np.float64)


GapsFormula = Callable[[Gaps], Array]


class DistanceMeasure(Protocol):
    """A measure over distances; `formula` is the same for a whole table of words."""

    __name__: str
    formula: GapsFormula

    def __call__(self, positions: npt.ArrayLike, size: int) -> float: ...


def _measure(formula: GapsFormula) -> DistanceMeasure:
    @wraps(formula)
    def measure(positions: npt.ArrayLike, size: int) -> float:
        return float(unchecked(_one_word(sequence("positions", positions), size))[0])

    def unchecked(gaps: Gaps) -> Array:
        with np.errstate(all="ignore"):  # what becomes of zeros is said in each docstring
            return formula(gaps)

    measure.formula = unchecked  # type: ignore[attr-defined]
    del measure.__wrapped__  # its own signature is the one to show
    return cast(DistanceMeasure, measure)


def _one_word(positions: Array, size: object) -> Gaps:
    words = size_argument(size, "size", least=1, what="words")
    check_counts("positions", positions)
    largest = positions.max(initial=-1.0)
    if largest >= words:
        raise InputError(f"positions= holds {largest:.17g}, but a corpus of size={words} ends at {words - 1}")
    places = np.sort(positions).astype(np.int64)
    twice = places[1:][places[1:] == places[:-1]]
    if len(twice):
        raise InputError(f"positions= holds {twice[0]} twice")
    return Gaps.of_positions(np.zeros(len(places), np.int64), places, words, 1)


@_measure
def average_reduced_frequency(gaps: Gaps) -> Array:
    """Average reduced frequency (ARF): the frequency that counts occurrences in one clump as about one. 0 to f.

    sum min(d, v) / v with v = N / f. Near f for a word that comes back regularly, near 1 for one that
    stands in one place. 0 for a word that does not occur.

    Source: Savicky, P. & Hlavacova, J. (2002). Measures of word commonness. Journal of Quantitative
    Linguistics 9, 215-231.

    >>> from corpus_kit import measures
    >>> measures.average_reduced_frequency(positions=[0, 1, 6], size=12)
    2.25
    """
    v = gaps.size / gaps.frequency
    reduced = gaps.total(np.minimum(gaps.distances, v[gaps.words])) / v
    return np.where(gaps.frequency > 0, reduced, 0.0)


@_measure
def average_waiting_time(gaps: Gaps) -> Array:
    """Average waiting time (AWT): how many words one reads on average, from a random place, until the word comes.

    (1 + sum d^2 / N) / 2. In words; (N/f + 1) / 2 for a word that comes back regularly, larger for clumps. NaN for
    a word that does not occur.

    Source: Savicky, P. & Hlavacova, J. (2002). Measures of word commonness. Journal of Quantitative
    Linguistics 9, 215-231.

    >>> from corpus_kit import measures
    >>> round(measures.average_waiting_time(positions=[0, 1, 6], size=12), 4)
    3.0833
    """
    waiting = (1 + gaps.total(gaps.distances**2) / gaps.size) / 2
    return np.where(gaps.frequency > 0, waiting, np.nan)


@_measure
def average_logarithmic_distance(gaps: Gaps) -> Array:
    """Average logarithmic distance (ALD): the mean logarithm (base 10) of the distance around a random place.

    sum d log10(d) / N. log10(N/f) for a word that comes back regularly, larger for clumps. NaN for a word that does not
    occur.

    Source: Savicky, P. & Hlavacova, J. (2002). Measures of word commonness. Journal of Quantitative
    Linguistics 9, 215-231.

    >>> from corpus_kit import measures
    >>> round(measures.average_logarithmic_distance(positions=[0, 1, 6], size=12), 4)
    0.6803
    """
    mean = gaps.total(gaps.distances * np.log10(gaps.distances)) / gaps.size
    return np.where(gaps.frequency > 0, mean, np.nan)
