"""A classifier of units by their words, trained on the codes that coders gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.distribution import how_to_install
from corpus_kit._base.hashing import draws, hashed
from corpus_kit.errors import CorpusKitError
from corpus_kit.machine.memory import expect_memory
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.tokenization import COUNTED_KINDS, Tokenizer

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["cross_fitted", "f1_intervals", "folds", "word_weights"]

_FOLDS = 5
_LEAST = 2  # units in which a word occurs
_BYTES = 40  # of working memory for a token
_REPLICATES = 1000


def word_weights(texts: pl.Series) -> csr_array:
    """Return the tf-idf weights of the words of texts, texts by words, with rows of length 1.

    Words are those that the library counts, in the form of the profile "search"; those of one text only are left out.
    """
    from scipy.sparse import csr_array  # slow to import

    try:
        from sklearn.feature_extraction.text import TfidfTransformer  # optional, and slow to import
    except ModuleNotFoundError:
        raise CorpusKitError(f"A classifier needs scikit-learn. {how_to_install('learning')}") from None

    tokenizer = Tokenizer()
    batch = tokenizer.add(texts, starts=False)
    expect_memory(len(batch.type_ids) * _BYTES, "A classifier of these units", "Take fewer units, or a smaller window")
    types = tokenizer.types()
    forms = normalize_series(types["surface"], Normalizer.preset("search"))
    is_word = types["kind"].is_in(list(COUNTED_KINDS)) & (forms != "")
    numbers = (forms.rank("dense").cast(pl.Int64) - 1).to_numpy()
    texts_of_tokens = np.repeat(np.arange(len(batch.counts)), batch.counts)
    kept = is_word.to_numpy()[batch.type_ids]
    columns, rows = numbers[batch.type_ids[kept]], texts_of_tokens[kept]
    shape = (len(batch.counts), int(numbers.max(initial=-1)) + 1)
    counts = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    counts.sum_duplicates()
    common = np.flatnonzero(np.bincount(counts.indices, minlength=shape[1]) >= _LEAST)
    counts = counts[:, common]
    if not counts.shape[1]:
        return csr_array((shape[0], 1))
    found: csr_array = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    return csr_array(found)


def folds(size: int, rows: Integers, codes: Integers, seed: int) -> Integers:
    """Return the fold of each unit, so that the coded units of each code are spread over all folds.

    Args:
        size: The number of units.
        rows: Those that are coded.
        codes: The code of each of these.
        seed: A non-negative integer.
    """
    n = max(min(_FOLDS, len(rows)), 1)
    draw = hashed(np.arange(size), seed)
    found = (draw % np.uint64(n)).astype(np.int64)
    order = np.lexsort((draw[rows], codes))
    found[rows[order]] = np.arange(len(rows)) % n
    return found


def cross_fitted(weights: Any, rows: Integers, codes: Integers, fold: Integers, n_codes: int) -> Floats:
    """Return the probabilities of codes for each unit, by classifiers that have not seen the unit's own code.

    Logistic regression with the penalty of scikit-learn's default (L2, C = 1), in which all codes have the same weight,
    so that rare ones are predicted, too; it is trained on the coded units of all folds but that of the unit. Where
    these have one code only, it is predicted; without any, all are equally probable.
    """
    from sklearn.linear_model import LogisticRegression  # optional, and slow to import

    # words that no coded unit has get the coefficient 0
    weights = weights[:, np.unique(weights[rows].indices)]
    found = np.full((len(fold), n_codes), 1 / n_codes)
    for number in range(int(fold.max(initial=-1)) + 1):
        held = np.flatnonzero(fold == number)
        seen = fold[rows] != number
        present = np.unique(codes[seen])
        if not len(present) or not len(held):
            continue
        found[held] = 0
        if len(present) == 1:
            found[held, present[0]] = 1
            continue
        model = LogisticRegression(class_weight="balanced", max_iter=1000).fit(weights[rows[seen]], codes[seen])
        found[np.ix_(held, model.classes_)] = model.predict_proba(weights[held])
    return found


def f1_intervals(
    codes: Integers, predicted: Integers, weights: Floats, n_codes: int, quantiles: Sequence[float], seed: int
) -> tuple[Floats, Floats]:
    """Return precision, recall and F1 of each code and their means (measures by codes + 1), and quantiles of F1.

    Units are drawn with replacement 1,000 times, with their weights. A code that is neither given nor predicted has no
    value, and does not count for the mean.
    """
    drawn = np.stack([draws(len(codes), replicate, seed) for replicate in range(_REPLICATES)])
    given, said = np.eye(n_codes)[codes], np.eye(n_codes)[predicted]
    parts = np.stack([given * said, given, said])  # measures by units by codes
    scores = _scores(np.einsum("n,mnk->mk", weights, parts)[:, None, :])[:, 0, :]
    with np.errstate(all="ignore"):
        found = _scores(np.stack([(drawn * weights) @ part for part in parts]))[2]
    defined = np.where(np.isnan(found).all(axis=0), 0, found)
    limits = np.nanquantile(defined, quantiles, axis=0)
    return scores, np.where(np.isnan(found).all(axis=0), np.nan, limits)


def _scores(sums: Floats) -> Floats:
    """Return precision, recall and F1 from the sums of hits, units with a code, and units classified so."""
    hits, given, said = sums
    with np.errstate(all="ignore"):
        found = np.stack([hits / said, hits / given, 2 * hits / (given + said)])
        known = ~np.isnan(found)
        mean = np.where(known, found, 0).sum(axis=-1) / known.sum(axis=-1)
    result: Floats = np.concatenate([found, mean[..., None]], axis=-1)
    return result
