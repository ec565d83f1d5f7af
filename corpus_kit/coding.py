"""Sheets for coding the lines of a concordance by hand: read, brought up to date, and written whole or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from corpus_kit._arguments import is_text, path_argument
from corpus_kit.errors import InputError, choose
from corpus_kit.export import write_whole
from corpus_kit.storage import reason

__all__ = ["read_sheet", "with_codes", "write_sheet"]

_KEY = ("id", "position")
_SHOWN = ("before", "node", "after")
_ENDINGS = (".csv", ".tsv", ".parquet")
_SHOWS = 3  # places that a message names


def with_codes(
    lines: pl.DataFrame, path: str | os.PathLike[str], columns: Sequence[str], *, refresh: bool = True
) -> pl.DataFrame:
    """The lines with the codes of a sheet; the sheet gets the lines that it lacks.

    lines: the frame of a concordance. See `Concordance.code`.
    """
    target = path_argument(path, "path")
    choose(target.suffix.lower(), _ENDINGS, "ending of a sheet of codes")
    names = _code_columns(columns, lines)
    sheet = read_sheet(target) if target.is_file() else None
    if sheet is None and not refresh:
        raise InputError(f"there is no sheet of codes at {str(target)!r}; refresh=True makes it")
    if sheet is not None:
        _check(sheet, lines, target)
    united = _united(sheet, lines, names)
    if refresh:
        write_sheet(united, target)
    codes = united.select(*_KEY, *(name for name in united.columns if name not in (*_KEY, *_SHOWN)))
    clash = [name for name in codes.columns if name not in _KEY and name in lines.columns]
    return lines.join(codes.drop(clash), on=_KEY, how="left", maintain_order="left")


def _code_columns(columns: Sequence[str], lines: pl.DataFrame) -> list[str]:
    if not isinstance(columns, list | tuple | str):
        raise InputError(f"columns= takes a list of names of columns, not {type(columns).__name__}: {columns!r:.60}")
    names = [columns] if isinstance(columns, str) else list(columns)
    for name in names:
        if not isinstance(name, str) or not name or not is_text(name):
            raise InputError(f"columns= takes names of columns, not {name!r:.60}")
        if name in lines.columns:
            raise InputError(f"a column of codes cannot be named {name!r}: the lines have a column of that name")
    if len(set(names)) < len(names):
        raise InputError(f"a column of codes stands twice: {', '.join(names)}")
    return names


def read_sheet(path: Path) -> pl.DataFrame:
    """A sheet of codes as text, with the type of its key set; raises InputError where it is none."""
    try:
        if path.suffix.lower() == ".parquet":
            sheet = pl.read_parquet(path)
        else:
            # all as text: a code such as 01 is to stay as it was typed
            separator = "\t" if path.suffix.lower() == ".tsv" else _separator(path)
            sheet = pl.read_csv(path, separator=separator, infer_schema=False)
        missing = [name for name in (*_KEY, "node") if name not in sheet.columns]
        if missing:
            raise InputError(
                f"{str(path)!r} is no sheet of codes: it lacks {', '.join(missing)}. "
                f"There are: {', '.join(sheet.columns)}"
            )
        return sheet.with_columns(pl.col("id").cast(pl.String), pl.col("position").cast(pl.UInt32))
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise InputError(f"the sheet of codes {str(path)!r} cannot be read: {reason(error)}") from None


def _separator(path: Path) -> str:
    """The comma, or the semicolon that spreadsheets write in many countries."""
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline()
    return ";" if first.count(";") > first.count(",") else ","


def _check(sheet: pl.DataFrame, lines: pl.DataFrame, path: Path) -> None:
    """Raise InputError where a line stands twice, or was another word when it was coded."""
    twice = sheet.filter(pl.struct(_KEY).is_duplicated())
    if twice.height:
        raise InputError(f"{str(path)!r} has lines that stand twice: {_places(twice)}. Keep one of each")
    both = sheet.join(lines.select(*_KEY, found="node"), on=_KEY)
    other = both.filter(pl.col("node").ne_missing(pl.col("found")))
    if other.height:
        was, found = other.row(0, named=True)["node"], other.row(0, named=True)["found"]
        raise InputError(
            f"{str(path)!r} does not fit these texts: at {_places(other)} it has {was!r} where there is {found!r} now. "
            "Take another sheet, or code these lines anew"
        )


def _places(rows: pl.DataFrame) -> str:
    named = [f"{id}:{position}" for id, position in rows.select(_KEY).unique(maintain_order=True).head(_SHOWS).rows()]
    return ", ".join(named) + (", ..." if rows.height > _SHOWS else "")


def _united(sheet: pl.DataFrame | None, lines: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The sheet with a row for each line: those that it had stay as they are and where they are."""
    shown = lines.select(*_KEY, *_SHOWN)
    united = shown if sheet is None else pl.concat([sheet, shown.join(sheet, on=_KEY, how="anti")], how="diagonal")
    missing = [name for name in names if name not in united.columns]
    return united.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)


def write_sheet(sheet: pl.DataFrame, path: Path) -> None:
    """Write a sheet whole or not at all, in the form that the ending of the path names."""
    file = io.BytesIO()
    if path.suffix.lower() == ".parquet":
        sheet.write_parquet(file)
    else:
        # the mark at the beginning tells spreadsheets that it is UTF-8
        sheet.write_csv(file, separator="\t" if path.suffix.lower() == ".tsv" else ",", include_bom=True)
    write_whole(path, file.getvalue())
