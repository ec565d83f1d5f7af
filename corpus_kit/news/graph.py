"""Co-occurrence networks as graphs of networkx."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from corpus_kit._base.records import provenance_of, table_of
from corpus_kit.errors import InputError

__all__ = ["graph"]


def graph(edges: pl.DataFrame, nodes: pl.DataFrame | None = None) -> Any:
    """Convert a table of edges to a graph of networkx, with all columns as attributes.

    Args:
        edges: A table of `ck.news.network`, or some of its rows; of one group, if it was made with `by`.
        nodes: A table of `ck.news.nodes`; without it the nodes are those that have an edge.

    Returns:
        A networkx.Graph. Nodes are ids of actors, in the order of the table (without one, in the order of code points),
        with the attribute label (the name of the actor, or its id) and the columns of `nodes`. Edges are in the order
        of the table, with weight and the other columns. Missing values are not set.

    Raises:
        InputError: If a table lacks a column, a pair or an actor is repeated, or an edge leads to an actor that is not
            in `nodes`.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> made = ck.news.graph(pl.DataFrame({"source": ["EG"], "target": ["JO"], "weight": [3]}))
        >>> made["EG"]["JO"]["weight"], made.nodes["EG"]
        (3, {'label': 'EG'})
    """
    import networkx  # slow to import

    edges = _table(edges, "edges", ("source", "target", "weight"))
    _no_repeats(edges, "edges", ("source", "target"))
    ends = pl.concat([edges["source"], edges["target"]]).cast(pl.String).unique().sort()
    made = networkx.Graph()
    noted = provenance_of(edges)
    if noted is not None and noted["corpus_id"]:
        made.graph["corpus_id"] = noted["corpus_id"]
    if nodes is None:
        made.add_nodes_from((actor, {"label": actor}) for actor in ends)
    else:
        nodes = _table(nodes, "nodes", ("actor",))
        if "label" in nodes.columns:
            raise InputError("nodes must be a table without a column label, which every node gets. Rename it.")
        _no_repeats(nodes, "nodes", ("actor",))
        absent = ends.filter(~ends.is_in(nodes["actor"].cast(pl.String).implode()))
        if len(absent):
            raise InputError(
                f"nodes must contain the actors of all edges; {len(absent):,} are missing, such as {absent[0]!r}."
            )
        for row in nodes.iter_rows(named=True):
            actor = row.pop("actor")
            made.add_nodes_from([(actor, {"label": row.get("name") or actor, **_present(row)})])
    # not add_edge, whose own arguments could not be names of columns
    for row in edges.iter_rows(named=True):
        made.add_edges_from([(row.pop("source"), row.pop("target"), _present(row))])
    return made


def _table(table: object, argument: str, columns: Sequence[str]) -> pl.DataFrame:
    """Return the DataFrame of a table that has these columns without nulls."""
    frame = table_of(table, argument)
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise InputError(
            f"{argument} must be a table with the columns {', '.join(columns)}, got one without {', '.join(absent)}."
        )
    empty = [name for name in columns if frame[name].null_count()]
    if empty:
        missing = frame[empty[0]].null_count()
        raise InputError(f"{argument} must be a table without nulls in {empty[0]}, got {missing:,} rows with null.")
    return frame


def _no_repeats(frame: pl.DataFrame, argument: str, key: Sequence[str]) -> None:
    """Raise an InputError if a pair or an actor is repeated."""
    repeated = frame.filter(frame.select(key).is_duplicated())
    if repeated.height:
        raise InputError(
            f"{argument} must be a table of one group, got {' and '.join(map(str, repeated.select(key).row(0)))} "
            "more than once. Filter a table that was made with by."
        )


def _present(row: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that are not missing, as types that GraphML has."""
    return {
        name: value if isinstance(value, bool | int | float | str) else str(value)
        for name, value in row.items()
        if value is not None
    }
