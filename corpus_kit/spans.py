"""Spans of texts, and the tokens that are left when some spans are excluded."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit import _counting, storage
from corpus_kit._columns import series_from_core
from corpus_kit.errors import InputError
from corpus_kit.mapped_files import MappedFiles, bounds
from corpus_kit.storage import Array, ranges
from corpus_kit.tokenization import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["Exclusion", "KeptTokens", "merged_spans"]

_SPAN = ("document", "start", "end")
_LONGEST_TEXT = 2**32 - 1  # code points; starts of tokens are UInt32


def merged_spans(spans: object, n_documents: int) -> pl.DataFrame:
    """Spans in order, without those that lie in others: document (UInt32), start, end (Int64).

    Raises InputError for a table that holds no spans of these documents.
    """
    if not isinstance(spans, pl.DataFrame):
        raise InputError(f"without takes a DataFrame of spans, not {type(spans).__name__}: {spans!r:.60}")
    absent = [name for name in _SPAN if name not in spans.columns]
    if absent:
        raise InputError(
            f"spans need the columns {', '.join(_SPAN)}; there is no {', '.join(absent)} among "
            f"{', '.join(spans.columns) or 'none'}"
        )
    wrong = [name for name in _SPAN if not (spans[name].dtype.is_integer() or spans[name].dtype == pl.Null)]
    if wrong:
        raise InputError(f"{wrong[0]} of spans is a whole number, not {spans[wrong[0]].dtype}")
    given = spans.select(pl.col(_SPAN).cast(pl.Int64, strict=False))  # what is beyond that becomes null, and is told
    bad = given.filter(
        pl.any_horizontal(pl.col(_SPAN).is_null())
        | (pl.col("document") < 0)
        | (pl.col("document") >= n_documents)
        | (pl.col("start") < 0)
        | (pl.col("start") > pl.col("end"))
    )
    if bad.height:
        document, start, end = bad.row(0)
        raise InputError(
            f"no span: document={document}, start={start}, end={end}. The corpus has documents 0 to {n_documents - 1}; "
            "a span begins at 0 or later and does not end before it begins"
        )
    # no text is longer; so the places of several documents fit into one key
    within = given.with_columns(pl.col("start", "end").clip(upper_bound=_LONGEST_TEXT))
    ordered = within.filter(pl.col("start") < pl.col("end")).sort(_SPAN)
    covered_to = pl.col("end").cum_max().shift(1).over("document")
    return (
        ordered.with_columns(group=(pl.col("start") > covered_to).fill_null(True).cum_sum())
        .group_by("group", maintain_order=True)
        .agg(pl.col("document").first(), pl.col("start").first(), pl.col("end").max())
        .select(pl.col("document").cast(pl.UInt32), "start", "end")
    )


class KeptTokens(NamedTuple):
    """The token arrays of `storage` for the tokens outside the excluded spans. Starts are those of the text as read."""

    types: Array
    starts: Array
    flags: Array
    ends: Array
    offsets: Array
    positions: Array


class Exclusion:
    """Spans whose tokens are excluded from a corpus, shared by its subcorpora.

    spans: of `merged_spans`.
    """

    def __init__(self, files: MappedFiles, spans: pl.DataFrame, n_types: int) -> None:
        self.spans = spans
        self._files = files
        self._n_types = n_types

    @cached_property
    def tokens(self) -> KeptTokens:
        """The tokens that overlap none of the spans.

        A token after a gap begins a paragraph: the words around an excluded span are not neighbours.
        """
        files = self._files
        with storage.reading(files.path):
            stay = np.flatnonzero(~self._covered())
            types, flags = files.array(storage.TYPES)[stay], files.array(storage.FLAGS)[stay]
            ends = np.searchsorted(stay, files.array(storage.DOCUMENT_ENDS).astype(np.int64)).astype(np.uint64)
            follows_gap = np.diff(stay, prepend=-1) > 1
            firsts = np.concatenate(([0], ends[:-1])).astype(np.int64)
            follows_gap[firsts[firsts < ends]] = True
            flags[follows_gap] = (flags[follows_gap] | BEGINS_SENTENCE | BEGINS_PARAGRAPH) & ~np.uint8(GLUED)
            index = _counting.postings(types, self._n_types)
            offsets, positions = (series_from_core("", each).to_numpy() for each in index)
            return KeptTokens(types, files.array(storage.STARTS)[stay], flags, ends, offsets, positions)

    def _covered(self) -> Array:
        """For each token of the whole corpus, whether it overlaps a span."""
        files, spans = self._files, self.spans
        types = files.array(storage.TYPES)
        covered = np.zeros(len(types), bool)
        documents, of_span = np.unique(spans["document"].to_numpy(), return_inverse=True)
        low, high = (each[documents] for each in bounds(files.array(storage.DOCUMENT_ENDS)))
        tokens = ranges(low, high)
        # one ascending key for the code points of all these documents, each in a range of its own
        document_key = np.repeat(np.arange(len(documents), dtype=np.int64), high - low) << 32
        span_key = of_span.astype(np.int64).reshape(-1) << 32
        surfaces = files.column(storage.VOCABULARY, "surface", self._n_types)
        starts = document_key + files.array(storage.STARTS)[tokens]
        ends = starts + surfaces.str.len_chars().to_numpy()[types[tokens]]
        begin = np.searchsorted(ends, span_key + spans["start"].to_numpy(), "right")
        stop = np.searchsorted(starts, span_key + spans["end"].to_numpy(), "left")
        for first, last in zip(begin.tolist(), stop.tolist(), strict=True):
            covered[tokens[first:last]] = True
        return covered
