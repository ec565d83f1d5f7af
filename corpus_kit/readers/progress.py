"""Progress bars: any, and that of the reader."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from corpus_kit.readers.blocks import Block

__all__ = ["Progress", "Seen", "progress_bar", "watching"]


@dataclass(frozen=True)
class Seen:
    """How far reading has come.

    Attributes:
        share: The share of the bytes, from 0 to 1; None if the total is unknown.
        files: The number of files that were read or begun.
        documents: The number of documents.
    """

    share: float | None
    files: int
    documents: int


_WATCHER: ContextVar[Callable[[Seen], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(watcher: Callable[[Seen], None]) -> Iterator[None]:
    """Call `watcher` with how far reading has come, often, in any thread; an error that it raises ends the reading.

    >>> import corpus_kit as ck
    >>> seen = []
    >>> with watching(seen.append):
    ...     read = list(ck.readers.DocumentReader([{"text": "قال الوزير"}]))
    >>> seen[-1]
    Seen(share=None, files=0, documents=1)
    """
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


class _NoBar:
    """What is called in place of a bar that is not shown."""

    def update(self, amount: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def progress_bar(shown: bool | None, *, total: int | None, description: str, unit: str, scaled: bool = False) -> Any:
    """Return a bar with the methods `update` and `close`.

    Args:
        shown: Whether to show it; None shows it on a terminal or in a notebook.
        total: What it counts up to; None if that is unknown.
        description: What is done.
        unit: What is counted.
        scaled: Whether to write numbers with K, M and G.
    """
    if shown is False:
        return _NoBar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a notebook without widgets
        from tqdm.auto import tqdm  # type: ignore[import-untyped]  # slow to import
    disabled = None if shown is None else False
    return tqdm(total=total, desc=description, unit=unit, unit_scale=scaled, disable=disabled, leave=False)


class Progress:
    """A bar of bytes read, or of rows if the total is unknown.

    Args:
        total: Bytes of all files; None if there are only frames.
        shown: Whether to show the bar; None shows it on a terminal or in a notebook.
    """

    def __init__(self, total: int | None, shown: bool | None) -> None:
        self._left = 0  # bytes of the current file
        self._total, self._done, self._files, self._documents = total, 0, 0, 0
        self._watcher = _WATCHER.get()
        self._counts_rows = total is None
        unit = "row" if self._counts_rows else "B"
        self._bar = progress_bar(shown, total=total, description="Reading", unit=unit, scaled=not self._counts_rows)

    def start(self, size: int) -> None:
        """Begin the next file; the one before it is done."""
        self._update(self._left)
        self._left = size
        self._files += size > 0
        self._tell()

    def finish(self) -> None:
        """Complete the bar, which would turn red in a notebook if it ended short of its total."""
        self.start(0)

    def count(self, documents: int) -> None:
        """Note that so many documents were read."""
        self._documents += documents
        self._tell()

    def advance(self, block: Block) -> None:
        """Advance by the size of a block, which approximates what was read, but not beyond the end of the file."""
        if self._counts_rows:
            self._update(block.height)
        else:
            done = min(self._left, int(block.texts.str.len_bytes().sum()))
            self._left -= done
            self._update(done)

    def _update(self, amount: int) -> None:
        if amount:
            self._done += amount
            self._bar.update(amount)

    def _tell(self) -> None:
        if self._watcher is not None:
            share = None if not self._total else min(1.0, self._done / self._total)
            self._watcher(Seen(share, self._files, self._documents))

    def close(self) -> None:
        """Remove the bar."""
        self._bar.close()
