"""Candidate near-duplicates by MinHash and locality-sensitive hashing, for corpora too large for the exact join.

The lowest value of a random hash function is the same for two sets with a probability that equals their Jaccard
similarity s (Broder 1997). With b bands of r such values, two sets agree in all values of at least one band with
probability 1 - (1 - s^r)^b (Leskovec, Rajaraman and Ullman 2014, section 3.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit._base.hashing import hashed
from corpus_kit.news.shingles import (
    Alike,
    Keys,
    Pairs,
    Words,
    blocks,
    first_with_same,
    rolling_hashes,
    shingle_sets,
    together,
    verified,
)

__all__ = ["alike_by_bands", "expected_recall", "usual_bands"]

_BLOCK = 1 << 16  # shingles hashed at a time, so that their values stay in the cache
_PAIRS = 1 << 20  # candidates verified before the pairs found are gathered
_USUAL_RECALL = 0.99


def expected_recall(similarity: float, n_hashes: int, bands: int) -> float:
    """Return the probability that two sets of this Jaccard similarity share a band (the S-curve).

    >>> round(expected_recall(0.8, 128, 21), 4)
    0.9983
    """
    rows = n_hashes // bands
    return float(1 - (1 - similarity**rows) ** bands)


def usual_bands(threshold: float, n_hashes: int) -> int:
    """Return the fewest bands that find 99 of 100 pairs at the threshold; the number of hashes if none suffice.

    >>> usual_bands(0.8, 128)
    21
    """
    for rows in range(n_hashes, 0, -1):
        if expected_recall(threshold, n_hashes, n_hashes // rows) >= _USUAL_RECALL:
            return n_hashes // rows
    return n_hashes


def alike_by_bands(
    words: Words,
    n: int,
    *,
    least: int,
    threshold: float,
    n_hashes: int,
    bands: int,
    seed: int,
    gather: Callable[[Iterable[Pairs]], Pairs] = together,
) -> Alike:
    """Return pairs of sets that share a band and have at least this Jaccard similarity, which is computed exactly.

    Args:
        words: The words of the documents.
        n: Words in a shingle.
        least: Sets of fewer shingles are left out.
        threshold: The lowest similarity.
        n_hashes: MinHash values of each document.
        bands: Bands of these.
        seed: Seed of the hash functions.
        gather: As in `alike`.

    Returns:
        As `alike`; the sizes of documents that share no band are 0.
    """
    of_band = _bands(words, n, n_hashes, bands, seed)
    shares_a_band = np.zeros(len(words.sizes), bool)
    for keys in of_band:
        shares_a_band |= _occurs_twice(keys)
    documents = np.flatnonzero(shares_a_band & (words.sizes > 0))
    ends = np.cumsum(words.sizes)[documents]
    ids = words.ids[ranges(ends - words.sizes[documents], ends)]
    sets = shingle_sets(Words(ids, words.sizes[documents], words.n_ids), n)
    wanted = sets.sizes >= least
    same_as = first_with_same(sets, wanted)
    chosen = np.flatnonzero(wanted & (same_as == np.arange(len(documents))))
    candidates = np.zeros(0, np.uint64)
    for keys in of_band:
        candidates = _with_pairs(candidates, keys[documents[chosen]], chosen)
    pieces = range(0, len(candidates), _PAIRS)
    found = gather(verified(sets, candidates[first : first + _PAIRS], threshold, "jaccard") for first in pieces)
    sizes = np.zeros(len(words.sizes), np.int64)
    sizes[documents] = sets.sizes
    all_same_as = np.arange(len(words.sizes))
    all_same_as[documents] = documents[same_as]
    return Alike(documents[found.first], documents[found.second], found.shared, sizes, all_same_as)


def _bands(words: Words, n: int, n_hashes: int, bands: int, seed: int) -> Keys:
    """Return a key for the values of each band (row) of each document (column).

    The hash functions are h -> a h + b modulo 2^64, of a hash of the words of the shingle.
    """
    rows = n_hashes // bands
    drawn = hashed(np.arange(2 * n_hashes), seed)
    factors, terms = drawn[:n_hashes] | np.uint64(1), drawn[n_hashes:]
    result = np.zeros((bands, len(words.sizes)), np.uint64)
    for documents, hashes, starts in _shingles_by_block(words, n):
        for band in range(bands):
            key = np.zeros(len(documents), np.uint64)
            for number in range(band * rows, (band + 1) * rows):
                key = hashed(key ^ np.minimum.reduceat(hashes * factors[number] + terms[number], starts), 0)
            result[band, documents] = key
    return result


def _shingles_by_block(words: Words, n: int) -> Iterator[tuple[Integers, Keys, Integers]]:
    """Yield documents, the hashes of their shingles, and where those of each document begin."""
    of_id = hashed(np.arange(words.n_ids), seed=0)
    ends = np.cumsum(words.sizes)
    begins = ends - words.sizes
    for low, high in blocks(words.sizes, _BLOCK):
        documents = low + np.flatnonzero(words.sizes[low:high] >= n)
        if len(documents):
            first, end = begins[documents], ends[documents] - n + 1
            hashes = rolling_hashes(words, int(first[0]), int(end[-1]), n, of_id)
            counts = end - first
            yield documents, hashes[ranges(first - first[0], end - first[0])], np.cumsum(counts) - counts
    short = words.sizes[(words.sizes > 0) & (words.sizes < n)]
    for size in np.unique(short).tolist():  # such a document is one shingle
        documents = np.flatnonzero(words.sizes == size)
        hashes = np.zeros(len(documents), np.uint64)
        for place in range(size):
            hashes = hashed(hashes ^ of_id[words.ids[begins[documents] + place]], seed=0)
        yield documents, hashes, np.arange(len(documents))


def _occurs_twice(keys: Keys) -> npt.NDArray[np.bool_]:
    """Return for each key whether it occurs more than once."""
    order = np.argsort(keys)
    new = np.ones(len(keys) + 1, bool)
    new[1:-1] = np.diff(keys[order]) > 0
    found = np.empty(len(keys), bool)
    found[order] = ~(new[:-1] & new[1:])
    return found


def _with_pairs(pairs: Keys, keys: Keys, documents: Integers) -> Keys:
    """Add all pairs of documents with the same key to these pairs, each once."""
    order = np.argsort(keys, kind="stable")
    ordered, documents = keys[order], documents[order].astype(np.uint64)
    later = np.searchsorted(ordered, ordered, "right") - np.arange(len(ordered)) - 1
    for first, end in blocks(later):
        counts = later[first:end]
        one = np.repeat(documents[first:end], counts)
        following = np.arange(first, end) + 1
        other = documents[ranges(following, following + counts)]
        # the sort is stable, so the first of a pair has the lower number
        pairs = np.union1d(pairs, one << np.uint64(32) | other)
    return pairs
