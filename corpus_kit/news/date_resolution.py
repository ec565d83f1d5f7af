"""Which days dates are, for a document that was published on a given day.

Days are counted as `datetime.date.toordinal` does. Hijri dates follow the Umm al-Qura calendar, by the package
hijridate (from 1343 to 1500 of the Hijra).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus_kit.news.date_reading import Expression

__all__ = ["RULES", "Days", "resolve"]

RULES = ("written", "nearest", "last", "next", "beside", "counted", "none")


@dataclass(frozen=True)
class Days:
    """The first and last day, as ordinals of the calendar (None: not known), and the rule that told them."""

    first: int | None
    last: int | None
    rule: str


_UNKNOWN = Days(None, None, "none")


def resolve(found: list[Expression], published: Iterable[datetime.date | None]) -> list[Days]:
    """The days of all expressions; neighbours that say the same agree."""
    days = [each.toordinal() if each else None for each in published]
    alone = [_resolve_one(each, day) for each, day in zip(found, days, strict=True)]
    resolved = list(alone)
    for number, expression in enumerate(found):
        if expression.kind == "weekday" and expression.beside >= 0:
            told = alone[expression.beside].first
            shift = None if told is None else _shift_to_weekday(told, expression.weekday)
            if shift is None or told is None:
                continue
            if shift == 0:
                resolved[number] = Days(told, told, "beside")
            elif abs(shift) == 1 and found[expression.beside].kind == "hijri":  # the moon was sighted otherwise
                resolved[number] = resolved[expression.beside] = Days(told + shift, told + shift, "beside")
    for number, expression in enumerate(found):
        if expression.kind == "relative" and expression.beside >= 0 and resolved[expression.beside].first is not None:
            resolved[number] = replace(resolved[expression.beside], rule="beside")
    return resolved


def _shift_to_weekday(day: int, weekday: int) -> int:
    """Days to the nearest such weekday, from -3 to 3."""
    return (weekday - _weekday(day) + 3) % 7 - 3


def _weekday(day: int) -> int:
    return (day + 6) % 7  # the first day of the calendar was a Monday


def _resolve_one(each: Expression, published: int | None) -> Days:
    if each.direction == "none":
        return _UNKNOWN
    if each.kind == "relative":
        day = None if published is None or each.days is None else published + each.days
        return Days(day, day, "counted")
    if each.kind == "weekday":
        return _resolve_weekday(each, published)
    if each.year is not None:
        first, last = _span(each, each.year)
        return Days(first, last, "written") if first is not None else _UNKNOWN
    return _resolve_without_year(each, published)


def _resolve_weekday(each: Expression, published: int | None) -> Days:
    """The weekday on or before the publication, or as its direction says."""
    rule = (
        "next" if each.direction in ("next", "coming") else "nearest" if each.direction in ("near", "this") else "last"
    )
    if published is None:
        return Days(None, None, rule)
    back = (_weekday(published) - each.weekday) % 7
    ahead = (each.weekday - _weekday(published)) % 7
    if each.direction in ("near", "this"):
        center = published + (each.days or 0)
        day = center + _shift_to_weekday(center, each.weekday)
    elif each.direction == "coming":
        day = published + ahead
    elif each.direction == "next":
        day = published + (ahead or 7)
    else:
        day = published - back
    return Days(day, day, rule)


def _resolve_without_year(each: Expression, published: int | None) -> Days:
    """The day or month that is nearest to the publication, or the last one before or the next one after it."""
    rule = {"last": "last", "since": "last", "next": "next"}.get(each.direction, "nearest")
    if published is None:
        return Days(None, None, rule)
    this = _year_of(each.calendar, published)
    if this is None:
        return _UNKNOWN
    if each.years is not None:
        first, last = _span(each, this + each.years)
        return Days(first, last, "counted") if first is not None else _UNKNOWN
    leap = each.day >= 29  # a day that some years do not have
    spans = [_span(each, this + step) for step in range(-8 if leap else -2, 9 if leap else 3)]
    known = [(first, last) for first, last in spans if first is not None and last is not None]
    if each.direction == "since":  # it may have begun only now
        known = [span for span in known if span[0] <= published]
    elif rule == "last":
        known = [span for span in known if span[1] < published]
    elif rule == "next":
        known = [span for span in known if span[0] > published]
    if not known:
        return _UNKNOWN
    first, last = min(known, key=lambda span: (max(span[0] - published, published - span[1], 0), span[0]))
    return Days(first, last, rule)


def _span(each: Expression, year: int) -> tuple[int | None, int | None]:
    """First and last day of a day or of a month in a year; None where the calendar has none."""
    length = _hijri_day if each.calendar == "hijri" else _gregorian_day
    if each.day:
        day = length(year, each.month, each.day)
        return day, day
    first = length(year, each.month, 1)
    following = length(year + each.month // 12, each.month % 12 + 1, 1)
    return (None, None) if first is None or following is None else (first, following - 1)


def _gregorian_day(year: int, month: int, day: int) -> int | None:
    try:
        return datetime.date(year, month, day).toordinal()
    except ValueError:
        return None


@lru_cache(maxsize=1 << 14)
def _hijri_day(year: int, month: int, day: int) -> int | None:
    """A day of the Umm al-Qura calendar; None outside of its tables (1343 to 1500) and for what is no day."""
    from hijridate.convert import Hijri

    try:
        return int(Hijri(year, month, day).to_gregorian().toordinal())
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=1 << 14)
def _year_of(calendar: str, day: int) -> int | None:
    """The year in which a day lies."""
    date = datetime.date.fromordinal(day)
    if calendar == "gregorian":
        return date.year
    from hijridate.convert import Gregorian

    try:
        return int(Gregorian.fromdate(date).to_hijri().year)
    except (ValueError, OverflowError):
        return None
