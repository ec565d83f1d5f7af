"""Direct quotations: the words in quotation marks, who said them, and the reporting verb.

References: Pouliquen, Steinberger and Best (2007), "Automatic Detection of Quotations in Multilingual News", RANLP;
Alrahabi, Desclés and Suh (2010), "Direct Reported Speech in Multilingual Texts: Automatic Annotation and Semantic
Categorization", FLAIRS.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer
from corpus_kit._base.records import as_frame, attach
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.attribution import (
    BESIDE,
    CLAUSE,
    LOOSE,
    SPOKEN,
    THAT,
    Attribution,
    Reported,
    actor_column,
    after,
    before,
    follows_report,
    lead_in,
    mentions_for,
    report_columns,
    reported,
)
from corpus_kit.news.quotation_marks import STYLES, MarkedSpans, marks_of_types, pair_marks, styles_of_types
from corpus_kit.news.reporting_verbs import Role, WordClasses, lexicon_of, word_classes
from corpus_kit.news.running_text import documents_of, places_of, selected_tokens, span_columns
from corpus_kit.news.speakers import SHORT_NAME, Document, read_documents
from corpus_kit.search.metadata_columns import metadata_columns, with_metadata
from corpus_kit.text.token_flags import GLUED

__all__ = ["KINDS", "SPEECH", "quotations"]

SPEECH = ("direct", "fragment")  # the kinds that somebody is reported to have said
KINDS = (*SPEECH, "unattributed", "title", "nickname", "slogan", "scripture", "verse", "scare")

_LONGEST_TITLE = 8  # words
_LONGEST_BODY = 6  # words of the name of a body within a report
_LONGEST_PERSON = 5  # words of a person's rank and name


def quotations(
    corpus: CorpusView,
    *,
    actors: Any = None,
    min_words: int = 1,
    carry: bool = True,
    boilerplate: pl.DataFrame | None = None,
    lexicon: str | PathLike[str] | None = None,
    metadata: str | Sequence[str] | None = None,
) -> pl.DataFrame:
    """Find the spans in quotation marks, and for speech the reporting verb and the speaker.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded. A document without quotation marks has no rows.
        actors: Who the speakers may be: a Gazetteer, the path of a TOML file, or a table of `ck.news.actors`.
            With None the column `actor` is null.
        min_words: The least number of words between the marks. Marks without a word between them never count.
        carry: Whether a verb without a subject takes the last speaker of its gender, at most two paragraphs back.
            With False such rows have no speaker and the source "none".
        boilerplate: A table of `ck.news.boilerplate`; quotations in its spans get the place "boilerplate".
        lexicon: The path of a TOML file that replaces the built-in lexicon of reporting verbs.
        metadata: Columns of the corpus to add after id, a name or a list, such as ["source", "date"].

    Returns:
        A DataFrame in the order of the text, one row a pair of marks, with the columns

        - document (UInt32): row number of the document
        - id (String): id of the document
        - start, end (UInt32), surface (String): the words, without the marks; code points in the text
        - words (UInt32): number of words, numbers included
        - style (Enum): the style of the marks
        - depth (UInt32): how many other pairs enclose them
        - kind (Enum): "direct" (a statement) or "fragment" (a part of the reporter's sentence), which are speech;
          "unattributed" (four words or more without an attribution), "title", "nickname", "slogan", "scripture",
          "verse", and "scare" (a few words that are none of these: scare quotes, or a name)
        - verb, verb_lemma (String), verb_start, verb_end (UInt32): the reporting verb without و or ف, or the last
          word of a cue (بحسب), which has no lemma; null unless speech, and for a name and a colon without a verb
        - speaker (String), speaker_start, speaker_end (UInt32): the phrase that names the speaker
        - speaker_source (Enum): "explicit", "carried" or "none"
        - speaker_rule (Enum): the rule that found the speaker: "subject_after", "subject_before", "main_subject"
          (of the verb of a participle), "name_in_marks", "relayed" (نقلت ... عن فلان), "cue" (بحسب), "noun" (تصريح),
          "no_verb" (فلان: "..."), "sentence_subject" (استقبل الوزير ... وقال), "carried_sentence",
          "carried_paragraph", "carried_further", or "none"
        - confidence (Enum): "high", "medium" or "low", by the measured precision of the rule; null without a speaker
        - speaker_refers_to (String), speaker_refers_to_start, speaker_refers_to_end (UInt32): the fuller phrase of
          the same document that a title or a bare name refers to
        - relayed_by (String), relayed_by_start, relayed_by_end (UInt32): who passes the words on
          (نقلت الوكالة عن الوزير قوله)
        - side (Enum): whether the verb comes "before" or "after" the words
        - actor (String): the actor that the speaker is
        - place (Enum): headline, body or boilerplate

        The record of the table has the number of marks without a partner (`unpaired_marks`).

    Raises:
        InputError: If an argument is invalid, or the lexicon is.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.quotations(ck.sample_corpus())
        >>> table.filter(kind="direct").select("verb", "speaker", "words").row(0)
        ('قال', 'منسق تحالف الضفتين آلان مورتيل', 17)
    """
    expect_corpus(corpus)
    actors, boilerplate = as_frame(actors, "actors"), as_frame(boilerplate, "boilerplate")
    least = integer(min_words, "min_words", least=1)
    boolean(carry, "carry")
    words = lexicon_of(lexicon)
    columns = metadata_columns(metadata, corpus, ())
    mentions = mentions_for(corpus, actors, boilerplate)
    with reading(corpus.path):
        classes = word_classes(corpus, words)
        pairs = pair_marks(corpus)
        spans = _spans(corpus, classes, pairs, least, carry)
        table = _table(corpus, classes, spans, mentions, boilerplate)
        marks = int(marks_of_types(corpus)[corpus.token_types[selected_tokens(corpus)]].sum())
    paired = len(np.union1d(pairs.open, pairs.close))
    options = {
        "actors": actors, "min_words": least, "carry": carry, "boilerplate": boilerplate, "lexicon": words.digest,
        "metadata": columns, "subcorpus": corpus.selection, "unpaired_marks": marks - paired,
    }  # fmt: skip
    return attach(with_metadata(table, corpus, columns), "ck.news.quotations", options, corpus=corpus)


class _Span(NamedTuple):
    """A row of the result: the tokens of the marks in the corpus, and what was found about them."""

    open: int
    close: int
    depth: int
    words: int
    kind: str
    reported: Reported


def _spans(corpus: CorpusView, classes: WordClasses, pairs: MarkedSpans, least: int, carry: bool) -> list[_Span]:
    """Return the spans, document by document."""
    spans: list[_Span] = []
    depths = iter(pairs.depth.tolist())
    listed = np.unique(documents_of(corpus, pairs.open))
    for document in read_documents(corpus, classes, pairs, listed):
        for open_, close in document.pairs:
            depth, size = next(depths), document.words_in(open_)
            if size >= least:
                kind, governing = read_span(document, open_)
                found = reported(document, governing, carry=carry)
                spans.append(_Span(document.first + open_, document.first + close, depth, size, kind, found))
    return spans


def _table(
    corpus: CorpusView,
    classes: WordClasses,
    spans: list[_Span],
    mentions: pl.DataFrame | None,
    boilerplate: pl.DataFrame | None,
) -> pl.DataFrame:
    opened = np.array([span.open for span in spans], np.int64)
    closed = np.array([span.close for span in spans], np.int64)
    styles = [STYLES[row] for row in styles_of_types(corpus)[corpus.token_types[opened]].tolist()]
    table = pl.DataFrame(
        [
            *span_columns(corpus, opened + 1, closed),
            pl.Series("words", [span.words for span in spans], pl.UInt32),
            pl.Series("style", styles, pl.Enum(STYLES)),
            pl.Series("depth", [span.depth for span in spans], pl.UInt32),
            pl.Series("kind", [span.kind for span in spans], pl.Enum(KINDS)),
            *report_columns(corpus, classes, [span.reported for span in spans]),
        ]
    )
    places = places_of(corpus, table["document"].to_numpy(), table["start"].to_numpy(), boilerplate)
    return table.with_columns(actor_column(table, mentions), places)


# ------------------------------------------------------------------------------------ what a span is


def read_span(document: Document, open_: int) -> tuple[str, Attribution | None]:
    """Return the kind of a span, and for speech its attribution."""
    close = document.opens[open_]
    size = document.words_in(open_)
    lead = lead_in(document, open_)
    named = _named(document, lead, size, clause=size > SHORT_NAME and _begins_with_verb(document, open_))
    if named is None and size > SHORT_NAME and _names_subject(document, lead, open_):
        named = "title"
    if named is not None:
        return named, None
    governing = before(document, lead, open_) if lead else None
    if governing is None or governing.how in (CLAUSE, LOOSE):
        governing = after(document, close) or governing
    if governing is None and size > SHORT_NAME and _ends_clause(document, close, Role.STOP | Role.MARK):
        governing = follows_report(document, open_)
    if governing is None:
        return ("unattributed" if size > SHORT_NAME else "scare"), None
    if governing.speaker is not None and document.roles[governing.speaker.first] & Role.HONORIFIC:
        return "scripture", None
    if governing.how in (CLAUSE, LOOSE) and SHORT_NAME < size <= _LONGEST_BODY and _begins_name(document, open_):
        return "title", None  # the name of a body within a report
    if not _is_speech(document, governing, open_, size):
        return "scare", None
    return ("direct" if _is_whole(document, governing, lead, size) else "fragment"), governing


def _is_whole(document: Document, governing: Attribution, lead: list[int], size: int) -> bool:
    """Return whether a span is a statement of its own, and not a part of the reporter's sentence."""
    if governing.describes or governing.how == CLAUSE:
        return False
    return (
        governing.how != LOOSE
        or not lead
        or (size > 2 * SHORT_NAME and not document.roles[lead[-1]] & Role.SPEAKER_END)
    )


def _named(document: Document, lead: list[int], size: int, *, clause: bool) -> str | None:
    """Return the kind that the words before a span announce: a title, a nickname, a slogan, verse, scripture.

    Args:
        document: The document.
        lead: The tokens of the sentence before the span.
        size: The words of the span.
        clause: Whether the span looks like a clause, which is not a title.
    """
    for distance, place in enumerate(reversed(lead[-5:])):
        role = document.roles[place]
        if role & Role.SCRIPTURE and size > 1:
            return "scripture"
        if role & Role.VERSE and size > SHORT_NAME and distance < 2:  # a colon may come between
            return "verse"
    announcing = lead[-2:-1] if lead and document.roles[lead[-1]] & Role.BA else lead[-2:]  # المعنونة بـ«...»
    for distance, place in enumerate(reversed(announcing)):
        role = document.roles[place]
        if role & (Role.MARK | Role.COLON | Role.COMMA | Role.STOP | Role.COMPLEMENTISER) or document.form_is_verb(
            place
        ):
            return None
        if size <= (_LONGEST_TITLE if distance == 0 else SHORT_NAME):
            clause = clause and not role & Role.BODY  # a body has a name: شركة «نكست ...»
            for bit, kind in (
                (Role.NICKNAME, "nickname"),
                (Role.SLOGAN, "slogan"),
                (Role.TITLE | Role.ADDRESSEE, "title"),
            ):
                if role & bit and not (clause and kind == "title"):
                    return kind
    return None


def _names_subject(document: Document, lead: list[int], open_: int) -> bool:
    """Return whether marks hold the name of a body that follows its verb or title (أعلنت «حركة ...» أن)."""
    if not lead or document.roles[lead[-1]] & (Role.COLON | Role.COMPLEMENTISER | Role.SAYING):
        return False
    if document.form[lead[-1]] >= 0 or document.roles[lead[-1]] & Role.OFFICE:
        return document.names_body(open_)
    # دعا المتحدث باسم الوزارة "العقيد فلان الفلاني" إلى ...
    ends = _ends_clause(document, document.opens[open_], Role.STOP | Role.COMMA)
    return bool(document.roles[open_ + 1] & Role.OFFICE) and document.words_in(open_) <= _LONGEST_PERSON and not ends


def _is_speech(document: Document, governing: Attribution, open_: int, size: int) -> bool:
    """Return whether an attributed span is speech, and not a name or a word in marks within a report."""
    if _after_proclitic(document, open_, Role.LA) or (
        size <= SHORT_NAME and governing.cue and governing.side == "before"
    ):
        return False  # لـ«الوطن»، وفقا لاتفاق «جنيف»
    if size > SHORT_NAME:
        return True
    if _begins_name(document, open_) and governing.how != SPOKEN and not governing.describes:
        return False
    complete = _ends_clause(document, document.opens[open_])
    if governing.how == SPOKEN:
        if governing.side == "after":
            return size == SHORT_NAME
        between = document.roles[governing.verb : open_]
        return (size > 1 or complete) and not any(role & Role.COMPLEMENTISER for role in between)
    if governing.describes and (governing.how == THAT or _after_proclitic(document, open_, Role.BA)):
        return True
    if _after_proclitic(document, open_, Role.BA):
        return False
    clause_like = size > 1 and _begins_with_verb(document, open_)
    if governing.how == THAT:
        return size > 1 and (complete or clause_like)
    if governing.how == BESIDE:
        return size > 1 and _ends_clause(document, document.opens[open_], Role.STOP)
    return size == SHORT_NAME and clause_like


def _begins_name(document: Document, open_: int) -> bool:
    """Return whether the first word is one that begins the names of bodies and works (جبهة، نظام)."""
    role = document.roles[open_ + 1]
    return bool(role & (Role.BODY | Role.TITLE)) and not role & (Role.DEFINITE | Role.PREPOSED | Role.POSSESSED)


def _begins_with_verb(document: Document, open_: int) -> bool:
    """Return whether the first word looks like a verb in the imperfect."""
    return bool(document.roles[open_ + 1] & Role.IMPERFECT)


def _after_proclitic(document: Document, open_: int, proclitic: int) -> bool:
    """Return whether a mark is glued to a proclitic, as in لـ«الوطن»."""
    return bool(
        open_
        and document.flags[open_] & GLUED
        and document.roles[open_ - 1] & proclitic
        and document.roles[open_ - 1] & Role.PROCLITIC
    )


def _ends_clause(document: Document, close: int, signs: int = Role.STOP | Role.COMMA) -> bool:
    """Return whether a sentence, or a clause before one of these signs, ends with a closing mark."""
    place = close + 1
    return place >= document.size or document.begins_sentence(place) or bool(document.roles[place] & signs)
