"""Tables that describe the files beside them: metadata of texts, which are no texts themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import polars as pl

from corpus_kit.errors import SourceError
from corpus_kit.readers.report import MOST_FILES, Example, Ledger
from corpus_kit.readers.sources import reason_of
from corpus_kit.readers.tables import Table

__all__ = ["TablesWithoutTexts"]

_TABLE_OF_FILES = "table about the files"  # a reason to skip it


@dataclass
class TablesWithoutTexts:
    """Tables that lack the column of texts, until all files are known.

    A table one of whose columns has mostly names of the files that were read, with their folders or without, or by
    their stems, describes them. Any other may be texts that were looked for in the wrong column.
    """

    _read: set[str] = field(default_factory=set)
    _tables: list[tuple[str, SourceError, dict[str, list[str]]]] = field(default_factory=list)

    def saw(self, file: str) -> None:
        """Note a file or a member of an archive that is one text, or several."""
        path = PurePosixPath(file)
        self._read.update("/".join(path.parts[start:]) for start in range(len(path.parts)))
        self._read.add(path.stem)

    def add(self, table: Table, error: SourceError) -> None:
        """Note a table, and why it is none of texts."""
        columns = [name for name, dtype in table.schema.items() if dtype == pl.String]
        first = next(iter(table.batches(columns)), None) if columns else None
        values = {} if first is None else {name: first.frame[name].drop_nulls().unique().to_list() for name in columns}
        self._tables.append((table.name, error, values))

    def settle(self, ledger: Ledger) -> SourceError | None:
        """Record all tables; return why the first that does not describe the files is none of texts."""
        refused: SourceError | None = None
        for name, error, values in self._tables:
            column = next((column for column, found in values.items() if self._are_names(found)), None)
            reason, detail = _TABLE_OF_FILES, f"column {column!r} names them"
            if column is None:
                refused = refused or error
                reason, detail = "table without the column of texts", reason_of(error)
            ledger.skip(reason, [Example(name, detail=detail)], most=MOST_FILES)
        return refused

    def _are_names(self, values: Iterable[str]) -> bool:
        known = [value.strip() in self._read for value in values]
        return 2 * sum(known) > len(known)
