"""Speech without quotation marks: where it begins (وقال: نحن نطالب ...), and where the text lets it end.

A colon also introduces lists, headings, times and datelines, so the words before it decide. Where the text shows no
end, speech ends with its sentence: a later sentence belongs to it only if it speaks of the speaker (نحن، لدينا), begins
with a word that goes on (لذلك، كما) or asks on. What a reporter gives of a speaker goes
on to the end of the paragraph where no sentence is the reporter's. Tokens are numbered within one document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from corpus_kit.news.attribution import SPOKEN, Attribution, before, lead_in
from corpus_kit.news.reporting_verbs import Form, Role
from corpus_kit.news.speakers import LONGEST_PHRASE, SHORT_NAME, Document, Phrase
from corpus_kit.news.speech_signs import Sign
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, GLUED

__all__ = ["BEGINS_AFTER", "ENDS_AT", "Unmarked", "unmarked_speech", "without_verb"]

BEGINS_AFTER = ("mark", "colon", "paragraph", "saying", "verb", "name", "that")
ENDS_AT = ("mark", "report", "sentence", "paragraph", "document")

# Tokens:
_LONGEST_GAP = 30  # from a verb to its colon
_LONGEST_ADVERBIAL = 15  # from a speaker to the colon: في مؤتمر صحافي أمس
_LONGEST_LABEL = 7  # of a name before a colon
_NEAR = 8  # from a verb without a colon to نحن
_NEAR_VERSE = 5  # from الشاعر to a verb
_LONGEST_LINE = 12  # of verse
_LOOK_AHEAD = 400  # after a sentence in which the speaker may speak on
_LONGEST_CAPTION = 25
_LEAST_STATEMENT = 12
_MOST_UNSURE = 3  # sentences of a report that show nothing
_WIDE_BLANK = 3  # characters
_LEAST_WORDS = 2
_LEAST_AFTER_NAME = 4
_LEAST_AFTER_VERB = 3

_APART = Role.COMPLEMENTISER | Role.COLON | Role.STOP | Role.MARK | Role.SAYING | Role.RELATIVE
_BESIDE_COLON = Role.SPEAKER_END | Role.IN | Role.FROM | Role.LA | Role.COMMA | Role.BRACKET | Role.DASH | Role.TURN
_NO_NAME = Role.SPEAKER_END | Role.COMPLEMENTISER | Role.RELATIVE | Role.NEGATION
_STRESSED = ("أكد", "شدد", "نبه")  # with على and what is stressed
_INTRODUCES = Role.COMPLEMENTISER | Role.COLON | Role.SAYING | Role.MARK


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


class _Beginning(NamedTuple):
    first: int
    governing: Attribution
    begins_after: str


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
    speakers = _Speakers(document)
    beginnings, ends = _Beginnings(document, signs, speakers), _Ends(document, signs, speakers, spoken_marks)
    taken = 0
    for introduction in introductions:
        if introduction + 1 < taken or document.in_quotation(introduction):
            continue
        found = beginnings.after(introduction)
        if found is None or found.first < taken or found.first in spoken_marks:
            continue
        end, ends_at = ends.of(found)
        size = sum(1 for place in range(found.first, end) if _is_word(document, signs, place))
        if beginnings.least_words(found) <= size <= beginnings.most_words(found, ends_at):
            taken = end
            yield Unmarked(found.first, end, found.governing, found.begins_after, ends_at)


def without_verb(governing: Attribution) -> bool:
    """Return whether a name and a colon stand for the verb: its first word is in place of one."""
    return governing.speaker is not None and governing.speaker.first == governing.verb


def _is_word(document: Document, signs: list[int], place: int) -> bool:
    return bool(document.roles[place] & Role.WORD) and not signs[place] & Sign.NUMBER


class _Speakers:
    """The speakers whom verbs have in a document."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def _by_word(self) -> dict[int, dict[frozenset[int], list[int]]]:
        """The sets of words that name speakers by each of their words, with the first tokens of two of them."""
        found: dict[int, dict[frozenset[int], list[int]]] = {}
        for first, end in (report.speaker for report in self.document.reports):
            words = frozenset(self.document.words[first:end])
            for word in words:
                firsts = found.setdefault(word, {}).setdefault(words, [])
                if len(firsts) < 2:
                    firsts.append(first)
        return found

    def known(self, first: int, end: int) -> bool:
        """Return whether some words name a speaker whom a verb has elsewhere in the document."""
        words = set(self.document.words[first:end])
        named = self._by_word.get(self.document.words[first], {})
        return any(words <= speaker and firsts != [first] for speaker, firsts in named.items())


def _is_quotative(document: Document, token: int) -> bool:
    form = document.verb_form(token)
    return form is not None and form.participle and "quotative" in form.flags


def _is_stray(document: Document, mark: int) -> bool:
    return mark not in document.opens and mark not in document.closes


def _bracket_end(document: Document, first: int) -> int | None:
    """Return the bracket that closes words which begin after one, (نحن نطالب ...); None if there are no brackets."""
    if first >= document.size or not document.roles[first - 1] & Role.BRACKET or not document.flags[first] & GLUED:
        return None
    for place in range(first + 1, min(first + _LOOK_AHEAD, document.size)):
        if document.flags[place] & BEGINS_PARAGRAPH:
            return None
        if document.roles[place] & Role.BRACKET and document.flags[place] & GLUED:
            return place
    return None


# --------------------------------------------------------------------------------------- the beginning


class _Beginnings:
    """Where speech without marks begins in a document."""

    def __init__(self, document: Document, signs: list[int], speakers: _Speakers) -> None:
        self.document = document
        self.speakers = speakers
        self.roles = document.roles
        self.signs = signs

    def after(self, place: int) -> _Beginning | None:
        """Return the speech that a colon, a word of saying or a verb introduces."""
        if self.roles[place] & Role.COLON:
            return self._after_colon(place)
        return self._after_saying(place) or self._after_verb(place)

    def least_words(self, found: _Beginning) -> int:
        """Return the least number of words that are speech, and not a name or a heading."""
        as_said = found.governing.verb > 0 and self.document.cue[found.governing.verb - 1] >= 0  # كما يقول فلان: ...
        if found.begins_after == "verb":
            return _LEAST_AFTER_VERB
        return _LEAST_AFTER_NAME if found.begins_after == "name" or as_said else _LEAST_WORDS

    def most_words(self, found: _Beginning, ends_at: str) -> int:
        """Return the most words that are speech: a caption in mid-paragraph is often glued to what follows."""
        glued = not self.document.flags[found.governing.verb] & BEGINS_PARAGRAPH or ends_at == "sentence"
        return _LONGEST_CAPTION if found.begins_after == "name" and glued else self.document.size

    def _after_colon(self, colon: int) -> _Beginning | None:
        document = self.document
        first = self._first_word(colon + 1)
        if first is None or self._in_a_number(colon) or (colon and self.signs[colon - 1] & Sign.FIRST_PERSON):
            return None  # 10:30, ونتساءل: ...
        if document.form[first] >= 0 and self.roles[first] & Role.CONJUNCTION:
            return None  # قال: وأضاف ...
        lead = lead_in(document, colon + 1)
        governing = (before(document, lead, colon + 1) if lead else None) or self._unnamed(colon)
        if governing is None or governing.cue or governing.how != SPOKEN or not self._introduces(governing, colon):
            named = self._name(colon)
            return None if named is None else _Beginning(first, named, "name")
        across = document.flags[colon + 1] & BEGINS_PARAGRAPH
        if (across or governing.source != "explicit") and self._is_verse(first):
            return None
        if self._is_list(colon + 1, first) or self._is_scripture(first):
            return None
        return _Beginning(first, governing, "paragraph" if across else "colon")

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
        stop = min(first + _LOOK_AHEAD, self.document.size)
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
            roles[place] & (Role.DASH | Role.STOP) or (roles[place] & Role.MARK and _is_stray(document, place))
        ):
            place += 1
        if place >= document.size or roles[place] & Role.COMPLEMENTISER:
            return None
        if place in document.opens:
            return place if document.words_in(place) <= SHORT_NAME else None
        if _bracket_end(document, place + 1) is not None and not self.signs[place] & Sign.SCRIPTURE:
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
        return Attribution(verb, None, "none", SPOKEN) if relative or saying else None

    def _introduces(self, governing: Attribution, colon: int) -> bool:
        """Return whether a verb introduces what follows a colon, and not a list or a part of an indirect clause."""
        verb, speaker = governing.verb, governing.speaker
        if colon - verb > _LONGEST_GAP or self._cites(governing, colon):
            return False
        if verb and self.roles[verb] & Role.CONJUNCTION and self.roles[verb - 1] & Role.RELATIVE:
            return False  # ما ورد في المحضر
        if verb and (self.roles[verb - 1] & Role.NEGATION or self._is_unreal(governing)):
            return False  # لم يقل أحد: ...
        form = self.document.verb_form(verb)
        if form is None:
            return verb == colon - 1  # بقوله
        if any(
            sign & Sign.LIST
            for sign in [*self.signs[max(0, verb - 1) : verb + 1], *self.signs[max(verb + 1, colon - 4) : colon]]
        ):
            return False
        begin = verb + 1
        if speaker is not None and verb < speaker.first < colon:
            begin = max(begin, speaker.end + (speaker.end in self.document.closes))
        return self._leads_to(verb, form, begin, colon)

    def _is_unreal(self, governing: Attribution) -> bool:
        """Return whether nobody in particular speaks: وكأنهم يقولون، لسان حاله يقول، وكما يقولون."""
        if governing.source == "explicit":
            return False
        near = self.signs[max(0, governing.verb - 2) : governing.verb]
        return any(sign & Sign.UNREAL for sign in near)

    def _leads_to(self, verb: int, form: Form, begin: int, colon: int) -> bool:
        """Return whether what is between a verb with its speaker and a colon lets the verb introduce the words."""
        gap = self.roles[begin:colon]
        if any(role & Role.SAYING for role in gap) or any(
            _is_quotative(self.document, place) for place in range(begin, colon)
        ):
            return True
        numbers = any(sign & Sign.NUMBER for sign in self.signs[begin:colon])
        if len(gap) > _LONGEST_ADVERBIAL or numbers or any(role & Role.COMPLEMENTISER for role in gap):
            return False
        if gap and gap[0] & Role.BRACKET and self.document.flags[begin] & GLUED:
            return False  # (كما كان يقول) ...
        if form.participle:
            return not gap
        if gap and gap[0] & Role.ON and form.lemma in _STRESSED:
            return False  # وأكدت اللجنة على الحضور مصطحبين: ...
        if "describes" in form.flags:
            return False
        if not self.signs[verb] & Sign.SAYS:
            return all(role & (Role.LA | Role.TURN | Role.OBJECT) for role in gap)  # واختتم حديثه: ...
        short = len(gap) <= SHORT_NAME and not any(role & Role.OBJECT for role in gap)
        return short or bool(gap[0] & _BESIDE_COLON) or begin in self.document.opens

    def _cites(self, governing: Attribution, colon: int) -> bool:
        """Return whether scripture or verse follows, which is not speech: قال تعالى, قال الرسول, قال الشاعر."""
        verb, roles = governing.verb, self.roles
        between = roles[verb + 1 : colon]
        far = _NEAR_VERSE if governing.source == "explicit" else _LONGEST_ADVERBIAL
        for place in range(max(0, verb - far), colon):
            if roles[place] & Role.VERSE or self.signs[place] & Sign.VERSE:
                return True
        if not between:  # والآية التي تقول: ...
            return any(role & Role.SCRIPTURE for role in roles[max(0, verb - _NEAR_VERSE) : verb])
        return any(role & Role.HONORIFIC for role in between) or bool(between[0] & Role.SCRIPTURE)

    def _after_saying(self, place: int) -> _Beginning | None:
        """Return the words after قائلا or بقوله without a colon."""
        document, roles = self.document, self.roles
        saying = roles[place] & Role.SAYING and not (roles[place] & Role.DEFINITE or self.signs[place] & Sign.LIST)
        if not (saying or _is_quotative(self.document, place)) or document.cue[place] >= 0:
            return None
        first = self._first_word(place + 1)
        if first != place + 1 or document.begins_sentence(first) or document.form[first] >= 0:
            return None
        if roles[first] & (Role.HONORIFIC | Role.SPEAKER_END | Role.LA | Role.IN) or any(
            role & Role.COLON for role in roles[first : first + _NEAR]
        ):
            return None  # قائلا في تصريح ...: the words begin later
        lead = lead_in(document, first)
        governing = before(document, lead, first) if lead else None
        if governing is None or governing.cue or governing.how != SPOKEN:
            return None
        return _Beginning(first, governing, "saying")

    def _after_verb(self, verb: int) -> _Beginning | None:
        """Return the words after a verb without a colon: وقال الوزير نحن نطالب, وأضاف لا نريد."""
        document = self.document
        form = document.verb_form(verb)
        if form is None or not self.signs[verb] & Sign.SAYS:
            return None
        continues = self.signs[verb] & Sign.SAYS_BARE and document.is_participle(verb)  # مضيفا هناك ...
        if not continues and (form.participle or not document.is_finite(verb)):
            return None
        if verb and document.cue[verb - 1] >= 0:
            return None  # كما يقول الوزير
        for place in range(verb + 1, min(verb + 1 + _NEAR, document.size)):
            if self.roles[place] & _APART or document.begins_sentence(place) or document.form[place] >= 0:
                return None
            if self.signs[place] & Sign.BEGINS:
                return self._at_once(verb, form, place)
        return None

    def _at_once(self, verb: int, form: Form, first: int) -> _Beginning | None:
        document = self.document
        near = range(first, min(first + _NEAR, document.size))
        end = next((place for place in near if place > first and document.begins_sentence(place)), near.stop)
        apart = any(role & _INTRODUCES for role in self.roles[first:end])
        if not self.signs[first] & Sign.FIRST_PERSON and (not self.signs[verb] & Sign.SAYS_BARE or apart):
            return None
        governing = before(document, lead_in(document, first), first)
        speaker = document.phrase(verb + 1, first, verb)
        if governing is None or governing.verb != verb or (first > verb + 1 and (not speaker or speaker.end != first)):
            return None
        if speaker is not None and self.roles[speaker.first] & Role.LA:
            return None  # قالوا لإخوانهم
        you = self.signs[verb] & Sign.PRESENT and form.gender == "f" and governing.source != "explicit"
        return None if you else _Beginning(first, governing, "verb")  # تقول: she says, or you say

    def _name(self, colon: int) -> Attribution | None:
        """Return the attribution to a name with a colon (فلان: ...), of a speaker that a verb has elsewhere."""
        document, begin = self.document, colon
        while begin and colon - begin <= _LONGEST_LABEL and not document.begins_sentence(begin):
            begin -= 1
        label = range(begin, colon)
        if not 0 < len(label) <= _LONGEST_LABEL or not document.begins_sentence(begin):
            return None
        for token in label:
            is_name = self.roles[token] & Role.WORD and not self.roles[token] & _NO_NAME and document.form[token] < 0
            if not is_name or self.signs[token] & (Sign.NUMBER | Sign.LIST):
                return None
        known = self.speakers.known(begin, colon)
        return Attribution(begin, Phrase(begin, colon), "explicit", SPOKEN) if known else None


# ---------------------------------------------------------------------------------------------- the end


class _Ends:
    """Where speech without marks ends in a document."""

    def __init__(
        self, document: Document, signs: list[int], speakers: _Speakers, spoken_marks: Mapping[int, int]
    ) -> None:
        self.document = document
        self.speakers = speakers
        self.roles = document.roles
        self.signs = signs
        self.spoken_marks = spoken_marks

    def of(self, found: _Beginning) -> tuple[int, str]:
        """Return the token after some speech, and one of `ENDS_AT`."""
        end, ends_at = self._end(found)
        return self._trimmed(found.first, end), ends_at

    def _end(self, found: _Beginning) -> tuple[int, str]:
        first = found.first
        bracket = _bracket_end(self.document, first)
        if bracket is not None:
            return bracket, "mark"
        end, ends_at = self._sentence_end(first)
        if ends_at == "paragraph" and self.roles[first - 1] & Role.MARK and not self._is_whole(end):
            end, ends_at = self._sentence_end(end)  # a line that breaks within marks that never close
        if without_verb(found.governing):  # a headline or a caption, often glued to what follows
            report = next((place for place in range(first + 1, end) if self._is_new_report(place)), None)
            return (end, ends_at) if report is None else (self._clause_begin(first, report), "report")
        opened = self.roles[first - 1] & Role.MARK
        if ends_at == "sentence" or (opened and ends_at == "paragraph"):
            closing = self._closing_mark(end, BEGINS_PARAGRAPH if not opened else 0)
            if closing is not None:
                return closing, "mark"
        return self._last_sentence(found, end) if ends_at == "sentence" else (end, ends_at)

    def _closing_mark(self, place: int, barrier: int) -> int | None:
        """Return the mark without a partner that closes speech over several sentences, not beyond a flag of tokens."""
        limit = min(place + _LOOK_AHEAD, self.document.size)
        while place < limit and not self.document.flags[place] & barrier:
            if self.document.begins_sentence(place) and self._report_begins(place):
                return None
            if self.roles[place] & Role.MARK:
                if place in self.spoken_marks:
                    return None
                if self._closes(place) and self.document.flags[place] & GLUED:
                    return place
                place = self.document.opens.get(place, place)
            place += 1
        return None

    def _last_sentence(self, found: _Beginning, end: int) -> tuple[int, str]:
        """Return the end of the last sentence of speech whose first one ends at `end`.

        The sentences that show nothing are the speaker's if he speaks on after them (... وأضاف: ...), and in a report
        (`_is_report`) to the end of the paragraph or to the next report, unless one is the reporter's.
        """
        report = self._is_report(found, end)
        begin, how, unsure = end, "sentence", 0
        items = Sign.NUMBER if self.signs[found.first - 1] & Sign.BULLET else Sign.NUMBER | Sign.BULLET
        last = end, "sentence"
        while begin - end <= _LOOK_AHEAD and not self._is_apart(begin, items):
            if self._report_begins(begin):
                near = begin == last[0] or (report and unsure <= _MOST_UNSURE)
                return (begin, "report") if near or self._speaks_on(begin, found.governing) else last
            if self._narrates(begin):
                break
            sentence, how = self._sentence_end(begin)
            if how not in ("sentence", "report") and not (self._is_whole(sentence) or self.signs[begin] & Sign.AND):
                break  # a signature, the tags of a page
            if self._is_continued(begin, sentence, found, begin == last[0] and self._asks(begin)) and (
                unsure <= (_MOST_UNSURE if report else 0)
            ):
                last, unsure = (sentence, how), 0
            else:
                unsure += 1
            if how == "report":  # in mid-sentence, which is then the reporter's
                return last if last[0] == sentence or not report or unsure > _MOST_UNSURE + 1 else (begin, "sentence")
            if how != "sentence":
                return (sentence, how) if report and unsure <= _MOST_UNSURE else last
            begin = sentence
        return last

    def _is_continued(self, begin: int, end: int, found: _Beginning, asked: bool) -> bool:
        """Return whether a sentence shows that it goes on with what the speaker said, who `asked` just before."""
        return bool(
            self.signs[begin] & Sign.CONTINUES
            or (asked and (self._asks(end) or self.signs[begin] & Sign.ASKS))
            or (found.governing.speaker and any(sign & Sign.FIRST_PERSON for sign in self.signs[begin:end]))
        )

    def _is_report(self, found: _Beginning, end: int) -> bool:
        """Return whether a reporter gives a statement, and not a writer a saying or a turn of a story.

        Reports join verbs with و (وقال، وأضاف), begin paragraphs with a name, open marks, or follow a participle; what
        a writer cites is short, and a story says to whom somebody speaks (فقال لي).
        """
        verb = found.governing.verb
        form = self.document.verb_form(verb)
        if end - found.first < _LEAST_STATEMENT:
            return False
        if self.roles[found.first - 1] & Role.MARK:
            return True
        if form is None or form.has_object or self.signs[verb + 1] & Sign.HEARER:
            return False
        joined = self.roles[verb] & Role.CONJUNCTION and self.signs[verb] & Sign.AND
        named = found.governing.source == "explicit" and self._is_apart(self.document.sentence_start(verb))
        return bool(form.participle or joined or named)

    def _is_apart(self, sentence: int, items: int = 0) -> bool:
        """Return whether a sentence begins a paragraph, as wide blanks do, too, or has a sign of `items`."""
        return sentence >= self.document.size or bool(
            self.document.flags[sentence] & BEGINS_PARAGRAPH
            or sentence in self._wide_blanks
            or self.signs[sentence] & items
        )

    @cached_property
    def _wide_blanks(self) -> frozenset[int]:
        """The tokens after so much blank space that it parts paragraphs."""
        document = self.document
        tokens = slice(document.first, document.first + document.size)
        starts = document.corpus.token_starts[tokens].astype(np.int64)
        lengths = document.corpus.type_column("surface").str.len_chars().gather(document.types[:-1]).to_numpy()
        blanks = np.flatnonzero(np.diff(starts) - lengths >= _WIDE_BLANK) + 1
        return frozenset(blanks.tolist())

    def _is_whole(self, end: int) -> bool:
        """Return whether a full stop or a mark is at the end of a sentence."""
        return bool(self.signs[end - 1] & Sign.PERIOD or self.roles[end - 1] & (Role.MARK | Role.STOP))

    def _narrates(self, sentence: int) -> bool:
        """Return whether the reporter is back: يذكر أن, وقام الوزير, وكان قد."""
        near = self.signs[sentence : sentence + _NEAR]
        if near[0] & Sign.NARRATES:
            return True
        return bool(near[0] & Sign.WAS) and any(sign & Sign.ALREADY for sign in near)

    def _speaks_on(self, sentence: int, governing: Attribution) -> bool:
        """Return whether the report that begins with a sentence is of the same speaker: وأضاف أن, مضيفا, قال فلان."""
        document = self.document
        verb = next(
            (
                place
                for place in range(sentence, min(sentence + LONGEST_PHRASE, document.size))
                if document.is_finite(place) or document.is_participle(place)
            ),
            None,
        )
        if verb is None or verb + 1 >= document.size:
            return False
        form = document.verb_form(verb)
        if form is not None and form.participle:
            return True
        if self.roles[verb + 1] & _INTRODUCES or _is_quotative(self.document, verb + 1):
            return bool(self.signs[verb] & Sign.ONWARD)
        speaker = document.phrase(verb + 1, min(verb + 1 + LONGEST_PHRASE, document.size), verb)
        if speaker is None or governing.speaker is None:
            return False
        named = set(document.words[governing.speaker.first : governing.speaker.end])
        return set(document.words[speaker.first : speaker.end]) <= named

    def _trimmed(self, first: int, end: int) -> int:
        """Return the end without commas, full stops and dashes before it."""
        while end > first + 1 and self.roles[end - 1] & (Role.COMMA | Role.STOP | Role.DASH):
            end -= 1
        return end

    def _sentence_end(self, first: int) -> tuple[int, str]:
        """Return the token at which a sentence ends, or speech within it: at a mark, or the next report."""
        document = self.document
        place = first
        while place < document.size:
            if place > first and self._sentence_begins(place):
                apart = document.flags[place] & BEGINS_PARAGRAPH or place in self._wide_blanks
                return place, "paragraph" if apart else "sentence"
            if self.roles[place] & Role.MARK:
                verb = self.spoken_marks.get(place, first)
                if first < verb < place and (document.form[verb] >= 0 or self.roles[verb] & Role.SAYING):
                    return self._clause_begin(first, verb), "report"
                if place in self.spoken_marks or (place > first and self._closes(place)):
                    return place, "mark"
                place = document.opens.get(place, place)
            elif place > first and self._goes_on(place):
                return place, "report"
            elif place > first and self._announces(place):
                return self._clause_begin(first, place), "report"
            place += 1
        return place, "document"

    def _sentence_begins(self, place: int) -> bool:
        """Return whether a sentence begins; a semicolon ends none within speech."""
        if not self.document.begins_sentence(place) or self._breaks_after_comma(place):
            return False
        return bool(self.document.flags[place] & BEGINS_PARAGRAPH) or not self.signs[place - 1] & Sign.SEMICOLON

    def _breaks_after_comma(self, place: int) -> bool:
        """Return whether a line breaks in mid-sentence, after a single comma."""
        if not self.roles[place - 1] & Role.COMMA or self.signs[place] & Sign.BULLET:
            return False
        return not self.roles[place - 2] & Role.COMMA

    def _closes(self, mark: int) -> bool:
        """Return whether a closing mark without an opening one ends the speech (... الوزير»), and is no apostrophe."""
        if not _is_stray(self.document, mark):
            return False
        following = mark + 1
        if following >= self.document.size or not self.roles[following] & Role.WORD:
            return True
        return not self.document.flags[mark] & self.document.flags[following] & GLUED

    def _goes_on(self, place: int) -> bool:
        """Return whether a new report begins in mid-sentence: with و or ف, as a participle, or بدوره."""
        document = self.document
        after_comma = bool(self.roles[place - 1] & Role.COMMA)
        if self.roles[place] & Role.TURN or self.signs[place] & Sign.TURN:
            return after_comma
        if document.cue[place] >= 0 and place + 1 < document.size and document.form[place + 1] >= 0:
            sure = after_comma or document.is_finite(place + 1)
            return sure and self._is_introduction(place + 1)  # كما بين الوزير أن
        if self.signs[place] & Sign.OWN_VERB:
            return any(role & (Role.COLON | Role.MARK) for role in self.roles[place + 1 : place + 1 + SHORT_NAME])
        form = document.verb_form(place)
        if form is None:
            return False
        if document.is_participle(place):
            near = self.roles[place + 1 : place + 1 + SHORT_NAME]
            leads_on = any(role & Role.COMPLEMENTISER for role in near) or bool(near and near[0] & Role.TO)
            return after_comma or leads_on  # يأمل ذلك مشيرا إلى ...
        if not document.is_finite(place) or form.has_object:  # ودعونا: we called, too
            return False
        imperfect = bool(self.signs[place] & Sign.PRESENT)
        if not self.roles[place] & Role.CONJUNCTION:
            return not imperfect and after_comma and self._is_introduction(place)
        sure = not imperfect and not form.flags & {"needs", "noun", "preposition"}
        if not sure and not imperfect and after_comma:
            speaker = document.phrase(place + 1, document.size, place)
            sure = speaker is not None and self.speakers.known(speaker.first, speaker.first + 1)  # وتوقع الوزير زيادة
        return sure or self._is_introduction(place, across="preposition" not in form.flags)

    def _is_introduction(self, verb: int, *, across: bool = True) -> bool:
        """Return whether أن, a colon, بقوله, قائلا or marks follow a verb in its clause, `across` commas or not."""
        for place in range(verb + 1, min(verb + 1 + LONGEST_PHRASE, self.document.size)):
            if self.document.begins_sentence(place) or (self.roles[place] & Role.COMMA and not across):
                return False
            if self.roles[place] & _INTRODUCES or self.document.is_participle(place):
                return True
        return False

    def _announces(self, verb: int) -> bool:
        """Return whether a verb with its subject announces other words: وعن الإصابات قال سليم: ..."""
        document = self.document
        if not self.signs[verb] & Sign.SAYS:
            return False
        if self.signs[verb] & Sign.PRESENT and not document.cue[verb - 1] >= 0:
            return False
        for place in range(verb + 1, min(verb + 1 + LONGEST_PHRASE, document.size)):
            if document.begins_sentence(place) or self.roles[place] & Role.COMMA:
                return False
            if self.roles[place] & (Role.COLON | Role.COMPLEMENTISER):
                speaker = document.phrase(verb + 1, place, verb)
                named = speaker is not None and speaker.end == place
                return (bool(self.roles[place] & Role.COLON) or named) and document.is_finite(verb)
        return False

    def _clause_begin(self, first: int, verb: int) -> int:
        """Return where the clause of a verb begins, at وعن or after the comma before it; the verb if none is near."""
        for place in range(verb, max(first, verb - _LONGEST_ADVERBIAL), -1):
            if (
                self.signs[place] & Sign.TOPIC
                or self.roles[place - 1] & Role.COMMA
                or self.document.begins_sentence(place)
            ):
                return place
        return verb

    def _is_new_report(self, place: int) -> bool:
        """Return whether من جانبه, or a reporting verb in the perfect, is at a token."""
        if place + 1 < self.document.size and self.roles[place + 1] & Role.TURN:
            return bool(self.roles[place] & Role.SPEAKER_END)
        if self.roles[place] & Role.TURN or self.signs[place] & Sign.TURN:
            return True
        perfect = self.document.form[place] >= 0 and not self.signs[place] & Sign.PRESENT
        return perfect and self.document.is_finite(place)

    def _report_begins(self, sentence: int) -> bool:
        """Return whether a sentence begins a new report: with a reporting verb or من جانبه in its first words."""
        document = self.document
        for place in range(sentence, min(sentence + LONGEST_PHRASE, document.size)):
            role = self.roles[place]
            if place > sentence and document.begins_sentence(place):
                return False
            if role & (Role.TURN | Role.COLON) or self.signs[place] & Sign.TURN:
                return True
            if role & (Role.MARK | Role.COMMA) or self.signs[place] & Sign.FIRST_PERSON:
                return False
            form = document.verb_form(place)
            if form is not None and (document.is_finite(place) or document.is_participle(place)):
                return not form.flags & {"needs", "noun"} or self._is_introduction(place)
        return False

    def _asks(self, end: int) -> bool:
        return bool(self.signs[end - 1] & Sign.QUESTION)
