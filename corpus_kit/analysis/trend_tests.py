"""trend_tests: whether the rates of patterns rise, fall or vary over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.special_functions import special_functions
from corpus_kit.analysis.corrections import CORRECTIONS
from corpus_kit.analysis.shuffled_documents import Nulls, shuffled
from corpus_kit.analysis.trend import Followed, follow
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose, invalid
from corpus_kit.measures.evaluation import upper_quantile
from corpus_kit.measures.proportions import wilson
from corpus_kit.measures.rates import EffectiveCounts, effective_counts, poisson_interval
from corpus_kit.measures.trends import autocorrelation, growth, mann_kendall, variation

__all__ = ["trend_tests"]

_MOST_PAIRS = 10**11  # of periods, of all series and permutations: a minute
_BYTES_OF_A_CELL = 100
_PER_MILLION = 1_000_000.0
_TESTS = ("tau", "variation")
_COUNTS = ("periods", "documents", "words", "hits", "occurrences")
_COLUMNS = (
    *("pattern", *_COUNTS, "rate", "rate_low", "rate_high", "change", "change_low", "change_high"),
    *("tau", "autocorrelation", "tau_p_value", "tau_p_adjusted"),
    *("variation", "variation_low", "variation_high", "variation_p_value", "variation_p_adjusted"),
)


def trend_tests(
    corpus: CorpusView,
    patterns: str | Sequence[str] | Mapping[str, str],
    *,
    unit: str = "word",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    by: str | None = None,
    every: str = "week",
    week_start: str = "monday",
    date: str = "date",
    count: str = "words",
    correction: str | None = "holm",
    confidence: float = 0.95,
    n_permutations: int = 999,
    seed: int = 0,
) -> pl.DataFrame:
    """Test whether the rates of patterns rise, fall or vary over time: one row for a whole series of `ck.trend`.

    Two questions have two tests, each beside its effect size. Does the rate rise or fall throughout? Kendall's tau
    says how steadily, `change` how steeply. Do the periods differ at all, by more than their documents explain? The
    variation of the rates says by how much. A word of one event varies, and need neither rise nor fall.

    Both tests compare the series with what its documents give in random order (`n_permutations`), so that long
    documents, words that come in clusters, and periods with few documents are not taken for a change. tau must also
    pass the test of Mann and Kendall, whose observations are the periods; where neighbouring periods are alike
    (`autocorrelation`), fewer of them count. The formulas and their assumptions are in
    docs/howto/follow.md; those of `corpus_kit.measures.trends` compute them.

    Args:
        corpus: A Corpus or a subcorpus.
        patterns: A pattern as for `ck.kwic`, a list of patterns, or a dict of patterns by their names.
        unit: What the plain words of the patterns are: "word", "stem", "lemma" or "root", as in `ck.frequency`.
        exact: Whether to compare the repaired spelling, not the folded form.
        clitics: Whether to match words with clitics too; requires `corpus.annotate()`. Of words only.
        within: The unit of text that a hit may not cross: "sentence", "paragraph" or "document".
        by: A metadata column; each of its values is tested by itself.
        every: The length of a period, as in `ck.trend`.
        week_start: The first day of a week: "monday", "sunday" or "saturday".
        date: The metadata column of dates.
        count: What the rate counts: occurrences among "words", or "documents" with the pattern.
        correction: The correction for testing all rows of the table at once, of each test by itself: "holm",
            "bonferroni", "benjamini_hochberg", or None.
        confidence: Confidence level of the intervals.
        n_permutations: The number of random orders of the documents. 0 leaves only the formulas, Mann and Kendall's and
            the F-test, which are right for many documents of similar length in each period.
        seed: The seed of the orders; the same seed gives the same p-values.

    Returns:
        A DataFrame, one row a pattern and group, with the columns [by, under its own name,] pattern (String), periods
        (Int64: those with documents), documents, words, hits, occurrences (Int64) and rate, rate_low, rate_high
        (Float64) of all periods together, as in `ck.trend`; change (Float64: the factor by which the rate changes from
        period to period, 1.02 is 2 percent more), change_low, change_high; tau (Float64: from -1, falling throughout,
        to 1, rising throughout), autocorrelation (Float64: how alike neighbouring periods are, from 0 to 0.9, for which
        tau_p_value and the interval of change allow), tau_p_value, tau_p_adjusted; variation (Float64: the standard
        deviation of the rates as a share of the mean, 0 if documents explain all differences), variation_low,
        variation_high, variation_p_value, variation_p_adjusted. Null where it is not defined, as with too few periods
        or without hits; tau_p_adjusted and variation_p_adjusted are left out with correction=None. Order: patterns as
        given, groups by first occurrence.

    Raises:
        InputError: If an argument is invalid, there are no dates, or there are too many periods.

    References:
        Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13, 245-259.

        Hamed, K. H. & Rao, A. R. (1998). A modified Mann-Kendall trend test for autocorrelated data. Journal of
        Hydrology 204, 182-196.

        Hilpert, M. & Gries, S. Th. (2009). Assessing frequency changes in multistage diachronic corpora. Literary and
        Linguistic Computing 24, 385-401.

        McCullagh, P. & Nelder, J. A. (1989). Generalized Linear Models, 2nd ed. Chapman & Hall (change).

        Rao, J. N. K. & Scott, A. J. (1992). A simple method for the analysis of clustered binary data. Biometrics 48,
        577-585 (the test of equal rates).

        Winkler, A. M., Ridgway, G. R., Douaud, G., Nichols, T. E. & Smith, S. M. (2016). Faster permutation inference
        in brain imaging. NeuroImage 141, 502-516 (fitting the tail of a distribution of permutations).

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> tests = ck.trend_tests(ck.sample_corpus(), "المسيرات", week_start="sunday")
        >>> tests.select(pl.col("tau", "tau_p_value", "variation", "variation_p_value").round(3)).row(0)
        (0.093, 0.545, 1.353, 0.0)
    """
    if correction is not None:
        choose(correction, CORRECTIONS, "correction")
    number, seed = integer(n_permutations, "n_permutations", least=0), integer(seed, "seed", least=0)
    followed = follow(
        corpus, patterns, "ck.trend_tests", unit=unit, exact=exact, clitics=clitics, within=within, by=by, every=every,
        week_start=week_start, date=date, count=count, confidence=confidence, taken=_COLUMNS,
    )  # fmt: skip
    cells = followed.cells
    cells.expect_memory(1, _BYTES_OF_A_CELL)
    lengths = (cells.count() > 0).reshape(cells.n_groups, cells.n_periods).sum(axis=1)
    series, longest = len(followed.patterns) * cells.n_groups, int(lengths.max(initial=0))
    if len(followed.patterns) * int((lengths**2).sum()) * (1 + number) > 2 * _MOST_PAIRS:
        hint = f"There are {series:,} series of up to {longest:,} periods with documents"
        hint += f", and {number:,} permutations of each." if number else ", of which each is compared with all others."
        raise invalid("every", "a longer period", every, hint)
    occurrences = [followed.occurrences(pattern) for pattern in followed.patterns.values()]
    observed, sizes = _observations(followed, occurrences)
    nulls: Sequence[Nulls | None] = [None] * len(observed)
    if number:
        nulls = shuffled(observed, sizes, cells, of_words=count == "words", number=number, seed=seed)
    table = pl.concat([_rows(followed, *each) for each in zip(followed.patterns, occurrences, nulls, strict=True)])
    for name in _TESTS if correction is not None else ():
        place = table.columns.index(f"{name}_p_value")
        p = table[f"{name}_p_value"].fill_null(np.nan).to_numpy()
        table.insert_column(place + 1, nan_as_null(_adjusted(p, str(correction))).alias(f"{name}_p_adjusted"))
    return followed.attach(table, "ck.trend_tests", correction=correction, n_permutations=number, seed=seed)


def _observations(followed: Followed, occurrences: Sequence[Integers]) -> tuple[list[Floats], Floats]:
    """Return what rates count in each document, for each pattern, and the sizes of documents."""
    if followed.count == "words":
        return [each.astype(np.float64) for each in occurrences], followed.words.astype(np.float64)
    return [(each > 0).astype(np.float64) for each in occurrences], np.ones(len(followed.words))


def _rows(followed: Followed, name: str, occurrences: Integers, nulls: Nulls | None) -> pl.DataFrame:
    """Return the rows of a pattern."""
    cells, words = followed.cells, followed.words
    counts: dict[str, Floats] = {
        "documents": cells.total(np.ones(len(words))),
        "words": cells.total(words),
        "hits": cells.total(occurrences > 0),
        "occurrences": cells.total(occurrences),
    }
    counts["periods"] = (counts["documents"] > 0).astype(np.float64)
    columns = [pl.Series("pattern", [name]).new_from_index(0, cells.n_groups)]
    for name in _COUNTS:
        of_groups = counts[name].reshape(cells.n_groups, cells.n_periods).sum(axis=1)
        columns.append(pl.Series(name, of_groups.astype(np.int64)))
    columns += [nan_as_null(values).alias(name) for name, values in _statistics(followed, occurrences, nulls).items()]
    return pl.DataFrame(([] if cells.labels is None else [cells.labels]) + columns)


def _statistics(followed: Followed, occurrences: Integers, nulls: Nulls | None) -> dict[str, Floats]:
    """Return the rate and the tests of each group."""
    special = special_functions()

    cells, confidence, of_words = followed.cells, followed.confidence, followed.count == "words"
    [x], n = _observations(followed, [occurrences])
    if of_words:
        found, size, *rest = effective_counts(x, n, cells.group, cells.n_groups, confidence)
        low, high = poisson_interval(EffectiveCounts(found, size, *rest), confidence)
    else:
        found, size = (np.bincount(cells.group, each, cells.n_groups).astype(np.float64) for each in (x, n))
        low, high = wilson(found, size, confidence)
    shape = cells.n_groups, cells.n_periods
    counts, sizes = cells.total(x), cells.total(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, rates = found / size, counts / sizes
        squares = cells.total(np.where(n > 0, x - rates[cells.cell] * n, 0.0) ** 2)
    tau, tau_p = mann_kendall(rates.reshape(shape))
    documents, independent = cells.total(n > 0), rate if of_words else rate * (1 - rate)
    series = counts.reshape(shape), sizes.reshape(shape), squares.reshape(shape), documents.reshape(shape)
    upper = upper_quantile(confidence)
    quantiles = None if nulls is None else (nulls.f.quantile(1 - upper), nulls.f.quantile(upper))
    varied = variation(*series, independent, confidence, quantiles)
    variation_p = varied.p_value
    if nulls is not None:
        tau_p = np.where(np.isnan(tau_p), np.nan, np.maximum(tau_p, nulls.s.p_value_of_s()))
        variation_p = np.where(np.isnan(variation_p), np.nan, nulls.f.p_value())
    alike = autocorrelation(rates.reshape(shape))
    wider = np.sqrt((1 + alike) / (1 - alike))
    tau_p = np.minimum(2 * special.ndtr(special.ndtri(tau_p / 2) / wider), 1.0)
    change = growth(*series[:2], confidence, varied.design_effect)
    with np.errstate(all="ignore"):
        low_change, high_change = (change.value * (end / change.value) ** wider for end in (change.low, change.high))
    scale = _PER_MILLION if of_words else 1.0
    return {
        "rate": rate * scale, "rate_low": low * scale + 0.0, "rate_high": high * scale,  # + 0.0 turns -0.0 into 0.0
        "change": change.value, "change_low": low_change, "change_high": high_change,
        "tau": tau, "autocorrelation": alike, "tau_p_value": tau_p,
        "variation": varied.value, "variation_low": varied.low, "variation_high": varied.high,
        "variation_p_value": variation_p,
    }  # fmt: skip


def _adjusted(p: Floats, correction: str) -> Floats:
    """Return p-values corrected for their number; NaN is no test."""
    result, there = np.full(len(p), np.nan), ~np.isnan(p)
    result[there] = CORRECTIONS[correction](p[there], None)
    return result
