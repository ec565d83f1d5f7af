"""Web pages: the article of an HTML page, or all its text, and pages that a browser saved as MHTML.

trafilatura finds the article and what is known of it; this module decodes the page, keeps characters that trafilatura
would drop (joiners, marks of direction), puts the headline before the text once, and counts the words left out.
"""

from __future__ import annotations

import codecs
import email
import html as html_entities
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import accumulate, islice
from typing import Any

from corpus_kit._base.arguments import boolean
from corpus_kit.errors import choose
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Skipped, Span, needed
from corpus_kit.readers.encodings import Encoding, EncodingError, detect
from corpus_kit.readers.press_dates import press_date

__all__ = ["LARGEST_PAGE", "PageOptions", "decode_page", "html", "mhtml", "page_lines", "parse", "read_page"]

LARGEST_PAGE = 10_000_000  # bytes; longer than any article by far, and seconds of work
_LARGEST_MHTML = 100_000_000  # likewise, with images; the standard library takes six times as much memory
_MOST_TAGS = 200_000  # trafilatura takes 6 s and 200 MB for half of them
_WHAT = "Web pages"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How pages are read; see `html`."""

    whole: bool = False
    comments: bool = False
    tables: bool = True
    favor: str = "balanced"

    @classmethod
    def of(cls, whole: object, comments: object, tables: object, favor: object) -> PageOptions:
        """Return the options that a user passed, checked."""
        favor = choose(favor, ("balanced", "precision", "recall"), "favor")
        return cls(boolean(whole, "whole"), boolean(comments, "comments"), boolean(tables, "tables"), favor)

    def call(self, name: str) -> str:
        """Return the call that made a reader, for its name.

        >>> PageOptions(favor="recall").call("html")
        "html(favor='recall')"
        """
        values = ((each.name, getattr(self, each.name), each.default) for each in fields(self))
        return f"{name}({', '.join(f'{key}={value!r}' for key, value, default in values if value != default)})"


def html(*, whole: bool = False, comments: bool = False, tables: bool = True, favor: str = "balanced") -> Reader:
    r"""Return a reader of HTML pages.

    The text is the headline, an empty line, and a line for each paragraph of the article; cells of a row are separated
    by tabs. Columns: title, date, author, site, url (the canonical one if the page names it), language, description,
    and `extractor`: trafilatura, its version and mode, and the method that it fell back on. A date that no meta
    element, JSON-LD, RDFa or microdata states is htmldate's guess, or the first that is marked as a date and written
    in words, such as ٥ آذار/مارس ٢٠٢٣: `date_guessed` is true, and a notice counts it.
    Spans: heading, quote, table, comments.

    Args:
        whole: Whether to keep all text of the page, without looking for an article.
        comments: Whether to keep what readers wrote below the article, after it.
        tables: Whether to keep tables of the article.
        favor: What to prefer in doubt: "precision" (less text, nothing but the article), "recall" (more text) or
            "balanced".

    Examples:
        >>> page = "<html><head><title>عنوان</title></head><body><p>قالت الوزيرة إن المدرسة تفتح غدا.</p></body></html>"
        >>> article, *_ = html()(File("page.html", data=page.encode()))
        >>> article.text.split("\n")[-1], article.metadata["title"]
        ('قالت الوزيرة إن المدرسة تفتح غدا.', 'عنوان')
    """
    options = PageOptions.of(whole, comments, tables, favor)

    def html_reader(file: File) -> Iterator[Event]:
        data = file.read(min(LARGEST_PAGE, file.limits.text_bytes))
        yield from read_page(data, options, file=file)

    html_reader.__name__ = options.call("html")
    return html_reader


def mhtml(*, whole: bool = False, comments: bool = False, tables: bool = True, favor: str = "balanced") -> Reader:
    """Return a reader of MHTML, the pages that browsers save in one file (.mht, .mhtml).

    As `html`, of the page itself; its images and frames are left out and counted. The columns `url` and `captured` are
    where and when it was saved, in UTC.

    Args:
        whole: As in `html`, as are the others.
        comments: Whether to keep what readers wrote below the article, after it.
        tables: Whether to keep tables of the article.
        favor: What to prefer in doubt.

    Examples:
        >>> mhtml().__name__
        'mhtml()'
    """
    options = PageOptions.of(whole, comments, tables, favor)

    def mhtml_reader(file: File) -> Iterator[Event]:
        message = email.message_from_bytes(file.read(min(_LARGEST_MHTML, file.limits.text_bytes)))
        pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
        if not pages:
            raise ValueError("not MHTML: it has no HTML part")
        url = message.get("Snapshot-Content-Location") or pages[0].get("Content-Location")
        page = next((part for part in pages if part.get("Content-Location") == url), pages[0])
        captured = _time(message)
        known: dict[str, Any] = {} if captured is None else {"captured": captured}
        if url and url.startswith(("http:", "https:")):
            known["url"] = url
        yield from read_page(
            _payload(page),
            options,
            charset=page.get_content_charset(),
            url=known.get("url"),
            captured=captured,
            metadata=known,
            file=file,
        )
        others = Counter(_kind(part) for part in message.walk() if not part.is_multipart() and part is not page)
        yield from (LeftOut(kind, count) for kind, count in sorted(others.items()))

    mhtml_reader.__name__ = options.call("mhtml")
    return mhtml_reader


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def _kind(part: Message) -> str:
    kind = part.get_content_maintype()
    return {"image": "image", "text": "frame or style sheet", "audio": "audio", "video": "video"}.get(
        kind, "other part"
    )


def _time(message: Message) -> datetime | None:
    try:
        time = parsedate_to_datetime(message["Date"])
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


def read_page(
    data: bytes,
    options: PageOptions,
    *,
    charset: str | None = None,
    url: str | None = None,
    captured: datetime | None = None,
    id: str | None = None,
    metadata: dict[str, Any] | None = None,
    file: File | None = None,
) -> Iterator[Event]:
    """Yield the document of a page, and what was left out of it.

    Args:
        data: The bytes of the page.
        options: How to read it.
        charset: The encoding that came with it, from HTTP or MHTML.
        url: Where it was found; the page may name a better one.
        captured: When; the page cannot be younger.
        id: The id of the document.
        metadata: Columns to add, or to put in place of those of the page.
        file: The file whose only document it is; its encoding is set.
    """
    where = id or ""
    try:
        text, encoding, lost = decode_page(data, charset)
        hidden = _Hidden(text)
        tree = parse(hidden.text)
        page = _whole(tree, url) if options.whole else _article(tree, options, url, captured)
    except (ValueError, RecursionError) as error:
        reason = "tags nested too deeply" if isinstance(error, RecursionError) else str(error)
        if file is not None:
            raise ValueError(reason) from None
        yield Skipped("page that cannot be read", where, reason)
        return
    if file is not None:
        file.encoding = encoding
    page = page.shown(hidden)
    document = page.document(id, {**page.metadata, **(metadata or {})})
    if document is None:
        yield Skipped("page without an article", where, page.metadata.get("title", ""))
        return
    yield document
    beside = page.words - len(document.text.split())
    if beside > 0 and not options.whole:
        yield LeftOut("words beside the article", beside, f"of {page.words:,} on the page {where}".rstrip())
    if lost:
        yield Notice("characters that are none in the encoding of the page", lost, f"{encoding.name} {where}".rstrip())
    if page.date_guessed:
        yield Notice("date guessed from the page", 1, f"{page.metadata['date']} {where}".rstrip())
    if page.fallback:
        yield Notice("article found by a fallback of trafilatura", 1, f"{page.fallback} {where}".rstrip())


# Decoding.

_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,80}encoding\s*=\s*["']([\w.:-]+)""", re.I)
_SCRIPT = re.compile(rb"(?i)<(/?)(?:script|style)\b")
_TAG = re.compile(rb"<[^<>]*>")
_HEAD = 4096  # bytes in which a page declares its encoding
_LATIN = {"cp1252", "iso8859-1", "ascii"}  # what servers declare that nobody told; the first stands for the others
_MOST_LOST = 0.02  # of the characters beyond ASCII


def decode_page(data: bytes, charset: str | None = None) -> tuple[str, Encoding, int]:
    """Return the text of a page, its encoding, and how many characters are none in it.

    Bytes that are UTF-8 or UTF-16 are that, whatever is declared; then what HTTP and the page declare is believed if
    the bytes are valid in it; then Windows-1256 is tried, before the Latin encodings.

    Raises:
        ValueError: If the encoding is unknown.
    """
    if b"\0" not in data and b"\6" not in data and not data.startswith(codecs.BOM_UTF8):
        try:  # most pages
            return data.decode("utf-8"), Encoding("utf-8"), 0
        except UnicodeDecodeError:
            pass
    try:
        found: Encoding | None = detect([_without_markup(data)])
    except EncodingError:
        found = None
    if found and not found.guessed:
        return _decoded(data, found)
    names = [name for name in (_codec(charset), _declared(data)) if name not in (None, "utf-8")]
    for name in names:
        if name and name not in _LATIN and _is_valid(data, name):
            return _decoded(data, Encoding(name))
    if found:
        return _decoded(data, found)
    if names and all(name in _LATIN for name in names):
        return _decoded(data, Encoding("cp1252"))
    text, encoding, lost = _decoded(data, Encoding("utf-8"))
    if lost > _MOST_LOST * sum(character > "\x7f" for character in text):
        raise ValueError("unknown encoding")
    return text, encoding, lost


def _without_markup(data: bytes) -> bytes:
    """Return a page without tags and scripts, whose letters are Latin in any language."""
    parts = _SCRIPT.split(data)  # the texts are at even places, after an opening tag or, with a slash, a closing one
    texts = [text for slash, text in zip(parts[1::2], parts[2::2], strict=True) if slash]
    return _TAG.sub(b" ", b" ".join([parts[0], *texts]))


def _decoded(data: bytes, encoding: Encoding) -> tuple[str, Encoding, int]:
    data = data[encoding.mark :]
    try:
        return data.decode(encoding.name), encoding, 0
    except UnicodeDecodeError:
        text = data.decode(encoding.name, "replace")
        return text, encoding, text.count("\ufffd")


def _is_valid(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data, 0, _HEAD)
    return _codec((found[1] or found[2]).decode("ascii", "replace")) if found else None


def _codec(name: str | None) -> str | None:
    """Return Python's name of an encoding of text; None if it has none."""
    try:
        codec = "" if name is None else name.strip()
        b"".decode(codec or "?")
        "".encode(codec)
    except (LookupError, ValueError):
        return None
    return codecs.lookup(codec).name


# Characters that trafilatura drops.

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|zwnj|zwj|lrm|rlm|shy);?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_STAND_INS = range(0x13000, 0x13400)  # hieroglyphs, which are letters to trafilatura


def _is_hidden(character: str) -> bool:
    return ord(character) > 0x9F and not character.isprintable() and not character.isspace()


def _is_printable(text: str) -> bool:
    """Return whether a text has no other characters than printable ones and usual white space; fast for long texts."""
    for space in "\n\t\r\xa0":
        text = text.replace(space, " ")
    return text.isprintable()


class _Hidden:
    """A page whose joiners, marks of direction and the like are replaced by letters that it does not have.

    Attributes:
        text: The page.
    """

    def __init__(self, text: str) -> None:
        if "&" in text:
            text = _ENTITY.sub(_unescaped, text)
        self._stand_ins: list[tuple[str, str]] = []
        if not _is_printable(text):
            used = set(text)
            if any(map(_CONTROLS.match, used)):
                text = _CONTROLS.sub("", text)
            free = (chr(code) for code in _STAND_INS if chr(code) not in used)
            self._stand_ins = list(zip(sorted(filter(_is_hidden, used)), free, strict=False))
        for character, stand_in in self._stand_ins:  # faster than str.translate
            text = text.replace(character, stand_in)
        self.text = text

    def shown(self, text: str) -> str:
        """Return a part of the page as it was."""
        for character, stand_in in self._stand_ins:
            text = text.replace(stand_in, character)
        return text


def _unescaped(found: re.Match[str]) -> str:
    character = html_entities.unescape(found[0])
    return character if len(character) == 1 and _is_hidden(character) else found[0]


# Trees and lines.

_HTML_BLOCKS = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol optgroup option p pre section select summary table caption "
    "tbody tfoot thead tr ul"
)
_ARTICLE_BLOCKS = "ab head item list lb quote row"  # what trafilatura makes of them
_BLOCKS = frozenset(f"{_HTML_BLOCKS} {_ARTICLE_BLOCKS}".split())
_SEPARATE = _BLOCKS - {"lb"}
_CELLS = frozenset({"td", "th", "cell"})
_WITHOUT_TEXT = frozenset({"script", "style", "noscript", "template", "iframe", "object", "svg", "title", "graphic"})
_SPANS = {"head": "heading", "quote": "quote", "table": "table", "blockquote": "quote"} | {
    f"h{level}": "heading" for level in range(1, 7)
}
_CELL = "\x1f"


@dataclass(slots=True)
class _Lines:
    """The lines of a tree, and the numbers of the first line of each span and the one after its last."""

    lines: list[str] = field(default_factory=list)
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _cell: Any = None  # the one that is open
    _open: list[int] = field(default_factory=list)  # first lines of open spans

    def add(self, root: Any) -> None:
        """Add the text of an element and of what is in it."""
        walk = needed("lxml.etree", _WHAT).iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if element.tag in _WITHOUT_TEXT:
                    walk.skip_subtree()
                else:
                    self._begin(element)
            else:
                self._finish(element)
                if element is not root and element.tail:
                    self._parts.append(element.tail)
        self.end()

    def _begin(self, element: Any) -> None:
        tag = element.tag
        if tag in _CELLS and self._cell is None and not _has_blocks(element):
            self._cell = element
            if self._parts:
                self._parts.append(_CELL)
        elif tag in _BLOCKS or tag in _CELLS or tag == "br":
            self.end()
            if tag in _SPANS:
                self._open.append(len(self.lines))
        if element.text:
            self._parts.append(element.text)

    def _finish(self, element: Any) -> None:
        tag = element.tag
        if element is self._cell:
            self._parts.append(" ")  # an empty cell is a cell
            self._cell = None
        elif tag in _BLOCKS or tag in _CELLS:
            self.end()
            if tag in _SPANS and (first := self._open.pop()) < len(self.lines):
                self.spans.append((_SPANS[tag], first, len(self.lines)))

    def end(self) -> None:
        """End the line, outside of cells."""
        if self._cell is not None:
            self._parts.append(" ")
            return
        cells = "".join(self._parts).split(_CELL)
        line = "\t".join(" ".join(cell.split()) for cell in cells).rstrip("\t")
        if line.strip():
            self.lines.append(line)
        self._parts.clear()


def _has_blocks(element: Any) -> bool:
    """Return whether a cell has more than a paragraph, as where tables lay out a page."""
    return sum(1 for _ in islice(element.iter(*_SEPARATE), 2)) > 1


def parse(text: str) -> Any:
    """Return the tree of a page.

    Raises:
        ValueError: If there is none, or it is too large.
    """
    etree, lxml_html = needed("lxml.etree", _WHAT), needed("lxml.html", _WHAT)
    if text.count("<") > _MOST_TAGS:
        raise ValueError(f"more than {_MOST_TAGS:,} tags")
    # Without huge_tree what is nested in more than 255 elements is dropped: unclosed tags of old pages are enough.
    parser = lxml_html.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:
        raise ValueError("no HTML") from None
    if any("depth" in entry.message for entry in parser.error_log.filter_from_errors()):
        raise ValueError("tags nested too deeply")
    return tree


def page_lines(tree: Any) -> list[str]:
    """Return the lines of a tree: its blocks, and rows of tables with tabs between the cells."""
    lines = _Lines()
    lines.add(tree)
    return lines.lines


# Articles.


@dataclass(slots=True)
class _Page:
    """What was found on a page."""

    title: str | None
    lines: list[str]
    spans: list[tuple[str, int, int]]
    metadata: dict[str, Any]
    words: int = 0
    date_guessed: bool = False
    fallback: str = ""

    def shown(self, hidden: _Hidden) -> _Page:
        """Return it with the characters that were hidden."""
        title = None if self.title is None else hidden.shown(self.title)
        metadata = {
            name: hidden.shown(value) if isinstance(value, str) else value for name, value in self.metadata.items()
        }
        lines = [hidden.shown(line) for line in self.lines]
        return _Page(title, lines, self.spans, metadata, self.words, self.date_guessed, self.fallback)

    def document(self, id: str | None, metadata: dict[str, Any]) -> Document | None:
        """Return the document, whose headline is before its text once; None if there is no text."""
        lines, spans, headline = self.lines, self.spans, self.title
        if headline is not None:
            at = _headline_at(headline, lines, spans)
            if at is not None:
                headline = lines[at]
                lines = lines[:at] + lines[at + 1 :]
                spans = [moved for kind, first, end in spans if (moved := _without(at, kind, first, end))]
            elif self.fallback and lines and lines[0].startswith(headline + " "):  # which joins all blocks
                lines = [lines[0][len(headline) + 1 :], *lines[1:]]
        if not any(character.isalnum() for line in lines for character in line):
            return None
        before = "" if headline is None else headline + "\n\n"
        starts = list(accumulate((len(line) + 1 for line in lines), initial=len(before)))
        return Document(
            before + "\n".join(lines),
            id,
            metadata,
            headline=None if headline is None else (0, len(headline)),
            spans=[Span(kind, starts[first], starts[end] - 1) for kind, first, end in spans],
        )


def _without(at: int, kind: str, first: int, end: int) -> tuple[str, int, int] | None:
    """Return a span of lines when a line is taken away; None if it is nothing else."""
    first, end = first - (at < first), end - (at < end)
    return (kind, first, end) if first < end else None


def _headline_at(title: str, lines: list[str], spans: list[tuple[str, int, int]]) -> int | None:
    """Return which of the first lines is the headline: the title, or a heading with which the title begins."""
    key = _letters(title)
    headings = {first for kind, first, _ in spans if kind == "heading"}
    for number, line in enumerate(lines[:4]):
        found = _letters(line)
        if found and (found == key or (number in headings and key.startswith(found) and 2 * len(found) > len(key))):
            return number
    return None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _whole(tree: Any, url: str | None) -> _Page:
    """Return all text of a page."""
    trafilatura = needed("trafilatura", _WHAT)
    with _quiet():
        known = trafilatura.extract_metadata(tree, url, _date_settings(None))
    lines = _Lines()
    lines.add(tree)
    metadata, guessed = _metadata(tree, known, "whole page")
    return _Page(None, lines.lines, lines.spans, metadata, date_guessed=guessed)


def _article(tree: Any, options: PageOptions, url: str | None, captured: datetime | None) -> _Page:
    """Return the article of a page.

    Raises:
        ValueError: If trafilatura fails.
    """
    trafilatura = needed("trafilatura", _WHAT)
    with _quiet() as stages:
        try:
            found = trafilatura.bare_extraction(
                tree,
                url=url,
                favor_precision=options.favor == "precision",
                favor_recall=options.favor == "recall",
                include_comments=options.comments,
                include_tables=options.tables,
                output_format="xml",  # the tree; "python" would render it as text too, with bars around cells
                with_metadata=True,
                date_extraction_params=_date_settings(captured),
            )
        except RecursionError:
            raise
        except Exception as error:  # it is run on anything that the web has
            raise ValueError(f"trafilatura fails: {type(error).__name__}") from None
    words = sum(len(part.split()) for part in _text_finder()(tree))
    if found is None:
        return _Page(None, [], [], {}, words)
    fallback = stages.fallback(found.raw_text or "")
    extractor = f"trafilatura {trafilatura.__version__} {options.favor}" + (f" ({fallback})" if fallback else "")
    lines = _Lines()
    lines.add(found.body)
    if options.comments and found.commentsbody is not None:
        first = len(lines.lines)
        lines.add(found.commentsbody)
        if len(lines.lines) > first:
            lines.spans.append(("comments", first, len(lines.lines)))
    metadata, guessed = _metadata(tree, found, extractor)
    return _Page(found.title or None, lines.lines, lines.spans, metadata, words, guessed, fallback)


_finders: dict[str, Callable[[Any], list[str]]] = {}


def _text_finder() -> Callable[[Any], list[str]]:
    """Return the function that finds the texts of a page."""
    if not _finders:
        outside = " or ".join(f"parent::{tag}" for tag in sorted(_WITHOUT_TEXT))
        path = f"//body//text()[not({outside})]"
        _finders["texts"] = needed("lxml.etree", _WHAT).XPath(path, smart_strings=False)
    return _finders["texts"]


# What is known of a page.

_DATE_NAMES = (
    "article:published_time og:article:published_time datepublished schema:datepublished date dc:date dc.date "
    "dc.date.issued dc.date.created dcterms:created dcterms.created dcterms:date dcterms.date dcterms:issued "
    "dcterms.issued pubdate publishdate publish-date publication_date parsely-pub-date sailthru.date "
    "citation_publication_date"
)
_STATES_DATE = frozenset(_DATE_NAMES.split())
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_ISO_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_SHOWS_DATE = "//time | //*[contains(concat(@class, ' ', @id, ' ', @itemprop), 'date')]"
_LINE_OF_DATE = 200  # characters
_FIRST_YEAR = 1990  # there are no older pages; years of the Hijri calendar are below


def _metadata(tree: Any, known: Any, extractor: str) -> tuple[dict[str, Any], bool]:
    """Return the columns of a page, and whether its date is a guess."""
    stated = _stated_date(tree)
    day = stated or _iso_date(known.date) or _shown_date(tree)
    columns = {
        "title": known.title,
        "date": day,
        "date_guessed": None if day is None else stated is None,
        "author": known.author,
        "site": known.sitename,
        "url": known.url,
        "language": tree.get("lang") or tree.get("xml:lang"),
        "description": known.description,
        "extractor": extractor,
    }
    known_columns = {name: value for name, value in columns.items() if name == "date" or value not in (None, "")}
    return known_columns, day is not None and stated is None


def _stated_date(tree: Any) -> date | None:
    """Return the date of publication that the page states for machines: in its head, JSON-LD, RDFa or microdata."""
    found: list[date] = []
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json" and (match := _JSON_DATE.search(script.text or "")):
            found += filter(None, [_iso_date(match[1])])
    for element in tree.xpath("//*[@content or @datetime][@property or @name or @itemprop]"):
        names = " ".join(element.get(name, "") for name in ("property", "name", "itemprop")).lower().split()
        if not _STATES_DATE.isdisjoint(names) and (day := _iso_date(element.get("content") or element.get("datetime"))):
            if element.tag == "meta":
                return day
            found.append(day)
    return found[0] if found else None


def _shown_date(tree: Any) -> date | None:
    """Return the first date, in words of any language that `press_date` reads, that the page marks as a date."""
    texts = (" ".join(element.itertext()) for element in tree.xpath(_SHOWS_DATE))
    days = (press_date(text) for text in texts if len(text) <= _LINE_OF_DATE)
    return next((day for day in days if day and day.year >= _FIRST_YEAR), None)


def _iso_date(text: str | None) -> date | None:
    match = _ISO_DATE.match(text.strip()) if text else None
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    return day if day and day.year >= _FIRST_YEAR else None


def _date_settings(captured: datetime | None) -> dict[str, Any]:
    """Return what htmldate is told: few guesses from running text, and no limit that depends on the day of reading."""
    latest = "2099-12-31" if captured is None else captured.date().isoformat()
    return {"original_date": True, "extensive_search": False, "max_date": latest}


# What trafilatura says while it works.


class _Stages(logging.Handler):
    """Notes which of its methods trafilatura took, which it says nowhere but in its log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._taken = ""
        self._baseline = -1

    def emit(self, record: logging.LogRecord) -> None:
        """Note a message of its log."""
        message = str(record.msg)
        if message.startswith("using %s extraction"):
            self._taken = "readability" if record.args and record.args[0] == "generic" else ""  # type: ignore[index]
        elif message.startswith("using justext"):
            self._taken = "justext"
        elif message.startswith("non-clean extracted length"):
            self._baseline = record.args[0] if record.args else -1  # type: ignore[index, assignment]

    def fallback(self, text: str) -> str:
        """Return the method that found a text if it was not the first one."""
        return "baseline" if text and len(text) == self._baseline else self._taken


_SILENCED = ("trafilatura", "htmldate", "justext", "courlan")
_TELLING = ("trafilatura.core", "trafilatura.external")


@contextmanager
def _quiet() -> Iterator[_Stages]:
    """Keep the log of trafilatura and what it uses to ourselves."""
    stages = _Stages()
    levels = dict.fromkeys(_SILENCED, logging.CRITICAL) | dict.fromkeys(_TELLING, logging.DEBUG)
    before = []
    for name, level in levels.items():
        logger = logging.getLogger(name)
        before.append((logger, logger.level, logger.propagate))
        logger.setLevel(level)
        logger.propagate = False
        if name in _TELLING:
            logger.addHandler(stages)
    try:
        yield stages
    finally:
        for logger, level, propagate in before:
            logger.removeHandler(stages)
            logger.setLevel(level)
            logger.propagate = propagate
