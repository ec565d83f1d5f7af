"""Where a pattern occurs in a corpus.

A pattern is compiled to a program for the core (search.h). The search starts from the rarest test that
every hit must pass, whose positions the index lists, so that it reads little of the text. Each alternative of
the whole pattern is searched from its own rarest test, so that a list of phrases costs what its phrases cost.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from corpus_kit._base.arrays import Array, Integers, distinct
from corpus_kit._base.columns import Capsules, series_from_core
from corpus_kit._core import SearchText, in_documents
from corpus_kit.corpus.structures import Structure
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid, warn
from corpus_kit.machine.memory import expect_memory
from corpus_kit.query.pattern_limits import MOST_STEPS, program_length
from corpus_kit.query.pattern_parser import PLAIN_WORD
from corpus_kit.query.pattern_tree import (
    Alternatives,
    Boundary,
    Condition,
    Labelled,
    MeetNode,
    Near,
    Node,
    Pattern,
    Region,
    Repeat,
    Sequence,
    Test,
    children,
    has_places,
)
from corpus_kit.search.conditions_of_tokens import FirstTokens, with_conditions_in_tests
from corpus_kit.search.hits import NO_TOKEN, Hits
from corpus_kit.search.marks import CorpusMarks
from corpus_kit.search.meet_union import hits_near, tokens_met
from corpus_kit.search.pattern_tests import ANY_WORD, PatternTests
from corpus_kit.search.programs import MOST_SLOTS, ProgramSteps
from corpus_kit.search.scopes import bytes_of_limits, documents_of, latest_ends_of, names_its_unit
from corpus_kit.search.strategies import strategic
from corpus_kit.search.structure_scopes import expanded, regions_where
from corpus_kit.search.whole_regions import whole_regions
from corpus_kit.text.normalization import normalize
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["find"]

_SCAN_FROM = 8  # a test that more than one token in 8 passes is found by a scan of the tokens, not in the index
_BYTES_OF_A_START = 32  # working memory for each place where a hit may begin
_BYTES_OF_A_LABEL = 20  # for each of its labels
_BYTES_OF_A_MEETING = 48  # for each token that may meet another
_BYTES_NEAR = 112  # for each hit that may stand near another
_BYTES_OF_A_WIDENED_HIT = 100
_NARROW = "Use rarer words, or a smaller corpus"
_FEW_STARTS = 1 << 20
_STARTS_OF_A_TOKEN = 8  # with many alternatives, a hit of each may begin at the same token
_MOST_SIGNS = 1000  # in a row
_STRUCTURES = {BARRIERS["sentence"]: "s", BARRIERS["paragraph"]: "p"}
_TOO_FREQUENT = "They may begin at {:,} places, most of them at the same tokens; use rarer words, or fewer of them."


def find(corpus: CorpusView, pattern: Pattern, *, within: str = "paragraph", tests: PatternTests | None = None) -> Hits:
    """Find all hits of a pattern in the selected documents.

    Args:
        corpus: The corpus.
        pattern: From `parse_pattern`.
        within: The unit of text that a hit does not leave: "sentence", "paragraph" or "document".
        tests: From `shared_tests`, or None.

    Raises:
        InputError: If the search would need more memory than one call may use, or its alternatives begin almost
            everywhere.
    """
    if corpus.has_given_tokens:
        _warn_of_one_token(corpus, pattern.text)
    if pattern.meet is not None:
        hits = _scoped(corpus, pattern, _near(corpus, pattern, pattern.meet, within))
    else:
        hits = _matched(corpus, pattern, within, tests)
    most, is_cut_first = slice(pattern.at_most), pattern.syntax == "cqp"  # which cuts a query and widens its result
    if is_cut_first and pattern.at_most is not None:
        hits = hits.take(most)
    if pattern.expansion is not None:
        expect_memory(len(hits) * _BYTES_OF_A_WIDENED_HIT, f"The search for {pattern.text!r:.60}", _NARROW)
        hits = expanded(corpus, hits, pattern.expansion, in_words=pattern.has_words)
    return hits if is_cut_first or pattern.at_most is None else hits.take(most)


def _matched(corpus: CorpusView, pattern: Pattern, within: str, tests: PatternTests | None = None) -> Hits:
    """Find the hits of the tree of a pattern."""
    mask, constraint = documents_of(corpus, pattern)
    first = None
    if constraint is not pattern.constraint:
        pattern = replace(pattern, constraint=constraint)
    if constraint is not None:
        pattern, test = with_conditions_in_tests(pattern)
        first = None if test is None else FirstTokens(corpus, pattern, test)
    tests = tests if tests is not None and tests.has(pattern) else PatternTests(corpus, pattern)
    root = pattern.root
    if isinstance(root, Test) and pattern.constraint is None and first is None:
        tokens = corpus.positions_of(tests.types(root)) if tests.is_listed(root) else tests.positions(root)
        return _scoped(corpus, pattern, Hits(_selected(corpus, tokens, mask)))
    regions = whole_regions(corpus, pattern, tests.words)
    if regions is not None:
        regions = regions if first is None else regions.take(first.among(regions.first))
        return strategic(_in_documents(corpus, regions, mask), pattern.strategy)
    is_unbounded = pattern.syntax == "cqp" and within == "paragraph"  # CQP knows no other unit than those of the query
    unit = "document" if is_unbounded or names_its_unit(pattern) else within
    hits = _Search(corpus, pattern, tests, BARRIERS[unit], mask, first).run()
    return hits if pattern.strategy == "preferred" else strategic(hits, pattern.strategy)  # as the core chooses


def _near(corpus: CorpusView, pattern: Pattern, meet: MeetNode, within: str) -> Hits:
    """Find the hits of a query by nearness."""
    mask, _ = documents_of(corpus, pattern)
    tests = PatternTests(corpus, pattern)
    is_word = tests.words if pattern.has_words else None
    if isinstance(meet, Near):
        items = [replace(pattern, root=part, meet=None, scopes=(), strategy="traditional") for part in meet.parts]
        hits = [_matched(corpus, item, within) for item in items]
        expect_memory(sum(map(len, hits)) * _BYTES_NEAR, tests.what, _NARROW)
        return hits_near(corpus, hits, meet.words, barrier_bits=BARRIERS[within], is_word=is_word)

    def positions(test: Test) -> Array:
        tokens = corpus.positions_of(tests.types(test)) if tests.is_listed(test) else tests.positions(test)
        return _selected(corpus, tokens, mask)

    meeting = sum(map(tests.occurrences, pattern.tests))
    expect_memory(meeting * _BYTES_OF_A_MEETING, tests.what, _NARROW)
    return Hits(tokens_met(corpus, meet, positions, is_word))


def _scoped(corpus: CorpusView, pattern: Pattern, hits: Hits) -> Hits:
    """Return the hits of single tokens, or of a query by nearness, that lie where they must."""
    if not pattern.scopes:
        return hits
    expect_memory(len(hits) * bytes_of_limits(pattern), f"The search for {pattern.text!r:.60}", _NARROW)
    kept = latest_ends_of(corpus, pattern, hits.first) >= hits.end
    return hits.take(np.flatnonzero(kept))


def _warn_of_one_token(corpus: CorpusView, text: str) -> None:
    """Warn that a phrase of plain words does not find tokens with its spaces in them, if there are some."""
    words = text.split()
    if len(words) < 2 or not all(map(PLAIN_WORD.fullmatch, words)):
        return
    form = normalize(" ".join(words), "search")
    [(first, end)] = corpus.folded_forms.find(corpus.type_order, [form.encode()])
    if end > first:
        one = "\\ ".join(words)
        warn(
            f"{text!r} finds these words as tokens of their own. The sources of the corpus have them as one token, "
            f"too, which '{one}' finds, and '{' '.join(words)}|{one}' finds both.",
            stacklevel=None,
        )


@dataclass
class _Anchor:
    """A test that a hit must pass, and the nodes before it in the pattern; or the places where it must begin."""

    test: Test
    before: tuple[Node, ...] = ()
    begins: Boundary | Region | None = None


class _Search:
    """One search of a pattern with several items."""

    def __init__(
        self,
        corpus: CorpusView,
        pattern: Pattern,
        tests: PatternTests,
        barrier_bits: int,
        mask: Array | None,
        first: FirstTokens | None,
    ) -> None:
        self.corpus = corpus
        self.mask = mask
        self.first = first
        self.pattern = pattern
        self.tests = tests
        self.barrier_bits = barrier_bits
        self.marks = CorpusMarks(corpus, exact=pattern.exact, of_tokens=tests.are_of_tokens, what=tests.what)
        root = pattern.root
        self.branches = root.branches if isinstance(root, Alternatives) else (root,)
        self.read: tuple[Integers, Integers] | None = None  # the parts of the text that are read
        self._beginnings: dict[Node, Array] = {}
        self._regions: dict[tuple[str, Condition | None], Structure] = {}

    def run(self) -> Hits:
        found = [(number, *self.anchors(branch)) for number, branch in enumerate(self.branches)]
        anchors = [(number, anchor) for number, cost, of_branch in found if cost > 0 for anchor in of_branch]
        whole = any(not of_branch for _, cost, of_branch in found if cost > 0)  # a branch may begin anywhere
        if not anchors and not whole:
            nothing = np.zeros(0, np.uint32)
            return Hits(nothing, nothing, dict.fromkeys(self.pattern.labels, nothing))
        rarest = [anchor for _, anchor in anchors]
        everywhere = self.begins_everywhere(rarest, whole=whole)
        self.read = self.parts_read(rarest, everywhere=everywhere)
        with self.text(self.read) as text:
            forwards = self.steps()
            if everywhere or len(self.branches) == 1 or self.pattern.strategy != "preferred":
                forwards.add(self.pattern.root, constraint=self.pattern.constraint)
                starts = self.every_start() if everywhere else self.starts(text, rarest)
                return self.hits(text, forwards, starts, None)
            found_in = dict.fromkeys(number for number, _ in anchors)
            steps = np.zeros(len(self.branches), np.uint32)
            constraint = self.pattern.constraint
            steps[list(found_in)] = [forwards.add(self.branches[number], constraint=constraint) for number in found_in]
            starts, branches = self.starts_of_branches(text, anchors)
            return self.hits(text, forwards, starts, steps[branches])

    def hits(self, text: SearchText, forwards: ProgramSteps, starts: Array, steps: Array | None) -> Hits:
        """Run the program from where hits may begin, to where they may end at the latest."""
        pattern, limits = self.pattern, None
        if self.first is not None:
            rows = self.first.among(starts)
            starts, steps = starts[rows], None if steps is None else steps[rows]
        if pattern.scopes:
            latest = latest_ends_of(self.corpus, pattern, starts)
            kept = np.flatnonzero(latest > starts)
            starts, limits = starts[kept], latest[kept].astype(np.uint32)
            steps = None if steps is None else steps[kept]
        number = {"preferred": 0, "longest": 2}.get(pattern.strategy, 1)
        how: dict[str, Any] = {"limits": limits, "strategy": number, "nested": pattern.strategy != "preferred"}
        if not forwards.needs_labels:
            first, end = map(_array, text.hits(forwards.program(), starts, steps, **how))
            return Hits(first, end)
        if forwards.n_slots > MOST_SLOTS:
            hint = f"It has {forwards.n_slots:,}; leave out those that nothing asks for."
            raise invalid(
                "pattern", f"made of at most {MOST_SLOTS} labels and pairs of <x> and </x>", pattern.text, hint
            )
        try:
            first, end, slots = map(_array, text.labelled(forwards.program(), starts, steps, **how))
        except OverflowError as error:
            if not pattern.labels:
                near = str(error).rpartition(" near ")[2]
                hint = f"Too many regions overlap near {near}. Ask for some of them, such as <x attribute=...>."
                raise invalid("pattern", "one whose <x> and </x> pair in fewer ways", pattern.text, hint) from None
            hint = f"Here {str(error)[0].lower()}{str(error)[1:]}. Use smaller gaps, fewer labels or rarer words."
            raise invalid("pattern", "one whose labels can be bound in fewer ways", pattern.text, hint) from None
        table = slots.reshape(len(first), forwards.n_slots)
        of_labels = {name: table[:, place].copy() for name, place in forwards.slots.items()}
        none = np.full(len(first), NO_TOKEN, np.uint32)
        return Hits(first, end, dict.fromkeys(pattern.labels, none) | of_labels)

    # ---- where hits may begin

    def begins_everywhere(self, anchors: list[_Anchor], *, whole: bool) -> bool:
        """Whether it is better to begin at every token than from the anchors; refuses what is too much either way."""
        starts = sum(self.occurrences(anchor) for anchor in anchors)
        tokens = self.corpus.n_tokens
        if not whole:
            everywhere = starts > max(tokens, _FEW_STARTS) and program_length(self.pattern.root) <= MOST_STEPS
        else:
            everywhere = True
        if not everywhere and starts > max(_STARTS_OF_A_TOKEN * tokens, _FEW_STARTS):
            raise invalid("pattern", "made of rarer alternatives", self.pattern.text, _TOO_FREQUENT.format(starts))
        of_each = _BYTES_OF_A_START + _BYTES_OF_A_LABEL * len(self.pattern.labels) + bytes_of_limits(self.pattern)
        expect_memory((tokens if everywhere else starts) * of_each, self.tests.what, _NARROW)
        return everywhere

    def occurrences(self, anchor: _Anchor) -> int:
        """Return how many tokens pass the test of an anchor, or at how many places hits begin with it."""
        if anchor.begins is None:
            return self.tests.occurrences(anchor.test)
        node = anchor.begins
        return (1 if isinstance(node, Region) or node.strict else 2) * len(self.regions(node))

    def regions(self, node: Boundary | Region) -> Structure:
        """Return the regions that a node asks for."""
        key = node.structure, node.condition
        if key not in self._regions:
            self._regions[key] = regions_where(self.corpus, *key, exact=self.pattern.exact)
        return self._regions[key]

    def beginnings(self, node: Boundary | Region) -> Array:
        """Return the tokens with which hits begin that begin where a region does, ascending."""
        if node not in self._beginnings:
            tokens = distinct(self.regions(node).first)
            if isinstance(node, Boundary) and not node.strict:
                tokens = distinct(np.concatenate((tokens, self.words_from(tokens))))
            self._beginnings[node] = tokens
        return self._beginnings[node]

    def words_from(self, tokens: Array) -> Array:
        """Return for each token the first word from it on; that may be in the next document."""
        words = self.tests.words
        last = self.corpus.n_tokens - 1
        found = tokens.copy()
        for _ in range(_MOST_SIGNS):
            sign = np.flatnonzero(~words[self.corpus.token_types[found]] & (found < last))
            if not len(sign):
                return found
            found[sign] += 1
        return np.arange(self.corpus.n_tokens, dtype=np.uint32)  # a run of signs as long as a page

    def every_start(self) -> Array:
        """Return the tokens of the selected documents with which hits may begin."""
        tokens = np.arange(self.corpus.n_tokens, dtype=np.uint32) if self.first is None else self.first.all()
        return _selected(self.corpus, tokens, self.mask)

    def starts(self, text: SearchText, anchors: list[_Anchor]) -> Array:
        """Find where hits with one of these anchors may begin, ascending."""
        starts = []
        for anchor in anchors:
            if anchor.begins is not None:
                starts.append(self.in_parts_read(_selected(self.corpus, self.beginnings(anchor.begins), self.mask)))
                continue
            positions = _selected(self.corpus, self.positions(text, anchor.test), self.mask)
            positions = self.in_parts_read(positions)
            if anchor.before:
                backwards = self.steps(backwards=True)
                backwards.add(Sequence(anchor.before))
                positions = _array(text.starts(backwards.program(), positions, anchor.test.words_only))
            starts.append(positions)
        return starts[0] if len(starts) == 1 and not anchors[0].before else distinct(np.concatenate(starts))

    def starts_of_branches(self, text: SearchText, anchors: list[tuple[int, _Anchor]]) -> tuple[Array, Array]:
        """Find where hits with these anchors may begin, and with which branch, both ascending."""
        found = []
        for words_only in (False, True):
            backwards = self.steps(backwards=True)
            some = [(n, anchor) for n, anchor in anchors if anchor.before and anchor.test.words_only == words_only]
            steps = [backwards.add(Sequence(anchor.before), number) for number, anchor in some]
            if some:
                tokens, begin = _parts(np.sort(self.keys(text, [anchor.test for _, anchor in some], steps)))
                starts, branches = text.starts(backwards.program(), tokens, words_only, begin)
                found.append(_keys(_array(starts), _array(branches)))
        first = [(number, anchor.test) for number, anchor in anchors if not anchor.before and anchor.begins is None]
        found.append(self.keys(text, [test for _, test in first], [number for number, _ in first]))
        found += [_keys(self.beginnings(each.begins), number) for number, each in anchors if each.begins is not None]
        tokens, of_branch = _parts(distinct(np.concatenate(found)))
        if self.mask is None:
            return tokens, of_branch
        kept = self.mask[self.corpus.documents_of(tokens)] > 0
        return tokens[kept], of_branch[kept]

    def positions(self, text: SearchText, test: Test) -> Array:
        """Return the tokens that pass a test, ascending."""
        if self.tests.is_listed(test) and self.is_frequent(test):
            return _array(text.scan(self.numbers[test]))
        return self.listed_positions(test)

    def listed_positions(self, test: Test) -> Array:
        if not self.tests.is_listed(test):
            return self.tests.positions(test)
        return self.corpus.positions_of(self.tests.types(test))

    def is_frequent(self, test: Test) -> bool:
        """Whether the tokens that pass a test are found faster by reading all."""
        if self.tests.occurrences(test) * _SCAN_FROM <= self.corpus.n_tokens:
            return False
        return test.condition is None or len(self.tests.types(test)) > 1

    def keys(self, text: SearchText, tests: list[Test], numbers: list[int]) -> Integers:
        """Return the keys of the tokens that pass each test, with its number, in any order."""
        keys = [np.zeros(0, np.int64)]
        rare = []
        for test, number in zip(tests, numbers, strict=True):
            if self.tests.is_listed(test) and not self.is_frequent(test):
                rare.append((test, number))
            else:
                keys.append(_keys(self.positions(text, test), number))
        if rare:  # all at once, since there may be thousands
            types = [self.tests.types(test) for test, _ in rare]
            of_type = np.repeat([number for _, number in rare], [len(each) for each in types])
            positions, counts = self.corpus.positions_of_each(np.concatenate(types))
            keys.append(_keys(positions, np.repeat(of_type, counts)))
        return np.concatenate(keys)

    def anchors(self, node: Node, *, first: bool = True) -> tuple[float, list[_Anchor]]:
        """Choose the rarest tests of which every hit of a node passes one; return how often they occur, and them.

        If a region begins where the node does, and nothing is before it, its places may be the rarest.
        """
        if isinstance(node, Labelled):
            node = node.test
        if isinstance(node, Test):
            if node.condition is None and not node.words_only:
                return math.inf, []
            return self.tests.occurrences(node), [_Anchor(node)]
        if isinstance(node, Boundary | Region):
            if not first or (isinstance(node, Boundary) and not node.begins):
                return math.inf, []
            anchor = _Anchor(ANY_WORD, begins=node)
            return self.occurrences(anchor), [anchor]
        if isinstance(node, Repeat):
            return self.anchors(node.body, first=first) if node.low else (math.inf, [])
        if isinstance(node, Alternatives):
            found = [self.anchors(branch, first=first) for branch in node.branches]
            if any(not anchors and cost for cost, anchors in found):
                return math.inf, []
            return sum(cost for cost, _ in found), [anchor for _, anchors in found for anchor in anchors]
        parts = children(node)
        found = [self.anchors(part, first=first and not place) for place, part in enumerate(parts)]
        if not any(anchors for _, anchors in found):
            return math.inf, []
        place = min(range(len(found)), key=lambda k: found[k][0])
        cost, anchors = found[place]
        return cost, [_Anchor(anchor.test, (*parts[:place], *anchor.before), anchor.begins) for anchor in anchors]

    # ---- the text

    def steps(self, *, backwards: bool = False) -> ProgramSteps:
        """Return an empty program."""
        over_signs = self.pattern.has_words
        return ProgramSteps(self.numbers, self.marks, backwards=backwards, over_signs=over_signs)

    def text(self, read: tuple[Integers, Integers] | None) -> AbstractContextManager[SearchText]:
        """Provide the tokens with the tests that each passes, and number the tests."""
        self.numbers, text = self.tests.text(self.barrier_bits, read)
        return text

    def parts_read(self, anchors: list[_Anchor], *, everywhere: bool) -> tuple[Integers, Integers] | None:
        """Return the parts of the text that the search reads, if it needs a number for each token; None for all.

        They are the units that have one of the anchors, and all that hits need; where places or values of labels are
        asked, the documents.
        """
        if everywhere or not self.tests.are_of_tokens or self.tests.are_looked_up:
            return None
        if sum(self.occurrences(anchor) for anchor in anchors) * _SCAN_FROM > self.corpus.n_tokens:
            return None
        tokens = [
            self.beginnings(anchor.begins) if anchor.begins is not None else self.listed_positions(anchor.test)
            for anchor in anchors
        ]
        unit = _STRUCTURES.get(self.barrier_bits)
        if unit is None or self.pattern.constraint is not None or _asks_beyond(self.pattern.root):
            unit = "text"
        units = self.corpus.structure(unit)
        rows = distinct(np.concatenate([units.region_at(_selected(self.corpus, some, self.mask)) for some in tokens]))
        for test in self.required():
            others = distinct(units.region_at(self.listed_positions(test)))
            rows = np.intersect1d(rows, others, assume_unique=True)
        return units.first[rows].astype(np.int64), units.end[rows].astype(np.int64)

    def required(self) -> list[Test]:
        """Return the rare tests of which every hit passes all."""
        parts = self.pattern.root.parts if isinstance(self.pattern.root, Sequence) else ()
        tests = [part.test if isinstance(part, Labelled) else part for part in parts]
        return [
            test
            for test in tests
            if isinstance(test, Test) and self.tests.occurrences(test) * _SCAN_FROM <= self.corpus.n_tokens
        ]

    def in_parts_read(self, tokens: Array) -> Array:
        """Return those of ascending tokens that lie in the parts of the text that the search reads."""
        if self.read is None:
            return tokens
        first, end = self.read
        place = np.searchsorted(first, tokens, "right") - 1
        return tokens[(place >= 0) & (tokens < end[place])] if len(first) else tokens[:0]


def _asks_beyond(node: Node) -> bool:
    """Whether a node asks for more than the tokens of a hit and those between them; a label alone does not."""
    if isinstance(node, Labelled):
        return node.check is not None
    return has_places(node) if not children(node) else any(map(_asks_beyond, children(node)))


def _keys(tokens: Array, numbers: Array | int) -> Integers:
    """Return numbers that order tokens, and those of one token by another number."""
    keys: Integers = (tokens.astype(np.int64) << 32) | numbers
    return keys


def _parts(keys: Integers) -> tuple[Array, Array]:
    return (keys >> 32).astype(np.uint32), (keys & 0xFFFFFFFF).astype(np.uint32)


def _selected(corpus: CorpusView, positions: Array, mask: Array | None) -> Array:
    """Return those of ascending positions that lie in documents that a mask chooses."""
    return positions if mask is None else _array(in_documents(positions, corpus.document_ends, mask))


def _in_documents(corpus: CorpusView, hits: Hits, mask: Array | None) -> Hits:
    """Return those hits that lie in documents that a mask chooses."""
    return hits if mask is None else hits.take(np.flatnonzero(mask[corpus.documents_of(hits.first)]))


def _array(column: Capsules) -> Array:
    return np.asarray(series_from_core("", column).to_numpy())
