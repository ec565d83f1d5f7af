"""graph and write_graphml: a network of actors for networkx and for drawing; its centralities and communities."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from os import PathLike
from typing import Any
from xml.etree import ElementTree

import polars as pl

from corpus_kit._arguments import path_argument
from corpus_kit._statistics import chosen_measures
from corpus_kit.errors import InputError
from corpus_kit.provenance import frame_of, provenance_of

__all__ = ["CENTRALITIES", "centralities", "chosen_centralities", "communities", "graph", "write_graphml"]

CENTRALITIES = ("betweenness", "closeness", "pagerank")

# Two nodes by number, from 0, and the weight of the edge between them.
Edges = Sequence[tuple[int, int, int]]


# ------------------------------------------------------------------------------------- export


def graph(edges: pl.DataFrame, nodes: pl.DataFrame | None = None) -> Any:
    """Make a graph of networkx from a table of edges, with all columns as attributes.

    Args:
        edges: a table of `ck.news.network`, or some of its rows; of one group, if it was made with by=.
        nodes: a table of `ck.news.nodes`; without it the nodes are those that have an edge.

    Returns:
        A networkx.Graph. Nodes are ids of actors, in the order of the table (without one in order of code points),
        with the attribute label (the name of the actor, or its id) and the columns of `nodes`. Edges are in the
        order of the table, with weight and the other columns. What is missing is no attribute.

    Raises:
        InputError: a table without the columns, a pair or an actor that stands twice, an edge to an actor that is
            not in `nodes`.

    >>> import polars as pl
    >>> made = graph(pl.DataFrame({"source": ["EG"], "target": ["JO"], "weight": [3]}))
    >>> made["EG"]["JO"]["weight"], made.nodes["EG"]
    (3, {'label': 'EG'})
    """
    import networkx

    edges = _table(edges, "edges", ("source", "target", "weight"))
    _no_repeats(edges, ("source", "target"), "pair of actors")
    ends = pl.concat([edges["source"], edges["target"]]).cast(pl.String).unique().sort()
    made = networkx.Graph()
    noted = provenance_of(edges)
    if noted is not None and noted["corpus_id"]:
        made.graph["corpus_id"] = noted["corpus_id"]
    if nodes is None:
        made.add_nodes_from((actor, {"label": actor}) for actor in ends)
    else:
        nodes = _table(nodes, "nodes", ("actor",))
        _no_repeats(nodes, ("actor",), "actor")
        absent = ends.filter(~ends.is_in(nodes["actor"].cast(pl.String).implode()))
        if len(absent):
            raise InputError(
                f"edges lead to {len(absent):,} actors that are not among the nodes, such as {absent[0]!r}"
            )
        for row in nodes.iter_rows(named=True):
            actor = row.pop("actor")
            made.add_node(actor, label=row.get("name") or actor, **_present(row))
    for row in edges.iter_rows(named=True):
        made.add_edge(row.pop("source"), row.pop("target"), **_present(row))
    return made


def write_graphml(graph_or_edges: Any, path: str | PathLike[str], *, nodes: pl.DataFrame | None = None) -> None:
    """Write a network as GraphML (UTF-8), which Gephi, Cytoscape, yEd, igraph and networkx read.

    The file is written aside and renamed, so that it is there whole or not at all. The same network gives the
    same bytes. A file of this name is overwritten.

    Args:
        graph_or_edges: a networkx.Graph, or a table of edges as `graph` takes.
        path: of the file to write; it ends in .graphml.
        nodes: with a table of edges, that of `ck.news.nodes`.

    Raises:
        InputError: what is no network, another ending, a folder that is not there, a label with characters that
            XML cannot hold.

    References: Brandes, U., Eiglsperger, M., Lerner, J. & Pich, C. (2013). Graph markup language (GraphML).

    >>> import polars as pl, tempfile
    >>> edges = pl.DataFrame({"source": ["EG"], "target": ["JO"], "weight": [3]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_graphml(edges, f"{folder}/states.graphml")
    """
    import networkx

    from corpus_kit.export import write_whole

    target = path_argument(path, "path")
    if target.suffix.lower() != ".graphml":
        raise InputError(f"write_graphml writes GraphML: the name ends in .graphml, not in {target.suffix!r}")
    if not isinstance(graph_or_edges, networkx.Graph):
        graph_or_edges = graph(graph_or_edges, nodes)
    elif nodes is not None:
        raise InputError("nodes= goes with a table of edges; a graph has its nodes already")
    file = io.BytesIO()
    try:
        # not write_graphml, which gives other bytes where lxml is installed
        networkx.write_graphml_xml(graph_or_edges, file)
        ElementTree.fromstring(file.getvalue())
    except (networkx.NetworkXError, TypeError, UnicodeEncodeError, ElementTree.ParseError) as error:
        raise InputError(f"this network cannot be written as GraphML: {error}") from None
    write_whole(target, file.getvalue())


def _table(table: object, argument: str, columns: Sequence[str]) -> pl.DataFrame:
    frame = frame_of(table, "news.graph")
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise InputError(
            f"{argument} need the columns {', '.join(columns)}; there is no {', '.join(absent)} among "
            f"{', '.join(frame.columns) or 'none'}"
        )
    empty = [name for name in columns if frame[name].null_count()]
    if empty:
        raise InputError(f"{empty[0]} of {argument} is missing in {frame[empty[0]].null_count():,} rows")
    return frame


def _no_repeats(frame: pl.DataFrame, key: Sequence[str], what: str) -> None:
    repeated = frame.filter(frame.select(key).is_duplicated())
    if repeated.height:
        raise InputError(
            f"a {what} stands twice: {' and '.join(map(str, repeated.select(key).row(0)))}. A graph is of one group: "
            "filter a table that was made with by="
        )


def _present(row: dict[str, Any]) -> dict[str, Any]:
    """Attributes that are not missing, as types that GraphML has."""
    return {
        name: value if isinstance(value, bool | int | float | str) else str(value)
        for name, value in row.items()
        if value is not None
    }


# ------------------------------------------------------------------------------------ structure


def chosen_centralities(measure: str | Sequence[str]) -> tuple[str, ...]:
    """Check the names of centralities; one name is a list of one."""
    return chosen_measures(measure, CENTRALITIES)


def centralities(size: int, edges: Edges, names: Sequence[str]) -> dict[str, list[float]]:
    """Centralities of the nodes 0 to size - 1, as `ck.news.nodes` describes them."""
    if not size:
        return {name: [] for name in names}
    import networkx

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
    """A graph whose edges have a weight, a length of 1 / weight, and this length as a whole number of equal steps.

    Paths such as 1/6 + 1/3 and 1/2 then have as many steps, while as floats one may be shorter; the number of
    shortest paths depends on it.
    """
    import networkx

    whole = math.lcm(*{weight for _, _, weight in edges})  # of any size: steps are added and compared, not divided
    made = networkx.Graph()
    made.add_nodes_from(range(size))
    for one, other, weight in edges:
        made.add_edge(one, other, weight=weight, length=1 / weight, steps=whole // weight)
    return made


def communities(size: int, edges: Edges, resolution: float) -> list[int]:
    """The community of each of the nodes 0 to size - 1, from 1; by size, then by the first node."""
    if not size:
        return []
    import networkx

    made = _measured(size, edges)
    found = networkx.community.greedy_modularity_communities(made, weight="weight", resolution=resolution)
    ordered = sorted((sorted(each) for each in found), key=lambda each: (-len(each), each[0]))
    return [number for _, number in sorted((node, place) for place, each in enumerate(ordered, 1) for node in each)]
