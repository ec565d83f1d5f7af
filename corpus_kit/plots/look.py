"""The looks of plots: colours of the light and the dark theme, fonts, and the words of axes in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_kit.display.columns import LANGUAGES, explain
from corpus_kit.errors import choose

__all__ = ["FONTS", "LANGUAGES", "SHOWN_THEMES", "THEMES", "Theme", "say", "theme_of", "titled"]

# IBM Plex comes first, so that plots look alike everywhere; Amiri supplies the signs that others lack.
FONTS = ("IBM Plex Sans Arabic", "Segoe UI", "Geeza Pro", "Arial", "DejaVu Sans", "Amiri")


@dataclass(frozen=True)
class Theme:
    """The colours of a theme. The hues are those of Okabe & Ito (2008), which colour-blind readers can tell apart."""

    ground: str
    ink: str
    quiet: str  # of axes and links
    grid: str
    grey: str  # of what is in the background
    blue: str
    orange: str
    band: str
    band_opacity: float
    strong_ink: str  # on the last of `steps`
    steps: tuple[str, ...]  # from the lowest to the highest value
    communities: tuple[str, ...]  # beyond eight they repeat


THEMES = {
    "light": Theme(
        ground="#ffffff", ink="#222222", quiet="#888888", grid="#e4e4e4", grey="#c4c4c4",
        blue="#0072B2", orange="#D55E00", band="#E69F00", band_opacity=0.35, strong_ink="#ffffff",
        # The blues of ColorBrewer. The lightest is nearly white, so that 0 looks empty.
        steps=(
            "#f1f6fb", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#08306b",
        ),
        communities=("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#888888"),
    ),
    "dark": Theme(
        ground="#16181c", ink="#e6e4df", quiet="#8b8f96", grid="#33373d", grey="#5a5f67",
        blue="#56B4E9", orange="#E69F00", band="#E69F00", band_opacity=0.3, strong_ink="#101114",
        steps=(
            "#1b2027", "#1d2b38", "#1f3a50", "#224b69", "#275f86", "#3177a5", "#4492c4", "#6cb3de", "#a9d6f2",
        ),
        communities=("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#F0E442", "#9a9a9a"),
    ),
}  # fmt: skip


SHOWN_THEMES = ("auto", *THEMES)


def theme_of(name: str) -> Theme:
    """Return the theme of an image by its name; that of "auto" is light."""
    return THEMES["light" if name == "auto" else choose(name, THEMES, "theme")]


# The words that plots write beside the labels of columns, which are those of `ck.columns`.
_ARABIC = {
    "beside each bar: times together": "بجانب كل عمود: مرات الورود معًا",
    "share of documents": "نسبة النصوص",
    "to": "إلى",
    "{value} each": "{value} لكل منها",
    "{total} in all": "المجموع {total}",
    "key in target": "كلمات مفتاحية في الهدف",
    "key in reference": "كلمات مفتاحية في المرجع",
    "not significant": "غير دالّ",
    "more in target": "أكثر في الهدف",
    "more in reference": "أكثر في المرجع",
    "with its interval": "مع فترة الثقة",
    "key words": "الكلمات المفتاحية",
    "key in the group": "كلمات مفتاحية في المجموعة",
    "key in the rest": "كلمات مفتاحية في الباقي",
    "square-root scale": "تدريج الجذر التربيعي",
    "logarithmic scale": "تدريج لوغاريتمي",
    "rank": "الرتبة",
    "groups": "المجموعات",
    "pairs of near-duplicates": "أزواج النصوص شبه المكررة",
    "words that occur once are left out": "الكلمات التي وردت مرة واحدة غير معروضة",
    "running words": "الكلمات المتتابعة",
    "gigabytes of text": "حجم النص بالغيغابايت",
    "seconds": "الثواني",
    "megabytes of memory": "الذاكرة بالميغابايت",
    "distinct words": "الكلمات المختلفة",
    "words seen once": "كلمات وردت مرة واحدة",
    "fitted": "المنحنى المطابق",
    "observed": "المشاهد",
    "bands": "الأشرطة",
    "vertical lines": "الخطوط الرأسية",
    "hollow points: partial periods": "النقاط المفرغة: فترات ناقصة",
    "all documents": "كل النصوص",
    "burst": "فورة",
    "0 is even": "الصفر توزّع متساوٍ",
    "1 is even": "الواحد توزّع متساوٍ",
    "lines": "المواضع",
    "place in the corpus": "الموضع في المدوّنة",
    "place in the texts of each": "الموضع في نصوص كل منها",
    "collocates": "المتلازمات",
    "edges": "الروابط",
    "misfit: {typical} on average; first ten words {head:.0%}, rarest {tail:.0%} of what is expected; D = {largest}": (
        "الخطأ: {typical} في المتوسط؛ الكلمات العشر الأولى {head:.0%} من المتوقع، والأندر {tail:.0%}؛ "
        "وأكبر فرق تراكمي {largest}"
    ),
    "misfit: {typical} on average; exponent {exponent:.2f}, at the end {last:.2f}": (
        "الخطأ: {typical} في المتوسط؛ الأس {exponent:.2f} وفي آخر النصوص {last:.2f}"
    ),
    "actors": "الجهات",
    "{pairs:,} pairs of documents; sources without a pair are not shown": (
        "أزواج النصوص: {pairs:,}؛ المصادر التي لا زوج لها غير معروضة"
    ),
    "n-grams": "المتتاليات",
    "patterns": "الأنماط",
    "periods": "الفترات",
    "rows": "الصفوف",
    "sources": "المصادر",
    "values": "القيم",
}


def say(word: str, language: str, function: str | None = None) -> str:
    """Return a word of a plot in a language.

    Args:
        word: One of the words of plots in English, or the name of a column, whose label is that of `ck.columns`.
        language: "en" or "ar".
        function: Whose table has the column, since some columns mean different things.

    >>> say("per_million", "en"), say("edges", "en"), say("edges", "ar")
    ('occurrences per million words', 'edges', 'الروابط')
    """
    choose(language, LANGUAGES, "language")
    if word in _ARABIC:
        return _ARABIC[word] if language == "ar" else word
    found = explain(word, language, function)
    return word if found is None else found.label


def titled(title: str, remark: str, language: str) -> str:
    """Return the title of an axis with a remark, such as that on its scale.

    >>> titled("log_likelihood", "square-root scale", "en")
    'log-likelihood G², square-root scale'
    """
    return f"{say(title, language)}{'،' if language == 'ar' else ','} {say(remark, language)}"
