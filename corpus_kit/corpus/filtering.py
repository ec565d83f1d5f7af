"""The documents for which the predicates and the values of `Corpus.filter` hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.metadata import listed, type_name
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, nearest, shown, warn

__all__ = ["described", "filtered_documents", "predicates_of"]

_YEAR_OR_MONTH = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
_BY_NAME = "The value of a column has its name: corpus.filter(source='x')."
_SEVERAL = (list, set, frozenset, range, pl.Series)


def filtered_documents(
    corpus: CorpusView, predicates: Sequence[pl.Expr], columns: Mapping[str, Any] | None = None
) -> Array:
    """Return the row numbers of the documents for which all predicates hold and that have all values, ascending.

    Args:
        corpus: The corpus.
        predicates: Expressions over the columns of `documents`.
        columns: The value of each of some columns, as in `Corpus.filter`.

    Raises:
        InputError: If a predicate is not a Boolean expression over the columns of `documents`, there is no such column,
            or no document of the corpus has such a text.
    """
    masks, others = [], list(predicates)
    for name, value in (columns or {}).items():
        mask = _with_text(corpus, name, value)
        if mask is None:
            others.append(_predicate(corpus, name, value))
        else:
            masks.append(mask)
    documents = _filtered(corpus, others) if others else corpus.selected_documents()
    for mask in masks:
        documents = documents[mask[documents]]
    return documents


def _with_text(corpus: CorpusView, name: str, value: Any) -> Array | None:
    """Return which documents have a text, or one of several, by the codes of the column; None for other columns."""
    choose(name, corpus.label_columns(), "column")
    if corpus.labels_type(name) not in _TEXTS:
        return None
    codes = corpus.codes(name)
    holds: Array = _holding(name, _of_python(value), codes.values)[1].to_numpy()
    return holds[codes.of_document]


def _filtered(corpus: CorpusView, predicates: Sequence[pl.Expr]) -> Array:
    for predicate in predicates:
        if not isinstance(predicate, pl.Expr):
            raise invalid("predicates", "Polars expressions such as pl.col('source') == 'x'", predicate, _BY_NAME)
    documents = corpus.documents
    with storage.reading(corpus.path):
        schema = documents.collect_schema()
    for predicate in predicates:
        _check_predicate(predicate, schema)
    with _computing("predicates"):
        selected = documents.filter(*predicates).select("document").collect()["document"]
    return selected.sort().to_numpy()


@contextmanager
def _computing(name: str) -> Iterator[None]:
    try:
        yield
    except (OverflowError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError(f"{name} must be what Polars can compute, got an error: {storage.reason(error)}") from error


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


# ------------------------------------------------------------------------------------ values of columns


def predicates_of(corpus: CorpusView, columns: Mapping[str, Any]) -> list[pl.Expr]:
    """Return the predicates for columns that have a value, one of several values, or one between two.

    Raises:
        InputError: If there is no such column, or no document of the corpus has such a text.
    """
    return [_predicate(corpus, name, value) for name, value in columns.items()]


def described(columns: Mapping[str, Any]) -> list[str]:
    """Return the conditions on columns as they are written in a call.

    >>> described({"source": "okaz", "date": (date(2026, 1, 4), None)})
    ["source='okaz'", "date=('2026-01-04', None)"]
    """
    return [f"{name}={_plain(value)!r}" for name, value in columns.items()]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value), key=repr)
    return [_plain(each) for each in value] if isinstance(value, _SEVERAL) else value


def _predicate(corpus: CorpusView, name: str, value: Any) -> pl.Expr:
    choose(name, corpus.label_columns(), "column")
    return _holding(name, _of_python(value), corpus.labels(name, selected=False))[0]


def _holding(name: str, value: Any, labels: pl.Series) -> tuple[pl.Expr, pl.Series]:
    """Return the condition that a column has a value, and for which of some labels it holds; warns if for none."""
    with _computing(name):
        condition = _condition(name, value, labels)
        holds = labels.to_frame().select(condition).to_series().fill_null(False)
    if len(labels) and not holds.any():
        is_ordered = (labels.dtype.is_numeric() or labels.dtype.is_temporal()) and labels.null_count() < len(labels)
        bounds = f" {name} goes from {labels.min()!s} to {labels.max()!s}." if is_ordered else ""
        warn(f"No document has {described({name: value})[0]}.{bounds}", stacklevel=None)
    return condition, holds


def _of_python(value: Any) -> Any:
    """Return the values of numpy, which take the place of Python's in calculations, as those of Python."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return type(value)(map(_of_python, value)) if isinstance(value, list | tuple | set | frozenset) else value


def _condition(name: str, value: Any, labels: pl.Series) -> pl.Expr:
    column = pl.col(name)
    if value is None:
        return column.is_null()
    dtype = labels.dtype
    if dtype.is_nested() or not (dtype.is_numeric() or dtype in _COMPARED):
        hint = f"{name!r} has {type_name(dtype)}; use an expression, such as pl.col({name!r}).is_not_null()."
        raise invalid("column", "one of single values: texts, numbers, dates or truth values", name, hint)
    if isinstance(value, tuple):
        return _between(name, value, dtype)
    several = isinstance(value, _SEVERAL)
    values: Iterable[Any] = value if several else [value]
    if dtype.is_temporal():
        spans = [column.is_null() if each is None else _within_span(name, dtype, _span(name, each)) for each in values]
        return pl.any_horizontal(pl.lit(False), *spans)
    known = _known_texts(labels) if dtype in _TEXTS else None
    for each in values:
        _expect_value(name, each, dtype, known)
    column = column.cast(pl.String) if dtype in _TEXTS else column
    if not several:
        return column.is_null() if value is None else column == value
    if dtype.is_numeric():
        return _is_one_of(column, list(values), dtype)
    wanted = pl.Series(list(values), dtype=pl.Boolean if dtype == pl.Boolean else pl.String)
    return column.is_in(wanted.implode(), nulls_equal=True)


_TEXTS = (pl.String, pl.Enum, pl.Categorical)
_COMPARED = (*_TEXTS, pl.Boolean, pl.Date, pl.Datetime)


def _is_one_of(column: pl.Expr, values: list[Any], dtype: pl.DataType) -> pl.Expr:
    """Return the condition that a column of numbers has one of some values, or is null if one of them is None."""
    numbers = [each for each in values if each is not None]
    if dtype.is_integer():  # a float that is no integer is in no row
        whole = [int(each) for each in numbers if isinstance(each, int) or each.is_integer()]
        wanted = pl.Series(whole, dtype=pl.Int128).unique()
        column = column.cast(pl.Int128)
    else:
        wanted = pl.Series(numbers, dtype=pl.Float64).unique()
        column = column.cast(pl.Float64)
    condition = column.is_in(wanted.implode()) & column.is_not_null()
    return condition | column.is_null() if len(numbers) < len(values) else condition


def _known_texts(labels: pl.Series) -> list[str]:
    known: list[str] = labels.cast(pl.String).drop_nulls().unique(maintain_order=True).to_list()
    return known


def _expect_value(name: str, value: Any, dtype: pl.DataType, known: list[str] | None) -> None:
    """Raise InputError for a value that a column of texts, numbers or truth values cannot have."""
    if value is None:
        return
    if known == []:
        raise invalid(name, "None, since no document has a value in this column", value)
    if known is not None:
        choose(value, known, name)
    elif dtype == pl.Boolean and not isinstance(value, bool):
        raise invalid(name, "True, False or a list of them", value)
    elif dtype.is_numeric() and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise invalid(name, "a number, a list of numbers or a pair (low, high)", value)


def _between(name: str, pair: tuple[Any, ...], dtype: pl.DataType) -> pl.Expr:
    """Return the condition that a column has a value from the first one up to the second one, both included."""
    if not (dtype.is_numeric() or dtype.is_temporal()):
        hint = "A pair (low, high) is for dates and numbers; several values are a list."
        raise invalid(name, "a value or a list of values", pair, hint)
    if len(pair) != 2:
        raise invalid(name, "a pair (low, high), or a list of values", pair)
    low, high = pair
    if dtype.is_temporal():
        first, last = (None if each is None else _span(name, each) for each in pair)
        if first and last and last[1] is not None and last[1] <= first[0]:
            raise invalid(name, "a pair (low, high) with the earlier date first", pair)
        return _within_span(name, dtype, (first[0] if first else None, last[1] if last else None))
    for each in pair:
        _expect_value(name, each, dtype, None)
    if low is not None and high is not None and low > high:
        raise invalid(name, "a pair (low, high) with the lower number first", pair)
    column = pl.col(name)
    above = column.is_not_null() if low is None else column >= low
    return above if high is None else above & (column <= high)


def _within_span(name: str, dtype: pl.DataType, span: tuple[datetime | None, datetime | None]) -> pl.Expr:
    """Return the condition that a date is not before the first moment, and before the second one."""
    column = pl.col(name)
    moment = column.dt.replace_time_zone(None) if isinstance(dtype, pl.Datetime) else column.cast(pl.Datetime("us"))
    first, end = span
    after = column.is_not_null() if first is None else moment >= first
    return after if end is None else after & (moment < end)


def _span(name: str, value: Any) -> tuple[datetime, datetime | None]:
    """Return the first moment of a day, a month or a year, and the first one after it; None for the end of time."""
    expected = "a date, such as '2026', '2026-01', '2026-01-04' or '2026-01-04T12:30', or a list or a pair"
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            value = f"{value:04d}"
        if isinstance(value, str):
            whole = _YEAR_OR_MONTH.fullmatch(value.strip())
            if whole:
                first = datetime(int(whole[1]), int(whole[2] or 1), 1)
                months = 12 * first.year + (first.month if whole[2] else 12)  # of the first one after it, from 0
                return first, None if months >= 12 * 10_000 else datetime(months // 12, months % 12 + 1, 1)
            value = datetime.fromisoformat(value.strip()) if ":" in value else date.fromisoformat(value.strip())
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                raise invalid(name, "a time without a time zone", value, "Use an expression for others.")
            return value, None if value == datetime.max else value + timedelta(microseconds=1)
        if isinstance(value, date):
            first = datetime.combine(value, time())
            return first, None if value == date.max else first + timedelta(days=1)
    except InputError:
        raise
    except ValueError:
        pass
    raise invalid(name, expected, value)
