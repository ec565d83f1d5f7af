"""The tree that a pattern is read into: conditions on one token, and nodes that match sequences of tokens."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal, TypeVar

import polars as pl

__all__ = [
    "ANNOTATED",
    "Alternatives",
    "Both",
    "Compare",
    "Condition",
    "Either",
    "Negation",
    "Node",
    "Pattern",
    "Repeat",
    "Sequence",
    "Test",
    "Value",
    "all_tests",
    "comparisons",
    "is_of_layer",
    "matches_empty",
    "with_merged_alternatives",
]

ANNOTATED = ("stem", "lemma", "root", "pos")  # the attributes that corpus.annotate() adds
_ALPHABET = "ابتثجحخدذرزسشصضطظعغفقكلمنهويء" + string.ascii_lowercase + string.digits
# Words of all kinds. A regular expression that matches each of them is taken to match every word.
_PROBES = pl.Series(
    [form for sign in _ALPHABET for form in (sign, f"{sign}كلمه", f"كلمه{sign}", f"#{sign}", sign * 40)]
)


# ------------------------------------------------------------------------------------ conditions


T = TypeVar("T", pl.Series, pl.Expr)


@dataclass(frozen=True)
class Value:
    """What an attribute is compared with.

    Attributes:
        text: A text or a regular expression.
        match: How the attribute is compared: it "is" the text, "begins" or "ends" with it, "contains" it, or as a whole
            matches it as a "regex".
    """

    text: str
    match: Literal["is", "begins", "ends", "contains", "regex"] = "is"

    @property
    def is_regex(self) -> bool:
        """Whether it is a regular expression."""
        return self.match == "regex"

    @property
    def expression(self) -> str:
        """The regular expression, anchored at both ends."""
        return f"(?s)^(?:{self.text})$"

    def fits(self, column: T) -> T:
        """Return for each text of a Series, or an expression, whether the value fits it (Boolean); null for null."""
        match self.match:
            case "is":
                return column == self.text
            case "begins":
                return column.str.starts_with(self.text)
            case "ends":
                return column.str.ends_with(self.text)
            case "contains":
                return column.str.contains(self.text, literal=True)
            case "regex":
                return column.str.contains(self.expression)


@dataclass(frozen=True)
class Compare:
    """The comparison of an attribute with a value.

    The attribute "form" is the one that plain words are compared by: the column `folded`, or `word` if exact. That of a
    layer of tokens is its full name, such as gold.pos.
    """

    attribute: str
    value: Value
    negated: bool = False


@dataclass(frozen=True)
class Negation:
    """A condition that must not hold."""

    of: Condition


@dataclass(frozen=True)
class Both:
    """Conditions that must all hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    """Conditions of which one must hold."""

    parts: tuple[Condition, ...]


Condition = Compare | Negation | Both | Either


# ----------------------------------------------------------------------------------------- nodes


@dataclass(frozen=True)
class Test:
    """A test of one token.

    Attributes:
        condition: The condition on the token; None matches any word.
        words_only: Match only tokens of the kinds that analyses count, and pass over the signs before one.
    """

    __test__ = False  # not a test for pytest

    condition: Condition | None
    words_only: bool = True

    @property
    def matches_every_word(self) -> bool:
        """Whether no word fails the test."""
        return self.condition is None or (self.words_only and _is_universal(self.condition))


@dataclass(frozen=True)
class Sequence:
    """Nodes that follow one another."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Alternatives:
    """Nodes of which one matches; the first that does is taken."""

    branches: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """A node repeated from `low` to `high` times: as often as possible, or as rarely as possible if `lazy`."""

    body: Node
    low: int
    high: int
    lazy: bool


Node = Test | Sequence | Alternatives | Repeat


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern.

    Attributes:
        text: The pattern as it was given.
        root: Its tree.
        exact: Compare words in the repaired spelling, not in folded form.
        clitics: Find words with proclitics and enclitics too.
    """

    text: str
    root: Node
    exact: bool
    clitics: bool

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """The distinct tests, in order."""
        return tuple(dict.fromkeys(all_tests(self.root)))

    @property
    def uses_annotations(self) -> bool:
        """Whether what it finds depends on the annotator."""
        compared = comparisons(test.condition for test in self.tests)
        return self.clitics or any(compare.attribute in ANNOTATED for compare in compared)

    @property
    def layers(self) -> list[str]:
        """The layers of tokens that it asks for."""
        compared = comparisons(test.condition for test in self.tests)
        asked = (compare.attribute for compare in compared if is_of_layer(compare.attribute))
        return list(dict.fromkeys(name.partition(".")[0] for name in asked))


def is_of_layer(attribute: str) -> bool:
    """Return whether an attribute is a column of a layer of tokens, such as gold.pos."""
    return "." in attribute


def all_tests(node: Node) -> Iterator[Test]:
    """Yield the tests of a node, in order."""
    if isinstance(node, Test):
        yield node
    elif isinstance(node, Repeat):
        yield from all_tests(node.body)
    else:
        for part in node.parts if isinstance(node, Sequence) else node.branches:
            yield from all_tests(part)


def comparisons(conditions: Iterable[Condition | None]) -> Iterator[Compare]:
    """Yield the comparisons of conditions."""
    for condition in conditions:
        if isinstance(condition, Compare):
            yield condition
        elif isinstance(condition, Negation):
            yield from comparisons([condition.of])
        elif condition is not None:
            yield from comparisons(condition.parts)


def matches_empty(node: Node) -> bool:
    """Return whether a node also matches a sequence of no tokens."""
    if isinstance(node, Test):
        return False
    if isinstance(node, Repeat):
        return node.low == 0 or matches_empty(node.body)
    if isinstance(node, Sequence):
        return all(map(matches_empty, node.parts))
    return any(map(matches_empty, node.branches))


def with_merged_alternatives(node: Node) -> Node:
    """Return an equal pattern in which alternatives of single words, next to one another, are one test for any of them.

    Alternatives in alternatives become one list.
    """
    if isinstance(node, Test):
        return node
    if isinstance(node, Repeat):
        return Repeat(with_merged_alternatives(node.body), node.low, node.high, node.lazy)
    if isinstance(node, Sequence):
        return Sequence(tuple(map(with_merged_alternatives, node.parts)))
    branches: list[Node] = []
    for branch in map(with_merged_alternatives, node.branches):
        branches += branch.branches if isinstance(branch, Alternatives) else [branch]
    merged: list[Node] = []
    for is_one_word, run in groupby(branches, _is_one_word):
        words = list(run)
        conditions = [word.condition for word in words if isinstance(word, Test) and word.condition]
        merged += [Test(Either(tuple(conditions)))] if is_one_word and len(words) > 1 else words
    return merged[0] if len(merged) == 1 else Alternatives(tuple(merged))


def _is_one_word(node: Node) -> bool:
    return isinstance(node, Test) and node.words_only and node.condition is not None


def _is_universal(condition: Condition) -> bool:
    """Whether a condition holds for words of all kinds."""
    if isinstance(condition, Both):
        return all(map(_is_universal, condition.parts))
    if isinstance(condition, Either):
        return any(map(_is_universal, condition.parts))
    if isinstance(condition, Negation) or condition.negated or not condition.value.is_regex:
        return False
    if condition.attribute in ("root", "pos") or is_of_layer(condition.attribute):  # not every word has one
        return False
    return bool(condition.value.fits(_PROBES).all())
