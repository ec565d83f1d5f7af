"""frames, frame_rates, frame_entries: where the words of a dictionary stand, and how often.

A dictionary says which words stand for a category; it does not read. Counts of its words describe texts. How
well they stand for what is meant must be looked at on one's own texts: `coding_sheet` and `agreement`.
"""

from __future__ import annotations

from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._random import draws
from corpus_kit._statistics import nan_as_null, positive_share
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.forms import BEGINS_PARAGRAPH, BEGINS_SENTENCE
from corpus_kit.grouping import corpus_labels
from corpus_kit.measures.proportions import wilson
from corpus_kit.news.dictionaries import ENTRY_KINDS, FrameDictionary
from corpus_kit.news.frame_matching import Matches, match
from corpus_kit.news.periods import period_of
from corpus_kit.news.running_text import (
    PLACE_DTYPE,
    document_dates,
    documents_of,
    original_text,
    places_of,
    token_ends,
)
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.provenance import attach
from corpus_kit.resampling import Bootstrap, bootstrap_options, bootstrap_record
from corpus_kit.spans import merged_spans
from corpus_kit.storage import reading

__all__ = ["FrameDictionary", "frame_entries", "frame_rates", "frames", "hits_of"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Dictionary = FrameDictionary | str | PathLike[str]

_COLUMNS: dict[str, Any] = {
    "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "position": pl.UInt32,
    "tokens": pl.UInt32, "surface": pl.String, "dimension": pl.String, "category": pl.String, "entry": pl.String,
    "proclitic": pl.String, "paragraph": pl.UInt32, "sentence": pl.UInt32, "place": PLACE_DTYPE,
}  # fmt: skip
_HITS = pl.Schema(_COLUMNS)
_MILLION = 1_000_000
_FORMS = 10  # spellings that are shown of an entry


def frames(
    corpus: CorpusView,
    dictionary: Dictionary | None = None,
    *,
    profile: str | Normalizer | None = "search",
    furniture: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find the words of a dictionary of frames: one row a hit.

    Arguments:
        corpus: a Corpus, a subcorpus or a cleaned view.
        dictionary: a `FrameDictionary`, the path of one (.toml or .dic), or None for the built-in one, which
            has adjectives of means (military, police, intelligence, economic, diplomatic) and of level
            (international, regional, local).
        profile: the form in which words and entries are compared: a preset's name, a Normalizer, or None for
            the original spelling. The preset "search" takes أ إ آ and ا, ى and ي, ة and ه as one.
        furniture: spans of page furniture, of `ck.news.furniture`; hits in them get the place "furniture".
            To leave them out, take ``corpus.without(furniture)``.

    Returns a DataFrame, in the order of the text: document (UInt32, row number), id (String), start, end (UInt32,
    code points of the document's text, with what is written together with the word), position (UInt32, the first
    token within the document), tokens (UInt32, how many it spans), surface (String), dimension, category, entry
    (String, as listed), proclitic (String: the conjunction and preposition before the word, without the article;
    empty where there is none), paragraph, sentence (UInt32, within the document, from 0), place (Enum: headline,
    body, furniture).

    A word counts once in a category; in two categories it is two rows. The rules are in docs/news/frames.md.

    Raises InputError for a dictionary that cannot be read. Warns of wildcards that no word of the corpus matches.

    >>> import corpus_kit as ck
    >>> hits = ck.news.frames(ck.sample_corpus())
    >>> hits.select("surface", "dimension", "category", "proclitic").row(1)
    ('والشرطية', 'means', 'police', 'و')
    """
    expect_corpus(corpus, "news.frames")
    lists, normalizer = _dictionary(dictionary), resolve_profile(profile)
    if furniture is not None:
        merged_spans(furniture, corpus.n_documents)  # a table that holds no spans is told before the work
    with reading(corpus.path):
        table = _hits(corpus, lists, match(corpus, lists, normalizer), furniture)
    options = {
        **_record(lists, normalizer),
        "furniture": None if furniture is None else furniture.height,
        "subcorpus": corpus.selection,
    }
    return attach(table, "ck.news.frames", options, corpus_id=corpus.id)


def frame_entries(
    corpus: CorpusView, dictionary: Dictionary | None = None, *, profile: str | Normalizer | None = "search"
) -> pl.DataFrame:
    """Say what each entry of a dictionary matches: to find entries that match nothing, or the wrong words.

    Arguments: those of `frames`.

    Returns a DataFrame with a row for each entry that is not an exclusion, in the order of the dictionary: dimension,
    category, entry (String), kind (Enum: word, phrase, adjective), count, documents (Int64), forms (List(String):
    up to ten spellings as found, the most frequent first, with clitics).

    Raises InputError for a dictionary that cannot be read.

    >>> import corpus_kit as ck
    >>> table = ck.news.frame_entries(ck.sample_corpus())
    >>> table.filter(category="police").select("entry", "count", "forms").row(0)
    ('شرطي', 3, ['والشرطية', 'شرطية', 'وشرطية'])
    """
    expect_corpus(corpus, "news.frame_entries")
    lists, normalizer = _dictionary(dictionary), resolve_profile(profile)
    with reading(corpus.path):
        found = match(corpus, lists, normalizer)
        hits = pl.DataFrame(
            {
                "row": found.entry,
                "document": documents_of(corpus, found.first),
                "surface": original_text(corpus, found.first, found.end),
            },
            schema_overrides={"row": pl.UInt32},
        )
    spellings = hits.group_by("row", "surface", maintain_order=True).agg(pl.len().alias("n"))
    ordered = spellings.sort("n", descending=True, maintain_order=True)
    forms = ordered.group_by("row", maintain_order=True).agg(forms=pl.col("surface").head(_FORMS))
    totals = hits.group_by("row", maintain_order=True).agg(
        count=pl.len().cast(pl.Int64), documents=pl.col("document").n_unique().cast(pl.Int64)
    )
    entries = lists.table().with_columns(pl.col("kind").cast(pl.Enum(ENTRY_KINDS))).with_row_index("row")
    table = (
        entries.filter(~pl.col("excluded"))
        .join(totals, on="row", how="left", maintain_order="left")
        .join(forms, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("count", "documents").fill_null(0), pl.col("forms").fill_null([]))
        .drop("row", "excluded")
    )
    options = {**_record(lists, normalizer), "subcorpus": corpus.selection}
    return attach(table, "ck.news.frame_entries", options, corpus_id=corpus.id)


def frame_rates(
    corpus: CorpusView,
    dictionary: Dictionary | pl.DataFrame | None = None,
    *,
    by: str | None = None,
    every: str | None = None,
    date: str = "date",
    week_start: str = "monday",
    profile: str | Normalizer | None = "search",
    confidence: float = 0.95,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> pl.DataFrame:
    """Say how often each category of a dictionary occurs, with intervals: per word, per document, in its dimension.

    Arguments:
        corpus: a Corpus, a subcorpus or a cleaned view. Page furniture counts unless it was taken out: take
            ``corpus.without(ck.news.furniture(corpus))``.
        dictionary: as for `frames`; or hits of `frames`, of the same corpus and view, from which rows may have
            been taken out. Categories without a hit are known from a dictionary only.
        by: a metadata column: the same for the documents of each of its values apart.
        every: "day", "week" or "month": the same for each period that has documents. Documents without a date
            are left out, and a warning says how many.
        date: the metadata column of dates, for every=.
        week_start: "monday", "sunday" or "saturday", for every="week".
        profile: as for `frames`.
        confidence: of all intervals.
        n_bootstrap: replicates of the intervals of rate and share; 0 makes none.
        seed: of the replicates.

    Returns a DataFrame: [the labels, named as their column,] [period (Date, its first day),] dimension, category
    (String), count (Int64: hits), documents (Int64: documents with a hit), rate (Float64: hits in a million words),
    rate_low, rate_high, document_share (Float64: of the documents), document_share_low, document_share_high,
    share (Float64: of the hits of the dimension), share_low, share_high. Null where a number is not defined: no words,
    or no hit of the dimension. Order: labels by first occurrence, periods ascending, then as in the dictionary
    (for a table of hits: by name).

    Intervals of rate and share are percentiles of a bootstrap over documents (Efron & Tibshirani 1993, An
    Introduction to the Bootstrap, ch. 13); replicates for which a number is not defined are passed over. That of
    document_share is Wilson's (1927). Both take documents as independent: leave out copies first.

    Raises InputError for a dictionary, a column or a number that cannot be.

    >>> import corpus_kit as ck
    >>> rates = ck.news.frame_rates(ck.sample_corpus(), n_bootstrap=200)
    >>> rates.filter(category="regional").select("count", "documents").row(0)
    (20, 16)
    """
    expect_corpus(corpus, "news.frame_rates")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    level = positive_share(confidence, "confidence")
    normalizer = resolve_profile(profile)
    groups = _groups(corpus, by, every, date, week_start)
    lists = None if isinstance(dictionary, pl.DataFrame) else _dictionary(dictionary)
    if isinstance(dictionary, pl.DataFrame):
        hits = hits_of(corpus, dictionary)
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
        **({"hits": hits.height} if lists is None else _record(lists, normalizer)), "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(pl.DataFrame([*labels, *table]), "ck.news.frame_rates", options, corpus_id=corpus.id)


def hits_of(corpus: CorpusView, hits: pl.DataFrame) -> pl.DataFrame:
    """A table of hits that a user gave back, checked against the corpus.

    Raises InputError where it lacks a column, or where its words do not stand there.
    """
    absent = [name for name in _HITS if name not in hits.columns]
    if absent:
        raise InputError(f"hits are a table of ck.news.frames; this one lacks {', '.join(absent)}")
    wrong = [name for name, dtype in _HITS.items() if hits[name].dtype != dtype]
    if wrong:
        raise InputError(f"hits are a table of ck.news.frames; in this one {wrong[0]} is {hits[wrong[0]].dtype}")
    if hits.select(pl.any_horizontal(pl.col(_HITS.names()).is_null()).any()).item():
        raise InputError("hits are a table of ck.news.frames, which has no nulls")
    documents, positions = (hits[name].to_numpy().astype(np.int64) for name in ("document", "position"))
    known = np.isin(documents, corpus.selected_documents())
    low, high = (
        corpus.document_bounds(np.where(known, documents, 0)) if len(corpus.document_ends) else (documents, documents)
    )
    first = low + positions
    known &= (first < high) & (first + hits["tokens"].to_numpy() <= high)
    known[known] = corpus.token_starts[first[known]] == hits["start"].to_numpy()[known]
    if not known.all():
        row = hits.row(int(np.argmin(known)), named=True)
        raise InputError(
            f"hits of another corpus or view: {row['surface']!r} does not stand at token {row['position']} of document "
            f"{row['document']}. Take ck.news.frames of the corpus that is counted"
        )
    return hits


# ---------------------------------------------------------------------------------------------- hits


def _dictionary(given: object) -> FrameDictionary:
    if given is None:
        return FrameDictionary.builtin()
    if isinstance(given, FrameDictionary):
        return given
    if isinstance(given, str | PathLike):
        return FrameDictionary.read(given)
    raise InputError(
        f"dictionary takes a FrameDictionary, the path of one, or None, not {type(given).__name__}: {given!r:.60}"
    )


def _record(dictionary: FrameDictionary, normalizer: Normalizer | None) -> dict[str, Any]:
    return {"dictionary": dictionary, "profile": None if normalizer is None else normalizer.name}


def _hits(
    corpus: CorpusView, dictionary: FrameDictionary, found: Matches, furniture: pl.DataFrame | None
) -> pl.DataFrame:
    first, end = found.first, found.end
    documents = documents_of(corpus, first)
    low, _ = corpus.document_bounds(documents)
    starts = corpus.token_starts[first]
    entries = dictionary.table()[found.entry]
    columns = {
        "document": documents,
        "id": corpus.ids(documents),
        "start": starts,
        "end": token_ends(corpus, end - 1),
        "position": first - low,
        "tokens": end - first,
        "surface": original_text(corpus, first, end),
        **{name: entries[name] for name in ("dimension", "category", "entry")},
        "proclitic": found.proclitic,
        "paragraph": _number_within(corpus, BEGINS_PARAGRAPH, low, first),
        "sentence": _number_within(corpus, BEGINS_SENTENCE | BEGINS_PARAGRAPH, low, first),
        "place": places_of(corpus, documents, starts, furniture),
    }
    return pl.DataFrame(columns).cast(_HITS)


def _number_within(corpus: CorpusView, flags: int, low: Integers, tokens: Integers) -> Integers:
    """The number of the unit in which each token stands, within its document, whose first token is low."""
    begins = np.cumsum((corpus.token_flags & flags) > 0, dtype=np.int64)
    number: Integers = begins[tokens] - begins[low]
    return number


# --------------------------------------------------------------------------------------------- rates


class _Groups(NamedTuple):
    """Documents in groups: for each its documents, as places among the selected ones, and columns of labels."""

    rows: list[Integers]
    labels: list[pl.Series]


def _groups(corpus: CorpusView, by: str | None, every: str | None, date: str, week_start: str) -> _Groups:
    documents = corpus.selected_documents()
    columns = {}
    if by is not None:
        columns[by] = corpus_labels(corpus, by, (*_RATES, "period")).gather(documents)
    if every is not None:
        dates = document_dates(corpus, date, "frame_rates(every=...)").gather(documents)
        columns["period"] = period_of(dates, every, week_start).alias("period")
    if not columns:
        return _Groups([np.arange(len(documents))], [])
    frame = pl.DataFrame(columns).with_row_index("row")
    if every is not None:
        frame = frame.filter(pl.col("period").is_not_null())
    grouped = frame.group_by(list(columns), maintain_order=True).agg("row")
    if every is not None:
        # labels by first occurrence, and the periods of each in their order
        first = [pl.col("row").list.min().min().over(by), "period"] if by is not None else ["period"]
        grouped = grouped.sort(first)
    rows = [each.to_numpy().astype(np.int64) for each in grouped["row"]]
    return _Groups(rows, [grouped[name] for name in columns])


class _Counts(NamedTuple):
    """What is counted of each selected document: words, and hits of each category. Floats: sums of them are exact."""

    words: Floats
    hits: Floats  # documents by categories

    @classmethod
    def of(cls, corpus: CorpusView, hits: pl.DataFrame, names: list[tuple[str, str]]) -> _Counts:
        documents = corpus.selected_documents()
        with reading(corpus.path):
            words = corpus.documents.select("words").collect()["words"].to_numpy()
        number = {name: place for place, name in enumerate(names)}
        column = np.array([number[name] for name in hits.select("dimension", "category").iter_rows()], np.int64)
        row = np.searchsorted(documents, hits["document"].to_numpy())
        cells = np.bincount(row * len(names) + column, minlength=len(documents) * len(names))
        return cls(words.astype(np.float64), cells.reshape(len(documents), len(names)).astype(np.float64))

    def of_documents(self, rows: Integers) -> _Counts:
        return _Counts(self.words[rows], self.hits[rows])


_RATES: dict[str, Any] = {
    "dimension": pl.String, "category": pl.String, "count": pl.Int64, "documents": pl.Int64,
    **{
        f"{number}{bound}": pl.Float64
        for number in ("rate", "document_share", "share") for bound in ("", "_low", "_high")
    },
}  # fmt: skip


def _empty_rates() -> pl.DataFrame:
    return pl.DataFrame(schema=_RATES)


def _rates(
    counts: _Counts, names: list[tuple[str, str]], confidence: float, bootstrap: Bootstrap | None
) -> pl.DataFrame:
    """The rows of one group of documents."""
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
        *map(nan_as_null, values),
    ]
    return pl.DataFrame(dict(zip(_RATES, columns, strict=True)), schema=_RATES)


def _rate_and_share(totals: Floats, same: Floats) -> tuple[Floats, Floats]:
    """Hits in a million words, and the share of its dimension; each row of totals is words, then hits by category."""
    with np.errstate(all="ignore"):
        return _MILLION * totals[:, 1:] / totals[:, :1], totals[:, 1:] / (totals[:, 1:] @ same)


def _intervals(
    counts: _Counts, same: Floats, bootstrap: Bootstrap | None
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Low and high ends of the rates, and of the shares."""
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
    return rate, share


def _quantiles(values: Floats, shares: tuple[float, float]) -> tuple[Floats, Floats]:
    """Quantiles of each column; values that are not defined are passed over."""
    found = np.full((2, values.shape[1]), np.nan)
    defined = np.isfinite(values)
    for column in np.flatnonzero(defined.any(axis=0)):
        found[:, column] = np.quantile(values[defined[:, column], column], shares)
    return found[0], found[1]
