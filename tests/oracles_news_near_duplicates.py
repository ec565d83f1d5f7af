"""Slow, obvious twins of ck.news.near_duplicates, duplicate_clusters and edits: sets of tuples, all pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import NamedTuple

import polars as pl

import corpus_kit as ck
from corpus_kit.text.tokenization import COUNTED_KINDS

Texts = Sequence[Sequence[Hashable]]


class Pair(NamedTuple):
    """Two texts and the number of shingles of both, the first and the second."""

    first: int
    second: int
    shared: int
    of_first: int
    of_second: int

    @property
    def jaccard(self) -> float:
        return self.shared / (self.of_first + self.of_second - self.shared)

    @property
    def containment(self) -> float:
        return self.shared / min(self.of_first, self.of_second)


def shingles(text: Sequence[Hashable], n: int) -> set[tuple[Hashable, ...]]:
    """Return all sequences of n words; of a shorter text, all its words."""
    if len(text) < n:
        return {tuple(text)} if text else set()
    return {tuple(text[place : place + n]) for place in range(len(text) - n + 1)}


def pairs(texts: Texts, n: int, threshold: float, measure: str, least: int = 1) -> list[Pair]:
    """Return all pairs of texts that reach the threshold, by comparing each with each."""
    sets = [shingles(text, n) for text in texts]
    sets = [each if len(each) >= least else set() for each in sets]
    compared = [
        Pair(i, j, len(sets[i] & sets[j]), len(sets[i]), len(sets[j]))
        for i, j in combinations(range(len(sets)), 2)
        if sets[i] and sets[j]
    ]
    return [pair for pair in compared if getattr(pair, measure) >= threshold]


def pairs_by_index(texts: Texts, n: int, threshold: float, measure: str) -> list[Pair]:
    """Return the same from an inverted index, for too many texts to compare each with each."""
    sets = [shingles(text, n) for text in texts]
    holders: dict[tuple[Hashable, ...], list[int]] = defaultdict(list)
    for number, each in enumerate(sets):
        for shingle in each:
            holders[shingle].append(number)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for numbers in holders.values():
        for couple in combinations(numbers, 2):
            shared[couple] += 1
    compared = [Pair(i, j, count, len(sets[i]), len(sets[j])) for (i, j), count in sorted(shared.items())]
    return [pair for pair in compared if getattr(pair, measure) >= threshold]


def kept(texts: Texts, order: list[int], n: int, threshold: float, measure: str) -> list[int]:
    """Return the documents that stay: decided one by one, each after those that it could be left out for."""
    sets = [shingles(text, n) for text in texts]
    waits: dict[int, set[int]] = {document: set() for document in range(len(texts))}
    for pair in pairs(texts, n, threshold, measure):
        one, other = pair.first, pair.second
        if measure == "jaccard":
            inside = {one, other}
        else:
            inside = {each for each in (one, other) if pair.shared / len(sets[each]) >= threshold}
        later = max(inside, key=order.index)
        waits[later].add(one + other - later)
    open_documents, stay = list(order), set()
    while open_documents:
        free = [each for each in open_documents if not waits[each] & set(open_documents)]
        chosen = free[0] if free else max(open_documents, key=lambda each: (len(sets[each]), -order.index(each)))
        if not free:
            open_documents = [each for each in open_documents if each not in waits[chosen]]
        open_documents.remove(chosen)
        if not waits[chosen] & stay:
            stay.add(chosen)
    return sorted(stay)


def components(couples: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return connected documents, each group ascending, ordered by its lowest document."""
    clusters: list[set[int]] = []
    for couple in couples:
        touched = [cluster for cluster in clusters if cluster & set(couple)]
        clusters = [cluster for cluster in clusters if cluster not in touched]
        clusters.append(set(couple).union(*touched))
    return sorted(sorted(cluster) for cluster in clusters)


def longest_common_subsequence(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Return its length from the table of all prefixes."""
    above = [0] * (len(second) + 1)
    for item in first:
        row = [0]
        for place, other in enumerate(second):
            row.append(above[place] + 1 if item == other else max(above[place + 1], row[place]))
        above = row
    return above[-1]


def words_of(corpus: ck.Corpus, profile: str) -> dict[int, list[str]]:
    """Return the counted words of each document, normalised one by one."""
    words: dict[int, list[str]] = {row: [] for row in corpus.selected_documents().tolist()}
    tokens = corpus.tokens.filter(pl.col("kind").cast(pl.String).is_in(COUNTED_KINDS)).collect()
    form = {token: ck.normalize(token, profile) for token in tokens["token"].unique()}
    for document, token in tokens.select("document", "token").iter_rows():
        if form[token]:
            words[document].append(form[token])
    return words
