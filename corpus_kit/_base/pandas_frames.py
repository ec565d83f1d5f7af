"""Tables for pandas, in which no value changes, so that they come back as they were."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import polars as pl

__all__ = ["pandas_frame"]

# Of which pandas has a kind for missing values, under the same name.
_WITH_MISSING = (pl.Boolean, pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
_AS_OBJECTS = (pl.Int128, pl.UInt128, pl.Decimal, pl.Time, pl.Binary, pl.Object)  # of Python


def pandas_frame(frame: pl.DataFrame, **kwargs: Any) -> Any:
    """Return a table as a pandas.DataFrame.

    As `pl.DataFrame.to_pandas` does, which has datetime64 for dates, categories for Enum and Categorical, and nan for
    missing numbers that are not integers, but with integers that stay integers, and lists that are lists. Without
    pyarrow, which makes large columns of texts faster, the types are the same.

    Args:
        frame: The table.
        **kwargs: As `pyarrow.Table.to_pandas` takes them; they need pyarrow.
    """
    import pandas  # optional

    by_arrow = bool(kwargs) or find_spec("pyarrow") is not None
    columns = zip(frame.columns, frame.iter_columns(), strict=True)
    own = {name: _pandas_column(column) for name, column in columns if not (by_arrow and _by_arrow(column))}
    others = frame.drop(own)
    # pyarrow's columns stay as they are, since pandas would copy them.
    made = others.to_pandas(**kwargs) if others.width else pandas.DataFrame(index=pandas.RangeIndex(frame.height))
    for place, name in enumerate(frame.columns):
        if name in own:
            made.insert(place, name, own[name])
    return made


def _by_arrow(column: pl.Series) -> bool:
    """Return whether pyarrow keeps the values of a column: of others it makes floats or arrays, or it has no type."""
    dtype = column.dtype
    return not (dtype.is_nested() or dtype in (pl.Int128, pl.UInt128) or _has_missing_integers(column))


def _has_missing_integers(column: pl.Series) -> bool:
    return column.dtype in _WITH_MISSING and column.null_count() > 0


def _pandas_column(column: pl.Series) -> Any:
    """Return a column as pandas holds it, without pyarrow."""
    import pandas  # optional

    dtype = column.dtype
    if _has_missing_integers(column):
        kind = "boolean" if dtype == pl.Boolean else dtype.base_type().__name__
        return pandas.array(column.to_list(), dtype=kind)
    if dtype.is_nested() or dtype in _AS_OBJECTS or dtype == pl.Null:
        return pandas.Series(column.to_list(), dtype=object)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        categories = dtype.categories if isinstance(dtype, pl.Enum) else column.drop_nulls().unique(maintain_order=True)
        ordered = isinstance(dtype, pl.Enum)
        return pandas.Categorical(column.to_list(), categories.cast(pl.String).to_list(), ordered=ordered)
    if dtype == pl.String:
        return pandas.Series(column.to_list(), dtype="str")
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).to_numpy()
        return pandas.Series(utc).dt.tz_localize("UTC").dt.tz_convert(dtype.time_zone)
    if dtype == pl.Date:
        return pandas.Series(column.cast(pl.Datetime("ms")).to_numpy())
    return pandas.Series(column.to_numpy())
