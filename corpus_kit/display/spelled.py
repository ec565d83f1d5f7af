"""The column `spelling` in place of the forms that were counted, which readers should not take for the text."""

from __future__ import annotations

import polars as pl

__all__ = ["key_column", "spelled", "spelled_text"]

_SPELLING = "spelling"
_KEYS = ("word", "ngram", "collocate", "lemma", "term", "form", "node")


def key_column(frame: pl.DataFrame) -> str | None:
    """Return the column whose original spellings a table has in `spelling`: the text before it, or a usual name.

    >>> key_column(pl.DataFrame({"word": ["علي"], "spelling": ["على"], "count": [2]}))
    'word'
    >>> key_column(pl.DataFrame({"word": ["علي"], "count": [2]})) is None
    True
    """
    schema = frame.schema
    if schema.get(_SPELLING) != pl.String:
        return None
    place = frame.columns.index(_SPELLING)
    before = frame.columns[place - 1 : place] if place else []
    usual = [name for name in _KEYS if name in schema]
    texts = [name for name in [*before, *usual] if schema[name] == pl.String]
    return texts[0] if texts else None


def spelled_text(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return the text to show for a column: its spellings if the table has them, otherwise the column itself.

    A spelling of several forms (of two lemmas, for instance) would not tell them apart, so their forms are shown.
    """
    if key_column(frame) != column:
        return pl.col(column)
    forms = pl.col(column).n_unique().over(_SPELLING)
    return pl.when(forms == 1).then(pl.coalesce(_SPELLING, column)).otherwise(pl.col(column))


def spelled(frame: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
    """Return a table to show, with spellings under the name of their key, and that name; None if none differs."""
    key = key_column(frame)
    if key is None:
        return frame, None
    differs = bool((frame[key] != frame[_SPELLING]).any())
    return frame.with_columns(pl.coalesce(_SPELLING, key).alias(key)).drop(_SPELLING), key if differs else None
