"""Arabic words behind free romanisation, such as Salman or 7elw: as a regular expression of their folded forms."""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = ["arabic_pattern"]

_SHORTEST = 4  # letters: shorter names, such as Ali, look like too many words
_WORD = re.compile(r"[A-Za-z2-9'’`]+")
_ARTICLE = re.compile(r"(?:[ae]l|a[dnrstz]|ash)-", re.IGNORECASE)
_BEFORE = "[وف]?(?:[بكل]?(?:ال)?|لل)"
_UNITS = {
    "sh": "ش", "ch": "(?:ش|تش)", "kh": "خ", "gh": "غ", "th": "[ثذظ]", "dh": "[ذضظد]", "ph": "ف",
    "aa": "ع?اء?", "ee": "ي", "ii": "ي", "oo": "و", "uu": "و", "ou": "و", "ei": "ي", "ai": "ا?[يع]", "ay": "ا?ي",
    "ey": "ي", "aw": "ا?و", "au": "ا?ع?و", "ae": "[اع]{0,2}",
    "b": "ب", "p": "[بپ]", "t": "[تط]", "j": "ج", "g": "[جغقك]", "h": "[حه]", "d": "[دض]", "r": "ر", "z": "[زظذ]",
    "s": "[سص]", "f": "ف", "v": "[فڤ]", "q": "ق", "k": "[كق]", "c": "[كسق]", "l": "ل", "m": "م", "n": "ن", "w": "و",
    "y": "ي", "x": "كس",
    "a": "[اع]?", "e": "[اي]?", "i": "[يع]?", "o": "[وا]?", "u": "[وا]?",
    "2": "[ءاقؤئ]", "3": "ع", "4": "[ذش]", "5": "خ", "6": "ط", "7": "ح", "8": "[قغ]", "9": "[صق]",
}  # fmt: skip
_AT_START = {"a": "[اع]ا?", "e": "[اع]ي?", "i": "[اع]ي?", "o": "[اع]و?", "u": "[اع]و?"}
_AT_END = {"ah": "(?:ا?[هح]|ا)", "eh": "[هح]", "a": "[اهي]ء?", "e": "[هيا]", "i": "ي", "y": "ي", "o": "و", "u": "و"}
_READ = re.compile("|".join(sorted(_UNITS, key=len, reverse=True)))


def arabic_pattern(word: str) -> str:
    """Return the pattern of the words that a word in Latin letters may stand for; "" if it is none.

    Vowels may be long or short, emphatic letters plain, and the digits of chat (3 is ع, 7 is ح) are read. Conjunctions,
    prepositions and the article may stand before the word.

    >>> pattern = arabic_pattern("Salman").strip("/")
    >>> [bool(re.fullmatch(pattern, each)) for each in ("سلمان", "والسلمان", "سليم")]
    [True, True, False]
    """
    letters = _ARTICLE.sub("", word)
    if not _WORD.fullmatch(letters) or len(letters) < _SHORTEST or letters.isdigit():
        return ""
    letters = re.sub(r"['’`]", "", letters.lower())
    units = [each[0] for each in _READ.finditer(letters)]
    end = next((each for each in _AT_END if letters.endswith(each) and len(units) > len(each)), "")
    parts = [_UNITS[each] for each in units]
    parts[0] = _AT_START.get(units[0], parts[0])
    if end and units[-len(end) :] == list(end):
        parts[-len(end) :] = [_AT_END[end]]
    return f"/{_BEFORE}{_once(parts)}/"


def _once(parts: list[str]) -> str:
    """Return the parts as one expression, in which a consonant that is written twice may stand once."""
    doubled = [f"{part}?" if part == before else part for before, part in pairwise(["", *parts])]
    return "".join(doubled).replace("??", "?")
