"""The graph of a network of actors."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import polars as pl

from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.plots.arguments import Look, expect_columns, expect_numbers, plot, top_argument
from corpus_kit.plots.notes import shown_of
from corpus_kit.plots.pictures import Circle, Graph, Link, text_width

__all__ = ["network"]

_AREA = (620, 440)  # pixels, before names are moved apart
_WEAK_PULL = 0.03  # between nodes without an edge, as a share of the heaviest edge
_RADIUS = 14  # pixels of the largest circle
_STEPS = 300  # at most, to move names apart

Position = tuple[float, float]


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
    expect_numbers(frame, ["weight"], "edges")
    if frame.select("source", "target").is_duplicated().any():
        raise InputError(
            "edges must have each pair of actors once, got some several times. Filter it to one group first."
        )
    top = top_argument(top)
    shown = frame.sort("weight", "source", "target", descending=[True, False, False]).head(top)
    if not shown.height:
        raise InputError("edges must have at least one edge to plot, got none.")
    known: dict[str, dict[str, Any]] = {}
    if nodes is not None:
        actors = expect_columns(nodes, ("actor", "community"), "ck.news.nodes", "nodes")
        if actors["actor"].is_duplicated().any():
            raise InputError("nodes must have each actor once, got some several times. Filter it to one group first.")
        known = {row["actor"]: row for row in actors.iter_rows(named=True)}
    rows = list(shown.select("source", "target", "weight").iter_rows())
    strength: dict[str, int] = {}
    for source, target, weight in rows:
        strength[source] = strength.get(source, 0) + weight
        strength[target] = strength.get(target, 0) + weight
    listed = {} if known else _listed_names(frame)
    names = {actor: str(known.get(actor, {}).get("name") or listed.get(actor, actor)) for actor in strength}
    positions, size = _moved_apart(_layout(shown), names)
    links = [Link(positions[source], positions[target], weight) for source, target, weight in rows]
    circles = [
        Circle(at, names[actor], strength[actor], int(known.get(actor, {}).get("community") or 0))
        for actor, at in positions.items()
    ]
    language = look["language"]
    left_out = [shown_of(len(links), frame.height, "edges", language)]
    if known:
        left_out.append(shown_of(len(circles), len(known), "actors", language))
    return Graph(circles, links, size, note=("؛ " if language == "ar" else "; ").join(filter(None, left_out)))


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


def _layout(edges: pl.DataFrame) -> dict[str, Position]:
    """Return the position of each node; nodes are sorted by name, so that the order of rows changes nothing.

    Forces are the square roots of weights: with the weights themselves, heavy neighbours fall onto each other. A weak
    pull between all nodes keeps components together in the picture.
    """
    import networkx  # optional, in the extra `notebooks`

    names = pl.concat([edges["source"], edges["target"]]).unique().sort().to_list()
    rows = edges.select("source", "target", pl.col("weight").sqrt()).sort("source", "target")
    weak = _WEAK_PULL * float(rows["weight"].max())  # type: ignore[arg-type]
    graph = networkx.complete_graph(names)
    networkx.set_edge_attributes(graph, weak, "weight")
    graph.add_weighted_edges_from(rows.iter_rows())
    placed = networkx.spring_layout(graph, weight="weight", seed=1, iterations=200, k=2.2 / max(len(graph), 1) ** 0.5)
    return {name: (float(x), float(y)) for name, (x, y) in placed.items()}


def _moved_apart(positions: dict[str, Position], names: dict[str, str]) -> tuple[dict[str, Position], tuple[int, int]]:
    """Return positions in pixels at which no circle and no name covers another, and the size of the picture."""
    actors = list(positions)
    at = np.array([positions[actor] for actor in actors])
    low, span = at.min(axis=0), np.ptp(at, axis=0)
    at = (at - low) / np.where(span > 0, span, 1) * _AREA
    # Half of the box that a node takes. Its name is above the circle, so the middle of the box is higher.
    above = _RADIUS + Graph.NAME_ABOVE / 2 + 2
    half_box = np.array([(max(_RADIUS, text_width(names[actor]) / 2) + 4, above) for actor in actors])
    for _ in range(_STEPS):
        distance = at[:, None] - at[None]
        overlap = half_box[:, None] + half_box[None] - np.abs(distance)
        covered = (overlap > 0.1).all(axis=2)
        np.fill_diagonal(covered, False)
        if not covered.any():
            break
        # Along the axis with the smaller overlap. Of two nodes at one position, the first moves back.
        is_vertical = overlap[..., 0] > overlap[..., 1]
        order = np.sign(np.arange(len(at))[:, None] - np.arange(len(at)))
        direction = np.where(distance != 0, np.sign(distance), order[..., None])
        axis = np.stack([~is_vertical, is_vertical], axis=2) & covered[..., None]
        at += 0.5 * np.where(axis, direction * overlap / 2, 0.0).sum(axis=1)
    at -= (at - half_box).min(axis=0)
    width, height = (int(value) for value in np.ceil((at + half_box).max(axis=0)))
    rounded = ((round(float(x), 1), round(float(y), 1)) for x, y in at)
    return dict(zip(actors, rounded, strict=True)), (width, height)
