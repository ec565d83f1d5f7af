"""Dates of columns: every form read back, the whole column decides, and what is ambiguous is never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.readers.dates import FORMS, DateForm
from corpus_kit.text.calendars import ARABIC_REGIONS, hijri_day, hijri_year, month_names, weekday_names

pytestmark = pytest.mark.interface

WHERE = "column 'day' of 'news.csv'"
DAY = dt.date(2026, 3, 10)  # a Tuesday, 21 Ramadan 1447
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def decide(values: list[Any], asked: str | None = None, dtype: Any = None) -> DateForm:
    return DateForm.decide(pl.Series(values, dtype=dtype), asked, WHERE)


def days(values: list[Any], asked: str | None = None, dtype: Any = None) -> list[dt.date | None]:
    """Return the days of a column that is read by itself."""
    column = pl.Series(values, dtype=dtype)
    parsed, _ = DateForm.decide(column.unique(), asked, WHERE).parse(column)
    assert parsed.dtype == pl.Date
    assert parsed.name == "date"
    return parsed.to_list()


def periods(values: list[Any], asked: str | None = None) -> list[tuple[str, str] | None]:
    """Return the first and last days."""
    first, last = decide(values, asked).parse(pl.Series(values))
    assert last is not None
    assert last.name == "date_end"
    return [None if one is None else (str(one), str(other)) for one, other in zip(first, last, strict=True)]


# ------------------------------------------------------------------------------------ forms of a day


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10", "20260310", "2026-03-10T10:00:00Z", "2026-03-10 23:59:59.999+03:00", "20260310143000",
        "2026-03-10T10", " 2026-03-10 ", "202603101430", "2026-03-10T10:00:00[Asia/Riyadh]", "2026-03-10 9:05",
        "2026/3/10", "2026.03.10", "2026 3 10", "2026، 3، 10", "2026؍03؍10", "2026–03–10",  # noqa: RUF001
        "٢٠٢٦-٠٣-١٠", "۲۰۲۶/۰۳/۱۰", "\u200f2026/03/10", "2026\u200f/\u200f03\u200f/\u200f10", "2026-03-10م",
        "Tue, 10 Mar 2026 10:00:00 +0000", "Tue Mar 10 20:19:24 +0000 2026", "Tuesday, 10-Mar-26 08:49:37 GMT",
        "Tue Mar 10 2026 10:00:00 GMT+0300 (Arabian Standard Time)", "10/Mar/2026:13:55:36 -0700",
        "March 10, 2026", "March 10th, 2026", "10 March 2026 CE", "Mar. 10, 2026 at 5:30 PM", "10 MAR 2026",
        "10 آذار/مارس 2026", "١٠ مارس ٢٠٢٦", "الثلاثاء 10 مارس 2026م", "يوم الثلاثاء، 10 من مارس 2026، الساعة 5:30 م",
        "10 مــارس 2026", "ص 10:30 10 مارس 2026", "5:30 مساءً 10 مارس 2026", "10مارس2026", "الإثنين 10 آذار 2026",
        "21 رمضان 1447هـ", "21 رَمَضان ١٤٤٧ ه", "1447/9/21هـ", "21/9/1447 هـ", "21 Ramadan 1447 AH",
        "21 رمضان 1447هـ الموافق 10 مارس 2026م", "1447/9/21هـ - 2026/3/10م", "10 مارس 2026 (21 رمضان 1447)",
        "2026-03-10Z", "2026-03-10+03:00", "2026-03-10T10:00:00 Asia/Riyadh", "20260310.0", "[2026/3/10]",
        "- 2026/3/10",
        "الثلاثاء - 10 مارس 2026", "10 مارس 2026 - ١٠:٣٠ ص بتوقيت غرينتش", "10 مارس 2026 10:30 م (GMT+3)",
        "10 مارس 2026 | 10:30 مساءً", "10 مارس 2026-10:30", "10 مارس 2026 الساعة 10 صباحا", "10 March 2026 5 pm",
        "2026/3/10 في تمام الساعة 5:30 مساء بتوقيت مكة المكرمة", "آخر تحديث: 10 مارس 2026", "تاريخ النشر: 2026/3/10",
        "نُشر في 10 مارس 2026 الساعة 10:30", "Published on March 10, 2026", "Last updated: 10 March 2026",
        "21 رمضان المبارك 1447 للهجرة", "2026/3/10 الميلادي", "10. März 2026", "mardi 10 mars 2026", "10 de mars 2026",
    ],
)  # fmt: skip
def test_forms_of_one_day(text: str) -> None:
    assert days([text, None, ""]) == [DAY, None, None]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2026-13-01", "31/02/2026", "غير معروف", "x", "10 مارس", "5 إلى 7 مارس 2026", "500 BC", "7 ق.م",
        "10 آذار نيسان 2026", "10 مارس 1447هـ", "99999-01-01", "0000-01-01", "10:30", "30 صفر 1447هـ", "1447-13-01هـ",
        "منذ 3 أيام", "قبل 5 ساعات", "3 days ago", "أمس", "اليوم 10:30", "منذ 2 مارس 2026", "بعد 2026", "-2026-03-10",
        "-500", "199-", "1998-", "1990s", "1998؟", "القرن التاسع عشر قبل الميلاد", "القرن 0 هـ", "10 م", "٥ م", "N/A",
        "2026-03-01/2026-03-10", "12 34 56 78", "0000-00-00", "31 رمضان 900هـ", "1/1/10000", f"{'9' * 60} مارس 2026",
        "10 مارس 2026 " * 1000,
    ],
)  # fmt: skip
def test_what_is_no_date_is_null(text: str) -> None:
    assert days([text, "2026-03-10 عام"]) == [None, None]
    assert days([text, "14/03/2026"])[1] == dt.date(2026, 3, 14)


def test_month_names_of_all_regions() -> None:
    for row in (*ARABIC_REGIONS, "english", "french", "german"):
        for number, names in enumerate(month_names(row), start=1):
            for name in names:
                assert days([f"9 {name} 2026", f"{name} 9, 2026"]) == [dt.date(2026, number, 9)] * 2
    for row in ("hijri", "hijri_english"):
        for number, names in enumerate(month_names(row), start=1):
            expected = dt.date.fromordinal(hijri_day(1447, number, 9) or 0)
            assert days([f"9 {name} 1447" for name in names]) == [expected] * len(names)


def test_names_of_weekdays_are_passed_over() -> None:
    names = weekday_names()
    assert days([f"{name} 10/3/2026" for name in names] + ["13/3/2026"])[:-1] == [DAY] * len(names)


FORMATS: dict[str, Callable[[dt.date], str]] = {
    "dmy": lambda day: f"{day.day:02}/{day.month:02}/{day.year}",
    "dmy short": lambda day: f"{day.day}.{day.month}.{day.year}",
    "dmy eastern": lambda day: f"{day.day}\u060d{day.month}\u060d{day.year}".translate(EASTERN),
    "dmy persian": lambda day: f"\u200f{day.day}-{day.month}-{day.year} 10:05".translate(PERSIAN),
    "mdy": lambda day: f"{day.month}/{day.day}/{day.year} 11:05:59 PM",
    "ymd": lambda day: f"{day.year}/{day.month}/{day.day}",
    "iso": lambda day: f"{day.isoformat()}T10:05:59+03:00",
    "compact": lambda day: f"{day:%Y%m%d}",
    "gdelt": lambda day: f"{day:%Y%m%d}235959",
    "rfc": lambda day: f"{day:%a, %d %b %Y} 10:00:00 +0000",
    "twitter": lambda day: f"{day:%a %b %d} 20:19:24 +0000 {day.year}",
    "english": lambda day: f"{day:%B} {day.day}, {day.year}",
    "arabic": lambda day: f"{day.day} {month_names('levantine')[day.month - 1][0]} {day.year}م",
}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=examples(40))
@given(st.lists(st.dates(dt.date(1501, 1, 1), dt.date(2199, 12, 31)), max_size=5))
def test_every_form_is_read_back(form: str, given_days: list[dt.date]) -> None:
    """The column has one value that decides the order of day and month."""
    column = [*given_days, dt.date(2026, 3, 28)]
    assert days([FORMATS[form](day) for day in column]) == column


@settings(max_examples=examples(100))
@given(
    st.lists(st.tuples(st.integers(1, 1500), st.integers(1, 12), st.integers(1, 30)), min_size=1, max_size=5),
    st.sampled_from(["{d} {name} {y}هـ", "{y}/{m}/{d}هـ", "{d}/{m}/{y} AH", "{d:02}-{m:02}-{y:04} هجري"]),
)
def test_hijri_dates_are_read_back(dates: list[tuple[int, int, int]], form: str) -> None:
    assume("name" not in form or all(year > 99 for year, _, _ in dates))
    assume("{d:02}" in form or all(year > 99 for year, _, _ in dates))
    expected = [hijri_day(*each) for each in dates]
    texts = [form.format(y=y, m=m, d=d, name=month_names("hijri")[m - 1][0]) for y, m, d in dates]
    expected_days = [day and dt.date.fromordinal(day) for day in expected]
    found = days([*texts, "28/3/1440هـ"])[:-1]
    assert found == expected_days
    assert decide(texts).keeps_original is any(expected)


# ------------------------------------------------------------------------------------ the whole column decides


def test_order_is_decided_by_the_whole_column() -> None:
    form = decide(["03/05/2026", "14/03/2026"])
    assert (form.name, form.notices) == ("dmy", ("day before month, decided by '14/03/2026'",))
    assert days(["03/05/2026", "14/03/2026"]) == [dt.date(2026, 5, 3), dt.date(2026, 3, 14)]
    form = decide(["03/05/2026", "03/14/2026"])
    assert (form.name, form.notices) == ("mdy", ("month before day, decided by '03/14/2026'",))
    assert days(["03/05/2026", "03/14/2026"]) == [dt.date(2026, 3, 5), dt.date(2026, 3, 14)]
    assert form.parse(pl.Series(["04/05/2026"]))[0].to_list() == [dt.date(2026, 4, 5)]  # a later batch


def test_an_undecided_order_is_asked_for() -> None:
    message = (
        f"{WHERE} is ambiguous: '03/05/2026' may be 3 May 2026 or 5 March 2026, and no other value decides; "
        'pass date_format="dmy" or date_format="mdy"'
    )
    with pytest.raises(ck.SourceError, match=f"^{re.escape(message)}$"):
        decide(["2026-03-01", "05/05/2026", "03/05/2026"])
    assert days(["03/05/2026"], "dmy") == [dt.date(2026, 5, 3)]
    assert days(["03/05/2026"], "mdy") == [dt.date(2026, 3, 5)]
    assert decide(["03/05/2026"], "dmy").notices == ()
    assert days(["05/05/2026"]) == [dt.date(2026, 5, 5)]


def test_columns_in_both_orders() -> None:
    form = decide(["13/05/2026", "05/14/2026", "06/06/2026"])
    assert form.notices == ("day and month in both orders: '13/05/2026' has the day first and '05/14/2026' the month",)
    assert days(["13/05/2026", "05/13/2026"]) == [dt.date(2026, 5, 13)] * 2
    with pytest.raises(ck.SourceError, match=r"'13/05/2026' has .* \(1 and 1 days\), so '03/05/2026' may be either"):
        decide(["13/05/2026", "05/14/2026", "03/05/2026"])
    assert days(["13/05/2026", "05/14/2026", "03/05/2026"], "dmy") == [
        dt.date(2026, 5, 13), None, dt.date(2026, 5, 3)
    ]  # fmt: skip


@settings(max_examples=examples(200))
@given(st.lists(st.tuples(st.integers(1, 31), st.integers(1, 31)), min_size=1, max_size=6))
def test_no_order_is_guessed(pairs: list[tuple[int, int]]) -> None:
    """The twin tries both orders on every value: a reading must be the only one that fits the whole column."""

    def read(pair: tuple[int, int], *, day_first: bool) -> dt.date | None:
        day, month = pair if day_first else pair[::-1]
        try:
            return dt.date(2024, month, day)
        except ValueError:
            return None

    texts = [f"{first}/{second}/2024" for first, second in pairs]
    both = {pair: {read(pair, day_first=each) for each in (True, False)} - {None} for pair in pairs}
    readable = [pair for pair in pairs if both[pair]]
    fitting = [order for order in (True, False) if all(read(pair, day_first=order) for pair in readable)]
    if len(fitting) != 1 and any(len(days) == 2 for days in both.values()):
        with pytest.raises(ck.SourceError, match="ambiguous"):
            decide(texts)
    elif len(fitting) == 1:
        assert days(texts) == [read(pair, day_first=fitting[0]) for pair in pairs]
    else:
        assert days(texts) == [next(iter(both[pair]), None) for pair in pairs]


def test_years_of_two_digits() -> None:
    form = decide(["15.03.26", "15.03.69"])
    assert form.notices[-1] == "years of two digits (last) taken as 1969 to 2068, such as '15.03.26'"
    assert days(["15.03.26", "15.03.68", "15.03.69"]) == [
        dt.date(2026, 3, 15), dt.date(2068, 3, 15), dt.date(1969, 3, 15)
    ]  # fmt: skip
    with pytest.raises(ck.SourceError, match="'05/03/26' may be 5 March 2026 or 3 May 2026"):
        decide(["05/03/26"])
    assert days(["05/03/26"], "ymd") == [dt.date(2005, 3, 26)]
    assert days(["98-03-05", "01-02-03"]) == [dt.date(1998, 3, 5), dt.date(2001, 2, 3)]
    assert decide(["98-03-05"]).name == "ymd"
    assert days(["26/9/47", "1/1/1447"], "hijri")[0] is None
    assert days(["05/03/2026", "26/03/05"], "ymd") == [None, dt.date(2026, 3, 5)]


# ------------------------------------------------------------------------------------ Hijri and Gregorian


def test_years_1300_to_1500_are_hijri() -> None:
    form = decide(["1447-09-21", "1390-01-01"])
    assert (form.name, form.keeps_original, form.has_end) == ("hijri", True, False)
    assert form.notices == ("years taken as Hijri, since all are 1300 to 1500, such as '1447-09-21'",)
    assert days(["1447-09-21"]) == [DAY]
    assert days(["14470921"]) == [DAY]
    assert days([14470921], dtype=pl.Int64) == [DAY]
    assert days(["21/09/1447"]) == [DAY]
    assert decide(["03/05/1447"]).notices[1] == "day before month, as Hijri dates are written, such as '03/05/1447'"


@pytest.mark.parametrize("values", [["303-05-06"], ["1299-02-03", "1402-01-01"], ["1447-09-21", "2026-03-10"]])
def test_an_undecided_calendar_is_asked_for(values: list[str]) -> None:
    with pytest.raises(ck.SourceError, match=r"AH or .* CE; pass date_format=\"hijri\" or date_format=\"gregorian\""):
        decide(values)
    year, month, day = (int(part) for part in values[0].split("-"))
    assert days(values, "gregorian")[0] == dt.date(year, month, day)
    assert days(values, "hijri")[0] == dt.date.fromordinal(hijri_day(year, month, day) or 0)
    assert decide(values, "hijri").keeps_original


def test_the_calendar_is_decided_by_impossible_days_and_by_eras() -> None:
    assert decide(["1203-02-30", "1203-03-01"]).notices == ("years to 1500 taken as Hijri, decided by '1203-02-30'",)
    assert decide(["1203-03-31"]).notices == ("years to 1500 taken as Gregorian, decided by '1203-03-31'",)
    assert days(["1203-03-31"]) == [dt.date(1203, 3, 31)]
    with pytest.raises(ck.SourceError, match="ambiguous"):
        decide(["1203-03-31", "1203-02-30"])
    assert decide(["303هـ", "310"]).notices == ("years taken as Hijri, as '303هـ' says",)
    with pytest.raises(ck.SourceError, match="'310' may be 310 AH or 310 CE"):
        decide(["303هـ", "310", "2026"])
    assert days(["1447-09-21", "2026-03-10"], "hijri") == [DAY, DAY]
    assert "taken as Gregorian" in decide(["21/09/1447"], "dmy").notices[0]


def test_of_both_calendars_the_gregorian_day_counts() -> None:
    """The moon was seen a day later than the tables say."""
    form = decide(["20 رمضان 1447هـ الموافق 10 مارس 2026م"])
    assert (form.keeps_original, form.has_end) == (True, False)
    assert days(["20 رمضان 1447هـ الموافق 10 مارس 2026م", "1447/9/20 (2026/3/10)"]) == [DAY, DAY]


def test_columns_of_dates_keep_their_type() -> None:
    early = pl.Series([dt.date(1447, 9, 21), None])
    form = DateForm.decide(early, None, WHERE)
    assert form.parse(early)[0].to_list() == early.to_list()
    assert "taken as Gregorian" in form.notices[0]
    assert DateForm.decide(early, "hijri", WHERE).parse(early)[0].to_list() == [DAY, None]
    assert decide([DAY]).notices == ()
    moment = dt.datetime(2026, 3, 10, 23, 30, tzinfo=dt.UTC)
    assert days([moment]) == [DAY]
    assert days([moment], dtype=pl.Datetime(time_zone="Asia/Riyadh")) == [dt.date(2026, 3, 11)]
    assert days([None], dtype=pl.Null) == [None]
    assert days([]) == []
    far = pl.Series([3_000_000, -800_000, 0], dtype=pl.Int32).cast(pl.Date)
    assert DateForm.decide(far, None, WHERE).parse(far)[0].to_list() == [None, None, dt.date(1970, 1, 1)]


# Days counted from the year 1 (R.D.) and their dates by the tables, from the appendix of Calendrical Calculations.
PRINTED = {
    434_355: (586, 2, 7), 452_605: (637, 8, 7), 470_160: (687, 2, 20), 473_837: (697, 7, 7), 507_850: (793, 7, 1),
    524_156: (839, 7, 6), 544_676: (897, 6, 1), 569_477: (967, 5, 27), 764_652: (1518, 3, 5),
}  # fmt: skip


def test_published_days_of_the_calendars() -> None:
    assert {day: hijri_day(*each) for day, each in PRINTED.items()} == {day: day for day in PRINTED}
    assert dt.date.fromordinal(hijri_day(1, 1, 1) or 0) == dt.date(622, 7, 19)  # 16 July of the Julian calendar
    assert dt.date.fromordinal(hijri_day(1447, 9, 1) or 0) == dt.date(2026, 2, 18)  # by Umm al-Qura


@settings(max_examples=examples(200))
@given(st.integers(1, 9_000))
def test_hijri_years_follow_one_another(year: int) -> None:
    first, following = hijri_day(year, 1, 1), hijri_day(year + 1, 1, 1)
    assert first is not None
    assert following is not None
    assert following - first in (353, 354, 355, 356)
    assert [hijri_year(day) for day in (first, following - 1, following)] == [year, year, year + 1]
    assert hijri_year(dt.date(622, 7, 18).toordinal()) is None


# ------------------------------------------------------------------------------------ periods


def test_years_months_and_ranges() -> None:
    values = ["1925", "2026-02", "03/2026", "202604", "مارس 2026", "1925-1930", "1925–26", "10 مارس 2026"]
    form = decide(values)
    assert (form.has_end, form.keeps_original) == (True, True)
    assert periods(values) == [
        ("1925-01-01", "1925-12-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31"),
        ("2026-04-01", "2026-04-30"), ("2026-03-01", "2026-03-31"), ("1925-01-01", "1930-12-31"),
        ("1925-01-01", "1926-12-31"), ("2026-03-10", "2026-03-10"),
    ]  # fmt: skip
    assert periods(["9999", "9999-12"]) == [("9999-01-01", "9999-12-31"), ("9999-12-01", "9999-12-31")]


def test_years_of_books() -> None:
    values = ["ت 303هـ", "ت. ٣٠٣ هـ", "d. 303 AH", "303 AH", "AH 303", "(ت303هـ)", "المتوفى سنة 303هـ", "303/915",
              "303هـ/915م", "303هـ - 915م", "d. ca. 303/916"]  # fmt: skip
    assert periods(values) == [("0915-07-22", "0916-07-09")] * len(values)
    lives = ["(224 - 310 هـ = 839 - 923 م)", "224-310هـ / 839-923م"]
    assert periods(lives) == [("0838-11-27", "0923-04-25")] * 2
    assert periods(["ت: ٣٠٣هـ", "المتوفى: 303هـ", "ت. 303 هـ/915-916 م"]) == [("0915-07-22", "0916-07-09")] * 3
    assert periods(["1325-1330هـ"]) == [(str(dt.date.fromordinal(hijri_day(1325, 1, 1) or 0)),
                                         str(dt.date.fromordinal((hijri_day(1331, 1, 1) or 0) - 1)))]  # fmt: skip
    assert periods(["رمضان 1447"]) == [("2026-02-18", "2026-03-19")]
    with pytest.raises(ck.SourceError, match="'303' may be 303 AH or 303 CE"):
        decide(["303", "310"])


def test_centuries_are_periods() -> None:
    fourth = ["القرن الرابع الهجري", "القرن 4هـ", "ق ٤ هـ", "ق4هـ", "ق. 4 هـ", "4th century AH", "4th c. AH"]
    assert periods(fourth) == [("0913-08-12", "1010-08-20")] * len(fourth)  # 301 to 400
    assert periods(["القرن التاسع عشر", "القرن العشرين", "القرن الحادي والعشرين", "19th century"]) == [
        ("1801-01-01", "1900-12-31"), ("1901-01-01", "2000-12-31"), ("2001-01-01", "2100-12-31"),
        ("1801-01-01", "1900-12-31"),
    ]  # fmt: skip
    with pytest.raises(ck.SourceError, match="'القرن الرابع' may be 301 AH or 301 CE"):
        decide(["القرن الرابع"])


def test_numbers_that_are_texts() -> None:
    """Tables of text hold the numbers of other programs: years and days as floats, clocks, days of Excel."""
    assert periods(["2026.0", "١٩٩٨.0"]) == [("2026-01-01", "2026-12-31"), ("1998-01-01", "1998-12-31")]
    assert days(["1773136800.5", "1773136800"]) == [DAY, DAY]
    assert days([1773136800.5, None]) == [DAY, None]
    with pytest.raises(ck.SourceError, match=r"such as '46091'; they may be days of Excel: pass date_format=\"excel\""):
        decide(["46091", "46092.75", ""])
    assert days(["46091", "46091.75"], "excel") == [DAY, DAY]
    assert days(["46091", "2026-03-10"]) == [None, DAY]
    with pytest.raises(ck.SourceError, match="numbers that are no dates as they stand, such as '-500'"):
        decide([-500, -303])
    assert periods([-500, 1998]) == [None, ("1998-01-01", "1998-12-31")]


def test_columns_of_numbers() -> None:
    assert periods([1925, 1930]) == [("1925-01-01", "1925-12-31"), ("1930-01-01", "1930-12-31")]
    assert days([1925.0, float("nan"), None, 1930.5]) == [dt.date(1925, 1, 1), None, None, None]
    assert days([20260310, 20260311]) == [DAY, dt.date(2026, 3, 11)]
    assert days([20260310143000]) == [DAY]
    assert days([202603]) == [dt.date(2026, 3, 1)]
    with pytest.raises(ck.SourceError, match="'303' may be 303 AH or 303 CE"):
        decide([303])
    with pytest.raises(ck.SourceError, match=r"such as '46091'; they may be days of Excel: pass date_format=\"excel\""):
        decide([46091, 46092])
    with pytest.raises(ck.SourceError, match="numbers that are no dates as they stand, such as '5'"):
        decide([5, 7])
    with pytest.raises(ck.SourceError, match="has the type Boolean, which holds no dates"):
        decide([True])


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
@settings(max_examples=examples(50))
@given(st.lists(st.datetimes(dt.datetime(1974, 1, 1), dt.datetime(2200, 1, 1)), min_size=1, max_size=5))
def test_timestamps_equal_the_clock(unit: int, moments: list[dt.datetime]) -> None:
    seconds = [int(moment.replace(tzinfo=dt.UTC).timestamp()) for moment in moments]
    expected = [moment.date() for moment in moments]
    form = decide([each * unit for each in seconds])
    assert (form.name, form.notices) == ("timestamp", ("numbers taken as the time since 1970 (UTC)",))
    assert days([each * unit for each in seconds]) == expected
    assert days([str(each * unit) for each in seconds]) == expected
    assert days([978_307_200 * unit]) == [dt.date(2001, 1, 1)]  # in milliseconds it looks like 9783-07-20 00:00
    assert days([0, -1, None], "timestamp") == [dt.date(1970, 1, 1), dt.date(1969, 12, 31), None]
    assert days([1e300, float("inf")], "timestamp") == [None, None]


@settings(max_examples=examples(50))
@given(st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)))
def test_days_of_excel(day: dt.date) -> None:
    number = (day - dt.date(1899, 12, 30)).days
    assert days([number, number + 0.75, float(number)], "excel", pl.Float64) == [day] * 3
    assert days([str(number).translate(EASTERN)], "excel") == [day]
    assert days([1, 59, 60, 61], "excel") == [dt.date(1900, 1, 1), dt.date(1900, 2, 28), None, dt.date(1900, 3, 1)]


# ------------------------------------------------------------------------------------ vectors and what is asked


def slow_iso(text: str) -> dt.date | None:
    """Read an ISO day with datetime alone."""
    clock, zone = r"\d\d(:?\d\d(:?\d\d)?)?([.,]\d+)?", r"(Z|[+-]\d\d(:?\d\d)?)?"
    whole = re.fullmatch(
        rf"(\d{{4}}-\d\d-\d\d|\d{{8}})([T ]{clock}\s*{zone}|Z|[+-]\d\d:\d\d|\d{{4}}|\d{{6}})?", text.strip(), re.ASCII
    )
    if whole is None:
        return None
    try:
        return dt.datetime.strptime(whole[1].replace("-", ""), "%Y%m%d").date()
    except ValueError:
        return None


ISO_PARTS = st.tuples(
    st.sampled_from(["", " "]),
    st.sampled_from(["2026-03-10", "20260310", "2026-02-30", "2026-3-10", "2026-0310", "99990101", "0000-01-01", "x"]),
    st.sampled_from(["", "T", " ", "  "]),
    st.sampled_from(
        ["", "1", "10", "1005", "10:05", "10:05:5", "100559", "10:0559", "10:05:59.123", "10:05:59,1", "10."]
    ),
    st.sampled_from(["", "Z", " Z", "+03", "+03:00", "-0300", "+3", "UTC", "+03:00 "]),
)


@settings(max_examples=examples(200))
@given(st.lists(ISO_PARTS.map("".join), max_size=12))
def test_iso_equals_the_twin(texts: list[str]) -> None:
    assert days(texts, "iso", pl.String) == [slow_iso(text) for text in texts]


def test_iso_is_the_form_where_all_values_are_and_reads_the_rest_as_null() -> None:
    form = decide(["2026-03-10", "20260310", None, " "])
    assert (form.name, form.keeps_original, form.has_end, form.notices) == ("iso", False, False, ())
    assert days(["2026-03-10", "10 مارس 2026"], "iso") == [DAY, None]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%d/%m/%Y", "10/03/2026"), ("%d/%m/%Y", "١٠/٠٣/٢٠٢٦"), ("%m-%d-%y", "03-10-26"), ("%d %b %Y", "10 Mar 2026"),
        ("%d.%m.%Y %H:%M", "10.03.2026 23:59"), ("%Y-%m-%dT%H:%M:%S%z", "2026-03-10T10:00:00+0300"),
    ],
)  # fmt: skip
def test_patterns(pattern: str, text: str) -> None:
    assert days([text, "x", None], pattern) == [DAY, None, None]
    assert decide([text], pattern).name == pattern


def test_patterns_have_the_pivot_of_posix() -> None:
    years = [day and day.year for day in days(["10/03/68", "10/03/69", "10/03/99"], "%d/%m/%y")]
    assert years == [2068, 1969, 1999]


def test_what_is_asked_is_checked() -> None:
    with pytest.raises(ck.InputError, match=r"^date_format must be .*'iso'.*, got 'dym'\. Did you mean 'ymd'"):
        decide(["x"], "dym")
    for wrong in ("", "100%", 5):
        with pytest.raises(ck.InputError, match=r"^date_format must be"):
            decide(["x"], wrong)  # type: ignore[arg-type]
    with pytest.raises(ck.SourceError, match=r"date_format must fit column .*, got '%d': it reads no value, such as"):
        decide(["2026-03-10"], "%d")


VALUES = ["2026-03-10", "14/03/2026", "1447-09-21", "303هـ", "1925", "10 مارس 2026", "مارس 2026", "15.03.26", "x", None]


@settings(max_examples=examples(100))
@given(st.lists(st.sampled_from(VALUES), max_size=6))
def test_the_name_of_a_form_reads_the_same_again(values: list[str | None]) -> None:
    column = pl.Series(values, dtype=pl.String)
    try:
        form = DateForm.decide(column, None, WHERE)
    except ck.SourceError:
        return
    again = DateForm.decide(column, form.name, WHERE)
    assert again.name in FORMS
    assert again.parse(column)[0].to_list() == form.parse(column)[0].to_list()
    assert (again.has_end, again.keeps_original) == (form.has_end, form.keeps_original)


@settings(max_examples=examples(100))
@given(
    st.lists(st.text("0123456789/-. :٠هـمتمارس،()TZ+apMr", max_size=14) | st.text(max_size=9), max_size=4),
    st.sampled_from([None, *FORMS]),
)
def test_any_text_is_read_or_null_or_ambiguous(texts: list[str], asked: str | None) -> None:
    column = pl.Series(texts, dtype=pl.String)
    try:
        form = DateForm.decide(column, asked, WHERE)
    except ck.SourceError:
        return
    first, last = form.parse(column)
    assert len(first) == len(column)
    if last is not None:
        assert first.is_null().to_list() == last.is_null().to_list()
        assert bool((first <= last).all())
