"""Articles of press databases: what their exports have in common."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Skipped, needed
from corpus_kit.readers.web_pages import decode_page, page_lines, parse

__all__ = [
    "BEHIND",
    "COVER_PAGE",
    "RIGHTS",
    "Article",
    "MisfitError",
    "Parts",
    "around",
    "article_events",
    "checked",
    "count_of",
    "export_lines",
    "filled",
]

COVER_PAGE, BEHIND = "line of the cover page", "line behind the last article"
RIGHTS = re.compile(
    r"(?i)\s*(?:\(?(?:crown )?copyright\b|\(?©|\(c\)|all rights reserved|tous droits réservés|alle rechte vorbehalten"
    r"|جميع الحقوق محفوظة|حقوق (?:النشر|الطبع))"
)


@dataclass(slots=True)
class Article:
    """An article of an export.

    Attributes:
        headline: Its headline.
        paragraphs: Its text.
        metadata: Its columns.
        id: Its number in the archive.
        left_out: Lines of it that are neither.
    """

    headline: str = ""
    paragraphs: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    id: str | None = None
    left_out: Counter[str] = field(default_factory=Counter)

    def document(self) -> Document:
        """Return it as a document."""
        before = self.headline + "\n\n" if self.headline else ""
        known = {name: value for name, value in self.metadata.items() if value not in ("", None)}
        metadata = {"date": None, **known}
        headline = (0, len(self.headline)) if self.headline else None
        return Document(before + "\n".join(self.paragraphs), self.id, metadata, headline=headline)


class MisfitError(Exception):
    """Why lines are no article; the text of the exception is the reason."""


Parts = Iterator[tuple[list[str], Callable[[list[str]], Article | LeftOut]]]


def article_events(parts: Parts, announced: int | None) -> Iterator[Event]:
    """Yield the documents of the parts of an export."""
    found = number = 0
    left_out: Counter[str] = Counter()
    for lines, read in parts:
        try:
            article = read(lines)
        except MisfitError as misfit:
            number += 1
            yield Skipped(str(misfit), f"article {number:,}", next(iter(lines), "")[:100])
            continue
        if isinstance(article, LeftOut):
            left_out[article.kind] += article.count
            continue
        number += 1
        found += 1
        left_out += article.left_out
        if article.metadata.get("date") is None:
            yield Notice("article without a date", 1, article.headline[:100])
        yield article.document()
    if not number:
        raise ValueError("it holds no article in a layout that is known")
    yield from (LeftOut(kind, count) for kind, count in sorted((+left_out).items()))
    if announced is not None and announced != found:
        more = announced - found
        kind = (
            "article that the file announces but does not hold" if more > 0 else "article more than the file announces"
        )
        yield Notice(kind, abs(more), f"{announced:,} announced, {found:,} found")


# From files to lines.


def export_lines(file: File) -> list[str]:
    """Return the lines of an export; empty ones separate paragraphs of plain text.

    Raises:
        ValueError: If it is in another format.
    """
    with file.open() as stream:
        start = stream.read(1024)
    if start.startswith(b"PK"):
        return _docx_lines(file)
    if start.startswith(b"{\\rtf"):
        text = needed("striprtf.striprtf", "Exports in RTF").rtf_to_text(file.read().decode("latin-1"), errors="ignore")
        return [re.sub(r"\s*\|\s*", "\t", line).replace("\xa0", " ").strip() for line in text.splitlines()]
    if start.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise ValueError("a PDF, or a .doc or encrypted file; export the articles as .docx, .rtf, .html or .txt")
    if re.search(rb"(?i)<!doctype html|<html|<head", start):
        text, file.encoding, _ = decode_page(file.read())
        return [line.replace("\xa0", " ").strip() for line in page_lines(parse(text))]
    return [line.replace("\xa0", " ").rstrip() for line in file.text().splitlines()]


def _docx_lines(file: File) -> list[str]:
    docx = needed("docx", "Exports in .docx")
    most = file.limits.text_bytes_in(file.size)
    try:
        with file.open() as stream, zipfile.ZipFile(stream) as archive:
            size = sum(member.file_size for member in archive.infolist() if member.filename.endswith((".xml", ".rels")))
        if size > most:
            raise ValueError(f"it expands to {size:,} bytes, more than {most:,}")
        with file.open() as stream:
            document = docx.Document(stream)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"no .docx file, or damaged: {error}") from None
    lines: list[str] = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                lines += "\t".join(cell.text.strip() for cell in row.cells).splitlines()
        else:
            lines += block.text.splitlines() or [""]
    return [line.replace("\xa0", " ").strip() for line in lines]


def around(kind: str) -> Callable[[list[str]], LeftOut]:
    """Return what reads lines that are around the articles."""
    return lambda lines: LeftOut(kind, len(filled(lines)))


def count_of(text: str) -> int | None:
    digits = re.sub(r"[.,\s]", "", (re.search(r"\d[\d.,]*", text) or [""])[0])
    return int(digits) if digits and len(digits) < 10 else None


def filled(lines: Iterable[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def checked(article: Article) -> Article:
    if not any(character.isalnum() for line in article.paragraphs for character in line):
        raise MisfitError("article without text")
    return article
