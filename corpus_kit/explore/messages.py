"""What the library says, in the language of the page: messages.toml has the Arabic of its English messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from corpus_kit.display.columns import words_of_values

__all__ = ["LEFT_IN_ENGLISH", "in_language"]

LEFT_IN_ENGLISH = "\u2066"  # begins what has no Arabic: a piece from left to right, which ends with the mark below
_VALUE, _END = "\u2068", "\u2069"  # begins and ends a value, whose first letter says its direction
_MARK = "\u200f"  # begins a line from right to left whose first letter may be Latin
_DEEPEST = 20  # sentences and templates in the holes of others
_LONGEST = 2_000  # code points of a message that is translated
_HOLE = re.compile(r"\{([a-z]\w*)\}")
_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""  # in quotation marks: one value, whatever it has
_ONE = rf"(?:{_TEXT})(?: \((?:[\d,]+|but (?:{_TEXT}))\))?"  # or with a number, or another text, behind it
_TEXTS = re.compile(f"{_ONE}(?:, {_ONE})*(?:, …)?")
_KINDS = {  # what fits a hole by its name; others take anything
    "n": rf"[-+]?[\d.,]*\d|{_TEXT}",
    "file": "[^;()]+",
    "what_kind": "[^;:]+",
    "quoted": rf"{_TEXT}|'.+…|\".+…",
}
_CODE = re.compile("`([^`]+)`")
_CALL = re.compile(r"^ck\.[\w.]+: ")
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")
_UNITS = {"word": "الكلمات", "stem": "الجذوع", "lemma": "المداخل المعجمية", "root": "الجذور"}
_VALUES = {"None": "لا شيء", "True": "نعم", "False": "لا"}
_SIGNS = {".": ".", ";": "؛", "?": "؟"}
_ARABIC = re.compile("[\u0621-\u064a]")
_LATIN = re.compile(r"[A-Za-z]{2}")


class _Template(NamedTuple):
    """A message with holes, what it is in Arabic, and its longest piece without holes."""

    english: str
    arabic: str
    piece: str


def in_language(message: str, language: str, labels: Mapping[str, str] | None = None) -> str:
    """Return a message of the library in the language of the page.

    What has no Arabic stays as it is, in a piece of its own from left to right. Arabic is returned as it is.

    Args:
        message: One or more sentences, as an error or a warning has them.
        language: "en" or "ar".
        labels: What the page calls arguments.

    >>> in_language("min_count must be an integer of at least 1, got 0.", "en", {"min_count": "At least"})
    '“At least” must be an integer of at least 1, got 0.'
    >>> in_language("This line is no longer shown.", "ar")
    'لم يعد هذا السطر معروضًا.'
    >>> in_language("ck.keyness: 1 group of 'outlet' ('صدى') has no words, and so no rows.", "en")
    "1 group of 'outlet' ('صدى') has no words, and so no rows."
    """
    named = labels or {}
    if language != "ar":
        message = _CALL.sub("", message)  # the page has no calls
        name = message.partition(" must ")[0]
        return f"“{named[name]}”{message[len(name) :]}" if name in named and name != message else message
    lines = [line if not line.strip() else _line(line, tuple(named.items())) for line in message.split("\n")]
    return "\n".join(lines)


@lru_cache(maxsize=1_000)
def _line(line: str, labels: tuple[tuple[str, str], ...]) -> str:
    found = _arabic(line, {**_catalogue()[1], **dict(labels)}, 0) if len(line) <= _LONGEST else None
    said = found or (line if _ARABIC.match(line) else f"{LEFT_IN_ENGLISH}{line}{_END}")
    return said if found is None or _ARABIC.match(said) else _MARK + said


def _arabic(text: str, names: Mapping[str, str], depth: int) -> str | None:
    """Return a text in Arabic; None if there is no template for it."""
    for template in _candidates(text) if depth < _DEEPEST and _LATIN.search(text) else ():
        if depth == 0 and not _LATIN.search(template.piece):  # too little to tell that it is English
            continue
        match = _compiled(template.english).fullmatch(text) if template.piece in text else None
        if match is None:
            continue
        holes = match.groupdict()
        said = _HOLE.sub(lambda hole: _in_hole(hole[1], holes[hole[1]], names, depth), template.arabic)  # noqa: B023
        if holes["_rest"] is not None:
            return f"{said}{_SIGNS[holes['_sign']]} {_in_hole('what', holes['_rest'], names, depth)}"
        return said + _SIGNS.get(holes["_last"] or "", "")
    return None


def _in_hole(name: str, value: str, names: Mapping[str, str], depth: int) -> str:
    """Return what was in a hole, as Arabic text has it."""
    if name == "name" and value in names:
        return f"«{names[value]}»"
    if name.startswith("what"):
        found = _arabic(value, names, depth + 1)
        if found is not None:
            return found
        if _LATIN.search(value) and value[0] not in "'\"":
            return f"{LEFT_IN_ENGLISH}{value}{_END}"
    if _TEXTS.fullmatch(value):
        pieces = re.split(f"({_TEXT})", value)
        pieces[::2] = [between.replace(", ", "، ").replace("(but ", "(بل ") for between in pieces[::2]]
        called = words_of_values("relation", "ck.word_sketch") if name == "relations" else {}
        pieces[1::2] = [f"«{_VALUE}{called.get(text[1:-1], text[1:-1])}{_END}»" for text in pieces[1::2]]
        return "".join(pieces)
    if name.startswith("unit") and value in _UNITS:
        return _UNITS[value]
    if value in _VALUES:
        return _VALUES[value]
    if _ARABIC.match(value):
        value = value.replace(", ", "، ")
    return value if _NUMBER.fullmatch(value) else f"{_VALUE}{value}{_END}"


def _candidates(text: str) -> Iterator[_Template]:
    """Return the templates that may fit: those that begin like a text, then those that begin with a hole."""
    by_word = _catalogue()[0]
    first = text.partition(" ")[0]
    for word in dict.fromkeys((first, first.rstrip(".;?"), "")):
        yield from by_word.get(word, ())


@cache
def _catalogue() -> tuple[dict[str, list[_Template]], dict[str, str]]:
    """Return the templates by their first words, the most specific first, and the names of arguments."""
    read = tomllib.loads(files(__package__).joinpath("messages.toml").read_text(encoding="utf-8"))
    names = read.pop("names")
    templates = [item for part in read.values() for item in part.items()]
    by_word: dict[str, list[_Template]] = {}
    for english, arabic in sorted(templates, key=lambda item: -len(_HOLE.sub("", item[0]))):
        first = english.partition(" ")[0]
        template = _Template(
            english, _CODE.sub(f"{_VALUE}\\1{_END}", arabic), max(_HOLE.sub("\n", english).split("\n"), key=len)
        )
        by_word.setdefault("" if _HOLE.search(first) else first, []).append(template)
    return by_word, names


@cache
def _compiled(english: str) -> re.Pattern[str]:
    """Return what matches a template, alone or with more sentences or clauses behind it."""
    parts, done, seen = [], 0, set[str]()
    for hole in _HOLE.finditer(english):
        parts.append(re.escape(english[done : hole.start()]))
        name, done = hole[1], hole.end()
        kind = _KINDS.get(re.sub(r"\d$", "", name), rf"{_TEXT}|.+?")
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{kind})")
        seen.add(name)
    parts.append(re.escape(english[done:]))
    return re.compile(f"{''.join(parts)}(?:(?P<_sign>[.;?]) (?P<_rest>.+)|(?P<_last>[.?]))?", re.DOTALL)
