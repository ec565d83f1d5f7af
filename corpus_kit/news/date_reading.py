"""The rules by which words around an anchor (a weekday, a month, اليوم) are read as a date expression.

The words are those of text/calendar.toml and lexicons/dates.toml (date_words.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from corpus_kit.news.date_expressions import NONE, QUOTES, Expression
from corpus_kit.news.date_words import AFTER, BEFORE, Roles

__all__ = ["ALL_YEARS", "NEWS_YEARS", "Context", "earlier_days", "read", "read_numeric", "read_short"]

_VERB_WITHIN = 12  # how far before a weekday its verb may be
_HABIT_WITHIN = 6  # how far before رمضان its verb may be
_VERB_AFTER = 4  # how far after, if the weekday begins its sentence
_USUAL_WITHIN = 6  # how far from a month عادة may be
_VERB_AFTER_MONTH = 3  # how far after a month that begins its sentence or clause
_YEAR_WITHIN = 7  # how far before a month its year may be
_GREGORIAN_YEARS = range(1800, 2101)
ALL_YEARS, NEWS_YEARS = range(1500, 2101), range(1900, 2101)  # after عام; after a comma
_HIJRI_YEARS = range(1300, 1501)

BeginsWithTo: TypeAlias = Callable[[int, int], bool]  # whether one of the tokens first to end begins with ل


class Context:
    """The words of a sentence around one of its tokens, which has the place 0."""

    __slots__ = ("anchor", "codes", "numbers", "opens", "roles_of")

    def __init__(self, anchor: int, opens: bool, codes: list[int], numbers: list[int], roles_of: list[Roles]) -> None:
        self.anchor = anchor
        self.opens = opens  # the document
        self.codes = codes
        self.numbers = numbers
        self.roles_of = roles_of

    def roles(self, place: int) -> Roles:
        index = BEFORE + place
        return self.roles_of[self.codes[index]] if 0 <= index < len(self.codes) else {}

    def has(self, place: int, role: str) -> bool:
        return role in self.roles(place)

    def sign(self, place: int) -> str:
        sign: str = self.roles(place).get("sign", "")
        return sign

    def number(self, place: int) -> int:
        """Return the value of a whole number; -1 for other tokens."""
        index = BEFORE + place
        return self.numbers[index] if 0 <= index < len(self.numbers) else -1


def read(context: Context, begins_with_to: BeginsWithTo) -> Expression | None:
    """Return the expression of which this is the anchor, or None."""
    roles = context.roles(0)
    if "weekday" in roles:
        return _read_weekday(context, begins_with_to)
    if "dotted" in roles:
        return _numeric(context, roles["dotted"], 1)
    if "month_name" in roles or "month_of" in roles:
        return _read_month(context, begins_with_to)
    if "the_month" in roles:
        return _read_day_of_this_month(context)
    if "relative" in roles:
        return _read_relative(context, begins_with_to)
    return _read_ago(context)


# weekdays


def _read_weekday(context: Context, begins_with_to: BeginsWithTo) -> Expression | None:
    weekday: int = context.roles(0)["weekday"]
    if context.has(-1, "no_weekday") or (weekday == 0 and _is_the_two(context)) or _is_family_name(context):
        return None
    expression = Expression(context.anchor, context.anchor + 1, "weekday", weekday=weekday)
    direction, cue, days = _direction_of_weekday(context, begins_with_to)
    return replace(expression, direction=direction, days=days, cue=context.anchor + cue if cue else NONE)


def _is_the_two(context: Context) -> bool:
    """Return whether الاثنين is the number: both of them."""
    if context.has(1, "two_before"):
        return True
    return context.has(-1, "two_after") and not any(context.has(place, "weekday") for place in (1, 2))


def _is_family_name(context: Context) -> bool:
    """Return whether الخميس or الجمعة follows a first name that nothing precedes as part of a name."""
    alone = not (context.has(-2, "first_name") or context.has(-2, "son"))
    return context.has(0, "family_name") and context.has(-1, "first_name") and alone


def _is_title(context: Context) -> bool:
    """Return whether a weekday ends a title of two or three words in quotation marks: «قيلولة الثلاثاء»."""
    return context.sign(1) in QUOTES and any(context.sign(place) in QUOTES for place in (-2, -3))


def _direction_of_weekday(context: Context, begins_with_to: BeginsWithTo) -> tuple[str, int, int | None]:
    """Return the direction of a weekday, the place of its cue (0: none), and days from the publication."""
    if _is_title(context):
        return "none", 0, None
    after = _cue_after(context)
    lead = _skip(context, -1, "lead")
    place = next((each for each in (lead, lead + 1, 1) if context.has(each, "relative")), 0)
    if context.sign(-1) in QUOTES and context.has(-2, "relative"):  # اليوم «الأحد»
        place = -2
    days = _days_of_relative(context, place) if place else 0
    alone = not any(_goes_on(context, 1, step) for step in (1, 2, 3))
    if place and (days or not after or not alone):  # in اليوم الأربعاء المقبل it is "the day"
        return "near", place, days
    if after:
        return *after, None
    if context.has(lead, "two_before_after_day") and context.roles(lead - 1).get("relative") == -1:
        return "near", lead - 1, -2
    first = _first_weekday(context)
    if context.has(first - 1, "repeated"):
        return "none", first - 1, None
    if context.has(lead, "since"):
        return "last", lead, None
    if context.has(-1, "ahead"):
        return "coming", -1, None
    if context.has(lead, "of") and context.has(lead - 1, "starting"):
        return "coming", lead - 1, None
    if context.has(lead, "fixed") and context.has(lead + 1, "lead"):
        return "coming", lead, None
    willing = next((each for each in range(1, 5) if context.has(each, "willing")), 0)
    return *(("coming", willing) if willing else _direction_by_tense(context, lead, begins_with_to)), None


def _first_weekday(context: Context) -> int:
    """Return the first of several weekdays in a row: أيام الخميس والجمعة."""
    place = 0
    while context.has(place - 1, "weekday"):
        place -= 1
    return place


def _cue_after(context: Context) -> tuple[str, int] | None:
    """Return the direction by الماضي or المقبل after a weekday, or after the second of two, and its place."""
    place = 1
    while (step := next((step for step in (1, 2, 3) if _goes_on(context, place, step)), 0)) > 0:
        place += step
    if context.has(place, "of") and context.has(place + 1, "repeated"):
        return "none", place + 1
    if context.has(place, "two_after_day") and context.has(place + 1, "next"):
        return "after next", place + 1
    if context.has(place, "ago") and context.has(place + 1, "last"):
        return "before last", place + 1
    for direction in ("last", "next", "this", "narrated"):
        if context.has(place, direction):
            return {"narrated": "none", "last": "before"}.get(direction, direction), place
    week = place + 1 if context.has(place, "of_week") else place
    for direction in ("last", "next", "this"):
        if context.has(week, "week") and context.has(week + 1, direction):
            return f"{direction} week", week + 1
    return None


def _goes_on(context: Context, place: int, step: int) -> bool:
    """Return whether a list or a range of weekdays goes on for so many tokens: والسبت, أو السبت, إلى يوم السبت."""
    between = range(place, place + step - 1)
    roles = ("and_so", "or", "to", "lead")
    return context.has(place + step - 1, "weekday") and all(
        any(context.has(each, role) for role in roles) or context.sign(each) in ("-", "–", "/") for each in between
    )


def _direction_by_tense(context: Context, lead: int, begins_with_to: BeginsWithTo) -> tuple[str, int]:
    """Return the direction by the nearest verb before in the sentence, or after a weekday that begins a clause."""
    if context.has(lead, "that") and context.has(lead + 1, "lead"):  # أن يوم الجمعة سيشهد
        for place in range(1, _VERB_AFTER):
            if tense := _tense(context, place, begins_with_to):
                return ("coming", place) if tense == "coming" else ("last", place)
    for place in range(lead, -_VERB_WITHIN - 1, -1):
        tense = _tense(context, place, begins_with_to)
        if tense:
            return ("coming", place) if tense == "coming" else ("last", place)
    if context.has(lead, "outside"):
        for place in range(1, _VERB_AFTER + 1):
            tense = _tense(context, place, begins_with_to)
            if tense:
                return ("coming", place) if tense == "coming" else ("last", place)
    return "last", 0


def _tense(context: Context, place: int, begins_with_to: BeginsWithTo) -> str:
    """Return the tense of a word: "past", "coming" or nothing."""
    roles = context.roles(place)
    coming = "coming" in roles
    if "coming_without_to" in roles:
        anchor = context.anchor
        coming = not begins_with_to(min(anchor + place, anchor) + 1, max(anchor, anchor + place) + 2)
        if not coming:
            return "past"
    if coming:
        earlier = range(place - 1, place - 4, -1)
        return "past" if any(context.has(each, "past_before_verb") for each in earlier) else "coming"
    return "past" if "past" in roles or "said" in roles or "did" in roles else ""


def _skip(context: Context, place: int, role: str) -> int:
    """Return the first place from here backwards without this role; commas and brackets are skipped."""
    while context.has(place, role) or (context.sign(place) in ("،", ",", "(", "-", "–") and place > -4):
        place -= 1
    return place


# months and days


def _read_month(context: Context, begins_with_to: BeginsWithTo) -> Expression | None:
    month, length = _month_at(context, 0)
    if month is None or context.has(-1, "city_before") or context.has(length, "no_month") or _is_quoted(context):
        return None
    calendar, number = month
    end = _end_of_twin(context, length, month)
    has_twin = end > length
    day, first = _day_before(context)
    is_bracketed = not has_twin and context.sign(-1) == "(" and context.sign(end) == ")"
    if is_bracketed:
        if any(context.has(-2, role) for role in ("last", "next", "this")) and _month_at(context, -3)[0] == month:
            return None  # سبتمبر المقبل (أيلول) has been read
        day, first = (context.number(-2), -2) if 1 <= context.number(-2) <= 31 else (day, first)  # 15 (يناير) 2015
    after = end + is_bracketed
    year, years, stop, cue, direction = _year_after(context, after, calendar)
    end = stop if stop > after or day else end
    anchor = context.anchor
    kind = "month" if not day else "hijri" if calendar == "hijri" else "day"
    expression = Expression(
        anchor + (first if day else 0), anchor + end, kind, calendar, year, number, day,
        direction=direction, years=years, cue=anchor + cue if cue else NONE,
    )  # fmt: skip
    is_sure = "unsure" not in context.roles(0) or has_twin or year is not None or direction or years is not None
    if not day and ("needs_day" in context.roles(0) or not (is_sure or context.has(-1, "before_unsure"))):
        return None
    if year is not None or years is not None or direction:
        return expression
    if day and "needs_frame" in context.roles(0) and not _is_framed(context, first):
        return None
    if not day and (year := _year_before(context)) is not None:
        return replace(expression, year=year)
    if day:
        direction, cue = _direction_of_day(context, first, begins_with_to)
    else:
        direction, cue = _direction_of_month(context, length, end, begins_with_to)
    return replace(expression, direction=direction, cue=anchor + cue if cue else NONE)


def _year_before(context: Context) -> int | None:
    """Return the year that a month makes exact, as in عام 2008، وتحديدا في مايو, or None."""
    place = -1
    while place > -_YEAR_WITHIN and (
        context.sign(place) == "،" or any(context.has(place, role) for role in ("before_unsure", "month", "exactly"))
    ):
        place -= 1
    is_year = context.number(place) in NEWS_YEARS and context.has(place - 1, "year_name")
    is_exact = any(context.has(each, "exactly") for each in range(place + 1, 0))
    return context.number(place) if is_year and is_exact else None


def _read_day_of_this_month(context: Context) -> Expression | None:
    """Read 26 من الشهر الجاري, of a calendar that its weekday tells."""
    day, first = _day_before(context)
    direction = next((each for each in ("last", "next", "this") if context.has(1, each)), "")
    if not day or not (direction or context.has(-1, "of")):
        return None
    anchor = context.anchor
    return Expression(anchor + first, anchor + 1, "day", "either", day=day, direction=direction)


def _direction_of_day(context: Context, first: int, begins_with_to: BeginsWithTo) -> tuple[str, int]:
    """Return the direction of a day of a month by the words before it, and the place of the cue."""
    if context.has(first - 1, "since"):
        return "since", first - 1
    if context.has(first - 1, "named"):
        return "none", first - 1
    for place in range(first - 1, first - 1 - _VERB_WITHIN, -1):
        if context.has(place, "born"):
            return "none", place
        tense = _tense(context, place, begins_with_to)
        if tense == "coming":  # a present tense can tell of what is usual or past
            return ("ahead", place) if context.has(place, "future") else ("", 0)
        if tense:
            return ("", 0) if context.has(place, "said") or context.has(place, "did") else ("back", place)
    return "", 0


def _direction_of_month(context: Context, length: int, end: int, begins_with_to: BeginsWithTo) -> tuple[str, int]:
    """Return the direction of a month without a year, and the place of its cue.

    "unsaid" if no word says whether it is past or to come.
    """
    if context.has(-1, "since"):
        return "since", -1
    is_title = context.sign(length) in QUOTES and any(context.sign(place) in QUOTES for place in (-2, -3))
    if context.has(-1, "named") or (is_title and not context.has(-1, "before_unsure")):
        return "none", -1
    usual = next((each for each in range(-_USUAL_WITHIN, _USUAL_WITHIN) if context.has(each, "usual")), None)
    if usual is not None:
        return "none", usual
    begin = -1
    while context.has(begin, "before_unsure") or context.has(begin, "month"):
        if any(context.has(begin, role) for role in ("to", "ahead", "since")):
            break
        begin -= 1
    if context.has(begin, "since"):
        return "since", begin
    if context.has(begin, "to") or context.has(begin, "ahead"):
        return "", begin  # حتى نهاية أكتوبر
    goes_on = any(context.has(place, "joins") for place in range(begin + 1, 0))  # وفي ديسمبر
    if goes_on or context.has(begin, "outside") or context.sign(begin) in ("،", "."):
        for place in range(end, end + _VERB_AFTER_MONTH):  # في ديسمبر، أعلنت
            if tense := _tense(context, place, begins_with_to):
                return (("ahead" if context.has(place, "future") else "") if tense == "coming" else "back"), place
    return _direction_of_month_by_tense(context, begin, begins_with_to)


def _direction_of_month_by_tense(context: Context, begin: int, begins_with_to: BeginsWithTo) -> tuple[str, int]:
    """Return the direction of a month by the nearest verb before it, and its place."""
    habitual = context.has(0, "habitual")
    for place in range(-1, -1 - BEFORE, -1):
        if context.has(place, "born") or (habitual and place >= -_HABIT_WITHIN and context.has(place, "present")):
            return "none", place
        if context.has(place, "on") and context.has(place + 1, "that"):
            return "ahead", place
        tense = _tense(context, place, begins_with_to)
        if tense == "coming":  # a present tense can tell of what is usual or past, but for المقرر أن يبدأ
            future = next((each for each in range(place, place - 4, -1) if context.has(each, "future")), None)
            return ("ahead", future) if future is not None else ("", 0)
        if tense and context.has(place, "said") and place < begin:
            told = any(context.has(each, "past_before_verb") for each in range(place - 1, place - 4, -1))
            return ("back", place) if told else ("unsaid", 0)  # what is announced can be either
        if tense:
            return "told" if context.has(place, "did") else "back", place
    return "unsaid", 0


def _is_framed(context: Context, first: int) -> bool:
    """Return whether the words before a day say that it is one."""
    roles = ("before_unsure", "of", "to", "lead", "beside", "weekday")
    return context.has(-1, "month") or any(context.has(first - 1, role) for role in roles)


def earlier_days(context: Context, later: Expression) -> list[Expression]:
    """Return the days that share the month and year of a date after them: من 5 إلى 7 يوليو, 12 و13 و14 شوال."""
    days: list[Expression] = []
    while later.day:
        place = later.first - context.anchor - 1
        while context.has(place, "lead"):
            place -= 1
        number = context.number(place - 1)
        joined = context.has(place, "and_so") or context.has(place, "to") or context.sign(place) in ("-", "–")
        if not joined or not 1 <= number < later.day:
            break
        first = context.anchor + place - 1
        later = replace(later, first=first, end=first + 1, day=number)
        days.insert(0, later)
    return days


def _month_at(context: Context, place: int) -> tuple[tuple[str, int] | None, int]:
    """Return the calendar and number of a month that begins here, and the tokens of its name."""
    roles = context.roles(place)
    if "month_of" in roles:
        ends = context.roles(place + 1).get("ends")
        month = roles["month_of"].get(ends)
        if month is not None:
            return month, 2
    return roles.get("month_name"), 1


def _end_of_twin(context: Context, end: int, month: tuple[str, int]) -> int:
    """Where the month ends with its name in another region, as in آذار/مارس, آذار (مارس) and آذار مارس."""
    sign = context.sign(end)
    begin = end + 1 if sign in ("/", "(", "\\", "-") else end
    other, length = _month_at(context, begin)
    if other != month or context.codes[BEFORE + begin] == context.codes[BEFORE]:  # صفر/صفر is a result
        return end
    twin_end = begin + length
    return twin_end + 1 if sign == "(" and context.sign(twin_end) == ")" else twin_end


def _day_before(context: Context) -> tuple[int, int]:
    """Return the day before the name of a month, and where it begins; 0 if there is none."""
    place = -1
    if context.has(place, "month"):
        place -= 1
    of = context.has(place, "of")
    if of:
        place -= 1
    number = context.number(place)
    if 1 <= number <= 31:
        return number, place
    if context.sign(place) in (")", "»", '"') and 1 <= context.number(place - 1) <= 31:
        has_both = context.sign(place - 2) in ("(", "«", '"')
        return context.number(place - 1), place - 2 if has_both else place - 1  # في «12» أغسطس, (5-6) أغسطس
    day, first = _ordinal_before(context, place) if of else (0, 0)
    return (0, 0) if context.has(first - 1, "part_of_month") else (day, first)


def _ordinal_before(context: Context, place: int) -> tuple[int, int]:
    """Return a day in words that ends here, such as السادس, الحادي عشر, الخامس والعشرين, العشرين."""
    roles, before = context.roles(place), context.roles(place - 1)
    if "ten_more" in roles and "ordinal" in before:
        return 10 + before["ordinal"], place - 1
    if "and_tens" in roles and "ordinal" in before:
        return roles["and_tens"] + before["ordinal"], place - 1
    if "tens" in roles:
        return roles["tens"], place
    if "ordinal" in roles and "half" not in roles:
        return roles["ordinal"], place
    return 0, 0


def _year_after(context: Context, end: int, calendar: str) -> tuple[int | None, int | None, int, int, str]:
    """Return the year, or years from the publication; where the date ends; the place of a cue; the direction."""
    place = end
    for direction in ("last", "next", "this"):
        if context.has(place, direction):
            return None, None, end, place, direction
    if context.has(place, "of"):
        place += 1
        if context.has(place, "repeated"):
            return None, None, end, place, "none"
    if any(context.has(place + one, "same") and context.has(place + 1 - one, "year_name") for one in (0, 1)):
        return None, None, end, 0, "same"  # من العام نفسه, من نفس العام
    if context.has(place, "this_day") and context.has(place + 1, "year_name"):
        return None, 0, end, place, ""  # من هذا العام
    if context.has(place, "year_name"):
        place += 1
        if context.has(place, "calendar_year"):
            place += 1
        if context.has(place, "ago") and context.has(place + 1, "last"):  # العام قبل الماضي
            return None, -2, end, place + 1, ""
        for direction, years in (("last", -1), ("this", 0), ("next", 1)):
            if context.has(place, direction):
                return None, years, end, place, ""
    elif place > end:
        return None, None, end, 0, ""
    year = context.number(place)
    if year < 0 and place == end and context.sign(place) in ("،", ",") and context.number(place + 1) in NEWS_YEARS:
        place, year = place + 1, context.number(place + 1)  # 11 تشرين الثاني، 2004
    years_known = ALL_YEARS if place > end and context.has(place - 1, "year") else _GREGORIAN_YEARS
    if year not in (_HIJRI_YEARS if calendar == "hijri" else years_known):
        before = context.number(-1)
        is_of_month = before in NEWS_YEARS and calendar == "gregorian" and not context.has(0, "joins")
        year_before = before if is_of_month else None
        return year_before, None, end, 0, ""  # في 2015 ديسمبر
    place += 1
    era = "hijri_era" if calendar == "hijri" else "christian_era"
    return year, None, place + 1 if context.has(place, era) else place, 0, ""


# numeric dates


def read_numeric(context: Context) -> Expression | None:
    """Return a date of three numbers, or None."""
    return _numeric(context, [context.number(place) for place in (0, 2, 4)], 5)


def _numeric(context: Context, parts: Sequence[int], length: int) -> Expression | None:
    """Read day, month, year; or year, month, day."""
    day, month, year = parts if parts[2] >= 1000 else reversed(parts)
    calendar = "hijri" if year in _HIJRI_YEARS else "gregorian"
    if year not in _HIJRI_YEARS and year not in _GREGORIAN_YEARS:
        return None
    era = "hijri_era" if calendar == "hijri" else "christian_era"
    end = length + (1 if context.has(length, era) else 0)
    kind = "hijri" if calendar == "hijri" else "numeric"
    return Expression(context.anchor, context.anchor + end, kind, calendar, year, month, day)


def read_short(context: Context) -> Expression:
    """Return a date of two numbers after a weekday, which tells their calendar and order."""
    day, month = context.number(0), context.number(2)
    if month > 12:
        day, month = month, day
    return Expression(context.anchor, context.anchor + 3, "numeric", "either", month=month, day=day)


# relative days


def _read_relative(context: Context, begins_with_to: BeginsWithTo) -> Expression | None:
    roles = context.roles(0)
    days = _days_of_relative(context, 0)
    anchor = context.anchor
    if "night" in roles:
        if context.has(1, "last"):
            return Expression(anchor, anchor + 2, "relative", days=-1)
        if context.has(1, "ago") and context.has(2, "last"):  # الليلة قبل الماضية
            return Expression(anchor, anchor + 3, "relative", days=-2)
        coming = any(_tense(context, place, begins_with_to) == "coming" for place in range(-1, -_VERB_WITHIN - 1, -1))
        is_night = not _is_the_day(context) and (coming or context.has(-1, "today_after"))
        return Expression(anchor, anchor + 1, "relative", days=0) if is_night else None
    if context.has(1, "long_ago") or (
        days == 0 and (_is_the_day(context) or _is_quoted(context) or _is_bracketed(context) or _is_by_line(context))
    ):
        return None
    first, end = 0, 1
    if days == -2 and context.has(1, "two_before_after_day"):
        end = 2
    elif abs(days) == 2:
        first = -2 if context.has(-1, "of") else -1
    expression = Expression(anchor + first, anchor + end, "relative", days=days)
    if days == 0 and not _is_today(context, begins_with_to):
        return replace(expression, direction="none", cue=anchor)
    return expression


def _days_of_relative(context: Context, place: int) -> int:
    days: int = context.roles(place)["relative"]
    if days == -1:
        before = place - 2 if context.has(place - 1, "of") else place - 1
        if context.has(before, "two_before_day") or context.has(place + 1, "two_before_after_day"):
            return -2
    if days == 1 and context.has(place - 1, "two_after_day"):
        return 2
    return days


def _is_the_day(context: Context) -> bool:
    """Return whether اليوم is "the day" of something, and not today."""
    has_weekday = context.has(1, "weekday") or (context.sign(1) == "(" and context.has(2, "weekday"))
    if (
        context.has(-1, "today_not_after")
        or context.has(1, "today_not_before")
        or (context.has(-1, "this_day") and not has_weekday)
    ):
        return True
    return context.has(1, "article") and not has_weekday


def _is_quoted(context: Context) -> bool:
    """Return whether a word is a name: the newspaper «اليوم», the emperor «أغسطس»."""
    return context.sign(-1) in QUOTES and context.sign(1) in QUOTES


def _is_bracketed(context: Context) -> bool:
    return context.sign(-1) == "(" and context.sign(1) == ")"


def _is_by_line(context: Context) -> bool:
    """Return whether اليوم is the newspaper, in the line that opens an article: اليوم - الدمام."""
    opens_line = context.opens and context.has(-1, "outside") and context.sign(1) in ("-", "–")
    return opens_line and not context.has(2, "weekday")


def _is_today(context: Context, begins_with_to: BeginsWithTo) -> bool:
    """Return whether اليوم is the day of publication, and not "nowadays"."""
    before = _skip(context, -1, "of")
    if any(context.has(place, role) for place in (-1, before) for role in ("lead", "today_after", "starting")):
        return True
    if context.has(1, "weekday"):
        return True
    if context.has(-1, "nowadays_after"):
        return False
    if any(context.roles(place).get("relative", 0) for place in range(-BEFORE, AFTER + 1)):
        return True  # today and not yesterday
    if context.has(0, "joins") and (
        context.has(1, "nowadays_after")
        or not any(_tense(context, place, begins_with_to) for place in range(1, _VERB_AFTER + 1))
    ):
        return False  # واليوم after what was
    speech = next((place for place in range(-1, -BEFORE - 1, -1) if context.sign(place) in ("«", "“")), -BEFORE - 1)
    for place in (*range(-1, speech, -1), *range(1, _VERB_AFTER + 1)):  # a verb outside of speech says nothing
        if _tense(context, place, begins_with_to) or context.has(place, "today_after"):
            return True
        if context.has(place, "present"):
            return False
    return context.opens


def _read_ago(context: Context) -> Expression | None:
    """Read قبل يومين, قبل ثلاثة أيام, قبل 10 أيام."""
    roles = context.roles(0)
    if context.has(1, "from_another_day"):
        return None
    if "unit" in roles:
        count, unit, place = 1, roles["unit"], -1
    else:
        count = context.number(-1)
        count = context.roles(-1).get("number", 0) if count < 1 else count
        unit, place = roles["counted_unit"], -2
    if not 1 <= count <= 400 or not context.has(place, "ago"):
        return None
    return Expression(context.anchor + place, context.anchor + 1, "relative", days=-count * unit)
