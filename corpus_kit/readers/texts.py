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
    "Event",
    "Ignored",
    "Lines",
    "Opened",
    "Passed",
    "Texts",
    "Unreadable",
    "digest",
    "read_text_file",
    "too_long",
]

_PIECE = 1 << 20  # bytes
_GROUP = 4 << 20  # code points of lines handed out together


def too_long(found: int, most: int) -> str:
    """Return what is wrong with a text that is longer than the limit.

    >>> too_long(2_000, 1_000)
    '2,000 bytes, more than 1,000'
    """
    return f"{found:,} bytes, more than {most:,}"


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
    """A file, member or line without a readable text: the reason, and what exactly is wrong."""

    name: str
    reason: str
    detail: str = ""
    cause: Exception | None = None
    line: int | None = None


@dataclass(frozen=True)
class Ignored:
    """A member of an archive that is not a .txt file."""

    name: str


@dataclass(frozen=True)
class Passed:
    """What is not read and could not be a document: the kind, such as a hidden member of an archive."""

    name: str
    kind: str


Event = Opened | Texts | Unreadable | Ignored | Passed


def read_text_file(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    """Read a .txt file as one document, or as one document a line."""
    most = file.limits.text_bytes
    try:
        if lines:
            source = Lines(file.path, most)
            yield Opened(source.sha256)
            yield from source.texts(file.name)
            return
        if file.bytes > most:
            detail = f"{too_long(file.bytes, most)}; lines=True reads its lines as documents"
            yield Unreadable(file.name, "text too long", detail)
            return
        events = _whole_text(file)
    except (OSError, EncodingError) as error:
        yield Unreadable(file.name, "unreadable file", reason_of(error), error)
        return
    while events:  # a generator that kept the text would double the memory for it
        yield events.pop()


def _whole_text(file: SourceFile) -> list[Event]:
    """Return the events of a file that is one document, the last one first."""
    data = file.path.read_bytes()
    text, encoding = decode(data)
    return [Texts(file.name, [text], encoding), Opened(hashlib.sha256(data).hexdigest())]


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

    Args:
        source: The file, or its bytes.
        most: UTF-8 bytes of a line, approximately; a longer one is not read.
    """

    def __init__(self, source: Path | bytes, most: int) -> None:
        self._source = source
        self._most = most
        self._longest = self._size = 0
        sha = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            run = 0  # bytes since the last line break
            with self._open() as stream:
                while piece := stream.read(_PIECE):
                    sha.update(piece)
                    end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
                    run = len(piece) - 1 - end if end >= 0 else run + len(piece)
                    self._longest = max(self._longest, run)
                    self._size += len(piece)
                    yield piece

        self.encoding: Encoding = detect(pieces())
        self.sha256 = sha.hexdigest()

    def texts(self, name: str) -> Iterator[Texts | Unreadable]:
        """Yield the lines in groups of about four million code points."""
        line = 1
        with self._open() as stream:
            stream.seek(self.encoding.mark)
            text = io.TextIOWrapper(stream, self.encoding.name, newline=None)
            # in UTF-16 the bytes of a line break occur elsewhere, too
            longest = self._size if self.encoding.name.startswith("utf-16") else self._longest
            if longest > self._most:
                yield from self._checked(name, text)
                return
            while group := text.readlines(_GROUP):
                yield Texts(name, [each.removesuffix("\n") for each in group], self.encoding, line)
                line += len(group)

    def _checked(self, name: str, text: io.TextIOWrapper) -> Iterator[Texts | Unreadable]:
        """Yield the lines one by one, without those that are too long."""
        line = 1
        while part := text.readline(_PIECE):
            size = len(part.encode())
            parts = [part]
            while not part.endswith("\n") and (part := text.readline(_PIECE)):
                size += len(part.encode())
                parts = [*parts, part] if size <= self._most else []
            if size > self._most:
                yield Unreadable(name, "text too long", too_long(size, self._most), line=line)
            else:
                yield Texts(name, ["".join(parts).removesuffix("\n")], self.encoding, line)
            line += 1

    def _open(self) -> IO[bytes]:
        return io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")
