"""Change over time: tests and effect sizes of series of counts, of which there can be many in one call.

A series is a row of an array; a column is a period. What is NaN, or a period without words, is not there.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.special_functions import special_functions
from corpus_kit.measures.evaluation import Array, upper_quantile

__all__ = ["Estimates", "Variation", "autocorrelation", "growth", "kendall_s", "mann_kendall", "variation"]

_EXACT = 10  # periods up to which the distribution of Kendall's S is exact
_STEEPEST = 100.0  # the logarithm of the largest change from period to period that is looked for
_STEPS = 200
_TELLING = 8  # values of a series from which its autocorrelation is estimated
_MOST_ALIKE = 0.9


class Estimates(NamedTuple):
    """An estimate for each series, and the ends of its interval; NaN where there is none."""

    value: Array
    low: Array
    high: Array


class Variation(NamedTuple):
    """The variation of each series with its interval, the p-value of none, and W / c; NaN where there is none."""

    value: Array
    low: Array
    high: Array
    p_value: Array
    design_effect: Array


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
    special = special_functions()

    v = np.asarray(values, np.float64)
    n = (~np.isnan(v)).sum(axis=1).astype(np.float64)
    s = kendall_s(v)
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


def kendall_s(values: npt.ArrayLike) -> Array:
    """Return Kendall's S of each series with time, without its p-value.

    The time grows with the square of the number of values of a series; what is NaN takes none.

    Args:
        values: As in `mann_kendall`.

    Examples:
        >>> from corpus_kit.measures.trends import kendall_s
        >>> kendall_s([[1, 2, float("nan"), 3], [3, 3, 2, 1]]).tolist()
        [3.0, -5.0]
    """
    columns = np.ascontiguousarray(_ranks(values).T)
    above, below = np.zeros(columns.shape[1]), np.zeros(columns.shape[1])
    for at in range(len(columns) - 1):
        later, missing_later = columns[at + 1 :], columns[at + 1 :] == 0
        above += (later > columns[at]).sum(axis=0)
        below += ((later < columns[at]) & ~missing_later).sum(axis=0)
    return above - below


def autocorrelation(values: npt.ArrayLike) -> Array:
    """Return how alike neighbouring values of each series are, beyond a steady change: from 0 to 0.9.

    It is the lag-1 autocorrelation a of the ranks (equal values have one rank) less their line over time, corrected for
    the bias of short series, (n a + 2) / (n - 4) of n values (Hamed 2009), and at least 0. A sum of n values that are
    so alike has (1 + a) / (1 - a) times the variance of independent ones (Bayley and Hammersley 1946).

    Args:
        values: As in `mann_kendall`. What is left out has no place: its neighbours become neighbours.

    Returns:
        An array; 0 for series of fewer than 8 values, which do not tell.

    References:
        Bayley, G. V. & Hammersley, J. M. (1946). The "effective" number of independent observations in an
        autocorrelated time series. Supplement to the Journal of the Royal Statistical Society 8, 184-197.

        Hamed, K. H. & Rao, A. R. (1998). A modified Mann-Kendall trend test for autocorrelated data. Journal of
        Hydrology 204, 182-196 (the same for the ranks of the test of Mann and Kendall, with all lags).

        Hamed, K. H. (2009). Enhancing the effectiveness of prewhitening in trend analysis of hydrologic data. Journal
        of Hydrology 368, 143-155.

    Examples:
        >>> from corpus_kit.measures.trends import autocorrelation
        >>> autocorrelation([[1, 2, 2, 3, 9, 8, 9, 7, 3, 2, 1, 1], [1, 9, 2, 8, 1, 9, 2, 8, 1, 9, 2, 8]]).tolist()
        [0.9, 0.0]
    """
    ranks = _ranks(values).astype(np.float64)
    there = ranks > 0
    n = there.sum(axis=1)
    with np.errstate(all="ignore"):
        time = np.where(there, np.arange(ranks.shape[1]) - (n[:, None] - 1) / 2, 0.0)
        rest = np.where(there, ranks - ranks.sum(axis=1, keepdims=True) / n[:, None], 0.0)
        rest -= time * ((rest * time).sum(axis=1) / (time**2).sum(axis=1))[:, None]
        found = (rest[:, 1:] * rest[:, :-1]).sum(axis=1) / (rest**2).sum(axis=1)
        corrected = (n * found + 2) / (n - 4)
    return np.where((n >= _TELLING) & ~np.isnan(found), np.clip(corrected, 0.0, _MOST_ALIKE), 0.0)


def _ranks(values: npt.ArrayLike) -> npt.NDArray[np.integer[Any]]:
    """Return the rank of each value among the different ones of its series, from 1, and 0s at the end for NaN."""
    v = np.asarray(values, np.float64)
    missing = np.isnan(v)
    there = ~missing.all(axis=0)
    v, missing = v[:, there], missing[:, there]
    if missing.any():  # values first, in their order
        order = np.argsort(missing, axis=1, kind="stable")[:, : int((~missing).sum(axis=1).max(initial=0))]
        v = np.take_along_axis(v, order, axis=1)
    place = np.argsort(v, axis=1, kind="stable")
    ordered = np.take_along_axis(v, place, axis=1)
    steps = np.ones(v.shape, np.int32)
    steps[:, 1:] = ordered[:, 1:] > ordered[:, :-1]
    of_place = np.where(np.isnan(ordered), 0, np.cumsum(steps, axis=1))
    ranks = np.empty(v.shape, np.int16 if v.shape[1] < 2**15 else np.int32)  # small numbers are compared faster
    np.put_along_axis(ranks, place, of_place.astype(ranks.dtype), axis=1)
    return ranks


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


def growth(
    counts: npt.ArrayLike, sizes: npt.ArrayLike, confidence: float = 0.95, design_effect: npt.ArrayLike = 1.0
) -> Estimates:
    """Return the factor by which the rate of each series changes from period to period.

    It is exp(β) of the log-linear model: the count of period t is expected to be N_t exp(a + β t), with N_t the size
    of the period (Poisson regression with the logarithm of the size as offset). The variance is φ times that of
    Poisson: φ is Pearson's X² / (k - 2) of k periods, and at least the design effect of documents. So it contains what
    periods differ by for other reasons than a steady change, and what words of one document have in common, also where
    few periods or one large one show little of either. The interval is
    exp(β ± t √(φ / (X V))), with X all occurrences, V the variance of time in the fitted counts, and t the quantile of
    Student's distribution with k - 2 degrees of freedom.

    Args:
        counts: Occurrences: a row for each series, a column for each period.
        sizes: The size of each period, such as its words; 0 for one that is not there.
        confidence: A number between 0 and 1.
        design_effect: By how much the variance of a count is larger than that of independent occurrences, since they
            come in documents: W / c of `variation`. One number for each series, or for all.

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
    special = special_functions()

    x, n = np.asarray(counts, np.float64), np.asarray(sizes, np.float64)
    there = n > 0
    k, total = there.sum(axis=1), np.where(there, x, 0).sum(axis=1)
    time = np.broadcast_to(np.arange(x.shape[1], dtype=np.float64), x.shape)
    with np.errstate(all="ignore"):
        middle = np.where(there, x * time, 0).sum(axis=1) / total  # NaN without occurrences
        first = np.where(there, time, np.inf).min(axis=1, initial=np.inf)
        last = np.where(there, time, -np.inf).max(axis=1, initial=-np.inf)
        bounded = (k > 2) & (middle > first) & (middle < last)
    least = np.fmax(np.broadcast_to(np.asarray(design_effect, np.float64), bounded.shape), 1.0)
    x, n, time, k, total, middle, least = (each[bounded] for each in (x, n, time, k, total, middle, least))
    beta = _slope(np.where(n > 0, n, 0), time, middle)
    share, mean = _weights(n, time, beta)
    variance = (share * (time - mean[:, None]) ** 2).sum(axis=1)
    expected = total[:, None] * share
    with np.errstate(all="ignore"):
        pearson = np.where(expected > 0, (x - expected) ** 2 / expected, 0.0).sum(axis=1)
        half = special.stdtrit(k - 2, upper_quantile(confidence)) * np.sqrt(
            np.maximum(pearson / (k - 2), least) / (total * variance)
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
    quantiles: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
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
    size: Searle, Casella and McCulloch 1992, ch. 3). Both need many documents a period, of similar length, without
    strong clusters; where that fails, F is larger than that by chance alone: take the distribution of F over shuffles
    of the documents, as `ck.trend_tests` does.

    Args:
        counts: X_p: a row for each series, a column for each period.
        sizes: N_p; 0 for a period that is not there.
        squares: Σ (x - r_p n)² over the documents of each period.
        documents: D_p.
        independent: c of each series: r for occurrences in words, r (1 - r) for documents with a pattern.
        confidence: A number between 0 and 1.
        quantiles: The lower and the upper quantile of F of each series if rates are equal, in place of those of the
            F-distribution.

    Returns:
        Five arrays: the variation, the ends of its interval, the p-value, and the design effect W / c. NaN for fewer
        than two periods, if there are no more documents than periods, and without occurrences.

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
    special = special_functions()

    x, n, within, d = (np.asarray(each, np.float64) for each in (counts, sizes, squares, documents))
    there = n > 0
    x, within, d = (np.where(there, each, 0.0) for each in (x, within, d))
    k, total, size, n_documents = there.sum(axis=1), x.sum(axis=1), n.sum(axis=1), d.sum(axis=1)
    upper = upper_quantile(confidence)
    with np.errstate(all="ignore"):
        rate = total / size
        between = np.where(there, (x - rate[:, None] * n) ** 2 / n, 0.0).sum(axis=1) / (k - 1)
        spread = n_documents / (n_documents - k) * within.sum(axis=1) / size
        independent = np.asarray(independent, np.float64)
        spread = np.maximum(spread, independent)
        scale = (k - 1) / (rate**2 * (size - (n**2).sum(axis=1) / size))
        freedom = np.maximum(k - 1, 1), np.maximum(n_documents - k, 1)
        if quantiles is None:
            quantiles = special.fdtri(*freedom, 1 - upper), special.fdtri(*freedom, upper)
        ends = [between / np.asarray(quantile, np.float64) for quantile in reversed(quantiles)]
        low, value, high = (np.sqrt(np.maximum(each - spread, 0) * scale) for each in (ends[0], between, ends[1]))
        p, effect = special.fdtrc(*freedom, between / spread), spread / independent
        known = (k > 1) & (n_documents > k) & (spread > 0)
    return Variation(*(np.where(known, each, np.nan) for each in (value, low, high, p, effect)))
