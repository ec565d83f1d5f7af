"""Manual codes: they are matched by document and position, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck

pytestmark = pytest.mark.interface

TEXTS = ["قال الوزير إن الوزير غائب.", "سأل الوزير، فأجاب الوزير.", "الوزير"]


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"id": ["a", "b", "c"], "text": TEXTS})
    with ck.Corpus.build(frame, tmp_path / "corpus", id="id", progress=False) as built:
        yield built


def read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    return pl.read_csv(path, infer_schema=False, separator="\t" if path.suffix == ".tsv" else ",")


def write(frame: pl.DataFrame, path: Path, separator: str = ",") -> None:
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, separator="\t" if path.suffix == ".tsv" else separator)


def fill_in(path: Path, codes: list[str | None], column: str = "stance") -> None:
    write(read(path).with_columns(pl.Series(column, codes, dtype=pl.String)), path)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet"])
def test_codes_survive_changes_of_order_window_and_sample(corpus: ck.Corpus, tmp_path: Path, ending: str) -> None:
    sheet = tmp_path / f"codes{ending}"
    lines = ck.kwic(corpus, "الوزير")
    first = lines.code(sheet, ["stance"])
    assert first.columns == [*lines.frame.columns, "stance"]
    assert first["stance"].null_count() == first.height == 5
    codes = ["نعم", "لا", None, "01", "له، «ولنا»\nسطر"]
    fill_in(sheet, codes)  # type: ignore[arg-type]
    expected = {(id, position): code for id, position, code in zip(first["id"], first["position"], codes, strict=True)}
    for again in (
        ck.kwic(corpus, "الوزير", sort="-document", window=1),
        ck.kwic(corpus, "الوز*", sample=3, seed=4),
        ck.kwic(corpus.filter(pl.col("id") != "b"), "الوزير"),
    ):
        coded = again.code(sheet, ["stance"])
        assert coded.drop("stance").equals(again.frame)
        for id, position, code in coded.select("id", "position", "stance").iter_rows():
            assert code == expected[id, position]
    assert read(sheet)["stance"].to_list() == codes  # rows of lines that were not shown are kept


def test_new_lines_and_documents_are_added(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    ck.kwic(corpus, "قال").code(sheet, ["stance", "note"])
    fill_in(sheet, ["x"])
    corpus.add(pl.DataFrame({"id": ["d"], "text": ["ثم قال"]}), id="id", progress=False)
    coded = ck.kwic(corpus, "قال").code(sheet, ["stance", "note"])
    assert coded["stance"].to_list() == ["x", None]
    assert read(sheet).select("id", "position", "stance", "note").rows() == [
        ("a", "0", "x", None),
        ("d", "1", None, None),
    ]


def test_user_columns_are_kept_and_returned(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    lines = ck.kwic(corpus, "قال")
    lines.code(sheet, ["stance"])
    fill_in(sheet, ["me"], column="coder")
    coded = lines.code(sheet, ["stance", "tone"])
    assert coded.select("stance", "coder", "tone").rows() == [(None, "me", None)]
    assert read(sheet).columns[-3:] == ["stance", "coder", "tone"]


def test_refresh_false_only_reads(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    lines = ck.kwic(corpus, "الوزير")
    with pytest.raises(ck.InputError, match="no sheet of codes"):
        lines.code(sheet, refresh=False)
    ck.kwic(corpus, "قال").code(sheet)
    before = sheet.read_bytes()
    assert lines.code(sheet, refresh=False)["code"].null_count() == 5
    assert sheet.read_bytes() == before


def test_semicolon_separated_sheet(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    lines = ck.kwic(corpus, "قال")
    lines.code(sheet, ["stance"])
    write(read(sheet).with_columns(stance=pl.lit("x")), sheet, separator=";")
    assert lines.code(sheet, ["stance"])["stance"].to_list() == ["x"]


def test_sheet_has_a_byte_order_mark(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    ck.kwic(corpus, "قال").code(sheet)
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")


def test_table_has_provenance(corpus: ck.Corpus, tmp_path: Path) -> None:
    coded = ck.kwic(corpus, "قال").code(tmp_path / "codes.csv")
    assert ck.save(coded, tmp_path / "coded.csv", corpus).is_file()
    assert '"pattern": "قال"' in (tmp_path / "coded.csv.json").read_text(encoding="utf-8")


def test_sheet_of_another_text_is_refused(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    ck.kwic(corpus, "الوزير").code(sheet)
    other = ck.Corpus.build(
        pl.DataFrame({"id": ["a"], "text": ["قال الأمير"]}), tmp_path / "other", id="id", progress=False
    )
    before = sheet.read_bytes()
    with pytest.raises(ck.InputError, match="a:1 it has 'الوزير', the corpus has 'الأمير'"):
        ck.kwic(other, "الأمير").code(sheet)
    assert sheet.read_bytes() == before


def test_duplicate_rows_are_refused(corpus: ck.Corpus, tmp_path: Path) -> None:
    sheet = tmp_path / "codes.csv"
    lines = ck.kwic(corpus, "قال")
    lines.code(sheet)
    write(pl.concat([read(sheet), read(sheet)]), sheet)
    with pytest.raises(ck.InputError, match="several rows for a line: a:0"):
        lines.code(sheet)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read"),
        (b"a,b\n1,2\n", "lacks id, position, node"),
        (b"\xff\xfe\x00", "cannot be read"),
        ("id,position,node\na,x,قال\n".encode(), "cannot be read"),
    ],
)
def test_unreadable_sheet(corpus: ck.Corpus, tmp_path: Path, content: bytes, message: str) -> None:
    sheet = tmp_path / "codes.csv"
    sheet.write_bytes(content)
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, "قال").code(sheet)
    assert sheet.read_bytes() == content


@pytest.mark.parametrize(
    ("path", "columns", "message"),
    [
        ("codes.docx", ["code"], "^path must be .*codes.docx"),
        ("codes.csv", ["node"], "^columns must be .*'node'"),
        ("codes.csv", ["a", "a"], "^columns must be .*'a' twice"),
        ("codes.csv", [5], "^columns must be"),
        ("codes.csv", None, "^columns must be .*None"),
        ("codes.csv", ["\ud800"], "^columns must be"),
        ("absent/codes.csv", ["code"], "cannot write"),
        (5, ["code"], "^path must be"),
    ],
)
def test_bad_arguments(corpus: ck.Corpus, tmp_path: Path, path: object, columns: list[str], message: str) -> None:
    target = tmp_path / path if isinstance(path, str) else path
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, "قال").code(target, columns)  # type: ignore[arg-type]
