"""ck.news.coding_sheet, agreement and dictionary_precision: from sampling to precision; invalid sheets and codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.news.agreement import agreement
from corpus_kit.news.coding_sheet import coding_sheet
from corpus_kit.news.dictionary_precision import dictionary_precision
from corpus_kit.news.frame_dictionary import FrameDictionary
from corpus_kit.news.frames import frames

pytestmark = pytest.mark.interface


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def cleaned(sample: ck.Corpus) -> ck.Corpus:
    documents = sample.documents.select("document", "id").collect()
    return sample.exclude(ck.sample_truth()["boilerplate"].join(documents, on="id", maintain_order="left"))


def fill(path: Path, codes: dict[str, list[str | None]]) -> None:
    sheet = pl.read_csv(path, infer_schema=False)
    columns = [pl.Series(name, values, dtype=pl.String) for name, values in codes.items()]
    sheet.with_columns(columns).write_csv(path)


def test_sheet_from_sampling_to_precision(cleaned: ck.Corpus, tmp_path: Path) -> None:
    path = tmp_path / "level.csv"
    hits = frames(cleaned)
    lines = coding_sheet(cleaned, hits, path=path, dimension="level", coders=["sara", "ali"])
    verdicts = hits.filter(dimension="level")["category"].to_list()
    assert lines.columns == ["document", "id", "position", "before", "node", "after", "start", "end", "sara", "ali"]
    assert lines.height == len(verdicts) == 34
    sheet = pl.read_csv(path, infer_schema=False)
    assert sheet.columns == ["id", "position", "before", "node", "after", "sara", "ali"]
    assert lines["node"].to_list() == hits.filter(dimension="level")["surface"].to_list()
    sara = ["local", *verdicts[1:]]
    sara[3] = "none"
    ali: list[str | None] = [*verdicts[:-1], None]
    ali[3] = " none "
    fill(path, {"sara": list(sara), "ali": ali})
    table = agreement(path, coders=["sara", "ali"], n_bootstrap=200)
    assert table.select("units", "uncoded", "codes").row(0) == (33, 1, 66)
    expected = ck.measures.krippendorff_alpha([sara, [code and code.strip() for code in ali]])
    assert table["alpha"][0] == pytest.approx(expected)
    assert table["alpha_low"][0] <= expected <= table["alpha_high"][0]
    assert table["agreement"][0] == pytest.approx(1 if verdicts[0] == "local" else 32 / 33)
    judged = dictionary_precision(path, hits, coders=["sara", "ali"], dimension="level")
    assert judged["hits"].sum() == 34
    assert judged["judged"].sum() == 34  # a single code decides
    assert judged["confirmed"].sum() == 33
    row = judged.filter(category=verdicts[3]).row(0, named=True)
    assert row["precision"] == row["confirmed"] / row["judged"] < 1
    assert row["precision_low"] < row["precision"] < row["precision_high"]
    # updating the sheet keeps the codes
    again = coding_sheet(cleaned, hits, path=path, dimension="level", coders=["sara", "ali"], sample=3)
    assert again.height == 3
    assert again["sara"].null_count() == 0


def test_sampling_places(cleaned: ck.Corpus, tmp_path: Path) -> None:
    def places(name: str, **options: Any) -> list[tuple[str, int]]:
        lines = coding_sheet(cleaned, path=tmp_path / name, dimension="means", **options)
        return lines.select("id", "position").rows()

    small, large = places("a.csv", sample=5, seed=2), places("b.csv", sample=9, seed=2)
    assert len(small) == 5
    assert set(small) < set(large)
    assert places("c.csv", sample=5, seed=2) == small
    assert set(places("d.csv", sample=5, seed=3)) != set(small)
    assert len(places("e.csv", sample=1000)) == 23
    assert places("f.csv", sample=0) == []
    shown = coding_sheet(
        cleaned, path=tmp_path / "g.csv", dimension="means", sample=2, stratify=True, show_dictionary=True
    )
    assert shown["dictionary"].value_counts()["count"].to_list() == [2] * 5
    again = coding_sheet(
        cleaned, path=tmp_path / "g.csv", dimension="means", sample=2, stratify=True, show_dictionary=True
    )
    assert again.equals(shown)


def test_a_place_in_two_categories_is_one_row(build: Any, tmp_path: Path) -> None:
    corpus = build(["قال إن شبكة الإنترنت مفتوحة"])
    lists = FrameDictionary.of({"t": {"net": {"words": ["شبكة الإنترنت"]}, "web": {"words": ["شبكة"]}}})
    hits = frames(corpus, lists)
    path = tmp_path / "sheet.csv"
    lines = coding_sheet(corpus, hits, path=path, coders=["me"], show_dictionary=True)
    assert lines.select("node", "dictionary").rows() == [("شبكة الإنترنت", "net|web")]
    fill(path, {"me": ["net"]})
    judged = dictionary_precision(path, hits, coders=["me"])
    assert judged.select("category", "judged", "confirmed").sort("category").rows() == [("net", 1, 1), ("web", 1, 0)]
    fill(path, {"me": ["net|web"]})
    assert dictionary_precision(path, hits, coders=["me"])["confirmed"].to_list() == [1, 1]


def test_consensus_needs_more_than_half() -> None:
    hits = frames(ck.sample_corpus()).filter(dimension="level").head(4).with_columns(category=pl.lit("x"))
    sheet = hits.select("id", "position").with_columns(
        a=pl.Series(["x", "x", "x", None]), b=pl.Series(["x", "y", "", " "]), c=pl.Series(["y", "z", None, None])
    )
    row = dictionary_precision(sheet, hits, coders=["a", "b", "c"]).row(0, named=True)
    assert (row["hits"], row["undecided"], row["judged"], row["confirmed"]) == (4, 2, 2, 2)


def test_agreement_of_three_coders_and_of_numeric_codes() -> None:
    sheet = pl.DataFrame({"a": ["1", "2", "3", ""], "b": ["1", "2", "3", "3"], "c": ["1", "3", None, "2"]})
    table = agreement(sheet, coders=["a", "b", "c"], level="ordinal", n_bootstrap=0)
    assert table["coders"].to_list() == ["a, b, c", "a, b", "a, c", "b, c"]
    codes = [[1, 2, 3, None], [1, 2, 3, 3], [1, 3, None, 2]]
    assert table["alpha"][0] == pytest.approx(ck.measures.krippendorff_alpha(codes, level="ordinal"))
    assert table["alpha"][1] == 1
    assert table["alpha_low"].null_count() == 4
    same = agreement(pl.DataFrame({"coder1": ["x", "x"], "coder2": ["x", "x"]}))
    assert same.select("alpha", "alpha_low", "agreement").row(0) == (None, None, 1.0)
    none = agreement(pl.DataFrame({"coder1": [None, "x"], "coder2": ["x", None]}))
    assert none.select("units", "uncoded", "alpha", "agreement").row(0) == (0, 2, None, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"coders": []}, "coders must be a list"),
        ({"coders": "me"}, "coders must be a list"),
        ({"coders": ["a", "a"]}, "coders must be a list of different names"),
        ({"coders": ["dictionary"]}, "coders must be names other than 'dictionary'"),
        ({"dimension": None}, "dimension must be 'means' or 'level', got None"),
        ({"dimension": "levl"}, "dimension must be .* Did you mean 'level'"),
        ({"sample": -1}, "sample must be a non-negative integer, got -1"),
        ({"stratify": 1}, "stratify must be True or False, got 1"),
        ({"show_dictionary": "yes"}, "show_dictionary must be True or False, got 'yes'"),
        ({"seed": None}, "seed must be a non-negative integer, got None"),
        ({"window": -1}, "window must be"),
        ({"path": "sheet.docx"}, "path must be"),
        ({"hits": 5}, "hits must be .* got 5"),
    ],
)
def test_invalid_sheets(sample: ck.Corpus, tmp_path: Path, options: dict[str, Any], message: str) -> None:
    options = {"path": "sheet.csv", "dimension": "level", "hits": None, **options}
    path, hits = tmp_path / options.pop("path"), options.pop("hits")
    with pytest.raises(InputError, match=f"^{message}"):
        coding_sheet(sample, hits, path=path, **options)
    assert not path.exists()


def test_invalid_codes(sample: ck.Corpus, tmp_path: Path) -> None:
    frame = pl.DataFrame({"coder1": ["1", "x"], "coder2": ["1", "2"]})
    with pytest.raises(InputError, match=r"^Codes of 'coder1' must be numbers, got 'x'"):
        agreement(frame, level="interval")
    with pytest.raises(InputError, match=r"^sheet must be a table with the column 'coder3'. Did you mean"):
        agreement(frame, coders=["coder1", "coder3"])
    with pytest.raises(InputError, match=r"^coders must be a list of at least 2"):
        agreement(frame, coders=["coder1"])
    with pytest.raises(InputError, match=r"^level must be .* Did you mean 'nominal'"):
        agreement(frame, level="nominale")
    with pytest.raises(InputError, match=r"^sheet must be a path or a DataFrame, got 5"):
        agreement(5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cannot be read"):
        agreement(tmp_path / "absent.csv")
    hits = frames(sample).filter(dimension="level")
    sheet = hits.select("id", "position", coder1=pl.lit("local"), coder2=pl.lit("local"))
    with pytest.raises(InputError, match=r"^sheet must have one row for each position"):
        dictionary_precision(pl.concat([sheet, sheet]), hits)
    with pytest.raises(InputError, match=r"^sheet must be a table with the column 'position'"):
        dictionary_precision(sheet.drop("position"), hits)
    with pytest.raises(InputError, match=r"^hits must be a table of ck.news.frames"):
        dictionary_precision(sheet, sheet)
    with pytest.raises(InputError, match=r"^confidence must be .* got 2"):
        dictionary_precision(sheet, hits, confidence=2)
