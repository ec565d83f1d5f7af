"""The one seam between Polars and the compiled core: text columns in, result columns out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import text_argument
from corpus_kit.errors import InputError, invalid

Capsules = tuple[object, object]


class _Exported:
    """An object that Polars can import: it exports an Arrow array once."""

    def __init__(self, capsules: Capsules) -> None:
        self._capsules = capsules

    def __arrow_c_array__(self, requested_schema: object | None = None) -> Capsules:
        return self._capsules


def series_from_core(name: str, capsules: Capsules) -> pl.Series:
    """Wrap a result column of the core in a Series without copying its memory."""
    return pl.Series(_Exported(capsules)).alias(name)  # a name given to Series() would be ignored


def nan_as_null(values: npt.NDArray[np.float64]) -> pl.Series:
    """Return a Float64 column in which NaN, the value of a measure that is not defined, is null."""
    return pl.Series(values, nan_to_null=True, dtype=pl.Float64)


def text_series(texts: Any, *, argument: str = "texts") -> pl.Series:
    """Turn what a caller passed as texts into a String series.

    A single str is refused, since it would be read as a list of its letters, and so is a set, which has no order.

    Args:
        texts: A Series (String, Categorical or all null), or an iterable of str or None.
        argument: The name of the argument, for the message.

    Raises:
        InputError: If it is anything else, or an item is not text.
    """
    if isinstance(texts, pl.Series):
        series = texts
    elif isinstance(texts, str | bytes | set | frozenset | dict | pl.DataFrame) or not isinstance(texts, Iterable):
        hint = "Put a single text into a list." if isinstance(texts, str) else ""
        raise invalid(argument, "a list of str or a Polars Series", texts, hint)
    else:
        series = _series_of_items(list(texts), argument)
    if series.dtype in (pl.Null, pl.Categorical, pl.Enum):
        return series.cast(pl.String)
    if series.dtype != pl.String:
        raise InputError(f"{argument} must be a Series of strings, got {series.dtype} (column {series.name!r}).")
    return series


def _series_of_items(items: list[Any], argument: str) -> pl.Series:
    for row, item in enumerate(items):
        if item is not None and not isinstance(item, str):
            raise invalid(f"{argument}[{row}]", "a str or None", item)
    try:
        return pl.Series(argument, items, dtype=pl.String)
    except UnicodeEncodeError as error:
        for row, item in enumerate(items):
            if item is not None:
                text_argument(item, f"{argument}[{row}]")
        raise InputError(f"{argument} must be text, got an error: {error}.") from None


def text_stream(series: pl.Series) -> object:
    """Return the Arrow stream capsule of a String series, for the core to read."""
    return series.__arrow_c_stream__()
