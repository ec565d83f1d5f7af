"""How a value is shown, for every kind of display: direction, isolation, numbers, missing values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import polars as pl

from corpus_kit.errors import InputError

MISSING = "\u2014"  # an em dash: a missing value is not an empty text
LIST_SEPARATOR = " · "  # neutral: it reads the same in both directions

CONCORDANCE_COLUMNS = ("before", "node", "after", "document", "position")

_LRI, _RLI, _PDI = "\u2066", "\u2067", "\u2069"
_NOT_IN_SCRIPTS = re.compile("<(?=[/!])")
_ISOLATES = re.compile("[\u2066-\u2069]")
# A sign counts where a number may begin; the hyphen of كوفيد-19 is none.
_NUMBER_FORMS = r"(?:[+\-\u2212]?\d+(?:[.,:/\-]\d+)*%|[+\-\u2212]\d+(?:[.,]\d+)*|\d+(?:[.,:/\-]\d+)+)"
_NUMBER = re.compile(rf"(?<![^\s(\[«:]){_NUMBER_FORMS}")
_LATIN = "A-Za-z\u00c0-\u024f"
_SIGNS = r".,;:'’&@/+#%=_\-"
_WITHIN = rf"{_LATIN}0-9{_SIGNS}"  # what may stand within a Latin word, an address, a name of a file
_LATIN_WORD = rf"[{_LATIN}](?:[{_WITHIN}]*[{_LATIN}0-9+#%])?"
_IN_BRACKETS = rf"[(\[<](?=[{_WITHIN} ]*[{_LATIN}])[{_WITHIN} ]*[)\]>]"  # both of them, or they would not match
_LEFT_TO_RIGHT = re.compile(
    rf"(?:{_IN_BRACKETS}|{_LATIN_WORD})(?:[ {_SIGNS}]*(?:{_IN_BRACKETS}|{_LATIN_WORD}|[0-9]+(?:[.,][0-9]+)*%?))*"
    rf"|(?<![^\s(\[«:\"“]){_NUMBER_FORMS}"
)
# A class that Python's `re` and the Rust engine of Polars read alike.
_ARABIC = "[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"
_ARABIC_LETTER = re.compile(_ARABIC)


def isolate(text: str) -> str:
    """Wrap a text in RLI...PDI, so that it reads right to left and leaves its surroundings alone.

    For places that know no HTML: labels of plots, cells in a terminal.
    """
    return f"{_RLI}{text}{_PDI}"


def label_text(text: Any) -> str:
    """A label of a plot; None is a dash.

    One with an Arabic letter is turned, or it would begin at its end. Numbers in it that have a sign, a percent
    sign or parts are turned back, or "59%" would read "%59", and a date begin with its day. Where the text has
    isolates of its own, nothing is added within. A chart may be written into a script in a page, which "</" or "<!"
    would end: an invisible joiner parts them.

    >>> label_text("منذ 2026-01-04") == "\u2067منذ \u20662026-01-04\u2069\u2069"
    True
    """
    shown = MISSING if text is None else _NOT_IN_SCRIPTS.sub("<\u2060", str(text))
    if not has_arabic(shown):
        return shown
    return isolate(shown if _ISOLATES.search(shown) else _NUMBER.sub(f"{_LRI}\\g<0>{_PDI}", shown))


def by_direction(text: str) -> list[tuple[str, bool]]:
    """A text in Arabic cut into pieces, and for each whether it has to be kept from left to right.

    Those are Latin words with what stands between them, and numbers with a sign, a percent sign or parts.

    >>> by_direction("بنسبة -3.5% وفق Reuters")
    [('بنسبة ', False), ('-3.5%', True), (' وفق ', False), ('Reuters', True)]
    """
    pieces, done = [], 0
    for run in _LEFT_TO_RIGHT.finditer(text):
        pieces += [(text[done : run.start()], False), (run[0], True)]
        done = run.end()
    return [(piece, turned) for piece, turned in [*pieces, (text[done:], False)] if piece]


def has_arabic(text: str) -> bool:
    """Whether a text holds an Arabic character."""
    return _ARABIC_LETTER.search(text) is not None


def frame_has_arabic(frame: pl.DataFrame) -> bool:
    """Whether a text column, or a list of texts, holds an Arabic character."""
    for column in frame.iter_columns():
        series = column.explode() if isinstance(column.dtype, pl.List) and column.len() else column
        if series.dtype in (pl.Categorical, pl.Enum):
            series = series.cast(pl.String)
        if series.dtype == pl.String and series.str.contains(_ARABIC).any():
            return True
    return False


def is_concordance(frame: pl.DataFrame) -> bool:
    """Whether a table has the columns of a concordance."""
    return set(CONCORDANCE_COLUMNS) <= set(frame.columns)


def sort_keys(obj: Any) -> list[str] | None:
    """The keys that a Concordance says its lines are sorted by, if it says so."""
    keys = getattr(obj, "sort", None)
    keys = [keys] if isinstance(keys, str) else keys
    return [str(key) for key in keys] if isinstance(keys, list | tuple) else None


def label_columns(obj: Any) -> list[str]:
    """The columns to show with each line: those that a Concordance was asked for, or all further ones of a table."""
    if isinstance(obj, pl.DataFrame | pl.LazyFrame):
        known = {*CONCORDANCE_COLUMNS, "id", "start", "end"}
        return [name for name in obj.collect_schema() if name not in known]
    names = getattr(obj, "metadata", None)
    return [str(name) for name in names] if isinstance(names, list | tuple) else []


def text_column(column: pl.Series) -> list[str | None]:
    """Each value of a column as the string to show; None for a missing one."""
    return column.to_list() if column.dtype == pl.String else format_column(column)


def row_limit(max_rows: Any) -> int | None:
    """Check a limit of rows: None for all, or a whole number from 0."""
    if max_rows is None or (isinstance(max_rows, int) and not isinstance(max_rows, bool) and max_rows >= 0):
        return max_rows
    raise InputError(f"max_rows= takes a whole number from 0, or None for all rows, not {max_rows!r}")


def rows_note(shown: int, total: int | None, noun: str) -> str | None:
    """The line that says how many rows were left out; None if none was.

    `total` is None where the number of rows is not known, only that there are more. That there is none is said too.

    >>> rows_note(100, 5110, "lines"), rows_note(0, 0, "lines")
    ('showing 100 of 5,110 lines', 'no lines')
    """
    if total == 0:
        return f"no {noun}"
    if total is None:
        return f"showing the first {shown:,} {noun}; there are more"
    return f"showing {shown:,} of {total:,} {noun}" if shown < total else None


def counts_things(name: str, dtype: pl.DataType) -> bool:
    """Whether the whole numbers of a column are amounts, and so take thousands separators.

    Unsigned columns hold ids and positions, which are names and not amounts, as years are.
    """
    return dtype.is_signed_integer() and name != "year" and not name.endswith("_year")


def format_column(column: pl.Series) -> list[str | None]:
    """Each value of a column that is not text as the string to show; None for a missing one."""
    dtype = column.dtype
    values = column.to_list()
    if dtype.is_integer():
        pattern = "{:,}" if counts_things(column.name, dtype) else "{}"
        return [None if value is None else _minus(pattern.format(value)) for value in values]
    if dtype.is_float() or dtype.is_decimal():
        decimals = _decimals(values)
        return [None if value is None else format_float(float(value), decimals) for value in values]
    return [None if value is None else plain(value) for value in values]


def format_float(value: float, decimals: int) -> str:
    """A number with a fixed count of decimals; in powers of ten where that would show none of it.

    >>> format_float(1234.5, 2), format_float(0.00001, 2)
    ('1,234.50', '1.0e-05')
    """
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "\u2212∞"
    tiny = value != 0 and abs(value) < 0.5 * 10.0**-decimals
    return _minus(f"{value:.1e}" if tiny or abs(value) >= 1e15 else f"{value:,.{decimals}f}")


def _minus(number: str) -> str:
    return "\u2212" + number[1:] if number.startswith("-") else number


def _decimals(values: Iterable[Any]) -> int:
    """As many decimals for a whole column as its largest value needs for four digits, at least two."""
    sizes = [abs(float(value)) for value in values if value is not None]
    largest = max((size for size in sizes if 0 < size < float("inf")), default=1.0)
    decimals = 2
    while decimals < 6 and largest < 10.0 ** (2 - decimals):
        decimals += 1
    return decimals


def plain(value: Any) -> str:
    """Any value, nested ones too, as a short readable string."""
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return format_float(value, _decimals([value]))
    if isinstance(value, dict):
        return LIST_SEPARATOR.join(f"{key}: {plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple | pl.Series):
        return LIST_SEPARATOR.join(_item(item) for item in value) if len(value) else "[]"
    return str(value)


def _item(value: Any) -> str:
    counted = text_with_counts(value)
    return plain(value) if counted is None else " ".join(counted)


def text_with_counts(value: Any) -> tuple[str, str] | None:
    """An item of a list that is a text and its counts, such as a spelling: the text, and the counts with colons.

    >>> text_with_counts({"surface": "مئة", "target": 12, "reference": 1300})
    ('مئة', '12:1300')
    """
    if not isinstance(value, dict) or len(value) < 2:
        return None
    text, *counts = value.values()
    if not isinstance(text, str) or not all(isinstance(count, int) and not isinstance(count, bool) for count in counts):
        return None
    return text, ":".join(map(str, counts))


def shortened(text: str, longest: int, *, keep_end: bool = False) -> str:
    """A text cut to a number of code points, with an ellipsis where it was cut; never between a letter and its marks.

    >>> shortened("abcdef", 3), shortened("abcdef", 3, keep_end=True)
    ('abc…', '…def')
    """
    if len(text) <= longest:
        return text
    if keep_end:
        return "…" + _MARKS.sub("", text[-longest:])
    marks = _MARKS.match(text[longest:])
    return text[:longest] + (marks[0] if marks else "") + "…"


def visible(text: str) -> str:
    """Replace control characters, which a page drops and a terminal obeys, by their pictures."""
    return text.translate(_CONTROLS)


# At most a few stand on one letter; a longer run is cut as any text.
_MARKS = re.compile(
    "^[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08ff]{1,8}"
)

# C0 without tab and line breaks, DEL, and C1 (which terminals read as the start of a command).
_CONTROLS = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)}
_CONTROLS |= {0x7F: 0x2421} | dict.fromkeys(range(128, 160), 65533)
