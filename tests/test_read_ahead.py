"""Items that are made in another thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from corpus_kit._base.read_ahead import read_ahead


@pytest.mark.parametrize("number", [0, 1, 2, 100])
def test_items_come_in_order(number: int) -> None:
    assert list(read_ahead(iter(range(number)))) == list(range(number))


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("no more")

    ahead = read_ahead(items())
    assert next(ahead) == 1
    with pytest.raises(OSError, match="no more"):
        next(ahead)


def test_one_item_is_made_ahead_and_no_other() -> None:
    asked: list[int] = []
    second = threading.Event()

    def items() -> Iterator[int]:
        for number in range(5):
            asked.append(number)
            if number == 1:
                second.set()
            yield number

    ahead = read_ahead(items())
    assert next(ahead) == 0
    assert second.wait(60)
    assert asked == [0, 1]
    assert list(ahead) == [1, 2, 3, 4]


def test_what_makes_the_items_is_closed_when_the_consumer_stops() -> None:
    closed: list[str] = []

    def items() -> Iterator[int]:
        try:
            yield from range(5)
        finally:
            closed.append(threading.current_thread().name)

    ahead = read_ahead(items())
    next(ahead)
    ahead.close()
    assert closed == ["read ahead"]
    assert "read ahead" not in [thread.name for thread in threading.enumerate()]


def test_settings_of_the_consumer_hold() -> None:
    setting = ContextVar("setting", default=0)
    setting.set(7)
    assert list(read_ahead(setting.get() for _ in range(2))) == [7, 7]


def test_items_are_not_kept() -> None:
    class Item:
        pass

    def items() -> Iterator[Item]:
        yield Item()
        yield Item()

    ahead = read_ahead(items())
    first = next(ahead)
    known = weakref.ref(first)
    del first
    next(ahead)
    gc.collect()
    assert known() is None
    ahead.close()


def test_ctrl_c_while_the_thread_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    true = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        true(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        next(read_ahead(iter(range(5))))
    assert [thread for thread in threading.enumerate() if thread.name == "read ahead"] == []
