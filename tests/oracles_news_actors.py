"""A slow, obvious implementation of the matching of actors: every name at every token of every document."""

from __future__ import annotations

from typing import Any, NamedTuple

import corpus_kit as ck
from corpus_kit.news.gazetteer import Gazetteer

HYPHENS = "-\u2010\u2011\u2012\u2013\u2014"
SAME = str.maketrans("أإة", "ااه", "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0640")


def words_of(name: str) -> list[str]:
    return [token.translate(SAME) for token in ck.tokenize(name) if token not in HYPHENS]


class Reading(NamedTuple):
    actor: str
    name: str
    match: str


def readings_of(gazetteer: Gazetteer, metonyms: bool, anaphors: bool) -> dict[tuple[str, ...], list[Reading]]:
    """Return what each spelling can mean, names first."""
    found: dict[tuple[str, ...], list[Reading]] = {}
    wanted = [("names", "name")] + [("metonyms", "metonym")] * metonyms + [("anaphors", "anaphor")] * anaphors
    for field, match in wanted:
        for actor in gazetteer.actors:
            for name in getattr(actor, field):
                found.setdefault(tuple(words_of(name)), []).append(Reading(actor.id, name, match))
    for name in gazetteer.not_mentions:
        found.setdefault(tuple(words_of(name)), []).append(Reading("", name, "name"))
    return found


def single_names(gazetteer: Gazetteer) -> set[str]:
    """Return all listed one-word names, including kinds that were not requested."""
    every = readings_of(gazetteer, True, True)
    return {key[0] for key in every if len(key) == 1}


def behind_proclitics(word: str) -> list[tuple[str, str]]:
    """Return every (proclitic, rest) with a conjunction, a preposition or both taken off a word."""
    found = []
    for conjunction in ("", "و", "ف"):
        for preposition in ("", "ب", "ل", "ك"):
            proclitic = conjunction + preposition
            if proclitic and word.startswith(proclitic):
                rest = word[len(proclitic) :]
                found.append((proclitic, rest))
                if preposition == "ل" and rest.startswith("ل"):
                    found += [(proclitic, "ا" + rest), (proclitic, "ال" + rest)]
    return found


def matches_at(
    tokens: list[dict[str, Any]], place: int, key: tuple[str, ...], single: set[str]
) -> list[tuple[int, str]]:
    """Return (last token, proclitic) of each match of a spelling at a token."""
    word = tokens[place]["token"].translate(SAME)
    found = []
    ways = [("", word)] + ([] if word in single else behind_proclitics(word))
    for proclitic, first in ways:
        last, rest = place, list(key[1:])
        ok = first == key[0]
        while ok and rest:
            last += 1
            if last < len(tokens) and tokens[last]["token"] in HYPHENS:
                ok = tokens[last]["unit"] == tokens[place]["unit"]
                last += 1
            ok = ok and last < len(tokens) and tokens[last]["unit"] == tokens[place]["unit"]
            ok = ok and tokens[last]["token"].translate(SAME) == rest.pop(0)
        if ok:
            found.append((last, proclitic))
    return found


def mentions(
    tokens: list[dict[str, Any]], gazetteer: Gazetteer, *, metonyms: bool = False, anaphors: bool = True
) -> list[tuple[int, int, str, str, str, str, bool]]:
    """Return (first, last, proclitic, actor, name, match, ambiguous) of the mentions in one document.

    tokens: each token and its unit, which names do not cross.
    """
    readings = readings_of(gazetteer, metonyms, anaphors)
    single = single_names(gazetteer)
    candidates = []
    for place in range(len(tokens)):
        for key, meant in readings.items():
            for last, proclitic in matches_at(tokens, place, key, single):
                candidates.append((place, last, proclitic, key, meant))
    candidates.sort(key=lambda c: (c[0], -c[1], c[3] not in gazetteer.own, len(c[2])))
    # names before anaphors; anaphors refer to names that are mentions without them
    full = [c for c in candidates if c[4][0].match != "anaphor"]
    named = [(c[0], c[4][0].actor) for c in without_overlaps(full) if c[4][0].actor]
    resolved = []
    for first, last, proclitic, key, meant in candidates:
        actors = {reading.actor for reading in meant if reading.actor}
        if meant[0].match != "anaphor":
            resolved.append((first, last, proclitic, key, meant[0], len(actors) > 1))
            continue
        referent = referent_of(first, meant, named)
        if referent:
            resolved.append((first, last, proclitic, key, referent, len(actors) > 1))
    kept = [c for c in without_overlaps(resolved) if c[4].actor]
    return [(c[0], c[1], c[2], c[4].actor, c[4].name, c[4].match, c[5]) for c in kept]


def form_referents(
    tokens: list[str],
    places: list[int],
    names: list[tuple[int, int, str, str]],
    form: str,
    actors: set[str],
    home: str | None,
) -> list[tuple[str | None, str]]:
    """Return the actor of each form of state in a document of one sentence, and what decides.

    places: The tokens of the form. names: First and last token, actor and name of each name. form: With the article.
    actors: Those that have this form. home: The home of the document.
    """
    bare = form.removeprefix("ال")
    full = [
        (first, actor)
        for first, _, actor, name in names
        if actor in actors - {home} and (name.split()[0] in (form, bare) or (first > 0 and tokens[first - 1] == bare))
    ]
    before = {place: [actor for first, actor in full if first < place] for place in places}
    after = {place: [actor for first, actor in full if first > place] for place in places}
    nearest = {place: before[place][-1] if before[place] else (after[place] or [None])[0] for place in places}
    after_it, at_it = {}, {}
    for place in places:
        if tokens[place + 1] != "في":
            after_it[place] = {actor for first, _, actor, _ in names if place < first <= place + 6}
        if place and tokens[place - 1] == "لدى":
            at_it[place] = {actor for first, _, actor, _ in names if place - 6 <= first < place}
    elsewhere = {nearest[place] for place, named in at_it.items() if nearest[place] in named}
    found: list[tuple[str | None, str]] = []
    for place in places:
        excluded = after_it.get(place, set()) | at_it.get(place, set()) | (elsewhere if home in actors else set())
        actor = None if nearest[place] in excluded else nearest[place]
        times = [each for _, each in full].count(actor) if actor else 0
        named = {each: sum(name[2] == each for name in names) for each in {*actors, home, actor}}
        if home in actors:
            found.append((actor, "nearest") if times >= 2 and times > 2 * named[home] else (home, "home"))
            continue
        decides = actor and (before[place] or times >= 2) and max(named[each] for each in actors) == named[actor]
        found.append((actor, "nearest") if decides else (None, "none"))
    return found


def without_overlaps(candidates: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for candidate in candidates:
        if not kept or candidate[0] > kept[-1][1]:
            kept.append(candidate)
    return kept


def referent_of(place: int, meant: list[Reading], named: list[tuple[int, str]]) -> Reading | None:
    """Return the reading whose actor was named last before a position, or else first after it."""
    options = [reading for reading in meant if reading.match == "anaphor"]
    of_actor = {reading.actor: reading for reading in reversed(options)}
    before = [actor for first, actor in named if first < place and actor in of_actor]
    after = [actor for first, actor in named if first >= place and actor in of_actor]
    if before:
        return of_actor[before[-1]]
    return of_actor[after[0]] if after else None
