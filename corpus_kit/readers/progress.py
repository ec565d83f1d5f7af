"""Progress bars: any, and that of the reader."""

from __future__ import annotations

import warnings
from typing import Any

from corpus_kit.readers.blocks import Block

__all__ = ["Progress", "progress_bar"]


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
        self._counts_rows = total is None
        unit = "row" if self._counts_rows else "B"
        self._bar = progress_bar(shown, total=total, description="Reading", unit=unit, scaled=not self._counts_rows)

    def start(self, size: int) -> None:
        """Begin the next file; the one before it is done."""
        self._update(self._left)
        self._left = size

    def finish(self) -> None:
        """Complete the bar, which would turn red in a notebook if it ended short of its total."""
        self.start(0)

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
            self._bar.update(amount)

    def close(self) -> None:
        """Remove the bar."""
        self._bar.close()
