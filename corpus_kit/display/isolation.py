"""The direction of texts that mix scripts: isolates for plots and terminals, runs for HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from corpus_kit.display.values import MISSING
from corpus_kit.errors import invalid
from corpus_kit.safe_text import one_line

__all__ = [
    "arabic_runs",
    "by_direction",
    "frame_has_arabic",
    "has_arabic",
    "isolate",
    "joined",
    "label_text",
    "without_isolates",
]

# A class that Python's `re` and the Rust engine of Polars read alike.
_ARABIC = "[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"
_ARABIC_CHARACTER = re.compile(_ARABIC)
_ARABIC_RUN = re.compile(f"({_ARABIC}+(?:[ \u200c\u200d]+{_ARABIC}+)*)")
_LRI, _RLI, _PDI = "\u2066", "\u2067", "\u2069"
_ISOLATES = re.compile("[\u2066-\u2069]")
# More marks on one letter than any writing has would lie over what is above and below it.
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_PILE = re.compile(f"({_MARK}{{6}}){_MARK}+")
_ENDS_SCRIPT = re.compile("<(?=[/!])")
# A sign counts only where a number can begin: the hyphen of كوفيد-19 is not a minus.
_NUMBER_FORMS = r"(?:[+\-\u2212]?\d+(?:[.,:/\-]\d+)*%|[+\-\u2212]\d+(?:[.,]\d+)*|\d+(?:[.,:/\-]\d+)+)"
_NUMBER = re.compile(rf"(?<![^\s(\[«:]){_NUMBER_FORMS}")
_LATIN = "A-Za-z\u00c0-\u024f"
_SIGNS = r".,;:'’&@/+#%=_\-"
_WITHIN = rf"{_LATIN}0-9{_SIGNS}"  # what can be inside a Latin word, an address, a file name
_LATIN_WORD = rf"[{_LATIN}](?:[{_WITHIN}]*[{_LATIN}0-9+#%])?"
_IN_BRACKETS = rf"[(\[<](?=[{_WITHIN} ]*[{_LATIN}])[{_WITHIN} ]*[)\]>]"  # a pair, since one alone would not be mirrored
_LEFT_TO_RIGHT = re.compile(
    rf"(?:{_IN_BRACKETS}|{_LATIN_WORD})(?:[ {_SIGNS}]*(?:{_IN_BRACKETS}|{_LATIN_WORD}|[0-9]+(?:[.,][0-9]+)*%?))*"
    rf"|(?<![^\s(\[«:\"“]){_NUMBER_FORMS}"
)


def isolate(text: str) -> str:
    r"""Wrap a text in right-to-left isolates (U+2067 and U+2069), which separate it from what surrounds it.

    For places without HTML: labels of plots, cells in a terminal.

    Args:
        text: The text.

    Returns:
        The text between the two isolates.

    Raises:
        InputError: If `text` is not a str.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.plot.isolate("خبر (1)") == "\u2067خبر (1)\u2069"
        True
    """
    if not isinstance(text, str):
        raise invalid("text", "a str", text)
    return f"{_RLI}{text}{_PDI}"


def label_text(text: object) -> str:
    r"""Return the label of a plot; None becomes a dash.

    A label with an Arabic letter is isolated, or it would start at its end. Numbers in it with a sign, a percent sign
    or several parts are isolated left to right, or "59%" would read "%59" and a date start with its day. Nothing is
    added inside a text that has isolates already. A chart may be written into a script in a page, which "</" or "<!"
    would end: a word joiner (U+2060) separates them. A label is one line, and what would reorder its neighbours is an
    escape (`safe_text`). Of more than six marks on one letter, "…" replaces the others.

    >>> label_text("منذ 2026-01-04") == "\u2067منذ \u20662026-01-04\u2069\u2069"
    True
    >>> label_text("two\nlines"), label_text("a\u202eb")
    ('two lines', 'a\\u202eb')
    """
    shown = (
        MISSING
        if text is None
        else _ENDS_SCRIPT.sub("<\u2060", _PILE.sub(r"\1…", one_line(" ".join(str(text).splitlines()))))
    )
    if not has_arabic(shown):
        return shown
    return isolate(shown if _ISOLATES.search(shown) else _NUMBER.sub(f"{_LRI}\\g<0>{_PDI}", shown))


def joined(parts: Iterable[str]) -> str:
    r"""Join the parts of a label that are not empty by " · "; if one of them is Arabic, each is isolated.

    Otherwise a number would belong to the text before it, and a date after an Arabic word would start with its day.

    >>> joined(["said", "", "2020-12-02"])
    'said · 2020-12-02'
    >>> joined(["قال", "2020-12-02"]) == "\u2067قال\u2069 · \u20662020-12-02\u2069"
    True
    """
    shown = [part for part in parts if part]
    if len(shown) > 1 and any(map(has_arabic, shown)):
        shown = [label_text(part) if has_arabic(part) else f"{_LRI}{label_text(part)}{_PDI}" for part in shown]
    return " · ".join(shown)


def without_isolates(text: str) -> str:
    """Return a text without its isolates, of which a piece would have one end alone."""
    return _ISOLATES.sub("", text)


def by_direction(text: str) -> list[tuple[str, bool]]:
    """Cut an Arabic text into runs, and say of each whether it must be kept left to right.

    Such runs are Latin words with what is between them, and numbers with a sign, a percent sign or several parts.

    >>> by_direction("بنسبة -3.5% وفق Reuters")
    [('بنسبة ', False), ('-3.5%', True), (' وفق ', False), ('Reuters', True)]
    """
    runs, done = [], 0
    for run in _LEFT_TO_RIGHT.finditer(text):
        runs += [(text[done : run.start()], False), (run[0], True)]
        done = run.end()
    return [(run, is_left_to_right) for run, is_left_to_right in [*runs, (text[done:], False)] if run]


def arabic_runs(text: str) -> list[tuple[str, bool]]:
    """Cut a text that is read from left to right into runs, and say of each whether it is Arabic.

    >>> arabic_runs("Source: هدنة إنسانية (2026)")
    [('Source: ', False), ('هدنة إنسانية', True), (' (2026)', False)]
    """
    return [(run, place % 2 == 1) for place, run in enumerate(_ARABIC_RUN.split(text)) if run]


def has_arabic(text: str) -> bool:
    """Return whether a text has an Arabic character."""
    return _ARABIC_CHARACTER.search(text) is not None


def frame_has_arabic(frame: pl.DataFrame) -> bool:
    """Return whether a column of texts, or of lists of texts, has an Arabic character."""
    for column in frame.iter_columns():
        series = column.alias("")  # Polars takes some names for patterns
        series = series.explode() if isinstance(series.dtype, pl.List) and series.len() else series
        if series.dtype in (pl.Categorical, pl.Enum):
            series = series.cast(pl.String)
        if series.dtype == pl.String and series.str.contains(_ARABIC).any():
            return True
    return False
