"""The growth of the vocabulary with the text."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from corpus_kit._base.records import table_of
from corpus_kit.errors import InputError
from corpus_kit.plots.arguments import Look, expect_columns, expect_numbers, plot, single_row
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import percent
from corpus_kit.plots.pictures import Axis, Line, Scatter

__all__ = ["growth"]

_COLUMNS = ("tokens", "types", "hapaxes")
_MISFIT = ("typical_error", "exponent", "last_exponent")
_NOTE = "misfit: {typical} on average; exponent {exponent:.2f}, at the end {last:.2f}"


@plot
def growth(table: pl.DataFrame, *, fit: pl.DataFrame | None = None, **look: Unpack[Look]) -> Scatter:
    """Draw how the vocabulary grows: distinct words, and words seen once, after so many running words.

    Args:
        table: A table of `ck.vocabulary_growth`.
        fit: A table of `ck.fit_heaps`, drawn as a curve; the line below the plot says how far it misses the counts.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> chart = ck.plot.growth(ck.vocabulary_growth(corpus), fit=ck.fit_heaps(corpus))
    """
    frame = expect_columns(table, _COLUMNS, "ck.vocabulary_growth")
    expect_numbers(frame, _COLUMNS)
    rows = frame.select(pl.col(_COLUMNS).cast(pl.Float64), row=pl.int_range(pl.len())).drop_nulls().sort("tokens")
    rows = rows.filter(pl.all_horizontal(pl.col(_COLUMNS).is_finite()))
    if rows.height < 2 or rows["tokens"][-1] < 1:
        raise InputError(f"table must have at least two rows of {', '.join(_COLUMNS)}, got {rows.height}.")
    language, note = look["language"], ""
    tokens = rows["tokens"].to_list()
    lines = [
        Line(say(name, language), list(zip(tokens, rows[column].to_list(), strict=True)), rows["row"].to_list())
        for name, column in (("distinct words", "types"), ("words seen once", "hapaxes"))
    ]
    if fit is not None:
        scale, exponent = single_row(fit, ("scale", "exponent"), "ck.fit_heaps")
        at = np.linspace(1, tokens[-1], 200)
        curve = list(zip(at.tolist(), (scale * at**exponent).tolist(), strict=True))
        lines.append(Line(say("fitted", language), curve))
        note = _misfit(fit, language)
    highest = max(up for line in lines for _, up in line.points)
    x = Axis(say("running words", language), 0.0, tokens[-1] * 1.02, number="count")
    y = Axis(say("words", language), 0.0, highest * 1.05, number="count")
    return Scatter([], x, y, lines=lines, note=note)


def _misfit(fit: pl.DataFrame, language: str) -> str:
    """Return the line below the plot; empty for a law that was not fitted here."""
    frame = table_of(fit, "fit")
    if not set(_MISFIT) <= set(frame.columns) or frame["last_exponent"].null_count():
        return ""
    typical, exponent, last = single_row(frame, _MISFIT, "ck.fit_heaps")
    return say(_NOTE, language).format(typical=percent(typical), exponent=exponent, last=last)
