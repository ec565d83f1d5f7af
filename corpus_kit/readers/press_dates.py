"""Dates as newspapers and press archives write them, in English, Arabic, French and German."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["DATE", "press_date"]

_MONTHS = (
    "january jan يناير ينایر كانون_الثاني كانون_ثاني جانفي janvier januar",
    "february feb فبراير شباط فيفري février februar",
    "march mar مارس آذار اذار mars märz",
    "april apr أبريل ابريل إبريل نيسان أفريل avril",
    "may مايو أيار ايار ماي mai",
    "june jun يونيو يونيه حزيران جوان juin juni",
    "july jul يوليو يوليه تموز جويلية يوليوز juillet juli",
    "august aug أغسطس اغسطس آب اب أوت غشت août",
    "september sep sept سبتمبر أيلول ايلول شتنبر septembre",
    "october oct أكتوبر اكتوبر تشرين_الأول تشرين_الاول تشرين_أول octobre oktober",
    "november nov نوفمبر تشرين_الثاني تشرين_ثاني نونبر novembre",
    "december dec ديسمبر كانون_الأول كانون_الاول كانون_أول دجنبر décembre dezember",
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_NAME = "|".join(sorted((name.replace("_", r"\s+") for name in _NUMBERS), key=len, reverse=True))

DATE = re.compile(
    rf"(?<!\d)(?:(?P<day>\d{{1,2}})(?:\.|er|st|nd|rd|th)?\s+(?P<name>{_NAME})\.?\s*[,،]?\s+(?P<year>\d{{4}})"
    rf"|\b(?P<name2>{_NAME})\.?\s+(?P<day2>\d{{1,2}})\s*[,،]\s*(?P<year2>\d{{4}})"
    rf"|(?P<year3>\d{{4}})-(?P<month3>\d{{2}})-(?P<day3>\d{{2}}))(?!\d)",
    re.IGNORECASE,
)


def press_date(text: str) -> date | None:
    """Return the first date in a text; None if there is none.

    >>> press_date("January 11, 2010 Monday"), press_date("الأحد 3 كانون الثاني 2021")
    (datetime.date(2010, 1, 11), datetime.date(2021, 1, 3))
    >>> press_date("٥ مايو ٢٠٢٤")
    datetime.date(2024, 5, 5)
    """
    for found in DATE.finditer(text):
        day, name, year = (
            found["day"] or found["day2"],
            found["name"] or found["name2"],
            found["year"] or found["year2"],
        )
        try:
            if name:
                return date(int(year), _NUMBERS["_".join(name.lower().split())], int(day))
            return date(int(found["year3"]), int(found["month3"]), int(found["day3"]))
        except ValueError:  # the 31st of a month without one
            continue
    return None
