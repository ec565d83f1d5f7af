"""Rates of words over time, and the bursts among them (Kleinberg 2002).

A count says little where the number of documents changes from week to week, as it does in whatever was crawled. So
rates are shown and modelled: of the documents of a period, how many hold the pattern; or of its words, how many.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import storage
from corpus_kit._statistics import positive_share
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import CountedWords
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import UNITS
from corpus_kit.grouping import corpus_labels, groups_of
from corpus_kit.matching import find
from corpus_kit.measures.proportions import wilson
from corpus_kit.news.periods import EVERY, WEEK_STARTS, all_periods, period_of
from corpus_kit.news.running_text import document_dates, documents_of
from corpus_kit.normalization import Normalizer
from corpus_kit.patterns import Pattern, parse_pattern
from corpus_kit.provenance import attach

__all__ = ["bursts"]

COUNTED = ("documents", "words")
_PER_MILLION = 1_000_000.0
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

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def bursts(
    corpus: CorpusView,
    pattern: str | Sequence[str],
    *,
    every: str = "week",
    date: str = "date",
    unit: str = "documents",
    by: str | None = None,
    s: float = 2.0,
    gamma: float = 1.0,
    week_start: str = "monday",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Say how often a pattern occurs in each period, and in which periods it bursts.

    The model has two states: the usual rate p0 (of all periods together) and the raised rate p1 = s * p0. In each
    period the number of hits is binomial with the rate of its state; to go up to the raised state costs
    gamma * ln(number of periods), to go down costs nothing. The bursts are the periods of the raised state in
    the sequence that costs least. Where s * p0 is 1 or more, p1 is half-way between p0 and 1, and a warning
    says so.

    Args:
        corpus: a Corpus or a subcorpus.
        pattern: a pattern of the language of `ck.kwic`, or a list of them, each with its own bursts.
        every: the length of a period: "day", "week" or "month".
        date: the metadata column of dates.
        unit: what is counted: "documents" that hold the pattern, or its occurrences among the "words".
        by: a metadata column; each of its values has its own rates and bursts.
        s: how many times the usual rate the raised one is; more than 1.
        gamma: how hard it is to go up; 0 or more. More of it gives fewer and longer bursts.
        week_start: the day on which a week begins: "monday", "sunday" or "saturday".
        exact: compare the repaired spelling, not the folded form.
        clitics: also find the words with clitics; needs `corpus.annotate()`.
        within: the unit of text that a hit may not leave: "sentence", "paragraph" or "document".
        confidence: of the intervals.

    Returns:
        A DataFrame, one row a period, from the first to the last of the corpus with no gap, with the columns [the
        label, named as its column,] pattern (String), period (Date: its first day), documents and words (Int64:
        all in the period), hits (Int64: documents with the pattern), occurrences (Int64), rate (Float64: share of
        documents from 0 to 1, or occurrences per million words; null where the period is empty), rate_low and rate_high
        (Float64: Wilson's interval of the rate; for words it takes occurrences as independent of one another,
        which they are not), state (UInt8: 1 is raised), burst (Boolean), burst_number (UInt32, from 1; null
        outside), weight (Float64: the cost that the whole burst saves against the usual state; null outside).
        Order: patterns as given, groups by first occurrence, periods.

    Raises:
        InputError: no dates, an unknown period or unit, s or gamma out of range, a pattern that cannot be read or
            is there twice, more occurrences than words in a period.

    Warns:
        UserWarning: documents without a date, which are left out; s * p0 of 1 or more.

    Source: Kleinberg, J. (2002). Bursty and hierarchical structure in streams. Proceedings of the 8th ACM SIGKDD
    conference, 91-101 (the automaton for batched arrivals).

    >>> import corpus_kit as ck
    >>> table = ck.news.bursts(ck.sample_corpus(), "المسيرات", week_start="sunday")
    >>> table.filter("burst")["period"].dt.to_string().to_list()
    ['2026-04-05', '2026-04-12', '2026-04-19']
    """
    expect_corpus(corpus, "news.bursts")
    choose(every, EVERY, "period")
    choose(week_start, WEEK_STARTS, "week_start")
    choose(unit, COUNTED, "unit")
    choose(within, UNITS, "within")
    patterns = [parse_pattern(each, exact=exact, clitics=clitics) for each in _patterns(pattern)]
    raised, cost = _number(s, "s", above=1), _number(gamma, "gamma", least=0)
    confidence = positive_share(confidence, "confidence")
    dates = document_dates(corpus, date, "news.bursts")
    batches = _Batches(corpus, dates, by, every, week_start)
    frames, lowered = [], []
    for each in patterns:
        for label, counted in batches.of(each, within):
            frame = _rates(counted, unit, confidence)
            hits, trials = (
                (counted.hits, counted.documents) if unit == "documents" else (counted.occurrences, counted.words)
            )
            rates = _two_rates(hits, trials, raised)
            if rates and raised * rates[0] >= 1:
                lowered.append(repr(each.text) if label is None else f"{each.text!r} in {by}={label[0]!r}")
            frame = _with_bursts(frame, *_two_states(hits, trials, rates, cost))
            frame.insert_column(0, pl.Series("pattern", [each.text]).new_from_index(0, frame.height))
            frames.append(frame if label is None else frame.insert_column(0, label.new_from_index(0, frame.height)))
    if lowered:
        named = ", ".join(lowered[:3]) + (f" and {len(lowered) - 3} more" if lowered[3:] else "")
        warnings.warn(
            f"news.bursts: {raised:g} times the usual rate is 1 or more, which is no rate, for {named}; "
            "the raised rate is half-way from the usual one to 1",
            stacklevel=2,
        )
    table = pl.concat(frames) if frames else _empty(corpus, by)
    options = {
        "pattern": [each.text for each in patterns], "every": every, "date": date, "unit": unit, "by": by, "s": raised,
        "gamma": cost, "week_start": week_start, "exact": exact, "clitics": clitics, "within": within,
        "confidence": confidence, "undated": batches.undated, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(
        table,
        "ck.news.bursts",
        options,
        corpus_id=corpus.id,
        profile_digest=None if exact else Normalizer.preset("search").digest,
    )


def _patterns(pattern: object) -> list[str]:
    """One pattern is a list of one."""
    if isinstance(pattern, str):
        return [pattern]
    if not isinstance(pattern, Sequence) or not pattern:
        raise InputError(f"pattern takes a pattern or a list of them, not {type(pattern).__name__}: {pattern!r:.60}")
    given = list(pattern)
    twice = [each for each in given if given.count(each) > 1]
    if twice:
        raise InputError(f"the list of patterns holds {twice[0]!r:.60} twice")
    return given


def _number(value: object, name: str, *, above: float | None = None, least: float | None = None) -> float:
    """A finite number above or from a bound."""
    bound = f"above {above:g}" if above is not None else f"from {least:g}"
    fits = isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or (above is not None and value <= above) or (least is not None and value < least):  # type: ignore[operator]
        raise InputError(f"{name}= takes a number {bound}, not {value!r:.60}")
    return float(value)  # type: ignore[arg-type]


def _empty(corpus: CorpusView, by: str | None) -> pl.DataFrame:
    label = [] if by is None else [corpus_labels(corpus, by, _SCHEMA).clear()]
    return pl.DataFrame([*label, *pl.DataFrame(schema=_SCHEMA).get_columns()])


# ----------------------------------------------------------------------------------- counting


class _Counts(NamedTuple):
    """What each period holds; arrays in the order of the periods."""

    periods: pl.Series
    documents: Integers
    words: Integers
    hits: Integers
    occurrences: Integers


class _Batches:
    """The documents of a corpus in periods, and in groups where these are asked for."""

    def __init__(self, corpus: CorpusView, dates: pl.Series, by: str | None, every: str, week_start: str) -> None:
        self.corpus = corpus
        selected = corpus.selected_documents()
        dated = dates.is_not_null().to_numpy()[selected]
        self.documents = selected[dated]
        self.undated = int((~dated).sum())
        self.periods = all_periods(dates.gather(self.documents), every, week_start)
        of_document = period_of(dates, every, week_start).to_frame("period")
        numbered = self.periods.to_frame("period").with_row_index("number")
        number = of_document.join(numbered, on="period", how="left", maintain_order="left")["number"]
        self.period_of = number.fill_null(0).to_numpy().astype(np.int64)  # of those without a date nobody asks
        self.labels: pl.Series | None = None
        self.group_of = np.zeros(len(dates), np.int64)
        if by is not None:
            groups = groups_of(corpus_labels(corpus, by, _SCHEMA), len(dates))
            self.labels, self.group_of = groups.labels, groups.of_document.astype(np.int64)
        counted = CountedWords(corpus, Normalizer.preset("search"))
        self.words = np.zeros(len(dates), np.int64)
        self.words[counted.documents] = counted.sizes

    def of(self, pattern: Pattern, within: str) -> Iterator[tuple[pl.Series | None, _Counts]]:
        """The label of each group, as a column of one row, and what its periods hold."""
        with storage.reading(self.corpus.path):
            found = find(self.corpus, pattern, within=within)
            holders = documents_of(self.corpus, found.first)
        occurrences = np.bincount(holders, minlength=len(self.words)).astype(np.int64)
        groups = self.group_of[self.documents]
        for group in np.unique(groups).tolist():
            documents = self.documents[groups == group]
            label = None if self.labels is None else self.labels[group : group + 1]
            yield label, self.counts(documents, occurrences)

    def counts(self, documents: npt.NDArray[np.uint32], occurrences: Integers) -> _Counts:
        """What the periods hold of some documents."""
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


def _rates(counted: _Counts, unit: str, confidence: float) -> pl.DataFrame:
    """The counts of periods with their rates and intervals."""
    successes, trials = (
        (counted.hits, counted.documents) if unit == "documents" else (counted.occurrences, counted.words)
    )
    more = np.flatnonzero(successes > trials)
    if len(more):
        raise InputError(
            f"unit='words': in the period {counted.periods[int(more[0])]} the pattern occurs "
            f"{successes[more[0]]:,} times in {trials[more[0]]:,} words; signs have no rate among words"
        )
    scale = 1.0 if unit == "documents" else _PER_MILLION
    low, high = wilson(successes, trials, confidence)
    with np.errstate(invalid="ignore"):
        rates = {"rate": successes / trials, "rate_low": low + 0.0, "rate_high": high}  # 0.0 makes of -0.0 a plain zero
    columns = counted._asdict() | {name: pl.Series(each * scale, nan_to_null=True) for name, each in rates.items()}
    return pl.DataFrame({"period" if name == "periods" else name: each for name, each in columns.items()})


# --------------------------------------------------------------------------------- the automaton


def _two_rates(hits: Integers, trials: Integers, s: float) -> tuple[float, float] | None:
    """The usual and the raised rate; None where the usual rate is 0 or 1, beyond which there is none."""
    usual = float(hits.sum() / trials.sum()) if trials.sum() else 0.0
    if usual in (0.0, 1.0):
        return None
    return usual, s * usual if s * usual < 1 else (1 + usual) / 2


def _two_states(
    hits: Integers, trials: Integers, rates: tuple[float, float] | None, gamma: float
) -> tuple[npt.NDArray[np.uint8], Floats]:
    """The cheapest sequence of states, and what the raised state saves in each period."""
    if rates is None:
        return np.zeros(len(hits), np.uint8), np.zeros(len(hits))
    saved = _saved(hits, trials, *rates)
    return _cheapest(saved, gamma * math.log(len(hits))), saved


def _saved(hits: Integers, trials: Integers, usual: float, raised: float) -> Floats:
    """How much less the raised state costs than the usual one, period by period.

    The cost is minus the logarithm of the binomial probability; its coefficient is the same in both states.
    """
    saved: Floats = hits * math.log(raised / usual) + (trials - hits) * (math.log1p(-raised) - math.log1p(-usual))
    return saved


def _cheapest(saved: Floats, ascent: float) -> npt.NDArray[np.uint8]:
    """The sequence of states of least cost (Viterbi), which begins from the usual state.

    Costs are those beyond a sequence of usual states only. Of two that cost the same it takes the lower state.
    """
    stays_up = np.zeros((len(saved), 2), np.uint8)  # the state before, of the cheapest way to each state
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
    """The columns state, burst, burst_number and weight."""
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
