"""Hostile columns: names that mean something elsewhere, and a column of every type that Polars has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl

# Of every text a metadata value follows; the last text has null. Some texts mention states, so that actors are found.
TEXTS = (
    "عنوان الخبر\nقال الوزير إن فرنسا وألمانيا اتفقتا.",
    "غادر الوفد فرنسا، وقال الوزير: «لا جديد».",
    "قال الوفد في ألمانيا أمس إن الحكومة ترفض القرار.",
)
DATES = (dt.date(2026, 1, 5), dt.date(2026, 1, 6), dt.date(2026, 2, 10))
TEXT, ID, DATE = "نص الخبر", "رقم الخبر", "تاريخ الخبر"  # the columns that become texts, ids and dates
WORD = "قال"  # in every text

# The columns of documents that are ours; a user's column of such a name is kept as another.
DOCUMENT_COLUMNS = ("document", "text", "id", "date", "headline", "paragraphs", "tokens", "words")
LINE_COLUMNS = ("document", "id", "position", "before", "node", "after", "start", "end")

NAMES = (
    *DOCUMENT_COLUMNS, *LINE_COLUMNS[2:], "line", "file", "token", "code", "note", "literal", "__x", "", " ", "a\nb",
    "\r", "\t", "\x1b[31mred", "\x07", "\u202eabc", "\u2066a", "\ufeffx", "x" * 5_000, "المصدر", "e\u0301", "\u00e9",
    "\U0001f600", "^.*$", "^text$", "^no such$", "*", '"q"', "'", "`", "a.b", "{a}", "{", "[0]", "<b>x</b>", "&amp;",
    "a|b", "a,b", "a;b", "a/b", "a\\b", "a=b", "=1+1", "@x", "-x", "--", "%s", "$", "#", "ID", "Text", "NODE",
    " text", "text ", "text_", "node_", "_known", "known", "found", "label", "row", "group", "cell", "column_0",
    "index", "len", "key", "value", "self", "u_of_edge", "null", "None", "nan", "0", "before1", "after99", "word",
    "count", "documents", "per_million", "dispersion", "ngram", "n", "w1", "parts", "types", "hapaxes", "ttr",
    "source", "target", "weight", "units", "actor", "name", "kind", "period", "pattern", "hits", "rate", "state",
    "burst", "category", "dimension", "share", "shingles", "across", "surface", "total", "cluster", "node_right",
    "text_right", "literal_right", "first", "element", "__index_level_0__",
)  # fmt: skip
REFUSED_NAMES = ("\0", "a\0b")


def _series(values: list[Any], dtype: Any) -> pl.Series:
    return pl.Series(values, dtype=dtype)


def _cast(numbers: list[int | None], dtype: Any) -> pl.Series:
    return pl.Series(numbers, dtype=pl.Int64).cast(dtype)


_STRUCT = pl.Struct({"a": pl.Int64, "": pl.String, "^.*$": pl.Boolean, "a.b": pl.Date})

# A column of each type with two values at its ends, or odd ones, and null.
COLUMNS: dict[str, pl.Series] = {
    **{f"Int{bits}": _series([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1, None], getattr(pl, f"Int{bits}"))
       for bits in (8, 16, 32, 64, 128)},
    **{f"UInt{bits}": _series([0, 2**bits - 1, None], getattr(pl, f"UInt{bits}")) for bits in (8, 16, 32, 64, 128)},
    "Float16": _series([1.5, float("nan"), None], pl.Float16),
    "Float32": _series([float("inf"), -0.0, None], pl.Float32),
    "Float64": _series([float("nan"), -1e-300, None], pl.Float64),
    "Boolean": _series([True, False, None], pl.Boolean),
    "String": _series(["\x1b[31m <b>", "", None], pl.String),
    "Binary": _series([b"\xff\x00", b"", None], pl.Binary),
    "Date": _series([dt.date(1, 1, 1), dt.date(9999, 12, 31), None], pl.Date),
    "Time": _cast([1, 86_399_999_999_999, None], pl.Time),
    "Datetime ms": _series([dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59), None], pl.Datetime("ms")),
    "Datetime us": _series([dt.datetime(2026, 1, 1), dt.datetime(1969, 1, 1, 0, 0, 0, 1), None], pl.Datetime("us")),
    "Datetime ns": _cast([1, 2**62, None], pl.Datetime("ns")),
    "Datetime with zone": _cast([0, 10**15, None], pl.Datetime("us", "Asia/Damascus")),
    "Datetime UTC": _series([dt.datetime(9999, 12, 31), dt.datetime(1, 1, 1), None], pl.Datetime("ms", "UTC")),
    "Duration ms": _cast([1, -1, None], pl.Duration("ms")),
    "Duration us": _cast([2**63 - 1, -(2**63), None], pl.Duration("us")),
    "Duration ns": _cast([1, 2**63 - 1, None], pl.Duration("ns")),
    "Decimal": _series([Decimal("1.10"), Decimal("-99999999.99"), None], pl.Decimal(12, 2)),
    "Decimal 38": _series([Decimal(1), Decimal(10**38 - 1), None], pl.Decimal(38, 0)),
    "Categorical": _series(["b", "a\n", None], pl.Categorical),
    "Categorical named": _series(["b", "a", None], pl.Categorical(pl.Categories("outlets", "campaign", pl.UInt8))),
    "Enum": _series(["b", "", None], pl.Enum(["b", "", "c"])),
    "Null": _series([None, None, None], pl.Null),
    "List": _series([[1, None], [], None], pl.List(pl.Int64)),
    "List of texts": _series([["\x1b", None], [], None], pl.List(pl.String)),
    "List of lists": _series([[[1], [], None], [], None], pl.List(pl.List(pl.Int8))),
    "List of floats": _series([[float("nan"), float("inf")], [], None], pl.List(pl.Float64)),
    "List of bytes": _series([[b"\xff"], [], None], pl.List(pl.Binary)),
    "List of times": _series([_cast([1], pl.Time).to_list(), [], None], pl.List(pl.Time)),
    "List of durations": _series([[dt.timedelta(1)], [], None], pl.List(pl.Duration("ns"))),
    "List of decimals": _series([[Decimal("1.10")], [], None], pl.List(pl.Decimal(5, 2))),
    "List of integers": _series([[2**127 - 1], [], None], pl.List(pl.Int128)),
    "List of categories": _series([["a"], ["b"], None], pl.List(pl.Categorical)),
    "List of choices": _series([["a"], ["b"], None], pl.List(pl.Enum(["b", "a"]))),
    "List of nulls": _series([[None], [], None], pl.List(pl.Null)),
    "List of structs": _series([[{"a": 1}], [], None], pl.List(pl.Struct({"a": pl.Int64}))),
    "Array": _series([[1, 2], [3, None], None], pl.Array(pl.Int64, 2)),
    "Array of arrays": _series([[[1, 2], [3, 4]], [[5, 6], [7, 8]], None], pl.Array(pl.Array(pl.Int8, 2), 2)),
    "Struct": _series([{"a": 1, "": "x", "^.*$": True, "a.b": dt.date(2026, 1, 1)}, {"a": None}, None], _STRUCT),
    "Struct of nulls": _series([{"a": None}, {"a": None}, None], pl.Struct({"a": pl.Null})),
    "Map": _series([{"a": 1}, {}, None], pl.Map(pl.String, pl.Int64)),
    "Map of lists": _series([{1: ["x"], 2: None}, {}, None], pl.Map(pl.Int64, pl.List(pl.String))),
}  # fmt: skip

# Columns that no corpus takes.
REFUSED_COLUMNS: dict[str, pl.Series] = {
    "Object": pl.Series([object(), object(), None], dtype=pl.Object),
    "Struct without fields": _series([{}, {}, None], pl.Struct([])),
    "List of such structs": _series([[{}], [], None], pl.List(pl.Struct([]))),
    "Array of no width": _series([[], [], None], pl.Array(pl.Int8, 0)),
    "Struct with NUL": _series([{"a\0": 1}, {"a\0": 2}, None], pl.Struct({"a\0": pl.Int8})),
    "Date out of range": _series([2**31 - 1, -(2**31), None], pl.Int32).cast(pl.Date),
    "Datetime out of range": _cast([2**62, 0, None], pl.Datetime("us")),
    "Datetime with zone out of range": _cast([2**62, 0, None], pl.Datetime("ms", "Asia/Riyadh")),
    "Duration out of range": _cast([2**62, 0, None], pl.Duration("ms")),
    "List of dates out of range": _series([[2**31 - 1], [], None], pl.List(pl.Int32)).cast(pl.List(pl.Date)),
    "Struct of dates out of range": _series([2**31 - 1, 0, None], pl.Int32)
    .cast(pl.Date)
    .alias("a")
    .to_frame()
    .to_struct(),
}


def source(columns: dict[str, pl.Series]) -> pl.DataFrame:
    """Return a frame of documents with these columns of metadata."""
    return pl.DataFrame({TEXT: TEXTS, ID: ["1", "2", "3"], DATE: DATES, **columns})
