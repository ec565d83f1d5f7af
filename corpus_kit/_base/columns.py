"""The one seam between Polars and the compiled core: text columns in, result columns out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import text_argument
from corpus_kit._base.distribution import how_to_install
from corpus_kit._core import frame_stream
from corpus_kit.errors import InputError, invalid, one_of

Capsules = tuple[object, object]
Made = TypeVar("Made")


class ArrowStream(Protocol):
    """Data of another library: an array in several chunks, or a table."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """Data of another library: an array, or a batch of a table."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> Capsules: ...


class _Exported:
    """An object that Polars can import: it exports an Arrow array once."""

    def __init__(self, capsules: Capsules) -> None:
        self._capsules = capsules

    def __arrow_c_array__(self, requested_schema: object | None = None) -> Capsules:
        return self._capsules


def series_from_core(name: str, capsules: Capsules) -> pl.Series:
    """Wrap a result column of the core in a Series without copying its memory."""
    series = pl.Series(_Exported(capsules))  # which would ignore a name
    return series.alias(name) if name else series


def frame_from_core(capsules: Capsules) -> pl.DataFrame:
    """Wrap a table of the core, a struct of columns, in a DataFrame without copying its memory."""
    return pl.Series(_Exported(capsules)).struct.unnest()


def nan_as_null(values: npt.NDArray[np.float64]) -> pl.Series:
    """Return a Float64 column in which NaN, the value of a measure that is not defined, is null."""
    return pl.Series(values, nan_to_null=True, dtype=pl.Float64)


def _imported(value: object, argument: str, kind: str, make: Callable[[Any], Made]) -> Made | None:
    """Make a Series or DataFrame of what another library exports through Arrow, or return None if it does not."""
    if not hasattr(type(value), "__arrow_c_stream__") and not hasattr(type(value), "__arrow_c_array__"):
        return None
    try:
        return make(value)
    except MemoryError:
        raise
    except ImportError:  # pandas exports by means of pyarrow, which may be missing
        return None
    except (Exception, pl.exceptions.PanicException) as error:  # whatever the library raises while it is read
        reason = (str(error) or repr(error)).splitlines()[0]
        raise InputError(f"{argument} must be an Arrow {kind} that Polars can read, got an error: {reason}") from error


def frames_stream(schema: pl.Schema, frames: Iterable[pl.DataFrame]) -> object:
    """Return frames as an Arrow stream in a capsule; each is made when it is read.

    That of Polars (`collect_batches`) waits with the GIL for readers that hold it, while a source of the library's own
    needs it: both would stand still.

    Args:
        schema: The columns of all frames.
        frames: The frames.
    """

    def checked() -> Iterator[pl.DataFrame]:
        for frame in frames:
            if frame.schema != schema:  # readers rely on it without a look
                raise InputError(f"frames must have the columns {dict(schema)}, got {dict(frame.schema)}.")
            yield frame

    return frame_stream(pl.DataFrame(schema=schema), checked())


def arrow_frame(value: object, argument: str) -> pl.DataFrame | None:
    """Return a table of another library, such as DuckDB, pyarrow or pandas; None if the value is not Arrow data.

    Raises:
        InputError: If it is not a table, or cannot be read.
    """
    is_pandas = type(value).__module__.partition(".")[0] == "pandas"
    frame = _imported(_of_pandas(value, argument) if is_pandas else value, argument, "table", pl.DataFrame)
    if frame is None and is_pandas:
        raise InputError(
            f"{argument} must be a table that can be read, got one of pandas, which hands its data over through "
            f"pyarrow. {how_to_install('pandas')}"
        )
    return None if frame is None else frame.with_columns(_with_empty_nulls(pl.col(pl.String)))


def _of_pandas(value: Any, argument: str) -> Any:
    """Return a table or column of pandas as a table, with a named index as columns: its Arrow form has none."""
    table = value.to_frame("text" if value.name is None else value.name) if hasattr(value, "to_frame") else value
    named = [name for name in getattr(getattr(table, "index", None), "names", ()) if name is not None]
    try:
        return table.reset_index(named) if named else table
    except ValueError as error:  # there is a column of that name
        raise InputError(f"{argument} must have an index with other names than its columns: {error}.") from error


def arrow_column(value: object, argument: str) -> pl.Series | None:
    """Return a column of another library; None if the value is not Arrow data. A table must have one column.

    Raises:
        InputError: If it has several columns, or cannot be read.
    """
    series = _imported(value, argument, "column", pl.Series)
    if series is not None and isinstance(series.dtype, pl.Struct):
        series = _only_field(series, argument)
    if series is None or series.dtype != pl.String or not series.null_count():
        return series
    return series.to_frame().select(_with_empty_nulls(pl.all())).to_series()


def _only_field(series: pl.Series, argument: str) -> pl.Series:
    names = series.struct.fields
    if len(names) != 1:
        hint = f" Choose {one_of(names)}." if names else ""
        raise InputError(f"{argument} must be one column, got a table of {len(names)} columns.{hint}")
    return series.struct.unnest().to_series()  # by name it would be a pattern


def _with_empty_nulls(texts: pl.Expr) -> pl.Expr:
    """Make nulls empty underneath. Arrow leaves undefined what views are there, and Polars 2.1 crashes on some."""
    return pl.when(texts.is_not_null()).then(texts.fill_null(""))


def text_series(texts: Any, *, argument: str = "texts") -> pl.Series:
    """Turn what a caller passed as texts into a String series without a name.

    A single str is refused, since it would be read as a list of its letters, and so is a set, which has no order.

    Args:
        texts: A Series (String, Categorical or all null), the same as Arrow data of another library, or an iterable
            of str or None.
        argument: The name of the argument, for the message.

    Raises:
        InputError: If it is anything else, or an item is not text.
    """
    series = texts if isinstance(texts, pl.Series) else arrow_column(texts, argument)
    if series is None:
        is_ordered = isinstance(texts, Iterable) and not isinstance(texts, str | bytes | set | frozenset | dict)
        if not is_ordered or getattr(texts, "ndim", 1) == 0:  # an array of NumPy that holds one value
            hint = "Put a single text into a list." if isinstance(texts, str) else ""
            raise invalid(argument, "a list of str, a Polars Series or another Arrow column", texts, hint)
        series = _series_of_items(texts, argument)
    if series.dtype in (pl.Null, pl.Categorical, pl.Enum):
        return series.alias("").cast(pl.String)
    if series.dtype != pl.String:
        column = f" (column {series.name!r})" if series.name else ""
        raise InputError(f"{argument} must be a column of strings, got {series.dtype}{column}.")
    return series.alias("")  # Polars takes some names for patterns


def _series_of_items(texts: Iterable[Any], argument: str) -> pl.Series:
    items = texts if isinstance(texts, list | tuple) else list(_up_to_no_text(texts))
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


def _up_to_no_text(texts: Iterable[Any]) -> Iterator[Any]:
    """Yield items up to the first that is no text: there may be no end of them."""
    for item in texts:
        yield item
        if item is not None and not isinstance(item, str):
            return


def text_stream(series: pl.Series) -> object:
    """Return the Arrow stream capsule of a String series, for the core to read."""
    return series.alias("").__arrow_c_stream__()  # a NUL character in the name would end the process
