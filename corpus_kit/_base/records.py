"""Provenance: results carry a record of how they were made, and `ck.save` writes it to a file.

The record belongs to the DataFrame object that the library returned. A table that a user derives from it has no
record: the library cannot know how it was derived, and no record is better than a wrong one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any

import polars as pl

from corpus_kit._base.columns import arrow_frame
from corpus_kit.errors import InputError, invalid

__all__ = ["as_frame", "attach", "collected", "jsonable", "provenance_of", "table_of"]

_ATTRIBUTE = "_corpus_kit_provenance"
_LONGEST_LIST = 1000


def attach(
    frame: pl.DataFrame,
    function: str,
    options: Mapping[str, Any],
    *,
    corpus_id: str | None = None,
    profile_digest: str | None = None,
) -> pl.DataFrame:
    """Attach to a table the call that made it, and return the same object.

    Args:
        frame: The table.
        function: The public name of the function, such as "ck.frequency".
        options: Its arguments, which are turned into JSON values at once (see `jsonable`).
        corpus_id: The id of the corpus, if any.
        profile_digest: The digest of the profile, if any.

    >>> table = attach(pl.DataFrame({"count": [1]}), "ck.frequency", {"profile": "search"})
    >>> provenance_of(table)["options"]
    {'profile': 'search'}
    >>> provenance_of(table.head(1)) is None
    True
    """
    record = {
        "function": function,
        "options": jsonable(dict(options)),
        "corpus_id": corpus_id,
        "profile_digest": profile_digest,
    }
    # The clone shares the columns; it reveals a change in place (insert_column, extend, ...).
    setattr(frame, _ATTRIBUTE, (record, frame.clone()))
    return frame


def provenance_of(frame: pl.DataFrame) -> dict[str, Any] | None:
    """Return how a table was made, or None if that is unknown or the table was changed since."""
    noted = getattr(frame, _ATTRIBUTE, None)
    if noted is None:
        return None
    record, made = noted
    unchanged = frame.schema == made.schema and frame.equals(made)
    return dict(record) if unchanged else None


def table_of(value: object, name: str = "table") -> pl.DataFrame:
    """Return the table of what a user passed: a DataFrame, a Series, or what `as_frame` takes.

    Args:
        value: What was passed.
        name: The argument, for the message.

    Raises:
        InputError: If it is anything else, or a LazyFrame that cannot be computed.
    """
    frame = value.to_frame() if isinstance(value, pl.Series) else as_frame(value, name)
    if isinstance(frame, pl.DataFrame):
        return frame
    raise invalid(name, "a DataFrame (of Polars, pandas, ...), LazyFrame, Series or Concordance", value)


def as_frame(value: Any, name: str) -> Any:
    """Return the DataFrame of a table; anything else as it is.

    A table is a DataFrame, which stays the same object; a LazyFrame, a Concordance, or a table of another library such
    as pandas, pyarrow or DuckDB. A corpus is none, since it may be larger than memory.

    Raises:
        InputError: If it cannot be read.

    >>> as_frame(pl.LazyFrame({"count": [1]}), "table").rows(), as_frame("actors.toml", "actors")
    ([(1,)], 'actors.toml')
    """
    if isinstance(value, pl.DataFrame | pl.Series) or hasattr(value, "manifest"):
        return value
    if isinstance(value, pl.LazyFrame):
        return collected(value, name)
    held = getattr(value, "frame", None)
    if isinstance(held, pl.DataFrame):
        return held
    frame = arrow_frame(value, name)
    return value if frame is None else frame


def collected(frame: pl.LazyFrame, name: str = "table") -> pl.DataFrame:
    """Compute a LazyFrame; an error of Polars becomes an InputError of one line."""
    try:
        return frame.collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{name} must be a LazyFrame that Polars can compute, got an error: {reason}") from error


def jsonable(value: Any) -> Any:
    """Return a value in a form that JSON can hold, the same on every run and every machine.

    Sets are sorted; of a path only the name is kept; a normaliser becomes its name and digest, an expression its
    text, and a column or a list of more than 1,000 items its length and SHA-256.

    >>> jsonable({"n": (1, 2), "stopwords": frozenset({"من", "في"})})
    {'n': [1, 2], 'stopwords': ['في', 'من']}
    """
    if value is None or isinstance(value, str | bool | int):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, pl.Series):
        return {"dtype": str(value.dtype), **_summary(value.to_list())}
    if isinstance(value, set | frozenset):
        return _list(sorted((jsonable(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)))
    if isinstance(value, list | tuple | range):
        return _list([jsonable(item) for item in value])
    return _of_object(value)


def _list(items: list[Any]) -> Any:
    return items if len(items) <= _LONGEST_LIST else _summary(items)


def _summary(items: list[Any]) -> dict[str, Any]:
    text = json.dumps([jsonable(item) for item in items], ensure_ascii=False, sort_keys=True)
    return {"items": len(items), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _of_object(value: Any) -> Any:
    """Return a description of an object that does not contain its address in memory."""
    if isinstance(value, Enum):
        return jsonable(value.value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, PurePath):
        return value.name
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pl.Expr):
        return str(value)
    if isinstance(getattr(value, "digest", None), str):
        return {"name": jsonable(getattr(value, "name", None)), "digest": value.digest}
    if isinstance(getattr(value, "id", None), str) and hasattr(value, "manifest"):
        return {"corpus_id": value.id}
    if callable(getattr(value, "item", None)) and getattr(value, "ndim", None) == 0:  # a numpy scalar
        item = value.item()
        return str(value) if type(item) is type(value) else jsonable(item)  # the long double has no twin in Python
    if callable(getattr(value, "tolist", None)):  # a numpy array
        return _list(jsonable(value.tolist()))
    return f"<{type(value).__module__}.{type(value).__qualname__}>"
