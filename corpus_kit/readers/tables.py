"""Tables that hold documents, read in batches: what all formats share, and frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import polars as pl

from corpus_kit._base.metadata import exactly
from corpus_kit.readers.sources import reading

__all__ = [
    "BATCH_BYTES",
    "BATCH_ROWS",
    "NotUtf8Error",
    "Table",
    "TableBatch",
    "frame_table",
    "row_ranges",
    "scanned",
    "text_bytes",
]

BATCH_ROWS = 1024
BATCH_BYTES = 16 << 20
_PAIR = 4  # times the bytes of a batch, that two rows may have


@dataclass(frozen=True)
class TableBatch:
    """Rows of a table.

    Attributes:
        frame: The rows.
        problems: The reason for each that cannot be used, by its number within the batch.
        notices: What is remarkable about a row that can, likewise.
        empty_lines: Lines between the rows that hold nothing.
        given: Of a table that has texts: a row for each document with the columns source (the place for messages),
            file (its number), id, text, headline, spans and given_tokens, as in `documents.Document`.
    """

    frame: pl.DataFrame
    problems: dict[int, str] = field(default_factory=dict)
    notices: dict[int, str] = field(default_factory=dict)
    empty_lines: int = 0
    given: pl.DataFrame | None = None

    def portions(self) -> Iterator[TableBatch]:
        """Cut the batch into portions of `BATCH_BYTES`, as far as rows allow."""
        ranges = [] if self.given is not None else list(row_ranges(text_bytes(self.frame), BATCH_BYTES))
        if len(ranges) < 2:
            yield self
            return
        for start, stop in ranges:
            problems, notices = (
                {row - start: reason for row, reason in found.items() if start <= row < stop}
                for found in (self.problems, self.notices)
            )
            yield TableBatch(self.frame[start:stop], problems, notices, 0 if start else self.empty_lines)


def row_ranges(sizes: pl.Series, most: int) -> Iterator[tuple[int, int]]:
    """Cut rows of these sizes into ranges of at most so many bytes, or one row; two rows if they are not far beyond.

    Polars 2.1 copies the only string of a column in every step, which is slower than anything else that is done to it.

    >>> list(row_ranges(pl.Series([1, 2, 9, 20, 20, 900, 1]), 10))
    [(0, 2), (2, 4), (4, 5), (5, 6), (6, 7)]
    """
    ends = sizes.cum_sum()
    start = before = 0
    while start < len(ends):
        stop = max(start + 1, int(ends.search_sorted(before + most, side="right")))
        if stop == start + 1 < len(ends) and int(ends[stop]) <= before + _PAIR * most:
            stop += 1
        yield start, stop
        start, before = stop, int(ends[stop - 1])


def text_bytes(frame: pl.DataFrame) -> pl.Series:
    """Return the UTF-8 bytes of the strings of each row (Int64).

    >>> text_bytes(pl.DataFrame({"text": ["خبر", None], "n": [1, 2], "outlet": ["a", "b"]})).to_list()
    [7, 1]
    """
    strings = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if not strings:
        return pl.repeat(0, frame.height, dtype=pl.Int64, eager=True)
    sizes = [frame[name].alias("text").str.len_bytes().fill_null(0).cast(pl.Int64) for name in strings]
    return pl.select(pl.sum_horizontal(sizes).alias("bytes")).to_series()


@dataclass(frozen=True)
class Table:
    """A table to read.

    Attributes:
        name: What messages call it.
        schema: Its columns and their types.
        sha256: That of the file; empty for a frame.
        notices: What is remarkable about it: kinds and details.
        has_texts: Whether its columns are metadata only, and texts and ids come with its batches.
        has_spans: Whether these have spans.
        has_tokens: Whether these have tokens.
    """

    name: str
    schema: dict[str, pl.DataType]
    sha256: str
    _batches: Callable[[list[str]], Iterator[TableBatch]]
    notices: list[tuple[str, str]] = field(default_factory=list)
    has_texts: bool = False
    has_spans: bool = False
    has_tokens: bool = False

    def batches(self, columns: list[str]) -> Iterator[TableBatch]:
        """Yield the rows in order, with these columns only. Raises SourceError if the table is damaged."""
        with reading(self.name):
            for batch in self._batches(columns):
                yield from batch.portions()


def frame_table(frame: pl.DataFrame | pl.LazyFrame, name: str) -> Table:
    """Return the table of a DataFrame or LazyFrame."""
    with reading(name):
        schema = dict(frame.lazy().collect_schema())

    def batches(columns: list[str]) -> Iterator[TableBatch]:
        if isinstance(frame, pl.DataFrame):
            yield from map(TableBatch, frame.select(exactly(*columns)).iter_slices(BATCH_ROWS))
        else:
            yield from scanned(frame, columns)

    return Table(name, schema, "", batches)


def scanned(scan: pl.LazyFrame, columns: list[str]) -> Iterator[TableBatch]:
    """Yield the rows of a lazy table in order, with these columns only."""
    yield from map(
        TableBatch, scan.select(exactly(*columns)).collect_batches(chunk_size=BATCH_ROWS, maintain_order=True)
    )


class NotUtf8Error(ValueError):
    """A table of text is not UTF-8."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"not UTF-8 at byte {position:,}; tables of text must be UTF-8, UTF-16 or Windows-1256 from end to end"
        )
