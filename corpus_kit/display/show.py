"""`ck.show`: tables right to left in a notebook, in aligned columns in a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import Any

import polars as pl

from corpus_kit._base.metadata import expect_readable
from corpus_kit._base.records import as_frame, collected, provenance_of
from corpus_kit.display import html as _html
from corpus_kit.display import text as _text
from corpus_kit.display.card import Card, card_frame, card_html, card_text
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.display.values import is_concordance, label_columns, lines_caption, row_limit, sort_keys
from corpus_kit.errors import choose, invalid
from corpus_kit.safe_text import one_line, printable

__all__ = ["Shown", "frame_html", "show"]

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
        return printable(self._make_text(width=shutil.get_terminal_size((100, 24)).columns, terminal=terminal))

    __repr__ = __str__


def show(table: Any, *, caption: str | None = None, max_rows: int | None = None, language: str = "en") -> Shown:
    """Show a table or a concordance: right to left in a notebook, in aligned columns in a terminal.

    In a notebook the pointer over a head shows what the column means, as `ck.columns` explains it. A table with a
    column `spelling` shows it in place of the form that was counted, and one made with `every=` the names of periods in
    place of their first days; both stay in the table.

    Args:
        table: A DataFrame, LazyFrame (only the rows shown are computed), Series, Concordance or Corpus. A table with
            the columns of a concordance is shown as one, a corpus as its card.
        caption: A line above the table.
        max_rows: The number of rows to show. None shows 50 of a table and 100 of a concordance, and 20 in a
            terminal. A note below says how many are not shown.
        language: The language of heads, explanations and notes: "en" shows the names of columns, "ar" Arabic
            labels, and Arabic words for values that the library writes, such as "state"; the table has the English.

    Returns:
        An object that a notebook shows. `.html` is its HTML, `str()` its text.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> ck.show(pl.DataFrame({"word": ["news", "report"], "count": [1250, 7]}))
        word    count
        ------  -----
        news    1,250
        report      7
    """
    limit = row_limit(max_rows)
    choose(language, LANGUAGES, "language")
    if caption is not None and not isinstance(caption, str):
        raise invalid("caption", "a str or None", caption)
    card = getattr(table, "card", None)
    if isinstance(card, Card):
        return Shown(card_frame(card), lambda: card_html(card, language), lambda **_: card_text(card, language))
    frame, more, sort, total = _frame_of(table, limit)
    if caption is None and not isinstance(table, Shown):
        caption = _caption_of(table, language)
    in_terminal = _TERMINAL_ROWS if limit is None else limit
    expect_readable(frame.head(_CONCORDANCE_ROWS if limit is None else limit))
    above = "" if caption is None else f"{one_line(caption)}\n"
    if is_concordance(frame):
        labels = label_columns(table)
        hint = str(getattr(table, "hint", ""))
        rows = _CONCORDANCE_ROWS if limit is None else limit
        return Shown(
            frame,
            lambda: _html.concordance_html(
                frame,
                caption=caption,
                sort=sort,
                labels=labels,
                anchors=table.anchor_places(0, rows) if hasattr(table, "anchor_places") else (),
                max_rows=rows,
                total=total,
                hint=hint,
                language=language,
            ),
            lambda **to: (
                above
                + _text.concordance_text(
                    frame, labels=labels, max_rows=in_terminal, total=total, hint=hint, language=language, **to
                )
            ),
        )
    rows = _TABLE_ROWS if limit is None else limit
    return Shown(
        frame,
        lambda: _html.table_html(frame, caption=caption, max_rows=rows, more=more, spelled=True, language=language),
        lambda **to: (
            above + _text.table_text(frame, max_rows=in_terminal, more=more, spelled=True, language=language, **to)
        ),
    )


def frame_html(frame: pl.DataFrame) -> str:
    """Return the HTML with which a notebook shows a table of the library at the end of a cell.

    >>> "<bdi>count</bdi>" in frame_html(pl.DataFrame({"word": ["خبر"], "count": [2]}))
    True
    """
    return show(frame).html


def _caption_of(table: Any, language: str) -> str | None:
    """Return the pattern of lines and how many of its hits they are, of a concordance or a table of its lines."""
    if hasattr(table, "lines") and hasattr(table, "total"):
        return lines_caption(table.pattern, len(table), table.total, language)
    given = getattr(table, "caption", None)
    if isinstance(given, str):
        return given
    record = provenance_of(table) if isinstance(table, pl.DataFrame) and is_concordance(table) else None
    hits = (record or {"options": {}})["options"].get("hits")
    if record is None or hits is None:
        return None
    return lines_caption(record["options"]["pattern"], table.height, hits, language)


def _frame_of(table: Any, limit: int | None) -> tuple[pl.DataFrame, bool, list[str] | None, int | None]:
    """Return the rows to show, whether a LazyFrame has more, and the sort keys and number of lines of a concordance."""
    if isinstance(table, pl.DataFrame):
        return table, False, None, None
    if isinstance(table, pl.LazyFrame):
        rows = _TABLE_ROWS if limit is None else limit
        frame = collected(table.head(rows + 1))
        return frame.head(rows), frame.height > rows, None, None
    if isinstance(table, pl.Series):
        return table.to_frame(), False, None, None
    if hasattr(table, "lines"):  # a Concordance builds only the lines that it is asked for
        return table.lines(0, _CONCORDANCE_ROWS if limit is None else limit), False, sort_keys(table), len(table)
    held = getattr(table, "frame", None)
    if isinstance(held, pl.DataFrame) and hasattr(table, "_repr_html_"):
        return held, False, sort_keys(table), None
    frame = as_frame(table, "table")
    if isinstance(frame, pl.DataFrame):
        return frame, False, None, None
    raise invalid("table", "a DataFrame, LazyFrame, Series, Concordance or Corpus", table)
