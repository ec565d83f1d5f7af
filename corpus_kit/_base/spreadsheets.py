"""Cells that a spreadsheet would run: what they begin with, and how they stay text.

Excel and LibreOffice take a cell of a .csv file that begins with = + - or @ for a formula, which can fetch addresses
and, after a click, start programs. As OWASP advises ("CSV Injection"), such a cell gets an apostrophe before it, also
after white space, and where the sign has its full width, as Excel reads it in some languages. Cells that begin with a
tab or a line break can end a cell and begin another one. A number stays a number.
"""

from __future__ import annotations

import polars as pl

__all__ = ["guarded", "may_split", "unguarded"]

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"  # in their usual, full and small widths
_BLANK = "\\s\u200b-\u200f\u2060\ufeff"
# A text that has apostrophes before such a beginning gets one more, so that taking one away gives every text back.
_RUN = f"^'*(?:[{_BLANK}]*[{_SIGNS}]|[\t\r\n])"
_INNER = f"[;\t][{_BLANK}]*[{_SIGNS}]"
_NUMBER = r"^[+\-]?[0-9]+(?:\.[0-9]+)?$"


def guarded(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return a table in which no text and no name of a column can be taken for a formula, and what was changed.

    >>> table, changes = guarded(pl.DataFrame({"text": ["=1+1", "-5", "خبر"]}))
    >>> table["text"].to_list()
    ["'=1+1", '-5', 'خبر']
    >>> changes
    ["column 'text': an apostrophe before 1 text that a spreadsheet would take for a formula"]
    """
    columns, changes = [], []
    for column in frame.iter_columns():
        if column.dtype in (pl.String, pl.Categorical, pl.Enum):
            texts = column.cast(pl.String)
            is_run = (texts.str.contains(_RUN) & ~texts.str.contains(_NUMBER)).fill_null(value=False)
            count = int(is_run.sum())
            if count:
                noun = "text" if count == 1 else "texts"
                changes.append(
                    f"column {column.name!r}: an apostrophe before {count:,} {noun} that a spreadsheet would take for "
                    f"{'a formula' if count == 1 else 'formulas'}"
                )
                column = pl.select(pl.when(is_run).then("'" + texts).otherwise(texts)).to_series().alias(column.name)
        columns.append(column)
    names = pl.Series(frame.columns, dtype=pl.String)
    safe = pl.select(pl.when(names.str.contains(_RUN)).then("'" + names).otherwise(names)).to_series().to_list()
    changes += [f"column {name!r} is named {new!r}" for name, new in zip(names, safe, strict=True) if name != new]
    return pl.DataFrame(dict(zip(safe, columns, strict=True))), changes  # a list would rename a column without a name


def may_split(frame: pl.DataFrame) -> bool:
    """Return whether a text would begin a formula in its middle, where a spreadsheet ends cells at ; or tabs.

    Many countries write a comma in their numbers, so that Excel expects other characters between cells there. Quotation
    marks around all texts keep each in one cell.

    >>> may_split(pl.DataFrame({"text": ["a;=1"]})), may_split(pl.DataFrame({"text": ["a; b = 1"]}))
    (True, False)
    """
    texts = [column for column in frame.iter_columns() if column.dtype == pl.String]
    return any(column.str.contains(_INNER).any() for column in [*texts, pl.Series(frame.columns, dtype=pl.String)])


def unguarded(texts: pl.Series) -> pl.Series:
    """Return texts as they were before `guarded`.

    >>> unguarded(pl.Series(["'=1+1", "'quoted'"])).to_list()
    ['=1+1', "'quoted'"]
    """
    return (
        pl.select(pl.when(texts.str.contains(f"^'{_RUN[1:]}")).then(texts.str.slice(1)).otherwise(texts))
        .to_series()
        .alias(texts.name)
    )
