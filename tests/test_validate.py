"""`ck.validate` and `ck.precision`: samples of tables in sheets, and rates from verdicts."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.measures.proportions import wilson

CORPUS = ck.sample_corpus()
TABLE = ck.news.boilerplate(CORPUS, by="outlet")


def judged(sheet: pl.DataFrame, *verdicts: str | None) -> pl.DataFrame:
    """A sheet with these verdicts, in turns."""
    return sheet.with_columns(verdict=pl.Series([verdicts[row % len(verdicts)] for row in range(sheet.height)]))


@pytest.mark.parametrize("seed", [0, 1])
def test_strata_have_their_share_in_every_beginning_of_a_sheet(seed: int) -> None:
    sheet = ck.validate(TABLE, n=len(TABLE), seed=seed, by="kind")
    sizes = Counter(TABLE["kind"].to_list())
    assert sheet.height == TABLE.height
    for n in (1, 7, 60):
        drawn = Counter(sheet["stratum"].head(n).to_list())
        assert all(abs(drawn[kind] - n * size / TABLE.height) <= 1 for kind, size in sizes.items())
        assert ck.validate(TABLE, n=n, seed=seed, by="kind").equals(sheet.head(n))
    assert dict(sheet.select("stratum", "stratum_rows").unique().rows()) == sizes
    equal = Counter(ck.validate(TABLE, n=50, by="kind", allocation="equal", seed=seed)["stratum"].to_list())
    assert set(equal.values()) == {10}
    assert not ck.validate(TABLE, n=20, seed=2).equals(ck.validate(TABLE, n=20, seed=3))


def test_a_sheet_shows_the_span_in_its_text() -> None:
    sheet = ck.validate(TABLE, n=40, context=3)
    for row in sheet.iter_rows(named=True):
        text = CORPUS.text(row["id"])
        node = text[row["start"] : row["end"]]
        before, after = text[: row["start"]].split()[-3:], text[row["end"] :].split()[:3]
        assert row["node"] == node.replace("\n", " ¶ ")
        assert [word for word in row["before"].split() if word != "¶"] == before
        assert [word for word in row["after"].split() if word != "¶"] == after
    assert sheet.columns == [
        *("id", "start", "end", "before", "node", "after", "verdict", "note", "kind", "glued", "rule"),
        *("stratum", "stratum_rows"),
    ]


def test_strata_of_metadata_and_spans_in_several_rows() -> None:
    twice = pl.concat([TABLE, TABLE.head(3).with_columns(kind=pl.lit("footer", TABLE["kind"].dtype))])
    sheet = ck.validate(twice, n=500, by=["outlet", "glued"], corpus=CORPUS)
    assert sheet.height == TABLE.height
    assert sheet.select("id", "start", "end").is_duplicated().sum() == 0
    assert (sheet["stratum"] == sheet["outlet"] + " | " + sheet["glued"].cast(pl.String)).all()
    assert ck.validate(TABLE.drop("document"), n=5).equals(ck.validate(TABLE, n=5))
    assert ck.validate(TABLE, n=5, by=())["stratum"].unique().to_list() == ["–"]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["right", "wrong", "?", None]), st.sampled_from("xy")),
        min_size=1,
        max_size=30,
    )
)
def test_precision_weighs_strata_by_their_size(rows: list[tuple[str, str | None, str]]) -> None:
    sizes = {"a": 1000, "b": 50, "c": 30}
    sheet = pl.DataFrame(
        [(str(n), n, n + 1, v, s, sizes[s], g) for n, (s, v, g) in enumerate(rows)],
        schema=["id", "start", "end", "verdict", "stratum", "stratum_rows", "group"],
        schema_overrides={"verdict": pl.String},
        orient="row",
    )
    n_judged = Counter(s for s, v, _ in rows if v in ("right", "wrong"))

    def expected(part: list[tuple[str, str | None, str]]) -> tuple[int, int, float, float, float]:
        weights = [(sizes[s] / n_judged[s], v == "right") for s, v, _ in part if v in ("right", "wrong")]
        if not weights:
            return 0, 0, math.nan, math.nan, math.nan
        total = sum(w for w, _ in weights)
        share = sum(w for w, right in weights if right) / total
        effective = total**2 / sum(w * w for w, _ in weights)
        return len(weights), sum(right for _, right in weights), share, *wilson(share * effective, effective)

    for by, of in ((None, 0), ("group", 2)):
        found = ck.precision(sheet, questions="verdict", by=by)
        column = by or "stratum"
        for row in found.iter_rows(named=True):
            part = rows if row[column] is None else [each for each in rows if each[of] == row[column]]
            names = ("judged", "right", "precision", "precision_low", "precision_high")
            got = [math.nan if row[name] is None else row[name] for name in names]
            assert got == pytest.approx(expected(part), rel=1e-9, abs=1e-9, nan_ok=True)
            assert row["empty"] == sum(v is None for _, v, _ in part)
            assert row["undecided"] == sum(v == "?" for _, v, _ in part)
        assert found[column].to_list() == [None, *dict.fromkeys(row[of] for row in rows)]


def test_plain_counts_where_allocation_is_proportional(tmp_path: Path) -> None:
    sheet = judged(ck.validate(TABLE, n=20, by=()), "صحيح", "True", "0", "?", "")
    path = ck.save(sheet, tmp_path / "sheet.csv")
    row = ck.precision(path).row(0, named=True)
    assert (row["rows"], row["judged"], row["right"], row["undecided"], row["empty"]) == (161, 12, 8, 4, 4)
    assert (row["precision_low"], row["precision_high"]) == pytest.approx(wilson(8, 12))


def test_readers_decide_by_majority_and_their_agreement_is_measured() -> None:
    sheet = ck.validate(TABLE, n=12)
    one, two, three = judged(sheet, "right"), judged(sheet, "right", "wrong"), judged(sheet, "wrong", "right", None)
    both = ck.precision([one, two.sort("start")]).row(0, named=True)
    assert (both["judged"], both["right"], both["undecided"], both["agreement"]) == (6, 6, 6, 0.5)
    codes = [[row["verdict"] for row in each.iter_rows(named=True)] for each in (one, two)]
    assert both["alpha"] == pytest.approx(ck.measures.krippendorff_alpha(codes))
    votes = [Counter(filter(None, row)) for row in zip(*(each["verdict"] for each in (one, two, three)), strict=True)]
    right = sum(2 * vote["right"] > vote.total() for vote in votes)
    assert ck.precision([one, two, three]).row(0, named=True)["right"] == right
    assert ck.precision(one)["agreement"].null_count() == ck.precision(one).height


def test_a_table_finds_its_corpus_while_it_is_open(tmp_path: Path) -> None:
    with ck.Corpus.build(pl.DataFrame({"text": ["قال نعم ثم ذهب"]}), tmp_path / "c", progress=False) as corpus:
        lines = ck.kwic(corpus, "نعم")
        assert ck.validate(lines)["node"].to_list() == ["نعم"]
        record = ck.record_of(ck.validate(lines, seed=3))
        assert (record["function"], record["options"]["seed"], record["options"]["items"]) == ("ck.validate", 3, 1)
    with pytest.raises(InputError, match="no open corpus is that of its record"):
        ck.validate(lines)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ck.validate(TABLE, n=0), "n must be"),
        (lambda: ck.validate(TABLE, by="kin"), "by must be"),
        (lambda: ck.validate(TABLE, questions="kind"), "questions must be names that no other column has, got 'kind'"),
        (lambda: ck.validate(TABLE, questions=[]), "questions must be at least one name"),
        (lambda: ck.validate(TABLE, allocation="even"), "allocation must be"),
        (lambda: ck.validate(TABLE.head(0)), "table must have rows to draw from"),
        (lambda: ck.validate(TABLE.drop("start")), "table must be a table of spans"),
        (lambda: ck.validate(TABLE.with_columns(document=pl.lit(999))), "table must have spans of the 240 documents"),
        (lambda: ck.validate(TABLE.with_columns(end=pl.lit(10**6))), "one that ends at 1,000,000"),
        (lambda: ck.validate(pl.DataFrame({"a": [1]})), "no open corpus is that of its record"),
        (lambda: ck.precision([]), "sheets must be"),
        (lambda: ck.precision(3), "sheets must be files or tables"),
        (lambda: ck.precision(judged(ck.validate(TABLE, n=3), "perhaps")), "verdict must be right, wrong"),
        (lambda: ck.precision(ck.validate(TABLE, n=3).drop("id")), "with the column 'id'"),
        (lambda: ck.precision(ck.validate(TABLE, n=3), by="outlt"), "with the column 'outlt'"),
        (lambda: ck.precision(pl.concat([ck.validate(TABLE, n=3)] * 2)), "one row for each item"),
        (lambda: ck.precision(ck.validate(TABLE, n=3), confidence=2), "confidence must be"),
        (lambda: ck.precision(ck.validate(TABLE, n=3), by=["kind", "kind"]), "by must be columns, each once"),
        (lambda: ck.precision(ck.validate(TABLE, n=3), questions=["verdict"] * 2), "each once"),
        (lambda: ck.precision(ck.validate(TABLE, n=3).drop("note")), "between after and note. questions= names"),
        (lambda: ck.precision(ck.validate(TABLE, n=3).with_columns(start=pl.lit("x"))), "a start and an end in each"),
        (lambda: ck.precision(ck.validate(TABLE, n=3).with_columns(kind=[[1]] * 3), by="kind"), "texts or numbers"),
        (lambda: ck.validate(TABLE, by=["kind", "kind"]), "by must be different columns"),
        (lambda: ck.validate(TABLE, by="id"), "by must be"),
        (
            lambda: ck.validate(TABLE.with_columns(start=pl.lit(None, pl.UInt32))),
            r"without a span: table.drop_nulls\('start'\)",
        ),
    ],
)
def test_bad_input(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()  # type: ignore[operator]


def test_nothing_judged_has_no_rate() -> None:
    row = ck.precision(ck.validate(TABLE, n=4)).row(0, named=True)
    assert (row["judged"], row["precision"], row["precision_low"], row["empty"]) == (0, None, None, 4)
    assert np.isfinite(row["rows"])


def test_sheets_as_spreadsheets_leave_them() -> None:
    sheet = judged(ck.validate(TABLE, n=8, by="kind"), "1.0", "✓", "صح", "خطا", "✗", "؟")
    blank = sheet.clear(n=2)
    row = ck.precision(pl.concat([sheet, blank])).row(0, named=True)
    assert (row["judged"], row["right"], row["undecided"], row["empty"]) == (7, 5, 1, 0)
    all_right = ck.precision(judged(sheet, "right"))
    assert (all_right["precision"] == 1).all()
    with pytest.raises(InputError, match=rf"got 'x' \({sheet['id'][0]}:{sheet['start'][0]}:"):
        ck.precision(judged(sheet, "x"))
    unknown = ck.precision(sheet.drop("stratum_rows"))
    assert unknown["stratum"].to_list() == ck.precision(sheet)["stratum"].to_list()
    assert unknown["rows"].null_count() == unknown.height
    both = ck.precision([judged(sheet, "right"), sheet.with_columns(verdict=pl.lit(True))]).row(0, named=True)
    assert (both["judged"], both["agreement"]) == (8, 1.0)


def test_strata_of_numbers_and_sheets_of_files(tmp_path: Path) -> None:
    sheet = ck.validate(TABLE, n=9, by="documents")
    where = dict(zip(TABLE.select("id", "start").rows(), TABLE["documents"].to_list(), strict=True))
    rows = sheet.select("id", "start", pl.col("stratum").cast(pl.UInt32)).rows()
    assert all(where[name, start] == stratum for name, start, stratum in rows)
    path = ck.save(TABLE, tmp_path / "table.csv")
    texts = pl.read_csv(path, infer_schema=False)  # as the command reads it
    assert ck.validate(texts, corpus=CORPUS, n=9).columns == ck.validate(TABLE, n=9).columns
