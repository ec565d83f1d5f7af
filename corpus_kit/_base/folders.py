"""Folders that appear complete or not at all, and take the place of an older one in one step.

A folder is built under a hidden name beside its path::

    .NAME.TOKEN.lock       held by the process that builds; what it left behind can be told by the lock being free
    .NAME.TOKEN.building   the new folder; after the exchange, the old one, until it is removed
    .NAME.TOKEN.old        the old folder, where the system cannot exchange two names in one step
    NAME/.*.TOKEN.part     unfinished files within the folder

When it is complete, it is flushed to disk and exchanged with what is at the path, so that at any moment there is one or
the other. Where the system has no such call, the old folder is moved aside first; a process that dies between the two
steps leaves none at the path, and `recover` takes the second step for it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NoReturn
from uuid import uuid4

from corpus_kit._base.files import sync_folder
from corpus_kit._core import exchange

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = [
    "building_folder",
    "flush_file",
    "leftovers",
    "locked",
    "put_in_place",
    "recover",
    "remove",
    "remove_leftovers",
    "unfinished_in",
    "working_on",
]

_TOKEN = 16  # hex digits
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
_PATIENCE = 2.0  # seconds to wait for another process between its two steps
_PURPOSES = ("lock", "building", "old")
_UNFINISHED = re.compile(rf"\.(.+)\.([0-9a-f]{{{_TOKEN}}})\.(?:{'|'.join(_PURPOSES)})", re.DOTALL)
_PART = re.compile(rf"\..+\.([0-9a-f]{{{_TOKEN}}})\.part", re.DOTALL)


# ---------------------------------------------------------------------- locks


@contextmanager
def locked(path: Path, *, create: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file while a block runs; it ends with the process, however that ends.

    Args:
        path: The file to lock; on some network file systems it must be writable.
        create: Create the file if it is not there.
        wait: Wait for another process; otherwise the block runs without the lock, and gets False.

    Yields:
        Whether the lock is held, or cannot be held by anyone, since the file system has no locks.

    Raises:
        OSError: If the file cannot be opened.
    """
    try:
        file = path.open("ab" if create else "r+b")
    except PermissionError:
        file = path.open("rb")
    try:
        yield _lock(file, wait=wait)
    finally:
        file.close()  # which releases the lock


def _lock(file: BinaryIO, *, wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        # another error than that it is held: there are no locks here
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
    return True


# ------------------------------------------------------------------- building


@contextmanager
def working_on(path: Path) -> Iterator[str]:
    """Provide a token for the names of unfinished files and folders, which are removed however the block ends.

    They are `beside` the path, or within it. Their names belong to this process while it lives; what one that was
    killed left behind is removed first.

    Raises:
        OSError: If the folder above the path cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    recover(path)
    remove_leftovers(path)
    with terminable():
        while True:
            token = uuid4().hex[:_TOKEN]
            lock = _named(path, token, "lock")
            try:
                with locked(lock, create=True):
                    if not lock.exists():  # another process took it for a leftover before it was locked
                        continue
                    yield token
                    return
            finally:
                remove(_of_token(path, token))


@contextmanager
def building_folder(path: Path) -> Iterator[Path]:
    """Provide an empty folder beside `path`, to be completed and given to `put_in_place`.

    However the block ends, including Ctrl-C and SIGTERM, nothing of it remains.

    Raises:
        OSError: If the folder cannot be made.
    """
    with working_on(path) as token:
        folder = _named(path, token, "building")
        folder.mkdir()
        yield folder


def put_in_place(folder: Path, path: Path) -> None:
    """Move a complete folder to its path, in the place of one that may be there; `folder` is then the old one, or gone.

    The new folder is on disk before the old one gives way, and the change before this returns.

    Raises:
        OSError: If it cannot be moved; what is at the path is unchanged.
    """
    flush(folder)
    if not os.path.lexists(path):
        folder.rename(path)
    else:
        _exchange(folder, path)
    sync_folder(path.parent)


def _exchange(folder: Path, path: Path) -> None:
    try:
        exchange(os.fsencode(folder), os.fsencode(path))
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        old = folder.with_suffix(".old")
        path.rename(old)
        try:
            folder.rename(path)
        except BaseException:
            old.rename(path)
            raise
        sync_folder(path.parent)
        shutil.rmtree(old, ignore_errors=True)


def flush(folder: Path) -> None:
    """Write all files of a folder, and the names of the files, to disk."""
    folders, files = [folder], list[Path]()
    for entry in sorted(folder.rglob("*")):
        (folders if entry.is_dir() and not entry.is_symlink() else files).append(entry)
    with ThreadPoolExecutor(4) as pool:  # the device can write them in one go
        list(pool.map(flush_file, files))
    for each in reversed(folders):
        sync_folder(each)


def flush_file(path: Path) -> None:
    """Write a file to disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


# ------------------------------------------------- what was left behind


def recover(path: Path) -> None:
    """Take the second of two steps for a process that died between them: move the new folder to its path.

    If that process is alive, wait a moment for it.
    """
    begun = time.monotonic()
    while not os.path.lexists(path):
        waiting = False
        for old in _moved_aside(path):
            folder = old.with_suffix(".building")
            with _abandoned(old.with_suffix(".lock")) as abandoned:
                if abandoned and not os.path.lexists(path):
                    (folder if folder.is_dir() else old).rename(path)
                    sync_folder(path.parent)
            waiting = waiting or not abandoned
        if not waiting or time.monotonic() - begun > _PATIENCE:
            return
        time.sleep(0.01)


def _moved_aside(path: Path) -> list[Path]:
    found = (_UNFINISHED.fullmatch(name) for name in _names(path.parent))
    tokens = {match[2] for match in found if match and match[1] == path.name}
    return [old for token in sorted(tokens) if os.path.lexists(old := _named(path, token, "old"))]


def unfinished_in(folder: Path) -> set[str]:
    """Return the names of the folders that somebody builds, or began to build, in a folder."""
    found = (_UNFINISHED.fullmatch(name) for name in _names(folder))
    return {match[1] for match in found if match}


def leftovers(path: Path) -> list[Path]:
    """Return what processes that are no more left behind: beside a folder, and unfinished files within it."""
    recover(path)
    found = []
    beside = (_UNFINISHED.fullmatch(name) for name in _names(path.parent))
    within = (_PART.fullmatch(name) for name in _names(path))
    tokens = {match[2] for match in beside if match and match[1] == path.name} | {match[1] for match in within if match}
    for token in sorted(tokens):
        with _abandoned(_named(path, token, "lock")) as abandoned:
            if abandoned:
                found += [each for each in _of_token(path, token) if os.path.lexists(each)]
    return found


def remove_leftovers(path: Path) -> list[Path]:
    """Remove what processes that are no more left behind, and return it."""
    removed = leftovers(path)
    remove(removed)
    return removed


def remove(paths: list[Path]) -> None:
    """Remove files and folders, as far as possible."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _named(path: Path, token: str, purpose: str) -> Path:
    return path.with_name(f".{path.name}.{token}.{purpose}")


def _names(folder: Path) -> list[str]:
    with suppress(OSError):
        return os.listdir(folder)  # noqa: PTH208 (names only)
    return []


def _of_token(path: Path, token: str) -> list[Path]:
    """Return what one process may have left; its lock is the last, so that the next one can go on if this one stops."""
    beside = [_named(path, token, purpose) for purpose in ("building", "old")]
    within = [path / name for name in _names(path) if name.startswith(".") and name.endswith(f".{token}.part")]
    return [*beside, *within, _named(path, token, "lock")]


@contextmanager
def _abandoned(lock: Path) -> Iterator[bool]:
    """Say whether no process holds a lock, and hold it meanwhile. Without a lock, nothing belongs to a process."""
    try:
        with locked(lock, wait=False) as held:
            yield held
    except FileNotFoundError:
        yield True
    except OSError:
        yield False


# ------------------------------------------------------------------- signals


class _TerminatedError(BaseException):
    """SIGTERM, as an exception, so that what is unfinished is cleaned up."""


@contextmanager
def terminable() -> Iterator[None]:
    """Let a block clean up after itself when SIGTERM arrives, as after Ctrl-C; the process then ends as it would have.

    Nothing is changed where the program handles the signal itself, or on another thread than the main one.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def handle(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # until all is cleaned up
        raise _TerminatedError

    signal.signal(signal.SIGTERM, handle)
    try:
        yield
    except _TerminatedError:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
