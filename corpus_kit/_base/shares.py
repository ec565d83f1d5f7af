"""How far a long call has come: its loop tells, and who waits for it listens, such as the command on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

__all__ = ["listening", "part", "telling"]

T = TypeVar("T")
_LISTENER: ContextVar[Callable[[float], None] | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Callable[[float], None]) -> Iterator[None]:
    """Call `listener` with the share that is done, from 0 to 1, of the loops that run meanwhile in this thread.

    >>> heard = []
    >>> with listening(heard.append):
    ...     list(telling(["a", "b"]))
    ['a', 'b']
    >>> heard
    [0.0, 0.5]
    """
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


@contextmanager
def part(low: float, high: float) -> Iterator[None]:
    """Tell that a share `low` is done, and what loops tell meanwhile as shares of what lies between it and `high`.

    >>> heard = []
    >>> with listening(heard.append), part(0.5, 1):
    ...     list(telling(["a", "b"]))
    ['a', 'b']
    >>> heard
    [0.5, 0.5, 0.75]
    """
    listener = _LISTENER.get()
    if listener is None:
        yield
        return
    listener(low)
    with listening(lambda share: listener(low + (high - low) * share)):
        yield


def telling(items: Iterable[T]) -> Iterator[T]:
    """Yield items, and tell before each which share of them is done."""
    listener = _LISTENER.get()
    if listener is None:
        yield from items
        return
    known = list(items)
    for done, each in enumerate(known):
        listener(done / len(known))
        yield each
