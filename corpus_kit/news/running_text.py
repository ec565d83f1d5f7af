"""What the analyses of news share: tokens and their places in the text.

*Tokens* are numbered from 0 through the whole corpus, or through what `Corpus.exclude` left of it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView

__all__ = [
    "PLACES",
    "PLACE_DTYPE",
    "covered_by",
    "documents_of",
    "original_text",
    "places_of",
    "selected_tokens",
    "span_columns",
    "token_ends",
]


PLACES = ("headline", "body", "boilerplate")
PLACE_DTYPE = pl.Enum(PLACES)


def selected_tokens(corpus: CorpusView) -> Integers:
    """Return the tokens of the selected documents, in ascending order."""
    return ranges(*corpus.document_bounds(corpus.selected_documents()))


def documents_of(corpus: CorpusView, tokens: Array) -> Array:
    """Return the document of each token (UInt32)."""
    return corpus.documents_of(tokens).astype(np.uint32)


def token_ends(corpus: CorpusView, tokens: Array) -> Integers:
    """Return the code point after each token in the text of its document."""
    lengths = corpus.derive(
        "surface lengths", lambda: corpus.type_column("surface").str.len_chars().to_numpy().astype(np.int64)
    )
    return corpus.token_starts[tokens].astype(np.int64) + lengths[corpus.token_types[tokens]]


def original_text(corpus: CorpusView, first: Array, end: Array) -> pl.Series:
    """Return the text of the tokens first to end in their original spelling, with single spaces for white space."""
    first, end = (np.ascontiguousarray(each, np.int64) for each in (first, end))
    with reading(corpus.path):
        return series_from_core("", corpus.token_texts.join(first, end, corpus.surfaces))


def span_columns(corpus: CorpusView, first: Array, end: Array) -> list[pl.Series]:
    """Return the columns document, id, start, end and surface for runs of tokens, first to end."""
    documents = documents_of(corpus, first)
    return [
        pl.Series("document", documents),
        corpus.ids(documents),
        pl.Series("start", corpus.token_starts[first].astype(np.uint32)),
        pl.Series("end", token_ends(corpus, end - 1).astype(np.uint32)),
        original_text(corpus, first, end).alias("surface"),
    ]


def places_of(
    corpus: CorpusView, documents: Array, starts: Array, boilerplate: pl.DataFrame | None = None
) -> pl.Series:
    """Return the place of each position: "headline", "body", or "boilerplate" inside the given spans.

    Boilerplate takes precedence over the headline.

    Args:
        corpus: A corpus.
        documents: The document of each position.
        starts: The code point of each position.
        boilerplate: A table of spans, or None.

    Raises:
        InputError: If `boilerplate` is not a table of spans.
    """
    frame = pl.DataFrame({"document": documents.astype(np.uint32), "start": starts.astype(np.int64)})
    heads = corpus.all_documents().select("document", "headline")
    with reading(corpus.path):
        with_heads = frame.lazy().join(heads, on="document", how="left", maintain_order="left").collect()
    start = pl.col("start")
    head = pl.col("headline").struct
    inside = (start >= head.field("start")) & (start < head.field("end"))
    place = with_heads.select(pl.when(inside.fill_null(False)).then(pl.lit("headline")).otherwise(pl.lit("body")))
    result = place.to_series().alias("place")
    if boilerplate is not None:
        covered = pl.Series(
            covered_by(merged_spans(boilerplate, corpus.total_documents, "boilerplate"), documents, starts)
        )
        result = result.to_frame().select(
            pl.when(covered).then(pl.lit("boilerplate")).otherwise(pl.col("place")).alias("place")
        )["place"]
    return result.cast(PLACE_DTYPE)


def covered_by(spans: pl.DataFrame, documents: Array, starts: Array) -> npt.NDArray[np.bool_]:
    """Return whether each position is in one of these spans (of `merged_spans`: ordered, without overlap)."""
    begin = _key(spans["document"].to_numpy(), spans["start"].to_numpy())
    end = spans["end"].to_numpy().astype(np.int64)
    place = np.searchsorted(begin, _key(documents, starts), "right") - 1
    has_span = place >= 0
    last = np.where(has_span, place, 0)
    if not spans.height:
        return np.zeros(len(documents), bool)
    same = spans["document"].to_numpy()[last] == documents
    return np.asarray(has_span & same & (starts < end[last]), bool)


def _key(documents: Array, starts: Array) -> Integers:
    return (documents.astype(np.int64) << 32) + starts.astype(np.int64)
