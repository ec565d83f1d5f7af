"""Checksums of the blocks of files: what a call touches is compared with them when it is first touched.

A block is 64 KiB; its checksum is XXH3 with 64 bits (https://github.com/Cyan4973/xxHash), which finds damage, not
forgery. Those of all files of a corpus stand in one array, in the order of the names of the files.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple

import numpy as np
import xxhash

from corpus_kit._base.arrays import Array
from corpus_kit._core import BlockStates

__all__ = ["BLOCK", "BlockChecks", "Digests", "block_count", "digests_of", "sha256_of"]

BLOCK = 1 << 16
_SHIFT = 16
_AT_ONCE = 16  # blocks read at once


class Digests(NamedTuple):
    """The size of a file, its SHA-256, and the checksums of its blocks (UInt64)."""

    size: int
    sha256: str
    blocks: Array


def digests_of(path: Path) -> Digests:
    """Read a file once and return its digests."""
    digest, blocks, size = hashlib.sha256(), [], 0
    with path.open("rb") as file:
        while data := file.read(_AT_ONCE * BLOCK):
            digest.update(data)
            blocks += _checksums(memoryview(data))
            size += len(data)
    return Digests(size, digest.hexdigest(), np.array(blocks, np.uint64))


def sha256_of(file: BinaryIO) -> str:
    """Return the SHA-256 of an open file."""
    digest = hashlib.sha256()
    while data := file.read(_AT_ONCE * BLOCK):
        digest.update(data)
    return digest.hexdigest()


def block_count(size: int) -> int:
    """Return how many blocks a file of this size has."""
    return (size + BLOCK - 1) >> _SHIFT


def _checksums(data: memoryview) -> list[int]:
    return [xxhash.xxh3_64_intdigest(data[begin : begin + BLOCK]) for begin in range(0, len(data), BLOCK)]


class BlockChecks:
    """Compares the blocks of a file in memory with their checksums, each once, after it was read.

    Several threads may do so at once.

    Args:
        data: The bytes of the file.
        checksums: Those of its blocks (UInt64).
        item: The bytes of an item, 1, 2, 4 or 8.
        before: The bytes before the first item.
    """

    def __init__(self, data: memoryview, checksums: Array, item: int = 1, before: int = 0) -> None:
        self.states = BlockStates(len(checksums), before, item)
        self.is_complete = not len(checksums)
        self._data = data
        self._checksums = checksums
        self._lock = Lock()

    def doubt(self) -> None:
        """Let every block that was compared be compared once more."""
        with self._lock:  # or another thread that is comparing would set blocks back
            self.is_complete = not len(self._checksums)
            self.states.doubt()

    def failing(self, *, every: bool = False) -> int | None:
        """Compare the blocks that were read, or every block; return the first that differs, None if there is none."""
        with self._lock:  # so that nobody uses what another thread is still comparing
            blocks = self.states.take(every)
            for block in blocks:
                begin = block * BLOCK
                if xxhash.xxh3_64_intdigest(self._data[begin : begin + BLOCK]) != self._checksums[block]:
                    return block
            self.states.compared(blocks)
            self.is_complete = self.is_complete or every
        return None
