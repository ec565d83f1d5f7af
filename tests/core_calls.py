"""Checks for any call of the core: signals interrupt it, and it leaks no memory."""

from __future__ import annotations

import ctypes
import gc
import signal
import time
from collections.abc import Callable
from itertools import islice

import pytest

from corpus_kit import _core

Call = Callable[[], object]
needs_timers = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")


class Mallinfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "k")
    ]


def allocated() -> int:
    """Return the bytes allocated by malloc and not freed, in all arenas."""
    _core.release_blocks()
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo is None:
        pytest.skip("needs glibc's mallinfo2")
    mallinfo.restype = Mallinfo
    info = mallinfo()
    if not info.uordblks:
        pytest.skip("malloc is not glibc's")
    return int(info.uordblks) + int(info.hblkhd)


def collect_garbage() -> None:
    """Collect garbage, and spare the next collection what is left: going through it takes a quarter of a second."""
    gc.collect()
    gc.freeze()


class StoppedError(Exception):
    pass


def assert_stops_before_its_end(call: Call) -> None:
    """Assert that a signal interrupts the call; on a busy machine a signal may come late, so thrice at most.

    The call is one in C, such as a `partial` of a kernel: in a function of Python, the handler could run behind it.
    """
    assert any(_stops_before_its_end(call, StoppedError) for _ in range(3))


def assert_ctrl_c_stops(call: Call) -> None:
    """Assert that Ctrl-C interrupts the call, likewise."""
    assert any(_stops_before_its_end(call, KeyboardInterrupt) for _ in range(3))


def _stops_before_its_end(call: Call, error: type[BaseException]) -> bool:
    done: list[object] = []

    def stop(*_: object) -> None:
        if error is KeyboardInterrupt:
            signal.raise_signal(signal.SIGINT)
        raise error

    def run() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.002)
        # a loop in C, so that the handler cannot run in Python code between the kernel and storing its result
        done.extend(islice(iter(call, None), 1))
        wait_for_a_signal()

    previous = signal.signal(signal.SIGALRM, stop)
    try:
        with pytest.raises(error):
            run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    return not done


def wait_for_a_signal() -> None:
    """Wait until the handler of a signal that is on its way raises; later, it would raise anywhere in pytest.

    Not by `signal.pause`, which waits for ever if the signal comes just before it.
    """
    for _ in range(6000):
        time.sleep(0.01)


def assert_keeps_no_memory(call: Call) -> None:
    """Assert that fifty calls leave less than a mebibyte; each uses at least about a hundred kilobytes."""
    for _ in range(5):
        call()
    collect_garbage()
    before = allocated()
    for _ in range(50):
        call()
    collect_garbage()
    assert allocated() - before < 1 << 20
