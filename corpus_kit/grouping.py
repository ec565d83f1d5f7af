"""Documents in groups: labels that a user gives, or a metadata column of a corpus."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit.corpus_view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.forms import Numbers

__all__ = ["Groups", "corpus_labels", "groups_of", "labels_of"]


class Groups(NamedTuple):
    """Documents in groups: the number of each one's group, and the label of each group."""

    of_document: Numbers
    labels: pl.Series


def groups_of(by: Iterable[Any] | pl.Series, n_documents: int, taken: Collection[str] = ()) -> Groups:
    """Number the labels in order of first occurrence; null is a label like any other."""
    labels = labels_of(by, n_documents, taken)
    frame = labels.alias("label").to_frame().with_row_index("row")
    grouped = frame.group_by("label", maintain_order=True).agg("row")
    of_document = np.empty(n_documents, dtype=np.uint32)
    of_document[grouped["row"].explode().to_numpy()] = np.repeat(
        np.arange(grouped.height, dtype=np.uint32), grouped["row"].list.len().to_numpy()
    )
    return Groups(of_document, grouped["label"].alias(labels.name))


def labels_of(by: Iterable[Any] | pl.Series, n_documents: int, taken: Collection[str]) -> pl.Series:
    """Check labels that a user gave for documents; they become a column of a table with the columns `taken`."""
    if isinstance(by, str | bytes) or not isinstance(by, Iterable):
        raise InputError(f"by= takes a list or a Polars Series of labels, not {type(by).__name__}: {by!r:.60}")
    try:
        series = by if isinstance(by, pl.Series) else pl.Series("by", list(by))
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        raise InputError(f"by= takes labels of one type: {str(error).splitlines()[0]}") from None
    if series.dtype == pl.Object:
        raise InputError("by= takes labels of a type that Polars knows, not Python objects")
    if len(series) != n_documents:
        raise InputError(f"by= has {len(series)} labels for {n_documents} texts; it takes one for each")
    if series.name in taken or ("ngram" in taken and _is_id_column(series.name)):
        raise InputError(
            f"by= is named {series.name!r}, which is a column of the result; rename it, as in .alias('by')"
        )
    return series if series.name else series.alias("by")


def _is_id_column(name: str) -> bool:
    """Whether a table of n-grams may have this column for the ids of words."""
    return name[:1] == "w" and name[1:].isdecimal()


def corpus_labels(corpus: CorpusView, by: object, taken: Collection[str]) -> pl.Series:
    """The metadata column that a user named, for all documents of the corpus, also those of no subcorpus."""
    if not isinstance(by, str):
        raise InputError(f"by= takes the name of a metadata column, not {type(by).__name__}: {by!r:.60}")
    labels = corpus.labels(by, selected=False)
    if by in taken:
        raise InputError(f"by={by!r} is also a column of the result; rename it before you build the corpus")
    return labels
