"""Word files (.docx, .docm, .dotx): the text of the body in order, with headings and tables as spans.

- *Tables*: each cell is one paragraph or more of its own, so that no phrase goes from one to the next; tables in cells
  likewise. Text boxes come after the paragraph that holds them.
- *Tracked changes*: what was inserted is in, what was deleted is out and counted. Hidden text is out and counted.
- *Notes, comments, headers, footers* are out and counted, unless asked for; then they come after the body. Numbers that
  Word counts itself, as those of lists, are not in the file.
- *Tables of contents* are text, as spans "contents", where Word made them. What asks to be written over in a form is
  out and counted.
- *Line breaks* are line breaks of the text, tabs are tabs.

Files in the strict form of the format have namespaces of their own, which are read as those of the others.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from corpus_kit._base.arguments import boolean
from corpus_kit.readers.documents import Event, File, Reader, needed
from corpus_kit.readers.office_text import Gathered, opened_package, parsed, without_entities

__all__ = ["docx", "read_docx"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_VAL = _W + "val"
_CORE = "/metadata/core-properties"
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_MOST_BASES = 10  # styles that a style is based on, one after another

_PLAIN = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_TEXTS = {_W + "t", _M + "t"}
_CHARACTERS = {_W + name: text for name, text in _PLAIN.items()}
_PROPERTIES = {_W + name for name in ("rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "rt")}
_LEFT_OUT = {
    _W + "del": "deleted text (tracked change)",
    _W + "moveFrom": "deleted text (tracked change)",
    _W + "footnoteReference": "footnote",
    _W + "endnoteReference": "endnote",
    _W + "commentReference": "comment",
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic": "image",
    "{urn:schemas-microsoft-com:vml}imagedata": "image",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "chart",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": "diagram",
    "{urn:schemas-microsoft-com:office:office}OLEObject": "embedded file",
    _W + "altChunk": "embedded file",
}
_ASIDE = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment", "header": "header", "footer": "footer"}


def docx(*, notes: bool = False, comments: bool = False, headers: bool = False) -> Reader:
    """Return a reader of Word files.

    Args:
        notes: Whether footnotes and endnotes are read, after the body, as spans "footnote" and "endnote".
        comments: Whether comments are read likewise, as spans "comment".
        headers: Whether headers and footers are read likewise, as spans "header" and "footer".

    Examples:
        >>> docx(comments=True).__name__
        'docx(notes=False, comments=True, headers=False)'
    """
    wanted = {"footnote", "endnote"} if boolean(notes, "notes") else set()
    wanted |= {"comment"} if boolean(comments, "comments") else set()
    wanted |= {"header", "footer"} if boolean(headers, "headers") else set()

    def read(file: File) -> Iterator[Event]:
        return _read(file, frozenset(wanted))

    read.__name__ = f"docx(notes={notes}, comments={comments}, headers={headers})"
    return read


def read_docx(file: File) -> Iterator[Event]:
    """Read a Word file as one document, with its title, author and date, without notes, comments and headers."""
    return _read(file, frozenset())


def _read(file: File, wanted: frozenset[str]) -> Iterator[Event]:
    library = needed("docx.package", "Word files")
    exceptions = (needed("docx.opc.exceptions", "Word files").PackageNotFoundError, KeyError)
    etree = needed("lxml.etree", "Word files")
    with opened_package(file, "a .docx file") as (stream, _):
        stream.seek(0)
        try:
            package = library.Package.open(stream)
        except exceptions as error:
            raise ValueError(f"not a Word file: {error}") from error
        except etree.XMLSyntaxError as error:
            raise ValueError(f"damaged XML: {error}") from error
        part = _related(package, "/officeDocument")
        root = None if part is None else _root(part)
        if root is None or root.tag != _W + "document":
            raise ValueError("not a Word file: it holds something else")
        body = root.find(_W + "body")
        if body is None:
            raise ValueError("damaged: it has no body")
        gathered = Gathered()
        styles = _related(part, "/styles")
        walker = _Walker(gathered, {} if styles is None else _levels(_root(styles)))
        walker.walk(body)
        _read_asides(part, walker, wanted)
        yield from gathered.events(_metadata(package))


def _related(source: Any, kind: str) -> Any:
    """Return the part to which a package or part has a relation of a kind, by the end of its name; None without one."""
    relations = (each for each in source.rels.values() if not each.is_external)
    return next((each.target_part for each in relations if each.reltype.endswith(kind)), None)


def _root(part: Any) -> Any:
    """Return the root of a part."""
    root = without_entities(part.element) if hasattr(part, "element") else parsed(part.blob)
    if _STRICT.match(root.nsmap.get(root.prefix, "").encode()):
        return parsed(_STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", part.blob))
    return root


class _Walker:
    """Gathers the text of elements."""

    def __init__(self, gathered: Gathered, levels: dict[str, int]) -> None:
        self.gathered = gathered
        self._levels = levels
        self._boxes: list[list[Any]] = []  # text boxes of the open paragraphs
        self._special: dict[str, Callable[[Any], None]] = {
            _W + "p": self._paragraph,
            _W + "tbl": self._table,
            _W + "tr": self._row,
            _W + "r": self._run,
            _W + "sym": self._symbol,
            _W + "txbxContent": self._box,
            _W + "sdt": self._control,
            _MC + "AlternateContent": self._alternative,
        }

    def walk(self, parent: Any) -> None:
        """Gather the text of the children of an element."""
        add = self.gathered.add
        for element in parent:
            tag = element.tag
            if tag in _TEXTS:
                add(element.text or "")
            elif tag in self._special:
                self._special[tag](element)
            elif tag in _CHARACTERS:
                add(_CHARACTERS[tag])
            elif tag in _LEFT_OUT:
                self.gathered.left_out[_LEFT_OUT[tag]] += 1
            elif tag not in _PROPERTIES and isinstance(tag, str):
                self.walk(element)

    def _paragraph(self, element: Any) -> None:
        properties = element.find(_W + "pPr")
        level, goes_on = None, False
        if properties is not None:
            level = self._level(properties)
            mark = properties.find(_W + "rPr")
            # the end of the paragraph is deleted: it goes on in the next one
            goes_on = mark is not None and any(mark.find(_W + name) is not None for name in ("del", "moveFrom"))
            element = [child for child in element if child is not properties]
        self._boxes.append([])
        self.walk(element)
        if not goes_on:
            self.gathered.end_paragraph(level)
        for box in self._boxes.pop():
            with self.gathered.part("text_box"):
                self.walk(box)

    def _level(self, properties: Any) -> int | None:
        own = properties.find(_W + "outlineLvl")
        if own is not None:
            return _outline(own)
        style = properties.find(_W + "pStyle")
        return None if style is None else self._levels.get(style.get(_VAL))

    def _table(self, element: Any) -> None:
        self.gathered.tables += 1
        with self.gathered.part("table"):
            self.walk(element)
        self.gathered.tables -= 1

    def _row(self, element: Any) -> None:
        properties = element.find(_W + "trPr")
        if properties is not None and properties.find(_W + "del") is not None:
            self.gathered.left_out["deleted text (tracked change)"] += 1
        else:
            self.walk(element)

    def _run(self, element: Any) -> None:
        properties = element.find(_W + "rPr")
        if properties is not None and _is_on(properties.find(_W + "vanish")):
            self.gathered.left_out["hidden text"] += 1
        else:
            self.walk(element)

    def _symbol(self, element: Any) -> None:
        """Take a character of a symbol font only if it is one of Unicode."""
        try:
            code = int(element.get(_W + "char") or "", 16)
        except ValueError:
            code = 0xF000
        if 0xD800 <= code < 0xF900 or not 0x20 <= code < 0x110000:
            self.gathered.left_out["symbol without a character"] += 1
        else:
            self.gathered.add(chr(code))

    def _box(self, element: Any) -> None:
        if self._boxes:
            self._boxes[-1].append(element)
        else:
            self.walk(element)

    def _control(self, element: Any) -> None:
        """Take what stands in a control, unless it only asks for something."""
        properties = element.find(_W + "sdtPr")
        if properties is not None and _is_on(properties.find(_W + "showingPlcHdr")):
            self.gathered.left_out["placeholder"] += 1
            return
        gallery = None if properties is None else properties.find(f"{_W}docPartObj/{_W}docPartGallery")
        if gallery is not None and gallery.get(_VAL) == "Table of Contents":
            with self.gathered.part("contents"):
                self.walk(element)
        else:
            self.walk(element)

    def _alternative(self, element: Any) -> None:
        """Take the first of several forms of the same content."""
        for name in ("Choice", "Fallback"):
            form = element.find(_MC + name)
            if form is not None:
                self.walk(form)
                return


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(_VAL) not in ("0", "false", "off")


def _outline(element: Any) -> int | None:
    """Return the level of a heading, from 1; 9 in the file stands for the text."""
    value = element.get(_VAL) or ""
    return int(value) + 1 if value.isdecimal() and int(value) < 9 else None


def _levels(styles: Any) -> dict[str, int]:
    """Return the level of each style of headings by its id; 0 for titles."""
    elements = {style.get(_W + "styleId"): style for style in styles.iterfind(_W + "style")}

    def level(style: Any, depth: int) -> int | None:
        name = style.find(_W + "name")
        label = "" if name is None else name.get(_VAL) or ""
        if label.lower() == "title":
            return 0
        if match := _HEADING.fullmatch(label):
            return int(match[1])
        own = style.find(f"{_W}pPr/{_W}outlineLvl")
        if own is not None:
            return _outline(own)
        base = style.find(_W + "basedOn")
        parent = None if base is None else elements.get(base.get(_VAL))
        return None if parent is None or depth == _MOST_BASES else level(parent, depth + 1)

    found = {name: level(style, 0) for name, style in elements.items() if name}
    return {name: each for name, each in found.items() if each is not None}


def _read_asides(part: Any, walker: _Walker, wanted: frozenset[str]) -> None:
    """Read what stands beside the body, as far as it is wanted, and count headers and footers that are not."""
    gathered = walker.gathered
    for relation in part.rels.values():
        kind = _ASIDE.get(relation.reltype.rpartition("/")[2])
        if kind is None or relation.is_external:
            continue
        if kind in ("header", "footer"):
            root = _root(relation.target_part)
            if kind in wanted:
                with gathered.part(kind):
                    walker.walk(root)
            elif any((element.text or "").strip() for element in root.iter(_W + "t")):
                gathered.left_out[kind] += 1
        elif kind in wanted:
            for note in _root(relation.target_part):
                if note.tag == _W + kind and note.get(_W + "type") in (None, "normal"):
                    with gathered.part(kind, note.get(_W + "id")):
                        walker.walk(note)
    for kind in wanted:
        gathered.left_out.pop(kind, None)


def _metadata(package: Any) -> dict[str, Any]:
    part = _related(package, _CORE)  # python-docx misses the relation as LibreOffice writes it, and makes a part
    properties = getattr(part, "core_properties", None)
    if properties is None:
        return {}
    found: dict[str, Any] = {}
    if title := properties.title.strip():
        found["title"] = title
    if author := properties.author.strip():
        found["author"] = author
    if isinstance(created := properties.created, dt.datetime):
        found["created"] = created.date()
    return found
