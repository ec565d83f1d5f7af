"""How a table was made: the library's results carry it, and `ck.save` writes it down.

The record hangs on the one DataFrame object that the library returned. What a
user derives from it has none: the library cannot know what was done to it, and
says nothing rather than something false.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import PurePath
from typing import Any

import polars as pl

from corpus_kit.errors import InputError

__all__ = ["attach", "collected", "frame_of", "jsonable", "provenance_of"]

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
    """Note on a table which call made it; returns the same object.

    function: the public name, such as "ck.frequency".
    options: its arguments; turned into JSON values at once (see `jsonable`).

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
    # The clone shares the columns; it serves to notice a change in place (insert_column, extend, ...).
    setattr(frame, _ATTRIBUTE, (record, frame.clone()))
    return frame


def provenance_of(frame: pl.DataFrame) -> dict[str, Any] | None:
    """How a table was made, or None if that is not known or no longer true of it."""
    noted = getattr(frame, _ATTRIBUTE, None)
    if noted is None:
        return None
    record, made = noted
    unchanged = frame.schema == made.schema and frame.equals(made)
    return dict(record) if unchanged else None


def frame_of(obj: Any, function: str) -> pl.DataFrame:
    """The table of what a user hands in: a DataFrame, LazyFrame, Series or Concordance."""
    if isinstance(obj, pl.DataFrame):
        return obj
    if isinstance(obj, pl.LazyFrame):
        return collected(obj)
    if isinstance(obj, pl.Series):
        return obj.to_frame()
    frame = getattr(obj, "frame", None)
    if isinstance(frame, pl.DataFrame):
        return frame
    raise InputError(
        f"{function} takes a DataFrame, LazyFrame, Series or Concordance, not {type(obj).__name__}: {obj!r:.60}"
    )


def collected(frame: pl.LazyFrame) -> pl.DataFrame:
    """Compute a lazy table; what is wrong with it is told in one line."""
    try:
        return frame.collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError(f"the LazyFrame cannot be computed: {str(error).partition(chr(10))[0]}") from error


def jsonable(value: Any) -> Any:
    """A value as JSON can hold it, the same on every run and every machine.

    Sets are sorted; of a path only the name is kept; a normaliser becomes its name and digest; an
    expression its text; a column or a list of more than 1,000 items its length and SHA-256.

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
    """Objects by what they say of themselves; never by their address in memory."""
    if isinstance(value, Enum):
        return jsonable(value.value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
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
        return jsonable(value.item())
    if callable(getattr(value, "tolist", None)):  # a numpy array
        return _list(jsonable(value.tolist()))
    return f"<{type(value).__module__}.{type(value).__qualname__}>"
