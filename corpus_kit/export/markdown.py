"""Tables as Markdown: pipe tables, as GitHub shows them."""

from __future__ import annotations

import re
from typing import BinaryIO

from corpus_kit.display.isolation import by_direction, has_arabic, isolate
from corpus_kit.export.cells import PrintedColumn, PrintedTable

__all__ = ["markdown_text", "write_markdown"]

_SPECIAL = re.compile(r"[\\`*_\[\]|~$]")
_LETTERS = "[\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06df-\u06e8\u06ea-\u06ef\u06fa-\u06ff]+"
_ONLY_ARABIC = re.compile(f"{_LETTERS}(?: {_LETTERS})*")
_ISOLATES = re.compile("[\u2066-\u2069]")
_LRI, _PDI = "\u2066", "\u2069"


def write_markdown(table: PrintedTable, file: BinaryIO) -> list[str]:
    """Write a table as a pipe table.

    Markdown has no tables from right to left: a concordance has what is before the node in the column at its right.

    Args:
        table: The table.
        file: Where the bytes go.

    Returns:
        What Markdown could not hold as it was.
    """
    if not table.columns:
        return []
    columns = table.from_left
    lines = [
        _row([_cell(column.name)[0] for column in columns]),
        _row([_RULES[_alignment(column)] for column in columns]),
    ]
    cells = [[_cell(text) for text in column.texts] for column in columns]
    lines += [_row([cell for cell, _ in row]) for row in zip(*cells, strict=True)]
    if table.source:
        lines += ["", f"Source: {markdown_text(table.source)}"]
    file.write(("\n".join(lines) + "\n").encode())
    count = sum(isolated for column in cells for _, isolated in column)
    return [f"direction isolates (U+2066 to U+2069) around {count:,} texts"] if count else []


_RULES = {"left": "---", "center": ":-:", "right": "--:"}


def _alignment(column: PrintedColumn) -> str:
    """Return where the texts of a column are: words next to the node stand next to it."""
    if column.side:
        return {"before": "left", "node": "center", "after": "right"}[column.side]
    return "right" if column.is_number or column.is_arabic else "left"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> tuple[str, bool]:
    """Return a text for a cell, and whether it is isolated from the direction of the page."""
    shown = _isolated(text)
    return markdown_text(shown).replace("\n", "<br>"), shown != text


def _isolated(text: str) -> str:
    r"""Isolate an Arabic text that would be read in another order on a page from left to right.

    >>> _isolated("خبر عاجل") == "خبر عاجل", _isolated("عن Reuters") == "\u2067عن \u2066Reuters\u2069\u2069"
    (True, True)
    """
    if not has_arabic(text) or _ONLY_ARABIC.fullmatch(text) or _ISOLATES.search(text):
        return text
    return "\n".join(isolate(_kept_in_order(line)) if line else "" for line in text.split("\n"))


def _kept_in_order(text: str) -> str:
    return "".join(f"{_LRI}{run}{_PDI}" if to_right else run for run, to_right in by_direction(text))


def markdown_text(text: str) -> str:
    r"""Return a text that Markdown shows as it is.

    >>> print(markdown_text("a|b *c* <d> \\"))
    a\|b \*c\* &lt;d> \\
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", text.replace("&", "&amp;").replace("<", "&lt;"))
    return escaped.replace("\t", "&#9;")
