"""What files of coded texts hold, whatever their program, and the places of their codes in the corpus.

Programs change texts a little: line breaks, white space, a byte order mark. Some count code points, as the corpus does,
some UTF-16 units. So a code finds its place by the text that its file holds, and by the words that it quotes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import shown
from corpus_kit.export.coding_tasks import HIT, MARKERS, documents_of, flat

__all__ = ["CODES", "CodedItem", "Given", "is_offset", "item_of", "placed", "wrong_shape"]

CODES = {
    "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "code": pl.String,
    "coder": pl.String, "source": pl.String, "problem": pl.String,
}  # fmt: skip

_BATCH = 1_000  # texts that are compared with those of the corpus at once
_SPACE = re.compile("[\\s\ufeff]+")
_LETTER = re.compile("[^\\s\ufeff]")
_MOST = 2**32  # offsets are below it


class Given(NamedTuple):
    """A code as its file has it.

    Attributes:
        start: Its first code point in the text of the file; None if it is that of the whole text.
        end: The code point after its last.
        code: Its name.
        coder: Who gave it.
        quoted: The words that it belongs to, or their beginning, if the file quotes them.
        is_exact: Whether all of these words are quoted.
        problem: Why it has no place in the corpus.
    """

    start: int | None
    end: int | None
    code: str
    coder: str | None
    quoted: str | None = None
    is_exact: bool = False
    problem: str | None = None


@dataclass(frozen=True)
class CodedItem:
    """A text of a file, with its codes.

    Attributes:
        id: The id of its document.
        text: The text as the file has it.
        start: The place of the text in the document.
        node: The place of the node in the document, if the text is a line.
        given: The codes.
        where: The place in the file.
    """

    id: str
    text: str
    start: int
    node: tuple[int, int] | None
    given: Sequence[Given]
    where: str


def is_offset(value: object) -> bool:
    """Return whether a value of a JSON file can be an offset."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def wrong_shape(where: str, expected: str, value: object) -> ValueError:
    """Return the error for a value of another shape.

    >>> wrong_shape("line 2, 'label'", "must be a list", 5)
    ValueError("line 2, 'label' must be a list, got 5")
    """
    return ValueError(f"{where} {expected}, got {shown(value)}")


def item_of(row: Mapping[str, Any], beside: object, given: Sequence[Given], where: str) -> CodedItem:
    """Return the text of an object of JSON.

    Args:
        row: The object.
        beside: Another one, which may have the keys of the place.
        given: The codes.
        where: The place in the file.

    Raises:
        ValueError: If a key is missing or has another type.
    """
    more = beside if isinstance(beside, Mapping) else {}

    def value(key: str) -> Any:
        return row[key] if key in row else more.get(key)

    for key, hint in (("text", ""), ("document_id", ", which ck.export_codes writes")):
        if key not in row and key not in more:
            raise ValueError(f"{where} has no key {key!r}{hint}")
        if not isinstance(value(key), str):
            raise wrong_shape(f"{where}, {key!r}", "must be a text", value(key))
    places = {key: value(key) for key in ("text_start", "start", "end")}
    for key, place in places.items():
        if place is not None and not is_offset(place):
            raise wrong_shape(f"{where}, {key!r}", "must be a whole number", place)
    node = None if places["start"] is None or places["end"] is None else (places["start"], places["end"])
    return CodedItem(value("document_id"), value("text"), places["text_start"] or 0, node, given, where)


def placed(items: Iterable[CodedItem], corpus: CorpusView, source: str) -> pl.DataFrame:
    """Return the codes of a file with their places in the corpus.

    Args:
        items: Its texts.
        corpus: The corpus.
        source: The name of the file.

    Returns:
        A table with the columns of `CODES`, a row for each code in the order of the file. One without a place has the
        reason in the column problem, and start and end are null.
    """
    known = pl.DataFrame([corpus.labels("document"), corpus.labels("id")])
    rows: list[tuple[Any, ...]] = []
    stream = iter(items)
    while batch := list(islice(stream, _BATCH)):
        found = pl.DataFrame({"id": sorted({item.id for item in batch})}, schema={"id": pl.String}).join(known, on="id")
        texts = {row["id"]: row for row in documents_of(corpus, (), found["document"].to_list())}
        for item in batch:
            rows += _rows_of(item, texts.get(item.id), source)
    return pl.DataFrame(rows, schema=CODES, orient="row")


def _rows_of(item: CodedItem, document: Mapping[str, Any] | None, source: str) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each code of a text."""
    given = [each for each in item.given if each.code != HIT]
    if not given:
        return
    text = None if document is None else _ShownText(item, flat(document["text"]))
    for each in given:
        start, end, problem = None, None, each.problem
        if problem is None and (document is None or text is None):
            problem = "no such document"
        elif problem is None and text is not None:
            try:
                start, end = text.place(each)
            except ValueError as error:
                problem = str(error)
        row = None if document is None else document["document"]
        yield row, item.id, start, end, each.code, each.coder, f"{source}, {item.where}", problem


class _ShownText:
    """The text of a file beside that of its document."""

    def __init__(self, item: CodedItem, text: str) -> None:
        self._item = item
        self._shown = _unmarked(item)
        self._below = text[item.start :]
        self._is_same = self._below.startswith(self._shown)
        self._fits = self._is_same or _compact(self._below).startswith(_compact(self._shown))
        self._letters: tuple[list[int], list[int]] | None = None  # the places of letters here and there
        self._length = len(text)

    def place(self, given: Given) -> tuple[int | None, int | None]:
        """Return the place of a code in the document. Raises ValueError if it has none."""
        if not self._fits:
            raise ValueError("the text differs from that of the corpus")
        if given.start is None or given.end is None:
            node = self._item.node
            if node is not None and not node[0] < node[1] <= self._length:
                raise ValueError("offsets outside of the text")
            return node or (None, None)
        start, end = self._counted(given, given.start, given.end)
        if not self._is_same:
            start, end = self._moved(start, end)
        return self._item.start + start, self._item.start + end

    def _counted(self, given: Given, start: int, end: int) -> tuple[int, int]:
        """Return a span of code points, whatever the program has counted."""
        text = self._shown
        units = (start, end) if text.isascii() or max(text) <= "\uffff" else (_points(text, start), _points(text, end))
        spans = [span for span in dict.fromkeys([(start, end), units]) if 0 <= span[0] < span[1] <= len(text)]
        if not spans:
            raise ValueError("offsets outside of the text")
        fitting = [span for span in spans if _quotes(text[span[0] : span[1]], given)]
        if not fitting and given.is_exact:
            raise ValueError("the offsets are not those of the words")
        return (fitting or spans)[0]

    def _moved(self, start: int, end: int) -> tuple[int, int]:
        """Return a span in the document, found by counting what is no white space."""
        if self._letters is None:
            self._letters = _letters(self._shown), _letters(self._below)
        here, there = self._letters
        first, last = bisect_left(here, start), bisect_left(here, end) - 1
        if first > last:
            raise ValueError("only white space is coded")
        return there[first], there[last] + 1


def _points(text: str, units: int) -> int:
    """Return how many code points the first UTF-16 units of a text are."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def _letters(text: str) -> list[int]:
    return [match.start() for match in _LETTER.finditer(text)]


def _compact(text: str) -> str:
    return _SPACE.sub("", text)


def _quotes(text: str, given: Given) -> bool:
    """Return whether a text is what a code quotes, or begins so."""
    if given.quoted is None:
        return True
    text, quoted = _compact(text), _compact(given.quoted)
    if given.is_exact:
        return text == quoted
    quoted = quoted.rstrip(".…")
    return bool(quoted) and text.startswith(quoted)


def _unmarked(item: CodedItem) -> str:
    """Return the text of a line without the marks around its node."""
    text = item.text
    if item.node is not None:
        first, end = item.node[0] - item.start, item.node[1] - item.start + 1
        if 0 <= first < end < len(text) and (text[first], text[end]) == MARKERS:
            return text[:first] + text[first + 1 : end] + text[end + 1 :]
    return text
