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
from corpus_kit.measures.agreement import LEVELS, CodedUnits

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
