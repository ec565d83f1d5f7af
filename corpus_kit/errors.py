"""The library's own errors, and how a wrong word is answered."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TypeVar

__all__ = ["CorpusError", "CorpusKitError", "InputError", "SourceError", "choose"]


class CorpusKitError(Exception):
    """Base of all errors that corpus_kit raises on purpose."""


class InputError(CorpusKitError, ValueError):
    """An argument or a value that the function cannot take; the message says what it takes."""


class SourceError(CorpusKitError):
    """A source of documents that cannot be read: a file, a column, an encoding."""


class CorpusError(CorpusKitError):
    """A corpus on disk that cannot be built, opened or trusted."""


T = TypeVar("T", bound=str)

_LISTED = 80  # options that a message names


def choose(value: object, allowed: Iterable[T], what: str) -> T:
    """Return `value` if it is one of `allowed`; otherwise raise an error that names the nearest.

    >>> choose("search", ["repair", "search"], "profile")
    'search'
    >>> choose("serach", ["repair", "search"], "profile")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: unknown profile 'serach'; did you mean 'search'? Allowed: repair, search
    """
    options = list(allowed)
    for option in options:
        if value == option:
            return option
    near = get_close_matches(str(value), options, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    listed = ", ".join(options[:_LISTED])
    more = f", ... ({len(options):,} in all)" if len(options) > _LISTED else ""
    raise InputError(f"unknown {what} {value!r}{hint} Allowed: {listed}{more}")
