"""The names of a gazetteer as a trie of words, and what each spelling may mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Integers
from corpus_kit.news.actor_names import Key, keys_of
from corpus_kit.news.gazetteer import Gazetteer

__all__ = ["ANAPHOR", "FORM", "MATCHES", "NOBODY", "NO_MENTION", "NameTrie", "Reading"]

MATCHES = ("name", "metonym", "anaphor", "form")
NAME, METONYM, ANAPHOR, FORM = range(len(MATCHES))
NOBODY = -1  # the actor of a reading that is not in the gazetteer

# Of several readings of a spelling the one with the lowest rank counts.
_STATE_NAMES, _METONYMS, _CITY_NAMES, _ANAPHORS, _FORMS, _NO_MENTIONS = range(6)


class Reading(NamedTuple):
    """One meaning of a spelling.

    Attributes:
        rank: The lowest rank counts.
        actor: The row of the actor in the gazetteer, or `NOBODY`.
        name: The name as listed.
        match: A row of `MATCHES`.
    """

    rank: int
    actor: int
    name: str
    match: int

    @property
    def is_mention(self) -> bool:
        """Whether it mentions an actor or a rival of one, and is no expression that mentions nobody."""
        return self.rank != _NO_MENTIONS


NO_MENTION = Reading(_NO_MENTIONS, NOBODY, "", NAME)


class NameTrie:
    """The spellings of a gazetteer as paths of words from node 0.

    Attributes:
        gazetteer: The gazetteer.
        spellings: The words of each spelling.
        readings: The readings of each spelling, the one that counts first.
        number_of: The row of each spelling.
        own: Whether each spelling is from the user's file.
        single: All spellings of one word, including those that are not searched for.
        words: A number for each word of a spelling.
        firsts: The node that each first word leads to.
        spelling_at: For each node, the spelling that ends there, or -1.
    """

    def __init__(self, gazetteer: Gazetteer, *, metonyms: bool, anaphors: bool) -> None:
        self.gazetteer = gazetteer
        listed = list(_listed(gazetteer))
        wanted = {NAME, FORM} | ({METONYM} if metonyms else set()) | ({ANAPHOR} if anaphors else set())
        readings: dict[Key, list[Reading]] = {}
        for key, reading in listed:
            if reading.match in wanted and (reading.actor != NOBODY or not reading.is_mention):
                readings.setdefault(key, []).append(reading)
        for key, reading in listed:  # rivals only matter beside a name that is searched for
            if reading.actor == NOBODY and reading.is_mention and key in readings:
                readings[key].append(reading)
        self.single = {key[0] for key, _ in listed if len(key) == 1}
        self.spellings = list(readings)
        self.readings = [sorted(each, key=lambda one: one.rank) for each in readings.values()]
        self.number_of = {key: number for number, key in enumerate(self.spellings)}
        self.own = np.array([key in gazetteer.own for key in self.spellings], bool)
        self._make_nodes()

    def _make_nodes(self) -> None:
        """Make the nodes, and store the edges as sorted codes of (node, word)."""
        self.words = {word: n for n, word in enumerate(dict.fromkeys(word for key in self.spellings for word in key))}
        nodes: dict[tuple[int, int], int] = {}
        ends = {}
        for spelling, key in enumerate(self.spellings):
            node = 0
            for word in key:
                node = nodes.setdefault((node, self.words[word]), len(nodes) + 1)
            ends[node] = spelling
        self.firsts = {word: nodes[0, number] for word, number in self.words.items() if (0, number) in nodes}
        codes = np.array([node * len(self.words) + word for node, word in nodes], np.int64)
        order = np.argsort(codes)
        self._codes, self._targets = codes[order], np.array(list(nodes.values()), np.int64)[order]
        self.spelling_at = np.full(len(nodes) + 1, -1, np.int64)
        self.spelling_at[list(ends)] = list(ends.values())

    def step(self, nodes: Integers, words: Integers) -> Integers:
        """Return the node to which each word leads from each node, or -1."""
        codes = nodes * len(self.words) + words
        place = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        return np.where((words >= 0) & (self._codes[place] == codes), self._targets[place], -1)


def _listed(gazetteer: Gazetteer) -> Iterator[tuple[Key, Reading]]:
    """Return every name of a gazetteer, its rivals and the expressions that mention nobody, with their words."""
    readings = [
        Reading(_rank(actor.kind, match), row, name, match)
        for row, actor in enumerate(gazetteer.actors)
        for match, names in enumerate(map(actor.names_by_match().__getitem__, MATCHES))
        for name in names
    ]
    readings += [Reading(_CITY_NAMES, NOBODY, name, NAME) for _, name in gazetteer.rivals]
    readings += [Reading(_NO_MENTIONS, NOBODY, name, NAME) for name in gazetteer.not_mentions]
    return zip(keys_of(reading.name for reading in readings), readings, strict=True)


def _rank(kind: str, match: int) -> int:
    if match == NAME:
        return _CITY_NAMES if kind == "city" else _STATE_NAMES
    return {METONYM: _METONYMS, ANAPHOR: _ANAPHORS, FORM: _FORMS}[match]
