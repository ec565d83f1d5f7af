"""How plots look: grounds, inks and colours for light and for dark, and the words of their axes in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_kit.errors import choose

__all__ = ["FONTS", "THEMES", "Theme", "say", "theme_of"]

# The renderer of Altair misplaces a glyph where a font makes two of one letter. Amiri does so when it lengthens a
# lam before kaf (in "لكن", "المملكة"), and then draws the letters over each other; Noto's fonts do it for every
# dot. IBM Plex does not, so it comes first; Amiri serves for the signs that others lack.
FONTS = ("IBM Plex Sans Arabic", "Segoe UI", "Geeza Pro", "Arial", "DejaVu Sans", "Amiri")


@dataclass(frozen=True)
class Theme:
    """Colours of one kind of ground. Hues are those of Okabe & Ito, distinct for every kind of colour vision."""

    ground: str
    ink: str
    quiet: str  # axes, links
    grid: str
    grey: str  # what is not spoken of
    blue: str
    orange: str
    band: str
    band_opacity: float
    strong_ink: str  # on the strong end of `steps`
    steps: tuple[str, ...]  # from nothing to much
    communities: tuple[str, ...]  # beyond eight they come again


THEMES = {
    "light": Theme(
        ground="#ffffff", ink="#222222", quiet="#888888", grid="#e4e4e4", grey="#c4c4c4",
        blue="#0072B2", orange="#D55E00", band="#E69F00", band_opacity=0.35, strong_ink="#ffffff",
        # the blues of ColorBrewer: the lightest is nearly white, so that 0 looks empty
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


def theme_of(name: str) -> Theme:
    """The theme of that name. Raises InputError for another."""
    return THEMES[choose(name, THEMES, "theme")]


# The words that plots add to those of a table.
_ARABIC = {
    "count": "العدد",
    "beside each bar: times together": "بجانب كل عمود: مرات التصاحب",
    "share of documents": "نسبة النصوص",
    "per million words": "لكل مليون كلمة",
    "documents": "النصوص",
    "to": "إلى",
    "key in target": "كلمات مفتاحية في الهدف",
    "key in reference": "كلمات مفتاحية في المرجع",
    "not significant": "غير دالّ",
    "log_ratio": "لوغاريتم النسبة",
    "log_likelihood": "لوغاريتم الأرجحية G²",
    "steps of the square root": "درجات الجذر التربيعي",
    "rank": "الرتبة",
    "words": "الكلمات",
    "running words": "الكلمات المتتابعة",
    "gigabytes of text": "حجم النص بالغيغابايت",
    "seconds": "الثواني",
    "megabytes of memory": "الذاكرة بالميغابايت",
    "distinct words": "الكلمات المختلفة",
    "words seen once": "كلمات وردت مرة واحدة",
    "fitted": "المنحنى المطابق",
    "seen": "المشاهد",
    "deviation_of_proportions": "انحراف النِّسَب DP",
    "0 is even": "الصفر توزّع متساوٍ",
    "1 is even": "الواحد توزّع متساوٍ",
    "lines": "المواضع",
    "place in the corpus": "الموضع في المدوّنة",
    "place in the texts of each": "الموضع في نصوص كل منها",
}


def say(word: str, language: str) -> str:
    """A word of a plot in a language: "en" or "ar"; names of measures that have no Arabic one stay as they are."""
    return _ARABIC.get(word, word) if choose(language, ("en", "ar"), "language") == "ar" else word
