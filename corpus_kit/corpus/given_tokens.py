"""Tokens that a source gives: they take the place of those of the tokeniser, and what is said of them is a layer.

A sentence begins where the source says; a paragraph at a line break in the text between two tokens; a token is glued to
the one before it if nothing is between them in the text.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED, OF_SOURCE
from corpus_kit.text.tokenization import TokenBatch

__all__ = ["LAYER_FOLDER", "GivenLayer", "GivenTokens", "given_tokens", "merged"]

LAYER_FOLDER = "given"  # in that of a corpus while it is built
_BREAKS = "\n\x0b\x0c\r\x85\u2028\u2029"


class GivenTokens(NamedTuple):
    """Tokens of some texts.

    counts has the number of tokens of each text, 0 where they are not given; the rest has an item for each token.
    """

    counts: npt.NDArray[np.int64]
    surfaces: pl.Series
    starts: npt.NDArray[np.uint32]
    flags: npt.NDArray[np.uint8]
    layers: dict[str, list[str | None]]


def given_tokens(texts: pl.Series, given: pl.Series) -> GivenTokens:
    """Return the tokens that are given of some texts."""
    counts = np.zeros(len(texts), np.int64)
    surfaces: list[str] = []
    starts: list[int] = []
    flags: list[int] = []
    rows = given.is_not_null().arg_true().to_list()
    values = given.gather(rows).to_list()
    names = list(dict.fromkeys(layer["name"] for value in values for layer in value["layers"]))
    layers: dict[str, list[str | None]] = {name: [] for name in names}
    for row, value in zip(rows, values, strict=True):
        text = texts[row]
        sentences = set(value["sentences"])
        counts[row] = len(value["spans"])
        end = 0
        for number, span in enumerate(value["spans"]):
            gap = text[end : span["start"]]
            starts.append(span["start"])
            end = span["end"]
            surfaces.append(text[span["start"] : end])
            begins = OF_SOURCE | (BEGINS_SENTENCE if number in sentences else 0)
            if not number or any(sign in gap for sign in _BREAKS):
                begins |= BEGINS_SENTENCE | BEGINS_PARAGRAPH
            flags.append(begins | (GLUED if number and not gap else 0))
        said = {layer["name"]: layer["values"] for layer in value["layers"]}
        for name in names:
            layers[name] += said.get(name) or [None] * len(value["spans"])
    return GivenTokens(
        counts,
        pl.Series(surfaces, dtype=pl.String),
        np.array(starts, np.uint32),
        np.array(flags, np.uint8),
        layers,
    )


def merged(tokens: TokenBatch, given: GivenTokens, ids: Array) -> TokenBatch:
    """Return the tokens of all texts, where those that have given ones have no others."""
    counts = tokens.counts.astype(np.int64) + given.counts
    is_given = np.repeat(given.counts > 0, counts)

    def joined(own: Array, others: Array) -> Array:
        values = np.empty(len(is_given), own.dtype)
        values[is_given] = others
        values[~is_given] = own
        return values

    return TokenBatch(
        joined(tokens.type_ids, ids),
        joined(tokens.starts, given.starts),
        joined(tokens.flags, given.flags),
        counts.astype(np.uint32),
    )


class GivenLayer:
    """What sources say of their tokens: written aside during a build, and then the annotator of a layer.

    Args:
        folder: Where it is written.
    """

    def __init__(self, folder: Path) -> None:
        self.__name__ = "the source"
        self._stream: Iterator[dict[str, Any]] | None = None
        self._folder = folder
        self._names: list[str] = []
        self._parts: list[tuple[Path | None, int]] = []  # of tokens; without a file, nothing is said of them

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said of any token."""
        return not self._names

    def add(self, counts: Array, given: GivenTokens) -> None:
        """Add the tokens of some texts, of which `counts` are the numbers."""
        if not given.layers:
            self._parts.append((None, int(counts.sum())))
            return
        is_given = np.repeat(given.counts > 0, counts)
        places = np.where(is_given, np.cumsum(is_given) - 1, -1)
        index = pl.Series(places).replace(-1, None)
        frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in given.layers.items()})
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{len(self._parts):06}.arrow"
        frame.select(pl.all().gather(index)).write_ipc(path)
        self._names += [name for name in given.layers if name not in self._names]
        self._parts.append((path, len(index)))

    def remove(self) -> None:
        """Remove what is written aside."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def __call__(self, sentences: list[list[str]]) -> Iterator[dict[str, str | None]]:
        """Yield a record for each token of the corpus; the sentences of one build follow one another."""
        if self._stream is None:
            self._stream = self._records()
        for sentence in sentences:
            for _ in sentence:
                yield next(self._stream)

    def _records(self) -> Iterator[dict[str, Any]]:
        nothing = dict.fromkeys(self._names)
        for path, count in self._parts:
            if path is None:
                for _ in range(count):
                    yield nothing
                continue
            for row in pl.read_ipc(path).iter_rows(named=True):
                yield {**nothing, **row}
