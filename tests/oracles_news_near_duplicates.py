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


def complete_clusters(found: Sequence[Pair]) -> list[list[int]]:
    """Return clusters by complete linkage: merge the two whose least similar documents are most similar, again.

    Documents with the same set of shingles are one text, named after the first of them; of equally similar texts, the
    first come first.
    """
    same = components([(pair.first, pair.second) for pair in found if pair.jaccard == 1])
    text = {document: group[0] for group in same for document in group}
    distance: dict[frozenset[int], tuple[float, ...]] = {}
    for pair in found:
        texts = sorted(text.get(each, each) for each in (pair.first, pair.second))
        distance[frozenset((pair.first, pair.second))] = (-pair.jaccard, *texts)
    alone = {document for pair in found for document in (pair.first, pair.second)} - set(text)
    clusters = [*map(frozenset, same), *(frozenset((document,)) for document in alone)]
    while True:
        between = {
            (one, other): [frozenset((a, b)) for a in one for b in other] for one, other in combinations(clusters, 2)
        }
        near = [
            (max(distance[each] for each in couples), one, other)
            for (one, other), couples in between.items()
            if all(each in distance for each in couples)
        ]
        if not near:
            return sorted(sorted(cluster) for cluster in clusters if len(cluster) > 1)
        _, one, other = min(near, key=lambda each: each[0])
        clusters = [cluster for cluster in clusters if cluster not in (one, other)] + [one | other]


class Run(NamedTuple):
    """A run of words of two texts: where it begins in each, its words, and the texts with its rarest n words."""

    first: int
    second: int
    first_begin: int
    second_begin: int
    words: int
    documents: int


def shared_runs(texts: Texts, n: int, max_documents: int) -> list[Run]:
    """Return the maximal runs of n words or more that two texts share: compare each place with each."""
    grams = [[tuple(text[place : place + n]) for place in range(len(text) - n + 1)] for text in texts]
    holders = {gram: sum(gram in each for each in grams) for each in grams for gram in each}
    runs = []
    for one, other in combinations(range(len(texts)), 2):
        text, copy = texts[one], texts[other]
        for i in range(len(text)):
            for j in range(len(copy)):
                size = 0
                while i + size < len(text) and j + size < len(copy) and text[i + size] == copy[j + size]:
                    size += 1
                if size < n or (i and j and text[i - 1] == copy[j - 1]):
                    continue
                inside = grams[one][i : i + size - n + 1]
                if any(
                    holders[gram] <= max_documents
                    and grams[one].index(gram) == i + offset
                    and grams[other].index(gram) == j + offset
                    for offset, gram in enumerate(inside)
                ):
                    runs.append(Run(one, other, i, j, size, min(holders[gram] for gram in inside)))
    return sorted(runs)


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
