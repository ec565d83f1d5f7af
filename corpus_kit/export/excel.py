"""Tables as .xlsx files.

xlsxwriter makes the workbook, with its styles and the first row. The rows below are written here, by Polars and in
blocks: cell by cell, in Python, a million rows take minutes and gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
from rich.cells import cell_len

from corpus_kit._base.metadata import has_nanoseconds, holds_times
from corpus_kit.errors import InputError, shown, warn

__all__ = ["write_xlsx"]

_ROWS, _COLUMNS, _TEXT = 1_048_576, 16_384, 32_767  # the limits of the format
_EXACT_IN_EXCEL = 10**15  # Excel keeps 15 digits of a number
_WIDTHS_READ = 1_000  # values of a column that decide how wide it is
_WIDEST = 60  # characters
_BLOCK = 16_384  # rows that are made at once
_COMPRESSION = 3  # of zlib; more takes longer and saves little
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_EPOCH = 25_569  # 1970-01-01 in Excel's days
_MICROSECONDS = 86_400_000_000  # of a day


class _Column(NamedTuple):
    """A column as a sheet holds it.

    Attributes:
        values: Numbers, Booleans, or texts (String).
        texts: Texts in place of some numbers, where they are not null; None if there are none.
        style: The format of its numbers.
    """

    values: pl.Series
    texts: pl.Series | None
    style: str


def write_xlsx(frame: pl.DataFrame, file: BinaryIO, title: str, *, right_to_left: bool) -> list[str]:
    """Write a table as one sheet, in which no text is taken for a formula or a link.

    Args:
        frame: A table without nested columns. Of one with more rows than a sheet holds, the first are written, with a
            warning.
        file: Where the bytes go.
        title: The name of the file without its ending.
        right_to_left: The direction of the sheet.

    Returns:
        What Excel could not hold as it was.
    """
    changes = _left_out(frame)
    frame = frame.head(_ROWS - 1)
    columns = []
    _check_texts("the names of columns", pl.Series(frame.columns, dtype=pl.String))
    for column in frame.iter_columns():
        made, change = _for_excel(column.alias(""))
        if made.values.dtype == pl.String:
            _check_texts(f"column {shown(column.name)}", made.values)
        if holds_times(column.dtype) and has_nanoseconds(column):
            changes.append(f"column {column.name!r}: times cut to microseconds")
        columns.append(made)
        changes += [f"column {column.name!r}: {change}"] if change else []
    workbook = _workbook(frame, columns, title, right_to_left=right_to_left)
    numbered, texts = _numbered(frame.columns, columns)
    with ZipFile(workbook) as made_by_library, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for name in made_by_library.namelist():
            content = made_by_library.read(name)
            pieces: Iterator[bytes] = iter([content])
            if name == _SHEET and frame.width:
                pieces = _sheet(content.decode(), numbered)
            elif name == _STRINGS:
                pieces = _strings(texts)
            is_large = name == _SHEET and frame.height * frame.width > _ROWS * 16  # perhaps more than 2 GiB
            with archive.open(name, "w", force_zip64=is_large) as part:
                for piece in pieces:
                    part.write(piece)
    return changes


def _left_out(frame: pl.DataFrame) -> list[str]:
    if frame.width > _COLUMNS:
        raise InputError(
            f"An .xlsx sheet holds {_COLUMNS:,} columns, but the table has {frame.width:,}. "
            "Save it as .csv or .parquet."
        )
    left_out = frame.height - (_ROWS - 1)
    if left_out <= 0:
        return []
    last = f"the last {left_out:,} of {frame.height:,} rows are" if left_out > 1 else "the last row is"
    warn(
        f"An .xlsx sheet holds {_ROWS - 1:,} rows below the header, so {last} left out. Save the table as .csv or "
        ".parquet to keep all.",
        stacklevel=None,
    )
    return [f"rows left out: the last {left_out:,} of {frame.height:,}, since a sheet holds no more"]


def _check_texts(where: str, texts: pl.Series) -> None:
    for place in texts.str.len_bytes().gt(_TEXT).arg_true():  # no text has more code units than bytes
        length = len(texts[place].encode("utf-16-le")) // 2  # Excel counts a character such as an emoji as two
        if length > _TEXT:
            raise InputError(
                f"An .xlsx cell holds {_TEXT:,} characters, but row {place} of {where} has {length:,}. "
                "Save the table as .csv or .parquet."
            )


def _for_excel(column: pl.Series) -> tuple[_Column, str | None]:
    """Return a column as Excel can hold it, and what had to be changed for that."""
    dtype, style = column.dtype, _excel_format(column.dtype)
    if dtype.is_float():
        odd = ~column.is_finite() & column.is_not_null()
        if not odd.any():
            return _Column(column, None, style), None
        texts = column.cast(pl.String).str.to_lowercase().set(~odd.fill_null(value=False), None)  # "nan", as Python
        return _Column(column.set(odd, None), texts, style), "values not finite written as text"
    if dtype.is_decimal() or (dtype.is_integer() and column.cast(pl.Float64).abs().ge(_EXACT_IN_EXCEL).any()):
        change = "written as text to keep every digit" if column.null_count() < len(column) else None
        return _Column(column.cast(pl.String), None, style), change
    if dtype.is_integer() or dtype == pl.Boolean:
        return _Column(column, None, style), None
    if dtype == pl.Date or (isinstance(dtype, pl.Datetime) and dtype.time_zone is None):
        # Excel's calendar starts in 1900 and is wrong before March of that year.
        if not column.dt.year().le(1900).any():
            return _Column(_serial(column), None, style), None
        return _Column(_python_texts(column), None, style), "dates written as text"
    if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        texts = column.cast(pl.String)
        both = texts.null_count() and texts.eq("").any()
        return _Column(texts, None, style), "empty texts and missing values are both empty cells" if both else None
    return _Column(_python_texts(column), None, style), f"{dtype} written as text"


def _serial(days: pl.Series) -> pl.Series:
    """Return dates, or times cut to microseconds, as days since the beginning of Excel's calendar."""
    if days.dtype == pl.Date:
        return days.cast(pl.Int64) + _EPOCH
    return days.dt.cast_time_unit("us").cast(pl.Int64) / _MICROSECONDS + _EPOCH


def _python_texts(column: pl.Series) -> pl.Series:
    return pl.Series([None if value is None else _cell_text(value) for value in column], dtype=pl.String)


def _cell_text(value: Any) -> str:
    return value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _excel_format(dtype: pl.DataType) -> str:
    if dtype == pl.Date:
        return "yyyy-mm-dd"
    if isinstance(dtype, pl.Datetime):
        return "yyyy-mm-dd hh:mm:ss"
    # Amounts get thousands separators; ids and positions (unsigned) do not.
    return "#,##0" if dtype.is_signed_integer() else "General"


# ------------------------------------------------------------------------------------------------- the workbook


def _workbook(frame: pl.DataFrame, columns: list[_Column], title: str, *, right_to_left: bool) -> BytesIO:
    """Return a workbook of the first row, and of a second one that is empty and has the styles of the columns."""
    import xlsxwriter  # slow to load, and most tables are saved in other formats

    written = BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    # With a fixed date, the same table gives the same bytes. The record has the time.
    book.set_properties({"created": datetime(1980, 1, 1), "comments": f"corpus-kit; see {title}.xlsx.json"})
    sheet = book.add_worksheet(_sheet_name(title))
    if right_to_left:
        sheet.right_to_left()
    header = book.add_format({"bold": True, "bottom": 1})
    styles = {style: book.add_format({"num_format": style}) for style in dict.fromkeys(each.style for each in columns)}
    first = frame.head(_WIDTHS_READ).iter_columns()
    for place, (column, values) in enumerate(zip(columns, first, strict=True)):
        sheet.write_string(0, place, values.name, header)
        sheet.write_blank(1, place, None, styles[column.style])
        sheet.set_column(place, place, _excel_width(values.name, values))
    sheet.freeze_panes(1, 0)
    if frame.width:
        sheet.autofilter(0, 0, frame.height, frame.width - 1)
    book.close()
    return written


def _excel_width(name: str, values: pl.Series) -> int:
    """Return a width in characters, enough for the first values, within bounds."""
    widest = max((cell_len(str(value)) for value in values if value is not None), default=0)
    return min(max(widest, cell_len(name) + 2) + 2, _WIDEST)


def _sheet_name(title: str) -> str:
    r"""Return a name that Excel accepts: at most 31 characters, none of []:*?/\, no apostrophe at either end."""
    name = "".join("_" if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("'")
    return name if name and name.lower() != "history" else "table"


# ----------------------------------------------------------------------------------------------------- its rows


def _numbered(names: list[str], columns: list[_Column]) -> tuple[pl.DataFrame, pl.Series]:
    """Return the columns with the numbers of texts in place of texts, and the texts in the order of their numbers.

    Column `value N` has the values of column N; `text N` has the numbers of its texts.
    """
    texts = [pl.Series(names, dtype=pl.String)]  # xlsxwriter numbers the names of columns from 0
    texts += [column.values for column in columns if column.values.dtype == pl.String]
    texts += [column.texts for column in columns if column.texts is not None]
    known = pl.concat([each.alias("text") for each in texts]).drop_nulls().unique(maintain_order=True)
    numbers = known.to_frame().with_row_index("number")

    def number(column: pl.Series) -> pl.Series:
        return column.to_frame("text").join(numbers, on="text", how="left", maintain_order="left")["number"]

    made: dict[str, pl.Series] = {}
    for place, column in enumerate(columns):
        if column.texts is not None:
            made[f"text {place}"] = number(column.texts)
        kind = "text" if column.values.dtype == pl.String else "value"
        made[f"{kind} {place}"] = number(column.values) if kind == "text" else column.values
    return pl.DataFrame(made), known


def _sheet(content: str, numbered: pl.DataFrame) -> Iterator[bytes]:
    """Yield the XML of a sheet: as xlsxwriter made it, with rows in place of the second."""
    first_row, _, rest = content.partition("</row>")
    _, _, end = rest.partition("</sheetData>")
    cells = re.findall(r'<c r="([A-Z]+)2"( s="\d+")?/>', rest)
    styles = dict(cells)
    letters = re.findall(r'<c r="([A-Z]+)1"', first_row)
    last = f"{letters[-1]}{numbered.height + 1}"
    yield re.sub('<dimension ref="[^"]*"', f'<dimension ref="A1:{last}"', first_row).encode() + b"</row>"
    row, schema = pl.col("row").cast(pl.String), numbered.schema
    pieces = [pl.lit('<row r="'), row, pl.lit('">')]
    for place, letter in enumerate(letters):
        cell = [
            _cell(pl.col(name), letter, styles.get(letter, ""), schema[name])
            for name in (f"text {place}", f"value {place}")
            if name in schema
        ]
        pieces.append(pl.coalesce(*cell, pl.lit("")))
    line = pl.concat_str(*pieces, pl.lit("</row>"))
    for block in numbered.with_row_index("row", 2).iter_slices(_BLOCK):
        yield block.select(line.str.join("")).item().encode()
    yield f"</sheetData>{end}".encode()


def _cell(values: pl.Expr, letter: str, style: str, dtype: pl.DataType) -> pl.Expr:
    """Return the cells of a column as XML; null where there is none."""
    if dtype == pl.UInt32 and values.meta.output_name().startswith("text"):
        kind, value = ' t="s"', values
    elif dtype == pl.Boolean:
        kind, value = ' t="b"', values.cast(pl.UInt8)
    else:
        kind, value = style, values.cast(pl.Float64) if dtype.is_float() else values
    place = [pl.lit(f'<c r="{letter}'), pl.col("row").cast(pl.String), pl.lit(f'"{kind}><v>')]
    return pl.concat_str(*place, value.cast(pl.String), pl.lit("</v></c>"))


def _strings(texts: pl.Series) -> Iterator[bytes]:
    """Yield the XML of the texts that cells refer to."""
    yield (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="{len(texts)}">'
    ).encode()
    text = pl.col("text")
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.str.replace_all(character, entity, literal=True)
    space = pl.when(pl.col("text").str.contains(r"^\s|\s$")).then(pl.lit(' xml:space="preserve"')).otherwise(pl.lit(""))
    item = pl.concat_str(pl.lit("<si><t"), space, pl.lit(">"), text, pl.lit("</t></si>"))
    for block in texts.alias("text").to_frame().iter_slices(_BLOCK):
        special = block["text"].str.contains(_SPECIAL.pattern)
        if special.any():
            escaped = [_SPECIAL.sub(_escape, each) for each in block["text"].filter(special)]
            block = block.with_columns(text=block["text"].scatter(special.arg_true(), escaped))
        yield block.select(item.str.join("")).item().encode()
    yield b"</sst>"


# Characters that XML has not, which Excel writes as _xHHHH_, and texts that look like one.
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    return f"_x{ord(text):04X}_" if len(text) == 1 else f"_x005F{text}"
