"""Sheets for coding concordance lines by hand: they get the lines that they lack, and their codes are read."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from corpus_kit._base.arguments import boolean, is_text, names, path_argument
from corpus_kit._base.metadata import exactly, is_pattern
from corpus_kit.coding.shared_sheet import SharedSheet
from corpus_kit.coding.sheet_files import ENDINGS, KEY, SHOWN
from corpus_kit.coding.sheet_merge import expect_single, with_conflicts
from corpus_kit.errors import InputError, invalid, nearest

__all__ = ["read_sheet", "with_codes"]

_LISTED = 3  # lines that a message names


def with_codes(
    lines: pl.DataFrame,
    path: str | os.PathLike[str],
    columns: str | Sequence[str],
    *,
    refresh: bool = True,
    fill: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """Return the lines with the codes of a sheet; the sheet gets the lines that it lacks.

    Args:
        lines: The frame of a concordance.
        path: As in `Concordance.code`.
        columns: As in `Concordance.code`.
        refresh: As in `Concordance.code`.
        fill: Fills in cells of the sheet that are empty; it may be called several times.
    """
    target = path_argument(path, "path")
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        raise invalid("path", "a .csv, .tsv or .parquet file", target.name, nearest(ending, ENDINGS))
    wanted = _code_columns(columns, lines)
    boolean(refresh, "refresh")

    def arranged(sheet: pl.DataFrame | None) -> pl.DataFrame:
        if sheet is not None:
            _check(sheet, lines, target)
        united = _united(sheet, lines, wanted)
        return united if fill is None else fill(united)

    shared = SharedSheet(target)
    found = shared.read()
    if found.frame is None and not refresh:
        raise InputError(f"there is no sheet of codes at {str(target)!r}. refresh=True creates it.")
    united = arranged(found.frame)
    if refresh and not (found.is_written and found.frame is not None and united.equals(found.frame)):
        found = shared.write(arranged)
        united = arranged(found.frame)
    codes = united.select(exactly(*KEY, *(name for name in united.columns if name not in (*KEY, *SHOWN))))
    clash = [name for name in codes.columns if name not in KEY and name in lines.columns]
    return with_conflicts(lines.join(codes.drop(clash), on=KEY, how="left", maintain_order="left"), found.cells)


def read_sheet(path: Path) -> pl.DataFrame:
    """Read a sheet of codes; all columns of text files are String, apart from the position.

    Raises:
        InputError: If it cannot be read.
    """
    sheet = SharedSheet(path).read().frame
    if sheet is None:
        raise InputError(f"the sheet of codes {str(path)!r} cannot be read: there is no such file.")
    return sheet


def _code_columns(columns: str | Sequence[str], lines: pl.DataFrame) -> list[str]:
    found = names(columns, "columns")
    for number, name in enumerate(found):
        if not name or not is_text(name) or is_pattern(name):
            raise invalid("columns", "names that are text, not empty and no patterns", name)
        if name in lines.columns:
            hint = "Choose another name, or leave the column out of metadata."
            raise invalid("columns", "names that the lines do not have", name, hint)
        if name in found[:number]:
            raise InputError(f"columns must be a list of different names, got {name!r} twice.")
    return found


def _check(sheet: pl.DataFrame, lines: pl.DataFrame, path: Path) -> None:
    """Raise InputError if a line has two rows, or if its node was another word when it was coded."""
    expect_single(sheet, str(path))
    both = sheet.select(*KEY, "node").join(lines.select(*KEY, found="node"), on=KEY)
    other = both.filter(pl.col("node").ne_missing(pl.col("found")))
    if other.height:
        was, found = other.row(0, named=True)["node"], other.row(0, named=True)["found"]
        raise InputError(
            f"{str(path)!r} was made for other texts: at {_places(other)} it has {was!r}, the corpus has {found!r}. "
            "Use another sheet, or code these lines again."
        )


def _places(rows: pl.DataFrame) -> str:
    named = [f"{id}:{position}" for id, position in rows.select(KEY).unique(maintain_order=True).head(_LISTED).rows()]
    return ", ".join(named) + (", ..." if rows.height > _LISTED else "")


def _united(sheet: pl.DataFrame | None, lines: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return the sheet with a row for each line; its rows stay as they are and where they are."""
    shown = lines.select(*KEY, *SHOWN)
    united = shown if sheet is None else pl.concat([sheet, shown.join(sheet, on=KEY, how="anti")], how="diagonal")
    missing = [name for name in columns if name not in united.columns]
    return united.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
