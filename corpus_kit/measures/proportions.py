"""Intervals of a share: how sure a proportion can be, where trials are independent and where they come in clusters."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_kit.errors import InputError
from corpus_kit.measures._evaluation import Array, Number, numbers, positive

__all__ = ["clustered_wilson", "wilson"]


def wilson(successes: Number | Any, trials: Number | Any, confidence: float = 0.95) -> tuple[Any, Any]:
    """Wilson's score interval of a proportion: (low, high), both from 0 to 1.

    (p + z²/2n -+ z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), p = successes / trials, n = trials, z the normal
    quantile of `confidence`. It never leaves 0 to 1, and where nothing or everything is a success it is still as
    wide as few trials warrant. It takes the trials as independent of one another.

    Args:
        successes, trials: numbers, arrays or Series; 0 <= successes <= trials. They need not be whole:
            trials may be an effective number.
        confidence: a number between 0 and 1.

    Returns:
        Two floats, or two arrays of the common shape. NaN where there are no trials or an argument is missing.

    Raises:
        InputError: successes below 0 or more than the trials, or what is no number.

    Source: Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22, 209-212. The example is that of Newcombe, R. G. (1998).
    Two-sided confidence intervals for the single proportion. Statistics in Medicine 17, 857-872, method 3.

    >>> from corpus_kit.measures.proportions import wilson
    >>> low, high = wilson(81, 263)
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    z = NormalDist().inv_cdf(0.5 + positive("confidence", confidence, below=1) / 2)
    x, n = numbers("successes", successes), numbers("trials", trials)
    try:
        x, n = np.broadcast_arrays(x, n)
    except ValueError:
        raise InputError(f"successes and trials have shapes that do not fit together: {x.shape}, {n.shape}") from None
    _check(x, n)
    with np.errstate(all="ignore"):
        share = x / n
        centre = share + z**2 / (2 * n)
        half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        low, high = (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
    # at the ends exactly, whatever the rounding
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
    """Wilson's interval of the proportion of each group, where trials of one cluster are not independent.

    The trials are replaced by their effective number: as many independent trials as would give a proportion p
    the variance that it has from cluster to cluster (Rao and Scott 1992). With x successes of n trials in each of
    D clusters, N trials in all:

        v = D/(D-1) sum (x - p n)² / N²,    effective = min(p (1-p) / v, N) (z / t)²

    t is the quantile of Student's distribution of D - 1 degrees, for which few clusters are paid (Korn and
    Graubard 1998). Where there is no variance to estimate (one cluster, no success, or nothing else), a cluster
    is taken as one trial: the effective number is N² / sum n² (Kish 1965).

    Args:
        successes, trials: one number for each cluster of each group; 0 <= successes <= trials. Clusters without
            trials are passed over.
        groups: the number of the group, from 0, of each of these.
        n_groups: how many groups there are.
        confidence: a number between 0 and 1.

    Returns:
        Two arrays of `n_groups` numbers: low and high. NaN for a group without trials.

    Raises:
        InputError: successes below 0 or more than the trials.

    Sources: Rao, J. N. K. & Scott, A. J. (1992). A simple method for the analysis of clustered binary data.
    Biometrics 48, 577-585. Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data. Survey Methodology 24, 193-201. Kish, L. (1965).
    Survey Sampling. Wiley. That the interval of Wilson fares well with effective numbers: Dean, N. & Pagano, M.
    (2015). Evaluating confidence interval methods for binomial proportions in clustered surveys. Journal of Survey
    Statistics and Methodology 3, 484-503.

    >>> import numpy as np
    >>> from corpus_kit.measures.proportions import clustered_wilson
    >>> low, high = clustered_wilson([4, 0, 4, 0, 4, 0], [4, 4, 4, 4, 4, 4], np.zeros(6, int), 1)
    >>> round(float(low[0]), 2), round(float(high[0]), 2)  # six clusters, not 24 trials
    (0.12, 0.88)
    """
    from scipy import special

    x, n = numbers("successes", successes), numbers("trials", trials)
    _check(x, n)
    there = n > 0
    x, n, groups = x[there], n[there], np.asarray(groups)[there]

    def summed(values: Array) -> Array:
        return np.bincount(groups, values, n_groups).astype(np.float64)

    found, total, clusters = summed(x), summed(n), summed(np.ones_like(n))
    upper = 0.5 + positive("confidence", confidence, below=1) / 2
    with np.errstate(all="ignore"):
        share = found / total
        variance = clusters / (clusters - 1) * summed((x - share[groups] * n) ** 2) / total**2
        penalty = NormalDist().inv_cdf(upper) / special.stdtrit(np.maximum(clusters - 1, 1), upper)
        estimated = np.minimum(share * (1 - share) / variance, total) * penalty**2
        effective = np.where((clusters > 1) & (found > 0) & (found < total), estimated, total**2 / summed(n**2))
        effective = np.where(total > 0, effective, 0.0)
        share = np.where(total > 0, share, 0.0)
    return wilson(share * effective, effective, confidence)


def _check(successes: Array, trials: Array) -> None:
    bad = np.isinf(successes) | np.isinf(trials) | (successes < 0) | (trials < 0) | (successes > trials)
    if bad.any():
        x, n = successes[bad].flat[0], trials[bad].flat[0]
        raise InputError(f"successes={x:g} of trials={n:g}, but it takes numbers with 0 <= successes <= trials")
