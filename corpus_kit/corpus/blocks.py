"""Checksums of the blocks of files: what a call touches is compared with them when it is first touched.

A block is 64 KiB; its checksum is XXH3 with 64 bits (https://github.com/Cyan4973/xxHash), which finds damage, not
forgery. Those of all files of a corpus stand in one array, in the order of the names of the files. The core computes
them, since kernels compare a block when they first touch it (`BlockChecks`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array
from corpus_kit._core import block_checksums

__all__ = ["BLOCK", "Digests", "block_count", "digests_of", "sha256_of"]

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
            blocks += block_checksums(data)
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
