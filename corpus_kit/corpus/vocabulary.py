"""The table of the types of a corpus or subcorpus, with their counts there."""

from __future__ import annotations

import polars as pl

from corpus_kit.corpus.view import CorpusView

__all__ = ["scan_vocabulary"]


def scan_vocabulary(corpus: CorpusView) -> pl.LazyFrame:
    """Return the table for `Corpus.vocabulary`."""
    types = corpus.all_types()
    if not corpus.is_subcorpus:
        return types
    counts, documents = corpus.type_counts()
    names = types.collect_schema().names()
    columns = [corpus.type_column(name) for name in names if name not in ("count", "documents")]
    frame = pl.DataFrame(columns).with_columns(counts.alias("count"), documents.alias("documents"))
    return frame.select(names).lazy().filter(pl.col("count") > 0)
