"""Calls that run at once in several threads, for functions that mostly wait for the core or for numpy."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from corpus_kit.machine.threads import threads

__all__ = ["in_threads"]

T = TypeVar("T")
R = TypeVar("R")


def in_threads(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Yield what a function returns for each item, in the order of the items.

    As many calls run at once as one call may use threads; no more than one result waits for each of them.

    >>> list(in_threads(len, ["ab", "c", ""]))
    [2, 1, 0]
    """
    at_once = threads()
    if at_once == 1:
        yield from map(function, items)
        return
    running: deque[Future[R]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        try:
            for item in items:
                if len(running) == 2 * at_once:
                    yield running.popleft().result()
                running.append(pool.submit(copy_context().run, function, item))
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
