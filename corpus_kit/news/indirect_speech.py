"""Indirect speech: what a reporting verb introduces with إن or أن, without quotation marks."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.news.attribution import (
    Reported,
    actor_column,
    before,
    lead_in,
    mentions_for,
    report_columns,
    reported,
)
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.reporting_verbs import Role, WordClasses, lexicon_of, word_classes, word_numbers
from corpus_kit.news.running_text import places_of, span_columns
from corpus_kit.news.speakers import LONGEST_PHRASE, SHORT_NAME, Document
from corpus_kit.provenance import attach
from corpus_kit.storage import reading

__all__ = ["statements"]

_REACH = LONGEST_PHRASE + 6  # tokens from a verb to its أن


def statements(
    corpus: CorpusView,
    *,
    actors: Any = None,
    carry: bool = True,
    furniture: pl.DataFrame | None = None,
    lexicon: str | PathLike[str] | None = None,
) -> pl.DataFrame:
    """Find indirect speech: a reporting verb, its speaker, and the clause that إن or أن begins.

    A clause ends with its sentence, or where the next reporting verb begins (وأضاف أن، مشيرا إلى أن). One that holds
    more than three words in quotation marks, or begins with marks, is no row: see `ck.news.quotations`. Marked names
    stay.

    Args:
        corpus: a Corpus, a subcorpus or a cleaned view.
        actors, carry, furniture, lexicon: as in `ck.news.quotations`.

    Returns:
        One row for each clause, in the order of the text: document (UInt32), id (String), start, end (UInt32), surface
        (String): the clause, from its إن or أن on; words (UInt32); and the columns verb to place of
        `ck.news.quotations`, with the same meaning.

    Raises:
        InputError: an argument that cannot be.

    >>> import corpus_kit as ck
    >>> table = ck.news.statements(ck.sample_corpus())
    >>> table.select("verb", "speaker_source").row(0)
    ('موضحة', 'carried')
    """
    expect_corpus(corpus, "news.statements")
    if not isinstance(carry, bool):
        raise InputError(f"carry= takes True or False, not {type(carry).__name__}: {carry!r:.60}")
    words = lexicon_of(lexicon)
    mentions = mentions_for(corpus, actors, furniture)
    with reading(corpus.path):
        classes = word_classes(corpus, words)
        frame = _frame(corpus, classes, _clauses(corpus, classes, carry), mentions, furniture)
    options = {
        "actors": actors, "carry": carry, "furniture": furniture, "lexicon": words.digest,
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(frame, "ck.news.statements", options, corpus_id=corpus.id)


class _Clause(NamedTuple):
    """A row: the tokens of the corpus, how many of them are words, and what was read."""

    first: int
    end: int
    words: int
    reported: Reported


def _clauses(corpus: CorpusView, classes: WordClasses, carry: bool) -> list[_Clause]:
    """The clauses, document by document."""
    clauses: list[_Clause] = []
    numbers = word_numbers(corpus)
    pairs = pair_marks(corpus)
    documents = corpus.selected_documents()
    firsts, lasts = corpus.document_bounds(documents)
    begins, ends = (np.searchsorted(pairs.open, bound).tolist() for bound in (firsts, lasts))
    marks = list(zip(pairs.open.tolist(), pairs.close.tolist(), strict=True))
    for first, last, begin, end in zip(firsts.tolist(), lasts.tolist(), begins, ends, strict=True):
        document = Document(corpus, classes, first, last, marks[begin:end], numbers)
        for that in _complementisers(document):
            governing = before(document, lead_in(document, that), that)
            stop = _clause_end(document, that)
            if governing is None or governing.cue or stop is None:
                continue
            size = sum(1 for role in document.roles[that:stop] if role & Role.WORD)
            clauses.append(_Clause(first + that, first + stop, size, reported(document, governing, carry=carry)))
    return clauses


def _complementisers(document: Document) -> Iterator[int]:
    """The first إن or أن after each reporting verb, where no other verb and no longer quotation stands between."""
    taken = -1
    for verb in document.verbs:
        if not (document.is_finite(verb) or document.is_participle(verb)) or document.in_quotation(verb):
            continue
        for place in range(verb + 1, min(verb + 1 + _REACH, document.size)):
            role = document.roles[place]
            if role & (Role.STOP | Role.COLON) and document.begins_sentence(min(place + 1, document.size - 1)):
                break
            if document.begins_sentence(place) or document.is_finite(place) or document.in_quotation(place):
                break
            if role & Role.COMPLEMENTISER:
                if place > taken:
                    taken = place
                    yield place
                break


def _clause_end(document: Document, that: int) -> int | None:
    """The token after the clause that begins at أن; None where it holds a longer quotation, or no word after it."""
    place = that + 1
    if place in document.opens:
        return None  # بأنها "كذا": words in marks
    while place < document.size and not document.begins_sentence(place):
        if place in document.opens and document.words_in(place) > SHORT_NAME:
            return None
        if document.form[place] >= 0 and _goes_on(document, place):
            break
        place += 1
    while place > that + 1 and document.roles[place - 1] & (Role.COMMA | Role.STOP | Role.DASH):
        place -= 1
    return place if place > that + 1 else None


def _goes_on(document: Document, verb: int) -> bool:
    """Whether a report begins anew with a verb in the middle of a sentence: with و or ف, or as a participle."""
    if document.is_participle(verb):
        return bool(document.roles[verb - 1] & Role.COMMA)
    return bool(document.roles[verb] & Role.CONJUNCTION) and document.is_finite(verb)


def _frame(
    corpus: CorpusView,
    classes: WordClasses,
    clauses: list[_Clause],
    mentions: pl.DataFrame | None,
    furniture: pl.DataFrame | None,
) -> pl.DataFrame:
    first = np.array([clause.first for clause in clauses], np.int64)
    end = np.array([clause.end for clause in clauses], np.int64)
    frame = pl.DataFrame(
        [
            *span_columns(corpus, first, end),
            pl.Series("words", [clause.words for clause in clauses], pl.UInt32),
            *report_columns(corpus, classes, [clause.reported for clause in clauses]),
        ]
    )
    places = places_of(corpus, frame["document"].to_numpy(), frame["start"].to_numpy(), furniture)
    return frame.with_columns(actor_column(frame, mentions), places)
