"""Builds a text from the pieces of a marked-up document, with spans, and cuts it into parts.

White space is that of XML: a space, a tabulator, a line feed, a carriage return. Of a run of it one character stays:
a space between words, a tabulator between cells or hemistichs, a line feed between paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from corpus_kit.readers.documents import Document, Span

__all__ = ["Mark", "TextBuilder", "chapter_documents", "chapter_kind", "part", "single_spaced", "trimmed"]

_WHITE = " \t\r\n"
_HYPHENS = ("-", "\u00ad", "\u2010", "\u00ac")  # the last is written for a hyphen at the end of a line
Mark = tuple[int, list[str], int, str, bool, int]  # a state of a builder
_Noted = tuple[str, int, int, str | None, int, int]  # a span; the last two are where its value is
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
        self._spans: list[_Noted] = []

    def add(self, text: str) -> None:
        """Add characters; white space at their ends separates them from what is before and after."""
        core = text.strip(_WHITE)
        if not self._due and not self._is_glued and text and text[0] in _WHITE:
            self._due = " "
        if not core:
            return
        due = self._due if self._pieces else ""
        self._due = " " if text[-1] in _WHITE else ""
        core = due + single_spaced(core)
        self._pieces.append(core)
        self.length += len(core)
        self._is_glued = False
        if self.length > self._most:
            raise ValueError(f"a text of more than {self._most:,} characters")

    def separate(self, by: str = " ") -> None:
        r"""Put white space before the next word: " ", "\t" or "\n", unless stronger one is due."""
        if _STRENGTH[by] > _STRENGTH[self._due]:
            self._due = by
        self._is_glued = False

    @property
    def is_glued(self) -> bool:
        """Whether nothing is put before the next character."""
        return self._is_glued

    def glue(self) -> None:
        """Put nothing before the next character: a word goes on."""
        if self._due != "\n":
            self._due, self._is_glued = "", True

    def drop_hyphen(self) -> bool:
        """Take the hyphen away with which a word is divided, if there is one; return whether there was."""
        last = self._pieces[-1] if self._pieces else ""
        if self._due == "\n" or last[-1:] not in _HYPHENS or not last[-2:-1].isalnum():
            return False
        self._pieces[-1] = last[:-1]
        self.length -= 1
        place = len(self._spans)
        while place and self._spans[place - 1][2] > self.length:
            place -= 1
            self._spans[place] = _cut(self._spans[place], self.length)
        return True

    def mark(self) -> Mark:
        """Return what brings the text back to where it is now."""
        return len(self._pieces), self._pieces[-1:], self.length, self._due, self._is_glued, len(self._spans)

    def since(self, mark: Mark) -> str:
        """Return what was added since a mark."""
        return "".join(self._pieces[mark[0] :])

    def go_back(self, mark: Mark) -> None:
        """Take away what was added since a mark; of spans stays what they cover of the rest."""
        pieces, last, self.length, self._due, self._is_glued, spans = mark
        self._pieces[max(0, pieces - 1) :] = last
        self._spans[spans:] = [_cut(span, self.length) for span in self._spans[spans:] if span[1] < self.length]

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
        first, last = named_by or (0, 0)
        self._spans.append((kind, start, self.length if end is None else end, value, first, last))

    def finish(self) -> tuple[str, list[Span]]:
        """Return the text and its spans, in order, without the white space at their ends; empty ones are left out."""
        text = "".join(self._pieces)
        spans = []
        for kind, start, end, value, first, last in self._spans:
            if start < end and text[start] in _WHITE:  # the white space before it; there is one at most, and none after
                start += 1
            if start < end:
                if value is None and first < last:
                    value = " ".join(text[first:last].split()) or None
                spans.append(Span(kind, start, end, value))
        spans.sort(key=_order)
        return text, spans


def _cut(span: _Noted, length: int) -> _Noted:
    kind, start, end, value, first, last = span
    return kind, start, min(end, length), value, first, min(last, length)


def _order(span: Span) -> tuple[int, int]:
    return span.start, -span.end


def single_spaced(text: str) -> str:
    r"""Return a text in which each run of white space is one space; a search for runs takes several times as long.

    >>> single_spaced("قال\r\n\t الراوي")
    'قال الراوي'
    """
    if "\n" in text:
        text = " ".join([line.strip(_WHITE) for line in text.split("\n")])
    for other in "\t\r":
        if other in text:
            text = text.replace(other, " ")
    while "  " in text:  # which halves each run
        text = text.replace("  ", " ")
    return text


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
