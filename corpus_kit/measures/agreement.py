"""Agreement of coders: how far several people who code the same units agree.

All measures take codes: a sequence of codes for each coder, or a DataFrame with a column for each coder and a row for
each unit. Units with fewer than two codes carry no information about agreement and are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.hashing import draws
from corpus_kit.errors import choose, invalid
from corpus_kit.measures.coded_units import CodedUnits, code_columns
from corpus_kit.measures.evaluation import positive, upper_quantile
from corpus_kit.measures.proportions import clustered_wilson

__all__ = [
    "cohen_kappa",
    "cohen_kappa_interval",
    "krippendorff_alpha",
    "krippendorff_alpha_interval",
    "percent_agreement",
    "percent_agreement_interval",
]

LEVELS = ("nominal", "ordinal", "interval", "ratio")
WEIGHTS = ("unweighted", "linear", "quadratic")
_MOST = 100_000  # replicates


def krippendorff_alpha(codes: Any, *, level: str = "nominal") -> float:
    """Return Krippendorff's alpha: the agreement of any number of coders beyond chance.

    1 - (n - 1) Σ_u [Σ_{c<k} n_uc n_uk d(c,k) / (m_u - 1)] / Σ_{c<k} n_c n_k d(c,k): 1 is perfect, 0 chance, below 0
    worse than chance. n_uc is how often unit u was given the code c, m_u the number of codes of the unit, n_c that of
    all codes c, n that of all codes. d is the difference of two codes:

    - nominal: 1, or 0 for the same code
    - ordinal: (n_c / 2 + the number of codes between c and k + n_k / 2)²
    - interval: (c - k)²
    - ratio: ((c - k) / (c + k))²

    Units with fewer than two codes carry no information about agreement and are left out.

    Args:
        codes: A sequence of codes for each coder, all of the same length, or a DataFrame with a column for each coder
            and a row for each unit. Codes are numbers or text; None, null and NaN are missing codes.
        level: Level of measurement: "nominal", "ordinal", "interval" or "ratio". All but nominal require numbers, ratio
            non-negative ones.

    Returns:
        A float, at most 1; NaN if no unit has two codes or all codes are the same, as coders who use one code only show
        no ability to distinguish.

    Raises:
        InputError: If there are fewer than two coders, lengths or types differ, or a code or the level is invalid.

    References:
        Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability. University of Pennsylvania, Annenberg
        School for Communication; Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11. The example is B of
        2011.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.krippendorff_alpha(["aabbdcccedda", "babbbccceddd"]), 3)
        0.692
    """
    units = CodedUnits.of(codes)
    return float(_alphas(units, _difference(units, level), np.ones((1, units.units)))[0])


def krippendorff_alpha_interval(
    codes: Any, *, level: str = "nominal", confidence: float = 0.95, n_bootstrap: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return the bootstrap interval of Krippendorff's alpha.

    Each replicate draws as many units as there are with two codes, with replacement, and computes alpha again; the
    interval is between quantiles of the replicates. Zapf et al. find that its coverage is close to nominal. (The
    bootstrap of Hayes & Krippendorff 2007 draws pairs of codes from all units instead.) Replicates without a defined
    alpha, as all codes drawn are the same, are ignored. With perfect agreement all replicates are 1, as if few units
    had shown that coders never disagree; the lower end is then that of `percent_agreement_interval`, corrected for
    chance.

    Args:
        codes: As in `krippendorff_alpha`.
        level: As in `krippendorff_alpha`.
        confidence: Share of the replicates within the interval, between 0 and 1.
        n_bootstrap: Number of replicates, 1 to 100,000; 1,000 to 10,000 are usual.
        seed: A non-negative integer; the same seed gives the same interval.

    Returns:
        A tuple (low, high) of two floats, NaN where alpha is not defined.

    Raises:
        InputError: If an argument is invalid.

    References:
        Zapf, A., Castell, S., Morawietz, L. & Karch, A. (2016). Measuring inter-rater reliability for nominal data:
        which coefficients and confidence intervals are appropriate? BMC Medical Research Methodology 16, 93.

    Examples:
        >>> from corpus_kit import measures
        >>> low, high = measures.krippendorff_alpha_interval(["aabbdcccedda", "babbbccceddd"])
        >>> low < 0.692 < high
        True
    """
    share = float(positive("confidence", confidence, below=1))
    replicates = integer(n_bootstrap, "n_bootstrap", least=1, most=_MOST)
    start = integer(seed, "seed", least=0)
    units = CodedUnits.of(codes)
    difference = _difference(units, level)
    if not units.units:
        return float("nan"), float("nan")
    weights = np.stack([draws(units.units, replicate, start) for replicate in range(replicates)])
    alphas = _alphas(units, difference, weights.astype(np.float64))
    defined = alphas[np.isfinite(alphas)]
    if not len(defined):
        return float("nan"), float("nan")
    if _agree(units):
        return _lowest_of_perfect(units, confidence), 1.0
    low, high = np.quantile(defined, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def cohen_kappa(codes: Any, *, weights: str = "unweighted") -> float:
    """Return Cohen's kappa: the agreement of two coders beyond the chance that their own habits of coding give.

    1 - Σ v_ij p_ij / Σ v_ij p_i. p_.j: 1 is perfect, 0 chance, below 0 worse than chance. p_ij is the share of units
    that the first coder gave the code i and the second j, p_i. and p_.j are their sums. v is the weight of a
    disagreement:

    - unweighted: 1; 0 for the same code
    - linear: the difference of the codes, i - j without its sign
    - quadratic: (i - j)²

    Of more than two coders it is the mean of the kappas of all pairs (Light 1971). Units that one coder of a pair did
    not code are left out for this pair. Where nearly all units have one code, chance agreement is high and kappa is low
    although coders rarely differ, the first paradox of Feinstein and Cicchetti; where the coders' habits differ, chance
    agreement falls and kappa rises, the second. Report it beside `percent_agreement` and the counts of the codes.

    Args:
        codes: As in `krippendorff_alpha`.
        weights: "unweighted" for names; "linear" or "quadratic" for ordered codes, which are then numbers: ranks or
            values. Their differences count, so that codes nobody used leave their gap.

    Returns:
        A float, at most 1; NaN if two coders coded no unit together, or all their codes are the same.

    Raises:
        InputError: If there are fewer than two coders, lengths or types differ, or a code or the weights are invalid.

    References:
        Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20,
        37-46; Cohen, J. (1968). Weighted kappa: nominal scale agreement with provision for scaled disagreement or
        partial credit. Psychological Bulletin 70, 213-220; Light, R. J. (1971). Measures of response agreement for
        qualitative data: some generalizations and alternatives. Psychological Bulletin 76, 365-377; Feinstein, A. R. &
        Cicchetti, D. V. (1990). High agreement but low kappa: I. The problems of two paradoxes. Journal of Clinical
        Epidemiology 43, 543-549.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.cohen_kappa(["aabbdcccedda", "babbbccceddd"]), 3)
        0.684
    """
    pairs = _PairTables.of(codes, weights)
    return float(pairs.kappas(np.ones((1, pairs.units)))[0])


def cohen_kappa_interval(
    codes: Any,
    *,
    weights: str = "unweighted",
    confidence: float = 0.95,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the interval of Cohen's kappa.

    For two coders, kappa ± z s, within -1 and 1, with the standard error s of Fleiss, Cohen and Everitt, which holds
    for all weights w_ij = 1 - v_ij / max v of agreement (`cohen_kappa` has v):

    s² = {Σ p_ij [w_ij (1 - p_e) - (w_i. + w_.j) (1 - p_o)]² - (p_o p_e - 2 p_e + p_o)²} / [n (1 - p_e)⁴],

    p_o = Σ w_ij p_ij, p_e = Σ w_ij p_i. p_.j, w_i. = Σ_j p_.j w_ij, w_.j = Σ_i p_i. w_ij. It is for large samples:
    Cicchetti and Fleiss ask for 2 k² units with k codes. For more coders, units are drawn as in
    `krippendorff_alpha_interval`. With perfect agreement s is 0; the lower end is then that of
    `percent_agreement_interval`, corrected for chance.

    Args:
        codes: As in `krippendorff_alpha`.
        weights: As in `cohen_kappa`.
        confidence: Confidence level of the interval, between 0 and 1.
        n_bootstrap: Number of replicates for more than two coders, 1 to 100,000.
        seed: A non-negative integer; the same seed gives the same interval.

    Returns:
        A tuple (low, high) of two floats, NaN where kappa is not defined.

    Raises:
        InputError: If an argument is invalid.

    References:
        Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). Large sample standard errors of kappa and weighted kappa.
        Psychological Bulletin 72, 323-327; Cicchetti, D. V. & Fleiss, J. L. (1977). Comparison of the null
        distributions of weighted kappa and the C ordinal statistic. Applied Psychological Measurement 1, 195-201.

    Examples:
        >>> from corpus_kit import measures
        >>> low, high = measures.cohen_kappa_interval(["aabbdcccedda", "babbbccceddd"])
        >>> round(low, 2), round(high, 2)
        (0.38, 0.98)
    """
    share = float(positive("confidence", confidence, below=1))
    replicates = integer(n_bootstrap, "n_bootstrap", least=1, most=_MOST)
    start = integer(seed, "seed", least=0)
    pairs = _PairTables.of(codes, weights)
    kappa = float(pairs.kappas(np.ones((1, pairs.units)))[0])
    if np.isnan(kappa):
        return kappa, kappa
    units = CodedUnits.of(codes)
    if _agree(units):
        return _lowest_of_perfect(units, confidence), 1.0
    if len(pairs.tables) == 1:
        half = NormalDist().inv_cdf(upper_quantile(share)) * pairs.standard_error()
        return max(kappa - half, -1.0), min(kappa + half, 1.0)
    drawn = np.stack([draws(pairs.units, replicate, start) for replicate in range(replicates)])
    kappas = pairs.kappas(drawn.astype(np.float64))
    low, high = np.quantile(kappas[np.isfinite(kappas)], [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def percent_agreement(codes: Any) -> float:
    """Return the share of pairs of codes of a unit that are the same.

    Σ_u [Σ_c n_uc (n_uc - 1) / (m_u - 1)] / n, 0 to 1, with the symbols of `krippendorff_alpha`: each unit has the
    weight of its number of codes. For two coders it is the share of units on which they agree. It does not correct for
    chance: coders who nearly always give the same code agree often, whatever they code.

    Args:
        codes: As in `krippendorff_alpha`.

    Returns:
        A float; NaN if no unit has two codes.

    Raises:
        InputError: If there are fewer than two coders, lengths or types differ, or a code is invalid.

    References:
        Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11: 1 less the observed disagreement.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.percent_agreement(["aabb", "abbb"])
        0.75
    """
    units = CodedUnits.of(codes)
    if not units.units:
        return float("nan")
    same, size = _same_codes(units)
    return float(same.sum() / size.sum())


def percent_agreement_interval(codes: Any, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of `percent_agreement`, with the units as clusters of their codes.

    As `measures.proportions.clustered_wilson`: n units that all agree leave room for disagreement, as no sample shows
    that there is none.

    Args:
        codes: As in `krippendorff_alpha`.
        confidence: Confidence level of the interval, between 0 and 1.

    Returns:
        A tuple (low, high) of two floats; NaN if no unit has two codes.

    Raises:
        InputError: If an argument is invalid.

    References:
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
        American Statistical Association 22, 209-212.

    Examples:
        >>> from corpus_kit import measures
        >>> low, high = measures.percent_agreement_interval(["aabbaabbab", "aabbaabbab"])
        >>> round(low, 2), high
        (0.72, 1.0)
    """
    share = float(positive("confidence", confidence, below=1))
    units = CodedUnits.of(codes)
    same, size = _same_codes(units)
    low, high = clustered_wilson(same, size, np.zeros(units.units, np.int64), 1, share)
    return float(low[0]), float(high[0])


# ------------------------------------------------------------------------------------------ formulas

# From how often each value was given in a replicate to the squared differences, values by values.
Difference = Floats | Callable[[Floats], Floats]  # of each two values; it may depend on how often each was given


def _alphas(units: CodedUnits, difference: Difference, weights: Floats) -> Floats:
    """Return alpha of each replicate; weights are how often each unit was drawn, replicates by units."""
    counts = units.counts
    shares = counts / (counts.sum(axis=1, keepdims=True) - 1)
    if isinstance(difference, np.ndarray):  # the same for all replicates
        each = weights @ ((shares @ difference) * counts).sum(axis=1)
        drawn = weights @ counts
        by_chance = ((drawn @ difference) * drawn).sum(axis=1)
        with np.errstate(all="ignore"):
            alphas: Floats = np.where(by_chance > 0, 1 - (drawn.sum(axis=1) - 1) * each / by_chance, np.nan)
        return alphas
    found = []
    for weight in weights:
        # the coincidence matrix except for its diagonal, where differences are 0
        coincidences = (shares * weight[:, None]).T @ counts
        totals = weight @ counts
        delta = difference(totals)
        observed = (coincidences * delta).sum()
        expected = totals @ delta @ totals
        n = totals.sum()
        found.append(1 - (n - 1) * observed / expected if expected > 0 else np.nan)
    return np.array(found)


def _difference(units: CodedUnits, level: str) -> Difference:
    """Return the squared differences of the values at a level of measurement."""
    choose(level, LEVELS, "level")
    if level == "nominal":
        fixed: Floats = 1 - np.eye(len(units.values))
        return fixed
    if units.values.dtype == pl.String and units.units:
        raise invalid("codes", f"numbers at the level {level!r}", units.values[:3].to_list())
    values = units.values.cast(pl.Float64).to_numpy()
    if level == "ordinal":
        return _ordinal
    if level == "ratio" and (values < 0).any():
        raise invalid("codes", "non-negative numbers at the level 'ratio'", float(values[values < 0][0]))
    first, second = values[:, None], values[None, :]
    spread = (first - second) if level == "interval" else _ratio(first, second)
    squared: Floats = spread**2
    return squared


def _ratio(first: Floats, second: Floats) -> Floats:
    total = first + second
    return np.divide(first - second, total, out=np.zeros_like(total), where=total > 0)


def _ordinal(totals: Floats) -> Floats:
    """Return the squared number of codes from the middle of one value to the middle of another."""
    middle = np.cumsum(totals) - totals / 2
    squared: Floats = (middle[:, None] - middle[None, :]) ** 2
    return squared


def _same_codes(units: CodedUnits) -> tuple[Floats, Floats]:
    """Return of each unit the codes that agree with another of its codes, on average, and all its codes."""
    size = units.counts.sum(axis=1)
    return (units.counts * (units.counts - 1)).sum(axis=1) / np.maximum(size - 1, 1), size


def _agree(units: CodedUnits) -> bool:
    """Return whether the codes of each unit are the same."""
    return bool(units.units) and bool(((units.counts > 0).sum(axis=1) == 1).all())


def _lowest_of_perfect(units: CodedUnits, confidence: float) -> float:
    """Return the lower end of a coefficient that is 1: that of the agreement, beyond the agreement by chance.

    If coders did disagree, they would by as much as two codes by chance that differ; so weights and levels cancel out.
    """
    same, size = _same_codes(units)
    low, _ = clustered_wilson(same, size, np.zeros(units.units, np.int64), 1, confidence)
    shares = units.counts.sum(axis=0) / units.pairable
    return float(1 - (1 - low[0]) / (1 - shares @ shares))


class _PairTables(NamedTuple):
    """The codes of each pair of coders.

    Attributes:
        tables: Of each pair, the cell (code of the first times the number of codes, plus that of the second) of each
            unit; -1 for a unit that one of them did not code.
        differences: The weights of disagreements, codes by codes; the largest is 1.
        units: Number of units that two coders coded.
    """

    tables: list[Integers]
    differences: Floats
    units: int

    @classmethod
    def of(cls, codes: Any, weights: str) -> _PairTables:
        choose(weights, WEIGHTS, "weights")
        columns = code_columns(codes)
        coded = np.stack([column.is_not_null().to_numpy() for column in columns])
        kept = pl.Series(coded.sum(axis=0) > 1)
        columns = [column.filter(kept) for column in columns]
        values = pl.concat(columns).drop_nulls().unique().sort()
        places = np.stack([_places(column, values) for column in columns])
        pairs = combinations(places, 2)
        tables = [np.where((one >= 0) & (two >= 0), one * len(values) + two, -1) for one, two in pairs]
        return cls(tables, _differences(values, weights), len(places[0]))

    def kappas(self, weights: Floats) -> Floats:
        """Return the mean kappa of the pairs in each replicate, replicates by units; pairs without one are ignored."""
        k = len(self.differences)
        found = []
        for cells in self.tables:
            counts = np.stack([np.bincount(cells[cells >= 0], row[cells >= 0], k * k) for row in weights])
            table = counts.reshape(len(weights), k, k).astype(np.float64)
            with np.errstate(all="ignore"):
                table = table / table.sum(axis=(1, 2), keepdims=True)
                expected = np.einsum("ri,rj,ij->r", table.sum(axis=2), table.sum(axis=1), self.differences)
                observed = np.einsum("rij,ij->r", table, self.differences)
                found.append(np.where(expected > 0, 1 - observed / expected, np.nan))
        kappas = np.stack(found)
        defined = np.isfinite(kappas)
        with np.errstate(all="ignore"):
            means: Floats = np.where(defined, kappas, 0).sum(axis=0) / defined.sum(axis=0)
        return means

    def standard_error(self) -> float:
        """Return the large-sample standard error of the kappa of an only pair."""
        (cells,) = self.tables
        n, k = int((cells >= 0).sum()), len(self.differences)
        p = np.bincount(cells[cells >= 0], minlength=k * k).reshape(k, k) / n
        w = 1 - self.differences
        rows, columns = p.sum(axis=1), p.sum(axis=0)
        observed, expected = float((w * p).sum()), float(rows @ w @ columns)
        means = (w @ columns)[:, None] + (rows @ w)[None, :]
        spread = (p * (w * (1 - expected) - means * (1 - observed)) ** 2).sum()
        variance = (spread - (observed * expected - 2 * expected + observed) ** 2) / (n * (1 - expected) ** 4)
        return float(np.sqrt(max(variance, 0.0)))


def _places(column: pl.Series, values: pl.Series) -> Integers:
    """Return the place of each code among the values; -1 for a missing one."""
    places = np.full(len(column), -1)
    is_coded = column.is_not_null().to_numpy()
    places[is_coded] = values.search_sorted(column.drop_nulls()).to_numpy()
    return places


def _differences(values: pl.Series, weights: str) -> Floats:
    """Return the weights of disagreements between each two values; the largest is 1."""
    if weights == "unweighted":
        different: Floats = 1 - np.eye(len(values))
        return different
    if values.dtype == pl.String and len(values):
        hint = f"weights={weights!r} needs the ranks of the codes."
        raise invalid("codes", "numbers", values[:3].to_list(), hint)
    numbers = values.cast(pl.Float64).to_numpy()
    apart: Floats = np.abs(numbers[:, None] - numbers[None, :])
    apart /= max(float(apart.max(initial=0)), np.finfo(float).tiny)
    return apart if weights == "linear" else apart**2
