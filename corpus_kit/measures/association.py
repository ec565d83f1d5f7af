"""Association: whether two things occur together more often than by chance.

All measures take o11, how often both occur together; r1, the total of the first (the row); c1, that of the second (the
column); n, that of the table. The other cells follow: o12 = r1 - o11, o21 = c1 - o11, o22 = n - r1 - c1 + o11. In the
formulas O is o11 and E its expected frequency, r1 c1 / n; those of the other cells are computed alike.

Tests have no sign: they do not show whether o11 is above or below E. A table with an empty row or column carries no
information: tests give 0, exact probabilities 1. Where a denominator is zero, x/0 is inf and 0/0 is NaN, unless a
docstring says otherwise.

In the examples الدولة comes before الإسلامية 30 times; it occurs 45 times, the other word 60 times, among 20,000 pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit.errors import invalid
from corpus_kit.measures.evaluation import Array, association_measure, x_log_ratio
from corpus_kit.measures.hypergeometric import Side, deviation, fisher_exact

__all__ = [
    "chi_squared",
    "chi_squared_yates",
    "delta_p_1_given_2",
    "delta_p_2_given_1",
    "dice",
    "fisher_exact_left",
    "fisher_exact_right",
    "fisher_exact_two_sided",
    "liddell",
    "local_mi",
    "log_dice",
    "log_likelihood",
    "log_likelihood_williams",
    "log_ratio_collocation",
    "mi",
    "mi2",
    "mi3",
    "min_sensitivity",
    "npmi",
    "phi_squared",
    "simple_log_likelihood",
    "t_score",
    "z_score",
]


class _Table(NamedTuple):
    """A table of two rows and two columns, with its margins."""

    o11: Array
    o12: Array
    o21: Array
    o22: Array
    r1: Array
    r2: Array
    c1: Array
    c2: Array
    n: Array

    @property
    def informative(self) -> npt.NDArray[np.bool_]:
        """Whether no row and no column is empty."""
        return (self.r1 > 0) & (self.r2 > 0) & (self.c1 > 0) & (self.c2 > 0)

    @property
    def determinant(self) -> Array:
        return self.o11 * self.o22 - self.o12 * self.o21


def _table(o11: Array, r1: Array, c1: Array, n: Array) -> _Table:
    return _Table(o11, r1 - o11, c1 - o11, n - r1 - c1 + o11, r1, n - r1, c1, n - c1, n)


# ------------------------------------------------------------------------------------- tests


@association_measure
def log_likelihood(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the log-likelihood ratio G² of all four cells: how sure we can be of an association.

    2 Σ O ln(O/E), from 0. It has no sign, grows with the size of the corpus and does not measure the strength of an
    association. Critical values are those of chi-squared: 3.84 for p < 0.05, 15.13 for p < 0.0001.

    References:
        Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational
        Linguistics 19, 61-74.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.association.log_likelihood(o11=30, r1=45, c1=60, n=20_000), 2)
        309.67
    """
    t = _table(o11, r1, c1, n)
    total = (
        x_log_ratio(t.o11, t.r1 * t.c1 / n)
        + x_log_ratio(t.o12, t.r1 * t.c2 / n)
        + x_log_ratio(t.o21, t.r2 * t.c1 / n)
        + x_log_ratio(t.o22, t.r2 * t.c2 / n)
    )
    return np.where(t.informative, np.maximum(2 * total, 0.0), 0.0)


@association_measure
def log_likelihood_williams(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the log-likelihood ratio with Williams' correction for small samples.

    G² / q, q = 1 + (n/r1 + n/r2 - 1)(n/c1 + n/c2 - 1) / (6 n), from 0.

    References:
        Williams, D. A. (1976). Improved likelihood ratio tests for complete contingency tables. Biometrika 63,
        33-37.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.log_likelihood_williams(o11=3, r1=10, c1=10, n=19), 6)
        4.200833
    """
    t = _table(o11, r1, c1, n)
    q = 1 + (n / t.r1 + n / t.r2 - 1) * (n / t.c1 + n / t.c2 - 1) / (6 * n)
    return np.where(t.informative, log_likelihood.formula(o11, r1, c1, n) / q, 0.0)


@association_measure
def simple_log_likelihood(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the simple log-likelihood, of the first cell only against its expected frequency.

    2 (O ln(O/E) - (O - E)), from 0. It has no sign. As it uses no other cell, it works with expected frequencies of
    any kind.

    References:
        Evert, S. (2008). Corpora and collocations. In: Corpus Linguistics. An International Handbook, 1212-1248.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.simple_log_likelihood(o11=30, r1=45, c1=60, n=20_000), 2)
        264.49
    """
    t = _table(o11, r1, c1, n)
    expected = r1 * c1 / n
    return np.where(t.informative, np.maximum(2 * (x_log_ratio(o11, expected) - (o11 - expected)), 0.0), 0.0)


@association_measure
def chi_squared(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return Pearson's chi-squared of all four cells.

    n (o11 o22 - o12 o21)² / (r1 r2 c1 c2), which is Σ (O - E)² / E; from 0 to n. It has no sign. It is unreliable
    where an expected frequency is below 5; as most words are rare, prefer `log_likelihood`.

    References:
        Pearson, K. (1900). On the criterion that a given system of deviations ... Philosophical Magazine 50,
        157-175; for collocations, Manning, C. & Schütze, H. (1999). Foundations of Statistical Natural Language
        Processing, 5.3.3.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.chi_squared(o11=8, r1=15_828, c1=4_675, n=14_307_668), 2)
        1.55
    """
    t = _table(o11, r1, c1, n)
    # Divided step by step: the product of the four margins of a large corpus is not exact in float64.
    return np.where(t.informative, n * (t.determinant / t.r1 / t.c1) * (t.determinant / t.r2 / t.c2), 0.0)


@association_measure
def chi_squared_yates(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return chi-squared with Yates' correction for continuity.

    n max(abs(o11 o22 - o12 o21) - n/2, 0)² / (r1 r2 c1 c2), from 0. It has no sign.

    References:
        Yates, F. (1934). Contingency tables involving small numbers and the chi-squared test. Supplement to the
        Journal of the Royal Statistical Society 1, 217-235.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.chi_squared_yates(o11=1, r1=4, c1=4, n=8)
        0.5
    """
    t = _table(o11, r1, c1, n)
    rest = np.maximum(np.abs(t.determinant) - n / 2, 0.0)
    return np.where(t.informative, n * (rest / t.r1 / t.c1) * (rest / t.r2 / t.c2), 0.0)


@association_measure
def fisher_exact_two_sided(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the p-value of Fisher's exact test: the probability of a table at most as likely as this one.

    The sum of the hypergeometric probabilities that do not exceed that of o11; 0 to 1. Computed once for each
    distinct table, and slower than the other measures: by `scipy.stats.fisher_exact`, or above a million (2^20), where
    that loses digits, by adding up ratios, to 11 digits. At most 2^53, and not many tables with margins near that at
    once: they are refused where it would take more than some seconds.

    References:
        Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical Society 98, 39-82;
        for bigrams, Pedersen, T. (1996). Fishing for exactness. SCSUG 96.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.fisher_exact_two_sided(o11=1, r1=4, c1=4, n=8), 3)
        0.486
    """
    return _fisher(o11, r1, c1, n, "two-sided")


@association_measure
def fisher_exact_left(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the p-value of Fisher's exact test to the left: the probability of at most o11 joint occurrences.

    0 to 1; small where the two avoid each other. Computed as `fisher_exact_two_sided`.

    References:
        Fisher (1935); see `fisher_exact_two_sided`.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.fisher_exact_left(o11=1, r1=4, c1=4, n=8), 3)
        0.243
    """
    return _fisher(o11, r1, c1, n, "less")


@association_measure
def fisher_exact_right(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the p-value of Fisher's exact test to the right: the probability of at least o11 joint occurrences.

    0 to 1; small where the two attract each other. Computed as `fisher_exact_two_sided`.

    References:
        Fisher (1935); see `fisher_exact_two_sided`.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.fisher_exact_right(o11=1, r1=4, c1=4, n=8), 3)
        0.986
    """
    return _fisher(o11, r1, c1, n, "greater")


_EXACT = 2**53  # up to which float64 holds every integer
_SCIPY = 2**20  # above, SciPy is right to less than 9 digits; above 2^31 its integers overflow
_MOST_DEVIATIONS = 2.0**25  # the sum of all tables; 20 terms each, of which a second adds up 10^8


def _fisher(o11: Array, r1: Array, c1: Array, n: Array, side: Side) -> Array:
    if (n > _EXACT).any():
        raise invalid("n", "at most 2^53", float(n[n > _EXACT].flat[0]))
    cells = np.stack(_table(o11, r1, c1, n)[:4], axis=-1).astype(np.int64)
    distinct, place = np.unique(cells.reshape(-1, 4), axis=0, return_inverse=True)
    tables = [(o11, o12, o21, o22) for o11, o12, o21, o22 in distinct.tolist()]
    if sum(deviation(table) for table in tables if sum(table) > _SCIPY) > _MOST_DEVIATIONS:
        hint = "It would take more than some seconds. Pass fewer tables at once, or use log_likelihood."
        raise invalid("n", "smaller for exact tests", float(n.max()), hint)
    values = [_p_value(table, side) for table in tables]
    return np.asarray(values, np.float64)[place.reshape(-1)].reshape(cells.shape[:-1])


def _p_value(cells: tuple[int, int, int, int], side: Side) -> float:
    if sum(cells) > _SCIPY:
        return fisher_exact(cells, side)
    from scipy import stats  # slow to import

    return float(stats.fisher_exact([cells[:2], cells[2:]], alternative=side).pvalue)


@association_measure
def t_score(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the t-score: how many standard deviations the observed frequency is above the expected one.

    (O - E) / √O. Negative where the two avoid each other, -inf where they never occur together. It favours frequent
    pairs.

    References:
        Church, K., Gale, W., Hanks, P. & Hindle, D. (1991). Using statistics in lexical analysis. In: Lexical
        Acquisition, 115-164.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.t_score(o11=8, r1=15_828, c1=4_675, n=14_307_668), 6)
        0.999932
    """
    return (o11 - r1 * c1 / n) / np.sqrt(o11)


@association_measure
def z_score(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the z-score: observed less expected frequency, in standard deviations of the expected one.

    (O - E) / √E. Negative where the two avoid each other. It overrates rare pairs.

    References:
        Berry-Rogghe, G. L. M. (1973). The computation of collocations and their relevance in lexical studies. In:
        The Computer and Literary Studies, 103-112 (in the form of Evert 2008).

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.z_score(o11=1, r1=15_334, c1=2, n=191_998), 6)
        2.102442
    """
    expected = r1 * c1 / n
    return (o11 - expected) / np.sqrt(expected)


# ---------------------------------------------------------------------- mutual information


@association_measure
def mi(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the pointwise mutual information: how many times more often together than expected, in bits.

    log2(O/E). -inf where the two never occur together. It is no measure of certainty and overrates rare pairs.

    References:
        Church, K. & Hanks, P. (1990). Word association norms, mutual information, and lexicography. Computational
        Linguistics 16, 22-29.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.mi(o11=20, r1=42, c1=20, n=14_307_668), 2)
        18.38
    """
    return np.log2(o11 / (r1 * c1 / n))


@association_measure
def mi2(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return MI²: mutual information that gives weight to frequency, in bits.

    log2(O²/E). -inf where the two never occur together.

    References:
        Daille, B. (1994). Approche mixte pour l'extraction automatique de terminologie. PhD thesis, Université
        Paris 7.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.mi2(o11=30, r1=45, c1=60, n=20_000), 3)
        12.703
    """
    return np.log2(o11**2 / (r1 * c1 / n))


@association_measure
def mi3(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return MI³: mutual information that gives more weight to frequency than `mi2`, in bits.

    log2(O³/E). -inf where the two never occur together.

    References:
        Daille, B. (1994). Approche mixte pour l'extraction automatique de terminologie. PhD thesis, Université
        Paris 7.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.mi3(o11=30, r1=45, c1=60, n=20_000), 3)
        17.61
    """
    return np.log2(o11**3 / (r1 * c1 / n))


@association_measure
def local_mi(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the local mutual information: what a pair contributes to the mutual information of all pairs, in bits.

    O log2(O/E). 0, the limit, where the two never occur together; negative where they avoid each other.

    References:
        Evert, S. (2008). Corpora and collocations. In: Corpus Linguistics. An International Handbook, 1212-1248.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.local_mi(o11=30, r1=45, c1=60, n=20_000), 2)
        233.88
    """
    return np.where(o11 > 0, o11 * np.log2(np.where(o11 > 0, o11, 1.0) / (r1 * c1 / n)), 0.0)


@association_measure
def npmi(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the normalised pointwise mutual information.

    mi / -log2(O/n): -1 for never together, 0 for chance, 1 for always together. 1 also where the table holds nothing
    but the pair.

    References:
        Bouma, G. (2009). Normalized (pointwise) mutual information in collocation extraction. Proceedings of GSCL,
        31-40.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.npmi(o11=30, r1=45, c1=60, n=20_000), 3)
        0.831
    """
    inner = np.log2(o11 / (r1 * c1 / n)) / -np.log2(o11 / n)
    return np.where(o11 == 0, -1.0, np.where(o11 == n, 1.0, inner))


# ---------------------------------------------------------------- overlap, effect, direction


@association_measure
def dice(o11: Array, r1: Array, c1: Array, n: Array) -> Array:  # noqa: ARG001 (one signature for the family)
    """Return the Dice coefficient: the share of both words' occurrences in which they are together.

    2 O / (r1 + c1), 0 to 1. It does not depend on n. NaN where neither occurs.

    References:
        Dice, L. R. (1945). Measures of the amount of ecologic association between species. Ecology 26, 297-302; for
        collocations, Smadja, F., McKeown, K. & Hatzivassiloglou, V. (1996). Computational Linguistics 22, 1-38.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.dice(o11=130, r1=3_121, c1=143, n=1_000_000_000), 4)
        0.0797
    """
    return 2 * o11 / (r1 + c1)


@association_measure
def log_dice(o11: Array, r1: Array, c1: Array, n: Array) -> Array:  # noqa: ARG001 (one signature for the family)
    """Return logDice: the Dice coefficient on a scale of bits, comparable between corpora.

    14 + log2(dice), at most 14. One point more means together twice as often. It does not depend on n. -inf where the
    two never occur together, NaN where neither occurs.

    References:
        Rychlý, P. (2008). A lexicographer-friendly association score. Proceedings of RASLAN, 6-9.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.log_dice(o11=130, r1=3_121, c1=143, n=1_000_000_000), 4)
        10.3499
    """
    return 14 + np.log2(2 * o11 / (r1 + c1))


@association_measure
def log_ratio_collocation(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return the log ratio of a collocation: how often the rate of the second doubles next to the first, in bits.

    log2((o11/r1) / (o21/r2)). Frequencies of 0 are replaced by 0.5. NaN where the first never or always occurs, as one
    of the rates does not exist.

    References:
        Hardie, A. (2014). Log Ratio: an informal introduction. CASS, Lancaster University.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.log_ratio_collocation(o11=1, r1=15_334, c1=2, n=191_998), 6)
        3.526202
    """
    t = _table(o11, r1, c1, n)
    together, apart = np.where(t.o11 == 0, 0.5, t.o11), np.where(t.o21 == 0, 0.5, t.o21)
    ratio = np.log2((together / t.r1) / (apart / t.r2))
    return np.where((t.r1 > 0) & (t.r2 > 0), ratio, np.nan)


@association_measure
def min_sensitivity(o11: Array, r1: Array, c1: Array, n: Array) -> Array:  # noqa: ARG001
    """Return the minimum sensitivity: of both words' shares of occurrences that are joint, the smaller one.

    min(O/r1, O/c1), 0 to 1. NaN where one of them never occurs.

    References:
        Pedersen, T. & Bruce, R. (1996). What to infer from a description. Technical Report 96-CSE-04, Southern
        Methodist University; Pedersen, T. (1998). Dependent bigram identification. AAAI-98, 1197.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.min_sensitivity(o11=30, r1=45, c1=60, n=20_000)
        0.5
    """
    return np.minimum(o11 / r1, o11 / c1)


@association_measure
def phi_squared(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return φ²: the squared correlation of the two, chi-squared without the size of the corpus.

    (o11 o22 - o12 o21)² / (r1 r2 c1 c2), 0 to 1. NaN where a row or column is empty, as a constant has no correlation.

    References:
        Church, K. & Gale, W. (1991). Concordances for parallel text. Proceedings of the 7th Annual Conference of
        the UW Centre for the New OED, 40-62.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.phi_squared(o11=31_950, r1=43_954, c1=36_743, n=897_077), 4)
        0.6171
    """
    squared = chi_squared.formula(o11, r1, c1, n) / n
    return np.where(_table(o11, r1, c1, n).informative, squared, np.nan)


@association_measure
def liddell(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return Liddell's difference of proportions: how much more often the first occurs with the second than without.

    (o11 o22 - o12 o21) / (c1 c2), which is o11/c1 - o12/c2; -1 to 1. NaN where the second never or always occurs.

    References:
        Liddell, D. (1976). Practical tests of 2x2 contingency tables. The Statistician 25, 295-304.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.liddell(o11=1, r1=15_334, c1=2, n=191_998), 6)
        0.420139
    """
    t = _table(o11, r1, c1, n)
    return t.determinant / (t.c1 * t.c2)


@association_measure
def delta_p_2_given_1(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return ΔP of the second given the first: how much the first raises the probability of the second.

    o11/r1 - o21/r2, -1 to 1. NaN where the first never or always occurs. It is asymmetric: compared with
    `delta_p_1_given_2`, it shows which of the two words attracts the other.

    References:
        Gries, S. Th. (2013). 50-something years of work on collocations. International Journal of Corpus
        Linguistics 18, 137-166.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.delta_p_2_given_1(o11=30, r1=45, c1=60, n=20_000), 4)
        0.6652
    """
    t = _table(o11, r1, c1, n)
    return t.o11 / t.r1 - t.o21 / t.r2


@association_measure
def delta_p_1_given_2(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Return ΔP of the first given the second: how much the second raises the probability of the first.

    o11/c1 - o12/c2, -1 to 1. NaN where the second never or always occurs. See `delta_p_2_given_1`.

    References:
        Gries, S. Th. (2013). 50-something years of work on collocations. International Journal of Corpus
        Linguistics 18, 137-166.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.delta_p_1_given_2(o11=30, r1=45, c1=60, n=20_000), 4)
        0.4992
    """
    t = _table(o11, r1, c1, n)
    return t.o11 / t.c1 - t.o12 / t.c2
