"""Sheets for coding concordance lines by hand: read, updated, and written whole or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from corpus_kit._base.arguments import boolean, is_text, names, path_argument
from corpus_kit._base.files import write_whole
from corpus_kit.corpus.storage import reason
from corpus_kit.errors import InputError, invalid, nearest

__all__ = ["read_sheet", "with_codes", "write_sheet"]

_KEY = ("id", "position")
_SHOWN = ("before", "node", "after")
_ENDINGS = (".csv", ".tsv", ".parquet")
_LISTED = 3  # lines that a message names


def with_codes(
    lines: pl.DataFrame, path: str | os.PathLike[str], columns: str | Sequence[str], *, refresh: bool = True
) -> pl.DataFrame:
    """Return the lines with the codes of a sheet; the sheet gets the lines that it lacks.

    Args:
        lines: The frame of a concordance.
        path: As in `Concordance.code`.
        columns: As in `Concordance.code`.
        refresh: As in `Concordance.code`.
    """
    target = path_argument(path, "path")
    ending = target.suffix.lower()
    if ending not in _ENDINGS:
        raise invalid("path", "a .csv, .tsv or .parquet file", target.name, nearest(ending, _ENDINGS))
    wanted = _code_columns(columns, lines)
    boolean(refresh, "refresh")
    sheet = read_sheet(target) if target.is_file() else None
    if sheet is None and not refresh:
        raise InputError(f"there is no sheet of codes at {str(target)!r}. refresh=True creates it.")
    if sheet is not None:
        _check(sheet, lines, target)
    united = _united(sheet, lines, wanted)
    if refresh:
        write_sheet(united, target)
    codes = united.select(*_KEY, *(name for name in united.columns if name not in (*_KEY, *_SHOWN)))
    clash = [name for name in codes.columns if name not in _KEY and name in lines.columns]
    return lines.join(codes.drop(clash), on=_KEY, how="left", maintain_order="left")


def _code_columns(columns: str | Sequence[str], lines: pl.DataFrame) -> list[str]:
    found = names(columns, "columns")
    for number, name in enumerate(found):
        if not name or not is_text(name):
            raise invalid("columns", "names that are text and not empty", name)
        if name in lines.columns:
            raise invalid("columns", "names that the lines do not have", name)
        if name in found[:number]:
            raise InputError(f"columns must be a list of different names, got {name!r} twice.")
    return found


def read_sheet(path: Path) -> pl.DataFrame:
    """Read a sheet of codes; all columns of text files are String, apart from the key. Raises InputError on failure."""
    try:
        if path.suffix.lower() == ".parquet":
            sheet = pl.read_parquet(path)
        else:
            # no guessing of types: a code such as 01 stays as it was typed
            separator = "\t" if path.suffix.lower() == ".tsv" else _separator(path)
            sheet = pl.read_csv(path, separator=separator, infer_schema=False)
        missing = [name for name in (*_KEY, "node") if name not in sheet.columns]
        if missing:
            raise InputError(
                f"{str(path)!r} is not a sheet of codes: it lacks {', '.join(missing)}. "
                f"There are: {', '.join(sheet.columns)}."
            )
        return sheet.with_columns(pl.col("id").cast(pl.String), pl.col("position").cast(pl.UInt32))
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise InputError(f"the sheet of codes {str(path)!r} cannot be read: {reason(error)}.") from None


def _separator(path: Path) -> str:
    """Return the separator: a comma, or the semicolon that spreadsheets write in many countries."""
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline()
    return ";" if first.count(";") > first.count(",") else ","


def _check(sheet: pl.DataFrame, lines: pl.DataFrame, path: Path) -> None:
    """Raise InputError if a line has two rows, or if its node was another word when it was coded."""
    repeated = sheet.filter(pl.struct(_KEY).is_duplicated())
    if repeated.height:
        raise InputError(f"{str(path)!r} has several rows for a line: {_places(repeated)}. Keep one of each.")
    both = sheet.join(lines.select(*_KEY, found="node"), on=_KEY)
    other = both.filter(pl.col("node").ne_missing(pl.col("found")))
    if other.height:
        was, found = other.row(0, named=True)["node"], other.row(0, named=True)["found"]
        raise InputError(
            f"{str(path)!r} was made for other texts: at {_places(other)} it has {was!r}, the corpus has {found!r}. "
            "Use another sheet, or code these lines again."
        )


def _places(rows: pl.DataFrame) -> str:
    named = [f"{id}:{position}" for id, position in rows.select(_KEY).unique(maintain_order=True).head(_LISTED).rows()]
    return ", ".join(named) + (", ..." if rows.height > _LISTED else "")


def _united(sheet: pl.DataFrame | None, lines: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return the sheet with a row for each line; its rows stay as they are and where they are."""
    shown = lines.select(*_KEY, *_SHOWN)
    united = shown if sheet is None else pl.concat([sheet, shown.join(sheet, on=_KEY, how="anti")], how="diagonal")
    missing = [name for name in columns if name not in united.columns]
    return united.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)


def write_sheet(sheet: pl.DataFrame, path: Path) -> None:
    """Write a sheet whole or not at all, in the format of the ending of the path."""
    file = io.BytesIO()
    if path.suffix.lower() == ".parquet":
        sheet.write_parquet(file)
    else:
        # spreadsheets recognise UTF-8 by the byte order mark
        sheet.write_csv(file, separator="\t" if path.suffix.lower() == ".tsv" else ",", include_bom=True)
    write_whole(path, file.getvalue())
