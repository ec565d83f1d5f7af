"""The core's search over arrays: compared with a backtracking twin, and stress tests."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from core_calls import assert_ctrl_c_stops, needs_timers
from examples import examples
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from oracles_search import (
    ACCEPT,
    AND,
    ASSERT,
    CHECK,
    CONSTANT,
    CURRENT,
    DIFFERENT,
    DISTANCE,
    JUMP,
    LABEL,
    MATCH,
    N_SLOTS,
    NOT,
    OF_REGION,
    OF_UNIT,
    OR,
    PASSES,
    SAME,
    SET,
    SPLIT,
    TEST,
    WORD,
    Assert,
    Check,
    Either,
    Label,
    Node,
    Place,
    Repeat,
    Row,
    Step,
    Term,
    Text,
    Token,
    backwards,
    hits,
    labelled,
    listed,
    marked_program,
    of_steps,
    program,
    slow_hits,
    slow_labelled,
    slow_starts,
    slow_ways,
    starts_of,
    steps_of,
)
from test_limits import sparse
from test_robust_core import mapped, misaligned

from corpus_kit._core import SearchCodes, SearchProgram, SearchRegions, SearchText, TokenArrays, in_documents

pytestmark = pytest.mark.core


tests_of_tokens: st.SearchStrategy[Node] = st.builds(Token, st.integers(0, 3), st.sampled_from([True, True, False]))


def nodes_of(tokens: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.recursive(
        tokens,
        lambda inner: (
            st.lists(inner, max_size=4).map(lambda parts: Row(tuple(parts)))
            | st.lists(inner, min_size=1, max_size=3).map(lambda branches: Either(tuple(branches)))
            | st.tuples(inner, st.integers(0, 2), st.integers(0, 2), st.booleans()).map(
                lambda drawn: Repeat(drawn[0], drawn[1], drawn[1] + drawn[2], drawn[3])
            )
        ),
        max_leaves=6,
    )


nodes = nodes_of(tests_of_tokens)
# as in patterns: words-only tests never accept punctuation
SIGN = 3
sound_tokens: st.SearchStrategy[Node] = st.builds(Token, st.integers(0, 2), st.booleans()) | st.just(
    Token(SIGN, words_only=False)
)
sound_nodes = nodes_of(sound_tokens)


@st.composite
def searched(draw: st.DrawFn) -> Text:
    sizes = draw(st.lists(st.integers(0, 9), max_size=4))
    total = sum(sizes)
    tests = draw(st.lists(st.sets(st.integers(0, 3)), min_size=1, max_size=5))
    stride = draw(st.integers(1, 3))
    places = st.integers(1, 8 * stride - 1)
    return Text(
        draw(st.lists(st.integers(0, len(tests) - 1), min_size=total, max_size=total)),
        tests,
        sizes or [0],
        draw(st.lists(st.sampled_from([0, 0, 0, 4, 1, 2, 3]), min_size=total, max_size=total)),
        draw(st.sampled_from([0, 1, 2, 3])),
        [0, *draw(st.lists(places, min_size=3, max_size=3, unique=True))],
        stride,
        most_states=draw(st.sampled_from([0, 0, 1, 2, 4])),
    )


@given(searched(), nodes, st.data())
def test_search_equals_the_backtracking_oracle(text: Text, node: Node, data: st.DataObject) -> None:
    every = list(range(len(text.types)))
    assert hits(text, node) == slow_hits(text, node, every)
    some = sorted(data.draw(st.lists(st.sampled_from(every)))) if every else []
    assert hits(text, node, some) == slow_hits(text, node, some)
    after_word = data.draw(st.booleans())
    found = starts_of(text, node, some, after_word=after_word)
    assert set(found) == set(slow_starts(text, node, some, after_word=after_word))  # they may repeat
    for bit in range(4):
        scanned = listed(text.made().scan(text.bits[bit]))
        assert scanned == [token for token in every if text.passes(token, bit)]


@given(searched(), sound_nodes, sound_tokens, sound_nodes)
def test_starts_of_anchors_are_where_hits_begin(text: Text, before: Node, anchor: Token, after: Node) -> None:
    """Searching from anchors finds the same as searching from every token."""
    text = text._replace(tests=[passed if WORD in passed else passed & {SIGN} for passed in text.tests])
    whole = Row((before, anchor, after))
    anchors = [token for token in range(len(text.types)) if text.passes(token, anchor.bit)]
    starts = sorted(set(starts_of(text, before, anchors, after_word=anchor.words_only)))
    assert hits(text, whole, starts) == hits(text, whole)


@example([(3, 1), (0, 1), (2, 0)])
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0, 1, 255])), max_size=7))
def test_positions_in_selected_documents(documents: list[tuple[int, int]]) -> None:
    ends = np.cumsum([size for size, _ in documents], dtype=np.uint64)
    chosen = np.array([mask for _, mask in documents], np.uint8)
    document_of = [number for number, (size, _) in enumerate(documents) for _ in range(size)]
    for positions in (list(range(len(document_of))), list(range(0, len(document_of), 3)), [*range(30)]):
        expected = [token for token in positions if token < len(document_of) and chosen[document_of[token]]]
        assert listed(in_documents(np.array(positions, np.uint32), ends, chosen)) == expected


# ----------------------------------------------------------------------------------------------------
# Places, labels, strategies and loops
# ----------------------------------------------------------------------------------------------------
@st.composite
def marked_texts(draw: st.DrawFn) -> Text:
    """A text with lists of regions, some of them overlapping, and codes of its tokens."""
    text = draw(searched())
    total = len(text.types)
    regions = []
    for _ in range(2):
        pairs = draw(st.lists(st.tuples(st.integers(0, max(total - 1, 0)), st.integers(1, 6)), max_size=6))
        regions.append(sorted({(first, min(first + size, total)) for first, size in pairs if first < total}))
    codes = draw(st.lists(st.integers(0, 2), min_size=total, max_size=total))
    flags = list(text.flags)
    for begin in np.cumsum([0, *text.sizes])[:-1].tolist():
        if begin < total:
            flags[begin] |= 3  # as in a corpus
    return text._replace(regions=regions, codes=codes, flags=flags)


assertions: st.SearchStrategy[Node] = st.builds(
    Assert, st.sampled_from([0, 1, 6, 7]), st.integers(0, 1), st.booleans(), st.booleans()
) | st.builds(Assert, st.sampled_from([2, 3, 4, 5]), st.integers(0, 3), st.booleans(), st.booleans())
slots = st.integers(0, N_SLOTS - 1)
tokens_asked = slots | st.sampled_from([CURRENT, MATCH])
near = st.integers(-2, 2)
terms = st.one_of(
    st.builds(Term, st.just(CONSTANT), st.integers(0, 1)),
    st.builds(Term, st.just(SET), slots),
    st.builds(Term, st.just(PASSES), tokens_asked, c=st.integers(0, 3), at_a=near),
    st.builds(
        Term,
        st.sampled_from([SAME, DIFFERENT]),
        tokens_asked,
        tokens_asked,
        st.integers(0, 1),
        st.integers(0, 1),
        near,
        near,
    ),
    st.builds(
        Term,
        st.just(DISTANCE),
        tokens_asked,
        tokens_asked,
        st.integers(0, 5),
        near,
        st.just(0),
        st.just(0),
        st.integers(0, 3),
    ),
    st.builds(Term, st.just(OF_REGION), slots, c=st.integers(0, 1), flags=st.integers(0, 3)),
    st.builds(Term, st.just(OF_UNIT), slots, c=st.integers(0, 3), flags=st.integers(0, 3)),
)
postfix = st.recursive(
    terms.map(lambda term: (term,)),
    lambda inner: (
        inner.map(lambda of: (*of, Term(NOT)))
        | st.tuples(inner, inner, st.sampled_from([AND, OR])).map(lambda drawn: (*drawn[0], *drawn[1], Term(drawn[2])))
    ),
    max_leaves=3,
)
named = st.builds(
    lambda token, slot: Row((token, Label(slot))), st.builds(Token, st.just(WORD)) | tests_of_tokens, slots
)
asking = st.one_of(
    named,
    named,
    st.builds(lambda token, check: Row((token, Check(check))), named, postfix),
    tests_of_tokens,
    tests_of_tokens,
    assertions,
    st.builds(Label, slots),
    st.builds(Place, slots),
    st.builds(Check, postfix),
)


def looping(tokens: st.SearchStrategy[Node], leaves: int = 6) -> st.SearchStrategy[Node]:
    return st.recursive(
        tokens,
        lambda inner: (
            st.lists(inner, max_size=4).map(lambda parts: Row(tuple(parts)))
            | st.lists(inner, min_size=1, max_size=3).map(lambda branches: Either(tuple(branches)))
            | st.tuples(inner, st.integers(0, 2), st.none() | st.integers(0, 2), st.booleans()).map(
                lambda drawn: Repeat(drawn[0], drawn[1], None if drawn[2] is None else drawn[1] + drawn[2], drawn[3])
            )
        ),
        max_leaves=leaves,
    )


def marked_hits(text: Text, node: Node, starts: list[int], **how: Any) -> list[tuple[int, int]]:
    given = np.array(starts, np.uint32)
    first, end = text.made().hits(marked_program(node, text), given, **how)
    return list(zip(listed(first), listed(end), strict=True))


def few_ways(text: Text, node: Node) -> bool:
    """Whether the twin can follow all ways from each token."""
    return all(sum(1 for _ in islice(slow_ways(text, node, token), 2000)) < 2000 for token in range(len(text.types)))


@settings(max_examples=examples(300))
@given(marked_texts(), looping(tests_of_tokens | tests_of_tokens | assertions), st.data())
def test_places_and_loops_equal_the_oracle(text: Text, node: Node, data: st.DataObject) -> None:
    every = list(range(len(text.types)))
    assume(few_ways(text, node))
    strategy, nested = data.draw(st.integers(0, 2)), data.draw(st.booleans())
    limits = data.draw(st.none() | st.lists(st.integers(0, len(every)), min_size=len(every), max_size=len(every)))
    given_limits = None if limits is None else np.array(limits, np.uint32)
    expected = [hit[:2] for hit in slow_labelled(text, node, every, strategy, limits, nested=nested)]
    for patience in (0, 1):
        how = {"strategy": strategy, "nested": nested, "limits": given_limits, "patience": patience}
        assert marked_hits(text, node, every, **how) == expected
    assert [hit[:2] for hit in labelled(text, node, every, strategy, limits, nested=nested)] == expected
    after_word = data.draw(st.booleans())
    found = text.made().starts(marked_program(backwards(node), text), np.array(every, np.uint32), after_word)
    assert set(listed(found)) == set(slow_starts(text, node, every, after_word=after_word))


@settings(max_examples=examples(400))
@given(marked_texts(), looping(asking, 8), st.integers(0, 2), st.booleans())
def test_labels_equal_the_oracle(text: Text, node: Node, strategy: int, nested: bool) -> None:
    every = list(range(len(text.types)))
    assume(few_ways(text, node))
    assert labelled(text, node, every, strategy, nested=nested) == slow_labelled(
        text, node, every, strategy, nested=nested
    )


ANY_OF_ALL = Token(WORD)
LABELLED_LOOPS = Row(
    (Repeat(ANY_OF_ALL, 0, None), Label(0), ANY_OF_ALL, Repeat(ANY_OF_ALL, 0, None), Check((Term(CONSTANT),)))
)


def test_the_ways_of_labels_are_bounded() -> None:
    """A check that never holds, with a label anywhere before it."""
    check = Check((Term(DISTANCE, 0, 0, 2),))  # never below 0
    node = Row((Repeat(ANY_OF_ALL, 0, None), ANY_OF_ALL, Label(0), Repeat(ANY_OF_ALL, 0, None), check))
    text = Text([0] * 300, [{WORD}], codes=[0] * 300)
    made, steps = text.made(), marked_program(node, text)
    with pytest.raises(OverflowError, match="labels of this pattern can be bound in too many ways near token 7"):
        made.labelled(steps, np.array([7], np.uint32), budget=10_000)
    assert [listed(column) for column in made.labelled(steps, np.array([7], np.uint32))] == [[], [], []]
    unasked = marked_program(LABELLED_LOOPS, text)  # no check asks the label: as fast as without it
    assert listed(made.labelled(unasked, np.array([7], np.uint32), budget=10_000)[0]) == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SearchRegions(np.array([3], np.uint32), np.array([3], np.uint32)), ValueError, "region 0.*empty"),
        (lambda: SearchRegions(np.array([3, 2], np.uint32), np.array([4, 4], np.uint32)), ValueError, "region 1"),
        (lambda: SearchRegions(np.zeros(2, np.uint32), np.ones(1, np.uint32)), ValueError, "end must have 2"),
        (lambda: SearchCodes(np.zeros(2, np.int64), by_types=True), ValueError, "mismatch"),
        (lambda: SearchCodes([1], by_types=True), TypeError, "bytes-like|buffer"),
        (lambda: marked([ASSERT, 0, 0, 0], assertions=[0, 0, 0, 0]), ValueError, "assertion 0"),
        (lambda: marked([ASSERT, 0, 1, 0], assertions=[2, 0, 0, 0]), ValueError, "step 0"),
        (lambda: marked([ASSERT, 0, 0, 0], assertions=[8, 0, 0, 0]), ValueError, "assertion 0, of kind 8"),
        (lambda: marked([ASSERT, 0, 0, 0], assertions=[4, 8, 0, 0]), ValueError, "assertion 0"),
        (lambda: marked([ASSERT, 0, 0, 0], assertions=[2, 0, 0]), ValueError, "4 numbers"),
        (lambda: marked([LABEL, 0, 1, 0], n_slots=1), ValueError, "step 0"),
        (lambda: marked([LABEL, 0, 0, 0], n_slots=65), OverflowError, "at most 64 labels, got 65"),
        (lambda: marked([CHECK, 0, 0, 0], check_ends=[1], checks=[NOT, 0, 0, 0, 0, 0, 0, 0]), ValueError, "check 0"),
        (lambda: marked([CHECK, 0, 0, 0], check_ends=[2], checks=[0] * 8), ValueError, "check 0"),
        (lambda: marked([CHECK, 0, 0, 0], check_ends=[1], checks=[SAME, *[0] * 7], n_slots=1), ValueError, "check 0"),
        (lambda: marked([CHECK, 0, 0, 0], check_ends=[1], checks=[0] * 7), ValueError, "8 numbers"),
        (lambda: marked(codes=[SearchCodes(BYTES, by_types=True)], n_slots=1), ValueError, "codes must have 5 items"),
        (lambda: marked(strategy=3), ValueError, "strategy"),
        (lambda: marked(limits=NOTHING), ValueError, "limits must have 1"),
    ],
)
def test_marks_that_are_not_there(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def marked(
    step: Step | None = None, *, strategy: int = 0, limits: npt.NDArray[np.uint32] | None = None, **marks: Any
) -> object:
    """Search for a word after a step that asks for marks."""
    arrays = ("assertions", "checks", "check_ends")
    marks = {name: np.array(given, np.uint32) if name in arrays else given for name, given in marks.items()}
    steps = np.array([*([step] if step else []), [TEST, 0, 0, 0], [ACCEPT, 0, 0, 0]])
    kind, only, x, y = steps.T
    made = SearchProgram(
        kind.astype(np.uint8), only.astype(np.uint8), x.astype(np.uint32), y.astype(np.uint32), **marks
    )
    return FIVE.made().labelled(made, ONE, strategy=strategy, limits=limits)


# ----------------------------------------------------------------------------------------------------
# What a pattern means
# ----------------------------------------------------------------------------------------------------
# In the following texts, a letter is a word of that type and a punctuation mark is not a word.
TYPES = "abc.,"
TESTS = [{0, 1, 7}, {0, 2, 7}, {0, 3, 7}, {4, 7}, {5, 7}]
A, B, C = Token(1), Token(2), Token(3)
STOP, COMMA = Token(4, words_only=False), Token(5, words_only=False)
ANY_WORD, ANY_TOKEN = Token(WORD), Token(7, words_only=False)


def text_of(*documents: str, barrier: int = 0, flags: list[int] | None = None) -> Text:
    joined = "".join(documents)
    return Text([TYPES.index(token) for token in joined], TESTS, list(map(len, documents)), flags or (), barrier)


def shown(text: Text, node: Node) -> list[str]:
    return ["".join(TYPES[text.types[token]] for token in range(first, end)) for first, end in hits(text, node)]


@pytest.mark.parametrize(
    ("tokens", "node", "expected"),
    [
        ("a.,b", Row((A, B)), ["a.,b"]),  # punctuation between two words of the pattern is skipped
        ("a.b.", Row((A, B)), ["a.b"]),  # but not after the last
        (".a.b", Row((A, B)), ["a.b"]),  # or before the first
        ("a.b", Row((A, STOP, B)), ["a.b"]),  # a required mark matches
        ("a,.b", Row((A, STOP, B)), []),  # and nothing is skipped next to it: neither before
        ("a.,b", Row((A, STOP, B)), []),  # nor after
        ("a.b", Row((A, Token(2, words_only=False))), []),
        ("a.b", Row((Token(1, words_only=False), B)), []),
        ("ab", Row((A, Token(2, words_only=False))), ["ab"]),
        ("a.b", Row((A, ANY_TOKEN, B)), ["a.b"]),
        ("a.c,b", Row((A, ANY_WORD, B)), ["a.c,b"]),
        ("a.c,b", Row((A, Repeat(ANY_WORD, 0, 2), B)), ["a.c,b"]),
        ("a.,.,b", Row((A, Repeat(ANY_TOKEN, 1, 3), B)), []),
        ("a.,.,b", Row((A, Repeat(ANY_TOKEN, 1, 4), B)), ["a.,.,b"]),
        ("a.b", Row((A, Repeat(STOP, 0, 1), B)), ["a.b"]),
        ("a,b", Row((A, Repeat(STOP, 0, 1), B)), ["a,b"]),  # the mark is absent: two words in a row
        ("....", A, []),
        (".", STOP, ["."]),
    ],
)
def test_punctuation_is_skipped_only_between_words(tokens: str, node: Node, expected: list[str]) -> None:
    assert shown(text_of(tokens), node) == expected


def test_starts_skip_punctuation_like_hits() -> None:
    text = text_of("a.,b.c")
    assert starts_of(text, A, [3]) == [0]
    assert starts_of(text, A, [3], after_word=False) == []
    assert starts_of(text, COMMA, [3]) == [2]
    assert starts_of(text, Row((A, B)), [5]) == [0]
    assert sorted(starts_of(text, Row((Repeat(A, 0, 1), B)), [5])) == [0, 3]
    assert starts_of(text, Row(()), [5, 2]) == [5, 2]
    assert starts_of(text, Repeat(B, 0, 1), [5]) == [5, 3]


@pytest.mark.parametrize(("barrier", "expected"), [(1, ["ab", "a.b"]), (2, ["ab"] * 3), (3, ["ab"]), (4, ["ab"] * 4)])
def test_hits_stay_within_a_unit(barrier: int, expected: list[str]) -> None:
    """A token with the barrier's flag begins a unit; other flags are ignored."""
    #             a  b  a  b  a  .  b  a  b
    flags = [3, 0, 3, 1, 3, 2, 8, 3, 9] if barrier != 4 else [4, 0] * 4 + [0]
    tokens = "ababa.bab" if barrier != 4 else "abababab."
    text = text_of(tokens, barrier=barrier, flags=flags)
    assert shown(text, Row((A, B))) == expected
    starts = starts_of(text, A, [token for token, type_id in enumerate(text.types) if type_id == 1])
    assert sorted(starts) == [first for first, _ in hits(text, Row((A, B)))]


def test_barriers_stop_gaps_and_skipping() -> None:
    for flags, expected in (
        ([0, 0, 0, 0], ["a.cb"]),
        ([1, 0, 0, 0], ["a.cb"]),
        ([0, 1, 0, 0], []),
        ([0, 0, 1, 0], []),
        ([0, 0, 0, 1], []),
    ):
        text = text_of("a.cb", barrier=1, flags=flags)
        assert shown(text, Row((A, ANY_WORD, B))) == expected
        assert starts_of(text, Row((A, ANY_WORD)), [3]) == [0] * len(expected)


def test_without_barriers_documents_are_the_units() -> None:
    text = text_of("a", "b", "", "a.", "bab", "", "ab", flags=[0] * 9)
    assert hits(text, Row((A, B))) == [(5, 7), (7, 9)]
    assert sorted(starts_of(text, A, [1, 4, 6, 8])) == [5, 7]
    flagged = text._replace(flags=[3] * 9)
    assert hits(flagged, Row((A, B))) == [(5, 7), (7, 9)]
    assert hits(flagged._replace(barrier=3), Row((A, B))) == []


def test_with_barriers_the_units_are_between_them() -> None:
    """Each document of a corpus begins with both flags, so document ends need no extra check."""
    text = text_of("a", "b", barrier=1, flags=[1, 0])
    assert hits(text, Row((A, B))) == [(0, 2)]


def test_hits_inside_others_are_dropped() -> None:
    assert shown(text_of("aaab"), Row((Repeat(A, 1, 3), B))) == ["aaab"]
    assert shown(text_of("aab"), Row((A, Repeat(A, 0, 1), Repeat(B, 0, 1)))) == ["aab"]
    # but overlapping hits are kept
    assert shown(text_of("aaa"), Row((A, A))) == ["aa", "aa"]
    assert shown(text_of("ababa"), Row((A, B, A))) == ["aba", "aba"]
    # repeated starts give one hit
    assert hits(text_of("ab"), Row((A, B)), [0, 0, 0]) == [(0, 2)]
    # if the longer one begins later, both are kept
    assert shown(text_of("abac"), Either((Row((A, B)), Row((B, A, C))))) == ["ab", "bac"]


@pytest.mark.parametrize(
    ("tokens", "node", "expected"),
    [
        ("aaa", Repeat(A, 1, 3), ["aaa"]),
        ("aaa", Repeat(A, 1, 3, lazy=True), ["a", "a", "a"]),
        ("aaab", Row((Repeat(A, 1, 3, lazy=True), B)), ["aaab"]),
        ("abb", Row((A, Repeat(B, 0, 2, lazy=True))), ["a"]),
        ("abb", Row((A, Repeat(B, 0, 2))), ["abb"]),
        ("acbcb", Row((A, Repeat(ANY_WORD, 0, 3), B)), ["acbcb"]),
        ("acbcb", Row((A, Repeat(ANY_WORD, 0, 3, lazy=True), B)), ["acb"]),
        ("abc", Either((Row((A, B)), Row((A, B, C)))), ["ab"]),  # the first one, not the longest one
        ("abc", Either((Row((A, B, C)), Row((A, B)))), ["abc"]),
        ("abb", Either((Row((A, B, C)), Row((A, B)))), ["ab"]),
        ("abc", Row((Either((A, Row((A, B)))), Either((Row((B, C)), C)))), ["abc"]),
        ("aa", Row((Repeat(A, 0, 1, lazy=True), A)), ["a", "a"]),
        ("aa", Row((Repeat(A, 0, 1), A)), ["aa"]),
        ("a", Row((Repeat(A, 0, 1), A)), ["a"]),
        ("ab", Repeat(A, 0, 1, lazy=True), []),  # the empty match is preferred, and it is not a hit
        ("ab", Row(()), []),
        ("ab", Either((Row(()), A)), []),
        ("ab", Either((A, Row(()))), ["a"]),
    ],
)
def test_preferred_path_wins(tokens: str, node: Node, expected: list[str]) -> None:
    text = text_of(tokens)
    assert shown(text, node) == expected
    assert hits(text, node) == slow_hits(text, node, list(range(len(tokens))))


def test_programs_with_loops_terminate() -> None:
    """Unbounded loops, also over nothing, which no pattern produces."""
    text = text_of("aaabaa").made()
    every = np.arange(6, dtype=np.uint32)
    longest = of_steps([[TEST, 1, 1, 0], [SPLIT, 0, 0, 2], [ACCEPT, 0, 0, 0]])
    assert [listed(column) for column in text.hits(longest, every)] == [[0, 4], [3, 6]]
    assert sorted(listed(text.starts(longest, every[3:4], True))) == [0, 1, 2]
    for steps in (
        [[JUMP, 0, 0, 0]],
        [[SPLIT, 0, 0, 0]],
        [[SPLIT, 0, 1, 0], [SPLIT, 0, 0, 1], [JUMP, 0, 1, 0], [ACCEPT, 0, 0, 0]],
    ):
        assert [listed(column) for column in text.hits(of_steps(steps), every)] == [[], []]
        assert listed(text.starts(of_steps(steps), every, True)) == []
    empty = of_steps([[SPLIT, 0, 0, 1], [ACCEPT, 0, 0, 0]])
    assert sorted(listed(text.starts(empty, every, False))) == every.tolist()


def test_many_tests_in_several_bytes() -> None:
    """Each type passes one test; the bits can be in any byte."""
    for number in (7, 8, 9, 15, 16, 200):
        stride = number // 8 + 1
        tests = [{WORD, type_id + 1} for type_id in range(number)]
        text = Text(list(range(number)), tests, bits=range(number + 1), stride=stride)
        made = text.made()
        assert [listed(made.scan(type_id + 1)) for type_id in range(number)] == [[n] for n in range(number)]
        row = Row(tuple(Token(type_id + 1) for type_id in range(number)))
        assert hits(text, row) == [(0, number)]
        assert listed(made.scan(WORD)) == list(range(number))


# ----------------------------------------------------------------------------------------------------
# Edges
# ----------------------------------------------------------------------------------------------------
NOTHING = np.zeros(0, np.uint32)
BYTES, ENDS = np.zeros(0, np.uint8), np.zeros(0, np.uint64)
ONE = np.zeros(1, np.uint32)


def test_empty_input() -> None:
    single = program(A)
    for text in (
        SearchText(NOTHING, BYTES, ENDS, BYTES, 1, 0),
        SearchText(NOTHING, BYTES, np.zeros(3, np.uint64), np.zeros(4, np.uint8), 2, 3),
        text_of("ab").made(),
    ):
        assert listed(text.starts(single, NOTHING, True)) == []
        assert [listed(column) for column in text.hits(single, NOTHING)] == [[], []]
    assert listed(text_of().made().scan(0)) == []
    assert listed(in_documents(NOTHING, ENDS, BYTES)) == []
    assert listed(in_documents(ONE, ENDS, BYTES)) == []
    assert listed(in_documents(NOTHING, np.ones(1, np.uint64), np.ones(1, np.uint8))) == []
    assert len(SearchProgram(BYTES, BYTES, NOTHING, NOTHING)) == 0
    assert len(single) == 2


@pytest.mark.parametrize("barrier", [0, 3])
def test_memory_mapped_and_read_only_arrays(tmp_path: Path, barrier: int) -> None:
    random = np.random.default_rng(11)
    size = 3000
    flags = (random.random(size) < 0.05).astype(np.uint8) * 3
    flags[::100] = 3
    text = Text(
        random.integers(0, 5, size).tolist(), TESTS, [100] * (size // 100), flags.tolist(), barrier, range(16), 2
    )
    node = Row((A, Repeat(ANY_WORD, 0, 2), Either((B, Row((C, A))))))
    every = np.arange(size, dtype=np.uint32)
    anchors = np.array([token for token, type_id in enumerate(text.types) if type_id == 2], np.uint32)
    steps: list[Step] = []
    steps_of(node, text.bits, steps)
    parts = [np.array(part) for part in zip(*steps, [ACCEPT, 0, 0, 0], strict=True)]
    parts = [part.astype(dtype) for part, dtype in zip(parts, ("u1", "u1", "u4", "u4"), strict=True)]

    def found(arrays: list[Any], read: list[Any], starts: Any, places: Any) -> list[list[int]]:
        made, steps = SearchText(*arrays), SearchProgram(*read)
        columns = [*made.hits(steps, starts), made.scan(7), made.starts(program(A), places, True)]
        return [*map(listed, columns), listed(in_documents(places, arrays[2], arrays[1][: len(arrays[2])]))]

    def mapped(name: str, array: Any) -> Any:
        if not isinstance(array, np.ndarray):
            return array
        np.save(tmp_path / name, array)
        return np.load(tmp_path / f"{name}.npy", mmap_mode="r")

    expected = found(text.arrays(), parts, every, anchors)
    assert expected[0] == [first for first, _ in slow_hits(text, node, every.tolist())]
    assert len(expected[0]) > 100
    assert len(expected[3]) > 100
    read_only = [mapped(f"text{number}", array) for number, array in enumerate(text.arrays())]
    read = [mapped(f"part{number}", array) for number, array in enumerate(parts)]
    assert found(read_only, read, mapped("every", every), mapped("anchors", anchors)) == expected
    for array in (every, anchors):
        array.flags.writeable = False
    assert found(text.arrays(), parts, every, anchors) == expected


def test_arrays_are_kept_alive() -> None:
    expected = hits(text_of("ab.ab"), Row((A, B)))
    kept = [(text_of("ab.ab").made(), program(Row((A, B)))) for _ in range(100)]
    gc.collect()
    np.full(10_000, 255, np.uint8)
    every = np.arange(5, dtype=np.uint32)
    for text, steps in kept:
        first, end = text.hits(steps, every)
        assert list(zip(listed(first), listed(end), strict=True)) == expected


def test_neither_can_be_pickled_or_copied() -> None:
    for held, message in ((program(A), "pass the pattern"), (text_of("a").made(), "pass the path of the corpus")):
        for call in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match=message):
                call(held)


@pytest.mark.skipif(sys.platform == "win32", reason="needs memory overcommit")
def test_maximum_number_of_tokens() -> None:
    most = 2**32 - 2
    words = np.ones(1, np.uint8)
    for barrier in (0, 1):
        types, flags = sparse("uint32", most), sparse("uint8", most)
        text = SearchText(types, flags, np.array([5, most], np.uint64), words, 1, barrier)  # type: ignore[arg-type]
        places = np.array([0, 3, most - 3, most - 1], np.uint32)
        twice, some = program(Row((Token(WORD), Token(WORD)))), program(Repeat(Token(WORD), 1, 3))
        assert [listed(column) for column in text.hits(twice, places)] == [[0, 3, most - 3], [2, 5, most - 1]]
        end = 6 if barrier else 5
        found = [listed(column) for column in text.hits(some, places)]
        assert found == [[0, 3, most - 3], [3, end, most]]
        assert listed(text.starts(program(Token(WORD)), places, True)) == [2, most - 4, most - 2]
        for beyond in (most, 2**32 - 1):
            for call in (text.hits, partial(text.starts, after_word=True)):
                with pytest.raises(ValueError, match=f"begins at token {beyond} of 4294967294"):
                    call(twice, np.array([beyond], np.uint32))
    more = most + 1
    with pytest.raises(OverflowError, match="4,294,967,294"):
        SearchText(sparse("uint32", more), sparse("uint8", more), ENDS, words, 1, 0)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------------
# Invalid arrays
# ----------------------------------------------------------------------------------------------------
FIVE = text_of("abcab")


def with_arrays(**changed: Any) -> SearchText:
    names = ("types", "flags", "document_ends", "tests", "stride", "barrier_bits")
    return SearchText(**{**dict(zip(names, FIVE.arrays(), strict=True)), **changed})


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"flags": np.zeros(4, np.uint8)}, ValueError, "flags"),
        ({"types": NOTHING}, ValueError, "flags"),
        ({"stride": 0}, ValueError, "tests .*for each row"),
        ({"stride": 2}, ValueError, "tests .*for each row"),
        ({"stride": 2**64 - 1}, ValueError, "tests "),
        ({"stride": 2**64}, OverflowError, "too (large|big)"),
        ({"stride": -1}, OverflowError, "negative"),
        ({"barrier_bits": 256}, OverflowError, "too large"),
        ({"barrier_bits": -1}, OverflowError, "negative"),
        ({"document_ends": np.array([4], np.uint64)}, ValueError, "the documents end at 4, but there are 5 tokens"),
        ({"document_ends": np.array([6], np.uint64)}, ValueError, "document 0 ends at 6"),
        ({"document_ends": np.array([3, 2, 5], np.uint64)}, ValueError, "document 1 ends at 2"),
        ({"document_ends": ENDS}, ValueError, "the documents end at 0"),
        ({"types": None}, TypeError, "types"),
        ({"flags": None}, TypeError, "flags"),
        ({"document_ends": None}, TypeError, "document_ends"),
        ({"tests": None}, TypeError, "tests"),
        ({"stride": "1"}, TypeError, "integer"),
        ({"types": np.zeros(5, np.int32)}, ValueError, "mismatch"),
        ({"types": np.zeros(5, np.uint64)}, ValueError, "mismatch"),
        ({"types": np.zeros(5, ">u4" if sys.byteorder == "little" else "<u4")}, ValueError, "endian"),
        ({"types": np.zeros(10, np.uint32)[::2]}, ValueError, "contiguous"),
        ({"types": np.zeros((5, 1), np.uint32)}, ValueError, "dimensions"),
        ({"types": [0, 1, 2, 0, 1]}, TypeError, "buffer|bytes-like"),
        ({"tests": np.zeros(5, np.uint64)}, ValueError, "mismatch"),
        ({"tests": np.zeros((5, 1), np.uint8)}, ValueError, "dimensions"),
        ({"document_ends": np.array([5], np.int64)}, ValueError, "mismatch"),
        ({"types": misaligned("I"), "flags": np.zeros(16, np.uint8)}, ValueError, "must be aligned"),
        ({"document_ends": misaligned("Q")}, ValueError, "must be aligned"),
    ],
)
def test_mismatched_text_arrays(changed: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        with_arrays(**changed)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "search program .*steps"),
        ([[TEST, 0, 0, 0]], "step 0 of a search program.* kind 0"),
        ([[ACCEPT, 0, 0, 0], [TEST, 0, 0, 0]], "step 1"),
        ([[TEST, 0, 8, 0], [ACCEPT, 0, 0, 0]], "step 0"),
        ([[TEST, 0, 2**32 - 1, 0], [ACCEPT, 0, 0, 0]], "step 0"),
        ([[SPLIT, 0, 2, 0], [ACCEPT, 0, 0, 0]], "step 0 of a search program.* kind 1"),
        ([[SPLIT, 0, 0, 2], [ACCEPT, 0, 0, 0]], "step 0"),
        ([[ACCEPT, 0, 0, 0], [JUMP, 0, 2, 0]], "step 1 of a search program.* kind 2"),
        ([[JUMP, 0, 2**32 - 1, 0]], "step 0"),
        ([[4, 0, 0, 0], [ACCEPT, 0, 0, 0]], "step 0 of a search program.* kind 4"),
        ([[255, 0, 0, 0]], "of kind 255"),
    ],
)
def test_jumps_out_of_the_program_are_rejected(steps: list[Step], message: str) -> None:
    wrong = of_steps(steps) if steps else SearchProgram(BYTES, BYTES, NOTHING, NOTHING)
    text = FIVE.made()
    for places in (NOTHING, ONE):
        with pytest.raises(ValueError, match=message):
            text.hits(wrong, places)
        with pytest.raises(ValueError, match=message):
            text.starts(wrong, places, True)


@pytest.mark.parametrize("number", range(4))
def test_mismatched_step_arrays(number: int) -> None:
    parts: list[Any] = [np.zeros(2, dtype) for dtype in ("u1", "u1", "u4", "u4")]
    dtype = parts[number].dtype
    for wrong, error, message in (
        (np.zeros(3, dtype), ValueError, "words_only"),
        (np.zeros(0, dtype), ValueError, "words_only"),
        (np.zeros(2, f"i{dtype.itemsize}"), ValueError, "mismatch"),
        (np.zeros(4, dtype)[::2], ValueError, "contiguous"),
        (None, TypeError, "must not be None"),
        ([0, 0], TypeError, "buffer|bytes-like"),
    ):
        given = [*parts[:number], wrong, *parts[number + 1 :]]
        with pytest.raises(error, match=message):
            SearchProgram(*given)
    if dtype.itemsize > 1:
        given = [np.zeros(8, part.dtype) for part in parts]
        given[number] = misaligned("I", 4)
        with pytest.raises(ValueError, match="must be aligned"):
            SearchProgram(*given)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda text: text.hits(program(A), ONE + 5), ValueError, "a search begins at token 5 of 5"),
        (lambda text: text.hits(program(A), ONE - 1), ValueError, "a search begins at token 4294967295 of 5"),
        (lambda text: text.starts(program(A), ONE + 5, True), ValueError, "a search begins at token 5 of 5"),
        (lambda text: text.hits(program(A), ONE.astype(np.int64)), ValueError, "mismatch"),
        (lambda text: text.starts(program(A), ONE.astype(np.int32), True), ValueError, "mismatch"),
        (lambda text: text.hits(program(A), None), TypeError, "starts"),
        (lambda text: text.starts(program(A), None, True), TypeError, "anchors"),
        (lambda text: text.hits(None, ONE), TypeError, "program"),
        (lambda text: text.starts(None, ONE, True), TypeError, "before"),
        (lambda text: text.hits(text, ONE), TypeError, "SearchProgram"),
        (lambda text: text.hits(program(A), misaligned("I")), ValueError, "must be aligned"),
        (lambda text: text.starts(program(A), misaligned("I"), True), ValueError, "must be aligned"),
        (lambda text: text.scan(8), ValueError, "^test .*8"),
        (lambda text: text.scan(2**32 - 1), ValueError, "4294967295"),
        (lambda text: text.scan(2**32), OverflowError, "too large|convert"),
        (lambda text: text.scan(-1), OverflowError, "negative"),
        (lambda text: text.scan("a"), TypeError, "integer"),
        (lambda _: in_documents(ONE, ENDS, np.zeros(1, np.uint8)), ValueError, "chosen"),
        (lambda _: in_documents(ONE, np.ones(1, np.uint64), BYTES), ValueError, "chosen"),
        (lambda _: in_documents(None, ENDS, BYTES), TypeError, "positions"),  # type: ignore[arg-type]
        (lambda _: in_documents(ONE, None, BYTES), TypeError, "document_ends"),  # type: ignore[arg-type]
        (lambda _: in_documents(ONE, ENDS, None), TypeError, "chosen"),  # type: ignore[arg-type]
        (lambda _: in_documents(ONE.astype(np.int64), ENDS, BYTES), ValueError, "mismatch"),
        (lambda _: in_documents(ONE, ENDS.astype(np.int64), BYTES), ValueError, "mismatch"),
        (lambda _: in_documents(ONE, ENDS, BYTES.astype(np.int8)), ValueError, "mismatch"),
        (lambda _: in_documents(misaligned("I"), ENDS, BYTES), ValueError, "must be aligned"),  # type: ignore[arg-type]
        (lambda _: in_documents(ONE, misaligned("Q"), np.zeros(8, np.uint8)), ValueError, "must be aligned"),  # type: ignore[arg-type]
    ],
)
def test_invalid_call_arguments(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(FIVE.made())


@pytest.mark.parametrize("wrong", [5, 2**32 - 1])
def test_invalid_types_are_reported_where_they_are_read(wrong: int) -> None:
    text = FIVE._replace(types=[0, 1, wrong, 0, 1])
    made = SearchText(np.array(text.types, np.uint32), *FIVE.arrays()[1:])
    message = f"token 2 has the type {wrong} of 5 types"
    plain, other = program(Row((A, B, C))), program(Row((A, Repeat(ANY_WORD, 0, 3), C)))
    for steps, start in ((plain, 0), (other, 0), (program(C), 2)):
        with pytest.raises(ValueError, match=message):
            made.hits(steps, ONE + start)
    for before in (program(C), program(Repeat(C, 0, 1))):
        for anchor in (2, 3):
            with pytest.raises(ValueError, match=message):
                made.starts(before, ONE + anchor, True)
    with pytest.raises(ValueError, match=message):
        made.scan(0)
    # elsewhere it is not read: the rest of a large corpus stays on disk
    assert [listed(column) for column in made.hits(program(Row((A, B))), ONE)] == [[0], [2]]
    assert listed(made.starts(program(A), ONE + 1, True)) == [0]


@given(st.binary(min_size=1, max_size=60), st.integers(1, 3))
def test_arbitrary_programs_are_rejected_or_terminate(data: bytes, stride: int) -> None:
    """Even with invalid types and positions, the result is an error or within the text."""
    numbers = np.frombuffer(data, np.uint8)
    wide = numbers.astype(np.uint32)
    tests = np.resize(numbers, 4 * stride)
    ends = np.array([len(data)], np.uint64)
    made = SearchText(wide % np.uint32(5), numbers, ends, tests, stride, int(numbers[0]) & 3)
    steps = SearchProgram(numbers % np.uint8(5), numbers & np.uint8(1), wide % np.uint32(9), wide % np.uint32(7))
    places = np.sort(wide % np.uint32(len(data) + 1))
    for call in (partial(made.hits, steps, places), partial(made.starts, steps, places, True)):
        try:
            found = call()
        except ValueError:
            continue
        columns = found if isinstance(found[0], tuple) else [found]
        for column in columns:
            assert all(0 <= token <= len(data) for token in listed(column))


# ----------------------------------------------------------------------------------------------------
# Signals
# ----------------------------------------------------------------------------------------------------
@lru_cache
def all_words() -> SearchText:
    size = 4_000_000
    ends, tests = np.array([size], np.uint64), np.ones(1, np.uint8)
    return SearchText(np.zeros(size, np.uint32), np.zeros(size, np.uint8), ends, tests, 1, 0)


@lru_cache
def no_words() -> SearchText:
    """Punctuation with a word at each end: without states, the search visits every token before it reaches a word."""
    size = 400_000
    types = np.zeros(size, np.uint32)
    types[[0, -1]] = 1
    tests = np.array([2, 3], np.uint8)
    return SearchText(types, np.zeros(size, np.uint8), np.array([size], np.uint64), tests, 1, 0, most_states=1)


def places(size: int) -> npt.NDArray[np.uint32]:
    return np.arange(size, dtype=np.uint32)


PLAIN = Row((Token(WORD),) * 5000)
BRANCHES = Row(tuple(Either((Token(WORD), Row((Token(WORD), Token(WORD))))) for _ in range(300)))
SIGN_THEN_WORD = Row((Token(1), Token(WORD)))
TO_THE_END = Row((Token(WORD), Repeat(Token(WORD), 0, None)))
KERNELS: dict[str, Any] = {
    "hits": lambda: partial(all_words().hits, program(BRANCHES), places(100_000)),
    "hits, of few states": lambda: partial(all_words().hits, program(TO_THE_END), places(10_000), patience=2**60),
    "hits, of plain tests": lambda: partial(all_words().hits, program(PLAIN), places(1_000_000)),
    "hits, over punctuation": lambda: partial(no_words().hits, program(SIGN_THEN_WORD), places(400_000)),
    "starts": lambda: partial(all_words().starts, program(BRANCHES), places(100_000), True),
    "starts, of plain tests": lambda: partial(all_words().starts, program(PLAIN), places(1_000_000), True),
    "starts, over punctuation": lambda: partial(no_words().starts, program(Token(WORD)), places(400_000), True),
}


@needs_timers
@pytest.mark.parametrize("name", KERNELS)
def test_ctrl_c_interrupts_the_search(name: str) -> None:
    """Each would take many seconds with few hits or starts; the interval depends on the tokens visited."""
    assert_ctrl_c_stops(KERNELS[name]())


# ----------------------------------------------------------------------------------------------------
# Texts of types
# ----------------------------------------------------------------------------------------------------
SHORT_TEXTS = st.lists(st.text("ab\u0628\U0001f600\0", max_size=4), min_size=1, max_size=20)


@settings(max_examples=examples(200))
@given(SHORT_TEXTS, SHORT_TEXTS, st.booleans())
def test_texts_are_found_by_bisection(texts: list[str], wanted: list[str], begins: bool) -> None:
    order = sorted(range(len(texts)), key=lambda row: texts[row].encode())
    found = mapped(*texts).find(np.array(order, np.uint32), [text.encode() for text in wanted], begins=begins)
    for text, (low, high) in zip(wanted, found, strict=True):
        fits = [texts[row].startswith(text) if begins else texts[row] == text for row in order]
        assert [low <= place < high for place in range(len(order))] == fits


MANY_TEXTS = st.lists(st.text("ab\u0628\u0627\0", max_size=5), max_size=60)


@settings(max_examples=examples(300))
@given(MANY_TEXTS, st.text("ab\u0628\u0627\0", max_size=3), st.integers(1, 40))
def test_texts_are_found_in_one_pass(texts: list[str], wanted: str, times: int) -> None:
    texts = texts * times  # so that many bytes and texts are passed at once
    every = mapped(*texts)
    assert listed(every.search(wanted.encode())) == [row for row, text in enumerate(texts) if wanted in text]
    begin = [row for row, text in enumerate(texts) if text.startswith(wanted)]
    assert listed(every.search(wanted.encode(), begins=True)) == begin
    assert listed(every.search(wanted.encode(), ends=True)) == [
        row for row, text in enumerate(texts) if text.endswith(wanted)
    ]


@pytest.mark.parametrize("far", [5, 200, 5_000])
def test_texts_far_apart_are_found(far: int) -> None:
    texts = ["a" * (row % 3) for row in range(far)] + ["xab"] + [""] * far + ["abx", "ax", "b"]
    assert listed(mapped(*texts).search(b"ab")) == [far, 2 * far + 1]
    assert listed(mapped(*texts).search(b"x")) == [far, 2 * far + 1, 2 * far + 2]


@settings(max_examples=examples(200))
@given(SHORT_TEXTS, st.data())
def test_tokens_end_after_their_code_points(texts: list[str], data: st.DataObject) -> None:
    types = data.draw(st.lists(st.integers(0, len(texts) - 1), min_size=1, max_size=9))
    starts = data.draw(st.lists(st.integers(0, 1000), min_size=len(types), max_size=len(types)))
    n = len(types)
    tokens = TokenArrays(np.array(types, np.uint32), np.zeros(n, np.uint8), np.ones(len(texts), np.uint8))
    ends = tokens.ends(np.arange(n), np.array(starts, np.uint32), mapped(*texts))
    expected = [start + len(texts[row]) for start, row in zip(starts, types, strict=True)]
    assert listed(ends) == expected
