"""How often words occur in each of many groups of documents, counted in one pass over the tokens."""

from __future__ import annotations

import numpy as np

from corpus_kit import _core
from corpus_kit._base.arrays import Floats, Integers, Numbers
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.text.forms import NO_FORM

__all__ = ["GroupRows"]


class GroupRows:
    """A row for each group and each word, by group, the words ascending. All sums are exact.

    Args:
        corpus: A corpus or a subcorpus.
        counted: Its counts.
        ids: The words that are counted, ascending.
        documents: Its documents, one group after another, as indices into those of the counts.
        ends: The end of each group there.
        all_words: Whether each group has a row for all words, not only for those that it contains.

    Attributes:
        ends: The end of the rows of each group.
        words: The word of each row, as an index into `ids`.
        counts: How often the word occurs in the group.
        documents: In how many of its documents.
        holding: The size of these documents, in words.
    """

    def __init__(
        self,
        corpus: CorpusView,
        counted: CountedWords,
        ids: Integers,
        documents: Integers,
        ends: Integers,
        *,
        all_words: bool,
    ) -> None:
        number = np.full(counted.n_words + 1, NO_FORM, np.uint32)  # and one for what is not counted
        number[ids] = np.arange(len(ids))
        with reading(corpus.path):
            tokens, document_ends, of_type = counted.stream
            self._tokens = tokens, document_ends, number[np.minimum(of_type, counted.n_words)]
            self._sizes = counted.sizes[documents].astype(np.uint32)
            self._listed = counted.documents[documents].astype(np.uint32), self._sizes, ends.astype(np.uint64)
            columns = _core.count_groups(*self._tokens, len(ids), *self._listed)
        self._path, self._n_words = corpus.path, len(ids)
        self.ends, self.words, self.counts, self.documents, self.holding = (
            series_from_core("", each).to_numpy() for each in columns
        )
        if all_words:
            self._spread_out(len(ids))

    def _spread_out(self, n_words: int) -> None:
        row = self.groups() * n_words + self.words
        n_groups = len(self.ends)
        for name in ("counts", "documents", "holding"):
            values = np.zeros(n_groups * n_words, np.uint32)
            values[row] = getattr(self, name)
            setattr(self, name, values)
        self.words = np.tile(np.arange(n_words, dtype=np.uint32), n_groups)
        self.ends = np.arange(1, n_groups + 1, dtype=np.uint64) * np.uint64(n_words)

    def groups(self) -> Integers:
        """Return the group of each row."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends.astype(np.int64), prepend=0))

    def of_group(self, place: int) -> slice:
        """Return which rows are those of a group, by its place among the groups."""
        return slice(int(self.ends[place - 1]) if place else 0, int(self.ends[place]))

    def above(self, own: Floats, others: Floats) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return the sums over the documents in which the rate of the word of a row is above a threshold.

        Most words are so rare that their rate is above in every document that has them; the others are counted again.

        Args:
            own: The threshold of each row in the documents of its group.
            others: Its threshold in those of all other groups.

        Returns:
            The count of the word in, and the size of, these documents of the group, and of the other groups.
        """
        least = 1 / max(int(self._sizes.max(initial=1)), 1)  # the lowest rate that a document can have
        is_rare = np.ones(self._n_words, bool)
        is_rare[self.words[(own >= least) | (others >= least)]] = False
        sums = [self.counts.copy(), self.holding.copy(), *map(self._in_others, (self.counts, self.holding))]
        rows = np.flatnonzero(~is_rare[self.words])
        number = np.full(self._n_words + 1, NO_FORM, np.uint32)
        number[:-1][~is_rare] = np.arange(self._n_words - int(is_rare.sum()))
        tokens, document_ends, of_type = self._tokens
        ends = np.searchsorted(rows, self.ends).astype(np.uint64)
        with reading(self._path):
            columns = _core.sum_groups(
                tokens, document_ends, number[np.minimum(of_type, self._n_words)], self._n_words - int(is_rare.sum()),
                *self._listed, ends, number[self.words[rows]], own[rows], others[rows],
            )  # fmt: skip
        for all_rows, column in zip(sums, columns, strict=True):
            all_rows[rows] = series_from_core("", column).to_numpy()
        counts, sizes, other_counts, other_sizes = sums
        return counts, sizes, other_counts, other_sizes

    def _in_others(self, values: Numbers) -> Numbers:
        """Return what the word of each row has in all other groups."""
        total = np.bincount(self.words, weights=values, minlength=self._n_words).astype(np.uint32)
        of_row: Numbers = total[self.words] - values
        return of_row
