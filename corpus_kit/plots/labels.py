"""A heat map of the labels of an actor."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit.plots.arguments import Look, expect_columns, expect_one, plot
from corpus_kit.plots.heat_map import heat_map
from corpus_kit.plots.period_names import recorded_length
from corpus_kit.plots.pictures import HeatMap

__all__ = ["labels"]


@plot
def labels(table: pl.DataFrame, **look: Unpack[Look]) -> HeatMap:
    """Draw a heat map of `ck.news.labels`: the share of each label, by source or period, with its interval.

    Args:
        table: A table of `ck.news.labels` of one actor, made with `by` or `every`, or both.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or has several actors.

    Examples:
        >>> import corpus_kit as ck
        >>> from corpus_kit.samples import sample_actors
        >>> table = ck.news.labels(ck.sample_corpus(), sample_actors(), actor="group", by="outlet")
        >>> chart = ck.plot.labels(table)
    """
    columns = ("label", "actor", "count", "share", "share_low", "share_high")
    frame = expect_columns(table, columns, "ck.news.labels")
    every = recorded_length(frame)
    expect_one(frame, "actor")
    groups = frame.columns[: frame.columns.index("actor")]
    is_shown = frame["share"].is_not_null()
    return heat_map(
        frame.filter(is_shown), groups, "label", "share", percent=True, every=every, function="ck.news.labels",
        places=is_shown.arg_true().to_list(), language=look["language"],
    )  # fmt: skip
