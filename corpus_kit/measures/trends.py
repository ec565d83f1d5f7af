"""Change over time: tests and effect sizes of series of counts, of which there can be many in one call.

A series is a row of an array; a column is a period. What is NaN, or a period without words, is not there.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit.measures.evaluation import Array, upper_quantile

__all__ = ["Estimates", "Variation", "growth", "mann_kendall", "variation"]

_EXACT = 10  # periods up to which the distribution of Kendall's S is exact
_STEEPEST = 100.0  # the logarithm of the largest change from period to period that is looked for
_STEPS = 200


class Estimates(NamedTuple):
    """An estimate for each series, and the ends of its interval; NaN where there is none."""

    value: Array
    low: Array
    high: Array


class Variation(NamedTuple):
    """The variation of each series with its interval and the p-value of none; NaN where there is none."""

    value: Array
    low: Array
    high: Array
    p_value: Array


# --------------------------------------------------------------------------- a steady rise or fall


def mann_kendall(values: npt.ArrayLike) -> tuple[Array, Array]:
    """Return Kendall's tau of each series with time, and the two-sided p-value of the test of Mann and Kendall.

    S is the number of pairs of periods of which the later has the larger value, minus those of which it has the
    smaller. tau is S divided by √(n0 (n0 - T)), with n0 = n(n-1)/2 pairs of n periods and T pairs of equal values
    (tau-b). It is 1 if every value is larger than all before it, -1 if smaller.

    The p-value is the share of orders of the same values with at least this |S|: exact for up to 10 periods, beyond
    from a normal distribution with Var(S) = (n(n-1)(2n+5) - Σ t(t-1)(2t+5)) / 18, where t are the numbers of equal
    values, and with a continuity correction of 1. It takes the order as arbitrary if nothing changes: where neighbours
    are alike for other reasons, as in weeks with the same event, it is too small.

    Args:
        values: A row for each series, a column for each period; NaN is left out.

    Returns:
        Two arrays, NaN for series of fewer than two values or without different ones.

    References:
        Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13, 245-259.

        Kendall, M. G. (1975). Rank Correlation Methods, 4th ed. Griffin.

        Hilpert, M. & Gries, S. Th. (2009). Assessing frequency changes in multistage diachronic corpora. Literary and
        Linguistic Computing 24, 385-401, who use tau for the periods of a corpus.

    Examples:
        >>> from corpus_kit.measures.trends import mann_kendall
        >>> tau, p = mann_kendall([[12, 15, 15, 21, 30]])
        >>> round(float(tau[0]), 3), round(float(p[0]), 3)
        (0.949, 0.033)
    """
    from scipy import special  # scipy is slow to import

    v = np.asarray(values, np.float64)
    there = ~np.isnan(v)
    n = there.sum(axis=1).astype(np.float64)
    s = np.zeros(len(v))
    for lag in range(1, v.shape[1]):  # comparisons with NaN are false
        s += (v[:, lag:] > v[:, :-lag]).sum(axis=1) - (v[:, lag:] < v[:, :-lag]).sum(axis=1)
    row, times = _ties(v)

    def summed(terms: Array) -> Array:
        return np.bincount(row, terms, len(v)).astype(np.float64)

    pairs, tied = n * (n - 1) / 2, summed(times * (times - 1) / 2)
    variance = (n * (n - 1) * (2 * n + 5) - summed(times * (times - 1) * (2 * times + 5))) / 18
    differ = pairs > tied
    with np.errstate(all="ignore"):
        tau = np.where(differ, s / np.sqrt(pairs * (pairs - tied)), np.nan)
        p = special.erfc(np.maximum(np.abs(s) - 1, 0) / np.sqrt(2 * variance))
    few = np.flatnonzero(differ & (n <= _EXACT))
    ends = np.cumsum(np.bincount(row, minlength=len(v)))
    for number in few.tolist():
        of_series = times[ends[number - 1] if number else 0 : ends[number]]
        p[number] = _exact_p(tuple(sorted(of_series.astype(int).tolist())), abs(int(s[number])))
    return tau, np.where(differ, np.minimum(p, 1.0), np.nan)


def _ties(values: Array) -> tuple[npt.NDArray[np.int64], Array]:
    """Return the series and the size of each set of equal values."""
    ordered = np.sort(values, axis=1)  # NaN comes last
    begins = np.ones(values.shape, bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]  # NaN is unequal to itself
    first = np.flatnonzero(begins)
    sizes = np.diff(np.append(first, values.size))
    is_value = ~np.isnan(ordered.reshape(-1)[first])
    return first[is_value] // max(values.shape[1], 1), sizes[is_value].astype(np.float64)


@cache
def _exact_p(ties: tuple[int, ...], least: int) -> float:
    """Return the probability that |S| is at least so large if all orders of values, some equal, are as likely.

    The numbers of orders with 0, 1, 2, ... inversions are the coefficients of Π(1 - q^i) over all i up to n, divided
    by the same product for each set of equal values (MacMahon 1913); S is their largest number minus twice their
    number.
    """
    n = sum(ties)
    most = (n * (n - 1) - sum(t * (t - 1) for t in ties)) // 2
    orders = [1] + [0] * most
    for i in range(1, n + 1):
        for k in range(most, i - 1, -1):
            orders[k] -= orders[k - i]
    for i in (i for t in ties for i in range(1, t + 1)):
        for k in range(i, most + 1):
            orders[k] += orders[k - i]
    extreme = sum(count for k, count in enumerate(orders) if abs(most - 2 * k) >= least)
    return extreme / sum(orders)


def growth(counts: npt.ArrayLike, sizes: npt.ArrayLike, confidence: float = 0.95) -> Estimates:
    """Return the factor by which the rate of each series changes from period to period.

    It is exp(β) of the log-linear model: the count of period t is expected to be N_t exp(a + β t), with N_t the size
    of the period (Poisson regression with the logarithm of the size as offset). The variance is φ times that of
    Poisson: φ is Pearson's X² / (k - 2) of k periods, and at least 1. So it contains what periods differ by for other
    reasons than a steady change, and what documents of one period have in common. The interval is
    exp(β ± t √(φ / (X V))), with X all occurrences, V the variance of time in the fitted counts, and t the quantile of
    Student's distribution with k - 2 degrees of freedom.

    Args:
        counts: Occurrences: a row for each series, a column for each period.
        sizes: The size of each period, such as its words; 0 for one that is not there.
        confidence: A number between 0 and 1.

    Returns:
        Three arrays: the factor and the ends of its interval. NaN for fewer than three periods, and if all occurrences
        are in the first or all in the last one, so that the factor has no bound.

    References:
        McCullagh, P. & Nelder, J. A. (1989). Generalized Linear Models, 2nd ed., ch. 6 and 9. Chapman & Hall.

    Examples:
        >>> from corpus_kit.measures.trends import growth
        >>> factor, low, high = growth([[10, 24, 37, 83]], [[1000, 1000, 1000, 1000]])
        >>> round(float(factor[0]), 2), round(float(low[0]), 2), round(float(high[0]), 2)
        (1.97, 1.36, 2.85)
    """
    from scipy import special  # scipy is slow to import

    x, n = np.asarray(counts, np.float64), np.asarray(sizes, np.float64)
    there = n > 0
    k, total = there.sum(axis=1), np.where(there, x, 0).sum(axis=1)
    time = np.broadcast_to(np.arange(x.shape[1], dtype=np.float64), x.shape)
    with np.errstate(all="ignore"):
        middle = np.where(there, x * time, 0).sum(axis=1) / total  # NaN without occurrences
        first = np.where(there, time, np.inf).min(axis=1, initial=np.inf)
        last = np.where(there, time, -np.inf).max(axis=1, initial=-np.inf)
        bounded = (k > 2) & (middle > first) & (middle < last)
    x, n, time, k, total, middle = (each[bounded] for each in (x, n, time, k, total, middle))
    beta = _slope(np.where(n > 0, n, 0), time, middle)
    share, mean = _weights(n, time, beta)
    variance = (share * (time - mean[:, None]) ** 2).sum(axis=1)
    expected = total[:, None] * share
    with np.errstate(all="ignore"):
        pearson = np.where(expected > 0, (x - expected) ** 2 / expected, 0.0).sum(axis=1)
        half = special.stdtrit(k - 2, upper_quantile(confidence)) * np.sqrt(
            np.maximum(pearson / (k - 2), 1.0) / (total * variance)
        )
        found = np.full((3, len(bounded)), np.nan)
        found[:, bounded] = np.exp(np.stack([beta, beta - half, beta + half]))
    return Estimates(*found)


def _weights(n: Array, time: Array, beta: Array) -> tuple[Array, Array]:
    """Return the share of each period in the expected counts, and the mean time of these."""
    with np.errstate(divide="ignore"):
        logarithm = np.log(n) + beta[:, None] * time
    share = np.exp(logarithm - logarithm.max(axis=1, keepdims=True, initial=-np.inf))
    share /= share.sum(axis=1, keepdims=True)
    return share, (share * time).sum(axis=1)


def _slope(n: Array, time: Array, middle: Array) -> Array:
    """Return β with which the mean time of the expected counts is that of the observed ones: Newton within brackets."""
    low, high = np.full(len(middle), -_STEEPEST), np.full(len(middle), _STEEPEST)
    beta = np.zeros(len(middle))
    for _ in range(_STEPS):
        share, mean = _weights(n, time, beta)
        over = mean > middle  # the mean time grows with β
        low, high = np.where(over, low, beta), np.where(over, beta, high)
        with np.errstate(all="ignore"):
            step = (middle - mean) / (share * (time - mean[:, None]) ** 2).sum(axis=1)
        near = beta + step
        good = (near > low) & (near < high)
        before, beta = beta, np.where(good, near, (low + high) / 2)
        if np.all(np.abs(beta - before) <= 1e-13 * np.maximum(np.abs(beta), 1.0)):
            break
    return beta


# ------------------------------------------------------------------------------- any kind of change


def variation(
    counts: npt.ArrayLike,
    sizes: npt.ArrayLike,
    squares: npt.ArrayLike,
    documents: npt.ArrayLike,
    independent: npt.ArrayLike,
    confidence: float = 0.95,
) -> Variation:
    """Return by how much the rates of the periods of each series differ beyond what their documents explain.

    It is the coefficient of variation of the rates that the periods would have with any number of documents: 0.3 is a
    standard deviation of 30 percent of the mean rate. It is estimated by an analysis of variance, with the documents of
    a period as its observations. With X_p occurrences in N_p words and D_p documents of period p, and X, N, D of all k
    periods, r = X / N and r_p = X_p / N_p:

        B = Σ (X_p - r N_p)² / N_p / (k - 1),    W = D/(D - k) ΣΣ (x - r_p n)² / N, at least c
        variation² = (B - W) (k - 1) / (r² (N - Σ N_p² / N)), at least 0

    The sum in W is over the documents, with x occurrences in n words each; c is the variance of independent trials, so
    that documents never vary less than by chance. The p-value is that of F = B / W with k - 1 and D - k degrees of
    freedom, the test of equal rates: Rao and Scott's (1992) correction of Pearson's X² by the design effect W / c.
    The interval is that of F divided by quantiles of its distribution (exact for normal values and periods of equal
    size: Searle, Casella and McCulloch 1992, ch. 3).

    Args:
        counts: X_p: a row for each series, a column for each period.
        sizes: N_p; 0 for a period that is not there.
        squares: Σ (x - r_p n)² over the documents of each period.
        documents: D_p.
        independent: c of each series: r for occurrences in words, r (1 - r) for documents with a pattern.
        confidence: A number between 0 and 1.

    Returns:
        Four arrays: the variation, the ends of its interval, the p-value. NaN for fewer than two periods, if there
        are no more documents than periods, and without occurrences.

    References:
        Rao, J. N. K. & Scott, A. J. (1992). A simple method for the analysis of clustered binary data. Biometrics 48,
        577-585.

        Searle, S. R., Casella, G. & McCulloch, C. E. (1992). Variance Components. Wiley.

    Examples:
        >>> from corpus_kit.measures.trends import variation
        >>> found = variation([[40, 80]], [[10_000, 10_000]], [[60, 90]], [[50, 50]], [0.006])
        >>> round(float(found.value[0]), 2), round(float(found.p_value[0]), 4)
        (0.45, 0.0017)
    """
    from scipy import special  # scipy is slow to import

    x, n, within, d = (np.asarray(each, np.float64) for each in (counts, sizes, squares, documents))
    there = n > 0
    x, within, d = (np.where(there, each, 0.0) for each in (x, within, d))
    k, total, size, n_documents = there.sum(axis=1), x.sum(axis=1), n.sum(axis=1), d.sum(axis=1)
    upper = upper_quantile(confidence)
    with np.errstate(all="ignore"):
        rate = total / size
        between = np.where(there, (x - rate[:, None] * n) ** 2 / n, 0.0).sum(axis=1) / (k - 1)
        spread = n_documents / (n_documents - k) * within.sum(axis=1) / size
        spread = np.maximum(spread, np.asarray(independent, np.float64))
        scale = (k - 1) / (rate**2 * (size - (n**2).sum(axis=1) / size))
        freedom = np.maximum(k - 1, 1), np.maximum(n_documents - k, 1)
        ends = [between / special.fdtri(*freedom, share) for share in (upper, 1 - upper)]
        low, value, high = (np.sqrt(np.maximum(each - spread, 0) * scale) for each in (ends[0], between, ends[1]))
        p = special.fdtrc(*freedom, between / spread)
        known = (k > 1) & (n_documents > k) & (spread > 0)
    return Variation(*(np.where(known, each, np.nan) for each in (value, low, high, p)))
