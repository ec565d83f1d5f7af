"""Spans of texts, and the tokens that are left when some spans are excluded."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, ranges, sums_of_groups
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.records import as_frame
from corpus_kit.corpus import storage
from corpus_kit.corpus.checked import CheckedArray
from corpus_kit.corpus.cleaned_texts import Pieces, pieces_of
from corpus_kit.corpus.files import CorpusFiles, bounds
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.machine.memory import expect_memory
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["Exclusion", "KeptTokens", "checked_spans", "located", "merged_spans", "source_spans"]

T = TypeVar("T")

_KEPT = {  # the arrays of `KeptTokens`
    storage.TYPES: "types",
    storage.STARTS: "starts",
    storage.FLAGS: "flags",
    storage.DOCUMENT_ENDS: "ends",
    storage.INDEX_OFFSETS: "offsets",
    storage.INDEX_POSITIONS: "positions",
}

_ROW = "\0row"  # no column has this name
_SPAN = ("document", "start", "end")
_BYTES_OF_A_TOKEN = 14  # that a corpus with spans excluded keeps: type, start, flags, position, and whether it is kept
_TOKENS_AT_ONCE = 1 << 22  # of which it is looked up whether they are excluded
_LONGEST_TEXT = 2**32 - 1  # code points; starts of tokens are UInt32


def merged_spans(spans: object, n_documents: int, name: str = "spans") -> pl.DataFrame:
    """Return spans in order, overlapping ones merged: document (UInt32), start, end (Int64).

    Args:
        spans: A DataFrame with the columns document, start and end.
        n_documents: How many documents the whole corpus has.
        name: The argument that holds the spans, for messages.

    Raises:
        InputError: If it is not a table of spans of these documents.
    """
    ordered = checked_spans(spans, n_documents, name).filter(pl.col("start") < pl.col("end")).sort(_SPAN)
    covered_to = pl.col("end").cum_max().shift(1).over("document")
    return (
        ordered.with_columns(group=(pl.col("start") > covered_to).fill_null(True).cum_sum())
        .group_by("group", maintain_order=True)
        .agg(pl.col("document").first(), pl.col("start").first(), pl.col("end").max())
        .select("document", "start", "end")
    )


def checked_spans(spans: object, n_documents: int, name: str = "spans") -> pl.DataFrame:
    """Return the spans of a table, row by row: document (UInt32), start, end (Int64).

    Args:
        spans: A DataFrame with the columns document, start and end.
        n_documents: How many documents the whole corpus has.
        name: The argument that holds the spans, for messages.

    Raises:
        InputError: If it is not a table of spans of these documents.
    """
    spans = as_frame(spans, name)
    if not isinstance(spans, pl.DataFrame):
        raise invalid(name, "a DataFrame of spans", spans, f"It needs the columns {', '.join(_SPAN)}.")
    absent = [column for column in _SPAN if column not in spans.columns]
    if absent:
        raise InputError(
            f"{name} must be a table with the columns {', '.join(_SPAN)}; it has {', '.join(spans.columns) or 'none'}."
        )
    wrong = [column for column in _SPAN if not (spans[column].dtype.is_integer() or spans[column].dtype == pl.Null)]
    if wrong:
        raise InputError(f"{name} must be a table of integers; its column {wrong[0]!r} holds {spans[wrong[0]].dtype}.")
    given = spans.select(pl.col(_SPAN).cast(pl.Int64, strict=False))  # what does not fit becomes null and is refused
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
            f"{name} must be spans of the documents 0 to {n_documents - 1:,} with 0 <= start <= end; one has "
            f"document={document}, start={start}, end={end}."
        )
    # no text is longer, so that a document and a place in it fit into one 64-bit key
    return given.select(pl.col("document").cast(pl.UInt32), pl.col("start", "end").clip(upper_bound=_LONGEST_TEXT))


class KeptTokens(NamedTuple):
    """The token arrays of `storage` without the excluded tokens; starts are those in the text as read."""

    types: Array
    starts: Array
    flags: Array
    ends: Array
    offsets: Array
    positions: Array


class Exclusion:
    """Spans whose tokens are excluded from a corpus, shared by its subcorpora.

    Args:
        files: The files of the corpus.
        spans: From `merged_spans`.
        n_types: The number of types of the corpus.

    Raises:
        InputError: If what is left of the tokens would need more memory than one call may use.
    """

    def __init__(self, files: CorpusFiles, spans: pl.DataFrame, n_types: int) -> None:
        n_tokens = files.manifest["counts"]["tokens"]
        what = f"A corpus of {n_tokens:,} tokens with spans excluded"
        expect_memory(_BYTES_OF_A_TOKEN * n_tokens, what, "Build a smaller corpus, or one without these spans")
        self.spans = spans
        self._files = files
        self._n_types = n_types
        self._kept: dict[Hashable, Any] = {}

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returned when it was first called with this key."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: T = self._kept[key]
        return kept

    def array(self, name: str) -> CheckedArray:
        """Return the array that has the place of this one of `storage`, or of the codes of a layer."""
        if name in _KEPT:
            return CheckedArray(getattr(self.tokens, _KEPT[name]))
        return CheckedArray(self.keep(("codes", name), lambda: self._files.array(name).whole()[self._is_kept]))

    @cached_property
    def tokens(self) -> KeptTokens:
        """The tokens that overlap none of the spans.

        A token after a gap begins a paragraph: the words around an excluded span are not neighbours.
        """
        files = self._files
        with storage.reading(files.path):
            kept = self._is_kept
            types, flags = files.array(storage.TYPES).whole()[kept], files.array(storage.FLAGS).whole()[kept]
            ends = np.cumsum(sums_of_groups(kept, files.document_ends()), dtype=np.uint64)
            follows_gap = ~np.append(True, kept[:-1])[: len(kept)][kept]
            firsts = np.concatenate(([0], ends[:-1])).astype(np.int64)
            follows_gap[firsts[firsts < ends]] = True
            flags[follows_gap] = (flags[follows_gap] | BEGINS_SENTENCE | BEGINS_PARAGRAPH) & ~np.uint8(GLUED)
            index = _core.postings(types, self._n_types)
            offsets, positions = (series_from_core("", each).to_numpy() for each in index)
            return KeptTokens(types, files.array(storage.STARTS).whole()[kept], flags, ends, offsets, positions)

    @cached_property
    def pieces(self) -> Pieces:
        """What is left of the texts."""
        with storage.reading(self._files.path):
            tokens = self.tokens
            lengths = self._files.column(storage.VOCABULARY, "surface", self._n_types).str.len_chars().to_numpy()
            sizes = np.diff(tokens.ends, prepend=np.uint64(0)).astype(np.int64)
            document = np.repeat(np.arange(len(sizes)), sizes)
            return pieces_of(self.spans, document, tokens.starts, tokens.starts + lengths[tokens.types])

    @cached_property
    def _is_kept(self) -> Array:
        """For each token of the whole corpus, whether it overlaps no span (bool)."""
        files, spans = self._files, self.spans
        types = files.array(storage.TYPES).whole()
        covered = np.zeros(len(types), bool)
        lengths = files.column(storage.VOCABULARY, "surface", self._n_types).str.len_chars().to_numpy()
        documents, first_span = np.unique(spans["document"].to_numpy(), return_index=True)
        low, high = (each[documents] for each in bounds(files.document_ends()))
        piece = np.cumsum(high - low) // _TOKENS_AT_ONCE
        cuts = [0, *(np.flatnonzero(np.diff(piece)) + 1).tolist(), len(documents)]
        spans_before = np.append(first_span, spans.height).tolist()
        for begin, stop in pairwise(cuts):
            tokens = ranges(low[begin:stop], high[begin:stop])
            some = spans[spans_before[begin] : spans_before[stop]]
            # the upper half of a key is the document and the lower half the code point, so that keys ascend
            document_key = np.repeat(documents[begin:stop].astype(np.int64), (high - low)[begin:stop]) << 32
            starts = document_key + files.array(storage.STARTS).whole()[tokens]
            span_key = some["document"].to_numpy().astype(np.int64) << 32
            first = np.searchsorted(starts + lengths[types[tokens]], span_key + some["start"].to_numpy(), "right")
            last = np.searchsorted(starts, span_key + some["end"].to_numpy(), "left")
            covered[tokens[ranges(first, np.maximum(first, last))]] = True
        return ~covered


def source_spans(documents: pl.LazyFrame, kind: str | None) -> pl.DataFrame:
    """Return the spans that the source marks: document (UInt32), kind, start, end (UInt32), value (String).

    Raises:
        InputError: If there are none of this kind.
    """
    schema = {"document": pl.UInt32, "kind": pl.String, "start": pl.UInt32, "end": pl.UInt32, "value": pl.String}
    if "spans" in documents.collect_schema().names():
        rows = documents.select("document", "spans").filter(pl.col("spans").list.len() > 0).explode("spans")
        found = rows.select("document", pl.col("spans").struct.unnest()).collect().sort("document", "start", "end")
    else:
        found = pl.DataFrame(schema=schema)
    if kind is None:
        return found
    kinds = found["kind"].unique().sort().to_list()
    if not kinds and isinstance(kind, str):
        raise InputError(f"kind must be left out, got {kind!r}: the sources of this corpus mark no spans.")
    return found.filter(pl.col("kind") == choose(kind, kinds, "kind"))


def located(table: pl.DataFrame, spans: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return a table with the value of the span in which each of its rows begins; null where there is none.

    Of several spans the one that begins last counts.
    """
    if kind in table.columns:
        raise InputError(f"table must have no column {kind!r} yet; rename it.")
    absent = [name for name in ("document", "start") if name not in table.columns]
    if absent:
        raise InputError(f"table must have the columns document and start, but {absent[0]} is missing.")
    wrong = [name for name in ("document", "start") if table[name].null_count() or not table[name].dtype.is_integer()]
    if wrong and table.height:
        raise InputError(f"table must have whole numbers in {wrong[0]}, got {table[wrong[0]].dtype} or null.")
    ordered = table.select("document", "start").with_row_index(_ROW).sort("document", "start", _ROW)
    marked = spans.select("document", "start", "end", "value").sort("document", "start", "end").rows()
    values: list[str | None] = [None] * table.height
    begun: list[tuple[int, str | None]] = []  # the spans that have begun in this document: where they end, and values
    following, current = 0, None
    for row, document, start in ordered.iter_rows():
        if document != current:
            begun, current = [], document
        while following < len(marked) and marked[following][:2] <= (document, start):
            of, _, end, value = marked[following]
            if of == document:
                begun.append((end, value))
            following += 1
        while begun and begun[-1][0] <= start:
            begun.pop()
        values[row] = begun[-1][1] if begun else None
    return table.with_columns(pl.Series(kind, values, dtype=pl.String))
