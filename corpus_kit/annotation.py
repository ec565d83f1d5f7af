"""Segments, stems and lemmas of the types of a corpus, by the library's own annotator or another."""

from __future__ import annotations

import polars as pl

from corpus_kit.normalization import Normalizer, normalize_series
from corpus_kit.segmentation import Annotator, annotate, check_annotations

__all__ = ["annotate_vocabulary"]


def annotate_vocabulary(vocabulary: pl.DataFrame, annotator: Annotator | None) -> pl.DataFrame:
    """Segments, stem and lemma of each type, in order of the types; each distinct word is asked for once."""
    types = vocabulary.select(
        "type", "kind", "count", form=normalize_series(vocabulary["surface"], Normalizer.preset("repair"))
    )
    words = (
        types.filter(pl.col("kind") == "word", pl.col("form") != "")
        .group_by("form", maintain_order=True)
        .agg(pl.col("count").sum())
    )
    if annotator is None:
        found = annotate(words["form"], words["count"].to_list())
    else:
        asked = words["form"].to_list()
        found = check_annotations(asked, annotator(asked))
    whole = [
        pl.coalesce("segments", pl.concat_list("form")).alias("segments"),
        pl.coalesce("stem", "form").alias("stem"),
        pl.coalesce("lemma", "form").alias("lemma"),
    ]
    of_words = words.select("form", pl.lit("word").alias("kind")).hstack(found)
    asked_types = types.with_columns(pl.col("kind").cast(pl.String))
    joined = asked_types.join(of_words, on=["form", "kind"], how="left", maintain_order="left")
    return joined.select(whole)
