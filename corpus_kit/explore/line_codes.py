"""Codes of lines that change one at a time: in memory, or in a sheet on disk that others may edit, too."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import is_text, path_argument
from corpus_kit.errors import InputError, choose, invalid, nearest, one_of
from corpus_kit.search.coding import read_sheet, write_sheet

__all__ = ["CODE_COLUMNS", "LineCodes"]

CODE_COLUMNS = ("code", "note")
_KEY = ("id", "position")
_TEXTS = ("before", "node", "after", *CODE_COLUMNS)
_SCHEMA = pl.Schema({"id": pl.String, "position": pl.UInt32} | dict.fromkeys(_TEXTS, pl.String))
_ENDINGS = (".csv", ".tsv", ".parquet")
_LONGEST = 10_000  # code points of a code or a note


class LineCodes:
    """Codes and notes of lines, found by the document's id and the position of the node.

    With a sheet (the file of `Concordance.code`) every change is written at once. The sheet is read before that, so
    that what others have written into it is kept, and never overwritten unseen.

    Args:
        sheet: A path that ends in .csv, .tsv or .parquet; None keeps the codes in memory.
    """

    def __init__(self, sheet: str | os.PathLike[str] | None = None) -> None:
        self.path = None if sheet is None else _sheet_path(sheet)
        self._rows = pl.DataFrame(schema=_SCHEMA)  # may have other columns, which are the user's
        self._digest: bytes | None = None  # of the file with these rows
        self.refresh()

    @property
    def frame(self) -> pl.DataFrame:
        """The lines that have a code or a note: id, position, before, node, after, code, note."""
        coded = pl.any_horizontal(pl.col(CODE_COLUMNS).is_not_null())
        return self._rows.filter(coded).select(_SCHEMA.names())

    def __len__(self) -> int:
        return self.frame.height

    def refresh(self) -> bool:
        """Read the sheet again if it has changed on disk, and return whether it has.

        A sheet that was deleted changes nothing: its rows are kept, and the next change writes them.
        """
        if self.path is None:
            return False
        digest = _digest(self.path)
        if digest in (None, self._digest):
            return False
        self._rows = _checked(read_sheet(self.path), self.path)
        self._digest = digest
        return True

    def of(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return lines with the columns code and note, null if there is none.

        Raises:
            InputError: If the sheet has another word at the position of a line.
        """
        known = self._rows.select(*_KEY, *CODE_COLUMNS, _known="node")
        found = lines.join(known, on=_KEY, how="left", maintain_order="left")
        for row in found.filter(pl.col("_known") != pl.col("node")).iter_rows(named=True):
            self._expect_fit(row, row["_known"])
        return found.drop("_known")

    def value(self, line: Mapping[str, Any], column: str) -> str | None:
        """Return the code or the note of a line."""
        found = self._rows.filter(_at(line))
        value: str | None = found.item(0, column) if found.height else None
        return value

    def set(self, line: Mapping[str, Any], column: str, value: str | None) -> None:
        """Set the code or the note of a line.

        Args:
            line: The id, position, before, node and after of the line.
            column: "code" or "note".
            value: The code or the note; None removes it.

        Raises:
            InputError: If the value is not a text, or the sheet does not fit or cannot be written. The codes are then
                as they were.
        """
        choose(column, CODE_COLUMNS, "column")
        value = _code(value, column)
        self.refresh()
        rows = self._rows
        known = rows.filter(_at(line))
        if known.height:
            self._expect_fit(line, known.item(0, "node"))
            changed = pl.when(_at(line)).then(pl.lit(value, pl.String)).otherwise(column)
            rows = rows.with_columns(changed.alias(column))
        else:
            new = {name: line[name] for name in _SCHEMA.names() if name not in CODE_COLUMNS} | {column: value}
            rows = pl.concat([rows, pl.DataFrame([new], schema=_SCHEMA)], how="diagonal")
        if self.path is not None:
            write_sheet(rows, self.path)
            self._digest = _digest(self.path)
        self._rows = rows

    def _expect_fit(self, line: Mapping[str, Any], known: str | None) -> None:
        """Raise InputError unless one node begins with the other: a pattern may find more words at a position."""
        if known is not None and not _begins_with(line["node"], known) and not _begins_with(known, line["node"]):
            sheet = "These codes do" if self.path is None else f"The sheet {str(self.path)!r} does"
            raise InputError(
                f"{sheet} not fit these texts: {line['id']}:{line['position']} was coded as {known!r:.60}, and it is "
                f"{line['node']!r:.60} now. Use another sheet."
            )


def _sheet_path(sheet: object) -> Path:
    path = path_argument(sheet, "sheet")
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise invalid("sheet", f"a file that ends in {one_of(_ENDINGS)}", path.name, nearest(ending, _ENDINGS))
    if not path.parent.is_dir():
        raise InputError(f"sheet must be in an existing folder, got {str(path)!r}. Create the folder first.")
    return path


def _digest(path: Path) -> bytes | None:
    """Return a digest of the state of a file; None if there is no file."""
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"cannot read the sheet of codes {str(path)!r}: {error.strerror or error}") from None


def _checked(sheet: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Return a sheet with all the columns that this module writes, and each line once."""
    twice = sheet.filter(pl.struct(_KEY).is_duplicated())
    if twice.height:
        raise InputError(
            f"The sheet {str(path)!r} has the line {twice.item(0, 'id')}:{twice.item(0, 'position')} twice. "
            "Delete one of them."
        )
    columns = [
        pl.col(name).cast(pl.String) if name in sheet.columns else pl.lit(None, pl.String).alias(name)
        for name in _TEXTS
    ]
    filled = (pl.when(pl.col(name) != "").then(name).alias(name) for name in CODE_COLUMNS)
    return sheet.with_columns(columns).with_columns(filled)


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


def _begins_with(text: str, words: str) -> bool:
    """Return whether a text begins with these words, the last one whole."""
    rest = text[len(words) :]
    return text.startswith(words) and not (rest and unicodedata.category(rest[0])[0] in "LMN")
