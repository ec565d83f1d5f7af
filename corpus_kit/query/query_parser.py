"""The parser of a whole query: an expression, what must hold of its labels, where hits lie and what becomes of them."""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from corpus_kit.corpus.structures import ALIASES
from corpus_kit.query.condition_parser import conjuncts
from corpus_kit.query.pattern_parser import PatternParser
from corpus_kit.query.pattern_tree import (
    AllOf,
    Alternatives,
    Condition,
    Constraint,
    Expansion,
    Is,
    Labelled,
    Meet,
    MeetNode,
    Near,
    Node,
    Scope,
    Strategy,
    Test,
    Unite,
    comparisons,
    matches_empty,
)

__all__ = ["Query", "QueryParser"]

_STRATEGY = re.compile(r"\s*\(\?(shortest|longest|standard|traditional)\)\s*")
_MEET_UNION = re.compile(r"\s*MU\s*(?=\()")
_CONSTRAINT = re.compile(r"::(?=\s*[A-Za-z_!(])")  # without a constraint after it, it is a sign of the text
_SCOPE = re.compile(
    r"(not\s+)?within\s+(?:([0-9]+)(?:\s+(?!(?:not|within|expand|cut)\s)([A-Za-z_][\w.]*))?|([A-Za-z_][\w.]*))"
    r"(?![^\s\[])",
    re.ASCII,
)
_EXPAND = re.compile(r"expand\s+(?:(left|right)\s+)?(?:to\s+([A-Za-z_][\w.]*)|by\s+([0-9]+))(?!\S)", re.ASCII)
_CUT = re.compile(r"cut\s+([0-9]+)(?!\S)")
_LARGEST = 999_999_999
_KEYWORD = re.compile(r"(?:within|not\s+within|expand)(?!\S)")
_OFFSETS = re.compile(r"(-?[0-9]{1,9})\s+(-?[0-9]{1,9})")
_STRUCTURE = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)
MOST_NEAR = 8  # items of a query by nearness in any order


class Query(NamedTuple):
    """What a query says; see `Pattern`."""

    root: Node
    constraint: Constraint | None = None
    scopes: tuple[Scope, ...] = ()
    expansion: Expansion | None = None
    strategy: Strategy = "preferred"
    at_most: int | None = None
    meet: MeetNode | None = None
    lists: frozenset[str] = frozenset()
    macros: frozenset[str] = frozenset()


class QueryParser(PatternParser):
    """Reads a query."""

    _constrained = 0  # where the last constraint begins

    def query(self) -> Query:
        """Return what the whole query says.

        Raises:
            InputError: If it has an error, or is too large.
        """
        strategy: Strategy = "preferred"
        if found := _STRATEGY.match(self.text):
            self.at = found.end()
            strategy = cast("Strategy", found[1])
        begin = self.at
        meet: MeetNode | None = None
        if found := _MEET_UNION.match(self.text, self.at):
            self.at = found.end()
            meet = self._meet_union()
            root: Node = _tests_of(meet)
        else:
            root = self.read()
        self.expression = begin, self.at
        return self._clauses(Query(root, strategy=strategy, meet=meet))

    def ends_expression(self) -> bool:
        """Whether ``::``, within, expand or cut follows, and not within brackets."""
        if self.depth:
            return False
        at = self.at
        rest = any(keyword.match(self.text, at) for keyword in (_SCOPE, _EXPAND, _CUT))
        if _CONSTRAINT.match(self.text, at) or (rest and at > 0):
            return True
        if _KEYWORD.match(self.text, at) and self.text[:at].strip() and self.text[at:].strip() not in _ALONE:
            self._misread_clause()
        return False

    # ---- after the expression

    def _clauses(self, query: Query) -> Query:
        scopes: list[Scope] = []
        constraints: list[Constraint] = []
        self.skip_space()
        while self.at < len(self.text):
            if _CONSTRAINT.match(self.text, self.at):
                constraints.append(self._constraint())
            elif found := _SCOPE.match(self.text, self.at):
                scopes.append(self._scope(found))
            elif found := _EXPAND.match(self.text, self.at):
                if query.expansion:
                    self.refuse("a query is expanded once")
                query = query._replace(expansion=self._expansion(found))
            elif found := _CUT.match(self.text, self.at):
                if query.at_most is not None:
                    self.refuse("a query is cut once")
                query = query._replace(at_most=self._number(found, 1))
                self.at = found.end()
            else:
                self.fail("expected ::, within, expand or cut")
            self.skip_space()
        self.check_labels()
        constraint = AllOf(tuple(constraints)) if len(constraints) > 1 else next(iter(constraints), None)
        if constraint is not None:
            self.refuse_contradiction(constraint, self._constrained, query.root)
        query = query._replace(constraint=constraint, scopes=tuple(scopes), lists=frozenset(self.lists))
        return self._with_near(query)

    def _constraint(self) -> Constraint:
        begin = self.at
        self.at += 2
        self.skip_space()
        self._constrained = self.at
        self.in_constraint = True
        constraint = self.either(begin)
        self.in_constraint = False
        return constraint

    def _scope(self, found: re.Match[str]) -> Scope:
        negated, number, several, one = found[1] is not None, found[2], found[3], found[4]
        place = found.start(3 if several else 4)
        self.at = found.end()
        counted = 1 if number is None else self._number(found, 2)
        if number is not None and negated:
            self.refuse("expected a structure after not within, and no number", found.start(2))
        if number is not None and several is None:
            return Scope(None, number=counted)
        name = several or one
        if name not in self.names.structures:
            self.no_structure(name, place, "Write \\within for the word itself")
        condition: Condition | None = None
        if self.peek() == "[":
            self.at += 1
            name, condition = self.region_condition(name, place, closing="]")
        if negated and condition is None and name in _OF_ALL_TOKENS:
            self.refuse(f"no token is outside of {name}: every one is in a {name}", place)
        return Scope(name, condition, negated, counted)

    def _number(self, found: re.Match[str], group: int) -> int:
        """Return a number of a clause."""
        digits = found[group].lstrip("0")
        if not digits or len(digits) > len(str(_LARGEST)):
            self.refuse(f"expected a number from 1 up to {_LARGEST:,}", found.start(group))
        return int(digits)

    def _expansion(self, found: re.Match[str]) -> Expansion:
        if found[2] is not None and found[2] not in self.names.structures:
            self.no_structure(found[2], found.start(2))
        number = 1 if found[3] is None else self._number(found, 3)
        self.at = found.end()
        side = found[1]
        return Expansion(found[2], number, left=side != "right", right=side != "left")

    def _misread_clause(self) -> None:
        self.refuse(
            "within is followed by a number or the name of a structure, expand by 'to' and a structure or by 'by' and "
            "a number; write \\within or \\expand for the word itself"
        )

    # ---- nearness

    def _with_near(self, query: Query) -> Query:
        """Return a query in which a bracket and `within 5` mean: in any order, within five words."""
        words = [scope.number for scope in query.scopes if scope.structure is None]
        parts = self.items
        is_near = len(parts) > 1 and bool(words)
        if query.meet or is_near:
            self._check_near(query)
        if not is_near:
            return query
        if len(parts) > MOST_NEAR:
            self.refuse(f"at most {MOST_NEAR} words can be near each other in any order", 0)
        scopes = tuple(scope for scope in query.scopes if scope.structure is not None)
        return query._replace(meet=Near(parts, min(words)), root=Alternatives(parts), scopes=scopes)

    def _check_near(self, query: Query) -> None:
        """Refuse what says nothing of words that are near each other: strategies, labels, what is asked of them."""
        order = "" if query.meet else "; without the brackets they are found in this order, which may have them"
        if query.strategy != "preferred":
            self.refuse(f"words that are near each other have no strategy{order}", 0)
        if not query.meet and any(map(matches_empty, self.items)):
            self.refuse("in any order, each item must be a word; leave out gaps and places", self.expression[0])
        if any(isinstance(part, Labelled) for part in self.items):
            self.refuse(f"words that are near each other have no labels{order}", self.expression[0])
        if query.constraint and not all(map(_is_of_document, conjuncts(query.constraint))):
            only = "words that are near each other have constraints on their document alone, such as match.text.date"
            self.refuse(f"{only}{order}", self._constrained)

    def _meet_union(self) -> MeetNode:
        """Read (meet A B -2 2), (meet A B s) or (union A B); A and B are tests of a token or the same again."""
        opened = self.at
        self.at += 1
        self.deeper(opened)
        self.skip_space()
        found = re.compile(r"(meet|union)\s+(not\s+)?").match(self.text, self.at)
        if not found:
            self.fail("expected meet or union")
        self.at = found.end()
        left, right = self._met(), self._met()
        made: MeetNode = Unite((left, right))
        self.skip_space()
        if found[1] == "meet":
            offsets, structure = _OFFSETS.match(self.text, self.at), _STRUCTURE.match(self.text, self.at)
            if offsets:
                low, high = int(offsets[1]), int(offsets[2])
                if low > high:
                    self.refuse("the lower number comes first")
                made = Meet(left, right, low, high, negated=found[2] is not None)
                self.at = offsets.end()
            elif structure:
                if structure[0] not in self.names.structures:
                    self.no_structure(structure[0], self.at)
                made = Meet(left, right, structure=structure[0], negated=found[2] is not None)
                self.at = structure.end()
            else:
                self.fail("expected how far they may be from each other, such as -2 2, or a structure, such as s")
        self.skip_space()
        if not self.take(")"):
            self.unclosed("(", opened)
        self.depth -= 1
        return made

    def _met(self) -> MeetNode:
        self.skip_space()
        begin = self.at
        if self.peek() == "(":
            return self._meet_union()
        if not self.peek():
            self.fail("expected a word or [...]")
        item = self.item()
        if self.is_recorded:
            self.rows.setdefault(0, [[]])[0].append(self.written_item(begin, item))
        node = self.whole(item)
        if not isinstance(node, Test):
            self.fail("expected one word, one [...] without a label, or (meet ...)", begin)
        return node


def _is_of_document(constraint: Constraint) -> bool:
    """Whether a constraint asks for metadata of the document of a hit."""
    if not isinstance(constraint, Is) or constraint.label != "match" or constraint.offset:
        return False
    structures = {each.attribute.partition(".")[0] for each in comparisons([constraint.condition])}
    return structures <= {"text", "document"}


_OF_ALL_TOKENS = ("s", "p", "text", *ALIASES)  # every token is in one
_ALONE = ("within", "expand")


def _tests_of(meet: MeetNode) -> Node:
    """Return the tests of a query by nearness, as alternatives."""

    def tests(node: MeetNode) -> list[Node]:
        if isinstance(node, Meet):
            return [*tests(node.left), *tests(node.right)]
        if isinstance(node, Unite):
            return [test for part in node.parts for test in tests(part)]
        return list(node.parts) if isinstance(node, Near) else [node]

    return Alternatives(tuple(tests(meet)))
