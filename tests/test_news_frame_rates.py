"""ck.news.frame_rates: hand-computed rates, periods, selected hits, intervals, invalid options."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.news.frame_dictionary import FrameDictionary
from corpus_kit.news.frame_rates import frame_rates
from corpus_kit.news.frames import frames

pytestmark = pytest.mark.interface


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def cleaned(sample: ck.Corpus) -> ck.Corpus:
    documents = sample.documents.select("document", "id").collect()
    return sample.exclude(ck.sample_truth()["boilerplate"].join(documents, on="id", maintain_order="left"))


def test_rates_by_hand(build: Any) -> None:
    corpus = build(["خبر دولي ثم دولي", "خبر محلي", "خبر", "كلام قليل عن شيء"])
    rates = frame_rates(corpus, n_bootstrap=0)
    row = rates.filter(category="international").row(0, named=True)
    assert (row["count"], row["documents"], row["rate"]) == (2, 1, pytest.approx(2e6 / 11))
    assert (row["document_share"], row["share"]) == (0.25, pytest.approx(2 / 3))
    # Wilson's interval for 1 of 4
    assert row["document_share_low"] == pytest.approx(0.0456, abs=1e-4)
    assert row["document_share_high"] == pytest.approx(0.6994, abs=1e-4)
    assert row["rate_low"] is row["share_high"] is None
    assert rates.filter(dimension="means")["share"].to_list() == [None] * 5
    assert rates.filter(dimension="means")["rate"].to_list() == [0.0] * 5


def test_rates_agree_with_the_hits_and_the_frequency_table(cleaned: ck.Corpus) -> None:
    rates = frame_rates(cleaned, by="outlet", n_bootstrap=50, seed=3)
    hits = frames(cleaned).join(cleaned.documents.select("document", "outlet").collect(), on="document")
    counts = {row[:3]: row[3] for row in hits.group_by("outlet", "dimension", "category").len().iter_rows()}
    for row in rates.iter_rows(named=True):
        assert row["count"] == counts.get((row["outlet"], row["dimension"], row["category"]), 0)
    shares = rates.group_by("outlet", "dimension").agg(pl.col("share").sum())["share"]
    assert {round(share, 9) for share in shares} == {0.0, 1.0}  # 0 where an outlet has no hit of the dimension
    assert rates["outlet"].unique(maintain_order=True).equals(cleaned.labels("outlet").unique(maintain_order=True))
    # a category of one word has the rates and intervals of the word
    lists = FrameDictionary.of({"t": {"truce": {"words": ["هدنة"]}}})
    mine = frame_rates(cleaned, lists, n_bootstrap=100, seed=5).row(0, named=True)
    words = ck.frequency(cleaned, n_bootstrap=100, seed=5).filter(word="هدنه").row(0, named=True)
    assert mine["count"] == words["count"]
    assert mine["documents"] == words["documents"]
    for one, other in (("rate", "per_million"), ("rate_low", "per_million_low"), ("rate_high", "per_million_high")):
        assert mine[one] == pytest.approx(words[other])


def test_rates_by_period(build: Any) -> None:
    from datetime import date

    dates = [date(2026, 1, 5), date(2026, 1, 6), date(2026, 2, 2), None]
    corpus = build(["خبر دولي", "خبر", "خبر دولي", "خبر دولي"], date=dates, source=["b", "a", "b", "a"])
    with pytest.warns(UserWarning, match="1 of 4 documents have no date"):
        rates = frame_rates(corpus, every="month", n_bootstrap=0)
    kept = rates.filter(category="international").select("period", "count", "documents", "document_share")
    assert kept.rows() == [(date(2026, 1, 1), 1, 1, 0.5), (date(2026, 2, 1), 1, 1, 1.0)]
    with pytest.warns(UserWarning, match="no date"):
        both = frame_rates(corpus, by="source", every="week", week_start="sunday", n_bootstrap=0)
    kept = both.filter(category="international").select("source", "period", "count")
    assert kept.rows() == [
        ("b", date(2026, 1, 4), 1), ("b", date(2026, 2, 1), 1), ("a", date(2026, 1, 4), 0),
    ]  # fmt: skip


def test_rates_by_decade_and_century(build: Any) -> None:
    from datetime import date

    dates = [date(1999, 12, 31), date(2000, 1, 1), date(2009, 5, 1)]
    corpus = build(["خبر دولي", "خبر", "خبر دولي"], date=dates)
    for every in ("decade", "century"):
        rates = frame_rates(corpus, every=every, n_bootstrap=0).filter(category="international")
        first = {"decade": 1990, "century": 1900}[every]
        assert rates.select("period", "count").rows() == [(date(first, 1, 1), 1), (date(2000, 1, 1), 1)]


def test_rates_of_selected_hits(cleaned: ck.Corpus) -> None:
    hits = frames(cleaned)
    some = hits.filter(pl.col("dimension") == "level", pl.col("place") == "body")
    rates = frame_rates(cleaned, some, n_bootstrap=20)
    assert rates.select("category", "count").rows() == sorted(some.group_by("category").len().iter_rows())
    assert frame_rates(cleaned, hits.clear()).height == 0
    with pytest.raises(InputError, match=r"^dictionary must be hits in this corpus"):
        frame_rates(ck.sample_corpus(), hits)
    with pytest.raises(InputError, match=r"^dictionary must be hits in this corpus"):
        frame_rates(cleaned.filter(pl.col("document") < 10), hits)
    with pytest.raises(InputError, match=r"^dictionary must be .* without the column position"):
        frame_rates(cleaned, hits.drop("position"))
    with pytest.raises(InputError, match=r"^dictionary must be .* got Int64 in start"):
        frame_rates(cleaned, hits.with_columns(pl.col("start").cast(pl.Int64)))
    with pytest.raises(InputError, match=r"^dictionary must be .* got null in category"):
        frame_rates(cleaned, hits.with_columns(category=pl.lit(None, pl.String)))


def test_the_same_seed_gives_the_same_intervals(sample: ck.Corpus) -> None:
    one, two, three = (frame_rates(sample, n_bootstrap=50, seed=seed) for seed in (1, 1, 2))
    assert one.equals(two)
    assert not one.equals(three)


@pytest.mark.parametrize(
    "options",
    [
        {"by": "outlets"}, {"by": 5}, {"every": "years"}, {"every": "week", "week_start": "x"}, {"confidence": 1.5},
        {"n_bootstrap": -1}, {"seed": "x"}, {"every": "day", "date": "dat"},
    ],
)  # fmt: skip
def test_invalid_options(sample: ck.Corpus, options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"^{[*options][-1]} must be"):
        frame_rates(sample, **options)


def test_zeros_have_an_interval_and_rows_have_their_n(sample: ck.Corpus) -> None:
    lists = ck.news.FrameDictionary.of({"d": {"common": {"words": ["في"]}, "absent": {"words": ["كركدن"]}}})
    rates = frame_rates(sample, lists, by="outlet", n_bootstrap=50)
    for row in rates.iter_rows(named=True):
        documents = sample.filter(pl.col("outlet") == row["outlet"])
        assert row["total_documents"] == len(documents)
        assert row["words"] == documents.documents.select(pl.col("words").sum()).collect().item()
        assert row["rate"] == pytest.approx(1e6 * row["count"] / row["words"])
        assert row["document_share"] == pytest.approx(row["documents"] / row["total_documents"])
        assert row["share"] == pytest.approx(row["count"] / row["total"])
        assert row["rate_low"] <= row["rate"] <= row["rate_high"]
        assert row["share_low"] <= row["share"] <= row["share_high"]
        assert row["share_low"] < row["share_high"]
        if row["category"] == "absent":
            assert (row["count"], row["rate_low"], row["share_low"]) == (0, 0, 0)
            assert row["rate_high"] == pytest.approx(3.6888794541 * 1e6 / row["words"])
        else:
            assert (row["share"], row["share_high"]) == (1, 1)


def test_a_group_of_one_document_has_no_interval_of_its_rate(sample: ck.Corpus) -> None:
    one = sample.filter(pl.col("document") == 3)
    lists = ck.news.FrameDictionary.of({"d": {"common": {"words": ["في"]}, "absent": {"words": ["كركدن"]}}})
    common, absent = frame_rates(one, lists, n_bootstrap=20).rows(named=True)
    assert (common["rate_low"], common["rate_high"]) == (None, None)
    assert (absent["rate_low"], absent["rate_high"] > 0) == (0, True)
    assert common["share_low"] < 1 == common["share_high"]
