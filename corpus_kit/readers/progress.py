"""The progress bar of the reader."""

from __future__ import annotations

import warnings
from typing import Any

from corpus_kit.readers.blocks import Block

__all__ = ["Progress"]


class Progress:
    """A bar of bytes read, or of rows if the total is unknown.

    Args:
        total: Bytes of all files; None if there are only frames.
        shown: Whether to show the bar; None shows it on a terminal or in a notebook.
    """

    def __init__(self, total: int | None, shown: bool | None) -> None:
        self._bar: Any = None
        self._left = 0  # bytes of the current file
        self._counts_rows = total is None
        if shown is False:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a notebook without widgets
            from tqdm.auto import tqdm  # type: ignore[import-untyped]  # slow to import
        self._bar = tqdm(
            total=total,
            desc="Reading",
            unit="row" if self._counts_rows else "B",
            unit_scale=not self._counts_rows,
            disable=None if shown is None else False,
            leave=False,
        )

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
        elif self._bar is not None:
            done = min(self._left, int(block.texts.str.len_bytes().sum()))
            self._left -= done
            self._update(done)

    def _update(self, amount: int) -> None:
        if self._bar is not None and amount:
            self._bar.update(amount)

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
