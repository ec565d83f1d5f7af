"""Random samples of hits, beside a sort of all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit._base.hashing import hashed
from corpus_kit.search import order
from corpus_kit.search.order import sample_rows


def slow_sample(positions: Any, size: int, seed: int) -> list[int]:
    """Sort all by hash, then position, then row."""
    hashes = hashed(positions, seed).tolist()
    rows = sorted(range(len(positions)), key=lambda row: (hashes[row], positions[row], row))
    return sorted(rows[:size])


@given(
    positions=st.lists(st.integers(0, 2**32 - 1), max_size=300),
    size=st.integers(0, 320),
    seed=st.integers(0, 2**40),
)
def test_samples_are_those_of_a_sort(positions: list[int], size: int, seed: int) -> None:
    given_positions = np.array(positions, np.uint32)
    assert sample_rows(given_positions, size, seed).tolist() == slow_sample(given_positions, size, seed)


@pytest.mark.parametrize("size", [0, 1, 100, 20_000, 99_999, 100_000, 200_000])
def test_samples_of_many(size: int) -> None:
    positions = np.arange(100_000, dtype=np.uint32) * np.uint32(3)
    expected = np.sort(np.lexsort((positions, hashed(positions, 5)))[:size])
    assert sample_rows(positions, size, 5).tolist() == expected.tolist()


def test_equal_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    # so many are alike, and above the first bounds, that the bound must grow
    monkeypatch.setattr(order, "hashed", lambda values, seed: np.full(len(values), 2**63 + seed, np.uint64))
    positions = np.arange(100_000, 0, -1).astype(np.uint32)
    assert sample_rows(positions, 10, 1).tolist() == list(range(99_990, 100_000))
