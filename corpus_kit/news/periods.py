"""Periods in which documents are counted, from days to centuries.

A period is named by its first day. Weeks can begin on Monday (ISO 8601), Sunday or Saturday, as in the press of
different countries. Decades and centuries are those of ISO 8601: the decade of 1990 to 1999, the century of 1900 to
1999, so that a century is ten decades. The first ones begin with the year 1, before which there are no dates.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from corpus_kit.errors import choose

__all__ = ["EVERY", "WEEK_STARTS", "all_periods", "period_of"]

EVERY = ("day", "week", "month", "quarter", "year", "decade", "century")
WEEK_STARTS = ("monday", "sunday", "saturday")

_INTERVALS = {
    "day": "1d", "week": "1w", "month": "1mo", "quarter": "3mo", "year": "1y", "decade": "10y", "century": "100y",
}  # fmt: skip
_YEARS = {"decade": 10, "century": 100}
_DAYS_AFTER_WEEK_START = {"monday": 0, "sunday": 1, "saturday": 2}  # days to Monday, with which weeks of Polars begin


def period_of(dates: pl.Series, every: str = "week", week_start: str = "monday") -> pl.Series:
    """Return the first day of the period of each date; null stays null.

    Args:
        dates: A Date column.
        every: "day", "week", "month", "quarter", "year", "decade" (1990 to 1999) or "century" (1900 to 1999).
        week_start: The first day of a week: "monday", "sunday" or "saturday".

    Returns:
        A Series of Date with the name of `dates`.

    Raises:
        InputError: If every or week_start is invalid.

    Examples:
        >>> from datetime import date
        >>> period_of(pl.Series([date(2026, 1, 10)]), "week", "sunday").to_list()
        [datetime.date(2026, 1, 4)]
        >>> period_of(pl.Series([date(1999, 12, 31), date(2000, 1, 1)]), "century").dt.year().to_list()
        [1900, 2000]
    """
    return _since_the_year_1(_first_day(dates, every, week_start)).alias(dates.name)


def all_periods(dates: pl.Series, every: str = "week", week_start: str = "monday") -> pl.Series:
    """Return every period from that of the first date to that of the last, including those without a date.

    Args:
        dates: As in `period_of`.
        every: As in `period_of`.
        week_start: As in `period_of`.

    Returns:
        A Series of Date named "period", ascending; empty if there is no date.

    Examples:
        >>> from datetime import date
        >>> all_periods(pl.Series([date(2026, 3, 9), date(2026, 1, 31)]), "month").to_list()
        [datetime.date(2026, 1, 1), datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    """
    periods = _first_day(dates, every, week_start).drop_nulls()
    if periods.is_empty():
        return pl.Series("period", [], dtype=pl.Date)
    bounds = periods.to_frame("period").select(
        pl.date_range(pl.col("period").min(), pl.col("period").max(), _INTERVALS[every], eager=False).alias("period")
    )
    return _since_the_year_1(bounds["period"].cast(pl.Date)).alias("period")


def _first_day(dates: pl.Series, every: str, week_start: str) -> pl.Series:
    """Return the first day of each period, which may lie in the year 0."""
    day = pl.col("date")
    choose(every, EVERY, "every")
    if every == "week":
        shift = pl.duration(days=_DAYS_AFTER_WEEK_START[choose(week_start, WEEK_STARTS, "week_start")])
        first = (day + shift).dt.truncate("1w") - shift
    elif every in _YEARS:  # Polars truncates decades and centuries to others, such as 1870 to 1969
        year = day.dt.year()
        first = pl.date(year - year % _YEARS[every], 1, 1)
    else:
        first = day.dt.truncate(_INTERVALS[every])
    return dates.cast(pl.Date).to_frame("date").select(first.alias("date"))["date"]


def _since_the_year_1(days: pl.Series) -> pl.Series:
    return days.clip(lower_bound=date.min)
