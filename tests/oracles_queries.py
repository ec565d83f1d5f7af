"""The slow twin of the query language: what a `Pattern` finds in tokens that are plain Python objects.

From each token, all ways through the tree are listed in order of preference, as backtracking would meet them, and the
first that is allowed is the hit. The twin shares the tree with the library, and nothing else: neither automata, nor
lists of positions, nor bits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, groupby
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

import polars as pl

import corpus_kit as ck
from corpus_kit.query.pattern_tree import (
    AllOf,
    Alternatives,
    AnyOf,
    Apart,
    Both,
    Boundary,
    Compare,
    Condition,
    Constraint,
    Either,
    Expansion,
    Is,
    Labelled,
    Look,
    Meet,
    MeetNode,
    Met,
    Near,
    Negation,
    Node,
    Not,
    Pattern,
    Reference,
    Region,
    Repeat,
    Same,
    Scope,
    Sequence,
    Test,
    Unite,
    Value,
    comparisons,
)

COUNTED = frozenset({"word", "number", "hashtag", "mention"})
LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
NO_METADATA = frozenset({"text", "headline", "paragraphs", "spans"})
ALIASES = {"sentence": "s", "paragraph": "p", "document": "text"}
UNITS = {"sentence": "s", "paragraph": "p", "document": "text"}  # the structure of each unit of text
COMPARED: dict[str, Callable[[int, int], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


# ----------------------------------------------------------------------------------------------------
# Texts
# ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Token:
    """A token: the values of each attribute in the form that is compared (none, one or several), and its kind."""

    values: Mapping[str, tuple[str, ...]]
    is_word: bool


@dataclass(frozen=True, eq=False)
class Span:
    """A region of a structure: tokens from `first` up to `end`, and its attributes; None for one that it has not."""

    first: int
    end: int
    attributes: Mapping[str, str | None]


@dataclass
class Text:
    """The tokens of all documents, and the regions of each structure; s, p and text are always there."""

    tokens: list[Token]
    structures: dict[str, list[Span]]
    known: dict[int, tuple[Test, list[bool]]] = field(default_factory=dict)  # by object, which is quicker

    def __post_init__(self) -> None:
        for spans in self.structures.values():
            spans.sort(key=lambda span: (span.first, span.end, [value or "" for value in span.attributes.values()]))

    @cached_property
    def covers(self) -> dict[str, list[Span | None]]:
        """For each token and structure, the last of the regions that it lies in."""
        painted: dict[str, list[Span | None]] = {name: [None] * len(self.tokens) for name in self.structures}
        for name, spans in self.structures.items():
            for span in spans:
                painted[name][span.first : span.end] = [span] * (span.end - span.first)
        return painted

    @cached_property
    def words_before(self) -> list[int]:
        """For each place, the words before it."""
        counts = [0]
        for token in self.tokens:
            counts.append(counts[-1] + token.is_word)
        return counts

    @cached_property
    def at_place(self) -> dict[tuple[str, bool, int], list[Span]]:
        """The regions that begin (True) or end (False) at a place."""
        found = defaultdict(list)
        for name, spans in self.structures.items():
            for span in spans:
                found[name, True, span.first].append(span)
                found[name, False, span.end].append(span)
        return found

    def document(self, place: int) -> Span:
        """Return the document of a token."""
        found = self.covers["text"][place]
        assert found
        return found

    def values(self, place: int, attribute: str) -> tuple[str, ...]:
        """Return what a token has of an attribute, or the region that it lies in."""
        if attribute in self.tokens[place].values:
            return self.tokens[place].values[attribute]
        structure, _, name = attribute.partition(".")
        span = self.covers[structure][place]
        if span is None:
            return ()
        return _values_of(span, name) if name else ("",)

    def fulfils(self, place: int, condition: Condition | None) -> bool:
        """Whether a token fulfils a condition; None is fulfilled by all."""
        return condition is None or _holds(condition, lambda attribute: self.values(place, attribute))

    def passing(self, test: Test) -> list[bool]:
        """Return for each token whether it passes a test."""
        if id(test) not in self.known:
            of_token: dict[int, bool] = {}  # equal tokens are one object, where regions say nothing of them
            for_all = not any(each.attribute not in self.tokens[0].values for each in comparisons([test.condition]))
            passes = []
            for place, token in enumerate(self.tokens):
                if not for_all or id(token) not in of_token:
                    allowed = token.is_word or not test.words_only
                    of_token[id(token)] = allowed and self.fulfils(place, test.condition)
                passes.append(of_token[id(token)])
            self.known[id(test)] = test, passes
        return self.known[id(test)][1]

    def passes(self, place: int, test: Test) -> bool:
        """Whether a token passes a test."""
        return self.passing(test)[place]

    def spans(self, structure: str, condition: Condition | None) -> list[Span]:
        """Return the regions of a structure that fulfil a condition, in order."""
        return [span for span in self.structures[structure] if _region_fulfils(span, structure, condition)]


def text_of(
    corpus: ck.Corpus,
    *,
    exact: bool = False,
    clitics: bool = False,
    structures: Mapping[str, pl.DataFrame] | None = None,
) -> Text:
    """Read a corpus as a twin of itself.

    Args:
        corpus: The corpus.
        exact: Whether words are compared in the repaired spelling.
        clitics: Whether plain words are compared with stems, too.
        structures: Tables with the columns document, start and end (offsets in the text), and attributes.
    """
    rows = corpus.tokens.collect().rows(named=True)
    of_type = {row["type"]: row for row in corpus.vocabulary.collect().rows(named=True)}
    layers = [name for name in corpus.tokens.collect_schema() if "." in name]
    known = {number: _token(row, exact=exact, clitics=clitics) for number, row in of_type.items()}
    tokens = [known[row["type"]] for row in rows]
    if layers:
        tokens = [
            Token({**token.values, **{name: _compared([row[name]], exact=exact) for name in layers}}, token.is_word)
            for token, row in zip(tokens, rows, strict=True)
        ]
    found = _structures_of(corpus, rows, structures or {}, exact=exact)
    return Text(tokens, found | {alias: found[name] for alias, name in ALIASES.items()})


def _compared(values: Iterable[str | None] | None, *, exact: bool) -> tuple[str, ...]:
    """Return the values of an annotation in the form that is compared."""
    return tuple(value if exact else ck.normalize(value, "search") for value in values or () if value is not None)


def _token(row: Mapping[str, Any], *, exact: bool, clitics: bool) -> Token:
    form = row["word"] if exact else ck.normalize(row["surface"], "search")
    values = {
        "surface": (row["surface"],),
        "word": (row["word"],),
        "folded": (ck.normalize(row["surface"], "search"),),
        "kind": (row["kind"],),
        "stem": _compared([row.get("stem")], exact=exact),
        "lemma": _compared([row.get("lemma")], exact=exact),
        "root": tuple(row.get("root") or ()),
        "pos": _compared(row.get("pos"), exact=exact),
    }
    values["form"] = (form, *values["stem"]) if clitics else (form,)
    return Token(values, is_word=row["kind"] in COUNTED and form != "")


def _structures_of(
    corpus: ck.Corpus, rows: list[dict[str, Any]], tables: Mapping[str, pl.DataFrame], *, exact: bool
) -> dict[str, list[Span]]:
    """Return the regions of the units of text, of headlines, and of tables with offsets."""
    documents = {row["document"]: row for row in corpus.documents.collect().rows(named=True)}
    names = [name for name in next(iter(documents.values()), {}) if name not in NO_METADATA]
    headlines = [
        {"document": number, **row["headline"]} for number, row in documents.items() if row.get("headline") is not None
    ]

    def runs(key: Callable[[dict[str, Any]], object]) -> Iterator[tuple[int, int, int]]:
        """Yield the document, the first token and the end of runs of tokens with the same key."""
        numbered = enumerate(rows)
        for _, run in groupby(numbered, lambda pair: key(pair[1])):
            tokens = list(run)
            yield tokens[0][1]["document"], tokens[0][0], tokens[-1][0] + 1

    def paragraph(row: dict[str, Any]) -> tuple[int, int]:
        """Return the document, and how many line breaks it has before a token."""
        return row["document"], breaks[row["document"]][row["start"]]

    breaks = {
        number: list(accumulate((sign in LINE_BREAKS for sign in row["text"]), initial=0))
        for number, row in documents.items()
    }
    metadata = {
        number: _attributes({name: row[name] for name in names}, exact=exact) for number, row in documents.items()
    }
    found = {
        "text": [Span(first, end, metadata[number]) for number, first, end in runs(lambda row: row["document"])],
        "p": [Span(first, end, {}) for _, first, end in runs(paragraph)],
        "s": [
            Span(first, end, {})
            for _, first, end in runs(lambda row: (row["document"], row["sentence"], paragraph(row)))
        ],
    }
    places: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row["document"]].append((place, row["start"], row["end"]))
    given = {"headline": headlines, **{name: table.rows(named=True) for name, table in tables.items()}}
    for name, regions in given.items():
        found[name] = [span for region in regions for span in _span_of(region, places, exact=exact)]
    return found


def _attributes(values: Mapping[str, object], *, exact: bool) -> dict[str, str | None]:
    """Return what a region says, in the form that is compared."""
    return {
        name: next(iter(_compared([None if each is None else str(each)], exact=exact)), None)
        for name, each in values.items()
    }


def _span_of(region: Mapping[str, Any], places: Mapping[int, list[tuple[int, int, int]]], *, exact: bool) -> list[Span]:
    """Return the tokens that overlap a part of a document; none if there are none."""
    inside = [
        place for place, start, end in places[region["document"]] if region["start"] < end and start < region["end"]
    ]
    attributes = {name: value for name, value in region.items() if name not in ("document", "start", "end")}
    return [Span(inside[0], inside[-1] + 1, _attributes(attributes, exact=exact))] if inside else []


def _values_of(span: Span, name: str) -> tuple[str, ...]:
    value = span.attributes[name]
    return () if value is None else (value,)


def _region_fulfils(span: Span, structure: str, condition: Condition | None) -> bool:
    names = f"{structure}."
    return condition is None or _holds(condition, lambda name: _values_of(span, name.removeprefix(names)))


def _holds(condition: Condition, values: Callable[[str], tuple[str, ...]]) -> bool:
    match condition:
        case Compare(attribute, value, negated):
            return any(_fits(value, text) for text in values(attribute)) != negated
        case Negation(of):
            return not _holds(of, values)
        case Both(parts):
            return all(_holds(part, values) for part in parts)
        case Either(parts):
            return any(_holds(part, values) for part in parts)


def _fits(value: Value, text: str) -> bool:
    match value.match:
        case "is":
            return text == value.text
        case "begins":
            return text.startswith(value.text)
        case "ends":
            return text.endswith(value.text)
        case "contains":
            return value.text in text
        case "regex":
            return re.fullmatch(value.text, text, re.DOTALL) is not None


# ----------------------------------------------------------------------------------------------------
# Constraints
# ----------------------------------------------------------------------------------------------------

Labels = Mapping[str, int]


def _constraint_holds(text: Text, constraint: Constraint, labels: Labels) -> bool:
    match constraint:
        case Is(label, condition, offset):
            place = _labelled(text, labels, label, offset)
            return place is not None and text.fulfils(place, condition)
        case Same(left, right, negated):
            one, other = _first_value(text, labels, left), _first_value(text, labels, right)
            if one is None or other is None:
                return False
            return (one == other != "") != negated
        case Apart():
            left, right = (_labelled(text, labels, label) for label in (constraint.left, constraint.right))
            if left is None or right is None:
                return False
            way = right - left
            return COMPARED[constraint.operator](abs(way) if constraint.absolute else way, constraint.number)
        case Met(label):
            return label in labels
        case Not(of):
            return not _constraint_holds(text, of, labels)
        case AllOf(parts):
            return all(_constraint_holds(text, part, labels) for part in parts)
        case AnyOf(parts):
            return any(_constraint_holds(text, part, labels) for part in parts)


def _labelled(text: Text, labels: Labels, label: str, offset: int = 0) -> int | None:
    """Return the token with a label, or so many tokens after it in its document."""
    if label not in labels:
        return None
    document, place = text.document(labels[label]), labels[label] + offset
    return place if document.first <= place < document.end else None


def _first_value(text: Text, labels: Labels, reference: Reference) -> str | None:
    """Return the first value of a labelled token, empty if it has none; None without such a token."""
    place = _labelled(text, labels, reference.label, reference.offset)
    return None if place is None else next(iter(text.values(place, reference.attribute)), "")


# ----------------------------------------------------------------------------------------------------
# Ways through a tree
# ----------------------------------------------------------------------------------------------------


class State(NamedTuple):
    """A place on a way.

    Attributes:
        place: The next token.
        over_signs: Whether a word may follow after signs; None before the first token.
        labels: The tokens with labels, ordered by label.
    """

    place: int
    over_signs: bool | None = None
    labels: tuple[tuple[str, int], ...] = ()


Opened = tuple[tuple[int, tuple[Span, ...]], ...]  # the part that is its </x>, and the regions that an <x> opened


class Ways:
    """All ways through a tree from one token."""

    def __init__(self, text: Text, start: int, barriers: set[int], *, in_words: bool, empty_turns_go_on: bool) -> None:
        self.text, self.start, self.barriers = text, start, barriers
        self.in_words, self.empty_turns_go_on = in_words, empty_turns_go_on
        self.document = text.document(start)
        self.known: dict[tuple[Node, State], list[State]] = {}

    def after(self, node: Node, state: State) -> list[State]:
        """Return all states after a node, each once, the preferred first.

        What follows depends on the state only, so that one reached before on a preferred way is skipped.
        """
        if not isinstance(node, Sequence | Alternatives | Repeat):  # quickly done again
            return self._after(node, state)
        if (node, state) not in self.known:
            self.known[node, state] = list(dict.fromkeys(self._after(node, state)))
        return self.known[node, state]

    def _after(self, node: Node, state: State) -> list[State]:
        match node:
            case Test():
                return self._token(node, state)
            case Labelled():
                return self._labelled(node, state)
            case Sequence(parts):
                return self._sequence(parts, state)
            case Alternatives(branches):
                return [after for branch in branches for after in self.after(branch, state)]
            case Repeat(Test()):
                return self._repeated_test(node, state)
            case Repeat():
                return self._repeated(node, state)
            case Boundary():
                return [state] if self._regions(node, state.place) else []
            case Region():
                return self._region(node, state)
            case Look():
                return [state] if self._sees(node, state.place) else []

    # ---- tokens

    def _places(self, state: State, *, over_signs: bool) -> Iterator[int]:
        """Yield the place of a state, and those after the signs that follow, as far as the unit goes."""
        place = state.place
        while place < self.document.end and (state.over_signs is None or place not in self.barriers):
            yield place
            if not (state.over_signs and over_signs) or self.text.tokens[place].is_word:
                return
            place += 1

    def _token(self, test: Test, state: State) -> list[State]:
        places = list(self._places(state, over_signs=test.words_only))
        if places and self.text.passes(places[-1], test):  # after all signs that may be passed over
            return [State(places[-1] + 1, test.words_only, state.labels)]
        return []

    def _labelled(self, node: Labelled, state: State) -> list[State]:
        for after in self._token(node.test, state):
            place, labels = after.place - 1, dict(state.labels)
            before = {**labels, "_": place, "match": self.start}
            if node.check is None or _constraint_holds(self.text, node.check, before):
                labels |= dict.fromkeys(node.labels, place)
                return [after._replace(labels=tuple(sorted(labels.items())))]
        return []

    def _region(self, region: Region, state: State) -> list[State]:
        return [
            State(span.end, self.in_words, state.labels)
            for place in self._places(state, over_signs=True)
            for span in self.text.at_place[region.structure, True, place]
            if _region_fulfils(span, region.structure, region.condition)
        ]

    # ---- places

    def _near(self, place: int) -> Iterator[int]:
        """Yield the places in the document that only signs part from a place."""
        yield place
        for left in range(place - 1, self.document.first - 1, -1):
            if self.text.tokens[left].is_word:
                break
            yield left
        for right in range(place, self.document.end):
            if self.text.tokens[right].is_word:
                break
            yield right + 1

    def _regions(self, boundary: Boundary, place: int) -> tuple[Span, ...]:
        """Return the regions that begin, or end, at a place of a way."""
        places = [place] if boundary.strict else dict.fromkeys(self._near(place))
        return tuple(
            span
            for each in places
            for span in self.text.at_place[boundary.structure, boundary.begins, each]
            if self.document.first <= span.first and span.end <= self.document.end
            if _region_fulfils(span, boundary.structure, boundary.condition)
        )

    def _sees(self, look: Look, place: int) -> bool:
        """Whether the next token, or the next word, passes a test; or the one before."""
        ahead, behind = range(place, self.document.end), range(place - 1, self.document.first - 1, -1)
        for other in ahead if look.ahead else behind:
            if self.text.tokens[other].is_word or not look.test.words_only:
                return self.text.passes(other, look.test) != look.negated
        return look.negated

    # ---- many parts

    def _sequence(self, parts: tuple[Node, ...], state: State) -> list[State]:
        ends = dict(pairs_of(parts))
        found: list[tuple[State, Opened]] = [(state, ())]
        for number, part in enumerate(parts):
            found = list(
                dict.fromkeys(each for at, opened in found for each in self._part(part, number, ends, at, opened))
            )
        return [after for after, _ in found]

    def _part(
        self, part: Node, number: int, ends: dict[int, int], state: State, opened: Opened
    ) -> list[tuple[State, Opened]]:
        """Return the states after a part of a sequence, each with the regions that are open there."""
        if isinstance(part, Boundary) and (number in ends or number in ends.values()):
            regions = self._regions(part, state.place)
            if number in ends:
                return [(state, (*opened, (ends[number], regions)))] if regions else []
            return [(state, opened)] if set(regions) & set(dict(opened)[number]) else []
        return [(after, opened) for after in self.after(part, state)]

    def _repeated(self, repeat: Repeat, state: State) -> list[State]:
        body, low, high = repeat.body, repeat.low, self._most(repeat)
        on: list[State] = []
        if high > 0:
            one_less = Repeat(body, max(low - 1, 0), high - 1, repeat.lazy)
            for after in self.after(body, state):
                on += [after] if after == state and not self.empty_turns_go_on else self.after(one_less, after)
        stop = [state] if low == 0 else []
        return stop + on if repeat.lazy else on + stop

    def _most(self, repeat: Repeat) -> int:
        """Return how often a node is repeated at most: without a limit, for each token once."""
        return len(self.text.tokens) if repeat.high is None else repeat.high

    def _repeated_test(self, repeat: Repeat, state: State) -> list[State]:
        """Repeat a test, which a token passes in one way only, without calls within calls."""
        assert isinstance(repeat.body, Test)
        turns = [state]
        while len(turns) <= self._most(repeat) and (after := self._token(repeat.body, turns[-1])):
            turns += after
        return turns[repeat.low :] if repeat.lazy else turns[repeat.low :][::-1]


def pairs_of(parts: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    """Yield the numbers of each <x> and its </x> among the parts of a sequence."""
    opened: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        if isinstance(part, Boundary) and part.begins:
            opened[part.structure].append(number)
        elif isinstance(part, Boundary) and opened[part.structure]:
            yield opened[part.structure].pop(), number


# ----------------------------------------------------------------------------------------------------
# Hits
# ----------------------------------------------------------------------------------------------------


class Hit(NamedTuple):
    """A hit: its tokens from `first` up to `end`, and the tokens that have labels."""

    first: int
    end: int
    labels: tuple[tuple[str, int], ...] = ()


def hits(text: Text, pattern: Pattern, *, within: str = "paragraph", empty_turns_go_on: bool = False) -> list[Hit]:
    """Return the hits of a pattern, in the order of the text.

    Args:
        text: The tokens, with their values in the form that the pattern compares.
        pattern: The pattern.
        within: The unit of text that a hit does not leave.
        empty_turns_go_on: Whether a repeat goes on after a turn without a token. Engines differ in this, which in rare
            cases changes the preferred hit.
    """
    allowed = _allowed(text, pattern)
    barriers = {span.first for span in text.structures[UNITS[unit_of(pattern, within)]]}

    def ways_of(node: Node) -> list[list[Hit]]:
        """Return the ways from each token, in order of preference."""
        found = []
        for start in _starts(text, node):
            ways = Ways(text, start, barriers, in_words=in_words(pattern), empty_turns_go_on=empty_turns_go_on)
            after = [Hit(start, state.place, state.labels) for state in ways.after(node, State(start))]
            found.append([hit for hit in after if hit.end > start])
        return found

    if isinstance(pattern.meet, Near):
        parts = [[hit for ways in ways_of(part) for hit in ways] for part in pattern.meet.parts]
        near = [hit for hit in _near(text, parts, pattern.meet.words, barriers) if allowed(hit)]
        found = _without_nested([_shortest(near, first) for first in sorted({hit.first for hit in near})], "preferred")
    elif pattern.meet is not None:
        places = sorted(met(text, pattern.meet, in_words=in_words(pattern)))
        found = [hit for hit in (Hit(place, place + 1) for place in places) if allowed(hit)]
    else:
        chosen = [_chosen(list(filter(allowed, ways)), pattern.strategy) for ways in ways_of(pattern.root)]
        found = _without_nested([hit for hits_of_token in chosen for hit in hits_of_token], pattern.strategy)
    if pattern.syntax == "cqp":  # which cuts what a query finds, and widens what is left
        found = found[: pattern.at_most]
    if pattern.expansion:
        found = [_expanded(text, hit, pattern.expansion, in_words=in_words(pattern)) for hit in found]
        spans = {(hit.first, hit.end): hit for hit in reversed(found)}
        found = sorted(spans.values(), key=lambda hit: (hit.first, hit.end))
    return found[: pattern.at_most]


def in_words(pattern: Pattern) -> bool:
    """Whether a pattern passes over signs, and counts words."""
    return not pattern.tests or any(test.words_only for test in pattern.tests)


def unit_of(pattern: Pattern, within: str) -> str:
    """Return the unit that hits do not leave: the document if the pattern says in which regions they lie."""
    scoped = any(scope.structure and not scope.negated for scope in pattern.scopes)
    return "document" if scoped or _has_regions(pattern.root) else within


def _has_regions(node: Node) -> bool:
    match node:
        case Region():
            return True
        case Sequence(parts):
            return any(pairs_of(parts)) or any(map(_has_regions, parts))
        case Alternatives(branches):
            return any(map(_has_regions, branches))
        case Repeat(body):
            return _has_regions(body)
    return False


def _starts(text: Text, root: Node) -> Iterable[int]:
    """Return the tokens at which a way may begin: all, or for speed those that pass a first test."""
    first = _first_tests(root)
    if first is None:
        return range(len(text.tokens))
    passing = [text.passing(test) for test in first]
    return [place for place, passes in enumerate(zip(*passing, strict=True)) if any(passes)]


def _first_tests(node: Node) -> list[Test] | None:
    """Return the tests of which the first token passes one; None if that is not so simple."""
    match node:
        case Test():
            return [node]
        case Labelled(test):
            return [test]
        case Repeat(body, low) if low > 0:
            return _first_tests(body)
        case Alternatives(branches):
            found = [_first_tests(branch) for branch in branches]
            return None if None in found else [test for tests in found for test in tests or ()]
        case Sequence(parts):
            takes = [part for part in parts if not isinstance(part, Boundary | Look)]
            return _first_tests(takes[0]) if takes else None
    return None


def _allowed(text: Text, pattern: Pattern) -> Callable[[Hit], bool]:
    """Return whether a hit fulfils the constraint and lies where it must."""
    scopes = [
        (scope, text.spans(scope.structure, scope.condition) if scope.structure else []) for scope in pattern.scopes
    ]

    def allowed(hit: Hit) -> bool:
        labels = {**dict(hit.labels), "match": hit.first, "matchend": hit.end - 1}
        if pattern.constraint and not _constraint_holds(text, pattern.constraint, labels):
            return False
        return all(_lies(text, hit, scope, spans, words=in_words(pattern)) for scope, spans in scopes)

    return allowed


def _lies(text: Text, hit: Hit, scope: Scope, spans: list[Span], *, words: bool) -> bool:
    if scope.structure is None:
        long = text.words_before[hit.end] - text.words_before[hit.first] if words else hit.end - hit.first
        return (long <= scope.number) != scope.negated
    if scope.negated:
        return not any(span.first < hit.end and hit.first < span.end for span in spans)
    document = text.document(hit.first)
    here = [span for span in spans if document.first <= span.first < document.end]
    rows = [here[number : number + scope.number] for number in range(len(here))]
    return any(row[0].first <= hit.first and hit.end <= max(span.end for span in row) for row in rows)


def _chosen(ways: list[Hit], strategy: str) -> list[Hit]:
    """Choose one of the ways from a token; they are in order of preference."""
    if not ways:
        return []
    if strategy == "preferred":
        return ways[:1]
    ends = [hit.end for hit in ways]
    return [ways[ends.index(max(ends) if strategy == "longest" else min(ends))]]


def _without_nested(found: list[Hit], strategy: str) -> list[Hit]:
    """Leave out hits by where others lie; they begin at different tokens, in order."""

    def contains(outer: Hit, inner: Hit) -> bool:
        return outer is not inner and outer.first <= inner.first and inner.end <= outer.end

    near = _near_hits(found)
    match strategy:
        case "preferred" | "longest":
            return [hit for hit in found if not any(contains(other, hit) for other in near(hit))]
        case "shortest":
            return [hit for hit in found if not any(contains(hit, other) for other in near(hit))]
        case "standard":
            return [hit for hit in found if not any(o.end == hit.end and o.first < hit.first for o in near(hit))]
    return found


def _shortest(found: list[Hit], first: int) -> Hit:
    return min((hit for hit in found if hit.first == first), key=lambda hit: hit.end)


def _near(text: Text, parts: list[list[Hit]], words: int, barriers: set[int]) -> Iterator[Hit]:
    """Yield what holds one hit of each part, at tokens of its own, in one unit and within some words."""
    for chosen in _several(text, parts, words):
        first, end = min(hit.first for hit in chosen), max(hit.end for hit in chosen)
        if not barriers & set(range(first + 1, end)):
            yield Hit(first, end, tuple(sorted(label for hit in chosen for label in hit.labels)))


def _several(text: Text, parts: list[list[Hit]], words: int) -> Iterator[tuple[Hit, ...]]:
    """Yield the choices of a hit of each part that do not overlap and lie within some words."""
    if not parts:
        yield ()
        return
    for others in _several(text, parts[1:], words):
        for hit in parts[0]:
            every = (hit, *others)
            apart = all(hit.end <= other.first or other.end <= hit.first for other in others)
            first, end = min(each.first for each in every), max(each.end for each in every)
            if apart and text.words_before[end] - text.words_before[first] <= words:
                yield every


def _near_hits(found: list[Hit]) -> Callable[[Hit], list[Hit]]:
    """Return the hits that have a token in common with a hit (a list by token, since there may be thousands)."""
    by_token: dict[int, list[Hit]] = defaultdict(list)
    for hit in found:
        for place in range(hit.first, hit.end):
            by_token[place].append(hit)
    return lambda hit: [other for place in range(hit.first, hit.end) for other in by_token[place]]


def _expanded(text: Text, hit: Hit, expansion: Expansion, *, in_words: bool) -> Hit:
    first, end = hit.first, hit.end
    if expansion.structure is None:
        document = text.document(first)
        before = [n for n in range(document.first, first) if text.tokens[n].is_word or not in_words]
        after = [n for n in range(end, document.end) if text.tokens[n].is_word or not in_words]
        left = min(before[-expansion.number :], default=first)
        right = max(after[: expansion.number], default=end - 1) + 1
    else:
        outer = text.covers[expansion.structure]
        of_first, of_last = outer[first], outer[end - 1]
        left, right = of_first.first if of_first else first, of_last.end if of_last else end
    return Hit(left if expansion.left else first, right if expansion.right else end, hit.labels)


# ----------------------------------------------------------------------------------------------------
# Nearness
# ----------------------------------------------------------------------------------------------------


def met(text: Text, node: MeetNode, *, in_words: bool) -> set[int]:
    """Return the tokens that a query by nearness finds."""
    match node:
        case Test():
            return {place for place in range(len(text.tokens)) if text.passes(place, node)}
        case Unite(parts):
            return {place for part in parts for place in met(text, part, in_words=in_words)}
        case Meet():
            others = sorted(met(text, node.right, in_words=in_words))
            return {
                place
                for place in met(text, node.left, in_words=in_words)
                if any(_meets(text, place, other, node, in_words=in_words) for other in others) != node.negated
            }
        case Near():
            raise TypeError("words in any order are a query of their own")


def _meets(text: Text, place: int, other: int, meet: Meet, *, in_words: bool) -> bool:
    if meet.structure is not None:
        spans = text.structures[meet.structure]
        return any(span.first <= min(place, other) and max(place, other) < span.end for span in spans)
    if text.document(place) is not text.document(other):
        return False
    way = text.words_before[other] - text.words_before[place] if in_words else other - place
    return meet.low <= way <= meet.high
