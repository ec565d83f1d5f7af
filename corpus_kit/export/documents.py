"""Documents with their texts and metadata: JSON Lines, and Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from corpus_kit._base.metadata import exactly
from corpus_kit.corpus.view import CorpusView
from corpus_kit.export.formats import write_table
from corpus_kit.export.output import Output
from corpus_kit.export.streamed_parquet import stream_parquet
from corpus_kit.export.texts import text_batches, text_option
from corpus_kit.export.token_batches import metadata_names

__all__ = ["document_batches", "document_schema", "write_json_lines", "write_parquet"]

ROWS = 4096  # documents of a row group


def write_json_lines(corpus: CorpusView, output: Output, *, text: str = "cleaned") -> None:
    """Write an object a document: id, metadata and text.

    Args:
        corpus: The corpus.
        output: The file.
        text: "cleaned" without the spans that `exclude` left out, or "whole".
    """
    whole = text_option(text)
    columns = list(document_schema(corpus))
    with output.path.open("wb") as file:
        for frame in document_batches(corpus, columns, whole=whole):
            output.remark(*write_table(frame, file, Path("documents.jsonl")))


def write_parquet(corpus: CorpusView, output: Output, *, text: str = "cleaned") -> None:
    """Write a row a document: id, metadata and text, in the types of the corpus.

    Args:
        corpus: The corpus.
        output: The file.
        text: "cleaned" without the spans that `exclude` left out, or "whole".
    """
    whole, schema = text_option(text), document_schema(corpus)
    stream_parquet(lambda: document_batches(corpus, list(schema), whole=whole), schema, output.path, rows=ROWS)


def document_schema(corpus: CorpusView) -> dict[str, pl.DataType]:
    """Return the columns that are written of documents: id, metadata, headline if there are some, and text."""
    documents = corpus.all_documents()
    schema = documents.collect_schema()
    has_headlines = documents.select(pl.col("headline").is_not_null().any()).collect().item()
    headline = {"headline": pl.String()} if has_headlines else {}
    return {**{name: schema[name] for name in metadata_names(corpus, id=True)}, **headline, "text": pl.String()}


def document_batches(corpus: CorpusView, columns: Sequence[str], *, whole: bool) -> Iterator[pl.DataFrame]:
    """Yield these columns of `document_schema` in batches."""
    for frame in text_batches(corpus, list(columns), whole=whole):
        yield frame.select(exactly(*columns))
