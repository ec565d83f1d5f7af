"""Resolution of date expressions, for a document published on a given day.

Days are ordinals as of `datetime.date.toordinal`. Hijri dates follow the Umm al-Qura calendar, by the package hijridate
(from 1343 to 1500 AH).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from corpus_kit.news.date_reading import Expression
from corpus_kit.text.calendars import umm_al_qura_day, umm_al_qura_year

__all__ = ["RULES", "Days", "resolve"]

RULES = ("written", "nearest", "last", "next", "beside", "counted", "none")


@dataclass(frozen=True)
class Days:
    """The first and last day, as ordinals (None: unknown), and the rule that gave them."""

    first: int | None
    last: int | None
    rule: str


_UNKNOWN = Days(None, None, "none")


def resolve(found: list[Expression], published: Iterable[datetime.date | None]) -> list[Days]:
    """Return the days of all expressions; adjacent expressions of the same day agree."""
    days = [each.toordinal() if each else None for each in published]
    alone = [_resolve_one(each, day) for each, day in zip(found, days, strict=True)]
    resolved = list(alone)
    for number, expression in enumerate(found):
        if expression.kind == "weekday" and expression.beside >= 0:
            day = alone[expression.beside].first
            shift = None if day is None else _shift_to_weekday(day, expression.weekday)
            if shift is None or day is None:
                continue
            if shift == 0:
                resolved[number] = Days(day, day, "beside")
            elif abs(shift) == 1 and found[expression.beside].kind == "hijri":  # the moon was sighted on another day
                resolved[number] = resolved[expression.beside] = Days(day + shift, day + shift, "beside")
    for number, expression in enumerate(found):
        if expression.kind == "relative" and expression.beside >= 0 and resolved[expression.beside].first is not None:
            resolved[number] = replace(resolved[expression.beside], rule="beside")
    return resolved


def _shift_to_weekday(day: int, weekday: int) -> int:
    """Return the days to the nearest such weekday, from -3 to 3."""
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
    """Return the weekday on or before the publication, or as its direction says."""
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
    """Return the day or month nearest to the publication, or the last before or the next after it."""
    rule = {"last": "last", "since": "last", "next": "next"}.get(each.direction, "nearest")
    if published is None:
        return Days(None, None, rule)
    this = _year_of(each.calendar, published)
    if this is None:
        return _UNKNOWN
    if each.years is not None:
        first, last = _span(each, this + each.years)
        return Days(first, last, "counted") if first is not None else _UNKNOWN
    leap = each.day >= 29  # some years have no such day
    spans = [_span(each, this + step) for step in range(-8 if leap else -2, 9 if leap else 3)]
    known = [(first, last) for first, last in spans if first is not None and last is not None]
    if each.direction == "since":  # it may have begun today
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
    """Return first and last day of a day or of a month in a year; None if it does not exist."""
    length = umm_al_qura_day if each.calendar == "hijri" else _gregorian_day
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


def _year_of(calendar: str, day: int) -> int | None:
    """Return the year of a day."""
    return datetime.date.fromordinal(day).year if calendar == "gregorian" else umm_al_qura_year(day)
