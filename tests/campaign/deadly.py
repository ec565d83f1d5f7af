"""Programs that are killed at one of the calls that change what a folder holds, or bring it to disk."""

from __future__ import annotations

import errno
import functools
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus_kit._base import folders
from corpus_kit._core import exchange as exchange_names

from .part import BrokenPromiseError

CHANGES = (
    "rename", "replace", "link", "symlink", "unlink", "remove", "mkdir", "rmdir", "truncate", "ftruncate", "fsync",
    "fdatasync",
)  # fmt: skip


def run(
    program: Callable[[], object],
    errors: Path,
    at: int = 0,
    number: signal.Signals = signal.SIGKILL,
    *,
    can_exchange: bool = True,
) -> int | None:
    """Run a program in a process that is killed before or after one of its calls.

    Args:
        program: What it does.
        errors: Where to write its errors.
        at: Kill it before call n if this is 2 n - 1, after it if this is 2 n; 0 for never.
        number: The signal.
        can_exchange: Whether its system can exchange two names.

    Returns:
        How many calls it made; None if it was killed.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = _context().Process(target=_process, args=(program, errors, at, number, can_exchange, sender))
    process.start()
    sender.close()
    process.join()
    code = process.exitcode
    process.close()
    try:
        calls: int | None = receiver.recv()
    except EOFError:
        calls = None
    receiver.close()
    if calls is None and (not at or code not in (-number, 128 + number)):
        raise BrokenPromiseError(f"{program} ended with {code}: {errors.read_text()[-2000:]}")
    return calls


def _context() -> Any:
    """Return what starts a program in a fraction of a second: a fork of one that has imported all, and used nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.kills"])
    return context


def _process(
    program: Callable[[], object], errors: Path, at: int, number: signal.Signals, can_exchange: bool, sender: Any
) -> None:
    with errors.open("w") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    calls = 0

    def deadly(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        here = calls
        if 2 * here - 1 == at:
            os.kill(os.getpid(), number)
        found = call(*arguments, **named)
        if 2 * here == at:
            os.kill(os.getpid(), number)
        return found

    for name in CHANGES:
        setattr(os, name, functools.partial(deadly, getattr(os, name)))
    setattr(folders, "exchange", functools.partial(deadly, exchange_names if can_exchange else unsupported))  # noqa: B010
    try:
        program()
    except KeyboardInterrupt:
        sys.exit(128 + number)
    sender.send(calls)


def unsupported(*_: object) -> None:
    """Fail as the exchange of two names does where the system has none."""
    raise OSError(errno.ENOSYS, "Function not implemented")
