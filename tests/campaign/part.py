"""What a part of the campaign is: a promise, what its cases share, and one case for each number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from corpus_kit.errors import CorpusKitError

T = TypeVar("T")


class BrokenPromiseError(AssertionError):
    """A promise that did not hold; the message says what was done and what came of it."""


@dataclass(frozen=True)
class Part:
    """A part of the campaign.

    Attributes:
        name: Its name on the command line.
        promise: The sentence of docs/explanation/trust.md that it holds.
        prepare: Makes what all cases share, in an empty folder; called once in each process that runs cases.
        case: Runs one case, which depends on nothing but what was prepared and the random numbers given, and returns
            the name of its outcome, to be counted; raises BrokenPromiseError where the promise does not hold. A case
            leaves nothing behind.
        quick: Cases in `make test`; 0 where one takes seconds.
        slow: Cases in `.ci/run`.
        seconds: What a case may take; a longer one is broken, and its process is killed.
        memory: Bytes by which a case may raise the memory of its process; a case that takes more is broken.
    """

    name: str
    promise: str
    prepare: Callable[[Path], Any]
    case: Callable[[Any, Random], str]
    quick: int
    slow: int
    seconds: float = 10.0
    memory: int = 2**30


@dataclass(frozen=True)
class Refused:
    """An error of the library, with its message."""

    kind: str
    message: str


def attempt(call: Callable[[], T], done: str) -> T | Refused:
    """Return the result of a call, or the library's own error; any other exception breaks the promise."""
    try:
        return call()
    except CorpusKitError as error:
        return Refused(type(error).__name__, str(error))
    except BrokenPromiseError:
        raise
    except Exception as error:
        raise BrokenPromiseError(
            f"foreign error after {done}: {type(error).__module__}.{type(error).__name__}: {error}"
        ) from error
