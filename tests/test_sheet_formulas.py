"""Sheets of codes hold no formulas, and every text is read as it was, whatever a spreadsheet made of the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit._base.spreadsheets import guarded
from corpus_kit.coding.coding import read_sheet
from corpus_kit.coding.line_codes import LineCodes
from corpus_kit.coding.sheet_files import Style, decoded, encoded

HOSTILE = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\tx", "\r=1", "\n-", " =1", "\u00a0=1", "\u200f=1",
    "\uff1d1", "'=1", "''=1", "'- نعم'", "'x'", "'", "-5", "+3.5", "- قال", "a;=1", "a\t=1", 'a;"=1', "خبر", '"', "'-5",
]  # fmt: skip
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")


def line(position: int) -> dict[str, Any]:
    return {"id": f"={position}", "position": position, "before": "- قال", "node": "+كلمة", "after": "@a;=1"}


def cells(data: bytes, separator: str = ",") -> list[list[str]]:
    """Return the cells of a file as a spreadsheet finds them."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdigit()


def saved(data: bytes) -> bytes:
    """Return the file as a spreadsheet saves it that keeps the texts of cells."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(cells(data))
    return file.getvalue().encode("utf-8-sig")


def stripped(data: bytes) -> bytes:
    """Return the file as a spreadsheet saves it that takes an apostrophe for the mark of a text."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([cell.removeprefix("'") for cell in row] for row in cells(data))
    return file.getvalue().encode("utf-8-sig")


def tabled(texts: list[str]) -> pl.DataFrame:
    numbers = pl.Series(range(len(texts)), dtype=pl.UInt32)
    return pl.DataFrame({"id": texts, "position": numbers, "node": texts, "code": texts, '=a"b""': texts})


@pytest.mark.parametrize("style", [None, Style(";", "\r\n"), Style(",", "\n", ("",))])
@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_no_cell_is_a_formula_and_every_text_is_read_as_it_was(ending: str, style: Style | None) -> None:
    name = f"codes.{ending}"
    sheet = tabled(HOSTILE).with_columns(pl.lit("=1").alias("")) if style and style.unnamed else tabled(HOSTILE)
    if style and ending == "tsv":
        style = Style("\t", style.newline, style.unnamed)
    data = encoded(sheet, name, style)
    found = cells(data, style.separator if style else "\t" if ending == "tsv" else ",")
    assert len(found) == 1 + len(HOSTILE)
    assert [cell for row in found for cell in row if cell.startswith(STARTS) and not is_number(cell)] == []
    table, again = decoded(data, name)
    assert table.equals(sheet)
    assert encoded(table, name, again) == data


@given(st.lists(st.text(st.sampled_from("'=+-@\t ;a1\"\u200f"), min_size=1, max_size=6), min_size=1, max_size=8))
def test_any_text_is_read_as_it_was(texts: list[str]) -> None:
    sheet = tabled(texts)
    data = encoded(sheet, "codes.csv")
    for _ in range(3):
        table, style = decoded(data, "codes.csv")
        assert table.equals(sheet)
        data = encoded(table, "codes.csv", style)
        assert decoded(saved(data), "codes.csv")[0].equals(sheet)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("save", [saved, stripped])
def test_rounds_through_a_spreadsheet_change_no_code(tmp_path: Path, save: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "codes.csv"
    kept = [code for code in HOSTILE if not (code.startswith("'") and save is stripped) and code == code.strip()]
    codes = LineCodes(path)
    for position, code in enumerate(kept):
        assert not codes.set(line(position), {"code": code, "note": f"{code} x"})
    for round_ in range(3):
        path.write_bytes(save(path.read_bytes()))
        codes = LineCodes(path)
        assert codes.frame["code"].to_list() == kept
        kept = [*kept, f"={round_}"]
        assert not codes.set(line(len(kept) - 1), {"code": kept[-1], "note": "-"})
    assert set(codes.history["kind"]) == {"given"}
    assert codes.frame["before"].unique().to_list() == ["- قال"]
    assert codes.frame["id"].to_list() == [f"={position}" for position in range(len(kept))]
    assert [row[0] for row in cells(path.read_bytes())[1:3]] == ["'=0", "'=1"]


def test_a_sheet_with_formulas_of_an_earlier_hand_is_read_and_guarded_when_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("id,position,node,code,mine\na,1,كلمة,=1+1,-x\n", encoding="utf-8")
    codes = LineCodes(path)
    assert codes.frame["code"].to_list() == ["=1+1"]
    codes.set({"id": "a", "position": 2, "before": "", "node": "كلمة", "after": ""}, {"code": "z"})
    assert cells(path.read_bytes())[1][:5] == ["a", "1", "كلمة", "'=1+1", "'-x"]
    assert set(codes.history["kind"]) == {"found", "given"}
    assert LineCodes(path).frame["code"].to_list() == ["=1+1", "z"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_columns_keep_their_names(tmp_path: Path, ending: str) -> None:
    names = ['a"b', '"', 'say ""x""', "=a", "'=a", "- a", "a,b", "a;=b"]
    with ck.Corpus.build(pl.DataFrame({"text": ["قال - الوزير"]}), tmp_path / "corpus", progress=False) as corpus:
        lines = ck.kwic(corpus, "الوزير")
        path = tmp_path / f"codes.{ending}"
        for code in ("x", "y", "z"):
            assert set(lines.code(path, names).columns) >= set(names)
            LineCodes(path).set(lines.frame.row(0, named=True), {"code": code})
            assert read_sheet(path).columns == ["id", "position", "before", "node", "after", *names, "code", "note"]


def test_a_column_without_a_name_keeps_it() -> None:
    table, _ = guarded(pl.DataFrame({"": ["=1"], "a": ["-"]}))
    assert table.to_dict(as_series=False) == {"": ["'=1"], "a": ["'-"]}
