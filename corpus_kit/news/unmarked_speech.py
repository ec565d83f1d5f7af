"""Speech without quotation marks: where it begins (وقال: نحن نطالب ...), and who speaks.

A colon also introduces lists, headings, times and datelines, so the words before it decide. `speech_ends` finds the
end. Tokens are numbered within one document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from corpus_kit.news.attribution import SPOKEN, Attribution
from corpus_kit.news.document_words import SHORT_NAME
from corpus_kit.news.lead_ins import before, lead_in
from corpus_kit.news.name_words import Bit, name_classes
from corpus_kit.news.reporting_verbs import Form, Role
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document
from corpus_kit.news.speech_ends import (
    INTRODUCES,
    LOOK_AHEAD,
    Beginning,
    ReportSpeakers,
    SpeechEnds,
    bracket_end,
    is_question,
    is_quotative,
    is_stray,
    without_verb,
)
from corpus_kit.news.speech_signs import Sign
from corpus_kit.news.topic_speakers import Spoken, TopicSpeakers
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, GLUED

__all__ = ["BEGINS_AFTER", "Unmarked", "unmarked_speech"]

BEGINS_AFTER = ("mark", "colon", "paragraph", "saying", "verb", "name", "answer", "that")

# Tokens:
_LONGEST_GAP = 30  # from a verb to its colon
_LONGEST_ADVERBIAL = 15  # from a speaker to the colon: في مؤتمر صحافي أمس
_LONGEST_LABEL = 7  # of a name before a colon
_LONGEST_HEADING = 6  # of a document
_NEAR = 8  # from a verb without a colon to نحن
_NEAR_VERSE = 5  # from الشاعر to a verb
_LONGEST_LINE = 12  # of verse
_LONGEST_CAPTION = 25
_LEAST_WORDS = 2
_LEAST_AFTER_NAME = 3
_LEAST_AFTER_VERB = 3

_APART = Role.COMPLEMENTISER | Role.COLON | Role.STOP | Role.MARK | Role.SAYING | Role.RELATIVE
_BESIDE_COLON = Role.SPEAKER_END | Role.IN | Role.FROM | Role.LA | Role.COMMA | Role.BRACKET | Role.DASH | Role.TURN
_NO_NAME = Role.SPEAKER_END | Role.COMPLEMENTISER | Role.RELATIVE | Role.NEGATION
_WRITES = "كتب"  # without a speaker it begins a byline
_STRESSED = ("أكد", "شدد", "نبه")  # with على and what is stressed


class Unmarked(NamedTuple):
    """Speech without marks.

    Attributes:
        first: Its first token.
        end: The token after its last one.
        governing: The verb and the speaker; the first word of a name stands for the verb that it lacks.
        begins_after: One of `BEGINS_AFTER`.
        ends_at: One of `ENDS_AT`.
    """

    first: int
    end: int
    governing: Attribution
    begins_after: str
    ends_at: str


def unmarked_speech(
    document: Document, signs: list[int], introductions: list[int], spoken_marks: Mapping[int, int]
) -> Iterator[Unmarked]:
    """Yield the speech without marks of a document, in the order of the text.

    Args:
        document: The document.
        signs: The bits of `Sign` of each token.
        introductions: The tokens that may introduce speech, in ascending order.
        spoken_marks: The verb of its marked speech by the opening mark, before which speech without marks ends.
    """
    speakers, topics = ReportSpeakers(document), TopicSpeakers(document)
    beginnings, ends = _Beginnings(document, signs, speakers), SpeechEnds(document, signs, speakers, spoken_marks)
    taken = 0
    for introduction in introductions:
        if introduction + 1 < taken or document.in_quotation(introduction):
            continue
        found = beginnings.after(introduction)
        if found is None or found.first < taken or found.first in spoken_marks:
            continue
        governing = found.governing
        if not (without_verb(governing) or governing.source == "impersonal" or governing.relayed_by is not None):
            speaker, source = topics.of(governing.verb, found.first, governing.speaker, governing.source)
            found = found._replace(governing=governing._replace(speaker=speaker, source=source))
        if not beginnings.is_told(found):
            continue
        end, ends_at = ends.of(found)
        if beginnings.is_of_name(found, spoken_marks.get(end)):
            continue
        size = sum(1 for place in range(found.first, end) if _is_word(document, signs, place))
        if beginnings.least_words(found) <= size <= beginnings.most_words(found, ends_at):
            taken = end
            topics.spoken.append(Spoken(found.governing.verb, found.first, end, found.governing.speaker))
            yield Unmarked(found.first, end, found.governing, found.begins_after, ends_at)


def _is_word(document: Document, signs: list[int], place: int) -> bool:
    return bool(document.roles[place] & Role.WORD) and not signs[place] & Sign.NUMBER


def _is_holy(role: int) -> bool:
    """Return whether a word names scripture, or follows God or the Prophet; عليه alone does not."""
    return bool(role & (Role.SCRIPTURE | Role.HONORIFIC) and not role & Role.SPEAKER_END)


class _Beginnings:
    """Where speech without marks begins in a document."""

    def __init__(self, document: Document, signs: list[int], speakers: ReportSpeakers) -> None:
        self.document = document
        self.speakers = speakers
        self.roles = document.roles
        self.signs = signs

    def after(self, place: int) -> Beginning | None:
        """Return the speech that a colon, a word of saying or a verb introduces."""
        if self.roles[place] & Role.COLON:
            found = self._after_colon(place)
        else:
            found = self._after_saying(place) or self._after_verb(place)
        return None if found is not None and self._is_own(found.governing) else found

    def _is_own(self, governing: Attribution) -> bool:
        """Return whether the author speaks: سألت المدير: ..., قال الحارس ... فسألته: ..., not سألت المديرة: ..."""
        if not self.signs[governing.verb] & Sign.OWN_VERB:
            return False
        return governing.speaker is None or not self.roles[governing.speaker.first] & Role.FEMININE

    def is_told(self, found: Beginning) -> bool:
        """Return whether قائلا without a colon has a speaker, or a verb or comma before it: not وجدان قائله."""
        verb = found.governing.verb
        if found.begins_after != "saying" or found.governing.speaker is not None or self.roles[verb] & Role.SAYING:
            return True
        return self.document.form[verb - 1] >= 0 or bool(self.roles[verb - 1] & Role.COMMA)

    def is_of_name(self, found: Beginning, marked_verb: int | None) -> bool:
        """Return whether the words after a verb lead to its marked speech: وقالت رئيسة معهد أنا ليند «...»."""
        return found.begins_after == "verb" and marked_verb == found.governing.verb

    def least_words(self, found: Beginning) -> int:
        """Return the least number of words that are speech, and not a name or a heading."""
        as_said = found.governing.verb > 0 and self.document.cue[found.governing.verb - 1] >= 0  # كما يقول فلان: ...
        if found.begins_after == "verb":
            return _LEAST_AFTER_VERB
        if found.begins_after == "name" and (
            self.signs[found.first] & Sign.BEGINS or self._addressee(found.first - 1) is not None
        ):
            return _LEAST_WORDS  # فلان: لن أستقيل
        return _LEAST_AFTER_NAME if found.begins_after == "name" or as_said else _LEAST_WORDS

    def most_words(self, found: Beginning, ends_at: str) -> int:
        """Return the most words that are speech: a caption in mid-paragraph is often glued to what follows."""
        glued = not self.document.flags[found.governing.verb] & BEGINS_PARAGRAPH or ends_at == "sentence"
        return _LONGEST_CAPTION if found.begins_after == "name" and glued else self.document.size

    def _after_colon(self, colon: int) -> Beginning | None:
        document = self.document
        first = self._first_word(colon + 1)
        if first is None or self._in_a_number(colon) or (colon and self.signs[colon - 1] & Sign.FIRST_PERSON):
            return None  # 10:30, ونتساءل: ...
        form = document.verb_form(first)
        if form is not None and self.roles[first] & Role.CONJUNCTION and "noun" not in form.flags:
            return None  # قال: وأضاف ..., not قال: ورد بلاغ
        lead = lead_in(document, colon + 1)
        governing = (before(document, lead, colon + 1) if lead else None) or self._unnamed(colon)
        if governing is None or governing.cue or governing.how != SPOKEN or not self._introduces(governing, colon):
            named = None if form is not None and document.is_finite(first) else self._name(colon)  # إيطاليا: قال المدرب
            return None if named is None else Beginning(first, named, "name")
        across = document.flags[colon + 1] & BEGINS_PARAGRAPH
        if (across or governing.source != "explicit") and self._is_verse(first):
            return None
        if self._is_list(colon + 1, first) or self._is_scripture(first):
            return None
        return Beginning(first, governing, "paragraph" if across else "colon")

    def _is_verse(self, first: int) -> bool:
        """Return whether the rest of a paragraph is a short line without a full stop, as in verse and lists."""
        for place in range(first + 1, min(first + 2 * _LONGEST_LINE, self.document.size)):
            if self.document.flags[place] & BEGINS_PARAGRAPH:
                return not self.signs[place - 1] & Sign.PERIOD
        return False

    def _is_list(self, place: int, first: int) -> bool:
        """Return whether the items of a list follow a colon, each of which begins with a bullet."""
        if not self.document.flags[place] & BEGINS_PARAGRAPH or not self.signs[place] & (Sign.BULLET | Sign.NUMBER):
            return False
        stop = min(first + LOOK_AHEAD, self.document.size)
        following = next((token for token in range(first + 1, stop) if self.document.begins_sentence(token)), None)
        if following is None or self.signs[following - 1] & Sign.QUESTION:
            return False
        return bool(self.signs[following] & (Sign.BULLET | Sign.NUMBER))

    def _is_scripture(self, first: int) -> bool:
        """Return whether words begin with what God or the Prophet said, or with قال in brackets as verses do."""
        near = self.roles[first : first + _NEAR]
        cited = self.roles[first - 1] & Role.BRACKET or any(role & Role.HONORIFIC for role in near)
        return bool(cited and self.signs[first] & Sign.SAYS_BARE and not self.roles[first] & Role.CONJUNCTION)

    def _first_word(self, place: int) -> int | None:
        """Return where words begin, after dashes and stray marks; None if marks or an indirect clause begin there."""
        document, roles = self.document, self.roles
        while place < document.size and (
            roles[place] & (Role.DASH | Role.STOP) or (roles[place] & Role.MARK and is_stray(document, place))
        ):
            place += 1
        if place >= document.size or roles[place] & Role.COMPLEMENTISER:
            return None
        if place in document.opens:
            return place if document.words_in(place) <= SHORT_NAME else None
        if bracket_end(document, place + 1) is not None and not self.signs[place] & Sign.SCRIPTURE:
            place += 1
        return place if roles[place] & Role.WORD else None

    def _in_a_number(self, colon: int) -> bool:
        """Return whether a colon is in a time or a ratio, 10:30."""
        return colon > 0 and bool(self.signs[colon - 1] & self.signs[colon + 1] & Sign.NUMBER)

    def _unnamed(self, colon: int) -> Attribution | None:
        """Return the attribution to the word before a colon, without a speaker: الذي قال: ..., برر قراره بقوله: ..."""
        document, verb = self.document, colon - 1
        if verb <= 0 or document.begins_sentence(verb):
            return None
        relative = self.signs[verb] & Sign.SAYS and self.roles[verb - 1] & Role.RELATIVE
        saying = self.roles[verb] & Role.SAYING and not self.signs[verb] & Sign.LIST  # not خلاصة القول
        reply = self.signs[verb] & Sign.REPLY and self.signs[verb - 1] & Sign.WAS  # كان جوابه: ...
        return Attribution(verb, None, "none", SPOKEN) if relative or saying or reply else None

    def _introduces(self, governing: Attribution, colon: int) -> bool:
        """Return whether a verb introduces what follows a colon, and not a list or a part of an indirect clause."""
        verb, speaker = governing.verb, governing.speaker
        if colon - verb > _LONGEST_GAP or self._cites(governing, colon):
            return False
        if any(sign & Sign.OWN_VERB for sign in self.signs[max(verb + 1, colon - SHORT_NAME) : colon]):
            return False  # قال ...، قلت له: ...
        before = speaker is None or speaker.end <= verb
        if before and governing.source != "carried" and verb + 1 < colon <= _LONGEST_HEADING:
            return False  # the title of a column, a byline
        if verb and self.roles[verb] & Role.CONJUNCTION and self.roles[verb - 1] & Role.RELATIVE:
            return False  # ما ورد في المحضر
        if verb and (self.roles[verb - 1] & Role.NEGATION or self._is_unreal(governing)):
            return False  # لم يقل أحد: ...
        form = self.document.verb_form(verb)
        if form is None:
            return verb == colon - 1  # بقوله
        if self.roles[colon - 1] & Role.OF:
            return False  # كل من: ...
        if form.lemma == _WRITES and verb == colon - 1 and self.document.begins_sentence(verb):
            return False  # كتب: فلان
        near = colon - 1 if self.signs[verb] & Sign.SAYS_BARE else colon - 4  # قال وهو يبتسم: ...
        if any(
            sign & Sign.LIST
            for sign in [*self.signs[max(0, verb - 1) : verb + 1], *self.signs[max(verb + 1, near) : colon]]
        ):
            return False
        begin = verb + 1
        if speaker is not None and verb < speaker.first < colon:
            begin = max(begin, speaker.end + (speaker.end in self.document.closes))
        return self._leads_to(verb, form, begin, colon)

    def _is_unreal(self, governing: Attribution) -> bool:
        """Return whether nobody in particular speaks, or nobody has spoken yet: وكأنهم يقولون، وكما يقولون، أن يقول."""
        verb, speaker = governing.verb, governing.speaker
        that = verb and self.roles[verb - 1] & Role.COMPLEMENTISER
        if self.signs[verb] & Sign.FUTURE or (that and self.signs[verb - 1] & (Sign.AND | Sign.JOINS)):
            return True  # سيقول، وإن قال أحدهم: ...
        present = self.signs[verb] & Sign.PRESENT
        told = self.document.begins_sentence(verb - 1) and not present
        if told or (speaker is not None and governing.source == "explicit" and speaker.first > verb):
            return False  # كما تساءل: ...
        if that and present and not self.roles[verb - 2] & Role.SPEAKER_END:
            return True  # لا بد أن تقول: ..., not قبل أن يضيف: ...
        return any(sign & Sign.UNREAL for sign in self.signs[max(0, verb - 2) : verb])

    def _leads_to(self, verb: int, form: Form, begin: int, colon: int) -> bool:
        """Return whether what is between a verb with its speaker and a colon lets the verb introduce the words."""
        gap = self.roles[begin:colon]
        if any(role & Role.SAYING for role in gap) or any(
            is_quotative(self.document, place) for place in range(begin, colon)
        ):
            return True
        says = self.signs[verb] & Sign.SAYS_BARE and not form.participle
        numbers = not says and any(sign & Sign.NUMBER for sign in self.signs[begin:colon])
        if len(gap) > _LONGEST_ADVERBIAL or numbers or any(role & Role.COMPLEMENTISER for role in gap):
            return False
        if gap and gap[0] & Role.BRACKET and self.document.flags[begin] & GLUED:
            return False  # (كما كان يقول) ...
        if says:
            return True
        if form.participle:
            after_verb = self.roles[verb - 1] & Role.COMMA or self.document.form[verb - 1] >= 0
            manner = (after_verb or "quotative" in form.flags) and self.signs[verb] & Sign.SAYS  # قائلا بهدوء: ...
            return not gap or bool(manner and len(gap) <= SHORT_NAME)
        if gap and gap[0] & Role.ON and form.lemma in _STRESSED:
            return False  # وأكدت اللجنة على الحضور مصطحبين: ...
        if "describes" in form.flags:
            return False
        if not self.signs[verb] & Sign.SAYS:
            first = self.signs[self._first_word(colon + 1) or colon]
            own = (
                gap and gap[0] & Role.IN and first & Sign.FIRST_PERSON and first & Sign.BEGINS
            )  # وأشار في رسالته: نحن ...
            named = (
                gap[:1] and gap[0] & Role.LA and begin + 1 in self.document.opens and colon - 1 in self.document.closes
            )
            return bool(own or named) or all(
                role & (Role.LA | Role.TURN | Role.OBJECT) for role in gap
            )  # واختتم حديثه:
        short = len(gap) <= SHORT_NAME and not any(role & Role.OBJECT for role in gap)
        return short or bool(gap[0] & _BESIDE_COLON) or begin in self.document.opens

    def _cites(self, governing: Attribution, colon: int) -> bool:
        """Return whether scripture or verse follows, which is not speech: قال تعالى, قال الرسول, قال الشاعر."""
        verb, roles = governing.verb, self.roles
        between = roles[verb + 1 : colon]
        far = _NEAR_VERSE if governing.source == "explicit" else _LONGEST_ADVERBIAL
        far = 0 if self.signs[verb] & Sign.ONWARD else far  # وأضاف: prose
        for place in range(max(0, verb - far), colon):
            if roles[place] & Role.VERSE or self.signs[place] & Sign.VERSE:
                return True
        joined = bool(self.signs[verb] & Sign.AND)  # وقال: who preaches goes on
        brackets = governing.source != "explicit" and roles[colon + 1] & Role.BRACKET
        far = _LONGEST_ADVERBIAL if brackets else int(not joined)  # والنبي صلى الله عليه وسلم قال لفلان: ...
        begin = max(0, verb - far, self.document.sentence_start(verb) if joined else 0)
        if any(_is_holy(role) for role in roles[begin:verb]):
            return True
        if not between:  # والآية التي تقول: ...
            return any(role & Role.SCRIPTURE for role in roles[max(0, verb - _NEAR_VERSE) : verb])
        return any(role & Role.HONORIFIC for role in between) or bool(between[0] & Role.SCRIPTURE)

    def _after_saying(self, place: int) -> Beginning | None:
        """Return the words after قائلا or بقوله without a colon."""
        document, roles = self.document, self.roles
        saying = roles[place] & Role.SAYING and not (roles[place] & Role.DEFINITE or self.signs[place] & Sign.LIST)
        if not (saying or is_quotative(self.document, place)) or document.cue[place] >= 0:
            return None
        first = self._first_word(place + 1)
        if first is None or document.begins_sentence(place + 1) or document.form[first] >= 0:
            return None
        dash = roles[place + 1] & Role.DASH  # قائلا - ...
        if first != place + 1 and (first != place + 2 or not (dash or bracket_end(document, first) is not None)):
            return None
        if roles[first] & (Role.HONORIFIC | Role.SPEAKER_END | Role.LA | Role.IN) or any(
            role & Role.COLON for role in roles[first : first + _NEAR]
        ):
            return None  # قائلا في تصريح ...: the words begin later
        lead = lead_in(document, place + 1)
        governing = before(document, lead, place + 1) if lead else None
        if governing is None or governing.cue or governing.how != SPOKEN:
            return None
        return Beginning(first, governing, "saying")

    def _after_verb(self, verb: int) -> Beginning | None:
        """Return the words after a verb without a colon: وقال الوزير نحن نطالب, وأضاف لا نريد."""
        document = self.document
        form = document.verb_form(verb)
        if form is None or not self.signs[verb] & Sign.SAYS:
            return None
        continues = self.signs[verb] & Sign.SAYS_BARE and document.is_participle(verb)  # مضيفا هناك ...
        if not continues and (form.participle or not document.is_finite(verb)):
            return None
        if verb and (
            document.cue[verb - 1] >= 0 or self.roles[verb - 1] & Role.BRACKET or self.signs[verb] & Sign.OWN_VERB
        ):
            return None  # كما يقول الوزير, (قالوا يا شعيب ...), سألتها
        addressee = 0
        for place in range(verb + 1, min(verb + 1 + _NEAR, document.size)):
            if place in document.opens and self.roles[place - 1] & Role.LA:
                addressee = document.opens[place]  # لـ«الوطن»
            if place <= addressee:
                continue
            if self.roles[place] & _APART or document.begins_sentence(place) or document.form[place] >= 0:
                return None
            if self.signs[place] & (Sign.BEGINS | Sign.ASKS):
                return self._at_once(verb, form, place)
        return None

    def _at_once(self, verb: int, form: Form, first: int) -> Beginning | None:
        document = self.document
        near = range(first, min(first + _NEAR, document.size))
        end = next((place for place in near if place > first and document.begins_sentence(place)), near.stop)
        apart = any(role & INTRODUCES for role in self.roles[first:end])
        opens = self.signs[first] & Sign.BEGINS and self.signs[verb] & Sign.SAYS_BARE and not apart
        asks = self.signs[first] & Sign.ASKS and self.signs[verb] & Sign.INQUIRES
        if asks and not opens:  # وتساءل الحارس لماذا ...؟
            opens = is_question(document, self.signs, document.sentence_end(first))
        if not opens and not self.signs[first] & Sign.FIRST_PERSON:
            return None
        governing = before(document, lead_in(document, first), first)
        speaker = document.phrase(verb + 1, first, verb)
        addressed = first == verb + 2 and self.signs[verb + 1] & Sign.HEARER  # فقال له يا ...
        beside = first - bool(self.roles[first - 1] & (Role.DASH | Role.COMMA))
        if first - 1 in document.closes:
            beside = document.closes[first - 1] - 1  # قال فلان لـ«الوطن» نحن نطالب
        named = speaker is not None and speaker.end == beside
        apposed = first > verb + 1 and not addressed and not named  # وقال الوزير - نحن نطالب
        if governing is None or governing.verb != verb or apposed or self._is_unreal(governing):
            return None
        if speaker is not None and self.roles[speaker.first] & Role.LA:
            return None  # قالوا لإخوانهم
        # تقول: she says, or you say; هم يسألون: the author asks
        unsure = self.signs[verb] & (Sign.PRESENT | Sign.INQUIRES) and form.gender in ("f", "p")
        return None if unsure and governing.source != "explicit" else Beginning(first, governing, "verb")

    def _name(self, colon: int) -> Attribution | None:
        """Return the attribution to a name with a colon (فلان: ...), of a speaker that a verb has elsewhere."""
        document, begin = self.document, colon
        while begin and colon - begin <= _LONGEST_LABEL and not document.begins_sentence(begin):
            begin -= 1
        if not document.begins_sentence(begin):
            return None
        while begin < colon and (not self.roles[begin] & Role.WORD or self.signs[begin] & Sign.NUMBER):
            begin += 1  # 10:45 فلان: ...
        addressee = self._addressee(colon)
        label = range(begin, colon if addressee is None else addressee)
        if not 0 < len(label) <= _LONGEST_LABEL:
            return None
        for token in label:
            is_name = self.roles[token] & Role.WORD and not self.roles[token] & _NO_NAME and document.form[token] < 0
            if not is_name or self.signs[token] & (Sign.NUMBER | Sign.LIST):
                return None
        if self._is_dateline(label, colon + 1):
            return None
        known = self.speakers.known(begin, label.stop)
        return Attribution(begin, Phrase(begin, label.stop), "explicit", SPOKEN) if known else None

    def _is_dateline(self, label: range, first: int) -> bool:
        """Return whether a city and a colon begin a report (الرياض: افتتح الوزير ...), which ends with a full stop."""
        end = self.document.sentence_end(first)
        if not (self.signs[end - 1] & Sign.PERIOD or self.roles[end - 1] & Role.STOP):
            return False  # a headline: موسكو: لن نتراجع
        cities = name_classes(self.document.corpus).bits[self.document.types[label.start : label.stop]] & Bit.PLACE
        reports = self.signs[first] & Sign.TELLS and self.roles[label.start] & Role.DEFINITE and len(label) == 1
        return bool(reports or cities.all())

    def _addressee(self, colon: int) -> int | None:
        """Return the token of ل before a name in marks and a colon: فلان لـ«الوطن»: ..."""
        open_ = self.document.closes.get(colon - 1, 0)
        return open_ - 1 if open_ and self.roles[open_ - 1] & Role.LA else None
