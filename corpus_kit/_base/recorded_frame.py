"""A DataFrame that carries the record of how it was made through the methods that choose, order, add or reshape.

Polars has no place for metadata of a table, and most of its methods return a DataFrame of their own. `RecordedFrame` is
a `pl.DataFrame` whose methods hand the record on, with what was done since. What is done outside the methods of the
table (`lazy`, arithmetic, `pl.concat`), or leaves nothing of its rows (`sum`), returns a table without a record: no
record is better than a wrong one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sized
from copy import deepcopy
from datetime import date, time, timedelta
from decimal import Decimal
from functools import wraps
from itertools import islice
from pathlib import PurePath
from typing import Any, ClassVar

import polars as pl

from corpus_kit._base.pandas_frames import pandas_frame
from corpus_kit.errors import InputError
from corpus_kit.safe_text import one_line, redacted

__all__ = ["RecordedFrame", "described_call", "provenance_of", "recorded"]

Record = dict[str, Any]

# The rows, columns and values of the result are those of the table, or are named in the step.
_CARRYING = (
    "__getitem__", "bottom_k", "cast", "drop", "drop_nans", "drop_nulls", "explode", "fill_nan", "fill_null", "filter",
    "gather", "gather_every", "head", "insert_column", "interpolate", "limit", "map_columns", "match_to_schema",
    "pivot", "remove", "rename", "replace_column", "reverse", "sample", "select", "select_seq", "shift", "slice",
    "sort", "tail", "to_dummies", "top_k", "unique", "unnest", "unpivot", "unstack", "with_columns",
    "with_columns_seq", "with_row_index",
)  # fmt: skip
_JOINING = ("hstack", "join", "join_asof", "join_where", "update")  # carry the record, and note that of the other
_STACKING = ("extend", "merge_sorted", "vstack")  # carry it if both tables were made by one call
_COPYING = ("__copy__", "__deepcopy__", "clone", "rechunk", "set_sorted", "shrink_to_fit")  # are no step
_GROUPING = ("group_by", "group_by_dynamic", "rolling")  # carry it to what the groups are summed up to
_CHANGING = ("__setitem__", "columns", "drop_in_place")  # change the table and do not return it

_LONGEST_STEP = 200  # characters
_MOST_STEPS = 100  # of which the oldest and the newest half are kept
_MOST_JOINED = 10  # records of other tables
_LISTED = 20  # items of an argument
_LITERAL_TYPE = re.compile(r"\bdyn (?:int|float): (?=-?\d)")  # as Polars writes numbers in expressions
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # of an object in an expression


class RecordedFrame(pl.DataFrame):
    """A DataFrame with the record of how it was made.

    >>> table = recorded(pl.DataFrame({"word": ["خبر", "قال"], "count": [3, 9]}), {"function": "ck.frequency"})
    >>> provenance_of(table.filter(pl.col("count") > 4).head(200))["then"]
    ['filter([(col("count")) > (4)])', 'head(200)']
    >>> provenance_of(table.group_by("word").len())["then"], provenance_of(table.sum()) is None
    (['group_by("word")', 'len()'], True)
    """

    _record: Record | None = None
    # Shares the columns; reveals a change in place that no method here noted.
    _witness: pl.DataFrame | None = None

    # What notebooks show, which stands above this module: the package sets it.
    html_of: ClassVar[Callable[[RecordedFrame], str] | None] = None

    def _repr_html_(self, **_: Any) -> str:
        make = type(self).__dict__["html_of"]
        try:
            return str(make(self))
        except (InputError, TypeError):  # dates that nobody can read; Polars shows them as numbers
            return str(super()._repr_html_())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the table with its record."""
        return recorded, (pl.DataFrame(self), provenance_of(self))

    def to_pandas(self, *, use_pyarrow_extension_array: bool = False, **kwargs: Any) -> Any:
        """Return the table as a pandas.DataFrame, in which integers stay integers and lists are lists.

        Integers and Booleans with missing values have the types Int64, UInt32 and boolean of pandas, dates datetime64;
        Enum and Categorical are categories, and nested values lists and dicts of Python.

        Args:
            use_pyarrow_extension_array: Whether pyarrow holds the columns, as Polars converts them.
            **kwargs: As `pyarrow.Table.to_pandas` takes them; with `types_mapper`, all is as Polars converts it.
        """
        plain = pl.DataFrame(self)
        if use_pyarrow_extension_array or "types_mapper" in kwargs:
            return plain.to_pandas(use_pyarrow_extension_array=use_pyarrow_extension_array, **kwargs)
        return pandas_frame(plain, **kwargs)

    def _known(self) -> Record | None:
        """Return the record, unless it is plain without a look at the values that it is no longer right."""
        return self._record if self._witness is not None and self._witness.shape == self.shape else None

    def _note(self, record: Record | None) -> None:
        self._record = record
        self._witness = None if record is None else pl.DataFrame(self)


def recorded(frame: pl.DataFrame, record: Record | None) -> RecordedFrame:
    """Return a table with a record; the columns are shared."""
    made = RecordedFrame(frame)
    made._note(record)
    return made


def provenance_of(frame: pl.DataFrame) -> Record | None:
    """Return how a table was made; None if that is unknown, or it was changed in a way that was not noted."""
    if not isinstance(frame, RecordedFrame) or frame._known() is None or frame._witness is None:
        return None
    unchanged = frame.schema == frame._witness.schema and frame.equals(frame._witness)
    return deepcopy(frame._record) if unchanged else None


# ---------------------------------------------------------------------------------------------------- methods


def _carrying(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a method of Polars that hands the record on to the DataFrame that it returns or changes."""

    @wraps(method)
    def carry(self: RecordedFrame, *args: Any, **kwargs: Any) -> Any:
        before = self._known()  # what the method calls of its own is no step
        args = tuple(list(each) if isinstance(each, Iterator) else each for each in args)  # read twice below
        result = method(self, *args, **kwargs)
        is_frame = isinstance(result, pl.DataFrame)
        if before is None or not (is_frame or name in _CHANGING):
            return result
        record = _record_after(before, name, args, kwargs)
        if result is self or not is_frame:
            self._note(record)
            return result
        return recorded(result, record)

    return carry


def _parting(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return `partition_by` of Polars, which notes in the record of each part which one it is."""

    @wraps(method)
    def part(self: RecordedFrame, *args: Any, **kwargs: Any) -> Any:
        parts, record = method(self, *args, **kwargs), self._known()
        if record is None:
            return parts
        step = described_call("partition_by", args, kwargs)

        def named(frame: pl.DataFrame, key: object) -> pl.DataFrame:
            return recorded(frame, _with_step(record, _bounded(f"{step}[{_described(key)}]"), []))

        if isinstance(parts, dict):
            return {key: named(frame, list(key)) for key, frame in parts.items()}
        return [named(frame, place) for place, frame in enumerate(parts)]

    return part


def _grouping(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a method of Polars that hands the record on to its groups, whose methods hand it on to their results."""

    @wraps(method)
    def group(self: RecordedFrame, *args: Any, **kwargs: Any) -> Any:
        args = tuple(list(each) if isinstance(each, Iterator) else each for each in args)  # read twice below
        groups, record = method(self, *args, **kwargs), self._known()
        if record is None:
            return groups
        told = {key: value for key, value in kwargs.items() if key != "maintain_order"}
        return _grouped(groups, _with_step(record, described_call(name, args, told), []))

    return group


def _grouped(groups: Any, record: Record) -> Any:
    """Return groups whose methods note in the record of their result what was asked of them."""
    for name in (each for each in dir(type(groups)) if not each.startswith("_")):
        setattr(groups, name, _of_groups(getattr(groups, name), name, record))
    return groups


def _of_groups(method: Callable[..., Any], name: str, record: Record) -> Callable[..., Any]:
    @wraps(method)
    def carry(*args: Any, **kwargs: Any) -> Any:
        args = tuple(list(each) if isinstance(each, Iterator) else each for each in args)
        result, after = method(*args, **kwargs), _with_step(record, described_call(name, args, kwargs), [])
        return recorded(result, after) if isinstance(result, pl.DataFrame) else _grouped(result, after)

    return carry


def _record_after(record: Record, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Record | None:
    if name in _COPYING:
        return record
    others = [each._record for each in (*args, *kwargs.values()) if isinstance(each, RecordedFrame)]
    known = [each for each in others if each is not None]
    if name in _STACKING and [_origin(each) for each in known] != [_origin(record)]:
        return None
    return _with_step(record, described_call(name, args, kwargs), known if name in _JOINING else [])


def _origin(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in ("then", "steps_left_out", "joined")}


def _with_step(record: Record, step: str, joined: list[Record]) -> Record:
    """Return a record with one more step, and with the records of tables that were joined to it."""
    after = {**record, "then": [*record.get("then", ()), step]}
    if len(after["then"]) > _MOST_STEPS:
        del after["then"][_MOST_STEPS // 2]
        after["steps_left_out"] = record.get("steps_left_out", 0) + 1
    known = [*record.get("joined", ()), *({k: v for k, v in each.items() if k != "joined"} for each in joined)]
    return after | ({"joined": known[:_MOST_JOINED]} if known else {})


def _take_over(name: str) -> None:
    """Give the class a method, or an attribute that can be set, in place of that of Polars."""
    method = vars(pl.DataFrame).get(name)  # Polars may give up what it calls unstable
    if method is None:
        return
    if isinstance(method, property):
        setattr(RecordedFrame, name, method.setter(_carrying(method.fset, name)))  # type: ignore[arg-type]
    else:
        setattr(RecordedFrame, name, _carrying(method, name))


setattr(RecordedFrame, "partition_by", _parting(pl.DataFrame.partition_by))  # noqa: B010  # mypy: a method
RecordedFrame.__name__ = pl.DataFrame.__name__  # what messages call it, and what it is to users
for _name in _GROUPING:
    setattr(RecordedFrame, _name, _grouping(getattr(pl.DataFrame, _name), _name))
for _name in (*_CARRYING, *_JOINING, *_STACKING, *_COPYING, *_CHANGING):
    _take_over(_name)


# ---------------------------------------------------------------------------------------------------- texts


def described_call(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Return a call as a text of bounded length, the same on every run and every machine.

    >>> described_call("top_k", (5,), {"by": ["count"]})
    'top_k(5, by=["count"])'
    >>> described_call("with_columns", (pl.col("count") * 2,), {"n": pl.col("count").sqrt()})
    'with_columns(count=[(col("count")) * (2)], n=col("count").sqrt())'
    """
    if name == "__getitem__" and isinstance(args[0], tuple):
        args = args[0]
    texts = [_named(each) if name in _NAMING else _described(each) for each in args]
    texts += [f"{key}={_described(value)}" for key, value in kwargs.items()]
    if name == "__getitem__":
        return _bounded(f"[{', '.join(texts)}]")
    if name == "__setitem__":
        return _bounded(f"{texts[0]} = {texts[1]}")
    return _bounded(f"{name}({', '.join(texts)})")


# What takes expressions, which are named by the column that they make.
_NAMING = ("agg", "group_by", "select", "select_seq", "with_columns", "with_columns_seq")


def _named(value: Any) -> str:
    """Return an expression with the name of the column that it makes, unless it is that column."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_named, value[:_LISTED]))}{_rest(value)}]"
    text = _described(value)
    name = value.meta.output_name(raise_if_undetermined=False) if isinstance(value, pl.Expr) else None
    if name is None or text == f'col("{name}")':
        return text
    made = text.removesuffix(f'.alias("{name}")')
    return f"{name}={made}"


def _described(value: Any) -> str:
    """Return a value as text, without its address in memory."""
    if value is None or isinstance(value, bool | int | float | date | time | timedelta | Decimal):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value[:_LONGEST_STEP], ensure_ascii=False)
    if isinstance(value, slice):
        bounds = (value.start, value.stop) if value.step is None else (value.start, value.stop, value.step)
        return ":".join("" if each is None else _described(each) for each in bounds)
    if isinstance(value, pl.Expr):
        return _ADDRESS.sub("", _LITERAL_TYPE.sub("", str(value)))
    if isinstance(value, pl.DataType) or (isinstance(value, type) and issubclass(value, pl.DataType)):
        return str(value)
    if isinstance(value, pl.Series):
        return f"<{value.dtype} {json.dumps(value.name, ensure_ascii=False)} of {len(value):,}>"
    if isinstance(value, pl.DataFrame):
        return _described_frame(value)
    if isinstance(value, Mapping):
        items = [f"{_described(key)}: {_described(item)}" for key, item in islice(value.items(), _LISTED)]
        return f"{{{', '.join(items)}{_rest(value)}}}"
    if isinstance(value, list | tuple | range):
        return f"[{', '.join(map(_described, value[:_LISTED]))}{_rest(value)}]"
    if isinstance(value, set | frozenset):
        return _described(sorted(value, key=_described))
    if isinstance(value, PurePath):
        return json.dumps(value.name, ensure_ascii=False)
    if hasattr(value, "dtype") and hasattr(value, "ndim"):  # of NumPy
        return f"<{value.dtype} of {len(value):,}>" if value.ndim else str(value)
    return f"<{type(value).__module__}.{type(value).__qualname__}>"


def _described_frame(frame: pl.DataFrame) -> str:
    record = frame._record if isinstance(frame, RecordedFrame) else None
    if record is None:
        return f"<DataFrame of {frame.height:,}>"
    return f"<{'.'.join([record['function'], *record.get('then', ())])}>"


def _rest(items: Sized) -> str:
    return f", … {len(items):,} in all" if len(items) > _LISTED else ""


def _bounded(text: str) -> str:
    line = redacted(one_line(" ".join(text.split())))
    return line if len(line) <= _LONGEST_STEP else f"{line[: _LONGEST_STEP - 1]}…"
