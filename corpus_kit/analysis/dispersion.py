"""dispersion: how evenly words are spread over the parts of a corpus."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import _core, measures
from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Integers, Numbers
from corpus_kit._base.columns import nan_as_null, series_from_core
from corpus_kit._base.records import attach
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import corpus_labels, documents_by_group, groups_of
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.spread import renumber, spread_of_documents
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid
from corpus_kit.measures.dispersion import Spread
from corpus_kit.measures.distances import Gaps
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["dispersion"]

_OVER_PARTS = measures.FAMILIES["dispersion"]
_BY_DISTANCE = measures.FAMILIES["distances"]


def dispersion(
    corpus: CorpusView,
    *,
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    parts: str | int = "document",
    measure: str | Sequence[str] = ("deviation_of_proportions", "juilland_d", "average_reduced_frequency"),
    min_count: int = 1,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    """Measure how evenly each word is spread over the parts of a corpus.

    Args:
        corpus: A Corpus or a subcorpus.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        by: A metadata column; the documents of each of its values are taken separately.
        parts: "document"; or a metadata column, whose values are the parts (null is one); or a number, at least 2,
            of parts of equal size, which are cut from the running text regardless of documents (before the words
            k * words // parts).
        measure: Names of measures of `ck.measures.dispersion` (over parts) and `ck.measures.distances` (which take
            the corpus as one running text, without parts).
        min_count: The lowest count of a row that is kept; with `by`, the count in the group.
        stopwords: Words to leave out, in any spelling that `profile` folds; the sizes of parts include them.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] word (String), count (Int64), parts
        (Int64: number of parts that contain the word), and the measures (Float64; null where a measure is not
        defined, as with one part only). Order: groups by first occurrence; then count descending, then first
        occurrence in the whole corpus. Parts without words are ignored.

    Raises:
        InputError: If an argument is invalid, or there are more parts than words.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.dispersion(ck.sample_corpus(), parts="outlet", measure="range_proportion")
        >>> table.row(0)
        ('في', 659, 7, 1.0)
    """
    expect_corpus(corpus)
    names = choose_measures(measure, [*_OVER_PARTS, *_BY_DISTANCE])
    least = integer(min_count, "min_count", least=1)
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer)
    taken = ("word", "count", "parts", *names)
    cut = _cutter(corpus, parts)
    counted = CountedWords(corpus, normalizer)
    tables = []
    for label, documents in documents_by_group(corpus, counted.documents, by, taken):
        table = _dispersion_of(counted, documents, cut, names, least)
        if left_out:
            table = table.filter(~pl.col("word").is_in(sorted(left_out)))
        tables.append(table if label is None else table.insert_column(0, label.new_from_index(0, table.height)))
    options = {
        "by": by, "parts": parts, "measure": list(names), "min_count": least, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
    }  # fmt: skip
    if not tables:  # no documents, and so no groups: an empty table with all columns
        label = corpus_labels(corpus, by, taken).clear()
        tables.append(_dispersion_of(counted, np.arange(0), None, names, least).insert_column(0, label))
    return attach(
        pl.concat(tables),
        "ck.dispersion",
        options,
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


# From documents (indices into counted.documents) to their words, part by part, and the size of each part.
Cut = Callable[[CountedWords, Integers], tuple[Numbers, Integers]]


def _cutter(corpus: CorpusView, parts: str | int) -> Cut | None:
    """Return the way in which documents are cut into parts; None where each document is one."""
    if parts == "document":
        return None
    if isinstance(parts, str):
        labels = groups_of(corpus_labels(corpus, parts, (), name="parts"), len(corpus.document_ends))

        def by_label(counted: CountedWords, documents: Integers) -> tuple[Numbers, Integers]:
            part_of = labels.of_document[counted.documents[documents]]
            order = documents[np.argsort(part_of, kind="stable")]
            sizes = np.bincount(part_of, weights=counted.sizes[documents], minlength=len(labels.labels))
            return counted.running(order), sizes.astype(np.int64)

        return by_label
    n_parts = integer(parts, "parts", least=2)

    def equal(counted: CountedWords, documents: Integers) -> tuple[Numbers, Integers]:
        size = int(counted.sizes[documents].sum())
        if size < n_parts:
            raise invalid("parts", f"at most the number of words ({size:,})", n_parts)
        return counted.running(documents), np.diff(np.arange(n_parts + 1) * size // n_parts)

    return equal


def _dispersion_of(
    counted: CountedWords, documents: Integers, cut: Cut | None, names: tuple[str, ...], least: int
) -> pl.DataFrame:
    """Return the table of one group of documents."""
    words, spread = _spread(counted, *cut(counted, documents)) if cut else spread_of_documents(counted, documents)
    columns: dict[str, Any] = {
        "word": counted.words.gather(words),
        "count": spread.frequency.astype(np.int64),
        "parts": np.bincount(spread.words, minlength=spread.n_words).astype(np.int64),
    }
    distances = set(names) & set(_BY_DISTANCE)
    gaps = _gaps(counted.running(documents), words, len(counted.words)) if distances else None
    for name in names:
        formula = (_BY_DISTANCE if name in distances else _OVER_PARTS)[name].formula
        columns[name] = nan_as_null(formula(gaps if name in distances else spread))
    return pl.DataFrame(columns).filter(pl.col("count") >= least).sort("count", descending=True, maintain_order=True)


def _spread(counted: CountedWords, ids: Numbers, sizes: Integers) -> tuple[Integers, Spread]:
    """Return the words that occur, by first occurrence, and their spread over the parts that have words."""
    sizes = sizes[sizes > 0]
    ends = np.cumsum(sizes).astype(np.uint64)
    columns = _core.count_by_document(ids, ends, n_types=len(counted.words))
    starts, entry_words, counts = (series_from_core("", column).to_numpy() for column in columns)
    parts = np.repeat(np.arange(len(sizes)), np.diff(starts.astype(np.int64)))
    words, numbers = renumber(entry_words, len(counted.words))
    return words, Spread(numbers, parts, counts.astype(np.float64), sizes.astype(np.float64), len(words))


def _gaps(ids: Any, words: Integers, n_words: int) -> Gaps:
    """Return the distances between the occurrences of each of these words, in one running text."""
    offsets, positions = (series_from_core("", column).to_numpy() for column in _core.postings(ids, n_words))
    counts = np.diff(offsets.astype(np.int64))[words]
    return Gaps.of_positions(np.repeat(np.arange(len(words)), counts), positions.astype(np.int64), len(ids), len(words))
