"""Rates of words over time, and the bursts among them (Kleinberg 2002).

A count says little if the number of documents changes from week to week, as it does in crawled news. So rates are shown
and modelled: the share of documents of a period that contain the pattern, or occurrences among its words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import proportion
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.analysis.cells import Cells, cells_of, occurrences_of, patterns_of, record_of_patterns, words_of
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, warn
from corpus_kit.measures.proportions import wilson
from corpus_kit.news.arguments import bounded_number
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.periods import EVERY

__all__ = ["bursts"]

COUNTED = ("documents", "words")
_PER_MILLION = 1_000_000.0
_BYTES_OF_A_ROW = 300
_SCHEMA = {
    "pattern": pl.String,
    "period": pl.Date,
    "documents": pl.Int64,
    "words": pl.Int64,
    "hits": pl.Int64,
    "occurrences": pl.Int64,
    "rate": pl.Float64,
    "rate_low": pl.Float64,
    "rate_high": pl.Float64,
    "state": pl.UInt8,
    "burst": pl.Boolean,
    "burst_number": pl.UInt32,
    "weight": pl.Float64,
}


def bursts(
    corpus: CorpusView,
    pattern: str | Sequence[str] | Mapping[str, str],
    *,
    unit: str = "word",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    by: str | None = None,
    every: str = "week",
    week_start: str = "monday",
    date: str = "date",
    count: str = "documents",
    s: float = 2.0,
    gamma: float = 1.0,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Compute how often a pattern occurs in each period, and in which periods it bursts.

    The model has two states: the usual rate p0 (of all periods together) and the raised rate p1 = s * p0. The number of
    hits in a period is binomial with the rate of its state; going up to the raised state costs gamma * ln(number of
    periods), going down costs nothing. The bursts are the periods of the raised state in the sequence of least cost. If
    s * p0 is 1 or more, p1 is half-way between p0 and 1, with a warning. Documents without a date are left out, with a
    warning.

    Args:
        corpus: A Corpus or a subcorpus.
        pattern: A pattern as for `ck.kwic`, a list of patterns, or a dict of patterns by their names; each has its own
            bursts.
        unit: What the plain words of the pattern are: "word", "stem", "lemma" or "root", as in `ck.frequency`. Rates
            are per million words with each of them.
        exact: Whether to compare the repaired spelling, not the folded form.
        clitics: Whether to match words with clitics too; requires `corpus.annotate()`. Of words only.
        within: The unit of text that a hit may not cross: "sentence", "paragraph" or "document".
        by: A metadata column; each of its values has its own rates and bursts.
        every: The length of a period: "day", "week", "month", "quarter", "year", "decade" (1990 to 1999), "century"
            (1900 to 1999), "hijri_month", "hijri_year" or "hijri_century" (301 to 400 AH).
        week_start: The first day of a week: "monday", "sunday" or "saturday".
        date: The metadata column of dates.
        count: What the rate counts: "documents" with the pattern, or its occurrences among "words".
        s: The raised rate divided by the usual one; above 1.
        gamma: The cost of going up; at least 0. A larger value gives fewer and longer bursts.
        confidence: Confidence level of the intervals.

    Returns:
        A DataFrame, one row a period, from the first to the last of the corpus without gaps, with the columns [by,
        under its own name,] pattern (String), period (Date: its first day), documents and words (Int64: all in the
        period), hits (Int64: documents with the pattern), occurrences (Int64), rate (Float64: share of documents from 0
        to 1, or occurrences per million words; null if the period is empty), rate_low and rate_high (Float64: Wilson's
        interval of the rate; for words it takes occurrences as independent, which they are not), state (UInt8: 1 is
        raised), burst (Boolean), burst_number (UInt32, from 1; null outside bursts), weight (Float64: the cost that the
        whole burst saves compared with the usual state; null outside bursts). Order: patterns as given, groups by first
        occurrence, periods.

    Raises:
        InputError: If an argument is invalid, there are no dates, or a period has more occurrences than words.

    References:
        Kleinberg, J. (2002). Bursty and hierarchical structure in streams. Proceedings of the 8th ACM SIGKDD
        Conference, 91-101 (the automaton for batched arrivals).

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.bursts(ck.sample_corpus(), "المسيرات", week_start="sunday")
        >>> table.filter("burst")["period"].dt.to_string().to_list()
        ['2026-04-05', '2026-04-12', '2026-04-19']
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    choose(every, EVERY, "every")
    choose(count, COUNTED, "count")
    options: dict[str, Any] = {"exact": exact, "clitics": clitics, "within": within}
    patterns = patterns_of(corpus, pattern, "ck.news.bursts", unit=unit, **options)
    raised, cost = bounded_number(s, "s", above=1), bounded_number(gamma, "gamma", least=0)
    confidence = proportion(confidence, "confidence")
    time: dict[str, Any] = {"every": every, "week_start": week_start, "date": date}
    cells = cells_of(corpus, "ck.news.bursts", by=by, **time, taken=_SCHEMA)
    cells.expect_memory(len(patterns), _BYTES_OF_A_ROW)
    words = words_of(corpus, Normalizer.preset("search"), cells.documents)
    frames, lowered = [], []
    for name, each in patterns.items():
        occurrences = occurrences_of(corpus, each, within, cells.documents, unit=unit)
        counted = _counts(cells, words, occurrences)
        hits, trials = _counted_as(counted, count)
        frame = _rates(counted, hits, trials, count, confidence)
        states = np.zeros((cells.n_groups, cells.n_periods), np.uint8)
        saved = np.zeros(states.shape)
        for group in np.flatnonzero(hits.any(axis=1)).tolist():  # without a hit there is no burst
            rates = _two_rates(hits[group], trials[group], raised)
            if rates and raised * rates[0] >= 1:
                label = "" if cells.labels is None else f" in {by}={cells.labels[group]!r}"
                lowered.append(f"{name!r}{label}")
            states[group], saved[group] = _two_states(hits[group], trials[group], rates, cost)
        frame = _with_bursts(frame, states, saved)
        pattern_column = pl.Series("pattern", [name]).new_from_index(0, frame.height)
        frames.append(pl.DataFrame([*cells.label_columns(), pattern_column, *frame.get_columns()]))
    if lowered:
        named = ", ".join(lowered[:3]) + (f" and {len(lowered) - 3} more" if lowered[3:] else "")
        warn(
            f"ck.news.bursts: {raised:g} times the usual rate is 1 or more for {named}; the raised rate is half-way "
            "between the usual one and 1",
            stacklevel=2,
        )
    table = pl.concat(frames)
    record = {
        **options, **time, "pattern": record_of_patterns(patterns), "count": count, "by": by, "s": raised,
        "gamma": cost, "confidence": confidence, "undated": cells.undated, "subcorpus": corpus.selection,
        **unit_record(unit, corpus, patterns=patterns.values()),
    }  # fmt: skip
    return attach(
        table,
        "ck.news.bursts",
        record,
        corpus=corpus,
        profile_digest=None if exact else Normalizer.preset("search").digest,
    )


# ----------------------------------------------------------------------------------- counting


class _Counts(NamedTuple):
    """The counts of each group and period: arrays with a row for each group, in the order of the periods."""

    periods: pl.Series  # of all cells
    documents: Integers
    words: Integers
    hits: Integers
    occurrences: Integers


def _counts(cells: Cells, words: Integers, occurrences: Integers) -> _Counts:
    """Return the counts of the periods of all groups."""
    totals = [
        cells.total(values).astype(np.int64).reshape(cells.n_groups, cells.n_periods)
        for values in (np.ones_like(words), words, occurrences > 0, occurrences)
    ]
    [periods] = cells.period_columns()
    return _Counts(periods, *totals)


def _counted_as(counted: _Counts, count: str) -> tuple[Integers, Integers]:
    """Return what a rate counts, and of how much."""
    return (counted.hits, counted.documents) if count == "documents" else (counted.occurrences, counted.words)


def _rates(counted: _Counts, successes: Integers, trials: Integers, count: str, confidence: float) -> pl.DataFrame:
    """Return the counts of periods with their rates and intervals."""
    more = np.flatnonzero(successes > trials)
    if len(more):
        place = int(more[0])
        raise InputError(
            f"count must be 'documents' for a pattern that is more frequent than words, got 'words': it occurs "
            f"{successes.flat[place]:,} times in {trials.flat[place]:,} words in the period {counted.periods[place]}."
        )
    scale = 1.0 if count == "documents" else _PER_MILLION
    low, high = wilson(successes.reshape(-1), trials.reshape(-1), confidence)
    with np.errstate(invalid="ignore"):
        rate = successes.reshape(-1) / trials.reshape(-1)
    rates = {"rate": rate, "rate_low": low + 0.0, "rate_high": high}  # + 0.0 turns -0.0 into 0.0
    numbers = ("documents", "words", "hits", "occurrences")
    columns = {"period": counted.periods} | {name: pl.Series(getattr(counted, name).reshape(-1)) for name in numbers}
    return pl.DataFrame(columns | {name: nan_as_null(each * scale) for name, each in rates.items()})


# --------------------------------------------------------------------------------- the automaton


def _two_rates(hits: Integers, trials: Integers, s: float) -> tuple[float, float] | None:
    """Return the usual and the raised rate; None if the usual rate is 0 or 1 and cannot be raised."""
    usual = float(hits.sum() / trials.sum()) if trials.sum() else 0.0
    if usual in (0.0, 1.0):
        return None
    return usual, s * usual if s * usual < 1 else (1 + usual) / 2


def _two_states(
    hits: Integers, trials: Integers, rates: tuple[float, float] | None, gamma: float
) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Return the cheapest sequence of states, and what the raised state saves in each period."""
    if rates is None:
        return np.zeros(len(hits), np.uint8), np.zeros(len(hits))
    saved = _saved(hits, trials, *rates)
    return _cheapest(saved, gamma * math.log(len(hits))), saved


def _saved(hits: Integers, trials: Integers, usual: float, raised: float) -> Floats:
    """Return how much less the raised state costs than the usual one in each period.

    The cost is the negative logarithm of the binomial probability; the binomial coefficient is the same in both states.
    """
    saved: Floats = hits * math.log(raised / usual) + (trials - hits) * (math.log1p(-raised) - math.log1p(-usual))
    return saved


def _cheapest(saved: Floats, ascent: float) -> npt.NDArray[np.uint8]:
    """Return the sequence of states of least cost (Viterbi), starting from the usual state.

    Costs are relative to a sequence of usual states only. Of two states of equal cost the lower one is taken.
    """
    stays_up = np.zeros((len(saved), 2), np.uint8)  # the previous state on the cheapest path to each state
    low, high = 0.0, math.inf
    for number, saving in enumerate(saved.tolist()):
        from_low, from_high = low + ascent, high
        stays_up[number] = (high < low, from_high < from_low)
        low, high = min(low, high), min(from_low, from_high) - saving
    states = np.zeros(len(saved), np.uint8)
    state = int(high < low)
    for number in range(len(saved) - 1, -1, -1):
        states[number] = state
        state = int(stays_up[number, state])
    return states


def _with_bursts(frame: pl.DataFrame, states: npt.NDArray[np.uint8], saved: Floats) -> pl.DataFrame:
    """Add the columns state, burst, burst_number and weight of groups, which are rows of arrays."""
    raised = states == 1
    begins = raised.copy()
    begins[:, 1:] &= ~raised[:, :-1]
    number = np.cumsum(begins, axis=1)
    of_all = np.cumsum(begins).reshape(begins.shape)  # a number for each burst of all groups
    weight = np.bincount(of_all[raised], saved[raised], int(begins.sum()) + 1).astype(np.float64)
    return frame.with_columns(
        state=pl.Series(states.reshape(-1), dtype=pl.UInt8),
        burst=pl.Series(raised.reshape(-1)),
        burst_number=pl.Series(number.reshape(-1), dtype=pl.UInt32),
        weight=pl.Series(weight[of_all].reshape(-1)),
    ).with_columns(pl.when("burst").then(pl.col("burst_number", "weight")))
