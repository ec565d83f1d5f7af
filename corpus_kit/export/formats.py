"""The file formats of tables, and what each of them cannot hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from corpus_kit._base.records import jsonable
from corpus_kit.display import html
from corpus_kit.display.isolation import frame_has_arabic
from corpus_kit.display.values import is_concordance
from corpus_kit.errors import InputError
from corpus_kit.export.excel import write_xlsx

__all__ = ["ENDINGS", "refuse_objects", "write_table"]

_NESTED = (pl.List, pl.Array, pl.Struct)

Changes = list[str]


def write_table(
    frame: pl.DataFrame, file: BinaryIO, target: Path, *, sort: list[str] | None = None, labels: Sequence[str] = ()
) -> Changes:
    """Write a table in the format that the ending of a path names.

    Args:
        frame: The table.
        file: Where the bytes go.
        target: The path of the file, one of `ENDINGS`.
        sort: The keys by which a concordance is sorted, to mark their words in HTML.
        labels: The columns to show beside the lines of a concordance in HTML.

    Returns:
        What the format could not hold as it was.
    """
    if target.suffix.lower() == ".html":
        return _write_html(frame, file, target.stem, sort, labels)
    return _WRITERS[target.suffix.lower()](frame, file, target.stem)


def _holds(dtype: pl.DataType, kinds: tuple[Any, ...]) -> bool:
    """Return whether a type is one of these, or has one of them inside."""
    if isinstance(dtype, pl.List | pl.Array) and isinstance(dtype.inner, pl.DataType):
        return dtype.base_type() in kinds or _holds(dtype.inner, kinds)
    if isinstance(dtype, pl.Struct):
        fields = (field.dtype for field in dtype.fields)
        return pl.Struct in kinds or any(isinstance(inner, pl.DataType) and _holds(inner, kinds) for inner in fields)
    return dtype.base_type() in kinds


def refuse_objects(frame: pl.DataFrame) -> None:
    """Raise InputError for a table with a column of Python objects."""
    for name, dtype in frame.schema.items():
        if _holds(dtype, (pl.Object,)):
            raise InputError(f"table must have columns that a file can hold, got Python objects in {name!r} ({dtype}).")


def _in_text(frame: pl.DataFrame, *, nested: bool) -> tuple[pl.DataFrame, Changes]:
    """Return a table with text in place of what a text format cannot hold; with `nested`, also lists and structs."""
    changes: Changes = []
    columns: list[pl.Series] = []
    for column in frame.iter_columns():
        dtype, name = column.dtype, column.name
        if dtype == pl.Binary:
            column = column.bin.encode("hex")
            changes.append(f"column {name!r}: bytes written in hexadecimal")
        elif dtype == pl.Duration:
            column = column.dt.to_string("iso")
            changes.append(f"column {name!r}: durations written in ISO 8601")
        elif isinstance(dtype, _NESTED) and (nested or _holds(dtype, (pl.Binary, pl.Duration))):
            texts = [None if value is None else _json_text(value) for value in column.to_list()]
            column = pl.Series(name, texts, dtype=pl.String)
            changes.append(f"column {name!r}: {dtype} written as JSON text")
        columns.append(column)
    return pl.DataFrame(columns), changes


def _json_text(value: Any) -> str:
    return json.dumps(_json_cell(value), ensure_ascii=False)


def _json_cell(value: Any) -> Any:
    """Return a nested value for JSON text; unlike in a record, a long list stays whole."""
    if isinstance(value, dict):
        return {key: _json_cell(item) for key, item in value.items()}
    if isinstance(value, list | pl.Series):
        return [_json_cell(item) for item in value]
    return jsonable(value)


def _write_csv(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    return _write_separated(frame, file, ",", bom=True)


def _write_tsv(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    return _write_separated(frame, file, "\t", bom=False)


def _write_separated(frame: pl.DataFrame, file: BinaryIO, separator: str, *, bom: bool) -> Changes:
    flat, changes = _in_text(frame, nested=True)
    flat.write_csv(file, include_bom=bom, separator=separator)
    return changes


def _write_parquet(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    frame.write_parquet(file)
    return []


def _write_ipc(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    frame.write_ipc(file)
    return []


def _write_json_lines(frame: pl.DataFrame, file: BinaryIO, _: str) -> Changes:
    flat, changes = _in_text(frame, nested=False)
    for name, dtype in flat.schema.items():
        if dtype.is_float():
            lost = int((~flat[name].is_finite()).sum())
            if lost:
                changes.append(f"column {name!r}: {lost:,} values not finite, written as null (JSON has none)")
    flat.write_ndjson(file)
    return changes


def _write_xlsx(frame: pl.DataFrame, file: BinaryIO, title: str) -> Changes:
    flat, changes = _in_text(frame, nested=True)
    return changes + write_xlsx(flat, file, title, right_to_left=frame_has_arabic(frame))


def _write_html(
    frame: pl.DataFrame, file: BinaryIO, title: str, sort: list[str] | None, labels: Sequence[str]
) -> Changes:
    piece = (
        html.concordance_html(frame, sort=sort, labels=labels, max_rows=None)
        if is_concordance(frame)
        else html.table_html(frame, max_rows=None, max_text=None)
    )
    file.write(html.page_html(title, [piece]).encode())
    return ["numbers rounded for reading"] if any(dtype.is_float() for dtype in frame.dtypes) else []


_WRITERS: dict[str, Callable[[pl.DataFrame, BinaryIO, str], Changes]] = {
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".parquet": _write_parquet,
    ".jsonl": _write_json_lines,
    ".ndjson": _write_json_lines,
    ".arrow": _write_ipc,
    ".ipc": _write_ipc,
    ".xlsx": _write_xlsx,
}

ENDINGS = (*_WRITERS, ".html")
