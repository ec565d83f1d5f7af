"""Networks as GraphML files."""

from __future__ import annotations

import io
from os import PathLike
from typing import Any
from xml.etree import ElementTree

import polars as pl

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.files import write_whole
from corpus_kit.errors import InputError, invalid
from corpus_kit.news.graph import graph

__all__ = ["write_graphml"]


def write_graphml(graph_or_edges: Any, path: str | PathLike[str], *, nodes: pl.DataFrame | None = None) -> None:
    """Write a network as GraphML (UTF-8), which Gephi, Cytoscape, yEd, igraph and networkx read.

    The file is written atomically; an existing file is replaced. The same network gives the same bytes.

    Args:
        graph_or_edges: A networkx.Graph, or a table of edges as for `ck.news.graph`.
        path: The file to write; its name ends in .graphml.
        nodes: With a table of edges, that of `ck.news.nodes`.

    Raises:
        InputError: If an argument is invalid, the folder does not exist, or a label has characters that XML cannot
            contain.

    References:
        Brandes, U., Eiglsperger, M., Lerner, J. & Pich, C. (2013). Graph markup language (GraphML). In Handbook of
        Graph Drawing and Visualization, 517-541.

    Examples:
        >>> import corpus_kit as ck, polars as pl, tempfile
        >>> edges = pl.DataFrame({"source": ["EG"], "target": ["JO"], "weight": [3]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ck.news.write_graphml(edges, f"{folder}/states.graphml")
    """
    import networkx  # slow to import

    target = path_argument(path, "path")
    if target.suffix.lower() != ".graphml":
        raise invalid("path", "a path that ends in .graphml", path)
    if not isinstance(graph_or_edges, networkx.Graph):
        if not isinstance(getattr(graph_or_edges, "frame", graph_or_edges), pl.DataFrame | pl.LazyFrame):
            raise invalid("graph_or_edges", "a networkx.Graph or a table of edges", graph_or_edges)
        graph_or_edges = graph(graph_or_edges, nodes)
    elif nodes is not None:
        raise invalid("nodes", "None with a graph, which has its nodes", nodes)
    file = io.BytesIO()
    try:
        # not write_graphml, whose bytes depend on whether lxml is installed
        networkx.write_graphml_xml(graph_or_edges, file)
        ElementTree.fromstring(file.getvalue())
    except (networkx.NetworkXError, TypeError, UnicodeEncodeError, ElementTree.ParseError) as error:
        raise InputError(f"The network cannot be written as GraphML: {error}") from None
    write_whole(target, file.getvalue())
