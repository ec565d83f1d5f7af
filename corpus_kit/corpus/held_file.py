"""One file of an opened corpus, in memory or mapped, and the checks of what it holds."""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import numpy as np

from corpus_kit._base.arrays import Array
from corpus_kit._core import BlockChecks, MappedFile, file_stamp
from corpus_kit.corpus import storage
from corpus_kit.corpus.blocks import BLOCK
from corpus_kit.errors import CorpusError
from corpus_kit.machine.threads import threads

__all__ = ["HeldFile"]


class HeldFile:
    """A file of an opened corpus: read into memory, or mapped.

    Args:
        path: The folder of the corpus, for messages.
        name: The name of the file.
        file: The open file, which is closed by this object.
        size: Its size by the manifest.
        checksums: Those of its blocks; None for no checks.
        in_memory: Read it now.

    Raises:
        CorpusError: If it has another size, or cannot be read.
    """

    def __init__(
        self, path: Path, name: str, file: BinaryIO, size: int, checksums: Array | None, in_memory: bool
    ) -> None:
        self.name = name
        self._path = path
        self._file: BinaryIO | None = None
        self._mapped: MappedFile | mmap.mmap | None = None
        try:
            self._stamp = _file_stamp(file.fileno())
            if self._stamp[0] != size:
                raise self._damaged(f"has {self._stamp[0]:,} bytes instead of {size:,}")
            if in_memory or not size:
                self.source: bytes | BinaryIO = file.read(size + 1)
                self.data = memoryview(self.source)
            else:
                self._mapped = _mapped(file, size)
                self.source = self._file = file
                mapped: Any = self._mapped  # a buffer, which types can say from Python 3.12 on
                self.data = memoryview(mapped)
            if len(self.data) != size:
                raise self._damaged(f"has {len(self.data):,} bytes instead of {size:,}")
        except ValueError as error:
            raise self._damaged(storage.reason(error), colon=True) from error
        except (OSError, OverflowError, MemoryError) as error:
            raise CorpusError(f"{path} cannot be opened: {name}: {storage.reason(error)}") from error
        finally:
            if self._file is None:
                file.close()
        self._sums = checksums
        self._checks = self._checks_of()
        self._is_checked = checksums is None
        self._lock = Lock()

    @property
    def is_mapped(self) -> bool:
        """Whether it is not in memory, so that it can still change."""
        return self._mapped is not None

    @property
    def mapped(self) -> MappedFile | None:
        """The mapping, by which `are_unchanged` looks at the file; None if it is in memory, and on Windows."""
        return self._mapped if isinstance(self._mapped, MappedFile) else None

    @property
    def stamp(self) -> tuple[int, int, int]:
        """Its size and times when it was last looked at."""
        return self._stamp

    @property
    def is_checked(self) -> bool:
        """Whether all of it was compared with its checksums, or nothing need be."""
        return self._is_checked

    @property
    def checks(self) -> BlockChecks | None:
        """What kernels compare it with; None if nothing can be left to compare."""
        return self._checks if self.is_mapped else None

    def array(self, dtype: type[np.generic], length: int | None) -> Array:
        """Return the array that it holds, without comparing its checksums."""
        try:
            array = storage.array_in(self.data, dtype, length)
        except ValueError as error:
            raise self._damaged(str(error), colon=True) from error
        if self.is_mapped:
            self._checks = self._checks_of(array.itemsize, len(self.data) - array.nbytes)
        return array

    def _checks_of(self, item: int = 1, before: int = 0) -> BlockChecks | None:
        return None if self._sums is None else BlockChecks(self.data, self._sums, item, before)

    def refresh(self) -> bool:
        """Return whether a mapped file was changed since it was last looked at; what was read is compared again then.

        Raises:
            CorpusError: If it was cut.
        """
        file = self._file
        if file is None or file.closed:
            return False
        stamp = _file_stamp(file.fileno())
        failed = self.mapped is not None and self.mapped.failed
        if stamp == self._stamp and not failed:
            return False
        if failed or stamp[0] != len(self.data):
            raise self._damaged("was cut, or cannot be read any more, since it was opened")
        if self._checks is not None:
            with self._lock:
                self._is_checked = False
                self._checks.doubt()
        self._stamp = stamp  # last, so that another thread does not take it for unchanged
        return True

    def check(self) -> None:
        """Compare all of it with its checksums. Raises CorpusError where it differs."""
        if not self._is_checked:
            self._compare(every=True)

    def read(self, begin: int, end: int) -> None:
        """Compare these bytes, and those in the same blocks. Raises CorpusError where one differs."""
        if self._checks is not None and not self._is_checked:
            self._checks.touch(begin, end)
            self.check_read()

    def check_read(self) -> None:
        """Compare what was read since the last time. Raises CorpusError where it differs."""
        if self._checks is not None and self._checks.concern:
            self._compare()

    def _compare(self, *, every: bool = False) -> None:
        if self._checks is None:
            return
        with self._lock:  # so that nobody uses what another thread is still comparing
            block = self._checks.failing(every, threads())
            self._is_checked = self._is_checked or (every and block is None)
        if block is not None:
            raise self._damaged(f"has changed since it was written, after byte {block * BLOCK:,}")

    def check_sha256(self, expected: str) -> None:
        """Compare its SHA-256. Raises CorpusError if it is another."""
        if hashlib.sha256(self.data).hexdigest() != expected:
            raise self._damaged("has changed since it was written")

    def _damaged(self, state: str, *, colon: bool = False) -> CorpusError:
        return CorpusError(f"{self._path} is damaged: {self.name}{':' if colon else ''} {state}. {storage.AGAIN}")

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what is mapped stays while an array of it is used."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()


def _mapped(file: BinaryIO, size: int) -> MappedFile | mmap.mmap:
    if sys.platform == "win32":  # where a mapped file cannot be cut
        return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    return MappedFile(file.fileno(), size)


if sys.platform == "win32":

    def _file_stamp(descriptor: int) -> tuple[int, int, int]:
        status = os.fstat(descriptor)
        return status.st_size, status.st_mtime_ns, status.st_ctime_ns

else:
    _file_stamp = file_stamp
