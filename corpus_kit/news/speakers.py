"""Speakers: the phrase of the speaker beside a reporting verb, and whom a title or a bare name refers to.

Arabic news puts the verb before its subject (قال الوزير). A verb without a subject takes the last speaker of its
gender. The functions work on one document as lists of numbers; tokens are numbered within it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.reporting_verbs import CueWords, Form, Role, WordClasses
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["LONGEST_PHRASE", "SHORT_NAME", "Document", "Phrase", "Report"]


LONGEST_PHRASE = 12  # words of a speaker phrase
SHORT_NAME = 3  # words of a name in quotation marks
_PARAGRAPHS_BACK = 2  # how far back a speaker is carried
_ENDS = Role.COLON | Role.STOP | Role.BRACKET | Role.COMPLEMENTISER | Role.SAYING | Role.RELATIVE | Role.SPEAKER_END
_PUNCTUATION = Role.COLON | Role.COMMA | Role.STOP | Role.BRACKET | Role.MARK | Role.DASH


class Phrase(NamedTuple):
    """A run of tokens: the first, and the one after the last."""

    first: int
    end: int


class Report(NamedTuple):
    """A reporting verb with its own subject."""

    verb: int
    speaker: Phrase
    gender: str


class Document:
    """One document as numbers: what each token may do, where sentences begin, what is in quotation marks.

    Attributes:
        first: The first token of the document in the corpus.
        size: The number of tokens.
        roles: The bits of `Role` of each token.
        form: The row of the verb form of each token, or -1.
        cue: The number of the cue word of each token, or -1.
        flags: The flags of each token.
        verbs: The tokens that are verb forms.
        pairs: The opening and closing token of each pair of quotation marks.
        opens: The closing token by the opening one.
        closes: The opening token by the closing one.
    """

    def __init__(
        self,
        corpus: CorpusView,
        classes: WordClasses,
        first: int,
        end: int,
        pairs: list[tuple[int, int]],
        words: Integers,
    ) -> None:
        types = corpus.token_types[first:end]
        self.first = first
        self.size = end - first
        self.roles: list[int] = classes.roles[types].tolist()
        self.form: list[int] = classes.form[types].tolist()
        self.cue: list[int] = classes.cue[types].tolist()
        self.flags: list[int] = corpus.token_flags[first:end].tolist()
        self._types, self._numbers = types, words
        self.classes = classes
        self.verbs: list[int] = np.flatnonzero(classes.form[types] >= 0).tolist()
        self.pairs = [(open_ - first, close - first) for open_, close in pairs]
        self.opens = dict(self.pairs)
        self.closes = {
            close: open_ for open_, close in reversed(self.pairs)
        }  # of two pairs that share a mark, the outer one

    @cached_property
    def words(self) -> list[int]:
        """A number for the spelling of each token."""
        numbers: list[int] = self._numbers[self._types].tolist()
        return numbers

    # ----------------------------------------------------------------------------- places in the text

    def begins_sentence(self, token: int) -> bool:
        return bool(self.flags[token] & (BEGINS_SENTENCE | BEGINS_PARAGRAPH))

    @cached_property
    def _paragraph_starts(self) -> list[int]:
        return [token for token, flag in enumerate(self.flags) if flag & BEGINS_PARAGRAPH]

    def paragraph(self, token: int) -> int:
        return bisect_right(self._paragraph_starts, token)

    def words_in(self, open_: int) -> int:
        """Count the words between a pair of marks."""
        return self._words_before[self.opens[open_]] - self._words_before[open_]

    @cached_property
    def _quoted(self) -> list[bool]:
        inside = np.zeros(self.size, bool)
        for open_, close in self.pairs:
            if self.words_in(open_) > SHORT_NAME:
                inside[open_ : close + 1] = True
        quoted: list[bool] = inside.tolist()
        return quoted

    def in_quotation(self, token: int) -> bool:
        """Return whether a token is in a longer quotation, or is a mark of one."""
        return self._quoted[token]

    @cached_property
    def _words_before(self) -> list[int]:
        counted = np.array(self.roles, np.uint64) & np.uint64(Role.WORD) > 0
        before: list[int] = np.concatenate(([0], np.cumsum(counted))).tolist()
        return before

    def verb_form(self, token: int) -> Form | None:
        row = self.form[token]
        return self.classes.forms[row] if row >= 0 else None

    # ------------------------------------------------------------------------------------------- verbs

    def is_finite(self, token: int) -> bool:
        """Return whether a form is a verb here, and not a noun, a preposition, or a verb in a relative clause."""
        form = self.verb_form(token)
        if form is None or form.participle:
            return False
        before = self.roles[token - 1] if token and not self.begins_sentence(token) else Role.STOP
        joined = bool(self.roles[token] & Role.CONJUNCTION)
        if before & Role.RELATIVE and "describes" in form.flags and form.has_object:
            return True  # ما وصفه الوزير بأنه
        if before & (Role.RELATIVE | Role.NEGATION) and not joined and not self._in_cue(token):
            return False
        if token > 1 and before & Role.PARTICLE and self.roles[token - 2] & Role.RELATIVE:
            return False  # الذي قد قال
        if before & Role.COMPLEMENTISER and self.roles[token] & Role.IMPERFECT:
            return False  # قبل أن يقول
        if "preposition" in form.flags:
            if self._follows(token, Role.SAYING):
                return True  # تعبر عن ذلك بقولها
            definite = self.roles[min(token + 1, self.size - 1)] & Role.DEFINITE
            verb = self._after_turn(token) or (joined and not definite)
            return verb and self._follows(token, Role.COMPLEMENTISER)
        if "noun" in form.flags:
            particle = Role.PARTICLE | Role.STOP | Role.COMMA | Role.COLON | Role.MARK | Role.COMPLEMENTISER
            return joined or bool(before & particle) or self._in_cue(token)
        return True

    def is_participle(self, token: int) -> bool:
        """Return whether a participle continues a report; متابعة and the like do so only after a comma or a mark."""
        form = self.verb_form(token)
        if form is None or not form.participle or form.gender != "f" or "noun" not in form.flags:
            return form is not None and form.participle
        return token > 0 and bool(self.roles[token - 1] & (Role.COMMA | Role.MARK))

    def _after_turn(self, token: int) -> bool:
        """Return whether somebody has just been given the floor: من جانبه، بين ..."""
        place = token - 1
        while place > 0 and self.roles[place] & Role.COMMA:
            place -= 1
        return token > 0 and not self.begins_sentence(token) and bool(self.roles[place] & Role.TURN)

    def _follows(self, token: int, role: int) -> bool:
        """Return whether a word with this role follows in the clause, near a verb."""
        for place in range(token + 1, min(token + 1 + LONGEST_PHRASE, self.size)):
            if self.roles[place] & (Role.STOP | Role.MARK) or self.begins_sentence(place):
                return False
            if self.roles[place] & role:
                return True
        return False

    def cues_at(self, place: int) -> Iterator[CueWords]:
        """Yield the cues that begin at a token, the longest first."""
        number = self.cue[place]
        if number >= 0:
            for cue in self.classes.cues.get(number, ()):
                if self.cue[place : place + len(cue.words)] == cue.words:
                    yield cue

    def _in_cue(self, token: int) -> bool:
        """Return whether a phrase such as كما or على ما comes directly before the token."""
        for size in (1, 2):
            first = token - size
            if first >= 0 and any(cue.kind == "clause" and len(cue.words) == size for cue in self.cues_at(first)):
                return True
        return False

    # -------------------------------------------------------------------------------- speaker phrases

    def phrase(self, first: int, limit: int, verb: int | None = None) -> Phrase | None:
        """Return the speaker phrase that begins at a token; None if something else begins there.

        Args:
            first: The token.
            limit: The token before which the phrase must end.
            verb: The verb whose subject it should be.
        """
        first = self._after_addressee(first, limit)
        if first < limit and first in self.opens:
            return self._quoted_name(first, limit)
        if first >= limit or not self._may_begin(first, verb):
            return None
        end = self._phrase_end(first, limit)
        if end == first:
            return None
        return Phrase(first, end)

    def _after_addressee(self, first: int, limit: int) -> int:
        """Return the token after an addressee (لـ«الوطن»، لوكالة «الأنباء»), or the same token if there is none."""
        mark = first + 1
        if mark in self.opens and self.roles[first] & Role.LA and self.opens[mark] < limit:
            joined = self.roles[first] & Role.PROCLITIC or self.flags[mark] & GLUED
            if joined and self.words_in(mark) <= SHORT_NAME:
                return self.opens[mark] + 1
        return first

    def _may_begin(self, first: int, verb: int | None) -> bool:
        role = self.roles[first]
        if role & (_ENDS | Role.OBJECT | Role.NEGATION | Role.PARTICLE | _PUNCTUATION) or self.form_is_verb(first):
            return False
        if not role & Role.WORD or self.cue[first] >= 0:
            return False
        if verb is not None and role & Role.LA and role & Role.DEFINITE:
            return False  # قال للصحيفة
        # a subject after its verb agrees with it in gender; what does not agree is an object
        masculine = verb is not None and self.gender(verb) == "m"
        return not (masculine and role & Role.FEMININE and not role & Role.MASCULINE_NAME)

    def form_is_verb(self, token: int) -> bool:
        """Return whether a token is a verb form that ends a speaker phrase: a verb or a participle, not a noun."""
        form = self.verb_form(token)
        if form is None:
            return False
        return form.participle or bool(self.roles[token] & Role.CONJUNCTION) or not form.flags & {"noun", "preposition"}

    def _quoted_name(self, open_: int, limit: int) -> Phrase | None:
        """Return a short name in quotation marks as the speaker, without the marks."""
        close = self.opens[open_]
        if close < limit and 0 < self.words_in(open_) <= SHORT_NAME:
            return Phrase(open_ + 1, close)
        return None

    def _phrase_end(self, first: int, limit: int) -> int:
        end, words, envoy = first, 0, False
        while end < limit and words < LONGEST_PHRASE and not (end > first and self.begins_sentence(end)):
            role = self.roles[end]
            if end in self.opens:
                name = self._quoted_name(end, limit)
                if name is None:
                    break
                words += name.end - name.first
                end = name.end + 1
                continue
            if end > first and self._ends_phrase(first, end, limit, envoy):
                break
            envoy = bool(role & Role.ENVOY) or (envoy and bool(role & Role.DEFINITE))
            words += bool(role & Role.WORD)
            end += 1
        while end > first and self.roles[end - 1] & (Role.COMMA | Role.DASH):
            end -= 1
        return end

    def _ends_phrase(self, first: int, token: int, limit: int, envoy: bool) -> bool:
        """Return whether a token ends the speaker phrase that begins at `first`."""
        role = self.roles[token]
        if role & Role.COMMA:
            return not self._apposition_follows(first, token, limit)
        if role & Role.STOP:  # the full stop of an abbreviation (د.) ends no sentence
            return token + 1 >= limit or self.begins_sentence(token + 1)
        if role & Role.PROCLITIC and token + 1 in self.opens and self.flags[token + 1] & GLUED:
            return True  # بـ«كذا»
        if role & Role.IN:
            return not self._office_follows(first, token, limit)
        if role & Role.SPEAKER_END:
            return not envoy
        if role & (Role.OBJECT | Role.POSSESSED) and not role & Role.DEFINITE:
            return True
        return bool(role & (_ENDS | _PUNCTUATION) & ~Role.DASH) or self.form_is_verb(token)

    def _office_follows(self, first: int, token: int, limit: int) -> bool:
        """Return whether في leads from a title to an office (مسؤول في وزارة كذا), not to an occasion or a place."""
        if token - first > SHORT_NAME or token + 2 >= limit or self.roles[token + 1] & Role.OCCASION:
            return False
        both = self.roles[token + 1] | self.roles[token + 2]
        ends = (_ENDS | _PUNCTUATION | Role.OBJECT | Role.POSSESSED) & ~Role.DASH
        return not both & ends and not self.form_is_verb(token + 1) and not self.form_is_verb(token + 2)

    def _apposition_follows(self, first: int, comma: int, limit: int) -> bool:
        """Return whether a short name follows a short title: الوزير، فلان الفلاني، ..."""
        if comma - first > 2 or not self.roles[first] & Role.DEFINITE:
            return False
        for place in range(comma + 1, min(comma + 6, limit)):
            role = self.roles[place]
            if role & (Role.COMMA | _ENDS | Role.MARK) or self.form_is_verb(place):
                return place > comma + 1
        return False

    def subject(self, verb: int, limit: int) -> Phrase | None:
        """Return the subject of a verb: before it in its clause (وكان الوزير قد قال), or after it."""
        return self._subject_before(verb) or self.phrase(verb + 1, limit, verb)

    def relays(self, verb: int) -> bool:
        form = self.verb_form(verb)
        return form is not None and "relays" in form.flags

    def relayed(self, verb: int, limit: int) -> tuple[Phrase, Phrase | None] | None:
        """Return whose words a verb relays, and who does so: نقلت الوكالة عن الوزير قوله gives الوزير and الوكالة."""
        if not self.relays(verb):
            return None
        limit = self._clause_end(verb, limit)
        saying = next((place for place in range(verb + 1, limit) if self.roles[place] & Role.SAYING), limit)
        source = next((place for place in range(saying - 1, verb, -1) if self.roles[place] & Role.FROM), None)
        if source is None:
            return None
        if saying < limit and saying - source - 1 <= LONGEST_PHRASE:
            end = saying - bool(self.roles[saying - 1] & Role.COMMA)
            speaker = Phrase(source + 1, end)
        else:
            phrase = self.phrase(source + 1, limit)
            if phrase is None:
                return None
            speaker = phrase
        return (speaker, self.phrase(verb + 1, source, verb)) if speaker.first < speaker.end else None

    def _clause_end(self, first: int, limit: int) -> int:
        """Return the token after `first` at which its clause ends: a sign, a longer quotation, a new sentence."""
        for place in range(first + 1, min(limit, first + 3 * LONGEST_PHRASE)):
            if self.roles[place] & (Role.STOP | Role.COLON) or self.in_quotation(place) or self.begins_sentence(place):
                return place
        return min(limit, first + 3 * LONGEST_PHRASE)

    def _subject_before(self, verb: int) -> Phrase | None:
        if self.roles[verb] & Role.CONJUNCTION:
            return None
        end = verb
        while end and self.roles[end - 1] & Role.PARTICLE and not self.begins_sentence(end):
            end -= 1
        first = end
        while first and not self.begins_sentence(first) and end - first < LONGEST_PHRASE:
            role = self.roles[first - 1]
            if role & (_PUNCTUATION | Role.SPEAKER_END | Role.COMPLEMENTISER | Role.RELATIVE | Role.PARTICLE) or (
                self.form_is_verb(first - 1)
            ):
                break
            first -= 1
        opener = Role.PARTICLE | Role.COMPLEMENTISER
        opens_clause = first == 0 or self.begins_sentence(first) or self.roles[first - 1] & opener
        if first == end or not opens_clause or self.begins_sentence(end) or not self._may_begin(first, None):
            return None
        after_that = bool(first) and bool(self.roles[first - 1] & Role.COMPLEMENTISER)
        doubtful = end - first < 2 or after_that or bool(self.roles[first] & Role.IMPERFECT)
        if doubtful and not self.roles[first] & Role.DEFINITE:
            return None
        return Phrase(first, end)

    # ------------------------------------------------------------------------- speakers of the document

    @cached_property
    def reports(self) -> list[Report]:
        """All reporting verbs with a subject of their own, outside longer quotations."""
        found = []
        for verb in self.verbs:
            if self.in_quotation(verb) or not self.is_finite(verb):
                continue
            relayed = self.relayed(verb, self.size)
            speaker = relayed[0] if relayed else self.subject(verb, self.size)
            if speaker is not None and self._reports(verb, speaker):
                found.append(Report(verb, speaker, self.gender(verb)))
        return found

    def _reports(self, verb: int, speaker: Phrase) -> bool:
        """Return whether a verb that can mean something else (`needs`) reports here: words follow its speaker."""
        form = self.verb_form(verb)
        if form is None or not form.flags & {"needs", "describes"}:
            return True
        introduces = Role.COMPLEMENTISER | Role.COLON | Role.SAYING | Role.MARK
        after = max(speaker.end, verb + 1)
        for place in range(after, min(after + LONGEST_PHRASE, self.size)):
            if self.begins_sentence(place):
                return False
            if self.roles[place] & introduces or self.form[place] >= 0:
                return True
        return False

    def gender(self, token: int) -> str:
        """Return the gender of a verb, or of the pronoun of a cue (على حد قولها); "" if unknown."""
        form = self.verb_form(token)
        if form is not None:
            return form.gender
        return "f" if self.roles[token] & Role.HERS else ""

    def last_report(self, place: int, gender: str) -> Report | None:
        """Return the last report before a token that a verb of this gender continues, at most two paragraphs back."""
        paragraph = self.paragraph(place)
        for report in reversed(self.reports[: bisect_right(self._report_places, place - 1)]):
            if paragraph - self.paragraph(report.verb) > _PARAGRAPHS_BACK:
                return None
            if gender in ("", report.gender) or "p" in (gender, report.gender):
                return report
        return None

    @cached_property
    def _report_places(self) -> list[int]:
        return [report.verb for report in self.reports]

    def refers_to(self, phrase: Phrase) -> Phrase | None:
        """Return the last fuller speaker phrase with all words of a title (الجنرال الأمريكي) or bare name before it."""
        size = phrase.end - phrase.first
        if size > SHORT_NAME:
            return None
        wanted = set(self.words[phrase.first : phrase.end])
        for report in reversed(self.reports[: bisect_right(self._report_places, phrase.first - 1)]):
            fuller = report.speaker
            longer = fuller.end <= phrase.first and fuller.end - fuller.first > size
            if longer and wanted <= set(self.words[fuller.first : fuller.end]):
                return fuller
        return None
