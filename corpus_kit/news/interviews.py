"""Interviews printed as questions and answers: `* متى يكتمل المشروع؟` and `- في الربيع.`, `س:` and `ج:`, names.

Each paragraph begins with a sign: a bullet, or up to four words and a colon. An interview has at least two questions
of one sign that paragraphs of one other sign answer, or three that paragraphs without a sign answer. Its answers speak
in the first person (where nobody is named, at once), for authors also ask and answer themselves. Tokens are numbered
within one document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit.news.name_phrases import NameReader
from corpus_kit.news.name_words import Bit, name_classes
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document
from corpus_kit.news.speech_signs import Sign
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH

__all__ = ["Answer", "interview_answers"]

_LEAST_QUESTIONS = 2
_LEAST_UNSIGNED = 3  # questions whose answers have no sign
_LONGEST_LABEL = 4  # words
_LEAST_WORDS = 2
_NEAR = 8  # from حوار to a name
_PUNCTUATION = Role.MARK | Role.BRACKET | Role.STOP | Role.COMMA | Role.COLON


class Answer(NamedTuple):
    """An answer of an interview.

    Attributes:
        first: Its first token.
        end: The token after its last one.
        speaker: The name with a colon before it; else who is interviewed, as the words before the first question say.
        named: Whether a name with a colon is before it.
    """

    first: int
    end: int
    speaker: Phrase | None
    named: bool


class _Paragraph(NamedTuple):
    """A paragraph: its first token, the token after its sign and the one after its last, and the sign."""

    begin: int
    first: int
    end: int
    sign: tuple[int, ...]


def interview_answers(document: Document, signs: npt.NDArray[np.uint64]) -> Iterator[Answer]:
    """Yield the answers of an interview, each to the next question, the last one to the end of its paragraph.

    Args:
        document: The document.
        signs: The bits of `Sign` of each token.
    """
    if np.count_nonzero(signs & np.uint64(Sign.QUESTION)) < _LEAST_QUESTIONS:
        return
    starts = np.flatnonzero(np.frombuffer(document.flags, np.uint8) & BEGINS_PARAGRAPH).tolist()
    bits: list[int] = signs.tolist()
    paragraphs = [_read(document, bits, *bounds) for bounds in pairwise([*starts, document.size])]
    kinds = _kinds(document, bits, paragraphs)
    questions = {question for question, _ in kinds}
    rows = [row for row, pair in enumerate(pairwise(paragraphs), 1) if (pair[0].sign, pair[1].sign) in kinds]
    own = [any(sign & Sign.FIRST_PERSON for sign in bits[slice(*paragraphs[row][1:3])]) for row in rows]
    if not any(own):
        return  # the author asks and answers
    guest = _guest(document, bits, paragraphs[rows[0] - 1].begin)
    named = [_is_named(document, bits, paragraphs[row]) for row in rows]
    unsigned = any(not paragraphs[row].sign for row in rows)
    if unsigned and sum(own) * 4 < len(own):
        return
    if guest is None and not any(named) and not any(_is_own(document, bits, paragraphs[row].first) for row in rows):
        return
    for row, is_named in zip(rows, named, strict=True):
        answer, end = paragraphs[row], _end(document, bits, paragraphs, row, questions)
        label = Phrase(answer.begin, answer.begin + len(answer.sign))
        reported = bits[answer.first] & Sign.SAYS and not bits[answer.first] & Sign.FIRST_PERSON  # - تجيب هند: ...
        if document.words_between(answer.first, end) >= _LEAST_WORDS and not reported:
            yield Answer(answer.first, end, label if is_named else guest, is_named)


def _is_own(document: Document, signs: list[int], first: int) -> bool:
    """Return whether an answer is about who gives it from its first sentence on; later authors say فنجد، رأينا, too."""
    return any(sign & Sign.FIRST_PERSON for sign in signs[first : document.sentence_end(first + 1)])


def _is_named(document: Document, signs: list[int], answer: _Paragraph) -> bool:
    """Return whether a name with a colon begins an answer, and neither a bullet nor ج."""
    return bool(answer.sign and document.roles[answer.begin] & Role.WORD) and not signs[answer.begin] & Sign.ANSWER


def _kinds(
    document: Document, signs: list[int], paragraphs: list[_Paragraph]
) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the signs of questions with those of their answers, of which there are enough."""
    asked = Counter(
        (question.sign, answer.sign)
        for question, answer in pairwise(paragraphs)
        if question.sign and question.sign != answer.sign and _asks(document, signs, question)
    )
    return {kind for kind, count in asked.items() if count >= (_LEAST_QUESTIONS if kind[1] else _LEAST_UNSIGNED)}


def _end(
    document: Document, signs: list[int], paragraphs: list[_Paragraph], row: int, questions: set[tuple[int, ...]]
) -> int:
    """Return the end of an answer: before the next question and the heading before it."""
    following = (later for later in range(row + 1, len(paragraphs)) if paragraphs[later].sign in questions)
    last = next(following, row + 1) - 1
    while last > row and not signs[paragraphs[last].end - 1] & Sign.PERIOD:
        last -= 1
    end = paragraphs[last].end
    while end > paragraphs[row].first + 1 and document.roles[end - 1] & (Role.STOP | Role.COMMA | Role.DASH):
        end -= 1
    return end


def _guest(document: Document, signs: list[int], first: int) -> Phrase | None:
    """Return who is interviewed: as the words before say (حوار مع فلان), or the last person who speaks there."""
    reader = NameReader(document, name_classes(document.corpus))
    return _interviewed(signs, reader, first) or _last_speaker(document, reader, first) or _only_person(reader, first)


def _interviewed(signs: list[int], reader: NameReader, first: int) -> Phrase | None:
    """Return the person with a title or first name after حوار ... مع or حاورت, the last of them."""
    for place in range(first - 1, -1, -1):
        if signs[place] & (Sign.INTERVIEW | Sign.INTERVIEWS):
            for begin in range(place + 1, min(place + 1 + _NEAR, first)):
                titled = begin == place + 1 and reader.bits[begin] & Bit.TITLE  # حوار الدكتور فلان مع «الوطن»
                is_guest = titled or signs[place] & Sign.INTERVIEWS or signs[begin - 1] & Sign.WITH
                if is_guest and reader.bits[begin] & (Bit.TITLE | Bit.GIVEN):
                    end = reader.title_end(begin, first)
                    joined = (place for place in range(begin + 2, end) if signs[place] & Sign.AND)
                    return Phrase(begin, next((place for place in joined if not reader.bits[place] & Bit.GIVEN), end))
    return None


def _only_person(reader: NameReader, first: int) -> Phrase | None:
    """Return the person whom the words before a token name with a title and a first name, if they name no other."""
    bits, words = reader.bits, reader.document.words
    titles = (place for place in range(first - 1) if bits[place] & Bit.TITLE and bits[place] & Bit.DEFINITE)
    people = [Phrase(place, reader.title_end(place, first)) for place in titles if bits[place + 1] & Bit.GIVEN]
    names = {tuple(words[person.first + 1 : person.end]) for person in people}
    return people[0] if len(names) == 1 else None


def _last_speaker(document: Document, reader: NameReader, first: int) -> Phrase | None:
    """Return the last person who speaks before a token: with a title or first name, there or before, or twice."""
    words, bits = document.words, reader.bits
    named = {words[place] for place in range(1, first) if (bits[place - 1] | bits[place]) & (Bit.TITLE | Bit.GIVEN)}
    speakers = [report.speaker for report in document.reports if report.verb < first]
    count = Counter(words[speaker.first] for speaker in speakers)
    for speaker in reversed(speakers):
        word = words[speaker.first]
        titled = any(bits[place] & (Bit.TITLE | Bit.GIVEN) for place in range(*speaker))
        if (titled or word in named or count[word] > 1) and reader.kind(*speaker) == "person":
            return speaker
    return None


def _read(document: Document, signs: list[int], begin: int, end: int) -> _Paragraph:
    """Return a paragraph with its sign, which is empty if it has none."""
    first = begin
    while first < end and not document.roles[first] & Role.WORD:
        first += 1
    bullets = tuple(document.words[place] for place in range(begin, first) if _is_bullet(document, signs, place))
    near = range(first, min(first + _LONGEST_LABEL + 1, end))
    colon = next((place for place in near if not document.roles[place] & Role.WORD), end)
    label = range(first, colon)
    is_name = not any(document.form[place] >= 0 or signs[place] & Sign.NUMBER for place in label)
    if label and is_name and colon < end and document.roles[colon] & Role.COLON:
        return _Paragraph(first, colon + 1, end, tuple(document.words[first:colon]))
    return _Paragraph(begin, first, end, bullets)


def _is_bullet(document: Document, signs: list[int], place: int) -> bool:
    """Return whether a sign that is no word may mark a question or an answer: •, ••, =."""
    return not (document.roles[place] & _PUNCTUATION or signs[place] & (Sign.PERIOD | Sign.QUESTION))


def _asks(document: Document, signs: list[int], paragraph: _Paragraph) -> bool:
    """Return whether a paragraph ends with a question mark, before other signs or not."""
    place = paragraph.end - 1
    while place > paragraph.first and not document.roles[place] & Role.WORD:
        if signs[place] & Sign.QUESTION:
            return True
        place -= 1
    return False
