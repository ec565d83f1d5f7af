"""What the explorer answers about copies: two texts side by side, with the words marked in which they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.display.isolation import has_arabic
from corpus_kit.display.values import shortened, visible
from corpus_kit.errors import InputError
from corpus_kit.explore.calls import Call
from corpus_kit.explore.words import say
from corpus_kit.news.side_by_side import Paragraph, SideBySide, side_by_side

__all__ = ["CopyAnswers"]

_MOST_SENT = 20_000  # code points of both texts that are sent at once
_LONGEST_PART = 4_000  # code points of a text beside another, where a paragraph has no end
_LONGEST_ID = 200
_LARGEST = 2_000_000_000  # product of the tokens of both texts; more take minutes to align

Pieces = list[tuple[str, str]]
Frames = Callable[[Mapping[str, Any]], tuple[Call, pl.DataFrame, pl.DataFrame]]


class CopyAnswers:
    """Answers messages about the rows of tables of copies.

    Args:
        corpus: The corpus whose texts are compared.
        frames: Returns the call that a message names, its table, and the table before it was filtered and sorted.
        language: "en" or "ar".

    Attributes:
        answers: What returns the answer to a message, by its kind.
    """

    def __init__(self, corpus: Corpus, frames: Frames, language: str) -> None:
        self._corpus, self._frames, self._language = corpus, frames, language
        self._last: tuple[tuple[int, int], SideBySide, list[Paragraph]] | None = None
        self.answers: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"beside": self.beside}

    def beside(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the texts of a row side by side: paragraphs from `first` on, as many as a page takes at once.

        A row of clusters has one text; beside it stands the first one that was published, or the next one.
        """
        call, frame, whole = self._frames(message)
        row = integer(message.get("row"), "row", least=0)
        first = integer(message.get("first", 0), "first", least=0)
        if row >= frame.height:
            raise InputError("This row is no longer shown.")
        is_pair = "first_document" in frame.columns
        documents = _pair(frame, row) if is_pair else _of_cluster(frame, whole, row)
        beside, paragraphs = self._compared(documents)
        sent: list[Paragraph] = []
        size = 0
        for paragraph in paragraphs[first:]:
            sent.append(paragraph)
            size += sum(len(text) for side in paragraph for _, text in side)
            if size >= _MOST_SENT:
                break
        pair = f"{call.code()}[{row}]" if is_pair else f"({documents[0]}, {documents[1]})"
        return {
            "documents": list(documents),
            "ids": [visible(shortened(each, _LONGEST_ID)) for each in beside.ids],
            "paragraphs": [[_side(side) for side in paragraph] for paragraph in sent],
            "first": first,
            "next": first + len(sent) if first + len(sent) < len(paragraphs) else None,
            "edits": sum(kind != "same" for kind, _, _ in beside.pieces),
            "note": beside.note,
            "rows": frame.height,
            "is_pair": is_pair,
            "code": visible(f"ck.news.side_by_side(corpus, {pair})"),
        }

    def _compared(self, documents: tuple[int, int]) -> tuple[SideBySide, list[Paragraph]]:
        if self._last is None or self._last[0] != documents:
            sizes = self._corpus.token_counts()[list(documents)].tolist()
            if sizes[0] * sizes[1] > _LARGEST:
                raise InputError(say("too_long", self._language, one=f"{sizes[0]:,}", other=f"{sizes[1]:,}"))
            beside = side_by_side(self._corpus, documents, language=self._language)
            parts = [part for paragraph in beside.paragraphs for part in _in_parts(paragraph)]
            self._last = documents, beside, parts
        return self._last[1], self._last[2]


def _pair(frame: pl.DataFrame, row: int) -> tuple[int, int]:
    return int(frame["first_document"][row]), int(frame["second_document"][row])


def _of_cluster(frame: pl.DataFrame, whole: pl.DataFrame, row: int) -> tuple[int, int]:
    document = int(frame["document"][row])
    others = whole.filter(pl.col("cluster") == frame["cluster"][row], pl.col("document") != document)
    other = int(others.sort("first_published", descending=True, maintain_order=True)["document"][0])
    return (document, other) if frame["first_published"][row] else (other, document)


def _in_parts(paragraph: Paragraph) -> Iterator[Paragraph]:
    """Yield a paragraph, or parts of it if it is very long."""
    yield from ((one or [], other or []) for one, other in zip_longest(*map(_parts, paragraph)))


def _parts(pieces: Pieces) -> Iterator[Pieces]:
    part: Pieces = []
    room = _LONGEST_PART
    for kind, text in pieces:
        while len(text) > room:
            yield [*part, (kind, text[:room])]
            text, part, room = text[room:], [], _LONGEST_PART
        part.append((kind, text))
        room -= len(text)
    yield part


def _side(pieces: Pieces) -> dict[str, Any]:
    """Return a paragraph of one text as the page shows it."""
    text = "".join(text for _, text in pieces)
    return {
        "rtl": has_arabic(text),
        "pieces": [[kind != "same", visible(text)] for kind, text in pieces],
    }
