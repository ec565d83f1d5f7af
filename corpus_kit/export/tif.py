"""The Text Interchange Formats of rOpenSci (https://docs.ropensci.org/tif), in Parquet, for R."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.metadata import stored_names
from corpus_kit.corpus.view import CorpusView
from corpus_kit.export.documents import ROWS, document_batches, document_schema
from corpus_kit.export.output import Output
from corpus_kit.export.streamed_parquet import stream_parquet
from corpus_kit.export.texts import starts_in_texts, text_option
from corpus_kit.export.token_batches import Column, TokenBatch, all_columns, token_batches
from corpus_kit.text.token_flags import BEGINS_SENTENCE

__all__ = ["write_tif"]

_TOKENS: dict[str, Any] = {
    "doc_id": pl.String,
    "token": pl.String,
    "kind": pl.String,
    "sentence": pl.Int32,
    "position": pl.Int32,
    "start": pl.Int32,
    "end": pl.Int32,
}
_ROWS = 1 << 18  # tokens of a row group


def write_tif(corpus: CorpusView, output: Output, *, text: str = "cleaned") -> None:
    """Write corpus.parquet (doc_id, text, metadata) and tokens.parquet (doc_id, token, and what is known of it).

    ``sentence`` and ``position`` count from 1, and ``start`` and ``end`` are those of `substr` in R. Read them with
    ``corpus(as.data.frame(arrow::read_parquet("corpus.parquet")), docid_field = "doc_id")`` of quanteda.

    Args:
        corpus: The corpus.
        output: The folder.
        text: "cleaned" without the spans that `exclude` left out, or "whole".
    """
    whole = text_option(text)
    schema = document_schema(corpus)
    metadata = [name for name in schema if name not in ("id", "text")]
    names = {"id": "doc_id", "text": "text", **stored_names(metadata, own=("doc_id", "text"))}

    def documents() -> Iterator[pl.DataFrame]:
        for frame in document_batches(corpus, list(names), whole=whole):
            yield frame.rename(names)

    stream_parquet(
        documents, {new: schema[old] for old, new in names.items()}, output.path / "corpus.parquet", rows=ROWS
    )
    columns = {name: _single(column) for name, column in all_columns(corpus).items()}

    def tokens() -> Iterator[pl.DataFrame]:
        for batch in token_batches(corpus):
            yield _frame(corpus, batch, columns, whole=whole)

    of_tokens = {**_TOKENS, **dict.fromkeys(columns, pl.String)}
    stream_parquet(tokens, of_tokens, output.path / "tokens.parquet", rows=_ROWS)


def _single(column: Column) -> Column:
    """Return a column with the first of several values, which is the likeliest."""
    is_list = isinstance(column.values.dtype, pl.List)
    return Column(column.values.list.first(), column.layer) if is_list else column


def _frame(corpus: CorpusView, batch: TokenBatch, columns: dict[str, Column], *, whole: bool) -> pl.DataFrame:
    starts = batch.starts.astype(np.int64) if whole else starts_in_texts(corpus, batch)
    sentences = np.cumsum(batch.flags & BEGINS_SENTENCE != 0)
    ids = corpus.ids(batch.documents)
    surfaces = corpus.type_column("surface").gather(batch.types)
    frame = pl.DataFrame(
        {
            "doc_id": ids.gather(batch.document_of),
            "token": surfaces,
            "kind": corpus.type_column("kind").gather(batch.types),
            "sentence": sentences - np.repeat(sentences[batch.firsts] - 1, batch.counts),
            "position": np.arange(len(batch.types)) - np.repeat(batch.firsts - 1, batch.counts),
            "start": starts + 1,
            "end": starts + surfaces.str.len_chars().to_numpy(),
            **{name: column.at(batch) for name, column in columns.items()},
        }
    )
    return frame.with_columns(pl.col(name).cast(dtype) for name, dtype in _TOKENS.items())
