"""Plain text for the terminal: concordance lines and tables with aligned columns.

Text is printed in logical order, as it is stored. A terminal with bidirectional
text reorders it, one without shows it left to right. Isolates (U+2067 and
U+2069) keep a terminal from reordering more than one cell at a time. They are
added for a terminal only: in a file or a pipe they would disturb every program
that searches it.

A concordance line is isolated as a whole, too, so that a bidirectional terminal
shows the context before the node at its right. All lines have the same width,
which aligns the nodes. The columns of a table keep their places: only cells are
reordered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from rich.cells import cell_len

from corpus_kit.display.isolation import has_arabic, isolate
from corpus_kit.display.values import MISSING, plain, row_limit, rows_note, text_column, visible

__all__ = ["concordance_text", "table_text"]

_CUT = "…"
_SPACES = re.compile(r"\s+")
# Embeddings, overrides and isolates of the text itself; unbalanced ones would break the line.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_WIDEST_CELL = 60
_NARROWEST_CELL = 8
_LEAST_CONTEXT = 15  # terminal columns that labels leave for the context on each side
_BETWEEN = " | "
_LONGEST_READ = 5000  # code points of a text that are processed, far more than a cell shows


def concordance_text(
    frame: pl.DataFrame,
    *,
    labels: Sequence[str] = (),
    max_rows: int | None = 20,
    width: int = 100,
    terminal: bool = False,
    total: int | None = None,
) -> str:
    """Return concordance lines as text: before | node | after | reference, and labels.

    Args:
        frame: The columns before, node, after, document, position and, optionally, id.
        labels: Columns of `frame` to show after the reference, as far as there is room; the rest is named below.
        max_rows: The number of lines to show; None shows all.
        width: The columns of the terminal. Contexts are cut at their far ends to fit.
        terminal: Whether to add isolates.
        total: The number of lines, if `frame` has only the first of them.
    """
    limit = row_limit(max_rows)
    shown = frame if limit is None else frame.head(limit)
    rows = list(shown.iter_rows(named=True))
    nodes = [_clip(_clean(row["node"]), max(width // 4, _NARROWEST_CELL)) for row in rows]
    names = [_clip(_name(row), max(width // 8, _NARROWEST_CELL), keep_end=True) for row in rows]
    references = [f"{name}:{row['position']}" for name, row in zip(names, rows, strict=True)]
    node_width = _widest(nodes)
    room = width - node_width - 2 * len(_BETWEEN)
    beside = _fitting([references, *(_label(shown[name], width) for name in labels)], room)
    context = max((room - sum(_widest(cells) + len(_BETWEEN) for cells in beside)) // 2, 10)
    lines = []
    for place, (row, node) in enumerate(zip(rows, nodes, strict=True)):
        before = _clip(_clean(row["before"]), context, keep_end=True)
        after = _clip(_clean(row["after"]), context)
        side = node_width - cell_len(node)
        cells = (
            _pad_before(before, context, terminal),
            " " * (side // 2) + _isolated(node, terminal) + " " * (side - side // 2),
            _pad_after(after, context, terminal),
            _pad_after(references[place], _widest(references), False),
            *(_pad_after(values[place], _widest(values), terminal) for values in beside[1:]),
        )
        line = _BETWEEN.join(cells)
        lines.append(isolate(line) if terminal else line.rstrip())
    note = rows_note(shown.height, frame.height if total is None else total, "lines")
    lines += [f"({note})"] if note else []
    left_out = [_clip(_clean(name), _WIDEST_CELL) for name in labels[len(beside) - 1 :]]
    lines += [f"(no room for {', '.join(left_out)})"] if left_out else []
    return "\n".join(lines)


def _label(column: pl.Series, width: int) -> list[str]:
    most = max(width // 8, _NARROWEST_CELL)
    return [MISSING if value is None else _clip(_clean(value), most) for value in text_column(column)]


def _fitting(columns: list[list[str]], room: int) -> list[list[str]]:
    """Return the first column, and the next ones as long as they leave room for the contexts."""
    kept = columns[:1]
    for column in columns[1:]:
        taken = sum(_widest(cells) + len(_BETWEEN) for cells in [*kept, column])
        if room - taken < 2 * _LEAST_CONTEXT:
            break
        kept.append(column)
    return kept


def _widest(cells: Sequence[str]) -> int:
    return max(map(cell_len, cells), default=0)


def table_text(
    frame: pl.DataFrame,
    *,
    max_rows: int | None = 20,
    width: int | None = None,
    terminal: bool = False,
    more: bool = False,
) -> str:
    """Return a table as text with a header and aligned columns, numbers at the right.

    Args:
        frame: The table.
        max_rows: The number of rows to show; None shows all.
        width: The columns of the terminal. Long texts are cut, and columns without room are named below the table.
            None lets the table be as wide as it needs.
        terminal: Whether to add isolates.
        more: Whether there are more rows than `frame` has, and nobody knows how many.

    >>> print(table_text(pl.DataFrame({"word": ["news", None], "count": [1250, 7]})))
    word  count
    ----  -----
    news  1,250
    —         7
    """
    limit = row_limit(max_rows)
    shown = frame if limit is None else frame.head(limit)
    columns = [_column(column) for column in shown.iter_columns()]
    names = [_clip(_clean(name), _WIDEST_CELL) for name in shown.columns]
    numeric = [dtype.is_numeric() for dtype in shown.dtypes]
    widths = [max(map(cell_len, [name, *cells])) for name, cells in zip(names, columns, strict=True)]
    kept = _fit(widths, numeric, width) if width is not None else len(widths)

    def line(cells: Sequence[str]) -> str:
        padded = [
            _pad_before(cell, size, False) if number else _pad_after(_clip(cell, size), size, terminal)
            for cell, size, number in zip(cells, widths[:kept], numeric, strict=False)
        ]
        return "  ".join(padded).rstrip()

    lines = [line(names), "  ".join("-" * size for size in widths[:kept])]
    lines += [line(cells) for cells in zip(*columns, strict=True)]
    note = rows_note(shown.height, None if more else frame.height, "rows")
    if note:
        lines.append(f"({note})")
    if kept < len(widths):
        left_out = len(widths) - kept
        noun = "column" if left_out == 1 else "columns"
        lines.append(f"(no room for {left_out:,} more {noun}: {', '.join(names[kept:])})")
    return "\n".join(lines)


def _column(column: pl.Series) -> list[str]:
    return [
        MISSING if value is None else _clip(_clean(value[:_LONGEST_READ]), _WIDEST_CELL)
        for value in text_column(column)
    ]


def _fit(widths: list[int], numeric: Sequence[bool], room: int) -> int:
    """Narrow the widest text columns until all fit. Return the number of columns to show."""

    def excess(count: int) -> int:
        return sum(widths[:count]) + 2 * (count - 1) - room

    texts = [place for place, number in enumerate(numeric) if not number]
    while excess(len(widths)) > 0:
        widest = max(texts, key=lambda place: widths[place], default=None)
        if widest is None or widths[widest] <= _NARROWEST_CELL:
            break
        widths[widest] -= 1
    kept = len(widths)
    while kept > 1 and excess(kept) > 0:
        kept -= 1
    return kept


def _name(row: dict[str, Any]) -> str:
    identity = row.get("id")
    return _clean(row["document"] if identity is None else identity)


def _clean(value: Any) -> str:
    """Return a value in one line without escape sequences and direction controls, harmless to a terminal."""
    text = "" if value is None else plain(value)
    return _BIDI_CONTROLS.sub("", visible(_SPACES.sub(" ", text)))


def _isolated(text: str, terminal: bool) -> str:
    return isolate(text) if terminal and has_arabic(text) else text


def _pad_before(text: str, width: int, terminal: bool) -> str:
    return " " * (width - cell_len(text)) + _isolated(text, terminal)


def _pad_after(text: str, width: int, terminal: bool) -> str:
    return _isolated(text, terminal) + " " * (width - cell_len(text))


def _clip(text: str, width: int, *, keep_end: bool = False) -> str:
    """Return a text cut to a number of terminal columns, never between a letter and its marks."""
    if cell_len(text) <= width:
        return text
    clusters = list(_clusters(text))
    if keep_end:
        clusters.reverse()
    kept: list[str] = []
    room = width - cell_len(_CUT)
    for cluster in clusters:
        room -= cell_len(cluster)
        if room < 0:
            break
        kept.append(cluster)
    return _CUT + "".join(reversed(kept)) if keep_end else "".join(kept) + _CUT


def _clusters(text: str) -> Iterator[str]:
    """Yield each character with the marks and joiners that follow it."""
    start = 0
    for place in range(1, len(text)):
        if cell_len(text[place]) and text[place - 1] != "\u200d":
            yield text[start:place]
            start = place
    if text:
        yield text[start:]
