"""Dates in running text: weekdays, days, months, numeric and Hijri dates, resolved against the publication date.

date_reading.py finds expressions in the text; date_resolution.py says which day each means for a document of a given
date.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Literal

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.records import attach
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose
from corpus_kit.news.date_evidence import DAYS_FROM, LATE, as_date, collections_of, days_of_articles, publication_dates
from corpus_kit.news.date_expressions import KINDS, Expression
from corpus_kit.news.date_finding import Finder
from corpus_kit.news.date_resolution import RULES, resolve, resolve_between
from corpus_kit.news.running_text import documents_of, selected_tokens, span_columns

__all__ = ["dates"]

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "document": pl.UInt32,
    "id": pl.String,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "surface": pl.String,
    "kind": pl.Enum(KINDS),
    "date": pl.Date,
    "date_end": pl.Date,
    "rule": pl.Enum(RULES),
    "cue": pl.String,
    "day": pl.Date,
    "day_from": pl.Enum(DAYS_FROM),
    "differing": pl.Float64,
}


def dates(
    corpus: CorpusView,
    *,
    date: str | datetime.date | None = "date",
    day: Literal["text", "metadata"] = "text",
    by: str | None = None,
) -> pl.DataFrame:
    """Find the dates mentioned in texts, and resolve them to days.

    They are resolved against the day of the article: its own day, if the text tells it (اليوم الأحد, a dateline;
    see `ck.news.article_days`), otherwise the date of the metadata. Relative days (أمس) of an article that tells no
    day are null if more than a quarter of the articles collected with it tell another day than their metadata; so
    are weekdays if, besides, more than a tenth are of other weeks. A weekday alone is the last one on or before
    that day, unless a word beside it or the tense of its verb says that it is to come. A day without a year is the
    one nearest to it; so is a month, unless it is more than 55 days ahead and no word says whether it is past or to
    come. If the day of the article is unknown, dates without a year are resolved only where they are the same for each
    day that it may have, or where a weekday tells their year. In numeric dates the day comes first (3/4/2026 is
    3 April) or the year (2026-04-03). Hijri dates follow the Umm al-Qura calendar; a local sighting of the moon can
    differ by a day. Warns of documents without a publication date; dates that depend on it are null.

    Args:
        corpus: A Corpus or a subcorpus.
        date: The metadata column of publication dates; or a date, on which all documents were published; or None: only
            dates with a year are resolved.
        day: Which day relative expressions count from: "text", the article's own day where it has evidence of one; or
            "metadata", always that of the metadata.
        by: The metadata column that names the source of each document; see `ck.news.article_days`.

    Returns:
        A DataFrame, one row a date, with the columns document (UInt32, row number), id (String), start and end (UInt32,
        code points of the text), surface (String), kind (Enum: weekday, day, month, numeric, hijri, relative), date
        (Date, null if not resolved), date_end (Date: the last day of a month; otherwise the same as date), rule (Enum:
        written, with its year; nearest to the day of the article; last before it or on it; next after it or on it;
        beside, given by the adjacent date or weekday; counted in days from it; undecided, a day or month whose year no
        word tells; none, not resolved), cue (String: the word that decided for last, next or none, or empty), day
        (Date: the day of the article that was used, null if none is known or it is undecided), day_from (Enum: text,
        metadata, none) and differing (Float64: the share of articles collected with it that tell another day than their
        metadata; null unless day_from is metadata, or if none tells a day). Order: document, start.

    Raises:
        InputError: If an argument is invalid, or the column holds no dates.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.dates(ck.sample_corpus())
        >>> table.select("surface", "kind", "date").row(1)
        ('الأربعاء', 'weekday', datetime.date(2026, 1, 7))
    """
    expect_corpus(corpus)
    choose(day, DAYS_FROM[:2], "day")
    published = publication_dates(corpus, date, "ck.news.dates")
    collections = collections_of(corpus, published, by)
    with storage.reading(corpus.path):
        tokens = selected_tokens(corpus)
        finder = Finder(corpus, tokens)
        found = finder.all()
        first = tokens[np.array([each.first for each in found], np.int64)]
        last = tokens[np.array([each.end - 1 for each in found], np.int64)]
        documents = documents_of(corpus, first)
        cues = _cue_texts(corpus, tokens, [each.cue for each in found])
        days = published.to_list()
        believed: Collection[int] = ()
        doubtful: dict[str, Collection[int]] = {}
        differing: list[float | None] = [None] * len(days)
        spans: list[tuple[datetime.date, datetime.date] | None] = [None] * len(found)
        if day == "text":
            told = days_of_articles(finder, found, documents, published, LATE, collections)
            days = told.days
            believed = {document for document, each in told.own.items() if each.is_believed}
            differing = told.differing
            spans = [told.span(document, each) for each, document in zip(found, documents.tolist(), strict=True)]
            doubtful = {
                "relative": {document for document in documents.tolist() if not told.is_exact(document)},
                "weekday": {document for document in documents.tolist() if not told.is_of_its_week(document)},
            }
    used = [
        None if document in doubtful.get(_counted(each), ()) else days[document]
        for each, document in zip(found, documents.tolist(), strict=True)
    ]
    source = [DAYS_FROM[0] if document in believed else DAYS_FROM[1] for document in documents.tolist()]
    day_from = [DAYS_FROM[2] if one is None else each for one, each in zip(used, source, strict=True)]
    sure = resolve_between(found, spans)
    exact = [None if span else one for span, one in zip(spans, used, strict=True)]
    resolved = [known or each for known, each in zip(sure, resolve(found, exact), strict=True)]
    frame = pl.DataFrame(
        {
            **{column.name: column for column in span_columns(corpus, first, last + 1)},
            "kind": [each.kind for each in found],
            "date": [as_date(row.first) for row in resolved],
            "date_end": [as_date(row.last) for row in resolved],
            "rule": [row.rule for row in resolved],
            "cue": cues,
            "day": used,
            "day_from": day_from,
            "differing": [
                differing[document] if each == DAYS_FROM[1] else None
                for document, each in zip(documents.tolist(), day_from, strict=True)
            ],
        },
        schema_overrides=_SCHEMA,
        strict=False,
    ).cast(_SCHEMA)  # type: ignore[arg-type]
    options = {"date": date, "day": day, "by": by, "subcorpus": corpus.selection}
    return attach(frame, "ck.news.dates", options, corpus=corpus)


def _counted(each: Expression) -> str:
    """Return what is counted from the day of the article: "relative", "weekday" without a date beside it, or ""."""
    return each.kind if each.kind == "relative" or (each.kind == "weekday" and each.beside < 0) else ""


def _cue_texts(corpus: CorpusView, tokens: Integers, places: list[int]) -> pl.Series:
    """Return the word at each place; empty if there is none."""
    cues = np.array(places, np.int64)
    given = cues >= 0
    surfaces = series_from_core("", corpus.surfaces.gather(corpus.token_types[tokens[cues[given]]].astype(np.uint32)))
    texts = np.full(len(cues), "", object)
    texts[given] = surfaces.to_list()
    return pl.Series("cue", texts.tolist(), dtype=pl.String)
