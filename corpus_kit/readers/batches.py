"""Batches of bounded size, and ids that occur twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["Batcher", "UniqueIds"]


class UniqueIds:
    """Finds ids that may have occurred before, by hashes of eight bytes each."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.uint64]] = []  # sorted hashes; each run longer than the next

    def suspects(self, ids: pl.Series) -> list[str]:
        """Add the ids of a batch; return those whose hash occurred before, in this batch or an earlier one."""
        hashes = ids.hash().to_numpy()
        seen = pl.Series(hashes).is_duplicated().to_numpy()
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            seen = seen | (run[at] == hashes)
        if len(hashes):
            self._add(np.sort(hashes))
        return ids.filter(pl.Series(seen, dtype=pl.Boolean)).unique(maintain_order=True).to_list()

    def _add(self, run: npt.NDArray[np.uint64]) -> None:
        while self._runs and len(self._runs[-1]) <= len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)


class Batcher:
    """Splits and joins frames into batches of bounded size."""

    def __init__(self, max_documents: int, max_bytes: int) -> None:
        self._max_documents = max_documents
        self._max_bytes = max_bytes
        self._held: list[pl.DataFrame] = []
        self._documents = 0
        self._bytes = 0

    def add(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Add a frame; yield the batches that are complete."""
        sizes = frame["text"].str.len_bytes().to_numpy()
        start = 0
        while start < frame.height:
            ahead = np.cumsum(sizes[start : start + self._max_documents - self._documents], dtype=np.int64)
            fits = int(np.searchsorted(ahead, self._max_bytes - self._bytes, side="right"))
            if not self._held:
                fits = max(fits, 1)  # a single text may be longer than the bound
            if fits:
                self._held.append(frame.slice(start, fits))
                self._documents += fits
                self._bytes += int(ahead[fits - 1])
                start += fits
            if start < frame.height or self._documents == self._max_documents:
                yield from self.rest()

    def rest(self) -> Iterator[pl.DataFrame]:
        """Yield what is left as one batch, if anything."""
        if self._held:
            batch = pl.concat(self._held, rechunk=True)
            self._held, self._documents, self._bytes = [], 0, 0
            yield batch
