"""The rules by which words around an anchor (a weekday, a month, اليوم) are read as a date expression.

The words are those of text/calendar.toml and lexicons/dates.toml (date_words.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus_kit.news.date_context import BeginsWithTo, Context
from corpus_kit.news.date_expressions import NONE, QUOTES, Expression
from corpus_kit.news.date_words import AFTER, BEFORE

__all__ = [
    "ALL_YEARS",
    "NEWS_YEARS",
    "SURNAME",
    "earlier_days",
    "read",
    "read_numeric",
    "read_of_month",
    "read_short",
]

_VERB_WITHIN = 14  # how far before a weekday its verb may be
_HABIT_WITHIN = 6  # how far before a month the verb of what is done every year may be
_VERB_AFTER = 4  # how far after, if the weekday begins its sentence
_HABIT_BEFORE_AGO = 3  # how far before قبل ثلاثة أسابيع the verb of what is done so long before something may be
_USUAL_WITHIN = 6  # how far after a month عادة may be
_VERB_AFTER_MONTH = 3  # how far after a month that begins its sentence or clause
_SINCE_WITHIN = 6  # how far before a month منذ and an event may be
_DELIVERY_WITHIN = 3  # how far before a month تسليم may be
_YEAR_WITHIN = 7  # how far before a month its year may be
_FIGURATIVE_WITHIN = 3  # how far before أمس a word such as كأنه may be
_NAMED_DAYS = ("gregorian", 9, 11), ("gregorian", 10, 7)  # 11 September without a year is that of 2001
_GREGORIAN_YEARS = range(1800, 2101)
ALL_YEARS, NEWS_YEARS = range(1500, 2101), range(1900, 2101)  # after عام; after a comma
_HIJRI_YEARS = range(1300, 1501)
_OLD_YEARS = range(1000, 1300)  # after a month, at the end of a clause
SURNAME = "surname"  # the direction of الخميس in a name: no date, but the document speaks of him


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
    if context.has(-1, "no_weekday") or (weekday == 0 and _is_the_two(context)) or _is_publication(context):
        return None
    expression = Expression(context.anchor, context.anchor + 1, "weekday", weekday=weekday)
    if _is_family_name(context):
        return replace(expression, direction=SURNAME)
    direction, cue, days = _direction_of_weekday(context, begins_with_to)
    if direction == "last" and not cue and _is_every_friday(context):
        direction = "none"
    return replace(expression, direction=direction, days=days, cue=context.anchor + cue if cue else NONE)


def _is_the_two(context: Context) -> bool:
    """Return whether الاثنين is the number: both of them."""
    if context.has(1, "two_before") or context.has(1, "and_tens"):
        return True  # الاثنين والعشرين
    if context.has(1, "in") and context.has(2, "two_parts"):
        return True
    if any(context.has(place, "weekday") for place in (1, 2, 3)) or context.sign(1) == "(" or context.number(1) > 0:
        return False
    if context.has(-1, "two_after"):
        return True
    if _cue_after(context):
        return False
    if context.has(-1, "that"):  # أن الاثنين المقبوض عليهما, but أن الاثنين سيشهد
        return not any(context.has(1, role) for role in ("coming", "past", "did", "said"))
    is_hour = context.has(-2, "starting") or context.has(-2, "hours") or context.sign(-2) == ")"
    return context.has(-1, "in") or (context.has(-1, "of") and not is_hour)  # سيفوز في الاثنين


def _is_family_name(context: Context) -> bool:
    """Return whether الخميس or الجمعة follows بن and a name, a title, or a first name that no name precedes."""
    if not context.has(0, "family_name") or _cue_after(context):
        return False
    has_father = context.has(-2, "son") or context.has(-3, "son")
    is_first = context.has(-1, "first_name") and (has_father or not context.has(-2, "first_name"))
    return is_first or context.has(-2, "son") or context.has(-1, "name_title")


def _is_publication(context: Context) -> bool:
    """Return whether a weekday is the name of a paper: مجلة «الاثنين»."""
    return context.is_quoted() and context.has(-2, "publication")


def _is_every_friday(context: Context) -> bool:
    """Return whether a weekday is that of a prayer or sermon that its sentence gives to no day: خطبة الجمعة."""
    is_worship = context.has(-1, "worship") and not context.has(-2, "after_event")
    return is_worship and not any(context.has(each, "relative") for each in range(-BEFORE, AFTER + 1))


def _is_title(context: Context) -> bool:
    """Return whether a weekday ends a title of two or three words in quotation marks: «قيلولة الثلاثاء»."""
    return context.sign(1) in QUOTES and any(context.sign(place) in QUOTES for place in (-2, -3))


def _direction_of_weekday(context: Context, begins_with_to: BeginsWithTo) -> tuple[str, int, int | None]:
    """Return the direction of a weekday, the place of its cue (0: none), and days from the publication."""
    if _is_title(context):
        return "none", 0, None
    after = _cue_after(context)
    lead = context.skip(-1, "lead")
    place = next((each for each in (lead, lead + 1, 1) if context.has(each, "relative")), 0)
    if context.sign(-1) in QUOTES and context.has(-2, "relative"):  # اليوم «الأحد»
        place = -2
    if place and context.has(place - 1, "another_day"):
        return "none", place - 1, None  # صبيحة ذلك اليوم «الخميس»
    days = _days_of_relative(context, place) if place else 0
    alone = not any(_goes_on(context, 1, step) for step in (1, 2, 3))
    if place and (days or not after or not alone):  # in اليوم الأربعاء المقبل it is "the day"
        return "near", place, days
    if after:
        return *after, None
    if context.has(lead, "two_before_after_day") and context.roles(lead - 1).get("relative") == -1:
        return "near", lead - 1, -2
    first = _first_weekday(context) - 1
    if context.sign(first) in QUOTES or (context.has(first, "lead") and context.has(first - 1, "repeated")):
        first -= 1  # عطلة «الأحد», إجازة يومي السبت والأحد
    if context.has(first, "repeated"):
        return "none", first, None
    if context.has(lead, "since"):
        return "last", lead, None
    if context.has(-1, "ahead"):
        return "coming", -1, None
    if context.has(lead, "of") and context.has(lead - 1, "starting"):
        return "coming", lead - 1, None
    if context.has(lead, "fixed") and context.has(lead + 1, "lead"):
        return "coming", lead, None
    willing = next((each for each in range(1, 5) if context.has(each, "willing")), 0)
    if willing:
        return "coming", willing, None
    direction, cue = _direction_by_tense(context, lead, begins_with_to)
    if direction == "last" and (week := _last_week_before(context)):
        return "earlier", week, None
    return direction, cue, None


def _first_weekday(context: Context) -> int:
    """Return the first of several weekdays in a row: أيام الخميس والجمعة."""
    place = 0
    while context.has(place - 1, "weekday"):
        place -= 1
    return place


def _cue_after(context: Context) -> tuple[str, int] | None:
    """Return the direction by الماضي or المقبل after a weekday, or after the second of two, and its place."""
    place = 2 if context.sign(-1) == "(" and context.sign(1) == ")" else 1  # يوم (السبت) المقبل
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
            if tense := context.tense(place, begins_with_to):
                return ("coming", place) if tense == "coming" else ("last", place)
    for place in range(lead, -_VERB_WITHIN - 1, -1):
        tense = "" if context.has(place, "delivery") else context.tense(place, begins_with_to)
        if tense == "coming" and _was_to_be(context, place):
            return "none", place
        if tense:
            return ("coming", place) if tense == "coming" else ("last", place)
    if context.has(lead, "outside"):
        for place in range(1, _VERB_AFTER + 1):
            tense = context.tense(place, begins_with_to)
            if tense:
                return ("coming", place) if tense == "coming" else ("last", place)
    return "last", 0


def _last_week_before(context: Context) -> int:
    """Return the place of the nearest الأسبوع الماضي before in the sentence, which has the day; 0: none."""
    for place in range(-2, -_VERB_WITHIN - 1, -1):
        if context.has(place, "week") and context.has(place + 1, "last"):
            return place + 1
    return 0


def _was_to_be(context: Context, place: int) -> bool:
    """Return whether a verb tells of what was to be, and may have been put off: كان من المقرر أن تبدأ الجمعة."""
    if not context.has(place - 1, "that"):
        return (
            context.has(place, "future") and context.has(place - 1, "of") and context.has(place - 2, "past_before_verb")
        )
    return any(context.has(each, "past_before_verb") for each in range(place - 3, place - 6, -1))


# months and days


def _read_month(context: Context, begins_with_to: BeginsWithTo) -> Expression | None:
    month, length = _month_at(context, 0)
    if month is None or context.has(-1, "city_before") or context.has(length, "no_month") or context.is_quoted():
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
    begin = after + context.has(after, "honoured")  # رمضان المبارك من عام 1433
    year, years, stop, cue, direction = _year_after(context, begin, calendar)
    end = stop if stop > begin else after if day else end
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
    is_quoted = context.sign(first - 1) in QUOTES and context.sign(end) in QUOTES
    is_in_brackets = context.sign(first - 1) == "(" and context.has(first - 2, "named")  # فريق (8 آذار)
    if day and (is_quoted or is_in_brackets or (calendar, number, day) in _NAMED_DAYS):
        direction, cue = "none", 0  # قادة «17 فبراير», بعد 11 سبتمبر
    elif day:
        direction, cue = _direction_of_day(context, first, begins_with_to)
    else:
        direction, cue = _direction_of_month(context, length, end, begins_with_to)
    return replace(expression, direction=direction, cue=anchor + cue if cue else NONE)


def _year_before(context: Context) -> int | None:
    """Return the year of the clause of a month, or which it makes exact, or None.

    In في عام 2018 يقع في يناير, and in عام 2008، وتحديدا في مايو.
    """
    for place in range(-1, -BEFORE + 2, -1):
        if context.sign(place) in ("،", ","):
            break
        if context.number(place) not in NEWS_YEARS:
            continue
        name = place - 2 if any(context.has(place - 1, role) for role in ("last", "this", "next")) else place - 1
        if context.has(name, "year_name") and (context.has(name - 1, "in") or context.has(name - 1, "before_unsure")):
            return context.number(place)
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
    if context.has(1, "same"):
        direction = "same"  # من الشهر نفسه
    anchor = context.anchor
    return Expression(anchor + first, anchor + 1, "day", "either", day=day, direction=direction)


def _direction_of_day(context: Context, first: int, begins_with_to: BeginsWithTo) -> tuple[str, int]:
    """Return the direction of a day of a month by the words before it, and the place of the cue.

    "unsaid" after a verb of saying: what was announced can be either.
    """
    if context.has(first - 1, "since"):
        return "since", first - 1
    lead = context.skip(first - 1, "lead")
    is_end = context.has(lead, "to") or (context.has(lead, "of") and context.has(lead - 1, "starting"))
    if context.has(first - 1, "named") or context.has(first - 1, "that"):
        return "none", first - 1  # قوى 14 آذار, أن 14 آذار ترى
    for place in range(first - 1, first - 1 - _VERB_WITHIN, -1):
        if context.has(place, "born"):
            return "none", place
        tense = context.tense(place, begins_with_to)
        if tense == "coming":  # a present tense can tell of what is usual or past
            return ("ahead", place) if context.has(place, "future") else ("", 0)
        if tense:
            is_said = context.has(place, "said") or context.has(place, "did")
            return ("" if is_end else "unsaid", 0) if is_said else ("back", place)
    return "", 0


def _direction_of_month(context: Context, length: int, end: int, begins_with_to: BeginsWithTo) -> tuple[str, int]:
    """Return the direction of a month without a year, and the place of its cue.

    "unsaid" if no word says whether it is past or to come.
    """
    if context.has(-1, "since"):
        return "since", -1
    is_title = context.sign(length) in QUOTES and any(context.sign(place) in QUOTES for place in (-2, -3))
    is_second = context.has(0, "joins") and _month_at(context, -1)[0] and context.has(-2, "named")  # ثورتي يناير ويونيو
    if context.has(-1, "named") or is_second or (is_title and not context.has(-1, "before_unsure")):
        return "none", -1
    is_compared = context.has(-1, "compared") or (context.has(-1, "months") and context.has(-2, "compared"))
    if context.has(-1, "repeated") or is_compared:
        return "none", -1  # كل فبراير, ثاني أقوى يوليو
    if _is_in_list_of_names(context, end):
        return "none", 0
    usual = _usual_in_clause(context)
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
    if context.has(0, "habitual") and (context.has(begin, "that") or context.has(begin, "like")):
        is_told = any(context.tense(place, begins_with_to) == "past" for place in range(end, end + _VERB_AFTER_MONTH))
        return ("told" if is_told else "usual"), 0  # إن شهر رمضان فرصة, مثل شهر رمضان
    goes_on = any(context.has(place, "joins") for place in range(begin + 1, 0))  # وفي ديسمبر
    if goes_on or context.has(begin, "outside") or context.sign(begin) in ("،", "."):
        for place in range(end, end + _VERB_AFTER_MONTH):  # في ديسمبر، أعلنت
            if tense := context.tense(place, begins_with_to):
                if tense == "coming":
                    return "ahead" if context.has(place, "future") else _direction_by_present(context, place), place
                return "back", place
    return _direction_of_month_by_tense(context, begin, end, begins_with_to)


def _is_in_list_of_names(context: Context, end: int) -> bool:
    """Return whether a month between commas has no months beside it, as in a list of wars: النكسة، أكتوبر، الجنوب."""
    commas = ("،", ",")
    is_between = context.sign(-1) in commas and context.sign(end) in commas
    return is_between and not any(_month_at(context, place)[0] for place in (-2, -3, end + 1, end + 2))


def _usual_in_clause(context: Context) -> int | None:
    """Return the place of the first word between the commas around a month that says that it is of every year."""
    for side in (range(-1, -BEFORE, -1), range(1, _USUAL_WITHIN)):
        for place in side:
            if context.sign(place) in ("،", ",") and not context.has(place + 1, "especially"):
                break
            if _is_usual(context, place):
                return place
    return None


def _is_usual(context: Context, place: int) -> bool:
    """Return whether a word here says that something is repeated: عادة, كل عام."""
    return context.has(place, "usual") or (context.has(place - 1, "repeated") and context.has(place, "year_name"))


def _direction_of_month_by_tense(
    context: Context, begin: int, end: int, begins_with_to: BeginsWithTo
) -> tuple[str, int]:
    """Return the direction of a month by the nearest verb before it, and its place."""
    habitual = context.has(0, "habitual")
    is_usual = habitual and context.has(-2 if context.has(-1, "month") else -1, "in")  # في رمضان
    for place in range(-1, -1 - BEFORE, -1):
        if context.has(place, "born") or (habitual and place >= -_HABIT_WITHIN and context.has(place, "present")):
            return "none", place
        if context.has(place, "on") and context.has(place + 1, "that"):
            return "ahead", place
        if place >= -_SINCE_WITHIN and _is_since_event(context, place):
            return "since", place
        is_far = context.has(place, "delivery") and place < -_DELIVERY_WITHIN  # لتسليم مساعدات ... في مارس
        tense = "" if is_far else context.tense(place, begins_with_to)
        if tense == "coming":  # a present tense can tell of what is usual or past, but for المقرر أن يبدأ
            future = next((each for each in range(place, place - 4, -1) if context.has(each, "future")), None)
            if future is not None:
                return "ahead", future
            return ("usual" if is_usual else _direction_by_present(context, place)), 0
        if tense and context.has(place, "said") and place < begin:
            told = any(context.has(each, "past_before_verb") for each in range(place - 1, place - 4, -1))
            return ("back", place) if told else ("unsaid", 0)  # what is announced can be either
        if tense:
            return "told" if context.has(place, "did") else "back", place
    is_told_of = habitual and context.has(end, "present") and not context.has(end, "joins")  # خلال رمضان تزيد
    return ("usual" if is_usual or is_told_of else "unsaid"), 0


def _is_since_event(context: Context, place: int) -> bool:
    """Return whether a month is that of an event from here on: منذ اندلاع الحرب في مارس, but not منذ عامين في مارس."""
    spans = ("unit", "counted_unit", "number", "years", "relative", "weekday", "year_name")
    is_span = context.number(place + 1) >= 0 or any(context.has(place + 1, role) for role in spans)
    has_in = any(context.has(each, "in") for each in range(place + 2, 0))
    return context.has(place, "since") and has_in and not is_span


def _direction_by_present(context: Context, place: int) -> str:
    """Return "present" after a present tense that is of a month to come or of that of every year."""
    told = range(-BEFORE, min(place, 0) + 1)  # the present of a sentence that tells: تصدر, بدأت العلاقات تعود
    if place < -_HABIT_WITHIN or any(context.has(each, role) for each in told for role in ("past", "did")):
        return ""
    return "usual" if context.has(0, "habitual") else "present"


def _is_framed(context: Context, first: int) -> bool:
    """Return whether the words before a day say that it is one."""
    roles = ("before_unsure", "of", "to", "lead", "beside", "weekday")
    return context.has(-1, "month") or any(context.has(first - 1, role) for role in roles)


def earlier_days(context: Context, later: Expression) -> list[Expression]:
    """Return the days that share the month and year of a date after them: من 5 إلى 7 يوليو, 12 و13 و14 شوال."""
    days: list[Expression] = []
    begins_with_year = context.number(later.first - context.anchor) > 31
    while later.day and not begins_with_year:
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
    if not of and _is_first(context, place):
        return 1, place  # الأحد أول ذي القعدة, في أول مارس, غرة رجب
    if context.sign(place) == "/" and 1 <= context.number(place - 1) <= 31:
        return context.number(place - 1), place - 1  # 7/يوليو/2015
    if context.sign(place) in (")", "»", '"') and 1 <= context.number(place - 1) <= 31:
        has_both = context.sign(place - 2) in ("(", "«", '"')
        return context.number(place - 1), place - 2 if has_both else place - 1  # في «12» أغسطس, (5-6) أغسطس
    day, first = _ordinal_before(context, place) if of else (0, 0)
    return (0, 0) if context.has(first - 1, "part_of_month") else (day, first)


def _is_first(context: Context, place: int) -> bool:
    """Return whether a word is the first day of the month after it: فاتح ماي, في أول مارس, but not أول رمضان له."""
    if context.has(place, "first_day"):
        return True
    if not context.has(place, "two_before_day") or place < -1:
        return False
    roles = ("weekday", "lead", "in", "since", "to", "of", "beside")
    is_day = any(context.has(place - 1, role) for role in roles) or context.sign(place - 1) == "("
    return is_day and (context.has(place - 1, "weekday") or not context.has(0, "habitual"))


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
    if context.has(place, "ago") and "years" in context.roles(place + 1):
        return None, -context.roles(place + 1)["years"], end, place + 1, ""  # في يوليو قبل عامين
    if context.has(place, "of") or (context.has(place, "in") and context.has(place + 1, "year_name")):
        place += 1
        if context.has(place, "repeated") and context.has(place + 1, "year_name"):
            return None, None, end, place, "none"  # من كل عام
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
    if year < 0 and place == end and context.sign(place) == "/" and context.number(place + 1) >= min(_HIJRI_YEARS):
        place, year = place + 1, context.number(place + 1)  # 7/يوليو/2015
    if 100 <= year < min(_HIJRI_YEARS) and context.has(
        place + 1, "hijri_era" if calendar == "hijri" else "christian_era"
    ):
        return year, None, place + 2, 0, ""  # 21 يوليو 921م, 11 صفر 309هـ
    ends = "sign" in context.roles(place + 1) or context.has(place + 1, "outside")
    if place == end and year in _OLD_YEARS and ends and context.sign(end) == "":
        return year, None, place + 1, 0, ""  # 10 فبراير 1258.
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
    """Return a date of two numbers after a weekday, which tells their calendar and order, or in a dateline."""
    day, month = context.number(0), context.number(2)
    if month > 12:
        day, month = month, day
    calendar = "either" if context.sign(1) == "/" else "gregorian"  # الكويت - 18 - 1 (كونا)
    return Expression(context.anchor, context.anchor + 3, "numeric", calendar, month=month, day=day)


def read_of_month(context: Context) -> Expression | None:
    """Return a day of الجاري, الماضي or المقبل, a word that is the anchor, or None."""
    day, first = _day_before(context)
    framed = any(context.has(first - 1, role) for role in ("in", "lead", "to", "since", "weekday"))
    direction = next((each for each in ("last", "next", "this") if context.has(0, each)), "")
    if not (day and framed and direction) or (context.has(-1, "of") and direction != "this"):
        return None
    anchor = context.anchor
    return Expression(anchor + first, anchor + 1, "day", "either", day=day, direction=direction, cue=anchor)


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
        coming = any(context.tense(place, begins_with_to) == "coming" for place in range(-1, -_VERB_WITHIN - 1, -1))
        is_night = not _is_the_day(context) and (coming or context.has(-1, "today_after"))
        return Expression(anchor, anchor + 1, "relative", days=0) if is_night else None
    if context.has(0, "before_weekday") and not context.has(1, "weekday"):
        return None
    if context.has(1, "long_ago") or (
        days == 0
        and (
            _is_the_day(context)
            or context.is_quoted()
            or _ends_name(context)
            or _is_bracketed(context)
            or _is_by_line(context)
        )
    ):
        return None
    first, end = 0, 1
    if days == -2 and context.has(1, "two_before_after_day"):
        end = 2
    elif abs(days) == 2:
        first = -2 if context.has(-1, "of") else -1
    expression = Expression(anchor + first, anchor + end, "relative", days=days)
    if _is_figurative(context, first):
        return replace(expression, direction="none", cue=anchor)
    direction = _direction_of_today(context, begins_with_to) if days == 0 else ""
    return replace(expression, direction=direction, cue=anchor) if direction else expression


def _is_figurative(context: Context, first: int) -> bool:
    """Return whether a word means no day: كأنها كتبت أمس, الذي كان بالأمس, حزب غد الثورة, «غدا نلتقي»."""
    before = range(first - 1, first - 1 - _FIGURATIVE_WITHIN, -1)
    if any(context.has(place, "as_if") for place in before):
        return True
    if context.has(0, "loosely"):
        return any(context.has(place, "past_before_verb") for place in before)
    if context.has(0, "after_lead"):
        return first == 0 and not (context.has(-1, "lead") or context.has(1, "weekday"))
    return _opens_quotation(context) and any(context.sign(place) in ("»", "”", '"') for place in (2, 3))


def _opens_quotation(context: Context) -> bool:
    """Return whether a quotation mark is before a word and opens; a straight one, if their number is odd."""
    is_odd = sum(context.sign(place) == '"' for place in range(-BEFORE, 0)) % 2 == 1
    return context.sign(-1) in ("«", "“") or (context.sign(-1) == '"' and is_odd)


def _days_of_relative(context: Context, place: int) -> int:
    days: int = context.roles(place)["relative"]
    if days == -1:
        before = place - 2 if context.has(place - 1, "of") else place - 1
        is_first = before < place - 1 and context.roles(before).get("ordinal") == 1  # الأول من أمس
        two_before = context.has(before, "two_before_day") or context.has(place + 1, "two_before_after_day")
        if is_first or two_before or (context.has(place - 1, "ago") and context.has(place - 1, "ahead")):  # قبل أمس
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


def _ends_name(context: Context) -> bool:
    """Return whether a word ends a name of two words, as of the newspaper «الأهرام اليوم»."""
    return context.sign(1) in QUOTES and context.sign(-2) in QUOTES and context.has(-1, "article")


def _is_bracketed(context: Context) -> bool:
    return context.sign(-1) == "(" and context.sign(1) == ")"


def _is_by_line(context: Context) -> bool:
    """Return whether اليوم is the newspaper, in the line that opens an article: اليوم - الدمام."""
    opens_line = context.opens and context.has(-1, "outside") and context.sign(1) in ("-", "–")
    return opens_line and not context.has(2, "weekday")


def _direction_of_today(context: Context, begins_with_to: BeginsWithTo) -> str:
    """Return "none" if اليوم is "nowadays", nothing if it is the day of publication, "alone" if only a verb tells."""
    before = context.skip(-1, "of")
    roles = ("lead", "today_after", "today_beside", "starting")
    if context.has(1, "weekday") or any(context.has(place, role) for place in (-1, before) for role in roles):
        return ""
    is_told_of = context.has(-2, "what") and context.has(-1, "coming") and not context.has(-1, "future")
    if context.has(-1, "nowadays_after") or is_told_of:
        return "none"
    others = [context.roles(place) for place in range(-BEFORE, AFTER + 1)]
    if any(roles.get("relative", 0) and "loosely" not in roles for roles in others):
        return ""  # today and not yesterday
    if context.has(0, "joins"):
        return "none"  # واليوم after what was
    speech = next((place for place in range(-1, -BEFORE - 1, -1) if context.sign(place) in ("«", "“")), -BEFORE - 1)
    for place in (*range(-1, speech, -1), *range(1, _VERB_AFTER + 1)):  # a verb outside of speech says nothing
        tells = place < 0 or not context.has(-1, "article")  # الحروب اليوم تغيرت is "nowadays"
        if tells and (context.tense(place, begins_with_to) or context.has(place, "today_after")):
            return "" if context.opens or place == -1 else "alone"
        if context.has(place, "present"):
            return "none"
    return "" if context.opens else "none"


def _read_ago(context: Context) -> Expression | None:
    """Read قبل يومين, قبل ثلاثة أيام, قبل 10 أيام."""
    roles = context.roles(0)
    after = 2 if context.has(1, "exactly") or context.has(1, "only") else 1
    if context.has(after, "from_another_day"):  # قبل يومين فقط من الافتتاح
        return None
    if "unit" in roles:
        count, unit, place = 1, roles["unit"], -1
    else:
        count = context.number(-1)
        count = context.roles(-1).get("number", 0) if count < 1 else count
        unit, place = roles["counted_unit"], -2
    if not 1 <= count <= 400 or not context.has(place, "ago"):
        return None
    if context.has(place, "ahead") and any(
        context.has(each, "coming") for each in range(place - _HABIT_BEFORE_AGO, place)
    ):
        return None  # تبدأ الحجوزات قبل ثلاثة أسابيع of every feast
    is_of_event = any(context.has(each, "after_event") for each in (place - 2, place - 3))
    if is_of_event and any(context.has(each, "relative") for each in range(place - 3, -BEFORE - 1, -1)):
        return None  # فتحت أبوابها أمس بعد إغلاقها قبل ثلاثة أسابيع
    return Expression(context.anchor + place, context.anchor + 1, "relative", days=-count * unit)
