"""Tables as .xlsx files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO

import polars as pl
from rich.cells import cell_len

from corpus_kit._base.metadata import has_nanoseconds, holds_times
from corpus_kit.errors import InputError, shown

__all__ = ["write_xlsx"]

_ROWS, _COLUMNS, _TEXT = 1_048_576, 16_384, 32_767  # the limits of the format
_EXACT_IN_EXCEL = 10**15  # Excel keeps 15 digits of a number
_WIDTHS_READ = 1_000  # values of a column that decide how wide it is
_WIDEST = 60  # characters


def write_xlsx(frame: pl.DataFrame, file: BinaryIO, title: str, *, right_to_left: bool) -> list[str]:
    """Write a table as one sheet, in which no text is taken for a formula or a link.

    Args:
        frame: A table without nested columns.
        file: Where the bytes go.
        title: The name of the file without its ending.
        right_to_left: The direction of the sheet.

    Returns:
        What Excel could not hold as it was.
    """
    import xlsxwriter  # slow to load, and most tables are saved in other formats

    _check_size(frame)
    changes = []
    columns = []
    _check_texts("the names of columns", frame.columns)
    for column in frame.iter_columns():
        values, change = _for_excel(column)
        if holds_times(column.dtype) and has_nanoseconds(column):
            changes.append(f"column {column.name!r}: times cut to microseconds")
        columns.append(values)
        changes += [f"column {column.name!r}: {change}"] if change else []
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    written = BytesIO()  # xlsxwriter turns a full disk into an error of its own, and leaves its archive open
    book = xlsxwriter.Workbook(written, options)
    # With a fixed date, the same table gives the same bytes. The record has the time.
    book.set_properties({"created": datetime(1980, 1, 1), "comments": f"corpus-kit; see {title}.xlsx.json"})
    sheet = book.add_worksheet(_sheet_name(title))
    if right_to_left:
        sheet.right_to_left()
    header = book.add_format({"bold": True, "bottom": 1})
    formats = [book.add_format({"num_format": _excel_format(column)}) for column in frame.iter_columns()]
    for place, (name, values) in enumerate(zip(frame.columns, columns, strict=True)):
        sheet.write_string(0, place, name, header)
        _write_cells(sheet, place, values, formats[place])
        sheet.set_column(place, place, _excel_width(name, values))
    sheet.freeze_panes(1, 0)
    if frame.width:
        sheet.autofilter(0, 0, frame.height, frame.width - 1)
    book.close()
    file.write(written.getbuffer())
    return changes


def _check_size(frame: pl.DataFrame) -> None:
    if frame.height + 1 > _ROWS or frame.width > _COLUMNS:
        raise InputError(
            f"An .xlsx sheet holds {_ROWS - 1:,} rows below the header and {_COLUMNS:,} columns, but the table has "
            f"{frame.height:,} rows and {frame.width:,} columns. Save it as .csv or .parquet."
        )


def _check_texts(where: str, texts: Sequence[str | None]) -> None:
    for place, text in enumerate(texts):
        if text is not None and len(text.encode("utf-16-le")) // 2 > _TEXT:
            raise InputError(
                f"An .xlsx cell holds {_TEXT:,} characters, but row {place} of {where} has {len(text):,}. "
                "Save the table as .csv or .parquet."
            )


def _write_cells(sheet: Any, place: int, values: list[Any], style: Any) -> None:
    for row, value in enumerate(values, start=1):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(row, place, value)
        elif isinstance(value, str):
            sheet.write_string(row, place, value)
        elif isinstance(value, date):  # a datetime too
            sheet.write_datetime(row, place, value, style)
        else:
            sheet.write_number(row, place, value, style)


def _for_excel(column: pl.Series) -> tuple[list[Any], str | None]:
    """Return the values of a column as Excel can hold them, and what had to be changed for that."""
    dtype, values = column.dtype, column.to_list()
    if dtype.is_float():
        odd = [value is not None and (value != value or abs(value) == float("inf")) for value in values]
        changed = [str(value) if strange else value for value, strange in zip(values, odd, strict=True)]
        return changed, "values not finite written as text" if any(odd) else None
    if dtype.is_integer() or dtype.is_decimal():
        long = [value is not None and (dtype.is_decimal() or abs(value) >= _EXACT_IN_EXCEL) for value in values]
        if any(long):
            return [None if value is None else str(value) for value in values], "written as text to keep every digit"
        return values, None
    if dtype == pl.Boolean:
        return values, None
    if dtype == pl.Date or (isinstance(dtype, pl.Datetime) and dtype.time_zone is None):
        # Excel's calendar starts in 1900 and is wrong before March of that year.
        if all(value is None or value.year > 1900 for value in values):
            return values, None
        return [None if value is None else value.isoformat() for value in values], "dates written as text"
    texts = [None if value is None else _cell_text(value) for value in values]
    _check_texts(f"column {shown(column.name)}", texts)
    if "" in texts and None in texts:
        return texts, "empty texts and missing values are both empty cells"
    return texts, None if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null) else f"{dtype} written as text"


def _cell_text(value: Any) -> str:
    return value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _excel_format(column: pl.Series) -> str:
    dtype = column.dtype
    if dtype == pl.Date:
        return "yyyy-mm-dd"
    if isinstance(dtype, pl.Datetime):
        return "yyyy-mm-dd hh:mm:ss"
    # Amounts get thousands separators; ids and positions (unsigned) do not.
    return "#,##0" if dtype.is_signed_integer() else "General"


def _excel_width(name: str, values: list[Any]) -> int:
    """Return a width in characters, enough for the first values, within bounds."""
    widest = max((cell_len(str(value)) for value in values[:_WIDTHS_READ] if value is not None), default=0)
    return min(max(widest, cell_len(name) + 2) + 2, _WIDEST)


def _sheet_name(title: str) -> str:
    r"""Return a name that Excel accepts: at most 31 characters, none of []:*?/\, no apostrophe at either end."""
    name = "".join("_" if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("'")
    return name if name and name.lower() != "history" else "table"
