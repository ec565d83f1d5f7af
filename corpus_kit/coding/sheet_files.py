"""The files of sheets: read with care, since people edit them with any program, and written as they were found.

In .csv and .tsv files a text that a spreadsheet would take for a formula has an apostrophe before it. It is no part of
the text: reading takes it away, whether a spreadsheet has kept it or not.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from corpus_kit._base.metadata import exactly, listed
from corpus_kit._base.spreadsheets import guarded, may_split, unguarded
from corpus_kit.corpus.storage import reason
from corpus_kit.errors import InputError

__all__ = ["ENDINGS", "KEY", "SHOWN", "Style", "decoded", "encoded"]

ENDINGS = (".csv", ".tsv", ".parquet")
KEY = ("id", "position")
SHOWN = ("before", "node", "after")
_BOM = "\ufeff"  # by which spreadsheets recognise UTF-8
_LARGEST = 2**32  # positions are below it
_MOST_COLUMNS = 1_000
_LIMIT_OF_CELLS = threading.Lock()  # guards the one setting of the csv module


@dataclass(frozen=True)
class Style:
    """What of a text file is not in its table: it is written again as it was."""

    separator: str = ","
    newline: str = "\n"
    unnamed: tuple[str, ...] = ()  # columns that have no name in the file


def decoded(data: bytes, name: str) -> tuple[pl.DataFrame, Style]:
    """Return the table of a sheet, and its style.

    Cells of text files are String, apart from the position; empty ones are null, but in id, before and after.

    Raises:
        InputError: If the file is damaged or no sheet of codes; the message names the line.
    """
    try:
        if _ending(name) == ".parquet":
            sheet, style = pl.read_parquet(io.BytesIO(data)), _style(name)
        else:
            sheet, style = _delimited(data, name)
        _expect_columns(sheet, name)
        sheet = sheet.with_columns(pl.col("id").cast(pl.String), pl.col("position").cast(pl.UInt32))
        if sheet["position"].null_count() or sheet["id"].null_count():
            raise ValueError("a row has no id or no position")
    except (ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the sheet of codes {name!r} cannot be read: {reason(error)}.") from None
    return sheet, style


def encoded(sheet: pl.DataFrame, name: str, style: Style | None = None) -> bytes:
    """Return the file of a sheet, in the format of the ending of the path."""
    file = io.BytesIO()
    if _ending(name) == ".parquet":
        sheet.write_parquet(file)
        return file.getvalue()
    style = style or _style(name)
    file.write(_BOM.encode())
    safe, _ = guarded(sheet)
    if style.unnamed:
        header = ["" if name in style.unnamed else name for name in safe.columns]
        names = io.StringIO()
        csv.writer(names, delimiter=style.separator, lineterminator=style.newline).writerow(header)
        file.write(names.getvalue().encode())
    safe.write_csv(
        file,
        include_header=not style.unnamed,
        separator=style.separator,
        line_terminator=style.newline,
        quote_style="non_numeric" if may_split(safe) else "necessary",
    )
    return file.getvalue()


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _style(name: str) -> Style:
    return Style("\t" if _ending(name) == ".tsv" else ",")


def _expect_columns(sheet: pl.DataFrame, name: str) -> None:
    missing = [column for column in (*KEY, "node") if column not in sheet.columns]
    if missing:
        raise InputError(
            f"{name!r} is not a sheet of codes: it lacks {', '.join(missing)}. There are: {listed(sheet.columns)}."
        )


def _delimited(data: bytes, name: str) -> tuple[pl.DataFrame, Style]:
    """Read a .csv or .tsv file. ValueError says which line is damaged."""
    text = _text(data)
    ending = re.search(r"\r\n|\n|\r", text)
    header = text[: ending.start()] if ending else text
    separator = "\t" if _ending(name) == ".tsv" else max(",;\t", key=header.count)
    rows = _rows(text, separator)
    _, names = next(rows, (1, []))
    if not names:
        raise ValueError("it is empty")
    columns, unnamed = _columns(unguarded(pl.Series(names)).to_list())
    if any(name not in columns for name in (*KEY, "node")):
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), Style()  # no sheet of codes
    style = Style(separator, ending[0] if ending else "\n", unnamed)
    cells = _cells(rows, columns, is_cut=not text.endswith(("\n", "\r")))
    texts = {name: unguarded(pl.Series(found, dtype=pl.String)) for name, found in zip(columns, cells, strict=True)}
    table = pl.DataFrame(texts)
    emptied = [name for name in columns if name not in ("id", "before", "after")]
    blank = (pl.when(exactly(name) != "").then(exactly(name)).alias(name) for name in emptied)
    return table.with_columns(blank), style


def _text(data: bytes) -> str:
    """Return a file as text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line:,} is not UTF-8 (in Excel, save it as CSV UTF-8)") from None
    if "\0" in text:
        raise ValueError(f"line {text.count(chr(10), 0, text.index(chr(0))) + 1:,} has NUL characters")
    return text


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, and the line on which each begins."""
    with _LIMIT_OF_CELLS:
        before = csv.field_size_limit(max(len(text), 1))
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
            found, line = [], 1
            try:
                for row in reader:
                    found.append((line, row))
                    line = reader.line_num + 1
            except csv.Error as error:
                raise ValueError(f"line {line:,} is damaged ({error})") from None
        finally:
            csv.field_size_limit(before)
    return iter([(line, row) for line, row in found if any(row)])


def _columns(names: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return different names for the columns, and those of them that the file does not name."""
    if len(names) > _MOST_COLUMNS:
        raise ValueError(f"line 1 names {len(names):,} columns, and a sheet has at most {_MOST_COLUMNS:,}")
    found: list[str] = []
    unnamed: list[str] = []
    for name in names:
        if name and name in found:
            raise ValueError(f"line 1 names the column {name!r:.60} twice")
        if not name:
            name = f"_duplicated_{len(unnamed) - 1}" if unnamed else ""
            unnamed.append(name)
        found.append(name)
    if len(set(found)) < len(found):
        raise ValueError("line 1 has columns without a name")
    return found, tuple(unnamed)


def _cells(rows: Iterator[tuple[int, list[str]]], columns: list[str], *, is_cut: bool) -> list[list[str]]:
    """Return the cells of each column.

    Spreadsheets leave out empty cells at the end of a row, or add some.
    """
    position, needed, width = columns.index("position"), 1 + max(map(columns.index, (*KEY, "node"))), len(columns)
    found: list[list[str]] = []
    line, count = 1, width
    for line, row in rows:
        count = len(row)
        if count != width:
            if any(row[width:]):
                raise ValueError(f"line {line:,} has {count} cells, and there are {width} columns")
            if count < needed:
                raise ValueError(f"line {line:,} is cut off")
            row = row[:width] + [""] * (width - count)
        place = row[position] = row[position].strip()
        if not (place.isascii() and place.isdigit() and len(place) < 11 and int(place) < _LARGEST):
            raise ValueError(f"line {line:,} has the position {place!r:.60}, which is no whole number")
        found.append(row)
    if is_cut and count < width:
        raise ValueError(f"line {line:,} is cut off")
    return [list(cells) for cells in zip(*found, strict=True)] or [[] for _ in columns]
