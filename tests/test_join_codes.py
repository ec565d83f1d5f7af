"""`ck.join_codes`: sheets of several coders in one table; files and tables, and what is refused."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

LINES = ck.kwic(ck.sample_corpus(), "هدنة").frame.select("id", "position", "before", "node", "after")
SARA = LINES.with_columns(code=pl.Series(["for"] * 12 + ["against"] * 4))
ALI = LINES.reverse().with_columns(code=pl.Series(["against", " for ", *["for"] * 14]))


def of(codes: dict[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame({"id": list(codes), "code": list(codes.values())}, schema={"id": pl.String, "code": pl.String})


def joined_slowly(sheets: dict[str, dict[str, str | None]]) -> list[tuple[Any, ...]]:
    ids = list(dict.fromkeys(id for codes in sheets.values() for id in codes))
    rows = [(id, *(codes.get(id) or None for codes in sheets.values())) for id in ids]
    return [(*row, sum(code is not None for code in row[1:])) for row in rows]


SHEET = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y", "", None]), min_size=1)


@given(sheets=st.lists(SHEET, min_size=2, max_size=4))
def test_join_equals_its_twin(sheets: list[dict[str, str | None]]) -> None:
    named = {f"coder{number}": codes for number, codes in enumerate(sheets, 1)}
    shares = any(set(one) & set(two) for place, one in enumerate(sheets) for two in sheets[:place])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not shares:
            with pytest.raises(InputError, match=r"^sheets must share items"):
                ck.join_codes([of(codes) for codes in sheets])
            return
        assert ck.join_codes([of(codes) for codes in sheets]).rows() == joined_slowly(named)


def test_sheets_in_another_order_join_by_item() -> None:
    table = ck.join_codes([SARA, ALI], coders=["sara", "ali"])
    assert table.columns == ["id", "position", "before", "node", "after", "sara", "ali", "codes"]
    assert table.select("id", "position").equals(LINES.select("id", "position"))
    assert table["sara"].to_list() == ["for"] * 12 + ["against"] * 4
    assert table["ali"].to_list() == ["for"] * 15 + ["against"]
    assert table.schema["codes"] == pl.UInt32
    record = provenance_of(table)
    assert record is not None
    assert record["options"]["item"] == ["id", "position"]


def test_agreement_takes_the_sheets() -> None:
    whole = ck.join_codes([SARA, ALI], coders=["sara", "ali"])
    assert ck.news.agreement([SARA, ALI], coders=["sara", "ali"]).equals(
        ck.news.agreement(whole, coders=["sara", "ali"])
    )
    assert ck.news.agreement([SARA, ALI]).item(0, "coders") == "coder1, coder2"
    sheets = [SARA.rename({"code": "stance"}), ALI.rename({"code": "stance"})]
    with pytest.raises(InputError, match=r"column 'code', .* code= names another column, such as 'stance'"):
        ck.news.agreement(sheets, coders=["sara", "ali"])
    named = ck.news.agreement(sheets, coders=["sara", "ali"], code="stance")
    assert named.equals(ck.news.agreement(whole, coders=["sara", "ali"]))
    with pytest.raises(InputError, match=r"^code must be None unless sheet is a list"):
        ck.news.agreement(whole, coders=["sara", "ali"], code="stance")


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", pytest.param(".xlsx", marks=pytest.mark.slow)])
def test_files(tmp_path: Path, ending: str) -> None:
    if ending == ".xlsx":
        pytest.importorskip("fastexcel")
        pytest.importorskip("xlsxwriter")
    for name, sheet in (("sara", SARA), ("ali", ALI)):
        path = tmp_path / f"{name}{ending}"
        if ending == ".tsv":
            sheet.write_csv(path, separator="\t")
        elif ending == ".parquet":
            sheet.write_parquet(path)
        else:
            ck.save(sheet, path)
    files = [tmp_path / f"sara{ending}", str(tmp_path / f"ali{ending}")]
    assert ck.join_codes(files).equals(ck.join_codes([SARA, ALI], coders=["sara", "ali"]))
    assert ck.join_codes([files[0], ALI], coders=["sara", "ali"]).height == 16


@pytest.mark.parametrize(
    ("encoding", "separator", "end"),
    [("cp1256", ";", "\r\n"), ("utf-16", "\t", "\n"), ("utf-8-sig", ",", "\n" + 5 * "," + "\n\n")],
)
def test_sheets_that_spreadsheets_write(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    text = ALI.write_csv(separator=separator, line_terminator="\r\n" if end == "\r\n" else "\n")
    (tmp_path / "ali.csv").write_bytes((text + end[1:]).encode(encoding, "replace"))
    found = ck.join_codes([SARA, tmp_path / "ali.csv"], coders=["sara", "ali"])
    assert found.equals(ck.join_codes([SARA, ALI], coders=["sara", "ali"]))


def test_codes_that_look_the_same_are_the_same() -> None:
    one = of({"a": "for\u200f", "b": "e\u0301", "c": "y|x", "d": "For", "e": "\u00a0مع"})
    two = of({"a": "for", "b": "\u00e9", "c": "x | y", "d": "for", "e": "مَع"})
    with pytest.warns(UserWarning, match="differ in spelling only") as caught:
        table = ck.join_codes([one, two])
    assert [row[1] == row[2] for row in table.rows()] == [True, True, True, False, False]
    said = sorted(str(each.message).split(": ")[1] for each in caught)
    assert said == [
        "the codes for, For differ in spelling only, and count as different.",
        "the codes مع, مَع differ in spelling only, and count as different.",
    ]


def test_copies_of_a_sheet_with_a_column_for_each_coder(tmp_path: Path) -> None:
    ck.news.coding_sheet(ck.sample_corpus(), path=tmp_path / "a.csv", dimension="level", sample=8)
    first = pl.read_csv(tmp_path / "a.csv", infer_schema=False)
    one = first.with_columns(coder1=pl.lit("local"))
    two = first.with_columns(coder2=pl.lit("regional"))
    table = ck.join_codes([one, two], coders=["coder1", "coder2"])
    assert table.select("coder1", "coder2").unique().rows() == [("local", "regional")]


def test_codes_of_another_program() -> None:
    frame = ck.kwic(ck.sample_corpus(), "هدنة").frame.select("id", "start", "end").head(4)
    codes = pl.concat(
        [frame.with_columns(code=pl.lit(code), coder=pl.lit(coder)) for coder, code in (("s", "x"), ("a", "y"))]
    ).with_columns(problem=pl.lit(None, pl.String))
    table = ck.join_codes(codes)
    assert table.columns == ["id", "start", "end", "s", "a", "codes"]
    assert table["a"].to_list() == ["y"] * 4
    lost = codes.with_columns(problem=pl.when(pl.col("coder") == "s").then(pl.lit("no such document")))
    with pytest.warns(UserWarning, match="left out 4 codes"), pytest.raises(InputError, match="at least two coders"):
        ck.join_codes(lost)


def test_documents_and_numbers_of_several_types() -> None:
    one = pl.DataFrame({"article": [1, 2], "tone": [1.0, None]})
    two = pl.DataFrame({"article": ["1", "2"], "tone": ["1", "3"]})
    with pytest.warns(UserWarning, match="1 of 2 items .* one coder only"):
        table = ck.join_codes([one, two], code="tone", item="article")
    assert table.rows() == [("1", "1", "1", 2), ("2", None, "3", 1)]


def test_items_of_one_coder_are_named() -> None:
    with pytest.warns(UserWarning, match=r"3 of 4 items .* \(1 by 'coder1', 2 by 'coder2'\): a, c, d"):
        table = ck.join_codes([of({"a": "x", "b": "x"}), of({"b": "y", "c": "z", "d": "z"})])
    assert table.filter(codes=1)["id"].to_list() == ["a", "c", "d"]


@pytest.mark.parametrize(
    ("sheets", "options", "message"),
    [
        ([], {}, "^sheets must be a list"),
        ([SARA], {}, "^sheets must have the codes of at least two coders"),
        ([SARA, 5], {}, "^sheets must be files or DataFrames, got 5"),
        ([SARA, "b.doc"], {}, "^sheets must be files that end in .*'b.doc'"),
        ([SARA, "b.csv"], {}, "^sheets must be files that exist.*b.csv"),
        ([SARA, pl.concat([ALI, ALI.head(1)])], {}, "^sheets must have one row .*:19 more than once from 'coder2'"),
        ([SARA, ALI.with_columns(node=pl.lit("x"))], {}, "^sheets must be of the same texts: .*'x'"),
        ([SARA, ALI.drop("position")], {}, "^sheets must be tables with the column 'position'"),
        ([SARA, ALI.with_columns(position=pl.lit("x"))], {}, "^a table must have offsets that are whole numbers"),
        ([SARA, ALI.with_columns(id=pl.lit(None, pl.String))], {}, "must have a value of 'id'"),
        ([SARA, ALI], {"code": "cod"}, "^sheets must have the codes of 'coder1' in the column 'cod'.*'code'"),
        ([SARA, ALI], {"coders": ["a"]}, "^coders must be one name for each of 2 sheets"),
        ([SARA, ALI], {"coders": ["a", "a"]}, "^coders must be a list of different names"),
        ([SARA, ALI], {"coders": ["a", "codes"]}, "^coders must be names other than .*'codes'"),
        ([SARA, ALI], {"coders": "ab"}, "^coders must be a list of names, got 'ab'"),
        ([SARA, ALI], {"item": 5}, "^item must be .*5"),
        ([SARA.rename({"id": "x"}), ALI], {}, "^sheets must be tables with the column 'id'"),
        ([SARA.with_columns(coder=pl.lit(None, pl.String)), ALI], {}, "^sheets must name the coder"),
    ],
)
def test_bad_input(sheets: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.join_codes(sheets, **options)
