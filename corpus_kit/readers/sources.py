"""The files of a source: files, folders, globs and lists of these, in a fixed order.

Nothing is opened here. Hidden files and folders (whose names begin with a dot) are left out and listed. Links are
followed; a folder is read once, however many links lead to it.
"""

from __future__ import annotations

import glob
import os
import posixpath
import stat
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from corpus_kit._base.arguments import openable
from corpus_kit.errors import CorpusError, CorpusKitError, SourceError, shown
from corpus_kit.readers.limits import LIMITS, Limits
from corpus_kit.safe_text import redacted

__all__ = [
    "COMPANION",
    "Listing",
    "SourceFile",
    "clean_name",
    "ending_of",
    "is_hidden",
    "list_files",
    "reading",
    "reason_of",
    "split_companions",
    "unknown_ending",
    "writing",
]

COMPANION = "\0companion"  # the kind of a file that may belong to another one
_QUOTED = 4096  # characters of a path that a message quotes whole; no system opens a longer one


@dataclass(frozen=True)
class SourceFile:
    """A file to read.

    Attributes:
        path: Where it is.
        name: Its relative path in POSIX form; the ids of its documents begin with it.
        ending: The ending that says how it is read.
        bytes: Its size.
        source: The number of the source that it belongs to.
        limits: What reading it may take.
    """

    path: Path
    name: str
    ending: str
    bytes: int
    source: int
    limits: Limits = LIMITS


@dataclass
class Listing:
    """What the sources hold.

    Attributes:
        files: The files to read, in order.
        ignored: The names of files with other endings.
        unreadable: The names of files and folders that cannot be read, with reasons.
        named: The names of files that were given by their own path.
        hidden: The names of hidden files and folders.
        companions: The names of files that may belong to others.
    """

    files: list[SourceFile] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    companions: list[str] = field(default_factory=list)


def ending_of(name: str, endings: Mapping[str, object]) -> str:
    """Return the longest of these endings that a file name has, or the empty string.

    >>> ending_of("news/2014.TAR.GZ", {".tar.gz": "archive"}), ending_of("notes.doc", {".txt": "text"})
    ('.tar.gz', '')
    """
    parts = name.lower().split(".")
    return next((found for n in (3, 2, 1) if (found := "." + ".".join(parts[1:][-n:])) in endings), "")


def split_companions(names: Iterable[str], files: Iterable[tuple[str, Iterable[str]]]) -> tuple[list[str], list[str]]:
    """Return which of these files belong to another one, whose path begins with theirs, and which do not.

    Args:
        names: The files.
        files: Those that are read, with the endings of what belongs to them.

    >>> split_companions(["Katib/Katib.yml", "other.yml"], [("Katib/Katib.Kitab/book", [".yml"])])
    (['Katib/Katib.yml'], ['other.yml'])
    """
    read: dict[str, list[str]] = {}
    for file, endings in files:
        for ending in endings:
            read.setdefault(ending, []).append(file)
    for candidates in read.values():
        candidates.sort()
    belonging: list[str] = []
    others: list[str] = []
    for name in names:
        stem, ending = posixpath.splitext(name)
        candidates = read.get(ending.lower(), [])
        first = candidates[place : place + 1] if (place := bisect_left(candidates, stem)) < len(candidates) else []
        (belonging if first and first[0].startswith(stem) else others).append(name)
    return belonging, others


def unknown_ending(endings: Iterable[str]) -> str:
    """Return what is wrong with a file that has none of these endings.

    >>> unknown_ending({".txt": "text", ".parquet": "parquet"})
    'unknown file ending; known are .txt, .parquet'
    """
    return "unknown file ending; known are " + ", ".join(endings)


def is_hidden(name: str) -> bool:
    """Return whether any part of a relative path begins with a dot.

    >>> is_hidden("news/.cache/1.txt"), is_hidden("../news/1.txt")
    (True, False)
    """
    return any(part.startswith(".") and part not in (".", "..") for part in name.split("/"))


def clean_name(name: str) -> str:
    r"""Return a file name as text; bytes that are not UTF-8 become ``\xNN``.

    >>> print(clean_name("خبر\udcff.txt"))
    خبر\xff.txt
    """
    if name.isascii():
        return name
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def list_files(
    sources: list[str | Path],
    endings: Mapping[str, object],
    limits: Limits = LIMITS,
    *,
    choose: Callable[[Path, str], str] | None = None,
    shown: Iterable[str] | None = None,
) -> Listing:
    """List the files of the sources.

    Names are relative to the folder, to the fixed part of the glob, or to the folder of the file; if there are several
    sources, to the folder that they share. Files of a folder or glob are sorted by the parts of their paths; sources
    keep the order given.

    Args:
        sources: Files, folders and globs.
        endings: The endings of files that are read.
        limits: What reading each of them may take.
        choose: What says how a file is read, given the ending that it has, or "": another ending, or a name.
        shown: The endings that messages list; by default all.

    Raises:
        SourceError: If a source does not exist, or a file given by its own path has another ending.
    """
    listing = Listing()
    items = [_Item(source) for source in sources]
    base = _shared_folder([item.base for item in items])
    for number, item in enumerate(items):
        _Walk(listing, base, number, endings, limits, choose, list(endings if shown is None else shown)).add(item)
    return listing


class _Item:
    """One source, and the folder that its names are relative to."""

    def __init__(self, source: str | Path) -> None:
        self.source = source
        try:
            self.path = openable(Path(source).expanduser())
        except RuntimeError:  # the home folder of a user that does not exist
            raise SourceError(f"cannot read {str(source)!r}: no such home folder") from None
        self.pattern: str | None = None
        is_folder = os.path.isdir(self.path)  # noqa: PTH112  # works with a name that is too long
        self.base = self.path if is_folder else self.path.parent
        parts = self.path.parts
        for place, part in enumerate(parts, start=1):
            if glob.has_magic(part) and not os.path.lexists(Path(*parts[:place])):  # what exists is a name
                self.base = Path(*parts[: place - 1])
                self.pattern = os.path.join(glob.escape(str(self.base)), *parts[place - 1 :])  # noqa: PTH118
                return


def _shared_folder(bases: list[Path]) -> Path:
    if len(bases) == 1:
        return bases[0]
    try:
        return Path(os.path.commonpath([Path(os.path.abspath(base)) for base in bases]))  # noqa: PTH100
    except ValueError:  # different drives
        return Path()


class _Walk:
    """Adds the files of one source to a listing."""

    def __init__(
        self,
        listing: Listing,
        shared: Path,
        source: int,
        endings: Mapping[str, object],
        limits: Limits,
        choose: Callable[[Path, str], str] | None,
        shown_endings: list[str],
    ) -> None:
        self._listing = listing
        self._endings = endings
        self._choose = choose
        self._shown = shown_endings
        self._limits = limits
        self._source = source
        self._prefix = os.path.join(os.path.abspath(shared), "")  # noqa: PTH100, PTH118
        self._folders: set[tuple[int, int]] = set()
        self._found: dict[str, Path] = {}

    def add(self, item: _Item) -> None:
        if item.pattern is not None:
            matches = glob.glob(item.pattern, recursive=True)  # noqa: PTH207  # absolute patterns too
            for match in matches:
                self._visit(Path(match))
            if not matches:
                raise SourceError(f"no file matches {str(item.source)!r}")
        elif not os.path.lexists(item.path):
            named = str(item.source)
            quoted = repr(named) if len(named) <= _QUOTED else shown(named)
            is_text = isinstance(item.source, str) and len(named.split()) > 1 and not item.path.suffix[1:].isalnum()
            hint = '. Texts themselves are given as dicts: [{"text": "..."}, ...]' if is_text else ""
            raise SourceError(f"no such file or folder: {quoted}{hint}")
        elif item.path.is_dir():
            self._visit(item.path)
        else:
            if self._kind(item.path) in ("", COMPANION):
                raise SourceError(f"cannot read {str(item.source)!r}: {unknown_ending(self._shown)}")
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
                return  # a link back, or a folder that a glob matched along with its parent
            self._folders.add(identity)
            with os.scandir(path) as entries:  # which knows what is a folder without another look at it
                for entry in sorted(entries, key=lambda entry: entry.name):
                    if entry.name.startswith("."):
                        self._listing.hidden.append(self._name(entry.path))
                    elif _is_folder(entry):
                        self._visit(Path(entry.path))
                    else:
                        self._found[self._name(entry.path)] = Path(entry.path)
        except OSError as error:
            self._listing.unreadable.append((self._name(path), reason_of(error)))

    def _kind(self, path: Path) -> str:
        ending = ending_of(path.name, self._endings)
        return self._choose(path, ending) if self._choose else ending

    def _take(self, path: Path, name: str) -> None:
        ending = self._kind(path)
        if not ending:
            self._listing.ignored.append(name)
            return
        if ending == COMPANION:
            self._listing.companions.append(name)
            return
        try:
            status = path.stat()
        except OSError as error:
            self._listing.unreadable.append((name, reason_of(error)))
            return
        if not stat.S_ISREG(status.st_mode):
            self._listing.unreadable.append((name, "not a regular file"))
            return
        file = SourceFile(path, name, ending, status.st_size, self._source, self._limits)
        self._listing.files.append(file)

    def _name(self, path: str | Path) -> str:
        full = os.path.abspath(path)  # noqa: PTH100  # links stay as they are named
        return clean_name(full.removeprefix(self._prefix).replace(os.sep, "/"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def reason_of(error: BaseException, name: str = "") -> str:
    """Return in one short line why something of this name could not be read, without the secrets of addresses."""
    if isinstance(error, OSError) and error.strerror:
        return redacted(error.strerror)
    lines = str(error).strip().splitlines()
    said = lines[0].removeprefix(f"cannot read {name!r}: ") if lines else type(error).__name__
    return f"{redacted(said):.200}"


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error while something is written aside into a CorpusError: no file is to blame."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars has its own error for some files
        raise CorpusError(f"cannot write {str(path)!r}: {reason_of(error)}") from error


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn any error while a source is read into a SourceError that names it."""
    try:
        yield
    except (CorpusKitError, MemoryError):
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        raise SourceError(f"cannot read {name!r}: {reason_of(error)}") from error
