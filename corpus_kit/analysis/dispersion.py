"""dispersion: how evenly words are spread over the parts of a corpus."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import _core, measures
from corpus_kit._base.arguments import integer, threshold
from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import nan_as_null, series_from_core
from corpus_kit._base.records import attach
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.group_batches import GroupBatch, batches_of_labels, spread_of_batch
from corpus_kit.analysis.groups import corpus_groups, corpus_labels
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid
from corpus_kit.measures.dispersion import Spread
from corpus_kit.measures.distances import Gaps
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["dispersion"]

_GROUP = "\0group"  # no column of a user has this name
_OVER_PARTS = measures.FAMILIES["dispersion"]
_BY_DISTANCE = measures.FAMILIES["distances"]


def dispersion(
    corpus: CorpusView,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    parts: str | int = "document",
    measure: str | Sequence[str] = ("deviation_of_proportions", "juilland_d", "average_reduced_frequency"),
    min_count: int = 1,
    min_documents: int = 1,
    stopwords: Collection[str] = (),
    join: Join = False,
) -> pl.DataFrame:
    """Measure how evenly each word is spread over the parts of a corpus.

    Over many parts, such as documents, juilland_d is near 1 for nearly all words, and deviation_of_proportions near 1
    for all rare ones: compare words of about the same frequency (docs/measures/dispersion.md).

    Args:
        corpus: A Corpus or a subcorpus.
        unit: What is counted: "word", "stem", "lemma" or "root", as in `ck.frequency`.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        by: A metadata column; the documents of each of its values are taken separately.
        parts: "document"; or a metadata column, whose values are the parts (null is one); or a number, at least 2,
            of parts of equal size, which are cut from the running text regardless of documents (before the words
            k * words // parts).
        measure: Names of measures of `ck.measures.dispersion` (over parts) and `ck.measures.distances` (which take
            the corpus as one running text, without parts).
        min_count: The lowest count of a row that is kept; with `by`, the count in the group.
        min_documents: In how many documents a word must occur, whatever the parts; with `by`, documents of the group.
        stopwords: Words (with unit="lemma", lemmas) to leave out, in any spelling that `profile` folds; the sizes of
            parts include them.
        join: Whether names that are written with and without a space are one word, as in `ck.frequency`.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] word (String), spelling (String: its
        most frequent original spelling in the corpus, as in `ck.frequency`), count (Int64), parts
        (Int64: number of parts that contain the word), and the measures (Float64; null where a measure is not
        defined, as with one part only). Order: groups by first occurrence; then count descending, then first
        occurrence in the whole corpus. Parts without words are ignored.

    Raises:
        InputError: If an argument is invalid, or there are more parts than words.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.dispersion(ck.sample_corpus(), parts="outlet", measure="range_proportion")
        >>> table.row(0)
        ('في', 'في', 659, 7, 1.0)
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    names = choose_measures(measure, [*_OVER_PARTS, *_BY_DISTANCE])
    least = threshold(min_count, "min_count")
    in_documents = threshold(min_documents, "min_documents", least=0)
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    taken = ("word", "spelling", "count", "parts", *names)
    cut = _cutter(corpus, parts)
    names_joined = names_to_join(join, unit, normalizer, corpus)
    counted = CountedWords(corpus, normalizer, unit, names_joined)
    tables = []
    for batch in batches_of_labels(corpus, counted, by, taken):
        table, group = _dispersion_of(counted, batch, cut, names, least, in_documents)
        table = table if batch.labels is None else table.insert_column(0, batch.labels.gather(group))
        tables.append(table.filter(~pl.col("word").is_in(sorted(left_out))) if left_out else table)
    options = {
        "by": by, "parts": parts, "measure": list(names), "min_count": least, "min_documents": in_documents,
        "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
        **join_record(join, names_joined, counted.joined_sequences), **unit_record(unit, corpus),
    }  # fmt: skip
    if not tables:  # no documents, and so no groups: an empty table with all columns
        label = corpus_labels(corpus, by, taken).clear()
        none = np.zeros(0, np.int64)
        table, _ = _dispersion_of(counted, GroupBatch(np.zeros(1, np.int64), none, none), None, names, least, 1)
        tables.append(table.insert_column(0, label))
    return attach(
        pl.concat(tables),
        "ck.dispersion",
        options,
        corpus=corpus,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


# From groups of documents to their documents in the order of the parts, the size of each part, and its group.
Cut = Callable[[CountedWords, GroupBatch], tuple[Integers, Integers, Integers]]


def _cutter(corpus: CorpusView, parts: str | int) -> Cut | None:
    """Return the way in which documents are cut into parts; None where each document is one."""
    if isinstance(parts, str):
        if parts == "document":
            return None
        labels = corpus_groups(corpus, parts, (), name="parts")

        def by_label(counted: CountedWords, batch: GroupBatch) -> tuple[Integers, Integers, Integers]:
            label = labels.of_document[counted.documents[batch.documents]]
            part = batch.group * len(labels.labels) + label
            order = np.argsort(part, kind="stable")
            distinct, number = np.unique(part[order], return_inverse=True)
            documents = batch.documents[order]
            sizes = np.bincount(number.reshape(-1), weights=counted.sizes[documents], minlength=len(distinct))
            return documents, sizes.astype(np.int64), distinct // len(labels.labels)

        return by_label
    n_parts = integer(parts, "parts", least=2)

    def equal(counted: CountedWords, batch: GroupBatch) -> tuple[Integers, Integers, Integers]:
        sizes = np.bincount(batch.group, weights=counted.sizes[batch.documents], minlength=len(batch)).astype(np.int64)
        if (sizes < n_parts).any():
            size = int(sizes[np.argmax(sizes < n_parts)])
            raise invalid("parts", f"at most the number of words ({size:,})", n_parts)
        cuts = np.arange(n_parts + 1) * sizes[:, None] // n_parts
        return batch.documents, np.diff(cuts, axis=1).ravel(), np.repeat(np.arange(len(batch)), n_parts)

    return equal


def _dispersion_of(
    counted: CountedWords, batch: GroupBatch, cut: Cut | None, names: tuple[str, ...], least: int, in_documents: int
) -> tuple[pl.DataFrame, Integers]:
    """Return the table of some groups of documents, group after group, and the group of each row."""
    group, words, spread = _spread(counted, batch, cut) if cut else spread_of_batch(counted, batch)
    columns: dict[str, Any] = {
        "word": counted.words.gather(words),
        "spelling": counted.spellings.gather(words),
        "count": spread.frequency.astype(np.int64),
        "parts": np.bincount(spread.words, minlength=spread.n_words).astype(np.int64),
    }
    distances = set(names) & set(_BY_DISTANCE)
    gaps = _gaps(counted, batch, group, words) if distances else None
    for name in names:
        formula = (_BY_DISTANCE if name in distances else _OVER_PARTS)[name].formula
        columns[name] = nan_as_null(formula(gaps if name in distances else spread))
    kept = [pl.col("count") >= least, pl.col("word").is_not_null()]
    if in_documents > 1:
        spread = spread if cut is None else spread_of_batch(counted, batch)[2]  # of the same pairs, in the same order
        kept.append(pl.lit(pl.Series(np.bincount(spread.words, minlength=spread.n_words) >= in_documents)))
    table = (
        pl.DataFrame({**columns, _GROUP: group})
        .filter(kept)
        .sort(_GROUP, "count", descending=[False, True], maintain_order=True)
    )
    return table.drop(_GROUP), table[_GROUP].to_numpy()


def _spread(counted: CountedWords, batch: GroupBatch, cut: Cut) -> tuple[Integers, Integers, Spread]:
    """Return the pairs of group and word that occur, and their spread over the parts that have words."""
    documents, sizes, group_of_part = cut(counted, batch)
    has_words = sizes > 0
    sizes, group_of_part = sizes[has_words], group_of_part[has_words]
    columns = _core.count_by_document(
        counted.running(documents), np.cumsum(sizes).astype(np.uint64), n_types=len(counted.words)
    )
    starts, entry_words, counts = (series_from_core("", column).to_numpy() for column in columns)
    parts = np.repeat(np.arange(len(sizes)), np.diff(starts.astype(np.int64)))
    group, words, numbers = batch.pairs(group_of_part[parts], entry_words, len(counted.words))
    corpora = None if len(batch) == 1 else (group, group_of_part)
    return (
        group,
        words,
        Spread(numbers, parts, counts.astype(np.float64), sizes.astype(np.float64), len(words), corpora),
    )


def _gaps(counted: CountedWords, batch: GroupBatch, group: Integers, words: Integers) -> Gaps:
    """Return the distances between the occurrences of each pair of group and word, in the running text of the group."""
    ids, n_words = counted.running(batch.documents), len(counted.words)
    if len(batch) == 1:
        offsets, positions = (series_from_core("", column).to_numpy() for column in _core.postings(ids, n_words))
        counts = np.diff(offsets.astype(np.int64))[words]
        pairs = np.repeat(np.arange(len(words)), counts)
        return Gaps.of_positions(pairs, positions.astype(np.int64), len(ids), len(words))
    group_of_token = np.repeat(batch.group, counted.sizes[batch.documents])
    pair = np.searchsorted(group * n_words + words, group_of_token * n_words + ids)
    order = np.argsort(pair, kind="stable")
    sizes = np.bincount(group_of_token, minlength=len(batch))
    begins = (np.cumsum(sizes) - sizes)[group_of_token]
    return Gaps.of_positions(pair[order], (np.arange(len(ids)) - begins)[order], sizes[group], len(words))
