"""Where a pattern occurs in a corpus.

A pattern becomes a program for the core (search.h). The search begins at the rarest thing that every
hit must hold, whose places the index lists, so that it looks at little of the text.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from corpus_kit import _counting
from corpus_kit._columns import Capsules, series_from_core
from corpus_kit._search import SearchProgram, SearchText, in_documents
from corpus_kit.corpus_view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.forms import BARRIERS
from corpus_kit.normalization import Normalizer, normalize_series
from corpus_kit.patterns import (
    Alternatives,
    Both,
    Compare,
    Condition,
    Either,
    Negation,
    Node,
    Pattern,
    Repeat,
    Sequence,
    Test,
    Value,
    all_tests,
)
from corpus_kit.storage import Array

__all__ = ["Hits", "find", "types_of", "variants"]

MAX_STEPS = 10_000  # of a program
_TEST, _SPLIT, _JUMP, _ACCEPT = range(4)
_IS_WORD = 0  # the bit of every word
_SCAN_FROM = 8  # a test that more than one token in so many passes is looked for in the tokens, not in the lists


# ------------------------------------------------------------------------------------------ hits


@dataclass(frozen=True)
class Hits:
    """Where a pattern occurs, in the order of the text.

    first: the first token of each hit, as an index into all tokens (UInt32). ends: the token after
    its last one; None where all hits are single tokens, whose places may then stay in the index.
    """

    first: Array
    ends: Array | None = None

    def __len__(self) -> int:
        return len(self.first)

    @property
    def end(self) -> Array:
        """The token after the last one of each hit (UInt32)."""
        return self.first + np.uint32(1) if self.ends is None else self.ends

    def take(self, rows: slice | Array) -> Hits:
        """Some of the hits."""
        return Hits(self.first[rows], None if self.ends is None else self.ends[rows])

    def spans(self) -> tuple[Array, Array]:
        """First token and end of each hit as Int64, as kernels take them."""
        first = self.first.astype(np.int64)
        return first, first + 1 if self.ends is None else self.ends.astype(np.int64)


def find(corpus: CorpusView, pattern: Pattern, *, within: str = "paragraph") -> Hits:
    """All hits of a pattern in the selected documents.

    A hit leaves no unit of text: `within` is "sentence", "paragraph" or "document".
    """
    root = pattern.root
    if isinstance(root, Test):
        types = types_of(corpus, pattern, root)
        return Hits(_selected(corpus, _positions(corpus, types)))
    search = _Search(corpus, pattern, BARRIERS[within])
    return search.run()


def variants(corpus: CorpusView, hits: Hits) -> pl.DataFrame:
    """What the hits look like: surface (String), count and documents (Int64).

    The surface of a phrase is its text, with what stands between its words. Order: count descending,
    then first occurrence.
    """
    documents = np.searchsorted(corpus.document_ends, hits.first, "right")
    if hits.ends is None:
        key = pl.Series("key", corpus.token_types[hits.first])
    else:
        first, end = hits.spans()
        key = series_from_core("key", corpus.token_texts.join(first, end, corpus.surfaces))
    counted = (
        pl.DataFrame([key, pl.Series("document", documents)])
        .group_by("key", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("document").n_unique().cast(pl.Int64).alias("documents"))
        .sort("count", descending=True, maintain_order=True)
    )
    surface = counted["key"]
    if hits.ends is None:
        surface = series_from_core("", corpus.surfaces.gather(surface.to_numpy()))
    return counted.select(surface.alias("surface"), "count", "documents")


# ------------------------------------------------------------------------------ types of a test


def types_of(corpus: CorpusView, pattern: Pattern, test: Test) -> Array:
    """The types that one test matches, sorted (UInt32)."""
    condition = test.condition
    if condition is None:
        return np.flatnonzero(_is_word(corpus, pattern)).astype(np.uint32)
    found = _quick(corpus, pattern, condition)
    if found is None:
        found = np.flatnonzero(_holds(corpus, pattern, condition)).astype(np.uint32)
    elif test.words_only and not pattern.exact:
        return found[corpus.counted_types[found]]  # a form was asked for, so none is empty
    return found[_is_word(corpus, pattern)[found]] if test.words_only else found


def _quick(corpus: CorpusView, pattern: Pattern, condition: Condition) -> Array | None:
    """The types with a folded form, or one of several, by bisection; None for conditions of other sorts."""
    if isinstance(condition, Either):
        parts = [_quick(corpus, pattern, part) for part in condition.parts]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        union: Array = np.unique(np.concatenate(known))
        return union
    if not isinstance(condition, Compare) or condition.value.is_regex or condition.negated or not condition.value.text:
        return None
    folded = condition.attribute == "folded" or (condition.attribute == "form" and not pattern.exact)
    if not folded or (pattern.clitics and condition.attribute == "form"):
        return None
    order, texts, form = corpus.type_order, corpus.folded_forms, condition.value.text.encode()

    def text_at(place: int) -> bytes:
        return texts.bytes_of(int(order[place]))

    places = range(len(order))
    low = bisect_left(places, form, key=text_at)
    found: Array = order[low : bisect_right(places, form, lo=low, key=text_at)]
    return found


def _holds(corpus: CorpusView, pattern: Pattern, condition: Condition) -> Array:
    """For each type, whether a condition holds (bool)."""
    if isinstance(condition, Negation):
        return ~_holds(corpus, pattern, condition.of)
    if isinstance(condition, Both | Either):
        combine = np.logical_and if isinstance(condition, Both) else np.logical_or
        held: Array = combine.reduce([_holds(corpus, pattern, part) for part in condition.parts])
        return held
    attribute = condition.attribute
    if attribute == "form":
        found = _compare(_column(corpus, pattern, "word" if pattern.exact else "folded"), condition.value)
        if pattern.clitics:
            found |= _compare(_column(corpus, pattern, "stem"), condition.value)
    else:
        found = _compare(_column(corpus, pattern, attribute), condition.value)
    return ~found if condition.negated else found


def _compare(column: pl.Series, value: Value) -> Array:
    found = column.str.contains(value.expression) if value.is_regex else column == value.text
    return found.fill_null(value=False).to_numpy().copy()


def _column(corpus: CorpusView, pattern: Pattern, attribute: str) -> pl.Series:
    """A column of the vocabulary, in the form in which values are compared with it."""
    if attribute not in ("stem", "lemma"):
        return corpus.type_column(attribute).cast(pl.String)
    if not corpus.is_annotated:
        asked = "clitics=True" if attribute == "stem" and pattern.clitics else f"[{attribute}=...]"
        raise InputError(
            f"the pattern {pattern.text!r:.200} asks for {asked}, but this corpus has no column {attribute!r}: "
            "corpus.annotate() makes it"
        )
    column = corpus.type_column(attribute)
    if pattern.exact:
        return column
    return corpus.derive(("folded", attribute), lambda: normalize_series(column, Normalizer.preset("search")))


def _is_word(corpus: CorpusView, pattern: Pattern) -> Array:
    """For each type, whether it is a word in the form that is compared: of a kind that counts, and not empty."""

    def make() -> Array:
        has_form = (corpus.type_column("word") != "").to_numpy() if pattern.exact else corpus.folded_lengths > 0
        return np.asarray(corpus.counted_types & has_form)

    return corpus.derive(("is word", pattern.exact), make)


# ------------------------------------------------------------------------------------ positions


def _positions(corpus: CorpusView, types: Array) -> Array:
    """The tokens of these types, ascending (UInt32); those of a single type are not copied."""
    if len(types) == 1:
        listed: Array = corpus.index_positions[
            int(corpus.index_offsets[types[0]]) : int(corpus.index_offsets[int(types[0]) + 1])
        ]
        return listed
    return _array(_counting.positions_of(corpus.index_offsets, corpus.index_positions, types))


def _occurrences(corpus: CorpusView, types: Array) -> int:
    return int((corpus.index_offsets[types.astype(np.int64) + 1] - corpus.index_offsets[types]).sum())


def _selected(corpus: CorpusView, positions: Array) -> Array:
    """Those of ascending positions that lie in the documents of a subcorpus."""
    chosen = corpus.chosen_documents()
    return positions if chosen is None else _array(in_documents(positions, corpus.document_ends, chosen))


def _array(column: Capsules) -> Array:
    array: Array = series_from_core("", column).to_numpy()
    return array


# --------------------------------------------------------------------------------------- search


@dataclass
class _Steps:
    """A program while it is put together."""

    pattern: str
    bits: dict[Test, int]
    kind: list[int] = field(default_factory=list)
    words_only: list[bool] = field(default_factory=list)
    x: list[int] = field(default_factory=list)
    y: list[int] = field(default_factory=list)

    def program(self, node: Node) -> SearchProgram:
        self.node(node)
        self.step(_ACCEPT)
        return SearchProgram(
            np.array(self.kind, np.uint8),
            np.array(self.words_only, np.uint8),
            np.array(self.x, np.uint32),
            np.array(self.y, np.uint32),
        )

    def step(self, kind: int, x: int = 0, *, words_only: bool = False) -> int:
        if len(self.kind) >= MAX_STEPS:
            raise InputError(
                f"the pattern {self.pattern!r:.200} is too large: its repeats make more than {MAX_STEPS:,} steps"
            )
        self.kind.append(kind)
        self.words_only.append(words_only)
        self.x.append(x)
        self.y.append(0)
        return len(self.kind) - 1

    def node(self, node: Node) -> None:
        if isinstance(node, Test):
            self.step(_TEST, self.bits[node], words_only=node.words_only)
        elif isinstance(node, Sequence):
            for part in node.parts:
                self.node(part)
        elif isinstance(node, Alternatives):
            self.alternatives(node)
        else:
            self.repeat(node)

    def alternatives(self, node: Alternatives) -> None:
        jumps = []
        for branch in node.branches[:-1]:
            split = self.step(_SPLIT)
            self.x[split] = split + 1
            self.node(branch)
            jumps.append(self.step(_JUMP))
            self.y[split] = len(self.kind)
        self.node(node.branches[-1])
        for jump in jumps:
            self.x[jump] = len(self.kind)

    def repeat(self, node: Repeat) -> None:
        for _ in range(node.low):
            self.node(node.body)
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self.step(_SPLIT))
            self.node(node.body)
        for split in splits:
            on, out = split + 1, len(self.kind)
            self.x[split], self.y[split] = (out, on) if node.lazy else (on, out)


@dataclass
class _Anchor:
    """A test that a hit must pass, and what stands before it in the pattern."""

    test: Test
    before: tuple[Node, ...]


class _Search:
    """One search of a pattern with several items."""

    def __init__(self, corpus: CorpusView, pattern: Pattern, barrier_bits: int) -> None:
        self.corpus = corpus
        self.pattern = pattern
        self.barrier_bits = barrier_bits
        self.root = _merged(pattern.root)
        conditions = dict.fromkeys(test for test in all_tests(self.root) if test.condition is not None)
        self.bits = {Test(None): _IS_WORD, **{test: bit for bit, test in enumerate(conditions, start=1)}}
        self.program = _Steps(self.pattern.text, self.bits).program(self.root)
        self.types = {test: types_of(corpus, pattern, test) for test in self.bits if test.condition is not None}

    def run(self) -> Hits:
        cost, anchors = self.anchors(self.root)
        if cost == 0:
            return Hits(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
        text = self.text()
        starts = [self.starts(text, anchor) for anchor in anchors]
        ordered = starts[0] if len(starts) == 1 and not anchors[0].before else np.unique(np.concatenate(starts))
        first, end = text.hits(self.program, ordered)
        return Hits(_array(first), _array(end))

    def starts(self, text: SearchText, anchor: _Anchor) -> Array:
        """Where hits with this anchor may begin."""
        positions = _selected(self.corpus, self.positions(text, anchor.test))
        if not anchor.before:
            return positions
        backwards = _Steps(self.pattern.text, self.bits).program(
            Sequence(tuple(map(_reversed, reversed(anchor.before))))
        )
        return _array(text.starts(backwards, positions, anchor.test.words_only))

    def positions(self, text: SearchText, test: Test) -> Array:
        if self.occurrences(test) * _SCAN_FROM > len(self.corpus.token_types) and (
            test.condition is None or len(self.types[test]) > 1
        ):
            return _array(text.scan(self.bits[test]))
        return _positions(self.corpus, self.types[test])

    def occurrences(self, test: Test) -> int:
        if test.condition is None:
            return int(self.corpus.manifest["counts"]["tokens"])  # never the rarest
        return _occurrences(self.corpus, self.types[test])

    def anchors(self, node: Node) -> tuple[float, list[_Anchor]]:
        """The rarest tests of which every hit of a node has one, and how often they occur."""
        if isinstance(node, Test):
            return self.occurrences(node), [_Anchor(node, ())]
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

    def text(self) -> SearchText:
        """The tokens, and for each type the tests that it passes."""
        corpus = self.corpus
        is_word = _is_word(corpus, self.pattern)
        stride = max(self.bits.values()) // 8 + 1
        tests = np.zeros((len(is_word), stride), np.uint8)
        tests[:, 0] = is_word
        for test, types in self.types.items():
            byte, bit = divmod(self.bits[test], 8)
            tests[types, byte] |= np.uint8(1 << bit)
        return SearchText(
            corpus.token_types, corpus.token_flags, corpus.document_ends, tests.ravel(), stride, self.barrier_bits
        )


def _merged(node: Node) -> Node:
    """The same pattern; alternatives that are single tokens become one test, whose types are those of all of them."""
    if isinstance(node, Test):
        return node
    if isinstance(node, Repeat):
        return Repeat(_merged(node.body), node.low, node.high, node.lazy)
    if isinstance(node, Sequence):
        return Sequence(tuple(map(_merged, node.parts)))
    branches = tuple(map(_merged, node.branches))
    conditions = [
        branch.condition for branch in branches if isinstance(branch, Test) and branch.condition and branch.words_only
    ]
    if len(conditions) == len(branches):
        return Test(Either(tuple(conditions)))
    return Alternatives(branches)


def _reversed(node: Node) -> Node:
    if isinstance(node, Test):
        return node
    if isinstance(node, Repeat):
        return Repeat(_reversed(node.body), node.low, node.high, node.lazy)
    if isinstance(node, Sequence):
        return Sequence(tuple(map(_reversed, reversed(node.parts))))
    return Alternatives(tuple(map(_reversed, node.branches)))
