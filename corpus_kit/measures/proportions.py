"""Intervals of a proportion, for independent trials and for trials in clusters; of a mean; and of a count of zero."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_kit._base.special_functions import special_functions
from corpus_kit.errors import invalid
from corpus_kit.measures.evaluation import Array, Number, broadcast, numbers, upper_quantile

__all__ = ["clustered_wilson", "mean_interval", "most_of_zero", "wilson"]


def wilson(successes: Number | Any, trials: Number | Any, confidence: float = 0.95) -> tuple[Any, Any]:
    """Return Wilson's score interval of a proportion.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), p = successes / trials, n = trials, z the normal quantile of
    `confidence`. It stays within 0 and 1, and keeps a width that few trials warrant even where none or all are
    successes. Trials are assumed to be independent.

    Args:
        successes: A number, an array or a Series; from 0 to trials.
        trials: Likewise. They need not be integers: there may be an effective number of trials.
        confidence: A number between 0 and 1.

    Returns:
        A tuple (low, high) of two floats, or of two arrays of the common shape. NaN where there are no trials or a
        value is missing.

    Raises:
        InputError: If an argument is not numeric, or successes are negative or exceed the trials.

    References:
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
        American Statistical Association 22, 209-212. The example is that of Newcombe, R. G. (1998). Two-sided
        confidence intervals for the single proportion. Statistics in Medicine 17, 857-872, method 3.

    Examples:
        >>> from corpus_kit.measures.proportions import wilson
        >>> low, high = wilson(81, 263)
        >>> round(low, 4), round(high, 4)
        (0.2553, 0.3662)
    """
    z = NormalDist().inv_cdf(upper_quantile(confidence))
    x, n = numbers("successes", successes), numbers("trials", trials)
    x, n = broadcast({"successes": x, "trials": n})
    _check(x, n)
    with np.errstate(all="ignore"):
        share = x / n
        centre = share + z**2 / (2 * n)
        half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        low, high = (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
    # exactly 0 and 1 at the ends, whatever the rounding
    low = np.where((x == 0) & (n > 0), 0.0, np.clip(low, 0, share))
    high = np.where((x == n) & (n > 0), 1.0, np.clip(high, share, 1))
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def clustered_wilson(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    groups: npt.NDArray[np.integer[Any]],
    n_groups: int,
    confidence: float = 0.95,
) -> tuple[Array, Array]:
    """Return Wilson's interval of the proportion of each group, for trials in clusters that are not independent.

    Trials are replaced by their effective number: as many independent trials as would give a proportion p the variance
    that it has between clusters (Rao and Scott 1992). With x successes in n trials in each of D clusters, N trials in
    all:

        v = D/(D-1) Σ (x - p n)² / N²,    effective = min(p (1-p) / v, N) (z / t)²

    t is the quantile of Student's distribution with D - 1 degrees of freedom, which widens the interval for few
    clusters (Korn and Graubard 1998). Where no variance can be estimated (one cluster, no successes or only successes),
    a cluster counts as one trial: the effective number is N² / Σ n² (Kish 1965). Dean and Pagano (2015) find that
    Wilson's interval performs well with effective numbers.

    Args:
        successes: Successes in each cluster of each group, from 0 to trials.
        trials: Trials in each of them; clusters without trials are ignored.
        groups: Group of each of them, from 0.
        n_groups: Number of groups.
        confidence: A number between 0 and 1.

    Returns:
        A tuple (low, high) of two arrays of `n_groups` numbers. NaN for a group without trials.

    Raises:
        InputError: If an argument is not numeric, or successes are negative or exceed the trials.

    References:
        Dean, N. & Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in clustered
        surveys. Journal of Survey Statistics and Methodology 3, 484-503.

        Kish, L. (1965). Survey Sampling. Wiley.

        Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
        positive counts estimated from survey data. Survey Methodology 24, 193-201.

        Rao, J. N. K. & Scott, A. J. (1992). A simple method for the analysis of clustered binary data. Biometrics 48,
        577-585.

    Examples:
        >>> import numpy as np
        >>> from corpus_kit.measures.proportions import clustered_wilson
        >>> low, high = clustered_wilson([4, 0, 4, 0, 4, 0], [4, 4, 4, 4, 4, 4], np.zeros(6, int), 1)
        >>> round(float(low[0]), 2), round(float(high[0]), 2)  # six clusters, not 24 trials
        (0.12, 0.88)
    """
    special = special_functions()

    x, n = numbers("successes", successes), numbers("trials", trials)
    _check(x, n)
    there = n > 0
    x, n, groups = x[there], n[there], np.asarray(groups)[there]

    def summed(values: Array) -> Array:
        return np.bincount(groups, values, n_groups).astype(np.float64)

    found, total, clusters = summed(x), summed(n), summed(np.ones_like(n))
    upper = upper_quantile(confidence)
    with np.errstate(all="ignore"):
        share = found / total
        variance = clusters / (clusters - 1) * summed((x - share[groups] * n) ** 2) / total**2
        penalty = NormalDist().inv_cdf(upper) / special.stdtrit(np.maximum(clusters - 1, 1), upper)
        estimated = np.minimum(share * (1 - share) / variance, total) * penalty**2
        effective = np.where((clusters > 1) & (found > 0) & (found < total), estimated, total**2 / summed(n**2))
        effective = np.where(total > 0, effective, 0.0)
        share = np.where(total > 0, share, 0.0)
    return wilson(share * effective, effective, confidence)


def most_of_zero(confidence: float = 0.95) -> float:
    """Return the upper end of the interval of a count that is zero: the most that may be expected all the same.

    -ln((1 - confidence) / 2), the exact upper end of a Poisson mean of which nothing was seen (Garwood 1936): 3.69 with
    a confidence of 0.95. It is the two-sided form of the rule of three (Hanley and Lippman-Hand 1983), whose 3 is the
    end of a one-sided interval. A bootstrap draws from what was seen, so that its interval of zero is 0 to 0.

    What is counted must come independently. Words come with their documents: if no document has a word, up to 3.69
    documents might be expected to have it, which is 3.69 occurrences if each has it once.

    Args:
        confidence: A number between 0 and 1.

    Returns:
        A float above 0.

    Raises:
        InputError: If confidence is invalid.

    References:
        Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442; Hanley, J. A. &
        Lippman-Hand, A. (1983). If nothing goes wrong, is everything all right? Interpreting zero numerators. JAMA
        249, 1743-1745.

    Examples:
        >>> from corpus_kit.measures.proportions import most_of_zero
        >>> round(most_of_zero(), 2), round(most_of_zero(0.9), 2)  # the second is that of the rule of three
        (3.69, 3.0)
    """
    return -math.log(1 - upper_quantile(confidence))


def mean_interval(
    values: Array, groups: npt.NDArray[np.integer[Any]], n_groups: int, confidence: float = 0.95
) -> tuple[Array, Array, Array]:
    """Return the mean of the values of each group, and the ends of its interval: mean ± t s / √n.

    t is the quantile of Student's distribution with n - 1 degrees of freedom, s the standard deviation.

    Args:
        values: The values of all groups.
        groups: Group of each of them, from 0.
        n_groups: Number of groups.
        confidence: A number between 0 and 1.

    Returns:
        Three arrays of `n_groups` numbers: mean, low, high. NaN for a group without values; low and high also for one
        of a single value.

    References:
        Student (1908). The probable error of a mean. Biometrika 6, 1-25.

    Examples:
        >>> import numpy as np
        >>> from corpus_kit.measures.proportions import mean_interval
        >>> [float(each[0].round(3)) for each in mean_interval(np.array([1.0, 2.0, 3.0]), np.zeros(3, int), 1)]
        [2.0, -0.484, 4.484]
    """
    special = special_functions()

    n = np.bincount(groups, minlength=n_groups).astype(np.float64)
    upper = upper_quantile(confidence)
    with np.errstate(all="ignore"):
        mean = np.bincount(groups, values, n_groups) / n
        variance = np.bincount(groups, (values - mean[groups]) ** 2, n_groups) / (n - 1)
        half = special.stdtrit(np.maximum(n - 1, 1), upper) * np.sqrt(variance / n)
    half = np.where(n > 1, half, np.nan)
    return mean, mean - half, mean + half


def _check(successes: Array, trials: Array) -> None:
    bad = np.isinf(successes) | np.isinf(trials) | (successes < 0) | (trials < 0) | (successes > trials)
    if bad.any():
        x, n = successes[bad].flat[0], trials[bad].flat[0]
        raise invalid("successes", f"from 0 to trials ({n:g})", float(x))
