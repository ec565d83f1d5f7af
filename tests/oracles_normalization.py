"""A slow, obvious normaliser that the tests compare the fast one with.

It keeps a list of (character, index in the text) and makes one pass for each option. Classes, compositions and
presentation forms come from Unicode's own data (unicodedata2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import groupby
from typing import Any, TypeAlias

import unicodedata2
from oracles_uthmani import modern_slowly

from corpus_kit.text import arabic

Pairs: TypeAlias = list[tuple[str, int]]


def normalize_by_tables(
    text: str, early: Mapping[int, Iterable[int]], late: Mapping[int, Iterable[int]]
) -> tuple[str, list[int]]:
    """Run a program without marks: map each code point by one table and the result by the other."""
    pairs = [(ord(char), index) for index, char in enumerate(text)]
    for table in (early, late):
        pairs = [(new, index) for code_point, index in pairs for new in table.get(code_point, [code_point])]
    return "".join(chr(code_point) for code_point, _ in pairs), [index for _, index in pairs]


@cache
def _is_arabic_mark(char: str) -> bool:
    blocks = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x0870, 0x08FF), (0x10EC0, 0x10EFF))
    return unicodedata2.combining(char) > 0 and any(low <= ord(char) <= high for low, high in blocks)


def _map_chars(pairs: Pairs, change: Callable[[str], str]) -> Pairs:
    return [(new, index) for char, index in pairs for new in change(char)]


def _remove(pairs: Pairs, code_points: Iterable[int]) -> Pairs:
    removed = {chr(code_point) for code_point in code_points}
    return [(char, index) for char, index in pairs if char not in removed]


def _translate(pairs: Pairs, table: Mapping[int, int]) -> Pairs:
    return _map_chars(pairs, lambda char: chr(table.get(ord(char), ord(char))))


def _letter_of_form(char: str) -> str:
    """Return the letters of a presentation form: NFKC without the space that Unicode puts under isolated marks."""
    code_point = ord(char)
    if not (0xFB50 <= code_point <= 0xFDFF or 0xFE70 <= code_point <= 0xFEFE) or code_point in arabic.WORD_LIGATURES:
        return char
    letters: str = unicodedata2.normalize("NFKC", char)
    return letters.replace(" ", "")


def _joins_emoji(text: str, index: int) -> bool:
    before = text[:index]
    if before.endswith("\ufe0f"):
        before = before[:-1]
    after = ord(text[index + 1 : index + 2] or "\0")
    return ord(before[-1:] or "\0") in arabic.JOINED_EMOJI and after in arabic.JOINED_EMOJI


def _compose_arabic(pairs: Pairs) -> Pairs:
    """Compose each letter and its Arabic marks to NFC, step by step as in the standard."""
    result: Pairs = []
    for is_mark, group in groupby(pairs, key=lambda pair: _is_arabic_mark(pair[0])):
        members = list(group)
        if not is_mark:
            result += members
            continue
        if result and 0x600 <= ord(result[-1][0]) <= 0x6FF:
            base, index = result.pop()
            members = [(part, index) for part in unicodedata2.normalize("NFD", base)] + members
            result.append(members.pop(0))
        members.sort(key=lambda pair: unicodedata2.combining(pair[0]))
        left: Pairs = []
        for char, index in members:
            blocked = bool(left) and unicodedata2.combining(left[-1][0]) >= unicodedata2.combining(char)
            whole = unicodedata2.normalize("NFC", result[-1][0] + char) if result and not blocked else ""
            if len(whole) == 1:
                result[-1] = (whole, result[-1][1])
            else:
                left.append((char, index))
        result += left
    return result


def _drop_hamza_on_alef(pairs: Pairs) -> Pairs:
    result: Pairs = []
    base = ""
    for char, index in pairs:
        if not _is_arabic_mark(char):
            base = char
        if char in "\u0654\u0655" and base in list("اآأإٱ\u0672\u0673"):
            continue
        result.append((char, index))
    return result


def _fold_chars(pairs: Pairs, options: Mapping[str, Any]) -> Pairs:
    if options["alef"] == "all":
        pairs = _drop_hamza_on_alef(pairs)
    if options["dagger"] == "drop":
        pairs = _remove(pairs, [0x670])
    if options["dagger"] == "alef":
        pairs = _translate(pairs, {0x670: 0x627})
    if options["lookalikes"] == "on":
        pairs = _translate(pairs, arabic.LOOKALIKES)
    if options["farsi"] == "arabic":
        pairs = _translate(pairs, {0x6CC: 0x64A, 0x6A9: 0x643})
    if options["hamza"] == "seat":
        pairs = _remove(_translate(pairs, {0x624: 0x648, 0x626: 0x64A}), [0x654, 0x655])
    if options["hamza"] == "bare":
        pairs = _translate(pairs, dict.fromkeys([0x624, 0x626, 0x654, 0x655], 0x621))
    alefs = {"keep": "", "hamza": "آأإ", "wasla": "آأإٱ", "all": "آأإٱ\u0672\u0673"}[options["alef"]]
    pairs = _translate(pairs, dict.fromkeys(map(ord, alefs), 0x627))
    if options["maksura"] == "yeh":
        pairs = _translate(pairs, {0x649: 0x64A})
    if options["teh_marbuta"] == "heh":
        pairs = _translate(pairs, {0x629: 0x647})
    if options["digits"] == "ascii":
        pairs = _map_chars(pairs, lambda char: str(int(char)) if char in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹" else char)
    if options["case"] == "lower":
        latin = [*range(0x250), *range(0x1E00, 0x1F00)]
        pairs = _map_chars(pairs, lambda char: char.lower()[0] if ord(char) in latin else char)
    return pairs


def _cut_runs(pairs: Pairs, longest: int) -> Pairs:
    result: Pairs = []
    word = ""  # the letters of the word so far
    position = 0
    for char, group in groupby(pairs, key=lambda pair: pair[0]):
        run = list(group)
        position += len(run)
        if char in _LETTERS:
            rest = "".join(after for after, _ in pairs[position:]).lstrip("ـ" + _MARKS)
            opens = word == "" or word[-1] in "اآأإٱ\u0672\u0673" or word in list("وفبتلك")
            keep = 2 if char == "ل" and len(run) > 1 and opens and rest[:1] == "ه" else longest
            if char == "ا" and len(run) > 1 and not (rest and rest[0] in _LETTERS):
                keep = 1
            run = run[:keep]
            word += char * len(run)
        elif char != "ـ" and char not in _MARKS:
            word = ""
        result += run
    return result


_LETTERS = {chr(code_point) for code_point in arabic.LETTERS}
_MARKS = "".join(chr(code_point) for code_point in range(0x600, 0x11000) if _is_arabic_mark(chr(code_point)))


def normalize_slowly(text: str, options: Mapping[str, Any]) -> tuple[str, list[int]]:
    """Return the normalised text and the index in `text` of each of its characters."""
    if options["uthmani"] == "keep":
        return _normalize_letters(text, options)
    origin = list(range(len(text)))
    while True:
        modern, places = modern_slowly(text)
        result, sources = _normalize_letters(modern, options)
        origin = [origin[places[source]] for source in sources]
        if result == text or modern_slowly(result)[0] == result:
            return result, origin
        text = result


def _normalize_letters(text: str, options: Mapping[str, Any]) -> tuple[str, list[int]]:
    pairs: Pairs = [(char, index) for index, char in enumerate(text)]
    if options["presentation"] == "letters":
        pairs = _map_chars(pairs, _letter_of_form)
    if options["ligatures"] == "expand":
        words = {**arabic.WORD_LIGATURES, 0xFD3E: ")", 0xFD3F: "("}
        pairs = _map_chars(pairs, lambda char: words.get(ord(char), char))
    if options["controls"] == "drop":
        pairs = [(char, index) for char, index in pairs if char != "\u200d" or _joins_emoji(text, index)]
        pairs = _remove(pairs, arabic.CONTROLS - {0x200D})
    if options["zwnj"] == "drop":
        pairs = _remove(pairs, [0x200C])
    if options["spaces"] == "ascii":
        pairs = _map_chars(pairs, lambda char: " " if unicodedata2.category(char) == "Zs" else char)
    if options["tatweel"] == "drop":
        pairs = _remove(pairs, [0x640])
    signs: frozenset[int] = frozenset()
    if options["marks"]:
        signs |= arabic.CORE_MARKS if options["marks"] == "core" else arabic.EXTENDED_MARKS
    if options["quranic"] == "drop":
        signs |= arabic.QURANIC_SIGNS
    pairs = _remove(pairs, [sign for sign in signs if not _is_arabic_mark(chr(sign))])
    before = None
    while before != pairs:
        before = pairs
        if options["composition"] == "nfc":
            pairs = _compose_arabic(pairs)
        pairs = _remove(pairs, signs)
        pairs = _fold_chars(pairs, options)
        if before == pairs and options["hamza"] == "marks":
            pairs = _remove(pairs, [0x654, 0x655])
    if options["elongation"]:
        pairs = _cut_runs(pairs, options["elongation"])
    return "".join(char for char, _ in pairs), [index for _, index in pairs]
