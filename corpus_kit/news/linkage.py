"""Linkage: which near-duplicates are put into one cluster."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit.machine.memory import expect_memory
from corpus_kit.news.duplicate_search import clusters_of
from corpus_kit.news.shingles import Alike

__all__ = ["LINKAGES", "linked_documents", "linked_pairs", "single_links"]


LINKAGES = ("complete", "single")
_LINK_BYTES = 200  # of a pair, in dictionaries


def linked_documents(found: Alike) -> tuple[Integers, Integers]:
    """Return links that make the clusters of complete linkage: documents, and for each another of its cluster.

    Documents with the same set of shingles are one text here, so that thousands of them cost no more than one.
    """
    one, other, shared = found.first, found.second, found.shared
    jaccard = shared / (found.sizes[one] + found.sizes[other] - shared)
    order = np.lexsort((other, one, -jaccard))
    root = _complete(one[order], other[order], len(found.sizes))
    return np.arange(len(root)), root[found.same_as]


def single_links(found: Alike) -> tuple[Integers, Integers]:
    """Return links that make the clusters of single linkage."""
    return np.concatenate([found.first, np.arange(len(found.same_as))]), np.concatenate([found.second, found.same_as])


def linked_pairs(first: Integers, second: Integers, pairs: pl.DataFrame) -> tuple[Integers, Integers]:
    """Return the links of `linked_documents` for a table of pairs, of which some may be missing.

    Args:
        first: One document of each pair.
        second: The other.
        pairs: The table. Without a column `jaccard` all pairs are equally similar.
    """
    documents, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    ends = np.sort(places.reshape(2, -1), axis=0)
    near = np.zeros(len(first))
    if "jaccard" in pairs.columns:
        near = pairs["jaccard"].cast(pl.Float64, strict=False).fill_null(0).fill_nan(0).to_numpy()
    text = np.arange(len(documents))  # documents with the same text come one after another, as in `linked_documents`
    cluster, same = clusters_of(ends[0, near == 1], ends[1, near == 1])
    text[same] = same[np.searchsorted(cluster, cluster)]
    texts = np.sort(text[ends], axis=0)
    order = np.lexsort((ends[1], ends[0], texts[1], texts[0], -near))
    _, once = np.unique(ends[:, order], axis=1, return_index=True)
    order = order[np.sort(once)]
    one, other = ends[:, order]
    return documents, documents[_complete(one, other, len(documents))]


def _complete(first: Integers, second: Integers, n_texts: int) -> npt.NDArray[np.int64]:
    """Return for each text a text that stands for its cluster.

    Pairs come in order, the most similar first. Two clusters are merged as soon as all pairs between them have come:
    complete linkage of which only the pairs above a threshold are known (SparseHC: Nguyen, Schmidt & Kwoh 2014).
    """
    what, narrow = f"Complete linkage of {len(first):,} pairs", "Raise the threshold, take linkage='single'"
    expect_memory(_LINK_BYTES * len(first), what, narrow)
    root = list(range(n_texts))
    size = [1] * n_texts
    met: defaultdict[int, dict[int, int]] = defaultdict(dict)  # pairs that have come between two clusters
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        one, other = _root(root, one), _root(root, other)
        count = met[one].get(other, 0) + 1
        if count < size[one] * size[other]:
            met[one][other] = met[other][one] = count
            continue
        if len(met[one]) < len(met[other]):
            one, other = other, one
        root[other] = one
        size[one] += size[other]
        met[one].pop(other, None)
        for third, there in met.pop(other, {}).items():
            if third != one:
                del met[third][other]
                met[one][third] = met[third][one] = met[one].get(third, 0) + there
    return np.array([_root(root, text) for text in range(n_texts)], np.int64)


def _root(root: list[int], text: int) -> int:
    while root[text] != text:
        root[text] = root[root[text]]
        text = root[text]
    return text
