"""Centralities and communities of a weighted undirected network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corpus_kit.analysis.measure_choice import choose_measures

__all__ = ["CENTRALITIES", "centralities", "chosen_centralities", "communities"]


CENTRALITIES = ("betweenness", "closeness", "pagerank")
# Two nodes, numbered from 0, and the weight of the edge between them.
Edges = Sequence[tuple[int, int, int]]


def chosen_centralities(measure: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of centralities, checked; one name is a list of one."""
    return choose_measures(measure, CENTRALITIES)


def centralities(size: int, edges: Edges, names: Sequence[str]) -> dict[str, list[float]]:
    """Return centralities of the nodes 0 to size - 1, as `ck.news.nodes` describes them."""
    if not size:
        return {name: [] for name in names}
    import networkx  # slow to import

    made = _measured(size, edges)
    found: dict[str, list[float]] = {}
    for name in names:
        if name == "betweenness":
            values = networkx.betweenness_centrality(made, weight="steps")
        elif name == "closeness":
            values = networkx.closeness_centrality(made, distance="length")
        else:
            values = networkx.pagerank(made, weight="weight", alpha=0.85, tol=1e-10, max_iter=1000)
        found[name] = [float(values[node]) for node in range(size)]
    return found


def _measured(size: int, edges: Edges) -> Any:
    """Return a graph whose edges have weight, length (1 / weight), and steps, an integer proportional to length.

    Paths such as 1/6 + 1/3 and 1/2 then have the same number of steps, whereas as floats one may be shorter; the number
    of shortest paths depends on it.
    """
    import networkx  # slow to import

    whole = math.lcm(*{weight for _, _, weight in edges})  # may exceed 64 bits; steps are only added and compared
    made = networkx.Graph()
    made.add_nodes_from(range(size))
    for one, other, weight in edges:
        made.add_edge(one, other, weight=weight, length=1 / weight, steps=whole // weight)
    return made


def communities(size: int, edges: Edges, resolution: float) -> list[int]:
    """Return the community of each of the nodes 0 to size - 1, from 1; by size, then by the first node."""
    if not size:
        return []
    import networkx  # slow to import

    made = _measured(size, edges)
    found = networkx.community.greedy_modularity_communities(made, weight="weight", resolution=resolution)
    ordered = sorted((sorted(each) for each in found), key=lambda each: (-len(each), each[0]))
    return [number for _, number in sorted((node, place) for place, each in enumerate(ordered, 1) for node in each)]
