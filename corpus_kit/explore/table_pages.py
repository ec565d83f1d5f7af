"""The tables of the explorer: calls that were made are kept, and the page gets the rows that it shows, as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from corpus_kit.corpus.corpus import Corpus
from corpus_kit.display.columns import Explained, explain_in, owner
from corpus_kit.display.spelled import key_column
from corpus_kit.display.values import format_column, interval_decimals, shortened, visible
from corpus_kit.display.wording import in_words
from corpus_kit.errors import InputError, choose, hearing
from corpus_kit.explore.calls import Call, FindAnywhere, Step
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.kept import Kept
from corpus_kit.explore.selection import EVERYTHING, Selection
from corpus_kit.plots.chart import Chart

__all__ = ["MOST_ROWS", "Table", "Tables", "columns_of", "rows_of", "table_of"]

MOST_ROWS = 500  # that are sent at once
_KEPT_TABLES = 8
_KEPT_STEPS = 12
_KEPT_BYTES = 2 << 30  # of tables: all n-grams of a hundred million tokens take half of it
_KEPT_SELECTIONS = 8
_COUNTS = ("count", "documents")  # columns that `Count` adds
_LONGEST_CELL = 300  # code points


@dataclass(frozen=True)
class Table:
    """A table with what was said while it was made.

    Attributes:
        frame: The table.
        notes: Warnings.
        decimals: The decimals of columns with numbers: two, or of small numbers as many as show four digits. The first
            rows of the whole table decide, so that pages and what is found in it do not differ.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...]
    decimals: Mapping[str, int]

    @property
    def nature(self) -> pl.DataFrame:
        """The table without its rows: how it was made is known at once, which all rows are compared for otherwise."""
        return self.frame.head(0)


class Tables:
    """The tables of calls on the documents of a corpus. The last ones are kept, and several sessions may share them.

    Args:
        corpus: The corpus, whose documents are selected.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._tables: Kept[Call, Table] = Kept(_KEPT_TABLES, most_bytes=_KEPT_BYTES, size=_size)
        self._first: Kept[Call, Table | None] = Kept(_KEPT_TABLES)  # the first rows of tables that take long
        self._rest: Call | None = None  # whose whole table is made meanwhile
        # filtered and sorted, which is quick
        self._stepped: Kept[Call, Table] = Kept(_KEPT_STEPS, most_bytes=_KEPT_BYTES, size=_size)
        self._charts: Kept[tuple[Drawing, str], Chart] = Kept(_KEPT_TABLES)
        self._parts: Kept[Selection, tuple[Corpus, tuple[str, ...]]] = Kept(_KEPT_SELECTIONS)

    @property
    def corpus(self) -> Corpus:
        """The corpus."""
        return self._corpus

    def documents(self, selection: Selection) -> Corpus:
        """Return the documents of a selection."""
        return self._part(selection)[0]

    def notes(self, selection: Selection) -> tuple[str, ...]:
        """Return what was said while the documents were selected."""
        return self._part(selection)[1]

    def _part(self, selection: Selection) -> tuple[Corpus, tuple[str, ...]]:
        if selection == EVERYTHING:
            return self._corpus, ()
        return self._parts.get(selection, lambda: self._selected(selection))

    def _selected(self, selection: Selection) -> tuple[Corpus, tuple[str, ...]]:
        with hearing() as heard:
            part = selection.of(self._corpus)
        return part, tuple(heard)

    def table(self, call: Call) -> Table:
        """Return the table of a call."""
        self._corpus.check_open()
        if not call.steps:
            return self._tables.get(call, lambda: self._make(call))
        *before, last = call.steps
        table = self.table(replace(call, steps=tuple(before)))
        return self._stepped.get(call, lambda: _stepped(table, last))

    def first_rows(self, call: Call, quick: Call | None, rows: int, *, go_on: bool) -> tuple[Table, bool]:
        """Return a table that has at least the first rows of a call, and whether it is the whole one.

        Args:
            call: The call.
            quick: The call that makes these rows alone; None, or what it returns, if there is none.
            rows: How many are needed.
            go_on: Whether to make the whole table meanwhile, in another thread, as soon as no other one is made so.
        """
        if quick is None or self._tables.is_ready(call):
            return self.table(call), True
        self._corpus.check_open()
        first = self._first.get(quick, lambda: self._make_first(quick))
        if first is None or first.frame.height < rows:
            return self.table(call), True
        if go_on and not self._is_making():  # one at a time: they take much memory
            self._rest = call
            self._tables.begin(call, lambda: self._make(call))
        return first, False

    def _is_making(self) -> bool:
        """Return whether another thread makes a whole table."""
        return self._rest is not None and self._rest in self._tables and not self._tables.is_ready(self._rest)

    def has(self, call: Call) -> bool:
        """Return whether the function of a call was called and its table kept."""
        return replace(call, steps=()) in self._tables

    def chart(self, drawing: Drawing, language: str) -> Chart:
        """Return the chart of a plot."""
        return self._charts.get((drawing, language), lambda: drawing.draw(self.table(drawing.table).frame, language))

    def _make_first(self, quick: Call) -> Table | None:
        with hearing() as heard:
            frame = quick.run(self.documents)
        return None if frame is None else table_of(frame, heard)

    def _make(self, call: Call) -> Table:
        with hearing() as heard:
            frame = call.run(self.documents)
        return table_of(frame, heard)


def table_of(frame: pl.DataFrame, notes: Sequence[str]) -> Table:
    """Return a table with what was said while it was made."""
    return Table(frame, tuple(notes), _decimals(frame))


def _size(table: Table) -> int:
    return int(table.frame.estimated_size())


def _stepped(table: Table, step: Step) -> Table:
    column = "find" if isinstance(step, FindAnywhere) else choose(step.column, table.frame.columns, "column")
    try:
        frame = step.apply(table.frame)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{column} must be a column that can be filtered and sorted: {error}.") from None
    return Table(frame, table.notes, table.decimals)


# ------------------------------------------------------------------------------------------ pages


def columns_of(
    table: Table,
    *,
    hidden: Sequence[str],
    first: Sequence[str],
    detail: Sequence[str] = (),
    counted: bool = False,
    language: str,
) -> list[dict[str, Any]]:
    """Return the columns as the page shows them: name, head, explanation, whether they hold numbers, level of detail.

    Of the levels, 0 is shown on the narrowest page, 1 where there is room, 2 when all columns are asked for.
    The spelling stands in place of the form that was counted, whose name it takes. Of a table of values that were
    `counted`, the counts are called as those of words are.
    """
    frame = table.nature
    key = key_column(frame)
    shown = [name for name in frame.columns if name not in hidden and not (key is not None and name == "spelling")]
    return [
        {
            "name": name,  # by which the page asks for an order; it shows the head
            "head": visible(name if meaning is None else meaning.label),
            "title": visible(_title(name, meaning)),
            "number": frame.schema[name].is_numeric(),
            "sorts": not frame.schema[name].is_nested(),
            "detail": 0 if name in first else 2 if name in detail else 1,
        }
        for name in shown
        for meaning in [
            explain_in(name, language, "ck.frequency" if counted and name in _COUNTS else owner(name, frame))
        ]
    ]


def _title(name: str, meaning: Explained | None) -> str:
    return name if meaning is None else f"{meaning.explanation} ({name})"


def rows_of(table: Table, columns: Sequence[str], first: int, count: int, language: str) -> list[list[str | None]]:
    """Return some rows as the texts to show, in the order of the columns; None for a missing value."""
    key = key_column(table.nature)
    rows = table.frame.slice(first, min(count, MOST_ROWS))
    if key is not None:
        rows = rows.with_columns(pl.coalesce("spelling", key).alias(key))
    shown = in_words(rows.select(columns), language, table.nature)
    return [list(row) for row in zip(*(_texts(shown[name], table.decimals.get(name)) for name in columns), strict=True)]


def _texts(column: pl.Series, decimals: int | None) -> list[str | None]:
    texts = column.to_list() if column.dtype == pl.String else format_column(column, decimals)
    return [None if text is None else visible(shortened(text, _LONGEST_CELL)) for text in texts]


def _decimals(table: pl.DataFrame) -> dict[str, int]:
    head = table.select(name for name, dtype in table.schema.items() if dtype.is_float()).head(1_000)
    found = interval_decimals(head)
    for name in set(head.columns) - set(found):
        texts = format_column(head[name].drop_nulls().drop_nans())
        found[name] = max((len(text.partition(".")[2]) for text in texts if text and "e" not in text), default=2)
    return found
