"""The parts of a word, and the words of closed classes, whose parts are listed rather than guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from corpus_kit.text import closed_classes

__all__ = ["Pieces", "Segmentation", "closed_words", "unsegmented"]

Pieces: TypeAlias = tuple[str, ...]


class Segmentation(NamedTuple):
    """The parts of a word; joined, proclitics, stem and enclitics are the word.

    `base` is the stem in the plain spelling that it has without clitics: مدرسة in مدرستها, الحشد in للحشد.
    """

    proclitics: Pieces
    stem: str
    enclitics: Pieces
    base: str

    @property
    def pieces(self) -> list[str]:
        """All parts in order.

        >>> Segmentation(("و",), "مدرست", ("ها",), "مدرسة").pieces
        ['و', 'مدرست', 'ها']
        """
        return [*self.proclitics, self.stem, *self.enclitics]


def unsegmented(word: str) -> Segmentation:
    """Return a word as one part."""
    return Segmentation((), word, (), word)


@cache
def closed_words() -> dict[str, Segmentation]:
    """Return the words of closed classes and their parts. Of a spelling in two lists, the first list decides."""
    found = {word: unsegmented(word) for word in (*closed_classes.NOT_COMBINED, *closed_classes.FUNCTION_WORDS)}
    hosts = list(_function_words_with_pronouns())
    for word in chain(hosts, _whole_words_with_pronouns(), _compound_prepositions(), _after_prepositions(hosts)):
        found.setdefault("".join(word.pieces), word)
    with_conjunctions = [
        _after(conjunction, word) for conjunction in closed_classes.CONJUNCTION_CLITICS for word in found.values()
    ]
    for word in with_conjunctions:
        found.setdefault("".join(word.pieces), word)
    for word in sorted(found.values(), key=lambda word: word.base == "أن" and "ف" in word.proclitics):  # فان is فإن
        for variant in _variants(word):
            found.setdefault("".join(variant.pieces), variant)
    return found


def _variants(word: Segmentation) -> Iterator[Segmentation]:
    """Return a word as it is written without the hamza of its first alef, or with ى for its final ي."""
    stems = {word.stem}
    if word.stem[0] in "أإ" and word.stem != "أية":  # ولاية is a word
        stems.add(f"ا{word.stem[1:]}")
    stems |= {stem.replace("آ", "ا") for stem in stems}
    if not word.enclitics and len(word.stem) > 1:
        stems |= {f"{stem[:-1]}ى" for stem in stems if stem.endswith("ي")}
    for stem in sorted(stems - {word.stem}):
        yield word._replace(stem=stem)


def _after(proclitic: str, word: Segmentation) -> Segmentation:
    """Return the word with a proclitic; after ل the article loses its alef."""
    stem = word.stem
    if proclitic == "ل" and stem.startswith(closed_classes.ARTICLE):
        stem = stem[1:]
    return word._replace(proclitics=(proclitic, *word.proclitics), stem=stem)


def _with_pronouns(stem: str, base: str, proclitics: Pieces = ()) -> Iterator[Segmentation]:
    for pronoun in closed_classes.PRONOUN_CLITICS:
        if pronoun == "نا" and base in closed_classes.WHOLE_WORDS:  # the ending of a perfect verb (وصلنا) or a pronoun
            continue
        yield Segmentation(proclitics, stem, (pronoun,), base)


def _before_pronoun(noun: str) -> str:
    return f"{noun[:-1]}ت" if noun.endswith("ة") else noun


def _function_words_with_pronouns() -> Iterator[Segmentation]:
    for host, free in closed_classes.PRONOUN_HOSTS.items():
        yield from _with_pronouns(host, free)
    for pronoun, hosts in closed_classes.FIRST_PERSON_HOSTS.items():
        for host in hosts:
            yield Segmentation((), host, (pronoun,), host)
    for preposition in closed_classes.PREPOSITIONS_WITH_PRONOUNS:
        yield from _with_pronouns(preposition, preposition)
        yield Segmentation((), preposition, ("ي",), preposition)


def _whole_words_with_pronouns() -> Iterator[Segmentation]:
    for word in closed_classes.WHOLE_WORDS:
        yield unsegmented(word)
        yield from _with_pronouns(_before_pronoun(word), word)


def _compound_prepositions() -> Iterator[Segmentation]:
    for word in closed_classes.COMPOUND_PREPOSITIONS:
        preposition, noun = word[0], word[1:]
        yield Segmentation((preposition,), noun, (), noun)
        yield from _with_pronouns(_before_pronoun(noun), noun, (preposition,))


def _after_prepositions(hosts: Iterable[Segmentation]) -> Iterator[Segmentation]:
    with_pronouns = [host for host in hosts if host.base in closed_classes.HOSTS_AFTER_PREPOSITIONS]
    for preposition in closed_classes.PREPOSITION_CLITICS:
        for word in (*map(unsegmented, closed_classes.AFTER_PREPOSITIONS), *with_pronouns):
            yield _after(preposition, word)
    yield Segmentation((closed_classes.GOD_AFTER_LAM[0],), closed_classes.GOD_AFTER_LAM[1:], (), closed_classes.GOD)
