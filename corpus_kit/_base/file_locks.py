"""Locks on files that come and go: a lock ends with the process that holds it, however that ends.

They are those of flock, which belong to a file that is open, so that closing another descriptor of the same file, as
every reader of a manifest does, releases nothing. Linux passes them on to the servers of NFS. A forked child has the
descriptors of its parent, and with them the lock; it closes them at once, so that nothing outlives the parent.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["Lock", "locked"]

_HELD = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)  # by another; any other error: there are no locks here

_descriptors: set[int] = set()  # of the files that this process has locked, or is about to lock


class Lock:
    """A file that is open for locking.

    Attributes:
        is_held: Whether this process holds the lock; None if nobody can, since the file system has no locks.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.is_held: bool | None = False
        self._descriptor = descriptor
        self._owner = os.getpid()
        self._is_released = False

    def acquire(self, *, wait: bool) -> None:
        """Lock the file."""
        while True:
            try:
                _lock(self._descriptor, wait=wait)
            except OSError as error:
                self.is_held = False if error.errno in _HELD else None
            else:
                self.is_held = True
            if self.is_held is not False or not wait:  # Windows gives up after ten seconds
                return

    def is_at_its_path(self) -> bool:
        """Whether the path still names this file."""
        with suppress(OSError):
            return os.path.samestat(os.fstat(self._descriptor), os.stat(self.path))  # noqa: PTH116
        return False

    def release(self) -> None:
        """Unlock and close the file; nothing, in a child of the process that opened it."""
        if self._is_released or os.getpid() != self._owner:
            return
        self._is_released = True
        with suppress(OSError):
            _unlock(self._descriptor, is_held=self.is_held)
        _descriptors.discard(self._descriptor)
        os.close(self._descriptor)


@contextmanager
def locked(path: Path, *, create: bool = False, wait: bool = True) -> Iterator[Lock]:
    """Hold the lock of a file while a block runs.

    Args:
        path: The file to lock; on some network file systems it must be writable.
        create: Make the file if it is not there.
        wait: Wait for another process; otherwise the block runs also without the lock.

    Raises:
        OSError: If it cannot be opened or made, or is not a file.
    """
    lock = Lock(path, _opened(path, create=create))
    try:
        lock.acquire(wait=wait)
        yield lock
    finally:
        lock.release()


def _opened(path: Path, *, create: bool) -> int:
    flags = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe is not waited for
    if create:
        descriptor = os.open(path, flags | os.O_RDWR | os.O_CREAT, 0o666)
    else:
        try:
            descriptor = os.open(path, flags | os.O_RDWR)
        except PermissionError:
            descriptor = os.open(path, flags | os.O_RDONLY)
    _descriptors.add(descriptor)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        _descriptors.discard(descriptor)
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a file", str(path))
    return descriptor


def _lock(descriptor: int, *, wait: bool) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _unlock(descriptor: int, *, is_held: bool | None) -> None:
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # also for a child that has forked in this moment
    elif is_held:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)


def _after_fork() -> None:
    """Leave the locks to the parent process."""
    for descriptor in _descriptors:
        with suppress(OSError):
            os.close(descriptor)
    _descriptors.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
