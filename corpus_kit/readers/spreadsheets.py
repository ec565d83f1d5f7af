"""Spreadsheets, .xlsx, .xls and .ods, read by fastexcel (calamine); dates and numbers keep their types."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl

from corpus_kit._base.arguments import integer, text_argument
from corpus_kit._base.metadata import exactly
from corpus_kit.errors import nearest
from corpus_kit.readers.documents import needed
from corpus_kit.readers.formats import Format
from corpus_kit.readers.layout import common_type, converted
from corpus_kit.readers.limits import Budget
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import BATCH_ROWS, Table, TableBatch
from corpus_kit.readers.texts import digest

__all__ = ["spreadsheet", "spreadsheet_table"]

_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # a container of Microsoft, in which a workbook with a password lies
_LARGEST = 2.0**53  # up to which every integer is a number of a spreadsheet
_EMPTY = "empty sheet"
_OTHER = "sheet with other columns"


def spreadsheet(*, sheet: str | None = None, header: int = 1) -> Format:
    """Return the format of spreadsheets, with options.

    Args:
        sheet: The name of the sheet. None takes the first that is not empty, and all others with the same columns.
        header: The row with the names of the columns, from 1; those above it are left out.
    """
    if sheet is not None:
        text_argument(sheet, "sheet")
    row = integer(header, "header", least=1)
    return Format("xlsx", (".xlsx", ".xls", ".ods"), open_table=lambda file: spreadsheet_table(file, sheet, row))


def spreadsheet_table(file: SourceFile, sheet: str | None = None, header: int = 1) -> Table:
    """Open a spreadsheet. Raises SourceError if it is damaged or has a password, or there is no such sheet."""
    with reading(file.name):
        fastexcel = needed("fastexcel", "Spreadsheets")
        _expect_no_bomb(file)
        try:
            book = fastexcel.read_excel(str(file.path))
        except fastexcel.FastExcelError as error:
            with file.path.open("rb") as stream:
                if stream.read(4) == _ENCRYPTED and file.ending.endswith("x"):
                    raise ValueError("it has a password") from error
            raise ValueError(str(error).splitlines()[0]) from error
        return _table(file, book, sheet, header)


def _table(file: SourceFile, book: Any, sheet: str | None, header: int) -> Table:
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise ValueError(f"sheet must be one of {', '.join(map(repr, names))}, got {sheet!r}. {nearest(sheet, names)}")
    frames: dict[str, pl.DataFrame] = {}
    notices = []
    for name in names if sheet is None else [sheet]:
        frame = _frame(book, name, header)
        if frame.is_empty():
            notices.append((_EMPTY, name))
        elif frames and frame.columns != next(iter(frames.values())).columns:
            notices.append((_OTHER, name))
        else:
            frames[name] = frame
    if not frames:
        raise ValueError("it has no rows")
    schema = _schema(list(frames.values()))
    is_many = len(names) > 1 and "sheet" not in schema

    def batches(columns: list[str]) -> Iterator[TableBatch]:
        for name, frame in frames.items():
            own = [(each, dtype) for each, dtype in schema.items() if each in frame.columns]
            whole = frame.select(converted(each, frame.schema[each], dtype).alias(each) for each, dtype in own)
            if is_many:
                whole = whole.with_columns(pl.lit(name).alias("sheet"))
            yield from map(TableBatch, whole.select(exactly(*columns)).iter_slices(BATCH_ROWS))

    if is_many:
        schema = {**schema, "sheet": pl.String()}
    return Table(file.name, schema, digest(file.path), batches, notices)


def _frame(book: Any, name: str, header: int) -> pl.DataFrame:
    """Return a sheet without its empty rows and the empty columns that have no name."""
    with _quiet():
        frame: pl.DataFrame = book.load_sheet(name, header_row=header - 1, schema_sample_rows=None).to_polars()
    empty = [each for each in frame.columns if frame[each].null_count() == frame.height]
    frame = frame.with_columns(pl.lit(None).alias(each) for each in empty)  # of no type, and not of text
    frame = frame.drop(each for each in empty if each.startswith("__UNNAMED__"))
    # a spreadsheet has no integers
    whole = [name for name, dtype in frame.schema.items() if dtype == pl.Float64 and _is_whole(frame[name].alias("x"))]
    frame = frame.with_columns(exactly(name).cast(pl.Int64) for name in whole)
    return frame.filter(~pl.all_horizontal(pl.all().is_null())) if frame.width else frame.clear()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves what fastexcel logs of columns without values."""
    logger = logging.getLogger("fastexcel")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _is_whole(column: pl.Series) -> bool:
    return bool(((column == column.floor()) & (column.abs() <= _LARGEST)).fill_null(value=True).all())


def _schema(frames: list[pl.DataFrame]) -> dict[str, pl.DataType]:
    schema = dict(frames[0].schema)
    for frame in frames[1:]:
        for name, dtype in frame.schema.items():
            is_number = {schema[name], dtype} == {pl.Int64(), pl.Float64()}
            schema[name] = pl.Float64() if is_number else common_type(schema[name], dtype) or pl.String()
    return schema


def _expect_no_bomb(file: SourceFile) -> None:
    """Raise ValueError if a workbook, which is a .zip file, unpacks to far more than it is."""
    if zipfile.is_zipfile(file.path):
        with zipfile.ZipFile(file.path) as archive:
            Budget(file.limits, file.bytes).spend(sum(info.file_size for info in archive.infolist()))
