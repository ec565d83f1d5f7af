"""The invented world of the sample: its outlets and their house styles, its states, cities and labels, its calendar."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

__all__ = [
    "CITIES",
    "FIRST_DAY",
    "LABELS",
    "OUTLETS",
    "PLACE",
    "PROCLITICS",
    "STATES",
    "WEEKDAYS",
    "WEEKS",
    "Outlet",
    "hijri",
    "month_name",
    "of_week",
]

FIRST_DAY = datetime.date(2026, 1, 4)  # the Sunday that begins week 1
WEEKS = 26


@dataclass(frozen=True)
class Outlet:
    """A source of news and its house style."""

    key: str
    name: str
    quotation_marks: tuple[str, str]
    american: str  # how it spells the stem of "American"
    hundred: str
    month_style: str  # both, gregorian or levantine names
    arabic_digits: bool = False
    boilerplate: tuple[tuple[str, str], ...] = ()  # prefixes of captions, credits and related headlines

    def prefix(self, kind: str) -> str:
        return dict(self.boilerplate)[kind]


_GUILLEMETS, _CURLY, _STRAIGHT = ("«", "»"), ("“", "”"), ('"', '"')

OUTLETS = {
    outlet.key: outlet
    for outlet in (
        Outlet("mada", "وكالة مدى", _GUILLEMETS, "أميرك", "مئة", "both"),
        Outlet(
            "mirqab",
            "المرقاب",
            _GUILLEMETS,
            "أميرك",
            "مئة",
            "both",
            boilerplate=(("caption", "شرح الصورة: "), ("related", "اقرأ أيضا: ")),
        ),
        Outlet(
            "mina",
            "صدى الميناء",
            _STRAIGHT,
            "أمريك",
            "مئة",
            "gregorian",
            arabic_digits=True,
            boilerplate=(("caption", "تعليق الصورة: "), ("credit", "الصورة: أرشيف صدى الميناء")),
        ),
        Outlet("barid", "بريد الساحل", _CURLY, "أمريك", "مائة", "gregorian"),
        Outlet(
            "unqud",
            "العنقود",
            _GUILLEMETS,
            "أمريك",
            "مئة",
            "levantine",
            boilerplate=(("related", "مواد ذات صلة: "),),
        ),
        Outlet(
            "maraya",
            "مرايا الشرق",
            _STRAIGHT,
            "أمريك",
            "مائة",
            "gregorian",
            arabic_digits=True,
            boilerplate=(
                ("caption", "شرح الصورة: "),
                ("credit", "عدسة: مرايا الشرق"),
                ("related", "المزيد حول هذه القصة: "),
            ),
        ),
        Outlet(
            "nafidha",
            "النافذة السابعة",
            _CURLY,
            "أميرك",
            "مئة",
            "both",
            boilerplate=(("caption", "تعليق الصورة: "), ("related", "اقرأ أيضا: ")),
        ),
    )
}

# ISO 3166 codes of the states that items can name, and their blocs.
STATES: dict[str, tuple[str, str | None]] = {
    "الأردن": ("JO", "تحالف الضفتين"),
    "العراق": ("IQ", "تحالف الضفتين"),
    "السعودية": ("SA", "تحالف الضفتين"),
    "الكويت": ("KW", "تحالف الضفتين"),
    "مصر": ("EG", "تحالف الضفتين"),
    "المغرب": ("MA", "تحالف الضفتين"),
    "قطر": ("QA", "تحالف الضفتين"),
    "البحرين": ("BH", "تحالف الضفتين"),
    "لبنان": ("LB", "تحالف الضفتين"),
    "فرنسا": ("FR", "تحالف الممرات البحرية"),
    "بريطانيا": ("GB", "تحالف الممرات البحرية"),
    "كندا": ("CA", "تحالف الممرات البحرية"),
    "إيطاليا": ("IT", "تحالف الممرات البحرية"),
    "اليونان": ("GR", "تحالف الممرات البحرية"),
    "قبرص": ("CY", "تحالف الممرات البحرية"),
    "ليبيا": ("LY", "تحالف الممرات البحرية"),
    "عُمان": ("OM", "تحالف الممرات البحرية"),
    "الإمارات": ("AE", None),
    "تونس": ("TN", None),
    "سوريا": ("SY", None),
    "الولايات المتحدة": ("US", None),
}

CITIES = (
    "عمّان",
    "بيروت",
    "مسقط",
    "بغداد",
    "القاهرة",
    "الدوحة",
    "باريس",
    "لندن",
    "الرياض",
    "المنامة",
    "روما",
    "أثينا",
)

PLACE = "السهل"
LABELS = (f"إمارة {PLACE}", f"تنظيم {PLACE}", f"ميليشيا {PLACE}", "التنظيم")

PROCLITICS = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فل", "فب")

WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")  # in the order of date.weekday()

_GREGORIAN = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)
_LEVANTINE = (
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
)

# First days of the months of 1447 and 1448 in the Umm al-Qura calendar, from the package hijridate 2.6.
_HIJRI_MONTHS = (
    (datetime.date(2025, 6, 26), "محرم", 1447),
    (datetime.date(2025, 7, 26), "صفر", 1447),
    (datetime.date(2025, 8, 24), "ربيع الأول", 1447),
    (datetime.date(2025, 9, 23), "ربيع الآخر", 1447),
    (datetime.date(2025, 10, 23), "جمادى الأولى", 1447),
    (datetime.date(2025, 11, 22), "جمادى الآخرة", 1447),
    (datetime.date(2025, 12, 21), "رجب", 1447),
    (datetime.date(2026, 1, 20), "شعبان", 1447),
    (datetime.date(2026, 2, 18), "رمضان", 1447),
    (datetime.date(2026, 3, 20), "شوال", 1447),
    (datetime.date(2026, 4, 18), "ذو القعدة", 1447),
    (datetime.date(2026, 5, 18), "ذو الحجة", 1447),
    (datetime.date(2026, 6, 16), "محرم", 1448),
    (datetime.date(2026, 7, 15), "صفر", 1448),
)


def month_name(month: int, style: str) -> str:
    gregorian, levantine = _GREGORIAN[month - 1], _LEVANTINE[month - 1]
    return {"gregorian": gregorian, "levantine": levantine, "both": f"{levantine}/{gregorian}"}[style]


def hijri(day: datetime.date) -> str:
    """Return a day in the Hijri calendar, with the name of the month in the genitive.

    Raises:
        ValueError: If the day is outside the table.
    """
    if not _HIJRI_MONTHS[0][0] <= day < _HIJRI_MONTHS[-1][0]:
        raise ValueError(f"unknown Hijri date of {day}")
    first, name, year = max(month for month in _HIJRI_MONTHS if month[0] <= day)
    return f"{(day - first).days + 1} {name.replace('ذو', 'ذي')} {year}"


def of_week(day: datetime.date) -> int:
    return (day - FIRST_DAY).days // 7 + 1
