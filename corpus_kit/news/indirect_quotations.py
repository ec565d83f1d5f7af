"""Indirect quotations: what a reporting verb introduces with إن or أن, without quotation marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean
from corpus_kit._base.records import as_frame, attach
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.attribution import (
    THAT,
    Attribution,
    Reported,
    actor_column,
    before,
    before_signs,
    impersonal,
    lead_in,
    mentions_for,
    report_columns,
    reported,
    source_cue,
)
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.reporting_verbs import Role, WordClasses, lexicon_of, word_classes
from corpus_kit.news.running_text import places_of, span_columns
from corpus_kit.news.speakers import LONGEST_PHRASE, SHORT_NAME, Document, read_documents
from corpus_kit.search.metadata_columns import metadata_columns, with_metadata

__all__ = ["clauses_of", "indirect_quotations"]

_REACH = 40  # tokens from a verb to its أن
_NEAR = LONGEST_PHRASE + 6  # tokens from a verb to words that it introduces
_EMBEDDED = 4  # tokens from a verb that reports nothing to its أن (الذي قال الوزير إنه)
_LONGEST_NAME = 8  # words of a title in marks between a verb and its أن
_LEAST_WORDS = 6  # words after أن and before a longer quotation
_LONGEST = 250  # tokens of a clause: a text without marks has no end of a sentence
_TRAILING = Role.COMMA | Role.COLON | Role.STOP | Role.DASH | Role.LINK | Role.COMPLEMENTISER
_BEFORE_CLAUSE = Role.LINK | Role.PARTICLE | Role.COMMA | Role.DASH | Role.BREAK
_CLOSING = Role.COMPLEMENTISER | Role.COLON | Role.BREAK
_ANY, _OTHER = "any", "other"  # every verb takes it (قوله إن); none does (بعد أن)
_PREPOSITIONS = ((Role.TO, "إلى"), (Role.ON, "على"), (Role.OF, "من"), (Role.FROM, "عن"), (Role.IN, "في"))


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

    A verb takes only what the lexicon says (أشار إلى أن, but not أدان أن), and one clause. A source (بحسب التقرير فإن)
    or a noun (تأكيد الوزير أن) may stand for it. Impersonal phrases (يذكر أن، تجدر الإشارة إلى أن) are the newspaper's
    own voice or hearsay: speaker_source is "impersonal", and no speaker is carried over.

    A clause ends with its sentence, where the next report begins (وأضاف أن، مشيرا إلى أن), with the bracket that it is
    in, or before more than three words in quotation marks, which are rows of `ck.news.quotations`; a clause with fewer
    than six words before these is left to it. It has 250 tokens at most, so that a text without marks has no endless
    clauses.

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
        - verb to place: as in `ck.news.quotations`; the verb of a source, a noun or an impersonal phrase is the word
          that names it, without a lemma unless it is a form of a verb

    Raises:
        InputError: If an argument is invalid, or the lexicon is.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.indirect_quotations(ck.sample_corpus())
        >>> table.select("verb", "speaker_source").row(0)
        ('لاحظت', 'explicit')
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
    for document in read_documents(corpus, classes, pair_marks(corpus), corpus.selected_documents()):
        first = document.first
        for that, stop, governing in clauses_of(document):
            size = document.words_between(that, stop)
            clauses.append(_Clause(first + that, first + stop, size, reported(document, governing, carry=carry)))
    return clauses


def clauses_of(document: Document) -> Iterator[tuple[int, int, Attribution]]:
    """Yield the first token of each indirect clause, the token after its last one, and its attribution."""
    governed = _Government(document).found
    for that, found in governed.items():
        stop = _clause_end(document, that, governed)
        if stop is not None:
            yield that, stop, found


# ------------------------------------------------------------------------------- what governs a clause


class _Government:
    """Which إن or أن of a document a verb, a cue or a noun of saying governs. A verb governs one clause, the first.

    Attributes:
        found: The attribution of each reported clause, by its إن or أن.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: dict[int, Attribution] = {}
        self._used: set[int] = set()  # verbs that govern a clause, also those that report nothing (relative, negated)
        self._weak: set[int] = set()
        for that in document.thats:
            if document.in_quotation(that) or self._is_name(that):
                continue
            role = document.roles[that]
            if role & Role.CONJUNCTION:
                found = self._by_source(that) if role & Role.THEN else impersonal(document, that)
            else:
                found = impersonal(document, that) or self._by_verb(that)
            if found is not None:
                self.found[that] = found

    def _is_name(self, that: int) -> bool:
        """Return whether the next word shows that this is no إن (بان كي مون، إن شاء الله)."""
        return that + 1 < self.document.size and bool(self.document.roles[that + 1] & Role.NEVER_AFTER_THAT)

    def _by_source(self, that: int) -> Attribution | None:
        """Return the attribution by a source: وبحسب التقرير فإن، وجاء في التقرير أن."""
        document = self.document
        then = document.roles[that] & Role.THEN
        for place in range(that - 1, max(-1, that - _REACH), -1):
            role = document.roles[place]
            if role & Role.COMPLEMENTISER or document.in_quotation(place):
                return None
            if then and document.is_clause_of_cue(place):  # وبحسب ما ذكر الوزير فإن
                return before(document, [*lead_in(document, that), that], that + 1)
            begins = document.begins_sentence(place)
            if document.cue[place] >= 0 and (
                begins or role & Role.CONJUNCTION or document.roles[place - 1] & Role.COMMA
            ):
                source = source_cue(document, place, that)
                if source is not None and (then or document.roles[source[1].first - 1] & Role.IN):
                    verb, speaker = source
                    return Attribution(verb, speaker, "explicit", THAT, cue=True)
            if begins:
                return None
        return None

    def _by_verb(self, that: int) -> Attribution | None:
        """Return the attribution by the nearest verb before أن that takes it, or by a noun of saying."""
        document = self.document
        end, frame = self._introduction(that)
        if frame == _OTHER:
            return None
        verb = self._nearest_verb(that, end, frame)
        if verb is None:
            return (self._by_source(that) if frame in ("أن", "ب") else None) or self._by_noun(end)
        self._used.add(verb)
        if not (document.is_finite(verb) or document.is_participle(verb)):
            return self._by_apposition(verb) if verb == end - 1 else None
        lead = [*lead_in(document, that), that]
        if self._weak:
            lead = [token for token in lead if token not in self._weak]
        found = before(document, lead, that + 1)
        if found is None or found.cue or (found.verb != verb and document.is_finite(verb)):
            return None
        return found

    def _by_apposition(self, verb: int) -> Attribution | None:
        """Return the attribution to the last speaker by a relative clause after a comma (الوزير، الذي أكد أن)."""
        document = self.document
        if verb < 2 or not document.roles[verb - 2] & Role.COMMA:
            return None
        if document.roles[verb - 1] & (Role.RELATIVE | Role.DEFINITE) != Role.RELATIVE | Role.DEFINITE:
            return None
        report = document.last_report(verb, document.gender(verb))
        return None if report is None else Attribution(verb, report.speaker, "carried", THAT)

    def _introduction(self, that: int) -> tuple[int, str]:
        """Return the token after what stands before أن and its preposition, and the frame that a verb must have."""
        document = self.document
        end = before_signs(document, that)
        apart = end < that
        if document.begins_sentence(that) and not (apart and document.roles[that - 1] & Role.COLON):
            return end, _OTHER
        frame = "ب" if document.roles[that] & Role.BY else "أن"
        last = document.roles[end - 1] if end else 0
        if last & Role.SAYING:
            possible = end > 1 and document.roles[end - 2] & Role.GOVERNOR  # يمكن القول إن
            return end, _OTHER if possible else _ANY
        if apart or last & Role.STOP:
            return end, frame if apart else _OTHER
        if last & Role.GOVERNOR:
            return end, _OTHER
        for bit, preposition in _PREPOSITIONS:
            if last & bit:
                far = document.roles[end - 2] if end > 1 else 0
                return end - 1, _OTHER if far & Role.FAR_GOVERNOR else preposition
        return end, frame

    def _nearest_verb(self, that: int, end: int, frame: str) -> int | None:
        document, comma = self.document, False
        roles, forms, begins, closes, quoted = (
            document.roles, document.form, document.begins, document.closes, document.quoted,
        )  # fmt: skip
        place = end
        while place > max(0, that - _REACH):
            place -= 1
            role = roles[place]
            if place in closes and document.words_in(closes[place]) <= _LONGEST_NAME:
                place = closes[place]  # a name or title in marks
            elif quoted[place] or (role & _CLOSING and (place in self.found or self._closes(place))):
                return None
            if forms[place] >= 0 and place not in self._used:
                form = document.classes.forms[forms[place]]
                takes = frame == _ANY or frame in form.frames
                if document.is_finite(place):
                    if "needs" in form.flags and frame != _ANY and not form.has_object and self._is_weak(place, that):
                        continue
                    return place if takes else None
                direct = form.participle and "quotative" in form.flags and place < end - 1
                if direct and not roles[place + 1] & Role.ADDRESSEE:
                    return None  # the words after قائلا are direct; not so قائلا للصحيفة إن
                if takes and self._may_govern(place, end, comma):
                    return place
            comma |= bool(role & Role.COMMA)
            if begins[place]:
                return None
        return None

    def _is_weak(self, verb: int, that: int) -> bool:
        """Return whether a verb with `needs` neither begins a clause nor has a subject (جمهور يرى أن)."""
        document = self.document
        if document.roles[verb] & Role.CONJUNCTION or document.begins_sentence(verb):
            return False
        if document.roles[verb - 1] & _BEFORE_CLAUSE or document.subject(verb, that) is not None:
            return False
        self._weak.add(verb)
        return True

    def _may_govern(self, verb: int, end: int, comma: bool) -> bool:
        """Return whether a participle, or a verb that reports nothing, may take a clause: it must be near."""
        if self.document.is_participle(verb):
            return end - verb <= LONGEST_PHRASE
        return not comma and end - verb <= _EMBEDDED and self.document.is_embedded(verb)

    def _closes(self, place: int) -> bool:
        """Return whether no verb before a token takes an أن after it: it begins direct words, or another clause."""
        role = self.document.roles[place]
        last = self.document.roles[place - 1] if place else 0
        if role & Role.THEN:
            return bool(last & Role.COMMA)  # not the name فان
        if role & Role.COMPLEMENTISER:  # an أن of another word; but بعد أن is no more than a time
            return not last & (Role.SPEAKER_END | Role.FAR_GOVERNOR)
        return bool(role & (Role.COLON | Role.BREAK))

    def _by_noun(self, end: int) -> Attribution | None:
        """Return the attribution by a noun of saying: تأكيد الوزير أن، في تصريحه بأن."""
        document = self.document
        for noun in range(end - 1, max(-1, end - LONGEST_PHRASE), -1):
            role = document.roles[noun]
            spoken = role & Role.SAYING and document.roles[noun - 1] & (Role.IN | Role.TO | Role.ON)  # إلى القول إن
            if role & Role.SPEECH_NOUN or spoken:
                if role & (Role.POSSESSED | Role.SAYING):
                    report = document.last_report(noun, document.gender(noun)) if noun == end - 1 else None
                    return None if report is None else Attribution(noun, report.speaker, "carried", THAT)
                speaker = document.phrase(noun + 1, end)
                return Attribution(noun, speaker, "explicit", THAT) if speaker and speaker.end == end else None
            if (
                document.begins_sentence(noun)
                or role & (Role.COMMA | Role.COMPLEMENTISER)
                or document.in_quotation(noun)
            ):
                return None
        return None


# ---------------------------------------------------------------------------------- where a clause ends


def _clause_end(document: Document, that: int, governed: dict[int, Attribution]) -> int | None:
    """Return the token after the clause that begins at أن; None if it has a longer quotation, or no word of its own."""
    roles, forms = document.roles, document.form
    end, brackets = min(document.sentence_end(that + 1), that + _LONGEST), 0
    for place in range(that + 1, end):
        if forms[place] < 0 and not roles[place] & (Role.MARK | Role.BRACKET):
            continue
        if place in document.opens:
            if document.words_in(place) > SHORT_NAME:
                if document.words_between(that + 1, place) < _LEAST_WORDS:
                    return None
                break
        elif roles[place] & Role.BRACKET:
            brackets += 1 if roles[place] & Role.OPENING else -1
            if brackets < 0:
                break
        if forms[place] >= 0 and _new_report(document, place, governed):
            break
    else:
        place = end
    while place > that + 1 and _trails(document, place - 1):
        place -= 1
    own = place > that + 1 and document.opens.get(that + 1) != place - 1
    return place if own else None


def _trails(document: Document, last: int) -> bool:
    """Return whether a clause does not end with this token: a sign, a single letter (و), وأن, or في حين."""
    role = document.roles[last]
    of_time = role & Role.IN and last + 1 < document.size and document.roles[last + 1] & Role.LINK
    return bool(role & _TRAILING or of_time or (role & Role.PROCLITIC and role & Role.WORD))


def _new_report(document: Document, verb: int, governed: dict[int, Attribution]) -> bool:
    """Return whether a new report begins with a verb in mid-sentence: with و or ف, or as a participle."""
    if document.is_participle(verb):
        after = document.roles[verb + 1] if verb + 1 < document.size else 0
        opens = document.roles[verb - 1] & Role.COMMA or after & (Role.TO | Role.ON | Role.OF)
        return bool(opens) or _governs(document, verb, governed)
    if not document.is_finite(verb):
        return False
    form = document.verb_form(verb)
    if document.roles[verb] & Role.CONJUNCTION:
        sure = form is not None and not form.flags & {"noun", "needs", "preposition"}
        return sure or _introduces(document, verb, governed)
    if document.roles[verb - 1] & Role.COMMA:  # ، رأت الوزيرة أن; its subject is not before it
        return document.phrase(verb + 1, document.size, verb) is not None and _governs(document, verb, governed)
    return bool(document.roles[verb - 1] & Role.LINK) and _introduces(document, verb, governed)


def _governs(document: Document, verb: int, governed: dict[int, Attribution]) -> bool:
    """Return whether the next reported clause is that of a verb."""
    near = range(verb + 1, min(verb + _NEAR, document.size))
    that = next((place for place in near if place in governed), None)
    return that is not None and governed[that].verb == verb


def _introduces(document: Document, verb: int, governed: dict[int, Attribution]) -> bool:
    """Return whether a verb introduces a clause, or words after a colon or in marks."""
    for place in range(verb + 1, min(verb + _NEAR, document.size)):
        if place in governed or document.begins_sentence(place):
            break
        if document.roles[place] & (Role.COLON | Role.SAYING):
            return True
        if place in document.opens and document.words_in(place) > SHORT_NAME:
            return True
    return _governs(document, verb, governed)


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
