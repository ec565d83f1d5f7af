"""Freed memory that the core keeps for its next results."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from corpus_kit import _core
from corpus_kit._base.arguments import memory_argument

__all__ = ["block_cache", "keeping_no_blocks", "set_block_cache"]

# A column of 200 MB with the views of its texts, so that a call like the last one needs no fresh memory; a thirtieth of
# the memory of a small laptop.
_USUAL_LIMIT = 256 << 20

_lock = Lock()
_limit = 0  # what `block_cache` returns
_users_of_fresh_memory = 0  # how many calls of `keeping_no_blocks` are running


def block_cache() -> int:
    """Return how many bytes of freed memory the core keeps at most for its next results.

    The first use of fresh memory takes longer than normalising a column in it. So the large blocks of results that are
    no longer used, and of working memory, are kept, each of a mebibyte or more. The limit is that given to
    `set_block_cache`, else the environment variable CORPUS_KIT_BLOCK_CACHE (a size such as "1GB", or 0), as it was when
    the library was loaded or at the last call of `set_block_cache`, else 256 MiB. It changes no result.

    Returns:
        The limit in bytes; 0 if nothing is kept.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.set_block_cache("100MB")
        >>> ck.block_cache()
        100000000
        >>> ck.set_block_cache(None)
    """
    return _limit


def set_block_cache(limit: str | int | None) -> None:
    """Set how much freed memory the core keeps for its next results, and free what is kept.

    Args:
        limit: A size such as "1GB", a number of bytes, 0 to keep nothing, or None for the environment's choice or else
            256 MiB.

    Raises:
        InputError: If `limit` is anything else, or the environment variable is no size.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.set_block_cache(0)
        >>> ck.block_cache()
        0
        >>> ck.set_block_cache(None)
    """
    global _limit
    size = _usual_limit() if limit is None else memory_argument(limit, "limit", any_size=True)
    with _lock:
        _limit = size
        _apply()


@contextmanager
def keeping_no_blocks() -> Iterator[None]:
    """Keep no freed blocks in this process for a while, for a call that has promised a limit of memory.

    >>> with keeping_no_blocks():
    ...     pass
    """
    global _users_of_fresh_memory
    with _lock:
        _users_of_fresh_memory += 1
        _apply()
    try:
        yield
    finally:
        with _lock:
            _users_of_fresh_memory -= 1
            _apply()


def _usual_limit() -> int:
    text = os.environ.get("CORPUS_KIT_BLOCK_CACHE", "").strip()
    return memory_argument(text, "CORPUS_KIT_BLOCK_CACHE", any_size=True) if text else _USUAL_LIMIT


def _apply() -> None:
    _core.set_block_cache(0 if _users_of_fresh_memory else min(_limit, sys.maxsize))


set_block_cache(None)
