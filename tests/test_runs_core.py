"""The core's runs: made and merged byte for byte like the slow twins, and damaged runs."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from arrow_producer import Chunk, offsets
from hypothesis import example, given
from hypothesis import strategies as st
from oracles_counting import slow_count_ngrams
from oracles_runs import (
    MOST,
    DamagedError,
    Merged,
    Row,
    Run,
    number,
    slow_bucket_bytes,
    slow_content,
    slow_hash,
    slow_merge,
    slow_rows,
    slow_run,
)
from test_counting_core import Document, arrays, documents_of_ids
from test_limits import SparseProducer, sparse
from test_robust_core import misaligned

from corpus_kit import _core
from corpus_kit._base.columns import Capsules, series_from_core, text_stream

pytestmark = pytest.mark.core

Words = Sequence[str]


class Entry(NamedTuple):
    """A row of a counted table; gaps are the numbers of tokens skipped between its words."""

    ids: tuple[int, ...]
    count: int = 1
    documents: int = 1
    gaps: tuple[int, ...] = ()


def numbers(capsules: Capsules) -> npt.NDArray[Any]:
    return series_from_core("", capsules).to_numpy()


def ranks_of(words: Words) -> npt.NDArray[np.uint32]:
    """Return the rank of each word in byte order."""
    order = sorted(range(len(words)), key=lambda word: words[word].encode())
    ranks = np.empty(len(words), np.uint32)
    ranks[order] = np.arange(len(words), dtype=np.uint32)
    return ranks


def stream(words: Words) -> object:
    return text_stream(pl.Series(words, dtype=pl.String))


def laid_out(entries: Iterable[Entry]) -> list[Any]:
    """Return tokens in which each n-gram occurs once, and the n-grams in one level per length."""
    ids: list[int] = []
    rows: dict[int, list[tuple[int, int, int, int]]] = {}
    for entry in entries:
        start, gaps = len(ids), 0
        ids.append(entry.ids[0])
        for place, word in enumerate(entry.ids[1:], 1):
            gap = entry.gaps[place - 1] if entry.gaps else 0
            gaps |= gap << (32 - 4 * place)
            ids += [0] * gap + [word]
        rows.setdefault(len(entry.ids), []).append((start, gaps, entry.count, entry.documents))
    levels = []
    for n, level in rows.items():
        start, gaps, count, documents = np.array(level, np.uint32).T.copy()
        levels.append((n, start, gaps if gaps.any() else None, count, documents))
    return [np.array(ids, np.uint32), levels]


def core_run(words: Words, columns: Sequence[Any], bucket_bits: int = 0, hash_bits: int = 64) -> Run:
    gathered = _core.RunRows(*columns, stream(words), ranks_of(words), bucket_bits=bucket_bits, hash_bits=hash_bits)
    written, ends, rows = map(numbers, gathered.pack())
    return Run(written.tobytes(), ends.tolist(), rows.tolist())


def rows_of(words: Words, entries: Iterable[Entry]) -> list[Row]:
    return [
        Row(" ".join(words[word] for word in entry.ids).encode(), entry.count, entry.documents) for entry in entries
    ]


def core_merge(pieces: list[Any], rows: Iterable[int], min_count: int = 1) -> list[Merged]:
    *columns, content = _core.merge_runs(pieces, np.array(list(rows), np.uint64), min_count=min_count)
    text, n, count, documents = (series_from_core("", column) for column in columns)
    assert (text.dtype, n.dtype, count.dtype, documents.dtype) == (pl.String, pl.UInt8, pl.Int64, pl.Int64)
    found = [
        Merged(*row)
        for row in zip(text.cast(pl.Binary), n.to_list(), count.to_list(), documents.to_list(), strict=True)
    ]
    assert content == slow_content(found)
    return found


def merge_tables(tables: Sequence[Sequence[Row]], min_count: int = 1) -> list[Merged]:
    return core_merge([slow_bucket_bytes(table) for table in tables], map(len, tables), min_count)


def bucket_of(run: Run, bucket: int) -> tuple[bytes, int]:
    begin = run.ends[bucket - 1] if bucket else 0
    return run.written[begin : run.ends[bucket]], run.rows[bucket]


def merge_all(runs: Sequence[Run], min_count: int = 1) -> list[Merged]:
    """Merge all buckets of some runs one after another."""
    merged: list[Merged] = []
    for bucket in range(len(runs[0].ends)):
        pieces, rows = zip(*(bucket_of(run, bucket) for run in runs), strict=True)
        merged += core_merge(list(pieces), rows, min_count)
    return sorted(merged)


# ------------------------------------------------------------------------------------------- making runs

# The first and last code points of each code range (letter_code.h); the code of U+00A0 contains a space.
EDGES = "\x7f\x80\xa0\u061f\u0620\u067f\u0680\u077f\u0780\ud7ff\ue000\uffff\U00010000\U0001f642\U0010ffff"
# Control characters sort before the space; prefixes are shared; sixteen bytes are copied at a time.
BEGINNINGS = ["", "", "", "ب", "a" * 15, "a" * 16, "كتابكتاب", "كتابكتابك", "\U0001f642" * 30]
some_words = st.builds(
    str.__add__, st.sampled_from(BEGINNINGS), st.text("aبج\x00\x01\x1f!~" + EDGES, min_size=1, max_size=4)
)
vocabularies = st.lists(some_words, min_size=1, max_size=9, unique=True)


@st.composite
def entries_of(draw: st.DrawFn, n_words: int) -> list[Entry]:
    """Return rows of a table, each n-gram once."""
    entries = []
    for ids in draw(st.lists(st.lists(st.integers(0, n_words - 1), min_size=1, max_size=8).map(tuple), unique=True)):
        count = draw(st.one_of(st.integers(1, 3), st.integers(1, 300), st.integers(1, 2**32 - 1)))
        documents = draw(st.one_of(st.just(count), st.integers(1, count)))
        gaps = draw(st.lists(st.sampled_from([0, 0, 1, 15]), min_size=len(ids) - 1, max_size=len(ids) - 1))
        entries.append(Entry(ids, count, documents, tuple(gaps)))
    return entries


@given(vocabularies, st.data(), st.integers(0, 16), st.one_of(st.just(64), st.integers(1, 64)))
def test_a_run_equals_its_twin_to_the_byte(
    words: list[str], data: st.DataObject, bucket_bits: int, hash_bits: int
) -> None:
    entries = data.draw(entries_of(len(words)))
    expected = slow_run(rows_of(words, entries), bucket_bits, hash_bits)
    assert core_run(words, laid_out(entries), bucket_bits, hash_bits) == expected


WORDS = ["قال", "الرئيس", "ال\x01", "ال", "قالت"]


def counted(documents: list[Document], low: int, high: int, skip: int = 0) -> list[Any]:
    """Return the arguments of RunRows, as `count_ngram_levels` provides them."""
    ids, barriers, ends = arrays(documents)
    levels = _core.count_ngram_levels(ids, barriers, ends, low=low, high=high, skip=skip)
    return [ids, [(n, *(None if each is None else numbers(each) for each in columns)) for n, *columns in levels]]


def slowly_counted(documents: list[Document], low: int, high: int, skip: int = 0) -> list[Row]:
    rows = slow_count_ngrams(documents, low, high, skip=skip)
    return rows_of(WORDS, [Entry(ngram, count, frequency) for _, ngram, count, frequency in rows])


ranges = st.tuples(st.integers(1, 8), st.integers(0, 7)).map(lambda low_more: (low_more[0], min(8, sum(low_more))))


@given(documents_of_ids, ranges, st.integers(0, 3))
def test_the_run_of_a_count(documents: list[Document], low_high: tuple[int, int], bucket_bits: int) -> None:
    expected = slow_run(slowly_counted(documents, *low_high), bucket_bits)
    assert core_run(WORDS, counted(documents, *low_high), bucket_bits) == expected


@given(documents_of_ids, st.integers(1, 3), st.integers(0, 1), st.integers(1, 4))
def test_the_run_of_a_count_of_skip_grams(documents: list[Document], low: int, more: int, skip: int) -> None:
    expected = slow_run(slowly_counted(documents, low, low + more, skip), 2)
    assert core_run(WORDS, counted(documents, low, low + more, skip), 2) == expected


@pytest.mark.slow
@pytest.mark.parametrize(("bucket_bits", "control"), [(0, True), (2, False)])
@pytest.mark.parametrize("widest", [1, 2, 3, 8])
def test_many_rows_are_sorted(widest: int, bucket_bits: int, control: bool) -> None:
    """Too many rows for the comparison sort, and more words than one radix pass distinguishes."""
    chance = random.Random(widest)
    letters = "ابتثجحخدذرز" + "\x02" * control
    words = sorted({"".join(chance.choices(letters, k=chance.randint(1, 9))) for _ in range(3000)})
    chance.shuffle(words)
    shapes = {
        tuple(chance.randrange(int(len(words) ** chance.random()) + 1) for _ in range(chance.randint(1, widest)))
        for _ in range(9000)
    }
    entries = [Entry(ids, 1 + chance.randrange(200)) for ids in shapes]
    chance.shuffle(entries)
    assert core_run(words, laid_out(entries), bucket_bits) == slow_run(rows_of(words, entries), bucket_bits)


def test_words_with_characters_below_space_sort_first() -> None:
    words = ["a", "a\x1f", "a!", "b"]
    entries = [Entry(ids) for ids in [(0, 3), (1, 3), (2, 3), (0,), (1,), (2,), (0, 0, 0)]]
    run = core_run(words, laid_out(entries))
    in_order = [row.text for row in slow_rows(run.written, len(entries))]
    assert in_order == [b"a", b"a\x1f", b"a\x1f b", b"a a a", b"a b", b"a!", b"a! b"]


def test_words_of_256_kib() -> None:
    long = "كتاب" * (1 << 15)
    words = [long, long + "ا", long[:-1] + "ا", "ا"]
    entries = [Entry(ids) for ids in [(0,), (1,), (2, 3), (2,), (3, 0), (1, 1, 1), (3,)]]
    run = core_run(words, laid_out(entries), 1)
    assert run == slow_run(rows_of(words, entries), 1)
    assert merge_all([run, run]) == slow_merge([rows_of(words, entries)] * 2)


def test_an_empty_table_has_empty_buckets() -> None:
    for words in ([], WORDS):
        assert core_run(words, laid_out([]), 4) == Run(b"", [0] * 16, [0] * 16)
    assert len(core_run(WORDS, laid_out([]), 16).ends) == 1 << 16


def test_rows_are_packed_once() -> None:
    rows = _core.RunRows(*laid_out([Entry((0,))]), stream(WORDS), ranks_of(WORDS), bucket_bits=0)
    rows.pack()
    with pytest.raises(ValueError, match="rows were packed before"):
        rows.pack()


def test_rows_cannot_be_pickled_or_copied() -> None:
    rows = _core.RunRows(*laid_out([Entry((0,))]), stream(WORDS), ranks_of(WORDS), bucket_bits=0)
    for call in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled; pass the run"):
            call(rows)


def test_rows_copy_their_arrays() -> None:
    ids, levels = laid_out([Entry((0, 1), 3, 2), Entry((1, 2))])
    expected = core_run(WORDS, [ids.copy(), [tuple(np.copy(part) if part is not None else None for part in levels[0])]])
    rows = _core.RunRows(ids, levels, stream(WORDS), ranks_of(WORDS), bucket_bits=0)
    for array in (ids, *levels[0][1:]):
        if array is not None:
            array[:] = 77
    written, ends, counts = map(numbers, rows.pack())
    assert Run(written.tobytes(), ends.tolist(), counts.tolist()) == expected


def test_row_order_does_not_matter() -> None:
    entries = [Entry((first, second)) for first in range(5) for second in range(5)]
    assert core_run(WORDS, laid_out(entries), 1) == core_run(WORDS, laid_out(entries[::-1]), 1)


@pytest.mark.parametrize("words", [["a b"], ["a", "b", " "], ["a", "b ", "c"]])
def test_words_with_a_space_are_rejected(words: list[str]) -> None:
    """Even if no other n-gram has the same text: one may in another run."""
    with pytest.raises(ValueError, match=r"word \d contains a space"):
        core_run(words, laid_out([Entry((0,))]))


@pytest.mark.parametrize("more", [0, 600])
@pytest.mark.parametrize("same", [[(0,), (2,)], [(0, 1), (2, 1)], [(1, 0), (1, 2)]])
def test_duplicate_ngrams_are_rejected(same: list[tuple[int, ...]], more: int) -> None:
    words = ["a", "b", "a", *(f"{number:03}" for number in range(more))]
    entries = [Entry(ids) for ids in same] + [Entry((3 + number,)) for number in range(more)]
    with pytest.raises(ValueError, match="two n-grams have the same text"):
        core_run(words, laid_out(entries))


@pytest.mark.no_sanitizer  # a million words that all have one letter
def test_every_code_point_round_trips() -> None:
    """Each code point as a word, written to a run and merged: all are returned in byte order."""
    letters = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000 and chr(point) != " "]
    columns = [np.arange(len(letters), dtype=np.uint32), [_level_of(len(letters))]]
    words = pl.Series(letters)
    ranks = numbers(_core.word_ranks(text_stream(words)))
    assert (ranks == np.arange(len(letters))).all()
    written, _, rows = map(numbers, _core.RunRows(*columns, text_stream(words), ranks, bucket_bits=0).pack())
    merged = series_from_core("", _core.merge_runs([written], rows)[0])
    assert merged.equals(words)


def _level_of(length: int) -> tuple[Any, ...]:
    ones = np.ones(length, np.uint32)
    return 1, np.arange(length, dtype=np.uint32), None, ones, ones


# ------------------------------------------------------------------------------------------ ranks of words


@given(st.lists(st.one_of(some_words, some_words.map(lambda word: word * 3), st.just(""))))
def test_ranks_follow_byte_order(words: list[str]) -> None:
    ranks = numbers(_core.word_ranks(stream(words)))
    assert ranks.dtype == np.uint32
    assert ranks.tolist() == ranks_of(words).tolist()


def test_many_words_are_ranked() -> None:
    chance = random.Random(4)
    words = ["".join(chance.choices("ابتث\x01 a", k=chance.randint(0, 9))) for _ in range(20_000)]
    assert numbers(_core.word_ranks(stream(words))).tolist() == ranks_of(words).tolist()


# ------------------------------------------------------------------------------------------- the hash

# Runs can be merged later and on other machines: these values are fixed while HASH_VERSION is 1.
HASHES = {
    "ا": 0x95114EE82C0DF7A1,
    "a": 0x3C5019C546843BB4,
    "كتاب": 0x957A0561B90671BE,
    "كتابكتا": 0xA8AD5F478A8D9161,
    "كتابكتاب": 0xB7CCF06DAA6A4AAE,
    "قال الرئيس": 0x7B78B9FEB824934B,
    "الرئيس قال": 0x4A8B53B0256D9117,
    "قال الرئيس إن": 0x452FF8670E2F34CB,
    "ا ا ا ا ا ا ا ا": 0x76E3C4E16E234744,
    "\U0001f642 ﷺ": 0x324AE86593ACB724,
    "aaaaaaa": 0xB8FA37C00213BF24,
    "aaaaaaaa": 0x4EDDB6EFCD92C1FE,
    "aaaaaaaaa": 0xEBBBDE75640434F2,
    "ب" * 100: 0x7DD2C31E7FD1783C,
}


def test_hash_values_are_stable() -> None:
    assert _core.HASH_VERSION == 1
    assert {text: slow_hash(text.encode()) for text in HASHES} == HASHES
    words = sorted({word for text in HASHES for word in text.split(" ")})
    for text, value in HASHES.items():
        run = core_run(words, laid_out([Entry(tuple(map(words.index, text.split(" "))))]), 16)
        assert [bucket for bucket, rows in enumerate(run.rows) if rows] == [value >> 48]


@pytest.mark.slow
@pytest.mark.no_sanitizer  # of how hashes are spread
def test_ngrams_are_spread_over_buckets() -> None:
    """Spread 100,000 n-grams of few letters and of numeric words over 1,024 buckets."""
    chance = random.Random(9)
    words = [str(number) for number in range(2000)] + ["".join(chance.choices("ابتث", k=12)) for _ in range(2000)]
    shapes: set[tuple[int, ...]] = set()
    while len(shapes) < 100_000:
        shapes.add(tuple(int(len(words) * chance.random() ** 3) for _ in range(chance.randint(1, 4))))
    rows = core_run(words, laid_out([Entry(ids) for ids in sorted(shapes)]), 10).rows
    assert sum(rows) == 100_000
    assert max(rows) < 1.5 * sum(rows) / len(rows)


def test_hash_depends_on_word_boundaries() -> None:
    texts = ["ا ب", "اب", "ب ا", "ا", "ا ا", "ا ا ا", "a" * 8, "a" * 9, "aaaa aaaa"]
    assert len({slow_hash(text.encode()) for text in texts}) == len(texts)


# -------------------------------------------------------------------------------------------- merging

some_texts = st.lists(st.text("aبج\0\x01" + EDGES, min_size=1, max_size=3), min_size=1, max_size=8).map(" ".join)


@st.composite
def tables_of(draw: st.DrawFn, most: int = 40, highest: int = 2**57) -> list[list[Row]]:
    """Return runs of one bucket: some empty, some equal, most sharing n-grams."""
    texts = draw(st.lists(some_texts, min_size=1, max_size=12, unique=True))
    row = st.tuples(st.integers(0, highest - 1), st.integers(1, 300)).map(lambda pair: (pair[0] + 1, pair[1]))
    table = st.dictionaries(st.sampled_from(texts), st.one_of(row, st.just((1, 1))), max_size=12)
    tables = draw(st.lists(table, max_size=most))
    return [
        [Row(text.encode(), count, min(count, documents)) for text, (count, documents) in table.items()]
        for table in tables
    ]


ALIKE = [[Row(b"a", 2, 1), Row(b"a b", 1, 1), Row("ب".encode(), 5, 5)]] * 7
APART = [[Row(f"{number:02}".encode(), number + 1, 1)] for number in range(40)]
# Texts are compared seven bytes at a time, padded with 0; NUL bytes within texts must differ from the padding.
ENDS = [
    b"a" * length + zeros + end
    for length in (0, 1, 6, 7, 8, 14, 16)
    for zeros in (b"", b"\0", b"\0" * 9)
    for end in (b"", b"b")
]
ZEROS = [[Row(text, number, 1)] for number, text in enumerate(sorted(ENDS)[1:], 1)]
SHARED_ZEROS = [[Row(text, 1, 1) for text in sorted(ENDS[part:])[1:]] for part in range(len(ENDS) - 1)]


@given(tables_of(), st.one_of(st.integers(0, 4), st.integers(0, 2**60)))
@example([], 1)
@example([[]], 1)
@example([[]] * 5, 1)
@example([ALIKE[0]], 1)
@example(ALIKE, 7)
@example(APART, 20)
@example(APART[::-1], 1)
@example([*ALIKE, [], *APART], 1)
@example(ZEROS, 1)
@example(ZEROS[::-1], 1)
@example(SHARED_ZEROS, 1)
def test_a_merge_equals_a_dict(tables: list[list[Row]], min_count: int) -> None:
    assert merge_tables(tables, min_count) == slow_merge(tables, min_count)


@given(st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=12), ranges, st.integers(0, 5), st.integers(1, 9))
def test_merged_parts_equal_the_whole(
    lists: list[list[int]], low_high: tuple[int, int], bucket_bits: int, parts: int
) -> None:
    documents = [[words] for words in lists]
    runs = [core_run(WORDS, counted(documents[part::parts], *low_high), bucket_bits) for part in range(parts)]
    assert merge_all(runs) == slow_merge([slowly_counted(documents, *low_high)])


@pytest.mark.parametrize("hash_bits", [1, 8, 64])
@pytest.mark.parametrize("bucket_bits", [0, 4, 12])
def test_a_short_hash_is_exact(hash_bits: int, bucket_bits: int) -> None:
    chance = random.Random(hash_bits)
    documents = [[[int(5 * chance.random() ** 2) for _ in range(40)]] for _ in range(30)]
    runs = [core_run(WORDS, counted(documents[part::4], 1, 3), bucket_bits, hash_bits) for part in range(4)]
    used = np.count_nonzero(np.sum([run.rows for run in runs], axis=0))
    assert used <= 2 ** min(hash_bits, bucket_bits)
    assert merge_all(runs) == slow_merge([slowly_counted(documents, 1, 3)])


@given(tables_of(12), st.data(), st.integers(1, 4))
def test_merge_is_associative(tables: list[list[Row]], data: st.DataObject, min_count: int) -> None:
    """Runs are first merged in groups; min_count applies only to the final merge."""
    groups = data.draw(st.lists(st.integers(0, 3), min_size=len(tables), max_size=len(tables)))
    partial = [
        [
            Row(row.text, row.count, row.documents)
            for row in merge_tables([table for table, member in zip(tables, groups, strict=True) if member == group])
        ]
        for group in range(4)
    ]
    expected = [row for row in merge_tables(tables) if row.count >= min_count]
    assert merge_tables(partial, min_count) == merge_tables(tables, min_count) == expected


@given(vocabularies, st.data())
def test_merged_tables_can_be_merged_again(words: list[str], data: st.DataObject) -> None:
    parts = [[entry._replace(count=1, documents=1) for entry in data.draw(entries_of(len(words)))] for _ in range(3)]
    merged = merge_tables([rows_of(words, part) for part in parts])
    ids = {word: number for number, word in enumerate(words)}
    again = [
        Entry(tuple(ids[word] for word in row.text.decode().split(" ")), row.count, row.documents) for row in merged
    ]
    assert merge_all([core_run(words, laid_out(again), 3)]) == merged


def test_largest_counts() -> None:
    text = "كتاب".encode()
    halves = [Row(text, 2**62 - 1, 2**62 - 2)]
    assert merge_tables([halves, halves]) == [Merged(text, 1, 2**63 - 2, 2**63 - 4)]
    one, most = [Row(text, 1, 1)], [Row(text, MOST, MOST)]
    assert merge_tables([halves, one, halves]) == [Merged(text, 1, MOST, 2**63 - 3)]
    assert merge_tables([most], MOST) == [Merged(text, 1, MOST, MOST)]
    assert merge_tables([most], 2**64 - 1) == []
    for tables in ([most, one], [one, most], [halves, halves, halves], [halves, one, halves, one]):
        with pytest.raises(OverflowError, match="an n-gram occurs more than 9,223,372,036,854,775,807 times"):
            merge_tables(tables)


def test_long_texts_are_merged() -> None:
    tables = [[Row(b"a" * length + b"b", 1, 1) for length in range(0, 3000, step)] for step in (3, 7, 50)]
    assert merge_tables(tables) == slow_merge(tables)


def test_any_bytes_buffer_is_a_piece() -> None:
    piece = slow_bucket_bytes(ALIKE[0])
    array = np.frombuffer(b"\0" + piece, np.uint8)[1:]
    writable = array.copy()
    pieces = [piece, bytearray(piece), memoryview(piece), memoryview(b"\0" + piece)[1:], array, writable]
    assert core_merge(pieces, [3] * 6) == slow_merge([ALIKE[0]] * 6)
    assert writable.tobytes() == piece


def test_several_callers_share_the_pieces() -> None:
    pieces = [slow_bucket_bytes(table) for table in APART] * 20
    expected = slow_merge(APART * 20)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: core_merge(pieces, [1] * len(pieces)), range(12)))
    assert results == [expected] * 12


# -------------------------------------------------------------------------------------------- damage


def expected_of(pieces: list[tuple[bytes, int]]) -> list[Merged] | None:
    """Return the merged rows, or None if a piece is damaged."""
    try:
        merged = slow_merge([slow_rows(*piece) for piece in pieces])
    except DamagedError:
        return None
    return None if any(row.n > 8 for row in merged) else merged


def check_merge_or_error(pieces: list[tuple[bytes, int]]) -> bool:
    """Return whether it is an error."""
    expected = expected_of(pieces)
    given, rows = [piece for piece, _ in pieces], [n_rows for _, n_rows in pieces]
    if expected is None:
        with pytest.raises(ValueError, match=r"is damaged|more than 8 words"):
            core_merge(given, rows)
    else:
        assert core_merge(given, rows) == expected
    return expected is None


DAMAGED = [
    [Row("قال".encode(), 1, 1)],
    ALIKE[0],
    [
        *(Row(text.encode(), 3, 2) for text in ("ا", "ا ب", "ا ب ج", "ا ج", "كتاب", "كتاب \U0001f642", "كتابان")),
        Row(b"a" * 200, 2**62, 2**40),
        Row(b"a b c d e f g h", 200, 200),
    ],
]


@pytest.mark.slow
@pytest.mark.parametrize("rows", DAMAGED)
def test_damage_is_reported_anywhere(rows: list[Row]) -> None:
    """Every truncation, flipped bit and wrong number of rows raises, or gives the table the bytes encode."""
    piece, good = slow_bucket_bytes(rows), (slow_bucket_bytes(APART[0]), 1)
    damaged = [(piece[:length], len(rows)) for length in range(len(piece))]
    damaged += [(piece + byte, len(rows)) for byte in (b"\0", b"\x80", piece)]
    damaged += [(piece, number) for number in (*range(len(rows)), len(rows) + 1, 2**32, 2**64 - 1)]
    for place in range(len(piece)):
        for bit in range(8):
            changed = bytes([piece[place] ^ 1 << bit])
            damaged.append((piece[:place] + changed + piece[place + 1 :], len(rows)))
    errors = 0
    for one in damaged:
        errors += check_merge_or_error([one])
        check_merge_or_error([good, one, good])
    assert errors > len(damaged) // 5


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 4)), max_size=4))
def test_arbitrary_bytes_merge_or_raise(pieces: list[tuple[bytes, int]]) -> None:
    check_merge_or_error(pieces)


@given(tables_of(3), st.data())
def test_moved_bytes_merge_or_raise(tables: list[list[Row]], data: st.DataObject) -> None:
    pieces = []
    for table in tables:
        piece = slow_bucket_bytes(table)
        begin, end, to = (data.draw(st.integers(0, len(piece))) for _ in range(3))
        pieces.append((piece[:begin] + piece[min(begin, to) : to] + piece[end:], len(table)))
    check_merge_or_error(pieces)


@pytest.mark.parametrize(
    ("piece", "n_rows", "message"),
    [
        (b"", 1, "a text (leaves|ends)"),
        (b"\x00\x02a", 1, "a text (leaves|ends)"),
        (b"\x01\x01a\x02", 1, "a text (leaves|ends)"),
        (b"\x00\x01a\x02\x02\x01b\x02", 2, "a text (leaves|ends)"),
        (b"\x00" + number(2**64 - 1) + b"a\x02", 1, "a text (leaves|ends)"),
        (b"\x00" + b"\xff" * 9 + b"\x02" + b"a\x02", 1, "a text (leaves|ends)"),
        (b"\x00" + b"\x81" + b"\x80" * 8 + b"\x02" + b"a\x02", 1, "a text (leaves|ends)"),
        (b"\x00\x00\x02", 1, "a text is empty"),
        (b"\x00\x01a\x02\x00\x01a\x02", 2, "its rows are not (in order|sorted)"),
        (b"\x00\x01b\x02\x00\x01a\x02", 2, "its rows are not (in order|sorted)"),
        (b"\x00\x01a\x02\x01\x00\x02", 2, "its rows are not (in order|sorted)"),
        (b"\x00\x02ab\x02\x00\x02ac\x02", 2, "its rows are not (in order|sorted)"),
        (b"\x00\x01a", 1, "a count is (none|invalid)"),
        (b"\x00\x01a\x00", 1, "a count is (none|invalid)"),
        (b"\x00\x01a\x01\x00", 1, "a count is (none|invalid)"),
        (b"\x00\x01a\x03\x01", 1, "a count is (none|invalid)"),
        (b"\x00\x01a\x03", 1, "a count is (none|invalid)"),
        (b"\x00\x01a\x02\x00", 1, ".*bytes .*its last row"),
        (b"\x00", 0, ".*bytes .*its last row"),
        (b"\x00\x01\xff\x02", 1, "a text has .* code"),
        (b"\x00\x01\xf8\x02", 1, "a text has .* code"),
        (b"\x00\x02a\xf8\x02", 1, "a text has .* code"),
        (b"\x00\x01\x80\x02", 1, "a text has .* code"),
        (b"\x00\x01\xe6\x02", 1, "a text has .* code"),
        (b"\x00\x02\xe7\x00\x02", 1, "a text has .* code"),
        (b"\x00\x02\xf7\xff\x02", 1, "a text has .* code"),
        (b"\x00\x02\x85\xa0\x02", 1, "a text has .* code"),
        (b"\x00\x03\xe7\xd0\x80\x02", 1, "a text has .* code"),
        (b"\x00\x03\xe7\xf8\x80\x02", 1, "a text has .* code"),
        (b"\x00\x03\x8e\x85\x01\x02\x02\x01\xa0\x02", 2, "a text has .* code"),
        (b"\x00\x02\x8ea\x02\x01\x01\xe7\x02", 2, "a text has .* code"),
    ],
)
def test_error_names_the_damage_and_the_run(piece: bytes, n_rows: int, message: str) -> None:
    assert expected_of([(piece, n_rows)]) is None
    good = slow_bucket_bytes(APART[0])
    for place in range(3):
        pieces, rows = [good] * 3, [1] * 3
        pieces[place], rows[place] = piece, n_rows
        with pytest.raises(ValueError, match=f"^run {place} of the bucket is damaged: {message}"):
            core_merge(pieces, rows)


def test_more_than_eight_words_are_rejected() -> None:
    eight = [Row(b"a b c d e f g h", 1, 1)]
    assert [row.n for row in merge_tables([eight])] == [8]
    for spaces in (8, 253, 254, 255, 256, 512):
        with pytest.raises(ValueError, match="a merged n-gram has more than 8 words"):
            merge_tables([[Row(b"a" + b" a" * spaces, 1, 1)]])


# ---------------------------------------------------------------------------------------- invalid arguments

ONE = np.ones(1, np.uint64)
PIECE = slow_bucket_bytes(APART[0])


@pytest.mark.parametrize(
    ("pieces", "rows", "error"),
    [
        (None, ONE, TypeError),
        ((PIECE,), ONE, TypeError),
        ([PIECE], None, TypeError),
        ([PIECE], [1], TypeError),
        ([None], ONE, TypeError),
        ([None], np.zeros(1, np.uint64), TypeError),
        (["a"], ONE, TypeError),
        ([1], ONE, TypeError),
        ([PIECE], ONE[:0], ValueError),
        ([PIECE], np.ones(2, np.uint64), ValueError),
        ([], ONE, ValueError),
        ([PIECE], np.ones(1, np.int64), ValueError),
        ([PIECE], np.ones(1, np.uint32), ValueError),
        ([PIECE], np.ones((1, 1), np.uint64), ValueError),
        ([PIECE] * 2, np.ones(4, np.uint64)[::2], ValueError),
        ([PIECE] * 8, misaligned("Q"), ValueError),
        ([np.zeros(8, np.int8)], ONE, ValueError),
        ([np.zeros(8, np.uint32)], ONE, ValueError),
        ([np.zeros((2, 2), np.uint8)], ONE, ValueError),
        ([np.zeros(8, np.uint8)[::2]], ONE, ValueError),
    ],
)
def test_invalid_pieces_are_rejected(pieces: Any, rows: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        _core.merge_runs(pieces, rows)


@pytest.mark.parametrize("min_count", [-1, 2**64])
def test_invalid_min_count_is_rejected(min_count: int) -> None:
    with pytest.raises(OverflowError):
        _core.merge_runs([PIECE], ONE, min_count=min_count)


def arguments(**changed: Any) -> dict[str, Any]:
    """Return the arguments of a run of two bigrams, with the given changes."""
    columns = laid_out([Entry((0, 1), 3, 2), Entry((1, 0), 3, 2)])
    ids, ((n, start, _, count, documents),) = columns
    named = {"ids": ids, "n": n, "start": start, "gaps": None, "count": count, "documents": documents}
    rest = {"vocabulary": stream(["ا", "ب"]), "ranks": ranks_of("اب"), "bucket_bits": 1}
    given = {**named, **rest, **changed}
    level = tuple(given.pop(name) for name in ("n", "start", "gaps", "count", "documents"))
    return {"levels": [level], **given}


def u64(*values: int) -> npt.NDArray[np.uint64]:
    return np.array(values, np.uint64)


def u32(*values: int) -> npt.NDArray[np.uint32]:
    return np.array(values, np.uint32)


def u8(*values: int) -> npt.NDArray[np.uint8]:
    return np.array(values, np.uint8)


def test_read_only_arrays() -> None:
    given = arguments()
    for value in (*given.values(), *given["levels"][0]):
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    written = numbers(_core.RunRows(**given).pack()[0]).tobytes()
    assert written == slow_run([Row("ا ب".encode(), 3, 2), Row("ب ا".encode(), 3, 2)], 1).written


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"ids": None}, TypeError, "ids"),
        ({"vocabulary": None}, ValueError, "PyCapsule"),
        ({"levels": None}, TypeError, "levels"),
        ({"levels": [(2, u32())]}, ValueError, "values to unpack"),
        ({"start": None}, TypeError, "start, count and documents"),
        ({"count": u32(3)}, ValueError, "^count .*start"),
        ({"documents": u32(2, 2, 2)}, ValueError, "^documents .*start"),
        ({"gaps": u32()}, ValueError, "^gaps .*start"),
        ({"ids": np.zeros(4, np.int32)}, ValueError, "Buffer dtype mismatch"),
        ({"ids": np.zeros(8, np.uint32)[::2]}, ValueError, "not C-contiguous|not C contiguous"),
        ({"ids": misaligned("I")}, ValueError, "must be aligned"),
        ({"start": misaligned("I"), "count": np.ones(16, np.uint32), "documents": np.ones(16, np.uint32)},
         ValueError, "must be aligned"),
        ({"start": np.zeros(16, np.uint32), "count": misaligned("I"), "documents": np.ones(16, np.uint32)},
         ValueError, "must be aligned"),
        ({"ranks": misaligned("I", 2)}, ValueError, "must be aligned"),
        ({"ids": u32(0, 1, 2, 0)}, ValueError, "token 2 has the id 2, but there are 2 types"),
        ({"ids": u32(0, 1, 2**32 - 1, 0)}, ValueError, "token 2 has the id 4294967295"),
        ({"ids": u32(0, 1, 1)}, ValueError, "row 1 ends at token 3 of 3"),
        ({"ids": u32()}, ValueError, "row 0 ends at token 1 of 0"),
        ({"start": u32(0, 4)}, ValueError, "row 1 ends at token 5 of 4"),
        ({"start": u32(0, 2**32 - 1)}, ValueError, "row 1 ends at token"),
        ({"gaps": u32(0, 15 << 28)}, ValueError, "row 1 ends at token 18 of 4"),
        ({"n": 0}, ValueError, "a level has n = 0"),
        ({"n": 9}, ValueError, "a level has n = 9"),
        ({"n": -1}, OverflowError, None),
        ({"n": None}, TypeError, None),
        ({"ranks": u32(0)}, ValueError, "^ranks "),
        ({"ranks": u32(0, 1, 2)}, ValueError, "^ranks "),
        ({"ranks": u32(0, 2)}, ValueError, "word 1 has the rank 2"),
        ({"ranks": u32(2**32 - 1, 0)}, ValueError, "word 0 has the rank 4294967295"),
        ({"ranks": u32(1, 1)}, ValueError, "word 1 has the rank 1"),
        ({"count": u32(3, 0)}, ValueError, "row 1 .*count.* 0 in 2 documents"),
        ({"count": u32(3, 2**32 - 1), "documents": u32(2, 0)}, ValueError, "row 1 .*count.* 4294967295 in 0 documents"),
        ({"documents": u32(2, 4)}, ValueError, "row 1 .*count.* 3 in 4 documents"),
        ({"bucket_bits": 17}, OverflowError, "17.* and 64"),
        ({"bucket_bits": 2**32 - 1}, OverflowError, "^bucket_bits must be .*4294967295"),
        ({"bucket_bits": -1}, OverflowError, None),
        ({"bucket_bits": 2**32}, OverflowError, None),
        ({"hash_bits": 0}, OverflowError, "1 .*and 0"),
        ({"hash_bits": 65}, OverflowError, "1 .*and 65"),
        ({"hash_bits": -1}, OverflowError, None),
    ],
)  # fmt: skip
def test_invalid_tables_are_rejected(changed: dict[str, Any], error: type[Exception], message: str | None) -> None:
    with pytest.raises(error, match=message):
        _core.RunRows(**arguments(**changed))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ا", None], "the vocabulary has no word in row 1"),
        (["", "ب"], "word 0 is empty"),
        (["ا"], "^ranks "),
        ([], "^ranks "),
    ],
)
def test_invalid_words_are_rejected(words: list[str | None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _core.RunRows(**arguments(vocabulary=text_stream(pl.Series(words, dtype=pl.String))))


# ------------------------------------------------------------------------------------------------ limits


def test_piece_with_a_text_over_2_gib_is_rejected() -> None:
    piece = sparse("uint8", (1 << 31) + 64)
    for shared, rest in ((0, 1 << 31), (0, (1 << 32) + 1)):
        head = np.frombuffer(number(shared) + number(rest), np.uint8)
        piece[: len(head)] = head
        with pytest.raises(ValueError, match="run 0 of the bucket is damaged: a text "):
            core_merge([piece], [1])


@pytest.mark.slow
def test_ngram_over_2_gib_is_rejected() -> None:
    """An n-gram of eight times the only word, which has 256 MiB."""
    size = 1 << 28
    chunk: Chunk = offsets([b""])
    chunk.buffers = [None, np.array([0, size], np.int64).tobytes(), sparse("uint8", size)]  # type: ignore[list-item]
    read: Callable[[], object] = SparseProducer(b"U", [chunk]).capsule
    columns = laid_out([Entry((0,) * 8)])
    with pytest.raises(OverflowError, match=r"an n-gram .* more than 1073741807 bytes"):
        _core.RunRows(*columns, read(), u32(0), bucket_bits=0).pack()
    alone = _core.RunRows(*laid_out([Entry((0,))]), read(), u32(0), bucket_bits=0).pack()
    assert numbers(alone[0]).size == size + 7
