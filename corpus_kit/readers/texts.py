"""Text files, alone and in archives: their bytes, one file at a time; nothing is ever unpacked to disk.

Members of an archive come in the order in which they are stored. Names are only labels here, so an absolute one or
one with ``..`` does no harm. No more than ``MAX_TEXT_BYTES`` of a member are ever unpacked into memory.
"""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from corpus_kit.readers.encodings import Encoding, EncodingError, decode, detect
from corpus_kit.readers.sources import SourceFile, clean_name, ending_of, is_hidden, reading, reason_of

__all__ = ["MAX_TEXT_BYTES", "Event", "Ignored", "Opened", "Texts", "Unreadable", "digest", "read_texts"]

MAX_TEXT_BYTES = 256 << 20
"""The longest document, in bytes of its file and of its UTF-8."""

_PIECE = 1 << 20
_GROUP = 4 << 20


def _too_long() -> str:
    return f"it is longer than {MAX_TEXT_BYTES >> 20} MiB"


@dataclass(frozen=True)
class Opened:
    """A file can be read; its SHA-256."""

    sha256: str


@dataclass(frozen=True)
class Texts:
    """Texts of one file or member: its one text, or some of its lines, of which `line` is the first (from 1)."""

    name: str
    texts: list[str]
    encoding: Encoding
    line: int | None = None


@dataclass(frozen=True)
class Unreadable:
    """A file or member that holds no text that can be read: the reason, and what exactly is wrong."""

    name: str
    reason: str
    detail: str = ""
    cause: Exception | None = None


@dataclass(frozen=True)
class Ignored:
    """A member of an archive that is not a .txt file."""

    name: str


Event = Opened | Texts | Unreadable | Ignored


def read_texts(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    """Read a .txt file or an archive of such. Raises SourceError where an archive is damaged."""
    if file.kind == "archive":
        with reading(file.name):
            yield from _archive(file, lines=lines)
        return
    try:
        if lines:
            source = _Lines(file.path)
            yield Opened(source.sha256)
            yield from source.texts(file.name)
            return
        if file.bytes > MAX_TEXT_BYTES:
            yield Unreadable(file.name, "text too long", f"{_too_long()}; lines=True reads its lines as documents")
            return
        data = file.path.read_bytes()
        text, encoding = decode(data)
    except (OSError, EncodingError) as error:
        yield Unreadable(file.name, "unreadable file", reason_of(error), error)
        return
    yield Opened(hashlib.sha256(data).hexdigest())
    yield Texts(file.name, [text], encoding)


def _archive(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    yield Opened(digest(file.path))
    for member in _zip_members(file.path) if file.ending == ".zip" else _tar_members(file.path):
        name = f"{file.name}/{member.name}"
        if not isinstance(member, _Member):
            yield replace(member, name=name)
        elif not member.data:
            yield Unreadable(name, "empty file")
        else:
            try:
                if lines:
                    yield from _Lines(member.data).texts(name)
                else:
                    text, encoding = decode(member.data)
                    yield Texts(name, [text], encoding)
            except EncodingError as error:
                yield Unreadable(name, "unreadable file", reason_of(error), error)


@dataclass(frozen=True)
class _Member:
    name: str
    data: bytes


_Found = _Member | Unreadable | Ignored


def digest(path: Path, *, also: Callable[[bytes], None] | None = None) -> str:
    """Return the SHA-256 of a file, which is streamed; each piece of it is also handed to `also`."""
    sha = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            sha.update(piece)
            if also:
                also(piece)
    return sha.hexdigest()


def _zip_members(path: Path) -> Iterator[_Found]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = clean_name(info.filename).removeprefix("./")
            if info.is_dir() or is_hidden(name):
                continue
            if ending_of(name) != ".txt":
                yield Ignored(name)
            elif stat.S_ISLNK(info.external_attr >> 16):
                yield Unreadable(name, "unreadable file", "it is a link")
            else:
                yield _read_zipped(archive, info, name)


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> _Found:
    if info.file_size > MAX_TEXT_BYTES:  # zipfile unpacks no more than this size
        return Unreadable(name, "text too long", _too_long())
    try:
        return _Member(name, archive.read(info))
    except MemoryError:
        raise
    # One member may be encrypted (RuntimeError), of an unknown method (NotImplementedError) or damaged (BadZipFile,
    # zlib.error, EOFError...): the others can still be read.
    except Exception as error:
        return Unreadable(name, "unreadable file", reason_of(error), error)


# Subclasses of HeaderError that tarfile does not list as public.
_INVALID_HEADER: type[tarfile.HeaderError] = tarfile.InvalidHeaderError  # type: ignore[attr-defined]
_TRUNCATED_HEADER: type[tarfile.HeaderError] = tarfile.TruncatedHeaderError  # type: ignore[attr-defined]
_READ_ERROR = tarfile.ReadError


class _StrictInfo(tarfile.TarInfo):
    """A header that must be right: tarfile takes a damaged one in the middle of a file for the end of it."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> _StrictInfo:  # the argument hides the module
        try:
            return super().fromtarfile(tarfile)
        except (_INVALID_HEADER, _TRUNCATED_HEADER) as error:
            raise _READ_ERROR(f"damaged header at byte {tarfile.offset:,}: {error}") from error


def _tar_members(path: Path) -> Iterator[_Found]:
    with tarfile.open(path, "r:*", tarinfo=_StrictInfo) as archive:
        while info := archive.next():
            archive.members.clear()  # type: ignore[attr-defined]  # it would grow with every member
            name = clean_name(info.name).removeprefix("./")
            if info.isdir() or is_hidden(name):
                continue
            if ending_of(name) != ".txt":
                yield Ignored(name)
                continue
            stream = archive.extractfile(info) if info.isreg() else None
            if stream is None:
                yield Unreadable(name, "unreadable file", "it is a link or a device")
            elif info.size > MAX_TEXT_BYTES:
                yield Unreadable(name, "text too long", _too_long())
            else:
                yield _Member(name, stream.read())


class _Lines:
    """The lines of a text file, read twice: for the encoding and SHA-256 first, then piece by piece.

    A line ends at ``\\n``, ``\\r\\n`` or ``\\r``, which is not part of it.
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
