"""Patterns as trees, the programs of the core for them, and a backtracking twin of its search."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from corpus_kit._base.columns import series_from_core
from corpus_kit._core import SearchCodes, SearchProgram, SearchRegions, SearchText

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
    high: int | None
    lazy: bool = False


class Assert(NamedTuple):
    """An assertion, of the kinds in search_marks.h; x is a list of regions, a mask of flags, or a bit."""

    kind: int
    x: int
    negated: bool = False
    over_signs: bool = False


class Label(NamedTuple):
    slot: int


class Place(NamedTuple):
    slot: int


class Check(NamedTuple):
    terms: tuple[Term, ...]  # in postfix order


class Term(NamedTuple):
    """A term of a check; in a test c is a bit."""

    kind: int
    a: int = 0
    b: int = 0
    c: int = 0
    d: int = 0
    at_a: int = 0
    at_b: int = 0
    flags: int = 0


Node = Token | Row | Either | Repeat | Assert | Label | Place | Check
TEST, SPLIT, JUMP, ACCEPT, ASSERT, LABEL, CHECK, PLACE = range(8)
REGION_BEGINS, REGION_ENDS, UNIT_BEGINS, UNIT_ENDS, NEXT_PASSES, PREVIOUS_PASSES, NEXT_INSIDE, PREVIOUS_INSIDE = range(
    8
)
CONSTANT, SET, PASSES, SAME, DIFFERENT, DISTANCE, OF_REGION, OF_UNIT, NOT, AND, OR = range(11)
CURRENT, MATCH, NONE = 2**32 - 2, 2**32 - 3, 2**32 - 1
N_SLOTS = 3
Step = list[int]  # kind, words_only, x, y


class Marks(NamedTuple):
    """The assertions and checks of a program, in the order in which its steps have them."""

    assertions: list[Assert]
    checks: list[tuple[Term, ...]]


def steps_of(node: Node, bits: Sequence[int], steps: list[Step], marks: Marks | None = None) -> None:
    """Append the steps of a node; its bit n is bit bits[n] of the tests."""
    if isinstance(node, Token):
        steps.append([TEST, node.words_only, bits[node.bit], 0])
    elif isinstance(node, Row):
        for part in node.parts:
            steps_of(part, bits, steps, marks)
    elif isinstance(node, Either):
        jumps = []
        for branch in node.branches[:-1]:
            split = [SPLIT, 0, len(steps) + 1, 0]
            steps.append(split)
            steps_of(branch, bits, steps, marks)
            jumps.append([JUMP, 0, 0, 0])
            steps.append(jumps[-1])
            split[3] = len(steps)
        steps_of(node.branches[-1], bits, steps, marks)
        for jump in jumps:
            jump[2] = len(steps)
    elif isinstance(node, Repeat):
        splits = []
        for number in range(node.low + 1 if node.high is None else node.high):
            if number >= node.low:
                splits.append([SPLIT, 0, len(steps) + 1, 0])
                steps.append(splits[-1])
            steps_of(node.body, bits, steps, marks)
        if node.high is None:
            steps.append([JUMP, 0, next(number for number, step in enumerate(steps) if step is splits[0]), 0])
        for split in splits:
            split[3] = len(steps)
            if node.lazy:
                split[2:] = split[:1:-1]
    else:
        assert marks is not None
        if isinstance(node, Assert):
            asked = node._replace(x=bits[node.x]) if node.kind in (NEXT_PASSES, PREVIOUS_PASSES) else node
            steps.append([ASSERT, 0, len(marks.assertions), 0])
            marks.assertions.append(asked)
        elif isinstance(node, Check):
            steps.append([CHECK, 0, len(marks.checks), 0])
            marks.checks.append(
                tuple(term._replace(c=bits[term.c]) if term.kind == PASSES else term for term in node.terms)
            )
        else:
            steps.append([LABEL if isinstance(node, Label) else PLACE, 0, node.slot, 0])


def of_steps(steps: list[Step]) -> SearchProgram:
    kind, words_only, x, y = (np.array(part) for part in zip(*steps, strict=True))
    return SearchProgram(kind.astype(np.uint8), words_only.astype(np.uint8), x.astype(np.uint32), y.astype(np.uint32))


def program(node: Node, bits: Sequence[int] = range(8)) -> SearchProgram:
    steps: list[Step] = []
    steps_of(node, bits, steps)
    return of_steps([*steps, [ACCEPT, 0, 0, 0]])


def marked_program(node: Node, text: Text) -> SearchProgram:
    """Compile a node that asks for places and labels."""
    steps: list[Step] = []
    marks = Marks([], [])
    steps_of(node, text.bits, steps, marks)
    steps.append([ACCEPT, 0, 0, 0])
    kind, words_only, x, y = (np.array(part) for part in zip(*steps, strict=True))
    terms = [[number & NONE for number in term] for terms in marks.checks for term in terms]
    regions = [np.array(pairs, np.uint32).reshape(-1, 2).T.copy() for pairs in text.regions]
    return SearchProgram(
        kind.astype(np.uint8),
        words_only.astype(np.uint8),
        x.astype(np.uint32),
        y.astype(np.uint32),
        assertions=np.array(marks.assertions, np.uint32).reshape(-1),
        checks=np.array(terms, np.uint32).reshape(-1),
        check_ends=np.cumsum([len(terms) for terms in marks.checks], dtype=np.uint32),
        regions=[SearchRegions(first, end) for first, end in regions],
        codes=[
            SearchCodes(np.array(text.codes, np.uint16), by_types=False),
            SearchCodes(np.arange(len(text.tests), dtype=np.uint8) % 3, by_types=True),
        ],
        n_slots=N_SLOTS,
    )


def backwards(node: Node) -> Node:
    if isinstance(node, Token):
        return node
    if isinstance(node, Row):
        return Row(tuple(map(backwards, reversed(node.parts))))
    if isinstance(node, Either):
        return Either(tuple(map(backwards, node.branches)))
    return node._replace(body=backwards(node.body)) if isinstance(node, Repeat) else node


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
    regions: Sequence[list[tuple[int, int]]] = ()
    codes: Sequence[int] = ()  # of tokens; those of types are the number of the type modulo 3
    limit: int = 2**32  # where a hit must end
    most_states: int = 0

    def passes(self, token: int, bit: int) -> bool:
        return bit in self.tests[self.types[token]]

    def documents(self) -> list[int]:
        """Return the document of each token."""
        return [number for number, size in enumerate(self.sizes or [len(self.types)]) for _ in range(size)]

    def neighbour(self, token: int, way: int) -> int | None:
        """Return the next (previous) token in the same unit of text."""
        other, later = token + way, max(token, token + way)
        if not 0 <= other < min(len(self.types), self.limit):
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
        types, flags, ends, tests, stride, barrier = self.arrays()
        return SearchText(types, flags, ends, tests, stride, barrier, most_states=self.most_states)


class State(NamedTuple):
    """Where a way is: the token taken last, the next one, whether the last test was words-only, and the slots."""

    last: int | None
    next: int | None
    after_word: bool
    slots: tuple[int, ...] = (NONE,) * N_SLOTS
    start: int = 0

    def place(self, way: int) -> int:
        """Return the number of the place: that of the token after it."""
        if self.last is None:
            return self.start
        return self.last + 1 if way > 0 else self.last


def ways(text: Text, node: Node, state: State, way: int) -> Iterator[State]:
    """Yield all paths through a node, the preferred one first."""
    if isinstance(node, Token):
        token = state.next
        if node.words_only and state.after_word:
            while token is not None and not text.passes(token, WORD):
                token = text.neighbour(token, way)
        if token is not None and text.passes(token, node.bit):
            yield state._replace(last=token, next=text.neighbour(token, way), after_word=node.words_only)
    elif isinstance(node, Row):
        if not node.parts:
            yield state
            return
        for between in ways(text, node.parts[0], state, way):
            yield from ways(text, Row(node.parts[1:]), between, way)
    elif isinstance(node, Either):
        for branch in node.branches:
            yield from ways(text, branch, state, way)
    elif isinstance(node, Repeat):
        stops = node.low == 0
        if stops and node.lazy:
            yield state
        if node.high is None or node.high:
            less = node._replace(low=max(node.low - 1, 0), high=node.high and node.high - 1)
            for between in ways(text, node.body, state, way):
                if node.high is not None or not stops or between.place(way) != state.place(way):
                    yield from ways(text, less, between, way)
        if stops and not node.lazy:
            yield state
    elif isinstance(node, Assert):
        if asserted(text, node, state, way):
            yield state
    elif isinstance(node, Check):
        if checked(text, node, state):
            yield state
    else:
        token = state.start if state.last is None else state.last
        value = token if isinstance(node, Label) else state.place(way)
        yield state._replace(slots=(*state.slots[: node.slot], value, *state.slots[node.slot + 1 :]))


def document_of(text: Text, state: State) -> range:
    """Return the tokens of the document of a state."""
    documents = text.documents()
    number = documents[state.start if state.last is None else state.last]
    return range(documents.index(number), documents.index(number) + documents.count(number))


def places_at(text: Text, place: int, document: range, *, over_signs: bool) -> range:
    """Return the places with nothing but signs between them and a place."""
    low = high = place
    while over_signs and low > document.start and not text.passes(low - 1, WORD):
        low -= 1
    while over_signs and high < document.stop and not text.passes(high, WORD):
        high += 1
    return range(low, high + 1)


def unit_bounds(text: Text, mask: int, document: range) -> tuple[set[int], set[int]]:
    """Return the places where units of text begin, and where they end."""
    inner = {token for token in document[1:] if text.flags and text.flags[token] & mask}
    return inner | {document.start}, inner | {document.stop}


def asserted(text: Text, node: Assert, state: State, way: int) -> bool:
    document = document_of(text, state)
    places = places_at(text, state.place(way), document, over_signs=node.over_signs)
    if node.kind == REGION_BEGINS:
        holds = any(first in places and first < document.stop for first, _ in text.regions[node.x])
    elif node.kind == REGION_ENDS:
        holds = any(end in places and end > document.start for _, end in text.regions[node.x])
    elif node.kind in (UNIT_BEGINS, UNIT_ENDS):
        holds = any(place in unit_bounds(text, node.x, document)[node.kind - UNIT_BEGINS] for place in places)
    else:
        token = places[-1] if node.kind in (NEXT_PASSES, NEXT_INSIDE) else places[0] - 1
        holds = token in document and (
            text.passes(token, node.x)
            if node.kind in (NEXT_PASSES, PREVIOUS_PASSES)
            else any(first <= token < end for first, end in text.regions[node.x])
        )
    return holds != node.negated


def checked(text: Text, node: Check, state: State) -> bool:
    stack: list[bool] = []
    for term in node.terms:
        if term.kind == NOT:
            stack.append(not stack.pop())
        elif term.kind in (AND, OR):
            right, left = stack.pop(), stack.pop()
            stack.append(left and right if term.kind == AND else left or right)
        else:
            stack.append(term_holds(text, term, state))
    [answer] = stack
    return answer


def term_holds(text: Text, term: Term, state: State) -> bool:
    document = document_of(text, state)
    slots = {**dict(enumerate(state.slots)), MATCH: state.start}
    slots[CURRENT] = state.start if state.last is None else state.last
    if term.kind == CONSTANT:
        return bool(term.a)
    if slots[term.a] == NONE:
        return False
    if term.kind == SET:
        return True
    if term.kind in (OF_REGION, OF_UNIT):
        begins = places_at(text, slots[term.a], document, over_signs=bool(term.flags & 1))
        ends = places_at(text, state.place(1), document, over_signs=bool(term.flags & 2))
        units = [sorted(bounds) for bounds in unit_bounds(text, term.c, document)]
        regions = text.regions[term.c] if term.kind == OF_REGION else list(zip(*units, strict=True))
        return any(first in begins and end in ends for first, end in regions)
    left = slots[term.a] + term.at_a
    if term.kind == PASSES:
        return left in document and text.passes(left, term.c)
    if slots[term.b] == NONE:
        return False
    right = slots[term.b] + term.at_b
    if left not in document or right not in document:
        return False
    if term.kind == DISTANCE:
        distance = abs(right - left) if term.flags & 1 else right - left
        return bool(OPERATORS[term.c](distance, term.d))
    codes = [
        text.types[token] % 3 if number else text.codes[token] for token, number in ((left, term.c), (right, term.d))
    ]
    return (codes[0] == codes[1] != 0) == (term.kind == SAME)


OPERATORS = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)


def slow_ways(text: Text, node: Node, start: int) -> Iterator[State]:
    return ways(text, node, State(None, start, after_word=False, start=start), 1)


def slow_hits(text: Text, node: Node, starts: list[int]) -> list[tuple[int, int]]:
    return [(first, end) for first, end, _ in slow_labelled(text, node, starts)]


def slow_labelled(
    text: Text,
    node: Node,
    starts: list[int],
    strategy: int = 0,
    limits: list[int] | None = None,
    *,
    nested: bool = False,
) -> list[tuple[int, int, tuple[int, ...]]]:
    """Return the hits with their slots; of a strategy the first way to the first (last) end."""
    found = []
    last_end, last_first = 0, -1
    for number, start in enumerate(starts):
        limit = limits[number] if limits else len(text.types)
        if (limits and start == last_first) or start >= limit:
            continue
        bounded = text._replace(limit=limit)
        way: State | None
        if strategy:
            paths = [path for path in slow_ways(bounded, node, start) if path.last is not None]
            ends = [path.last for path in paths if path.last is not None]
            way = paths[ends.index(min(ends) if strategy == 1 else max(ends))] if ends else None
        else:
            way = next(slow_ways(bounded, node, start), None)
        if way is None or way.last is None:
            continue
        last_first = start
        if way.last + 1 > last_end or nested:
            last_end = way.last + 1
            found.append((start, last_end, way.slots))
    return found


def slow_starts(text: Text, before: Node, anchors: list[int], *, after_word: bool) -> list[int]:
    """Return each start of each anchor once."""
    return [
        start
        for anchor in anchors
        for start in {
            path.last
            for path in ways(text, backwards(before), State(anchor, text.neighbour(anchor, -1), after_word), -1)
            if path.last is not None
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


def labelled(
    text: Text,
    node: Node,
    starts: list[int],
    strategy: int = 0,
    limits: list[int] | None = None,
    *,
    nested: bool = False,
) -> list[tuple[int, int, tuple[int, ...]]]:
    given = None if limits is None else np.array(limits, np.uint32)
    first, end, slots = text.made().labelled(
        marked_program(node, text), np.array(starts, np.uint32), limits=given, strategy=strategy, nested=nested
    )
    rows = map(tuple, np.array(listed(slots)).reshape(-1, N_SLOTS).tolist())
    return list(zip(listed(first), listed(end), rows, strict=True))
