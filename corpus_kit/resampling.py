"""The bootstrap over documents: how far a number would have moved had other documents of the kind been collected.

Words of one document are not independent of one another, so whole documents are drawn, with
replacement, as many as there are; the number is computed again for each such replicate, and the
interval is that of the quantiles (Efron, B. & Tibshirani, R. 1993, An Introduction to the
Bootstrap, ch. 13; for corpora, Lijffijt, J. et al. 2016, Significance testing of word frequencies
in corpora, Digital Scholarship in the Humanities 31, 374-397).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._arguments import whole_number
from corpus_kit._random import draws
from corpus_kit._statistics import positive_share
from corpus_kit.counted import CountedWords, ranges
from corpus_kit.errors import InputError

__all__ = ["Bootstrap", "Replicates", "bootstrap_options", "bootstrap_record", "intervals"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_MOST = 100_000
_CELLS = 1 << 22  # words times replicates that are held at once: 32 MiB


class Bootstrap(NamedTuple):
    """How often to draw, from which seed, and which share of the replicates an interval holds."""

    replicates: int
    seed: int
    confidence: float


def bootstrap_options(n_bootstrap: object, seed: object, confidence: object) -> Bootstrap | None:
    """Check the options; None where there is nothing to draw."""
    replicates = whole_number(n_bootstrap, "n_bootstrap", least=0, what="replicates")
    if replicates > _MOST:
        raise InputError(f"n_bootstrap={replicates}, but it is at most {_MOST:,}; 1,000 to 10,000 are usual")
    options = Bootstrap(
        replicates, whole_number(seed, "seed", least=0, what="any kind"), positive_share(confidence, "confidence")
    )
    return options if replicates else None


def bootstrap_record(bootstrap: Bootstrap | None) -> dict[str, Any]:
    """What the record of a table says of its intervals."""
    if bootstrap is None:
        return {"n_bootstrap": 0}
    return {"n_bootstrap": bootstrap.replicates, "confidence": bootstrap.confidence, "seed": bootstrap.seed}


class Replicates:
    """Counts of words in replicates of some documents.

    documents: indices into counted.documents. `side` keeps the draws of two groups of documents apart.
    """

    def __init__(self, counted: CountedWords, documents: Integers, bootstrap: Bootstrap, *, side: int = 0) -> None:
        self.counted, self.documents = counted, documents
        first = side * bootstrap.replicates
        self.weights = np.stack(
            [draws(len(documents), first + replicate, bootstrap.seed) for replicate in range(bootstrap.replicates)],
            axis=1,
        )
        self.sizes: Integers = counted.sizes[documents] @ self.weights

    def counts(self, words: Integers) -> Iterator[Integers]:
        """For a few of the words at a time: words by replicates. -1 stands for a word that is not there."""
        from scipy.sparse import csr_array

        rows = self.counted.by_document
        entries = ranges(rows.starts[self.documents], rows.starts[self.documents + 1])
        place = np.full(len(self.counted.words), -1)
        known = words >= 0
        place[words[known]] = np.flatnonzero(known)
        word = place[rows.words[entries]]
        document = np.repeat(np.arange(len(self.documents)), np.diff(rows.starts)[self.documents])
        kept = word >= 0
        counts = rows.counts[entries].astype(np.int64)[kept]
        table = csr_array((counts, (word[kept], document[kept])), shape=(len(words), len(self.documents)))
        step = max(1, _CELLS // max(self.weights.shape[1], 1))
        for begin in range(0, len(words), step):
            yield table[begin : begin + step] @ self.weights


def intervals(
    statistic: Callable[..., Floats], replicates: tuple[Replicates, ...], words: tuple[Integers, ...], confidence: float
) -> tuple[Floats, Floats]:
    """The interval of a statistic for each word.

    statistic: takes for each group of documents the counts (words by replicates) and the sizes (one a
    replicate), and gives words by replicates. Replicates in which it is not defined are left out.
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
            # all that is drawn may be documents without words: nothing can be said then
            values = np.where(all_have_words, statistic(*arguments), np.nan)
            bounds = _quantiles(values, (tail, 1 - tail))
        low.append(bounds[0])
        high.append(bounds[1])
    nothing = [np.zeros(0)]
    return np.concatenate(low or nothing), np.concatenate(high or nothing)


def _quantiles(values: Floats, shares: tuple[float, float]) -> tuple[Floats, Floats]:
    """Quantiles along the rows, between neighbours in proportion; NaN values are passed over."""
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
        between = first * (1 - part) + second * part  # next to an infinity it is infinite
        # at a value, and between two that are equal, as it is: infinity times 0 is not a number
        found.append(np.where((part == 0) | (first == second), first, between))
    return found[0], found[1]
