"""The words of a sentence around one of its tokens, and what they say of it: roles, signs, numbers, tenses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from corpus_kit.news.date_expressions import QUOTES
from corpus_kit.news.date_words import BEFORE, Roles

__all__ = ["BeginsWithTo", "Context"]

BeginsWithTo: TypeAlias = Callable[[int, int], bool]  # whether one of the tokens first to end begins with ل


class Context:
    """The words of a sentence around one of its tokens, which has the place 0."""

    __slots__ = ("anchor", "codes", "numbers", "opens", "roles_of")

    def __init__(self, anchor: int, opens: bool, codes: list[int], numbers: list[int], roles_of: list[Roles]) -> None:
        self.anchor = anchor
        self.opens = opens  # the document
        self.codes = codes
        self.numbers = numbers
        self.roles_of = roles_of

    def roles(self, place: int) -> Roles:
        index = BEFORE + place
        return self.roles_of[self.codes[index]] if 0 <= index < len(self.codes) else {}

    def has(self, place: int, role: str) -> bool:
        return role in self.roles(place)

    def sign(self, place: int) -> str:
        sign: str = self.roles(place).get("sign", "")
        return sign

    def number(self, place: int) -> int:
        """Return the value of a whole number; -1 for other tokens."""
        index = BEFORE + place
        return self.numbers[index] if 0 <= index < len(self.numbers) else -1

    def tense(self, place: int, begins_with_to: BeginsWithTo) -> str:
        """Return the tense of a word: "past", "coming" or nothing."""
        roles = self.roles(place)
        coming = "coming" in roles and not self.has(place - 1, "not_expected")
        if "coming_without_to" in roles:
            anchor = self.anchor
            is_exposed = any(self.has(each, "to") for each in range(place + 1, 0))
            coming = not (
                is_exposed or begins_with_to(min(anchor + place, anchor) + 1, max(anchor, anchor + place) + 2)
            )
            if not coming:
                return "past"
        if self.has(place - 1, "that") and self.has(place - 2, "future"):  # المقرر أن توقع
            return "coming"
        if coming:
            earlier = range(place - 1, place - 4, -1)
            return "past" if any(self.has(each, "past_before_verb") for each in earlier) else "coming"
        return "past" if "past" in roles or "said" in roles or "did" in roles else ""

    def skip(self, place: int, role: str) -> int:
        """Return the first place from here backwards without this role; commas and brackets are skipped."""
        while self.has(place, role) or (self.sign(place) in ("،", ",", "(", "-", "–") and place > -4):
            place -= 1
        return place

    def is_quoted(self) -> bool:
        """Return whether a word is a name: the newspaper «اليوم», the emperor «أغسطس»."""
        return self.sign(-1) in QUOTES and self.sign(1) in QUOTES
