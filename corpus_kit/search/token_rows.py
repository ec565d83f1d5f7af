"""The tests of a pattern that ask for layers of tokens: a row for each token, as `type_rows` has one for each type.

What a condition asks of the vocabulary and of each column of a layer is looked up on its own: types, and codes of a
column, that pass the same conditions are a class. The row of a token is made of the classes of its type and its codes,
so that the core reads one number for each token, whatever a pattern asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.structures import codes_of_regions
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.machine.memory import expect_memory
from corpus_kit.query.pattern_tree import (
    Both,
    Compare,
    Condition,
    Either,
    Negation,
    Test,
    comparisons,
    is_of_layer,
)
from corpus_kit.search.marks import column_of_tokens
from corpus_kit.search.structure_scopes import folded_values
from corpus_kit.search.type_rows import partition_of
from corpus_kit.search.type_sets import TypeSet, TypeSets

__all__ = ["TokenRows", "asks_layers"]

_TYPES = ""  # the source of what is asked of the vocabulary; that of others is the name of a column
_BITS_OF_A_BYTE = 8
_TOKENS_AT_ONCE = 1 << 16
_FEW = 4  # tokens that are at most a part in 4 are looked up one by one
_FEW_TESTS = 8  # of more, the tokens are looked up in an index, which is made once
_MOST_ROWS = 1 << 32
_IN_ROWS = "Use fewer conditions on layers in one pattern, or search for parts of it"

Passing = dict[Condition, TypeSet]


def asks_layers(test: Test) -> bool:
    """Return whether a test asks for a layer."""
    return any(is_of_layer(each.attribute) for each in comparisons([test.condition]))


class TokenRows:
    """The tests of a pattern as a table with a row for all tokens that pass the same of them.

    Args:
        corpus: The corpus.
        tests: The tests.
        words: For each type, whether it is a word.
        types: The types that pass conditions on the vocabulary.
        exact: Whether values of layers are compared as they are, not in folded form.
        what: What needs memory, for the message.

    Attributes:
        numbers: The number of each test, by which programs know it.
        tests: The bits of each row, `stride` bytes a row (UInt8).
        stride: Bytes of a row.
    """

    def __init__(
        self, corpus: CorpusView, tests: Iterable[Test], words: Array, types: TypeSets, *, exact: bool, what: str
    ) -> None:
        conditions = {test: _grouped(test.condition) for test in tests if test.condition is not None}
        atoms = dict.fromkeys(atom for condition in conditions.values() for atom in _atoms(condition))
        of_source: dict[str, list[Condition]] = {_TYPES: []}
        for atom in atoms:
            of_source.setdefault(str(_source_of(atom)), []).append(atom)
        self._of_types = {atom: types.of_condition(atom) for atom in of_source.pop(_TYPES)}
        sources = [_Classes(words, self._of_types)]
        self._columns: dict[str, _Column] = {}
        self._of_codes: dict[Condition, TypeSet] = {}
        for name, asked in of_source.items():
            column = self._columns[name] = _Column(corpus, name)
            texts = column.values if exact else folded_values(corpus, name, column.values)
            found = {atom: _codes_of(atom, texts) for atom in asked}
            sources.append(_Classes(np.zeros(len(texts), bool), found))
            self._of_codes |= found
            n_rows = math.prod(source.length for source in sources)
            if n_rows >= _MOST_ROWS:  # before there is a column of tokens for each of what may be thousands
                raise InputError(f"{what} would need {n_rows:,} combinations of conditions. {_IN_ROWS}.")
        n_rows = math.prod(source.length for source in sources)
        self.stride = len(conditions) // _BITS_OF_A_BYTE + 1
        expect_memory(4 * corpus.n_tokens + n_rows * (self.stride + 8 * len(sources)), what, _IN_ROWS)
        places = np.unravel_index(np.arange(n_rows), [source.length for source in sources])
        is_word = sources[0].passes_first[places[0]]
        found_in: dict[Condition, Array] = {}
        for source, place in zip(sources, places, strict=True):
            found_in |= {atom: bits[place] for atom, bits in source.passes.items()}
        self.numbers = {test: number for number, test in enumerate(conditions, start=1)}
        table = np.zeros((n_rows, self.stride), np.uint8)
        table[:, 0] = is_word
        for test, condition in conditions.items():
            passes = _holds(condition, found_in)
            passes = passes & is_word if test.words_only else passes
            byte, bit = divmod(self.numbers[test], _BITS_OF_A_BYTE)
            table[:, byte] |= passes.astype(np.uint8) << np.uint8(bit)
        self.tests = table.ravel()
        self._corpus, self._conditions = corpus, conditions
        weights = np.cumprod([1, *(source.length for source in sources[:0:-1])], dtype=np.int64)[::-1]
        self._tables = [source.of_item * np.uint32(weight) for source, weight in zip(sources, weights, strict=True)]
        self._positions: dict[Test, Array] = {}

    # ---- the tokens that pass a test

    def at_most(self, test: Test) -> int:
        """Return how many tokens pass a test, at most."""
        if test in self._positions:
            return len(self._positions[test])
        return self._candidates(self._conditions[test])[0]

    def positions(self, test: Test) -> Array:
        """Return the tokens that pass a test, ascending (UInt32)."""
        if test not in self._positions:
            self._positions[test] = self._found(test)
        return self._positions[test]

    def passing(self, test: Test, tokens: Array) -> Array:
        """Return for each of some tokens whether it passes a test (bool)."""
        is_most = 2 * len(tokens) > self._corpus.n_tokens
        passing: Array = self._passing(test)[self._rows[tokens] if is_most else self._rows_at(tokens)]
        return passing

    def _passing(self, test: Test) -> Array:
        """Return for each row whether its tokens pass a test (bool)."""
        byte, bit = divmod(self.numbers[test], _BITS_OF_A_BYTE)
        passing: Array = (self.tests[byte :: self.stride] >> np.uint8(bit)) & np.uint8(1) > 0
        return passing

    def _found(self, test: Test) -> Array:
        passes = self._passing(test)
        number, part = self._candidates(self._conditions[test])
        if part is not None and number * _FEW <= self._corpus.n_tokens:
            tokens = self._tokens_of(part)
            kept: Array = tokens[passes[self._rows_at(tokens)]]
            return kept
        if len(self.numbers) <= _FEW_TESTS:
            return np.flatnonzero(passes[self._rows]).astype(np.uint32)
        offsets, positions = self._index
        found = _core.positions_of(offsets, positions, np.flatnonzero(passes).astype(np.uint32))
        all_found: Array = series_from_core("", found).to_numpy()
        return all_found

    def _candidates(self, condition: Condition) -> tuple[int, Condition | None]:
        """Return the part of a condition that the fewest tokens fulfil, and how many do; None for all tokens."""
        if condition in self._of_types:
            types = self._of_types[condition]
            if not types.inverted:
                return int(self._corpus.type_occurrences(types.listed).sum()), condition
        elif condition in self._of_codes:
            number = self._columns[str(_source_of(condition))].occurrences(self._of_codes[condition])
            return number, condition
        elif isinstance(condition, Both):
            return min((self._candidates(part) for part in condition.parts), key=lambda found: found[0])
        return self._corpus.n_tokens, None

    def _tokens_of(self, atom: Condition) -> Array:
        """Return the tokens that fulfil a condition on one column, or on types, ascending (UInt32)."""
        if atom in self._of_types:
            return self._corpus.positions_of(self._of_types[atom].listed)
        return self._columns[str(_source_of(atom))].tokens(self._of_codes[atom])

    @cached_property
    def _index(self) -> tuple[Array, Array]:
        """Where the tokens of each row begin, and these tokens, row after row."""
        index = _core.postings(self._rows, len(self.tests) // self.stride)
        offsets, positions = (series_from_core("", each).to_numpy() for each in index)
        return offsets, positions

    # ---- the rows of tokens

    def rows(self, read: tuple[Integers, Integers] | None = None) -> Array:
        """Return the row of each token in these ranges, of all for None (UInt32); that of others means nothing."""
        if read is None or self.are_known:
            return self._rows
        first, end = read
        if int((end - first).sum()) * 2 > self._corpus.n_tokens:
            return self._rows
        rows, tokens = np.zeros(self._corpus.n_tokens, np.uint32), ranges(first, end)
        rows[tokens] = self._rows_at(tokens)
        return rows

    @property
    def are_known(self) -> bool:
        """Whether the row of each token was looked up already, by a search with the same tests."""
        return "_rows" in self.__dict__

    def look_up(self) -> None:
        """Look up the row of each token, for all searches with these tests."""
        _ = self._rows

    def _rows_at(self, tokens: Array) -> Array:
        if self.are_known:
            known: Array = self._rows[tokens]
            return known
        rows = self._tables[0][self._corpus.token_types[tokens]]
        for table, column in zip(self._tables[1:], self._columns.values(), strict=True):
            rows += table[column.at(tokens)]
        return rows

    @cached_property
    def _rows(self) -> Array:
        """The row of each token (UInt32)."""
        arrays = [self._corpus.token_types, *(column.whole() for column in self._columns.values())]
        rows = np.empty(self._corpus.n_tokens, np.uint32)
        for begin in range(0, len(rows), _TOKENS_AT_ONCE):
            some = slice(begin, begin + _TOKENS_AT_ONCE)
            row = self._tables[0][arrays[0][some]]
            for table, array in zip(self._tables[1:], arrays[1:], strict=True):
                row += table[array[some]]
            rows[some] = row
        return rows


class _Column:
    """The values of tokens as codes: a column of a layer, or an attribute of a structure, by regions.

    Args:
        corpus: The corpus.
        name: The full name of the column.

    Attributes:
        values: The values of the codes (String); the first is null.
    """

    def __init__(self, corpus: CorpusView, name: str) -> None:
        self._corpus, self._name = corpus, name
        structure, _, attribute = name.partition(".")
        self._layer = corpus.layer_column(name) if structure in corpus.layers else None
        if self._layer is not None:
            self.values = self._layer.values
            return
        self._regions = corpus.structure(structure)
        self._of_region, self.values = corpus.derive_from_column(
            name, "codes of regions", lambda: codes_of_regions(self._regions, attribute)
        )

    def whole(self) -> Array:
        """Return the code of each token."""
        return column_of_tokens(self._corpus, self._name).codes.whole()

    def at(self, tokens: Array) -> Array:
        """Return the codes of some tokens."""
        if self._layer is not None:
            return self._layer.codes.items(tokens)
        region = self._regions.region_at(tokens)
        codes: Array = np.append(self._of_region, self._of_region.dtype.type(0))[region]  # the last one is that of -1
        return codes

    def occurrences(self, codes: TypeSet) -> int:
        """Return how many tokens have one of these codes, at most."""
        if self._layer is None:
            first, end = self._ranges(codes)
            if first is not None:
                return int((end.astype(np.int64) - first).sum())
            return self._corpus.n_tokens
        counts = self._corpus.derive_from_column(
            self._name, "occurrences of codes", lambda: np.bincount(self.whole(), minlength=len(self.values))
        )
        return int(counts[codes.members(np.ones(len(self.values), bool))].sum())

    def tokens(self, codes: TypeSet) -> Array:
        """Return the tokens that have one of these codes, ascending (UInt32)."""
        if self._layer is None:
            first, end = self._ranges(codes)
            if first is not None:
                return ranges(first.astype(np.int64), end.astype(np.int64)).astype(np.uint32)
        mask = np.zeros(len(self.values), bool)
        mask[codes.members(np.ones(len(self.values), bool))] = True
        return np.flatnonzero(mask[self.whole()]).astype(np.uint32)

    def _ranges(self, codes: TypeSet) -> tuple[Array | None, Array]:
        """Return the ranges of tokens with one of these codes; None if tokens of no region have one."""
        mask = np.zeros(len(self.values), bool)
        mask[codes.members(np.ones(len(self.values), bool))] = True
        owners = self._regions.owners
        if mask[0]:
            return None, owners.end
        kept = np.flatnonzero(mask[self._of_region[owners.region]])
        return owners.first[kept], owners.end[kept]


class _Classes:
    """The classes of the types, or of the codes of a column: those of a class pass the same conditions.

    Args:
        first: A set that classes do not cross, for each item whether it is in it (bool).
        passing: The items that pass each condition.

    Attributes:
        of_item: The class of each item (UInt32).
        length: How many classes there are.
        passes: For each condition, whether the items of each class pass it (bool).
        passes_first: Whether those of each class are in the first set (bool).
    """

    def __init__(self, first: Array, passing: Passing) -> None:
        self.of_item = partition_of(first, [items.listed for items in passing.values()])
        self.length = int(self.of_item.max(initial=0)) + 1
        self.passes = {condition: self._bits(items) for condition, items in passing.items()}
        self.passes_first = self._bits(TypeSet(np.flatnonzero(first)))

    def _bits(self, items: TypeSet) -> Array:
        bits = np.zeros(self.length, bool)
        bits[self.of_item[items.listed]] = True
        return ~bits if items.inverted else bits


def _codes_of(condition: Condition, texts: pl.Series) -> TypeSet:
    """Return the codes of a column whose texts fulfil a condition on it; no text fulfils a negated one."""
    if isinstance(condition, Negation):
        return ~_codes_of(condition.of, texts)
    if isinstance(condition, Compare):
        found = TypeSet(condition.value.fits(texts).fill_null(value=False).arg_true().to_numpy())
        return ~found if condition.negated else found
    holds = [_codes_of(part, texts).members(np.ones(len(texts), bool)) for part in condition.parts]
    if isinstance(condition, Either):
        return TypeSet(np.unique(np.concatenate(holds)))
    counts = np.bincount(np.concatenate(holds), minlength=len(texts))
    return TypeSet(np.flatnonzero(counts == len(holds)))


# ------------------------------------------------------------- conditions by what they ask


def _source_of(condition: Condition) -> str | None:
    """Return the column that a condition asks for, or "" for the vocabulary; None if it asks for several."""
    sources = {each.attribute if is_of_layer(each.attribute) else _TYPES for each in comparisons([condition])}
    return sources.pop() if len(sources) == 1 else None


def _grouped(condition: Condition) -> Condition:
    """Return an equal condition in which parts that ask for one column are next to one another, as one part."""
    if _source_of(condition) is not None or isinstance(condition, Compare):
        return condition
    if isinstance(condition, Negation):
        return Negation(_grouped(condition.of))
    kind = Both if isinstance(condition, Both) else Either
    parts: dict[str | None, list[Condition]] = {}
    for part in condition.parts:
        parts.setdefault(_source_of(part), []).append(part)
    mixed = list(map(_grouped, parts.pop(None, [])))
    return kind((*(some[0] if len(some) == 1 else kind(tuple(some)) for some in parts.values()), *mixed))


def _atoms(condition: Condition) -> Iterator[Condition]:
    """Yield the largest parts of a condition that ask for one column each."""
    if _source_of(condition) is not None:
        yield condition
    elif isinstance(condition, Negation):
        yield from _atoms(condition.of)
    elif not isinstance(condition, Compare):
        for part in condition.parts:
            yield from _atoms(part)


def _holds(condition: Condition, atoms: Mapping[Condition, Array]) -> Array:
    """Return where a condition holds, from where its parts do."""
    if condition in atoms:
        return atoms[condition]
    if isinstance(condition, Negation):
        return ~_holds(condition.of, atoms)
    assert not isinstance(condition, Compare)
    parts = [_holds(part, atoms) for part in condition.parts]
    joined: Array = (np.logical_and if isinstance(condition, Both) else np.logical_or).reduce(parts)
    return joined
