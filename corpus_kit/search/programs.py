"""Patterns compiled to programs of the core's matcher (search.h)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from corpus_kit._core import SearchProgram
from corpus_kit.search.pattern_tree import Alternatives, Node, Repeat, Sequence, Test

__all__ = ["ProgramSteps"]

_TEST, _SPLIT, _JUMP, _ACCEPT = range(4)  # as in search.h


class ProgramSteps:
    """The steps of a program that begins at several places: one for each of the nodes that are added.

    Args:
        numbers: The number of each test.
    """

    def __init__(self, numbers: Mapping[Test, int]) -> None:
        self._numbers = numbers
        self._kind: list[int] = []
        self._words_only: list[bool] = []
        self._x: list[int] = []
        self._y: list[int] = []

    def add(self, node: Node, tag: int = 0) -> int:
        """Compile a node and return its first step; `tag` is told of it where it ends."""
        begin = len(self._kind)
        self._node(node)
        self._append(_ACCEPT, tag)
        return begin

    def program(self) -> SearchProgram:
        """Return the program."""
        return SearchProgram(
            np.array(self._kind, np.uint8),
            np.array(self._words_only, np.uint8),
            np.array(self._x, np.uint32),
            np.array(self._y, np.uint32),
        )

    def _append(self, kind: int, x: int = 0, *, words_only: bool = False) -> int:
        self._kind.append(kind)
        self._words_only.append(words_only)
        self._x.append(x)
        self._y.append(0)
        return len(self._kind) - 1

    def _node(self, node: Node) -> None:
        if isinstance(node, Test):
            self._append(_TEST, self._numbers[node], words_only=node.words_only)
        elif isinstance(node, Sequence):
            for part in node.parts:
                self._node(part)
        elif isinstance(node, Alternatives):
            self._alternatives(node)
        else:
            self._repeat(node)

    def _alternatives(self, node: Alternatives) -> None:
        jumps = []
        for branch in node.branches[:-1]:
            split = self._append(_SPLIT)
            self._x[split] = split + 1
            self._node(branch)
            jumps.append(self._append(_JUMP))
            self._y[split] = len(self._kind)
        self._node(node.branches[-1])
        for jump in jumps:
            self._x[jump] = len(self._kind)

    def _repeat(self, node: Repeat) -> None:
        for _ in range(node.low):
            self._node(node.body)
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self._append(_SPLIT))
            self._node(node.body)
        for split in splits:
            on, out = split + 1, len(self._kind)
            self._x[split], self._y[split] = (out, on) if node.lazy else (on, out)
