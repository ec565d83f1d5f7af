"""What the explorer answers about texts: a window of one to read, the places of lines in texts, spellings of a node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.display.values import shortened, visible
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.explore.concordance_view import ConcordanceView
from corpus_kit.explore.hit_plot import MOST_STRIPS, strips_of
from corpus_kit.explore.reading import HitsOfDocument, Reading
from corpus_kit.explore.table_pages import MOST_ROWS

__all__ = ["TextAnswers"]

_LONGEST = 200  # code points of a pattern or a spelling that is shown
_MOST_SPELLED = 20_000_000  # hits whose spellings are counted while somebody waits
_LONGEST_VARIANT = 2_000  # code points of a spelling that can be chosen


class TextAnswers:
    """Answers messages about texts and about the lines of the concordance in them.

    Args:
        corpus: The corpus whose texts are read.
        concordance: The concordance whose lines are marked.
        table: Returns the table that a message names, with a column document.
        language: "en" or "ar".

    Attributes:
        answers: What returns the answer to a message, by its kind.
    """

    def __init__(
        self,
        corpus: Corpus,
        concordance: ConcordanceView,
        table: Callable[[Mapping[str, Any]], pl.DataFrame],
        language: str,
    ) -> None:
        self._concordance, self._table = concordance, table
        self._reading = Reading(corpus, language)
        self.answers: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "read": self.read, "line": self.line, "strips": self.strips, "variants": self.variants,
        }  # fmt: skip

    def read(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return a window of the text of a document, with the hits of the concordance.

        The message names the document by its number, by a row of a table, or by a hit or a line of the concordance.
        With `part`, a code point and "after" or "before", it asks for one more window.
        """
        lines = self._concordance.lines
        document, number = self._asked_document(message)
        self._reading.expect(document)
        hits = HitsOfDocument(lines.corpus, lines.hits, document)
        if number is None and message.get("line") is not None:
            number = hits.number_at(integer(message.get("position"), "position", least=0))
        if (part := message.get("part")) is not None:
            if not isinstance(part, list) or len(part) != 2:
                raise invalid("part", "a code point and a side", part)
            more = {"after": self._reading.after, "before": self._reading.before}
            place = integer(part[0], "part", least=0, most=1 << 32)
            return {"part": more[choose(part[1], more, "part")](document, place, hits)}
        head = self._reading.head(document)
        return {
            **head,
            "hit": number,
            "hits": [hits.low, hits.high],
            "of": visible(self._concordance.called),
            "neighbours": self._neighbours(message, document, hits),
            "part": self._reading.around(document, 0 if number is None else hits.start(number), hits),
        }

    def _asked_document(self, message: Mapping[str, Any]) -> tuple[int, int | None]:
        """Return the document that a message names, and the number of the hit if it names one."""
        lines = self._concordance.lines
        if message.get("line") is not None:
            return self._concordance.document_of(message), None
        if message.get("hit") is not None:
            number = integer(message["hit"], "hit", least=0)
            if number >= len(lines.hits):
                raise InputError("This line is no longer shown.")
            return int(lines.corpus.documents_of(lines.hits.first[number : number + 1].astype(np.int64))[0]), number
        if message.get("row") is not None:
            documents = self._documents_of_table(message)
            row = integer(message["row"], "row", least=0)
            if row >= len(documents):
                raise InputError("This row is no longer shown.")
            return int(documents[row]), None
        return integer(message.get("document"), "document", least=0, most=(1 << 32) - 1), None

    def _documents_of_table(self, message: Mapping[str, Any]) -> pl.Series:
        frame = self._table(message)
        return frame[choose("document", frame.columns, "table")]

    def _neighbours(self, message: Mapping[str, Any], document: int, hits: HitsOfDocument) -> list[int | None]:
        """Return the documents before and after one: in the table that it was opened from, or with hits."""
        if message.get("tab") is None:
            return list(hits.neighbours())
        documents = self._documents_of_table(message)
        row = documents.index_of(document)
        if row is None:
            return [None, None]
        return [documents[row - 1] if row else None, documents[row + 1] if row + 1 < len(documents) else None]

    def line(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Let the concordance show the page with a hit, and return its line."""
        lines = self._concordance.lines
        number = integer(message.get("hit"), "hit", least=0)
        if number >= len(lines.hits):
            raise InputError("This line is no longer shown.")
        line = number
        if lines.sort:
            line = int(np.flatnonzero(lines.hits_of_lines.first == lines.hits.first[number])[0])
        self._concordance.turn_to(line)
        row = lines.lines(line, line + 1).select("id", "position").row(0)
        return {"line": line, "id": row[0], "position": row[1]}

    def strips(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return where the lines of the concordance are in documents."""
        first = integer(message.get("first", 0), "first", least=0, most=1 << 32)
        count = integer(message.get("count", MOST_STRIPS), "count", least=1, most=MOST_STRIPS)
        return strips_of(self._concordance.lines, first, count)

    def variants(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the spellings of the node: what is shown of each, itself, its lines and its documents."""
        del message
        lines = self._concordance.lines
        if lines.total > _MOST_SPELLED:
            raise InputError(
                f"pattern must have at most {_MOST_SPELLED:,} hits to list spellings, got {lines.total:,}."
            )
        table = lines.variants
        rows = table.head(MOST_ROWS).rows()
        return {
            "rows": [[visible(shortened(text, _LONGEST)), text, *counts] for text, *counts in rows
                     if len(text) <= _LONGEST_VARIANT],
            "total": table.height,
        }  # fmt: skip
