"""Files in archives, .zip and .tar, read one member at a time; nothing is unpacked to disk.

Members come in the order in which they are stored. Their names are only labels, so that an absolute one or
one with ``..`` does no harm. What unpacking may take is limited, for a member and for the whole archive.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, Any, cast

from corpus_kit.readers.encodings import EncodingError, decode
from corpus_kit.readers.limits import Budget, beyond
from corpus_kit.readers.sources import SourceFile, clean_name, is_hidden, reading, reason_of
from corpus_kit.readers.texts import Event, Ignored, Lines, Opened, Passed, Texts, Unreadable, digest, too_long

__all__ = ["Member", "holds", "read_companions", "read_members", "read_tar", "read_zip"]

_PIECE = 1 << 20  # bytes unpacked at once
_WORK = 8192  # bytes that a member of a .tar file counts for beside its own
_HEAD = 64  # bytes, by which a member is recognised
_COMPANION = 1 << 20  # bytes that a file of metadata may have
_FRAME = 1024  # bytes of its header, and of what fills the last block
_LONG_HEADER = 4096  # bytes; of longer ones each byte
_HEADER_WORK = 8  # counts for so many, since parsing is slow
_MOST_SHARED = 10_000  # records of headers for all members
_DIGITS = re.compile(rb"[0-9]{256}")  # in a header; Python before 3.11.10 takes quadratic time for them


def read_zip(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    """Read the .txt members of a .zip file. Raises SourceError if the archive is damaged."""
    return _read_archive(file, _zip_members, lines=lines)


def read_tar(file: SourceFile, *, lines: bool) -> Iterator[Event]:
    """Read the .txt members of a .tar file, also a compressed one. Raises SourceError if the archive is damaged."""
    return _read_archive(file, _tar_members, lines=lines)


def holds(file: SourceFile, is_wanted: Wanted) -> bool:
    """Return whether an archive has a member that is wanted. Raises SourceError if a .zip file is damaged."""
    if _is_zip(file):
        with reading(file.name), zipfile.ZipFile(file.path) as archive:
            return any(
                not is_hidden(info.filename) and is_wanted(info.filename, partial(_head_of_zipped, archive, info))
                for info in archive.infolist()
            )
    budget = Budget(file.limits, file.bytes)
    try:
        for member in _tar_members(file, budget, is_wanted):
            if isinstance(member, Ignored):
                budget.spend(-_WORK - _FRAME)
            elif not isinstance(member, Passed):
                return True
    except MemoryError:
        raise
    except Exception:  # whoever reads it gets the members before the damage
        return False
    return False


def read_members(file: SourceFile, is_wanted: Wanted) -> Iterator[Member | Event]:
    """Yield the members of an archive that are wanted, and what else there is, by their paths with the archive.

    Args:
        file: The archive.
        is_wanted: Whether a member is read, given its name and what returns its first bytes.

    Raises:
        SourceError: If the archive is damaged.
    """
    members = _zip_members if _is_zip(file) else _tar_members
    with reading(file.name):
        for member in members(file, Budget(file.limits, file.bytes), is_wanted):
            yield replace(member, name=f"{file.name}/{member.name}")


def read_companions(file: SourceFile, endings: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files with these endings in an archive, by their paths with the archive; large ones are left out."""
    members = _zip_members if _is_zip(file) else _tar_members
    budget = Budget(file.limits, file.bytes)
    found = {}
    try:
        for member in members(file, budget, lambda name, _: name.lower().endswith(endings)):
            if isinstance(member, Member) and len(member.data) <= _COMPANION:
                found[f"{file.name}/{member.name}"] = member.take()
            elif isinstance(member, Ignored) and members is _tar_members:
                budget.spend(-_WORK - _FRAME)
    except MemoryError:
        raise
    except Exception:  # whoever reads the archive says what is wrong with it
        return found
    return found


def _is_zip(file: SourceFile) -> bool:
    return file.ending.endswith("zip")


def _is_text(name: str, _: Head = bytes) -> bool:
    return name.lower().endswith(".txt")


def _read_archive(
    file: SourceFile,
    members: Callable[[SourceFile, Budget, Wanted], Iterable[_Found]],
    *,
    lines: bool,
) -> Iterator[Event]:
    budget = Budget(file.limits, file.bytes)
    with reading(file.name):
        yield Opened(digest(file.path))
        for member in members(file, budget, _is_text):
            name = f"{file.name}/{member.name}"
            if not isinstance(member, Member):
                yield replace(member, name=name)
                continue
            for event in _read_member(name, member.take(), lines=lines):
                if isinstance(event, Texts) and event.line is not None:
                    budget.spend_rows(len(event.texts), 1, 0)
                yield event


def _read_member(name: str, data: bytes, *, lines: bool) -> Iterator[Event]:
    if not data:
        yield Unreadable(name, "empty file")
        return
    try:
        if lines:
            yield from Lines(data, len(data)).texts(name)
            return
        text, encoding = decode(data)
    except EncodingError as error:
        yield Unreadable(name, "unreadable file", reason_of(error), error)
        return
    del data  # not to be held while the text is worked on
    events = [Texts(name, [text], encoding)]
    del text
    yield events.pop()


@dataclass
class Member:
    """A member of an archive: its name and its bytes."""

    name: str
    data: bytes

    def take(self) -> bytes:
        """Return the bytes, and keep them no longer."""
        data, self.data = self.data, b""
        return data


_Found = Member | Unreadable | Ignored | Passed
Head = Callable[[], bytes]
Wanted = Callable[[str, Head], bool]


def _unwanted(name: str, is_wanted: Wanted, head: Head, *, is_folder: bool, is_link: bool) -> _Found | None:
    """Return why a member is not read; None if it is a file that is wanted."""
    if is_hidden(name):
        return Passed(name, "hidden")
    if is_folder:
        return Passed(name, "folder")
    if not is_wanted(name, bytes if is_link else head):
        return Ignored(name)
    return Unreadable(name, "unreadable file", "a link or a device, not a file") if is_link else None


# .zip


def _zip_members(file: SourceFile, budget: Budget, is_wanted: Wanted) -> Iterator[_Found]:
    with zipfile.ZipFile(file.path) as archive:
        members = archive.infolist()
        if len(members) > file.limits.members:
            raise beyond("members", file.limits, len(members), "Split the archive")
        overlapping = _overlapping(members)
        most = file.limits.text_bytes_in(file.bytes)
        for info in members:
            name = clean_name(info.filename).removeprefix("./")
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            head = partial(_head_of_zipped, archive, info)
            unwanted = _unwanted(name, is_wanted, head, is_folder=info.is_dir(), is_link=is_link)
            if unwanted:
                yield unwanted
            elif info.header_offset in overlapping:
                yield Unreadable(name, "unreadable file", "it overlaps another member")
            elif info.file_size > most:  # zipfile unpacks no more than the size it states
                yield Unreadable(name, "text too long", too_long(info.file_size, most))
            else:
                budget.spend(info.file_size)
                yield _read_zipped(archive, info, name)


def _overlapping(members: list[zipfile.ZipInfo]) -> set[int]:
    """Return where the members begin whose bytes belong to another member, too: a way to multiply them."""
    found = set()
    end = -1
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < end:
            found.add(info.header_offset)
        end = max(end, info.header_offset + info.compress_size)
    return found


def _head_of_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return the first bytes of a member; none if they cannot be had, or not without unpacking far more."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return b""
    try:
        with archive.open(info) as stream:
            return stream.read(_HEAD)
    except MemoryError:
        raise
    except Exception:  # as in `_read_zipped`, which says what is wrong
        return b""


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> _Found:
    try:
        return Member(name, _unpacked_member(archive, info))
    except MemoryError:
        raise
    # A member may be encrypted (RuntimeError), compressed by an unknown method (NotImplementedError) or damaged
    # (BadZipFile, zlib.error, EOFError, ...); the others can still be read.
    except Exception as error:
        return Unreadable(name, "unreadable file", reason_of(error), error)


def _unpacked_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return the bytes of a member, without unpacking more than the size that it states.

    zipfile itself keeps to that size only if it is asked for so many bytes of a deflated member; of others it unpacks
    whatever is in the 4 KiB that it reads at least. That can be gigabytes in bzip2.
    """
    if info.compress_type == zipfile.ZIP_BZIP2:
        packed = copy(info)
        packed.compress_type, packed.file_size, packed.CRC = zipfile.ZIP_STORED, info.compress_size, None  # type: ignore[assignment]
        data = bz2.BZ2Decompressor().decompress(archive.read(packed), info.file_size + 1)
        if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            raise zipfile.BadZipFile(f"Bad CRC-32 for file {info.filename!r}")
        return data
    with archive.open(info) as stream:
        if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return stream.read(info.file_size + 1)
        return b"".join(iter(lambda: stream.read(4096), b""))


# .tar

# Subclasses of HeaderError that tarfile does not list as public.
_INVALID_HEADER: type[tarfile.HeaderError] = tarfile.InvalidHeaderError  # type: ignore[attr-defined]
_TRUNCATED_HEADER: type[tarfile.HeaderError] = tarfile.TruncatedHeaderError  # type: ignore[attr-defined]
_READ_ERROR = tarfile.ReadError


_COMPRESSED: list[tuple[tuple[bytes, ...], Callable[[Any], Any]]] = [
    ((b"\x1f\x8b",), lambda raw: gzip.GzipFile(fileobj=raw)),
    ((b"BZh",), bz2.BZ2File),
    ((b"\xfd7zXZ", b"\x5d\x00\x00"), lzma.LZMAFile),
]


class _StrictInfo(tarfile.TarInfo):
    """A header that must be intact: tarfile takes a damaged one in the middle of a file for its end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> _StrictInfo:  # the argument hides the module
        try:
            return super().fromtarfile(tarfile)
        except (_INVALID_HEADER, _TRUNCATED_HEADER) as error:
            raise _READ_ERROR(f"damaged header at byte {tarfile.offset:,}: {error}") from error


def _tar_members(file: SourceFile, budget: Budget, is_wanted: Wanted) -> Iterator[_Found]:
    with file.path.open("rb") as raw, _unpacked(raw) as stream:
        source = _Bounded(stream, file, budget)
        with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r:", tarinfo=_StrictInfo) as archive:
            count = 0
            while info := source.next_member(archive):
                count += 1
                if count > file.limits.members:
                    raise beyond("members", file.limits, count, "Split the archive")
                name = clean_name(info.name).removeprefix("./")
                head = partial(source.peek, min(_HEAD, info.size))
                unwanted = _unwanted(name, is_wanted, head, is_folder=info.isdir(), is_link=not info.isreg())
                yield unwanted or _read_from_tar(archive, info, name, file, budget)


def _read_from_tar(
    archive: tarfile.TarFile, info: tarfile.TarInfo, name: str, file: SourceFile, budget: Budget
) -> _Found:
    most = file.limits.text_bytes_in(file.bytes)
    if info.size > most:
        return Unreadable(name, "text too long", too_long(info.size, most))
    parts = cast("list[tuple[int, int]]", info.sparse) if info.issparse() else []
    if parts and sum(size for _, size in parts) < info.size:
        return Unreadable(name, "unreadable file", "a sparse file, with holes that hold no text")
    stream = archive.extractfile(info)
    data = stream.read() if stream else b""
    if data:
        budget.spend(-_WORK - _FRAME)  # many small texts are no reason to refuse an archive
    return Member(name, data)


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    """Return the stream of a .tar file, by the first bytes of the file: it may be compressed, whatever its name."""
    head = raw.read(6)
    raw.seek(0)
    for first, unpack in _COMPRESSED:
        if head.startswith(first):
            return cast("IO[bytes]", unpack(raw))
    return raw


class _Bounded:
    """The stream of a .tar file for tarfile: it moves forwards only, and counts what is unpacked.

    What tarfile reads to find the next member is bounded, too: it would hold headers and maps of any size in memory.
    """

    def __init__(self, stream: IO[bytes], file: SourceFile, budget: Budget) -> None:
        self._stream = stream
        self._limits = file.limits
        self._budget = budget
        self._header: int | None = 0  # bytes read of it; tarfile.open looks for the first member
        self._ahead = b""  # what `peek` has read

    def next_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo | None:
        """Return the next member, or None at the end."""
        self._budget.spend(_WORK)
        self._header = 0
        info = archive.next()
        self._header = None
        archive.members.clear()  # type: ignore[attr-defined]  # the list would grow with every member
        if len(archive.pax_headers) > _MOST_SHARED:
            raise ValueError(f"damaged: {len(archive.pax_headers):,} records in headers for all members")
        return info

    def read(self, size: int) -> bytes:
        """Read bytes. Raises ValueError if a header or the whole is too long."""
        if self._header is not None:
            self._header += size
            if self._header > self._limits.header_bytes:
                raise beyond("header_bytes", self._limits, self._header, "Pack the texts without such headers")
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        if len(data) < size:
            data += self._next(size - len(data))
        if self._header is not None and size > tarfile.BLOCKSIZE:
            if _DIGITS.search(data):
                raise ValueError(f"damaged header before byte {self.tell():,}")
            if size > _LONG_HEADER:
                self._budget.spend(_HEADER_WORK * size)
        return data

    def peek(self, size: int) -> bytes:
        """Return bytes that are read once more."""
        self._ahead += self._next(max(0, size - len(self._ahead)))
        return self._ahead[:size]

    def _next(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._budget.spend(len(data))
        return data

    def seek(self, position: int) -> None:
        """Move to a byte. Raises ValueError if it lies behind, or the whole is too long."""
        here = self.tell()
        if position < here:
            raise ValueError(f"damaged: a member at byte {position:,} begins before the one before it ends")
        self._ahead = self._ahead[position - here :]
        here = self._stream.tell()
        while here < position:
            self._stream.seek(min(position, here + _PIECE))
            there = self._stream.tell()
            if there == here:  # the end of a compressed file
                return
            self._budget.spend(there - here)
            here = there

    def tell(self) -> int:
        """Return the position."""
        return self._stream.tell() - len(self._ahead)
