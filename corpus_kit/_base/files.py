"""Atomic writing: files are written completely or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO
from uuid import uuid4

from corpus_kit.errors import InputError

__all__ = [
    "DEVICES",
    "beside",
    "move",
    "open_regular",
    "read_toml",
    "read_whole",
    "write_both",
    "write_json",
    "write_whole",
]


# Names that Windows gives to devices, with any ending, in any case.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³")})
_TEXTS = re.compile(rb'"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\'|#[^\n]*+')  # of a TOML file, and its comments
_DEEP_KEY = re.compile(rb"(?<![^\s.=\[\]{},])(?:[^\s.=\[\]{},]++[ \t]*+\.[ \t]*+){200}")  # a.b.c, so deep
_LARGEST = 64 << 20  # bytes of a file that people write by hand
_PATIENCE = 1.0  # seconds; readers of a manifest and virus scanners have a file open for less


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read. Raises OSError if it is none, such as a pipe or a device, which might never end."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # a pipe is not waited for
    descriptor = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_whole(path: Path) -> bytes:
    """Return the bytes of a file that was written by hand. Raises OSError if it is no file, or too large to be one."""
    with open_regular(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(errno.EFBIG, f"larger than {_LARGEST >> 20} MiB")
    return data


def read_toml(data: bytes) -> dict[str, Any]:
    r"""Return the content of a TOML file in UTF-8.

    Raises:
        ValueError: If it is damaged.

    >>> read_toml(b"words = ['a']"), read_toml(b"\xef\xbb\xbfn = 1")
    ({'words': ['a']}, {'n': 1})
    """
    import tomllib  # slow to load

    if _DEEP_KEY.search(_TEXTS.sub(b"x", data)):  # the time that tomllib takes is quadratic
        raise ValueError("a key has more than 200 parts")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def beside(path: Path, purpose: str) -> Path:
    """Return an unused hidden path in the same folder; a file written there can be renamed to `path`."""
    return path.with_name(f".{path.name}.{uuid4().hex}.{purpose}")


def move(path: Path, target: Path, *, replace: bool = False) -> None:
    """Rename a file or a folder.

    Windows moves and replaces nothing that a program has open; there this waits a moment for those that are soon done.

    Args:
        path: What to rename.
        target: Its new path.
        replace: Whether a file may be there; Windows replaces none otherwise.

    Raises:
        OSError: If it cannot be renamed.
    """
    end = monotonic() + (_PATIENCE if sys.platform == "win32" else 0)
    while True:
        try:
            # called by name, so that tests can make them fail
            os.replace(path, target) if replace else os.rename(path, target)  # noqa: PTH104, PTH105
        except PermissionError:
            if monotonic() >= end:
                raise
        else:
            return
        sleep(0.01)


def write_both(
    table: Path,
    record: Path,
    write_table: Callable[[BinaryIO], None],
    write_record: Callable[[BinaryIO, Path], None],
) -> None:
    """Write a table and its record to temporary files, then rename both.

    No file system renames two files at once. The old record is removed first and the new one is moved last, so that
    after a crash the folder may hold a table without a record but never a table with a wrong one. After an exception
    the old files are restored.

    Args:
        table: The path of the table.
        record: The path of the record beside it.
        write_table: Writes the table to an open file.
        write_record: Writes the record to an open file; the path is that of the new table.

    Raises:
        InputError: If the path of the record is a folder.
    """
    if os.path.isdir(record):  # noqa: PTH112
        raise InputError(f"cannot write the record of the table: {str(record)!r} is a folder. Rename it.")
    scraps = [beside(path, purpose) for path in (table, record) for purpose in ("part", "old")]
    new_table, old_table, new_record, old_record = scraps
    try:
        with durable(new_table, table) as file:
            write_table(file)
        with durable(new_record, record) as file:
            write_record(file, new_table)
        kept = [(path, old) for path, old in ((table, old_table), (record, old_record)) if _keep(path, old)]
        try:
            record.unlink(missing_ok=True)
            move(new_table, table, replace=True)
            move(new_record, record, replace=True)
        except BaseException:
            for path in (record, table):
                if path not in dict(kept):
                    path.unlink(missing_ok=True)
            for path, old in kept:
                move(old, path, replace=True)
            raise
        sync_folder(table.parent)
    finally:
        for scrap in scraps:
            with suppress(OSError):
                scrap.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes, *, replace: bool = True) -> bool:
    """Write a file to a temporary name and rename it, so that it is complete or absent.

    Args:
        path: The path.
        data: What the file holds.
        replace: Whether it takes the place of a file that is there, or was written meanwhile by another program. (Where
            the file system has no hard links, it does.)

    Returns:
        Whether it was written: False only if there is a file that it must not replace.

    Raises:
        InputError: If it cannot be written.
    """
    aside = beside(path, "part")
    try:
        with durable(aside, path) as file:
            file.write(data)
        if replace or not _linked(aside, path):
            move(aside, path, replace=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return True


def _linked(path: Path, new: Path) -> bool:
    """Give a file a second name, which no file may have; return whether the file system can."""
    try:
        os.link(path, new)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


@contextmanager
def durable(path: Path, takes_place_of: Path) -> Iterator[BinaryIO]:
    """Open a new file with the permissions of the one it will replace; it is on disk when the block ends."""
    with path.open("xb") as file:
        if takes_place_of.exists():
            shutil.copymode(takes_place_of, path)
        yield file
        file.flush()
        os.fsync(file.fileno())


def _keep(path: Path, old: Path) -> bool:
    """Keep a file under a second name, by a copy if the file system has no hard links."""
    if not path.exists():
        return False
    try:
        os.link(path, old)
    except OSError:
        shutil.copy2(path, old)
    return True


def sync_folder(folder: Path) -> None:
    """Flush renames in a folder to disk, where the system can."""
    with suppress(OSError):  # Windows cannot open folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file and flush it to disk."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
