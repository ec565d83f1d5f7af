"""The table of the tokens of a corpus, generated in batches as it is read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from corpus_kit._base.arrays import Array, ranges
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView
from corpus_kit.text.token_flags import BEGINS_SENTENCE
from corpus_kit.text.tokenization import KIND_DTYPE

__all__ = ["scan_tokens"]

_TOKENS_PER_BATCH = 1 << 20
_TOKEN_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "document": pl.UInt32,
    "sentence": pl.UInt32,
    "position": pl.UInt32,
    "type": pl.UInt32,
    "token": pl.String,
    "kind": KIND_DTYPE,
    "start": pl.UInt32,
    "end": pl.UInt32,
}


def scan_tokens(corpus: CorpusView) -> pl.LazyFrame:
    """Return the table of the tokens of the selected documents, for `Corpus.tokens`."""
    return register_io_source(partial(_token_batches, corpus), schema={**_TOKEN_SCHEMA, **_layer_schema(corpus)})


def _layer_schema(corpus: CorpusView) -> dict[str, type[pl.DataType]]:
    return {f"{layer}.{column}": pl.String for layer, columns in corpus.layers.items() for column in columns}


def _token_batches(
    corpus: CorpusView, columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
) -> Iterator[pl.DataFrame]:
    """Yield tokens as frames of about a million rows, as Polars requests them."""
    left = n_rows
    needed = columns if columns is None or predicate is None else [*columns, *predicate.meta.root_names()]
    of_layers = [name for name in _layer_schema(corpus) if needed is None or name in needed]
    for documents in _document_batches(corpus, batch_size or _TOKENS_PER_BATCH):
        with storage.reading(corpus.path):
            frame = _token_frame(corpus, documents, of_layers)
        if left is not None:
            frame = frame.head(left)
            left -= frame.height
        if predicate is not None:
            frame = frame.filter(predicate)
        yield frame if columns is None else frame.select(columns)
        if left == 0:
            return


def _document_batches(corpus: CorpusView, tokens: int) -> Iterator[Array]:
    """Yield the documents in pieces of about so many tokens; at least one piece."""
    documents = corpus.selected_documents()
    first, last = corpus.document_bounds(documents)
    before = np.cumsum(last - first)
    begin = 0
    while begin < len(documents):
        done = before[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(before, done + tokens, "right")))
        yield documents[begin:end]
        begin = end
    if not len(documents):
        yield documents


def _token_frame(corpus: CorpusView, documents: Array, of_layers: list[str]) -> pl.DataFrame:
    first, last = corpus.document_bounds(documents)
    counts = last - first
    pick = ranges(first, last)
    types, starts, flags = corpus.token_types[pick], corpus.token_starts[pick], corpus.token_flags[pick]
    document_of = np.repeat(np.arange(len(documents)), counts)
    local_first = np.concatenate(([0], np.cumsum(counts)))[document_of] if len(pick) else pick
    sentence = np.cumsum(flags & BEGINS_SENTENCE, dtype=np.int64)
    sentence -= sentence[local_first] if len(pick) else sentence
    token = corpus.type_column("surface").gather(types)
    frame = pl.DataFrame(
        {
            "document": documents[document_of],
            "sentence": sentence,
            "position": np.arange(len(pick)) - local_first,
            "type": types,
            "token": token,
            "kind": corpus.type_column("kind").gather(types),
            "start": starts,
        }
    )
    frame = frame.with_columns(end=pl.col("start") + token.str.len_chars()).cast(_TOKEN_SCHEMA)  # type: ignore[arg-type]
    return frame.with_columns(corpus.layer_column(name).at(pick).alias(name) for name in of_layers)
