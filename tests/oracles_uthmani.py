"""A slow, obvious twin of the rules for the Uthmani spelling.

A word is a list of letters, each a tuple: the letter, its index in the text, its marks with theirs. A hamza that stood
on tatweel, or on a letter that takes none, is FLOATING. Each rule makes a new list.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TypeAlias

from corpus_kit.text import arabic
from corpus_kit.text.uthmani import WITHOUT_ALEF

Marks: TypeAlias = tuple[tuple[str, int], ...]
Letter: TypeAlias = tuple[str, int, Marks]
Word: TypeAlias = list[Letter]

FLOATING = "\ue000"
MARKS = "".join(map(chr, sorted(arabic.COMBINING_CLASSES)))
LETTERS = "".join(map(chr, sorted(arabic.LETTERS))) + "ـۥۦ"
SEATS = [*"اٱءويىیأإآؤئٲٳەۀہۂےۓ"]
YEHS = [*"يىی"]


def has(letter: Letter | None, marks: str) -> bool:
    return letter is not None and any(mark in marks for mark, _ in letter[2])


def cut(letter: Letter, marks: str) -> Letter:
    return (letter[0], letter[1], tuple(pair for pair in letter[2] if pair[0] not in marks))


def vowel(letter: Letter | None) -> str:
    for mark, name in (("\u0650", "i"), ("\u064f", "u"), ("\u064e", "a")):
        if has(letter, mark):
            return name
    return ""


def is_long(letter: Letter | None) -> bool:
    return letter is not None and (letter[0] == "ا" or has(letter, "ٰ"))


def is_short_yeh(letter: Letter | None) -> bool:
    return letter is not None and letter[0] in YEHS and not has(letter, "ٰ")


def spelled(word: Word) -> str:
    return "".join(char for char, _, _ in word).replace(FLOATING, "ء")


def last(word: Word, n: int = 1) -> Letter | None:
    return word[-n] if len(word) >= n else None


def parse(word: str, start: int) -> Word:
    pieces = re.finditer(f"(?P<letter>[^{MARKS}])(?P<marks>[{MARKS}]*)|(?P<only>[{MARKS}]+)", word)
    result: Word = []
    for piece in pieces:
        at = start + piece.start()
        marks = piece["marks"] if piece["letter"] else piece["only"]
        first = at + len(piece["letter"] or "")
        result.append((piece["letter"] or "", at, tuple((mark, first + i) for i, mark in enumerate(marks))))
    return result


def join_tatweels(word: Word) -> Word:
    result: Word = []
    for letter in word:
        if letter[0] == "ـ" and result and not has(letter, "ٕٔۧۨ"):
            char, at, marks = result.pop()
            result.append((char, at, marks + letter[2]))
        else:
            result.append(letter)
    return result


def write_carried(word: Word) -> Word:
    result: Word = []
    for number, letter in enumerate(word):
        char = letter[0]
        if char == "ص" and has(letter, "ۜ"):
            char = "س"
        if char in [*YEHS, "و"] and has(letter, "ٕ"):
            before = last(result)
            is_end = number == len(word) - 1 and before is not None and before[0] == "ا"
            char = "ء" if is_end else "ؤ" if char == "و" else "ئ"
            letter = cut(letter, "ٕٔ")
        moving = "ۧۨ" if char in SEATS else "ٕٔۧۨ"
        moved = [pair for pair in letter[2] if pair[0] in moving]
        letter = (char, letter[1], cut(letter, moving)[2])
        new = [{"ۧ": "ي", "ۨ": "ن"}.get(mark, FLOATING) for mark, _ in moved]
        if char == "ـ" and moved:
            letter = (new[0], letter[1], letter[2])
            new, moved = new[1:], moved[1:]
        result.append(letter)
        result += [(char, at, ()) for char, (_, at) in zip(new, moved, strict=True)]
    return result


def write_small(word: Word) -> Word:
    dawud = re.match("[وفبكلسيا]*داوۥد", spelled(word))
    result: Word = []
    for number, letter in enumerate(word):
        of_pronoun = number == len(word) - 1 and number > 0 and word[number - 1][0] == "ه"
        if letter[0] in ["ۥ", "ۦ"] and (of_pronoun or (dawud and letter[0] == "ۥ")):
            continue
        result.append(({"ۥ": "و", "ۦ": "ي"}.get(letter[0], letter[0]), *letter[1:]))
    return result


def write_silent(word: Word) -> Word:
    result: Word = []
    for number, letter in enumerate(word):
        is_last = number == len(word) - 1
        silent = has(letter, "۟") or (letter[0] == "ا" and has(letter, "ْ"))
        before, after = last(result), "" if is_last else word[number + 1][0]
        of_hamza = letter[0] == "ا" and is_last and before is not None and before[0] == "ؤ"
        if of_hamza and (silent or is_long(last(result, 2))):
            result[-1] = ("ء" if is_long(last(result, 2)) else "أ", *result[-1][1:])
            continue
        plural = before is not None and before[0] == "و" and not after
        if not silent or (letter[0] == "و" and after == "ل"):
            result.append(letter)
        elif letter[0] == "ا" and plural:
            if vowel(before) != "a" and not has(before, "ٰ"):
                result += [] if re.fullmatch("[وفبكلسيا]*[أا]ولو", spelled(result)) else [letter]
        elif letter[0] == "ا" and before is not None and before[0] == "م" and after == "ئ":
            result.append(letter)
    return result


def drop_listed(word: Word) -> Word:
    for number, letter in enumerate(word):
        if has(letter, "ٰ"):
            marked = [re.sub("[أآٱ]", "ا", spelled([each])) + "ٰ" * has(each, "ٰ") for each in word]
            place = len("".join(marked[: number + 1])) - 1
            found = [re.fullmatch(pattern, "".join(marked)) for pattern in WITHOUT_ALEF]
            if any(each is not None and each.start(1) == place for each in found):
                return [*word[:number], cut(letter, "ٰ"), *word[number + 1 :]]
    return word


def write_yehs_and_waws(word: Word) -> Word:
    result: Word = []
    for number, letter in enumerate(word):
        after = word[number + 1 :]
        free = has(letter, "ٰ") and not vowel(letter)
        after_fatha = vowel(last(result)) == "a"
        if free and letter[0] == "و" and spelled(after) == "ا" and len(after) == 1:
            return [*result, ("ا", letter[1], cut(letter, "ٰ")[2])]
        if free and letter[0] == "و" and (after_fatha or (after and after[0][0] == "ة")):
            letter = ("ا", letter[1], cut(letter, "ٰ")[2])
        elif free and letter[0] in YEHS and not after:
            letter = cut(letter, "ٰ")
        elif free and letter[0] in YEHS and (after_fatha or letter[0] == "ى"):
            letter = ("ا", letter[1], cut(letter, "ٰ")[2])
        result.append(letter)
    return result


def write_hamzas(word: Word) -> Word:
    result: Word = []
    rest = [*word]
    while rest:
        letter, before = rest.pop(0), last(result)
        after = rest[0] if rest else None
        floats = letter[0] == FLOATING
        head = not result or (floats and re.fullmatch("[وف]?[بلكس]?", spelled(result)))
        if letter[0] not in ["ء", FLOATING]:
            result.append(letter)
            continue
        new = "ء"
        if has(letter, "ٰ") or (after is not None and after[0] == "ا"):
            if re.fullmatch("[وف]?[رن]ءا", spelled([*result, letter, *rest])):
                new, rest[0] = "أ", ("ى", *rest[0][1:])
            elif not head and (vowel(before) == "i" or (floats and is_short_yeh(before))):
                new = "ئ"
            elif has(letter, "\u064b\u08f0"):
                new = "ئ" if floats else "ء"
            elif head or floats or not is_long(before):
                new = "آ"
                if not has(letter, "ٰ"):
                    rest.pop(0)
                letter = cut(letter, "ٰ")
        elif after is not None and after[0] and head:
            new = "إ" if vowel(letter) == "i" else "أ"
        elif after is not None and after[0]:
            new = seat(before, letter, after)
        result.append((new, *letter[1:]))
    return result


def seat(before: Letter | None, hamza: Letter, after: Letter) -> str:
    vowels = vowel(before) + vowel(hamza)
    unknown = vowels == ""
    if "i" in vowels or is_short_yeh(before) or (unknown and after[0] in YEHS):
        return "ئ"
    after_long_u = before is not None and before[0] == "و" and vowel(before) == ""
    if hamza[0] != FLOATING and (is_long(before) or after_long_u):
        return "ء"
    if "u" in vowels or (unknown and after[0] == "و"):
        return "ؤ"
    return "ء" if is_long(before) else "أ"


def write_daggers(word: Word) -> Word:
    result: Word = []
    for letter in word:
        daggers = [at for mark, at in letter[2] if mark == "ٰ"]
        result.append(cut(letter, "ٰ"))
        if daggers:
            result.append(("ا", daggers[0], ()))
    return result


def write_lam(word: Word) -> Word:
    found = re.match("([وفبكلس]*ٱل)(يل|ات[يى]|ائ[يى]|ذان)", spelled(word))
    if found is None:
        return word
    at = found.end(1)
    return [*word[:at], ("ل", word[at - 1][1], ()), *word[at:]]


def write_madda(word: Word) -> Word:
    for number, (letter, after) in enumerate(pairwise(word)):
        if letter[0] == "ء" and after[0] == "ا" and not has(letter, "\u064b\u08f0"):
            before = spelled(word[:number])
            if re.fullmatch("[وف]?[رن]ءا", spelled(word)):
                return [*word[:number], ("أ", *letter[1:]), ("ى", *after[1:])]
            short = before[-1:] not in [*"اوىيی"] and number + 2 < len(word)
            if re.fullmatch("[وف]?[بلكس]?", before) or short:
                return write_madda([*word[:number], ("آ", *letter[1:]), *word[number + 2 :]])
    return word


def is_signed(word: Word) -> bool:
    signs = any(has(letter, "ٰۣ۪ۭۖۗۘۙۚۛۜ۟۠ۡۢۤۧۨ۫۬") or letter[0] in ["ٱ", "ۥ", "ۦ"] for letter in word)
    loose = any(letter[0] not in ["", *SEATS] and has(letter, "ٕٔ") for letter in word)
    below = any(letter[0] in [*YEHS, "و"] and has(letter, "ٕ") for letter in word)
    twice = any({before[0], after[0]} == {"أ", "ء"} for before, after in pairwise(word))
    return signs or loose or below or twice


def modern_slowly(text: str) -> tuple[str, list[int]]:
    """Return the text in modern spelling and the index in `text` of each of its characters."""
    chars, sources = "", []
    for piece in re.finditer(f"[{LETTERS}{MARKS}]+|[^{LETTERS}{MARKS}]", text):
        word = parse(piece[0], piece.start())
        if is_signed(word):
            rules = (
                join_tatweels, write_carried, write_small, write_silent, drop_listed, write_yehs_and_waws, write_hamzas,
                write_daggers, write_lam,
            )  # fmt: skip
            for rule in rules:
                word = rule(word)
        else:
            word = write_madda(word)
        for char, at, marks in word:
            pairs = [*([(char, at)] if char else []), *marks]
            chars += "".join(mark for mark, _ in pairs)
            sources += [at for _, at in pairs]
    return chars, sources
