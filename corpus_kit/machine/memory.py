"""Freed memory that the C library keeps."""

from __future__ import annotations

import ctypes
import os

__all__ = ["release_memory"]


def release_memory() -> None:
    """Return freed memory to the operating system, where the C library can (glibc).

    glibc keeps freed fragments for later allocations: after tokenising many texts, over a hundred megabytes.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)
