"""What was read, and what was skipped and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from typing import Any

from corpus_kit.readers.encodings import Encoding
from corpus_kit.safe_text import one_line

__all__ = [
    "BECAME_NULL",
    "COMPANION_FILE",
    "MOST_EXAMPLES",
    "MOST_FILES",
    "Example",
    "FileRecord",
    "Ledger",
    "ReadReport",
    "Tally",
]

MOST_EXAMPLES = 20  # of each reason, in a report
MOST_FILES = 1000  # likewise, of files and members of archives
COMPANION_FILE = "file that belongs to another"  # kind of what is left out
BECAME_NULL = ("date not understood",)  # notices of values that are lost


@dataclass(frozen=True)
class Example:
    """One case.

    Attributes:
        source: The file or frame.
        row: The row (from 0) or the line (from 1) in it, if it has any.
        detail: What was found.
    """

    source: str
    row: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        where = self.source if self.row is None else f"{self.source}:{self.row}"
        return one_line(f"{where} ({self.detail})" if self.detail else where)


@dataclass(frozen=True)
class Tally:
    """How often something occurred.

    Attributes:
        count: The number of cases.
        examples: The first 20 of them; of files the first 1,000.
    """

    count: int = 0
    examples: tuple[Example, ...] = ()

    def plus(self, examples: Iterable[Example], count: int, most: int = MOST_EXAMPLES) -> Tally:
        """Return the tally with `count` more cases, of which these are examples; so many are kept at most."""
        room = max(0, most - len(self.examples))
        return Tally(self.count + count, (*self.examples, *islice(examples, room)))


@dataclass(frozen=True)
class FileRecord:
    """A file that was read.

    Attributes:
        path: Its relative path in POSIX form.
        bytes: Its size.
        sha256: Its SHA-256.
        encoding: The encoding of a text file; of an archive those of its members, joined by commas.
        guessed: Whether the encoding was inferred from the letters, not from the form of the bytes.
        documents: The number of documents from the file.
    """

    path: str
    bytes: int
    sha256: str
    encoding: str | None = None
    guessed: bool = False
    documents: int = 0


@dataclass(frozen=True)
class ReadReport:
    """What a reader read, skipped and noticed.

    Attributes:
        source: The files and frames.
        documents: The number of documents.
        files: The files that were read.
        skipped: By reason, what could have been a document and was left out.
        ignored: Files with endings that are not read.
        notices: By kind, what was read but deserves a look (an encoding guessed, a date not understood).
        renamed: The columns of the source that are kept under another name, with that name.
        left_out: By kind, what is not read and could not have been a document: hidden files, hidden members and folders
            of archives, empty lines.

    Examples:
        >>> print(ReadReport("news", 2, skipped={"blank text": Tally(1, (Example("news/3.txt"),))}))
        2 documents from news
        skipped, blank text: 1, e.g. news/3.txt
    """

    source: str
    documents: int = 0
    files: tuple[FileRecord, ...] = ()
    skipped: Mapping[str, Tally] = field(default_factory=dict)
    ignored: Tally = Tally()
    notices: Mapping[str, Tally] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, Tally] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dicts, lists, strings and numbers, for JSON.

        Examples:
            >>> ReadReport("news", 1).to_dict()["documents"]
            1
        """
        plain = asdict(self)
        plain["files"] = list(plain["files"])
        by_kind = (plain[name].values() for name in ("skipped", "notices", "left_out"))
        for tally in (plain["ignored"], *chain.from_iterable(by_kind)):
            tally["examples"] = list(tally["examples"])
        return plain

    def __str__(self) -> str:
        lines = [f"{_number(self.documents, 'document')} from {one_line(self.source)}"]
        if self.files:
            total = sum(file.bytes for file in self.files)
            lines.append(f"{_number(len(self.files), 'file')}, {_number(total, 'byte')}{self._encodings()}")
        lines += [f"skipped, {one_line(reason)}: {_shown(tally)}" for reason, tally in self.skipped.items()]
        if self.ignored.count:
            lines.append(f"ignored, unknown file ending: {_shown(self.ignored)}")
        lines += [f"left out, {one_line(kind)}: {_shown(tally)}" for kind, tally in self.left_out.items()]
        lines += [f"note, {one_line(kind)}: {_shown(tally)}" for kind, tally in self.notices.items()]
        lines += [f"note, column {old!r} is kept as {new!r}" for old, new in self.renamed.items()]
        return "\n".join(lines)

    def warning(self) -> str | None:
        """Return in one line what was not read or became null; None if everything was read.

        Examples:
            >>> ReadReport("news", 2, skipped={"blank text": Tally(1, (Example("news/3.txt"),))}).warning()
            "not all of the source was read: blank text: 1, e.g. news/3.txt. corpus.manifest['source'] lists it."
        """
        parts = [f"{one_line(reason)}: {_shown(tally)}" for reason, tally in self.skipped.items()]
        if self.ignored.count:
            parts.append(f"unknown file ending: {_shown(self.ignored)}")
        parts += [f"{kind}: {_shown(tally)}" for kind, tally in self.notices.items() if kind in BECAME_NULL]
        if not parts:
            return None
        return f"not all of the source was read: {'; '.join(parts)}. corpus.manifest['source'] lists it."

    def _encodings(self) -> str:
        counts: dict[str, int] = {}
        for file in self.files:
            if file.encoding:
                name = f"{file.encoding} (guessed)" if file.guessed else file.encoding
                counts[name] = counts.get(name, 0) + 1
        return "".join(f"; {name}: {count:,}" for name, count in sorted(counts.items()))


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _shown(tally: Tally) -> str:
    return f"{tally.count:,}, e.g. {tally.examples[0]}" if tally.examples else f"{tally.count:,}"


@dataclass
class _FileEntry:
    path: str
    bytes: int
    sha256: str = ""
    encodings: set[str] = field(default_factory=set)
    guessed: bool = False
    documents: int = 0


class Ledger:
    """The report in the making."""

    def __init__(self) -> None:
        self.documents = 0
        self.frame_rows: list[int] = []  # of each frame read
        self.skipped: dict[str, Tally] = {}
        self.notices: dict[str, Tally] = {}
        self.left_out: dict[str, Tally] = {}
        self.ignored = Tally()
        self._files: list[_FileEntry] = []

    def skip(self, reason: str, examples: Iterable[Example], count: int = 1, *, most: int = MOST_EXAMPLES) -> None:
        """Count what was left out."""
        self.skipped[reason] = self.skipped.get(reason, Tally()).plus(examples, count, most)

    def notice(self, kind: str, examples: Iterable[Example], count: int = 1) -> None:
        """Count what was read but deserves a look."""
        self.notices[kind] = self.notices.get(kind, Tally()).plus(examples, count)

    def leave_out(self, kind: str, examples: Iterable[Example], count: int = 1) -> None:
        """Count what could not be a document."""
        self.left_out[kind] = self.left_out.get(kind, Tally()).plus(examples, count)

    def ignore(self, name: str) -> None:
        """Count a file with an unknown ending."""
        self.ignored = self.ignored.plus([Example(name)], 1, MOST_FILES)

    def file(self, path: str, size: int, sha256: str) -> int:
        """Add a file; return its number for `encoding` and `count`."""
        self._files.append(_FileEntry(path, size, sha256))
        return len(self._files) - 1

    def encoding(self, file: int, encoding: Encoding, name: str) -> None:
        """Record the encoding of a file or of one member of it."""
        entry = self._files[file]
        entry.encodings.add(encoding.name)
        if encoding.guessed:
            entry.guessed = True
            self.notice(f"encoding guessed as {encoding.name}", [Example(name)])

    def copy(self) -> Ledger:
        """Return an independent copy."""
        return deepcopy(self)

    def count(self, file: int | None, documents: int) -> None:
        """Count documents, of a file or of a frame."""
        self.documents += documents
        if file is not None:
            self._files[file].documents += documents

    def report(self, source: str, renamed: Mapping[str, str]) -> ReadReport:
        """Return the finished report."""
        files = tuple(
            FileRecord(
                entry.path,
                entry.bytes,
                entry.sha256,
                ", ".join(sorted(entry.encodings)) or None,
                entry.guessed,
                entry.documents,
            )
            for entry in self._files
        )
        return ReadReport(
            source,
            self.documents,
            files,
            dict(self.skipped),
            self.ignored,
            dict(self.notices),
            dict(renamed),
            dict(self.left_out),
        )
