"""The pairs of words in a grammatical relation, of all words of a corpus at once, so that other words come at once."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array, Integers
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.sketch_relations import Relation
from corpus_kit.corpus.view import CorpusView
from corpus_kit.machine.memory import expect_memory
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.hits import NO_TOKEN
from corpus_kit.search.matching import find
from corpus_kit.text.forms import NO_FORM

__all__ = ["RelationPairs", "pairs_of_relation"]

_BYTES_OF_A_HIT = 64  # keys, their order, and what is counted of them


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


def pairs_of_relation(
    corpus: CorpusView, counted: CountedWords, relation: Relation, within: str, key: tuple[str, bool]
) -> RelationPairs:
    """Return the pairs of a relation in the selected documents of a corpus.

    They are kept for later calls: those of the whole corpus, and those of the subcorpus that was asked for last.

    Args:
        corpus: The corpus.
        counted: Its words.
        relation: The relation.
        within: The unit of text that its queries do not cross.
        key: What is counted, and whether words are compared exactly.
    """
    patterns = [parse_pattern(text, exact=key[1], names=names_of(corpus)) for text in relation.texts()]
    names = frozenset().union(*(each.layers_and_structures for each in patterns))
    if any(each.lists for each in patterns) or names & set(corpus.structures_record(corpus.structures)):
        return _made(corpus, counted, relation, within, exact=key[1])  # what these are is no part of the key
    full_key = ("sketch pairs", relation, within, key)
    mask = corpus.document_mask()
    if mask is None:
        return corpus.derive_from_tokens(full_key, lambda: _made(corpus, counted, relation, within, exact=key[1]))
    selection = hashlib.sha256(np.packbits(np.asarray(mask) != 0).tobytes()).hexdigest()
    kept: dict[str, RelationPairs] = corpus.derive_from_tokens((*full_key, "of a subcorpus"), dict)
    found = kept.get(selection)
    if found is None:
        found = _made(corpus, counted, relation, within, exact=key[1])
        kept.clear()
        kept[selection] = found
    return found


def _made(corpus: CorpusView, counted: CountedWords, relation: Relation, within: str, *, exact: bool) -> RelationPairs:
    first, end, a, b = _hits(corpus, relation, within, exact=exact)
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


def _hits(corpus: CorpusView, relation: Relation, within: str, *, exact: bool) -> tuple[Array, Array, Array, Array]:
    """Return first token, end, a and b of the hits of all queries, in the order of the text, each a and b once."""
    found = []
    for text in relation.texts():
        hits = find(corpus, parse_pattern(text, exact=exact, names=names_of(corpus)), within=within)
        both = (hits.anchors["a"] != NO_TOKEN) & (hits.anchors["b"] != NO_TOKEN)
        found.append([np.asarray(each)[both] for each in (hits.first, hits.end, hits.anchors["a"], hits.anchors["b"])])
    first, end, a, b = (np.concatenate(each) for each in zip(*found, strict=True))
    if len(found) > 1:
        _, chosen = np.unique((a.astype(np.int64) << 32) | b, return_index=True)
        chosen = chosen[np.argsort(first[chosen], kind="stable")]
        first, end, a, b = first[chosen], end[chosen], a[chosen], b[chosen]
    return first, end, a, b


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
