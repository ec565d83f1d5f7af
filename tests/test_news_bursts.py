"""ck.news.bursts compared with a slow twin, the planted burst of the sample, and plain counting."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

import oracles_news_bursts as oracle
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.measures.proportions import wilson
from corpus_kit.news.bursts import _cheapest, _saved, _two_rates, _two_states
from corpus_kit.text.calendars import hijri_day, hijri_month
from corpus_kit.text.periods import EVERY, WEEK_STARTS, all_periods, period_names, period_of

pytestmark = pytest.mark.interface

SCHEMA = {
    "pattern": pl.String, "period": pl.Date, "documents": pl.Int64, "words": pl.Int64, "hits": pl.Int64,
    "occurrences": pl.Int64, "rate": pl.Float64, "rate_low": pl.Float64, "rate_high": pl.Float64, "state": pl.UInt8,
    "burst": pl.Boolean, "burst_number": pl.UInt32, "weight": pl.Float64,
}  # fmt: skip
DAY = datetime.date(2026, 3, 2)  # a Monday


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


def build(folder: Path, rows: list[tuple[int | None, str]], **columns: list[Any]) -> ck.Corpus:
    """Build a corpus of texts, each dated so many days after DAY (None: undated)."""
    days = [None if after is None else DAY + datetime.timedelta(days=after) for after, _ in rows]
    frame = pl.DataFrame({"text": [text for _, text in rows], "date": pl.Series(days, dtype=pl.Date), **columns})
    return ck.Corpus.build(frame, folder / "corpus", date="date", progress=False)


# ----------------------------------------------------------------------------------------------------
# The twin
# ----------------------------------------------------------------------------------------------------
batches = st.lists(
    st.integers(0, 12).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))),
    min_size=1,
    max_size=9,
)


@given(batches, st.floats(1.01, 6), st.floats(0, 3))
@example([(0, 9), (6, 9), (0, 0), (6, 9), (1, 9)], 2.0, 1.0)
@example([(0, 0)], 2.0, 1.0)
@example([(3, 3), (0, 3)], 3.0, 0.0)
def test_state_sequence_is_optimal(batch: list[tuple[int, int]], s: float, gamma: float) -> None:
    hits, trials = [hit for hit, _ in batch], [trial for _, trial in batch]
    rates = oracle.rates_of(hits, trials, s)
    arrays = pl.Series(hits).to_numpy(), pl.Series(trials).to_numpy()
    assert _two_rates(*arrays, s) == rates
    states, saved = _two_states(*arrays, rates, gamma)
    if rates is None:
        assert not states.any()
        return
    chosen = oracle.cost_of(tuple(states.tolist()), hits, trials, rates, gamma)
    assert chosen == pytest.approx(oracle.least_cost(hits, trials, s, gamma), rel=1e-9, abs=1e-9)
    for saving, hit, trial in zip(saved, hits, trials, strict=True):
        usual, raised = (oracle.binomial_cost(hit, trial, rate) for rate in rates)
        assert saving == pytest.approx(usual - raised, rel=1e-9, abs=1e-9)


def test_ties_prefer_the_lower_state() -> None:
    assert _cheapest(pl.Series([1.0]).to_numpy(), 1.0).tolist() == [0]
    assert _cheapest(pl.Series([1.5, 0.0, 0.0]).to_numpy(), 1.0).tolist() == [1, 0, 0]
    assert _cheapest(pl.Series([0.0, 0.0]).to_numpy(), 0.0).tolist() == [0, 0]


def test_a_worked_example() -> None:
    """Two of twenty are hits; in the raised state (0.2) two of two cost 2 ln 2 less."""
    hits, trials = pl.Series([0, 2, 0]).to_numpy(), pl.Series([9, 2, 9]).to_numpy()
    saved = _saved(hits, trials, 0.1, 0.2)
    assert saved[1] == pytest.approx(2 * math.log(2))
    assert saved[0] == pytest.approx(9 * math.log(0.8 / 0.9))
    assert _cheapest(saved, math.log(3)).tolist() == [0, 1, 0]
    assert _cheapest(saved, 1.3 * math.log(3)).tolist() == [0, 0, 0]


@given(
    st.lists(st.dates(datetime.date(1999, 1, 1), datetime.date(2001, 3, 1)), min_size=1, max_size=4),
    st.sampled_from(EVERY),
    st.sampled_from(WEEK_STARTS),
)
def test_periods_follow_the_calendar(days: list[datetime.date], every: str, week_start: str) -> None:
    series = pl.Series("day", [*days, None])
    assert period_of(series, every, week_start).to_list() == [
        *(oracle.period(day, every, week_start) for day in days),
        None,
    ]
    assert period_of(series, every, week_start).name == "day"
    assert all_periods(series, every, week_start).to_list() == oracle.periods(days, every, week_start)


@pytest.mark.parametrize("every", [every for every in EVERY if not every.startswith("hijri")])
def test_first_periods_begin_with_the_year_1(every: str) -> None:
    days = [datetime.date(1, 1, 1), datetime.date(21, 3, 5)]
    found = all_periods(pl.Series(days), every, "sunday")
    assert found.to_list() == oracle.periods(days, every, "sunday")
    assert period_of(pl.Series(days), every, "sunday").to_list() == [found[0], found[-1]]


def ordinal(day: int | None) -> datetime.date:
    return datetime.date.fromordinal(day or 0)


@given(
    st.lists(st.dates(datetime.date(622, 7, 19), datetime.date(2400, 1, 1)), min_size=1, max_size=4),
    st.sampled_from(["hijri_month", "hijri_year", "hijri_century"]),
)
def test_hijri_periods_are_those_of_the_calendar(days: list[datetime.date], every: str) -> None:
    """Of both calendars, and where one follows the other: each period begins where the one before it ends."""
    found = period_of(pl.Series("day", [None, *days]), every).to_list()
    assert found[0] is None
    names = period_names(pl.Series(found), every).to_list()
    for day, first, name in zip(days, found[1:], names[1:], strict=True):
        year, month = hijri_month(day.toordinal()) or (0, 0)
        begin = (year - 1) // 100 * 100 + 1
        bounds, expected = {
            "hijri_month": (((year, month), (year + month // 12, month % 12 + 1)), f"{year}-{month:02} AH"),
            "hijri_year": (((year, 1), (year + 1, 1)), f"{year} AH"),
            "hijri_century": (((begin, 1), (begin + 100, 1)), f"{begin}-{begin + 99} AH"),
        }[every]
        assert first == ordinal(hijri_day(*bounds[0], 1))
        assert first <= day < ordinal(hijri_day(*bounds[1], 1))
        assert name == expected
    periods = all_periods(pl.Series(days), every)
    assert set(found[1:]) <= set(periods)
    assert (periods[0], periods[-1]) == (min(found[1:]), max(found[1:]))
    between = [each.days for each in periods.diff().drop_nulls()]
    assert set(between) <= {"hijri_month": {28, 29, 30, 31}, "hijri_year": {353, 354, 355, 356}}.get(
        every, set(between)
    )


def test_a_century_of_books_is_its_period(tmp_path: Path) -> None:
    books = pl.DataFrame({"text": ["ورد"] * 3, "day": ["القرن الرابع الهجري", "ت 400هـ", "ت 401هـ"]})
    with ck.Corpus.build(books, tmp_path / "books", date="day") as corpus:
        table = ck.news.bursts(corpus, "ورد", every="hijri_century")
    assert period_names(table["period"], "hijri_century").to_list() == ["301-400 AH", "401-500 AH"]
    assert table["hits"].to_list() == [2, 1]


def test_days_without_a_hijri_year() -> None:
    early = pl.Series([datetime.date(622, 7, 18), DAY])
    for function in (period_of, all_periods):
        with pytest.raises(InputError, match=r"^every must be a Gregorian period if .*, got 'hijri_year'"):
            function(early, "hijri_year")
    with pytest.raises(InputError, match=r"^every must be a Gregorian period"):
        period_names(early, "hijri_month")
    nothing = pl.Series("day", [None], dtype=pl.Date)
    assert period_of(nothing, "hijri_month").to_list() == [None]
    assert all_periods(nothing, "hijri_month").to_list() == []
    with pytest.raises(InputError, match=r"^periods must be a Series of Date"):
        period_names(pl.Series(["x"]), "year")


def test_periods_without_dates_and_invalid_periods() -> None:
    assert all_periods(pl.Series([None], dtype=pl.Date)).to_list() == []
    with pytest.raises(InputError, match=r"^every must be .* Did you mean 'week'"):
        period_of(pl.Series([DAY]), "weeks")
    with pytest.raises(InputError, match=r"^week_start must be .* Did you mean 'sunday'"):
        period_of(pl.Series([DAY]), "week", "sundays")


# ----------------------------------------------------------------------------------------------------
# The sample
# ----------------------------------------------------------------------------------------------------


def test_the_planted_burst(sample: ck.Corpus) -> None:
    """With the default s and gamma; weeks of the sample begin on Sunday."""
    table = ck.news.bursts(sample, "المسيرات", week_start="sunday")
    assert dict(table.schema) == SCHEMA
    truth = ck.sample_truth()["bursts"]
    first = datetime.date(2026, 1, 4)
    assert table["period"].to_list() == [first + datetime.timedelta(weeks=week - 1) for week in truth["week"]]
    assert table["documents"].to_list() == truth["items"].to_list()
    assert table["hits"].to_list() == truth["with_term"].to_list()
    assert table["occurrences"].to_list() == truth["with_term"].to_list()
    assert table["burst"].to_list() == truth["burst"].to_list()
    assert table["words"].sum() == 22_804
    assert table.filter("burst")["burst_number"].to_list() == [1, 1, 1]
    weight = 3 * (6 * math.log(2) + 3 * math.log(0.75 / 0.875))  # the usual rate is 30 of 240
    assert table.filter("burst")["weight"].to_list() == pytest.approx([weight] * 3)
    assert table.filter(~pl.col("burst"))["burst_number"].null_count() == 23


def test_rates_and_intervals(sample: ck.Corpus) -> None:
    table = ck.news.bursts(sample, "المسيرات", count="words", confidence=0.9)
    for row in table.rows(named=True):
        low, high = wilson(row["occurrences"], row["words"], 0.9)
        assert row["rate"] == pytest.approx(1e6 * row["occurrences"] / row["words"])
        assert (row["rate_low"], row["rate_high"]) == pytest.approx((1e6 * low, 1e6 * high))
    assert str(table["rate_low"].min()) == "0.0"


def test_bursts_depend_on_rates_not_counts(tmp_path: Path) -> None:
    """Ten hits in a hundred documents are not a burst if one in ten is usual."""
    rows = [(day, "ورد" if number == 0 else "بحر") for day in range(0, 28, 7) for number in range(10)]
    rows += [(28, "ورد" if number < 10 else "بحر") for number in range(100)]
    with build(tmp_path, rows) as corpus:
        assert not ck.news.bursts(corpus, "ورد")["burst"].any()


def test_several_patterns_and_groups(sample: ck.Corpus) -> None:
    patterns = ["هدنة إنسانية", "المسيرات"]
    both = ck.news.bursts(sample, patterns, by="outlet", every="month")
    assert both.columns == ["outlet", *SCHEMA]
    assert both["pattern"].unique(maintain_order=True).to_list() == patterns
    assert both.height == 2 * 7 * 7
    for pattern in patterns:
        of_one = ck.news.bursts(sample, pattern, every="month")
        sums = (
            both.filter(pattern=pattern).group_by("period", maintain_order=True).agg(pl.col("documents", "hits").sum())
        )
        assert_frame_equal(sums, of_one.select("period", "documents", "hits"))
    outlet = both["outlet"][0]
    alone = ck.news.bursts(sample.filter(pl.col("outlet") == outlet), "المسيرات", every="month")
    assert_frame_equal(both.filter(outlet=outlet, pattern="المسيرات").drop("outlet"), alone)


def test_options_of_patterns(tmp_path: Path) -> None:
    with build(tmp_path, [(0, "وَرد بحر"), (0, "ورد\nبحر"), (1, "بحر ورد"), *[(1, "بحر")] * 5]) as corpus:
        assert ck.news.bursts(corpus, "ورد", exact=True)["hits"].to_list() == [2]
        assert ck.news.bursts(corpus, "ورد بحر")["hits"].to_list() == [1]
        assert ck.news.bursts(corpus, "ورد بحر", within="document")["hits"].to_list() == [2]
        with pytest.raises(InputError, match=r"corpus\.annotate"):
            ck.news.bursts(corpus, "ورد", clitics=True)


# ----------------------------------------------------------------------------------------------------
# Periods without documents, few documents, views
# ----------------------------------------------------------------------------------------------------


def test_empty_periods_are_listed_and_cost_nothing(tmp_path: Path) -> None:
    rows = [(day, "بحر") for day in range(10) for _ in range(3)] + [(day, "ورد") for day in (12, 14) for _ in range(3)]
    with build(tmp_path, rows) as corpus:
        table = ck.news.bursts(corpus, "ورد", every="day")
    assert table.height == 15
    assert table["documents"].to_list() == [3] * 10 + [0, 0, 3, 0, 3]
    assert table["rate"].to_list() == [0.0] * 10 + [None, None, 1.0, None, 1.0]
    assert table["rate_low"].null_count() == table["rate_high"].null_count() == 3
    assert table["burst"].to_list() == [False] * 12 + [True] * 3  # lasts through the empty day


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("texts", [["ورد"], ["بحر"], ["ورد", "ورد"], ["ورد", "بحر"]])
def test_single_period_is_not_a_burst(tmp_path: Path, every: str, texts: list[str]) -> None:
    with build(tmp_path, [(0, text) for text in texts]) as corpus:
        table = ck.news.bursts(corpus, "ورد", every=every, s=1.5)
    assert table["documents"].to_list() == [len(texts)]
    assert table["burst"].to_list() == [False]


def test_pattern_in_no_or_every_document(tmp_path: Path) -> None:
    with build(tmp_path, [(day, "ورد") for day in range(0, 30, 3)]) as corpus:
        for pattern, rate in (("غائب", 0.0), ("ورد", 1.0)):
            table = ck.news.bursts(corpus, pattern)
            assert set(table["rate"].to_list()) == {rate}
            assert not table["burst"].any()


def test_warns_if_the_raised_rate_is_lowered(tmp_path: Path) -> None:
    rows = [(day, "ورد") for day in (0, 1, 2, 3)] + [(day, "بحر") for day in (4, 5)]
    with build(tmp_path, rows) as corpus, pytest.warns(UserWarning, match="for 'ورد'; the raised rate is half-way"):
        table = ck.news.bursts(corpus, "ورد", every="day", gamma=0)
    assert table["weight"][0] == pytest.approx(4 * math.log((5 / 6) / (4 / 6)))
    assert table["burst"].to_list() == [True] * 4 + [False] * 2


def test_undated_documents_are_skipped_and_counted(tmp_path: Path) -> None:
    with build(tmp_path, [(0, "ورد"), (None, "ورد"), *[(8, "بحر")] * 2]) as corpus:
        with pytest.warns(UserWarning, match="1 of 4 documents have no date"):
            table = ck.news.bursts(corpus, "ورد")
        assert table["documents"].to_list() == [1, 2]
        assert table["hits"].to_list() == [1, 0]
        result = provenance_of(table)
        assert result is not None
        assert result["options"]["undated"] == 1
        with pytest.raises(InputError, match=r"^date must be"):
            ck.news.bursts(corpus.filter(pl.col("date").is_null()), "ورد")


def test_subcorpus_cleaned_view_and_empty_corpus(sample: ck.Corpus) -> None:
    part = sample.filter(pl.col("date") >= datetime.date(2026, 4, 5))
    whole = ck.news.bursts(sample, "المسيرات", week_start="sunday")
    table = ck.news.bursts(part, "المسيرات", week_start="sunday")
    same = ["period", "documents", "words", "hits", "occurrences", "rate"]
    assert_frame_equal(table.select(same), whole.select(same).tail(13))
    hidden = ck.kwic(sample, "المسيرات").frame.select("document", "start", "end")
    cleaned = ck.news.bursts(sample.exclude(hidden), "المسيرات", week_start="sunday")
    assert cleaned["hits"].sum() == 0
    assert cleaned["words"].sum() == 22_804 - 30
    nothing = ck.news.bursts(sample.filter(pl.lit(value=False)), "المسيرات", by="outlet")
    assert nothing.height == 0
    assert dict(nothing.schema) == {"outlet": pl.String, **SCHEMA}


def test_runs_repeat_and_are_recorded(sample: ck.Corpus) -> None:
    table = ck.news.bursts(sample, ["المسيرات"], s=3, gamma=0.5)
    assert_frame_equal(table, ck.news.bursts(sample, "المسيرات", s=3, gamma=0.5))
    result = provenance_of(table)
    assert result is not None
    assert result["function"] == "ck.news.bursts"
    assert result["options"]["s"] == 3.0


# ----------------------------------------------------------------------------------------------------
# Invalid input
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": "weekly"}, "every must be .* Did you mean 'week'"),
        ({"week_start": "friday"}, "week_start must be .* got 'friday'"),
        ({"count": "tokens"}, "count must be 'documents' or 'words', got 'tokens'"),
        ({"within": "text"}, "within must be .* got 'text'"),
        ({"s": 1}, "s must be a number above 1"),
        ({"s": float("nan")}, "s must be a number above 1"),
        ({"s": True}, "s must be a number above 1"),
        ({"s": "2"}, "s must be a number above 1"),
        ({"gamma": -0.1}, "gamma must be a number of at least 0"),
        ({"gamma": float("inf")}, "gamma must be a number of at least 0"),
        ({"confidence": 1}, "confidence must be .* got 1"),
        ({"date": "day"}, "date must be .* got 'day'"),
        ({"date": "outlet"}, "date must be .* got 'outlet'. It holds String"),
        ({"by": "outlets"}, "by must be .* Did you mean 'outlet'"),
        ({"pattern": ""}, "pattern must be .* got ''"),
        ({"pattern": []}, "pattern must be a pattern or a list"),
        ({"pattern": ["ورد", "ورد"]}, "pattern must be a list of different patterns"),
        ({"pattern": 5}, "pattern must be a pattern or a list of patterns.* got 5"),
        ({"pattern": ["ورد", None]}, "pattern must be a str, got None"),
        ({"pattern": "[kind=punctuation]+", "count": "words"}, None),
    ],
)
def test_invalid_arguments(sample: ck.Corpus, options: dict[str, Any], message: str | None) -> None:
    options = {"pattern": "المسيرات", **options}
    if message is None:  # here there are fewer punctuation marks than words
        assert ck.news.bursts(sample, **options)["occurrences"].sum() > 0
        return
    with pytest.raises(InputError, match=f"^{message}"):
        ck.news.bursts(sample, **options)


def test_rejects_non_corpora_missing_dates_and_word_counts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
        ck.news.bursts("ورد", "ورد")  # type: ignore[arg-type]
    with (
        ck.Corpus.build(pl.DataFrame({"text": ["ورد"]}), tmp_path / "undated", progress=False) as corpus,
        pytest.raises(InputError, match=r"^date must be"),
    ):
        ck.news.bursts(corpus, "ورد")
    with (
        build(tmp_path, [(0, "ورد ! ورد ؟ ! «")]) as corpus,
        pytest.raises(InputError, match=r"^count must be 'documents'"),
    ):
        ck.news.bursts(corpus, "[kind=punctuation]", count="words")


@pytest.mark.parametrize("word", ["المسيرات", "هدنة", "رمضان"])
def test_counts_equal_plain_counting(sample: ck.Corpus, word: str) -> None:
    hits = ck.kwic(sample, word).frame["document"].unique().to_list()
    expected = (
        sample.documents.select("document", "date")
        .collect()
        .with_columns(period=pl.col("date").dt.truncate("1mo"), hit=pl.col("document").is_in(hits))
        .group_by("period")
        .agg(pl.len().alias("documents"), pl.col("hit").sum())
        .sort("period")
    )
    table = ck.news.bursts(sample, word, every="month")
    assert table["hits"].to_list() == expected["hit"].to_list()
    assert table["documents"].to_list() == expected["documents"].to_list()
