"""Queries by nearness: CQP's ``MU(meet ...)`` and ``MU(union ...)``, and items near one another in any order.

Both join lists of positions that ascend, by bisection; the text itself is read only around what may be a hit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from corpus_kit._base.arrays import Array, Integers, distinct, ranges
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.query.pattern_tree import Meet, MeetNode, Near, Test, Unite
from corpus_kit.search.hits import Hits
from corpus_kit.search.strategies import rows_kept
from corpus_kit.search.word_ranks import word_ranks

__all__ = ["MOST_NEAR", "hits_near", "tokens_met"]

MOST_NEAR = 8  # items that may stand near one another: the sets of them are gone through
_BLOCK = 256  # tokens of a long span that are read at once
_MANY = 32  # where there is a span for so many tokens, the words before each token are counted once
_HITS = 1 << 16  # from which spans are looked for at once
_MOST_WORK = 1 << 29
_NOWHERE = np.iinfo(np.int64).max


# ------------------------------------------------------------------------------------ meet and union


def tokens_met(
    corpus: CorpusView, node: MeetNode, positions: Callable[[Test], Array], is_word: Array | None = None
) -> Array:
    """Return the tokens that a query by nearness finds, ascending, each once (UInt32).

    Tokens meet if they lie in one document and the second one lies from `low` up to `high` after the first; or if they
    lie in one region of a structure.

    Args:
        corpus: The corpus.
        node: The query.
        positions: Returns the tokens that pass a test, ascending.
        is_word: For each type, whether it is a word (bool), if distances are counted in words; None for tokens.

    References:
        CQP Interface and Query Language Manual, version 3.5, section 8.4.
    """
    if isinstance(node, Test):
        return positions(node)
    if isinstance(node, Unite):
        found = [tokens_met(corpus, part, positions, is_word) for part in node.parts]
        return distinct(np.concatenate(found))
    assert not isinstance(node, Near)  # which is a whole pattern
    left = tokens_met(corpus, node.left, positions, is_word)
    right = tokens_met(corpus, node.right, positions, is_word)
    if node.structure is not None:
        meets = _in_one_region(corpus, node.structure, left, right)
    elif is_word is None:
        meets = _near_tokens(corpus, left, right, node)
    else:
        meets = _near_words(corpus, left, right, node, is_word)
    return np.asarray(left[meets != node.negated])


def _near_tokens(corpus: CorpusView, left: Array, right: Array, meet: Meet) -> Array:
    """Return for each token whether another one lies so many tokens after it, in its document (bool)."""
    begin, end = corpus.document_bounds(corpus.documents_of(left))
    place = left.astype(np.int64)
    low = np.clip(place + meet.low, begin, end)
    high = np.clip(place + meet.high + 1, begin, end)
    return _holds_one(right, low, high)


def _holds_one(tokens: Array, low: Integers, high: Integers) -> Array:
    """Return for each range of places whether one of some ascending tokens lies in it (bool)."""
    after = np.searchsorted(tokens, low.astype(tokens.dtype))
    held = np.zeros(len(low), bool)
    some = after < len(tokens)
    held[some] = tokens[after[some]] < high[some]
    return held


def _near_words(corpus: CorpusView, left: Array, right: Array, meet: Meet, is_word: Array) -> Array:
    """Return for each token whether another one lies so many words after it, in its document (bool)."""
    ranks = word_ranks(corpus, is_word)
    begin, end = corpus.document_bounds(corpus.documents_of(left))
    rank, other = ranks[left], ranks[right]
    low = np.maximum(np.searchsorted(other, rank + meet.low), np.searchsorted(right, begin.astype(right.dtype)))
    high = np.minimum(
        np.searchsorted(other, rank + meet.high, "right"), np.searchsorted(right, end.astype(right.dtype))
    )
    return np.asarray(low < high)


def _in_one_region(corpus: CorpusView, structure: str, left: Array, right: Array) -> Array:
    """Return for each token whether another one lies in a region with it (bool); regions may overlap."""
    regions = corpus.structure(structure)
    if regions.is_disjoint and len(left) + len(right) < len(regions):
        return np.isin(regions.region_at(left), np.setdiff1d(regions.region_at(right), [-1]))
    held = _holds_one(right, regions.first.astype(np.int64), regions.end.astype(np.int64))
    first, end = regions.first[held], np.maximum.accumulate(regions.end[held])
    before = np.searchsorted(first, left, "right")
    inside = before > 0
    inside[inside] = end[before[inside] - 1] > left[inside]
    return inside


# ------------------------------------------------------------------------------------ in any order


def hits_near(
    corpus: CorpusView, items: Sequence[Hits], most: int, *, barrier_bits: int, is_word: Array | None = None
) -> Hits:
    """Find where several items stand near one another, in any order.

    A hit begins with one item and ends with another, has a hit of each item, none of which overlaps another, and is at
    most `most` words long. From each token the shortest counts, and none that lies in another one, as for a gap in a
    pattern.

    Args:
        corpus: The corpus.
        items: The hits of each item, ascending; of those from one token the shortest one.
        most: The most words of a hit, or tokens.
        barrier_bits: The flags that begin a unit of text, which hits do not leave; they never leave a document.
        is_word: For each type, whether it is a word (bool); None if tokens are counted.

    Raises:
        InputError: If there are too many items, or too many hits of items that overlap.

    Note:
        Of all chains of hits that begin at a token and take a set of the items, only the one that ends first counts,
        since what follows it may follow it, too. So there is one number for each token and set, in time that is linear
        in the tokens, times k 2^k for k items whose hits overlap. Those that do not are met independently.
    """
    if len(items) > MOST_NEAR:
        raise InputError(f"within must be for at most {MOST_NEAR} items in any order, got {len(items)}.")
    lists = _near_the_rarest(corpus, [item.spans() for item in items], most, is_word)
    groups = _groups(lists)
    ways = sum(len(group) << len(group) for group in groups)
    if (work := sum(len(spans[0]) for spans in lists) * ways) > _MOST_WORK:
        raise InputError(
            f"{len(items)} items in any order that overlap one another must be rarer, or fewer: to go through their "
            f"{sum(len(spans[0]) for spans in lists):,} hits in all orders takes {work:,} steps, and at most "
            f"{_MOST_WORK:,} are done."
        )
    found = [_spans_from(number, lists, groups) for number in range(len(lists))]
    first, end = (np.concatenate([spans[side] for spans in found]) for side in (0, 1))
    fits = np.flatnonzero(_is_short(corpus, first, end, most, is_word))
    fits = fits[_in_one_unit(corpus, first[fits], end[fits], barrier_bits)]
    order = fits[np.lexsort((end[fits], first[fits]))]
    first, end = first[order], end[order]
    shortest = np.flatnonzero(np.append(True, first[1:] != first[:-1])[: len(first)])
    first, end = first[shortest], end[shortest]
    kept = rows_kept(first, end, "longest")
    return Hits(first[kept].astype(np.uint32), end[kept].astype(np.uint32))


_Spans = tuple[Integers, Integers]


def _near_the_rarest(corpus: CorpusView, lists: list[_Spans], most: int, is_word: Array | None) -> list[_Spans]:
    """Leave out hits that are too far from all hits of the rarest item.

    Each begins with another word, so that those within some words are among so many before and after in the list.
    """
    rarest = min(lists, key=lambda spans: len(spans[0]))[0]
    reach = most + 1

    def near(spans: _Spans) -> _Spans:
        if spans[0] is rarest or 2 * reach * len(rarest) >= len(spans[0]):
            return spans
        place = np.searchsorted(spans[0], rarest)
        low, high = np.maximum(place - reach, 0), np.minimum(place + reach, len(spans[0]))
        low[1:] = np.maximum(low[1:], high[:-1])  # each once
        rows = ranges(low, np.maximum(low, high))
        first = spans[0][rows]
        if is_word is not None and not is_word[corpus.token_types[first]].all():
            return spans  # signs are not counted, so that there may be more of them
        return first, spans[1][rows]

    return [near(spans) for spans in lists]


def _spans_from(number: int, lists: list[_Spans], groups: list[list[int]]) -> _Spans:
    """Return the shortest span with a hit of every item, none overlapping, from each hit of one item."""
    first, end = lists[number]
    ends_from = [np.append(np.minimum.accumulate(each[1][::-1])[::-1], _NOWHERE) for each in lists]
    whole = [np.zeros(0, np.int64)]
    for begin in range(0, len(first), _HITS):  # there is an end for each hit and set of items, so not for all at once
        part = slice(begin, begin + _HITS)
        ends = end[part]
        for group in groups:
            is_own = number in group
            others = [item for item in group if item != number]
            from_here = _ends_with(others, end[part] if is_own else first[part], lists, ends_from)
            ends = np.maximum(ends, from_here)
        whole.append(ends)
    found = np.concatenate(whole)
    met = found < _NOWHERE
    return first[met], found[met]


def _ends_with(items: list[int], places: Integers, lists: list[_Spans], ends_from: list[Integers]) -> Integers:
    """Return the first place up to which there is a hit of each of some items, none overlapping, from each place."""
    best: dict[frozenset[int], Integers] = {frozenset(): places}
    for size in range(1, len(items) + 1):
        grown: dict[frozenset[int], Integers] = {}
        for chosen in map(frozenset, combinations(items, size)):
            ways = [ends_from[last][np.searchsorted(lists[last][0], best[chosen - {last}])] for last in chosen]
            grown[chosen] = np.minimum.reduce(ways)
        best = grown
    return best[frozenset(items)]


def _groups(lists: list[_Spans]) -> list[list[int]]:
    """Return the items in groups: hits of items of different groups do not overlap."""
    groups: list[list[int]] = []
    for number, spans in enumerate(lists):
        near = [group for group in groups if any(_overlap(spans, lists[other]) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([each for group in near for each in group] + [number])
    return groups


def _overlap(one: _Spans, other: _Spans) -> bool:
    """Whether a hit of one item overlaps one of another."""
    last_end = np.append(0, np.maximum.accumulate(other[1]))
    return bool((last_end[np.searchsorted(other[0], one[1])] > one[0]).any())


def _is_short(corpus: CorpusView, first: Integers, end: Integers, most: int, is_word: Array | None) -> Array:
    """Return for each span whether it has at most so many words, or tokens if words are not counted (bool).

    No more of a span is read than that takes: a token of all at a time, and of the few in which signs are many, blocks.
    """
    short = end - first <= most
    if is_word is None:
        return np.asarray(short)
    types = corpus.token_types
    rows = np.flatnonzero(~short)
    if len(rows) * _MANY > len(types):
        ranks = word_ranks(corpus, is_word)
        short[rows] = ranks[end[rows]] - ranks[first[rows]] <= most
        return np.asarray(short)
    at, counts = first[rows], np.zeros(len(rows), np.int64)
    for _ in range(2 * most + 2):
        counts += is_word[types[at]]
        at += 1
        ended = at >= end[rows]
        short[rows[ended & (counts <= most)]] = True
        goes_on = ~ended & (counts <= most)
        rows, at, counts = rows[goes_on], at[goes_on], counts[goes_on]
        if not len(rows):
            break
    for row, place, count in zip(rows.tolist(), at.tolist(), counts.tolist(), strict=True):
        short[row] = count + _words_up_to(types, is_word, place, int(end[row]), most) <= most
    return np.asarray(short)


def _words_up_to(types: Array, is_word: Array, first: int, end: int, most: int) -> int:
    """Count the words from one token up to another; no further than there are more than so many."""
    count = 0
    for begin in range(first, end, _BLOCK):
        count += int(np.count_nonzero(is_word[types[begin : min(begin + _BLOCK, end)]]))
        if count > most:
            break
    return count


def _in_one_unit(corpus: CorpusView, first: Integers, end: Integers, barrier_bits: int) -> Array:
    """Return for each span whether no unit of text begins in it (bool)."""
    if not len(first):
        return np.zeros(0, bool)
    last = (end - 1).astype(np.uint32)
    is_one = corpus.documents_of(first.astype(np.uint32)) == corpus.documents_of(last)
    if not barrier_bits:
        return np.asarray(is_one)
    rows = np.flatnonzero(is_one & (end - first > 1))
    if int((end[rows] - first[rows]).sum()) > corpus.n_tokens:  # long spans, which no more than all tokens are read for
        flags = np.flatnonzero((corpus.token_flags & np.uint8(barrier_bits)) > 0)
        is_one[rows] = np.searchsorted(flags, first[rows], "right") == np.searchsorted(flags, end[rows])
        return np.asarray(is_one)
    inner = ranges(first[rows] + 1, end[rows])
    begins = (corpus.token_flags[inner] & np.uint8(barrier_bits)) > 0
    before = np.concatenate(([0], np.cumsum(begins)))
    ends = np.cumsum(end[rows] - first[rows] - 1)
    is_one[rows] = before[ends] == before[ends - (end[rows] - first[rows] - 1)]
    return np.asarray(is_one)
