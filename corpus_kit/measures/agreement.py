"""Agreement of coders: how far several people who code the same units agree.

All measures take codes: a sequence of codes for each coder, or a DataFrame with a column for each coder and a row for
each unit. Units with fewer than two codes carry no information about agreement and are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer, is_text
from corpus_kit._base.arrays import Floats
from corpus_kit._base.hashing import draws
from corpus_kit._base.records import as_frame
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.measures.evaluation import positive

__all__ = ["krippendorff_alpha", "krippendorff_alpha_interval", "percent_agreement"]

LEVELS = ("nominal", "ordinal", "interval", "ratio")
_MOST = 100_000  # replicates


class CodedUnits(NamedTuple):
    """The units with at least two codes, from which the measures are computed.

    Attributes:
        counts: How often each unit was given each value, units by values.
        values: The distinct codes, ascending.
    """

    counts: Floats
    values: pl.Series

    @classmethod
    def of(cls, codes: Any) -> CodedUnits:
        """Return the units of codes, given as in `krippendorff_alpha`.

        Examples:
            >>> CodedUnits.of([["a", "b", None], ["a", "a", "b"]]).counts.tolist()
            [[2.0, 0.0], [1.0, 1.0]]
        """
        coders = _columns(codes)
        unit = np.tile(np.arange(len(coders[0])), len(coders))
        coded = pl.DataFrame({"unit": unit, "code": pl.concat(coders)}).drop_nulls()
        pairable = coded.filter(pl.len().over("unit") > 1)
        values = pairable["code"].unique().sort()
        rows, columns = pairable["unit"].rank("dense").to_numpy(), values.search_sorted(pairable["code"]).to_numpy()
        n_units = pairable["unit"].n_unique()
        cells = (rows.astype(np.int64) - 1) * len(values) + columns
        counts = np.bincount(cells, minlength=n_units * len(values)).reshape(n_units, len(values))
        return cls(counts.astype(np.float64), values)

    @property
    def units(self) -> int:
        """Number of units with at least two codes."""
        return len(self.counts)

    @property
    def pairable(self) -> int:
        """Number of codes in these units."""
        return int(self.counts.sum())


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
    alpha, as all codes drawn are the same, are ignored. With perfect agreement both ends are 1, which overstates what
    few units show.

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
    low, high = np.quantile(defined, [(1 - share) / 2, (1 + share) / 2])
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
    size = units.counts.sum(axis=1)
    same = (units.counts * (units.counts - 1)).sum(axis=1) / (size - 1)
    return float(same.sum() / size.sum())


# ------------------------------------------------------------------------------------------ formulas

# From how often each value was given in a replicate to the squared differences, values by values.
Difference = Callable[[Floats], Floats]


def _alphas(units: CodedUnits, difference: Difference, weights: Floats) -> Floats:
    """Return alpha of each replicate; weights are how often each unit was drawn, replicates by units."""
    counts = units.counts
    shares = counts / (counts.sum(axis=1, keepdims=True) - 1)
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
        fixed = 1 - np.eye(len(units.values))
        return lambda _: fixed
    if units.values.dtype == pl.String and units.units:
        raise invalid("codes", f"numbers at the level {level!r}", units.values[:3].to_list())
    values = units.values.cast(pl.Float64).to_numpy()
    if level == "ordinal":
        return _ordinal
    if level == "ratio" and (values < 0).any():
        raise invalid("codes", "non-negative numbers at the level 'ratio'", float(values[values < 0][0]))
    first, second = values[:, None], values[None, :]
    spread = (first - second) if level == "interval" else _ratio(first, second)
    squared = spread**2
    return lambda _: squared


def _ratio(first: Floats, second: Floats) -> Floats:
    total = first + second
    return np.divide(first - second, total, out=np.zeros_like(total), where=total > 0)


def _ordinal(totals: Floats) -> Floats:
    """Return the squared number of codes from the middle of one value to the middle of another."""
    middle = np.cumsum(totals) - totals / 2
    squared: Floats = (middle[:, None] - middle[None, :]) ** 2
    return squared


# --------------------------------------------------------------------------------------------- codes


def _columns(codes: Any) -> list[pl.Series]:
    """Return the codes of each coder as columns of one type, text or numbers."""
    codes = as_frame(codes, "codes")
    if isinstance(codes, pl.DataFrame):
        given: Sequence[Any] = codes.get_columns()
    elif isinstance(codes, str | bytes | dict | set | frozenset | pl.Series) or not _is_sequence(codes):
        raise invalid("codes", "a sequence of codes for each coder, or a DataFrame", codes)
    else:
        given = list(codes)
    if len(given) < 2:
        raise InputError(f"codes must be of at least two coders, got {len(given)}.")
    columns = [_column(each, place) for place, each in enumerate(given)]
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        found = " and ".join(map(str, sorted(lengths)))
        raise InputError(f"codes must be of the same length for all coders, got {found}. None is a missing code.")
    known = {column.dtype for column in columns if column.dtype != pl.Null}
    if len(known) > 1:
        raise InputError("codes must be either text or numbers, got both from different coders.")
    dtype = next(iter(known), pl.String())
    return [column.cast(dtype) for column in columns]


def _is_sequence(codes: Any) -> bool:
    return isinstance(codes, Iterable) and getattr(codes, "ndim", 1) > 0  # an array of NumPy may hold one value


def _column(codes: Any, coder: int) -> pl.Series:
    if not _is_sequence(codes) or isinstance(codes, bytes | dict | set | frozenset):
        raise invalid("codes", "a sequence of codes for each coder", codes, f"It is that of coder {coder}.")
    column = codes if isinstance(codes, pl.Series) else _series(list(codes), coder)
    if column.dtype in (pl.Categorical, pl.Enum):
        column = column.cast(pl.String)
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64).fill_nan(None)
        if numbers.is_infinite().any():
            raise invalid("codes", "finite", float("inf"), f"It is one of coder {coder}.")
        return numbers.alias("code")
    if column.dtype not in (pl.String, pl.Null):
        raise InputError(f"codes must be text or numbers, got {column.dtype} from coder {coder}.")
    return column.alias("code")


def _series(codes: list[Any], coder: int) -> pl.Series:
    """Return a column of codes that are numbers of any types, or text."""
    present = [code for code in codes if code is not None]
    if all(isinstance(code, int | float | np.number) and not isinstance(code, bool) for code in present):
        try:
            numbers = [None if code is None else float(code) for code in codes]
        except OverflowError:
            raise InputError(f"codes must be numbers below 1e308, got a larger one from coder {coder}.") from None
        return pl.Series(numbers, dtype=pl.Float64 if present else pl.Null)
    bad = [code for code in present if not isinstance(code, str) or not is_text(code)]
    if bad:
        raise invalid("codes", "either text or numbers", bad[0], f"It is one of coder {coder}.")
    return pl.Series(codes, dtype=pl.String)
