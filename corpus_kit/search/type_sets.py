"""Which types of a corpus pass the tests of a pattern.

A set of types is the list of its types, or of all the others, so that what a test excludes costs no more than what it
finds. All words of a pattern are looked up at once; only regular expressions and wildcards read the vocabulary.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, distinct
from corpus_kit.corpus.units import roots_of, tags_of, texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import (
    ANNOTATED,
    Both,
    Condition,
    Either,
    Negation,
    Pattern,
    Test,
    Value,
    comparisons,
    is_of_layer,
)
from corpus_kit.search.searched_texts import SearchedTexts
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.tokenization import KINDS

__all__ = ["TypeSet", "TypeSets", "is_word"]

_NONE = np.zeros(0, np.uint32)
_FEW_ALIKE = 50  # texts that are compared one by one
_SEARCH = Normalizer.preset("search")
_MOST_KEPT = 4_000_000  # types in the sets of one column that are kept: 16 MB
_OF_A_SET = 1_000  # types that a set counts as beside its own, so that there are not too many of them
_FEW = 16  # texts that are looked up one by one, each in a fifteenth of the time that many take at once


@dataclass(frozen=True, eq=False)
class TypeSet:
    """A set of types: those listed or, if it is inverted, all others.

    Attributes:
        listed: Types, ascending (UInt32).
        inverted: Whether all types are meant but these.
    """

    listed: Array
    inverted: bool = False

    def __invert__(self) -> TypeSet:
        return TypeSet(self.listed, not self.inverted)

    def members(self, among: Array) -> Array:
        """Return those of some types, given as a mask, that are in the set, ascending (UInt32)."""
        if not self.inverted:
            return self.listed[among[self.listed]]
        others = among.copy()
        others[self.listed] = False
        return np.flatnonzero(others).astype(np.uint32)


def _union(sets: list[TypeSet]) -> TypeSet:
    if len(sets) == 1:
        return sets[0]
    found = _merged([each.listed for each in sets if not each.inverted])
    excluded = [each.listed for each in sets if each.inverted]
    if not excluded:
        return TypeSet(found)
    left = min(excluded, key=len)
    for other in excluded:
        if len(left) and other is not left:
            left = np.intersect1d(left, other, assume_unique=True)
    return TypeSet(np.setdiff1d(left, found, assume_unique=True), inverted=True)


def _merged(lists: list[Array]) -> Array:
    if len(lists) < 2:
        return lists[0] if lists else _NONE
    return distinct(np.concatenate(lists))


class _KeptSets:
    """The types of the values that were last compared with all texts of a column, for the next pattern with them."""

    def __init__(self) -> None:
        self._sets: OrderedDict[Value, TypeSet] = OrderedDict()
        self._size = 0
        self._lock = Lock()  # several threads may search in one corpus

    def get(self, value: Value) -> TypeSet | None:
        with self._lock:
            found = self._sets.get(value)
            if found is not None:
                self._sets.move_to_end(value)
            return found

    def keep(self, value: Value, types: TypeSet) -> TypeSet:
        with self._lock:
            if value not in self._sets:
                self._size += _OF_A_SET + len(types.listed)
            self._sets[value] = types
            while self._size > _MOST_KEPT:
                self._size -= _OF_A_SET + len(self._sets.popitem(last=False)[1].listed)
        return types


def is_word(corpus: CorpusView, pattern: Pattern) -> Array:
    """Return for each type whether it is of a counted kind and not empty in the form that is compared (bool)."""

    def make() -> Array:
        return np.asarray(corpus.counted_types & (corpus.type_column("word") != "").to_numpy())

    return corpus.derive("is word", make) if pattern.exact else corpus.folded_words


class TypeSets:
    """The types that pass the tests of a pattern."""

    def __init__(self, corpus: CorpusView, pattern: Pattern) -> None:
        self._corpus = corpus
        self._pattern = pattern
        self._known: dict[tuple[str, Value], TypeSet] = {}
        for column, values in self._values().items():
            exactly = [value for value in values if value.match == "is"]
            if column == "kind":
                self._compare_kinds(values)
            elif column == "folded":
                self._bisect(exactly, begins=False)
            else:
                self._look_up(column, exactly)
            if column != "kind" and len(exactly) < len(values):
                self._find(column, [value for value in values if value.match != "is"])

    def _find(self, column: str, values: list[Value]) -> None:
        """Find the types whose texts begin with some values, or fit them in another way."""
        begins = [value for value in values if value.match == "begins" and column == "folded"]
        self._bisect(begins, begins=True)
        self._compare(column, [value for value in values if value not in begins] if begins else values)

    def _values(self) -> dict[str, list[Value]]:
        """Return the values that each column of the vocabulary is compared with, each once."""
        values: dict[str, dict[Value, None]] = {}
        for compare in comparisons(test.condition for test in self._pattern.tests):
            if is_of_layer(compare.attribute):
                continue
            for column in self._columns(compare.attribute):
                values.setdefault(column, {})[compare.value] = None
        return {column: list(found) for column, found in values.items()}

    def of(self, test: Test) -> TypeSet:
        """Return the types that fulfil the condition of a test, which must have one; also those that are no words."""
        assert test.condition is not None
        return self.of_condition(test.condition)

    def of_condition(self, condition: Condition) -> TypeSet:
        """Return the types that fulfil a condition of the pattern, which asks for no layer."""
        if isinstance(condition, Negation):
            return ~self.of_condition(condition.of)
        if isinstance(condition, Either):
            return _union([self.of_condition(part) for part in condition.parts])
        if isinstance(condition, Both):
            return ~_union([~self.of_condition(part) for part in condition.parts])
        found = [self._known[column, condition.value] for column in self._columns(condition.attribute)]
        return ~_union(found) if condition.negated else _union(found)

    def _columns(self, attribute: str) -> tuple[str, ...]:
        """Return the columns of the vocabulary that an attribute stands for."""
        if attribute != "form":
            return (attribute,)
        form = "word" if self._pattern.exact else "folded"
        return (form, "stem") if self._pattern.clitics else (form,)

    # ---- the values in one column

    def _compare_kinds(self, values: list[Value]) -> None:
        of_kinds = self._corpus.derive("types by kind", lambda: _types_by_kind(self._corpus.type_kinds))
        for value in values:
            fits = value.fits(pl.Series(KINDS)).to_numpy()
            fitting = [types for types, fit in zip(of_kinds, fits, strict=True) if fit]
            others = [types for types, fit in zip(of_kinds, fits, strict=True) if not fit]
            is_most = 2 * sum(map(len, fitting)) > self._corpus.n_types
            self._known["kind", value] = TypeSet(_merged(others if is_most else fitting), inverted=is_most)

    def _look_up(self, column: str, values: list[Value]) -> None:
        """Find the types of many texts at once."""
        if not values:
            return
        texts, types = self._column(column)
        if len(values) <= _FEW:
            hashes = self._corpus.derive(("hashes of texts", *self._key(column)), lambda: _hashes(texts))
            for value in values:
                places = _places_of(value.text, texts, hashes)
                found_types = places if types is None else distinct(types[places])
                self._known[column, value] = TypeSet(found_types.astype(np.uint32, copy=False))
            return
        wanted = pl.Series([value.text for value in values], dtype=pl.String)
        rows = texts.is_in(wanted.implode()).fill_null(value=False).arg_true()
        having = rows.cast(pl.UInt32) if types is None else pl.Series(types[rows.to_numpy()])
        found = pl.DataFrame([texts.gather(rows).alias("text"), having.alias("type")])
        if types is not None:
            found = found.unique()  # roots of one type may differ in spelling only
        lists = dict(found.group_by("text").agg(pl.col("type").sort()).iter_rows())
        for value in values:
            self._known[column, value] = TypeSet(np.array(lists.get(value.text, ()), np.uint32))

    def _compare(self, column: str, values: list[Value]) -> None:
        """Compare the texts of all types with wildcards and regular expressions."""
        kept = self._corpus.derive(("types of values", *self._key(column)), _KeptSets)
        known = {value: kept.get(value) for value in values}
        self._known |= {(column, value): found for value, found in known.items() if found is not None}
        values = [value for value, found in known.items() if found is None]
        if not values:
            return
        texts, types = self._searched(column)
        for value, rows in zip(values, texts.fitting(values), strict=True):
            having = rows if types is None else distinct(types[rows])
            self._known[column, value] = kept.keep(value, _shorter(having, self._corpus.n_types))

    def _searched(self, name: str) -> tuple[SearchedTexts, Array | None]:
        """Return the same texts as `_column`, to be searched, and the type of each."""
        corpus = self._corpus
        if name == "folded":
            return SearchedTexts(corpus.folded_forms, corpus.type_order, lambda: corpus.type_column(name)), None
        texts, types = self._column(name)
        return corpus.derive(("searched texts", *self._key(name)), lambda: SearchedTexts.of(texts)), types

    def _key(self, name: str) -> tuple[str, bool]:
        """Return what tells the texts of `_column` from others that the corpus keeps."""
        return name, name in ANNOTATED and self._pattern.exact

    def _bisect(self, values: list[Value], *, begins: bool) -> None:
        """Find the types with these folded forms, or with forms that begin with them."""
        if not values:
            return
        order = self._corpus.type_order
        places = self._corpus.folded_forms.find(order, [value.text.encode() for value in values], begins=begins)
        for value, (first, end) in zip(values, places, strict=True):
            found: Array = order[first:end]
            self._known["folded", value] = TypeSet(np.sort(found) if end - first > 1 else found)

    def _column(self, name: str) -> tuple[pl.Series, Array | None]:
        """Return a column of the vocabulary in the form that values are compared with.

        With it comes the type of each text; None if each type has one, in order. A type may have several roots or
        parts of speech.
        """
        corpus, pattern = self._corpus, self._pattern
        if name not in ANNOTATED:
            return corpus.type_column(name).cast(pl.String), None
        needs = "clitics=True" if name == "stem" and pattern.clitics else f"[{name}=...]"
        what = f"pattern {pattern.text!r:.200} with {needs}"
        if name == "root":
            types, roots = roots_of(corpus, what)
            return roots, types
        normalizer = None if pattern.exact else _SEARCH
        if name == "pos":
            types, tags = tags_of(corpus, normalizer, what)
            return tags, types
        return texts_of_unit(corpus, name, normalizer, what), None


def _hashes(texts: pl.Series) -> Array:
    """Return a hash of each text (UInt32)."""
    return texts.to_frame().hash_rows().to_numpy().astype(np.uint32)  # that of one text in a third of `Series.hash`


def _places_of(text: str, texts: pl.Series, hashes: Array) -> Array:
    """Return where a text is among some texts with these hashes, ascending."""
    places = np.flatnonzero(hashes == _hashes(pl.Series([text])))
    if len(places) <= _FEW_ALIKE:
        return np.array([place for place in places.tolist() if texts[place] == text], np.int64)
    found: Array = pl.Series(places).filter(texts[places] == text).to_numpy()  # a null text is not equal to any
    return found


def _shorter(types: Array, n_types: int) -> TypeSet:
    """Return a set of types, as the list of them or of all others, whichever is shorter."""
    if 2 * len(types) <= n_types:
        return TypeSet(types.astype(np.uint32, copy=False))
    others = np.ones(n_types, bool)
    others[types] = False
    return TypeSet(np.flatnonzero(others).astype(np.uint32), inverted=True)


def _types_by_kind(kinds: Array) -> list[Array]:
    return [np.flatnonzero(kinds == kind).astype(np.uint32) for kind in range(len(KINDS))]
