"""The errors of the library and the form of their messages."""

from __future__ import annotations

import inspect
import linecache
import re
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from pathlib import PurePath
from typing import TypeVar

from corpus_kit.safe_text import one_line, redacted, redacted_address

__all__ = [
    "CorpusError",
    "CorpusKitError",
    "InputError",
    "SourceError",
    "choose",
    "hearing",
    "invalid",
    "nearest",
    "one_of",
    "shown",
    "warn",
    "with_notes",
]


_HEARD: ContextVar[list[str] | None] = ContextVar("heard", default=None)  # where warnings go instead


class CorpusKitError(Exception):
    r"""The base of all errors that corpus_kit raises deliberately.

    Its message is one line that may be shown anywhere: what a terminal would obey is escaped, and addresses have no
    passwords.

    >>> str(CorpusKitError("cannot read https://me:secret@host/a\x1b[2J"))
    'cannot read https://***@host/a\\x1b[2J'
    """

    def __init__(self, *args: object) -> None:
        super().__init__(*(one_line(redacted(each)) if isinstance(each, str) else each for each in args))


class InputError(CorpusKitError, ValueError):
    """An invalid argument or value; the message states what it must be.

    A notebook shows the message and the line that was refused, without the calls between them.
    """

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows of the error, as its protocol asks."""
        line = ""
        for frame, number in traceback.walk_tb(self.__traceback__):
            module, file = frame.f_globals.get("__name__", ""), frame.f_code.co_filename
            if module.startswith("corpus_kit."):
                break
            line = linecache.getline(file, number, frame.f_globals).strip()
        notes: list[str] = getattr(self, "__notes__", [])
        return [
            f"{type(self).__name__}: {self}",
            *notes,
            *([f"    {line}"] if line and not line.startswith("raise ") else []),
        ]


def with_notes(error: InputError, other: BaseException) -> InputError:
    """Return an error with the notes of another one, such as a pattern with a caret below the place of the error."""
    for note in getattr(other, "__notes__", []):
        error.add_note(note)
    return error


class SourceError(CorpusKitError):
    """A source of documents that cannot be read, such as a file, a column or an encoding.

    Attributes:
        columns: The columns of a table that has not the one that was asked for; of other errors none.
    """

    columns: tuple[str, ...] = ()


class CorpusError(CorpusKitError):
    """A corpus on disk that cannot be built or opened, or is damaged."""


T = TypeVar("T", bound=str)

_LISTED = 80  # options in a message
_MOST_COMPARED = 10_000  # options among which a similar one is looked for; each takes a moment
_SHOWN = 60  # characters of a value in a message
_COMPARED = 100  # characters of a value that is compared with others for the nearest; the time is quadratic
_READ = 4096  # characters of a value that are read for that; the repr of a whole text would take as much memory again
_IS_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?:://|::)")


def shown(value: object) -> str:
    """Return a value as messages show it: its repr on one line, shortened, or its type if it is not a plain value.

    >>> shown(-1), shown("نص"), shown(object)
    ('-1', "'نص'", "<class 'object'>")
    >>> import polars as pl
    >>> shown(pl.DataFrame()), shown(list(range(1_000_000)))
    ('DataFrame', 'list of 1,000,000 items')
    """
    if not isinstance(value, _SIMPLE):
        return type(value).__name__
    if isinstance(value, str | bytes):
        value = value[:_READ]
        if isinstance(value, str) and _IS_ADDRESS.match(value):
            value = redacted_address(value)
        value = value[: _SHOWN + 1]
    try:
        if isinstance(value, list | tuple | dict | set | frozenset) and len(value) > _SHOWN:
            return f"{type(value).__name__} of {len(value):,} items"
        text = repr(value)
    except Exception:  # of an item, or since lists are nested too deeply
        return type(value).__name__
    text = redacted(" ".join(text.split()))  # before it is cut: a half of a password is one
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


_SIMPLE = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, type, PurePath)


def invalid(name: str, expected: str, value: object, hint: str = "") -> InputError:
    """Return the error for an argument, as every message of the library is written.

    Args:
        name: The name of the argument, or of whatever else is invalid.
        expected: What it must be, such as "a positive integer".
        value: What it is.
        hint: One helpful sentence, such as the allowed values or what to do.

    >>> invalid("page", "at least 1", 0)
    InputError('page must be at least 1, got 0.')
    """
    return InputError(f"{name} must be {expected}, got {shown(value)}." + (f" {hint}" if hint else ""))


def nearest(value: object, options: Iterable[str]) -> str:
    """Return a question that suggests the option most similar to a value, or "" if none is similar.

    >>> nearest("serach", ["repair", "search"])
    "Did you mean 'search'?"
    """
    if not isinstance(value, str) or len(value) > _COMPARED:
        return ""
    short = [option for option in options if len(option) <= _COMPARED]
    near = [option for option in short if option.strip().casefold() == value.strip().casefold()]
    near = near or (get_close_matches(value, short, n=1) if len(short) <= _MOST_COMPARED else [])
    return f"Did you mean {near[0]!r}?" if near else ""


def choose(value: object, allowed: Iterable[T], name: str) -> T:
    """Return `value` if it is one of `allowed`; otherwise raise an error that suggests the nearest.

    >>> choose("search", ["repair", "search"], "profile")
    'search'
    >>> choose("serach", ["repair", "search"], "profile")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: profile must be 'repair' or 'search', got 'serach'. Did you mean 'search'?
    """
    options = list(allowed)
    for option in options:
        if isinstance(value, str) and value == option:
            return option
    raise invalid(name, one_of(options), value, nearest(value, options))


def one_of(options: Sequence[str]) -> str:
    """Return the options as a message lists them.

    >>> one_of(["a"]), one_of(["a", "b"]), one_of(["a", "b", "c"])
    ("'a'", "'a' or 'b'", "one of 'a', 'b', 'c'")
    """
    if not options:
        return "left out, since there are none"
    listed = [shown(option) for option in options[:_LISTED]]
    if len(options) > _LISTED:
        listed.append(f"… ({len(options):,} in all)")
    return " or ".join(listed) if len(options) <= 2 else f"one of {', '.join(listed)}"


def warn(message: str, *, stacklevel: int | None = 1) -> None:
    """Give a UserWarning with a message as that of an error.

    Args:
        message: The message.
        stacklevel: Whose line it names: 1 is the caller of this function, None the first caller outside the library.
    """
    said, listener = one_line(redacted(message)), _HEARD.get()
    if listener is not None:
        listener.append(said)
        return
    warnings.warn(said, stacklevel=1 + (_outside() if stacklevel is None else stacklevel))


@contextmanager
def hearing() -> Iterator[list[str]]:
    """Collect the warnings of this library in the calls that run meanwhile in this thread, instead of giving them.

    >>> with hearing() as heard:
    ...     warn("Nothing was found.")
    >>> heard
    ['Nothing was found.']
    """
    heard: list[str] = []
    token = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(token)


def _outside() -> int:
    """Return how many callers lie between the caller of this function and the first one outside the library."""
    level, frame = -1, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("corpus_kit."):
        level, frame = level + 1, frame.f_back
    return level
