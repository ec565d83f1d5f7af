"""Arguments that many functions take: a path, a whole number, a size of memory; and the time that builds tell."""

from __future__ import annotations

import operator
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import SupportsIndex

from corpus_kit.errors import InputError

__all__ = ["build_time", "integer", "is_text", "memory_argument", "path_argument", "whole_number"]

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20,
          "GIB": 2**30, "TIB": 2**40}  # fmt: skip
_LEAST_MEMORY = 64 * 10**6


def is_text(value: str) -> bool:
    """Whether a str can be written: it holds no unpaired surrogate.

    >>> is_text("خبر"), is_text(chr(0xD800))
    (True, False)
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def path_argument(value: object, argument: str) -> Path:
    """Return a path that is absolute, so that it means the same after a change of the working folder; ~ is home.

    Raises InputError for what is no path, and for a text that no file system takes as one.

    >>> path_argument("~/news", "path").is_absolute()
    True
    >>> path_argument(5, "path")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: path= takes a path (a str or a Path), not int: 5
    """
    given = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(given, str):
        raise InputError(f"{argument}= takes a path (a str or a Path), not {type(value).__name__}: {value!r:.60}")
    if not given:
        raise InputError(f"{argument}= is empty; it takes a path (a str or a Path)")
    try:
        os.fsencode(given)
    except UnicodeEncodeError:
        raise InputError(f"{argument}={given!r:.60} holds an unpaired surrogate; no file can have this name") from None
    if "\0" in given:
        raise InputError(f"{argument}={given!r:.60} holds a NUL character; no file can have this name")
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError:  # of a user that is not there
        raise InputError(f"{argument}={given!r:.60}: there is no such home folder") from None


def whole_number(value: object, argument: str, *, least: int, what: str) -> int:
    """Return a whole number from `least`, of any integer type; `what` says what it counts.

    >>> whole_number(3, "window", least=0, what="words")
    3
    >>> whole_number(-1, "window", least=0, what="words")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: window= takes a number of words from 0, not -1
    """
    number = _integer(value)
    if number is None or number < least:
        raise InputError(f"{argument}= takes a number of {what} from {least}, not {value!r:.60}")
    return number


def integer(value: object, argument: str) -> int:
    """Return a whole number of any integer type, whatever its size.

    >>> integer(-3, "n")
    -3
    """
    number = _integer(value)
    if number is None:
        raise InputError(f"{argument}= takes a whole number, not {type(value).__name__}: {value!r:.60}")
    return number


def memory_argument(memory: object, argument: str = "memory") -> int:
    """Return a number of bytes, given as such or as a text like "2GB", "400 MB" or "1.5GiB".

    >>> memory_argument("400MB"), memory_argument("2GiB"), memory_argument(10**9)
    (400000000, 2147483648, 1000000000)
    """
    allowed = "a size such as '2GB' or '400MB', or a number of bytes"
    if isinstance(memory, str):
        match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*", memory)
        unit = _UNITS.get(match[2].upper()) if match else None
        if match is None or unit is None:
            raise InputError(f"{argument}={memory!r:.60}, but it is {allowed}")
        return _enough(int(float(match[1]) * unit), memory, argument)
    size = _integer(memory)
    if size is None:
        raise InputError(f"{argument}= takes {allowed}, not {type(memory).__name__}: {memory!r:.60}")
    return _enough(size, memory, argument)


def _enough(size: int, memory: object, argument: str) -> int:
    if size < _LEAST_MEMORY:
        raise InputError(f"{argument}={memory!r:.60}, but 64MB is the least")
    return size


def _integer(value: object) -> int | None:
    """A value as int where it is one; True and False are not taken for 1 and 0."""
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return None
    try:
        return operator.index(value)
    except TypeError:  # an array of several numbers
        return None


def build_time() -> str:
    """The time now in UTC, as manifests tell it; SOURCE_DATE_EPOCH fixes it for reproducible builds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        time = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError(f"SOURCE_DATE_EPOCH is not a number of seconds: {epoch!r}") from None
    return time.isoformat(timespec="seconds")
