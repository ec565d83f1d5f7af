"""Random query trees, and small corpora with structures in which they find something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from hypothesis import strategies as st

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
    any_times,
    children,
    matches_empty,
)

# ----------------------------------------------------------------------------------------------------
# Corpora
# ----------------------------------------------------------------------------------------------------

WORDS = ["با", "نه", "با", "نه", "نة", "بَا", "ab", "12", "وبا"]
SIGNS = ["،", ".", "«", "»", "ـ"]
GAPS = st.sampled_from([" "] * 14 + ["\n", "\n\n"])
texts = st.lists(st.tuples(st.sampled_from(WORDS * 3 + SIGNS * 2), GAPS).map("".join), min_size=1, max_size=24).map(
    "".join
)
sources = st.sampled_from(["x", "y", None])
speakers = st.sampled_from(["س", "ص", None])
# Document, first token and number of tokens of a region, modulo what there is, and what it says.
regions = st.tuples(st.integers(0, 2), st.integers(0, 24), st.integers(1, 8), speakers)


@dataclass(frozen=True)
class Source:
    """What a small corpus is made of; regions of `quote` have a speaker, those of `part` nothing."""

    texts: tuple[str, ...]
    sources: tuple[str | None, ...]
    quotes: tuple[tuple[int, int, int, str | None], ...]
    parts: tuple[tuple[int, int, int, str | None], ...]

    def build(self, folder: Path | str) -> ck.Corpus:
        """Build the corpus, without the regions."""
        frame = pl.DataFrame({"text": self.texts, "source": pl.Series(self.sources, dtype=pl.String)})
        return ck.Corpus.build(frame, folder, progress=False)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the regions as tables: document, start and end in the text, and speaker."""
        offsets = [ck.tokens([text]).select("start", "end").rows() for text in self.texts]
        found = {}
        for name, given in (("quote", self.quotes), ("part", self.parts)):
            rows = []
            for number, first, length, speaker in given:
                document = number % len(self.texts)
                tokens = offsets[document][first % len(offsets[document]) :][:length]
                rows.append((document, tokens[0][0], tokens[-1][1], speaker))
            schema = {"document": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "speaker": pl.String}
            table = pl.DataFrame(rows, schema, orient="row")
            found[name] = table if name == "quote" else table.drop("speaker")
        return found


@st.composite
def corpora(draw: st.DrawFn) -> Source:
    """Return what a corpus of one to three documents is made of."""
    given = draw(st.lists(st.tuples(texts, sources), min_size=1, max_size=3))
    of_quotes, of_parts = draw(st.lists(regions, max_size=5)), draw(st.lists(regions, max_size=3))
    return Source(*map(tuple, zip(*given, strict=True)), tuple(of_quotes), tuple(of_parts))


# ----------------------------------------------------------------------------------------------------
# Conditions and tests
# ----------------------------------------------------------------------------------------------------

STRUCTURES = ["s", "p", "text", "quote", "part"]
form_values = st.one_of(
    st.sampled_from(["با", "نه", "12"]).map(Value),
    st.sampled_from(
        [
            Value("ب", "begins"),
            Value("ه", "ends"),
            Value("ا", "contains"),
            Value("(?i)با|نه", "regex"),
            Value(".b?", "regex"),
        ]
    ),
)
of_forms = st.builds(
    Compare, st.sampled_from(["form", "form", "folded", "word", "surface"]), form_values, st.booleans()
)
of_kinds = st.builds(
    Compare, st.just("kind"), st.sampled_from(["punctuation", "word", "number"]).map(Value), st.booleans()
)
of_speakers = st.builds(Compare, st.just("speaker"), st.sampled_from(["س", "ص", "ق"]).map(Value), st.booleans())
of_regions = st.one_of(
    st.builds(Compare, st.just("quote.speaker"), st.sampled_from(["س", "ص"]).map(Value), st.booleans()),
    st.builds(Compare, st.just("text.source"), st.sampled_from(["x", "y"]).map(Value), st.booleans()),
    st.builds(Compare, st.sampled_from(["quote.", "part."]), st.just(Value("")), st.booleans()),
)


def conditions(*, whole: bool) -> st.SearchStrategy[Condition]:
    """Return conditions on a token; with `whole` also on the regions that it lies in."""
    return st.recursive(
        st.one_of(of_forms, of_forms, of_kinds, *([of_regions] if whole else [])),
        lambda inner: st.one_of(
            st.builds(Negation, inner),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Both(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
        ),
        max_leaves=3,
    )


def _mentions_kind(condition: Condition) -> bool:
    match condition:
        case Compare(attribute):
            return attribute == "kind"
        case Negation(of):
            return _mentions_kind(of)
    return any(map(_mentions_kind, condition.parts))


COMMON = [
    Test(None),
    *(Test(Compare("form", Value(form))) for form in ("با", "نه", "با", "نه")),
    Test(Compare("form", Value("،")), words_only=False),
    Test(Compare("form", Value("ب", "begins"))),
    Test(Compare("kind", Value("punctuation")), words_only=False),
    Test(Compare("kind", Value("word")), words_only=False),
]


def tests(*, whole: bool) -> st.SearchStrategy[Test]:
    """Return tests as the parser makes them: one that mentions kinds is for signs, too."""
    any_test = conditions(whole=whole).map(lambda condition: Test(condition, words_only=not _mentions_kind(condition)))
    return st.one_of(st.sampled_from(COMMON), st.sampled_from(COMMON), any_test)


# ----------------------------------------------------------------------------------------------------
# Constraints
# ----------------------------------------------------------------------------------------------------

LABELS = ["a", "b", "target"]
ENDS = ["match", "matchend"]
ATTRIBUTES = ["form", "form", "kind", "surface", "quote.speaker", "text.source"]


def constraints(labels: list[str]) -> st.SearchStrategy[Constraint]:
    """Return what may hold of these labels."""
    names = st.sampled_from(labels)
    offsets = st.sampled_from([0, 0, 0, -1, 1])
    references = st.builds(Reference, names, st.sampled_from(ATTRIBUTES), offsets)
    operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    same = st.builds(lambda one, other, negated: Same(one, replace(other, attribute=one.attribute), negated),
                     references, references, st.booleans())  # fmt: skip
    return st.recursive(
        st.one_of(
            same,
            st.builds(Is, names, conditions(whole=True), offsets),
            st.builds(Apart, names, names, operators, st.integers(-1, 3), st.booleans()),
            names.map(Met),
        ),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, min_size=2, max_size=2).map(lambda parts: AllOf(tuple(parts))),
            st.lists(inner, min_size=2, max_size=2).map(lambda parts: AnyOf(tuple(parts))),
        ),
        max_leaves=3,
    )


# ----------------------------------------------------------------------------------------------------
# Nodes
# ----------------------------------------------------------------------------------------------------

BOUNDS = st.sampled_from([(0, 1), (0, None), (1, None), (1, 1), (2, 2), (0, 2), (1, 3)])
MOST = 600  # tests in a tree with its repeats written out
structures = st.sampled_from(["s", "s", "p", "text", "quote", "quote", "part"])
ANY_NUMBER = 100  # what a repeat without a limit counts for


def repeated(body: Node, bounds: tuple[int, int | None], lazy: bool) -> Repeat:
    """Return a repeat, as the parsers make them."""
    low, high = bounds
    return any_times(body, low, lazy=lazy) if high is None else Repeat(body, low, high, lazy)


gaps = BOUNDS.map(lambda pair: repeated(Test(None), pair, True))


maybe_of_speakers = st.one_of(st.none(), st.none(), of_speakers)
boundaries = st.builds(
    lambda structure, begins, condition, strict: Boundary(
        structure, begins, condition if structure == "quote" else None, strict
    ),
    structures,
    st.booleans(),
    maybe_of_speakers,
    st.booleans(),
)
whole_regions = st.builds(
    lambda structure, condition: Region(structure, condition if structure == "quote" else None),
    structures,
    maybe_of_speakers,
)
looks = st.builds(Look, tests(whole=True), st.booleans(), st.booleans())
labelled = st.builds(
    Labelled,
    tests(whole=True),
    st.lists(st.sampled_from(LABELS), max_size=2, unique=True).map(tuple),
    st.one_of(st.none(), st.none(), constraints(["_", "_", "match", *LABELS])),
)


def _between(boundary: Boundary, inner: Node) -> Sequence:
    """Return <x> … </x>."""
    begin, end = replace(boundary, begins=True), replace(boundary, begins=False, condition=None)
    return Sequence((begin, *(inner.parts if isinstance(inner, Sequence) else (inner,)), end))


def nodes(*, whole: bool) -> st.SearchStrategy[Node]:
    """Return trees: of tests, sequences, alternatives and repeats, and with `whole` of all that there is."""
    taken = tests(whole=whole)
    leaves = [taken, taken, taken, gaps]
    if whole:
        leaves += [labelled, labelled, boundaries, looks, whole_regions]

    def larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=2, max_size=4)
        made: list[st.SearchStrategy[Node]] = [
            several.map(lambda parts: Sequence(tuple(parts))),
            several.map(lambda parts: Sequence(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Alternatives(tuple(parts))),
            st.builds(repeated, inner, BOUNDS, st.booleans()),
        ]
        if whole:
            made.append(st.builds(_between, boundaries, inner))
        return st.one_of(made)

    return st.recursive(st.one_of(leaves), larger, max_leaves=7).filter(
        lambda node: not matches_empty(node) and size(node) < MOST
    )


def size(node: Node) -> int:
    """Return the number of tests of a tree with its repeats written out."""
    if isinstance(node, Repeat):
        return (ANY_NUMBER if node.high is None else node.high) * size(node.body)
    return sum(map(size, children(node))) or 1


def labels_of(node: Node) -> list[str]:
    """Return the labels that a tree gives, each once."""
    own = node.labels if isinstance(node, Labelled) else ()
    return list(dict.fromkeys([*own, *(label for part in children(node) for label in labels_of(part))]))


# ----------------------------------------------------------------------------------------------------
# Patterns
# ----------------------------------------------------------------------------------------------------

scopes = st.one_of(
    st.builds(
        lambda structure, condition, negated, number: Scope(
            structure, condition if structure == "quote" else None, negated, 1 if negated else number
        ),
        st.sampled_from(STRUCTURES),
        maybe_of_speakers,
        st.booleans(),
        st.sampled_from([1, 1, 2]),
    ),
    st.builds(Scope, st.none(), st.none(), st.just(False), st.integers(1, 4)),
)
expansions = st.one_of(
    st.builds(Expansion, st.none(), st.integers(1, 3), st.booleans(), st.booleans()),
    st.builds(Expansion, st.sampled_from(STRUCTURES), st.just(1), st.booleans(), st.booleans()),
).filter(lambda expansion: expansion.left or expansion.right)
STRATEGIES = ["preferred"] * 4 + ["traditional", "standard", "shortest", "longest"]


def meets() -> st.SearchStrategy[MeetNode]:
    """Return queries by nearness."""
    taken = tests(whole=True)
    both = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(sorted)

    def larger(inner: st.SearchStrategy[MeetNode]) -> st.SearchStrategy[MeetNode]:
        near = st.builds(
            lambda left, right, window, negated: Meet(left, right, *window, negated=negated),
            *(inner, inner, both, st.booleans()),
        )
        together = st.builds(
            lambda left, right, structure, negated: Meet(left, right, structure=structure, negated=negated),
            *(inner, inner, st.sampled_from(STRUCTURES), st.booleans()),
        )
        return st.one_of(near, together, st.lists(inner, min_size=2, max_size=2).map(lambda each: Unite(tuple(each))))

    return larger(st.recursive(taken, larger, max_leaves=3))


def tests_of(node: MeetNode) -> list[Test]:
    """Return the tests of a query by nearness."""
    match node:
        case Meet(left, right):
            return [*tests_of(left), *tests_of(right)]
        case Unite(parts):
            return [test for part in parts for test in tests_of(part)]
    return [node]


@st.composite
def patterns(draw: st.DrawFn, *, whole: bool) -> Pattern:
    """Return patterns; with `whole`, of all nodes and with all that a pattern may ask for."""
    exact = draw(st.booleans())
    if not whole:
        return Pattern("tree", draw(nodes(whole=False)), exact, clitics=False)
    rarely = st.integers(0, 3).map(lambda number: number == 0)
    meet = draw(meets()) if draw(rarely) and draw(rarely) else None
    root = Alternatives(tuple(tests_of(meet))) if meet else draw(nodes(whole=True))
    labels = [] if meet else labels_of(root)
    constraint = draw(constraints([*labels, *labels, *ENDS])) if not meet and (labels or draw(rarely)) else None
    return Pattern(
        "tree",
        root,
        exact,
        clitics=False,
        constraint=constraint,
        scopes=tuple(draw(st.lists(scopes, min_size=1, max_size=2))) if draw(rarely) else (),
        expansion=draw(expansions) if draw(rarely) else None,
        strategy="preferred" if meet else draw(st.sampled_from(STRATEGIES)),
        at_most=draw(st.integers(1, 4)) if draw(rarely) and draw(rarely) else None,
        meet=meet,
    )
