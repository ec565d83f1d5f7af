"""diversity: how rich the vocabulary of a corpus is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import integer, proportion
from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.group_batches import GroupBatch, batches_of_labels
from corpus_kit.analysis.groups import corpus_labels
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.measures.diversity import Spectrum, of_text
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["diversity"]

_COUNTS = ("documents", "tokens", "types", "hapaxes")
_FEW = 16  # words of a group whose values are kept for others like it


def diversity(
    corpus: CorpusView,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    window: int = 100,
    measure: str | Sequence[str] = ("ttr", "mattr", "hdd", "yule_k"),
    sample: int = 42,
    threshold: float = 0.72,
) -> pl.DataFrame:
    """Measure how rich the vocabulary of a corpus is, or of each group of its documents.

    The documents of a group are taken as one running text, in their order; with by="id", each document is a group. All
    words count: without stop words or rare words a text would have another richness, so that there is no min_documents
    and no stopwords, as for `ck.fit_zipf_mandelbrot`, `ck.vocabulary_growth` and `ck.fit_heaps`.

    Args:
        corpus: A Corpus or a subcorpus.
        unit: What the text is made of: "word", "stem", "lemma" or "root", as in `ck.frequency`. Words that have none
            are no tokens of it: here the units alone are the text.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        by: A metadata column, or "id".
        window: Tokens in a window of mattr and in a segment of msttr.
        measure: Names of measures of `ck.measures.diversity`.
        sample: Tokens in a sample of hdd.
        threshold: The type-token ratio at which a factor of mtld ends.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] documents, tokens, types, hapaxes
        (Int64: types that occur once), and the measures (Float64; null where a text is too short for a measure).
        Order: groups by first occurrence. The measures of a group without words are null.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.diversity(ck.sample_corpus(), measure="ttr").row(0)
        (240, 22804, 7951, 4977, 0.34866690054376426)
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    names = choose_measures(measure, measures.FAMILIES["diversity"])
    options: dict[str, Any] = {
        "window": integer(window, "window", least=1),
        "sample": integer(sample, "sample", least=1),
        "threshold": proportion(threshold, "threshold"),
    }
    normalizer = resolve_profile(profile)
    counted = CountedWords(corpus, normalizer, unit)
    rows = [np.zeros((0, len(_COUNTS) + len(names)))]
    labels = []
    for batch in batches_of_labels(corpus, counted, by, (*_COUNTS, *names)):
        rows.append(_rows_of(counted, batch, names, options))
        if batch.labels is not None:
            labels.append(batch.labels)
    table = np.concatenate(rows)
    columns = [pl.Series(name, values.astype(np.int64)) for name, values in zip(_COUNTS, table.T, strict=False)]
    columns += [nan_as_null(table[:, place].copy()).alias(name) for place, name in enumerate(names, start=len(_COUNTS))]
    if by is not None:
        columns.insert(0, pl.concat([corpus_labels(corpus, by, (*_COUNTS, *names)).clear(), *labels]))
    record = {
        "by": by, "measure": list(names), "profile": None if normalizer is None else normalizer.name, **options,
        "subcorpus": corpus.selection, **unit_record(unit, corpus),
    }  # fmt: skip
    return attach(
        pl.DataFrame(columns),
        "ck.diversity",
        record,
        corpus=corpus,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


def _rows_of(
    counted: CountedWords, batch: GroupBatch, names: tuple[str, ...], options: dict[str, Any]
) -> npt.NDArray[np.float64]:
    """Return the counts and the measures of each group, in a row; counts are below 2^53."""
    sizes = counted.sizes[batch.documents]
    running = counted.running(batch.documents)
    group_of_token = np.repeat(batch.group, sizes)
    if counted.nameless is not None:
        named = counted.are_named(running)
        running, group_of_token = running[named], group_of_token[named]
    group_of_pair, _, numbers = batch.pairs(group_of_token, running, len(counted.words))
    first_pair = np.searchsorted(group_of_pair, np.arange(len(batch)))
    ids = numbers - first_pair[group_of_token]  # within its group
    documents = np.bincount(batch.group, minlength=len(batch)).tolist()
    ends = np.cumsum(np.bincount(group_of_token, minlength=len(batch)))[:-1]
    known: dict[bytes, list[float]] = {}
    rows = np.empty((len(batch), len(_COUNTS) + len(names)))
    for row, of_group in enumerate(np.split(ids, ends)):
        key = of_group.tobytes() if len(of_group) <= _FEW else None
        values = None if key is None else known.get(key)
        if values is None:
            values = _values(of_group, names, options)
        if key is not None:
            known[key] = values
        rows[row] = [documents[row], *values]
    return rows


def _values(ids: Integers, names: tuple[str, ...], options: dict[str, Any]) -> list[float]:
    """Return tokens, types and hapaxes of a text, and its measures."""
    spectrum = Spectrum.of_counts(np.bincount(ids))
    hapaxes = spectrum.types[spectrum.frequencies == 1].sum()
    measured = [of_text(name, ids, spectrum, **options) if len(ids) else np.nan for name in names]
    return [len(ids), spectrum.n_types, hapaxes, *measured]
