"""Documents in cells: the groups of a metadata column, each divided into periods.

Everything that is counted by group and period is counted here, for all cells at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array, Floats, Integers, Numbers
from corpus_kit.analysis.asked_units import warn_of_other_words
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import corpus_groups
from corpus_kit.analysis.spread import renumber
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose, invalid, nearest, warn
from corpus_kit.machine.memory import expect_memory
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import Pattern, parse_pattern
from corpus_kit.search.hits import hits_per_document
from corpus_kit.search.matching import find
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.periods import (
    EVERY,
    SHORTER_THAN_YEARS,
    WEEK_STARTS,
    all_periods,
    are_only_years,
    partial_periods,
    period_of,
)
from corpus_kit.text.token_flags import UNITS

__all__ = ["Cells", "cells_of", "document_dates", "occurrences_of", "patterns_of", "record_of_patterns", "words_of"]


@dataclass(frozen=True, eq=False)
class Cells:
    """The documents of a corpus in cells.

    Attributes:
        documents: The row numbers of the documents that are counted, ascending (UInt32).
        cell: The cell of each: the number of its group times the number of periods, plus that of its period.
        labels: The label of each group, by first occurrence in the whole corpus; None if there is one group without a
            label.
        periods: The first day of each period; None if there are no periods.
        partial: Whether each period begins before the first date or ends after the last one; None without periods.
        undated: How many documents were left out, since they have no date.
        total_documents: The number of documents of the whole corpus, counted or not.
    """

    documents: Numbers
    cell: Integers
    labels: pl.Series | None
    periods: pl.Series | None
    partial: npt.NDArray[np.bool_] | None
    undated: int
    total_documents: int

    @property
    def n_groups(self) -> int:
        """The number of groups."""
        return 1 if self.labels is None else len(self.labels)

    @property
    def n_periods(self) -> int:
        """The number of periods; without any, all time is one."""
        return 1 if self.periods is None else len(self.periods)

    def __len__(self) -> int:
        """Return the number of cells."""
        return self.n_groups * self.n_periods

    @property
    def group(self) -> Integers:
        """The group of each document."""
        return self.cell // max(self.n_periods, 1)

    def label_columns(self, cells: Integers | None = None) -> list[pl.Series]:
        """Return the labels of some cells, or of all, as a column; no column if there are no labels."""
        cells = np.arange(len(self)) if cells is None else cells
        return [] if self.labels is None else [self.labels.gather(cells // max(self.n_periods, 1))]

    def period_columns(self, cells: Integers | None = None) -> list[pl.Series]:
        """Return the periods of some cells, or of all, as a column; no column if there are no periods."""
        cells = np.arange(len(self)) if cells is None else cells
        return [] if self.periods is None else [self.periods.gather(cells % max(self.n_periods, 1))]

    def count(self) -> Integers:
        """Return the number of documents in each cell."""
        return np.bincount(self.cell, minlength=len(self)).astype(np.int64)

    def total(self, values: Array) -> Floats:
        """Return the sum of the values of documents in each cell; sums of integers are exact below 2^53."""
        return np.bincount(self.cell, values, len(self)).astype(np.float64)

    def expect_memory(self, tables: int, bytes_of_a_row: int) -> None:
        """Refuse tables with a row for each cell that would not fit into memory."""
        expect_memory(
            tables * len(self) * bytes_of_a_row,
            f"A table of {self.n_groups:,} groups in {self.n_periods:,} periods",
            "Use longer periods, fewer patterns, or a column with fewer values",
        )


def cells_of(
    corpus: CorpusView,
    function: str,
    *,
    by: object = None,
    every: object = None,
    week_start: object = "monday",
    date: object = "date",
    taken: Collection[str] = (),
) -> Cells:
    """Return the documents of a corpus in cells. Without `every`, undated documents are counted too.

    Args:
        corpus: A corpus.
        function: The public name of the analysis, for the warning of undated documents.
        by: The metadata column whose values are the groups, or None.
        every: The length of a period, as in `period_of`, or None.
        week_start: The first day of a week.
        date: The metadata column of dates.
        taken: The columns of the table to which the labels become a column.

    Raises:
        InputError: If an argument is invalid, or there are no dates.
    """
    choose(week_start, WEEK_STARTS, "week_start")
    groups = None if by is None else corpus_groups(corpus, by, taken)
    documents, undated, place, periods, partial = corpus.selected_documents(), 0, None, None, None
    if every is not None:
        choose(every, EVERY, "every")
        dates = document_dates(corpus, date, function).gather(documents)
        dated = dates.is_not_null().to_numpy()
        documents, undated = documents[dated], int((~dated).sum())
        dates = dates.drop_nulls()
        if every in SHORTER_THAN_YEARS and are_only_years(dates):
            hint = "as of sources that give only the year: every='year' or longer suits them"
            warn(f"{function}: all dates are the first day of a year, {hint}", stacklevel=None)
        periods = all_periods(dates, str(every), str(week_start))
        partial = partial_periods(dates, periods, str(every), str(week_start))
        first = period_of(dates, str(every), str(week_start)).to_physical().to_numpy()
        place = np.searchsorted(periods.to_physical().to_numpy(), first)
    group, labels = np.zeros(len(documents), np.int64), None
    if groups is not None:
        numbers, group = renumber(groups.of_document[documents], len(groups.labels))
        labels = groups.labels.gather(numbers)
    cell = group * (1 if periods is None else len(periods))
    return Cells(
        documents, cell if place is None else cell + place, labels, periods, partial, undated, corpus.total_documents
    )


def document_dates(corpus: CorpusView, date: Any, what: str) -> pl.Series:
    """Return the publication date of every document of the corpus (Date, null if unknown).

    Times are cut to days, in their own time zone. Warns of selected documents without a date.

    Args:
        corpus: A corpus.
        date: The metadata column.
        what: The analysis, for the warning.

    Raises:
        InputError: If there is no such column, or it has no dates.
    """
    expected = "a metadata column of dates"
    if not isinstance(date, str) or date not in corpus.label_columns():
        hint = "There is no such column: build the corpus with date=, or name another."
        raise invalid("date", expected, date, nearest(date, corpus.label_columns()) or hint)
    dates = corpus.labels(date, selected=False)
    if dates.dtype not in (pl.Date, pl.Datetime, pl.Null):
        raise invalid("date", expected, date, f"It holds {dates.dtype}: build the corpus with date={date!r}.")
    # of a time with a time zone the day there, which a cast would take in UTC
    dates = dates.dt.date() if dates.dtype == pl.Datetime else dates.cast(pl.Date)
    missing = dates.gather(corpus.selected_documents()).null_count()
    if missing and missing == len(corpus):
        raise invalid("date", expected, date, "It is empty for these documents.")
    if missing:
        warn(f"{what}: {missing:,} of {len(corpus):,} documents have no date", stacklevel=None)
    return dates


def patterns_of(
    corpus: CorpusView,
    given: object,
    function: str,
    name: str = "pattern",
    *,
    unit: str,
    exact: bool,
    clitics: bool,
    within: str,
) -> dict[str, Pattern]:
    """Return the patterns that a user passed by their names, and warn of words that are none of the unit.

    The name of a pattern is its text, unless they were passed as a dict of names.

    Args:
        corpus: The corpus that is searched.
        given: What was passed.
        function: The public name of the analysis, for the warning.
        name: The argument, for messages.
        unit: What plain words are.
        exact: Whether repaired spelling is compared.
        clitics: Whether words with clitics are found, too.
        within: The unit of text that a hit may not cross.

    Raises:
        InputError: If it is not a pattern, a list of different ones or a dict of them, or an option is invalid.
    """
    choose(within, UNITS, "within")
    if not isinstance(given, str | Sequence | Mapping) or (not given and not isinstance(given, str)):
        raise invalid(name, "a pattern or a list of patterns, or a dict of named ones", given)
    texts = dict(given) if isinstance(given, Mapping) else {}
    for each in (given,) if isinstance(given, str) else () if texts else given:
        if not isinstance(each, str):
            raise invalid(name, "a str", each)
        if each in texts:
            raise invalid(name, "a list of different patterns", given)
        texts[each] = each
    for label, each in texts.items() if isinstance(given, Mapping) else ():
        if not isinstance(each, str) or not isinstance(label, str) or not label.strip():
            raise invalid(name, "a dict of patterns by their names", given)
    shared: dict[str, Any] = {"unit": unit, "exact": exact, "clitics": clitics, "names": names_of(corpus)}
    patterns = {label: parse_pattern(each, **shared) for label, each in texts.items()}
    warn_of_other_words(corpus, list(patterns.values()), unit, function)
    return patterns


def record_of_patterns(patterns: Mapping[str, Pattern]) -> list[str] | dict[str, str]:
    """Return what a record says of patterns: their texts, by their names if they have others."""
    texts = {name: pattern.text for name, pattern in patterns.items()}
    return texts if any(name != text for name, text in texts.items()) else list(texts)


def occurrences_of(
    corpus: CorpusView, pattern: Pattern, within: str, documents: Numbers, *, unit: str = "word"
) -> Integers:
    """Return how often a pattern occurs in each of some documents, which are selected ones. Warns if it never does."""
    with reading(corpus.path):
        hits = find(corpus, pattern, within=within)
        counts = hits_per_document(corpus, hits)
    if not len(hits) and len(corpus):
        from corpus_kit.search.hints import warn_of_nothing  # slow to load

        warn_of_nothing(corpus, pattern, unit=unit, within=within)
    return counts[documents]


def words_of(corpus: CorpusView, normalizer: Normalizer | None, documents: Numbers) -> Integers:
    """Return the number of words of some documents, which are selected ones."""
    counted = CountedWords(corpus, normalizer)
    if len(documents) == len(counted.documents):
        return counted.sizes
    return counted.sizes[np.searchsorted(counted.documents, documents)]
