"""What is asked of any call of the core: it answers signals, and keeps no memory."""

from __future__ import annotations

import ctypes
import gc
import signal
from collections.abc import Callable
from itertools import islice

import pytest

Call = Callable[[], object]
needs_timers = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")


class Mallinfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "k")
    ]


def allocated() -> int:
    """Bytes that malloc has given out and not got back, in all its arenas."""
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo is None:
        pytest.skip("needs glibc's mallinfo2")
    mallinfo.restype = Mallinfo
    told = mallinfo()
    if not told.uordblks:
        pytest.skip("another malloc has taken glibc's place")
    return int(told.uordblks) + int(told.hblkhd)


class StoppedError(Exception):
    pass


def assert_stops_before_its_end(call: Call) -> None:
    """A signal that comes while the call runs ends it."""
    done: list[object] = []

    def stop(*_: object) -> None:
        raise StoppedError

    def run() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.002)
        # in C: no Python code, where the handler could run, is between the kernel and its result's place here
        done.extend(islice(iter(call, None), 1))
        signal.pause()

    previous = signal.signal(signal.SIGALRM, stop)
    try:
        with pytest.raises(StoppedError):
            run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert not done


def assert_keeps_no_memory(call: Call) -> None:
    """Fifty calls leave no more behind than one may: each works with about a hundred kilobytes or more."""
    for _ in range(5):
        call()
    gc.collect()
    before = allocated()
    for _ in range(50):
        call()
    gc.collect()
    assert allocated() - before < 1 << 20
