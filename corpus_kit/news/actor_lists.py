"""Lists of actors, such as the members of an organisation one after another.

Every pair of actors of a unit of text is an edge of `network`; a list of k actors thus makes k (k - 1) / 2 edges at
once.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.records import attach
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.news.located_mentions import locate_mentions
from corpus_kit.news.running_text import original_text
from corpus_kit.text import arabic
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["LIST_MIN", "actor_lists", "mark_lists"]


LIST_MIN = 4  # actors; news of fewer mostly say that they met or agreed, not that they are members
_QUOTATION_MARKS = "".join(sorted({*"".join(map("".join, arabic.QUOTATION_PAIRS)), arabic.TOGGLING_QUOTATION_MARK}))
_AND = "و"


def actor_lists(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | pl.DataFrame | None = None,
    *,
    kinds: str | Sequence[str] | None = None,
    metonyms: bool = False,
    anaphors: bool = True,
    boilerplate: pl.DataFrame | None = None,
    list_min: int = LIST_MIN,
) -> pl.DataFrame:
    """Find lists of actors, which collapse_lists of `ck.news.network` leaves out: read them before you do.

    A list is a run of mentions of actors of one kind within a sentence, with nothing but commas, و and quotation marks
    between them; if there is nothing at all between two of them, the second begins with the proclitic و.

    Args:
        corpus: As in `ck.news.network`.
        actors: As in `ck.news.network`.
        kinds: As in `ck.news.network`.
        metonyms: As in `ck.news.network`.
        anaphors: As in `ck.news.network`.
        boilerplate: As in `ck.news.network`.
        list_min: Different actors that make a list, at least 2.

    Returns:
        A DataFrame with the columns document (UInt32), id (String), start, end (UInt32: code points of the text, from
        the first member to the last), surface (String: the words of the list; white space is one space), kind (String),
        mentions, actors (Int64: members, and different ones), sentence_actors (Int64: different actors of the whole
        sentence, which make sentence_edges (Int64) pairs). Order: document, start.

    Raises:
        InputError: If an argument is invalid, or a table holds no mentions of this corpus.

    Examples:
        >>> import corpus_kit as ck
        >>> lists = ck.news.actor_lists(ck.sample_corpus(), kinds="state")
        >>> lists.select("surface", "actors", "sentence_edges").row(0)
        ('السعودية وقطر والبحرين والعراق', 4, 6)
    """
    expect_corpus(corpus)
    least = integer(list_min, "list_min", least=2)
    read = locate_mentions(corpus, actors, kinds, metonyms=metonyms, anaphors=anaphors, boilerplate=boilerplate)
    with reading(read.corpus.path):
        found = mark_lists(read.corpus, read.mentions, least)
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
    return attach(frame, "ck.news.actor_lists", read.record | {"list_min": least}, corpus=corpus)


def mark_lists(corpus: CorpusView, mentions: pl.DataFrame, least: int) -> pl.DataFrame:
    """Add to mentions the numbers of their sentence and run, and member: whether the run is a list."""
    first, stop = mentions["first"].to_numpy(), mentions["stop"].to_numpy()
    begins = np.flatnonzero(corpus.token_flags & np.uint8(BARRIERS["sentence"]))
    sentence = np.searchsorted(begins, first, "right") - 1
    joining, marks = _joining_tokens(corpus)
    gap = first[1:] - stop[:-1]
    joined = _within(joining, stop[:-1], first[1:])
    quoted = _within(marks, stop[:-1], first[1:])
    conjoined = (joined > 0) | mentions["proclitic"].str.starts_with(_AND).to_numpy()[1:]
    kind = mentions["kind"].rle_id().to_numpy()
    linked = (
        (gap >= 0) & (joined + quoted == gap) & conjoined & (kind[1:] == kind[:-1]) & (sentence[1:] == sentence[:-1])
    )
    run = np.concatenate(([0], np.cumsum(~linked)))[: len(first)]
    return mentions.with_columns(
        sentence=pl.Series(sentence, dtype=pl.Int64), run=pl.Series(run, dtype=pl.Int64)
    ).with_columns(member=pl.col("actor").n_unique().over("run") >= least)


def _joining_tokens(corpus: CorpusView) -> tuple[Integers, Integers]:
    """Return the tokens that join members of a list, and the quotation marks, which may enclose a member."""
    surface = corpus.type_column("surface")
    joins = (corpus.type_column("word") == _AND) | ((surface.str.strip_chars("،,") == "") & (surface != ""))
    marks = (surface.str.strip_chars(_QUOTATION_MARKS) == "") & (surface != "")
    return tuple(np.flatnonzero(each.to_numpy()[corpus.token_types]) for each in (joins, marks))  # type: ignore[return-value]


def _within(places: Integers, low: Array, high: Array) -> Integers:
    """Count how many of ascending places are from low up to high."""
    return np.searchsorted(places, high) - np.searchsorted(places, low)
