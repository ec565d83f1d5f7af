"""Units that are counted: words, or the stems, lemmas and roots that `corpus.annotate` gives the words.

A word whose unit is unknown (a name has no root) keeps its place: it is one of the words that rates, windows, n-grams
and parts are measured in. It has no row, alone or in an n-gram.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.roots import fold_roots

__all__ = [
    "UNITS_COUNTED",
    "TypeTexts",
    "annotation",
    "annotator_of",
    "expect_unit",
    "roots_of",
    "tags_of",
    "texts_of_unit",
    "unit_texts",
]

UNITS_COUNTED = ("word", "stem", "lemma", "root")


def expect_unit(unit: object, *corpora: CorpusView) -> str:
    """Return the unit that a user chose.

    Raises:
        InputError: If there is none of this name, or a corpus is not annotated with it.
    """
    chosen = choose(unit, UNITS_COUNTED, "unit")
    if chosen != "word":
        for corpus in corpora:
            _expect_annotation(corpus, chosen, f"unit={chosen!r}")
    return chosen


def annotation(corpus: CorpusView, name: str, what: str) -> pl.Series:
    """Return a column of annotations.

    Args:
        corpus: The corpus.
        name: The column.
        what: What needs it, for the message.

    Raises:
        InputError: If the corpus does not have it.
    """
    _expect_annotation(corpus, name, what)
    return corpus.type_column(name)


def _expect_annotation(corpus: CorpusView, name: str, what: str) -> None:
    if not corpus.has_annotation(name):
        raise InputError(
            f"{what} needs the column {name!r}, which this corpus does not have. corpus.annotate() adds it."
        )


class TypeTexts(NamedTuple):
    """Texts of which a type may have several, such as roots: those of a type one after another, the likeliest first.

    Attributes:
        types: The type of each text (UInt32), ascending.
        texts: The texts as they are compared.
    """

    types: Array
    texts: pl.Series


def roots_of(corpus: CorpusView, what: str) -> TypeTexts:
    """Return the roots of the types of a corpus; `what` needs them, for the message."""
    column = annotation(corpus, "root", what)
    return corpus.derive("roots", lambda: _listed(column, fold_roots))


def tags_of(corpus: CorpusView, normalizer: Normalizer | None, what: str) -> TypeTexts:
    """Return the possible parts of speech of the types of a corpus; `what` needs them, for the message."""
    column = annotation(corpus, "pos", what)
    if normalizer is None:
        return corpus.derive("tags", lambda: _listed(column, lambda tags: tags))
    key = ("normalised", "pos", normalizer.digest)
    return corpus.derive(key, lambda: _listed(column, lambda tags: normalize_series(tags, normalizer)))


def _listed(column: pl.Series, fold: Callable[[pl.Series], pl.Series]) -> TypeTexts:
    """Return the texts of a column of lists, folded, without empty ones."""
    types = pl.Series("type", np.arange(len(column), dtype=np.uint32))
    table = pl.DataFrame([types, column.alias("text")]).explode("text").drop_nulls()
    table = table.with_columns(fold(table["text"]).alias("text")).filter(pl.col("text") != "")
    return TypeTexts(table["type"].to_numpy(), table["text"])


def texts_of_unit(corpus: CorpusView, unit: str, normalizer: Normalizer | None, what: str) -> pl.Series:
    """Return the stem, lemma or likeliest root of each type; null or empty where it is unknown.

    Stems and lemmas are normalised, so that they agree with those of searches. Roots have a spelling of their own.

    Args:
        corpus: The corpus.
        unit: "stem", "lemma" or "root".
        normalizer: The normaliser, or None.
        what: What needs them, for the message.
    """
    if unit == "root":
        return _likeliest(roots_of(corpus, what), corpus.n_types)
    column = annotation(corpus, unit, what)
    if normalizer is None:
        return column
    return corpus.derive(("normalised", unit, normalizer.digest), lambda: normalize_series(column, normalizer))


def unit_texts(annotations: pl.DataFrame, unit: str, normalizer: Normalizer | None) -> pl.Series:
    """Return the texts of `texts_of_unit` for types that belong to no corpus, from their annotations."""
    if unit == "root":
        return fold_roots(annotations["root"].list.first())
    texts = annotations[unit]
    return texts if normalizer is None else normalize_series(texts, normalizer)


def _likeliest(roots: TypeTexts, n_types: int) -> pl.Series:
    """Return the first text of each type, null where it has none."""
    _, first = np.unique(roots.types, return_index=True)
    texts = pl.DataFrame({"type": roots.types[first], "root": roots.texts.gather(first)})
    everyone = pl.DataFrame({"type": np.arange(n_types, dtype=np.uint32)})
    return everyone.join(texts, on="type", how="left", maintain_order="left")["root"]


def annotator_of(corpus: CorpusView) -> dict[str, Any]:
    """Return what the record of a result says of the annotator of a corpus."""
    record = corpus.manifest.get("annotation") or {}
    return {name: value for name, value in record.items() if name != "file"}
