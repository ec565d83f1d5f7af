"""What was read and what was not: the record that a reader leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from corpus_kit.readers.encodings import Encoding

__all__ = ["Example", "FileRecord", "Ledger", "ReadReport", "Tally"]

_EXAMPLES = 20


@dataclass(frozen=True)
class Example:
    """One case: the source, the row (from 0) or line (from 1) in it, if it has rows, and what was found."""

    source: str
    row: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        where = self.source if self.row is None else f"{self.source}:{self.row}"
        return f"{where} ({self.detail})" if self.detail else where


@dataclass(frozen=True)
class Tally:
    """How often something happened, and the first 20 cases."""

    count: int = 0
    examples: tuple[Example, ...] = ()

    def plus(self, examples: Iterable[Example], count: int) -> Tally:
        """Return the tally with `count` more cases, of which these are examples."""
        room = _EXAMPLES - len(self.examples)
        return Tally(self.count + count, (*self.examples, *islice(examples, room)))


@dataclass(frozen=True)
class FileRecord:
    """A file that was read.

    `path` is relative, in POSIX form. `encoding` is that of a text file; of an archive those of its members, joined
    by commas. `guessed` says that it was inferred from the letters, not from the form of the bytes. `documents` are
    those taken over from the file.
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

    `skipped`, by reason, holds what could have been a document and is none; `ignored` files of endings that are not
    read; `notices`, by kind, what was read but deserves a look (an encoding guessed, a date not understood).
    `renamed` maps columns of the source to the names under which they are kept.

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

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain dicts, lists, strings and numbers, for JSON.

        >>> ReadReport("news", 1).to_dict()["documents"]
        1
        """
        plain = asdict(self)
        plain["files"] = list(plain["files"])
        for tally in (plain["ignored"], *plain["skipped"].values(), *plain["notices"].values()):
            tally["examples"] = list(tally["examples"])
        return plain

    def __str__(self) -> str:
        lines = [f"{_number(self.documents, 'document')} from {self.source}"]
        if self.files:
            total = sum(file.bytes for file in self.files)
            lines.append(f"{_number(len(self.files), 'file')}, {_number(total, 'byte')}{self._encodings()}")
        lines += [f"skipped, {reason}: {_shown(tally)}" for reason, tally in self.skipped.items()]
        if self.ignored.count:
            lines.append(f"ignored, file ending not read: {_shown(self.ignored)}")
        lines += [f"note, {kind}: {_shown(tally)}" for kind, tally in self.notices.items()]
        lines += [f"note, column {old!r} is kept as {new!r}" for old, new in self.renamed.items()]
        return "\n".join(lines)

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
    """Collects, while reading, what the report will say."""

    def __init__(self) -> None:
        self.documents = 0
        self.frame_rows: list[int] = []  # of each frame read
        self.skipped: dict[str, Tally] = {}
        self.notices: dict[str, Tally] = {}
        self.ignored = Tally()
        self._files: list[_FileEntry] = []

    def skip(self, reason: str, examples: Iterable[Example], count: int = 1) -> None:
        self.skipped[reason] = self.skipped.get(reason, Tally()).plus(examples, count)

    def notice(self, kind: str, examples: Iterable[Example], count: int = 1) -> None:
        self.notices[kind] = self.notices.get(kind, Tally()).plus(examples, count)

    def ignore(self, name: str) -> None:
        self.ignored = self.ignored.plus([Example(name)], 1)

    def file(self, path: str, size: int, sha256: str) -> int:
        """Enter a file; return the number by which `encoding` and `count` know it."""
        self._files.append(_FileEntry(path, size, sha256))
        return len(self._files) - 1

    def encoding(self, file: int, encoding: Encoding, name: str) -> None:
        entry = self._files[file]
        entry.encodings.add(encoding.name)
        if encoding.guessed:
            entry.guessed = True
            self.notice(f"encoding guessed as {encoding.name}", [Example(name)])

    def copy(self) -> Ledger:
        return deepcopy(self)

    def count(self, file: int | None, documents: int) -> None:
        self.documents += documents
        if file is not None:
            self._files[file].documents += documents

    def report(self, source: str, renamed: Mapping[str, str]) -> ReadReport:
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
        skipped, notices = dict(self.skipped), dict(self.notices)
        return ReadReport(source, self.documents, files, skipped, self.ignored, notices, dict(renamed))
