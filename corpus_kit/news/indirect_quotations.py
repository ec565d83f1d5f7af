"""Indirect quotations: what a reporting verb introduces with إن or أن, without quotation marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    columns_of_rows,
    mentions_for,
    report_columns,
    reported,
    source_cue,
)
from corpus_kit.news.clause_ends import LONGEST_TITLE, NEAR, PAUSE, clause_end
from corpus_kit.news.document_words import LONGEST_PHRASE, LONGEST_SUBJECT, SHORT_NAME
from corpus_kit.news.lead_ins import before, before_signs, by_report, impersonal, lead_in
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.reporting_verbs import Role, WordClasses, lexicon_of, word_classes
from corpus_kit.news.running_text import places_of, span_columns
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document, read_documents
from corpus_kit.news.topic_speakers import TopicSpeakers
from corpus_kit.search.metadata_columns import metadata_columns, with_metadata
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH

__all__ = ["clauses_of", "indirect_quotations"]

_REACH = 40  # tokens from a verb to its أن
_EMBEDDED = 4  # tokens from a verb that reports nothing to its أن (الذي قال الوزير إنه)
_ASIDE = 6  # tokens from a verb of opinion, or a noun of saying and its speaker, to أن
_BEFORE_CLAUSE = Role.LINK | Role.PARTICLE | Role.COMMA | Role.DASH | Role.BREAK
_CLOSING = Role.COMPLEMENTISER | Role.COLON | Role.BREAK
_ANY, _OTHER = "any", "other"  # every verb takes it (قوله إن); none does (بعد أن)
_DOUBTFUL = frozenset(("needs", "noun", "preposition", "describes"))  # of verbs that may be none, or take no clause
_NAMED = Role.OFFICE | Role.BODY | Role.DEFINITE | Role.QUANTITY | Role.PLURAL | Role.WAW_NOUN | Role.MANY
_NO_SUBJECT = Role.BREAK | Role.PARTICLE | Role.HE | Role.NEGATION | Role.PREPOSED
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

    A clause ends with its sentence (a semicolon ends none), where the next report begins (وأضاف أن، مشيرا إلى أن، لكنه
    أكد), with the bracket that it is in, or before more than three words in quotation marks that are a row of
    `ck.news.quotations`; a clause with fewer than six words before these is left to it. It has 250 tokens at most, so
    that a text without marks has no endless clauses. docs/news/indirect_quotations.md has the whole rule.

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


def _clauses(corpus: CorpusView, classes: WordClasses, carry: bool) -> Iterator[_Clause]:
    """Yield the clauses, document by document."""
    for document in read_documents(corpus, classes, pair_marks(corpus), corpus.selected_documents()):
        first = document.first
        for that, stop, governing in clauses_of(document):
            size = document.words_between(that, stop)
            yield _Clause(first + that, first + stop, size, reported(document, governing, carry=carry))


def clauses_of(document: Document) -> Iterator[tuple[int, int, Attribution]]:
    """Yield the first token of each indirect clause, the token after its last one, and its attribution."""
    governed = _Government(document).found
    for that, found in governed.items():
        stop = clause_end(document, that, governed)
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
        self._weak: set[int] = set()
        self._used: set[int] = set()  # verbs that govern a clause, also those that report nothing (relative, negated)
        for that in document.thats:
            if document.in_quotation(that) or self._is_name(that):
                continue
            role = document.roles[that]
            if role & Role.CONJUNCTION:
                found = self._by_source(that) if role & Role.THEN else impersonal(document, that) or self._joined(that)
            else:
                found = impersonal(document, that) or self._by_verb(that)
            if found is not None:
                self.found[that] = found

    def _is_name(self, that: int) -> bool:
        """Return whether what follows shows that this is no إن (بان كي مون, فان باستن), or a condition (إن لم)."""
        roles = self.document.roles
        if not roles[that] & Role.BARE_THAT or that + 1 >= self.document.size:
            return False
        if roles[that] & Role.THEN and that and not (roles[that - 1] & Role.COMMA or roles[that + 1] & Role.DEFINITE):
            near = range(that + 2, min(that + 2 + _ASIDE, self.document.sentence_end(that + 1)))
            if any(roles[place] & Role.COMPLEMENTISER and roles[place] & Role.THEN for place in near):
                return True
        form = self.document.verb_form(that + 1)
        perfect = form is not None and not (form.imperfect or form.participle or "noun" in form.flags)
        if perfect and self.document.gender(that + 1) == "f":
            return True  # إن وجدت
        return bool(roles[that + 1] & (Role.NEVER_AFTER_THAT | Role.STOP))

    def _joined(self, that: int) -> Attribution | None:
        """Return the attribution of وأن after a noun that a verb takes instead of a clause (مؤكدا أهمية كذا، وأن)."""
        document = self.document
        last = document.roles[that - 1] if that else Role.MARK
        if document.begins_sentence(that) or not document.roles[that] & Role.WAW or last & (Role.GOVERNOR | Role.MARK):
            return None  # خاصة وأن
        after = document.roles[that + 1] if that + 1 < document.size else 0
        if after & Role.FEMININE_VERB and not after & (Role.DEFINITE | Role.FEMININE | Role.IMPERFECT):
            return None  # وإن شملت
        for place in range(that - 1, max(-1, that - _REACH), -1):
            role = document.roles[place]
            if role & (Role.COMPLEMENTISER | Role.BREAK | Role.COLON | Role.RELATIVE) or document.quoted[place]:
                return None
            form = document.verb_form(place)
            if form is not None and not (form.imperfect or form.has_object or form.flags & _DOUBTFUL):
                own = form.participle or not document.roles[place + 1] & Role.PRONOUN  # not هيئة تعترف بها
                object_ = "أن" in form.frames or document.roles[place + 1] & (Role.TO | Role.ON)  # not داعيا الله
                if (
                    own
                    and object_
                    and place < that - 2
                    and place not in self._used
                    and (document.is_finite(place) or document.is_participle(place))
                ):
                    self._used.add(place)
                    found = before(document, [*lead_in(document, that), that], that + 1)
                    return found if found is not None and found.verb == place and not found.cue else None
                if document.is_finite(place):
                    return None
            if document.begins[place]:
                return None
        return None

    def _by_source(self, that: int) -> Attribution | None:
        """Return the attribution by a source: وبحسب التقرير فإن، وجاء في التقرير أن."""
        document = self.document
        then = document.roles[that] & Role.THEN
        for place in range(that - 1, max(-1, that - _REACH), -1):
            role = document.roles[place]
            if (role & Role.COMPLEMENTISER and not self._is_name(place)) or document.in_quotation(place):
                return None
            if role & Role.WRITTEN and place and document.cue[place - 1] >= 0 and document.cue[place] >= 0:
                continue  # وبحسب ما ورد في التقرير فإن
            if then and document.is_clause_of_cue(place):  # وبحسب ما ذكر الوزير فإن
                return before(document, [*lead_in(document, that), that], that + 1)
            begins = document.begins_sentence(place)
            if document.cue[place] >= 0 and (
                begins or role & Role.CONJUNCTION or document.roles[place - 1] & (Role.COMMA | Role.BREAK)
            ):
                source = source_cue(document, place, that)
                if source is not None and document.roles[source[1].first] & Role.STANDARD:
                    return None  # طبقا للإجراءات فإن
                if source is not None and (then or document.roles[source[1].first - 1] & (Role.IN | Role.OF)):
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
        if document.begins[that] and not document.roles[that - 1] & Role.COLON and not self._stands_before(verb, end):
            return None
        self._used.add(verb)
        if not (document.is_finite(verb) or document.is_participle(verb)):
            return self._by_relative(verb, end) or self._by_apposition(verb, end) or self._by_text(verb, end)
        last = document.roles[verb - 1]
        if last & Role.RELATIVE and last & Role.DEFINITE and not document.roles[verb - 2] & (PAUSE | Role.MEANWHILE):
            return None  # الأماكن التي تصفها المصادر بأنها
        form = document.verb_form(verb)
        near = verb > 1 and not (document.begins_sentence(verb) or document.begins_sentence(verb - 1))
        if near and document.roles[verb - 2] & Role.NEGATION and form is not None and form.imperfect:
            return None  # لا أحد يقول إن
        described = form is not None and form.has_object and "describes" in form.flags
        if described and last & Role.RELATIVE and not last & Role.DEFINITE:
            return None  # من وصفهم بأنهم
        lead = [token for token in lead_in(document, that) if token <= verb or not self._idle(token, end, frame)]
        found = by_report(document, [*lead, that], that + 1)
        if found is None or found.cue or (found.verb != verb and document.is_finite(verb)):
            return None
        if found.source != "explicit":
            subject = (self._pointed(verb, end) if found.source == "none" else None) or self._clause_subject(verb)
            found = found._replace(speaker=subject, source="explicit") if subject else found
        pointing = last & Role.THIS or (last & Role.RELATIVE and not last & Role.DEFINITE)
        if found.source in ("none", "carried") and pointing and form is not None and form.imperfect:
            return None  # وهذا يؤكد أن، ما يشير إلى أن: the author concludes
        if found.source == "none" and self._is_first_person(verb):
            return None  # ولاحظت أن
        if form is not None and "finds" in form.flags:
            studies = Role.OFFICE | Role.BODY | Role.ENVOY | Role.STUDY | Role.TITLE
            first = document.roles[found.speaker.first] if found.source == "explicit" and found.speaker else 0
            agrees = form.gender != "f" or not first & Role.OFFICE or first & (Role.FEMININE | Role.PLURAL)
            return found if first & studies and agrees else None  # وجدت الدراسة أن, not وجد الرجل أن
        return found

    def _idle(self, token: int, end: int, frame: str) -> bool:
        """Return whether a verb between another one and its أن takes no such clause (المصادر التي رفضت ذكر اسمها)."""
        return self.document.form[token] >= 0 and (token in self._weak or not self._takes(token, end, frame))

    def _is_first_person(self, verb: int) -> bool:
        """Return whether a verb without a subject is the author's perfect (ولاحظت أن)."""
        form = self.document.verb_form(verb)
        return form is not None and "perceives" in form.flags and form.gender == "f" and not form.imperfect

    def _pointed(self, verb: int, end: int) -> Phrase | None:
        """Return a subject with a demonstrative, if nothing else stands before أن (تقول تلك المعلومة إن)."""
        roles = self.document.roles
        if verb + 2 >= end or not (roles[verb + 1] & Role.THIS and roles[verb + 2] & Role.DEFINITE):
            return None
        if not self.document.is_finite(verb):
            return None  # واصفا تلك التصريحات بأنها
        if roles[verb - 1] & Role.RELATIVE or roles[end] & Role.COMMA:
            return None  # ومما يؤكد هذا الخطر، أن
        named = self.document.phrase(verb + 2, end)
        return Phrase(verb + 1, end) if named is not None and named.end == end else None

    def _clause_subject(self, verb: int) -> Phrase | None:
        """Return the subject between what opens a clause and its verb (الناس يرون، لكن فلان يرى، هناك من يرى)."""
        document, roles = self.document, self.document.roles
        if roles[verb] & Role.CONJUNCTION or not document.is_finite(verb):
            return None
        for first in range(verb - 1, max(-1, verb - LONGEST_PHRASE), -1):
            if document.form[first] >= 0 or not roles[first] & (Role.WORD | Role.MARK):
                return None
            begins = document.begins_sentence(first)
            if not begins and roles[first - 1] & (Role.COMPLEMENTISER | Role.BREAK | Role.THERE):
                return self._agreeing(first, verb)
            if begins or roles[first - 1] & Role.COMMA:
                named = roles[first] & _NAMED and not roles[first] & (Role.PREPOSED_NOUN | Role.FEMININE_VERB)
                several = verb - first > 1 or roles[first] & Role.DEFINITE
                return self._agreeing(first, verb) if named and several else None
        return None

    def _agreeing(self, first: int, verb: int) -> Phrase | None:
        """Return the phrase from a token to a verb, if it may be its subject."""
        document, role = self.document, self.document.roles[first]
        if role & _NO_SUBJECT:
            return None
        subject, gender = document.phrase(first, verb), document.gender(verb)
        if subject is None or subject.end != verb:
            return None
        if gender == "p":
            return subject if role & (Role.MANY | Role.PLURAL | Role.QUANTITY) else None
        return None if gender == "m" and role & Role.FEMININE else subject

    def _says_in_it(self, verb: int, end: int) -> bool:
        """Return whether only فيه or فيها, and the speaker, stand between a verb and أن (دراسة رأت فيها أن)."""
        if not self.document.roles[verb + 1] & Role.IN_IT:
            return False
        speaker = self.document.phrase(verb + 2, end, verb) if verb + 2 < end else None
        return verb + 2 == end or (speaker is not None and speaker.end == end)

    def _by_text(self, verb: int, end: int) -> Attribution | None:
        """Return the attribution by a relative clause about a text or a speech (تصريحاته التي قال فيها إن)."""
        if not self._says_in_it(verb, end):
            return None
        speaker = self.document.phrase(verb + 2, end, verb) if verb + 2 < end else None
        return Attribution(verb, speaker, "explicit" if speaker else "none", THAT)

    def _by_apposition(self, verb: int, end: int) -> Attribution | None:
        """Return the attribution by a relative clause after a comma (الوزير، الذي أكد أن) or a title with its name.

        The speaker is the person before it; after a comma, where none is found, the last one of the gender;
        nobody where و stands before the relative without a comma.
        """
        document = self.document
        if verb < 2 or document.is_impersonal(verb) or document.phrase(verb + 1, end, verb) is not None:
            return None  # التي يتوقع أن: nobody is named
        if document.roles[verb - 1] & (Role.RELATIVE | Role.DEFINITE) != Role.RELATIVE | Role.DEFINITE:
            return None
        named, comma = document.antecedent(verb - 1), document.roles[verb - 2] & Role.COMMA
        if named is not None and (comma or named.end - named.first >= SHORT_NAME):
            return Attribution(verb, named, "explicit", THAT)
        if not comma:
            form, joined = document.verb_form(verb), document.roles[verb - 1] & Role.WAW
            says = form is not None and not form.imperfect and "أن" in form.frames  # not والذي يتهم بأنه
            return Attribution(verb, None, "none", THAT) if joined and says else None  # سافر فلان أمس والذي أكد
        report = document.last_report(verb, document.gender(verb))
        return Attribution(verb, report.speaker if report else None, "carried" if report else "none", THAT)

    def _by_relative(self, verb: int, end: int) -> Attribution | None:
        """Return the attribution by a relative clause after a comma with a subject (الخبراء، الذين توقع بعضهم أن)."""
        document = self.document
        last = document.roles[verb - 1]
        if verb < 2 or not (last & Role.RELATIVE and last & Role.DEFINITE and document.roles[verb - 2] & Role.COMMA):
            return None
        subject = document.phrase(verb + 1, end, verb)
        if subject is not None and subject.end == end:
            return Attribution(verb, subject, "explicit", THAT)
        some = document.roles[verb + 1] & (Role.QUANTITY | Role.MANY)
        return Attribution(verb, None, "none", THAT) if some and end - verb <= SHORT_NAME else None

    def _stands_before(self, verb: int, end: int) -> bool:
        """Return whether only the speaker stands between a verb and the sign before أن (وأكد الوزير؛ أن)."""
        form = self.document.verb_form(verb)
        if form is None or "needs" in form.flags:
            return False
        if verb == end - 1:
            return True
        speaker = self.document.phrase(verb + 1, end, verb)
        return speaker is not None and speaker.end == end

    def _introduction(self, that: int) -> tuple[int, str]:
        """Return the token after what stands before أن and its preposition, and the frame that a verb must have."""
        document = self.document
        end = before_signs(document, that)
        apart = end < that
        if document.begins_sentence(that) and not (apart and document.roles[that - 1] & self._announcing(that)):
            return end, _OTHER
        frame = "ب" if document.roles[that] & Role.BY else "أن"
        last = document.roles[end - 1] if end else 0
        possible = end > 1 and document.roles[end - 2] & Role.GOVERNOR and not last & Role.PREPOSED_NOUN
        if last & Role.PRONOUN and possible:
            return end, _OTHER  # من الممكن لها أن
        if last & Role.SAYING:
            return end, _OTHER if possible else _ANY  # يمكن القول إن
        if apart or last & Role.STOP:
            return end, frame if apart else _OTHER
        if last & (Role.GOVERNOR | Role.POSSIBLY):
            return end, _OTHER
        for bit, preposition in _PREPOSITIONS:
            if last & bit:
                far = document.roles[end - 2] if end > 1 else 0
                return end - 1, _OTHER if far & Role.FAR_GOVERNOR else preposition
        return end, frame

    def _announcing(self, that: int) -> int:
        """Return the signs after which أن may belong to the sentence before: any of them but in a new paragraph."""
        return Role.COLON if self.document.flags[that] & BEGINS_PARAGRAPH else Role.COLON | Role.STOP

    def _takes(self, verb: int, end: int, frame: str) -> bool:
        """Return whether a verb takes a clause with this frame, also إلى أن for أن (أفاد الوزير إلى أن)."""
        form = self.document.verb_form(verb)
        if form is None or frame in (_ANY, *form.frames):
            return form is not None and not (frame == "على" and self._is_condition(verb, end))
        if frame != "إلى" or "أن" not in form.frames or not self._stands_before(verb, end):
            return False
        after = self.document.roles[min(end + 2, self.document.size - 1)]
        return not (after & Role.IMPERFECT and self.document.roles[end + 1] & Role.BARE_THAT)  # إلى أن يعود

    def _is_condition(self, verb: int, end: int) -> bool:
        """Return whether على أن and an imperfect tell a condition of what was said (شدد على كذا على أن يبدأ)."""
        roles = self.document.roles
        if not (end + 2 < self.document.size and roles[end + 1] & Role.BARE_THAT and roles[end + 2] & Role.IMPERFECT):
            return False
        speaker = self.document.phrase(verb + 1, end, verb)
        return any(role & Role.ON for role in roles[speaker.end if speaker else verb + 1 : end])

    def _nearest_verb(self, that: int, end: int, frame: str) -> int | None:
        document, comma, relative = self.document, False, None
        roles, forms, begins, closes, quoted = (
            document.roles, document.form, document.begins, document.closes, document.quoted,
        )  # fmt: skip
        place = end + (end in closes)  # a name in marks before أن
        while place > max(0, that - _REACH):
            place -= 1
            role = roles[place]
            if place in closes and document.words_in(closes[place]) <= LONGEST_TITLE:
                place = closes[place]  # a name or title in marks
            elif quoted[place] or (role & _CLOSING and (place in self.found or self._closes(place))):
                return relative
            if forms[place] >= 0 and place not in self._used:
                form = document.classes.forms[forms[place]]
                takes = self._takes(place, end, frame)
                if document.is_finite(place):
                    needs = "needs" in form.flags and frame != _ANY and not form.has_object
                    if needs and self._is_weak(place, that, takes):
                        continue
                    if needs and self._is_apart(place, that):
                        return relative
                    if not takes and relative is None and self._is_inserted(place, that):
                        continue
                    if relative is not None:
                        subject = document.phrase(place + 1, relative, place)
                        before_relative = subject is not None and not document.words_between(subject.end, relative - 1)
                        return place if takes and before_relative else relative
                    return place if takes else None
                if role & Role.GOVERNOR and not document.is_embedded(place):
                    return relative  # وتبين من المعلومات أن
                direct = form.participle and "quotative" in form.flags and place < end - 1
                if direct and not roles[place + 1] & Role.ADDRESSEE:
                    return relative  # the words after قائلا are direct; not so قائلا للصحيفة إن
                if not takes and place >= end - SHORT_NAME and end == that and document.is_participle(place):
                    return relative  # داعيا الله أن
                if takes and self._may_govern(place, end, frame, comma):
                    if not self._may_be_inserted(place, end, that):
                        return place
                    relative = place if roles[place - 1] & Role.RELATIVE else relative
            comma |= bool(role & Role.COMMA)
            if begins[place]:
                return relative
        return relative

    def _is_weak(self, verb: int, that: int, takes: bool) -> bool:
        """Return whether a verb with `needs` neither begins a clause nor has a subject (في بلد يرى أن)."""
        document = self.document
        if document.roles[verb] & Role.CONJUNCTION or document.begins_sentence(verb):
            return False
        last = document.roles[verb - 1]
        if last & _BEFORE_CLAUSE or document.subject(verb, that) is not None:
            return False
        near = takes and that - verb <= _ASIDE and not any(each & Role.COMMA for each in document.roles[verb:that])
        if near and (self._says_in_it(verb, that) or self._clause_subject(verb) is not None):
            return False
        if near and last & Role.HE and document.begins_sentence(verb - 1) and verb == that - 1:
            return False  # وهو يرى أن
        self._weak.add(verb)
        return True

    def _may_govern(self, verb: int, end: int, frame: str, comma: bool) -> bool:
        """Return whether a participle, or a verb that reports nothing, may take a clause: it must be near."""
        form = self.document.verb_form(verb)
        if form is not None and form.participle:
            reach = 2 * LONGEST_PHRASE if self.document.roles[verb - 1] & PAUSE and not comma else LONGEST_PHRASE
            return self.document.is_participle(verb) and end - verb <= reach
        passive = frame == "أن" and form is not None and "describes" in form.flags and not form.has_object
        near = end - verb <= (1 if passive else _EMBEDDED)  # الذي يعتبر الأول من نوعه
        return not comma and near and self.document.is_embedded(verb)

    def _is_apart(self, verb: int, that: int) -> bool:
        """Return whether a verb with `needs` tells when (عندما يرى أن), or another clause follows (، ومن كذا أن)."""
        roles, form = self.document.roles, self.document.verb_form(verb)
        last = 0 if self.document.begins_sentence(verb) else roles[verb - 1]
        when = last & Role.WHEN and not last & Role.BREAK and not roles[verb - 2] & Role.IN  # not في حين
        if when and form is not None and form.imperfect:
            return True
        joined, cue = Role.WAW | Role.SPEAKER_END, self.document.cue
        after_comma = (place for place in range(verb + 2, that) if roles[place - 1] & Role.COMMA and cue[place] < 0)
        return any(roles[place] & joined == joined for place in after_comma)

    def _is_inserted(self, verb: int, that: int) -> bool:
        """Return whether a verb is in an insertion between commas (قال مسؤول، رفض ذكر اسمه، إن)."""
        roles = self.document.roles
        commas = roles[that - 1] & Role.COMMA and roles[verb - 1] & Role.COMMA
        return bool(commas) and not roles[verb] & Role.CONJUNCTION and that - verb <= NEAR

    def _may_be_inserted(self, verb: int, end: int, that: int) -> bool:
        """Return whether a verb may be in an insertion before أن: قال الخبراء الذين تحدثوا للصحيفة إن."""
        document = self.document
        if document.is_participle(verb) or verb == end - 1:
            return False
        role, closed = document.roles[verb - 1], document.roles[that - 1] & Role.COMMA
        if not (role & Role.RELATIVE or (role & Role.NEGATION and closed)):
            return False
        if document.roles[end - 1] & Role.PRONOUN and not closed:
            return False  # الذي قال لها إن
        return document.phrase(verb + 1, end, verb) is None

    def _closes(self, place: int) -> bool:
        """Return whether no verb before a token takes an أن after it: it begins direct words, or another clause."""
        role = self.document.roles[place]
        last = self.document.roles[place - 1] if place else 0
        if role & Role.THEN:
            return bool(last & Role.COMMA)  # not the name فان
        if role & Role.COMPLEMENTISER:  # an أن of another word; but بعد أن is no more than a time
            return not last & (Role.SPEAKER_END | Role.FAR_GOVERNOR)
        return bool(role & Role.COLON or (role & Role.BREAK and not (role & Role.WHEN and last & Role.OF)))  # من حيث

    def _by_noun(self, end: int) -> Attribution | None:
        """Return the attribution by a noun of saying: تأكيد الوزير أن، في تصريحه بأن، جاء فيه أن."""
        document = self.document
        if end > 1 and document.roles[end - 1] & Role.PRONOUN and document.roles[end - 2] & Role.WRITTEN:
            return Attribution(end - 2, None, "none", THAT)
        for noun in range(end - 1, max(-1, end - LONGEST_SUBJECT), -1):
            role = document.roles[noun]
            within = document.roles[noun - 1] & (Role.IN | Role.TO | Role.ON)  # إلى القول إن
            spoken = role & Role.SAYING and (within or role & Role.PREPOSED_NOUN)
            if role & Role.SAYING and noun == end - 1 and (ascribed := self._ascribed(noun)) is not None:
                return ascribed
            if role & Role.SPEECH_NOUN or spoken:
                own = role & Role.OWN and not role & Role.FEMININE
                if own or role & (Role.POSSESSED | Role.SAYING):
                    return self._by_own_noun(noun, end, bool(spoken and not within))
                return self._by_named_noun(noun, end)
            if (
                document.begins_sentence(noun)
                or role & (Role.COMPLEMENTISER | Role.COMMA | Role.STOP)
                or document.in_quotation(noun)
            ):
                return None
        return None

    def _ascribed(self, noun: int) -> Attribution | None:
        """Return the attribution by what is ascribed to somebody: نسبت الصحيفة إلى مسؤول القول إن."""
        document = self.document
        for place in range(noun - 2, max(-1, noun - LONGEST_PHRASE), -1):
            if document.roles[place] & (Role.TO | Role.COMMA | Role.STOP) or document.begins_sentence(place):
                speaker = document.phrase(place + 1, noun) if document.roles[place] & Role.TO else None
                found = speaker is not None and speaker.end == noun
                return Attribution(noun, speaker, "explicit", THAT) if found else None
        return None

    def _by_named_noun(self, noun: int, end: int) -> Attribution | None:
        """Return the attribution by a noun of saying with its speaker: تأكيد الوزير أن، اتهام الوزير للشركة أمس بأن."""
        roles, speaker = self.document.roles, self.document.phrase(noun + 1, end)
        role = roles[noun + 1]
        if roles[noun] & Role.DEFINITE and (roles[noun - 1] & Role.PRONOUN or not roles[noun - 1] & Role.OWN):
            return None  # الرأي العام, but توافقه الرأي فلانة بأن
        if speaker is None or role & Role.LA or not (speaker.end == end or self._is_aside(speaker.end, end)):
            return None
        title = noun + 2 < speaker.end and roles[noun + 2] & Role.DEFINITE and not role & Role.PREPOSED_NOUN
        adjective = role & Role.FEMININE and not title  # not سماحة المفتي
        if adjective and not role & (_NAMED | Role.ENVOY | Role.TITLE):
            simple = speaker.end == end and not role & Role.PREPOSED_NOUN  # اتهامات قوية بأن
            return Attribution(noun, None, "none", THAT) if simple else None
        return Attribution(noun, speaker, "explicit", THAT)

    def _by_own_noun(self, noun: int, end: int, free: bool) -> Attribution | None:
        """Return the attribution by a noun of saying with a pronoun: قوله إن، تصريحه أمس بأن، وأنصفته بقولها إن."""
        document = self.document
        report = document.last_report(noun, document.gender(noun)) if noun == end - 1 and not free else None
        if report is not None:
            return Attribution(noun, report.speaker, "carried", THAT)
        if (noun < end - 1 and not self._is_aside(noun + 1, end)) or (document.roles[noun] & Role.SAYING and not free):
            return None
        subject = document.derived(TopicSpeakers).sentence_subject(noun)
        return Attribution(noun, subject, "carried" if subject else "none", THAT)

    def _is_aside(self, first: int, end: int) -> bool:
        """Return whether when, where or to whom something was said stands between a noun of saying and its أن."""
        document, roles = self.document, self.document.roles
        leads = Role.SPEAKER_END | Role.ADVERB | Role.LA | Role.IN | Role.RELATIVE
        if not roles[first] & leads or end - first > _ASIDE:
            return False
        if any(document.form[place] >= 0 for place in range(first, end)):
            return False
        if any(role & Role.RELATIVE for role in roles[first + 1 : end]):
            return False
        prepared = end < document.size and not roles[end] & Role.COMPLEMENTISER  # على أن
        that = end + 1 if prepared else end
        after = roles[that + 1] if that + 1 < document.size else 0
        return not (prepared and roles[that] & Role.BARE_THAT and after & Role.IMPERFECT)  # على أن يبدأ


def _table(
    corpus: CorpusView,
    classes: WordClasses,
    clauses: Iterable[_Clause],
    mentions: pl.DataFrame | None,
    boilerplate: pl.DataFrame | None,
) -> pl.DataFrame:
    firsts, ends, words, *found = columns_of_rows(clauses, own=3)
    first, end = np.array(firsts, np.int64), np.array(ends, np.int64)
    table = pl.DataFrame(
        [
            *span_columns(corpus, first, end),
            pl.Series("words", words, pl.UInt32),
            *report_columns(corpus, classes, found),
        ]
    )
    places = places_of(corpus, table["document"].to_numpy(), table["start"].to_numpy(), boilerplate)
    return table.with_columns(actor_column(table, mentions), places)
