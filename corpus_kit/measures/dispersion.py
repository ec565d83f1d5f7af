"""Dispersion over parts: how evenly a word is distributed over the parts of a corpus.

All measures take counts, the frequency of the word in each part, and sizes, the number of words in each part. In the
formulas f is the frequency of the word, m the number of parts, s the share of a part in the corpus, v its share in the
occurrences of the word, p the rate of the word in it (count / size).

A word that does not occur gives NaN, except in `range_proportion`. One part gives NaN where a measure compares parts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from corpus_kit.errors import InputError, invalid
from corpus_kit.measures.evaluation import Array, check_at_most, check_counts, document, sequence

__all__ = [
    "burch_da",
    "carroll_d2",
    "deviation_of_proportions",
    "deviation_of_proportions_norm",
    "juilland_d",
    "kullback_leibler_divergence",
    "lyne_d3",
    "range_proportion",
    "rosengren_s",
]


class Spread:
    """The counts of many words in the parts of a corpus, without zeros.

    So the cost of a measure is that of the entries, not of words times parts. Each measure is written for this form
    only; one word is a table of one word.

    Args:
        words: The word of each entry; there is one for each word and each part that contains it, in any order.
        parts: The part of each entry.
        counts: The count of each entry, above 0.
        sizes: Words in each part, all above 0.
        n_words: Number of words.
        corpora: If there are several corpora, each with words and parts of its own: the corpus of each word and of each
            part, from 0.
    """

    def __init__(
        self,
        words: npt.NDArray[np.integer],
        parts: npt.NDArray[np.integer],
        counts: Array,
        sizes: Array,
        n_words: int,
        corpora: tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]] | None = None,
    ) -> None:
        self._given = words, parts, counts
        self.n_words, self.sizes = n_words, sizes
        self._corpora = corpora

    @property
    def entries(self) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer], Array]:
        """The word, the part and the count of each entry."""
        return self._given

    @property
    def words(self) -> npt.NDArray[np.integer]:
        """The word of each entry."""
        return self.entries[0]

    @property
    def counts(self) -> Array:
        """The count of each entry."""
        return self.entries[2]

    @property
    def _parts(self) -> npt.NDArray[np.integer]:
        return self.entries[1]

    @cached_property
    def n_parts(self) -> npt.NDArray[np.int64]:
        """The number m of parts in the corpus of each word."""
        if self._corpora is None:
            return np.broadcast_to(np.int64(len(self.sizes)), self.n_words)
        of_word, of_part = self._corpora
        parts: npt.NDArray[np.int64] = np.bincount(of_part, minlength=self._n_corpora)[of_word]
        return parts

    @property
    def log2_parts(self) -> Array:
        """The logarithm of the number of parts, of each word."""
        if self._corpora is None:
            return np.broadcast_to(np.log2(np.float64(len(self.sizes))), self.n_words)
        distinct, place = np.unique(self.n_parts, return_inverse=True)
        logarithms: Array = np.array([np.log2(np.float64(m)) for m in distinct])[place.reshape(-1)]
        return logarithms

    @property
    def _n_corpora(self) -> int:
        of_word, of_part = self._corpora or (np.zeros(0, np.int64), np.zeros(0, np.int64))
        return int(max(of_word.max(initial=-1), of_part.max(initial=-1))) + 1

    @cached_property
    def shares(self) -> Array:
        """The share s of the part of each entry; sizes are whole numbers, so that their sums are exact."""
        if self._corpora is None:
            shares: Array = (self.sizes / self.sizes.sum())[self._parts]
            return shares
        of_part = self._corpora[1]
        totals = np.bincount(of_part, weights=self.sizes, minlength=self._n_corpora)
        of_entry: Array = (self.sizes / totals[of_part])[self._parts]
        return of_entry

    @property
    def smallest_share(self) -> Array:
        """The share of the smallest part in the corpus of each word."""
        if self._corpora is None:
            smallest = self.sizes.min() / self.sizes.sum() if len(self.sizes) else np.nan
            return np.broadcast_to(np.float64(smallest), self.n_words)
        of_word, of_part = self._corpora
        least = np.full(self._n_corpora, np.inf)
        np.minimum.at(least, of_part, self.sizes)
        totals = np.bincount(of_part, weights=self.sizes, minlength=self._n_corpora)
        share: Array = (least / totals)[of_word]
        return share

    @cached_property
    def sizes_there(self) -> Array:
        """The size of the part of each entry."""
        of_entry: Array = self.sizes[self._parts]
        return of_entry

    @cached_property
    def rates(self) -> Array:
        """The rate p of each entry."""
        return self.counts / self.sizes_there

    @cached_property
    def corpus_size(self) -> Array:
        """Words in the corpus of each word."""
        if self._corpora is None:
            return np.broadcast_to(self.sizes.sum(), self.n_words)
        of_word, of_part = self._corpora
        size: Array = np.bincount(of_part, weights=self.sizes, minlength=self._n_corpora)[of_word]
        return size

    @cached_property
    def frequency(self) -> Array:
        """The frequency f of each word."""
        return self.total(self.counts)

    @cached_property
    def proportions(self) -> Array:
        """The share v of each entry."""
        proportions: Array = self.counts / self.frequency[self.words]
        return proportions

    def total(self, values: Array) -> Array:
        """Return the sum over the entries of each word, added in the order of the entries."""
        return np.bincount(self.words, weights=values, minlength=self.n_words).astype(np.float64)

    @property
    def holding(self) -> Array:
        """The number of parts that contain each word."""
        return self.total(np.ones(len(self.words)))

    @property
    def above_average(self) -> tuple[Array, Array]:
        """The count of each word in the parts where its rate is above that of the corpus, and the words there."""
        above = self.rates > (self.frequency / self.corpus_size)[self.words]
        return self.total(np.where(above, self.counts, 0.0)), self.total(np.where(above, self.sizes_there, 0.0))

    @property
    def absent_share(self) -> Array:
        """The share of the corpus in parts without the word."""
        return np.maximum(1.0 - self.total(self.shares), 0.0)


SpreadFormula = Callable[[Spread], Array]


class DispersionMeasure(Protocol):
    """A measure of dispersion; `formula` is the same for a table of words, without checks."""

    __name__: str
    formula: SpreadFormula

    def __call__(self, counts: npt.ArrayLike, sizes: npt.ArrayLike) -> float: ...


_SECTIONS = """
Args:
    counts: Frequency of the word in each part.
    sizes: Number of words in each part, at least 1; as many as `counts`.

Returns:
    A float.

Raises:
    InputError: If there are no parts, the lengths differ, or a count is not a non-negative integer or larger than
        its part.
"""


def _measure(formula: SpreadFormula) -> DispersionMeasure:
    @wraps(formula)
    def measure(counts: npt.ArrayLike, sizes: npt.ArrayLike) -> float:
        return float(unchecked(_one_word(sequence("counts", counts), sequence("sizes", sizes)))[0])

    def unchecked(spread: Spread) -> Array:
        with np.errstate(all="ignore"):  # each docstring says what zeros give
            return formula(spread)

    measure.formula = unchecked  # type: ignore[attr-defined]
    del measure.__wrapped__  # so that the signature shown is its own
    document(measure, _SECTIONS)
    return cast(DispersionMeasure, measure)


def _one_word(counts: Array, sizes: Array) -> Spread:
    if len(counts) != len(sizes):
        raise InputError(f"counts and sizes must be of the same length, got {len(counts)} and {len(sizes)}.")
    if not len(counts):
        raise invalid("counts", "a sequence of at least one number", [])
    check_counts("counts", counts)
    check_counts("sizes", sizes, least=1, hint="Leave out parts without words.")
    check_at_most("counts", counts, "sizes", sizes, hint="A frequency cannot exceed the size of its part.")
    parts = np.flatnonzero(counts)
    return Spread(np.zeros(len(parts), np.int64), parts, counts[parts], sizes, 1)


@_measure
def range_proportion(spread: Spread) -> Array:
    """Return the range as a proportion: the share of the parts that contain the word.

    0 to 1; 0 for a word that does not occur.

    References:
        Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. International Journal of Corpus
        Linguistics 13, 403-437.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.range_proportion(counts=[2, 1, 0], sizes=[10, 10, 10])
        0.6666666666666666
    """
    return spread.holding / spread.n_parts


@_measure
def juilland_d(spread: Spread) -> Array:
    """Return Juilland's D: 1 for an even distribution, 0 for a word in one part only.

    1 - V / √(m - 1), V the (population) standard deviation of the rates p divided by their mean. As it uses rates,
    parts may differ in size. With many parts it hardly distinguishes words (Biber et al. 2016).

    References:
        Juilland, A., Brodin, D. & Davidovitch, C. (1970). Frequency Dictionary of French Words; for the standard
        deviation, Carroll, J. B. (1970). ETS Research Bulletin 1970(2), p. 14.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.juilland_d(counts=[0, 4, 3, 2, 1], sizes=[10, 10, 10, 10, 10]), 4)
        0.6464
    """
    m = spread.n_parts
    mean = spread.total(spread.rates) / m
    absent = m - spread.holding
    variance = (spread.total((spread.rates - mean[spread.words]) ** 2) + absent * mean**2) / m
    evenness: Array = 1 - np.sqrt(variance) / mean / np.sqrt(m - 1.0)
    return evenness


@_measure
def carroll_d2(spread: Spread) -> Array:
    """Return Carroll's D2: the entropy of the word over the parts as a share of its maximum.

    -Σ q log2 q / log2 m, q the rate of a part divided by the sum of the rates; 0 to 1 (even).

    References:
        Carroll, J. B. (1970). An alternative to Juilland's usage coefficient for lexical frequencies. Computer
        Studies in the Humanities and Verbal Behavior 3, 61-65.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.carroll_d2(counts=[2, 1, 1, 1, 0], sizes=[10, 10, 10, 10, 10]), 4)
        0.8277
    """
    q = spread.rates / spread.total(spread.rates)[spread.words]
    entropy = np.maximum(-spread.total(q * np.log2(q)), 0.0)
    share_of_largest: Array = np.where(spread.frequency > 0, entropy, np.nan) / spread.log2_parts
    return share_of_largest


@_measure
def rosengren_s(spread: Spread) -> Array:
    """Return Rosengren's S: 1 for an even distribution, at least the share of the smallest part.

    (Σ √(s count))² / f. S times f is an adjusted frequency.

    References:
        Rosengren, I. (1971). The quantitative concept of language and its relation to the structure of frequency
        dictionaries. Études de linguistique appliquée 1, 103-127.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.rosengren_s(counts=[1, 2, 3, 4, 5], sizes=[10, 10, 10, 10, 10]), 3)
        0.937
    """
    return spread.total(np.sqrt(spread.shares * spread.counts)) ** 2 / spread.frequency


@_measure
def lyne_d3(spread: Spread) -> Array:
    """Return Lyne's D3: 1 for an even distribution; below 0 for words in clumps if there are many parts.

    1 - χ² / (4 f), χ² = Σ (count - f s)² / (f s).

    References:
        Lyne, A. A. (1985). Dispersion. In: The Vocabulary of French Business Correspondence, 101-124.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.lyne_d3(counts=[1, 2, 3, 4, 5], sizes=[10, 10, 10, 10, 10]), 3)
        0.944
    """
    expected = spread.frequency[spread.words] * spread.shares
    chi_squared = spread.total((spread.counts - expected) ** 2 / expected) + spread.frequency * spread.absent_share
    return 1 - chi_squared / (4 * spread.frequency)


@_measure
def deviation_of_proportions(spread: Spread) -> Array:
    """Return the deviation of proportions (DP): the share of the word's occurrences that are in the wrong parts.

    Σ abs(v - s) / 2, from 0 (even) to almost 1. Parts may be many and of any size.

    References:
        Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. International Journal of Corpus
        Linguistics 13, 403-437.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.deviation_of_proportions(counts=[2, 1, 0], sizes=[10, 10, 10]), 4)
        0.3333
    """
    # Both shares sum to 1, so that half of all differences is the sum of those where v > s. Sums of whole numbers are
    # exact, whatever their order.
    count, size = spread.above_average
    return np.where(spread.frequency > 0, count / spread.frequency - size / spread.corpus_size, np.nan)


@_measure
def deviation_of_proportions_norm(spread: Spread) -> Array:
    """Return the normalised deviation of proportions (DPnorm): 0 (even) to 1 (all in the smallest part).

    DP / (1 - min s).

    References:
        Lijffijt, J. & Gries, S. Th. (2012). Correction to "Dispersions and adjusted frequencies in corpora".
        International Journal of Corpus Linguistics 17, 147-149.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.deviation_of_proportions_norm(counts=[2, 1, 0], sizes=[10, 10, 10]), 4)
        0.5
    """
    deviation = deviation_of_proportions.formula(spread) / (1 - spread.smallest_share)
    return np.where(spread.n_parts < 2, np.nan, deviation)


@_measure
def burch_da(spread: Spread) -> Array:
    """Return DA of Burch, Egbert and Biber: 1 for an even distribution, 0 for a word in one part only.

    1 - D / (2 mean p), D the mean of abs(p - p') over all pairs of parts. The rates are sorted, so that the cost is
    O(m log m) and not O(m²).

    References:
        Burch, B., Egbert, J. & Biber, D. (2017). Measuring and interpreting lexical dispersion in corpus
        linguistics. Journal of Research Design and Statistics in Linguistics and Communication Science 3, 189-216;
        for parts of different sizes, Egbert, J., Burch, B. & Biber, D. (2020). Lexical dispersion and corpus
        design. International Journal of Corpus Linguistics 25, 89-115.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.burch_da(counts=[2, 1, 0], sizes=[10, 10, 10]), 4)
        0.3333
    """
    m = spread.n_parts
    order = np.lexsort((spread.rates, spread.words))
    words, rates = spread.words[order], spread.rates[order]
    holding = np.bincount(words, minlength=spread.n_words)
    first = np.cumsum(holding) - holding
    # Ranks from 1; the parts without the word come first, as their rate is 0.
    rank = np.arange(len(words)) - first[words] + (m - holding)[words] + 1
    differences = np.bincount(words, weights=(2 * rank - m[words] - 1) * rates, minlength=spread.n_words)
    mean_difference = np.where(m > 1, differences / (m * (m - 1) / 2), np.nan)
    return 1 - mean_difference / (2 * spread.total(spread.rates) / m)


@_measure
def kullback_leibler_divergence(spread: Spread) -> Array:
    """Return the Kullback-Leibler divergence of the word's distribution from the sizes of the parts, in bits.

    Σ v log2(v / s), from 0 (even).

    References:
        Gries, S. Th. (2020). Analyzing dispersion. In: A Practical Handbook of Corpus Linguistics, 99-118.

    Examples:
        >>> from corpus_kit import measures
        >>> sizes = [9, 10, 10, 10, 11]
        >>> round(measures.kullback_leibler_divergence(counts=[1, 2, 3, 4, 5], sizes=sizes), 6)
        0.136972
    """
    divergence = np.maximum(spread.total(spread.proportions * np.log2(spread.proportions / spread.shares)), 0.0)
    return np.where(spread.frequency > 0, divergence, np.nan)
