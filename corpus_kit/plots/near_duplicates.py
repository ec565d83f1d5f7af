"""A matrix of near-duplicates between sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import polars as pl

from corpus_kit._base.metadata import type_name
from corpus_kit.errors import InputError, invalid
from corpus_kit.plots.arguments import Look, expect_columns, plot
from corpus_kit.plots.heat_map import heat_map
from corpus_kit.plots.look import say
from corpus_kit.plots.pictures import HeatMap

__all__ = ["near_duplicates"]

_PAIRS = "pairs of near-duplicates"
_NOTE = "{pairs:,} pairs of documents; sources without a pair are not shown"


@plot
def near_duplicates(table: pl.DataFrame, *, by: str, **look: Unpack[Look]) -> HeatMap:
    """Draw a matrix of `ck.news.near_duplicates`: the number of pairs between each two sources.

    A pair counts in both of its cells, so the matrix is symmetric. On the diagonal are pairs within one source. The
    line below the plot has the number of pairs; sources without any are not in the table, and so not in the matrix.

    Args:
        table: A table of `ck.news.near_duplicates`, made with `by`.
        by: The same column.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or was made without this column.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.near_duplicates(ck.sample_corpus(), by="outlet")
        >>> chart = ck.plot.near_duplicates(table, by="outlet")
    """
    if not isinstance(by, str):
        raise invalid("by", "the name of a metadata column", by)
    first, second = f"first_{by}", f"second_{by}"
    frame = expect_columns(table, (first, second, "jaccard"), f"ck.news.near_duplicates with by={by!r}")
    if frame.schema[first].is_nested():
        raise InputError(
            f"by must be a column of single values, got {by!r}, which holds {type_name(frame.schema[first])}."
        )
    pairs = frame.select(pl.col(first).alias("row"), pl.col(second).alias("column"))
    mirrored = pairs.filter(pl.col("row") != pl.col("column")).select(row="column", column="row")
    names = pl.concat([pairs["row"], pairs["column"]]).unique().sort().to_frame("row")
    cells = names.join(names.rename({"row": "column"}), how="cross").join(
        pl.concat([pairs, mirrored]).group_by("row", "column").len(_PAIRS), on=["row", "column"], how="left"
    )
    cells = cells.with_columns(pl.col(_PAIRS).fill_null(0)).sort("row", "column")
    language = look["language"]
    picture = heat_map(cells, ["row"], "column", _PAIRS, intervals=False, language=language)
    note = say(_NOTE, language).format(pairs=frame.height)
    return replace(picture, note=f"{picture.note}{'؛' if language == 'ar' else ';'} {note}")
