"""Where a pattern occurs in a corpus.

A pattern is compiled to a program for the core (search.h). The search starts from the rarest test that
every hit must pass, whose positions the index lists, so that it reads little of the text. Each alternative of
the whole pattern is searched from its own rarest test, so that a list of phrases costs what its phrases cost.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np

from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.columns import Capsules, series_from_core
from corpus_kit._core import SearchText, in_documents
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid, warn
from corpus_kit.machine.memory import expect_memory
from corpus_kit.search.hits import Hits
from corpus_kit.search.pattern_limits import MOST_STEPS, program_length
from corpus_kit.search.pattern_parser import PLAIN_WORD
from corpus_kit.search.pattern_tests import PatternTests
from corpus_kit.search.pattern_tree import Alternatives, Node, Pattern, Repeat, Sequence, Test
from corpus_kit.search.programs import ProgramSteps
from corpus_kit.text.normalization import normalize
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["find"]

_SCAN_FROM = 8  # a test that more than one token in 8 passes is found by a scan of the tokens, not in the index
_BYTES_OF_A_START = 32  # working memory for each place where a hit may begin
_FEW_STARTS = 1 << 20
_STARTS_OF_A_TOKEN = 8  # with many alternatives, a hit of each may begin at the same token
_TOO_FREQUENT = "They may begin at {:,} places, most of them at the same tokens; use rarer words, or fewer of them."


def find(corpus: CorpusView, pattern: Pattern, *, within: str = "paragraph") -> Hits:
    """Find all hits of a pattern in the selected documents.

    Args:
        corpus: The corpus.
        pattern: From `parse_pattern`.
        within: The unit of text that a hit does not leave: "sentence", "paragraph" or "document".

    Raises:
        InputError: If the search would need more memory than one call may use, or its alternatives begin almost
            everywhere.
    """
    if corpus.has_given_tokens:
        _warn_of_one_token(corpus, pattern.text)
    tests = PatternTests(corpus, pattern)
    root = pattern.root
    if isinstance(root, Test):
        tokens = corpus.positions_of(tests.types(root)) if tests.is_listed(root) else tests.positions(root)
        return Hits(_selected(corpus, tokens))
    return _Search(corpus, pattern, tests, BARRIERS[within]).run()


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
    """A test that a hit must pass, and the nodes before it in the pattern."""

    test: Test
    before: tuple[Node, ...]


class _Search:
    """One search of a pattern with several items."""

    def __init__(self, corpus: CorpusView, pattern: Pattern, tests: PatternTests, barrier_bits: int) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.tests = tests
        self.barrier_bits = barrier_bits
        root = pattern.root
        self.branches = root.branches if isinstance(root, Alternatives) else (root,)

    def run(self) -> Hits:
        found = [(number, *self.anchors(branch)) for number, branch in enumerate(self.branches)]
        anchors = [(number, anchor) for number, cost, of_branch in found if cost > 0 for anchor in of_branch]
        if not anchors:
            return Hits(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
        everywhere = self.begins_everywhere([anchor for _, anchor in anchors])
        with self.text() as text:
            forwards = ProgramSteps(self.numbers)
            if everywhere or len(self.branches) == 1:
                forwards.add(self.pattern.root)
                starts = self.all_tokens() if everywhere else self.starts(text, [anchor for _, anchor in anchors])
                first, end = text.hits(forwards.program(), starts)
            else:
                found_in = dict.fromkeys(number for number, _ in anchors)
                steps = np.zeros(len(self.branches), np.uint32)
                steps[list(found_in)] = [forwards.add(self.branches[number]) for number in found_in]
                starts, branches = self.starts_of_branches(text, anchors)
                first, end = text.hits(forwards.program(), starts, steps[branches])
        return Hits(_array(first), _array(end))

    # ---- where hits may begin

    def begins_everywhere(self, anchors: list[_Anchor]) -> bool:
        """Whether it is better to begin at every token than from the anchors; refuses what is too much either way."""
        starts = sum(self.tests.occurrences(anchor.test) for anchor in anchors)
        tokens = self.corpus.n_tokens
        everywhere = starts > max(tokens, _FEW_STARTS) and program_length(self.pattern.root) <= MOST_STEPS
        if not everywhere and starts > max(_STARTS_OF_A_TOKEN * tokens, _FEW_STARTS):
            raise invalid("pattern", "made of rarer alternatives", self.pattern.text, _TOO_FREQUENT.format(starts))
        needed = (tokens if everywhere else starts) * _BYTES_OF_A_START
        expect_memory(needed, self.tests.what, "Use rarer words, or a smaller corpus")
        return everywhere

    def all_tokens(self) -> Array:
        """Return the tokens of the selected documents."""
        return _selected(self.corpus, np.arange(self.corpus.n_tokens, dtype=np.uint32))

    def starts(self, text: SearchText, anchors: list[_Anchor]) -> Array:
        """Find where hits with one of these anchors may begin, ascending."""
        starts = []
        for anchor in anchors:
            positions = _selected(self.corpus, self.positions(text, anchor.test))
            if anchor.before:
                backwards = ProgramSteps(self.numbers)
                backwards.add(_what_precedes(anchor))
                positions = _array(text.starts(backwards.program(), positions, anchor.test.words_only))
            starts.append(positions)
        return starts[0] if len(starts) == 1 and not anchors[0].before else _distinct(np.concatenate(starts))

    def starts_of_branches(self, text: SearchText, anchors: list[tuple[int, _Anchor]]) -> tuple[Array, Array]:
        """Find where hits with these anchors may begin, and with which branch, both ascending."""
        found = []
        for words_only in (False, True):
            backwards = ProgramSteps(self.numbers)
            some = [(n, anchor) for n, anchor in anchors if anchor.before and anchor.test.words_only == words_only]
            steps = [backwards.add(_what_precedes(anchor), number) for number, anchor in some]
            if some:
                tokens, begin = _parts(np.sort(self.keys(text, [anchor.test for _, anchor in some], steps)))
                starts, branches = text.starts(backwards.program(), tokens, words_only, begin)
                found.append(_keys(_array(starts), _array(branches)))
        first = [(number, anchor.test) for number, anchor in anchors if not anchor.before]
        found.append(self.keys(text, [test for _, test in first], [number for number, _ in first]))
        tokens, of_branch = _parts(np.unique(np.concatenate(found)))
        mask = self.corpus.document_mask()
        if mask is None:
            return tokens, of_branch
        kept = mask[self.corpus.documents_of(tokens)] > 0
        return tokens[kept], of_branch[kept]

    def positions(self, text: SearchText, test: Test) -> Array:
        """Return the tokens that pass a test, ascending."""
        if not self.tests.is_listed(test):
            return self.tests.positions(test)
        if self.is_frequent(test):
            return _array(text.scan(self.numbers[test]))
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

    def anchors(self, node: Node) -> tuple[float, list[_Anchor]]:
        """Choose the rarest tests of which every hit of a node passes one; return how often they occur, and them."""
        if isinstance(node, Test):
            return self.tests.occurrences(node), [_Anchor(node, ())]
        if isinstance(node, Repeat):
            return self.anchors(node.body) if node.low else (math.inf, [])
        if isinstance(node, Alternatives):
            found = [self.anchors(branch) for branch in node.branches]
            return sum(cost for cost, _ in found), [anchor for _, anchors in found for anchor in anchors]
        found = [self.anchors(part) for part in node.parts]
        if not found:
            return math.inf, []
        place = min(range(len(found)), key=lambda k: found[k][0])
        cost, anchors = found[place]
        return cost, [_Anchor(anchor.test, (*node.parts[:place], *anchor.before)) for anchor in anchors]

    # ---- the text

    def text(self) -> AbstractContextManager[SearchText]:
        """Provide the tokens with the tests that each passes, and number the tests."""
        self.numbers, text = self.tests.text(self.barrier_bits)
        return text


def _what_precedes(anchor: _Anchor) -> Node:
    """Return the nodes before an anchor, to be read backwards."""
    return Sequence(tuple(map(_reversed, reversed(anchor.before))))


def _distinct(tokens: Array) -> Array:
    """Return tokens ascending, each once (np.unique takes longer for a few)."""
    ordered = np.sort(tokens)
    is_new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return ordered[is_new]


def _keys(tokens: Array, numbers: Array | int) -> Integers:
    """Return numbers that order tokens, and those of one token by another number."""
    keys: Integers = (tokens.astype(np.int64) << 32) | numbers
    return keys


def _parts(keys: Integers) -> tuple[Array, Array]:
    return (keys >> 32).astype(np.uint32), (keys & 0xFFFFFFFF).astype(np.uint32)


def _reversed(node: Node) -> Node:
    if isinstance(node, Test):
        return node
    if isinstance(node, Repeat):
        return Repeat(_reversed(node.body), node.low, node.high, node.lazy)
    if isinstance(node, Sequence):
        return Sequence(tuple(map(_reversed, reversed(node.parts))))
    return Alternatives(tuple(map(_reversed, node.branches)))


def _selected(corpus: CorpusView, positions: Array) -> Array:
    """Return those of ascending positions that lie in the selected documents."""
    mask = corpus.document_mask()
    return positions if mask is None else _array(in_documents(positions, corpus.document_ends, mask))


def _array(column: Capsules) -> Array:
    array: Array = series_from_core("", column).to_numpy()
    return array
