"""What files a source stands for: files, folders, globs and lists of these, in a fixed order.

Nothing is opened here; files are only looked at. Hidden files and folders (a name that begins with a dot) are left
out. Links are followed; a folder is read once, however many links lead to it.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from corpus_kit.errors import CorpusKitError, SourceError

__all__ = [
    "ENDINGS",
    "Listing",
    "SourceFile",
    "clean_name",
    "ending_of",
    "is_hidden",
    "list_files",
    "reading",
    "reason_of",
    "unknown_ending",
]

Kind = Literal["text", "archive", "csv", "json", "parquet", "ipc"]
ENDINGS: dict[str, Kind] = {
    ".txt": "text",
    ".zip": "archive",
    ".tar": "archive",
    ".tar.gz": "archive",
    ".tgz": "archive",
    ".tar.bz2": "archive",
    ".tar.xz": "archive",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
    ".ipc": "ipc",
    ".arrow": "ipc",
    ".feather": "ipc",
}


@dataclass(frozen=True)
class SourceFile:
    """A file to read: its path, its name (relative, POSIX form, the start of its documents' ids), ending and size."""

    path: Path
    name: str
    ending: str
    bytes: int
    source: int  # which of the sources it belongs to

    @property
    def kind(self) -> Kind:
        return ENDINGS[self.ending]


@dataclass
class Listing:
    """The files of a source in the order of reading, those of other endings, and what cannot be read, with reasons.

    `named` are the files that were given by their own path.
    """

    files: list[SourceFile] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    named: list[str] = field(default_factory=list)


def ending_of(name: str, endings: Mapping[str, object] = ENDINGS) -> str:
    """Return the ending by which a file is read, or the empty string.

    >>> ending_of("news/2014.TAR.GZ"), ending_of("notes.doc")
    ('.tar.gz', '')
    """
    lower = name.lower()
    return max((ending for ending in endings if lower.endswith(ending)), key=len, default="")


def unknown_ending(endings: Mapping[str, object]) -> str:
    """Say that a file has none of these endings.

    >>> unknown_ending({".txt": "text", ".parquet": "parquet"})
    'unknown file ending. Read are .txt, .parquet'
    """
    return "unknown file ending. Read are " + ", ".join(endings)


def is_hidden(name: str) -> bool:
    """Say whether any part of a relative path begins with a dot.

    >>> is_hidden("news/.cache/1.txt"), is_hidden("../news/1.txt")
    (True, False)
    """
    return any(part.startswith(".") and part not in (".", "..") for part in name.split("/"))


def clean_name(name: str) -> str:
    r"""Write a file name as text; bytes of it that are not UTF-8 become ``\xNN``.

    >>> print(clean_name("خبر\udcff.txt"))
    خبر\xff.txt
    """
    if name.isascii():
        return name
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def list_files(sources: list[str | Path], endings: Mapping[str, object] = ENDINGS) -> Listing:
    """List what the sources stand for; `endings` are those of files that are read.

    Names are relative to the folder or the fixed part of the glob, for a file to the folder it lies in; for several
    sources to the folder that they share. Within a folder or glob files are sorted by the parts of their paths;
    sources keep the order given.

    Raises SourceError where a source does not exist or a file named by itself has an ending that is not read.
    """
    listing = Listing()
    items = [_Item(source) for source in sources]
    shared = _shared_folder([item.base for item in items])
    for number, item in enumerate(items):
        _Walk(listing, shared, number, endings).add(item)
    return listing


class _Item:
    """One source: what it is and the folder that its names are relative to."""

    def __init__(self, source: str | Path) -> None:
        self.source = source
        try:
            self.path = Path(source).expanduser()
        except RuntimeError:  # of a user that is not there
            raise SourceError(f"cannot read {str(source)!r}: there is no such home folder") from None
        self.is_glob = not os.path.lexists(self.path) and glob.has_magic(str(source))
        if self.is_glob:
            parts = self.path.parts
            magic = next(index for index, part in enumerate(parts) if glob.has_magic(part))
            self.base = Path(*parts[:magic])
        elif self.path.is_dir():
            self.base = self.path
        else:
            self.base = self.path.parent


def _shared_folder(bases: list[Path]) -> Path:
    if len(bases) == 1:
        return bases[0]
    try:
        return Path(os.path.commonpath([Path(os.path.abspath(base)) for base in bases]))  # noqa: PTH100
    except ValueError:  # different drives
        return Path()


class _Walk:
    """Adds what one source stands for to a listing."""

    def __init__(self, listing: Listing, shared: Path, source: int, endings: Mapping[str, object]) -> None:
        self._listing = listing
        self._endings = endings
        self._source = source
        self._prefix = os.path.join(os.path.abspath(shared), "")  # noqa: PTH100, PTH118
        self._folders: set[tuple[int, int]] = set()
        self._found: dict[str, Path] = {}

    def add(self, item: _Item) -> None:
        if item.is_glob:
            matches = glob.glob(str(item.path), recursive=True)  # noqa: PTH207  # absolute patterns too
            for match in matches:
                self._visit(Path(match))
            if not matches:
                raise SourceError(f"no file matches {str(item.source)!r}")
        elif not os.path.lexists(item.path):
            raise SourceError(f"there is no file or folder {str(item.source)!r}")
        elif item.path.is_dir():
            self._visit(item.path)
        else:
            if not ending_of(item.path.name, self._endings):
                raise SourceError(f"cannot read {str(item.source)!r}: {unknown_ending(self._endings)}")
            self._found[self._name(item.path)] = item.path
            self._listing.named.append(self._name(item.path))
        for name in sorted(self._found, key=lambda name: name.split("/")):
            self._take(self._found[name], name)

    def _visit(self, path: Path) -> None:
        if not path.is_dir():
            self._found[self._name(path)] = path
            return
        try:
            status = path.stat()
            identity = (status.st_dev, status.st_ino)
            if identity in self._folders:
                return  # a link back, or a folder that a glob matched beside its parent
            self._folders.add(identity)
            for child in _children(path):
                self._visit(child)
        except OSError as error:
            self._listing.unreadable.append((self._name(path), reason_of(error)))

    def _take(self, path: Path, name: str) -> None:
        ending = ending_of(path.name, self._endings)
        if not ending:
            self._listing.ignored.append(name)
            return
        try:
            status = path.stat()
        except OSError as error:
            self._listing.unreadable.append((name, reason_of(error)))
            return
        if not stat.S_ISREG(status.st_mode):
            self._listing.unreadable.append((name, "it is not a regular file"))
            return
        self._listing.files.append(SourceFile(path, name, ending, status.st_size, self._source))

    def _name(self, path: Path) -> str:
        full = os.path.abspath(path)  # noqa: PTH100  # links stay as they are named
        return clean_name(full.removeprefix(self._prefix).replace(os.sep, "/"))


def _children(folder: Path) -> list[Path]:
    """What lies in a folder, sorted, without what is hidden."""
    names = sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208  # ten times faster
    return [folder / name for name in names]


def reason_of(error: BaseException) -> str:
    """Say in one short line why something could not be read."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    lines = str(error).strip().splitlines()
    return f"{lines[0]:.200}" if lines else type(error).__name__


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever goes wrong while a source is read into a SourceError that names it."""
    try:
        yield
    except (CorpusKitError, MemoryError):
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        raise SourceError(f"cannot read {name!r}: {reason_of(error)}") from error
