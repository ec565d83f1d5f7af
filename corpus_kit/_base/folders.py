"""Folders that appear complete or not at all, and take the place of an older one in one step.

A folder is built under a hidden name beside its path::

    .NAME.TOKEN.lock       held by the process that builds; what it left behind can be told by the lock being free
    .NAME.TOKEN.building   the new folder; after the exchange, the old one, until it is removed
    .NAME.TOKEN.old        the old folder, where the system cannot exchange two names in one step

When a folder is complete, it is flushed to disk and exchanged with what is at the path, so that at any moment there is
one or the other. Where the system has no such call, the old folder is moved aside first; a process that dies between
the two steps leaves none at the path, and `recover` takes the second step for it.

On a file system without locks nothing is taken for a leftover.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from corpus_kit._base.file_locks import locked
from corpus_kit._base.files import move, sync_folder
from corpus_kit._base.signals import deferred, terminable
from corpus_kit._core import exchange

__all__ = [
    "building_folder",
    "flush_file",
    "is_being_moved",
    "leftovers",
    "make_folder",
    "put_in_place",
    "real_path",
    "recover",
    "unfinished_in",
]

_TOKEN = 16  # hex digits
# of the exchange of two names; EPERM comes from filters of system calls, too
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM)
_PATIENCE = 2.0  # seconds to wait for another process between its two steps
_PURPOSES = ("building", "old", "lock")
_UNFINISHED = re.compile(rf"\.(.+)\.([0-9a-f]{{{_TOKEN}}})\.(?:{'|'.join(_PURPOSES)})", re.DOTALL)


# ------------------------------------------------------------------- building


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, on disk, where they do not exist.

    Raises:
        OSError: If they cannot be made.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_folder(each.parent)


@contextmanager
def building_folder(path: Path) -> Iterator[Path]:
    """Provide an empty folder beside `path`, in an existing folder, to be completed and given to `put_in_place`.

    However the block ends, including Ctrl-C and SIGTERM, nothing of it remains. What a process that was killed left
    behind is removed first.

    Raises:
        OSError: If the folder cannot be made.
    """
    owner = os.getpid()
    leftovers(path, remove=True)
    with terminable():
        while True:
            token = uuid4().hex[:_TOKEN]
            with locked(_named(path, token, "lock"), create=True) as lock:
                if not lock.is_at_its_path():  # it was taken for a leftover before it was locked
                    continue
                try:
                    folder = _named(path, token, "building")
                    folder.mkdir()
                    yield folder
                    return
                finally:
                    if os.getpid() == owner:  # not in a child that was forked in the block
                        with deferred():
                            _clear(path, token)
                            lock.release()
                            _remove_lock(path, token)


def put_in_place(folder: Path, path: Path, *, replace: bool) -> None:
    """Move a complete folder to its path; `folder` is then the old one, or gone.

    The new folder is on disk before the old one gives way, and the change before this returns.

    Args:
        folder: The complete folder.
        path: Its path.
        replace: Whether to replace a folder there that is not empty.

    Raises:
        OSError: If it cannot be moved; what is at the path is unchanged.
    """
    flush(folder)
    if replace and os.path.lexists(path) and not _is_empty(path):
        _exchange(folder, path)
    else:
        if sys.platform == "win32" and _is_empty(path):
            path.rmdir()
        move(folder, path)  # elsewhere it takes the place of an empty folder, and of no other
    sync_folder(path.parent)


def _exchange(folder: Path, path: Path) -> None:
    try:
        exchange(os.fsencode(folder), os.fsencode(path))
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    else:
        return
    old = folder.with_suffix(".old")
    with deferred():
        move(path, old)
        try:
            move(folder, path)
        except OSError:
            move(old, path)
            raise
        sync_folder(path.parent)
        move(old, folder)  # from here on, it is no longer needed


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


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not _names(path)


def real_path(path: Path) -> Path:
    """Return a path with a name, that of the folder itself where it is a symbolic link, or "." or ".."."""
    is_place = path.name not in ("", "..") and not os.path.islink(path)  # noqa: PTH114 (which never fails)
    return path if is_place else Path(os.path.realpath(path))


# ------------------------------------------------- what was left behind


def recover(path: Path) -> None:
    """Take the second of two steps for a process that died between them: move the new folder to its path.

    If that process is alive, wait a moment for it.

    Raises:
        OSError: If the folder cannot be moved.
    """
    begun = time.monotonic()
    path = real_path(path)
    while is_being_moved(path):
        is_over = time.monotonic() - begun > _PATIENCE
        for token in _tokens(path):
            with _unowned(path, token) as unowned, suppress(FileNotFoundError):
                # without locks nobody can be asked, but the two steps take no time
                if unowned or (unowned is None and is_over):
                    _put_back(path, token)
        if is_over:
            return
        time.sleep(0.01)


def is_being_moved(path: Path) -> bool:
    """Whether a process is between its two steps, or died there."""
    path = real_path(path)
    olds = (_named(path, token, "old") for token in _tokens(path))
    return not os.path.lexists(path) and any(map(os.path.lexists, olds)) and not os.path.lexists(path)


def _put_back(path: Path, token: str) -> None:
    """If nothing is at the path, move the new folder there, or the old one if there is no other."""
    folder, old = (_named(path, token, purpose) for purpose in ("building", "old"))
    if os.path.lexists(old) and not os.path.lexists(path):
        move(folder if folder.is_dir() else old, path)
        sync_folder(path.parent)


def unfinished_in(folder: Path) -> set[str]:
    """Return the names of the folders that somebody builds, or began to build, in a folder."""
    found = (_UNFINISHED.fullmatch(name) for name in _names(folder))
    return {match[1] for match in found if match}


def leftovers(path: Path, *, remove: bool = False) -> list[Path]:
    """Return what processes that are no more left behind beside a path.

    Args:
        path: The path, at which there need not be anything.
        remove: Remove it.
    """
    path = real_path(path)
    with suppress(OSError):
        recover(path)
    found = []
    for token in _tokens(path):
        with _unowned(path, token) as unowned:
            if unowned:
                found += _of_token(path, token)
                if remove:  # while it is locked, so that nobody begins with this token
                    _clear(path, token)
        if unowned and remove:
            _remove_lock(path, token)
    return found


def _tokens(path: Path) -> list[str]:
    found = (_UNFINISHED.fullmatch(name) for name in _names(path.parent))
    return sorted({match[2] for match in found if match and match[1] == path.name})


def _of_token(path: Path, token: str) -> list[Path]:
    """Return what a process has left, its lock last, so that another can go on if the one that removes it stops."""
    return [each for purpose in _PURPOSES if os.path.lexists(each := _named(path, token, purpose))]


@contextmanager
def _unowned(path: Path, token: str) -> Iterator[bool | None]:
    """Say whether no process has this token, and let none have it meanwhile; None where there are no locks."""
    with ExitStack() as stack:
        try:
            is_held = stack.enter_context(locked(_named(path, token, "lock"), wait=False)).is_held
        except FileNotFoundError:  # what is without a lock belongs to nobody
            is_held = True
        except OSError:
            is_held = False
        yield is_held


def _clear(path: Path, token: str) -> None:
    """Remove what a process left, as far as possible, but not the only copy that there is."""
    if os.path.lexists(_named(path, token, "old")):
        with suppress(OSError):
            _put_back(path, token)
        if not os.path.lexists(path):
            return
    for each in _of_token(path, token):
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            with suppress(OSError):
                each.unlink()


def _remove_lock(path: Path, token: str) -> None:
    """Remove a lock that is no longer held, which Windows does not allow earlier, if nothing else is left."""
    lock = _named(path, token, "lock")
    if _of_token(path, token) == [lock]:
        with suppress(OSError):
            lock.unlink(missing_ok=True)


def _named(path: Path, token: str, purpose: str) -> Path:
    return path.with_name(f".{path.name}.{token}.{purpose}")


def _names(folder: Path) -> list[str]:
    with suppress(OSError):
        return os.listdir(folder)  # noqa: PTH208 (names only)
    return []
