"""Samples of units to be coded: which are drawn, with which probability, and who codes them.

Each unit of the population has a place in a random order of its stratum that never changes, and the sample is the first
ones of each. So a larger sample contains the smaller, and a unit that was coded for another reason takes no place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit._base.hashing import hashed
from corpus_kit.coding.sheet_files import KEY, SHOWN
from corpus_kit.errors import invalid

__all__ = [
    "ALLOCATIONS",
    "RANDOM",
    "SAMPLE",
    "allocated",
    "drawn_first",
    "extended",
    "joined",
    "placed",
    "with_coders",
]

ALLOCATIONS = ("proportional", "equal")
RANDOM, UNCERTAIN = "random", "uncertain"  # why a unit was chosen
SAMPLE: dict[str, Any] = {
    "id": pl.String, "position": pl.UInt32, **dict.fromkeys(SHOWN, pl.String), "stratum": pl.String,
    "stratum_size": pl.Int64, "place": pl.Int64, "chosen": pl.String, "inclusion_probability": pl.Float64,
    "coders": pl.List(pl.String), "batch": pl.Int64,
}  # fmt: skip
_LEAST = 2  # units of a stratum; a variance cannot be computed from fewer
_STEPS, _ROUNDING = 100, 1e-9


def placed(units: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return units with the size of their stratum, and their place in its random order, from 1.

    Args:
        units: id, position, before, node, after, and stratum, which may be null.
        seed: A non-negative integer.

    References:
        Ohlsson, E. (1995). Coordination of samples using permanent random numbers. In: Cox, B. G. et al. (eds.),
        Business Survey Methods, 153-169.
    """
    draws = pl.Series("draw", hashed(np.arange(units.height), seed))
    return units.with_columns(draws).with_columns(
        stratum_size=pl.len().over("stratum").cast(pl.Int64),
        place=pl.col("draw").rank("ordinal").over("stratum").cast(pl.Int64),
    ).drop("draw")  # fmt: skip


def allocated(size: int, sizes: Integers, allocation: str, name: str = "sample") -> Integers:
    """Return how many units are drawn of each stratum: at least two, or all that it has.

    "proportional" gives each its share of the sample, by largest remainders; "equal" the same number to each, and what
    a small stratum cannot give to the others.

    >>> allocated(10, np.array([70, 20, 10]), "proportional").tolist()
    [6, 2, 2]
    >>> allocated(10, np.array([70, 20, 1]), "equal").tolist()
    [5, 4, 1]
    """
    size = min(size, int(sizes.sum()))
    least = np.minimum(sizes, _LEAST)
    if least.sum() > size:
        rule = f"at least {int(least.sum()):,}, {_LEAST} for each of {len(sizes):,} strata"
        raise invalid(name, rule, size, "by=None draws from all together.")
    shares = sizes.astype(float) if allocation == "proportional" else np.ones(len(sizes))
    low, high = 0.0, float(sizes.max(initial=1))  # of the factor with which the shares fill the sample
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(middle * shares, least, sizes).sum() <= size else (low, middle)
    exact = np.clip(low * shares, least, sizes)
    found = np.floor(exact + _ROUNDING).astype(np.int64)
    rest = np.where(found < sizes, exact - found, -1.0)
    found[np.argsort(-rest, kind="stable")[: size - int(found.sum())]] += 1
    return found


def drawn_first(population: pl.DataFrame, size: int, allocation: str) -> pl.DataFrame:
    """Return the units of a sample, in the order of the population, with the probability of each of being drawn."""
    strata = population.group_by("stratum", maintain_order=True).agg(pl.len().cast(pl.Int64).alias("stratum_size"))
    counts = allocated(size, strata["stratum_size"].to_numpy().astype(np.int64), allocation)
    rows = strata.select("stratum").with_columns(pl.Series("drawn", counts, dtype=pl.Int64))
    found = population.join(rows, on="stratum", nulls_equal=True, how="left", maintain_order="left")
    found = found.filter(pl.col("place") <= pl.col("drawn"))
    probability = pl.col("drawn") / pl.col("stratum_size")
    return found.select(
        *(name for name in SAMPLE if name not in ("chosen", "inclusion_probability", "coders", "batch")),
        chosen=pl.lit(RANDOM),
        inclusion_probability=probability,
    )


def with_coders(sample: pl.DataFrame, coders: Sequence[str], overlap: float, turn: int = 0) -> pl.DataFrame:
    """Return a sample with the coders of each unit: of a random share all, of the others one, in turn.

    Args:
        sample: Units with their stratum and place.
        coders: Their names.
        overlap: The share that all of them code, spread over the strata.
        turn: Whose turn it is.
    """
    # Within a stratum places are random; sorting by the share of the stratum that comes before spreads both over all.
    spread = (pl.col("place").rank("ordinal").over("stratum") - 0.5) / pl.len().over("stratum")
    order = sample.with_row_index("row").with_columns(spread=spread).sort("spread", "row")["row"].to_numpy()
    shared = round(overlap * len(order))
    who: list[list[str]] = [[]] * len(order)
    for number, row in enumerate(order.tolist()):
        who[row] = list(coders) if number < shared else [coders[(turn + number - shared) % len(coders)]]
    return sample.with_columns(pl.Series("coders", who, dtype=pl.List(pl.String)))


def joined(sample: pl.DataFrame, coders: Sequence[str], overlap: float) -> pl.DataFrame:
    """Return a sample in which coders who have no units yet code what all others do.

    Args:
        sample: The sample.
        coders: All coders, the new ones among them.
        overlap: As in `with_coders`; of a sample with one coder it says how many units are shared.
    """
    before = sample["coders"].explode().unique().drop_nulls().to_list()
    new = [coder for coder in coders if coder not in before]
    if not new:
        return sample
    who = with_coders(sample, ["", " "], overlap)["coders"] if len(before) == 1 else sample["coders"]
    shared = pl.Series(who.list.len() == max(len(before), 2))
    more = pl.when(shared).then(pl.concat_list("coders", pl.lit(pl.Series([new])))).otherwise("coders")
    return sample.with_columns(coders=more)


def extended(
    sample: pl.DataFrame,
    population: pl.DataFrame,
    size: int,
    ranked: pl.DataFrame | None,
    uncertain: int,
    *,
    allocation: str,
    coders: Sequence[str],
    overlap: float,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a sample with the probabilities that it has together with new units, and the new units.

    Args:
        sample: The sample so far.
        population: All units, with their place.
        size: How many units are added.
        ranked: The ids and positions of those outside the sample, the least certain first; None if none are wanted.
        uncertain: How many of these are added; the others are random.
        allocation: As in `allocated`.
        coders: As in `with_coders`.
        overlap: As in `with_coders`.
    """
    is_random = sample["chosen"] == RANDOM
    total = min(int(is_random.sum()) + size - uncertain, population.height)
    drawn = _united(sample.filter(is_random), drawn_first(population, total, allocation), population)
    sample = _with_probabilities(sample, drawn.select(*KEY, "inclusion_probability"))
    new = drawn.join(sample, on=KEY, how="anti", maintain_order="left")
    if ranked is not None:
        known = pl.concat([sample.select(KEY), new.select(KEY)])
        chosen = ranked.join(known, on=KEY, how="anti", maintain_order="left").head(uncertain)
        rows = population.join(chosen, on=KEY, how="semi", maintain_order="left").with_columns(
            pl.lit(None, pl.Float64).alias("inclusion_probability"), chosen=pl.lit(UNCERTAIN)
        )
        new = pl.concat([new, rows.select(new.columns)])
    turn = int((sample["coders"].list.len() == 1).sum())
    batch = sample.select(pl.col("batch").max().fill_null(0) + 1).item()
    new = with_coders(new, coders, overlap, turn).with_columns(batch=pl.lit(batch, pl.Int64))
    return sample, new.select(sample.columns)


def _united(before: pl.DataFrame, drawn: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """Return the larger sample, in which no stratum has fewer units than before."""
    most = pl.concat([before.select("stratum", "place"), drawn.select("stratum", "place")])
    most = most.group_by("stratum").agg(pl.col("place").max().alias("drawn"))
    found = population.join(most, on="stratum", nulls_equal=True, how="left", maintain_order="left")
    found = found.filter(pl.col("place") <= pl.col("drawn"))
    probability = pl.col("drawn") / pl.col("stratum_size")
    return found.with_columns(chosen=pl.lit(RANDOM), inclusion_probability=probability).select(drawn.columns)


def _with_probabilities(sample: pl.DataFrame, drawn: pl.DataFrame) -> pl.DataFrame:
    """Return a sample in which the units that are drawn at random by now are called so, with their probabilities."""
    found = sample.drop("inclusion_probability").join(drawn, on=KEY, how="left", maintain_order="left")
    is_drawn = pl.col("inclusion_probability").is_not_null()
    chosen = pl.when(is_drawn).then(pl.lit(RANDOM)).otherwise("chosen")
    return found.with_columns(chosen=chosen).select(sample.columns)
