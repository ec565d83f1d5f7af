"""The spellings that a word of a corpus covers, and how often each occurs."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import CorpusError
from corpus_kit.text.forms import NO_FORM, Forms

__all__ = ["compared_spellings", "spellings_of"]


def spellings_of(corpus: CorpusView, forms: Forms) -> pl.DataFrame:
    """Return how often each counted type occurs in the documents: word (id of its form), surface, count."""
    of_type = forms.of_type
    assert of_type is not None  # a corpus has punctuation, which is not counted
    counts, _ = corpus.type_counts()
    surfaces = corpus.type_column("surface")
    types = np.flatnonzero(of_type != NO_FORM)
    return pl.DataFrame(
        {"word": of_type[types].astype(np.int64), "surface": surfaces.gather(types), "count": counts.gather(types)}
    )


def compared_spellings(
    target: pl.DataFrame, reference: pl.DataFrame, rows: Integers, n_words: int, *, same_types: bool
) -> pl.Series:
    """Return the spellings of some words with their counts on both sides, the most frequent first.

    Args:
        target: The spellings of the target, as from `spellings_of`.
        reference: The spellings of the reference.
        rows: The words.
        n_words: How many words there are in all.
        same_types: Whether both tables have the same rows in word and surface.

    Returns:
        A List of Struct (surface, target, reference) for each of `rows`.
    """
    both = _of_both(target, reference, same_types=same_types)
    place = np.full(n_words, -1)  # of each word in the result
    place[rows] = np.arange(len(rows))
    both = both.with_columns(place=pl.Series(place[both["word"].to_numpy()])).filter(pl.col("place") >= 0)
    total = (both["target"] + both["reference"]).to_numpy()
    where = both["place"].to_numpy()
    order = np.lexsort((-total, where))  # stable: of equal counts the first to occur comes first
    spellings = both.select(pl.struct("surface", "target", "reference").alias("variants")).to_series()
    grouped = (
        pl.DataFrame({"place": pl.Series(where[order]).set_sorted(), "variants": spellings.gather(order)})
        .group_by("place", maintain_order=True)
        .agg("variants")
    )
    if grouped.height != len(rows):  # every word has a spelling
        raise CorpusError("the types of a corpus do not agree with its tokens. Corpus.verify() names what is damaged.")
    return grouped["variants"]


def _of_both(target: pl.DataFrame, reference: pl.DataFrame, *, same_types: bool) -> pl.DataFrame:
    """Each spelling once: word, surface, target, reference (counts)."""
    if same_types:
        counts = {name: side["count"] for name, side in (("target", target), ("reference", reference))}
        return target.select("word", "surface").with_columns(**counts).filter(pl.sum_horizontal(*counts) > 0)
    both = pl.concat(
        [
            target.select("word", "surface", target="count", reference=pl.lit(0, pl.Int64)),
            reference.select("word", "surface", target=pl.lit(0, pl.Int64), reference="count"),
        ]
    )
    # filtered last, so that ties are ordered as in parts of one corpus
    grouped = both.group_by("word", "surface", maintain_order=True).agg(pl.col("target", "reference").sum())
    return grouped.filter(pl.col("target") + pl.col("reference") > 0)
