"""Text files: their bytes decoded, whole or line by line.

Also the events that reading texts gives, here and in `archives`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from corpus_kit.readers.encodings import Encoding, EncodingError, decode, detect
from corpus_kit.readers.sources import SourceFile, reason_of

__all__ = [
    "MAX_TEXT_BYTES",
    "Event",
    "Ignored",
    "Lines",
    "Opened",
    "Texts",
    "Unreadable",
    "digest",
    "read_text_file",
    "too_long",
]

MAX_TEXT_BYTES = 256 << 20
"""The longest document, in bytes of its file and of its UTF-8."""

_PIECE = 1 << 20  # bytes
_GROUP = 4 << 20  # code points of lines handed out together


def too_long() -> str:
    """Return what is wrong with a text beyond `MAX_TEXT_BYTES`."""
    return f"longer than {MAX_TEXT_BYTES >> 20} MiB"


@dataclass(frozen=True)
class Opened:
    """A file that can be read, and its SHA-256."""

    sha256: str


@dataclass(frozen=True)
class Texts:
    """Texts of one file or member: its only text, or some of its lines, of which `line` is the first (from 1)."""

    name: str
    texts: list[str]
    encoding: Encoding
    line: int | None = None


@dataclass(frozen=True)
class Unreadable:
    """A file or member without a readable text: the reason, and what exactly is wrong."""

    name: str
    reason: str
    detail: str = ""
    cause: Exception | None = None


@dataclass(frozen=True)
class Ignored:
    """A member of an archive that is not a .txt file."""

    name: str


Event = Opened | Texts | Unreadable | Ignored


def read_text_file(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    """Read a .txt file as one document, or as one document a line."""
    try:
        if lines:
            source = Lines(file.path)
            yield Opened(source.sha256)
            yield from source.texts(file.name)
            return
        if file.bytes > MAX_TEXT_BYTES:
            yield Unreadable(file.name, "text too long", f"{too_long()}; lines=True reads its lines as documents")
            return
        data = file.path.read_bytes()
        text, encoding = decode(data)
    except (OSError, EncodingError) as error:
        yield Unreadable(file.name, "unreadable file", reason_of(error), error)
        return
    yield Opened(hashlib.sha256(data).hexdigest())
    yield Texts(file.name, [text], encoding)


def digest(path: Path, *, also: Callable[[bytes], None] | None = None) -> str:
    """Return the SHA-256 of a file. The file is streamed; each piece is also passed to `also`."""
    sha = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            sha.update(piece)
            if also:
                also(piece)
    return sha.hexdigest()


class Lines:
    r"""The lines of a text file, read twice: first for the encoding and the SHA-256, then piece by piece.

    A line ends at ``\n``, ``\r\n`` or ``\r``, which is not part of it.
    """

    def __init__(self, source: Path | bytes) -> None:
        self._source = source
        sha = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            with self._open() as stream:
                while piece := stream.read(_PIECE):
                    sha.update(piece)
                    yield piece

        self.encoding: Encoding = detect(pieces())
        self.sha256 = sha.hexdigest()

    def texts(self, name: str) -> Iterator[Texts]:
        """Yield the lines in groups of about four million code points."""
        line = 1
        with self._open() as stream:
            stream.seek(self.encoding.mark)
            text = io.TextIOWrapper(stream, self.encoding.name, newline=None)
            while group := text.readlines(_GROUP):
                yield Texts(name, [each.removesuffix("\n") for each in group], self.encoding, line)
                line += len(group)

    def _open(self) -> IO[bytes]:
        return io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")
