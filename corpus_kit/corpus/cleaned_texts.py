"""The texts that are left when spans of them are excluded, and where their parts are in the texts as read.

What is left of a text are pieces, from the first token after a gap to the last one before the next, joined by a line
break: what follows a gap begins a paragraph. A token that overlaps a gap is not among the tokens, so no part of it is
left. The first piece begins, and the last one ends, with the text, unless a gap comes before or after it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array

__all__ = ["Pieces", "pieces_of"]

_END = -1  # of a piece that ends with its text


class Pieces(NamedTuple):
    """The pieces of the texts that have gaps, in order.

    Attributes:
        gapped: The documents that have gaps, ascending.
        document: The document of each piece.
        begin: Its first code point in the text as read.
        end: The code point after its last; -1 if it ends with the text.
        offset: Its first code point in the cleaned text.
    """

    gapped: Array
    document: Array
    begin: Array
    end: Array
    offset: Array

    def cleaned(self, texts: pl.Series, documents: Array) -> pl.Series:
        """Return the texts of these documents without their gaps; a text without a token is empty."""
        has_gaps = np.isin(documents, self.gapped)
        if not has_gaps.any():
            return texts
        first, last = (np.searchsorted(self.document, documents, side).tolist() for side in ("left", "right"))
        left = texts.to_list()
        for row in np.flatnonzero(has_gaps).tolist():
            part = slice(first[row], last[row])
            bounds = zip(self.begin[part].tolist(), self.end[part].tolist(), strict=True)
            left[row] = "\n".join(left[row][begin : None if end == _END else end] for begin, end in bounds)
        return pl.Series(texts.name, left, pl.String)

    def places(self, starts: Array, documents: Array) -> Array:
        """Return where tokens begin in the cleaned texts, from where they begin in the texts as read (Int64)."""
        starts = starts.astype(np.int64)
        piece = np.searchsorted(_keys(self.document, self.begin), _keys(documents, starts), "right") - 1
        known = np.isin(documents, self.gapped)
        starts[known] += (self.offset - self.begin)[piece[known]]
        return starts

    def offset_map(self, documents: Array, lengths: Array) -> pl.DataFrame:
        """Return all pieces of these documents, one for a text without gaps that is not empty.

        Args:
            documents: Row numbers, ascending.
            lengths: The code points of the texts of all documents as read.
        """
        mine = np.isin(self.document, documents)
        whole = documents[~np.isin(documents, self.gapped) & (lengths[documents] > 0)]
        nothing = np.zeros(len(whole), np.int64)
        document = np.concatenate((self.document[mine], whole))
        begin, offset = (np.concatenate((each[mine], nothing)) for each in (self.begin, self.offset))
        end = np.concatenate((self.end[mine], nothing + _END))
        end = np.where(end == _END, lengths[document], end)
        columns = {"document": document, "start": offset, "end": offset + end - begin}
        frame = pl.DataFrame({**columns, "whole_start": begin, "whole_end": end}).cast(pl.UInt32)
        return frame.sort("document", "start")


def pieces_of(spans: pl.DataFrame, document: Array, starts: Array, ends: Array) -> Pieces:
    """Return the pieces around spans.

    Args:
        spans: The gaps, ordered and merged: document, start, end.
        document: The document of each token that is left, ascending.
        starts: Its first code point.
        ends: The code point after its last.
    """
    gapped = np.unique(spans["document"].to_numpy())
    concerned = np.isin(document, gapped)
    document, starts, ends = (each[concerned].astype(np.int64) for each in (document, starts, ends))
    gaps = _keys(spans["document"].to_numpy(), spans["start"].to_numpy())
    passed = np.searchsorted(gaps, _keys(document, starts), "right")  # gaps before each token, of all documents
    before_text = np.searchsorted(gaps, _keys(document, np.zeros_like(document)), "left")
    after_text = np.searchsorted(gaps, _keys(document + 1, np.zeros_like(document)), "left")
    first = np.flatnonzero((np.diff(passed, prepend=-1) != 0) | (np.diff(document, prepend=-1) != 0))
    last = np.append(first[1:], len(document)) - 1 if len(first) else first
    begin = np.where(passed[first] == before_text[first], 0, starts[first])
    end = np.where(passed[last] == after_text[last], _END, ends[last])
    sizes = end - begin + 1  # with the line break; that of a last piece does not matter
    opens = np.diff(document[first], prepend=-1) != 0
    before = np.cumsum(sizes) - sizes
    offset = before - before[np.maximum.accumulate(np.where(opens, np.arange(len(first)), 0))]
    return Pieces(gapped, document[first], begin, end, offset)


def _keys(document: Array, start: Array) -> Array:
    """Return numbers that ascend with the document, then with the code point."""
    keys: Array = (document.astype(np.int64) << 32) + start.astype(np.int64)
    return keys
