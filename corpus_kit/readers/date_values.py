"""How one date is written: the numbers of a value, before its column decides their order and calendar.

Times, zones and names of weekdays are taken off whole columns in Polars (`bare`); what is left is few days, each of
which is read in Python (`read`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import NamedTuple

import polars as pl

from corpus_kit.text.calendars import (
    ARABIC_REGIONS,
    calendar_names,
    century_names,
    hijri_day,
    month_names,
    weekday_names,
)
from corpus_kit.text.normalization import Normalizer, normalize

__all__ = ["ISO_DAY", "LATEST_HIJRI", "Span", "Written", "bare", "calendar_of", "full_year", "in_order", "read", "span"]

Span = tuple[int, int] | None
"""The first and last day, as ordinals; None if the value is no date."""

# A day, alone or with a time, which is cut off.
ISO_DAY = (
    r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})"
    r"(?:[T ][0-9]{2}(?::?[0-9]{2}){0,2}(?:[.,][0-9]+)?\s*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
    r"|Z|[+-][0-9]{2}:[0-9]{2}"  # a day of XML Schema with its zone
    r"|[0-9]{4}|[0-9]{6})?\s*$"  # 202603051430 and, in GDELT, 20260305143000
)
LATEST_HIJRI = 1500  # a later year is Gregorian

_HALF = r"am|pm|a\.m\.|p\.m\.|صباحا|مساء|ظهرا"
_ZONES = "z|utc|gmt|bst|ist|ast|cet|cest|eet|eest|wet|west|msk|trt|est|edt|cst|cdt|mst|mdt|pst|pdt"
_CLOCK = (
    r"(?:\s*[-|,]\s*)?(?:\b(?:الساعه|at|في|تمام|عند|ص|م|صباحا|مساء)\s+)*"
    rf"(?:\b[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]+)?)?(?:\s*(?:{_HALF}|[صم])(?:\b|\s|$))?"
    rf"|\b[0-9]{{1,2}}\s*(?:{_HALF})(?:\b|\s|$)|\bالساعه\s+[0-9]{{1,2}}\b)"
    r"(?:\s*\(?(?:utc|gmt)\s*[+-][0-9]{1,2}(?::?[0-9]{2})?\)?)?"
    rf"(?:\s*(?:{_ZONES})\b)?(?:\s*[+-][0-9]{{2}}:?[0-9]{{2}}\b)?"
    r"(?:\s*(?:\([^()0-9]*\)|\[?[a-z]+/[a-z/_]+\]?|(?:حسب\s+)?(?:ب|ال|بال)?توقيت\b[^0-9]*))?"
)
_DASHES, _SLASHES, _COMMAS, _DOTS = "‐‑‒–—−﹣－", "؍⁄∕／", "،؛;", "٫．。"  # noqa: RUF001
_AROUND = " \t,.:;|'\"«»[]"  # no dash: -500 and 1998- are other years


class Written(NamedTuple):
    """A date as it is written.

    year: As written, perhaps of two digits. month, day: None if only a longer period is named; if they may be
    exchanged, the first number is taken as the day. calendar: "hijri" or "gregorian" if the value says so. last_year:
    Of a range of years. swappable: Whether day and month are two numbers before the year. short: Whether the year has
    two digits. both: Whether the value has the same day in the other calendar too.
    """

    year: int
    month: int | None = None
    day: int | None = None
    calendar: str | None = None
    last_year: int | None = None
    swappable: bool = False
    short: bool = False
    both: bool = False


# ------------------------------------------------------------------------------------ whole columns


def bare(column: pl.Series) -> pl.Series:
    """Return what is left of texts without times, zones and names of weekdays, as `read` takes it.

    >>> bare(pl.Series(["Tue, 10 Mar 2026 10:00:00 +0000", "الثلاثاء ١٠/٣/٢٠٢٦ 5:30 م"])).to_list()
    ['10 mar 2026', '10/3/2026']
    """
    iso = column.str.extract(ISO_DAY)
    text = pl.col("text").str.replace(r"^\s*([0-9]+)\.0+\s*$", "$1")  # whole numbers that were floats
    for signs, plain in ((_DASHES, "-"), (_SLASHES, "/"), (_COMMAS, ","), (_DOTS, ".")):
        text = text.str.replace_many(dict.fromkeys(signs, plain))
    text = text.str.replace(r"([0-9])t([0-9]{1,2}:)", "$1 $2").str.replace(r"([0-9]{4}):([0-9]{2}:)", "$1 $2")
    text = text.str.replace(_CLOCK, " ").str.replace(_weekday(), " ")
    text = text.str.replace_all(r"\s+", " ").str.strip_chars(_AROUND).str.replace(r"^- +", "").str.replace(r" +-$", "")
    folded = Normalizer.preset("search")(column.set(iso.is_not_null(), None)).to_frame("text").select(text)["text"]
    return pl.select(pl.coalesce(iso, folded).alias(column.name)).to_series()


@cache
def _weekday() -> str:
    names = [_fold(name) for name in weekday_names()]
    return rf"\b(?:يوم\s+)?(?:{_either(names)})\b[.,]*-?"


# ------------------------------------------------------------------------------------ one value

_BETWEEN = r"\s*(?:[-/.,]|\s)\s*"
_YEAR_FIRST = re.compile(rf"([0-9]{{3,4}}){_BETWEEN}([0-9]{{1,2}}){_BETWEEN}([0-9]{{1,2}})")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}}){_BETWEEN}([0-9]{{1,2}}){_BETWEEN}([0-9]{{3,4}}|[0-9]{{2}})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{4}|[0-9]{6})?")
_COMPACT_MONTH = re.compile(r"((?:1[3-9]|2[01])[0-9]{2})(0[1-9]|1[0-2])")
_YEAR_MONTH = re.compile(rf"([0-9]{{4}}){_BETWEEN}([0-9]{{1,2}})")
_MONTH_YEAR = re.compile(rf"([0-9]{{1,2}}){_BETWEEN}([0-9]{{4}})")
_YEAR = re.compile(r"[0-9]{1,4}")
_BEFORE = re.compile(
    r"^(?:(?:(?:المتوفي|متوفي|توفيت?|وفاته|الوفاه|سنه|عام|نحو|حوالي|بتاريخ|تاريخ|يوم|في|نشرت?|النشر|اضيفت?|اخر|تحديث"
    r"|died|d|circa|ca|c|year|date|on|published|publication|posted|last|updated|created)\b"
    r"|ت(?=[\s.:0-9]))[.:]*\s*)+"
)
_EQUALS = r"\s*(?:الموافق(?:\s+ل)?|المصادف|corresponding to|[=|()])\s*|(?<=[^\W\d_])\s*/\s*(?=[0-9])"
_PIECES = (re.compile(_EQUALS), re.compile(rf"{_EQUALS}|\s+[-/]\s+"))
_LONGEST = 100  # characters of a date, with words around it
_FILLERS = {
    "من", "شهر", "عام", "لعام", "سنه", "لسنه", "of", "the", "st", "nd", "rd", "th", "er", "le", "de", "den",
    "المبارك", "الحرام", "الفرد", "المرجب", "المعظم", "الخير", "المكرم",  # epithets of Hijri months
}  # fmt: skip


def _fold(word: str) -> str:
    folded: str = normalize(word, "search")
    return folded


def _either(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(dict.fromkeys(words), key=len, reverse=True))


class _Eras(NamedTuple):
    """The calendar of each name of an era, and where the names stand."""

    names: dict[str, str]
    after: re.Pattern[str]
    before: re.Pattern[str]
    two_years: re.Pattern[str]


@cache
def _eras() -> _Eras:
    words = calendar_names()["eras"]
    names = {_fold(word): "hijri" for word in words["hijri"]}
    names |= {_fold(word): "gregorian" for word in words["christian"]}
    era = f"(?:{_either(list(names))})"
    return _Eras(
        names,
        re.compile(rf"(.*[0-9])\s*\(?({era})\)?"),
        re.compile(rf"({era})\s*([0-9].*)"),
        re.compile(rf"([0-9]{{1,4}})\s*({era})?\s*([-/])\s*([0-9]{{2,4}})"),
    )


def read(text: str) -> Written | None:
    """Return the numbers of a date; None if it is none.

    >>> read("12 ربيع الاول 1447ه")
    Written(year=1447, month=3, day=12, calendar='hijri', last_year=None, swappable=False, short=False, both=False)
    """
    if len(text) > _LONGEST:
        return None
    text = text.strip(_AROUND)
    return _read_one(text) or _read_two(text, _PIECES[0]) or _read_two(text, _PIECES[1])


def _read_two(text: str, between: re.Pattern[str]) -> Written | None:
    """Return a date in signs such as brackets, or one that is written in both calendars."""
    pieces = [piece for piece in between.split(text) if piece]
    if len(pieces) == 1 and pieces[0] != text:
        return _read_one(pieces[0].strip(_AROUND))
    if len(pieces) != 2:
        return None
    one, other = (_read_one(piece.strip(_AROUND)) for piece in pieces)
    return None if one is None or other is None else _of_both_calendars(one, other)


def _of_both_calendars(one: Written, other: Written) -> Written | None:
    """Return one of two dates for the same time: of days the Gregorian one, of years the Hijri one."""
    hijri, gregorian = (one, other) if _is_hijri(one) else (other, one)
    if not _is_hijri(hijri) or _is_hijri(gregorian):
        return None
    if gregorian.day is not None:
        return gregorian._replace(calendar="gregorian", both=True)
    return hijri._replace(calendar="hijri", both=True)


def _is_hijri(each: Written) -> bool:
    return each.calendar == "hijri" or (each.calendar is None and each.year <= LATEST_HIJRI)


def _read_one(text: str) -> Written | None:
    text = _BEFORE.sub("", text)  # "d. ca. 303"
    if match := _centuries().fullmatch(text):
        return _century(match)
    text, era = _without_era(text)
    found = _numeric(text, era)
    return _with_month_name(text, era) if found is None else found


def _without_era(text: str) -> tuple[str, str | None]:
    if match := _eras().after.fullmatch(text):
        return match[1], _eras().names[match[2]]
    if match := _eras().before.fullmatch(text):
        return match[2], _eras().names[match[1]]
    return text, None


def _numeric(text: str, era: str | None) -> Written | None:
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return Written(int(match[1]), int(match[2]), int(match[3]), era)
    if match := _YEAR_LAST.fullmatch(text):
        return Written(int(match[3]), int(match[2]), int(match[1]), era, swappable=True, short=len(match[3]) == 2)
    if (match := _YEAR_MONTH.fullmatch(text) or _COMPACT_MONTH.fullmatch(text)) and 1 <= int(match[2]) <= 12:
        return Written(int(match[1]), int(match[2]), calendar=era)
    if (match := _MONTH_YEAR.fullmatch(text)) and 1 <= int(match[1]) <= 12:
        return Written(int(match[2]), int(match[1]), calendar=era)
    if match := _eras().two_years.fullmatch(text):
        return _two_years(match, era)
    if _YEAR.fullmatch(text) and (era == "hijri" or len(text) > 2):  # 10 م may be an hour
        return Written(int(text), calendar=era)
    return None


def _two_years(match: re.Match[str], era: str | None) -> Written | None:
    """Read 303/915 (the same year in both calendars), 1925-1930 or 1925-26."""
    first, first_era, last = int(match[1]), _eras().names.get(match[2] or ""), int(match[4])
    if first_era in (None, "hijri") and era in (None, "gregorian") and _overlap(first, last):
        return Written(first, calendar="hijri")
    if first_era not in (None, era) or len(match[1]) < 3:
        return None
    if len(match[4]) == 2:
        last += first // 100 * 100
    return Written(first, calendar=era, last_year=last) if last > first else None


@cache
def _centuries() -> re.Pattern[str]:
    """Return the pattern of a century: القرن الرابع الهجري, ق 4هـ or 4th century AH."""
    era = _either(list(_eras().names))
    ordinal = _either([_fold(name) for names in century_names() for name in names])
    return re.compile(
        rf"(?:القرن|ق)\b[.:]*\s*([0-9]{{1,2}}|{ordinal})\s*({era})?|ق([0-9]{{1,2}})\s*({era})?"
        rf"|([0-9]{{1,2}})(?:st|nd|rd|th) (?:century|c)\b[. ]*({era})?"
    )


def _century(match: re.Match[str]) -> Written | None:
    ordinal, era = (next((group for group in match.groups()[at::2] if group), "") for at in (0, 1))
    names = {_fold(name): number for number, names in enumerate(century_names(), start=1) for name in names}
    last = 100 * (int(ordinal) if ordinal.isdecimal() else names[ordinal])
    return Written(last - 99, calendar=_eras().names.get(era), last_year=last) if last else None


def _overlap(hijri: int, gregorian: int) -> bool:
    first, following = hijri_day(hijri, 1, 1), hijri_day(hijri + 1, 1, 1)
    if first is None or following is None or not 622 <= gregorian <= 9999:
        return False
    return date.fromordinal(first).year <= gregorian <= date.fromordinal(following - 1).year


def _with_month_name(text: str, era: str | None) -> Written | None:
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", re.sub("['’`‘ʿʾ]", "", text))
    pattern, months = _months()
    found = {months[match[0]] for match in pattern.finditer(text)}
    if len(found) != 1:
        return None
    calendar, month = found.pop()
    rest, inner = _without_era(pattern.sub(" ", text).strip())
    if {era, inner} - {None, calendar}:
        return None
    if any(word not in _FILLERS for word in re.findall(r"[^\W\d_]+", rest)):
        return None
    numbers = re.findall(r"[0-9]+", rest)
    years = [number for number in numbers if len(number) in (3, 4)]
    days = [int(number) for number in numbers if len(number) <= 2]
    if len(years) == 1 and len(numbers) - len(days) == 1 and len(days) <= 1:
        return Written(int(years[0]), month, days[0] if days else None, calendar)
    if len(numbers) == len(days) == 2 and len(numbers[1]) == 2 and calendar == "gregorian":
        return Written(days[1], month, days[0], calendar, short=True)
    return None


@cache
def _months() -> tuple[re.Pattern[str], dict[str, tuple[str, int]]]:
    """Return the pattern of all names of months, and the calendar and number of each."""
    months: dict[str, tuple[str, int]] = {}
    for row in (*ARABIC_REGIONS, "english", "french", "german", "hijri", "hijri_english"):
        calendar = "hijri" if row.startswith("hijri") else "gregorian"
        for number, names in enumerate(month_names(row), start=1):
            months |= {_fold(name): (calendar, number) for name in names}
    return re.compile(rf"(?<![^\W\d_])(?:{_either(list(months))})(?![^\W\d_])"), months


# ------------------------------------------------------------------------------------ its days


def span(written: Written, order: str, *, hijri: bool) -> Span:
    """Return the first and last day of what is written; None if there is none.

    Args:
        written: The date.
        order: "dmy" or "mdy", the order of day and month before the year; "ymd", with which years of two digits come
            first; "each", as only the numbers allow.
        hijri: Whether years to 1500 are Hijri where the value does not say otherwise.
    """
    each, calendar = in_order(written, order), calendar_of(written, hijri=hijri)
    if each.short and calendar == "hijri":
        return None
    return _days(each._replace(year=full_year(each)), hijri_day if calendar == "hijri" else _gregorian_day)


def full_year(each: Written) -> int:
    """Return the year; of two digits, 69 to 99 are 1969 to 1999 and 0 to 68 are 2000 to 2068, as POSIX has it."""
    return each.year + (1900 if each.year >= 69 else 2000) * each.short


def in_order(each: Written, order: str) -> Written:
    """Return a date whose first number was taken as the day, with its numbers in another order."""
    if not each.swappable or each.month is None or each.day is None:
        return each
    if order == "ymd":
        return each._replace(year=each.day, day=each.year)
    if order == "mdy" or (order == "each" and each.month > 12):
        return each._replace(month=each.day, day=each.month)
    return each


def calendar_of(each: Written, *, hijri: bool) -> str:
    """Return "hijri" or "gregorian", the calendar of a date; the arguments are those of `span`."""
    if each.calendar is not None:
        return each.calendar
    return "hijri" if hijri and each.year <= LATEST_HIJRI else "gregorian"


def _days(each: Written, day_of: Callable[[int, int, int], int | None]) -> Span:
    if each.day is not None and each.month is not None:
        day = day_of(each.year, each.month, each.day)
        return None if day is None else (day, day)
    if each.month is not None:
        following = (each.year + each.month // 12, each.month % 12 + 1)
    else:
        following = ((each.last_year or each.year) + 1, 1)
    first, after = day_of(each.year, each.month or 1, 1), day_of(*following, 1)
    if after is None and following[0] == date.max.year + 1 and day_of is _gregorian_day:
        after = date.max.toordinal() + 1
    return None if first is None or after is None else (first, after - 1)


def _gregorian_day(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None
