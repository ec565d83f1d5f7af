"""The rate of a pattern over time, with its bursts."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit.display.values import MISSING
from corpus_kit.plots.arguments import (
    Look,
    expect_columns,
    expect_finite,
    expect_numbers,
    expect_one,
    expect_rows,
    plot,
)
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import intervals
from corpus_kit.plots.period_names import named_periods, recorded_length
from corpus_kit.plots.pictures import Period, Series
from corpus_kit.plots.rate_axis import rate_axis

__all__ = ["bursts"]

_NUMBERS = ("documents", "hits", "rate", "rate_low", "rate_high")


@plot
def bursts(table: pl.DataFrame, **look: Unpack[Look]) -> Series:
    """Draw the series of `ck.news.bursts`: the rate of each period with its interval, bursts as bands.

    Below the rates are the documents of each period and, in blue, those with the pattern: the numbers that the
    rates are computed from. Time runs from left to right.

    Args:
        table: A table of `ck.news.bursts` of one pattern and, if it was made with `by`, of one source.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or has several patterns or sources.

    Examples:
        >>> import corpus_kit as ck
        >>> chart = ck.plot.bursts(ck.news.bursts(ck.sample_corpus(), "المسيرات", every="week"))
    """
    frame = expect_columns(table, ("period", *_NUMBERS, "burst"), "ck.news.bursts")
    language = look["language"]
    periods = named_periods(frame["period"], recorded_length(frame), language)
    for name in frame.columns[: frame.columns.index("period")]:
        expect_one(frame, name)
    expect_rows(frame)
    expect_finite(frame, ["documents", "hits"])
    expect_numbers(frame, _NUMBERS)
    rows = frame.select("period", *_NUMBERS, "burst", row=pl.int_range(pl.len()))
    rate, number = rate_axis(frame, language)
    series = [Period(periods.get(day, MISSING), *numbers) for day, *numbers in rows.iter_rows()]
    legend = {say("all documents", language): "grey", say("hits", language): "blue"}
    if any(period.burst for period in series):
        legend[say("burst", language)] = "band"
    note = intervals("vertical lines", frame, language)
    return Series(series, rate, number, say("documents", language), legend, note=note)
