"""The looks of plots: colours of the light and the dark theme, fonts, and the words of axes in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from corpus_kit.errors import choose

__all__ = ["FONTS", "LANGUAGES", "THEMES", "Theme", "say", "theme_of"]

LANGUAGES = ("en", "ar")

# The renderer of Altair misplaces glyphs if a font makes two of one letter. Amiri does so where it lengthens a lam
# before kaf (in "لكن", "المملكة"), whose letters then overlap; Noto's fonts do it for every dot. IBM Plex does not, so
# it comes first. Amiri supplies the signs that others lack.
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


def theme_of(name: str) -> Theme:
    """Return the theme of a name."""
    return THEMES[choose(name, THEMES, "theme")]


# The words that plots write beside those of a table.
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
    "square-root scale": "درجات الجذر التربيعي",
    "rank": "الرتبة",
    "words": "الكلمات",
    "running words": "الكلمات المتتابعة",
    "gigabytes of text": "حجم النص بالغيغابايت",
    "seconds": "الثواني",
    "megabytes of memory": "الذاكرة بالميغابايت",
    "distinct words": "الكلمات المختلفة",
    "words seen once": "كلمات وردت مرة واحدة",
    "fitted": "المنحنى المطابق",
    "observed": "المشاهد",
    "deviation_of_proportions": "انحراف النِّسَب DP",
    "0 is even": "الصفر توزّع متساوٍ",
    "1 is even": "الواحد توزّع متساوٍ",
    "lines": "المواضع",
    "place in the corpus": "الموضع في المدوّنة",
    "place in the texts of each": "الموضع في نصوص كل منها",
}


def say(word: str, language: str) -> str:
    """Return a word of a plot in a language. Names of measures without a common Arabic name stay as they are."""
    return _ARABIC.get(word, word) if choose(language, LANGUAGES, "language") == "ar" else word
