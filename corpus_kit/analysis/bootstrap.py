"""The bootstrap over documents: how much a number would vary if other documents of the kind had been collected.

The words of a document are not independent of one another, so whole documents are drawn, with replacement, as many as
there are. The number is computed again for each such replicate, and the interval is that of the quantiles.

What no document has, no replicate has, and one document is drawn as it is: quantiles of such replicates would say that
nothing is uncertain. So the interval of a zero goes from 0 to what it can be (`measures.proportions.most_of_zero`, with
documents as what is counted), and one document has no interval.

References:
    Efron, B. & Tibshirani, R. (1993). An Introduction to the Bootstrap, ch. 13. Chapman & Hall.
    Lijffijt, J. et al. (2016). Significance testing of word frequencies in corpora. Digital Scholarship in the
    Humanities 31, 374-397.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from corpus_kit._base.arguments import integer, proportion
from corpus_kit._base.arrays import Floats, Integers, Numbers, ranges
from corpus_kit._base.hashing import draws
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.errors import invalid
from corpus_kit.machine.memory import expect_memory
from corpus_kit.measures.proportions import most_of_zero

__all__ = ["Bootstrap", "Replicates", "bootstrap_options", "bootstrap_record", "expect_few_draws", "intervals"]

_MOST = 100_000
_MOST_DRAWS = 20_000_000  # of all groups: some minutes
_DRAWS_OF_A_GROUP = 500  # what a group takes beside its draws
_CELLS = 1 << 22  # words times replicates in memory at once: 32 MiB


class Bootstrap(NamedTuple):
    """The number of replicates, their seed, and the share of them that an interval contains."""

    replicates: int
    seed: int
    confidence: float


def bootstrap_options(n_bootstrap: object, seed: object, confidence: object) -> Bootstrap | None:
    """Return the options, checked; None if there is nothing to draw."""
    replicates = integer(n_bootstrap, "n_bootstrap", least=0, most=_MOST)
    options = Bootstrap(replicates, integer(seed, "seed", least=0), proportion(confidence, "confidence"))
    return options if replicates else None


def bootstrap_record(bootstrap: Bootstrap | None) -> dict[str, Any]:
    """Return what the record of a table says about its intervals."""
    if bootstrap is None:
        return {"n_bootstrap": 0}
    return {"n_bootstrap": bootstrap.replicates, "confidence": bootstrap.confidence, "seed": bootstrap.seed}


def expect_few_draws(bootstrap: Bootstrap, n_groups: int) -> None:
    """Refuse replicates of so many groups that they would take longer than minutes."""
    most = max(_MOST_DRAWS // max(n_groups, 1) - _DRAWS_OF_A_GROUP, 0)
    if bootstrap.replicates > most:
        hint = "Filter the corpus, or group by a column with fewer values."
        raise invalid("n_bootstrap", f"at most {most:,} for {n_groups:,} groups", bootstrap.replicates, hint)


class Replicates:
    """Counts of words in replicates of some documents.

    Args:
        counted: The counts of a corpus.
        documents: Indices into counted.documents.
        bootstrap: The options.
        side: A number that makes the draws of several groups of documents independent.
    """

    def __init__(self, counted: CountedWords, documents: Integers, bootstrap: Bootstrap, *, side: int = 0) -> None:
        self.counted, self.documents = counted, documents
        what = f"A bootstrap of {bootstrap.replicates:,} replicates over {len(documents):,} documents"
        expect_memory(2 * 8 * bootstrap.replicates * len(documents), what, "Lower n_bootstrap, or filter the corpus")
        first = side * bootstrap.replicates
        self.weights = np.stack(
            [draws(len(documents), first + replicate, bootstrap.seed) for replicate in range(bootstrap.replicates)],
            axis=1,
        )
        self.sizes: Integers = counted.sizes[documents] @ self.weights

    def counts(self, words: Integers) -> Iterator[Integers]:
        """Yield the counts of some of the words at a time, as arrays of words by replicates.

        Args:
            words: Ids of words; -1 for a word that does not occur.
        """
        table = self._table(words)
        step = max(1, _CELLS // max(self.weights.shape[1], 1))
        for begin in range(0, len(words), step):
            yield table[begin : begin + step] @ self.weights

    def occurrences(self, words: Integers) -> Integers:
        """Return how often each of some words occurs in the documents."""
        found: Integers = self._table(words) @ np.ones(len(self.documents), np.int64)
        return found

    def _table(self, words: Integers) -> Any:
        """Return the counts of words in the documents, as a sparse array."""
        from scipy.sparse import csr_array  # slow to import

        rows = self.counted.by_document
        entries = ranges(rows.starts[self.documents], rows.starts[self.documents + 1])
        word = _places(words, rows.words[entries], len(self.counted.words))
        document = np.repeat(np.arange(len(self.documents)), np.diff(rows.starts)[self.documents])
        kept = word >= 0
        counts = rows.counts[entries].astype(np.int64)[kept]
        return csr_array((counts, (word[kept], document[kept])), shape=(len(words), len(self.documents)))


def _places(words: Integers, items: Numbers, n_words: int) -> Integers:
    """Return where each item is among the words, which are distinct; -1 where it is not."""
    known = np.flatnonzero(words >= 0)
    if len(items) + len(known) < n_words // 8:  # a few are found faster than all possible ones are marked
        known = known[np.argsort(words[known])]
        if not len(known):
            return np.full(len(items), -1)
        near = known[np.minimum(np.searchsorted(words[known], items), len(known) - 1)]
        return np.where(words[near] == items, near, -1)
    place = np.full(n_words, -1)
    place[words[known]] = known
    found: Integers = place[items]
    return found


def intervals(
    statistic: Callable[..., Floats], replicates: tuple[Replicates, ...], words: tuple[Integers, ...], confidence: float
) -> tuple[Floats, Floats]:
    """Return the lower and upper ends of the interval of a statistic for each word.

    Of one group of documents: a word that none of them has gets the statistic of no occurrence and that of
    `most_of_zero`, one in each of so many documents; other words of a single document get NaN.

    Args:
        statistic: A function of the counts (words by replicates) and the sizes (one per replicate) of each group of
            documents, which returns words by replicates. Replicates in which it is not defined are ignored.
        replicates: The replicates of each group.
        words: The words, as ids of each group.
        confidence: The share of the replicates that the interval contains.
    """
    low, high = [], []
    tail = (1 - confidence) / 2
    all_have_words = np.all([each.sizes > 0 for each in replicates], axis=0)
    for counts in zip(*(each.counts(ids) for each, ids in zip(replicates, words, strict=True)), strict=True):
        arguments: list[Any] = []
        for group, frequency in zip(replicates, counts, strict=True):
            arguments += [
                frequency.astype(np.float64),
                np.broadcast_to(group.sizes.astype(np.float64), frequency.shape),
            ]
        with np.errstate(all="ignore"):
            # a replicate of documents without words has no rate
            values = np.where(all_have_words, statistic(*arguments), np.nan)
            bounds = _quantiles(values, (tail, 1 - tail))
        low.append(bounds[0])
        high.append(bounds[1])
    none = [np.zeros(0)]
    bounds = np.concatenate(low or none), np.concatenate(high or none)
    if len(replicates) == 1:
        return _of_what_none_varies(statistic, replicates[0], words[0], bounds, confidence)
    return bounds


def _of_what_none_varies(
    statistic: Callable[..., Floats], group: Replicates, words: Integers, bounds: tuple[Floats, Floats], level: float
) -> tuple[Floats, Floats]:
    """Return the ends of intervals, with those of words that no document has, or of which there is one document."""
    low, high = bounds
    sizes = group.counted.sizes[group.documents]
    if (sizes > 0).sum() < 2:
        low, high = np.full_like(low, np.nan), np.full_like(high, np.nan)
    total = float(sizes.sum())
    equal = np.flatnonzero(~(bounds[0] < bounds[1]))
    never = equal[group.occurrences(words[equal]) == 0] if total else equal[:0]
    for ends, most in ((low, 0.0), (high, most_of_zero(level))) if len(never) else ():
        ends[never] = statistic(np.array([[most]]), np.array([[total]]))[0, 0]
    return low, high


def _quantiles(values: Floats, shares: tuple[float, float]) -> tuple[Floats, Floats]:
    """Quantiles along the rows, with linear interpolation; NaN values are ignored."""
    ordered = np.sort(values, axis=1)  # NaN comes last
    there = np.isfinite(ordered) | np.isinf(ordered)
    last = there.sum(axis=1) - 1
    found = []
    for share in shares:
        place = share * np.maximum(last, 0)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(last, 0))
        part = place - below
        first = np.take_along_axis(ordered, below[:, None], axis=1)[:, 0]
        second = np.take_along_axis(ordered, above[:, None], axis=1)[:, 0]
        between = first * (1 - part) + second * part
        # no interpolation at a value and between equal ones: infinity times 0 is not a number
        found.append(np.where((part == 0) | (first == second), first, between))
    return found[0], found[1]
