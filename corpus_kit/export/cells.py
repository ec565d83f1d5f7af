"""A table as it is printed: the texts of its cells, for Word, LaTeX and Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from corpus_kit.display.isolation import has_arabic
from corpus_kit.display.spelled import spelled
from corpus_kit.display.values import LIST_SEPARATOR, interval_decimals, is_concordance, text_column
from corpus_kit.display.wording import in_words

__all__ = ["PrintedColumn", "PrintedTable", "printed"]

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")  # XML 1.0 forbids most of them
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_CONTEXTS = ("before", "node", "after")


class PrintedColumn(NamedTuple):
    """A column as it is printed.

    Attributes:
        name: Its name.
        texts: Its values as texts; a missing value is empty.
        is_number: Whether its values are numbers, which are aligned at the right.
        is_arabic: Whether its texts are aligned at the right, since one has an Arabic character.
        side: "before", "node" or "after" in a concordance, "" otherwise.
    """

    name: str
    texts: list[str]
    is_number: bool
    is_arabic: bool
    side: str


class PrintedTable(NamedTuple):
    """A table as it is printed.

    Attributes:
        title: The name of the file without its ending.
        columns: The columns, in reading order: of a concordance, what is before the node comes first.
        rows: How many rows there are.
        source: Where the table comes from, in a line; empty if that is unknown.
    """

    title: str
    columns: list[PrintedColumn]
    rows: int
    source: str

    @property
    def is_arabic(self) -> bool:
        """Whether the table has an Arabic text."""
        return any(column.is_arabic for column in self.columns)

    @property
    def from_left(self) -> list[PrintedColumn]:
        """The columns from left to right, for formats that have no tables from right to left.

        What is before the node is at its right, where a reader of Arabic looks for it.
        """
        sides = [column for column in self.columns if column.side]
        return sides[::-1] + [column for column in self.columns if not column.side]


def printed(
    frame: pl.DataFrame, title: str, labels: Sequence[str] = (), source: str = ""
) -> tuple[PrintedTable, list[str]]:
    """Return a table as it is printed, and what was changed for that.

    Of a concordance it has the lines, their ids and positions, and the labels. Words are printed in their most frequent
    spelling, if the table has it.

    >>> table, changes = printed(pl.DataFrame({"word": ["خبر", None], "count": [1250, 3]}), "words")
    >>> [column.texts for column in table.columns], changes
    ([['خبر', ''], ['1,250', '3']], [])
    """
    frame, key = spelled(frame)
    changes = [f"the column spelling printed in place of {key}"] if key else []
    worded = in_words(frame, "en")
    changes += [] if worded is frame else ["the names of periods printed in place of their first days"]
    frame = worded
    names, of_concordance = frame.columns, is_concordance(frame)
    if of_concordance:
        names = list(dict.fromkeys([*_CONTEXTS, *(name for name in ("id", "position") if name in names), *labels]))
        left_out = [name for name in frame.columns if name not in names]
        changes += [f"columns left out: {', '.join(left_out)}"] if left_out else []
    columns, decimals = [], interval_decimals(frame)
    for name in names:
        column, change = _printed_column(frame[name], decimals.get(name), is_side=of_concordance and name in _CONTEXTS)
        columns.append(column)
        changes += change
    return PrintedTable(title, columns, frame.height, _without_controls(source)[0].replace("\n", " ")), changes


def _printed_column(column: pl.Series, decimals: int | None, *, is_side: bool) -> tuple[PrintedColumn, list[str]]:
    name = column.name
    values = text_column(column, decimals)
    cleaned = [("", 0) if value is None else _without_controls(value) for value in values]
    texts = [text for text, _ in cleaned]
    replaced = sum(count for _, count in cleaned)
    changes = []
    if column.dtype.is_nested():
        changes.append(f"column {name!r}: {column.dtype} written as text, with{LIST_SEPARATOR}between items")
    if None in values and "" in values:
        changes.append(f"column {name!r}: empty texts and missing values are both empty cells")
    if replaced:
        changes.append(f"column {name!r}: {replaced:,} control characters replaced by U+FFFD")
    is_number = column.dtype.is_numeric()
    is_arabic = not is_number and any(map(has_arabic, texts))
    title = _without_controls(name)[0].replace("\n", " ")
    return PrintedColumn(title, texts, is_number, is_arabic, name if is_side else ""), changes


def _without_controls(text: str) -> tuple[str, int]:
    return _CONTROLS.subn("\ufffd", _LINE_ENDS.sub("\n", text))
