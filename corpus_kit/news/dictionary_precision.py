"""The precision of a frame dictionary, as judged by coders."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
import polars as pl

from corpus_kit._base.arguments import proportion
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.measures.proportions import wilson
from corpus_kit.news.arguments import table_from
from corpus_kit.news.coded_sheets import KEY, SEPARATOR, coder_names, codes_of, hits_of_dimension, read_coded_sheet

__all__ = ["dictionary_precision"]


def dictionary_precision(
    sheet: pl.DataFrame | str | PathLike[str],
    hits: pl.DataFrame,
    *,
    coders: Sequence[str] = ("coder1", "coder2"),
    dimension: str | None = None,
    confidence: float = 0.95,
) -> pl.DataFrame:
    """Compute how often coders confirm the dictionary, for each category.

    The code of a position is the one that more than half of its coders gave. A hit is confirmed if this is the name of
    its category; a coder may give several, joined by |. What the dictionary misses is not measured: that needs texts
    coded without it.

    Args:
        sheet: A sheet of `coding_sheet` with codes: a path, or a table with the columns id, position and those of the
            coders.
        hits: The table of `ck.news.frames` from which the sheet was made.
        coders: The names of their columns, at least one.
        dimension: The dimension that was coded; required if the hits have several.
        confidence: Confidence level of the interval.

    Returns:
        A DataFrame, in the order in which categories occur in the text: category (String), hits (Int64: in the sheet),
        undecided (Int64: without a code of more than half of the coders, or without any), judged (Int64: the others),
        confirmed (Int64), precision (Float64: confirmed / judged; null without any), precision_low, precision_high
        (Wilson 1927). The interval takes the judged hits as a random sample.

    Raises:
        InputError: If an argument is invalid, the sheet cannot be read, or a position of the hits is in it more than
            once.

    Examples:
        >>> import corpus_kit as ck, polars as pl
        >>> hits = ck.news.frames(ck.sample_corpus()).filter(dimension="level")
        >>> sheet = hits.select("id", "position", me=pl.lit("local"))
        >>> table = ck.news.dictionary_precision(sheet, hits, coders=["me"])
        >>> table.select("category", "judged", "confirmed").rows()
        [('local', 12, 12), ('regional', 20, 0), ('international', 3, 0)]
    """
    names = coder_names(coders)
    level = proportion(confidence, "confidence")
    hits = table_from(hits, "hits", "ck.news.frames", (*KEY, "dimension", "category"))
    judged = _consensus(read_coded_sheet(sheet, KEY), names)
    chosen = hits_of_dimension(hits, dimension).select(*KEY, "category").unique(maintain_order=True)
    # hits that were not sampled into the sheet are not judged
    both = chosen.join(judged, on=KEY, maintain_order="left")
    decided = pl.col("code").is_not_null()
    confirmed = pl.col("code").str.split(SEPARATOR).list.contains(pl.col("category")).fill_null(False)
    table = both.group_by("category", maintain_order=True).agg(
        hits=pl.len().cast(pl.Int64),
        undecided=(~decided).sum().cast(pl.Int64),
        judged=decided.sum().cast(pl.Int64),
        confirmed=confirmed.sum().cast(pl.Int64),
    )
    successes, trials = (table[name].to_numpy() for name in ("confirmed", "judged"))
    low, high = wilson(successes, trials, level)
    with np.errstate(all="ignore"):
        precision = successes / trials
    table = table.with_columns(
        nan_as_null(np.asarray(values, np.float64)).alias(name)
        for name, values in (("precision", precision), ("precision_low", low), ("precision_high", high))
    )
    options = {"coders": names, "dimension": dimension, "confidence": level}
    return attach(table, "ck.news.dictionary_precision", options)


def _consensus(table: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return the code of each position that more than half of its coders gave; null if there is none."""
    codes = codes_of(table, names, numbers=False)
    long = pl.concat(
        [table.select(KEY).with_row_index("row").with_columns(codes[name].alias("code")) for name in names]
    )
    votes = long.drop_nulls("code").group_by("row", "code").agg(pl.len().alias("votes"))
    majority = votes.filter(2 * pl.col("votes") > pl.col("votes").sum().over("row"))
    rows = table.select(KEY).with_row_index("row")
    return rows.join(majority, on="row", how="left", maintain_order="left").select(*KEY, "code")
