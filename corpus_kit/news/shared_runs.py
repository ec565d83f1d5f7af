"""Maximal runs of words that two documents share.

Runs of n words are brought together by their hashes and compared by their words (`shingles`); each pair of them is
extended as far as the words are equal, in both directions. A pair whose predecessor is a pair, too, is part of the same
run and is not looked at, so that long copies cost no more than short ones.

Documents are numbered 0, 1, ... here, in the order in which their words are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Integers, Numbers, ranges
from corpus_kit.errors import invalid
from corpus_kit.news.shingles import Words, blocks, repeated_shingles

__all__ = ["SharedRuns", "shared_runs"]


_PAIRS = 1 << 17  # pairs of places that are compared at a time
_WIDTHS = (16, 4096)  # words of a pair that are compared at a time, at first and at most
_CELLS = 1 << 20  # words of all pairs that are compared at a time


class SharedRuns(NamedTuple):
    """Runs of words that two documents share; a *place* is an index into the words of all documents.

    first, second: Where each run begins, in the document with the lower number and in the other one.
    words: Its words.
    documents: The documents that have its rarest min_words words.
    """

    first: Integers
    second: Integers
    words: Integers
    documents: Integers


def shared_runs(words: Words, n: int, max_documents: int, max_runs: int, *, hash_bits: int = 64) -> SharedRuns:
    """Return the maximal runs of at least n words that two documents share, by document, then place.

    Args:
        words: The words of the documents.
        n: The fewest words of a run.
        max_documents: A run must have n words that no more documents have.
        max_runs: The most runs.
        hash_bits: Bits of each hash that are used; the result does not depend on it.

    Raises:
        InputError: If there are more runs.
    """
    none = np.zeros(0, np.int64)
    if n > words.sizes.max(initial=0):
        return SharedRuns(none, none, none, none)
    places, groups, documents = repeated_shingles(words, n, hash_bits=hash_bits)
    fresh = np.ones(len(groups), bool)  # the first in its document
    fresh[1:] = (groups[1:] != groups[:-1]) | (documents[1:] != documents[:-1])
    frequency = np.bincount(groups[fresh])
    of_place = np.ones(len(words.ids), np.uint32)  # the documents that have the n words from each place
    of_place[places] = frequency[groups]
    seed = fresh & (frequency[groups] > 1) & (frequency[groups] <= max_documents)
    places, groups = places[seed], groups[seed]
    ends = np.cumsum(words.sizes)
    runs = np.zeros((3, 0), np.int64)
    for first, second in _beginnings(places, groups, len(words.ids)):
        begin, size = _extended(words, ends, first, second, n)
        runs = np.hstack([runs, [begin, begin + second - first, size]])
        if runs.shape[1] > max_runs:
            runs = _distinct(runs)
            _check_number(runs.shape[1], max_runs)
    first, second, size = _distinct(runs)
    order = np.lexsort((second, first, *(np.searchsorted(ends, each, "right") for each in (second, first))))
    first, second, size = first[order], second[order], size[order]
    return SharedRuns(first, second, size, _rarest(of_place, first, size - n + 1))


def _check_number(n_runs: int, most: int) -> None:
    if n_runs > most:
        raise invalid(
            "max_rows", f"at least {n_runs:,}, since there are so many passages or more", most,
            "Leave out copies (Corpus.deduplicate), or choose a higher min_words or a lower max_documents.",
        )  # fmt: skip


def _distinct(runs: Integers) -> Integers:
    """Return runs (first place, second place, words) without repetition."""
    order = np.lexsort(runs[:2])
    runs = runs[:, order]
    new = np.ones(runs.shape[1], bool)
    new[1:] = (runs[:2, 1:] != runs[:2, :-1]).any(axis=0)
    return runs[:, new]


def _beginnings(places: Integers, groups: Integers, n_words: int) -> Iterator[tuple[Integers, Integers]]:
    """Yield pairs of places with the same n words, of which at least one pair is in each run.

    If the n words one place earlier are a pair, too, these are in the same run and are yielded instead.

    Args:
        places: Where seeds are: n words that some other document has; each once in a document.
        groups: The number of their words, in ascending order.
        n_words: The number of places.
    """
    of_place = np.full(n_words + 1, -1, np.int32)
    of_place[places + 1] = groups
    before = of_place[places]  # of seeds; a document ends between two seeds that are n words or more apart
    begins = np.diff(groups, prepend=-1) != 0
    group = np.cumsum(begins) - 1
    start = np.flatnonzero(begins)
    differ = np.add.reduceat((before != before[start[group]]) | (before < 0), start) if len(start) else start
    chosen = np.flatnonzero(differ[group] > 0)
    places, before, group = places[chosen], before[chosen], group[chosen]
    end = np.searchsorted(group, group, "right")
    later = end - np.arange(len(group)) - 1
    for low, high in blocks(later, _PAIRS):
        row = np.arange(low, high)
        one, other = np.repeat(row, later[low:high]), ranges(row + 1, end[low:high])
        new = (before[one] < 0) | (before[one] != before[other])
        yield places[one[new]], places[other[new]]


def _extended(words: Words, ends: Integers, first: Integers, second: Integers, n: int) -> tuple[Integers, Integers]:
    """Return where the runs around pairs of places begin in the first document, and their words."""
    rows = [np.searchsorted(ends, each, "right") for each in (first, second)]
    before = np.minimum(*(each - ends[row] + words.sizes[row] for each, row in zip((first, second), rows, strict=True)))
    after = np.minimum(*(ends[row] - each for each, row in zip((first, second), rows, strict=True))) - n
    earlier = _equal(words.ids, first - 1, second - 1, before, -1)
    later = _equal(words.ids, first + n, second + n, after, 1)
    return first - earlier, earlier + n + later


def _equal(ids: Numbers, first: Integers, second: Integers, limit: Integers, step: int) -> Integers:
    """Return how many words are equal from two places on, forwards or backwards, up to a limit."""
    equal = np.zeros(len(first), np.int64)
    open_pairs, width = np.flatnonzero(limit > 0), _WIDTHS[0]
    while len(open_pairs):
        still = []
        for low in range(0, len(open_pairs), max(1, _CELLS // width)):
            part = open_pairs[low : low + max(1, _CELLS // width)]
            offset = equal[part][:, None] + np.arange(width)
            inside = offset < limit[part][:, None]
            offset = np.where(inside, offset, 0) * step
            same = inside & (ids[first[part][:, None] + offset] == ids[second[part][:, None] + offset])
            whole = same.all(axis=1)
            equal[part] += np.where(whole, width, same.argmin(axis=1))
            still.append(part[whole])
        open_pairs, width = np.concatenate(still), min(2 * width, _WIDTHS[1])
    return equal


def _rarest(of_place: Numbers, first: Integers, counts: Integers) -> Integers:
    """Return the lowest value among `counts` places from each first one."""
    lowest = np.zeros(len(first), np.int64)
    for low, high in blocks(counts):
        begin = np.cumsum(counts[low:high]) - counts[low:high]
        values = of_place[ranges(first[low:high], first[low:high] + counts[low:high])]
        lowest[low:high] = np.minimum.reduceat(values, begin)
    return lowest
