"""The location of a file or folder: a local path, or a URL that fsspec understands.

Both are read and written with the same methods. Local paths never need fsspec. A file is written completely or not at
all: locally under a hidden name in the same folder, which is then renamed; in an object store, which cannot rename, by
one upload that becomes visible when it is complete.

Failures are reported as SourceError (reading) or CorpusError (writing), with the location. The options of a file system
may hold secrets, so no message and no repr shows them.
"""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

from corpus_kit._base.arguments import is_text, path_argument
from corpus_kit._base.files import beside
from corpus_kit.errors import CorpusError, CorpusKitError, InputError, SourceError, invalid
from corpus_kit.readers.sources import clean_name, reason_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["Location", "is_url"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(://|::)")
_PASSWORD = re.compile(r"(//[^/@:]*:)[^/@]*@")
# Object stores have no folders, only names with slashes. Making a folder could create a bucket.
_WITHOUT_FOLDERS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "http", "https"}
_READAHEAD = 4 << 20  # bytes that a remote stream downloads beyond what was asked for
_REMOTE_PART = 16 << 20  # larger objects are uploaded in parts of this size; S3 takes no parts below 5 MiB
_FULL = {errno.ENOSPC, errno.EDQUOT}


def is_url(value: object) -> bool:
    """Return whether a source or target is given as a URL.

    Examples:
        >>> is_url("s3://bucket/news"), is_url("news/2014.parquet"), is_url("C:/news")
        (True, False, False)
    """
    return isinstance(value, str) and _SCHEME.match(value) is not None


@dataclass(frozen=True)
class Location:
    """A file or folder: an absolute local path, or a URL with the options that fsspec needs for it.

    Two locations are equal if their URLs are. A location can be pickled, with its options.

    Attributes:
        url: The local path or the URL.
        storage_options: Options of fsspec; None for local paths.
    """

    url: str
    storage_options: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls, value: str | Path, storage_options: Mapping[str, Any] | None = None, *, argument: str = "path"
    ) -> Location:
        """Return the location of a path or URL; `~` and `file://` URLs are local.

        Args:
            value: The path or URL.
            storage_options: Options of fsspec for URLs.
            argument: The name of the value in messages.

        Raises:
            InputError: If the value cannot be the name of a file.

        Examples:
            >>> Location.of("s3://bucket/news/").url
            's3://bucket/news'
            >>> Location.of("file:///news/1%202.txt").is_local
            True
            >>> Location.of("")
            Traceback (most recent call last):
            ...
            corpus_kit.errors.InputError: path must be a path (a str or a Path), got ''.
        """
        if storage_options is not None and not isinstance(storage_options, Mapping):
            raise InputError(  # shows the type only: the value may be a secret
                f"storage_options must be a dict of options of fsspec, got {type(storage_options).__name__}."
            )
        if not is_url(value):
            return cls(str(path_argument(value, argument)))
        url = _url_argument(str(value), argument)
        scheme = url.partition("://")[0].lower()
        if scheme in ("file", "local"):
            return cls(str(path_argument(_local_path(url, argument), argument)))
        return cls(url, dict(storage_options) if storage_options else None)

    @property
    def is_local(self) -> bool:
        """Whether it is in the local file system."""
        return not is_url(self.url)

    @property
    def path(self) -> Path:
        """The local path.

        Raises:
            CorpusKitError: If it is a URL.
        """
        if not self.is_local:
            raise CorpusKitError(f"{str(self)!r} is a URL and has no local path")
        return Path(self.url)

    @property
    def name(self) -> str:
        """The last part of the path.

        Examples:
            >>> Location.of("s3://bucket/news/1.txt").name
            '1.txt'
        """
        return self.path.name if self.is_local else self.url.rpartition("/")[2]

    @property
    def parent(self) -> Location:
        """The folder that contains it; a bucket and the root of a file system are their own parents.

        Examples:
            >>> Location.of("s3://bucket/news/1.txt").parent.url
            's3://bucket/news'
        """
        if self.is_local:
            return Location(str(self.path.parent))
        before = self.url.rpartition("/")[0]
        is_root = before.endswith(("/", ":"))
        return self if is_root else Location(before, self.storage_options)

    def __truediv__(self, child: str) -> Location:
        """Return the location of a name in this folder, or of several with slashes between."""
        if self.is_local:
            return Location(str(self.path / child))
        return Location(f"{self.url}/{child}", self.storage_options)

    def __str__(self) -> str:
        """Return the path or URL as messages show it, without a password."""
        return clean_name(self.url) if self.is_local else _without_password(self.url)

    def __repr__(self) -> str:
        return f"Location({str(self)!r})"

    # Reading

    def exists(self) -> bool:
        """Return whether there is a file or folder."""
        with self._reading():
            if self.is_local:
                return os.path.lexists(self.path)
            system, path = self.file_system()
            return bool(system.exists(path))

    def size(self) -> int:
        """Return the size of the file in bytes.

        Raises:
            SourceError: If there is no file.
        """
        return self._status()[0]

    def fingerprint(self) -> str:
        """Return what changes when the file does: its size with its time of change, or with the checksum of a store.

        Raises:
            SourceError: If there is no file.
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
        """Return the bytes from `start` to before `stop`; fewer if the file ends before.

        Args:
            start: The first byte.
            stop: The byte after the last one; None reads to the end.

        Raises:
            SourceError: If they cannot be read.
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
                return b""  # stores refuse a range that begins at the end of the file

    def open(self) -> BinaryIO:
        """Open the file for reading; the stream can seek.

        Raises:
            SourceError: If it cannot be opened. What fails while the stream is read is raised as it is.
        """
        with self._reading():
            if self.is_local:
                return self.path.open("rb")
            system, path = self.file_system()
            file = system.open(path, "rb", block_size=_READAHEAD, cache_type="readahead")
            return cast("BinaryIO", io.BufferedReader(file))  # fsspec's own files read a line byte by byte

    def children(self) -> list[str]:
        """Return the names in the folder, also hidden ones, sorted; an empty list if there is no folder."""
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
            # A store may list the empty object that represents the folder, or the file itself.
            return sorted(name for name in names if name and "/" not in name and name != path)

    # Writing

    def write(self, pieces: Iterable[ReadableBuffer]) -> None:
        """Write the file, completely or not at all; an existing file is replaced.

        Args:
            pieces: The content. Exceptions of the iterator propagate.

        Raises:
            CorpusError: If it cannot be written. Then, as after an exception of `pieces`, nothing is left behind and
                an existing file is unchanged.
        """
        if self.is_local:
            self._write_local(pieces)
        else:
            self._write_remote(pieces)

    def _write_local(self, pieces: Iterable[ReadableBuffer]) -> None:
        aside = beside(self.path, "part")
        with self._writing():
            file = aside.open("xb")
        try:
            for piece in pieces:
                with self._writing():
                    file.write(piece)
            with self._writing():
                file.close()  # a full disk may be reported only here
                aside.replace(self.path)
        except BaseException:
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise

    def _write_remote(self, pieces: Iterable[ReadableBuffer]) -> None:
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
        # A multipart upload: the object appears when the parts are committed.
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
            file.closed = True  # otherwise the garbage collector would complete the upload
            raise

    def create_exclusively(self, data: bytes) -> bool:
        """Create the file as a lock; return False if it exists.

        If several processes try at once, one succeeds. A store without conditional uploads is only asked beforehand
        whether the object exists.

        Raises:
            CorpusError: If it cannot be written.
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
            return self._create_remote(data)

    def _create_remote(self, data: bytes) -> bool:
        system, path = self.file_system()
        try:
            system.pipe_file(path, data, mode="create")
        except FileExistsError:
            return False
        except (NotImplementedError, TypeError, ValueError):  # no such mode or condition
            if system.exists(path):
                return False
            system.pipe_file(path, data)
        return True

    def make_folder(self) -> None:
        """Make the folder and its parents, unless the store has no folders.

        Raises:
            CorpusError: If it cannot be made.
        """
        with self._writing():
            if self.is_local:
                self.path.mkdir(parents=True, exist_ok=True)
                return
            system, path = self.file_system()
            protocols = (system.protocol,) if isinstance(system.protocol, str) else system.protocol
            if not _WITHOUT_FOLDERS.intersection(protocols):
                system.makedirs(path, exist_ok=True)

    def delete(self) -> None:
        """Delete the file, if it exists.

        Raises:
            CorpusError: If it cannot be deleted.
        """
        with self._writing("delete"), suppress(FileNotFoundError):
            if self.is_local:
                self.path.unlink()
                return
            system, path = self.file_system()
            system.rm_file(path)

    def delete_folder(self) -> None:
        """Delete the folder and all in it, if it exists.

        Raises:
            CorpusError: If it cannot be deleted, or is a bucket or the root of a file system.
        """
        if self.parent == self:
            raise CorpusError(f"cannot delete {str(self)!r}: it is a bucket or the root of a file system")
        with self._writing("delete"), suppress(FileNotFoundError):
            if self.is_local:
                shutil.rmtree(self.path)
                return
            system, path = self.file_system()
            system.rm(path, recursive=True)

    # fsspec

    def file_system(self) -> tuple[Any, str]:
        """Return the fsspec file system of a URL, with its cache of listings cleared, and the path in it.

        Raises:
            CorpusKitError: If fsspec, or the package that it needs for this kind of URL, is not installed.
        """
        try:
            from fsspec.core import url_to_fs  # optional: the extra `cluster`
        except ImportError:
            raise CorpusKitError(
                f"URLs such as {str(self)!r} need fsspec, which is not installed. "
                "Install it with pip install 'corpus-kit[cluster]'."
            ) from None
        try:
            system, path = url_to_fs(self.url, **(self.storage_options or {}))
        except ImportError as error:
            raise CorpusKitError(f"cannot reach {str(self)!r}: {error}") from error
        system.invalidate_cache()  # other processes write, too
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
                    f"no space is left for {str(self)!r}: {reason_of(error)}. Finished files are kept: free space and "
                    "call again to resume."
                ) from error
            raise CorpusError(f"cannot {what} {str(self)!r}: {reason_of(error)}") from error


def size_and_mark(info: dict[str, Any]) -> tuple[int, str]:
    """Return the size of a file in fsspec's `info`, and a checksum or time that changes with the file.

    Examples:
        >>> size_and_mark({"type": "file", "size": 3, "ETag": '"9001"'})
        (3, '9001')
    """
    if info.get("type") == "directory":
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    for key in ("ETag", "etag", "checksum", "md5Hash", "content_md5", "crc32c", "mtime", "LastModified", "created"):
        if info.get(key):
            return int(info["size"]), str(info[key]).strip('"')
    return int(info["size"]), ""


def _without_password(url: str) -> str:
    return _PASSWORD.sub(r"\1***@", url)


def _url_argument(url: str, argument: str) -> str:
    if not is_text(url):
        raise invalid(argument, "a URL without unpaired surrogates", _without_password(url))
    if "\0" in url:
        raise invalid(argument, "a URL without NUL characters", _without_password(url))
    if not url.rstrip("/").rpartition("://")[2] or url.rstrip("/").endswith(":"):
        raise invalid(argument, "the URL of a file or folder", _without_password(url))
    return url.rstrip("/")


def _local_path(url: str, argument: str) -> str:
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise invalid(argument, "a file:// URL of this machine", _without_password(url), "Write it with three slashes.")
    return url2pathname(url.partition("://")[2].removeprefix(parts.netloc))


def _following(first: bytearray, rest: Iterator[ReadableBuffer]) -> Iterator[ReadableBuffer]:
    yield first
    yield from rest
