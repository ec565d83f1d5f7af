"""The documents that a command works on: `--where`, `--containing`, `--target` and `--reference`."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import corpus_kit as ck
from corpus_kit._base.metadata import as_text, listed, type_name
from corpus_kit.errors import InputError

__all__ = ["open_corpus", "others", "select"]


def open_corpus(path: Path, where: list[str] | None, containing: list[str] | None = None) -> ck.Corpus:
    """Open a corpus and select its documents."""
    corpus = select(ck.Corpus.open(path), where or [], "--where")
    for pattern in containing or []:
        corpus = corpus.containing(pattern)
    return corpus


def select(corpus: ck.Corpus, conditions: list[str], option: str) -> ck.Corpus:
    """Return the documents that meet all conditions COLUMN=VALUE of an option."""
    for condition in conditions:
        column, equals, value = condition.partition("=")
        if not equals:
            raise InputError(f"{option} must be COLUMN=VALUE, got {condition!r}.")
        labels = corpus.labels(column)
        if labels.dtype.is_nested() or labels.dtype == pl.Binary:
            raise InputError(
                f"{option} must be a column of single values, got {column!r}, a {type_name(labels.dtype)}."
            )
        texts = as_text(pl.col(column), labels.dtype)
        corpus = corpus.filter(texts == value)
        if not len(corpus):
            known = listed(labels.to_frame().select(texts).to_series().unique().drop_nulls().sort().head(20))
            raise InputError(f"No document has {column}={value}. Values of {column}: {known}.")
    return corpus


def others(corpus: ck.Corpus, part: ck.Corpus) -> ck.Corpus:
    """Return the documents of a corpus that are not in a part of it."""
    return corpus.filter(~pl.col("document").is_in(part.selected_documents().tolist()))
