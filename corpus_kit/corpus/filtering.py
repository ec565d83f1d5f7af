"""The documents for which the predicates of `Corpus.filter` hold."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.metadata import listed
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid, nearest, shown

__all__ = ["filtered_documents"]


def filtered_documents(corpus: CorpusView, predicates: Sequence[pl.Expr]) -> Array:
    """Return the row numbers of the documents for which all predicates hold, ascending.

    Raises:
        InputError: If a predicate is not a Boolean expression over the columns of `documents`.
    """
    for predicate in predicates:
        if not isinstance(predicate, pl.Expr):
            raise invalid("predicates", "Polars expressions such as pl.col('source') == 'x'", predicate)
    documents = corpus.documents
    with storage.reading(corpus.path):
        schema = documents.collect_schema()
    for predicate in predicates:
        _check_predicate(predicate, schema)
    try:
        selected = documents.filter(*predicates).select("document").collect()["document"]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError(f"the predicates cannot be computed: {storage.reason(error)}") from error
    return selected.sort().to_numpy()


def _check_predicate(predicate: pl.Expr, schema: pl.Schema) -> None:
    text = f"{predicate!s:.60}"
    unknown = sorted(set(predicate.meta.root_names()) - set(schema.names()))
    if unknown:
        hint = nearest(unknown[0], schema.names())
        raise InputError(
            f"predicates must be of columns of the documents, got {', '.join(map(shown, unknown))}. "
            f"There are: {listed(schema.names())}." + (f" {hint}" if hint else "")
        )
    try:
        dtypes = pl.LazyFrame(schema=schema).select(predicate).collect_schema().dtypes()
    except pl.exceptions.PolarsError as error:
        raise InputError(f"predicates must fit the types of the columns, got {text}: {storage.reason(error)}") from None
    if dtypes != [pl.Boolean]:
        found = ", ".join(map(str, dtypes)) or "nothing"
        raise InputError(f"predicates must be true or false for each document, got {text}, which gives {found}.")
