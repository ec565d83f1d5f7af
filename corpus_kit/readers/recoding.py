"""Tables of text in another encoding than UTF-8, written aside as UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corpus_kit.readers.encodings import Encoding, detect
from corpus_kit.readers.sources import SourceFile, reading, writing

__all__ = ["recoded"]

_PIECE = 1 << 20  # bytes


def recoded(file: SourceFile, target: Path) -> tuple[SourceFile, Encoding]:
    """Write a file as UTF-8 into another one; return that under the same name, and the encoding that it had.

    Raises:
        SourceError: If it is neither UTF-8 nor UTF-16 nor Windows-1256; there is no target then.
    """
    with reading(file.name):
        encoding = detect(_pieces(file.path, 0))
    decoder = codecs.getincrementaldecoder(encoding.name)()
    try:
        with writing(target), target.open("wb") as out:
            for piece in _pieces(file.path, encoding.mark):
                out.write(decoder.decode(piece).encode())
            out.write(decoder.decode(b"", True).encode())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return replace(file, path=target, bytes=target.stat().st_size), encoding


def _pieces(path: Path, start: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(start)
        while piece := stream.read(_PIECE):
            yield piece
