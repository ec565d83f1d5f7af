"""Actors and their names, and which spellings of a name count as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.tokenization import tokens

__all__ = ["NAME_LISTS", "SHARED_LISTS", "Actor", "Key", "folded", "is_hyphen", "keys_of"]

# The words of a name in the form in which they are compared.
Key = tuple[str, ...]

NAME_LISTS = ("names", "anaphors", "metonyms", "forms")
SHARED_LISTS = ("anaphors", "forms")  # whose expressions several actors may have
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014")

# Differences that are ignored: vowel signs and tatweel, hamza on or under alef, ta marbuta or ha, Farsi letters.
# Madda is kept (آلان is not الآن), and so are ى and ي (على is not علي).
_UNMARKED = Normalizer.preset("dediac").replace(farsi="arabic")
_SAME = {"أ": "ا", "إ": "ا", "ٱ": "ا", "ة": "ه"}


def folded(words: pl.Series) -> pl.Series:
    """Return words in the form in which names are compared.

    >>> folded(pl.Series(["الإماراتِ", "غزّة", "آلان", "على"])).to_list()
    ['الامارات', 'غزه', 'آلان', 'على']
    """
    return normalize_series(words, _UNMARKED).str.replace_many(_SAME)


def keys_of(names: Iterable[str]) -> list[Key]:
    """Return the folded words of each name, without hyphens; () for a name without words."""
    listed = list(names)
    if not listed:
        return []
    words = tokens(listed)
    words = words.filter(~is_hyphen(words["token"]))
    keys: list[list[str]] = [[] for _ in listed]
    for name, form in zip(words["document"].to_list(), folded(words["token"]).to_list(), strict=True):
        if form:
            keys[name].append(form)
    return [tuple(key) for key in keys]


def is_hyphen(words: pl.Series) -> pl.Series:
    """Return whether each word is a hyphen or a dash, which may join the words of a name."""
    return words.is_in(sorted(_HYPHENS))


@dataclass(frozen=True)
class Actor:
    """One actor of a gazetteer.

    Attributes:
        id: The value of the column `actor` (an ISO code for a state).
        kind: Such as state, territory, organisation, city or person.
        names: Full names and their spellings.
        anaphors: Expressions that refer to the actor in a text that names it (التنظيم).
        metonyms: Names that are used for the actor, such as a capital for its state.
        forms: Forms of state that stand for the actor without its name (المملكة).
        labels: Names that are counted as one label; a name in none of these lists is a label of its own.
    """

    id: str
    kind: str
    names: tuple[str, ...] = ()
    anaphors: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def names_by_match(self) -> dict[str, tuple[str, ...]]:
        """Return the listed names by the value of the column `match`."""
        return {"name": self.names, "metonym": self.metonyms, "anaphor": self.anaphors, "form": self.forms}

    def label_of(self, name: str) -> str:
        """Return the label of a listed name: the one whose list holds it, or the name itself.

        >>> Actor("G", "group", names=("a", "b"), labels={"self": ("a",)}).label_of("a")
        'self'
        """
        return next((label for label, names in self.labels.items() if name in names), name)
