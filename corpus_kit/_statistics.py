"""What the statistical analyses share: names of measures, spread of words over documents, missing values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import measures
from corpus_kit._columns import text_series
from corpus_kit.counted import CountedWords, ranges
from corpus_kit.errors import InputError, choose
from corpus_kit.measures.evenness import Spread
from corpus_kit.normalization import Normalizer, normalize_series

Integers = npt.NDArray[np.int64]

__all__ = [
    "chosen_measures",
    "dispersion_by_group",
    "nan_as_null",
    "numbered",
    "positive_share",
    "sign_of_difference",
    "spread_of",
    "spread_of_documents",
    "stopword_forms",
]


def chosen_measures(measure: str | Sequence[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Check the names of measures; one name is a list of one.

    >>> chosen_measures("mi", ["mi", "dice"])
    ('mi',)
    """
    if not isinstance(measure, str | Sequence):
        raise InputError(f"measure= takes a name or a list of names, not {type(measure).__name__}: {measure!r:.60}")
    names = (measure,) if isinstance(measure, str) else tuple(measure)
    if not names:
        raise InputError("measure= is empty; it takes at least one name")
    options = list(allowed)
    chosen = tuple(choose(name, options, "measure") for name in names)
    if len(set(chosen)) < len(chosen):
        raise InputError(f"measure= holds a name twice: {', '.join(chosen)}")
    return chosen


def positive_share(value: object, argument: str) -> float:
    """A number between 0 and 1, both excluded.

    >>> positive_share(0.95, "confidence")
    0.95
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < value < 1:
        raise InputError(f"{argument}= takes a number between 0 and 1, not {value!r:.60}")
    return float(value)


def sign_of_difference(a: Integers, c: Any, b: Integers, d: Any) -> Integers:
    """1 where a/c is more than b/d, -1 where it is less, 0 where they are the same; exactly.

    >>> sign_of_difference(np.array([1, 2]), 3, np.array([2, 2]), 6).tolist()
    [0, 1]
    """
    largest = max(int(np.max(each, initial=0)) for each in (a, b, c, d))
    kind: Any = np.int64 if largest < 2**31 else object  # whole numbers of any size
    left, right = a.astype(kind) * d, b.astype(kind) * c
    return np.asarray(left > right, np.int64) - np.asarray(left < right, np.int64)


def nan_as_null(values: npt.NDArray[np.float64]) -> pl.Series:
    """A column in which what is not defined is missing."""
    return pl.Series(values, nan_to_null=True, dtype=pl.Float64)


def spread_of(counted: CountedWords) -> Spread:
    """The words of a corpus in its documents; documents without words are no parts."""
    rows = counted.by_document
    parts = np.cumsum(counted.sizes > 0) - 1
    sizes = counted.sizes[counted.sizes > 0].astype(np.float64)
    words = rows.words.astype(np.intp)
    return Spread(words, parts[rows.documents()], rows.counts.astype(np.float64), sizes, len(counted.words))


def spread_of_documents(counted: CountedWords, documents: Integers) -> tuple[Integers, Spread]:
    """The words that stand in some of the documents (indices into counted.documents), and their spread over these."""
    rows = counted.by_document
    entries = ranges(rows.starts[documents], rows.starts[documents + 1])
    part_of_document = np.cumsum(counted.sizes[documents] > 0) - 1
    parts = np.repeat(part_of_document, np.diff(rows.starts)[documents])
    sizes = counted.sizes[documents]
    words, numbers = numbered(rows.words[entries], len(counted.words))
    counts = rows.counts[entries].astype(np.float64)
    return words, Spread(numbers, parts, counts, sizes[sizes > 0].astype(np.float64), len(words))


def numbered(ids: npt.NDArray[np.uint32], n_ids: int) -> tuple[Integers, Integers]:
    """The distinct ids, ascending, and the place among them of each."""
    if len(ids) < n_ids // 8:  # few: sorting them costs less than going through all that there are
        distinct, numbers = np.unique(ids, return_inverse=True)
        return distinct.astype(np.int64), numbers.reshape(-1)
    there = np.zeros(n_ids, bool)
    there[ids] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[ids]


def dispersion_by_group(
    counted: CountedWords, measure: str, group_of_document: Integers, n_groups: int
) -> tuple[Integers, Integers, npt.NDArray[np.float64]]:
    """A dispersion measure over the documents of each group: the group, the word and the value of each pair."""
    formula = getattr(measures, measure).formula
    groups, words, values = [], [], []
    for group in range(n_groups):
        found, spread = spread_of_documents(counted, np.flatnonzero(group_of_document == group))
        groups.append(np.full(len(found), group))
        words.append(found)
        values.append(formula(spread))
    return _joined(groups), _joined(words), np.concatenate(values) if values else np.zeros(0)


def _joined(parts: list[Integers]) -> Integers:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def stopword_forms(stopwords: Collection[str], normalizer: Normalizer | None) -> frozenset[str]:
    """Stop words in the form that is counted."""
    if isinstance(stopwords, str) or not isinstance(stopwords, Collection):
        raise InputError(f"stopwords= takes a collection of words, not {type(stopwords).__name__}: {stopwords!r:.60}")
    words = list(stopwords)
    if not all(isinstance(word, str) for word in words):
        raise InputError("stopwords= takes words as str")
    series = text_series(words, argument="stopwords")
    return frozenset(series if normalizer is None else normalize_series(series, normalizer))
