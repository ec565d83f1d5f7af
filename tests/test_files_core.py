"""Mapped files, and the comparison of the blocks that kernels read."""

from __future__ import annotations

import errno
import os
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import xxhash
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_kit._core import (
    BlockChecks,
    MappedFile,
    SearchProgram,
    SearchText,
    Texts,
    TokenArrays,
    are_unchanged,
    block_checksums,
    exchange,
    file_stamp,
)

pytestmark = pytest.mark.core

BLOCK = 1 << 16


def mapped(path: Path, size: int) -> MappedFile:
    with path.open("rb") as file:
        return MappedFile(file.fileno(), size)


def test_a_file_that_is_cut_becomes_zeros(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes([7]) * (1 << 20))
    file, other = mapped(path, 1 << 20), mapped(path, 4096)
    values = np.frombuffer(file, np.uint8)
    assert values.sum() == 7 << 20
    os.truncate(path, 8192)
    assert values.sum() == 7 * 8192
    assert (file.failed, other.failed) == (True, False)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(file)


def test_what_cannot_be_mapped_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123")
    with pytest.raises(ValueError, match="3 bytes instead of 4"):
        mapped(tmp_path / "file", 4)
    with pytest.raises(ValueError, match="at least 1, got 0"):
        mapped(tmp_path / "file", 0)
    with pytest.raises(OverflowError):
        MappedFile(-1, 5)


def test_the_stamp_of_a_file_is_that_of_the_system(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        for count in (0, 3):
            file.write(b"x" * count)
            file.flush()
            status = os.fstat(file.fileno())
            assert file_stamp(file.fileno()) == (count, status.st_mtime_ns, status.st_ctime_ns)
        os.utime(file.fileno(), ns=(5, 2**60 + 7))
        assert file_stamp(file.fileno())[1] == os.fstat(file.fileno()).st_mtime_ns
    with pytest.raises(OSError, match="descriptor"):
        file_stamp(-1)


@pytest.mark.skipif(sys.platform == "win32", reason="files are mapped by other means there")
def test_files_are_unchanged_while_their_stamps_are(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        path.write_bytes(b"x" * 10)
    files = [path.open("rb") for path in paths]
    mapped = tuple(MappedFile(file.fileno(), 10) for file in files)
    stamps = np.array([file_stamp(file.fileno()) for file in files]).reshape(-1)
    assert are_unchanged(mapped, stamps)
    assert are_unchanged((), stamps[:0])
    with pytest.raises(ValueError, match="stamps must have 6 items"):
        are_unchanged(mapped, stamps[:3])
    with pytest.raises(TypeError):
        are_unchanged((files[0],), stamps[:3])  # type: ignore[arg-type]
    os.utime(paths[1], ns=(0, 0))
    assert not are_unchanged(mapped, stamps)
    assert are_unchanged(mapped[:1], stamps[:3])
    files[0].close()
    assert not are_unchanged(mapped[:1], stamps[:3])
    files[1].close()


def test_two_names_are_exchanged(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    (one / "x").touch()
    other.write_text("y")
    try:
        exchange(os.fsencode(one), os.fsencode(other))
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
            raise
        pytest.skip("this system cannot exchange two names")
    assert one.read_text() == "y"
    assert [each.name for each in other.iterdir()] == ["x"]
    with pytest.raises(FileNotFoundError):
        exchange(os.fsencode(one), os.fsencode(tmp_path / "nothing"))


# ---------------------------------------------------------------- checksums

RANDOM = np.random.default_rng(7).bytes(3 * BLOCK + 5)
EQUAL, UNTOUCHED, READ, DIFFERS = range(4)


@given(size=st.integers(0, 5000), place=st.integers(0, 1000))
@settings(max_examples=examples(300))
def test_checksums_are_those_of_the_xxhash_library(size: int, place: int) -> None:
    data = memoryview(RANDOM)[place : place + size]
    assert block_checksums(data) == [xxhash.xxh3_64_intdigest(data)] * bool(size)


def test_each_block_has_a_checksum() -> None:
    blocks = [RANDOM[begin : begin + BLOCK] for begin in range(0, len(RANDOM), BLOCK)]
    assert block_checksums(RANDOM) == [xxhash.xxh3_64_intdigest(block) for block in blocks]


def checks_of(size: int, item: int = 1, before: int = 0, *, are_right: bool = True) -> BlockChecks:
    """Return checks of zeros."""
    data = bytes(size)
    return BlockChecks(data, np.array(block_checksums(data), np.uint64) ^ np.uint64(not are_right), item, before)


def blocks_in(checks: BlockChecks, state: int) -> set[int]:
    return {block for block, found in enumerate(checks.states) if found == state}


@given(
    ranges=st.lists(st.tuples(st.integers(-5, 60_000), st.integers(-5, 60_000)), max_size=5),
    item=st.sampled_from([1, 2, 4, 8]),
    before=st.sampled_from([0, 128]),
    threads=st.integers(1, 3),
)
@settings(max_examples=examples(100))
def test_ranges_of_items_are_compared_as_blocks(
    ranges: list[tuple[int, int]], item: int, before: int, threads: int
) -> None:
    checks = checks_of(before + 60_000 * item + 1, item, before)
    first, end = (np.array([each[place] for each in ranges], np.int64) for place in (0, 1))
    checks.touch_ranges(first, end)
    expected = {
        (before + place * item) // BLOCK for low, high in ranges if low >= 0 for place in range(low, high, BLOCK // 16)
    } | {(before + (high - 1) * item) // BLOCK for low, high in ranges if 0 <= low < high}
    assert blocks_in(checks, READ) == expected
    assert checks.concern == bool(expected)
    assert checks.failing(threads=threads) is None
    assert blocks_in(checks, EQUAL) == expected
    assert not checks.concern
    checks.doubt()
    assert blocks_in(checks, READ) == expected
    assert checks.concern == bool(expected)
    assert checks.failing(every=True, threads=threads) is None
    assert set(checks.states) == {EQUAL}


def test_blocks_that_differ_are_found() -> None:
    data = np.frombuffer(RANDOM * 10, np.uint8).copy()
    checks = BlockChecks(data, np.array(block_checksums(data), np.uint64))
    assert len(checks) == 31
    data[20 * BLOCK + 1] ^= 1
    data[-1] ^= 1
    checks.touch(0, 20 * BLOCK)
    assert checks.failing(threads=2) is None
    checks.touch(20 * BLOCK, 20 * BLOCK + 1)
    assert (checks.failing(threads=2), checks.concern) == (20, True)
    assert checks.failing(every=True, threads=2) == 20
    assert blocks_in(checks, DIFFERS) == {20, 30}
    data[20 * BLOCK + 1] ^= 1
    assert checks.failing() == 20  # who read what differed must learn of it
    checks.doubt()
    assert checks.failing() == 30
    data[-1] ^= 1
    checks.doubt()
    assert (checks.failing(), checks.concern) == (None, False)


def test_checks_are_checked() -> None:
    with pytest.raises(ValueError, match="item must be 1, 2, 4 or 8, got 3"):
        BlockChecks(b"x", np.zeros(1, np.uint64), 3)
    for size, n_blocks in ((0, 0), (1, 1), (BLOCK, 1), (BLOCK + 1, 2)):
        assert len(BlockChecks(bytes(size), np.zeros(n_blocks, np.uint64))) == n_blocks
        with pytest.raises(ValueError, match=f"checksums must have {n_blocks} items"):
            BlockChecks(bytes(size), np.zeros(n_blocks + 1, np.uint64))
    checks = checks_of(2 * BLOCK)
    checks.touch(0, 10 * BLOCK)  # beyond the file there is nothing to compare
    assert checks.failing() is None
    assert set(checks.states) == {EQUAL}
    with pytest.raises(ValueError, match="end must have 1 items"):
        checks.touch_ranges(np.zeros(1, np.int64), np.zeros(2, np.int64))
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(checks)
    assert checks_of(0).failing(every=True) is None


# What a kernel reads is compared: whatever it reads of tokens 50,000 to 50,009 lies in these blocks.
N = 200_000
TYPES = np.arange(N, dtype=np.uint32)
FLAGS = np.zeros(N, np.uint8)
ONES = np.ones(N, np.uint8)
ENDS = np.array([50_000, 50_010, N], np.uint64)
OFFSETS = np.arange(N + 1, dtype=np.uint64)
SPANS = np.array([50_000]), np.array([50_010])
IDS = Texts(ONES[:3] + 64, OFFSETS[:4])

Call = Callable[[TokenArrays, Texts, SearchText], object]
ANY_TWO = SearchProgram(
    np.array([0, 0, 3], np.uint8), np.zeros(3, np.uint8), np.zeros(3, np.uint32), np.zeros(3, np.uint32)
)
CALLS: dict[str, tuple[Call, str]] = {
    "lines": (
        lambda tokens, texts, _: tokens.lines(
            TYPES[50_005:50_006], None, 99, 99, document_ends=ENDS, starts=TYPES, texts=texts, ids=IDS
        ),
        "types flags text offsets",
    ),
    "ranks": (
        lambda tokens, _, __: tokens.neighbour_ranks(np.array([50_005], np.uint32), ENDS, TYPES, 2, True),
        "types",
    ),
    "join": (lambda tokens, texts, _: tokens.join(*SPANS, texts), "types flags text offsets"),
    "ends": (lambda tokens, texts, _: tokens.ends(SPANS[0], TYPES[:1], texts), "types text offsets"),
    "find": (lambda _, texts, __: texts.find(TYPES[50_000:50_010], [b"A"]), "text offsets"),
    "gather": (lambda _, texts, __: texts.gather(TYPES[50_000:50_010]), "text offsets"),
    "bytes": (lambda _, texts, __: [texts.bytes_of(row) for row in range(50_000, 50_010)], "text offsets"),
    "search": (lambda _, __, text: text.hits(ANY_TWO, np.array([50_000], np.uint32)), "types flags"),
}


@pytest.mark.parametrize("are_right", [True, False])
@pytest.mark.parametrize("name", CALLS)
def test_kernels_compare_what_they_read(name: str, are_right: bool) -> None:
    sizes = {"types": 4, "flags": 1, "text": 1, "offsets": 8}
    checks = {each: checks_of(128 + (N + 1) * item, item, 128, are_right=are_right) for each, item in sizes.items()}
    tokens = TokenArrays(TYPES, FLAGS, ONES, checks["types"], checks["flags"])
    texts = Texts(ONES + 64, OFFSETS, checks["text"], checks["offsets"])
    search = SearchText(TYPES, FLAGS, ENDS, ONES, 1, 0, checks["types"], checks["flags"])
    call, files = CALLS[name]
    call(tokens, texts, search)
    for each, item in sizes.items():
        read = blocks_in(checks[each], EQUAL if are_right else DIFFERS)
        assert read <= {(128 + 50_000 * item) // BLOCK, (128 + 50_010 * item + item - 1) // BLOCK}
        assert bool(read) == (each in files.split())
        assert checks[each].concern == (bool(read) and not are_right)
        assert checks[each].failing() == (None if are_right else min(read, default=None))


@pytest.mark.parametrize("are_right", [True, False])
def test_lines_compare_where_their_nodes_begin(are_right: bool) -> None:
    checks = checks_of(128 + (N + 1) * 4, 4, 128, are_right=are_right)
    tokens, texts = TokenArrays(TYPES, FLAGS, ONES), Texts(ONES + 64, OFFSETS)
    first, end = TYPES[100_000:100_001], TYPES[150_000:150_001]
    named = {"document_ends": ENDS, "starts": TYPES, "texts": texts, "ids": IDS}
    tokens.lines(first, end, 0, 0, start_checks=checks, **named)
    read = {(128 + token * 4) // BLOCK for token in (100_000, 149_999)}
    assert blocks_in(checks, EQUAL if are_right else DIFFERS) == read
    assert checks.concern == (not are_right)


@pytest.mark.parametrize("are_right", [True, False])
@pytest.mark.parametrize("options", [{}, {"begins": True}, {"ends": True}], ids=str)
def test_a_pass_over_texts_compares_all_of_them(options: dict[str, bool], are_right: bool) -> None:
    checks = [checks_of(128 + (N + 1) * item, item, 128, are_right=are_right) for item in (1, 8)]
    Texts(ONES, OFFSETS, *checks).search(b"A", **options)
    for each in checks:
        assert set(each.states) == {EQUAL if are_right else DIFFERS}
        assert each.concern == (not are_right)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_search_compares_what_it_reads(threads: int) -> None:
    n = 20 * BLOCK
    checks = [checks_of(4 * n, 4), checks_of(n)]
    types, flags, ends = np.zeros(n, np.uint32), np.zeros(n, np.uint8), np.array([n], np.uint64)
    text = SearchText(types, flags, ends, ONES, 1, 0, *checks, threads=threads)
    text.hits(ANY_TWO, np.arange(BLOCK // 4, n // 2, BLOCK // 4, dtype=np.uint32))
    assert blocks_in(checks[0], EQUAL) == set(range(1, 40))
    assert blocks_in(checks[1], EQUAL) == set(range(10))
    text.scan(0)
    assert set(checks[0].states) == {EQUAL}


def test_what_is_doubted_while_it_is_compared_is_compared_again() -> None:
    checks = checks_of(200 * BLOCK)
    done = Event()

    def doubt() -> None:
        while not done.is_set():
            checks.doubt()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(doubt)
        for _ in range(20):
            checks.touch(0, 200 * BLOCK)
            checks.failing(threads=2)
        done.set()
    assert set(checks.states) <= {EQUAL, READ}
    assert checks.concern == (READ in checks.states)
    assert checks.failing() is None
