"""How many threads one call may use."""

from __future__ import annotations

import os

from corpus_kit._base.arguments import integer
from corpus_kit.errors import invalid

__all__ = ["MOST_THREADS", "set_threads", "threads", "threads_or_default"]

MOST_THREADS = 64

# What the user has set; None: the environment decides, then the machine.
_set_threads: int | None = None


def threads() -> int:
    """Return how many threads one call may use.

    This is the number given to `set_threads`, else the environment variable CORPUS_KIT_THREADS, else
    POLARS_MAX_THREADS, else the number of processors available to this process; at most 64. Short texts use fewer.
    Polars expressions use one, since Polars calls them from its own threads.

    Returns:
        A number from 1 to 64.

    Raises:
        InputError: If an environment variable holds anything but a positive integer.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.set_threads(2)
        >>> ck.threads()
        2
        >>> ck.set_threads(None)
    """
    if _set_threads is not None:
        return _set_threads
    for variable in ("CORPUS_KIT_THREADS", "POLARS_MAX_THREADS"):
        text = os.environ.get(variable, "").strip()
        if text and not (text.isdecimal() and int(text)):
            raise invalid(variable, "a positive integer", text)
        if text:
            return min(int(text), MOST_THREADS)
    return min(_processors(), MOST_THREADS)


def threads_or_default(number: int | None) -> int:
    """Return the number given, or that of `threads` for None."""
    return threads() if number is None else number


def set_threads(number: int | None) -> None:
    """Set how many threads one call may use in this process.

    Args:
        number: 1 to 64, or None to go back to the environment and the machine.

    Raises:
        InputError: If `number` is out of range.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.set_threads(1)
        >>> ck.threads()
        1
        >>> ck.set_threads(None)
    """
    global _set_threads
    _set_threads = None if number is None else integer(number, "number", least=1, most=MOST_THREADS)


def _processors() -> int:
    """Return the number of processors available to this process, or all where the system does not say."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
