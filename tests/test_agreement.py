"""Krippendorff's alpha: published values, a slow twin, the interval, bad input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import oracles_news_frames as oracles
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.measures.agreement import LEVELS
from corpus_kit.measures.coded_units import CodedUnits

pytestmark = pytest.mark.interface

N = None
# Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability, example C: four coders, twelve units.
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
PUBLISHED = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}

CODE = st.one_of(st.none(), st.integers(0, 4))


@st.composite
def coded(draw: st.DrawFn) -> list[list[int | None]]:
    n_units = draw(st.integers(0, 8))
    return [draw(st.lists(CODE, min_size=n_units, max_size=n_units)) for _ in range(draw(st.integers(2, 4)))]


@pytest.mark.parametrize(("level", "value"), PUBLISHED.items())
def test_published_example_at_each_level(level: str, value: float) -> None:
    assert ck.measures.krippendorff_alpha(FOUR, level=level) == pytest.approx(value, abs=5e-4)


def test_published_examples_with_two_coders() -> None:
    # examples A (binary) and B (nominal) of the same paper
    assert ck.measures.krippendorff_alpha(["0100000010", "1110010000"]) == pytest.approx(0.095, abs=5e-4)
    assert ck.measures.krippendorff_alpha(["aabbdcccedda", "babbbccceddd"]) == pytest.approx(0.692, abs=5e-4)


def test_counts_of_published_example() -> None:
    units = CodedUnits.of(FOUR)
    assert (units.units, units.pairable) == (11, 40)
    assert units.counts.sum(axis=0).tolist() == [9, 13, 10, 5, 3]


@given(codes=coded(), level=st.sampled_from(LEVELS))
def test_alpha_equals_its_twin(codes: list[list[int | None]], level: str) -> None:
    value = ck.measures.krippendorff_alpha(codes, level=level)
    assert value == pytest.approx(oracles.alpha(codes, level), abs=1e-9, nan_ok=True)


@given(codes=coded())
def test_order_of_coders_and_units_does_not_matter(codes: list[list[int | None]]) -> None:
    value = ck.measures.krippendorff_alpha(codes)
    turned = [list(reversed(coder)) for coder in reversed(codes)]
    assert ck.measures.krippendorff_alpha(turned) == pytest.approx(value, abs=1e-12, nan_ok=True)
    as_text = [[None if code is None else f"code {code}" for code in coder] for coder in codes]
    assert ck.measures.krippendorff_alpha(as_text) == pytest.approx(value, abs=1e-12, nan_ok=True)


def test_input_formats() -> None:
    expected = ck.measures.krippendorff_alpha(FOUR)
    frame = pl.DataFrame({f"coder{place}": coder for place, coder in enumerate(FOUR)})
    floats = np.array([[math.nan if code is None else code for code in coder] for coder in FOUR])
    for codes in (frame, floats, [pl.Series(coder) for coder in FOUR], tuple(map(tuple, FOUR))):
        assert ck.measures.krippendorff_alpha(codes) == expected
    enum = frame.with_columns(pl.all().cast(pl.Int64).cast(pl.String).cast(pl.Enum(list("12345"))))
    assert ck.measures.krippendorff_alpha(enum) == expected


def test_perfect_absent_and_undefined_agreement() -> None:
    alpha = ck.measures.krippendorff_alpha
    assert alpha(["abab", "abab"]) == 1
    assert alpha(["ab", "ba"]) == pytest.approx(-0.5)
    for codes in (["aaa", "aaa"], [[], []], [[None, 1], [2, None]], [[None], [None]]):
        assert math.isnan(alpha(codes))
        assert all(map(math.isnan, ck.measures.krippendorff_alpha_interval(codes, n_bootstrap=20)))
    assert ck.measures.percent_agreement(["aaa", "aaa"]) == 1
    assert math.isnan(ck.measures.percent_agreement([[], []]))


def test_percent_agreement() -> None:
    assert ck.measures.percent_agreement([["a", "b", None, "c"], ["a", "c", "b", "c"]]) == pytest.approx(2 / 3)
    # by hand
    three = [["a", "a", None], ["a", "a", "x"], ["a", "b", "y"], [None, "c", None]]
    assert ck.measures.percent_agreement(three) == pytest.approx((3 + 4 * 2 / 12 + 0) / 9)


def test_interval_resamples_units() -> None:
    from corpus_kit._base.hashing import draws

    codes = [coder[:10] for coder in FOUR]
    units = [unit for unit in zip(*codes, strict=True) if sum(code is not None for code in unit) > 1]
    values = []
    for replicate in range(50):
        drawn = [unit for unit, times in zip(units, draws(len(units), replicate, 7), strict=True) for _ in range(times)]
        values.append(oracles.alpha([list(coder) for coder in zip(*drawn, strict=True)], "ordinal"))
    expected = np.nanquantile(values, [0.05, 0.95])
    interval = ck.measures.krippendorff_alpha_interval(codes, level="ordinal", confidence=0.9, n_bootstrap=50, seed=7)
    assert interval == pytest.approx(expected)


def test_interval_is_reproducible_and_narrows() -> None:
    some = ["aabbabab" * 5, "aabbabba" * 5]
    many = [each * 10 for each in some]
    interval = ck.measures.krippendorff_alpha_interval
    assert interval(some, seed=3) == interval(some, seed=3) != interval(some, seed=4)
    low, high = interval(some)
    assert low < ck.measures.krippendorff_alpha(some) < high
    assert np.subtract(*interval(many)[::-1]) < high - low


@pytest.mark.parametrize(
    ("codes", "options", "message"),
    [
        ("abc", {}, "^codes must be .*'abc'"),
        (5, {}, "^codes must be .* got 5"),
        (["abc"], {}, "^codes must be of at least two coders, got 1"),
        ([], {}, "^codes must be of at least two coders, got 0"),
        (["abc", "ab"], {}, "^codes must be of the same length .*2 and 3"),
        ([[1, 2], ["a", "b"]], {}, "^codes must be .*text or numbers"),
        ([[1, "a"], [1, 2]], {}, "^codes must be .*got 1.*coder 0"),
        ([[1, 2], 5], {}, "^codes must be .*5.*coder 1"),
        ([[True, False], [True, True]], {}, "^codes must be .*True"),
        ([pl.Series([True]), pl.Series([True])], {}, "^codes must be .*Boolean"),
        ([["a", b"b"], ["a", "b"]], {}, "^codes must be .*b'b'"),
        ([[1, math.inf], [1, 2]], {}, "^codes must be finite"),
        ([[10**400], [1]], {}, "^codes must be .*coder 0"),
        ([["\ud800"], ["a"]], {}, "^codes must be .*coder 0"),
        (["abc", "abc"], {"level": "nominl"}, "^level must be .*'nominal'"),
        (["abc", "abb"], {"level": "ordinal"}, "^codes must be numbers .*'ordinal'"),
        ([[1, -2], [1, 2]], {"level": "ratio"}, "^codes must be .*'ratio', got -2"),
    ],
)
def test_bad_codes(codes: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.measures.krippendorff_alpha(codes, **options)


@pytest.mark.parametrize(
    "options", [{"confidence": 1}, {"confidence": "x"}, {"n_bootstrap": 0}, {"n_bootstrap": 10**6}, {"seed": -1}]
)
def test_bad_interval_options(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"^{next(iter(options))} must be"):
        ck.measures.krippendorff_alpha_interval(["ab", "ab"], **options)


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(AttributeError, match="'krippendorff_alpha'"):
        ck.measures.krippendorf_alpha  # noqa: B018


# ------------------------------------------------------------------------------------------------ kappa


def of_table(counts: list[list[int]]) -> list[list[int]]:
    """Return the codes of two coders, the first in rows."""
    units = [(i, j) for i, row in enumerate(counts) for j, count in enumerate(row) for _ in range(count)]
    return [list(codes) for codes in zip(*units, strict=True)]


# Table, weights, kappa, standard error as published.
KAPPAS = {
    # Cohen, J. (1960), table 1, N = 200; his kappa
    "Cohen 1960": ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], "unweighted", 0.492, None),
    # Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969), N = 200
    "Fleiss et al. 1969": ([[106, 10, 4], [22, 28, 10], [2, 12, 6]], "unweighted", 0.429, 0.0537),
    # Agresti, A. (1990). Categorical Data Analysis, table 2.13, as printed by SAS and R's vcd
    "Agresti 1990": ([[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]], "unweighted", 0.1293, 0.0686),
    "Agresti 1990, linear": ([[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]], "linear", 0.2374, 0.0783),
}


@pytest.mark.parametrize("name", KAPPAS)
def test_published_kappas(name: str) -> None:
    counts, weights, kappa, error = KAPPAS[name]
    codes = of_table(counts)
    assert ck.measures.cohen_kappa(codes, weights=weights) == pytest.approx(kappa, abs=5e-4)
    low, high = ck.measures.cohen_kappa_interval(codes, weights=weights)
    if error is not None:
        assert (high - low) / 2 / 1.959964 == pytest.approx(error, abs=5e-5)
        assert (high + low) / 2 == pytest.approx(kappa, abs=5e-4)


@given(codes=coded(), weights=st.sampled_from(["unweighted", "linear", "quadratic"]))
def test_kappa_equals_its_twin(codes: list[list[int | None]], weights: str) -> None:
    value = ck.measures.cohen_kappa(codes, weights=weights)
    assert value == pytest.approx(oracles.kappa(codes, weights), abs=1e-9, nan_ok=True)
    low, high = ck.measures.cohen_kappa_interval(codes, weights=weights, n_bootstrap=30)
    assert math.isnan(low) == math.isnan(value)
    assert math.isnan(value) or -math.inf < low <= high <= 1


@given(codes=coded().filter(lambda codes: len(codes) == 2))
def test_standard_error_equals_the_jackknife_in_large_samples(codes: list[list[int | None]]) -> None:
    """The delta method and the jackknife agree where units are many (Davies & Fleiss 1982)."""
    both = [unit for unit in zip(*codes, strict=True) if None not in unit] * 40
    many = [list(coder) for coder in zip(*both, strict=True)] or [[], []]
    value = ck.measures.cohen_kappa(many, weights="linear")
    if math.isnan(value) or value > 1 - 1e-9:
        return
    kinds = set(both)
    n = len(both)
    counts = {unit: both.count(unit) for unit in kinds}
    left = {unit: oracles.kappa_of_counts({**counts, unit: counts[unit] - 1}) for unit in kinds}
    if any(map(math.isnan, left.values())):
        return
    mean = sum(left[unit] for unit in both) / n
    error = math.sqrt((n - 1) / n * sum((left[unit] - mean) ** 2 for unit in both))
    low, high = ck.measures.cohen_kappa_interval(many, weights="linear")
    if low > -1 and high < 1:
        assert (high - low) / 2 / 1.959964 == pytest.approx(error, rel=0.1, abs=1e-3)


def test_kappa_of_several_coders_is_the_mean_of_pairs() -> None:
    codes = ["aabbabab" * 3, "aabbabba" * 3, "abababab" * 3]
    pairs = [ck.measures.cohen_kappa([codes[one], codes[two]]) for one, two in ((0, 1), (0, 2), (1, 2))]
    assert ck.measures.cohen_kappa(codes) == pytest.approx(sum(pairs) / 3)
    interval = ck.measures.cohen_kappa_interval
    low, high = interval(codes, seed=1)
    assert low < ck.measures.cohen_kappa(codes) < high
    assert interval(codes, seed=1) == (low, high) != interval(codes, seed=2)


def test_quadratic_kappa_is_the_intraclass_correlation() -> None:
    """Fleiss & Cohen (1973): of two coders with the same distribution of codes, it is Pearson's correlation."""
    first, second = [1, 2, 3, 4, 5, 5, 1, 2], [2, 1, 3, 5, 4, 5, 1, 2]
    assert sorted(first) == sorted(second)
    correlation = float(np.corrcoef(first, second)[0, 1])
    assert ck.measures.cohen_kappa([first, second], weights="quadratic") == pytest.approx(correlation)


def test_perfect_agreement_has_an_interval() -> None:
    few, many = ["abab", "abab"], ["ab" * 50, "ab" * 50]
    for interval in (ck.measures.krippendorff_alpha_interval, ck.measures.cohen_kappa_interval):
        (low, high), (narrow, _) = interval(few), interval(many)
        assert high == 1
        assert low < 0.6 < 0.9 < narrow < 1
    # Wilson's lower end of 4 units is 4 / (4 + 1.96²); chance is a half
    assert ck.measures.percent_agreement_interval(few)[0] == pytest.approx(4 / (4 + 1.959964**2))
    low, _ = ck.measures.cohen_kappa_interval(few)
    assert low == pytest.approx(1 - (1 - 4 / (4 + 1.959964**2)) / 0.5)


def test_interval_of_percent_agreement_is_clustered() -> None:
    assert ck.measures.percent_agreement_interval([[], []]) == pytest.approx((math.nan, math.nan), nan_ok=True)
    codes = ["aabb" * 10, "abbb" * 10]
    low, high = ck.measures.percent_agreement_interval(codes)
    assert low < 0.75 < high
    # three coders who agree as two do are no more units
    three = ck.measures.percent_agreement_interval([*codes, codes[0]])
    assert three[1] - three[0] > (high - low) / 2


@pytest.mark.parametrize(
    ("codes", "options", "message"),
    [
        (["abc", "abc"], {"weights": "square"}, "^weights must be .*'square'"),
        (["abc", "abb"], {"weights": "linear"}, "^codes must be numbers.*weights='linear'"),
        (["abc"], {}, "^codes must be of at least two coders"),
    ],
)
def test_bad_kappa(codes: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.measures.cohen_kappa(codes, **options)
    with pytest.raises(InputError, match=message):
        ck.measures.cohen_kappa_interval(codes, **options)


def test_paradox_of_prevalence() -> None:
    rare = ["n" * 18 + "xn", "n" * 18 + "nx"]
    row = ck.news.agreement(pl.DataFrame({"coder1": list(rare[0]), "coder2": list(rare[1])})).row(0, named=True)
    assert row["agreement"] == 0.9
    assert row["kappa"] < 0
    assert row["alpha"] < 0
    assert row["agreement_low"] < 0.9 < row["agreement_high"]


def test_order_of_codes_in_the_table() -> None:
    ranks = {"weak": 0, "some": 1, "strong": 2}
    words = pl.DataFrame({"coder1": [*ranks, *ranks, "weak"], "coder2": [*ranks, "some", "some", "strong", None]})
    numbers = words.select(pl.all().replace_strict(ranks))
    ordered = ck.news.agreement(words, level="ordinal", order=list(ranks), n_bootstrap=20)
    assert ordered.equals(ck.news.agreement(numbers, level="ordinal", n_bootstrap=20))
    codes = [numbers[name].to_list() for name in numbers.columns]
    assert ordered.item(0, "kappa") == ck.measures.cohen_kappa(codes, weights="linear")
    quadratic = ck.news.agreement(words, level="interval", order=list(ranks), n_bootstrap=0)
    assert quadratic.item(0, "kappa") == ck.measures.cohen_kappa(codes, weights="quadratic")
    assert quadratic.item(0, "alpha_low") is None
    assert quadratic.item(0, "kappa_low") is not None
    for order, message in (
        (["weak", "some"], "^Codes of 'coder1' must be codes of the order"),
        ("weak", "^order must be"),
        (["a", "a"], "^order must be a list of different codes"),
    ):
        with pytest.raises(InputError, match=message):
            ck.news.agreement(words, order=order)
