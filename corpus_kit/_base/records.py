"""Provenance: results carry a record of how they were made, and `ck.save` writes it to a file.

A table hands its record on where it can be told what became of it (`recorded_frame.py`).
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
from corpus_kit._base.recorded_frame import provenance_of, recorded
from corpus_kit._version import __version__
from corpus_kit.errors import InputError, invalid

__all__ = ["as_frame", "attach", "collected", "corpus_facts", "jsonable", "provenance_of", "record_of_call", "table_of"]

_LONGEST_LIST = 1000


def attach(
    frame: pl.DataFrame,
    function: str,
    options: Mapping[str, Any],
    *,
    corpus: Any = None,
    corpus_id: str | None = None,
    profile_digest: str | None = None,
) -> pl.DataFrame:
    """Return a table with the record of the call that made it, which its methods hand on (`RecordedFrame`).

    Args:
        frame: The table.
        function: The public name of the function, such as "ck.frequency".
        options: Its arguments, which are turned into JSON values at once (see `jsonable`).
        corpus: The corpus, if any, whose id, name and sizes are noted.
        corpus_id: The id of the corpus, where there is no more of it.
        profile_digest: The digest of the profile, if any.

    >>> table = attach(pl.DataFrame({"count": [1]}), "ck.frequency", {"profile": "search"})
    >>> provenance_of(table)["options"], provenance_of(table.head(1))["then"]
    ({'profile': 'search'}, ['head(1)'])
    """
    return recorded(
        frame, record_of_call(function, options, corpus=corpus, corpus_id=corpus_id, profile_digest=profile_digest)
    )


def record_of_call(
    function: str,
    options: Mapping[str, Any],
    *,
    corpus: Any = None,
    corpus_id: str | None = None,
    profile_digest: str | None = None,
) -> dict[str, Any]:
    """Return the record that `attach` attaches, for what makes many tables of one call."""
    record = {
        "function": function,
        "options": jsonable(dict(options)),
        "corpus_id": corpus_id if corpus is None else corpus.id,
        "profile_digest": profile_digest,
        "version": __version__,
    }
    return record if corpus is None else {**record, "corpus": corpus_facts(corpus)}


def corpus_facts(corpus: Any) -> dict[str, Any]:
    """Return what a record says of a whole corpus beside its id: the name of its folder and its sizes."""
    path, counts = getattr(corpus, "path", None), corpus.manifest.get("counts") or {}
    sizes = {what: jsonable(counts.get(what)) for what in ("documents", "tokens", "words")}
    return {"name": None if path is None else path.name, **sizes}


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
    if isinstance(value, list | tuple | range):
        return _list([jsonable(item) for item in value])
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, pl.Series):
        return {"dtype": str(value.dtype), **_summary(value.to_list())}
    if isinstance(value, set | frozenset):
        return _list(sorted((jsonable(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)))
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
