"""Patterns whose hits are the regions of a structure: ``/region[s]`` and ``<s> []* </s>``, which need no search."""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Array, ranges
from corpus_kit.corpus.structures import Structure
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import Boundary, Node, Pattern, Region, Repeat, Sequence, Test
from corpus_kit.search.hits import Hits
from corpus_kit.search.structure_scopes import regions_where

__all__ = ["whole_regions"]


def whole_regions(corpus: CorpusView, pattern: Pattern, words: Array) -> Hits | None:
    """Return the regions that are the hits of a pattern, at most one from each token, in all documents.

    Args:
        corpus: The corpus.
        pattern: The pattern.
        words: For each type, whether it is a word (bool).

    Returns:
        The hits; None if they are not just regions of one structure.
    """
    if pattern.constraint is not None or pattern.scopes:
        return None
    if isinstance(pattern.root, Region):
        regions = regions_where(corpus, pattern.root.structure, pattern.root.condition, exact=pattern.exact)
        return _one_from_each(regions, longest=pattern.strategy == "longest")
    all_words = _all_words_of(pattern.root)
    if all_words is None:
        return None
    begin, repeat = all_words
    regions = regions_where(corpus, begin.structure, begin.condition, exact=pattern.exact)
    if not regions.is_disjoint:
        return None
    may_be_empty = repeat.low == 0 and repeat.lazy and pattern.strategy == "preferred"
    return _words_of(corpus, regions, words, leave_out=may_be_empty)


def _all_words_of(node: Node) -> tuple[Boundary, Repeat] | None:
    """Return the <x> and the []* of a node that is <x> []* </x>, with any signs around the words; None for others."""
    if not isinstance(node, Sequence) or len(node.parts) != 3:
        return None
    begin, words, end = node.parts
    if not (isinstance(begin, Boundary) and begin.begins and isinstance(words, Repeat)):
        return None
    is_pair = isinstance(end, Boundary) and not end.begins and end.structure == begin.structure
    is_loose = isinstance(end, Boundary) and end.condition is None and not end.strict and not begin.strict
    is_all = words.body == Test(None) and words.low <= 1 and words.high is None
    return (begin, words) if is_pair and is_loose and is_all else None


def _one_from_each(regions: Structure, *, longest: bool) -> Hits:
    """Return the shortest, or longest, region from each token."""
    first, end = regions.first, regions.end
    if regions.is_disjoint:
        return Hits(first, end)
    differs = first[1:] != first[:-1]
    kept = np.flatnonzero(np.append(differs, True) if longest else np.append(True, differs))
    return Hits(first[kept], end[kept])


def _words_of(corpus: CorpusView, regions: Structure, words: Array, *, leave_out: bool) -> Hits:
    """Return for each region the range from its first word to its last one; none for a region without words.

    With `leave_out`, none either for one that follows a region without words: the preferred way is that one, which
    has nothing to take.
    """
    types = corpus.token_types
    first, end = regions.first.copy(), regions.end.copy()
    rows = np.arange(len(first))
    while len(rows := rows[~words[types[first[rows]]]]):
        first[rows] += 1
        rows = rows[first[rows] < end[rows]]
    has_words = first < end
    rows = np.flatnonzero(has_words)
    while len(rows := rows[~words[types[end[rows] - 1]]]):
        end[rows] -= 1
    kept = np.flatnonzero(has_words)
    if leave_out and len(kept) < len(first):
        kept = kept[~_follows_signs(corpus, regions, kept, has_words, words)]
    return Hits(first[kept], end[kept])


def _follows_signs(corpus: CorpusView, regions: Structure, rows: Array, has_words: Array, words: Array) -> Array:
    """Return for each of some regions whether the one before has no words, and there is none between them (bool)."""
    found: Array = (rows > 0) & ~has_words[rows - 1]
    after = rows[found]
    before = after - 1
    begin, stop = regions.end[before].astype(np.int64), regions.first[after].astype(np.int64)
    between = np.repeat(np.arange(len(after)), stop - begin)
    n_words = np.bincount(between, words[corpus.token_types[ranges(begin, stop)]], len(after))
    is_one_document = corpus.documents_of(regions.first[before]) == corpus.documents_of(regions.first[after])
    found[found] = (n_words == 0) & is_one_document
    return found
