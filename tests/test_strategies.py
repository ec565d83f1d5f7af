"""The matching strategies of CQP: which of overlapping hits are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit.search.hits import Hits
from corpus_kit.search.strategies import rows_kept, strategic

STRATEGIES = ("preferred", "traditional", "standard", "shortest", "longest")
SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)), max_size=12, unique=True).map(sorted)


def kept(spans: list[tuple[int, int]], strategy: str) -> list[tuple[int, int]]:
    """Return the hits that a strategy keeps, by comparing each with each (first token, end)."""
    longest = strategy in ("longest", "preferred")
    firsts = sorted({first for first, _ in spans})
    spans = [(first, (max if longest else min)(end for other, end in spans if other == first)) for first in firsts]

    def contains(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
        return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]

    match strategy:
        case "standard":
            return [hit for hit in spans if not any(o[1] == hit[1] and o[0] < hit[0] for o in spans)]
        case "shortest":
            return [hit for hit in spans if not any(contains(hit, other) for other in spans)]
        case "longest" | "preferred":
            return [hit for hit in spans if not any(contains(other, hit) for other in spans)]
    return spans


@given(SPANS, st.sampled_from(STRATEGIES))
def test_strategies_keep_what_the_twin_keeps(given_spans, strategy):
    spans = [(first, first + length) for first, length in given_spans]
    first, end = (np.array([span[side] for span in spans], np.uint32) for side in (0, 1))
    rows = rows_kept(first, end, strategy)
    assert [(int(first[row]), int(end[row])) for row in rows] == kept(spans, strategy)


def test_the_example_of_the_manual():
    """`DET? ADJ* NN (PREP DET? ADJ* NN)*` on "the old book on the table in the room", section 6.1."""
    shortest_ends = {0: 3, 1: 3, 2: 3, 4: 6, 5: 6, 7: 9, 8: 9}
    longest_ends = dict.fromkeys(shortest_ends, 9)

    def found(strategy: str, ends: dict[int, int]) -> list[tuple[int, int]]:
        hits = Hits(np.array(list(ends), np.uint32), np.array(list(ends.values()), np.uint32))
        some = strategic(hits, strategy)
        return list(zip(some.first.tolist(), some.end.tolist(), strict=True))

    assert found("shortest", shortest_ends) == [(2, 3), (5, 6), (8, 9)]
    assert found("standard", shortest_ends) == [(0, 3), (4, 6), (7, 9)]
    assert found("traditional", shortest_ends) == list(shortest_ends.items())
    assert found("longest", longest_ends) == [(0, 9)]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_hits(strategy):
    none = Hits(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    assert len(strategic(none, strategy)) == 0
    assert len(strategic(Hits(np.array([3], np.uint32)), strategy)) == 1
