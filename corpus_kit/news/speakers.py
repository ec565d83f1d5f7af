"""Speakers: which verbs report, and who speaks.

A verb without a subject takes the last speaker of its gender.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit._base.once import Once
from corpus_kit._base.shares import telling
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.document_words import LONGEST_PHRASE, SHORT_NAME, Block
from corpus_kit.news.quotation_marks import MarkedSpans
from corpus_kit.news.reporting_verbs import Form, Role, WordClasses
from corpus_kit.news.speaker_phrases import ENDS, PUNCTUATION, Phrase, SpeakerPhrases

__all__ = ["Document", "Report", "read_documents"]

_LONGEST_CUE = 3  # words of an impersonal phrase
_PARAGRAPHS_BACK = 2  # how far back a speaker is carried
_LONGEST_SENTENCE = 80  # tokens looked back for the beginning of a sentence
_BLOCK = 1 << 15  # tokens that become lists at a time
_BEFORE_SUBJECT = PUNCTUATION | Role.SPEAKER_END | Role.COMPLEMENTISER | Role.RELATIVE | Role.PARTICLE
_GOVERNS_NOUN = Role.IN | Role.FROM | Role.ON | Role.TO


class Report(NamedTuple):
    """A reporting verb with its own subject."""

    verb: int
    speaker: Phrase
    gender: str


def read_documents(
    corpus: CorpusView, classes: WordClasses, pairs: MarkedSpans, documents: Integers
) -> Iterator[Document]:
    """Yield documents with their quotation marks, as `Document`.

    Args:
        corpus: The corpus.
        classes: What each of its types may do.
        pairs: The quotation marks of these documents, as `pair_marks` returns them.
        documents: Row numbers, ascending.
    """
    types, flags = corpus.token_types, corpus.token_flags
    firsts, ends = corpus.document_bounds(documents)
    marks = list(zip(pairs.open.tolist(), pairs.close.tolist(), strict=True))
    of_document = np.searchsorted(pairs.open, np.append(firsts, len(types))).tolist()
    blocks = np.append(np.unique(np.cumsum(ends - firsts) // _BLOCK, return_index=True)[1], len(documents))
    for begin, end in telling(list(pairwise(blocks.tolist()))):
        first, stop = firsts[begin:end], ends[begin:end]
        tokens = ranges(first, stop)
        block = Block(corpus, classes, types[tokens].astype(np.int64), flags[tokens], stop - first)
        for row, offset in enumerate(first.tolist()):
            own = marks[of_document[begin + row] : of_document[begin + row + 1]]
            document = Document(block, row, offset, [(open_ - offset, close - offset) for open_, close in own])
            yield document
            document.forget_derived()


class Document(SpeakerPhrases):
    """A document with its reports: which verbs report, who speaks, and whom a verb without a subject follows."""

    __slots__ = ()

    def is_finite(self, token: int) -> bool:
        """Return whether a form is a verb here, and not a noun, a preposition, or a verb in a relative clause."""
        if self.form[token] < 0:
            return False
        if token not in self._finite:
            self._finite[token] = self._is_finite(token)
        return self._finite[token]

    def _is_finite(self, token: int) -> bool:
        form = self.verb_form(token)
        if form is None or form.participle:
            return False
        before = self.roles[token - 1] if token and not self.begins_sentence(token) else Role.STOP
        joined = bool(self.roles[token] & Role.CONJUNCTION)
        if before & _GOVERNS_NOUN and not joined and not before & Role.PRONOUN:
            return False  # في حث الناس على كذا
        if before & Role.RELATIVE and "describes" in form.flags and form.has_object:
            return True  # ما وصفه الوزير بأنه
        if before & Role.RELATIVE and token > 1 and self.roles[token - 2] & Role.MEANWHILE:
            return True  # في الوقت الذي أكد
        if before & Role.BARE_THAT and token > 1 and self.roles[token - 2] & (Role.RELATIVE | Role.OF) == Role.RELATIVE:
            return False  # ما إن رفض
        if joined and before & (Role.WHEN | Role.COMPLEMENTISER):
            return False  # حين وردت, أنه ورد: و is a letter of the verb
        if before & (Role.RELATIVE | Role.NEGATION) and not joined and not self._in_cue(token):
            return False
        if token > 1 and before & Role.PARTICLE and self.roles[token - 2] & Role.RELATIVE:
            return False  # الذي قد قال
        if before & (Role.COMPLEMENTISER | Role.POSSIBLY) and form.imperfect:
            return False  # قبل أن يقول، قد يقول
        if "preposition" in form.flags:
            if joined and token + 1 < self.size and self.roles[token + 1] & Role.COLON:
                return True  # وبين: "كذا"
            if self._follows(token, Role.SAYING):
                return True  # تعبر عن ذلك بقولها
            if "عن" in form.frames:  # وعبر الوزير عن أمله
                verb = joined or form.gender != "m" or self.roles[token] & Role.IMPERFECT or self._has_person(token)
                return bool(verb) and self._follows(token, Role.FROM)
            if form.imperfect and form.gender == "f" and self.phrase(token + 1, self.size, token) is None:
                return False  # وتبين من المعلومات أن: it became clear
            that_next = self.roles[min(token + 1, self.size - 1)] & Role.COMPLEMENTISER
            opens = self.begins_sentence(token) or before & Role.COMMA  # وبين الوزير أن
            verb = self._after_turn(token) or (joined and (opens or that_next)) or self._has_person(token)
            verb = verb or self._announces(token) or self.roles[token] & Role.DOUBLED  # بيّن is no preposition
            return bool(verb) and self._follows(token, Role.COMPLEMENTISER)
        if "noun" in form.flags:
            particle = (
                Role.PARTICLE | Role.STOP | Role.COMMA | Role.COLON | Role.MARK | Role.COMPLEMENTISER | Role.BRACKET
            )
            if token + 1 < self.size and self.roles[token + 1] & Role.PRONOUN:
                return True  # خطابا وصف فيه
            if joined or before & particle or self._in_cue(token) or self._after_turn(token):
                return True
            if token + 1 < self.size and self.roles[token + 1] & Role.OFFICE and self.roles[token - 1] & Role.NUMBER:
                return True  # في 2011 وصف السيد
            if self._says(token, form):
                return True  # من جهة ذكر المدير أن
            start = self.sentence_start(token)
            return token - start <= _LONGEST_SENTENCE and bool(self.roles[start] & Role.BE)  # وكان الناطق ذكر
        return True

    def _has_person(self, token: int) -> bool:
        """Return whether one person follows a form that begins a clause (فيما عبر الوزير, not بين الوزير وكذا)."""
        opens = Role.COMMA | Role.PARTICLE | Role.TURN
        if token + 1 == self.size or not (self.begins_sentence(token) or self.roles[token - 1] & opens):
            return False
        near = self.roles[token + 1 : token + 1 + SHORT_NAME]
        return bool(near[0] & Role.OFFICE) and not any(role & (Role.WAW_NOUN | Role.JOINED) for role in near)

    def _says(self, token: int, form: Form) -> bool:
        """Return whether أن after a form that may be a noun, or after its subject, shows a verb (ذكر المدير أن).

        The subject is a person with a title, but after an imperfect (تكشف التقارير أن).
        """
        if form.flags & {"needs", "transitive"} or "أن" not in form.frames or token + 1 == self.size:
            return False
        if self.roles[token - 1] & (Role.SPEAKER_END | Role.PREPOSED | Role.SPEECH_NOUN):
            return False  # على ذكر الوزير أن
        if self.roles[token + 1] & Role.COMPLEMENTISER:
            return not self.roles[token + 1] & Role.BY
        if not form.imperfect and not self.roles[token + 1] & Role.OFFICE:
            return False
        phrase = self.phrase(token + 1, self.size, token)
        return phrase is not None and phrase.end < self.size and bool(self.roles[phrase.end] & Role.COMPLEMENTISER)

    def _announces(self, token: int) -> bool:
        """Return whether a clause begins with بين and has أن after one name (، بين فلان أن, not بين كذا وكذا)."""
        opens = self.begins_sentence(token) or self.roles[token - 1] & (Role.COMMA | Role.PARTICLE | Role.TURN)
        form = self.verb_form(token)
        if not opens or form is None or "على" in form.frames or self.roles[token] & Role.IMPERFECT:
            return False
        for place in range(token + 1, min(token + 1 + LONGEST_PHRASE, self.size)):
            stops = Role.COMPLEMENTISER | Role.WAW | (0 if self._is_comma(place) else Role.STOP)
            if self.roles[place] & stops or self.begins_sentence(place):
                that = self.roles[place] & Role.COMPLEMENTISER and not self.roles[place] & Role.WAW
                return bool(that) and place > token + 1
        return False

    def is_clause_of_cue(self, token: int) -> bool:
        """Return whether a token is the verb of a phrase such as بحسب ما ذكر."""
        return self.form[token] >= 0 and self._in_cue(token) and self.is_finite(token)

    def ends_impersonal(self, last: int) -> bool:
        """Return whether an impersonal phrase ends at a token (يذكر، تجدر الإشارة), at the beginning of a clause."""
        if self.cue[last] < 0:
            return False
        for first in range(last, max(-1, last - _LONGEST_CUE), -1):
            size = last - first + 1
            fits = any(cue.kind == "impersonal" and len(cue.words) == size for cue in self.cues_at(first))
            if fits and self._begins_clause(first):  # not الجدير بالذكر of ومن الجدير بالذكر
                return self._subject_before(first) is None
            if self.begins_sentence(first):
                return False
        return False

    def _begins_clause(self, token: int) -> bool:
        if token == 0 or self.begins_sentence(token) or self.roles[token] & Role.CONJUNCTION:
            return True
        before = self.roles[token - 1]
        return bool(before & (PUNCTUATION | Role.PARTICLE | Role.OF | Role.PROCLITIC))

    def subject(self, verb: int, limit: int) -> Phrase | None:
        """Return the subject of a verb: after it; or before it in its clause, first where كان opens the clause."""
        before = self._subject_before(verb)
        if before is not None and before.first and self.roles[before.first - 1] & Role.BE:
            return before  # وكان الوزير قال أول من أمس
        return self.phrase(verb + 1, limit, verb) or before or self._topic(verb)

    def _topic(self, verb: int) -> Phrase | None:
        """Return the phrase that a sentence is about: أما الوزير فقال; وكان الوزير، وهو كذا، قد قال."""
        start = self.sentence_start(verb)
        role, joined = self.roles[start], bool(self.roles[verb] & Role.CONJUNCTION)
        if start >= verb - 1 or verb - start > 2 * LONGEST_PHRASE or any(form >= 0 for form in self.form[start:verb]):
            return None
        if role & Role.AS_FOR:
            return self.phrase(start + 1, verb) if joined else None
        if joined:
            return None
        if role & Role.BE:
            start += 1
            close = self.opens.get(start, verb)
            if close < verb and self.roles[close + 1] & Role.PARTICLE:
                return Phrase(start + 1, close)  # وكانت «مجموعة كذا» قد بينت
        elif not role & (Role.OFFICE | Role.BODY):
            return None
        blocks = Role.COMPLEMENTISER | Role.COLON
        if any(each & blocks for each in self.roles[start:verb]) or any(self.quoted[start:verb]):
            return None
        if not self._may_begin(start, verb):
            return None
        return self.phrase(start, verb)

    def in_relative(self, verb: int) -> bool:
        """Return whether a verb directly follows a relative pronoun (الذي قال)."""
        return verb > 0 and not self.begins_sentence(verb) and bool(self.roles[verb - 1] & Role.RELATIVE)

    def antecedent(self, relative: int) -> Phrase | None:
        """Return the person or body that a relative pronoun refers to; None if none directly precedes it."""
        relative -= bool(relative and self.roles[relative - 1] & Role.COMMA)
        first = relative
        while first and not self.begins_sentence(first) and relative - first < LONGEST_PHRASE:
            role = self.roles[first - 1]
            ends = PUNCTUATION | ENDS | Role.IN | Role.PARTICLE | Role.PREPOSED
            if role & ends or (role & Role.ADVERB and role & Role.PREPOSED_NOUN) or self.form[first - 1] >= 0:
                break
            first -= 1
        heads = (each for each in range(first, relative) if self.roles[each] & (Role.OFFICE | Role.BODY))
        head = next(heads, None)
        if head is not None:
            return Phrase(head, relative)
        apposed = first and self.roles[first - 1] & (PUNCTUATION | Role.ADVERB) and 0 < relative - first <= SHORT_NAME
        return Phrase(first, relative) if apposed and self._may_begin(first, None) else None

    def known_speaker(self, phrase: Phrase) -> bool:
        """Return whether a phrase begins with an office, or shares a word with a speaker of the document."""
        return bool(self.roles[phrase.first] & Role.OFFICE) or self.words[phrase.first] in self._speaker_words

    @Once
    def _speaker_words(self) -> frozenset[int]:
        return frozenset(
            word for report in self.reports for word in self.words[report.speaker.first : report.speaker.end]
        )

    def relays(self, verb: int) -> bool:
        row = self.form[verb]
        return row >= 0 and "relays" in self.classes.forms[row].flags

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
            speaker = self.phrase(source + 1, end) or Phrase(source + 1, end)
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
        known = self._subjects_before
        if verb not in known:
            known[verb] = self._find_subject_before(verb)
        return known[verb]

    @Once
    def _subjects_before(self) -> dict[int, Phrase | None]:
        return {}

    def _find_subject_before(self, verb: int) -> Phrase | None:
        end = verb
        while end and self.roles[end - 1] & Role.PARTICLE and not self.begins_sentence(end):
            end -= 1
        first = end = self._before_insertion(end)
        while first and not self.begins_sentence(first) and end - first < LONGEST_PHRASE:
            role = self.roles[first - 1]
            if first - 1 in self.closes and self.words_in(self.closes[first - 1]) <= SHORT_NAME:
                first = self.closes[first - 1]  # التقرير السنوي لـ«كذا» أشار
                continue
            if (role & _BEFORE_SUBJECT and not role & (Role.THIS | Role.QUANTITY)) or self.form_is_verb(first - 1):
                break  # but أحد هذه المصادر
            first -= 1
        opener = Role.PARTICLE | Role.COMPLEMENTISER
        opens_clause = first == 0 or self.begins_sentence(first) or self.roles[first - 1] & opener
        if opens_clause and self.opens.get(first) == end - 1:
            return self._quoted_name(first, end)  # غير أن «النصرة» قالت
        if first == end or not opens_clause or self.begins_sentence(end) or not self._may_begin(first, None):
            return None
        after_that = bool(first) and bool(self.roles[first - 1] & Role.COMPLEMENTISER)
        role = self.roles[first]
        masculine = self.gender(verb) == "m" and not role & Role.MASCULINE_NAME
        if (masculine and role & Role.FEMININE) or role & (Role.PREPOSED & ~Role.DEFINITE):
            return None
        if role & Role.WAW and role & Role.FEMININE_VERB:
            return None  # وأصدرت بيانا ذكرت فيه
        after_was = bool(first) and bool(self.roles[first - 1] & Role.BE)
        after_was = after_was or (bool(first) and bool(self.roles[first - 1] & Role.PARTICLE))
        named = role & (Role.OFFICE | Role.BODY | Role.KIN | Role.DEFINITE | Role.QUANTITY) or after_was
        doubtful = end - first < 2 or after_that or bool(role & Role.IMPERFECT)
        if after_was and role & (Role.IMPERFECT | Role.ACCUSATIVE) and not role & Role.DEFINITE:
            return None  # عما إذا كان سيترشح قال، هل كان مفاجئا قال
        follows = self.roles[first + 1] & (Role.DEFINITE | Role.OFFICE | Role.BODY)
        follows = follows and not self.roles[verb] & Role.IMPERFECT
        if not named and (doubtful or follows):
            return None  # a verb that is not listed, and its subject (زار الوزير ...)
        phrase = self.phrase(first, end)
        return phrase if phrase is not None and self._reaches(phrase.end, end) else None

    def _before_insertion(self, end: int) -> int:
        """Return the token after a subject, past an insertion between dashes (أحد المصادر - وهو كذا - قال)."""
        if end and self.roles[end - 1] & Role.DASH and not self.begins_sentence(end):
            begin = max(self.sentence_start(end - 1), end - 2 * LONGEST_PHRASE)
            return next((place for place in range(end - 2, begin, -1) if self.roles[place] & Role.DASH), end)
        return end

    def _reaches(self, token: int, verb: int) -> bool:
        """Return whether nothing but a phrase in في, ب or a time stands between a subject and its verb."""
        return not any(self.roles[each] & (Role.RELATIVE | Role.COMPLEMENTISER) for each in range(token, verb))

    def continues(self, verb: int) -> bool:
        """Return whether a verb without a subject can carry on a report: no noun that may be its subject precedes it.

        A verb that directly follows a noun belongs to that noun (رسالة تحذر, الوزارة تؤكد).
        """
        if verb and self.roles[verb - 1] & Role.BRACKET and not self.roles[verb] & Role.CONJUNCTION:
            return self.is_participle(verb)  # أحدهم (المدير السابق) يقول
        if not verb or self.begins_sentence(verb) or self.roles[verb] & Role.CONJUNCTION or self.is_participle(verb):
            return True
        leads = Role.IN | Role.PREPOSED | Role.ADVERB | Role.TANWIN | Role.SPEAKER_END | Role.FROM
        before = self.roles[verb - 1]
        if before & Role.BREAK and not before & Role.WHEN:
            return True  # لكنه قال، بل يرى
        if before & (Role.MARK | Role.DASH) and self._ends_insertion(verb - 1):
            return False  # «النصرة» تقول
        if before & Role.WHEN:  # حيث يقول
            return self.reports_in_sentence(verb)
        imperfect = self.roles[verb] & Role.IMPERFECT and not self.roles[verb] & Role.FEMININE_VERB
        if before & Role.COMMA and imperfect and self.verb_form(verb) is not None:
            return bool(self.roles[self.sentence_start(verb)] & leads)  # بيان للوزارة، يؤكد
        breaks = PUNCTUATION | Role.PARTICLE | Role.COMPLEMENTISER | Role.RELATIVE | Role.TURN
        first = verb
        while first and not self.begins_sentence(first):
            name = self.closes.get(first - 1)
            if name is not None and self.words_in(name) <= SHORT_NAME:
                first = name  # المجس «فيلة» خلال اقترابه أوضح
                continue
            if self.roles[first - 1] & breaks and not self.roles[first - 1] & Role.OF:
                break
            if verb - first >= _LONGEST_SENTENCE:
                return False
            first -= 1
        if self.roles[first] & Role.TANWIN and first + 1 < verb and self.roles[first + 1] & Role.OF:
            return False  # لكن كثيرا من الخبراء يقولون
        return first == verb or bool(self.roles[first] & leads) or self.cue[first] >= 0

    def _ends_insertion(self, token: int) -> bool:
        """Return whether a dash, or a mark around a short name, ends what it encloses: its noun is before the verb."""
        if token in self.closes:
            return self.words_in(self.closes[token]) <= SHORT_NAME
        begin = max(self.sentence_start(token), token - 2 * LONGEST_PHRASE)
        return bool(self.roles[token] & Role.DASH) and any(self.roles[each] & Role.DASH for each in range(begin, token))

    @Once
    def reports(self) -> list[Report]:
        """All reporting verbs with a subject of their own, outside longer quotations."""
        if not self.verbs:
            return []
        # quotations, statements and chains of names need the same ones; the classes live as long as the corpus
        known: dict[int, tuple[tuple[int, int, int, str], ...]]
        known = self.corpus.derive_from_tokens(("reports", id(self.classes)), dict)
        if self.first in known:
            return [Report(verb, Phrase(first, end), gender) for verb, first, end, gender in known[self.first]]
        found = self._find_reports()
        # plain tuples of numbers, which Python's collector of cycles passes over
        known[self.first] = tuple([(report.verb, *report.speaker, report.gender) for report in found])
        return found

    def _find_reports(self) -> list[Report]:
        found = []
        for verb in self.verbs:
            if self.quoted[verb] or not self.is_finite(verb) or self.roles[verb] & Role.PASSIVE:
                continue
            relayed = self.relayed(verb, self.size)
            if relayed is None and self.relays(verb) and self._follows(verb, Role.SAYING):
                continue  # نقلت الوكالة عنه قوله
            speaker = relayed[0] if relayed else self.subject(verb, self.size)
            if speaker is None or not self._reports(verb, speaker):
                continue
            if not self.in_clause(verb, speaker):
                found.append(Report(verb, speaker, self._gender_of(speaker) if relayed else self.gender(verb)))
        return found

    def _gender_of(self, speaker: Phrase) -> str:
        role = self.roles[speaker.first]
        return "f" if role & Role.FEMININE and not role & Role.MASCULINE_NAME else "m"

    def agrees(self, speaker: Phrase, verb: int) -> bool:
        """Return whether a speaker has the gender of a verb in the singular."""
        return self.gender(verb) in ("", self._gender_of(speaker))

    def in_clause(self, verb: int, speaker: Phrase | None) -> bool:
        """Return whether a verb and its subject are in a clause that another verb reports: أوضح أن الحزب يرى."""
        if speaker is None:
            return False
        if speaker.first >= verb:
            return self._is_told(verb, speaker)
        that = speaker.first - 1
        that -= bool(that > 0 and self.roles[that] & Role.MARK)
        if that < 1 or not self.roles[that] & Role.COMPLEMENTISER:
            return False
        if self._is_governed(that):
            return False  # إلا أن الحزب يرى
        row = bisect_left(self.verbs, that)
        return row > 0 and self.verbs[row - 1] >= self.sentence_start(verb)

    def _is_governed(self, that: int) -> bool:
        """Return whether no speaker governs أن: إلا أن, من الممكن أن, يذكر أن."""
        governor = self.roles[that - 1] & (Role.GOVERNOR | Role.FAR_GOVERNOR | Role.SPEAKER_END)
        return bool(governor) or self.ends_impersonal(that - 1)

    def _is_told(self, verb: int, speaker: Phrase) -> bool:
        """Return whether an imperfect that nothing sets apart is in the clause of a perfect: أكد أن حزبه يرفض.

        A phrase with a preposition does not set it apart, unless it reports itself (أكد أن ... إلى كذا، ويرى فلان أن).
        """
        row = bisect_left(self.verbs, verb)
        while row and self.roles[self.verbs[row - 1]] & Role.IMPERFECT:
            row -= 1
        apart = Role.COMMA | Role.STOP | Role.SEMICOLON | Role.MARK
        if speaker.end < self.size and self.roles[speaker.end] & (Role.COMPLEMENTISER | Role.COLON | Role.MARK):
            apart |= Role.SPEAKER_END
        perfect = not self.roles[verb] & Role.IMPERFECT
        if perfect:
            row = bisect_left(self.verbs, verb)
        if not row or (perfect and (self.roles[verb] & Role.CONJUNCTION)):
            return False
        for place in range(verb - 1, max(self.verbs[row - 1], self.sentence_start(verb)), -1):
            if self.roles[place] & (apart | Role.COMPLEMENTISER):
                if perfect and self._is_governed(place):
                    return False  # إلا أن الوزير أكد
                return not self.roles[place] & apart and self.verbs[row - 1] >= self.sentence_start(verb)
        return False

    def _reports(self, verb: int, speaker: Phrase) -> bool:
        """Return whether a verb that can mean something else (`needs`) reports here: words follow its speaker."""
        form = self.verb_form(verb)
        if form is None or not form.flags & {"needs", "describes"} or self._after_turn(verb):
            return True
        if "finds" in form.flags:
            return speaker.end < self.size and bool(self.roles[speaker.end] & Role.COMPLEMENTISER)
        role = self.roles[speaker.first]
        differs = form.gender == "f" and role & Role.DEFINITE and not role & (Role.FEMININE | Role.PLURAL)
        if role & Role.OFFICE and speaker.first == verb + 1 and not differs:
            return True  # تحدث الوزير عن
        introduces = Role.COMPLEMENTISER | Role.COLON | Role.SAYING | Role.MARK
        after = max(speaker.end, verb + 1)
        for place in range(after, min(after + LONGEST_PHRASE, self.size)):
            if self.begins_sentence(place):
                return False
            if self.roles[place] & introduces or self.form[place] >= 0:
                return True
        return False

    def last_report(self, place: int, gender: str) -> Report | None:
        """Return the last report before a token that a verb of this gender continues, at most two paragraphs back."""
        paragraph = self.paragraph(place)
        for row in reversed(range(bisect_right(self._report_places, place - 1))):
            report = self.reports[row]
            if paragraph - self.paragraph(report.verb) > _PARAGRAPHS_BACK:
                return None
            if gender in ("m", "f") and self.are_persons(report.speaker):
                continue  # يقول العلماء ... يقول
            several = gender == "p" and (report.gender == "p" or self._is_plural(report.speaker))
            if gender in ("", report.gender) or several:
                return report
        return None

    def _is_plural(self, phrase: Phrase) -> bool:
        """Return whether a phrase may name several: a plural, a body, or persons joined by و."""
        roles = self.roles[phrase.first : phrase.end]
        several = roles[0] & (Role.PLURAL | Role.FEMININE | Role.BODY | Role.MANY)
        if several or (len(roles) > 1 and roles[1] & Role.JOINED):  # كيري والجبير
            return True
        return any(role & Role.WAW_NOUN or (role & Role.WAW and role & Role.OWN) for role in roles)  # ونظيره

    def are_persons(self, phrase: Phrase) -> bool:
        """Return whether a phrase begins with several persons (العلماء), whom a singular verb does not carry on."""
        role = self.roles[phrase.first]
        return bool(role & Role.OFFICE and role & Role.PERSONS)

    def reports_speaker(self, phrase: Phrase) -> bool:
        """Return whether a phrase is the subject of a reporting verb."""
        return any(report.speaker.first == phrase.first for report in self.reports)

    def reports_in_sentence(self, place: int) -> bool:
        """Return whether the sentence of a token has a report before it."""
        last = bisect_right(self._report_places, place - 1)
        return last > 0 and self._report_places[last - 1] >= self.sentence_start(place)

    @Once
    def _report_places(self) -> list[int]:
        return [report.verb for report in self.reports]
