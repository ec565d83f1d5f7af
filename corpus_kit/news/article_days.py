"""The day of each article by its own words, beside the date of its metadata."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.records import attach
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.date_evidence import (
    EVIDENCE,
    LATE,
    OwnDay,
    as_date,
    collections_of,
    days_of_articles,
    publication_dates,
)
from corpus_kit.news.date_finding import Finder
from corpus_kit.news.running_text import documents_of, selected_tokens, span_columns

__all__ = ["AGREES", "article_days"]

AGREES = ("agrees", "differs", "contradictory", "alone", "undecided", "none")

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "document": pl.UInt32,
    "id": pl.String,
    "metadata_date": pl.Date,
    "own_day": pl.Date,
    "days": pl.Int64,
    "evidence": pl.Enum(AGREES),
    "day": pl.Date,
    "rule": pl.Enum(EVIDENCE),
    "supports": pl.Int64,
    "contradicts": pl.Int64,
    "older": pl.Float64,
    "differing": pl.Float64,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "surface": pl.String,
}


def article_days(
    corpus: CorpusView, *, date: str | datetime.date | None = "date", late: int = LATE, by: str | None = None
) -> pl.DataFrame:
    """Tell the day of each article by its own words, and compare it with the metadata.

    Dates of metadata are often those of a crawl. A text tells its day where it has اليوم, أمس, غدا or the like beside
    a weekday (أمس الاثنين) or a date (اليوم 5 مايو), and in a dateline with a date (بيروت 5 أيار 2026 –). A date tells
    the day itself; a weekday tells it only modulo 7: the day is then the one such day from `late` days before the date
    of the metadata to 6 - `late` days after it. So a weekday cannot tell that metadata are wrong by a week or more.
    Where the text contradicts itself, the day for which most places speak is taken, of several a written date, then
    the one nearest to the metadata. A newspaper's own أمس speaks against the weekday that an agency's text after it
    gives to the day before.

    On the first day of a collection articles of many weeks can come together. They fall on all weekdays alike, and so
    tell how many they are: `older` is the estimated share of articles from other weeks among those of one date of the
    metadata and one weekday (the mean of the two weekdays with fewest articles, divided by the number with this one).
    Where it is above a fifth, the weekday tells no day, and `evidence` is undecided. Name the source of each document
    by `by`, if there are several: what one source had piled up is hidden among the others' news otherwise.

    `differing` is the share of articles collected together that tell another day than their metadata. Where it is above
    a quarter, the metadata of those that tell none may well be a day or more late too: `ck.news.dates` leaves اليوم and
    أمس in them open. It counts four articles more that agree, so that one tells nothing.

    An article that calls another month or year than that of its day the present one (مارس الحالي, العام المقبل 2015)
    was collected late: its day is null, and `older` is 1.

    To count by these days, put them into the corpus: `corpus.with_metadata(days.select("id", "day"))`. The day to
    believe is the metadata's where texts say nothing.

    Args:
        corpus: A Corpus or a subcorpus.
        date: The metadata column of publication dates; or a date, on which all documents were published; or None: only
            written dates tell a day, the year included.
        late: How many days after the article the date of the metadata may lie, from 0 to 6, if only a weekday tells.
        by: The metadata column that names the source of each document: articles of one value and one date of the
            metadata were collected together. None: all of one date.

    Returns:
        A DataFrame, one row a document, with the columns document (UInt32, row number), id (String), metadata_date
        (Date), own_day (Date: by the text, null without evidence), days (Int64, from metadata_date to own_day;
        negative if the metadata are late), evidence (Enum: agrees; differs; contradictory, if places of the text
        contradict each other; alone, without a metadata_date; undecided, a weekday of an unknown week; none), day
        (Date: the day to believe, own_day if more places speak for it than against it, otherwise metadata_date;
        null if the evidence is undecided, or there is none and more than two fifths of what was collected together
        is older), rule (Enum, what tells own_day: dateline, a date beside اليوم or the like, weekday, none),
        supports and contradicts (Int64: places of the text for and against own_day), older (Float64: the estimated
        probability that the article is of another week; null if a date tells its day, or no weekday tells that of
        any article collected with it), differing (Float64: the share of the articles collected with it that tell
        another day than their metadata; null if none tells a day), start and end (UInt32, code points) and surface
        (String) of the first place that tells own_day in the best way. Order: document.

    Raises:
        InputError: If an argument is invalid, or the column holds no dates.

    Examples:
        >>> import corpus_kit as ck, polars as pl, tempfile
        >>> crawled = pl.DataFrame({"text": ["وصل الوفد أمس الاثنين."], "date": ["2026-03-12"]})  # on a Thursday
        >>> corpus = ck.Corpus.build(crawled, tempfile.mkdtemp(), date="date")
        >>> ck.news.article_days(corpus).select("own_day", "days", "evidence", "surface").row(0)
        (datetime.date(2026, 3, 10), -2, 'differs', 'أمس الاثنين')
    """
    expect_corpus(corpus)
    late = integer(late, "late", least=0, most=6)
    published = publication_dates(corpus, date, "ck.news.article_days")
    collections = collections_of(corpus, published, by)
    selected = corpus.selected_documents()
    with storage.reading(corpus.path):
        tokens = selected_tokens(corpus)
        finder = Finder(corpus, tokens)
        found = finder.all()
        documents = documents_of(corpus, tokens[np.array([each.first for each in found], np.int64)])
        own, believed, older, differing, _ = days_of_articles(finder, found, documents, published, late, collections)
        first = tokens[np.array([found[each.first].first for each in own.values()], np.int64)]
        last = tokens[np.array([found[each.last].end - 1 for each in own.values()], np.int64)]
        spans = pl.DataFrame(span_columns(corpus, first, last + 1)).drop("id")
    dates = published.gather(selected).to_list()
    rows = [
        (*_told(own.get(document), known), believed[document], older[document], differing[document])
        for document, known in zip(selected.tolist(), dates, strict=True)
    ]
    frame = pl.DataFrame({"document": selected, "id": corpus.ids(selected), "metadata_date": dates}).cast(
        {"document": pl.UInt32, "metadata_date": pl.Date}
    )
    told = pl.DataFrame(rows, schema={name: _SCHEMA[name] for name in _TOLD}, orient="row")
    result = pl.concat([frame, told], how="horizontal").join(spans, on="document", how="left", maintain_order="left")
    options = {"date": date, "late": late, "by": by, "subcorpus": corpus.selection}
    return attach(result.select(list(_SCHEMA)), "ck.news.article_days", options, corpus=corpus)


_TOLD = ("own_day", "days", "evidence", "rule", "supports", "contradicts", "day", "older", "differing")


def _told(own: OwnDay | None, known: datetime.date | None) -> tuple[Any, ...]:
    """Return the own day, its distance from the metadata, the evidence, the rule, and how many places agree."""
    if own is None:
        return None, None, "none", "none", 0, 0
    if own.is_undecided:
        return None, None, "undecided", own.rule, own.supports, own.contradicts
    days = None if known is None else own.day - known.toordinal()
    compared = "alone" if days is None else "agrees" if days == 0 else "differs"
    evidence = "contradictory" if own.contradicts else compared
    return as_date(own.day), days, evidence, own.rule, own.supports, own.contradicts
