"""What tests of change find where nothing changes: the documents of each group, in random order among its periods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array, Floats, Integers
from corpus_kit._base.hashing import hashed
from corpus_kit._base.shares import telling
from corpus_kit._base.special_functions import special_functions
from corpus_kit.analysis.cells import Cells
from corpus_kit.measures.trends import kendall_s

__all__ = ["Null", "Nulls", "shuffled"]

_FEW = 10  # shuffles beyond the observed value, below which their share is too coarse
_SURE = 0.025  # chance of so large a count of shuffles, of which a tail is not below
_USUAL = 2  # standard deviations above the mean
_AT_ONCE = 500_000  # numbers in memory
_REPLICATE = 32  # bits of the number of a document of a group


class Null(NamedTuple):
    """The distribution of a statistic of each series over random orders of its documents.

    Attributes:
        number: How many shuffles there are.
        observed: The observed value; without its sign, if the test is two-sided.
        beyond: In how many of them the statistic is at least as large as the observed one.
        mean: The mean of the statistic.
        deviation: Its standard deviation.
        skewness: Its skewness.
        least: What no fitted tail is below: the chance that the documents which make the observed value come together.
    """

    number: int
    observed: Floats
    beyond: Floats
    mean: Floats
    deviation: Floats
    skewness: Floats
    least: Floats

    @property
    def share(self) -> Floats:
        """The p-value of counting: the share of orders, the observed one among them, with at least its statistic."""
        return (1 + self.beyond) / (1 + self.number)

    def finer(self, tail: Floats) -> Floats:
        """Return the p-value: the share, or the area of a fitted tail where few shuffles are beyond.

        Moments of shuffles know nothing of what is too rare to be among them, such as the one document with a word in
        the one period without others. So a tail is at least `least`, and not below what those beyond contradict: the
        lower end of the interval of Clopper and Pearson (1934) of their share.
        """
        special = special_functions()

        beyond = np.maximum(self.beyond, 1)
        counted = np.where(self.beyond > 0, special.betaincinv(beyond, self.number - beyond + 1, _SURE), 0.0)
        tail = np.maximum(tail, np.maximum(self.least, counted))
        return np.where((self.beyond < _FEW) & ~np.isnan(tail), np.fmin(self.share, tail), self.share)

    def p_value(self) -> Floats:
        """Return the p-value of large values, with the tail of Pearson's distribution of type III (a gamma one)."""
        special = special_functions()

        with np.errstate(all="ignore"):
            shape = self._shape
            standard = np.where(self.deviation > 0, (self.observed - self.mean) / self.deviation, np.nan)
            tail = special.gammaincc(shape, np.maximum(shape + standard * np.sqrt(shape), 0.0))
        return self.finer(tail)

    def quantile(self, share: float) -> Floats:
        """Return a quantile of that distribution, at least a little above 0."""
        special = special_functions()

        with np.errstate(all="ignore"):
            shape = self._shape
            standard = (special.gammaincinv(shape, share) - shape) / np.sqrt(shape)
        values: Floats = np.maximum(self.mean + self.deviation * standard, 1e-3 * self.mean)
        return values

    def p_value_of_s(self) -> Floats:
        """Return the two-sided p-value of Kendall's S, of which this is the distribution, with a normal tail."""
        special = special_functions()

        least = np.maximum(self.observed - 1, 0.0)  # the continuity correction
        with np.errstate(all="ignore"):
            tail = sum(special.ndtr((mean - least) / self.deviation) for mean in (self.mean, -self.mean))
        return self.finer(np.where(self.deviation > 0, tail, np.nan))

    @property
    def _shape(self) -> Floats:
        shape: Floats = 4 / np.clip(self.skewness, 1e-3, None) ** 2
        return shape


class Nulls(NamedTuple):
    """The distributions of the statistics of a pattern; a value for each group."""

    s: Null
    f: Null


def shuffled(
    occurrences: Sequence[Array],
    sizes: Array,
    cells: Cells,
    *,
    of_words: bool,
    number: int,
    seed: int,
) -> list[Nulls]:
    """Return what Kendall's S of the rates and F of equal rates are if documents are in another order.

    Documents stay in their group, and each period keeps its number of documents; a document keeps its size. So where
    documents differ in length, words come in clusters, or periods in their number of documents, the statistics are
    those that such documents give without any change. The orders of a group do not depend on other groups.

    Args:
        occurrences: For each pattern, its occurrences in each document.
        sizes: The size of each document.
        cells: The documents by group and period.
        of_words: Whether occurrences are counted in words, not documents with the pattern.
        number: How many orders.
        seed: A non-negative integer.
    """
    order = np.argsort(cells.cell, kind="stable")
    order = order[sizes[order] > 0]
    documents = _Documents(sizes[order].astype(np.float64), cells.cell[order], cells.n_periods, cells.n_groups)
    series = [_Series(documents, each[order].astype(np.float64), of_words, number) for each in occurrences]
    if not len(order):
        return [each.nulls() for each in series]
    for placed, size, square in documents.orders(number, seed):
        for each in series:
            each.add(placed, size, square)
    return [each.nulls() for each in series]


class _Documents:
    """Documents with words, by cell. Cells without documents have no number; those of a group are in order of time."""

    def __init__(self, size: Floats, cell: Integers, n_periods: int, n_groups: int) -> None:
        self.size = size
        self.square = size**2
        self.n_groups = n_groups
        cells, self.begins, self.cell = np.unique(cell, return_index=True, return_inverse=True)
        self.group_of_cell = cells // max(n_periods, 1)
        self.group = self.group_of_cell[self.cell]
        self.periods = np.bincount(self.group_of_cell, minlength=n_groups)
        self.in_group = np.arange(len(size)) - np.searchsorted(self.group, self.group)
        begins = np.searchsorted(self.group_of_cell, np.arange(n_groups))
        by_length = ((k, np.flatnonzero(self.periods == k)) for k in np.unique(self.periods).tolist() if k > 1)
        # the groups of the same number of periods, and their cells
        self.series = [(groups, begins[groups][:, None] + np.arange(k)) for k, groups in by_length]

    def __len__(self) -> int:
        return len(self.size)

    def orders(self, number: int, seed: int) -> Iterator[tuple[Array, Floats, Floats]]:
        """Yield the cell of each document in some orders, and the sums of sizes and their squares in each cell.

        The first order is the observed one. In a random one documents are sorted by group and hash; the place in this
        order says which cell a document comes to.
        """
        low_bits = max(len(self) - 1, 1).bit_length()
        high_bits = max(self.n_groups - 1, 1).bit_length()
        numbers = np.arange(len(self), dtype=np.uint64)
        high = self.group.astype(np.uint64) << np.uint64(64 - high_bits)
        at_once = max(_AT_ONCE // len(self), 1)
        yield self.cell[None, :], *self._sums(numbers.astype(np.int64)[None, :])
        for first in telling(range(0, number, at_once)):
            replicates = np.arange(first, min(first + at_once, number), dtype=np.uint64)
            drawn = hashed((replicates[:, None] << np.uint64(_REPLICATE)) + self.in_group.astype(np.uint64), seed)
            keys = high | (drawn >> np.uint64(high_bits + low_bits) << np.uint64(low_bits)) | numbers
            keys.sort(axis=1)
            order = (keys & np.uint64((1 << low_bits) - 1)).astype(np.int64)
            placed = np.empty(order.shape, np.int64)
            np.put_along_axis(placed, order, self.cell[None, :], axis=1)
            yield placed, *self._sums(order)

    def _sums(self, order: Integers) -> tuple[Floats, Floats]:
        size = np.add.reduceat(self.size[order], self.begins, axis=1)
        return size, np.add.reduceat(self.square[order], self.begins, axis=1)

    def of_groups(self, values: Floats) -> Floats:
        """Return the sum of values of cells, rows of an array, in each group."""
        total = np.zeros((len(values), self.n_groups))
        begins = np.flatnonzero(np.diff(self.group_of_cell, prepend=-1))
        total[:, self.group_of_cell[begins]] = np.add.reduceat(values, begins, axis=1)
        return total


class _Tally:
    """The observed value of a statistic of each group, and what is added of shuffles."""

    def __init__(self, number: int, n_groups: int, *, two_sided: bool) -> None:
        self.number = number
        self.two_sided = two_sided
        self.observed: Floats | None = None
        self.beyond = np.zeros(n_groups)
        self.powers = np.zeros((3, n_groups))

    def add(self, values: Floats) -> None:
        """Add rows of values of groups; the first of all is the observed one."""
        reached = np.abs(values) if self.two_sided else values
        if self.observed is None:
            self.observed = reached[0] * (1 - 1e-9)  # sums in another order differ in their last digits
            return
        self.beyond += (reached >= self.observed).sum(axis=0)
        self.powers += [(values**power).sum(axis=0) for power in (1, 2, 3)]

    def null(self) -> Null:
        first, second, third = self.powers / max(self.number, 1)
        with np.errstate(all="ignore"):
            variance = np.maximum(second - first**2, 0.0)
            skewness = (third - 3 * first * second + 2 * first**3) / variance**1.5
        observed = np.full(len(first), np.nan) if self.observed is None else self.observed
        least = np.zeros(len(first))
        return Null(self.number, observed, self.beyond, first, np.sqrt(variance), skewness, least)


class _Series:
    """The statistics of a pattern in each group."""

    def __init__(self, documents: _Documents, occurrences: Floats, of_words: bool, number: int) -> None:
        self.documents = documents
        self.hits = np.flatnonzero(occurrences)
        self.x = occurrences[self.hits]
        self.x_size = self.x * documents.size[self.hits]
        n_groups = documents.n_groups
        self.n_documents = np.bincount(documents.group, minlength=n_groups)
        self.size = np.bincount(documents.group, documents.size, n_groups)
        self.squares = np.bincount(documents.group[self.hits], self.x**2, n_groups)
        with np.errstate(all="ignore"):
            self.rate = np.bincount(documents.group[self.hits], self.x, n_groups) / self.size
        self.independent = self.rate if of_words else self.rate * (1 - self.rate)
        self.chances: tuple[Floats, Floats] | None = None
        self.tallies = _Tally(number, n_groups, two_sided=True), _Tally(number, n_groups, two_sided=False)

    def add(self, placed: Array, size: Floats, square: Floats) -> None:
        """Add some orders; the first one of all is the observed one."""
        place = (placed[:, self.hits] + np.arange(len(placed))[:, None] * size.shape[1]).reshape(-1)

        def summed(values: Floats) -> Floats:
            weights = np.broadcast_to(values, (len(placed), len(values))).reshape(-1)
            return np.bincount(place, weights, size.size).astype(np.float64).reshape(size.shape)

        found = summed(self.x)
        rates = found / size
        if self.chances is None:
            self.chances = self._chances(found[0], size[0], summed(self.x**2)[0])
        for tally, values in zip(
            self.tallies, (self._s(rates), self._f(found, rates, size, square, summed)), strict=True
        ):
            tally.add(values)

    def _s(self, rates: Floats) -> Floats:
        s = np.zeros((len(rates), self.documents.n_groups))
        for groups, cells in self.documents.series:
            of_series = rates[:, cells]
            s[:, groups] = kendall_s(of_series.reshape(-1, cells.shape[1])).reshape(of_series.shape[:2])
        return s

    def _f(
        self, found: Floats, rates: Floats, size: Floats, square: Floats, summed: Callable[[Floats], Floats]
    ) -> Floats:
        """Return B / W of `corpus_kit.measures.trends.variation`, with the squares of W multiplied out."""
        documents = self.documents
        k, d = documents.periods, self.n_documents
        with np.errstate(all="ignore"):
            between = documents.of_groups((found - self.rate[documents.group_of_cell] * size) ** 2 / size) / (k - 1)
            within = self.squares - documents.of_groups(2 * rates * summed(self.x_size) - rates**2 * square)
            return between / np.maximum(within * d / (d - k) / self.size, self.independent)

    def _chances(self, found: Floats, size: Floats, squares: Floats) -> tuple[Floats, Floats]:
        """Return what each cell adds to B, and the logarithm of the chance that its documents with hits come to it.

        They count as found² / squares documents, as in `corpus_kit.measures.rates`. What is rare is no chance.
        """
        documents = self.documents
        group = documents.group_of_cell
        excess = found - self.rate[group] * size
        with np.errstate(all="ignore"):
            share = np.bincount(documents.cell, minlength=len(group)) / self.n_documents[group]
            chance = np.where(excess > 0, found**2 / squares * np.log(share), 0.0)
        return excess**2 / size, chance

    def _least(self, f: Null) -> Floats:
        """Return the chance of those periods of each group without which F would be a usual one."""
        if self.chances is None:
            return f.least
        added, chance = self.chances
        group = self.documents.group_of_cell
        order = np.lexsort((-added, group))
        added, chance, group = added[order], chance[order], group[order]
        upto = np.cumsum(added)
        begins = np.searchsorted(group, group)
        with np.errstate(all="ignore"):
            rest = (f.mean + _USUAL * f.deviation) / f.observed
            enough = (1 - rest) * np.bincount(group, added, self.documents.n_groups)
        needed = np.flatnonzero(upto - added - (upto - added)[begins] < enough[group])
        least: Floats = np.exp(np.bincount(group[needed], chance[needed], self.documents.n_groups))
        return least

    def nulls(self) -> Nulls:
        """Return the distributions of the statistics."""
        s, f = (tally.null() for tally in self.tallies)
        return Nulls(s, f._replace(least=self._least(f)))
