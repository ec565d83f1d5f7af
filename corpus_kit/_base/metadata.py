"""Columns that users bring: their names beside those of our own columns, and which of their values can be kept.

A name is data: it may be the name of one of our columns, empty, or something that Polars reads as a pattern.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import polars as pl
import polars.selectors as cs

from corpus_kit.errors import InputError, invalid, shown

__all__ = [
    "as_text",
    "exactly",
    "expect_free",
    "expect_readable",
    "has_nanoseconds",
    "holds_times",
    "inner_types",
    "is_pattern",
    "leaves",
    "listed",
    "stored_names",
    "type_name",
    "unreadable",
    "unstorable",
]

_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 to 9999, counted from 1970
_LISTED = 80  # names in a message, and characters of the name of a type
_LONGEST = 999_999_999  # days of a duration
_PER_DAY = {"ms": 86_400 * 10**3, "us": 86_400 * 10**6, "ns": 86_400 * 10**9}


def exactly(*names: str) -> pl.Expr:
    """Return an expression for the columns of these names; `pl.col` would take "^a.*$" and "*" for patterns.

    >>> pl.DataFrame({"^.*$": [1], "a": [2]}).select(exactly("^.*$")).columns
    ['^.*$']
    """
    return cs.by_name(*names).as_expr()


def stored_names(names: Iterable[str], own: Collection[str]) -> dict[str, str]:
    """Return the name that each column of a user has in a corpus, whose tables have columns of our own.

    It keeps its name, unless that is the name of one of ours, empty, or a pattern to Polars: then underscores at the
    end make it a name that no other column has.

    >>> stored_names(["outlet", "text", "text_", "^.*$"], own=["id", "text"])
    {'outlet': 'outlet', 'text': 'text__', 'text_': 'text_', '^.*$': '^.*$_'}
    """
    given = list(names)
    taken = {*own, *given}
    result = {}
    for name in given:
        new = name
        if not name or name in own or is_pattern(name):
            while not new or new in taken:
                new += "_"
        taken.add(new)
        result[name] = new
    return result


def expect_free(column: str, own: Collection[str], argument: str) -> None:
    """Raise InputError if a column of the corpus has the name of a column of the table that it would be part of.

    >>> expect_free("node", ["before", "node", "after"], "metadata")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: metadata must be a column whose name the result does not use, got 'node'. Copy it \
under another: corpus.with_metadata(corpus.documents.select('id', other='node')).
    """
    if column in own:
        hint = f"Copy it under another: corpus.with_metadata(corpus.documents.select('id', other={column!r}))."
        raise invalid(argument, "a column whose name the result does not use", column, hint)


def is_pattern(name: str) -> bool:
    """Return whether `pl.col`, and methods of a Series of this name, take it for several columns."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def listed(names: Iterable[str]) -> str:
    r"""Return names as a message lists them, on one line; those that are not plain words are quoted.

    >>> print(listed(["outlet", "a\nb", ""]), listed([]))
    outlet, 'a\nb', '' none
    """
    given = list(names)
    more = [f"… ({len(given):,} in all)"] if len(given) > _LISTED else []
    return ", ".join([*map(_plain, given[:_LISTED]), *more]) or "none"


def _plain(name: str) -> str:
    is_plain = name.isprintable() and name == name.strip() != "" and len(name) < _LISTED
    return name if is_plain else shown(name)


def type_name(dtype: object) -> str:
    """Return a type as messages show it; the fields of a struct may be many."""
    name = " ".join(str(dtype).split())
    return name if len(name) <= _LISTED else f"{name[: _LISTED - 1]}…"


def unstorable(dtype: pl.DataType) -> str | None:
    """Return why a corpus cannot hold columns of a type, or None if it can.

    >>> unstorable(pl.List(pl.Int64())), unstorable(pl.List(pl.Struct([])))
    (None, 'structs without fields, which Parquet cannot hold')
    """
    if dtype == pl.Object:
        return "Python objects, which cannot be stored"
    if isinstance(dtype, pl.BaseExtension):
        return "an extension type, which other programs would not know"
    if isinstance(dtype, pl.Struct) and not dtype.fields:
        return "structs without fields, which Parquet cannot hold"
    if isinstance(dtype, pl.Struct) and any("\0" in field.name for field in dtype.fields):
        return "a field with a NUL character in its name, which would end programs that read Arrow data"
    if isinstance(dtype, pl.Array) and 0 in dtype.shape:
        return "arrays of no width, which cannot be stored"
    return next(filter(None, map(unstorable, inner_types(dtype))), None)


def inner_types(dtype: pl.DataType) -> list[pl.DataType]:
    """Return the types of the values that a nested type holds."""
    if isinstance(dtype, pl.Struct):
        inner = [field.dtype for field in dtype.fields]
    elif isinstance(dtype, pl.Map):
        inner = [dtype.key, dtype.value]
    elif isinstance(dtype, pl.List | pl.Array):
        inner = [dtype.inner]
    else:
        inner = []
    return [each for each in inner if isinstance(each, pl.DataType)]


def holds_times(dtype: pl.DataType) -> bool:
    """Return whether a type has values of time, or holds some."""
    return dtype.is_temporal() or any(map(holds_times, inner_types(dtype)))


def leaves(column: pl.Series) -> Iterator[pl.Series]:
    """Yield the values of a column that are not nested; of lists and structs, those inside."""
    dtype, column = column.dtype, column.alias("")  # Polars takes some names for patterns
    if isinstance(dtype, pl.Struct):
        for field in column.struct.unnest().iter_columns():
            yield from leaves(field)
    elif isinstance(dtype, pl.Map):
        pairs = pl.List(pl.Struct({"key": dtype.key, "value": dtype.value}))
        yield from leaves(column.cast(pairs))
    elif isinstance(dtype, pl.List | pl.Array):
        yield from leaves(column.explode())
    else:
        yield column


def expect_readable(frame: pl.DataFrame) -> None:
    """Raise InputError if a table holds dates or durations that cannot be shown (see `unreadable`)."""
    for name, dtype in frame.schema.items():
        if holds_times(dtype) and unreadable(frame[name]):
            raise InputError(f"table must have dates of the years 1 to 9999, got others in the column {shown(name)}.")


def has_nanoseconds(column: pl.Series) -> bool:
    """Return whether a column holds times finer than microseconds, which Python does not have.

    >>> has_nanoseconds(pl.Series([1, 2000]).cast(pl.Time))
    True
    """
    fine = (leaf for leaf in leaves(column) if leaf.dtype == pl.Time or getattr(leaf.dtype, "time_unit", "") == "ns")
    return any((leaf.to_physical() % 1000 != 0).any() for leaf in fine)


def unreadable(column: pl.Series) -> bool:
    """Return whether a column holds dates outside the years 1 to 9999, or durations that Python does not have.

    >>> unreadable(pl.Series([2_932_897]).cast(pl.Date)), unreadable(pl.Series([0]).cast(pl.Date))
    (True, False)
    """
    return any(map(_out_of_bounds, leaves(column)))


def _out_of_bounds(column: pl.Series) -> bool:
    dtype = column.dtype
    if isinstance(dtype, pl.Date):
        return not _lies_within(column, _FIRST_DAY, _LAST_DAY)
    if isinstance(dtype, pl.Duration):
        longest = _LONGEST * _PER_DAY[dtype.time_unit]
        return not _lies_within(column, -longest, longest)
    if not isinstance(dtype, pl.Datetime):
        return False
    first, end = (day * _PER_DAY[dtype.time_unit] for day in (_FIRST_DAY, _LAST_DAY + 1))
    if dtype.time_zone is None:
        return not _lies_within(column, first, end - 1)
    # the time there counts, too; Polars panics if it is asked for that of a year which it does not have
    day = _PER_DAY[dtype.time_unit]
    if not _lies_within(column, first - day, end - 1):
        return True
    return not _lies_within(column, first + day, end - day) and _out_of_bounds(column.dt.replace_time_zone(None))


def _lies_within(column: pl.Series, low: int, high: int) -> bool:
    numbers = column.to_physical()
    least, most = numbers.min(), numbers.max()
    return least is None or most is None or bool(low <= least <= most <= high)  # type: ignore[operator]


def as_text(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return values as text with nothing cut off: a cast loses the fractions of times, and knows no durations.

    >>> from datetime import time
    >>> pl.select(as_text(pl.lit(time(8, 30, 0, 5)), pl.Time())).item()
    '08:30:00.000005'
    """
    if dtype == pl.Time:
        return values.dt.to_string("%H:%M:%S%.f")
    if dtype == pl.Duration:
        return values.dt.to_string("iso")
    return values.cast(pl.String)
