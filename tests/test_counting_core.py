"""The compiled counters over arrays, compared with slow twins."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from oracles_counting import runs, slow_count_ngrams, slow_postings, slow_select

from corpus_kit import _core
from corpus_kit._base.columns import Capsules, series_from_core, text_stream

pytestmark = pytest.mark.core

NO_FORM = 0xFFFFFFFF
BREAK = 0xFFFFFFFE

Stretch = list[int]
Document = list[Stretch]

# Documents of paragraphs of tokens; a small vocabulary gives many repetitions.
documents_of_ids = st.lists(st.lists(st.lists(st.integers(0, 4), max_size=9), max_size=4), max_size=6)


def values(capsules: Capsules | None) -> list[Any] | None:
    return None if capsules is None else series_from_core("", capsules).to_list()


def arrays(documents: list[Document]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ids, barriers and document ends of documents given as lists of stretches."""
    ids, barriers, ends = [], [], []
    for document in documents:
        for stretch in document:
            ids += stretch
            barriers += [int(place == 0) for place in range(len(stretch))]
        ends.append(len(ids))
    return np.array(ids, np.uint32), np.array(barriers, np.uint8), np.array(ends, np.uint64)


def positions_of(first: int, n: int) -> list[int]:
    positions = [first >> 32]
    for j in range(1, n):
        positions.append(positions[-1] + 1 + (first >> (32 - 4 * j) & 15))
    return positions


def count(documents: list[Document], low: int, high: int, **options: Any) -> list[tuple[Any, ...]]:
    """Return the rows (group, n-gram, count, documents) of the core."""
    ids, barriers, ends = arrays(documents)
    groups = options.pop("groups", None)
    if groups is not None:
        options.update(groups=np.array(groups, np.uint32), n_groups=max(groups, default=0) + 1)
    columns = _core.count_ngrams(ids, barriers, ends, low=low, high=high, **options)
    n, first, counts, frequencies, group = (values(column) for column in columns)
    assert n is not None
    assert first is not None
    assert counts is not None
    ngrams = [tuple(int(ids[p]) for p in positions_of(key, size)) for key, size in zip(first, n, strict=True)]
    return list(zip(group or [None] * len(n), ngrams, counts, frequencies or [None] * len(n), strict=True))


# ---------------------------------------------------------------- n-grams


@given(
    documents_of_ids,
    st.integers(1, 8),
    st.integers(0, 2),
    st.sampled_from([0, 0, 2]),
    st.integers(1, 3),
    st.booleans(),
    st.integers(2, 5),
)
def test_any_number_of_threads_gives_the_same_rows(
    documents: list[Document], low: int, more: int, skip: int, min_count: int, grouped: bool, threads: int
) -> None:
    options = {"skip": skip, "min_count": min_count, "grain": 1}
    if grouped:
        options["groups"] = [number % 2 for number in range(len(documents))]
    high = min(low + more, 8)
    n_types = 1 + max((token for document in documents for stretch in document for token in stretch), default=0)
    together = count(documents, low, high, threads=threads, n_types=n_types, **options)
    assert together == count(documents, low, high, **options)


@pytest.mark.slow
@pytest.mark.no_sanitizer  # the slow twin takes most of the time
@pytest.mark.parametrize("types", [1, 40, 100_000])
def test_many_blocks_and_partitions(types: int) -> None:
    chance = np.random.default_rng(types)
    tokens = (types * chance.random(300_000) ** 3).astype(int).tolist()
    cuts = [0, 5, 5, 100_000, 100_001, 299_000, 300_000]
    documents = [[tokens[begin:end]] for begin, end in pairwise(cuts)]
    for low, high, min_count in ((2, 3, 1), (4, 4, 2)):
        expected = slow_count_ngrams(documents, low, high, min_count=min_count)
        for threads in (1, 3):
            assert count(documents, low, high, min_count=min_count, threads=threads) == expected


@given(documents_of_ids, st.integers(1, 8), st.integers(0, 7), st.integers(1, 4))
def test_ngrams_equal_a_counter(documents: list[Document], low: int, more: int, min_count: int) -> None:
    high = min(low + more, 8)
    assert count(documents, low, high, min_count=min_count) == slow_count_ngrams(
        documents, low, high, min_count=min_count
    )


@given(documents_of_ids, st.integers(1, 4), st.integers(0, 2), st.integers(1, 5), st.integers(1, 4))
def test_skip_grams_equal_combinations(
    documents: list[Document], low: int, more: int, skip: int, min_count: int
) -> None:
    expected = slow_count_ngrams(documents, low, low + more, skip=skip, min_count=min_count)
    assert count(documents, low, low + more, skip=skip, min_count=min_count) == expected


@given(documents_of_ids, st.data(), st.integers(1, 3), st.integers(0, 2), st.integers(0, 2), st.integers(1, 3))
def test_groups_are_counted_separately(
    documents: list[Document], data: st.DataObject, low: int, more: int, skip: int, min_count: int
) -> None:
    groups = data.draw(st.lists(st.integers(0, 2), min_size=len(documents), max_size=len(documents)))
    expected = slow_count_ngrams(documents, low, low + more, skip=skip, min_count=min_count, labels=groups)
    assert count(documents, low, low + more, skip=skip, min_count=min_count, groups=groups) == expected


@given(documents_of_ids, st.integers(1, 3), st.booleans())
def test_document_frequency_is_optional(documents: list[Document], n: int, grouped: bool) -> None:
    options = {"groups": [0] * len(documents)} if grouped else {}
    rows = count(documents, 1, n, document_frequency=False, **options)
    assert [row[:3] for row in rows] == [row[:3] for row in count(documents, 1, n, **options)]
    assert all(row[3] is None for row in rows)


@given(documents_of_ids, st.integers(1, 3))
def test_ids_can_be_any_32_bit_number(documents: list[Document], n: int) -> None:
    spread = [NO_FORM, NO_FORM - 1, 0, 1 << 31, 12345]
    wide = [[[spread[token] for token in stretch] for stretch in document] for document in documents]
    assert count(wide, n, n) == slow_count_ngrams(wide, n, n)


def test_skip_grams_of_guthrie_et_al() -> None:
    # Guthrie et al. 2006: "insurgents killed in ongoing fighting", 2-skip-bigrams.
    rows = count([[[0, 1, 2, 3, 4]]], 2, 2, skip=2)
    assert [row[1] for row in rows] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]


def test_skip_gram_can_be_more_frequent_than_its_prefix() -> None:
    # One "0" makes two pairs "0 1"; dropping the rare "0" first would lose them.
    assert count([[[0, 1, 1]]], 2, 2, skip=1, min_count=2) == [(None, (0, 1), 2, 1)]


@pytest.mark.parametrize("skip", [0, 15])
def test_longest_ngrams_and_gaps(skip: int) -> None:
    tokens = list(range(23))
    ids, barriers, ends = arrays([[tokens]])
    n, first, *_ = (
        values(column)
        for column in _core.count_ngrams(ids, barriers, ends, low=8, high=8, skip=skip, document_frequency=False)
    )
    assert n is not None
    assert first is not None
    # The span is at most 8 + skip tokens; with skip=15 the first token starts C(22, 7) of them.
    assert len(first) == (16 if skip == 0 else sum(_choose(min(22 - start, 22), 7) for start in range(16)))
    assert first == sorted(first)
    assert max(positions_of(first[-1], 8)) == 22


def _choose(n: int, k: int) -> int:
    result = 1
    for j in range(k):
        result = result * (n - j) // (j + 1)
    return result


def test_many_tokens_fill_many_partitions() -> None:
    random = np.random.default_rng(1)
    # A frequent head and a long tail, so that partitions differ in size and some pairs are very frequent.
    ids = np.minimum(random.zipf(1.3, 400_000), 50_000).astype(np.uint32)
    ends = np.sort(random.integers(0, len(ids) + 1, 500)).astype(np.uint64)
    ends[-1] = len(ids)
    barriers = np.zeros(len(ids), np.uint8)
    barriers[np.concatenate([[0], ends[:-1]])[np.diff(ends, prepend=np.uint64(0)) > 0].astype(int)] = 1
    rows = count(
        [
            runs(part.tolist(), marks.tolist())
            for part, marks in zip(
                np.split(ids, ends[:-1].astype(int)), np.split(barriers, ends[:-1].astype(int)), strict=True
            )
        ],
        1,
        3,
        min_count=2,
    )
    counter: Counter[tuple[int, ...]] = Counter()
    begin = 0
    for end in ends.astype(int).tolist():
        tokens = ids[begin:end].tolist()
        for n in (1, 2, 3):
            counter.update(zip(*(tokens[k:] for k in range(n)), strict=False))
        begin = end
    assert max(counter.values()) > 4096
    assert {row[1]: row[2] for row in rows} == {ngram: number for ngram, number in counter.items() if number >= 2}
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


def test_one_pair_fills_its_partition() -> None:
    ids = np.full(200_000, 7, np.uint32)
    barriers = np.zeros(len(ids), np.uint8)
    barriers[0] = 1
    columns = _core.count_ngrams(ids, barriers, np.array([len(ids)], np.uint64), low=1, high=3)
    assert [values(column) for column in columns] == [
        [1, 2, 3],
        [0, 0, 0],
        [200_000, 199_999, 199_998],
        [1, 1, 1],
        None,
    ]


@pytest.mark.parametrize("skip", [0, 2])
def test_empty_input(skip: int) -> None:
    for documents in ([], [[]], [[], [[]]]):
        assert count(documents, 1, 8, skip=skip) == []
        assert count(documents, 2, 2, skip=skip, groups=[0] * len(documents)) == []
    assert count([[[1]]], 2, 3, skip=skip) == []


class CounterMachine(RuleBasedStateMachine):
    """Add documents in turn; the counts always equal those of a Counter."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: list[Document] = []
        self.counts: Counter[tuple[int, ...]] = Counter()
        self.frequencies: Counter[tuple[int, ...]] = Counter()

    @rule(document=st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=3))
    def add(self, document: Document) -> None:
        self.documents.append(document)
        seen = Counter(
            tuple(stretch[place : place + n])
            for stretch in document
            for n in (1, 2, 3)
            for place in range(len(stretch) - n + 1)
        )
        self.counts.update(seen)
        self.frequencies.update(seen.keys())

    @rule()
    def add_the_same_again(self) -> None:
        if self.documents:
            self.add(self.documents[-1])

    @invariant()
    def counts_equal_the_counter(self) -> None:
        rows = count(self.documents, 1, 3)
        assert {row[1]: row[2] for row in rows} == self.counts
        assert {row[1]: row[3] for row in rows} == self.frequencies
        assert len(rows) == len(self.counts)

    @invariant()
    def pruning_only_removes_rows(self) -> None:
        rows = count(self.documents, 1, 3)
        assert count(self.documents, 1, 3, min_count=3) == [row for row in rows if row[2] >= 3]


CounterMachine.TestCase.settings = settings(max_examples=examples(25), stateful_step_count=12, deadline=None)
TestCounterMachine = CounterMachine.TestCase


# --------------------------------------------------------------- selection


@st.composite
def token_streams(draw: st.DrawFn) -> tuple[list[int], list[int], list[int], list[int | None]]:
    forms = draw(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=6))
    counts = draw(st.lists(st.integers(0, 8), max_size=6))
    total = sum(counts)
    type_ids = draw(st.lists(st.integers(0, len(forms) - 1), min_size=total, max_size=total))
    flags = draw(st.lists(st.integers(0, 7), min_size=total, max_size=total))
    return type_ids, flags, counts, forms


@given(token_streams(), st.sampled_from([0, 1, 2]), st.data())
def test_select_equals_a_loop(
    stream: tuple[list[int], list[int], list[int], list[int | None]], barrier_bit: int, data: st.DataObject
) -> None:
    type_ids, flags, counts, forms = stream
    chosen = data.draw(st.none() | st.lists(st.integers(0, 1), min_size=len(counts), max_size=len(counts)))
    columns = _core.select(
        np.array(type_ids, np.uint32),
        np.array(flags, np.uint8),
        np.array(counts, np.uint32),
        np.array([NO_FORM if form is None else form for form in forms], np.uint32),
        barrier_bit=barrier_bit,
        documents=None if chosen is None else np.array(chosen, np.uint8),
        with_positions=True,
        threads=data.draw(st.integers(1, 4)),
        grain=1,
    )
    expected = slow_select(type_ids, flags, counts, forms, barrier_bit=barrier_bit, chosen=chosen)
    assert tuple(values(column) for column in columns) == expected


@given(token_streams(), st.integers(1, 3), st.integers(0, 2), st.integers(1, 4), st.data())
def test_what_is_left_out_is_in_no_frequent_ngram(
    stream: tuple[list[int], list[int], list[int], list[int | None]],
    low: int,
    more: int,
    least: int,
    data: st.DataObject,
) -> None:
    type_ids, flags, counts, forms = stream
    broken = data.draw(st.sets(st.integers(0, 3)))  # forms that end what stands before and after them
    of_type = [NO_FORM if form is None else BREAK if form in broken else form for form in forms]
    given = [np.array(each, dtype) for each, dtype in ((type_ids, np.uint32), (flags, np.uint8), (counts, np.uint32))]

    def counted(of_type: list[int], **options: Any) -> list[tuple[Any, ...]]:
        columns = _core.select(*given, np.array(of_type, np.uint32), barrier_bit=1, **options)
        ids, barriers, ends = (series_from_core("", column).to_numpy() for column in columns[:3] if column is not None)
        found = _core.count_ngrams(ids, barriers, ends, low=low, high=low + more, min_count=least, with_ids=True)
        n, places, count, documents, _ = found
        return list(zip(*map(values, (n, *places, count, documents)), strict=True))  # type: ignore[arg-type]

    whole = counted([NO_FORM if form is None else form for form in forms])
    kept = [row for row in whole if not broken & set(row[1:-2])]
    threads = data.draw(st.integers(1, 4))
    assert counted(of_type, shortest=low, least=least if low > 1 else 0, threads=threads, grain=1) == kept


def test_positions_are_optional() -> None:
    one = np.array([0], np.uint32)
    columns = _core.select(one, np.array([3], np.uint8), np.array([1], np.uint32), one)
    assert columns[3] is None


# ------------------------------------------------------- columns of n-grams


@given(documents_of_ids, st.integers(1, 3), st.integers(0, 2), st.integers(0, 2), st.sampled_from([b" ", b"", b"__"]))
def test_ids_and_strings_of_rows(documents: list[Document], low: int, more: int, skip: int, separator: bytes) -> None:
    words = ["على", "ا", "", "الجمهورية العربية", "س" * 20]
    ids, barriers, ends = arrays(documents)
    n, first, *_ = (
        series_from_core("", column).to_numpy()
        for column in _core.count_ngrams(ids, barriers, ends, low=low, high=low + more, skip=skip)[:2]
    )
    expected = [ngram for _, ngram, _, _ in slow_count_ngrams(documents, low, low + more, skip=skip)]
    columns = _core.count_ngrams(ids, barriers, ends, low=low, high=low + more, skip=skip, with_ids=True)[1]
    rows = list(zip(*(values(column) or [] for column in columns), strict=True))
    assert rows == [ngram + (None,) * (low + more - len(ngram)) for ngram in expected]
    stream = text_stream(pl.Series(words, dtype=pl.String))
    strings = _core.ngram_strings(
        ids, n, first, stream, separator=separator, block_limit=64, threads=1 + len(n) % 4, grain=1
    )
    assert values(strings) == [separator.decode().join(words[token] for token in ngram) for ngram in expected]


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_strings_of_many_rows(threads: int) -> None:
    words = [f"كلمة{number}" for number in range(1000)]
    ids, first = np.arange(1000, dtype=np.uint32), np.arange(999, dtype=np.uint64) << np.uint64(32)
    strings = _core.ngram_strings(ids, np.full(999, 2, np.uint8), first, stream(list(words)), threads=threads, grain=9)
    assert values(strings) == [f"{one} {other}" for one, other in pairwise(words)]


def test_a_vocabulary_in_chunks_and_slices() -> None:
    words = pl.concat([pl.Series(["x", "كتاب"]), pl.Series(["قلم"])], rechunk=False)[1:]
    ids, n, first = np.array([1, 0], np.uint32), np.array([2], np.uint8), np.array([0], np.uint64)
    assert values(_core.ngram_strings(ids, n, first, text_stream(words))) == ["قلم كتاب"]


# --------------------------------------------------------- types, postings


@given(documents_of_ids, st.data())
def test_counts_of_types(documents: list[Document], data: st.DataObject) -> None:
    n = len(documents)
    chosen = data.draw(st.none() | st.lists(st.integers(0, 1), min_size=n, max_size=n))
    groups = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    ids, _, ends = arrays(documents)
    taken = [
        [token for stretch in document for token in stretch] if chosen is None or chosen[number] else []
        for number, document in enumerate(documents)
    ]
    mask = None if chosen is None else np.array(chosen, np.uint8)
    counts, frequencies = _core.count_types(ids, ends, n_types=6, documents=mask)
    assert values(counts) == [sum(tokens.count(t) for tokens in taken) for t in range(6)]
    assert values(frequencies) == [sum(t in tokens for tokens in taken) for t in range(6)]

    every = [[token for stretch in document for token in stretch] for document in documents]
    first, counts, frequencies = map(values, _core.count_by_first(ids, ends, 6))
    occurring = dict.fromkeys(ids.tolist())
    assert first == [ids.tolist().index(t) for t in occurring]
    assert counts == [ids.tolist().count(t) for t in occurring]
    assert frequencies == [sum(t in tokens for tokens in every) for t in occurring]

    columns = _core.count_types(ids, ends, n_types=6, documents=mask, groups=np.array(groups, np.uint32), n_groups=4)
    rows = list(zip(*(values(column) or [] for column in columns), strict=True))
    expected = []
    for group in range(4):
        inside = [tokens for tokens, other in zip(taken, groups, strict=True) if other == group]
        for token, number in Counter(token for tokens in inside for token in tokens).items():
            expected.append((group, token, number, sum(token in tokens for tokens in inside)))
    assert rows == expected


@given(st.lists(st.integers(0, 39), max_size=200), st.sets(st.integers(0, 39)))
def test_positions_of_several_types(tokens: list[int], asked: set[int]) -> None:
    """Few lists are merged, many are sorted."""
    ids = np.array(tokens, np.uint32)
    offsets, positions = (series_from_core("", column).to_numpy() for column in _core.postings(ids, n_types=40))
    found = values(_core.positions_of(offsets, positions, np.array(sorted(asked), np.uint32)))
    assert found == [place for place, token in enumerate(tokens) if token in asked]


@settings(max_examples=examples(100))
@given(
    st.dictionaries(st.integers(0, 999), st.integers(1, 40), max_size=60), st.integers(1, 40), st.sampled_from([0, 40])
)
def test_positions_of_a_frequent_type_and_rare_ones(rare: dict[int, int], asked: int, frequent: int) -> None:
    ids = np.full(1000, frequent, np.uint32)
    ids[list(rare)] = [(each + 1) % 41 if each == frequent else each for each in rare.values()]
    types = np.unique([*range(asked), frequent]).astype(np.uint32)
    offsets, positions = map(values, _core.postings(ids, 41))
    found = values(_core.positions_of(np.array(offsets, np.uint64), np.array(positions, np.uint32), types))
    assert found == np.flatnonzero(np.isin(ids, types)).tolist()


def test_bad_positions() -> None:
    offsets, positions = np.array([0, 2, 3], np.uint64), np.array([0, 2, 1], np.uint32)
    asked = np.array([0], np.uint32)
    for bad_offsets, bad_asked, error in (
        (offsets[:0], asked, ValueError),
        (offsets, asked + np.uint32(2), ValueError),
        (np.array([2, 0, 3], np.uint64), asked, ValueError),
        (np.array([0, 4, 4], np.uint64), asked, ValueError),
        (offsets, np.array([0, 0, 0], np.uint32), ValueError),
    ):
        with pytest.raises(error):
            _core.positions_of(bad_offsets, positions, bad_asked)


@given(st.lists(st.integers(0, 6), max_size=60))
def test_postings_equal_a_loop(tokens: list[int]) -> None:
    offsets, positions = (values(column) for column in _core.postings(np.array(tokens, np.uint32), n_types=8))
    assert offsets is not None
    assert positions is not None
    assert [positions[a:b] for a, b in pairwise(offsets)] == slow_postings(tokens, 8)
    assert len(offsets) == 9


# ---------------------------------------------------------------- bad input

ONE = np.array([0], np.uint32)
FLAG = np.array([1], np.uint8)
END = np.array([1], np.uint64)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: _core.count_ngrams(ONE, FLAG[:0], END, low=1, high=1), ValueError, "^barriers "),
        (lambda: _core.count_ngrams(ONE, FLAG, END, low=0, high=1), ValueError, "low and high must be .* 0 and 1"),
        (lambda: _core.count_ngrams(ONE, FLAG, END, low=1, high=9), ValueError, "low and high must be .* 1 and 9"),
        (lambda: _core.count_ngrams(ONE, FLAG, END, low=2, high=1), ValueError, "low and high must be .* 2 and 1"),
        (lambda: _core.count_ngrams(ONE, FLAG, END, low=1, high=1, skip=16), ValueError, "^skip .*16"),
        (lambda: _core.count_ngrams(ONE + 3, FLAG, END, low=1, high=1, n_types=3), ValueError, "has the id 3"),
        (lambda: _core.count_ngrams(ONE, FLAG, END + 1, low=1, high=1), ValueError, "document 0 ends at 2"),
        (lambda: _core.count_ngrams(ONE, FLAG, END[:0], low=1, high=1), ValueError, "documents end at 0"),
        (lambda: _core.count_ngrams(ONE, FLAG * 0, END, low=1, high=1), ValueError, "begin with a barrier"),
        (
            lambda: _core.count_ngrams(ONE, FLAG, END, low=1, high=1, groups=ONE + 1, n_groups=1),
            ValueError,
            "document 0 has the group 1",
        ),
        (
            lambda: _core.count_ngrams(ONE, FLAG, END, low=1, high=1, groups=ONE[:0], n_groups=1),
            ValueError,
            "^groups ",
        ),
        (lambda: _core.count_ngrams(ONE.astype(np.int64), FLAG, END, low=1, high=1), ValueError, "mismatch"),
        (lambda: _core.count_ngrams(None, FLAG, END, low=1, high=1), TypeError, "ids"),
        (lambda: _core.select(ONE, FLAG[:0], ONE + 1, ONE), ValueError, "^flags "),
        (lambda: _core.select(ONE + 1, FLAG, ONE + 1, ONE), ValueError, "token 0 has the type 1"),
        (lambda: _core.select(ONE, FLAG, ONE + 2, ONE), ValueError, "document 0 ends"),
        (lambda: _core.select(ONE, FLAG, ONE, ONE), ValueError, "the documents .* 0 tokens"),
        (lambda: _core.select(ONE, FLAG, ONE + 1, ONE, documents=FLAG[:0]), ValueError, "^documents "),
        (
            lambda: _core.ngram_strings(ONE, FLAG, END << np.uint64(32), stream(["a"])),
            ValueError,
            "row 0 ends at token 1",
        ),
        (
            lambda: _core.ngram_strings(ONE, FLAG + 1, END * 0, stream(["a"])),
            ValueError,
            "row 0 ends at token 1 of 1",
        ),
        (lambda: _core.ngram_strings(ONE, FLAG * 0, END * 0, stream(["a"])), ValueError, "n = 0"),
        (lambda: _core.ngram_strings(ONE, FLAG[:0], END, stream(["a"])), ValueError, "^first "),
        (lambda: _core.ngram_strings(ONE, FLAG, END * 0, stream([])), ValueError, "token 0 has the id 0"),
        (lambda: _core.ngram_strings(ONE, FLAG, END * 0, stream([None])), ValueError, "no word in row 0"),
        (
            lambda: _core.ngram_strings(ONE, FLAG, END * 0, stream(["a"]), separator=b"\xff"),
            ValueError,
            "^separator .*UTF-8",
        ),
        (lambda: _core.ngram_strings(ONE, FLAG, END * 0, object()), ValueError, "PyCapsule"),
        (lambda: _core.count_types(ONE, END, n_types=0), ValueError, "token 0 has the id 0"),
        (lambda: _core.count_types(ONE, END, n_types=1 << 40), OverflowError, "n_types"),
        (lambda: _core.count_types(ONE, END, n_types=1, groups=ONE + 3, n_groups=2), ValueError, "the group 3"),
        (lambda: _core.count_types(ONE, END * 2, n_types=1), ValueError, "document 0 ends at 2"),
        (lambda: _core.count_by_first(ONE, END, n_types=0), ValueError, "token 0 has the id 0"),
        (lambda: _core.count_by_first(ONE, END, n_types=1 << 40), OverflowError, "n_types"),
        (lambda: _core.count_by_first(ONE, END * 2, n_types=1), ValueError, "document 0 ends at 2"),
        (lambda: _core.postings(ONE + 4, n_types=4), ValueError, "token 0 has the id 4"),
        (lambda: _core.postings(ONE, n_types=1 << 40), OverflowError, "n_types"),
    ],
)
def test_bad_arrays_are_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def stream(words: list[str | None]) -> object:
    return text_stream(pl.Series(words, dtype=pl.String))


def test_read_only_arrays_are_accepted() -> None:
    ids, barriers, ends = arrays([[[0, 1, 0]]])
    for array in (ids, barriers, ends):
        array.flags.writeable = False
    _, (words,), *_ = _core.count_ngrams(ids, barriers, ends, low=1, high=1, with_ids=True)
    assert values(words) == [0, 1]
    assert values(_core.postings(ids, n_types=2)[1]) == [0, 2, 1]
    assert values(_core.count_types(ids, ends, n_types=2)[0]) == [2, 1]
    counts = np.array([3], np.uint32)
    counts.flags.writeable = False
    assert values(_core.select(ids, barriers, counts, ids[:2])[0]) == [0, 1, 0]


def test_other_threads_run_while_it_counts() -> None:
    ids = np.arange(2_000_000, dtype=np.uint32) % 70_000
    barriers = np.zeros(len(ids), np.uint8)
    barriers[0] = 1
    done = threading.Event()
    worker = threading.Thread(
        target=lambda: (
            _core.count_ngrams(ids, barriers, np.array([len(ids)], np.uint64), low=1, high=5),
            done.set(),
        )
    )
    worker.start()
    turns = 0
    while not done.is_set():
        turns += 1
        time.sleep(0.001)
    worker.join()
    assert turns > 3
