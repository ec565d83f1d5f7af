"""ck.trend, ck.trend_tests and their formulas: published examples, slow twins, hostile dates, groups and patterns."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import oracles_trend as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats

import corpus_kit as ck
from corpus_kit._base.hashing import hashed
from corpus_kit._base.records import provenance_of
from corpus_kit.analysis.cells import Cells
from corpus_kit.analysis.shuffled_documents import shuffled
from corpus_kit.errors import InputError
from corpus_kit.measures.proportions import wilson
from corpus_kit.measures.rates import effective_counts, poisson_interval
from corpus_kit.measures.trends import autocorrelation, growth, kendall_s, mann_kendall, variation
from corpus_kit.news.bursts import bursts

pytestmark = pytest.mark.interface

SCHEMA = {
    "pattern": pl.String, "period": pl.Date, "documents": pl.Int64, "words": pl.Int64, "hits": pl.Int64,
    "occurrences": pl.Int64, "rate": pl.Float64, "rate_low": pl.Float64, "rate_high": pl.Float64,
    "log_ratio": pl.Float64, "log_ratio_low": pl.Float64, "log_ratio_high": pl.Float64, "partial": pl.Boolean,
}  # fmt: skip
DAY = datetime.date(2026, 3, 2)  # a Monday


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


def build(folder: Path, rows: list[tuple[datetime.date | int | None, str]], **columns: list[Any]) -> ck.Corpus:
    """Build a corpus of texts, each with a date or so many days after DAY (None: undated)."""
    days = [DAY + datetime.timedelta(days=day) if isinstance(day, int) else day for day, _ in rows]
    frame = pl.DataFrame({"text": [text for _, text in rows], "date": pl.Series(days, dtype=pl.Date), **columns})
    return ck.Corpus.build(frame, folder / "corpus", date="date", progress=False)


def same(value: float | None, expected: float | None, relative: float = 1e-7) -> bool:
    value = None if value is not None and math.isnan(value) else value
    return (
        value == expected
        if value is None or expected is None
        else value == pytest.approx(expected, rel=relative, abs=1e-9)
    )


# ----------------------------------------------------------------------------------- published examples


def test_the_normal_approximation_of_a_textbook() -> None:
    """J. Little (College of the Holy Cross): S = 54 of 14 values with one tie, Z = 2.9058."""
    values = [12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7]
    tau, p = mann_kendall([values])
    assert p[0] == pytest.approx(2 * stats.norm.sf(2.9058), rel=1e-3)
    assert tau[0] == pytest.approx(stats.kendalltau(range(14), values).statistic)


@pytest.mark.parametrize(
    ("values", "one_sided"), [([1, 2, 3, 4], 0.042), ([1, 2, 3, 5, 4], 0.042), ([3, 1, 2, 4, 5, 6, 8, 7, 10, 9], 0.000)]
)
def test_exact_probabilities_of_kendalls_tables(values: list[float], one_sided: float) -> None:
    """Kendall (1975), table 1: n = 4, S = 6 and n = 5, S = 8."""
    assert mann_kendall([values])[1][0] / 2 == pytest.approx(one_sided, abs=5e-4)


def test_the_growth_of_aids_in_australia() -> None:
    """Dobson (1990, 4.1), deaths by quarter 1983 to 1986: R's glm gives 0.25652 with a standard error of 0.02204."""
    deaths = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45]
    found = growth([deaths], [[1] * 14], 0.9)
    beta, half = math.log(found.value[0]), math.log(found.high[0] / found.low[0]) / 2
    fitted = [math.exp(0.33963 + 0.25652 * t) for t in range(1, 15)]
    phi = sum((x - m) ** 2 / m for x, m in zip(deaths, fitted, strict=True)) / 12
    assert beta == pytest.approx(0.25652, abs=5e-6)
    assert half == pytest.approx(0.02204 * math.sqrt(phi) * stats.t.ppf(0.95, 12), rel=1e-3)


def test_the_analysis_of_variance_of_fats_and_doughnuts() -> None:
    """Snedecor and Cochran (1967, table 10.2.1): F = 5.41 with 3 and 20 degrees of freedom."""
    fats = [[64, 72, 68, 77, 56, 95], [78, 91, 97, 82, 85, 77], [75, 93, 78, 71, 63, 76], [55, 66, 49, 64, 70, 68]]
    squares = [sum((x - sum(fat) / 6) ** 2 for x in fat) for fat in fats]
    found = variation([[sum(fat) for fat in fats]], [[6] * 4], [squares], [[6] * 4], [0.0])
    assert found.p_value[0] == pytest.approx(stats.f.sf(5.4063, 3, 20), rel=1e-4)
    component = (545.5 - 100.9) / 6  # the mean squares of that table
    assert found.value[0] == pytest.approx(math.sqrt(component) / 73.75, rel=1e-3)
    assert found.low[0] < found.value[0] < found.high[0]


def test_garwoods_limits() -> None:
    """Of 0 to 10 independent occurrences, as in the tables of Pearson and Hartley (1966, table 40)."""
    for count, low, high in ((0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.39)):
        documents = np.zeros(100_000, np.int64)
        documents[:count] = 1
        ends = poisson_interval(effective_counts(documents, np.ones(len(documents)), np.zeros(len(documents), int), 1))
        assert [float(end[0]) * 1e5 for end in ends] == pytest.approx([low, high], abs=3e-3)


# ------------------------------------------------------------------------------------------ slow twins

documents = st.lists(st.tuples(st.sampled_from([0, 0, 0, 1, 2, 7]), st.integers(0, 9)), min_size=1, max_size=6)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(documents, min_size=1, max_size=4), st.sampled_from([0.8, 0.95]))
def test_intervals_equal_those_of_the_twin(groups: list[list[tuple[int, int]]], confidence: float) -> None:
    everything = [document for group in groups for document in group]
    x, n = np.array(everything).T
    numbers = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    low, high = poisson_interval(effective_counts(x, n, numbers, len(groups), confidence), confidence)
    for number, group in enumerate(groups):
        expected = oracle.interval(group, everything, confidence) or (None, None)
        assert same(float(low[number]), expected[0])
        assert same(float(high[number]), expected[1])


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.lists(st.sampled_from([0, 1, 2, 3, math.nan]), min_size=5, max_size=5), min_size=1, max_size=4))
def test_mann_kendall_equals_all_orders(rows: list[list[float]]) -> None:
    tau, p = mann_kendall(rows)
    for number, row in enumerate(rows):
        expected = oracle.kendall([value for value in row if not math.isnan(value)]) or (None, None)
        assert same(float(tau[number]), expected[0])
        assert same(float(p[number]), expected[1])


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0, 10, 11, 30])), min_size=5, max_size=5))
def test_growth_equals_the_twin(periods: list[tuple[int, int]]) -> None:
    counts, sizes = [x if n else 0 for x, n in periods], [n for _, n in periods]
    found = [float(each[0]) for each in growth([counts], [sizes], 0.9)]
    expected = oracle.growth(counts, sizes, 0.9) or (None, None, None)
    assert all(same(*pair, 1e-6) for pair in zip(found, expected, strict=True)), (found, expected)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(documents, min_size=1, max_size=4))
def test_variation_equals_the_twin(periods: list[list[tuple[int, int]]]) -> None:
    periods = [[(x if n else 0, n) for x, n in each] for each in periods]
    counts, sizes = ([sum(document[part] for document in each) for each in periods] for part in (0, 1))
    rates = [x / n if n else 0 for x, n in zip(counts, sizes, strict=True)]
    squares = [sum((x - r * n) ** 2 for x, n in each) for each, r in zip(periods, rates, strict=True)]
    there = [sum(n > 0 for _, n in each) for each in periods]
    independent = sum(counts) / sum(sizes) if sum(sizes) else 0.0
    found = variation([counts], [sizes], [squares], [there], [independent])
    expected = oracle.variation(periods, of_words=True) or (None, None, None)
    assert same(float(found.value[0]), expected[0])
    assert same(float(found.p_value[0]), expected[1])
    assert same(float(found.design_effect[0]), expected[2])


@pytest.mark.parametrize("count", ["words", "documents"])
def test_tables_equal_plain_counting(tmp_path: Path, count: str) -> None:
    rows = [(0, "ورد بحر"), (0, "ورد ورد ورد"), (1, "بحر جبل"), (9, "بحر ورد جبل سهل"), (15, "جبل"), (23, "سهل ورد"),
            (24, "سهل سهل"), (24, "ورد سهل")]  # fmt: skip
    groups = ["a", "b", "a", "a", "b", "a", "b", "a"]
    options: dict[str, Any] = {"by": "group", "count": count, "confidence": 0.9}
    with build(tmp_path, rows, group=groups) as corpus:
        with pytest.warns(UserWarning, match="^pattern 'غائب' finds nothing"):
            table = ck.trend(corpus, ["ورد", "غائب"], **options)
        tests = ck.trend_tests(corpus, ["ورد", "غائب"], **options, correction=None, n_permutations=0)
    assert table["partial"].to_list() == [False, False, False, True] * 4  # the last day is a Thursday
    assert dict(table.schema) == {"group": pl.String, **SCHEMA}
    assert table["period"].to_list() == [DAY + datetime.timedelta(weeks=week) for week in range(4)] * 4
    for word in ("ورد", "غائب"):
        everything = [(text.split().count(word), len(text.split())) for _, text in rows]
        for group in ("a", "b"):
            cells = [
                [document for document, (day, _), label in zip(everything, rows, groups, strict=True)
                 if label == group and day // 7 == week] for week in range(4)
            ]  # fmt: skip
            of_rows = table.filter(group=group, pattern=word)
            assert of_rows["documents"].to_list() == [len(cell) for cell in cells]
            assert of_rows["words"].to_list() == [sum(n for _, n in cell) for cell in cells]
            assert of_rows["hits"].to_list() == [sum(x > 0 for x, _ in cell) for cell in cells]
            assert of_rows["occurrences"].to_list() == [sum(x for x, _ in cell) for cell in cells]
            if count == "documents":
                cells = [[(int(x > 0), 1) for x, _ in cell] for cell in cells]
            found, sizes = ([sum(document[part] for document in cell) for cell in cells] for part in (0, 1))
            scale = 1e6 if count == "words" else 1.0
            for row, cell, x, n in zip(of_rows.rows(named=True), cells, found, sizes, strict=True):
                ends: Any = (
                    oracle.interval(cell, everything, 0.9) if count == "words" else wilson(x, n, 0.9) if n else None
                )
                assert same(row["rate"], scale * x / n if n else None)
                assert same(row["rate_low"], ends and scale * ends[0])
                assert same(row["rate_high"], ends and scale * ends[1])
            [row] = tests.filter(group=group, pattern=word).rows(named=True)
            rates = [x / n for x, n in zip(found, sizes, strict=True) if n]
            tau, p = oracle.kendall(rates) or (None, None)
            assert same(row["tau"], tau)
            assert same(row["tau_p_value"], p)
            assert row["periods"] == len(rates)
            varied = oracle.variation(cells, of_words=count == "words") or (None, None, 1.0)
            steady = oracle.growth(found, sizes, 0.9, varied[2]) or (None, None, None)
            assert all(
                same(row[f"change{end}"], value) for end, value in zip(("", "_low", "_high"), steady, strict=True)
            )
            assert same(row["variation"], varied[0])
            assert same(row["variation_p_value"], varied[1])


def test_alike_neighbours_count_less() -> None:
    """Of series without trend, as many as the level says rise or fall; with a coefficient of 0.8 there were half."""
    noise = stats.norm.ppf((hashed(np.arange(400 * 52), 1).reshape(400, 52) + 0.5) / 2.0**64)
    alike = noise.copy()
    for week in range(1, 52):
        alike[:, week] = 0.8 * alike[:, week - 1] + 0.6 * noise[:, week]
    assert autocorrelation(noise).mean() < 0.15
    assert 0.65 < np.median(autocorrelation(alike)) < 0.85
    with_gap = np.insert(alike, 7, np.nan, axis=1)
    assert (autocorrelation(with_gap) == autocorrelation(alike)).all()
    assert autocorrelation([[1, 2, 3, 4, 3, 2, 1], [2] * 7]).tolist() == [0, 0]
    assert (kendall_s(with_gap) == kendall_s(alike)).all()


def cells_from(groups: list[list[list[tuple[int, int]]]]) -> tuple[Any, Any, Cells]:
    """Return the occurrences and words of documents of groups and periods, and their cells."""
    n_periods = max(map(len, groups))
    rows = [
        (x, n, g * n_periods + p) for g, periods in enumerate(groups) for p, of in enumerate(periods) for x, n in of
    ]
    x, n, cell = (np.array(column) for column in zip(*rows, strict=True))
    labels, periods = pl.Series(range(len(groups))), pl.Series([DAY] * n_periods)
    return x, n, Cells(np.arange(len(x)), cell, labels, periods, np.zeros(n_periods, bool), 0, len(x))


def test_permutations_are_shares_of_all_orders() -> None:
    """Of series of seven documents, among them one without a middle period and one with an empty document."""
    first = [[(0, 9), (3, 10), (0, 4)], [(1, 30), (0, 7)], [(4, 8), (5, 9)]]
    second = [[(0, 5), (0, 8), (1, 9)], [], [(7, 9), (2, 6), (6, 9), (4, 5)]]
    x, n, cells = cells_from([first, [*second[:2], [*second[2], (0, 0)]]])
    options: dict[str, Any] = {"of_words": True, "number": 4000, "seed": 1}
    [nulls] = shuffled([x], n, cells, **options)
    for number, periods in enumerate((first, [second[0], second[2]])):
        s, f = oracle.shares_of_orders(periods)
        assert nulls.s.share[number] == pytest.approx(s, abs=0.03)
        assert nulls.f.share[number] == pytest.approx(f, abs=0.03)
    x, n, cells = cells_from([second[:2] + [second[2]]])
    [alone] = shuffled([x], n, cells, **options)
    assert alone.f.beyond[0] == nulls.f.beyond[1]  # a group does not depend on others


def test_a_fitted_tail_knows_what_is_too_rare_to_be_drawn() -> None:
    """One document of 20,001 is alone in its period, and the only one with the word, or with most of it."""
    for few in (0, 20):
        rest = [(1 if few and n % (20_000 // few) == 0 else 0, 9) for n in range(20_000)]
        x, n, cells = cells_from([[[(6, 9)], rest[:8000], rest[8000:]]])
        [nulls] = shuffled([x], n, cells, of_words=True, number=200, seed=1)
        assert nulls.f.beyond[0] == 0
        assert nulls.f.p_value()[0] == pytest.approx(1 / 20_001)


def test_clusters_and_small_periods_are_no_change(tmp_path: Path) -> None:
    """Where the formulas are certain: of a cluster alone in its period, and of a corpus that shrinks."""
    cluster, plain = "ورد " * 8 + "بحر " * 12, "بحر " * 20
    rows = [(7 * week, plain) for week in [0] * 6 + list(range(1, 20))] + [(7 * 20, cluster)]
    with build(tmp_path, rows) as corpus:
        [honest] = ck.trend_tests(corpus, "ورد").rows(named=True)
        [formulas] = ck.trend_tests(corpus, "ورد", n_permutations=0).rows(named=True)
    assert formulas["variation_p_value"] < 0.02
    assert honest["variation_p_value"] > 0.5
    assert honest["variation_low"] == 0 < formulas["variation_low"]
    rows = [(7 * week, cluster if number < 3 else plain) for week in range(12) for number in range(30)]
    rows += [(7 * week, cluster if number + week % 5 == 0 else plain) for week in range(12, 36) for number in range(2)]
    with build(tmp_path / "shrinks", rows) as corpus:
        [honest] = ck.trend_tests(corpus, "ورد", count="documents").rows(named=True)
        [formulas] = ck.trend_tests(corpus, "ورد", count="documents", n_permutations=0).rows(named=True)
    assert formulas["tau_p_value"] < 0.05 < honest["tau_p_value"]
    assert formulas["tau"] == honest["tau"]


def test_log_ratios_to_the_period_before(tmp_path: Path) -> None:
    rows = [(0, "ورد بحر بحر بحر")] * 4 + [(7, "ورد ورد بحر بحر")] * 4 + [(21, "ورد بحر")] + [(28, "بحر بحر")] * 2
    rows += [(35, "بحر بحر")]
    with build(tmp_path, rows) as corpus:
        table = ck.trend(corpus, "ورد", count="documents")
        words = ck.trend(corpus, "ورد")
    assert table["rate"].to_list() == [1, 1, None, 1, 0, 0]
    # Katz et al. with half an occurrence for none; null beside a period without documents, and between two zeros
    ratios = [None, 0.0, None, None, math.log2(0.5 / 2), None]
    assert table["log_ratio"].to_list() == pytest.approx(ratios)
    half = stats.norm.ppf(0.975) * math.sqrt((2 - 1 / 2) + (1 - 1)) / math.log(2)
    assert table["log_ratio_high"][4] - table["log_ratio"][4] == pytest.approx(half)
    assert words["log_ratio"][1] == pytest.approx(1.0)
    assert words["log_ratio_low"][1] < 1 < words["log_ratio_high"][1]


def test_one_long_document_beside_none_is_no_change(tmp_path: Path) -> None:
    rows = [(0, "بحر " * 40)] * 9 + [(7, "ورد " * 30 + "بحر " * 10)] + [(7, "بحر " * 40)] * 8
    with build(tmp_path, rows) as corpus:
        row = ck.trend(corpus, "ورد").row(1, named=True)
    assert (row["occurrences"], row["log_ratio"]) == (30, pytest.approx(1.0))  # thirty together are one event
    assert row["log_ratio_low"] < 0


def test_patterns_have_the_names_that_they_are_given(sample: ck.Corpus) -> None:
    named = {"name": "هدنة|تهدئة", "marches": "المسيرات"}
    calls: list[Callable[[Any], pl.DataFrame]] = [
        lambda given: ck.trend(sample, given, every="month"),
        lambda given: ck.trend_tests(sample, given, every="month", n_permutations=0),
        lambda given: ck.news.bursts(sample, given, every="month"),
        lambda given: ck.frequency(sample, pattern=given, total=True),
    ]
    for call in calls:
        table, plain = call(named), call(list(named.values()))
        assert table["pattern"].unique(maintain_order=True).to_list() == list(named)
        assert table.drop("pattern").equals(plain.drop("pattern"))
        options = provenance_of(table)["options"]  # type: ignore[index]
        assert named in (options.get("pattern"), options.get("patterns"))
        assert "name: هدنة|تهدئة" in ck.cite(table)
    with pytest.raises(ck.InputError, match=r"^patterns must be a dict of patterns by their names, got \{'': 'x'\}"):
        ck.trend(sample, {"": "x"})
    with pytest.raises(ck.InputError, match=r"^pattern must be one pattern without total=True"):
        ck.frequency(sample, pattern={"truce": "هدنة"})


# ------------------------------------------------------------------------------------------- the sample


def test_counts_are_those_of_bursts(sample: ck.Corpus) -> None:
    """Both count in one place; the rates of documents and their intervals are the same."""
    shared = ["outlet", *list(SCHEMA)[:9]]
    for count in ("words", "documents"):
        options: dict[str, Any] = {"by": "outlet", "every": "month", "count": count}
        table, other = (
            ck.trend(sample, ["هدنة", "المسيرات"], **options),
            bursts(sample, ["هدنة", "المسيرات"], **options),
        )
        names = shared if count == "documents" else shared[:8]
        assert_frame_equal(table.select(names), other.select(names))


def test_the_planted_burst_varies_and_does_not_rise(sample: ck.Corpus) -> None:
    [row] = ck.trend_tests(sample, "المسيرات", week_start="sunday").rows(named=True)
    assert row["tau_p_value"] > 0.1
    assert row["change_low"] < 1 < row["change_high"]
    assert row["variation_p_value"] < 0.001
    assert row["variation_low"] > 0.5


def test_a_group_equals_its_subcorpus(sample: ck.Corpus) -> None:
    """All but the interval of a 0, for which the whole corpus says how occurrences cluster, and the correction."""
    outlet = sample.labels("outlet")[0]
    part = sample.filter(pl.col("outlet") == outlet)
    table = ck.trend(sample, ["هدنة", "السهل"], by="outlet", every="month").filter(outlet=outlet).drop("outlet")
    alone = ck.trend(part, ["هدنة", "السهل"], every="month")
    assert_frame_equal(table.drop("rate_high"), alone.drop("rate_high"))
    assert_frame_equal(table.filter(pl.col("hits") > 0), alone.filter(pl.col("hits") > 0))
    options: dict[str, Any] = {"every": "month", "correction": None}
    tests = ck.trend_tests(sample, "السهل", by="outlet", **options).filter(outlet=outlet).drop("outlet")
    assert_frame_equal(tests, ck.trend_tests(part, "السهل", **options))  # also the permutations


def test_corrections_are_of_each_test(sample: ck.Corpus) -> None:
    words = ["المسيرات", "هدنة", "السهل", "غائبة"]
    plain = ck.trend_tests(sample, words, correction=None)
    for name, times in (("bonferroni", 3), ("holm", None), ("benjamini_hochberg", None)):
        table = ck.trend_tests(sample, words, correction=name)
        assert_frame_equal(table.drop("tau_p_adjusted", "variation_p_adjusted"), plain)
        for test in ("tau", "variation"):
            p, adjusted = table[f"{test}_p_value"], table[f"{test}_p_adjusted"]
            assert adjusted.null_count() == p.null_count() == 1  # what never occurs is no test
            assert (adjusted >= p).drop_nulls().all()
            if times:
                assert_frame_equal((p * times).clip(upper_bound=1).to_frame(test), adjusted.to_frame(test))


def test_records(sample: ck.Corpus) -> None:
    for table, function in ((ck.trend(sample, "هدنة"), "ck.trend"), (ck.trend_tests(sample, "هدنة"), "ck.trend_tests")):
        record = provenance_of(table)
        assert record is not None
        assert (record["function"], record["corpus_id"]) == (function, sample.id)
        assert record["options"]["patterns"] == ["هدنة"]
        assert record["options"]["every"] == "week"


# ------------------------------------------------------------------------------------------- bad input


def test_corpora_without_dates(tmp_path: Path, sample: ck.Corpus) -> None:
    texts = pl.DataFrame({"text": ["ورد"], "n": [1]})
    with ck.Corpus.build(texts, tmp_path / "undated", progress=False) as corpus:
        for call in (ck.trend, ck.trend_tests):
            with pytest.raises(InputError, match=r"^date must be a metadata column of dates, got 'date'\. There is no"):
                call(corpus, "ورد")
    with build(tmp_path, [(None, "ورد"), (0, "ورد ورد"), (8, "بحر")]) as corpus:
        with pytest.warns(UserWarning, match=r"^ck\.trend: 1 of 3 documents have no date"):
            table = ck.trend(corpus, "ورد")
        assert table["occurrences"].to_list() == [2, 0]
        with pytest.raises(InputError, match=r"^date must be .* It is empty"):
            ck.trend(corpus.filter(pl.col("date").is_null()), "ورد")
    nothing = sample.filter(pl.lit(value=False))
    assert dict(ck.trend(nothing, "ورد", by="outlet").schema) == {"outlet": pl.String, **SCHEMA}
    assert ck.trend(nothing, "ورد").height == 0
    assert ck.trend_tests(nothing, "ورد").select("periods", "documents", "rate", "tau").row(0) == (0, 0, None, None)


@pytest.mark.parametrize("every", ["day", "week", "month", "quarter", "year", "decade", "century"])
def test_dates_of_the_first_and_last_years(tmp_path: Path, every: str) -> None:
    first, last = datetime.date(1, 1, 1), datetime.date(9999, 12, 31)
    with build(tmp_path, [(first, "ورد"), (last, "ورد بحر")]) as corpus:
        if every in ("day", "week"):
            table = ck.trend(corpus.filter(pl.col("date") == last), "ورد", every=every)
            assert table["occurrences"].to_list() == [1]
            return
        table = ck.trend(corpus, "ورد", every=every)
        assert table["period"][0] == first
        assert table["occurrences"].sum() == 2
        assert (
            table.height
            == {"month": 9999 * 12, "quarter": 9999 * 4, "year": 9999, "decade": 1000, "century": 100}[every]
        )
        assert table["rate"].null_count() == table.height - 2


def test_one_document_a_group(tmp_path: Path) -> None:
    rows = [(day, text) for day in range(3) for text in ("ورد بحر", "بحر")]
    with build(tmp_path, rows, group=[str(number) for number in range(6)]) as corpus:
        table = ck.trend(corpus, "ورد", by="group", every="day")
        tests = ck.trend_tests(corpus, "ورد", by="group", every="day")
    there = table.filter(pl.col("documents") > 0)
    assert there.height == 6
    assert (there["rate_high"] > there["rate"]).all()
    assert tests.select("change", "tau", "variation").null_count().row(0) == (6, 6, 6)


def test_patterns_that_find_nothing_or_everything(tmp_path: Path) -> None:
    with build(tmp_path, [(day, "ورد ! ! ! بحر") for day in range(0, 40, 2)]) as corpus:
        none, everything, marks = (
            ck.trend(corpus, pattern) for pattern in ("غائب", "[kind=word]|[kind=punctuation]", "[kind=punctuation]")
        )
        assert none["rate"].unique().to_list() == [0.0]
        assert (none["rate_high"] > 0).all()
        assert everything["rate"].unique().to_list() == [1e6 * 5 / 2]  # a pattern more frequent than words
        assert marks["rate"].unique().to_list() == [1.5e6]
        shares = ck.trend(corpus, ["غائب", "ورد"], count="documents")
        assert shares["rate"].to_list() == [0.0] * 6 + [1.0] * 6
        tests = ck.trend_tests(corpus, ["غائب", "ورد"], count="documents")
        assert tests["rate"].to_list() == [0.0, 1.0]
        assert tests.select("tau", "variation").null_count().row(0) == (2, 2)


def test_null_groups_and_many_groups(tmp_path: Path) -> None:
    n = 10_000
    rows = [(number % 300, "ورد" if number % 3 else "بحر جبل") for number in range(n)]
    groups: list[int | None] = [None, *range(1, n)]
    with build(tmp_path, rows, group=groups) as corpus:
        table = ck.trend(corpus, ["ورد", "بحر"], by="group", every="month")
        assert table.height == 2 * n * 10
        assert table.filter(pl.col("group").is_null())["documents"].sum() == 2
        assert ck.trend_tests(corpus, "ورد", by="group", every="month").height == n
        ck.set_memory_limit("64MB")
        try:
            with pytest.raises(InputError, match=r"A table of 10,000 groups in 300 periods needs"):
                ck.trend(corpus, "ورد", by="group", every="day")
        finally:
            ck.set_memory_limit(None)


def test_too_many_periods_to_compare(tmp_path: Path) -> None:
    """Only periods with documents are compared."""
    rows = [(datetime.date(1, 1, 1), "ورد"), (datetime.date(700, 1, 1), "بحر")]
    with build(tmp_path, rows) as corpus:
        assert ck.trend_tests(corpus, "ورد", every="day")["tau"].to_list() == [-1]
        with pytest.raises(InputError, match=r"^every must be a longer period, got 'day'"):
            ck.trend_tests(corpus, "ورد", every="day", n_permutations=10**11)


def test_days_of_a_time_zone_and_dates_that_are_years(tmp_path: Path) -> None:
    """A time after midnight in Riyadh is of that day; years only are not days."""
    times = pl.Series([datetime.datetime(2026, 1, 4, 22, 30)] * 2).dt.replace_time_zone("UTC")
    years = [datetime.date(1900 + year, 1, 1) for year in range(2)]
    with build(
        tmp_path, [(years[0], "ورد"), (years[1], "بحر")], at=times.dt.convert_time_zone("Asia/Riyadh")
    ) as corpus:
        assert ck.trend(corpus, "ورد", every="day", date="at")["period"].to_list() == [datetime.date(2026, 1, 5)]
    rows = [(datetime.date(1900 + year, 1, 1), "ورد") for year in range(3)]
    with build(tmp_path / "years", rows) as corpus:
        with pytest.warns(UserWarning, match=r"^ck\.trend: all dates are the first day of a year"):
            ck.trend(corpus, "ورد", every="month")
        ck.trend(corpus, "ورد", every="year")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": "weekly"}, "every must be .* Did you mean 'week'"),
        ({"every": None}, "every must be .* None"),
        ({"week_start": "friday"}, "week_start must be .* got 'friday'"),
        ({"count": "tokens"}, "count must be 'words' or 'documents', got 'tokens'"),
        ({"within": "text"}, "within must be .* got 'text'"),
        ({"confidence": 1}, "confidence must be .* got 1"),
        ({"date": "outlet"}, "date must be .* got 'outlet'. It holds String"),
        ({"by": "outlets"}, "by must be .* Did you mean 'outlet'"),
        ({"patterns": ""}, "pattern must be .* got ''"),
        ({"patterns": []}, "patterns must be a pattern or a list"),
        ({"patterns": ["ورد", "ورد"]}, "patterns must be a list of different patterns"),
        ({"patterns": ["ورد", None]}, "patterns must be a str, got None"),
        ({"patterns": 5}, "patterns must be a pattern or a list of patterns.* got 5"),
    ],
)
def test_invalid_arguments(sample: ck.Corpus, options: dict[str, Any], message: str) -> None:
    for call in (ck.trend, ck.trend_tests):
        with pytest.raises(InputError, match=f"^{message}"):
            call(sample, **{"patterns": "المسيرات", **options})
    with pytest.raises(InputError, match=r"^correction must be"):
        ck.trend_tests(sample, "المسيرات", correction="none")
