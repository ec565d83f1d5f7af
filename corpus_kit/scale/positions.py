"""Where each type of a corpus occurs, for more tokens than memory holds.

The list of all positions, type after type, is as long as the corpus. It is made as a table of n-grams is: stretches of
tokens are sorted into runs, which lie on disk, and the runs are merged, a range of types at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_kit import _counting
from corpus_kit._columns import series_from_core

__all__ = ["positions_of_types"]

Numbers = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int64]

_BYTES_PER_TOKEN = 24  # of a stretch that is sorted, and of a range that is merged


def positions_of_types(type_ids: npt.NDArray[Any], counts: Counts, folder: Path, memory: int) -> Iterator[Numbers]:
    """Yield the positions (UInt32) of all tokens, by type and ascending within it, in slices that follow one another.

    type_ids: the type of each token (UInt32), may be mapped. counts: how many tokens each type has. folder: for the
    runs, where they do not fit; who calls removes it. memory: bytes that this may take, about.
    """
    most = max(memory // _BYTES_PER_TOKEN, 1)
    if len(type_ids) <= most:
        yield _sorted(type_ids, len(counts))[1]
        return
    runs = [
        _Run(folder / f"{number:05}", type_ids, start, most, len(counts))
        for number, start in _stretches(type_ids, most)
    ]
    for first, end in _ranges(counts, most):
        size = int(counts[first:end].sum())
        if end - first == 1 and size > most:
            # one type alone: its positions in the runs follow one another
            yield from (run.take(first, end)[1] for run in runs)
        else:
            yield _merged(runs, counts, first, end, size)


def _sorted(type_ids: npt.NDArray[Any], n_types: int) -> tuple[npt.NDArray[np.uint64], Numbers]:
    offsets, positions = _counting.postings(type_ids, n_types=n_types)
    return series_from_core("", offsets).to_numpy(), series_from_core("", positions).to_numpy()


def _stretches(type_ids: npt.NDArray[Any], most: int) -> Iterator[tuple[int, int]]:
    return enumerate(range(0, len(type_ids), most))


class _Run:
    """The positions of a stretch of tokens, by type, on disk; types are taken in their order."""

    def __init__(self, path: Path, type_ids: npt.NDArray[Any], start: int, most: int, n_types: int) -> None:
        offsets, positions = _sorted(type_ids[start : start + most], n_types)
        self._positions, self._counts = path.with_suffix(".positions"), path.with_suffix(".counts")
        (positions + np.uint32(start)).tofile(self._positions)
        np.diff(offsets).astype(np.uint32).tofile(self._counts)
        self._taken = 0  # positions of the types before

    def take(self, first: int, end: int) -> tuple[Counts, Numbers]:
        """How many tokens each type of the next range has here, and where they are."""
        counts = np.fromfile(self._counts, np.uint32, end - first, offset=4 * first).astype(np.int64)
        size = int(counts.sum())
        positions = np.fromfile(self._positions, np.uint32, size, offset=4 * self._taken)
        self._taken += size
        return counts, positions


def _ranges(counts: Counts, most: int) -> Iterator[tuple[int, int]]:
    """Ranges of types that have at most `most` tokens together, or are one type alone."""
    sums = np.cumsum(counts)
    first = 0
    while first < len(counts):
        before = int(sums[first - 1]) if first else 0
        end = max(int(np.searchsorted(sums, before + most, side="right")), first + 1)
        yield first, end
        first = end


def _merged(runs: list[_Run], counts: Counts, first: int, end: int, size: int) -> Numbers:
    out = np.empty(size, np.uint32)
    room = np.cumsum(counts[first:end]) - counts[first:end]  # where the next position of each type goes
    for run in runs:
        found, positions = run.take(first, end)
        shift = room - (np.cumsum(found) - found)
        out[np.arange(len(positions)) + np.repeat(shift, found)] = positions
        room += found
    return out
