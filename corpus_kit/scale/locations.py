"""The location of a file or folder: a local path, or a URL that fsspec understands.

Both are read and written with the same methods. Local paths never need fsspec. A file is written completely or not at
all: locally under a hidden name in the same folder, which is then renamed; in an object store, which cannot rename, by
one upload that becomes visible when it is complete.

Failures are reported as SourceError (reading) or CorpusError (writing), with the location. URLs and the options of a
file system may hold secrets: no message, no repr and no pickle has them (`credentials`).
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.distribution import how_to_install
from corpus_kit._base.files import beside, move, sync_folder
from corpus_kit.errors import CorpusError, CorpusKitError, InputError, SourceError
from corpus_kit.readers.sources import clean_name, reason_of
from corpus_kit.safe_text import redacted, redacted_address
from corpus_kit.scale import credentials
from corpus_kit.scale.addresses import is_url, local_path, url_argument

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["Location", "fingerprint_of", "size_and_mark"]

# Object stores have no folders, only names with slashes. Making a folder could create a bucket.
_WITHOUT_FOLDERS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "http", "https"}
_READAHEAD = 4 << 20  # bytes that a remote stream downloads beyond what was asked for
_REMOTE_PART = 16 << 20  # larger objects are uploaded in parts of this size; S3 takes no parts below 5 MiB
_CHECKSUMS = ("ETag", "etag", "checksum", "md5Hash", "content_md5", "crc32c")  # in fsspec's `info`
_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Location:
    """A file or folder: an absolute local path, or a URL with the options that fsspec needs for it.

    Two locations are equal if their URLs are. A pickle of a location has neither options nor a password: those of
    `credentials.lent` are found again where they were sent, and other secrets cannot be pickled.

    Attributes:
        url: The local path or the URL.
        storage_options: Options of fsspec; None for local paths.
    """

    url: str
    storage_options: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        value: str | Path,
        storage_options: Mapping[str, Any] | None = None,
        *,
        argument: str = "path",
        any_bytes: bool = False,
    ) -> Location:
        """Return the location of a path or URL; `~` and `file://` URLs are local.

        Args:
            value: The path or URL.
            storage_options: Options of fsspec for URLs.
            argument: The name of the value in messages.
            any_bytes: Whether the bytes of a path may be others than UTF-8, as those of a file to read.

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
            return cls(str(path_argument(value, argument, any_bytes=any_bytes)))
        url = url_argument(str(value), argument)
        scheme = url.partition("://")[0].lower()
        if scheme in ("file", "local"):
            return cls(str(path_argument(local_path(url, argument), argument, any_bytes=any_bytes)))
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
        """Return the path or URL as messages and records have it, without secrets."""
        return clean_name(self.url) if self.is_local else redacted_address(self.url)

    def __repr__(self) -> str:
        return f"Location({str(self)!r})"

    @property
    def holds_secrets(self) -> bool:
        """Whether the URL itself has a password, a token or a query."""
        return not self.is_local and redacted_address(self.url) != self.url

    def __getstate__(self) -> dict[str, Any]:
        if self.holds_secrets:
            raise InputError(f"a URL with a password or token cannot be sent to workers, got {str(self)!r}.")
        key = None if self.storage_options is None else credentials.key_of(self.storage_options)
        return {"url": self.url, "key": key}

    def __setstate__(self, state: dict[str, Any]) -> None:
        options = None if state["key"] is None else credentials.received(state["key"])
        vars(self).update(url=state["url"], storage_options=options)

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
                status = self._regular()
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
                self._regular()
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
                self._regular()
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

    def checksum(self) -> str:
        """Return the fingerprint of an object, if its store keeps a checksum of it; else, and for a file, ""."""
        if self.is_local:
            return ""
        with self._reading():
            system, path = self.file_system()
            info = system.info(path)
            return fingerprint_of(info) if any(info.get(key) for key in _CHECKSUMS) else ""

    def stamps(self) -> dict[str, str]:
        """Return for each name in the folder what changes when the file does: one request for all of them."""
        with self._reading():
            if self.is_local:
                with os.scandir(self.path) as found:
                    return {each.name: _stamp(each.stat()) for each in found}
            system, path = self.file_system()
            inside = f"{path.rstrip('/')}/"
            listed = {str(each["name"]).removeprefix(inside): each for each in system.ls(path, detail=True)}
            files = {name: each for name, each in listed.items() if each.get("type") != "directory"}
            return {name: fingerprint_of(each) for name, each in files.items()}

    def _regular(self) -> os.stat_result:
        """Return the status of a local file; a pipe would block the reader, and a device may have no end."""
        status = self.path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        return status

    # Writing

    def write(self, pieces: Iterable[ReadableBuffer], *, durable: bool = False, private: bool = False) -> None:
        """Write the file, completely or not at all; an existing file is replaced.

        Args:
            pieces: The content. Exceptions of the iterator propagate.
            durable: Whether it is on the disk when this returns, whatever happens to the machine; a store sees to
                that itself.
            private: Whether a local file can be read by its owner only.

        Raises:
            CorpusError: If it cannot be written. Then, as after an exception of `pieces`, nothing is left behind and
                an existing file is unchanged.
        """
        if self.is_local:
            self._write_local(pieces, durable=durable, private=private)
        else:
            self._write_remote(pieces)

    def _write_local(self, pieces: Iterable[ReadableBuffer], *, durable: bool, private: bool) -> None:
        aside = beside(self.path, "part")
        with self._writing():
            file = open(aside, "xb", opener=_privately if private else None)  # noqa: SIM115
        try:
            for piece in pieces:
                with self._writing():
                    file.write(piece)
            with self._writing():
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
                file.close()  # a full disk may be reported only here
                move(aside, self.path, replace=True)
                if durable:
                    sync_folder(self.path.parent)
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
                f"URLs such as {str(self)!r} need fsspec, which is not installed. {how_to_install('cluster')}"
            ) from None
        if isinstance(self.storage_options, credentials.Missing):
            raise CorpusKitError(f"cannot reach {str(self)!r}: this process has not received the options of the store")
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
            raise SourceError(f"there is no file {str(self)!r}") from self._cause(error)
        except Exception as error:
            raise SourceError(f"cannot read {str(self)!r}: {self._reason(error)}") from self._cause(error)

    @contextmanager
    def _writing(self, what: str = "write") -> Iterator[None]:
        try:
            yield
        except (CorpusKitError, MemoryError):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _FULL:
                raise CorpusError(
                    f"no space is left for {str(self)!r}: {self._reason(error)}. Finished files are kept: free space "
                    "and call again to resume."
                ) from self._cause(error)
            raise CorpusError(f"cannot {what} {str(self)!r}: {self._reason(error)}") from self._cause(error)

    def _reason(self, error: Exception) -> str:
        """Return why something failed; an error of a file system may quote the URL and options that it was given."""
        return redacted(reason_of(error), credentials.secrets_of(self.url, self.storage_options))

    def _cause(self, error: Exception) -> Exception | None:
        """Return the error to show as the cause; those of other file systems may quote secrets, too."""
        return error if self.is_local else None


def size_and_mark(info: dict[str, Any]) -> tuple[int, str]:
    """Return the size of a file in fsspec's `info`, and a checksum or time that changes with the file.

    Examples:
        >>> size_and_mark({"type": "file", "size": 3, "ETag": '"9001"'})
        (3, '9001')
    """
    if info.get("type") == "directory":
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    for key in (*_CHECKSUMS, "mtime", "LastModified", "created"):
        if info.get(key):
            return int(info["size"]), str(info[key]).strip('"')
    return int(info["size"]), ""


def fingerprint_of(info: dict[str, Any]) -> str:
    """Return in one text what `size_and_mark` returns."""
    size, mark = size_and_mark(info)
    return f"{size}:{mark}"


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_dev}:{status.st_ino}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _following(first: bytearray, rest: Iterator[ReadableBuffer]) -> Iterator[ReadableBuffer]:
    yield first
    yield from rest
