"""ck.news.dates: the dates of the sample and the reference document; each rule in a sentence."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.date_reading import KINDS, Expression
from corpus_kit.news.date_resolution import RULES, resolve
from corpus_kit.text.calendars import ARABIC_REGIONS, calendar_names, month_names

pytestmark = pytest.mark.interface

SCHEMA = {
    "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String,
    "kind": pl.Enum(KINDS), "date": pl.Date, "date_end": pl.Date, "rule": pl.Enum(RULES), "cue": pl.String,
}  # fmt: skip
Known: TypeAlias = dict[str, list[dict[str, Any]]]
PUBLISHED = datetime.date(2026, 3, 11)  # a Wednesday; 22 Ramadan 1447


def day(month: int, number: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, month, number)


def dates_of_all(texts: list[str], published: datetime.date | None = PUBLISHED) -> list[list[dict[str, Any]]]:
    """Return the rows of each text."""
    rows: list[list[dict[str, Any]]] = [[] for _ in texts]
    with tempfile.TemporaryDirectory() as folder:
        frame = pl.DataFrame({"text": texts, "date": pl.Series([published] * len(texts), dtype=pl.Date)})
        with ck.Corpus.build(frame, folder + "/corpus", date="date", progress=False) as corpus:
            for row in ck.news.dates(corpus, date=None if published is None else "date").rows(named=True):
                rows[row["document"]].append(row)
    return rows


def dates_of(text: str, published: datetime.date | None = PUBLISHED) -> list[dict[str, Any]]:
    return dates_of_all([text], published)[0]


@pytest.fixture(scope="module")
def known() -> Known:
    """Return the rows of the short texts below, read in one call."""
    texts = [*FALSE_FRIENDS, *(row[0] for table in (WEEKDAYS, DAYS, MONTHS, RELATIVE) for row in table)]
    return dict(zip(texts, dates_of_all(texts), strict=True))


def read(text: str, published: datetime.date | None = PUBLISHED) -> list[tuple[str, str, datetime.date | None]]:
    return [(row["surface"], row["kind"], row["date"]) for row in dates_of(text, published)]


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def seed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Return the reference document three times, with the publication dates of its expected answers."""
    text = (shared / "seed/article.txt").read_text(encoding="utf-8")
    days = [datetime.date(2014, 10, 27), datetime.date(2014, 10, 29), None]
    frame = pl.DataFrame({"text": [text] * 3, "date": days})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("seed") / "corpus", date="date", progress=False) as corpus:
        yield corpus


# ----------------------------------------------------------------------------------------------------
# The sample and the reference document
# ----------------------------------------------------------------------------------------------------


def test_finds_exactly_the_dates_of_the_sample(sample: ck.Corpus) -> None:
    table = ck.news.dates(sample)
    assert dict(table.schema) == SCHEMA
    columns = ["id", "start", "end", "surface", "date", "kind"]
    truth = ck.sample_truth()["dates"].select(columns)
    found = table.filter(~pl.col("kind").cast(pl.String).is_in(["month", "relative"])).select(columns)
    assert_frame_equal(found.cast({"kind": pl.String}).sort("id", "start"), truth.sort("id", "start"))
    assert table["kind"].value_counts().filter(kind="month")["count"].item() == 36
    assert table["date"].null_count() == 0


def test_spans_and_order(sample: ck.Corpus) -> None:
    table = ck.news.dates(sample)
    texts = sample.documents.select("document", "text").collect()["text"].to_list()
    for row in table.rows(named=True):
        assert texts[row["document"]][row["start"] : row["end"]] == row["surface"]
    assert_frame_equal(table, table.sort("document", "start"))
    assert (table["date_end"] >= table["date"]).all()
    assert (table.filter(pl.col("kind") != "month").select((pl.col("date") == pl.col("date_end")).all())).item()


def test_the_reference_document(seed: ck.Corpus) -> None:
    with pytest.warns(UserWarning, match="1 of 3 documents have no date"):
        table = ck.news.dates(seed)
    assert table["surface"].to_list() == ["الاثنين"] * 3
    assert table["kind"].unique().to_list() == ["weekday"]
    assert table["date"].to_list() == [datetime.date(2014, 10, 27)] * 2 + [None]


# ----------------------------------------------------------------------------------------------------
# Weekdays
# ----------------------------------------------------------------------------------------------------
WEEKDAYS = [
    ("اجتمع المجلس الاثنين", day(3, 9)),
    ("اجتمع المجلس مساء الأربعاء", day(3, 11)),  # on the day of publication
    ("اجتمع المجلس يوم الخميس", day(3, 5)),
    ("اجتمع المجلس الاربعاء الماضي", day(3, 11)),
    ("يجتمع المجلس الخميس", day(3, 12)),
    ("ويجتمع المجلس مساء الأربعاء", day(3, 11)),
    ("يجتمع المجلس الأربعاء المقبل", day(3, 18)),
    ("قرر المجلس عقد جلسة السبت القادم", day(3, 14)),
    ("سيجتمع المجلس في مقره الجديد يوم الأحد", day(3, 15)),
    ("سوف تكون الجلسة الأحد", day(3, 15)),
    ("ولن تكون هناك جلسة الأحد", day(3, 15)),
    ("لم يجتمع المجلس الأحد", day(3, 8)),
    ("كان المجلس يجتمع الأحد", day(3, 8)),
    ("على أن تسلم الأوراق قبل الجمعة", day(3, 13)),
    ("تسلم الأوراق اعتبارا من يوم الأحد", day(3, 15)),
    ("يجتمع المجلس منذ الأحد", day(3, 8)),
    ("اجتمع المجلس أمس الثلاثاء", day(3, 10)),
    ("اجتمع المجلس أمس (الثلاثاء)", day(3, 10)),
    ("اجتمع المجلس أول من أمس الاثنين", day(3, 9)),
    ("اجتمع المجلس أمس الأول الاثنين", day(3, 9)),
    ("اجتمع المجلس مساء اليوم الخميس", day(3, 12)),  # the metadata is a day late
    ("الجلسة غدا الخميس", day(3, 12)),
    ("الجلسة مساء غد الخميس", day(3, 12)),
    ("الجلسة بعد غد الجمعة", day(3, 13)),
    ("والأحد سيجتمع المجلس", day(3, 15)),
    ("الأحد اجتمع المجلس", day(3, 8)),
    ("تعرض القاعة الجمعة صورا", day(3, 13)),
    ("تعرض رجل الجمعة للضرب", day(3, 6)),
    ("اجتمع المجلس يوم الاثنين التالي", None),  # relative to another day
    ("تفتح القاعة أيام الجمعة", None),
    ("تفتح القاعة الجمعة من كل أسبوع", None),
]


@pytest.mark.parametrize(("text", "expected"), WEEKDAYS)
def test_weekdays(known: Known, text: str, expected: datetime.date | None) -> None:
    found = [row for row in known[text] if row["kind"] == "weekday"]
    assert [row["date"] for row in found] == [expected]


def test_several_weekdays() -> None:
    assert [row[2] for row in read("يجتمع المجلس يومي السبت والأحد المقبلين")] == [day(3, 14), day(3, 15)]
    assert [row[2] for row in read("يجتمع المجلس السبت و الأحد المقبلين")] == [day(3, 14), day(3, 15)]
    assert [row[2] for row in read("تفتح القاعة أيام السبت والأحد والاثنين")] == [None] * 3


def test_proclitics_and_spellings() -> None:
    surfaces = ["الاثنين", "والاثنين", "بالاثنين", "للاثنين", "الإثنين", "الاثنَين", "وللاثنين"]
    found = read("\n".join(f"انتقل الموعد {surface}" for surface in surfaces))
    assert found == [(surface, "weekday", day(3, 9)) for surface in surfaces]


FALSE_FRIENDS = [
    "حضر الكاتب عبد الأحد", "افتتح سوق الخميس", "الاثنين معا في القاعة", "الفرق بين الاثنين كبير", "أحد الحضور",
    "فتح باب القاعة", "شهد ماي عرضا", "مارس الرجل الرياضة", "صفر/صفر", "حضر رجب", "هذا أب حنون", "دخل 12 رجلا",
    "النسبة 12/3", "الإصدار 1.2.3", "اليوم الوطني", "في اليوم نفسه", "قبل يومين من الحفل", "ربيع طويل", "2/0/2026",
]  # fmt: skip


@pytest.mark.parametrize("text", FALSE_FRIENDS)
def test_false_friends(known: Known, text: str) -> None:
    assert known[text] == []


def test_two_weekdays_after_between() -> None:
    assert [row[0] for row in read("الدوام بين الاثنين والخميس")] == ["الاثنين", "والخميس"]


# ----------------------------------------------------------------------------------------------------
# Days, months, numeric and Hijri dates
# ----------------------------------------------------------------------------------------------------
DAYS = [
    ("في 12 آذار/مارس 2026.", "12 آذار/مارس 2026", "day", day(3, 12)),
    ("في 12 مارس", "12 مارس", "day", day(3, 12)),
    ("في ١٢ مارس", "١٢ مارس", "day", day(3, 12)),
    ("وفي 12 آذار (مارس)، قال", "12 آذار (مارس)", "day", day(3, 12)),
    ("في 12 مارس آذار", "12 مارس آذار", "day", day(3, 12)),
    ("في 12 من شهر مارس", "12 من شهر مارس", "day", day(3, 12)),
    ("في 5 تشرين الأول", "5 تشرين الأول", "day", day(10, 5, 2025)),  # the nearest
    ("في 5 آب", "5 آب", "day", day(8, 5)),
    ("في 5 أغسطس الماضي", "5 أغسطس", "day", day(8, 5, 2025)),
    ("في 5 يناير المقبل", "5 يناير", "day", day(1, 5, 2027)),
    ("منذ 5 يوليو", "5 يوليو", "day", day(7, 5, 2025)),
    ("في 5 يناير من العام الماضي", "5 يناير", "day", day(1, 5, 2025)),
    ("في 5 يناير من عام 1998", "5 يناير من عام 1998", "day", day(1, 5, 1998)),
    ("في 29 فبراير", "29 فبراير", "day", day(2, 29, 2028)),
    ("في 29 فبراير 2026", "29 فبراير 2026", "day", None),
    ("في 12 جويلية 2026", "12 جويلية 2026", "day", day(7, 12)),
    ("في 12 غشت 2026", "12 غشت 2026", "day", day(8, 12)),
    ("في 3 دجنبر", "3 دجنبر", "day", day(12, 3, 2025)),
    ("و5 أيار", "5 أيار", "day", day(5, 5)),
    ("في السادس من مارس", "السادس من مارس", "day", day(3, 6)),
    ("في الحادي عشر من مارس", "الحادي عشر من مارس", "day", day(3, 11)),
    ("في الخامس والعشرين من مارس", "الخامس والعشرين من مارس", "day", day(3, 25)),
    ("في العشرين من شهر مارس 2025م", "العشرين من شهر مارس 2025م", "day", day(3, 20, 2025)),
    ("منذ ثورة 25 يناير", "25 يناير", "day", None),
    ("بعد أحداث 11 سبتمبر 2001", "11 سبتمبر 2001", "day", day(9, 11, 2001)),
    ("بتاريخ 12/3/2026", "12/3/2026", "numeric", day(3, 12)),
    ("بتاريخ ١٢/٣/٢٠٢٦م", "١٢/٣/٢٠٢٦م", "numeric", day(3, 12)),
    ("بتاريخ 2026-03-12", "2026-03-12", "numeric", day(3, 12)),
    ("بتاريخ 2026/3/12", "2026/3/12", "numeric", day(3, 12)),
    ("بتاريخ 12.3.2026", "12.3.2026", "numeric", day(3, 12)),
    ("بتاريخ 12-3-2026", "12-3-2026", "numeric", day(3, 12)),
    ("بتاريخ 3/25/2026", "3/25/2026", "numeric", None),  # the day comes first
    ("بتاريخ 22/9/1447هـ", "22/9/1447هـ", "hijri", day(3, 11)),
    ("في 15 رمضان 1447", "15 رمضان 1447", "hijri", day(3, 4)),
    ("في 15 رمضان", "15 رمضان", "hijri", day(3, 4)),
    ("في الأول من ذي الحجة", "الأول من ذي الحجة", "hijri", day(5, 18)),
    ("في ١ ذو القعدة ١٤٤٧ هـ", "١ ذو القعدة ١٤٤٧ هـ", "hijri", day(4, 18)),
    ("في 3 جمادى الآخرة 1447", "3 جمادى الآخرة 1447", "hijri", day(11, 24, 2025)),
    ("في 30 رمضان 1300", "30 رمضان 1300", "hijri", None),  # before the tables of the calendar
]


@pytest.mark.parametrize(("text", "surface", "kind", "expected"), DAYS)
def test_days(known: Known, text: str, surface: str, kind: str, expected: datetime.date | None) -> None:
    assert [(row["surface"], row["kind"], row["date"]) for row in known[text]] == [(surface, kind, expected)]


MONTHS = [
    ("في آذار الماضي", "آذار", day(3, 1, 2025), day(3, 31, 2025)),
    ("منذ أيلول", "أيلول", day(9, 1, 2025), day(9, 30, 2025)),
    ("في فبراير", "فبراير", day(2, 1), day(2, 28)),
    ("حصاد حزيران/يونيو المقبل", "حزيران/يونيو", day(6, 1), day(6, 30)),
    ("في كانون الأول 2024", "كانون الأول 2024", day(12, 1, 2024), day(12, 31, 2024)),
    ("خلال شهر رمضان", "رمضان", day(2, 18), day(3, 19)),
    ("في ذي الحجة 1447", "ذي الحجة 1447", day(5, 18), day(6, 15)),
    ("النصف الثاني من شهر مارس", "مارس", day(3, 1), day(3, 31)),
    ("نهاية مارس", "مارس", day(3, 1), day(3, 31)),
    ("في يوليوز", "يوليوز", day(7, 1), day(7, 31)),
]


@pytest.mark.parametrize(("text", "surface", "first", "last"), MONTHS)
def test_months_are_intervals(known: Known, text: str, surface: str, first: datetime.date, last: datetime.date) -> None:
    [row] = known[text]
    assert (row["surface"], row["kind"], row["date"], row["date_end"]) == (surface, "month", first, last)


RELATIVE = [
    ("وصل الوفد أمس", "أمس", day(3, 10)),
    ("وصل الوفد اليوم", "اليوم", PUBLISHED),
    ("يصل الوفد غدا", "غدا", day(3, 12)),
    ("يصل الوفد بعد غد", "بعد غد", day(3, 13)),
    ("وصل الوفد أول أمس", "أول أمس", day(3, 9)),
    ("وصل الوفد أول من أمس", "أول من أمس", day(3, 9)),
    ("وصل الوفد أمس الأول", "أمس الأول", day(3, 9)),
    ("وصل الوفد قبل يومين", "قبل يومين", day(3, 9)),
    ("وصل الوفد قبل ثلاثة أيام", "قبل ثلاثة أيام", day(3, 8)),
    ("وصل الوفد قبل 10 أيام", "قبل 10 أيام", day(3, 1)),
    ("وصل الوفد قبل أسبوعين", "قبل أسبوعين", day(2, 25)),
]


@pytest.mark.parametrize(("text", "surface", "expected"), RELATIVE)
def test_relative_days(known: Known, text: str, surface: str, expected: datetime.date) -> None:
    assert [(row["surface"], row["kind"], row["date"]) for row in known[text]] == [(surface, "relative", expected)]


def test_adjacent_expressions_agree() -> None:
    """Adjacent expressions resolve to the same day."""
    assert [row[2] for row in read("في يوم السبت 2 أيار/مايو 2026")] == [day(5, 2)] * 2
    assert [row[2] for row in read("في يوم الأحد الموافق 2/5/2026")] == [day(3, 8), day(5, 2)]  # they disagree
    # the month began a day later than in the tables
    assert [row[2] for row in read("ليلة الخميس 15 رمضان 1447")] == [day(3, 5)] * 2
    assert [row[2] for row in read("وصل اليوم الثلاثاء")] == [day(3, 10)] * 2
    table = dates_of("في يوم السبت 2 أيار/مايو 2026")
    assert [row["rule"] for row in table] == ["beside", "written"]


def test_rules_and_cues() -> None:
    [row] = dates_of("سيجتمع المجلس الخميس")
    assert (row["rule"], row["cue"]) == ("next", "سيجتمع")
    [row] = dates_of("في 5 أغسطس الماضي")
    assert (row["rule"], row["cue"]) == ("last", "الماضي")
    [row] = dates_of("جلسة الخميس")
    assert (row["rule"], row["cue"]) == ("last", "")


# ----------------------------------------------------------------------------------------------------
# Resolution, compared with a day-by-day search
# ----------------------------------------------------------------------------------------------------
publications = st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 1, 1))


def days_around(published: datetime.date, reach: int) -> list[datetime.date]:
    """Return days by distance, ties by the earlier first."""
    steps = sorted(range(-reach, reach + 1), key=lambda step: (abs(step), step))
    return [published + datetime.timedelta(days=step) for step in steps]


@given(publications, st.integers(0, 6), st.sampled_from(["last", "next", "coming"]))
def test_weekdays_equal_a_day_by_day_search(published: datetime.date, weekday: int, direction: str) -> None:
    expression = Expression(0, 1, "weekday", weekday=weekday, direction=direction)
    [found] = resolve([expression], [published])
    fits = {"last": lambda other: other <= published, "next": lambda other: other > published}
    allowed = fits.get(direction, lambda other: other >= published)
    expected = next(other for other in days_around(published, 8) if other.weekday() == weekday and allowed(other))
    assert found.first == found.last == expected.toordinal()


@given(publications, st.integers(1, 12), st.integers(1, 31), st.sampled_from(["", "last", "next"]))
def test_days_without_a_year_equal_a_day_by_day_search(
    published: datetime.date, month: int, number: int, direction: str
) -> None:
    expression = Expression(0, 2, "day", month=month, day=number, direction=direction)
    [found] = resolve([expression], [published])
    fits = {"last": lambda other: other < published, "next": lambda other: other > published}
    allowed = fits.get(direction, lambda _: True)
    days = (
        other
        for other in days_around(published, 366 * 4 + 1)
        if (other.month, other.day) == (month, number) and allowed(other)
    )
    expected = next(days, None)
    assert found.first == (None if expected is None else expected.toordinal())


@given(st.dates(datetime.date(1930, 1, 1), datetime.date(2070, 1, 1)), st.sampled_from(["", "last", "next"]))
def test_hijri_days_of_this_year(published: datetime.date, direction: str) -> None:
    """A Hijri day without a year, published on that day."""
    from hijridate.convert import Gregorian

    hijri = Gregorian.fromdate(published).to_hijri()
    expression = Expression(0, 2, "hijri", "hijri", month=hijri.month, day=hijri.day, direction=direction)
    [found] = resolve([expression], [published])
    assert found.first is not None
    distance = found.first - published.toordinal()
    assert distance == 0 if not direction else abs(distance) > 300 and (distance < 0) == (direction == "last")


# ----------------------------------------------------------------------------------------------------
# Missing dates, invalid input, views
# ----------------------------------------------------------------------------------------------------


def test_only_full_dates_are_resolved_without_a_publication_date() -> None:
    text = "يوم الاثنين في 12 مارس وفي 12 مارس 2026 وفي 12/3/2026 وأمس وفي 1 رمضان 1447 وفي 1 رمضان وفي مارس 2026"
    found = read(text, None)
    assert [row[2] for row in found] == [
        None, None, day(3, 12), day(3, 12), None, day(2, 18), None, day(3, 1),
    ]  # fmt: skip


def test_warns_if_the_date_column_is_empty(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["اجتمع المجلس الاثنين"], "date": pl.Series([None], dtype=pl.Date)})
    with (
        ck.Corpus.build(frame, tmp_path / "corpus", date="date", progress=False) as corpus,
        pytest.warns(UserWarning, match="none of the 1 documents has a date"),
    ):
        table = ck.news.dates(corpus)
    assert table["date"].to_list() == [None]
    assert table["rule"].to_list() == ["last"]


def test_invalid_arguments(sample: ck.Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
        ck.news.dates("الاثنين")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^date must be .* Did you mean 'date'"):
        ck.news.dates(sample, date="dates")
    with pytest.raises(InputError, match=r"^date must be .* It holds String"):
        ck.news.dates(sample, date="outlet")
    with pytest.raises(InputError, match=r"^date must be a metadata column, a date or None"):
        ck.news.dates(sample, date=5)  # type: ignore[arg-type]
    with ck.Corpus.build(pl.DataFrame({"text": ["الاثنين"]}), tmp_path / "corpus", progress=False) as corpus:
        with pytest.raises(InputError, match=r"^date must be"):
            ck.news.dates(corpus)
        assert ck.news.dates(corpus, date=None).height == 1


def test_subcorpus_and_cleaned_view(sample: ck.Corpus) -> None:
    whole = ck.news.dates(sample)
    part = sample.filter(pl.col("outlet") == sample.labels("outlet")[5])
    chosen = part.selected_documents().tolist()
    assert_frame_equal(ck.news.dates(part), whole.filter(pl.col("document").is_in(chosen)))
    hidden = whole.filter(kind="weekday")
    left = ck.news.dates(sample.exclude(hidden))
    assert left.filter(kind="weekday").height == 0
    assert left.filter(kind="numeric").height == 20
    assert_frame_equal(ck.news.dates(sample), whole)


def test_nothing_found(sample: ck.Corpus, tmp_path: Path) -> None:
    nothing = ck.news.dates(sample.filter(pl.lit(value=False)))
    assert nothing.height == 0
    assert dict(nothing.schema) == SCHEMA
    for texts in (["..."], ["لا شيء هنا"], ["الاثنين"] * 2):
        frame = pl.DataFrame({"text": texts, "date": [PUBLISHED] * len(texts)})
        with ck.Corpus.build(frame, tmp_path / str(len(texts[0])), date="date", progress=False) as corpus:
            table = ck.news.dates(corpus)
            assert dict(table.schema) == SCHEMA
            assert table.height == sum(text == "الاثنين" for text in texts)


def test_dates_do_not_cross_sentences_or_documents(tmp_path: Path) -> None:
    assert read("سيجتمع المجلس. وصل الوفد الاثنين") == [("الاثنين", "weekday", day(3, 9))]
    assert read("اجتمع المجلس 12\nمارس القادم")[0][1] == "month"
    frame = pl.DataFrame({"text": ["في 12", "مارس 2026"], "date": [PUBLISHED] * 2})
    with ck.Corpus.build(frame, tmp_path / "corpus", date="date", progress=False) as corpus:
        assert ck.news.dates(corpus)["surface"].to_list() == ["مارس 2026"]


PIECES = (
    "12 / - مارس آذار الاثنين والأحد أمس بعد غد قبل أيام كانون الأول من شهر ( ) ، . 2026 1447 المقبل سيصل الحادي عشر"
)


@settings(max_examples=examples(10))
@given(
    st.lists(st.lists(st.sampled_from(PIECES.split()), min_size=1, max_size=14).map(" ".join), min_size=1, max_size=8)
)
def test_spans_never_overlap(texts: list[str]) -> None:
    for text, rows in zip(texts, dates_of_all(texts), strict=True):
        ends = [0, *(row["end"] for row in rows)]
        assert all(row["start"] >= before for row, before in zip(rows, ends, strict=False))
        assert all(text[row["start"] : row["end"]] == row["surface"] for row in rows)


def test_call_is_recorded(sample: ck.Corpus) -> None:
    record = provenance_of(ck.news.dates(sample))
    assert record is not None
    assert record["function"] == "ck.news.dates"
    assert record["options"] == {"date": "date", "subcorpus": None}


def test_calendar_has_all_months_and_days() -> None:
    assert {len(names) for names in calendar_names()["weekdays"].values()} == {7}
    assert all(len(month_names(row)) == 12 for row in calendar_names()["months"])


def test_month_names_of_every_region() -> None:
    for region in ARABIC_REGIONS:
        spelt = month_names(region)
        text = "\n".join(f"في 5 {name} 2026" for names in spelt for name in names)
        expected = [day(number, 5) for number, names in enumerate(spelt, start=1) for _ in names]
        assert [row[2] for row in read(text)] == expected


@pytest.mark.slow
def test_weekdays_agree_with_adjacent_dates_in_real_news(shared: Path, tmp_path: Path) -> None:
    """A weekday next to a written date is an independent check: the date must fall on it."""
    news = pl.read_parquet(shared / "data/saudinewsnet-part1.parquet").head(6000)
    frame = news.select("content", pl.col("date_extracted").str.slice(0, 10).str.to_date().alias("date"))
    with ck.Corpus.build(frame, tmp_path / "corpus", text="content", date="date", progress=False) as corpus:
        table = ck.news.dates(corpus)
    following = table.select("document", "start", "kind", "date").shift(-1).rename(lambda name: f"next_{name}")
    beside = pl.concat([table, following], how="horizontal").filter(
        (pl.col("kind") == "weekday")
        & (pl.col("next_document") == pl.col("document"))
        & (pl.col("next_start") - pl.col("end") < 4)
        & pl.col("next_kind").cast(pl.String).is_in(["day", "numeric", "hijri"])
    )
    assert beside.height > 80
    assert (beside["date"] == beside["next_date"]).mean() > 0.95
    assert table.filter(pl.col("kind") != "relative")["date"].null_count() < table.height * 0.02
