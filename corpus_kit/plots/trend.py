"""Rates of several patterns or groups over time."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any, Unpack

import polars as pl

from corpus_kit.display.values import MISSING
from corpus_kit.errors import InputError
from corpus_kit.plots.arguments import Look, expect_columns, expect_numbers, expect_rows, plot, top_argument
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.period_names import named_periods, recorded_length
from corpus_kit.plots.pictures import Trace, TracePanel, Traces
from corpus_kit.plots.rate_axis import rate_axis

__all__ = ["trend"]

_NUMBERS = ("documents", "hits", "rate", "rate_low", "rate_high")
_MOST_LINES = 6  # of a panel, for which there are colours that can be told apart
_FEW_GROUPS = 4  # whose lines share a panel


@plot
def trend(table: pl.DataFrame, *, top: int = 12, **look: Unpack[Look]) -> Traces:
    """Draw the series of `ck.trend`: a line for each pattern, or for each of a few groups, with bands of intervals.

    The name of a line is written at its end. More than four groups, and several groups with several patterns, have a
    panel each, of equal axes, the first at the right. A rate of 0 is drawn at 0; the line is interrupted at periods
    without documents. A band that would be more than twice as high as the highest rate is cut off there. Time runs from
    left to right.

    Args:
        table: A table of `ck.trend`, or some of its rows. At most six patterns are drawn: those with most occurrences.
        top: At most how many groups are drawn: those with most documents.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or has a row twice.

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
    periods = named_periods(frame["period"], recorded_length(frame))
    labels = frame.columns[: frame.columns.index("pattern")]
    series = _series(frame, labels)
    groups = _largest([group for group, _ in series], frame, labels, "documents", top)
    patterns = _largest([pattern for _, pattern in series], frame, ["pattern"], "hits", _MOST_LINES)
    shared = len(groups) == 1 or (len(patterns) == 1 and len(groups) <= _FEW_GROUPS)
    by_group = shared and len(groups) > 1
    lines = groups if by_group else patterns
    panels = []
    for group in [None] if shared else groups:
        traces = []
        for place, line in enumerate(lines):
            key = (line, patterns[0]) if by_group else (groups[0] if group is None else group, line)
            rows = series.get(key, {})
            rates, low, high = ([rows.get(day, (None, None, None))[part] for day in periods] for part in range(3))
            traces.append(Trace(_name(line), rates, low, high, colour=place))
        panels.append(TracePanel("" if group is None else _name(group), traces))
    title, number = rate_axis(frame, language)
    all_groups, all_patterns = ({key[place] for key in series} for place in (0, 1))
    notes = [] if shared else [title]
    notes += [_name(patterns[0])] if by_group or (len(patterns) == 1 and not shared) else []
    notes += [_name(groups[0])] if len(groups) == 1 and labels else []
    notes.append(shown_of(len(patterns), len(all_patterns), "patterns", language))
    notes.append(shown_of(len(groups), len(all_groups), "groups", language))
    return Traces(panels, list(periods.values()), title, number, note=" · ".join(filter(None, notes)))


def _series(frame: pl.DataFrame, labels: list[str]) -> dict[tuple[Hashable, Hashable], dict[date, tuple[Any, ...]]]:
    """Return for each group and pattern, in the order of the table, the rate and its interval in each period."""
    series: dict[tuple[Hashable, Hashable], dict[date, tuple[Any, ...]]] = {}
    groups = zip(*(frame[name].to_list() for name in labels), strict=True) if labels else [()] * frame.height
    rows = frame.select("pattern", "period", "rate", "rate_low", "rate_high").iter_rows()
    for group, (pattern, period, *rates) in zip(groups, rows, strict=True):
        of_series = series.setdefault((group, (pattern,)), {})
        if period in of_series:
            raise InputError(f"table must have each period of a pattern and group once, got {period} several times.")
        of_series[period] = tuple(rates)
    return series


def _largest(keys: list[Hashable], frame: pl.DataFrame, columns: list[str], weight: str, most: int) -> list[Any]:
    """Return those of the groups or patterns, in the order of the table, whose rows have the largest sums."""
    distinct = list(dict.fromkeys(keys))
    if len(distinct) <= most:
        return distinct
    sums: dict[Any, float] = dict.fromkeys(distinct, 0.0)
    values = zip(*(frame[name].to_list() for name in columns), strict=True)
    for key, number in zip(values, frame[weight].fill_null(0).to_list(), strict=True):
        sums[key] += number
    kept = set(sorted(distinct, key=lambda key: -sums[key])[:most])  # stable, so that ties keep their order
    return [key for key in distinct if key in kept]


def _name(key: tuple[Any, ...]) -> str:
    return " · ".join(MISSING if value is None else str(value) for value in key)
