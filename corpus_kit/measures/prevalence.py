"""How common codes are in a population of which a sample was coded and all was classified.

A classifier errs, and its errors do not cancel out: to count what it says is biased, however many texts there are.
What was coded in a probability sample says by how much.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.special_functions import special_functions
from corpus_kit.measures.evaluation import upper_quantile
from corpus_kit.measures.proportions import wilson

__all__ = ["DesignBased", "adjusted_counts", "collapsed_strata", "design_based", "tells_apart"]

_CLEAREST = 1e6  # condition of a matrix of error rates above which it does not tell codes apart


class DesignBased(NamedTuple):
    """Shares of codes, groups by codes; NaN where nothing of a group was coded.

    Attributes:
        share: The estimate; one below 0 or above 1 is given as 0 or 1, as are the ends of intervals.
        low: The lower end of its interval.
        high: The upper end.
        coded: The weighted share in the coded sample alone, without the classifier.
        sizes: Units of each group in the population.
        sample: Coded units of each group.
    """

    share: Floats
    low: Floats
    high: Floats
    coded: Floats
    sizes: Integers
    sample: Integers


def design_based(
    predicted: Floats,
    rows: Integers,
    codes: Integers,
    strata: Integers,
    groups: Integers | None = None,
    *,
    confidence: float = 0.95,
) -> DesignBased:
    """Return the share of each code in a population, corrected for the errors of a classifier, with its interval.

    The mean of the pseudo-outcomes Ỹ_i = Ŷ_i + (R_i / π_i)(Y_i - Ŷ_i): Ŷ is what the classifier predicts, Y what the
    coders say, R whether the unit is in the sample, π the probability with which it was drawn (Egami et al.
    2023). It is unbiased however bad the classifier is, if π is known, and if its prediction for a unit does not
    depend on the unit's own code (cross-fitting); a good one makes the interval narrow. Units of unknown π, such as
    those that were chosen since a classifier was uncertain of them, must not be among `rows`. Egami et al. see the
    units as a sample of a larger population, with the variance Σ (Ỹ_i - mean)² / N²; here the population is these
    units, and only which of them were coded is due to chance, as in Särndal et al. A simple random
    sample of n_h of the N_h units of each stratum h has π = n_h / N_h,
    and the variance in this population (that of the difference estimator) is

    Σ_h N_h² (1 - n_h / N_h) s_h² / n_h / N²,

    s_h² the variance of Y - Ŷ in the sample of the stratum; of a group, that of Y - Ŷ within it and 0 outside it, and N
    the units of the group. The interval is ± t s, t with n - H degrees of freedom, n coded units of the group in H
    strata. Where none or all of the coded units of a group have a code, the residuals show no variance that can be
    trusted: the interval then reaches as far as Wilson's, of n_eff = (Σ w)² / Σ w² units, w = 1 / π.

    Args:
        predicted: Probabilities of the codes, units by codes.
        rows: The coded units of the probability sample.
        codes: The code of each, a column of `predicted`.
        strata: The stratum of each unit, from 0; each has at least two coded units, or all (`collapsed_strata`).
        groups: The group of each unit, from 0; None for one group.
        confidence: A number between 0 and 1.

    References:
        Egami, N., Hinck, M., Stewart, B. M. & Wei, H. (2023). Using imperfect surrogates for downstream inference:
        design-based supervised learning for social science applications of large language models. Advances in Neural
        Information Processing Systems 36. Särndal, C.-E., Swensson, B. & Wretman, J. (1992). Model Assisted Survey
        Sampling, sections 6.3 and 10.3.

    Examples:
        Of eight units a classifier finds the first code in four. Four of the eight were drawn (π = 1/2), and one of
        the two among these that it found has the other code: (4 - 1 / π) / 8 = 0.25. The residuals are 0, -1, 0, 0,
        their variance is 1/4, the standard error √((1 - 4/8) · 1/4 / 4) = 0.177, and t = 3.18 with 3 degrees of
        freedom.

        >>> predicted = np.repeat([[1.0, 0.0], [0.0, 1.0]], 4, axis=0)
        >>> found = design_based(predicted, np.array([0, 1, 4, 5]), np.array([0, 1, 1, 1]), np.zeros(8, np.int64))
        >>> found.share.tolist(), found.high.round(3).tolist()
        ([[0.25, 0.75]], [[0.813, 1.0]])
    """
    groups = np.zeros(len(predicted), np.int64) if groups is None else groups
    n_groups, n_codes = int(groups.max(initial=-1)) + 1, predicted.shape[1]
    sizes = np.bincount(groups, minlength=n_groups)
    in_stratum = np.bincount(strata)
    drawn = np.bincount(strata[rows], minlength=len(in_stratum))
    weights = (in_stratum / np.maximum(drawn, 1))[strata[rows]]
    of_rows = groups[rows]
    outcome = np.eye(n_codes)[codes]
    residual = outcome - predicted[rows]
    corrections = _sums(weights[:, None] * residual, of_rows, n_groups)
    share = (_sums(predicted, groups, n_groups) + corrections) / sizes[:, None]
    weight = np.bincount(of_rows, weights, n_groups)
    sample = np.bincount(of_rows, minlength=n_groups)
    with np.errstate(all="ignore"):
        coded = _sums(weights[:, None] * outcome, of_rows, n_groups) / weight[:, None]
        cell, place = np.unique(of_rows * len(in_stratum) + strata[rows], return_inverse=True)
        group, stratum = cell // len(in_stratum), cell % len(in_stratum)
        total, squares = (_sums(each, place, len(cell)) for each in (residual, residual**2))
        n = drawn[stratum][:, None].astype(float)
        spread = np.where(n > 1, np.maximum(squares - total**2 / n, 0) / (n - 1), 0)
        size = in_stratum[stratum][:, None]
        variance = _sums(size**2 * (1 - n / size) * spread / n, group, n_groups) / sizes[:, None] ** 2
        freedom = np.maximum(sample - np.bincount(group, minlength=n_groups), 1)
        half = special_functions().stdtrit(freedom, upper_quantile(confidence))[:, None] * np.sqrt(variance)
        low, high = share - half, share + half
        effective = np.where(sample > 0, weight**2 / np.bincount(of_rows, weights**2, n_groups), 0)
    positives = _sums(outcome, of_rows, n_groups)
    is_partial = (np.bincount(group, drawn[stratum] < in_stratum[stratum], n_groups) > 0)[:, None]
    _, most = wilson(np.zeros(n_groups), effective, confidence)
    high = np.where(is_partial & (positives == 0), np.maximum(high, most[:, None]), high)
    low = np.where(is_partial & (positives == sample[:, None]), np.minimum(low, 1 - most[:, None]), low)
    missing = np.broadcast_to((sample == 0)[:, None], share.shape)
    share, low, high = (np.where(missing, np.nan, np.clip(each, 0, 1)) for each in (share, low, high))
    return DesignBased(share, low, high, coded, sizes, sample)


def collapsed_strata(strata: Integers, rows: Integers) -> Integers:
    """Return strata of which each has at least two coded units, or is coded as a whole, as far as there are any.

    Those with fewer become one stratum, since a variance cannot be computed from one unit.

    Args:
        strata: The stratum of each unit, from 0.
        rows: The coded units.

    References:
        Cochran, W. G. (1977). Sampling Techniques, 3rd ed., section 5A.12.

    Examples:
        >>> collapsed_strata(np.array([0, 0, 1, 1, 2, 2, 2]), np.array([0, 2, 4, 5])).tolist()
        [0, 0, 0, 0, 1, 1, 1]
    """
    sizes = np.bincount(strata)
    drawn = np.bincount(strata[rows], minlength=len(sizes))
    is_small = (drawn < 2) & (drawn < sizes)
    if drawn[is_small].sum() == 1 or (is_small.any() and not drawn[is_small].any()):
        others = np.flatnonzero(~is_small & (drawn < sizes))
        others = others if len(others) else np.flatnonzero(~is_small)
        is_small[others[np.argmin(drawn[others])] if len(others) else 0] = True
    number = np.where(is_small, 0, np.cumsum(~is_small) - (0 if is_small.any() else 1))
    found: Integers = number[strata]
    return found


def adjusted_counts(rates: Floats, classified: Floats) -> Floats:
    """Return shares of codes from those that a classifier counts, adjusted for its error rates.

    Solves Σ_c rates[c, k] p_c = classified_k for p, by least squares; negative shares become 0, and all are scaled to
    sum to 1. For two codes this is (share - fpr) / (tpr - fpr), within 0 and 1. It assumes that error rates are the
    same in the population, or a group of it, as in the sample.

    Args:
        rates: How often a unit of each code (rows) is classified as each (columns); rows sum to 1.
        classified: The shares that the classifier counts; several rows for several groups.

    Returns:
        An array of the shape of `classified`; NaN if the classifier does not tell the codes apart.

    References:
        Forman, G. (2008). Quantifying counts and costs via classification. Data Mining and Knowledge Discovery 17,
        164-206; for more than two codes: Hopkins, D. J. & King, G. (2010). A method of automated nonparametric content
        analysis for social science. American Journal of Political Science 54, 229-247.

    Examples:
        >>> adjusted_counts(np.array([[0.8, 0.2], [0.1, 0.9]]), np.array([0.45, 0.55])).round(3).tolist()
        [0.5, 0.5]
    """
    if not np.isfinite(rates).all() or np.linalg.cond(rates) > _CLEAREST:
        return np.full_like(classified, np.nan)
    found = np.clip(np.linalg.solve(rates.T, np.atleast_2d(classified).T).T, 0, None)
    shares: Floats = (found / found.sum(axis=1, keepdims=True)).reshape(classified.shape)
    return shares


def tells_apart(rates: Floats, counts: Integers) -> bool:
    """Return whether a classifier tells codes apart by more than chance would, so that counts can be adjusted.

    Where the rates of two codes are the same (the true positive rate that of false positives), the equations of
    `adjusted_counts` have no solution, and where they hardly differ, it is made of noise. The smallest singular value
    of the rates, which is how far they are from that, must be larger than their standard error, √(Σ r (1 - r) / n).

    Args:
        rates: As in `adjusted_counts`; NaN in the row of a code that nothing has.
        counts: From how many units of each code they are known.

    References:
        Forman, G. (2008). Quantifying counts and costs via classification. Data Mining and Knowledge Discovery 17,
        164-206, on instability where the two rates are close; Golub, G. H. & Van Loan, C. F. (2013). Matrix
        Computations, 4th ed., section 2.4: the smallest singular value is the distance from singular matrices.

    Examples:
        >>> tells_apart(np.array([[0.8, 0.2], [0.1, 0.9]]), np.array([50, 50]))
        True
        >>> tells_apart(np.array([[0.53, 0.47], [0.5, 0.5]]), np.array([50, 50]))
        False
    """
    if not np.isfinite(rates).all():
        return False
    error = np.sqrt((rates * (1 - rates) / counts[:, None]).sum())
    return bool(np.linalg.svd(rates, compute_uv=False)[-1] > error)


def _sums(values: Floats, groups: npt.NDArray[np.integer], n_groups: int) -> Floats:
    """Return the sums of rows in each group."""
    return np.stack([np.bincount(groups, column, n_groups) for column in values.T], axis=1)
