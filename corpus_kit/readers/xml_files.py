"""XML read safely: without entities, document type definitions, the network, or a tree in memory.

`parse` hands the events of a stream to a target, an object with methods `start`, `end` and `data`. What a file must not
have is looked for before the parser sees it: libxml2 would drop an entity of a definition that is not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, Protocol

from corpus_kit.readers.documents import needed

__all__ = ["NotWellFormedError", "Target", "expect_readable", "local_name", "parse", "tree"]

_PIECE = 1 << 16  # bytes
_OVERLAP = 256  # bytes looked at again with the next piece
_HEAD = 1 << 20  # bytes by which the declared encoding is judged

_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_KNOWN = re.compile(r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-\d+|(windows-|cp)125\d", re.IGNORECASE)
_DEFINITION = re.compile(rb"<!(ENTITY|ELEMENT|ATTLIST|NOTATION)\b")
_DOCTYPE = re.compile(rb"<!DOCTYPE\b")
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z_][\w.-]{0,80});")
_PLACE = re.compile(r"(?:, line \d+, column \d+)?(?: \(.*\))?$")
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16


class NotWellFormedError(ValueError):
    """A document that no XML parser can read to its end."""


class Target(Protocol):
    """What takes the events of a document."""

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        """Take the beginning of an element."""

    def end(self, tag: str, /) -> None:
        """Take the end of an element."""

    def data(self, text: str, /) -> None:
        """Take characters, which may be a part of a run."""

    def close(self) -> object:
        """Take the end of the document."""


def local_name(tag: str) -> str:
    """Return the name of an element or attribute without its namespace.

    >>> local_name("{http://www.tei-c.org/ns/1.0}div"), local_name("div")
    ('div', 'div')
    """
    return tag[tag.rfind("}") + 1 :]


def parse(stream: IO[bytes], target: Target) -> Iterator[None]:
    """Parse a stream piece by piece; the iteration advances it, so that the caller can take what the target has made.

    Raises:
        ValueError: If it is not well-formed, declares or uses entities, or has another encoding than it declares.
    """
    etree = needed("lxml.etree", "XML files")
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    guard = _Guard()
    try:
        while piece := stream.read(_PIECE if guard.head else _HEAD):
            guard.check(piece)
            for start in range(0, len(piece), _PIECE):
                parser.feed(piece[start : start + _PIECE])
                yield
        parser.close()
    except etree.XMLSyntaxError as error:
        raise NotWellFormedError(_reason(error)) from None
    yield


def tree(data: bytes) -> Any:
    """Return the root of a small document, such as the contents of a book, as an element of lxml.

    Raises:
        ValueError: As for `parse`.
    """
    etree = needed("lxml.etree", "XML files")
    expect_readable(data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotWellFormedError(_reason(error)) from None


def expect_readable(data: bytes) -> None:
    """Raise ValueError if a document declares or uses entities, or declares an encoding that it does not have."""
    _Guard().check(data)


class _Guard:
    """Looks at the bytes of a document before they are parsed."""

    def __init__(self) -> None:
        self.head = b""
        self._before = b""
        self._has_doctype = False
        self._is_wide = False

    def check(self, piece: bytes) -> None:
        """Raise ValueError for what must not be read."""
        if not self.head:
            self.head = piece[:_HEAD]
            self._is_wide = piece.startswith(_MARKS) or b"\0" in piece[:4]
            _expect_declared_encoding(self.head)
        if self._is_wide:
            piece = piece.replace(b"\0", b"")  # leaves what is ASCII as it would be in UTF-8
        seen = self._before + piece
        if b"<!" in seen:  # faster than the searches
            if found := _DEFINITION.search(seen):
                raise ValueError(f"it declares a document type (<!{found[1].decode()}), which is not read")
            self._has_doctype = self._has_doctype or bool(_DOCTYPE.search(seen))
        if self._has_doctype and (entity := _ENTITY.search(seen)):
            raise ValueError(f"it uses the entity &{entity[1].decode()}; of a document type, which is not read")
        self._before = seen[-_OVERLAP:]


def _expect_declared_encoding(head: bytes) -> None:
    """Raise ValueError if the head of a document shows another encoding than it declares, or none that is known."""
    if head.startswith(_MARKS):
        return
    declared = _DECLARED.match(head.removeprefix(b"\xef\xbb\xbf"))
    if declared is None:
        return
    name = declared[1].decode()
    if not _KNOWN.fullmatch(name):
        raise ValueError(f"the encoding {name} is not read; UTF-8, UTF-16, ISO 8859 and Windows code pages are")
    if name.lower().startswith(("utf-16", "utf16")):
        raise ValueError(f"the encoding is declared as {name}, but the bytes are not UTF-16")
    if not name.lower().startswith("utf") and not head.isascii() and _is_utf8(head):
        raise ValueError(f"the encoding is declared as {name}, but the bytes are UTF-8")


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.end >= len(head) - 3 and error.reason == "unexpected end of data"  # cut within a character
    return True


def _reason(error: Exception) -> str:
    """Return what is wrong with a document, with the line where that is known."""
    line = getattr(error, "lineno", None)
    what = _PLACE.sub("", str(getattr(error, "msg", None) or error))
    return f"not well-formed XML: {what}" + (f" (line {line:,})" if line else "")
