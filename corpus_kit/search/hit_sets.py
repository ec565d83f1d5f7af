"""Hits as sets: union, intersection and difference of two lists, and the hits that lie inside others.

A hit is its first token and its end. All lists are in the order of the text, and have each hit once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array, distinct
from corpus_kit.errors import choose, warn
from corpus_kit.search.hits import NO_TOKEN, Hits

__all__ = ["Marked", "anchored", "at_anchor", "common", "inside", "missing", "united"]


class Marked(NamedTuple):
    """The tokens that a label marks, as hits.

    Attributes:
        hits: The tokens, each once, in the order of the text.
        without: How many hits had none.
        merged: How many hits had the token of another one.
    """

    hits: Hits
    without: int
    merged: int


def united(a: Hits, b: Hits) -> Hits:
    """Return the hits that are in one of two lists, or in both."""
    return _of_keys(distinct(np.concatenate((_keys(a), _keys(b)))), a, b)


def common(a: Hits, b: Hits) -> Hits:
    """Return the hits that are in both lists."""
    return _of_keys(np.intersect1d(_keys(a), _keys(b), assume_unique=True), a, b)


def missing(a: Hits, b: Hits) -> Hits:
    """Return the hits of a list that are not in the other one."""
    return a.take(_places(_keys(b), _keys(a)) < 0)


def inside(hits: Hits, around: Hits) -> Hits:
    """Return the hits of which all tokens lie in one hit of another list."""
    if not len(around):
        return hits.take(slice(0))
    furthest = np.maximum.accumulate(around.end)  # the furthest end of those that begin up to here
    before = np.searchsorted(around.first, hits.first, "right") - 1
    return hits.take((before >= 0) & (furthest[before] >= hits.end))


def anchored(hits: Hits, tokens: Array) -> Marked:
    """Return the tokens with a label as hits.

    Args:
        hits: The hits.
        tokens: The token of each hit that has the label (UInt32); NO_TOKEN for none.
    """
    found = np.flatnonzero(tokens != NO_TOKEN)
    first, rows = np.unique(tokens[found], return_index=True)
    rows = found[rows]
    anchors = {name: of_hits[rows] for name, of_hits in hits.anchors.items()}
    return Marked(Hits(first.astype(np.uint32), None, anchors), len(hits) - len(found), len(found) - len(first))


def at_anchor(hits: Hits, anchor: str) -> Hits:
    """Return the tokens with an anchor or a label as hits.

    Args:
        hits: The hits.
        anchor: The name: "match" and "matchend" are the first and the last token of each hit.

    Warns:
        UserWarning: If hits have no such token, or several have the same; it says how many.

    Raises:
        InputError: If the hits have no such anchor.
    """
    tokens = {"match": hits.first, "matchend": hits.end - np.uint32(1), **hits.anchors}
    found = anchored(hits, tokens[choose(anchor, list(tokens), "anchor")])
    if found.without:
        warn(f"{found.without:,} of {len(hits):,} hits have no {anchor!r}; they are left out.")
    if found.merged:
        warn(f"{found.merged:,} hits have the {anchor!r} of another hit; each token is counted once.")
    return found.hits


def _keys(hits: Hits) -> Array:
    """Return a number for each hit, in the order of first tokens, then of ends."""
    keys: Array = (hits.first.astype(np.uint64) << np.uint64(32)) | hits.end.astype(np.uint64)
    return keys


def _places(keys: Array, wanted: Array) -> Array:
    """Return where each wanted key is among ascending keys; -1 for none."""
    if not len(keys):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def _of_keys(keys: Array, a: Hits, b: Hits) -> Hits:
    """Return the hits with these keys. An anchor of which two lists say different things is none."""
    first = (keys >> np.uint64(32)).astype(np.uint32)
    ends = None if a.ends is None and b.ends is None else keys.astype(np.uint32)
    in_a, in_b = _places(_keys(a), keys), _places(_keys(b), keys)
    anchors = {}
    for name in dict.fromkeys([*a.anchors, *b.anchors]):
        of_a, of_b = _anchors_at(a, name, in_a), _anchors_at(b, name, in_b)
        either = np.where(of_a == NO_TOKEN, of_b, of_a)
        anchors[name] = np.where((of_b == NO_TOKEN) | (of_b == either), either, NO_TOKEN)
    return Hits(first, ends, anchors)


def _anchors_at(hits: Hits, name: str, places: Array) -> Array:
    """Return the anchors of the hits in these places; NO_TOKEN where the place is -1, or there are none."""
    if name not in hits.anchors:
        return np.full(len(places), NO_TOKEN)
    return np.append(hits.anchors[name], NO_TOKEN)[places]  # the place -1 is that of the last
