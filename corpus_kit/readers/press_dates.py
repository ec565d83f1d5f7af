"""Dates as newspapers and press archives write them, in English, Arabic, French and German."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from corpus_kit.text.calendars import ARABIC_REGIONS, month_names

__all__ = ["DATE", "press_date"]

_SPELLINGS = {"ا": "[اأإآ]", "أ": "[أاإآ]", "إ": "[إاأ]", "آ": "[آاأ]", "ي": "[يىی]", "ة": "[ةه]", " ": r"\s+"}


def _pattern(name: str) -> str:
    """Return the pattern of a name, whose letters newspapers write in several ways."""
    return "".join(_SPELLINGS.get(sign, re.escape(sign)) for sign in name)


def _months() -> Iterator[tuple[str, int]]:
    for row in (*ARABIC_REGIONS, "english", "french", "german"):
        for number, names in enumerate(month_names(row), start=1):
            yield from ((name, number) for name in names)


_NUMBERS = {_pattern(name): number for name, number in _months()}
_NAME = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_OTHER_NAME = rf"(?:\s*[/(]\s*(?:{_NAME})\)?)?"  # as in آذار/مارس

DATE = re.compile(
    rf"(?<!\d)(?:(?P<day>\d{{1,2}})(?:\.|er|st|nd|rd|th)?\s+(?P<name>{_NAME})\.?{_OTHER_NAME}\s*[,،]?\s+(?P<year>\d{{4}})"
    rf"|\b(?P<name2>{_NAME})\.?\s+(?P<day2>\d{{1,2}})\s*[,،]\s*(?P<year2>\d{{4}})"
    rf"|(?P<year3>\d{{4}})-(?P<month3>\d{{2}})-(?P<day3>\d{{2}}))(?!\d)",
    re.IGNORECASE,
)


def press_date(text: str) -> date | None:
    """Return the first date in a text; None if there is none.

    >>> press_date("January 11, 2010 Monday"), press_date("الأحد 3 كانون الثاني 2021")
    (datetime.date(2010, 1, 11), datetime.date(2021, 1, 3))
    >>> press_date("٥ مايو ٢٠٢٤"), press_date("الأحد ٥ آذار/مارس ٢٠٢٣")
    (datetime.date(2024, 5, 5), datetime.date(2023, 3, 5))
    """
    for found in DATE.finditer(text):
        day, name, year = (
            found["day"] or found["day2"],
            found["name"] or found["name2"],
            found["year"] or found["year2"],
        )
        try:
            if name:
                return date(int(year), _number(name), int(day))
            return date(int(found["year3"]), int(found["month3"]), int(found["day3"]))
        except ValueError:  # the 31st of a month without one
            continue
    return None


def _number(name: str) -> int:
    """Return the number of a month that the pattern found."""
    return next(number for each, number in _NUMBERS.items() if re.fullmatch(each, name, re.IGNORECASE))
