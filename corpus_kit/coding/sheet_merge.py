"""What a sheet and the history of its codes say together, line by line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from corpus_kit.coding.code_history import CODE_COLUMNS, Cell, Entry, Key, time_stamp
from corpus_kit.coding.sheet_files import KEY, SHOWN
from corpus_kit.display.values import MISSING
from corpus_kit.errors import InputError

__all__ = ["CONFLICT_COLUMN", "compared", "empty_sheet", "expect_single", "put", "with_conflicts"]

CONFLICT_COLUMN = "code_conflict"  # in tables for people
_TEXTS = (*SHOWN, *CODE_COLUMNS)


def empty_sheet() -> pl.DataFrame:
    """Return a sheet without rows."""
    return pl.DataFrame(schema={"id": pl.String, "position": pl.UInt32} | dict.fromkeys(_TEXTS, pl.String))


def expect_single(sheet: pl.DataFrame, name: str) -> None:
    """Raise InputError if a line has two rows."""
    twice = sheet.filter(pl.struct(KEY).is_duplicated())
    if twice.height:
        place = f"{twice.item(0, 'id')}:{twice.item(0, 'position')}"
        raise InputError(f"{name!r} has several rows for a line: {place} twice. Keep one of them.")


def compared(
    sheet: pl.DataFrame, cells: Mapping[Key, Cell], unfinished: Collection[Key], *, is_absent: bool
) -> tuple[pl.DataFrame, list[Entry]]:
    """Compare a sheet that something else has written with what is known of its codes.

    What stands in a cell counts, also in the place of another code. An empty cell does not take away what a program
    gave: a spreadsheet that had opened the sheet before, and is saved, would undo all that was coded since.

    Args:
        sheet: The table of the file.
        cells: What is known of the codes.
        unfinished: The cells of a change that was noted, but not written.
        is_absent: Whether there is no file; then nothing was taken away by hand.

    Returns:
        The table with the codes that it lacked, and the differences as entries, "found" or "restored".
    """
    present = [name for name in _TEXTS if name in sheet.columns]
    sheet = sheet.with_columns(pl.col(present).cast(pl.String))
    empty = dict.fromkeys(_TEXTS)
    rows = {(row["id"], row["position"]): empty | row for row in sheet.select(*KEY, *present).iter_rows(named=True)}
    keys = [(*place, column) for place, row in rows.items() for column in CODE_COLUMNS if row[column]]
    when = time_stamp()
    entries, lacking = [], []
    for key in dict.fromkeys([*keys, *cells]):
        cell, row = cells.get(key), rows.get(key[:2], empty)
        value, known = row[key[2]] or None, None if cell is None else cell.value
        if _same(value, known):
            continue
        is_kept = value is None and cell is not None and (cell.is_given or is_absent)
        if cell is not None and (is_kept or key in unfinished):
            lacking.append(cell.entry)
            if key in unfinished:
                continue
            value, known = known, None
        kind = "restored" if is_kept else "found"
        shown = row if row["node"] is not None or cell is None else {name: getattr(cell.entry, name) for name in SHOWN}
        entries.append(Entry(when, None, kind, *key, value, known, shown["before"], shown["node"], shown["after"]))
    return put(sheet, lacking), entries


def put(sheet: pl.DataFrame, entries: Sequence[Entry]) -> pl.DataFrame:
    """Return a sheet with the values of entries. A line that it lacks gets a row at the end."""
    if not entries:
        return sheet
    if len(entries) == 1:
        entry = entries[0]
        at = pl.col("id").eq(entry.id) & pl.col("position").eq(entry.position)
        if entry.column in sheet.columns and sheet.select(at.any()).item():
            value = pl.when(at).then(pl.lit(entry.value, pl.String)).otherwise(entry.column)
            return sheet.with_columns(value.alias(entry.column))
    lines = {entry.key[:2]: (entry.id, entry.position, entry.before, entry.node, entry.after) for entry in entries}
    schema = {name: dtype for name, dtype in empty_sheet().schema.items() if name not in CODE_COLUMNS}
    shown = pl.DataFrame(list(lines.values()), schema=schema, orient="row")
    new = shown.join(sheet.select(KEY), on=KEY, how="anti", maintain_order="left")
    sheet = pl.concat([sheet, new], how="diagonal") if new.height else sheet
    wanted = shown.select(KEY).join(sheet.select(KEY).with_row_index("row"), on=KEY)
    rows = {(id, position): row for id, position, row in wanted.rows()}
    for column in dict.fromkeys(entry.column for entry in entries):
        values = sheet[column].to_list() if column in sheet.columns else [None] * sheet.height
        for entry in entries:
            if entry.column == column:
                values[rows[entry.key[:2]]] = entry.value
        sheet = sheet.with_columns(pl.Series(column, values, pl.String))
    return sheet


def with_conflicts(lines: pl.DataFrame, cells: Mapping[Key, Cell]) -> pl.DataFrame:
    """Return lines with a column for the codes that others gave to them and nobody has decided about, if there are any.

    Each is followed by who gave it; a note is called a note.
    """
    named: dict[tuple[str, int], list[str]] = {}
    for (id, position, column), cell in cells.items():
        for other in cell.others:
            text = f"{MISSING if other.value is None else other.value} ({other.coder or 'spreadsheet'})"
            named.setdefault((id, position), []).append(text if column == "code" else f"{column}: {text}")
    texts = [(*key, "; ".join(found)) for key, found in named.items()]
    schema = {"id": pl.String, "position": pl.UInt32, CONFLICT_COLUMN: pl.String}
    conflicts = pl.DataFrame(texts, schema=schema, orient="row")
    if CONFLICT_COLUMN in lines.columns or lines.join(conflicts, on=KEY, how="semi").is_empty():
        return lines
    return lines.join(conflicts, on=KEY, how="left", maintain_order="left")


def _same(one: str | None, other: str | None) -> bool:
    """Return whether two codes are the same, whatever line endings an editor has given them."""
    if one is None or other is None:
        return one is other
    return one == other or one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
