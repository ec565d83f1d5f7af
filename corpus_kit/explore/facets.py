"""What documents can be selected by: metadata columns, with their values or where they go from and to."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.display.columns import explain_in
from corpus_kit.display.values import plain, shortened, visible
from corpus_kit.errors import choose, invalid
from corpus_kit.text.normalization import normalize_series, resolve_profile

__all__ = ["facets_of", "values_of"]

_LONGEST = 200  # code points of a value
_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_DATES = (pl.Date, pl.Datetime)
_OWN = ("document", "id")


def facets_of(corpus: CorpusView, language: str) -> list[dict[str, Any]]:
    """Return the columns by which documents can be selected: name, head, kind, and ends or number of values.

    A column of dates comes first, then those of texts, then numbers, then texts that name each document, such as its
    file; those that hold one value for all come not.
    """
    facets = [_facet(corpus, name, language) for name in corpus.label_columns() if name not in _OWN]
    order = ("date", "text", "number")

    def place(facet: dict[str, Any]) -> tuple[bool, int]:
        names_each = facet["kind"] == "text" and len(corpus.codes(facet["name"]).values) == corpus.n_documents
        return names_each, order.index(facet["kind"])

    return sorted((each for each in facets if each is not None), key=place)


def _facet(corpus: CorpusView, name: str, language: str) -> dict[str, Any] | None:
    dtype = corpus.labels_type(name)
    meaning = explain_in(name, language, "Corpus.documents")
    head, title = (visible(shortened(name, _LONGEST)), "") if meaning is None else (meaning.label, meaning.explanation)
    facet: dict[str, Any] = {"name": name, "head": head, "title": title}
    if _is_chosen(dtype):
        number = len(corpus.codes(name).values)
        return {**facet, "kind": "text", "values": number} if number > 1 else None
    if not (dtype.is_numeric() or dtype in _DATES):
        return None
    labels = corpus.labels(name)
    if dtype.is_float() or dtype.is_decimal():
        labels = labels.cast(pl.Float64)
        labels = labels.set(~labels.is_finite(), None)  # no end of a range, and no number in JSON
    low, high = labels.min(), labels.max()
    if low is None or low == high:
        return None
    kind = "number" if dtype.is_numeric() else "date"
    return {**facet, "kind": kind, "low": _end(low), "high": _end(high), "missing": labels.null_count()}


def _is_chosen(dtype: pl.DataType) -> bool:
    """Return whether documents are selected by values of a column, not by where these go from and to."""
    return dtype in _TEXTS or dtype == pl.Boolean


def _end(value: Any) -> Any:
    return value if isinstance(value, int | float) else str(value)[:10]


def values_of(corpus: CorpusView, column: str, find: str, first: int, count: int) -> dict[str, Any]:
    """Return values of a column with the number of documents of each, the most frequent first.

    Args:
        corpus: The corpus, or a part of it.
        column: The column.
        find: What values must contain, folded as a search folds; "" for all.
        first: The first value to return.
        count: How many.

    Raises:
        InputError: If there is no such column, or it is none of texts.
    """
    columns = corpus.label_columns()
    if column in columns and not _is_chosen(corpus.labels_type(column)):
        raise invalid("column", "a column of texts", column)
    codes = corpus.codes(choose(column, columns, "column"))
    counts = np.bincount(codes.of_document[corpus.selected_documents()], minlength=len(codes.values))
    texts = codes.values.cast(pl.String)
    table = pl.DataFrame({"text": texts, "count": counts}).with_row_index("code")
    if find.strip():
        folding = resolve_profile("search")
        wanted = normalize_series(pl.Series([find.strip()]), folding)[0]
        table = table.filter(normalize_series(table["text"], folding).str.contains(wanted, literal=True))
    table = table.sort("count", "code", descending=[True, False])
    shown = table.slice(first, count)
    raw = codes.values.gather(shown["code"]).to_list()
    return {
        "first": first,
        "total": table.height,
        "values": [
            [visible(shortened(plain(value), _LONGEST)), value, number]
            for value, number in zip(raw, shown["count"].to_list(), strict=True)
        ],
    }
