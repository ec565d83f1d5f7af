"""OpenDocument texts (.odt, and .fodt, which is one file of XML): the text in order, with headings and tables as spans.

- *Tables* and *text boxes* are read as in `docx_files`, and lists item by item, without their numbers.
- *Tracked changes*: what was inserted is in, what was deleted is out and counted.
- *Tables of contents* and other *indexes* that the program makes are out and counted, and so are images, with what
  describes them, and embedded objects such as formulas.
- *Notes* and *comments* are out and counted, unless asked for; then they come after the body. Headers and footers
  belong to the styles of the file and are not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from corpus_kit._base.arguments import boolean
from corpus_kit.readers.documents import Event, File, Reader
from corpus_kit.readers.office_text import Gathered, opened_package, parsed, read_member
from corpus_kit.readers.text_builder import single_spaced

__all__ = ["odt", "read_odt"]

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"

_MIME = b"application/vnd.oasis.opendocument.text"
_HEAD = 64  # bytes
_MOST_SPACES = 1000  # that one element stands for
_TITLE = "Title"
_PASSED = {
    *(
        f"{_TEXT}{name}"
        for name in (
            "sequence-decls",
            "variable-decls",
            "user-field-decls",
            "ruby-text",
            "note-citation",
            "number",
            "script",
        )
    ),
    _OFFICE + "forms",
    _OFFICE + "annotation-end",
    _TABLE + "covered-table-cell",
    f"{_SVG}title",
    f"{_SVG}desc",
}
_LEFT_OUT = {
    _DRAW + "image": "image",
    _DRAW + "object": "embedded object",
    _DRAW + "object-ole": "embedded object",
    **dict.fromkeys(
        (f"{_TEXT}{kind}" for kind in (
            "table-of-content", "alphabetical-index", "illustration-index", "object-index", "table-index", "user-index",
        )),
        "table of contents or index",
    ),
}  # fmt: skip
_SHAPES = ("text-box", "custom-shape", "rect", "ellipse", "circle", "polygon", "path", "caption", "line", "connector")


def odt(*, notes: bool = False, comments: bool = False) -> Reader:
    """Return a reader of OpenDocument texts.

    Args:
        notes: Whether footnotes and endnotes are read, after the body, as spans "footnote" and "endnote".
        comments: Whether comments are read likewise, as spans "comment".

    Examples:
        >>> odt(notes=True).__name__
        'odt(notes=True, comments=False)'
    """
    wanted = {"footnote", "endnote"} if boolean(notes, "notes") else set()
    wanted |= {"comment"} if boolean(comments, "comments") else set()

    def read(file: File) -> Iterator[Event]:
        return _read(file, frozenset(wanted))

    read.__name__ = f"odt(notes={notes}, comments={comments})"
    return read


def read_odt(file: File) -> Iterator[Event]:
    """Read an OpenDocument text as one document, with its title, author and date, without notes and comments."""
    return _read(file, frozenset())


def _read(file: File, wanted: frozenset[str]) -> Iterator[Event]:
    with file.open() as stream:
        is_flat = stream.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if is_flat:
        root = parsed(file.read())
        if not (root.get(_OFFICE + "mimetype") or "").encode().startswith(_MIME):
            raise ValueError("not an OpenDocument text")
        yield from _events(root, root, wanted)
        return
    with opened_package(file, "an .odt file") as (_, archive):
        if not read_member(archive, "mimetype").startswith(_MIME):
            raise ValueError("not an OpenDocument text")
        if b"encryption-data" in read_member(archive, "META-INF/manifest.xml"):
            raise ValueError("encrypted with a password")
        data = read_member(archive, "content.xml")
        if not data:
            raise ValueError("damaged: it has no content.xml")
        metadata = read_member(archive, "meta.xml")
        yield from _events(parsed(data), parsed(metadata) if metadata else None, wanted)


def _events(root: Any, metadata: Any, wanted: frozenset[str]) -> Iterator[Event]:
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise ValueError("damaged: it has no text")
    walker = _Walker(Gathered(), _titles(root), wanted)
    walker.walk(body)
    walker.read_asides()
    yield from walker.gathered.events({} if metadata is None else _metadata(metadata))


class _Walker:
    """Gathers the text of elements, with white space as the format has it: any amount of it is one space."""

    def __init__(self, gathered: Gathered, titles: frozenset[str], wanted: frozenset[str]) -> None:
        self.gathered = gathered
        self._titles = titles
        self._wanted = wanted
        self._asides: list[tuple[str, str | None, Any]] = []
        self._boxes: list[list[Any]] = []  # text boxes of the open paragraphs
        self._after_space = True
        self._special: dict[str, Callable[[Any], None]] = {
            _TEXT + "p": self._paragraph,
            _TEXT + "h": self._paragraph,
            _TEXT + "s": self._spaces,
            _TEXT + "tab": lambda _: self._character("\t"),
            _TEXT + "line-break": lambda _: self._character("\n"),
            _TEXT + "note": self._note,
            _TEXT + "tracked-changes": self._changes,
            _OFFICE + "annotation": lambda element: self._aside("comment", element),
            _TABLE + "table": self._table,
            **{_DRAW + shape: self._box for shape in _SHAPES},
            **dict.fromkeys(_LEFT_OUT, self._leave_out),
        }

    def walk(self, parent: Any, *, with_text: bool = False) -> None:
        """Gather the text of the children of an element, and its own text if it is within a paragraph."""
        if with_text:
            self._text(parent.text)
        for element in parent:
            tag = element.tag
            if tag in self._special:
                self._special[tag](element)
            elif isinstance(tag, str) and tag not in _PASSED:
                self.walk(element, with_text=with_text)
            if with_text:
                self._text(element.tail)

    def read_asides(self) -> None:
        """Gather the notes and comments that are wanted."""
        for kind, value, element in self._asides:
            with self.gathered.part(kind, value):
                self.walk(element)

    def _text(self, text: str | None) -> None:
        if text:
            text = single_spaced(text)
            if self._after_space:
                text = text.removeprefix(" ")
            if text:
                self.gathered.add(text)
                self._after_space = text.endswith(" ")

    def _character(self, text: str) -> None:
        self.gathered.add(text)
        self._after_space = False

    def _spaces(self, element: Any) -> None:
        count = element.get(_TEXT + "c") or "1"
        self._character(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))

    def _paragraph(self, element: Any) -> None:
        level = None
        if element.tag == _TEXT + "h":
            stated = element.get(_TEXT + "outline-level") or "1"
            level = int(stated) if stated.isdecimal() else 1
        elif element.get(_TEXT + "style-name") in self._titles:
            level = 0
        self._boxes.append([])
        self._after_space = True
        self.walk(element, with_text=True)
        self.gathered.end_paragraph(level)
        for box in self._boxes.pop():
            with self.gathered.part("text_box"):
                self.walk(box)

    def _table(self, element: Any) -> None:
        self.gathered.tables += 1
        with self.gathered.part("table"):
            self.walk(element)
        self.gathered.tables -= 1

    def _note(self, element: Any) -> None:
        self._aside(element.get(_TEXT + "note-class") or "footnote", element, element.get(_TEXT + "id"))

    def _aside(self, kind: str, element: Any, value: str | None = None) -> None:
        if kind in self._wanted:
            body = element.find(_TEXT + "note-body")
            self._asides.append((kind, value, element if body is None else body))
        else:
            self.gathered.left_out[kind if kind in ("endnote", "comment") else "footnote"] += 1

    def _changes(self, element: Any) -> None:
        deleted = sum(1 for _ in element.iter(_TEXT + "deletion"))
        self.gathered.left_out["deleted text (tracked change)"] += deleted

    def _leave_out(self, element: Any) -> None:
        self.gathered.left_out[_LEFT_OUT[element.tag]] += 1

    def _box(self, element: Any) -> None:
        if self._boxes:
            self._boxes[-1].append(element)
        else:
            self.walk(element)


def _titles(root: Any) -> frozenset[str]:
    """Return the names of the styles that are the title, or made from it."""
    made = {
        style.get(_STYLE + "name")
        for style in root.iterfind(f"{_OFFICE}automatic-styles/{_STYLE}style")
        if style.get(_STYLE + "parent-style-name") == _TITLE
    }
    return frozenset(made | {_TITLE})


def _metadata(root: Any) -> dict[str, Any]:
    meta = root.find(_OFFICE + "meta")
    found: dict[str, Any] = {}
    if meta is None:
        return found
    for column, names in {"title": (_DC + "title",), "author": (_META + "initial-creator", _DC + "creator")}.items():
        if value := next((text.strip() for name in names if (text := meta.findtext(name) or "").strip()), ""):
            found[column] = value
    with suppress(ValueError):  # none, or no day of the calendar
        found["created"] = dt.date.fromisoformat((meta.findtext(_META + "creation-date") or "")[:10])
    return found
