"""Columns of metadata beside the rows of a table that has documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from corpus_kit._base.arguments import names
from corpus_kit._base.metadata import expect_free
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, shown

__all__ = ["metadata_columns", "with_metadata"]


def metadata_columns(metadata: str | Sequence[str] | None, corpus: CorpusView, taken: Collection[str]) -> list[str]:
    """Return the names in the argument `metadata`, checked, without document and id, which every row has.

    Args:
        metadata: A name, a list of different names, or None.
        corpus: The corpus that has these columns.
        taken: The columns of the table itself.
    """
    columns = [] if metadata is None else names(metadata, "metadata")
    for number, name in enumerate(columns):
        choose(name, corpus.label_columns(), "metadata")
        if name in columns[:number]:
            raise InputError(f"metadata must be a list of different columns, got {shown(name)} twice.")
    columns = [name for name in columns if name not in ("document", "id")]
    for name in columns:
        expect_free(name, taken, "metadata")
    return columns


def with_metadata(table: pl.DataFrame, corpus: CorpusView, columns: Sequence[str]) -> pl.DataFrame:
    """Return a table with columns of metadata after document and id, unless it has columns of these names."""
    for name in columns:
        expect_free(name, table.columns, "metadata")
    labels = (corpus.labels(name, selected=False).gather(table["document"]) for name in columns)
    return table.select("document", "id", *labels, pl.exclude("document", "id")) if columns else table
