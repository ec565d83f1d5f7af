"""The day of an article by its own words: a dateline, اليوم with a date, أمس الاثنين."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.analysis.cells import document_dates
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid, warn
from corpus_kit.news.date_expressions import Expression
from corpus_kit.news.date_finding import Finder
from corpus_kit.news.date_resolution import resolve, weekday_of

__all__ = ["DAYS_FROM", "EVIDENCE", "LATE", "Evidence", "OwnDay", "as_date", "own_day", "own_days", "publication_dates"]

DAYS_FROM = ("text", "metadata", "none")
EVIDENCE = ("dateline", "date", "weekday", "none")
LATE = 5  # days that the date of the metadata may be after the article's, if only a weekday tells

_FIRST, _LAST = datetime.date.min.toordinal(), datetime.date.max.toordinal()


@dataclass(frozen=True)
class Evidence:
    """One place of a text that tells its day, or the weekday of its day."""

    first: int  # expressions
    last: int
    rule: str
    weekday: int
    day: int | None  # if a date tells it


@dataclass(frozen=True)
class OwnDay:
    """The day of an article by its own words, as an ordinal; which expressions tell it; how many agree."""

    day: int
    rule: str
    first: int
    last: int
    supports: int
    contradicts: int

    @property
    def is_believed(self) -> bool:
        """Whether more evidence is for it than against it."""
        return self.supports > self.contradicts


def own_days(
    finder: Finder, found: list[Expression], documents: Array, published: pl.Series, late: int
) -> dict[int, OwnDay]:
    """Return the own day of each document that has evidence of it.

    The day is the one for which most places of the text speak. A date tells a day; a weekday tells it modulo 7, and
    stands for the only such day from `late` days before the publication to 6 - `late` days after it. Without a
    publication date weekdays count for or against dates only.

    Args:
        finder: What found the expressions.
        found: The expressions in the order of the text, joined.
        documents: The document of each.
        published: The date of each document of the corpus (Date, null if unknown).
        late: How many days the publication date may be late.
    """
    dates = published.to_list()
    places: dict[int, list[Evidence]] = {}
    for number, document in enumerate(documents.tolist()):
        for each in _evidence_at(finder, found, number, dates[document]):
            places.setdefault(document, []).append(each)
    days = ((document, own_day(evidence, dates[document], late)) for document, evidence in places.items())
    return {document: day for document, day in days if day is not None}


def _evidence_at(
    finder: Finder, found: list[Expression], number: int, published: datetime.date | None
) -> Iterator[Evidence]:
    """Yield the evidence that begins with a relative expression or a dateline."""
    each = found[number]
    if each.kind != "relative":
        if finder.is_dateline(each):
            day = _day_of(each, published)
            if day is not None:
                yield Evidence(number, number, "dateline", weekday_of(day), day)
        return
    if each.beside < 0 or each.days is None:
        return
    named = found[each.beside]
    first, last = sorted((number, each.beside))
    weekday = (named.weekday - each.days) % 7
    if named.kind != "weekday":
        day = _day_of(named, published)
    elif named.direction != "near":
        return
    else:
        last = max(last, named.beside)
        day = None if named.beside < 0 else _day_on(found[named.beside], named.weekday, published)
    if day is not None:
        day -= each.days
        if _FIRST <= day <= _LAST:
            yield Evidence(first, last, "date", weekday_of(day), day)
    elif named.kind == "weekday":
        yield Evidence(first, last, "weekday", weekday, None)


def _day_of(date: Expression, published: datetime.date | None) -> int | None:
    """Return the day of a written date; without a year, the one nearest to the publication."""
    bare = date if date.year is not None else replace(date, direction="", years=None)
    return resolve([replace(bare, beside=-1)], [published])[0].first


def _day_on(date: Expression, weekday: int, published: datetime.date | None) -> int | None:
    """Return the day of a date that has this weekday; a Hijri date may be a day off; None if they contradict."""
    day = _day_of(date, published)
    steps = (0, -1, 1) if date.calendar == "hijri" else (0,)
    return next((day + step for step in steps if day is not None and weekday_of(day + step) == weekday), None)


def own_day(evidence: list[Evidence], published: datetime.date | None, late: int) -> OwnDay | None:
    """Return the day for which most of the evidence speaks; of several the one nearest to the publication."""
    day_of_metadata = None if published is None else published.toordinal()
    written = [each.day for each in evidence if each.day is not None]
    candidates = dict.fromkeys(written)
    for each in evidence:
        if each.day is None and day_of_metadata is not None:
            begin = day_of_metadata - late
            day = begin + (each.weekday - weekday_of(begin)) % 7
            if _FIRST <= day <= _LAST and not any(weekday_of(other) == each.weekday for other in written):
                candidates[day] = None
    if not candidates:
        return None

    def support(day: int) -> list[Evidence]:
        return [each for each in evidence if each.day == day or (each.day is None and each.weekday == weekday_of(day))]

    def merit(day: int) -> tuple[int, bool, int]:
        distance = 0 if day_of_metadata is None else abs(day - day_of_metadata)
        return -len(support(day)), day not in written, distance

    best = min(candidates, key=merit)
    speaking = support(best)
    shown = min(speaking, key=lambda each: EVIDENCE.index(each.rule))
    against = len(evidence) - len(speaking)
    return OwnDay(best, shown.rule, shown.first, shown.last, len(speaking), against)


def as_date(day: int | None) -> datetime.date | None:
    """Return the date of an ordinal; None if it is before the first year or after the last that a date can have."""
    return datetime.date.fromordinal(day) if day is not None and _FIRST <= day <= _LAST else None


def publication_dates(corpus: CorpusView, date: str | datetime.date | None, what: str) -> pl.Series:
    """Return the publication date of every document; all null if none is known.

    Args:
        corpus: A corpus.
        date: A metadata column, one date for all documents, or None.
        what: The analysis, for warnings.

    Raises:
        InputError: If there is no such column, or it has no dates.
    """
    if date is None or isinstance(date, datetime.date):
        return pl.Series("date", [date]).cast(pl.Date).new_from_index(0, corpus.total_documents)
    if not isinstance(date, str):
        raise invalid("date", "a metadata column, a date or None", date)
    if date in corpus.label_columns():
        labels = corpus.labels(date, selected=False)
        if (
            labels.dtype in (pl.Date, pl.Datetime, pl.Null)
            and labels.gather(corpus.selected_documents()).is_null().all()
        ):
            if len(corpus):
                warn(f"{what}: none of the {len(corpus):,} documents has a date", stacklevel=None)
            return labels.cast(pl.Date)
    return document_dates(corpus, date, what)
