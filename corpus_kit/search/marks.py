"""What the program of a pattern asks of a corpus beside tests: the regions of structures, and values of attributes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._core import SearchCodes, SearchRegions
from corpus_kit.corpus.layers import LayerColumn
from corpus_kit.corpus.units import roots_of, tags_of, texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import ANNOTATED, Condition, is_of_layer
from corpus_kit.search.structure_scopes import regions_where
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["CorpusMarks", "column_of_tokens"]

_UNITS = {
    "s": BEGINS_SENTENCE, "sentence": BEGINS_SENTENCE, "p": BEGINS_PARAGRAPH, "paragraph": BEGINS_PARAGRAPH,
    "text": 0, "document": 0,
}  # fmt: skip


class CorpusMarks:
    """The structures and attributes of a corpus, as programs ask for them.

    Args:
        corpus: The corpus.
        exact: Whether values are compared as they are, not in folded form.
        of_tokens: Whether the text that is searched has a number for each token that is not that of its type, so that
            values are looked up by token, too.
        what: What asks, for messages.
    """

    def __init__(self, corpus: CorpusView, *, exact: bool, of_tokens: bool, what: str) -> None:
        self._corpus = corpus
        self._exact = exact
        self._of_tokens = of_tokens
        self._what = what

    def regions(self, structure: str, condition: Condition | None) -> SearchRegions | int:
        """Return the regions that fulfil a condition; for units of text, the flag of the tokens that begin one."""
        if condition is None and structure in _UNITS:
            return _UNITS[structure]
        found = regions_where(self._corpus, structure, condition, exact=self._exact)
        if condition is not None:
            return SearchRegions(found.first, found.end)
        key = ("regions of searches", found.name, found.key)
        return self._corpus.derive_from_tokens(key, lambda: SearchRegions(found.first, found.end))

    def codes(self, left: str, right: str) -> tuple[SearchCodes, SearchCodes]:
        """Return the values of two attributes, which may be one, as numbers that are equal where the values are."""
        if left == right and (left == "folded" or (left == "form" and not self._exact)):
            kept = self._corpus.derive("numbers of folded forms", lambda: _numbers_of_forms(self._corpus))
            codes = self._codes(_Side(pl.Series(dtype=pl.String), None), kept)
            return codes, codes
        sides = self._side(left), self._side(right)
        if left == right:
            key = ("numbers of values", self._exact)
            kept = self._derive(left, key, lambda: _numbers(sides[0].texts))
            numbers = kept, kept
        else:
            both = _numbers(pl.concat([side.texts.cast(pl.String) for side in sides]))
            numbers = both[: len(sides[0].texts)], both[len(sides[0].texts) :]
        first, second = (self._codes(side, each) for side, each in zip(sides, numbers, strict=True))
        return first, second

    def _codes(self, side: _Side, numbers: Array) -> SearchCodes:
        codes = numbers if side.places is None else numbers[side.places]
        if side.of_types and self._of_tokens:
            return SearchCodes(codes[self._corpus.token_types], False)
        return SearchCodes(codes, side.of_types)

    def _derive(self, attribute: str, key: Hashable, make: Callable[[], Array]) -> Array:
        if is_of_layer(attribute):
            return self._corpus.derive_from_column(attribute, key, make)
        return self._corpus.derive((key, attribute), make)

    def _side(self, attribute: str) -> _Side:
        corpus = self._corpus
        normalizer = None if self._exact else Normalizer.preset("search")
        if is_of_layer(attribute):
            column = column_of_tokens(corpus, attribute)
            values = column.values if normalizer is None else normalize_series(column.values, normalizer)
            return _Side(values, column.codes.whole(), of_types=False)
        if attribute == "form":
            attribute = "word" if self._exact else "folded"
        if attribute not in ANNOTATED:
            return _Side(corpus.type_column(attribute).cast(pl.String), None)
        if attribute == "root":
            return _likeliest(corpus, *roots_of(corpus, self._what))
        if attribute == "pos":
            return _likeliest(corpus, *tags_of(corpus, normalizer, self._what))
        return _Side(texts_of_unit(corpus, attribute, normalizer, self._what), None)


class _Side(NamedTuple):
    """The values of an attribute: texts, and the place of that of each type or token; None if each type has one."""

    texts: pl.Series
    places: Array | None
    of_types: bool = True


def column_of_tokens(corpus: CorpusView, name: str) -> LayerColumn:
    """Return a column with a code for each token, by its full name: of a layer, or of a structure."""
    has_layer = name.partition(".")[0] in corpus.layers
    return corpus.layer_column(name) if has_layer else corpus.structure_column(name)


def _likeliest(corpus: CorpusView, types: Array, texts: pl.Series) -> _Side:
    """Return the first of the texts of each type."""
    places = np.full(corpus.n_types, len(texts), np.int64)
    places[types[::-1]] = np.arange(len(texts))[::-1]
    return _Side(pl.concat([texts, pl.Series([None], dtype=pl.String)]), places)


def _numbers_of_forms(corpus: CorpusView) -> Array:
    """Return the same for the folded forms of types, whose ranks the index has."""
    ranks, order = corpus.type_ranks, corpus.type_order
    numbers: Array = ranks + np.uint32(1)
    if len(order) and not corpus.folded_forms.bytes_of(int(order[0])):  # an empty form is the first of all
        numbers[ranks == ranks[order[0]]] = 0
    return numbers


def _numbers(texts: pl.Series) -> Array:
    """Return a number for each text, the same for the same one; 0 for null and for an empty one (UInt32)."""
    known = texts.replace("", None) if texts.dtype == pl.String else texts
    numbers: Array = known.rank("dense").fill_null(0).cast(pl.UInt32).to_numpy()
    return numbers
