"""Documents as readers yield them, written to disk until all columns and their types are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.metadata import exactly, inner_types
from corpus_kit.errors import shown
from corpus_kit.readers.documents import Document, Span, Tokens
from corpus_kit.readers.json_lines import as_text
from corpus_kit.readers.layout import common_type, converted
from corpus_kit.readers.sources import writing
from corpus_kit.readers.structure import LAYER_NAME, SPAN, SPANS, TOKEN_FIELDS, TOKENS
from corpus_kit.readers.tables import BATCH_BYTES, BATCH_ROWS, Table, TableBatch

__all__ = ["Spool", "check"]

_KIND = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPAN_BYTES = 24
_TYPES: dict[type, pl.DataType] = {
    str: pl.String(),
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    date: pl.Date(),
    datetime: pl.Datetime("us"),
    time: pl.Time(),
    timedelta: pl.Duration("us"),
}
_GIVEN = {
    "source": pl.String(),
    "file": pl.UInt32(),
    "id": pl.String(),
    "text": pl.String(),
    "headline": SPAN,
    "guess": pl.Boolean(),
    "spans": SPANS,
    "given_tokens": TOKENS,
}  # fmt: skip


class Spool:
    """Documents of several files in order, or rows of a table.

    Args:
        folder: Where their parts are written; it must be empty.
        has_texts: Whether documents are added, and not rows.
    """

    def __init__(self, folder: Path, *, has_texts: bool = True) -> None:
        self._folder = folder
        self.has_texts = has_texts
        self._parts: list[tuple[Path, Path]] = []
        self._types: dict[str, pl.DataType] = {}
        self._has_files = self._has_spans = self._has_tokens = False
        self._clear()
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def _clear(self) -> None:
        self._given: dict[str, list[Any]] = {name: [] for name in _GIVEN}
        self._metadata: list[Mapping[str, Any]] = []
        self._bytes = 0

    def add_row(self, row: Mapping[str, Any]) -> None:
        """Add a row. Raises ValueError for a value that cannot be stored."""
        for name, value in row.items():
            _check_value(name, value)
        self._metadata.append(row)
        self._bytes += sum(2 * len(value) for value in row.values() if isinstance(value, str))
        self._flush_if_full()

    def add(self, document: Document, source: str, name: str, file: int | None) -> None:
        """Add a document.

        Args:
            document: The document.
            source: The file or member that it comes from.
            name: Its id.
            file: The number of the file.

        It must have passed `check`.
        """
        row = (
            source,
            file,
            name,
            document.text,
            _span(*document.headline) if isinstance(document.headline, tuple) else None,
            document.headline == "guess",
            [{"kind": each.kind, **_span(each.start, each.end), "value": each.value} for each in document.spans],
            _token_row(document.tokens),
        )
        for values, value in zip(self._given.values(), row, strict=True):
            values.append(value)
        self._metadata.append(document.metadata)
        self._has_files = self._has_files or file is not None
        self._has_spans = self._has_spans or bool(document.spans)
        self._has_tokens = self._has_tokens or document.tokens is not None
        self._bytes += 2 * len(document.text) + _SPAN_BYTES * len(document.spans)
        if document.tokens is not None:
            self._bytes += _SPAN_BYTES * len(document.tokens.spans) * (1 + len(document.tokens.layers))
        self._flush_if_full()

    def _flush_if_full(self) -> None:
        if len(self._metadata) == BATCH_ROWS or self._bytes > BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._metadata:
            return
        names = dict.fromkeys(name for row in self._metadata for name in row)
        columns = {name: _column([row.get(name) for row in self._metadata]) for name in names}
        metadata = pl.DataFrame(columns) if columns else pl.DataFrame(height=len(self._metadata))
        for name, column in columns.items():
            known = self._types.get(name)
            self._types[name] = column.dtype if known is None else common_type(known, column.dtype) or pl.String()
        paths = self._folder / f"{len(self._parts):06}.arrow", self._folder / f"{len(self._parts):06}-metadata.arrow"
        if self.has_texts:
            given = {name: pl.Series(self._given[name], dtype=dtype) for name, dtype in _GIVEN.items()}
            with writing(paths[0]):
                pl.DataFrame(given).write_ipc(paths[0])
        with writing(paths[1]):
            metadata.write_ipc(paths[1])
        self._parts.append(paths)
        self._clear()

    @property
    def is_empty(self) -> bool:
        """Whether there are no documents."""
        return not self._parts and not self._metadata

    def table(self, name: str) -> Table:
        """Return the table of all documents: its columns are their metadata, and the rest comes with each batch."""
        self._flush()
        own: dict[str, pl.DataType] = {}
        if self._has_files and "file" not in self._types:
            own["file"] = pl.String()
        schema = {**own, **self._types}

        def batches(columns: list[str]) -> Iterator[TableBatch]:
            for of_texts, of_metadata in self._parts:
                given = pl.read_ipc(of_texts) if self.has_texts else None
                found = pl.read_ipc(of_metadata)
                if own and given is not None:
                    found = found.with_columns(given["source"].alias("file"))
                frame = found.select(
                    _as(column, found.schema.get(column), schema[column]).alias(column) for column in columns
                )
                yield TableBatch(frame if columns else pl.DataFrame(height=found.height), given=given)

        return Table(
            name,
            schema,
            "",
            batches,
            has_texts=self.has_texts,
            has_spans=self._has_spans,
            has_tokens=self._has_tokens,
        )


def _as(name: str, found: pl.DataType | None, dtype: pl.DataType) -> pl.Expr:
    if found is not None and dtype == pl.String and inner_types(found):
        return exactly(name).map_elements(lambda value: as_text(value.to_list()), return_dtype=pl.String)
    return converted(name, found, dtype)


def _column(values: list[Any]) -> pl.Series:
    """Return values of one column, in the type that holds all of them; text if there is no other."""
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pl.Series(values, dtype=pl.Null)
    if kinds == {int, float}:
        values, kinds = [None if value is None else float(value) for value in values], {float}
    if len(kinds) == 1:
        [kind] = kinds
        if kind is list:
            inner = _column([item for value in values if value for item in value]).dtype
            dtype = pl.List(pl.String() if inner == pl.Null else inner)
            if inner == pl.String:
                values = [None if value is None else [_plain(item) for item in value] for value in values]
            return pl.Series(values, dtype=dtype)
        if kind is not int or all(value is None or -(2**63) <= value < 2**63 for value in values):
            return pl.Series(values, dtype=_TYPES[kind])
    return pl.Series([_plain(value) for value in values], dtype=pl.String)


def _plain(value: Any) -> str | None:
    return str(value) if isinstance(value, date | time | timedelta) else as_text(value)


def _span(start: int, end: int) -> dict[str, int]:
    return {"start": start, "end": end}


def _token_row(tokens: Tokens | None) -> dict[str, Any] | None:
    if tokens is None:
        return None
    layers = [{"name": name, "values": list(values)} for name, values in tokens.layers.items()]
    return {
        "spans": [_span(start, end) for start, end in tokens.spans],
        "sentences": list(tokens.sentences),
        "layers": layers,
    }


def check(document: Document) -> None:
    """Raise ValueError for what cannot be stored; UnicodeEncodeError for a text that is none."""
    if not isinstance(document.text, str):
        raise ValueError(f"the text of a document must be a str, got {shown(document.text)}")
    if not (document.id is None or isinstance(document.id, str)):
        raise ValueError(f"the id of a document must be a str, got {shown(document.id)}")
    if not isinstance(document.metadata, Mapping):
        raise ValueError(f"the metadata of a document must be a dict, got {shown(document.metadata)}")
    length = len(document.text)
    for text in (document.text, document.id or ""):
        _check_text(text)
    for name, value in document.metadata.items():
        _check_value(name, value)
    if isinstance(document.headline, tuple):
        start, end = document.headline
        _check_span("headline", start, end, length)
    elif document.headline not in (None, "guess"):
        raise ValueError(f'a headline must be a start and an end, "guess" or None, got {shown(document.headline)}')
    for span in document.spans:
        if not isinstance(span, Span) or not isinstance(span.kind, str) or not _KIND.fullmatch(span.kind):
            raise ValueError(f"the kind of a span must be ASCII letters, digits and _, got {shown(span)}")
        if not (span.value is None or isinstance(span.value, str)):
            raise ValueError(f"the value of a span must be a str, got {shown(span.value)}")
        _check_text(span.value or "")
        _check_span(span.kind, span.start, span.end, length)
    if document.tokens is not None:
        _check_tokens(document.tokens, length)


def _check_text(text: str) -> None:
    if _SURROGATE.search(text):
        text.encode()  # raises


def _check_value(name: object, value: object) -> None:
    if not isinstance(name, str) or "\0" in name:
        raise ValueError(f"the name of a column must be a str without NUL characters, got {shown(name)}")
    _check_text(name)
    items = value if isinstance(value, list) else [value]
    for item in items:
        if type(item) is str:
            _check_text(item)
        if item is not None and type(item) not in _TYPES:
            raise ValueError(f"the value of {shown(name)} must be text, a number, a date or a list, got {shown(item)}")
        if isinstance(item, date) and not 1 <= item.year <= 9999:
            raise ValueError(f"the value of {shown(name)} must be a date of the years 1 to 9999")


def _check_span(kind: str, start: object, end: object, length: int) -> None:
    if type(start) is not int or type(end) is not int or not 0 <= start <= end <= length:
        raise ValueError(f"a span must lie in the text of {length:,} code points, got {kind} from {start} to {end}")


def _check_tokens(tokens: Tokens, length: int) -> None:
    before = 0
    if not tokens.spans:
        raise ValueError("tokens must be at least one, or None where the file gives none")
    for start, end in tokens.spans:
        if not before <= start < end <= length:
            raise ValueError(f"tokens must follow one another in the text, got one from {start} to {end}")
        before = end
    if any(not 0 <= number < len(tokens.spans) for number in tokens.sentences):
        raise ValueError(f"sentences must begin at one of the {len(tokens.spans):,} tokens")
    for name, values in tokens.layers.items():
        if not re.fullmatch(LAYER_NAME, name) or name in TOKEN_FIELDS:
            raise ValueError(
                f"the name of a layer must be up to 40 ASCII letters, digits and _, begin with a letter, and be none "
                f"of {', '.join(TOKEN_FIELDS)}, got {shown(name)}"
            )
        if len(values) != len(tokens.spans):
            raise ValueError(f"layer {shown(name)} must have a value for each of the {len(tokens.spans):,} tokens")
        if not all(value is None or isinstance(value, str) for value in values):
            raise ValueError(f"layer {shown(name)} must have texts, or None")
        _check_text("".join(value for value in values if value))
