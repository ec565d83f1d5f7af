"""Periods in which documents are counted, from days to centuries.

A period is named by its first day. Weeks can begin on Monday (ISO 8601), Sunday or Saturday, as in the press of
different countries. Decades and centuries are those of ISO 8601: the decade of 1990 to 1999, the century of 1900 to
1999, so that a century is ten decades. The first ones begin with the year 1, before which there are no dates.

Hijri periods are named by their first day too, a Gregorian date. Their calendar is that of `corpus_kit.text.calendars`:
Umm al-Qura from 1343 to 1500 AH, before and after the tabular one. A Hijri century begins with its year 1, as scholars
count: القرن الرابع الهجري is 301 to 400 AH.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit.display.wording import name_periods_by
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.text.calendars import hijri_day, hijri_month, hijri_year

__all__ = [
    "EVERY",
    "SHORTER_THAN_YEARS",
    "WEEK_STARTS",
    "all_periods",
    "are_only_years",
    "partial_periods",
    "period_names",
    "period_of",
]

EVERY = (
    "day", "week", "month", "quarter", "year", "decade", "century", "hijri_month", "hijri_year", "hijri_century"
)  # fmt: skip
SHORTER_THAN_YEARS = ("day", "week", "month", "quarter", "hijri_month")
WEEK_STARTS = ("monday", "sunday", "saturday")

_INTERVALS = {
    "day": "1d", "week": "1w", "month": "1mo", "quarter": "3mo", "year": "1y", "decade": "10y", "century": "100y",
}  # fmt: skip
_YEARS = {"decade": 10, "century": 100}
_HIJRI_YEARS = {"hijri_month": 1, "hijri_year": 1, "hijri_century": 100}
_DAYS_AFTER_WEEK_START = {"monday": 0, "sunday": 1, "saturday": 2}  # days to Monday, with which weeks of Polars begin


def period_of(dates: pl.Series, every: str = "week", week_start: str = "monday") -> pl.Series:
    """Return the first day of the period of each date; null stays null.

    Args:
        dates: A Date column.
        every: "day", "week", "month", "quarter", "year", "decade" (1990 to 1999), "century" (1900 to 1999),
            "hijri_month", "hijri_year" or "hijri_century" (301 to 400 AH).
        week_start: The first day of a week: "monday", "sunday" or "saturday".

    Returns:
        A Series of Date with the name of `dates`.

    Raises:
        InputError: If every or week_start is invalid, or a date lies before the first Hijri year.

    Examples:
        >>> from datetime import date
        >>> period_of(pl.Series([date(2026, 1, 10)]), "week", "sunday").to_list()
        [datetime.date(2026, 1, 4)]
        >>> period_of(pl.Series([date(1999, 12, 31), date(2000, 1, 1)]), "century").dt.year().to_list()
        [1900, 2000]
    """
    if every in _HIJRI_YEARS:
        return _first_hijri_day(dates.cast(pl.Date), every).alias(dates.name)
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
    if every in _HIJRI_YEARS:
        return _hijri_periods(dates.cast(pl.Date), every)
    periods = _first_day(dates, every, week_start).drop_nulls()
    if periods.is_empty():
        return pl.Series("period", [], dtype=pl.Date)
    bounds = periods.to_frame("period").select(
        pl.date_range(pl.col("period").min(), pl.col("period").max(), _INTERVALS[every], eager=False).alias("period")
    )
    return _since_the_year_1(bounds["period"].cast(pl.Date)).alias("period")


def partial_periods(
    dates: pl.Series, periods: pl.Series, every: str = "week", week_start: str = "monday"
) -> npt.NDArray[np.bool_]:
    """Return whether each period begins before the first date, or ends after the last one.

    Args:
        dates: As in `period_of`.
        periods: Of `all_periods`, with the same arguments.
        every: As in `period_of`.
        week_start: As in `period_of`.

    Examples:
        >>> from datetime import date
        >>> days = pl.Series([date(2026, 1, 1), date(2026, 2, 27)])
        >>> partial_periods(days, all_periods(days, "month"), "month").tolist()
        [False, True]
    """
    partial = np.zeros(len(periods), np.bool_)
    first, last = dates.min(), dates.max()
    if isinstance(first, date) and isinstance(last, date):
        partial[0] = first > periods[0]
        if last < date.max:
            partial[-1] |= period_of(pl.Series([last + timedelta(days=1)]), every, week_start)[0] == periods[-1]
    return partial


def are_only_years(dates: pl.Series) -> bool:
    """Return whether there are several dates, each the first day of a Gregorian or Hijri year: all that is known.

    Args:
        dates: A Date column without nulls.

    Examples:
        >>> from datetime import date
        >>> are_only_years(pl.Series([date(2026, 1, 1), date(2025, 1, 1), date(913, 8, 12)]))  # 1 Muharram 301
        True
    """
    distinct = dates.unique()
    days = (day for day in distinct if (day.month, day.day) != (1, 1))
    return len(distinct) > 2 and all(_is_first_hijri_day(day.toordinal()) for day in days)


def _is_first_hijri_day(day: int) -> bool:
    year = hijri_year(day)
    return year is not None and hijri_day(year, 1, 1) == day


def period_names(periods: pl.Series, every: str) -> pl.Series:
    """Name the periods of a table, as plots do.

    Args:
        periods: Their first days, the column period of a table of `ck.trend`, `ck.frequency`, `ck.news.bursts`,
            `labels` or `frame_rates`.
        every: The length with which the table was made.

    Returns:
        A Series of String: 1925, 1920-1929, 1900-1999, 2026-03, 2026-01/03 (a quarter), the first day of a week,
        1447-09 AH, 1447 AH, 301-400 AH.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> rates = ck.news.frame_rates(ck.sample_corpus(), every="hijri_month", n_bootstrap=0)
        >>> ck.period_names(rates["period"], "hijri_month").unique(maintain_order=True).head(3).to_list()
        ['1447-07 AH', '1447-08 AH', '1447-09 AH']
    """
    choose(every, EVERY, "every")
    if not isinstance(periods, pl.Series) or periods.dtype != pl.Date:
        raise invalid("periods", "a Series of Date", periods)
    names = {day: _name(day, every) for day in periods.unique().drop_nulls()}
    return periods.replace_strict(names, return_dtype=pl.String).cast(pl.String).alias(periods.name)  # of none: Date


name_periods_by(period_names)


def _name(day: date, every: str) -> str:
    """Return the name of the period that begins with a day."""
    if every in _HIJRI_YEARS:
        return _hijri_name(day, every)
    if every in _YEARS:
        years = _YEARS[every]
        return f"{day.year}-{day.year - day.year % years + years - 1}"
    if every == "year":
        return str(day.year)
    if every == "quarter":  # 2026-01/03: January to March, as ISO 8601 writes it
        return f"{day:%Y-%m}/{(day + timedelta(days=70)):%m}"
    return f"{day:%Y-%m}" if every == "month" else day.isoformat()


def _hijri_name(day: date, every: str) -> str:
    found = hijri_month(day.toordinal())
    if found is None:
        raise _before_the_first_hijri_year(every)
    year, month = found
    if every == "hijri_century":
        return f"{year}-{year + 99} AH"
    return f"{year} AH" if every == "hijri_year" else f"{year}-{month:02} AH"


def _hijri_periods(dates: pl.Series, every: str) -> pl.Series:
    """Return the first days of the periods from that of the first date to that of the last."""
    low, high = dates.min(), dates.max()
    if not isinstance(low, date) or not isinstance(high, date):
        return pl.Series("period", [], dtype=pl.Date)
    first, last = hijri_year(low.toordinal()), hijri_year(high.toordinal())
    if first is None or last is None:
        raise _before_the_first_hijri_year(every)
    step = _HIJRI_YEARS[every]
    months = range(1, 13) if every == "hijri_month" else (1,)
    years = range(first - (first - 1) % step, last + 1, step)
    days = [hijri_day(year, month, 1) for year in years for month in months]
    known = [day for day in days if day is not None and day <= high.toordinal()]
    begun = known[bisect_right(known, low.toordinal()) - 1 :]
    return pl.Series("period", [date.fromordinal(day) for day in begun], dtype=pl.Date)


def _first_hijri_day(dates: pl.Series, every: str) -> pl.Series:
    periods = _hijri_periods(dates, every)
    if periods.is_empty():
        return dates
    days = dates.fill_null(periods[0])
    place = np.searchsorted(periods.to_physical().to_numpy(), days.to_physical().to_numpy(), side="right") - 1
    return periods.gather(place).set(dates.is_null(), None)


def _before_the_first_hijri_year(every: str) -> InputError:
    return InputError(
        f"every must be a Gregorian period if there are dates before the first Hijri year (0622-07-19), got {every!r}."
    )


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
