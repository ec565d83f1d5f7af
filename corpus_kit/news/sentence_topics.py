"""Whom a sentence is about: the subject of its first verb, or who is named before one; and who is a person at all.

Arabic sentences name their subject at the beginning: after a verb, which need not be one of reporting (استقبل الوزير
الوفد وقال: ...), or before it (فلان، رئيس النادي، يقول: ...).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from corpus_kit._base.once import Once
from corpus_kit.news.document_words import LONGEST_PHRASE, SHORT_NAME
from corpus_kit.news.name_phrases import NameReader
from corpus_kit.news.name_words import Bit, name_classes
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document, Report
from corpus_kit.news.speech_signs import Sign, speech_signs

__all__ = ["ADVERBIAL", "LONGEST_SENTENCE", "MOST_BETWEEN", "NO_SUBJECT", "SentenceTopics"]

# Tokens:
_LONGEST_OPENING = 10  # of an adverbial before the comma that ends it: وفي ختام اللقاء، ...
LONGEST_SENTENCE = 80  # from the subject to the verb
MOST_BETWEEN = 6  # between a verb and its subject: تحدث في البداية الأستاذ ...
_LONGEST_NAME = 6

NO_SUBJECT = (
    Role.IN | Role.PREPOSED | Role.SPEAKER_END | Role.FROM | Role.ADVERB | Role.TANWIN | Role.COMPLEMENTISER
    | Role.RELATIVE | Role.NEGATION | Role.SAYING | Role.HONORIFIC
)  # fmt: skip
ADVERBIAL = Role.IN | Role.PREPOSED | Role.SPEAKER_END | Role.FROM | Role.ADVERB | Role.TANWIN | Role.OF
_NO_NAME = Bit.DEFINITE | Bit.TITLE | Bit.ORGANISATION | Bit.CLITIC | Bit.PREPOSITION | Bit.ADJECTIVE | Bit.PLACE
_PERSON = Role.OFFICE | Role.KIN
_SEVERAL = Role.PLURAL | Role.MANY | Role.PERSONS


class SentenceTopics:
    """Whom the sentences of a document are about, and which phrases name somebody."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.roles = document.roles
        self._signs = speech_signs(document.corpus, document.classes)[document.types]
        self.signs: list[int] = self._signs.tolist()
        # what is asked again and again; `functools.cache` would keep the document alive
        self._subjects: dict[tuple[int, int], Phrase | None] = {}
        self._topics: dict[tuple[int, bool], Phrase | None] = {}
        self._known: dict[Phrase, bool] = {}
        self._may_name: dict[int, bool] = {}

    @Once
    def reader(self) -> NameReader:
        return NameReader(self.document, name_classes(self.document.corpus))

    def of(self, end: int, verb: int, *, here: bool = True) -> Phrase | None:
        """Return whom the sentence before a token is about, as the subject of its first verb or before one.

        Args:
            end: The token after the words to look at.
            verb: The verb that he should be the subject of.
            here: Whether the verb is in this sentence.
        """
        if (end, here) not in self._topics:
            self._topics[end, here] = self._find_topic(end, here)
        subject = self._topics[end, here]
        return subject if subject is not None and self.agrees(subject, verb) else None

    def _find_topic(self, end: int, here: bool) -> Phrase | None:
        start = self.opening(end)
        if start is None or start + 1 >= end:
            return None
        if end - start > LONGEST_SENTENCE:
            return self._of_later_clause(end - LONGEST_SENTENCE, end)
        subject = self._of_later_clause(start, end)
        if subject is None:
            subject = self.nominal(start, end)
            if subject is None:
                subject = self.verbal(start, end) or self._after_adverbial(start, end)
            elif self._is_byline(start, end) or not (here or end - subject.end > SHORT_NAME):
                return None  # a short sentence without a verb is a caption
        return subject if here or subject is None or self.is_somebody(subject) else None

    def _after_adverbial(self, start: int, end: int) -> Phrase | None:
        """Return the person after the first verb that follows a long adverbial: وفي رده على سؤال عن كذا، رفض الوزير."""
        if not self.roles[start] & ADVERBIAL:
            return None
        commas = (place for place in range(start, end - 2) if self.roles[place] & Role.COMMA)
        subjects = (self.verbal(comma + 1, end) for comma in commas if not self.document.in_quotation(comma))
        return next((subject for subject in subjects if subject is not None and self.is_somebody(subject)), None)

    def _of_later_clause(self, start: int, end: int) -> Phrase | None:
        """Return the person after the last verb of a clause: of reporting, of asking or agreeing, or after ثم."""
        thats, places = self.document.thats, self._later_clauses
        row = bisect_left(thats, start)
        that = thats[row] if row < len(thats) else end
        for place in reversed(places[bisect_right(places, start) : bisect_left(places, end)]):
            if place >= that and place in self._after_then:
                continue
            subject = self.verbal(place, end)
            if subject is not None and self._is_person(subject):
                return subject
        return None

    @Once
    def _later_clauses(self) -> list[int]:
        """The tokens with which a later clause of a sentence may begin: see `_of_later_clause`."""
        document = self.document
        places = sorted({*self._asking, *filter(self._joins, document.verbs), *self._after_then})
        return [place for place in places if not (document.in_quotation(place) or document.is_embedded(place))]

    @Once
    def _asking(self) -> list[int]:
        """The verbs of asking and agreeing."""
        return self._signed(Sign.ASKED | Sign.AGREES)

    @Once
    def _after_then(self) -> frozenset[int]:
        """The tokens after ثم that begin a clause for no other reason."""
        others, roles = {*self._asking, self.document.size}, self.roles
        after = (place + 1 for place in self._signed(Sign.BUT) if roles[place] & Role.LINK)
        return frozenset([place for place in after if place not in others and not self._joins(place)])

    def _joins(self, place: int) -> bool:
        """Return whether a verb begins a clause, after a sign or with و."""
        roles = self.roles
        opens = roles[place] & Role.CONJUNCTION or (place and roles[place - 1] & (Role.COMMA | Role.TURN))
        if not opens or self.document.form[place] < 0 or roles[place] & Role.SPEAKER_END:  # عبر الهاتف
            return False
        return not self.document.is_participle(place)

    def _signed(self, signs: int) -> list[int]:
        """Return the tokens with one of these signs."""
        return (self._signs & np.uint64(signs)).nonzero()[0].tolist()

    def _is_byline(self, start: int, end: int) -> bool:
        """Return whether a paragraph begins with a name and a dash or colon (فلان- الرياض: ...)."""
        near = self.roles[start + 1 : min(start + 1 + LONGEST_PHRASE, end)]
        return any(role & (Role.DASH | Role.COLON) for role in near) and start == self.document.sentence_start(start)

    def opening(self, end: int) -> int | None:
        """Return where a sentence begins after من جانبه، وقد or an adverbial with a comma; None if nothing is left."""
        roles = self.roles
        start = self.document.sentence_start(end - 1)
        while start < end:
            role = roles[start]
            if role & (Role.DASH | Role.STOP | Role.COMMA | Role.BRACKET | Role.NUMBER | Role.AS_FOR | Role.WHEN) or (
                (role & Role.PARTICLE and not role & Role.TURN) or self.signs[start] & Sign.BULLET
            ):
                start += 1
            elif start + 1 < end and (
                (self.signs[start] & Sign.EXCEPT and roles[start + 1] & Role.COMPLEMENTISER)
                or (role & Role.IN and roles[start + 1] & Role.WHEN)
            ):
                start += 2  # إلا أن, في حين
            elif self._is_here(start) and self.is_imperfect(min(start + 1, end - 1)):  # وهنا يقف
                start += 1
            elif role & (ADVERBIAL | Role.TURN):
                near = range(start, min(start + _LONGEST_OPENING, end))
                turn = next((each for each in near[:SHORT_NAME] if roles[each] & Role.TURN), None)
                comma = next((each for each in near if roles[each] & Role.COMMA), None) if turn is None else turn
                before = range(start + 2, comma if comma is not None else near.stop)
                verb = next((each for each in before if self.is_definite(each - 1) and self.verbal(each, end)), None)
                if verb is not None:
                    return verb  # بهذه الكلمة بدأ الوزير
                if comma is None:
                    return start
                start = comma + 1
            else:
                return start
        return None

    def nominal(self, start: int, end: int) -> Phrase | None:
        """Return the person or body at the beginning of a sentence without a verb before it."""
        if self.roles[start] & (NO_SUBJECT | Role.WAW) or self.document.form[start] >= 0:
            return None
        if self.roles[min(start + 1, end - 1)] & Role.COMPLEMENTISER:
            return None  # أم أن, الحقيقة أن
        sure = self.is_definite(start) or self.reader.bits[start] & Bit.GIVEN
        if not sure and start + 1 < end and self.is_imperfect(start + 1):
            return None
        found = self.named(start, end)
        return found if found is not None or self.verbal(start, end) else self._apposed(start, end)

    def _apposed(self, start: int, end: int) -> Phrase | None:
        """Return words that must be a name: a title follows after a comma, or الذي although they have no article."""
        for comma in range(start + 1, min(start + SHORT_NAME + 2, end - 1)):
            role = self.roles[comma]
            if role & Role.COMMA:
                title = comma + 1 + bool(self.signs[comma + 1] & Sign.HE_IS)
                titled = self.reader.bits[title] & Bit.TITLE or self.roles[title] & Role.OFFICE
                return self.document.phrase(start, end) if titled else None
            if role & Role.RELATIVE and role & Role.DEFINITE:
                named = not any(self.is_definite(place) or self.names(place) for place in range(start, comma))
                return Phrase(start, comma) if named else None
            if not role & Role.WORD or role & (NO_SUBJECT | Role.WAW) or self.document.form[comma] >= 0:
                return None
        return None

    def verbal(self, start: int, end: int) -> Phrase | None:
        """Return the subject of the verb with which a sentence begins: a person or body, shortly after it."""
        if (start, end) not in self._subjects:
            self._subjects[start, end] = self._find_verbal(start, end)
        return self._subjects[start, end]

    def _find_verbal(self, start: int, end: int) -> Phrase | None:
        document, roles = self.document, self.roles
        role = roles[start]
        if self._is_place(start):
            return None
        apart = NO_SUBJECT & ~Role.SPEAKER_END if document.form[start] >= 0 else NO_SUBJECT  # عبر الوزير عن
        if role & apart or not role & Role.WORD or self.is_definite(start) or self.names(start):
            return None
        if self.signs[start] & (Sign.FIRST_PERSON | Sign.OWN_VERB) and not self.signs[start] & Sign.ASKED:
            return None
        if document.relayed(start, end) is not None:
            return None  # نقلت الوكالة عن الوزير أن
        place = start + 1
        while place < min(start + MOST_BETWEEN, end):
            if roles[place] & Role.LA and place + 1 < end and roles[place + 1] & (Role.MARK | Role.BRACKET):
                place = self._after_marks(place + 1)  # لـ«كذا»
            elif roles[place] & Role.IN or self.is_each_of(place):  # تحدث في البداية الأستاذ، عبر كل من فلان وفلان
                occasion = roles[place] & Role.IN and roles[min(place + 1, end)] & Role.OCCASION
                place += 2
                if occasion and place < end and roles[place] & Role.FAMILY and self.is_definite(place):
                    place += 1  # في المؤتمر الصحافي
            elif roles[place] & (Role.PRONOUN | Role.ADVERB | Role.TANWIN | Role.DASH) or (
                self.signs[place] & Sign.THAT_ONE
            ):
                place += 1
            else:
                break
        if place >= end:
            return None
        feminine = roles[place] & Role.FEMININE
        if role & Role.FEMININE_VERB:
            if feminine and self.is_definite(place) and not self.names(place):
                return document.phrase(place, end)  # وأصدرت القائمة بيانا
            if not feminine and roles[place] & Role.OFFICE:
                return None
        named = self.named(place, end)
        return document.phrase(place, end) if named is None and self.signs[start] & Sign.WITH_HIM else named

    def _is_place(self, token: int) -> bool:
        """Return whether a word is a body with ب, which has what follows as its genitive (بمجلس النواب)."""
        role = self.roles[token]
        return bool(role & Role.PREPOSED_NOUN and role & (Role.BODY | Role.TITLE))

    def _is_here(self, token: int) -> bool:
        return self.roles[token] & (Role.SPEAKER_END | Role.IN) == Role.SPEAKER_END

    def is_each_of(self, token: int) -> bool:
        return bool(self.signs[token] & Sign.SOME and self.roles[token + 1] & Role.OF)

    def _after_marks(self, open_: int) -> int:
        """Return the token after a short name in marks or brackets; the end of the document if nothing closes them."""
        if open_ in self.document.opens:
            return self.document.opens[open_] + 1
        near = range(open_ + 1, min(open_ + SHORT_NAME + 2, self.document.size))
        return next((place + 1 for place in near if self.roles[place] & Role.BRACKET), self.document.size)

    # ------------------------------------------------------------------------------------------- words

    def named(self, first: int, end: int) -> Phrase | None:
        """Return the person or body that is named from a token on, without the object of a verb before it."""
        if first in self.document.opens and self.names(first + 1) and self.document.words_in(first) <= _LONGEST_NAME:
            return Phrase(first + 1, self.document.opens[first])
        if not self.names(first):
            return None
        phrase = self.document.phrase(first, end)
        if phrase is None or phrase.first != first:
            return phrase
        stop = self.reader.title_end(first, phrase.end)
        if stop < phrase.end and self.roles[stop] & Role.OF and self.roles[first] & Role.QUANTITY:
            return phrase  # عدد من الأطفال
        if stop < phrase.end and self.reader.goes_on(stop):
            stop += 1
            genitive = self.roles[stop - 1] & Role.LA and not self.is_definite(stop - 1)  # لشؤون المناطق
            while stop < phrase.end and self.is_definite(stop) and (genitive or self.reader.agrees(stop)):
                stop, genitive = stop + 1, False
        beside = stop + bool(self.roles[min(stop, phrase.end - 1)] & (Role.COMMA | Role.DASH))
        titled = beside < phrase.end and self.reader.bits[beside] & Bit.TITLE  # فلان، رئيس النادي
        return phrase if titled else Phrase(first, stop)

    def names(self, token: int) -> bool:
        """Return whether a person or a body may be named from a token on."""
        if token not in self._may_name:
            self._may_name[token] = self._is_named(token)
        return self._may_name[token]

    def _is_named(self, token: int) -> bool:
        role, bits = self.roles[token], self.reader.bits[token]
        if bits & (Bit.PREPOSITION | Bit.CLITIC):
            return False
        if (
            role & (_PERSON | Role.BODY)
            or bits & (Bit.TITLE | Bit.UNNAMED | Bit.HONOUR)
            or self.signs[token] & Sign.PERSON
        ):
            return True
        named = self._is_surname(token) or self._has_spoken(token)
        return named or bool(bits & (Bit.GIVEN | Bit.PARTICLE) and not bits & Bit.DEFINITE)

    def is_definite(self, token: int) -> bool:
        """Return whether a word has the article, which ألقى only seems to have."""
        return bool(self.reader.bits[token] & Bit.DEFINITE)

    def _is_surname(self, token: int) -> bool:
        """Return whether a word is part of a name that begins with a first name earlier in the document."""
        return self._surnames.get(self.document.words[token], token) < token

    @Once
    def _surnames(self) -> dict[int, int]:
        """Where each word first belongs to a name that begins with a first name."""
        reader, words = self.reader, self.document.words
        found: dict[int, int] = {}
        bits = reader.classes.bits[self.document.types]
        given = bits & (Bit.GIVEN | Bit.DEFINITE | Bit.CLITIC | Bit.PREPOSITION) == Bit.GIVEN
        for first in given.nonzero()[0].tolist():
            for place in range(first + 1, reader.name_end(first, min(first + _LONGEST_NAME, self.document.size))):
                found.setdefault(words[place], place)
        return found

    def _has_spoken(self, token: int) -> bool:
        """Return whether a word names somebody who has spoken before, after a verb of saying."""
        return self._spoken_words.get(self.document.words[token], token) < token

    @Once
    def _spoken_words(self) -> dict[int, int]:
        """Where each word first is the first, or another word of the name, of who speaks after a verb of saying."""
        bits, words = self.reader.bits, self.document.words
        found: dict[int, int] = {}
        for report in self.document.reports:
            form, (first, end) = self.document.verb_form(report.verb), report.speaker
            if first < report.verb or form is None or ("transitive" in form.flags and "quotative" not in form.flags):
                continue
            for place in range(first, end):
                named = place == first or not bits[place] & _NO_NAME
                if named and self.roles[place] & Role.WORD and not self.roles[place] & NO_SUBJECT:
                    found.setdefault(words[place], place)
        return found

    @Once
    def _masculine(self) -> frozenset[int]:
        """The words with which the speaker of a masculine verb begins."""
        words = self.document.words
        return frozenset([words[report.speaker.first] for report in self.document.reports if report.gender == "m"])

    def is_somebody(self, phrase: Phrase) -> bool:
        """Return whether a phrase names a person: with a title, a first name, or the name of who has spoken before."""
        bits, first = self.reader.bits, phrase.first
        named = bits[first] & (Bit.TITLE | Bit.GIVEN | Bit.PARTICLE) or self.roles[first] & Role.OFFICE
        return bool(named or self._has_spoken(first) or self._is_surname(first)) and self._is_person(phrase)

    def _is_person(self, phrase: Phrase) -> bool:
        body = self.roles[phrase.first] & Role.BODY
        return not body and self.reader.kind(*phrase) in ("person", "unnamed")

    def is_known(self, phrase: Phrase) -> bool:
        """Return whether a phrase names a person or body, as its words show, or since it reports elsewhere too."""
        if phrase not in self._known:
            self._known[phrase] = self._is_known_here(phrase)
        return self._known[phrase]

    def _is_known_here(self, phrase: Phrase) -> bool:
        document, first = self.document, phrase.first
        if self.is_no_name(phrase) or (first and self.roles[first - 1] & Role.COMPLEMENTISER):
            return False
        titled = any(self.reader.bits[each] & Bit.TITLE for each in range(*phrase))
        if titled or self.names(first) or self.signs[first] & Sign.SOME:
            return True
        word = document.words[first]
        return any(
            word in document.words[report.speaker.first : report.speaker.end]
            for report in document.reports
            if report.speaker != phrase
        )

    def is_sure(self, report: Report) -> bool:
        """Return whether a report has a speaker: a known one, or one after a verb whose object cannot be meant."""
        document, speaker = self.document, report.speaker
        form, role = document.verb_form(report.verb), self.roles[speaker.first]
        if role & Role.HONORIFIC:
            return True  # what follows is scripture
        if speaker.first and self.roles[speaker.first - 1] & Role.AS_FOR:
            return True
        if document.in_relative(report.verb) or role & Role.OBLIQUE:
            return False  # التي اعتبرها الناس كذا; أوصى المسلمين
        if document.is_clause_of_cue(report.verb):
            return self.is_somebody(speaker)  # not بحسب ما ذكر الموقع
        if speaker.first < report.verb or self.is_known(speaker) or form is None:
            return self.is_known(speaker)
        if "transitive" in form.flags and "quotative" not in form.flags:
            object_ = speaker.end < document.size and self.roles[speaker.end] & Role.DEFINITE
            return bool(role & Role.DEFINITE and object_)  # دعا النجار المزارعين, not دعا السكان إلى كذا
        several = speaker.end - speaker.first > 1 and not self.names(speaker.first + 1)
        return not self.is_no_name(speaker) or bool(role & Role.WAW and several)  # وحدات كذا

    def is_addressee(self, speaker: Phrase) -> bool:
        """Return whether what follows a verb is to whom somebody speaks, and no name: لأبيه, لـ(الوطن)."""
        role = self.roles[speaker.first]
        own = role & (Role.OWN | Role.POSSESSED) and not self.names(speaker.first)
        return bool(role & Role.LA and (own or role & Role.PROCLITIC))

    def is_no_name(self, phrase: Phrase) -> bool:
        """Return whether words are no speaker: كيف، أعتقد، كلما; a word with و that the text has only here (وحاول)."""
        first = phrase.first
        bits, role = self.reader.bits[first], self.roles[first]
        if bits & Bit.GIVEN and not bits & Bit.PREPOSITION:
            return False
        spoken = Sign.FIRST_PERSON | Sign.ASKS | Sign.BEGINS | Sign.CONTINUES
        if self.signs[first] & spoken or bits & Bit.PREPOSITION or role & Role.HONORIFIC or self.is_addressee(phrase):
            return True
        if self.names(first) or self.is_definite(first):
            return False
        if role & Role.POSSESSED or self.document.form[first] >= 0:
            return True  # رفع عينيها وقال; a verb: بلغ حجم
        if not role & Role.WAW:
            return False
        if phrase.end - first > 1 and self.names(first + 1):
            return True  # وعاد فلان
        return self.document.words.count(self.document.words[first]) == 1

    def is_imperfect(self, token: int) -> bool:
        return bool(self.roles[token] & Role.IMPERFECT) and not self.roles[token] & Role.DEFINITE

    def agrees(self, phrase: Phrase, verb: int) -> bool:
        """Return whether a verb may have this subject, by its gender and number."""
        if self.document.gender(verb) == "p":
            joined = any(self.roles[each] & (Role.WAW_NOUN | Role.JOINED) for each in range(*phrase))
            both = any(self.reader.bits[each] & Bit.CLITIC for each in range(phrase.first + 1, phrase.end))
            return bool(self.roles[phrase.first] & _SEVERAL or joined or both)
        return self.agrees_in_gender(phrase, verb)

    def agrees_in_gender(self, phrase: Phrase, verb: int) -> bool:
        gender, role = self.document.gender(verb), self.roles[phrase.first]
        feminine = role & Role.FEMININE and not role & Role.MASCULINE_NAME
        if gender == "m":
            return not feminine and not self.document.are_persons(phrase)
        given = self.reader.bits[phrase.first] & Bit.GIVEN and not role & Role.OFFICE
        given = given and self.document.words[phrase.first] not in self._masculine
        in_marks = phrase.first - 1 in self.document.opens  # «الوطن» تقول
        body = role & Role.BODY and (not role & Role.DEFINITE or role & _SEVERAL)  # not الجيش
        return gender != "f" or bool(feminine or given or in_marks or body or role & Role.KIN)
