"""Values that are made when they are first asked for, of which the last ones are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Generic, TypeVar

__all__ = ["Kept"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The values of the keys that were used last. Any thread may ask; what one of them makes, others wait for.

    Args:
        most: How many values are kept.
        most_bytes: How large they may be together; the one that was made last is kept in any case. None for any size.
        size: The size of a value in bytes.

    >>> squares = Kept[int, int](2)
    >>> [squares.get(number, lambda number=number: number**2) for number in (2, 3, 2, 4)], 3 in squares
    ([4, 9, 4, 16], False)
    """

    def __init__(self, most: int, *, most_bytes: int | None = None, size: Callable[[V], int] = lambda _: 0) -> None:
        self._most, self._most_bytes, self._size = most, most_bytes, size
        self._values: OrderedDict[K, Future[V]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: K) -> bool:
        """Return whether the value of a key is kept, or being made."""
        return key in self._values

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what is kept under a key, or make it; what was used longest ago gives way."""
        value, is_new = self._at(key)
        if is_new:
            self._fill(key, value, make)
        try:
            return value.result()
        except BaseException:
            with self._lock:
                if self._values.get(key) is value:
                    del self._values[key]
            raise

    def is_ready(self, key: K) -> bool:
        """Return whether `get` does not wait: the value of a key is made, or could not be made."""
        value = self._values.get(key)
        return value is not None and value.done()

    def begin(self, key: K, make: Callable[[], V]) -> Future[V]:
        """Make the value of a key in another thread, unless it is kept."""
        value, is_new = self._at(key)
        if is_new:
            Thread(target=self._fill, args=(key, value, make), name="making", daemon=True).start()
        return value

    def _at(self, key: K) -> tuple[Future[V], bool]:
        """Return what is or will be kept under a key, and whether it must be made."""
        with self._lock:
            value = self._values.get(key)
            is_new = value is None
            if value is None:
                value = self._values[key] = Future()
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value, is_new

    def _fill(self, key: K, value: Future[V], make: Callable[[], V]) -> None:
        try:
            made = make()
        except BaseException as error:
            value.set_exception(error)
        else:
            with self._lock:
                value.set_result(made)
                self._make_room(key)

    def _make_room(self, key: K) -> None:
        """Let values give way to one that was just made, if they are too large together."""
        if self._most_bytes is None or key not in self._values:
            return
        self._values.move_to_end(key)
        sizes = {each: self._size(value.result()) for each, value in self._values.items() if _is_made(value)}
        total = sum(sizes.values())
        for each, size in sizes.items():  # what was used longest ago comes first
            if total > self._most_bytes and each != key:
                total -= size
                del self._values[each]


def _is_made(value: Future[V]) -> bool:
    return value.done() and value.exception() is None
