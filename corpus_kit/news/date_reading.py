"""Date expressions in text, before they are resolved to days.

The words are those of text/calendar.toml and lexicons/dates.toml (date_words.py); date_resolution.py says what they
mean for a document of a given date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.date_words import CalendarWords, Roles, calendar_words
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["KINDS", "NONE", "Expression", "Finder"]

KINDS = ("weekday", "day", "month", "numeric", "hijri", "relative")
NONE = -1  # no cue, no neighbour, no number

_BEFORE, _AFTER = 14, 10  # tokens of context before and after an anchor
_VERB_WITHIN = 12  # how far before a weekday its verb may be
_VERB_AFTER = 4  # how far after, if the weekday begins its sentence
_GREGORIAN_YEARS = range(1900, 2101)
_HIJRI_YEARS = range(1300, 1501)

BeginsWithTo: TypeAlias = Callable[[int, int], bool]  # whether one of the tokens first to end begins with ل


@dataclass(frozen=True)
class Expression:
    """A date as it is written. first, end and cue are tokens; what is not written is None or 0."""

    first: int
    end: int
    kind: str
    calendar: str = "gregorian"
    year: int | None = None
    month: int = 0
    day: int = 0  # of the month; 0 is the whole month
    weekday: int = 0
    days: int | None = None  # from the publication; for a weekday: the nearest to that day
    direction: str = ""  # "last", "next", "coming" (the same day can be meant), "this", "none"
    years: int | None = None  # "of last year" is -1
    cue: int = NONE
    beside: int = NONE  # the expression next to this one, which says the same in other words


class _Context:
    """The words of a sentence around one of its tokens, which has the place 0."""

    __slots__ = ("anchor", "codes", "numbers", "roles_of")

    def __init__(self, anchor: int, codes: list[int], numbers: list[int], roles_of: list[Roles]) -> None:
        self.anchor = anchor
        self.codes = codes
        self.numbers = numbers
        self.roles_of = roles_of

    def roles(self, place: int) -> Roles:
        index = _BEFORE + place
        return self.roles_of[self.codes[index]] if 0 <= index < len(self.codes) else {}

    def has(self, place: int, role: str) -> bool:
        return role in self.roles(place)

    def sign(self, place: int) -> str:
        sign: str = self.roles(place).get("sign", "")
        return sign

    def number(self, place: int) -> int:
        """Return the value of a whole number; -1 for other tokens."""
        index = _BEFORE + place
        return self.numbers[index] if 0 <= index < len(self.numbers) else -1


class Finder:
    """A search for all dates in some tokens."""

    def __init__(self, corpus: CorpusView, tokens: Integers) -> None:
        self.corpus = corpus
        self.tokens = tokens
        self.words: CalendarWords = calendar_words(corpus)
        types = corpus.token_types[tokens]
        self.codes = self.words.of_type[types]
        self.numbers = self.words.numbers[types]
        flags = corpus.token_flags[tokens]
        self.sentences = np.cumsum((flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH)) != 0, dtype=np.int32)
        self.glued = (flags & GLUED) != 0

    def all(self) -> list[Expression]:
        """Return all expressions in the order of the text, without overlap."""
        anchor = self.words.having("weekday", "month_name", "month_of", "relative", "unit", "counted_unit", "dotted")
        numeric = self.numeric_dates()
        anchors = np.union1d(np.flatnonzero(anchor[self.codes]), numeric)
        is_numeric = np.isin(anchors, numeric)
        found: list[Expression] = []
        done = 0
        for context, numeric_date in zip(self.contexts(anchors), is_numeric.tolist(), strict=True):
            if context.anchor < done:
                continue
            expression = _read_numeric(context) if numeric_date else _read(context, self.begins_with_to)
            if expression is not None and expression.first >= done:
                found.append(expression)
                done = expression.end
        return _joined_neighbours(found, self)

    def numeric_dates(self) -> Integers:
        """Return where three numbers with the same separator begin; one of them has four digits."""
        n = len(self.codes)
        if n < 5:
            return np.zeros(0, np.int64)
        signs = np.array([each.get("sign") in ("/", "-", "\\") for each in self.words.roles])
        second = np.flatnonzero(signs[self.codes[: n - 3]])
        second = second[second > 0]
        same = (self.codes[second] == self.codes[second + 2]) & (
            self.sentences[second - 1] == self.sentences[second + 3]
        )
        parts = [self.numbers[second + step] for step in (-1, 1, 3)]
        counted = same & np.logical_and.reduce([part > 0 for part in parts])
        counted &= (parts[0] >= 1000) | (parts[2] >= 1000)
        counted &= np.logical_and.reduce([self.glued[second + step] for step in range(4)]) | (parts[1] <= 12)
        places: Integers = second[counted] - 1
        return places

    def contexts(self, anchors: Integers) -> Iterator[_Context]:
        """Yield the context of each of these tokens in its sentence."""
        steps = np.arange(-_BEFORE, _AFTER + 1)
        for begin in range(0, len(anchors), 1 << 16):
            some = anchors[begin : begin + (1 << 16)]
            places = np.clip(some[:, None] + steps, 0, len(self.codes) - 1)
            inside = (self.sentences[places] == self.sentences[some][:, None]) & (places - some[:, None] == steps)
            codes = np.where(inside, self.codes[places], len(self.words.roles) - 1).tolist()
            numbers = np.where(inside, self.numbers[places], -1).tolist()
            for anchor, row, values in zip(some.tolist(), codes, numbers, strict=True):
                yield _Context(anchor, row, values, self.words.roles)

    def begins_with_to(self, first: int, end: int) -> bool:
        """Return whether one of these tokens begins with the letter ل; called for few tokens."""
        folded = self.corpus.type_column("folded")
        types = self.corpus.token_types[self.tokens[first:end]]
        return any(folded[int(each)].startswith("ل") for each in types)


# ------------------------------------------------------------------------------------ reading


def _read(context: _Context, begins_with_to: BeginsWithTo) -> Expression | None:
    roles = context.roles(0)
    if "weekday" in roles:
        return _read_weekday(context, begins_with_to)
    if "dotted" in roles:
        return _numeric(context, roles["dotted"], 1)
    if "month_name" in roles or "month_of" in roles:
        return _read_month(context)
    if "relative" in roles:
        return _read_relative(context)
    return _read_ago(context)


# weekdays


def _read_weekday(context: _Context, begins_with_to: BeginsWithTo) -> Expression | None:
    weekday: int = context.roles(0)["weekday"]
    if context.has(-1, "no_weekday") or (weekday == 0 and _is_the_two(context)):
        return None
    expression = Expression(context.anchor, context.anchor + 1, "weekday", weekday=weekday)
    direction, cue, days = _direction_of_weekday(context, begins_with_to)
    return replace(expression, direction=direction, days=days, cue=context.anchor + cue if cue else NONE)


def _is_the_two(context: _Context) -> bool:
    """Return whether الاثنين is the number: both of them."""
    if context.has(1, "two_before"):
        return True
    return context.has(-1, "two_after") and not any(context.has(place, "weekday") for place in (1, 2))


def _direction_of_weekday(context: _Context, begins_with_to: BeginsWithTo) -> tuple[str, int, int | None]:
    """Return the direction of a weekday, the place of its cue (0: none), and days from the publication."""
    after = _cue_after(context)
    if after:
        return *after, None
    lead = _skip(context, -1, "lead")
    relative = context.roles(lead if context.has(lead, "relative") else lead + 1)
    if "relative" in relative:
        place = lead if context.has(lead, "relative") else lead + 1
        return "near", place, _days_of_relative(context, place)
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
    return *_direction_by_tense(context, lead, begins_with_to), None


def _first_weekday(context: _Context) -> int:
    """Return the first of several weekdays in a row: أيام الخميس والجمعة."""
    place = 0
    while context.has(place - 1, "weekday"):
        place -= 1
    return place


def _cue_after(context: _Context) -> tuple[str, int] | None:
    """Return the direction by الماضي or المقبل after a weekday, or after the second of two, and its place."""
    place = 1
    while context.has(place, "weekday") or (context.has(place, "and_so") and context.has(place + 1, "weekday")):
        place += 1
    if context.has(place, "of") and context.has(place + 1, "repeated"):
        return "none", place + 1
    for direction in ("last", "next", "this", "narrated"):
        if context.has(place, direction):
            return ("none" if direction == "narrated" else direction), place
    return None


def _direction_by_tense(context: _Context, lead: int, begins_with_to: BeginsWithTo) -> tuple[str, int]:
    """Return the direction by the nearest verb before in the sentence, or after a weekday that begins it."""
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


def _tense(context: _Context, place: int, begins_with_to: BeginsWithTo) -> str:
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
    return "past" if "past" in roles else ""


def _skip(context: _Context, place: int, role: str) -> int:
    """Return the first place from here backwards without this role; commas and brackets are skipped."""
    while context.has(place, role) or (context.sign(place) in ("،", ",", "(") and place > -4):
        place -= 1
    return place


# months and days


def _read_month(context: _Context) -> Expression | None:
    month, length = _month_at(context, 0)
    if month is None:
        return None
    calendar, number = month
    end = _end_of_twin(context, length, month)
    has_twin = end > length
    day, first = _day_before(context)
    year, years, end, cue, direction = _year_after(context, end, calendar)
    anchor = context.anchor
    expression = Expression(
        anchor + (first if day else 0), anchor + end, "month", calendar, year, number, day,
        direction=direction, years=years, cue=anchor + cue if cue else NONE,
    )  # fmt: skip
    if not (year or years or direction) and context.has((first if day else 0) - 1, "since"):
        expression = replace(expression, direction="since", cue=anchor + (first if day else 0) - 1)
    if not day:
        sure = "unsure" not in context.roles(0) or has_twin or year is not None or direction or years is not None
        if "needs_day" in context.roles(0) or not (sure or context.has(-1, "before_unsure")):
            return None
        return expression
    kind = "hijri" if calendar == "hijri" else "day"
    if year is None and years is None and not direction and context.has(first - 1, "named"):
        return replace(expression, kind=kind, direction="none", cue=anchor + first - 1)
    return replace(expression, kind=kind)


def _month_at(context: _Context, place: int) -> tuple[tuple[str, int] | None, int]:
    """Return the calendar and number of a month that begins here, and the tokens of its name."""
    roles = context.roles(place)
    if "month_of" in roles:
        ends = context.roles(place + 1).get("ends")
        month = roles["month_of"].get(ends)
        if month is not None:
            return month, 2
    return roles.get("month_name"), 1


def _end_of_twin(context: _Context, end: int, month: tuple[str, int]) -> int:
    """Where the month ends with its name in another region, as in آذار/مارس, آذار (مارس) and آذار مارس."""
    sign = context.sign(end)
    begin = end + 1 if sign in ("/", "(", "\\", "-") else end
    other, length = _month_at(context, begin)
    if other != month or context.codes[_BEFORE + begin] == context.codes[_BEFORE]:  # صفر/صفر is a result
        return end
    twin_end = begin + length
    return twin_end + 1 if sign == "(" and context.sign(twin_end) == ")" else twin_end


def _day_before(context: _Context) -> tuple[int, int]:
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
    day, first = _ordinal_before(context, place) if of else (0, 0)
    return (0, 0) if context.has(first - 1, "part_of_month") else (day, first)


def _ordinal_before(context: _Context, place: int) -> tuple[int, int]:
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


def _year_after(context: _Context, end: int, calendar: str) -> tuple[int | None, int | None, int, int, str]:
    """Return the year, or years from the publication; where the date ends; the place of a cue; the direction."""
    place = end
    for direction in ("last", "next", "this"):
        if context.has(place, direction):
            return None, None, end, place, direction
    if context.has(place, "of"):
        place += 1
    if context.has(place, "this_year") or context.has(place, "year"):
        place += 1
        for direction, years in (("last", -1), ("this", 0), ("next", 1)):
            if context.has(place, direction):
                return None, years, end, place, ""
    elif place > end:
        return None, None, end, 0, ""
    year = context.number(place)
    if year not in (_HIJRI_YEARS if calendar == "hijri" else _GREGORIAN_YEARS):
        return None, None, end, 0, ""
    place += 1
    era = "hijri_era" if calendar == "hijri" else "christian_era"
    return year, None, place + 1 if context.has(place, era) else place, 0, ""


# numeric dates


def _read_numeric(context: _Context) -> Expression | None:
    return _numeric(context, [context.number(place) for place in (0, 2, 4)], 5)


def _numeric(context: _Context, parts: Sequence[int], length: int) -> Expression | None:
    """Read day, month, year; or year, month, day."""
    day, month, year = parts if parts[2] >= 1000 else reversed(parts)
    calendar = "hijri" if year in _HIJRI_YEARS else "gregorian"
    if year not in _HIJRI_YEARS and year not in _GREGORIAN_YEARS:
        return None
    era = "hijri_era" if calendar == "hijri" else "christian_era"
    end = length + (1 if context.has(length, era) else 0)
    kind = "hijri" if calendar == "hijri" else "numeric"
    return Expression(context.anchor, context.anchor + end, kind, calendar, year, month, day)


# relative days


def _read_relative(context: _Context) -> Expression | None:
    roles = context.roles(0)
    if roles["relative"] == 0 and _is_the_day(context):
        return None
    days = _days_of_relative(context, 0)
    first, end = 0, 1
    if days == -2 and context.has(1, "two_before_after_day"):
        end = 2
    elif abs(days) == 2:
        first = -2 if context.has(-1, "of") else -1
    return Expression(context.anchor + first, context.anchor + end, "relative", days=days)


def _days_of_relative(context: _Context, place: int) -> int:
    days: int = context.roles(place)["relative"]
    if days == -1:
        before = place - 2 if context.has(place - 1, "of") else place - 1
        if context.has(before, "two_before_day") or context.has(place + 1, "two_before_after_day"):
            return -2
    if days == 1 and context.has(place - 1, "two_after_day"):
        return 2
    return days


def _is_the_day(context: _Context) -> bool:
    """Return whether اليوم is "the day" of something, and not today."""
    if context.has(-1, "today_not_after") or context.has(1, "today_not_before"):
        return True
    return context.has(1, "article") and not context.has(1, "weekday")


def _read_ago(context: _Context) -> Expression | None:
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


def _joined_neighbours(found: list[Expression], finder: Finder) -> list[Expression]:
    """Join a weekday with the date after it (السبت 9 أيار), and أمس with the weekday after it."""
    joined = list(found)
    roles = finder.words.roles
    for number, (one, other) in enumerate(pairwise(found)):
        dated = one.kind == "weekday" and other.kind in ("day", "numeric", "hijri")
        named = one.kind == "relative" and one.days in (-2, -1, 0, 1, 2) and other.kind == "weekday"
        near = other.first - one.end <= 3 and finder.sentences[one.first] == finder.sentences[other.first]
        if not ((dated or named) and near):
            continue
        between = [roles[code] for code in finder.codes[one.end : other.first].tolist()]
        if all("beside" in each or "lead" in each or each.get("sign") in ("،", "(", ",", "-", "–") for each in between):
            joined[number] = replace(joined[number], beside=number + 1)
            if other.kind == "hijri":
                joined[number + 1] = replace(joined[number + 1], beside=number)
    return joined
