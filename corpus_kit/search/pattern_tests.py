"""The tests of a pattern in a corpus: which types pass each, and how many tokens these have."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cached_property
from itertools import accumulate

import numpy as np

from corpus_kit._base.arrays import Array, Integers
from corpus_kit._core import SearchText
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import Pattern, Test
from corpus_kit.search.token_rows import TokenRows, asks_layers
from corpus_kit.search.type_rows import TypeRows, type_rows
from corpus_kit.search.type_sets import TypeSet, TypeSets, is_word

__all__ = ["ANY_WORD", "IS_WORD", "PatternTests"]

ANY_WORD = Test(None)
IS_WORD = 0  # its number


class PatternTests:
    """The tests of a pattern in a corpus.

    Attributes:
        sets: The types that pass each test, but for that for any word and those that ask for layers.
        words: For each type, whether it is a word (bool).
    """

    def __init__(self, corpus: CorpusView, pattern: Pattern) -> None:
        self._corpus = corpus
        self.words = is_word(corpus, pattern)
        types = TypeSets(corpus, pattern)
        tests = [test for test in pattern.tests if test.condition is not None]
        listed = [test for test in tests if not asks_layers(test)]
        self.sets = {test: self._passing(test, types.of(test)) for test in listed}
        self._text = pattern.text
        self._known = frozenset(pattern.tests)
        self._counts: dict[Test, int] = {}
        self._token_rows: TokenRows | None = None
        if len(self.sets) < len(tests):
            exact = pattern.exact
            self._token_rows = TokenRows(corpus, tests, self.words, types, exact=exact, what=self.what)

    def _passing(self, test: Test, types: TypeSet) -> TypeSet:
        return TypeSet(types.listed[self.words[types.listed]], types.inverted) if test.words_only else types

    def has(self, pattern: Pattern) -> bool:
        """Return whether these are tests of a pattern, or of it and others."""
        return self._known.issuperset(pattern.tests)

    @property
    def what(self) -> str:
        """What needs memory, for messages."""
        return f"The search for {self._text!r:.60}"

    def types(self, test: Test) -> Array:
        """Return the types that pass a test, ascending (UInt32)."""
        if test.condition is None:
            return np.flatnonzero(self._all_for(test)).astype(np.uint32)
        types = self.sets[test]
        return types.members(self._all_for(test)) if types.inverted else types.listed

    def _all_for(self, test: Test) -> Array:
        return self.words if test.words_only else np.ones(len(self.words), bool)

    def occurrences(self, test: Test) -> int:
        """Return how many tokens of the whole corpus pass a test; for any word, more than for any other test.

        Where tests ask for layers or structures, it is how many pass it at most.
        """
        if test.condition is None:
            return int(self._corpus.manifest["counts"]["tokens"])  # never the rarest
        if self._token_rows is not None:
            return self._token_rows.at_most(test)
        if not self._counts:
            self._counts = self._count()
        return self._counts[test]

    def _count(self) -> dict[Test, int]:
        """Count the tokens that pass each test, with one look at the index."""
        ends = list(accumulate((len(types.listed) for types in self.sets.values()), initial=0))
        listed = np.concatenate([types.listed for types in self.sets.values()])
        sums = np.zeros(len(listed) + 1, np.int64)
        self._corpus.type_occurrences(listed).cumsum(out=sums[1:])
        of_ends = sums[ends]
        counts: Integers = of_ends[1:] - of_ends[:-1]
        totals: dict[bool, int] = {}
        found = {}
        for (test, types), count in zip(self.sets.items(), counts.tolist(), strict=True):
            if types.inverted and test.words_only not in totals:
                every = np.flatnonzero(self._all_for(test)).astype(np.uint32)
                totals[test.words_only] = int(self._corpus.type_occurrences(every).sum())
            found[test] = totals[test.words_only] - count if types.inverted else count
        return found

    @property
    def are_of_tokens(self) -> bool:
        """Whether the text has a number for each token, since some tests ask for layers or structures."""
        return self._token_rows is not None

    @property
    def are_looked_up(self) -> bool:
        """Whether the number of each token is known already."""
        return self._token_rows is not None and self._token_rows.are_known

    def look_up(self) -> None:
        """Look up the number of each token, or of each type, once for several searches."""
        if self._token_rows is None:
            _ = self._type_rows
        else:
            self._token_rows.look_up()

    def is_listed(self, test: Test) -> bool:
        """Return whether the index lists the tokens that pass a test: those of its types."""
        return self._token_rows is None or test.condition is None or test in self.sets

    def positions(self, test: Test) -> Array:
        """Return the tokens that pass a test that the index does not list, ascending (UInt32)."""
        assert self._token_rows is not None
        return self._token_rows.positions(test)

    def passing(self, test: Test, tokens: Array) -> Array:
        """Return for each of some tokens whether it passes a test that the index does not list (bool)."""
        assert self._token_rows is not None
        return self._token_rows.passing(test, tokens)

    def text(
        self, barrier_bits: int, read: tuple[Integers, Integers] | None = None
    ) -> tuple[dict[Test, int], AbstractContextManager[SearchText]]:
        """Return the number of each test, and provide the tokens with the tests that each passes.

        Args:
            barrier_bits: The flags that begin a unit of text.
            read: The first tokens and the ends of the parts of the text that are read, ascending; None for all.
        """
        search, found = self._corpus.search_text, self._token_rows
        if found is not None:
            text = search(found.tests, found.stride, barrier_bits, of_tokens=found.rows(read))
            return {ANY_WORD: IS_WORD, **found.numbers}, text
        table = self._type_rows
        numbers = {ANY_WORD: IS_WORD, **dict(zip(self.sets, table.numbers, strict=True))}
        return numbers, search(table.tests, table.stride, barrier_bits, table.rows)

    @cached_property
    def _type_rows(self) -> TypeRows:
        only = [test.words_only for test in self.sets]
        return type_rows(self.words, list(self.sets.values()), only, what=self.what)
