"""The reading view of the explorer: a window of the text of one document, with the hits of a search in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.display.columns import explain_in
from corpus_kit.display.isolation import has_arabic
from corpus_kit.display.values import shortened, text_column, visible
from corpus_kit.display.wording import in_words
from corpus_kit.errors import InputError
from corpus_kit.explore.literals import literal
from corpus_kit.search.hits import Hits

__all__ = ["WINDOW", "HitsOfDocument", "Reading"]

WINDOW = 20_000  # code points of a text that are sent at once
_BEFORE = 4_000  # of these, before the place that is read
_LONGEST_VALUE = 2_000  # code points of a value of the metadata
_LARGE = ("text", "headline", "paragraphs", "spans")


@dataclass(frozen=True)
class Text:
    """The text of a document.

    Attributes:
        document: Its row number.
        text: The text as read.
        starts: Where its paragraphs begin (Int64), ascending.
        ends: Where they end (Int64).
        headline: Where its headline begins and ends; None if it has none.
    """

    document: int
    text: str
    starts: Integers
    ends: Integers
    headline: tuple[int, int] | None

    def around(self, place: int) -> tuple[int, int]:
        """Return the window around a code point, which begins and ends with a paragraph if one does there."""
        low = max(place - _BEFORE, 0)
        starts = self.starts[np.searchsorted(self.starts, low) : np.searchsorted(self.starts, place, "right")]
        low = int(starts[0]) if len(starts) and low else low
        return low, self.end_after(low, place)

    def end_after(self, low: int, place: int | None = None) -> int:
        """Return where a window that begins at `low` ends: after `place`, if one is given."""
        high = low + WINDOW
        if high >= len(self.text):
            return len(self.text)
        ends = self.starts[np.searchsorted(self.starts, max(low, place or 0), "right") :]
        ends = ends[: np.searchsorted(ends, high, "right")]
        return int(ends[-1]) if len(ends) else self._between_words(high, low)

    def start_before(self, high: int) -> int:
        """Return where a window that ends at `high` begins."""
        low = high - WINDOW
        if low <= 0:
            return 0
        starts = self.starts[np.searchsorted(self.starts, low) : np.searchsorted(self.starts, high)]
        return int(starts[0]) if len(starts) else low

    def _between_words(self, high: int, low: int) -> int:
        space = self.text.rfind(" ", max(low + 1, high - 400), high)
        return space + 1 if space > 0 else high


class HitsOfDocument:
    """The hits of a search in one document. They are looked up in the index of tokens, never all of them.

    Args:
        corpus: The corpus.
        hits: The hits of all documents, in the order of the text.
        document: The row number of the document.

    Attributes:
        low: The number of its first hit.
        high: The number of the hit after its last one.
    """

    def __init__(self, corpus: CorpusView, hits: Hits, document: int) -> None:
        self._corpus, self._hits = corpus, hits
        (begin,), (end,) = corpus.document_bounds(np.array([document], np.uint32))
        self.begin = int(begin)
        self.low, self.high = self._number_of(begin), self._number_of(end)

    def _number_of(self, token: int) -> int:
        first = self._hits.first
        return int(np.searchsorted(first, first.dtype.type(token))) if len(first) else 0

    def number_at(self, position: int) -> int:
        """Return the number of the hit at a position; it is one."""
        return self._number_of(self.begin + position)

    def position(self, number: int) -> int:
        """Return the position of a hit."""
        return int(self._hits.first[number]) - self.begin

    def start(self, number: int) -> int:
        """Return the first code point of a hit."""
        return int(self._corpus.starts_of(self._tokens(number, number + 1))[0])

    def between(self, low: int, high: int) -> list[tuple[int, int, int]]:
        """Return the hits that overlap a part of the text: number, first code point, end.

        Of overlapping hits the later ones begin where the earlier ones end, since a page marks a letter once.
        """
        numbers = range(self.low, self.high)
        first = max(bisect_left(numbers, low, key=self.start) + self.low - 1, self.low)
        last = bisect_left(numbers, high, key=self.start) + self.low
        if first >= last:
            return []
        starts = self._corpus.starts_of(self._tokens(first, last)).tolist()
        ends = self._ends(self._hits.end[first:last].astype(np.int64) - 1)
        found, done = [], low
        for number, start, end in zip(range(first, last), starts, ends, strict=True):
            start, end = max(start, done), min(end, high)
            if start < end:
                found.append((number, start, end))
                done = end
        return found

    def neighbours(self) -> tuple[int | None, int | None]:
        """Return the documents with hits before and after this one."""
        return self._document(self.low - 1), self._document(self.high)

    def _document(self, number: int) -> int | None:
        if not 0 <= number < len(self._hits):
            return None
        return int(self._corpus.documents_of(self._tokens(number, number + 1))[0])

    def _tokens(self, first: int, end: int) -> Array:
        return self._hits.first[first:end].astype(np.int64)

    def _ends(self, tokens: Array) -> list[int]:
        corpus = self._corpus
        ends = corpus.token_texts.ends(tokens, corpus.starts_of(tokens), corpus.surfaces)
        return [int(end) for end in series_from_core("", ends)]


class Reading:
    """Reads documents of a corpus, one at a time. The last text is kept, no other.

    Args:
        corpus: The corpus.
        language: "en" or "ar".
    """

    def __init__(self, corpus: Corpus, language: str) -> None:
        self._corpus, self._language = corpus, language
        self._text: Text | None = None

    def expect(self, document: int) -> None:
        """Raise InputError unless a document is one of the corpus."""
        self._corpus.check_open()
        mask = self._corpus.document_mask()
        if document >= self._corpus.total_documents or (mask is not None and not mask[document]):
            raise InputError(f"document must be one of the corpus, got {document:,}.")

    def head(self, document: int) -> dict[str, Any]:
        """Return what is said of a document: its id, its metadata, its length, and the Python that returns its text."""
        text = self._of(document)
        row = self._rows(document).drop(_LARGE, strict=False).collect()
        shown = in_words(row, self._language, row)
        names = [
            name for name in row.columns if name not in ("document", "id", "tokens") and row[name].item() is not None
        ]
        name = str(row["id"].item())
        return {
            "document": document,
            "id": visible(name),
            "metadata": [[self._label(each), *self._value(shown[each])] for each in names],
            "length": len(text.text),
            "code": visible(f"corpus.text({literal(name)})"),
        }

    def _label(self, name: str) -> str:
        meaning = explain_in(name, self._language, "Corpus.documents")
        return visible(shortened(name if meaning is None else meaning.label, 200))

    def _value(self, value: pl.Series) -> tuple[str, bool]:
        text = visible(shortened(text_column(value)[0] or "", _LONGEST_VALUE))
        return text, value.dtype.is_numeric()

    def around(self, document: int, place: int, hits: HitsOfDocument) -> dict[str, Any]:
        """Return the window of the text around a code point."""
        text = self._of(document)
        return _part(text, *text.around(min(place, len(text.text))), hits)

    def after(self, document: int, low: int, hits: HitsOfDocument) -> dict[str, Any]:
        """Return the window that begins at a code point."""
        text = self._of(document)
        low = min(low, len(text.text))
        return _part(text, low, text.end_after(low), hits)

    def before(self, document: int, high: int, hits: HitsOfDocument) -> dict[str, Any]:
        """Return the window that ends at a code point."""
        text = self._of(document)
        high = min(high, len(text.text))
        return _part(text, text.start_before(high), high, hits)

    def _rows(self, document: int) -> pl.LazyFrame:
        return self._corpus.documents.filter(pl.col("document") == document)

    def _of(self, document: int) -> Text:
        if self._text is None or self._text.document != document:
            self._text = None  # so that two are never there
            self._text = self._read(document)
        return self._text

    def _read(self, document: int) -> Text:
        corpus = self._corpus
        with reading(corpus.path):
            whole = corpus.all_documents().filter(pl.col("document") == document)
            row = whole.select("text", "headline", "paragraphs").collect().row(0, named=True)
            paragraphs = row["paragraphs"] or []
            headline = row["headline"]
        starts = np.array([each["start"] for each in paragraphs], np.int64)
        ends = np.array([each["end"] for each in paragraphs], np.int64)
        span = None if headline is None or headline["start"] is None else (headline["start"], headline["end"])
        return Text(document, row["text"], starts, ends, span)


def _part(text: Text, low: int, high: int, hits: HitsOfDocument) -> dict[str, Any]:
    """Return a part of a text as the page shows it: its paragraphs, each in pieces, with the hits in them."""
    marked = hits.between(low, high)
    return {
        "start": low,
        "end": high,
        "paragraphs": [
            _paragraph(text, start, end, low, marked) for start, end in _paragraphs(text, low, high) if start < end
        ],
        "positions": {str(number): hits.position(number) for number, _, _ in marked},
    }


def _paragraphs(text: Text, low: int, high: int) -> list[tuple[int, int]]:
    """Return the paragraphs in a part of a text; what is between them is shown, too, if it is more than space."""
    first, last = np.searchsorted(text.ends, low, "right"), np.searchsorted(text.starts, high)
    found, done = list[tuple[int, int]](), low
    spans = zip(text.starts[first:last].tolist(), text.ends[first:last].tolist(), strict=True)
    for start, end in [*spans, (high, high)]:
        between = text.text[done:start]
        if between.strip():
            found.append((start - len(between.lstrip()), done + len(between.rstrip())))
        found.append((max(start, low), min(end, high)))
        done = min(end, high)
    return found


def _paragraph(text: Text, start: int, end: int, low: int, marked: Sequence[tuple[int, int, int]]) -> dict[str, Any]:
    words = text.text
    pieces, done = list[list[Any]](), start
    first = bisect_left(marked, start + 1, key=lambda mark: mark[2])
    for number, begin, stop in marked[first:]:
        if begin >= end:
            break
        begin, stop = max(begin, start), min(stop, end)
        pieces += [[visible(words[done:begin]), -1], [visible(words[begin:stop]), number]]
        done = stop
    pieces.append([visible(words[done:end]), -1])
    continued = start == low and low > 0 and not np.any(text.starts == start)
    return {
        "rtl": has_arabic(words[start:end]),
        "head": text.headline is not None and text.headline[0] <= start < text.headline[1],
        "continued": bool(continued),
        "pieces": [piece for piece in pieces if piece[0]],
    }
