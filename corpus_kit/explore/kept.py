"""Values that are made when they are first asked for, of which the last ones are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Kept"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The values of the keys that were used last. Any thread may ask; what one of them makes, others wait for.

    Args:
        most: How many values are kept.

    >>> squares = Kept[int, int](2)
    >>> [squares.get(number, lambda number=number: number**2) for number in (2, 3, 2, 4)], 3 in squares
    ([4, 9, 4, 16], False)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, Future[V]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: K) -> bool:
        """Return whether the value of a key is kept, or being made."""
        return key in self._values

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what is kept under a key, or make it; what was used longest ago gives way."""
        with self._lock:
            value = self._values.get(key)
            is_new = value is None
            if value is None:
                value = self._values[key] = Future()
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        if is_new:
            self._make(key, value, make)
        return value.result()

    def _make(self, key: K, value: Future[V], make: Callable[[], V]) -> None:
        try:
            value.set_result(make())
        except BaseException as error:
            with self._lock:
                if self._values.get(key) is value:
                    del self._values[key]
            value.set_exception(error)
