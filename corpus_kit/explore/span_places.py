"""Places in texts as lines: spans of a table, and how documents begin."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers, Numbers, distinct
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.spans import merged_spans
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.search.hits import Hits
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["SPAN_COLUMNS", "hits_of_spans", "hits_of_tokens", "openings", "unit_starts"]

SPAN_COLUMNS = frozenset(("document", "start", "end"))


def hits_of_spans(corpus: CorpusView, table: pl.DataFrame, name: str = "table") -> Hits:
    """Return the tokens that the places of a table overlap, in the order of the text.

    Of places that begin with the same token only the longest is a hit, since a code belongs to a position. Places
    without tokens, and those of documents outside a subcorpus, are left out.

    Args:
        corpus: The corpus that the table is of.
        table: A table with the columns document, start and end (code points of its text).
        name: The argument, for messages.

    Raises:
        InputError: If a column is missing or holds something else.
    """
    table = table.select(sorted(SPAN_COLUMNS))
    merged_spans(table, corpus.total_documents, name)  # checks the columns and the values
    places = table.cast(pl.Int64).unique().sort("document", "start", "end")
    places = places.filter(pl.col("document").is_in(pl.Series(corpus.selected_documents()).cast(pl.Int64).implode()))
    with reading(corpus.path):
        first, end = _tokens_of(corpus, places)
    return hits_of_tokens(first, end)


def hits_of_tokens(first: Array, end: Array) -> Hits:
    """Return runs of tokens as hits: of those that begin with the same one the longest, none without tokens."""
    kept = pl.DataFrame({"first": first, "end": end}).filter(pl.col("end") > pl.col("first"))
    longest = kept.group_by("first").agg(pl.col("end").max()).sort("first").cast(pl.UInt32)
    return Hits(longest["first"].to_numpy(), longest["end"].to_numpy())


def _tokens_of(corpus: CorpusView, places: pl.DataFrame) -> tuple[Integers, Integers]:
    """Return the first token of each place, and the one after its last; equal if it has none."""
    documents, start, end = (places[name].to_numpy() for name in ("document", "start", "end"))
    if not len(documents):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    low, high = corpus.document_bounds(documents)
    starts = corpus.token_starts
    begins, ends = np.zeros(len(documents), np.int64), np.zeros(len(documents), np.int64)
    of_document = np.flatnonzero(np.diff(documents, prepend=-1))
    for here, after in zip(of_document, [*of_document[1:], len(documents)], strict=True):
        own = starts[low[here] : high[here]]
        begins[here:after] = low[here] + np.maximum(np.searchsorted(own, start[here:after], "right") - 1, 0)
        ends[here:after] = low[here] + np.searchsorted(own, end[here:after], "left")
    has_tokens = begins < high  # the token that begins before a place may end before it, too
    first = np.where(has_tokens, begins, 0)
    last = series_from_core("", corpus.token_texts.ends(first, corpus.starts_of(first), corpus.surfaces)).to_numpy()
    begins += has_tokens & (last <= start)
    return begins, ends


def openings(corpus: CorpusView, documents: Array) -> Hits:
    """Return how documents begin: the tokens of the first sentence of each, which is often the headline."""
    low, high = corpus.document_bounds(distinct(np.asarray(documents, np.int64)))
    low, high = low[low < high], high[low < high]
    begins = unit_starts(corpus, "sentence")
    after = np.searchsorted(begins, low.astype(begins.dtype), "right")
    ends = np.where(after < len(begins), begins[np.minimum(after, len(begins) - 1)], high) if len(low) else high
    return hits_of_tokens(low, np.minimum(ends, high))


def unit_starts(corpus: CorpusView, unit: str) -> Numbers:
    """Return the tokens that begin a sentence, paragraph or document, ascending (UInt32); kept for later calls."""

    def starts() -> Numbers:
        documents = corpus.document_bounds(np.arange(corpus.total_documents))[0].astype(np.uint32)
        if not BARRIERS[unit]:
            return distinct(documents)
        begins = np.flatnonzero(corpus.token_flags & np.uint8(BARRIERS[unit])).astype(np.uint32)
        return distinct(np.concatenate([documents, begins]))

    return corpus.derive_from_tokens(("unit starts", unit), starts)
