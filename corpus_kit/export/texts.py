"""The texts of a corpus as an export writes them: whole, or without the spans that `exclude` left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.metadata import exactly
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose
from corpus_kit.export.token_batches import TokenBatch, tokens_of

__all__ = ["TEXTS", "Gaps", "starts_in_texts", "text_batches", "text_option"]

TEXTS = ("cleaned", "whole")

_ROWS = 1024
_BYTES = 16 << 20  # of the texts of a batch, at least one
_HEADLINE_START, _HEADLINE_END = (pl.col("headline").struct.field(name) for name in ("start", "end"))
_HEADLINE = pl.col("text").str.slice(_HEADLINE_START, _HEADLINE_END - _HEADLINE_START).alias("headline")


def text_option(text: object) -> bool:
    """Return whether the option `text` asks for whole texts."""
    return choose(text, TEXTS, "text") == "whole"


class Gaps:
    """The spans that `exclude` left out, by document."""

    def __init__(self, corpus: CorpusView) -> None:
        spans = corpus.excluded_spans
        found = pl.DataFrame(schema={"document": pl.UInt32, "start": pl.Int64}) if spans is None else spans
        self._documents = found["document"].to_numpy()
        self._starts = found["start"].to_numpy()

    def of(self, document: int) -> Array:
        """Return where the spans of a document begin, ascending."""
        first, end = np.searchsorted(self._documents, (document, document + 1))
        return self._starts[first:end]


class _Pieces(NamedTuple):
    """What is left of a text: pieces between the first token after a gap and the last one before the next.

    Attributes:
        begins: The first code point of each piece.
        ends: The code point after its last; None for the last one stands for the end of the text.
        firsts: The place of the first token of each piece.
    """

    begins: list[int]
    ends: list[int | None]
    firsts: Array


def _pieces(starts: Array, ends: Array, gaps: Array) -> _Pieces:
    """Return the pieces of a text around its gaps, of which there is at least one.

    Tokens that overlap a gap are not among the tokens, so that no part of them is left.
    """
    if not len(starts):
        return _Pieces([], [], np.zeros(0, np.int64))
    passed = np.searchsorted(gaps, starts, "right")  # gaps before each token
    firsts = np.flatnonzero(np.diff(passed, prepend=-1))
    begins = starts[firsts].astype(int).tolist()
    if passed[0] == 0:
        begins[0] = 0
    lasts: list[int | None] = ends[np.append(firsts[1:], len(starts)) - 1].astype(int).tolist()
    if passed[-1] == len(gaps):
        lasts[-1] = None
    return _Pieces(begins, lasts, firsts)


def _joined(text: str, pieces: _Pieces) -> str:
    return "\n".join(text[begin:end] for begin, end in zip(pieces.begins, pieces.ends, strict=True))


def _shifted(starts: Array, pieces: _Pieces) -> Array:
    """Return where tokens begin in the text that is joined from these pieces."""
    offset, shifts = 0, []
    for begin, end in zip(pieces.begins, pieces.ends, strict=True):
        shifts.append(offset - begin)
        offset += (end or begin) - begin + 1  # with the line break; nothing follows the end of the text
    counts = np.diff(np.append(pieces.firsts, len(starts)))
    shifted: Array = starts + np.repeat(np.array(shifts, np.int64), counts)
    return shifted


def starts_in_texts(corpus: CorpusView, batch: TokenBatch, gaps: Gaps) -> Array:
    """Return the first code point of each token in its cleaned text (Int64)."""
    starts = batch.starts.astype(np.int64)
    if corpus.excluded_spans is None:
        return starts
    ends = batch.ends(corpus)
    for document, first, count in zip(batch.documents, batch.firsts, batch.counts, strict=True):
        spans = gaps.of(int(document))
        if len(spans) and count:
            part = slice(first, first + count)
            starts[part] = _shifted(starts[part], _pieces(starts[part], ends[part], spans))
    return starts


def text_batches(
    corpus: CorpusView, columns: list[str], *, whole: bool = False, size: int = _BYTES
) -> Iterator[pl.DataFrame]:
    """Yield the selected documents in batches of bounded size: document, text, and these columns.

    Args:
        corpus: The corpus.
        columns: Columns of `documents`. The headline is its text, if the text of the document begins with it.
        whole: Whether texts are whole; otherwise they are without the excluded spans. The parts that are left are
            joined by a line break, as what follows a gap begins a paragraph.
        size: How many bytes the texts of a batch have at most, if there are several.
    """
    gaps = None if whole or corpus.excluded_spans is None else Gaps(corpus)
    names = [name for name in columns if name not in ("document", "text")]
    documents = corpus.all_documents().select(exactly("document", "text", *names))
    mask = corpus.document_mask()
    for found in documents.collect_batches(maintain_order=True, chunk_size=_ROWS):
        selected = found if mask is None else found.filter(pl.Series(mask[found["document"].to_numpy()] == 1))
        for part in _of_bounded_size(selected, size):
            shown = part.with_columns(_HEADLINE) if "headline" in columns else part
            yield shown if gaps is None else _of_cleaned(shown.with_columns(text=_cleaned(corpus, part, gaps)))


def _of_cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    if "headline" not in frame.columns:
        return frame
    begins = pl.col("text").str.strip_chars_start().str.starts_with(pl.col("headline"))
    return frame.with_columns(headline=pl.when(begins).then(pl.col("headline")))


def _of_bounded_size(frame: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """Yield parts of a table whose texts have at most so many bytes, if there are several."""
    before = np.cumsum(frame["text"].str.len_bytes().to_numpy().astype(np.int64))
    begin = 0
    while begin < frame.height:
        done = before[begin - 1] if begin else 0
        end = min(begin + _ROWS, max(begin + 1, int(np.searchsorted(before, done + size, "right"))))
        yield frame[begin:end]
        begin = end


def _cleaned(corpus: CorpusView, frame: pl.DataFrame, gaps: Gaps) -> pl.Series:
    batch = tokens_of(corpus, frame["document"].to_numpy())
    ends = batch.ends(corpus)
    texts = []
    for text, document, first, count in zip(frame["text"], batch.documents, batch.firsts, batch.counts, strict=True):
        spans = gaps.of(int(document))
        if len(spans):
            part = slice(first, first + count)
            text = _joined(text, _pieces(batch.starts[part].astype(np.int64), ends[part], spans))
        texts.append(text)
    return pl.Series(texts, dtype=pl.String)
