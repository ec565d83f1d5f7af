"""The names of periods on axes and rows."""

from __future__ import annotations

from datetime import date

import polars as pl

from corpus_kit.display.wording import localized, recorded_length
from corpus_kit.text.periods import period_names

__all__ = ["named_periods", "recorded_length"]


def named_periods(days: pl.Series, every: str | None, language: str = "en") -> dict[date, str]:
    """Return the name of each period.

    Args:
        days: The first days of the periods.
        every: The length of the periods. If it is None, several periods that all begin with a year are taken as years,
            several that all begin with a month as months.
        language: Of the era of Hijri periods, "en" or "ar".

    >>> named_periods(pl.Series([date(1990, 1, 1), date(2000, 1, 1)]), "decade").values()
    dict_values(['1990-1999', '2000-2009'])
    """
    first = days.drop_nulls().unique().sort()
    if every is None:
        every = _likely_length(first)
    return dict(zip(first, localized(period_names(first, every), language), strict=True))


def _likely_length(days: pl.Series) -> str:
    if len(days) < 2 or not (days.dt.day() == 1).all():
        return "day"
    return "year" if (days.dt.month() == 1).all() else "month"
