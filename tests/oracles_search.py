"""Patterns as trees, the programs of the core for them, and a backtracking twin of its search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from corpus_kit._base.columns import series_from_core
from corpus_kit._core import SearchProgram, SearchText

WORD = 0  # the bit of every word


def listed(column: Any) -> list[int]:
    found: list[int] = series_from_core("", column).to_list()
    return found


# ----------------------------------------------------------------------------------------------------
# Patterns and their programs
# ----------------------------------------------------------------------------------------------------
class Token(NamedTuple):
    bit: int
    words_only: bool = True


class Row(NamedTuple):
    parts: tuple[Node, ...]


class Either(NamedTuple):
    branches: tuple[Node, ...]  # the preferred ones first


class Repeat(NamedTuple):
    body: Node
    low: int
    high: int
    lazy: bool = False


Node = Token | Row | Either | Repeat
TEST, SPLIT, JUMP, ACCEPT = range(4)
Step = list[int]  # kind, words_only, x, y


def steps_of(node: Node, bits: Sequence[int], steps: list[Step]) -> None:
    """Append the steps of a node; its bit n is bit bits[n] of the tests."""
    if isinstance(node, Token):
        steps.append([TEST, node.words_only, bits[node.bit], 0])
    elif isinstance(node, Row):
        for part in node.parts:
            steps_of(part, bits, steps)
    elif isinstance(node, Either):
        jumps = []
        for branch in node.branches[:-1]:
            split = [SPLIT, 0, len(steps) + 1, 0]
            steps.append(split)
            steps_of(branch, bits, steps)
            jumps.append([JUMP, 0, 0, 0])
            steps.append(jumps[-1])
            split[3] = len(steps)
        steps_of(node.branches[-1], bits, steps)
        for jump in jumps:
            jump[2] = len(steps)
    else:
        splits = []
        for number in range(node.high):
            if number >= node.low:
                splits.append([SPLIT, 0, len(steps) + 1, 0])
                steps.append(splits[-1])
            steps_of(node.body, bits, steps)
        for split in splits:
            split[3] = len(steps)
            if node.lazy:
                split[2:] = split[:1:-1]


def of_steps(steps: list[Step]) -> SearchProgram:
    kind, words_only, x, y = (np.array(part) for part in zip(*steps, strict=True))
    return SearchProgram(kind.astype(np.uint8), words_only.astype(np.uint8), x.astype(np.uint32), y.astype(np.uint32))


def program(node: Node, bits: Sequence[int] = range(8)) -> SearchProgram:
    steps: list[Step] = []
    steps_of(node, bits, steps)
    return of_steps([*steps, [ACCEPT, 0, 0, 0]])


def backwards(node: Node) -> Node:
    if isinstance(node, Token):
        return node
    if isinstance(node, Row):
        return Row(tuple(map(backwards, reversed(node.parts))))
    if isinstance(node, Either):
        return Either(tuple(map(backwards, node.branches)))
    return node._replace(body=backwards(node.body))


# ----------------------------------------------------------------------------------------------------
# The twin
# ----------------------------------------------------------------------------------------------------
class Text(NamedTuple):
    """Token types and flags, tokens per document, and the tests that each type passes."""

    types: list[int]
    tests: list[set[int]]
    sizes: Sequence[int] = ()
    flags: Sequence[int] = ()
    barrier: int = 0
    bits: Sequence[int] = range(8)
    stride: int = 1

    def passes(self, token: int, bit: int) -> bool:
        return bit in self.tests[self.types[token]]

    def documents(self) -> list[int]:
        """Return the document of each token."""
        return [number for number, size in enumerate(self.sizes or [len(self.types)]) for _ in range(size)]

    def neighbour(self, token: int, way: int) -> int | None:
        """Return the next (previous) token in the same unit of text."""
        other, later = token + way, max(token, token + way)
        if not 0 <= other < len(self.types):
            return None
        if self.barrier:
            return None if self.flags[later] & self.barrier else other
        document_of = self.documents()
        return other if document_of[token] == document_of[other] else None

    def arrays(self) -> list[Any]:
        """Return the arguments of SearchText."""
        tests = np.zeros((len(self.tests), self.stride), np.uint8)
        for type_id, passed in enumerate(self.tests):
            for bit in passed:
                tests[type_id, self.bits[bit] // 8] |= 1 << self.bits[bit] % 8
        return [
            np.array(self.types, np.uint32),
            np.array(self.flags or [0] * len(self.types), np.uint8),
            np.cumsum(self.sizes or [len(self.types)], dtype=np.uint64),
            tests.ravel(),
            self.stride,
            self.barrier,
        ]

    def made(self) -> SearchText:
        return SearchText(*self.arrays())


State = tuple[int | None, int | None, bool]  # last token read, next token, whether the last item was words-only


def ways(text: Text, node: Node, state: State, way: int) -> Iterator[State]:
    """Yield all paths through a node, the preferred one first."""
    _, token, after_word = state
    if isinstance(node, Token):
        if node.words_only and after_word:
            while token is not None and not text.passes(token, WORD):
                token = text.neighbour(token, way)
        if token is not None and text.passes(token, node.bit):
            yield token, text.neighbour(token, way), node.words_only
    elif isinstance(node, Row):
        if not node.parts:
            yield state
            return
        for between in ways(text, node.parts[0], state, way):
            yield from ways(text, Row(node.parts[1:]), between, way)
    elif isinstance(node, Either):
        for branch in node.branches:
            yield from ways(text, branch, state, way)
    else:
        stops = node.low == 0
        if stops and node.lazy:
            yield state
        if node.high:
            less = node._replace(low=max(node.low - 1, 0), high=node.high - 1)
            yield from ways(text, Row((node.body, less)), state, way)
        if stops and not node.lazy:
            yield state


def slow_hits(text: Text, node: Node, starts: list[int]) -> list[tuple[int, int]]:
    found = []
    last_end = 0
    for start in starts:
        last = next((last for last, _, _ in ways(text, node, (None, start, False), 1)), None)
        if last is not None and last + 1 > last_end:
            last_end = last + 1
            found.append((start, last_end))
    return found


def slow_starts(text: Text, before: Node, anchors: list[int], *, after_word: bool) -> list[int]:
    """Return each start of each anchor once."""
    return [
        start
        for anchor in anchors
        for start in {
            last
            for last, _, _ in ways(text, backwards(before), (anchor, text.neighbour(anchor, -1), after_word), -1)
            if last is not None
        }
    ]


# ----------------------------------------------------------------------------------------------------
# The core
# ----------------------------------------------------------------------------------------------------
def hits(text: Text, node: Node, starts: list[int] | None = None) -> list[tuple[int, int]]:
    places = np.arange(len(text.types), dtype=np.uint32) if starts is None else np.array(starts, np.uint32)
    first, end = text.made().hits(program(node, text.bits), places)
    return list(zip(listed(first), listed(end), strict=True))


def starts_of(text: Text, before: Node, anchors: list[int], *, after_word: bool = True) -> list[int]:
    read = program(backwards(before), text.bits)
    return listed(text.made().starts(read, np.array(anchors, np.uint32), after_word))
