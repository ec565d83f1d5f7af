"""Groups of documents, many small ones at a time.

A table by a column with millions of values has millions of groups of a document or two. What takes a call of numpy for
each group would take hours, so that groups are computed in batches: their documents are put one group after another,
and each pair of group and word is a word of its own. A large group is a batch alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arrays import Floats, Integers, Numbers, ranges
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import corpus_groups
from corpus_kit.analysis.spread import renumber, spread_of_documents
from corpus_kit.corpus.view import CorpusView
from corpus_kit.measures.dispersion import Spread

__all__ = ["GroupBatch", "batches_of", "batches_of_labels", "dispersion_by_group", "spread_of_batch"]

_WORDS = 1 << 20  # in a batch of several groups


@dataclass(frozen=True, eq=False)
class GroupBatch:
    """Some groups of documents.

    Attributes:
        numbers: The number of each group.
        documents: The documents, as indices into `CountedWords.documents`, group after group.
        group: The group of each document, as a place in `numbers`.
        labels: The label of each group; None if there is one group without a label.
    """

    numbers: Integers
    documents: Integers
    group: Integers
    labels: pl.Series | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def pairs(self, group: Integers, words: Numbers, n_words: int) -> tuple[Integers, Integers, Integers]:
        """Return the distinct pairs of group and word, numbered.

        Args:
            group: The group of each item.
            words: The word of each item, as an id.
            n_words: The number of ids.

        Returns:
            The group and the word of each pair, by group and word, and for each item the number of its pair.
        """
        if len(self) == 1:
            distinct, numbers = renumber(words, n_words)
            return np.zeros(len(distinct), np.int64), distinct, numbers
        keys, numbers = np.unique(group * n_words + words, return_inverse=True)
        return keys // n_words, keys % n_words, numbers.reshape(-1)


def batches_of(counted: CountedWords, group_of_document: Integers, n_groups: int) -> Iterator[GroupBatch]:
    """Yield the groups that have documents, ascending, in batches.

    Args:
        counted: The counts of a corpus.
        group_of_document: The group of each of its documents.
        n_groups: The number of groups.
    """
    order = np.argsort(group_of_document, kind="stable")
    ends = np.cumsum(np.bincount(group_of_document, minlength=n_groups))
    words = np.concatenate(([0], np.cumsum(counted.sizes[order])))[ends]  # up to the end of each group
    first = 0
    while first < n_groups:
        before = words[first - 1] if first else 0
        end = max(int(np.searchsorted(words, before + _WORDS, "right")), first + 1)
        documents = order[ends[first - 1] if first else 0 : ends[end - 1]]
        numbers, group = np.unique(group_of_document[documents], return_inverse=True)
        if len(numbers):
            yield GroupBatch(numbers, documents, group.reshape(-1))
        first = end


def batches_of_labels(
    corpus: CorpusView, counted: CountedWords, by: str | None, taken: Collection[str]
) -> Iterator[GroupBatch]:
    """Yield the groups of a metadata column with their labels, by first occurrence, in batches.

    Args:
        corpus: A corpus.
        counted: Its counts.
        by: The metadata column that has the labels; None makes one group without a label.
        taken: The columns of the table to which the labels become a column.
    """
    everyone = np.arange(len(counted.documents))
    if by is None:
        yield GroupBatch(np.zeros(1, np.int64), everyone, np.zeros(len(everyone), np.int64))
        return
    groups = corpus_groups(corpus, by, taken)
    of_selected = groups.of_document[counted.documents].astype(np.int64)
    for batch in batches_of(counted, of_selected, len(groups.labels)):
        yield GroupBatch(batch.numbers, batch.documents, batch.group, groups.labels.gather(batch.numbers))


def spread_of_batch(counted: CountedWords, batch: GroupBatch) -> tuple[Integers, Integers, Spread]:
    """Return the pairs of group and word, and their spread over the documents of the group.

    Args:
        counted: The counts of a corpus.
        batch: Groups of its documents.
    """
    if len(batch) == 1:
        words, spread = spread_of_documents(counted, batch.documents)
        return np.zeros(len(words), np.int64), words, spread
    rows = counted.by_document
    entries = ranges(rows.starts[batch.documents], rows.starts[batch.documents + 1])
    of_document = np.diff(rows.starts)[batch.documents]
    group, words, numbers = batch.pairs(np.repeat(batch.group, of_document), rows.words[entries], len(counted.words))
    sizes = counted.sizes[batch.documents]
    parts = np.repeat(np.cumsum(sizes > 0) - 1, of_document)
    counts = rows.counts[entries].astype(np.float64)
    corpora = (group, batch.group[sizes > 0])
    return group, words, Spread(numbers, parts, counts, sizes[sizes > 0].astype(np.float64), len(words), corpora)


def dispersion_by_group(counted: CountedWords, measure: str, group_of_document: Integers, n_groups: int) -> Floats:
    """Return a measure of dispersion over the documents of each group, for each pair of group and word, in order."""
    formula = measures.FAMILIES["dispersion"][measure].formula
    batches = batches_of(counted, group_of_document, n_groups)
    return np.concatenate([np.zeros(0), *(formula(spread_of_batch(counted, batch)[2]) for batch in batches)])
