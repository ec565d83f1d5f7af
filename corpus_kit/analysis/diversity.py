"""diversity: how rich the vocabulary of a corpus is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import integer, proportion
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.groups import corpus_labels, documents_by_group
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.spread import renumber
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.measures.diversity import Spectrum, of_text
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["diversity"]

_COUNTS = ("documents", "tokens", "types", "hapaxes")


def diversity(
    corpus: CorpusView,
    *,
    profile: str | Normalizer | None = "search",
    by: str | None = None,
    window: int = 100,
    measure: str | Sequence[str] = ("ttr", "mattr", "hdd", "yule_k"),
    sample: int = 42,
    threshold: float = 0.72,
) -> pl.DataFrame:
    """Measure how rich the vocabulary of a corpus is, or of each group of its documents.

    The documents of a group are taken as one running text, in their order; with by="id", each document is a group.

    Args:
        corpus: A Corpus or a subcorpus.
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
    expect_corpus(corpus)
    names = choose_measures(measure, measures.FAMILIES["diversity"])
    options: dict[str, Any] = {
        "window": integer(window, "window", least=1),
        "sample": integer(sample, "sample", least=1),
        "threshold": proportion(threshold, "threshold"),
    }
    normalizer = resolve_profile(profile)
    counted = CountedWords(corpus, normalizer)
    rows: dict[str, list[Any]] = {name: [] for name in (*_COUNTS, *names)}
    labels = []
    for label, documents in documents_by_group(corpus, counted.documents, by, rows):
        if label is not None:
            labels.append(label)
        ids = renumber(counted.running(documents), len(counted.words))[1]
        spectrum = Spectrum.of_counts(np.bincount(ids))
        hapaxes = int(spectrum.types[spectrum.frequencies == 1].sum())
        counts = dict(zip(_COUNTS, (len(documents), len(ids), int(spectrum.n_types), hapaxes), strict=True))
        values = {name: of_text(name, ids, spectrum, **options) if len(ids) else np.nan for name in names}
        for name, value in (counts | values).items():
            rows[name].append(value)
    columns = [pl.Series(name, rows[name], dtype=pl.Int64) for name in _COUNTS]
    columns += [nan_as_null(np.array(rows[name], np.float64)).alias(name) for name in names]
    if by is not None:
        columns.insert(0, pl.concat([corpus_labels(corpus, by, rows).clear(), *labels]))
    record = {
        "by": by, "measure": list(names), "profile": None if normalizer is None else normalizer.name, **options,
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(
        pl.DataFrame(columns),
        "ck.diversity",
        record,
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )
