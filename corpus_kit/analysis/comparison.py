"""What two sides of a comparison have in common: the statistics of pairs of counts, the filters, the order of rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import proportion, threshold
from corpus_kit._base.arrays import Array, Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit.analysis.bootstrap import Bootstrap, Replicates, bootstrap_options, intervals
from corpus_kit.analysis.comparison_sides import Pair, Side
from corpus_kit.analysis.corrections import CORRECTIONS
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.rates import compare_rates
from corpus_kit.errors import choose
from corpus_kit.measures.evaluation import positive

__all__ = ["Asked", "asked_options", "compared", "comparison_table"]

_TESTS = ("log_likelihood", "chi_squared", "fisher_exact_two_sided")
_MEASURES = tuple(name for name in measures.FAMILIES["keyness"] if name != "log_ratio_interval")
# Both families have a log-likelihood: here, that of association has a name that says how it differs.
_FOUR_CELLS = "log_likelihood_four_cells"
_ASSOCIATION = {
    _FOUR_CELLS if name in _MEASURES else name: measure for name, measure in measures.FAMILIES["association"].items()
}
# Measures that say how sure a difference is, whichever side has more; of others, a low value speaks for the reference.
_UNDIRECTED = (
    *("log_likelihood", _FOUR_CELLS, "log_likelihood_williams", "simple_log_likelihood", "bic", "ell"),
    *("chi_squared", "chi_squared_yates", "phi_squared"),
    *("fisher_exact_two_sided", "fisher_exact_left", "fisher_exact_right"),
)
_FEWEST_DOCUMENTS = 2
# Measures that differ between pairs of equal rates; they have a value of their own for a word that does not occur.
_OF_FREQUENCY = (
    *("dice", "log_dice", "min_sensitivity", "mi2", "mi3", "ell"),
    *("fisher_exact_left", "fisher_exact_right", "fisher_exact_two_sided"),
)
_DIRECTIONS = pl.Series(["target", "equal", "reference"], dtype=pl.Enum(["target", "equal", "reference"]))


class Asked(NamedTuple):
    """The options of a comparison, checked. `in_documents` is None if the user left the choice to the library."""

    names: tuple[str, ...]
    direction: str
    test: str
    correction: str | None
    k: float
    confidence: float
    bootstrap: Bootstrap | None
    least: int
    in_documents: int | None
    low: float | None
    high: float | None
    variants: bool

    @property
    def of_corpora(self) -> Asked:
        """The options where both sides have documents."""
        return self._replace(in_documents=_FEWEST_DOCUMENTS if self.in_documents is None else self.in_documents)


def asked_options(
    *,
    measure: str | Sequence[str],
    direction: str,
    test: str,
    correction: str | None,
    confidence: object,
    min_count: object,
    min_documents: object,
    k: object = 1.0,
    n_bootstrap: object = 0,
    seed: object = 0,
    bounds: tuple[float | None, float | None] = (None, None),
    variants: bool = False,
) -> Asked:
    """Return the options of a comparison, checked; they are those of `ck.keyness`."""
    names = choose_measures(measure, [*_MEASURES, *_ASSOCIATION])
    least = threshold(min_count, "min_count")
    in_documents = None if min_documents is None else threshold(min_documents, "min_documents", least=0)
    choose(direction, ["both", "target", "reference"], "direction")
    choose(test, _TESTS, "test")
    if correction is not None:
        choose(correction, CORRECTIONS, "correction")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    level, constant = proportion(confidence, "confidence"), positive("k", k)
    return Asked(names, direction, test, correction, constant, level, bootstrap, least, in_documents, *bounds, variants)


def compared(pair: Pair, rows: Integers, asked: Asked) -> tuple[dict[str, Array], int]:
    """Return the columns of the table of two sides, and the number of tests; its words are those of `rows`."""
    counts = _distinct_counts(pair, rows)
    rows, counts = _filtered(pair, counts, rows, asked.in_documents or 0, asked.low, asked.high)
    values = _statistics(counts, asked.names, asked.test, asked.confidence, asked.k)
    if asked.correction is not None:
        values["p_adjusted"] = CORRECTIONS[asked.correction](values["p_value"], counts.times)
    order = _order(counts, asked.names[0], values[asked.names[0]], asked.direction)
    rows, place = rows[order], counts.place[order]
    columns = _counts(pair, rows, counts.direction[place]) | {name: each[place] for name, each in values.items()}
    if asked.bootstrap is not None:
        columns |= _bootstrap(pair, rows, asked.names, asked.bootstrap, asked.k, tests=counts.tests)
    return columns, counts.tests


def comparison_table(words: pl.Series, columns: dict[str, Array], spellings: pl.Series | None) -> pl.DataFrame:
    """Return the table of the columns of `compared`.

    Args:
        words: Words, of which those of the table are rows.
        columns: The columns.
        spellings: The original spelling of each word of the table, where it is known.
    """
    named = {"word": words.gather(columns["word"])} | ({} if spellings is None else {"spelling": spellings})
    named["direction"] = _DIRECTIONS.gather(columns["direction"])
    rest = {name: values for name, values in columns.items() if name not in named}
    return pl.DataFrame(
        named
        | {name: nan_as_null(each) if each.dtype == np.float64 else pl.Series(each) for name, each in rest.items()}
    )


# ------------------------------------------------------------------------------------ columns


@dataclass(eq=False)
class _DistinctCounts:
    """The distinct pairs of counts, on which all statistics depend; there are far fewer of them than words.

    Attributes:
        a: The counts in the target.
        b: The counts in the reference.
        c: The size of the target.
        d: The size of the reference.
        place: The pair of each word.
        times: How many words have each pair; some of them may have no place.
    """

    a: Integers
    b: Integers
    c: int
    d: int
    place: Integers
    times: Integers

    def only(self, kept: npt.NDArray[np.bool_]) -> _DistinctCounts:
        """Return the counts of some of the words that have a place."""
        place = self.place[kept]
        times = self.times - np.bincount(self.place[~kept], minlength=len(self.times))
        used = times > 0
        return _DistinctCounts(self.a[used], self.b[used], self.c, self.d, (np.cumsum(used) - 1)[place], times[used])

    @property
    def tests(self) -> int:
        """The number of words."""
        return int(self.times.sum())

    @cached_property
    def direction(self) -> Integers:
        """0 where the rate is higher in the target, 2 where it is higher in the reference, 1 where both are equal."""
        return 1 - compare_rates(self.a, self.c, self.b, self.d)


def _distinct_counts(pair: Pair, rows: Integers) -> _DistinctCounts:
    target, reference = pair.target, pair.reference
    both = np.stack([target.count[rows], reference.count[rows]])
    width = int(both[1].max(initial=0)) + 1
    if int(both[0].max(initial=0)) < 2**62 // width:  # one number for both counts is faster to sort
        codes, place = np.unique(both[0] * width + both[1], return_inverse=True)
        distinct = np.stack([codes // width, codes % width])
    else:
        distinct, place = np.unique(both, axis=1, return_inverse=True)
    place = place.reshape(-1)
    a, b, times = distinct[0], distinct[1], np.bincount(place, minlength=distinct.shape[1])
    if pair.absent is not None:
        others, how_often = pair.absent
        a, b = np.concatenate((a, np.zeros_like(others))), np.concatenate((b, others))
        times = np.concatenate((times, how_often))
    return _DistinctCounts(a, b, target.size, reference.size, place, times)


def _filtered(
    pair: Pair, counts: _DistinctCounts, rows: Integers, documents: int, low: float | None, high: float | None
) -> tuple[Integers, _DistinctCounts]:
    """Return the words that pass on the side where they are key; if they are key on neither, on either side."""
    if not documents and low is None and high is None:
        return rows, counts
    direction = counts.direction[counts.place]
    kept = np.ones(len(rows), bool)

    def keep(passes: Callable[[Side], npt.NDArray[np.bool_]]) -> None:
        here, there = passes(pair.target), passes(pair.reference)
        np.logical_and(kept, np.choose(direction, [here, here | there, there]), out=kept)

    # a comparison with NaN, of a word that does not occur, is false
    if documents:
        keep(lambda side: side.documents[rows] >= documents)  # type: ignore[index]
    if low is not None:
        keep(lambda side: side.dispersion[rows] >= low)  # type: ignore[index]
    if high is not None:
        keep(lambda side: side.dispersion[rows] <= high)  # type: ignore[index]
    return rows[kept], counts.only(kept)


def _order(counts: _DistinctCounts, measure: str, key: Floats, direction: str) -> Integers:
    """Sort the words of one direction, or of all, one after another.

    In each, the strongest comes first: the key descending, of the reference ascending if the measure has a direction;
    then count descending, then first occurrence.
    """
    total, side = counts.a + counts.b, counts.direction
    key = key if measure in _UNDIRECTED else np.where(side == 2, -key, key)
    ranked = np.lexsort((-total, -key, side))  # NaN comes last
    rank = np.empty(len(ranked), np.uint16 if len(ranked) < 2**16 else np.int64)  # NumPy sorts 16 bits by radix
    # pairs that tie share a rank, so that their words are in order of first occurrence
    key, total, side = key[ranked], total[ranked], side[ranked]
    same_key = (key[1:] == key[:-1]) | (np.isnan(key[1:]) & np.isnan(key[:-1]))
    differs = ~same_key | (total[1:] != total[:-1]) | (side[1:] != side[:-1])
    rank[ranked] = np.concatenate(([0], np.cumsum(differs)))[: len(ranked)]
    order: Integers = np.argsort(rank[counts.place], kind="stable")
    if direction == "both":
        return order
    wanted = counts.direction == {"target": 0, "reference": 2}[direction]
    kept: Integers = order[wanted[counts.place[order]]]
    return kept


def _counts(pair: Pair, rows: Integers, direction: Integers) -> dict[str, Array]:
    """Return the columns of counts and rates, and the side on which each word is more frequent."""
    target, reference = pair.target, pair.reference
    a, b = target.count[rows], reference.count[rows]
    columns = {
        "word": rows,
        "direction": direction,
        "target_count": a,
        "reference_count": b,
        "target_per_million": a / target.size * 1e6,
        "reference_per_million": b / reference.size * 1e6,
    }
    if target.documents is not None and reference.documents is not None:
        named = (("target", target), ("reference", reference))
        columns |= {f"{name}_documents": side.documents[rows] for name, side in named if side.documents is not None}
        columns |= {f"{name}_dispersion": side.dispersion[rows] for name, side in named if side.dispersion is not None}
    return columns


def _value(name: str, a: Floats, c: Floats, b: Floats, d: Floats, *, confidence: float, k: float, tests: int) -> Floats:
    """Compute a measure; one of the family association has the target as its row and the word as its column."""
    options: dict[str, dict[str, Any]] = {
        "conservative_log_ratio": {"confidence": confidence, "comparisons": max(tests, 1)},
        "simple_maths": {"k": k},
    }
    values: Floats
    if name in _ASSOCIATION:
        values = _ASSOCIATION[name].formula(a, c, a + b, c + d)
    else:
        values = measures.FAMILIES["keyness"][name].formula(a, b, c, d, **options.get(name, {}))
    return values


def _statistics(
    counts: _DistinctCounts, names: tuple[str, ...], test: str, confidence: float, k: float
) -> dict[str, Floats]:
    """Return the columns of statistics, with a value for each pair of counts."""
    a, b = counts.a.astype(np.float64), counts.b.astype(np.float64)
    c, d = np.full_like(a, counts.c), np.full_like(b, counts.d)

    def value(name: str) -> Floats:
        return _value(name, a, c, b, d, confidence=confidence, k=k, tests=counts.tests)

    low, high = measures.log_ratio_interval.formula(a, b, c, d, confidence=confidence)  # type: ignore[attr-defined]
    columns = {name: value(name) for name in names}
    columns.setdefault("log_ratio", value("log_ratio"))  # no p-value without an effect
    columns |= {"log_ratio_low": low, "log_ratio_high": high}
    columns.setdefault("bic", value("bic"))
    return columns | {"p_value": _p_values(value(test), test)}


def _bootstrap(
    pair: Pair, rows: Integers, names: tuple[str, ...], bootstrap: Bootstrap, k: float, *, tests: int
) -> dict[str, Array]:
    """Return the interval of each measure, from documents drawn on each side separately."""
    replicates, words = [], []
    for number, side in enumerate((pair.target, pair.reference)):
        assert side.counted is not None  # both are corpora
        replicates.append(Replicates(side.counted, side.own_documents, bootstrap, side=number))
        words.append(side.own_ids(rows))
    columns: dict[str, Array] = {}
    for name in names:
        statistic = partial(_value, name, confidence=bootstrap.confidence, k=k, tests=tests)
        if name not in _OF_FREQUENCY:
            statistic = partial(_replicate, statistic)
        low, high = intervals(statistic, tuple(replicates), tuple(words), bootstrap.confidence)
        columns |= {f"{name}_bootstrap_low": low, f"{name}_bootstrap_high": high}
    return columns | {"n_bootstrap": np.full(len(rows), bootstrap.replicates)}


def _replicate(value: Callable[..., Floats], a: Floats, c: Floats, b: Floats, d: Floats) -> Floats:
    """Compute a measure in replicates; in a replicate without the word on either side, the rates count as equal.

    If such replicates were ignored, or had half an occurrence, the interval would hide that a word occurs in few
    documents only.
    """
    nowhere = (a == 0) & (b == 0)
    return value(np.where(nowhere, c * 1e-3, a), c, np.where(nowhere, d * 1e-3, b), d)


def _p_values(statistic: Floats, test: str) -> Floats:
    """Return the probability of a difference at least as large by chance."""
    if test.startswith("fisher"):
        return statistic
    # chi-squared with one degree of freedom is the square of a normal variable
    return np.fromiter(map(math.erfc, np.sqrt(statistic / 2)), np.float64, len(statistic))
