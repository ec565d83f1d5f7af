"""Tables that hold documents: files of CSV, JSON Lines, Parquet and Arrow IPC, and frames; all read in batches.

CSV: the first line names the columns; every column is text, so that no guess about types depends on what the first
rows happen to hold. JSON Lines: a column has the type of all its values (Boolean, Int64, Float64 or String); values
of several types and nested ones are kept as text, in their JSON form. Both must be UTF-8; a byte order mark is
allowed. Parquet, IPC and frames keep their types.

JSON Lines are read by Python's own parser: Polars 2.1 takes types from the order of the values, refuses a byte order
mark, names no line in its errors, and turns the escape of an unpaired surrogate into a NUL.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import polars as pl

from corpus_kit.errors import SourceError
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.texts import digest

__all__ = ["Table", "TableBatch", "as_text", "file_table", "frame_table", "json_objects"]

_ROWS = 1024
_BATCH_BYTES = 16 << 20
_UNPAIRED = "unpaired surrogate"


@dataclass(frozen=True)
class TableBatch:
    """Rows of a table, and those among them (by their number within the batch) that cannot be used, with the reason."""

    frame: pl.DataFrame
    problems: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table to read: what messages call it, its columns, its SHA-256 (files only) and how to get its batches."""

    name: str
    schema: dict[str, pl.DataType]
    sha256: str
    _batches: Callable[[list[str]], Iterator[TableBatch]]

    def batches(self, columns: list[str]) -> Iterator[TableBatch]:
        """Yield the rows in order, with these columns only. Raises SourceError where the table is damaged."""
        with reading(self.name):
            yield from self._batches(columns)


def frame_table(frame: pl.DataFrame | pl.LazyFrame, name: str) -> Table:
    """Make a table of a frame."""
    with reading(name):
        schema = dict(frame.lazy().collect_schema())

    def batches(columns: list[str]) -> Iterator[TableBatch]:
        if isinstance(frame, pl.DataFrame):
            yield from map(TableBatch, frame.select(columns).iter_slices(_ROWS))
        else:
            yield from _scanned(frame, columns)

    return Table(name, schema, "", batches)


def file_table(file: SourceFile) -> Table:
    """Open a table file: check that it is UTF-8 where it is text, and find its columns.

    Raises SourceError, naming the file, where it is damaged.
    """
    with reading(file.name):
        if file.kind == "json":
            return _json_table(file)
        scan, check = _scan(file)
        sha256 = digest(file.path, also=check.feed if check else None)
        if check:
            check.finish()
        schema = dict(scan.collect_schema())
        return Table(file.name, schema, sha256, lambda columns: _scanned(scan, columns))


def _scan(file: SourceFile) -> tuple[pl.LazyFrame, _Utf8Check | None]:
    if file.kind == "csv":
        separator = "\t" if file.ending == ".tsv" else ","
        return pl.scan_csv(file.path, separator=separator, infer_schema=False, glob=False), _Utf8Check()
    if file.kind == "parquet":
        return pl.scan_parquet(file.path, glob=False, hive_partitioning=False), None
    with file.path.open("rb") as stream:
        if stream.read(6) != b"ARROW1":
            raise SourceError(f"cannot read {file.name!r}: it is not an Arrow IPC file (IPC streams are not read)")
    return pl.scan_ipc(file.path, glob=False, hive_partitioning=False), None


def _scanned(scan: pl.LazyFrame, columns: list[str]) -> Iterator[TableBatch]:
    yield from map(TableBatch, scan.select(columns).collect_batches(chunk_size=_ROWS, maintain_order=True))


class _Utf8Check:
    """Checks that a file is UTF-8 while it streams by; errors name the byte."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._position = 0

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        held = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            raise _not_utf8(self._position - held + error.start) from error
        self._position += len(piece)

    def finish(self) -> None:
        self.feed(b"", final=True)


def _not_utf8(position: int) -> ValueError:
    return ValueError(f"it is not UTF-8 (byte {position:,}); tables of text must be")


# JSON Lines


@dataclass
class _Column:
    """What has been seen of the values of one key."""

    kinds: set[type] = field(default_factory=set)
    largest: int = 0  # of the absolute values of integers

    def dtype(self) -> pl.DataType:
        if not self.kinds:
            return pl.Null()
        if self.kinds == {bool}:
            return pl.Boolean()
        if self.kinds == {int} and self.largest < 2**63:
            return pl.Int64()
        if self.kinds <= {int, float} and float in self.kinds and self.largest <= 2**53:
            return pl.Float64()
        return pl.String()


def _json_table(file: SourceFile) -> Table:
    columns: dict[str, _Column] = {}
    for row in _json_rows(file.path):
        if row is None:
            continue
        for key, value in row.items():
            column = columns.get(key)
            if column is None:
                column = columns[key] = _Column()
            if value is not None:
                column.kinds.add(type(value))
                if type(value) is int:
                    column.largest = max(column.largest, abs(value))
    schema = {key: column.dtype() for key, column in columns.items()}
    return Table(file.name, schema, digest(file.path), lambda names: _json_batches(file.path, schema, names))


def _json_batches(path: Path, schema: dict[str, pl.DataType], names: list[str]) -> Iterator[TableBatch]:
    rows: list[dict[str, Any]] = []
    problems: dict[int, str] = {}
    size = 0
    with path.open("rb") as stream:
        for row in json_objects(stream):
            if row is None:
                problems[len(rows)] = _UNPAIRED
            rows.append(row or {})
            if len(rows) == _ROWS or stream.tell() - size > _BATCH_BYTES:
                yield TableBatch(_json_frame(rows, schema, names), problems)
                rows, problems, size = [], {}, stream.tell()
    if rows:
        yield TableBatch(_json_frame(rows, schema, names), problems)


def _json_frame(rows: list[dict[str, Any]], schema: dict[str, pl.DataType], names: list[str]) -> pl.DataFrame:
    series = []
    for name in names:
        values = [row.get(name) for row in rows]
        if schema[name] == pl.String:
            values = [as_text(value) for value in values]
        series.append(pl.Series(name, values, dtype=schema[name]))
    return pl.DataFrame(series)


def as_text(value: Any) -> str | None:
    """A value as text: what is no string in its JSON form.

    >>> as_text("خبر"), as_text({"a": [1, True]}), as_text(None)
    ('خبر', '{"a": [1, true]}', None)
    """
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json_rows(path: Path) -> Iterator[dict[str, Any] | None]:
    with path.open("rb") as stream:
        yield from json_objects(stream)


def json_objects(stream: IO[bytes], *, position: int = 0, line: int | None = 1) -> Iterator[dict[str, Any] | None]:
    """Yield the object of each line that is not blank; None for one with an unpaired surrogate.

    `position` is the byte of the file at which the stream begins, `line` the number of its first line, None if unknown.
    Raises ValueError, naming the line or byte, where a line is not UTF-8 or not a JSON object.

    >>> import io
    >>> list(json_objects(io.BytesIO(b'{"text": "a"}\\n\\n{"text": "b"}\\n')))
    [{'text': 'a'}, {'text': 'b'}]
    """
    for number, raw in enumerate(iter(stream.readline, b""), start=line or 0):
        where = f"the line at byte {position:,}" if line is None else f"line {number:,}"
        if position == 0 and raw.startswith(codecs.BOM_UTF8):
            position = len(codecs.BOM_UTF8)
            raw = raw[position:]
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _not_utf8(position + error.start) from error
        position += len(raw)
        if text.isspace() or not text:
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{where} is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise ValueError(f"{where} is not a JSON object but {text.strip():.40}")
        # Only an escape can stand for an unpaired surrogate.
        yield None if ("\\ud" in text or "\\uD" in text) and _has_surrogate(value) else value


def _has_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return True
        return False
    if isinstance(value, dict):
        return any(_has_surrogate(key) or _has_surrogate(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_has_surrogate, value))
