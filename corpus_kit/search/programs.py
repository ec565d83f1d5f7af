"""Patterns compiled to programs of the core's matcher (search.h)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from collections.abc import Sequence as SequenceOf
from typing import Protocol

import numpy as np

from corpus_kit._core import SearchCodes, SearchProgram, SearchRegions
from corpus_kit.query.pattern_tree import (
    AllOf,
    Alternatives,
    AnyOf,
    Apart,
    Boundary,
    Condition,
    Constraint,
    Is,
    Labelled,
    Look,
    Met,
    Node,
    Not,
    Region,
    Repeat,
    Same,
    Sequence,
    Test,
    all_tests,
    pairs_of_tags,
)

__all__ = ["MOST_SLOTS", "Marks", "ProgramSteps"]

# as in search.h and search_marks.h
_TEST, _SPLIT, _JUMP, _ACCEPT, _ASSERT, _LABEL, _CHECK, _PLACE = range(8)
_REGION_BEGINS, _REGION_ENDS, _UNIT_BEGINS, _UNIT_ENDS, _NEXT_PASSES, _PREVIOUS_PASSES = range(6)
_CONSTANT, _SET, _PASSES, _SAME, _DIFFERENT, _DISTANCE, _OF_REGION, _OF_UNIT, _NOT, _AND, _OR = range(11)
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
_ABSOLUTE = 1
_BEGIN_OVER_SIGNS, _END_OVER_SIGNS, _REACHES_ON = 1, 2, 4
MOST_SLOTS = 64
_ANY_TOKEN = 0xFFFFFFFE
_IS_WORD = 0  # the test for any word
_CURRENT, _MATCH = 0xFFFFFFFE, 0xFFFFFFFD
_ALWAYS_MET = {"_": _CURRENT, "match": _MATCH, "matchend": _CURRENT}


class Marks(Protocol):
    """What a corpus knows of the structures and attributes that a pattern asks for."""

    def regions(self, structure: str, condition: Condition | None) -> SearchRegions | int:
        """Return the regions that fulfil a condition; for units of text, the flag of the tokens that begin one.

        A unit of text is a sentence, a paragraph, or a document, which has no flag: 0.
        """
        ...

    def codes(self, left: str, right: str) -> tuple[SearchCodes, SearchCodes]:
        """Return the values of two attributes, which may be one, as numbers that are equal where the values are."""
        ...


class ProgramSteps:
    """The steps of a program that begins at several places: one for each of the nodes that are added.

    Args:
        numbers: The number of each test, and of those of constraints (`checked_tests`). A test for any token
            needs none.
        marks: The structures and attributes of the corpus; None if the nodes ask for none.
        backwards: Read the nodes from their end to their beginning, without labels, to find where hits may begin.
        over_signs: Whether signs are passed over before and after a region, as between words.

    Attributes:
        slots: The labels, and the column that each has in the slots of the hits.
        needs_labels: Whether only a search for labels (`SearchText.labelled`) finds the hits of the program.
    """

    def __init__(
        self,
        numbers: Mapping[Test, int],
        marks: Marks | None = None,
        *,
        backwards: bool = False,
        over_signs: bool = False,
    ) -> None:
        self.slots: dict[str, int] = {}
        self.needs_labels = False
        self._numbers = numbers
        self._marks = _AskedMarks(marks)
        self._backwards = backwards
        self._over_signs = over_signs
        self._leaves_out_strict = False
        self._n_slots = 0
        self._place_slots: dict[Hashable, int] = {}
        self._kind: list[int] = []
        self._words_only: list[bool] = []
        self._x: list[int] = []
        self._y: list[int] = []

    @property
    def n_slots(self) -> int:
        """The columns of the slots of the hits."""
        return self._n_slots

    def add(self, node: Node, tag: int = 0, constraint: Constraint | None = None) -> int:
        """Compile a node and return its first step; `tag` is told of it where it ends, if its constraint holds."""
        begin = len(self._kind)
        # A place that is strict differs forwards and backwards where signs are passed over; without it, some places
        # are found where no hit begins.
        self._leaves_out_strict = self._backwards and any(test.words_only for test in all_tests(node))
        self._node(node)
        self._check(constraint)
        self._append(_ACCEPT, tag)
        return begin

    def program(self) -> SearchProgram:
        """Return the program."""
        steps = (
            np.array(self._kind, np.uint8),
            np.array(self._words_only, np.uint8),
            np.array(self._x, np.uint32),
            np.array(self._y, np.uint32),
        )
        if not (self._marks.assertions or self.needs_labels):
            return SearchProgram(*steps)
        return SearchProgram(
            *steps,
            assertions=_flat(list(self._marks.assertions)),
            checks=_flat(self._marks.terms),
            check_ends=np.array(self._marks.check_ends, np.uint32),
            regions=self._marks.lists,
            codes=self._marks.codes,
            n_slots=self._n_slots,
        )

    def _append(self, kind: int, x: int = 0, *, words_only: bool = False) -> int:
        self._kind.append(kind)
        self._words_only.append(words_only)
        self._x.append(x)
        self._y.append(0)
        return len(self._kind) - 1

    def _node(self, node: Node) -> None:
        match node:
            case Test():
                self._append(_TEST, self._number(node), words_only=node.words_only)
            case Sequence():
                self._sequence(node)
            case Alternatives():
                self._alternatives(node)
            case Repeat():
                self._repeat(node)
            case Labelled():
                self._labelled(node)
            case Boundary():
                self._boundary(node)
            case Region():
                self._region(node)
            case Look():
                self._look(node)

    def _number(self, test: Test) -> int:
        is_any = test.condition is None and not test.words_only
        return _ANY_TOKEN if is_any and test not in self._numbers else self._numbers[test]

    # ---- sequences of tokens

    def _sequence(self, node: Sequence) -> None:
        if self._backwards:
            for part in reversed(node.parts):
                self._node(part)
            return
        pairs = pairs_of_tags(node.parts) if any(isinstance(part, Boundary) for part in node.parts) else {}
        slots: dict[int, int] = {}
        for place, part in enumerate(node.parts):
            self._node(part)
            if place in pairs.values():
                slots[place] = self._place((node, place))
            elif place in pairs:
                begin = node.parts[pairs[place]]
                assert isinstance(begin, Boundary)
                assert isinstance(part, Boundary)
                self._check_of_terms(self._of_one_region(begin, part, slots[pairs[place]]))

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
        if node.high is None:
            splits.append(self._append(_SPLIT))
            self._node(node.body)
            self._append(_JUMP, splits[0])
        else:
            for _ in range(node.high - node.low):
                splits.append(self._append(_SPLIT))
                self._node(node.body)
        for split in splits:
            on, out = split + 1, len(self._kind)
            self._x[split], self._y[split] = (out, on) if node.lazy else (on, out)

    # ---- places

    def _boundary(self, node: Boundary) -> None:
        if node.strict and self._leaves_out_strict:
            return
        self._assert_boundary(node.structure, node.condition, begins=node.begins, strict=node.strict)

    def _assert_boundary(
        self,
        structure: str,
        condition: Condition | None,
        *,
        begins: bool,
        strict: bool,
        negated: bool = False,
        as_word: bool = False,
    ) -> None:
        kind, x = self._marks.of_structure(structure, condition)
        kinds = {_OF_UNIT: (_UNIT_ENDS, _UNIT_BEGINS), _OF_REGION: (_REGION_ENDS, _REGION_BEGINS)}[kind]
        asked = self._marks.assertion(kinds[begins], x, negated=negated, over_signs=not strict)
        self._append(_ASSERT, asked, words_only=as_word)

    def _look(self, node: Look) -> None:
        over_signs = node.test.words_only
        if self._leaves_out_strict and not over_signs:
            return
        kind = _NEXT_PASSES if node.ahead else _PREVIOUS_PASSES
        number = self._number(node.test)
        self._append(_ASSERT, self._marks.assertion(kind, number, negated=node.negated, over_signs=over_signs))

    def _region(self, node: Region) -> None:
        """Compile a region: its begin, any tokens up to the first end, and its end.

        Of regions that do not overlap, the first that ends is the one that began; of others, a check tells.
        """
        overlapping = self._marks.overlaps(node.structure, node.condition)
        ends = self._backwards  # whether its end, as it is read, is where it begins
        if self._over_signs:
            self._signs()
        self._assert_boundary(node.structure, node.condition, begins=not ends, strict=True)
        # one place is enough for all regions, since none begins before the last one ends
        slot = self._place(Region) if overlapping and not self._backwards else None
        self._append(_TEST, _ANY_TOKEN)
        split = self._append(_SPLIT)
        if slot is not None:
            kind, x = self._marks.of_structure(node.structure, node.condition)
            self._check_of_terms([_term(kind, slot, c=x, flags=_REACHES_ON)])
        elif not overlapping:
            self._assert_boundary(node.structure, node.condition, begins=ends, strict=True, negated=True)
        self._append(_TEST, _ANY_TOKEN)
        self._append(_JUMP, split)
        self._x[split], self._y[split] = len(self._kind), split + 1
        self._assert_boundary(node.structure, node.condition, begins=ends, strict=True, as_word=self._over_signs)
        if slot is not None:
            kind, x = self._marks.of_structure(node.structure, node.condition)
            self._check_of_terms([_term(kind, slot, c=x)])

    def _signs(self) -> None:
        """Compile signs that may be passed over, if a word is before them: as few as possible."""
        split = self._append(_SPLIT, words_only=True)
        kind = _PREVIOUS_PASSES if self._backwards else _NEXT_PASSES
        self._append(_ASSERT, self._marks.assertion(kind, _IS_WORD, negated=True, over_signs=False))
        self._append(_TEST, _ANY_TOKEN)
        kind = _NEXT_PASSES if self._backwards else _PREVIOUS_PASSES
        self._append(_ASSERT, self._marks.assertion(kind, _IS_WORD, negated=True, over_signs=False), words_only=True)
        self._append(_JUMP, split)
        self._x[split], self._y[split] = len(self._kind), split + 1

    def _place(self, key: Hashable) -> int:
        """Keep the place in the slot of this key, and return it."""
        self.needs_labels = True
        if key not in self._place_slots:
            self._place_slots[key] = self._n_slots
            self._n_slots += 1
        self._append(_PLACE, self._place_slots[key])
        return self._place_slots[key]

    def _of_one_region(self, begin: Boundary, end: Boundary, slot: int) -> list[list[int]]:
        """Return the terms that ask whether one region begins at the place in a slot and ends here."""
        flags = _BEGIN_OVER_SIGNS * (not begin.strict) | _END_OVER_SIGNS * (not end.strict)
        conditions: list[Condition | None] = [each for each in dict.fromkeys((begin.condition, end.condition)) if each]
        terms = []
        for condition in conditions or [None]:
            kind, x = self._marks.of_structure(begin.structure, condition)
            terms.append(_term(kind, slot, c=x, flags=flags))
        return [*terms, _term(_AND)] if len(terms) > 1 else terms

    # ---- labels

    def _labelled(self, node: Labelled) -> None:
        self._node(node.test)
        if self._backwards:
            return
        self._check(node.check)  # which asks for labels before this token
        for label in node.labels:
            self._append(_LABEL, self._slot(label))
            self.needs_labels = True

    def _slot(self, label: str) -> int:
        if label in _ALWAYS_MET:
            return _ALWAYS_MET[label]
        if label not in self.slots:
            self.slots[label] = self._n_slots
            self._n_slots += 1
        return self.slots[label]

    def _check(self, constraint: Constraint | None) -> None:
        if constraint is not None and not self._backwards:
            self._check_of_terms(list(self._terms(constraint)))

    def _check_of_terms(self, terms: list[list[int]]) -> None:
        self._append(_CHECK, self._marks.check(terms))
        self.needs_labels = True

    def _terms(self, constraint: Constraint) -> Iterator[list[int]]:
        """Yield the terms of a constraint in postfix order."""
        match constraint:
            case Is(label, condition, offset):
                number = self._number(Test(condition, words_only=False))
                yield _term(_PASSES, self._slot(label), c=number, at_a=offset)
            case Same(left, right, negated):
                codes = self._marks.codes_of(left.attribute, right.attribute)
                places = {"at_a": left.offset, "at_b": right.offset}
                slots = self._slot(left.label), self._slot(right.label)
                yield _term(_DIFFERENT if negated else _SAME, *slots, *codes, **places)
            case Apart():
                flags = _ABSOLUTE * constraint.absolute
                slots = self._slot(constraint.left), self._slot(constraint.right)
                yield _term(_DISTANCE, *slots, _OPERATORS.index(constraint.operator), constraint.number, flags=flags)
            case Met(label):
                yield _term(_CONSTANT, 1) if label in _ALWAYS_MET else _term(_SET, self._slot(label))
            case Not(of):
                yield from self._terms(of)
                yield _term(_NOT)
            case AllOf(parts) | AnyOf(parts):
                is_and = isinstance(constraint, AllOf)
                if not parts:
                    yield _term(_CONSTANT, int(is_and))
                for number, part in enumerate(parts):
                    yield from self._terms(part)
                    if number:
                        yield _term(_AND if is_and else _OR)


class _AskedMarks:
    """The assertions and checks of a program, and the regions and codes that they ask, numbered."""

    def __init__(self, marks: Marks | None) -> None:
        self.assertions: dict[tuple[int, int, int, int], int] = {}
        self.terms: list[list[int]] = []
        self.check_ends: list[int] = []
        self.lists: list[SearchRegions] = []
        self.codes: list[SearchCodes] = []
        self._marks = marks
        self._structures: dict[tuple[str, Condition | None], tuple[int, int]] = {}
        self._attributes: dict[tuple[str, str], tuple[int, int]] = {}

    def of_structure(self, structure: str, condition: Condition | None) -> tuple[int, int]:
        """Return the kind of a term that asks for one region of a structure, and the number of its list or its flag."""
        asked = structure, condition
        if asked not in self._structures:
            assert self._marks is not None
            found = self._marks.regions(structure, condition)
            if isinstance(found, int):
                self._structures[asked] = _OF_UNIT, found
            else:
                self._structures[asked] = _OF_REGION, len(self.lists)
                self.lists.append(found)
        return self._structures[asked]

    def overlaps(self, structure: str, condition: Condition | None) -> bool:
        """Return whether a token may be in several regions of a structure."""
        kind, x = self.of_structure(structure, condition)
        return kind == _OF_REGION and self.lists[x].overlapping

    def codes_of(self, left: str, right: str) -> tuple[int, int]:
        """Return the numbers of the codes of two attributes."""
        if (left, right) not in self._attributes:
            assert self._marks is not None
            self._attributes[left, right] = len(self.codes), len(self.codes) + 1
            self.codes += self._marks.codes(left, right)
        return self._attributes[left, right]

    def assertion(self, kind: int, x: int, *, negated: bool, over_signs: bool) -> int:
        """Return the number of an assertion."""
        asked = kind, x, int(negated), int(over_signs)
        return self.assertions.setdefault(asked, len(self.assertions))

    def check(self, terms: list[list[int]]) -> int:
        """Return the number of a check."""
        self.terms += terms
        self.check_ends.append(len(self.terms))
        return len(self.check_ends) - 1


def _term(
    kind: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0, at_a: int = 0, at_b: int = 0, flags: int = 0
) -> list[int]:
    return [number & 0xFFFFFFFF for number in (kind, a, b, c, d, at_a, at_b, flags)]


def _flat(rows: SequenceOf[SequenceOf[int]]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.array(rows, np.uint32).reshape(-1)
