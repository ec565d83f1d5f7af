"""Codes of lines that change one at a time: in memory, or in a sheet on disk that others edit, too."""

from __future__ import annotations

import getpass
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import is_text, path_argument
from corpus_kit.coding.code_history import CODE_COLUMNS, Cell, Entry, Key, Other, time_stamp
from corpus_kit.coding.shared_sheet import Merged, SharedSheet, UnsavedSheet
from corpus_kit.coding.sheet_files import ENDINGS, KEY, SHOWN
from corpus_kit.coding.sheet_merge import CONFLICT_COLUMN, empty_sheet, expect_single, with_conflicts
from corpus_kit.errors import InputError, choose, invalid, nearest, one_of

__all__ = ["CODE_COLUMNS", "CONFLICT_COLUMN", "LineCodes", "Refused", "coder_name"]

_LONGEST = 10_000  # code points of a code or a note
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Refused:
    """A code that is not in the sheet, since somebody had changed the line in the meantime.

    Attributes:
        column: "code" or "note".
        value: What was to be written; None to remove what there was.
        cell: What the sheet has.
        is_kept: Whether the value is kept beside it, as a conflict.
    """

    column: str
    value: str | None
    cell: Cell | None
    is_kept: bool

    def __str__(self) -> str:
        """Return what happened, for the coder."""
        now = None if self.cell is None else self.cell.value
        coder = None if self.cell is None else self.cell.entry.coder
        said = f"{now or 'empty'!r:.60} now{f' (by {coder})' if coder else ''}"
        rest = (
            f"{self.value!r:.60} is kept beside it as a conflict: decide for one of them."
            if self.is_kept
            else "Code it again to change it."
        )
        return (
            f"This line was coded elsewhere in the meantime: its {self.column} is {said}. "
            f"Nothing was overwritten. {rest}"
        )


class LineCodes:
    """Codes and notes of lines, found by the document's id and the position of the node.

    With a sheet (the file of `Concordance.code`) every change is written at once, merged with what others have written
    into it. What they changed on the same line since it was last read here is never overwritten.

    Args:
        sheet: A path that ends in .csv, .tsv or .parquet, or its `SharedSheet`; None keeps the codes in memory.
        coder: The name under which codes are noted in the history; None takes that of the user.
    """

    def __init__(self, sheet: str | os.PathLike[str] | SharedSheet | None = None, coder: str | None = None) -> None:
        if sheet is not None and not isinstance(sheet, SharedSheet):
            sheet = SharedSheet(_sheet_path(sheet))
        self.path = None if sheet is None else sheet.path
        self.coder = coder_name(coder)
        self._sheet = UnsavedSheet() if sheet is None else sheet
        self._take(self._sheet.read())

    @property
    def frame(self) -> pl.DataFrame:
        """The lines that have a code or a note: id, position, before, node, after, code, note.

        As long as there are conflicts, the column code_conflict has what others gave.
        """
        coded = pl.any_horizontal(pl.col(CODE_COLUMNS).is_not_null())
        return with_conflicts(self._rows.filter(coded).select(empty_sheet().columns), self._cells)

    @property
    def conflicts(self) -> pl.DataFrame:
        """The codes and notes that are not in the sheet, since the line had another, and that nobody decided about.

        The columns are id (String), position (UInt32), column ("code" or "note"), value (in the sheet), coder (who gave
        it; null if it was written by a spreadsheet), other_value, other_coder (String), and when (Datetime, UTC): the
        time of the other.
        """
        rows = [
            (*key, cell.value, cell.entry.coder, other.value, other.coder, other.when)
            for key, cell in self._cells.items()
            for other in cell.others
        ]
        texts = ("column", "value", "coder", "other_value", "other_coder", "when")
        schema = {"id": pl.String, "position": pl.UInt32} | dict.fromkeys(texts, pl.String)
        return pl.DataFrame(rows, schema=schema, orient="row").with_columns(_utc("when"))

    @property
    def history(self) -> pl.DataFrame:
        """Every change of a code or a note, the oldest first.

        The columns are when (Datetime, UTC), coder, kind ("given", "conflict", "found" or "restored"), id (String),
        position (UInt32), node, column, value and was (String).
        """
        self.refresh()
        columns = ("when", "coder", "kind", "id", "position", "node", "column", "value", "was")
        schema = dict.fromkeys(columns, pl.String) | {"position": pl.UInt32}
        rows = [[getattr(entry, name) for name in columns] for entry in self._sheet.history.entries]
        return pl.DataFrame(rows, schema=schema, orient="row").with_columns(_utc("when"))

    @property
    def lost(self) -> int:
        """The number of codes and notes that a spreadsheet has removed, and the next change writes back."""
        return sum(entry.kind == "restored" for entry in self._found.changes)

    def __len__(self) -> int:
        return self._rows.filter(pl.any_horizontal(pl.col(CODE_COLUMNS).is_not_null())).height

    def refresh(self) -> bool:
        """Read the sheet again if it has changed on disk, and return whether it has.

        A sheet that was deleted changes nothing: its rows are kept, and the next change writes them.
        """
        found = self._sheet.read()
        if self.path is None or found is self._found:
            return False
        self._take(found)
        return True

    def of(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return lines with the columns code and note, null if there is none, and code_conflict if there are conflicts.

        Raises:
            InputError: If the sheet has another word at the position of a line.
        """
        nodes = lines.select(*KEY, "node").join(self._rows.select(*KEY, known="node"), on=KEY, maintain_order="left")
        for row in nodes.filter(pl.col("known") != pl.col("node")).iter_rows(named=True):
            self._expect_fit(row, row["known"])
        codes = self._rows.select(*KEY, *CODE_COLUMNS)
        return with_conflicts(lines.join(codes, on=KEY, how="left", maintain_order="left"), self._cells)

    def value(self, line: Mapping[str, Any], column: str) -> str | None:
        """Return the code or the note of a line."""
        found = self._rows.filter(_at(line))
        value: str | None = found.item(0, column) if found.height else None
        return value

    def others(self, line: Mapping[str, Any], column: str) -> tuple[Other, ...]:
        """Return the codes or notes in conflict with that of a line."""
        cell = self._cells.get(_key(line, column))
        return () if cell is None else cell.others

    def set(
        self, line: Mapping[str, Any], values: Mapping[str, str | None], seen: Mapping[str, Any] | None = None
    ) -> list[Refused]:
        """Set the code or the note of a line, or both.

        Args:
            line: The id, position, before, node and after of the line.
            values: By column, "code" or "note", the code or the note; None removes it.
            seen: By column, what the coder saw before; left out, what was last read here.

        Returns:
            What is not in the sheet, since somebody else has changed the line since.

        Raises:
            InputError: If a value is not a text, or the sheet does not fit or cannot be written. The codes are then
                as they were.
        """
        values = {choose(column, CODE_COLUMNS, "column"): _code(value, column) for column, value in values.items()}
        seen = {column: self.value(line, column) for column in values} | dict(seen or {})
        known = {column: self.others(line, column) for column in values}
        refused: list[Refused] = []

        def arrange(sheet: pl.DataFrame | None) -> pl.DataFrame:
            rows = self._rows if sheet is self._found.frame else _complete(sheet, self._name)
            found = rows.filter(_at(line))
            if found.height:
                self._expect_fit(line, found.item(0, "node"))
            return rows

        def give(cells: Mapping[Key, Cell]) -> list[Entry]:
            given = []
            for column, value in values.items():
                cell = cells.get(_key(line, column))
                now, others = (None, ()) if cell is None else (cell.value, cell.others)
                is_unseen = not set(others) <= set(known[column])
                is_noted = value is None or (cell is not None and cell.is_given)
                if value == now and (is_unseen or (is_noted and not others)):
                    continue
                if not is_unseen and now in (seen[column], value):
                    given.append(self._entry("given", line, column, value, now))
                elif value is not None or seen[column] is not None:
                    refused.append(Refused(column, value, cell, value is not None))
                    if value is not None:
                        given.append(self._entry("conflict", line, column, value, seen[column]))
            return given

        found = self._sheet.write(arrange, give)
        assert found.frame is not None
        self._rows, self._cells, self._found = found.frame, found.cells, found
        return refused

    def _entry(self, kind: str, line: Mapping[str, Any], column: str, value: str | None, was: Any) -> Entry:
        was = was if isinstance(was, str) else None
        return Entry(time_stamp(), self.coder, kind, *_key(line, column), value, was, *(line[name] for name in SHOWN))

    def _take(self, found: Merged) -> None:
        self._rows, self._cells, self._found = _complete(found.frame, self._name), found.cells, found

    @property
    def _name(self) -> str:
        return "codes" if self.path is None else str(self.path)

    def _expect_fit(self, line: Mapping[str, Any], known: str | None) -> None:
        """Raise InputError unless one node begins with the other: a pattern may find more words at a position."""
        if known is not None and not _begins_with(line["node"], known) and not _begins_with(known, line["node"]):
            sheet = "These codes do" if self.path is None else f"The sheet {str(self.path)!r} does"
            raise InputError(
                f"{sheet} not fit these texts: {line['id']}:{line['position']} was coded as {known!r:.60}, and it is "
                f"{line['node']!r:.60} now. Use another sheet."
            )


def coder_name(coder: object) -> str:
    """Return the name of a coder: the one that is given, or that of the user on this machine."""
    if coder is None:
        try:
            coder = getpass.getuser()
        except (OSError, KeyError, ImportError):  # in a container, users need not have names
            coder = ""
        name = "".join(letter for letter in coder if letter.isprintable() and is_text(letter))
        return name[:_LONGEST_NAME] or "unknown"
    if not isinstance(coder, str) or not coder.strip() or not coder.isprintable() or len(coder) > _LONGEST_NAME:
        raise invalid("coder", f"a name of at most {_LONGEST_NAME} characters, or None", coder)
    return coder.strip()


def _sheet_path(sheet: object) -> Path:
    path = path_argument(sheet, "sheet")
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise invalid("sheet", f"a file that ends in {one_of(ENDINGS)}", path.name, nearest(ending, ENDINGS))
    if not path.parent.is_dir():
        raise InputError(f"sheet must be in an existing folder, got {str(path)!r}. Create the folder first.")
    return path


def _complete(sheet: pl.DataFrame | None, name: str) -> pl.DataFrame:
    """Return a sheet with all the columns that this module writes, and each line once."""
    if sheet is None:
        return empty_sheet()
    expect_single(sheet, name)
    columns = [
        pl.col(column).cast(pl.String) if column in sheet.columns else pl.lit(None, pl.String).alias(column)
        for column in (*SHOWN, *CODE_COLUMNS)
    ]
    filled = (pl.when(pl.col(column) != "").then(column).alias(column) for column in CODE_COLUMNS)
    return sheet.with_columns(columns).with_columns(filled)


def _key(line: Mapping[str, Any], column: str) -> Key:
    return line["id"], line["position"], column


def _at(line: Mapping[str, Any]) -> pl.Expr:
    return pl.col("id").eq(line["id"]) & pl.col("position").eq(line["position"])


def _code(value: object, column: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not is_text(value):
        raise invalid(column, "a text or None", value)
    if len(value) > _LONGEST:
        raise InputError(f"{column} must have at most {_LONGEST:,} characters, got {len(value):,}.")
    return value.strip() or None


def _utc(column: str) -> pl.Expr:
    """Return an expression for times that are texts."""
    return pl.col(column).str.to_datetime(time_unit="ms", time_zone="UTC")


def _begins_with(text: str, words: str) -> bool:
    """Return whether a text begins with these words, the last one whole."""
    rest = text[len(words) :]
    return text.startswith(words) and not (rest and unicodedata.category(rest[0])[0] in "LMN")
