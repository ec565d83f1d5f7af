"""The history of the codes of a sheet: who gave which code when, what it replaced, and what others gave instead.

It is a file of JSON lines beside the sheet, to which lines are only added. A change is written there before it is
written into the sheet, so that a program that is killed in between loses nothing: whoever writes next goes on.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from io import FileIO
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

from corpus_kit._base.clock import now
from corpus_kit._base.files import open_regular, sync_folder
from corpus_kit._base.locks import open_shared
from corpus_kit.errors import InputError

__all__ = ["CODE_COLUMNS", "Cell", "CodeHistory", "Entry", "Key", "Other", "digest_of", "time_stamp", "with_changes"]

Key: TypeAlias = tuple[str, int, str]  # the id of a document, the position of a node, and a column

CODE_COLUMNS = ("code", "note")  # of which a history is kept
KINDS = ("given", "conflict", "found", "restored")


@dataclass(frozen=True)
class Entry:
    """A line of the history.

    Attributes:
        when: UTC, in ISO 8601.
        coder: Who gave the code; None if it was found in the sheet, where a spreadsheet or an editor wrote it.
        kind: "given": by a program, and in the sheet since. "conflict": given by a program, while the sheet had another
            that the coder had not seen; that one stayed. "found": written into the sheet by something else. "restored":
            something else had emptied the cell or removed the row, and a program put back what had been given.
        id: The document.
        position: Of the node.
        column: "code" or "note".
        value: The code; None for none.
        was: What the cell had before; of a conflict, what its coder believed it to have.
        before: The context as shown when the line was coded, so that a lost row can be written again; and so on.
        node: The words that were found.
        after: The context after them.
        sheet_was: A digest of the sheet before this change.
        sheet: A digest of the sheet with it.
    """

    when: str
    coder: str | None
    kind: str
    id: str
    position: int
    column: str
    value: str | None
    was: str | None
    before: str | None
    node: str | None
    after: str | None
    sheet_was: str = ""
    sheet: str = ""

    @property
    def key(self) -> Key:
        return self.id, self.position, self.column


@dataclass(frozen=True)
class Other:
    """A code that was given to a line which has another, and that nobody has decided about."""

    value: str | None
    coder: str | None
    when: str


@dataclass(frozen=True)
class Cell:
    """What is known of a code or a note."""

    entry: Entry  # that gave it
    others: tuple[Other, ...] = ()

    @property
    def value(self) -> str | None:
        return self.entry.value

    @property
    def is_given(self) -> bool:
        """Whether a program gave it, and no spreadsheet."""
        return self.entry.kind == "given"


def _changed(cell: Cell | None, entry: Entry) -> Cell | None:
    """Return a cell after a change.

    A code that is given with its others in sight decides about them. One that is found in the sheet does not, since
    nobody knows what its writer had seen.
    """
    others = () if cell is None else cell.others
    if entry.kind == "given":
        return Cell(entry)
    if entry.kind == "conflict":
        other = Other(entry.value, entry.coder, entry.when)
        same = [each for each in others if (each.value, each.coder) == (other.value, other.coder)]
        if cell is None:
            cell = Cell(replace(entry, kind="found", value=None))
        return cell if same else Cell(cell.entry, (*others, other))
    if entry.kind == "found":
        if cell is not None and cell.is_given:
            others = (*others, Other(cell.value, cell.entry.coder, cell.entry.when))
        return Cell(entry, tuple(each for each in others if each.value != entry.value))
    return cell


def with_changes(cells: Mapping[Key, Cell], entries: Iterable[Entry]) -> Mapping[Key, Cell]:
    """Return what is known of codes after changes."""
    entries = list(entries)
    if not entries:
        return cells
    found = dict(cells)
    for entry in entries:
        cell = _changed(found.get(entry.key), entry)
        if cell is not None:
            found[entry.key] = cell
    return found


class CodeHistory:
    """The history of a sheet, read as far as it has been written.

    Args:
        path: The file; None keeps the history in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.version = 0  # changes whenever anything else here does
        self.clear()

    def clear(self) -> None:
        """Forget what was read; it is read again when it is next asked for."""
        self.entries: list[Entry] = []
        self.cells: Mapping[Key, Cell] = {}  # replaced, not changed
        self.version += 1
        self._size = 0  # bytes read
        self._last = b""  # the last line of these
        self._file: tuple[int, int] | None = None

    @property
    def sheet(self) -> str:
        """The digest of the sheet with all changes, "" if there is none."""
        return self.entries[-1].sheet if self.entries else ""

    @property
    def unfinished(self) -> set[Key]:
        """The cells of the last changes that began with the same sheet.

        If the sheet still is that one, it lacks them: their writers were killed, one after another.
        """
        last = takewhile(lambda entry: entry.sheet_was == self.sheet_was, reversed(self.entries))
        return {entry.key for entry in last}

    @property
    def sheet_was(self) -> str:
        """The digest of the sheet before the last change."""
        return self.entries[-1].sheet_was if self.entries else ""

    def knows(self, digest: str) -> bool:
        """Return whether a program has read or written a sheet with this digest."""
        return any(digest in (entry.sheet_was, entry.sheet) for entry in self.entries)

    def refresh(self) -> None:
        """Read what was added to the file.

        Raises:
            InputError: If the file cannot be read, or a line is damaged.
        """
        if self.path is None:
            return
        try:
            with open_regular(self.path) as file:
                found = os.fstat(file.fileno())
                file.seek(self._size - len(self._last))
                added = file.read()
                if (found.st_dev, found.st_ino) != self._file or not added.startswith(self._last):
                    self.clear()  # it is another file, or somebody has edited it
                    file.seek(0)
                    added = file.read()
                added = added[len(self._last) :]
        except FileNotFoundError:
            if self.entries:
                self.clear()
            return
        except OSError as error:
            raise InputError(
                f"cannot read the history of codes {str(self.path)!r}: {error.strerror or error}."
            ) from None
        whole = added.rfind(b"\n") + 1  # what follows is not finished, or never will be
        lines = added[:whole].splitlines(keepends=True)
        entries = [self._entry(line, number) for number, line in enumerate(lines, len(self.entries) + 1)]
        self._file = None  # so that all is read again, should Ctrl-C come between the following lines
        self._add(entries)
        self._size += whole
        self._last = lines[-1] if lines else self._last
        self._file = (found.st_dev, found.st_ino)

    def append(self, entries: Iterable[Entry]) -> None:
        """Add entries to the file, so that they are on disk when this returns. The sheet must be locked.

        Raises:
            InputError: If they cannot be written; the file is then as it was.
        """
        if self.path is None:
            self._add(list(entries))
        else:
            self._write("".join(map(_line, entries)).encode())
            self.refresh()

    def _write(self, lines: bytes) -> None:
        assert self.path is not None
        try:
            is_new = not self.path.exists()
            with FileIO(open_shared(self.path, os.O_RDWR), "r+") as file:
                found = os.fstat(file.fileno())
                file.seek(self._size)
                if self._file not in (None, (found.st_dev, found.st_ino)) or b"\n" in file.read():
                    raise InputError(f"{str(self.path)!r} was changed by a program that ignores the lock. Try again.")
                try:
                    file.truncate(self._size)  # drops the torn line of a program that was killed
                    file.seek(self._size)
                    while lines:
                        lines = lines[file.write(lines) :]
                    os.fsync(file.fileno())
                except OSError:
                    self._shorten(self._size)
                    raise
            if is_new:
                sync_folder(self.path.parent)
        except OSError as error:
            raise InputError(
                f"cannot write the history of codes {str(self.path)!r}: {error.strerror or error}."
            ) from None

    def _shorten(self, size: int) -> None:
        assert self.path is not None
        with suppress(OSError):
            os.truncate(self.path, size)
            if not size:
                self.path.unlink()

    def cut(self, size: int) -> None:
        """Take back the entries after a size, whose change could not be made. The sheet must be locked."""
        self._shorten(size)
        self.clear()
        self.refresh()

    @property
    def size(self) -> int:
        """The bytes of the file that were read or written."""
        return self._size

    def _add(self, entries: list[Entry]) -> None:
        self.entries += entries
        self.cells = with_changes(self.cells, entries)
        self.version += bool(entries)

    def _entry(self, line: bytes, number: int) -> Entry:
        try:
            return _read_entry(json.loads(line.decode("utf-8-sig")))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(
                f"line {number:,} of the history of codes {str(self.path)!r} is damaged ({error!s:.80}). "
                "Repair it, or move the file away: the sheet has the present codes."
            ) from None


_FIELDS = [field.name for field in fields(Entry)]
_OPTIONAL = {"coder", "value", "was", "before", "node", "after"}


def _line(entry: Entry) -> str:
    fields = {name: getattr(entry, name) for name in _FIELDS}
    return json.dumps(fields | {"check": _check(fields)}, ensure_ascii=False) + "\n"


def _check(fields: Mapping[str, Any]) -> str:
    """Return a checksum of the fields of an entry."""
    return f"{crc32(json.dumps(fields).encode()):08x}"


def _read_entry(found: Mapping[str, Any]) -> Entry:
    """Return an entry whose fields have the types that they should have. Raises ValueError, KeyError or TypeError."""
    values = {name: found[name] for name in _FIELDS}
    for name, value in values.items():
        if name == "position":
            fits = type(value) is int and 0 <= value < 2**32
        else:
            fits = isinstance(value, str) or (value is None and name in _OPTIONAL)
        if not fits:
            raise ValueError(f"{name} is {value!r:.40}")
    entry = Entry(**values)
    if entry.kind not in KINDS:
        raise ValueError(f"kind is {entry.kind!r:.40}")
    if entry.column not in CODE_COLUMNS:
        raise ValueError(f"column is {entry.column!r:.40}")
    if datetime.fromisoformat(entry.when).tzinfo is None:
        raise ValueError(f"when is {entry.when!r:.40}")
    if found["check"] != _check(values):
        raise ValueError("its checksum differs")
    return entry


def digest_of(data: bytes | None) -> str:
    """Return a short digest of a file; "" if there is none."""
    return "" if data is None else hashlib.sha256(data).hexdigest()[:16]


def time_stamp() -> str:
    """Return the present time as entries have it."""
    return now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
