"""Two copies side by side, with their differences marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.records import as_frame
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.display.columns import LANGUAGES
from corpus_kit.display.html import Html, side_by_side_html
from corpus_kit.errors import choose, invalid
from corpus_kit.machine.memory import expect_memory
from corpus_kit.news.edits import edits
from corpus_kit.safe_text import printable
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["SideBySide", "side_by_side"]

_LEFT_OUT = "\u2026"
_NOTES = {
    "en": "Struck out: only in the first text. Underlined: only in the second. Punctuation is not compared.",
    "ar": "المشطوب في النص الأول وحده، وما تحته خط في الثاني وحده. ولا تُقارن علامات الترقيم.",
}

Piece = tuple[str, str, str]
Paragraph = tuple[list[tuple[str, str]], list[tuple[str, str]]]


@dataclass(frozen=True)
class SideBySide:
    """Two texts with their differences; a notebook shows them in two columns.

    Attributes:
        documents: Their row numbers.
        ids: Their ids.
        pieces: The texts from beginning to end, as (kind, text of the first, text of the second): "same",
            "substitution", "insertion" (of the second only) or "deletion" (of the first only). JSON can hold them, and
            the first texts of all pieces together are the first text. What is the same may be written with other signs.
        language: That of the note.
    """

    documents: tuple[int, int]
    ids: tuple[str, str]
    pieces: list[Piece]
    language: str = "en"

    @property
    def html(self) -> Html:
        """The texts as a piece of HTML with inline styles: two columns, one below the other where it is narrow."""
        return side_by_side_html(self.ids, self.paragraphs, self.note, self.language)

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The pieces of both texts, as (kind, text), for each paragraph that both of them begin."""
        return list(_paragraphs(self.pieces))

    @property
    def note(self) -> str:
        """What the marks mean."""
        return _NOTES[self.language]

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        marked = {"same": "{1}", "substitution": "[-{0}-]{{+{1}+}}", "insertion": "{{+{1}+}}", "deletion": "[-{0}-]"}
        return printable("".join(marked[kind].format(*texts) for kind, *texts in self.pieces))

    def __repr__(self) -> str:
        changes = sum(kind != "same" for kind, _, _ in self.pieces)
        return f"<SideBySide {self.ids[0]!r} and {self.ids[1]!r}: {changes:,} edit{'s' if changes != 1 else ''}>"


def side_by_side(
    corpus: CorpusView, pair: Any, *, profile: str | Normalizer | None = "repair", language: str = "en"
) -> SideBySide:
    """Show two texts beside each other, with the words marked in which they differ.

    Args:
        corpus: A Corpus or a subcorpus. Of one with spans excluded, these are left out of the texts, with … in place.
        pair: A row of `ck.news.near_duplicates`, `passages` or `edits`, as a table or a dict; or two row numbers or ids
            of documents.
        profile: The form in which words are compared, as in `ck.news.edits`.
        language: The language of the note below: "en" or "ar".

    Returns:
        A SideBySide: a notebook shows it right to left in two columns, one below the other on a narrow screen. Words of
        the first text only are struck out, those of the second only underlined. `pieces` is the same as a list, `html`
        a piece of HTML, `str()` the second text with changes as [-first-]{+second+}.

    Raises:
        InputError: If an argument is invalid, or the texts are too long to be aligned.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> pairs = ck.news.near_duplicates(corpus, by="outlet")
        >>> beside = ck.news.side_by_side(corpus, pairs[4])
        >>> beside
        <SideBySide 'mada-2026-01-18-1' and 'unqud-2026-01-18-2': 1 edit>
        >>> [piece for piece in beside.pieces if piece[0] != "same"]
        [('substitution', 'الأميركية', 'الأمريكية')]
    """
    expect_corpus(corpus)
    normalizer = resolve_profile(profile)
    choose(language, LANGUAGES, "language")
    first, second = _documents_of(corpus, pair)
    sizes = corpus.token_counts()[[first, second]].astype(np.int64)
    expect_memory(
        int(sizes[0] * sizes[1]) // 8, f"Aligning texts of {sizes[0]:,} and {sizes[1]:,} tokens", "Compare shorter ones"
    )
    both = pl.DataFrame({"first_document": [first], "second_document": [second]}, schema_overrides=_PAIR)
    table = edits(corpus, both, profile=normalizer, context=0)
    with reading(corpus.path):
        texts = dict(
            corpus.all_documents()
            .filter(pl.col("document").is_in([first, second]))
            .select("document", "text")
            .collect()
            .iter_rows()
        )
    kept = [_Kept(texts[document], _left_out(corpus, document)) for document in (first, second)]
    pieces, done = [], (0, 0)
    spans = table.select("kind", "first_start", "first_end", "second_start", "second_end")
    for kind, *ends in spans.iter_rows():
        pieces += _same(kept, done, (ends[0], ends[2]))
        done = ends[1], ends[3]
        pieces.append((kind, kept[0].text[ends[0] : ends[1]], kept[1].text[ends[2] : ends[3]]))
    pieces += _same(kept, done, (len(kept[0].text), len(kept[1].text)))
    one, other = corpus.ids(np.array([first, second], np.uint32)).to_list()
    return SideBySide((first, second), (one, other), pieces, language)


_PAIR = {"first_document": pl.UInt32, "second_document": pl.UInt32}


@dataclass(frozen=True)
class _Kept:
    """A text, and the spans of it that are left out."""

    text: str
    left_out: list[tuple[int, int]]

    def between(self, start: int, end: int) -> str:
        """Return a part of the text, with … where spans are left out."""
        parts, done = [], start
        for low, high in self.left_out:
            if low < end and high > done:
                parts += [self.text[done : max(low, done)], _LEFT_OUT]
                done = min(high, end)
        return "".join([*parts, self.text[done:end]])


def _left_out(corpus: CorpusView, document: int) -> list[tuple[int, int]]:
    spans = corpus.excluded_spans
    return [] if spans is None else spans.filter(pl.col("document") == document).select("start", "end").rows()


def _same(kept: list[_Kept], start: tuple[int, int], end: tuple[int, int]) -> list[Piece]:
    """Return what is between two edits, if anything is."""
    first, second = (each.between(low, high) for each, low, high in zip(kept, start, end, strict=True))
    return [("same", first, second)] if first or second else []


def _documents_of(corpus: CorpusView, pair: Any) -> tuple[int, int]:
    """Return the row numbers of the two documents that a user named."""
    expected = "a row with first_document and second_document, or two documents by number or id"
    if not isinstance(pair, Mapping | list | tuple):
        pair = as_frame(pair, "pair")
    if isinstance(pair, pl.DataFrame):
        if pair.height != 1:
            raise invalid("pair", "one row", pair, f"It has {pair.height:,}.")
        pair = pair.row(0, named=True)
    given = [pair.get(name) for name in _PAIR] if isinstance(pair, Mapping) else pair
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise invalid("pair", expected, pair)
    selected = corpus.selected_documents()
    found = []
    for each in given:
        if isinstance(each, str):
            rows = np.flatnonzero((corpus.ids(selected) == each).to_numpy())
            number = int(selected[rows[0]]) if len(rows) else None
        else:
            is_number = isinstance(each, int) and not isinstance(each, bool) and bool((selected == each).any())
            number = each if is_number else None
        if number is None:
            raise invalid("pair", "two documents of this corpus", each)
        found.append(number)
    if found[0] == found[1]:
        raise invalid("pair", "two different documents", pair)
    return found[0], found[1]


def _paragraphs(pieces: list[Piece]) -> Iterator[Paragraph]:
    """Yield the pieces of both texts (kind, text) for each paragraph that both of them begin.

    Lines break together only where both texts break in what is the same; elsewhere a break stays in its text.
    """
    row: Paragraph = ([], [])
    for kind, first, second in pieces:
        lines = first.split("\n"), second.split("\n")
        if kind == "same" and len(lines[0]) == len(lines[1]):
            for number, texts in enumerate(zip(*lines, strict=True)):
                if number and (row[0] or row[1]):
                    yield row
                    row = ([], [])
                for side, text in zip(row, texts, strict=True):
                    side += [(kind, text)] if text else []
            continue
        for side, text in zip(row, (first, second), strict=True):
            side += [(kind, text)] if text else []
    if row[0] or row[1]:
        yield row
