"""Showing results: right to left in a notebook, in columns in a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import Any

import polars as pl

from corpus_kit.display import html as _html
from corpus_kit.display import text as _text
from corpus_kit.display._values import is_concordance, label_columns, row_limit, sort_keys
from corpus_kit.display.card import card_frame, card_html, card_text
from corpus_kit.errors import InputError
from corpus_kit.provenance import collected

__all__ = ["Shown", "show"]

_TABLE_ROWS = 50
_CONCORDANCE_ROWS = 100
_TERMINAL_ROWS = 20


class Shown:
    """A table ready to be shown: `.html` for a notebook or a page, `str()` for the terminal."""

    def __init__(self, frame: pl.DataFrame, make_html: Callable[[], _html.Html], make_text: Callable[..., str]) -> None:
        self.frame = frame
        self._make_html = make_html
        self._make_text = make_text

    @property
    def html(self) -> str:
        """The table as a piece of HTML with inline styles."""
        return self._make_html()

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        terminal = sys.stdout.isatty()
        return self._make_text(width=shutil.get_terminal_size((100, 24)).columns, terminal=terminal)

    __repr__ = __str__


def show(frame: Any, *, caption: str | None = None, max_rows: int | None = None) -> Shown:
    """Show a table or a concordance: right to left in a notebook, in columns in a terminal.

    frame: a DataFrame, LazyFrame (only the rows shown are collected), Series, Concordance or Corpus. A
        table with the columns of a concordance is shown as one; of a corpus its card is shown.
    caption: a line above the table.
    max_rows: rows to show; by default 50 of a table and 100 of a concordance, 20 in a terminal.
        What is left out is said below.

    Returns an object that a notebook shows; `.html` holds its HTML, `str()` the text.
    Raises InputError for anything else.

    >>> show(pl.DataFrame({"word": ["news", "report"], "count": [1250, 7]}))
    word    count
    ------  -----
    news    1,250
    report      7
    """
    limit = row_limit(max_rows)
    if callable(getattr(frame, "verify", None)) and hasattr(frame, "manifest"):
        return Shown(card_frame(frame), lambda: card_html(frame), lambda **_: card_text(frame))
    obj, (frame, more, sort, total) = frame, _frame_of(frame, limit)
    if caption is None and not isinstance(obj, Shown):
        given = getattr(obj, "caption", None)
        caption = given if isinstance(given, str) else None
    in_terminal = _TERMINAL_ROWS if limit is None else limit
    above = "" if caption is None else f"{caption}\n"
    if is_concordance(frame):
        labels = label_columns(obj)
        rows = _CONCORDANCE_ROWS if limit is None else limit
        return Shown(
            frame,
            lambda: _html.concordance_html(
                frame, caption=caption, sort=sort, labels=labels, max_rows=rows, total=total
            ),
            lambda **to: above + _text.concordance_text(frame, labels=labels, max_rows=in_terminal, total=total, **to),
        )
    rows = _TABLE_ROWS if limit is None else limit
    return Shown(
        frame,
        lambda: _html.table_html(frame, caption=caption, max_rows=rows, more=more),
        lambda **to: above + _text.table_text(frame, max_rows=in_terminal, more=more, **to),
    )


def _frame_of(obj: Any, limit: int | None) -> tuple[pl.DataFrame, bool, list[str] | None, int | None]:
    """The table of an object; whether a lazy one goes on; a concordance's sort keys and number of lines."""
    if isinstance(obj, pl.DataFrame):
        return obj, False, None, None
    if isinstance(obj, pl.LazyFrame):
        rows = _TABLE_ROWS if limit is None else limit
        frame = collected(obj.head(rows + 1))
        return frame.head(rows), frame.height > rows, None, None
    if isinstance(obj, pl.Series):
        return obj.to_frame(), False, None, None
    if hasattr(obj, "lines"):  # a Concordance puts together only the lines that are asked for
        return obj.lines(0, _CONCORDANCE_ROWS if limit is None else limit), False, sort_keys(obj), len(obj)
    held = getattr(obj, "frame", None)
    if isinstance(held, pl.DataFrame) and hasattr(obj, "_repr_html_"):
        return held, False, sort_keys(obj), None
    raise InputError(
        f"show takes a DataFrame, LazyFrame, Series, Concordance or Corpus, not {type(obj).__name__}: {obj!r:.60}"
    )
