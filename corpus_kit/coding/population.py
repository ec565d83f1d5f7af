"""The units from which the sample of a coding project was drawn, and what a classifier says of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit._base.metadata import listed
from corpus_kit.coding.code_classifier import word_weights
from corpus_kit.coding.corrected_prevalence import Predictions, predictions_of
from corpus_kit.coding.project_folder import Design
from corpus_kit.coding.project_units import Units
from corpus_kit.coding.sheet_files import KEY
from corpus_kit.coding.unit_sample import RANDOM, placed
from corpus_kit.errors import InputError, invalid, warn

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Population", "placed_units"]

_LISTED = 3  # units that a message names


def placed_units(units: Units, design: Design) -> pl.DataFrame:
    """Return the population of a project, with the stratum of each unit and its place in the random order."""
    stratum = pl.lit(None, pl.String) if design.by is None else units.labels(design.by)
    return placed(units.frame.with_columns(stratum.alias("stratum")), design.seed)


class Population:
    """The units of a corpus or a concordance, as a project takes them.

    Args:
        units: The units.
        design: What `project.toml` says.
    """

    def __init__(self, units: Units, design: Design) -> None:
        self.units = units
        self._design = design
        self._predicted: tuple[pl.DataFrame, Predictions] | None = None

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The units with their stratum and their place in the random order."""
        return placed_units(self.units, self._design)

    @cached_property
    def _weights(self) -> csr_array:
        return word_weights(self.units.texts())

    def compare(self, sample: pl.DataFrame, folder: str) -> None:
        """Raise InputError if a sample was drawn from other texts, and warn if some of its units are gone.

        Args:
            sample: The sample.
            folder: The folder of the project, for the message.
        """
        if self.units.unit != self._design.unit:
            raise invalid("corpus", f"what has the {self._design.unit}s of the project", f"{self.units.unit}s")
        if self.units.digest == self._design.digest:
            return
        here = self.units.frame.select(*KEY, found="node")
        both = sample.join(here, on=KEY, how="left", maintain_order="left")
        other = both.filter(pl.col("found").is_not_null() & (pl.col("found") != pl.col("node")))
        if other.height:
            row = other.row(0, named=True)
            raise InputError(
                f"{folder!r} was made for other texts: at {row['id']}:{row['position']} it has "
                f"{row['node']!r:.60}, the corpus has {row['found']!r:.60}. Make another project."
            )
        gone = both.filter(pl.col("found").is_null())
        places = [f"{id}:{position}" for id, position in gone.select(KEY).head(_LISTED).rows()]
        what = f" {gone.height:,} of its units are gone ({listed(places)})." if gone.height else ""
        warn(
            f"ck.coding_project: the corpus has changed since the sample was drawn.{what} Codes stay; rank, extend, "
            "accuracy and prevalence need the corpus of the project."
        )

    def expect_same(self, method: str) -> None:
        """Raise InputError unless the sample was drawn from these units."""
        if self.units.digest != self._design.digest:
            raise InputError(
                f"{method} needs the corpus and the pattern with which the project was made "
                f"({self._design.population:,} {self._design.unit}s), and this one has other {self._design.unit}s."
            )

    def predictions(self, codes: pl.DataFrame, known: list[str], seed: int) -> Predictions:
        """Return what a classifier says of all units, trained again only if codes have changed.

        Args:
            codes: The coded units: id, position, chosen, code.
            known: The codes that were given.
            seed: Of the folds of the classifier.
        """
        coded = codes.select(*KEY, "chosen", "code", seed=pl.lit(seed))
        if self._predicted is None or not self._predicted[0].equals(coded):
            rows = self.frame.select(KEY).with_row_index("row").join(coded, on=KEY, maintain_order="left")
            is_random = (rows["chosen"] == RANDOM).to_numpy()
            place: Integers = rows["row"].to_numpy().astype(np.int64)
            numbers = np.array([known.index(code) for code in rows["code"]], np.int64)
            found = predictions_of(lambda: self._weights, self.frame.height, place, numbers, is_random, known, seed)
            self._predicted = coded, found
        return self._predicted[1]
