"""Values of columns in `Corpus.filter`, samples, first documents and texts: each equals a loop over the rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.corpus.filtering import _span

pytestmark = pytest.mark.interface

OUTLETS = ["مدى", "صدى", None, "مدى", "ريف", "صدى"]
DAYS = [date(2026, 1, 31), date(2026, 2, 1), None, date(2026, 2, 28), date(2027, 1, 1), date(2026, 2, 1)]
TIMES = [None if day is None else datetime(day.year, day.month, day.day, 23, 30) for day in DAYS]
SCORES = [1.5, None, 2.0, 3.0, 4.0, 2.0]
FRAME = pl.DataFrame(
    {
        "text": ["خبر أول", "خبر " * 60, "ثالث", "رابع", "خامس", "سادس"],
        "key": [f"item-{number}" for number in range(6)],
        "outlet": pl.Series(OUTLETS, dtype=pl.Categorical),
        "day": DAYS,
        "at": TIMES,
        "zoned": pl.Series(TIMES).dt.replace_time_zone("Asia/Riyadh"),
        "score": SCORES,
        "front": [True, False, None, True, True, False],
        "tags": [["a"], [], ["b"], [], [], []],
    }
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    return ck.Corpus.build(FRAME, tmp_path_factory.mktemp("filtering") / "corpus", id="key", date="day", progress=False)


def rows(corpus: ck.Corpus, **columns: Any) -> list[int]:
    return [int(row) for row in corpus.filter(**columns).selected_documents()]


@pytest.mark.parametrize(
    ("columns", "kept"),
    [
        ({"outlet": "مدى"}, [0, 3]),
        ({"outlet": ["مدى", "ريف"]}, [0, 3, 4]),
        ({"outlet": {"صدى"}}, [1, 5]),
        ({"outlet": None}, [2]),
        ({"outlet": ["ريف", None]}, [2, 4]),
        ({"score": 2}, [2, 5]),
        ({"score": [2, None]}, [1, 2, 5]),
        ({"score": (2, 3)}, [2, 3, 5]),
        ({"score": (None, 2.0)}, [0, 2, 5]),
        ({"score": (3, None)}, [3, 4]),
        ({"score": (None, None)}, [0, 2, 3, 4, 5]),
        ({"front": True}, [0, 3, 4]),
        ({"words": (2, None)}, [0, 1]),
        ({"date": "2026"}, [0, 1, 3, 5]),
        ({"date": 2027}, [4]),
        ({"date": "2026-02"}, [1, 3, 5]),
        ({"date": ["2026-02-28", None]}, [2, 3]),
        ({"date": date(2026, 2, 1)}, [1, 5]),
        ({"date": ("2026-01", "2026-02-01")}, [0, 1, 5]),
        ({"date": (date(2026, 2, 28), None)}, [3, 4]),
        ({"date": (None, "2026-01")}, [0]),
        ({"at": "2026-02"}, [1, 3, 5]),
        ({"at": ("2026-02-01T23:30", "2026-02-28T23:29")}, [1, 5]),
        ({"zoned": "2026-02-01"}, [1, 5]),
        ({"zoned": ("2026-01-31T23:30", "2026-01-31T23:30")}, [0]),
        ({"outlet": "صدى", "date": "2026-02"}, [1, 5]),
    ],
)
def test_values_of_columns(corpus: ck.Corpus, columns: dict[str, Any], kept: list[int]) -> None:
    assert rows(corpus, **columns) == kept


def test_values_stand_beside_expressions(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("score") > 1.5, outlet="مدى")
    assert [int(row) for row in part.selected_documents()] == [3]
    assert part.filter(date=(date(2026, 2, 1), None)).selection == {
        "documents": 1,
        "filters": ['[(col("score")) > (dyn float: 1.5)]', "outlet='مدى'", "date=('2026-02-01', None)"],
        "sha256": part.selection["sha256"] if part.selection else None,
    }


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"outlat": "مدى"}, r"column must be one of .*'outlet'.* got 'outlat'. Did you mean 'outlet'\?"),
        ({"outlet": "مدا"}, r"outlet must be one of 'مدى', 'صدى', 'ريف', got 'مدا'. Did you mean 'مدى'\?"),
        ({"outlet": ["مدى", "ريق"]}, "got 'ريق'"),
        ({"outlet": 5}, "outlet must be one of .*, got 5"),
        ({"outlet": ("مدى", "ريف")}, "several values are a list"),
        ({"score": "2"}, "score must be a number"),
        ({"score": True}, "score must be a number"),
        ({"words": [10**400]}, "words must be"),
        ({"score": (3, 2)}, "the lower number first"),
        ({"score": (1, 2, 3)}, "a pair"),
        ({"front": 1}, "front must be True, False"),
        ({"front": (False, True)}, "front must be a value or a list"),
        ({"date": "02/2026"}, "date must be a date, such as '2026'.*, got '02/2026'"),
        ({"date": "2026-13"}, "got '2026-13'"),
        ({"date": "0000"}, "got '0000'"),
        ({"date": 1.5}, r"got 1\.5"),
        ({"date": ("2026-03", "2026-02")}, "the earlier date first"),
        ({"at": datetime(2026, 2, 1, tzinfo=UTC)}, "without a time zone"),
        ({"tags": "a"}, "column must be one of single values.*use an expression"),
        ({"text": "خبر"}, "column must be"),
    ],
)
def test_bad_values(corpus: ck.Corpus, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        corpus.filter(**columns)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"date": "2030"}, r"No document has date='2030'\. date goes from 2026-01-31 to 2027-01-01\."),
        ({"score": (10, None)}, r"No document has score=\(10, None\)\. score goes from 1\.5 to 4\.0\."),
        ({"outlet": []}, r"No document has outlet=\[\]\."),
    ],
)
def test_what_no_document_has_is_said(corpus: ck.Corpus, columns: dict[str, Any], message: str) -> None:
    with pytest.warns(UserWarning, match=message):
        assert not len(corpus.filter(**columns))


def test_an_empty_part_of_a_part_is_no_mistake(corpus: ck.Corpus) -> None:
    """A loop over outlets within a month meets outlets without a document in it."""
    assert not len(corpus.filter(date="2027").filter(outlet="صدى"))


@settings(max_examples=examples(200))
@given(moment=st.datetimes(min_value=datetime(1, 1, 1)))
def test_days_months_and_years_hold_their_moments(moment: datetime) -> None:
    for text in (f"{moment:%Y}".zfill(4), f"{moment:%Y}".zfill(4) + f"-{moment:%m}", moment.date().isoformat()):
        first, end = _span("date", text)
        assert first <= moment
        assert end is None or moment < end
        assert first.isoformat().startswith(text)
        last = datetime.max if end is None else end - timedelta(microseconds=1)
        assert last.isoformat().startswith(text)


def test_a_sample_is_drawn_by_hashes(corpus: ck.Corpus) -> None:
    documents = [list(map(int, corpus.sample(n, seed=3).selected_documents())) for n in range(7)]
    for smaller, larger in pairwise(documents):
        assert set(smaller) < set(larger)
        assert larger == sorted(larger)
    assert documents[6] == list(range(6))
    assert [documents[3], documents[3]] == [
        list(map(int, corpus.sample(3, 3).selected_documents())),
        list(map(int, corpus.filter(pl.lit(True)).sample(3, 3).selected_documents())),
    ]
    assert len({tuple(corpus.sample(3, seed).selected_documents().tolist()) for seed in range(20)}) > 5
    part = corpus.filter(outlet=["مدى", "صدى"]).sample(2, seed=1)
    assert part.selection is not None
    assert part.selection["filters"][-1] == "sample(2, seed=1)"
    assert set(part.selected_documents().tolist()) <= {0, 1, 3, 5}


def test_a_sample_larger_than_the_corpus_has_all_of_it(corpus: ck.Corpus) -> None:
    with pytest.warns(UserWarning, match="has all of the documents, 6, which are fewer than 7"):
        assert len(corpus.sample(7)) == 6


def test_a_sample_of_each_group_is_that_of_a_filter(corpus: ck.Corpus) -> None:
    with pytest.warns(UserWarning, match="All documents of [0-9] of [0-9] groups, which have fewer than 2"):
        drawn = corpus.sample(2, seed=3, by="outlet").selected_documents().tolist()
    expected: list[int] = []
    for outlet in corpus.labels("outlet").unique():
        part = corpus.filter(outlet=outlet)
        expected += part.sample(min(2, len(part)), seed=3).selected_documents().tolist()
    assert drawn == sorted(expected)
    assert len(corpus.filter(pl.lit(False)).sample(2, by="outlet")) == 0
    with pytest.raises(ck.InputError, match="Did you mean 'outlet'"):
        corpus.sample(2, by="Outlet")


@pytest.mark.parametrize(
    ("numpy", "python"),
    [
        ({"words": np.int64(1)}, {"words": 1}),
        ({"document": np.array([1, 3])}, {"document": [1, 3]}),
        ({"document": [1, 3, 10**30, 2.5, -1]}, {"document": [1, 3]}),
        ({"outlet": np.array(["مدى"])}, {"outlet": ["مدى"]}),
        ({"date": (np.datetime64("2026-01-01"), None)}, {"date": ("2026-01-01", None)}),
    ],
)
def test_values_of_numpy_are_those_of_python(corpus: ck.Corpus, numpy: dict[str, Any], python: dict[str, Any]) -> None:
    found = [corpus.filter(**columns).selected_documents().tolist() for columns in (numpy, python)]
    assert found[0] == found[1]


@pytest.mark.parametrize("arguments", [{"n": -1}, {"n": 2.5}, {"n": 2, "seed": -1}, {"n": 2, "seed": "a"}])
def test_bad_samples(corpus: ck.Corpus, arguments: dict[str, Any]) -> None:
    with pytest.raises(ck.InputError, match="non-negative integer"):
        corpus.sample(**arguments)


def test_the_first_documents(corpus: ck.Corpus) -> None:
    frame = corpus.head(2)
    assert frame.columns == [*corpus.label_columns(), "text"]
    text = "خبر " * 60
    assert frame["text"].to_list() == ["خبر أول", f"{text[:80]}…"]
    assert frame["id"].to_list() == ["item-0", "item-1"]
    assert corpus.filter(outlet="صدى").head()["document"].to_list() == [1, 5]
    assert corpus.head(0).is_empty()
    assert corpus.head(100).height == 6
    assert corpus.filter(pl.lit(False)).head().columns == frame.columns
    with pytest.raises(ck.InputError, match="n must be"):
        corpus.head(-1)


def test_the_text_of_a_document(corpus: ck.Corpus) -> None:
    assert corpus.text("item-0") == corpus.text(0) == "خبر أول"
    part = corpus.filter(outlet="صدى")
    assert part.text("item-5") == "سادس"
    assert part.exclude(pl.DataFrame({"document": [5], "start": [0], "end": [2]})).text(5) == "سادس"
    with pytest.raises(ck.InputError, match=r"got 'itme-0'. Did you mean 'item-0'\?"):
        corpus.text("itme-0")
    with pytest.raises(ck.InputError, match=r"got 'x'\. corpus\.head"):
        corpus.text("x")
    with pytest.raises(ck.InputError, match="document must be below 6"):
        corpus.text(6)
    with pytest.raises(ck.InputError, match="document must be one of this subcorpus, got 'item-0'"):
        part.text("item-0")
    for bad in (-1, 1.5, None):
        with pytest.raises(ck.InputError, match="document must be"):
            corpus.text(bad)  # type: ignore[arg-type]


def test_nothing_of_a_subcorpus_without_documents(corpus: ck.Corpus) -> None:
    empty = corpus.filter(pl.lit(False))
    assert empty.head().is_empty()
    assert not len(empty.sample(0))
    assert not len(empty.filter(outlet="مدى", words=(1, None), date="2026"))
    with pytest.raises(ck.InputError, match="document must be one of this subcorpus"):
        empty.text(0)


def test_a_column_without_values_has_no_value_to_choose(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["خبر"], "outlet": [None]}, schema={"text": pl.String, "outlet": pl.String})
    with ck.Corpus.build(frame, tmp_path / "c", progress=False) as built:
        assert len(built.filter(outlet=None)) == 1
        with pytest.raises(ck.InputError, match="outlet must be None, since no document has a value"):
            built.filter(outlet="مدى")


def test_types_of_most_documents_of_few_and_of_none(corpus: ck.Corpus) -> None:
    documents = corpus.selected_documents()
    whole = corpus.type_counts()
    assert [each.to_list() for each in whole] == [corpus.type_column(name).to_list() for name in ("count", "documents")]
    for few in (documents[:0], documents[:1], documents[1::3], documents):
        part = corpus.subcorpus(few)
        for a, b, total in zip(part.type_counts(), corpus.others(part).type_counts(), whole, strict=True):
            assert (a + b).to_list() == total.to_list()
        assert part.type_counts()[0].sum() == part.token_counts()[few].sum()
