"""The order of letters in a line of a PDF: from the order on the page to that in which text is read and stored.

A PDF says where glyphs stand, not in which order they are read. For a line in Arabic the order on the page is
reversed, and what goes from left to right in it is reversed again: words in Latin letters, with the digits and signs
between them, and numbers. This is the inverse of the Unicode bidirectional algorithm, as far as it has one: "Boeing
737" is read so, whether or not the number belongs to the name.

Some producers state the shape of a bracket, others the character: of the two, what gives more pairs on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from corpus_kit.text.arabic import PRESENTATION_FORMS
from corpus_kit.text.closed_classes import FUNCTION_WORDS

__all__ = ["evidence", "is_right_to_left", "letters", "logical", "mirrored", "pairs"]

_RTL = (
    "\u0590-\u05ff\u0600-\u0605\u0608\u060b\u060d-\u064a\u066d-\u066f\u0671-\u06d5\u06e5\u06e6\u06ee\u06ef"
    "\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
)
_RTL_LETTER = re.compile(f"[{_RTL}]")
_DIGIT = re.compile("[0-9\u0660-\u0669\u06f0-\u06f9]")
_LATIN = re.compile(r"[^\W\d_]")
_SEPARATORS = frozenset(".,:/\u066b\u066c\u060c")  # within a number
_STOPS = frozenset(".،؛:؟!,;?")
_AFTER_NUMBER = frozenset("%\u066a\u00b0")
_OPENING, _CLOSING = "([{«\u2039", ")]}»\u203a"
_CLOSED_BY = dict(zip(_OPENING, _CLOSING, strict=True))
_MIRRORED = str.maketrans(_OPENING + _CLOSING, _CLOSING + _OPENING)
_REVERSED_LIGATURES = {"ا" + "ل": "لا", "أ" + "ل": "لأ", "إ" + "ل": "لإ", "آ" + "ل": "لآ"}
_MARKED_LIGATURE = re.compile("ل([اآ])([\u064c-\u0652\u0670]+)")  # on alef stands none of these marks
_LETTERS = {code: "".join(map(chr, points)) for code, points in PRESENTATION_FORMS.items()}
_WORD = re.compile("[\u0621-\u063a\u0641-\u064a]{2,}")
_BROKEN = re.compile("[-,.;:/&\u2013](?= |$)| &|-|")
_MARK = re.compile("[\u064b-\u065f\u0670\u0640]")
# Marks around brackets of the right-to-left level, which alone are mirrored; they are no characters.
_BRACKET = {mark: chr(0xFDD0 + number) for number, mark in enumerate(_OPENING + _CLOSING)}
_PLAIN = {ord(code): mark for mark, code in _BRACKET.items()}
_TURNED = {code: mark.translate(_MIRRORED) for code, mark in _PLAIN.items()}


def letters(text: str) -> str:
    """Return the text of a glyph in letters: presentation forms are shapes of letters.

    >>> letters("ﻻ"), letters("ال")  # one glyph of these two can only be lam with alef
    ('لا', 'لا')
    """
    if len(text) == 1 and text < "\ufb50":
        return text
    text = _REVERSED_LIGATURES.get(text) or text.translate(_LETTERS)
    return _MARKED_LIGATURE.sub(r"ل\2\1", text)


def is_right_to_left(glyphs: Iterable[str]) -> bool:
    """Return whether most letters of these are written from right to left."""
    text = "".join(glyphs)
    right = len(_RTL_LETTER.findall(text))
    return right > 0 and 2 * right >= len(_LATIN.findall(text))


def logical(glyphs: Sequence[str], right_to_left: bool = True) -> str:
    """Return a line in reading order. Brackets that may have to be mirrored are marked for `mirrored`.

    Args:
        glyphs: The texts of its glyphs from left to right, in letters.
        right_to_left: The direction of the line.

    >>> mirrored(logical(list("لالخ %15.5 OpenAI ةكرش")), False)
    'شركة OpenAI 15.5% خلال'
    """
    glyphs = list(_as_seen(glyphs))
    kinds = [_kind(glyph) for glyph in glyphs]
    if "R" not in kinds and not (right_to_left and _ends_on_the_left(glyphs, kinds)):
        return "".join(glyphs)
    if right_to_left:
        return _reversed(glyphs, kinds)
    parts: list[str] = []
    at = 0
    while at < len(glyphs):
        end = at + 1
        if kinds[at] == "R":  # up to the last one before a Latin letter
            ahead = range(at, next((place for place in range(at, len(glyphs)) if kinds[place] == "L"), len(glyphs)))
            end = max(place for place in ahead if kinds[place] == "R") + 1
            parts.append(_reversed(glyphs[at:end], kinds[at:end]))
        else:
            parts.append(glyphs[at])
        at = end
    return "".join(parts)


def _as_seen(glyphs: Iterable[str]) -> Iterator[str]:
    """Yield glyphs, of those that are a word with a space the space where it is seen."""
    for glyph in glyphs:
        if len(glyph) > 1 and not glyph.isspace() and glyph != glyph.strip() and _kind(glyph) == "R":
            word = glyph.strip()
            before, after = glyph.split(word)
            yield from (part for part in (after, word, before) if part)
        else:
            yield glyph


def _ends_on_the_left(glyphs: Sequence[str], kinds: Sequence[str]) -> bool:
    """Return whether a line without letters of Arabic is read from the right all the same.

    It has no letters, or a sign stands on its left with which a sentence ends.
    """
    if "L" not in kinds:
        return "D" in kinds
    return glyphs[0] in _STOPS and glyphs[-1] not in _STOPS


def _reversed(glyphs: Sequence[str], kinds: Sequence[str]) -> str:
    parts: list[str] = []
    at = 0
    while at < len(glyphs):
        end = _end_of_run(glyphs, kinds, at)
        if end > at:
            parts.append("".join(glyphs[at:end]))
            at = end
        else:
            parts.append(_BRACKET.get(glyphs[at], glyphs[at]))
            at += 1
    parts.reverse()
    return "".join(parts)


def mirrored(line: str, turn: bool) -> str:
    """Return a line with its marked brackets as they are, or mirrored."""
    return line.translate(_TURNED if turn else _PLAIN)


def pairs(lines: Iterable[str]) -> int:
    """Return how many more marked brackets of lines make pairs as they are than mirrored."""
    marks = [_PLAIN[ord(each)] for line in lines for each in line if ord(each) in _PLAIN]
    found = 0
    for before, after in pairwise(marks):
        found += before in _OPENING and _OPENING.find(before) == _CLOSING.find(after)
        found -= before in _CLOSING and _CLOSING.find(before) == _OPENING.find(after)
    return found


def _kind(glyph: str) -> str:
    """Return the direction of a glyph by its last letter or a digit: R, L, D or N.

    A glyph has letters of one script. Some producers state with the first one of a word what stands before the word.
    """
    if found := _LATIN.findall(glyph):
        return "R" if _RTL_LETTER.match(found[-1]) else "L"
    if _RTL_LETTER.search(glyph):
        return "R"
    return "D" if _DIGIT.search(glyph) else "N"


def _end_of_run(glyphs: Sequence[str], kinds: Sequence[str], start: int) -> int:
    """Return the end of what goes from left to right and begins here; `start` if nothing does."""
    if kinds[start] == "L":
        return _end_of_latin(glyphs, kinds, start)
    if kinds[start] != "D":
        return start
    end = _end_of_number(glyphs, kinds, start)
    if end < len(glyphs) and kinds[end] == "L":  # such as 4G
        return _end_of_latin(glyphs, kinds, end)
    return end


def _end_of_latin(glyphs: Sequence[str], kinds: Sequence[str], start: int) -> int:
    end = at = start
    while at < len(glyphs) and kinds[at] != "R":
        if kinds[at] == "D" and not glyphs[at].isascii():
            break
        at += 1
        if kinds[at - 1] != "N":
            end = at
    if start == 0:  # a line break within a name or word, such as GPT-4 or Smith & Sons
        end += len(_BROKEN.match("".join(glyphs[end : end + 2]))[0])  # type: ignore[index]  # which may be empty
    return _before_brackets(glyphs, start, end)


def _before_brackets(glyphs: Sequence[str], start: int, end: int) -> int:
    """Return the end of a Latin run that has no brackets without their pair; such are of the text around it."""
    is_open: list[tuple[int, str]] = []
    for at, glyph in enumerate(glyphs[start : end + 1], start):
        if is_open and glyph == is_open[-1][1]:
            is_open.pop()
            if at == end:  # f(x)
                return end + 1
        elif at < end and glyph in _CLOSED_BY:
            is_open.append((at, _CLOSED_BY[glyph]))
        elif at < end and glyph in _CLOSING:
            return _trimmed(glyphs, start, at)
    return _trimmed(glyphs, start, is_open[0][0]) if is_open else end


def _trimmed(glyphs: Sequence[str], start: int, end: int) -> int:
    while end > start + 1 and not glyphs[end - 1].strip():
        end -= 1
    return end


def _end_of_number(glyphs: Sequence[str], kinds: Sequence[str], start: int) -> int:
    end = start
    while end < len(glyphs):
        if kinds[end] == "D":
            end += 1
        elif glyphs[end] in _SEPARATORS and end + 1 < len(glyphs) and kinds[end + 1] == "D":
            end += 2
        else:
            break
    if end < len(glyphs) and glyphs[end] in _AFTER_NUMBER and (end + 1 == len(glyphs) or kinds[end + 1] != "D"):
        end += 1
    return end


def evidence(text: str) -> tuple[int, int]:
    """Return how many words speak for the order of the letters of a text, and how many for the reverse.

    Words that are frequent, the article at the beginning, and ة and ى at the end; nothing begins with these two.

    >>> evidence("ذهب إلى المدرسة في الصباح"), evidence("ةسردملا ىلإ بهذ")
    ((4, 0), (0, 2))
    """
    forwards = backwards = 0
    words, reversed_words = _frequent()
    for word in _WORD.findall(_MARK.sub("", text)):
        forwards += word in words or (len(word) > 4 and word.startswith("ال")) or word[-1] in "ةى"
        backwards += word in reversed_words or (len(word) > 4 and word.endswith("لا")) or word[0] in "ةى"
    return forwards, backwards


@cache
def _frequent() -> tuple[frozenset[str], frozenset[str]]:
    """Return frequent words, and those reversed; of both without what is a word either way."""
    words = {word for word in FUNCTION_WORDS if len(word) > 1}
    turned = {word[::-1] for word in words}
    return frozenset(words - turned), frozenset(turned - words)
