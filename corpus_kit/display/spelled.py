"""The column `spelling` in place of the forms that were counted, which readers should not take for the text."""

from __future__ import annotations

import polars as pl

from corpus_kit._base.recorded_frame import provenance_of

__all__ = ["key_column", "spelled", "spelled_text", "spelling_first"]

_SPELLING = "spelling"
_GROUP = "Concordance.group"  # whose keys have the names that users gave
_SKETCHES = ("ck.word_sketch", "ck.sketch_difference")
_QUERIES = ("query", "other_query")  # of sketches: a page long, for ck.kwic and not for readers
_KEYS = ("word", "ngram", "collocate", "lemma", "term", "form", "node")


def key_column(frame: pl.DataFrame) -> str | None:
    """Return the column whose original spellings a table has in `spelling`: the usual name beside it, or elsewhere.

    >>> key_column(pl.DataFrame({"word": ["علي"], "spelling": ["على"], "count": [2]}))
    'word'
    >>> key_column(pl.DataFrame({"outlet": ["المرقاب"], "spelling": ["على"]})) is None
    True
    """
    schema = frame.schema
    if schema.get(_SPELLING) != pl.String:
        return None
    place = frame.columns.index(_SPELLING)
    record = provenance_of(frame)
    if record and record["function"] == _GROUP and place and schema[frame.columns[place - 1]] == pl.String:
        return frame.columns[place - 1]
    beside = (*frame.columns[max(place - 1, 0) : place], *frame.columns[place + 1 : place + 2])
    keys = [name for name in (*beside, *_KEYS) if name in _KEYS and schema.get(name) == pl.String]
    return keys[0] if keys else None


def spelled_text(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return the text to show for a column: its spellings if the table has them, otherwise the column itself.

    A spelling of several forms (of two lemmas, for instance) would not tell them apart, so their forms are shown.
    """
    if key_column(frame) != column:
        return pl.col(column)
    forms = pl.col(column).n_unique().over(_SPELLING)
    return pl.when(forms == 1).then(pl.coalesce(_SPELLING, column)).otherwise(pl.col(column))


def spelled(frame: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
    """Return a table to show, with spellings under the name of their key, and that name; None if none differs.

    The queries of word sketches are left out beside other columns.
    """
    record = provenance_of(frame)
    if record and record["function"] in _SKETCHES and not set(frame.columns) <= set(_QUERIES):
        frame = frame.drop(_QUERIES, strict=False)
    key = key_column(frame)
    if key is None:
        return frame, None
    differs = bool((frame[key] != frame[_SPELLING]).any())
    return frame.with_columns(pl.coalesce(_SPELLING, key).alias(key)).drop(_SPELLING), key if differs else None


def spelling_first(frame: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
    """Return a table for a sheet, with spellings where their key was and the key after them, and the name of the key.

    >>> spelling_first(pl.DataFrame({"word": ["علي"], "spelling": ["على"], "count": [2]}))[0].columns
    ['spelling', 'word', 'count']
    """
    key = key_column(frame)
    if key is None:
        return frame, None
    names = [name for name in frame.columns if name != _SPELLING]
    names.insert(names.index(key), _SPELLING)
    return frame.select(pl.col(name) for name in names), key
