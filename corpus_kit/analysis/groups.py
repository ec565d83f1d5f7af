"""Documents in groups: labels that a user gives, or a metadata column of a corpus."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sized
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.arrays import Numbers
from corpus_kit._base.columns import ArrowArray, ArrowStream, arrow_column
from corpus_kit._base.metadata import expect_free, is_pattern
from corpus_kit.corpus.codes import coded
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose, invalid

__all__ = ["Groups", "Labels", "corpus_groups", "corpus_labels", "expect_few_groups", "groups_of", "labels_of"]

_MOST_GROUPS = 20_000
_DEEPEST = 16  # lists in lists; the time of Polars is quadratic and more

Labels = Iterable[Any] | pl.Series | ArrowStream | ArrowArray


class Groups(NamedTuple):
    """The number of the group of each document, and the label of each group."""

    of_document: Numbers
    labels: pl.Series


def groups_of(by: Labels, n_documents: int, taken: Collection[str] = ()) -> Groups:
    """Return groups in order of first occurrence; null is a label like any other. See `labels_of`."""
    return Groups(*coded(labels_of(by, n_documents, taken)))


def labels_of(by: Labels, n_documents: int, taken: Collection[str]) -> pl.Series:
    """Check labels that a user gave for documents.

    Args:
        by: The labels.
        n_documents: How many there must be.
        taken: The columns of the table to which the labels become a column.
    """
    series = by if isinstance(by, pl.Series) else arrow_column(by, "by")
    if series is None:
        if isinstance(by, str | bytes) or not isinstance(by, Iterable):
            raise invalid("by", "a list or a Series of labels", by)
        try:
            # one more shows that there are too many, of which there may be any number
            items = list(islice(by, n_documents + 1))
            series = None if _is_deep(items) else pl.Series("by", items)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
            raise invalid("by", "labels of one type", by, f"Polars says: {str(error).splitlines()[0]}") from None
        if series is None:
            raise invalid("by", f"labels of at most {_DEEPEST} lists in each other", by)
    if series.dtype == pl.Object:
        raise invalid("by", "labels of a type that Polars has, not Python objects", by)
    if len(series) != n_documents:
        held = f"{len(by):,}" if isinstance(by, Sized) else "more" if len(series) > n_documents else f"{len(series):,}"
        raise invalid("by", f"one label for each text ({n_documents:,})", by, f"It has {held}.")
    if series.name in taken or is_pattern(series.name) or "\0" in series.name:
        raise invalid("by", "a Series named unlike the columns of the result", series.name, "Use .alias('by').")
    return series if series.name else series.alias("by")


def _is_deep(labels: Iterable[Any]) -> bool:
    for _ in range(_DEEPEST + 1):
        nested = [each.values() if isinstance(each, dict) else each for each in labels if _is_nest(each)]
        labels = {id(child): child for each in nested for child in each}.values()  # once: a list can hold itself
    return bool(labels)


def _is_nest(value: object) -> bool:
    return isinstance(value, list | tuple | dict)


def corpus_labels(corpus: CorpusView, by: object, taken: Collection[str], *, name: str = "by") -> pl.Series:
    """Return the metadata column that a user named, for all documents of the corpus, also outside a subcorpus.

    Args:
        corpus: A corpus.
        by: The name of the column.
        taken: The columns of the table to which the labels become a column.
        name: The argument, for the message.
    """
    return corpus.labels(_column(corpus, by, taken, name), selected=False)


def _column(corpus: CorpusView, by: object, taken: Collection[str], name: str) -> str:
    with reading(corpus.path):
        columns = corpus.label_columns()
    if isinstance(by, list | tuple) and by and all(each in columns for each in by):
        named = ", ".join(map(repr, by))
        hint = "Join several into one: corpus.with_metadata(corpus.documents.select('id', both=pl.concat_str("
        raise invalid(name, "one metadata column", by, f"{hint}{named}, separator=' ')))." if by[1:] else "")
    column = choose(by, columns, name)
    expect_free(column, taken, name)
    return column


def corpus_groups(corpus: CorpusView, by: object, taken: Collection[str], *, name: str = "by") -> Groups:
    """Return the groups of all documents by a metadata column that a user named, as `corpus_labels` returns it."""
    codes = corpus.codes(_column(corpus, by, taken, name))
    return Groups(codes.of_document, labels_of(codes.values, len(codes.values), taken))


def expect_few_groups(by: object, n_groups: int, what: str) -> None:
    """Refuse groups, each computed alone, that would take hours.

    Args:
        by: The column that a user named, for the message.
        n_groups: How many groups there are.
        what: What is computed of each, for the message.
    """
    if n_groups > _MOST_GROUPS:
        hint = f"There are {n_groups:,}, and {what} takes a moment for each; filter the corpus, or name another column."
        raise invalid("by", f"a column with at most {_MOST_GROUPS:,} groups", by, hint)
