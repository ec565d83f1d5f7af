"""The interval of a rate of occurrences in running words, which come in documents."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.special_functions import special_functions
from corpus_kit.measures.evaluation import Array, upper_quantile

__all__ = ["EffectiveCounts", "effective_counts", "poisson_interval"]


class EffectiveCounts(NamedTuple):
    """Occurrences in words that come in documents, and as many independent ones as say as much about their rate.

    Attributes:
        occurrences: The occurrences in each group.
        words: Its words.
        effective: As many independent occurrences as there would have to be for the same uncertainty.
        weight: For how many occurrences each of these stands.
    """

    occurrences: Array
    words: Array
    effective: Array
    weight: Array


def effective_counts(
    occurrences: npt.ArrayLike,
    words: npt.ArrayLike,
    groups: npt.NDArray[np.integer[Any]],
    n_groups: int,
    confidence: float = 0.95,
) -> EffectiveCounts:
    """Return the occurrences of each group, and as many independent ones as say as much about their rate.

    The words of a document are not independent of one another, so documents are the unit of sampling. With x
    occurrences in n words in each of D documents, X and N in all, the rate r = X / N is a ratio estimator, whose
    variance is that of its linearisation (Cochran 1977, ch. 6):

        v = D/(D-1) Σ (x - r n)² / N²

    X independent occurrences would have the variance X / N². So these X are worth

        X* = min(X, X²/(N² v)) (z / t)²,  at least X² / Σ x²

    independent ones, as the effective sample size of a proportion is defined (Kish 1965; Korn and Graubard 1998). t is
    the quantile of Student's distribution with D - 1 degrees of freedom, z that of the normal one: their ratio allows
    for few documents. They are never worth less than if all occurrences in a document were one event, X²/Σx², and this
    is what they are worth in a single document, where no variance can be estimated. Documents without words are
    ignored.

    Each effective occurrence stands for w = X / X* ones. A group without occurrences does not show how they cluster, so
    its w is that of all documents together, Σ (x - r n)² / X with their r and X, and at least 1.

    Args:
        occurrences: Occurrences in each document of each group, at least 0.
        words: Words in each of them, at least 0.
        groups: Group of each of them, from 0.
        n_groups: Number of groups.
        confidence: A number between 0 and 1, of the interval that is to be made of them.

    Returns:
        Four arrays of `n_groups` numbers.

    References:
        Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley.

        Kish, L. (1965). Survey Sampling. Wiley.

        Korn, E. L. & Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
        positive counts estimated from survey data. Survey Methodology 24, 193-201.

    Examples:
        >>> import numpy as np
        >>> from corpus_kit.measures.rates import effective_counts
        >>> counts = effective_counts([7] + [0] * 239, [100] * 240, np.zeros(240, int), 1)  # all in one document
        >>> [round(float(each[0]), 2) for each in (counts.occurrences, counts.effective, counts.weight)]
        [7.0, 1.0, 7.0]
    """
    special = special_functions()

    x, n, group = np.asarray(occurrences, np.float64), np.asarray(words, np.float64), np.asarray(groups)
    has_words = n > 0
    if not has_words.all():
        x, n, group = x[has_words], n[has_words], group[has_words]

    def summed(values: Array) -> Array:
        return np.bincount(group, values, n_groups).astype(np.float64)

    found, size, documents = summed(x), summed(n), np.bincount(group, minlength=n_groups)
    upper = upper_quantile(confidence)
    with np.errstate(all="ignore"):
        rate = found / size
        squares = documents / (documents - 1) * summed((x - rate[group] * n) ** 2)
        penalty = NormalDist().inv_cdf(upper) / special.stdtrit(np.maximum(documents - 1, 1), upper)
        estimated = np.where(documents > 1, np.fmin(found, found**2 / squares), 0.0) * penalty**2
        effective = np.where(found > 0, np.fmax(estimated, found**2 / summed(x**2)), 0.0)
        of_all = np.sum((x - np.sum(x) / np.sum(n) * n) ** 2) / np.sum(x)
        weight = np.where(found > 0, found / effective, np.fmax(of_all, 1.0))
    return EffectiveCounts(found, size, effective, weight)


def poisson_interval(counts: EffectiveCounts, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return the exact Poisson interval of rates, with effective counts in place of occurrences.

    Each of X* effective occurrences stands for w ones in N words, so the ends are

        w/N χ²(1 - q; 2 X*) / 2  and  w/N χ²(q; 2 X* + 2) / 2

    where χ²(q; k) is the quantile of the chi-squared distribution with k degrees of freedom, and q is half-way between
    `confidence` and 1 (Garwood 1936). Fay and Feuer (1997) derive the same from weighted events: it is their interval
    with the weight w / N for the next event. For 0 occurrences the ends are 0 and 3.69 w / N with a confidence of 0.95.

    Args:
        counts: Of `effective_counts`.
        confidence: A number between 0 and 1.

    Returns:
        A tuple (low, high) of two arrays, in occurrences per word. NaN for a group without words.

    References:
        Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.

        Fay, M. P. & Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a method based on the
        gamma distribution. Statistics in Medicine 16, 791-801.

    Examples:
        >>> import numpy as np
        >>> from corpus_kit.measures.rates import EffectiveCounts, poisson_interval
        >>> none_and_ten, one = np.array([0.0, 10.0]), np.ones(2)
        >>> low, high = poisson_interval(EffectiveCounts(none_and_ten, one, none_and_ten, one))
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.0, 4.795], [3.689, 18.39])
    """
    special = special_functions()

    upper = upper_quantile(confidence)
    distinct, place = np.unique(counts.effective, return_inverse=True)  # most groups of a rare word have none
    low = np.where(distinct > 0, special.gammaincinv(np.maximum(distinct, 1e-300), 1 - upper), 0.0)
    high = special.gammaincinv(distinct + 1, upper)
    with np.errstate(all="ignore"):
        event = np.where(counts.words > 0, counts.weight / counts.words, np.nan)
    return event * low[place.reshape(-1)], event * high[place.reshape(-1)]
