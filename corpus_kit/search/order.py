"""The order of concordance lines: sort keys, and random samples."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import names
from corpus_kit._base.arrays import Array
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.hashing import hashed
from corpus_kit._base.metadata import listed, type_name
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid, nearest, shown
from corpus_kit.machine.threads import threads
from corpus_kit.search.hits import NO_TOKEN, Hits

__all__ = ["SortKey", "SortedHits", "sample_rows", "sort_keys"]

_NEIGHBOUR = re.compile(r"(before|after)([1-9][0-9]?)")
_LAST = np.uint32(0xFFFFFFFF)  # the rank of a missing value: after everything else
_BLOCK = 1 << 15  # hits that are hashed at once
_PARTS = 8  # how many parts of the lines are selected before all lines are sorted


class SortKey(NamedTuple):
    """A sort key as it was given, its name without the sign, and its direction."""

    text: str
    name: str
    descending: bool


def sort_keys(
    sort: str | Sequence[str] | None, corpus: CorpusView, anchors: Collection[str] = ()
) -> tuple[SortKey, ...]:
    """Return the keys of the argument `sort`.

    Args:
        sort: The argument.
        corpus: The corpus.
        anchors: The names of the anchors and labels of the hits.

    Raises:
        InputError: If a key is unknown, is given twice, or names a column that cannot be sorted.
    """
    given = [] if sort is None else names(sort, "sort")
    keys = [SortKey(key, key.removeprefix("-"), key.startswith("-")) for key in given]
    for key in keys:
        if not (_NEIGHBOUR.fullmatch(key.name) or key.name in ("node", "document", *anchors)):
            _check_column(key, corpus, anchors)
    for number, key in enumerate(keys):
        if key.name in (other.name for other in keys[:number]):
            raise InputError(f"sort must be a list of different keys, got {shown(key.name)} twice.")
    return tuple(keys)


def _check_column(key: SortKey, corpus: CorpusView, anchors: Collection[str]) -> None:
    columns = corpus.label_columns()
    if key.name not in columns:
        expected = f"'before1' to 'before99', 'after1' to 'after99', 'node', 'document' or one of {listed(columns)}"
        hint = nearest(key.name, [*columns, "node", "document", "before1", "after1", *anchors])
        raise invalid("sort", expected, key.text, hint or "A '-' before a key sorts in descending order.")
    dtype = corpus.all_documents().collect_schema()[key.name]
    if dtype.is_nested():
        raise InputError(
            f"sort must be a column of single values, got {shown(key.name)}, which holds {type_name(dtype)}."
        )


class SortedHits:
    """Hits in the order of sort keys; ties keep the order of the text.

    A page of lines is selected: the first key of all hits says which of them can be on it, further keys are looked up
    for ties only, and only the page is sorted. When most lines are requested, or many pages, all hits are sorted once.

    Args:
        corpus: The corpus.
        hits: The hits, in the order of the text.
        keys: The sort keys, at least one.
    """

    def __init__(self, corpus: CorpusView, hits: Hits, keys: Sequence[SortKey]) -> None:
        self._corpus = corpus
        self._hits = hits
        self._keys = keys
        self._first_ranks: Array | None = None  # of all hits, by the first key
        self._parts = 0  # selected so far
        self._sorted: Hits | None = None

    def __len__(self) -> int:
        return len(self._hits)

    @property
    def in_text_order(self) -> Hits:
        """The same hits in the order of the text."""
        return self._hits

    def take(self, rows: slice) -> Hits:
        """Return the hits in these places of the order."""
        start, stop, _ = rows.indices(len(self))
        if start >= stop:
            return self._hits.take(slice(0))
        is_part = self._parts < _PARTS and 2 * (stop - start) < len(self)
        if self._sorted is None and is_part:
            self._parts += 1
            return self._select(self._hits, start, stop, 0)
        if self._sorted is None:
            self._sorted = self._sort(self._hits, 0)
            self._first_ranks = None
        return self._sorted.take(slice(start, stop))

    def _select(self, hits: Hits, start: int, stop: int, level: int) -> Hits:
        """Return the places from `start` up to `stop` of these hits in the order of the keys from `level` on."""
        if level == len(self._keys):
            return hits.take(slice(start, stop))
        if stop - start == len(hits):
            return self._sort(hits, level)
        ranks = self._ranks(hits, level)
        low, high = _at_places(ranks, start, stop - 1)
        tied = hits.take(ranks == low)
        before = int(np.count_nonzero(ranks < low))
        if low == high:
            return self._select(tied, start - before, stop - before, level + 1)
        between = hits.take((low < ranks) & (ranks < high))
        first = self._select(tied, start - before, len(tied), level + 1)
        before += len(tied) + len(between)
        last = self._select(hits.take(ranks == high), 0, stop - before, level + 1)
        return first + self._sort(between, level) + last

    def _sort(self, hits: Hits, level: int) -> Hits:
        """Return these hits in the order of the keys from `level` on."""
        order: Array | None = None
        for key in reversed(range(level, len(self._keys))):
            ranks = self._ranks(hits, key)
            # rank and place in one number: all are different, so that any sort is stable
            numbered = (ranks if order is None else ranks[order]).astype(np.uint64) << np.uint64(32)
            numbered |= np.arange(len(hits), dtype=np.uint64)
            numbered.sort()
            places = (numbered & np.uint64(_LAST)).view(np.int64)
            order = places if order is None else order[places]
        return hits if order is None else hits.take(order)

    def _ranks(self, hits: Hits, level: int) -> Array:
        """Rank these hits by a key (UInt32); those by the first key are kept for further pages."""
        if level or hits is not self._hits:
            return _ranks(self._corpus, hits, self._keys[level])
        if self._first_ranks is None:
            self._first_ranks = _ranks(self._corpus, hits, self._keys[0])
        return self._first_ranks


def _at_places(ranks: Array, first: int, last: int) -> tuple[Array, Array]:
    """Return the ranks that would be in two places, first <= last, if they were sorted."""
    parted = ranks.copy()
    parted.partition(first)  # by one place at a time numpy uses vector instructions
    low = parted[first]  # the next call may move it
    parted[first:].partition(last - first)
    return low, parted[last]


def _ranks(corpus: CorpusView, hits: Hits, key: SortKey) -> Array:
    """Rank hits, which are in the order of the text, by a key (UInt32); _LAST where a value is missing."""
    ranks: Array
    match = _NEIGHBOUR.fullmatch(key.name)
    if match:
        ranks = _neighbour_ranks(corpus, hits, int(match[2]), before=match[1] == "before")
    elif key.name in hits.anchors:
        ranks = _anchor_ranks(corpus, hits.anchors[key.name])
    elif key.name == "node":
        ranks = _neighbour_ranks(corpus, hits, 0) if hits.ends is None else _phrase_ranks(corpus, hits)
    else:
        ranks = corpus.documents_of(hits.first.astype(np.int64))
        ranks = ranks.astype(np.uint32) if key.name == "document" else _label_ranks(corpus, key.name)[ranks]
    return np.where(ranks == _LAST, _LAST, _LAST - np.uint32(1) - ranks) if key.descending else ranks


def _neighbour_ranks(corpus: CorpusView, hits: Hits, k: int, *, before: bool = False) -> Array:
    """Rank the k-th word before or after each hit by its folded form; the node, a single token, if k is 0."""
    nodes = np.ascontiguousarray(hits.first if before or hits.ends is None else hits.ends - np.uint32(1))
    types = _word_ranks(corpus) if k else corpus.type_ranks
    ranks = corpus.token_texts.neighbour_ranks(nodes, corpus.document_ends, types, k, before, threads=threads())
    return series_from_core("", ranks).to_numpy()


def _anchor_ranks(corpus: CorpusView, tokens: Array) -> Array:
    """Rank tokens with a label by their folded forms; _LAST where there is none."""
    found = np.full(len(tokens), _LAST)
    is_there = tokens != NO_TOKEN
    found[is_there] = corpus.type_ranks[corpus.token_types[tokens[is_there]]]
    return found


def _word_ranks(corpus: CorpusView) -> Array:
    """Return the ranks of the types that are words; _LAST for the others."""
    return corpus.derive("word ranks", lambda: np.where(corpus.folded_words, corpus.type_ranks, _LAST))


def _phrase_ranks(corpus: CorpusView, hits: Hits) -> Array:
    """Rank nodes of several tokens by their folded forms."""
    first, end = hits.spans()
    folded = series_from_core("", corpus.token_texts.join(first, end, corpus.folded_forms))
    return folded.rank("dense").to_numpy().astype(np.uint32)


def _label_ranks(corpus: CorpusView, column: str) -> Array:
    """Rank the values of a metadata column of all documents; _LAST for null."""

    def ranks() -> Array:
        labels = corpus.labels(column, selected=False, name="sort")
        if isinstance(labels.dtype, pl.Enum | pl.Categorical):
            labels = labels.cast(pl.String)
        ranked: Array = labels.rank("dense").fill_null(int(_LAST)).to_numpy().astype(np.uint32)
        return ranked

    return corpus.derive(("label ranks", column), ranks)


def sample_rows(positions: Array, size: int, seed: int, groups: Array | None = None) -> Array:
    """Draw a random sample of hits, or one of each group, and return their row numbers, ascending.

    The hits with the smallest hashes of position and seed are taken: the same ones on every machine and
    with every version, and a larger sample with the same seed contains the smaller one.
    """
    if groups is None:
        rows, hashes = _low_hashes(positions, size, seed)
        return np.sort(rows[np.lexsort((positions[rows], hashes))[:size]])
    order = np.lexsort((positions, hashed(positions, seed), groups))
    begins = np.searchsorted(groups[order], groups[order], "left")
    return np.sort(order[np.arange(len(order)) - begins < size])


def _low_hashes(positions: Array, size: int, seed: int) -> tuple[Array, Array]:
    """Return the rows with the lowest hashes, at least `size` if there are so many, and the hash of each.

    The hashes of all are computed in blocks that fit into the cache, and only those below a bound are kept, of which
    about 1.5 times as many as needed are expected: hashes are uniform.
    """
    share = (1.5 * size + 50) / max(len(positions), 1)
    while True:
        bound = np.uint64(min(int(share * 2.0**64), 2**64 - 1))
        rows, hashes = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
        for begin in range(0, len(positions), _BLOCK):
            of_block = hashed(positions[begin : begin + _BLOCK], seed)
            low = np.flatnonzero(of_block <= bound)
            rows.append(low + begin)
            hashes.append(of_block[low])
        if share >= 1 or sum(map(len, rows)) >= size:
            return np.concatenate(rows), np.concatenate(hashes)
        share *= 4
