"""Random columns of users through random functions: an answer with every column right, or a refusal."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from corpus_kit._base.metadata import unreadable, unstorable

from .column_checks import GROUPED, USING, Checked, quietly, require
from .column_tables import DOCUMENT_COLUMNS, LINE_COLUMNS, NAMES, REFUSED_COLUMNS, TEXTS
from .part import BrokenPromiseError, Part, Refused, attempt

_ALPHABETS = (
    "abcABC_", "nodeidtx_", "\x00\x01\x07\x08\x1b\x7f\x85\x9b", "\n\r\t\x0b\x0c\u2028\u2029 \u00a0",
    "\u202a\u202b\u202e\u2066\u2067\u2069\u200e\u200f\u061c", "ابتثجحةىئء\u0651\u064e\u0640", "^$.*+?[](){}|\\",
    "'\"`,;:=+-@&<>/#%!~", "\u0301\u0308\ufeff\u200d\U0001f600\U000e0001\ufffe",
)  # fmt: skip
_FLAT = (
    pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.UInt128,
    pl.Float16, pl.Float32, pl.Float64, pl.Boolean, pl.String, pl.Binary, pl.Date, pl.Time, pl.Null, pl.Categorical,
)  # fmt: skip
_UNITS = ("ms", "us", "ns")
_ZONES = (None, "UTC", "Asia/Damascus", "America/New_York", "Pacific/Kiritimati")


def _name(rng: Random, own: list[str]) -> str:
    """Return a name: one of ours, one of the table, or letters of a hostile alphabet."""
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice(own)
    if kind == 1:
        return rng.choice(NAMES)
    if kind == 2:
        name = rng.choice(own)
        return rng.choice((name.upper(), name.title(), f" {name}", f"{name} ", f"{name}_", f"^{name}$", f"-{name}"))
    letters = "".join(rng.choice(_ALPHABETS) for _ in range(rng.randint(1, 3)))
    if rng.random() < 0.96:
        letters = letters.replace("\x00", "x")
    length = rng.choice((0, 1, 1, 2, 3, 5, 8, 40, 3_000))
    return "".join(rng.choices(letters, k=length))


def _type(rng: Random, depth: int = 2) -> pl.DataType:
    kind = rng.randrange(12 if depth else 8)
    if kind < 4:
        return rng.choice(_FLAT)()
    if kind == 4:
        return pl.Datetime(rng.choice(_UNITS), rng.choice(_ZONES))  # type: ignore[arg-type]
    if kind == 5:
        return pl.Duration(rng.choice(_UNITS))  # type: ignore[arg-type]
    if kind == 6:
        scale = rng.randint(0, 38)
        return pl.Decimal(rng.randint(max(scale, 1), 38), scale)
    if kind == 7:
        return pl.Enum(list(dict.fromkeys(_text(rng) for _ in range(3))))
    if kind == 8:
        return pl.List(_type(rng, depth - 1))
    if kind == 9:
        return pl.Array(_type(rng, depth - 1), rng.choice((0, 1, 1, 1, 2, 2, 2)))
    if kind == 10:
        return pl.Struct(
            {_name(rng, ["a", "b"]): _type(rng, depth - 1) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3)))}
        )
    return pl.Map(rng.choice((pl.String, pl.Int64, pl.Date))(), _type(rng, depth - 1))


def _text(rng: Random) -> str:
    return "".join(rng.choices(rng.choice(_ALPHABETS), k=rng.choice((0, 1, 3, 20))))


def _int(rng: Random, low: int, high: int) -> int:
    return (
        rng.choice((low, high, 0, 1, -1, rng.randint(low, high)))
        if low < 0
        else rng.choice((0, high, rng.randint(0, high)))
    )


def _value(rng: Random, dtype: pl.DataType) -> Any:
    """Return a value of a type, or None."""
    if rng.random() < 0.2 or dtype == pl.Null:
        return None
    if dtype.is_integer():
        bits = int(str(dtype).lstrip("UInt"))
        return _int(
            rng, 0 if dtype.is_unsigned_integer() else -(2 ** (bits - 1)), 2 ** (bits - dtype.is_signed_integer()) - 1
        )
    if dtype.is_float():
        return rng.choice((0.0, 1.5, -2.25, float("nan"), float("inf"), -float("inf"), rng.random()))
    if isinstance(dtype, pl.List | pl.Array):
        length = dtype.size if isinstance(dtype, pl.Array) else rng.randint(0, 2)
        return [_value(rng, dtype.inner) for _ in range(length)]  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return {field.name: _value(rng, field.dtype) for field in dtype.fields}  # type: ignore[arg-type]
    if isinstance(dtype, pl.Map):
        keys = [_value(rng, dtype.key) for _ in range(rng.randint(0, 2))]  # type: ignore[arg-type]
        return {key: _value(rng, dtype.value) for key in keys if key is not None}  # type: ignore[arg-type]
    if isinstance(dtype, pl.Decimal):
        return Decimal(f"{_int(rng, -(10**dtype.precision) + 1, 10**dtype.precision - 1)}e-{dtype.scale}")
    if isinstance(dtype, pl.Enum):
        return rng.choice(dtype.categories.to_list()) if len(dtype.categories) else None
    return _PLAIN[dtype.base_type()](rng)


_PLAIN: dict[Any, Callable[[Random], Any]] = {
    pl.Boolean: lambda rng: rng.random() < 0.5,
    pl.String: _text,
    pl.Categorical: _text,
    pl.Binary: lambda rng: rng.randbytes(rng.randint(0, 4)),
    pl.Date: lambda rng: rng.choice((dt.date.min, dt.date.max, dt.date(2026, 1, 1))),
    pl.Time: lambda rng: rng.choice((dt.time.min, dt.time.max, dt.time(12, 30))),
    pl.Datetime: lambda rng: dt.datetime(
        rng.choice((1700, 1970, 2026, 2200)), 1, rng.randint(1, 28), 3, 4, 5, rng.choice((0, 1))
    ),
    pl.Duration: lambda rng: dt.timedelta(rng.randint(-9, 9), microseconds=rng.choice((0, 1000, 1))),
}


def _column(rng: Random) -> pl.Series:
    """Return a column of a random type; of flat ones of time sometimes with numbers that are no dates."""
    if rng.random() < 0.02:
        return REFUSED_COLUMNS[rng.choice(list(REFUSED_COLUMNS))]
    dtype = _type(rng)
    if isinstance(dtype, pl.Date | pl.Datetime | pl.Duration) and rng.random() < 0.3:
        bits = 31 if isinstance(dtype, pl.Date) else 63
        numbers = [rng.choice((None, 0, rng.getrandbits(rng.randint(1, bits)) - 2 ** (bits - 1))) for _ in TEXTS]
        return pl.Series(numbers, dtype=pl.Int32 if bits == 31 else pl.Int64).cast(dtype)
    values = [_value(rng, dtype) for _ in TEXTS]
    if rng.random() < 0.3:
        values[1] = values[0]
    try:
        return pl.Series(values, dtype=dtype, strict=True)
    except (
        TypeError,
        OverflowError,
        pl.exceptions.PolarsError,
    ):  # Polars cannot make some nested columns of such values
        return _column(rng)


def _prepare(folder: Path) -> tuple[Path, list[str]]:
    """Return the folder, and the names of the columns of all our tables."""
    kind = {"kind of text": pl.Series(["a", "b", "a"])}
    checked = Checked(Path(tempfile.mkdtemp(dir=folder)), kind)
    own = {*DOCUMENT_COLUMNS, *LINE_COLUMNS, "code", "note"}
    for call in GROUPED.values():
        own |= set(quietly(lambda call=call: call(checked.corpus, "kind of text")).columns)  # type: ignore[misc]
    return folder, sorted(own)


def _case(prepared: tuple[Path, list[str]], rng: Random) -> str:
    folder, own = prepared
    columns = {_name(rng, own): _column(rng) for _ in range(rng.randint(1, 5))}
    place = Path(tempfile.mkdtemp(dir=folder))
    try:
        checked = attempt(lambda: Checked(place, columns), f"build of {_described(columns)}")
        unfit = [
            name for name, values in columns.items() if "\0" in name or unstorable(values.dtype) or unreadable(values)
        ]
        if isinstance(checked, Refused):
            require(unfit, f"refused at build: {checked.message} ({_described(columns)})")
            return "refused at build"
        require(not unfit, f"not refused at build: {_described(columns)}")
        outcomes = {quietly(lambda: _run(checked, rng)) for _ in range(3)}
        return "refused" if "refused" in outcomes else "right"
    except BrokenPromiseError as error:
        raise BrokenPromiseError(f"{error}\n    of {_described(columns)}") from error.__cause__
    finally:
        shutil.rmtree(place)


def _run(checked: Checked, rng: Random) -> str:
    """Check the answer of one function."""
    name = rng.choice(list(checked.columns))
    checks: list[Callable[[], object]] = [
        checked.check_documents, checked.check_filter, checked.check_lines, checked.check_coding, checked.check_files,
        *(partial(checked.check_using, function, name) for function in USING if "plot" not in function),
        *3 * [partial(checked.check_grouped, function, name) for function in GROUPED],
    ]  # fmt: skip
    return "refused" if rng.choice(checks)() == "refused" else "right"


def _described(columns: dict[str, pl.Series]) -> str:
    return ", ".join(f"{name!r:.80}: {values.dtype!s:.120}" for name, values in columns.items())


PART = Part(
    name="columns",
    promise="A column of metadata of any name and type is kept and shown as it is, or refused with its name.",
    prepare=_prepare,
    case=_case,
    quick=0,
    slow=22,
    seconds=30.0,
)
