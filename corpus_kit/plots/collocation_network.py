"""The graph of a network of collocates."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import polars as pl

from corpus_kit.display.spelled import spelled_text
from corpus_kit.plots.arguments import Look, expect_columns, expect_finite, expect_rows, expect_texts, plot
from corpus_kit.plots.graphs import Position, graph, positions_of
from corpus_kit.plots.pictures import Graph

__all__ = ["collocation_network"]

_ROW = " row"  # a column of its own, with the place in the table


@plot
def collocation_network(table: pl.DataFrame, **look: Unpack[Look]) -> Graph:
    """Draw a network of collocates: words whose collocates were looked for have a colour of their own.

    Wider lines are heavier links. The graph grows word by word in the order of the table: what is drawn of the first
    words stays where it is when others are added, so that one finds again what one has seen.

    Args:
        table: A table of `ck.collocation_network`.
        **look: See `ck.plot`.

    Raises:
        InputError: If the table is another one, or has no rows.

    Examples:
        >>> import corpus_kit as ck
        >>> links = ck.collocation_network(ck.sample_corpus(), ["السهل", "تنظيم"], top=8)
        >>> chart = ck.plot.collocation_network(links, language="ar")
    """
    frame = expect_columns(table, ("node", "collocate", "count"), "ck.collocation_network")
    measure = frame.columns[-1]
    expect_texts(frame, ["node", "collocate"])
    expect_finite(frame.drop_nulls(measure), [measure], least=None)
    expect_rows(frame)
    named = frame.select("node", "collocate", name=spelled_text(frame, "collocate"))
    names = dict(named.select("collocate", "name").iter_rows())
    numbered = frame.with_columns(pl.int_range(pl.len()).alias(_ROW))
    nodes = frame["node"].unique(maintain_order=True).to_list()
    placed: dict[str, Position] = {}
    for number in range(1, len(nodes) + 1):
        # Weights of these words only, so that what comes later changes nothing of the first layout.
        grown = _links(numbered.filter(pl.col("node").is_in(nodes[:number])), measure)
        picture = graph(grown, names, dict.fromkeys(nodes[:number], 1), placed=placed, language=look["language"])
        placed = positions_of(picture)
    return replace(picture, note="")


def _links(frame: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Return source, target, weight and row of each pair, once; weights are above 0, the weakest link the thinnest."""
    lowest = frame[measure].min()
    pair = pl.concat_list("node", "collocate").list.sort()
    return (
        frame.select(
            source="node",
            target="collocate",
            weight=pl.col(measure).cast(pl.Float64).fill_null(lowest) - float(lowest or 0.0) + 1.0,  # type: ignore[arg-type]
            row=_ROW,
            pair=pair,
        )
        .unique("pair", keep="first", maintain_order=True)
        .drop("pair")
    )
