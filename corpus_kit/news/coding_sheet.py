"""Hits of a frame dictionary in context, in a sheet for coding by hand.

1. `coding_sheet` writes hits in context, with an empty column for each coder.
2. Each coder fills in a column independently: the name of a category, or another word for "none".
3. `agreement` measures whether the coders agree; `dictionary_precision` whether they agree with the dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from os import PathLike
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer
from corpus_kit._base.hashing import hashed
from corpus_kit._base.records import as_frame, attach
from corpus_kit.coding.coding import with_codes
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.coded_sheets import DICTIONARY_COLUMN, KEY, SEPARATOR, coder_names, hits_of_dimension
from corpus_kit.news.frames import Dictionary, dictionary_of, frames, hits_of
from corpus_kit.search.concordance import Concordance
from corpus_kit.search.hits import Hits

__all__ = ["coding_sheet"]


def coding_sheet(
    corpus: CorpusView,
    hits: pl.DataFrame | Dictionary | None = None,
    *,
    path: str | PathLike[str],
    coders: Sequence[str] = ("coder1", "coder2"),
    dimension: str | None = None,
    sample: int | None = None,
    stratify: bool = False,
    window: int | tuple[int, int] = 15,
    show_dictionary: bool = False,
    seed: int = 0,
) -> pl.DataFrame:
    """Write hits of a dictionary in context to a sheet for coding by hand, or update the sheet.

    The sheet is that of `Concordance.code`: a .csv, .tsv or .parquet file with the columns id, position, before, node,
    after, and an empty one for each coder. Existing codes are kept; new hits are added. A row is a position in the
    text; a position in two categories of the dimension is one row.

    Args:
        corpus: The corpus or subcorpus in which the hits were found.
        hits: A table of `ck.news.frames`, all or some of its rows; or a dictionary as for `ck.news.frames`.
        path: The sheet; it is created if it does not exist.
        coders: The names of their columns.
        dimension: The dimension to be coded; required if the hits have several.
        sample: The number of positions to be sampled at random; all if there are no more. The same seed gives the same
            positions, and a larger sample contains the smaller.
        stratify: Whether to sample this number in each category, so that rare ones can be judged too.
        window: Words before and after; one number or (before, after).
        show_dictionary: Whether to add a column "dictionary" with the category that the dictionary gives. Coders who
            see it tend to follow it, so it is hidden by default.
        seed: Seed of the sample.

    Returns:
        A DataFrame with the rows of the sheet in the order of the text: document (UInt32), id (String), position
        (UInt32), before, node, after (String), start, end (UInt32), the coders' columns (String, null if empty), and
        dictionary (String) if it is shown; several categories are joined by |.

    Raises:
        InputError: If an argument is invalid, hits are of another corpus, or the sheet cannot be read or written.

    Examples:
        >>> import corpus_kit as ck, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     sheet = ck.news.coding_sheet(ck.sample_corpus(), path=f"{folder}/a.csv", dimension="level", sample=10)
        >>> sheet.height, sheet["coder1"].null_count()
        (10, 10)
    """
    expect_corpus(corpus)
    hits = as_frame(hits, "hits")
    found = (
        hits_of(corpus, hits)
        if isinstance(hits, pl.DataFrame)
        else frames(corpus, dictionary_of(hits, "hits", or_hits=True))
    )
    names = coder_names(coders)
    count = None if sample is None else integer(sample, "sample", least=0)
    start = integer(seed, "seed", least=0)
    boolean(stratify, "stratify")
    boolean(show_dictionary, "show_dictionary")
    places = _sampled(hits_of_dimension(found, dimension), count, stratify, start)
    lines = _lines(corpus, places, window)
    columns = [*names, DICTIONARY_COLUMN] if show_dictionary else names
    coded = with_codes(lines, path, columns, fill=partial(_show, places) if show_dictionary else None)
    options = {
        "dimension": dimension, "coders": names, "sample": count, "stratify": stratify, "seed": start,
        "show_dictionary": show_dictionary, "hits": found.height, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(coded, "ck.news.coding_sheet", options, corpus=corpus)


def _sampled(hits: pl.DataFrame, sample: int | None, stratify: bool, seed: int) -> pl.DataFrame:
    """Return positions (document, position), with the categories of the dictionary, in the order of the text."""
    key = ["document", "position"]
    places = (
        hits.sort(*key, "tokens", descending=[False, False, True], maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(pl.col("id", "start", "tokens").first(), pl.col("category").unique(maintain_order=True))
    )
    if sample is not None:
        numbers = (places["document"].cast(pl.Int64).to_numpy() << 32) + places["start"].cast(pl.Int64).to_numpy()
        places = places.with_columns(draw=pl.Series(hashed(numbers, seed), dtype=pl.UInt64))
        rank = pl.col("draw").rank("ordinal")
        kept = rank.over(pl.col("category").list.first()) if stratify else rank
        places = places.filter(kept <= min(sample, places.height)).drop("draw")
    return places.with_columns(pl.col("category").list.join(SEPARATOR).alias(DICTIONARY_COLUMN))


def _lines(corpus: CorpusView, places: pl.DataFrame, window: int | tuple[int, int]) -> pl.DataFrame:
    """Return the positions in context."""
    documents = places["document"].to_numpy()
    first = corpus.document_bounds(documents)[0] + places["position"].to_numpy()
    found = Hits(first.astype(np.uint32), (first + places["tokens"].to_numpy()).astype(np.uint32))
    options: dict[str, Any] = {"window": [0, 0], "sort": [], "metadata": []}
    return Concordance(corpus, "ck.news.frames", found, found=found, options=options).widen(window).frame


def _show(places: pl.DataFrame, sheet: pl.DataFrame) -> pl.DataFrame:
    """Fill in the categories of the dictionary where the sheet has none."""
    shown = sheet.select(*KEY).join(places.select(*KEY, DICTIONARY_COLUMN), on=KEY, how="left", maintain_order="left")
    return sheet.with_columns(pl.coalesce(DICTIONARY_COLUMN, shown[DICTIONARY_COLUMN]).alias(DICTIONARY_COLUMN))
