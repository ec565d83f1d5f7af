"""What each document is made of: headline, boilerplate, paragraphs, sentences, words."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit._base.records import as_frame, attach
from corpus_kit.analysis.corpus_forms import forms_of
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.running_text import covered_by, documents_of, selected_tokens
from corpus_kit.text.normalization import resolve_profile
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["headlines", "structure"]


def structure(corpus: CorpusView, *, boilerplate: pl.DataFrame | None = None) -> pl.DataFrame:
    """Describe what each document is made of: headline, boilerplate, and the body that is left.

    Args:
        corpus: A Corpus or a subcorpus.
        boilerplate: A table of `ck.news.boilerplate`; its spans are not part of the body.

    Returns:
        A DataFrame, one row a document, with the columns

        - document (UInt32): row number of the document
        - id (String): id of the document
        - headline_words (Int64): words of the headline
        - boilerplate (Int64): spans of boilerplate
        - paragraphs (Int64): paragraphs of the body
        - begin_with_waw (Int64): paragraphs of the body whose first word begins with و
        - sentences, words (Int64): sentences and words of the body
        - types (Int64): distinct folded forms in the body

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.news.structure(ck.sample_corpus()).row(0)[2:]
        (9, 0, 4, 3, 5, 120, 107)
    """
    expect_corpus(corpus)
    heads = headlines(corpus)
    boilerplate = as_frame(boilerplate, "boilerplate")
    spans = heads.clear() if boilerplate is None else merged_spans(boilerplate, corpus.total_documents, "boilerplate")
    body = corpus.exclude(heads) if boilerplate is None else corpus.exclude(spans).exclude(heads)
    documents = corpus.selected_documents()
    table = pl.DataFrame({"document": documents}).with_columns(id=corpus.ids(documents))
    with reading(corpus.path):
        counts = (_headline_words(corpus, heads), spans.group_by("document").len("boilerplate"), _body_counts(body))
    for counted in counts:
        table = table.join(counted, on="document", how="left", maintain_order="left")
    table = table.with_columns(pl.col(pl.UInt32, pl.Int64).exclude("document").fill_null(0).cast(pl.Int64))
    options = {"boilerplate": None if boilerplate is None else boilerplate.height, "subcorpus": corpus.selection}
    return attach(table, "ck.news.structure", options, corpus=corpus)


def headlines(corpus: CorpusView) -> pl.DataFrame:
    """Return the spans of the headlines: document, start, end."""
    return (
        corpus.documents.select("document", pl.col("headline").struct.unnest()).filter(pl.col("start").is_not_null())
    ).collect()


def _headline_words(corpus: CorpusView, heads: pl.DataFrame) -> pl.DataFrame:
    """Count the words of each headline."""
    tokens = selected_tokens(corpus)
    tokens = tokens[corpus.counted_types[corpus.token_types[tokens]]]
    document = documents_of(corpus, tokens)
    inside = covered_by(merged_spans(heads, corpus.total_documents), document, corpus.token_starts[tokens])
    return pl.DataFrame({"document": document[inside]}).group_by("document").len("headline_words")


def _body_counts(body: CorpusView) -> pl.DataFrame:
    """Count paragraphs and sentences that have a word, words and types of each document."""
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
