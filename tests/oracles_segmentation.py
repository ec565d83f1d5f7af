"""The slow, obvious twin of cutting words with marks, letter by letter."""

from __future__ import annotations

import unicodedata

from corpus_kit.text import arabic


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
