"""What spreadsheets and people change of sheets beside codes: 007 that became 7, 1-2 that became a date, `Code`."""

from __future__ import annotations

import polars as pl

from corpus_kit.coding.code_history import CODE_COLUMNS
from corpus_kit.coding.sheet_files import KEY, SHOWN

__all__ = ["repaired"]

_TEXT = ("position", *SHOWN)


def repaired(sheet: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Return a sheet whose columns have their names, and whose rows the ids of their units again.

    A row whose id and position are those of no unit gets the id of the only unit that has its position and its texts,
    if no other row has these, and if the row of that unit, which is then left out, has no code of its own.

    Args:
        sheet: A sheet of codes.
        units: id, position, before, node, after of all units.

    Examples:
        >>> row = {"id": ["007"], "position": [2], "before": ["قال"], "node": ["في"], "after": ["يوم"]}
        >>> units = pl.DataFrame(row)
        >>> sheet = units.with_columns(pl.lit("7").alias("id"), code=pl.lit("time"), note=pl.lit(None, pl.String))
        >>> repaired(sheet.rename({"code": " Code"}), units).select("id", "code").rows()
        [('007', 'time')]
    """
    for name in CODE_COLUMNS:
        same = [each for each in sheet.columns if each.strip().casefold() == name]
        if len(same) == 1 and same != [name]:
            sheet = sheet.rename({same[0]: name})
    strays = sheet.with_row_index("_row").join(units.select(KEY), on=KEY, how="anti", maintain_order="left")
    if strays.is_empty() or not {*SHOWN} <= set(sheet.columns):
        return sheet
    single = pl.struct(_TEXT).is_unique()
    known = [name for name in CODE_COLUMNS if name in sheet.columns]
    taken = sheet.filter(pl.any_horizontal(pl.lit(False), pl.col(known).is_not_null()))
    free = units.filter(single).join(taken, on=KEY, how="anti").select(pl.col("id").alias("_id"), *_TEXT)
    texts = [pl.col(name).cast(pl.String).fill_null("") for name in SHOWN]
    strays = strays.select("_row", "position", *texts).filter(single)
    found = strays.join(free.with_columns(texts), on=_TEXT, maintain_order="left").select("_row", "_id")
    if found.is_empty():
        return sheet
    renamed = sheet.with_row_index("_row").join(found, on="_row", how="left", maintain_order="left")
    places = renamed.filter(pl.col("_id").is_not_null()).select(pl.col("_id").alias("id"), "position")
    kept = renamed.filter(pl.col("_id").is_not_null()).select("_row")
    empty = renamed.join(places, on=KEY, how="semi").join(kept, on="_row", how="anti").select("_row")
    renamed = renamed.join(empty, on="_row", how="anti", maintain_order="left")
    return renamed.with_columns(id=pl.coalesce("_id", "id")).select(sheet.columns)
