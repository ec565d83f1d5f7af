"""How the values of a column of dates are read: what a user asks for, or what the whole column decides.

Nothing is guessed from one value: 03/05/2026 is 3 May if another value such as 14/03/2026 shows that the day comes
first. If no value decides, reading stops and says what to pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from corpus_kit._base.metadata import type_name
from corpus_kit.errors import SourceError, invalid, nearest, one_of, shown
from corpus_kit.readers.date_columns import HIJRI_YEARS, TAKEN_AS_GREGORIAN, DateColumn
from corpus_kit.readers.date_values import ISO_DAY, LATEST_HIJRI, Span, bare, read, span
from corpus_kit.text.arabic import DIGITS
from corpus_kit.text.normalization import Normalizer

__all__ = ["FORMS", "DateForm"]

FORMS = ("iso", "ymd", "dmy", "mdy", "gregorian", "hijri", "timestamp", "excel")

_NUMBERS = ("timestamp", "excel")
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3), (0, 1))  # from a number on, how many are a second
_LEAST_SECONDS = 10**8  # of 1973
_EXCEL_DAYS = (20_000, 80_000)  # 1954 to 2119, of which the message speaks
_LATEST = 2200  # 981173106987 is a moment of 2001 in milliseconds rather than one of the year 9811
_DIRECTIVE = re.compile(r"%[-_0]?[A-Za-z]")
_MAX_DAY = date.max.toordinal() - date(1970, 1, 1).toordinal()
_MIN_DAY = 1 - date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class DateForm:
    """How the values of a column of dates are read.

    Attributes:
        name: A name of `FORMS` or a pattern, which reads the same values in the same way if it is asked for.
        keeps_original: Whether the values say what the dates do not: Hijri dates, years, ranges.
        has_end: Whether there are periods, which have a last day of their own.
        notices: What was decided and deserves a look.
        order: "dmy" or "mdy", the order of day and month before the year; "ymd", with which years of two digits come
            first; "each", as only each value allows.
        hijri: Whether years to 1500 are Hijri where the value does not say otherwise.
    """

    name: str
    keeps_original: bool = False
    has_end: bool = False
    notices: tuple[str, ...] = ()
    order: str = "dmy"
    hijri: bool = False

    @classmethod
    def decide(cls, values: pl.Series, asked: str | None, where: str) -> DateForm:
        """Return how a column is read.

        Args:
            values: The distinct values of the whole column.
            asked: What to read: a pattern such as "%d/%m/%Y", a name of `FORMS`, or None to decide by the values.

                - "iso": 2026-03-01, 20260301, both also with a time. It is the fastest.
                - "ymd", "dmy", "mdy": numbers in this order, and whatever needs no order, such as 5 March 2026.
                - "gregorian", "hijri": the calendar of years to 1500 that have no هـ or AH, م or CE beside them; the
                  order of day and month is decided by the values, and Hijri dates have the day first.
                - "timestamp": numbers of seconds, milli-, micro- or nanoseconds since 1970, as their digits tell.
                - "excel": days of the calendar of Excel, of which 1 is 1 January 1900.
            where: What messages call the column.

        Raises:
            InputError: If `asked` is none of these.
            SourceError: If the values can be read in two ways, or do not fit what is asked.

        Examples:
            >>> form = DateForm.decide(pl.Series(["03/05/2026", "14/03/2026"]), None, "column 'day'")
            >>> form.name, form.notices
            ('dmy', ("day before month, decided by '14/03/2026'",))
            >>> form.parse(pl.Series(["03/05/2026"]))[0].to_list()
            [datetime.date(2026, 5, 3)]
        """
        _check(asked)
        if values.dtype in (pl.Date, pl.Datetime, pl.Null):
            return _of_dates(values, asked)
        if values.dtype.is_numeric():
            return _of_numbers(values.drop_nulls(), asked, where)
        if values.dtype not in (pl.String, pl.Categorical, pl.Enum):
            raise SourceError(f"{where} has the type {type_name(values.dtype)}, which holds no dates")
        return _of_texts(_without_blanks(values.cast(pl.String)), asked, where)

    def parse(self, column: pl.Series) -> tuple[pl.Series, pl.Series | None]:
        """Return the columns date and date_end (Date; None without periods); null is what cannot be read."""
        first = last = None
        if column.dtype == pl.Null:
            first = column.cast(pl.Date)
        elif column.dtype in (pl.Date, pl.Datetime) and self.name != "hijri":
            first = column.dt.date() if column.dtype == pl.Datetime else column
        elif self.name in _NUMBERS:
            first = _from_numbers(_as_numbers(column), self.name)
        elif "%" in self.name:
            first = _by_pattern(_as_texts(column), self.name)
        elif self.name == "iso":
            first = _from_iso(_as_texts(column))
        else:
            first, last = _joined(bare(_as_texts(column)), self._span)
        date_end = None
        if self.has_end:
            date_end = _within_years(first if last is None else last).alias("date_end")
        return _within_years(first).alias("date"), date_end

    def _span(self, text: str) -> Span:
        written = read(text)
        return None if written is None else span(written, self.order, hijri=self.hijri)


def _check(asked: str | None) -> None:
    if asked is None or (isinstance(asked, str) and (asked in FORMS or _DIRECTIVE.search(asked))):
        return
    raise invalid("date_format", f'{one_of(FORMS)}, or a pattern such as "%d/%m/%Y"', asked, nearest(asked, FORMS))


# ------------------------------------------------------------------------------------ columns of other types


def _of_dates(values: pl.Series, asked: str | None) -> DateForm:
    """Return the form of a column whose values are dates already."""
    if values.dtype == pl.Null or values.null_count() == len(values):
        return DateForm("iso")
    if asked == "hijri":
        return DateForm("hijri", keeps_original=True, hijri=True)
    years = values.dt.year().drop_nulls()
    suspect = asked is None and bool(years.is_in(list(HIJRI_YEARS)).all())
    return DateForm("iso", notices=(TAKEN_AS_GREGORIAN,) if suspect else ())


def _of_numbers(values: pl.Series, asked: str | None, where: str) -> DateForm:
    """Return the form of a column of numbers: timestamps, days as 20260301, or years."""
    values = _as_numbers(values).drop_nulls().unique(maintain_order=True)
    if asked in _NUMBERS:
        return DateForm(str(asked), keeps_original=asked == "excel")
    if values.dtype.is_float() and bool((values.abs() >= _LEAST_SECONDS).all()):
        values = values.floor()  # seconds with their fractions
    texts = _as_texts(values).drop_nulls()
    if asked is not None or values.is_empty():
        return _of_texts(texts, asked, where)
    form = _of_texts(texts, None, where)
    if len(texts) and form.parse(texts)[0].null_count() < len(texts):
        return form
    raise _no_dates(values, where)


def _no_dates(values: pl.Series, where: str) -> SourceError:
    """Return the error of numbers none of which is a date."""
    low, high = _EXCEL_DAYS
    excel = bool(_as_numbers(values).cast(pl.Float64).is_between(low, high).all())
    hint = 'they may be days of Excel: pass date_format="excel"' if excel else 'pass date_format="timestamp" or "excel"'
    return SourceError(
        f"{where} holds numbers that are no dates as they stand, such as {shown(values[0])}; {hint}, or leave date out"
    )


def _as_numbers(column: pl.Series) -> pl.Series:
    if not column.dtype.is_numeric():
        column = Normalizer.preset("search")(column.cast(pl.String)).str.strip_chars()
    return column.cast(pl.Float64, strict=False).fill_nan(None) if not column.dtype.is_integer() else column


def _as_texts(column: pl.Series) -> pl.Series:
    """Return a column as texts; whole numbers without a fraction."""
    if column.dtype == pl.Datetime:
        column = column.dt.date()
    if column.dtype.is_float() or column.dtype.is_decimal():
        whole = column.cast(pl.Float64)
        column = whole.set((whole != whole.floor()).fill_null(value=True), None).cast(pl.Int64, strict=False)
    return column.cast(pl.String)


def _from_numbers(column: pl.Series, name: str) -> pl.Series:
    number = pl.col("number")
    days: pl.Expr
    if name == "excel":  # the day 60 is 29 February 1900, which was none
        days = pl.when(number.floor() > 60).then(number - 25_569).when(number < 60).then(number - 25_568)
    else:
        days = pl.coalesce(pl.when(number.abs() >= least).then(number / (second * 86_400)) for least, second in _UNITS)
    days = days.floor()
    known = pl.when(days.is_between(_MIN_DAY, _MAX_DAY)).then(days)
    return column.cast(pl.Float64).to_frame("number").select(known.cast(pl.Int32).cast(pl.Date).alias("day"))["day"]


# ------------------------------------------------------------------------------------ columns of texts


def _without_blanks(values: pl.Series) -> pl.Series:
    return values.filter(values.str.contains(r"\S")).unique(maintain_order=True)


def _of_texts(values: pl.Series, asked: str | None, where: str) -> DateForm:
    if asked is not None and "%" in asked:
        return _of_pattern(values, asked, where)
    if asked == "iso" or asked in _NUMBERS:
        return DateForm(str(asked), keeps_original=asked == "excel")
    if asked is None and _are_timestamps(values):
        return DateForm("timestamp", notices=("numbers taken as the time since 1970 (UTC)",))
    if asked is None and _is_iso(values):
        return DateForm("iso")
    column = DateColumn.of(values, where)
    if asked is None and not column.values and len(values) and not _as_numbers(values).has_nulls():
        raise _no_dates(values, where)
    hijri, of_calendar = column.calendar(asked)
    order, of_order = column.order(asked, hijri=hijri)
    guessed = "hijri" if hijri else order if order in ("dmy", "mdy", "ymd") else "gregorian"
    return DateForm(
        asked or guessed,
        keeps_original=column.says_more(hijri=hijri),
        has_end=column.has_periods(),
        notices=(*of_calendar, *of_order, *column.short_years(asked, order)),
        order="dmy" if order is None else order,
        hijri=hijri,
    )


def _are_timestamps(values: pl.Series) -> bool:
    """Whether all values are large numbers, and not all of them days as 20260301143000, in a year that is likely."""
    if values.is_empty() or not values.str.contains(r"^\s*[-+]?\p{Nd}{9,19}(?:\.\p{Nd}+)?\s*$").all():
        return False
    compact = _from_iso(values)
    return compact.has_nulls() or bool((compact.dt.year() > _LATEST).any())


def _is_iso(values: pl.Series) -> bool:
    """Whether all values are in ISO form, in years that are Gregorian."""
    years = values.str.extract(ISO_DAY).str.slice(0, 4).cast(pl.Int32)
    return not years.has_nulls() and bool((years > LATEST_HIJRI).all())


def _from_iso(column: pl.Series) -> pl.Series:
    return column.str.extract(ISO_DAY).str.replace_all("-", "", literal=True).str.to_date("%Y%m%d", strict=False)


def _of_pattern(values: pl.Series, pattern: str, where: str) -> DateForm:
    found = _by_pattern(values, pattern)
    if len(values) and found.null_count() == len(values):
        raise SourceError(
            f"date_format must fit {where}, got {shown(pattern)}: it reads no value, such as {shown(values[0])}"
        )
    return DateForm(pattern)


def _by_pattern(column: pl.Series, pattern: str) -> pl.Series:
    texts = Normalizer.preset("repair")(column)
    texts = texts.str.replace_many({chr(sign): chr(digit) for sign, digit in DIGITS.items()}).str.strip_chars()
    try:
        found = texts.str.to_date(pattern, strict=False)
    except pl.exceptions.PolarsError as error:
        raise invalid("date_format", "a pattern that Polars reads", pattern) from error
    if "%y" not in pattern:
        return found
    day = pl.col("day")
    pivot = pl.when(day.dt.year() == 2069).then(day.dt.offset_by("-100y")).otherwise(day)  # 69 is 1969, as POSIX has it
    return found.to_frame("day").select(pivot)["day"]


def _joined(texts: pl.Series, span_of: Callable[[str], Span]) -> tuple[pl.Series, pl.Series]:
    """Read the distinct texts, and return the first and last day of each row."""
    distinct = texts.drop_nulls().unique()
    spans = [span_of(text) or (None, None) for text in distinct]
    epoch = date(1970, 1, 1).toordinal()
    table = pl.DataFrame(
        {
            "text": distinct,
            "first": pl.Series([None if each[0] is None else each[0] - epoch for each in spans], dtype=pl.Int32),
            "last": pl.Series([None if each[1] is None else each[1] - epoch for each in spans], dtype=pl.Int32),
        },
        schema_overrides={"text": pl.String},
    ).with_columns(pl.col("first", "last").cast(pl.Date))
    rows = texts.to_frame("text").join(table, on="text", how="left", maintain_order="left")
    return rows["first"], rows["last"]


def _within_years(days: pl.Series) -> pl.Series:
    """Return days with null for those outside the years 1 to 9999."""
    year = pl.col("day").dt.year()
    return days.to_frame("day").select(pl.when(year.is_between(1, 9999)).then(pl.col("day")))["day"]
