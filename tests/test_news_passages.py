"""ck.news.passages: compared with a slow twin and the sample."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import oracles_news_near_duplicates as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sample_reading import facts

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.news import shared_runs as module
from corpus_kit.news.shared_runs import shared_runs
from corpus_kit.news.shingles import Words

pytestmark = pytest.mark.interface

PLACES = ("first_start", "first_end", "second_start", "second_end")
STATEMENT = "لن نقبل بإغلاق الميناء قبل أن تصرف أجور العمال كاملة"


def build(texts: Sequence[str], **columns: Sequence[Any]) -> ck.Corpus:
    frame = pl.DataFrame({"text": texts, **columns}, strict=False)
    return ck.Corpus.build(frame, tempfile.mkdtemp(), date="date" if "date" in columns else None, progress=False)


@st.composite
def text_families(draw: st.DrawFn) -> list[list[int]]:
    """Return texts of few letters that take pieces of one another."""
    letters = st.integers(0, draw(st.sampled_from([0, 1, 3, 12])))
    texts = draw(st.lists(st.lists(letters, max_size=12), min_size=1, max_size=4))
    for _ in range(draw(st.integers(0, 5))):
        low, high = sorted(draw(st.tuples(st.integers(0, 12), st.integers(0, 12))))
        middle = draw(st.sampled_from(texts))[low:high]
        texts.append(draw(st.lists(letters, max_size=4)) + middle + draw(st.lists(letters, max_size=4)))
    return texts


@settings(max_examples=examples(300))
@given(text_families(), st.integers(2, 5), st.integers(2, 5), st.sampled_from([0, 2, 64]))
@example([[1, 2, 3, 9, 1, 2], [7, 1, 2, 3], [1, 2, 3, 9, 1, 2]], 2, 3, 64)
@example([[1, 1, 1, 1], [1, 1, 1]], 2, 2, 64)
def test_finds_all_runs(texts: list[list[int]], n: int, most: int, hash_bits: int) -> None:
    ids = np.array([item for text in texts for item in text], np.uint32)
    sizes = np.array([len(text) for text in texts], np.int64)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"_PAIRS": 3, "_WIDTHS": (2, 4), "_CELLS": 5}.items():
            patch.setattr(module, name, value)
        found = shared_runs(Words(ids, sizes, int(ids.max(initial=0)) + 1), n, most, 10**6, hash_bits=hash_bits)
    starts = np.cumsum(sizes) - sizes
    expected = [
        (starts[run.first] + run.first_begin, starts[run.second] + run.second_begin, run.words, run.documents)
        for run in oracle.shared_runs(texts, n, most)
    ]
    assert [tuple(map(int, row)) for row in zip(*found, strict=True)] == [tuple(map(int, row)) for row in expected]


def test_a_statement_in_different_reports() -> None:
    marked = STATEMENT.replace("الميناء", "المِيناء،").replace(" قبل", "\n\nقبل")
    texts = [
        f"قال النقيب أمس: {STATEMENT}. وغادر القاعة.",
        "خبر عن الزيتون في السهل وأسعاره هذا العام",
        f"وفي ختام اللقاء أعلن المتحدث «{marked}» بحسب البيان",
    ]
    corpus = build(texts, outlet=["أ", "أ", None], date=[date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 3)])
    table = ck.news.passages(corpus, min_words=8, by="outlet")
    assert table.schema == {
        "first_document": pl.UInt32, "second_document": pl.UInt32, "first_id": pl.String, "second_id": pl.String,
        "first_outlet": pl.String, "second_outlet": pl.String, "across": pl.Boolean, "words": pl.Int64,
        "documents": pl.Int64, "surface": pl.String, "first_share": pl.Float64, "second_share": pl.Float64,
        "first_start": pl.UInt32, "first_end": pl.UInt32, "second_start": pl.UInt32, "second_end": pl.UInt32,
        "days": pl.Int64,
    }  # fmt: skip
    row = table.row(0, named=True)
    assert table.height == 1
    assert (row["first_document"], row["second_document"], row["across"], row["days"]) == (0, 2, True, 2)
    assert (row["words"], row["documents"], row["surface"]) == (10, 2, STATEMENT)
    assert row["first_share"] == 10 / 15
    places = [row[each] for each in PLACES]
    assert texts[0][places[0] : places[1]] == STATEMENT
    assert texts[2][places[2] : places[3]] == marked
    assert ck.news.passages(corpus, min_words=8, profile=None).height == 0  # a vowel sign
    caption = pl.DataFrame({"document": [0], "start": [places[0] + 3], "end": [places[0] + 7]})
    halves = ck.news.passages(corpus.exclude(caption), min_words=4)
    assert halves.select("words", "first_start").rows() == [(8, places[0] + 8)]


def test_formulas_and_repetition() -> None:
    formula = "صاحب السعادة مدير عام الموانئ والجمارك"
    texts = [f"{formula} استقبل وفد {town} {formula}" for town in ("السهل", "الجبل", "الساحل", "الوادي")]
    corpus = build(texts)
    every = ck.news.passages(corpus, min_words=6, max_documents=4)
    assert every.height == 6  # once for each two documents, not for each two places
    assert every["documents"].unique().to_list() == [4]
    assert ck.news.passages(corpus, min_words=6, max_documents=3).height == 0
    part = ck.news.passages(corpus.filter(pl.col("document") < 3), min_words=6, max_documents=3)
    assert part.select("first_document", "second_document", "documents").rows() == [(0, 1, 3), (0, 2, 3), (1, 2, 3)]


def test_passages_of_the_sample_are_in_the_texts(body: ck.Corpus) -> None:
    table = ck.news.passages(body, min_words=8)
    texts = ck.sample_corpus().documents.select("text").collect()["text"]
    assert table.height > 50
    for row in table.iter_rows(named=True):
        forms = []
        for side in ("first", "second"):
            text = texts[row[f"{side}_document"]][row[f"{side}_start"] : row[f"{side}_end"]]
            forms.append([ck.normalize(word, "search") for word in ck.tokenize(text) if any(map(str.isalnum, word))])
        if row["first_start"] > 200 and row["second_start"] > 200:  # no excluded spans in between
            assert forms[0] == forms[1]
            assert len(forms[0]) == row["words"]
    # what is left without copies are names with their titles
    assert ck.news.passages(body.deduplicate(), min_words=8).height == 0
    families = {frozenset((row["first"], row["second"])) for row in facts("pairs") if row["kind"] != "independent"}
    assert {frozenset(pair) for pair in table.select("first_id", "second_id").iter_rows()} == families


def test_bad_input() -> None:
    empty = ck.news.passages(ck.sample_corpus(), min_words=10**9, by="outlet")
    assert empty.height == 0
    alike = build([STATEMENT] * 40 + ["نعم", "...", "قال نعم ثم لا"], outlet=[None] * 43)
    assert ck.news.passages(alike, min_words=5).height == 0  # in more than max_documents
    table = ck.news.passages(alike, min_words=5, max_documents=40, by="outlet")
    assert table.height == 780
    assert not table["across"].any()
    assert table["days"].null_count() == 780
    with pytest.raises(InputError, match=r"^max_rows must be at least 780.* got 100"):
        ck.news.passages(alike, min_words=5, max_documents=40, max_rows=100)
    for corpus in (alike.filter(pl.col("document") < 1), alike.filter(pl.col("document") > 99)):
        assert ck.news.passages(corpus, by="outlet").schema == empty.schema


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_words": 1}, "min_words must be an integer of at least 2, got 1"),
        ({"min_words": 2.5}, "min_words must be"),
        ({"max_documents": 1}, "max_documents must be an integer of at least 2, got 1"),
        ({"max_rows": -1}, "max_rows must be a non-negative integer, got -1"),
        ({"profile": "serach"}, "profile must be"),
        ({"by": "share"}, "by must be .*first_share"),
        ({"by": "outlt"}, "by must be .*Did you mean 'outlet'"),
        ({"date": "dat"}, "date must be one of"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        ck.news.passages(ck.sample_corpus(), **options)
