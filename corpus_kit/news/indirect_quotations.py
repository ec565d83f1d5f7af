"""Indirect quotations: what a reporting verb introduces with إن or أن, without quotation marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean
from corpus_kit._base.records import as_frame, attach
from corpus_kit._base.shares import telling
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.attribution import Reported, actor_column, before, lead_in, mentions_for, report_columns, reported
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.reporting_verbs import Role, WordClasses, lexicon_of, word_classes, word_numbers
from corpus_kit.news.running_text import places_of, span_columns
from corpus_kit.news.speakers import LONGEST_PHRASE, SHORT_NAME, Document
from corpus_kit.search.metadata_columns import metadata_columns, with_metadata

__all__ = ["indirect_quotations"]

_REACH = LONGEST_PHRASE + 6  # tokens from a verb to its أن


def indirect_quotations(
    corpus: CorpusView,
    *,
    actors: Any = None,
    carry: bool = True,
    boilerplate: pl.DataFrame | None = None,
    lexicon: str | PathLike[str] | None = None,
    metadata: str | Sequence[str] | None = None,
) -> pl.DataFrame:
    """Find indirect quotations: a reporting verb, its speaker, and the clause that إن or أن begins.

    A clause ends with its sentence, or where the next reporting verb begins (وأضاف أن، مشيرا إلى أن). A clause that
    contains more than three words in quotation marks, or begins with marks, is left to `ck.news.quotations`; names in
    marks do not matter.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        actors: Who the speakers may be, as in `ck.news.quotations`.
        carry: Whether a verb without a subject takes the last speaker, as in `ck.news.quotations`.
        boilerplate: A table of `ck.news.boilerplate`, as in `ck.news.quotations`.
        lexicon: The path of a lexicon of reporting verbs, as in `ck.news.quotations`.
        metadata: Columns of the corpus to add after id, as in `ck.news.quotations`.

    Returns:
        A DataFrame in the order of the text, one row a clause, with the columns

        - document (UInt32): row number of the document
        - id (String): id of the document
        - start, end (UInt32), surface (String): the clause from its إن or أن on; code points in the text
        - words (UInt32): number of words
        - verb to place: as in `ck.news.quotations`

    Raises:
        InputError: If an argument is invalid, or the lexicon is.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.indirect_quotations(ck.sample_corpus())
        >>> table.select("verb", "speaker_source").row(0)
        ('موضحة', 'carried')
    """
    expect_corpus(corpus)
    actors, boilerplate = as_frame(actors, "actors"), as_frame(boilerplate, "boilerplate")
    boolean(carry, "carry")
    words = lexicon_of(lexicon)
    columns = metadata_columns(metadata, corpus, ())
    mentions = mentions_for(corpus, actors, boilerplate)
    with reading(corpus.path):
        classes = word_classes(corpus, words)
        table = _table(corpus, classes, _clauses(corpus, classes, carry), mentions, boilerplate)
    options = {
        "actors": actors, "carry": carry, "boilerplate": boilerplate, "lexicon": words.digest,
        "metadata": columns, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(with_metadata(table, corpus, columns), "ck.news.indirect_quotations", options, corpus=corpus)


class _Clause(NamedTuple):
    """A row of the result: the tokens in the corpus, how many of them are words, and what was found about them."""

    first: int
    end: int
    words: int
    reported: Reported


def _clauses(corpus: CorpusView, classes: WordClasses, carry: bool) -> list[_Clause]:
    """Return the clauses, document by document."""
    clauses: list[_Clause] = []
    numbers = word_numbers(corpus)
    pairs = pair_marks(corpus)
    documents = corpus.selected_documents()
    firsts, lasts = corpus.document_bounds(documents)
    begins, ends = (np.searchsorted(pairs.open, bound).tolist() for bound in (firsts, lasts))
    marks = list(zip(pairs.open.tolist(), pairs.close.tolist(), strict=True))
    for first, last, begin, end in telling(zip(firsts.tolist(), lasts.tolist(), begins, ends, strict=True)):
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
    """Yield the first إن or أن after each reporting verb, with no other verb and no longer quotation in between."""
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
    """Return the token after the clause that begins at أن; None if it has a longer quotation, or no other word."""
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
    """Return whether a new report begins with a verb in mid-sentence: with و or ف, or as a participle."""
    if document.is_participle(verb):
        return bool(document.roles[verb - 1] & Role.COMMA)
    return bool(document.roles[verb] & Role.CONJUNCTION) and document.is_finite(verb)


def _table(
    corpus: CorpusView,
    classes: WordClasses,
    clauses: list[_Clause],
    mentions: pl.DataFrame | None,
    boilerplate: pl.DataFrame | None,
) -> pl.DataFrame:
    first = np.array([clause.first for clause in clauses], np.int64)
    end = np.array([clause.end for clause in clauses], np.int64)
    table = pl.DataFrame(
        [
            *span_columns(corpus, first, end),
            pl.Series("words", [clause.words for clause in clauses], pl.UInt32),
            *report_columns(corpus, classes, [clause.reported for clause in clauses]),
        ]
    )
    places = places_of(corpus, table["document"].to_numpy(), table["start"].to_numpy(), boilerplate)
    return table.with_columns(actor_column(table, mentions), places)
