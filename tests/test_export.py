"""Saving tables: files read back as written; the record beside them is correct or absent."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit
from corpus_kit._base import spreadsheets
from corpus_kit._base.records import attach, jsonable, provenance_of
from corpus_kit.errors import InputError
from corpus_kit.export import excel
from corpus_kit.export.save import save
from corpus_kit.versions import show_versions, versions

# Most tables here are made by hand; tests/test_records.py is about the record.
pytestmark = [pytest.mark.interface, pytest.mark.filterwarnings("ignore:.*does not record how the table was made")]

FRAME = pl.DataFrame(
    {
        "word": ["في", "كُرَة، القدم", 'قال "نعم"\nثم', None, ""],
        "count": [41_250, 3, 2, None, 0],
        "share": [0.1, 1e-12, 2.0, None, 0.30000000000000004],
        "document": pl.Series([1, 2, 3, None, 4_000_000_000], dtype=pl.UInt32),
    }
)
ENDINGS = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".arrow", ".ipc", ".xlsx", ".html", ".tex", ".md")
WITH_WORD = (*ENDINGS, *([".docx"] if find_spec("docx") else []))  # which needs an optional library
PRINTED = ["numbers rounded for reading", "column 'word': empty texts and missing values are both empty cells"]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class FakeCorpus:
    """The attributes of a Corpus that `save` uses."""

    def __init__(self, identity: str = "c0ffee") -> None:
        self.id = identity
        self.path = Path("folder") / "news.corpus"
        self.manifest = {
            "checksum": "c0ffeec0ffee",
            "profile": {"name": "repair", "digest": "d1"},
            "counts": {"documents": 12, "tokens": 3400, "words": 3000},
        }


def record_of(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8"))
    return record


def sheet_of(path: Path) -> tuple[ElementTree.Element, list[list[str | None]]]:
    """Return the sheet of an .xlsx file as XML, and its cells as strings."""
    with zipfile.ZipFile(path) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    strings = ["".join(item.itertext()) for item in shared.iter(f"{SHEET}si")]
    width = max(len(row) for row in sheet.iter(f"{SHEET}row"))
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        cells: dict[str, str | None] = {}
        for cell in row:
            value = cell.findtext(f"{SHEET}v")
            column = re.sub(r"\d", "", cell.get("r") or "")
            cells[column] = strings[int(value or 0)] if cell.get("t") == "s" else value
        rows.append([cells.get(chr(ord("A") + place)) for place in range(width)])
    return sheet, rows


@pytest.mark.parametrize(
    ("ending", "read"),
    [
        (".csv", lambda path: pl.read_csv(path, schema=FRAME.schema)),
        (".tsv", lambda path: pl.read_csv(path, schema=FRAME.schema, separator="\t")),
        (".parquet", pl.read_parquet),
        (".jsonl", lambda path: pl.read_ndjson(path, schema=FRAME.schema)),
        (".ndjson", lambda path: pl.read_ndjson(path, schema=FRAME.schema)),
        (".arrow", pl.read_ipc),
        (".ipc", pl.read_ipc),
    ],
)
def test_round_trip(tmp_path: Path, ending: str, read: Any) -> None:
    path = save(FRAME, tmp_path / f"table{ending}")
    assert path == tmp_path / f"table{ending}"
    assert_frame_equal(read(path), FRAME, check_exact=True)


@pytest.mark.parametrize("ending", WITH_WORD)
def test_formats_are_recorded_and_deterministic(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    written = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = save(FRAME, tmp_path / folder / f"table{ending}", note="ملاحظة")
        written.append((path.read_bytes(), path.with_name(path.name + ".json").read_bytes()))
        assert sorted(item.name for item in path.parent.iterdir()) == [path.name, path.name + ".json"]
    assert written[0] == written[1]
    assert record_of(path) == {
        "format": 1,
        "created": "2023-11-14T22:13:20Z",
        "file": f"table{ending}",
        "rows": 5,
        "columns": [
            {"name": "word", "dtype": "String"},
            {"name": "count", "dtype": "Int64"},
            {"name": "share", "dtype": "Float64"},
            {"name": "document", "dtype": "UInt32"},
        ],
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "changes": {
            ".html": ["numbers rounded for reading"],
            ".docx": PRINTED,
            ".tex": [*PRINTED, "1 line breaks written as spaces"],
            ".md": [*PRINTED, "direction isolates (U+2066 to U+2069) around 2 texts"],
            ".xlsx": ["column 'word': empty texts and missing values are both empty cells"],
        }.get(ending, []),
        "corpus": None,
        "made_by": None,
        "note": "ملاحظة",
        "versions": versions(),
    }


def test_csv_has_a_byte_order_mark_but_tsv_does_not(tmp_path: Path) -> None:
    assert save(FRAME, tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfword,count")
    assert save(FRAME, tmp_path / "a.tsv").read_bytes().startswith(b"word\tcount")


@pytest.mark.parametrize("ending", WITH_WORD)
def test_empty_tables(tmp_path: Path, ending: str) -> None:
    assert record_of(save(FRAME.clear(), tmp_path / f"rows{ending}"))["rows"] == 0
    assert record_of(save(pl.DataFrame(), tmp_path / f"columns{ending}"))["columns"] == []


def test_corpus_and_call_are_recorded(tmp_path: Path) -> None:
    table = attach(FRAME.clone(), "ck.frequency", {"by": None, "n": (1, 2)}, corpus_id="c0ffee", profile_digest="d2")
    record = record_of(save(table, tmp_path / "a.csv", FakeCorpus()))
    assert record["corpus"] == {
        "name": "news.corpus",
        "id": "c0ffee",
        "checksum": "c0ffeec0ffee",
        "normalizer": {"name": "repair", "digest": "d1"},
        "documents": 12,
        "tokens": 3400,
        "words": 3000,
    }
    assert record["made_by"] == {
        "function": "ck.frequency",
        "options": {"by": None, "n": [1, 2]},
        "corpus_id": "c0ffee",
        "profile_digest": "d2",
        "version": corpus_kit.__version__,
    }
    assert record_of(save(table.head(1), tmp_path / "a.csv", FakeCorpus()))["made_by"]["then"] == ["head(1)"]
    with pytest.raises(InputError, match=r"^corpus must be .*c0ffee, got bad"):
        save(table, tmp_path / "b.csv", FakeCorpus("bad"))
    bare = FakeCorpus()
    bare.manifest = {}
    assert record_of(save(table, tmp_path / "c.csv", bare))["corpus"]["normalizer"] == {"name": None, "digest": None}
    with pytest.raises(InputError, match=r"^corpus must be a Corpus or None, got DataFrame"):
        save(table, tmp_path / "d.csv", FRAME)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.csv", "a.csv.json", "c.csv", "c.csv.json"]


def test_accepted_table_types(tmp_path: Path) -> None:
    class Concordance:
        frame = FRAME

    for number, table in enumerate((FRAME.lazy(), Concordance(), FRAME)):
        assert_frame_equal(pl.read_parquet(save(table, tmp_path / f"{number}.parquet")), FRAME)
    assert pl.read_parquet(save(FRAME["word"], tmp_path / "s.parquet")).columns == ["word"]
    with pytest.raises(InputError, match=r"^table must be .*got \[1\]"):
        save([1], tmp_path / "x.csv")


FORMULAS = [
    *("=1+1", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\ufeff=1"),
    *("\u200f=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(1)", "\ufe661", "- قال", "+966 5"),
    *("'=1", "''=1", '="a,b"', "=HYPERLINK(0)"),
]
TEXTS = ["خبر", "-5", "+5", "-0.5", "1e5", "'", "'quoted'", "a=b", "", None, "٥-٦", "a\tb", "x\n=1"]


def test_csv_for_spreadsheets_has_no_formulas(tmp_path: Path) -> None:
    frame = pl.DataFrame({"=text": [*FORMULAS, *TEXTS], "n": range(-2, len(FORMULAS) + len(TEXTS) - 2)})
    frame = frame.with_columns(kind=pl.col("=text").cast(pl.Categorical))
    path = save(frame, tmp_path / "a.csv")
    found = pl.read_csv(path, schema_overrides={"kind": pl.String, "'=text": pl.String})
    assert found.columns == ["'=text", "n", "kind"]
    assert found["n"].equals(frame["n"])
    for column in ("'=text", "kind"):
        assert found[column].to_list() == [f"'{text}" for text in FORMULAS] + TEXTS
        assert spreadsheets.unguarded(found[column]).to_list() == FORMULAS + TEXTS
    assert record_of(path)["changes"] == [
        f"column '=text': an apostrophe before {len(FORMULAS)} texts that a spreadsheet would take for formulas",
        f"column 'kind': an apostrophe before {len(FORMULAS)} texts that a spreadsheet would take for formulas",
        "column '=text' is named \"'=text\"",
    ]
    assert [column["name"] for column in record_of(path)["columns"]] == ["=text", "n", "kind"]


@pytest.mark.parametrize(("name", "options"), [("a.csv", {"verbatim": True}), ("a.tsv", {}), ("a.jsonl", {})])
def test_files_for_programs_have_texts_as_they_are(tmp_path: Path, name: str, options: dict[str, bool]) -> None:
    frame = pl.DataFrame({"=text": [*FORMULAS, *TEXTS]})
    path = save(frame, tmp_path / name, **options)
    read = {"a.csv": pl.read_csv, "a.tsv": partial(pl.read_csv, separator="\t"), "a.jsonl": pl.read_ndjson}[name]
    assert read(path).equals(frame)
    assert record_of(path)["changes"] == []


def test_csv_cells_cannot_be_split_by_other_separators(tmp_path: Path) -> None:
    path = save(pl.DataFrame({"text": ["a;=1+1", "b"], "n": [1, 2]}), tmp_path / "a.csv")
    assert path.read_text(encoding="utf-8-sig") == '"text","n"\n"a;=1+1",1\n"b",2\n'
    assert save(pl.DataFrame({"text": ["a; b"]}), path).read_text(encoding="utf-8-sig") == "text\na; b\n"


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_comes_back(text: str) -> None:
    safe, changes = spreadsheets.guarded(pl.DataFrame({"text": [text]}))
    assert spreadsheets.unguarded(safe["text"]).item() == text
    assert bool(changes) == (safe["text"].item() != text)
    first = safe["text"].item().strip()[:1]
    assert first not in ("=", "@", "\uff1d", "\uff20")
    assert first not in ("+", "-", "\uff0b", "\uff0d") or re.fullmatch(r"[+-][0-9.]+", text)


@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk_leaves_the_old_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    if exists:
        save(FRAME, tmp_path / "a.xlsx")
    before = folder_state(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"cannot write .*a\.xlsx': No space left on device\. What was there before"):
        save(FRAME.head(2), tmp_path / "a.xlsx")
    assert folder_state(tmp_path) == before


def test_a_sheet_on_a_full_disk_is_an_ordinary_error() -> None:
    class Full(BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        excel.write_xlsx(FRAME, Full(), "a", right_to_left=False)


def test_nested_values_become_json_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "words": [["قال", None], [], None],
            "made": [{"at": date(2024, 5, 12), "n": 1}, {"at": None, "n": None}, None],
            "raw": [b"\xff\x00", b"", None],
            "gap": [timedelta(hours=25), timedelta(0), None],
            "raws": [[b"\x01"], [], None],
        }
    )
    path = save(frame, tmp_path / "a.tsv")
    assert pl.read_csv(path, separator="\t", infer_schema=False).rows() == [
        ('["قال", null]', '{"at": "2024-05-12", "n": 1}', "ff00", "P1DT1H", '["01"]'),
        ("[]", '{"at": null, "n": null}', "", "PT0S", "[]"),
        (None, None, None, None, None),
    ]
    changes = record_of(path)["changes"]
    assert changes[0] == "column 'words': List(String) written as JSON text"
    assert "column 'raw': bytes written in hexadecimal" in changes
    lines = [json.loads(line) for line in save(frame, tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines[0]["words"] == ["قال", None]
    assert lines[0]["made"] == {"at": "2024-05-12", "n": 1}
    assert (lines[0]["raw"], lines[0]["gap"], lines[0]["raws"]) == ("ff00", "P1DT1H", '["01"]')
    assert_frame_equal(pl.read_parquet(save(frame, tmp_path / "a.parquet")), frame)
    _, cells = sheet_of(save(frame, tmp_path / "a.xlsx"))
    assert cells[1] == ['["قال", null]', '{"at": "2024-05-12", "n": 1}', "ff00", "P1DT1H", '["01"]']


def test_values_json_cannot_hold_are_counted(tmp_path: Path) -> None:
    path = save(pl.DataFrame({"x": [1.0, float("nan"), float("inf"), None]}), tmp_path / "a.jsonl")
    assert [json.loads(line)["x"] for line in path.read_text().splitlines()] == [1.0, None, None, None]
    assert record_of(path)["changes"] == ["column 'x': 2 values not finite, written as null (JSON has none)"]


def test_python_objects_are_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"thing": pl.Series([object()], dtype=pl.Object)})
    for ending in ENDINGS:
        with pytest.raises(InputError, match=r"^table must have .*'thing'"):
            save(frame, tmp_path / f"a{ending}")
    assert list(tmp_path.iterdir()) == []


def test_xlsx_with_arabic_is_right_to_left(tmp_path: Path) -> None:
    sheet, cells = sheet_of(save(FRAME, tmp_path / "frequency.xlsx"))
    view = sheet.find(f"{SHEET}sheetViews/{SHEET}sheetView")
    assert view is not None
    assert view.get("rightToLeft") == "1"
    assert cells[0] == ["word", "count", "share", "document"]
    assert cells[1] == ["في", "41250", "0.1", "1"]
    assert cells[2][0] == "كُرَة، القدم"
    latin, _ = sheet_of(save(pl.DataFrame({"word": ["news"]}), tmp_path / "latin.xlsx"))
    assert 'rightToLeft="1"' not in ElementTree.tostring(latin, encoding="unicode")


def test_xlsx_keeps_text_as_text(tmp_path: Path) -> None:
    texts = ["=1+1", "{=SUM(A1)}", "https://news.example/ar", "007", "+5", "", "_x0041_", "ن\x01\uffff"]
    path = save(pl.DataFrame({"text": texts}), tmp_path / "a.xlsx")
    sheet, cells = sheet_of(path)
    assert sheet.find(f".//{SHEET}f") is None
    assert sheet.find(f".//{SHEET}hyperlink") is None
    assert [row[0] for row in cells[1:6]] == texts[:5]
    with zipfile.ZipFile(path) as book:
        assert all("externalLink" not in name for name in book.namelist())


def test_xlsx_keeps_every_digit_and_every_date(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "big": [2**60 + 1, 1],
            "share": [float("nan"), float("-inf")],
            "price": [Decimal("1.10"), None],
            "day": [date(2024, 5, 12), None],
            "old": [date(1850, 1, 1), date(2024, 1, 1)],
            "at": [datetime(2024, 5, 12, 6, 0), None],
            "hour": [time(6, 30), None],
            "ok": [True, False],
            "kind": pl.Series(["خبر", None], dtype=pl.Categorical),
            "none": [None, None],
        }
    )
    path = save(frame, tmp_path / "a.xlsx")
    _, cells = sheet_of(path)
    assert cells[1] == [
        str(2**60 + 1), "nan", "1.10", "45424", "1850-01-01", "45424.25", "06:30:00", "1", "خبر", None,
    ]  # fmt: skip
    assert cells[2] == ["1", "-inf", None, None, "2024-01-01", None, None, "0", None, None]
    assert record_of(path)["changes"] == [
        "column 'big': written as text to keep every digit",
        "column 'share': values not finite written as text",
        "column 'price': written as text to keep every digit",
        "column 'old': dates written as text",
        "column 'hour': Time written as text",
    ]


def test_xlsx_limits_are_checked_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("س" * 32_768, "\U0001f4f0" * 16_384):  # of the second, Excel counts each character as two
        with pytest.raises(InputError, match="row 1 of column 'text' has 32,768"):
            save(pl.DataFrame({"text": ["س", text]}), tmp_path / "a.xlsx")
    monkeypatch.setattr(excel, "_COLUMNS", FRAME.width - 1)
    with pytest.raises(InputError, match=rf"{FRAME.width - 1} columns, but the table has {FRAME.width}"):
        save(FRAME, tmp_path / "a.xlsx")
    monkeypatch.setattr(excel, "_COLUMNS", FRAME.width)
    monkeypatch.setattr(excel, "_ROWS", 6)
    fits = save(FRAME, tmp_path / "fits.xlsx")
    with pytest.warns(UserWarning, match=r"5 rows below the header, so the last 2 of 7 rows are left out.*\.parquet"):
        cut = save(pl.concat([FRAME, FRAME.head(2)]), tmp_path / "cut.xlsx")
    assert sheet_of(cut)[1] == sheet_of(fits)[1]
    assert record_of(cut)["changes"][0] == "rows left out: the last 2 of 7, since a sheet holds no more"
    assert sorted(item.name for item in tmp_path.iterdir() if item.suffix == ".xlsx") == ["cut.xlsx", "fits.xlsx"]


@pytest.mark.parametrize(
    ("stem", "sheet"), [("a[b]:c*?", "a_b__c__"), ("ك" * 40, "ك" * 31), ("History", "table"), ("'q'", "q")]
)
def test_sheet_names(stem: str, sheet: str) -> None:
    assert excel._sheet_name(stem) == sheet


def test_html_has_all_rows(tmp_path: Path) -> None:
    many = pl.DataFrame({"word": [f"خبر{n}" for n in range(300)], "text": ["س" * 500] * 300})
    page = save(many, tmp_path / "words.html").read_text(encoding="utf-8")
    assert page.count("<tr") == 301
    assert page.count("س" * 500) == 300
    lines = pl.DataFrame({"before": ["ا"], "node": ["ب"], "after": ["ج"], "document": [0], "position": [1]})
    concordance = save(pl.concat([lines] * 150), tmp_path / "lines.html").read_text(encoding="utf-8")
    assert concordance.count('<td class="ck-node"') == 150
    assert "<span style" not in concordance

    class Concordance:
        frame = lines
        sort = "after1"

    assert "<span style" in save(Concordance(), tmp_path / "sorted.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("table.cvs", r"^path must be .*'table\.cvs'.*'\.csv'\?"),
        ("table", "^path must be .*got 'table'"),
        ("table.json", r"^path must be .*'\.jsonl'\?"),
        ("nowhere/table.csv", "^path must be in an existing folder, got .*nowhere"),
        ("folder.csv", "^path must be the name of a file, got the folder"),
    ],
)
def test_bad_paths(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=message):
        save(FRAME, tmp_path / name)
    assert [item.name for item in tmp_path.iterdir()] == ["folder.csv"]


def test_bad_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"^note must be .*got 3"):
        save(FRAME, tmp_path / "a.csv", note=3)  # type: ignore[arg-type]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(InputError, match=r"^SOURCE_DATE_EPOCH must be .*yesterday"):
        save(FRAME, tmp_path / "a.csv")
    (tmp_path / "b.csv.json").mkdir()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    with pytest.raises(InputError, match=r"b\.csv\.json' is a folder"):
        save(FRAME, tmp_path / "b.csv")
    assert [item.name for item in tmp_path.iterdir()] == ["b.csv.json"]


def test_replacing_a_table_keeps_its_permissions(tmp_path: Path) -> None:
    path = save(FRAME, tmp_path / "a.csv")
    if sys.platform != "win32":
        path.chmod(0o640)
    save(FRAME.head(1), path)
    assert record_of(path)["rows"] == 1
    assert record_of(path)["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o640


def folder_state(folder: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in folder.iterdir()}


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("links", [False, True])
@pytest.mark.parametrize("broken", ["table", "record"])
@pytest.mark.parametrize("error", [OSError("no space"), KeyboardInterrupt()])
def test_failed_rename_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool, links: bool, broken: str, error: BaseException
) -> None:
    if exists:
        save(FRAME, tmp_path / "a.csv")
    before = folder_state(tmp_path)
    true_replace = os.replace

    def replace(source: Path, target: Path) -> None:
        if source.name.endswith(".part") and target.name == ("a.csv" if broken == "table" else "a.csv.json"):
            raise error
        true_replace(source, target)

    def no_link(_source: Path, _target: Path) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "replace", replace)
    if not links:
        monkeypatch.setattr(os, "link", no_link)
    with pytest.raises(InputError if isinstance(error, OSError) else type(error)):
        save(FRAME.head(2), tmp_path / "a.csv")
    assert folder_state(tmp_path) == before


@pytest.mark.parametrize("exists", [False, True])
def test_failed_write_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    if exists:
        save(FRAME, tmp_path / "a.csv")
    before = folder_state(tmp_path)

    def full(_handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="no space left on device"):
        save(FRAME.head(2), tmp_path / "a.csv")
    assert folder_state(tmp_path) == before


def test_record_is_correct_or_absent_at_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(FRAME, tmp_path / "a.csv")
    steps = 0

    def check() -> None:
        nonlocal steps
        steps += 1
        if path.with_name("a.csv.json").exists():
            assert record_of(path)["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert path.exists()  # readers always find a table

    def watched(name: str) -> None:
        true = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            check()
            result = true(*arguments, **options)
            check()
            return result

        monkeypatch.setattr(os, name, call)

    for name in ("replace", "link", "unlink", "fsync"):
        watched(name)
    save(FRAME.head(2), path)
    assert steps >= 12
    assert record_of(path)["rows"] == 2


def test_options_become_plain_json() -> None:
    class Profile:
        name, digest = "search", "abc"

    class Kind(Enum):
        WORD = "word"

    options = {
        "profile": Profile(),
        "corpus": FakeCorpus(),
        "where": pl.col("source") == "a",
        "stopwords": frozenset({"ب", "ا"}),
        "path": Path("/somewhere/news.csv"),
        "kind": Kind.WORD,
        "day": date(2024, 5, 12),
        "score": float("nan"),
        "limit": np.int64(3),
        "labels": np.array(["a", "b"]),
        "raw": b"\x01",
        "gap": timedelta(seconds=2),
        "call": print,
    }
    plain = jsonable(options)
    assert plain == {
        "profile": {"name": "search", "digest": "abc"},
        "corpus": {"corpus_id": "c0ffee"},
        "where": str(pl.col("source") == "a"),
        "stopwords": ["ا", "ب"],
        "path": "news.csv",
        "kind": "word",
        "day": "2024-05-12",
        "score": "nan",
        "limit": 3,
        "labels": ["a", "b"],
        "raw": "01",
        "gap": 2.0,
        "call": "<builtins.builtin_function_or_method>",
    }
    json.dumps(plain, allow_nan=False)
    long = jsonable(["x"] * 2000)
    assert long["items"] == 2000
    assert long == {key: value for key, value in jsonable(pl.Series(["x"] * 2000)).items() if key != "dtype"}
    assert long != jsonable(["y"] * 2000)
    table = attach(FRAME, "ck.x", options)
    options["kind"] = "changed later"
    assert (provenance_of(table) or {})["options"]["kind"] == "word"


def test_versions(capsys: pytest.CaptureFixture[str]) -> None:
    found = versions()
    assert found["corpus_kit"] == corpus_kit.__version__
    assert found["polars"] == pl.__version__
    assert found["numpy"] == np.__version__
    assert show_versions() is None
    printed = capsys.readouterr().out
    for name in (*found, "compiled core", "matplotlib", "processors"):
        assert re.search(rf"^{re.escape(name)} +\S", printed, re.MULTILINE)


@pytest.mark.parametrize("missing", ["errors", "_no_such_core"])
def test_versions_report_missing_packages(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("corpus_kit.versions._OPTIONAL", ("no-such-package-here",))
    monkeypatch.setattr("corpus_kit.versions._CORE", missing)
    show_versions()
    printed = capsys.readouterr().out
    assert re.search(r"no-such-package-here +not installed", printed)
    assert re.search(rf"compiled core +no \({missing} missing\)", printed)
