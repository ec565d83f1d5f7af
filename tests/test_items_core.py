"""Items of a tuple by their numbers, held to Python's own."""

import sys

import numpy as np
import pytest

from corpus_kit import _core

pytestmark = pytest.mark.core
ITEMS = tuple(f"{number}" for number in range(3))


def test_items_are_those_at_the_places() -> None:
    places = [2, 0, 0, 1]
    assert _core.take(ITEMS, np.array(places)) == [ITEMS[place] for place in places]
    assert _core.take((), np.array([], np.int64)) == []


def test_items_are_counted() -> None:
    item = object()
    before = sys.getrefcount(item)
    taken = _core.take((item,), np.zeros(100, np.int64))
    assert sys.getrefcount(item) == before + 100
    del taken
    assert sys.getrefcount(item) == before


@pytest.mark.parametrize("place", [3, -1, 1 << 62])
def test_there_is_no_such_item(place: int) -> None:
    with pytest.raises(IndexError, match=f"places must be at least 0 and below 3, got {place}"):
        _core.take(ITEMS, np.array([0, place]))
    with pytest.raises(IndexError):
        _core.take((), np.array([0]))
