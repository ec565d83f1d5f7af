"""Who speaks where a reporting verb has no subject after it: the last speaker, or whom a nearer sentence is about.

`TopicSpeakers.carried` serves all tiers; `TopicSpeakers.of` adds what is sure only where a colon or قائلا shows that
somebody speaks. `SentenceTopics` says whom a sentence is about.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from corpus_kit.news.document_words import LONGEST_PHRASE, SHORT_NAME
from corpus_kit.news.name_phrases import NameReader
from corpus_kit.news.name_words import Bit
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.sentence_topics import ADVERBIAL, LONGEST_SENTENCE, MOST_BETWEEN, NO_SUBJECT, SentenceTopics
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document, Report
from corpus_kit.news.speech_signs import Sign

__all__ = ["Spoken", "TopicSpeakers", "source_cue"]

# Tokens:
_PARAGRAPHS_BACK = 2
_MOST_SENTENCES = 30  # looked back at, where a text has no paragraphs
_LONGEST_CHAIN = 8  # verbs without a subject that carry a speaker on
_MOST_UNSURE = 50  # reports without a sure speaker, so that time stays linear

_APART = Role.COLON | Role.MARK | Role.STOP
_HEADS_PERSON = Bit.TITLE | Bit.GIVEN | Bit.HONOUR | Bit.UNNAMED


class Spoken(NamedTuple):
    """Speech that has been found: its verb, its first token and the one after its last, and the speaker."""

    verb: int
    first: int
    end: int
    speaker: Phrase | None


class _Said(NamedTuple):
    """Where somebody speaks or is spoken of, and who; None for a verb that only carries somebody on."""

    place: int
    speaker: Phrase | None


def source_cue(document: Document, place: int, limit: int) -> tuple[int, Phrase] | None:
    """Return the word that names a cue such as بحسب at this token, and the speaker after it; None without either."""
    for cue in document.cues_at(place):
        first = place + len(cue.words)
        if cue.kind != "source":
            continue
        if cue.before_lam and not (first < document.size and document.roles[first] & Role.LA):
            continue
        speaker = _medium(document, first, limit) if cue.before_lam else None
        speaker = speaker or document.phrase(first, limit)
        if speaker is not None:
            after_noun = document.roles[first - 1] & Role.SPEAKER_END  # جاء في
            return (place if after_noun and len(cue.words) > 1 else first - 1), speaker
    return None


def _medium(document: Document, first: int, limit: int) -> Phrase | None:
    """Return a newspaper or station with its name, which after a cue is no addressee (وفقا لصحيفة «كذا» فإن)."""
    if first + 1 >= limit or not document.roles[first] & Role.ADDRESSEE:
        return None
    name = document.phrase(first + 1, limit)
    return Phrase(first, name.end + (name.first - 1 in document.opens)) if name else None


class TopicSpeakers:
    """Whom the sentences of a document are about, as speakers of verbs without a subject.

    Attributes:
        spoken: The speech without marks found so far, in order: nothing in it is the reporter's.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.roles = document.roles
        self.topics = SentenceTopics(document)
        self.signs = self.topics.signs
        self.spoken: list[Spoken] = []
        self._sure: dict[int, bool] = {}

    @property
    def reader(self) -> NameReader:
        return self.topics.reader

    def of(self, verb: int, first: int, speaker: Phrase | None, source: str) -> tuple[Phrase | None, str]:
        """Return who speaks words without marks that begin at `first`, whom the text names most plainly, and how.

        Args:
            verb: The verb.
            first: The first word.
            speaker: Whom the rules for all tiers give.
            source: How they do: "explicit", "carried" or "none".
        """
        if speaker is not None and source == "explicit" and self.topics.is_addressee(speaker):
            speaker, source = None, "none"  # تحدث لـ(الوطن) المدير
        if speaker is not None and source == "explicit" and self._is_answered(speaker.first, verb):
            speaker, source = None, "none"
        beside = self._beside(verb) if speaker is None or source != "explicit" or speaker.first < verb else None
        if beside is not None:
            return beside, "explicit"
        if source == "explicit":
            doubtful = speaker is not None and not self.topics.is_known(speaker)
            before = speaker is not None and (speaker.first < verb or self._is_state(speaker))
            subject = self._before(verb) if doubtful else None
            if subject is not None and not before and not self.topics.is_known(subject):
                subject = None  # فلان يوضح الرأي قائلا
            return (speaker if subject is None else subject), source
        subject = self._after(verb, first) or self._before(verb)
        if subject is not None:
            return subject, "explicit"
        subject = self._carried(verb, speaker)
        return subject, "none" if subject is None else "carried"

    def carried(self, verb: int, place: int) -> Phrase | None:
        """Return whom a verb without a subject carries on, by what is before a token: itself, or words in marks."""
        goes_on = self.document.continues(verb)
        here = self._in_sentence(verb, goes_on) if place == verb else None
        if here is not None:
            return here
        return self._carried_further(verb, place) if goes_on else None

    def sentence_subject(self, place: int) -> Phrase | None:
        """Return whom the sentence of a word is about, by what is before it; None if nothing shows it."""
        return self.topics.of(place, place)

    def _in_sentence(self, verb: int, goes_on: bool) -> Phrase | None:
        """Return the last speaker before a verb in its sentence, or whom the sentence is about, who is nearer."""
        start = self.document.sentence_start(verb)
        if start == verb:
            return None
        report = self._last_report(verb, self.document.gender(verb)) if goes_on else None
        speaker = report.speaker if report is not None and report.place >= start else None
        topic = self.topics.of(verb, verb)
        if topic is None or (speaker is not None and topic.first < speaker.end):
            return speaker
        return topic if goes_on or self._has_subject_before(verb, topic) else speaker

    def _has_subject_before(self, verb: int, topic: Phrase) -> bool:
        """Return whether the topic of a sentence is the subject of a verb that no conjunction joins to what precedes.

        Another noun may be: تلقى الوزير بلاغا من شخص يفيد.
        """
        near = self.roles[max(0, verb - SHORT_NAME + 1) : verb]
        if self.roles[verb - 1] & Role.WHEN or any(role & Role.OBJECT for role in near):
            return True  # حيث أكدت; أصدرت الوزارة بيانا قالت
        inside = verb + 1 < self.document.size and self.roles[verb + 1] & Role.PRONOUN  # قالت فيه
        form, asked = self.document.verb_form(verb), self.signs[topic.first - 1] & Sign.ASKED  # سئل الوزير عن كذا، قال
        object_ = form is not None and form.has_object  # خطة يصفها بأنها
        return bool(inside or object_ or asked or form is None) or topic.first == self.topics.opening(verb)

    # ------------------------------------------------------------------------------- beside the verb

    def _after(self, verb: int, first: int) -> Phrase | None:
        """Return what stands between a verb and its colon, of whatever gender: يقول الرواة:, وتساءل بعض الناس:."""
        document, place = self.document, verb + 1
        if self.roles[place] & Role.LA or self.topics.is_each_of(place):  # تحدث لـ(الوطن) المدير قائلا
            return self.topics.verbal(verb, first)
        form = document.verb_form(verb)
        if form is None or form.participle or not self.signs[verb] & Sign.SAYS:
            return None
        colon = next((token for token in range(place, first) if self.roles[token] & Role.COLON), None)
        if colon is None or not 2 <= colon - verb <= LONGEST_PHRASE:
            return None
        if self.roles[place] & Role.BRACKET:  # يقول (خالد):
            close = next((token for token in range(place + 1, colon) if self.roles[token] & Role.BRACKET), place)
            short = 1 < close - place <= SHORT_NAME + 1
            return Phrase(place + 1, close) if short and self.topics.names(place + 1) else None
        part = bool(self.signs[place] & Sign.SOME)
        phrase = document.phrase(place + part, colon)
        if phrase is None or phrase != (place + part, colon):
            return None
        return Phrase(place, colon) if part else phrase if self.topics.is_known(phrase) else None

    def _beside(self, verb: int) -> Phrase | None:
        """Return who is named right before a verb, though no subject of it: see the three that follow."""
        return self._narrator(verb) or self._antecedent_in_brackets(verb) or self._writer(verb)

    def _narrator(self, verb: int) -> Phrase | None:
        """Return who hands a tradition down: عن أبي هريرة قال, عن فلان رضي الله عنه قال; not وعن اللاعب قال."""
        if self.roles[verb] & Role.CONJUNCTION:
            return None
        for place in range(verb - 2, max(self.document.sentence_start(verb), verb - LONGEST_PHRASE) - 1, -1):
            if self.signs[place] & Sign.ABOUT:
                name = self.topics.named(place + 1, verb)
                blessed = name is not None and any(sign & Sign.BLESSING for sign in self.signs[name.end : verb])
                kin = self.reader.bits[place + 1] & Bit.PARTICLE and name is not None and name.end == verb
                return name if blessed or kin else None
        return None

    def _antecedent_in_brackets(self, verb: int) -> Phrase | None:
        """Return the name in brackets or marks before الذي: قصة (فلان) الذي يقول."""
        close = verb - 2
        if close < 1 or not self.document.in_relative(verb) or not self.roles[verb - 1] & Role.DEFINITE:
            return None
        near = range(close - 1, max(close - SHORT_NAME - 2, -1), -1)
        open_ = next((place for place in near if self.roles[place] & (Role.BRACKET | Role.MARK)), close)
        inside = self.roles[close] & (Role.BRACKET | Role.MARK) and close - open_ > 1
        return Phrase(open_ + 1, close) if inside else None

    def _writer(self, verb: int) -> Phrase | None:
        """Return from whom a letter or statement comes: رسالة من الأخ فلان وفيها يقول, بيان أصدره النادي قال فيه."""
        near = [*self.signs[max(0, verb - 1) : verb], *self.signs[verb + 1 : verb + 2]]
        if not any(sign & Sign.INSIDE for sign in near):
            return None
        start = max(self.document.sentence_start(verb), verb - LONGEST_PHRASE * 2)
        for place in range(verb - 2, start, -1):
            issued = self.signs[place - 1] & Sign.ISSUED
            name = self.topics.named(place, verb) if issued or self.roles[place - 1] & Role.OF else None
            if name is not None and (issued or self.reader.bits[place] & _HEADS_PERSON):
                return name
        return None

    def _is_answered(self, first: int, verb: int) -> bool:
        """Return whether the answer to أما comes before a verb, which is of somebody else: أما الفكر فهو ... فقال."""
        after_as_for = first and self.roles[first - 1] & Role.AS_FOR
        return bool(after_as_for) and any(sign & Sign.CONTINUES for sign in self.signs[first + 1 : verb])

    def _is_state(self, speaker: Phrase) -> bool:
        """Return whether one indefinite word after a verb may be how somebody speaks: فلان يصيح منتشيا."""
        return speaker.end - speaker.first == 1 and not self.topics.is_definite(speaker.first)

    def _before(self, verb: int) -> Phrase | None:
        """Return the subject before a verb that no conjunction joins: فلان، رئيس النادي، يقول; أما فلان فقال."""
        near = range(max(self.document.sentence_start(verb), verb - MOST_BETWEEN), verb)
        as_for = next((place for place in near if self.roles[place] & Role.AS_FOR), None)  # ...، أما فلان فقال
        start = self.topics.opening(verb) if as_for is None else as_for + 1
        if verb and self.signs[verb - 1] & Sign.CONTINUES and self.topics.is_definite(verb - 1):
            return Phrase(verb - 1, verb)  # فالبعض يقول
        if (
            start is None
            or self._is_answered(start, verb)
            or (self.roles[verb] & Role.CONJUNCTION and not (start and self.roles[start - 1] & Role.AS_FOR))
        ):
            return None
        if verb == start + 1 and self.roles[start] & Role.ADDRESSEE:
            return Phrase(start, verb)  # عكاظ تقول
        subject = (
            self.topics.nominal(start, verb) or self.topics.verbal(start, verb) or self._unknown_nominal(start, verb)
        )
        if subject is None:
            return None
        end = subject.end + (subject.end in self.document.closes)
        if any(role & _APART for role in self.roles[end:verb]):
            return None
        return None if any(self.document.is_finite(each) for each in range(start, verb)) else subject

    def _unknown_nominal(self, start: int, verb: int) -> Phrase | None:
        """Return a subject before a verb that only its place shows: «الوطن» تقول, المنطق يقول, فلان وزير كذا قال."""
        role, in_marks = self.roles[start], start in self.document.opens
        if role & NO_SUBJECT or self.document.form[start] >= 0 or self.topics.is_imperfect(start):
            return None
        if role & Role.JOINED:
            subject = self._definite_before(verb)
            return subject if subject is not None and subject.first == start else None
        near = self.reader.bits[start + 1 : min(start + 1 + SHORT_NAME, verb)]
        titled = any(bits & Bit.TITLE and not bits & Bit.DEFINITE for bits in near)
        alone = verb - start <= SHORT_NAME + 2 and self.roles[verb - 1] & Role.COMMA
        named = self.topics.is_definite(start) or titled or alone
        if not in_marks and (not named or self.topics.is_no_name(Phrase(start, verb))):
            return None
        subject = self.document.phrase(start, verb)
        return subject if subject is not None and self.topics.agrees_in_gender(subject, verb) else None

    # ------------------------------------------------------------------------------ what a sentence is about

    def _carried(self, verb: int, common: Phrase | None) -> Phrase | None:
        """Return whom a verb without a subject carries on: the common rules' speaker, or a surer or nearer one."""
        if common is not None and self.topics.is_no_name(common):
            common = None
        asked = self._just_asked(verb)
        if asked is not None and common == asked:
            return None  # ... قال: من أنت؟ قال: ...
        if self.document.in_relative(verb):
            return common or self._definite_before(verb - 1)
        if self.signs[verb] & Sign.OWN_VERB:
            return common
        form = self.document.verb_form(verb)
        if (
            form is not None
            and form.has_object
            and self.roles[verb - 1] & Role.WHEN
            and self.roles[verb + 1] & Role.COLON
        ):
            return None  # أجاب فلان عندما سأله: he is asked
        doubtful = common is None or not self.topics.is_known(common)
        subject = self._who_agrees(verb) or self.topics.of(verb, verb) or (self._reporter(verb) if doubtful else None)
        if subject is not None and (common is None or doubtful or common.first <= subject.first):
            return subject
        if common is None and self._goes_on(verb):
            return self._carried_further(verb, verb)
        return common

    def _who_agrees(self, verb: int) -> Phrase | None:
        """Return who agrees with the speaker in the sentence of a verb: وأكد فلان ...، ويؤيده فلان ... مضيفا."""
        start = self.document.sentence_start(verb)
        places = range(verb - 1, max(start, verb - LONGEST_SENTENCE), -1)
        agrees = next((place for place in places if self.signs[place] & Sign.AGREES), None)
        subject = None if agrees is None else self.topics.verbal(agrees, verb)
        return subject if subject is not None and self.topics.agrees(subject, verb) else None

    def _definite_before(self, token: int) -> Phrase | None:
        """Return the definite words before a verb or relative pronoun: والمنطق يقول، الحكمة التي تقول."""
        first = token
        while first and token - first < SHORT_NAME and self.topics.is_definite(first - 1):
            first -= 1
        return Phrase(first, token) if first < token and not self.roles[first] & Role.PREPOSED else None

    def _just_asked(self, verb: int) -> Phrase | None:
        """Return who has just asked a question, which somebody else answers; None if nobody has."""
        if not self.spoken or self.signs[verb] & Sign.ONWARD:
            return None
        last = self.spoken[-1]
        near = last.end <= verb <= last.end + 2
        question = any(self.signs[place] & Sign.QUESTION for place in range(last.end - 1, min(verb, last.end + 1)))
        return last.speaker if near and question else None

    def _carried_further(self, verb: int, place: int) -> Phrase | None:
        """Return the last speaker before the sentence of a token, over any number of verbs without a subject."""
        gender = self.document.gender(verb)
        onward = bool(self.signs[verb] & Sign.ONWARD)
        for _ in range(_LONGEST_CHAIN):
            start = self.document.sentence_start(place)
            report = self._last_report(start, gender, onward, preaching=bool(self.signs[verb] & Sign.AND))
            found = self._topic_before(place, verb)
            carried = self._last_spoken(place, gender)
            if report is not None and found is not None and report.speaker is not None:
                again = found.place in range(*report.speaker)
                announced = onward and found.speaker is not None and self.document.reports_speaker(found.speaker)
                found = None if again or announced else found
            said = filter(None, (report, found, carried, self._last_source(start, gender)))
            latest = max(said, key=lambda each: (each.place, each.speaker is not None), default=None)
            if latest is None:
                return None
            if latest.speaker is not None:
                return latest.speaker
            place = latest.place
        return None

    def _last_report(self, place: int, gender: str, onward: bool = False, *, preaching: bool = False) -> _Said | None:
        """Return the last report before a token with a sure speaker; whoever goes on (وأضاف) has been quoted.

        Who is `preaching` goes on after the scripture that he cites (وقال), whose speaker is passed over.
        """
        report, announced = self.document.last_report(place, gender), None
        for _ in range(_MOST_UNSURE):
            if report is None:
                break
            if announced is not None and self.document.paragraph(report.verb) < self.document.paragraph(announced.verb):
                break
            if report.verb not in self._sure:
                self._sure[report.verb] = self.topics.is_sure(report)
            if self._sure[report.verb]:
                if (onward or preaching) and self.roles[report.speaker.first] & Role.HONORIFIC:
                    pass
                elif not onward or not self._only_announces(report):
                    return _Said(report.verb, report.speaker)
                else:
                    announced = announced or report
            report = self.document.last_report(report.verb, gender)
        return None if announced is None else _Said(announced.verb, announced.speaker)

    def _last_source(self, place: int, gender: str) -> _Said | None:
        """Return the last person before a token whom a cue names as a source, if verbs of this gender carry him on."""
        document = self.document
        for cue in reversed(document.sources[: bisect_left(document.sources, place)]):
            if document.paragraph(place) - document.paragraph(cue) > _PARAGRAPHS_BACK:
                break
            if document.quoted[cue] or self.roles[cue] & Role.ON:
                continue  # على لسان فلان: the speaker is another
            found = source_cue(document, cue, document.size)
            quotes = any(document.quoted[cue : document.sentence_end(cue + 1)])  # وجاء في بيان النادي: "..."
            if found is not None and (quotes or self.topics.is_somebody(found[1])):
                feminine = self.roles[found[1].first] & Role.FEMININE
                return _Said(cue, found[1]) if gender in ("", "f" if feminine else "m") else None
        return None

    def _only_announces(self, report: Report) -> bool:
        """Return whether a report has a noun as its object and no words (أعلن الوزير ترشحه أمس)."""
        document, after = self.document, max(report.speaker.end, report.verb + 1)
        near = range(after, min(after + SHORT_NAME, document.size))
        after = next((place + 1 for place in near if self.roles[place] & Role.COMMA), after)
        end = document.sentence_end(report.verb + 1)
        if after >= end or report.speaker.first < report.verb or document.is_clause_of_cue(report.verb):
            return False
        if not self.roles[after] & Role.WORD or self.roles[after] & (ADVERBIAL | Role.ON | Role.TO):
            return False
        if self.reader.bits[after] & Bit.PREPOSITION:
            return False
        words = Role.COMPLEMENTISER | Role.COLON | Role.SAYING
        return not any(
            self.roles[place] & words or document.in_quotation(place) or document.is_participle(place)
            for place in range(after, end)
        )

    def _last_spoken(self, place: int, gender: str) -> _Said | None:
        """Return the verb and the speaker of the last speech without marks, if verbs of this gender carry him on."""
        last = next((said for said in reversed(self.spoken) if said.verb < place), None)
        if last is None or last.speaker is None or self.document.gender(last.verb) not in ("", gender):
            return None
        near = self.document.paragraph(place) - self.document.paragraph(last.end - 1) <= _PARAGRAPHS_BACK
        return _Said(last.verb, last.speaker) if near else None

    def _topic_before(self, place: int, verb: int) -> _Said | None:
        """Return whom the last sentence before a token is about, or the first verb that only carries somebody on."""
        document, continued = self.document, None
        paragraph = document.paragraph(place)
        for start in self._sentences_before(place):
            if paragraph - document.paragraph(start) > _PARAGRAPHS_BACK:
                break
            end = document.sentence_end(start + 1)
            verbs = document.verbs[bisect_left(document.verbs, start) : bisect_left(document.verbs, end)]
            subject = self.topics.of(end, verb, here=False) or self._goes_on_in(verbs, verb)
            if subject is not None:
                return _Said(subject.first, subject)
            for place in verbs:
                if document.is_finite(place) and document.gender(place) == document.gender(verb):
                    continued = _Said(place, None)
                    break
        return continued

    def _goes_on_in(self, verbs: list[int], verb: int) -> Phrase | None:
        """Return whom or what a participle in a sentence carries on: دانت الجماعة القصف، معتبرة أنه كذا."""
        for place in reversed(verbs):
            if self.document.is_participle(place) and not self.document.quoted[place]:
                subject = self.topics.of(place, place)
                if subject is not None and self.topics.agrees(subject, verb):
                    return subject
        return None

    def _sentences_before(self, place: int) -> Iterator[int]:
        """Yield where the sentences before that of a token begin, the last first, without what is spoken."""
        start = self.document.sentence_start(place)
        for _ in range(_MOST_SENTENCES):
            if start == 0:
                break
            start = self.document.sentence_start(start - 1)
            spoken = any(said.first <= start < said.end for said in self.spoken) or self.document.in_quotation(start)
            if not spoken:
                yield start

    def _reporter(self, verb: int) -> Phrase | None:
        """Return the last speaker in the sentence of a verb whose name is sure: ذكر الإمام ... كيف ... وأضاف."""
        start, gender = self.document.sentence_start(verb), self.document.gender(verb)
        for report in reversed(self.document.reports):
            if report.verb < start:
                break
            sure = self.topics.is_known(report.speaker) or report.verb == verb - 2  # وأضاف فلان يقول
            if report.verb < verb and report.gender == gender and sure:
                return report.speaker
        return None

    def _goes_on(self, verb: int) -> bool:
        """Return whether a speaker may be carried to a verb: its sentence begins with no verb of somebody else."""
        document, start = self.document, self.document.sentence_start(verb)
        if verb == start + 1 and self.roles[verb] & Role.IMPERFECT and not self.roles[start] & Role.DEFINITE:
            return True  # وأضاف يقول، وعاد يسأل
        if verb and self.roles[verb - 1] & Role.WHEN and document.form[start] >= 0:
            return True  # واختتم حديثه حيث قال
        if self.signs[start] & Sign.TOPIC:
            return True  # وعما إذا كان ذلك كافيا قال
        if verb - start > SHORT_NAME and not self.roles[start] & ADVERBIAL and document.form[start] < 0:
            return False  # ثم وصل الحارس وقال
        return document.continues(verb) or bool(verb and self.signs[verb - 1] & Sign.BUT)
