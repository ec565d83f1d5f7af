"""Sheets coded by hand: the names of coders, and the codes that they gave."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike

import polars as pl

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.metadata import is_pattern, listed
from corpus_kit._base.records import as_frame
from corpus_kit.coding.coding import read_sheet
from corpus_kit.coding.join_codes import code_texts
from corpus_kit.corpus.storage import reason
from corpus_kit.errors import InputError, choose, invalid, nearest, one_of

__all__ = ["DICTIONARY_COLUMN", "KEY", "SEPARATOR", "coder_names", "codes_of", "hits_of_dimension", "read_coded_sheet"]


DICTIONARY_COLUMN = "dictionary"  # shows the category that the dictionary gives
SEPARATOR = "|"  # between several categories of a position, and several codes of a coder
KEY = ("id", "position")


def coder_names(coders: object, least: int = 1) -> list[str]:
    """Return the columns of coders that a user named."""
    names = list(coders) if isinstance(coders, list | tuple) else []
    if len(names) < least or not all(isinstance(name, str) and name for name in names):
        raise invalid("coders", f"a list of at least {least} names of columns", coders)
    if len(set(names)) < len(names):
        raise invalid("coders", "a list of different names", coders)
    if any(map(is_pattern, names)):
        raise invalid("coders", "names that are no patterns", coders)
    if DICTIONARY_COLUMN in names:
        raise invalid("coders", f"names other than {DICTIONARY_COLUMN!r}, the column of the dictionary", coders)
    return names


def hits_of_dimension(hits: pl.DataFrame, dimension: str | None) -> pl.DataFrame:
    """Return the hits of one dimension."""
    if hits["dimension"].dtype == pl.Object:
        raise invalid("dimension", "a column of strings", hits["dimension"], "Pass the hits of ck.news.frames.")
    known = hits["dimension"].unique(maintain_order=True).to_list()
    if dimension is not None:
        choose(dimension, known, "dimension")
        return hits.filter(pl.col("dimension") == dimension)
    if len(known) > 1:
        raise invalid("dimension", one_of(known), dimension, "A sheet is about one dimension.")
    return hits


def read_coded_sheet(sheet: object, key: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the table of a sheet; with a key, each position may occur once."""
    sheet = as_frame(sheet, "sheet")
    if isinstance(sheet, str | PathLike):
        table = read_sheet(path_argument(sheet, "sheet"))
    elif isinstance(sheet, pl.DataFrame):
        table = sheet
    else:
        raise invalid("sheet", "a path or a DataFrame", sheet)
    _check_columns(table, key)
    if key:
        try:
            table = table.with_columns(pl.col("id").cast(pl.String), pl.col("position").cast(pl.UInt32))
        except pl.exceptions.PolarsError as error:
            raise InputError(f"sheet must have ids and positions that are numbers: {reason(error)}.") from None
        twice = table.filter(pl.struct(key).is_duplicated())
        if twice.height:
            raise InputError(
                f"sheet must have one row for each position, got {twice.select(key).row(0)} more than once."
            )
    return table


def codes_of(table: pl.DataFrame, names: list[str], *, numbers: bool) -> pl.DataFrame:
    """Return the columns of the coders; empty cells are missing codes."""
    _check_columns(table, names)
    text = table.select(code_texts(table[name]) for name in names)
    if not numbers:
        return text
    values = text.with_columns(pl.col(names).cast(pl.Float64, strict=False))
    for name in names:
        bad = text[name].filter(values[name].is_null() & text[name].is_not_null())
        if len(bad):
            raise invalid(f"Codes of {name!r}", "numbers", bad[0], "level='nominal' takes any codes.")
    return values


def _check_columns(table: pl.DataFrame, names: Iterable[str]) -> None:
    for name in names:
        if name not in table.columns:
            hint = nearest(name, table.columns) or f"It has {listed(table.columns)}."
            raise InputError(f"sheet must be a table with the column {name!r}. {hint}")
