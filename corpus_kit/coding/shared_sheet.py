"""A sheet of codes that several programs and people write: locked, merged, written whole, with a history beside it."""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep, time
from typing import TypeAlias

import polars as pl

from corpus_kit._base.files import beside, durable, sync_folder
from corpus_kit._base.locks import locked
from corpus_kit._base.swap import swap_in
from corpus_kit.coding.code_history import Cell, CodeHistory, Entry, Key, digest_of, with_changes
from corpus_kit.coding.sheet_files import Style, decoded, encoded
from corpus_kit.coding.sheet_merge import compared, empty_sheet, expect_single, put
from corpus_kit.errors import InputError

__all__ = ["Merged", "SharedSheet", "UnsavedSheet"]

_PART, _PURPOSE = "sheet-part", "sheet"  # end the names of files that are written aside
_CALM = 0.2  # seconds in which a file that a spreadsheet writes must not change
_FRESH = 1.0  # seconds after a change in which it may still be being written
_PATIENCE = 5.0  # seconds to wait for others

Arrange: TypeAlias = Callable[[pl.DataFrame | None], pl.DataFrame]
Give: TypeAlias = Callable[[Mapping[Key, Cell]], list[Entry]]


@dataclass(frozen=True)
class Merged:
    """A sheet as it is read, with the codes of the history that its file lacks.

    Attributes:
        frame: Its table; None if there is no sheet, and nothing in the history.
        cells: What is known of the codes, with the changes below.
        style: That of the file.
        data: The file; None if there is none.
        changes: What a spreadsheet or an editor has changed since the last entry of the history.
        is_whole: Whether the file has all codes.
    """

    frame: pl.DataFrame | None
    cells: Mapping[Key, Cell]
    style: Style | None = None
    data: bytes | None = None
    changes: tuple[Entry, ...] = ()
    is_whole: bool = False

    @cached_property
    def digest(self) -> str:
        """The digest of the file."""
        return digest_of(self.data)

    @property
    def is_written(self) -> bool:
        """Whether the file has all codes, and the history all changes."""
        return self.is_whole and not self.changes


class SharedSheet:
    """A sheet of codes with its lock and its history.

    Beside codes.csv there are .codes.csv.lock, and codes.csv.history.jsonl once a program has given a code.

    Args:
        path: The sheet. Links are resolved, so that all programs lock the same file.

    Attributes:
        path: As it was given.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path)
        self._path = Path(os.path.realpath(path))
        if not self._path.name:  # the root
            raise InputError(f"cannot read the sheet {self._name!r}: it is a folder.")
        self._lock = self._path.with_name(f".{self._path.name}.lock")
        self.history = CodeHistory(self._path.with_name(f"{self._path.name}.history.jsonl"))
        self._known: Merged | None = None  # as it was last read or written, with this version of the history
        self._version = -1
        self._thread = threading.RLock()

    def read(self) -> Merged:
        """Return the sheet, with the codes of the history that it lacks. Nothing is written.

        Raises:
            InputError: If the sheet or its history cannot be read.
        """
        end = monotonic() + _PATIENCE
        while True:
            with self._thread:
                data = self._bytes(self._path)
                self.history.refresh()
                if self._known is not None and self._is_known(data):
                    return self._known
                if self.history.entries and not self._is_ours(data) and self._is_fresh(time()):
                    data = self._calm(self._path)
                try:
                    merged = self._merged(data, is_unfinished=self._is_locked())
                except InputError:
                    if self._is_fresh(time()) and self._calm(self._path) != data:
                        continue
                    raise
                if data == self._bytes(self._path):  # so the history was read while this was the sheet
                    return self._know(merged)
            if monotonic() > end:
                raise self._busy()

    def write(self, arrange: Arrange, give: Give | None = None) -> Merged:
        """Change the sheet: read, merge and write it while no other program does.

        Args:
            arrange: Returns the table with the rows and columns that it shall have. It is called again with what
                something else wrote at the same moment.
            give: Returns the changes of codes, which the sheet and the history get. It is called once.

        Raises:
            InputError: If the sheet cannot be read, locked or written; then it is as it was.
        """
        with self._thread, locked(self._lock, f"the sheet {self._name!r}") as was_killed:
            left = self._leftovers() if was_killed else []
            data = self._bytes(self._path)
            self.history.refresh()
            if not self._is_ours(data) and (data is None or self._is_fresh(self._lock.stat().st_mtime)):
                data = self._calm(self._path)
            if self._known is not None and self.history.entries and self._is_known(data):
                merged = self._known
            else:
                merged = self._merged(data, is_noted=give is not None, is_unfinished=was_killed)
            done, replaced = self._replace(merged, data, arrange, give)
            queue = replaced + left
            while queue:
                path = queue.pop(0)
                late = self._unseen(path)
                if late is not None:
                    done, replaced = self._replace(self._merged_late(late, path), done.data, arrange, None)
                    queue += replaced
                with suppress(OSError):
                    path.unlink()
            return self._know(done)

    def _know(self, merged: Merged) -> Merged:
        self._known, self._version = merged, self.history.version
        return merged

    def _is_known(self, data: bytes | None) -> bool:
        return self._known is not None and self._version == self.history.version and data == self._known.data

    def _digest(self, data: bytes | None) -> str:
        return self._known.digest if self._known is not None and data == self._known.data else digest_of(data)

    def _is_ours(self, data: bytes | None) -> bool:
        """Return whether a program wrote this last, or was about to replace it."""
        return self._digest(data) in (self.history.sheet, self.history.sheet_was)

    def _is_locked(self) -> bool:
        """Return whether a program is writing the sheet, or was killed while it was."""
        try:
            return self._lock.stat().st_size > 0
        except OSError:
            return False

    def _merged(self, data: bytes | None, *, is_noted: bool = False, is_unfinished: bool = False) -> Merged:
        """Return what a file and the history say together.

        Args:
            data: The file; None if there is none.
            is_noted: Whether its codes are noted even if there is no history yet.
            is_unfinished: Whether the last change may be in the history only.
        """
        cells = self.history.cells
        style: Style | None = None
        if data is not None:
            frame, style = decoded(data, self._name)
        elif self._known is not None and self._known.frame is not None:
            frame, style = self._known.frame, self._known.style  # the columns of the user are known, too
        elif cells:
            frame = empty_sheet()
        else:
            return Merged(None, cells)
        digest = self._digest(data)
        if not (is_noted or self.history.entries) or (digest and digest == self.history.sheet):
            return Merged(frame, cells, style, data, is_whole=data is not None)
        expect_single(frame, self._name)
        unfinished = self.history.unfinished if is_unfinished and digest == self.history.sheet_was else set()
        merged, changes = compared(frame, cells, unfinished, is_absent=data is None)
        is_whole = data is not None and merged.equals(frame)
        return Merged(merged, with_changes(cells, changes), style, data, tuple(changes), is_whole)

    def _merged_late(self, late: bytes, path: Path) -> Merged:
        """Merge what something else wrote into a file that had just been replaced, and is at this path now."""
        try:
            return self._merged(late, is_noted=True)
        except InputError as error:
            kept = beside(self._path, "unread")
            path.rename(kept)
            raise InputError(f"{error} It was written at the same moment, and is kept as {kept.name!r}.") from None

    def _replace(
        self, merged: Merged, data: bytes | None, arrange: Arrange, give: Give | None
    ) -> tuple[Merged, list[Path]]:
        """Write the sheet once; return it, and where the file now is that was replaced, if it is not what was read."""
        frame = arrange(merged.frame)
        given = [] if give is None else give(merged.cells)
        if give is not None and not given and (merged.is_written or merged.frame is None):
            return replace(merged, frame=frame), []
        frame = put(frame, [entry for entry in given if entry.kind == "given"])
        is_same = merged.is_whole and merged.frame is not None and frame.equals(merged.frame)
        out = data if is_same and data is not None and data == merged.data else encoded(frame, self._name, merged.style)
        done = Merged(frame, merged.cells, merged.style, out, is_whole=True)
        was, now = self._digest(data), done.digest
        entries = [replace(entry, sheet_was=was, sheet=now) for entry in (*merged.changes, *given)]
        size = self.history.size
        if given or (entries and self.history.entries):
            self.history.append(entries)
            done = replace(done, cells=self.history.cells)
        return done, [] if out == data else self._swap(out, data, size)

    def _swap(self, out: bytes, data: bytes | None, size: int) -> list[Path]:
        """Put a new file in the place of the sheet; return the path of what was there, if it is not what was read.

        If that fails, the history is cut to the size that it had.
        """
        part, aside = beside(self._path, _PART), beside(self._path, _PURPOSE)
        try:
            with durable(part, self._path) as file:
                file.write(out)
            part.rename(aside)  # from here on it is whole, and then what was at the path
            old = self._put_in_place(aside)
            sync_folder(self._path.parent)
        except BaseException as error:
            if self._bytes(self._path) != out:
                self.history.cut(size)
                for path in (part, aside):
                    with suppress(OSError):
                        path.unlink()
            if isinstance(error, OSError):
                raise InputError(f"cannot write {self._name!r}: {error.strerror or error}") from error
            raise
        if old is None:
            return []
        if self._bytes(old) != data and self._calm(old) != data:
            return [old]
        with suppress(OSError):
            old.unlink()
        return []

    def _put_in_place(self, aside: Path) -> Path | None:
        """Replace the sheet; return a path of what was there."""
        end = monotonic() + _PATIENCE
        while True:
            try:
                return swap_in(aside, self._path, _PURPOSE)
            except PermissionError as error:  # Windows lets nobody replace a file that is open
                if monotonic() > end:
                    raise InputError(
                        f"cannot write {self._name!r}: {error.strerror or error}. "
                        "If it is open in a spreadsheet, close it there."
                    ) from None
            sleep(_CALM)

    def _leftovers(self) -> list[Path]:
        """Return what programs left that were killed while they had the lock."""
        leftover = re.compile(rf"\.{re.escape(self._path.name)}\.[0-9a-f]{{32}}\.({_PART}|{_PURPOSE})")
        with suppress(OSError):
            return [path for path in sorted(self._path.parent.iterdir()) if leftover.fullmatch(path.name)]
        return []

    def _unseen(self, leftover: Path) -> bytes | None:
        """Return a sheet that was replaced by a program that was killed before it could see what was in it."""
        data = self._bytes(leftover) if leftover.suffix == f".{_PURPOSE}" else None
        return None if data is None or self.history.knows(digest_of(data)) else data

    def _bytes(self, path: Path) -> bytes | None:
        """Return a file; None if there is none."""
        for _ in range(3):
            try:
                if not stat.S_ISREG(path.stat().st_mode):
                    raise InputError(f"{self._name!r} must be a file, got something else. Use another name.")
                return path.read_bytes()
            except FileNotFoundError:
                return None
            except OSError as error:
                problem = error.strerror or str(error)
                if error.errno != errno.ESTALE:  # replaced by another machine while it was read
                    break
        raise InputError(f"the sheet of codes {self._name!r} cannot be read: {problem}.")

    def _is_fresh(self, now: float) -> bool:
        """Return whether the sheet was changed a moment ago, so that something may still be writing it."""
        try:
            return abs(now - self._path.stat().st_mtime) < _FRESH
        except OSError:
            return True

    def _is_readable(self, data: bytes | None) -> bool:
        try:
            return data is None or decoded(data, self._name) is not None
        except InputError:
            return False

    def _calm(self, path: Path) -> bytes | None:
        """Return a file that something else wrote, once nothing changes in it; wait longer for a damaged one."""
        begun = monotonic()
        data = self._bytes(path)
        while True:
            sleep(_CALM)
            again, waited = self._bytes(path), monotonic() - begun
            if again == data and (waited > _FRESH or self._is_readable(data)):
                return data
            if waited > _PATIENCE:
                raise self._busy()
            data = again

    def _busy(self) -> InputError:
        return InputError(f"the sheet of codes {self._name!r} is being written all the time. Try again later.")


class UnsavedSheet:
    """A sheet that is in memory only, with its history."""

    def __init__(self) -> None:
        self.history = CodeHistory(None)
        self._frame: pl.DataFrame | None = None

    def read(self) -> Merged:
        """Return the sheet."""
        return Merged(self._frame, self.history.cells)

    def write(self, arrange: Arrange, give: Give) -> Merged:
        """Change the sheet, as `SharedSheet.write` does."""
        frame = arrange(self._frame)
        given = give(self.history.cells)
        self._frame = put(frame, [entry for entry in given if entry.kind == "given"])
        self.history.append(given)
        return self.read()
