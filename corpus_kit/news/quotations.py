"""Direct quotations: the words in quotation marks, who said them, and the reporting verb.

References: Pouliquen, Steinberger and Best (2007), "Automatic Detection of Quotations in Multilingual News", RANLP;
Alrahabi, Desclés and Suh (2010), "Direct Reported Speech in Multilingual Texts: Automatic Annotation and Semantic
Categorization", FLAIRS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer
from corpus_kit._base.arrays import Array
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
    columns_of_rows,
    continues,
    follows_report,
    mentions_for,
    report_columns,
    reported,
)
from corpus_kit.news.document_words import LONGEST_PHRASE, SHORT_NAME
from corpus_kit.news.lead_ins import before, lead_in, listener
from corpus_kit.news.quotation_marks import STYLES, MarkedSpans, pair_marks, styles_of_types
from corpus_kit.news.reporting_verbs import Role, WordClasses, folded_types, lexicon_of, word_classes
from corpus_kit.news.running_text import documents_of, places_of, span_columns
from corpus_kit.news.speakers import Document, read_documents
from corpus_kit.search.metadata_columns import metadata_columns, with_metadata
from corpus_kit.text.token_flags import GLUED

__all__ = ["KINDS", "SPEECH", "quotations"]

SPEECH = ("direct", "fragment")  # the kinds that somebody is reported to have said
KINDS = (*SPEECH, "unattributed", "title", "nickname", "slogan", "scripture", "verse", "scare")

_ENDS_HEADING = Role.COMMA | Role.STOP | Role.COMPLEMENTISER | Role.RELATIVE
_ANNOUNCES_NONE = Role.MARK | Role.COLON | Role.COMMA | Role.STOP | Role.COMPLEMENTISER
_ANNOUNCED = ((Role.NICKNAME, "nickname"), (Role.SLOGAN, "slogan"), (Role.TITLE | Role.ADDRESSEE, "title"))
# Signs that somebody speaks: at the beginning (نحن، لا، سنعمل), and anywhere (موقفنا، قتلنا، لدينا).
_VOICE = "^[وف]?(نحن|انا|اننا|انني|لقد|لن|لم|لا|ليس|هذا|هذه|هناك|سن[^هدو]..+|ن(ريد|طالب|امل|تمني|شعر|عمل|عيش))$"
_OURS = "^.{2,}[^اوي]نا$|^(علي|الي|لدي|راي)نا$"
_LONGEST_TITLE = 8  # words
_LONGEST_WITHOUT_COLON = 300  # words of speech; statements that are longer are printed after a colon
_LONGEST_BODY = 6  # words of the name of a body within a report
_LONGEST_LINE = 12  # words of a line of verse
_LONGEST_BANNER = 5  # words up to what is written on it
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
    options = {
        "actors": actors, "min_words": least, "carry": carry, "boilerplate": boilerplate, "lexicon": words.digest,
        "metadata": columns, "subcorpus": corpus.selection, "unpaired_marks": pairs.unpaired,
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


def _spans(corpus: CorpusView, classes: WordClasses, pairs: MarkedSpans, least: int, carry: bool) -> Iterator[_Span]:
    """Yield the spans, document by document."""
    depths = iter(pairs.depth.tolist())
    listed = np.unique(documents_of(corpus, pairs.open))
    for document in read_documents(corpus, classes, pairs, listed):
        for open_, close in document.pairs:
            depth, size = next(depths), document.words_in(open_)
            if size >= least:
                kind, governing = read_span(document, open_)
                found = reported(document, governing, carry=carry)
                yield _Span(document.first + open_, document.first + close, depth, size, kind, found)


def _table(
    corpus: CorpusView,
    classes: WordClasses,
    spans: Iterable[_Span],
    mentions: pl.DataFrame | None,
    boilerplate: pl.DataFrame | None,
) -> pl.DataFrame:
    opens, closes, depth, words, kind, *found = columns_of_rows(spans, own=5)
    opened, closed = np.array(opens, np.int64), np.array(closes, np.int64)
    styles = [STYLES[row] for row in styles_of_types(corpus)[corpus.token_types[opened]].tolist()]
    table = pl.DataFrame(
        [
            *span_columns(corpus, opened + 1, closed),
            pl.Series("words", words, pl.UInt32),
            pl.Series("style", styles, pl.Enum(STYLES)),
            pl.Series("depth", depth, pl.UInt32),
            pl.Series("kind", kind, pl.Enum(KINDS)),
            *report_columns(corpus, classes, found),
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
    named = _named(document, lead, open_, clause=size > SHORT_NAME and _begins_with_verb(document, open_))
    if named is None and size > SHORT_NAME and _names_subject(document, lead, open_):
        named = "title"
    if named is not None:
        return named, None
    if document.roles[open_ + 1] & Role.HONORIFIC and document.roles[open_ + 2] & Role.MASCULINE_NAME:
        return "scripture", None  # «صلى الله عليه وسلم»
    # longer ones without a colon begin with a mark that was forgotten to be closed: أكد أن «...
    told = lead and (size <= _LONGEST_WITHOUT_COLON or document.roles[lead[-1]] & Role.COLON)
    governing = before(document, lead, open_) if told else None
    if governing is None or governing.how in (CLAUSE, LOOSE):
        cited = after(document, close)
        if cited is None or not (governing and governing.source == "explicit" and _relays_only(document, cited)):
            governing = cited or governing or continues(document, open_)
    if governing is None and size > SHORT_NAME and _ends_clause(document, close, Role.STOP | Role.MARK):
        governing = follows_report(document, open_)
    if governing is None:
        return ("unattributed" if size > SHORT_NAME else "scare"), None
    if governing.speaker is not None and document.roles[governing.speaker.first] & Role.HONORIFIC:
        return "scripture", None
    if governing.how != SPOKEN and size <= _LONGEST_BODY and _is_foreign_name(document, open_):
        return "title", None
    part = SHORT_NAME < size <= _LONGEST_BODY and _is_part(document, governing, close)
    if part and (_begins_name(document, open_) or _is_full_name(document, open_)):
        return "title", None  # the name of a body within a report
    if _is_verse(document, governing, size):
        return "verse", None
    if not _is_speech(document, governing, open_, size):
        return "scare", None
    return ("direct" if _is_whole(document, governing, lead, size) else "fragment"), governing


def _relays_only(document: Document, cited: Attribution) -> bool:
    """Return whether a cue after words names a medium, which passes on what another verb reports (وفقا لوكالة كذا)."""
    return cited.cue and cited.speaker is not None and bool(document.roles[cited.speaker.first] & Role.ADDRESSEE)


def _is_whole(document: Document, governing: Attribution, lead: list[int], size: int) -> bool:
    """Return whether a span is a statement of its own, and not a part of the reporter's sentence."""
    if governing.describes or governing.how == CLAUSE:
        return False
    return (
        governing.how != LOOSE
        or not lead
        or (size > 2 * SHORT_NAME and not document.roles[lead[-1]] & Role.SPEAKER_END)
    )


def _named(document: Document, lead: list[int], open_: int, *, clause: bool) -> str | None:
    """Return the kind that the words before a span announce: a title, a nickname, a slogan, verse, scripture.

    Args:
        document: The document.
        lead: The tokens of the sentence before the span.
        open_: The mark that opens the span.
        clause: Whether the span looks like a clause, which is not a title.
    """
    roles, size = document.roles, document.words_in(open_)
    for distance, place in enumerate(reversed(lead[-5:]) if size > 1 else ()):
        role = roles[place]
        if role & Role.SCRIPTURE:
            return "scripture"
        if role & Role.VERSE and size > SHORT_NAME and distance < 2:  # a colon may come between
            return "verse"
    for distance, place in enumerate(reversed(lead[-SHORT_NAME:])):  # تحت عنوان نهضة «...»
        if roles[place] & _ENDS_HEADING or size > _LONGEST_TITLE * (1 if distance else 2):
            break
        if roles[place] & Role.HEADING:
            return "title"
    if size <= _LONGEST_LINE and _is_on_banner(document, lead):
        return "slogan"
    announcing = lead[-2:-1] if lead and roles[lead[-1]] & Role.BA else lead[-2:]  # المعنونة بـ«...»
    for distance, place in enumerate(reversed(announcing)):
        role = roles[place]
        if role & _ANNOUNCES_NONE or document.form_is_verb(place):
            return None
        if size <= (_LONGEST_TITLE if distance == 0 else SHORT_NAME):
            clause = clause and not role & Role.BODY  # a body has a name: شركة «نكست ...»
            for bit, kind in _ANNOUNCED:
                if role & bit and not (kind == "title" and (clause or _is_told(document, lead, open_))):
                    return kind
    return None


def _is_on_banner(document: Document, lead: list[int]) -> bool:
    """Return whether words are one of the slogans, or are written on banners (لافتة كتب عليها «...»)."""
    words = lead[:-1] if lead and document.roles[lead[-1]] & Role.COLON else lead
    near = document.roles[words[-1]] & Role.PRONOUN if words else 0
    return bool(near) and any(document.roles[place] & Role.SLOGAN for place in words[-_LONGEST_BANNER:-1])


def _is_told(document: Document, lead: list[int], open_: int) -> bool:
    """Return whether a sentence ends with marks after whom their words are told (قال شاهد لرويترز «...»).

    Somebody who speaks of himself may be quoted after a place with an article, too (قال لرويترز في المطار «سنبقى هنا»).
    """
    if not _ends_clause(document, document.opens[open_], Role.STOP):
        return False
    near = lead[-2 * LONGEST_PHRASE :]
    if listener(document, lead) is not None:
        return any(document.form[each] >= 0 for each in near)
    known = document.roles[lead[-1]] & (Role.DEFINITE | Role.OWN)
    return bool(known) and _is_voiced(document, open_) and _opens_speech(document, near)


def _opens_speech(document: Document, lead: list[int]) -> bool:
    """Return whether the last verb of a lead-in takes words in marks and has no clause of its own."""
    for place in reversed(lead):
        if document.roles[place] & Role.COMPLEMENTISER:
            return False
        form = document.verb_form(place)
        if form is not None and document.is_finite(place):
            needs = "needs" in form.flags and not document.roles[place] & Role.CONTINUES
            return ":" in form.frames and "describes" not in form.flags and not needs
    return False


def _is_voiced(document: Document, open_: int) -> bool:
    """Return whether short words show that somebody speaks: a first person, a denial (سنبقى هنا; لا نملك شيئا)."""
    first, any_ = document.corpus.derive("voices", lambda: _voices(document.corpus))
    types = document.types[open_ + 1 : document.opens[open_]]
    return bool(first[types[0]] or any(any_[each] for each in types))


def _voices(corpus: CorpusView) -> tuple[Array, Array]:
    """Return whether each type is such a sign as the first of some words, and as any of them."""
    words = folded_types(corpus)
    return words.str.contains(_VOICE).to_numpy(), words.str.contains(_OURS).to_numpy()


def _names_subject(document: Document, lead: list[int], open_: int) -> bool:
    """Return whether marks hold the name of a body that follows its verb or title (أعلنت «حركة ...» أن)."""
    if not lead or document.roles[lead[-1]] & (Role.COLON | Role.COMPLEMENTISER | Role.SAYING):
        return False
    if document.form[lead[-1]] >= 0 or document.roles[lead[-1]] & Role.OFFICE:
        return document.names_body(open_)
    # دعا المتحدث باسم الوزارة "العقيد فلان الفلاني" إلى ...
    person = document.roles[open_ + 1] & (Role.OFFICE | Role.FIRST_NAME)
    close = document.opens[open_]
    goes_on = close + 1 < document.size and document.roles[close + 1] & Role.SEMICOLON
    given = any(role & Role.FIRST_NAME for role in document.roles[open_ + 1 : close])  # العقيد محمد كذا
    ends = _ends_clause(document, close, Role.STOP | (0 if given else Role.COMMA)) and not goes_on
    return bool(person) and document.words_in(open_) <= _LONGEST_PERSON + given and not ends


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
        form = document.verb_form(open_ - 1)  # متهما «قوى سوداء» بكذا
        object_ = form is not None and form.participle and "quotative" not in form.flags
        return ((size > 1 and not object_) or complete) and not any(role & Role.COMPLEMENTISER for role in between)
    predicate = governing.how == THAT and not document.roles[open_ - 1] & Role.BARE_THAT  # وصفه بأنه «كذا»
    if governing.describes and (predicate or _after_proclitic(document, open_, Role.BA)):
        return True
    if _after_proclitic(document, open_, Role.BA):
        return False
    clause_like = size > 1 and _begins_with_verb(document, open_)
    if governing.how == THAT:
        return size > 1 and (complete or clause_like)
    ends = size > 1 and _ends_clause(document, document.opens[open_], Role.STOP)
    if governing.how == BESIDE:
        return ends
    if governing.how == LOOSE and ends and size == SHORT_NAME and _is_voiced(document, open_):
        return _opens_speech(document, [*range(governing.verb, open_)])
    return size == SHORT_NAME and clause_like


def _begins_name(document: Document, open_: int) -> bool:
    """Return whether the first word is one that begins the names of bodies and works (جبهة، نظام)."""
    role = document.roles[open_ + 1]
    return bool(role & (Role.BODY | Role.TITLE)) and not role & (Role.DEFINITE | Role.PREPOSED | Role.POSSESSED)


def _is_part(document: Document, governing: Attribution, close: int) -> bool:
    """Return whether marks are within a report: after some words of it, or with an adjective after them."""
    qualified = close + 1 < document.size and document.roles[close + 1] & Role.DEFINITE  # أن «لجنة كذا» التابعة
    return governing.how in (CLAUSE, LOOSE) or (governing.how == THAT and bool(qualified))


def _is_full_name(document: Document, open_: int) -> bool:
    """Return whether words without a verb name a body, with its adjective (على هامش «المؤتمر الدولي لكذا»)."""
    inside = document.roles[open_ + 1 : document.opens[open_]]
    clause = Role.IMPERFECT | Role.NEGATION | Role.PARTICLE | Role.COMPLEMENTISER | Role.TANWIN | Role.RELATIVE
    head = inside[0] & (Role.BODY | Role.TITLE) and inside[0] & Role.DEFINITE and inside[1] & Role.DEFINITE
    return bool(head) and not document.roles[open_ - 1] & Role.SPEAKER_END and not any(role & clause for role in inside)


def _is_foreign_name(document: Document, open_: int) -> bool:
    """Return whether the words are a foreign name: with Latin ones, letters (جي بي إس) or a last number (كذا 10)."""
    inside = document.roles[open_ + 1 : document.opens[open_]]
    spelled = any(role & Role.LETTER and after & (Role.LETTER | Role.NUMBER) for role, after in pairwise(inside))
    model = document.words_in(open_) <= SHORT_NAME and inside[-1] & Role.NUMBER
    return spelled or bool(model) or any(role & Role.LATIN for role in inside)


def _is_verse(document: Document, governing: Attribution, size: int) -> bool:
    """Return whether somebody who is only called the poet says as many words as a line of verse has."""
    speaker = governing.speaker
    if speaker is None or speaker.end - speaker.first > 1 or not SHORT_NAME < size <= _LONGEST_LINE:
        return False
    return bool(document.roles[speaker.first] & Role.VERSE)


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
