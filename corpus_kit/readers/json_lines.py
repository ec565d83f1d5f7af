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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, Any

import polars as pl

from corpus_kit.readers.limits import LIMITS, Budget, Limits, beyond
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import NotUtf8Error, Table, TableBatch
from corpus_kit.readers.texts import digest

__all__ = [
    "GROUP",
    "REPEATED",
    "UNPAIRED",
    "Columns",
    "Values",
    "as_text",
    "check_levels",
    "columns_frame",
    "has_surrogate",
    "joined_batches",
    "json_objects",
    "json_table",
    "transposed",
]

UNPAIRED = "unpaired surrogate"
_TOO_LONG = "line too long"
REPEATED = "key repeated in an object"
_PIECE = 1 << 20  # bytes
GROUP = 256  # rows that are looked at together: few enough to stay in the cache of a processor
_ROWS, _BYTES = 8192, 4 << 20  # of a batch
_CELL = 32  # bytes that a cell counts for
_DEEPEST = 1_000  # levels of nesting, where Python's own limit is higher than it should be
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+"?')  # the last one may be cut
_BRACKETS = re.compile(r"[\[\]{}]")
_IN_JSON = json.JSONEncoder(ensure_ascii=False).encode
_MARK = "\0 what follows is a value of its own \0"
_MARKED = f"{_IN_JSON(_MARK)}, "

Values = Sequence[Any]


def json_table(file: SourceFile) -> Table:
    """Open a JSON Lines file and read it once for the types of its columns. Raises SourceError if it is damaged."""
    with reading(file.name):
        columns = Columns(file.limits)
        count = 0
        for group in _groups(file):
            count += len(group.rows)
            columns.add([row for row in group.rows if row])
        schema = columns.schema()

        def batches(names: list[str]) -> Iterator[TableBatch]:
            return joined_batches(_json_batches(file, schema, names, count))

        return Table(file.name, schema, digest(file.path), batches)


@dataclass
class ColumnKinds:
    """The kinds of the values seen of one key, and the type that holds all of them."""

    kinds: set[type] = field(default_factory=set)
    largest: int = 0  # of the absolute values of integers

    def add(self, values: Sequence[Any]) -> None:
        """Look at values."""
        kinds = set(map(type, values))
        if int in kinds:
            self.largest = max(self.largest, *(abs(value) for value in values if type(value) is int))
        self.kinds |= kinds - {type(None)}

    def merge(self, other: ColumnKinds) -> None:
        """Add what was seen of other values."""
        self.kinds |= other.kinds
        self.largest = max(self.largest, other.largest)

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


class Columns:
    """The columns of rows that are read, which are not to be too many.

    Args:
        limits: How many there may be.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._kinds: dict[str, ColumnKinds] = {}
        self._names: set[str] = set()

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Look at rows. Raises ValueError if there are too many columns."""
        self._names.update(*rows)
        self._check()
        for key, values in transposed(rows).items():
            self._kinds.setdefault(key, ColumnKinds()).add(values)

    def merge(self, other: Columns) -> None:
        """Add what was seen of other rows. Raises ValueError if there are too many columns."""
        self._names |= other._names
        self._check()
        for key, kinds in other._kinds.items():
            self._kinds.setdefault(key, ColumnKinds()).merge(kinds)

    def _check(self) -> None:
        if len(self._names) > self._limits.columns:
            raise beyond("columns", self._limits, len(self._names), "Put what varies into the values, not the keys")

    def schema(self) -> dict[str, pl.DataType]:
        """Return the columns and their types, in the order in which they were seen."""
        return {key: kinds.dtype() for key, kinds in self._kinds.items()}


def transposed(rows: list[dict[str, Any]]) -> dict[str, Values]:
    """Return rows as columns.

    >>> transposed([{"a": 1, "b": 2}, {"a": 3, "b": 4}]), transposed([{"a": 1}, {"b": 2}])
    ({'a': (1, 3), 'b': (2, 4)}, {'a': [1, None], 'b': [None, 2]})
    """
    if len(set(map(tuple, rows))) == 1:  # all have the same keys in the same order, as most programs write them
        return dict(zip(rows[0], zip(*map(dict.values, rows), strict=True), strict=True))
    return {key: [row.get(key) for row in rows] for key in dict.fromkeys(chain.from_iterable(rows))}


@dataclass
class _Group:
    """Some rows, with what a batch says of them."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)
    notices: dict[int, str] = field(default_factory=dict)
    empty_lines: int = 0


def _groups(file: SourceFile) -> Iterator[_Group]:
    group = _Group()
    with file.path.open("rb") as stream:
        start = 0
        for row, remark in _json_rows(stream, limits=file.limits):
            if row is None and not remark:
                group.empty_lines += 1
                continue
            if remark:
                (group.problems if row is None else group.notices)[len(group.rows)] = remark
            group.rows.append(row or {})
            if len(group.rows) == GROUP or stream.tell() - start > _PIECE:
                yield group
                group, start = _Group(), stream.tell()
    if group.rows or group.empty_lines:
        yield group


def _json_batches(
    file: SourceFile, schema: dict[str, pl.DataType], names: list[str], count: int
) -> Iterator[TableBatch]:
    # each object may have a key of its own, and each row has all columns
    Budget(file.limits, file.bytes).spend(count * len(names) * _CELL)
    for group in _groups(file):
        frame = columns_frame(transposed(group.rows), len(group.rows), schema, names)
        yield TableBatch(frame, group.problems, group.notices, group.empty_lines)


def joined_batches(batches: Iterable[TableBatch]) -> Iterator[TableBatch]:
    """Join small batches: what is done to one costs more than what is done to a thousand rows."""
    held: list[TableBatch] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows += batch.frame.height
        size += int(batch.frame.estimated_size())
        if rows >= _ROWS or size > _BYTES:
            yield _joined(held)
            held, rows, size = [], 0, 0
    if held:
        yield _joined(held)


def _joined(batches: list[TableBatch]) -> TableBatch:
    problems: dict[int, str] = {}
    notices: dict[int, str] = {}
    first = 0
    for batch in batches:
        problems |= {first + row: reason for row, reason in batch.problems.items()}
        notices |= {first + row: kind for row, kind in batch.notices.items()}
        first += batch.frame.height
    frame = pl.concat([batch.frame for batch in batches], rechunk=True)
    return TableBatch(frame, problems, notices, sum(batch.empty_lines for batch in batches))


def columns_frame(
    columns: dict[str, Values], height: int, schema: dict[str, pl.DataType], names: list[str]
) -> pl.DataFrame:
    """Return columns as a table with these ones; what is no text is text in its JSON form where the type is String."""
    found = {}
    for name in names:
        values = columns.get(name, [None] * height)
        if schema[name] == pl.String:
            values = _as_texts(values)
        found[name] = pl.Series(values, dtype=schema[name])
    return pl.DataFrame(found) if found else pl.DataFrame(height=height)


def _as_texts(values: Values) -> Values:
    """Return values as texts, as `as_text` does."""
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return values
    if kinds <= {dict, list}:  # at once, which takes half the time
        marked = [each for value in values for each in (_MARK, value)]
        texts = _IN_JSON(marked)[:-1].split(_MARKED)[1:]
        if len(texts) == len(values):
            return [text.removesuffix(", ") for text in texts]
    return [as_text(value) for value in values]


def as_text(value: Any) -> str | None:
    """Return a value as text: a string as it is, anything else in its JSON form.

    >>> as_text("خبر"), as_text({"a": [1, True]}), as_text(None)
    ('خبر', '{"a": [1, true]}', None)
    """
    return value if value is None or isinstance(value, str) else _IN_JSON(value)


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
            raise NotUtf8Error(position + error.start) from error
        position += len(raw)
        if text.isspace() or not text:
            yield None, ""
            continue
        check_levels(text, where)
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
            yield None, UNPAIRED
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


def check_levels(text: str, where: str = "it") -> None:
    """Raise ValueError if brackets are nested too deeply for the parser, which would overflow the stack of C."""
    if sys.getrecursionlimit() <= 2 * _DEEPEST:  # it sees that itself
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > _DEEPEST:
            raise ValueError(f"{where} is not JSON that can be read: it has more than {_DEEPEST:,} levels")


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
