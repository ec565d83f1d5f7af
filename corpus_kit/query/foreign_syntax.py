"""What a pattern means that is written as in another tool, and how it is written here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from corpus_kit.query.pattern_tree import MAX_REPEAT

__all__ = ["Translation", "guesses", "says_something_else", "translated"]

# What has a meaning here, where a pattern has an error, so that no parser says it: conditions in square brackets with
# their labels, regular expressions between slashes, brackets that repeat, places, macros, clauses.
_OURS = re.compile(
    r"(?<![^\s(|])(?:[A-Za-z_]\w*:)?(?:@\d?)?(?:\[[^\]]*=[^\]]*\]|\[\](?:\{[\d,]+\}|[?*+])?)"
    r"|\[[^\]]*=[^\]]*\]|\[\](?:\{[\d,]+\}|[?*+])?"
    r"|(?<![^\s(|])/\w+\[[^\]]*\]|(?<![^\s(|])/(?:\\.|[^/\\])+/|\(\?<?[=!][^()]*\)|(?<!\S)\(\?[a-z]+\)"
    r"|(?<![^\s(|])\([^()]*\)(?:[?*+]|\{[\d,]+\})(?!\S)|(?<!\S)MU\s*\(.*$"
    r"|</?[A-Za-z_][\w.]*(?:[\s=!][^<>]*)?>|(?<!\S)::\s*[\w!(].*$"
    r"|(?<!\S)(?:not\s+)?within\s+\w+(?:\[[^\]]*\])?(?!\S)|(?<!\S)expand\s+(?:left\s+|right\s+)?(?:to|by)\s+\w+(?!\S)"
)
_LONGEST = 300  # characters of a pattern that somebody typed; some rules take quadratic time
_FIRST_PLACE, _PLACES = 0x13000, 1000  # hieroglyphs, which are letters, stand for what is ours while the rest is read
_PLACE = rf"[{chr(_FIRST_PLACE)}-{chr(_FIRST_PLACE + _PLACES)}]"
_LETTER = r"[^\W\d_]"
_ARABIC = "[\u0621-\u064a]"
_ATTRIBUTES = "word|surface|folded|kind|stem|lemma|root|pos"
_QUOTE = '["“”„‟«»\u2039\u203a″`]'
_QUOTES = rf"{_QUOTE}|(?<!{_LETTER})['‘’]|['‘’](?!{_LETTER})"  # but not an apostrophe
_QUOTED = rf"(?:{_QUOTE}{_QUOTE.replace('[', '[^')}+{_QUOTE}|'[^']+')"
_REGEX = re.compile(
    rf"\S*(?:[.][*+?]|\\[bBAzZwWdDsSpP]|\[[^\]=]+\]|\(\?[:=!<]|\)[?*+]|{_LETTER}\([^()\s]*\)|\([^()\s]*\){_LETTER})\S*"
    rf"|(?<!\S)\^\S+|\S+\$(?!\S)|\S*{_LETTER}[?+](?!\S)"
)
_NEAR = re.compile(
    r"\s+(?:(?P<both>NEAR|W|AROUND|WITHIN)[/(]?(?P<m>\d+)?\)?|(?P<one>ADJ|PRE|ONEAR)/?(?P<n>\d+)?|/(?P<k>\d+))\s+"
)
_NEAR_OF_TWO = re.compile(r"^NEAR\(\s*([^(),،|]+?)\s*[,،]\s*(\d+)\s*\)$")
_SLOP = re.compile(rf"^{_QUOTE}([^\"“”]+){_QUOTE}\s*~\s*(\d+)$")
_BOOLEAN = re.compile(r"\s*(?<!\S)(AND NOT|AND|NOT|&&?)(?!\S)\s*")
_OR = re.compile(r"\s*(?:(?<!\S)OR(?!\S)|\|\|)\s*")
_ONLY_QUOTED = re.compile(rf"\s*{_QUOTED}(?:\s+(?:OR\s+)?{_QUOTED})*\s*")


Spans = Sequence[tuple[int, int]]


class Translation(NamedTuple):
    """What is written differently here, in sentences, and the pattern in the syntax of this library."""

    sentences: list[str]
    pattern: str  # "" if there is no such pattern
    is_whole: bool = False  # whether the sentences say all that there is to say, if the pattern finds nothing, too


class _Rule(NamedTuple):
    """A sign of another tool, what is written here in its place, and the sentence that says so."""

    sign: re.Pattern[str]
    place: str | Callable[[re.Match[str]], str]
    sentence: str


def _as_regex(match: re.Match[str]) -> str:
    """Return a word with signs of regular expressions as a word with wildcards, or between slashes."""
    word = re.sub(r"^(?:\^|\\[bA])+|(?:\$|\\[bBzZ])+$", "", match[0])
    wildcards = word.replace(".*", "*")
    if not re.search(r"[][\\.+?(){}|^$]", wildcards):
        return wildcards
    return f"/{word}/"


_REGEXES = (
    "A regular expression stands between slashes and is for one whole word; * is any number of letters, ? exactly one."
)
_COMMAS = "Alternatives are separated by |, not by commas."
_SIGNS_OF_TEXT = "A phrase is written without quotation marks, which are signs of the text."
_ALTERNATIVES = "Alternatives are separated by |."
_IN_BRACKETS = [
    _Rule(re.compile("=="), "=", "A condition has one =."),
    _Rule(re.compile(r"(?<==)\s*['‘’“”«]([^'‘’“”»\]]*)['‘’“”»]"), r"\1",
          'A value has no quotation marks, or is a regular expression in "…".'),
]  # fmt: skip
_OUTSIDE = [
    _Rule(re.compile(rf"({_PLACE})[gimsux]+(?!\S)"), r"\1", "A regular expression has no flags."),
    _Rule(re.compile(rf"(?<!\S)({_ATTRIBUTES})(?:\s*=\s*|:)[\"“']?([^\s:\"”']+)[\"”']?(?!\S)"), r"[\1=\2]",
          "A condition is written [name=value]."),
    _Rule(re.compile(rf"(?<!\S)\{{({_LETTER}+)\}}(?!\S)"), r"[lemma=\1]", "A lemma is written [lemma=WORD]."),
    _Rule(re.compile(rf"(?<!\S)({_ARABIC}+)_([A-Z]+)(?!\S)"), r"[word=\1 & pos=\2]",
          "A word with a part of speech is written [word=WORD & pos=NOUN]."),
    _Rule(re.compile(rf"^\s*(?:c\(|\[|\()\s*({_QUOTED}(?:\s*[,،]\s*{_QUOTED})+)\s*[\])]\s*$"), r"\1", _COMMAS),
    _Rule(re.compile(rf"^\s*\[({_LETTER}{{2,}}(?:\s*[,،]\s*{_LETTER}{{2,}})+)\]\s*$"), r"\1", _COMMAS),
    _Rule(re.compile(rf"^\s*\[({_LETTER}{{3,}}(?:\s+{_LETTER}+)*)\]\s*$"), r"\1",
          "Square brackets are for conditions, such as [kind=number]."),
    _Rule(re.compile(rf"(?<={_LETTER})\^\d+(?:\.\d+)?(?!\S)"), "", "A word has no weight."),
    _Rule(re.compile(rf"(?<={_LETTER})~(?:\d(?:\.\d+)?)?(?!\S)"), "", "There is no search for similar words."),
    _Rule(_OR, "|", _ALTERNATIVES),
    _Rule(re.compile(rf"(?<!\S)\+(?={_LETTER})"), "", "A + before a word is a sign of the text."),
    _Rule(re.compile(rf"(?<={_LETTER})([\"”»'])\s*[,،;؛]\s*(?=[\"“«'])"), r"\1|", _COMMAS),
    _Rule(re.compile(_QUOTES), "", _SIGNS_OF_TEXT),
    _Rule(re.compile(r"\\s[+*]?"), " ", _REGEXES),
    _Rule(_REGEX, _as_regex, _REGEXES),
    _Rule(re.compile(rf"(?<={_LETTER})%|%(?={_LETTER})"), "*", "* is any number of letters."),
    _Rule(re.compile(rf"(?<={_LETTER})\s*[,،;؛]\s*(?={_LETTER})"), "|", _COMMAS),
    _Rule(re.compile(rf"(?<={_LETTER})\s+/\s+(?={_LETTER})"), "|", _ALTERNATIVES),
    _Rule(re.compile(rf"(?<={_LETTER})؟(?={_LETTER})"), "?", "? stands for one letter; ؟ is a sign of the text."),
    _Rule(re.compile(rf"(?<={_LETTER})؟"), "", "? stands for one letter; ؟ is a sign of the text."),
]  # fmt: skip


def translated(pattern: str, own: Spans | None = None) -> Translation:
    """Return a pattern of another tool in the syntax of this library, and what is different.

    A pattern without signs of another tool is returned as it is, without sentences. The signs are legal here, most
    of them as signs of the text; so this is asked when nothing was found.

    Args:
        pattern: The pattern.
        own: Its parts (begin, end) that have a meaning here, if it could be read.

    >>> translated('"بيان رسمي" OR تصريح').pattern
    'بيان رسمي|تصريح'
    >>> translated("بيان NOT تصريح").sentences
    ["Conditions on documents are calls: corpus.containing('بيان').containing('تصريح', invert=True)."]
    >>> translated("[lemma=='قال']").pattern
    '[lemma=قال]'
    """
    protected = _Protected.of(pattern, own) if len(pattern) <= _LONGEST else None
    if protected is None:
        return Translation([], pattern)
    found = _translated(protected.text)
    sentences = [*protected.sentences, *(protected.restored(each) for each in found.sentences)]
    return Translation(list(dict.fromkeys(sentences)), protected.restored(found.pattern), found.is_whole)


def says_something_else(pattern: str, own: Spans = ()) -> Translation | None:
    """Return the translation of a pattern that is legal here, but hardly means what it finds; None for all others.

    >>> says_something_else('"السعودية"').pattern, says_something_else("قال، وأضاف"), says_something_else("قالت?")
    ('السعودية', None, None)
    """
    protected = _Protected.of(pattern, own) if len(pattern) <= _LONGEST else None
    is_misread = protected is not None and (_ONLY_QUOTED.fullmatch(protected.text) or _OR.search(protected.text))
    return translated(pattern, own) if is_misread else None


def guesses(pattern: str) -> Iterator[Translation]:
    """Yield what a pattern may mean with signs that are as likely signs of the text, to be tried one by one.

    >>> [each.pattern for each in guesses("الملك/الأمير")]
    ['الملك|الأمير', 'الملك الأمير']
    """
    if len(pattern) > _LONGEST or _OURS.search(pattern):
        return
    if "_" in pattern and not pattern.startswith("#"):
        yield Translation(["A hashtag begins with #."], f"#{pattern}")
    for sign, place, sentence in _GUESSES:
        text = " ".join(sign.sub(place, pattern).split())
        if text != pattern:
            yield Translation([sentence], text)
    plain = unicodedata.normalize("NFKC", pattern)
    if plain != pattern:
        yield Translation(["It has a character of its own for several letters."], plain)
    if not re.search(r"[()\[\]{}|\\*?]", pattern):
        bare = "".join(" " if unicodedata.category(sign)[0] in "PS" else sign for sign in pattern)
        if bare.split() and bare != pattern and not pattern.startswith(("#", "@")):
            yield Translation(["A sign of a pattern must be in the text."], " ".join(bare.split()))


_GAP = " []{0,5} "
_IS_GAP = "[]{0,5} is a gap of up to five words."
_GUESSES = [
    (re.compile(rf"(?<={_LETTER}{_LETTER})[._](?={_LETTER})|(?<={_LETTER})[._](?={_LETTER}{_LETTER})"), "?",
     "? is exactly one letter."),
    (re.compile(rf"(?<={_LETTER}{_LETTER})_(?!\S)|(?<!\S)_(?={_LETTER}{_LETTER})"), "?", "? is exactly one letter."),
    (re.compile(rf"(?<={_LETTER})/(?={_LETTER})"), "|", _ALTERNATIVES),
    (re.compile(rf"(?<={_LETTER})(?:\*+|%)(?={_LETTER})"), _GAP, _IS_GAP),
    (re.compile(r"(?<!\S)(?:[#@?]|\++|<<\d*>>|>>|<<)(?!\S)|\s*(?:\.{2,}|…)\s*"), _GAP, _IS_GAP),
]  # fmt: skip


class _Protected(NamedTuple):
    """A pattern in which letters stand for the parts that have a meaning here."""

    text: str
    parts: list[str]
    sentences: list[str]

    @classmethod
    def of(cls, pattern: str, own: Spans | None) -> _Protected | None:
        if re.search(_PLACE, pattern):
            return None
        parts: list[str] = []
        sentences: list[str] = []

        def placed(part: str) -> str:
            for rule in _IN_BRACKETS:
                changed = rule.sign.sub(rule.place, part)
                if changed != part and part.startswith("["):
                    sentences.append(rule.sentence)
                    part = changed
            parts.append(part)
            return chr(_FIRST_PLACE + len(parts) - 1)

        spans = [found.span() for found in _OURS.finditer(pattern)] if own is None else sorted(own)
        text, at = "", 0
        for begin, end in spans:
            if begin >= at:  # and not inside the one before
                text += pattern[at:begin] + placed(pattern[begin:end])
                at = end
        return cls(text + pattern[at:], parts, sentences)

    def restored(self, text: str) -> str:
        return re.sub(_PLACE, lambda match: self.parts[ord(match[0]) - _FIRST_PLACE], text)


def _translated(text: str) -> Translation:
    """Return the translation of a pattern in which nothing is left that has a meaning here."""
    if re.search(_ARABIC, text):  # then a Latin word is an operator in small letters, too
        text = re.sub(r"(?<!\S)(?:and|or|not|near|adj|w|pre|around)(?=[\s/(\d])", lambda each: each[0].upper(), text,
                      flags=re.IGNORECASE)  # fmt: skip
        text = re.sub(rf"(?<={_ARABIC})\s*(&&?)\s*(?={_ARABIC})", r" \1 ", text)
    return _near(text) or _boolean(text) or _by_rules(text)


def _near(text: str) -> Translation | None:
    """Return the translation of words that are near one another."""
    slop, of_two = _SLOP.match(text.strip()), _NEAR_OF_TWO.match(text.strip())
    if given := slop or of_two:
        words = given[1].split()
        return _gap(words, given[2], is_ordered=len(words) != 2) if len(words) > 1 else None
    operators = list(_NEAR.finditer(text))
    if len(operators) != 1:
        return None
    [found] = operators
    sides = [_translated(side) for side in (text[: found.start()], text[found.end() :])]
    if not all(side.pattern for side in sides):
        return None
    number = found["m"] or found["n"] or found["k"] or "5"
    gap = _gap([_grouped(side.pattern) for side in sides], number, is_ordered=found["one"] is not None)
    return Translation([*sides[0].sentences, *sides[1].sentences, *gap.sentences], gap.pattern, True)


def _gap(words: list[str], number: str, *, is_ordered: bool) -> Translation:
    gap = f" []{{0,{min(int(number[:4]), MAX_REPEAT) or 1}}} "
    pattern = gap.join(words) if is_ordered else f"{gap.join(words)}|{gap.join(reversed(words))}"
    return Translation([f"Words near one another are written A{gap}B."], pattern, True)


_CALLS = "AND and NOT are calls: corpus.containing(A).containing(B, invert=True)."


def _boolean(text: str) -> Translation | None:
    """Return the translation of conditions on documents."""
    text = re.sub(rf"(?<!\S)[-!](?=[\"“«(]|{_LETTER})", " NOT ", text)
    if len(re.findall(rf"(?<!\S)\+(?={_LETTER})", text)) > 1:
        text = re.sub(rf"(?<!\S)\+(?={_LETTER})", " AND ", text).removeprefix(" AND ")
    first, *rest = _BOOLEAN.split(f"{text.strip()} ")
    if not rest:
        return None
    calls = "corpus"
    words: list[str | None] = []
    for operator, operand in zip(["AND", *rest[::2]], [first, *rest[1::2]], strict=True):
        if not operand.strip():
            if operator == "AND" and not words and operand is first:
                continue  # NOT alone
            return Translation([_CALLS], "", True)
        side = _by_rules(operand)
        if not side.pattern or operand.count("(") != operand.count(")"):
            return Translation([_CALLS], "", True)
        is_left_out = "NOT" in operator
        calls += f".containing({_outer(side.pattern)!r}{', invert=True' if is_left_out else ''})"
        words += [None if is_left_out else _grouped(side.pattern)]
    near = _gap([each for each in words if each], "5", is_ordered=False).pattern if len(words) == 2 else ""
    is_near = bool(near) and None not in words
    return Translation([f"Conditions on documents are calls: {calls}."], near if is_near else "", True)


def _grouped(pattern: str) -> str:
    return f"({pattern})" if "|" in pattern and _outer(pattern) == pattern else pattern


def _outer(pattern: str) -> str:
    """Return a pattern without brackets around all of it."""
    match = re.fullmatch(r"\(([^()]*)\)", pattern)
    return match[1] if match else pattern


def _by_rules(text: str) -> Translation:
    sentences: list[str] = []
    for rule in _OUTSIDE:
        changed = rule.sign.sub(rule.place, text)
        if changed != text:
            sentences.append(rule.sentence)
            text = changed
    return Translation(sentences, " ".join(text.split()))
