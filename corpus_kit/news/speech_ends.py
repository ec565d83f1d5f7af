"""Where speech without quotation marks ends: by a mark, the next report, the reporter's return, or a paragraph.

Where the text shows no end, speech ends with its sentence: a later sentence belongs to it only if it speaks of the
speaker (نحن، لدينا), begins with a word that goes on (لذلك، كما) or asks on. What a reporter gives of a speaker goes
on to the end of the paragraph where no sentence is the reporter's. Tokens are numbered within one document.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from corpus_kit.news.attribution import Attribution
from corpus_kit.news.document_words import LONGEST_PHRASE, SHORT_NAME
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.speakers import Document
from corpus_kit.news.speech_signs import Sign
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, GLUED

__all__ = [
    "ENDS_AT",
    "INTRODUCES",
    "LEAST_STATEMENT",
    "LOOK_AHEAD",
    "Beginning",
    "ReportSpeakers",
    "SpeechEnds",
    "bracket_end",
    "is_question",
    "is_quotative",
    "is_stray",
    "without_verb",
]

ENDS_AT = ("mark", "report", "sentence", "paragraph", "document")

# Tokens:
_LONGEST_ADVERBIAL = 15  # from a speaker to the colon: في مؤتمر صحافي أمس
_NEAR = 8  # from a verb without a colon to نحن
LOOK_AHEAD = 400  # after a sentence in which the speaker may speak on
_LONGEST_TITLE = 6  # in marks
_LONGEST_TAGS = 40  # of a page
LEAST_STATEMENT = 12
_LONGEST_TOPIC = 6  # from أما to its verb
_MOST_UNSURE = 3  # sentences of a report that show nothing
_WIDE_BLANK = 3  # characters

_APART_FROM_MARK = Role.COLON | Role.COMMA | Role.STOP
_PREPOSITION = Role.IN | Role.FROM | Role.ON | Role.OF | Role.TO | Role.FAR_GOVERNOR
INTRODUCES = Role.COMPLEMENTISER | Role.COLON | Role.SAYING | Role.MARK


class Beginning(NamedTuple):
    """Where some speech begins.

    Attributes:
        first: Its first token.
        governing: The verb and the speaker.
        begins_after: One of `BEGINS_AFTER`.
    """

    first: int
    governing: Attribution
    begins_after: str


def without_verb(governing: Attribution) -> bool:
    """Return whether a name and a colon stand for the verb: its first word is in place of one."""
    return governing.speaker is not None and governing.speaker.first == governing.verb


class ReportSpeakers:
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


def is_question(document: Document, signs: list[int], end: int) -> bool:
    """Return whether a question mark is at the end of a sentence, before others or not: ?!"""
    while end > 1 and _is_whole(document, signs, end) and not signs[end - 1] & Sign.QUESTION:
        end -= 1
    return bool(signs[end - 1] & Sign.QUESTION)


def _is_whole(document: Document, signs: list[int], end: int) -> bool:
    """Return whether a full stop or a mark is at the end of a sentence."""
    return bool(signs[end - 1] & Sign.PERIOD or document.roles[end - 1] & (Role.MARK | Role.STOP))


def is_quotative(document: Document, token: int) -> bool:
    """Return whether a token is قائلا or another participle that only says that words follow."""
    form = document.verb_form(token)
    return form is not None and form.participle and "quotative" in form.flags


def is_stray(document: Document, mark: int) -> bool:
    """Return whether a quotation mark has no partner."""
    return mark not in document.opens and mark not in document.closes


def bracket_end(document: Document, first: int) -> int | None:
    """Return the bracket that closes words which begin after one, (نحن نطالب ...); None if there are no brackets."""
    if first >= document.size or not document.roles[first - 1] & Role.BRACKET or not document.flags[first] & GLUED:
        return None
    for place in range(first + 1, min(first + LOOK_AHEAD, document.size)):
        if document.flags[place] & BEGINS_PARAGRAPH:
            return None
        if document.roles[place] & Role.BRACKET and document.flags[place] & GLUED:
            return place
    return None


class SpeechEnds:
    """Where speech without marks ends in a document."""

    def __init__(
        self, document: Document, signs: list[int], speakers: ReportSpeakers, spoken_marks: Mapping[int, int]
    ) -> None:
        self.document = document
        self.speakers = speakers
        self.roles = document.roles
        self.signs = signs
        self.spoken_marks = spoken_marks

    def of(self, found: Beginning) -> tuple[int, str]:
        """Return the token after some speech, and one of `ENDS_AT`."""
        end, ends_at = self._end(found)
        if self.roles[end - 1] & Role.COLON:
            end, ends_at = self._after_items(end) or self._before_lead(found.first, end) or (end, ends_at)
        while ends_at == "paragraph" and self._joins(end, found):
            further, how = self._sentence_end(end, found.governing.verb)
            if how == "sentence":
                further, how = self._last_sentence(found, further)
            if how in ("paragraph", "document") and not _is_whole(self.document, self.signs, further):
                break  # a heading, a signature
            end, ends_at = further, how
        return self._trimmed(found.first, self._before_tags(found.first, end)), ends_at

    def _before_tags(self, first: int, end: int) -> int:
        """Return the end of speech before the tags of a page at the end of its text: سمات السوق القرية."""
        document, roles = self.document, self.roles
        if end < document.size:
            return end
        for place in range(end - 1, max(first, end - _LONGEST_TAGS), -1):
            if not roles[place] & Role.WORD:
                break
            if self.signs[place] & Sign.TAGS and not roles[place - 1] & (Role.IN | Role.FROM | Role.PREPOSED):
                return place
        return end

    def _joins(self, paragraph: int, found: Beginning) -> bool:
        """Return whether a paragraph goes on with a sentence (إشارة ... / فإن ...), a statement, or its speaker."""
        if without_verb(found.governing):
            return False
        if self.signs[paragraph] & Sign.JOINS:
            return True
        own = paragraph + bool(self.signs[paragraph] & Sign.CONTINUES)  # ولن نقبل ...
        if found.governing.speaker and self.signs[own] & Sign.FIRST_PERSON:
            return True
        printed = found.begins_after == "paragraph" and paragraph - found.first >= LEAST_STATEMENT
        return printed and not (self._report_begins(paragraph) or self._narrates(paragraph))

    def _after_items(self, end: int) -> tuple[int, str] | None:
        """Return the end of the items after a colon at the end of a paragraph (ما يلي: ...); None if there are none."""
        place = end
        if not any(sign & Sign.LIST for sign in self.signs[end - 2 : end + 1]):
            return None
        while place < self.document.size and place not in self.spoken_marks:
            item = self.signs[place] & (Sign.BULLET | Sign.NUMBER | Sign.LIST)
            if not item and (place == end or not self.roles[place - 1] & Role.COLON):
                break
            place += 1
            while place < self.document.size and not self.document.flags[place] & BEGINS_PARAGRAPH:
                if place in self.spoken_marks:
                    return place, "mark"
                place += 1
        if place == end:
            return None
        return place, "document" if place >= self.document.size else "paragraph"

    def _before_lead(self, first: int, end: int) -> tuple[int, str] | None:
        """Return where the last sentence begins if it leads the reporter on with its colon: وكان لنا هذا الحوار: ..."""
        last = self.document.sentence_start(end - 1)
        return (last, "sentence") if last > first else None

    def _end(self, found: Beginning) -> tuple[int, str]:
        first = found.first
        bracket = bracket_end(self.document, first)
        if bracket is not None:
            return bracket, "mark"
        end, ends_at = self._sentence_end(first, found.governing.verb)
        if (
            ends_at == "paragraph"
            and self.roles[first - 1] & Role.MARK
            and not _is_whole(self.document, self.signs, end)
        ):
            end, ends_at = self._sentence_end(
                end, found.governing.verb
            )  # a line that breaks within marks that never close
        if without_verb(found.governing):  # a headline or a caption, often glued to what follows
            report = next((place for place in range(first + 1, end) if self._is_new_report(place)), None)
            return (end, ends_at) if report is None else (self._clause_begin(first, report), "report")
        comment = self._comment(found, end)
        if comment is not None:
            return comment, "sentence"
        opened = self.roles[first - 1] & Role.MARK
        if opened and ends_at == "report" and not self.document.begins_sentence(end):
            closing = self._closing_mark(end, BEGINS_PARAGRAPH)
            if closing is not None and not any(role & (Role.COLON | Role.SAYING) for role in self.roles[end:closing]):
                return closing, "mark"
        if ends_at == "sentence" or (opened and ends_at == "paragraph"):
            closing = self._closing_mark(end, BEGINS_PARAGRAPH if not opened else 0)
            if closing is not None:
                return closing, "mark"
        return self._last_sentence(found, end) if ends_at == "sentence" else (end, ends_at)

    def _comment(self, found: Beginning, end: int) -> int | None:
        """Return where a writer comments on a few words that he cites: تقول المرأة: اسألوا زوجي، وهذا يضيع الوقت."""
        if found.governing.source == "explicit" or self._is_report(found, end):
            return None
        near = range(found.first + 1, min(found.first + LEAST_STATEMENT, end))
        return next(
            (place for place in near if self.signs[place] & Sign.SUMS_UP and self.roles[place - 1] & Role.COMMA), None
        )

    def _closing_mark(self, place: int, barrier: int) -> int | None:
        """Return the mark without a partner that closes speech over several sentences, not beyond a flag of tokens."""
        limit = min(place + LOOK_AHEAD, self.document.size)
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

    def _last_sentence(self, found: Beginning, end: int) -> tuple[int, str]:
        """Return the end of the last sentence of speech whose first one ends at `end`.

        The sentences that show nothing are the speaker's if he speaks on after them (... وأضاف: ...), and in a report
        (`_is_report`) to the end of the paragraph or to the next report, unless one is the reporter's.
        """
        report = self._is_report(found, end)
        begin, how, unsure = end, "sentence", 0
        items = Sign.NUMBER if self.signs[found.first - 1] & Sign.BULLET else Sign.NUMBER | Sign.BULLET
        last = end, "sentence"
        while begin - end <= LOOK_AHEAD and not self._is_apart(begin, items):
            if self._report_begins(begin):
                near = begin == last[0] or (report and unsure <= _MOST_UNSURE)
                return (begin, "report") if near or self._speaks_on(begin, found.governing) else last
            if self._narrates(begin):
                break
            sentence, how = self._sentence_end(begin, found.governing.verb)
            if how in ("paragraph", "document") and not (
                _is_whole(self.document, self.signs, sentence) or self.signs[begin] & Sign.AND
            ):
                break  # a signature, the tags of a page
            if self._is_continued(
                begin, sentence, found, report, begin == last[0] and is_question(self.document, self.signs, begin)
            ) and (unsure <= (_MOST_UNSURE if report else 0)):
                last, unsure = (sentence, how), 0
            else:
                unsure += 1
            if how == "report":  # in mid-sentence, which is then the reporter's
                return last if last[0] == sentence or not report or unsure > _MOST_UNSURE + 1 else (begin, "sentence")
            if how != "sentence":
                return (sentence, how) if report and unsure <= _MOST_UNSURE else last
            begin = sentence
        return last

    def _is_continued(self, begin: int, end: int, found: Beginning, report: bool, asked: bool) -> bool:
        """Return whether a sentence shows that it goes on with what the speaker said, who `asked` just before.

        What sums up (وهذا ...) or supposes (ولو ...) is the comment of a writer where nobody reports.
        """
        return bool(
            (self.signs[begin] & Sign.CONTINUES and (report or not self.signs[begin] & Sign.COMMENTS))
            or (self.signs[begin] & Sign.LIST and self.roles[begin + 1] & Role.COLON)  # ثانيا: ...
            or (asked and (is_question(self.document, self.signs, end) or self.signs[begin] & Sign.ASKS))
            or (found.governing.speaker and any(sign & Sign.FIRST_PERSON for sign in self.signs[begin:end]))
        )

    def _is_report(self, found: Beginning, end: int) -> bool:
        """Return whether a reporter gives a statement, and not a writer a saying or a turn of a story.

        Reports join verbs with و (وقال، وأضاف), begin paragraphs with a name, open marks, or follow a participle; what
        a writer cites is short, and a story says to whom somebody speaks (فقال لي).
        """
        verb = found.governing.verb
        form = self.document.verb_form(verb)
        joined = self.roles[verb] & Role.CONJUNCTION and self.signs[verb] & Sign.AND
        if end - found.first < LEAST_STATEMENT and not (joined and self.signs[verb] & Sign.ONWARD):  # وأضاف: ...
            return False
        if self.roles[found.first - 1] & Role.MARK:
            return True
        if form is None or form.has_object or self.signs[verb + 1] & Sign.HEARER:
            return False
        begin = self.document.sentence_start(verb)
        turn = any(role & Role.TURN for role in self.roles[begin:verb])  # من جهته، قال الوزير: ...
        speaker = found.governing.speaker
        here = speaker is not None and speaker.first >= begin  # صرح الوزير ... حيث قال
        named = here and (turn or self._is_apart(begin))
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
        if self.roles[verb + 1] & INTRODUCES or is_quotative(self.document, verb + 1):
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

    def _sentence_end(self, first: int, verb: int) -> tuple[int, str]:
        """Return where a sentence of a verb's speech ends, or the speech within it: at a mark, or the next report."""
        document = self.document
        place = first
        while place < document.size:
            if place > first and self._sentence_begins(place):
                apart = document.flags[place] & BEGINS_PARAGRAPH or place in self._wide_blanks
                return place, "paragraph" if apart else "sentence"
            if self.roles[place] & Role.MARK:
                other = self.spoken_marks.get(place, first)
                told = (
                    self._is_told_to(other, verb, first)
                    or self._cites(other)
                    or self.roles[other - 1] & Role.COMPLEMENTISER
                )
                reports = document.form[other] >= 0 or self.roles[other] & Role.SAYING
                if first < other < place and reports and not told:
                    return self._clause_begin(first, other), "report"
                apart = place in self.spoken_marks and not (told or self._belongs(place, first))
                if apart or (place > first and self._closes(place)):
                    return place, "mark"
                place = document.opens.get(place, place)
            elif place > first and (self._cites(place) or self._is_told_to(place, verb, first)):
                pass  # the speaker tells what others say
            elif place > first and self._goes_on(place, verb):
                spoken = document.is_participle(place) and document.is_finite(place - 1)  # وعن الكتاب يقول مضيفا ...
                as_for = max(first + 1, place - _LONGEST_TOPIC)  # أما الثالث فقال: ...
                topic = next((each for each in range(as_for, place) if self.roles[each] & Role.AS_FOR), place)
                return self._clause_begin(first, place - 1) if spoken else topic, "report"
            elif place > first and (self._announces(place) or self._tells_whose(place)):
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
        if not is_stray(self.document, mark):
            return False
        following = mark + 1
        if following >= self.document.size or not self.roles[following] & Role.WORD:
            return True
        return not self.document.flags[following] & GLUED  # neither an apostrophe nor a mark that opens

    def _tells_whose(self, place: int) -> bool:
        """Return whether the reporter says after the speech whose words it has: ..., على حد قوله."""
        after_comma = self.document.cue[place] >= 0 and self.roles[place - 1] & Role.COMMA
        return bool(after_comma) and any(cue.kind == "own" for cue in self.document.cues_at(place))

    def _goes_on(self, place: int, verb: int) -> bool:
        """Return whether a report begins in mid-sentence after a verb's speech: و or ف, a participle, or بدوره."""
        document = self.document
        after_comma = bool(self.roles[place - 1] & Role.COMMA)
        if self._is_other_matter(place):
            return True
        if self.roles[place] & Role.TURN or self.signs[place] & Sign.TURN:
            return after_comma
        if document.cue[place] >= 0 and place + 1 < document.size and document.form[place + 1] >= 0:
            sure = after_comma or document.is_finite(place + 1)
            return sure and self._is_introduction(place + 1) and self._is_told(place + 1)  # كما بين الوزير أن
        if self.signs[place] & Sign.OWN_VERB:
            near = self.roles[place + 1 : place + 1 + SHORT_NAME]
            apart = self.roles[place - 1] & (Role.COMMA | Role.STOP | Role.MARK)  # or it is in his tale: ... وقلت
            told = self.signs[verb + 1] & Sign.ME or any(role & (Role.COLON | Role.MARK) for role in near)
            return bool(apart and told)
        form = document.verb_form(place)
        if form is None:
            return False
        if document.is_participle(place):
            near = self.roles[place + 1 : place + 1 + SHORT_NAME]
            leads_on = near and near[0] & (Role.TO | Role.COLON | Role.COMPLEMENTISER)
            points = "إلى" in form.frames  # not لافتة كبيرة
            apart = (after_comma or self.signs[place - 1] & Sign.SEMICOLON) and not points
            return bool(apart or leads_on or (after_comma and self._points(place)))  # يأمل ذلك مشيرا إلى ...
        if not document.is_finite(place) or form.has_object:  # ودعونا: we called, too
            return False
        imperfect = bool(self.signs[place] & Sign.PRESENT)
        if self._is_answer(place):
            return False
        if not self.roles[place] & Role.CONJUNCTION:
            return not imperfect and after_comma and self._is_introduction(place)
        if imperfect or not after_comma:
            return self._introduces_at_once(place)
        sure = not form.flags & {"needs", "noun", "preposition"} and self._agrees(place, verb)
        if not sure:
            speaker = document.phrase(place + 1, document.size, place)
            sure = speaker is not None and self.speakers.known(speaker.first, speaker.first + 1)  # وتوقع الوزير زيادة
        return sure or self._is_introduction(place, across="preposition" not in form.flags)

    def _points(self, participle: int) -> bool:
        """Return whether a participle that takes إلى or أن has one of them in its clause: لافتا في هذا إلى ..."""
        near = self.roles[participle + 1 : participle + 1 + LONGEST_PHRASE]
        return any(role & (Role.TO | Role.COLON | Role.COMPLEMENTISER | Role.MARK) for role in near)

    def _agrees(self, other: int, verb: int) -> bool:
        """Return whether a verb without أن may have the speaker of another: وقال أحمد: ... ورفضت الشركة is his tale."""
        genders = {self.document.gender(other), self.document.gender(verb)}
        return bool(self.signs[other] & Sign.SAYS) or genders != {"m", "f"}

    def _is_told_to(self, other: int, verb: int, first: int) -> bool:
        """Return whether somebody speaks to somebody in the speaker's tale: وقال لي الموظف; a long one, وقالت لهم."""
        if not self.document.is_finite(other) or self.signs[other] & Sign.OWN_VERB:
            return False
        if self.signs[other] & Sign.TOLD_ME:  # أجابني الموظف
            return not self.signs[verb] & Sign.TOLD_ME
        heard = Sign.ME | Sign.THEM if other - first >= LEAST_STATEMENT else Sign.ME
        following = min(other + 1, self.document.size - 1)
        return bool(self.signs[following] & heard and not self.signs[verb + 1] & heard)

    def _cites(self, verb: int) -> bool:
        """Return whether the speaker cites scripture with a verb (قال تعالى, وقال عليه السلام), which is no report."""
        if not self.signs[verb] & Sign.SAYS_BARE:
            return False
        following = self.roles[verb + 1 : verb + 3]
        aside = bool(following and following[0] & (Role.DASH | Role.BRACKET))  # قال -صلى الله عليه وسلم-
        return any(role & (Role.HONORIFIC | Role.SCRIPTURE) for role in following[aside : aside + 1])

    def _belongs(self, open_: int, first: int) -> bool:
        """Return whether few words in marks in mid-sentence are a name or a list without a verb: في «سوق الجمعة»."""
        document, inside = self.document, range(open_ + 1, self.document.opens.get(open_, open_))
        if open_ <= first or self.roles[open_ - 1] & _APART_FROM_MARK or document.begins_sentence(open_):
            return False
        if document.words_in(open_) > _LONGEST_TITLE:
            return False
        if self.roles[open_ + 1] & Role.IMPERFECT and not self.roles[open_ - 1] & _PREPOSITION:  # رغم «نثر الواقع»
            return False
        return not any(
            self.roles[place] & (Role.COMPLEMENTISER | Role.NEGATION)
            or self.signs[place] & Sign.FIRST_PERSON
            or document.form[place] >= 0
            for place in inside
        )

    def _is_answer(self, verb: int) -> bool:
        """Return whether a verb answers the speaker in what he tells: سألت والدي ... فقال إنها ..."""
        if self.signs[verb] & Sign.AND:
            return False
        row = bisect_left(self._own_verbs, verb)
        return row > 0 and self._own_verbs[row - 1] >= self.document.sentence_start(verb)

    @cached_property
    def _own_verbs(self) -> list[int]:
        """The verbs of an author who speaks, in order."""
        return [place for place, sign in enumerate(self.signs) if sign & Sign.OWN_VERB]

    def _is_told(self, verb: int) -> bool:
        """Return whether somebody speaks with a verb after كما, and not the studies of which the speaker tells."""
        if self.signs[verb] & Sign.SAYS or self.document.gender(verb) != "f":
            return True
        speaker = self.document.phrase(verb + 1, self.document.size, verb)
        return speaker is None or self.speakers.known(speaker.first, speaker.first + 1)

    def _is_introduction(self, verb: int, *, across: bool = True) -> bool:
        """Return whether أن, a colon, بقوله, قائلا or marks follow a verb in its clause, `across` commas or not."""
        for place in range(verb + 1, min(verb + 1 + LONGEST_PHRASE, self.document.size)):
            if self.document.begins_sentence(place) or (self.roles[place] & Role.COMMA and not across):
                return False
            if self._governs(place) or (self.roles[place] & Role.MARK and self._closes(place)):
                continue
            if self.roles[place] & INTRODUCES or self.document.is_participle(place):
                return True
        return False

    def _governs(self, that: int) -> bool:
        """Return whether another word than a reporting verb governs أن: إلا أن، يمكن أن."""
        governed = self.roles[that] & Role.COMPLEMENTISER and self.roles[that - 1] & Role.GOVERNOR
        return bool(governed) and self.document.form[that - 1] < 0

    def _introduces_at_once(self, verb: int) -> bool:
        """Return whether a colon, بقوله or marks follow a verb without a comma, or أن right after it or its speaker."""
        document = self.document
        for place in range(verb + 1, min(verb + 1 + LONGEST_PHRASE, document.size)):
            if document.begins_sentence(place) or self.roles[place] & Role.COMMA:
                return False
            if self.roles[place] & Role.COMPLEMENTISER:
                if place <= verb + 2:
                    return not self.roles[place - 1] & (Role.PRONOUN | Role.GOVERNOR)
                speaker = document.phrase(verb + 1, place, verb)
                return speaker is not None and speaker.end == place
            if self.roles[place] & INTRODUCES or document.is_participle(place):
                return not (self.roles[place] & Role.MARK and self._closes(place))
        return False

    def _announces(self, verb: int) -> bool:
        """Return whether a verb with its subject announces other words: وعن الإصابات قال سليم: ..."""
        document = self.document
        if not self.signs[verb] & Sign.SAYS or self._is_answer(verb):
            return False
        if self.signs[verb] & Sign.PRESENT and not document.cue[verb - 1] >= 0:
            return False
        for place in range(verb + 1, min(verb + 1 + LONGEST_PHRASE, document.size)):
            if document.begins_sentence(place) or self.roles[place] & Role.COMMA:
                return False
            if self.roles[place] & (Role.COLON | Role.COMPLEMENTISER):
                speaker = document.phrase(verb + 1, place, verb)
                named = speaker is not None and speaker.end == place
                begin = self._clause_begin(document.sentence_start(verb), verb)
                finite = document.is_finite(verb) or self.signs[begin] & Sign.TOPIC  # وعن الأسعار ذكر عبيد أن
                return bool(finite and (named or self.roles[place] & Role.COLON))
        return False

    def _clause_begin(self, first: int, verb: int) -> int:
        """Return where the clause of a verb begins, at وعن or after the comma before it; the verb if none is near."""
        for place in range(verb, max(first, verb - _LONGEST_ADVERBIAL), -1):
            if (
                self.signs[place] & Sign.TOPIC
                or self.roles[place - 1] & (Role.COMMA | Role.STOP)
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
        return perfect and self.document.is_finite(place) and not self._cites(place)

    def _is_other_matter(self, place: int) -> bool:
        """Return whether the reporter goes over to something else: من جانب آخر أعلن النادي, وفي سياق متصل."""
        if not self.signs[place + 1 : place + 2] or not self.signs[place + 1] & Sign.SIDE:
            return False
        other = self.signs[min(place + 2, self.document.size - 1)] & Sign.OTHER
        verb = range(place + 3, min(place + 3 + SHORT_NAME, self.document.size))
        return bool(other) and any(self.document.is_finite(each) for each in verb)

    def _report_begins(self, sentence: int) -> bool:
        """Return whether a sentence begins a new report: with a reporting verb or من جانبه in its first words."""
        document = self.document
        if self._is_other_matter(sentence):
            return True
        for place in range(sentence, min(sentence + LONGEST_PHRASE, document.size)):
            role = self.roles[place]
            if place > sentence and document.begins_sentence(place):
                return False
            if role & Role.TURN or self.signs[place] & Sign.TURN:
                return True
            if role & Role.COLON:  # ثانيا: ..., أن تقول: ...
                return not (self.signs[place - 1] & Sign.LIST or document.is_embedded(place - 1))
            if role & (Role.MARK | Role.COMMA) or self.signs[place] & Sign.FIRST_PERSON:
                return False
            form = document.verb_form(place)
            if form is not None and (document.is_finite(place) or document.is_participle(place)):
                if self._cites(place):
                    return False
                if form.flags & {"needs", "noun"}:
                    speaks_on = self.signs[place] & Sign.ONWARD and self.signs[place + 1] & Sign.BEGINS  # ويواصل لا بد
                    return bool(speaks_on) or self._is_introduction(place)
                return self._leads(sentence, place) or self._is_introduction(place, across=False)
        return False

    def _leads(self, sentence: int, verb: int) -> bool:
        """Return whether a verb leads its sentence, alone or after كما, قد, ثم or a speaker; not وجامعات أعلنت ..."""
        if verb == sentence or self.signs[verb] & Sign.SAYS or self.document.is_participle(verb):
            return True
        particle = self.roles[verb - 1] & Role.PARTICLE or self.signs[verb - 1] & Sign.NARRATES
        return bool(particle) or self.document.cue[verb - 1] >= 0 or self.speakers.known(sentence, sentence + 1)
