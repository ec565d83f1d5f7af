"""How a formula over arrays becomes a measure that takes numbers, arrays, Series or expressions and returns the same.

A formula is written once, over float64 arrays. This module adds what is common to all: checks of the counts,
broadcasting, nulls, and Polars expressions, which run the same code.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NamedTuple, Protocol, TypeAlias, cast, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit.errors import InputError, invalid

Array: TypeAlias = npt.NDArray[np.float64]
Number: TypeAlias = "int | float | np.integer[Any] | np.floating[Any]"
Values: TypeAlias = "Number | npt.ArrayLike | pl.Series | pl.Expr"
Formula: TypeAlias = Callable[..., Any]
Check: TypeAlias = Callable[[Mapping[str, Array]], None]

_EXACT = 2**53  # integers up to this one are exact in float64


class KeynessMeasure(Protocol):
    """A measure of the family keyness; `formula` is the same over float64 arrays, without checks."""

    __name__: str
    formula: Formula

    @overload
    def __call__(self, a: Number, b: Number, c: Number, d: Number, **options: Any) -> float: ...
    @overload
    def __call__(self, a: Values, b: Values, c: Values, d: Values, **options: Any) -> Any: ...


class AssociationMeasure(Protocol):
    """A measure of the family association; `formula` is the same over float64 arrays, without checks."""

    __name__: str
    formula: Formula

    @overload
    def __call__(self, o11: Number, r1: Number, c1: Number, n: Number, **options: Any) -> float: ...
    @overload
    def __call__(self, o11: Values, r1: Values, c1: Values, n: Values, **options: Any) -> Any: ...


def keyness_measure(formula: Formula) -> KeynessMeasure:
    """Make a measure of a formula over a, b, c, d."""
    return cast(KeynessMeasure, _measure(formula, _KEYNESS))


def keyness_interval(formula: Formula) -> Callable[..., Any]:
    """Make a measure of a formula over a, b, c, d that returns two values, the ends of an interval."""
    return _measure(formula, _KEYNESS, pair=True)


def association_measure(formula: Formula) -> AssociationMeasure:
    """Make a measure of a formula over o11, r1, c1, n."""
    return cast(AssociationMeasure, _measure(formula, _ASSOCIATION))


def document(measure: Callable[..., Any], sections: str) -> None:
    """Put the sections that all measures of a family share into a docstring, before its references."""
    text = inspect.cleandoc(measure.__doc__ or "")  # there is none under python -OO
    if "Args:" not in text:
        measure.__doc__ = text.replace("References:\n", f"{inspect.cleandoc(sections)}\n\nReferences:\n", 1)


class _Family(NamedTuple):
    """What the measures of a family have in common."""

    arguments: tuple[str, ...]
    check: Check
    sections: str


def _measure(formula: Formula, family: _Family, *, pair: bool = False) -> Callable[..., Any]:
    names, function = family.arguments, formula.__name__

    @wraps(formula)
    def measure(*args: Any, **given: Any) -> Any:
        if len(args) > len(names):
            raise TypeError(f"{function}() takes {len(names)} positional arguments but {len(args)} were given")
        twice = [name for name in names[: len(args)] if name in given]
        if twice:
            raise TypeError(f"{function}() got multiple values for argument {twice[0]!r}")
        given |= dict(zip(names[: len(args)], args, strict=True))
        missing = [repr(name) for name in names if name not in given]
        if missing:
            raise TypeError(f"{function}() is missing required arguments: {', '.join(missing)}")
        values = {name: given.pop(name) for name in names}
        # a prior may be one number or one for each word
        values |= {name: given.pop(name) for name in ("prior", "prior_total") if given.get(name) is not None}
        return _evaluate(lambda **arrays: formula(**arrays, **given), values, family.check, pair)

    def unchecked(*args: Any, **options: Any) -> Any:
        with np.errstate(all="ignore"):  # each docstring says what zeros give
            return formula(*args, **options)

    measure.formula = unchecked  # type: ignore[attr-defined]
    document(measure, family.sections)
    return measure


def _evaluate(formula: Formula, values: Mapping[str, Any], check: Check, pair: bool) -> Any:
    """Apply a formula to what the user gave; the result is of the same kind."""
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
    shaped = broadcast(arrays)
    check(arrays)
    with np.errstate(all="ignore"):
        return formula(**dict(zip(arrays, shaped, strict=True)))


def _of_series(formula: Formula, values: Mapping[str, Any], check: Check) -> Any:
    """Rows with a null in one of the columns are null."""
    label = next(value.name for value in values.values() if isinstance(value, pl.Series))
    # without names, since Polars takes some for patterns
    values = {name: value.alias("") if isinstance(value, pl.Series) else value for name, value in values.items()}
    columns = {name: value for name, value in values.items() if isinstance(value, pl.Series)}
    length = max((len(column) for column in columns.values()), default=1)
    if any(len(column) == 0 for column in columns.values()):
        length = 0
    present = np.ones(length, bool)
    for name, column in columns.items():
        _check_length(name, len(column), length)
        present &= column.is_not_null().to_numpy()
    arrays = {name: _rows(name, value, length)[present] for name, value in values.items()}
    result = _checked(formula, arrays, check)
    if isinstance(result, tuple):
        return tuple(_series(label, part, present) for part in result)
    return _series(label, result, present)


def _rows(name: str, value: Any, length: int) -> Array:
    array = numbers(name, value)
    if array.ndim:
        _check_length(name, array.shape[0], length)
    return np.broadcast_to(array, (length,)) if length or not array.ndim else array[:0]


def _check_length(name: str, n_rows: int, length: int) -> None:
    if n_rows not in (1, length):
        raise InputError(f"{name} must be as long as the other columns, got {n_rows} rows beside {length}.")


def _series(label: str, values: Any, present: npt.NDArray[np.bool_]) -> pl.Series:
    if present.all():
        return pl.Series(label, np.asarray(values, dtype=np.float64), dtype=pl.Float64)
    filled = np.full(len(present), np.nan)
    filled[present] = values
    return pl.select(pl.when(pl.Series(present)).then(pl.Series(filled))).to_series().alias(label)


def _of_expressions(formula: Formula, values: Mapping[str, Any], check: Check, pair: bool) -> Any:
    expressions = {name: value for name, value in values.items() if isinstance(value, pl.Expr)}
    constants = {name: value for name, value in values.items() if name not in expressions}
    for name, value in constants.items():
        if isinstance(value, pl.Series) or np.ndim(value):
            raise invalid(name, "an expression or a number, since another argument is an expression", value)
        numbers(name, value)  # reports a mistake now, not when the query runs

    def part(index: int | None) -> pl.Expr:
        def run(columns: Any) -> pl.Series:
            result = _of_series(formula, {**constants, **dict(zip(expressions, columns, strict=True))}, check)
            return cast(pl.Series, result if index is None else result[index])

        return pl.map_batches(list(expressions.values()), run, return_dtype=pl.Float64, is_elementwise=True)

    return (part(0), part(1)) if pair else part(None)


# ------------------------------------------------------------------------------------- arguments


def numbers(name: str, value: Any) -> Array:
    """Return the value of an argument as float64, nulls as NaN; raise InputError unless it is numeric."""
    expected = "a number, an array of numbers or a numeric Series"
    if isinstance(value, pl.Series):
        if not value.dtype.is_numeric() and value.dtype != pl.Null:
            raise invalid(name, expected, value, f"The column {value.name!r} is of type {value.dtype}.")
        return value.cast(pl.Float64).to_numpy()
    if isinstance(value, np.ma.MaskedArray | pl.DataFrame | pl.LazyFrame):
        raise invalid(name, expected, value)
    try:
        array = np.asarray(value)
    except ValueError:
        raise invalid(name, expected, value) from None
    if array.dtype.kind not in "iuf" and array.size:
        raise invalid(name, expected, value)
    return array.astype(np.float64)


def sequence(name: str, value: Any) -> Array:
    """Return an argument that takes one number for each of several things as float64."""
    if isinstance(value, pl.Series) and value.null_count():
        raise invalid(name, "a sequence of numbers without nulls", value, f"Its nulls: {value.null_count():,}.")
    array = numbers(name, value)
    if array.ndim != 1:
        raise invalid(name, "a sequence of numbers", value)
    return array


def broadcast(arrays: Mapping[str, Array]) -> tuple[Array, ...]:
    """Return the arrays in their common shape; raise InputError if they have none."""
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        *first, last = arrays
        shapes = ", ".join(str(array.shape) for array in arrays.values())
        raise InputError(
            f"{', '.join(first)} and {last} must be of one shape, or single numbers, got {shapes}."
        ) from None


def size_argument(value: object, name: str, *, least: int) -> int:
    """Return an integer from `least` that float64 holds exactly."""
    number = integer(value, name, least=least)
    if number > _EXACT:
        raise invalid(name, "at most 2^53", number)
    return number


def positive(name: str, value: Any, *, below: float = math.inf, least: float = 0.0) -> float:
    """Return a number above 0, or from `least`, and below a bound."""
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not (is_number and value >= least and 0 < value < below and value <= sys.float_info.max):
        between = f"a number between 0 and {below:g}"
        expected = between if below < math.inf else f"at least {least:g}" if least else "positive"
        raise invalid(name, f"finite and {expected}" if is_number and value > sys.float_info.max else expected, value)
    return float(value)


def upper_quantile(confidence: Any) -> float:
    """Return the share below the upper end of an interval, which is below 1 however close to 1 its confidence is.

    >>> upper_quantile(0.95), upper_quantile(1 - 2**-53) < 1
    (0.975, True)
    """
    return min(0.5 + positive("confidence", confidence, below=1) / 2, math.nextafter(1, 0))


def x_log_ratio(x: Array, y: Array) -> Array:
    """Return x ln(x / y), and 0 where x is 0."""
    return np.where(x > 0, x * np.log(np.where(x > 0, x, 1.0) / y), 0.0)


# ---------------------------------------------------------------------------------------- checks


def check_counts(name: str, array: Array, *, least: int = 0, hint: str = "") -> None:
    """Raise InputError unless all items are integers from `least`, which is 0 or 1."""
    good = np.isfinite(array) & (array >= least)
    good &= array == np.floor(array, where=good, out=np.zeros_like(array))
    if not good.all():
        kind = "positive" if least else "non-negative"
        expected = f"{kind} integers" if array.ndim else f"a {kind} integer"
        raise _invalid_item(name, expected, array, ~good, hint)


def check_at_most(name: str, array: Array, other: str, limit: Array, *, hint: str) -> None:
    """Raise InputError if an item is larger than that of another argument; the hint says why it cannot be."""
    array, limit = np.broadcast_arrays(array, limit)
    bad = array > limit
    if bad.any():
        raise _invalid_item(name, f"at most {other} ({_first(limit, bad)})", array, bad, hint)


def _invalid_item(name: str, expected: str, array: Array, bad: npt.NDArray[np.bool_], hint: str = "") -> InputError:
    """Return the error for the first bad item of an array, or for a number."""
    if array.ndim:
        index = ", ".join(str(int(each)) for each in np.argwhere(bad)[0])
        hint = f"It is item {index}." + (f" {hint}" if hint else "")
    return invalid(name, expected, _first(array, bad), hint)


def _first(array: Array, bad: npt.NDArray[np.bool_]) -> int | float:
    value = float(array[bad].flat[0])
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value


def _check_keyness(values: Mapping[str, Array]) -> None:
    check_counts("a", values["a"])
    check_counts("b", values["b"])
    for size, corpus in (("c", "target"), ("d", "reference")):
        check_counts(size, values[size], least=1, hint=f"It is the number of words in the {corpus}.")
    check_at_most("a", values["a"], "c", values["c"], hint="A frequency cannot exceed the size of its corpus.")
    check_at_most("b", values["b"], "d", values["d"], hint="A frequency cannot exceed the size of its corpus.")


def _check_association(values: Mapping[str, Array]) -> None:
    for name in ("o11", "r1", "c1"):
        check_counts(name, values[name])
    check_counts("n", values["n"], least=1)
    o11, r1, c1, n = (values[name] for name in ("o11", "r1", "c1", "n"))
    for name, total in (("r1", r1), ("c1", c1)):
        check_at_most("o11", o11, name, total, hint="A joint frequency cannot exceed its row or column.")
        check_at_most(name, total, "n", n, hint="A row or column cannot exceed the whole table.")
    check_at_most("r1 + c1 - o11", r1 + c1 - o11, "n", n, hint="Otherwise the cell o22 would be negative.")


_KEYNESS = _Family(
    ("a", "b", "c", "d"),
    _check_keyness,
    """
    Args:
        a: Frequency of the word in the target.
        b: Frequency of the word in the reference.
        c: Size of the target in words, at least 1.
        d: Size of the reference in words, at least 1.

    Returns:
        A float for numbers, a float64 array for lists and arrays, a Float64 Series for Series (null where an
        argument is null), an expression for expressions.

    Raises:
        InputError: If a count is not a non-negative integer, or larger than its corpus.
    """,
)
_ASSOCIATION = _Family(
    ("o11", "r1", "c1", "n"),
    _check_association,
    """
    Args:
        o11: How often both occur together.
        r1: Frequency of the first, the total of its row.
        c1: Frequency of the second, the total of its column.
        n: Total of the table, at least 1.

    Returns:
        A float for numbers, a float64 array for lists and arrays, a Float64 Series for Series (null where an
        argument is null), an expression for expressions.

    Raises:
        InputError: If a count is not a non-negative integer, or no table can have these counts.
    """,
)
