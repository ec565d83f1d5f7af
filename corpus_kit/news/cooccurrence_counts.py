"""Counts of actors and pairs of actors in units of text: the basis of `network` and `nodes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer, threshold
from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit._base.metadata import stored_names
from corpus_kit.analysis.groups import corpus_labels, groups_of
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose, invalid
from corpus_kit.news.actor_lists import mark_lists
from corpus_kit.news.located_mentions import locate_mentions
from corpus_kit.news.running_text import documents_of
from corpus_kit.text.token_flags import BARRIERS, UNITS

__all__ = ["EDGE_COUNTS", "NODE_COUNTS", "Cooccurrences", "count_cooccurrences"]


COLLAPSES = ("sentence", "members")
EDGE_COUNTS = ("weight", "documents", "source_units", "target_units", "units")
NODE_COUNTS = ("units", "documents", "mentions", "listed")


class Cooccurrences(NamedTuple):
    """Actors by number, in the order of their ids, and their counts in each group of documents.

    actors: actor, kind, name. edges: group, source, target and `EDGE_COUNTS`, in order. present: group, actor and
    `NODE_COUNTS`. totals: Units of each group. labels: Of the groups; None if there is one without a label. mentions:
    document, start, end, actor (its id), unit (a number), and out, whether a list leaves it out.
    """

    actors: pl.DataFrame
    edges: pl.DataFrame
    present: pl.DataFrame
    totals: Integers
    labels: pl.Series | None
    record: dict[str, Any]
    mentions: pl.DataFrame

    def labels_of(self, table: pl.DataFrame) -> list[pl.Series]:
        """Return the column of labels for a table with the column group."""
        return [] if self.labels is None else [self.labels.gather(table["group"])]


def count_cooccurrences(
    corpus: CorpusView, actors: object, options: dict[str, Any], taken: Sequence[str]
) -> Cooccurrences:
    """Check the options that `network` and `nodes` share, and count."""
    unit = choose(options["within"], UNITS, "within")
    collapse = _chosen_collapse(options["collapse_lists"])
    least = integer(options["list_min"], "list_min", least=2)
    lightest = threshold(options["min_weight"], "min_weight")
    labels = None if options["by"] is None else corpus_labels(corpus, options["by"], ())
    if labels is not None:  # `source` is what many corpora call the outlet
        labels = labels.alias(stored_names([labels.name], taken)[labels.name])
    read = locate_mentions(
        corpus, actors, options["kinds"],
        metonyms=options["metonyms"], anaphors=options["anaphors"], boilerplate=options["boilerplate"],
    )  # fmt: skip
    with reading(corpus.path):
        units = text_units(read.corpus, unit)
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
        "within": unit, "collapse_lists": collapse, "list_min": least, "min_weight": lightest, "by": options["by"],
        "collapsed": collapsed, "lighter": edges.height - heavy.height,
    }  # fmt: skip
    described = _described_actors(mentions, ids, read.first_names)
    located = numbered.select("document", "start", "end", mentions["actor"], "unit", "out")
    return Cooccurrences(described, heavy, present, totals, labels, record, located)


def _chosen_collapse(value: object) -> str | None:
    """Return what is left out with lists: None, "sentence" or "members"."""
    if isinstance(value, bool):
        return "sentence" if value else None
    if not isinstance(value, str) or value not in COLLAPSES:
        raise invalid("collapse_lists", f"True, False, {' or '.join(map(repr, COLLAPSES))}", value)
    return str(value)


class TextUnits(NamedTuple):
    """Units of the whole text: the first token of each, and the number of its words."""

    begins: Integers
    words: Integers

    def of(self, tokens: Array) -> Integers:
        """Return the unit of each of these tokens."""
        return np.searchsorted(self.begins, tokens, "right") - 1


def text_units(corpus: CorpusView, unit: str) -> TextUnits:
    if unit == "document":
        low, high = corpus.document_bounds(np.arange(corpus.total_documents))
        begins = low[low < high]
    else:
        begins = np.flatnonzero(corpus.token_flags & np.uint8(BARRIERS[unit]))
    words = corpus.counted_types[corpus.token_types]
    return TextUnits(begins, np.add.reduceat(words, begins, dtype=np.int64) if len(begins) else np.zeros(0, np.int64))


def _collapsed(
    corpus: CorpusView, mentions: pl.DataFrame, units: TextUnits, collapse: str | None, least: int
) -> tuple[pl.DataFrame, TextUnits, dict[str, int] | None]:
    """Mark mentions that are left out because of lists.

    Returns:
        The mentions with the column out, the units without the words of sentences left out, and how much was left out.
    """
    if collapse is None:
        return mentions.with_columns(out=pl.lit(value=False)), units, None
    found = mark_lists(corpus, mentions, least)
    left_out = found.filter("member")["sentence"].unique().sort()
    words = units.words.copy()
    if collapse == "sentence":
        sentences = text_units(corpus, "sentence")
        rows = left_out.to_numpy()
        np.subtract.at(words, units.of(sentences.begins[rows]), sentences.words[rows])
        found = found.with_columns(out=pl.col("sentence").is_in(left_out.implode()))
    else:
        found = found.with_columns(out=pl.col("member"))
    left = {
        "lists": found.filter("member")["run"].n_unique(), "sentences": len(left_out),
        "mentions": int(found["out"].sum()),
    }  # fmt: skip
    return found, TextUnits(units.begins, words), left


def _groups(corpus: CorpusView, labels: pl.Series | None) -> tuple[Integers, pl.Series | None]:
    """Return the group of every document, and the labels of groups with selected documents, by first occurrence."""
    numbers = np.zeros(corpus.total_documents, np.int64)
    if labels is None:
        return numbers, None
    documents = corpus.selected_documents()
    grouped = groups_of(labels.gather(documents), len(documents))
    numbers[documents] = grouped.of_document
    return numbers, grouped.labels


def _totals(
    corpus: CorpusView, units: TextUnits, mentions: pl.DataFrame, group_of_document: Integers, n_groups: int
) -> Integers:
    """Count the units of the selected documents that have a word, or a mention, in each group."""
    counts = units.words > 0
    counts[units.of(mentions.filter(~pl.col("out"))["first"].to_numpy())] = True
    document = documents_of(corpus, units.begins)
    chosen = corpus.document_mask()
    if chosen is not None:
        counts &= chosen[document].astype(bool)
    return np.bincount(group_of_document[document[counts]], minlength=n_groups)


def _present(mentions: pl.DataFrame) -> pl.DataFrame:
    """Count how often each actor occurs in each group."""
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
    """Count all pairs of actors of each unit."""
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
        .select(*key, *EDGE_COUNTS)
        .sort("group", "weight", "source", "target", descending=[False, True, False, False])
    )


def _described_actors(mentions: pl.DataFrame, ids: pl.Series, first_names: dict[str, str]) -> pl.DataFrame:
    """Return actor, kind and name of each actor."""
    kinds = mentions.group_by("actor").agg(pl.col("kind").first())
    commonest = (
        mentions.group_by("actor", "name", maintain_order=True)
        .len()
        .sort("len", descending=True, maintain_order=True)
        .group_by("actor", maintain_order=True)
        .agg(pl.col("name").drop_nulls().first())
    )
    described = ids.to_frame().join(kinds, on="actor", how="left", maintain_order="left")
    described = described.join(commonest, on="actor", how="left", maintain_order="left")
    if not first_names:
        return described
    listed = pl.DataFrame({"actor": [*first_names], "first": [*first_names.values()]})
    described = described.join(listed, on="actor", how="left", maintain_order="left")
    return described.select("actor", "kind", pl.coalesce("first", "name").alias("name"))
