"""Intercoder agreement of sheets coded by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from os import PathLike
from typing import Any

import polars as pl

from corpus_kit._base.records import attach
from corpus_kit.analysis.bootstrap import bootstrap_options, bootstrap_record
from corpus_kit.errors import choose
from corpus_kit.measures import krippendorff_alpha, krippendorff_alpha_interval, percent_agreement
from corpus_kit.measures.agreement import LEVELS, CodedUnits
from corpus_kit.news.coded_sheets import coder_names, codes_of, read_coded_sheet

__all__ = ["agreement"]


def agreement(
    sheet: pl.DataFrame | str | PathLike[str],
    *,
    coders: Sequence[str] = ("coder1", "coder2"),
    level: str = "nominal",
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pl.DataFrame:
    """Measure intercoder agreement: Krippendorff's alpha with an interval, and plain agreement.

    Args:
        sheet: The path of a sheet of `coding_sheet` or `Concordance.code`, or any table with a column for each coder
            and a row for each unit. Empty codes are missing; spaces around a code are ignored.
        coders: The names of their columns, at least two.
        level: The level of measurement of the codes: "nominal", or "ordinal", "interval" or "ratio" for numbers.
        n_bootstrap: Replicates of the interval (`ck.measures.krippendorff_alpha_interval`); 0 computes none.
        confidence: Confidence level of the interval.
        seed: Seed of the replicates.

    Returns:
        A DataFrame with a row for all coders and, if there are more than two, one for each pair: coders (String, joined
        by a comma), units (UInt32: with two codes or more), uncoded (UInt32: the other rows), codes (UInt32: in the
        units), alpha, alpha_low, alpha_high, agreement (Float64). Null if undefined: no units, or the same code
        everywhere. Krippendorff (2004, p. 241) requires 0.8, and 0.667 for tentative conclusions.

    Raises:
        InputError: If an argument is invalid, the sheet cannot be read, or codes do not fit the level.

    References:
        Krippendorff, K. (2004). Content Analysis, 2nd ed., chapter 11; see `ck.measures.krippendorff_alpha`.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> sheet = pl.DataFrame({"coder1": list("aabbdcccedda"), "coder2": list("babbbccceddd")})
        >>> ck.news.agreement(sheet).select("units", pl.col("alpha").round(3)).row(0)
        (12, 0.692)
    """
    names = coder_names(coders, least=2)
    choose(level, LEVELS, "level")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    codes = codes_of(read_coded_sheet(sheet), names, numbers=level != "nominal")
    groups = [names] if len(names) == 2 else [names, *map(list, combinations(names, 2))]
    rows = []
    for group in groups:
        given = codes.select(group)
        units = CodedUnits.of(given)
        low, high = float("nan"), float("nan")
        if bootstrap is not None:
            low, high = krippendorff_alpha_interval(
                given,
                level=level,
                confidence=bootstrap.confidence,
                n_bootstrap=bootstrap.replicates,
                seed=bootstrap.seed,
            )
        alpha, plain = krippendorff_alpha(given, level=level), percent_agreement(given)
        rows.append(
            (", ".join(group), units.units, codes.height - units.units, units.pairable, alpha, low, high, plain)
        )
    counts = dict.fromkeys(("units", "uncoded", "codes"), pl.UInt32)
    numbers = dict.fromkeys(("alpha", "alpha_low", "alpha_high", "agreement"), pl.Float64)
    schema: dict[str, Any] = {"coders": pl.String, **counts, **numbers}
    table = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(list(numbers)).fill_nan(None))
    options = {"coders": names, "level": level, **bootstrap_record(bootstrap)}
    return attach(table, "ck.news.agreement", options)
