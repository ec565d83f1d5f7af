"""Codes that were given in another program, at the lines of a concordance: matched by document and offsets."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from corpus_kit._base.metadata import exactly
from corpus_kit.coding.sheet_files import KEY
from corpus_kit.errors import InputError, invalid, warn

__all__ = ["SEPARATOR", "columns_of_coders", "filled", "matched", "warn_of_codes"]

SEPARATOR = "|"  # between several codes that a coder gave to one line

_SPAN = ("id", "start", "end")
_COLUMNS = {"id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "code": pl.String, "coder": pl.String}
_PLACE = {"position": pl.UInt32, "match": pl.String}


def matched(lines: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Return codes with the lines that they belong to.

    Args:
        lines: The frame of a concordance.
        codes: A table with the columns id, start, end, code, and perhaps coder.

    Returns:
        The codes in their order, and for each line that one belongs to a row with position, which with the id names
        the line, and match: "exact" if the code has the offsets of the node, "overlapping" if it has not and they
        overlap. Both are null for a code that belongs to no line.
    """
    given = _expected(codes).with_row_index("_row")
    nodes = lines.select(*KEY, "start", "end").unique(KEY, keep="first")
    exact = given.join(nodes, on=_SPAN).with_columns(match=pl.lit("exact"))
    rest = given.join(exact, on="_row", how="anti")
    near = rest.join_where(
        nodes.rename({"id": "_id", "start": "_start", "end": "_end"}),
        pl.col("id") == pl.col("_id"),
        pl.col("start") < pl.col("_end"),
        pl.col("end") > pl.col("_start"),
    )
    near = near.drop("_id", "_start", "_end").with_columns(match=pl.lit("overlapping"))
    none = rest.join(near, on="_row", how="anti").with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in _PLACE.items()
    )
    order = [*given.columns, *_PLACE]
    found = pl.concat([each.select(exactly(*order)).select(order) for each in (exact, near, none)])
    return found.sort("_row", "position", maintain_order=True).drop("_row")


def columns_of_coders(found: pl.DataFrame, columns: list[str]) -> dict[str | None, str]:
    """Return the column of the sheet for each coder: the first one for an only coder, else one of the coder's name."""
    coders = found["coder"].unique(maintain_order=True).to_list()
    if len(coders) == 1:
        return {coders[0]: columns[0]}
    return {coder: columns[0] if coder is None else coder for coder in coders}


def filled(sheet: pl.DataFrame, found: pl.DataFrame, columns: Mapping[str | None, str]) -> pl.DataFrame:
    """Return a sheet with the codes of lines in cells that are empty."""
    for coder, column in columns.items():
        given = _codes_of(found, coder, sheet)
        cell = exactly(column)
        sheet = sheet.with_columns(pl.when(cell.is_null()).then(given).otherwise(cell).alias(column))
    return sheet


def warn_of_codes(coded: pl.DataFrame, found: pl.DataFrame, columns: Mapping[str | None, str]) -> None:
    """Warn of codes that belong to no line, to lines by a part of them, or to lines that have another code."""
    said = []
    lost = found["match"].null_count()
    near = found.filter(match="overlapping").height
    other = sum(int((coded[column] != _codes_of(found, coder, coded)).sum()) for coder, column in columns.items())
    if lost:
        said.append(f"{lost:,} belong to no line")
    if near:
        said.append(f"{near:,} overlap the node of a line, which got them, without having its offsets")
    if other:
        said.append(f"{other:,} lines have another code in the sheet, which stays")
    if said:
        warn(f"Of {found.height:,} codes, {'; '.join(said)}. match_codes() lists them.", stacklevel=3)


def _codes_of(found: pl.DataFrame, coder: str | None, rows: pl.DataFrame) -> pl.Series:
    """Return the codes that a coder gave to each of some lines."""
    codes = (
        found.filter(pl.col("match").is_not_null(), pl.col("coder").eq_missing(pl.lit(coder, pl.String)))
        .group_by(KEY)
        .agg(pl.col("code").unique().sort().str.join(SEPARATOR))
    )
    return rows.select(KEY).join(codes, on=KEY, how="left", maintain_order="left")["code"]


def _expected(codes: object) -> pl.DataFrame:
    """Return codes with the columns that they must have, in their types."""
    if not isinstance(codes, pl.DataFrame):
        raise invalid("codes", "a DataFrame", codes, "ck.read_codes returns one.")
    absent = [name for name in _COLUMNS if name not in codes.columns and name != "coder"]
    if absent:
        raise InputError(f"codes must be a table with the column {absent[0]!r}. ck.read_codes returns one.")
    if "coder" not in codes.columns:
        codes = codes.with_columns(coder=pl.lit(None, pl.String))
    try:
        codes = codes.with_columns(pl.col(name).cast(dtype) for name, dtype in _COLUMNS.items())
    except pl.exceptions.PolarsError:
        raise InputError("codes must have offsets that are whole numbers, and codes that are texts.") from None
    clash = [name for name in ("_row", *_PLACE) if name in codes.columns]
    return codes.drop(clash).filter(pl.col("code").is_not_null())
