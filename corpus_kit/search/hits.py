"""The hits of a pattern in a corpus, and what is counted over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.view import CorpusView

__all__ = ["Hits", "hits_per_document", "variants"]


@dataclass(frozen=True)
class Hits:
    """Where a pattern occurs, in the order of the text.

    Attributes:
        first: The first token of each hit, as an index into all tokens (UInt32).
        ends: The token after the last one of each hit; None if all hits are single tokens, so that they
            may be a mapped part of the index.
    """

    first: Array
    ends: Array | None = None

    def __len__(self) -> int:
        return len(self.first)

    @property
    def end(self) -> Array:
        """The token after the last one of each hit (UInt32)."""
        return self.first + np.uint32(1) if self.ends is None else self.ends

    def take(self, rows: slice | Array) -> Hits:
        """Return some of the hits."""
        return Hits(self.first[rows], None if self.ends is None else self.ends[rows])

    def __add__(self, other: Hits) -> Hits:
        """Return these hits and then others of the same pattern."""
        ends = None if self.ends is None or other.ends is None else np.concatenate((self.ends, other.ends))
        return Hits(np.concatenate((self.first, other.first)), ends)

    def spans(self) -> tuple[Array, Array]:
        """Return the first token and the end of each hit as Int64, which kernels take."""
        first = self.first.astype(np.int64)
        return first, first + 1 if self.ends is None else self.ends.astype(np.int64)


def hits_per_document(corpus: CorpusView, hits: Hits) -> Array:
    """Count the hits in each document of the whole corpus (Int64)."""
    before = np.searchsorted(hits.first, corpus.document_ends.astype(hits.first.dtype), "left")
    return np.diff(before, prepend=0)


def variants(corpus: CorpusView, hits: Hits) -> pl.DataFrame:
    """Count the spellings of the hits: surface (String), count and documents (Int64).

    The surface of a phrase is its text, with the signs between its words. Ordered by count, descending,
    then by first occurrence.
    """
    documents = np.searchsorted(corpus.document_ends, hits.first, "right")
    if hits.ends is None:
        key = pl.Series("key", corpus.token_types[hits.first])
    else:
        first, end = hits.spans()
        key = series_from_core("key", corpus.token_texts.join(first, end, corpus.surfaces))
    counted = (
        pl.DataFrame([key, pl.Series("document", documents)])
        .group_by("key", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("document").n_unique().cast(pl.Int64).alias("documents"))
        .sort("count", descending=True, maintain_order=True)
    )
    surface = counted["key"]
    if hits.ends is None:
        surface = series_from_core("", corpus.surfaces.gather(surface.to_numpy()))
    return counted.select(surface.alias("surface"), "count", "documents")
