"""All analyses of this package over one corpus, as the tables of a report."""

from __future__ import annotations

import datetime
from os import PathLike
from typing import Any

import numpy as np
import polars as pl

from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import forms_of
from corpus_kit.counting import ngrams
from corpus_kit.news.actor_matching import actors as find_actors
from corpus_kit.news.cooccurrence import network
from corpus_kit.news.date_expressions import dates
from corpus_kit.news.dictionaries import FrameDictionary
from corpus_kit.news.framing import frames
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.news.naming import labels
from corpus_kit.news.page_furniture import furniture as find_furniture
from corpus_kit.news.quoted_speech import quotations
from corpus_kit.news.running_text import PLACE_DTYPE, PLACES, covered_by, documents_of, selected_tokens
from corpus_kit.normalization import resolve_profile
from corpus_kit.provenance import attach
from corpus_kit.spans import merged_spans
from corpus_kit.storage import reading
from corpus_kit.tokenization import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["report", "structure"]


def report(
    corpus: CorpusView,
    actors: Gazetteer | str | PathLike[str] | None = None,
    *,
    by: str | None = None,
    date: str | datetime.date | None = "date",
    metonyms: bool = False,
    anaphors: bool = True,
    collapse_lists: bool = False,
    dictionary: Any = None,
) -> dict[str, pl.DataFrame]:
    """Make the tables of a first report: furniture, who speaks, who is named how, when, with whom, in which frames.

    Furniture is found first. Quotations, dates, network, frames and n-grams are then those of the body: the
    texts without furniture and headlines. Actors and labels are those of the whole text, and say where they stand.

    Args:
        corpus: a Corpus or a subcorpus.
        actors: a Gazetteer or the path of a TOML file; None takes the built-in states.
        by: the metadata column that names the source of each document, for lines that repeat in one source.
        date: the metadata column of publication dates, or the date of all documents; None, or a corpus without
            a column "date", leaves relative dates open.
        metonyms: take a capital for its state where the gazetteer says so.
        anaphors: take expressions such as التنظيم for the actor that the text has named.
        collapse_lists: leave sentences that enumerate actors out of the network.
        dictionary: of frames, as `ck.news.frames` takes it; None takes the built-in ones of frames and of themes.

    Returns:
        A dict of DataFrames, in this order: structure, furniture, quotations, actors, labels, dates, network,
        frames, ngrams. Each is what the function of its name gives; `labels` has the column place
        before the others, and holds the actors for which more than one label is used.

    Raises:
        InputError: what the functions raise for these arguments.

    >>> import corpus_kit as ck
    >>> tables = ck.news.report(ck.sample_corpus(), by="outlet")
    >>> list(tables)
    ['structure', 'furniture', 'quotations', 'actors', 'labels', 'dates', 'network', 'frames', 'ngrams']
    """
    expect_corpus(corpus, "news.report")
    found = find_furniture(corpus, by=by)
    body = corpus.without(found).without(headlines(corpus))
    mentions = find_actors(corpus, actors, metonyms=metonyms, anaphors=anaphors, furniture=found)
    absent = date == "date" and date not in corpus.label_columns()
    return {
        "structure": structure(corpus, furniture=found),
        "furniture": found,
        "quotations": quotations(body, actors=mentions),
        "actors": mentions,
        "labels": _labels_by_place(corpus, actors, found),
        "dates": dates(body, date=None if absent else date),
        "network": network(body, mentions, collapse_lists=collapse_lists),
        "frames": _frames_and_themes(body, dictionary),
        "ngrams": ngrams(body, n=(1, 3)),
    }


def _frames_and_themes(body: CorpusView, dictionary: Any) -> pl.DataFrame:
    """The hits of a dictionary; of both built-in ones, in the order of the text, where none is given."""
    if dictionary is not None:
        return frames(body, dictionary)
    hits = pl.concat([frames(body, FrameDictionary.builtin(name)) for name in ("frames", "themes")])
    return hits.sort("document", "start", maintain_order=True)


def headlines(corpus: CorpusView) -> pl.DataFrame:
    """The spans of the headlines: document, start, end."""
    return (
        corpus.documents.select("document", pl.col("headline").struct.unnest()).filter(pl.col("start").is_not_null())
    ).collect()


def structure(corpus: CorpusView, *, furniture: pl.DataFrame | None = None) -> pl.DataFrame:
    """Say what each document is made of: headline, furniture, and the body that is left.

    Args:
        corpus: a Corpus or a subcorpus.
        furniture: spans that are no body, of `ck.news.furniture`.

    Returns:
        A DataFrame: document (UInt32), id (String), headline_words, furniture (spans), and of the body:
        paragraphs, begin_with_waw (paragraphs whose first word begins with و), sentences, words, types (distinct
        folded forms); all Int64.

    >>> import corpus_kit as ck
    >>> ck.news.structure(ck.sample_corpus()).row(0)[2:]
    (9, 0, 4, 3, 5, 120, 107)
    """
    expect_corpus(corpus, "news.structure")
    heads = headlines(corpus)
    body = corpus.without(heads) if furniture is None else corpus.without(furniture).without(heads)
    documents = corpus.selected_documents()
    frame = pl.DataFrame({"document": documents}).with_columns(id=corpus.ids(documents))
    spans = merged_spans(furniture, corpus.n_documents) if furniture is not None else heads.clear()
    with reading(corpus.path):
        in_head = _words_in(corpus, heads)
        counts = _body_counts(body)
    for counted in (in_head, spans.group_by("document").len("furniture"), counts):
        frame = frame.join(counted, on="document", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col(pl.UInt32, pl.Int64).exclude("document").fill_null(0).cast(pl.Int64))
    options = {"furniture": None if furniture is None else furniture.height, "subcorpus": corpus.selection}
    return attach(frame, "ck.news.structure", options, corpus_id=corpus.id)


def _words_in(corpus: CorpusView, heads: pl.DataFrame) -> pl.DataFrame:
    """The words of each headline."""
    tokens = selected_tokens(corpus)
    tokens = tokens[corpus.counted_types[corpus.token_types[tokens]]]
    document = documents_of(corpus, tokens)
    inside = covered_by(merged_spans(heads, corpus.n_documents), document, corpus.token_starts[tokens])
    return pl.DataFrame({"document": document[inside]}).group_by("document").len("headline_words")


def _body_counts(body: CorpusView) -> pl.DataFrame:
    """Paragraphs, sentences, words and types of each document; only what holds a word."""
    tokens = selected_tokens(body)
    types = body.token_types[tokens]
    words = (
        pl.DataFrame(
            {
                "document": documents_of(body, tokens),
                "paragraph": np.cumsum((body.token_flags[tokens] & BEGINS_PARAGRAPH) != 0),
                "sentence": np.cumsum((body.token_flags[tokens] & BEGINS_SENTENCE) != 0),
                "counted": body.counted_types[types],
                "form": forms_of(body, resolve_profile("search")).of_type[types],  # type: ignore[index]
                "waw": body.type_column("folded").str.starts_with("و").to_numpy()[types],
            }
        )
        .filter("counted")
        .with_columns(first=pl.col("paragraph").is_first_distinct())
    )
    return words.group_by("document").agg(
        pl.col("paragraph").n_unique().alias("paragraphs"),
        (pl.col("first") & pl.col("waw")).sum().alias("begin_with_waw"),
        pl.col("sentence").n_unique().alias("sentences"),
        pl.len().alias("words"),
        pl.col("form").n_unique().alias("types"),
    )


def _labels_by_place(
    corpus: CorpusView, actors: Gazetteer | str | PathLike[str] | None, found: pl.DataFrame
) -> pl.DataFrame:
    """The labels of the actors that have several, in the headlines, the bodies and the furniture."""
    parts = [
        labels(corpus, actors, furniture=found, place=place, match=("name", "anaphor")).with_columns(
            pl.lit(place, PLACE_DTYPE).alias("place")
        )
        for place in PLACES
    ]
    table = pl.concat(parts)
    used = table.filter(pl.col("count") > 0).select("actor", "label").unique()
    several = used.group_by("actor").len().filter(pl.col("len") > 1)["actor"]
    return table.filter(pl.col("actor").is_in(several.implode())).select("place", pl.exclude("place"))
