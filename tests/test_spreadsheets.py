"""Spreadsheets: types of columns, sheets, what is empty, and files that are none."""

from __future__ import annotations

import datetime as dt
import io
import logging
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl  # type: ignore[import-untyped]
import polars as pl
import pytest
import xlsxwriter

import corpus_kit as ck
from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers import limits
from corpus_kit.readers.reader import DocumentReader, ReadReport

Rows = Sequence[Sequence[Any]]
HEAD = ["text", "n", "share", "day", "at", "is_new"]
NEWS: Rows = [
    ["وصل الوفد إلى المدينة.", 1, 0.5, dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 10, 30), True],
    ["غادر الوفد أمس.\nوعاد اليوم.", 2, 1.0, dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, 11, 0), False],
]


def xlsx(path: Path, sheets: dict[str, Rows]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    book.close()
    return path


def of_openpyxl(path: Path, sheets: dict[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        kind = 'office:value-type="string"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f"<table:table-cell {kind}>{lines}</table:table-cell>"


def ods(path: Path, sheets: dict[str, Rows]) -> Path:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join("<table:table-row>" + "".join(map(ods_cell, row)) + "</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return path


WRITERS = {"xlsx": xlsx, "openpyxl.xlsx": of_openpyxl, "ods": ods}


@pytest.fixture(params=WRITERS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return a function that writes sheets as one of the formats."""
    return lambda sheets: WRITERS[request.param](tmp_path / f"x.{request.param}", sheets)


def read(path: Path | Iterable[Path], **options: Any) -> tuple[pl.DataFrame, ReadReport]:
    reader = DocumentReader(path, progress=False, **options)
    return pl.concat(list(reader)).drop("headline", "paragraphs"), reader.report


def test_types(book: Any) -> None:
    path = book({"أخبار": [HEAD, *NEWS]})
    frame, report = read(path)
    assert frame["id"].to_list() == [f"{path.name}:0", f"{path.name}:1"]
    assert frame.select(HEAD[:3]).rows() == [tuple(row[:3]) for row in NEWS]
    assert frame["is_new"].to_list() == [True, False]
    assert frame.schema["n"] == pl.Int64
    assert frame.schema["share"] == pl.Float64
    assert frame["day"].cast(pl.Date).to_list() == [row[3] for row in NEWS]
    assert frame["at"].cast(pl.Datetime("us")).to_list() == [row[4] for row in NEWS]
    assert "sheet" not in frame.columns
    assert report.files[0].documents == 2
    assert not report.skipped
    assert not report.notices


def test_dates_become_the_date(book: Any) -> None:
    frame, _ = read(book({"أخبار": [HEAD, *NEWS]}), date="day", id="n")
    assert frame["date"].to_list() == [row[3] for row in NEWS]
    assert frame.schema["date"] == pl.Date
    assert frame["id"].to_list() == ["1", "2"]


def test_all_sheets_with_the_same_columns(book: Any) -> None:
    head, other = ["text", "n"], ["text", "m"]
    sheets = {
        "فارغة": [],
        "مارس": [head, ["وصل.", 1]],
        "أبريل": [head, ["غادر.", 2.5], ["عاد.", None]],
        "ملاحظات": [other, ["ملاحظة.", 1]],
        "عناوين": [head],
        "مايو": [head, ["ذهب.", None]],
    }
    frame, report = read(book(sheets))
    assert frame.select("text", "n", "sheet").rows() == [
        ("وصل.", 1.0, "مارس"),
        ("غادر.", 2.5, "أبريل"),
        ("عاد.", None, "أبريل"),
        ("ذهب.", None, "مايو"),
    ]
    assert {kind: [each.detail for each in tally.examples] for kind, tally in report.notices.items()} == {
        "empty sheet": ["فارغة", "عناوين"],
        "sheet with other columns": ["ملاحظات"],
    }


def test_one_sheet(book: Any) -> None:
    path = book({"أولى": [["text"], ["وصل."]], "ثانية": [["text", "x"], ["غادر.", 1]]})
    frame, report = read(path, format=ck.readers.spreadsheet(sheet="ثانية"))
    assert frame.select("text", "x").rows() == [("غادر.", 1)]
    assert not report.notices
    with pytest.raises(SourceError, match=r"sheet must be one of 'أولى', 'ثانية', got 'ثالثة'"):
        read(path, format=ck.readers.spreadsheet(sheet="ثالثة"))


def test_a_title_above_the_names_of_the_columns(book: Any) -> None:
    rows = [["تقرير الصحف", None, None], [None] * 3, ["العنوان", " text ", "عدد"], ["أ", "وصل.", 1], ["ب", "عاد.", 2]]
    frame, report = read(path := book({"أ": rows}))
    assert frame.select("العنوان", "text", "عدد").rows() == [("أ", "وصل.", 1), ("ب", "عاد.", 2)]
    assert report.notices["rows above the names of the columns"].examples[0].detail == "أ: 2"
    assert read(path, format=ck.readers.spreadsheet(header=3))[0].equals(frame)
    with pytest.raises(SourceError, match="text must be a column"):
        read(path, format=ck.readers.spreadsheet(header=1))


@pytest.mark.parametrize("below", [["قال الوزير " * 9, "x"], ["وصل.", 1], ["وصل.", "وصل."]])
def test_a_column_without_a_name_is_no_sign_of_a_title(book: Any, below: list[Any]) -> None:
    frame, report = read(book({"أ": [["text", None], below]}))
    assert frame["text"].to_list() == below[:1]
    assert not report.notices


def test_times_without_a_date(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "x.xlsx", {"أ": [["text", "at"], ["وصل.", dt.time(10, 30)], ["عاد.", None]]})
    assert read(path)[0]["at"].to_list() == [dt.time(10, 30), None]


def test_hidden_sheets_are_left_out(tmp_path: Path) -> None:
    path = of_openpyxl(tmp_path / "x.xlsx", {"مسودة": [["text"], ["سر."]], "أ": [["text"], ["وصل."]]})
    book = openpyxl.load_workbook(path)
    book["مسودة"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    frame, report = read(path)
    assert frame["text"].to_list() == ["وصل."]
    assert report.notices["hidden sheet"].examples[0].detail == "مسودة"
    assert read(path, format=ck.readers.spreadsheet(sheet="مسودة"))[0]["text"].to_list() == ["سر."]


def test_a_column_of_the_name_sheet_stays(book: Any) -> None:
    frame, _ = read(book({"أ": [["text", "sheet"], ["وصل.", "x"]], "ب": [["text", "sheet"], ["عاد.", "y"]]}))
    assert frame.select("text", "sheet").rows() == [("وصل.", "x"), ("عاد.", "y")]


def test_empty_rows_and_columns(book: Any) -> None:
    rows = [["text", None, "x", "empty"], [None] * 4, ["وصل.", None, "y", None], [None] * 4, [None, None, "z", None]]
    frame, report = read(book({"أ": rows}))
    assert frame.select("id", "text", "x").rows() == [(frame["id"][0], "وصل.", "y")]
    assert "empty" in frame.columns
    assert [name for name in frame.columns if "UNNAMED" in name] == []
    assert report.skipped["no text"].count == 1  # a row with something in it
    assert report.skipped["no text"].examples[0].row == 1


def test_the_log_of_fastexcel_stays_silent_and_as_it_was(book: Any, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("fastexcel")
    read(book({"أ": [["text", "empty"], ["وصل.", None]]}))
    assert not caplog.records
    assert logger.level == logging.NOTSET


def test_numbers_beyond_exact_ones_stay_floats(book: Any) -> None:
    frame, _ = read(book({"أ": [["text", "n", "m"], ["وصل.", 2.0**60, 3.0], ["عاد.", 1, None]]}))
    assert frame.schema["n"] == pl.Float64
    assert frame["m"].to_list() == [3, None]
    assert frame.schema["m"] == pl.Int64


def test_numbers_and_texts_in_two_sheets(book: Any) -> None:
    frame, _ = read(book({"أ": [["text", "page"], ["وصل.", 7]], "ب": [["text", "page"], ["عاد.", "٧ب"]]}))
    assert frame["page"].to_list() == ["7", "٧ب"]


def test_numbers_and_texts_in_one_column(book: Any) -> None:
    frame, _ = read(book({"أ": [["text", "page"], ["وصل.", 7], ["عاد.", "٧ب"]]}))
    assert frame["page"].to_list() == ["7", "٧ب"]


def test_a_spreadsheet_without_rows(book: Any) -> None:
    with pytest.raises(SourceError, match=r"^cannot read 'x\..*': it has no rows"):
        read(book({"أ": [["text"]], "ب": []}))


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_damaged_files(tmp_path: Path, ending: str) -> None:
    path = WRITERS[ending](tmp_path / f"x.{ending}", {"أ": [["text"], ["وصل."]]})
    data = path.read_bytes()
    for content in (data[: len(data) // 2], b"PK\x03\x04", "قال الوزير".encode()):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=rf"^cannot read 'x\.{ending}': "):
            read(path)
    good = WRITERS[ending](tmp_path / f"y.{ending}", {"أ": [["text"], ["عاد."]]})
    frame, report = read(tmp_path)
    assert frame["id"].to_list() == [f"{good.name}:0"]
    assert [each.source for each in report.skipped["unreadable file"].examples] == [f"x.{ending}"]


def test_a_password(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))
    with pytest.raises(SourceError, match=r"^cannot read 'x\.xlsx': it has a password"):
        read(path)


def test_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_FREE", 0)
    path = xlsx(tmp_path / "x.xlsx", {"أ": [["text"], ["وصل."]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", bytes(4 << 20))
    with pytest.raises(SourceError, match=r"'x\.xlsx'.*expansion"):
        read(path)
    assert read(path, limits={"expansion": 10_000})[0]["text"].to_list() == ["وصل."]


def test_in_an_archive(tmp_path: Path) -> None:
    inner = io.BytesIO(xlsx(tmp_path / "x.xlsx", {"أ": [["text"], ["وصل."]]}).read_bytes())
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("tables/x.xlsx", inner.getvalue())
        archive.writestr("y.txt", "عاد.")
    frame, _ = read(tmp_path / "all.zip")
    assert sorted(frame.select("id", "text").rows()) == [
        ("all.zip/tables/x.xlsx:0", "وصل."),
        ("all.zip/y.txt", "عاد."),
    ]


def test_the_argument() -> None:
    with pytest.raises(InputError, match=r"^sheet must be"):
        ck.readers.spreadsheet(sheet=3)  # type: ignore[arg-type]
