"""Builds a text from the pieces of a marked-up document, with spans, and cuts it into parts.

White space is that of XML: a space, a tabulator, a line feed, a carriage return. Of a run of it one character stays:
a space between words, a tabulator between cells or hemistichs, a line feed between paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from corpus_kit.readers.documents import Document, Span

__all__ = ["TextBuilder", "chapter_documents", "chapter_kind", "part", "trimmed"]

_WHITE = " \t\r\n"
_RUN = re.compile(f"[{_WHITE}]+")
_STRENGTH = {"": 0, " ": 1, "\t": 2, "\n": 3}


class TextBuilder:
    r"""A text in the making.

    Args:
        most: Code points that it may have.

    Attributes:
        length: Its code points so far, without the white space that is due before the next word.

    >>> builder = TextBuilder()
    >>> builder.add(" باب ")
    >>> builder.separate("\n")
    >>> start = builder.length
    >>> builder.add("قال\n الراوي")
    >>> builder.span("quotation", start, named_by=(start, builder.length))
    >>> builder.finish()
    ('باب\nقال الراوي', [Span(kind='quotation', start=4, end=14, value='قال الراوي')])
    """

    def __init__(self, most: int = 1 << 40) -> None:
        self.length = 0
        self._most = most
        self._pieces: list[str] = []
        self._due = ""
        self._is_glued = False
        self._spans: list[tuple[str, int, int, str | None, tuple[int, int] | None]] = []

    def add(self, text: str) -> None:
        """Add characters; white space at their ends separates them from what is before and after."""
        if "\n" in text or "  " in text or "\t" in text or "\r" in text:  # the search is slower than all of these
            text = _RUN.sub(" ", text)
        core = text.strip(" ")
        if not self._due and not self._is_glued and text[:1] == " ":
            self._due = " "
        if not core:
            return
        if self._due and self._pieces:
            core = self._due + core
        self._pieces.append(core)
        self.length += len(core)
        self._is_glued = False
        self._due = " " if text[-1] == " " else ""
        if self.length > self._most:
            raise ValueError(f"a text of more than {self._most:,} characters")

    def separate(self, by: str = " ") -> None:
        r"""Put white space before the next word: " ", "\t" or "\n", unless stronger one is due."""
        if _STRENGTH[by] > _STRENGTH[self._due]:
            self._due = by
        self._is_glued = False

    def glue(self) -> None:
        """Put nothing before the next character: a word goes on."""
        if self._due != "\n":
            self._due, self._is_glued = "", True

    def span(
        self,
        kind: str,
        start: int,
        end: int | None = None,
        value: str | None = None,
        *,
        named_by: tuple[int, int] | None = None,
    ) -> None:
        """Note a span from an earlier length to this one or `end`.

        Args:
            kind: Its kind.
            start: The length at which it began.
            end: The length at which it ended; None is this one.
            value: Its value.
            named_by: Where in the text its value is, if it has none.
        """
        self._spans.append((kind, start, self.length if end is None else end, value, named_by))

    def finish(self) -> tuple[str, list[Span]]:
        """Return the text and its spans, in order, without the white space at their ends; empty ones are left out."""
        text = "".join(self._pieces)
        spans = []
        self._spans.sort(key=_order)
        for kind, start, end, value, named_by in self._spans:
            if start < end and text[start] in _WHITE:  # the white space before it; there is one at most, and none after
                start += 1
            if start < end:
                if value is None and named_by:
                    value = " ".join(text[slice(*named_by)].split()) or None
                spans.append(Span(kind, start, end, value))
        return text, spans


def _order(span: tuple[str, int, int, str | None, tuple[int, int] | None]) -> tuple[int, int]:
    return span[1], -span[2]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the white space at its ends.

    >>> trimmed("خبر قال ", 3, 8)
    (4, 7)
    """
    while start < end and text[start] in _WHITE:
        start += 1
    while end > start and text[end - 1] in _WHITE:
        end -= 1
    return start, end


def part(text: str, spans: Iterable[Span], start: int, end: int) -> tuple[str, Sequence[Span]]:
    """Return a part of a text and what its spans cover of it.

    >>> part("باب قال", [Span("page", 0, 7, "1"), Span("chapter", 0, 3)], 3, 7)
    ('قال', [Span(kind='page', start=0, end=3, value='1')])
    """
    start, end = trimmed(text, start, end)
    inside = []
    for span in spans:
        if span.start < end and span.end > start:
            first, last = trimmed(text, max(span.start, start), min(span.end, end))
            if first < last:
                inside.append(Span(span.kind, first - start, last - start, span.value))
    return text[start:end], inside


def chapter_kind(level: int) -> str:
    """Return the kind of the span of a chapter.

    >>> chapter_kind(1), chapter_kind(2)
    ('chapter', 'chapter_2')
    """
    return "chapter" if level == 1 else f"chapter_{level}"


def chapter_documents(text: str, spans: Sequence[Span], metadata: Mapping[str, Any], level: int) -> Iterator[Document]:
    """Yield the parts of a book that its chapters down to a level begin.

    Each has the columns chapter (its title), chapter_level and page (where it begins).
    """
    starts: dict[int, tuple[str | None, int | None]] = {0: (None, None)}
    for span in spans:
        kind, _, number = span.kind.partition("_")
        if kind == "chapter" and int(number or 1) <= level:
            starts[span.start] = span.value, int(number or 1)
    places = [*sorted(starts), len(text)]
    for start, end in pairwise(places):
        title, depth = starts[start]
        piece, inside = part(text, spans, start, end)
        if piece:
            page = next((span.value for span in inside if span.kind == "page"), None)
            columns = {**metadata, "chapter": title, "chapter_level": depth, "page": page}
            yield Document(piece, metadata=columns, spans=inside)
