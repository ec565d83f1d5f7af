"""Where a file lies: on this machine, or behind a URL that fsspec understands.

Both kinds of place are read and written by the same calls. Local paths never need fsspec. A file is written whole or
not at all: on this machine under a hidden name beside it, which is then renamed; in an object store, which has no
rename, by one upload that is not there before it is complete.

Whatever goes wrong is a SourceError (reading) or a CorpusError (writing) that names the place. The options of a file
system may hold secrets, so no message and no repr shows them.
"""

from __future__ import annotations

import errno
import io
import os
import platform
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import uuid4

from corpus_kit._arguments import is_text, path_argument
from corpus_kit.errors import CorpusError, CorpusKitError, InputError, SourceError
from corpus_kit.readers.sources import clean_name, reason_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

__all__ = ["Location", "is_url"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(://|::)")
_PASSWORD = re.compile(r"(//[^/@:]*:)[^/@]*@")
# Stores of objects have no folders: a name with slashes is all there is. To make one could make a bucket.
_WITHOUT_FOLDERS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "http", "https"}
_REMOTE_BUFFER = 4 << 20
# An object of more bytes is sent in parts of this size; no store takes parts of less than 5 MiB.
_REMOTE_PART = 16 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT}


def is_url(value: object) -> bool:
    """Say whether a source or target is given as a URL.

    >>> is_url("s3://bucket/news"), is_url("news/2014.parquet"), is_url("C:/news")
    (True, False, False)
    """
    return isinstance(value, str) and _SCHEME.match(value) is not None


@dataclass(frozen=True)
class Location:
    """A file or folder: an absolute path of this machine, or a URL with the options that fsspec needs for it.

    Two locations are equal if their URLs are. A location can be pickled, with its options.
    """

    url: str
    storage_options: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls, value: str | Path, storage_options: Mapping[str, Any] | None = None, *, argument: str = "path"
    ) -> Location:
        """Make a location of a path or URL; `~` and `file://` URLs are of this machine.

        Raises InputError, which calls the value `argument`, for what no file can be named.

        >>> Location.of("s3://bucket/news/").url
        's3://bucket/news'
        >>> Location.of("file:///news/1%202.txt").is_local
        True
        >>> Location.of("")
        Traceback (most recent call last):
        ...
        corpus_kit.errors.InputError: path= is empty; it takes a path (a str or a Path)
        """
        if storage_options is not None and not isinstance(storage_options, Mapping):
            raise InputError(
                f"storage_options= takes the options of fsspec as a dict, not {type(storage_options).__name__}"
            )  # and never the value, which may be a secret
        if not is_url(value):
            return cls(str(path_argument(value, argument)))
        url = _url_argument(str(value), argument)
        scheme = url.partition("://")[0].lower()
        if scheme in ("file", "local"):
            return cls(str(path_argument(_local_path(url, argument), argument)))
        return cls(url, dict(storage_options) if storage_options else None)

    @property
    def is_local(self) -> bool:
        """Whether it lies in the file system of this machine."""
        return not is_url(self.url)

    @property
    def path(self) -> Path:
        """The path on this machine. Raises CorpusKitError for a URL."""
        if not self.is_local:
            raise CorpusKitError(f"{str(self)!r} has no path on this machine")
        return Path(self.url)

    @property
    def name(self) -> str:
        """The last part of the path.

        >>> Location.of("s3://bucket/news/1.txt").name
        '1.txt'
        """
        return self.path.name if self.is_local else self.url.rpartition("/")[2]

    @property
    def parent(self) -> Location:
        """The folder that it lies in; a bucket and the root of a file system are their own.

        >>> Location.of("s3://bucket/news/1.txt").parent.url
        's3://bucket/news'
        """
        if self.is_local:
            return Location(str(self.path.parent))
        before = self.url.rpartition("/")[0]
        is_root = before.endswith(("/", ":"))
        return self if is_root else Location(before, self.storage_options)

    def __truediv__(self, child: str) -> Location:
        """What lies in this folder under a name, or under several with slashes between."""
        if self.is_local:
            return Location(str(self.path / child))
        return Location(f"{self.url}/{child}", self.storage_options)

    def __str__(self) -> str:
        """The path or URL as messages show it: without a password."""
        return clean_name(self.url) if self.is_local else _PASSWORD.sub(r"\1***@", self.url)

    def __repr__(self) -> str:
        return f"Location({str(self)!r})"

    # Reading

    def exists(self) -> bool:
        """Whether there is a file or folder."""
        with self._reading():
            if self.is_local:
                return os.path.lexists(self.path)
            system, path = self.file_system()
            return bool(system.exists(path))

    def size(self) -> int:
        """The bytes of the file. Raises SourceError where there is none."""
        return self._status()[0]

    def fingerprint(self) -> str:
        """What changes when the file does: its size with the time of change, in a store with the checksum it keeps.

        Raises SourceError where there is no file.
        """
        size, mark = self._status()
        return f"{size}:{mark}"

    def _status(self) -> tuple[int, str]:
        with self._reading():
            if self.is_local:
                status = self.path.stat()
                return status.st_size, str(status.st_mtime_ns)
            system, path = self.file_system()
            return size_and_mark(system.info(path))

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes from `start` to before `stop` (None: the end); fewer where the file ends before.

        Raises SourceError where they cannot be read.
        """
        if stop is not None and stop <= start:
            return b""
        with self._reading():
            if self.is_local:
                with self.path.open("rb") as file:
                    file.seek(start)
                    return file.read(-1 if stop is None else stop - start)
            system, path = self.file_system()
            if start == 0 and stop is None:
                return bytes(system.cat_file(path))
            try:
                return bytes(system.cat_file(path, start=start, end=stop))
            except FileNotFoundError:
                raise
            except Exception:
                if start < size_and_mark(system.info(path))[0]:
                    raise
                return b""  # a store refuses a range that begins at the end of the file

    def open(self) -> BinaryIO:
        """Open the file for reading; the stream can seek. Raises SourceError where it cannot be read."""
        if self.is_local:
            with self._reading():
                return self.path.open("rb")
        return cast("BinaryIO", io.BufferedReader(_RemoteFile(self)))

    def children(self) -> list[str]:
        """The names of what lies in the folder, hidden ones too, sorted; none where there is no folder."""
        with self._reading():
            if self.is_local:
                try:
                    return sorted(os.listdir(self.path))  # noqa: PTH208  # names only
                except FileNotFoundError:
                    return []
            system, path = self.file_system()
            try:
                found = system.ls(path, detail=False)
            except FileNotFoundError:
                return []
            inside = f"{path.rstrip('/')}/"
            names = (str(each).rstrip("/").removeprefix(inside) for each in found)
            # A store may list the empty object that stands for the folder, or the file itself.
            return sorted(name for name in names if name and "/" not in name and name != path)

    # Writing

    def write(self, pieces: Iterable[ReadableBuffer]) -> None:
        """Write the file, whole or not at all; what was there before is replaced.

        Raises CorpusError where it cannot be written. Whatever the pieces raise passes. In both cases nothing is left
        behind, and a file that was there before stays as it was.
        """
        if self.is_local:
            self._write_here(pieces)
        else:
            self._write_there(pieces)

    def _write_here(self, pieces: Iterable[ReadableBuffer]) -> None:
        host = re.sub(r"[^A-Za-z0-9-]+", "-", platform.node())[:32]  # two machines may share the folder
        aside = self.path.with_name(f".{self.name}.{host}.{os.getpid()}.{uuid4().hex}.part")
        with self._writing():
            file = aside.open("xb")
        try:
            for piece in pieces:
                with self._writing():
                    file.write(piece)
            with self._writing():
                file.close()  # a full disk may be told of only now
                aside.replace(self.path)
        except BaseException:
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise

    def _write_there(self, pieces: Iterable[ReadableBuffer]) -> None:
        waiting = iter(pieces)
        first = bytearray()
        for piece in waiting:
            first += memoryview(piece).cast("B")
            if len(first) >= _REMOTE_PART:
                break
        with self._writing():
            system, path = self.file_system()
        if len(first) < _REMOTE_PART:
            with self._writing():
                system.pipe_file(path, bytes(first))
            return
        # In parts: they are put together, and the object appears, when they are committed.
        with self._writing():
            file = system.open(path, "wb", autocommit=False, block_size=_REMOTE_PART)
        try:
            for piece in _following(first, waiting):
                with self._writing():
                    file.write(piece)
            with self._writing():
                file.close()
                file.commit()
        except BaseException:
            with suppress(Exception):
                file.discard()
            file.closed = True  # or it would be completed when it is collected
            raise

    def create_exclusively(self, data: bytes) -> bool:
        """Create the file if there is none, as a lock; False where there was one.

        Of several that try at once one succeeds. In a store that takes no condition with an upload it is only asked
        before whether the object exists. Raises CorpusError where it cannot be written.
        """
        with self._writing():
            if self.is_local:
                try:
                    file = self.path.open("xb")
                except FileExistsError:
                    return False
                try:
                    with file:
                        file.write(data)
                except BaseException:
                    with suppress(OSError):
                        self.path.unlink(missing_ok=True)
                    raise
                return True
            return self._create_there(data)

    def _create_there(self, data: bytes) -> bool:
        system, path = self.file_system()
        try:
            system.pipe_file(path, data, mode="create")
        except FileExistsError:
            return False
        except (NotImplementedError, TypeError, ValueError):  # it knows no such mode, or no such condition
            if system.exists(path):
                return False
            system.pipe_file(path, data)
        return True

    def make_folder(self) -> None:
        """Make the folder and those above it; nothing to do in a store that has none. Raises CorpusError."""
        with self._writing():
            if self.is_local:
                self.path.mkdir(parents=True, exist_ok=True)
                return
            system, path = self.file_system()
            protocols = (system.protocol,) if isinstance(system.protocol, str) else system.protocol
            if not _WITHOUT_FOLDERS.intersection(protocols):
                system.makedirs(path, exist_ok=True)

    def delete(self) -> None:
        """Delete the file; nothing happens where there is none. Raises CorpusError."""
        with self._writing("delete"), suppress(FileNotFoundError):
            if self.is_local:
                self.path.unlink()
                return
            system, path = self.file_system()
            system.rm_file(path)

    def delete_folder(self) -> None:
        """Delete the folder and all in it; nothing happens where there is none.

        Raises CorpusError where that fails, and for a bucket or the root of a file system.
        """
        if self.parent == self:
            raise CorpusError(f"cannot delete {str(self)!r}: it is not a folder but all there is")
        with self._writing("delete"), suppress(FileNotFoundError):
            if self.is_local:
                shutil.rmtree(self.path)
                return
            system, path = self.file_system()
            system.rm(path, recursive=True)

    # The seam to fsspec

    def file_system(self) -> tuple[Any, str]:
        """The fsspec file system of a URL and the path in it; what it remembers of listings is forgotten first.

        Raises CorpusKitError where fsspec, or the package that it needs for this kind of URL, is not installed.
        """
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise CorpusKitError(
                f"URLs such as {str(self)!r} are read and written by fsspec, which is not installed: "
                "pip install 'corpus-kit[cluster]'"
            ) from None
        try:
            system, path = url_to_fs(self.url, **(self.storage_options or {}))
        except ImportError as error:
            raise CorpusKitError(f"cannot reach {str(self)!r}: {error}") from error
        system.invalidate_cache()  # others write too
        return system, str(path)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (CorpusKitError, MemoryError):
            raise
        except FileNotFoundError as error:
            raise SourceError(f"there is no file {str(self)!r}") from error
        except Exception as error:
            raise SourceError(f"cannot read {str(self)!r}: {reason_of(error)}") from error

    @contextmanager
    def _writing(self, what: str = "write") -> Iterator[None]:
        try:
            yield
        except (CorpusKitError, MemoryError):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _FULL:
                raise CorpusError(
                    f"no space is left for {str(self)!r}: {reason_of(error)}. What was written before is still good: "
                    "make room and run it again to go on from there."
                ) from error
            raise CorpusError(f"cannot {what} {str(self)!r}: {reason_of(error)}") from error


def size_and_mark(info: dict[str, Any]) -> tuple[int, str]:
    """The size that a file system tells of a file, and a checksum or time that changes with the file.

    >>> size_and_mark({"type": "file", "size": 3, "ETag": '"9001"'})
    (3, '9001')
    """
    if info.get("type") == "directory":
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    for key in ("ETag", "etag", "checksum", "md5Hash", "content_md5", "crc32c", "mtime", "LastModified", "created"):
        if info.get(key):
            return int(info["size"]), str(info[key]).strip('"')
    return int(info["size"]), ""


def _url_argument(url: str, argument: str) -> str:
    if not is_text(url):
        raise InputError(f"{argument}={url!r:.60} holds an unpaired surrogate; no URL can")
    if "\0" in url:
        raise InputError(f"{argument}={url!r:.60} holds a NUL character; no URL can")
    if not url.rstrip("/").rpartition("://")[2] or url.rstrip("/").endswith(":"):
        raise InputError(f"{argument}={url!r:.60} names no file or folder")
    return url.rstrip("/")


def _local_path(url: str, argument: str) -> str:
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise InputError(f"{argument}={url!r:.60} names another machine; a file:// URL has three slashes")
    return url2pathname(url.partition("://")[2].removeprefix(parts.netloc))


def _following(first: bytearray, rest: Iterator[ReadableBuffer]) -> Iterator[ReadableBuffer]:
    yield first
    yield from rest


class _RemoteFile(io.RawIOBase):
    """The bytes behind a URL as a stream: a range is downloaded when it is read; small reads share a download."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._size = location.size()
        self._position = 0
        self._ahead = b""  # bytes downloaded last
        self._ahead_start = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        into = memoryview(buffer).cast("B")
        stop = min(self._position + len(into), self._size)
        if stop <= self._position:
            return 0
        data = self._bytes(stop)
        into[: len(data)] = data
        self._position += len(data)
        return len(data)

    def readall(self) -> bytes:
        data = self._location.read(self._position, self._size)
        self._position += len(data)
        return data

    def _bytes(self, stop: int) -> bytes | memoryview:
        """The bytes from the position to before `stop`, or some of them."""
        start = self._position
        if stop - start >= _REMOTE_BUFFER:
            return self._location.read(start, stop)
        if not self._ahead_start <= start < self._ahead_start + len(self._ahead):
            self._ahead = self._location.read(start, min(start + _REMOTE_BUFFER, self._size))
            self._ahead_start = start
        return memoryview(self._ahead)[start - self._ahead_start : stop - self._ahead_start]
