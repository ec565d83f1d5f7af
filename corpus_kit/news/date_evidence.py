"""The day of an article by its own words: a dateline, اليوم with a date, أمس الاثنين."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.analysis.cells import document_dates
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid, warn
from corpus_kit.news.date_expressions import Expression
from corpus_kit.news.date_finding import Finder
from corpus_kit.news.date_resolution import day_in_its_year, resolve, weekday_of

__all__ = [
    "DAYS_FROM",
    "EVIDENCE",
    "LATE",
    "Days",
    "Evidence",
    "OwnDay",
    "as_date",
    "collections_of",
    "days_of_articles",
    "own_day",
    "publication_dates",
    "shares_of_older",
    "shares_of_other_days",
]

DAYS_FROM = ("text", "metadata", "none")
EVIDENCE = ("dateline", "date", "weekday", "none")
LATE = 5  # days that the date of the metadata may be after the article's, if only a weekday tells
_DOUBTFUL = 0.2  # a weekday tells no day if more of the articles that it dates alike are of other weeks
_BACKLOG = 0.4  # the metadata tell no day if more of the articles collected on it are of other weeks
_BACKLOG_DAYS = 183  # days by which articles of a known year are older than their metadata, at most
_LATE_SHARE = 0.25  # the metadata tell no exact day if more of the articles collected together tell another one
_UNTOLD = 4  # articles that are counted as agreeing with the metadata, so that one differing one tells nothing
_OLD_SHARE = 0.1  # weekdays are open where the metadata are late and more of the articles are of other weeks
_ROUND_MONTHS = -2, 1  # days from the metadata between which an article without evidence was mostly written
_OPENING = 60  # tokens of a text that are the newspaper's own words; later ones can be an agency's
_OTHER_TIME = 10  # days by which a month called الحالي may miss the day of the article
_OTHER_YEAR = 45  # days by which a year called الحالي may miss it

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

    older: float = 0.0  # the estimated probability that it is of another week, if only a weekday tells it

    @property
    def is_undecided(self) -> bool:
        """Whether it could well be a day of another week."""
        return self.older > _DOUBTFUL

    @property
    def is_believed(self) -> bool:
        """Whether more evidence is for it than against it."""
        return self.supports > self.contradicts and not self.is_undecided


class Days(NamedTuple):
    """The days of articles: by their own words, and the days to believe, of every document (None: unknown).

    older is the estimated probability that an article is a week or more older than its metadata; None if a date tells
    its day, or if nothing is known of the articles that were collected with it. differing is the share of those that
    tell another day than their metadata. possible has the first and the last day that an article of unknown day may
    have, by document, if its words tell its year.
    """

    own: dict[int, OwnDay]
    days: list[datetime.date | None]
    older: list[float | None]
    differing: list[float | None]
    possible: dict[int, tuple[datetime.date, datetime.date]]

    def span(self, document: int, each: Expression) -> tuple[datetime.date, datetime.date] | None:
        """Return the first and last day from which an expression can be counted, if its article's is not known."""
        day = self.days[document]
        is_of_month = each.day and not each.month and each.calendar != "either"  # of الشهر المقبل
        if day is None or document in self.own or not is_of_month:
            return self.possible.get(document)
        first, last = (as_date(day.toordinal() + step) for step in _ROUND_MONTHS)  # الشهر المقبل, said on the 31st
        return first or day, last or day

    def is_exact(self, document: int) -> bool:
        """Return whether the day of an article is probably right, so that days can be counted from it."""
        return document in self.own or (self.differing[document] or 0.0) <= _LATE_SHARE

    def is_of_its_week(self, document: int) -> bool:
        """Return whether the last weekday of a name before the day of an article is probably the one that it means."""
        return self.is_exact(document) or (self.older[document] or 0.0) <= _OLD_SHARE


def days_of_articles(
    finder: Finder,
    found: list[Expression],
    documents: Array,
    published: pl.Series,
    late: int,
    collections: list[int | None],
) -> Days:
    """Return the own day of each document that has evidence of it, and the day to believe of every document.

    The day is the one for which most places of the text speak. A date tells a day; a weekday tells it modulo 7, and
    stands for the only such day from `late` days before the publication to 6 - `late` days after it. Without a
    publication date weekdays count for or against dates only.

    Args:
        finder: What found the expressions.
        found: The expressions in the order of the text, joined.
        documents: The document of each.
        published: The date of each document of the corpus (Date, null if unknown).
        late: How many days the publication date may be late.
        collections: What was collected together, by document.
    """
    days = published.to_list()
    own = _own_days(finder, found, documents, days, late)
    by_document, by_collection = shares_of_older(own, collections)
    others = shares_of_other_days(own, days, collections)
    differing = [None if each is None else others.get(each) for each in collections]
    older = [None if each is None else by_collection.get(each) for each in collections]
    for document, each in enumerate(older):
        if each is not None and each > _BACKLOG:
            days[document] = None
    for document, day in own.items():
        older[document] = by_document.get(document)
        own[document] = day = replace(day, older=older[document] or 0.0)
        if day.is_undecided:
            days[document] = None
        elif day.is_believed:
            days[document] = as_date(day.day)
    possible = _possible_days(finder, found, documents, days, published.to_list(), 6 - late)
    nearest = [day or known for day, known in zip(days, published.to_list(), strict=True)]
    for document in _of_another_time(finder, found, documents, nearest):
        possible.pop(document, None)
        older[document], days[document] = 1.0, None
        if document in own:
            own[document] = replace(own[document], older=1.0)
    return Days(own, days, older, differing, possible)


def _possible_days(
    finder: Finder,
    found: list[Expression],
    documents: Array,
    days: list[datetime.date | None],
    dates: list[datetime.date | None],
    early: int,
) -> dict[int, tuple[datetime.date, datetime.date]]:
    """Return the first and last day that an article of unknown day may have, if its words tell its year.

    They do if it names the year of its metadata, or a day with its weekday.
    """
    unknown = {document: date for document, date in enumerate(dates) if days[document] is None and date is not None}
    first: dict[int, int] = {}
    for each, document in zip(found, documents.tolist(), strict=True):
        if document in unknown and each.kind == "weekday" and each.beside >= 0:
            date = unknown[document].toordinal()
            day = day_in_its_year(found[each.beside], each.weekday, date)
            if day is not None:
                first[document] = min(day, date, first.get(document, date))
    for document in finder.documents_of_year({document: date.year for document, date in unknown.items()}):
        first.setdefault(document, unknown[document].toordinal())
    return {
        document: (as_date(day - _BACKLOG_DAYS) or date, as_date(date.toordinal() + early) or date)
        for document, day in first.items()
        for date in (unknown[document],)
    }


def _of_another_time(
    finder: Finder, found: list[Expression], documents: Array, days: list[datetime.date | None]
) -> set[int]:
    """Return the articles that were collected late: their words call another month or year than that of `days` this."""
    others: set[int] = set()
    for each, document in zip(found, documents.tolist(), strict=True):
        day = days[document]
        if day is not None and each.direction == "this" and each.month and each.calendar != "either":
            month = resolve([replace(each, day=0, direction="", beside=-1, follows=-1)], [day])[0]
            if not _is_near(month.first, month.last, day, _OTHER_TIME):
                others.add(document)
    for document, year in finder.years_called_this():
        day = days[document]
        first, last = datetime.date(year, 1, 1).toordinal(), datetime.date(year, 12, 31).toordinal()
        if day is not None and not _is_near(first, last, day, _OTHER_YEAR):
            others.add(document)
    return others


def _is_near(first: int | None, last: int | None, day: datetime.date, margin: int) -> bool:
    """Return whether a day is in a stretch of time, or so many days before or after it."""
    return first is None or last is None or first - margin <= day.toordinal() <= last + margin


def _own_days(
    finder: Finder, found: list[Expression], documents: Array, dates: list[datetime.date | None], late: int
) -> dict[int, OwnDay]:
    """Return the own day of each document that has evidence of it."""
    places: dict[int, list[Evidence]] = {}
    yesterdays: dict[int, int] = {}
    for number, document in enumerate(documents.tolist()):
        if found[number].kind == "relative" and found[number].days == -1:
            yesterdays.setdefault(document, number)
        for each in _evidence_at(finder, found, number, dates[document]):
            places.setdefault(document, []).append(each)
    own: dict[int, OwnDay] = {}
    for document, evidence in places.items():
        date = dates[document]
        day = own_day(evidence, date, late)
        if day is None:
            continue
        is_a_day_early = day.rule == "weekday" and date is not None and day.day == date.toordinal() - 1
        says_yesterday = -1 in (found[day.first].days, found[day.last].days)  # the same أمس, now with its weekday
        if is_a_day_early and not says_yesterday and yesterdays.get(document, day.first) < day.first:
            # an agency's اليوم الاثنين after the newspaper's own أمس
            is_own_word = finder.is_within(found[day.first], _OPENING)
            day = day if is_own_word else replace(day, contradicts=day.contradicts + 1)
        own[document] = day
    return own


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
    dated = {weekday_of(day) for day in written}
    days = Counter(written)
    weekdays = Counter(each.weekday for each in evidence if each.day is None)
    for each in evidence:
        if each.day is None and day_of_metadata is not None:
            begin = day_of_metadata - late
            day = begin + (each.weekday - weekday_of(begin)) % 7
            if _FIRST <= day <= _LAST and each.weekday not in dated:
                candidates[day] = None
    if not candidates:
        return None

    def merit(day: int) -> tuple[int, bool, int]:
        distance = 0 if day_of_metadata is None else abs(day - day_of_metadata)
        return -days[day] - weekdays[weekday_of(day)], day not in days, distance

    best = min(candidates, key=merit)
    speaking = [
        each for each in evidence if each.day == best or (each.day is None and each.weekday == weekday_of(best))
    ]
    shown = min(speaking, key=lambda each: EVIDENCE.index(each.rule))
    against = len(evidence) - len(speaking)
    return OwnDay(best, shown.rule, shown.first, shown.last, len(speaking), against)


def collections_of(corpus: CorpusView, published: pl.Series, by: str | None) -> list[int | None]:
    """Return the number of what was collected together, for each document: one source, one date of the metadata.

    Args:
        corpus: A corpus.
        published: The date of each document; without one its number is None.
        by: The metadata column of sources; None if all are of one.

    Raises:
        InputError: If there is no such column.
    """
    sources = published if by is None else corpus.labels(by, selected=False, name="by")
    numbers = pl.struct(sources.alias("source"), published.alias("date")).rank("dense")
    return pl.select(pl.when(published.is_not_null()).then(numbers)).to_series().to_list()


def shares_of_older(own: dict[int, OwnDay], collections: list[int | None]) -> tuple[dict[int, float], dict[int, float]]:
    """Estimate which share of articles is a week or more older than the metadata say.

    Such articles fall on each of the seven weekdays alike, the others on few. So the weekdays that the fewest articles
    of a collection tell (the mean of the last two) say how many old ones there are on each: m of the n articles of a
    weekday, 7 m of all.

    Args:
        own: The own day of documents; those count of which only a weekday tells the day.
        collections: What was collected together, by document.

    Returns:
        The share among the articles of its weekday, by document; and the share in each collection.
    """
    told = {document: weekday_of(each.day) for document, each in own.items() if each.rule == "weekday"}
    counts: dict[int | None, list[int]] = {}
    for document, weekday in told.items():
        counts.setdefault(collections[document], [0] * 7)[weekday] += 1
    old = {collection: sum(sorted(each)[:2]) / 2 for collection, each in counts.items()}
    shares = {
        document: old[collections[document]] / counts[collections[document]][day] for document, day in told.items()
    }
    return (
        {document: min(share, 1.0) for document, share in shares.items()},
        {number: min(7 * old[number] / sum(each), 1.0) for number, each in counts.items() if number is not None},
    )


def shares_of_other_days(
    own: dict[int, OwnDay], dates: list[datetime.date | None], collections: list[int | None]
) -> dict[int, float]:
    """Return which share of the articles of each collection that tell a day tell another one than the metadata.

    Four articles that agree are added to each: of one that differs nothing follows for others, of two it does.

    Args:
        own: The own day of documents.
        dates: The date of the metadata, by document.
        collections: What was collected together, by document.
    """
    counts: dict[int, list[int]] = {}
    for document, each in own.items():
        collection, date = collections[document], dates[document]
        if collection is not None and date is not None:
            count = counts.setdefault(collection, [0, _UNTOLD])
            count[0] += each.supports > each.contradicts and each.day != date.toordinal()
            count[1] += 1
    return {collection: other / told for collection, (other, told) in counts.items()}


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
