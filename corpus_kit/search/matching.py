"""Where a pattern occurs in a corpus.

A pattern is compiled to a program for the core (search.h). The search starts from the rarest test that
every hit must pass, whose positions the index lists, so that it reads little of the text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from corpus_kit import _core
from corpus_kit._base.arrays import Array
from corpus_kit._base.columns import Capsules, series_from_core
from corpus_kit._core import SearchText, in_documents
from corpus_kit.corpus.view import CorpusView
from corpus_kit.search.hits import Hits
from corpus_kit.search.matching_types import is_word, matching_types
from corpus_kit.search.pattern_tree import (
    Alternatives,
    Either,
    Node,
    Pattern,
    Repeat,
    Sequence,
    Test,
    all_tests,
)
from corpus_kit.search.programs import compile_program
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["find"]

_IS_WORD = 0  # the bit of words in the bit sets of types
_SCAN_FROM = 8  # a test that more than one token in 8 passes is found by a scan of the tokens, not in the index


def find(corpus: CorpusView, pattern: Pattern, *, within: str = "paragraph") -> Hits:
    """Find all hits of a pattern in the selected documents.

    Args:
        corpus: The corpus.
        pattern: From `parse_pattern`.
        within: The unit of text that a hit does not leave: "sentence", "paragraph" or "document".
    """
    root = pattern.root
    if isinstance(root, Test):
        return Hits(_selected(corpus, _positions(corpus, matching_types(corpus, pattern, root))))
    return _Search(corpus, pattern, BARRIERS[within]).run()


@dataclass
class _Anchor:
    """A test that a hit must pass, and the nodes before it in the pattern."""

    test: Test
    before: tuple[Node, ...]


class _Search:
    """One search of a pattern with several items."""

    def __init__(self, corpus: CorpusView, pattern: Pattern, barrier_bits: int) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.barrier_bits = barrier_bits
        self.root = _merged(pattern.root)
        conditions = dict.fromkeys(test for test in all_tests(self.root) if test.condition is not None)
        self.bits = {Test(None): _IS_WORD, **{test: bit for bit, test in enumerate(conditions, start=1)}}
        self.program = compile_program(pattern.text, self.root, self.bits)
        self.types = {test: matching_types(corpus, pattern, test) for test in self.bits if test.condition is not None}

    def run(self) -> Hits:
        cost, anchors = self.anchors(self.root)
        if cost == 0:
            return Hits(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
        text = self.text()
        starts = [self.starts(text, anchor) for anchor in anchors]
        ordered = starts[0] if len(starts) == 1 and not anchors[0].before else np.unique(np.concatenate(starts))
        first, end = text.hits(self.program, ordered)
        return Hits(_array(first), _array(end))

    def starts(self, text: SearchText, anchor: _Anchor) -> Array:
        """Find where hits with this anchor may begin."""
        positions = _selected(self.corpus, self.positions(text, anchor.test))
        if not anchor.before:
            return positions
        before = Sequence(tuple(map(_reversed, reversed(anchor.before))))
        backwards = compile_program(self.pattern.text, before, self.bits)
        return _array(text.starts(backwards, positions, anchor.test.words_only))

    def positions(self, text: SearchText, test: Test) -> Array:
        is_frequent = self.occurrences(test) * _SCAN_FROM > len(self.corpus.token_types)
        if is_frequent and (test.condition is None or len(self.types[test]) > 1):
            return _array(text.scan(self.bits[test]))
        return _positions(self.corpus, self.types[test])

    def occurrences(self, test: Test) -> int:
        if test.condition is None:
            return int(self.corpus.manifest["counts"]["tokens"])  # never the rarest
        return _occurrences(self.corpus, self.types[test])

    def anchors(self, node: Node) -> tuple[float, list[_Anchor]]:
        """Choose the rarest tests of which every hit of a node passes one; return how often they occur, and them."""
        if isinstance(node, Test):
            return self.occurrences(node), [_Anchor(node, ())]
        if isinstance(node, Repeat):
            return self.anchors(node.body) if node.low else (math.inf, [])
        if isinstance(node, Alternatives):
            found = [self.anchors(branch) for branch in node.branches]
            return sum(cost for cost, _ in found), [anchor for _, anchors in found for anchor in anchors]
        found = [self.anchors(part) for part in node.parts]
        if not found:
            return math.inf, []
        place = min(range(len(found)), key=lambda k: found[k][0])
        cost, anchors = found[place]
        return cost, [_Anchor(anchor.test, (*node.parts[:place], *anchor.before)) for anchor in anchors]

    def text(self) -> SearchText:
        """Return the tokens, and for each type the bit set of the tests that it passes."""
        corpus = self.corpus
        words = is_word(corpus, self.pattern)
        stride = max(self.bits.values()) // 8 + 1
        tests = np.zeros((len(words), stride), np.uint8)
        tests[:, 0] = words
        for test, types in self.types.items():
            byte, bit = divmod(self.bits[test], 8)
            tests[types, byte] |= np.uint8(1 << bit)
        return SearchText(
            corpus.token_types, corpus.token_flags, corpus.document_ends, tests.ravel(), stride, self.barrier_bits
        )


def _merged(node: Node) -> Node:
    """Return an equal pattern in which alternatives of single tokens are one test for any of their types."""
    if isinstance(node, Test):
        return node
    if isinstance(node, Repeat):
        return Repeat(_merged(node.body), node.low, node.high, node.lazy)
    if isinstance(node, Sequence):
        return Sequence(tuple(map(_merged, node.parts)))
    branches = tuple(map(_merged, node.branches))
    conditions = [
        branch.condition for branch in branches if isinstance(branch, Test) and branch.condition and branch.words_only
    ]
    if len(conditions) == len(branches):
        return Test(Either(tuple(conditions)))
    return Alternatives(branches)


def _reversed(node: Node) -> Node:
    if isinstance(node, Test):
        return node
    if isinstance(node, Repeat):
        return Repeat(_reversed(node.body), node.low, node.high, node.lazy)
    if isinstance(node, Sequence):
        return Sequence(tuple(map(_reversed, reversed(node.parts))))
    return Alternatives(tuple(map(_reversed, node.branches)))


def _positions(corpus: CorpusView, types: Array) -> Array:
    """Return the tokens of these types, ascending (UInt32); those of a single type are not copied."""
    if len(types) == 1:
        listed: Array = corpus.index_positions[
            int(corpus.index_offsets[types[0]]) : int(corpus.index_offsets[int(types[0]) + 1])
        ]
        return listed
    return _array(_core.positions_of(corpus.index_offsets, corpus.index_positions, types))


def _occurrences(corpus: CorpusView, types: Array) -> int:
    return int((corpus.index_offsets[types.astype(np.int64) + 1] - corpus.index_offsets[types]).sum())


def _selected(corpus: CorpusView, positions: Array) -> Array:
    """Return those of ascending positions that lie in the selected documents."""
    mask = corpus.document_mask()
    return positions if mask is None else _array(in_documents(positions, corpus.document_ends, mask))


def _array(column: Capsules) -> Array:
    array: Array = series_from_core("", column).to_numpy()
    return array
