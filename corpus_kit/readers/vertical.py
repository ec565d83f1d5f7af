"""Vertical text (.vrt, .vert), as the IMS Open Corpus Workbench and Sketch Engine have it: a token a line.

A line that begins with ``<`` is a tag of a structure, any other a token with its attributes between tabs. <g/> says
that no white space is before the next token.

References:
    Evert, S. & CWB Development Team (2022). CWB Encoding and Management Manual. https://cwb.sourceforge.io
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from corpus_kit._base.arguments import names
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Reader, Skipped, Span, Tokens
from corpus_kit.readers.structure import TOKEN_FIELDS

__all__ = ["vertical"]

_TAG = re.compile(r"<(/?)([A-Za-z_][\w.-]*)((?:\s+[\w.:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>\s*")
_ATTRIBUTE = re.compile(r"([\w.:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED = re.compile(r"<!--\s*#?\s*(?:vrt )?positional[ -]attributes:?\s*([\w ,/|-]+?)\s*-->", re.IGNORECASE)
_DOCUMENTS = ("text", "doc", "document", "article")
_UNDEFINED = ("", "_", "__UNDEF__", "__NONE__")
_USUAL = {"tag": "pos", "upos": "pos"}
_GLUE = "glue"  # "yes" where no white space precedes, in what `Corpus.export` writes for CWB
_VALUES = ("id", "n", "title", "name")  # attributes that are the value of a span, the first of these


def vertical(*, attributes: str | Sequence[str] | None = None, document: str | None = None) -> Reader:
    r"""Return the reader of vertical text.

    Its tokens are those of the corpus; their attributes are a layer "given". What the tags of documents say is
    metadata, <s> begins a sentence, <p> a paragraph, and every other structure is a span of its name.

    Args:
        attributes: The names of the attributes after the word, in order, such as ("pos", "lemma"). None takes those of
            a comment such as ``<!-- Positional attributes: word pos lemma -->``; without one they are called
            attribute_1, attribute_2 and so on. One of the name glue is "yes" for a token without white space before
            it, as `Corpus.export` writes it.
        document: The tag that is a document; None takes the first of text, doc, document and article that occurs.

    Examples:
        >>> import corpus_kit as ck, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> lines = ['<text id="a1" outlet="صدى">', "<s>", "قال\tVERB", "الوزير\tNOUN", "<g/>", ".\tPUNCT"]
        >>> _ = (folder / "news.vrt").write_text("\n".join([*lines, "</s>", "</text>"]), "utf-8")
        >>> form = ck.readers.vertical(attributes="pos")
        >>> corpus = ck.Corpus.build(folder / "news.vrt", folder / "corpus", format=form)
        >>> corpus.documents.select("id", "outlet", "text").collect().rows()
        [('news.vrt:a1', 'صدى', 'قال الوزير.')]
        >>> ck.kwic(corpus, "[pos=NOUN]").frame["node"].to_list()
        ['الوزير']
    """
    given = None if attributes is None else names(attributes, "attributes")
    documents = _DOCUMENTS if document is None else (document,)

    def read(file: File) -> Iterator[Event]:
        yield from _Vertical(given, documents).read(file.text().split("\n"))

    return read


def _layer_names(attributes: list[str]) -> list[str]:
    """Return the names of the columns of a layer that attributes become, all different.

    >>> _layer_names(["lemma", "lemma-2", "lemma_2", "_x", "form"])
    ['lemma', 'lemma_2', 'lemma_2_', 'attribute__x', 'form_']
    """
    chosen: list[str] = []
    for attribute in attributes:
        name = re.sub(r"[^A-Za-z0-9_]", "_", attribute)
        if not name[:1].isalpha():
            name = f"attribute_{name}"
        while name in (*TOKEN_FIELDS, *chosen):
            name += "_"
        chosen.append(name)
    return chosen


class _Vertical:
    """One file as it is read."""

    def __init__(self, attributes: list[str] | None, documents: tuple[str, ...]) -> None:
        self._attributes = attributes
        self._documents = documents
        self._ignored = 0
        self._begin({})

    def _begin(self, attributes: dict[str, str]) -> None:
        self._metadata = attributes
        self._parts: list[str] = []
        self._length = 0
        self._gap = ""
        self._spans: list[tuple[int, int]] = []
        self._sentences: list[int] = []
        self._values: list[list[str | None]] = []
        self._open: list[tuple[str, int, str | None]] = []
        self._marked: list[Span] = []
        self._begins_sentence = True

    @property
    def _glue(self) -> int | None:
        """The place of the attribute that says whether white space precedes a token."""
        return self._attributes.index(_GLUE) if self._attributes and _GLUE in self._attributes else None

    def read(self, lines: list[str]) -> Iterator[Event]:
        for number, given in enumerate(lines, start=1):
            line = given.rstrip("\r")
            if line.startswith("<"):
                declared = _DECLARED.fullmatch(line.strip())
                tag = _TAG.fullmatch(line)
                if declared and self._attributes is None:
                    self._attributes = [_USUAL.get(each, each) for each in re.split(r"[ ,]+", declared[1])[1:]]
                elif tag:
                    yield from self._tag(tag)
                elif not line.startswith(("<?", "<!")):
                    if "\t" not in line and line.strip() != "<":
                        raise ValueError(f"line {number:,} is no tag and no token: {line!r:.100}")
                    self._token(line)
            elif line.strip():
                self._token(line)
        yield from self._finished()
        if self._ignored:
            yield LeftOut("tag that is never closed", self._ignored)

    def _tag(self, tag: re.Match[str]) -> Iterator[Event]:
        closes, name, rest, is_empty = bool(tag[1]), tag[2], tag[3], bool(tag[4])
        attributes = {key: html.unescape(one or two) for key, one, two in _ATTRIBUTE.findall(rest)}
        if name == "g":
            self._gap = ""
        elif name in self._documents:
            yield from self._finished()
            self._begin({} if closes else attributes)
        elif name in ("p", "s"):
            self._begins_sentence = True
            if self._parts and (name == "p" or not closes):
                self._gap = "\n" if name == "p" else self._gap or " "
        elif closes:
            self._close(name)
        elif not is_empty:
            value = next((attributes[key] for key in _VALUES if key in attributes), None)
            self._open.append((name, len(self._spans), value or next(iter(attributes.values()), None)))

    def _close(self, name: str) -> None:
        for place in reversed(range(len(self._open))):
            kind, first, value = self._open[place]
            if kind == name:
                del self._open[place]
                if first < len(self._spans):
                    kind = re.sub(r"[^A-Za-z0-9_]", "_", kind)
                    self._marked.append(Span(kind, self._spans[first][0], self._spans[-1][1], value))
                return

    def _token(self, line: str) -> None:
        word, *values = (html.unescape(each) for each in line.split("\t"))
        if not word.strip():
            return
        if self._glue is not None and values[self._glue : self._glue + 1]:
            self._gap = "" if values.pop(self._glue) == "yes" else self._gap
        if self._parts:
            self._parts.append(self._gap)
            self._length += len(self._gap)
        if self._begins_sentence:
            self._sentences.append(len(self._spans))
            self._begins_sentence = False
        self._spans.append((self._length, self._length + len(word)))
        self._parts.append(word)
        self._length += len(word)
        self._values.append([None if each in _UNDEFINED else each for each in values])
        self._gap = " "

    def _finished(self) -> Iterator[Event]:
        if not self._spans:
            if self._metadata:
                yield Skipped("document without tokens", self._metadata.get("id", ""))
            return
        self._ignored += len(self._open)
        width = max(map(len, self._values))
        known = [name for name in self._attributes or [] if name != _GLUE]
        columns = [*known[:width], *(f"attribute_{number}" for number in range(len(known) + 1, width + 1))]
        layers: dict[str, list[str | None]] = {
            name: [row[place] if place < len(row) else None for row in self._values]
            for place, name in enumerate(_layer_names(columns))
        }
        tokens = Tokens(self._spans, self._sentences, layers)
        metadata: dict[str, Any] = {key: value for key, value in self._metadata.items() if key != "id"}
        spans = sorted(self._marked, key=lambda span: (span.start, -span.end))
        yield Document("".join(self._parts), self._metadata.get("id") or None, metadata, spans=spans, tokens=tokens)
