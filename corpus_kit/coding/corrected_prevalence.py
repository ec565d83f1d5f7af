"""What a classifier says of all units of a project, how often it is right, and what that makes of shares of codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Floats, Integers
from corpus_kit.coding.code_classifier import cross_fitted, f1_intervals, folds
from corpus_kit.errors import InputError, invalid
from corpus_kit.measures.prevalence import adjusted_counts, collapsed_strata, design_based, tells_apart
from corpus_kit.measures.proportions import wilson

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Predictions", "accuracy_of", "predictions_of", "prevalence_of"]


@dataclass(frozen=True)
class Predictions:
    """What a classifier says of units that it was not trained on.

    Attributes:
        codes: The codes that were given.
        probabilities: Of each code, units by codes.
        rows: The coded units.
        given: The code of each, a place in `codes`.
        is_random: Whether each was drawn at random.
    """

    codes: list[str]
    probabilities: Floats
    rows: Integers
    given: Integers
    is_random: npt.NDArray[np.bool_]

    @property
    def classified(self) -> Integers:
        """The likeliest code of each unit."""
        found: Integers = self.probabilities.argmax(axis=1)
        return found

    def uncertainty(self, measure: str) -> list[pl.Series]:
        """Return the columns predicted, predicted_probability and uncertainty."""
        ordered = np.sort(self.probabilities, axis=1)
        if measure == "margin":
            values = 1 - (ordered[:, -1] - ordered[:, -2])
        else:
            logs = np.log(np.where(self.probabilities > 0, self.probabilities, 1))
            values = -(self.probabilities * logs).sum(axis=1) / np.log(len(self.codes))
        return [
            pl.Series("predicted", self.codes, pl.String).gather(self.classified),
            pl.Series("predicted_probability", ordered[:, -1]),
            pl.Series("uncertainty", np.clip(values, 0, 1)),
        ]


def predictions_of(
    weights: Callable[[], csr_array],
    size: int,
    rows: Integers,
    given: Integers,
    is_random: npt.NDArray[np.bool_],
    codes: list[str],
    seed: int,
) -> Predictions:
    """Train a classifier and return what it says of all units: of one code, that all have it.

    Args:
        weights: Returns the weights of the words of all units.
        size: How many there are.
        rows: Those that are coded.
        given: The code of each of these, a place in `codes`.
        is_random: Whether each was drawn at random.
        codes: The codes that were given.
        seed: Of the folds.

    Raises:
        InputError: If no code was given.
    """
    if not codes:
        raise _too_few(0)
    if len(codes) == 1:  # there is nothing to learn
        return Predictions(codes, np.ones((size, 1)), rows, given, is_random)
    fold = folds(size, rows, given, seed)
    found = cross_fitted(weights(), rows, given, fold, len(codes))
    return Predictions(codes, found, rows, given, is_random)


def accuracy_of(predicted: Predictions, strata: pl.Series, confidence: float, seed: int) -> pl.DataFrame:
    """Return the table of `CodingProject.accuracy`."""
    rows, given = predicted.rows[predicted.is_random], predicted.given[predicted.is_random]
    if not len(rows):
        raise _too_few(len(rows))
    weights = _weights(_numbers(strata), rows)
    said = predicted.classified[rows]
    quantiles = ((1 - confidence) / 2, (1 + confidence) / 2)
    scores, f1 = f1_intervals(given, said, weights, len(predicted.codes), quantiles, seed)
    effective = weights.sum() ** 2 / (weights**2).sum()
    share = float(weights @ (said == given) / weights.sum())
    low, high = wilson(min(share * effective, effective), effective, confidence)
    counts = np.bincount(given, minlength=len(predicted.codes))
    n = len(predicted.codes)
    columns = dict(zip(("precision", "recall", "f1", "f1_low", "f1_high"), (*scores, *f1), strict=True))
    table = pl.DataFrame(
        {
            "code": pl.Series([*predicted.codes, None], dtype=pl.String),
            "coded": np.append(counts, counts.sum()),
            **columns,
            "accuracy": [*[None] * n, share],
            "accuracy_low": [*[None] * n, low],
            "accuracy_high": [*[None] * n, high],
        }
    )
    return pl.concat([table.tail(1), table.head(n)]).fill_nan(None)


def prevalence_of(
    predicted: Predictions, strata: pl.Series, labels: pl.Series | None, codebook: Mapping[str, str], confidence: float
) -> pl.DataFrame:
    """Return the table of `CodingProject.prevalence`.

    Args:
        predicted: What the classifier says.
        strata: The stratum of each unit.
        labels: The group of each unit; None for one group.
        codebook: Codes that get a row, also if nobody gave them.
        confidence: Of the intervals.
    """
    rows, given = predicted.rows[predicted.is_random], predicted.given[predicted.is_random]
    if len(rows) < 2:
        raise _too_few(len(rows))
    codes = [*codebook, *(code for code in predicted.codes if code not in codebook)]
    place = np.array([codes.index(code) for code in predicted.codes])
    probabilities = np.zeros((len(predicted.probabilities), len(codes)))
    probabilities[:, place] = predicted.probabilities
    numbers = _numbers(strata)
    names = pl.Series([None], dtype=pl.String) if labels is None else labels.unique(maintain_order=True).sort()
    groups = np.zeros(len(strata), np.int64) if labels is None else _numbers(labels, names)
    found = design_based(
        probabilities, rows, place[given], collapsed_strata(numbers, rows), groups, confidence=confidence
    )
    counted = np.bincount(groups * len(codes) + place[predicted.classified], minlength=len(names) * len(codes))
    naive = counted.reshape(len(names), len(codes)) / found.sizes[:, None]
    adjusted = np.full_like(naive, np.nan)
    rates = _rates(predicted, rows, given, _weights(numbers, rows))
    if tells_apart(rates, np.bincount(given, minlength=len(predicted.codes))):
        adjusted[:, place] = adjusted_counts(rates, naive[:, place])
    columns = {
        "prevalence": found.share, "prevalence_low": found.low, "prevalence_high": found.high, "sampled": found.coded,
        "adjusted": adjusted, "naive": naive, "naive_bias": naive - found.share,
    }  # fmt: skip
    table = pl.DataFrame(
        {
            **({} if labels is None else {labels.name: names.gather(np.repeat(np.arange(len(names)), len(codes)))}),
            "code": pl.Series(codes * len(names), dtype=pl.String),
            "units": np.repeat(found.sizes, len(codes)),
            "coded": np.repeat(found.sample, len(codes)),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )
    if labels is not None and labels.name in {"code", "units", "coded", *columns}:
        raise invalid("by", "a column with a name that the table does not have", labels.name)
    return table.fill_nan(None)


def _rates(predicted: Predictions, rows: Integers, given: Integers, weights: Floats) -> Floats:
    """Return how often units of each code (rows) are classified as each (columns), in the population."""
    n = len(predicted.codes)
    counts = np.bincount(given * n + predicted.classified[rows], weights, n * n).reshape(n, n)
    with np.errstate(all="ignore"):
        rates: Floats = counts / counts.sum(axis=1, keepdims=True)
    return rates


def _weights(strata: Integers, rows: Integers) -> Floats:
    """Return the units of the population for which each coded unit stands."""
    sizes, drawn = np.bincount(strata), np.bincount(strata[rows], minlength=int(strata.max()) + 1)
    found: Floats = (sizes / np.maximum(drawn, 1))[strata[rows]]
    return found


def _numbers(labels: pl.Series, names: pl.Series | None = None) -> Integers:
    """Return the place of each label among the distinct ones, null among them."""
    names = labels.unique(maintain_order=True) if names is None else names
    table = names.alias("_").to_frame().with_row_index("number")
    found = labels.alias("_").to_frame().join(table, on="_", how="left", nulls_equal=True, maintain_order="left")
    return found["number"].to_numpy().astype(np.int64)


def _too_few(coded: int) -> InputError:
    return InputError(f"The estimate needs at least two units that were drawn at random and coded, got {coded:,}.")
