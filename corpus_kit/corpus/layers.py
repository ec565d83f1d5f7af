"""Layers of tokens: what an annotator, or a person, says of each token, beside what the vocabulary says of each type.

A layer has a name and columns, such as lemma and pos. A column has a code for each token, 0 where nothing is known,
and a table of its values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.corpus import storage
from corpus_kit.corpus.checked import CheckedArray
from corpus_kit.corpus.files import CorpusFiles
from corpus_kit.corpus.manifest import layers_of
from corpus_kit.errors import CorpusError, InputError, one_of, shown

__all__ = [
    "GIVEN",
    "OF_TYPES",
    "LayerColumn",
    "Layers",
    "annotators_of_layers",
    "column_called",
    "columns_of_layers",
    "expect_layer",
    "names_of_columns",
    "values_of",
]

GIVEN = "given"  # the layer of what sources say of their tokens
OF_TYPES = "type"  # names the vocabulary where layers have names: [type.lemma=...]

Layers = Mapping[str, Sequence[str]]


class LayerColumn(NamedTuple):
    """A column of a layer.

    Attributes:
        codes: The code of each token, a place in `values` (UInt8, UInt16 or UInt32).
        values: The values (String); the first is null.
    """

    codes: CheckedArray
    values: pl.Series

    def at(self, tokens: Array) -> pl.Series:
        """Return the values of these tokens, given as indices into all tokens."""
        return self.values.gather(self.codes.items(tokens))


def columns_of_layers(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """Return the columns of each layer, in the order in which the layers were annotated."""
    return {str(layer["name"]): list(layer["columns"]) for layer in layers_of(manifest)}


def column_called(name: str, layers: Layers) -> str | None:
    """Return the full name of a column of the layers, or None if there is none of this name.

    A name without that of a layer is that of the layer annotated last that has such a column.

    >>> layers = {"gold": ["lemma", "pos"], "mine": ["pos"]}
    >>> [column_called(name, layers) for name in ("pos", "lemma", "gold.pos", "stance")]
    ['mine.pos', 'gold.lemma', 'gold.pos', None]
    """
    layer, dot, column = name.partition(".")
    if dot:
        return name if column in layers.get(layer, ()) else None
    return next((f"{layer}.{name}" for layer in reversed(list(layers)) if name in layers[layer]), None)


def expect_layer(name: object, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a layer.

    Raises:
        InputError: If there is no such layer.
        CorpusError: If this version of the library cannot read it.
    """
    for layer in layers_of(manifest):
        if layer["name"] == name:
            _expect_known(layer)
            return layer
    names = list(columns_of_layers(manifest))
    raise InputError(f"layer must be {one_of(names)}, got {shown(name)}. corpus.annotate(layer=...) adds one.")


def names_of_columns(layers: Layers) -> list[str]:
    """Return the names of all columns of the layers: alone, and with those of their layers.

    >>> names_of_columns({"gold": ["lemma", "pos"], "mine": ["pos"]})
    ['lemma', 'pos', 'gold.lemma', 'gold.pos', 'mine.pos']
    """
    alone = [name for columns in layers.values() for name in columns]
    full = [f"{layer}.{name}" for layer, columns in layers.items() for name in columns]
    return list(dict.fromkeys([*alone, *full]))


def annotators_of_layers(manifest: dict[str, Any], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what the record of a result says of the layers that it depends on: their annotators."""
    return {name: expect_layer(name, manifest)["annotator"] for name in names}


def _expect_known(layer: dict[str, Any]) -> None:
    if layer["format"] != storage.LAYER_FORMAT:
        raise CorpusError(
            f"the layer {layer['name']!r} has the version {layer['format']}; this version of corpus_kit reads "
            f"{storage.LAYER_FORMAT}. Annotate it again, or call corpus.remove_layer({layer['name']!r})."
        )


def values_of(files: CorpusFiles, layer: str, column: str) -> pl.Series:
    """Return the values of a column of a layer by code; the first is null."""
    record = expect_layer(layer, files.manifest)

    def read() -> pl.Series:
        table = files.read(record["values"], ["column", "value"])
        values = table.filter(pl.col("column") == column)["value"]
        if len(values) != record["columns"][column]["values"] or values.null_count():
            raise ValueError(f"{record['values']} does not hold the values of {column!r}")
        return pl.concat([pl.Series("value", [None], pl.String), values])

    return files.keep(("values of a layer", layer, column), read).alias(column)
