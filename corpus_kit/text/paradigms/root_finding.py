"""Roots of nouns and adjectives: of the verbs that they are derived from, or by their pattern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import polars as pl

from corpus_kit._base.arrays import Floats

__all__ = ["RootFinder"]

# Patterns of nouns without ة; 1 to 4 are the letters of the root. ا between them is a weak letter of the root: مكان.
_PATTERNS = """
123 12ا3 12و3 12ي3 1ا23 أ123 م123 م12ا3 م12و3 م12ي3 123ان 123اء 123ى 1ي23 1و23 1ا2و3 أ12و3 أ12ا3 ت12ي3 12ا3ي 12و3ي
1234 123ا4 123و4 123ي4 م1234 1ا2 م1ا2 12
"""
_BY_LENGTH = {length: [each for each in _PATTERNS.split() if len(each) == length] for length in range(2, 6)}
_WEAK = "وي"
_HAMZAS = "آأإؤئء"
_MOST = 3  # roots of one noun


class RootFinder:
    """Finds the roots of nouns.

    Args:
        verbs: The table of verbs.
        derived: The table of nominals.
        weights: The weight of each verb: a root is likely if its verbs are frequent.
    """

    def __init__(self, verbs: pl.DataFrame, derived: pl.DataFrame, weights: Floats) -> None:
        roots = verbs["root"].to_list()
        self._weights: dict[str, float] = defaultdict(float)
        for root, weight in zip(roots, weights.tolist(), strict=True):
            self._weights[root] += weight
        self._derived: dict[str, set[str]] = defaultdict(set)
        for form, verb in derived.select("nominal", "verb").iter_rows():
            self._derived[form].add(roots[verb])

    def roots(self, lemma: str) -> list[str]:
        """Return the roots of a noun or adjective, the most likely first.

        The alef of آ is ءا; a relational adjective has the roots of its noun.
        """
        stem = lemma.removesuffix("ة")
        found = self._by_pattern(stem).union(self._derived.get(lemma) or self._derived.get(stem) or ())
        if not found and lemma.endswith("ي") and len(lemma) > 4:
            return self.roots(lemma[:-1]) or self.roots(f"{lemma[:-1]}ة")
        return sorted(found, key=lambda root: (-self._weights[root], root))[:_MOST]

    def _by_pattern(self, stem: str) -> set[str]:
        patterns = _BY_LENGTH.get(len(stem), ())
        return {root for pattern in patterns for root in _matches(pattern, stem) if root in self._weights}


def _matches(pattern: str, stem: str) -> Iterator[str]:
    """Return the roots that a stem has if it is of a pattern.

    >>> list(_matches("م123", "مكتب")), list(_matches("م1ا2", "مكان")), list(_matches("12", "حق"))
    (['كتب'], ['كون', 'كين'], ['حقق'])
    """
    if len(pattern) != len(stem):
        return
    letters: dict[int, str] = {}
    for place, letter in zip(pattern, stem, strict=True):
        if place.isdigit():
            letters[int(place)] = letter
        elif place != letter:
            return
    if len(letters) == 2:
        middles = _WEAK if "ا" in pattern else letters[2]
        letters = {1: letters[1], 2: middles, 3: letters[2]}
    roots = [""]
    for number in sorted(letters):
        options = letters[number] if number == 2 and len(letters[2]) == 2 else _root_letters(letters[number], number)
        roots = [root + option for root in roots for option in options]
    yield from roots


def _root_letters(letter: str, number: int) -> str:
    """Return what a letter may be in a root: a hamza is ء, at the end also weak; an alef is weak."""
    if letter in _HAMZAS:
        return f"ء{_WEAK}" if number == 3 else "ء"
    return _WEAK if letter in "اى" else letter
