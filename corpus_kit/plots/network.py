"""The graph of a network of actors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

import polars as pl

from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.plots.arguments import Look, expect_columns, expect_finite, expect_texts, plot, top_argument
from corpus_kit.plots.bar_panels import joined
from corpus_kit.plots.graphs import graph
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import Graph

__all__ = ["network"]


@plot
def network(edges: pl.DataFrame, nodes: pl.DataFrame | None = None, *, top: int = 60, **look: Unpack[Look]) -> Graph:
    """Draw the graph of `ck.news.network`: wider lines are heavier edges, larger circles stronger nodes.

    The layout is that of forces between the nodes, from a fixed start, so that the same table gives the same
    picture. Nodes are then moved apart where names would cover each other. Distances mean little. Actors without an
    edge are not drawn; the line below the plot says how many edges and actors are left out.

    Args:
        edges: A table of `ck.news.network`.
        nodes: A table of `ck.news.nodes`. With it colours are communities, and actors have their names. Without it
            actors have their ids, the built-in states short names.
        top: The number of edges to show, the heaviest first.
        **look: See `ck.plot`.

    Raises:
        InputError: If the tables are other ones, hold several groups, or there is no edge.

    References:
        Fruchterman, T. M. J. & Reingold, E. M. (1991). Graph drawing by force-directed placement. Software: Practice
        and Experience 21(11), 1129-1164.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> states = {"kinds": "state"}
        >>> chart = ck.plot.network(ck.news.network(corpus, **states), ck.news.nodes(corpus, **states))
    """
    frame = expect_columns(edges, ("source", "target", "weight"), "ck.news.network", "edges")
    expect_texts(frame, ["source", "target"], "edges")
    expect_finite(frame, ["weight"], "edges")
    if frame.select("source", "target").is_duplicated().any():
        raise InputError(
            "edges must have each pair of actors once, got some several times. Filter it to one group first."
        )
    top = top_argument(top)
    numbered = frame.select("source", "target", "weight", row=pl.int_range(pl.len()))
    shown = numbered.sort("weight", "source", "target", descending=[True, False, False]).head(top)
    if not shown.height:
        raise InputError("edges must have at least one edge to plot, got none.")
    known: dict[str, dict[str, Any]] = {}
    if nodes is not None:
        actors = expect_columns(nodes, ("actor", "community"), "ck.news.nodes", "nodes")
        expect_finite(actors.drop_nulls("community"), ["community"], "nodes")
        if actors["actor"].is_duplicated().any():
            raise InputError("nodes must have each actor once, got some several times. Filter it to one group first.")
        known = {row["actor"]: row for row in actors.iter_rows(named=True)}
    names = {actor: str(row["name"]) for actor, row in known.items() if row.get("name")}
    communities = {actor: int(row["community"] or 0) for actor, row in known.items()}
    language = look["language"]
    picture = graph(shown, names if known else _listed_names(frame), communities, language=language)
    left_out = [shown_of(len(picture.links), frame.height, "edges", language)]
    if known:
        left_out.append(shown_of(len(picture.circles), len(known), "actors", language))
    return replace(picture, note=joined(left_out, language))


def _listed_names(edges: pl.DataFrame) -> dict[str, str]:
    """Return the shortest names of states, if the record of the edges says that their actors are the built-in ones."""
    record = provenance_of(edges)
    actors = None if record is None else record["options"].get("actors")
    if not isinstance(actors, dict):
        return {}
    states = Gazetteer.states()
    if actors.get("digest") != states.digest:
        return {}
    return {actor.id: min(actor.names, key=len) for actor in states}
