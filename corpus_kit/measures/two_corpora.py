"""Keyness: how a word's frequency in a target differs from that in a reference.

Arguments of every measure: a and b, the word's frequency in the target and in the
reference; c and d, the sizes of the two in words (at least 1). Numbers give a float;
lists and arrays an array; a Series a Series; expressions an expression.

Bad counts raise InputError: negative, not whole, or larger than their corpus. Where a
ratio has a zero below, x/0 is inf and 0/0 is NaN, unless a measure says otherwise.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from corpus_kit.errors import InputError
from corpus_kit.measures._evaluation import (
    Array,
    keyness_interval,
    keyness_measure,
    positive,
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
    """Frequencies to be expected if the word were equally frequent in both."""
    return c * (a + b) / (c + d), d * (a + b) / (c + d)


@keyness_measure
def log_likelihood(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Log-likelihood of two cells: how sure we can be that the frequencies differ. In natural units; from 0.

    2 (a ln(a/E1) + b ln(b/E2)) with E1 = c (a+b)/(c+d), E2 = d (a+b)/(c+d). It has no
    sign: the direction is that of a/c - b/d. It grows with the size of the corpora, so it
    says nothing about how large the difference is. A word absent from both gives 0.
    Critical values: 3.84 for p < 0.05, 15.13 for p < 0.0001 (chi-squared, one degree of freedom).

    Source: Rayson, P. & Garside, R. (2000). Comparing corpora using frequency profiling.
    Proceedings of the Workshop on Comparing Corpora, 1-6.

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
    """Log ratio: how many times the relative frequency doubles from reference to target. In bits.

    log2((a/c) / (b/d)). 1 means twice as frequent in the target, -1 half as frequent. A
    frequency of 0 is replaced by 0.5, as in the reference, so that words absent from one side
    have a finite value.

    Source: Hardie, A. (2014). Log Ratio: an informal introduction. CASS, Lancaster University.

    >>> from corpus_kit import measures
    >>> round(measures.log_ratio(a=52, b=57, c=50_000, d=75_000), 4)
    0.4525
    """
    return np.log2((_half_for_zero(a) / c) / (_half_for_zero(b) / d))


@keyness_interval
def log_ratio_interval(a: Array, b: Array, c: Array, d: Array, *, confidence: float = 0.95) -> tuple[Array, Array]:
    """Confidence interval of the log ratio: (low, high), in bits.

    log_ratio -+ z sqrt(1/a - 1/c + 1/b - 1/d) / ln 2, z the normal quantile of `confidence`
    (between 0 and 1). A frequency of 0 is replaced by 0.5, as in `log_ratio`. The interval is
    that of a relative risk: it takes words as drawn one by one, and so is too narrow for words
    that come in clumps; `ck.keyness(n_bootstrap=)` draws whole documents.

    Source: Katz, D., Baptista, J., Azen, S. P. & Pike, M. C. (1978). Obtaining confidence
    intervals for the risk ratio in cohort studies. Biometrics 34, 469-474.

    >>> from corpus_kit import measures
    >>> low, high = measures.log_ratio_interval(a=52, b=57, c=50_000, d=75_000)
    >>> round(low, 3), round(high, 3)
    (-0.089, 0.995)
    """
    z = NormalDist().inv_cdf(0.5 + positive("confidence", confidence, below=1) / 2)
    a, b = _half_for_zero(a), _half_for_zero(b)
    centre = np.log2((a / c) / (b / d))
    # never below 0, also where half an occurrence stands for none in a corpus of one word
    half = z * np.sqrt(np.maximum(1 / a - 1 / c + 1 / b - 1 / d, 0.0)) / math.log(2)
    return centre - half, centre + half


@keyness_measure
def conservative_log_ratio(
    a: Array, b: Array, c: Array, d: Array, *, confidence: float = 0.95, comparisons: int = 1
) -> Array:
    """Conservative log ratio (LRC): the log ratio that the data warrant at the least. In bits.

    The Clopper-Pearson interval of the share a/(a+b), turned into one of the ratio
    log2(share/(1-share) * d/c). LRC is its end nearer to 0, and 0 where the interval holds 0: so it
    ranks by effect size and needs no test beside it. `comparisons` is the number of words that
    are looked at (Bonferroni: the error of 1 - `confidence` is shared among them). A word
    absent from both gives 0.

    Source: Evert, S. (2022). Measuring keyness. Digital Humanities 2022: Conference Abstracts, 202-205.

    >>> from corpus_kit import measures
    >>> round(measures.conservative_log_ratio(a=520, b=57, c=50_000, d=75_000), 3)
    3.378
    """
    from scipy import special

    tail = (1 - positive("confidence", confidence, below=1)) / positive("comparisons", comparisons, least=1) / 2
    low = np.where(a > 0, special.betaincinv(np.maximum(a, 1.0), b + 1, tail), 0.0)
    high = np.where(b > 0, special.betainccinv(a + 1, np.maximum(b, 1.0), tail), 1.0)
    odds = d / c
    lower, upper = np.log2(low / (1 - low) * odds), np.log2(high / (1 - high) * odds)
    return np.where(lower > 0, lower, np.where(upper < 0, upper, 0.0))


@keyness_measure
def bic(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Bayes factor, as the Bayesian information criterion: evidence for a difference against none.

    log_likelihood - ln(c + d), for one degree of freedom. Below 0: evidence for no difference; 0-2 not
    worth more than a bare mention; 2-6 positive; 6-10 strong; above 10 very strong evidence for one.

    Source: Wilson, A. (2013). Embracing Bayes factors for key item analysis in corpus linguistics.
    In: New Approaches to the Study of Linguistic Variability, 3-11.

    >>> from corpus_kit import measures
    >>> round(measures.bic(a=52, b=57, c=50_000, d=75_000), 2)
    -9.08
    """
    return log_likelihood.formula(a, b, c, d) - np.log(c + d)  # type: ignore[no-any-return]


@keyness_measure
def ell(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Effect size for log-likelihood (ELL): the log-likelihood as a share of the largest one possible. 0 to 1.

    log_likelihood / ((c + d) ln(Emin)), Emin the smaller of the two expected frequencies (see
    log_likelihood). NaN where Emin is not above 1, since the measure is not defined there.

    Source: Johnston, J. E., Berry, K. J. & Mielke, P. W. (2006). Measures of effect size for chi-squared
    and likelihood-ratio goodness-of-fit tests. Perceptual and Motor Skills 103, 412-414.

    >>> from corpus_kit import measures
    >>> round(measures.ell(a=52, b=57, c=50_000, d=75_000) * 1e6, 3)
    5.619
    """
    least = np.minimum(*_expected(a, b, c, d))
    return np.where(least > 1, log_likelihood.formula(a, b, c, d) / ((c + d) * np.log(least)), np.nan)


@keyness_measure
def percent_diff(a: Array, b: Array, c: Array, d: Array) -> Array:
    """%DIFF: the difference of the relative frequencies in per cent of that in the reference.

    100 (a/c - b/d) / (b/d). From -100 (absent from the target); inf where the word is absent from the
    reference only, NaN where it is absent from both.

    Source: Gabrielatos, C. & Marchi, A. (2011). Keyness: matching metrics to definitions. Corpus
    Linguistics in the South 1, Portsmouth.

    >>> from corpus_kit import measures
    >>> round(measures.percent_diff(a=206_523, b=178_174, c=959_641, d=1_562_358), 1)
    88.7
    """
    return 100 * ((a / c) / (b / d) - 1)  # so that absence from the target gives -100 exactly


@keyness_measure
def odds_ratio(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Odds ratio: the odds of the word in the target over those in the reference.

    (a/(c-a)) / (b/(d-b)). 1 means no difference. inf where the word is absent from the reference only,
    NaN where it is absent from both, or where a corpus holds nothing but the word in both.

    Source: Pojanapunya, P. & Watson Todd, R. (2018). Log-likelihood and odds ratio: keyness statistics
    for different purposes of keyword analysis. Corpus Linguistics and Linguistic Theory 14, 133-167.

    >>> from corpus_kit import measures
    >>> round(measures.odds_ratio(a=52, b=57, c=50_000, d=75_000), 4)
    1.3688
    """
    return (a * (d - b)) / (b * (c - a))


@keyness_measure
def relative_risk(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Relative risk (ratio of relative frequencies): how many times more frequent in the target.

    (a/c) / (b/d). 1 means no difference; `log_ratio` is its logarithm. inf where the word is absent from
    the reference only, NaN where it is absent from both.

    Source: Damerau, F. J. (1993). Generating and evaluating domain-oriented multi-word terms from texts.
    Information Processing & Management 29, 433-447.

    >>> from corpus_kit import measures
    >>> round(measures.relative_risk(a=52, b=57, c=50_000, d=75_000), 4)
    1.3684
    """
    return (a / c) / (b / d)


@keyness_measure
def simple_maths(a: Array, b: Array, c: Array, d: Array, *, k: float = 1.0) -> Array:
    """Simple maths: the ratio of frequencies per million, each with k added. From 0; 1 means no difference.

    (1e6 a/c + k) / (1e6 b/d + k). A larger `k` (above 0) favours frequent words; it also takes care of zeros.

    Source: Kilgarriff, A. (2009). Simple maths for keywords. Proceedings of Corpus Linguistics 2009, Liverpool.

    >>> from corpus_kit import measures
    >>> round(measures.simple_maths(a=35, b=263, c=112_289_776, d=1_559_716_979, k=1), 4)
    1.1224
    """
    constant = positive("k", k)
    return (1e6 * a / c + constant) / (1e6 * b / d + constant)


@keyness_measure
def difference_coefficient(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Difference coefficient: the difference of the relative frequencies over their sum. -1 to 1.

    (a/c - b/d) / (a/c + b/d). 1 where the word is absent from the reference, -1 where it is absent from
    the target, NaN where it is absent from both.

    Source: Hofland, K. & Johansson, S. (1982). Word frequencies in British and American English.
    Norwegian Computing Centre for the Humanities, p. 471.

    >>> from corpus_kit import measures
    >>> round(measures.difference_coefficient(a=18, b=35, c=1_000_000, d=1_000_000), 2)
    -0.32
    """
    return (a / c - b / d) / (a / c + b / d)


@keyness_measure
def weighted_log_odds(a: Array, b: Array, c: Array, d: Array, *, prior: Any = None, prior_total: Any = None) -> Array:
    """Weighted log-odds with an informative Dirichlet prior: a z-score of the difference in log-odds.

    delta = ln((a+p)/(c+P-a-p)) - ln((b+p)/(d+P-b-p)), divided by sqrt(1/(a+p) + 1/(b+p)). `prior` p is the
    word's pseudo-count (one number or one for each word), `prior_total` P that of all words together.
    Without them p = a + b and P = c + d: the two corpora together are the prior. A background corpus is a
    better one: p its frequency of the word, P its size, both scaled to as many words as it shall weigh.
    Beyond 1.96 the difference is significant at 0.05. NaN where both the prior and a frequency are 0.

    Source: Monroe, B. L., Colaresi, M. P. & Quinn, K. M. (2008). Fightin' words. Political Analysis 16,
    372-403, equations 16 to 22.

    >>> from corpus_kit import measures
    >>> round(measures.weighted_log_odds(a=52, b=57, c=50_000, d=75_000), 3)
    0.932
    """
    p = a + b if prior is None else np.asarray(prior)
    total = c + d if prior_total is None else np.asarray(prior_total)
    bad = ~(np.isfinite(p) & (p >= 0))
    if bad.any():
        raise InputError(f"prior={p[bad].flat[0]:g}, but it takes a pseudo-count from 0 for each word")
    p, total = np.broadcast_arrays(p, total)
    short = ~(np.isfinite(total) & (total >= p))
    if short.any():
        raise InputError(
            f"prior_total={total[short].flat[0]:g} is less than prior={p[short].flat[0]:g}; it takes the sum of the "
            "pseudo-counts of all words"
        )
    delta = np.log((a + p) / (c + total - a - p)) - np.log((b + p) / (d + total - b - p))
    return np.where((a + p > 0) & (b + p > 0), delta / np.sqrt(1 / (a + p) + 1 / (b + p)), np.nan)
