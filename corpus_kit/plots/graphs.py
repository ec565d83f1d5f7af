"""Graphs: where nodes are placed, so that no name covers another, and where they stay when a graph grows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from corpus_kit.plots.look import say
from corpus_kit.plots.pictures import Circle, Graph, Link, Mark, text_width

__all__ = ["Position", "graph", "positions_of"]

_AREA = (620, 440)  # pixels, before names are moved apart
_WEAK_PULL = 0.03  # between nodes without an edge, as a share of the heaviest edge
_RADIUS = 14  # pixels of the largest circle
_STEPS = 300  # at most, to move names apart
_LONGEST_NAME = 200  # pixels

Position = tuple[float, float]


def graph(
    edges: pl.DataFrame,
    names: Mapping[str, str] | None = None,
    communities: Mapping[str, int] | None = None,
    *,
    placed: Mapping[str, Position] | None = None,
    language: str = "en",
) -> Graph:
    """Return the picture of a graph.

    Args:
        edges: source and target (String), weight (numeric, above 0) and row, the number in the user's table; each
            pair once.
        names: What is written at nodes, by their ids; others have their ids.
        communities: The number of the community of nodes, by which they are coloured.
        placed: Where nodes are already (`positions_of` an earlier graph): they stay there, new ones are placed around
            them.
        language: Of what a tip says of a node, "en" or "ar".

    >>> rows = pl.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "weight": [3, 1], "row": [0, 1]})
    >>> first = graph(rows.head(1))
    >>> grown = graph(rows, placed=positions_of(first))
    >>> a, b = positions_of(first)["a"], positions_of(first)["b"]
    >>> c, d = positions_of(grown)["a"], positions_of(grown)["b"]
    >>> (round(a[0] - b[0], 1), round(a[1] - b[1], 1)) == (round(c[0] - d[0], 1), round(c[1] - d[1], 1))
    True
    """
    rows = list(edges.select("source", "target", "weight", "row").iter_rows())
    strength: dict[str, float] = {}
    behind: dict[str, list[int]] = {}
    for source, target, weight, row in rows:
        for node in (source, target):
            strength[node] = strength.get(node, 0) + weight
            behind.setdefault(node, []).append(row)
    written = {node: (names or {}).get(node, node) for node in strength}
    if placed and not set(placed).isdisjoint(strength):
        known = {node: at for node, at in placed.items() if node in strength}
        positions, size = _moved_apart(_layout(edges, known), written, fixed=set(known))
    else:
        positions, size = _moved_apart(_layout(edges), written)

    def mark(node: str) -> Mark:
        said = ((say("edges", language), f"{len(behind[node]):,}"), (say("strength", language), f"{strength[node]:,g}"))
        return Mark(tuple(behind[node]), written[node], said)

    links = [
        Link(positions[source], positions[target], weight, Mark((row,), f"{written[source]} \u2013 {written[target]}"))
        for source, target, weight, row in rows
    ]
    circles = [
        Circle(at, written[node], strength[node], (communities or {}).get(node, 0), mark(node), node)
        for node, at in positions.items()
    ]
    return Graph(circles, links, size)


def positions_of(picture: Graph) -> dict[str, Position]:
    """Return where the nodes of a graph are, by their ids, in pixels from the lower left corner."""
    return {circle.id: circle.at for circle in picture.circles}


def _layout(edges: pl.DataFrame, known: Mapping[str, Position] | None = None) -> dict[str, Position]:
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
    k = 2.2 / max(len(graph), 1) ** 0.5
    if not known:
        placed = networkx.spring_layout(graph, weight="weight", seed=1, iterations=200, k=k)
        return {name: (float(x), float(y)) for name, (x, y) in placed.items()}
    # New nodes begin beside those that they are linked with, on a turning circle, and move; the others stay.
    start = dict(known)
    new = [name for name in names if name not in known]
    for turn, name in enumerate(new):
        near = [
            at for a, b, _ in rows.iter_rows() for at in [start.get(b if a == name else a)] if name in (a, b) and at
        ]
        x, y = near[0] if near else (_AREA[0] / 2, _AREA[1] / 2)
        angle = 2.399963 * turn  # the golden angle, so that no two begin at one place
        start[name] = (x + 90 * float(np.cos(angle)), y + 90 * float(np.sin(angle)))
    unit = _AREA[0] / 2
    scaled = {name: (x / unit, y / unit) for name, (x, y) in start.items()}
    if new:
        placed = networkx.spring_layout(
            graph, weight="weight", seed=1, iterations=60, k=k, pos=scaled, fixed=sorted(known), scale=None
        )
        scaled |= {name: (float(placed[name][0]), float(placed[name][1])) for name in new}
    return {name: known.get(name, (scaled[name][0] * unit, scaled[name][1] * unit)) for name in names}


def _moved_apart(
    positions: dict[str, Position], names: dict[str, str], fixed: set[str] | None = None
) -> tuple[dict[str, Position], tuple[int, int]]:
    """Return positions in pixels at which no circle and no name covers another, and the size of the picture.

    With nodes that are fixed, positions are in pixels already, and only the others move.
    """
    actors = list(positions)
    at = np.array([positions[actor] for actor in actors])
    moves = np.array([[0.0 if fixed and actor in fixed else 1.0] for actor in actors])
    if not fixed:
        low, span = at.min(axis=0), np.ptp(at, axis=0)
        at = (at - low) / np.where(span > 0, span, 1) * _AREA
    # Half of the box that a node takes. Its name is above the circle, so the middle of the box is higher.
    above = _RADIUS + Graph.NAME_ABOVE / 2 + 2
    half_box = np.array(
        [(max(_RADIUS, min(text_width(names[actor]), _LONGEST_NAME) / 2) + 4, above) for actor in actors]
    )
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
        at += 0.5 * moves * np.where(axis, direction * overlap / 2, 0.0).sum(axis=1)
    at -= (at - half_box).min(axis=0)
    width, height = (int(value) for value in np.ceil((at + half_box).max(axis=0)))
    rounded = ((round(float(x), 1), round(float(y), 1)) for x, y in at)
    return dict(zip(actors, rounded, strict=True)), (width, height)
