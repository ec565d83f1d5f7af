"""What a whole column decides about its dates: the order of day and month, and the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import polars as pl

from corpus_kit.errors import SourceError, shown
from corpus_kit.readers.date_values import (
    LATEST_HIJRI,
    Written,
    bare,
    calendar_of,
    full_year,
    in_order,
    read,
    span,
)

__all__ = ["HIJRI_YEARS", "TAKEN_AS_GREGORIAN", "DateColumn"]

HIJRI_YEARS = range(1300, LATEST_HIJRI + 1)  # in which most Hijri dates lie and few Gregorian ones
TAKEN_AS_GREGORIAN = 'all years are 1300 to 1500 and taken as Gregorian; pass date_format="hijri" if they are Hijri'
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class _Value(NamedTuple):
    """A value of the column, and what is written there."""

    text: str
    written: Written


class DateColumn(NamedTuple):
    """The dates of a whole column, one of each day that is written differently.

    values: The dates that exist in some order and calendar. where: What messages call the column.
    """

    values: list[_Value]
    where: str

    @classmethod
    def of(cls, texts: pl.Series, where: str) -> DateColumn:
        """Read the values."""
        frame = pl.DataFrame({"text": texts, "bare": bare(texts)}).unique("bare", keep="first", maintain_order=True)
        found = ((text, read(left)) for text, left in frame.iter_rows())
        return cls([_Value(text, written) for text, written in found if written and _is_possible(written)], where)

    def has_periods(self) -> bool:
        """Whether there are years, months or ranges."""
        return any(value.written.day is None for value in self.values)

    def says_more(self, *, hijri: bool) -> bool:
        """Whether the values say what their days do not: that they are periods, or dates of the other calendar."""
        calendars = {calendar_of(value.written, hijri=hijri) for value in self.values}
        return self.has_periods() or "hijri" in calendars or any(value.written.both for value in self.values)

    def calendar(self, asked: str | None) -> tuple[bool, list[str]]:
        """Return whether years to 1500 are Hijri where their values do not say so, and notices.

        Raises:
            SourceError: If they may be either.
        """
        plain = [value for value in self.values if value.written.calendar is None and not value.written.short]
        early = [value for value in plain if value.written.year <= LATEST_HIJRI]
        all_likely = all(value.written.year in HIJRI_YEARS for value in plain)
        if asked is not None:
            suspect = asked not in ("hijri", "gregorian") and bool(plain) and all_likely
            return asked == "hijri", [TAKEN_AS_GREGORIAN] if suspect else []
        if not early:
            return False, []
        no_gregorian = _first(early, _is_day_30_of_february)
        no_hijri = _first(early, _is_day_31)
        if no_gregorian and not no_hijri:
            return True, [f"years to 1500 taken as Hijri, decided by {shown(no_gregorian.text)}"]
        if no_hijri and not no_gregorian:
            return False, [f"years to 1500 taken as Gregorian, decided by {shown(no_hijri.text)}"]
        marked = _first(self.values, lambda each: each.calendar == "hijri")
        if marked and len(early) == len(plain) and not no_hijri:
            return True, [f"years taken as Hijri, as {shown(marked.text)} says"]
        if all_likely and not no_hijri:
            return True, [f"years taken as Hijri, since all are 1300 to 1500, such as {shown(early[0].text)}"]
        readings = " or ".join(_spelt(early[0].written, "dmy", hijri=each) for each in (True, False))
        raise SourceError(
            f"{self.where} is ambiguous: {shown(early[0].text)} may be {readings}; "
            'pass date_format="hijri" or date_format="gregorian"'
        )

    def order(self, asked: str | None, *, hijri: bool) -> tuple[str | None, list[str]]:
        """Return which of the numbers before the year is the day, and notices; None if there is no choice.

        Raises:
            SourceError: If it may be either.
        """
        if asked in ("dmy", "mdy", "ymd"):
            return asked, []
        numbers = [value for value in self.values if value.written.swappable]
        if _first(numbers, lambda each: each.short and (each.day or 0) > 31):
            return "ymd", []
        day_first = [each for each in numbers if _is_no_month(each.written.day)]
        month_first = [each for each in numbers if _is_no_month(each.written.month)]
        open_ones = [each for each in numbers if _is_open(each.written)]
        if day_first and month_first:
            return self._both_orders(day_first, month_first, open_ones)
        if day_first:
            return "dmy", [f"day before month, decided by {shown(day_first[0].text)}"]
        if month_first:
            return "mdy", [f"month before day, decided by {shown(month_first[0].text)}"]
        for each in open_ones:
            if calendar_of(each.written, hijri=hijri) == "gregorian":
                raise SourceError(self._undecided(each))
        if open_ones:
            return "dmy", [f"day before month, as Hijri dates are written, such as {shown(open_ones[0].text)}"]
        return None, []

    def short_years(self, asked: str | None, order: str | None) -> list[str]:
        """Return the notice of years of two digits."""
        short = _first(self.values, lambda each: each.short)
        if short is None or asked in ("dmy", "mdy", "ymd"):
            return []
        place = "first" if order == "ymd" and short.written.swappable else "last"
        return [f"years of two digits ({place}) taken as 1969 to 2068, such as {shown(short.text)}"]

    def _undecided(self, value: _Value) -> str:
        readings = " or ".join(_spelt(value.written, order, hijri=False) for order in ("dmy", "mdy"))
        return (
            f"{self.where} is ambiguous: {shown(value.text)} may be {readings}, and no other value decides; "
            'pass date_format="dmy" or date_format="mdy"'
        )

    def _both_orders(
        self, day_first: list[_Value], month_first: list[_Value], open_ones: list[_Value]
    ) -> tuple[str, list[str]]:
        found = f"{shown(day_first[0].text)} has the day first and {shown(month_first[0].text)} the month"
        if not open_ones:
            return "each", [f"day and month in both orders: {found}"]
        raise SourceError(
            f"{self.where} is ambiguous: {found} ({len(day_first):,} and {len(month_first):,} days), so "
            f'{shown(open_ones[0].text)} may be either; pass date_format="dmy" or date_format="mdy", with which the '
            "others are null"
        )


def _is_possible(written: Written) -> bool:
    """Whether a date exists in any order and calendar; 0000-00-00 decides nothing."""
    choices = ((order, hijri) for order in ("dmy", "mdy", "ymd") for hijri in (False, True))
    return any(span(written, order, hijri=hijri) for order, hijri in choices)


def _first(values: Iterable[_Value], holds: Callable[[Written], bool]) -> _Value | None:
    return next((value for value in values if holds(value.written)), None)


def _is_no_month(number: int | None) -> bool:
    return number is not None and number > 12


def _is_open(each: Written) -> bool:
    """Whether two numbers may be day and month as well as month and day."""
    return each.day != each.month and not _is_no_month(each.day) and not _is_no_month(each.month)


def _is_day_30_of_february(each: Written) -> bool:
    return (each.month, each.day) == (2, 30) or (each.swappable and (each.day, each.month) == (2, 30))


def _is_day_31(each: Written) -> bool:
    return each.day == 31 or (each.swappable and each.month == 31)


def _spelt(written: Written, order: str, *, hijri: bool) -> str:
    """Return a reading as a message names it."""
    each = in_order(written, order)
    year = full_year(each)
    era = " AH" if hijri else " CE" if year <= LATEST_HIJRI else ""
    if each.day is None or each.month is None:
        return f"{year}{era}"
    if hijri:
        return f"the day {each.day} of the month {each.month} of {year}{era}"
    month = _MONTHS[each.month - 1] if each.month <= 12 else f"month {each.month}"
    return f"{each.day} {month} {year}{era}"
