"""A heat map of the rates of news frames."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit.errors import choose
from corpus_kit.plots.arguments import Look, expect_columns, expect_one, plot
from corpus_kit.plots.heat_map import heat_map
from corpus_kit.plots.period_names import recorded_length
from corpus_kit.plots.pictures import HeatMap

__all__ = ["frame_rates"]

_VALUES = ("rate", "document_share", "share")


@plot
def frame_rates(
    table: pl.DataFrame, *, dimension: str | None = None, value: str = "rate", **look: Unpack[Look]
) -> HeatMap:
    """Draw a heat map of `ck.news.frame_rates`: a number of each category, by source or period, with its interval.

    A cell without a number (the share of a source without a hit) is a dash.

    Args:
        table: A table of `ck.news.frame_rates`.
        dimension: The dimension to show; None takes the only one of the table.
        value: "rate" (hits in a million words), "document_share" (of the documents, those with a hit) or "share"
            (of the hits of the dimension).
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or has several dimensions and none is chosen.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.frame_rates(ck.sample_corpus(), by="outlet", n_bootstrap=0)
        >>> chart = ck.plot.frame_rates(table, dimension="level")
    """
    choose(value, _VALUES, "value")
    columns = ("dimension", "category", "count", value, f"{value}_low", f"{value}_high")
    frame = expect_columns(table, columns, "ck.news.frame_rates")
    every, places = recorded_length(frame), pl.int_range(frame.height, eager=True)
    if dimension is not None:
        choose(dimension, frame["dimension"].unique().sort().to_list(), "dimension")
        places = (frame["dimension"] == dimension).arg_true()
        frame = frame[places]
    expect_one(frame, "dimension")
    groups = frame.columns[: frame.columns.index("dimension")]
    return heat_map(
        frame, groups, "category", value, percent=value != "rate", every=every, function="ck.news.frame_rates",
        places=places.to_list(), language=look["language"],
    )  # fmt: skip
