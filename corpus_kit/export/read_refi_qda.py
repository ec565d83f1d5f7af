"""The codes of REFI-QDA projects (.qdpx) and codebooks (.qdc), as NVivo, ATLAS.ti, MAXQDA and QualCoder write them.

Files are read as what strangers send: an archive that expands beyond its limit, a document type with entities, a tree
that is too large or too deep are refused, and nothing outside of the file is ever read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser

from corpus_kit.export.coded_items import CodedItem, Given
from corpus_kit.export.refi_qda import NO_CODER

__all__ = ["Code", "codes_of_codebook", "parsed", "read_refi_qda"]

_MOST_ELEMENTS, _DEEPEST = 3_000_000, 200
_TEXTS = ("TextSource", "Representation")  # elements that have a plain text
_PATH = " / "  # between a code and its parents, where its name alone is that of several

Read = Callable[[str], bytes]  # reads a member of the archive; KeyError if there is none


class Code(NamedTuple):
    """A code of a codebook."""

    name: str
    parent: str | None
    description: str | None


class _Tree(TreeBuilder):
    """A tree without a document type, of limited size."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0

    def doctype(self, *_: Any) -> None:
        """Refuse a document type, which alone can declare entities."""
        raise ValueError("it has a document type (DOCTYPE), which such files must not have")

    def start(self, tag: Any, attrs: Any) -> Element:
        self._count += 1
        self._depth += 1
        if self._count > _MOST_ELEMENTS or self._depth > _DEEPEST:
            raise ValueError(f"it has more than {_MOST_ELEMENTS:,} elements, or more than {_DEEPEST} in one another")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: Any) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])


def parsed(data: bytes) -> Element:
    """Return the root of an XML file; tags are without namespaces.

    Raises:
        ValueError: If it is damaged, has a document type, or is too large.
    """
    parser = XMLParser(target=_Tree())
    try:
        parser.feed(data)
        root = parser.close()
    except ElementTree.ParseError as error:
        raise ValueError(f"it is no whole XML file ({error})") from None
    assert isinstance(root, Element)
    return root


def codes_of_codebook(root: Element) -> dict[str, Code]:
    """Return the codes of a project or a codebook by GUID.

    A code whose name others have too is called by its path: "politics / women".
    """
    found: dict[str, tuple[list[str], str | None]] = {}
    waiting = [(code, [""][:0]) for codes in root.iter("Codes") for code in codes.findall("Code")][::-1]
    while waiting:
        code, above = waiting.pop()
        names = [*above, _needed(code, "name")]
        if code.get("isCodable", "true") in ("true", "1"):
            found[_key(_needed(code, "guid"))] = names, code.findtext("Description")
        waiting += [(child, names) for child in code.findall("Code")][::-1]
    counts: dict[str, int] = {}
    for names, _ in found.values():
        counts[names[-1]] = counts.get(names[-1], 0) + 1
    return {
        guid: Code(
            names[-1] if counts[names[-1]] == 1 else _PATH.join(names), _PATH.join(names[:-1]) or None, description
        )
        for guid, (names, description) in found.items()
    }


def read_refi_qda(
    read: Read, ids: Mapping[str, str], known: Callable[[str], bool], coder: str | None
) -> Iterator[CodedItem]:
    """Yield the texts of a project with their codes.

    Args:
        read: Reads a member of the archive.
        ids: The ids of documents by the GUID that an export gives to them.
        known: Whether there is a document of this id.
        coder: Who gave the codes; None takes the users of the project.

    Raises:
        ValueError: If the project is damaged, or its XML has another shape.
    """
    try:
        root = parsed(read("project.qde"))
    except KeyError:
        raise ValueError("it has no file 'project.qde'") from None
    if root.tag != "Project":
        raise ValueError(f"'project.qde' has the element {root.tag!r:.60} and not 'Project'")
    codes = codes_of_codebook(root)
    users = {_key(user.get("guid", "")): user.get("name") for user in root.iter("User")}
    users = {guid: None if name == NO_CODER else name for guid, name in users.items()}
    is_atlas = "ATLAS" in root.get("origin", "")
    for source in root.iterfind("Sources/*"):
        given = list(_given(source, codes, users, coder))
        if given:
            id = _id_of(source, ids, known)
            yield CodedItem(id, _text(source, read, is_atlas), 0, None, given, f"source {source.get('name', id)!r}")


def _id_of(source: Element, ids: Mapping[str, str], known: Callable[[str], bool]) -> str:
    """Return the document of a source: by its name, its GUID, or the name of its file."""
    name, file = source.get("name", ""), source.get("plainTextPath", "").rpartition("/")[2]
    options = [name, ids.get(_key(source.get("guid", "")), name), file, file.rpartition(".")[0]]
    return next(filter(known, options), name or file)


def _given(
    source: Element, codes: Mapping[str, Code], users: Mapping[str, str | None], coder: str | None
) -> Iterator[Given]:
    """Yield the codes of a source, those of pictures and sounds with the reason why they have no place."""
    by_text = {id(coding): part for part in source.iter("PlainTextSelection") for coding in part.findall("Coding")}
    whole = {id(coding) for coding in source.findall("Coding")}
    for coding in source.iter("Coding"):
        reference = coding.find("CodeRef")
        if reference is None:
            raise ValueError("an element 'Coding' has no 'CodeRef'")
        code = codes.get(_key(_needed(reference, "targetGUID")))
        part = by_text.get(id(coding))
        by = coding.get("creatingUser") or (None if part is None else part.get("creatingUser")) or ""
        name, who = "" if code is None else code.name, coder or users.get(_key(by))
        if code is None:
            yield Given(None, None, name, who, problem="a code that the codebook has not")
        elif part is not None and source.tag in ("TextSource", "PDFSource"):
            start, end = _position(part, "startPosition"), _position(part, "endPosition")
            yield Given(start, end, name, who, part.get("name") or None)
        elif id(coding) in whole and source.tag == "TextSource":
            yield Given(None, None, name, who)
        else:
            yield Given(None, None, name, who, problem=f"in a source of the type {source.tag}")


def _text(source: Element, read: Read, is_atlas: bool) -> str:
    """Return the plain text of a source, as its positions count it; "" if it has none.

    ATLAS.ti writes two characters at the end of a line and counts one.
    """
    holder = source if source.tag in _TEXTS else source.find("Representation")
    if holder is None:
        return ""
    content, path = holder.findtext("PlainTextContent"), holder.get("plainTextPath")
    if content is None:
        name = (path or "").removeprefix("internal://").lstrip("/")  # some programs leave the prefix out
        if not name or "://" in name:
            raise ValueError(f"the text of a source is outside of the file, at {path!r:.100}")
        content = _decoded(_member(read, name), name)
    return content.replace("\r\n", "\n") if is_atlas else content


def _member(read: Read, name: str) -> bytes:
    for folder in ("sources", "Sources"):
        try:
            return read(f"{folder}/{name}")
        except KeyError:
            continue
    raise ValueError(f"it has no file {'sources/' + name!r:.100}")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{name!r:.100} is not UTF-8") from None


def _needed(element: Element, attribute: str) -> str:
    value = element.get(attribute)
    if value is None:
        raise ValueError(f"an element {element.tag!r:.60} has no attribute {attribute!r}")
    return value


def _position(element: Element, attribute: str) -> int:
    value = _needed(element, attribute).strip()
    if not re.fullmatch("[0-9]{1,10}", value):
        raise ValueError(f"{attribute!r} must be a whole number, got {value!r:.60}")
    return int(value)


def _key(guid: str) -> str:
    """Return a GUID in one spelling: some programs write it in capitals, or in braces."""
    return guid.strip().strip("{}").lower()
