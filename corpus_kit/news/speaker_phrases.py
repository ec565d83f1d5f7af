"""The phrase of a speaker: where it begins and ends beside a reporting verb.

Arabic news puts the verb before its subject (قال الوزير); the phrase goes on over titles, names and what belongs to
them, and ends before what is said, to whom, when and where.
"""

from __future__ import annotations

from typing import NamedTuple

from corpus_kit.news.document_words import LONGEST_PHRASE, LONGEST_SUBJECT, SHORT_NAME
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.verb_objects import ENDS, GOES_ON, NOT_FIRST, PREPOSITION, VerbObjects
from corpus_kit.text.token_flags import GLUED

__all__ = ["ENDS", "PUNCTUATION", "Phrase", "SpeakerPhrases"]

_LONGEST_SPEAKER = 30  # words of titles, name and what is added to it after a reporting verb
_LONGEST_ADDED = 25  # tokens of an office after the name and a comma
_LONGEST_NAMED = 7  # words of the name of a body in marks (أعلنت «حركة ...» أن)
PUNCTUATION = Role.COLON | Role.COMMA | Role.STOP | Role.BRACKET | Role.MARK | Role.DASH
_NO_PART = ENDS | PUNCTUATION
_BEGINS_NONE = _NO_PART | NOT_FIRST
# what a token has that may end a speaker phrase, or leads on to something; all others are plain words of it
_MAY_END = (
    ENDS | PUNCTUATION | Role.IN | Role.ADVERB | Role.TANWIN | Role.PREPOSED | Role.OUTCOME | Role.OBJECT
    | Role.POSSESSED | Role.PROCLITIC | Role.ENVOY | Role.VERBAL_NOUN | Role.TO_BODY | Role.THOSE | Role.PREPOSED_NOUN
    | Role.LIKE_VERB | Role.BODY | Role.WISH | Role.ACCUSATIVE
)  # fmt: skip
# a preposition and the frame of the verbs that take it
_FRAME_OF = ((Role.IN, "في"), (Role.OF, "من"), (Role.FROM, "عن"), (Role.ON, "على"), (Role.TO, "إلى"))
_DANGLING = Role.COMMA | Role.DASH | Role.IN | Role.ONWARD | Role.OF
_LONE = Role.LA | Role.BA  # the letter of ل «كذا»
_TURNS_OFF = Role.SPEAKER_END | Role.TURN | Role.OBJECT | Role.OUTCOME | Role.NO_ORIGIN | Role.RELATIVE


class Phrase(NamedTuple):
    """A run of tokens: the first, and the one after the last."""

    first: int
    end: int


class SpeakerPhrases(VerbObjects):
    """A document in which the phrase of a speaker begins and ends: titles, names, and what belongs to them."""

    __slots__ = ()

    def phrase(self, first: int, limit: int, verb: int | None = None) -> Phrase | None:
        """Return the speaker phrase that begins at a token; None if something else begins there.

        Args:
            first: The token.
            limit: The token before which the phrase must end.
            verb: The verb whose subject it should be.
        """
        if verb is not None and first < limit:
            first = self._after_pronoun(first, limit, verb)
        if first + 1 < limit and self.roles[first] & Role.LA:
            first = self._after_addressee(first, limit)
        if first < limit and self.roles[first] & (Role.ADVERB | Role.TANWIN) and not self.roles[first] & Role.QUANTITY:
            first = self._after_adverb(first, limit)
        if first < limit and first in self.opens:
            words = verb is not None and (self._describes_as(verb, first) or self._ends_sentence(self.opens[first]))
            return None if words else self._quoted_name(first, limit)
        if first >= limit or not self._may_begin(first, verb):
            return None
        end = self._before_clause(first, self._phrase_end(first, limit, verb))
        if verb is not None and end - first > 1:
            end = self._before_described(first, end, limit, verb)
            end = self._before_accused(first, end, limit, verb)
            if self._takes_objects(verb) or self._takes_by(verb):
                end = next((place for place in range(first + 1, end) if self._is_addressed(first, place)), end)
        if end == first or (verb is not None and self._is_object(verb, first, end)):
            return None
        return Phrase(first, end)

    def _after_pronoun(self, first: int, limit: int, verb: int) -> int:
        """Return the token after what stands between a verb and its subject: قال له الوزير، أوضح من جهته الوزير."""
        if first + 1 < limit and self.roles[first] & Role.OF and self.roles[first + 1] & Role.TURN:
            return first + 2
        if self.roles[first] & Role.TURN:
            return first + 1
        if self.roles[first] & (Role.PRONOUN | Role.THIS):
            person = first + 1 < limit and self.roles[first + 1] & (Role.OFFICE | Role.KIN)  # ردت عليها إحداهن
            free = self.roles[first] & Role.PRONOUN and not self._needs(verb)
            return first + 1 if person or free else first  # أكدت ذلك والدته
        return first

    def _after_adverb(self, first: int, limit: int) -> int:
        """Return the token after an adverb that stands before a person or body (قال لاحقا الوزير), or the same."""
        place = first
        while place < limit and self.roles[place] & (Role.ADVERB | Role.TANWIN) and self.form[place] < 0:
            place += 1
        persons = Role.OFFICE | Role.BODY | Role.KIN
        return place if place < limit and self.roles[place] & persons else first

    def _after_addressee(self, first: int, limit: int) -> int:
        """Return the token after an addressee (لـ«الوطن»، لوكالة «الأنباء»), or the same token if there is none."""
        mark = first + 1
        if self.roles[first] & Role.PROCLITIC and self.roles[mark] & Role.OPENING:
            near = range(mark + 1, min(mark + SHORT_NAME + 2, limit - 1))
            return next((place + 1 for place in near if self.roles[place] & Role.BRACKET), first)  # لـ(الوطن)
        if mark in self.opens and self.opens[mark] < limit:
            joined = self.roles[first] & Role.PROCLITIC or self.flags[mark] & GLUED
            if joined and self.words_in(mark) <= SHORT_NAME:
                return self.opens[mark] + 1
        return first

    def _may_begin(self, first: int, verb: int | None) -> bool:
        role = self.roles[first]
        if role & Role.SPEAKER_END and (verb is not None or role & Role.QUANTITY) and first + 1 < self.size:
            after = self.roles[first + 1]
            if role & Role.QUANTITY:
                return bool(after & (Role.OF | Role.DEFINITE | Role.OFFICE))  # أكد كل من فلان وفلان, بعض الخبراء
            if role & Role.POINTER and not role & Role.OBJECT and after & Role.DEFINITE:
                return bool(after & (Role.OFFICE | Role.BODY))  # هذا المسؤول
        if role & _BEGINS_NONE or self.form_is_verb(first) or (role & Role.WISH and self._is_wish(first)):
            return False
        if not role & Role.WORD or self.cue[first] >= 0:
            return False
        whole = Role.DEFINITE | Role.KIN | Role.OFFICE | Role.MASCULINE_NAME
        if verb is not None and role & (Role.POSSESSED | Role.ITS) and not role & whole:
            return False  # أكد أهميتها، أعلن موقفه
        if role & Role.PROCLITIC and first + 1 in self.opens:
            return False  # قالت بـ«كذا»
        by = role & (Role.PREPOSED_NOUN | Role.LA) and role & Role.OWN and not role & (Role.FEMININE | Role.KIN)
        if verb is not None and (by or role & Role.TO_BODY):
            return False  # أقر بخطوطه, قال لصديقه, قال لمجلس كذا
        if verb is not None and role & Role.PREPOSED_NOUN and self._is_governed_by(first, verb):
            return False  # يفيد بوقوع حريق
        if verb is not None and self.gender(verb) == "p" and not role & Role.MARK:
            return False  # a verb in the plural has its subject before it
        if verb is not None and role & (Role.LA | Role.PREPOSED) and role & Role.DEFINITE:
            return False  # قال للصحيفة، استدرك بالحديث
        # a subject after its verb agrees with it in gender; what does not agree is an object
        if verb is None or self.gender(verb) != "m" or not role & Role.FEMININE or role & Role.MASCULINE_NAME:
            return True
        return bool(role & Role.QUANTITY) and self._follows(verb, Role.COMPLEMENTISER)  # أجمع أغلبية الناس على أن

    def _is_governed_by(self, first: int, verb: int) -> bool:
        """Return whether a word with ب is the complement of a verb that takes it, and no name (أفاد بوتين أن)."""
        form, role = self.verb_form(verb), self.roles[first]
        if form is None or "ب" not in form.frames or "describes" in form.flags or first != verb + 1:
            return False
        before = 0 if self.begins_sentence(verb) or self.roles[verb] & Role.CONJUNCTION else self.roles[verb - 1]
        apart = Role.TURN | Role.ADVERB | Role.TANWIN | Role.PARTICLE
        beside = before & (Role.WORD | Role.COMMA) and not self._after_turn(verb)  # بلاغ أمس، يفيد بوقوع حريق
        describes = bool(form.imperfect and beside and not before & apart)
        if ":" in form.frames and not (describes or self._takes_by(verb)):  # بلاغ يفيد بوقوع حريق, أشاد بصمود الناس
            return False
        if role & (Role.FIRST_NAME | Role.MASCULINE_NAME | Role.OFFICE | Role.KIN) or self._spoke_before(first):
            return False
        introduces = Role.COMPLEMENTISER | Role.COLON | Role.SAYING | Role.MARK
        return describes or not self._follows(first, introduces, LONGEST_PHRASE)

    def _is_wish(self, token: int) -> bool:
        """Return whether a wish for somebody begins at a token (رحمه الله، رضي الله عنه، صلى الله عليه وسلم)."""
        after = self.roles[min(token + 1, self.size - 1)]
        wish = self.roles[token] & (Role.HONORIFIC | Role.WISH) and not self.roles[token] & Role.FEMININE  # رحمة الله
        return bool(wish and after & Role.OBJECT)

    def form_is_verb(self, token: int) -> bool:
        """Return whether a token is a verb form that ends a speaker phrase: a verb or a participle, not a noun."""
        row = self.form[token]
        if row < 0:
            return False
        form = self.classes.forms[row]
        if form.participle and self._is_subject_noun(token):
            return False
        return form.participle or bool(self.roles[token] & Role.CONJUNCTION) or not form.flags & {"noun", "preposition"}

    def _quoted_name(self, open_: int, limit: int) -> Phrase | None:
        """Return a name in quotation marks as the speaker, without the marks: a short one, or that of a body."""
        close = self.opens[open_]
        if self.roles[open_ + 1] & (Role.NEGATION | Role.COMPLEMENTISER | Role.PARTICLE | Role.IN):
            return None  # "لا تغضب"
        if close < limit and (0 < self.words_in(open_) <= SHORT_NAME or self.names_body(open_)):
            return Phrase(open_ + 1, close)
        return None

    def _ends_sentence(self, close: int) -> bool:
        """Return whether a sentence ends with a closing mark: the marks are words, not a name (وأضاف «سأبدأ غدا».)."""
        after = close + 1
        return after >= self.size or self.begins_sentence(after) or bool(self.roles[after] & Role.STOP)

    def _quoted_body(self, open_: int, limit: int) -> Phrase | None:
        """Return a longer name in quotation marks after the body that it names (مدير منظمة «كذا وكذا ...»)."""
        close, before = self.opens[open_], self.roles[open_ - 1]
        named = bool(before & (Role.BODY | Role.TO_BODY | Role.ONWARD)) and not before & (
            Role.DEFINITE | Role.SPEAKER_END
        )
        if before & Role.OFFICE and not before & Role.DEFINITE:  # رئيس «كذا وكذا» في
            follows = self.roles[min(close + 1, self.size - 1)]
            named = bool(follows & (Role.COLON | Role.COMPLEMENTISER | Role.IN))
        return Phrase(open_ + 1, close) if named and close < limit and self.words_in(open_) <= _LONGEST_NAMED else None

    def names_body(self, open_: int) -> bool:
        """Return whether marks hold the name of a body that then reports (أعلنت «حركة كذا وكذا» أمس أن ...)."""
        head, close = self.roles[open_ + 1], self.opens[open_]
        if self.words_in(open_) > _LONGEST_NAMED:
            return False
        that = close + 1 < self.size and self.roles[close + 1] & Role.COMPLEMENTISER and not self.begins[close + 1]
        if that and open_ and self.form[open_ - 1] >= 0:
            return True  # ذكر «المرصد ...» أن
        if not head & (Role.BODY | Role.TITLE):
            before = self.roles[open_ - 1] if open_ else 0
            of_office = bool(before & Role.OFFICE and not before & Role.DEFINITE)  # مدير «المرصد ...»
            return bool(head & Role.DEFINITE) and (of_office or self._then_reports(open_))
        if open_ and self.roles[open_ - 1] & Role.OFFICE:
            return True  # مدير «جامعة ...»
        for place in range(close + 1, min(close + 1 + LONGEST_PHRASE, self.size)):
            if self.roles[place] & (Role.STOP | Role.COMMA) or self.begins_sentence(place):
                return self._then_reports(open_)
            if self.roles[place] & (Role.COMPLEMENTISER | Role.COLON | Role.OUTCOME):
                return True
        return False

    def _then_reports(self, open_: int) -> bool:
        """Return whether a verb is before marks and its words after them: أعلنت «اللجنة العليا لكذا» أمس، أن ..."""
        close = self.opens[open_]
        form = self.verb_form(open_ - 1) if open_ else None
        if form is None or form.participle:
            return False
        for place in range(close + 1, min(close + 1 + LONGEST_PHRASE, self.size)):
            role = self.roles[place]
            if role & Role.STOP or self.begins_sentence(place) or self.form[place] >= 0 or place in self.opens:
                return False
            if role & (Role.COMPLEMENTISER | Role.COLON | Role.OUTCOME) and not role & Role.CONJUNCTION:
                return True
        return False

    def _phrase_end(self, first: int, limit: int, verb: int | None) -> int:
        end, words, envoy = first, 0, False
        roles, forms, begins = self.roles, self.form, self.begins
        longest = LONGEST_SUBJECT if verb is None else _LONGEST_SPEAKER
        nameless = roles[first] & (Role.QUANTITY | Role.BODY) and not roles[first] & Role.OFFICE
        several = Role.PERSONS | Role.MANY | Role.DEFINITE  # يذكر المؤرخون | محبة كذا
        nameless = bool(nameless or roles[first] & several == several)
        while end < limit and words < longest and not (begins[end] and end > first):
            role = roles[end]
            if nameless and role & Role.WORD:
                if end > first and roles[end - 1] & Role.DEFINITE and self._is_apart(end, verb):
                    break  # أكد عدد من الخبراء | تراجع كذا, اعتبرتها المنظمة | جرائم حرب
                nameless = not (end > first and role & Role.OFFICE)
            if not role & _MAY_END and forms[end] < 0:
                envoy = envoy and bool(role & Role.DEFINITE or not roles[end - 1] & Role.DEFINITE)
                words += bool(role & Role.WORD)
                end += 1
                continue
            if end in self.opens:
                name = self._quoted_name(end, limit) or self._quoted_body(end, limit)
                if name is None:
                    break
                words += name.end - name.first
                end = name.end + 1
                continue
            if end > first and self._leads_over_marks(first, end, limit):
                end = self.opens[end + 1] + 1
                words += 1
                continue
            if role & Role.BRACKET and end > first:
                bracketed = self._name_in_brackets(first, end, limit)
                if bracketed is None:
                    break
                words, end = words + bracketed - end - 2, bracketed
                continue
            if end > first and self._ends_phrase(first, end, limit, envoy, verb):
                break
            envoy = bool(role & Role.ENVOY) or (
                envoy and not role & PREPOSITION and bool(role & Role.DEFINITE or not roles[end - 1] & Role.DEFINITE)
            )
            words += bool(role & Role.WORD)
            end += 1
        end = self._before_insertion_of(first, end)
        while end > first + 1 and (
            roles[end - 1] & _DANGLING or (roles[end - 1] & Role.PROCLITIC and roles[end - 1] & _LONE)
        ):
            end -= 1
        return end

    def _before_insertion_of(self, first: int, end: int) -> int:
        """Return the end of a phrase without the beginning of an insertion that goes on (فلان | - الفائز يوم كذا -)."""
        dash = next((place for place in range(first + 1, end) if self.roles[place] & Role.DASH), end)
        near = range(end, min(end + LONGEST_PHRASE, self.size))
        goes_on = dash < end < self.size and not self.roles[end] & (Role.DASH | Role.COMMA | Role.COMPLEMENTISER)
        return dash if goes_on and any(self.roles[place] & Role.DASH for place in near) else end

    def _is_apart(self, token: int, verb: int | None) -> bool:
        """Return whether a word after a definite one is not of its genitive, where no name can follow."""
        role, after = self.roles[token], self.roles[min(token + 1, self.size - 1)]
        place = role & Role.PREPOSED_NOUN and (
            after & (Role.DEFINITE | ENDS) or not after & Role.WORD
        )  # بجدة, بمكة المكرمة
        goes_on = (
            GOES_ON & ~(Role.BODY | Role.OFFICE) if self._takes_objects(verb) else GOES_ON
        )  # أبلغ الاتحاد | إدارة النادي
        person = role & Role.OFFICE and role & Role.DEFINITE and not role & (Role.FEMININE | Role.MANY | Role.FAMILY)
        if person and self._takes_objects(verb):
            return True  # طالب عدد من الأهالي | الوزير
        return not role & goes_on and not place

    def _ends_phrase(self, first: int, token: int, limit: int, envoy: bool, verb: int | None) -> bool:
        """Return whether a token ends the speaker phrase that begins at `first`."""
        role, before = self.roles[token], self.roles[token - 1]
        if role & Role.COMMA or self._is_comma(token):
            return not self._apposition_follows(first, token, limit, verb)
        if role & Role.STOP:  # the full stop of an abbreviation (د.) ends no sentence
            return token + 1 >= limit or self.begins_sentence(token + 1)
        if role & Role.DASH:
            return self._ends_at_dash(first, token)
        if role & Role.PROCLITIC and token + 1 in self.opens:
            return True  # بـ«كذا»
        if role & Role.SAYING:
            return True
        if self._is_wish(token):
            return True
        if role & (Role.SPEAKER_END | Role.SELF | Role.ADVERB) and self._goes_on(first, token):
            return False
        if role & (Role.IN | Role.SPEAKER_END) and role & PREPOSITION and token + 1 < limit:
            return not self._leads_on(first, token, limit, envoy, verb)
        if role & (Role.ADVERB | Role.TANWIN):
            office = self._office_before(first, token) if role & Role.BODY else None  # الناطق بقيادة حرس الحدود
            return office is None or not self.roles[office] & Role.OFFICE
        if role & Role.PREPOSED and role & Role.DEFINITE and not role & Role.LA:  # بالوزارة
            if role & Role.BODY or self._takes_by(verb):
                return not role & Role.BODY
            return self._office_before(first, token) is None
        if role & Role.SPEAKER_END:
            return True
        if role & Role.TO_BODY or (role & Role.LA and role & Role.PREPOSED):
            return self._is_addressee(first, token)
        if role & Role.LIKE_VERB and not role & (Role.TITLE | Role.NICKNAME) and not before & Role.OF:  # رجل يدعى سليم
            return True  # الكاتب فلان يفند كذا
        if role & Role.COMPLEMENTISER and role & Role.THEN and verb is not None and not self._in_cue(verb):
            after = self.roles[min(token + 1, self.size - 1)]
            plain = Role.DEFINITE | (_MAY_END & ~Role.PREPOSED_NOUN)  # جيرارد فان بوهيمن
            return bool((before | after) & plain or not after & Role.WORD or before & Role.OFFICE)
        if self._is_object_here(first, token, verb):
            return True
        return bool(role & _NO_PART) or self.form_is_verb(token)

    def _is_addressee(self, first: int, token: int) -> bool:
        """Return whether a word with ل after a name is to whom somebody speaks (قال فلان لهيئة كذا)."""
        role, before, head = self.roles[token], self.roles[token - 1], self.roles[first]
        if token == first + 1 and head & (Role.DEFINITE | Role.KIN):
            then = Role.COMPLEMENTISER | Role.COLON  # قال أحدهم للوزير, قالت الوزارة للسكان, قال المصدر للصحيفة إن
            named = head & Role.OFFICE or not head & (Role.BODY | Role.KIN)
            if not named or (head & Role.OFFICE and self.roles[min(token + 1, self.size - 1)] & then):
                return True
        then = Role.COMPLEMENTISER | Role.COLON | Role.COMMA
        if head & Role.PLURAL and role & Role.TITLE and self.roles[min(token + 1, self.size - 1)] & then:
            return True  # كشفت مصادر مطلعة | للجريدة أن
        if head & Role.OFFICE and not role & Role.TO_BODY:  # قال الأمير محمد للرئيس
            return bool(head & Role.DEFINITE) and token == first + 2 and not before & GOES_ON
        if self._office_before(first, token) is not None:
            return False
        if token == first + 1:  # قال فلان لهيئة كذا; but تقرير لمصرف كذا
            things = Role.OCCASION | Role.TITLE | Role.ENVOY | Role.FEMININE | Role.MANY | Role.DEFINITE | Role.PLURAL
            return bool(role & (Role.TO_BODY | Role.ADDRESSEE | Role.TITLE)) and not head & (things | Role.FIRST_NAME)
        if role & Role.TO_BODY:
            titled = head & (Role.OFFICE | Role.FIRST_NAME)
            report = any(each & Role.OCCASION for each in self.roles[first:token])  # أحدث تقرير عقاري لمصرف كذا
            return bool(titled or not before & (Role.DEFINITE | Role.NUMBER)) and not report
        if not head & Role.FIRST_NAME or before & Role.FEMININE:  # فلان الفلاني التابع لكذا
            return False
        return not any(role & (Role.OFFICE | Role.ENVOY) for role in self.roles[first:token])

    def _ends_at_dash(self, first: int, token: int) -> bool:
        """Return whether a phrase ends at a dash: the second one, or one before a wish (- فضل عدم ذكر اسمه -)."""
        if token + 2 >= self.size or (self.flags[token] & GLUED and self.flags[token + 1] & GLUED):
            return False
        return bool(self.roles[token + 2] & Role.OBJECT) or any(role & Role.DASH for role in self.roles[first:token])

    def _goes_on(self, first: int, token: int) -> bool:
        """Return whether a word that mostly ends a phrase belongs to the phrase.

        It does if it stresses a person (الوزير نفسه), if a word that needs a genitive precedes it (باسم هذه الهيئة), if
        it is a name (أحمد الخميس), or if it is within a title (الوزير سابقا فلان) or the name of a report (تقرير
        لصحيفة كذا).
        """
        role, before = self.roles[token], self.roles[token - 1]
        if role & Role.WEEKDAY and before & Role.FIRST_NAME:  # عبد الأحد; but محمود عباس الجمعة: a day
            return token == first + 1 or not self.roles[token - 2] & Role.FIRST_NAME
        if role & Role.SELF:
            return bool(before & Role.DEFINITE)
        if role & Role.NEVER_AFTER_THAT:
            return bool(before & Role.LETTER)  # بي كي فلان
        if role & Role.PRONOUN:  # ومديرها التنفيذي، والناطق الرسمي لها
            joined = any(each & Role.WAW_NOUN for each in self.roles[max(first + 1, token - 2) : token])
            return bool(before & Role.DEFINITE) and (self._governs(first, token) or (joined and bool(role & Role.LA)))
        if role & Role.POINTER:
            return bool(before & (Role.ONWARD | Role.QUANTITY)) and not before & Role.DEFINITE
        if role & Role.ADDRESSEE:  # تقرير لصحيفة كذا
            return token == first + 1 and bool(before & (Role.OCCASION | Role.TITLE)) and not before & Role.DEFINITE
        if role & Role.ADVERB:  # عضو المجلس سابقا فلان
            after = self.roles[min(token + 1, self.size - 1)]
            titled = role & Role.FORMERLY and self._office_before(first, token) is not None
            apart = ENDS | NOT_FIRST | Role.PREPOSED | Role.PROCLITIC
            return bool(titled) and bool(after & Role.WORD) and not after & apart
        if role & Role.ALSO_NAME:  # رئيس المجلس صباح فلان, لاعب خط وسط النادي
            after = self.roles[min(token + 1, self.size - 1)]
            named = after & Role.WORD and not after & (ENDS | NOT_FIRST | Role.DEFINITE | Role.NUMBER)
            area = before & Role.TITLE or before & (Role.BODY | Role.DEFINITE) == Role.BODY  # بلدية وسط المدينة
            return bool(area or (named and self._office_before(first, token) is not None))
        if role & Role.OFFICE:  # فضيلة إمام المسجد
            return not before & Role.DEFINITE and bool(before & Role.MASCULINE_NAME)
        return False

    def _leads_on(self, first: int, token: int, limit: int, envoy: bool, verb: int | None) -> bool:
        """Return whether a preposition leads on from an office, a number or a body to what belongs to it."""
        role, before, after = self.roles[token], self.roles[token - 1], self.roles[token + 1]
        if after & (Role.COMPLEMENTISER | Role.TURN) or (after & Role.NO_ORIGIN and not role & Role.IN):
            return False
        if before & Role.COMMA:
            return True  # فلان، من جامعة كذا
        if before & Role.QUANTITY and (role & Role.OF or (role & Role.IN and after & Role.QUANTITY)):
            return True  # عدد من الخبراء, 40 في المائة من الأسر
        form = self.verb_form(verb) if verb is not None else None
        governed = form is not None and any(role & bit and frame in form.frames for bit, frame in _FRAME_OF)
        if governed and not (
            envoy
            and self._supervises(first, token)
            and self._follows(token, Role.COMPLEMENTISER | Role.COLON, _LONGEST_ADDED)
        ):
            return bool(role & Role.IN) and self._body_follows(first, token, limit)
        one = before & Role.OFFICE and before & Role.DEFINITE and not before & Role.MANY
        if role & Role.ON and one and form is not None and not (before & Role.ENVOY or after & Role.OCCASION):
            return True  # الدكتور على فلان, for علي
        off = after & _TURNS_OFF and not after & Role.POINTER  # تقرير صادر عن هذه الجماعة
        if role & (Role.ONWARD | Role.IN) and envoy and not off:
            report = self.roles[first] & Role.ENVOY and not self.roles[first] & Role.OFFICE  # تقرير عن, not تقرير في
            if role & Role.LA:  # السفير | لدى لقائه كذا
                return not after & Role.OCCASION
            return not role & Role.IN or not (after & Role.OCCASION or report)
        if self._governs(first, token) and not after & (_TURNS_OFF | Role.OCCASION):
            return True
        if role & Role.IN:
            return self._body_follows(first, token, limit)
        office = self._office_before(first, token)
        if after & _TURNS_OFF:
            return False
        lone = office == first and token == first + 1 and after & (Role.BODY | Role.DEFINITE) == Role.BODY
        if role & Role.FROM and office is not None and (lone or self.roles[office] & (Role.ENVOY | Role.WAW_NOUN)):
            return True  # النائب في البرلمان عن حزب كذا
        named = office is None or (token > office + 2 and not before & (Role.DEFINITE | Role.OFFICE | Role.BODY))
        body = after & Role.BODY or (token + 2 in self.opens and self.words_in(token + 2) <= SHORT_NAME)
        if role & Role.OF and body and named and form is not None:
            return True  # فلان من جامعة كذا, من مزرعة «كذا»
        if role & Role.OF:  # مصدر من الوزارة
            heads = not self.roles[first] & Role.DEFINITE and self.roles[first] & Role.OFFICE
            short = bool(heads) and token - first <= SHORT_NAME
            return short and (verb is not None or not before & Role.DEFINITE)
        if after & Role.OCCASION:
            return False  # السفير | لدى لقائه كذا
        other = Role.FROM | Role.ON | Role.TO  # مديرة السياسات لدى جماعة كذا
        at_body = role & Role.LA and (after & Role.BODY or token + 1 in self.opens)  # فلان الوسيط لدى شركة كذا
        return (
            bool(office is not None or at_body) and not role & other and self.cue[token] < 0 and self.form[token] < 0
        )  # not عبر

    def _governs(self, first: int, token: int) -> bool:
        """Return whether the word before a preposition has it as its complement.

        That is a definite participle after a noun that it describes (بيان الحركة المنشور على كذا), or a single noun
        after a name and a comma (فلان، الشريك في كذا).
        """
        before, lead = self.roles[token - 1], self.roles[token - 2]
        if token < first + 2 or not before & Role.DEFINITE:
            return False
        of_body = lead & Role.DEFINITE or self.roles[first] & Role.BODY  # برلمان كينيا المعترف به
        participle = before & Role.PARTICIPLE and of_body and not before & Role.OFFICE
        return bool(lead & Role.COMMA or participle)

    def _supervises(self, first: int, token: int) -> bool:
        """Return whether على or عن after a verb that takes it belongs to an office (أكد المشرف على كذا أن)."""
        return any(role & Role.SUPERVISOR for role in self.roles[max(first, token - SHORT_NAME) : token])

    def _body_follows(self, first: int, token: int, limit: int) -> bool:
        """Return whether في leads from an office to its body (مسؤول في وزارة كذا), not to an occasion or a place."""
        office = self._office_before(first, token)
        if self._place_follows(first, token, limit):
            return True
        if token + 1 >= limit or office is None or self.roles[token + 1] & (Role.OCCASION | Role.NUMBER):
            return False
        after = self.roles[token + 1]
        if after & (Role.BODY | Role.TITLE):
            return True
        if token + 1 in self.opens and self.roles[office] & Role.OFFICE:
            return self.words_in(token + 1) <= SHORT_NAME  # المدير الإقليمي في «كذا»
        if not self.roles[office] & (Role.OFFICE | Role.WAW_NOUN) or self.roles[first] & Role.BODY:
            kind = self.roles[token - 1] & (Role.FEMININE | Role.DEFINITE | Role.MASCULINE_NAME) == Role.FEMININE
            return kind and token == first + 2 and not self.roles[first] & Role.DEFINITE  # شركة سمسرة في كذا
        plain = not self.roles[first] & Role.DEFINITE and self.roles[first] & Role.OFFICE
        if (plain or self.roles[token - 1] & Role.OFFICE) and after & Role.DEFINITE:
            return True  # مسؤول رفيع المستوى في الاستخبارات
        ends = (ENDS | PUNCTUATION | Role.OBJECT | Role.POSSESSED | Role.ADVERB) & ~Role.DASH
        named = any(  # الدكتور فلان مدير كذا
            self.roles[place - 1] & Role.DEFINITE and not self.roles[place] & (GOES_ON | Role.ENVOY)
            for place in range(first + 1, office)
        )
        if named or not self.roles[first] & Role.OFFICE:  # فلان مدير الشركة في كذا
            if office == token - 1 and not self.roles[office] & Role.DEFINITE:
                return False  # تقارير صحفية في كذا
            return not after & ends and not self.form_is_verb(token + 1)
        if token + 2 >= limit:
            return False
        if self.roles[token + 2] & Role.COMMA and not after & ends:
            return self._name_between_commas(token + 2, limit)
        both = after | self.roles[token + 2]
        ends |= Role.PREPOSED
        return not both & ends and not self.form_is_verb(token + 1) and not self.form_is_verb(token + 2)

    def _place_follows(self, first: int, token: int, limit: int) -> bool:
        """Return whether في leads from bodies or many to a country or town (نقابة الأطباء في كينيا أن).

        Its name is one word without an article; other indefinite nouns are seldom alone. في also leads from a definite
        person with an adjective to a body (الملحق الثقافي في سفارة كذا).
        """
        head, before = self.roles[first], self.roles[token - 1]
        if token + 2 >= limit or head & (Role.OFFICE | Role.FIRST_NAME):
            return False
        place, after = self.roles[token + 1], self.roles[token + 2]
        if head & before & Role.DEFINITE and token == first + 2 and place & Role.BODY:
            return not place & Role.DEFINITE
        several = head & (Role.BODY | Role.QUANTITY | Role.PLURAL) or (head & Role.FEMININE and head & Role.DEFINITE)
        if not several or token == first + 1 or not before & (Role.DEFINITE | Role.FEMININE):
            return False
        common = _MAY_END & ~Role.PREPOSED_NOUN | Role.DEFINITE | Role.FEMININE | Role.OCCASION | Role.NUMBER | Role.OWN
        if place & common or not place & Role.WORD:
            return False
        return bool(after & (Role.COMPLEMENTISER | Role.COMMA | Role.COLON | Role.SPEAKER_END | Role.WEEKDAY))

    def _name_between_commas(self, comma: int, limit: int) -> bool:
        """Return whether two or three plain words follow a comma, up to the next one (في كذا، فلان الفلاني،)."""
        plain = Role.DEFINITE | _MAY_END & ~Role.PREPOSED_NOUN
        for place in range(comma + 1, min(comma + 2 + SHORT_NAME, limit)):
            if self.roles[place] & (plain if place == comma + 1 else _MAY_END & ~Role.PREPOSED_NOUN):
                return place > comma + 2 and bool(self.roles[place] & (Role.COMMA | Role.COMPLEMENTISER))
        return False

    def _name_in_brackets(self, first: int, open_: int, limit: int) -> int | None:
        """Return the token after a name in round brackets that follows an office (الكاتب (فلان), جماعة (كذا))."""
        before = self.roles[open_ - 1]
        if not self.roles[open_] & Role.OPENING or before & Role.PROCLITIC or self._office_before(first, open_) is None:
            return None
        if not self.roles[first] & Role.OFFICE and not (before & Role.BODY and not before & Role.DEFINITE):
            return None
        close = next((place for place in range(open_ + 1, min(open_ + 2 + SHORT_NAME, limit))
                      if self.roles[place] & Role.BRACKET), None)  # fmt: skip
        if close is None or close == open_ + 1:
            return None
        inside = self.roles[open_ + 1 : close]
        if any(role & (Role.NUMBER | ENDS | PUNCTUATION | Role.IN) or not role & Role.WORD for role in inside):
            return None
        return close + 1

    def _leads_over_marks(self, first: int, token: int, limit: int) -> bool:
        """Return whether ل or ب leads from a title over a body in marks to the name (لـ«كذا» فلان)."""
        mark = token + 1
        role = self.roles[token]
        proclitic = role & Role.PROCLITIC and role & _LONE and mark in self.opens
        if not proclitic and not (mark in self.opens and role & Role.LA and role & (Role.ADDRESSEE | Role.TO_BODY)):
            return False
        after = self.opens[mark] + 1
        if after >= limit or self.words_in(mark) > SHORT_NAME or self._office_before(first, token) is None:
            return False
        stops = ENDS | PUNCTUATION | Role.IN | Role.ADVERB | Role.TANWIN | Role.OBJECT | Role.OUTCOME
        added = self.roles[token - 1] & Role.DEFINITE and Role.COMMA & (self.roles[token - 2] | self.roles[token - 3])
        if added and self.roles[after] & (Role.COMMA | Role.COLON):  # فلان، المدير العام لـ«كذا»:
            return not any(role & Role.DEFINITE for role in self.roles[mark:after])
        return not self.roles[after] & stops and not self.form_is_verb(after) and not self.begins_sentence(after)

    def _apposition_follows(self, first: int, comma: int, limit: int, verb: int | None) -> bool:
        """Return whether an office follows a name after a comma (فلان، وزير كذا، ...), or a name an office."""
        if comma + 1 >= limit:
            return False
        if self._office_is_added(first, comma, limit, verb):
            return True
        titled = self.roles[first] & Role.OFFICE and self._office_before(first, comma) is not None
        definite = self.roles[first] & Role.DEFINITE and not self.roles[first] & Role.PREPOSED
        if not titled and (comma - first > 2 or not definite):
            return False
        follows = self.roles[comma + 1]
        if follows & (NOT_FIRST | Role.VERBAL_NOUN):
            return False
        if titled and comma - first > 2:
            lead = self.roles[comma - 2]  # إقليم كذا, في كذا
            through = lead & Role.IN or (lead & Role.ONWARD and not lead & PREPOSITION & ~Role.ONWARD)  # في، لدى
            genitive = through or (lead & Role.BODY and not lead & Role.DEFINITE)
            named_next = not lead & Role.OF and self._name_between_commas(comma, limit)  # مدير ديار بكر، فلان الفلاني،
            genitive = genitive or named_next
            named = not genitive and not self.roles[comma - 1] & (Role.DEFINITE | Role.MARK)
            if named or (follows & Role.DEFINITE and not follows & Role.OFFICE):
                return False  # the name has been given: what follows is another title, or a clause
        for place in range(comma + 1, min(comma + 6, limit + 1, self.size)):
            role = self.roles[place]
            ends = role & (Role.COMMA | ENDS | Role.MARK | Role.IN | Role.TANWIN)
            if role & Role.OBJECT and not role & Role.MASCULINE_NAME:
                return False  # المصدر، مفضلا عدم ذكر اسمه
            if place == limit:
                return not any(role & _MAY_END & ~Role.PREPOSED_NOUN for role in self.roles[comma + 1 : limit])
            if ends or self.form_is_verb(place):
                return place > comma + 1
        return False

    def _office_is_added(self, first: int, comma: int, limit: int, verb: int | None) -> bool:
        """Return whether what follows a comma is an office or a relative, up to a sign or the words that are reported.

        After a verb with objects, only a sign shows that it is no object.
        """
        follows = self.roles[comma + 1]
        origin = follows & Role.OF and verb is not None and self._is_origin(comma + 2, limit)
        another = follows & Role.WAW_NOUN and self._office_before(first, comma) is not None  # وزير كذا، ورئيس كذا
        after = self.roles[min(comma + 2, self.size - 1)]
        leads = after & Role.IN or (after & Role.LA and after & Role.ONWARD)  # فلان، الشريك في كذا
        partner = (
            leads and follows & Role.DEFINITE and not follows & (NOT_FIRST | ENDS | Role.OCCASION | Role.VERBAL_NOUN)
        )
        if not (follows & (Role.OFFICE | Role.KIN) or origin or another or partner) or follows & Role.PREPOSED:
            return False
        objects = self._takes_objects(verb)
        closing = Role.COMMA | Role.COLON | (0 if objects else Role.COMPLEMENTISER | Role.SAYING)
        place = comma + 2
        while place < min(comma + _LONGEST_ADDED, self.size):
            if self.begins_sentence(place):
                return False
            form = self.verb_form(place)
            if self.roles[place] & closing or (form is not None and form.participle and not objects):
                return True
            if place in self.opens:
                if self.words_in(place) > SHORT_NAME:
                    return not objects
                place = self.opens[place]
            elif self.roles[place] & Role.COMPLEMENTISER or self.form_is_verb(place):
                return False
            place += 1
        return False

    def _is_origin(self, token: int, limit: int) -> bool:
        """Return whether من after a comma leads to whence somebody is (فلان، من جامعة كذا، or من كذا،)."""
        if token + 1 >= limit or self.roles[token] & (ENDS | _TURNS_OFF | Role.GOVERNOR | Role.NO_ORIGIN):
            return False
        closing = Role.COMMA | Role.COLON
        if token in self.opens and self.words_in(token) <= SHORT_NAME:  # من «كذا»،
            return bool(self.roles[min(self.opens[token] + 1, self.size - 1)] & closing)
        return bool(self.roles[token] & Role.BODY) or any(role & closing for role in self.roles[token + 1 : token + 3])
