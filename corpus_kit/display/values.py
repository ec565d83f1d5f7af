"""How a value is shown, in every kind of display: numbers, missing values, nested values, long texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from corpus_kit._base.arguments import integer

MISSING = "\u2014"  # an em dash: a missing value is not an empty text
LIST_SEPARATOR = " · "  # neutral: it reads the same in both directions

Places = Sequence[tuple[str, int, int]]  # what is in a text: name, start and end in code points

CONCORDANCE_COLUMNS = ("before", "node", "after", "document", "position")


def is_concordance(frame: pl.DataFrame) -> bool:
    """Return whether a table has the columns of a concordance."""
    return set(CONCORDANCE_COLUMNS) <= set(frame.columns)


def sort_keys(obj: Any) -> list[str] | None:
    """Return the keys that a Concordance is sorted by; None for any other object."""
    keys = getattr(obj, "sort", None)
    keys = [keys] if isinstance(keys, str) else keys
    return [str(key) for key in keys] if isinstance(keys, list | tuple) else None


def label_columns(obj: Any) -> list[str]:
    """Return the columns to show with each line: metadata and layers of a Concordance, or all others of a table."""
    if isinstance(obj, pl.DataFrame | pl.LazyFrame):
        known = {*CONCORDANCE_COLUMNS, "id", "start", "end"}
        return [name for name in obj.collect_schema() if name not in known]
    lists = [getattr(obj, attribute, None) for attribute in ("metadata", "layer_columns")]
    return [str(name) for names in lists if isinstance(names, list | tuple) for name in names]


def text_column(column: pl.Series, decimals: int | None = None) -> list[str | None]:
    """Return each value of a column as the text to show, as `format_column` does; None for a missing one."""
    return column.to_list() if column.dtype == pl.String else format_column(column, decimals)


def named_pieces(text: str, places: Places) -> list[tuple[str, str]]:
    """Return the pieces of a text, each with the names of what is there; "" between the places.

    Args:
        text: The text, or its beginning.
        places: The places, in order.

    >>> named_pieces("رئيس الوزراء", [("keyword", 0, 4), ("a", 5, 12), ("target", 5, 12)])
    [('رئيس', 'keyword'), (' ', ''), ('الوزراء', 'a, target')]
    """
    names: dict[tuple[int, int], list[str]] = {}
    for name, start, end in places:
        names.setdefault((start, end), []).append(name)
    pieces, done = [], 0
    for (start, end), here in names.items():
        if start >= done:
            pieces += [(text[done:start], ""), (text[start:end], ", ".join(here))]
            done = end
    return [piece for piece in (*pieces, (text[done:], "")) if piece[0]]


_MOST_ROWS = 2**32 - 1  # that Polars counts


def row_limit(max_rows: Any) -> int | None:
    """Return a limit of rows: None for all, or a non-negative integer."""
    return None if max_rows is None else min(integer(max_rows, "max_rows", least=0), _MOST_ROWS)


_ARABIC_THINGS = {"rows": "الصفوف", "lines": "المواضع"}


def rows_note(shown: int, total: int | None, noun: str, *, hint: str = "", language: str = "en") -> str | None:
    """Return the note on rows that are not shown; None if all are.

    A `total` of None means that there are more rows, and that nobody knows how many. An empty table gets a note, too.
    A hint follows: why it is empty, or why it may have other rows than expected.

    >>> rows_note(100, 5110, "lines"), rows_note(0, 0, "lines")
    ('showing 100 of 5,110 lines', 'no lines')
    """
    note = _of_rows(shown, total, noun, language)
    return ". ".join(filter(None, (note, hint))) or None


def _of_rows(shown: int, total: int | None, noun: str, language: str) -> str | None:
    if language == "ar":
        things = _ARABIC_THINGS[noun]
        if total == 0:
            return f"{things}: لا شيء"
        if total is None:
            return f"{things} المعروضة: أول {shown:,}، وبعدها غيرها"
        return f"{things} المعروضة: {shown:,} من أصل {total:,}" if shown < total else None
    if total == 0:
        return f"no {noun}"
    if total is None:
        return f"showing the first {shown:,} {noun}; there are more"
    return f"showing {shown:,} of {total:,} {noun}" if shown < total else None


def lines_caption(pattern: str, shown: int, total: int, language: str) -> str:
    """Return the caption of concordance lines: the pattern and their number, of a sample also that of all hits.

    >>> lines_caption("في", 3, 659, "en"), lines_caption("في", 3, 659, "ar")
    ('في (3 of 659)', 'في (3 من أصل 659)')
    """
    of = "من أصل" if language == "ar" else "of"
    return f"{pattern} ({shown:,})" if shown == total else f"{pattern} ({shown:,} {of} {total:,})"


def spelling_note(key: str, language: str) -> str:
    """Return the note that a column is shown in its original spelling."""
    if language == "ar":
        return f"الرسم المعروض هو الأكثر ورودًا في المدوّنة؛ والصيغة المعدودة في العمود {key}"
    return f"shown in the most frequent spelling; the column {key} has the form that was counted"


def counts_things(name: str, dtype: pl.DataType) -> bool:
    """Return whether the integers of a column are amounts, which get thousands separators.

    Unsigned columns hold ids and positions. These and years are names, not amounts.
    """
    return dtype.is_signed_integer() and name != "year" and not name.endswith("_year")


def interval_decimals(frame: pl.DataFrame) -> dict[str, int]:
    """Return the decimals of the columns of intervals: of NAME, NAME_low and NAME_high as many as NAME needs.

    >>> interval_decimals(pl.DataFrame({"share": [0.05], "share_low": [0.029], "share_high": [1.0]}))
    {'share': 4, 'share_low': 4, 'share_high': 4}
    """
    found: dict[str, int] = {}
    for name, dtype in frame.schema.items():
        family = [name, f"{name}_low", f"{name}_high"]
        if all(frame.schema.get(each, dtype).is_float() and each in frame.columns for each in family):
            values = frame[name].to_list()
            of_ends = [value for each in family for value in frame[each]]
            found |= dict.fromkeys(family, _decimals(values if any(values) else of_ends))
    return found


def format_column(column: pl.Series, decimals: int | None = None) -> list[str | None]:
    """Return each value of a column that is not text as the text to show; None for a missing one.

    Args:
        column: The column.
        decimals: How many decimals its numbers have, such as those of `interval_decimals`; None takes as many as fit.
    """
    dtype = column.dtype
    values = column.to_list()
    if dtype.is_integer():
        pattern = "{:,}" if counts_things(column.name, dtype) else "{}"
        return [None if value is None else _minus(pattern.format(value)) for value in values]
    if dtype.is_float() or dtype.is_decimal():
        decimals = _decimals(values) if decimals is None else decimals
        return [None if value is None else format_float(float(value), decimals) for value in values]
    return [None if value is None else plain(value) for value in values]


def format_float(value: float, decimals: int) -> str:
    """Return a number with a fixed number of decimals; in scientific notation if that would show none of its digits.

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
    """Return the decimals of a column: as many as its largest value needs for four digits, at least two."""
    sizes = [abs(float(value)) for value in values if value is not None]
    largest = max((size for size in sizes if 0 < size < float("inf")), default=1.0)
    decimals = 2
    while decimals < 6 and largest < 10.0 ** (2 - decimals):
        decimals += 1
    return decimals


def plain(value: Any) -> str:
    """Return any value, also a nested one, as a short readable text."""
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
    """Return the text and the counts, joined by colons, of an item such as a spelling; None for any other item.

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
    """Return a text cut to a number of code points, with an ellipsis; never cut between a letter and its marks.

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
    """Replace control characters, which a page drops and a terminal obeys, by their symbols."""
    return text.translate(_CONTROLS)


# A letter has a few marks at most; a longer run of marks is cut like any text.
_MARKS = re.compile(
    "^[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08ff]{1,8}"
)

# C0 except tab and line breaks, DEL, and C1 (which terminals take for the start of a command).
_CONTROLS = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)}
_CONTROLS |= {0x7F: 0x2421} | dict.fromkeys(range(128, 160), 65533)
