"""The nodes of a co-occurrence network: how often each actor is mentioned, and its place in the network."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
import polars as pl

from corpus_kit._base.records import attach
from corpus_kit.analysis.groups import expect_few_groups
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.actor_lists import LIST_MIN
from corpus_kit.news.arguments import bounded_number
from corpus_kit.news.centralities import centralities, chosen_centralities, communities
from corpus_kit.news.cooccurrence_counts import NODE_COUNTS, count_cooccurrences
from corpus_kit.news.gazetteer import Gazetteer

__all__ = ["nodes"]


_COLUMNS = ("actor", "kind", "name", *NODE_COUNTS, "degree", "strength")


def nodes(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | pl.DataFrame | None = None,
    *,
    within: str = "sentence",
    by: str | None = None,
    kinds: str | Sequence[str] | None = None,
    metonyms: bool = False,
    anaphors: bool = True,
    boilerplate: pl.DataFrame | None = None,
    collapse_lists: bool | str = False,
    list_min: int = LIST_MIN,
    measure: str | Sequence[str] = ("betweenness", "closeness", "pagerank"),
    min_weight: int = 1,
    resolution: float = 1.0,
) -> pl.DataFrame:
    """Describe the actors of a co-occurrence network: how often they are mentioned, and their place in the network.

    The network is that of `ck.news.network` with the same options. An actor without an edge is a node too.

    Args:
        corpus: As in `ck.news.network`.
        actors: As in `ck.news.network`.
        within: As in `ck.news.network`.
        by: As in `ck.news.network`.
        kinds: As in `ck.news.network`.
        metonyms: As in `ck.news.network`.
        anaphors: As in `ck.news.network`.
        boilerplate: As in `ck.news.network`.
        collapse_lists: As in `ck.news.network`.
        list_min: As in `ck.news.network`.
        measure: Centralities, one or several: "betweenness", "closeness", "pagerank".
        min_weight: As in `ck.news.network`.
        resolution: Above 1 gives more and smaller communities, below 1 fewer and larger ones.

    Returns:
        A DataFrame with the columns [by, under its own name,] actor, kind, name (String; the first listed name, or, for
        a table of mentions, the most frequent listed name), units, documents, mentions (Int64: units and documents with
        the actor, and mentions), listed (Int64: mentions that collapse_lists left out, not counted in the others),
        degree (Int64: neighbours), strength (Int64: sum of the weights of the edges), the centralities (Float64),
        community (Int64, from 1). Order: groups by first occurrence; then units descending, mentions descending, actor.

        - betweenness: the share of the shortest paths between two other nodes that pass through the actor, over all
          pairs. The length of an edge is 1 / weight; equal lengths are compared exactly. 0 if there are no two other
          nodes.
        - closeness: (r / total length of the paths to the r reachable actors) * (r / all other actors), which keeps
          small components low. 0 without an edge.
        - pagerank: the share of visits of a random walk along edges in proportion to their weights, with damping 0.85.
          Sums to 1.
        - community: greedy modularity with weights, which is deterministic. Numbered by size, then by the first actor.
          An actor without an edge is a community of its own.

    Raises:
        InputError: If an argument is invalid, or a table holds no mentions of this corpus.

    References:
        Brandes, U. (2001). A faster algorithm for betweenness centrality. Journal of Mathematical Sociology 25,
        163-177. Newman, M. E. J. (2001). Scientific collaboration networks II. Physical Review E 64 (lengths 1 /
        weight). Wasserman, S. & Faust, K. (1994). Social Network Analysis, section 5.2 (closeness in components). Brin,
        S. & Page, L. (1998). The anatomy of a large-scale hypertextual web search engine. Clauset, A., Newman, M. E. J.
        & Moore, C. (2004). Finding community structure in very large networks. Physical Review E 70. Reichardt, J. &
        Bornholdt, S. (2006). Statistical mechanics of community detection. Physical Review E 74 (resolution).

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.nodes(ck.sample_corpus(), kinds="state", measure="pagerank")
        >>> table.select("actor", "name", "units", "degree", "community").row(0)
        ('JO', 'الأردن', 21, 9, 1)
    """
    expect_corpus(corpus)
    names = chosen_centralities(measure)
    scale = bounded_number(resolution, "resolution", above=0)
    options = {
        "within": within, "collapse_lists": collapse_lists, "list_min": list_min, "kinds": kinds, "metonyms": metonyms,
        "anaphors": anaphors, "boilerplate": boilerplate, "min_weight": min_weight, "by": by,
    }  # fmt: skip
    counted = count_cooccurrences(corpus, actors, options, taken=(*_COLUMNS, *names, "community"))
    table = counted.present
    expect_few_groups(by, table["group"].n_unique(), "placing the actors of a network")
    edges = counted.edges.partition_by("group", as_dict=True, maintain_order=True)
    groups = table.partition_by("group", as_dict=True, maintain_order=True)
    none = counted.edges.clear()
    parts = [_placed(present, edges.get(group, none), names, scale) for group, present in groups.items()]
    placed = pl.concat(parts) if parts else _placed(table, counted.edges, names, scale)
    ordered = placed.sort(
        ["group", "units", "mentions", "actor"], descending=[False, True, True, False], maintain_order=True
    )
    described = counted.actors[ordered["actor"].to_numpy()]
    frame = pl.DataFrame(
        [*counted.labels_of(ordered), *described.iter_columns(), *ordered.drop("group", "actor").iter_columns()]
    )
    record = counted.record | {"measure": list(names), "resolution": scale}
    return attach(frame, "ck.news.nodes", record, corpus=corpus)


def _placed(present: pl.DataFrame, edges: pl.DataFrame, names: tuple[str, ...], resolution: float) -> pl.DataFrame:
    """Add degree, strength, centralities and community to the actors of one group."""
    number_of = {actor: row for row, actor in enumerate(present["actor"])}
    source, target = ([number_of[actor] for actor in edges[end]] for end in ("source", "target"))
    weight = edges["weight"].to_list()
    size = present.height
    ends = np.array(source + target, np.int64)
    degree = np.bincount(ends, minlength=size)
    strength = np.zeros(size, np.int64)
    np.add.at(strength, ends, np.array(weight * 2, np.int64))
    triples = [*zip(source, target, weight, strict=True)]
    return present.with_columns(
        pl.Series("degree", degree, pl.Int64),
        pl.Series("strength", strength, pl.Int64),
        *(pl.Series(name, values, pl.Float64) for name, values in centralities(size, triples, names).items()),
        pl.Series("community", communities(size, triples, resolution), pl.Int64),
    )
