"""Books in EPUB, 2 and 3: the pages of the reading order, with their chapters.

A line is a paragraph, a heading or a line of a verse. White space is normalised as a browser shows it.

References:
    W3C (2023). EPUB 3.3. https://www.w3.org/TR/epub-33
"""

from __future__ import annotations

import codecs
import io
import posixpath
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from html.entities import html5
from typing import Any, NamedTuple
from urllib.parse import unquote

from corpus_kit._base.arguments import boolean, integer
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Skipped, Span, needed
from corpus_kit.readers.limits import Budget, beyond
from corpus_kit.readers.text_builder import Mark, TextBuilder, chapter_documents, chapter_kind, trimmed
from corpus_kit.readers.web_pages import decode_page
from corpus_kit.readers.xml_files import NotWellFormedError, local_name, parse, tree

__all__ = ["epub"]

_DEEPEST = 9
_PAGES = (
    "application/xhtml+xml", "text/html", "application/x-dtbook+xml", "application/xml", "text/xml",
    "text/x-oeb1-document",
)  # fmt: skip
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NAVIGATION = "application/x-dtbncx+xml"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30};)")
_XML_ENTITIES = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}

_BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
])  # fmt: skip
_SEPARATORS = {**dict.fromkeys(_BLOCKS, "\n"), "td": "\t", "th": "\t"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NEVER = {"head": "", "script": "", "style": "", "template": "", "nav": "", "rp": "",
          "rt": "readings beside characters", "svg": "images", "math": "formulas"}  # fmt: skip
_IMAGES = frozenset(["img", "image", "object", "video", "audio"])
_NOTES = frozenset(["footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes", "note", "notes",
                    "doc-footnote", "doc-endnote", "doc-endnotes"])  # fmt: skip
_NOTE_MARKS = frozenset(["noteref", "doc-noteref", "backlink", "referrer", "doc-backlink"])
_NOTE_CLASSES = frozenset(["footnote", "footnotes", "endnote", "endnotes"])
_NOTE_SIGN = re.compile(
    r"[\[\](){}\s\u200e\u200f]*(?:\d{1,3}|[*\u066d\u2020\u2021\u00a7\u2191\u21a9\ufe0e\ufe0f]+)[\[\](){}.\s]*"
)
_PAGE_BREAKS = frozenset(["pagebreak", "doc-pagebreak"])

_COLUMNS = {"title": "title", "creator": "author", "contributor": "contributor", "publisher": "publisher",
            "date": "published", "language": "language", "identifier": "identifier", "source": "source",
            "rights": "licence", "subject": "keywords"}  # fmt: skip


def epub(*, notes: bool = False, divisions: int | None = None) -> Reader:
    """Return a reader of books in EPUB, one document a book.

    Spans are "chapter", "chapter_2" and so on, from the table of contents or, where it has none, from the headings (the
    value is the title); "page", where the book marks the pages of print; and "note", if asked for. Left out are the
    table of contents, pages outside the reading order, images, notes, and the signs that lead to notes and back: links
    to a place in the book that are a number or an asterisk. Notes are what the book marks as such, by its type, role or
    class.

    Columns, where the book has them: title, author, contributor, publisher, published, language, identifier, source,
    licence, keywords (a list).

    Args:
        notes: Keep footnotes and endnotes, where they stand in the book.
        divisions: Make each chapter down to this level a document, with the columns chapter, chapter_level and page
            (where it begins); what comes before the first one is a document, too. None keeps books whole.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> epub(notes=True, divisions=1).__name__
        'epub(notes=True, divisions=1)'
    """
    boolean(notes, "notes")
    level = None if divisions is None else integer(divisions, "divisions", least=1, most=_DEEPEST)

    def read_epub(file: File) -> Iterator[Event]:
        with file.open() as stream:
            container = _Container(file, stream)
            package = _Package(container)
            book = _Book(container, notes=notes)
            for item in package.spine:
                yield from book.read(item)
            text, spans = book.finish(*package.contents())
        if not text:
            raise ValueError("no text in its pages")
        if level is None:
            yield Document(text, metadata=package.columns, spans=spans)
        else:
            yield from chapter_documents(text, spans, package.columns, level)
        for kind, count in (book.left_out + package.left_out).items():
            yield LeftOut(kind, count)
        if book.mended:
            yield Notice("pages that are not well-formed, read as HTML", len(book.mended), book.mended[0])

    read_epub.__name__ = f"epub(notes={notes}, divisions={level})"
    return read_epub


class _Item(NamedTuple):
    """A file of a book."""

    path: str
    media: str
    properties: frozenset[str]


class _Entry(NamedTuple):
    """An entry of a table of contents or a list of pages."""

    level: int
    title: str
    path: str
    anchor: str


def _entry(found: tuple[int, str, str], folder: str) -> _Entry:
    level, title, target = found
    return _Entry(level, title, *_resolved(target, folder))


class _Container:
    """The files in a book, unpacked one by one within limits."""

    def __init__(self, file: File, stream: Any) -> None:
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            raise ValueError(f"damaged archive: {error}") from None
        members = self._zip.infolist()
        if len(members) > file.limits.members:
            raise beyond("members", file.limits, len(members), "Divide the book")
        self._members = {member.filename: member for member in members}
        self._by_folded = {name.casefold(): member for name, member in self._members.items()}
        self._budget = Budget(file.limits, file.size)
        self.most = file.limits.text_bytes

    def __contains__(self, name: str) -> bool:
        return self._member(name) is not None

    def _member(self, name: str) -> zipfile.ZipInfo | None:
        return self._members.get(name) or self._by_folded.get(name.casefold())  # some programs mind no capitals

    def read(self, name: str) -> bytes:
        """Return the bytes of a file. Raises ValueError if it is missing, damaged, encrypted or too large."""
        member = self._member(name)
        if member is None:
            raise ValueError(f"{name} is missing")
        if member.flag_bits & 1:
            raise ValueError(f"{name} is encrypted")
        self._budget.spend(member.file_size)
        try:
            with self._zip.open(member) as stream:
                return stream.read(member.file_size)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
            raise ValueError(f"damaged archive: {name}: {error}") from None


class _Package:
    """What the package document says: metadata, reading order, and where the table of contents is.

    Attributes:
        columns: The metadata.
        spine: The pages in their order, without the table of contents.
        left_out: What is not read.
    """

    def __init__(self, container: _Container) -> None:
        self._container = container
        self.left_out: Counter[str] = Counter()
        path = _root_file(container)
        root = tree(_without_names(container.read(path)))
        self.columns = _columns(root)
        self._items = _manifest(root, posixpath.dirname(path))
        _expect_no_encryption(container, self._items)
        guide = {
            _resolved(each.get("href", ""), posixpath.dirname(path))[0]
            for each in root.iter("{*}reference")
            if each.get("type") == "toc"
        }
        self.spine: list[_Item] = []
        spine = root.find(".//{*}spine")
        for reference in [] if spine is None else spine.iter("{*}itemref"):
            item = self._items.get(reference.get("idref", ""))
            if item is not None and ("nav" in item.properties or item.path in guide):
                continue
            if reference.get("linear") == "no":
                self.left_out["pages outside the reading order"] += 1
            elif item is None:
                self.left_out["pages that are not in the list of files"] += 1
            elif item.media in _PAGES or item.path.lower().endswith((".xhtml", ".html", ".htm")):
                self.spine.append(item)
            else:
                self.left_out["images" if item.media.startswith("image/") else "pages of another type"] += 1
        self._toc = None if spine is None else spine.get("toc")

    def contents(self) -> tuple[list[_Entry], list[_Entry]]:
        """Return the entries of the table of contents and of the list of pages; none if they cannot be read."""
        items = list(self._items.values())
        nav = next((item for item in items if "nav" in item.properties), None)
        ncx = self._items.get(self._toc or "") or next((item for item in items if item.media == _NAVIGATION), None)
        chapters: list[_Entry] = []
        pages: list[_Entry] = []
        for item, chapters_of, pages_of in ((nav, _nav_chapters, _nav_pages), (ncx, _ncx_chapters, _ncx_pages)):
            if item is not None and item.path in self._container:
                try:
                    root = tree(_without_names(self._container.read(item.path)))
                except NotWellFormedError:
                    continue
                folder = posixpath.dirname(item.path)
                chapters = chapters or [_entry(each, folder) for each in chapters_of(root)]
                pages = pages or [_entry(each, folder) for each in pages_of(root)]
        return chapters, pages


class _Book:
    """The text and the spans of a book, page by page."""

    def __init__(self, container: _Container, *, notes: bool) -> None:
        self._container = container
        self._notes = notes
        self._text: list[str] = []
        self._length = 0
        self._spans: list[Span] = []
        self._starts: dict[str, tuple[int, dict[str, int]]] = {}
        self._headings: list[tuple[int, str, int]] = []
        self._breaks: list[tuple[int, str | None]] = []
        self.left_out: Counter[str] = Counter()
        self.mended: list[str] = []

    def read(self, item: _Item) -> Iterator[Skipped]:
        """Add a page; one that is missing is reported."""
        if item.path not in self._container:
            yield Skipped("missing page of a book", item.path)
            return
        page = self._parsed(item, self._container.read(item.path))
        text, spans = page.builder.finish()
        if text and self._length:
            self._text.append("\n")
            self._length += 1
        start = self._length
        self._starts.setdefault(item.path, (start, page.anchors))
        self._spans += [Span(span.kind, span.start + start, span.end + start, span.value) for span in spans]
        for level, first, last in page.headings:
            self._headings.append((level, " ".join(text[first:last].split()), first + start))
        self._breaks += [(place + start, name) for place, name in page.breaks]
        self.left_out += page.left_out
        self._text.append(text)
        self._length += len(text)
        if self._length > self._container.most:
            raise ValueError(f"a text of more than {self._container.most:,} characters")

    def finish(self, contents: list[_Entry], pages: list[_Entry]) -> tuple[str, list[Span]]:
        """Return the text and its spans, with the chapters of the table of contents or of the headings."""
        text = "".join(self._text)
        chapters = self._placed(contents)
        breaks = self._breaks or [(place, title) for _, title, place in self._placed(pages)]
        chapters = sorted(chapters or self._headings, key=lambda chapter: (chapter[2], chapter[0]))
        found = list(self._spans)
        open_chapters: list[tuple[int, str, int]] = []
        for chapter in [*chapters, (0, "", len(text))]:
            while open_chapters and open_chapters[-1][0] >= chapter[0]:
                level, title, start = open_chapters.pop()
                found.append(Span(chapter_kind(level), start, chapter[2], title or None))
            open_chapters.append(chapter)
        ends = [place for place, _ in breaks[1:]] + [len(text)]
        found += [Span("page", place, end, name) for (place, name), end in zip(breaks, ends, strict=False)]
        spans = [Span(each.kind, *trimmed(text, each.start, each.end), each.value) for each in found]
        return text, sorted((each for each in spans if each.start < each.end), key=lambda span: (span.start, -span.end))

    def _placed(self, entries: list[_Entry]) -> list[tuple[int, str, int]]:
        """Return level, title and place of entries, as far as what they lead to was read."""
        found = []
        for level, title, path, anchor in entries:
            if path in self._starts:
                start, anchors = self._starts[path]
                found.append((level, title, start + anchors.get(anchor, 0)))
        return found

    def _parsed(self, item: _Item, data: bytes) -> _Page:
        page = _Page(self._container.most, notes=self._notes)
        try:
            for _ in parse(io.BytesIO(_without_names(data)), page):
                pass
        except NotWellFormedError:
            page = _Page(self._container.most, notes=self._notes)
            etree = needed("lxml.etree", "EPUB files")
            parser = etree.HTMLParser(target=page, no_network=True, huge_tree=False)
            parser.feed(_without_declaration(decode_page(data)[0]))
            parser.close()
            self.mended.append(item.path)
        return page


class _Page:
    """Takes the events of a page and makes a text of it.

    Attributes:
        builder: The text.
        anchors: Where each id is.
        headings: Level, start and end of each heading.
        breaks: Where pages of print begin, and their numbers.
        left_out: What is not read.
    """

    def __init__(self, most: int, *, notes: bool) -> None:
        self.builder = TextBuilder(most)
        self.anchors: dict[str, int] = {}
        self.headings: list[tuple[int, int, int]] = []
        self.breaks: list[tuple[int, str | None]] = []
        self.left_out: Counter[str] = Counter()
        self._keeps_notes = notes
        self._skipped = 0
        self._open: list[tuple[str, int, bool]] = []  # name, start, whether a note
        self._preformatted = 0  # open elements <pre>
        self._link: Mark | None = None  # where the open link began that may lead to a note
        self._last_note = -1  # where the last one began
        self._names: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if self._skipped:
            self._skipped += 1
            return
        name = self._names.get(tag) or self._names.setdefault(tag, local_name(tag).lower())
        types: frozenset[str] = frozenset()
        if attributes:
            for anchor in (attributes.get("id"), attributes.get("name") if name == "a" else None):
                if anchor:
                    self.anchors.setdefault(anchor, self.builder.length)
            roles = attributes.get(_TYPE) or attributes.get("epub:type"), attributes.get("role")
            types = frozenset(" ".join(filter(None, roles)).split())
            if name in _BLOCKS:
                types |= _NOTE_CLASSES.intersection(attributes.get("class", "").split())
        left_out = "hidden text" if "hidden" in attributes else self._left_out(name, types)
        if types & _PAGE_BREAKS:
            number = attributes.get("title") or attributes.get("aria-label") or attributes.get("id")
            self.breaks.append((self.builder.length, number))
            left_out = ""
        if left_out is not None:
            self._skipped = 1
            if left_out:
                self.left_out[left_out] += 1
            if name in _BLOCKS:
                self.builder.separate("\n")
            return
        if separator := _SEPARATORS.get(name):
            self.builder.separate(separator)
        if name == "pre":
            self._preformatted += 1
        elif name == "a":
            self._link = self.builder.mark() if "#" in attributes.get("href", "") else None
        self._open.append((name, self.builder.length, bool(types & _NOTES)))

    def data(self, text: str) -> None:
        """Take characters."""
        if self._skipped:
            return
        lines = text.split("\n") if self._preformatted else [text]
        for number, line in enumerate(lines):
            if number:
                self.builder.separate("\n")
            self.builder.add(line)

    def end(self, _tag: str) -> None:
        """Take the end of an element."""
        if self._skipped:
            self._skipped -= 1
            return
        if not self._open:
            return
        name, start, is_note = self._open.pop()
        if name == "pre":
            self._preformatted -= 1
        elif name == "a" and self._link:
            if _NOTE_SIGN.fullmatch(self.builder.since(self._link)):
                self.builder.go_back(self._link)
            self._link = None
        if is_note and self._last_note < start:  # not what holds several
            self._last_note = start
            self.builder.span("note", start)
        if name in _HEADINGS:
            self.headings.append((_HEADINGS[name], start, self.builder.length))
        if separator := _SEPARATORS.get(name):
            self.builder.separate(separator)

    def close(self) -> None:
        """Take the end of the page."""

    def _left_out(self, name: str, types: frozenset[str]) -> str | None:
        """Return as what an element is left out, "" if that need not be said, None if it is read."""
        if name in _IMAGES:
            return "images"
        if name in _NEVER:
            return _NEVER[name]
        if types & _NOTE_MARKS:
            return ""
        return "notes" if types & _NOTES and not self._keeps_notes else None


def _root_file(container: _Container) -> str:
    """Return the path of the package document."""
    if "META-INF/container.xml" not in container:
        raise ValueError("no EPUB: META-INF/container.xml is missing")
    found = next(tree(container.read("META-INF/container.xml")).iter("{*}rootfile"), None)
    path = unquote(found.get("full-path", "")).replace("\\", "/") if found is not None else ""
    if path not in container:
        raise ValueError("no EPUB: its package document is missing")
    return path


def _columns(root: Any) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for element in root.iter("{http://purl.org/dc/elements/1.1/}*"):
        name = _COLUMNS.get(local_name(element.tag))
        text = " ".join("".join(element.itertext()).split())
        if name and text and text not in found.setdefault(name, []):
            found[name].append(text)
    columns: dict[str, Any] = {name: "; ".join(values) for name, values in found.items() if values}
    if "keywords" in columns:
        columns["keywords"] = found["keywords"]
    return columns


def _manifest(root: Any, folder: str) -> dict[str, _Item]:
    return {
        item.get("id", ""): _Item(
            _resolved(item.get("href", ""), folder)[0],
            item.get("media-type", ""),
            frozenset(item.get("properties", "").split()),
        )
        for item in root.iterfind(".//{*}manifest/{*}item")
    }


def _expect_no_encryption(container: _Container, items: dict[str, _Item]) -> None:
    """Raise ValueError if rights management encrypts pages; fonts may be obfuscated, which hides no text."""
    if "META-INF/encryption.xml" not in container:
        return
    pages = {item.path for item in items.values() if item.media in _PAGES}
    for data in tree(container.read("META-INF/encryption.xml")).iter("{*}EncryptedData"):
        if any(_resolved(each.get("URI", ""), "")[0] in pages for each in data.iter("{*}CipherReference")):
            raise ValueError("its pages are encrypted (digital rights management)")


def _nav(root: Any, kind: str) -> Any:
    """Return the list of a kind in an EPUB 3 navigation document; one without a kind is the table of contents."""
    wanted = ("toc", None) if kind == "toc" else (kind,)
    found = {each: nav for nav in reversed(list(root.iter("{*}nav"))) for each in nav.get(_TYPE, "").split() or [None]}
    return next((found[each] for each in wanted if each in found), None)


def _nav_chapters(root: Any) -> Iterator[tuple[int, str, str]]:
    """Yield level, title and target; a title that is no link stands for what the first link below it leads to."""
    toc = _nav(root, "toc")
    for item in [] if toc is None else toc.iter("{*}li"):
        label = next((each for each in item.iter("{*}a", "{*}span") if next(each.iterancestors("{*}li")) is item), None)
        link = next((each for each in item.iter("{*}a") if each.get("href")), None)
        if label is not None and link is not None:
            depth = sum(1 for _ in item.iterancestors("{*}ol"))
            yield max(1, depth), " ".join("".join(label.itertext()).split()), link.get("href")


def _nav_pages(root: Any) -> Iterator[tuple[int, str, str]]:
    pages = _nav(root, "page-list")
    for link in [] if pages is None else pages.iter("{*}a"):
        if link.get("href"):
            yield 1, " ".join("".join(link.itertext()).split()), link.get("href")


def _ncx_chapters(root: Any) -> Iterator[tuple[int, str, str]]:
    for point in root.iter("{*}navPoint"):
        yield from _ncx_entry(point, 1 + sum(1 for _ in point.iterancestors("{*}navPoint")))


def _ncx_pages(root: Any) -> Iterator[tuple[int, str, str]]:
    for target in root.iter("{*}pageTarget"):
        yield from _ncx_entry(target, 1)


def _ncx_entry(element: Any, level: int) -> Iterator[tuple[int, str, str]]:
    """Yield level, title and target of an entry of an EPUB 2 table of contents."""
    label, content = element.find("{*}navLabel"), element.find("{*}content")
    if content is not None and content.get("src"):
        yield level, "" if label is None else " ".join("".join(label.itertext()).split()), content.get("src")


def _resolved(target: str, folder: str) -> tuple[str, str]:
    """Return the path in the book and the anchor of a relative address.

    >>> _resolved("../text/a%20b.xhtml#c1", "OPS/nav")
    ('OPS/text/a b.xhtml', 'c1')
    """
    path, _, anchor = target.partition("#")
    return posixpath.normpath(posixpath.join(folder, unquote(path).replace("\\", "/"))), unquote(anchor)


def _without_names(data: bytes) -> bytes:
    """Return a page in which the entities that HTML names, such as &nbsp;, are numbers; XML alone knows five names.

    >>> _without_names("<p>أ&nbsp;ب&amp;</p>".encode()).decode()
    '<p>أ&#160;ب&amp;</p>'
    """
    if data.startswith(_UTF_16):
        data = _without_declaration(data.decode("utf-16", "replace")).encode()
    return _ENTITY.sub(_numbered, data)


def _numbered(found: re.Match[bytes]) -> bytes:
    characters = None if found[1] in _XML_ENTITIES else html5.get(found[1].decode())
    return "".join(f"&#{ord(each)};" for each in characters).encode() if characters else found[0]


def _without_declaration(text: str) -> str:
    """Return a page without its XML declaration: a parser of HTML would believe it."""
    return re.sub(r"^\s*<\?xml[^>]*>", "", text.removeprefix("\ufeff"), count=1)
