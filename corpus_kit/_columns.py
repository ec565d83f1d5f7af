"""The one seam between Polars and the compiled core: text columns in, result columns out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from corpus_kit.errors import InputError

Capsules = tuple[object, object]


class _Exported:
    """What Polars' import asks for: an object that hands out an Arrow array once."""

    def __init__(self, capsules: Capsules) -> None:
        self._capsules = capsules

    def __arrow_c_array__(self, requested_schema: object | None = None) -> Capsules:
        return self._capsules


def series_from_core(name: str, capsules: Capsules) -> pl.Series:
    """Wrap a result column of the core in a Series; the memory is not copied."""
    return pl.Series(_Exported(capsules)).alias(name)  # a name given to Series() would be ignored


def text_series(texts: Any, *, argument: str = "texts") -> pl.Series:
    """Turn what a caller gave as texts into a String series.

    Accepts a String, Categorical or all-null Series and any iterable of str or None.
    A single str is refused, since it would be read as a list of its letters, and so is a set, which has no order.
    """
    if isinstance(texts, pl.Series):
        series = texts
    elif isinstance(texts, str | bytes | set | frozenset | dict | pl.DataFrame) or not isinstance(texts, Iterable):
        raise InputError(
            f"{argument}= takes a list of str or a Polars Series, not {type(texts).__name__}: {texts!r:.60}"
        )
    else:
        series = _series_of_iterable(list(texts), argument)
    if series.dtype in (pl.Null, pl.Categorical, pl.Enum):
        return series.cast(pl.String)
    if series.dtype != pl.String:
        raise InputError(f"{argument}= takes strings, but the column {series.name!r} has the type {series.dtype}")
    return series


def _series_of_iterable(values: list[Any], argument: str) -> pl.Series:
    for row, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            raise InputError(f"{argument}= takes str or None, but item {row} is {type(value).__name__}: {value!r:.60}")
    try:
        return pl.Series(argument, values, dtype=pl.String)
    except UnicodeEncodeError as error:  # an unpaired surrogate
        raise InputError(f"{argument}= holds an unpaired surrogate, which is not text: {error}") from None


def text_stream(series: pl.Series) -> object:
    """The Arrow stream capsule of a String series, for the core to read."""
    return series.__arrow_c_stream__()
