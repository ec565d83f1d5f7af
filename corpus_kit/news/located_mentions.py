"""Mentions of actors with their tokens, found or taken from a table: the basis of networks and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, names
from corpus_kit._base.records import as_frame
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.news.actors import count_undecided, mention_tokens, mentions_of
from corpus_kit.news.gazetteer import gazetteer_of
from corpus_kit.news.running_text import token_ends

__all__ = ["LocatedMentions", "locate_mentions"]


class LocatedMentions(NamedTuple):
    """Mentions in the order of the text.

    corpus: Without boilerplate. mentions: The columns of `ck.news.actors` and first, stop (Int64: the first token and
    the token after the last). first_names: The first name that a gazetteer lists for each of its actors; empty for a
    table.
    record: The options, for the record of a result.
    """

    corpus: CorpusView
    mentions: pl.DataFrame
    first_names: dict[str, str]
    record: dict[str, Any]


def locate_mentions(
    corpus: CorpusView,
    actors: Any,
    kinds: str | Sequence[str] | None,
    *,
    metonyms: bool,
    anaphors: bool,
    boilerplate: pl.DataFrame | None,
) -> LocatedMentions:
    """Find mentions, or take those of a table, and look up their tokens."""
    part = corpus
    actors, boilerplate = as_frame(actors, "actors"), as_frame(boilerplate, "boilerplate")
    if boilerplate is not None:
        merged_spans(boilerplate, corpus.total_documents, "boilerplate")  # for a message with the argument's name
        part = corpus.exclude(boilerplate)
    wants_metonyms, wants_anaphors = boolean(metonyms, "metonyms"), boolean(anaphors, "anaphors")
    first_names: dict[str, str] = {}
    if isinstance(actors, pl.DataFrame):
        for name, value, default in (("metonyms", wants_metonyms, False), ("anaphors", wants_anaphors, True)):
            if value != default:
                raise invalid(name, "left out with a table of mentions", value, "Filter the column match of the table.")
        given = mentions_of(part, actors)
        known = set(given["kind"]) if "kind" not in actors.columns else set(actors["kind"].drop_nulls())
        unknown = count_undecided(actors, given)
        outside = actors.height - unknown - given.height
    else:
        actors = gazetteer_of(actors)
        given = mentions_of(part, actors, metonyms=wants_metonyms, anaphors=wants_anaphors)
        known = {actor.kind for actor in actors}
        first_names = {actor.id: actor.names[0] for actor in actors if actor.names}
        unknown, outside = count_undecided(actors, given), 0
    wanted = _chosen_kinds(kinds, known)
    with reading(corpus.path):
        mentions = _located(part, given)
    record = {
        "actors": "a table of mentions" if isinstance(actors, pl.DataFrame) else actors,
        "kinds": wanted, "metonyms": wants_metonyms, "anaphors": wants_anaphors,
        "undecided": unknown, "outside": outside + given.height - mentions.height,
        "boilerplate": None if boilerplate is None else boilerplate.height, "subcorpus": part.selection,
    }  # fmt: skip
    if wanted is not None:
        mentions = mentions.filter(pl.col("kind").is_in(wanted))
    return LocatedMentions(part, mentions, first_names, record)


def _chosen_kinds(kinds: str | Sequence[str] | None, known: set[str]) -> list[str] | None:
    """Return the kinds that the caller named; None means all."""
    if kinds is None:
        return None
    chosen = names(kinds, "kinds")
    if not chosen:
        raise invalid("kinds", "None or at least one kind of actors", kinds)
    return [choose(kind, sorted(known), "kinds") for kind in chosen] if known else chosen


def _located(corpus: CorpusView, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return mentions with their tokens, in the order of the text, without those that are partly excluded."""
    first, stop = (each.astype(np.int64) for each in mention_tokens(corpus, mentions))
    start, end = (mentions[name].to_numpy() for name in ("start", "end"))
    whole = (corpus.token_starts[first] == start) & (token_ends(corpus, stop - 1) == end)
    if corpus.excluded_spans is None and not whole.all():
        row = mentions.row(int(np.argmin(whole)), named=True)
        raise InputError(
            f"actors must be mentions in this corpus; document {row['document']} has no words from {row['start']} to "
            f"{row['end']}."
        )
    placed = mentions.with_columns(first=pl.Series(first), stop=pl.Series(stop)).filter(pl.Series(whole))
    return placed.sort("first", "stop", "actor", maintain_order=True)
