"""What the readers of office files share: paragraphs gathered to a text with spans, packages and XML within bounds."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Span, needed
from corpus_kit.readers.limits import Budget

__all__ = ["Gathered", "checked_package", "opened_package", "parsed", "read_member", "without_entities"]

_PIECE = 1 << 20  # bytes
_NODE = 128  # bytes that an element or an attribute takes in memory at least
_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what the formats allow, and zipfile unpacks piece by piece
_OLE = b"\xd0\xcf\x11\xe0"  # old Office files, and the envelope of encrypted ones


@dataclass
class Gathered:
    """Paragraphs, gathered one after another, and what was left out."""

    left_out: Counter[str] = field(default_factory=Counter)
    spans: list[Span] = field(default_factory=list)
    headline: tuple[int, int] | None = None
    tables: int = 0  # how many are open
    _lines: list[str] = field(default_factory=list)
    _length: int = 0
    _part: list[str] = field(default_factory=list)
    _open: list[tuple[str, str | None, int, int]] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Add text to the paragraph."""
        self._part.append(text)

    @property
    def has_text(self) -> bool:
        """Whether the paragraph has text so far."""
        return any(self._part)

    def end_paragraph(self, level: int | None = None) -> None:
        """End the paragraph, which may be a heading; 0 is the title. Empty ones at the beginning and in tables go."""
        text = "".join(self._part)
        self._part.clear()
        if not text.strip() and (self.tables or not self._lines):
            return
        start = self._length + 1 if self._lines else 0
        self._lines.append(text)
        self._length = start + len(text)
        if level is not None and text.strip():
            self.spans.append(Span("heading", start, self._length, str(level)))
            if level == 0 and self.headline is None and start == 0:
                self.headline = (start, self._length)

    @contextmanager
    def part(self, kind: str, value: str | None = None) -> Iterator[None]:
        """Make a span of the paragraphs that are added meanwhile, if there are any."""
        if self.has_text:
            self.end_paragraph()
        first, place = len(self._lines), len(self.spans)
        before = self._length
        yield
        if self.has_text:
            self.end_paragraph()
        start = before + 1 if first else 0
        if self._length > start:
            self.spans.insert(place, Span(kind, start, self._length, value))

    def events(self, metadata: dict[str, Any]) -> Iterator[Event]:
        """Yield the document, then what was left out. Raises ValueError if there is no text."""
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()
        if not self._lines:
            raise ValueError("no text")
        text = "\n".join(self._lines)
        spans = [Span(each.kind, each.start, min(each.end, len(text)), each.value) for each in self.spans]
        yield Document(text, metadata=metadata, headline=self.headline, spans=spans)
        for kind, count in self.left_out.items():
            if count:
                yield LeftOut(kind, count)


@contextmanager
def opened_package(file: File, what: str) -> Iterator[tuple[Any, zipfile.ZipFile]]:
    """Open the .zip file that an office file is, and check what it unpacks to: the stream, and the archive.

    Raises:
        ValueError: If it is none, is encrypted or expands to too much.
    """
    with file.open() as stream:
        head = stream.read(len(_OLE))
        stream.seek(0)
        if head == _OLE:
            encrypted = "EncryptedPackage".encode("utf-16-le") in stream.read(min(file.size, file.limits.text_bytes))
            raise ValueError("encrypted with a password" if encrypted else f"an old Office file, not {what}")
        try:
            with zipfile.ZipFile(stream) as archive:
                checked_package(archive, file)
                yield stream, archive
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise ValueError(f"damaged: {error}") from error


def checked_package(archive: zipfile.ZipFile, file: File) -> None:
    """Raise ValueError if the members of an archive, or the trees of its XML, take too much memory."""
    members = archive.infolist()
    if len(members) > file.limits.members:
        raise ValueError(f"{len(members):,} members, more than {file.limits.members:,}")
    budget = Budget(file.limits, file.size)
    for info in members:
        if info.flag_bits & 1:
            raise ValueError("encrypted with a password")
        if info.compress_type not in _COMPRESSION:
            raise ValueError(f"damaged: {info.filename!r} is compressed by an unknown method")
        budget.spend(info.file_size)
        if info.filename.endswith((".xml", ".rels")):
            with archive.open(info) as stream:
                while piece := stream.read(_PIECE):
                    budget.spend(_NODE * (piece.count(b"<") + piece.count(b"=")))


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member; empty if there is none."""
    return archive.read(name) if name in archive.namelist() else b""


def parsed(data: bytes) -> Any:
    """Return the root of XML, parsed without entities and network. Raises ValueError if it is damaged."""
    etree = needed("lxml.etree", "Office files")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"damaged XML: {error}") from error
    return without_entities(root)


def without_entities(root: Any) -> Any:
    """Return a root. Raises ValueError if its document declares entities, which no office program writes."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("XML with a document type declaration, which may hold entities")
    return root
