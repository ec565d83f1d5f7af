"""network, nodes and actor_lists: which actors stand together in sentences, paragraphs or documents.

Every pair of actors of a unit is an edge. A unit that lists k actors thus gives k (k - 1) / 2 edges at once,
which say little about any two of them; collapse_lists= leaves such sentences or lists out.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import arabic, measures
from corpus_kit._arguments import whole_number
from corpus_kit._statistics import chosen_measures, nan_as_null
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import ranges
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import BARRIERS, UNITS
from corpus_kit.grouping import corpus_labels, groups_of
from corpus_kit.news.actor_graph import centralities, chosen_centralities, communities, graph, write_graphml
from corpus_kit.news.actor_matching import mention_tokens, mentions_of
from corpus_kit.news.gazetteer import Gazetteer, gazetteer_of
from corpus_kit.news.running_text import documents_of, original_text, token_ends
from corpus_kit.provenance import attach
from corpus_kit.storage import Array, reading

__all__ = ["actor_lists", "graph", "network", "nodes", "write_graphml"]

Integers = npt.NDArray[np.int64]

LIST_MIN = 4  # actors; of fewer, news say that they met or agreed rather than that they are members
COLLAPSES = ("sentence", "members")

# The two ends of an edge are exchangeable, so that measures which tell the first from the second do not fit.
_DIRECTED = ("delta_p_1_given_2", "delta_p_2_given_1", "liddell", "log_ratio_collocation")
MEASURES = tuple(name for name in measures.FAMILIES["contingency"] if name not in _DIRECTED)

_QUOTATION_MARKS = "".join(sorted({*"".join(map("".join, arabic.QUOTATION_PAIRS)), arabic.TOGGLING_QUOTATION_MARK}))
_AND = "و"


def network(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | pl.DataFrame | None = None,
    *,
    unit: str = "sentence",
    collapse_lists: bool | str = False,
    list_min: int = LIST_MIN,
    kinds: str | Sequence[str] | None = None,
    metonyms: bool = False,
    anaphors: bool = True,
    furniture: pl.DataFrame | None = None,
    min_weight: int = 1,
    measure: str | Sequence[str] = ("dice", "npmi", "log_likelihood_ratio"),
    by: str | None = None,
) -> pl.DataFrame:
    """Count which actors stand together in a unit of text: the edges of an undirected network.

    A mention belongs to the unit in which its first word stands. However often an actor stands in a unit, it is
    one unit.

    Args:
        corpus: a Corpus, a subcorpus, or what `Corpus.without` left.
        actors: whom to look for: a Gazetteer, the path of a TOML file, or None for the states that the library
            knows; or a table of `ck.news.actors`, whose rows are taken as they are.
        unit: "sentence", "paragraph" or "document".
        collapse_lists: what to do with lists of actors (see `actor_lists`). False: they count like other text.
            True or "sentence": sentences that hold a list are left out, whatever the unit is. "members": only
            the members of lists are left out; the other actors of the sentence stay.
        list_min: how many different actors make a list, at least 2.
        kinds: the kinds of actors that are nodes, one or several; None takes all. Others are not looked at.
        metonyms, anaphors: also count capitals and the like that stand for an actor, and titles and short forms
            that refer to one (as `ck.news.actors` does). A table of mentions has them or not.
        furniture: a table of `ck.news.furniture`, or other spans that are left out as by `Corpus.without`.
        min_weight: the lowest weight of an edge that is kept.
        measure: names of `ck.measures` of the family contingency, of those that treat both actors alike.
        by: a metadata column: a network of the documents of each of its values.

    Returns:
        A DataFrame with the columns [the labels, named as their column,] source, target (String: ids of actors;
        source comes before target in order of code points), weight (Int64: units in which both stand), documents
        (Int64: documents with such a unit), source_units, target_units (Int64: units in which each stands),
        units (Int64: all units with a word), and the measures (Float64; null where not defined) of the table
        of units o11 = weight, r1 = source_units, c1 = target_units, n = units. Order: groups by first
        occurrence; then weight descending, then source and target.

        The record that `ck.save` writes also holds how many lists, sentences and mentions were left out
        (collapsed), how many mentions of a table are not in this part of the corpus (outside), and how many
        edges were below min_weight (lighter).

    Raises:
        InputError: an unknown unit, kind, measure or metadata column, a table that holds no mentions of this corpus.

    References: Evert, S. (2008). Corpora and collocations (textual co-occurrence: tables of units).
    Wasserman, S. & Faust, K. (1994). Social Network Analysis. Cambridge University Press.

    >>> import corpus_kit as ck
    >>> edges = ck.news.network(ck.sample_corpus(), kinds="state", measure="dice")
    >>> edges.select("source", "target", "weight", "source_units", "target_units").row(0)
    ('FR', 'GB', 8, 12, 11)
    """
    expect_corpus(corpus, "news.network")
    names = chosen_measures(measure, MEASURES)
    options = {
        "unit": unit, "collapse_lists": collapse_lists, "list_min": list_min, "kinds": kinds, "metonyms": metonyms,
        "anaphors": anaphors, "furniture": furniture, "min_weight": min_weight, "by": by,
    }  # fmt: skip
    counted = _count(corpus, actors, options, taken=("source", "target", *_EDGE_COUNTS, *names))
    table = counted.edges
    o11, r1, c1, n = (table[name].to_numpy() for name in ("weight", "source_units", "target_units", "units"))
    values = [nan_as_null(getattr(measures, name)(o11, r1, c1, n)).alias(name) for name in names]
    ids = [counted.actors["actor"].gather(table[name]).alias(name) for name in ("source", "target")]
    frame = pl.DataFrame([*counted.labels_of(table), *ids, *(table[name] for name in _EDGE_COUNTS), *values])
    return attach(frame, "ck.news.network", counted.record | {"measure": list(names)}, corpus_id=corpus.id)


def nodes(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | pl.DataFrame | None = None,
    *,
    unit: str = "sentence",
    collapse_lists: bool | str = False,
    list_min: int = LIST_MIN,
    kinds: str | Sequence[str] | None = None,
    metonyms: bool = False,
    anaphors: bool = True,
    furniture: pl.DataFrame | None = None,
    min_weight: int = 1,
    measure: str | Sequence[str] = ("betweenness", "closeness", "pagerank"),
    resolution: float = 1.0,
    by: str | None = None,
) -> pl.DataFrame:
    """Describe the actors of a network: how often they stand, and where they stand in it.

    The network is that of `network` with the same options. An actor without an edge is a node too.

    Args:
        corpus, actors, unit, collapse_lists, list_min, kinds, metonyms, anaphors, furniture, min_weight, by: as in
            `network`.
        measure: centralities: "betweenness", "closeness", "pagerank".
        resolution: above 1 gives more and smaller communities, below 1 fewer and larger ones.

    Returns:
        A DataFrame with the columns [the labels, named as their column,] actor, kind, name (String; the first listed
        name, or, of a table of mentions, the commonest listed name), units, documents, mentions (Int64: units and
        documents in which the actor stands, and how often), listed (Int64: mentions that collapse_lists left
        out; they are not among those before), degree (Int64: neighbours), strength (Int64: sum of the weights
        of the edges), the centralities (Float64), community (Int64, from 1).
        Order: groups by first occurrence; then units descending, mentions descending, actor.

        - betweenness: the share of the shortest paths between two others that lead through the actor, over all
          pairs. An edge is 1 / weight long; equal lengths are found exactly. 0 where there are no two others.
        - closeness: (r / total length of the paths to the r actors that can be reached) * (r / all others), which
          keeps small components low. 0 without an edge.
        - pagerank: the share of visits of a random walk along edges in proportion to their weights, with damping
          0.85. Sums to 1.
        - community: greedy modularity with weights. It has no random choices, so that it repeats. Numbered by size,
          then by the first actor. An actor without an edge is a community of its own.

    Raises:
        InputError: as `network`, and an unknown centrality or a resolution that is not above 0.

    References: Brandes, U. (2001). A faster algorithm for betweenness centrality. Newman, M. E. J. (2001).
    Scientific collaboration networks II, Physical Review E 64 (lengths 1 / weight). Wasserman & Faust (1994), 5.2
    (closeness in parts). Brin, S. & Page, L. (1998). Clauset, A., Newman, M. E. J. & Moore, C. (2004). Finding
    community structure in very large networks, Physical Review E 70. Reichardt, J. & Bornholdt, S. (2006) (resolution).

    >>> import corpus_kit as ck
    >>> table = ck.news.nodes(ck.sample_corpus(), kinds="state", measure="pagerank")
    >>> table.select("actor", "name", "units", "degree", "community").row(0)
    ('JO', 'الأردن', 21, 9, 1)
    """
    expect_corpus(corpus, "news.nodes")
    names = chosen_centralities(measure)
    if isinstance(resolution, bool) or not isinstance(resolution, int | float) or not 0 < resolution < float("inf"):
        raise InputError(f"resolution= takes a number above 0, not {resolution!r:.60}")
    options = {
        "unit": unit, "collapse_lists": collapse_lists, "list_min": list_min, "kinds": kinds, "metonyms": metonyms,
        "anaphors": anaphors, "furniture": furniture, "min_weight": min_weight, "by": by,
    }  # fmt: skip
    counted = _count(corpus, actors, options, taken=(*_NODE_COLUMNS, *names, "community"))
    table = counted.present
    parts = [
        _placed(table.filter(group=group), counted.edges.filter(group=group), names, float(resolution))
        for group in range(len(counted.totals))
    ]
    placed = pl.concat(parts) if parts else _placed(table, counted.edges, names, float(resolution))
    ordered = placed.sort(
        ["group", "units", "mentions", "actor"], descending=[False, True, True, False], maintain_order=True
    )
    told = counted.actors[ordered["actor"].to_numpy()]
    frame = pl.DataFrame(
        [*counted.labels_of(ordered), *told.iter_columns(), *ordered.drop("group", "actor").iter_columns()]
    )
    record = counted.record | {"measure": list(names), "resolution": float(resolution)}
    return attach(frame, "ck.news.nodes", record, corpus_id=corpus.id)


def actor_lists(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | pl.DataFrame | None = None,
    *,
    list_min: int = LIST_MIN,
    kinds: str | Sequence[str] | None = None,
    metonyms: bool = False,
    anaphors: bool = True,
    furniture: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find lists of actors, which collapse_lists= of `network` leaves out: read them before you do.

    A list is a run of mentions of actors of one kind within a sentence, between which nothing stands but commas,
    و and quotation marks; where nothing at all stands between two of them, the second begins with the proclitic و.

    Args:
        corpus, actors, list_min, kinds, metonyms, anaphors, furniture: as in `network`.

    Returns:
        A DataFrame with the columns document (UInt32), id (String), start, end (UInt32: code points of the text,
        from the first member to the last), surface (String: the words of the list; white space is one space), kind
        (String), mentions, actors (Int64: members, and different ones), sentence_actors (Int64: different actors
        of the whole sentence, which make sentence_edges (Int64) pairs). Order: document, start.

    Raises:
        InputError: as `network`.

    >>> import corpus_kit as ck
    >>> lists = actor_lists(ck.sample_corpus(), kinds="state")
    >>> lists.select("surface", "actors", "sentence_edges").row(0)
    ('السعودية وقطر والبحرين والعراق', 4, 6)
    """
    expect_corpus(corpus, "news.actor_lists")
    least = whole_number(list_min, "list_min", least=2, what="actors")
    read = _read(corpus, actors, kinds, metonyms=metonyms, anaphors=anaphors, furniture=furniture)
    with reading(read.corpus.path):
        found = _with_lists(read.corpus, read.mentions, least)
        in_sentence = found.group_by("sentence").agg(pl.col("actor").n_unique().cast(pl.Int64).alias("sentence_actors"))
        count = pl.col("sentence_actors")
        lists = (
            found.filter("member")
            .group_by("run", maintain_order=True)
            .agg(
                pl.col("document", "start", "first", "kind", "sentence").first(),
                pl.col("end", "stop").last(),
                mentions=pl.len().cast(pl.Int64),
                actors=pl.col("actor").n_unique().cast(pl.Int64),
            )
            .join(in_sentence, on="sentence", how="left", maintain_order="left")
            .with_columns(sentence_edges=count * (count - 1) // 2)
        )
        surface = original_text(read.corpus, lists["first"].to_numpy(), lists["stop"].to_numpy())
        documents = lists["document"].cast(pl.UInt32)
        frame = pl.DataFrame(
            [
                documents,
                corpus.ids(documents.to_numpy()),
                *(lists[name].cast(pl.UInt32) for name in ("start", "end")),
                surface.alias("surface"),
                *(lists[name] for name in ("kind", "mentions", "actors", "sentence_actors", "sentence_edges")),
            ]
        )
    return attach(frame, "ck.news.actor_lists", read.record | {"list_min": least}, corpus_id=corpus.id)


# ---------------------------------------------------------------------------------- mentions


class _Read(NamedTuple):
    """Mentions in the order of the text.

    corpus: without furniture. mentions: the columns of `ck.news.actors` and first, stop (Int64: the first token and
    the token after the last one). first_names: the first name that a gazetteer lists for each of its actors;
    empty where a table was given. record: options for the provenance.
    """

    corpus: CorpusView
    mentions: pl.DataFrame
    first_names: dict[str, str]
    record: dict[str, Any]


def _read(
    corpus: CorpusView,
    actors: Any,
    kinds: str | Sequence[str] | None,
    *,
    metonyms: bool,
    anaphors: bool,
    furniture: pl.DataFrame | None,
) -> _Read:
    """Find the mentions, or take those of a table, and look up their tokens."""
    part = corpus if furniture is None else corpus.without(furniture)
    first_names: dict[str, str] = {}
    if isinstance(actors, pl.DataFrame):
        if metonyms or not anaphors:
            raise InputError(
                "metonyms= and anaphors= say what to look for; a table of mentions is taken as it is (filter its match)"
            )
        given = mentions_of(part, actors)
        known = set(given["kind"]) if "kind" not in actors.columns else set(actors["kind"].drop_nulls())
        outside = actors.height - given.height
    else:
        actors = gazetteer_of(actors)
        given = mentions_of(part, actors, metonyms=metonyms, anaphors=anaphors)
        known = {actor.kind for actor in actors}
        first_names = {actor.id: actor.names[0] for actor in actors if actor.names}
        outside = 0
    wanted = _chosen_kinds(kinds, known)
    with reading(corpus.path):
        mentions = _located(part, given)
    record = {
        "actors": "a table of mentions" if isinstance(actors, pl.DataFrame) else actors,
        "kinds": wanted, "metonyms": metonyms, "anaphors": anaphors,
        "outside": outside + given.height - mentions.height,
        "furniture": None if furniture is None else furniture.height, "subcorpus": part.selection,
    }  # fmt: skip
    if wanted is not None:
        mentions = mentions.filter(pl.col("kind").is_in(wanted))
    return _Read(part, mentions, first_names, record)


def _chosen_kinds(kinds: str | Sequence[str] | None, known: set[str]) -> list[str] | None:
    if kinds is None:
        return None
    if not isinstance(kinds, str | Sequence):
        raise InputError(f"kinds= takes a kind of actors or a list of them, not {type(kinds).__name__}: {kinds!r:.60}")
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    if not names:
        raise InputError("kinds= is empty; it takes at least one kind, or None for all")
    return [choose(name, sorted(known), "kind of actors") for name in names] if known else names


def _located(corpus: CorpusView, mentions: pl.DataFrame) -> pl.DataFrame:
    """Mentions with their tokens, in the order of the text; without those of which a cleaned view leaves out a part."""
    first, stop = (each.astype(np.int64) for each in mention_tokens(corpus, mentions))
    start, end = (mentions[name].to_numpy() for name in ("start", "end"))
    whole = (corpus.token_starts[first] == start) & (token_ends(corpus, stop - 1) == end)
    if corpus.excluded_spans is None and not whole.all():
        row = mentions.row(int(np.argmin(whole)), named=True)
        raise InputError(
            f"these are mentions of another corpus: in document {row['document']} no words reach from {row['start']} "
            f"to {row['end']}"
        )
    placed = mentions.with_columns(first=pl.Series(first), stop=pl.Series(stop)).filter(pl.Series(whole))
    return placed.sort("first", "stop", "actor", maintain_order=True)


# ------------------------------------------------------------------------------------- units


class _Units(NamedTuple):
    """Units of the whole text: the first token of each, and how many words it has."""

    begins: Integers
    words: Integers

    def of(self, tokens: Array) -> Integers:
        """The unit of each of these tokens."""
        return np.searchsorted(self.begins, tokens, "right") - 1


def _units(corpus: CorpusView, unit: str) -> _Units:
    if unit == "document":
        low, high = corpus.document_bounds(np.arange(corpus.n_documents))
        begins = low[low < high]
    else:
        begins = np.flatnonzero(corpus.token_flags & np.uint8(BARRIERS[unit]))
    words = corpus.counted_types[corpus.token_types]
    return _Units(begins, np.add.reduceat(words, begins, dtype=np.int64) if len(begins) else np.zeros(0, np.int64))


def _with_lists(corpus: CorpusView, mentions: pl.DataFrame, least: int) -> pl.DataFrame:
    """Mentions with their sentence and run (numbers), and member: whether the run is a list."""
    first, stop = mentions["first"].to_numpy(), mentions["stop"].to_numpy()
    begins = np.flatnonzero(corpus.token_flags & np.uint8(BARRIERS["sentence"]))
    sentence = np.searchsorted(begins, first, "right") - 1
    joining, marks = _joining_tokens(corpus)
    gap = first[1:] - stop[:-1]
    joined = _within(joining, stop[:-1], first[1:])
    quoted = _within(marks, stop[:-1], first[1:])
    said = (joined > 0) | mentions["proclitic"].str.starts_with(_AND).to_numpy()[1:]
    kind = mentions["kind"].rle_id().to_numpy()
    linked = (gap >= 0) & (joined + quoted == gap) & said & (kind[1:] == kind[:-1]) & (sentence[1:] == sentence[:-1])
    run = np.concatenate(([0], np.cumsum(~linked)))[: len(first)]
    return mentions.with_columns(
        sentence=pl.Series(sentence, dtype=pl.Int64), run=pl.Series(run, dtype=pl.Int64)
    ).with_columns(member=pl.col("actor").n_unique().over("run") >= least)


def _joining_tokens(corpus: CorpusView) -> tuple[Integers, Integers]:
    """The tokens that join the members of a list, and the quotation marks, which may stand around a member."""
    surface = corpus.type_column("surface")
    joins = (corpus.type_column("word") == _AND) | ((surface.str.strip_chars("،,") == "") & (surface != ""))
    marks = (surface.str.strip_chars(_QUOTATION_MARKS) == "") & (surface != "")
    return tuple(np.flatnonzero(each.to_numpy()[corpus.token_types]) for each in (joins, marks))  # type: ignore[return-value]


def _within(places: Integers, low: Array, high: Array) -> Integers:
    """How many of ascending places lie from low up to high."""
    return np.searchsorted(places, high) - np.searchsorted(places, low)


# ------------------------------------------------------------------------------------- counts

_EDGE_COUNTS = ("weight", "documents", "source_units", "target_units", "units")
_NODE_COUNTS = ("units", "documents", "mentions", "listed")
_NODE_COLUMNS = ("actor", "kind", "name", *_NODE_COUNTS, "degree", "strength")


class _Counted(NamedTuple):
    """Actors by number, in order of their ids, and what was counted of them in each group of documents.

    actors: actor, kind, name. edges: group, source, target and `_EDGE_COUNTS`, in order. present: group, actor and
    `_NODE_COUNTS`. totals: units of each group. labels: of the groups; None where there is one without a label.
    """

    actors: pl.DataFrame
    edges: pl.DataFrame
    present: pl.DataFrame
    totals: Integers
    labels: pl.Series | None
    record: dict[str, Any]

    def labels_of(self, table: pl.DataFrame) -> list[pl.Series]:
        """The column of labels for a table with the column group."""
        return [] if self.labels is None else [self.labels.gather(table["group"])]


def _count(corpus: CorpusView, actors: object, options: dict[str, Any], taken: Sequence[str]) -> _Counted:
    """Check the options that network and nodes share, and count."""
    unit = choose(options["unit"], UNITS, "unit")
    collapse = _chosen_collapse(options["collapse_lists"])
    least = whole_number(options["list_min"], "list_min", least=2, what="actors")
    lightest = whole_number(options["min_weight"], "min_weight", least=1, what="units")
    labels = None if options["by"] is None else corpus_labels(corpus, options["by"], taken)
    read = _read(
        corpus, actors, options["kinds"],
        metonyms=options["metonyms"], anaphors=options["anaphors"], furniture=options["furniture"],
    )  # fmt: skip
    with reading(corpus.path):
        units = _units(read.corpus, unit)
        mentions, units, collapsed = _collapsed(read.corpus, read.mentions, units, collapse, least)
        group_of_document, labels = _groups(read.corpus, labels)
        totals = _totals(read.corpus, units, mentions, group_of_document, 1 if labels is None else len(labels))
    ids = mentions["actor"].unique().sort()
    numbered = mentions.with_columns(
        actor=pl.Series(ids.search_sorted(mentions["actor"]), dtype=pl.Int64),
        unit=pl.Series(units.of(mentions["first"].to_numpy()), dtype=pl.Int64),
        group=pl.Series(group_of_document[mentions["document"].to_numpy()], dtype=pl.Int64),
    )
    present = _present(numbered)
    edges = _edges(numbered.filter(~pl.col("out")), present, totals)
    heavy = edges.filter(pl.col("weight") >= lightest)
    record = read.record | {
        "unit": unit, "collapse_lists": collapse, "list_min": least, "min_weight": lightest, "by": options["by"],
        "collapsed": collapsed, "lighter": edges.height - heavy.height,
    }  # fmt: skip
    return _Counted(_told(mentions, ids, read.first_names), heavy, present, totals, labels, record)


def _chosen_collapse(value: object) -> str | None:
    """What is left out with lists: None, "sentence" or "members"."""
    if isinstance(value, bool):
        return "sentence" if value else None
    if value not in COLLAPSES:
        raise InputError(f"collapse_lists= takes True, False, {' or '.join(map(repr, COLLAPSES))}, not {value!r:.60}")
    return str(value)


def _collapsed(
    corpus: CorpusView, mentions: pl.DataFrame, units: _Units, collapse: str | None, least: int
) -> tuple[pl.DataFrame, _Units, dict[str, int] | None]:
    """Mentions with the column out; units without the words of sentences that are left out; how much that is."""
    if collapse is None:
        return mentions.with_columns(out=pl.lit(value=False)), units, None
    found = _with_lists(corpus, mentions, least)
    left_out = found.filter("member")["sentence"].unique().sort()
    words = units.words.copy()
    if collapse == "sentence":
        sentences = _units(corpus, "sentence")
        rows = left_out.to_numpy()
        np.subtract.at(words, units.of(sentences.begins[rows]), sentences.words[rows])
        found = found.with_columns(out=pl.col("sentence").is_in(left_out.implode()))
    else:
        found = found.with_columns(out=pl.col("member"))
    told = {
        "lists": found.filter("member")["run"].n_unique(), "sentences": len(left_out),
        "mentions": int(found["out"].sum()),
    }  # fmt: skip
    return found, _Units(units.begins, words), told


def _groups(corpus: CorpusView, labels: pl.Series | None) -> tuple[Integers, pl.Series | None]:
    """The group of every document, and the labels of the groups that selected documents have, by first occurrence."""
    numbers = np.zeros(corpus.n_documents, np.int64)
    if labels is None:
        return numbers, None
    documents = corpus.selected_documents()
    grouped = groups_of(labels.gather(documents), len(documents))
    numbers[documents] = grouped.of_document
    return numbers, grouped.labels


def _totals(
    corpus: CorpusView, units: _Units, mentions: pl.DataFrame, group_of_document: Integers, n_groups: int
) -> Integers:
    """How many units of the selected documents have a word, or a mention, in each group."""
    counts = units.words > 0
    counts[units.of(mentions.filter(~pl.col("out"))["first"].to_numpy())] = True
    document = documents_of(corpus, units.begins)
    chosen = corpus.chosen_documents()
    if chosen is not None:
        counts &= chosen[document].astype(bool)
    return np.bincount(group_of_document[document[counts]], minlength=n_groups)


def _present(mentions: pl.DataFrame) -> pl.DataFrame:
    """How often each actor stands in each group."""
    kept = ~pl.col("out")
    return (
        mentions.group_by("group", "actor")
        .agg(
            units=pl.col("unit").filter(kept).n_unique().cast(pl.Int64),
            documents=pl.col("document").filter(kept).n_unique().cast(pl.Int64),
            mentions=kept.sum().cast(pl.Int64),
            listed=pl.col("out").sum().cast(pl.Int64),
        )
        .sort("group", "actor")
    )


def _edges(mentions: pl.DataFrame, present: pl.DataFrame, totals: Integers) -> pl.DataFrame:
    """All pairs of actors of each unit, counted."""
    once = mentions.unique(["unit", "actor"]).sort("unit", "actor")
    unit, actor = once["unit"].to_numpy(), once["actor"].to_numpy()
    rows = np.arange(len(unit))
    unit_end = np.searchsorted(unit, unit, "right")
    source, target = np.repeat(rows, unit_end - rows - 1), ranges(rows + 1, unit_end)
    pairs = once[source].select("group", "document", source="actor").with_columns(target=pl.Series(actor[target]))
    key = ["group", "source", "target"]
    counted = (
        pairs.group_by(*key, "document")
        .agg(pl.len().cast(pl.Int64).alias("weight"))
        .group_by(key)
        .agg(pl.col("weight").sum(), documents=pl.len().cast(pl.Int64))
    )
    for end in ("source", "target"):
        frequency = present.select("group", pl.col("actor").alias(end), pl.col("units").alias(f"{end}_units"))
        counted = counted.join(frequency, on=["group", end], how="left")
    total = pl.Series("units", totals[counted["group"].to_numpy()], dtype=pl.Int64)
    return (
        counted.with_columns(total)
        .select(*key, *_EDGE_COUNTS)
        .sort("group", "weight", "source", "target", descending=[False, True, False, False])
    )


def _told(mentions: pl.DataFrame, ids: pl.Series, first_names: dict[str, str]) -> pl.DataFrame:
    """actor, kind and name of each actor."""
    kinds = mentions.group_by("actor").agg(pl.col("kind").first())
    commonest = (
        mentions.group_by("actor", "name", maintain_order=True)
        .len()
        .sort("len", descending=True, maintain_order=True)
        .group_by("actor", maintain_order=True)
        .agg(pl.col("name").drop_nulls().first())
    )
    told = ids.to_frame().join(kinds, on="actor", how="left", maintain_order="left")
    told = told.join(commonest, on="actor", how="left", maintain_order="left")
    if not first_names:
        return told
    listed = pl.DataFrame({"actor": [*first_names], "first": [*first_names.values()]})
    told = told.join(listed, on="actor", how="left", maintain_order="left")
    return told.select("actor", "kind", pl.coalesce("first", "name").alias("name"))


def _placed(present: pl.DataFrame, edges: pl.DataFrame, names: tuple[str, ...], resolution: float) -> pl.DataFrame:
    """The actors of one group with degree, strength, centralities and community."""
    number = {actor: place for place, actor in enumerate(present["actor"])}
    source, target = ([number[actor] for actor in edges[end]] for end in ("source", "target"))
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
