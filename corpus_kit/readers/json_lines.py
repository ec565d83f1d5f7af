"""JSON Lines: tables of one JSON object a line, .jsonl and .ndjson.

A column has the type of all its values (Boolean, Int64, Float64 or String); values of several types and
nested ones are kept as text, in their JSON form. The file must be UTF-8; a byte order mark is allowed.

Python's own parser reads the lines: Polars 2.1 takes types from the order of the values, refuses a byte
order mark, names no line in its errors, and turns the escape of an unpaired surrogate into a NUL.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import polars as pl

from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import BATCH_BYTES, BATCH_ROWS, Table, TableBatch, not_utf8
from corpus_kit.readers.texts import digest

__all__ = ["as_text", "json_objects", "json_table"]

_UNPAIRED = "unpaired surrogate"


def json_table(file: SourceFile) -> Table:
    """Open a JSON Lines file and read it once for the types of its columns. Raises SourceError if it is damaged."""
    with reading(file.name):
        columns: dict[str, _Column] = {}
        for row in _json_rows(file.path):
            for key, value in (row or {}).items():
                column = columns.get(key)
                if column is None:
                    column = columns[key] = _Column()
                column.add(value)
        schema = {key: column.dtype() for key, column in columns.items()}
        return Table(file.name, schema, digest(file.path), lambda names: _json_batches(file.path, schema, names))


@dataclass
class _Column:
    """The values seen of one key."""

    kinds: set[type] = field(default_factory=set)
    largest: int = 0  # of the absolute values of integers

    def add(self, value: Any) -> None:
        if value is not None:
            self.kinds.add(type(value))
            if type(value) is int:
                self.largest = max(self.largest, abs(value))

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


def _json_batches(path: Path, schema: dict[str, pl.DataType], names: list[str]) -> Iterator[TableBatch]:
    rows: list[dict[str, Any]] = []
    problems: dict[int, str] = {}
    size = 0
    with path.open("rb") as stream:
        for row in json_objects(stream):
            if row is None:
                problems[len(rows)] = _UNPAIRED
            rows.append(row or {})
            if len(rows) == BATCH_ROWS or stream.tell() - size > BATCH_BYTES:
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
    """Return a value as text: a string as it is, anything else in its JSON form.

    >>> as_text("خبر"), as_text({"a": [1, True]}), as_text(None)
    ('خبر', '{"a": [1, true]}', None)
    """
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json_rows(path: Path) -> Iterator[dict[str, Any] | None]:
    with path.open("rb") as stream:
        yield from json_objects(stream)


def json_objects(stream: IO[bytes], *, position: int = 0, line: int | None = 1) -> Iterator[dict[str, Any] | None]:
    r"""Yield the object of each line that is not blank; None for one with an unpaired surrogate.

    Args:
        stream: The lines.
        position: The byte of the file at which the stream begins.
        line: The number of the first line; None if unknown.

    Raises:
        ValueError: If a line is not UTF-8 or not a JSON object; the message names the line or the byte.

    >>> import io
    >>> list(json_objects(io.BytesIO(b'{"text": "a"}\n\n{"text": "b"}\n')))
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
            raise not_utf8(position + error.start) from error
        position += len(raw)
        if text.isspace() or not text:
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{where} is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise ValueError(f"{where} is not a JSON object but {text.strip():.40}")
        # UTF-8 has no unpaired surrogates; only an escape can give one
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
