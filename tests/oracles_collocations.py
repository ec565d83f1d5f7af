"""A slow, obvious twin of ck.collocations: the tokens of each text as a list, hits and windows as sets of positions.

The values of the measures are those of ck.measures, which have twins of their own (oracles_statistics.py).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from oracles_concordance import LINE_BREAKS
from oracles_counting import COUNTED, slow_ngrams

import corpus_kit as ck


class Token(NamedTuple):
    """A token of a text, whether its kind is counted, and the units of text that contain it."""

    surface: str
    counted: bool
    sentence: int
    paragraph: int

    def form(self, profile: str | None) -> str:
        """Return the form it is counted as; "" if it is not counted."""
        if not self.counted:
            return ""
        return self.surface if profile is None else normalized(self.surface, profile)

    def unit(self, within: str) -> tuple[int, ...]:
        """Return the unit of text that contains the token."""
        return {"document": (), "paragraph": (self.paragraph,), "sentence": (self.paragraph, self.sentence)}[within]


Document: TypeAlias = Sequence[Token]
Hit: TypeAlias = tuple[int, int]  # first and last token


@lru_cache(maxsize=10_000)
def normalized(word: str, profile: str) -> str:
    return ck.normalize(word, profile)


@lru_cache(maxsize=10_000)
def document_of(text: str) -> Document:
    """Return the tokens of a text; a line break begins a paragraph."""
    tokens = []
    paragraph = end = 0
    for row in ck.tokens([text]).iter_rows(named=True):
        paragraph += bool(LINE_BREAKS & set(text[end : row["start"]]))
        tokens.append(Token(row["token"], row["kind"] in COUNTED, row["sentence"], paragraph))
        end = row["end"]
    return tokens


def hits_in(document: Document, pattern: str, *, exact: bool, within: str) -> list[Hit]:
    """Return where consecutive words of a unit match the words of the pattern."""
    profile = "repair" if exact else "search"
    wanted = [normalized(word, profile) for word in pattern.split()]
    words = [i for i, token in enumerate(document) if token.form(profile)]
    hits = []
    for k in range(len(words) - len(wanted) + 1):
        run = words[k : k + len(wanted)]
        matches = all(fnmatchcase(document[i].form(profile), word) for i, word in zip(run, wanted, strict=True))
        if matches and len({document[i].unit(within) for i in run}) == 1:
            hits.append((run[0], run[-1]))
    return hits


def positions_in(hits: Iterable[Hit]) -> set[int]:
    """Return the tokens of hits."""
    return {i for first, last in hits for i in range(first, last + 1)}


# ----------------------------------------------------------------------------------------------------
# Tables of four cells
# ----------------------------------------------------------------------------------------------------
class Cells(NamedTuple):
    """o11, r1, c1, n and the number of documents; `node` is the r1 of dice."""

    joint: int
    row: int
    column: int
    total: int
    documents: int
    node: int


@dataclass(frozen=True)
class Table:
    """The cells of each collocate, or of each n-gram as a tuple of words, in order of first occurrence."""

    cells: dict[tuple[str, ...], Cells]
    row: int
    total: int
    hits: int = 0

    def kept(self, least: int, stopwords: Collection[str], profile: str | None, documents: int = 1) -> Table:
        """Return the table without rare rows, those of few documents, and stop words."""
        stop = {word if profile is None else normalized(word, profile) for word in stopwords}
        kept = {
            words: cells
            for words, cells in self.cells.items()
            if cells.joint >= least and cells.documents >= documents and not stop.intersection(words)
        }
        return Table(kept, self.row, self.total, self.hits)

    @property
    def too_many_words(self) -> bool:
        """Return whether the computed size of the windows exceeds the number of words."""
        return self.row > self.total

    @property
    def too_little_room(self) -> bool:
        """Return whether a word is too frequent to fit into windows of this size and the rest."""
        return any(cells.row + cells.column - cells.joint > cells.total for cells in self.cells.values())


def words_in_order(documents: Iterable[Document], profile: str | None) -> list[str]:
    """Return the distinct words by first occurrence."""
    return list(dict.fromkeys(word for document in documents for token in document if (word := token.form(profile))))


def near(
    document: Document, hits: Sequence[Hit], window: tuple[int, int], within: str, profile: str | None
) -> set[int]:
    """Return the words in the windows of all hits, as a set: a token in two windows counts once."""
    before, after = window
    words = [i for i, token in enumerate(document) if token.form(profile)]
    found: set[int] = set()
    for first, last in hits:
        left = [i for i in words if i < first and document[i].unit(within) == document[first].unit(within)]
        right = [i for i in words if i > last and document[i].unit(within) == document[last].unit(within)]
        found |= {*left[max(0, len(left) - before) :], *right[:after]}
    return found - positions_in(hits)


def windows_table(
    documents: Sequence[Document],
    hits: Sequence[Sequence[Hit]],
    window: tuple[int, int],
    *,
    within: str,
    profile: str | None,
    expectation: str,
    order: Sequence[str],
) -> Table:
    """Count tokens in windows around hits; `order` is the order of the words by first occurrence."""
    joint, documents_of, everywhere, outside = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for document, spans in zip(documents, hits, strict=True):
        around = [document[i].form(profile) for i in near(document, spans, window, within, profile)]
        joint.update(around)
        documents_of.update(set(around))
        inside = positions_in(spans)
        everywhere.update(word for token in document if (word := token.form(profile)))
        outside.update(word for i, token in enumerate(document) if i not in inside and (word := token.form(profile)))
    n_hits = sum(map(len, hits))
    if expectation == "textual":
        row, column, total = joint.total(), outside, outside.total()
    else:
        row, column, total = n_hits * sum(window), everywhere, everywhere.total()
    cells: dict[tuple[str, ...], Cells] = {
        (word,): Cells(joint[word], row, column[word], total, documents_of[word], n_hits)
        for word in order
        if joint[word]
    }
    return Table(cells, row, total, n_hits)


def units_table(
    documents: Sequence[Document],
    hits: Sequence[Sequence[Hit]],
    unit: str,
    *,
    profile: str | None,
    order: Sequence[str],
) -> Table:
    """Count units of text: those with a word of a hit, and those with the other word outside hits."""
    units: list[tuple[int, bool, set[str]]] = []  # document, holds a hit, its words
    for number, (document, spans) in enumerate(zip(documents, hits, strict=True)):
        inside = positions_in(spans)
        for name in sorted({token.unit(unit) for token in document if token.form(profile)}):
            members = [i for i, t in enumerate(document) if t.unit(unit) == name and t.form(profile)]
            words = {document[i].form(profile) for i in members if i not in inside}
            units.append((number, any(i in inside for i in members), words))
    row, total = sum(holds for _, holds, _ in units), len(units)
    cells: dict[tuple[str, ...], Cells] = {}
    for word in order:
        joint = sum(holds and word in words for _, holds, words in units)
        column = sum(word in words for _, _, words in units)
        together = {number for number, holds, words in units if holds and word in words}
        if joint:
            cells[word,] = Cells(joint, row, column, total, len(together), row)
    return Table(cells, row, total, sum(map(len, hits)))


def ngrams_table(documents: Sequence[Document], n: int, skip: int, *, within: str, profile: str | None) -> Table:
    """Count n-grams as their first n - 1 words and the last one."""
    counts: Counter[tuple[str, ...]] = Counter()
    documents_of: dict[tuple[str, ...], set[int]] = {}
    for number, document in enumerate(documents):
        for name in sorted({token.unit(within) for token in document}):
            words = [word for t in document if t.unit(within) == name and (word := t.form(profile))]
            for ngram in slow_ngrams(words, n, skip):
                counts[ngram] += 1
                documents_of.setdefault(ngram, set()).add(number)
    heads, tails = Counter[tuple[str, ...]](), Counter[str]()
    for ngram, count in counts.items():
        heads[ngram[:-1]] += count
        tails[ngram[-1]] += count
    total = counts.total()
    cells = {
        ngram: Cells(count, heads[ngram[:-1]], tails[ngram[-1]], total, len(documents_of[ngram]), heads[ngram[:-1]])
        for ngram, count in counts.items()
    }
    return Table(cells, 0, total)


# ----------------------------------------------------------------------------------------------------
# Measures
# ----------------------------------------------------------------------------------------------------
def value(measure: str, cells: Cells) -> float:
    """Return a measure of a table; dice and log_dice use the node's own frequency."""
    if measure in ("dice", "log_dice"):
        dice = 2 * cells.joint / (cells.node + cells.column)  # can exceed what the measure itself accepts
        return dice if measure == "dice" else 14 + math.log2(dice)
    function: Callable[..., float] = getattr(ck.measures.association, measure)
    return function(o11=cells.joint, r1=cells.row, c1=cells.column, n=cells.total)


def direction(cells: Cells) -> str:
    """Return whether they co-occur more often than expected, in integer arithmetic."""
    difference = cells.joint * cells.total - cells.row * cells.column
    return "attracted" if difference > 0 else "repelled" if difference < 0 else "neutral"
