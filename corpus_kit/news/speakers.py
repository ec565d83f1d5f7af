"""Speakers: the phrase of the speaker beside a reporting verb, and whom a title or a bare name refers to.

Arabic news puts the verb before its subject (قال الوزير). A verb without a subject takes the last speaker of its
gender. The functions work on one document as lists of numbers; tokens are numbered within it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit._base.shares import telling
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.quotation_marks import MarkedSpans
from corpus_kit.news.reporting_verbs import CueWords, Form, Role, WordClasses, word_numbers
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["LONGEST_PHRASE", "SHORT_NAME", "Document", "Phrase", "Report", "read_documents"]


LONGEST_PHRASE = 12  # words of a speaker phrase
SHORT_NAME = 3  # words of a name in quotation marks
_LONGEST_CUE = 3  # words of an impersonal phrase
_PARAGRAPHS_BACK = 2  # how far back a speaker is carried
_LONGEST_SPEAKER = 18  # words of a title and its name
_LONGEST_TITLE = 8  # words of a title, after which في or ب no longer lead on to its body
_LONGEST_SENTENCE = 80  # tokens looked back for the beginning of a sentence
_NEAR_OFFICE = 4  # tokens between an office and the في or ب that follows it
_BLOCK = 1 << 15  # tokens that become lists at a time
_LONGEST_NAMED = 7  # words of the name of a body in marks (أعلنت «حركة ...» أن)
_ENDS = Role.COLON | Role.STOP | Role.BRACKET | Role.COMPLEMENTISER | Role.SAYING | Role.RELATIVE | Role.SPEAKER_END
_NOT_FIRST = (
    Role.OBJECT | Role.OUTCOME | Role.NEGATION | Role.PARTICLE | Role.IN | Role.ADVERB | Role.TANWIN | Role.JOINED
    | Role.AS_FOR
)  # fmt: skip
_NOT_NAMES = _ENDS | _NOT_FIRST | Role.OFFICE
_PUNCTUATION = Role.COLON | Role.COMMA | Role.STOP | Role.BRACKET | Role.MARK | Role.DASH
# what a token has that may end a speaker phrase, or leads on to something; all others are plain words of it
_MAY_END = (
    _ENDS | _PUNCTUATION | Role.IN | Role.ADVERB | Role.TANWIN | Role.PREPOSED | Role.OUTCOME | Role.OBJECT
    | Role.POSSESSED | Role.PROCLITIC | Role.ENVOY
)  # fmt: skip


class Phrase(NamedTuple):
    """A run of tokens: the first, and the one after the last."""

    first: int
    end: int


class Report(NamedTuple):
    """A reporting verb with its own subject."""

    verb: int
    speaker: Phrase
    gender: str


class _Places(NamedTuple):
    """Tokens of the documents of a block, numbered within their documents: all of them, and where each begins."""

    tokens: list[int]
    bounds: list[int]

    def of(self, row: int) -> list[int]:
        """Return those of a document."""
        return self.tokens[self.bounds[row] : self.bounds[row + 1]]


class _Block:
    """Some documents as numbers, of which each takes its part: numpy would be slow for one document at a time."""

    def __init__(self, corpus: CorpusView, classes: WordClasses, types: Array, flags: Array, sizes: Array) -> None:
        self.corpus, self.classes, self.types = corpus, classes, types
        ends = np.cumsum(sizes)
        begins = flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH) > 0
        form, cue, roles = classes.form[types], classes.cue[types], classes.roles[types]
        self._bounds = np.concatenate(([0], ends))
        self.bounds: list[int] = self._bounds.tolist()
        self.roles: list[int] = classes.bits[types].tolist()
        self.form: list[int] = form.tolist()
        self.cue: list[int] = cue.tolist()
        self.flags: bytes = flags.tobytes()
        self.begins: bytes = begins.tobytes()
        self.words_before = np.concatenate(([0], np.cumsum(roles & np.uint64(Role.WORD) > 0)))
        self.verbs = self._places(form >= 0)
        self.offices = self._places(roles & np.uint64(Role.OFFICE) > 0)
        self.sources = self._places(classes.sources[cue, np.append(cue[1:], -1)])
        self.thats = self._places(roles & np.uint64(Role.COMPLEMENTISER) > 0)
        self.sentences = self._places(begins)
        self.paragraphs = self._places(flags & BEGINS_PARAGRAPH > 0)

    def _places(self, chosen: Array) -> _Places:
        places = np.flatnonzero(chosen)
        bounds = np.searchsorted(places, self._bounds)
        within = places - np.repeat(self._bounds[:-1], np.diff(bounds))
        return _Places(within.tolist(), bounds.tolist())


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
        block = _Block(corpus, classes, types[tokens], flags[tokens], stop - first)
        for row, offset in enumerate(first.tolist()):
            own = marks[of_document[begin + row] : of_document[begin + row + 1]]
            yield Document(block, row, offset, [(open_ - offset, close - offset) for open_, close in own])


class Document:
    """One document as numbers: what each token may do, where sentences begin, what is in quotation marks.

    Attributes:
        corpus: The corpus.
        classes: What each type may do.
        types: The type of each token.
        first: The first token of the document in the corpus.
        size: The number of tokens.
        roles: The bits of `Role` of each token.
        form: The row of the verb form of each token, or -1.
        cue: The number of the cue word of each token, or -1.
        flags: The flags of each token.
        begins: 1 for each token with which a sentence or a paragraph begins, else 0.
        verbs: The tokens that are verb forms.
        offices: The tokens that are titles of persons.
        sources: The tokens at which a cue that names a source may begin.
        thats: The tokens إن and أن.
        pairs: The opening and closing token of each pair of quotation marks.
        opens: The closing token by the opening one.
        closes: The opening token by the closing one.
    """

    def __init__(self, block: _Block, row: int, first: int, pairs: list[tuple[int, int]]) -> None:
        begin, end = block.bounds[row : row + 2]
        self.corpus, self.classes = block.corpus, block.classes
        self.first = first
        self.size = end - begin
        self.types = block.types[begin:end]
        self.roles = block.roles[begin:end]
        self.form = block.form[begin:end]
        self.cue = block.cue[begin:end]
        self.flags = block.flags[begin:end]
        self.begins = block.begins[begin:end]
        self.verbs = block.verbs.of(row)
        self.offices = block.offices.of(row)
        self.sources = block.sources.of(row)
        self.thats = block.thats.of(row)
        self._sentence_starts = block.sentences.of(row)
        self._paragraph_starts = block.paragraphs.of(row)
        self._counted = block.words_before[begin : end + 1]
        self._finite: dict[int, bool] = {}
        self.pairs = pairs
        self.opens = dict(pairs)
        # of two pairs that share a mark, the outer one
        self.closes = {close: open_ for open_, close in reversed(pairs)}

    @cached_property
    def words(self) -> list[int]:
        """A number for the spelling of each token."""
        numbers: list[int] = word_numbers(self.corpus)[self.types].tolist()
        return numbers

    # ----------------------------------------------------------------------------- places in the text

    def begins_sentence(self, token: int) -> bool:
        return self.begins[token] > 0

    def sentence_start(self, token: int) -> int:
        """Return the first token of the sentence of a token."""
        row = bisect_right(self._sentence_starts, token)
        return self._sentence_starts[row - 1] if row else 0

    def sentence_end(self, token: int) -> int:
        """Return the first token from this one on that begins a sentence, or the end of the document."""
        row = bisect_left(self._sentence_starts, token)
        return self._sentence_starts[row] if row < len(self._sentence_starts) else self.size

    def paragraph(self, token: int) -> int:
        return bisect_right(self._paragraph_starts, token)

    @cached_property
    def marks(self) -> list[int]:
        """The marks that are paired, in order."""
        return sorted({*self.opens, *self.closes})

    def words_in(self, open_: int) -> int:
        """Count the words between a pair of marks."""
        return self.words_between(open_, self.opens[open_])

    def words_between(self, first: int, end: int) -> int:
        """Count the words from a token to the one before another."""
        return self._words_before[end] - self._words_before[first]

    @cached_property
    def quoted(self) -> bytearray:
        """1 for each token that is in a longer quotation, or is a mark of one, else 0."""
        inside = bytearray(self.size)
        for open_, close in self.pairs:
            if self.words_in(open_) > SHORT_NAME:
                inside[open_ : close + 1] = b"\1" * (close + 1 - open_)
        return inside

    def in_quotation(self, token: int) -> bool:
        """Return whether a token is in a longer quotation, or is a mark of one."""
        return self.quoted[token] > 0

    @cached_property
    def _words_before(self) -> list[int]:
        before: list[int] = self._counted.tolist()
        return before

    def verb_form(self, token: int) -> Form | None:
        row = self.form[token]
        return self.classes.forms[row] if row >= 0 else None

    # ------------------------------------------------------------------------------------------- verbs

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
        if before & Role.RELATIVE and "describes" in form.flags and form.has_object:
            return True  # ما وصفه الوزير بأنه
        if before & (Role.RELATIVE | Role.NEGATION) and not joined and not self._in_cue(token):
            return False
        if token > 1 and before & Role.PARTICLE and self.roles[token - 2] & Role.RELATIVE:
            return False  # الذي قد قال
        if before & (Role.COMPLEMENTISER | Role.POSSIBLY) and self.roles[token] & Role.IMPERFECT:
            return False  # قبل أن يقول، قد يقول
        if "preposition" in form.flags:
            if joined and token + 1 < self.size and self.roles[token + 1] & Role.COLON:
                return True  # وبين: "كذا"
            if self._follows(token, Role.SAYING):
                return True  # تعبر عن ذلك بقولها
            if "عن" in form.frames:  # وعبر الوزير عن أمله
                verb = joined or form.gender != "m" or self.roles[token] & Role.IMPERFECT
                return bool(verb) and self._follows(token, Role.FROM)
            that_next = self.roles[min(token + 1, self.size - 1)] & Role.COMPLEMENTISER
            opens = self.begins_sentence(token) or before & Role.COMMA  # وبين الوزير أن
            verb = self._after_turn(token) or (joined and (opens or that_next))
            return bool(verb) and self._follows(token, Role.COMPLEMENTISER)
        if "noun" in form.flags:
            particle = Role.PARTICLE | Role.STOP | Role.COMMA | Role.COLON | Role.MARK | Role.COMPLEMENTISER
            if token + 1 < self.size and self.roles[token + 1] & Role.PRONOUN:
                return True  # خطابا وصف فيه
            if joined or before & particle or self._in_cue(token) or self._after_turn(token):
                return True
            if token + 1 < self.size and self.roles[token + 1] & Role.OFFICE and self.roles[token - 1] & Role.NUMBER:
                return True  # في 2011 وصف السيد
            start = self.sentence_start(token)
            return token - start <= _LONGEST_SENTENCE and bool(self.roles[start] & Role.BE)  # وكان الناطق ذكر
        return True

    def is_embedded(self, token: int) -> bool:
        """Return whether a verb is relative, negated, possible or in a clause with أن (الذي قال، قد يقول، أن يقول)."""
        if not token or self.begins_sentence(token):
            return False
        if self.roles[token - 1] & Role.POSSIBLY:
            return True
        if self.roles[token - 1] & Role.PARTICLE and token > 1:
            token -= 1
        return bool(self.roles[token - 1] & (Role.RELATIVE | Role.NEGATION | Role.COMPLEMENTISER))

    def is_participle(self, token: int) -> bool:
        """Return whether a participle continues a report; متابعة, مقرا and the like only after a comma or a mark."""
        row = self.form[token]
        if row < 0:
            return False
        form = self.classes.forms[row]
        if not form.participle:
            return False
        if self._is_subject_noun(token):
            return False
        if not self.roles[token] & Role.DOUBTFUL and (form.gender != "f" or "noun" not in form.flags):
            return True
        return token > 0 and bool(self.roles[token - 1] & (Role.COMMA | Role.MARK))

    def _is_subject_noun(self, token: int) -> bool:
        """Return whether a participle is the person after a verb (قالت متحدثة باسم الشركة)."""
        person = self.roles[token] & Role.OFFICE and not self.roles[token] & Role.TANWIN
        return bool(person) and token > 0 and self.form[token - 1] >= 0 and not self.begins_sentence(token)

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
                if len(cue.words) == 1 or self.cue[place : place + len(cue.words)] == cue.words:
                    yield cue

    def is_clause_of_cue(self, token: int) -> bool:
        """Return whether a token is the verb of a phrase such as بحسب ما ذكر."""
        return self.form[token] >= 0 and self._in_cue(token) and self.is_finite(token)

    def is_impersonal(self, verb: int) -> bool:
        """Return whether a verb without a subject is impersonal (يتوقع); after a comma its subject may be before it."""
        alone = any(cue.kind == "impersonal" and len(cue.words) == 1 for cue in self.cues_at(verb))
        return alone and not (verb and self.roles[verb - 1] & Role.COMMA)

    def ends_impersonal(self, last: int) -> bool:
        """Return whether an impersonal phrase ends at a token (يذكر، تجدر الإشارة), at the beginning of a clause."""
        if self.cue[last] < 0:
            return False
        for first in range(last, max(-1, last - _LONGEST_CUE), -1):
            size = last - first + 1
            if any(cue.kind == "impersonal" and len(cue.words) == size for cue in self.cues_at(first)):
                return self._begins_clause(first) and self._subject_before(first) is None
            if self.begins_sentence(first):
                return False
        return False

    def _begins_clause(self, token: int) -> bool:
        if token == 0 or self.begins_sentence(token) or self.roles[token] & Role.CONJUNCTION:
            return True
        before = self.roles[token - 1]
        return bool(before & (_PUNCTUATION | Role.PARTICLE | Role.OF | Role.PROCLITIC))

    def _in_cue(self, token: int) -> bool:
        """Return whether a phrase such as كما or على ما comes directly before the token."""
        if not token or self.cue[token - 1] < 0:
            return False
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
        if verb is not None and first < limit and self.roles[first] & Role.PRONOUN and not self._needs(verb):
            first += 1  # قال له الوزير
        if first + 1 in self.opens:
            first = self._after_addressee(first, limit)
        if first < limit and self.roles[first] & (Role.ADVERB | Role.TANWIN):
            first = self._after_adverb(first, limit)
        if first < limit and first in self.opens:
            return self._quoted_name(first, limit)
        if first >= limit or not self._may_begin(first, verb):
            return None
        end = self._phrase_end(first, limit, verb)
        if verb is not None and end - first > 1:
            end = self._before_described(first, end, limit, verb)
        if end == first or (verb is not None and self._is_object(verb, first, end)):
            return None
        return Phrase(first, end)

    def _before_described(self, first: int, end: int, limit: int, verb: int) -> int:
        """Return the end of the phrase without what somebody describes (وصف الوزير فلان | الاتفاق النووي بأنه)."""
        form = self.verb_form(verb)
        if form is None or form.has_object or "describes" not in form.flags or end >= limit:
            return end
        if not self.roles[end] & (Role.BA | Role.ONWARD) or not self.roles[end - 1] & Role.DEFINITE:
            return end
        adjective = self.roles[end - 1] & (Role.FAMILY | Role.NISBA) and self.roles[end - 2] & Role.DEFINITE
        trimmed = end - 2 if adjective and end - first > 2 else end - 1
        return trimmed if trimmed > first else end

    def _is_object(self, verb: int, first: int, end: int) -> bool:
        """Return whether one definite noun after a verb with objects is its object (انتقدت التحرش), not its subject.

        A subject is a person by office, a body, a family name in ي, or a noun that agrees with a feminine verb.
        """
        form, role = self.verb_form(verb), self.roles[first]
        if form is None or form.has_object or form.gender == "p":
            return False
        if "transitive" not in form.flags or "quotative" in form.flags:  # what one says has no noun of its own
            return False
        persons = Role.OFFICE | Role.BODY | Role.PLURAL | Role.KIN
        if end - first > 1 or not role & Role.DEFINITE or role & persons:
            return False
        agrees = bool(role & (Role.FEMININE | Role.FAMILY)) if form.gender == "f" else bool(role & Role.FAMILY)
        return not agrees and not self._spoke_before(first)

    def _spoke_before(self, token: int) -> bool:
        """Return whether a word has been named before as a person with an office, or after a reporting verb."""
        return self._named_at.get(self.words[token], token) < token

    @cached_property
    def _named_at(self) -> dict[int, int]:
        """Where each word is first named after an office or a reporting verb."""
        places = {verb + 1 for verb in self.verbs}
        places.update(place for office in self.offices for place in range(office + 1, office + 1 + _NEAR_OFFICE))
        roles, forms, words = self.roles, self.form, self.words
        near = (place for place in sorted(places, reverse=True) if place < self.size)
        return {words[place]: place for place in near if forms[place] < 0 and not roles[place] & _NOT_NAMES}

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
        if mark in self.opens and self.roles[first] & Role.LA and self.opens[mark] < limit:
            joined = self.roles[first] & Role.PROCLITIC or self.flags[mark] & GLUED
            if joined and self.words_in(mark) <= SHORT_NAME:
                return self.opens[mark] + 1
        return first

    def _may_begin(self, first: int, verb: int | None) -> bool:
        role = self.roles[first]
        if role & (_ENDS | _NOT_FIRST | _PUNCTUATION) or self.form_is_verb(first):
            return False
        if not role & Role.WORD or self.cue[first] >= 0:
            return False
        if verb is not None and role & Role.POSSESSED and not role & (Role.DEFINITE | Role.KIN | Role.OFFICE):
            return False  # أكد أهميتها
        if role & Role.PROCLITIC and first + 1 in self.opens and self.flags[first + 1] & GLUED:
            return False  # قالت بـ«كذا»
        if verb is not None and self.gender(verb) == "p" and not role & Role.MARK:
            return False  # a verb in the plural has its subject before it
        if verb is not None and role & (Role.LA | Role.PREPOSED) and role & Role.DEFINITE:
            return False  # قال للصحيفة، استدرك بالحديث
        # a subject after its verb agrees with it in gender; what does not agree is an object
        masculine = verb is not None and self.gender(verb) == "m"
        return not (masculine and role & Role.FEMININE and not role & Role.MASCULINE_NAME)

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

    def names_body(self, open_: int) -> bool:
        """Return whether marks hold the name of a body that then reports (أعلنت «حركة كذا وكذا» أمس أن ...)."""
        if self.words_in(open_) > _LONGEST_NAMED or not self.roles[open_ + 1] & (Role.BODY | Role.TITLE):
            return False
        close = self.opens[open_]
        if open_ and self.roles[open_ - 1] & Role.OFFICE:
            return True  # مدير «جامعة ...»
        for place in range(close + 1, min(close + 1 + LONGEST_PHRASE, self.size)):
            if self.roles[place] & (Role.STOP | Role.COMMA) or self.begins_sentence(place):
                return False
            if self.roles[place] & (Role.COMPLEMENTISER | Role.COLON | Role.OUTCOME):
                return True
        return False

    def _phrase_end(self, first: int, limit: int, verb: int | None) -> int:
        end, words, envoy = first, 0, False
        roles, forms, begins = self.roles, self.form, self.begins
        while end < limit and words < _LONGEST_SPEAKER and not (begins[end] and end > first):
            role = roles[end]
            if not role & _MAY_END and forms[end] < 0:
                envoy = envoy and bool(role & Role.DEFINITE)
                words += bool(role & Role.WORD)
                end += 1
                continue
            if end in self.opens:
                name = self._quoted_name(end, limit)
                if name is None:
                    break
                words += name.end - name.first
                end = name.end + 1
                continue
            if end > first and self._leads_over_marks(first, end, limit):
                end = self.opens[end + 1] + 1
                words += 1
                continue
            if end > first and self._ends_phrase(first, end, limit, envoy, verb):
                break
            envoy = bool(role & Role.ENVOY) or (envoy and bool(role & Role.DEFINITE))
            words += bool(role & Role.WORD)
            end += 1
        while end > first and roles[end - 1] & (Role.COMMA | Role.DASH):
            end -= 1
        return end

    def _ends_phrase(self, first: int, token: int, limit: int, envoy: bool, verb: int | None) -> bool:
        """Return whether a token ends the speaker phrase that begins at `first`."""
        role = self.roles[token]
        if role & Role.COMMA:
            return not self._apposition_follows(first, token, limit)
        if role & Role.STOP:  # the full stop of an abbreviation (د.) ends no sentence
            return token + 1 >= limit or self.begins_sentence(token + 1)
        if role & Role.PROCLITIC and token + 1 in self.opens:
            return True  # بـ«كذا»
        if role & (Role.ADVERB | Role.TANWIN):
            return True
        if role & Role.IN:
            return not self._body_follows(first, token, limit)
        if role & Role.PREPOSED and role & Role.DEFINITE and not role & Role.LA:  # بالوزارة
            return not self._after_office(first, token, _LONGEST_TITLE if role & Role.BODY else _NEAR_OFFICE)
        if role & Role.SPEAKER_END:
            return not (envoy and role & Role.ONWARD)
        if self._is_object_here(first, token, verb):
            return True
        return bool(role & (_ENDS | _PUNCTUATION) & ~Role.DASH) or self.form_is_verb(token)

    def _is_object_here(self, first: int, token: int, verb: int | None) -> bool:
        """Return whether a noun after the subject is what it announces, stresses or describes."""
        role, before = self.roles[token], self.roles[token - 1]
        if role & Role.OUTCOME:
            titled = self.roles[first] & (Role.OFFICE | Role.BODY) and token - first <= SHORT_NAME
            return bool(before & Role.DEFINITE) or not titled
        if role & Role.OBJECT and role & Role.DEFINITE:
            form = self.verb_form(verb) if verb is not None else None
            name = role & Role.MASCULINE_NAME  # عبد الله
            return form is not None and not name and "transitive" in form.flags and "quotative" not in form.flags
        if role & Role.POSSESSED and not role & (Role.OBJECT | Role.DEFINITE):
            return token > first + 1 or bool(before & Role.DEFINITE)  # but أحد منظميها
        return bool(role & Role.OBJECT)

    def _after_office(self, first: int, token: int, reach: int = _NEAR_OFFICE) -> bool:
        """Return whether a person by office is named shortly before a token of the phrase."""
        begin = max(first, token - reach)
        return token - first <= _LONGEST_TITLE and any(self.roles[each] & Role.OFFICE for each in range(begin, token))

    def _body_follows(self, first: int, token: int, limit: int) -> bool:
        """Return whether في leads from a title to its body (مسؤول في وزارة كذا), not to an occasion or a place."""
        if token + 1 >= limit or self.roles[token + 1] & Role.OCCASION or not self._after_office(first, token):
            return False
        if self.roles[token + 1] & (Role.BODY | Role.TITLE):
            return True
        plain = not self.roles[first] & Role.DEFINITE and self.roles[first] & Role.OFFICE
        if (plain or self.roles[token - 1] & Role.OFFICE) and self.roles[token + 1] & Role.DEFINITE:
            return True  # مسؤول رفيع المستوى في الاستخبارات
        if token - first > SHORT_NAME or token + 2 >= limit:
            return False
        both = self.roles[token + 1] | self.roles[token + 2]
        ends = (_ENDS | _PUNCTUATION | Role.OBJECT | Role.POSSESSED | Role.ADVERB) & ~Role.DASH
        return not both & ends and not self.form_is_verb(token + 1) and not self.form_is_verb(token + 2)

    def _leads_over_marks(self, first: int, token: int, limit: int) -> bool:
        """Return whether ل or ب leads from a title over a body in marks to the name (لـ«كذا» فلان)."""
        mark = token + 1
        if not (self.roles[token] & Role.PROCLITIC and mark in self.opens and self.flags[mark] & GLUED):
            return False
        after = self.opens[mark] + 1
        if after >= limit or self.words_in(mark) > SHORT_NAME or not self._after_office(first, token):
            return False
        stops = _ENDS | _PUNCTUATION | Role.IN | Role.ADVERB | Role.TANWIN | Role.OBJECT | Role.OUTCOME
        return not self.roles[after] & stops and not self.form_is_verb(after) and not self.begins_sentence(after)

    def _apposition_follows(self, first: int, comma: int, limit: int) -> bool:
        """Return whether a short name follows a title: الوزير، فلان الفلاني، ..."""
        titled = self.roles[first] & Role.OFFICE and comma - first <= _LONGEST_TITLE
        definite = self.roles[first] & Role.DEFINITE and not self.roles[first] & Role.PREPOSED
        if not titled and (comma - first > 2 or not definite):
            return False
        follows = self.roles[min(comma + 1, self.size - 1)]
        if titled and comma - first > 2:
            named = not self.roles[comma - 1] & Role.DEFINITE
            if named or (follows & Role.DEFINITE and not follows & Role.OFFICE):
                return False  # the name has been given: what follows is another title, or a clause
        for place in range(comma + 1, min(comma + 6, limit)):
            role = self.roles[place]
            if role & (Role.COMMA | _ENDS | Role.MARK | Role.IN | Role.TANWIN) or self.form_is_verb(place):
                return place > comma + 1
        return False

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
        elif not role & (Role.OFFICE | Role.BODY):
            return None
        blocks = Role.COMPLEMENTISER | Role.COLON | Role.MARK
        if any(each & blocks for each in self.roles[start:verb]) or not self._may_begin(start, verb):
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
            if role & (_PUNCTUATION | _ENDS | Role.IN | Role.PARTICLE | Role.PREPOSED) or self.form[first - 1] >= 0:
                break
            first -= 1
        heads = (each for each in range(first, relative) if self.roles[each] & (Role.OFFICE | Role.BODY))
        head = next(heads, None)
        if head is not None:
            return Phrase(head, relative)
        apposed = first and self.roles[first - 1] & _PUNCTUATION and 0 < relative - first <= SHORT_NAME
        return Phrase(first, relative) if apposed and self._may_begin(first, None) else None

    def known_speaker(self, phrase: Phrase) -> bool:
        """Return whether a phrase begins with an office, or shares a word with a speaker of the document."""
        return bool(self.roles[phrase.first] & Role.OFFICE) or self.words[phrase.first] in self._speaker_words

    @cached_property
    def _speaker_words(self) -> frozenset[int]:
        return frozenset(
            word for report in self.reports for word in self.words[report.speaker.first : report.speaker.end]
        )

    def _needs(self, verb: int) -> bool:
        form = self.verb_form(verb)
        return form is not None and "needs" in form.flags

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
        role = self.roles[first]
        masculine = self.gender(verb) == "m" and not role & Role.MASCULINE_NAME
        if (masculine and role & Role.FEMININE) or role & (Role.PREPOSED & ~Role.DEFINITE):
            return None
        after_was = bool(first) and bool(self.roles[first - 1] & Role.BE)
        after_was = after_was or (bool(first) and bool(self.roles[first - 1] & Role.PARTICLE))
        named = role & (Role.OFFICE | Role.BODY | Role.KIN | Role.DEFINITE) or after_was
        doubtful = end - first < 2 or after_that or bool(role & Role.IMPERFECT)
        if after_was and role & Role.IMPERFECT and not role & Role.DEFINITE:
            return None  # عما إذا كان سيترشح قال
        follows = self.roles[first + 1] & (Role.DEFINITE | Role.OFFICE) and not self.roles[verb] & Role.IMPERFECT
        if not named and (doubtful or follows):
            return None  # a verb that is not listed, and its subject (زار الوزير ...)
        phrase = self.phrase(first, end)
        return phrase if phrase is not None and self._reaches(phrase.end, end) else None

    def _reaches(self, token: int, verb: int) -> bool:
        """Return whether nothing but a phrase in في, ب or a time stands between a subject and its verb."""
        return not any(self.roles[each] & (Role.RELATIVE | Role.COMPLEMENTISER) for each in range(token, verb))

    def sentence_subject(self, verb: int) -> Phrase | None:
        """Return the person or body with whom the sentence of a verb begins (استقبل الوزير الوفد وقال); None without.

        The first word is then a verb that is not listed; the one after it must be an office or a body.
        """
        start = self.sentence_start(verb)
        start += bool(self.roles[start] & Role.WHEN)  # عندما سئل الوزير ... أجاب
        role = self.roles[start]
        if (
            role & Role.OFFICE
            and role & Role.DEFINITE
            and self.form[start] < 0
            and 2 <= verb - start <= _LONGEST_SENTENCE
        ):
            return self.phrase(start, verb)  # الروائي فلان، ... وقال
        nouns = Role.OFFICE | Role.BODY | Role.DEFINITE | Role.KIN | Role.AS_FOR | Role.ADVERB | Role.TANWIN
        if (
            not 2 <= verb - start <= _LONGEST_SENTENCE
            or self.cue[start] >= 0
            or role & (nouns | _ENDS | _PUNCTUATION | Role.IN | Role.PREPOSED)
        ):
            return None
        if not role & Role.WORD or role & (Role.PARTICLE & ~Role.BE) or self.is_participle(start):
            return None
        if self._joins_noun(start) or start + 1 >= verb:
            return None
        gender = self.gender(verb)
        if not self.roles[start + 1] & (Role.OFFICE | Role.BODY | Role.KIN) and (
            not self._spoke_before(start + 1) or (gender != "f" and self.roles[start + 1] & Role.FEMININE)
        ):
            return None
        agrees = gender in ("", "p") or (gender == "f") == bool(role & Role.FEMININE_VERB)
        return self.phrase(start + 1, verb) if agrees else None

    def _joins_noun(self, token: int) -> bool:
        """Return whether و joins an office or a body to the text before (ورئيس الوزراء)."""
        return bool(self.roles[token] & Role.WAW_NOUN)

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
        if before & Role.WHEN:  # حيث يقول
            return self.reports_in_sentence(verb)
        if before & Role.COMMA and self.roles[verb] & Role.IMPERFECT and self.verb_form(verb) is not None:
            return bool(self.roles[self.sentence_start(verb)] & leads)  # بيان للوزارة، يؤكد
        breaks = _PUNCTUATION | Role.PARTICLE | Role.COMPLEMENTISER | Role.RELATIVE | Role.TURN
        first = verb
        while first and not self.begins_sentence(first) and not self.roles[first - 1] & breaks:
            if verb - first >= _LONGEST_SENTENCE:
                return False
            first -= 1
        return first == verb or bool(self.roles[first] & leads) or self.cue[first] >= 0

    # ------------------------------------------------------------------------- speakers of the document

    @cached_property
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
            speaker = relayed[0] if relayed else self.subject(verb, self.size) or self.sentence_subject(verb)
            if speaker is not None and self._reports(verb, speaker):
                found.append(Report(verb, speaker, self.gender(verb)))
        return found

    def _reports(self, verb: int, speaker: Phrase) -> bool:
        """Return whether a verb that can mean something else (`needs`) reports here: words follow its speaker."""
        form = self.verb_form(verb)
        if form is None or not form.flags & {"needs", "describes"} or self._after_turn(verb):
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
            several = report.gender == "p" or self._is_plural(report.speaker)
            if gender in ("m", "f") and self._are_persons(report.speaker):
                continue  # يقول العلماء ... يقول
            if gender in ("", report.gender) or (several if gender == "p" else report.gender == "p"):
                return report
        return None

    def _is_plural(self, phrase: Phrase) -> bool:
        """Return whether a phrase may name several: a plural, a body, or persons joined by و."""
        roles = self.roles[phrase.first : phrase.end]
        return bool(roles[0] & (Role.PLURAL | Role.FEMININE | Role.BODY | Role.MANY)) or any(
            role & (Role.WAW_NOUN | Role.JOINED) for role in roles
        )

    def _are_persons(self, phrase: Phrase) -> bool:
        """Return whether a phrase begins with several persons (العلماء), whom a singular verb does not carry on."""
        role = self.roles[phrase.first]
        return bool(role & Role.OFFICE and role & Role.PERSONS)

    def reports_in_sentence(self, place: int) -> bool:
        """Return whether the sentence of a token has a report before it."""
        last = bisect_right(self._report_places, place - 1)
        return last > 0 and self._report_places[last - 1] >= self.sentence_start(place)

    @cached_property
    def _report_places(self) -> list[int]:
        return [report.verb for report in self.reports]
