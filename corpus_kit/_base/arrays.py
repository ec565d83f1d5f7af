"""Types of arrays, and an operation on arrays that many modules need."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Bytes", "Floats", "Integers", "Numbers", "ranges"]

Array = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint32]  # ids and offsets
Integers = npt.NDArray[np.int64]  # counts, and positions to compute with
Floats = npt.NDArray[np.float64]


def ranges(first: Array, end: Array) -> npt.NDArray[np.int64]:
    """Return the integers of all ranges from `first` up to `end`, one range after another.

    >>> ranges(np.array([3, 8]), np.array([5, 9])).tolist()
    [3, 4, 8]
    """
    counts = np.asarray(end - first, np.int64)
    offsets = np.cumsum(counts) - counts
    return np.repeat(first - offsets, counts) + np.arange(counts.sum())
