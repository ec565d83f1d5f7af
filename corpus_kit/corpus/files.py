"""The files of a corpus, mapped or read when they are first needed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._core import Texts
from corpus_kit.corpus import storage
from corpus_kit.errors import CorpusError

__all__ = ["MappedFiles"]

T = TypeVar("T")


class MappedFiles:
    """The files of one build of a corpus, shared by the corpus and its subcorpora.

    Args:
        path: The folder of the corpus.
        stamp: What identifies the build (`storage.stamp`); None skips the check for a replaced corpus.
    """

    def __init__(self, path: Path, stamp: tuple[int, int, int] | None) -> None:
        self.path = path
        self.stamp = stamp
        self.is_closed = False
        self._kept: dict[Hashable, Any] = {}

    def check_open(self) -> None:
        """Raise CorpusError if the corpus is closed, or if another build has replaced it."""
        if self.is_closed:
            raise CorpusError(f"the corpus {self.path.name!r} is closed. Open it again with Corpus.open.")
        if self.stamp is not None and storage.stamp(self.path) != self.stamp:
            raise CorpusError(
                f"the corpus at {self.path} was replaced, moved or removed since it was opened. "
                "Open it again with Corpus.open."
            )

    def release(self) -> None:
        """Drop everything that was mapped, read or derived."""
        self._kept.clear()

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returned when it was first called with this key."""
        if key not in self._kept:
            self.check_open()
            self._kept[key] = make()
        kept: T = self._kept[key]
        return kept

    def array(self, name: str) -> Array:
        """Map an array."""
        return self.keep(name, lambda: self._read(lambda: storage.map_array(self.path / name)))

    def texts(self, name: str) -> Texts:
        """Map the texts of a column of the index (`storage.INDEX_TEXTS`)."""
        return self.keep(("texts", name), lambda: self._read(lambda: storage.map_texts(self.path, name)))

    def scan(self, name: str) -> pl.LazyFrame:
        """Scan a table. Its schema is read at once, so that damage is reported as what it is."""
        self.check_open()
        frame = pl.scan_parquet(self.path / name)
        self._read(frame.collect_schema)
        return frame

    def column(self, file: str, name: str, height: int) -> pl.Series:
        """Read a column of a table that must have `height` rows."""

        def read() -> pl.Series:
            column = pl.read_parquet(self.path / file, columns=[name])[name]
            if len(column) != height:
                raise ValueError(f"{file} has {len(column):,} types instead of {height:,}")
            return column

        self.check_open()
        return self.keep((file, name), lambda: self._read(read))

    def _read(self, read: Callable[[], T]) -> T:
        with storage.reading(self.path):
            return read()


def bounds(ends: Array) -> tuple[Array, Array]:
    """Return the first token and the end of each document (Int64), from the ends alone."""
    stops = ends.astype(np.int64)
    return np.concatenate(([0], stops[:-1])), stops
