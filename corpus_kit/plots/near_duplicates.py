"""A matrix of near-duplicates between sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import polars as pl

from corpus_kit._base.metadata import type_name
from corpus_kit.errors import InputError, invalid
from corpus_kit.plots.arguments import Look, expect_columns, plot, top_argument, wrong_table
from corpus_kit.plots.heat_map import heat_map
from corpus_kit.plots.look import say
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import Cell, HeatMap, Mark

__all__ = ["near_duplicates"]

_PAIRS = "pairs of near-duplicates"
_OWN = ("document", "id", "shingles")  # columns of each pair, whatever the sources are
_NOTE = "{pairs:,} pairs of documents; sources without a pair are not shown"


@plot
def near_duplicates(table: pl.DataFrame, *, by: str | None = None, top: int = 20, **look: Unpack[Look]) -> HeatMap:
    """Draw a matrix of `ck.news.near_duplicates`: the number of pairs between each two sources.

    A pair counts in both of its cells, so the matrix is symmetric. On the diagonal are pairs within one source. The
    line below the plot says how many sources are shown, and of how many pairs; sources without any are not in the
    table, and so not in the matrix.

    Args:
        table: A table of `ck.news.near_duplicates`, made with `by`.
        by: The same column; None takes it from the table.
        top: The number of sources to show, those with most pairs.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or was made without this column.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.near_duplicates(ck.sample_corpus(), by="outlet")
        >>> chart = ck.plot.near_duplicates(table)
    """
    if by is None:
        by = _column(table)
    elif not isinstance(by, str):
        raise invalid("by", "the name of a metadata column", by)
    first, second = f"first_{by}", f"second_{by}"
    frame = expect_columns(table, (first, second, "jaccard"), f"ck.news.near_duplicates with by={by!r}")
    if frame.schema[first].is_nested():
        raise InputError(
            f"by must be a column of single values, got {by!r}, which holds {type_name(frame.schema[first])}."
        )
    pairs = frame.select(row=pl.col(first), column=pl.col(second), pair=pl.int_range(pl.len()))
    mirrored = pairs.filter(pl.col("row").ne_missing(pl.col("column"))).select("pair", row="column", column="row")
    every = pl.concat([pairs.select("row"), mirrored.select("row")]).group_by("row").len()
    names = every.sort("len", "row", descending=[True, False]).head(top_argument(top)).select("row").sort("row")
    both = pl.concat([pairs, mirrored.select("row", "column", "pair")])
    counts = both.group_by("row", "column").agg(pl.len().alias(_PAIRS), pl.col("pair").sort())
    cells = names.join(names.rename({"row": "column"}), how="cross")
    cells = cells.join(counts, on=["row", "column"], how="left", nulls_equal=True)
    cells = cells.with_columns(pl.col(_PAIRS).fill_null(0)).sort("row", "column")
    language = look["language"]
    picture = heat_map(cells, ["row"], "column", _PAIRS, intervals=False, language=language)
    behind = zip(picture.cells, cells["pair"].to_list(), strict=True)
    marked = [replace(cell, mark=_mark(cell, behind_it or [], language)) for cell, behind_it in behind]
    shown = pairs.join(names, on="row", how="semi", nulls_equal=True)
    shown = shown.join(names, left_on="column", right_on="row", how="semi", nulls_equal=True)
    notes = [picture.note, shown_of(names.height, every.height, "sources", language)]
    notes.append(say(_NOTE, language).format(pairs=shown.height))
    return replace(picture, cells=marked, note=("؛ " if language == "ar" else "; ").join(filter(None, notes)))


def _mark(cell: Cell, pairs: list[int], language: str) -> Mark:
    """Return the pairs that are behind a cell."""
    return Mark(tuple(pairs), "", ((say(_PAIRS, language), cell.shown),))


def _column(table: object) -> str:
    """Return the column by which the pairs of a table compare sources."""
    function = "ck.news.near_duplicates with by"
    frame = expect_columns(table, ("jaccard",), function)
    names = [name.removeprefix("first_") for name in frame.columns if name.startswith("first_")]
    found = [name for name in names if name not in _OWN]
    if not found:
        raise wrong_table(frame, function, "without the sources of the documents")
    return found[0]
