"""Checks of arguments that several analyses of news take."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from corpus_kit._base.records import as_frame
from corpus_kit.errors import InputError, choose, invalid, one_of

__all__ = ["bounded_number", "different_names", "table_from"]


def different_names(value: object, name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return one name, or several different ones, of those that are allowed.

    >>> different_names("body", "place", ["headline", "body"])
    ('body',)
    >>> different_names([], "place", ["headline", "body"])
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: place must be a name or a list of different names, got []. \
Allowed: 'headline' or 'body'.
    """
    options = list(allowed)
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Sequence) or not given:
        raise invalid(name, "a name or a list of different names", value, f"Allowed: {one_of(options)}.")
    chosen = tuple(choose(each, options, name) for each in given)
    if len(set(chosen)) < len(chosen):
        raise invalid(name, "a list of different names", value)
    return chosen


def bounded_number(value: object, name: str, *, above: float | None = None, least: float | None = None) -> float:
    """Return a finite number above a bound, or of at least a bound.

    >>> bounded_number(2, "s", above=1), bounded_number(0, "gamma", least=0)
    (2.0, 0.0)
    >>> bounded_number(1, "s", above=1)
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: s must be a number above 1, got 1.
    """
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if (
        not is_number
        or not abs(value) <= sys.float_info.max  # type: ignore[arg-type]
        or (above is not None and value <= above)  # type: ignore[operator]
        or (least is not None and value < least)  # type: ignore[operator]
    ):
        bound = f"above {above:g}" if above is not None else f"of at least {least:g}"
        raise invalid(name, f"a number {bound}", value)
    return float(value)  # type: ignore[arg-type]


def table_from(value: object, name: str, function: str, columns: Iterable[str]) -> pl.DataFrame:
    """Return a table that a function of the library made, checked for its columns.

    >>> table_from(pl.DataFrame({"first_document": [0]}), "pairs", "ck.news.near_duplicates", ["second_document"])
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: pairs must be a table of ck.news.near_duplicates, got one without the column \
second_document.
    """
    value = as_frame(value, name)
    if not isinstance(value, pl.DataFrame):
        raise invalid(name, f"a table of {function}", value)
    columns = list(columns)
    objects = [column for column in columns if column in value.columns and value[column].dtype == pl.Object]
    if objects:
        raise InputError(f"{name} must be a table of {function}, got one with Python objects in {objects[0]}.")
    absent = [column for column in columns if column not in value.columns]
    if absent:
        what = "column" if len(absent) == 1 else "columns"
        raise InputError(f"{name} must be a table of {function}, got one without the {what} {', '.join(absent)}.")
    return value
