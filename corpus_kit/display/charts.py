"""What all plots share: their arguments, checks of tables, and the choice of the library that draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from corpus_kit.display import draw_altair, draw_matplotlib
from corpus_kit.display.look import say, theme_of
from corpus_kit.display.pictures import Picture
from corpus_kit.errors import InputError, choose

__all__ = ["check_look", "check_top", "draw", "expect_columns", "expect_each_once", "expect_numbers"]

_BACKENDS = {"altair": draw_altair.draw, "matplotlib": draw_matplotlib.draw}


def draw(picture: Picture, *, title: str | None, backend: str, theme: str) -> Any:
    """The chart (Altair) or the figure (matplotlib) of a picture."""
    return _BACKENDS[choose(backend, _BACKENDS, "backend")](picture, title, theme_of(theme))


def check_look(backend: str, theme: str, language: str) -> None:
    """Raise InputError for what `draw` and `say` do not know, before anything is computed."""
    choose(backend, _BACKENDS, "backend")
    theme_of(theme)
    say("count", language)


def check_top(top: object) -> None:
    """Raise InputError unless it is a number of things to show."""
    if isinstance(top, bool) or not isinstance(top, int) or top < 1:
        raise InputError(f"top= takes a whole number from 1, not {top!r}")


def expect_columns(frame: pl.DataFrame, columns: Sequence[str], function: str) -> None:
    """Raise InputError unless a table has the columns that a plot takes from a function's tables."""
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise InputError(
            f"this plot needs a table of {function}: there is no {', '.join(absent)} among "
            f"{', '.join(frame.columns) or 'no columns'}"
        )


def expect_numbers(frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Raise InputError unless columns of a table are numbers."""
    for name in columns:
        if not frame.schema[name].is_numeric():
            raise InputError(f"the column {name} of the table holds {frame.schema[name]}, and this plot takes numbers")


def expect_each_once(texts: pl.Series, name: str) -> None:
    """Raise InputError for a table of several groups, in which a text stands more than once."""
    repeated = texts.filter(texts.is_duplicated())
    if len(repeated):
        raise InputError(
            f"each {name} may stand once in the table, but {repeated[0]!r} stands more often; "
            "filter the table to one group first"
        )
