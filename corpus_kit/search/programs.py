"""Patterns compiled to programs of the core's matcher (search.h)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from corpus_kit._core import SearchProgram
from corpus_kit.errors import InputError
from corpus_kit.search.pattern_tree import Alternatives, Node, Repeat, Sequence, Test

__all__ = ["MAX_STEPS", "compile_program"]

MAX_STEPS = 10_000
_TEST, _SPLIT, _JUMP, _ACCEPT = range(4)  # as in search.h


def compile_program(pattern: str, node: Node, bits: Mapping[Test, int]) -> SearchProgram:
    """Compile a node of a pattern.

    Args:
        pattern: The text of the pattern, for messages.
        node: What to match.
        bits: The bit of each test in the bit sets of types.

    Raises:
        InputError: If the program is longer than `MAX_STEPS`.
    """
    steps = _Steps(pattern, bits)
    steps.node(node)
    steps.append(_ACCEPT)
    return SearchProgram(
        np.array(steps.kind, np.uint8),
        np.array(steps.words_only, np.uint8),
        np.array(steps.x, np.uint32),
        np.array(steps.y, np.uint32),
    )


@dataclass
class _Steps:
    """The steps of a program under construction, one list for each field."""

    pattern: str
    bits: Mapping[Test, int]
    kind: list[int] = field(default_factory=list)
    words_only: list[bool] = field(default_factory=list)
    x: list[int] = field(default_factory=list)
    y: list[int] = field(default_factory=list)

    def append(self, kind: int, x: int = 0, *, words_only: bool = False) -> int:
        if len(self.kind) >= MAX_STEPS:
            raise InputError(
                f"pattern {self.pattern!r:.200} is too large: its repeats expand to more than {MAX_STEPS:,} steps."
            )
        self.kind.append(kind)
        self.words_only.append(words_only)
        self.x.append(x)
        self.y.append(0)
        return len(self.kind) - 1

    def node(self, node: Node) -> None:
        if isinstance(node, Test):
            self.append(_TEST, self.bits[node], words_only=node.words_only)
        elif isinstance(node, Sequence):
            for part in node.parts:
                self.node(part)
        elif isinstance(node, Alternatives):
            self.alternatives(node)
        else:
            self.repeat(node)

    def alternatives(self, node: Alternatives) -> None:
        jumps = []
        for branch in node.branches[:-1]:
            split = self.append(_SPLIT)
            self.x[split] = split + 1
            self.node(branch)
            jumps.append(self.append(_JUMP))
            self.y[split] = len(self.kind)
        self.node(node.branches[-1])
        for jump in jumps:
            self.x[jump] = len(self.kind)

    def repeat(self, node: Repeat) -> None:
        for _ in range(node.low):
            self.node(node.body)
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self.append(_SPLIT))
            self.node(node.body)
        for split in splits:
            on, out = split + 1, len(self.kind)
            self.x[split], self.y[split] = (out, on) if node.lazy else (on, out)
