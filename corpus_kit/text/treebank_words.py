"""The words of treebanks, of which a token may have several, and the one that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Record", "Word", "content_word"]

Record = dict[str, str | None]  # what is said of a word: lemma, pos (of Universal Dependencies), ...

# The words of a token that is split by how much they are its content, the most first.
_RANKS = {"AUX": 1, "ADP": 2, "DET": 2, "PART": 2, "SCONJ": 2, "PRON": 3, "CCONJ": 4, "PUNCT": 5, "SYM": 5}


class Word(NamedTuple):
    """A syntactic word of a token, as treebanks have them: ولكتابهم has four."""

    form: str
    pos: str | None
    record: Record


def content_word(words: Sequence[Word]) -> Word:
    """Return the word that a token is about: no conjunction, pronoun, preposition or particle if there is another word.

    Of several, the longest counts, and of these the first.

    >>> said = {"و": "CCONJ", "ل": "ADP", "كتاب": "NOUN", "هم": "PRON"}
    >>> content_word([Word(form, pos, {}) for form, pos in said.items()]).form
    'كتاب'
    """
    return min(words, key=lambda word: (_RANKS.get(word.pos or "", 0), -len(word.form)))
