"""Rates of words over time, and the bursts among them (Kleinberg 2002).

A count says little if the number of documents changes from week to week, as it does in crawled news. So rates are shown
and modelled: the share of documents of a period that contain the pattern, or occurrences among its words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import proportion
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.records import attach
from corpus_kit.analysis.asked_units import warn_of_other_words
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import corpus_labels, expect_few_groups, groups_of
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.corpus import storage
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, choose, invalid, warn
from corpus_kit.machine.memory import expect_memory
from corpus_kit.measures.proportions import wilson
from corpus_kit.news.arguments import bounded_number
from corpus_kit.news.periods import EVERY, WEEK_STARTS, all_periods, period_of
from corpus_kit.news.running_text import document_dates, documents_of
from corpus_kit.search.matching import find
from corpus_kit.search.patterns import Pattern, parse_pattern
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.token_flags import UNITS

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
    pattern: str | Sequence[str],
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
        pattern: A pattern as for `ck.kwic`, or a list of patterns, each with its own bursts.
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
    choose(week_start, WEEK_STARTS, "week_start")
    choose(count, COUNTED, "count")
    choose(within, UNITS, "within")
    shared: dict[str, Any] = {"unit": unit, "exact": exact, "clitics": clitics}
    shared |= {"layers": corpus.layers, "given": corpus.has_given_tokens}
    patterns = [parse_pattern(each, **shared) for each in _patterns(pattern)]
    warn_of_other_words(corpus, patterns, unit, "ck.news.bursts")
    raised, cost = bounded_number(s, "s", above=1), bounded_number(gamma, "gamma", least=0)
    confidence = proportion(confidence, "confidence")
    dates = document_dates(corpus, date, "ck.news.bursts")
    batches = _Batches(corpus, dates, by, every, week_start)
    frames, lowered = [], []
    for each in patterns:
        for label, counted in batches.of(each, within):
            frame = _rates(counted, count, confidence)
            hits, trials = (
                (counted.hits, counted.documents) if count == "documents" else (counted.occurrences, counted.words)
            )
            rates = _two_rates(hits, trials, raised)
            if rates and raised * rates[0] >= 1:
                lowered.append(repr(each.text) if label is None else f"{each.text!r} in {by}={label[0]!r}")
            frame = _with_bursts(frame, *_two_states(hits, trials, rates, cost))
            frame.insert_column(0, pl.Series("pattern", [each.text]).new_from_index(0, frame.height))
            frames.append(frame if label is None else frame.insert_column(0, label.new_from_index(0, frame.height)))
    if lowered:
        named = ", ".join(lowered[:3]) + (f" and {len(lowered) - 3} more" if lowered[3:] else "")
        warn(
            f"ck.news.bursts: {raised:g} times the usual rate is 1 or more for {named}; the raised rate is half-way "
            "between the usual one and 1",
            stacklevel=2,
        )
    table = pl.concat(frames) if frames else _empty(corpus, by)
    options = {
        "pattern": [each.text for each in patterns], "every": every, "date": date, "count": count, "by": by,
        "s": raised, "gamma": cost, "week_start": week_start, "exact": exact, "clitics": clitics, "within": within,
        "confidence": confidence, "undated": batches.undated, "subcorpus": corpus.selection,
        **unit_record(unit, corpus, patterns=patterns),
    }  # fmt: skip
    return attach(
        table,
        "ck.news.bursts",
        options,
        corpus_id=corpus.id,
        profile_digest=None if exact else Normalizer.preset("search").digest,
    )


def _patterns(pattern: object) -> list[str]:
    """Return the patterns that a user passed; a single pattern is a list of one."""
    if isinstance(pattern, str):
        return [pattern]
    if not isinstance(pattern, Sequence) or not pattern:
        raise invalid("pattern", "a pattern or a list of patterns", pattern)
    for each in pattern:
        if not isinstance(each, str):
            raise invalid("pattern", "a str", each)
    if len(set(pattern)) < len(pattern):
        raise invalid("pattern", "a list of different patterns", pattern)
    return list(pattern)


def _empty(corpus: CorpusView, by: str | None) -> pl.DataFrame:
    """Return the table of `bursts` without rows."""
    label = [] if by is None else [corpus_labels(corpus, by, _SCHEMA).clear()]
    return pl.DataFrame([*label, *pl.DataFrame(schema=_SCHEMA).get_columns()])


# ----------------------------------------------------------------------------------- counting


class _Counts(NamedTuple):
    """The counts of each period; arrays in the order of the periods."""

    periods: pl.Series
    documents: Integers
    words: Integers
    hits: Integers
    occurrences: Integers


class _Batches:
    """The documents of a corpus by period, and by group if there are groups."""

    def __init__(self, corpus: CorpusView, dates: pl.Series, by: str | None, every: str, week_start: str) -> None:
        self.corpus = corpus
        selected = corpus.selected_documents()
        dated = dates.is_not_null().to_numpy()[selected]
        self.documents = selected[dated]
        self.undated = int((~dated).sum())
        self.periods = all_periods(dates.gather(self.documents), every, week_start)
        of_document = period_of(dates, every, week_start).to_frame("period")
        numbered = self.periods.to_frame("period").with_row_index("number")
        period_number = of_document.join(numbered, on="period", how="left", maintain_order="left")["number"]
        self.period_of = period_number.fill_null(0).to_numpy().astype(np.int64)  # undated documents are never looked up
        self.labels: pl.Series | None = None
        self.group_of = np.zeros(len(dates), np.int64)
        if by is not None:
            groups = groups_of(corpus_labels(corpus, by, _SCHEMA), len(dates))
            self.labels, self.group_of = groups.labels, groups.of_document.astype(np.int64)
        of_dated = self.group_of[self.documents]
        order = np.argsort(of_dated, kind="stable")
        numbers, first = np.unique(of_dated[order], return_index=True)
        expect_few_groups(by, len(numbers), "finding bursts")
        expect_memory(
            len(numbers) * len(self.periods) * _BYTES_OF_A_ROW,
            f"A table of {len(numbers):,} groups in {len(self.periods):,} periods",
            "Use longer periods, or a column with fewer values",
        )
        self.groups = list(zip(numbers.tolist(), np.split(self.documents[order], first[1:]), strict=False))
        counted = CountedWords(corpus, Normalizer.preset("search"))
        self.words = np.zeros(len(dates), np.int64)
        self.words[counted.documents] = counted.sizes

    def of(self, pattern: Pattern, within: str) -> Iterator[tuple[pl.Series | None, _Counts]]:
        """Yield the label of each group, as a column of one row, and the counts of its periods."""
        with storage.reading(self.corpus.path):
            found = find(self.corpus, pattern, within=within)
            holders = documents_of(self.corpus, found.first)
        occurrences = np.bincount(holders, minlength=len(self.words)).astype(np.int64)
        for group, documents in self.groups:
            label = None if self.labels is None else self.labels[group : group + 1]
            yield label, self.counts(documents, occurrences)

    def counts(self, documents: npt.NDArray[np.uint32], occurrences: Integers) -> _Counts:
        """Count what the periods contain of some documents."""
        of = self.period_of[documents]

        def total(values: Integers) -> Integers:
            sums = np.zeros(len(self.periods), np.int64)
            np.add.at(sums, of, values)
            return sums

        ones = np.ones(len(documents), np.int64)
        found = occurrences[documents]
        return _Counts(
            self.periods, total(ones), total(self.words[documents]), total((found > 0).astype(np.int64)), total(found)
        )


def _rates(counted: _Counts, count: str, confidence: float) -> pl.DataFrame:
    """Return the counts of periods with their rates and intervals."""
    successes, trials = (
        (counted.hits, counted.documents) if count == "documents" else (counted.occurrences, counted.words)
    )
    more = np.flatnonzero(successes > trials)
    if len(more):
        raise InputError(
            f"count must be 'documents' for a pattern that is more frequent than words, got 'words': it occurs "
            f"{successes[more[0]]:,} times in {trials[more[0]]:,} words in the period {counted.periods[int(more[0])]}."
        )
    scale = 1.0 if count == "documents" else _PER_MILLION
    low, high = wilson(successes, trials, confidence)
    with np.errstate(invalid="ignore"):
        rates = {"rate": successes / trials, "rate_low": low + 0.0, "rate_high": high}  # + 0.0 turns -0.0 into 0.0
    columns = counted._asdict() | {name: pl.Series(each * scale, nan_to_null=True) for name, each in rates.items()}
    return pl.DataFrame({"period" if name == "periods" else name: each for name, each in columns.items()})


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
    """Add the columns state, burst, burst_number and weight."""
    raised = states == 1
    begins = raised & ~np.concatenate(([False], raised[:-1]))
    number = np.cumsum(begins)
    weight = np.zeros(int(number.max(initial=0)) + 1)
    np.add.at(weight, number[raised], saved[raised])
    return frame.with_columns(
        state=pl.Series(states, dtype=pl.UInt8),
        burst=pl.Series(raised),
        burst_number=pl.Series(number, dtype=pl.UInt32),
        weight=pl.Series(weight[number]),
    ).with_columns(pl.when("burst").then(pl.col("burst_number", "weight")))
