"""Corrections for multiple tests: p-values that hold for all words of a table together.

Each function takes p-values and, if only the distinct ones are given, `times`: how many tests had each. It returns the
corrected p-values in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["CORRECTIONS", "benjamini_hochberg", "bonferroni", "holm"]

Array = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64] | None


def bonferroni(p: Array, times: Times = None) -> Array:
    """Multiply p-values by their number, to at most 1, which controls the family-wise error rate.

    Args:
        p: The p-values.
        times: How many tests had each.

    References:
        Dunn, O. J. (1961). Multiple comparisons among means. Journal of the American Statistical Association 56,
        52-64.

    Examples:
        >>> bonferroni(np.array([0.01, 0.04, 0.5])).round(4).tolist()
        [0.03, 0.12, 1.0]
    """
    return np.minimum(p * (len(p) if times is None else times.sum()), 1.0)


def holm(p: Array, times: Times = None) -> Array:
    """Apply Holm's step-down correction, which has the guarantee of Bonferroni's and is never less powerful.

    The i-th smallest of m p-values is multiplied by m - i + 1; it is not below the one before, and at most 1.

    Args:
        p: The p-values.
        times: How many tests had each.

    References:
        Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics
        6, 65-70.

    Examples:
        >>> holm(np.array([0.01, 0.04, 0.5])).round(4).tolist()
        [0.03, 0.08, 0.5]
    """
    order, upto = _ranked(p, times)
    # of equal p-values, the first has the largest factor, which carries over to the others
    factor = upto[-1:] - np.concatenate(([0], upto[:-1])) if len(p) else upto
    return _put_back(np.minimum(np.maximum.accumulate(p[order] * factor), 1.0), order)


def benjamini_hochberg(p: Array, times: Times = None) -> Array:
    """Apply Benjamini and Hochberg's step-up correction, which controls the false discovery rate.

    The i-th smallest of m p-values is multiplied by m / i; it is not above the one after.

    Args:
        p: The p-values.
        times: How many tests had each.

    References:
        Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical
        Society B 57, 289-300.

    Examples:
        >>> benjamini_hochberg(np.array([0.01, 0.04, 0.5])).round(4).tolist()
        [0.03, 0.06, 0.5]
    """
    order, upto = _ranked(p, times)
    # of equal p-values, the last has the smallest factor, which carries over to the others
    raised = p[order] * upto[-1:] / upto
    return _put_back(np.minimum.accumulate(raised[::-1])[::-1], order)


def _ranked(p: Array, times: Times) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """Return the order of the p-values, and the cumulative number of tests in that order."""
    order = np.argsort(p, kind="stable")
    return order, np.cumsum(np.ones(len(p), np.int64) if times is None else times[order])


def _put_back(ordered: Array, order: npt.NDArray[np.intp]) -> Array:
    result = np.empty_like(ordered)
    result[order] = ordered
    return result


CORRECTIONS: dict[str, Callable[[Array, Times], Array]] = {
    "bonferroni": bonferroni,
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
}
