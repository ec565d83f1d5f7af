"""How often the categories of a frame dictionary occur, with intervals."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import proportion
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.hashing import draws
from corpus_kit._base.records import as_frame, attach
from corpus_kit.analysis.bootstrap import Bootstrap, bootstrap_options, bootstrap_record, expect_few_draws
from corpus_kit.analysis.cells import document_dates
from corpus_kit.analysis.groups import corpus_labels, expect_few_groups
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose
from corpus_kit.measures.proportions import clustered_wilson, most_of_zero, wilson
from corpus_kit.news.frames import Dictionary, dictionary_of, dictionary_record, frames, hits_of
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.periods import EVERY, period_of

__all__ = ["frame_rates"]


_MILLION = 1_000_000
_RATES: dict[str, Any] = {
    "dimension": pl.String, "category": pl.String, "count": pl.Int64, "documents": pl.Int64,
    "total": pl.Int64, "total_documents": pl.Int64, "words": pl.Int64,
    **{
        f"{number}{bound}": pl.Float64
        for number in ("rate", "document_share", "share") for bound in ("", "_low", "_high")
    },
}  # fmt: skip


def frame_rates(
    corpus: CorpusView,
    dictionary: Dictionary | pl.DataFrame | None = None,
    *,
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    every: str | None = None,
    week_start: str = "monday",
    date: str = "date",
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pl.DataFrame:
    """Compute how often each category occurs, with intervals: per word, per document, and within its dimension.

    Intervals of rate and share are percentiles of a bootstrap over documents (Efron & Tibshirani 1993, chapter 13);
    replicates in which a number is undefined are ignored. That of document_share is Wilson's (1927). Both take
    documents as independent: remove near-duplicates first. What no document has, no replicate has: the interval of a
    rate of 0 goes up to 3.69 hits (with confidence=0.95: `measures.proportions.most_of_zero`), and that of a share of 0
    or 1 is Wilson's for clusters (`measures.proportions.clustered_wilson`).

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded. Boilerplate counts unless it is excluded: take
            ``corpus.exclude(ck.news.boilerplate(corpus))``.
        dictionary: As for `ck.news.frames`; or hits of `ck.news.frames` in the same corpus, all or some of them.
            Categories without a hit are known from a dictionary only.
        profile: As for `ck.news.frames`.
        by: A metadata column; each of its values has rates of its own.
        every: "day", "week", "month", "quarter", "year", "decade" (1990 to 1999), "century" (1900 to 1999),
            "hijri_month", "hijri_year" or "hijri_century" (301 to 400 AH); each period that has documents has rates of
            its own. Documents without a date are left out, and a warning says how many.
        week_start: The first day of a week, for every="week": "monday", "sunday" or "saturday".
        date: The metadata column of dates, for every.
        n_bootstrap: Replicates of the intervals of rate and share; 0 computes none.
        confidence: Confidence level of all intervals.
        seed: Seed of the replicates.

    Returns:
        A DataFrame: [by, under its own name,] [period (Date, its first day),] dimension, category (String), count
        (Int64: hits), documents (Int64: documents with a hit), total (Int64: hits of the dimension), total_documents
        (Int64), words (Int64: in these documents), rate (Float64: hits per million words), rate_low, rate_high,
        document_share (Float64: documents / total_documents), document_share_low, document_share_high, share (Float64:
        count / total), share_low, share_high. Null if undefined: no words, no hit of the dimension, or the interval of
        a rate in one document. Order: labels by first occurrence, periods ascending, then as in the dictionary (for a
        table of hits: by name).

    Raises:
        InputError: If an argument is invalid, or the dictionary cannot be read.

    References:
        Efron, B. & Tibshirani, R. (1993). An Introduction to the Bootstrap, chapter 13. Wilson, E. B. (1927). Probable
        inference, the law of succession, and statistical inference. Journal of the American Statistical Association 22,
        209-212.

    Examples:
        >>> import corpus_kit as ck
        >>> rates = ck.news.frame_rates(ck.sample_corpus(), n_bootstrap=200)
        >>> rates.filter(category="regional").select("count", "documents").row(0)
        (20, 16)
    """
    expect_corpus(corpus)
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    level = proportion(confidence, "confidence")
    normalizer = resolve_profile(profile)
    groups = _groups(corpus, by, every, date, week_start)
    if bootstrap is not None:
        expect_few_draws(bootstrap, len(groups.rows))
    dictionary = as_frame(dictionary, "dictionary")
    lists = None if isinstance(dictionary, pl.DataFrame) else dictionary_of(dictionary, or_hits=True)
    if isinstance(dictionary, pl.DataFrame):
        hits = hits_of(corpus, dictionary, "dictionary")
        names = hits.select("dimension", "category").unique().sort("dimension", "category").rows()
    else:
        assert lists is not None
        hits = frames(corpus, lists, profile=normalizer)
        names = [(dimension, category) for dimension, all_of in lists.categories.items() for category in all_of]
    counts = _Counts.of(corpus, hits, names)
    parts = [_rates(counts.of_documents(rows), names, level, bootstrap) for rows in groups.rows]
    table = pl.concat([_empty_rates(), *parts])
    sizes = [part.height for part in parts]
    labels = [column[np.repeat(np.arange(len(sizes)), sizes)] for column in groups.labels]
    options = {
        "by": by, "every": every, "date": date if every else None,
        "week_start": week_start if every == "week" else None,
        "confidence": level, **bootstrap_record(bootstrap),
        **({"hits": hits.height} if lists is None else dictionary_record(lists, normalizer)),
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(pl.DataFrame([*labels, *table]), "ck.news.frame_rates", options, corpus=corpus)


class _Groups(NamedTuple):
    """Documents in groups: the documents of each, as indices into the selected ones, and columns of labels."""

    rows: list[Integers]
    labels: list[pl.Series]


def _groups(corpus: CorpusView, by: str | None, every: str | None, date: str, week_start: str) -> _Groups:
    """Return the documents in groups by label and period."""
    documents = corpus.selected_documents()
    columns: dict[str, pl.Series] = {}
    if by is not None:
        columns["label"] = corpus_labels(corpus, by, (*_RATES, "period")).gather(documents)
    if every is not None:
        choose(every, EVERY, "every")
        dates = document_dates(corpus, date, "ck.news.frame_rates").gather(documents)
        columns["period"] = period_of(dates, every, week_start).alias("period")
    if not columns:
        return _Groups([np.arange(len(documents))], [])
    frame = pl.DataFrame(columns).with_row_index("row")
    if every is not None:
        frame = frame.filter(pl.col("period").is_not_null())
    grouped = frame.group_by(list(columns), maintain_order=True).agg("row")
    if every is not None:
        # labels by first occurrence, and the periods of each in their order
        first = [pl.col("row").list.min().min().over("label"), "period"] if by is not None else ["period"]
        grouped = grouped.sort(first)
    expect_few_groups(by or every, grouped.height, "computing rates")
    rows = [each.to_numpy().astype(np.int64) for each in grouped["row"]]
    return _Groups(rows, [grouped[name].alias(column.name) for name, column in columns.items()])


class _Counts(NamedTuple):
    """Counts for each selected document: words, and hits of each category. Floats, so that products are exact."""

    words: Floats
    hits: Floats  # by document and category

    @classmethod
    def of(cls, corpus: CorpusView, hits: pl.DataFrame, names: list[tuple[str, str]]) -> _Counts:
        """Count the words of the documents, and the hits in them."""
        documents = corpus.selected_documents()
        with reading(corpus.path):
            words = corpus.documents.select("words").collect()["words"].to_numpy()
        number = {name: place for place, name in enumerate(names)}
        column = np.array([number[name] for name in hits.select("dimension", "category").iter_rows()], np.int64)
        row = np.searchsorted(documents, hits["document"].to_numpy())
        cells = np.bincount(row * len(names) + column, minlength=len(documents) * len(names))
        return cls(words.astype(np.float64), cells.reshape(len(documents), len(names)).astype(np.float64))

    def of_documents(self, rows: Integers) -> _Counts:
        """Return the counts of some documents."""
        return _Counts(self.words[rows], self.hits[rows])


def _empty_rates() -> pl.DataFrame:
    """Return the table of `frame_rates` without rows."""
    return pl.DataFrame(schema=_RATES)


def _rates(
    counts: _Counts, names: list[tuple[str, str]], confidence: float, bootstrap: Bootstrap | None
) -> pl.DataFrame:
    """Return the rows of one group of documents."""
    dimensions = np.array([dimension for dimension, _ in names], object)
    same = (dimensions[:, None] == dimensions).astype(np.float64)
    n_documents = len(counts.words)
    with_hit = (counts.hits > 0).sum(axis=0)
    low, high = wilson(with_hit, np.full(len(names), n_documents), confidence)
    totals = np.concatenate(([counts.words.sum()], counts.hits.sum(axis=0)))[None, :]
    rate, share = (each[0] for each in _rate_and_share(totals, same))
    (rate_low, rate_high), (share_low, share_high) = _intervals(counts, same, bootstrap)
    with np.errstate(all="ignore"):
        document_share = with_hit / np.float64(n_documents)
    values = [rate, rate_low, rate_high, document_share, low, high, share, share_low, share_high]
    columns = [
        dimensions,
        [category for _, category in names],
        totals[0, 1:].astype(np.int64),
        with_hit,
        (totals[0, 1:] @ same).astype(np.int64),
        np.full(len(names), n_documents),
        np.full(len(names), int(totals[0, 0])),
        *map(nan_as_null, values),
    ]
    return pl.DataFrame(dict(zip(_RATES, columns, strict=True)), schema=_RATES)


def _rate_and_share(totals: Floats, same: Floats) -> tuple[Floats, Floats]:
    """Return hits per million words and share of the dimension; rows of totals are words, then hits by category."""
    with np.errstate(all="ignore"):
        return _MILLION * totals[:, 1:] / totals[:, :1], totals[:, 1:] / (totals[:, 1:] @ same)


def _intervals(
    counts: _Counts, same: Floats, bootstrap: Bootstrap | None
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return low and high ends of the rates, and of the shares."""
    nothing = np.full(len(same), np.nan)
    if bootstrap is None or not len(counts.words):
        return (nothing, nothing), (nothing, nothing)
    table = np.column_stack([counts.words, counts.hits])
    n_documents = len(table)
    totals = np.stack(
        [draws(n_documents, replicate, bootstrap.seed) @ table for replicate in range(bootstrap.replicates)]
    )
    tail = (1 - bootstrap.confidence) / 2
    rate, share = (_quantiles(values, (tail, 1 - tail)) for values in _rate_and_share(totals, same))
    return _rate_of_few(counts, rate, bootstrap), _share_of_all(counts, same, share, bootstrap)


def _rate_of_few(counts: _Counts, ends: tuple[Floats, Floats], bootstrap: Bootstrap) -> tuple[Floats, Floats]:
    """Return the ends of the rates, with those of what no document has, and none of a single document."""
    words = counts.words.sum()
    if (counts.words > 0).sum() < 2:
        ends = np.full_like(ends[0], np.nan), np.full_like(ends[1], np.nan)
    most = _MILLION * most_of_zero(bootstrap.confidence) / words if words else np.nan
    never = counts.hits.sum(axis=0) == 0
    return np.where(never, 0.0 if words else np.nan, ends[0]), np.where(never, most, ends[1])


def _share_of_all(
    counts: _Counts, same: Floats, ends: tuple[Floats, Floats], bootstrap: Bootstrap
) -> tuple[Floats, Floats]:
    """Return the ends of the shares: of none or all of the hits, or of one document, those of clusters."""
    n_documents, n = counts.hits.shape
    numbers, of_dimension = np.tile(np.arange(n), n_documents), counts.hits @ same
    of_clusters = clustered_wilson(counts.hits.ravel(), of_dimension.ravel(), numbers, n, bootstrap.confidence)
    hits, total = counts.hits.sum(axis=0), of_dimension.sum(axis=0)
    is_drawn = (hits > 0) & (hits < total) & ((of_dimension > 0).sum(axis=0) > 1)
    low, high = (np.where(is_drawn, end, other) for end, other in zip(ends, of_clusters, strict=True))
    return low, high


def _quantiles(values: Floats, shares: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return quantiles of each column, ignoring undefined values."""
    found = np.full((2, values.shape[1]), np.nan)
    defined = np.isfinite(values)
    for column in np.flatnonzero(defined.any(axis=0)):
        found[:, column] = np.quantile(values[defined[:, column], column], shares)
    return found[0], found[1]
