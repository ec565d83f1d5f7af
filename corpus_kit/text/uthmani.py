"""The spelling of printed Qurans in modern letters, with the place that each letter came from.

The Uthmani spelling leaves out letters that modern spelling writes, and writes others that it leaves out; small signs
tell the reader. These rules give the modern letters:

- *Hamza* without a seat (ء, or the mark over tatweel or over a letter that takes none) before alef is آ: القرءان,
  بـَٔايٰت. Elsewhere in a word it gets the seat that the vowels and letters beside it ask for: يسـَٔل is يسأل.
- *Dagger alef* over waw before ة, or where the vowels say that the waw is no consonant, makes an alef of the waw:
  الزكوٰة. Over yeh it is ى at the end of a word and ا elsewhere: موسىٰ, التورىٰة. In the words of `WITHOUT_ALEF` it is
  nothing. Everywhere else it is ا: العٰلمين.
- *Small waw and yeh* after the ه of a pronoun are nothing; elsewhere they are the letter, and so are the small high yeh
  and noon: إبرٰهـۧم.
- *Silent letters* with a small circle are left out, but not the alef after the waw of a plural (ءامنوا۟) nor the waw of
  أو۟لٰئك. At the end of a word ؤا۟ is أ or ء.

Only words with one of these signs are changed, and those with ءا before another letter. Vowel marks are used where they
are, and not needed. What modern spelling writes as two words stays one: يٰأيها is ياأيها.

References:
    Al-Dani (d. 1053), *al-Muqni' fi ma'rifat marsum masahif ahl al-amsar*.
    The Unicode Standard 17.0, ch. 9.2, on Quranic annotation signs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from corpus_kit.text import arabic

__all__ = ["HAS_SIGNS", "SPELLING_VERSION", "WITHOUT_ALEF", "modern_spelling"]

SPELLING_VERSION = 1  # of these rules; part of the digest of a normaliser that uses them

_ALEF, _HAMZA, _LAM, _WAW, _HEH = map(chr, (arabic.ALEF, arabic.HAMZA, arabic.LAM, arabic.WAW, arabic.HEH))
_MAKSURA, _TEH_MARBUTA, _WASLA = map(chr, (arabic.ALEF_MAKSURA, arabic.TEH_MARBUTA, arabic.ALEF_WASLA))
_DAGGER, _TATWEEL = chr(arabic.DAGGER_ALEF), chr(arabic.TATWEEL)
_FATHA, _DAMMA, _KASRA, _SUKUN, _SILENT = "\u064e", "\u064f", "\u0650", "\u0652", "\u06df"
_FATHATAN = "\u064b\u08f0"
_HAMZA_BELOW, _HIGH_SEEN = "\u0655", "\u06dc"
_SMALL_WAW, _SMALL_YEH, _HIGH_YEH, _HIGH_NOON = "\u06e5", "\u06e6", "\u06e7", "\u06e8"
_SMALL_LETTERS = {_SMALL_WAW: "و", _SMALL_YEH: "ي", _HIGH_YEH: "ي", _HIGH_NOON: "ن"}
_YEHS = f"ي{_MAKSURA}\u06cc"
_HAMZAS = "".join(map(chr, sorted(arabic.COMBINING_HAMZAS)))
_SEATS = f"{_ALEF}{_WASLA}{_HAMZA}{_WAW}{_YEHS}أإآؤئ\u0672\u0673ەۀہۂےۓ"  # a hamza mark is theirs  # noqa: RUF001

# Words that have no alef for the dagger in modern spelling either, as patterns of letters in which alefs but إ are ا:
# names of God, demonstratives, لكن, names of letters. Handbooks of spelling list them under omitted alefs, for instance
# Harun, *Qawa'id al-imla'*.
WITHOUT_ALEF = (
    "[وفبتلكا]*لل(ٰ)ه.*", "[وفبتلكا]*رحم(ٰ)ن", "[وفبلكا]*[إاء]ل(ٰ)ه.*", "[وفبلكا]*ه(ٰ)ذ.*", "[وفبلكا]*ه(ٰ)ؤلا.*",
    "[وفا]*ه(ٰ)كذا", "[وفبلكا]*ذ(ٰ)لك.*", "[وفبلكا]*اول(ٰ)ئك.*", "[وفا]*ل(ٰ)كن.*", "ط(ٰ)ه", "ي(ٰ)س",
)  # fmt: skip
_WITHOUT_ALEF = [re.compile(pattern) for pattern in WITHOUT_ALEF]
_ONE_LAM = re.compile(f"([وفبكلس]*{_WASLA}ل)(?:يل|اتي|اتى|ائي|ائى|ذان)")  # two in modern spelling
_DAWUD = re.compile(f"[وفبكلسيا]*داو{_SMALL_WAW}د")  # has one waw
_ULU = re.compile("[وفبكلسيا]*[أا]ولو")  # of this noun the alef is left out
_RAA = re.compile("[وف]?[رن]ءا")  # رأى, نأى
_PROCLITICS = re.compile("[وف]?[بلكس]?")

_MARKS = "".join(map(chr, sorted(arabic.COMBINING_CLASSES)))
_LETTERS = "".join(map(chr, sorted(arabic.LETTERS))) + _TATWEEL + _SMALL_WAW + _SMALL_YEH
_WORD = re.compile(f"[{_LETTERS}{_MARKS}]+")
_PARTS = frozenset(_LETTERS + _MARKS)
_ANNOTATIONS = f"{_WASLA}{_DAGGER}\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_TWO_HAMZAS = f"أ[{_MARKS}]*{_HAMZA}|{_HAMZA}[{_MARKS}]*أ"
# What a text must have to be changed, as the regular expressions of Polars have it, too.
HAS_SIGNS = f"[{_ANNOTATIONS}{_HAMZAS}]|{_TWO_HAMZAS}|{_HAMZA}[{_MARKS}]*{_ALEF}"
_SIGNS = re.compile(HAS_SIGNS)
# A word to which all rules apply, not only that of ءا.
_SIGNED = re.compile(
    f"[{_ANNOTATIONS}]|[^{_SEATS}{_MARKS}][{_MARKS}]*[{_HAMZAS}]|[{_WAW}{_YEHS}][{_MARKS}]*{_HAMZA_BELOW}|{_TWO_HAMZAS}"
)


class _Letter:
    """A letter with its marks; each knows where it came from."""

    def __init__(self, char: str, source: int) -> None:
        self.char, self.source = char, source
        self.marks: list[tuple[str, int]] = []
        self.floats = False  # a hamza that stood on tatweel or on a letter that takes none

    def has(self, marks: str) -> bool:
        return any(mark in marks for mark, _ in self.marks)

    def drop(self, marks: str) -> None:
        self.marks = [each for each in self.marks if each[0] not in marks]

    @property
    def vowel(self) -> str:
        """The letter i, u or a, or nothing."""
        return next((name for name, mark in (("i", _KASRA), ("u", _DAMMA), ("a", _FATHA)) if self.has(mark)), "")

    @property
    def is_yeh(self) -> bool:
        return self.char != "" and self.char in _YEHS

    @property
    def is_silent(self) -> bool:
        return self.has(_SILENT) or (self.char == _ALEF and self.has(_SUKUN))

    @property
    def is_long_a(self) -> bool:
        return self.char == _ALEF or self.has(_DAGGER)


_REMEMBERED = 50_000  # words
_Word: TypeAlias = list[_Letter]
_NOTHING = _Letter("", 0)  # beside the first and the last letter; never changed


def modern_spelling(text: str) -> tuple[str, list[int]] | None:
    """Return a text in modern spelling and the index in `text` of each of its code points; None if nothing changes.

    Examples:
        >>> modern_spelling("الصلوٰة")
        ('الصلاة', [0, 1, 2, 3, 4, 6])
        >>> modern_spelling("الصلاة") is None
        True
    """
    chars: list[str] = []
    sources: list[int] = []
    end = 0
    for sign in _SIGNS.finditer(text):
        start = sign.start()
        if start < end:  # in the word before
            continue
        while start > end and text[start - 1] in _PARTS:
            start -= 1
        found = _WORD.match(text, start)
        assert found is not None
        word, places = _modern_word(found[0])
        chars += (text[end:start], word)
        sources += range(end, start)
        sources += [start + place for place in places]
        end = found.end()
    if not end:
        return None
    chars.append(text[end:])
    sources += range(end, len(text))
    result = "".join(chars)
    return None if result == text else (result, sources)


@lru_cache(maxsize=_REMEMBERED)
def _modern_word(text: str) -> tuple[str, tuple[int, ...]]:
    word = _read(text)
    word = _by_all_rules(word) if _SIGNED.search(text) else _write_madda(word)
    chars = "".join(letter.char + "".join(mark for mark, _ in letter.marks) for letter in word)
    places: list[int] = []
    for letter in word:
        places += [letter.source] * len(letter.char) + [source for _, source in letter.marks]
    return chars, tuple(places)


def _read(word: str) -> _Word:
    letters: _Word = []
    for index, char in enumerate(word):
        if char not in _MARKS or not letters:
            letters.append(_Letter("" if char in _MARKS else char, index))
        if char in _MARKS:
            letters[-1].marks.append((char, index))
    return letters


def _spelled(word: _Word) -> str:
    return "".join(letter.char for letter in word)


def _at(word: _Word, i: int) -> _Letter:
    return word[i] if 0 <= i < len(word) else _NOTHING


# ------------------------------------------------------------------------------------- the rules


def _by_all_rules(word: _Word) -> _Word:
    word = _write_carried(_without_tatweel(word))
    word = _write_small_letters(word)
    word = _write_silent(word)
    _drop_listed_daggers(word)
    word = _write_yehs_and_waws(word)
    word = _write_hamzas(word)
    word = _write_daggers(word)
    return _write_second_lam(word)


def _without_tatweel(word: _Word) -> _Word:
    """Leave out each tatweel that carries no letter; its marks are those of the letter before it."""
    result: _Word = []
    for letter in word:
        if letter.char == _TATWEEL and result and not letter.has(_HAMZAS + _HIGH_YEH + _HIGH_NOON):
            result[-1].marks += letter.marks
        else:
            result.append(letter)
    return result


def _write_carried(word: _Word) -> _Word:
    """Write the letters that are marks over tatweel or over other letters."""
    result: _Word = []
    for letter in word:
        if letter.char == "ص" and letter.has(_HIGH_SEEN):
            letter.char = "س"
        if (letter.is_yeh or letter.char == _WAW) and letter.has(_HAMZA_BELOW):
            final = letter is word[-1] and _at(result, len(result) - 1).char == _ALEF
            letter.char = _HAMZA if final else "ئ" if letter.is_yeh else "ؤ"
            letter.drop(_HAMZAS)
        takes = "" if letter.char and letter.char in _SEATS else _HAMZAS
        carried = [each for each in letter.marks if each[0] in _HIGH_YEH + _HIGH_NOON + takes]
        letter.marks = [each for each in letter.marks if each not in carried]
        result.append(letter)
        for mark, source in carried:
            if letter.char != _TATWEEL:
                result.append(_Letter("", source))
            result[-1].char = _SMALL_LETTERS.get(mark, _HAMZA)
            result[-1].floats = mark in _HAMZAS
    return result


def _write_small_letters(word: _Word) -> _Word:
    """Write the small waw and yeh, except those that lengthen the pronoun at the end and the one of Dawud."""
    is_dawud = _DAWUD.match(_spelled(word))
    result: _Word = []
    for i, letter in enumerate(word):
        if letter.char in (_SMALL_WAW, _SMALL_YEH):
            lengthens = i + 1 == len(word) and _at(word, i - 1).char == _HEH
            if lengthens or (is_dawud and letter.char == _SMALL_WAW):
                continue
            letter.char = _SMALL_LETTERS[letter.char]
        result.append(letter)
    return result


def _write_silent(word: _Word) -> _Word:
    """Leave out the silent letters that modern spelling leaves out; ؤا at the end is أ, after a long a ء."""
    result: _Word = []
    for i, letter in enumerate(word):
        before, after = _at(result, len(result) - 1), _at(word, i + 1).char
        after_long_a = _at(result, len(result) - 2).is_long_a
        if letter.char == _ALEF and i + 1 == len(word) and before.char == "ؤ" and (letter.is_silent or after_long_a):
            before.char = _HAMZA if after_long_a else "أ"
        elif not letter.is_silent or _stays(letter, before, after, _spelled(result)):
            result.append(letter)
    return result


def _stays(letter: _Letter, before: _Letter, after: str, begun: str) -> bool:
    """Say whether modern spelling has this silent letter, too: in plurals, مائة and أولئك."""
    if letter.char == _WAW:
        return after == _LAM
    if letter.char != _ALEF:
        return False
    if before.char == _WAW and not after:
        return before.vowel != "a" and not before.has(_DAGGER) and not _ULU.fullmatch(begun)
    return before.char == "م" and after == "ئ"


def _drop_listed_daggers(word: _Word) -> None:
    spelled, places = "", []  # each letter, and the dagger after its letter
    for letter in word:
        piece = (_ALEF if letter.char in ("أ", "آ", _WASLA) else letter.char) + (_DAGGER * letter.has(_DAGGER))
        spelled += piece
        places += [letter] * len(piece)
    for pattern in _WITHOUT_ALEF:
        if found := pattern.fullmatch(spelled):
            places[found.start(1)].drop(_DAGGER)


def _write_yehs_and_waws(word: _Word) -> _Word:
    """Write the yehs and waws under a dagger alef that are no consonants."""
    for i, letter in enumerate(word):
        before, after = _at(word, i - 1), _at(word, i + 1).char
        if not letter.has(_DAGGER) or letter.vowel:
            continue
        if letter.is_yeh:
            if i + 1 == len(word):
                letter.drop(_DAGGER)
            elif letter.char == _MAKSURA or before.vowel == "a":
                letter.char = _ALEF
                letter.drop(_DAGGER)
        elif letter.char == _WAW:
            ends = i + 2 == len(word) and after == _ALEF  # الربوٰا
            if ends or after == _TEH_MARBUTA or before.vowel == "a":
                letter.char = _ALEF
                letter.drop(_DAGGER)
            if ends:
                return word[:-1]
    return word


def _write_hamzas(word: _Word) -> _Word:
    """Give each hamza without a seat that of modern spelling."""
    result: _Word = []
    in_madda = None  # the alef that is part of آ
    for i, letter in enumerate(word):
        if letter is in_madda:
            continue
        after = _at(word, i + 1)
        if letter.char == _HAMZA:
            head = i == 0 or (letter.floats and _PROCLITICS.fullmatch(_spelled(result)) is not None)
            if letter.has(_DAGGER) or after.char == _ALEF:
                if _RAA.fullmatch(_spelled(word)):
                    letter.char, after.char = "أ", _MAKSURA
                else:
                    letter.char = _long_hamza(_at(result, len(result) - 1), letter, head)
                if letter.char == "آ":
                    in_madda = None if letter.has(_DAGGER) else after
                    letter.drop(_DAGGER)
            elif head and after.char:
                letter.char = "إ" if letter.vowel == "i" else "أ"
            elif after.char:
                letter.char = _seat(_at(result, len(result) - 1), letter, after)
        result.append(letter)
    return result


def _long_hamza(before: _Letter, hamza: _Letter, head: bool) -> str:
    """Return the letter of a hamza before alef; `head` if it is the first letter or after proclitics."""
    if not head and (before.vowel == "i" or (hamza.floats and before.is_yeh and not before.is_long_a)):
        return "ئ"
    if not hamza.has(_FATHATAN):
        return "آ" if head or hamza.floats or not before.is_long_a else _HAMZA
    return "ئ" if hamza.floats else _HAMZA


def _seat(before: _Letter, hamza: _Letter, after: _Letter) -> str:
    """Return the letter of a hamza between two letters: i is stronger than u, and u than a."""
    vowels = before.vowel + hamza.vowel
    if "i" in vowels or (before.is_yeh and not before.is_long_a) or (not vowels and after.is_yeh):
        return "ئ"
    if not hamza.floats and (before.is_long_a or (before.char == _WAW and not before.vowel)):
        return _HAMZA
    if "u" in vowels or (not vowels and after.char == _WAW):
        return "ؤ"
    return _HAMZA if before.is_long_a else "أ"


def _write_daggers(word: _Word) -> _Word:
    """Write the other dagger alefs as letters after theirs."""
    result: _Word = []
    for letter in word:
        result.append(letter)
        daggers = [source for mark, source in letter.marks if mark == _DAGGER]
        letter.drop(_DAGGER)
        result += [_Letter(_ALEF, source) for source in daggers[:1]]
    return result


def _write_second_lam(word: _Word) -> _Word:
    """Write the second lam of words like ٱليل."""
    if found := _ONE_LAM.match(_spelled(word)):
        at = len(found[1])
        word.insert(at, _Letter(_LAM, word[at - 1].source))
    return word


def _write_madda(word: _Word) -> _Word:
    """Write ءا as آ in a word without other signs: at its head, or after a short letter and before another letter."""
    result: _Word = []
    for i, letter in enumerate(word):
        before = _at(result, len(result) - 1)
        if letter.char == _ALEF and before.char == _HAMZA and not before.has(_FATHATAN):
            begun = _spelled(result[:-1])
            if _RAA.fullmatch(_spelled(word)):
                before.char, letter.char = "أ", _MAKSURA
            elif _PROCLITICS.fullmatch(begun) or (i + 1 < len(word) and begun[-1:] not in _ALEF + _WAW + _YEHS):
                before.char = "آ"
                continue
        result.append(letter)
    return result
