"""How else a word or a phrase may be written, as patterns that a search without hits tries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_kit.text.closed_classes import ARTICLE, CONJUNCTION_CLITICS, FUTURE_CLITIC, PREPOSITION_CLITICS
from corpus_kit.text.closed_classes import PRONOUN_CLITICS as PRONOUNS
from corpus_kit.text.normalization import normalize

__all__ = ["has_clitics", "lengthened", "other_article", "other_forms", "other_phrases", "with_affixes"]

_SHORTEST = 3  # letters of a word that may be lengthened
_GAP = "[]{0,5}"
_BEFORE_PRONOUNS = {"ة": "ت", "ى": "ا"}  # how the last letter of a word is written before a pronoun


def other_article(word: str) -> str:
    """Return a word without the article, or with it if it has none."""
    has_article = word.startswith(ARTICLE) and len(word) > len(ARTICLE) + 1
    return word.removeprefix(ARTICLE) if has_article else ARTICLE + word


def lengthened(word: str) -> str:
    """Return the pattern of a word whose letters may be repeated, as in a post; "" if it has other signs.

    >>> lengthened("جدا"), lengthened("جدااااا")
    ('/ج+د+ا+/', '/ج+د+ا+/')
    """
    letters = re.sub(r"(.)\1{2,}", r"\1", word)
    return f"/{'+'.join(letters)}+/" if word.isalpha() and len(letters) >= _SHORTEST else ""


def has_clitics(pieces: list[str], word: str) -> bool:
    """Return whether one of the pieces is a word, as it is or as it is written beside clitics."""
    forms = (word, word[1:], word[:-1] + _BEFORE_PRONOUNS.get(word[-1], word[-1]))
    hosts = {normalize(form, "search") for form in forms}
    return len(pieces) > 1 and not hosts.isdisjoint(normalize(piece, "search") for piece in pieces)


def other_forms(word: str, *, is_annotated: bool) -> Iterator[str]:
    """Yield how else a word may be written: with or without the article, as a hashtag, as two words; then its lemma."""
    yield other_article(word)
    if word.startswith("#") or "_" in word:
        yield word.replace("_", " ").strip("# ")
        yield f"#*{word.strip('#')}*"
    else:
        yield f"#{word}"
    yield from (f"{word[:at]} {word[at:]}" for at in range(2, len(word) - 1))
    if is_annotated:
        yield f"[lemma={word}]"


def other_phrases(words: list[str], *, is_annotated: bool) -> Iterator[str]:
    """Yield how else a phrase may be written: with words joined, with gaps, or as lemmas."""
    for at in range(1, len(words)):
        yield " ".join([*words[: at - 1], words[at - 1] + words[at], *words[at + 1 :]])
    if len(words) > 2:
        yield "".join(words)
    yield f"#{'_'.join(words)}"
    yield f" {_GAP} ".join(words)
    if is_annotated:
        yield " ".join(f"[lemma={word}]" for word in words)


def with_affixes(word: str) -> str:
    """Return the pattern of a word with conjunctions, prepositions and pronouns, which no annotation tells apart."""
    conjunctions, prepositions = "|".join(CONJUNCTION_CLITICS), "|".join((*PREPOSITION_CLITICS, FUTURE_CLITIC))
    rest, pronouns = word.removeprefix(ARTICLE), "|".join(PRONOUNS)
    host = f"(?:(?:{prepositions})?{word}" + (f"|ل{word[1:]})" if rest != word else ")")
    pattern = f"(?:{conjunctions})?{host}(?:{pronouns})?"
    if inside := _BEFORE_PRONOUNS.get(word[-1]):
        pattern += f"|(?:{conjunctions})?(?:{prepositions})?{word[:-1]}{inside}(?:{pronouns})"
    return f"/{pattern}/"
