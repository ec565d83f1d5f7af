"""The spread of words over documents: what the measures of dispersion take."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Floats, Integers, Numbers, ranges
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.measures.dispersion import Spread

__all__ = ["renumber", "spread_of", "spread_of_documents"]


def spread_of(counted: CountedWords) -> Spread:
    """Return the spread of all words over the documents; a document without words is not a part."""
    return _SpreadOfAll(counted)


class _SpreadOfAll(Spread):
    """The spread of all words, whose entries are made for the measures that need more than sums."""

    def __init__(self, counted: CountedWords) -> None:
        self._counted = counted
        self._corpora = None
        self.n_words = len(counted.words)
        self.sizes = counted.sizes[counted.sizes > 0].astype(np.float64)

    @cached_property
    def entries(self) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer], Floats]:
        rows = self._counted.by_document
        parts = np.cumsum(self._counted.sizes > 0) - 1
        return rows.words.astype(np.intp), parts[rows.documents()], rows.counts.astype(np.float64)

    @cached_property
    def frequency(self) -> Floats:
        return self._counted.frequency.astype(np.float64)

    @property
    def holding(self) -> Floats:
        return self._counted.document_frequency.astype(np.float64)

    @property
    def above_average(self) -> tuple[Floats, Floats]:
        sums = self._counted.above_average
        return super().above_average if sums is None else sums


def spread_of_documents(counted: CountedWords, documents: Integers) -> tuple[Integers, Spread]:
    """Return the words that occur in some documents, as ids, and their spread over these documents.

    Args:
        counted: The counts of a corpus.
        documents: Indices into counted.documents.
    """
    rows = counted.by_document
    first, end = rows.starts[documents], rows.starts[documents + 1]
    entries, sizes = ranges(first, end), counted.sizes[documents]
    parts = np.repeat(np.cumsum(sizes > 0) - 1, end - first)
    words, numbers = renumber(rows.words[entries], len(counted.words))
    counts = rows.counts[entries].astype(np.float64)
    return words, Spread(numbers, parts, counts, sizes[sizes > 0].astype(np.float64), len(words))


def renumber(ids: Numbers | Integers, n_ids: int) -> tuple[Integers, Integers]:
    """Return the distinct ids in ascending order, and for each id its index among them."""
    if len(ids) < n_ids // 8:  # sorting a few ids costs less than a pass over all possible ones
        distinct, numbers = np.unique(ids, return_inverse=True)
        return distinct.astype(np.int64), numbers.reshape(-1)
    occurs = np.zeros(n_ids, bool)
    occurs[ids] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[ids]
