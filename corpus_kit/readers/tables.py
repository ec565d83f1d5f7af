"""Tables that hold documents, read in batches: what all formats share, and frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import polars as pl

from corpus_kit.readers.sources import reading

__all__ = ["BATCH_BYTES", "BATCH_ROWS", "Table", "TableBatch", "frame_table", "not_utf8", "scanned"]

BATCH_ROWS = 1024
BATCH_BYTES = 16 << 20


@dataclass(frozen=True)
class TableBatch:
    """Rows of a table, and the reason for each that cannot be used, by its number within the batch."""

    frame: pl.DataFrame
    problems: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table to read.

    Attributes:
        name: What messages call it.
        schema: Its columns and their types.
        sha256: That of the file; empty for a frame.
    """

    name: str
    schema: dict[str, pl.DataType]
    sha256: str
    _batches: Callable[[list[str]], Iterator[TableBatch]]

    def batches(self, columns: list[str]) -> Iterator[TableBatch]:
        """Yield the rows in order, with these columns only. Raises SourceError if the table is damaged."""
        with reading(self.name):
            yield from self._batches(columns)


def frame_table(frame: pl.DataFrame | pl.LazyFrame, name: str) -> Table:
    """Return the table of a DataFrame or LazyFrame."""
    with reading(name):
        schema = dict(frame.lazy().collect_schema())

    def batches(columns: list[str]) -> Iterator[TableBatch]:
        if isinstance(frame, pl.DataFrame):
            yield from map(TableBatch, frame.select(columns).iter_slices(BATCH_ROWS))
        else:
            yield from scanned(frame, columns)

    return Table(name, schema, "", batches)


def scanned(scan: pl.LazyFrame, columns: list[str]) -> Iterator[TableBatch]:
    """Yield the rows of a lazy table in order, with these columns only."""
    yield from map(TableBatch, scan.select(columns).collect_batches(chunk_size=BATCH_ROWS, maintain_order=True))


def not_utf8(position: int) -> ValueError:
    """Return the error for a byte of a table of text that is not UTF-8."""
    return ValueError(f"not UTF-8 at byte {position:,}; tables of text must be UTF-8")
