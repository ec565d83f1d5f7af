"""Arguments that many functions take: a path, a whole number."""

from __future__ import annotations

import operator
import os
from pathlib import Path
from typing import SupportsIndex

from corpus_kit.errors import InputError

__all__ = ["integer", "is_text", "path_argument", "whole_number"]


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


def _integer(value: object) -> int | None:
    """A value as int where it is one; True and False are not taken for 1 and 0."""
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return None
    try:
        return operator.index(value)
    except TypeError:  # an array of several numbers
        return None
