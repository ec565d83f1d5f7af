"""What an export writes to, and what it notes for the record."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

__all__ = ["Output", "one_line_texts"]

BREAKS = r"[\t\n\x0b\x0c\r\x1c-\x1e\x{85}\x{2028}\x{2029}]"  # what ends a line or a field for some program
CONTROLS = r"[\x00-\x08\x0e-\x1b\x1f\x7f\x{80}-\x{84}\x{86}-\x{9f}]"  # most of which XML cannot hold


class Output:
    """Where an export is written, under another name until it is complete.

    Attributes:
        path: The file to create, or the folder to fill.
        name: The name that it will have.
        changes: What the format could not hold as it was, and how often.
        remarks: What else became different, each once.
        facts: What else the record says, such as the names of attributes.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.changes: Counter[str] = Counter()
        self.remarks: dict[str, None] = {}
        self.facts: dict[str, Any] = {}

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return Path(self.name).stem

    def note(self, change: str, count: int = 1) -> None:
        """Count what the format could not hold as it was."""
        if count:
            self.changes[change] += int(count)

    def remark(self, *changes: str) -> None:
        """Note what became different."""
        self.remarks |= dict.fromkeys(changes)


def one_line_texts(texts: pl.Series, what: str, output: Output | None = None) -> pl.Series:
    r"""Return texts that stay on one line and in one field, and note how many had to be changed.

    Line breaks and tabs become spaces, and other control characters the sign U+FFFD.

    Args:
        texts: A String series.
        what: What they are, in the plural.
        output: Where it is noted; None does not note it.

    >>> output = Output(Path("out"), "out")
    >>> one_line_texts(pl.Series(["a\tb", "c\x07"]), "titles", output).to_list()
    ['a b', 'c�']
    >>> sorted(output.changes)[1]
    'titles: line breaks and tabs written as spaces'
    """
    texts = texts.alias("")  # Polars takes some names for patterns
    for pattern, instead, change in (
        (BREAKS, " ", "line breaks and tabs written as spaces"),
        (CONTROLS, "\ufffd", "control characters written as U+FFFD"),
    ):
        found = texts.str.contains(pattern)
        if found.any():
            if output is not None:
                output.note(f"{what}: {change}", int(found.sum()))
            texts = texts.str.replace_all(pattern, instead)
    return texts
