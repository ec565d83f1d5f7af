"""Intercoder agreement of sheets coded by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from os import PathLike
from typing import Any

import polars as pl

from corpus_kit._base.arguments import proportion
from corpus_kit._base.records import attach
from corpus_kit.analysis.bootstrap import bootstrap_options, bootstrap_record
from corpus_kit.coding.join_codes import joined_codes
from corpus_kit.errors import choose, invalid
from corpus_kit.measures import (
    cohen_kappa,
    cohen_kappa_interval,
    krippendorff_alpha,
    krippendorff_alpha_interval,
    percent_agreement,
    percent_agreement_interval,
)
from corpus_kit.measures.agreement import LEVELS, WEIGHTS
from corpus_kit.measures.coded_units import CodedUnits
from corpus_kit.news.coded_sheets import coder_names, codes_of, read_coded_sheet

__all__ = ["agreement"]

_WEIGHTS = {"nominal": "unweighted", "ordinal": "linear", "interval": "quadratic", "ratio": "quadratic"}
_COEFFICIENTS = ("alpha", "kappa", "agreement")

Sheet = pl.DataFrame | str | PathLike[str]


def agreement(
    sheet: Sheet | Sequence[Sheet],
    *,
    coders: Sequence[str] | None = None,
    code: str | None = None,
    level: str = "nominal",
    order: Sequence[str] | None = None,
    weights: str | None = None,
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pl.DataFrame:
    """Measure intercoder agreement: Krippendorff's alpha, Cohen's kappa and plain agreement, with intervals.

    Kappa and alpha are low where nearly all units have one code, although coders rarely differ: agreement by chance is
    then high (Feinstein & Cicchetti 1990). Plain agreement shows it, but counts agreement by chance as well.

    Args:
        sheet: The path of a sheet of `coding_sheet` or `Concordance.code`, or any table with a column for each coder
            and a row for each unit; or a list of sheets, one for each coder, which are joined as by `ck.join_codes`.
            Empty codes are missing; spaces around a code are ignored.
        coders: The names of their columns, at least two; None takes coder1 and coder2. For a list of sheets they name
            the coders, as in `ck.join_codes`.
        code: For a list of sheets, the column with the codes in all of them, as in `ck.join_codes`.
        level: The level of measurement of the codes: "nominal"; or "ordinal", "interval" or "ratio" for numbers, or for
            codes in an `order`.
        order: The codes from the lowest to the highest, such as ["weak", "some", "strong"]; each counts as its place.
        weights: Of disagreements in kappa: "unweighted", "linear" or "quadratic". None takes what suits the level:
            unweighted for nominal codes, linear for ordinal ones, quadratic for others.
        n_bootstrap: Replicates of the intervals of alpha, and of kappa for more than two coders; 0 computes none.
        confidence: Confidence level of the intervals.
        seed: Seed of the replicates.

    Returns:
        A DataFrame with a row for all coders and, if there are more than two, one for each pair: coders (String, joined
        by a comma), units (UInt32: with two codes or more), uncoded (UInt32: the other rows), codes (UInt32: in the
        units), alpha, alpha_low, alpha_high, kappa (of more than two coders, the mean of the pairs), kappa_low,
        kappa_high, agreement (of the pairs of codes of a unit, those that are the same), agreement_low, agreement_high
        (Float64). Null if undefined: no units, or for alpha and kappa the same code everywhere. Krippendorff (2004, p.
        241) requires an alpha of 0.8, and 0.667 for tentative conclusions.

    Raises:
        InputError: If an argument is invalid, the sheet cannot be read, or codes do not fit the level or the order.

    References:
        Krippendorff, K. (2004). Content Analysis, 2nd ed., chapter 11; see `ck.measures.krippendorff_alpha`,
        `ck.measures.cohen_kappa` and `ck.measures.percent_agreement`.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> sheet = pl.DataFrame({"coder1": list("aabbdcccedda"), "coder2": list("babbbccceddd")})
        >>> ck.news.agreement(sheet).select("units", pl.col("alpha", "kappa", "agreement").round(3)).row(0)
        (12, 0.692, 0.684, 0.75)
    """
    choose(level, LEVELS, "level")
    chosen = choose(_WEIGHTS[level] if weights is None else weights, WEIGHTS, "weights")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    share = proportion(confidence, "confidence")
    codes, names = _codes(sheet, coders, code, order, is_numeric=level != "nominal" or chosen != "unweighted")
    groups = [names] if len(names) == 2 else [names, *map(list, combinations(names, 2))]
    rows = []
    for group in groups:
        given = codes.select(group)
        units = CodedUnits.of(given)
        drawn = {} if bootstrap is None else {"n_bootstrap": bootstrap.replicates, "seed": bootstrap.seed}
        none = (float("nan"), float("nan"))
        intervals = [
            krippendorff_alpha_interval(given, level=level, confidence=share, **drawn) if drawn else none,
            cohen_kappa_interval(given, weights=chosen, confidence=share, **drawn)
            if drawn or len(group) == 2
            else none,
            percent_agreement_interval(given, confidence=share),
        ]
        values = krippendorff_alpha(given, level=level), cohen_kappa(given, weights=chosen), percent_agreement(given)
        found = [each for value, ends in zip(values, intervals, strict=True) for each in (value, *ends)]
        rows.append((", ".join(group), units.units, codes.height - units.units, units.pairable, *found))
    counts = dict.fromkeys(("units", "uncoded", "codes"), pl.UInt32)
    numbers = dict.fromkeys((f"{name}{end}" for name in _COEFFICIENTS for end in ("", "_low", "_high")), pl.Float64)
    schema: dict[str, Any] = {"coders": pl.String, **counts, **numbers}
    table = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(list(numbers)).fill_nan(None))
    options = {
        "coders": names, "code": code, "level": level, "order": None if order is None else list(order),
        "weights": chosen, "confidence": share, **bootstrap_record(bootstrap),
    }  # fmt: skip
    return attach(table, "ck.news.agreement", options)


def _codes(
    sheet: object, coders: Sequence[str] | None, code: str | None, order: Sequence[str] | None, *, is_numeric: bool
) -> tuple[pl.DataFrame, list[str]]:
    """Return the codes, as numbers if they must be, and the names of their columns."""
    if isinstance(sheet, list | tuple):
        table, names, _ = joined_codes(sheet, coders, code)
    elif code is not None:
        raise invalid("code", "None unless sheet is a list of sheets", code, "coders= names the columns of one.")
    else:
        names = coder_names(("coder1", "coder2") if coders is None else coders, least=2)
        table = read_coded_sheet(sheet)
    if order is None:
        return codes_of(table, names, numbers=is_numeric), names
    ranks = _ranks(order)
    codes = codes_of(table, names, numbers=False)
    for name in names:
        unknown = codes[name].drop_nulls().filter(~codes[name].drop_nulls().is_in(list(ranks)))
        if len(unknown):
            raise invalid(f"Codes of {name!r}", f"codes of the order: {', '.join(ranks)}", unknown[0])
    return codes.select(pl.col(name).replace_strict(ranks, return_dtype=pl.Float64) for name in names), names


def _ranks(order: object) -> dict[str, float]:
    """Return the place of each code in an order."""
    given = list(order) if isinstance(order, list | tuple) else []
    if len(given) < 2 or not all(isinstance(code, str) and code.strip() for code in given):
        raise invalid("order", "a list of at least two codes, from the lowest to the highest", order)
    ranks = {code.strip(): float(place) for place, code in enumerate(given)}
    if len(ranks) < len(given):
        raise invalid("order", "a list of different codes", order)
    return ranks
