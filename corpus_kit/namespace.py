"""The ``arabic`` namespace of Polars: ``pl.col("text").arabic.tokenize()``; eager, lazy and streaming."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from corpus_kit._columns import text_series
from corpus_kit.tokenization import COUNTED_KINDS, TokenBatch, Tokenizer

__all__ = ["ArabicExpr", "ArabicSeries"]


def _tokenize(series: pl.Series) -> pl.Series:
    tokenizer = Tokenizer()
    batch = tokenizer.add(series)
    token = tokenizer.types()["surface"].gather(pl.Series(batch.type_ids))
    rows = pl.DataFrame({"row": np.arange(len(series), dtype=np.uint32), "null": series.is_null()})
    document = pl.Series("row", np.repeat(np.arange(len(series), dtype=np.uint32), batch.counts))
    lists = pl.DataFrame({"row": document, "token": token}).group_by("row", maintain_order=True).agg("token")
    filled = (
        pl.when("null")
        .then(pl.lit(None, pl.List(pl.String)))
        .otherwise(pl.col("token").fill_null(pl.lit([], pl.List(pl.String))))
    )
    joined = rows.join(lists, on="row", how="left", maintain_order="left")
    return joined.select(filled.alias(series.name)).to_series()


def _count_tokens(series: pl.Series) -> pl.Series:
    tokenizer = Tokenizer()
    batch = tokenizer.add(series)
    is_counted = tokenizer.types()["kind"].is_in(list(COUNTED_KINDS)).to_numpy()
    counts = pl.Series(series.name, _counted_per_text(batch, is_counted), dtype=pl.UInt32)
    return pl.select(pl.when(series.is_null()).then(None).otherwise(counts).alias(series.name)).to_series()


def _counted_per_text(batch: TokenBatch, is_counted: np.ndarray) -> np.ndarray:
    passed = np.concatenate([np.zeros(1, np.int64), np.cumsum(is_counted[batch.type_ids], dtype=np.int64)])
    offsets = batch.offsets
    return (passed[offsets[1:]] - passed[offsets[:-1]]).astype(np.uint32)
