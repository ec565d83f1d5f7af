"""The pairs of words in a grammatical relation, of all words of a corpus at once, so that other words come at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array, Integers
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.sketch_relations import Relation
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.machine.in_threads import in_threads
from corpus_kit.machine.memory import expect_memory
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.pattern_tree import Pattern
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.hits import NO_TOKEN
from corpus_kit.search.matching import find
from corpus_kit.search.pattern_tests import PatternTests
from corpus_kit.search.shared_tests import shared_tests
from corpus_kit.text.forms import NO_FORM

__all__ = ["RelationPairs", "RelationSearch", "pairs_of_relation", "pairs_of_relations"]

_BYTES_OF_A_HIT = 64  # keys, their order, and what is counted of them


class RelationSearch:
    """Finds relations in the selected documents of a corpus; what their queries test is looked up once for all.

    Args:
        corpus: The corpus.
        relations: All relations.
        within: The unit of text that their queries do not cross.
        exact: Whether words are compared exactly.
    """

    def __init__(self, corpus: CorpusView, relations: Sequence[Relation], within: str, *, exact: bool) -> None:
        self.within, self.exact = within, exact
        self._corpus = corpus
        self._sharing = Lock()
        self._places: dict[Relation, slice] = {}
        self.patterns: list[Pattern] = []
        for relation in relations:
            found = [self._parsed(text) for text in relation.texts()]
            self._places[relation] = slice(len(self.patterns), len(self.patterns) + len(found))
            self.patterns += found

    def _parsed(self, text: str) -> Pattern:
        names = names_of(self._corpus)
        key = ("sketch query", text, self.exact, str(sorted(names.layers)), names.given)
        pattern = self._corpus.derive(key, lambda: parse_pattern(text, exact=self.exact, names=names))
        return parse_pattern(text, exact=self.exact, names=names) if pattern.lists or pattern.macros else pattern

    @cached_property
    def _shared(self) -> tuple[list[Pattern], PatternTests | None]:
        try:
            return shared_tests(self._corpus, self.patterns)
        except InputError:  # too many for one table; what is wrong with a single one, its own search says
            return self.patterns, None

    def patterns_of(self, relation: Relation) -> list[Pattern]:
        """Return the queries of a relation."""
        return self.patterns[self._places[relation]]

    def hits(self, relation: Relation) -> tuple[Array, Array, Array, Array]:
        """Return first token, end, a and b of the hits of its queries, in the order of the text, each a and b once."""
        found = []
        with self._sharing:  # several relations may be found at once
            prepared, tests = self._shared
        for pattern in prepared[self._places[relation]]:
            hits = find(self._corpus, pattern, within=self.within, tests=tests)
            a, b = hits.anchors["a"], hits.anchors["b"]
            both = (a != NO_TOKEN) & (b != NO_TOKEN)
            found.append([np.asarray(each)[both] for each in (hits.first, hits.end, a, b)])
        first, end, a, b = (np.concatenate(each) for each in zip(*found, strict=True))
        if len(found) > 1:
            _, chosen = np.unique((a.astype(np.int64) << 32) | b, return_index=True)
            chosen = chosen[np.argsort(first[chosen], kind="stable")]
            first, end, a, b = first[chosen], end[chosen], a[chosen], b[chosen]
        return first, end, a, b


class RelationPairs(NamedTuple):
    """The pairs of a relation, by a and then by b.

    Attributes:
        words: The ids of a and b of each pair (UInt32).
        counts: How often each pair occurs (UInt32).
        documents: In how many documents (UInt32).
        spans: The first token and the end of a hit with each pair, the first in the text (UInt32).
        totals: How often each word is a, and how often it is b (Int64).
        by_second: The pairs in the order of b.
    """

    words: tuple[Array, Array]
    counts: Array
    documents: Array
    spans: tuple[Array, Array]
    totals: tuple[Integers, Integers]
    by_second: Array

    def rows_of(self, word: int, place: int) -> Array:
        """Return the pairs in which a word is a (place 0) or b (place 1)."""
        if place == 0:
            low, high = np.searchsorted(self.words[0], [word, word + 1])
            return np.arange(low, high)
        low, high = np.searchsorted(self.words[1], [word, word + 1], sorter=self.by_second)
        return np.sort(self.by_second[low:high])


def pairs_of_relations(
    corpus: CorpusView, counted: CountedWords, relations: Sequence[Relation], search: RelationSearch, unit: str
) -> Iterator[RelationPairs]:
    """Yield the pairs of each relation, as `pairs_of_relation` returns them."""

    def made(relation: Relation) -> RelationPairs:
        with reading(corpus.path):
            return pairs_of_relation(corpus, counted, relation, search, unit)

    return in_threads(made, relations)


def pairs_of_relation(
    corpus: CorpusView, counted: CountedWords, relation: Relation, search: RelationSearch, unit: str
) -> RelationPairs:
    """Return the pairs of a relation in the selected documents of a corpus.

    They are kept for later calls: those of the whole corpus, and those of the subcorpus that was asked for last.

    Args:
        corpus: The corpus.
        counted: Its words.
        relation: The relation.
        search: Finds it.
        unit: What is counted.
    """
    patterns = search.patterns_of(relation)
    names = frozenset().union(*(each.layers_and_structures for each in patterns))
    if any(each.lists for each in patterns) or names & set(corpus.structures_record(corpus.structures)):
        return _made(corpus, counted, relation, search)  # what these are is no part of the key
    full_key = ("sketch pairs", relation, search.within, unit, search.exact)
    mask = corpus.document_mask()
    if mask is None:
        return corpus.derive_from_tokens(full_key, lambda: _made(corpus, counted, relation, search))
    selection = hashlib.sha256(np.packbits(np.asarray(mask) != 0).tobytes()).hexdigest()
    kept: dict[str, RelationPairs] = corpus.derive_from_tokens((*full_key, "of a subcorpus"), dict)
    found = kept.get(selection)
    if found is None:
        found = _made(corpus, counted, relation, search)
        kept.clear()
        kept[selection] = found
    return found


def _made(corpus: CorpusView, counted: CountedWords, relation: Relation, search: RelationSearch) -> RelationPairs:
    first, end, a, b = search.hits(relation)
    expect_memory(
        _BYTES_OF_A_HIT * len(a) * (2 if relation.is_symmetric else 1),
        f"The relation {relation.name!r} with {len(a):,} hits",
        "Use a subcorpus",
    )
    of_type = counted.forms.of_type
    assert of_type is not None  # a corpus has types that are not counted
    documents = corpus.documents_of(first)
    of_a, of_b = (of_type[corpus.token_types[tokens]] for tokens in (a, b))
    kept = (of_a != NO_FORM) & (of_b != NO_FORM) & counted.are_named(of_a) & counted.are_named(of_b)
    columns = tuple(each[kept] for each in (of_a, of_b, documents, first, end))
    if relation.is_symmetric:
        differ = columns[0] != columns[1]
        swapped = (columns[1], columns[0], *columns[2:])
        columns = tuple(np.concatenate((each, other[differ])) for each, other in zip(columns, swapped, strict=True))
    return _counted(columns, counted.n_words, is_mixed=relation.is_symmetric)


def _counted(columns: tuple[Array, ...], n_words: int, *, is_mixed: bool) -> RelationPairs:
    """Count the pairs of hits, given as a, b, document, first token and end, in the order of the text.

    Args:
        columns: The hits.
        n_words: A number above all words.
        is_mixed: Whether the hits are in order twice, one time after another.
    """
    of_a, of_b, documents, first, end = columns
    keys = of_a.astype(np.int64) * n_words + of_b
    order = np.lexsort((first, keys)) if is_mixed else np.argsort(keys, kind="stable")
    keys, documents = keys[order], documents[order]
    begins = np.ones(len(keys), bool)
    begins[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(begins)
    new_document = begins.copy()
    new_document[1:] |= documents[1:] != documents[:-1]
    count = np.diff(np.append(starts, len(keys))).astype(np.uint32)
    in_documents = np.diff(np.append(np.cumsum(new_document)[starts] if len(keys) else [], new_document.sum() + 1))
    chosen = order[starts]
    words = of_a[chosen], of_b[chosen]
    totals = tuple(np.bincount(each, count, n_words).astype(np.int64) for each in words)  # exact below 2**53
    return RelationPairs(
        words,
        count,
        in_documents.astype(np.uint32),
        (first[chosen], end[chosen]),
        (totals[0], totals[1]),
        np.argsort(words[1], kind="stable").astype(np.uint32),
    )
