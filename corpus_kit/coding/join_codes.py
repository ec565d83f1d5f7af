"""`ck.join_codes`: the sheets of several coders as one table, a row for each item and a column for each coder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl

from corpus_kit._base.arguments import names, path_argument
from corpus_kit._base.metadata import as_text, exactly, is_pattern, listed, type_name
from corpus_kit._base.records import as_frame, attach
from corpus_kit._base.spreadsheets import unguarded
from corpus_kit.coding.code_matching import SEPARATOR
from corpus_kit.coding.coding import read_sheet
from corpus_kit.coding.sheet_files import ENDINGS, KEY, SHOWN
from corpus_kit.corpus.storage import reason
from corpus_kit.errors import InputError, SourceError, invalid, nearest, warn
from corpus_kit.readers.recoding import recoded
from corpus_kit.readers.registry import formats_by_ending
from corpus_kit.readers.sources import SourceFile
from corpus_kit.readers.tables import NotUtf8Error, Table
from corpus_kit.text.normalization import Normalizer, normalize_series

__all__ = ["code_texts", "join_codes", "joined_codes", "table_of_file"]

Sheet = pl.DataFrame | str | os.PathLike[str]

_ITEMS = (KEY, ("id", "start", "end"), ("id",))  # what names an item, in the order in which they are tried
_FILES = (".csv", ".tsv", ".parquet", ".xlsx", ".xls", ".ods")
_OFFSETS = ("position", "start", "end")
_COUNT = "codes"
_UNSEEN = "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
_LISTED = 3  # items that a message names
_EXACT = 2.0**53  # below it, floats hold every integer


def join_codes(
    sheets: Sequence[Sheet] | Sheet,
    *,
    coders: Sequence[str] | None = None,
    code: str | None = None,
    item: str | Sequence[str] | None = None,
) -> pl.DataFrame:
    """Join the sheets of several coders to one table, which `ck.news.agreement` takes.

    Args:
        sheets: A sheet for each coder: a file (.csv, .tsv, .parquet, .xlsx, .xls, .ods) or a table, such as a copy of
            the sheet of `Concordance.code` or `ck.news.coding_sheet`, or what `ck.read_codes` returns. A table with a
            column `coder` may have the codes of several.
        coders: The names of the coders, one for each sheet, which become columns. None takes the values of the column
            `coder` if the sheets have one, else the names of the files without their endings, else coder1, coder2, ….
        code: The column with the codes in all sheets. None takes the one named after the coder if there is one, else
            "code".
        item: The column or columns that say what was coded. None takes the first of these that the first sheet has: id
            and position; id, start and end; id, if whole documents were coded.

    Returns:
        A DataFrame with a row for each item, in the order of the first sheet, then those that only later sheets have:
        the columns of item (id as String, offsets as UInt32), before, node, after (String) if the sheets have them, a
        column for each coder (String; null if the coder gave no code; several codes, joined by |, in order), codes
        (UInt32: the coders who gave one). Warnings name items that only one coder coded, of which
        `table.filter(codes=1)` has all, and codes that differ in spelling only.

    Raises:
        InputError: If a sheet cannot be read, lacks a column or has two rows for an item, if the sheets show different
            texts for an item or share none, or if there are fewer than two coders.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> sara = pl.DataFrame({"id": ["n1", "n2", "n3"], "code": ["for", "against", "for"]})
        >>> ali = pl.DataFrame({"id": ["n3", "n1", "n2"], "code": ["for", "for", "none"]})
        >>> ck.join_codes([sara, ali], coders=["sara", "ali"]).rows()
        [('n1', 'for', 'for', 2), ('n2', 'against', 'none', 2), ('n3', 'for', 'for', 2)]
    """
    joined, found, key = joined_codes(sheets, coders, code, item)
    options = {"coders": found, "code": code, "item": list(key)}
    return attach(joined, "ck.join_codes", options)


def joined_codes(
    sheets: object, coders: object, code: object = None, item: object = None
) -> tuple[pl.DataFrame, list[str], tuple[str, ...]]:
    """Return the table of `join_codes`, the names of the coders, and the columns of the item."""
    given = list(sheets) if isinstance(sheets, list | tuple) else [sheets]
    if not given:
        raise invalid("sheets", "a list of files or tables, one for each coder", sheets)
    asked = None if coders is None else _names_of_coders(coders, len(given))
    wanted = None if code is None else names([code], "code")[0]
    tables = [_read(sheet) for sheet in given]
    key = _key(tables[0], item)
    parts = [part for number, table in enumerate(tables) for part in _parts(table, number, asked, wanted, key)]
    found = _names_of_coders([part.coder for part in parts], None)
    _check_texts(parts, key)
    joined = _joined(parts, key)
    _expect_shared(joined, parts, key)
    _warn_of_spellings(joined.select(exactly(name) for name in found))
    return joined, found, key


def code_texts(column: pl.Series) -> pl.Series:
    """Return codes as texts in which nothing differs that cannot be seen; empty ones are null.

    Spaces around them and signs of direction are left out, letters and their marks are composed (NFC), and several
    codes joined by | are put in order.

    Raises:
        InputError: If they are neither texts nor numbers.

    >>> code_texts(pl.Series("a", [" for\u200f ", "", "b|a"])).to_list()
    ['for', None, 'a|b']
    >>> code_texts(pl.Series("a", [1.0, None])).to_list()
    ['1', None]
    """
    name = column.name
    seen = _texts(column).alias("code").str.normalize("NFC").str.replace_all(_UNSEEN, "").str.strip_chars()
    several = seen.str.split(SEPARATOR).list.eval(pl.element().str.strip_chars().unique().sort()).list.join(SEPARATOR)
    text = several.zip_with(seen.str.contains(SEPARATOR, literal=True).fill_null(False), seen)
    return text.set(text == "", None).alias(name)


def _texts(column: pl.Series) -> pl.Series:
    dtype = column.dtype
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise InputError(f"sheet must have texts or numbers in the column {column.name!r}, got {type_name(dtype)}.")
    if dtype.is_float():
        column = column.fill_nan(None)
        if ((column % 1 == 0) & (column.abs() < _EXACT)).all():  # in the file of another coder, they are integers
            column, dtype = column.cast(pl.Int64), pl.Int64()
    text = column.alias("code").to_frame().select(as_text(pl.col("code"), dtype).str.strip_chars())["code"]
    return text.set(text == "", None).alias(column.name)


class _Table(NamedTuple):
    """A sheet as it was read, and the name of its file without the ending; None for a table."""

    frame: pl.DataFrame
    stem: str | None
    title: str  # in messages


class _Part(NamedTuple):
    """The codes of a coder: the columns of the item, those that show its text, and code."""

    coder: str
    frame: pl.DataFrame


# ----------------------------------------------------------------------------------------------- sheets


def _read(sheet: object) -> _Table:
    sheet = as_frame(sheet, "sheets")
    if isinstance(sheet, pl.DataFrame):
        return _Table(sheet, None, "a table")
    if not isinstance(sheet, str | os.PathLike):
        raise invalid("sheets", "files or DataFrames", sheet)
    path = path_argument(sheet, "sheets")
    ending = path.suffix.lower()
    if ending not in _FILES:
        raise invalid("sheets", f"files that end in {', '.join(_FILES)}", path.name, nearest(ending, _FILES))
    if not path.is_file():
        raise InputError(f"sheets must be files that exist, got {str(path)!r}.")
    frame, is_recoded = _file(path, ending)
    if ending in ENDINGS and {*KEY, "node"} <= set(frame.columns) and not is_recoded:
        frame = read_sheet(path)  # with what a program noted beside the file
    return _Table(frame, path.stem, repr(path.name))


def table_of_file(path: Path, name: str) -> pl.DataFrame:
    """Return the table of a file of any kind that has one."""
    if not path.is_file():
        raise InputError(f"{name} must be a file that exists, got {str(path)!r}.")
    ending = path.suffix.lower()
    if ending not in _FILES:
        raise invalid(name, f"a file that ends in {', '.join(_FILES)}", path.name, nearest(ending, _FILES))
    return _file(path, ending)[0]


def _file(path: Path, ending: str) -> tuple[pl.DataFrame, bool]:
    """Return the table of a file, and whether it was in another encoding than UTF-8; a damaged row is an error."""
    open_table = formats_by_ending()[ending].open_table
    assert open_table is not None
    file = SourceFile(path, path.name, ending, path.stat().st_size, 0)
    try:
        try:
            return _rows(open_table(file)), False
        except SourceError as error:
            if not isinstance(error.__cause__, NotUtf8Error):
                raise
            with TemporaryDirectory() as folder:  # Excel writes Arabic as Windows-1256
                plain, _ = recoded(file, Path(folder) / "sheet")
                return _rows(open_table(plain)), True
    except SourceError as error:
        raise InputError(str(error)) from error


def _rows(table: Table) -> pl.DataFrame:
    frames = [pl.DataFrame(schema=table.schema)]
    for batch in table.batches(list(table.schema)):
        for row, problem in batch.problems.items():
            raise InputError(f"{table.name!r} cannot be read: {problem} (row {row + 1:,} of a batch).")
        frames.append(batch.frame)
    frame = pl.concat(frames, how="vertical_relaxed")
    return frame.with_columns(unguarded(frame[name]) for name, dtype in frame.schema.items() if dtype == pl.String)


def _key(table: _Table, item: object) -> tuple[str, ...]:
    if item is not None:
        return tuple(names(item, "item"))
    for key in _ITEMS:
        if set(key) <= set(table.frame.columns):
            return key
    raise InputError(
        f"sheets must be tables with the column 'id', got {table.title} with {listed(table.frame.columns)}. "
        "item= names the column that says what was coded."
    )


def _names_of_coders(coders: object, sheets: int | None) -> list[str]:
    """Return the names of coders, checked; for so many sheets."""
    found = list(coders) if isinstance(coders, list | tuple) else []
    if not found or not all(isinstance(name, str) and name and not is_pattern(name) for name in found):
        raise invalid("coders", "a list of names", coders)
    if sheets is not None and len(found) != sheets:
        raise invalid("coders", f"one name for each of {sheets} sheets", coders)
    if len(set(found)) < len(found):
        raise invalid("coders", "a list of different names", coders, "coders= gives each sheet a name of its own.")
    if len(found) < 2 and sheets is None:
        raise InputError(f"sheets must have the codes of at least two coders, got those of {found[0]!r}.")
    return found


def _parts(
    table: _Table, number: int, coders: list[str] | None, code: str | None, key: tuple[str, ...]
) -> Iterator[_Part]:
    """Yield the codes of each coder of a sheet."""
    frame = _placed(table, key)
    if "coder" in frame.columns and code != "coder":
        who = code_texts(frame["coder"])
        present = who.drop_nulls().unique(maintain_order=True).to_list()
        if coders is None and (who.null_count() or not present):
            raise InputError(f"sheets must name the coder of each code, and {table.title} does not. Pass coders=.")
        if coders is not None and len(present) + bool(who.null_count()) > 1:
            raise InputError(
                f"coders must be None where a sheet has the codes of several: {table.title} has those of "
                f"{listed(present)}."
            )
        for name in present if coders is None else coders[number : number + 1]:
            yield _part(frame if coders is not None else frame.filter(who == name), name, code or "code", table, key)
        return
    name = coders[number] if coders is not None else table.stem or f"coder{number + 1}"
    own = name if name in frame.columns and name not in (*key, *SHOWN) else "code"
    yield _part(frame, name, code or own, table, key)


def _placed(table: _Table, key: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows of a sheet that say what was coded, with the columns of the item in their types."""
    frame, title = table.frame, table.title
    empty = [exactly(name).is_null() | (exactly(name).cast(pl.String, strict=False) == "")
             for name, dtype in frame.schema.items() if not dtype.is_nested()]  # fmt: skip
    frame = frame.filter(~pl.all_horizontal(empty)) if empty else frame  # spreadsheets add such rows
    for name in key:
        if name not in frame.columns:
            hint = nearest(name, frame.columns) or f"It has {listed(frame.columns)}."
            raise InputError(f"sheets must be tables with the column {name!r}, as the first is; {title} is not. {hint}")
    if "problem" in frame.columns and frame["problem"].dtype == pl.String:
        lost = frame["problem"].is_not_null()
        if lost.any():
            warn(
                f"ck.join_codes left out {int(lost.sum()):,} codes of {title} that have no place in the corpus",
                stacklevel=None,
            )
        frame = frame.filter(~lost)
    try:
        frame = frame.with_columns(exactly(name).cast(pl.UInt32) for name in key if name in _OFFSETS)
        frame = frame.with_columns(_texts(frame[name]) for name in key if name not in _OFFSETS)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{title} must have offsets that are whole numbers: {reason(error)}.") from None
    if frame[key[0]].null_count():
        raise InputError(f"{title} must have a value of {key[0]!r} in each row.")
    return frame


def _part(frame: pl.DataFrame, coder: str, code: str, table: _Table, key: tuple[str, ...]) -> _Part:
    if coder in (*key, *SHOWN, _COUNT):
        raise invalid("coders", f"names other than {listed((*key, *SHOWN, _COUNT))}", coder)
    if code not in frame.columns:
        given = [name for name in frame.columns if name not in (*key, *SHOWN, "coder")]
        named = f"code= names another column, such as {given[0]!r}." if given else f"It has {listed(frame.columns)}."
        hint = nearest(code, given) or named
        raise InputError(
            f"sheets must have the codes of {coder!r} in the column {code!r}, {table.title} has none. {hint}"
        )
    twice = frame.filter(pl.struct(exactly(*key)).is_duplicated())
    if twice.height:
        raise InputError(
            f"sheets must have one row of a coder for each item, got {_places(twice, key)} more than once from "
            f"{coder!r}. Keep one of them."
        )
    shown = [name for name in SHOWN if name in frame.columns and frame.schema[name] == pl.String]
    return _Part(coder, frame.select(*map(exactly, (*key, *shown)), code_texts(frame[code]).alias("__code")))


# ------------------------------------------------------------------------------------------------- join


def _check_texts(parts: list[_Part], key: tuple[str, ...]) -> None:
    """Raise InputError if an item is another word in another sheet: then its id or position means another thing."""
    having = [part for part in parts if "node" in part.frame.columns and "node" not in key]
    for one, two in combinations(having, 2):
        node = pl.col("node").str.strip_chars()
        both = one.frame.select(*map(exactly, key), node).join(
            two.frame.select(*map(exactly, key), node.alias("__other")), on=list(key), nulls_equal=True
        )
        other = both.filter(pl.col("node").ne_missing(pl.col("__other")))
        if other.height:
            node, found = other.row(0, named=True)["node"], other.row(0, named=True)["__other"]
            raise InputError(
                f"sheets must be of the same texts: at {_places(other.head(1), key)} {one.coder!r} has {node!r}, "
                f"{two.coder!r} has {found!r}."
            )


def _joined(parts: list[_Part], key: tuple[str, ...]) -> pl.DataFrame:
    shown = [name for name in SHOWN if any(name in part.frame.columns for part in parts) and name not in key]
    context = pl.concat([part.frame.drop("__code") for part in parts], how="diagonal")
    joined = context.unique(list(key), keep="first", maintain_order=True).select(*map(exactly, (*key, *shown)))
    for part in parts:
        codes = part.frame.select(*map(exactly, key), exactly("__code").alias(part.coder))
        joined = joined.join(codes, on=list(key), how="left", nulls_equal=True, maintain_order="left")
    columns = [exactly(part.coder).is_not_null() for part in parts]
    return joined.with_columns(pl.sum_horizontal(columns).cast(pl.UInt32).alias(_COUNT))


def _expect_shared(joined: pl.DataFrame, parts: list[_Part], key: tuple[str, ...]) -> None:
    """Raise InputError if the sheets share no item; warn of items that only one coder coded."""
    if not any(one.frame.join(two.frame, on=list(key), nulls_equal=True).height for one, two in combinations(parts, 2)):
        found = "; ".join(f"{part.coder!r} has {_places(part.frame, key) or 'none'}" for part in parts)
        raise InputError(f"sheets must share items, got none in common: {found}.")
    alone = joined.filter(pl.col(_COUNT) == 1)
    if alone.height:
        by = [next(part.coder for part in parts if row[part.coder] is not None) for row in alone.iter_rows(named=True)]
        counts = ", ".join(f"{by.count(part.coder):,} by {part.coder!r}" for part in parts if part.coder in by)
        which = f"{alone.height:,} of {joined.height:,} items were coded by one coder only ({counts})"
        warn(f"ck.join_codes: {which}: {_places(alone, key)}. table.filter(codes=1) has them.", stacklevel=None)


def _warn_of_spellings(codes: pl.DataFrame) -> None:
    """Warn of codes that differ in case, marks or the spelling of a letter only."""
    given = pl.concat([codes[name].alias("code") for name in codes.columns]).drop_nulls().unique(maintain_order=True)
    forms = normalize_series(given, Normalizer.preset("search")).alias("form")
    alike = pl.DataFrame([given, forms]).group_by("form", maintain_order=True).agg("code")
    for several in alike.filter(pl.col("code").list.len() > 1)["code"].to_list()[:_LISTED]:
        warn(f"ck.join_codes: the codes {listed(several)} differ in spelling only, and count as different.",
             stacklevel=None)  # fmt: skip


def _places(rows: pl.DataFrame, key: tuple[str, ...]) -> str:
    places = rows.select(map(exactly, key)).unique(maintain_order=True)
    named = [":".join(str(value) for value in row if value is not None) for row in places.head(_LISTED).rows()]
    return ", ".join(named) + (", …" if places.height > _LISTED else "")
