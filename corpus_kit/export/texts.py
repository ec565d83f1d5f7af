"""The texts of a corpus as an export writes them: whole, or without the spans that `exclude` left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.metadata import exactly
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose
from corpus_kit.export.token_batches import TokenBatch

__all__ = ["TEXTS", "starts_in_texts", "text_batches", "text_option"]

TEXTS = ("cleaned", "whole")

_ROWS = 1024
_BYTES = 16 << 20  # of the texts of a batch, at least one
_HEADLINE_START, _HEADLINE_END = (pl.col("headline").struct.field(name) for name in ("start", "end"))
_HEADLINE = pl.col("text").str.slice(_HEADLINE_START, _HEADLINE_END - _HEADLINE_START).alias("headline")


def text_option(text: object) -> bool:
    """Return whether the option `text` asks for whole texts."""
    return choose(text, TEXTS, "text") == "whole"


def starts_in_texts(corpus: CorpusView, batch: TokenBatch) -> Array:
    """Return the first code point of each token in its cleaned text (Int64)."""
    pieces = corpus.pieces
    if pieces is None:
        return batch.starts.astype(np.int64)
    return pieces.places(batch.starts, batch.documents[batch.document_of])


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
    pieces = None if whole else corpus.pieces
    names = [name for name in columns if name not in ("document", "text")]
    documents = corpus.all_documents().select(exactly("document", "text", *names))
    mask = corpus.document_mask()
    for found in documents.collect_batches(maintain_order=True, chunk_size=_ROWS):
        selected = found if mask is None else found.filter(pl.Series(mask[found["document"].to_numpy()] == 1))
        for part in _of_bounded_size(selected, size):
            shown = part.with_columns(_HEADLINE) if "headline" in columns else part
            if pieces is None:
                yield shown
            else:
                text = pieces.cleaned(part["text"], part["document"].to_numpy())
                yield _of_cleaned(shown.with_columns(text))


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
