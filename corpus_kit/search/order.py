"""The order of concordance lines: sort keys, and random samples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import names
from corpus_kit._base.arrays import Array
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.hashing import hashed
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid, nearest
from corpus_kit.search.hits import Hits

__all__ = ["SortKey", "sample_rows", "sort_hits", "sort_keys"]

_NEIGHBOUR = re.compile(r"(before|after)([1-9][0-9]?)")
_NO_TYPE = 0xFFFFFFFF
_LAST = np.uint64(0xFFFFFFFF)  # the rank of a missing value: after everything else


class SortKey(NamedTuple):
    """A sort key as it was given, its name without the sign, and its direction."""

    text: str
    name: str
    descending: bool


def sort_keys(sort: str | Sequence[str] | None, corpus: CorpusView) -> tuple[SortKey, ...]:
    """Return the keys of the argument `sort`.

    Raises:
        InputError: If a key is unknown, is given twice, or names a column that cannot be sorted.
    """
    given = [] if sort is None else names(sort, "sort")
    keys = [SortKey(key, key.removeprefix("-"), key.startswith("-")) for key in given]
    for key in keys:
        if not (_NEIGHBOUR.fullmatch(key.name) or key.name in ("node", "document")):
            _check_column(key, corpus)
    for number, key in enumerate(keys):
        if key.name in (other.name for other in keys[:number]):
            raise InputError(f"sort must be a list of different keys, got {key.name!r} twice.")
    return tuple(keys)


def _check_column(key: SortKey, corpus: CorpusView) -> None:
    columns = corpus.label_columns()
    if key.name not in columns:
        expected = f"'before1' to 'before99', 'after1' to 'after99', 'node', 'document' or one of {', '.join(columns)}"
        hint = nearest(key.name, [*columns, "node", "document", "before1", "after1"])
        raise invalid("sort", expected, key.text, hint or "A '-' before a key sorts in descending order.")


def sort_hits(corpus: CorpusView, hits: Hits, keys: Sequence[SortKey]) -> Hits:
    """Return the hits, which are in the order of the text, in the order of the keys; ties keep theirs."""
    node, end = hits.spans()
    documents = corpus.documents_of(node)
    low, high = corpus.document_bounds(documents)
    order: Array | None = None
    for key in reversed(keys):
        match = _NEIGHBOUR.fullmatch(key.name)
        if match and match[1] == "before":
            ranks = _neighbour_ranks(corpus, low, node, int(match[2]), before=True)
        elif match:
            ranks = _neighbour_ranks(corpus, end, high, int(match[2]), before=False)
        elif key.name == "node":
            ranks = _node_ranks(corpus, hits)
        elif key.name == "document":
            ranks = documents.astype(np.uint64)
        else:
            ranks = _label_ranks(corpus, key.name)[documents]
        if key.descending:
            ranks = np.where(ranks == _LAST, _LAST, _LAST - np.uint64(1) - ranks)
        # rank and place in one number: all are different, so that any sort is stable
        numbered = (ranks if order is None else ranks[order]) << np.uint64(32)
        numbered |= np.arange(len(hits), dtype=np.uint64)
        numbered.sort()
        places = (numbered & _LAST).view(np.int64)
        order = places if order is None else order[places]
    return hits if order is None else hits.take(order)


def _neighbour_ranks(corpus: CorpusView, first: Array, last: Array, k: int, *, before: bool) -> Array:
    """Rank the k-th word before or after each hit by its folded form; _LAST if the document has none."""
    types = series_from_core("", corpus.token_texts.neighbours(first, last, k, before)).to_numpy()
    ranks = np.full(len(types), _LAST)
    there = types != _NO_TYPE
    ranks[there] = corpus.type_ranks[types[there]]
    return ranks


def _node_ranks(corpus: CorpusView, hits: Hits) -> Array:
    """Rank the nodes by their folded forms."""
    if hits.ends is None:
        ranks: Array = corpus.type_ranks[corpus.token_types[hits.first]].astype(np.uint64)
        return ranks
    first, end = hits.spans()
    folded = series_from_core("", corpus.token_texts.join(first, end, corpus.folded_forms))
    return folded.rank("dense").to_numpy().astype(np.uint64)


def _label_ranks(corpus: CorpusView, column: str) -> Array:
    """Rank the values of a metadata column of all documents; _LAST for null."""
    labels = corpus.labels(column, selected=False, name="sort")
    if labels.dtype.is_nested():
        raise InputError(f"sort must be a column of single values, got {column!r}, which holds {labels.dtype}.")
    if isinstance(labels.dtype, pl.Enum | pl.Categorical):
        labels = labels.cast(pl.String)
    ranks: Array = labels.rank("dense").fill_null(int(_LAST)).to_numpy().astype(np.uint64)
    return ranks


def sample_rows(positions: Array, size: int, seed: int) -> Array:
    """Draw a random sample of hits and return their row numbers, ascending.

    The hits with the smallest hashes of position and seed are taken: the same ones on every machine and
    with every version, and a larger sample with the same seed contains the smaller one.
    """
    return np.sort(np.lexsort((positions, hashed(positions, seed)))[:size])
