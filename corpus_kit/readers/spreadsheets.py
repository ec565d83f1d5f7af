"""Spreadsheets, .xlsx, .xls and .ods, read by fastexcel (calamine); dates and numbers keep their types.

Hidden sheets are left out, unless they are asked for. Of merged cells the first one has the value, as in the file; of
formulas, the value that the program saved with them.
"""

from __future__ import annotations

import datetime as dt
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
_HIDDEN = "hidden sheet"
_ABOVE = "rows above the names of the columns"
_UNNAMED = "__UNNAMED__"  # as fastexcel calls columns
_LOOKED_AT = 20  # rows, for names of columns
_LONGEST_NAME = 40  # characters of such a name, where titles stand above it
_DAY_OF_TIMES = (dt.date(1899, 12, 30), dt.date(1899, 12, 31))  # of what is a time without a date


def spreadsheet(*, sheet: str | None = None, header: int | None = None) -> Format:
    """Return the format of spreadsheets, with options.

    Args:
        sheet: The name of the sheet. None takes the first that is neither empty nor hidden, and all others with the
            same columns.
        header: The row with the names of the columns, from 1; those above it are left out. None takes the first row
            that is not empty, or if that has one cell, such as a title, the first below it that has more.

    Examples:
        >>> import corpus_kit as ck, pathlib, polars as pl, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = pl.DataFrame({"body": ["قالت الوزيرة نعم."]}).write_excel(folder / "news.xlsx", worksheet="2025")
        >>> news = ck.Corpus.build(
        ...     folder / "news.xlsx", folder / "corpus", text="body", format=spreadsheet(sheet="2025")
        ... )
        >>> news.text(0)
        'قالت الوزيرة نعم.'
    """
    if sheet is not None:
        text_argument(sheet, "sheet")
    row = None if header is None else integer(header, "header", least=1)
    return Format("xlsx", (".xlsx", ".xls", ".ods"), open_table=lambda file: spreadsheet_table(file, sheet, row))


def spreadsheet_table(file: SourceFile, sheet: str | None = None, header: int | None = None) -> Table:
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


def _table(file: SourceFile, book: Any, sheet: str | None, header: int | None) -> Table:
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise ValueError(f"sheet must be one of {', '.join(map(repr, names))}, got {sheet!r}. {nearest(sheet, names)}")
    frames: dict[str, pl.DataFrame] = {}
    notices = []
    for name in names if sheet is None else [sheet]:
        loaded, is_visible, above = _loaded(book, name, header)
        if sheet is None and not is_visible:
            notices.append((_HIDDEN, name))
            continue
        frame = _cleaned(loaded)
        if above:
            notices.append((_ABOVE, f"{name}: {above}"))
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


def _loaded(book: Any, name: str, header: int | None) -> tuple[pl.DataFrame, bool, int]:
    """Return a sheet, whether it is visible, and how many rows are above the names of its columns."""
    with _quiet():
        sheet = book.load_sheet(name, header_row=(header or 1) - 1, schema_sample_rows=None)
        frame: pl.DataFrame = sheet.to_polars()
        above = _rows_above(frame) if header is None else 0
        if above:
            cells = frame.row(above - 1)
            names = [cell or f"{_UNNAMED}{number}" for number, cell in enumerate(cells)]
            options = {"header_row": None, "skip_rows": above + 1, "column_names": names}
            frame = book.load_sheet(name, schema_sample_rows=None, **options).to_polars()
    return frame, sheet.visible == "visible", above


def _rows_above(frame: pl.DataFrame) -> int:
    """Return how many rows are above the names of columns, if the first one has a title of the table; otherwise 0."""
    if frame.width < 2 or sum(not name.startswith(_UNNAMED) for name in frame.columns) != 1:
        return 0
    for number, row in enumerate(frame.head(_LOOKED_AT).rows(), 1):
        cells = [cell for cell in row if cell is not None]
        if len(cells) > 1:
            are_names = all(isinstance(cell, str) and _is_name(cell) for cell in cells)
            return number if are_names and len(set(cells)) == len(cells) else 0
    return 0


def _is_name(cell: str) -> bool:
    return 0 < len(cell) <= _LONGEST_NAME and not cell[0].isdecimal()


def _cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a sheet without its empty rows and the empty columns that have no name, and with trimmed names."""
    trimmed = [name.strip() or name for name in frame.columns]
    if len(set(trimmed)) == len(trimmed):
        frame.columns = trimmed
    empty = [each for each in frame.columns if frame[each].null_count() == frame.height]
    frame = frame.with_columns(pl.lit(None).alias(each) for each in empty)  # of no type, and not of text
    frame = frame.drop(each for each in empty if each.startswith(_UNNAMED))
    times = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime) and _are_times(frame[name])]
    frame = frame.with_columns(exactly(name).dt.time() for name in times)
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


def _are_times(column: pl.Series) -> bool:
    return bool(column.drop_nulls().dt.date().is_in(list(_DAY_OF_TIMES)).all())


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
