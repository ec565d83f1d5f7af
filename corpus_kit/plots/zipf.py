"""Frequencies by rank, beside Zipf's law."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import numpy as np
import polars as pl

from corpus_kit._base.records import table_of
from corpus_kit.display.spelled import spelled_text
from corpus_kit.errors import InputError
from corpus_kit.plots.arguments import (
    Look,
    expect_each_once,
    expect_numbers,
    expect_rows,
    plot,
    single_row,
    top_argument,
    wrong_table,
)
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import percent
from corpus_kit.plots.pictures import Axis, Line, Scatter, log_axis
from corpus_kit.plots.scatter import scatter, word_column

__all__ = ["zipf"]

_NOTE = "misfit: {typical} on average; first ten words {head:.0%}, rarest {tail:.0%} of what is expected; D = {largest}"
_MISFIT = ("typical_error", "head_ratio", "tail_ratio", "largest_error")
_MOST_NAMED = 10_000  # far more than there is room for


@plot
def zipf(table: pl.DataFrame, *, fit: pl.DataFrame | None = None, top: int = 16, **look: Unpack[Look]) -> Scatter:
    """Draw frequencies by rank, both on logarithmic scales, beside the fitted law.

    Args:
        table: A table of `ck.frequency`, `ck.ngrams` or the like: a String column and `count`, at least 1.
        fit: A table of `ck.fit_zipf_mandelbrot`, drawn as a curve; the line below the plot says how far it misses the
            frequencies.
        top: The number of words to name, at equal steps of the rank. A name without room is left out.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or has counts below 1.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> chart = ck.plot.zipf(ck.frequency(corpus), fit=ck.fit_zipf_mandelbrot(corpus))
    """
    frame = table_of(table)
    top = top_argument(top)
    language = look["language"]
    rows = _ranked(frame)
    x = log_axis(say("rank", language), 1, rows.height)
    y = log_axis(say("count", language), 1, float(rows["y"].max()))  # type: ignore[arg-type]
    at = np.unique(np.round(np.geomspace(1, max(rows.height / 2, 1), min(top, _MOST_NAMED)))) - 1
    named = rows[at.astype(np.int64).tolist()]
    if fit is None:
        return scatter(rows, x, y, named)
    curve = Line(say("fitted", language), _curve(fit, rows.height, y))
    rows = rows.with_columns(group=pl.lit("observed"))
    picture = scatter(rows, x, y, named, groups={"observed": (say("observed", language), "blue")}, lines=[curve])
    return replace(picture, note=_misfit(fit, language))


def _ranked(frame: pl.DataFrame) -> pl.DataFrame:
    """Return word, rank (x) and count (y), the most frequent word first."""
    word = word_column(frame, "ck.frequency")
    if "count" not in frame.columns:
        raise wrong_table(frame, "ck.frequency", "without count")
    expect_numbers(frame, ["count"])
    rows = frame.select(
        spelled_text(frame, word).alias("word"), y=pl.col("count").cast(pl.Float64), row=pl.int_range(pl.len())
    ).drop_nulls()
    expect_rows(rows)
    if not ((rows["y"] >= 1) & rows["y"].is_finite()).all():
        raise InputError("table must have finite counts of at least 1, got others.")
    expect_each_once(rows["word"], word)
    rows = rows.sort("y", descending=True, maintain_order=True)
    return rows.with_row_index("x", offset=1).cast({"x": pl.Float64})


def _misfit(fit: object, language: str) -> str:
    """Return the line below the plot; empty for a law that was not fitted here."""
    frame = table_of(fit, "fit")
    if not set(_MISFIT) <= set(frame.columns):
        return ""
    typical, head, tail, largest = single_row(frame, _MISFIT, "ck.fit_zipf_mandelbrot")
    return say(_NOTE, language).format(typical=percent(typical), head=head, tail=tail, largest=percent(largest))


def _curve(fit: pl.DataFrame, highest_rank: int, y: Axis) -> list[tuple[float, float]]:
    """Return the part of the fitted law within the picture."""
    exponent, shift, scale = single_row(fit, ("exponent", "shift", "scale"), "ck.fit_zipf_mandelbrot")
    if shift <= -1:
        raise InputError(f"fit must have a shift above -1, got {shift}.")
    ranks = np.geomspace(1, highest_rank, 100)
    curve = scale * (ranks + shift) ** -exponent
    drawn = (curve >= y.low) & (curve <= y.high)
    return list(zip(ranks[drawn].tolist(), curve[drawn].tolist(), strict=True))
