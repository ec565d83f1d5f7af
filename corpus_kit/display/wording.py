"""Values in words: the names of periods in place of their first days, Arabic in place of the library's English."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from corpus_kit._base.records import provenance_of
from corpus_kit.display.columns import made_by, words_of_values

__all__ = ["in_words", "localized", "name_periods_by", "recorded_length"]

_PERIOD = "period"
_namers: list[Callable[[pl.Series, str], pl.Series]] = []


def name_periods_by(namer: Callable[[pl.Series, str], pl.Series]) -> None:
    """Tell tables who names periods: `text.periods`, which knows calendars, says so when it is loaded."""
    _namers[:] = [namer]


def recorded_length(table: pl.DataFrame) -> str | None:
    """Return the `every` with which a table was made; None if it is not known, as for a table of somebody else."""
    record = provenance_of(table)
    every = None if record is None else record["options"].get("every")
    return every if isinstance(every, str) else None


def localized(names: pl.Series, language: str) -> pl.Series:
    """Return names of periods with the era in a language.

    >>> localized(pl.Series(["301-400 AH", "2026-01"]), "ar").to_list()
    ['301-400 هـ', '2026-01']
    """
    return names.str.replace(" AH", " هـ", literal=True) if language == "ar" else names


def in_words(frame: pl.DataFrame, language: str, table: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return a table to show: periods by their names and, in Arabic, the library's own values in Arabic.

    Args:
        frame: The rows and columns to show.
        language: "en" or "ar".
        table: The table that they are of, which has the record; None if that is `frame`.
    """
    table = frame if table is None else table
    every, made = recorded_length(table), made_by(table)
    changed = []
    if _namers and every is not None and frame.schema.get(_PERIOD) == pl.Date:
        names = localized(_namers[0](frame[_PERIOD], every), language)
        changed += [] if names.equals(frame[_PERIOD].cast(pl.String)) else [names]
    for name, dtype in frame.schema.items() if language == "ar" else ():
        words = words_of_values(name, made) if dtype in (pl.String, pl.Categorical, pl.Enum) else {}
        if words:
            changed.append(frame[name].cast(pl.String).replace(words))
        elif dtype == pl.Boolean:
            changed.append(frame[name].replace_strict({True: "نعم", False: "لا"}, return_dtype=pl.String))
    return frame.with_columns(changed) if changed else frame
