"""ck.news.dates: the dates of the sample and the reference document; each rule in a sentence."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator
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
from corpus_kit.news.date_evidence import Evidence, OwnDay, own_day, shares_of_older, shares_of_other_days
from corpus_kit.news.date_expressions import KINDS, Expression
from corpus_kit.news.date_resolution import RULES, resolve, resolve_between
from corpus_kit.text.calendars import ARABIC_REGIONS, calendar_names, month_names

pytestmark = pytest.mark.interface

SCHEMA = {
    "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String,
    "kind": pl.Enum(KINDS), "date": pl.Date, "date_end": pl.Date, "rule": pl.Enum(RULES), "cue": pl.String,
    "day": pl.Date, "day_from": pl.Enum(["text", "metadata", "none"]), "differing": pl.Float64,
}  # fmt: skip
Known: TypeAlias = dict[str, list[dict[str, Any]]]
PUBLISHED = datetime.date(2026, 3, 11)  # a Wednesday; 22 Ramadan 1447


def day(month: int, number: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, month, number)


def dates_of_all(texts: list[str], published: datetime.date | None = PUBLISHED) -> list[list[dict[str, Any]]]:
    """Return the rows of each text, which is the only one of its outlet."""
    rows: list[list[dict[str, Any]]] = [[] for _ in texts]
    with tempfile.TemporaryDirectory() as folder:
        dates = pl.Series([published] * len(texts), dtype=pl.Date)
        frame = pl.DataFrame({"text": texts, "date": dates, "outlet": range(len(texts))})
        with ck.Corpus.build(frame, folder + "/corpus", date="date", progress=False) as corpus:
            for row in ck.news.dates(corpus, date=None if published is None else "date", by="outlet").rows(named=True):
                rows[row["document"]].append(row)
    return rows


def dates_of(text: str, published: datetime.date | None = PUBLISHED) -> list[dict[str, Any]]:
    return dates_of_all([text], published)[0]


@pytest.fixture(scope="module")
def known() -> Known:
    """Return the rows of the short texts below, read in one call."""
    tables: tuple[list[tuple[Any, ...]], ...] = (WEEKDAYS, LISTS, DAYS, MONTHS, RELATIVE)
    texts = [*FALSE_FRIENDS, *(row[0] for table in tables for row in table)]
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
    assert table.filter(pl.col("date").is_null())["surface"].to_list() == ["اليوم"]  # "until now"


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
    ("أجلت المحكمة النظر إلى يوم (السبت) المقبل", day(3, 14)),
    ("عن خطبة الجمعة في الصحف", None),  # of every Friday
    ("خرجت مسيرة عقب صلاة الجمعة", day(3, 6)),
    ("كان من المقرر أن تبدأ المحادثات الجمعة", None),  # and was put off
    ("فقد الذهب كثيرا الأسبوع الماضي بعد خسائر يوم الأربعاء", day(3, 4)),  # not the day of publication
    ("انطلقت بطولة الأمير فيصل يوم الخميس", day(3, 5)),  # not ف and يصل
    ("أنهى النفط تسليم أبريل تعاملات الثلاثاء", day(3, 10)),
    ("تعرض المسجد إلى هجوم يوم الجمعة", day(3, 6)),
    ("تعقد الجمعية يوم (الأحد) الموافق للأول من ذي القعدة", day(4, 19)),
    ("تعقد الجمعية الأحد أول ذي القعدة", day(4, 19)),
    ("اجتمع المجلس الاثنين", day(3, 9)),
    ("اجتمع المجلس مساء الأربعاء", day(3, 11)),  # on the day of publication
    ("اجتمع المجلس يوم الخميس", day(3, 5)),
    ("اجتمع المجلس الاربعاء الماضي", day(3, 4)),  # not the day of publication
    ("اجتمع المجلس الثلاثاء الماضي", day(3, 3)),  # nor yesterday
    ("يقرأ قصة «قيلولة الثلاثاء» مرتين", None),
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
    ("المعرض الجمعة بمشيئة الله", day(3, 13)),
    ("تغادر البعثة غدا - الخميس - المدينة", day(3, 12)),
    ("تصل البعثة الأحد من الأسبوع المقبل", day(3, 15)),
    ("وصلت البعثة الأحد من الأسبوع الماضي", day(3, 1)),
    ("سيلتقي الوفدان الأحد", day(3, 15)),  # not a noun that begins with سيل
    ("وصل سيغمار إلى المدينة الأحد", day(3, 8)),  # a name that begins as a future verb
    ("من المقرر بحث الخطة التي اقترحتها اللجنة الأحد", day(3, 8)),
    ("اجتمع المجلس الثلاثاء أمس", day(3, 10)),
    ("خطيب منبر الجمعة", None),
    ("سمحت بإقامة صلاتي الجمعة والعيد", None),
    ("ذهبت صبيحة ذلك اليوم «الخميس» إلى المدينة", None),
    ("افتتح المعرض مساء اليوم «الخميس»", day(3, 12)),
    ("تفتح القاعة يوم الخميس الـ 12 من مارس 2015", day(3, 12, 2015)),
    ("تم تحديد يوم الجمعة للقاء الأهالي", day(3, 13)),
    ("أشار إلى أن يوم الجمعة سيشهد حفلا", day(3, 13)),
    ("يفتتح المعرض الخميس بعد القادم", day(3, 19)),
    ("افتتح المعرض الثلاثاء قبل الماضي", day(3, 3)),
    ("يسلب العاملين عطلة الأحد", None),
    ("تفتح القاعة الجمعة من كل أسبوع", None),
    ("يسلب العاملين إجازة يوم الأحد", None),
    ("من المقرر أن توقع اللجنة الخميس", day(3, 12)),  # "sign", not "expected"
    ("وقع الحادث في الجمعة الثانية من الشهر", None),
    ("وصل الوفد الخميس الثاني من مارس", None),  # of another year, or a wrong weekday
    ("تبدأ الهدنة اعتبارا من منتصف ليل الخميس", day(3, 12)),
    ("وصل الوفد في وقت متأخر من الاثنين", day(3, 9)),
    ("ستبدأ الدورة في الاثنين 16 مارس", day(3, 16)),
]


@pytest.mark.parametrize(("text", "expected"), WEEKDAYS)
def test_weekdays(known: Known, text: str, expected: datetime.date | None) -> None:
    found = [row for row in known[text] if row["kind"] == "weekday"]
    assert [row["date"] for row in found] == [expected]


def test_several_weekdays() -> None:
    assert [row[2] for row in read("يجتمع المجلس يومي السبت والأحد المقبلين")] == [day(3, 14), day(3, 15)]
    assert [row[2] for row in read("يجتمع المجلس السبت و الأحد المقبلين")] == [day(3, 14), day(3, 15)]
    assert [row[2] for row in read("تفتح القاعة أيام السبت والأحد والاثنين")] == [None] * 3


LISTS = [
    ("الفترة 2 ـ 4 شوال", [day(3, 21), day(3, 23)]),  # a tatweel for a dash
    ("الجلسة غدا الخميس والجمعة والسبت", [day(3, 12), day(3, 12), day(3, 13), day(3, 14)]),
    ("الدورة من الأحد إلى الخميس المقبلين", [day(3, 15), day(3, 19)]),
    ("جرى اللقاء يومي الجمعة والسبت", [day(3, 6), day(3, 7)]),
    ("جرى التصويت بين الخميس والثلاثاء الماضيين", [day(3, 5), day(3, 10)]),
    ("تبدأ الهدنة ليل الأربعاء - الخميس", [day(3, 11), day(3, 12)]),
    ("تبدأ الهدنة ليل الثلاثاء - الأربعاء", [day(3, 10), day(3, 11)]),
    ("أمس وأمس الأول الثلاثاء والاثنين", [day(3, 10), day(3, 9)] * 2),
    ("وصل الوفد اليوم والوزير غدا", [day(3, 11), day(3, 12)]),
    ("المحادثات من اليوم الأربعاء إلى الجمعة المقبل", [day(3, 11), day(3, 11), day(3, 13)]),
    ("نجتمع اليوم – البارحة – هنا", [day(3, 10), day(3, 10)]),
    ("نجتمع اليوم (أمس) هنا", [day(3, 10), day(3, 10)]),
    ("الدورة يومي الثلاثاء والأربعاء: 24-25/3/2026", [day(3, 24), day(3, 25)] * 2),
    ("ورشة الرسم يوم السبت وورشة الخط يوم الاثنين وورشة النحت يوم الثلاثاء", [None] * 3),
    ("الدوام خمس ساعات من السبت حتى الأربعاء", [None, None]),
    ("اللقاء اليوم والأحد المقبل", [day(3, 11), day(3, 15)]),
    ("المراجعة الثلاثاء والأربعاء 24 و25 مارس", [day(3, 24), day(3, 25)] * 2),
    ("من 5 إلى 7 يوليو 2026", [day(7, 5), day(7, 7)]),
    ("أيام 12 و13 و14 رمضان", [day(3, 1), day(3, 2), day(3, 3)]),
    ("في نوفمبر وديسمبر من العام الماضي", [day(11, 1, 2025), day(12, 1, 2025)]),
    ("في المعارك بين مايو وديسمبر الماضيين", [day(5, 1, 2025), day(12, 1, 2025)]),
    ("وقع بين شهري يناير ويوليو الماضيين", [day(1, 1), day(7, 1, 2025)]),
    ("نفذت بين شهري يونيو ويناير", [day(6, 1, 2025), day(1, 1)]),
    ("ارتفعت في فبراير ويناير", [day(2, 1), day(1, 1)]),
    ("بين يونيو 2014 ويناير", [day(6, 1, 2014), day(1, 1, 2015)]),
    ("السفر إلى المدينة في نوفمبر وديسمبر ويناير ومايو ويونيو", [None] * 5),
    ("من 15 ديسمبر إلى 10 يناير 2026", [day(12, 15, 2025), day(1, 10)]),
    ("يوم الخميس 22/9 ويوم الجمعة 13/3", [day(3, 12), day(3, 12), day(3, 13), day(3, 13)]),  # Hijri, Gregorian
    ("يوم الاثنين 16 من الشهر الجاري", [day(3, 16)] * 2),
    ("في الخامس من الشهر الجاري", [None]),  # of which calendar?
    ("وقعت في 6 أغسطس 2012، الموافق 17 رمضان، حين", [day(8, 6, 2012)] * 2),
    ("في 6 أغسطس 2012، 3 رمضان", [day(8, 6, 2012), day(2, 20)]),  # another day
    ("في يوم الثلاثاء الموافق 3/10/2026", [day(3, 10)] * 2),  # the month first, as its weekday tells
    ("منذ ثورتي 25 يناير و30 يونيو", [None, None]),
    ("منذ ثورتي يناير ويونيو", [None, None]),
    ("يسمح بالصيد ابتداء من شهر أبريل حتى شهر مايو من كل عام", [None, None]),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_lists_and_ranges(known: Known, text: str, expected: list[datetime.date | None]) -> None:
    assert [row["date"] for row in known[text]] == expected


def test_proclitics_and_spellings() -> None:
    surfaces = ["الاثنين", "والاثنين", "بالاثنين", "للاثنين", "الإثنين", "الاثنَين", "وللاثنين"]
    found = read("\n".join(f"انتقل الموعد {surface}" for surface in surfaces))
    assert found == [(surface, "weekday", day(3, 9)) for surface in surfaces]


FALSE_FRIENDS = [
    "حضر الكاتب عبد الأحد", "افتتح سوق الخميس", "الاثنين معا في القاعة", "الفرق بين الاثنين كبير", "أحد الحضور",
    "فتح باب القاعة", "شهد ماي عرضا", "مارس الرجل الرياضة", "صفر/صفر", "حضر رجب", "هذا أب حنون", "دخل 12 رجلا",
    "النسبة 12/3", "الإصدار 1.2.3", "اليوم الوطني", "في اليوم نفسه", "قبل يومين من الحفل", "ربيع طويل", "2/0/2026",
    "الدعم الذي يوليه الوزير", "مدينة ستة أكتوبر", "فاز بنتيجة 3 صفر", "صحيفة «اليوم»", "بالأمس القريب",
    "في تلك الليلة", "قضت الليلة في الفندق", "تمثال «أغسطس» القديم", "رحب الأمين العام أحمد الخميس بالوفد",
    "حضر علي بن محمد الجمعة", "حضر الدكتور الخميس", "حضر أحمد الخميس. وقال الخميس: نعم", "مجلة «الاثنين»",
    "هم في أمس الحاجة إليه", "افتتح المعرض بسوق الخميس", "اليوم - الدمام", "أعلن مستشفى مايو كلينيك",
    "قبل يومين فقط من الحفل", "ذكر أن الاثنين المقيمين رفضا",
    "سيفوز في الاثنين", "كان التخلص من الاثنين صعبا", "قال نحن الاثنين", "ارتفع فوق مستوى الاثنين في المائة",
    "قال إن الاثنين معروفان", "حضر في ذكراه الاثنين والعشرين", "تبدأ الحجوزات قبل ثلاثة أسابيع", "ساحة أول ماي",
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
    ("كتب في 7/يوليو/2025 م", "7/يوليو/2025 م", "day", day(7, 7, 2025)),
    ("غادر الوفد (21 يوليو 921م)", "21 يوليو 921م", "day", day(7, 21, 921)),
    ("مصادر من فريق (8 آذار)", "8 آذار", "day", None),
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
    ("وبعد 11 سبتمبر تغير العالم", "11 سبتمبر", "day", None),
    ("قادة «17 فبراير» في المدينة", "17 فبراير", "day", None),
    ("أعلنت الحكومة في 17 ديسمبر عن الخطة", "17 ديسمبر", "day", day(12, 17, 2025)),
    ("أعلنت الحكومة في 17 يوليو عن الخطة", "17 يوليو", "day", None),  # of this year or the last?
    ("في الواحد والثلاثين من مارس", "الواحد والثلاثين من مارس", "day", day(3, 31)),
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
    ("بتاريخ 15 (يناير) 2015", "15 (يناير) 2015", "day", day(1, 15, 2015)),
    ("في «12» مارس", "«12» مارس", "day", day(3, 12)),
    ("توفي في 11 نوفمبر، 2004", "11 نوفمبر، 2004", "day", day(11, 11, 2004)),
    ("1928 - صدر القرار في 10 مارس", "10 مارس", "day", day(3, 10, 1928)),  # a chronicle
    ("ستجرى الانتخابات في 26 ديسمبر", "26 ديسمبر", "day", day(12, 26)),
    ("جرت الانتخابات في 26 نوفمبر", "26 نوفمبر", "day", day(11, 26, 2025)),
    ("ولد الشاعر في 10 أبريل", "10 أبريل", "day", None),
    ("ينتهي العام المالي في 30 يونيو من كل عام", "30 يونيو", "day", None),
    ("في 30 رمضان 1300", "30 رمضان 1300", "hijri", None),  # before the tables of the calendar
    ("صدر القرار في أول مارس", "أول مارس", "day", day(3, 1)),
    ("يبدأ العرض في فاتح ماي المقبل", "فاتح ماي", "day", day(5, 1)),
    ("بدأ العرض غرة شهر رمضان الحالي", "غرة شهر رمضان", "hijri", day(2, 18)),
    ("سقطت المدينة في 10 فبراير 1258.", "10 فبراير 1258", "day", day(2, 10, 1258)),
    ("تحدث نواب 14 آذار", "14 آذار", "day", None),
    ("بعد السابع من أكتوبر", "السابع من أكتوبر", "day", None),
    ("نرى أن 14 آذار تتراجع", "14 آذار", "day", None),
    ("يوم 25/11/14 و2014-11-25", "2014-11-25", "numeric", day(11, 25, 2014)),
]


@pytest.mark.parametrize(("text", "surface", "kind", "expected"), DAYS)
def test_days(known: Known, text: str, surface: str, kind: str, expected: datetime.date | None) -> None:
    assert [(row["surface"], row["kind"], row["date"]) for row in known[text]] == [(surface, kind, expected)]


MONTHS: list[tuple[str, str, datetime.date | None, datetime.date | None]] = [
    ("صدر القرار في شهر رمضان المبارك من عام 1446هـ", "رمضان المبارك من عام 1446هـ", day(3, 1, 2025), day(3, 29, 2025)),
    ("مؤتمر كل فبراير", "فبراير", None, None),
    ("حروب كثيرة: النكسة، أكتوبر، الجنوب", "أكتوبر", None, None),
    ("في آذار الماضي", "آذار", day(3, 1, 2025), day(3, 31, 2025)),
    ("منذ أيلول", "أيلول", day(9, 1, 2025), day(9, 30, 2025)),
    ("في فبراير", "فبراير", day(2, 1), day(2, 28)),
    ("حصاد حزيران/يونيو المقبل", "حزيران/يونيو", day(6, 1), day(6, 30)),
    ("في كانون الأول 2024", "كانون الأول 2024", day(12, 1, 2024), day(12, 31, 2024)),
    ("خلال شهر رمضان", "رمضان", day(2, 18), day(3, 19)),
    ("في ذي الحجة 1447", "ذي الحجة 1447", day(5, 18), day(6, 15)),
    ("النصف الثاني من شهر مارس", "مارس", day(3, 1), day(3, 31)),
    ("نهاية مارس", "مارس", day(3, 1), day(3, 31)),
    ("في أبريل", "أبريل", day(4, 1), day(4, 30)),
    ("في يوليوز", "يوليوز", None, None),  # of this year or the last?
    ("حتى نهاية يوليوز", "يوليوز", day(7, 1), day(7, 31)),
    ("يبدأ المعرض في يوليوز", "يوليوز", day(7, 1), day(7, 31)),
    ("تقرر تأجيل المعرض على أن يقام في يوليوز", "يوليوز", day(7, 1), day(7, 31)),
    ("وفي يوليوز، أعلنت الوزارة عن الخطة", "يوليوز", day(7, 1, 2025), day(7, 31, 2025)),
    ("كان الوزير قد قال في يوليوز", "يوليوز", day(7, 1, 2025), day(7, 31, 2025)),
    ("اختار الاتحاد إقامتها في يوليوز", "يوليوز", day(7, 1, 2025), day(7, 31, 2025)),
    ("المطالبة بإقامتها في يوليوز", "يوليوز", None, None),  # not أقامت
    ("في يوليوز من هذا العام", "يوليوز", day(7, 1), day(7, 31)),
    ("في يوليوز من العام قبل الماضي", "يوليوز", day(7, 1, 2024), day(7, 31, 2024)),
    ("في محرم من العام الهجري المقبل", "محرم", day(6, 16), day(7, 14)),
    ("في عام 1991 جرت انتخابات نظمت في سبتمبر من العام نفسه", "سبتمبر", day(9, 1, 1991), day(9, 30, 1991)),
    ("إلى عام 2008، وتحديدا في شهر مايو", "مايو", day(5, 1, 2008), day(5, 31, 2008)),
    ("تسقط الأمطار عادة في مارس", "مارس", None, None),
    ("يعقد كل عام في مارس", "مارس", None, None),
    ("قبل ثورة يوليو", "يوليو", None, None),
    ("أغلقت المصانع قبل كارثة سبتمبر", "سبتمبر", None, None),
    ("كان ثاني أقوى شهور فبراير منذ سنوات", "فبراير", None, None),
    ("وفي شهر ديسمبر تبدأ الطيور الهجرة", "ديسمبر", None, None),  # every year, or the next one
    ("ويبدأ الموسم في شهر ديسمبر", "ديسمبر", None, None),
    ("بدأت العلاقات بين البلدين تعود في ديسمبر", "ديسمبر", day(12, 1, 2025), day(12, 31, 2025)),
    ("ودائما ما تهب الرياح الموسمية على المدينة والقرى حولها في فبراير", "فبراير", None, None),
    ("يبدأ المعرض عادة في الشتاء، وفي فبراير افتتح", "فبراير", day(2, 1), day(2, 28)),
    ("ستبحث اللجنة الخطة للمرة الأولى منذ تشكيلها في ديسمبر", "ديسمبر", day(12, 1, 2025), day(12, 31, 2025)),
    ("صوتت اللجنة لعقد مؤتمر في يوليوز", "يوليوز", None, None),
    ("وصلت السفن لتسليم مساعدات إنسانية عاجلة إلى القرى في فبراير", "فبراير", day(2, 1), day(2, 28)),
    ("ارتفع عما كان عليه في فبراير قبل عامين", "فبراير", day(2, 1, 2024), day(2, 29, 2024)),
    ("كتاب «أشهر سبتمبر» الجديد", "سبتمبر", None, None),
    ("في أبريل .2013 ثم عاد", "أبريل .2013", day(4, 1, 2013), day(4, 30, 2013)),
    ("في سبتمبر المقبل (أيلول)", "سبتمبر", day(9, 1), day(9, 30)),
    ("يصوم الناس في رمضان", "رمضان", None, None),
    ("ينتهي المعرض نهاية مارس المقبل", "مارس", day(3, 1), day(3, 31)),
    ("ستجرى الانتخابات في نوفمبر", "نوفمبر", day(11, 1), day(11, 30)),
    ("ستجرى الانتخابات في ديسمبر", "ديسمبر", day(12, 1), day(12, 31)),  # the last one is nearer
    ("جرت الانتخابات في أغسطس", "أغسطس", day(8, 1, 2025), day(8, 31, 2025)),  # the next one is nearer
    ("أعلن عن معرض في أغسطس", "أغسطس", None, None),  # what is announced need not be past
    ("ارتفعت العقود تسليم مايو", "مايو", day(5, 1), day(5, 31)),
    ("ترتفع الأسعار كل عام، خصوصا في شهر شوال", "شوال", None, None),
    ("تراجعت المبيعات على غير المتوقع في يناير", "يناير", day(1, 1), day(1, 31)),
    ("كان ثاني أقوى أشهر يوليو", "يوليو", None, None),
    ("ستتكرر الظاهرة في يوليو في العام 2034", "يوليو في العام 2034", day(7, 1, 2034), day(7, 31, 2034)),
]


@pytest.mark.parametrize(("text", "surface", "first", "last"), MONTHS)
def test_months_are_intervals(
    known: Known, text: str, surface: str, first: datetime.date | None, last: datetime.date | None
) -> None:
    [row] = known[text]
    assert (row["surface"], row["kind"], row["date"], row["date_end"]) == (surface, "month", first, last)


RELATIVE = [
    ("توفي بعد إصابته قبل ثلاثة أيام", "قبل ثلاثة أيام", day(3, 8)),
    ("غير أن ما يجري اليوم خطة", "اليوم", None),
    ("وصل الوفد أمس", "أمس", day(3, 10)),
    ("وصل الوفد اليوم", "اليوم", PUBLISHED),
    ("يصل الوفد غدا", "غدا", day(3, 12)),
    ("يصل الوفد بعد غد", "بعد غد", day(3, 13)),
    ("وصل الوفد أول أمس", "أول أمس", day(3, 9)),
    ("وصل الوفد أول من أمس", "أول من أمس", day(3, 9)),
    ("وصل الوفد أمس الأول", "أمس الأول", day(3, 9)),
    ("وصل الوفد الليلة الماضية", "الليلة الماضية", day(3, 10)),
    ("وصل الوفد الليلة قبل الماضية", "الليلة قبل الماضية", day(3, 9)),
    ("وصل الوفد فجر اليوم", "اليوم", PUBLISHED),
    ("يصل الوفد مساء غد", "غد", day(3, 12)),
    ("وصل الوفد البارحة الأولى", "البارحة الأولى", day(3, 9)),
    ("وصل الوفد قبل يومين", "قبل يومين", day(3, 9)),
    ("وصل الوفد قبل ثلاثة أيام", "قبل ثلاثة أيام", day(3, 8)),
    ("وصل الوفد قبل 10 أيام", "قبل 10 أيام", day(3, 1)),
    ("وصل الوفد قبل أسبوعين", "قبل أسبوعين", day(2, 25)),
    ("وصل الوفد الأول من أمس", "الأول من أمس", day(3, 9)),
    ("وصل الوفد قبل أمس", "قبل أمس", day(3, 9)),
    ("وصل الوفد بحلول أمس", "أمس", day(3, 10)),
    ("القصة كأنها كتبت أمس", "أمس", None),
    ('مسلسل "غدا نلتقي" الجديد', "غدا", None),
    ('لعب "الوفد" غدا في "المدينة"', "غدا", day(3, 12)),
    ("هذا الذي كان بالأمس", "بالأمس", None),
    ("مسلسل «غدا نلتقي» الجديد", "غدا", None),
    ("أعضاء حزب غد الثورة", "غد", None),
]


@pytest.mark.parametrize(("text", "surface", "expected"), RELATIVE)
def test_relative_days(known: Known, text: str, surface: str, expected: datetime.date | None) -> None:
    assert [(row["surface"], row["kind"], row["date"]) for row in known[text]] == [(surface, "relative", expected)]


def test_today_or_nowadays() -> None:
    """اليوم without a verb of news is "nowadays", but for the beginning of a text."""
    opening = "كلمة " * 50 + ". "
    texts = [
        "أعلنت الوزارة اليوم عن الخطة",
        "الحياة التي نعيشها اليوم صعبة",
        "ما زال قائما حتى اليوم",
        "اليوم عيد وغدا عمل",
        "كانت المدينة صغيرة، واليوم يعمل فيها الناس",
        "بلغت ما هي عليه اليوم",
        "إن الحروب اليوم انتقلت إلى هنا",
        "لو حضر لكان اليوم معنا",
    ]
    found = [rows[0] for rows in dates_of_all([opening + text for text in texts])]
    assert [row["date"] for row in found] == [PUBLISHED, None, None, PUBLISHED, *[None] * 4]
    assert [row["rule"] for row in found] == ["counted", "none", "none", "counted", *["none"] * 4]


def test_today_deep_in_a_text_needs_another_day_of_it() -> None:
    deep = "كلمة " * 200 + ". أعلنت الوزارة اليوم عن الخطة"
    rows = dates_of_all([deep, "وصل الوفد أمس. " + deep])
    assert [[row["date"] for row in each] for each in rows] == [[None], [day(3, 10), PUBLISHED]]


def test_ramadan_of_every_year() -> None:
    assert read("ازدحام الشاشات في رمضان") == [("رمضان", "month", day(2, 18))]  # published in it
    assert read("ازدحام الشاشات في رمضان", day(6, 1)) == [("رمضان", "month", None)]
    assert read("إن شهر رمضان فرصة للجميع", day(6, 1)) == [("رمضان", "month", None)]
    assert read("ازدحام الشاشات خلال رمضان", day(6, 1)) == [("رمضان", "month", day(2, 18))]


def test_a_newspaper_is_no_day() -> None:
    assert read("قال الكاتب في «المدينة اليوم» بتاريخ 29 يونيو 2025")[-1] == ("29 يونيو 2025", "day", day(6, 29, 2025))
    assert [row["day"] for row in dates_of("قال الكاتب في «المدينة اليوم» بتاريخ 29 يونيو 2025")] == [PUBLISHED]


def test_adjacent_expressions_agree() -> None:
    """Adjacent expressions resolve to the same day."""
    assert [row[2] for row in read("في يوم السبت 2 أيار/مايو 2026")] == [day(5, 2)] * 2
    assert [row[2] for row in read("اجتمعوا يوم الأحد الموافق 2/5/2026")] == [day(3, 8), day(5, 2)]  # they disagree
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
    fits: dict[str, Callable[[datetime.date], bool]] = {
        "last": lambda other: other <= published,
        "next": lambda other: other > published,
        "coming": lambda other: other >= published,
    }
    allowed = fits[direction]
    expected = next(other for other in days_around(published, 8) if other.weekday() == weekday and allowed(other))
    assert found.first == found.last == expected.toordinal()


@given(publications, st.integers(1, 12), st.integers(1, 31), st.sampled_from(["", "last", "next"]))
def test_days_without_a_year_equal_a_day_by_day_search(
    published: datetime.date, month: int, number: int, direction: str
) -> None:
    expression = Expression(0, 2, "day", month=month, day=number, direction=direction)
    [found] = resolve([expression], [published])
    fits: dict[str, Callable[[datetime.date], bool]] = {
        "": lambda _: True,
        "last": lambda other: other < published,
        "next": lambda other: other > published,
    }
    allowed = fits[direction]
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

    hijri = Gregorian(published.year, published.month, published.day).to_hijri()
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


# ----------------------------------------------------------------------------------------------------
# The day of an article by its own words; PUBLISHED is a Wednesday
# ----------------------------------------------------------------------------------------------------
OWN = [
    # text, own day, evidence, day to believe, rule, places for and against
    ("اجتمع المجلس اليوم الأربعاء", PUBLISHED, "agrees", PUBLISHED, "weekday", (1, 0)),
    ("اجتمع المجلس أمس الاثنين", day(3, 10), "differs", day(3, 10), "weekday", (1, 0)),
    ("يجتمع المجلس غدا (السبت)", day(3, 6), "differs", day(3, 6), "weekday", (1, 0)),
    ("يجتمع المجلس غدا الجمعة", day(3, 12), "differs", day(3, 12), "weekday", (1, 0)),  # a day early
    ("اجتمع المجلس أمس الاثنين ويجتمع غدا الأربعاء", day(3, 10), "differs", day(3, 10), "weekday", (2, 0)),
    ("اجتمع أمس الاثنين، ثم اليوم الثلاثاء، ثم اليوم الأربعاء", day(3, 10), "contradictory", day(3, 10), "weekday", (2, 1)),  # noqa: E501
    ("اجتمع أمس الأحد، ثم اليوم الأربعاء", PUBLISHED, "contradictory", PUBLISHED, "weekday", (1, 1)),
    ("اجتمع المجلس اليوم الأحد 1 فبراير 2026", day(2, 1), "differs", day(2, 1), "date", (1, 0)),
    ("اجتمع المجلس اليوم 1 فبراير", day(2, 1), "differs", day(2, 1), "date", (1, 0)),
    ("بيروت 9 آذار (وكالات) - اجتمع المجلس اليوم", day(3, 9), "differs", day(3, 9), "dateline", (1, 0)),
    ("اجتمع المجلس اليوم الثلاثاء 22 رمضان 1447", day(3, 10), "differs", day(3, 10), "date", (1, 0)),  # a day off
    ("يجتمع المجلس اليوم الأحد المقبل", None, "none", PUBLISHED, "none", (0, 0)),
    ("اجتمع المجلس الأحد، ثم أمس", None, "none", PUBLISHED, "none", (0, 0)),
    # the same أمس, now with its weekday
    ("وصل الوفد أمس. " + "كلمة " * 70 + "وقال أمس الاثنين", day(3, 10), "differs", day(3, 10), "weekday", (1, 0)),
    ("وصل الوفد أمس. " + "كلمة " * 70 + "وقال اليوم الثلاثاء", day(3, 10), "contradictory", PUBLISHED, "weekday", (1, 1)),  # noqa: E501
    ("صدر أمر هذا نصه:\nالرقم 7\nالتاريخ: 9/3/2026\nنأمر بما يلي", None, "none", PUBLISHED, "none", (0, 0)),
    ("التاريخ: 9/3/2026\nوصل الوفد", day(3, 9), "differs", day(3, 9), "dateline", (1, 0)),
]  # fmt: skip


def test_own_days(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": [row[0] for row in OWN], "date": [PUBLISHED] * len(OWN)})
    with ck.Corpus.build(frame, tmp_path / "corpus", date="date", progress=False) as corpus:
        days = ck.news.article_days(corpus)
        dates = ck.news.dates(corpus)
        by_metadata = ck.news.dates(corpus, day="metadata")
        late = ck.news.article_days(corpus, late=6)["own_day"][3]
        alone = ck.news.article_days(corpus, date=None)
        corpus.with_metadata(days.select("id", date="day"))
        assert corpus.labels("date").to_list() == days["day"].to_list()
        assert ck.news.article_days(corpus)["evidence"].to_list().count("differs") == 0
    columns = ("own_day", "evidence", "day", "rule")
    assert days.select(columns).rows() == [row[1:5] for row in OWN]
    assert days.select("supports", "contradicts").rows() == [row[5] for row in OWN]
    for text, start, end, surface in zip(frame["text"], days["start"], days["end"], days["surface"], strict=True):
        assert surface == (None if start is None else text[start:end])
    assert days["days"].to_list() == [None if row[1] is None else (row[1] - PUBLISHED).days for row in OWN]
    assert late == day(3, 5)  # six days late, not one day early
    assert alone["own_day"].drop_nulls().to_list() == [day(2, 1), day(3, 10), day(3, 9)]  # dates with their year only
    # dates use the day to believe
    used = dates.join(days.select("document", believed="day"), on="document")
    assert (used["day"] == used["believed"]).all()
    assert dates.filter(surface="أمس")["date"].to_list()[-1] == day(3, 10)
    assert set(by_metadata["day"]) == {PUBLISHED}
    assert set(by_metadata["day_from"]) == {"metadata"}


WEEKDAY_NAMES = ("الأربعاء", "الثلاثاء", "الاثنين", "الأحد", "السبت", "الجمعة", "الخميس")  # from PUBLISHED backwards


def test_articles_collected_weeks_late(tmp_path: Path) -> None:
    """Weekdays that spread evenly tell no day; the same texts beside fresh ones of another source do."""
    old = [f"وصل الوفد اليوم {name}" for name in WEEKDAY_NAMES] * 2
    fresh = [f"وصل الوفد اليوم {WEEKDAY_NAMES[0]}"] * 26 + ["وصل الوفد أمس"]
    frame = pl.DataFrame({"text": old + ["وصل الوفد أمس"] + fresh, "outlet": ["old"] * 15 + ["fresh"] * 27})
    frame = frame.with_columns(date=pl.lit(PUBLISHED))
    with ck.Corpus.build(frame, tmp_path / "corpus", date="date", progress=False) as corpus:
        apart = ck.news.article_days(corpus, by="outlet")
        together = ck.news.article_days(corpus)
        dates = ck.news.dates(corpus, by="outlet")
        with pytest.raises(InputError, match=r"^by must be"):
            ck.news.article_days(corpus, by="outlets")
    assert apart["evidence"].to_list() == ["undecided"] * 14 + ["none"] + ["agrees"] * 26 + ["none"]
    assert apart["own_day"].to_list() == [None] * 15 + [PUBLISHED] * 26 + [None]
    assert apart["day"].to_list() == [None] * 15 + [PUBLISHED] * 27  # nor do the metadata of the old ones
    assert apart["older"].to_list() == [1.0] * 15 + [0.0] * 27
    assert apart["surface"][0] == "اليوم الأربعاء"
    few = ["agrees"] + ["undecided"] * 6
    assert together["evidence"].to_list() == [*few * 2, "none", *["agrees"] * 26, "none"]
    assert together["older"][0] == pytest.approx(2 / 28)
    assert dates["date"].to_list() == [None] * 29 + [PUBLISHED] * 52 + [day(3, 10)]
    assert dates["day_from"].to_list() == ["none"] * 29 + ["text"] * 52 + ["metadata"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6)), max_size=40))
def test_shares_of_older_equal_counting(articles: list[tuple[int, int]]) -> None:
    own = {number: OwnDay(730000 + weekday, "weekday", 0, 0, 1, 0) for number, (_, weekday) in enumerate(articles)}
    collections: list[int | None] = [collection for collection, _ in articles]
    by_document, by_collection = shares_of_older(own, collections)
    for collection in set(collections):
        weekdays = [weekday for other, weekday in articles if other == collection]
        fewest = sorted(weekdays.count(weekday) for weekday in range(7))[:2]
        assert by_collection[collection or 0] == pytest.approx(min(1, 7 * sum(fewest) / 2 / len(weekdays)))
        for number, (other, weekday) in enumerate(articles):
            if other == collection:
                assert by_document[number] == pytest.approx(min(1, sum(fewest) / 2 / weekdays.count(weekday)))


def test_relative_days_where_many_articles_tell_another_day(tmp_path: Path) -> None:
    """اليوم and أمس are left open where more than a quarter of the articles collected together are of another day."""
    texts = ["وصل الوفد اليوم الثلاثاء"] * 3 + ["وصل الوفد اليوم", "وصل الوفد أمس", "وصل الوفد اليوم الأربعاء"]
    frame = pl.DataFrame({"text": texts, "outlet": ["late"] * 5 + ["fresh"], "date": [PUBLISHED] * 6})
    with ck.Corpus.build(frame, tmp_path / "corpus", date="date", progress=False) as corpus:
        days = ck.news.article_days(corpus, by="outlet")
        dates = ck.news.dates(corpus, by="outlet").filter(kind="relative")
        by_metadata = ck.news.dates(corpus, by="outlet", day="metadata").filter(kind="relative")
        few = ck.news.dates(corpus.filter(~pl.col("document").is_in([1, 2])), by="outlet").filter(kind="relative")
    assert days["differing"].to_list() == [pytest.approx(3 / 7)] * 5 + [0.0]  # 3 of 3 and four more
    assert days["day"].to_list() == [day(3, 10)] * 3 + [PUBLISHED] * 3
    assert dates["date"].to_list() == [day(3, 10)] * 3 + [None, None, PUBLISHED]
    assert dates["day_from"].to_list()[3:] == ["none", "none", "text"]
    assert by_metadata["date"][3] == PUBLISHED
    assert few["date"].to_list()[1:] == [PUBLISHED, day(3, 10), PUBLISHED]
    assert few["differing"].to_list() == [None, pytest.approx(1 / 5), pytest.approx(1 / 5), None]


def test_own_days_in_other_styles() -> None:
    """A stamp above the text, the يومه of Morocco, and a press release after a headline."""
    texts = ["نشر في: 10/03/2026 - 18:45\nوصل الوفد أمس", "وصل الوفد صباح يومه الثلاثاء وغادر أمس", "يومه طويل"]
    texts.append("افتتاح المعرض\nدبي، الإمارات، 10 مارس 2026: وصل الوفد أمس")
    found = [[row["date"] for row in rows if row["surface"] == "أمس"] for rows in dates_of_all(texts)]
    assert found == [[day(3, 9)], [day(3, 9)], [], [day(3, 9)]]
    assert read("الاثنين الموافق 16/3")[1][2] == day(3, 16)


def test_a_sermon_tells_the_day_and_so_does_a_short_dateline() -> None:
    texts = ["وقال في خطبة الجمعة التي ألقاها أمس في الجامع", "الكويت - 8 - 3 (كونا) -- وصل الوفد أمس"]
    texts.append("النتيجة - 2 - 1 (للأحمر) كما كانت أمس")  # a score
    found = [[row["date"] for row in rows if row["surface"] == "أمس"] for rows in dates_of_all(texts)]
    assert found == [[day(3, 6)], [day(3, 7)], [day(3, 10)]]


def test_days_of_this_month() -> None:
    """They are of the calendar that their document names; at the turn of a month only the text's own day tells it."""
    texts = {
        "يعقد المؤتمر في الثاني من الشهر المقبل": [day(4, 2)], "وصل الوفد في 20 الجاري": [day(3, 20)],
        "وصل الوفد في العاشر من الجاري": [day(3, 10)], "كان ذلك في 24 الماضية": [],
        "يبدأ في 5 أغسطس المقبل، ثم في 12 من الشهر نفسه": [day(8, 5), day(8, 12)],
    }  # fmt: skip
    assert [[row["date"] for row in rows] for rows in dates_of_all(list(texts))] == list(texts.values())
    hijri = {
        "بدأ في 3 شوال ثم عاد في 20 من الشهر الجاري": day(3, 9), "في 3 شوال و5 أبريل، في 20 من الشهر الجاري": None,
        "وصل الوفد في 20 الجاري": None, "في 5 أبريل، ثم في 20 الجاري": day(3, 20),
    }  # fmt: skip
    assert [rows[-1]["date"] for rows in dates_of_all(list(hijri))] == list(hijri.values())
    turn = ["وصل الوفد في 14 من الشهر الماضي", "وصل الوفد اليوم الأحد، وكان هنا في 14 من الشهر الماضي"]
    assert [rows[-1]["date"] for rows in dates_of_all(turn, day(3, 1))] == [None, day(2, 14)]


def test_days_that_are_names_and_periods_of_every_year() -> None:
    assert [row[2] for row in read("قالت قوى 14 آذار ذلك. ودعت 14 آذار إلى الحوار في 14 آذار")] == [
        None,
        None,
        day(3, 14),
    ]
    assert [row[2] for row in read("يمتد من 25 يوليو إلى غاية 2 سبتمبر من كل سنة")] == [None, None]
    assert len(read("فتحت المصارف أمس بعد إغلاقها قبل ثلاثة أسابيع")) == 1


def test_what_is_sure_although_the_day_of_the_article_is_not(tmp_path: Path) -> None:
    """A weekday tells the year of its day; then, or if a text names the year, so do other days of the last months."""
    old = [f"وصل الوفد اليوم {name}" for name in WEEKDAY_NAMES] * 2
    texts = [
        "وصل الوفد الثلاثاء 4 مارس", "وصل الوفد الأربعاء 4 مارس ويغادر حتى 20 فبراير", "يغادر الوفد في 4 فبراير",
        "تقرير 2026: يغادر الوفد في 4 فبراير", "وصل الوفد الخميس 3 شعبان", "تقرير 2026: وصل الوفد أمس",
        "تقرير 2026: في شهر يناير الحالي، يغادر الوفد في 4 فبراير",
    ]  # fmt: skip
    frame = pl.DataFrame({"text": old + texts}).with_columns(date=pl.lit(PUBLISHED))
    with ck.Corpus.build(frame, tmp_path / "corpus", date="date", progress=False) as corpus:
        dates = ck.news.dates(corpus).filter(pl.col("document") >= 14)
    assert dates["date"].to_list() == [
        day(3, 4, 2025), day(3, 4, 2025), day(3, 4), day(3, 4), day(2, 20), None, day(2, 4),
        day(1, 22), day(1, 22), None, None, None,
    ]  # fmt: skip
    assert set(dates["day_from"]) == {"none"}


@given(
    st.sampled_from(["", "back", "told", "ahead", "unsaid", "last", "next", "since"]),
    st.integers(1, 12), st.integers(0, 28),
    st.sampled_from(["gregorian", "hijri"]), st.integers(0, 800), st.integers(0, 200),
)  # fmt: skip
@settings(max_examples=examples(60))
def test_days_that_are_sure_equal_those_of_every_possible_day(
    direction: str, month: int, number: int, calendar: str, begin: int, length: int
) -> None:
    each = Expression(0, 1, "day" if number else "month", calendar, month=month, day=number, direction=direction)
    days = [PUBLISHED + datetime.timedelta(days=begin + step) for step in range(length + 1)]
    told = {(one.first, one.last) for one in (resolve([each], [other])[0] for other in days)}
    [sure] = resolve_between([each], [(days[0], days[-1])])
    known = None if sure is None else (sure.first, sure.last)
    assert known == (told.pop() if len(told) == 1 and (None, None) not in told else None)


def test_weekdays_where_many_articles_are_of_other_days_and_weeks(tmp_path: Path) -> None:
    """A weekday is left open there, unless a date is beside it."""
    others = [*["الثلاثاء"] * 20, *["الاثنين"] * 20, "الأحد", "السبت", "الجمعة", "الخميس", "الأربعاء"]
    texts = [*(f"وصل الوفد اليوم {name}" for name in others), "وصل الوفد الثلاثاء", "وصل الوفد الثلاثاء 10 مارس"]
    frame = pl.DataFrame({"text": texts}).with_columns(date=pl.lit(PUBLISHED))
    with ck.Corpus.build(frame, tmp_path / "corpus", date="date", progress=False) as corpus:
        older = ck.news.article_days(corpus)["older"][-1]
        dates = ck.news.dates(corpus).filter(pl.col("document") > 44, kind="weekday")
    assert older == pytest.approx(7 / 45)
    assert dates["date"].to_list() == [None, day(3, 10)]


@pytest.mark.parametrize(
    ("words", "is_known"),
    [
        ("نهاية يناير الحالي", False), ("نهاية مارس الحالي", True),
        ("في العام الحالي 2025", False), ("في العام المقبل (2027)", True), ("في العام الماضي 2025", True),
        ("في العام المقبل 2025/2026", True),
    ],
)  # fmt: skip
def test_articles_of_another_month_or_year(words: str, is_known: bool) -> None:
    [row] = [row for row in dates_of(f"وصل الوفد أمس {words}") if row["kind"] == "relative"]
    assert (row["date"], row["day_from"]) == ((day(3, 10), "metadata") if is_known else (None, "none"))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 1), st.booleans()), max_size=30))
def test_shares_of_other_days_equal_counting(articles: list[tuple[int, int, bool]]) -> None:
    own = {
        number: OwnDay(PUBLISHED.toordinal() + step, "weekday", 0, 0, 1, is_doubtful)
        for number, (_, step, is_doubtful) in enumerate(articles)
    }
    collections: list[int | None] = [collection for collection, _, _ in articles]
    shares = shares_of_other_days(own, [PUBLISHED] * len(articles), collections)
    for collection in set(collections):
        told = [(step, doubtful) for other, step, doubtful in articles if other == collection]
        other_days = sum(step != 0 and not doubtful for step, doubtful in told)
        assert shares[collection or 0] == other_days / (len(told) + 4)


@given(publications, st.integers(0, 6), st.integers(0, 6))
def test_own_day_by_a_weekday_equals_a_day_by_day_search(published: datetime.date, weekday: int, late: int) -> None:
    evidence = [Evidence(0, 0, "weekday", weekday, None)]
    own = own_day(evidence, published, late)
    days = (published + datetime.timedelta(days=step) for step in range(-late, 7 - late))
    assert own is not None
    assert own.day == next(each.toordinal() for each in days if each.weekday() == weekday)


def test_own_days_at_the_ends_of_the_calendar_and_without_dates(tmp_path: Path) -> None:
    texts = ["وصل اليوم الأحد، وغادر أمس", "وصل أمس الخميس 1/1/2026", "لا شيء هنا"]
    for number, published in enumerate((datetime.date.min, datetime.date.max, None)):
        frame = pl.DataFrame({"text": texts, "date": pl.Series([published] * 3, dtype=pl.Date)})
        with ck.Corpus.build(frame, tmp_path / str(number), date="date", progress=False) as corpus:
            if published is None:
                with pytest.warns(UserWarning, match=r"article_days: none of the 3 documents has a date"):
                    days = ck.news.article_days(corpus)
                assert days["own_day"].to_list() == [None, day(1, 2), None]
                assert days["evidence"].to_list() == ["none", "alone", "none"]
                continue
            days = ck.news.article_days(corpus)
            assert days.height == 3
            assert days["own_day"][1] == day(1, 2)  # however far from the metadata
            assert days["days"][1] == (day(1, 2) - published).days
            assert ck.news.dates(corpus).height == ck.news.dates(corpus, day="metadata").height
            assert ck.news.article_days(corpus.filter(pl.lit(value=False))).height == 0


def test_invalid_arguments(sample: ck.Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^corpus must be a Corpus"):
        ck.news.dates("الاثنين")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^date must be .* Did you mean 'date'"):
        ck.news.dates(sample, date="dates")
    with pytest.raises(InputError, match=r"^date must be .* It holds String"):
        ck.news.dates(sample, date="outlet")
    with pytest.raises(InputError, match=r"^date must be a metadata column, a date or None"):
        ck.news.dates(sample, date=5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^day must be 'text' or 'metadata', got 'own'"):
        ck.news.dates(sample, day="own")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^late must be .* got 7"):
        ck.news.article_days(sample, late=7)
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
    assert record["options"] == {"date": "date", "day": "text", "by": None, "subcorpus": None}


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
    # The first day of the collection, which has many old articles, is left out.
    news = pl.read_parquet(shared / "data/saudinewsnet-part1.parquet").slice(6000, 6000)
    frame = news.select("content", "source", date=pl.col("date_extracted").str.slice(0, 10).str.to_date())
    columns = {"text": "content", "date": "date", "metadata": ["source"]}
    with ck.Corpus.build(frame, tmp_path / "corpus", **columns, progress=False) as corpus:
        table = ck.news.dates(corpus, by="source")
    following = table.select("document", "start", "kind", "date").shift(-1).rename(lambda name: f"next_{name}")
    beside = (
        pl.concat([table, following], how="horizontal")
        .filter(
            (pl.col("kind") == "weekday")
            & (pl.col("next_document") == pl.col("document"))
            & (pl.col("next_start") - pl.col("end") < 4)
            & pl.col("next_kind").cast(pl.String).is_in(["day", "numeric", "hijri"])
        )
        .drop_nulls(["date", "next_date"])
    )
    assert beside.height > 80
    assert beside.select(pl.col("date") == pl.col("next_date")).to_series().sum() > beside.height * 0.95
    known = table.filter(pl.col("day").is_not_null())
    assert known.height > table.height * 0.85
    assert known.filter(pl.col("kind") != "relative")["date"].null_count() < known.height * 0.045
