"""Sets of shingles of documents, and the join that finds which of them are similar.

A shingle is a run of n consecutive words (Broder 1997). Shingles are compared by their words; hashes only bring equal
ones together. The join is exact: an inverted index over the rarest shingles of each set gives the candidates
(Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007; Xiao et al. 2011), and the shared shingles of each
candidate are counted.

Documents are numbered 0, 1, ... here, in the order in which their words are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Integers, Numbers, ranges
from corpus_kit._base.hashing import hashed
from corpus_kit._base.shares import part, telling
from corpus_kit.machine.in_threads import in_threads

__all__ = [
    "Alike",
    "Pairs",
    "ShingleSets",
    "Words",
    "alike",
    "blocks",
    "first_with_same",
    "repeated_shingles",
    "rolling_hashes",
    "shared_shingles",
    "shingle_sets",
    "together",
    "verified",
]

Keys = npt.NDArray[np.uint64]

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of a word is lost
_BLOCK = 1 << 18  # positions hashed at a time, so that they stay in the cache
_WORK = 1 << 20  # matches, or shingles of pairs, held at a time


class Words(NamedTuple):
    """The words of documents as ids, one document after another; the words of each; the number of ids."""

    ids: Numbers
    sizes: Integers
    n_ids: int


class ShingleSets(NamedTuple):
    """The set of shingles of each document.

    sizes: Distinct shingles of each document.
    starts: Document k has the shingles starts[k] up to starts[k + 1], ascending. Only shingles that more than one
        document has are listed: the others cannot be shared.
    """

    sizes: Integers
    starts: Integers
    shingles: Numbers

    @property
    def listed(self) -> Integers:
        """The number of listed shingles of each document."""
        return np.diff(self.starts)


class Pairs(NamedTuple):
    """Pairs of documents, and how many shingles they share."""

    first: Integers
    second: Integers
    shared: Integers


class Alike(NamedTuple):
    """Pairs of sets that reach a threshold; each set is represented by the first document that has it.

    first, second, shared: The pairs, and the shingles that they share.
    sizes: Distinct shingles of each document.
    same_as: For each document, the first one with the same set; itself if there is none.
    """

    first: Integers
    second: Integers
    shared: Integers
    sizes: Integers
    same_as: Integers


# --------------------------------------------------------------------------------- from words to sets


def rolling_hashes(words: Words, first: int, end: int, n: int, of_id: Keys) -> Keys:
    """Return a hash of the n words from each of the positions first to end."""
    mixed = of_id[words.ids[first : end + n - 1]]
    hashes = np.zeros(end - first, np.uint64)
    for place in range(n):
        hashes *= _MULTIPLIER
        hashes += mixed[place : place + end - first]
    return hashes


def shingle_sets(words: Words, n: int, *, hash_bits: int = 64) -> ShingleSets:
    """Return the sets of shingles of n words; a document of fewer words has one shingle, all its words.

    Args:
        words: The words of the documents.
        n: Words in a shingle.
        hash_bits: Bits of each hash that are used; the result does not depend on it.
    """
    sizes = words.sizes
    n = min(n, int(sizes.max(initial=0)) + 1)  # a longer shingle fits no document
    ends = np.cumsum(sizes)
    _, groups, documents = repeated_shingles(words, n, hash_bits=hash_bits)
    windows = np.maximum(sizes - n + 1, 0)
    once = windows - np.bincount(documents, minlength=len(sizes))  # shingles that occur only once
    fresh = np.ones(len(groups), bool)  # first of the same document
    fresh[1:] = (groups[1:] != groups[:-1]) | (documents[1:] != documents[:-1])
    groups, documents = groups[fresh], documents[fresh]
    once += np.bincount(documents, minlength=len(sizes))
    short_groups, short_documents = _short(words, ends, n, int(groups.max(initial=-1)) + 1)
    once[(sizes > 0) & (sizes < n)] = 1
    groups = np.concatenate([groups, short_groups])
    documents = np.concatenate([documents, short_documents])
    shared = np.bincount(groups)[groups] > 1
    return _by_document(once, documents[shared], groups[shared])


def repeated_shingles(words: Words, n: int, *, hash_bits: int = 64) -> tuple[Integers, Integers, Integers]:
    """Return the shingles that occur more than once: the place of each, a number of its words, and its document.

    They come by number, then place. With colliding hashes, some that occur once may be among them.
    """
    ends = np.cumsum(words.sizes)
    with part(0, 0.5):
        places, begins_group = _repeated(words, ends, n, hash_bits)
    documents = np.repeat(np.arange(len(ends), dtype=np.uint32), words.sizes)[places].astype(np.int64)
    with part(0.5, 1):
        return _split_collisions(words, n, places, np.cumsum(begins_group) - 1, documents)


def _repeated(words: Words, ends: Integers, n: int, hash_bits: int) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return where shingles begin whose hash occurs more than once, by hash, then place, and where a new hash begins.

    The place is in the lower bits of the key, so a single sort in place suffices.
    """
    with part(0, 0.3):
        keys, low = _keys(words, ends, n, hash_bits)
    with part(0.3, 1):
        keys.sort()
    new = np.ones(len(keys) + 1, bool)
    new[1:-1] = (keys[1:] ^ keys[:-1]) > low
    several = ~(new[:-1] & new[1:])
    place_mask = np.uint64((1 << len(words.ids).bit_length()) - 1)
    return (keys[several] & place_mask).astype(np.int64), new[:-1][several]


def _keys(words: Words, ends: Integers, n: int, hash_bits: int) -> tuple[Keys, np.uint64]:
    """Return hash and place of each shingle in one number, and a mask of the bits that are not of the hash."""
    total = len(words.ids)
    kept = min(hash_bits, 64 - total.bit_length())
    low = np.uint64((1 << (64 - kept)) - 1)
    whole = words.sizes >= n
    change = np.zeros(total + 1, np.int8)  # +1 where shingles of a document begin, -1 after the last one
    np.add.at(change, (ends - words.sizes)[whole], 1)
    np.add.at(change, (ends - n + 1)[whole], -1)
    valid = np.cumsum(change, dtype=np.int8)[:total].view(bool)
    keys = np.empty(int(np.maximum(words.sizes - n + 1, 0).sum()), np.uint64)
    of_id = hashed(np.arange(words.n_ids), seed=0)
    filled = 0
    for first in telling(range(0, total - n + 1, _BLOCK)):
        end = min(first + _BLOCK, total - n + 1)
        made = rolling_hashes(words, first, end, n, of_id) & ~low
        made |= np.arange(first, end, dtype=np.uint64)
        made = made[valid[first:end]]
        keys[filled : filled + len(made)] = made
        filled += len(made)
    return keys, low


def _split_collisions(
    words: Words, n: int, places: Integers, groups: Integers, documents: Integers
) -> tuple[Integers, Integers, Integers]:
    """Split groups of equal hashes where the words differ; return them by group, then place."""
    begins = np.flatnonzero(np.diff(groups, prepend=-1))
    differs = np.zeros(len(places), bool)

    def compare(first: int) -> None:
        block = slice(first, first + _BLOCK)
        model = places[begins[groups[block]]]  # the first place of each group
        for place in range(n):
            differs[block] |= words.ids[places[block] + place] != words.ids[model + place]

    blocks_begin = range(0, len(places), _BLOCK)
    compared = in_threads(compare, blocks_begin)
    for _ in telling(blocks_begin):
        next(compared)
    if not differs.any():
        return places, groups, documents
    mixed = np.isin(groups, groups[differs])
    rows = words.ids[places[mixed][:, None] + np.arange(n)]
    split = len(begins) + np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.lexsort((places[mixed], split))  # the new groups come after the others, which are in order
    same = ~mixed
    return (
        np.concatenate((places[same], places[mixed][order])),
        np.concatenate((groups[same], split[order])),
        np.concatenate((documents[same], documents[mixed][order])),
    )


def _short(words: Words, ends: Integers, n: int, first_group: int) -> tuple[Integers, Integers]:
    """Return the one shingle of each document of fewer than n words, numbered from first_group, and the documents."""
    numbers: dict[bytes, int] = {}
    documents = np.flatnonzero((words.sizes > 0) & (words.sizes < n))
    groups = np.empty(len(documents), np.int64)
    for row, document in enumerate(documents.tolist()):
        text = words.ids[ends[document] - words.sizes[document] : ends[document]].tobytes()
        groups[row] = first_group + numbers.setdefault(text, len(numbers))
    return groups, documents


def _by_document(sizes: Integers, documents: Integers, groups: Integers) -> ShingleSets:
    """Return the listed shingles by document; groups are numbered without gaps."""
    there = np.zeros(int(groups.max(initial=-1)) + 1, bool)
    there[groups] = True
    numbers = np.cumsum(there) - 1
    keys = _packed(documents, numbers[groups])
    keys.sort()
    starts = np.concatenate(([0], np.cumsum(np.bincount(documents, minlength=len(sizes)))))
    return ShingleSets(sizes, starts, (keys & _LOW).astype(np.uint32))


def _packed(high: npt.NDArray[np.integer], low: npt.NDArray[np.integer]) -> Keys:
    """Pack two numbers below 2^32 into one that sorts by the first, then the second."""
    return np.asarray(high.astype(np.uint64) << _SHIFT | low.astype(np.uint64), np.uint64)


def first_with_same(sets: ShingleSets, wanted: npt.NDArray[np.bool_]) -> Integers:
    """Return for each document the first one with the same set of shingles, among those that are wanted.

    A set with a shingle that is not listed is the same as no other.
    """
    same_as = np.arange(len(sets.sizes))
    seen: dict[bytes, int] = {}
    starts = sets.starts.tolist()
    for document in np.flatnonzero(wanted & (sets.sizes > 0) & (sets.listed == sets.sizes)).tolist():
        text = sets.shingles[starts[document] : starts[document + 1]].tobytes()
        same_as[document] = seen.setdefault(text, document)
    return same_as


# -------------------------------------------------------------------------------------------- the join


def together(pieces: Iterable[Pairs]) -> Pairs:
    """Join pairs that come in pieces."""
    none = np.zeros(0, np.int64)
    return Pairs(*(np.concatenate(each) for each in zip((none, none, none), *pieces, strict=True)))


def alike(
    sets: ShingleSets,
    wanted: npt.NDArray[np.bool_],
    threshold: float,
    measure: str,
    gather: Callable[[Iterable[Pairs]], Pairs] = together,
) -> Alike:
    """Return all pairs of sets whose measure is at least the threshold.

    Args:
        sets: The sets.
        wanted: Whether each document takes part.
        threshold: The lowest value.
        measure: "jaccard" or "containment".
        gather: Joins the pairs, which come in pieces.
    """
    same_as = first_with_same(sets, wanted)
    chosen = np.flatnonzero(wanted & (sets.sizes > 0) & (same_as == np.arange(len(same_as))))
    chosen = chosen[np.argsort(sets.sizes[chosen], kind="stable")]  # the smaller of two has the lower number
    part = _chosen_sets(sets, chosen)
    found = gather(verified(part, keys, threshold, measure) for keys in _candidates(part, threshold, measure))
    one, other = chosen[found.first], chosen[found.second]
    return Alike(np.minimum(one, other), np.maximum(one, other), found.shared, sets.sizes, same_as)


def _chosen_sets(sets: ShingleSets, chosen: Integers) -> ShingleSets:
    """Return the sets of some documents, in this order, with shingles numbered by rarity among them."""
    starts, ends = sets.starts[chosen], sets.starts[chosen + 1]
    shingles = sets.shingles[ranges(starts, ends)]
    documents = np.repeat(np.arange(len(chosen), dtype=np.uint32), ends - starts)
    frequency = np.bincount(shingles)
    shared = frequency[shingles] > 1
    number = np.empty(len(frequency), np.int64)
    number[np.argsort(frequency, kind="stable")] = np.arange(len(frequency))
    number -= np.count_nonzero(frequency < 2)
    return _by_document(sets.sizes[chosen], documents[shared].astype(np.int64), number[shingles[shared]])


def _candidates(part: ShingleSets, threshold: float, measure: str) -> Iterator[Keys]:
    """Yield pairs that may reach the threshold, each once, as keys: the smaller set in the upper half.

    Two sets that share k shingles share one of the first (size - k + 1) of each, in any one order of all shingles
    (prefix filtering). Here, shingles that occur in one set only come first, then the rarest.
    """
    sizes, listed = part.sizes, part.listed
    documents = np.repeat(np.arange(len(sizes)), listed)
    rank = ranges(sizes - listed, sizes)
    if measure == "jaccard":
        # shared >= t / (1 + t) * (smaller + larger), which is at least 2t / (1 + t) * smaller and t * larger
        probes = rank <= sizes[documents] - _least(sizes, 2 * threshold / (1 + threshold))[documents]
        indexed = rank <= sizes[documents] - _least(sizes, threshold)[documents]
        largest = np.searchsorted(sizes * threshold, sizes * (1 + 1e-12), "right")
    else:
        probes = rank <= sizes[documents] - _least(sizes, threshold)[documents]
        indexed = np.ones(len(rank), bool)
        largest = np.full(len(sizes), len(sizes))
    index = _packed(part.shingles[indexed], documents[indexed])
    index.sort()
    probing, shingles = documents[probes], part.shingles[probes]
    begin = np.searchsorted(index, _packed(shingles, probing), "right")  # larger sets, or of the same size and later
    end = np.maximum(np.searchsorted(index, _packed(shingles, largest[probing]), "left"), begin)
    entries = np.searchsorted(probing, np.arange(len(sizes) + 1))
    matches = np.concatenate(([0], np.cumsum(end - begin)))[entries]
    for first, last in telling(blocks(np.diff(matches))):
        of_block = slice(entries[first], entries[last])
        partners = index[ranges(begin[of_block], end[of_block])] & _LOW
        keys = np.repeat(probing[of_block], (end - begin)[of_block]).astype(np.uint64) << _SHIFT | partners
        if len(keys):
            yield np.unique(keys)


def _least(sizes: Integers, share: float) -> Integers:
    """Return the lowest integer that can be this share of each size, safe against rounding up."""
    return np.asarray(np.ceil(sizes * share * (1 - 1e-12)), np.int64)


def blocks(work: Integers, most: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield ranges of consecutive items whose work sums to at most this, or a single item with more work."""
    limit = _WORK if most is None else most
    done = np.cumsum(work)
    first = 0
    while first < len(work):
        before = int(done[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(done, before + limit, "right")))
        yield first, end
        first = end


def verified(sets: ShingleSets, pairs: Keys, threshold: float, measure: str) -> Pairs:
    """Return those of the candidates, given as keys, that reach the threshold."""
    first, second = (pairs >> _SHIFT).astype(np.int64), (pairs & _LOW).astype(np.int64)
    possible = np.minimum(sets.listed[first], sets.listed[second])
    kept = _value(sets.sizes[first], sets.sizes[second], possible, measure) >= threshold
    first, second = first[kept], second[kept]
    shared = shared_shingles(sets, first, second)
    kept = _value(sets.sizes[first], sets.sizes[second], shared, measure) >= threshold
    return Pairs(first[kept], second[kept], shared[kept])


def _value(one: Integers, other: Integers, shared: Integers, measure: str) -> npt.NDArray[np.float64]:
    """Return the measure of each pair."""
    whole = one + other - shared if measure == "jaccard" else np.minimum(one, other)
    return np.asarray(shared / whole, np.float64)


def shared_shingles(sets: ShingleSets, first: Integers, second: Integers) -> Integers:
    """Return how many shingles the documents of each pair share."""
    shared = np.zeros(len(first), np.int64)
    for begin, end in blocks(sets.listed[first] + sets.listed[second]):
        shared[begin:end] = _shared(sets, first[begin:end], second[begin:end])
    return shared


def _shared(sets: ShingleSets, first: Integers, second: Integers) -> Integers:
    """Return the same for as many pairs as fit into memory: shingles that occur twice under the number of a pair."""
    pairs = np.arange(len(first))
    keys = np.concatenate(
        [
            _packed(
                np.repeat(pairs, sets.listed[each]), sets.shingles[ranges(sets.starts[each], sets.starts[each + 1])]
            )
            for each in (first, second)
        ]
    )
    keys.sort()
    twice = keys[1:][keys[1:] == keys[:-1]] >> _SHIFT
    counts: Integers = np.bincount(twice.astype(np.int64), minlength=len(first))
    return counts
