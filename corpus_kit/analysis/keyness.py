"""keyness: which words are typical of a target corpus, compared with a reference corpus."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import boolean, threshold
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.analysis.bootstrap import Bootstrap, Replicates, bootstrap_options, bootstrap_record, intervals
from corpus_kit.analysis.comparison_sides import Pair, Side, align, side_of
from corpus_kit.analysis.corrections import CORRECTIONS
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.rates import compare_rates
from corpus_kit.analysis.spellings import compared_spellings
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose, invalid, warn
from corpus_kit.measures.evaluation import positive
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["keyness"]

_TESTS = ("log_likelihood", "chi_squared", "fisher_exact_two_sided")
_MEASURES = tuple(name for name in measures.FAMILIES["keyness"] if name != "log_ratio_interval")
# Both families have a log-likelihood: here, that of association has a name that says how it differs.
_FOUR_CELLS = "log_likelihood_four_cells"
_ASSOCIATION = {
    _FOUR_CELLS if name in _MEASURES else name: measure for name, measure in measures.FAMILIES["association"].items()
}
# Measures that differ between pairs of equal rates; they have a value of their own for a word that does not occur.
_OF_FREQUENCY = (
    *("dice", "log_dice", "min_sensitivity", "mi2", "mi3", "ell"),
    *("fisher_exact_left", "fisher_exact_right", "fisher_exact_two_sided"),
)
_DIRECTIONS = pl.Series(["target", "equal", "reference"], dtype=pl.Enum(["target", "equal", "reference"]))


def keyness(
    target: CorpusView | pl.DataFrame,
    reference: CorpusView | pl.DataFrame,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    measure: str | Sequence[str] = ("log_likelihood", "log_ratio"),
    direction: str = "both",
    dispersion: str | None = "deviation_of_proportions",
    min_dispersion: float | None = None,
    max_dispersion: float | None = None,
    min_count: int = 1,
    min_documents: int = 0,
    stopwords: Collection[str] = (),
    test: str = "log_likelihood",
    correction: str | None = "holm",
    k: float = 1.0,
    variants: bool = True,
    target_size: int | None = None,
    reference_size: int | None = None,
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
) -> pl.DataFrame:
    """Compare the frequency of every word in a target with that in a reference.

    The table has the words of both sides, including those that occur on one side only. A key word of the target may
    be the house spelling of an outlet, or part of a line at the end of each of its pages: look at `variants` and at
    the dispersion before you take it for a theme.

    Args:
        target: A Corpus, a subcorpus, or a table of frequencies: a DataFrame with a text column (word, ngram or
            lemma), in which each text occurs once, and `count`.
        reference: What it is compared with, in one of the same forms.
        unit: What is counted of a corpus: "word", "stem", "lemma" or "root", as in `ck.frequency`.
        profile: The form that is counted of a corpus: the name of a preset, a Normalizer, or None for the original
            spelling. A table is taken as it is.
        measure: Names of measures of `ck.measures.keyness` and `ck.measures.association` (there, the word is the
            column and the target the row). "log_likelihood" is that of the two cells of the word;
            "log_likelihood_four_cells" is that of `ck.measures.association`. The table is sorted by the first.
        direction: "both", "target" (more frequent there) or "reference".
        dispersion: A measure of dispersion over the documents, for each side; None leaves it out.
        min_dispersion: The lowest dispersion, on the side where the word is key.
        max_dispersion: The highest dispersion, on the side where the word is key. (An even spread is 0 for
            deviation_of_proportions, 1 for juilland_d.)
        min_count: The lowest count of a word that is kept, on both sides together.
        min_documents: In how many documents a word must occur on the side where it is key.
        stopwords: Words (with unit="lemma", lemmas) to leave out, in any spelling that `profile` folds; the sizes of
            both sides include them.
        test: The test of the p-values: "log_likelihood" or "chi_squared" (one degree of freedom), or
            "fisher_exact_two_sided" (slow).
        correction: The correction for testing all words of the table at once: "holm", "bonferroni",
            "benjamini_hochberg", or None. Words that the filters leave out do not count as tests; words of the
            other direction do.
        k: The constant of simple_maths.
        variants: Whether to add the spellings that each word covers (corpora only).
        target_size: Tokens in the corpus of a target table; by default, the sum of its counts.
        reference_size: Tokens in the corpus of a reference table; by default, the sum of its counts.
        n_bootstrap: Replicates of the bootstrap over documents, such as 1,000, for an interval of each measure
            (corpora only); 0 for none. It takes time; filters such as min_count make it faster.
        confidence: The level of confidence of the interval of the log ratio, of conservative_log_ratio, which takes
            all words of the table as its comparisons, and of the bootstrap.
        seed: The seed of the draws; the same seed gives the same intervals.

    Returns:
        A DataFrame with the columns word (String), direction (Enum: target, equal, reference), target_count,
        reference_count (Int64), target_per_million, reference_per_million (Float64); for corpora target_documents,
        reference_documents (Int64), target_dispersion, reference_dispersion (Float64, null where the word does not
        occur); the measures, log_ratio_low, log_ratio_high, bic, p_value, p_adjusted (Float64; null where a measure
        is not defined); with n_bootstrap for each measure <measure>_bootstrap_low, <measure>_bootstrap_high
        (Float64), and n_bootstrap (Int64); for corpora variants (List of Struct: surface, target, reference: the
        counts of each original spelling, the most frequent first). Order: the first measure descending, nulls last,
        then count descending, then first occurrence.

    Raises:
        InputError: If an argument is invalid, a side is empty, or counts are negative, not whole or larger than
            their corpus.

    Note:
        Documents that are on both sides make their rates more alike, so that differences look smaller than they
        are. The record of the table counts them as `shared_documents`.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> outlet = pl.col("outlet") == "وكالة مدى"
        >>> table = ck.keyness(corpus.filter(outlet), corpus.filter(~outlet), direction="target", min_documents=5)
        >>> table.columns[:4]
        ['word', 'direction', 'target_count', 'reference_count']
    """
    names = choose_measures(measure, [*_MEASURES, *_ASSOCIATION])
    least = threshold(min_count, "min_count")
    in_documents = threshold(min_documents, "min_documents", least=0)
    choose(direction, ["both", "target", "reference"], "direction")
    choose(test, _TESTS, "test")
    if correction is not None:
        choose(correction, CORRECTIONS, "correction")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    constant = positive("k", k)
    boolean(variants, "variants")
    low, high = _bounds(dispersion, min_dispersion, max_dispersion)
    normalizer = resolve_profile(profile)
    unit = expect_unit(unit)
    options: dict[str, Any] = {"unit": unit, "normalizer": normalizer, "dispersion": dispersion, "variants": variants}
    sides = (
        side_of(target, "target", size=target_size, **options),
        side_of(reference, "reference", size=reference_size, **options),
    )
    pair = align(*sides)
    if not pair.of_corpora:
        _expect_no_documents(
            min_documents=in_documents or None, min_dispersion=low, max_dispersion=high, n_bootstrap=n_bootstrap or None
        )
    rows = pair.rows(least, stopword_forms(stopwords, normalizer, unit), normalizer)
    rows = _filtered(pair, rows, in_documents, low, high)
    counts = _distinct_counts(pair, rows)
    values = _statistics(counts, names, test, confidence, constant)
    order = _order(counts, values[names[0]], direction)
    shown, place = rows[order], counts.place[order]
    columns = _counts(pair, shown, counts.direction[place]) | {
        name: nan_as_null(column[place]) for name, column in values.items()
    }
    if correction is not None:
        columns["p_adjusted"] = pl.Series(CORRECTIONS[correction](values["p_value"], np.bincount(counts.place))[place])
    if bootstrap is not None:
        columns |= _bootstrap(pair, shown, names, bootstrap, constant, tests=len(rows))
    if variants and pair.of_corpora:
        columns["variants"] = _variants(pair, shown)
    counted_by = unit_record(unit, *(side.corpus for side in sides if side.corpus is not None))
    if isinstance(counted_by.get("annotator"), list) and pair.of_corpora:
        warn(
            f"ck.keyness: target and reference were annotated by different annotators, so that their {unit}s may "
            "differ for that reason alone",
            stacklevel=2,
        )
    record = {
        "measure": list(names), "min_count": least, "min_documents": in_documents, "dispersion": dispersion,
        "min_dispersion": low, "max_dispersion": high, "direction": direction, "test": test,
        "correction": correction, "k": constant, "confidence": confidence, "variants": variants, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "tests": len(rows),
        "target": pair.target.record, "reference": pair.reference.record,
        "shared_documents": pair.shared_documents, **bootstrap_record(bootstrap),
        **counted_by,
    }  # fmt: skip
    ids = sorted({side.corpus.id for side in sides if side.corpus is not None})
    digest = None if normalizer is None or not ids else normalizer.digest
    corpus_id = ids[0] if len(ids) == 1 else None
    return attach(pl.DataFrame(columns), "ck.keyness", record, corpus_id=corpus_id, profile_digest=digest)


# ---------------------------------------------------------------------------------- arguments


def _bounds(dispersion: object, low: object, high: object) -> tuple[float | None, float | None]:
    """Return the bounds of the measure of dispersion."""
    bounds = _bound(low, "min_dispersion"), _bound(high, "max_dispersion")
    if dispersion is not None:
        choose(dispersion, measures.FAMILIES["dispersion"], "dispersion")
        return bounds
    for name, bound in zip(("min_dispersion", "max_dispersion"), bounds, strict=True):
        if bound is not None:
            raise invalid(name, "None with dispersion=None", bound)
    return bounds


def _bound(value: object, name: str) -> float | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or math.isnan(_as_float(value)):
        raise invalid(name, "a number", value)
    return _as_float(value)


def _as_float(value: Any) -> float:
    """Return a number as a float; one beyond all floats is no bound, and NaN."""
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _expect_no_documents(**given: object) -> None:
    """Refuse what needs the documents of both sides."""
    for name, value in given.items():
        if value is not None:
            raise invalid(name, "left out unless both sides are corpora, which have documents", value)


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
    """

    a: Integers
    b: Integers
    c: int
    d: int
    place: Integers

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
    return _DistinctCounts(distinct[0], distinct[1], target.size, reference.size, place.reshape(-1))


def _filtered(pair: Pair, rows: Integers, documents: int, low: float | None, high: float | None) -> Integers:
    """Return the words that pass on the side where they are key; if they are key on neither, on either side."""
    if not documents and low is None and high is None:
        return rows
    counts = _distinct_counts(pair, rows)
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
    return rows[kept]


def _order(counts: _DistinctCounts, key: Floats, direction: str) -> Integers:
    """Sort the words of one direction, or of both, by the key descending, count descending, first occurrence."""
    total = counts.a + counts.b
    ranked = np.lexsort((-total, -key))  # NaN comes last
    rank = np.empty(len(ranked), np.uint16 if len(ranked) < 2**16 else np.int64)  # NumPy sorts 16 bits by radix
    # pairs that tie share a rank, so that their words are in order of first occurrence
    key, total = key[ranked], total[ranked]
    same_key = (key[1:] == key[:-1]) | (np.isnan(key[1:]) & np.isnan(key[:-1]))
    differs = ~same_key | (total[1:] != total[:-1])
    rank[ranked] = np.concatenate(([0], np.cumsum(differs)))[: len(ranked)]
    order: Integers = np.argsort(rank[counts.place], kind="stable")
    if direction == "both":
        return order
    wanted = counts.direction == {"target": 0, "reference": 2}[direction]
    kept: Integers = order[wanted[counts.place[order]]]
    return kept


def _counts(pair: Pair, rows: Integers, direction: Integers) -> dict[str, Any]:
    """Return the columns of counts and rates, and the side on which each word is more frequent."""
    target, reference = pair.target, pair.reference
    a, b = target.count[rows], reference.count[rows]
    columns: dict[str, Any] = {
        "word": pair.words.gather(rows),
        "direction": _DIRECTIONS.gather(direction),
        "target_count": a,
        "reference_count": b,
        "target_per_million": a / target.size * 1e6,
        "reference_per_million": b / reference.size * 1e6,
    }
    if pair.of_corpora:
        named = (("target", target), ("reference", reference))
        columns |= {f"{name}_documents": side.documents[rows] for name, side in named}  # type: ignore[index]
        columns |= {
            f"{name}_dispersion": nan_as_null(side.dispersion[rows])
            for name, side in named
            if side.dispersion is not None
        }
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
        return _value(name, a, c, b, d, confidence=confidence, k=k, tests=len(counts.place))

    low, high = measures.log_ratio_interval.formula(a, b, c, d, confidence=confidence)  # type: ignore[attr-defined]
    columns = {name: value(name) for name in names}
    columns |= {"log_ratio_low": low, "log_ratio_high": high}
    columns.setdefault("bic", value("bic"))
    return columns | {"p_value": _p_values(value(test), test)}


def _bootstrap(
    pair: Pair, rows: Integers, names: tuple[str, ...], bootstrap: Bootstrap, k: float, *, tests: int
) -> dict[str, pl.Series]:
    """Return the interval of each measure, from documents drawn on each side separately."""
    replicates, words = [], []
    for number, side in enumerate((pair.target, pair.reference)):
        assert side.counted is not None  # both are corpora
        replicates.append(Replicates(side.counted, np.arange(len(side.counted.documents)), bootstrap, side=number))
        words.append(side.own_ids(rows))
    columns: dict[str, pl.Series] = {}
    for name in names:
        statistic = partial(_value, name, confidence=bootstrap.confidence, k=k, tests=tests)
        if name not in _OF_FREQUENCY:
            statistic = partial(_replicate, statistic)
        low, high = intervals(statistic, tuple(replicates), tuple(words), bootstrap.confidence)
        columns |= {f"{name}_bootstrap_low": nan_as_null(low), f"{name}_bootstrap_high": nan_as_null(high)}
    return columns | {"n_bootstrap": pl.Series(np.full(len(rows), bootstrap.replicates))}


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


def _variants(pair: Pair, rows: Integers) -> pl.Series:
    target, reference = pair.target.surfaces, pair.reference.surfaces
    assert target is not None  # variants=True, of corpora
    assert reference is not None
    return compared_spellings(target, reference, rows, len(pair.words), same_types=pair.of_one_corpus)
