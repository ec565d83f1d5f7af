"""What a date expression is, and how neighbours belong together: lists, ranges, a weekday and its date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from corpus_kit.news.date_words import Roles

__all__ = ["KINDS", "NONE", "QUOTES", "Expression", "joined_neighbours"]

KINDS = ("weekday", "day", "month", "numeric", "hijri", "relative")
NONE = -1  # no cue, no neighbour

QUOTES = ('"', "«", "»", "“", "”")

_CLASSES = {
    "relative": "relative",
    "weekday": "weekday",
    "day": "dated",
    "numeric": "dated",
    "hijri": "dated",
    "month": "month",
}
_PAIRED = {
    ("weekday", "dated"),
    ("relative", "weekday"),
    ("relative", "dated"),
    ("weekday", "relative"),
    ("dated", "dated"),
}
_WORSHIP = 6  # tokens between الجمعة of a sermon and the day on which it was held
_NEAR = 3  # tokens between neighbours
_DECIDED = ("last", "next", "this", "none", "same")  # a word beside the month says which one it is


@dataclass(frozen=True, slots=True)
class Expression:
    """A date as it is written. first, end and cue are tokens; what is not written is None or 0."""

    first: int
    end: int
    kind: str
    calendar: str = "gregorian"  # or "hijri"; "either" if only a weekday can tell which
    year: int | None = None
    month: int = 0  # of "either": 0 is the month of the publication
    day: int = 0  # of the month; 0 is the whole month
    weekday: int = 0
    days: int | None = None  # from the publication; for a weekday: the nearest to that day
    # "last", "next", "coming" (the same day can be meant), "before" (not that day, nor yesterday), "this", "near",
    # "after next", "before last", "none"; with "week"; of today also "alone";
    # of a day or a month also "since", "back" (last, or now), "told" (the same, by a verb that can tell of what is
    # announced), "ahead" (next, or now), "unsaid" (the nearest unless it is far ahead), "usual" (it can be that of
    # every year), "same" (of the year of the date before)
    direction: str = ""
    years: int | None = None  # "of last year" is -1
    cue: int = NONE
    beside: int = NONE  # the expression next to this one, which says the same in other words
    follows: int = NONE  # the weekday or month before this one in a list or a range
    is_range: bool = False  # from the day of `follows` to this one
    is_night: bool = False  # the night between them


def joined_neighbours(
    found: list[Expression], sentences: npt.NDArray[np.int32], codes: npt.NDArray[np.int32], roles: list[Roles]
) -> list[Expression]:
    """Say which expressions belong together.

    Neighbours of one class are a list or a range (السبت والأحد, من السبت إلى الخميس). Neighbours of two classes say the
    same in other words (السبت 9 أيار, أمس الأحد); two lists of the same length do so in order (الأربعاء والخميس 12 و13
    شوال).

    Args:
        found: Expressions in the order of the text.
        sentences: The sentence of each token.
        codes: The row of `roles` of each token.
        roles: What words can be.
    """

    def between(one: Expression, other: Expression, allowed: Callable[[Roles], bool]) -> bool:
        near = other.first - one.end <= _NEAR and sentences[one.first] == sentences[other.first]
        return near and all(allowed(roles[code]) for code in codes[one.end : other.first].tolist())

    joined = list(found)
    runs: list[list[int]] = []
    for number, each in enumerate(found):
        before = found[number - 1]
        if number and _class(before) == _class(each) and between(before, each, _joins):
            runs[-1].append(number)
            if each.kind == "weekday":
                to = any("to" in roles[code] for code in codes[before.end : each.first].tolist())
                night = before.first > 0 and "night_of" in roles[codes[before.first - 1]]
                joined[number] = replace(each, follows=number - 1, is_range=to, is_night=night)
            elif each.kind == before.kind == "month" and each.calendar == before.calendar:
                to = any("to" in roles[code] for code in codes[before.end : each.first].tolist())
                joined[number] = replace(each, follows=number - 1, is_range=to)
        else:
            runs.append([number])
    for run in runs:
        _share_years(joined, run)
        head = joined[run[0]]
        is_range = len(run) == 2 and joined[run[1]].is_range
        if head.kind == "weekday" and is_range and head.direction == "last" and head.cue == NONE:
            joined[run[0]] = replace(head, direction="none")  # hours of business: من السبت إلى الأربعاء
    for number, (each, gloss) in enumerate(pairwise(found)):
        is_gloss = each.kind == gloss.kind == "relative" and gloss.first == each.end + 1
        if is_gloss and roles[codes[each.end]].get("sign") in ("(", "«", "-", "–"):
            # «سنجتمع اليوم (أمس)»: the newspaper says which day it was
            joined[number] = replace(each, days=gloss.days, direction="", cue=NONE)
    for number, (each, after) in enumerate(pairwise(found)):
        is_worship = each.kind == "weekday" and each.first > 0 and "worship" in roles[codes[each.first - 1]]
        near = is_worship and after.kind == "relative" and after.first - each.end <= _WORSHIP
        if near and after.days in (-1, 0) and sentences[each.first] == sentences[after.first] and not each.days:
            commas = any(roles[code].get("sign") in ("،", ",") for code in codes[each.end : after.first].tolist())
            if not commas and each.direction in ("none", "last", "coming"):  # خطبة الجمعة التي ألقاها أمس
                joined[number] = replace(joined[number], direction="near", days=after.days, cue=after.first)
                joined[number + 1] = replace(joined[number + 1], beside=number)
    for one, other in pairwise(runs):
        pair = _class(found[one[0]]), _class(found[other[0]])
        goes_on = "joins" in roles[codes[found[other[0]].first]]  # اليوم والأحد are two days
        if pair in _PAIRED and not goes_on and between(found[one[-1]], found[other[0]], _explains):
            pairs = zip(one, other, strict=True) if len(one) == len(other) else ((one[-1], other[0]),)
            for first, second in pairs:
                _pair(joined, first, second)
    return joined


def _class(each: Expression) -> str:
    if each.kind == "relative":  # قبل يومين has no other name
        return "relative" if each.days in (-2, -1, 0, 1, 2) else ""
    return _CLASSES.get(each.kind, "")


def _joins(roles: Roles) -> bool:
    """Return whether a word can be between the members of a list or a range."""
    return (
        "and_so" in roles
        or "or" in roles
        or "to" in roles
        or "lead" in roles
        or "month" in roles
        or roles.get("sign") in ("،", ",", "-", "–", "/")
    )


def _explains(roles: Roles) -> bool:
    """Return whether a word can be between two names of a day."""
    return (("beside" in roles or "lead" in roles) and "joins" not in roles) or roles.get("sign") in (
        "،",
        "(",
        ")",
        ",",
        ":",
        "-",
        "–",
        "«",
        "“",
    )


def _share_years(joined: list[Expression], run: Sequence[int]) -> None:
    """Give the first dates of a list or a range the year of its last: من 15 شوال إلى 25 ذي القعدة 1436.

    Conversely, بين يونيو 2014 ويناير ends in the year after.
    """
    for number, after in pairwise(run):
        one, each = joined[number], joined[after]
        is_bare = each.year is None and each.years is None and each.direction not in _DECIDED
        if one.year is not None and one.month and each.month and one.calendar == each.calendar and is_bare:
            joined[after] = replace(each, year=one.year + (each.month < one.month), direction="", cue=NONE)
        elif one.direction == "none" and one.day and each.day and is_bare:
            joined[after] = replace(each, direction="none", cue=one.cue)  # ثورتا 25 يناير و30 يونيو
    last = joined[run[-1]]
    if last.month and last.direction == "none" and last.cue >= last.end:  # من مايو حتى نوفمبر من كل عام
        for number in run[:-1]:
            is_bare = joined[number].year is None and joined[number].years is None
            joined[number] = replace(joined[number], direction="none", cue=last.cue) if is_bare else joined[number]
    if not last.month or not (last.year or last.years is not None or last.direction in ("last", "next")):
        return
    direction = last.direction if last.direction in ("last", "next") else ""  # سبتمبر ويناير الماضيين
    for number in run[:-1]:
        each = joined[number]
        if each.calendar == last.calendar and each.year is None and each.years is None:
            year = None if last.year is None else last.year - (each.month > last.month)
            cue = last.cue if direction else NONE
            joined[number] = replace(each, year=year, years=last.years, direction=direction, cue=cue)


def _pair(joined: list[Expression], first: int, second: int) -> None:
    """Let the less exact of two neighbours point to the other, a Hijri date and its weekday to each other."""
    one, other = joined[first], joined[second]
    if one.day and other.day:  # 6 أغسطس 2012 الموافق 17 رمضان
        if {one.calendar, other.calendar} == {"gregorian", "hijri"} and (one.year is None) != (other.year is None):
            bare, whole = (first, second) if one.year is None else (second, first)
            joined[bare] = replace(joined[bare], beside=whole)
        return
    if one.kind == "weekday" and other.kind == "relative":
        joined[second] = replace(other, beside=first)
        return
    joined[first] = replace(one, beside=second)
    if one.kind == "relative":
        if other.kind == "weekday" and other.direction == "near":
            joined[second] = replace(other, days=one.days)
        if one.direction == "none":  # اليوم with a date is today
            joined[first] = replace(joined[first], direction="", cue=NONE)
    elif other.kind == "hijri" or other.year is None:
        direction = "" if other.direction == "unsaid" else other.direction  # its weekday can tell the year
        joined[second] = replace(other, beside=first, direction=direction)
