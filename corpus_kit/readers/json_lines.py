"""JSON Lines: tables of one JSON object a line, .jsonl and .ndjson.

A column has the type of all its values (Boolean, Int64, Float64 or String); values of several types and
nested ones are kept as text, in their JSON form. The file must be UTF-8; a byte order mark is allowed. Of a key that
occurs twice in an object the last value is kept, and the report counts the row.

Python's own parser reads the lines: Polars 2.1 takes types from the order of the values, refuses a byte
order mark, names no line in its errors, and turns the escape of an unpaired surrogate into a NUL.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import polars as pl

from corpus_kit.readers.limits import LIMITS, Budget, Limits, beyond
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import BATCH_BYTES, BATCH_ROWS, Table, TableBatch, not_utf8
from corpus_kit.readers.texts import digest

__all__ = ["REPEATED", "ColumnKinds", "as_text", "has_surrogate", "json_objects", "json_table", "rows_frame"]

_UNPAIRED = "unpaired surrogate"
_TOO_LONG = "line too long"
REPEATED = "key repeated in an object"
_PIECE = 1 << 20  # bytes
_CELL = 32  # bytes that a cell counts for
_DEEPEST = 1_000  # levels of nesting, where Python's own limit is higher than it should be
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+"')
_BRACKETS = re.compile(r"[\[\]{}]")


def json_table(file: SourceFile) -> Table:
    """Open a JSON Lines file and read it once for the types of its columns. Raises SourceError if it is damaged."""
    with reading(file.name):
        columns: dict[str, ColumnKinds] = {}
        count = 0
        with file.path.open("rb") as stream:
            for row, _ in _json_rows(stream, limits=file.limits):
                count += 1
                if row is None:
                    continue
                for key, value in row.items():
                    column = columns.get(key)
                    if column is None:
                        column = columns[key] = ColumnKinds()
                    column.add(value)
                if len(columns) > file.limits.columns:
                    raise beyond("columns", file.limits, len(columns), "Put what varies into the values, not the keys")
        schema = {key: column.dtype() for key, column in columns.items()}
        return Table(file.name, schema, digest(file.path), lambda names: _json_batches(file, schema, names, count))


@dataclass
class ColumnKinds:
    """The kinds of the values seen of one key, and the type that holds all of them."""

    kinds: set[type] = field(default_factory=set)
    largest: int = 0  # of the absolute values of integers

    def add(self, value: Any) -> None:
        """Look at a value."""
        if value is not None:
            self.kinds.add(type(value))
            if type(value) is int:
                self.largest = max(self.largest, abs(value))

    def dtype(self) -> pl.DataType:
        """Return the type."""
        if not self.kinds:
            return pl.Null()
        if self.kinds == {bool}:
            return pl.Boolean()
        if self.kinds == {int} and self.largest < 2**63:
            return pl.Int64()
        if self.kinds <= {int, float} and float in self.kinds and self.largest <= 2**53:
            return pl.Float64()
        return pl.String()


def _json_batches(
    file: SourceFile, schema: dict[str, pl.DataType], names: list[str], count: int
) -> Iterator[TableBatch]:
    # each object may have a key of its own, and each row has all columns
    Budget(file.limits, file.bytes).spend(count * len(names) * _CELL)
    rows: list[dict[str, Any]] = []
    problems: dict[int, str] = {}
    notices: dict[int, str] = {}
    size = empty = 0
    with file.path.open("rb") as stream:
        for row, remark in _json_rows(stream, limits=file.limits):
            if row is None and not remark:
                empty += 1
                continue
            if remark:
                (problems if row is None else notices)[len(rows)] = remark
            rows.append(row or {})
            if len(rows) == BATCH_ROWS or stream.tell() - size > BATCH_BYTES:
                yield TableBatch(rows_frame(rows, schema, names), problems, notices, empty)
                rows, problems, notices, empty, size = [], {}, {}, 0, stream.tell()
    if rows or empty:
        yield TableBatch(rows_frame(rows, schema, names), problems, notices, empty)


def rows_frame(rows: list[dict[str, Any]], schema: dict[str, pl.DataType], names: list[str]) -> pl.DataFrame:
    """Return rows as a table of these columns; what is no text is text in its JSON form where the type is String."""
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        if schema[name] == pl.String:
            values = [as_text(value) for value in values]
        columns[name] = pl.Series(values, dtype=schema[name])
    return pl.DataFrame(columns)


def as_text(value: Any) -> str | None:
    """Return a value as text: a string as it is, anything else in its JSON form.

    >>> as_text("خبر"), as_text({"a": [1, True]}), as_text(None)
    ('خبر', '{"a": [1, true]}', None)
    """
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def json_objects(
    stream: IO[bytes], *, position: int = 0, line: int | None = 1, limits: Limits = LIMITS
) -> Iterator[dict[str, Any] | None]:
    r"""Yield the object of each line that is not blank; None for one that is too long or has an unpaired surrogate.

    Args:
        stream: The lines.
        position: The byte of the file at which the stream begins.
        line: The number of the first line; None if unknown.
        limits: What a line may take.

    Raises:
        ValueError: If a line is not UTF-8 or not a JSON object; the message names the line or the byte.

    >>> import io
    >>> list(json_objects(io.BytesIO(b'{"text": "a"}\n\n{"text": "b"}\n')))
    [{'text': 'a'}, {'text': 'b'}]
    """
    for row, remark in _json_rows(stream, position=position, line=line, limits=limits):
        if row is not None or remark:
            yield row


def _json_rows(
    stream: IO[bytes], *, limits: Limits, position: int = 0, line: int | None = 1
) -> Iterator[tuple[dict[str, Any] | None, str]]:
    """Yield the object of each line and a remark on it, or None and why there is none: nothing for a blank line."""
    repeated: list[str] = []  # a key that occurred twice in an object of this line

    def as_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            repeated.append(REPEATED)
        return found

    parse = json.JSONDecoder(object_pairs_hook=as_dict).decode
    most = limits.row_bytes
    is_deep = sys.getrecursionlimit() > 2 * _DEEPEST  # the parser would overflow the stack of C
    for number, raw in enumerate(iter(lambda: stream.readline(most + 1), b""), start=line or 0):
        where = f"the line at byte {position:,}" if line is None else f"line {number:,}"
        if len(raw) > most and not raw.endswith(b"\n"):
            position += len(raw) + _skip_line(stream)
            yield None, _TOO_LONG
            continue
        if position == 0 and raw.startswith(codecs.BOM_UTF8):
            position = len(codecs.BOM_UTF8)
            raw = raw[position:]
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise not_utf8(position + error.start) from error
        position += len(raw)
        if text.isspace() or not text:
            yield None, ""
            continue
        if is_deep and _depth(text) > _DEEPEST:
            raise ValueError(f"{where} is not JSON that can be read: it has more than {_DEEPEST:,} levels")
        try:
            value = parse(text)
        except RecursionError as error:
            raise ValueError(f"{where} is not JSON that can be read: it has too many levels") from error
        except ValueError as error:
            raise ValueError(f"{where} is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise ValueError(f"{where} is not a JSON object but {text.strip():.40}")
        # UTF-8 has no unpaired surrogates; only an escape can give one
        if "\\u" in text and ("\\ud" in text or "\\uD" in text) and has_surrogate(value):
            yield None, _UNPAIRED
        else:
            yield value, repeated[0] if repeated else ""
        repeated.clear()


def _skip_line(stream: IO[bytes]) -> int:
    """Read on to the end of the line; return how many bytes that were."""
    skipped = 0
    while piece := stream.readline(_PIECE):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped


def _depth(text: str) -> int:
    """Return how deeply the brackets of a line are nested."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def has_surrogate(value: Any) -> bool:
    """Return whether a value holds an unpaired surrogate, which is no text."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return True
        return False
    if isinstance(value, dict):
        return any(has_surrogate(key) or has_surrogate(item) for key, item in value.items())
    return isinstance(value, list) and any(map(has_surrogate, value))
