"""Huge arguments are refused at once, before memory is allocated."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit import measures
from corpus_kit._base.arguments import memory_argument
from corpus_kit._base.records import jsonable

HUGE = 10**400
FRAME = pl.DataFrame({"a": [1]})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: measures.ttr(spectrum={1: HUGE}), r"^spectrum must be"),
        (lambda: measures.fisher_alpha(5, HUGE), r"^n_tokens must be at most 2\^53"),
        (lambda: measures.average_waiting_time([1], HUGE), r"^size must be at most 2\^53"),
        (lambda: measures.average_waiting_time([1e30], 10), r"^positions must be .*10"),
        (lambda: ck.frequency(ck.sample_corpus(), n_bootstrap=10**12), r"^n_bootstrap must be .* got 1000000000000"),
        (lambda: ck.collocations(ck.sample_corpus(), "هدنة", stopwords=["\ud800"]), r"^stopwords\[0\] must be"),
    ],
)
def test_huge_values_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        call()


def test_more_points_than_tokens_means_every_token() -> None:
    part = ck.sample_corpus().filter(pl.col("document") == 0)
    growth = ck.vocabulary_growth(part, points=10**12)
    assert growth["tokens"][-1] == ck.frequency(part)["count"].sum()
    assert growth["tokens"].is_sorted()


def test_duplicate_argument() -> None:
    with pytest.raises(TypeError, match=r"log_ratio\(\) got .*'a'"):
        measures.log_ratio(1, 2, 3, 4, a=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ck.keyness(*_halves(), min_dispersion=HUGE), r"^min_dispersion must be a number"),
        (lambda: ck.keyness(*_halves(), k=HUGE), r"^k must be finite and positive"),
        (lambda: ck.lexical_bundles(ck.sample_corpus(), min_per_million=HUGE), r"^min_per_million must be"),
        (lambda: ck.ngrams("n" * 100_000), r"^corpus must be a path of at most"),
        (lambda: ck.count_ngrams(range(10**15), 2), r"^texts\[0\] must be a str or None, got 0"),
        (lambda: ck.count_ngrams(["في"], 1, by=range(10**15)), r"^by must be one label .*1,000,000,000,000,000"),
        (lambda: ck.count_ngrams(["في"], 1, by=[_nested(5_000)]), r"^by must be labels of at most 16 lists"),
        (lambda: ck.count_ngrams(["في"], 1, by=iter(int, 1)), r"^by must be one label .*It has more"),
        (lambda: ck.collocations(ck.sample_corpus(), "هدنة", stopwords=range(10**15)), r"^stopwords must be"),
        (lambda: measures.aari("قال", HUGE), r"^sentences must be an integer from 1"),
        (lambda: measures.conservative_log_ratio(1, 2, 9, 9, comparisons=HUGE), r"^comparisons must be finite"),
        (lambda: measures.fisher_exact_left(3, 10, 7, 2**63 - 1), r"^n must be at most 2\^53"),
        (lambda: measures.fisher_exact_left([2**51, 2**51 + 1], 2**52, 2**52, 2**53), r"^n must be smaller"),
        (lambda: ck.news.boilerplate(ck.sample_corpus(), lexicon="n" * 100_000), r"^lexicon must be .{,150}000\.$"),
        (lambda: ck.news.bursts(ck.sample_corpus(), range(10**15)), r"^pattern must be a str, got 0"),
        (lambda: ck.news.bursts(ck.sample_corpus(), "في", s=HUGE), r"^s must be a number above 1"),
        (
            lambda: ck.news.near_duplicates(ck.sample_corpus(), measure="jaccard", method="minhash", n_hashes=2**31),
            r"^n_hashes must be",
        ),
        (lambda: ck.news.near_duplicates(ck.sample_corpus(), by=np.array([])), r"^by must be"),
        (lambda: ck.news.near_duplicates(ck.sample_corpus(), by=FRAME), r"^by must be"),
        (lambda: ck.news.label_log_odds(ck.sample_corpus(), by="outlet", prior=HUGE), r"^prior must be a number"),
        (lambda: ck.news.label_log_odds(ck.sample_corpus(), by="outlet", reference=10**5000), r"^reference must be"),
        (lambda: ck.news.agreement("/"), r"^cannot read the sheet '/': it is a folder"),
        (lambda: ck.news.structure(ck.sample_corpus(), boilerplate=_objects("document")), r"^boilerplate must be"),
        (lambda: ck.news.actors(ck.sample_corpus(), "n" * 100_000), r"^path must be a path of .{,150}000\.$"),
    ],
)
def test_values_beyond_all_floats_and_memory_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ck.CorpusKitError, match=message):
        call()


def _objects(column: str) -> pl.DataFrame:
    spans = ck.news.boilerplate(ck.sample_corpus()).head(1)
    return spans.with_columns(pl.Series(column, [object()], dtype=pl.Object))


def _nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


def _halves() -> tuple[ck.Corpus, ck.Corpus]:
    corpus = ck.sample_corpus()
    return corpus.filter(pl.col("document") < 3), corpus.filter(pl.col("document").is_between(3, 5))


@pytest.mark.parametrize(
    "call",
    [
        lambda corpus, least: ck.frequency(corpus, min_count=least),
        lambda corpus, least: ck.dispersion(corpus, min_count=least),
        lambda corpus, least: ck.ngram_collocations(corpus, min_count=least),
        lambda corpus, least: ck.lexical_bundles(corpus, min_documents=least),
        lambda corpus, least: ck.document_term_matrix(corpus, min_documents=least).terms,
        lambda corpus, least: ck.news.network(corpus, min_weight=least),
        lambda corpus, least: ck.news.substitutions(corpus, min_clusters=least),
    ],
)
def test_nothing_occurs_so_often(call: Callable[[ck.Corpus, int], pl.DataFrame]) -> None:
    assert call(ck.sample_corpus().filter(pl.col("document") < 3), HUGE).is_empty()


def test_memory_without_end() -> None:
    assert memory_argument("9" * 5000) == memory_argument("9" * 400 + "GB") == 2**63


def test_more_rows_than_any_table_has() -> None:
    assert "خبر" in ck.show(pl.DataFrame({"word": ["خبر"]}), max_rows=HUGE)._repr_html_()


@pytest.mark.parametrize("draw", [ck.plot.zipf, ck.plot.frequency])
def test_more_marks_than_any_table_has_rows(draw: Callable[..., object]) -> None:
    table = ck.frequency(ck.sample_corpus().filter(pl.col("document") < 3))
    draw(table, top=HUGE)
    draw(table, top=2**33)


def test_sources_without_end(tmp_path: Path) -> None:
    with pytest.raises(ck.InputError, match=r"^source must be .*got 0"):
        ck.Corpus.build(range(10**15), tmp_path / "corpus")
    with pytest.raises(ck.SourceError, match=r"^no such file or folder: 'n{58}…$"):
        ck.Corpus.build("n" * 100_000, tmp_path / "corpus")


def test_confidence_next_to_one() -> None:
    low, high = measures.wilson(1, 2, confidence=1 - 2**-53)
    assert 0 < low < 0.1 < 0.9 < high < 1
    assert measures.log_ratio_interval(5, 5, 9, 9, confidence=1 - 2**-53)[0] < -3


def test_days_without_a_calendar_date() -> None:
    corpus = ck.sample_corpus().filter(pl.col("document") < 6)
    for day in (datetime.date.min, datetime.date.max):
        found = ck.news.dates(corpus, date=day)
        assert found["date"].null_count() > 0
        assert found.height == ck.news.dates(corpus, date=datetime.date(2020, 1, 1)).height


def test_a_long_double_has_a_record() -> None:
    third = np.longdouble(1) / 3
    assert jsonable(third) in (str(third), float(third))


def test_edits_of_another_type() -> None:
    corpus = ck.sample_corpus()
    edits = ck.news.edits(corpus).head(2)
    for kind in (pl.Series("kind", [b"\xff"] * 2), pl.Series("kind", [object()] * 2, dtype=pl.Object)):
        with pytest.raises(ck.InputError, match=r"^edits must be a table of ck\.news\.edits, got .*kind"):
            ck.news.substitutions(corpus, edits.with_columns(kind))


def test_more_hits_than_there_can_be(tmp_path: Path) -> None:
    part = ck.sample_corpus().filter(pl.col("document") < 6)
    assert len(part.containing("في", min_hits=10**5000)) == 0
    sheet = {"path": tmp_path / "sheet.csv", "dimension": "level"}
    assert ck.news.coding_sheet(part, sample=HUGE, **sheet).height == ck.news.coding_sheet(part, **sheet).height


def test_thresholds_above_all_counts() -> None:
    corpus = ck.sample_corpus()
    checks = ck.news.cluster_checks(corpus, ck.news.duplicate_clusters(corpus), short=HUGE, max_days=HUGE)
    assert "recurring" not in checks["doubt"].to_list()
