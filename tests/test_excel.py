"""Sheets beside those that xlsxwriter makes cell by cell: the same cells, formats, strings and layout."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
import xlsxwriter
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_kit.export import excel

pytestmark = pytest.mark.interface

FRAME = pl.DataFrame(
    {
        "word": ["في", None, "", " =1+1 & <b> ", "_x0041_\x01\n\ufffe", "word"],
        "count": pl.Series([1, -2, None, 40_000, 5, 999_999_999_999_999], dtype=pl.Int64),
        "position": pl.Series([0, 1, 2, None, 4, 4_000_000_000], dtype=pl.UInt32),
        "rate": [0.1, 1e-12, None, -0.5, 30000.25, 1e15],
        "single": pl.Series([0.1, None, 2.0, 3.0, 4.0, 5.5], dtype=pl.Float32),
        "is_noun": [True, False, None, True, True, False],
        "day": [date(2024, 5, 12), None, date(1901, 1, 1), date(9999, 12, 31), date(2000, 2, 29), date(1999, 1, 1)],
        "at": [datetime(2024, 5, 12, 6, 0), None, *[datetime(2000, 1, 1, 23, 59, 59)] * 4],
        "kind": pl.Series(["a", None, "b", "a", "a", "b"], dtype=pl.Enum(["a", "b"])),
        "price": pl.Series([Decimal("1.10"), None, *[Decimal("2.00")] * 4]),
        "odd": [float("nan"), float("inf"), float("-inf"), None, 1.5, 2.0],
        "large": [2**60 + 1, None, 1, -(2**60) - 1, 0, 5],
        "hour": [time(6, 30), None, *[time(1, 2, 3)] * 4],
        "none": [None] * 6,
    }
)


def twin(frame: pl.DataFrame, title: str, *, right_to_left: bool) -> bytes:
    """Return a sheet that xlsxwriter writes, a cell at a time."""
    written = BytesIO()
    book = xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title)
    if right_to_left:
        sheet.right_to_left()
    header = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(frame.iter_columns()):
        sheet.write_string(0, place, column.name, header)
        kind = {pl.Date: "yyyy-mm-dd", pl.Datetime: "yyyy-mm-dd hh:mm:ss"}.get(column.dtype.base_type(), "General")
        style = book.add_format({"num_format": "#,##0" if column.dtype.is_signed_integer() else kind})
        is_text = column.dtype.is_decimal() or column.name in ("large", "hour")
        for row, value in enumerate(column.to_list(), start=1):
            if value is None:
                continue
            if isinstance(value, bool):
                sheet.write_boolean(row, place, value)
            elif isinstance(value, str) or is_text or value != value or value in (float("inf"), float("-inf")):
                sheet.write_string(row, place, str(value))
            elif isinstance(value, date):
                sheet.write_datetime(row, place, value, style)
            else:
                sheet.write_number(row, place, value, style)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, frame.height, frame.width - 1)
    book.close()
    return written.getvalue()


def ours(frame: pl.DataFrame, title: str, *, right_to_left: bool) -> bytes:
    written = BytesIO()
    excel.write_xlsx(frame, written, title, right_to_left=right_to_left)
    return written.getvalue()


def content(data: bytes) -> tuple[list[Any], list[Any]]:
    """Return the cells of a sheet, with strings and formats in place of their numbers, and the rest of its XML."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        strings = [
            (item[0].text, dict(item[0].attrib)) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        styles = book.read("xl/styles.xml").decode()
    codes = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', styles))
    formats = [codes.get(number, number) for number in re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])]
    cells, rest = [], []
    for part in sheet:
        if part.tag.endswith("sheetData"):
            for row in part:
                for cell in row:
                    kind, value = cell.get("t"), cell[0].text
                    shown = strings[int(value)] if kind == "s" else float(value)  # type: ignore[arg-type]
                    if isinstance(shown, float):
                        shown = round(shown, 9)
                    cells.append((row.get("r"), cell.get("r"), kind, formats[int(cell.get("s", 0))], shown))
        elif not part.tag.endswith("cols"):
            rest.append(ElementTree.tostring(part))
    return cells, rest


@pytest.mark.parametrize("block", [1, 4, 100])
@pytest.mark.parametrize("right_to_left", [False, True])
def test_sheets_are_those_of_xlsxwriter(monkeypatch: pytest.MonkeyPatch, block: int, right_to_left: bool) -> None:
    monkeypatch.setattr(excel, "_BLOCK", block)
    made = ours(FRAME, "words", right_to_left=right_to_left)
    expected = twin(FRAME, "words", right_to_left=right_to_left)
    assert content(made)[0] == content(expected)[0]
    assert content(made)[1] == content(expected)[1]
    assert made == ours(FRAME, "words", right_to_left=right_to_left)


@settings(max_examples=examples(60))
@given(st.lists(st.none() | st.text(st.characters(codec="utf-8")), max_size=6), st.text(st.characters(codec="utf-8")))
def test_any_text_is_written_as_by_xlsxwriter(texts: list[str | None], name: str) -> None:
    frame = pl.DataFrame({name: pl.Series(texts, dtype=pl.String)})
    assert content(ours(frame, "a", right_to_left=False))[0] == content(twin(frame, "a", right_to_left=False))[0]


@pytest.mark.slow  # openpyxl is for tests only
def test_other_programs_read_the_sheet(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "a.xlsx"
    path.write_bytes(ours(FRAME.select("word", "count", "day", "is_noun"), "a", right_to_left=True))
    sheet = openpyxl.load_workbook(path).active
    assert sheet.sheet_view.rightToLeft
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions == "A1:D7"
    assert [cell.value for cell in sheet[2]] == ["في", 1, datetime(2024, 5, 12), True]
    assert [cell.data_type for cell in sheet["A"][1:5]] == ["s", "n", "s", "s"]
    assert sheet["A5"].value == " =1+1 & <b> "
    assert sheet["B5"].number_format == "#,##0"
    assert sheet.column_dimensions["A"].width > 5
