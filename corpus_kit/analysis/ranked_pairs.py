"""Pairs of words with their measures of association, the strongest first: the tables of collocations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit.analysis.cooccurrence import PairTable
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.rates import compare_rates
from corpus_kit.errors import invalid

__all__ = ["GROUP", "association_measures", "ranked_pairs", "taken_names"]

GROUP = "group"  # the column of the numbers of groups, until labels take its place
_MEASURES = measures.FAMILIES["association"]
_DIRECTIONS = pl.Series(["attracted", "neutral", "repelled"], dtype=pl.Enum(["attracted", "neutral", "repelled"]))
# Measures that grow with the corpus: how sure an attraction is, not how strong.
_OF_CERTAINTY = {
    *("log_likelihood", "log_likelihood_williams", "simple_log_likelihood", "chi_squared", "chi_squared_yates"),
    *("fisher_exact_two_sided", "fisher_exact_left", "fisher_exact_right", "t_score", "z_score"),
}
_OF_TWO_WORDS = ("dice", "log_dice")


def association_measures(asked: str | Sequence[str]) -> tuple[str, ...]:
    """Return the measures that are asked for, with one that says how strong an attraction is."""
    names = choose_measures(asked, _MEASURES)
    return names if set(names) - _OF_CERTAINTY else (*names, "log_dice")


def taken_names(names: tuple[str, ...]) -> list[str]:
    """Return the columns that no column of labels may have the name of."""
    return [
        "collocate",
        "spelling",
        "direction",
        "count",
        "expected",
        "collocate_count",
        "documents",
        *names,
        "log_dice",
    ]


def ranked_pairs(pairs: PairTable, names: tuple[str, ...], group: Integers | None = None) -> pl.DataFrame:
    """Return the pairs with their measures, sorted by the first; with groups, one after another, in a first column."""
    o11, row, column = pairs.joint, pairs.row, pairs.column
    r1, n = (np.broadcast_to(np.float64(each), o11.shape) for each in (row, pairs.total))
    impossible = r1 + column - o11 > n
    if impossible.any():
        word = pairs.at(np.flatnonzero(impossible)[:1]).label("collocate")[0]
        raise invalid(
            "expectation",
            "'textual' for windows of this size",
            "span_factor",
            f"Not all occurrences of {word!r} fit into the rest of the corpus.",
        )
    cells = (o11.astype(np.float64), r1, column.astype(np.float64), n)
    values = {name: _MEASURES[name].formula(*cells) for name in names}
    if pairs.node is not None:
        # these compare the frequencies of two words, and the size of windows is not a frequency
        of_words = (cells[0], np.full_like(cells[0], pairs.node), cells[2], n)
        values |= {name: _MEASURES[name].formula(*of_words) for name in names if name in _OF_TWO_WORDS}
    keys = (-o11, -values[names[0]], *(() if group is None else (group,)))
    order = np.lexsort(keys)  # stable, and NaN comes last
    pairs = pairs.at(order)
    o11, row, column = pairs.joint, pairs.row, pairs.column
    columns: dict[str, Any] = {
        **({} if group is None else {GROUP: group[order]}),
        **{name: pairs.label(name) for name in pairs.names},
        "direction": _DIRECTIONS.gather(1 - compare_rates(o11, row, column, pairs.total)),
        "count": o11,
        "expected": r1[order] * column / n[order],
        **({} if isinstance(row, int) else {"node_count": row}),
        "collocate_count": column,
        "documents": pairs.documents,
        **{name: nan_as_null(value[order]) for name, value in values.items()},
    }
    return pl.DataFrame(columns)
