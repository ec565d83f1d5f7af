"""Texts in TEI P5 (and P4), read as a stream: a corpus of many texts takes no more memory than the longest of them.

A line is a paragraph, a heading, a verse or an item. White space is normalised as XML's is: a run of it is one space. A
tabulator stands between cells and between hemistichs (<seg> in <l>).

References:
    TEI Consortium. TEI P5: Guidelines for Electronic Text Encoding and Interchange. https://tei-c.org/guidelines/p5
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from corpus_kit._base.arguments import boolean, names
from corpus_kit.errors import choose
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Span
from corpus_kit.readers.text_builder import TextBuilder, part
from corpus_kit.readers.xml_files import local_name, parse

__all__ = ["is_tei", "tei"]

_ROOTS = {"TEI", "TEI.2", "teiCorpus", "teiCorpus.2"}
_TEXTS = {"TEI", "TEI.2"}
_PARTS = ("front", "body", "back")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_NO_KIND = re.compile("[^A-Za-z0-9]+")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:TEI|TEI\.2|teiCorpus|teiCorpus\.2)[\s>]")

# Elements that begin and end a line of the text.
_BLOCKS = frozenset([
    "ab", "addrLine", "address", "argument", "body", "byline", "castItem", "castList", "closer", "dateline", "desc",
    "div", "div0", "div1", "div2", "div3", "div4", "div5", "div6", "div7", "docAuthor", "docDate", "docEdition",
    "docImprint", "docTitle", "entry", "entryFree", "epigraph", "figure", "floatingText", "front", "back", "group",
    "head", "imprimatur", "item", "l", "lg", "list", "listBibl", "opener", "p", "postscript", "row", "salute",
    "set", "signed", "sp", "speaker", "stage", "table", "text", "titlePage", "titlePart", "trailer",
])  # fmt: skip
_DIVISIONS = frozenset(["div", *(f"div{depth}" for depth in range(8))])
_SEPARATORS = {**dict.fromkeys(_BLOCKS, "\n"), "cell": "\t", "caesura": "\t", "note": " ", "space": " "}
_BREAKS = frozenset(["lb", "pb", "cb", "gb", "milestone"])

# Elements that are no text of the author; each with what the report calls it.
_NEVER = {
    "fw": "headers and footers of pages", "figDesc": "descriptions of figures", "graphic": "images",
    "index": "entries of an index", "metamark": "marks of a scribe", "certainty": "notes on certainty",
    "respStmt": "statements of responsibility", "witDetail": "notes on witnesses", "wit": "notes on witnesses",
    "gap": "gaps", "listWit": "lists of witnesses", "standOff": "annotations apart from the text",
    "include": "parts kept in other files",
}  # fmt: skip
_NOTES = {"note": "notes", "noteGrp": "notes"}
_DELETED = {"del": "deleted text", "delSpan": "deleted text"}
_ORIGINAL = {"sic", "orig", "abbr"}
_CORRECTED = {"corr", "reg", "expan"}

_KINDS = {
    "persName": "person", "placeName": "place", "geogName": "place", "orgName": "organisation", "date": "date",
    "quote": "quotation", "q": "quotation", "said": "quotation", "bibl": "reference", "title": "title", "lg": "verse",
    "l": "verse", "note": "note", "sp": "speech", "foreign": "foreign", "term": "term", "head": "heading",
    "rdg": "reading", "del": "deletion",
}  # fmt: skip
_VALUES = {
    "person": ("ref", "key"), "place": ("ref", "key"), "organisation": ("ref", "key"), "title": ("ref", "key"),
    "date": ("when", "when-iso", "from", "notBefore", "when-custom"), "reference": ("target", "corresp", "key"),
    "note": ("n", "type"), "speech": ("who",), "foreign": (f"{_XML}lang",), "term": ("key", "ref"),
    "reading": ("wit",), "verse": ("n",), "quotation": ("source", "who"),
}  # fmt: skip
_NAMED_BY_TEXT = {"person", "place", "organisation", "date", "title", "term"}
_NAMES = frozenset(["name", "rs"])
_ALTERNATIVES = frozenset(["choice", "app", "rdgGrp"])
_SPECIAL = frozenset(["app", "head", "l", "lg", "seg", "w"]) | _NAMES | _DIVISIONS | _BREAKS
_NAME_TYPES = {"person": "person", "pers": "person", "place": "place", "org": "organisation",
               "organisation": "organisation", "organization": "organisation"}  # fmt: skip

# Columns of the header: the end of the path to the element, and the attribute that stands for its text.
_HEADER = {
    "titleStmt/title": ("title", None), "titleStmt/author": ("author", None), "titleStmt/editor": ("editor", None),
    "editionStmt/edition": ("edition", None), "publicationStmt/publisher": ("publisher", None),
    "publicationStmt/distributor": ("publisher", None), "publicationStmt/authority": ("publisher", None),
    "publicationStmt/pubPlace": ("place", None), "publicationStmt/date": ("published", "when"),
    "publicationStmt/idno": ("identifier", None), "availability/licence": ("licence", "target"),
    "sourceDesc/*": ("source", None), "creation/date": ("created", "when"), "langUsage/language": ("language", "ident"),
    "keywords/term": ("keywords", None), "list/item": ("keywords", None),
}  # fmt: skip
_HEADER_NAMES = {"persName", "orgName", "placeName"}
_SOURCE_DATE = {"bibl", "biblStruct", "biblFull", "imprint", "monogr", "publicationStmt"}


def is_tei(head: bytes) -> bool:
    """Return whether the first bytes of an XML file are those of TEI.

    >>> is_tei(b'<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0">'), is_tei(b"<html>")
    (True, False)
    """
    return bool(_ROOT.search(head.replace(b"\0", b"")))


class _Options(NamedTuple):
    notes: bool
    deleted: bool
    apparatus: bool
    dropped: frozenset[str]  # children of <choice>
    parts: frozenset[str]
    split: frozenset[str]
    most: int  # code points of a text


def tei(
    *,
    notes: bool = False,
    deleted: bool = False,
    apparatus: bool = False,
    choice: str = "corrected",
    parts: str | Sequence[str] = _PARTS,
    split: str | Sequence[str] | None = None,
) -> Reader:
    """Return a reader of TEI, one document a text; a corpus of many texts has several.

    Of an apparatus the lemma is read, or the first reading where there is none. Headers and footers of pages, gaps,
    descriptions of figures and indexes are left out.

    Spans are "page" (its number), "division" (its heading, or type and number), "heading", "person", "place",
    "organisation", "date", "reference" (`bibl`), "title", "term", "foreign", "quotation", "verse", "speech" and, if
    asked for, "note", "reading" and "deletion". The value of a name is its @ref or @key, else its text; that of a date
    its @when. Where pages of several editions are marked (<pb ed="...">), those of the first one are "page" and those
    of another have its name, such as "page_shamela".

    Columns, where the header has them: title, author, editor, edition, publisher, place, published, identifier,
    licence, source (its description), source_date, created, language (else the @xml:lang of <text>), keywords (a list).
    Values of a repeated element are joined by "; ". The header of a corpus holds for texts that lack a value.

    Args:
        notes: Keep notes, where they stand in the text.
        deleted: Keep deleted text.
        apparatus: Keep all readings.
        choice: "corrected" reads <corr>, <reg> and <expan> in a <choice>; "original" reads <sic>, <orig> and <abbr>.
        parts: The parts of texts to read: "front", "body", "back".
        split: Make each division of this type or these types (its @type or @subtype) a document, such as the "article"
            of an issue, with the columns division (its heading), division_type, division_number and page (where it
            begins). The outermost count; text outside them is left out and counted.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> data = "<TEI><text><p>قال <persName>زيد</persName><note>حاشية</note>.</p></text></TEI>".encode()
        >>> letter, left_out = tei()(File("letter.xml", data=data))
        >>> letter.text, letter.spans, left_out
        ('قال زيد.', [Span(kind='person', start=4, end=7, value='زيد')], LeftOut(kind='notes', count=1, detail=''))
    """
    chosen = names(parts, "parts")
    types = [] if split is None else names(split, "split")
    dropped = _ORIGINAL if choose(choice, ("corrected", "original"), "choice") == "corrected" else _CORRECTED
    flags = boolean(notes, "notes"), boolean(deleted, "deleted"), boolean(apparatus, "apparatus")
    wanted = frozenset(choose(each, _PARTS, "parts") for each in chosen)

    def read_tei(file: File) -> Iterator[Event]:
        most = file.limits.text_bytes
        target = _Target(_Options(*flags, frozenset(dropped), wanted, frozenset(types), most))
        with file.open() as stream:
            for _ in parse(stream, target):
                yield from target.take()
        if not target.is_tei:
            raise ValueError("no text in TEI: it has no element <TEI>")
        for kind, count in target.left_out.items():
            yield LeftOut(kind, count)
        if target.definition:
            yield Notice("a document type that was not loaded", 1, target.definition)

    texts = f"notes={notes}, deleted={deleted}, apparatus={apparatus}, choice={choice!r}"
    read_tei.__name__ = f"tei({texts}, parts={chosen}, split={types or None})"
    return read_tei


class _Rule(NamedTuple):
    """What is done with an element of a name."""

    name: str
    separator: str  # before and after it
    kind: str  # of its span, or ""
    left_out: str | None  # as what it is counted, if it is not read
    is_special: bool  # whether there is more to do


_Element = tuple[_Rule, str, str | None, int]  # an open one: kind and value of its span, and where it began


class _Division:
    """An open division: its heading is known later."""

    def __init__(self, attributes: dict[str, str], depth: int, start: int) -> None:
        self.attributes = dict(attributes)
        self.depth = depth
        self.start = start
        self.heading: tuple[int, int] | None = None
        self.end = start

    @property
    def types(self) -> set[str]:
        return {self.attributes.get("type", ""), self.attributes.get("subtype", "")} - {""}


class _Target:
    """Takes the events of a document and makes texts of them."""

    def __init__(self, options: _Options) -> None:
        self.is_tei = False
        self.left_out: Counter[str] = Counter()
        self.definition = ""
        self._options = options
        self._ready: list[Event] = []
        self._path: list[str] = []
        self._corpus_header: dict[str, Any] = {}
        self._header: _Header | None = None
        self._columns: dict[str, Any] = {}
        self._text: _Text | None = None
        self._ids: set[str] = set()
        self._id: str | None = None

    def take(self) -> list[Event]:
        """Return the documents that are complete."""
        ready, self._ready = self._ready, []
        return ready

    def doctype(self, _name: str, public: str | None, system: str | None) -> None:
        """Take the declaration of a document type."""
        self.definition = system or public or ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if self._text is not None:
            self._text.start(tag, attributes)
            return
        if self._header is not None:
            self._header.start(local_name(tag), attributes)
            return
        name = local_name(tag)
        self._path.append(name)
        if name in _ROOTS:
            self.is_tei = True
        if name in _TEXTS:
            self._columns, self._id = dict(self._corpus_header), attributes.get(f"{_XML}id")
        elif name == "teiHeader":
            self._header = _Header()
        elif name == "text" and self.is_tei:
            self._text = _Text(self._options, self.left_out)
            if language := attributes.get(f"{_XML}lang"):
                self._columns.setdefault("language", language)

    def data(self, text: str) -> None:
        """Take characters."""
        reading = self._text
        if reading is not None:
            if not reading.skipped:
                reading.add(text)
        elif self._header is not None:
            self._header.data(text)

    def end(self, _tag: str) -> None:
        """Take the end of an element."""
        if self._text is not None:
            if self._text.end():
                return
            self._ready += self._documents(self._text)
            self._text = None
        elif self._header is not None:
            if self._header.end():
                return
            columns, self._header = self._header.columns(), None
            if len(self._path) > 1 and self._path[-2] not in _TEXTS:
                self._corpus_header |= columns
            else:
                self._columns |= columns
        self._path.pop()

    def close(self) -> None:
        """Take the end of the document."""

    def _documents(self, text: _Text) -> Iterator[Document]:
        whole, spans, divisions = text.finish()
        name = self._id if self._id and self._id not in self._ids else None
        self._ids.add(name or "")
        if not self._options.split:
            yield Document(whole, name, self._columns, spans=spans)
            return
        last = 0
        for division in divisions:
            self._count_outside(whole[last : division.start])
            last = division.end
            piece, inside = part(whole, spans, division.start, division.end)
            if piece:
                yield _division_document(whole, piece, inside, division, self._columns)
        self._count_outside(whole[last:])

    def _count_outside(self, text: str) -> None:
        if paragraphs := sum(1 for line in text.split("\n") if line.strip()):
            self.left_out["paragraphs outside the divisions asked for"] += paragraphs


def _division_document(
    whole: str, text: str, spans: Sequence[Span], division: _Division, columns: dict[str, Any]
) -> Document:
    heading = division.heading
    title = " ".join(whole[heading[0] : heading[1]].split()) if heading else None
    page = next((span.value for span in spans if span.kind == "page"), None)
    metadata = {
        **columns, "division": title or None, "division_type": division.attributes.get("type"),
        "division_number": division.attributes.get("n"), "page": page,
    }  # fmt: skip
    first = next((span for span in spans if span.kind == "heading"), None)
    headline = (first.start, first.end) if first and first.start == 0 and first.end < len(text) else None
    return Document(text, division.attributes.get(f"{_XML}id"), metadata, headline, spans)


class _Header:
    """The columns of a header."""

    def __init__(self) -> None:
        self._path = [("teiHeader", "")]
        self._open: list[tuple[int, str, str | None, list[str]]] = []  # depth, column, attribute's value, text
        self._found: dict[str, list[str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        above = self._path[-1][0]
        self._path.append((name, attributes.get("type", "")))
        is_name = name in _HEADER_NAMES and self._open and self._open[-1][0] == len(self._path) - 1
        for _, _, _, pieces in self._open:  # of a name in several scripts each is a value
            pieces.append("; " if is_name and "".join(pieces).strip() else " ")
        found = _HEADER.get(f"{above}/{name}") or _HEADER.get(f"{above}/*")
        if name == "item" and not any(element == "keywords" for element, _ in self._path):
            found = None
        if name == "date" and above in _SOURCE_DATE and any(element == "sourceDesc" for element, _ in self._path):
            found = ("source_date", "when")
        if found:
            column, attribute = found
            self._open.append((len(self._path), column, attributes.get(attribute) if attribute else None, []))

    def data(self, text: str) -> None:
        """Take characters."""
        for _, _, _, pieces in self._open:
            pieces.append(text)

    def end(self) -> bool:
        """Take the end of an element; return whether the header goes on."""
        if self._open and self._open[-1][0] == len(self._path):
            _, column, value, pieces = self._open.pop()
            text = value or " ".join("".join(pieces).split()).replace(" ; ", "; ")
            if text:
                values = self._found.setdefault(column, [])
                if column == "title" and self._path[-1][1] == "main":
                    values.insert(0, text)
                elif text not in values:
                    values.append(text)
        self._path.pop()
        return bool(self._path)

    def columns(self) -> dict[str, Any]:
        """Return the columns and their values."""
        columns: dict[str, Any] = {name: "; ".join(values) for name, values in self._found.items()}
        if "keywords" in self._found:
            columns["keywords"] = self._found["keywords"]
        return columns


class _Text:
    """The text of one element <text>.

    Attributes:
        add: Takes characters, unless some are skipped.
        skipped: The depth of open elements that are not read.
    """

    def __init__(self, options: _Options, left_out: Counter[str]) -> None:
        self._options = options
        self._left_out = left_out
        self._builder = TextBuilder(options.most)
        self.add = self._builder.add
        self.skipped = 0
        self._elements: list[_Element] = []
        self._divisions: list[_Division] = []
        self._split: list[_Division] = []
        self._pages: dict[str, tuple[int, str | None]] = {}  # the open one of each edition
        self._readings: list[int] = []  # seen in each open apparatus
        self._stanzas = 0  # open ones
        self._word_end = -1  # the length after an element <w>
        self._hemistich_end = -1  # the length after an element <seg> in <l>
        self._rules: dict[str, _Rule] = {}
        self._skip = {name: "" for name in _PARTS if name not in options.parts} | _NEVER
        self._skip |= ({} if options.notes else _NOTES) | ({} if options.deleted else _DELETED)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if self.skipped:
            self.skipped += 1
            return
        rule = self._rules.get(tag) or self._rules.setdefault(tag, self._rule(local_name(tag)))
        if rule.left_out is not None:
            self.skipped = 1
            self._count(rule.left_out)
            return
        above = self._elements[-1][0].name if self._elements else ""
        if above in _ALTERNATIVES and self._is_dropped(rule.name, above):
            self.skipped = 1
            return
        if rule.separator:
            self._builder.separate(rule.separator)
        kind = self._begin_special(rule, attributes) if rule.is_special else rule.kind
        value = None
        if kind and attributes:
            value = next((attributes[key] for key in _VALUES.get(kind, ()) if attributes.get(key)), None)
        self._elements.append((rule, kind, value, self._builder.length))

    def end(self) -> bool:
        """Take the end of an element; return whether the text goes on."""
        if self.skipped:
            self.skipped -= 1
            return True
        if not self._elements:  # that of <text> itself
            return False
        rule, kind, value, start = self._elements.pop()
        builder = self._builder
        if kind:
            own = (start, builder.length) if kind in _NAMED_BY_TEXT else None
            builder.span(kind, start, value=value, named_by=own)
        if rule.is_special:
            self._end_special(rule.name, start)
        if rule.separator:
            builder.separate(rule.separator)
        return True

    def finish(self) -> tuple[str, list[Span], list[_Division]]:
        """Return the text, its spans, and the divisions by which it is to be split."""
        for edition in self._pages:
            self._end_page(edition)
        return *self._builder.finish(), self._split

    def _count(self, kind: str) -> None:
        if kind:
            self._left_out[kind] += 1

    def _rule(self, name: str) -> _Rule:
        return _Rule(name, _SEPARATORS.get(name, ""), _KINDS.get(name, ""), self._skip.get(name), name in _SPECIAL)

    def _is_dropped(self, name: str, above: str) -> bool:
        """Return whether this child of a choice or an apparatus is not to be read."""
        if above == "choice":
            return name in self._options.dropped
        if name not in ("lem", "rdg") or not self._readings:
            return False
        self._readings[-1] += 1
        if self._readings[-1] == 1:
            return False
        if self._options.apparatus:
            self._builder.separate(" ")
            return False
        self._count("readings of the apparatus")
        return True

    def _begin_special(self, rule: _Rule, attributes: dict[str, str]) -> str:
        """Do what else is to be done at the beginning of an element; return the kind of its span."""
        name = rule.name
        if name in _BREAKS:
            self._break(name, attributes)
        elif name == "w" and self._word_end == self._builder.length:
            self._builder.separate(" ")
        elif name == "app":
            self._readings.append(0)
        elif name == "lg":
            self._stanzas += 1
        elif name == "l" and self._stanzas:
            return ""  # the stanza is the span
        elif name == "seg" and self._hemistich_end == self._builder.length:
            self._builder.separate("\t")
        elif name in _NAMES:
            return _NAME_TYPES.get(attributes.get("type", ""), "")
        elif name in _DIVISIONS:
            self._divisions.append(_Division(attributes, len(self._elements), self._builder.length))
        return rule.kind

    def _end_special(self, name: str, start: int) -> None:
        if name == "head":
            self._end_heading(start)
        elif name == "app":
            self._readings.pop()
        elif name == "lg":
            self._stanzas -= 1
        elif name in _DIVISIONS:
            self._end_division()
        elif name == "w":
            self._word_end = self._builder.length
        elif name == "seg" and self._elements and self._elements[-1][0].name == "l":
            self._hemistich_end = self._builder.length

    def _break(self, name: str, attributes: dict[str, str]) -> None:
        if attributes.get("break") == "no":
            self._builder.glue()
        else:
            self._builder.separate(" ")
        if name == "pb":
            edition = attributes.get("ed") or attributes.get("edRef") or ""
            self._end_page(edition)
            number = attributes.get("n") or attributes.get(f"{_XML}id") or attributes.get("facs")
            self._pages[edition] = (self._builder.length, number)

    def _end_page(self, edition: str) -> None:
        """End the page of an edition; those of the first one are called "page"."""
        if edition in self._pages:
            start, number = self._pages[edition]
            is_first = edition == next(iter(self._pages))
            kind = "page" if is_first else f"page_{_NO_KIND.sub('_', edition).strip('_') or 'other'}"
            self._builder.span(kind, start, value=number)

    def _end_heading(self, start: int) -> None:
        division = self._divisions[-1] if self._divisions else None
        if division and not division.heading and len(self._elements) == division.depth + 1:
            division.heading = (start, self._builder.length)

    def _end_division(self) -> None:
        division = self._divisions.pop()
        division.end = self._builder.length
        number = " ".join(filter(None, (division.attributes.get("type"), division.attributes.get("n"))))
        value = None if division.heading else number or None
        self._builder.span("division", division.start, value=value, named_by=division.heading)
        wanted = self._options.split
        if division.types & wanted and not any(each.types & wanted for each in self._divisions):
            self._split.append(division)
