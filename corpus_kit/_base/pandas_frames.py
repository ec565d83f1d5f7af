"""Tables for pandas, in which no value changes, so that they come back as they were."""

from __future__ import annotations

from typing import Any

import polars as pl

__all__ = ["pandas_frame"]

# Of which pandas has a kind for missing values, under the same name.
_WITH_MISSING = (pl.Boolean, pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)


def pandas_frame(frame: pl.DataFrame, **kwargs: Any) -> Any:
    """Return a table as a pandas.DataFrame.

    As `pl.DataFrame.to_pandas` does, which has datetime64 for dates, categories for Enum and Categorical, and nan for
    missing numbers that are not integers, but with integers that stay integers, and lists that are lists.

    Args:
        frame: The table.
        **kwargs: As `pyarrow.Table.to_pandas` takes them.
    """
    import pandas  # optional

    made = frame.to_pandas(**kwargs)
    for name, column in zip(frame.columns, frame.iter_columns(), strict=True):
        if column.dtype.is_nested():  # pyarrow makes arrays of lists, and floats of integers within them
            made[name] = pandas.Series(column.to_list(), dtype=object)
        elif column.null_count() and column.dtype in _WITH_MISSING:
            kind = "boolean" if column.dtype == pl.Boolean else column.dtype.base_type().__name__
            made[name] = pandas.array(column.to_list(), dtype=kind)
    return made
