"""A metadata column as numbers: what is counted, grouped and filtered by it then never touches its values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Numbers

__all__ = ["Codes", "coded"]


class Codes(NamedTuple):
    """The code of each document (UInt32), and the value that each code stands for, by first occurrence."""

    of_document: Numbers
    values: pl.Series


def coded(labels: pl.Series) -> Codes:
    """Return the codes of a column, numbered by first occurrence; null is a value like any other.

    >>> codes = coded(pl.Series("outlet", ["b", None, "a", "b"]))
    >>> codes.of_document.tolist(), codes.values.to_list()
    ([0, 1, 2, 0], ['b', None, 'a'])
    """
    frame = labels.alias("label").to_frame().with_row_index("row")
    grouped = frame.group_by("label", maintain_order=True).agg("row")
    of_document = np.empty(len(labels), dtype=np.uint32)
    of_document[grouped["row"].explode().to_numpy()] = np.repeat(
        np.arange(grouped.height, dtype=np.uint32), grouped["row"].list.len().to_numpy()
    )
    return Codes(of_document, grouped["label"].alias(labels.name))
