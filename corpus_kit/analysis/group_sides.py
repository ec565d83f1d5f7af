"""The groups of a corpus, each beside all other documents, as the two sides of a comparison.

All groups are counted in one pass: what the rest of a group has is the total less what the group has. So the cost of a
group is that of its rows: of the words that it contains or, where all words are listed, of the words of the corpus.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core, measures
from corpus_kit._base.arrays import Floats, Integers, Numbers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.comparison_sides import Pair, Side
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.group_rows import GroupRows
from corpus_kit.analysis.groups import corpus_groups, expect_few_groups
from corpus_kit.analysis.spread import spread_of_documents
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import CorpusError, InputError, invalid
from corpus_kit.machine.memory import expect_memory
from corpus_kit.text.forms import NO_FORM

__all__ = ["GroupSides"]

_BYTES = 350  # of a row of the table, with its spellings, and of the counts that it is made of
_MOST_CELLS = 500_000_000  # groups times words: some minutes
_MOST_ENTRIES = 10_000_000_000  # groups times pairs of word and document: as many
_MOST_DRAWN = 200_000_000_000  # groups times replicates times pairs of word and document: as many


class GroupSides:
    """The groups of a metadata column as targets, and the rest of the corpus as the reference of each.

    Args:
        corpus: A corpus or a subcorpus.
        counted: Its counts.
        by: The metadata column.
        taken: The columns of the table to which the labels become a column.
        least: The lowest count of a word, in all documents together.
        least_documents: In how many documents a word must occur at least.
        left_out: Words to leave out.
        dispersion: A measure of dispersion; None for none.
        variants: Whether the spellings of words are needed.
        all_words: Whether each group has all words of the corpus, not only those that it contains.

    Raises:
        InputError: If there is no such column, or one group only, or the groups would take hours or too much memory.
    """

    def __init__(
        self,
        corpus: CorpusView,
        counted: CountedWords,
        by: str,
        taken: Collection[str],
        *,
        least: int,
        least_documents: int,
        left_out: frozenset[str],
        dispersion: str | None,
        variants: bool,
        all_words: bool,
    ) -> None:
        groups = corpus_groups(corpus, by, taken)
        self._corpus, self._counted, self._all_words = corpus, counted, all_words
        of_document = groups.of_document[counted.documents].astype(np.int64)
        self._order = np.argsort(of_document, kind="stable")
        self._ends = np.cumsum(np.bincount(of_document, minlength=len(groups.labels)))
        self._sizes = np.bincount(of_document, weights=counted.sizes, minlength=len(groups.labels)).astype(np.int64)
        self.labels, self.size = groups.labels, counted.size
        members = np.diff(self._ends, prepend=0)
        self.numbers = np.flatnonzero(self._sizes)
        self.without_words = np.flatnonzero((self._sizes == 0) & (members > 0))
        self._expect_groups(by)
        self._ids = self._kept(least, least_documents, left_out)
        self._place = np.full(len(counted.words), -1)  # of each word among those that are kept
        self._place[self._ids] = np.arange(len(self._ids))
        self._expect_room(by)
        self._count, self._documents = (of_all[self._ids] for of_all in (counted.frequency, counted.document_frequency))
        ends = self._ends[self.numbers]  # a group without words adds nothing to the next one
        self._rows = GroupRows(corpus, counted, self._ids, self._order, ends, all_words=all_words)
        self._dispersion = self._dispersion_of(dispersion)
        self._spellings = _GroupedSpellings(corpus, counted, groups.of_document, len(self.labels)) if variants else None

    def _dispersion_of(self, measure: str | None) -> _Deviation | _Dispersion | None:
        if measure is None:
            return None
        if measure == "deviation_of_proportions":
            return _Deviation(self._rows, self._sizes[self.numbers], self._count)
        return _Dispersion(self._counted, measure, self._place, len(self._ids))

    def _expect_groups(self, by: str) -> None:
        if not self.size:
            documents = len(self._counted.documents)
            raise InputError(f"target must contain words, got none in {documents:,} documents. Check its filter.")
        if len(self.numbers) < 2:
            only = self.labels[int(self.numbers[0])]
            hint = f"All words are in the group {only!r}, so that there is nothing to compare it with."
            raise invalid("by", "a column with at least two groups", by, hint)
        expect_few_groups(by, len(self.numbers), "a comparison")

    def _expect_room(self, by: str) -> None:
        if not self._all_words:
            return
        n_groups, n_words = len(self.numbers), len(self._ids)
        what = f"A comparison of {n_groups:,} groups, with {n_words:,} words each,"
        narrow = "Raise min_count or min_documents, or compare with direction='target' without bounds of dispersion"
        expect_memory(n_groups * n_words * _BYTES, what, narrow)
        if n_groups * n_words > _MOST_CELLS:
            hint = f"Each of the {n_groups:,} groups has {n_words:,} words. {narrow}."
            raise invalid("by", f"a column with at most {_MOST_CELLS // n_words:,} groups here", by, hint)

    def _kept(self, least: int, least_documents: int, left_out: frozenset[str]) -> Integers:
        """Return the ids of the words that can be in the table: a word is in no more documents on one side."""
        counted = self._counted
        kept = (counted.frequency >= max(least, 1)) & (counted.document_frequency >= least_documents)
        kept &= counted.words.is_not_null().to_numpy()
        if left_out:
            kept &= ~counted.words.is_in(sorted(left_out)).to_numpy()
        return np.flatnonzero(kept)

    def __len__(self) -> int:
        return len(self.numbers)

    def members(self, number: int) -> Integers:
        """Return the documents of a group, as indices into those of the counts."""
        return self._order[self._ends[number - 1] if number else 0 : self._ends[number]]

    def documents_with_words(self, number: int) -> int:
        """Return how many documents of a group have words."""
        return int((self._counted.sizes[self.members(number)] > 0).sum())

    def expect_few_replicates(self, replicates: int) -> None:
        """Refuse replicates that would take hours: each group draws from all documents."""
        entries = max(len(self._counted.by_document.words), 1)
        most = _MOST_DRAWN // (entries * len(self))
        if replicates > most:
            hint = "Each group draws from all documents; filter the corpus, or group by a column with fewer values."
            raise invalid("n_bootstrap", f"at most {most:,} for {len(self):,} groups of this corpus", replicates, hint)

    def pairs(self) -> Iterator[tuple[int, Pair]]:
        """Yield the number of each group that has words, by first occurrence, and its two sides."""
        distinct, class_of_word = np.unique(self._count, return_inverse=True)
        class_of_word = class_of_word.reshape(-1)
        in_class = np.bincount(class_of_word, minlength=len(distinct))
        for place, number in enumerate(self.numbers.tolist()):
            rows = self._rows.of_group(place)
            shown = self._rows.words[rows].astype(np.int64)
            absent = None
            if not self._all_words:
                others = in_class - np.bincount(class_of_word[shown], minlength=len(distinct))
                absent = distinct[others > 0], others[others > 0]
            yield number, self._pair(number, shown, rows, absent)

    def _pair(self, number: int, shown: Integers, rows: slice, absent: tuple[Integers, Integers] | None) -> Pair:
        counted, size, members = self._counted, int(self._sizes[number]), self.members(number)
        own_count, own_documents = (each[rows].astype(np.int64) for each in (self._rows.counts, self._rows.documents))
        others = np.ones(len(counted.documents), bool)
        others[members] = False
        shared: dict[str, Any] = {"corpus": self._corpus, "counted": counted, "ids": self._ids[shown]}
        count, documents = self._count[shown] - own_count, self._documents[shown] - own_documents
        target, reference = (
            Side(counted.words, count, size, {}, None, documents=documents, members=members, **shared)
            for count, size, documents, members in (
                (own_count, size, own_documents, members),
                (count, self.size - size, documents, np.flatnonzero(others)),
            )
        )
        if self._dispersion is not None:
            target.dispersion, reference.dispersion = self._dispersion.of_both(shown, rows, target, reference)
        return Pair(counted.words, target, reference, absent)

    def spelled(self, number: int, ids: Integers) -> Integers:
        """Return how often a group has each spelling of some words; see `variants`."""
        assert self._spellings is not None
        return self._spellings.of_group(number, ids)

    def variants(self, ids: Integers, in_group: Integers) -> pl.Series:
        """Return the spellings of words, the most frequent first, with their counts in a group and in the rest.

        Args:
            ids: The words, of one group after another.
            in_group: What `spelled` returned for them.

        Returns:
            A List of Struct (surface, target, reference) for each.
        """
        assert self._spellings is not None
        return self._spellings.variants(ids, in_group)


# --------------------------------------------------------------------------- dispersion of both sides


class _Dispersion:
    """A measure of dispersion over the documents of a group and over all others, from these documents.

    Args:
        counted: The counts of a corpus.
        measure: The name of the measure.
        place: The place of each word among those that are needed; -1 if it is not.
        n_words: How many are needed.
    """

    def __init__(self, counted: CountedWords, measure: str, place: Integers, n_words: int) -> None:
        self._counted, self._place, self._n_words = counted, place, n_words
        self._formula = measures.FAMILIES["dispersion"][measure].formula
        self._measure, self._spent = measure, 0

    def of_both(self, shown: Integers, rows: slice, target: Side, reference: Side) -> tuple[Floats, Floats]:
        """Return the dispersion of some words on both sides.

        Args:
            shown: The words, among those that are needed.
            rows: The rows of the group.
            target: The documents of the group.
            reference: All others.
        """
        del rows
        self._spent += len(self._counted.by_document.words)
        if self._spent > _MOST_ENTRIES:
            hint = "There are too many groups: each goes through all documents."
            raise invalid("dispersion", "'deviation_of_proportions' or None for so many groups", self._measure, hint)
        return self._of_side(shown, target), self._of_side(shown, reference)

    def _of_side(self, shown: Integers, side: Side) -> Floats:
        words, spread = spread_of_documents(self._counted, side.own_documents)
        kept = self._place[words] >= 0
        values = np.full(self._n_words, np.nan)
        values[self._place[words[kept]]] = self._formula(spread)[kept]
        return values[shown]


class _Deviation:
    """The deviation of proportions over the documents of each group and over all others, without a look at them.

    It is C / F - N / S, where F is the frequency of the word on the side, S the size of the side, and C and N the count
    and the size of those documents whose rate is above F / S. These are summed for all groups in one pass. All sums are
    of whole numbers, so that the result is that of the formula to the last bit.

    Args:
        rows: The counts in each group.
        sizes: The size of each group.
        count: How often each word occurs in all groups.
    """

    def __init__(self, rows: GroupRows, sizes: Integers, count: Integers) -> None:
        group = rows.groups()
        others = (count[rows.words] - rows.counts) / (sizes.sum() - sizes)[group]
        self._above = rows.above(rows.counts / sizes[group], others)

    def of_both(self, shown: Integers, rows: slice, target: Side, reference: Side) -> tuple[Floats, Floats]:
        """Return the dispersion of some words on both sides; see `_Dispersion`."""
        del shown
        counts, sizes, other_counts, other_sizes = (each[rows] for each in self._above)
        return _deviation(target, counts, sizes), _deviation(reference, other_counts, other_sizes)


def _deviation(side: Side, count: Numbers, size: Numbers) -> Floats:
    with np.errstate(invalid="ignore"):  # a word that is not there
        values: Floats = np.where(side.count > 0, count / side.count - size / side.size, np.nan)
    return values


# --------------------------------------------------------------------------- spellings by group


class _GroupedSpellings:
    """The spellings of the words of a corpus: their counts in a group, and in the rest."""

    def __init__(
        self, corpus: CorpusView, counted: CountedWords, group_of_document: npt.NDArray[np.uint32], n_groups: int
    ) -> None:
        merged, of_type = counted.merged_surfaces, counted.forms.of_type
        assert of_type is not None  # a corpus has punctuation, which is not counted
        with reading(corpus.path):
            if merged is None:
                ids, ends, form = corpus.token_types, corpus.document_ends, of_type
                texts, total = corpus.type_column("surface"), counted.type_counts
            else:  # the types come first, then names with their spaces
                ids, ends, texts = merged.selected.ids, merged.selected.document_ends, merged.texts
                form, total = merged.form, np.bincount(ids, minlength=len(merged.texts)).astype(np.int64)
            columns = _core.count_types(
                ids,
                ends,
                n_types=len(texts),
                documents=corpus.document_mask(),
                groups=group_of_document,
                n_groups=n_groups,
            )
        kept = np.flatnonzero((form != NO_FORM) & (total > 0))
        words = form[kept].astype(np.int64)
        order = np.lexsort((-total[kept], words))  # stable: of equal counts the first to occur comes first
        self._types, self._total = kept[order], total[kept[order]]
        self._surfaces = texts.gather(self._types)
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(words, minlength=len(counted.words)))))
        group, self._type, self._count = (series_from_core("", column).to_numpy() for column in columns[:3])
        self._bounds = np.searchsorted(group, np.arange(n_groups + 1))
        self._in_group = np.zeros(len(texts), np.int64)

    def of_group(self, number: int, ids: Integers) -> Integers:
        """Return how often a group has each spelling of some words, one word after another."""
        own = slice(self._bounds[number], self._bounds[number + 1])
        self._in_group[self._type[own]] = self._count[own]
        here = self._in_group[self._types[ranges(self._starts[ids], self._starts[ids + 1])]]
        self._in_group[self._type[own]] = 0
        return here

    def variants(self, ids: Integers, in_group: Integers) -> pl.Series:
        """Return the spellings of words with both counts: a List of Struct for each."""
        first, end = self._starts[ids], self._starts[ids + 1]
        entries = ranges(first, end)
        spellings = pl.DataFrame(
            {
                "surface": self._surfaces.gather(entries),
                "target": in_group,
                "reference": self._total[entries] - in_group,
                "place": pl.Series(np.repeat(np.arange(len(ids)), end - first)).set_sorted(),
            }
        )
        grouped = (
            spellings.select("place", variants=pl.struct("surface", "target", "reference"))
            .group_by("place", maintain_order=True)
            .agg("variants")
        )
        if grouped.height != len(ids):  # every word has a spelling
            raise CorpusError(
                "the types of a corpus do not agree with its tokens. Corpus.verify() names what is damaged."
            )
        return grouped["variants"]
