"""The axis of rates over time: shares of documents, or occurrences per million words."""

from __future__ import annotations

import polars as pl

from corpus_kit.plots.look import say
from corpus_kit.plots.pictures import Number

__all__ = ["rate_axis"]


def rate_axis(frame: pl.DataFrame, language: str) -> tuple[str, Number]:
    """Return the title and the format of the axis of the rates of a table with documents, hits and rate."""
    shares = frame.filter(pl.col("documents") > 0).select(pl.col("rate") - pl.col("hits") / pl.col("documents"))
    if bool((shares["rate"].abs() > 1e-9).any()):  # otherwise hits / documents is the rate
        return say("per_million", language), "count"
    return say("share of documents", language), "percent"
