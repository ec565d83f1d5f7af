"""Metadata that are added to a corpus later: what they say, what stays, and tables that do not fit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import CorpusError, InputError

pytestmark = pytest.mark.interface

TEXTS = ["وصل الوفد.", "غادر الوفد.", "عاد الوزير."]


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": TEXTS, "outlet": ["مدى", "صدى", "مدى"], "page": [1, 2, None], "code": [7, 8, 9]})
    with ck.Corpus.build(frame, tmp_path / "corpus", progress=False) as corpus:
        yield corpus


def rows(corpus: ck.Corpus, *columns: str) -> list[tuple[Any, ...]]:
    return corpus.documents.select(columns).collect().rows()


def test_columns_are_added_and_changed(corpus: ck.Corpus, tmp_path: Path) -> None:
    before = corpus.tokens.collect(), corpus.id, corpus.vocabulary.collect()
    table = pl.DataFrame({"id": ["2", "0", "1"], "author": ["ليلى", None, "هند"], "page": [9, None, 8]})
    assert corpus.with_metadata(table) is corpus
    assert rows(corpus, "id", "outlet", "page", "author") == [
        ("0", "مدى", None, None),
        ("1", "صدى", 8, "هند"),
        ("2", "مدى", 9, "ليلى"),
    ]
    assert corpus.documents.collect()["text"].to_list() == TEXTS
    assert corpus.tokens.collect().equals(before[0])
    assert corpus.id == before[1]
    assert corpus.vocabulary.collect().equals(before[2])
    [step] = corpus.manifest["metadata"]["steps"]
    assert (step["on"], step["columns"]) == ("id", ["author", "page"])
    again = ck.Corpus.open(tmp_path / "corpus")
    assert rows(again, "page", "author") == rows(corpus, "page", "author")
    again.verify()


def test_documents_without_a_row_keep_what_they_had(corpus: ck.Corpus) -> None:
    table = pl.DataFrame({"id": ["1", "x", "y"], "page": [5, 6, 7], "author": ["هند", "a", "b"]})
    with pytest.warns(UserWarning, match=r"2 of 3 rows belong to no document; 2 of 3 documents have no row") as caught:
        corpus.with_metadata(table)
    assert caught[0].filename == __file__
    assert rows(corpus, "page", "author") == [(1, None), (5, "هند"), (None, None)]


def test_rows_are_found_by_any_column(corpus: ck.Corpus) -> None:
    corpus.with_metadata(pl.DataFrame({"outlet": ["صدى", "مدى"], "city": ["تونس", "عمان"]}), on="outlet")
    assert rows(corpus, "outlet", "city") == [("مدى", "عمان"), ("صدى", "تونس"), ("مدى", "عمان")]
    corpus.with_metadata(pl.DataFrame({"code": ["9", "8", "7"], "n": [3, 2, 1]}), on="code")  # text and numbers meet
    assert rows(corpus, "code", "n") == [(7, 1), (8, 2), (9, 3)]
    assert [step["on"] for step in corpus.manifest["metadata"]["steps"]] == ["outlet", "code"]


def test_later_steps_keep_earlier_ones(corpus: ck.Corpus) -> None:
    ids = ["0", "1", "2"]
    corpus.with_metadata(pl.DataFrame({"id": ids, "a": [1, 2, 3], "b": ["x", "y", "z"]}))
    corpus.with_metadata(pl.DataFrame({"id": ids, "b": ["u", "v", "w"], "c": [True, False, None]}))
    assert rows(corpus, "a", "b", "c") == [(1, "u", True), (2, "v", False), (3, "w", None)]
    assert sorted(path.name for path in corpus.path.rglob("*metadata*.parquet")) != []
    assert len(list(corpus.path.rglob("*metadata*.parquet"))) == 1  # the earlier file is gone
    corpus.verify()


def test_analyses_see_the_metadata(corpus: ck.Corpus) -> None:
    corpus.with_metadata(pl.DataFrame({"id": ["0", "1", "2"], "side": ["أ", "أ", "ب"]}))
    assert len(corpus.filter(pl.col("side") == "أ")) == 2
    hits = ck.kwic(corpus, "الوفد", metadata="side").frame
    assert hits.select("node", "side").rows() == [("الوفد", "أ"), ("الوفد", "أ")]


def test_dates(corpus: ck.Corpus) -> None:
    table = pl.DataFrame({"id": ["0", "1", "2"], "day": ["05/03/2026", "31/03/2026", "غدا"]})
    with pytest.warns(UserWarning, match="1 dates of 'day' were not understood and are null"):
        corpus.with_metadata(table, date="day", date_format="dmy")
    assert rows(corpus, "date") == [(date(2026, 3, 5),), (date(2026, 3, 31),), (None,)]
    assert corpus.documents.collect_schema()["date"] == pl.Date
    corpus.with_metadata(
        pl.DataFrame({"id": ["0", "1", "2"], "date": ["1447-09-01"] * 3}), date="date", date_format="hijri"
    )
    assert rows(corpus, "date")[0][0].year == 2026


def test_names_of_our_own_columns(corpus: ck.Corpus) -> None:
    corpus.with_metadata(pl.DataFrame({"id": ["0", "1", "2"], "text": ["a", "b", "c"], "words": [1, 1, 1]}))
    assert rows(corpus, "text", "text_", "words_") == [(text, new, 1) for text, new in zip(TEXTS, "abc", strict=True)]


def test_types(corpus: ck.Corpus) -> None:
    ids = ["0", "1", "2"]
    corpus.with_metadata(pl.DataFrame({"id": ids, "page": ["١", "٢", None], "empty": [None] * 3, "l": [[1], [], None]}))
    schema = corpus.documents.collect_schema()
    assert schema["page"] == schema["empty"] == pl.String
    assert rows(corpus, "page", "l") == [("١", [1]), ("٢", []), (None, None)]
    with pytest.raises(InputError, match=r"column 'l' must have the type List.* got Int64"):
        corpus.with_metadata(pl.DataFrame({"id": ids, "l": [1, 2, 3]}))


@pytest.mark.parametrize("kind", ["lazy", "stream"])
def test_other_tables(corpus: ck.Corpus, kind: str) -> None:
    frame = pl.DataFrame({"id": ["0", "1", "2"], "n": [3, 4, 5]})

    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return frame.__arrow_c_stream__(requested_schema)

    corpus.with_metadata(frame.lazy() if kind == "lazy" else Stream())
    assert rows(corpus, "n") == [(3,), (4,), (5,)]


IDS = ["0", "1", "2"]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ("x", {}, "table must be a DataFrame or another Arrow table"),
        (pl.DataFrame({"id": IDS}), {}, "table must have rows, and columns beside"),
        (pl.DataFrame({"id": IDS, "n": [1, 2, 3]}).clear(), {}, "table must have rows"),
        (pl.DataFrame({"ids": IDS, "n": [1, 2, 3]}), {}, "on must be a column of the table"),
        (pl.DataFrame({"ids": IDS, "n": [1, 2, 3]}), {"on": "ids"}, "on must be .*'ids'"),
        (pl.DataFrame({"id": ["0", "0"], "n": [1, 2]}), {}, "one row for each value of 'id', got several for '0'"),
        (pl.DataFrame({"id": ["0", None], "n": [1, 2]}), {}, "a value of 'id' in every row, got null"),
        (pl.DataFrame({"id": ["x"], "n": [1]}), {}, "none has one of its values of 'id'"),
        (pl.DataFrame({"id": IDS, "n": [object()] * 3}), {}, "columns that can be stored, but 'n' holds"),
        (pl.DataFrame({"id": IDS, "day": IDS}), {"date": "dya"}, "date must be a column of the table"),
        (pl.DataFrame({"id": IDS, "date": IDS}), {}, "table must have dates in the column 'date'"),
        (pl.DataFrame({"id": IDS, "n": IDS}), {"date": 3}, "date must be"),
    ],
)
def test_tables_that_do_not_fit(corpus: ck.Corpus, table: Any, options: dict[str, Any], message: str) -> None:
    before = corpus.documents.collect()
    with pytest.raises(InputError, match=message):
        corpus.with_metadata(table, **options)
    assert corpus.documents.collect().equals(before)
    assert "metadata" not in corpus.manifest
    corpus.verify()


def test_subcorpora_and_other_objects(corpus: ck.Corpus, tmp_path: Path) -> None:
    part, other = corpus.filter(pl.col("page") == 1), ck.Corpus.open(tmp_path / "corpus")
    table = pl.DataFrame({"id": IDS, "n": [1, 2, 3]})
    with pytest.raises(InputError, match="with_metadata needs the whole corpus"):
        part.with_metadata(table)
    corpus.with_metadata(table)
    with pytest.warns(UserWarning, match="was replaced"):
        assert "n" not in part.documents.collect_schema()
    with pytest.raises(CorpusError, match="replaced"):
        other.with_metadata(table)


def test_growing_keeps_metadata(corpus: ck.Corpus) -> None:
    corpus.with_metadata(pl.DataFrame({"id": IDS, "n": [1, 2, 3], "page": [4, 5, 6]}))
    corpus.add(pl.DataFrame({"text": ["ذهب."], "n": [9]}), progress=False)
    assert rows(corpus, "id", "n", "page") == [("0", 1, 4), ("1", 2, 5), ("2", 3, 6), ("3", 9, None)]


values = st.dictionaries(st.sampled_from(["0", "1", "2", "x"]), st.none() | st.integers(-9, 9), min_size=1)


@settings(max_examples=examples(25))
@given(st.lists(st.tuples(st.sampled_from(["page", "n"]), values), min_size=1, max_size=3))
def test_any_steps_equal_a_loop(steps: list[tuple[str, dict[str, int | None]]]) -> None:
    expected: dict[str, dict[str, int | None]] = {"page": {"0": 1, "1": 2, "2": None}}
    with tempfile.TemporaryDirectory() as name:
        frame = pl.DataFrame({"text": TEXTS, "page": [1, 2, None]})
        with ck.Corpus.build(frame, Path(name) / "corpus", progress=False) as corpus:
            for column, said in steps:
                table = pl.DataFrame({"id": list(said), column: pl.Series(list(said.values()), dtype=pl.Int64)})
                known = said.keys() & set(IDS)
                if not known:
                    with pytest.raises(InputError, match="none has one of its values"):
                        corpus.with_metadata(table)
                    continue
                if known == said.keys() == set(IDS):
                    corpus.with_metadata(table)
                else:
                    with pytest.warns(UserWarning, match=f"{len(said) - len(known)} of {len(said)} rows"):
                        corpus.with_metadata(table)
                expected.setdefault(column, dict.fromkeys(IDS)).update({key: said[key] for key in known})
            for column, known_values in expected.items():
                assert rows(corpus, column) == [(known_values[each],) for each in IDS]
