"""Checks of arguments that many functions take: paths, integers, proportions, names, sizes of memory."""

from __future__ import annotations

import ntpath
import operator
import os
import re
import sys
from pathlib import Path
from typing import SupportsIndex

import numpy as np

from corpus_kit.errors import invalid

__all__ = [
    "boolean",
    "integer",
    "is_text",
    "memory_argument",
    "names",
    "openable",
    "path_argument",
    "proportion",
    "share",
    "text_argument",
    "threshold",
]

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20,
          "GIB": 2**30, "TIB": 2**40}  # fmt: skip
_MOST_MEMORY = 2**63  # more than any machine has; digits without end are infinite as a float
_LEAST_MEMORY = 64 * 10**6
_LONG_ON_WINDOWS = 120  # characters, from which on what is written below a path may have more than 259
_LONGEST_PATH = 4096  # characters; Linux opens none of more bytes, and messages quote a path whole
_MORE_THAN_ANY = 2**63  # more than any count; Polars compares columns with nothing larger


def is_text(value: str) -> bool:
    """Return whether a str can be encoded: it holds no unpaired surrogate.

    >>> is_text("خبر"), is_text(chr(0xD800))
    (True, False)
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def text_argument(value: object, name: str, hint: str = "") -> str:
    """Return a str that is text: one without unpaired surrogates.

    >>> text_argument("خبر", "text")
    'خبر'
    >>> text_argument(5, "text")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: text must be a str, got 5.
    """
    if not isinstance(value, str):
        raise invalid(name, "a str", value, hint)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        place = f"U+{ord(value[error.start]):04X} is at position {error.start:,}."
        raise invalid(name, "text without unpaired surrogates", value, place) from None
    return value


def path_argument(value: object, name: str, *, any_bytes: bool = False) -> Path:
    """Return an absolute path, which stays valid after a change of the working folder; ~ is the home folder.

    Args:
        value: The path.
        name: The name of the argument.
        any_bytes: Whether its bytes may be others than UTF-8; Polars, JSON and records cannot hold such a path.

    Raises:
        InputError: If it is not a path, is longer than any that can be opened, or holds characters that no file system
            allows.

    >>> path_argument("~/news", "path").is_absolute()
    True
    >>> path_argument(5, "path")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: path must be a path (a str or a Path), got 5.
    """
    given = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(given, str) or not given:
        raise invalid(name, "a path (a str or a Path)", value)
    if len(given) > _LONGEST_PATH:
        raise invalid(name, f"a path of at most {_LONGEST_PATH:,} characters", given, f"It has {len(given):,}.")
    try:
        os.fsencode(given)
    except UnicodeEncodeError:
        raise invalid(name, "a path without unpaired surrogates", value) from None
    if "\0" in given:
        raise invalid(name, "a path without NUL characters", value)
    try:
        path = openable(Path(given).expanduser().absolute())
    except RuntimeError:  # there is no user of this name
        raise invalid(name, "a path in an existing home folder", value) from None
    if not any_bytes and not is_text(str(path)):
        raise invalid(name, "a path whose bytes are UTF-8", str(path) if is_text(given) else given)
    return path


def openable(path: Path) -> Path:
    """Return an absolute path in the form in which the system opens it, however long it is."""
    return Path(extended(str(path))) if sys.platform == "win32" and path.is_absolute() else path


def extended(path: str) -> str:
    r"""Return an absolute path of Windows with the prefix without which none opens that has more than 259 characters.

    Short paths stay as they are. With the prefix, Windows takes names as they are, so `..` is resolved before.

    >>> print(extended("C:/texts"), extended("C:/a/../" + "x" * 120)[:9], extended("//server/" + "x" * 120)[:16])
    C:/texts \\?\C:\xx \\?\UNC\server\x
    """
    if len(path) < _LONG_ON_WINDOWS or path.startswith("\\\\?\\"):
        return path
    path = ntpath.normpath(path)
    return "\\\\?\\UNC" + path[1:] if path.startswith("\\\\") else "\\\\?\\" + path


def boolean(value: object, name: str) -> bool:
    """Return True or False; no other value stands for them.

    >>> boolean(True, "carry")
    True
    >>> boolean(1, "carry")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: carry must be True or False, got 1.
    """
    if not isinstance(value, bool):
        raise invalid(name, "True or False", value)
    return value


def integer(value: object, name: str, *, least: int | None = None, most: int | None = None) -> int:
    """Return an integer of any integer type within bounds; True and False are not integers.

    >>> integer(3, "window", least=0)
    3
    >>> integer(-1, "seed", least=0)
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: seed must be a non-negative integer, got -1.
    >>> integer(0, "page", least=1)
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: page must be an integer of at least 1, got 0.
    """
    number = _integer(value)
    if number is None or (least is not None and number < least) or (most is not None and number > most):
        raise invalid(name, _integer_within(least, most), value)
    return number


def _integer_within(least: int | None, most: int | None) -> str:
    if most is not None:
        return f"an integer from {least:,} to {most:,}" if least is not None else f"an integer of at most {most:,}"
    if least is None:
        return "an integer"
    return "a non-negative integer" if least == 0 else f"an integer of at least {least:,}"


def threshold(value: object, name: str, *, least: int = 1) -> int:
    """Return an integer of at least `least` with which a column of counts can be compared.

    >>> threshold(5, "min_count"), threshold(10**400, "min_count") == 2**63
    (5, True)
    """
    return min(integer(value, name, least=least), _MORE_THAN_ANY)


def share(value: object, name: str) -> float:
    """Return a finite number above 0 and at most 1.

    >>> share(0.8, "threshold")
    0.8
    >>> share(2, "threshold")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: threshold must be a number above 0 and at most 1, got 2.
    """
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not 0 < value <= 1:  # type: ignore[operator]
        raise invalid(name, "a number above 0 and at most 1", value)
    return float(value)  # type: ignore[arg-type]


def proportion(value: object, name: str) -> float:
    """Return a number above 0 and below 1, such as a level of confidence.

    >>> proportion(0.95, "confidence")
    0.95
    >>> proportion(1, "confidence")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: confidence must be a number above 0 and below 1, got 1.
    """
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not 0 < value < 1:  # type: ignore[operator]
        raise invalid(name, "a number above 0 and below 1", value)
    return float(value)  # type: ignore[arg-type]


def names(value: object, name: str) -> list[str]:
    """Return the names that a user passed: one, or several in a list or tuple.

    >>> names("outlet", "metadata"), names(["outlet", "date"], "metadata")
    (['outlet'], ['outlet', 'date'])
    """
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise invalid(name, "a name or a list of names", value)
    return [text_argument(each, name) for each in given]


def memory_argument(memory: object, name: str = "memory", *, any_size: bool = False) -> int:
    """Return a number of bytes, given as such or as a str like "2GB", "400 MB" or "1.5GiB".

    It must be at least 64 MB, or with `any_size` at least 0.

    >>> memory_argument("400MB"), memory_argument("2GiB"), memory_argument(10**9)
    (400000000, 2147483648, 1000000000)
    """
    size = _integer(memory)
    if isinstance(memory, str):
        match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*", memory)
        unit = _UNITS.get(match[2].upper()) if match else None
        size = int(min(float(match[1]) * unit, _MOST_MEMORY)) if match and unit else None
    if size is None:
        raise invalid(name, "a size such as '2GB' or '400MB', or a number of bytes", memory)
    if size < (0 if any_size else _LEAST_MEMORY):
        raise invalid(name, "at least 0" if any_size else "at least 64MB", memory)
    return size


def _integer(value: object) -> int | None:
    if type(value) is int:  # the check of a protocol takes microseconds, and a search has ten numbers
        return value
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return None
    try:
        return operator.index(value)
    except TypeError:  # an array of several numbers
        return None
