"""The codes that several people gave to the same units, as measures of agreement take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import is_text
from corpus_kit._base.arrays import Floats
from corpus_kit._base.records import as_frame
from corpus_kit.errors import InputError, invalid

__all__ = ["CodedUnits", "code_columns"]


class CodedUnits(NamedTuple):
    """The units with at least two codes, from which the measures are computed.

    Attributes:
        counts: How often each unit was given each value, units by values.
        values: The distinct codes, ascending.
    """

    counts: Floats
    values: pl.Series

    @classmethod
    def of(cls, codes: Any) -> CodedUnits:
        """Return the units of codes, given as in `krippendorff_alpha`.

        Examples:
            >>> CodedUnits.of([["a", "b", None], ["a", "a", "b"]]).counts.tolist()
            [[2.0, 0.0], [1.0, 1.0]]
        """
        coders = code_columns(codes)
        unit = np.tile(np.arange(len(coders[0])), len(coders))
        coded = pl.DataFrame({"unit": unit, "code": pl.concat(coders)}).drop_nulls()
        pairable = coded.filter(pl.len().over("unit") > 1)
        values = pairable["code"].unique().sort()
        rows, columns = pairable["unit"].rank("dense").to_numpy(), values.search_sorted(pairable["code"]).to_numpy()
        n_units = pairable["unit"].n_unique()
        cells = (rows.astype(np.int64) - 1) * len(values) + columns
        counts = np.bincount(cells, minlength=n_units * len(values)).reshape(n_units, len(values))
        return cls(counts.astype(np.float64), values)

    @property
    def units(self) -> int:
        """Number of units with at least two codes."""
        return len(self.counts)

    @property
    def pairable(self) -> int:
        """Number of codes in these units."""
        return int(self.counts.sum())


def code_columns(codes: Any) -> list[pl.Series]:
    """Return the codes of each coder as columns of one type, text or numbers."""
    codes = as_frame(codes, "codes")
    if isinstance(codes, pl.DataFrame):
        given: Sequence[Any] = codes.get_columns()
    elif isinstance(codes, str | bytes | dict | set | frozenset | pl.Series) or not _is_sequence(codes):
        raise invalid("codes", "a sequence of codes for each coder, or a DataFrame", codes)
    else:
        given = list(codes)
    if len(given) < 2:
        raise InputError(f"codes must be of at least two coders, got {len(given)}.")
    columns = [_column(each, place) for place, each in enumerate(given)]
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        found = " and ".join(map(str, sorted(lengths)))
        raise InputError(f"codes must be of the same length for all coders, got {found}. None is a missing code.")
    known = {column.dtype for column in columns if column.dtype != pl.Null}
    if len(known) > 1:
        raise InputError("codes must be either text or numbers, got both from different coders.")
    dtype = next(iter(known), pl.String())
    return [column.cast(dtype) for column in columns]


def _is_sequence(codes: Any) -> bool:
    return isinstance(codes, Iterable) and getattr(codes, "ndim", 1) > 0  # an array of NumPy may hold one value


def _column(codes: Any, coder: int) -> pl.Series:
    if not _is_sequence(codes) or isinstance(codes, bytes | dict | set | frozenset):
        raise invalid("codes", "a sequence of codes for each coder", codes, f"It is that of coder {coder}.")
    column = codes if isinstance(codes, pl.Series) else _series(list(codes), coder)
    if column.dtype in (pl.Categorical, pl.Enum):
        column = column.cast(pl.String)
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64).fill_nan(None)
        if numbers.is_infinite().any():
            raise invalid("codes", "finite", float("inf"), f"It is one of coder {coder}.")
        return numbers.alias("code")
    if column.dtype not in (pl.String, pl.Null):
        raise InputError(f"codes must be text or numbers, got {column.dtype} from coder {coder}.")
    return column.alias("code")


def _series(codes: list[Any], coder: int) -> pl.Series:
    """Return a column of codes that are numbers of any types, or text."""
    present = [code for code in codes if code is not None]
    if all(isinstance(code, int | float | np.number) and not isinstance(code, bool) for code in present):
        try:
            numbers = [None if code is None else float(code) for code in codes]
        except OverflowError:
            raise InputError(f"codes must be numbers below 1e308, got a larger one from coder {coder}.") from None
        return pl.Series(numbers, dtype=pl.Float64 if present else pl.Null)
    bad = [code for code in present if not isinstance(code, str) or not is_text(code)]
    if bad:
        raise invalid("codes", "either text or numbers", bad[0], f"It is one of coder {coder}.")
    return pl.Series(codes, dtype=pl.String)
