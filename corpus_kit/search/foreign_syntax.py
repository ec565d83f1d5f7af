"""What a pattern means that is written as in another tool, and how it is written here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Translation", "translated"]

# What has a meaning here: conditions in square brackets, regular expressions between slashes, brackets that repeat.
_OURS = re.compile(
    r"(\[[^\]]*=[^\]]*\]|\[\]|(?<![^\s(|])/(?:\\.|[^/\\])+/|(?<![^\s(|])\([^()]*\)(?:[?*+]|\{[\d,]+\})(?!\S))"
)
_LONGEST = 300  # characters of a pattern that somebody typed; some rules take quadratic time
_ATTRIBUTES = "word|surface|folded|kind|stem|lemma|root|pos"
_QUOTES = r"[\"“”„‟«»″]|(?<![^\W\d])['‘’]|['‘’](?![^\W\d])"  # but not an apostrophe
_ANCHORS = re.compile(r"\\[bBAzZ]|[\^$]")
_REGEX = re.compile(r"\S*(?:[.][*+?]|\\[bBAzZwWdDsS]|[\^$]|\[[^\]=]+\]|\(\?[:=!<]|\)[?*+])\S*|\S*[^\W\d_][?+](?!\S)")


class Translation(NamedTuple):
    """What is written differently here, in sentences, and the pattern in the syntax of this library."""

    sentences: list[str]
    pattern: str  # "" if there is no such pattern


class _Rule(NamedTuple):
    """A sign of another tool, what is written here in its place, and the sentence that says so."""

    sign: re.Pattern[str]
    place: str | Callable[[re.Match[str]], str] | None  # None if no pattern can say it
    sentence: str


def _as_regex(match: re.Match[str]) -> str:
    """Return a word with signs of regular expressions as a word with wildcards, or between slashes."""
    word = _ANCHORS.sub("", match[0])
    wildcards = word.replace(".*", "*")
    if not re.search(r"[][\\.+?(){}|]", wildcards):
        return wildcards
    return f"/{word}/"


_IN_BRACKETS = [
    _Rule(re.compile("=="), "=", "A condition has one =."),
    _Rule(re.compile(r'(?<=")\s*%[cdl]+'), "", "%c and %d are not needed: words are compared in folded form."),
    _Rule(re.compile(r"(?<==)\s*['‘’“”«]([^'‘’“”»\]]*)['‘’“”»]"), r"\1",
          'A value has no quotation marks, or is a regular expression in "…".'),
]  # fmt: skip
_OUTSIDE = [
    _Rule(re.compile(r"\s+within\s+(?:<?/?\w+/?>?)\s*;?\s*$"), "",
          'The unit of a hit is an argument: within="sentence".'),
    _Rule(re.compile(rf"(?<!\S)({_ATTRIBUTES}):([^\s:]+)"), r"[\1=\2]", "A condition is written [name=value]."),
    _Rule(re.compile(r"\s*(?:(?<!\S)OR(?!\S)|\|\|)\s*"), "|", "Alternatives are separated by |."),
    _Rule(re.compile(r"\s*(?<!\S)AND(?!\S)\s*|\s*&&?\s*"), None,
          "Documents with both words are corpus.containing(A).containing(B); words near one another are A []{0,5} B."),
    _Rule(re.compile(r"(?<!\S)(?:NEAR|ADJ)(?:/?\d+)?(?!\S)"), None, "Words near one another are written A []{0,5} B."),
    _Rule(re.compile(r"(?<!\S)(?:NOT(?!\S)|-(?=[^\W\d]))"), None,
          "Documents without a word are corpus.containing(WORD, invert=True)."),
    _Rule(re.compile(r"(?<!\S)\+(?=[^\W\d])"), "", "A + before a word is a sign of the text."),
    _Rule(re.compile(_QUOTES), "", "A phrase is written without quotation marks, which are signs of the text."),
    _Rule(_REGEX, _as_regex, "A regular expression stands between slashes and is for one whole word; "
          "* is any number of letters, ? exactly one."),
    _Rule(re.compile(r"(?<=[^\W\d])%|%(?=[^\W\d])"), "*", "* is any number of letters."),
    _Rule(re.compile(r"(?<=[^\W\d])\s*[,،;؛]\s*(?=[^\W\d])"), "|", "Alternatives are separated by |, not by commas."),
    _Rule(re.compile("(?<=[^\\W\\d])؟"), "", "? stands for one letter; ؟ is a sign of the text."),
]  # fmt: skip


def translated(pattern: str) -> Translation:
    """Return a pattern of another tool in the syntax of this library, and what is different.

    A pattern without signs of another tool is returned as it is, without sentences. The signs are legal here, most
    of them as signs of the text; so this is asked when nothing was found.

    >>> translated('"بيان رسمي" OR تصريح')[1]
    'بيان رسمي|تصريح'
    >>> translated("[lemma=='قال']")
    Translation(sentences=['A condition has one =.', 'A value has no quotation marks, or is a regular expression in \
"…".'], pattern='[lemma=قال]')
    """
    if len(pattern) > _LONGEST:
        return Translation([], pattern)
    parts = _OURS.split(pattern)  # every second one is ours
    sentences: list[str] = []
    is_said = True
    for rules, first in ((_IN_BRACKETS, 1), (_OUTSIDE, 0)):
        for rule in rules:
            changed = list(parts)
            changed[first::2] = [rule.sign.sub(rule.place or "", part) for part in parts[first::2]]
            if changed != parts:
                sentences.append(rule.sentence)
                is_said = is_said and rule.place is not None
                parts = changed
    text = " ".join("".join(parts).split())
    return Translation(sentences, text if is_said else "")
