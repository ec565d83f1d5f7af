"""Speech as one table: in quotation marks, without them, and indirect.

References: Pouliquen, Steinberger and Best (2007), "Automatic Detection of Quotations in Multilingual News", RANLP;
Alrahabi, Desclés and Suh (2010), "Direct Reported Speech in Multilingual Texts: Automatic Annotation and Semantic
Categorization", FLAIRS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import boolean
from corpus_kit._base.records import as_frame, attach
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, invalid, one_of
from corpus_kit.news.attribution import (
    SPOKEN,
    Attribution,
    Reported,
    actor_column,
    columns_of_rows,
    mentions_for,
    report_columns,
    reported,
)
from corpus_kit.news.indirect_quotations import clauses_of
from corpus_kit.news.interviews import interview_answers
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.quotations import SPEECH, read_span
from corpus_kit.news.reporting_verbs import Role, WordClasses, lexicon_of, word_classes
from corpus_kit.news.running_text import places_of, span_columns
from corpus_kit.news.speakers import Document, read_documents
from corpus_kit.news.speech_ends import ENDS_AT, without_verb
from corpus_kit.news.speech_signs import Sign, lexicon_digest, speech_signs
from corpus_kit.news.unmarked_speech import BEGINS_AFTER, unmarked_speech
from corpus_kit.search.metadata_columns import metadata_columns, with_metadata
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH

__all__ = ["TIERS", "speech"]

TIERS = ("marked", "unmarked", "indirect")


def speech(
    corpus: CorpusView,
    *,
    tiers: str | Sequence[str] = TIERS,
    actors: Any = None,
    carry: bool = True,
    boilerplate: pl.DataFrame | None = None,
    lexicon: str | PathLike[str] | None = None,
    metadata: str | Sequence[str] | None = None,
) -> pl.DataFrame:
    """Find what people are reported to say, however it is written: the speech of a corpus as one table.

    Three tiers: words in quotation marks, words without marks after a colon, a verb of saying or a name
    (وقال: نحن نطالب ...), and clauses with إن or أن. Newspapers differ in how they write the same speech, so compare
    sources by all tiers together, as docs/news/comparing_sources.md explains.

    No words are counted twice. Of two rows that share words the one that begins first counts: a clause holds the few
    words in marks that are a part of it, a quotation the speech within it. Speech without marks ends where marked
    speech begins, and a clause with more than three words in marks is left to the marked tier, unless it goes on over
    no more than eight. `tiers` chooses from the same table, so the counts of the tiers add up.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.
        tiers: Which tiers to return, a name or a list of names: "marked", "unmarked", "indirect".
        actors: Who the speakers may be, as in `ck.news.quotations`.
        carry: Whether a verb without a subject takes the last speaker, as in `ck.news.quotations`.
        boilerplate: A table of `ck.news.boilerplate`, as in `ck.news.quotations`.
        lexicon: The path of a lexicon of reporting verbs, as in `ck.news.quotations`.
        metadata: Columns of the corpus to add after id, as in `ck.news.quotations`.

    Returns:
        A DataFrame in the order of the text, one row a stretch of speech, with the columns

        - document (UInt32): row number of the document
        - id (String): id of the document
        - start, end (UInt32), surface (String): the words, without marks; code points in the text
        - words (UInt32): number of words, numbers included
        - tier (Enum): "marked", "unmarked" or "indirect"
        - begins_after (Enum): how the beginning was decided: "mark"; "colon", or "paragraph" for a colon that ends the
          paragraph before; "saying" (قائلا or بقوله without a colon); "verb" (a verb, its speaker, and words in the
          first person); "name" (a name and a colon); "answer" (of an interview: to a question with a bullet or name);
          "that" (إن or أن, which belongs to the words)
        - ends_at (Enum): what ends the words: "mark"; "report" (the next reporting verb); "sentence" (the paragraph
          goes on, and nothing shows that the speaker does: doubtful for unmarked speech); "paragraph"; "document"
        - verb to place: as in `ck.news.quotations`; a name with a colon has no verb

    Raises:
        InputError: If an argument is invalid, or the lexicon is.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.speech(ck.sample_corpus())
        >>> table.group_by("tier").len().sort("tier").rows()
        [('marked', 171), ('unmarked', 7), ('indirect', 126)]
    """
    expect_corpus(corpus)
    chosen = _chosen(tiers)
    actors, boilerplate = as_frame(actors, "actors"), as_frame(boilerplate, "boilerplate")
    boolean(carry, "carry")
    words = lexicon_of(lexicon)
    columns = metadata_columns(metadata, corpus, ())
    mentions = mentions_for(corpus, actors, boilerplate)
    with reading(corpus.path):
        classes = word_classes(corpus, words)
        rows = (row for row in _rows(corpus, classes, carry) if row.tier in chosen)
        table = _table(corpus, classes, rows, mentions, boilerplate)
    options = {
        "tiers": chosen, "actors": actors, "carry": carry, "boilerplate": boilerplate, "lexicon": words.digest,
        "speech_lexicon": lexicon_digest(), "metadata": columns, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(with_metadata(table, corpus, columns), "ck.news.speech", options, corpus=corpus)


def _chosen(tiers: str | Sequence[str]) -> tuple[str, ...]:
    """Return the tiers that are asked for, in their own order."""
    names = [tiers] if isinstance(tiers, str) else tiers
    if not isinstance(names, Sequence) or not names:
        raise invalid("tiers", f"{one_of(TIERS)}, or a list of these", tiers)
    chosen = {choose(name, TIERS, "tiers") for name in names}
    return tuple(tier for tier in TIERS if tier in chosen)


class _Row(NamedTuple):
    """A row of the result: its tokens in the corpus, and what was found about them."""

    first: int
    end: int
    words: int
    tier: str
    begins_after: str
    ends_at: str
    reported: Reported


class _Speech(NamedTuple):
    """Speech in a document, before it is known which rows share words."""

    first: int
    end: int
    tier: str
    begins_after: str
    ends_at: str
    governing: Attribution


def _rows(corpus: CorpusView, classes: WordClasses, carry: bool) -> Iterator[_Row]:
    """Yield the speech of all tiers, document by document, each of which is read once."""
    signs = speech_signs(corpus, classes)
    for document in read_documents(corpus, classes, pair_marks(corpus), corpus.selected_documents()):
        first = document.first
        for said in _apart(_speech_of(document, signs[document.types])):
            size = document.words_between(said.first, said.end)
            found = reported(document, said.governing, carry=carry)
            if said.begins_after == "answer" or without_verb(said.governing):
                found = found._replace(verb=None, lemma=None)
            yield _Row(
                first + said.first, first + said.end, size, said.tier, said.begins_after, said.ends_at, found
            )  # fmt: skip


def _speech_of(document: Document, signs: npt.NDArray[np.uint64]) -> list[_Speech]:
    marked = list(_marked(document))
    opened = {said.first - 1: said.governing.verb for said in marked}
    introductions = np.flatnonzero(signs & Sign.INTRODUCES).tolist()
    unmarked = (
        _Speech(said.first, said.end, "unmarked", said.begins_after, said.ends_at, said.governing)
        for said in unmarked_speech(document, signs.tolist(), introductions, opened)
    )
    indirect = (
        _Speech(that, stop, "indirect", "that", _ends_at(document, stop), governing)
        for that, stop, governing in clauses_of(document)
    )
    return [*marked, *unmarked, *_answers(document, signs), *indirect]


def _answers(document: Document, signs: npt.NDArray[np.uint64]) -> Iterator[_Speech]:
    """Yield the answers of interviews."""
    for first, end, speaker, named in interview_answers(document, signs):
        source = "none" if speaker is None else "explicit" if named else "carried"
        verb = speaker.first if speaker is not None and named else first
        ends_at = "document" if end >= document.size - 1 else "paragraph"
        governing = Attribution(verb, speaker, source, SPOKEN)
        yield _Speech(first, end, "unmarked", "answer", ends_at, governing)


def _marked(document: Document) -> Iterator[_Speech]:
    for open_, close in document.pairs:
        if document.words_in(open_):
            kind, governing = read_span(document, open_)
            if kind in SPEECH and governing is not None:
                yield _Speech(open_ + 1, close, "marked", "mark", "mark", governing)


def _ends_at(document: Document, stop: int) -> str:
    """Return what ends an indirect clause, one of `ENDS_AT`."""
    place = stop
    while place < document.size and not document.begins_sentence(place):
        if document.roles[place] & Role.WORD:
            return "report"
        place += 1
    if place >= document.size:
        return "document"
    return "paragraph" if document.flags[place] & BEGINS_PARAGRAPH else "sentence"


def _apart(found: list[_Speech]) -> Iterator[_Speech]:
    """Yield the speech of a document in the order of the text; of what shares words, the first and then the longest."""
    taken = 0
    for said in sorted(found, key=lambda said: (said.first, -said.end)):
        if said.first >= taken:
            taken = said.end
            yield said


def _table(
    corpus: CorpusView,
    classes: WordClasses,
    rows: Iterable[_Row],
    mentions: pl.DataFrame | None,
    boilerplate: pl.DataFrame | None,
) -> pl.DataFrame:
    firsts, ends, words, tier, begins_after, ends_at, *found = columns_of_rows(rows, own=6)
    first, end = np.array(firsts, np.int64), np.array(ends, np.int64)
    table = pl.DataFrame(
        [
            *span_columns(corpus, first, end),
            pl.Series("words", words, pl.UInt32),
            pl.Series("tier", tier, pl.Enum(TIERS)),
            pl.Series("begins_after", begins_after, pl.Enum(BEGINS_AFTER)),
            pl.Series("ends_at", ends_at, pl.Enum(ENDS_AT)),
            *report_columns(corpus, classes, found),
        ]
    )
    places = places_of(corpus, table["document"].to_numpy(), table["start"].to_numpy(), boilerplate)
    return table.with_columns(actor_column(table, mentions), places)
