"""What a regular expression requires, and the search for it: equal to trying the expression on every text."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from corpus_kit.corpus.checked import CheckedArray, IndexTexts
from corpus_kit.query.pattern_tree import Value
from corpus_kit.search.regex_literals import required_by
from corpus_kit.search.searched_texts import SearchedTexts

pytestmark = pytest.mark.interface

# Letters without case, one with case, and two that equal another letter only where case does not matter.
SIGNS = "اب]kK\u212as"
TEXTS = pl.Series(
    [None, *("".join(signs) for size in range(5) for signs in product(SIGNS, repeat=size)), "\u017f", "ا\nب", "a" * 99],
    dtype=pl.String,
)

ATOMS = st.sampled_from(
    [
        *("ا", "ب", "k", "s", "K", "اب", "باب", ".", "^", "$", r"\]", r"\.", r"\b", r"\B", r"\w", r"\W", r"\d", r"\s"),
        *(r"\pL", r"\PL", r"\p{Arabic}", r"\P{L}", r"\x6b", r"\x{627}", "\\u0627", r"\u{628}", r"\<", r"\b{start}"),
        *("[اب]", "[^ا]", "[]ا]", "[^]ا]", "[K-s]", "[-ا]", "[اkب]", r"[\]ا]", r"[\w--ا]", "[اب&&ب]", "[[:alpha:]]"),
        *("[ا[بk]]", "[^[^ا]]", "[ks]", "]", "", "(?i)", "(?-i)", "(?s)", "(?x)", "(?U)", "(?x: ا ب # k\n)"),
    ]
)
REPEATS = st.sampled_from(
    [
        "",
        "",
        "?",
        "*",
        "+",
        "??",
        "*?",
        "+?",
        "{0}",
        "{1}",
        "{2}",
        "{5}",
        "{0,0}",
        "{0,1}",
        "{1,}",
        "{2,3}",
        "{,2}",
        "++",
    ]
)
OPENED = st.sampled_from(["(", "(?:", "(?i:", "(?-i:", "(?P<n>", "(?<m>", "(?x:", "(?si-U:"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    branches = st.lists(st.lists(inner, max_size=3).map("".join), min_size=1, max_size=3)
    return st.tuples(OPENED, branches, REPEATS).map(lambda drawn: f"{drawn[0]}{'|'.join(drawn[1])}){drawn[2]}")


PARTS = st.recursive(st.tuples(ATOMS, REPEATS).map("".join), larger, max_leaves=8)
BUILT = st.lists(st.lists(PARTS, max_size=4).map("".join), min_size=1, max_size=3).map("|".join)
NOISE = st.text("اkب()[]{}|*+?\\^$.-&~:i<>x#, 012", max_size=12)


def matched(expression: str) -> pl.Series:
    """Return which texts an expression matches; an invalid one is no case."""
    for tried in (expression, Value(expression, "regex").expression):
        try:
            pl.Series([""]).str.contains(tried)
        except pl.exceptions.ComputeError:
            assume(False)
    return Value(expression, "regex").fits(TEXTS).fill_null(value=False)


@settings(max_examples=examples(400))
@given(BUILT | NOISE)
@example("ا|(?i)k")
@example("(ا|(?i)s)k")
@example("(?i)[ks]ا|ب")
@example("(ا){0}ب")
@example("[]ا]k")
@example("ا{2}{0,1}ب")
@example("اب{2}")
@example("[^ا]ب")
@example("[ا-ك]ب")
@example("[K-s]ب")
@example(r"[\w]ب")
@example("[اب&&ب]ا")
@example("(?-i)k(?i)k")
@example("(?x)ا ب")
@example("(|ا)ب")
@example("k{5}")
@example("(..){1,2}k?")
@example(r"\d{2}|(?i)[^ك]s")
@example(".{0,2}ا{0}")
def test_whatever_matches_has_what_is_required(expression: str) -> None:
    found = TEXTS.filter(matched(expression)).to_list()
    begins, ends, contains, shortest, longest = required_by(expression)
    assert all(text.startswith(begins) for text in found if begins)
    assert all(text.endswith(ends) for text in found if ends)
    assert all(any(part in text for part in contains) for text in found if contains)
    assert all(shortest <= len(text) and (longest is None or len(text) <= longest) for text in found)


def index_of(texts: pl.Series) -> IndexTexts:
    pieces = [text.encode() for text in texts.fill_null("")]
    offsets = np.cumsum([0, *map(len, pieces)], dtype=np.uint64)
    return IndexTexts(CheckedArray(np.frombuffer(b"".join(pieces), np.uint8)), CheckedArray(offsets))


PLAIN = TEXTS.fill_null("")
COPIED = SearchedTexts.of(TEXTS)
ORDERED = SearchedTexts(index_of(PLAIN), PLAIN.arg_sort().to_numpy(), lambda: PLAIN)
VALUES = st.builds(Value, st.text(SIGNS, max_size=3), st.sampled_from(["begins", "ends", "contains", "is"]))


@settings(max_examples=examples(300))
@given(st.lists(BUILT | NOISE, max_size=3), st.lists(VALUES, max_size=3))
def test_equal_to_comparing_every_text(expressions: list[str], others: list[Value]) -> None:
    for expression in expressions:
        matched(expression)
    values = list(dict.fromkeys([*(Value(each, "regex") for each in expressions), *others]))
    for searched, texts in ((COPIED, TEXTS), (ORDERED, PLAIN)):
        for value, rows in zip(values, searched.fitting(values), strict=True):
            assert rows.dtype == np.uint32
            assert rows.tolist() == value.fits(texts).fill_null(value=False).arg_true().to_list()


@settings(max_examples=examples(100))
@given(
    st.lists(st.none() | st.text("اب", max_size=2), max_size=5), st.sampled_from(["ا", "اب", "ا.*", ".*ب", ".?", "ا|"])
)
def test_few_texts(rows: list[str | None], text: str) -> None:
    texts = pl.Series(rows, dtype=pl.String)
    values = [Value(text, match) for match in ("begins", "ends", "contains", "regex")]
    for value, found in zip(values, SearchedTexts.of(texts).fitting(values), strict=True):
        assert found.tolist() == value.fits(texts).fill_null(value=False).arg_true().to_list()


@pytest.mark.parametrize(
    ("expression", "required"),
    [
        ("(?i)م.*(ون|ين)", (("م",), ("ون", "ين"), ("ون", "ين"))),
        ("(و|ف)?قالت?", (("فقال", "قال", "وقال"), ("قال", "قالت"), ("قال",))),
        (".*قال.*", ((), (), ("قال",))),
        ("(قال){2,}", (("قالقال",), ("قالقال",), ("قالقال",))),
        ("(?i).*covid.*", ((), (), ())),
        (".*covid.*", ((), (), ("covid",))),
        (r"(?i)\d+م", ((), ("م",), ("م",))),
        ("[^ا]*", ((), (), ())),
    ],
)
def test_what_is_required(expression: str, required: tuple[tuple[str, ...], ...]) -> None:
    assert required_by(expression)[:3] == required


@pytest.mark.parametrize(
    ("expression", "lengths"),
    [
        ("(?s).....", (5, 5)),
        (r"\d{4}", (4, 4)),
        ("[^ا]{2,}k?", (2, None)),
        ("(..|ا){2,3}", (2, 6)),
        (r"\bا*^", (0, None)),
    ],
)
def test_how_long_what_matches_is(expression: str, lengths: tuple[int, int | None]) -> None:
    required = required_by(expression)
    assert (required.shortest, required.longest) == lengths


def test_letters_without_case_equal_themselves_only() -> None:
    every = pl.Series([chr(point) for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF])
    without = "".join(chr(point) for point in (*range(0x600, 0x700), *range(0x30, 0x3A))) + "_#@"
    found = every.filter(every.str.contains(f"(?i)^[{without}]$"))
    assert sorted(found) == sorted(without)


@pytest.mark.parametrize("part", ["[اب]", "ا?", "(ا|ب)+", "ك", "(", "(ك|ل)?م", "ا{2}"])
def test_long_expressions_are_read_quickly_or_not_at_all(part: str) -> None:
    required_by(part * 2_000)  # within the time limit of tests
    assert required_by(part * 20_000)[:3] == ((), (), ())
