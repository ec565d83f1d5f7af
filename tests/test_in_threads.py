"""Calls in several threads: their order, their number, their errors."""

from __future__ import annotations

from collections.abc import Iterator
from threading import get_ident

import pytest

import corpus_kit as ck
from corpus_kit.machine.in_threads import in_threads


@pytest.fixture(params=[1, 2, 5], autouse=True)
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    ck.set_threads(request.param)
    yield request.param
    ck.set_threads(None)


@pytest.mark.parametrize("length", [0, 1, 50])
def test_results_come_in_the_order_of_the_items(length: int) -> None:
    assert list(in_threads(lambda item: -item, range(length))) == [-item for item in range(length)]


def test_no_more_items_are_taken_than_are_needed(number: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for each in range(100):
            taken.append(each)
            yield each

    found = in_threads(lambda item: (item, get_ident()), items())
    next(found)
    assert len(taken) <= 2 * number + 1
    assert len({thread for _, thread in found}) <= number


def test_an_error_ends_the_calls() -> None:
    found = in_threads(lambda item: 1 // (item - 3), range(1000))
    assert [next(found) for _ in range(3)] == [-1, -1, -1]
    with pytest.raises(ZeroDivisionError):
        next(found)
    assert list(found) == []
