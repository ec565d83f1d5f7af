"""The hits of a pattern in a corpus, and what is counted over them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.view import CorpusView

__all__ = ["NO_TOKEN", "Hits", "hits_per_document", "rows_of_variant", "variants"]

NO_TOKEN = np.uint32(0xFFFFFFFF)  # the anchor of a hit without one


@dataclass(frozen=True)
class Hits:
    """Where a pattern occurs, in the order of the text.

    Attributes:
        first: The first token of each hit, as an index into all tokens (UInt32).
        ends: The token after the last one of each hit; None if all hits are single tokens, so that they
            may be a mapped part of the index.
        anchors: The token of each hit that a label of the pattern marks, such as "target", by name (UInt32); NO_TOKEN
            where a hit has none.
    """

    first: Array
    ends: Array | None = None
    anchors: dict[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.first)

    @property
    def end(self) -> Array:
        """The token after the last one of each hit (UInt32)."""
        return self.first + np.uint32(1) if self.ends is None else self.ends

    def take(self, rows: slice | Array) -> Hits:
        """Return some of the hits."""
        anchors = {name: tokens[rows] for name, tokens in self.anchors.items()}
        return Hits(self.first[rows], None if self.ends is None else self.ends[rows], anchors)

    def __add__(self, other: Hits) -> Hits:
        """Return these hits and then others of the same pattern."""
        ends = None if self.ends is None or other.ends is None else np.concatenate((self.ends, other.ends))
        anchors = {name: np.concatenate((tokens, other.anchors[name])) for name, tokens in self.anchors.items()}
        return Hits(np.concatenate((self.first, other.first)), ends, anchors)

    def spans(self) -> tuple[Array, Array]:
        """Return the first token and the end of each hit as Int64, which kernels take."""
        first = self.first.astype(np.int64)
        return first, first + 1 if self.ends is None else self.ends.astype(np.int64)


def hits_per_document(corpus: CorpusView, hits: Hits) -> Array:
    """Count the hits in each document of the whole corpus (Int64)."""
    counts = _core.count_in_documents(np.ascontiguousarray(hits.first, np.uint32), corpus.document_ends)
    per_document: Array = series_from_core("", counts).to_numpy()
    return per_document


def variants(corpus: CorpusView, hits: Hits) -> pl.DataFrame:
    """Count the spellings of the hits: surface (String), count and documents (Int64).

    The surface of a phrase is its text, with the signs between its words. Ordered by count, descending,
    then by first occurrence.
    """
    numbers, surfaces = _numbered(corpus, hits)
    ends = np.cumsum(hits_per_document(corpus, hits)).astype(np.uint64)
    counts, documents = map(series_from_core, ("count", "documents"), _core.count_types(numbers, ends, len(surfaces)))
    order = np.argsort(-counts.to_numpy(), kind="stable")
    return pl.DataFrame([surfaces, counts, documents])[order]


def rows_of_variant(corpus: CorpusView, hits: Hits, surface: str) -> Array:
    """Return which of the hits are spelled like this, as rows in `hits` (Int64)."""
    numbers, surfaces = _numbered(corpus, hits)
    number = surfaces.index_of(surface)
    return np.flatnonzero(numbers == number) if number is not None else np.empty(0, np.int64)


def _numbered(corpus: CorpusView, hits: Hits) -> tuple[Array, pl.Series]:
    """Return the number of the spelling of each hit (UInt32), and the spellings by first occurrence.

    Hits with the same types are numbered first, so that only one of them is made a text.
    """
    first, end = hits.spans()
    numbers, rows = (series_from_core("", each).to_numpy() for each in corpus.token_texts.number(first, end))
    texts = series_from_core("surface", corpus.token_texts.join(first[rows], end[rows], corpus.surfaces))
    distinct = texts.unique(maintain_order=True)
    if len(distinct) == len(texts):
        return numbers, texts
    # types of different kinds can look alike
    numbered = distinct.to_frame().with_row_index("number")
    of_text = texts.to_frame().join(numbered, on="surface", how="left", maintain_order="left")["number"]
    return of_text.to_numpy()[numbers], distinct
