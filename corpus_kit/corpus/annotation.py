"""Segments, stems, lemmas and more of the types of a corpus, by the library's own annotator or another."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_kit._base.arguments import is_text
from corpus_kit.errors import invalid
from corpus_kit.text.annotators import OWN_COLUMNS, Annotator, annotate, annotator_record, check_annotations
from corpus_kit.text.normalization import Normalizer, normalize_series

__all__ = ["annotate_vocabulary", "record_of", "uses_own_annotator"]


def record_of(annotator: Annotator | None, name: str | None) -> dict[str, Any]:
    """Return what the manifest records of an annotator; None is the library's own.

    Raises:
        InputError: If the annotator is not a function, or the name not a name.
    """
    if annotator is not None and not callable(annotator):
        raise invalid("annotator", "a function", annotator)
    if name is not None and not (isinstance(name, str) and name and is_text(name)):
        raise invalid("name", "a name for the annotator (a str that is not empty)", name)
    if annotator is None:
        return dict(annotator_record())
    return {"name": name or getattr(annotator, "__name__", type(annotator).__name__)}


def uses_own_annotator(record: dict[str, Any]) -> bool:
    """Return whether annotations with this record are those of the library's own annotator."""
    return bool(record["name"] == annotator_record()["name"])


def annotate_vocabulary(vocabulary: pl.DataFrame, annotator: Annotator | None) -> pl.DataFrame:
    """Return segments, stem and lemma of each type, in the order of types; each distinct word is annotated once.

    The library's own annotator gives roots and parts of speech, too; numbers are NUM.
    """
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
        forms = words["form"].to_list()
        found = check_annotations(forms, annotator(forms))
    whole = [  # types that are not words are their own segment, stem and lemma
        pl.coalesce("segments", pl.concat_list("form")).alias("segments"),
        pl.coalesce("stem", "form").alias("stem"),
        pl.coalesce("lemma", "form").alias("lemma"),
    ]
    if annotator is None:
        is_number = pl.col("kind") == "number"
        tags = {"pos": pl.when(is_number).then(pl.lit(["NUM"])).otherwise("pos")}
        whole += [tags.get(name, pl.col(name)).alias(name) for name in OWN_COLUMNS]
    annotated = words.select("form", pl.lit("word").alias("kind")).hstack(found)
    by_kind = types.with_columns(pl.col("kind").cast(pl.String))
    return by_kind.join(annotated, on=["form", "kind"], how="left", maintain_order="left").select(whole)
