"""SIGTERM as an exception, so that what is unfinished is cleaned up, and signals that wait while that is done."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["deferred", "terminable"]


class _TerminatedError(BaseException):
    """SIGTERM."""


@contextmanager
def terminable() -> Iterator[None]:
    """Let a block clean up after itself when SIGTERM arrives, as after Ctrl-C; the process then ends as it would have.

    Nothing is changed where the program handles the signal itself, or on another thread than the main one.
    """
    if not _is_main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    owner, arrived = os.getpid(), False

    def handle(*_: object) -> None:
        nonlocal arrived
        if os.getpid() != owner:  # a child that was forked in the block
            _terminate()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # until all is cleaned up
        arrived = True
        raise _TerminatedError

    signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if arrived:  # whatever a library made of the exception
            _terminate()


def _terminate() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.raise_signal(signal.SIGTERM)


@contextmanager
def deferred() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until a short block is done, which must not be left half-way."""
    if not _is_main_thread():
        yield
        return
    arrived: list[int] = []
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handlers = {number: handler for number, handler in found.items() if callable(handler)}
    try:
        for number in handlers:
            signal.signal(number, lambda number, _: arrived.append(number))
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for late in arrived:
            signal.raise_signal(late)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
