"""The tab of trends: how often patterns occur in each period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from corpus_kit.analysis.trend import trend
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.calls import Call
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.selection import Selection
from corpus_kit.explore.tabs.tab import (
    Control,
    Tab,
    group_control,
    pattern_controls,
    pattern_options,
    unit_control,
)
from corpus_kit.plots.trend import trend as lines

__all__ = ["Trends"]

_EVERY = ("day", "week", "month", "quarter", "year", "hijri_month", "hijri_year")
_BETWEEN = re.compile(r"[؛;،\n]|,(?![^{}]*})")  # a comma in braces is that of a gap or a repeat: []{0,3}


class Trends(Tab):
    """A row for each pattern and period."""

    name = "trends"
    first_columns = ("pattern", "period", "rate")
    plots = ("trend",)
    detail_columns = ("documents", "words", "log_ratio_low", "log_ratio_high", "partial")

    def controls(self, corpus: Corpus) -> Sequence[Control]:
        """Return the patterns and how they are compared, the periods, and what is counted."""
        dates = _dates(corpus)
        first = "date" if "date" in dates or not dates else dates[0]
        return (
            Control("patterns", "pattern", ""),
            unit_control(corpus),
            *pattern_controls(corpus),
            Control("every", "choice", "month", _EVERY),
            Control("date", "column", first, dates or (first,)),
            Control("counted", "choice", "words", ("words", "documents")),
            group_control(corpus, "ck.trend"),
        )

    def lack(self, corpus: Corpus) -> str:
        """Return "dates" of a corpus without a column of dates."""
        return "" if _dates(corpus) else "dates"

    def call(self, selection: Selection, values: Mapping[str, Any]) -> Call | None:
        """Return the call of `ck.trend`; None without a pattern."""
        patterns = _patterns(values)
        if not patterns:
            return None
        options: dict[str, Any] = {**pattern_options(values), "every": values["every"]}
        if values["date"] != "date":
            options["date"] = values["date"]
        if values["counted"] != "words":
            options["count"] = values["counted"]
        if values["by"]:
            options["by"] = values["by"]
        given = patterns[0] if len(patterns) == 1 else tuple(patterns)
        return Call(trend, (selection,), (given,), tuple(options.items()))

    def first(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the columns that a narrow page shows: without the pattern, if there is one."""
        is_one = len(_patterns(values)) == 1
        return tuple(name for name in super().first(values) if name != "pattern" or not is_one)

    def about(self, call: Call) -> tuple[str, ...]:
        """Return the pattern, if there is one."""
        [patterns] = call.arguments
        return (patterns,) if isinstance(patterns, str) else ()

    def drawing(self, plot: str, call: Call, words: Sequence[str]) -> Drawing:
        """Return the rates of the periods as lines."""
        del plot, words
        return Drawing(lines, call)


def _dates(corpus: Corpus) -> tuple[str, ...]:
    return tuple(name for name in corpus.label_columns() if corpus.labels_type(name) in (pl.Date, pl.Datetime))


def _patterns(values: Mapping[str, Any]) -> list[str]:
    """Return the patterns that were typed, each once."""
    return list(dict.fromkeys(each.strip() for each in _BETWEEN.split(values["patterns"]) if each.strip()))
