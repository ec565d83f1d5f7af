"""Dates in running text: weekdays, days, months, numeric and Hijri dates, resolved against the publication date.

date_reading.py finds expressions in the text; date_resolution.py says which day each means for a document of a given
date.
"""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.records import attach
from corpus_kit.analysis.cells import document_dates
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid, warn
from corpus_kit.news.date_reading import KINDS, Finder
from corpus_kit.news.date_resolution import RULES, resolve
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
}


def dates(corpus: CorpusView, *, date: str | datetime.date | None = "date") -> pl.DataFrame:
    """Find the dates mentioned in texts, and resolve them to days.

    A weekday alone is the last one on or before the day of publication, unless a word beside it or the tense of its
    verb says that it is to come. A day without a year is the one nearest to the publication. In numeric dates the day
    comes first (3/4/2026 is 3 April) or the year (2026-04-03). Hijri dates follow the Umm al-Qura calendar; a local
    sighting of the moon can differ by a day. Warns of documents without a publication date; dates that depend on it are
    null.

    Args:
        corpus: A Corpus or a subcorpus.
        date: The metadata column of publication dates; or a date, on which all documents were published; or None: only
            dates with a year are resolved.

    Returns:
        A DataFrame, one row a date, with the columns document (UInt32, row number), id (String), start and end (UInt32,
        code points of the text), surface (String), kind (Enum: weekday, day, month, numeric, hijri, relative), date
        (Date, null if not resolved), date_end (Date: the last day of a month; otherwise the same as date), rule (Enum:
        written, with its year; nearest to the publication; last before it or on it; next after it or on it; beside,
        given by the adjacent date or weekday; counted in days from the publication; none, not resolved), cue (String:
        the word that decided for last, next or none, or empty). Order: document, start.

    Raises:
        InputError: If an argument is invalid, or the column holds no dates.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.dates(ck.sample_corpus())
        >>> table.select("surface", "kind", "date").row(1)
        ('الأربعاء', 'weekday', datetime.date(2026, 1, 7))
    """
    expect_corpus(corpus)
    published = _publication_dates(corpus, date)
    with storage.reading(corpus.path):
        tokens = selected_tokens(corpus)
        found = Finder(corpus, tokens).all()
        first = tokens[np.array([each.first for each in found], np.int64)]
        last = tokens[np.array([each.end - 1 for each in found], np.int64)]
        documents = documents_of(corpus, first)
        cues = _cue_texts(corpus, tokens, [each.cue for each in found])
    resolved = resolve(found, published.gather(documents).to_list())
    frame = pl.DataFrame(
        {
            **{column.name: column for column in span_columns(corpus, first, last + 1)},
            "kind": [each.kind for each in found],
            "date": [_as_date(row.first) for row in resolved],
            "date_end": [_as_date(row.last) for row in resolved],
            "rule": [row.rule for row in resolved],
            "cue": cues,
        },
        schema_overrides=_SCHEMA,
        strict=False,
    ).cast(_SCHEMA)  # type: ignore[arg-type]
    options = {"date": date, "subcorpus": corpus.selection}
    return attach(frame, "ck.news.dates", options, corpus=corpus)


def _publication_dates(corpus: CorpusView, date: str | datetime.date | None) -> pl.Series:
    """Return the publication date of every document; all null if none is known."""
    if date is None or isinstance(date, datetime.date):
        return pl.Series("date", [date], dtype=pl.Date).new_from_index(0, corpus.total_documents)
    if not isinstance(date, str):
        raise invalid("date", "a metadata column, a date or None", date)
    if date in corpus.label_columns():
        labels = corpus.labels(date, selected=False)
        if (
            labels.dtype in (pl.Date, pl.Datetime, pl.Null)
            and labels.gather(corpus.selected_documents()).is_null().all()
        ):
            if len(corpus):
                warn(f"ck.news.dates: none of the {len(corpus):,} documents has a date", stacklevel=3)
            return labels.cast(pl.Date)
    return document_dates(corpus, date, "ck.news.dates")


def _as_date(day: int | None) -> datetime.date | None:
    """Return the date of an ordinal; None if it is before the first year or after the last that a date can have."""
    known = day is not None and datetime.date.min.toordinal() <= day <= datetime.date.max.toordinal()
    return datetime.date.fromordinal(day) if day is not None and known else None


def _cue_texts(corpus: CorpusView, tokens: Integers, places: list[int]) -> pl.Series:
    """Return the word at each place; empty if there is none."""
    cues = np.array(places, np.int64)
    given = cues >= 0
    surfaces = series_from_core("", corpus.surfaces.gather(corpus.token_types[tokens[cues[given]]].astype(np.uint32)))
    texts = np.full(len(cues), "", object)
    texts[given] = surfaces.to_list()
    return pl.Series("cue", texts.tolist(), dtype=pl.String)
