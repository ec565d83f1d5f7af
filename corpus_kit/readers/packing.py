"""Files that are packed once more, such as .csv.gz: unpacked aside, into a file that is read like any other."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from corpus_kit.readers.documents import needed
from corpus_kit.readers.limits import Budget
from corpus_kit.readers.sources import SourceFile, reading, writing

__all__ = ["PACKINGS", "unpacked"]

_PIECE = 1 << 20  # bytes


def _zstandard(path: Path) -> IO[bytes]:
    if sys.version_info >= (3, 14):
        from compression import zstd  # only this version has it

        return zstd.open(path, "rb")
    zstandard = needed("zstandard", ".zst files")
    stream: IO[bytes] = zstandard.open(path, "rb")
    return stream


PACKINGS: dict[str, Callable[[Path], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _zstandard,
}


def unpacked(file: SourceFile, packing: str, target: Path, budget: Budget | None = None) -> SourceFile:
    """Write what a packed file holds into another one, and return that under the same name.

    Args:
        file: The packed file.
        packing: Its last ending.
        target: The file to write; if that fails, there is none.
        budget: What unpacking may take; None depends on the size of the file.

    Raises:
        SourceError: If it is damaged, or holds far more than its size lets expect (`limits.expansion`).
    """
    allowed = budget or Budget(file.limits, file.bytes)
    try:
        with writing(target):
            out = target.open("wb")
        with out, reading(file.name), closing(PACKINGS[packing](file.path)) as stream:
            while piece := stream.read(_PIECE):
                allowed.spend(len(piece))
                with writing(target):
                    out.write(piece)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return replace(file, path=target, bytes=target.stat().st_size)
