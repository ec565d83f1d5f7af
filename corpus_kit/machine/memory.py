"""Memory: what one call may use, and freed memory that is kept by the core and by the C library."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path

from corpus_kit import _core
from corpus_kit._base.arguments import memory_argument
from corpus_kit.errors import InputError

__all__ = ["expect_memory", "memory_limit", "release_memory", "set_memory_limit"]

_USUAL_LIMIT = 2 << 30  # where the system does not say how much there is
_CONTROL_GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))

# What the user has set; None: the environment decides, then the machine.
_set_limit: int | None = None


def memory_limit() -> int:
    """Return how many bytes of working memory one search, one count or one table of lines may use.

    A call that would need more is refused with an error that says what to narrow. This is the limit given to
    `set_memory_limit`, else the environment variable CORPUS_KIT_MEMORY (a size such as "4GB"), else half of the memory
    of the machine or container. It changes no result.

    Returns:
        The limit in bytes.

    Raises:
        InputError: If the environment variable is no size.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.set_memory_limit("1GB")
        >>> ck.memory_limit()
        1000000000
        >>> ck.set_memory_limit(None)
    """
    if _set_limit is not None:
        return _set_limit
    text = os.environ.get("CORPUS_KIT_MEMORY", "").strip()
    return memory_argument(text, "CORPUS_KIT_MEMORY") if text else _machine_memory() // 2


def set_memory_limit(limit: str | int | None) -> None:
    """Set how much working memory one search, one count or one table of lines may use in this process.

    Args:
        limit: A size such as "4GB", a number of bytes (at least 64 MB), or None for the environment's choice or else
            half of the memory of the machine.

    Raises:
        InputError: If `limit` is anything else.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.set_memory_limit("500MB")
        >>> ck.memory_limit()
        500000000
        >>> ck.set_memory_limit(None)
    """
    global _set_limit
    _set_limit = None if limit is None else memory_argument(limit, "limit")


def expect_memory(needed: int, what: str, narrow: str) -> None:
    """Refuse what would need more working memory than one call may use.

    Args:
        needed: The bytes that are needed.
        what: What needs them, for the message.
        narrow: What the user can do, for the message.

    >>> expect_memory(10**15, "This search", "Use fewer wildcards")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: This search needs 1,000,000.0 GB of working memory, ... Use fewer wildcards, or ...
    """
    limit = memory_limit()
    if needed > limit:
        raise InputError(
            f"{what} needs {needed / 1e9:,.1f} GB of working memory, but one call may use {limit / 1e9:,.1f} GB. "
            f"{narrow}, or raise the limit with corpus_kit.set_memory_limit."
        )


def release_memory() -> None:
    """Return freed memory to the operating system: the blocks kept by the core, and what the C library keeps.

    glibc keeps freed fragments for later allocations: after tokenising many texts, over a hundred megabytes. Other C
    libraries are left alone.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.release_memory()
    """
    _core.release_blocks()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


@cache
def _machine_memory() -> int:
    """Return the bytes of memory of the machine, or those that its container may use."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return 2 * _USUAL_LIMIT
    for path in _CONTROL_GROUPS:
        try:
            text = path.read_text(encoding="utf-8").strip()
        except OSError:
            continue
        if text.isdecimal():
            memory = min(memory, int(text))
    return memory
