"""Names of weekdays and months, from calendar.toml, and days of the Hijri calendar.

Days are ordinals as of `datetime.date.toordinal`. From 1343 to 1500 AH Hijri days follow the Umm al-Qura calendar of
Saudi Arabia, by the package hijridate; before and after, the tabular Islamic calendar, whose months can begin a day
earlier or later than they did where the moon was watched.

References:
    Reingold, E. M. and Dershowitz, N. (2018). Calendrical Calculations: The Ultimate Edition. Cambridge University
    Press, chapter 7 (the tabular calendar of the civil epoch, with leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and
    29 of 30).
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

__all__ = [
    "ARABIC_REGIONS",
    "UMM_AL_QURA_YEARS",
    "calendar_names",
    "century_names",
    "hijri_day",
    "hijri_month",
    "hijri_year",
    "month_names",
    "umm_al_qura_day",
    "umm_al_qura_year",
    "weekday_names",
]

ARABIC_REGIONS = ("levantine", "egypt_and_gulf", "algeria_and_tunisia", "morocco")
UMM_AL_QURA_YEARS = range(1343, 1501)  # those of hijridate

_EPOCH = date(622, 7, 19).toordinal()  # 1 Muharram of the year 1: 16 July 622 of the Julian calendar
_LAST_DAY = date.max.toordinal()


@cache
def calendar_names() -> dict[str, Any]:
    """Return the content of calendar.toml."""
    return tomllib.loads(files("corpus_kit.text").joinpath("calendar.toml").read_text(encoding="utf-8"))


def month_names(row: str) -> list[list[str]]:
    """Return the spellings of each of the twelve months.

    Args:
        row: One of `ARABIC_REGIONS`, "hijri", "english", "french", "german" or "hijri_english".

    >>> month_names("morocco")[7]
    ['غشت']
    """
    return _spellings(calendar_names()["months"][row])


def weekday_names() -> list[str]:
    """Return all names of weekdays, of every language.

    >>> weekday_names()[:2]
    ['الاثنين', 'الاتنين']
    """
    return [name for row in calendar_names()["weekdays"].values() for names in _spellings(row) for name in names]


def century_names() -> list[list[str]]:
    """Return the spellings of the ordinal of each century, from the first.

    >>> century_names()[3]
    ['الرابع']
    """
    return _spellings(calendar_names()["centuries"]["arabic"])


def _spellings(row: list[str | list[str]]) -> list[list[str]]:
    return [[names] if isinstance(names, str) else list(names) for names in row]


@lru_cache(maxsize=1 << 14)
def umm_al_qura_day(year: int, month: int, day: int) -> int | None:
    """Return a day of the Umm al-Qura calendar; None outside its tables and for days that do not exist.

    >>> date.fromordinal(umm_al_qura_day(1447, 9, 1))
    datetime.date(2026, 2, 18)
    """
    from hijridate.convert import Hijri  # slow to import

    try:
        return int(Hijri(year, month, day).to_gregorian().toordinal())
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=1 << 14)
def umm_al_qura_year(day: int) -> int | None:
    """Return the year of a day in the Umm al-Qura calendar; None outside its tables."""
    from hijridate.convert import Gregorian  # slow to import

    try:
        return int(Gregorian.fromdate(date.fromordinal(day)).to_hijri().year)
    except (ValueError, OverflowError):
        return None


def hijri_day(year: int, month: int, day: int) -> int | None:
    """Return a Hijri day, by the Umm al-Qura calendar where it has tables; None if it does not exist.

    Outside the tables every month may have 30 days, since old sources count them as the moon was seen.

    >>> date.fromordinal(hijri_day(656, 2, 4))  # the fall of Baghdad, by the tables 10 February 1258, Julian
    datetime.date(1258, 2, 17)
    >>> hijri_day(1447, 2, 30) is None
    True
    """
    if year in UMM_AL_QURA_YEARS:
        return umm_al_qura_day(year, month, day)
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= 30:
        return None
    ordinal = _EPOCH - 1 + (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + (6 * month - 1) // 11 + day
    return ordinal if ordinal <= _LAST_DAY else None


def hijri_year(day: int) -> int | None:
    """Return the Hijri year of a day; None before the first one.

    >>> hijri_year(date(2026, 3, 1).toordinal())
    1447
    """
    if day < _EPOCH:
        return None
    year = (day - _EPOCH) * 30 // 10631 + 1  # 30 years of the tables have 10,631 days; at most a year off
    while _new_year(year) > day:
        year -= 1
    while _new_year(year + 1) <= day:
        year += 1
    return year


def hijri_month(day: int) -> tuple[int, int] | None:
    """Return the Hijri year and month of a day; None before the first one.

    >>> hijri_month(date(2026, 3, 1).toordinal())
    (1447, 9)
    """
    year = hijri_year(day)
    if year is None:
        return None
    firsts = (hijri_day(year, month, 1) for month in range(1, 13))
    return year, sum(first is not None and first <= day for first in firsts)


def _new_year(year: int) -> int:
    first = hijri_day(year, 1, 1)
    return _LAST_DAY + 1 if first is None else first
