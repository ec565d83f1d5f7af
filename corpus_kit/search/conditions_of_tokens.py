"""What a constraint asks of one token alone, as tests that a search finds before it tries any way.

``a:[] قال :: a.q.speaker = "x"`` is ``a:[q.speaker="x"] قال``, and ``:: match.q.speaker = "x"`` says where hits begin.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corpus_kit._base.arrays import Array, ranges
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.pattern_tree import (
    AllOf,
    Both,
    Condition,
    Is,
    Labelled,
    Node,
    Pattern,
    Sequence,
    Test,
    children,
)
from corpus_kit.search.pattern_tests import PatternTests
from corpus_kit.search.token_rows import asks_layers

__all__ = ["FirstTokens", "with_conditions_in_tests"]


class FirstTokens:
    """The tokens with which hits may begin, as a constraint asks layers or structures about ``match``.

    Args:
        corpus: The corpus.
        pattern: The pattern.
        test: What the tokens pass.
    """

    def __init__(self, corpus: CorpusView, pattern: Pattern, test: Test) -> None:
        self._tests = PatternTests(corpus, replace(pattern, root=test, constraint=None, scopes=(), meet=None))
        self._test = test

    def all(self) -> Array:
        """Return all of them in the whole corpus, ascending (UInt32)."""
        return self._tests.positions(self._test)

    def among(self, tokens: Array) -> Array:
        """Return the rows of those among ascending tokens, which may repeat."""
        if self._tests.occurrences(self._test) < len(tokens):
            found = self.all()
            return ranges(np.searchsorted(tokens, found, "left"), np.searchsorted(tokens, found, "right"))
        return np.flatnonzero(self._tests.passing(self._test, tokens))


def with_conditions_in_tests(pattern: Pattern) -> tuple[Pattern, Test | None]:
    """Put into the tests of a pattern what its constraint asks of single tokens of each of its hits.

    Returns:
        A pattern with the same hits, if its first token passes the test that is returned, if one is.
    """
    constraint = pattern.constraint
    parts = list(constraint.parts) if isinstance(constraint, AllOf) else [constraint] if constraint else []
    for part in parts:
        if isinstance(part, Is) and not part.offset and _is_in_each_hit(pattern.root, part.label):
            pattern = replace(pattern, root=_asking(pattern.root, part.label, part.condition))
            parts = [other for other in parts if other is not part]
    of_first = [part for part in parts if isinstance(part, Is) and part.label == "match" and not part.offset]
    of_first = [part for part in of_first if asks_layers(Test(part.condition))]
    parts = [part for part in parts if part not in of_first]
    pattern = replace(pattern, constraint=AllOf(tuple(parts)) if len(parts) > 1 else next(iter(parts), None))
    if not of_first:
        return pattern, None
    conditions = [part.condition for part in of_first]
    condition = conditions[0] if len(conditions) == 1 else Both(tuple(conditions))
    if isinstance(pattern.root, Test) and pattern.constraint is None:
        return replace(pattern, root=_with(pattern.root, condition)), None
    return pattern, Test(condition, words_only=False)


def _is_in_each_hit(root: Node, label: str) -> bool:
    """Whether a label is that of one token of a sequence, which each hit has."""
    parts = root.parts if isinstance(root, Sequence) else (root,)
    return any(isinstance(part, Labelled) and label in part.labels for part in parts) and _count(root, label) == 1


def _count(node: Node, label: str) -> int:
    return label in node.labels if isinstance(node, Labelled) else sum(_count(part, label) for part in children(node))


def _asking(root: Node, label: str, condition: Condition) -> Node:
    """Return a sequence whose token with this label fulfils a condition, too."""
    if isinstance(root, Sequence):
        return Sequence(tuple(_asking(part, label, condition) for part in root.parts))
    if isinstance(root, Labelled) and label in root.labels:
        return replace(root, test=_with(root.test, condition))
    return root


def _with(test: Test, condition: Condition) -> Test:
    return replace(test, condition=condition if test.condition is None else Both((test.condition, condition)))
