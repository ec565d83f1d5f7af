"""Corrections for multiple tests: textbook loops, scipy, and repeated p-values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oracles_keyness import CORRECTED
from scipy import stats

from corpus_kit.analysis.corrections import CORRECTIONS, benjamini_hochberg, bonferroni, holm

pytestmark = pytest.mark.interface

P_VALUES = st.lists(
    st.one_of(st.sampled_from([0.0, 1e-300, 0.01, 0.02, 0.05, 0.5, 1.0]), st.floats(0, 1)), min_size=1, max_size=12
)
NAMES = pytest.mark.parametrize("name", CORRECTIONS)


def corrected(name: str, p: list[float], times: list[int] | None = None) -> list[float]:
    result: list[float] = CORRECTIONS[name](np.array(p, float), None if times is None else np.array(times)).tolist()
    return result


@NAMES
@given(p=P_VALUES)
@example(p=[0.01, 0.01, 0.01])
@example(p=[1.0, 0.0])
def test_corrections_equal_plain_loops(name: str, p: list[float]) -> None:
    assert corrected(name, p) == pytest.approx(CORRECTED[name](p), rel=1e-12)


@given(p=P_VALUES)
def test_definitions(p: list[float]) -> None:
    """Each corrected value as the maximum or minimum of a set, without sorting."""
    for value, by_holm, by_bh in zip(p, corrected("holm", p), corrected("benjamini_hochberg", p), strict=True):
        stepped_down = (q * sum(other >= q for other in p) for q in p if q <= value)
        assert by_holm == pytest.approx(min(1.0, max(stepped_down)), rel=1e-12)
        stepped_up = (q * len(p) / sum(other <= q for other in p) for q in p if q >= value)
        assert by_bh == pytest.approx(min(stepped_up), rel=1e-12)


@given(p=P_VALUES)
def test_benjamini_hochberg_equals_scipy(p: list[float]) -> None:
    expected = stats.false_discovery_control(p, method="bh")
    assert corrected("benjamini_hochberg", p) == pytest.approx(expected.tolist(), rel=1e-12)


@NAMES
@given(data=st.data(), p=P_VALUES)
def test_times_equals_repeated_p_values(name: str, data: st.DataObject, p: list[float]) -> None:
    times = data.draw(st.lists(st.integers(1, 5), min_size=len(p), max_size=len(p)))
    repeated = corrected(name, [value for value, n in zip(p, times, strict=True) for _ in range(n)])
    expected = [repeated[sum(times[:place])] for place in range(len(p))]
    assert corrected(name, p, times) == pytest.approx(expected, rel=1e-12)


@NAMES
@given(data=st.data(), p=P_VALUES)
def test_order_of_the_tests_does_not_matter(name: str, data: st.DataObject, p: list[float]) -> None:
    order = data.draw(st.permutations(range(len(p))))
    expected = corrected(name, p)
    assert corrected(name, [p[place] for place in order]) == [expected[place] for place in order]


@given(p=P_VALUES)
def test_corrections_are_ordered_by_strictness(p: list[float]) -> None:
    each = {name: corrected(name, p) for name in CORRECTIONS}
    for place, value in enumerate(p):
        by_bonferroni, by_holm = each["bonferroni"][place], each["holm"][place]
        by_bh = each["benjamini_hochberg"][place]
        rounding = 1 + 1e-12
        assert value <= by_bh * rounding
        assert by_bh <= by_holm * rounding
        assert by_holm <= by_bonferroni * rounding
        assert by_bonferroni <= 1


@NAMES
def test_one_test_and_no_tests(name: str) -> None:
    assert corrected(name, [0.03]) == [0.03]
    assert corrected(name, []) == []
    assert corrected(name, [], []) == []


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (bonferroni, [0.04, 0.16, 0.12, 0.02]),
        (holm, [0.03, 0.06, 0.06, 0.02]),
        (benjamini_hochberg, [0.02, 0.04, 0.04, 0.02]),
    ],
)
def test_four_p_values_by_hand(function: Callable[[Any], Any], expected: list[float]) -> None:
    given_values = np.array([0.01, 0.04, 0.03, 0.005])
    assert function(given_values).tolist() == pytest.approx(expected)
    assert given_values.tolist() == [0.01, 0.04, 0.03, 0.005]
