"""Freed memory that is kept: by the core for its next results, and by the C library."""

from __future__ import annotations

import ctypes
import os

from corpus_kit import _core

__all__ = ["release_memory"]


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
