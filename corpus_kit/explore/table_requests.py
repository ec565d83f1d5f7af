"""Requests for tables: which tab, which documents, which call, in a message of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from corpus_kit._base.arguments import boolean, names, text_argument
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.explore.calls import Call, OneOf, Sort
from corpus_kit.explore.searches import Opened
from corpus_kit.explore.selection import Selection, read_selection
from corpus_kit.explore.table_pages import Tables
from corpus_kit.explore.tabs.tab import Tab, read_controls

__all__ = ["LONGEST_FIND", "MOST_CHOSEN", "ShowLines", "TableRequest", "TableRequests"]

LONGEST_FIND = 200  # code points
MOST_CHOSEN = 1_000  # words of a selection in a chart


@dataclass(frozen=True)
class TableRequest:
    """What a message asks for.

    Attributes:
        tab: The tab.
        selection: Its documents.
        values: The values of its controls.
        call: What makes its table, with the steps that the page asks for; None if something must be entered first.
        message: The message.
    """

    tab: Tab
    selection: Selection
    values: dict[str, Any]
    call: Call | None
    message: Mapping[str, Any]

    @property
    def state(self) -> dict[str, Any]:
        """What the page must show to have the table again, as JSON values."""
        values = {
            name: value.message() if isinstance(value, Selection) else value for name, value in self.values.items()
        }
        return {
            "tab": self.tab.name, "selection": self.selection.message(), "values": values,
            "find": self.message.get("find", ""), "sort": self.message.get("sort"),
            "only": self.message.get("only", []),
        }  # fmt: skip

    @property
    def again(self) -> dict[str, Any] | None:
        """The message that asks for the same in another session; None if it is too long to be kept."""
        message = {name: value for name, value in self.message.items() if name not in ("client", "number")}
        return {**message, "again": True} if len(message.get("marks", ())) <= MOST_CHOSEN else None


ShowLines = Callable[[TableRequest, pl.DataFrame, Opened | None], Call | None]


class TableRequests:
    """Reads what messages ask for.

    Args:
        tabs: The tabs, by their names.
        tables: The tables of the corpus.
    """

    def __init__(self, tabs: Mapping[str, Tab], tables: Tables) -> None:
        self._tabs, self._tables = tabs, tables
        self._corpus: Corpus = tables.corpus

    def read(self, message: Mapping[str, Any]) -> TableRequest:
        """Return what a message asks for.

        Raises:
            InputError: If it makes no sense.
        """
        tab = self._tabs[choose(message.get("tab"), self._tabs, "tab")]
        selection = read_selection(message.get("selection"))
        values = read_controls(tab.controls(self._corpus), message.get("request", {}))
        call = tab.call(selection, values)
        if call is not None:
            call = replace(call, steps=(*call.steps, *_steps(tab, values, message)))
            # Another session had it: what takes long is not made because a page is loaded again.
            if boolean(message.get("again", False), "again") and tab.takes_long and not self._tables.has(call):
                raise InputError("There is no table yet.")
        return TableRequest(tab, selection, values, call, message)

    def call(self, message: Mapping[str, Any]) -> Call:
        """Return what makes the table of a message.

        Raises:
            InputError: If it makes no sense, or something must be entered first.
        """
        call = self.read(message).call
        if call is None:
            raise InputError("There is no table yet.")
        return call

    def frame(self, message: Mapping[str, Any]) -> pl.DataFrame:
        """Return the table of a message, with what its steps do."""
        return self._tables.table(self.call(message)).frame


def _steps(tab: Tab, values: Mapping[str, Any], message: Mapping[str, Any]) -> list[Any]:
    """Return what a message asks to be done with a table: rows to find, their order."""
    steps: list[Any] = []
    only = names(message.get("only", []), "only")
    if only and tab.finds_in is not None:
        steps.append(OneOf(tab.finds_in, tuple(only[:MOST_CHOSEN])))
    typed = text_argument(message.get("find", ""), "find").strip()
    if len(typed) > LONGEST_FIND:
        raise InputError(f"find must have at most {LONGEST_FIND} characters, got {len(typed):,}.")
    if typed and tab.finds_in is not None:
        steps.append(tab.find(typed, values))
    sort = message.get("sort")
    if sort is not None:
        if not isinstance(sort, list) or len(sort) != 2:
            raise invalid("sort", "a column and whether its order is descending", sort)
        steps.append(Sort(text_argument(sort[0], "sort"), boolean(sort[1], "sort")))
    return steps
