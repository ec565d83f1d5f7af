"""Rules of Windows for files and processes, put over this system's, for programs that import this module first.

Files that are open or mapped cannot be renamed, replaced, removed or emptied; a folder with such a file cannot be
renamed; nothing is renamed over what exists; paths longer than 259 characters need a prefix; there is no fork, no
descriptor of a folder and no exchange of two names; names may not hold some characters; text is cp1252 and ends lines
with CR and LF where nobody says otherwise. They apply in the folder that the variable WINDOWS_RULES names.

Polars, NumPy and the rest of what asks for the system when it is imported is imported here, as it is.
"""

# What is put in the place of functions of os calls these.
# ruff: noqa: PTH100, PTH112, PTH114, PTH115, PTH116, PTH123, PTH208

from __future__ import annotations

import asyncio  # noqa: F401
import builtins
import contextlib
import errno
import fcntl
import io
import os
import pathlib
import re
import shutil
import subprocess  # noqa: F401
import sys
import tempfile
import types
from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: F401
import polars as pl  # noqa: F401
import scipy.sparse
import scipy.stats  # noqa: F401

LONGEST = 259  # characters of a path without the prefix; a folder has twelve fewer
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]|[. ]$')
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\.|$)")
_OURS = str(pathlib.Path(os.environ["WINDOWS_RULES"]).resolve())  # the folder in which they apply


def _refuse(number: int, path: Any, why: str) -> None:
    raise OSError(number, why, str(path))  # PermissionError for EACCES


def _check_name(path: Any, *, folder: bool = False) -> None:
    text = os.path.abspath(os.fsdecode(path))
    if not text.startswith(_OURS):
        return
    for name in pathlib.PurePath(os.path.relpath(text, _OURS)).parts:
        if name != ".." and (_FORBIDDEN.search(name) or _DEVICES.match(name)):
            _refuse(errno.EINVAL, path, "The filename, directory name, or volume label syntax is incorrect")
    if len(text) > LONGEST - 12 * folder:
        _refuse(errno.ENOENT, path, "The system cannot find the path specified")


def _identity(path: Any) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _mapped() -> set[str]:
    with open("/proc/self/maps", "rb") as maps:
        return {os.fsdecode(line[line.find(b"/") : -1]) for line in maps if _OURS.encode() in line}


def _in_use() -> dict[tuple[int, int] | None, str]:
    """Return the files that this process has open or mapped."""
    paths = _mapped()
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            paths.add(os.readlink(f"/proc/self/fd/{name}"))
    found = {_identity(path): path for path in paths if path.startswith(_OURS)}
    found.pop(None, None)
    return found


def _expect_unused(path: Any) -> None:
    text = os.path.abspath(os.fsdecode(path))
    used = _in_use()
    if _identity(text) in used:
        _refuse(errno.EACCES, path, "The process cannot access the file because it is being used by another process")
    if os.path.isdir(text) and not os.path.islink(text):
        within = [each for each in used.values() if each.startswith(text + "/")]
        if within:
            _refuse(errno.EACCES, path, f"Access is denied ({within[0]} is open)")


def _wrap(name: str, check: Callable[..., None]) -> None:
    original = getattr(os, name)

    def call(*arguments: Any, **options: Any) -> Any:
        check(*arguments, **{key: value for key, value in options.items() if not key.endswith("dir_fd")})
        return original(*arguments, **options)

    setattr(os, name, call)


def _rename(source: Any, target: Any) -> None:
    _replace(source, target)
    if os.path.lexists(target):
        _refuse(errno.EEXIST, target, "Cannot create a file when that file already exists")


def _replace(source: Any, target: Any) -> None:
    _check_name(target)
    _expect_unused(source)
    if os.path.isdir(target):
        _refuse(errno.EACCES, target, "Access is denied")
    _expect_unused(target)


def _open(path: Any, flags: int, *_: Any) -> None:
    if isinstance(path, int):
        return
    _check_name(path)
    if os.path.isdir(path):
        _refuse(errno.EACCES, path, "Permission denied")
    if flags & os.O_TRUNC and _identity(path) in {_identity(each) for each in _mapped()} - {None}:
        _refuse(errno.EINVAL, path, "a file with a mapped section open")


def _wrap_open() -> None:
    original = io.open

    def call(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if not isinstance(file, int) and not options.get("opener"):  # which tempfile gives, with a folder
            _open(file, os.O_TRUNC if "w" in mode else 0)
        text = "b" not in mode
        if text and len(arguments) < 2 and options.get("encoding") in (None, "locale"):
            options["encoding"] = "cp1252"
        if text and len(arguments) < 4 and options.get("newline") is None and set(mode) & set("wax+"):
            options["newline"] = "\r\n"
        return original(file, mode, *arguments, **options)

    builtins.open = io.open = call  # type: ignore[assignment]


class _Locking(types.ModuleType):
    """msvcrt, as far as it locks: one byte, where the file is read and written next."""

    LK_UNLCK, LK_LOCK, LK_NBLCK = 0, 1, 2

    @staticmethod
    def locking(descriptor: int, mode: int, _: int) -> None:
        kind = fcntl.LOCK_UN if mode == _Locking.LK_UNLCK else fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            fcntl.flock(descriptor, kind)
        except BlockingIOError:
            raise PermissionError(errno.EACCES, "Permission denied") from None


def _install() -> None:
    for name in ("unlink", "remove", "rmdir"):
        _wrap(name, _expect_unused)
    _wrap("rename", _rename)
    _wrap("replace", _replace)
    _wrap("mkdir", lambda path, *_: _check_name(path, folder=True))
    _wrap("open", _open)
    _wrap("link", lambda _, new: _check_name(new))
    _wrap_open()
    for name in ("fork", "forkpty", "register_at_fork", "O_DIRECTORY", "O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC",
                 "mkfifo", "fchmod", "fchown", "getloadavg", "sysconf", "sync"):  # fmt: skip
        if hasattr(os, name):
            delattr(os, name)
    tempfile.TemporaryFile = tempfile.NamedTemporaryFile  # type: ignore[assignment]
    os.supports_dir_fd = set()  # type: ignore[assignment]
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    sys.modules["msvcrt"] = _Locking("msvcrt")
    for name in ("fcntl", "resource", "pwd", "grp", "termios"):
        sys.modules[name] = None  # type: ignore[assignment]
    sys.platform = "win32"

    from corpus_kit import _core

    def no_exchange(*_: Any) -> None:
        raise OSError(errno.ENOSYS, "not on Windows")

    class NoMapping:
        def __init__(self, *_: Any) -> None:
            raise OSError(errno.ENOSYS, "not on Windows")

    _core.exchange, _core.MappedFile, _core.file_stamp = no_exchange, NoMapping, no_exchange


_install()
