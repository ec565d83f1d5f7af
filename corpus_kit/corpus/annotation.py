"""Segments, stems, lemmas and more of the types of a corpus, by the library's own annotator or another."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import polars as pl

from corpus_kit._base.arguments import is_text
from corpus_kit.errors import invalid
from corpus_kit.text.annotators import (
    ANNOTATION_SCHEMA,
    Annotator,
    annotate,
    annotator_record,
    check_annotations,
    counting_reader,
)
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.readings import Reader

__all__ = ["annotate_types", "annotate_vocabulary", "reader_of", "record_of", "uses_own_annotator"]


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

    Args:
        vocabulary: surface, kind and count of each type.
        annotator: An annotator; None is the library's own, which uses the counts.
    """
    if annotator is None:
        return annotate_types(vocabulary, reader_of(vocabulary))
    types = _repaired(vocabulary)
    forms = _words(types)["form"].to_list()
    found = check_annotations(forms, annotator(forms))
    return _of_types(types, found.with_columns(form=pl.Series(forms, dtype=pl.String)))


def reader_of(vocabulary: pl.DataFrame) -> Reader:
    """Return a reader with the counts of a vocabulary (surface, kind, count), for `annotate_types`."""
    types = _repaired(vocabulary).with_columns(vocabulary["count"])
    words = _words(types, pl.col("count").sum())
    return counting_reader(words["form"], words["count"].to_list())


def annotate_types(types: pl.DataFrame, reader: Reader, columns: Collection[str] = ANNOTATION_SCHEMA) -> pl.DataFrame:
    """Return what the library's own annotator says of types (surface, kind), whatever their own counts are.

    Args:
        types: The types.
        reader: The reader, of `reader_of`.
        columns: The columns to return.
    """
    repaired = _repaired(types)
    forms = _words(repaired)["form"]
    return _of_types(repaired, annotate(forms, reader=reader, columns=columns).with_columns(form=forms))


def _repaired(types: pl.DataFrame) -> pl.DataFrame:
    forms = normalize_series(types["surface"], Normalizer.preset("repair"))
    return pl.DataFrame({"form": forms, "kind": types["kind"].cast(pl.String)})


def _words(repaired: pl.DataFrame, *sums: pl.Expr) -> pl.DataFrame:
    """Return the distinct words."""
    is_word = (pl.col("kind") == "word") & (pl.col("form") != "")
    return repaired.filter(is_word).group_by("form", maintain_order=True).agg(*sums)


_OF_OTHERS = {  # types that are not words are their own segment, stem and lemma, and numbers are NUM
    "segments": pl.concat_list("form"),
    "stem": pl.col("form"),
    "lemma": pl.col("form"),
    "pos": pl.when(pl.col("kind") == "number").then(pl.lit(["NUM"])),
}


def _of_types(repaired: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return what was found of words for types, in their order."""
    annotated = found.with_columns(kind=pl.lit("word"))
    joined = repaired.join(annotated, on=["form", "kind"], how="left", maintain_order="left")
    return joined.select(
        pl.coalesce(name, _OF_OTHERS[name]).alias(name) if name in _OF_OTHERS else name
        for name in ANNOTATION_SCHEMA
        if name in found.columns
    )
