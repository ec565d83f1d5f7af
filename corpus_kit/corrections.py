"""Corrections for many tests at once: p-values that hold for all words of a table together.

Each function takes p-values and, if they are the distinct ones only, `times`: how many
tests gave each. It returns the corrected p-values in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["CORRECTIONS", "benjamini_hochberg", "bonferroni", "holm"]

Array = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64] | None


def bonferroni(p: Array, times: Times = None) -> Array:
    """p-values times their number, at most 1. Holds the chance of one false finding or more at alpha.

    Source: Dunn, O. J. (1961). Multiple comparisons among means. Journal of the American Statistical
    Association 56, 52-64.

    >>> bonferroni(np.array([0.01, 0.04, 0.5])).round(4).tolist()
    [0.03, 0.12, 1.0]
    """
    return np.minimum(p * (len(p) if times is None else times.sum()), 1.0)


def holm(p: Array, times: Times = None) -> Array:
    """Holm's step-down correction: the same guarantee as Bonferroni's, and never less powerful.

    The i-th smallest of m p-values times m - i + 1, and not below the one before, at most 1.

    Source: Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
    Statistics 6, 65-70.

    >>> holm(np.array([0.01, 0.04, 0.5])).round(4).tolist()
    [0.03, 0.08, 0.5]
    """
    order, upto = _ranked(p, times)
    # of equal p-values the first has the largest factor, which the others take over
    factor = upto[-1:] - np.concatenate(([0], upto[:-1])) if len(p) else upto
    return _put_back(np.minimum(np.maximum.accumulate(p[order] * factor), 1.0), order)


def benjamini_hochberg(p: Array, times: Times = None) -> Array:
    """Benjamini and Hochberg's step-up correction: holds the share of false findings among all findings at alpha.

    The i-th smallest of m p-values times m / i, and not above the one after.

    Source: Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57, 289-300.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.5])).round(4).tolist()
    [0.03, 0.06, 0.5]
    """
    order, upto = _ranked(p, times)
    # of equal p-values the last has the smallest factor, which the others take over
    raised = p[order] * upto[-1:] / upto
    return _put_back(np.minimum.accumulate(raised[::-1])[::-1], order)


def _ranked(p: Array, times: Times) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """The order of the p-values, and how many tests there are up to and with each, in that order."""
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
