"""Any query tree in any small corpus: the library finds what the slow twin finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from oracles_queries import Hit, Span, Text, Token, hits, in_words, text_of
from query_trees import STRUCTURES, Source, conditions, corpora, labels_of, patterns

import corpus_kit as ck
from corpus_kit.query.pattern_tree import (
    AllOf,
    Alternatives,
    Apart,
    Boundary,
    Compare,
    Expansion,
    Is,
    Labelled,
    Look,
    Meet,
    Met,
    Near,
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
)
from corpus_kit.search.matching import find

pytestmark = pytest.mark.core

NONE = 0xFFFFFFFF  # the token of a label that no token of a hit has
WITHIN = st.sampled_from(["sentence", "paragraph", "paragraph", "document"])


def found(corpus: ck.Corpus, pattern: Pattern, within: str) -> list[tuple[int, int]]:
    """Return the library's hits."""
    all_hits = find(corpus, pattern, within=within)
    return list(zip(all_hits.first.tolist(), all_hits.end.tolist(), strict=True))


def expected(
    corpus: ck.Corpus, pattern: Pattern, within: str, structures: dict[str, pl.DataFrame] | None = None
) -> list[Hit]:
    """Return the twin's hits."""
    text = text_of(corpus, exact=pattern.exact, structures=structures)
    both = [hits(text, pattern, within=within, empty_turns_go_on=go_on) for go_on in (False, True)]
    assume(both[0] == both[1])  # where these differ, the language leaves the preference open
    event("hits" if both[0] else "no hits")
    return both[0]


@settings(max_examples=examples(60))
@given(source=corpora(), trees=st.lists(patterns(whole=False), min_size=1, max_size=5), within=WITHIN)
def test_old_trees_are_found_as_the_twin_finds_them(source: Source, trees: list[Pattern], within: str) -> None:
    with TemporaryDirectory() as folder, source.build(folder) as corpus:
        for pattern in trees:
            assert found(corpus, pattern, within) == [hit[:2] for hit in expected(corpus, pattern, within)]


# ----------------------------------------------------------------------------------------------------
# The twin, compared with examples worked out by hand
# ----------------------------------------------------------------------------------------------------


def text(written: str, **structures: list[tuple[int, int, str | None]]) -> Text:
    """Return tokens of one letter or sign: words are letters, | parts documents, / paragraphs and sentences."""
    tokens, places = [], {"text": [0], "p": [0]}
    for sign in written.replace(" ", ""):
        if sign in "|/":
            places["p"].append(len(tokens))
            if sign == "|":
                places["text"].append(len(tokens))
        else:
            tokens.append(
                Token({"form": (sign,), "kind": ("word" if sign.isalpha() else "punctuation",)}, sign.isalpha())
            )
    spans = {
        name: [Span(first, end, {}) for first, end in zip(begins, [*begins[1:], len(tokens)], strict=True)]
        for name, begins in places.items()
    }
    spans["s"] = list(spans["p"])
    given = {name: [Span(first, end, {"x": value}) for first, end, value in rows] for name, rows in structures.items()}
    return Text(tokens, {**spans, **given})


def word(form: str) -> Test:
    return Test(Compare("form", Value(form)))


def row(*parts: Node | str) -> Node:
    return Sequence(tuple(word(part) if isinstance(part, str) else part for part in parts))


ANY = Test(None)
SIGN = Test(Compare("kind", Value("punctuation")), words_only=False)
IS_Y = Compare("x", Value("y"))


def spans(of: Text, root: Node, within: str = "paragraph", **options: Any) -> list[tuple[int, int]]:
    pattern = Pattern("tree", root, exact=False, clitics=False, **options)
    return [hit[:2] for hit in hits(of, pattern, within=within)]


class TestTwin:
    def test_boundaries(self) -> None:
        quoted = text("a « b c » a b . / b", q=[(1, 5, "y"), (6, 7, None)])
        assert spans(quoted, row(Boundary("q", True), "b")) == [(2, 3), (6, 7)]
        assert spans(quoted, row(Boundary("q", True, IS_Y), "b")) == [(2, 3)]
        assert spans(quoted, row(Boundary("q", True, strict=True), "b")) == [(6, 7)]
        assert spans(quoted, row("a", Boundary("q", True), "b")) == [(0, 3), (5, 7)]
        assert spans(quoted, row("b", Boundary("p", False))) == [(6, 7), (8, 9)]
        assert spans(quoted, row("b", Boundary("p", False, strict=True))) == [(8, 9)]
        assert spans(text("a | « b", q=[(1, 3, None)]), row("a", Boundary("q", True)), "document") == []

    def test_boundaries_of_one_region(self) -> None:
        rest = Repeat(ANY, 0, None, lazy=True)
        nested = text("a b c d e", q=[(0, 2, None), (1, 4, "y")])
        begin, end = Boundary("q", True), Boundary("q", False)
        assert spans(nested, row(begin, rest, end)) == [(0, 2), (1, 4)]
        assert spans(nested, row(begin, "b", rest, end)) == [(1, 4)]
        assert spans(nested, row("b", rest, end)) == [(1, 2)]
        assert spans(nested, row(Alternatives((begin,)), "a", rest, end)) == [(0, 2)]
        assert spans(nested, row(Alternatives((begin,)), "a", "b", "c", rest, end)) == [(0, 4)]
        long = text("a" * 150 + "b", q=[(0, 151, None)])
        assert spans(long, row(begin, rest, end)) == [(0, 151)]
        assert spans(long, row(begin, rest, "b")) == [(0, 151)]
        assert spans(text("a / b", q=[(0, 2, None)]), row(begin, rest, end)) == [(0, 2)]

    def test_regions(self) -> None:
        quoted = text("a : « b . » c / d", q=[(2, 6, "y"), (7, 8, None)])
        assert spans(quoted, Region("q")) == [(2, 6), (7, 8)]
        assert spans(quoted, Region("q", IS_Y)) == [(2, 6)]
        assert spans(quoted, row("a", Region("q"), "c")) == [(0, 7)]
        assert spans(quoted, Region("text")) == [(0, 8)]

    def test_looks(self) -> None:
        some = text("a , b a c | b")
        assert spans(some, row("a", Look(word("b")))) == [(0, 1)]
        assert spans(some, row("a", Look(word("b"), negated=True))) == [(3, 4)]
        assert spans(some, row("a", Look(SIGN))) == [(0, 1)]
        assert spans(some, row(Look(word("a"), ahead=False), "b")) == [(2, 3)]
        assert spans(some, row(Look(word("a"), ahead=False, negated=True), "b")) == [(5, 6)]
        assert spans(some, row("c", Look(ANY, negated=True))) == [(4, 5)]

    def test_labels(self) -> None:
        some = text("a b a c , b c")
        one, two = Labelled(ANY, ("a",)), Labelled(ANY, ("b",))
        gap = Repeat(ANY, 0, 3, lazy=True)
        same = Same(Reference("a", "form"), Reference("b", "form"))
        assert spans(some, row(one, gap, two), constraint=same) == [(0, 3), (1, 6), (3, 7)]
        assert spans(some, row(one, two), constraint=Same(same.left, same.right, negated=True))[:2] == [(0, 2), (1, 3)]
        assert spans(some, row(one, two), constraint=Apart("a", "b", ">", 1)) == [(3, 6)]
        assert spans(some, row(one, two), constraint=Apart("b", "a", "<", -1)) == [(3, 6)]
        assert spans(some, row(one, two), constraint=Is("matchend", Compare("form", Value("b")))) == [(0, 2), (3, 6)]
        assert spans(some, row("b"), constraint=Is("match", Compare("form", Value("a")), -1)) == [(1, 2)]
        again = Labelled(ANY, ("b",), Same(Reference("_", "form"), Reference("a", "form")))
        assert spans(some, row(one, gap, again)) == [(0, 3), (1, 6), (3, 7)]

    def test_labels_that_no_token_has(self) -> None:
        some = text("a b b")
        maybe = row("a", Repeat(Labelled(word("b"), ("b",)), 0, 1, lazy=True), Repeat(ANY, 0, 1, lazy=True))
        is_b = Is("b", Compare("form", Value("b")))
        assert spans(some, maybe) == [(0, 1)]
        assert spans(some, maybe, constraint=is_b) == [(0, 2)]
        assert spans(some, maybe, constraint=Is("b", Compare("form", Value("c"), negated=True))) == [(0, 2)]
        assert spans(some, maybe, constraint=Not(is_b)) == [(0, 1)]
        same = Same(Reference("b", "form"), Reference("match", "form"), negated=True)
        assert spans(some, maybe, constraint=AllOf((same, Met("b")))) == [(0, 2)]
        assert spans(some, maybe, constraint=Apart("match", "b", "!=", 1)) == []

    def test_scopes(self) -> None:
        some = text("a b c / a d c", q=[(0, 2, "y"), (1, 5, None)])
        any_c = row("a", Repeat(ANY, 0, 9, lazy=False))
        assert spans(some, any_c, scopes=(Scope("q"),)) == [(0, 2), (3, 5)]
        assert spans(some, any_c, scopes=(Scope("q", IS_Y),)) == [(0, 2)]
        assert spans(some, any_c, scopes=(Scope("q", number=2),)) == [(0, 5)]
        assert spans(some, any_c, scopes=(Scope("q", negated=True),)) == []
        assert spans(some, row("c"), scopes=(Scope("q", IS_Y, negated=True),)) == [(2, 3), (5, 6)]
        assert spans(some, any_c, scopes=(Scope(None, number=2),)) == [(0, 2), (3, 5)]
        assert spans(some, any_c, scopes=(Scope("text"),)) == [(0, 6)]

    def test_strategies(self) -> None:
        some = text("a a b b")
        root = row("a", Repeat(ANY, 0, 9, lazy=False), "b")
        found = {
            strategy: spans(some, root, strategy=strategy)
            for strategy in ("preferred", "longest", "shortest", "standard", "traditional")
        }
        assert found == {
            "preferred": [(0, 4)],
            "longest": [(0, 4)],
            "shortest": [(1, 3)],
            "standard": [(0, 3)],
            "traditional": [(0, 3), (1, 3)],
        }

    def test_expansion_and_cut(self) -> None:
        some = text("a b , c d / b", q=[(0, 3, None)])
        root = Alternatives((word("b"), word("d")))
        assert spans(some, root, expansion=Expansion("p")) == [(0, 5), (5, 6)]
        assert spans(some, root, expansion=Expansion("p", left=False)) == [(1, 5), (4, 5), (5, 6)]
        assert spans(some, root, expansion=Expansion("q")) == [(0, 3), (4, 5), (5, 6)]
        assert spans(some, root, expansion=Expansion(None, 1)) == [(0, 4), (3, 6), (4, 6)]
        assert spans(some, root, expansion=Expansion("p"), at_most=1) == [(0, 5)]

    def test_nearness(self) -> None:
        some = text("a b , a c / c | a", q=[(3, 6, None)])
        near = Meet(word("a"), word("c"), -1, 1)
        root = Alternatives((word("a"), word("c")))
        assert spans(some, root, meet=near) == [(3, 4)]
        assert spans(some, root, meet=Meet(word("a"), word("c"), 1, 3)) == [(0, 1), (3, 4)]
        assert spans(some, root, meet=Meet(word("a"), word("c"), -1, 1, negated=True)) == [(0, 1), (6, 7)]
        assert spans(some, root, meet=Meet(word("c"), word("a"), structure="q")) == [(4, 5), (5, 6)]
        assert spans(some, root, meet=Unite((near, word("b")))) == [(1, 2), (3, 4)]

    def test_items_in_any_order(self) -> None:
        some = text("a b , a c b / a | b")
        root = Alternatives((word("a"), word("b")))
        assert spans(some, root, meet=Near((word("a"), word("b")), 2)) == [(0, 2), (1, 4)]
        assert spans(some, root, meet=Near((word("a"), word("b")), 3)) == [(0, 2), (1, 4), (3, 6)]
        assert spans(some, root, meet=Near((word("a"), word("a")), 3)) == [(0, 4)]
        assert spans(some, root, within="document", meet=Near((row("c", "b"), word("a")), 3)) == [(3, 6), (4, 7)]


# ----------------------------------------------------------------------------------------------------
# Trees of the whole language
# ----------------------------------------------------------------------------------------------------


@settings(max_examples=examples(60))
@given(source=corpora(), trees=st.lists(patterns(whole=True), min_size=1, max_size=5), within=WITHIN)
def test_any_tree_is_found_as_the_twin_finds_it(source: Source, trees: list[Pattern], within: str) -> None:
    tables = source.tables()
    with TemporaryDirectory() as folder, source.build(folder) as built:
        corpus = built.with_structures(**tables)
        for pattern in trees:
            by_words = pattern.expansion is not None and pattern.expansion.structure is None
            if by_words and in_words(pattern) and "ـ" in "".join(source.texts):
                continue  # windows count a tatweel as a word
            of_twin = expected(built, pattern, within, tables)
            all_hits = find(corpus, pattern, within=within)
            spans = zip(all_hits.first.tolist(), all_hits.end.tolist(), strict=True)
            assert list(spans) == [hit[:2] for hit in of_twin]
            for label in labels_of(pattern.root) if pattern.meet is None else ():
                assert all_hits.anchors[label].tolist() == [dict(hit.labels).get(label, NONE) for hit in of_twin]


@st.composite
def whole_regions(draw: st.DrawFn) -> Pattern:
    """Return a pattern whose hits are regions, or the words of them."""
    structure = draw(st.sampled_from(STRUCTURES))
    speaker = Compare("speaker", Value("س")) if structure == "quote" and draw(st.booleans()) else None
    words = Repeat(Test(None), draw(st.sampled_from([0, 1])), None, lazy=draw(st.booleans()))
    ends = Boundary(structure, True, speaker), Boundary(structure, False)
    root = draw(st.sampled_from([Region(structure, speaker), Sequence((ends[0], words, ends[1]))]))
    strategy = draw(st.sampled_from(["preferred", "traditional", "standard", "shortest", "longest"]))
    return Pattern("tree", root, exact=False, clitics=False, strategy=strategy)


@settings(max_examples=examples(60))
@given(source=corpora(), trees=st.lists(whole_regions(), min_size=1, max_size=8))
def test_whole_regions_are_found_as_the_twin_finds_them(source: Source, trees: list[Pattern]) -> None:
    tables = source.tables()
    with TemporaryDirectory() as folder, source.build(folder) as built:
        corpus = built.with_structures(**tables)
        for pattern in trees:
            assert found(corpus, pattern, "document") == [
                hit[:2] for hit in expected(built, pattern, "document", tables)
            ]


@settings(max_examples=examples(40))
@given(source=corpora(), trees=st.lists(patterns(whole=True), min_size=1, max_size=4))
def test_rare_tests_of_structures_are_found_as_the_twin_finds_them(source: Source, trees: list[Pattern]) -> None:
    others = 12  # documents, so that what a pattern asks for is in few
    longer = replace(source, texts=source.texts + ("كتب " * 20,) * others, sources=source.sources + (None,) * others)
    tables = source.tables()
    with TemporaryDirectory() as folder, longer.build(folder) as built:
        corpus = built.with_structures(**tables)
        for pattern in trees:
            if pattern.expansion is None:
                of_twin = expected(built, pattern, "paragraph", tables)
                assert found(corpus, pattern, "paragraph") == [hit[:2] for hit in of_twin]


@st.composite
def asking_of_tokens(draw: st.DrawFn) -> Pattern:
    """Return a pattern with a constraint of which a part is about one token alone."""
    pattern = draw(patterns(whole=True).filter(lambda drawn: drawn.meet is None and drawn.expansion is None))
    label = draw(st.sampled_from(["match", "match", *labels_of(pattern.root)]))
    parts = [Is(label, draw(conditions(whole=True))), *([pattern.constraint] if pattern.constraint else [])]
    return replace(pattern, constraint=parts[0] if len(parts) == 1 else AllOf(tuple(parts)))


@settings(max_examples=examples(40))
@given(source=corpora(), trees=st.lists(asking_of_tokens(), min_size=1, max_size=4), n_others=st.sampled_from([0, 12]))
def test_conditions_of_single_tokens_are_found_as_the_twin_finds_them(
    source: Source, trees: list[Pattern], n_others: int
) -> None:
    longer = replace(
        source, texts=source.texts + ("كتب " * 20,) * n_others, sources=source.sources + (None,) * n_others
    )
    tables = source.tables()
    with TemporaryDirectory() as folder, longer.build(folder) as built:
        corpus = built.with_structures(**tables)
        for pattern in trees:
            of_twin = expected(built, pattern, "paragraph", tables)
            all_hits = find(corpus, pattern)
            spans = zip(all_hits.first.tolist(), all_hits.end.tolist(), strict=True)
            assert list(spans) == [hit[:2] for hit in of_twin]
            for label in labels_of(pattern.root):
                assert all_hits.anchors[label].tolist() == [dict(hit.labels).get(label, NONE) for hit in of_twin]


def test_regions_need_one_place_and_labels_have_a_limit() -> None:
    corpus = ck.sample_corpus().with_structures(
        part=pl.DataFrame({"document": [0, 0], "start": [0, 5], "end": [9, 40]})
    )
    turns = row(Repeat(Region("part"), 1, None, lazy=False))  # that overlap, so that each keeps where it began
    assert len(found(corpus, Pattern("tree", turns, exact=False, clitics=False), "document")) == 2
    labelled = [Labelled(ANY, (f"l{number}",)) for number in range(65)]
    with pytest.raises(ck.InputError, match=r"at most 64 labels .* It has 65"):
        find(corpus, Pattern("tree", row(*labelled), exact=False, clitics=False))


def test_tokens_after_a_region_are_looked_for_where_it_may_end(tmp_path: Path) -> None:
    n_words, n_regions, length = 20_000, 4_000, 30
    built = ck.Corpus.build([{"text": "با " * n_words}], tmp_path / "corpus", progress=False)
    starts = np.linspace(0, 3 * (n_words - length) - 100, n_regions).astype(np.uint32) // 3 * 3
    ends = starts + np.resize(np.array([3 * length, 3, 60], np.uint32), n_regions)
    table = pl.DataFrame({"document": np.zeros(n_regions, np.uint32), "start": starts, "end": ends})
    corpus = built.with_structures(part=table)
    shortest = dict(sorted(zip((starts // 3).tolist(), ((ends + 2) // 3).tolist(), strict=True), reverse=True))
    pattern = Pattern(
        "tree", Sequence((Region("part"), Test(None))), exact=False, clitics=False, strategy="traditional"
    )
    assert found(corpus, pattern, "document") == sorted((first, end + 1) for first, end in shortest.items())
