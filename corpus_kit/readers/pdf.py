"""PDF files: their text in reading order, with pages as spans.

With pdfminer.six, since it says where each glyph stands; pypdf reverses Arabic on its own, run by run as it is
stored, which moves numbers and Latin words to another place of the line.

What a reader of the corpus should know:

- *Order of letters*: by their place on the page (`pdf_order`). Each page is checked by frequent words, the article and
  the ends of words. Where letters stand in reverse, as in some layers of recognised text, they are taken in the order
  in which they are stored; a page that is wrong in both orders is left out.
- *Presentation forms* (U+FB50 to U+FDFF, U+FE70 to U+FEFF) are shapes that the producer of the file wrote. They become
  letters; word ligatures such as U+FDFA, which are characters of their own, stay.
- *Paragraphs*: lines become one paragraph, with a space for the line break, as long as the line before is full, size
  and distance stay the same, and no line is indented after the end of a sentence. A hyphen within a Latin word at the
  end of a line stays, without a space after it. A paragraph goes on with the next page if its last line is full and
  ends no sentence. Columns and cells are as apart as the file stores them.
- Running headers, footers and page numbers are out and counted (`pdf_running`). Footnotes are text like any other; the
  marks that lead to them are apart from words and numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median_low
from typing import Any

from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Skipped, Span, needed
from corpus_kit.readers.pdf_order import evidence, is_right_to_left, letters, logical, mirrored, pairs
from corpus_kit.readers.pdf_process import answers
from corpus_kit.readers.pdf_running import RUNNING, Line, running_lines

__all__ = ["read_pdf"]

_HEAD = 1024  # bytes before which %PDF stands
_ENOUGH = 3  # words that speak for the reverse order
_SPACES = re.compile("[ \t\n\r\x0b\x0c\xa0]+")
_HYPHEN = re.compile(r"(?<=[A-Za-z])-\n(?=[A-Za-z0-9])")
_SENTENCE_END = (".", "؟", "!", ":", "…", "?", "»", "”")
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")

# Of the size of the font, of the distance between lines, and of the width of a column.
_LINE_SPACING, _MOST_SPACING = 1.25, 2.5
_INDENT, _CENTRED = 0.8, 4.0
_FULL = 0.8


def read_pdf(file: File) -> Iterator[Event]:
    """Read a PDF file as one document, with its title, author and date, the number of its pages, and pages as spans."""
    needed("pdfminer", "PDF files")
    with file.open() as stream:
        if b"%PDF" not in stream.read(_HEAD):
            raise ValueError("not a PDF file")
    found = _Found()
    information: dict[str, str] = {}
    pages: list[_Page] = []
    number = length = 0
    problem = ""
    for answer in answers(file):
        if "info" in answer:
            information = answer["info"]
            continue
        number += 1
        label = answer["label"] or str(number)
        if "problem" in answer:
            problem = answer["problem"]
            yield Skipped("unreadable page", label, problem)
            continue
        page = _Page(label, _page_lines(answer, label, found))
        length += sum(len(line.text) for line in page.lines)
        if length > file.limits.text_bytes:
            raise ValueError(f"a text of more than {file.limits.text_bytes:,} bytes")
        pages.append(page)
    if not any(page.lines for page in pages):
        raise ValueError(found.reason(number, problem))
    text, spans = _joined_pages(_without_running(pages, found))
    yield Document(text, metadata=_metadata(information, number), spans=spans)
    yield from found.events()


@dataclass
class _Page:
    label: str
    lines: list[Line]


@dataclass
class _Found:
    """What is remarkable about pages: how many there are, and the first of them."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, label: str, count: int = 1) -> None:
        if count:
            self.counts[kind] += count
            self.first.setdefault(kind, f"page {label}")

    def reason(self, pages: int, problem: str) -> str:
        """Return why there is no text."""
        if problem:
            return f"damaged: no page can be read ({problem})"
        if self.counts[_DISORDERED]:
            return "no text whose letters are in order"
        if self.counts[_NAMELESS]:
            return "no text: it shows glyphs and does not say of which characters; made with another program or font?"
        return f"no text; scanned? {pages:,} pages, {self.counts[_SCANNED]:,} of them with images"

    def events(self) -> Iterator[Event]:
        for kind, count in self.counts.items():
            event = LeftOut if kind in _LEFT_OUT else Notice
            yield event(kind, count, self.first[kind])


_SCANNED = "page of images without text"
_EMPTY = "page without text"
_DISORDERED = "page whose letters are out of order"
_SILENT = "glyphs for which the file states no text"
_HIDDEN = "glyphs outside of what the page shows"
_NAMELESS = "page most of whose characters the file does not say"
_LEFT_OUT = frozenset((_SCANNED, _EMPTY, _DISORDERED, _HIDDEN, _NAMELESS, *RUNNING))
_MENDED = "page with reversed text, put in order"
_FORMS = "presentation forms, read as letters"
_UNKNOWN = "glyphs whose character the file does not say (U+FFFD)"


def _page_lines(page: dict[str, Any], label: str, found: _Found) -> list[Line]:
    """Return the lines of a page; none if it has no text, or none that can be read."""
    seen = [[letters(glyph) for glyph in line["seen"]] for line in page["lines"]]
    if not any(glyph.strip() for line in seen for glyph in line):
        found.add(_SCANNED if page["images"] else _EMPTY, label)
        return []
    if 2 * page["unknown"] > sum(len(glyph.strip()) > 0 for line in seen for glyph in line):
        found.add(_NAMELESS, label)
        return []
    lines = _in_order(seen)
    if _is_reversed(lines):
        lines = [_joined(letters(glyph) for glyph in line["stored"] or line["seen"]) for line in page["lines"]]
        if _is_reversed(lines) or not evidence("\n".join(lines))[0]:
            found.add(_DISORDERED, label)
            return []
        found.add(_MENDED, label)
    found.add(_FORMS, label, _changed(page["lines"], seen))
    found.add(_UNKNOWN, label, page["unknown"])
    found.add(_SILENT, label, page["silent"])
    found.add(_HIDDEN, label, page["hidden"])
    right_to_left = is_right_to_left(lines)
    return [Line(text, line["place"], right_to_left) for text, line in zip(lines, page["lines"], strict=True) if text]


def _in_order(seen: list[list[str]]) -> list[str]:
    """Return the lines of a page in reading order, by where their glyphs stand."""
    right_to_left = is_right_to_left(glyph for line in seen for glyph in line)
    lines = [logical(line, right_to_left or is_right_to_left(line)) for line in seen]
    turn = pairs(lines) <= 0  # most producers state shapes
    return [_joined(mirrored(line, turn)) for line in lines]


def _joined(glyphs: Any) -> str:
    """Return the text of glyphs with single spaces. A glyph of the word Allah may or may not have its alef."""
    text = "".join(glyphs).replace("اﷲ", "الله").replace("ﷲ", "الله")
    return _SPACES.sub(" ", text).strip(" ")


def _is_reversed(lines: list[str]) -> bool:
    forwards, backwards = evidence("\n".join(lines))
    return backwards >= _ENOUGH and backwards > forwards


def _changed(page: list[dict[str, Any]], seen: list[list[str]]) -> int:
    """Return how many glyphs were presentation forms."""
    return sum(
        before != after
        for line, read in zip(page, seen, strict=True)
        for before, after in zip(line["seen"], read, strict=True)
    )


def _without_running(pages: list[_Page], found: _Found) -> list[_Page]:
    """Return pages without the lines that run along, and without pages of only such; as they are if all are."""
    running = list(running_lines([page.lines for page in pages]))
    out = {id(each.line) for each in running}
    left = [_Page(page.label, [line for line in page.lines if id(line) not in out]) for page in pages]
    left = [page for page in left if page.lines]
    if not left:
        return [page for page in pages if page.lines]
    for each in running:
        found.add(each.kind, pages[each.page].label)
    return left


def _joined_pages(pages: list[_Page]) -> tuple[str, list[Span]]:
    """Return the text of pages, with a paragraph that runs over the end of a page as one."""
    parts: list[str] = []
    spans: list[Span] = []
    length = 0
    for number, page in enumerate(pages):
        text = "\n".join(_paragraphs(page.lines))
        spans.append(Span("page", length, length + len(text), page.label))
        between = ""
        if number + 1 < len(pages):
            between = " " if _runs_over(page.lines, pages[number + 1].lines) else "\n\n"
        if between == " " and _HYPHEN.fullmatch(text[-2:] + "\n" + pages[number + 1].lines[0].text[0], 1):
            between = ""
        parts += text, between
        length += len(text) + len(between)
    return "".join(parts), spans


def _paragraphs(lines: list[Line]) -> Iterator[str]:
    """Join the lines of a page to paragraphs."""
    ends = _ends(lines)
    distances = [before.across - after.across for before, after in pairwise(lines)]
    spacing = median_low([each for each in distances if each > 0] or [0.0])
    size = median_low([line.size for line in lines])
    part: list[str] = []
    for number, line in enumerate(lines):
        part.append(line.text + "\n")
        following = lines[number + 1] if number + 1 < len(lines) else None
        own = spacing * max(1.0, line.size / size)  # lines of a heading are farther apart
        if following is None or not _goes_on(line, following, own, ends[line.column]):
            yield _HYPHEN.sub("-", "".join(part)).strip("\n").replace("\n", " ")
            part = []


def _ends(lines: list[Line]) -> dict[int, float]:
    """Return where the lines of each column end at most."""
    ends: dict[int, float] = {}
    for line in lines:
        for column in (line.column - 1, line.column, line.column + 1):
            ends[column] = max(ends.get(column, line.end), line.end)
    return ends


def _goes_on(line: Line, following: Line, spacing: float, end: float) -> bool:
    """Return whether the paragraph goes on with the following line."""
    distance = line.across - following.across
    indent = following.begin - line.begin
    return (
        0 < distance <= min(_LINE_SPACING * spacing, _MOST_SPACING * line.size)
        and _is_full(line, end)
        and abs(line.size - following.size) <= 0.1 * line.size
        and indent > -_CENTRED * line.size
        and (indent < _INDENT * line.size or not line.text.endswith(_SENTENCE_END))
    )


def _runs_over(before: list[Line], after: list[Line]) -> bool:
    """Return whether the last paragraph of a page goes on with the first line of the next one."""
    line, following = before[-1], after[0]
    return (
        len(before) > 1
        and _is_full(line, _ends(before)[line.column])
        and abs(line.size - following.size) <= 0.1 * line.size
        and abs(following.begin - line.begin) < _INDENT * line.size
        and not line.text.endswith(_SENTENCE_END)
    )


def _is_full(line: Line, end: float) -> bool:
    return line.end - line.begin >= _FULL * (end - line.begin)


def _metadata(information: dict[str, str], pages: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, key in (("title", "Title"), ("author", "Author")):
        if value := information.get(key, "").strip("\0 "):
            found[column] = value
    if match := _DATE.match(information.get("CreationDate", "")):
        year, month, day = (int(part or 1) for part in match.groups())
        try:
            found["created"] = dt.date(year, month, day)
        except ValueError:  # no day of the calendar
            found["created"] = None
    return {**found, "pages": pages}
