"""Mentions of actors counted by label, group, period and document: the basis of `labels` and `label_log_odds`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.metadata import listed
from corpus_kit._base.records import as_frame, provenance_of
from corpus_kit.analysis.cells import document_dates
from corpus_kit.analysis.groups import corpus_groups
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, warn
from corpus_kit.news.actor_names import Actor, Key, keys_of
from corpus_kit.news.actors import MATCHES, count_undecided, mentions_of
from corpus_kit.news.arguments import different_names
from corpus_kit.news.gazetteer import gazetteer_of
from corpus_kit.news.running_text import PLACES
from corpus_kit.text.periods import EVERY, WEEK_STARTS, period_of

__all__ = [
    "Grouping",
    "LabelMentions",
    "count_by_document",
    "groups_by",
    "in_periods",
    "label_mentions",
    "one_group",
    "totals_of_cells",
    "with_group_names",
]


_NAMES = {"actor": pl.String, "name": pl.String, "label": pl.String}
_SUMS = ("count", "total", "quoted", "hidden")


class Grouping(NamedTuple):
    """The group of each document that is counted.

    documents: document, group (a number, from 0), and period if there are periods. names: The value of each group; None
    if there is one group only. undated: Documents left out for want of a date.
    """

    documents: pl.DataFrame
    names: pl.Series | None
    undated: int


def one_group(corpus: CorpusView) -> Grouping:
    """Return all documents in one group."""
    documents = pl.DataFrame({"document": corpus.selected_documents()})
    return Grouping(documents.with_columns(group=pl.lit(0, pl.UInt32)), None, 0)


def groups_by(corpus: CorpusView, by: object, taken: Sequence[str]) -> Grouping:
    """Return the groups of a metadata column, numbered by first occurrence in the corpus."""
    grouped = corpus_groups(corpus, by, (*taken, "period"))
    selected = corpus.selected_documents()
    documents = pl.DataFrame({"document": selected, "group": grouped.of_document[selected]})
    return Grouping(documents, grouped.labels, 0)


def in_periods(corpus: CorpusView, grouping: Grouping, every: str, week_start: str, date: str, what: str) -> Grouping:
    """Return the same groups divided into periods, without undated documents."""
    choose(every, EVERY, "every")
    choose(week_start, WEEK_STARTS, "week_start")
    dates = document_dates(corpus, date, what).gather(corpus.selected_documents())
    documents = grouping.documents.with_columns(period=period_of(dates, every, week_start))
    dated = documents.filter(pl.col("period").is_not_null())
    return Grouping(dated, grouping.names, documents.height - dated.height)


def with_group_names(table: pl.DataFrame, grouping: Grouping, columns: Sequence[str]) -> pl.DataFrame:
    """Return the columns of a result, with the values of the groups in place of their numbers."""
    head = ["period"] if "period" in table.columns else []
    result = table.select(*head, *columns)
    if grouping.names is None:
        return result
    return result.insert_column(0, grouping.names.gather(table["group"]))


class LabelMentions(NamedTuple):
    """The mentions that count, and the labels of the actors.

    mentions: document, start, end, actor, label, quoted, hidden (Boolean). listed: actor, label, actor_order,
    label_order. asked: The actors that the caller named. record: The options, for the record of a result.
    """

    mentions: pl.DataFrame
    listed: pl.DataFrame
    asked: list[str]
    record: dict[str, Any]


def label_mentions(
    corpus: CorpusView,
    actors: Any,
    actor: str | Sequence[str] | None,
    *,
    boilerplate: pl.DataFrame | None,
    place: str | Sequence[str],
    match: str | Sequence[str],
) -> LabelMentions:
    """Return the mentions that count, with their labels; the arguments are those of `ck.news.labels`."""
    places = different_names(place, "place", PLACES)
    matches = different_names(match, "match", MATCHES)
    actors, boilerplate = as_frame(actors, "actors"), as_frame(boilerplate, "boilerplate")
    if isinstance(actors, pl.DataFrame):
        mentions = mentions_of(corpus, actors, boilerplate=boilerplate)
        chosen = _chosen(actor, mentions["actor"].unique(maintain_order=True).to_list())
        names = _names_of_mentions(mentions.filter(pl.col("actor").is_in(chosen)), matches)
    else:
        actors = gazetteer_of(actors)
        chosen = _chosen(actor, [each.id for each in actors])
        names = _names_of_gazetteer([actors[id] for id in chosen], matches)
        kinds = {"metonyms": "metonym" in matches, "anaphors": "anaphor" in matches}
        mentions = mentions_of(corpus, actors, boilerplate=boilerplate, **kinds)
    counted = mentions.filter(pl.col("match").cast(pl.String).is_in(matches) & pl.col("place").is_in(places))
    spans = counted.select("document", "start", "end", "actor", "name", "quoted", "proclitic")
    found = spans.with_columns(hidden=pl.col("proclitic").str.len_bytes() > 0).join(
        names.select("actor", "name", "label"), on=["actor", "name"], how="inner", maintain_order="left"
    )
    listed = (
        names.select("actor", "label")
        .unique(maintain_order=True)
        .with_columns(actor_order=pl.col("actor").rle_id(), label_order=pl.int_range(pl.len(), dtype=pl.UInt32))
    )
    made_of = provenance_of(actors) if isinstance(actors, pl.DataFrame) else actors
    unknown = count_undecided(actors, mentions) if "form" in matches else 0
    record = {"actors": made_of, "actor": actor, "place": list(places), "match": list(matches), "undecided": unknown}
    return LabelMentions(found, listed, [] if actor is None else chosen, record)


def _chosen(actor: str | Sequence[str] | None, known: list[str]) -> list[str]:
    """Return the actors that count, in the order in which they are listed."""
    if actor is None:
        return known
    asked = different_names(actor, "actor", known)
    return [id for id in known if id in asked]


def _names_of_mentions(mentions: pl.DataFrame, matches: Sequence[str]) -> pl.DataFrame:
    """Return the names in a table of mentions, by actor, in order of first mention; each is its own label."""
    names = mentions.filter(pl.col("match").cast(pl.String).is_in(matches)).select("actor", "name")
    order = names["actor"].unique(maintain_order=True)
    rows = names.unique(maintain_order=True).with_columns(label=pl.col("name"))
    return rows.sort(pl.col("actor").cast(pl.Enum(order)), maintain_order=True)


def _names_of_gazetteer(actors: Sequence[Actor], matches: Sequence[str]) -> pl.DataFrame:
    """Return actor, name and label of each name of the actors; labels in their order."""
    lists = [actor.names_by_match() for actor in actors]
    names_of = [[name for match in matches for name in each[match]] for each in lists]
    given = (name for actor in actors for names in actor.labels.values() for name in names)
    every = list(dict.fromkeys(chain(*names_of, given)))
    keys = dict(zip(every, keys_of(every), strict=True))
    rows: list[tuple[str, str, str]] = []
    for actor, names in zip(actors, names_of, strict=True):
        label_of = _label_of_names(actor.id, actor.labels, names, keys)
        rows += [(actor.id, name, label) for name, label in label_of.items()]
    return pl.DataFrame(rows, schema=_NAMES, orient="row")


def _label_of_names(
    actor: str, table: Mapping[str, Sequence[str]], names: Sequence[str], keys: Mapping[str, Key]
) -> dict[str, str]:
    """Return the label of each of these names: that of the table, or the name itself; labels of the table come first.

    Spellings that match as one, by their keys, are one name.

    Raises:
        InputError: If a name has two labels.
    """
    if not table and len(names) == 1:
        return {names[0]: names[0]}
    label_of_key: dict[tuple[str, ...], str] = {}
    label_of: dict[str, str] = {}
    for label, given in table.items():
        for name in given:
            key = keys[name]
            if label_of_key.setdefault(key, label) != label:
                raise InputError(
                    f"Labels of actor {actor!r} overlap: {name!r} is a name of {label_of_key[key]!r} and of {label!r}. "
                    "A name can have one label only."
                )
            if name in names:
                label_of[name] = label
    for name in names:
        key = keys[name]
        if key not in label_of_key and name in table:
            raise InputError(
                f"Labels of actor {actor!r} overlap: {name!r} is a name in no label, hence a label of its own, and "
                f"also the key of a label. List the name there, or rename the label."
            )
        label_of.setdefault(name, label_of_key.setdefault(key, name))
    return label_of


def count_by_document(counted: LabelMentions, grouping: Grouping, what: str) -> pl.DataFrame:
    """Count how often each document that mentions an actor uses each label of the actor.

    Columns: group, [period,] actor, label, actor_order, label_order, document, count, quoted, hidden, total (under any
    label in the document), cell (the number of group, period, actor and label, from 0). Sorted by all of these.
    """
    mentions = counted.mentions.join(grouping.documents, on="document", how="inner")
    _warn_of_unmentioned(counted, mentions, grouping, what)
    keys = [name for name in grouping.documents.columns if name != "document"]
    found = mentions.group_by(*keys, "document", "actor", "label").agg(
        count=pl.len().cast(pl.Int64), quoted=pl.col("quoted").sum().cast(pl.Int64),
        hidden=pl.col("hidden").sum().cast(pl.Int64),
    )  # fmt: skip
    documents = found.group_by(*keys, "document", "actor").agg(total=pl.col("count").sum())
    ordered = [*keys, "actor_order", "label_order", "document"]
    return (
        documents.join(counted.listed, on="actor", how="inner")
        .join(found, on=[*keys, "document", "actor", "label"], how="left")
        .with_columns(pl.col("count", "quoted", "hidden").fill_null(0))
        .sort(ordered)
        .with_columns(cell=pl.struct(ordered[:-1]).rle_id())
    )


def _warn_of_unmentioned(counted: LabelMentions, mentions: pl.DataFrame, grouping: Grouping, what: str) -> None:
    """Warn of actors that the caller named and that have no mention that counts, and of groups without any of them."""
    mentioned = set(mentions["actor"].unique())
    absent = [actor for actor in counted.asked if actor not in mentioned]
    if absent:
        warn(f"{what}: no counted mention of actor {', '.join(absent)}", stacklevel=4)
    if counted.asked and mentions.height and grouping.names is not None:
        groups = grouping.documents["group"].unique().sort()
        without = groups.filter(~groups.is_in(mentions["group"].unique().implode()))
        if len(without):
            values = listed(map(str, grouping.names.gather(without[:3]))) + (", …" if len(without) > 3 else "")
            warn(
                f"{what}: {len(without):,} of {len(groups):,} groups of {grouping.names.name} have no mention of "
                f"{', '.join(counted.asked)}, and no row ({values})",
                stacklevel=4,
            )


def totals_of_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each cell: the sums over its documents, and how many of them have the label."""
    kept = [name for name in cells.columns if name not in (*_SUMS, "document", "cell")]
    return cells.group_by("cell", maintain_order=True).agg(
        pl.col(kept).first(), pl.col(_SUMS).sum(), documents=(pl.col("count") > 0).sum().cast(pl.Int64)
    )
