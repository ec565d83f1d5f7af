"""Metadata as texts, for formats that hold nothing else."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from corpus_kit._base.metadata import as_text

__all__ = ["as_texts", "plain_value"]


def plain_value(value: Any) -> Any:
    """Return a value of a column as JSON holds it: times in ISO 8601, bytes in hexadecimal.

    >>> from datetime import date
    >>> plain_value({"day": date(2026, 1, 5), "ids": [b"a"]})
    {'day': '2026-01-05', 'ids': ['61']}
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(plain_value(key)): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | pl.Series):
        return [plain_value(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_texts(column: pl.Series) -> pl.Series:
    """Return a column as texts; lists and structs become JSON.

    >>> as_texts(pl.Series([[1, 2], None])).to_list()
    ['[1, 2]', None]
    """
    column, dtype = column.alias(""), column.dtype
    if dtype == pl.String:
        return column
    if dtype == pl.Binary:
        return column.bin.encode("hex")
    if dtype.is_nested():
        texts = [None if value is None else json.dumps(plain_value(value), ensure_ascii=False) for value in column]
        return pl.Series(texts, dtype=pl.String)
    return column.to_frame().select(as_text(pl.first(), dtype)).to_series()
