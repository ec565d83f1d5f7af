"""Resolution of date expressions, for a document published on a given day.

Days are ordinals as of `datetime.date.toordinal`. Hijri dates follow the Umm al-Qura calendar, by the package hijridate
(from 1343 to 1500 AH).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus_kit.news.date_expressions import NONE, Expression
from corpus_kit.text.calendars import hijri_month, umm_al_qura_day, umm_al_qura_year

__all__ = ["RULES", "Days", "day_in_its_year", "resolve", "resolve_between", "weekday_of"]

RULES = ("written", "nearest", "last", "next", "beside", "counted", "undecided", "none")


@dataclass(frozen=True)
class Days:
    """The first and last day, as ordinals (None: unknown), and the rule that gave them."""

    first: int | None
    last: int | None
    rule: str


_LATE_MONTH = 14  # أغسطس المقبل in its first half is that August; يختتم يوليو two weeks later is that July
_NEAR = 60  # days
_SIGHTING = 2  # days by which a Hijri date can differ from the Umm al-Qura calendar
_SURE_OF_NEAREST = {"ahead": _NEAR, "back": 30, "told": _NEAR}  # of a day or month so near a verb does not decide
_FAR = 55  # days; a month so far away is of an unknown year if no word says whether it is past or to come
_YEARS_OF_WEEKDAY = range(-3, 2)  # from the year of the metadata; in so few a day has its weekday once at most
_LONG = 245  # days; a month of a list that would follow so much later precedes
_UNKNOWN = Days(None, None, "none")
_UNDECIDED = Days(None, None, "undecided")
_LEFT_OPEN = ("", "back", "told", "ahead", "unsaid")  # what a list can decide
_WEEKS = {"last week": -1, "this week": 0, "next week": 1}
_RULE_OF_WEEKDAY = {
    "next": "next", "coming": "next", "after next": "next", "next week": "next",
    "near": "nearest", "this": "nearest", "this week": "nearest",
}  # fmt: skip
_RULE_OF_MONTH = {"last": "last", "since": "last", "back": "last", "told": "last", "next": "next", "ahead": "next"}
_FITS: dict[str, Callable[[int, int, int], bool]] = {
    "last": lambda _, last, published: last < published,
    "next": lambda first, last, published: first > published or last - _LATE_MONTH > published,
    "since": lambda first, _, published: first <= published,  # it may have begun today
    "back": lambda first, _, published: first <= published,
    "told": lambda first, _, published: first <= published,
    "ahead": lambda _, last, published: last >= published,
}


def resolve(found: list[Expression], published: Iterable[datetime.date | None]) -> list[Days]:
    """Return the days of all expressions; members of a list follow each other, names of the same day agree."""
    days = [each.toordinal() if each else None for each in published]
    alone = [_resolve_one(each, day) for each, day in zip(found, days, strict=True)]
    for members in _lists(found):
        if found[members[0]].kind == "month":
            _resolve_months(found, members, days[members[0]], alone)
        else:
            _resolve_list(found, members, days[members[0]], alone)
    for number, expression in enumerate(found):
        if expression.day and expression.beside >= 0 and found[expression.beside].day:
            alone[number] = _as_other_calendar(expression, alone[expression.beside], alone[number])
    resolved = list(alone)
    for number, expression in enumerate(found):
        if expression.kind == "weekday" and expression.beside >= 0:
            _agree(found, number, days[number], alone, resolved)
    for number, expression in enumerate(found):
        if expression.kind == "relative" and expression.beside >= 0 and resolved[expression.beside].first is not None:
            resolved[number] = replace(resolved[expression.beside], rule="beside")
    return resolved


def resolve_between(
    found: list[Expression], spans: Iterable[tuple[datetime.date, datetime.date] | None]
) -> list[Days | None]:
    """Return the days of expressions that are the same for each day that their document may have.

    A later day of the document never means an earlier date, so the first and the last possible day tell it for all.
    The weekday of a day without a year tells the year besides: it is the one nearest to the last possible day.

    Args:
        found: The expressions, those of a document together.
        spans: The first and last possible day of the document of each; None if it is not asked for.

    Returns:
        The days of each; None if they differ, or are not asked for.
    """
    numbers, bounds = [], []
    for number, span in enumerate(spans):
        if span is not None:
            numbers.append(number)
            bounds.append(span)
    places = {number: place for place, number in enumerate(numbers)}
    asked = [
        replace(
            found[number],
            beside=places.get(found[number].beside, NONE),
            follows=places.get(found[number].follows, NONE),
        )
        for number in numbers
    ]
    first, last = resolve(asked, [one for one, _ in bounds]), resolve(asked, [other for _, other in bounds])
    sure: list[Days | None] = [
        other if (one.first, one.last) == (other.first, other.last) and one.first is not None else None
        for one, other in zip(first, last, strict=True)
    ]
    for place, each in enumerate(asked):
        if each.kind == "weekday" and each.beside >= 0:
            day = day_in_its_year(asked[each.beside], each.weekday, bounds[place][1].toordinal())
            if day is not None:
                sure[place] = sure[each.beside] = Days(day, day, "beside")
    days: list[Days | None] = [None] * len(found)
    for number, each_day in zip(numbers, sure, strict=True):
        days[number] = each_day
    return days


def day_in_its_year(date: Expression, weekday: int, published: int) -> int | None:
    """Return a day without a year in the only year near a day in which it has this weekday.

    A Hijri day can be a day off; then only the year itself and its neighbours are looked at.
    """
    this = _year_of(date.calendar, published) if date.calendar != "either" else None
    is_bare = date.year is None and date.years is None and date.direction in (*_LEFT_OPEN, "since", "present")
    if this is None or not (date.day and is_bare):
        return None
    is_hijri = date.calendar == "hijri"
    days = [_span(date, this + step)[0] for step in (range(-1, 2) if is_hijri else _YEARS_OF_WEEKDAY)]
    shifts = {day: _shift_to_weekday(day, weekday) for day in days if day is not None}
    fitting = [day + shift for day, shift in shifts.items() if abs(shift) <= is_hijri]
    return fitting[0] if len(fitting) == 1 else None


def _agree(
    found: list[Expression], number: int, published: int | None, alone: list[Days], resolved: list[Days]
) -> None:
    """Resolve a weekday to the date beside it, if that can be the same day."""
    weekday, date = found[number].weekday, found[number].beside
    day = alone[date].first
    if found[date].calendar == "either" and published is not None:
        day = _of_either_calendar(found[date], published, weekday)
        resolved[date] = Days(day, day, "beside" if day is not None else "none")
        if day is None:
            resolved[number] = _UNKNOWN  # الأحد 15/11 of either calendar
    if day is None:
        return
    shift = _shift_to_weekday(day, weekday)
    if shift == 0:
        resolved[number] = Days(day, day, "beside")
    elif abs(shift) == 1 and found[date].kind == "hijri":  # the moon was sighted on another day
        resolved[number] = resolved[date] = Days(day + shift, day + shift, "beside")
    elif (
        published is not None
        and abs(day - published) > _NEAR
        and found[date].direction in ("", "unsaid", "ahead", "back")
    ):
        fitting = [each for each in _of_other_years(found[date], day) if weekday_of(each) == weekday]
        if len(fitting) == 1:
            resolved[number] = resolved[date] = Days(fitting[0], fitting[0], "beside")
    elif found[date].year is None and found[date].day and resolved[number].rule in ("last", "next"):
        resolved[number] = _UNKNOWN  # الخميس الثاني من أغسطس of another year, or a wrong weekday
    elif (swapped := _with_day_and_month_swapped(found[date])) is not None and weekday_of(swapped) == weekday:
        resolved[number] = resolved[date] = Days(swapped, swapped, "beside")  # الاثنين 10/4/1436 for 4/10/1436


def _as_other_calendar(bare: Expression, whole: Days, alone: Days) -> Days:
    """Return the day of a date without a year, beside the same day with its year in the other calendar."""
    if whole.first is None:
        return alone
    near = _resolve_without_year(replace(bare, direction="", years=None), whole.first).first
    is_same = near is not None and abs(near - whole.first) <= _SIGHTING
    return replace(whole, rule="beside") if is_same else alone


def _of_either_calendar(each: Expression, published: int, weekday: int) -> int | None:
    """Return the day of a month that has this weekday in one calendar only; a Hijri day may be one off."""
    months = {"gregorian": datetime.date.fromordinal(published).month, "hijri": (hijri_month(published) or (0, 0))[1]}
    days = []
    for calendar, this in months.items():
        if each.month:
            orders = {(each.day, each.month), (each.month, each.day)} if each.day <= 12 else {(each.day, each.month)}
        else:
            orders = {(each.day, (this - 1 + {"last": -1, "next": 1}.get(each.direction, 0)) % 12 + 1)}
        for number, month in sorted(orders):
            date = replace(each, calendar=calendar, month=month, day=number, direction="")
            day = _resolve_without_year(date, published).first
            days += [] if day is None else [day]
    for off in (0, 1):
        fitting = {day for day in days if abs(_shift_to_weekday(day, weekday)) <= off}
        if fitting:
            return next(day + _shift_to_weekday(day, weekday) for day in fitting) if len(fitting) == 1 else None
    return None


def _with_day_and_month_swapped(each: Expression) -> int | None:
    """Return the day of a written date of numbers if its month came first; None if it cannot."""
    if each.kind not in ("numeric", "hijri") or each.year is None or not each.day:
        return None
    return _span(replace(each, day=each.month, month=each.day), each.year)[0] if each.day <= 12 else None


def _of_other_years(each: Expression, day: int) -> list[int]:
    """Return the same day of a month in the year before and in the year after a day; Hijri days can be a day off."""
    if each.year is not None or each.years is not None or each.calendar != "gregorian":
        return []
    year = datetime.date.fromordinal(day).year
    others = (_gregorian_day(year + step, each.month, each.day) for step in (-1, 1))
    return [other for other in others if other is not None]


def _lists(found: list[Expression]) -> list[list[int]]:
    """Return the members of each list or range of weekdays or months."""
    lists: list[list[int]] = []
    for number, each in enumerate(found):
        if each.follows < 0:
            continue
        if not lists or lists[-1][-1] != each.follows:
            lists.append([each.follows])
        lists[-1].append(number)
    return lists


def _resolve_list(found: list[Expression], members: list[int], published: int | None, days: list[Days]) -> None:
    """Resolve weekdays that follow each other: from the first one on, or before the last one if they are past."""
    head = found[members[0]]
    if published is None or head.direction == "none":
        for number in members:
            known = _UNKNOWN if head.direction == "none" else days[number]
            days[number] = replace(known, rule=days[members[0]].rule)
        return
    steps = [_step(found[one], found[other]) for one, other in pairwise(members)]
    if head.direction in ("last", "before", "last week") or found[members[1]].is_night:
        last = found[members[-1]]
        direction = "last" if head.direction == "before" else head.direction
        end = _resolve_weekday(replace(last, direction=direction), published).first
        start = None if end is None else end - sum(steps)
    else:
        start = days[members[0]].first
    for number, step in zip(members, [0, *steps], strict=True):
        start = None if start is None else start + step
        days[number] = Days(start, start, days[members[0]].rule)


def _resolve_months(found: list[Expression], members: list[int], published: int | None, days: list[Days]) -> None:
    """Resolve months that follow each other to one stretch of time, from the one that is sure or nearest on."""
    known = [number for number in members if days[number].first is not None]
    if published is None or not known:
        return
    if len(known) < len(members) and all(found[number].direction == "unsaid" for number in members):
        for number in members:
            days[number] = _UNDECIDED  # the first of next winter or of the last?
        return

    def distance(number: int) -> tuple[bool, int]:
        first = days[number].first
        return found[number].direction in _LEFT_OPEN, 0 if first is None else abs(first - published)

    start = members.index(min(known, key=distance))
    for step, others in ((1, members[start + 1 :]), (-1, members[start - 1 :: -1] if start else [])):
        before = members[start]
        for number in others:
            each, first = found[number], days[before].first
            is_open = each.year is None and each.years is None and each.direction in _LEFT_OPEN
            if is_open and first is not None and (year := _year_of(each.calendar, first)) is not None:
                is_range = found[max(number, before)].is_range
                spans = [_span(each, year + other) for other in (-1, 0, 1)]
                fitting = [(begin, end) for begin, end in spans if begin is not None and (begin - first) * step > 0]
                if fitting and not is_range and abs(fitting[0 if step > 0 else -1][0] - first) > _LONG:
                    fitting = [(begin, end) for begin, end in spans if begin is not None]  # مايو وأبريل
                if fitting:
                    nearest = min(fitting, key=lambda span: abs(span[0] - first))
                    rule = days[number].rule if nearest[0] == days[number].first else days[members[start]].rule
                    days[number] = Days(*nearest, rule)
            before = number


def _step(one: Expression, other: Expression) -> int:
    """Return the days from a weekday of a list to the next one, which can be the day before it."""
    step = (other.weekday - one.weekday) % 7
    return -1 if step == 6 and not other.is_range else step


def _shift_to_weekday(day: int, weekday: int) -> int:
    """Return the days to the nearest such weekday, from -3 to 3."""
    return (weekday - weekday_of(day) + 3) % 7 - 3


def weekday_of(day: int) -> int:
    """Return the weekday of a day, from 0 for Monday."""
    return (day + 6) % 7  # the first day of the calendar was a Monday


def _resolve_one(each: Expression, published: int | None) -> Days:
    if each.direction == "none" or each.calendar == "either":
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
    rule = _RULE_OF_WEEKDAY.get(each.direction, "last")
    if published is None:
        return Days(None, None, rule)
    back = (weekday_of(published) - each.weekday) % 7
    ahead = (each.weekday - weekday_of(published)) % 7
    if each.direction in ("near", "this"):
        center = published + (each.days or 0)
        day = center + _shift_to_weekday(center, each.weekday)
    elif each.direction.endswith("week"):
        sunday = published - (weekday_of(published) + 1) % 7
        day = sunday + _WEEKS[each.direction] * 7 + (each.weekday + 1) % 7
    elif each.direction == "coming":
        day = published + ahead
    elif each.direction == "next":
        day = published + (ahead or 7)
    elif each.direction == "after next":
        day = published + (ahead or 7) + 7
    elif each.direction == "before last":
        day = published - (back or 7) - 7
    elif each.direction == "earlier":
        day = published - (back or 7)
    elif each.direction == "before":
        day = published - (back if back > 1 else back + 7)  # yesterday would be أمس
    else:
        day = published - back
    return Days(day, day, rule)


def _resolve_without_year(each: Expression, published: int | None) -> Days:
    """Return the day or month nearest to the publication, or the last before or the next after it."""
    rule = _RULE_OF_MONTH.get(each.direction, "nearest")
    if published is None:
        return Days(None, None, rule)
    this = _year_of(each.calendar, published)
    if this is None:
        return _UNKNOWN
    if not each.month:
        day = _in_month_beside(each, published)
        return Days(day, day, rule) if day is not None else _UNKNOWN
    if each.years is not None:
        first, last = _span(each, this + each.years)
        return Days(first, last, "counted") if first is not None else _UNKNOWN
    leap = each.day >= 29  # some years have no such day
    spans = [_span(each, this + step) for step in range(-8 if leap else -2, 9 if leap else 3)]
    known = [(first, last) for first, last in spans if first is not None and last is not None]
    distance = {span: max(span[0] - published, published - span[1], 0) for span in known}
    by_distance = sorted(known, key=lambda span: (distance[span], span[0]))
    if by_distance and distance[by_distance[0]] <= _SURE_OF_NEAREST.get(each.direction, -1):
        return Days(*by_distance[0], "nearest")
    if by_distance and each.direction == "unsaid" and by_distance[0][0] - published > _FAR:
        return _UNDECIDED
    if by_distance and each.direction == "present" and by_distance[0][1] + _LATE_MONTH < published:
        return _UNDECIDED  # تبدأ الهجرة في مارس, read in July: that of every year?
    if by_distance and each.direction == "usual" and distance[by_distance[0]] > 0:
        return _UNDECIDED  # رمضان of every year, but for texts that appear in it
    fits = _FITS.get(each.direction)
    fitting = [span for span in by_distance if fits is None or fits(*span, published)]
    return Days(*fitting[0], rule) if fitting else _UNKNOWN


def _in_month_beside(each: Expression, published: int) -> int | None:
    """Return the day of this month, the last or the next one, of a known calendar."""
    date = datetime.date.fromordinal(published)
    known = (date.year, date.month) if each.calendar == "gregorian" else hijri_month(published)
    if known is None:
        return None
    months = known[0] * 12 + known[1] - 1 + {"last": -1, "next": 1}.get(each.direction, 0)
    return _span(replace(each, month=months % 12 + 1), months // 12)[0]


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
