"""Association: how two things that occur together do so more often than by chance.

Arguments of every measure: o11, how often both occur together; r1, the total of the
first (the row); c1, that of the second (the column); n, that of the table. The other
cells follow: o12 = r1 - o11, o21 = c1 - o11, o22 = n - r1 - c1 + o11, and so do the
expected frequencies, E11 = r1 c1 / n and so on. Numbers give a float; lists and arrays
an array; a Series a Series; expressions an expression.

Counts that no table can have raise InputError: negative, not whole, a joint frequency
above its row or column, margins above n. Tests are unsigned (whether o11 is above or
below E11 is told by their direction, not by them); a table with an empty row or column
carries no information: tests give 0, exact probabilities 1. Where a ratio has a zero
below, x/0 is inf and 0/0 is NaN, unless a measure says otherwise.

The example of the docstrings: الدولة stands before الإسلامية 30 times; it occurs 45
times, the other word 60 times, among 20,000 pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit.measures._evaluation import Array, contingency_measure, x_log_ratio

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
    "log_likelihood_ratio",
    "log_likelihood_ratio_williams",
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
    """The cells and margins of a table of two rows and two columns."""

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


@contingency_measure
def log_likelihood_ratio(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Log-likelihood ratio G2 of all four cells: how sure we can be of an association. From 0.

    2 sum(O ln(O/E)). Unsigned. It grows with the size of the corpus and says nothing about the
    strength of the association. Critical values as of chi-squared: 3.84 for p < 0.05, 15.13 for p < 0.0001.

    Source: Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence.
    Computational Linguistics 19, 61-74.

    >>> from corpus_kit import measures
    >>> round(measures.log_likelihood_ratio(o11=30, r1=45, c1=60, n=20_000), 2)
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


@contingency_measure
def log_likelihood_ratio_williams(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Log-likelihood ratio with Williams' correction for small samples. From 0.

    G2 / q with q = 1 + (n/r1 + n/r2 - 1)(n/c1 + n/c2 - 1) / (6 n).

    Source: Williams, D. A. (1976). Improved likelihood ratio tests for complete contingency tables.
    Biometrika 63, 33-37.

    >>> from corpus_kit import measures
    >>> round(measures.log_likelihood_ratio_williams(o11=3, r1=10, c1=10, n=19), 6)
    4.200833
    """
    t = _table(o11, r1, c1, n)
    q = 1 + (n / t.r1 + n / t.r2 - 1) * (n / t.c1 + n / t.c2 - 1) / (6 * n)
    return np.where(t.informative, log_likelihood_ratio.formula(o11, r1, c1, n) / q, 0.0)


@contingency_measure
def simple_log_likelihood(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Simple log-likelihood: that of the first cell alone, against its expected frequency. From 0.

    2 (O ln(O/E) - (O - E)). Unsigned. It needs no other cell and so can be used with an expected frequency
    of any kind.

    Source: Evert, S. (2008). Corpora and collocations. In: CorpusView Linguistics. An International
    Handbook, 1212-1248.

    >>> from corpus_kit import measures
    >>> round(measures.simple_log_likelihood(o11=30, r1=45, c1=60, n=20_000), 2)
    264.49
    """
    t = _table(o11, r1, c1, n)
    expected = r1 * c1 / n
    return np.where(t.informative, np.maximum(2 * (x_log_ratio(o11, expected) - (o11 - expected)), 0.0), 0.0)


@contingency_measure
def chi_squared(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Pearson's chi-squared of all four cells. From 0 to n.

    n (o11 o22 - o12 o21)^2 / (r1 r2 c1 c2), which is sum((O - E)^2 / E). Unsigned. Not to be trusted where
    an expected frequency is below 5: words are rare, so prefer log_likelihood_ratio.

    Source: Pearson, K. (1900). On the criterion that a given system of deviations ... Philosophical
    Magazine 50, 157-175; for collocations, Manning, C. & Schuetze, H. (1999). Foundations of Statistical
    Natural Language Processing, 5.3.3.

    >>> from corpus_kit import measures
    >>> round(measures.chi_squared(o11=8, r1=15_828, c1=4_675, n=14_307_668), 2)
    1.55
    """
    t = _table(o11, r1, c1, n)
    # one division after another: the product of four margins of a large corpus is beyond exact numbers
    return np.where(t.informative, n * (t.determinant / t.r1 / t.c1) * (t.determinant / t.r2 / t.c2), 0.0)


@contingency_measure
def chi_squared_yates(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Chi-squared with Yates' correction for continuity. From 0.

    n max(|o11 o22 - o12 o21| - n/2, 0)^2 / (r1 r2 c1 c2). Unsigned.

    Source: Yates, F. (1934). Contingency tables involving small numbers and the chi-squared test.
    Supplement to the Journal of the Royal Statistical Society 1, 217-235.

    >>> from corpus_kit import measures
    >>> measures.chi_squared_yates(o11=1, r1=4, c1=4, n=8)
    0.5
    """
    t = _table(o11, r1, c1, n)
    rest = np.maximum(np.abs(t.determinant) - n / 2, 0.0)
    return np.where(t.informative, n * (rest / t.r1 / t.c1) * (rest / t.r2 / t.c2), 0.0)


@contingency_measure
def fisher_exact_two_sided(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Fisher's exact test: the probability of a table at least as unlikely as this one. 0 to 1.

    The sum of the hypergeometric probabilities that are not above that of o11. Computed by
    scipy.stats.fisher_exact, once for each distinct table; slower than the other measures.

    Source: Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical
    Society 98, 39-82; for bigrams, Pedersen, T. (1996). Fishing for exactness. SCSUG 96.

    >>> from corpus_kit import measures
    >>> round(measures.fisher_exact_two_sided(o11=1, r1=4, c1=4, n=8), 3)
    0.486
    """
    return _fisher(o11, r1, c1, n, "two-sided")


@contingency_measure
def fisher_exact_left(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Fisher's exact test to the left: the probability of o11 or less together. 0 to 1.

    Small where the two avoid each other. Source and computation: see fisher_exact_two_sided (Fisher 1935).

    >>> from corpus_kit import measures
    >>> round(measures.fisher_exact_left(o11=1, r1=4, c1=4, n=8), 3)
    0.243
    """
    return _fisher(o11, r1, c1, n, "less")


@contingency_measure
def fisher_exact_right(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Fisher's exact test to the right: the probability of o11 or more together. 0 to 1.

    Small where the two attract each other. Source and computation: see fisher_exact_two_sided (Fisher 1935).

    >>> from corpus_kit import measures
    >>> round(measures.fisher_exact_right(o11=1, r1=4, c1=4, n=8), 3)
    0.986
    """
    return _fisher(o11, r1, c1, n, "greater")


def _fisher(o11: Array, r1: Array, c1: Array, n: Array, alternative: str) -> Array:
    from scipy import stats

    cells = np.stack(_table(o11, r1, c1, n)[:4], axis=-1).astype(np.int64)
    distinct, place = np.unique(cells.reshape(-1, 4), axis=0, return_inverse=True)
    values = [stats.fisher_exact(table.reshape(2, 2), alternative=alternative).pvalue for table in distinct]
    return np.asarray(values, np.float64)[place.reshape(-1)].reshape(cells.shape[:-1])


@contingency_measure
def t_score(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """t-score: how many standard deviations the observed frequency is above the expected one.

    (O - E) / sqrt(O). Negative where the two avoid each other, -inf where they never meet. It favours
    frequent pairs.

    Source: Church, K., Gale, W., Hanks, P. & Hindle, D. (1991). Using statistics in lexical analysis.
    In: Lexical Acquisition, 115-164.

    >>> from corpus_kit import measures
    >>> round(measures.t_score(o11=8, r1=15_828, c1=4_675, n=14_307_668), 6)
    0.999932
    """
    return (o11 - r1 * c1 / n) / np.sqrt(o11)


@contingency_measure
def z_score(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """z-score: the difference of the observed and the expected frequency in units of the latter's spread.

    (O - E) / sqrt(E). Negative where the two avoid each other. It overrates rare pairs.

    Source: Berry-Rogghe, G. L. M. (1973). The computation of collocations and their relevance in lexical
    studies. In: The Computer and Literary Studies, 103-112 (in the form of Evert 2008).

    >>> from corpus_kit import measures
    >>> round(measures.z_score(o11=1, r1=15_334, c1=2, n=191_998), 6)
    2.102442
    """
    expected = r1 * c1 / n
    return (o11 - expected) / np.sqrt(expected)


# ---------------------------------------------------------------------- mutual information


@contingency_measure
def mi(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Mutual information (pointwise): how many times more often together than expected. In bits.

    log2(O/E). -inf where the two never meet. It says nothing about certainty and overrates rare pairs.

    Source: Church, K. & Hanks, P. (1990). Word association norms, mutual information, and lexicography.
    Computational Linguistics 16, 22-29.

    >>> from corpus_kit import measures
    >>> round(measures.mi(o11=20, r1=42, c1=20, n=14_307_668), 2)
    18.38
    """
    return np.log2(o11 / (r1 * c1 / n))


@contingency_measure
def mi2(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """MI squared: mutual information that weighs frequency. In bits.

    log2(O^2/E). -inf where the two never meet.

    Source: Daille, B. (1994). Approche mixte pour l'extraction automatique de terminologie. PhD thesis,
    Universite Paris 7.

    >>> from corpus_kit import measures
    >>> round(measures.mi2(o11=30, r1=45, c1=60, n=20_000), 3)
    12.703
    """
    return np.log2(o11**2 / (r1 * c1 / n))


@contingency_measure
def mi3(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """MI cubed: mutual information that weighs frequency more than mi2. In bits.

    log2(O^3/E). -inf where the two never meet.

    Source: Daille, B. (1994). Approche mixte pour l'extraction automatique de terminologie. PhD thesis,
    Universite Paris 7.

    >>> from corpus_kit import measures
    >>> round(measures.mi3(o11=30, r1=45, c1=60, n=20_000), 3)
    17.61
    """
    return np.log2(o11**3 / (r1 * c1 / n))


@contingency_measure
def local_mi(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Local mutual information: the pair's contribution to the mutual information of all pairs. In bits.

    O log2(O/E). 0 where the two never meet (the limit). Negative where they avoid each other.

    Source: Evert, S. (2008). Corpora and collocations. In: CorpusView Linguistics. An International
    Handbook, 1212-1248.

    >>> from corpus_kit import measures
    >>> round(measures.local_mi(o11=30, r1=45, c1=60, n=20_000), 2)
    233.88
    """
    return np.where(o11 > 0, o11 * np.log2(np.where(o11 > 0, o11, 1.0) / (r1 * c1 / n)), 0.0)


@contingency_measure
def npmi(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Normalised pointwise mutual information. -1 (never together) to 0 (by chance) to 1 (always together).

    mi / -log2(O/n). -1 where the two never meet; 1 where the table holds nothing but the pair.

    Source: Bouma, G. (2009). Normalized (pointwise) mutual information in collocation extraction.
    Proceedings of GSCL, 31-40.

    >>> from corpus_kit import measures
    >>> round(measures.npmi(o11=30, r1=45, c1=60, n=20_000), 3)
    0.831
    """
    inner = np.log2(o11 / (r1 * c1 / n)) / -np.log2(o11 / n)
    return np.where(o11 == 0, -1.0, np.where(o11 == n, 1.0, inner))


# ---------------------------------------------------------------- overlap, effect, direction


@contingency_measure
def dice(o11: Array, r1: Array, c1: Array, n: Array) -> Array:  # noqa: ARG001 (one signature for the family)
    """Dice coefficient: the share of both words' occurrences in which they are together. 0 to 1.

    2 O / (r1 + c1). It does not depend on n. NaN where neither occurs.

    Source: Dice, L. R. (1945). Measures of the amount of ecologic association between species. Ecology 26,
    297-302; for collocations, Smadja, F., McKeown, K. & Hatzivassiloglou, V. (1996). Computational
    Linguistics 22, 1-38.

    >>> from corpus_kit import measures
    >>> round(measures.dice(o11=130, r1=3_121, c1=143, n=1_000_000_000), 4)
    0.0797
    """
    return 2 * o11 / (r1 + c1)


@contingency_measure
def log_dice(o11: Array, r1: Array, c1: Array, n: Array) -> Array:  # noqa: ARG001 (one signature for the family)
    """Log Dice: the Dice coefficient on a scale of bits, at most 14. Comparable between corpora.

    14 + log2(dice). One point more means twice as often together; it does not depend on n. -inf where the
    two never meet, NaN where neither occurs.

    Source: Rychly, P. (2008). A lexicographer-friendly association score. Proceedings of RASLAN, 6-9.

    >>> from corpus_kit import measures
    >>> round(measures.log_dice(o11=130, r1=3_121, c1=143, n=1_000_000_000), 4)
    10.3499
    """
    return 14 + np.log2(2 * o11 / (r1 + c1))


@contingency_measure
def log_ratio_collocation(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Log ratio for collocations: how many times the second's rate doubles in company of the first. In bits.

    log2((o11/r1) / (o21/r2)). o11 = 0 and o21 = 0 are replaced by 0.5. NaN where the first never or always
    occurs, since one of the rates does not exist.

    Source: Hardie, A. (2014). Log Ratio: an informal introduction. CASS, Lancaster University.

    >>> from corpus_kit import measures
    >>> round(measures.log_ratio_collocation(o11=1, r1=15_334, c1=2, n=191_998), 6)
    3.526202
    """
    t = _table(o11, r1, c1, n)
    together, apart = np.where(t.o11 == 0, 0.5, t.o11), np.where(t.o21 == 0, 0.5, t.o21)
    ratio = np.log2((together / t.r1) / (apart / t.r2))
    return np.where((t.r1 > 0) & (t.r2 > 0), ratio, np.nan)


@contingency_measure
def min_sensitivity(o11: Array, r1: Array, c1: Array, n: Array) -> Array:  # noqa: ARG001
    """Minimum sensitivity: the smaller of the two shares of occurrences that are together. 0 to 1.

    min(o11/r1, o11/c1). NaN where one of them does not occur.

    Source: Pedersen, T. & Bruce, R. (1996). What to infer from a description. Technical Report 96-CSE-04,
    Southern Methodist University; Pedersen, T. (1998). Dependent bigram identification. AAAI-98, 1197.

    >>> from corpus_kit import measures
    >>> measures.min_sensitivity(o11=30, r1=45, c1=60, n=20_000)
    0.5
    """
    return np.minimum(o11 / r1, o11 / c1)


@contingency_measure
def phi_squared(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Phi squared: the squared correlation of the two, chi-squared without the corpus size. 0 to 1.

    (o11 o22 - o12 o21)^2 / (r1 r2 c1 c2). NaN for a table with an empty row or column: what never changes has no
    correlation.

    Source: Church, K. & Gale, W. (1991). Concordances for parallel text. Proceedings of the 7th Annual
    Conference of the UW Centre for the New OED, 40-62.

    >>> from corpus_kit import measures
    >>> round(measures.phi_squared(o11=31_950, r1=43_954, c1=36_743, n=897_077), 4)
    0.6171
    """
    squared = chi_squared.formula(o11, r1, c1, n) / n
    return np.where(_table(o11, r1, c1, n).informative, squared, np.nan)


@contingency_measure
def liddell(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Liddell's difference of proportions: how much more often the first occurs with the second than without. -1 to 1.

    (o11 o22 - o12 o21) / (c1 c2), which is o11/c1 - o12/c2. NaN where the second never or always occurs.

    Source: Liddell, D. (1976). Practical tests of 2x2 contingency tables. The Statistician 25, 295-304.

    >>> from corpus_kit import measures
    >>> round(measures.liddell(o11=1, r1=15_334, c1=2, n=191_998), 6)
    0.420139
    """
    t = _table(o11, r1, c1, n)
    return t.determinant / (t.c1 * t.c2)


@contingency_measure
def delta_p_2_given_1(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Delta P of the second given the first: how much the first raises the chance of the second. -1 to 1.

    o11/r1 - o21/r2. NaN where the first never or always occurs. With `delta_p_1_given_2` it tells which of
    the two words attracts the other: an asymmetric measure.

    Source: Gries, S. Th. (2013). 50-something years of work on collocations. International Journal of
    Corpus Linguistics 18, 137-166.

    >>> from corpus_kit import measures
    >>> round(measures.delta_p_2_given_1(o11=30, r1=45, c1=60, n=20_000), 4)
    0.6652
    """
    t = _table(o11, r1, c1, n)
    return t.o11 / t.r1 - t.o21 / t.r2


@contingency_measure
def delta_p_1_given_2(o11: Array, r1: Array, c1: Array, n: Array) -> Array:
    """Delta P of the first given the second: how much the second raises the chance of the first. -1 to 1.

    o11/c1 - o12/c2. NaN where the second never or always occurs. See `delta_p_2_given_1`.

    Source: Gries, S. Th. (2013). 50-something years of work on collocations. International Journal of
    Corpus Linguistics 18, 137-166.

    >>> from corpus_kit import measures
    >>> round(measures.delta_p_1_given_2(o11=30, r1=45, c1=60, n=20_000), 4)
    0.4992
    """
    t = _table(o11, r1, c1, n)
    return t.o11 / t.c1 - t.o12 / t.c2
