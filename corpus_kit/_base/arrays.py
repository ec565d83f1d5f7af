"""Types of arrays, and operations on arrays that many modules need."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Bytes", "Floats", "Integers", "Numbers", "distinct", "ranges", "sums_of_groups"]

Array = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint32]  # ids and offsets
Integers = npt.NDArray[np.int64]  # counts, and positions to compute with
Floats = npt.NDArray[np.float64]


def distinct(numbers: Array) -> Array:
    """Return numbers ascending, each once; for a few ascending runs in a tenth of the time of np.unique.

    >>> distinct(np.array([2, 5, 9, 2, 3, 9])).tolist()
    [2, 3, 5, 9]
    """
    ordered = np.sort(numbers, kind="stable")
    is_new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return ordered[is_new]


def ranges(first: Array, end: Array) -> npt.NDArray[np.int64]:
    """Return the integers of all ranges from `first` up to `end`, one range after another.

    >>> ranges(np.array([3, 8]), np.array([5, 9])).tolist()
    [3, 4, 8]
    """
    counts = np.asarray(end - first, np.int64)
    offsets = np.cumsum(counts) - counts
    return np.repeat(first - offsets, counts) + np.arange(counts.sum())


def sums_of_groups(values: Array, ends: Array) -> Integers:
    """Return the sum of the values of each group (Int64), of which `ends` has the place after the last value.

    Nothing is made that is as long as the values.

    >>> sums_of_groups(np.array([True, True, False, True]), np.array([1, 1, 4])).tolist()
    [1, 0, 2]
    """
    stops = ends.astype(np.int64)
    firsts = np.append(0, stops[:-1])[: len(stops)]
    sums, filled = np.zeros(len(stops), np.int64), np.flatnonzero(stops > firsts)
    if len(filled):
        sums[filled] = np.add.reduceat(values[: stops[-1]], firsts[filled], dtype=np.int64)
    return sums
