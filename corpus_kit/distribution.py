"""How words are distributed: dispersion over the parts of a corpus, and diversity of a vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _counting, measures
from corpus_kit._arguments import whole_number
from corpus_kit._columns import series_from_core
from corpus_kit._statistics import chosen_measures, nan_as_null, numbered, spread_of_documents, stopword_forms
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import CountedWords
from corpus_kit.errors import InputError
from corpus_kit.forms import Numbers
from corpus_kit.grouping import corpus_labels, groups_of
from corpus_kit.measures import richness
from corpus_kit.measures._evaluation import positive
from corpus_kit.measures.distances import Gaps
from corpus_kit.measures.evenness import Spread
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.provenance import attach

__all__ = ["dispersion", "diversity"]

Integers = npt.NDArray[np.int64]

_OVER_PARTS = measures.FAMILIES["dispersion"]
_BY_DISTANCE = measures.FAMILIES["distance"]


# ---------------------------------------------------------------------------------- dispersion


def dispersion(
    corpus: CorpusView,
    *,
    by: str | None = None,
    parts: str | int = "document",
    measure: str | Sequence[str] = ("deviation_of_proportions", "juilland_d", "average_reduced_frequency"),
    profile: str | Normalizer | None = "search",
    min_count: int = 1,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    """Say how evenly each word is spread over the parts of a corpus.

    Args:
        corpus: a Corpus or a subcorpus.
        by: a metadata column: the same for the documents of each of its values apart.
        parts: "document"; or a metadata column, whose values are the parts (null is one); or a number from 2
            of parts of equal size, cut from the running text without regard to documents (before the words
            k * words // parts).
        measure: names of `ck.measures` of the families dispersion (over parts) and distance (which take
            no parts: the corpus is one running text).
        profile: the form that is counted: a preset's name, a Normalizer, or None for the original spelling.
        min_count: the lowest count of a row that is kept; with by= it holds for the count in the group.
        stopwords: words to leave out, in any spelling that `profile` folds; they still count for the sizes.

    Returns:
        A DataFrame with the columns [the labels, named as their column,] word (String), count (Int64), parts (Int64:
        how many hold the word), and the measures (Float64; null where a measure is not defined, as for one
        part). Order: groups by first occurrence; then count descending, then first occurrence in the whole
        corpus. Parts without words are left out of the calculation.

    Raises:
        InputError: more parts than words, an unknown measure (the nearest is named), a metadata column that
            is not there, an argument that cannot be.

    >>> import corpus_kit as ck
    >>> table = ck.dispersion(ck.sample_corpus(), parts="outlet", measure="range_proportion")
    >>> table.row(0)
    ('في', 659, 7, 1.0)
    """
    expect_corpus(corpus, "dispersion")
    names = chosen_measures(measure, [*_OVER_PARTS, *_BY_DISTANCE])
    least = whole_number(min_count, "min_count", least=1, what="occurrences")
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer)
    taken = ("word", "count", "parts", *names)
    cut = _cutter(corpus, parts)
    counted = CountedWords(corpus, normalizer)
    frames = []
    for label, documents in _groups(corpus, counted, by, taken):
        frame = _dispersion_of(counted, documents, cut, names, least)
        if left_out:
            frame = frame.filter(~pl.col("word").is_in(sorted(left_out)))
        frames.append(frame if label is None else frame.insert_column(0, label.new_from_index(0, frame.height)))
    options = {
        "by": by, "parts": parts, "measure": list(names), "min_count": least, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
    }  # fmt: skip
    if not frames:  # no documents, and so no groups: an empty table with all columns
        label = corpus_labels(corpus, str(by), taken).clear()
        frames.append(_dispersion_of(counted, np.arange(0), None, names, least).insert_column(0, label))
    return attach(
        pl.concat(frames),
        "ck.dispersion",
        options,
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


# Takes documents (as indices into counted.documents); gives their words part by part, and the size of each part.
Cut = Callable[[CountedWords, Integers], tuple[Numbers, Integers]]


def _cutter(corpus: CorpusView, parts: str | int) -> Cut | None:
    """How the words of some documents are cut into parts; None where each document is one."""
    if parts == "document":
        return None
    if isinstance(parts, str):
        labels = groups_of(corpus_labels(corpus, parts, ()), len(corpus.document_ends))

        def by_label(counted: CountedWords, documents: Integers) -> tuple[Numbers, Integers]:
            part_of = labels.of_document[counted.documents[documents]]
            order = documents[np.argsort(part_of, kind="stable")]
            sizes = np.bincount(part_of, weights=counted.sizes[documents], minlength=len(labels.labels))
            return counted.running(order), sizes.astype(np.int64)

        return by_label
    n_parts = whole_number(parts, "parts", least=2, what="parts")

    def equal(counted: CountedWords, documents: Integers) -> tuple[Numbers, Integers]:
        size = int(counted.sizes[documents].sum())
        if size < n_parts:
            raise InputError(f"parts={n_parts}, but there are only {size} words")
        return counted.running(documents), np.diff(np.arange(n_parts + 1) * size // n_parts)

    return equal


def _dispersion_of(
    counted: CountedWords, documents: Integers, cut: Cut | None, names: tuple[str, ...], least: int
) -> pl.DataFrame:
    """The table of one group of documents."""
    words, spread = _spread(counted, *cut(counted, documents)) if cut else spread_of_documents(counted, documents)
    columns: dict[str, Any] = {
        "word": counted.words.gather(words),
        "count": spread.frequency.astype(np.int64),
        "parts": np.bincount(spread.words, minlength=spread.n_words).astype(np.int64),
    }
    distances = set(names) & set(_BY_DISTANCE)
    gaps = _gaps(counted.running(documents), words, len(counted.words)) if distances else None
    for name in names:
        formula = getattr(measures, name).formula
        columns[name] = nan_as_null(formula(gaps if name in distances else spread))
    frame = pl.DataFrame(columns)
    return frame.filter(pl.col("count") >= least).sort("count", descending=True, maintain_order=True)


def _spread(counted: CountedWords, ids: Numbers, sizes: Integers) -> tuple[Integers, Spread]:
    """The words that occur, by first occurrence in the corpus, and their spread over the parts that have words."""
    sizes = sizes[sizes > 0]
    ends = np.cumsum(sizes).astype(np.uint64)
    columns = _counting.count_by_document(ids, ends, n_types=len(counted.words))
    starts, entry_words, counts = (series_from_core("", column).to_numpy() for column in columns)
    parts = np.repeat(np.arange(len(sizes)), np.diff(starts.astype(np.int64)))
    words, numbers = numbered(entry_words, len(counted.words))
    return words, Spread(numbers, parts, counts.astype(np.float64), sizes.astype(np.float64), len(words))


def _gaps(ids: Any, words: Integers, n_words: int) -> Gaps:
    """The distances between the occurrences of each of these words, in one running text."""
    offsets, positions = (series_from_core("", column).to_numpy() for column in _counting.postings(ids, n_words))
    counts = np.diff(offsets.astype(np.int64))[words]
    return Gaps.of_positions(np.repeat(np.arange(len(words)), counts), positions.astype(np.int64), len(ids), len(words))


def _groups(
    corpus: CorpusView, counted: CountedWords, by: str | None, taken: Collection[str]
) -> Iterator[tuple[pl.Series | None, Integers]]:
    """Each group's label, as a column of one row, and its documents, as indices into counted.documents."""
    if by is None:
        yield None, np.arange(len(counted.documents))
        return
    if not len(counted.documents):
        return
    groups = groups_of(corpus_labels(corpus, by, taken), len(corpus.document_ends))
    of_selected = groups.of_document[counted.documents]
    order = np.argsort(of_selected, kind="stable")
    numbers, first = np.unique(of_selected[order], return_index=True)
    for number, documents in zip(numbers.tolist(), np.split(order, first[1:]), strict=True):
        yield groups.labels[number : number + 1], documents


# ----------------------------------------------------------------------------------- diversity


def diversity(
    corpus: CorpusView,
    *,
    by: str | None = None,
    measure: str | Sequence[str] = ("ttr", "mattr", "hdd", "yule_k"),
    profile: str | Normalizer | None = "search",
    window: int = 100,
    sample: int = 42,
    threshold: float = 0.72,
) -> pl.DataFrame:
    """Say how rich the vocabulary of a corpus is, or of each group of its documents.

    A group's documents are taken as one running text, in their order. by="id" gives each document.

    Args:
        corpus: a Corpus or a subcorpus.
        by: a metadata column, or "id".
        measure: names of `ck.measures` of the family diversity.
        profile: the form that is counted: a preset's name, a Normalizer, or None for the original spelling.
        window: tokens in a window of mattr and a segment of msttr.
        sample: tokens in a sample of hdd.
        threshold: the type-token ratio at which a factor of mtld ends.

    Returns:
        A DataFrame with the columns [the labels, named as their column,] documents, tokens, types, hapaxes (Int64:
        types that occur once), and the measures (Float64; null where a text is too short for a measure). Order:
        groups by first occurrence. A group without words has null measures.

    Raises:
        InputError: an unknown measure (the nearest is named), a metadata column that is not there, an
            argument that cannot be.

    >>> import corpus_kit as ck
    >>> ck.diversity(ck.sample_corpus(), measure="ttr").row(0)
    (240, 22804, 7951, 4977, 0.34866690054376426)
    """
    expect_corpus(corpus, "diversity")
    names = chosen_measures(measure, measures.FAMILIES["diversity"])
    options: dict[str, Any] = {
        "window": whole_number(window, "window", least=1, what="tokens"),
        "sample": whole_number(sample, "sample", least=1, what="tokens"),
        "threshold": positive("threshold", threshold, below=1),
    }
    normalizer = resolve_profile(profile)
    counted = CountedWords(corpus, normalizer)
    rows: dict[str, list[Any]] = {name: [] for name in ("documents", "tokens", "types", "hapaxes", *names)}
    labels = []
    for label, documents in _groups(corpus, counted, by, rows):
        labels.append(label)
        ids = numbered(counted.running(documents), len(counted.words))[1]
        spectrum = richness.Spectrum.of_counts(np.bincount(ids))
        known = {"documents": len(documents), "tokens": len(ids), "types": int(spectrum.n_types)}
        known["hapaxes"] = int(spectrum.types[spectrum.frequencies == 1].sum())
        values = {name: richness.of_text(name, ids, spectrum, **options) if len(ids) else np.nan for name in names}
        for name, value in (known | values).items():
            rows[name].append(value)
    columns = [pl.Series(name, rows[name], dtype=pl.Int64) for name in ("documents", "tokens", "types", "hapaxes")]
    columns += [nan_as_null(np.array(rows[name], np.float64)).alias(name) for name in names]
    head = (
        []
        if by is None
        else [pl.concat([corpus_labels(corpus, by, rows).clear(), *(label for label in labels if label is not None)])]
    )
    record = {
        "by": by, "measure": list(names), "profile": None if normalizer is None else normalizer.name, **options,
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(
        pl.DataFrame([*head, *columns]),
        "ck.diversity",
        record,
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )
