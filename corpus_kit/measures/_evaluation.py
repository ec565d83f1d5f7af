"""How a formula over arrays becomes a measure: numbers, arrays, Series or expressions in, the same out.

A formula is written once, over float64 arrays. What surrounds it is here: checks of
the counts, broadcasting, nulls, and Polars' expressions, which call the very same code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Protocol, TypeAlias, cast, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import whole_number
from corpus_kit.errors import InputError

Array: TypeAlias = npt.NDArray[np.float64]
Number: TypeAlias = "int | float | np.integer[Any] | np.floating[Any]"
Values: TypeAlias = "Number | npt.ArrayLike | pl.Series | pl.Expr"
Formula: TypeAlias = Callable[..., Any]
Check: TypeAlias = Callable[[Mapping[str, Array]], None]


class KeynessMeasure(Protocol):
    """A measure of the keyness family; `formula` is the same without the checks, over float64 arrays."""

    __name__: str
    formula: Formula

    @overload
    def __call__(self, a: Number, b: Number, c: Number, d: Number, **options: Any) -> float: ...
    @overload
    def __call__(self, a: Values, b: Values, c: Values, d: Values, **options: Any) -> Any: ...


class ContingencyMeasure(Protocol):
    """A measure of the contingency family; `formula` is the same without the checks, over float64 arrays."""

    __name__: str
    formula: Formula

    @overload
    def __call__(self, o11: Number, r1: Number, c1: Number, n: Number, **options: Any) -> float: ...
    @overload
    def __call__(self, o11: Values, r1: Values, c1: Values, n: Values, **options: Any) -> Any: ...


_KEYNESS = ("a", "b", "c", "d")
_CONTINGENCY = ("o11", "r1", "c1", "n")


def keyness_measure(formula: Formula) -> KeynessMeasure:
    """Make a measure of a formula over a, b, c, d."""
    return cast(KeynessMeasure, _measure(formula, _KEYNESS, _check_keyness))


def keyness_interval(formula: Formula) -> Callable[..., Any]:
    """Make a measure of a formula over a, b, c, d that gives two values, the ends of an interval."""
    return _measure(formula, _KEYNESS, _check_keyness, pair=True)


def contingency_measure(formula: Formula) -> ContingencyMeasure:
    """Make a measure of a formula over o11, r1, c1, n."""
    return cast(ContingencyMeasure, _measure(formula, _CONTINGENCY, _check_contingency))


def _measure(formula: Formula, names: tuple[str, ...], check: Check, *, pair: bool = False) -> Callable[..., Any]:
    @wraps(formula)
    def measure(*args: Any, **given: Any) -> Any:
        if len(args) > len(names):
            raise TypeError(f"{formula.__name__}() takes {', '.join(names)} and options by keyword")
        twice = [name for name in names[: len(args)] if name in given]
        if twice:
            raise TypeError(f"{formula.__name__}() got {twice[0]} twice")
        given |= dict(zip(names[: len(args)], args, strict=True))
        missing = [name for name in names if name not in given]
        if missing:
            raise TypeError(f"{formula.__name__}() misses {', '.join(missing)}")
        values = {name: given.pop(name) for name in names}
        # a prior may be another one for each word
        values |= {name: given.pop(name) for name in ("prior", "prior_total") if given.get(name) is not None}
        return _evaluate(lambda **arrays: formula(**arrays, **given), values, check, pair)

    def unchecked(*args: Any, **options: Any) -> Any:
        with np.errstate(all="ignore"):  # what becomes of zeros is said in each docstring
            return formula(*args, **options)

    measure.formula = unchecked  # type: ignore[attr-defined]
    return measure


def _evaluate(formula: Formula, values: Mapping[str, Any], check: Check, pair: bool) -> Any:
    """A formula's value for what the user gave, as the same kind of thing."""
    if any(isinstance(value, pl.Expr) for value in values.values()):
        return _of_expressions(formula, values, check, pair)
    if any(isinstance(value, pl.Series) for value in values.values()):
        return _of_series(formula, values, check)
    arrays = {name: numbers(name, value) for name, value in values.items()}
    result = _checked(formula, arrays, check)
    if isinstance(result, tuple):
        return tuple(_plain(part) for part in result)
    return _plain(result)


def _plain(result: Any) -> float | Array:
    array = np.asarray(result, dtype=np.float64)
    return float(array) if array.ndim == 0 else array


def _checked(formula: Formula, arrays: Mapping[str, Array], check: Check) -> Any:
    try:
        shaped = np.broadcast_arrays(*arrays.values())
    except ValueError:
        sizes = ", ".join(f"{name}: {array.shape}" for name, array in arrays.items())
        raise InputError(f"the arguments have shapes that do not fit together: {sizes}") from None
    check(arrays)
    with np.errstate(all="ignore"):
        return formula(**dict(zip(arrays, shaped, strict=True)))


def _of_series(formula: Formula, values: Mapping[str, Any], check: Check) -> Any:
    """Rows with a null in one of the columns are null."""
    columns = {name: value for name, value in values.items() if isinstance(value, pl.Series)}
    length = max((len(column) for column in columns.values()), default=1)
    if any(len(column) == 0 for column in columns.values()):
        length = 0
    present = np.ones(length, bool)
    for name, column in columns.items():
        if len(column) not in (1, length):
            raise InputError(f"{name}= has {len(column)} rows, but another column has {length}")
        present &= column.is_not_null().to_numpy()
    arrays = {name: _rows(name, value, length)[present] for name, value in values.items()}
    result = _checked(formula, arrays, check)
    label = next(iter(columns.values())).name
    if isinstance(result, tuple):
        return tuple(_series(label, part, present) for part in result)
    return _series(label, result, present)


def _rows(name: str, value: Any, length: int) -> Array:
    array = numbers(name, value)
    if array.ndim and array.shape[0] not in (1, length):
        raise InputError(f"{name}= has {array.shape[0]} items for columns of {length} rows")
    return np.broadcast_to(array, (length,)) if length or not array.ndim else array[:0]


def _series(label: str, values: Any, present: npt.NDArray[np.bool_]) -> pl.Series:
    if present.all():
        return pl.Series(label, np.asarray(values, dtype=np.float64), dtype=pl.Float64)
    filled = np.full(len(present), np.nan)
    filled[present] = values
    return pl.select(pl.when(pl.Series(present)).then(pl.Series(filled)).alias(label)).to_series()


def _of_expressions(formula: Formula, values: Mapping[str, Any], check: Check, pair: bool) -> Any:
    expressions = {name: value for name, value in values.items() if isinstance(value, pl.Expr)}
    constants = {name: value for name, value in values.items() if name not in expressions}
    for name, value in constants.items():
        if isinstance(value, pl.Series) or np.ndim(value):
            raise InputError(f"{name}= must be an expression or one number where another argument is an expression")
        numbers(name, value)  # a mistake is told now, not when the query runs

    def part(index: int | None) -> pl.Expr:
        def run(columns: Any) -> pl.Series:
            result = _of_series(formula, {**constants, **dict(zip(expressions, columns, strict=True))}, check)
            return cast(pl.Series, result if index is None else result[index])

        return pl.map_batches(list(expressions.values()), run, return_dtype=pl.Float64, is_elementwise=True)

    return (part(0), part(1)) if pair else part(None)


def numbers(name: str, value: Any) -> Array:
    """What was given for one argument as float64; anything but numbers is refused. A null becomes NaN."""
    if isinstance(value, pl.Series):
        if not value.dtype.is_numeric() and value.dtype != pl.Null:
            raise InputError(f"{name}= takes numbers, but the column {value.name!r} has the type {value.dtype}")
        return value.cast(pl.Float64).to_numpy()
    if isinstance(value, np.ma.MaskedArray | pl.DataFrame | pl.LazyFrame):
        raise InputError(f"{name}= takes a number, an array or a Series, not {type(value).__name__}")
    try:
        array = np.asarray(value)
    except ValueError:
        raise InputError(f"{name}= takes a number or an array of numbers, not {value!r:.60}") from None
    if array.dtype.kind not in "iuf" and array.size:
        raise InputError(f"{name}= takes a number or an array of numbers, not {type(value).__name__}: {value!r:.60}")
    return array.astype(np.float64)


def sequence(name: str, value: Any) -> Array:
    """What was given for an argument that takes one number for each of several things, as float64."""
    if isinstance(value, pl.Series) and value.null_count():
        raise InputError(f"{name}= holds {value.null_count()} nulls")
    array = numbers(name, value)
    if array.ndim != 1:
        raise InputError(f"{name}= takes a sequence of numbers, not one of {array.ndim} dimensions: {value!r:.60}")
    return array


def size_argument(value: object, name: str, *, least: int, what: str) -> int:
    """A whole number that a float holds exactly."""
    number = whole_number(value, name, least=least, what=what)
    if number > 2**53:
        raise InputError(f"{name}= takes at most 2^53 {what}; it is larger")
    return number


def positive(name: str, value: Any, *, below: float = math.inf, least: float = 0.0) -> float:
    """One number above 0 (or from `least`) and below a bound."""
    good = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not (good and value >= least and 0 < value < below):
        said = f"between 0 and {below:g}" if below < math.inf else f"from {least:g}" if least else "above 0"
        raise InputError(f"{name}= takes a number {said}, not {value!r:.60}")
    return float(value)


def x_log_ratio(x: Array, y: Array) -> Array:
    """x ln(x / y), and 0 where x is 0."""
    return np.where(x > 0, x * np.log(np.where(x > 0, x, 1.0) / y), 0.0)


# ---------------------------------------------------------------------------------------- checks


def check_counts(name: str, array: Array, *, least: int = 0) -> None:
    """Raise InputError unless all items are whole numbers from `least`."""
    good = np.isfinite(array) & (array >= least)
    good &= array == np.floor(array, where=good, out=np.zeros_like(array))
    if not good.all():
        raise InputError(f"{name}={_first(array, ~good)}, but it takes whole numbers from {least}")


def check_at_most(name: str, array: Array, other: str, limit: Array, *, what: str) -> None:
    """Raise InputError if an item is larger than that of another argument; `what` says why it cannot be."""
    array, limit = np.broadcast_arrays(array, limit)
    bad = array > limit
    if bad.any():
        raise InputError(f"{name}={_first(array, bad)} is more than {other}={_first(limit, bad)}: {what}")


def _first(array: Array, bad: npt.NDArray[np.bool_]) -> str:
    """The first offending value, and where it stands."""
    if not array.ndim:
        return f"{float(array):.17g}"
    place = tuple(int(index) for index in np.argwhere(bad)[0])
    return f"{float(array[place]):.17g} (item {', '.join(map(str, place))})"


def _check_keyness(values: Mapping[str, Array]) -> None:
    check_counts("a", values["a"])
    check_counts("b", values["b"])
    for size, corpus in (("c", "target"), ("d", "reference")):
        check_counts(size, values[size])
        if not values[size].all():
            raise InputError(f"{size}=0, but the {corpus} must hold at least one word")
    check_at_most("a", values["a"], "c", values["c"], what="a frequency cannot be larger than its corpus")
    check_at_most("b", values["b"], "d", values["d"], what="a frequency cannot be larger than its corpus")


def _check_contingency(values: Mapping[str, Array]) -> None:
    for name in ("o11", "r1", "c1"):
        check_counts(name, values[name])
    check_counts("n", values["n"], least=1)
    o11, r1, c1, n = (values[name] for name in ("o11", "r1", "c1", "n"))
    for name, total in (("r1", r1), ("c1", c1)):
        check_at_most("o11", o11, name, total, what="a joint frequency cannot be larger than its row or column")
        check_at_most(name, total, "n", n, what="a marginal frequency cannot be larger than the whole table")
    try:
        rest = n - r1 - c1 + o11
    except ValueError:  # told by the caller
        return
    if (rest < 0).any():
        shaped = np.broadcast_arrays(o11, r1, c1, n)
        told = ", ".join(
            f"{name}={_first(each, rest < 0)}" for name, each in zip(("o11", "r1", "c1", "n"), shaped, strict=True)
        )
        raise InputError(f"o22={_first(rest, rest < 0)} would be the rest of n: no table has these margins: {told}")
