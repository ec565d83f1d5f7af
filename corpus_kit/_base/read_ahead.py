"""An iterator whose next item is made in another thread while the last one is worked on."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextvars import copy_context
from queue import SimpleQueue
from typing import TypeVar

__all__ = ["read_ahead"]

T = TypeVar("T")


class _End:
    """What comes after the last item: the error that ended them, or None."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def read_ahead(items: Iterable[T]) -> Generator[T]:
    """Yield items, of which one more is made meanwhile.

    An error is raised where the item would have come. If the consumer stops early, the generator that makes the items
    is closed, after the one that it is at work on.

    >>> list(read_ahead(range(3)))
    [0, 1, 2]
    """
    made: SimpleQueue[T | _End] = SimpleQueue()
    room = threading.Semaphore(1)
    wanted = True

    def make() -> None:
        iterator = iter(items)
        end = _End(None)
        try:
            while room.acquire() and wanted:
                made.put(next(iterator))
        except StopIteration:
            pass
        except BaseException as error:
            end = _End(error)
        finally:
            if isinstance(iterator, Generator):
                iterator.close()
            made.put(end)

    thread = threading.Thread(target=copy_context().run, args=(make,), name="read ahead")
    try:
        thread.start()  # Ctrl-C may come while it waits for the thread
        while not isinstance(item := made.get(), _End):
            room.release()
            yield item
            del item
        if item.error is not None:
            raise item.error
    finally:
        wanted = False
        room.release()
        if thread.is_alive():  # one that is only about to start makes nothing any more
            thread.join()
