"""Parquet files that are written in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from corpus_kit._base.metadata import exactly

__all__ = ["stream_parquet"]


def stream_parquet(
    batches: Callable[[], Iterator[pl.DataFrame]], schema: Mapping[str, Any], path: Path, *, rows: int
) -> None:
    """Write tables of one schema, one after another, to a Parquet file; the same rows give the same bytes.

    Args:
        batches: Returns the tables.
        schema: Their columns.
        path: The file.
        rows: The rows of a row group.
    """
    errors: list[Exception] = []

    def source(
        columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        assert (predicate, n_rows) == (None, None), batch_size
        try:
            for frame in batches():
                yield frame if columns is None else frame.select(exactly(*columns))
        except Exception as error:
            errors.append(error)
            raise

    try:
        table = register_io_source(source, schema=schema)
        table.sink_parquet(path, compression="zstd", row_group_size=rows, maintain_order=True)
    except pl.exceptions.PolarsError:
        if errors:  # Polars has made another one of it
            raise errors[0] from None
        raise
