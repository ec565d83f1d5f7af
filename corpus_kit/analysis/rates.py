"""Exact comparison of relative frequencies."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpus_kit._base.arrays import Integers

__all__ = ["compare_rates"]


def compare_rates(a: Integers, c: Any, b: Integers, d: Any) -> Integers:
    """Return 1 where a/c is greater than b/d, -1 where it is less, 0 where they are equal.

    The comparison is of a * d and b * c as integers, so that equal rates never differ by rounding.

    >>> compare_rates(np.array([1, 2]), 3, np.array([2, 2]), 6).tolist()
    [0, 1]
    """
    largest = max(int(np.max(each, initial=0)) for each in (a, b, c, d))
    kind: Any = np.int64 if largest < 2**31 else object  # beyond, Python's own integers
    first, second = a.astype(kind) * d, b.astype(kind) * c
    return np.asarray(first > second, np.int64) - np.asarray(first < second, np.int64)
