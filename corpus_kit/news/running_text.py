"""What the analyses of news share: tokens and where they stand, sources and dates of documents.

*Tokens* are numbered from 0 through the whole corpus, or through what `Corpus.without` left of it.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._columns import series_from_core
from corpus_kit.corpus_view import CorpusView
from corpus_kit.counted import ranges
from corpus_kit.errors import InputError, choose
from corpus_kit.spans import merged_spans
from corpus_kit.storage import Array, reading

__all__ = [
    "PLACES",
    "PLACE_DTYPE",
    "covered_by",
    "document_dates",
    "document_sources",
    "documents_of",
    "original_text",
    "places_of",
    "selected_tokens",
    "span_columns",
    "token_ends",
]

Integers = npt.NDArray[np.int64]

PLACES = ("headline", "body", "furniture")
PLACE_DTYPE = pl.Enum(PLACES)


def selected_tokens(corpus: CorpusView) -> Integers:
    """The tokens of the selected documents, ascending."""
    return ranges(*corpus.document_bounds(corpus.selected_documents()))


def documents_of(corpus: CorpusView, tokens: Array) -> Array:
    """The document of each token (UInt32)."""
    return np.searchsorted(corpus.document_ends, tokens.astype(corpus.document_ends.dtype), "right").astype(np.uint32)


def token_ends(corpus: CorpusView, tokens: Array) -> Integers:
    """The code point after each of these tokens, in the text of its document."""
    lengths = corpus.derive(
        "surface lengths", lambda: corpus.type_column("surface").str.len_chars().to_numpy().astype(np.int64)
    )
    return corpus.token_starts[tokens].astype(np.int64) + lengths[corpus.token_types[tokens]]


def original_text(corpus: CorpusView, first: Array, end: Array) -> pl.Series:
    """The text of runs of tokens, first to end, in their original spelling; white space is one space."""
    first, end = (np.ascontiguousarray(each, np.int64) for each in (first, end))
    with reading(corpus.path):
        return series_from_core("", corpus.token_texts.join(first, end, corpus.surfaces))


def span_columns(corpus: CorpusView, first: Array, end: Array) -> list[pl.Series]:
    """Where runs of tokens, first to end, stand: document, id, start, end, surface."""
    documents = documents_of(corpus, first)
    return [
        pl.Series("document", documents),
        corpus.ids(documents),
        pl.Series("start", corpus.token_starts[first].astype(np.uint32)),
        pl.Series("end", token_ends(corpus, end - 1).astype(np.uint32)),
        original_text(corpus, first, end).alias("surface"),
    ]


def places_of(corpus: CorpusView, documents: Array, starts: Array, furniture: pl.DataFrame | None = None) -> pl.Series:
    """Where each of these places (code points) stands: "headline", "body", or "furniture" where spans of it are given.

    What lies in furniture is furniture, also where it stands in a headline.
    """
    frame = pl.DataFrame({"document": documents.astype(np.uint32), "start": starts.astype(np.int64)})
    heads = corpus.all_documents().select("document", "headline")
    with reading(corpus.path):
        told = frame.lazy().join(heads, on="document", how="left", maintain_order="left").collect()
    start = pl.col("start")
    head = pl.col("headline").struct
    inside = (start >= head.field("start")) & (start < head.field("end"))
    place = told.select(pl.when(inside.fill_null(False)).then(pl.lit("headline")).otherwise(pl.lit("body")))
    result = place.to_series().alias("place")
    if furniture is not None:
        covered = pl.Series(covered_by(merged_spans(furniture, corpus.n_documents), documents, starts))
        result = result.to_frame().select(
            pl.when(covered).then(pl.lit("furniture")).otherwise(pl.col("place")).alias("place")
        )["place"]
    return result.cast(PLACE_DTYPE)


def covered_by(spans: pl.DataFrame, documents: Array, starts: Array) -> npt.NDArray[np.bool_]:
    """Whether each place lies in one of these spans (of `merged_spans`: in order, and none in another)."""
    begin = _key(spans["document"].to_numpy(), spans["start"].to_numpy())
    end = spans["end"].to_numpy().astype(np.int64)
    place = np.searchsorted(begin, _key(documents, starts), "right") - 1
    there = place >= 0
    last = np.where(there, place, 0)
    if not spans.height:
        return np.zeros(len(documents), bool)
    same = spans["document"].to_numpy()[last] == documents
    return np.asarray(there & same & (starts < end[last]), bool)


def _key(documents: Array, starts: Array) -> Integers:
    return (documents.astype(np.int64) << 32) + starts.astype(np.int64)


def document_sources(corpus: CorpusView, by: object, what: str) -> pl.Series:
    """The metadata column that names the source of every document of the corpus.

    what: the analysis that needs it, for messages. Raises InputError where `by` is no metadata column.
    """
    if not isinstance(by, str):
        columns = ", ".join(corpus.label_columns())
        raise InputError(
            f"{what} needs the source of each document: by= takes the name of a metadata column ({columns}), "
            f"not {type(by).__name__}: {by!r:.60}"
        )
    return corpus.labels(by, selected=False)


def document_dates(corpus: CorpusView, date: str, what: str) -> pl.Series:
    """The publication date of every document of the corpus (Date, null where it has none).

    date: the metadata column. what: the analysis that needs it, for messages. A column of times is cut to
    days. Warns of selected documents without a date.

    Raises InputError where there is no such column, where it holds no dates, or only nulls.
    """
    if date == "date" and "date" not in corpus.label_columns():
        raise InputError(f"{what} needs the date of each document: build the corpus with date=, or name a column here")
    choose(date, corpus.label_columns(), "metadata column")
    dates = corpus.labels(date, selected=False)
    if dates.dtype not in (pl.Date, pl.Datetime, pl.Null):
        raise InputError(
            f"{what} needs dates, and column {date!r} holds {dates.dtype}: build the corpus with date={date!r}"
        )
    dates = dates.cast(pl.Date)
    missing = dates.gather(corpus.selected_documents()).null_count()
    if missing and missing == len(corpus):
        raise InputError(f"{what} needs the date of each document, and column {date!r} is empty")
    if missing:
        warnings.warn(f"{what}: {missing:,} of {len(corpus):,} documents have no date", stacklevel=3)
    return dates
