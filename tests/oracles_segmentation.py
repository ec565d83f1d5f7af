"""Slow, obvious twins of the segmenter: the frequency rule as a list of analyses, segmentation letter by letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from wordfreq import get_frequency_dict

from corpus_kit.text import arabic

THRESHOLDS = {"و": 0.125, "ب": 0.25, "ل": 0.25, "س": 0.5, "ف": 4, "ك": 4}
PRONOUNS = {"هما": 0.5, "ها": 0.5, "هم": 0.5, "ه": 0.5, "هن": 4, "كم": 4, "نا": 4, "ك": 4}


@cache
def general() -> dict[str, float]:
    return get_frequency_dict("ar", "large")


class Rule:
    """The rule in the module docstring for unlisted words."""

    def __init__(self, own: Mapping[str, int]) -> None:
        self.own = own

    def count(self, word: str) -> float:
        return 1e8 * general().get(word, 0) + self.own.get(word, 0)

    def is_cut(self, clitic: str, word: str) -> bool:
        rest = word[1:]
        if not word.startswith(clitic) or len(rest) < 3:
            return False
        if clitic == "س" and rest[0] not in "أيتن":
            return False
        if clitic == "ل" and rest[0] == "ل" and self.count(f"ا{rest}") > 0:
            return True
        definite = {"و": ("ال", "بال", "لل"), "ف": ("ال", "بال", "لل"), "ب": ("ال",), "ك": ("ال",)}
        if len(rest) > 4 and any(rest.startswith(beginning) for beginning in definite.get(clitic, ())):
            return self.count(rest) >= self.count(word) / 100
        return self.count(rest) > 0 and self.count(rest) >= THRESHOLDS[clitic] * (self.count(word) + 1)

    def proclitics(self, word: str, closed: Mapping[str, object]) -> str:
        if word[0] in "بلكس":
            return word[0] if self.is_cut(word[0], word) else ""
        for conjunction in "وف":
            if self.is_cut(conjunction, word):
                rest = word[1:]
                more = rest[0] in "بلكس" and rest not in closed and self.is_cut(rest[0], rest)
                return word[:2] if more else word[:1]
        return ""

    def free(self, stem: str) -> str:
        spellings = [stem]
        spellings += [
            stem[:-1] + free for end, free in {"ت": "ة", "ا": "ى", "ئ": "ء", "ؤ": "ء"}.items() if stem[-1] == end
        ]
        spellings += [stem + "ن"] * (stem[-1] in "يو")
        return max(spellings, key=self.count)

    def pronoun(self, word: str) -> str:
        if word.startswith("ال"):
            return ""
        for pronoun, threshold in PRONOUNS.items():
            stem = word[: -len(pronoun)]
            if not word.endswith(pronoun) or len(stem) < 2 + (pronoun == "ك"):
                continue
            free = self.free(stem)
            enough = self.count(free) > 0 and self.count(free) >= threshold * (self.count(word) + 1)
            if pronoun == "نا":
                noun = self.count(f"ال{free}") >= self.count(free) / 10
                enough &= (noun or word[0] == "ي") and self.count(word[:-1]) < self.count(free)
            if enough:
                return pronoun
        return ""


def split(word: str, own: Mapping[str, int], closed: Mapping[str, object]) -> tuple[str, str, str]:
    """Return proclitics, stem and pronoun of a plain word; `closed` are the words decided by lists."""
    rule = Rule(own)
    proclitics = rule.proclitics(word, closed)
    rest = word[len(proclitics) :]
    pronoun = rule.pronoun(rest)
    if pronoun and not proclitics:
        proclitics = rule.proclitics(rule.free(rest.removesuffix(pronoun)), closed)
    return proclitics, word[len(proclitics) : len(word) - len(pronoun)], pronoun


def cut_letters(word: str, sizes: list[int]) -> list[str]:
    """Split a word with marks into pieces of so many letters; marks and tatweel follow their letter."""
    pieces, letters = [""], 0
    for character in word:
        if not (unicodedata.category(character) in ("Mn", "Cf") or ord(character) == arabic.TATWEEL):
            if len(pieces) < len(sizes) and letters == sizes[len(pieces) - 1]:
                pieces.append("")
                letters = 0
            letters += 1
        pieces[-1] += character
    return pieces
