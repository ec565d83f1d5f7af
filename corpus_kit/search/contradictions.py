"""What no hit can fulfil: conditions that exclude each other, which would find nothing in silence."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from corpus_kit.search.pattern_tree import (
    Alternatives,
    Apart,
    Both,
    Compare,
    Condition,
    Constraint,
    Is,
    Labelled,
    Met,
    Node,
    Not,
    Repeat,
    Same,
    Value,
    children,
)
from corpus_kit.search.pattern_tree import Sequence as InTurn

__all__ = ["contradiction"]

_SEVERAL = ("root", "pos")  # a type may have several
_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def contradiction(parts: Sequence[Constraint], root: Node | None = None) -> str:
    """Return what no hit fulfils of constraints that must all hold, as a sentence; empty if there is nothing.

    Args:
        parts: The constraints.
        root: The tree whose labels they ask for; None for those of one token.

    >>> a, b = (Is("a", Compare("lemma", Value(text))) for text in ("قال", "أكد"))
    >>> contradiction([a, b]), contradiction([a, Not(a)]), contradiction([a, Not(b)])
    ('no token has lemma=قال and lemma=أكد; write | for either', 'a condition and its contrary never hold together', '')
    """
    every = set(parts)
    if any(isinstance(part, Not) and part.of in every for part in parts):
        return "a condition and its contrary never hold together"
    known = [] if root is None else _known_of_labels(root)
    all_of = [*parts, *known]
    return _of_values(all_of) or _of_distances(all_of) or ("" if root is None else _of_alternatives(parts, root))


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
