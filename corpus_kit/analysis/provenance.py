"""The record that the tables of the analyses carry: which call made them, from which corpus, with which profile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from corpus_kit._base.records import attach
from corpus_kit.corpus.units import annotator_of
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_names import record_of_names
from corpus_kit.query.patterns import Pattern
from corpus_kit.text.normalization import Normalizer

__all__ = ["attach_of_corpus", "unit_record"]


def unit_record(unit: str, *corpora: CorpusView, patterns: Iterable[Pattern] = ()) -> dict[str, Any]:
    """Return what a record says of the unit that was counted, and of annotators that the numbers depend on.

    Args:
        unit: What was counted.
        *corpora: Where; annotators that are different become a list.
        patterns: What was searched for.
    """
    asked = list(patterns)
    record: dict[str, Any] = {"unit": unit}
    if asked:  # patterns are of one corpus
        record |= record_of_names(corpora[0], asked)
    if unit == "word" and not any(pattern.uses_annotations for pattern in asked):
        return record
    annotators: list[dict[str, Any]] = []
    for corpus in corpora:
        annotator = annotator_of(corpus)
        annotators += [] if annotator in annotators else [annotator]
    return {**record, "annotator": annotators[0] if len(annotators) == 1 else annotators}


def attach_of_corpus(
    table: pl.DataFrame, function: str, corpus: CorpusView, normalizer: Normalizer | None, options: dict[str, Any]
) -> pl.DataFrame:
    """Note on a table which call made it, from which corpus and with which profile; return the same table."""
    profile = None if normalizer is None else normalizer.name
    return attach(
        table,
        function,
        {**options, "profile": profile, "subcorpus": corpus.selection},
        corpus=corpus,
        profile_digest=None if normalizer is None else normalizer.digest,
    )
