"""Agreement of coders: how far several people who code the same things come to the same codes.

Arguments of every measure: codes, the codes of each coder, one sequence a coder, all of the same length, in which an
item is a thing that was coded (a *unit*); or a DataFrame with a column for each coder and a row for each unit. None,
a null and NaN say that a coder did not code a unit. Units with fewer than two codes say nothing about agreement and
are left out. Codes are numbers or text; levels other than nominal need numbers.

InputError is raised for fewer than two coders, sequences of several lengths, codes of both sorts, an unknown level.
NaN is what cannot be computed: no unit with two codes, or nothing but one and the same code, which no coder
could have told from another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import is_text, whole_number
from corpus_kit._random import draws
from corpus_kit.errors import InputError, choose
from corpus_kit.measures._evaluation import positive

__all__ = ["krippendorff_alpha", "krippendorff_alpha_interval", "percent_agreement"]

Floats = npt.NDArray[np.float64]

LEVELS = ("nominal", "ordinal", "interval", "ratio")
_MOST = 100_000  # replicates


class CodedUnits(NamedTuple):
    """What the measures are computed from: the units with two codes or more.

    counts: how often each unit was given each value, units by values. values: the distinct codes, ascending.
    """

    counts: Floats
    values: pl.Series

    @classmethod
    def of(cls, codes: Any) -> CodedUnits:
        """Read the codes; see the docstring of the module.

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
        """Units with two codes or more."""
        return len(self.counts)

    @property
    def pairable(self) -> int:
        """Codes in these units."""
        return int(self.counts.sum())


def krippendorff_alpha(codes: Any, *, level: str = "nominal") -> float:
    """Krippendorff's alpha: agreement of any number of coders beyond chance. 1 perfect, 0 as by chance, below 0 worse.

    1 - (n - 1) sum_u [sum_{c<k} n_uc n_uk d(c,k) / (m_u - 1)] / sum_{c<k} n_c n_k d(c,k); n_uc how often unit u was
    given the code c, m_u the codes of the unit, n_c those c of all units, n all. d is the difference of two codes:

    - nominal: 1, or 0 for the same code
    - ordinal: (n_c / 2 + those between c and k + n_k / 2)^2
    - interval: (c - k)^2
    - ratio: ((c - k) / (c + k))^2; numbers from 0

    Args:
        codes: a sequence of codes for each coder, or a DataFrame with a column for each; None where one is missing.
        level: of measurement: "nominal", "ordinal", "interval" or "ratio".

    Returns:
        A float up to 1; NaN where no unit has two codes, or where all codes are the same.

    Raises:
        InputError: see the docstring of the module.

    Source: Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability. University of Pennsylvania, Annenberg
    School for Communication; Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11. The example is B of 2011.

    >>> from corpus_kit import measures
    >>> round(measures.krippendorff_alpha(["aabbdcccedda", "babbbccceddd"]), 3)
    0.692
    """
    units = CodedUnits.of(codes)
    return float(_alphas(units, _difference(units, level), np.ones((1, units.units)))[0])


def krippendorff_alpha_interval(
    codes: Any, *, level: str = "nominal", confidence: float = 0.95, n_bootstrap: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """An interval of Krippendorff's alpha from a bootstrap over units: (low, high).

    As many units as there are, of those with two codes, are drawn with replacement, alpha is computed again, and the
    interval is that of the quantiles. Zapf et al. find that it covers the true value about as often as it says;
    the bootstrap of Hayes & Krippendorff (2007) draws pairs of codes from all units instead. Replicates in which
    alpha is not defined, since all codes drawn are the same, are passed over. With perfect agreement both ends are 1,
    which says more than a few units warrant.

    Args:
        codes, level: as for `krippendorff_alpha`.
        confidence: the share of the replicates that the interval holds.
        n_bootstrap: replicates, from 1.
        seed: of the draws.

    Returns:
        Two floats; NaN where alpha is not defined.

    Raises:
        InputError: see the docstring of the module.

    Source: Zapf, A., Castell, S., Morawietz, L. & Karch, A. (2016). Measuring inter-rater reliability for nominal
    data: which coefficients and confidence intervals are appropriate? BMC Medical Research Methodology 16, 93.

    >>> from corpus_kit import measures
    >>> low, high = measures.krippendorff_alpha_interval(["aabbdcccedda", "babbbccceddd"])
    >>> low < 0.692 < high
    True
    """
    share = float(positive("confidence", confidence, below=1))
    replicates = whole_number(n_bootstrap, "n_bootstrap", least=1, what="replicates")
    if replicates > _MOST:
        raise InputError(f"n_bootstrap={replicates}, but it is at most {_MOST:,}; 1,000 to 10,000 are usual")
    start = whole_number(seed, "seed", least=0, what="any kind")
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
    """The share of the pairs of codes of one unit that are the same; each unit counts as many as it has codes. 0 to 1.

    sum_u [sum_c n_uc (n_uc - 1) / (m_u - 1)] / n, in the letters of `krippendorff_alpha`. For two coders it is the
    share of the units on which they agree. It does not allow for chance: two coders who nearly always say the same
    agree often whatever they look at.

    Source: Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11: 1 less the observed disagreement.

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

# Takes how often each value was given in each replicate; gives the differences, values by values, of each or of all.
Difference = Callable[[Floats], Floats]


def _alphas(units: CodedUnits, difference: Difference, weights: Floats) -> Floats:
    """Alpha of replicates; weights say how often each unit was drawn, replicates by units."""
    counts = units.counts
    shares = counts / (counts.sum(axis=1, keepdims=True) - 1)
    found = []
    for weight in weights:
        # the matrix of coincidences, but for its diagonal, on which differences are 0
        coincidences = (shares * weight[:, None]).T @ counts
        totals = weight @ counts
        delta = difference(totals)
        observed = (coincidences * delta).sum()
        expected = totals @ delta @ totals
        n = totals.sum()
        found.append(1 - (n - 1) * observed / expected if expected > 0 else np.nan)
    return np.array(found)


def _difference(units: CodedUnits, level: str) -> Difference:
    """The squared differences of the values at a level of measurement."""
    choose(level, LEVELS, "level")
    if level == "nominal":
        fixed = 1 - np.eye(len(units.values))
        return lambda _: fixed
    if units.values.dtype == pl.String and units.units:
        raise InputError(f"level={level!r} needs numbers as codes, not text: {units.values[:3].to_list()}")
    values = units.values.cast(pl.Float64).to_numpy()
    if level == "ordinal":
        return _ordinal
    if level == "ratio" and (values < 0).any():
        raise InputError(f"level='ratio' needs numbers from 0 as codes, not {values[values < 0][0]:g}")
    first, second = values[:, None], values[None, :]
    spread = (first - second) if level == "interval" else _ratio(first, second)
    squared = spread**2
    return lambda _: squared


def _ratio(first: Floats, second: Floats) -> Floats:
    total = first + second
    return np.divide(first - second, total, out=np.zeros_like(total), where=total > 0)


def _ordinal(totals: Floats) -> Floats:
    """Codes from the middle of one value to the middle of the other."""
    middle = np.cumsum(totals) - totals / 2
    squared: Floats = (middle[:, None] - middle[None, :]) ** 2
    return squared


# --------------------------------------------------------------------------------------------- codes


def _columns(codes: Any) -> list[pl.Series]:
    """The codes of each coder as columns of one type: text or numbers."""
    if isinstance(codes, pl.DataFrame):
        given: Sequence[Any] = codes.get_columns()
    elif isinstance(codes, str | bytes | dict | set | frozenset | pl.Series) or not isinstance(codes, Iterable):
        raise InputError(f"codes takes a sequence of codes for each coder, not {type(codes).__name__}: {codes!r:.60}")
    else:
        given = list(codes)
    if len(given) < 2:
        raise InputError(f"codes takes the codes of two coders or more, not of {len(given)}")
    columns = [_column(each, place) for place, each in enumerate(given)]
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise InputError(
            f"codes takes as many codes of each coder, with None for what is missing; there are {sorted(lengths)}"
        )
    known = {column.dtype for column in columns if column.dtype != pl.Null}
    if len(known) > 1:
        raise InputError("codes are text or numbers; here some coders have text and others numbers")
    dtype = next(iter(known), pl.String())
    return [column.cast(dtype) for column in columns]


def _column(codes: Any, coder: int) -> pl.Series:
    where = f"codes (coder {coder})"
    if not isinstance(codes, Iterable) or isinstance(codes, bytes | dict | set | frozenset):
        raise InputError(f"{where} takes a sequence, not {type(codes).__name__}: {codes!r:.60}")
    column = codes if isinstance(codes, pl.Series) else _series(list(codes), where)
    if column.dtype in (pl.Categorical, pl.Enum):
        column = column.cast(pl.String)
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64).fill_nan(None)
        if numbers.is_infinite().any():
            raise InputError(f"{where} holds an infinite number")
        return numbers.alias("code")
    if column.dtype not in (pl.String, pl.Null):
        raise InputError(f"{where} are text or numbers, not {column.dtype}")
    return column.alias("code")


def _series(codes: list[Any], where: str) -> pl.Series:
    """A column of what are numbers of any type, or text."""
    present = [code for code in codes if code is not None]
    if all(isinstance(code, int | float | np.number) and not isinstance(code, bool) for code in present):
        try:
            numbers = [None if code is None else float(code) for code in codes]
        except OverflowError:
            raise InputError(f"{where} holds a number that is too large") from None
        return pl.Series(numbers, dtype=pl.Float64 if present else pl.Null)
    bad = [code for code in present if not isinstance(code, str) or not is_text(code)]
    if bad:
        raise InputError(f"{where} are text or numbers of one sort; here is {bad[0]!r:.60}, {type(bad[0]).__name__}")
    return pl.Series(codes, dtype=pl.String)
