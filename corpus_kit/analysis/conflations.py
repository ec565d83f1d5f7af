"""conflations: which spellings of a corpus a profile makes one word."""

from __future__ import annotations

import polars as pl

from corpus_kit.analysis.folding import folded_words, forms_by_step
from corpus_kit.analysis.provenance import attach_of_corpus
from corpus_kit.corpus.view import CorpusView
from corpus_kit.text.normalization import Normalizer

__all__ = ["conflations"]

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "step": pl.String,
    "form": pl.String,
    "count": pl.Int64,
    "spellings": pl.List(pl.Struct({"surface": pl.String, "count": pl.Int64})),
}


def conflations(corpus: CorpusView, *, profile: str | Normalizer = "search") -> pl.DataFrame:
    """Find the words of a corpus that a profile makes one, and the step that does it.

    Whether they are one word in two spellings or two words is for the reader to decide: على and علي are two words,
    أحمد and احمد are one.

    Args:
        corpus: A Corpus or a subcorpus.
        profile: The name of a preset, or a Normalizer.

    Returns:
        A DataFrame with the columns step (String), form (String: after the step), count (Int64: its tokens),
        spellings (List of Struct: surface String, count Int64: the forms before the step that it joins). Order: the
        steps as they are applied; then count descending, then form. Spellings: count descending, then surface. A
        form that a step does not conflate with another has no row.

    Raises:
        InputError: If the profile is unknown, or None, which has no steps.

    Examples:
        >>> import corpus_kit as ck
        >>> found = ck.conflations(ck.sample_corpus())
        >>> found.filter(step="maksura").row(0)
        ('maksura', 'علي', 379, [{'surface': 'على', 'count': 375}, {'surface': 'علي', 'count': 4}])
    """
    normalizer, words = folded_words(corpus, profile)
    tables, before = [pl.DataFrame(schema=_SCHEMA)], words["surface"]
    for step, forms in forms_by_step(words["surface"], normalizer):
        pairs = pl.DataFrame({"form": forms, "surface": before, "count": words["count"]})
        pairs = pairs.group_by("form", "surface").agg(pl.col("count").sum())
        pairs = pairs.sort("count", "surface", descending=[True, False])
        joined = pairs.group_by("form", maintain_order=True).agg(
            pl.col("count").sum().alias("total"), spellings=pl.struct("surface", "count")
        )
        joined = joined.filter(pl.col("spellings").list.len() > 1).sort("total", "form", descending=[True, False])
        tables.append(joined.select(pl.lit(step).alias("step"), "form", pl.col("total").alias("count"), "spellings"))
        before = forms
    return attach_of_corpus(pl.concat(tables), "ck.conflations", corpus, normalizer, {})
