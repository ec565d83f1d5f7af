"""Keyness: how the frequency of a word in a target differs from that in a reference.

All measures take a and b, the frequency of the word in the target and in the reference, and c and d, the sizes of the
two in words. Where a denominator is zero, x/0 is inf and 0/0 is NaN, unless a docstring says otherwise.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from corpus_kit._base.special_functions import special_functions
from corpus_kit.errors import invalid
from corpus_kit.measures.evaluation import (
    Array,
    keyness_interval,
    keyness_measure,
    positive,
    upper_quantile,
    x_log_ratio,
)

__all__ = [
    "bic",
    "conservative_log_ratio",
    "difference_coefficient",
    "ell",
    "log_likelihood",
    "log_ratio",
    "log_ratio_interval",
    "odds_ratio",
    "percent_diff",
    "relative_risk",
    "simple_maths",
    "weighted_log_odds",
]


def _expected(a: Array, b: Array, c: Array, d: Array) -> tuple[Array, Array]:
    """Return the expected frequencies, those of a word equally frequent in both."""
    return c * (a + b) / (c + d), d * (a + b) / (c + d)


@keyness_measure
def log_likelihood(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the log-likelihood G² of two cells: how sure we can be that the frequencies differ.

    2 (a ln(a/E1) + b ln(b/E2)) with E1 = c (a+b)/(c+d), E2 = d (a+b)/(c+d); from 0. It has no sign: the direction is
    that of a/c - b/d. It grows with the size of the corpora and does not measure how large the difference is. 0 for a
    word absent from both. Critical values: 3.84 for p < 0.05, 15.13 for p < 0.0001 (chi-squared, one degree of
    freedom).

    References:
        Rayson, P. & Garside, R. (2000). Comparing corpora using frequency profiling. Proceedings of the Workshop on
        Comparing Corpora, 1-6.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.log_likelihood(a=52, b=57, c=50_000, d=75_000), 2)
        2.65
    """
    first, second = _expected(a, b, c, d)
    return np.maximum(2 * (x_log_ratio(a, first) + x_log_ratio(b, second)), 0.0)


def _half_for_zero(frequency: Array) -> Array:
    return np.where(frequency == 0, 0.5, frequency)


@keyness_measure
def log_ratio(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the log ratio: how many times the relative frequency doubles from reference to target, in bits.

    log2((a/c) / (b/d)). 1 means twice as frequent in the target, -1 half as frequent. Frequencies of 0 are replaced by
    0.5, as in the source, so that words absent from one side have a finite value.

    References:
        Hardie, A. (2014). Log Ratio: an informal introduction. CASS, Lancaster University.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.log_ratio(a=52, b=57, c=50_000, d=75_000), 4)
        0.4525
    """
    return np.log2((_half_for_zero(a) / c) / (_half_for_zero(b) / d))


@keyness_interval
def log_ratio_interval(a: Array, b: Array, c: Array, d: Array, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return the confidence interval of the log ratio, in bits.

    log_ratio ± z √(1/a - 1/c + 1/b - 1/d) / ln 2, where z is the normal quantile of `confidence`. Frequencies of 0 are
    replaced by 0.5, as in `log_ratio`. It is the interval of a relative risk and assumes that words are drawn one by
    one; for words that come in clumps it is too narrow. `ck.keyness(n_bootstrap=)` draws whole documents instead.

    Args:
        a: Frequency of the word in the target.
        b: Frequency of the word in the reference.
        c: Size of the target in words, at least 1.
        d: Size of the reference in words, at least 1.
        confidence: A number between 0 and 1.

    Returns:
        A tuple (low, high). Each is a float for numbers, a float64 array for lists and arrays, a Float64 Series for
        Series (null where an argument is null), an expression for expressions.

    Raises:
        InputError: If a count is not a non-negative integer, or larger than its corpus, or if an option is invalid.

    References:
        Katz, D., Baptista, J., Azen, S. P. & Pike, M. C. (1978). Obtaining confidence intervals for the risk ratio
        in cohort studies. Biometrics 34, 469-474.

    Examples:
        >>> from corpus_kit import measures
        >>> low, high = measures.log_ratio_interval(a=52, b=57, c=50_000, d=75_000)
        >>> round(low, 3), round(high, 3)
        (-0.089, 0.995)
    """
    z = NormalDist().inv_cdf(upper_quantile(confidence))
    a, b = _half_for_zero(a), _half_for_zero(b)
    centre = np.log2((a / c) / (b / d))
    # At least 0, also where 0 was replaced by half an occurrence in a corpus of one word.
    half = z * np.sqrt(np.maximum(1 / a - 1 / c + 1 / b - 1 / d, 0.0)) / math.log(2)
    return centre - half, centre + half


@keyness_measure
def conservative_log_ratio(
    a: Array, b: Array, c: Array, d: Array, *, confidence: float = 0.95, comparisons: int = 1
) -> Array:
    """Return the conservative log ratio (LRC): the smallest log ratio that the data warrant, in bits.

    The Clopper-Pearson interval of the share a/(a+b) is converted to one of the ratio log2(share/(1-share) * d/c). LRC
    is its end nearer to 0, and 0 where the interval includes 0. So it ranks by effect size and needs no separate test.
    0 for a word absent from both.

    Args:
        a: Frequency of the word in the target.
        b: Frequency of the word in the reference.
        c: Size of the target in words, at least 1.
        d: Size of the reference in words, at least 1.
        confidence: A number between 0 and 1.
        comparisons: Number of words compared, at least 1; the error of 1 - `confidence` is divided by it (Bonferroni).

    Returns:
        A float for numbers, a float64 array for lists and arrays, a Float64 Series for Series (null where an argument
        is null), an expression for expressions.

    Raises:
        InputError: If a count is not a non-negative integer, or larger than its corpus, or if an option is invalid.

    References:
        Evert, S. (2022). Measuring keyness. Digital Humanities 2022: Conference Abstracts, 202-205.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.conservative_log_ratio(a=520, b=57, c=50_000, d=75_000), 3)
        3.378
    """
    special = special_functions()

    tail = (1 - positive("confidence", confidence, below=1)) / positive("comparisons", comparisons, least=1) / 2
    low = np.where(a > 0, special.betaincinv(np.maximum(a, 1.0), b + 1, tail), 0.0)
    high = np.where(b > 0, special.betainccinv(a + 1, np.maximum(b, 1.0), tail), 1.0)
    odds = d / c
    lower, upper = np.log2(low / (1 - low) * odds), np.log2(high / (1 - high) * odds)
    return np.where(lower > 0, lower, np.where(upper < 0, upper, 0.0))


@keyness_measure
def bic(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the Bayes factor, by the Bayesian information criterion: the evidence for a difference.

    log_likelihood - ln(c + d), for one degree of freedom. Below 0 there is evidence against a difference; 0 to 2 is not
    worth more than a bare mention, 2 to 6 is positive, 6 to 10 strong, above 10 very strong evidence for one.

    References:
        Wilson, A. (2013). Embracing Bayes factors for key item analysis in corpus linguistics. In: New Approaches
        to the Study of Linguistic Variability, 3-11.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.bic(a=52, b=57, c=50_000, d=75_000), 2)
        -9.08
    """
    return log_likelihood.formula(a, b, c, d) - np.log(c + d)  # type: ignore[no-any-return]


@keyness_measure
def ell(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the effect size for log-likelihood (ELL): the log-likelihood as a share of its maximum.

    log_likelihood / ((c + d) ln(Emin)), Emin the smaller of the two expected frequencies (see `log_likelihood`); 0 to
    1. NaN where Emin is at most 1, as the measure is not defined there.

    References:
        Johnston, J. E., Berry, K. J. & Mielke, P. W. (2006). Measures of effect size for chi-squared and
        likelihood-ratio goodness-of-fit tests. Perceptual and Motor Skills 103, 412-414.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.ell(a=52, b=57, c=50_000, d=75_000) * 1e6, 3)
        5.619
    """
    least = np.minimum(*_expected(a, b, c, d))
    return np.where(least > 1, log_likelihood.formula(a, b, c, d) / ((c + d) * np.log(least)), np.nan)


@keyness_measure
def percent_diff(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return %DIFF: the difference of the relative frequencies, in per cent of that in the reference.

    100 (a/c - b/d) / (b/d), from -100 for a word absent from the target. inf where the word is absent from the
    reference only, NaN where it is absent from both.

    References:
        Gabrielatos, C. & Marchi, A. (2011). Keyness: matching metrics to definitions. Corpus Linguistics in the
        South 1, Portsmouth.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.percent_diff(a=206_523, b=178_174, c=959_641, d=1_562_358), 1)
        88.7
    """
    return 100 * ((a / c) / (b / d) - 1)  # in this form absence from the target gives -100 exactly


@keyness_measure
def odds_ratio(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the odds ratio: the odds of the word in the target divided by those in the reference.

    (a/(c-a)) / (b/(d-b)); 1 means no difference. inf where the word is absent from the reference only, NaN where it is
    absent from both or is the only word of both.

    References:
        Pojanapunya, P. & Watson Todd, R. (2018). Log-likelihood and odds ratio: keyness statistics for different
        purposes of keyword analysis. Corpus Linguistics and Linguistic Theory 14, 133-167.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.odds_ratio(a=52, b=57, c=50_000, d=75_000), 4)
        1.3688
    """
    return (a * (d - b)) / (b * (c - a))


@keyness_measure
def relative_risk(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the relative risk: how many times more frequent the word is in the target.

    (a/c) / (b/d); 1 means no difference. `log_ratio` is its logarithm. inf where the word is absent from the reference
    only, NaN where it is absent from both.

    References:
        Damerau, F. J. (1993). Generating and evaluating domain-oriented multi-word terms from texts. Information
        Processing & Management 29, 433-447.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.relative_risk(a=52, b=57, c=50_000, d=75_000), 4)
        1.3684
    """
    return (a / c) / (b / d)


@keyness_measure
def simple_maths(a: Array, b: Array, c: Array, d: Array, *, k: float = 1.0) -> Array:
    """Return the simple maths score: the ratio of the frequencies per million words, each increased by k.

    (1e6 a/c + k) / (1e6 b/d + k), from 0; 1 means no difference.

    Args:
        a: Frequency of the word in the target.
        b: Frequency of the word in the reference.
        c: Size of the target in words, at least 1.
        d: Size of the reference in words, at least 1.
        k: A positive number. A larger one favours frequent words; it also avoids division by zero.

    Returns:
        A float for numbers, a float64 array for lists and arrays, a Float64 Series for Series (null where an argument
        is null), an expression for expressions.

    Raises:
        InputError: If a count is not a non-negative integer, or larger than its corpus, or if an option is invalid.

    References:
        Kilgarriff, A. (2009). Simple maths for keywords. Proceedings of Corpus Linguistics 2009, Liverpool.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.simple_maths(a=35, b=263, c=112_289_776, d=1_559_716_979, k=1), 4)
        1.1224
    """
    constant = positive("k", k)
    return (1e6 * a / c + constant) / (1e6 * b / d + constant)


@keyness_measure
def difference_coefficient(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the difference coefficient: the difference of the relative frequencies divided by their sum.

    (a/c - b/d) / (a/c + b/d), -1 to 1. 1 where the word is absent from the reference, -1 where it is absent from the
    target, NaN where it is absent from both.

    References:
        Hofland, K. & Johansson, S. (1982). Word frequencies in British and American English. Norwegian Computing
        Centre for the Humanities, p. 471.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.difference_coefficient(a=18, b=35, c=1_000_000, d=1_000_000), 2)
        -0.32
    """
    return (a / c - b / d) / (a / c + b / d)


@keyness_measure
def weighted_log_odds(a: Array, b: Array, c: Array, d: Array, *, prior: Any = None, prior_total: Any = None) -> Array:
    """Return the weighted log-odds with an informative Dirichlet prior: a z-score of the difference in log-odds.

    δ = ln((a+p)/(c+P-a-p)) - ln((b+p)/(d+P-b-p)), divided by √(1/(a+p) + 1/(b+p)); p is `prior`, P `prior_total`.
    Beyond ±1.96 the difference is significant at 0.05. NaN where both the prior and a frequency are 0. A background
    corpus is the better prior: p its frequency of the word and P its size, both scaled to the number of words that it
    shall weigh.

    Args:
        a: Frequency of the word in the target.
        b: Frequency of the word in the reference.
        c: Size of the target in words, at least 1.
        d: Size of the reference in words, at least 1.
        prior: Pseudo-count of the word, one number or one for each word; None for a + b.
        prior_total: Pseudo-counts of all words together; None for c + d.

    Returns:
        A float for numbers, a float64 array for lists and arrays, a Float64 Series for Series (null where an argument
        is null), an expression for expressions.

    Raises:
        InputError: If a count is not a non-negative integer, or larger than its corpus, or if an option is invalid.

    References:
        Monroe, B. L., Colaresi, M. P. & Quinn, K. M. (2008). Fightin' words. Political Analysis 16, 372-403,
        equations 16 to 22.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.weighted_log_odds(a=52, b=57, c=50_000, d=75_000), 3)
        0.932
    """
    p = a + b if prior is None else np.asarray(prior)
    total = c + d if prior_total is None else np.asarray(prior_total)
    bad = ~(np.isfinite(p) & (p >= 0))
    if bad.any():
        raise invalid("prior", "a non-negative pseudo-count for each word", float(p[bad].flat[0]))
    p, total = np.broadcast_arrays(p, total)
    short = ~(np.isfinite(total) & (total >= p))
    if short.any():
        expected = f"at least as large as prior ({p[short].flat[0]:g}), the sum of all pseudo-counts"
        raise invalid("prior_total", expected, float(total[short].flat[0]))
    delta = np.log((a + p) / (c + total - a - p)) - np.log((b + p) / (d + total - b - p))
    return np.where((a + p > 0) & (b + p > 0), delta / np.sqrt(1 / (a + p) + 1 / (b + p)), np.nan)
