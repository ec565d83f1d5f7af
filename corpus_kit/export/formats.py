"""The file formats of tables, and what each of them cannot hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from corpus_kit._base.metadata import expect_readable, has_nanoseconds, holds_times, inner_types, leaves
from corpus_kit._base.records import jsonable
from corpus_kit._base.spreadsheets import guarded, may_split
from corpus_kit.display import html
from corpus_kit.display.isolation import frame_has_arabic
from corpus_kit.display.spelled import spelled, spelling_first
from corpus_kit.display.values import is_concordance
from corpus_kit.errors import InputError
from corpus_kit.export.cells import PrintedTable, printed
from corpus_kit.export.excel import write_xlsx
from corpus_kit.export.latex import write_latex
from corpus_kit.export.markdown import write_markdown
from corpus_kit.export.word import write_word

__all__ = ["ENDINGS", "refuse_objects", "write_table"]

Changes = list[str]


def write_table(
    frame: pl.DataFrame,
    file: BinaryIO,
    target: Path,
    *,
    sort: list[str] | None = None,
    labels: Sequence[str] = (),
    verbatim: bool = False,
    source: str = "",
) -> Changes:
    """Write a table in the format that the ending of a path names.

    Args:
        frame: The table.
        file: Where the bytes go.
        target: The path of the file, one of `ENDINGS`.
        sort: The keys by which a concordance is sorted, to mark their words in HTML.
        labels: The columns to show beside the lines of a concordance where it is printed (.html, .docx, .tex, .md).
        verbatim: Whether a .csv file has every text as it is, also one that a spreadsheet would take for a formula.
        source: Where the table comes from, in a line, for .html, .docx, .tex and .md.

    Returns:
        What the format could not hold as it was.
    """
    ending, moved = target.suffix.lower(), list[str]()
    if ending not in _BINARY:
        expect_readable(frame)
    if ending == ".html":
        return _write_html(frame, file, target.stem, sort, labels, source)
    if ending in _PRINTED:
        table, changes = printed(frame, target.stem, labels, source)
        return _rounded(frame) + changes + _PRINTED[ending](table, file)
    if ending in _SHEETS:
        frame, key = spelling_first(frame)
        moved += [f"the column spelling written before {key}"] if key else []
    if ending == ".csv" and not verbatim:
        return moved + _write_for_spreadsheets(frame, file)
    return moved + _WRITERS[ending](frame, file, target.stem)


def _holds(dtype: pl.DataType, kinds: tuple[Any, ...]) -> bool:
    """Return whether a type is one of these, or has one of them inside."""
    return dtype.base_type() in kinds or any(_holds(inner, kinds) for inner in inner_types(dtype))


def refuse_objects(frame: pl.DataFrame) -> None:
    """Raise InputError for a table with a column of Python objects."""
    for name, dtype in frame.schema.items():
        if _holds(dtype, (pl.Object,)):
            raise InputError(f"table must have columns that a file can hold, got Python objects in {name!r} ({dtype}).")


def _in_text(frame: pl.DataFrame, *, nested: bool) -> tuple[pl.DataFrame, Changes]:
    """Return a table with text in place of what a text format cannot hold; with `nested`, also lists and structs."""
    changes: Changes = []
    columns: dict[str, pl.Series] = {}
    for column in frame.iter_columns():
        dtype, name = column.dtype, column.name
        column = column.alias("")  # Polars takes some names for patterns
        if dtype == pl.Binary:
            column = column.bin.encode("hex")
            changes.append(f"column {name!r}: bytes written in hexadecimal")
        elif dtype == pl.Duration:
            column = column.dt.to_string("iso")
            changes.append(f"column {name!r}: durations written in ISO 8601")
        elif dtype.is_nested() and (nested or _is_not_json(dtype)):
            changes.append(f"column {name!r}: {dtype} written as JSON text{_cut_off(column)}")
            column = pl.Series([None if value is None else _json_text(value) for value in column], dtype=pl.String)
        columns[name] = column
    return pl.DataFrame(columns), changes


def _is_not_json(dtype: pl.DataType) -> bool:
    """Return whether Polars cannot write the values of a nested type as JSON."""
    if isinstance(dtype, pl.Map) and dtype.key not in (pl.String, pl.Categorical, pl.Enum):
        return True
    return dtype in (pl.Binary, pl.Duration) or any(map(_is_not_json, inner_types(dtype)))


def _cut_off(column: pl.Series) -> str:
    return ", times cut to microseconds" if holds_times(column.dtype) and has_nanoseconds(column) else ""


def _json_text(value: Any) -> str:
    return json.dumps(_json_cell(value), ensure_ascii=False)


def _json_cell(value: Any) -> Any:
    """Return a nested value for JSON text; unlike in a record, a long list stays whole."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(jsonable(key)): _json_cell(item) for key, item in value.items()}
    if isinstance(value, list | pl.Series):
        return [_json_cell(item) for item in value]
    return jsonable(value)


def _write_for_spreadsheets(frame: pl.DataFrame, file: BinaryIO) -> Changes:
    flat, changes = _in_text(frame, nested=True)
    safe, guards = guarded(flat)
    safe.write_csv(file, include_bom=True, quote_style="non_numeric" if may_split(safe) else "necessary")
    return changes + guards


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
        if _holds(dtype, _FLOATS):
            floats = [leaf for leaf in leaves(flat[name]) if leaf.dtype.is_float()]
            lost = sum(int((~leaf.is_finite()).sum()) for leaf in floats)
            if lost:
                changes.append(f"column {name!r}: {lost:,} values not finite, written as null (JSON has none)")
    flat.write_ndjson(file)
    return changes


def _write_xlsx(frame: pl.DataFrame, file: BinaryIO, title: str) -> Changes:
    flat, changes = _in_text(frame, nested=True)
    return changes + write_xlsx(flat, file, title, right_to_left=frame_has_arabic(frame))


def _write_html(
    frame: pl.DataFrame, file: BinaryIO, title: str, sort: list[str] | None, labels: Sequence[str], source: str
) -> Changes:
    piece = (
        html.concordance_html(frame, sort=sort, labels=labels, max_rows=None)
        if is_concordance(frame)
        else html.table_html(frame, max_rows=None, max_text=None, spelled=True)
    )
    file.write(html.page_html(title, [piece, f"Source: {source}"] if source else [piece]).encode())
    key = spelled(frame)[1]
    return _rounded(frame) + ([f"the column spelling shown in place of {key}"] if key else [])


def _rounded(frame: pl.DataFrame) -> Changes:
    """Return what a table loses that is printed for reading."""
    rounded = any(_holds(dtype, (*_FLOATS, pl.Decimal)) for dtype in frame.dtypes)
    changes = ["numbers rounded for reading"] if rounded else []
    cut = [name for name, dtype in frame.schema.items() if holds_times(dtype) and has_nanoseconds(frame[name])]
    return changes + [f"column {name!r}: times cut to microseconds" for name in cut]


_FLOATS = (pl.Float16, pl.Float32, pl.Float64)
_BINARY = (".parquet", ".arrow", ".ipc")
_SHEETS = (".csv", ".xlsx")  # people read them: what a word is written like comes first
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
_PRINTED: dict[str, Callable[[PrintedTable, BinaryIO], Changes]] = {
    ".docx": write_word,
    ".tex": write_latex,
    ".md": write_markdown,
}

ENDINGS = (*_WRITERS, ".html", *_PRINTED)
