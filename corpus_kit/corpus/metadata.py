"""Metadata that are added to a corpus, or changed, without building it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from corpus_kit._base.arguments import text_argument
from corpus_kit._base.clock import build_time
from corpus_kit._base.columns import arrow_frame
from corpus_kit._base.metadata import as_text, exactly, holds_times, listed, stored_names, unreadable, unstorable
from corpus_kit.corpus.files import CorpusFiles
from corpus_kit.corpus.writing import Change, annotating, annotations_folder, changed, part
from corpus_kit.errors import InputError, choose, invalid, shown, warn
from corpus_kit.readers.dates import DateForm
from corpus_kit.readers.layout import OWN, common_type

__all__ = ["write_metadata"]

_FIXED = tuple(name for name in OWN if name != "date")
_KEY, _ROW = "\0key", "\0row"  # no column has these names


def write_metadata(
    files: CorpusFiles, table: object, on: str, *, date: str | None, date_format: str | None
) -> CorpusFiles:
    """Add the columns of a table to the documents of a corpus; the arguments are those of `Corpus.with_metadata`."""
    for name, value in (("date", date), ("date_format", date_format)):
        if value is not None:
            text_argument(value, name)
    frame = _checked(table, on)
    if date == on:
        raise invalid("date", "another column than `on`", date)
    if date is not None:
        frame = _dated(frame, date, date_format)
    key = choose(on, files.document_columns(), "on")
    documents = files.read_documents([key])
    keys = documents.select(as_text(exactly(key), documents.schema[key]).alias(_KEY))
    given = frame.with_columns(as_text(exactly(on), frame.schema[on]).alias(_KEY)).drop(cs.by_name(on))
    _expect_keys(given, on)
    rows = keys.join(given.with_row_index(_ROW), on=_KEY, how="left", maintain_order="left")
    unknown = given.height - rows[_ROW].drop_nulls().n_unique()
    if unknown == given.height:
        raise InputError(f"table must have rows of documents of the corpus, but none has one of its values of {on!r}.")
    is_there = rows[_ROW].is_not_null()
    columns = [_joined(files, rows, is_there, name, new) for name, new in _names(given).items()]
    path, expected = files.path, files.manifest["manifest_sha256"]
    with annotating(path, expected), annotations_folder(path) as aside:
        result = changed(aside, files, _change(aside, files, columns, on))
    missing = int((~is_there).sum())
    if unknown or missing:
        warn(
            f"metadata: {unknown:,} of {given.height:,} rows belong to no document; {missing:,} of {len(keys):,} "
            "documents have no row and keep what they had, or have null.",
            stacklevel=3,
        )
    return result


def _change(aside: Path, files: CorpusFiles, columns: list[pl.Series], on: str) -> Change:
    before = files.manifest.get("metadata")
    held: list[pl.Series] = []
    if before is not None:
        names = [name for name in files.schema(before["file"]) if name not in {each.name for each in columns}]
        held = files.read(before["file"], names).get_columns() if names else []
    path = aside / "metadata.parquet"
    pl.DataFrame([*held, *columns]).write_parquet(path, compression="zstd", compression_level=1)
    name, written = part(path, "metadata")
    step: dict[str, Any] = {"created": build_time(), "on": on, "columns": [each.name for each in columns]}
    steps = [*(before or {}).get("steps", []), step]
    return Change({**files.manifest, "metadata": {"file": name, "steps": steps}}, {name: written})


def _checked(table: object, on: object) -> pl.DataFrame:
    frame = table.collect() if isinstance(table, pl.LazyFrame) else table
    if not isinstance(frame, pl.DataFrame):
        frame = arrow_frame(frame, "table")
    if frame is None:
        raise invalid("table", "a DataFrame or another Arrow table", table)
    if not isinstance(on, str) or on not in frame.columns:
        raise invalid("on", "a column of the table and of the documents", on, f"The table has {listed(frame.columns)}.")
    if frame.width < 2 or not frame.height:
        raise InputError(f"table must have rows, and columns beside {shown(on)}.")
    for name, dtype in frame.schema.items():
        reason = unstorable(dtype)
        if reason is not None or "\0" in name:
            why = reason or "a NUL character in its name"
            raise InputError(f"table must have columns that can be stored, but {shown(name)} holds {why}.")
        if holds_times(dtype) and unreadable(frame[name]):
            raise InputError(f"table must have dates of the years 1 to 9999, got others in {shown(name)}.")
    return frame


def _dated(frame: pl.DataFrame, date: object, form: str | None) -> pl.DataFrame:
    if not isinstance(date, str) or date not in frame.columns:
        raise invalid("date", "a column of the table", date, f"It has {listed(frame.columns)}.")
    column = frame[date]
    decided = DateForm.decide(column.alias("").unique().sort(), form, f"column {date!r} of the table")
    days, ends = decided.parse(column)
    lost = int((days.is_null() & column.is_not_null()).sum())
    if lost:
        warn(f"metadata: {lost:,} dates of {shown(date)} were not understood and are null.", stacklevel=4)
    kept = frame if decided.keeps_original or date == "date" else frame.drop(cs.by_name(date))
    columns = [days.alias("date")] if ends is None else [days.alias("date"), ends.alias("date_end")]
    return kept.with_columns(columns)


def _names(given: pl.DataFrame) -> dict[str, str]:
    """Return the name in the corpus of each column."""
    return stored_names([name for name in given.columns if name != _KEY], _FIXED)


def _expect_keys(given: pl.DataFrame, on: str) -> None:
    if given[_KEY].null_count():
        raise InputError(f"table must have a value of {on!r} in every row, got null.")
    twice = given.filter(pl.col(_KEY).is_duplicated())
    if twice.height:
        raise InputError(f"table must have one row for each value of {on!r}, got several for {shown(twice[_KEY][0])}.")


def _joined(files: CorpusFiles, rows: pl.DataFrame, is_there: pl.Series, name: str, new: str) -> pl.Series:
    """Return a column for all documents: what the table says, and elsewhere what was there before."""
    column = rows[name].alias(new)
    if new == "date" and column.dtype != pl.Date:
        raise InputError("table must have dates in the column 'date'; pass date='date' to convert others.")
    schema = files.document_columns()
    if new not in schema:
        return column.cast(pl.String) if column.dtype == pl.Null else column
    before = files.read_documents([new])[new]
    common = common_type(before.dtype, column.dtype)
    if common is None:
        raise InputError(
            f"column {shown(name)} must have the type {before.dtype} as in the corpus, got {column.dtype}."
        )
    chosen = pl.when(is_there).then(column.cast(common)).otherwise(before.cast(common))
    return pl.select(chosen.alias(new)).to_series()
