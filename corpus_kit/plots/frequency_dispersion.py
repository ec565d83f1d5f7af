"""A scatter plot of words by frequency and dispersion."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.records import table_of
from corpus_kit.display.spelled import spelled_text
from corpus_kit.errors import choose
from corpus_kit.plots.arguments import (
    Look,
    expect_each_once,
    expect_numbers,
    expect_rows,
    plot,
    top_argument,
    wrong_table,
)
from corpus_kit.plots.look import titled
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import Axis, Scatter, log_axis
from corpus_kit.plots.scatter import scatter, word_column

__all__ = ["frequency_dispersion"]

_EVEN_AT_ZERO = (
    "deviation_of_proportions",
    "deviation_of_proportions_norm",
    "kullback_leibler_divergence",
    "dispersion",
)


@plot
def frequency_dispersion(
    table: pl.DataFrame, *, measure: str | None = None, top: int = 24, **look: Unpack[Look]
) -> Scatter:
    """Draw words by how frequent they are (across) and how evenly they are spread (upwards).

    A frequent word in few documents (high up at the right, for deviation_of_proportions) belongs to one story or to
    boilerplate. Words that occur once are left out: their spread says nothing.

    Args:
        table: A table of `ck.dispersion` of one group, or of `ck.frequency` with its column dispersion.
        measure: The column on the vertical axis; None takes the first measure of dispersion.
        top: The number of words to name. The range of frequencies is cut into so many equal steps, and the word
            that is spread least evenly is named in each. A name without room is left out.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is not one of dispersion, or lacks the measure.

    Examples:
        >>> import corpus_kit as ck
        >>> chart = ck.plot.frequency_dispersion(ck.dispersion(ck.sample_corpus(), min_count=5))
    """
    frame = table_of(table)
    top = top_argument(top)
    word = word_column(frame, "ck.dispersion")
    known = [name for name in frame.columns if name in (*measures.FAMILIES["dispersion"], "dispersion")]
    absent = [name for name in ("count",) if name not in frame.columns] + ([] if known else ["a measure of dispersion"])
    if absent:
        raise wrong_table(frame, "ck.dispersion", f"without {', '.join(absent)}")
    up = known[0] if measure is None else choose(measure, known, "measure")
    expect_numbers(frame, ["count", up])
    expect_each_once(frame[word].drop_nulls(), word)
    rows = frame.select(
        spelled_text(frame, word).alias("word"),
        x=pl.col("count").cast(pl.Float64),
        y=pl.col(up).cast(pl.Float64),
        row=pl.int_range(pl.len()),
    )
    rows = rows.filter(pl.col("word").is_not_null(), pl.col("x") > 1, pl.col("x").is_finite(), pl.col("y").is_finite())
    expect_rows(rows, "a word that occurs at least twice")
    language = look["language"]
    even = "0 is even" if up in _EVEN_AT_ZERO else "1 is even"
    title = "deviation_of_proportions" if up == "dispersion" else up
    y = Axis(titled(title, even, language), 0.0, max(1.0, float(rows["y"].max())) * 1.04)  # type: ignore[arg-type]
    low, high = float(rows["x"].min()), float(rows["x"].max())  # type: ignore[arg-type]
    step = (pl.col("x").log() - np.log(low)) / ((np.log(high) - np.log(low)) or 1) * top
    least_even = rows.with_columns(step=step.floor().clip(0, top - 1)).sort(
        "y", descending=up in _EVEN_AT_ZERO, maintain_order=True
    )
    named = least_even.unique("step", keep="first", maintain_order=True).sort("x", descending=True)
    x = log_axis(titled("count", "logarithmic scale", language), low, high)
    picture = scatter(rows, x, y, named)
    drawn, left_out = shown_of(rows.height, frame.height, "words", language), "words that occur once are left out"
    return replace(picture, note=drawn and titled(drawn, left_out, language))
