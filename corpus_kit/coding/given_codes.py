"""What the codes of several coders say together: how far they agree, and which code a unit has."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from corpus_kit._base.metadata import exactly
from corpus_kit.measures.agreement import (
    krippendorff_alpha,
    krippendorff_alpha_interval,
    percent_agreement,
    percent_agreement_interval,
)

__all__ = ["agreement_of", "with_decisions"]

_COEFFICIENTS = ("alpha", "alpha_low", "alpha_high", "agreement", "agreement_low", "agreement_high")


def agreement_of(
    codes: pl.DataFrame, known: Sequence[str], confidence: float, n_bootstrap: int, seed: int
) -> pl.DataFrame:
    """Return agreement on all codes, and on each against all others; the table of `CodingProject.agreement`.

    Args:
        codes: A column for each coder.
        known: The codes.
        confidence: Of the intervals.
        n_bootstrap: Replicates.
        seed: Of the bootstrap.
    """
    codes = codes.filter(pl.sum_horizontal(pl.all().is_not_null()) > 1)
    rows = []
    for code in [None, *known]:
        part = codes if code is None else codes.select((pl.all() == code).cast(pl.Int64))
        units = part.height if code is None else part.filter(pl.max_horizontal(pl.all()) == 1).height
        low, high = krippendorff_alpha_interval(part, n_bootstrap=n_bootstrap, confidence=confidence, seed=seed)
        share = percent_agreement_interval(part, confidence=confidence)
        rows.append((code, units, krippendorff_alpha(part), low, high, percent_agreement(part), *share))
    schema = {"code": pl.String, "units": pl.Int64} | dict.fromkeys(_COEFFICIENTS, pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)


def with_decisions(given: pl.DataFrame, coders: Sequence[str], decided: str) -> pl.DataFrame:
    """Return units with the columns decision and code.

    Args:
        given: A row for each unit, with a column for each coder and one of decisions, and the columns codes and
            distinct: how many coders gave one, and how many different ones.
        coders: The names of their columns.
        decided: That of decisions.
    """
    long = given.with_row_index("row").select("row", exactly(*coders))
    counts = long.unpivot(index="row", value_name="code").drop_nulls("code").group_by("row", "code").len()
    most = counts.filter(2 * pl.col("len") > pl.col("len").sum().over("row")).select("row", winner="code")
    winner = long.select("row").join(most, on="row", how="left", maintain_order="left")["winner"]
    return given.with_columns(winner).with_columns(
        decision=pl.when(pl.col(decided).is_not_null()).then(pl.lit("decided"))
        .when(pl.col("codes") == 0).then(None)
        .when(pl.col("codes") == 1).then(pl.lit("single"))
        .when(pl.col("distinct") == 1).then(pl.lit("unanimous"))
        .when(pl.col("winner").is_not_null()).then(pl.lit("majority"))
        .otherwise(pl.lit("disputed")),
        code=pl.coalesce(decided, "winner"),
    )  # fmt: skip
