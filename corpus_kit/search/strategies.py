"""Which of the hits that overlap are kept: the matching strategies of CQP.

References:
    Evert, S. & The CWB Development Team (2022). CQP Interface and Query Language Manual, version 3.5, section 6.1. The
    sets of hits are those of its source (cqp/ranges.c): minimal, maximal and left-maximal matches.
"""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Array
from corpus_kit.query.pattern_tree import Strategy
from corpus_kit.search.hits import Hits

__all__ = ["rows_kept", "strategic"]


def strategic(hits: Hits, strategy: Strategy) -> Hits:
    """Return the hits that a strategy keeps, of hits that are ordered by their first token.

    ``traditional`` keeps all that begin at different tokens. ``standard`` keeps of those with the same end the one that
    begins first; ``shortest`` drops what contains another hit; ``longest`` and ``preferred`` drop what lies in another
    one. Of several hits from one token only the shortest counts or, for ``longest``, the longest.

    >>> hits = Hits(np.array([0, 1, 2, 4], np.uint32), np.array([3, 3, 3, 6], np.uint32))
    >>> [strategic(hits, each).first.tolist() for each in ("traditional", "standard", "shortest", "longest")]
    [[0, 1, 2, 4], [0, 4], [2, 4], [0, 4]]
    """
    rows = rows_kept(hits.first, hits.end, strategy)
    return hits if len(rows) == len(hits) else hits.take(rows)


def rows_kept(first: Array, end: Array, strategy: Strategy) -> Array:
    """Return the places of the hits that a strategy keeps, ascending (Int64); see `strategic`.

    Args:
        first: The first token of each hit, ascending.
        end: The token after its last one.
        strategy: The strategy.
    """
    rows = _one_from_each(first, end, longest=strategy in ("longest", "preferred"))
    ends = end[rows]
    if not len(rows) or strategy == "traditional":
        return rows
    if strategy == "standard":
        _, earliest = np.unique(ends, return_index=True)
        kept = np.sort(earliest)
    elif strategy == "shortest":
        least_after = np.minimum.accumulate(ends[::-1])[::-1]
        kept = np.flatnonzero(np.append(ends[:-1] < least_after[1:], True))
    else:
        most_before = np.maximum.accumulate(ends)
        kept = np.flatnonzero(np.append(True, ends[1:] > most_before[:-1]))
    return np.asarray(rows[kept])


def _one_from_each(first: Array, end: Array, *, longest: bool) -> Array:
    """Return the place of the shortest, or longest, hit from each token."""
    if len(first) < 2 or bool((first[1:] > first[:-1]).all()):
        return np.arange(len(first))
    order = np.lexsort((-end.astype(np.int64) if longest else end, first))
    begins = np.append(True, first[order][1:] != first[order][:-1])
    return np.asarray(order[begins])
