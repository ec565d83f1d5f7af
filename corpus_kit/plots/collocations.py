"""A bar chart of the strongest collocates."""

from __future__ import annotations

from typing import Unpack

import polars as pl

from corpus_kit import measures
from corpus_kit._base.records import table_of
from corpus_kit.errors import InputError, choose
from corpus_kit.plots.arguments import Look, plot, top_argument, wrong_table
from corpus_kit.plots.look import say
from corpus_kit.plots.pictures import Bars

__all__ = ["collocations"]


@plot
def collocations(table: pl.DataFrame, *, measure: str | None = None, top: int = 20, **look: Unpack[Look]) -> Bars:
    """Draw bars of the strongest collocates, the strongest at the top, growing from the right, with their counts.

    Args:
        table: A table of `ck.collocations` or `ck.ngram_collocations`.
        measure: The column that is shown; None takes the first measure of the table, by which it is sorted.
        top: The number of bars: those of the largest values above 0. Of equal values, those that come first in
            the table are shown.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is not one of collocations, the measure is unknown, or no value is above 0.

    Examples:
        >>> import corpus_kit as ck
        >>> pairs = ck.collocations(ck.sample_corpus(), "هدنة")
        >>> chart = ck.plot.collocations(pairs, measure="mi", top=8, language="ar")
    """
    frame = table_of(table)
    top = top_argument(top)
    names = [name for name in frame.columns if name in measures.FAMILIES["association"]]
    label = "ngram" if "ngram" in frame.columns else "collocate"
    absent = [name for name in (label, "count") if name not in frame.columns] + ([] if names else ["a measure"])
    if absent:
        raise wrong_table(frame, "ck.collocations", f"without {', '.join(absent)}")
    value = names[0] if measure is None else choose(measure, names, "measure")
    rows = (
        frame.select(pl.col(label).alias("label"), "count", pl.col(value).alias("value"))
        .filter(pl.col("value") > 0, pl.col("value").is_finite())
        .sort("value", descending=True, maintain_order=True)
        .head(top)
    )
    if not rows.height:
        raise InputError(f"table must have a row whose {value} is above 0, got none.")
    axis = f"{say(value, look['language'])} ({say('beside each bar: times together', look['language'])})"
    shown = [f"{count:,}" for count in rows["count"]]
    return Bars(rows["label"].to_list(), rows["value"].to_list(), shown, axis, "decimal")
