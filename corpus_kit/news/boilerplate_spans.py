"""The boilerplate that was found: spans of the lines of pages, taken from the edges of the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.boilerplate_lexicon import LISTED_KINDS, Phrase
from corpus_kit.news.page_lines import Flags, Page, have_any
from corpus_kit.news.running_text import token_ends
from corpus_kit.news.word_runs import distinct, mixed
from corpus_kit.text.token_flags import GLUED

__all__ = [
    "CAPTION",
    "CREDIT",
    "FOOTER",
    "HEADLINE",
    "KINDS",
    "LABEL_MARKS",
    "NAVIGATION",
    "RELATED",
    "REPEATED",
    "RULES",
    "SHARE",
    "Spans",
    "kinds_of",
    "with_surfaces",
]

KINDS = (*LISTED_KINDS, "headline", "repeated")
CAPTION, CREDIT, RELATED, SHARE, FOOTER, NAVIGATION, HEADLINE, REPEATED = (
    KINDS.index(kind)
    for kind in ("caption", "credit", "related", "share", "footer", "navigation", "headline", "repeated")
)
RULES = ("opening", "repeated", "form")
_ROWS = {kind: row for row, kind in enumerate(KINDS)}
LABEL_MARKS = ":：|-–—/"  # noqa: RUF001

_FINAL_MARKS = ".!?؟…۔"  # noqa: RUF001
_OPENERS = "([{«“•■▪"
_ENDS_TEXT = ")]}»”%٪"  # besides final marks
_QUOTES = '“"'  # at either end of words; with a space after them, they end some
_CLOSERS = ")]}»”|/"
_SCHEMA = {
    "document": pl.UInt32,
    "id": pl.String,
    "paragraph": pl.UInt32,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "surface": pl.String,
    "kind": pl.Enum(KINDS),
    "glued": pl.Boolean,
    "rule": pl.Enum(RULES),
    "documents": pl.UInt32,
}
_FOUND = ("line", "first", "last", "kind", "glued", "rule", "documents", "cut")
_COUNT_LATER = -1  # for a number of documents


class Spans:
    """Boilerplate of pages as it is found: what is added is no longer among the free parts of the lines.

    Attributes:
        page: The lines.
        source_size: For each document, how many documents its source has.
        least: For each document, how many documents of its source must agree.
    """

    def __init__(self, page: Page, share: float, documents: int) -> None:
        self.page = page
        sizes = np.bincount(page.sources, minlength=1)
        least = np.maximum(np.ceil(share * sizes - 1e-9), documents).astype(np.int64)
        self.source_size = sizes[page.sources]
        self.least = least[page.sources]
        self._final_marks = page.places_of(_FINAL_MARKS)
        self._found: list[dict[str, npt.NDArray[Any]]] = []

    def add(
        self,
        lines: Integers,
        first: Integers,
        end: Integers,
        kind: Any,
        rule: str,
        documents: Integers | None = None,
        *,
        cut: Integers | int = 0,
    ) -> None:
        """Add the tokens first to end of lines.

        Args:
            lines: The lines.
            first: The first token in each.
            end: The token after the last in each.
            kind: The kind, as a row of `KINDS`: one, or one a line.
            rule: One of `RULES`.
            documents: How many documents have it; None to count those with the same words.
            cut: How many code points of the last token belong to the text.
        """
        if not len(lines):
            return
        page = self.page
        whole = (first == page.line_first[lines]) & (end == page.line_end[lines]) & (np.asarray(cut) == 0)
        self._found.append(
            {
                "line": lines,
                "first": first,
                "last": end - 1,
                "kind": np.broadcast_to(kind, lines.shape).astype(np.int64),
                "glued": ~whole,
                "rule": np.full(len(lines), RULES.index(rule)),
                "documents": np.full(len(lines), _COUNT_LATER) if documents is None else documents,
                "cut": np.broadcast_to(cut, lines.shape).astype(np.int64),
            }
        )
        at_end = end >= page.free_end[lines]
        at_begin = (first <= page.free_first[lines]) & ~at_end
        page.free_end[lines[at_end]] = first[at_end]
        page.free_first[lines[at_begin]] = end[at_begin]
        first_word = np.where(at_begin, page.line_words[lines], page.word_at(first))
        page.free[ranges(first_word, np.where(at_end, page.line_words_end[lines], page.word_at(end)))] = False

    def add_lines(self, lines: Integers, kind: Any, rule: str) -> None:
        """Add whole lines."""
        self.add(lines, self.page.line_first[lines], self.page.line_end[lines], kind, rule)

    def add_rest(self, starts: Integers, kind: Any, rule: str) -> None:
        """Add the rest of lines from each of these words on, one word a line."""
        line = self.page.line_of[starts]
        self.add(line, self.first_tokens(starts), self.page.free_end[line], kind, rule)

    def add_words(self, first: Integers, last: Integers, kind: Any, rule: str) -> None:
        """Add runs of words, each within a line; several can be in the middle of one line."""
        self.add(self.page.line_of[first], self.first_tokens(first), self._end_tokens(last), kind, rule)

    def _end_tokens(self, last: Integers) -> Integers:
        """Return where boilerplate that ends with a word ends: signs that are attached to it belong to it."""
        page = self.page
        line = page.line_of[last]
        end = page.words[last] + 1
        next_word = page.token_of(last + 1)
        stop = np.minimum(next_word, page.free_end[line])
        at_end = next_word >= page.free_end[line]
        growing = np.flatnonzero(~at_end & (end < stop))
        while len(growing):
            token = end[growing]
            attached = ((page.flags[token] & GLUED) > 0) & ~page.signs(token, _OPENERS)
            attached |= page.signs(token, _CLOSERS)
            growing = growing[attached]
            end[growing] += 1
            growing = growing[end[growing] < stop[growing]]
        return np.where(at_end, page.free_end[line], end)

    def first_tokens(self, starts: Integers) -> Integers:
        """Return where boilerplate that begins with a word within a line begins: signs before it may belong to it.

        Signs that follow the last word of the text before without a space, addresses, and all up to the last final
        or closing mark belong to the text.
        """
        page = self.page
        line = page.line_of[starts]
        before = np.where(starts > 0, page.words[np.maximum(starts - 1, 0)], -1)
        first = np.maximum(before + 1, page.free_first[line])
        within = first > page.line_first[line]
        between = ranges(first, page.words[starts])
        is_address = page.vocabulary.is_address[page.types[between]]
        glued = ((page.flags[between] & GLUED) > 0) & ~page.signs(between, _OPENERS)
        before_space = (page.flags[between + 1] & GLUED) == 0  # a word follows, so that there is a next token
        ends_text = page.signs(between, _FINAL_MARKS + _ENDS_TEXT) | (page.signs(between, _QUOTES) & before_space)
        address_at, glued_at, ends_at = (
            dict(zip(between.tolist(), each.tolist(), strict=True)) for each in (is_address, glued, ends_text)
        )
        firsts = []
        for start, word, attached in zip(first.tolist(), page.words[starts].tolist(), within.tolist(), strict=True):
            begin, inside = start, attached
            for token in range(start, word):
                attached = attached and (glued_at[token] or ends_at[token])
                if attached or address_at[token] or (inside and ends_at[token]):
                    begin, inside = token + 1, True
            firsts.append(begin)
        return np.array(firsts, np.int64)

    def lines_of(self, kind: int) -> Integers:
        """Return the lines in which something of a kind was found, ascending."""
        found = [part["line"][part["kind"] == kind] for part in self._found]
        return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))

    def has_final_mark(self, first: Array, end: Array) -> Flags:
        """Return whether a final mark is among the tokens first to end."""
        return have_any(self._final_marks, first, end)

    def ends_finally(self, line: Integers) -> Flags:
        """Return whether a final mark follows the last word of each line."""
        page = self.page
        return self.has_final_mark(page.words[page.line_words_end[line] - 1], page.line_end[line])

    # ------------------------------------------------------------------ the table

    def table(self) -> pl.DataFrame:
        """Return what was found, in the order of the text, with empty surfaces."""
        empty = {name: np.zeros(0, np.int64) for name in _FOUND}
        columns = {name: np.concatenate([empty[name], *(part[name] for part in self._found)]) for name in _FOUND}
        order = np.lexsort((-columns["last"], columns["first"]))
        last = columns["last"][order]
        order = order[last > np.append(-1, np.maximum.accumulate(last))[:-1]]  # without what a later rule took along
        columns = {name: column[order].astype(np.int64) for name, column in columns.items()}
        page, corpus = self.page, self.page.corpus
        document = page.documents[page.line_document[columns["line"]]]
        return pl.DataFrame(
            {
                "document": document,
                "id": corpus.ids(document),
                "paragraph": page.line_number[columns["line"]],
                "start": corpus.token_starts[page.corpus_tokens(columns["first"])],
                "end": token_ends(corpus, page.corpus_tokens(columns["last"])) - columns["cut"],
                "surface": pl.Series([], dtype=pl.String).extend_constant("", len(document)),
                "kind": pl.Series(KINDS).gather(columns["kind"]),
                "glued": columns["glued"].astype(bool),
                "rule": pl.Series(RULES).gather(columns["rule"]),
                "documents": self._documents(columns),
            }
        ).cast(_SCHEMA)  # type: ignore[arg-type]

    def _documents(self, columns: Mapping[str, npt.NDArray[Any]]) -> Integers:
        """Return how many documents of the source have each piece of boilerplate."""
        page = self.page
        document = page.line_document[columns["line"]]
        first, end = page.word_at(columns["first"]), page.word_at(columns["last"] + 1)
        words = page.runs.of(first, end) ^ mixed(page.sources[document])  # a piece may have no words
        same = distinct(words, document)
        return np.where(columns["documents"] == _COUNT_LATER, same, columns["documents"])


def kinds_of(phrases: Sequence[Phrase]) -> Integers:
    """Return the kind of each phrase as a row of `KINDS`, and any for -1, no phrase."""
    return np.array([*(_ROWS[phrase.kind] for phrase in phrases), 0], np.int64)


def with_surfaces(corpus: CorpusView, spans: pl.DataFrame) -> pl.DataFrame:
    """Return spans (in the order of the text) with their text as it was read, with its white space."""
    wanted = spans["document"].unique()
    read = (
        corpus.all_documents().filter(pl.col("document").is_in(wanted.implode())).select("document", "text").collect()
    )
    found: list[str] = []
    texts = read.iter_rows()
    row, text = -1, ""
    for document, start, end in spans.select("document", "start", "end").iter_rows():
        while row < document:
            row, text = next(texts)
        found.append(text[start:end])
    return spans.with_columns(pl.Series("surface", found, dtype=pl.String))
