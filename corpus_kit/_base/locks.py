"""Locks between programs, on one machine or several: a lock ends with the program that holds it, however that ends.

A lock is one of POSIX (`fcntl`) on a small file that is made once and never removed or replaced, since programs that
lock different files of one name do not exclude each other. While the lock is held, the file says who holds it; else it
is empty. Linux passes these locks on to the servers of NFS and SMB, unless a mount says otherwise (`nolock`).
"""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from time import monotonic, sleep
from weakref import WeakSet

from corpus_kit._base.clock import build_time
from corpus_kit.errors import InputError

__all__ = ["LockHeldError", "locked", "open_shared"]

_SHORTEST, _LONGEST = 0.002, 0.05  # seconds between two tries
_MOST_READ = 1_000  # bytes of what a lock file says

# The files that this process has locked. POSIX drops a lock as soon as its process closes any descriptor of the file,
# so a file that is open here is not opened again.
_held: WeakSet[FileIO] = WeakSet()
_opening = threading.Lock()


class LockHeldError(InputError):
    """A lock that another program held for as long as one was ready to wait."""


@contextmanager
def locked(path: Path, what: str, *, wait: float = 30.0) -> Iterator[bool]:
    """Hold a lock, against other programs and against other threads of this one.

    The block gets whether the last one who held it was killed or failed, so that there may be something to tidy up.

    Args:
        path: The file to lock, in an existing folder; it is made if it does not exist.
        what: What it guards, for messages, such as "the sheet 'codes.csv'".
        wait: Seconds after which to give up; 0 tries once.

    Raises:
        LockHeldError: If another program holds it all the time; the message says which one, where and since when.
        InputError: If the file cannot be opened for writing, or its file system has no locks.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, locked(Path(folder, ".x.lock"), "x") as was_killed:
    ...     was_killed
    False
    """
    end, pause = monotonic() + wait, _SHORTEST
    while (file := _try(path, what)) is None:
        left = end - monotonic()
        if left <= 0:
            raise LockHeldError(f"{what} is in use by {_holder(path)}. Try again when it is done.")
        sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST)
    try:
        yield _sign(file)
        with suppress(OSError):
            file.truncate(0)
    finally:
        with _opening:  # or another thread could open the file just before it is closed
            file.close()


def open_shared(path: Path, flags: int) -> int:
    """Open a file for all who may replace files in its folder; a new one gets their permissions, whatever the umask.

    Links are not followed, since whoever made the folder could point them at any file.
    """
    for name in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_NOINHERIT"):  # those that the system has
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        handle = os.open(path, flags)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise InputError(f"{str(path)!r} must be a file, got something else. Rename it.") from None
        return handle
    if sys.platform != "win32":
        folder = path.parent.stat()
        if folder.st_mode & stat.S_ISVTX:  # as /tmp, where files belong to their owner
            return handle
        with suppress(OSError):  # another group than one's own; some file systems have neither
            os.fchown(handle, -1, folder.st_gid)
        with suppress(OSError):
            os.fchmod(handle, stat.S_IMODE(folder.st_mode) & 0o666 | 0o600)
    return handle


def _try(path: Path, what: str) -> FileIO | None:
    """Return a file with the lock, or None if it is held."""
    with _opening:
        if _is_held_here(path):
            return None
        try:
            file = FileIO(open_shared(path, os.O_RDWR), "r+")
        except OSError as error:
            raise InputError(
                f"cannot write {what}: its lock {str(path)!r} cannot be opened for writing "
                f"({error.strerror or error}). The folder must be writable."
            ) from None
        try:
            if _lock(file.fileno(), path, what):
                with suppress(FileNotFoundError):  # somebody may have removed the file since it was opened
                    if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                        _held.add(file)
                        return file
        except BaseException:
            file.close()
            raise
        file.close()
        return None


def _is_held_here(path: Path) -> bool:
    """Return whether this process has locked the file that is at a path."""
    try:
        found = path.stat()
    except OSError:
        return False
    return any(os.path.samestat(found, os.fstat(file.fileno())) for file in _held if not file.closed)


def _lock(handle: int, path: Path, what: str) -> bool:
    """Lock an open file, and return whether that was possible."""
    try:
        if sys.platform == "win32":
            import msvcrt  # only there

            os.lseek(handle, 1 << 30, os.SEEK_SET)  # a byte that is locked cannot be read by others
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # not on Windows

            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        if error.errno == errno.ESTALE:  # removed by another machine since it was opened
            return False
        raise InputError(
            f"cannot write {what}: the file system of {str(path.parent)!r} gives no locks "
            f"({error.strerror or error}). Use a folder on another one."
        ) from None
    return True


def _sign(file: FileIO) -> bool:
    """Write who holds the lock, for those who wait, and return whether somebody still stood there."""
    was_killed = os.fstat(file.fileno()).st_size > 0
    holder = {"process": os.getpid(), "host": socket.gethostname(), "since": build_time()}
    with suppress(OSError):  # a full disk does not keep from reading
        file.write(json.dumps(holder).encode())
        file.truncate()
    return was_killed


def _holder(path: Path) -> str:
    """Return who holds a lock, as far as its file says so."""
    try:
        with _opening:
            if _is_held_here(path):
                return f"process {os.getpid()}, which is this one"
            holder = json.loads(path.read_bytes()[:_MOST_READ])
        process, host, since = (f"{holder[name]!s:.80}" for name in ("process", "host", "since"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "another program"
    named = f"process {process} on {host} since {since}"
    return "".join(letter if letter.isprintable() else "?" for letter in named)


def _after_fork() -> None:
    """Forget locks in a child process, which has none of its parent's."""
    global _opening
    _opening = threading.Lock()
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
