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
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.cells import cell_len

from corpus_kit.display.columns import explain_in, measures_of, owner
from corpus_kit.display.isolation import has_arabic, isolate
from corpus_kit.display.spelled import spelled as spelled_frame
from corpus_kit.display.values import (
    MISSING,
    interval_decimals,
    plain,
    row_limit,
    rows_note,
    spelling_note,
    text_column,
    visible,
)
from corpus_kit.display.wording import in_words

__all__ = ["concordance_text", "table_text"]

_CUT = "…"
_SPACES = re.compile(r"\s+")
# Embeddings, overrides and isolates of the text itself; unbalanced ones would break the line.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_WIDEST_CELL = 60
_NARROWEST_CELL = 8
_NARROWEST_TEXT = 10  # columns of a text below which another column of the table is hidden instead
_READABLE_TEXT = 24  # the same, for columns that give way first, such as places in texts
_GAP = 2
_LEAST_CONTEXT = 12  # terminal columns that references and labels leave for the context on each side
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
    hint: str = "",
    language: str = "en",
) -> str:
    """Return concordance lines as text: before | node | after | reference, and labels.

    Args:
        frame: The columns before, node, after, document, position and, optionally, id.
        labels: Columns of `frame` to show after the reference, as far as there is room; the rest is named below.
        max_rows: The number of lines to show; None shows all.
        width: The columns of the terminal. Contexts are cut at their far ends to fit.
        terminal: Whether to add isolates.
        total: The number of lines, if `frame` has only the first of them.
        hint: What is said below: why there are no lines, or not those that were expected.
        language: Of the notes, "en" or "ar".
    """
    limit = row_limit(max_rows)
    shown = frame if limit is None else frame.head(limit)
    rows = list(shown.iter_rows(named=True))
    nodes = [_clip(_clean(row["node"]), max(width // 4, _NARROWEST_CELL)) for row in rows]
    names = [_clip(_name(row), max(width // 8, _NARROWEST_CELL), keep_end=True) for row in rows]
    references = [f"{name}:{row['position']}" for name, row in zip(names, rows, strict=True)]
    node_width = _widest(nodes)
    room = width - node_width - 2 * len(_BETWEEN)
    named = [("document", references), *((name, _label(shown[name], width)) for name in labels)]
    beside = _fitting([cells for _, cells in named], room)
    context = max((room - sum(_widest(cells) + len(_BETWEEN) for cells in beside)) // 2, 1)
    lines = []
    for place, (row, node) in enumerate(zip(rows, nodes, strict=True)):
        before = _clip(_clean(row["before"]), context, keep_end=True)
        after = _clip(_clean(row["after"]), context)
        side = node_width - cell_len(node)
        cells = (
            _pad_before(before, context, terminal),
            " " * (side // 2) + _isolated(node, terminal) + " " * (side - side // 2),
            _pad_after(after, context, terminal),
            *(_pad_after(values[place], _widest(values), terminal and values is not references) for values in beside),
        )
        line = _BETWEEN.join(cells)
        lines.append(isolate(line) if terminal else line.rstrip())
    left_out = [_clip(_clean(name), _WIDEST_CELL) for name, _ in named[len(beside) :]] if rows else []
    notes = [
        rows_note(shown.height, frame.height if total is None else total, "lines", hint=hint, language=language),
        _hidden_note(left_out, language) if left_out else None,
    ]
    lines += [line for note in notes if note for line in _note(note, width, terminal and language == "ar")]
    return "\n".join(lines)


def _label(column: pl.Series, width: int) -> list[str]:
    most = max(width // 8, _NARROWEST_CELL)
    return [MISSING if value is None else _clip(_clean(value), most) for value in text_column(column)]


def _fitting(columns: list[list[str]], room: int) -> list[list[str]]:
    """Return the columns that leave room for the contexts."""
    kept: list[list[str]] = []
    for column in columns:
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
    spelled: bool = False,
    language: str = "en",
) -> str:
    """Return a table as text with a header and aligned columns, numbers at the right.

    Args:
        frame: The table.
        max_rows: The number of rows to show; None shows all.
        width: The columns of the terminal. If the table is wider, names are wrapped, then long texts are cut, then
            columns are hidden, those with the least to say first, and named below the table. None lets the table be
            as wide as it needs.
        terminal: Whether to add isolates.
        more: Whether there are more rows than `frame` has, and nobody knows how many.
        spelled: Whether to show the column `spelling` in place of the form that was counted.
        language: "en" for the names of columns, "ar" for Arabic heads and values.

    >>> print(table_text(pl.DataFrame({"word": ["news", None], "count": [1250, 7]})))
    word  count
    ----  -----
    news  1,250
    —         7
    """
    limit = row_limit(max_rows)
    total = None if more else frame.height
    shown = frame if limit is None else frame.head(limit)
    shown, key = spelled_frame(shown) if spelled else (shown, None)
    shown = in_words(shown, language, frame)
    decimals = interval_decimals(shown)
    columns = [
        _column(column, language, owner(column.name, frame), decimals.get(column.name))
        for column in shown.iter_columns()
    ]
    for column in columns:
        if column.key in measures_of(frame):  # asked for
            column.detail = 0
    hidden = [] if width is None else _fit(columns, width)
    kept = [column for column in columns if column not in hidden]
    heads = max((len(column.head) for column in kept), default=1)
    lines = [_table_line([_head(column, row - heads, terminal) for column in kept]) for row in range(heads)]
    lines.append(_table_line(["-" * column.width for column in kept]))
    lines += [_table_line([_cell(column, row, terminal) for column in kept]) for row in range(shown.height)]
    notes = [rows_note(shown.height, total, "rows", language=language), key and spelling_note(key, language)]
    notes.append(_hidden_note([column.name for column in hidden], language) if hidden else None)
    lines += [line for note in notes if note for line in _note(note, width, terminal and language == "ar")]
    return "\n".join(lines)


@dataclass(eq=False)
class _Column:
    """A column of a table in a terminal."""

    name: str
    key: str  # the name in the table
    head: list[str]
    cells: list[str]
    numeric: bool
    detail: int
    width: int


def _column(column: pl.Series, language: str, made: str | None, decimals: int | None) -> _Column:
    found = explain_in(column.name, language, made)
    name = column.name if found is None or language == "en" else found.label
    name = _clip(_clean(name), _WIDEST_CELL)
    cells = [
        MISSING if value is None else _clip(_clean(value[:_LONGEST_READ]), _WIDEST_CELL)
        for value in text_column(column, decimals)
    ]
    width = max(cell_len(name), _widest(cells))
    detail = 0 if found is None else found.detail
    return _Column(name, column.name, [name], cells, column.dtype.is_numeric(), detail, width)


def _fit(columns: list[_Column], room: int) -> list[_Column]:
    """Make columns fit: wrap their heads, narrow the widest texts, hide some. Return those to hide, in order."""
    if _taken(columns) <= room:
        return []
    for column in columns:
        column.width = max(_widest(column.cells), _widest(_wrapped(column.name, _widest(column.cells))))
    kept = list(columns)
    while len(kept) > 1:
        # Of equal ones the last; the first column names the rows, unless it is a number of them.
        free = [column for column in kept if column is not kept[0] or column.detail > 1]
        last = max(free, key=lambda column: (column.detail, columns.index(column)))
        narrowest = _READABLE_TEXT if last.detail > 1 else _NARROWEST_TEXT
        if sum(_least(column, narrowest) + _GAP for column in kept) - _GAP <= room:
            break
        kept.remove(last)
        if last.key.endswith("_high"):  # half an interval says nothing
            kept = [column for column in kept if column.key != f"{last.key[:-5]}_low"]
    while _taken(kept) > room:
        widest = max((column for column in kept if not column.numeric), key=lambda each: each.width, default=None)
        if widest is None or widest.width <= _NARROWEST_CELL:
            break
        widest.width -= 1
    for column in kept:
        column.head = _wrapped(column.name, column.width)
    return [column for column in columns if column not in kept]


def _taken(columns: Sequence[_Column]) -> int:
    return sum(column.width + _GAP for column in columns) - _GAP


def _least(column: _Column, narrowest: int) -> int:
    """Return the width that a column must have, or another one is hidden: numbers are never cut."""
    return column.width if column.numeric else min(column.width, narrowest)


def _wrapped(name: str, width: int) -> list[str]:
    """Return the lines of a head: cut behind underscores and spaces, as narrow as its cells or its longest piece."""
    pieces = re.findall(r"[^_ ]+[_ ]*|[_ ]+", name) or [""]
    room = max(width, *(cell_len(piece.rstrip()) for piece in pieces))
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if cell_len((lines[-1] + piece).rstrip()) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.rstrip() for line in lines]


def _head(column: _Column, place: int, terminal: bool) -> str:
    text = _clip(column.head[place], column.width) if -place <= len(column.head) else ""
    pad = _pad_before if column.numeric else _pad_after
    return pad(text, column.width, terminal)


def _cell(column: _Column, row: int, terminal: bool) -> str:
    if column.numeric:
        return _pad_before(column.cells[row], column.width, False)
    return _pad_after(_clip(column.cells[row], column.width), column.width, terminal)


def _table_line(cells: Sequence[str]) -> str:
    return (" " * _GAP).join(cells).rstrip()


def _hidden_note(names: Sequence[str], language: str) -> str:
    listed = ", ".join(names)
    if language == "ar":
        listed = "؛ ".join(names)
        return f"لا متسع هنا لما يلي: {listed}. ويظهر في نافذة أوسع، أو باختيار أعمدة أقل، أو بحفظ الجدول"
    noun = "column" if len(names) == 1 else "columns"
    return (
        f"no room for {len(names):,} more {noun}: {listed}. To see them, widen the window, select fewer columns or "
        "save the table"
    )


def _note(note: str, width: int | None, isolated: bool) -> list[str]:
    """Return a note in brackets, within the width of the terminal."""
    lines = (
        textwrap.wrap(f"({note})", max(width, 20), break_on_hyphens=False, break_long_words=False)
        if width
        else [f"({note})"]
    )
    return [isolate(line) if isolated else line for line in lines]


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
