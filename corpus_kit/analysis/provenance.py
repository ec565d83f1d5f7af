"""The record that the tables of the analyses carry: which call made them, from which corpus, with which profile."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_kit._base.records import attach
from corpus_kit.corpus.view import CorpusView
from corpus_kit.text.normalization import Normalizer

__all__ = ["attach_of_corpus"]


def attach_of_corpus(
    table: pl.DataFrame, function: str, corpus: CorpusView, normalizer: Normalizer | None, options: dict[str, Any]
) -> pl.DataFrame:
    """Note on a table which call made it, from which corpus and with which profile; return the same table."""
    profile = None if normalizer is None else normalizer.name
    return attach(
        table,
        function,
        {**options, "profile": profile, "subcorpus": corpus.selection},
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )
