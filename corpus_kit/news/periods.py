"""Days, weeks and months in which documents are counted.

A period is named by its first day. Weeks can begin on Monday (ISO 8601), Sunday or Saturday, as in the press of
different countries.
"""

from __future__ import annotations

import polars as pl

from corpus_kit.errors import choose

__all__ = ["EVERY", "WEEK_STARTS", "all_periods", "period_of"]

EVERY = ("day", "week", "month")
WEEK_STARTS = ("monday", "sunday", "saturday")

_INTERVALS = {"day": "1d", "week": "1w", "month": "1mo"}
_DAYS_AFTER_WEEK_START = {"monday": 0, "sunday": 1, "saturday": 2}  # days to Monday, with which weeks of Polars begin


def period_of(dates: pl.Series, every: str = "week", week_start: str = "monday") -> pl.Series:
    """Return the first day of the period of each date; null stays null.

    Args:
        dates: A Date column.
        every: "day", "week" or "month".
        week_start: The first day of a week: "monday", "sunday" or "saturday".

    Returns:
        A Series of Date with the name of `dates`.

    Raises:
        InputError: If every or week_start is invalid.

    Examples:
        >>> from datetime import date
        >>> period_of(pl.Series([date(2026, 1, 10)]), "week", "sunday").to_list()
        [datetime.date(2026, 1, 4)]
    """
    interval = _INTERVALS[choose(every, EVERY, "every")]
    days = _DAYS_AFTER_WEEK_START[choose(week_start, WEEK_STARTS, "week_start")] if every == "week" else 0
    shift = pl.duration(days=days)
    return (
        dates.to_frame("date").select((pl.col("date") + shift).dt.truncate(interval) - shift)["date"].alias(dates.name)
    )


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
    periods = period_of(dates, every, week_start).drop_nulls()
    if periods.is_empty():
        return pl.Series("period", [], dtype=pl.Date)
    bounds = periods.to_frame("period").select(
        pl.date_range(pl.col("period").min(), pl.col("period").max(), _INTERVALS[every], eager=False).alias("period")
    )
    return bounds["period"].cast(pl.Date)
