"""The co-occurrence network of actors: which of them are mentioned together in sentences, paragraphs or documents."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import polars as pl

from corpus_kit import measures
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.actor_lists import LIST_MIN
from corpus_kit.news.cooccurrence_counts import EDGE_COUNTS, count_cooccurrences
from corpus_kit.news.gazetteer import Gazetteer

__all__ = ["MEASURES", "network"]


# The ends of an edge are interchangeable, so measures that distinguish the first from the second do not apply.
_DIRECTED = ("delta_p_1_given_2", "delta_p_2_given_1", "liddell", "log_ratio_collocation")
MEASURES = tuple(name for name in measures.FAMILIES["association"] if name not in _DIRECTED)


def network(
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
    measure: str | Sequence[str] = ("dice", "npmi", "log_likelihood"),
    min_weight: int = 1,
) -> pl.DataFrame:
    """Count which actors are mentioned together in a unit of text: the edges of an undirected co-occurrence network.

    A mention belongs to the unit that holds its first word. Several mentions of an actor in a unit count once. Every
    pair of actors of a unit is an edge, so a unit that lists k actors gives k (k - 1) / 2 edges at once, which say
    little about any two of them: collapse_lists leaves such sentences or lists out.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        actors: A Gazetteer, the path of a TOML file, or None for the built-in states; or a table of `ck.news.actors`,
            whose rows are taken as they are, without forms of state that nothing decides (`undecided` in the record).
        within: The unit of text: "sentence", "paragraph" or "document".
        by: A metadata column; each of its values has a network of its own. If the table has a column of this name
            (source), that of the groups gets an underscore at its end (source_).
        kinds: The kinds of actors that are nodes, one or several; None takes all. Other actors are ignored.
        metonyms: Whether to count capitals and the like that stand for an actor, as `ck.news.actors` does. A table of
            mentions has them or not.
        anaphors: Whether to count titles and short forms that refer to an actor, likewise.
        boilerplate: A table of `ck.news.boilerplate`, or other spans to be left out as by `Corpus.exclude`.
        collapse_lists: What to do with lists of actors (see `ck.news.actor_lists`). False counts them like other text.
            True or "sentence" leaves out sentences that contain a list, whatever `within` is. "members" leaves out the
            members of lists only; the other actors of the sentence stay.
        list_min: Different actors that make a list, at least 2.
        measure: Names of association measures of `ck.measures`, of those that treat both actors alike.
        min_weight: The lowest weight of an edge.

    Returns:
        A DataFrame with the columns [by, under its own name,] source, target (String: ids of actors; source comes
        before target in the order of code points), weight (Int64: units with both), documents (Int64: documents with
        such a unit), source_units, target_units (Int64: units with each), units (Int64: all units with a word), and the
        measures (Float64; null if undefined) of the table o11 = weight, r1 = source_units, c1 = target_units, n =
        units. Order: groups by first occurrence; then weight descending, then source and target.

        The record that `ck.save` writes also holds the lists, sentences and mentions left out (collapsed), the mentions
        of a table that are not in this part of the corpus (outside), and the edges below min_weight (lighter).

    Raises:
        InputError: If an argument is invalid, or a table holds no mentions of this corpus.

    References:
        Evert, S. (2008). Corpora and collocations (textual co-occurrence: tables of units).
        Wasserman, S. & Faust, K. (1994). Social Network Analysis. Cambridge University Press.

    Examples:
        >>> import corpus_kit as ck
        >>> edges = ck.news.network(ck.sample_corpus(), kinds="state", measure="dice")
        >>> edges.select("source", "target", "weight", "source_units", "target_units").row(0)
        ('FR', 'GB', 8, 12, 11)
    """
    expect_corpus(corpus)
    names = choose_measures(measure, MEASURES)
    options = {
        "within": within, "collapse_lists": collapse_lists, "list_min": list_min, "kinds": kinds, "metonyms": metonyms,
        "anaphors": anaphors, "boilerplate": boilerplate, "min_weight": min_weight, "by": by,
    }  # fmt: skip
    counted = count_cooccurrences(corpus, actors, options, taken=("source", "target", *EDGE_COUNTS, *names))
    table = counted.edges
    o11, r1, c1, n = (table[name].to_numpy() for name in ("weight", "source_units", "target_units", "units"))
    values = [nan_as_null(measures.FAMILIES["association"][name](o11, r1, c1, n)).alias(name) for name in names]
    ids = [counted.actors["actor"].gather(table[name]).alias(name) for name in ("source", "target")]
    frame = pl.DataFrame([*counted.labels_of(table), *ids, *(table[name] for name in EDGE_COUNTS), *values])
    return attach(frame, "ck.news.network", counted.record | {"measure": list(names)}, corpus=corpus)
