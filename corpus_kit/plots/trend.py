"""Rates of several patterns or groups over time."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any, Unpack

import polars as pl

from corpus_kit.display.isolation import joined
from corpus_kit.display.values import MISSING
from corpus_kit.errors import InputError
from corpus_kit.plots.arguments import Look, expect_columns, expect_numbers, expect_rows, plot, top_argument
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import intervals, shown_of
from corpus_kit.plots.period_names import named_periods, recorded_length
from corpus_kit.plots.pictures import Trace, TracePanel, Traces
from corpus_kit.plots.rate_axis import rate_axis

__all__ = ["trend"]

_NUMBERS = ("documents", "hits", "rate", "rate_low", "rate_high")
_MOST_LINES = 6  # of a panel, for which there are colours that can be told apart
_MOST_POINTS = 300_000  # far more than there is room for
_ROW = " row"  # a column of its own, with the place in the table
_FEW_GROUPS = 4  # whose lines share a panel


@plot
def trend(table: pl.DataFrame, *, top: int = 12, **look: Unpack[Look]) -> Traces:
    """Draw the series of `ck.trend`: a line for each pattern, or for each of a few groups, with bands of intervals.

    The name of a line is written at its end. More than four groups, and several groups with several patterns, have a
    panel each, of equal axes, the first at the right. Points of periods that are not complete are hollow. A rate of 0
    is drawn at 0; the line is interrupted at periods without documents. A band that would be more than twice as high as
    the highest rate is cut off there. Time runs from left to right.

    Args:
        table: A table of `ck.trend`, or some of its rows. At most six patterns are drawn: those with most occurrences.
        top: At most how many groups are drawn: those with most documents.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, has a row twice, or has more points than can be drawn: one wrong year
            among the dates makes a great many periods.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.trend(ck.sample_corpus(), ["المسيرات", "هدنة"], every="month")
        >>> chart = ck.plot.trend(table)
    """
    frame = expect_columns(table, ("pattern", "period", *_NUMBERS), "ck.trend")
    top = top_argument(top)
    expect_rows(frame)
    expect_numbers(frame, _NUMBERS)
    language = look["language"]
    labels = frame.columns[: frame.columns.index("pattern")]
    numbered = frame.with_columns(pl.int_range(pl.len()).alias(_ROW))
    groups, n_groups, kept = _largest(numbered, labels, "documents", top)
    patterns, n_patterns, _ = _largest(frame, ["pattern"], "hits", _MOST_LINES)
    points = frame["period"].n_unique() * len(groups) * len(patterns)
    if points > _MOST_POINTS:
        span = " to ".join(map(str, (frame["period"].min(), frame["period"].max())))
        raise InputError(
            f"table must have at most {_MOST_POINTS:,} points to plot, got {points:,}, from {span}. Take longer "
            "periods, or the documents of fewer years."
        )
    periods = named_periods(frame["period"], recorded_length(frame), language)
    series = _series(kept, labels)
    shared = len(groups) == 1 or (len(patterns) == 1 and len(groups) <= _FEW_GROUPS)
    by_group = shared and len(groups) > 1
    lines = groups if by_group else patterns
    unfinished = set(frame.filter("partial")["period"]) if frame.schema.get("partial") == pl.Boolean else set()
    panels = []
    for group in [None] if shared else groups:
        traces = []
        for place, line in enumerate(lines):
            key = (line, patterns[0]) if by_group else (groups[0] if group is None else group, line)
            rows = series.get(key, {})
            rates, low, high, at = ([rows.get(day, (None,) * 4)[part] for day in periods] for part in range(4))
            partial = tuple(n for n, day in enumerate(periods) if day in unfinished and rates[n] is not None)
            traces.append(Trace(_name(line), rates, low, high, colour=place, partial=partial, rows=at))
        panels.append(TracePanel("" if group is None else _name(group), traces))
    title, number = rate_axis(frame, language)
    notes = [] if shared else [title]
    notes += [_name(patterns[0])] if by_group or (len(patterns) == 1 and not shared) else []
    notes += [_name(groups[0])] if len(groups) == 1 and labels else []
    notes.append(shown_of(len(patterns), n_patterns, "patterns", language))
    notes.append(shown_of(len(groups), n_groups, "groups", language))
    notes.append(intervals("bands", frame, language))
    if any(trace.partial for panel in panels for trace in panel.traces):
        notes.append(say("hollow points: partial periods", language))
    return Traces(panels, list(periods.values()), title, number, note=joined(notes))


def _series(frame: pl.DataFrame, labels: list[str]) -> dict[tuple[Hashable, Hashable], dict[date, tuple[Any, ...]]]:
    """Return for each group and pattern, in the order of the table, rate, interval and row of each period."""
    series: dict[tuple[Hashable, Hashable], dict[date, tuple[Any, ...]]] = {}
    groups = zip(*(frame[name].to_list() for name in labels), strict=True) if labels else [()] * frame.height
    rows = frame.select("pattern", "period", "rate", "rate_low", "rate_high", _ROW).iter_rows()
    for group, (pattern, period, *rates) in zip(groups, rows, strict=True):
        of_series = series.setdefault((group, (pattern,)), {})
        if period in of_series:
            raise InputError(f"table must have each period of a pattern and group once, got {period} several times.")
        of_series[period] = tuple(rates)
    return series


def _largest(
    frame: pl.DataFrame, columns: list[str], weight: str, most: int
) -> tuple[list[tuple[Any, ...]], int, pl.DataFrame]:
    """Return the groups or patterns with the largest sums, as in the table, how many there are, and their rows."""
    if not columns:
        return [()], 1, frame
    sums = frame.group_by(columns, maintain_order=True).agg(pl.col(weight).sum().alias(" sum")).with_row_index(" place")
    largest = sums.sort(" sum", descending=True, maintain_order=True).head(most).sort(" place").select(columns)
    rows = frame.join(largest, on=columns, how="semi", nulls_equal=True, maintain_order="left")
    return largest.rows(), sums.height, rows


def _name(key: tuple[Any, ...]) -> str:
    return joined(MISSING if value is None else str(value) for value in key)
