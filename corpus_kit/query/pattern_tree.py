"""The tree that a pattern is read into: conditions on one token, and nodes that match sequences of tokens."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Literal, TypeVar

import polars as pl

__all__ = [
    "ANNOTATED",
    "MAX_REPEAT",
    "AllOf",
    "Alternatives",
    "AnyOf",
    "Apart",
    "Both",
    "Boundary",
    "Compare",
    "Condition",
    "Constraint",
    "Either",
    "Expansion",
    "Is",
    "Labelled",
    "Look",
    "Meet",
    "MeetNode",
    "Met",
    "Near",
    "Negation",
    "Node",
    "Not",
    "Pattern",
    "Reference",
    "Region",
    "Repeat",
    "Same",
    "Scope",
    "Sequence",
    "Strategy",
    "Syntax",
    "Test",
    "Unite",
    "Value",
    "all_tests",
    "any_times",
    "checked_tests",
    "children",
    "comparisons",
    "has_places",
    "is_of_layer",
    "matches_empty",
    "pairs_of_tags",
    "takes_a_region",
    "with_merged_alternatives",
]

MAX_REPEAT = 1_000  # of repeats that are written with a number; without one there is no limit
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


# ----------------------------------------------------------------------------------- constraints

# What is asked of labels: tokens that were met before, by name. "_" is the token that is tested, "match" and "matchend"
# are the first and the last token of a hit, "target" and "keyword" the anchors @ and @9.


@dataclass(frozen=True)
class Reference:
    """A value of a token with a label, or of one some tokens away from it: a.lemma, match[-1].pos."""

    label: str
    attribute: str
    offset: int = 0


@dataclass(frozen=True)
class Is:
    """The token with a label fulfils a condition; it does not if no token has the label."""

    label: str
    condition: Condition
    offset: int = 0


@dataclass(frozen=True)
class Same:
    """Two tokens have the same value; they have not if one has none, or if no token has one of the labels."""

    left: Reference
    right: Reference
    negated: bool = False


@dataclass(frozen=True)
class Apart:
    """How many tokens lie from one label to another, compared with a number."""

    left: str
    right: str
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    number: int
    absolute: bool = False


@dataclass(frozen=True)
class Met:
    """Whether a token has this label."""

    label: str


@dataclass(frozen=True)
class Not:
    """A constraint that must not hold."""

    of: Constraint


@dataclass(frozen=True)
class AllOf:
    """Constraints that must all hold."""

    parts: tuple[Constraint, ...]


@dataclass(frozen=True)
class AnyOf:
    """Constraints of which one must hold."""

    parts: tuple[Constraint, ...]


Constraint = Is | Same | Apart | Met | Not | AllOf | AnyOf


# ----------------------------------------------------------------------------------------- nodes


@dataclass(frozen=True)
class Test:
    """A test of one token.

    Attributes:
        condition: The condition on the token; None matches any word or, without `words_only`, any token.
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
    """A node repeated from `low` to `high` times: as often as possible, or as rarely as possible if `lazy`.

    Without a limit if `high` is None.
    """

    body: Node
    low: int
    high: int | None
    lazy: bool


@dataclass(frozen=True)
class Labelled:
    """A test whose token gets labels, and what must hold of it and the labels before it.

    Attributes:
        test: The test.
        labels: The names that its token gets; "target" for @, "keyword" for @9.
        check: What must hold when its token is met, which is "_"; None for nothing.
    """

    test: Test
    labels: tuple[str, ...] = ()
    check: Constraint | None = None


@dataclass(frozen=True)
class Boundary:
    """A place between two tokens where regions of a structure begin, or end.

    Attributes:
        structure: Its name.
        begins: Whether regions begin there, not end.
        condition: What the attributes of the region fulfil; None for any region.
        strict: Whether it is just there; else signs may lie between, as between the words of a phrase.
    """

    structure: str
    begins: bool
    condition: Condition | None = None
    strict: bool = False


@dataclass(frozen=True)
class Region:
    """A whole region of a structure, all its tokens."""

    structure: str
    condition: Condition | None = None


@dataclass(frozen=True)
class Look:
    """A place after which, or before which, there is a token that passes a test, or is none; the token is not taken."""

    test: Test
    ahead: bool = True
    negated: bool = False


Node = Test | Sequence | Alternatives | Repeat | Labelled | Boundary | Region | Look

Syntax = Literal["native", "cqp"]
Strategy = Literal["preferred", "traditional", "standard", "shortest", "longest"]


@dataclass(frozen=True)
class Scope:
    """Where hits must lie: in one region of a structure, or outside all; or within some words.

    Attributes:
        structure: The name of a structure, or None if `words` says how long a hit may be.
        condition: What the attributes of the region fulfil.
        negated: Whether hits lie outside.
        number: How many regions in a row a hit may take, or how many words.
    """

    structure: str | None
    condition: Condition | None = None
    negated: bool = False
    number: int = 1


@dataclass(frozen=True)
class Expansion:
    """How hits are widened: to the regions of a structure in which they begin and end, or by some words."""

    structure: str | None
    number: int = 1
    left: bool = True
    right: bool = True


@dataclass(frozen=True)
class Meet:
    """The hits of one query near which there is a hit of another one: CQP's MU(meet ...)."""

    left: MeetNode
    right: MeetNode
    low: int = 0
    high: int = 0
    structure: str | None = None
    negated: bool = False


@dataclass(frozen=True)
class Unite:
    """The hits of both: CQP's MU(union ...)."""

    parts: tuple[MeetNode, ...]


@dataclass(frozen=True)
class Near:
    """Items in any order, each at tokens of its own, that lie within some words: `(a b) within 5`."""

    parts: tuple[Node, ...]
    words: int


MeetNode = Meet | Unite | Near | Test


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern.

    Attributes:
        text: The pattern as it was given.
        root: Its tree.
        exact: Compare words in the repaired spelling, not in folded form.
        clitics: Find words with proclitics and enclitics too.
        constraint: What must hold of the labels of a hit.
        scopes: Where hits must lie.
        expansion: How they are widened then.
        strategy: Which of the hits that begin at one token is taken, and which of overlapping ones: "preferred" by the
            order of alternatives and repeats, none inside another one; the others as in CQP.
        at_most: How many hits are kept, the first ones; None for all.
        meet: The query by nearness, if it is one; `root` then has its parts as alternatives.
        lists: The word lists that it names.
        macros: The macros that it names.
        syntax: In which language it is written.
    """

    text: str
    root: Node
    exact: bool
    clitics: bool
    constraint: Constraint | None = None
    scopes: tuple[Scope, ...] = ()
    expansion: Expansion | None = None
    strategy: Strategy = "preferred"
    at_most: int | None = None
    meet: MeetNode | None = None
    lists: frozenset[str] = frozenset()
    macros: frozenset[str] = frozenset()
    syntax: Syntax = "native"

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """The distinct tests of tokens, in order: those of the tree, then those of constraints."""
        return tuple(dict.fromkeys([*all_tests(self.root), *checked_tests(self.root, self.constraint)]))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels that its tokens have."""
        found = (node.labels for node in _nodes(self.root) if isinstance(node, Labelled))
        return tuple(dict.fromkeys(name for names in found for name in names))

    @property
    def has_clauses(self) -> bool:
        """Whether more is asked than its tree says: of labels, structures or nearness, or how many hits are kept."""
        return bool(self.constraint or self.scopes or self.expansion or self.meet) or self.at_most is not None

    @cached_property
    def has_words(self) -> bool:
        """Whether it is about words, so that signs are passed over and not counted; in CQP's syntax they are tokens."""
        tests = list(all_tests(self.root))
        return any(test.words_only for test in tests) or not tests

    @property
    def uses_annotations(self) -> bool:
        """Whether what it finds depends on the annotator."""
        return self.clitics or any(name in ANNOTATED for name in self._attributes)

    @cached_property
    def layers_and_structures(self) -> tuple[str, ...]:
        """The layers of tokens and the structures that it asks for."""
        of_tokens = [name.partition(".")[0] for name in self._attributes if is_of_layer(name)]
        scopes: list[Scope | Expansion] = [*self.scopes, *([self.expansion] if self.expansion else [])]
        places = [node.structure for node in _nodes(self.root) if isinstance(node, Boundary | Region)]
        return tuple(dict.fromkeys([*of_tokens, *places, *filter(None, (each.structure for each in scopes))]))

    @cached_property
    def _attributes(self) -> tuple[str, ...]:
        compared = [each.attribute for each in comparisons(test.condition for test in self.tests)]
        same = [each for check in [self.constraint, *_checks(self.root)] for each in _references(check)]
        return (*compared, *(each.attribute for each in same))


def is_of_layer(attribute: str) -> bool:
    """Return whether an attribute is a column of a layer of tokens, such as gold.pos."""
    return "." in attribute


def all_tests(node: Node) -> Iterator[Test]:
    """Yield the tests of a node, in order."""
    if isinstance(node, Test):
        yield node
    elif isinstance(node, Labelled | Look):
        yield node.test
    else:
        for part in children(node):
            yield from all_tests(part)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes that a node is made of; none for one that is about a single token or place."""
    if isinstance(node, Repeat):
        return (node.body,)
    if isinstance(node, Sequence):
        return node.parts
    return node.branches if isinstance(node, Alternatives) else ()


def has_places(node: Node) -> bool:
    """Return whether a node asks for more than tests of tokens: for structures, labels, or what is next to a place."""
    return isinstance(node, Labelled | Boundary | Region | Look) or any(map(has_places, children(node)))


def pairs_of_tags(parts: tuple[Node, ...]) -> dict[int, int]:
    """Return for each place of a </x> in a sequence that of the nearest <x> before it that has none yet."""
    pairs: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    for place, part in enumerate(parts):
        if not isinstance(part, Boundary):
            continue
        if part.begins:
            opened.append((part.structure, place))
            continue
        found = next((each for each in reversed(opened) if each[0] == part.structure), None)
        if found is not None:
            opened.remove(found)
            pairs[place] = found[1]
    return pairs


def takes_a_region(node: Node) -> bool:
    """Return whether a node has whole regions of a structure: one, or <x> and </x> in one sequence with words between.

    >>> takes_a_region(Sequence((Boundary("s", True), Repeat(Test(None), 0, None, True), Boundary("s", False))))
    True
    """
    if isinstance(node, Region):
        return True
    if isinstance(node, Sequence) and any(end - begin > 1 for end, begin in pairs_of_tags(node.parts).items()):
        return True
    return any(map(takes_a_region, children(node)))


def any_times(body: Node, low: int, *, lazy: bool) -> Repeat:
    """Return a node repeated `low` times or more; what may match nothing is taken only where it matches something.

    Repeating nothing would be a loop in which a search cannot look at all starts of a text at once (search_ends.h).

    >>> any_times(Repeat(Test(None), 0, 1, lazy=False), 1, lazy=False)
    Repeat(body=Test(condition=None, words_only=True), low=0, high=None, lazy=False)
    """
    prefers_less = {each.lazy for each in _nodes(body) if isinstance(each, Repeat)}
    if not matches_empty(body) or has_places(body) or len(prefers_less) > 1:
        return Repeat(body, low, None, lazy)
    return Repeat(_something(body), 0, None, lazy or True in prefers_less)


def _something(node: Node) -> Node:
    """Return a node that, any number of times, is as another one, but never empty (Brüggemann-Klein 1993)."""
    if isinstance(node, Repeat) and matches_empty(node):
        return _something(node.body)
    if isinstance(node, Alternatives):
        return Alternatives(tuple(map(_something, node.branches)))
    if isinstance(node, Sequence) and matches_empty(node):
        return Alternatives(tuple(map(_something, node.parts)))
    return node


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from _nodes(part)


def _checks(node: Node) -> Iterator[Constraint]:
    return (each.check for each in _nodes(node) if isinstance(each, Labelled) and each.check is not None)


def _references(constraint: Constraint | None) -> Iterator[Reference]:
    """Yield the references of a constraint."""
    if isinstance(constraint, Same):
        yield from (constraint.left, constraint.right)
    elif isinstance(constraint, Not):
        yield from _references(constraint.of)
    elif isinstance(constraint, AllOf | AnyOf):
        for part in constraint.parts:
            yield from _references(part)


def checked_tests(node: Node, constraint: Constraint | None = None) -> Iterator[Test]:
    """Yield the tests of the tokens of labels that the checks of a node, and a constraint, ask for."""
    if isinstance(node, Labelled):
        yield from _tests_of(node.check)
    for part in children(node):
        yield from checked_tests(part)
    yield from _tests_of(constraint)


def _tests_of(constraint: Constraint | None) -> Iterator[Test]:
    if isinstance(constraint, Is):
        yield Test(constraint.condition, words_only=False)
    elif isinstance(constraint, Not):
        yield from _tests_of(constraint.of)
    elif isinstance(constraint, AllOf | AnyOf):
        for part in constraint.parts:
            yield from _tests_of(part)


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
    if isinstance(node, Test | Labelled | Region):
        return False
    if isinstance(node, Repeat):
        return node.low == 0 or matches_empty(node.body)
    if isinstance(node, Alternatives):
        return any(map(matches_empty, node.branches))
    return all(map(matches_empty, children(node)))


def with_merged_alternatives(node: Node) -> Node:
    """Return an equal pattern in which alternatives of single words, next to one another, are one test for any of them.

    Alternatives in alternatives become one list.
    """
    if isinstance(node, Repeat):
        return Repeat(with_merged_alternatives(node.body), node.low, node.high, node.lazy)
    if isinstance(node, Sequence):
        return Sequence(tuple(map(with_merged_alternatives, node.parts)))
    if not isinstance(node, Alternatives):
        return node
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
    return _fits_all_probes(condition.value)


@lru_cache(maxsize=64)
def _fits_all_probes(value: Value) -> bool:
    return bool(value.fits(_PROBES).all())
