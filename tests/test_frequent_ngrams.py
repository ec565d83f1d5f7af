"""N-grams of frequent words, and the first rows of a table, compared with the whole table."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit.analysis import frequent_ngrams
from corpus_kit.analysis.ngrams import first_ngrams
from corpus_kit.analysis.stopword_forms import ngrams_kept, stopword_forms
from corpus_kit.text.normalization import resolve_profile

pytestmark = [pytest.mark.core, pytest.mark.interface]

SAMPLE = ck.sample_corpus()
PART = SAMPLE.filter(pl.col("document") % 3 > 0)
STOPWORDS = ck.stopwords()


@pytest.mark.parametrize("corpus", [SAMPLE, PART], ids=["whole", "part"])
@pytest.mark.parametrize(
    "options",
    [
        {"n": 2},
        {"n": (1, 3), "within": "document"},
        {"n": (2, 4), "within": "sentence", "profile": None},
        {"n": 2, "skip": 1},
        {"n": (2, 3), "by": "outlet"},
    ],
    ids=str,
)
def test_frequent_rows_are_the_first_ones(corpus: ck.Corpus, options: dict[str, Any]) -> None:
    whole = ck.ngrams(corpus, **options)
    for least in (10, 20):
        frequent = ck.ngrams(corpus, **options, min_count=least)
        assert frequent.height > 0
        assert_frame_equal(frequent, whole.filter(pl.col("count") >= least))


@pytest.mark.parametrize("least", [2, 12])
def test_stopwords_are_left_out_before_counting(least: int) -> None:
    left_out = stopword_forms(STOPWORDS, resolve_profile("search"))
    for n in (2, (1, 3)):
        without = ck.ngrams(SAMPLE, n, min_count=least, stopwords=STOPWORDS)
        assert_frame_equal(without, ngrams_kept(ck.ngrams(SAMPLE, n, min_count=least), 1, left_out))


@pytest.mark.parametrize("careful", [0.7, 50.0], ids=["as estimated", "overestimated"])
def test_first_rows_are_those_of_the_whole_table(monkeypatch: pytest.MonkeyPatch, careful: float) -> None:
    monkeypatch.setattr(frequent_ngrams, "_SAMPLE", 5_000)
    monkeypatch.setattr(frequent_ngrams, "_CAREFUL", careful)
    found = 0
    for n, options in ((2, {}), ((2, 4), {}), (3, {"min_count": 4}), (2, {"stopwords": STOPWORDS})):
        for corpus in (SAMPLE, PART):
            first = first_ngrams(corpus, n, rows=10, **options)  # type: ignore[arg-type]
            if first is not None:
                found += 1
                assert_frame_equal(first, ck.ngrams(corpus, n, **options).head(10))  # type: ignore[arg-type]
    assert found >= 4


def test_no_first_rows_where_all_are_counted_as_quickly() -> None:
    assert first_ngrams(SAMPLE, rows=100) is None
