"""Texts in TEI P5 (and P4), read as a stream: a corpus of many texts takes no more memory than the longest of them.

A line is a paragraph, a heading, a verse or an item. White space is normalised as XML's is: a run of it is one space. A
tabulator stands between cells and between hemistichs (<seg> in <l>).

References:
    TEI Consortium. TEI P5: Guidelines for Electronic Text Encoding and Interchange. https://tei-c.org/guidelines/p5
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, ClassVar, NamedTuple

from corpus_kit._base.arguments import boolean, names
from corpus_kit.errors import choose
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Notice, Reader, Span
from corpus_kit.readers.text_builder import Mark, TextBuilder, part
from corpus_kit.readers.xml_files import local_name, parse

__all__ = ["is_tei", "tei"]

_ROOTS = {"TEI", "TEI.2", "teiCorpus", "teiCorpus.2"}
_TEXTS = {"TEI", "TEI.2"}
_PARTS = ("front", "body", "back")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_length = itemgetter(2)  # of a text at a mark
_NO_KIND = re.compile("[^A-Za-z0-9]+")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:TEI|TEI\.2|teiCorpus|teiCorpus\.2)[\s>]")

# Elements that begin and end a line of the text.
_BLOCKS = frozenset([
    "ab", "addrLine", "address", "argument", "body", "byline", "castItem", "castList", "closer", "dateline", "desc",
    "div", "div0", "div1", "div2", "div3", "div4", "div5", "div6", "div7", "docAuthor", "docDate", "docEdition",
    "docImprint", "docTitle", "entry", "entryFree", "epigraph", "figure", "floatingText", "front", "back", "group",
    "head", "imprimatur", "item", "l", "lg", "list", "listBibl", "opener", "p", "postscript", "row", "salute",
    "set", "signed", "sp", "speaker", "stage", "table", "text", "titlePage", "titlePart", "trailer", "u",
])  # fmt: skip
_DIVISIONS = frozenset(["div", "floatingText", "text", *(f"div{depth}" for depth in range(8))])
_WITHIN_TEXTS = frozenset(["back", "body", "front", "group"])  # between a text and its heading
# Elements that are lines of their own in these, and parts of a line elsewhere.
_BETWEEN_PARAGRAPHS = frozenset(["bibl", "biblStruct", "cit", "person", "place", "q", "quote", "said"])
_OF_PARAGRAPHS = _DIVISIONS | {"back", "body", "front", "listBibl", "listPerson", "listPlace", "sp"}
# Elements of whole words: where two of them touch, there is a space between them.
_OF_WORDS = frozenset([
    "addName", "analytic", "author", "bibl", "biblScope", "cl", "country", "date", "def", "edition", "editor", "etym",
    "forename", "form", "gen", "genName", "gramGrp", "idno", "imprint", "monogr", "nameLink", "orgName", "orth",
    "persName", "phr", "placeName", "pos", "pron", "pubPlace", "publisher", "q", "quote", "roleName", "s", "said",
    "sense", "series", "settlement", "surname", "title", "usg",
])  # fmt: skip
_SEPARATORS = {**dict.fromkeys(_BLOCKS, "\n"), "cell": "\t", "caesura": "\t", "note": " ", "space": " "}
_BREAKS = frozenset(["lb", "pb", "cb", "gb", "milestone"])

# Elements that are no text of the author; each with what the report calls it.
_NEVER = {
    "fw": "headers and footers of pages", "figDesc": "descriptions of figures", "graphic": "images",
    "index": "entries of an index", "metamark": "marks of a scribe", "certainty": "notes on certainty",
    "respStmt": "statements of responsibility", "witDetail": "notes on witnesses", "wit": "notes on witnesses",
    "gap": "gaps", "listWit": "lists of witnesses", "standOff": "annotations apart from the text",
    "include": "parts kept in other files", "incident": "events beside what is said",
    "kinesic": "events beside what is said", "vocal": "events beside what is said", "binaryObject": "images",
    "span": "annotations", "spanGrp": "annotations", "interp": "annotations", "interpGrp": "annotations",
    "fs": "annotations",
}  # fmt: skip
_NOTES = {"note": "notes", "noteGrp": "notes"}
_LETTERS = ("char", "letter", "grapheme")  # units of gaps in a word
_DELETED = {"del": "deleted text"}
_ELSEWHERE = "variants apart from the text"
_AWAY = frozenset(["from", "loc"])  # attributes of <app> that say where in the text it belongs
_OUTSIDE = {name: _NEVER[name] for name in ("include", "standOff")} | {"sourceDoc": "transcriptions of a source"}
_ORIGINAL = {"sic", "orig", "abbr", "am"}
_CORRECTED = {"corr", "reg", "expan", "ex"}

_KINDS = {
    "persName": "person", "placeName": "place", "geogName": "place", "orgName": "organisation", "date": "date",
    "quote": "quotation", "q": "quotation", "said": "quotation", "bibl": "reference", "title": "title", "lg": "verse",
    "l": "verse", "note": "note", "sp": "speech", "u": "speech", "foreign": "foreign", "term": "term",
    "head": "heading", "rdg": "reading", "del": "deletion",
}  # fmt: skip
_VALUES = {
    "person": ("ref", "key"), "place": ("ref", "key"), "organisation": ("ref", "key"), "title": ("ref", "key"),
    "date": ("when", "when-iso", "from", "notBefore", "when-custom"), "reference": ("target", "corresp", "key"),
    "note": ("n", "type"), "speech": ("who",), "foreign": (f"{_XML}lang",), "term": ("key", "ref"),
    "reading": ("wit",), "verse": ("n",), "quotation": ("source", "who"),
}  # fmt: skip
_NAMED_BY_TEXT = {"person", "place", "organisation", "date", "title", "term"}
_NAMES = frozenset(["name", "rs"])
_APPARATUS = frozenset(["app", "rdgGrp"])
_WITHOUT_TEXT = _APPARATUS | {"choice", "subst"}  # white space in them is none of the text
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

    Of an apparatus the lemma is read, or the first reading where there is none; of a <choice> one alternative. Headers
    and footers of pages, gaps, descriptions of figures and indexes are left out. A break with break="no" joins the
    parts of a word, without a hyphen before it. Where elements of whole words touch, such as <forename> and <surname>,
    a space is put between them.

    Spans are "page" (its number), "division" (its heading, or type and number; also a <text> in a <group>), "heading",
    "person", "place", "organisation", "date", "reference" (`bibl`), "title", "term", "foreign", "quotation", "verse",
    "speech" and, if asked for, "note", "reading" and "deletion". The value of a name is its @ref or @key, else its
    text; that of a date its @when. Where pages of several editions are marked (<pb ed="...">), those of the first one
    are "page" and those of another have its name, such as "page_shamela".

    Columns, where the header has them: title, author, editor, edition, publisher, place, published, identifier,
    licence, source (its description), source_date, created, language (else the @xml:lang of <text>), keywords (a list).
    Values of a repeated element are joined by "; ". The header of a corpus holds for texts that lack a value.

    Args:
        notes: Keep notes, where they stand in the text.
        deleted: Keep deleted text.
        apparatus: Keep all readings.
        choice: "corrected" prefers <corr>, <reg>, <expan> and <ex> in a <choice>; "original" prefers <sic>, <orig>,
            <abbr> and <am>. Of several the first is read.
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
        if not target.has_text:
            beside = ", ".join(f"{kind} ({count:,})" for kind, count in target.left_out.items())
            raise ValueError(f"no text in TEI: it has no element <text>{beside and f', but {beside}'}")
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
    content: str  # "elements", if white space in it is no text; "paragraphs"; or ""
    begin: (
        Callable[[_Text, str, Mapping[str, str]], str] | None
    )  # does more at its beginning and returns the kind of its span
    end: Callable[[_Text, str, int], None] | None  # does more at its end


_Element = tuple[_Rule, str, str | None, int]  # an open one: kind and value of its span, and where it began


class _Alternatives:
    """What is read of an open choice or apparatus: where it began, and whether others are preferred."""

    def __init__(self) -> None:
        self.mark: Mark | None = None
        self.is_second = False


class _Division:
    """An open division: its heading is known later."""

    def __init__(self, attributes: Mapping[str, str], depth: int, start: int) -> None:
        self.attributes = dict(attributes)
        self.depth = depth
        self.start = start
        self.heading: tuple[int, int] | None = None
        self.end = start

    @property
    def types(self) -> set[str]:
        return {self.attributes.get("type", ""), self.attributes.get("subtype", "")} - {""}


class _Target:
    """Takes the events of a document and makes texts of them.

    Attributes:
        data: Takes characters. They come a line or less at a time, and are read together.
    """

    def __init__(self, options: _Options) -> None:
        self._characters: list[str] = []
        self.data = self._characters.append
        self.is_tei = False
        self.has_text = False
        self.left_out: Counter[str] = Counter()
        self.definition = ""
        self._options = options
        self._ready: list[Event] = []
        self._path: list[str] = []
        self._header: _Header | None = None
        self._columns: list[dict[str, Any]] = [{}]  # of each open corpus or text, with those of what it is in
        self._text: _Text | None = None
        self._ids: set[str] = set()
        self._id: str | None = None
        self._language: str | None = None  # of the text

    def take(self) -> list[Event]:
        """Return the documents that are complete."""
        self._read_characters()
        ready, self._ready = self._ready, []
        return ready

    def doctype(self, _name: str, public: str | None, system: str | None) -> None:
        """Take the declaration of a document type."""
        self.definition = system or public or ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if self._characters:
            self._read_characters()
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
            self._columns.append(dict(self._columns[-1]))
        if name in _TEXTS:
            self._id = attributes.get(f"{_XML}id")
        elif name == "teiHeader":
            self._header = _Header()
        elif name == "text" and self.is_tei:
            self.has_text = True
            self._text = _Text(self._options, self.left_out)
            self._language = attributes.get(f"{_XML}lang")
        elif name in _OUTSIDE:
            self.left_out[_OUTSIDE[name]] += 1

    def _read_characters(self) -> None:
        text = "".join(self._characters)
        self._characters.clear()
        if self._text is not None:
            if not self._text.skipped:
                self._text.add(text)
        elif self._header is not None:
            self._header.data(text)

    def end(self, _tag: str) -> None:
        """Take the end of an element."""
        if self._characters:
            self._read_characters()
        if self._text is not None:
            if self._text.end():
                return
            self._ready += self._documents(self._text)
            self._text = None
        elif self._header is not None:
            if self._header.end():
                return
            self._columns[-1] |= self._header.columns()
            self._header = None
        if self._path.pop() in _ROOTS:
            self._columns.pop()

    def close(self) -> None:
        """Take the end of the document."""

    def _documents(self, text: _Text) -> Iterator[Document]:
        whole, spans, divisions = text.finish()
        name = self._id if self._id and self._id not in self._ids else None
        self._ids.add(name or "")
        columns = self._columns[-1]
        if self._language:
            columns = {"language": self._language, **columns}
        if not self._options.split:
            yield Document(whole, name, columns, spans=spans)
            return
        last = 0
        for division in divisions:
            self._count_outside(whole[last : division.start])
            last = division.end
            piece, inside = part(whole, spans, division.start, division.end)
            if piece:
                yield _division_document(whole, piece, inside, division, columns)
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
        of_source = any(element == "sourceDesc" for element, _ in self._path[:-1])
        if of_source and above != "sourceDesc":  # what describes the source may have all parts of a header
            found = None
        if name == "item" and not any(element == "keywords" for element, _ in self._path):
            found = None
        if of_source and (name == "origDate" or (name == "date" and above in _SOURCE_DATE)):
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


def _value(kind: str, attributes: Mapping[str, str]) -> str | None:
    for key in _VALUES.get(kind, ()):
        if value := attributes.get(key):
            return value
    return None


class _Text:
    """The text of one element <text>.

    Attributes:
        skipped: The depth of open elements that are not read.
    """

    def __init__(self, options: _Options, left_out: Counter[str]) -> None:
        self._options = options
        self._left_out = left_out
        self._builder = TextBuilder(options.most)
        self.skipped = 0
        self._divisions: list[_Division] = []
        self._split: list[_Division] = []
        self._pages: dict[str, tuple[int, str | None]] = {}  # the open one of each edition
        self._alternatives: list[_Alternatives] = []  # of each open choice or apparatus
        self._deleted: dict[str, Mark] = {}  # where what is deleted began, by the id of its end
        self._stanzas = 0  # open ones
        self._word_end = -1  # the length after an element of whole words
        self._joins = False  # whether the open word goes on in the next one
        self._hemistich_end = -1  # the length after an element <seg> in <l>
        self._skip = {name: "" for name in _PARTS if name not in options.parts} | _NEVER
        self._skip |= ({} if options.notes else _NOTES) | ({} if options.deleted else _DELETED)
        self._skip |= {} if options.apparatus else {"listApp": _ELSEWHERE}
        self._rules: dict[str, _Rule] = {}
        self._elements: list[_Element] = [(self._rule("text")._replace(end=None), "", None, 0)]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        if self.skipped:
            self.skipped += 1
            return
        rule = self._rules.get(tag) or self._rules.setdefault(tag, self._rule(local_name(tag)))
        name, separator, kind, left_out, _, begin, _ = rule
        if self._deleted:
            self._end_deletion(attributes)
        if name == "app" and not self._options.apparatus and not _AWAY.isdisjoint(attributes):
            left_out = _ELSEWHERE
        if left_out is not None:
            self.skipped = 1
            self._count(left_out)
            if name == "gap" and not attributes.get("unit", "").startswith(_LETTERS):
                self._builder.separate(" ")
            return
        above = self._elements[-1][0]
        if above.content:
            if above.content == "elements" and self._is_dropped(name, above.name):
                self.skipped = 1
                return
            if above.content == "paragraphs" and name in _BETWEEN_PARAGRAPHS:
                separator, rule = "\n", rule._replace(separator="\n")
        if separator:
            self._builder.separate(separator)
        if begin:
            kind = begin(self, name, attributes)
        value = _value(kind, attributes) if kind and attributes else None
        self._elements.append((rule, kind, value, self._builder.length))

    def add(self, text: str) -> None:
        """Take characters that are not skipped."""
        if self._elements[-1][0].content != "elements" or not text.isspace():
            self._builder.add(text)

    def end(self) -> bool:
        """Take the end of an element; return whether the text goes on."""
        if self.skipped:
            self.skipped -= 1
            return True
        (name, separator, _, _, _, _, end), kind, value, start = self._elements.pop()
        builder = self._builder
        if kind:
            own = (start, builder.length) if kind in _NAMED_BY_TEXT else None
            builder.span(kind, start, value=value, named_by=own)
        if end:
            end(self, name, start)
        if separator:
            builder.separate(separator)
        return bool(self._elements)

    def finish(self) -> tuple[str, list[Span], list[_Division]]:
        """Return the text, its spans, and the divisions by which it is to be split."""
        for edition in self._pages:
            self._end_page(edition)
        return *self._builder.finish(), self._split

    def _count(self, kind: str) -> None:
        if kind:
            self._left_out[kind] += 1

    def _rule(self, name: str) -> _Rule:
        return _Rule(
            name,
            _SEPARATORS.get(name, ""),
            _KINDS.get(name, ""),
            self._skip.get(name),
            "elements" if name in _WITHOUT_TEXT else "paragraphs" if name in _OF_PARAGRAPHS else "",
            self._BEGINNINGS.get(name),
            self._ENDINGS.get(name),
        )

    def _is_dropped(self, name: str, above: str) -> bool:
        """Return whether this child of a choice or an apparatus is not to be read.

        One is: the first of those that are preferred, or the first one if there are none, which is known at the end.
        """
        if above == "subst" or (above in _APPARATUS and name not in ("lem", "rdg")):
            return False
        if not self._alternatives:  # a <rdgGrp> without an <app>
            return False
        read = self._alternatives[-1]
        if above == "choice":
            kind, is_second = "alternatives in a choice", name in self._options.dropped
        else:
            kind, is_second = "readings of the apparatus", name == "rdg"
            if self._options.apparatus:
                self._builder.separate(" " if read.mark else "")
                read.mark = self._builder.mark()
                return False
        if read.mark is None:
            read.mark, read.is_second = self._builder.mark(), is_second
            return False
        self._count(kind)
        if is_second or not read.is_second:
            return True
        self._go_back(read.mark)
        read.is_second = False
        return False

    def _go_back(self, mark: Mark) -> None:
        self._builder.go_back(mark)
        self._expect_within()
        here = self._builder.mark()
        for name, each in self._deleted.items():
            self._deleted[name] = min(here, each, key=_length)
        for read in self._alternatives:
            read.mark = read.mark and min(here, read.mark, key=_length)

    def _expect_within(self) -> None:
        """Move what began in text that was taken away to the end of the rest."""
        length = self._builder.length
        self._elements = [(rule, kind, value, min(start, length)) for rule, kind, value, start in self._elements]
        self._pages = {edition: (min(start, length), number) for edition, (start, number) in self._pages.items()}
        for division in (*self._divisions, *self._split):
            division.start, division.end = min(division.start, length), min(division.end, length)

    def _break(self, name: str, attributes: Mapping[str, str]) -> str:
        kind = attributes.get("break") if attributes else None
        if kind == "no":
            if self._builder.drop_hyphen():
                self._count("hyphens of divided words")
                self._expect_within()
            self._builder.glue()
        elif kind or not self._builder.is_glued:  # the others of a row of breaks need not say it again
            self._builder.separate(" ")
        if name == "pb":
            edition = attributes.get("ed") or attributes.get("edRef") or ""
            self._end_page(edition)
            number = attributes.get("n") or attributes.get(f"{_XML}id") or attributes.get("facs")
            self._pages[edition] = (self._builder.length, number)
        return ""

    def _begin_words(self, name: str, _attributes: Mapping[str, str]) -> str:
        if self._word_end == self._builder.length and not self._builder.is_glued:
            self._builder.separate(" ")
        return _KINDS.get(name, "")

    def _end_words(self, _name: str, _start: int) -> None:
        self._word_end = self._builder.length

    def _begin_word(self, name: str, attributes: Mapping[str, str]) -> str:
        join = attributes.get("join") if attributes else None
        if join in ("left", "both"):
            self._builder.glue()
        elif name == "w" and attributes.get("part") not in ("M", "F"):
            self._begin_words(name, attributes)
        self._joins = join in ("right", "both")
        return ""

    def _end_word(self, name: str, _start: int) -> None:
        if self._joins:
            self._builder.glue()
        elif name == "w":
            self._word_end = self._builder.length

    def _begin_alternatives(self, _name: str, _attributes: Mapping[str, str]) -> str:
        self._alternatives.append(_Alternatives())
        return ""

    def _end_alternatives(self, _name: str, _start: int) -> None:
        self._alternatives.pop()

    def _begin_deletion(self, _name: str, attributes: Mapping[str, str]) -> str:
        if not self._options.deleted:
            self._deleted[attributes.get("spanTo", "").removeprefix("#")] = self._builder.mark()
        return ""

    def _end_deletion(self, attributes: Mapping[str, str]) -> None:
        if mark := self._deleted.pop(attributes.get(f"{_XML}id", ""), None):
            self._go_back(mark)
            self._count("deleted text")

    def _begin_stanza(self, name: str, _attributes: Mapping[str, str]) -> str:
        self._stanzas += 1
        return _KINDS[name]

    def _end_stanza(self, _name: str, _start: int) -> None:
        self._stanzas -= 1

    def _begin_verse(self, name: str, _attributes: Mapping[str, str]) -> str:
        return "" if self._stanzas else _KINDS[name]  # the stanza is the span

    def _begin_segment(self, _name: str, _attributes: Mapping[str, str]) -> str:
        if self._hemistich_end == self._builder.length:
            self._builder.separate("\t")
        return ""

    def _end_segment(self, _name: str, _start: int) -> None:
        if self._elements[-1][0].name == "l":
            self._hemistich_end = self._builder.length

    def _begin_name(self, _name: str, attributes: Mapping[str, str]) -> str:
        return _NAME_TYPES.get(attributes.get("type", ""), "")

    def _begin_division(self, _name: str, attributes: Mapping[str, str]) -> str:
        self._divisions.append(_Division(attributes, len(self._elements), self._builder.length))
        return ""

    def _end_page(self, edition: str) -> None:
        """End the page of an edition; those of the first one are called "page"."""
        if edition in self._pages:
            start, number = self._pages[edition]
            is_first = edition == next(iter(self._pages))
            kind = "page" if is_first else f"page_{_NO_KIND.sub('_', edition).strip('_') or 'other'}"
            self._builder.span(kind, start, value=number)

    def _end_heading(self, _name: str, start: int) -> None:
        division = self._divisions[-1] if self._divisions else None
        if division and not division.heading:
            between = {rule.name for rule, *_ in self._elements[division.depth + 1 :]}
            if between <= _WITHIN_TEXTS:  # not in a table or a list
                division.heading = (start, self._builder.length)

    def _end_division(self, _name: str, _start: int) -> None:
        division = self._divisions.pop()
        division.end = self._builder.length
        number = " ".join(filter(None, (division.attributes.get("type"), division.attributes.get("n"))))
        value = None if division.heading else number or None
        self._builder.span("division", division.start, value=value, named_by=division.heading)
        wanted = self._options.split
        if division.types & wanted and not any(each.types & wanted for each in self._divisions):
            self._split.append(division)

    _BEGINNINGS: ClassVar = {
        **dict.fromkeys(_OF_WORDS, _begin_words),
        **dict.fromkeys(_BREAKS, _break),
        **dict.fromkeys(_NAMES, _begin_name),
        **dict.fromkeys(_DIVISIONS, _begin_division),
        **dict.fromkeys(("w", "pc"), _begin_word),
        **dict.fromkeys(("choice", "app"), _begin_alternatives),
        "lg": _begin_stanza, "l": _begin_verse, "seg": _begin_segment, "delSpan": _begin_deletion,
    }  # fmt: skip
    _ENDINGS: ClassVar = {
        **dict.fromkeys(_OF_WORDS, _end_words),
        **dict.fromkeys(_DIVISIONS, _end_division),
        **dict.fromkeys(("w", "pc"), _end_word),
        **dict.fromkeys(("choice", "app"), _end_alternatives),
        "head": _end_heading, "lg": _end_stanza, "seg": _end_segment,
    }  # fmt: skip
