"""The groups of a corpus, each beside all other documents, as the two sides of a comparison.

Everything is counted once: what the rest of a group has is the total less what the group has. So the cost of a group
is that of its own documents and, where all words are listed, of the words of the corpus.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core, measures
from corpus_kit._base.arrays import Floats, Integers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.comparison_sides import Pair, Side
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import corpus_groups, expect_few_groups
from corpus_kit.analysis.spread import spread_of_documents
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import CorpusError, InputError, invalid
from corpus_kit.machine.memory import expect_memory
from corpus_kit.text.forms import NO_FORM

__all__ = ["GroupSides"]

_BYTES = 280  # of a row of the table, with its spellings
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
        self._corpus, self._counted, self._all_words, self._dispersion = corpus, counted, all_words, dispersion
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
        self._rest = _rest_of(counted, dispersion, self._place, len(self._ids), self.size - int(self._sizes.max()))
        self._spellings = _GroupedSpellings(corpus, counted, groups.of_document, len(self.labels)) if variants else None

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
        for number in self.numbers.tolist():
            members = self.members(number)
            words, spread = spread_of_documents(self._counted, members)
            kept = self._place[words] >= 0
            rows = self._place[words[kept]]  # ascending, as ids are
            found = {
                "count": spread.frequency[kept].astype(np.int64),
                "documents": np.bincount(spread.words, minlength=len(words))[kept],
                "sizes": spread.total(spread.sizes_there)[kept].astype(np.int64),
            }
            if self._dispersion is not None:
                found["dispersion"] = measures.FAMILIES["dispersion"][self._dispersion].formula(spread)[kept]
            shown = np.arange(len(self._ids)) if self._all_words else rows
            if self._all_words:
                found = {
                    name: _spread_out(values, rows, len(self._ids), np.nan if name == "dispersion" else 0)
                    for name, values in found.items()
                }
            absent = None
            if not self._all_words:
                others = in_class - np.bincount(class_of_word[rows], minlength=len(distinct))
                absent = distinct[others > 0], others[others > 0]
            yield number, self._pair(number, members, shown, found, absent)

    def _pair(
        self,
        number: int,
        members: Integers,
        shown: Integers,
        found: dict[str, Any],
        absent: tuple[Integers, Integers] | None,
    ) -> Pair:
        counted, size = self._counted, int(self._sizes[number])
        others = np.ones(len(counted.documents), bool)
        others[members] = False
        shared: dict[str, Any] = {"corpus": self._corpus, "counted": counted, "ids": self._ids[shown]}
        count, documents = self._count[shown] - found["count"], self._documents[shown] - found["documents"]
        target, reference = (
            Side(counted.words, count, size, {}, None, documents=documents, members=members, **shared)
            for count, size, documents, members in (
                (found["count"], size, found["documents"], members),
                (count, self.size - size, documents, np.flatnonzero(others)),
            )
        )
        if self._rest is not None:
            target.dispersion = found["dispersion"]
            reference.dispersion = self._rest.dispersion(shown, reference, found["sizes"], members)
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


def _spread_out(values: Any, row: Integers, length: int, missing: float) -> Any:
    result = np.full(length, missing, dtype=values.dtype)
    result[row] = values
    return result


# --------------------------------------------------------------------------- dispersion of the rest


def _rest_of(counted: CountedWords, dispersion: str | None, place: Integers, n_words: int, smallest: int) -> Any:
    if dispersion is None:
        return None
    if dispersion == "deviation_of_proportions":
        return _DeviationOfRest(counted, place, n_words, smallest)
    return _DispersionOfRest(counted, dispersion, place, n_words)


class _DispersionOfRest:
    """A measure of dispersion over the documents outside of a group, from these documents.

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

    def dispersion(self, shown: Integers, rest: Side, _sizes: Integers, _members: Integers) -> Floats:
        """Return the dispersion of some words.

        Args:
            shown: The words, among those that are needed.
            rest: The documents outside of the group.
        """
        self._spent += len(self._counted.by_document.words)
        if self._spent > _MOST_ENTRIES:
            hint = "There are too many groups: each goes through all documents."
            raise invalid("dispersion", "'deviation_of_proportions' or None for so many groups", self._measure, hint)
        words, spread = spread_of_documents(self._counted, rest.own_documents)
        kept = self._place[words] >= 0
        values = _spread_out(self._formula(spread)[kept], self._place[words[kept]], self._n_words, np.nan)
        of_shown: Floats = values[shown]
        return of_shown


class _DeviationOfRest:
    """The deviation of proportions over the documents outside of a group, without a look at them.

    It is C / F - N / S, where F is the frequency of the word in the rest, S the size of the rest, and C and N the
    count and the size of those documents whose rate is above F / S. For most words every document that contains them
    is one of these, so that N is a total less that of the group. For frequent words, the documents are sorted by their
    rate once, with running sums; what the group itself has above the rate is subtracted. All sums are of whole
    numbers, so that the result is that of the formula to the last bit.

    Args:
        counted: The counts of a corpus.
        place: The place of each word among those that are needed; -1 if it is not.
        n_words: How many are needed.
        smallest: The size of the smallest rest.
    """

    def __init__(self, counted: CountedWords, place: Integers, n_words: int, smallest: int) -> None:
        rows = counted.by_document
        self._rows, self._sizes, self._place = rows, counted.sizes, place
        entries = np.diff(rows.starts)
        word = np.where(place < 0, n_words, place)[rows.words]  # one more for those that are not needed
        size = np.repeat(counted.sizes.astype(np.float64), entries)
        self._size_there = np.bincount(word, weights=size, minlength=n_words + 1).astype(np.int64)[:n_words]
        # the highest rate in a rest, and the lowest that a document can have
        rate_of_word = np.concatenate((counted.frequency[place >= 0] / max(smallest, 1), [0.0]))
        some = np.flatnonzero((rate_of_word >= 1 / max(int(counted.sizes.max(initial=1)), 1))[word])
        word, size, count = word[some], size[some], rows.counts[some].astype(np.float64)
        rate = count / size
        self._lowest = np.full(n_words + 1, np.inf)
        np.minimum.at(self._lowest, word, rate)
        frequent = np.flatnonzero(rate_of_word >= self._lowest)
        self._number = np.full(n_words + 1, -1)  # of each word among the frequent ones
        self._number[frequent] = np.arange(len(frequent))
        number = self._number[word]
        some = np.flatnonzero(number >= 0)
        number = number[some].astype(np.uint16 if len(frequent) < 2**16 else np.int64)  # NumPy sorts 16 bits by radix
        some = some[_by_word_and_rate(number, rate[some])]
        self._rate = rate[some]
        self._count_upto, self._size_upto = (
            np.concatenate(([0], np.cumsum(each[some]).astype(np.int64))) for each in (count, size)
        )
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(number, minlength=len(frequent)))))

    def dispersion(self, shown: Integers, rest: Side, sizes: Integers, members: Integers) -> Floats:
        """Return the dispersion of some words.

        Args:
            shown: The words, among those that are needed.
            rest: The documents outside of the group, with the counts of the words.
            sizes: The size of the documents of the group that contain each word.
            members: The documents of the group.
        """
        with np.errstate(invalid="ignore"):  # a word that is not in the rest
            rate = rest.count / rest.size
            count, size = rest.count.astype(np.float64), (self._size_there[shown] - sizes).astype(np.float64)
            high = np.flatnonzero((rate >= self._lowest[shown]) & (rest.count > 0))
            count[high], size[high] = self._above(shown[high], rate[high], members)
            values: Floats = np.where(rest.count > 0, count / rest.count - size / rest.size, np.nan)
        return values

    def _above(self, words: Integers, rate: Floats, members: Integers) -> tuple[Integers, Integers]:
        """Return the count and the size of the documents of the rest whose rate is above that of each word."""
        number = self._number[words]
        first = self._starts[number]
        last = self._bisected(first, self._starts[number + 1], rate)
        count, size = (upto[last] - upto[first] for upto in (self._count_upto, self._size_upto))
        entries = ranges(self._rows.starts[members], self._rows.starts[members + 1])
        at = np.full(len(self._size_there) + 1, -1)  # and one for words that are not needed
        at[words] = np.arange(len(words))
        own = at[self._place[self._rows.words[entries]]]
        in_document = self._rows.starts[members + 1] - self._rows.starts[members]
        entries, own_sizes = entries[own >= 0], np.repeat(self._sizes[members], in_document)
        own_sizes, own = own_sizes[own >= 0], own[own >= 0]
        own_counts = self._rows.counts[entries]
        above = own_counts / own_sizes > rate[own]
        for total, values in ((count, own_counts), (size, own_sizes)):
            total -= np.bincount(own[above], weights=values[above], minlength=len(words)).astype(np.int64)
        return count, size

    def _bisected(self, low: Integers, high: Integers, rate: Floats) -> Integers:
        """Return the first entry of each span whose rate is not above; rates of a span descend."""
        low, high = low.copy(), high.copy()
        while (open_ := np.flatnonzero(low < high)).size:
            middle = (low[open_] + high[open_]) // 2
            above = self._rate[middle] > rate[open_]
            low[open_[above]] = middle[above] + 1
            high[open_[~above]] = middle[~above]
        return low


def _by_word_and_rate(word: npt.NDArray[np.integer], rate: Floats) -> Integers:
    """Return the order of entries by word, the highest rate first; the order of equal rates is of no account."""
    order = np.argsort(-rate)
    ordered: Integers = order[np.argsort(word[order], kind="stable")]
    return ordered


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
                texts, total = corpus.type_column("surface"), corpus.type_counts()[0].to_numpy()
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
