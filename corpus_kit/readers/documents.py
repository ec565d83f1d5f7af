"""What a reader takes and gives: a file; documents with metadata and spans, and what is no part of them.

A reader is a function that takes a `File` and yields documents in the order of the file. Whatever it raises makes
the file unreadable, for the reason that the error states. It need not know how files are found, what documents the
library refuses, or how they are stored.
"""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal, Protocol

from corpus_kit._base.distribution import DISTRIBUTION
from corpus_kit.errors import SourceError
from corpus_kit.readers.encodings import Encoding, decode
from corpus_kit.readers.limits import LIMITS, Limits

__all__ = ["Document", "Event", "File", "LeftOut", "Notice", "Reader", "Skipped", "Span", "Tokens", "needed"]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text that the format marks.

    Attributes:
        kind: What it is, such as "page", "chapter", "person" or "note": ASCII letters, digits and _.
        start: Its first code point in the text.
        end: The code point after its last.
        value: What the format says of it, such as the number of a page or the title of a chapter.
    """

    kind: str
    start: int
    end: int
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text that its file gives, which are kept and not made again.

    Attributes:
        spans: The first code point of each token and the one after its last, in order; none are empty or overlap.
        sentences: The numbers of the tokens that begin a sentence, in order.
        layers: Columns of what the file says of each token, such as "lemma" or "pos": a text or None each.
    """

    spans: Sequence[tuple[int, int]]
    sentences: Sequence[int] = ()
    layers: Mapping[str, Sequence[str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a file.

    Attributes:
        text: Its text, which is kept exactly as it is.
        id: What tells it from the other documents of the file; the path of the file is put before it. None is the
            number of the document in the file, from 1; an only document has the path alone.
        metadata: Columns and their values: str, int, float, bool, date, datetime, time, timedelta, None, or a list
            of one of these. Documents may have different columns.
        headline: Where its headline is in the text, start and end; None if there is none; "guess" if its first line may
            be one, as in .txt files.
        spans: The parts that the format marks.
        tokens: Its tokens, if the file gives them.
    """

    text: str
    id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    headline: tuple[int, int] | Literal["guess"] | None = None
    spans: Sequence[Span] = ()
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """What could have been a document and is none, such as a page that cannot be read.

    Attributes:
        reason: Why, in a few words that are the same for all such cases.
        where: Its place in the file.
        detail: What exactly was found.
    """

    reason: str
    where: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the file holds beside its documents, such as notes or images.

    Attributes:
        kind: What it is, in a few words that are the same for all such cases.
        count: How many there are.
        detail: An example.
    """

    kind: str
    count: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What was read but deserves a look, such as a date that was guessed.

    Attributes:
        kind: What it is, in a few words that are the same for all such cases.
        count: How many there are.
        detail: An example.
    """

    kind: str
    count: int = 1
    detail: str = ""


Event = Document | Skipped | LeftOut | Notice


class File:
    """A file as a reader sees it, on disk or in an archive.

    Attributes:
        name: Its relative path in POSIX form.
        size: Its bytes.
        path: Where it is; None in an archive.
        limits: What reading it may take.
        encoding: That of its text, once `text` has read it.
    """

    def __init__(
        self,
        name: str,
        path: Path | None = None,
        *,
        data: bytes | None = None,
        limits: Limits = LIMITS,
        companions: Mapping[str, bytes] | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self.limits = limits
        self.encoding: Encoding | None = None
        self._data = data
        self._companions = companions  # of an archive: what lies beside it, by path
        if data is None:
            assert path is not None
            self.size = path.stat().st_size
        else:
            self.size = len(data)

    @property
    def stem(self) -> str:
        """The name without folders and without its last ending."""
        return Path(self.name).stem

    @property
    def folder(self) -> str:
        """The name of the folder that it is in."""
        if self.path is None or self._companions is not None:
            return PurePosixPath(self.name).parent.name
        return Path(os.path.abspath(self.path)).parent.name  # noqa: PTH100  # links stay as they are named

    def open(self) -> IO[bytes]:
        """Return a seekable stream of its bytes, to be used in a `with` statement."""
        if self._data is not None:
            return io.BytesIO(self._data)
        assert self.path is not None
        return self.path.open("rb")

    def read(self, most: int | None = None) -> bytes:
        """Return its bytes.

        Args:
            most: So many at most; None stands for the limit of a text.

        Raises:
            ValueError: If there are more.
        """
        limit = self.limits.text_bytes if most is None else most
        if self.size > limit:
            raise ValueError(f"{self.size:,} bytes, more than {limit:,}")
        with self.open() as stream:
            return stream.read()

    def text(self) -> str:
        """Return its text, in the encoding that the bytes show: UTF-8, UTF-16 or Windows-1256.

        Raises:
            ValueError: If it is in another one, or too long.
        """
        text, self.encoding = decode(self.read())
        return text

    def beside(self, name: str) -> File | None:
        """Return another file, by its path from the folder of this one; None if there is none.

        In an archive there are only those with the endings of companions (`ck.readers.register`).
        """
        other = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), name))
        if self._companions is not None:
            data = self._companions.get(other)
            return None if data is None else File(other, data=data, limits=self.limits)
        path = None if self.path is None else self.path.parent / name
        return File(other, path, limits=self.limits) if path is not None and path.is_file() else None


class Reader(Protocol):
    """A function that reads a file, or a configured one such as `tei(notes=True)`."""

    def __call__(self, file: File, /) -> Iterator[Event]: ...


def needed(module: str, what: str, package: str | None = None) -> Any:
    """Return an optional module.

    Args:
        module: Its name.
        what: What needs it, in the plural, such as "PDF files".
        package: What to install where the extra "formats" does not bring it.

    Raises:
        SourceError: If it is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        name, extra = module.partition(".")[0], package or f"{DISTRIBUTION}[formats]"
        raise SourceError(f'{what} need {name}. Install it with pip install "{extra}".') from None
