"""Text files in archives, .zip and .tar, read one member at a time; nothing is unpacked to disk.

Members come in the order in which they are stored. Their names are only labels, so that an absolute one or
one with ``..`` does no harm. No more than ``MAX_TEXT_BYTES`` of a member are unpacked into memory.
"""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from corpus_kit.readers import texts
from corpus_kit.readers.encodings import EncodingError, decode
from corpus_kit.readers.sources import SourceFile, clean_name, is_hidden, reading, reason_of
from corpus_kit.readers.texts import Event, Ignored, Lines, Opened, Texts, Unreadable, digest, too_long

__all__ = ["read_tar", "read_zip"]


def read_zip(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    """Read the .txt members of a .zip file. Raises SourceError if the archive is damaged."""
    return _read_archive(file, _zip_members(file.path), lines=lines)


def read_tar(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    """Read the .txt members of a .tar file, also a compressed one. Raises SourceError if the archive is damaged."""
    return _read_archive(file, _tar_members(file.path), lines=lines)


def _read_archive(file: SourceFile, members: Iterable[_Found], *, lines: bool) -> Iterator[Event]:
    with reading(file.name):
        yield Opened(digest(file.path))
        for member in members:
            name = f"{file.name}/{member.name}"
            if not isinstance(member, _Member):
                yield replace(member, name=name)
            elif not member.data:
                yield Unreadable(name, "empty file")
            else:
                yield from _read_member(name, member.data, lines=lines)


def _read_member(name: str, data: bytes, *, lines: bool) -> Iterator[Event]:
    try:
        if lines:
            yield from Lines(data).texts(name)
        else:
            text, encoding = decode(data)
            yield Texts(name, [text], encoding)
    except EncodingError as error:
        yield Unreadable(name, "unreadable file", reason_of(error), error)


@dataclass(frozen=True)
class _Member:
    name: str
    data: bytes


_Found = _Member | Unreadable | Ignored


def _zip_members(path: Path) -> Iterator[_Found]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = clean_name(info.filename).removeprefix("./")
            if info.is_dir() or is_hidden(name):
                continue
            if not name.lower().endswith(".txt"):
                yield Ignored(name)
            elif stat.S_ISLNK(info.external_attr >> 16):
                yield Unreadable(name, "unreadable file", "a link, not a file")
            else:
                yield _read_zipped(archive, info, name)


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> _Found:
    if info.file_size > texts.MAX_TEXT_BYTES:  # zipfile unpacks no more than the size it states
        return Unreadable(name, "text too long", too_long())
    try:
        return _Member(name, archive.read(info))
    except MemoryError:
        raise
    # A member may be encrypted (RuntimeError), compressed by an unknown method (NotImplementedError) or damaged
    # (BadZipFile, zlib.error, EOFError, ...); the others can still be read.
    except Exception as error:
        return Unreadable(name, "unreadable file", reason_of(error), error)


# Subclasses of HeaderError that tarfile does not list as public.
_INVALID_HEADER: type[tarfile.HeaderError] = tarfile.InvalidHeaderError  # type: ignore[attr-defined]
_TRUNCATED_HEADER: type[tarfile.HeaderError] = tarfile.TruncatedHeaderError  # type: ignore[attr-defined]
_READ_ERROR = tarfile.ReadError


class _StrictInfo(tarfile.TarInfo):
    """A header that must be intact: tarfile takes a damaged one in the middle of a file for its end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> _StrictInfo:  # the argument hides the module
        try:
            return super().fromtarfile(tarfile)
        except (_INVALID_HEADER, _TRUNCATED_HEADER) as error:
            raise _READ_ERROR(f"damaged header at byte {tarfile.offset:,}: {error}") from error


def _tar_members(path: Path) -> Iterator[_Found]:
    with tarfile.open(path, "r:*", tarinfo=_StrictInfo) as archive:
        while info := archive.next():
            archive.members.clear()  # type: ignore[attr-defined]  # the list would grow with every member
            name = clean_name(info.name).removeprefix("./")
            if info.isdir() or is_hidden(name):
                continue
            if not name.lower().endswith(".txt"):
                yield Ignored(name)
                continue
            stream = archive.extractfile(info) if info.isreg() else None
            if stream is None:
                yield Unreadable(name, "unreadable file", "a link or a device, not a file")
            elif info.size > texts.MAX_TEXT_BYTES:
                yield Unreadable(name, "text too long", too_long())
            else:
                yield _Member(name, stream.read())
