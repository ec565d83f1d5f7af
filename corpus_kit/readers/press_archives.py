r"""Exports of Nexis and Factiva: files that hold many articles.

Both are read from .docx, .rtf, .html and .txt, which are told apart by their first bytes and turned into lines; a line
is a paragraph, and a row of a table has tabs between its cells. The layouts:

*Nexis, until 2018*: ``3 of 10 DOCUMENTS`` begins an article; then its source, its date with the edition, its headline,
fields such as ``BYLINE:`` and ``LENGTH: 355 words``, of which the last begins the text; then fields such as
``LOAD-DATE:`` and a notice of copyright.

*Nexis Uni*: the headline, the source, the date, a notice of copyright, fields such as ``Length: 355 words``, a line
``Body``, the text, ``Classification`` with fields, and ``End of Document``.

*Factiva*, with codes: ``HD`` headline, ``BY``, ``WC``, ``PD`` date, ``SN`` source, ``LP`` and ``TD`` text. Without: the
headline, the author, ``355 words``, the date, the source, its code, the language, a notice of copyright, and the text.
``Document`` with a number ends an article in both.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Skipped, needed
from corpus_kit.readers.press_dates import DATE, press_date
from corpus_kit.readers.web_pages import decode_page, page_lines, parse

__all__ = ["factiva", "nexis"]


def nexis() -> Reader:
    """Return a reader of exports of Nexis: LexisNexis, Nexis Uni and Nexis Advance, as .docx, .rtf, .html or .txt.

    A document is an article, its headline before its text. Columns: source, date, edition, author, section, length (the
    words that Nexis counts), language, and others that the file gives, such as publication_type and load_date. The
    number of articles that the file announces is compared with those found.
    """

    def nexis_reader(file: File) -> Iterator[Event]:
        lines = _lines(file)
        yield from _articles(_split_nexis(lines), _announced(lines))

    nexis_reader.__name__ = "nexis()"
    return nexis_reader


def factiva() -> Reader:
    """Return a reader of exports of Factiva, with or without its codes, as .html, .rtf, .docx or .txt.

    A document is an article, its headline before its text. Its id is its number in Factiva. Columns: source, source
    code, date, time, author, section, page, edition, length (the words that Factiva counts), language, and with codes
    also subject, region, company, industry and publisher.
    """

    def factiva_reader(file: File) -> Iterator[Event]:
        yield from _articles(_split_factiva(_lines(file)), None)

    factiva_reader.__name__ = "factiva()"
    return factiva_reader


@dataclass(slots=True)
class _Article:
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


class _MisfitError(Exception):
    """Why lines are no article; the text of the exception is the reason."""


_Parts = Iterator[tuple[list[str], Callable[[list[str]], _Article]]]


def _articles(parts: _Parts, announced: int | None) -> Iterator[Event]:
    """Yield the documents of the parts of an export."""
    found = number = 0
    left_out: Counter[str] = Counter()
    for number, (lines, read) in enumerate(parts, start=1):
        try:
            article = read(lines)
        except _MisfitError as misfit:
            yield Skipped(str(misfit), f"article {number:,}", next(iter(lines), "")[:100])
            continue
        found += 1
        left_out += article.left_out
        if article.metadata.get("date") is None:
            yield Notice("article without a date", 1, article.headline[:100])
        yield article.document()
    if not number:
        raise ValueError("it holds no article in a layout that is known")
    yield from (LeftOut(kind, count) for kind, count in sorted(left_out.items()))
    if announced is not None and announced != found:
        more = announced - found
        kind = (
            "article that the file announces but does not hold" if more > 0 else "article more than the file announces"
        )
        yield Notice(kind, abs(more), f"{announced:,} announced, {found:,} found")


# From files to lines.


def _lines(file: File) -> list[str]:
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


# What the layouts share.

_RIGHTS = re.compile(
    r"(?i)\s*(?:copyright\b|©|\(c\)|all rights reserved|tous droits réservés|alle rechte vorbehalten"
    r"|جميع الحقوق محفوظة|حقوق (?:النشر|الطبع))"
)
_PAGE = re.compile(r"(?i)\s*page\s+\d+\s+of\s+\d+\s*(?:©.*|copyright.*)?$")
_WORDS = re.compile(r"(?i)\s*([\d.,]+)\s*(?:words|mots|wörter|palabras|parole|كلمة|كلمات)\s*$")
_FAILED = "We are sorry but there is an error in this document"


def _count(text: str) -> int | None:
    digits = re.sub(r"[.,\s]", "", (re.search(r"\d[\d.,]*", text) or [""])[0])
    return int(digits) if digits and len(digits) < 10 else None


def _flowed(lines: Iterable[str]) -> list[str]:
    """Return paragraphs of plain text, whose lines are broken; empty lines separate them."""
    paragraphs: list[str] = []
    open_ = False
    for line in lines:
        text = " ".join(line.split())
        if text and open_:
            paragraphs[-1] += " " + text
        elif text:
            paragraphs.append(text)
        open_ = bool(text)
    return paragraphs


def _without_pages(article: _Article, lines: list[str]) -> list[str]:
    """Return lines without empty ones and numbers of pages."""
    filled = _filled(lines)
    kept = [line for line in filled if not _PAGE.match(line)]
    if len(kept) < len(filled):
        article.left_out["number of a page"] += len(filled) - len(kept)
    return kept


def _filled(lines: Iterable[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


# Nexis.

_BEGIN = re.compile(
    r"\s*(?:(?P<n>\d[\d,]*) of (?P<of>\d[\d,]*) DOCUMENTS?|Dokument (?P<n2>\d+) von (?P<of2>\d+)"
    r"|Document (?P<n3>\d+) (?:de|sur) (?P<of3>\d+))\s*$"
)
_END = re.compile(r"(?i)\s*(?:end of document|ende des dokuments|fin du document)\s*$")
_COVER = re.compile(r"\s*Documents? \((\d[\d,]*)\)\s*$")
_FIELD = re.compile(r"\s*([A-ZÄÉÈa-zäéè][A-ZÄÉÈa-zäéè]*(?:[- ][A-Za-zÄäÉéÈè]+){0,2})\s?:\s*(.*)$", re.DOTALL)
_FIELDS = {
    "byline": "author", "author": "author", "autor": "author", "auteur": "author",
    "section": "section", "rubrik": "section", "rubrique": "section",
    "length": "length", "länge": "length", "longueur": "length",
    "language": "language", "sprache": "language", "langue": "language",
    "load-date": "load_date", "publication-type": "publication_type", "subject": "subject", "dateline": "dateline",
    "highlight": "highlight", "geographic": "geographic", "company": "company", "organization": "organization",
    "person": "person", "industry": "industry", "journal code": "journal_code", "journal-code": "journal_code",
    "url": "url", "series": "series", "edition": "edition",
}  # fmt: skip
_OTHER_FIELDS = {
    "graphic", "grafik", "update", "type", "document-type", "correction", "correction-date", "pub-type", "issn", "city",
    "state", "country", "ticker", "acc-no", "notes", "copyright", "isbn", "cusip", "credit", "client/matter",
}  # fmt: skip
_CLASSIFICATION = ("Classification", "Klassifizierung")


def _announced(lines: list[str]) -> int | None:
    """Return how many articles an export says that it holds."""
    for line in lines:
        if found := _COVER.match(line) or _BEGIN.match(line):
            numbers = [number for number in found.groups() if number]
            return int(numbers[-1].replace(",", ""))
    return None


def _split_nexis(lines: list[str]) -> _Parts:
    """Yield the lines of each article, and what reads them."""
    starts = [number for number, line in enumerate(lines) if _BEGIN.match(line)]
    if starts:
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield lines[start + 1 : end], _old_nexis
        return
    article: list[str] = []
    for line in lines:
        if _END.match(line):
            yield article, _nexis_uni
            article = []
        else:
            article.append(line)
    rest = _filled(article)
    if rest and "Body" in rest:  # the last one is not complete
        yield [*article, ""], _nexis_uni


def _field(line: str) -> tuple[str, str] | None:
    """Return the name of a field in lower case and its value; None if the line is none."""
    found = _FIELD.match(line)
    name = found[1].lower() if found else ""
    return (name, " ".join(found[2].split())) if found and (name in _FIELDS or name in _OTHER_FIELDS) else None


def _keep(article: _Article, name: str, value: str) -> None:
    """Put a field of Nexis into the columns of an article."""
    column = _FIELDS.get(name)
    if column is None:
        article.left_out["field of an article that is no column"] += 1
    elif column == "length":
        article.metadata[column] = _count(value)
    elif column == "load_date":
        article.metadata[column] = press_date(value)
    else:
        article.metadata.setdefault(column, value)


def _old_nexis(lines: list[str]) -> _Article:
    """Return an article of the layout until 2018."""
    paragraphs = _flowed(lines) if "" in map(str.strip, lines) else _filled(lines)
    article = _Article()
    length = next((at for at, line in enumerate(paragraphs) if (_field(line) or ("",))[0] in _LENGTHS), None)
    if length is None:
        raise _MisfitError("article that does not fit the layout of Nexis")
    head: list[str] = []
    for line in paragraphs[: length + 1]:
        if known := _field(line):
            _keep(article, *known)
        elif _RIGHTS.match(line):
            article.left_out["notice of copyright"] += 1
        else:
            head.append(line)
    _read_head(article, head)
    body = paragraphs[length + 1 :]
    end = next((at for at, line in enumerate(body) if _is_after_text(line, body[at + 1 :])), len(body))
    article.paragraphs = body[:end]
    _read_tail(article, body[end:])
    return _checked(article)


_LENGTHS = {name for name, column in _FIELDS.items() if column == "length"}


def _is_after_text(line: str, following: list[str]) -> bool:
    """Return whether a line of the old layout is behind the text: a field in capitals, or the notice at the end."""
    found = _FIELD.match(line)
    if found and found[1].isupper() and _field(line):
        return True
    return bool(_RIGHTS.match(line)) and all(_RIGHTS.match(each) or _field(each) for each in following)


def _read_head(article: _Article, head: list[str]) -> None:
    """Read the lines before the fields of the old layout: source, date, headline, where the last two may be swapped."""
    day = next((at for at, line in enumerate(head[:5]) if at and DATE.search(line)), None)
    article.metadata["source"] = head[0] if head else ""
    rest = head[1:]
    if day is not None and (found := DATE.search(head[day])):
        article.metadata["date"] = press_date(head[day])
        after = head[day][found.end() :].strip(" ,;")
        editions = [re.sub(rf"^(?:{_WEEKDAYS})\b[ ,;]*", "", after, flags=re.IGNORECASE)]
        following = head[day + 1 :]
        while len(following) > 1 and re.search(r"(?i)edition\b|ausgabe\b|édition\b|طبعة", following[0]):
            editions.append(following.pop(0))
        article.metadata["edition"] = " ".join(filter(None, editions))
        rest = head[1:day] + following
    article.headline = " ".join(rest)


_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    "sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|الاثنين|الإثنين|الثلاثاء|الأربعاء|الاربعاء|الخميس|"
    "الجمعة|السبت|الأحد|الاحد"
)


def _read_tail(article: _Article, tail: list[str]) -> None:
    """Read the lines behind the text."""
    for line in tail:
        if known := _field(line):
            _keep(article, *known)
        elif _RIGHTS.match(line):
            article.left_out["notice of copyright"] += 1
        else:
            article.left_out["line behind the text"] += 1


def _nexis_uni(lines: list[str]) -> _Article:
    """Return an article of Nexis Uni; a cover page may be before the first one."""
    article = _Article()
    lines = _without_pages(article, lines)
    if any(line.startswith(_FAILED) for line in lines):
        raise _MisfitError("article that Nexis could not export")
    body = next((at for at, line in enumerate(lines) if line in ("Body", "Text", "Corps", "Volltext")), None)
    if body is None:
        raise _MisfitError("article that does not fit the layout of Nexis")
    head = lines[:body]
    days = [at for at, line in enumerate(head) if DATE.search(line) and not _RIGHTS.match(line) and not _field(line)]
    day = days[-1] if days else None
    if day is None or day < 2:
        raise _MisfitError("article that does not fit the layout of Nexis")
    article.headline, article.metadata["source"] = head[day - 2], head[day - 1]
    article.metadata["date"] = press_date(head[day])
    if day > 2:
        article.left_out["line of the cover page"] += day - 2
    _read_tail(article, head[day + 1 :])
    text = lines[body + 1 :]
    end = next((at for at, line in enumerate(text) if line in _CLASSIFICATION), None)
    if end is None:
        end = next((at for at, line in enumerate(text) if line.startswith("Load-Date:")), len(text))
    graphic = next((at for at in range(end) if text[at] in ("Graphic", "Grafik")), end)
    article.paragraphs = text[:graphic]
    if graphic < end:
        article.left_out["line of a caption"] += end - graphic - 1
    _read_tail(article, [line for line in text[end:] if line not in _CLASSIFICATION])
    return _checked(article)


def _checked(article: _Article) -> _Article:
    if not any(character.isalnum() for line in article.paragraphs for character in line):
        raise _MisfitError("article without text")
    return article


# Factiva.

_NUMBER = re.compile(r"\s*(?:Document|Dokument|Documento)\s+([A-Za-z]{2,12}\d[0-9A-Za-z]{9,})\s*$")
_CODE = re.compile(
    r"\s*(SE|HD|BY|CR|WC|PD|ET|SN|SC|NGC|GC|ED|PG|VOL|LA|CY|LP|TD|CX|CT|RF|CO|IN|NS|RE|IPD|IPC|PUB|AN|CLM|ART|DLN)"
    r"(?:\s*\t\s*|\s{2,}|\s*$)(.*)$"
)
_COLUMNS = {
    "BY": "author", "SE": "section", "WC": "length", "PD": "date", "ET": "time", "SN": "source", "SC": "source_code",
    "ED": "edition", "PG": "page", "LA": "language", "NS": "subject", "RE": "region", "CO": "company", "IN": "industry",
    "PUB": "publisher", "CLM": "column",
}  # fmt: skip
_LANGUAGES = re.compile(
    r"(?i)\s*(?:arabic|arabe|العربية|عربي|english|anglais|french|français|german|deutsch|spanish|español|italian|"
    r"portuguese|dutch|turkish|persian|farsi|hebrew|russian|urdu|kurdish|chinese|japanese|korean)\b.{0,25}$"
)


def _split_factiva(lines: list[str]) -> _Parts:
    """Yield the lines of each article, the last of which has its number, and what reads them."""
    article: list[str] = []
    for line in lines:
        article.append(line)
        number = re.sub(r"^\s*AN\s+", "", line)
        if _NUMBER.match(number):
            yield article, _factiva_article
            article = []
    if any(_WORDS.match(line) or line.startswith("HD") for line in article):
        yield article, _factiva_article


def _factiva_article(lines: list[str]) -> _Article:
    """Return an article of Factiva."""
    article = _Article()
    lines = _without_pages(article, lines)
    codes = {found[1] for line in lines if (found := _CODE.match(line))}
    if "HD" in codes and codes & {"LP", "TD"}:
        _read_coded(article, lines)
    else:
        _read_uncoded(article, lines)
    return _checked(article)


def _read_coded(article: _Article, lines: list[str]) -> None:
    """Read an article whose fields have codes."""
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        if found := _CODE.match(line):
            code, line = found[1], found[2]
        fields.setdefault(code, []).append(line)
    article.headline = " ".join(_filled(fields.pop("HD", [])))
    article.paragraphs = _filled(fields.pop("LP", [])) + _filled(fields.pop("TD", []))
    number = " ".join(_filled(fields.pop("AN", [])))
    article.id = found[1] if (found := _NUMBER.match(number)) else None
    article.left_out["line of the cover page"] += len(_filled(fields.pop("", [])))
    for code, values in fields.items():
        value = " ".join(_filled(values))
        column = _COLUMNS.get(code)
        if column is None:
            article.left_out["notice of copyright" if code == "CY" else "field of an article that is no column"] += 1
        elif column == "length":
            article.metadata[column] = _count(value)
        elif column == "date":
            article.metadata |= {"date": day} if (day := press_date(value)) else {}
        else:
            article.metadata[column] = value
    article.left_out = +article.left_out


def _read_uncoded(article: _Article, lines: list[str]) -> None:
    """Read an article without codes: the line with the number of words is its anchor."""
    words = next((at for at, line in enumerate(lines) if _WORDS.match(line)), None)
    if words is None or not words or words + 2 >= len(lines) or not DATE.search(lines[words + 1]):
        raise _MisfitError("article that does not fit the layout of Factiva")
    article.metadata |= {"length": _count(lines[words]), "date": press_date(lines[words + 1])}
    before = lines[:words]
    if len(before) > 1 and re.match(r"(?i)(?:by|von|par|por)\s|بقلم|كتب", before[-1]):
        article.metadata["author"] = before.pop()
    article.headline = before.pop()
    article.left_out["line before the headline"] += len(before)
    found = _NUMBER.match(lines[-1])
    article.id = found[1] if found else None
    rest = lines[words + 2 : len(lines) - bool(found)]
    if rest and re.match(r"\s*\d{1,2}:\d{2}", rest[0]):
        article.metadata["time"] = rest.pop(0)
    rights = next((at for at, line in enumerate(rest[:9]) if _RIGHTS.match(line)), None)
    language = next((at for at, line in enumerate(rest[:9]) if _LANGUAGES.match(line)), None)
    if language is None and rights is None:
        raise _MisfitError("article that does not fit the layout of Factiva")
    header = rest[: max(at for at in (rights, language) if at is not None) + 1]
    article.metadata["source"] = header[0]
    if len(header) > 1 and re.fullmatch(r"[A-Z0-9]{2,8}", header[1]):
        article.metadata["source_code"] = header[1]
    if language is not None:
        article.metadata["language"] = header[language]
    article.left_out["notice of copyright"] += rights is not None
    article.left_out = +article.left_out
    article.paragraphs = rest[len(header) :]
