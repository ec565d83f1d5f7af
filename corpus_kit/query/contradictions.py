"""What no hit can fulfil: conditions that exclude each other, which would find nothing in silence."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from corpus_kit.query.pattern_tree import (
    AllOf,
    Alternatives,
    AnyOf,
    Apart,
    Both,
    Compare,
    Condition,
    Constraint,
    Is,
    Labelled,
    Met,
    Negation,
    Node,
    Not,
    Repeat,
    Same,
    Value,
    children,
)
from corpus_kit.query.pattern_tree import Sequence as InTurn

__all__ = ["contradiction"]

_MOST_WORK = 1_000_000  # claims that are compared; what is larger is searched as it is
_SEVERAL = ("root", "pos")  # a type may have several
_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def contradiction(asked: Constraint, root: Node | None = None) -> str:
    """Return why no hit fulfils a constraint, as a sentence; empty if one may.

    A part that never holds is no contradiction where the rest does not need it: in an alternative, or after ``!``.

    Args:
        asked: The constraint.
        root: The tree whose labels it asks for; None for one of one token.

    >>> a, b = (Is("a", Compare("lemma", Value(text))) for text in ("قال", "أكد"))
    >>> contradiction(AllOf((a, b)))
    'no token has lemma=قال and lemma=أكد; write | for either'
    >>> contradiction(AllOf((a, Not(a))))
    'a condition and its contrary never hold together'
    >>> contradiction(AllOf((a, Not(b)))), contradiction(AnyOf((a, AllOf((a, b))))), contradiction(Not(AllOf((a, b))))
    ('', '', '')
    """
    return _Contradictions(root).of([_without_not(asked)])


class _Contradictions:
    """Looks for what cannot be, in a time that is bounded: choices are looked into one at a time, not their products.

    So it misses what only several choices together exclude, which finds nothing.
    """

    def __init__(self, root: Node | None) -> None:
        self.root = root
        self.known = [] if root is None else _known_of_labels(root)
        self.work = 0

    def of(self, asked: Sequence[Constraint]) -> str:
        """Return why constraints do not hold together; they have ``Not`` around single claims alone."""
        parts = list(_flat(asked))
        choices = [part for part in parts if isinstance(part, AnyOf)]
        claims = [part for part in parts if not isinstance(part, AnyOf)]
        if found := self._of_claims(claims):
            return found
        for choice in choices:
            if self.root is None and not claims and any(not isinstance(each, AllOf | AnyOf) for each in choice.parts):
                continue  # one claim alone may hold
            self.work += len(choice.parts) * (1 + len(claims) + len(self.known))
            if self.work > _MOST_WORK:
                return ""
            reasons = [self.of([*claims, branch]) for branch in choice.parts]
            if all(reasons):
                return reasons[0] if reasons else ""
        return ""

    def _of_claims(self, claims: Sequence[Constraint]) -> str:
        every = set(claims)
        if any(_contrary(part) in every for part in claims):
            return "a condition and its contrary never hold together"
        all_of = [*claims, *self.known]
        said = _of_values(all_of) or _of_distances(all_of)
        return said or ("" if self.root is None else _of_alternatives(claims, self.root))


def _flat(parts: Sequence[Constraint]) -> Iterator[Constraint]:
    for part in parts:
        if isinstance(part, AllOf):
            yield from _flat(part.parts)
        else:
            yield part


def _without_not(asked: Constraint, *, negated: bool = False) -> Constraint:
    """Return a constraint that says the same and has ``Not`` around single claims alone (De Morgan's laws)."""
    if isinstance(asked, Not):
        return _without_not(asked.of, negated=not negated)
    if isinstance(asked, AllOf | AnyOf):
        parts = tuple(_without_not(part, negated=negated) for part in asked.parts)
        return AllOf(parts) if isinstance(asked, AllOf) != negated else AnyOf(parts)
    return Not(asked) if negated else asked


def _contrary(part: Constraint) -> Constraint | None:
    """Return what never holds together with a claim; None if nothing is known."""
    if isinstance(part, Not):
        return part.of
    if isinstance(part, Same) and part.negated:
        return replace(part, negated=False)
    if isinstance(part, Is) and isinstance(part.condition, Negation):
        return replace(part, condition=part.condition.of)
    return None


def _known_of_labels(root: Node) -> list[Constraint]:
    """Return what holds of the labels of every hit that has them: their tests, and which token comes first."""
    found: dict[str, list[Labelled]] = {}
    for node in _labelled(root):
        for label in node.labels:
            found.setdefault(label, []).append(node)
    known: list[Constraint] = [
        Is(label, compare) for label, [node, *more] in found.items() if not more for compare in _all_of(node)
    ]
    parts = root.parts if isinstance(root, InTurn) else ()
    turns = [(turn, label) for turn, part in enumerate(parts) for node in _labelled(part) for label in node.labels]
    once = [(turn, label) for turn, label in turns if len(found[label]) == 1]
    known += [Apart(one, other, ">=", 1) for (i, one), (k, other) in combinations(once, 2) if i < k]
    return known + [Apart(other, one, "<=", -1) for (i, one), (k, other) in combinations(once, 2) if i < k]


def _labelled(node: Node) -> Iterator[Labelled]:
    if isinstance(node, Labelled):
        yield node
    for part in children(node):
        yield from _labelled(part)


def _all_of(node: Labelled) -> list[Compare]:
    """Return the comparisons that a token with a label fulfils."""
    condition = node.test.condition
    parts: tuple[Condition | None, ...] = condition.parts if isinstance(condition, Both) else (condition,)
    return [part for part in parts if isinstance(part, Compare)]


def _of_values(parts: Sequence[Constraint]) -> str:
    compared = [part for part in parts if isinstance(part, Is) and isinstance(part.condition, Compare)]
    asked: dict[tuple[str, int, str], str] = {}
    for part in sorted(compared, key=lambda part: isinstance(part.condition, Compare) and part.condition.negated):
        assert isinstance(part.condition, Compare)
        attribute, text = part.condition.attribute, _plain(part.condition.value)
        if text is None or attribute in _SEVERAL:
            continue
        key = part.label, part.offset, attribute
        known = asked.get(key) if part.condition.negated else asked.setdefault(key, text)
        if known is not None and part.condition.negated == (known.lower() == text.lower()):
            either = "" if part.condition.negated else "; write | for either"
            return f"no token has {attribute}={known} and {attribute}{'!' * part.condition.negated}={text}{either}"
    return ""


def _plain(value: Value) -> str | None:
    """Return the only text that fits a value, but for capital letters, if it is known."""
    text = value.text.removeprefix("(?i)") if value.is_regex else value.text
    return text if value.match == "is" or (value.is_regex and text.isalnum()) else None


def _of_distances(parts: Sequence[Constraint]) -> str:
    pairs: dict[tuple[str, str, bool], list[Apart]] = {}
    for part in parts:
        if isinstance(part, Apart):
            pairs.setdefault((part.left, part.right, part.absolute), []).append(part)
    for (left, right, absolute), some in pairs.items():
        near = {each.number + step for each in some for step in (-1, 0, 1)}
        allowed = [number for number in near if number >= 0 or not absolute]
        if not any(all(_OPERATORS[each.operator](number, each.number) for each in some) for number in allowed):
            return f"no distance from {left} to {right} fulfils all of these"
    return ""


def _of_alternatives(parts: Sequence[Constraint], root: Node) -> str:
    together = _together(root)
    own = {label for pair in together for label in pair}
    asked = dict.fromkeys(label for part in parts for label in _labels_of(part) if label in own)
    for pair in combinations(asked, 2):
        if frozenset(pair) not in together:
            return f"no hit has both labels, {pair[0]} and {pair[1]}: they are in different alternatives; write | or ->"
    return ""


def _labels_of(part: Constraint) -> tuple[str, ...]:
    """Return the labels without which a constraint does not hold."""
    match part:
        case Is(label) | Met(label):
            return (label,)
        case Same(left, right):
            return left.label, right.label
        case Apart(left_label, right_label):
            return left_label, right_label
    return ()


def _together(node: Node) -> set[frozenset[str]]:
    """Return the pairs of labels that one hit may have, and each label alone."""
    if isinstance(node, Labelled):
        return {frozenset((one, other)) for one in node.labels for other in node.labels}
    found = [_together(part) for part in children(node)]
    pairs = set().union(*found)
    if isinstance(node, Alternatives):
        return pairs
    before: set[str] = set()
    for each in found * (2 if isinstance(node, Repeat) else 1):
        labels = {label for pair in each for label in pair}
        pairs |= {frozenset((one, other)) for one in before for other in labels}
        before |= labels
    return pairs
