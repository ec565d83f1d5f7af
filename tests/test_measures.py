"""The statistical measures: published values, slow twins over tokens, scipy, arrays and frames, and bad input."""

from __future__ import annotations

import inspect
import json
import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles_statistics import ASSOCIATION, DISPERSION, DISTANCE, DIVERSITY, KEYNESS
from scipy import stats

import corpus_kit as ck
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

GOLDEN: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "golden" / "statistics.json").read_text(encoding="utf-8")
)["examples"]

# Names that have changed since the published values were collected.
RENAMED = {
    "log_likelihood_ratio": "association.log_likelihood",
    "log_likelihood_ratio_williams": "log_likelihood_williams",
}

# Measures that the twin or the library finds by bisection.
BISECTED = {"conservative_log_ratio", "fisher_alpha"}
ARGUMENTS = dict.fromkeys(KEYNESS, ("a", "b", "c", "d")) | dict.fromkeys(ASSOCIATION, ("o11", "r1", "c1", "n"))
AGREEMENT = (
    "cohen_kappa", "cohen_kappa_interval", "krippendorff_alpha", "krippendorff_alpha_interval", "percent_agreement",
    "percent_agreement_interval",
)  # fmt: skip
ORDERED = {"msttr", "mattr", "mtld"}  # the order of the tokens matters


def measure(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = operator.attrgetter(name)(ck.measures)
    return function


def numbers(result: Any) -> tuple[Any, ...]:
    """Return the results of a measure as a tuple: a value, or both ends of an interval."""
    return result if isinstance(result, tuple) else (result,)


def assert_same(result: Any, expected: Any, *, relative: float = 1e-9, absolute: float = 1e-10) -> None:
    """Assert that floats or pairs of them are equal up to rounding; NaN equals NaN."""
    assert len(numbers(result)) == len(numbers(expected))
    for one, other in zip(numbers(result), numbers(expected), strict=True):
        assert type(one) is float
        assert one == pytest.approx(other, rel=relative, abs=absolute, nan_ok=True)


def test_every_measure_has_a_twin() -> None:
    public = {name for name in ck.measures.__all__ if callable(getattr(ck.measures, name))}
    twins = [*KEYNESS, *ASSOCIATION, *DISPERSION, *DISTANCE, *DIVERSITY]
    assert len(twins) == len(set(twins))
    elsewhere = {"osman", "aari", "lix", "wilson", *AGREEMENT}  # tested separately
    assert public == {*twins, *elsewhere} - {"association.log_likelihood"}


def test_only_one_name_is_in_two_families() -> None:
    names = [name for family in ck.measures.FAMILIES.values() for name in family]
    assert [name for name, times in Counter(names).items() if times > 1] == ["log_likelihood"]
    for family in ("keyness", "association"):
        assert ck.measures.FAMILIES[family]["log_likelihood"] is measure(f"{family}.log_likelihood")
    assert ck.measures.log_likelihood is ck.measures.keyness.log_likelihood


# ----------------------------------------------------------------------------------------------------
# Published values
# ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row['measure']}-{row['source']}") for row in GOLDEN])
def test_published_values(row: dict[str, Any]) -> None:
    value = measure(row["measure"])(**row["input"])
    assert value == pytest.approx(row["expected"], rel=0, abs=row["tolerance"])


def test_published_values_are_complete(shared: Path) -> None:
    rows = json.loads((shared / "golden" / "statistics.json").read_text(encoding="utf-8"))["examples"]
    for row in rows:
        row["measure"] = RENAMED.get(row["measure"], row["measure"])
    assert rows == GOLDEN


# ----------------------------------------------------------------------------------------------------
# Slow twins
# ----------------------------------------------------------------------------------------------------
# z is in no text.
TEXT = st.text("abc", min_size=1, max_size=25)
WORD = st.sampled_from("aaabcz")


@pytest.mark.parametrize("name", KEYNESS)
@given(word=WORD, target=TEXT, reference=TEXT)
@settings(max_examples=examples(100))
@example(word="z", target="ab", reference="b")
@example(word="a", target="a", reference="a")
@example(word="a", target="aa", reference="bbb")
@example(word="a", target="bb", reference="aaa")
@example(word="a", target="aab", reference="baa")
@example(word="a", target="aaaaaaaaaaaa", reference="bbbbbbbbbbbbbbbbbbbbb")
@example(word="a", target="bbbbbbbbbbbbbbbbbbbbb", reference="aaaaaaaaaaaab")
def test_keyness_equals_its_twin(name: str, word: str, target: str, reference: str) -> None:
    value = measure(name)(target.count(word), reference.count(word), len(target), len(reference))
    expected = KEYNESS[name](word, list(target), list(reference))
    assert_same(value, expected, relative=1e-6 if name in BISECTED else 1e-9)


@given(
    word=WORD,
    target=TEXT,
    reference=TEXT,
    confidence=st.sampled_from([0.5, 0.8, 0.95, 0.999]),
    comparisons=st.sampled_from([1, 2, 1000]),
    k=st.sampled_from([0.01, 1, 100]),
    prior=st.sampled_from([0, 0.5, 3, 50]),
    more_prior=st.sampled_from([0, 0.5, 100]),
)
@settings(max_examples=examples(100))
def test_keyness_options_equal_their_twins(
    word: str,
    target: str,
    reference: str,
    confidence: float,
    comparisons: int,
    k: float,
    prior: float,
    more_prior: float,
) -> None:
    counts = target.count(word), reference.count(word), len(target), len(reference)
    texts = word, list(target), list(reference)
    for name, options in (
        ("log_ratio_interval", {"confidence": confidence}),
        ("conservative_log_ratio", {"confidence": confidence, "comparisons": comparisons}),
        ("simple_maths", {"k": k}),
        ("weighted_log_odds", {"prior": prior, "prior_total": prior + more_prior}),
        ("weighted_log_odds", {"prior_total": target.count(word) + reference.count(word) + more_prior}),
    ):
        value, expected = measure(name)(*counts, **options), KEYNESS[name](*texts, **options)
        assert_same(value, expected, relative=1e-6 if name in BISECTED else 1e-9)


# 0 is the pair (a, b), 1 (a, y), 2 (x, b), 3 (x, y).
PAIR = {"0": ("a", "b"), "1": ("a", "y"), "2": ("x", "b"), "3": ("x", "y")}


@pytest.mark.parametrize("name", ASSOCIATION)
@given(
    codes=st.one_of(st.text("0123", min_size=1, max_size=30), st.text("00123333333", min_size=1, max_size=60)),
    first=st.sampled_from("aaaaz"),
    second=st.sampled_from("bbbbz"),
)
@settings(max_examples=examples(100))
@example(codes="0", first="a", second="b")
@example(codes="0", first="z", second="b")
@example(codes="0", first="a", second="z")
@example(codes="0", first="z", second="z")
@example(codes="000", first="a", second="b")
@example(codes="001", first="a", second="b")
@example(codes="002", first="a", second="b")
@example(codes="33", first="a", second="b")
@example(codes="12", first="a", second="b")
@example(codes="11122", first="a", second="b")
@example(codes="0033", first="a", second="b")
@example(codes="0123", first="a", second="b")
@example(codes="03333", first="a", second="b")
@example(codes="133", first="a", second="b")
@example(codes="233", first="a", second="b")
def test_association_equals_its_twin(name: str, codes: str, first: str, second: str) -> None:
    pairs = [PAIR[code] for code in codes]
    o11 = pairs.count((first, second))
    r1, c1 = [x for x, _ in pairs].count(first), [y for _, y in pairs].count(second)
    assert_same(measure(name)(o11, r1, c1, len(pairs)), ASSOCIATION[name](pairs, first, second))


@pytest.mark.parametrize("name", DISPERSION)
@given(word=WORD, parts=st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=6))
@settings(max_examples=examples(100))
@example(word="a", parts=["a"])
@example(word="z", parts=["a"])
@example(word="z", parts=["a", "ab"])
@example(word="a", parts=["aaa", "a"])
@example(word="a", parts=["abc", "cab", "bca"])
@example(word="a", parts=["b", "bbb", "aaa"])
@example(word="a", parts=["bb", "a", "a"])
def test_dispersion_equals_its_twin(name: str, word: str, parts: list[str]) -> None:
    value = measure(name)([part.count(word) for part in parts], [len(part) for part in parts])
    assert_same(value, DISPERSION[name](word, [list(part) for part in parts]))


@pytest.mark.parametrize("name", DISTANCE)
@given(text=st.one_of(TEXT, st.text("abbbbbbbb", min_size=1, max_size=60)), word=WORD, seed=st.integers(0, 5))
@settings(max_examples=examples(100))
@example(text="a", word="a", seed=0)
@example(text="aaa", word="a", seed=1)
@example(text="b", word="a", seed=0)
@example(text="bba", word="a", seed=0)
@example(text="abab", word="a", seed=1)
@example(text="aabb", word="a", seed=0)
@example(text="aaabb", word="a", seed=0)
def test_distance_equals_its_twin(name: str, text: str, word: str, seed: int) -> None:
    positions = [i for i, token in enumerate(text) if token == word]
    np.random.default_rng(seed).shuffle(positions)
    assert_same(measure(name)(positions, len(text)), DISTANCE[name](word, list(text)))


@pytest.mark.parametrize("name", DIVERSITY)
@given(
    text=st.one_of(TEXT, st.text("abcdefgh", min_size=1, max_size=60)),
    size=st.integers(1, 12),
    threshold=st.sampled_from([0.3, 0.5, 0.72, 0.9]),
)
@settings(max_examples=examples(100))
@example(text="a", size=1, threshold=0.72)
@example(text="a", size=2, threshold=0.72)
@example(text="aa", size=1, threshold=0.5)
@example(text="aaaaa", size=2, threshold=0.72)
@example(text="abcdefgh", size=8, threshold=0.72)
@example(text="abcdefgh", size=9, threshold=0.72)
@example(text="abcdeabcdeabcdeabcde", size=5, threshold=0.5)
def test_diversity_equals_its_twin(name: str, text: str, size: int, threshold: float) -> None:
    options: dict[str, Any] = {}
    if name in ("msttr", "mattr"):
        options["window"] = size
    if name == "hdd":
        options["sample"] = size
    if name == "mtld":
        options["threshold"] = threshold
    expected = DIVERSITY[name](list(text), **options)
    if name == "fisher_alpha":
        assert_same(ck.measures.fisher_alpha(len(set(text)), len(text)), expected, relative=1e-6)
        return
    for tokens in (list(text), tuple(map(ord, text)), pl.Series(list(text))):
        assert_same(measure(name)(tokens, **options), expected)
    if name not in ORDERED:
        spectrum = dict(Counter(Counter(text).values()))
        assert_same(measure(name)(spectrum=spectrum, **options), expected)


@pytest.mark.parametrize("name", KEYNESS)
def test_keyness_of_longer_texts(name: str) -> None:
    rng = np.random.default_rng(17)
    for size in (60, 500, 2000):
        target, reference = rng.choice(["a", "b", "c"], p=[0.05, 0.25, 0.7], size=(2, size)).tolist()
        target = target[: size // 2]
        value = measure(name)(target.count("a"), reference.count("a"), len(target), len(reference))
        assert_same(value, KEYNESS[name]("a", target, reference), relative=1e-6 if name in BISECTED else 1e-9)


@pytest.mark.parametrize("name", ASSOCIATION)
def test_association_of_longer_lists(name: str) -> None:
    """Half of the pairs have the first word, so that for Fisher's test tables come in equally likely pairs."""
    rng = np.random.default_rng(17)
    for size, rate in ((40, 0.5), (500, 0.05), (500, 0.5), (2000, 0.1)):
        seconds = rng.choice(["b", "y"], p=[rate, 1 - rate], size=size).tolist()
        pairs = list(zip(["a", "x"] * (size // 2), seconds, strict=True))
        r1, c1 = [x for x, _ in pairs].count("a"), [y for _, y in pairs].count("b")
        value = measure(name)(pairs.count(("a", "b")), r1, c1, size)
        assert_same(value, ASSOCIATION[name](pairs, "a", "b"))


LONG_TEXT = [f"w{rank}" for rank in np.random.default_rng(3).zipf(1.4, 450)]


@pytest.mark.parametrize("name", [*sorted(ORDERED), "hdd"])
def test_diversity_of_a_longer_text_without_options(name: str) -> None:
    assert_same(measure(name)(LONG_TEXT), DIVERSITY[name](LONG_TEXT))
    short = LONG_TEXT[:41]
    assert math.isnan(measure(name)(short)) == (name != "mtld")


# ----------------------------------------------------------------------------------------------------
# Values by definition
# ----------------------------------------------------------------------------------------------------
def test_keyness_values_by_definition() -> None:
    inf = math.inf
    for name, counts, expected in [
        ("log_likelihood", (0, 0, 5, 9), 0.0),
        ("log_ratio", (0, 4, 8, 8), -3.0),
        ("log_ratio", (4, 0, 8, 8), 3.0),
        ("log_ratio", (0, 0, 8, 16), 1.0),
        ("conservative_log_ratio", (0, 0, 5, 9), 0.0),
        ("conservative_log_ratio", (5, 5, 10, 10), 0.0),
        ("ell", (1, 1, 10, 10), math.nan),
        ("percent_diff", (0, 0, 5, 9), math.nan),
        ("percent_diff", (1, 0, 5, 9), inf),
        ("percent_diff", (0, 1, 5, 9), -100.0),
        ("odds_ratio", (0, 0, 5, 9), math.nan),
        ("odds_ratio", (5, 9, 5, 9), math.nan),
        ("odds_ratio", (5, 1, 5, 9), inf),
        ("odds_ratio", (1, 0, 5, 9), inf),
        ("odds_ratio", (0, 9, 5, 9), 0.0),
        ("relative_risk", (0, 0, 5, 9), math.nan),
        ("relative_risk", (1, 0, 5, 9), inf),
        ("simple_maths", (0, 0, 5, 9), 1.0),
        ("difference_coefficient", (0, 0, 5, 9), math.nan),
        ("difference_coefficient", (3, 0, 5, 9), 1.0),
        ("weighted_log_odds", (0, 0, 5, 9), math.nan),
        ("weighted_log_odds", (2, 2, 9, 9), 0.0),
    ]:
        assert_same(measure(name)(*counts), expected)
    assert math.isnan(ck.measures.weighted_log_odds(0, 3, 9, 9, prior=0, prior_total=0))


@pytest.mark.parametrize("name", ASSOCIATION)
@pytest.mark.parametrize("table", [(0, 0, 3, 9), (0, 3, 0, 9), (3, 9, 3, 9), (3, 3, 9, 9), (0, 0, 0, 9), (9, 9, 9, 9)])
def test_tables_with_an_empty_row_or_column(name: str, table: tuple[int, int, int, int]) -> None:
    value = measure(name)(*table)
    if "likelihood" in name or "chi_squared" in name:
        assert value == 0.0
    if name.startswith("fisher_exact"):
        assert value == 1.0
    if name == "phi_squared":
        assert math.isnan(value)


def test_npmi_bounds() -> None:
    assert ck.measures.npmi(0, 4, 4, 9) == -1.0
    assert ck.measures.npmi(9, 9, 9, 9) == 1.0


# ----------------------------------------------------------------------------------------------------
# scipy
# ----------------------------------------------------------------------------------------------------
def random_tables(number: int, seed: int) -> list[tuple[int, int, int, int]]:
    """Return tables (o11, o12, o21, o22) of very different sizes without empty cells."""
    rng = np.random.default_rng(seed)
    cells = np.exp(rng.uniform(0, np.log(2000), size=(number, 4))).astype(int)
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in cells]


TABLES = random_tables(12, seed=11)


@pytest.mark.parametrize("cells", TABLES)
def test_association_agrees_with_scipy(cells: tuple[int, int, int, int]) -> None:
    o11, o12, o21, o22 = cells
    table, counts = np.reshape(cells, (2, 2)), (o11, o11 + o12, o11 + o21, sum(cells))
    g_squared = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    expected = {
        "chi_squared": stats.chi2_contingency(table, correction=False).statistic,
        "chi_squared_yates": stats.chi2_contingency(table, correction=True).statistic,
        "association.log_likelihood": g_squared,
        "phi_squared": stats.contingency.association(table, method="cramer") ** 2,
        "delta_p_2_given_1": o11 / (o11 + o12) - o21 / (o21 + o22),
        "log_ratio_collocation": math.log2(
            stats.contingency.relative_risk(o11, o11 + o12, o21, o21 + o22).relative_risk
        ),
    }
    for name, value in expected.items():
        assert_same(measure(name)(*counts), float(value))
    for name, alternative in (("two_sided", "two-sided"), ("left", "less"), ("right", "greater")):
        p = float(stats.fisher_exact(table, alternative=alternative).pvalue)
        assert_same(measure(f"fisher_exact_{name}")(*counts), p, relative=1e-7, absolute=1e-300)


@pytest.mark.parametrize(
    ("cells", "left", "right", "two_sided"),
    [  # terms of 60 digits added up; SciPy is slow, has 6 digits, or half of the two tails
        ((0, 169_716, 18_219, 1_755_345_251), 0.1718017065610339, 1.0, 0.43084316880360261),
        ((195_244, 4_992_017, 53_934_968, 1_382_242_314), 0.8444191810017126, 0.1561337411040909, 0.3114373298588343),
        ((2_147_683_648, 2_147_283_648, 2_147_283_648, 2_147_683_648), 1.0, 3.02358011340534e-18, 6.0471602268107e-18),
        ((2**38, 2**38, 2**38, 2**38), 0.50000076092201309, 0.50000076092201309, 1.0),
    ],
)  # fmt: skip
def test_fisher_exact_of_large_tables(cells: tuple[int, ...], left: float, right: float, two_sided: float) -> None:
    counts = (cells[0], cells[0] + cells[1], cells[0] + cells[2], sum(cells))
    for name, expected in (("left", left), ("right", right), ("two_sided", two_sided)):
        assert_same(measure(f"fisher_exact_{name}")(*counts), expected, relative=1e-11, absolute=0)


@pytest.mark.parametrize("cells", TABLES)
def test_keyness_agrees_with_scipy(cells: tuple[int, int, int, int]) -> None:
    a, not_a, b, not_b = cells
    counts = (a, b, a + not_a, b + not_b)
    c, d = counts[2:]
    risk = stats.contingency.relative_risk(a, c, b, d)
    interval = risk.confidence_interval(0.9)
    expected = [(a + b) * c / (c + d), (a + b) * d / (c + d)]
    assert_same(ck.measures.relative_risk(*counts), float(risk.relative_risk))
    assert_same(ck.measures.log_ratio(*counts), math.log2(risk.relative_risk))
    assert_same(
        ck.measures.log_ratio_interval(*counts, confidence=0.9), (math.log2(interval.low), math.log2(interval.high))
    )
    odds = stats.contingency.odds_ratio([[a, not_a], [b, not_b]], kind="sample").statistic
    assert_same(ck.measures.odds_ratio(*counts), float(odds))
    # lambda_ as a number: scipy then accepts sums that differ by rounding.
    log_likelihood = stats.power_divergence([a, b], expected, lambda_=0).statistic
    assert_same(ck.measures.log_likelihood(*counts), float(log_likelihood))
    for confidence, comparisons in ((0.95, 1), (0.99, 50)):
        alpha = (1 - confidence) / comparisons
        share = stats.binomtest(a, a + b).proportion_ci(1 - alpha, method="exact")
        with np.errstate(divide="ignore"):
            low, high = (float(np.log2(np.divide(p, 1 - p) * d / c)) for p in share)
        value = ck.measures.conservative_log_ratio(*counts, confidence=confidence, comparisons=comparisons)
        assert_same(value, 0.0 if low <= 0 <= high else low if low > 0 else high, relative=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_dispersion_agrees_with_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(50, 500, size=int(rng.integers(2, 12)))
    counts = rng.integers(1, 50, size=len(sizes))
    rates = counts / sizes
    assert_same(ck.measures.kullback_leibler_divergence(counts, sizes), float(stats.entropy(counts, sizes, base=2)))
    evenness = float(stats.entropy(rates, base=2)) / math.log2(len(sizes))
    assert_same(ck.measures.carroll_d2(counts, sizes), evenness)
    chi_squared = stats.chisquare(counts, counts.sum() * sizes / sizes.sum()).statistic
    assert_same(ck.measures.lyne_d3(counts, sizes), 1 - float(chi_squared) / (4 * int(counts.sum())))
    variation = float(stats.variation(rates))
    assert_same(ck.measures.juilland_d(counts, sizes), 1 - variation / math.sqrt(len(sizes) - 1))


def test_hdd_agrees_with_scipy() -> None:
    frequencies = np.array(list(Counter(LONG_TEXT).values()))
    absent = stats.hypergeom.pmf(0, len(LONG_TEXT), frequencies, 42)
    assert_same(ck.measures.hdd(LONG_TEXT), float(np.sum(1 - absent)) / 42)


def test_counts_of_a_large_corpus() -> None:
    """No overflow or loss of precision for the same rates in a corpus a million times larger."""
    for a, b, c, d in [(3, 4, 50, 90), (7, 1, 40, 41)]:
        large = tuple(1_000_000 * count for count in (a, b, c, d))
        for name in ("percent_diff", "odds_ratio", "relative_risk", "difference_coefficient", "log_ratio"):
            assert_same(measure(name)(*large), measure(name)(a, b, c, d))
        assert_same(ck.measures.log_likelihood(*large), 1e6 * ck.measures.log_likelihood(a, b, c, d))
    for table in [(3, 4, 9, 90), (7, 9, 40, 50)]:
        large = tuple(10_000_000 * count for count in table)
        for name in ("mi", "dice", "log_dice", "liddell", "phi_squared", "delta_p_2_given_1", "min_sensitivity"):
            assert_same(measure(name)(*large), measure(name)(*table))
        for name in ("chi_squared", "association.log_likelihood", "simple_log_likelihood"):
            assert_same(measure(name)(*large), 1e7 * measure(name)(*table))


# ----------------------------------------------------------------------------------------------------
# Scalars, arrays, columns and expressions
# ----------------------------------------------------------------------------------------------------
ROWS = {
    "keyness": [
        (0, 0, 9, 12),
        (3, 1, 20, 40),
        (1, 3, 20, 40),
        (0, 4, 8, 8),
        (5, 0, 8, 9),
        (6, 6, 6, 6),
        (30, 2, 90, 80),
    ],
    "association": [
        (0, 0, 3, 9),
        (2, 5, 4, 30),
        (0, 5, 4, 30),
        (4, 4, 4, 9),
        (3, 9, 3, 9),
        (9, 9, 9, 9),
        (1, 5, 6, 70),
    ],
}
TABLE_MEASURES = [*KEYNESS, *ASSOCIATION]


def rows_of(name: str) -> list[tuple[int, int, int, int]]:
    return ROWS["keyness" if name in KEYNESS else "association"]


def frame_of(name: str, *, nulls: bool = False) -> pl.DataFrame:
    frame = pl.DataFrame(rows_of(name), schema=list(ARGUMENTS[name]), orient="row")
    frame = frame.with_columns(group=pl.Series(["x", "y", "x", "x", "y", "x", "y"]))
    if nulls:  # once in each column, at the end
        for i, column in enumerate(ARGUMENTS[name]):
            gap = [row if j != i else None for j, row in enumerate(rows_of(name)[1])]
            extra = pl.DataFrame([gap], schema=dict(frame.drop("group").schema), orient="row")
            assert extra[column].null_count() == 1
            frame = pl.concat([frame, extra.with_columns(group=pl.lit("z"))])
    return frame


def scalars_of(name: str) -> list[tuple[float, ...]]:
    return [numbers(measure(name)(*row)) for row in rows_of(name)]


def columns_of(name: str) -> list[pl.Expr]:
    return [pl.col(column) for column in ARGUMENTS[name]]


def named(result: Any) -> dict[str, Any]:
    return {f"value{i}": number for i, number in enumerate(numbers(result))}


def assert_columns(columns: Sequence[Any], expected: Sequence[tuple[float | None, ...]]) -> None:
    """Assert that columns or arrays have the expected results item by item."""
    assert {len(column) for column in columns} == {len(expected)}
    for column, values in zip(columns, zip(*expected, strict=True), strict=True):
        for one, other in zip(list(column), values, strict=True):
            assert (one is None) == (other is None)
            if other is not None:
                assert one == pytest.approx(other, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_scalars_give_floats(name: str) -> None:
    row = rows_of(name)[1]
    expected = scalars_of(name)[1]
    for kind in (int, float, np.int64, np.uint32, np.float64):
        result = numbers(measure(name)(*map(kind, row)))
        assert [type(number) for number in result] == [float] * len(expected)
        assert result == expected
    assert numbers(measure(name)(**dict(zip(ARGUMENTS[name], row, strict=True)))) == expected


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_arrays_give_arrays(name: str) -> None:
    rows, expected = rows_of(name), scalars_of(name)
    as_lists = [list(column) for column in zip(*rows, strict=True)]
    for arguments in (as_lists, [np.array(c) for c in as_lists], [np.array(c, dtype=np.uint8) for c in as_lists]):
        result = numbers(measure(name)(*arguments))
        assert all(type(array) is np.ndarray and array.dtype == np.float64 for array in result)
        assert_columns(result, expected)


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_arrays_are_broadcast(name: str) -> None:
    joint, first = np.array([[0], [1], [2]]), [4, 7, 3, 5]
    arguments = (joint, first, 30, 40) if name in KEYNESS else (joint, first, 6, 40)
    for result, i in zip(numbers(measure(name)(*arguments)), range(2), strict=False):
        assert result.shape == (3, 4)
        assert result.dtype == np.float64
        for row in range(3):
            for column in range(4):
                one = numbers(measure(name)(row, first[column], *arguments[2:]))[i]
                assert result[row, column] == pytest.approx(one, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_empty_arrays(name: str) -> None:
    for result in numbers(measure(name)([], [], [], [])):
        assert type(result) is np.ndarray
        assert (result.shape, result.dtype) == ((0,), np.float64)
    for result in numbers(measure(name)(*[pl.Series([], dtype=pl.UInt32)] * 4)):
        assert isinstance(result, pl.Series)
        assert len(result) == 0
        assert result.dtype == pl.Float64


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_series_give_series(name: str) -> None:
    frame = frame_of(name, nulls=True)
    expected = [*scalars_of(name), *[(None,) * len(scalars_of(name)[0])] * 4]
    for dtype in (pl.Int64, pl.UInt32, pl.Float64):
        result = numbers(measure(name)(*(frame[column].cast(dtype) for column in ARGUMENTS[name])))
        assert all(isinstance(column, pl.Series) and column.dtype == pl.Float64 for column in result)
        assert_columns(result, expected)


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_series_and_expressions_mix_with_numbers(name: str) -> None:
    last = (50, 60) if name in KEYNESS else (6, 60)
    frame = pl.DataFrame({"x": [0, 1, None, 2], "y": [3, 4, 5, 2]})
    expected = [numbers(measure(name)(x, y, *last)) if x is not None else (None,) for x, y in frame.rows()]
    expected = [row if row != (None,) else (None,) * len(expected[0]) for row in expected]
    result = numbers(measure(name)(frame["x"], frame["y"], *last))
    assert all(isinstance(column, pl.Series) for column in result)
    assert_columns(result, expected)
    expressions = measure(name)(pl.col("x"), pl.col("y"), *last)
    assert_columns(frame.select(**named(expressions)).get_columns(), expected)


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_expressions_in_frames(name: str) -> None:
    frame = frame_of(name, nulls=True)
    result = measure(name)(*columns_of(name))
    assert all(isinstance(expression, pl.Expr) for expression in numbers(result))
    expected = [*scalars_of(name), *[(None,) * len(numbers(result))] * 4]
    lazy = frame.lazy().select(**named(result))
    for answer in (frame.select(**named(result)), lazy.collect(), lazy.collect(engine="streaming")):
        assert set(answer.dtypes) == {pl.Float64}
        assert_columns(answer.get_columns(), expected)
    assert lazy.collect_schema() == lazy.collect().schema
    by_keyword = measure(name)(**dict(zip(ARGUMENTS[name], columns_of(name), strict=True)))
    assert_columns(frame.select(**named(by_keyword)).get_columns(), expected)
    assert set(frame.clear().select(**named(result)).dtypes) == {pl.Float64}


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_expressions_in_groups(name: str) -> None:
    frame, expected = frame_of(name), scalars_of(name)
    groups = frame["group"].to_list()
    ordered = [row for key in ("x", "y") for row, group in zip(expected, groups, strict=True) if group == key]
    items = frame.group_by("group", maintain_order=True).agg(**named(measure(name)(*columns_of(name))))
    assert_columns(items.drop("group").explode(list(items.columns[1:])).get_columns(), ordered)

    sums = frame.group_by("group", maintain_order=True).agg(pl.all().sum())
    of_sums = measure(name)(*(column.sum() for column in columns_of(name)))
    by_sums = [numbers(measure(name)(*row)) for row in sums.drop("group").rows()]
    answer = frame.group_by("group", maintain_order=True).agg(**named(of_sums))
    assert set(answer.drop("group").dtypes) == {pl.Float64}
    assert_columns(answer.drop("group").get_columns(), by_sums)
    streamed = frame.lazy().group_by("group").agg(**named(of_sums)).sort("group").collect(engine="streaming")
    assert_columns(streamed.drop("group").get_columns(), by_sums)

    window = {key: expression.over("group") for key, expression in named(measure(name)(*columns_of(name))).items()}
    assert_columns(frame.select(**window).get_columns(), expected)


def test_expressions_accept_options() -> None:
    frame = pl.DataFrame({"a": [3, 0, 9], "b": [1, 2, 4], "c": [50, 50, 60], "d": [70, 80, 90]})
    for name, options in (
        ("log_ratio_interval", {"confidence": 0.5}),
        ("conservative_log_ratio", {"confidence": 0.5, "comparisons": 2}),
        ("simple_maths", {"k": 100}),
        ("weighted_log_odds", {"prior": 0.5, "prior_total": 20}),
    ):
        expected = [numbers(measure(name)(*row, **options)) for row in frame.rows()]
        assert expected != [numbers(measure(name)(*row)) for row in frame.rows()]
        result = measure(name)(*map(pl.col, "abcd"), **options)
        assert_columns(frame.select(**named(result)).get_columns(), expected)


def test_each_word_can_have_its_own_prior() -> None:
    counts = [3, 0, 9], [1, 2, 4], 60, 90
    priors = [0.5, 7, 2]
    expected = [
        (ck.measures.weighted_log_odds(a, b, 60, 90, prior=prior, prior_total=300),)
        for a, b, prior in zip(*counts[:2], priors, strict=True)
    ]
    assert_columns([ck.measures.weighted_log_odds(*counts, prior=priors, prior_total=300)], expected)
    frame = pl.DataFrame({"a": counts[0], "b": counts[1], "prior": priors})
    of_series = ck.measures.weighted_log_odds(frame["a"], frame["b"], 60, 90, prior=frame["prior"], prior_total=300)
    assert_columns([of_series], expected)
    expression = ck.measures.weighted_log_odds(pl.col("a"), pl.col("b"), 60, 90, prior=pl.col("prior"), prior_total=300)
    assert_columns(frame.select(expression).get_columns(), expected)


@pytest.mark.parametrize("name", [*DISPERSION, *DISTANCE])
def test_one_word_in_any_sequence(name: str) -> None:
    first, second = ([3, 1, 4], [9, 7, 8]) if name in DISPERSION else ([3, 1, 4], 9)
    expected = measure(name)(first, second)
    assert type(expected) is float
    others: list[Callable[[list[int]], Any]] = [tuple, np.array, pl.Series, lambda x: np.array(x, dtype=np.uint8)]
    for convert in others:
        other = convert(second) if isinstance(second, list) else np.int64(second)
        result = measure(name)(convert(first), other)
        assert type(result) is float
        assert result == expected


def test_diversity_accepts_hashable_tokens() -> None:
    words = ["بيت", "نهر", "بيت", "قمر", "نهر", "بيت"]
    pairs = [(word, len(word)) for word in words]
    categories = pl.Series(words, dtype=pl.Categorical)
    for name in DIVERSITY:
        if name == "fisher_alpha":
            continue
        options = {"window": 2} if name in ("mattr", "msttr") else {"sample": 3} if name == "hdd" else {}
        expected = DIVERSITY[name](words, **options)
        for tokens in (words, pairs, tuple(words), pl.Series(words), categories):
            assert_same(measure(name)(tokens, **options), expected)
            assert_same(measure(name)(tokens=tokens, **options), expected)


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------
NAN, INF = math.nan, math.inf
GOOD = {"keyness": (2, 3, 10, 12), "association": (2, 3, 10, 12)}
NOT_COUNTS = [-1, 2.5, NAN, INF, -INF, True, "3", None, 1j]


def assert_refused(argument: str, value: object, call: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Assert that the error message begins with the argument and contains the value."""
    with pytest.raises(InputError, match=rf"^(\w+ and )?{re.escape(argument)}\b.* must be ") as caught:
        call(*arguments, **options)
    found = re.search(rf"(?<![\w.-]){re.escape(str(value))}(?![\w.]*\w)", str(caught.value))
    assert found, f"no {value!r} in {caught.value}"


def with_argument(name: str, position: int, value: object) -> list[Any]:
    good: list[Any] = list(GOOD["keyness" if name in KEYNESS else "association"])
    good[position] = value
    return good


@pytest.mark.parametrize("value", NOT_COUNTS, ids=repr)
@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_bad_counts(name: str, value: object) -> None:
    for position, argument in enumerate(ARGUMENTS[name]):
        assert_refused(argument, value, measure(name), *with_argument(name, position, value))


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_bad_counts_in_a_column(name: str) -> None:
    for position, argument in enumerate(ARGUMENTS[name]):
        good = GOOD["keyness" if name in KEYNESS else "association"][position]
        for bad in (-1, 2.5, NAN, INF):
            values = [good, good, bad]
            for column in (values, np.array(values), pl.Series(values, strict=False)):
                arguments = with_argument(name, position, column)
                assert_refused(argument, bad, measure(name), *arguments)
        arguments = with_argument(name, position, [True, False])
        assert_refused(argument, "True", measure(name), *arguments)
        arguments = with_argument(name, position, ["2", "3"])
        assert_refused(argument, "'2'", measure(name), *arguments)
        arguments = with_argument(name, position, pl.Series("k", ["2"]))
        assert_refused(argument, "String", measure(name), *arguments)


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_bad_counts_in_a_frame(name: str) -> None:
    frame = pl.DataFrame([GOOD["keyness"], (-7, 3, 10, 12)], schema=list(ARGUMENTS[name]), orient="row")
    result = named(measure(name)(*columns_of(name)))
    first = ARGUMENTS[name][0]
    assert_refused(first, -7, frame.select, **result)
    for engine in ("in-memory", "streaming"):
        lazy = frame.lazy().select(**result)
        assert_refused(first, -7, lazy.collect, engine=engine)


@pytest.mark.parametrize("name", KEYNESS)
@pytest.mark.parametrize(
    ("counts", "argument", "value"),
    [
        ((11, 3, 10, 12), "a", 11),
        ((2, 13, 10, 12), "b", 13),
        ((0, 3, 0, 12), "c", 0),
        ((2, 0, 10, 0), "d", 0),
        (([2, 11], 3, 10, 12), "a", 11),
        ((2, 3, 10, [12, 0]), "d", 0),
    ],
)
def test_impossible_frequencies(name: str, counts: tuple[Any, ...], argument: str, value: int) -> None:
    assert_refused(argument, value, measure(name), *counts)


@pytest.mark.parametrize("name", ASSOCIATION)
@pytest.mark.parametrize(
    ("counts", "argument", "value"),
    [
        ((4, 3, 10, 12), "o11", 4),
        ((4, 10, 3, 12), "o11", 4),
        ((2, 13, 10, 12), "r1", 13),
        ((2, 3, 13, 12), "c1", 13),
        ((0, 0, 0, 0), "n", 0),
        ((2, 9, 8, 12), "r1 + c1 - o11", 15),
        (([2, 4], 3, 10, 12), "o11", 4),
    ],
)
def test_impossible_margins(name: str, counts: tuple[Any, ...], argument: str, value: int) -> None:
    assert_refused(argument, value, measure(name), *counts)


@pytest.mark.parametrize("name", TABLE_MEASURES)
def test_different_lengths(name: str) -> None:
    for position, argument in enumerate(ARGUMENTS[name][:2]):
        others = [[value] * 3 for value in GOOD["keyness"]]
        for convert in (list, np.array, pl.Series):
            arguments = [convert(column) for column in others]
            arguments[position] = convert([2, 2])
            with pytest.raises(InputError) as caught:
                measure(name)(*arguments)
            assert re.search(rf"\b{argument}\b.* must be .*\b2\b.*\b3\b", str(caught.value))


@pytest.mark.parametrize("value", [0, 1, 1.0, -0.5, 1.5, NAN, INF, True, "0.9", None], ids=repr)
def test_bad_confidence(value: Any) -> None:
    for function in (ck.measures.log_ratio_interval, ck.measures.conservative_log_ratio):
        assert_refused("confidence", value, function, 2, 3, 10, 12, confidence=value)


@pytest.mark.parametrize("value", [0, -1, NAN, True, "2", None], ids=repr)
def test_bad_number_of_comparisons(value: Any) -> None:
    assert_refused("comparisons", value, ck.measures.conservative_log_ratio, 2, 3, 10, 12, comparisons=value)


@pytest.mark.parametrize("value", [0, -1.5, NAN, INF, True, "2", None], ids=repr)
def test_bad_constant_of_simple_maths(value: Any) -> None:
    assert_refused("k", value, ck.measures.simple_maths, 2, 3, 10, 12, k=value)


@pytest.mark.parametrize("value", [-1.5, NAN, INF, True, "2"], ids=repr)
def test_bad_prior(value: Any) -> None:
    assert_refused("prior", value, ck.measures.weighted_log_odds, 2, 3, 10, 12, prior=value)
    assert_refused("prior_total", value, ck.measures.weighted_log_odds, 2, 3, 10, 12, prior_total=value)


def test_prior_greater_than_its_total() -> None:
    for total in (2.5, [9, 2.5]):
        assert_refused("prior_total", 2.5, ck.measures.weighted_log_odds, 2, 3, 10, 12, prior=4, prior_total=total)


@pytest.mark.parametrize("name", DISPERSION)
@pytest.mark.parametrize(
    ("counts", "sizes", "argument", "value"),
    [
        ([1, -1], [5, 5], "counts", -1),
        ([1, 2.5], [5, 5], "counts", 2.5),
        ([1, NAN], [5, 5], "counts", "nan"),
        ([1, INF], [5, 5], "counts", "inf"),
        ([True, False], [5, 5], "counts", "True"),
        (["1", "2"], [5, 5], "counts", "'1'"),
        ([1, None], [5, 5], "counts", "None"),
        ("12", [5, 5], "counts", "'12'"),
        (None, [5, 5], "counts", "None"),
        (3, 5, "counts", 3),
        ([[1, 2], [1, 2]], [5, 5, 5, 5], "counts", "[[1, 2], [1, 2]]"),
        ([1, 2], [5, -5], "sizes", -5),
        ([1, 0], [5, 0], "sizes", 0),
        ([1, 2], [5, 5.5], "sizes", 5.5),
        ([1, 2], [5, NAN], "sizes", "nan"),
        ([1, 2], [True, True], "sizes", "True"),
        ([1, 2], ["5", "5"], "sizes", "'5'"),
        ([1, 6], [5, 5], "counts", 6),
        ([1, 2, 3], [5, 5], "counts", 3),
        ([1, 2, 3], [5, 5], "sizes", 2),
        ([], [], "counts", "[]"),
    ],
)
def test_bad_parts(name: str, counts: Any, sizes: Any, argument: str, value: object) -> None:
    assert_refused(argument, value, measure(name), counts, sizes)
    assert_refused(argument, value, measure(name), counts=counts, sizes=sizes)


@pytest.mark.parametrize("name", DISTANCE)
@pytest.mark.parametrize(
    ("positions", "size", "argument", "value"),
    [
        ([0, -1], 5, "positions", -1),
        ([0, 1.5], 5, "positions", 1.5),
        ([0, NAN], 5, "positions", "nan"),
        ([0, 5], 5, "positions", 5),
        ([3, 1, 3], 5, "positions", 3),
        ([True, False], 5, "positions", "True"),
        (["1", "2"], 5, "positions", "'1'"),
        ("12", 5, "positions", "'12'"),
        (None, 5, "positions", "None"),
        (3, 5, "positions", 3),
        ([[0, 1], [2, 3]], 5, "positions", "[[0, 1], [2, 3]]"),
        ([0], 0, "size", 0),
        ([], 0, "size", 0),
        ([], -1, "size", -1),
        ([1], 2.5, "size", 2.5),
        ([1], NAN, "size", "nan"),
        ([0], True, "size", "True"),
        ([1], "5", "size", "5"),
        ([1], None, "size", "None"),
    ],
)
def test_bad_positions(name: str, positions: Any, size: Any, argument: str, value: object) -> None:
    assert_refused(argument, value, measure(name), positions, size)
    assert_refused(argument, value, measure(name), positions=positions, size=size)


@pytest.mark.parametrize("name", [*DISPERSION, *DISTANCE])
def test_nulls_in_the_data_of_one_word(name: str) -> None:
    second: Any = [5, 5, 5] if name in DISPERSION else 5
    first = "counts" if name in DISPERSION else "positions"
    with pytest.raises(InputError, match=rf"^{first} must be .* nulls"):
        measure(name)(pl.Series([0, None, 1]), second)


@pytest.mark.parametrize("name", [name for name in DIVERSITY if name != "fisher_alpha"])
@pytest.mark.parametrize(
    ("tokens", "value"),
    [
        ([], "[]"),
        (pl.Series([], dtype=pl.String), "[]"),
        (pl.Series(["a", None]), "1"),
        (["a", None], "None"),
        ("abc", "'abc'"),
        (5, "5"),
        ([["a"], ["b"]], "[['a'], ['b']]"),
    ],
)
def test_bad_tokens(name: str, tokens: Any, value: str) -> None:
    assert_refused("tokens", value, measure(name), tokens)


@pytest.mark.parametrize("name", [name for name in DIVERSITY if name not in {*ORDERED, "fisher_alpha"}])
def test_bad_spectrum(name: str) -> None:
    for spectrum, value in [
        ({}, "{}"),
        ({3: 0}, "{3: 0}"),
        ({0: 3}, 0),
        ({-1: 3}, -1),
        ({1.5: 3}, 1.5),
        ({"1": 3}, "1"),
        ({True: 3}, True),
        ({1: -3}, -3),
        ({1: 2.5}, 2.5),
        ({1: NAN}, "nan"),
        ({1: True}, True),
        ({1: "3"}, "3"),
        ([1, 2], "[1, 2]"),
    ]:
        assert_refused("spectrum", value, measure(name), spectrum=spectrum)
    with pytest.raises(InputError, match=r"^tokens must be .*spectrum"):
        measure(name)()
    with pytest.raises(InputError, match=r"^tokens must be .*spectrum"):
        measure(name)(["a"], spectrum={1: 1})


@pytest.mark.parametrize(("name", "option"), [("mattr", "window"), ("msttr", "window"), ("hdd", "sample")])
@pytest.mark.parametrize("value", [0, -1, 2.5, NAN, INF, True, "3", None], ids=repr)
def test_bad_window_or_sample(name: str, option: str, value: object) -> None:
    assert_refused(option, value, measure(name), ["a", "b"], **{option: value})


@pytest.mark.parametrize("value", [0, 1, -0.5, 1.5, NAN, INF, True, "0.7", None], ids=repr)
def test_bad_threshold(value: Any) -> None:
    assert_refused("threshold", value, ck.measures.mtld, ["a", "b"], threshold=value)


def test_bad_arguments_of_fisher_alpha() -> None:
    alpha = ck.measures.fisher_alpha
    for bad in (0, -1, 2.5, NAN, INF, True, "3", None):
        assert_refused("types", bad, alpha, bad, 9)
        assert_refused("n_tokens", bad, alpha, types=1, n_tokens=bad)
    assert_refused("types", 10, alpha, 10, 9)


def test_unknown_measure_suggests_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"'log_likelyhood'.*'log_likelihood'"):
        measure("log_likelyhood")


GOOD_ARGUMENTS: dict[str, dict[str, Any]] = {
    name: arguments
    for names, arguments in (
        (KEYNESS, {"a": 2, "b": 3, "c": 10, "d": 12}),
        (ASSOCIATION, {"o11": 2, "r1": 3, "c1": 10, "n": 12}),
        (DISPERSION, {"counts": [2, 3], "sizes": [10, 12]}),
        (DISTANCE, {"positions": [2, 3], "size": 10}),
        (DIVERSITY, {"tokens": ["a", "b"]}),
        (("fisher_alpha",), {"types": 2, "n_tokens": 3}),
        (("osman", "aari", "lix"), {"text": "زار الولد جده.", "sentences": 1}),
        (AGREEMENT, {"codes": ["ab", "aa"]}),
        (("wilson",), {"successes": 2, "trials": 3}),
    )
    for name in names
}


@pytest.mark.parametrize("name", GOOD_ARGUMENTS)
def test_objects_are_refused(name: str) -> None:
    good = GOOD_ARGUMENTS[name]
    for argument, parameter in inspect.signature(measure(name)).parameters.items():
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            others = {} if argument == "spectrum" else good
            with pytest.raises(InputError, match=f"^{argument} must be .*, got object"):
                measure(name)(**others | {argument: object()})


# ----------------------------------------------------------------------------------------------------
# Names and docstrings
# ----------------------------------------------------------------------------------------------------
NAMES = (
    [(name, ARGUMENTS[name]) for name in TABLE_MEASURES]
    + [(name, ("counts", "sizes")) for name in DISPERSION]
    + [(name, ("positions", "size")) for name in DISTANCE]
    + [(name, ("types", "n_tokens") if name == "fisher_alpha" else ("tokens",)) for name in DIVERSITY]
    + [(name, ("text", "sentences")) for name in ("osman", "aari", "lix")]
)
OPTIONS: dict[str, dict[str, Any]] = {
    "log_ratio_interval": {"confidence": 0.95},
    "conservative_log_ratio": {"confidence": 0.95, "comparisons": 1},
    "simple_maths": {"k": 1.0},
    "weighted_log_odds": {"prior": None, "prior_total": None},
    "msttr": {"window": 100},
    "mattr": {"window": 100},
    "mtld": {"threshold": 0.72},
    "hdd": {"sample": 42},
}


@pytest.mark.parametrize(("name", "arguments"), NAMES)
def test_arguments_have_the_documented_names(name: str, arguments: tuple[str, ...]) -> None:
    parameters = inspect.signature(measure(name)).parameters
    assert tuple(parameters)[: len(arguments)] == arguments
    assert all(parameters[argument].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for argument in arguments)
    spectrum: dict[str, Any] = {"spectrum": None} if arguments == ("tokens",) and name not in ORDERED else {}
    options = {key: parameters[key].default for key in tuple(parameters)[len(arguments) :]}
    assert options == spectrum | OPTIONS.get(name, {})


@pytest.mark.parametrize(
    "name", [f"{family}.{name}" for family, measures in ck.measures.FAMILIES.items() for name in measures] + ["wilson"]
)
def test_docstrings_have_an_example_and_a_reference(name: str) -> None:
    text = inspect.getdoc(measure(name)) or ""
    assert re.search(rf"Examples:\n.*>>> .*\b{name.rpartition('.')[2]}\(", text, re.DOTALL)
    assert re.search(r"References:\n.*\b(1[89]|20)\d\d\b", text, re.DOTALL), "no year of a publication"
    assert re.search(r"Args:\n.*Returns:\n.*Raises:\n", text, re.DOTALL)
