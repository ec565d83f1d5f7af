"""Putting a file in the place of another, and keeping hold of the one that was there at that very moment."""

from __future__ import annotations

import os
from pathlib import Path

from corpus_kit._base.files import beside
from corpus_kit._core import exchange

__all__ = ["swap_in"]


def swap_in(aside: Path, path: Path, purpose: str) -> Path | None:
    """Move a file to a path; return a hidden path where the file that was there now is, or None if there was none.

    Where the system cannot exchange two names in one step, the old file gets a second name first. What is written into
    it later is still seen then; only a file that takes its place between two calls is not.

    Raises:
        OSError: If it cannot be moved; what is at the path is unchanged.
    """
    try:
        exchange(os.fsencode(aside), os.fsencode(path))
    except OSError:
        if not aside.exists():
            raise
    else:
        return aside
    kept = beside(path, purpose)
    try:
        os.link(path, kept)
    except OSError:  # there is no file, or there are no hard links
        aside.replace(path)
        return None
    try:
        aside.replace(path)
    except OSError:
        kept.unlink()
        raise
    return kept
