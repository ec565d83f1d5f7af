"""Postings of a corpus with more tokens than memory holds: the positions of each type.

The list of all positions, type after type, is as long as the corpus. It is made by external sorting, like a table of
n-grams: stretches of tokens are sorted into runs on disk, and the runs are merged, a range of types at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_kit import _core
from corpus_kit._base.arrays import Numbers
from corpus_kit._base.columns import series_from_core

__all__ = ["positions_of_types"]

Counts = npt.NDArray[np.int64]

_BYTES_PER_TOKEN = 24  # while a stretch is sorted or a range of types is merged


def positions_of_types(type_ids: npt.NDArray[Any], counts: Counts, folder: Path, memory: int) -> Iterator[Numbers]:
    """Yield the positions (UInt32) of all tokens, by type and ascending within a type, in consecutive slices.

    Args:
        type_ids: The type of each token (UInt32); may be memory-mapped.
        counts: The number of tokens of each type.
        folder: For runs, if they do not all fit into memory; it is made then, and the caller deletes it.
        memory: Bytes that this may take, approximately.
    """
    most = max(memory // _BYTES_PER_TOKEN, 1)
    if len(type_ids) <= most:
        yield _sorted(type_ids, len(counts))[1]
        return
    folder.mkdir(exist_ok=True)
    runs = [
        _Run(folder / f"{number:05}", type_ids, start, most, len(counts))
        for number, start in _stretches(type_ids, most)
    ]
    for first, end in _ranges(counts, most):
        size = int(counts[first:end].sum())
        if end - first == 1 and size > most:
            # A single type: its positions in the runs are already in order.
            yield from (run.take(first, end)[1] for run in runs)
        else:
            yield _merged(runs, counts, first, end, size)


def _sorted(type_ids: npt.NDArray[Any], n_types: int) -> tuple[npt.NDArray[np.uint64], Numbers]:
    offsets, positions = _core.postings(type_ids, n_types=n_types)
    return series_from_core("", offsets).to_numpy(), series_from_core("", positions).to_numpy()


def _stretches(type_ids: npt.NDArray[Any], most: int) -> Iterator[tuple[int, int]]:
    return enumerate(range(0, len(type_ids), most))


class _Run:
    """The positions of a stretch of tokens by type, on disk; types are taken in order."""

    def __init__(self, path: Path, type_ids: npt.NDArray[Any], start: int, most: int, n_types: int) -> None:
        offsets, positions = _sorted(type_ids[start : start + most], n_types)
        self._positions, self._counts = path.with_suffix(".positions"), path.with_suffix(".counts")
        (positions + np.uint32(start)).tofile(self._positions)
        np.diff(offsets).astype(np.uint32).tofile(self._counts)
        self._taken = 0  # positions of the types taken so far

    def take(self, first: int, end: int) -> tuple[Counts, Numbers]:
        """Return the number of tokens of each type of the next range in this stretch, and their positions."""
        counts = np.fromfile(self._counts, np.uint32, end - first, offset=4 * first).astype(np.int64)
        size = int(counts.sum())
        positions = np.fromfile(self._positions, np.uint32, size, offset=4 * self._taken)
        self._taken += size
        return counts, positions


def _ranges(counts: Counts, most: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of types that have at most `most` tokens in all, or are a single type."""
    sums = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = int(sums[first - 1]) if first else 0
        end = max(int(np.searchsorted(sums, before + most, side="right")), first + 1)
        yield first, end
        first = end


def _merged(runs: list[_Run], counts: Counts, first: int, end: int, size: int) -> Numbers:
    out = np.empty(size, np.uint32)
    next_slot = np.cumsum(counts[first:end]) - counts[first:end]  # the slot of the next position of each type
    for run in runs:
        found, positions = run.take(first, end)
        shift = next_slot - (np.cumsum(found) - found)
        out[np.arange(len(positions)) + np.repeat(shift, found)] = positions
        next_slot += found
    return out
