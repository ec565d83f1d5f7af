"""trend: rates of patterns over time, by group."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import proportion
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit.analysis.cells import Cells, cells_of, occurrences_of, patterns_of, record_of_patterns, words_of
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose
from corpus_kit.measures.evaluation import upper_quantile
from corpus_kit.measures.proportions import wilson
from corpus_kit.measures.rates import effective_counts, poisson_interval
from corpus_kit.query.patterns import Pattern
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.periods import EVERY

__all__ = ["Followed", "follow", "trend"]

_COUNTED = ("words", "documents")
_PER_MILLION = 1_000_000.0
_BYTES_OF_A_ROW = 250
_COLUMNS = (
    *("pattern", "period", "documents", "words", "hits", "occurrences", "rate", "rate_low", "rate_high"),
    *("log_ratio", "log_ratio_low", "log_ratio_high", "partial"),
)


def trend(
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
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Compute how often patterns occur in each period, with intervals and the change from the period before.

    Every group has all periods from the first to the last of the corpus, also those without a hit, whose interval says
    how rare the pattern may be there, and those without a document, whose rate is null. `ck.trend_tests`, with the same
    arguments, tests whether a whole series rises, falls or varies; `ck.news.bursts` finds the periods of a raised rate;
    `ck.plot.trend` draws the table. Documents without a date are left out, with a warning.

    Args:
        corpus: A Corpus or a subcorpus.
        patterns: A pattern as for `ck.kwic`, or a list of patterns, each with rows of its own; or a dict of patterns by
            their names, which then stand in the table and in plots.
        unit: What the plain words of the patterns are: "word", "stem", "lemma" or "root", as in `ck.frequency`. Rates
            are per million words with each of them.
        exact: Whether to compare the repaired spelling, not the folded form.
        clitics: Whether to match words with clitics too; requires `corpus.annotate()`. Of words only.
        within: The unit of text that a hit may not cross: "sentence", "paragraph" or "document".
        by: A metadata column; each of its values has its own rates.
        every: The length of a period: "day", "week", "month", "quarter", "year", "decade" (1990 to 1999), "century"
            (1900 to 1999), "hijri_month", "hijri_year" or "hijri_century" (301 to 400 AH).
        week_start: The first day of a week: "monday", "sunday" or "saturday".
        date: The metadata column of dates.
        count: What the rate counts: occurrences among "words", or "documents" with the pattern.
        confidence: Confidence level of the intervals.

    Returns:
        A DataFrame, one row a pattern, group and period, with the columns [by, under its own name,] pattern (String),
        period (Date: its first day), documents and words (Int64: all in the group and period), hits (Int64: documents
        with the pattern), occurrences (Int64), rate (Float64: occurrences per million words, or share of documents from
        0 to 1; null if there are none), rate_low and rate_high (Float64: for words the Poisson interval of effective
        counts, since the words of a document are not independent (see docs/howto/follow.md); for documents Wilson's),
        log_ratio (Float64: the binary logarithm of the rate divided by that of the period before; 1 is twice as
        frequent), log_ratio_low and log_ratio_high (Float64: its interval). A count of 0 is half an event in a log
        ratio: 0.5 documents, or half of the w occurrences that come together in the period beside it (see
        docs/howto/follow.md), so that one document is no change; it is null for the first period, beside a period
        without documents, and between two counts of 0; partial (Boolean: whether the period begins before the first
        date of the documents or ends after the last).
        Order: patterns as given, groups by first occurrence, periods.

    Raises:
        InputError: If an argument is invalid, there are no dates, or the table would not fit into memory.

    References:
        Cochran, W. G. (1977). Sampling Techniques, 3rd ed., ch. 6. Wiley (the variance of a rate of words in
        documents).

        Fay, M. P. & Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a method based on the
        gamma distribution. Statistics in Medicine 16, 791-801.

        Katz, D., Baptista, J., Azen, S. P. & Pike, M. C. (1978). Obtaining confidence intervals for the risk ratio in
        cohort studies. Biometrics 34, 469-474 (the interval of the log ratio, here with effective counts).

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.trend(ck.sample_corpus(), ["هدنة", "المسيرات"], every="month")
        >>> table.filter(pattern="المسيرات")["hits"].to_list()
        [2, 2, 2, 18, 3, 3, 0]
    """
    followed = follow(
        corpus, patterns, "ck.trend", unit=unit, exact=exact, clitics=clitics, within=within, by=by, every=every,
        week_start=week_start, date=date, count=count, confidence=confidence, taken=_COLUMNS,
    )  # fmt: skip
    followed.cells.expect_memory(len(followed.patterns), _BYTES_OF_A_ROW)
    return followed.attach(pl.concat([_series(followed, *each) for each in followed.patterns.items()]), "ck.trend")


@dataclass(frozen=True, eq=False)
class Followed:
    """What `ck.trend` and `ck.trend_tests` were asked, checked.

    Attributes:
        corpus: The corpus.
        patterns: The patterns by their names.
        cells: The dated documents by group and period.
        words: The words of each of these documents.
        unit: What the plain words of the patterns are.
        within: The unit that a hit may not cross.
        count: "words" or "documents".
        confidence: Of the intervals.
        record: What was asked, for the record of the table.
    """

    corpus: CorpusView
    patterns: dict[str, Pattern]
    cells: Cells
    words: Integers
    unit: str
    within: str
    count: str
    confidence: float
    record: dict[str, Any]

    def occurrences(self, pattern: Pattern) -> Integers:
        """Return how often a pattern occurs in each document."""
        return occurrences_of(self.corpus, pattern, self.within, self.cells.documents, unit=self.unit)

    def attach(self, table: pl.DataFrame, function: str, **more: object) -> pl.DataFrame:
        """Note on a table how it was made."""
        normalizer = None if self.record["exact"] else Normalizer.preset("search")
        return attach_of_corpus(table, function, self.corpus, normalizer, self.record | more)


def follow(
    corpus: CorpusView,
    patterns: object,
    function: str,
    *,
    unit: str,
    by: object,
    every: object,
    week_start: object,
    date: object,
    count: str,
    confidence: float,
    taken: Collection[str],
    **options: Any,
) -> Followed:
    """Check the arguments of `ck.trend`, and return the documents and patterns that they select.

    Args:
        corpus: See `ck.trend`, also for the other arguments.
        patterns: The patterns.
        function: The public name of the analysis.
        unit: What plain words are.
        by: The column of groups.
        every: The length of a period.
        week_start: The first day of a week.
        date: The column of dates.
        count: What rates count.
        confidence: Of the intervals.
        taken: The columns of the table.
        **options: exact, clitics, within.
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    choose(every, EVERY, "every")
    choose(count, _COUNTED, "count")
    confidence = proportion(confidence, "confidence")
    parsed = patterns_of(corpus, patterns, function, "patterns", unit=unit, **options)
    time: dict[str, Any] = {"every": every, "week_start": week_start, "date": date}
    cells = cells_of(corpus, function, by=by, **time, taken=taken)
    record = {
        "patterns": record_of_patterns(parsed), **options, "by": by, **time, "count": count,
        "confidence": confidence, "undated": cells.undated, **unit_record(unit, corpus, patterns=parsed.values()),
    }  # fmt: skip
    words = words_of(corpus, Normalizer.preset("search"), cells.documents)
    return Followed(corpus, parsed, cells, words, unit, options["within"], count, confidence, record)


def _series(followed: Followed, name: str, pattern: Pattern) -> pl.DataFrame:
    """Return the rows of a pattern."""
    cells, words, occurrences = followed.cells, followed.words, followed.occurrences(pattern)
    documents, hits = cells.count(), cells.total(occurrences > 0)
    totals = {"words": cells.total(words), "hits": hits, "occurrences": cells.total(occurrences)}
    if followed.count == "documents":
        low, high = wilson(hits, documents, followed.confidence)
        found, size, scale, event = hits, documents.astype(np.float64), 1.0, np.ones(len(cells))
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = 1 / np.where(hits > 0, hits, 0.5) - 1 / size
    else:
        counts = effective_counts(occurrences, words, cells.cell, len(cells), followed.confidence)
        low, high = poisson_interval(counts, followed.confidence)
        found, size, scale, event = counts.occurrences, counts.words, _PER_MILLION, counts.weight
        variance = 1 / np.where(found > 0, counts.effective, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = {"rate": found / size, "rate_low": low + 0.0, "rate_high": high}  # + 0.0 turns -0.0 into 0.0
    ratios = _log_ratios(found, size, event, variance, cells.n_periods, followed.confidence)
    columns: dict[str, pl.Series] = {"pattern": pl.Series([name]).new_from_index(0, len(cells))}
    [columns["period"]], columns["documents"] = cells.period_columns(), pl.Series(documents)
    columns |= {name: pl.Series(values.astype(np.int64)) for name, values in totals.items()}
    columns |= {name: nan_as_null(values * scale) for name, values in rates.items()}
    columns |= {name: nan_as_null(values) for name, values in ratios.items()}
    assert cells.partial is not None  # of trends
    columns["partial"] = pl.Series(np.tile(cells.partial, cells.n_groups))
    return pl.DataFrame([*cells.label_columns(), *(columns[name].alias(name) for name in _COLUMNS)])


def _log_ratios(
    found: Floats, size: Floats, event: Floats, variance: Floats, n_periods: int, confidence: float
) -> dict[str, Floats]:
    """Return the binary logarithm of the ratio of each rate to that of the period before, with its interval.

    Args:
        found: What was counted in each cell.
        size: Of how much.
        event: For how many counts an independent event stands in each cell; half of it stands for a 0 beside the cell.
        variance: The variance of the natural logarithm of each rate.
        n_periods: The number of periods of a group.
        confidence: A number between 0 and 1.
    """
    z = NormalDist().inv_cdf(upper_quantile(confidence))
    ratio, half = np.full(len(found), np.nan), np.full(len(found), np.nan)
    here = np.arange(1, len(found))
    here = here[here % max(n_periods, 1) > 0]
    here = here[((found[here] > 0) | (found[here - 1] > 0)) & (size[here] > 0) & (size[here - 1] > 0)]
    before = here - 1
    now, then = (np.where(found[i] > 0, found[i], event[j] / 2) for i, j in ((here, before), (before, here)))
    ratio[here] = np.log2(now / size[here]) - np.log2(then / size[before])
    half[here] = z * np.sqrt(np.maximum(variance[here] + variance[before], 0.0)) / math.log(2)
    return {"log_ratio": ratio, "log_ratio_low": ratio - half, "log_ratio_high": ratio + half}
