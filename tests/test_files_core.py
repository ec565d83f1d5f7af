"""Mapped files, and the record of the blocks that kernels read."""

from __future__ import annotations

import errno
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_kit._core import (
    BlockStates,
    MappedFile,
    SearchProgram,
    SearchText,
    Texts,
    TokenArrays,
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


@given(
    ranges=st.lists(st.tuples(st.integers(-5, 60_000), st.integers(-5, 60_000)), max_size=5),
    item=st.sampled_from([1, 2, 4, 8]),
    before=st.sampled_from([0, 128]),
)
@settings(max_examples=examples(200))
def test_ranges_of_items_are_recorded_as_blocks(ranges: list[tuple[int, int]], item: int, before: int) -> None:
    n_blocks = (before + 60_000 * item) // BLOCK + 1
    states = BlockStates(n_blocks, before, item)
    first, end = (np.array([each[place] for each in ranges], np.int64) for place in (0, 1))
    states.touch_ranges(first, end)
    expected = {
        (before + place * item) // BLOCK for low, high in ranges if low >= 0 for place in range(low, high, BLOCK // 16)
    } | {(before + (high - 1) * item) // BLOCK for low, high in ranges if 0 <= low < high}
    assert states.take() == sorted(expected)
    assert states.is_read == bool(expected)
    states.compared(states.take())
    assert not states.is_read
    assert states.take(every=True) == sorted(set(range(n_blocks)) - expected)
    states.touch_ranges(first, end)
    assert states.take() == []  # once is enough
    states.doubt()
    assert states.take() == sorted(expected)
    assert states.is_read == bool(expected)


def test_states_are_checked() -> None:
    with pytest.raises(ValueError, match="item must be 1, 2, 4 or 8, got 3"):
        BlockStates(1, 0, 3)
    states = BlockStates(2, 0, 1)
    states.touch(0, 10 * BLOCK)  # beyond the file there is nothing to record
    states.compared([0, 1, 7])
    assert states.take(every=True) == []
    with pytest.raises(ValueError, match="end must have 1 items"):
        states.touch_ranges(np.zeros(1, np.int64), np.zeros(2, np.int64))
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(states)


# What a kernel reads is recorded: whatever it reads of tokens 50,000 to 50,009 lies in these blocks.
N = 200_000
TYPES = np.arange(N, dtype=np.uint32)
FLAGS = np.zeros(N, np.uint8)
ONES = np.ones(N, np.uint8)
ENDS = np.array([50_000, 50_010, N], np.uint64)
OFFSETS = np.arange(N + 1, dtype=np.uint64)
SPANS = np.array([50_000]), np.array([50_010])

Call = Callable[[TokenArrays, Texts, SearchText], object]
ANY_TWO = SearchProgram(
    np.array([0, 0, 3], np.uint8), np.zeros(3, np.uint8), np.zeros(3, np.uint32), np.zeros(3, np.uint32)
)
CALLS: dict[str, tuple[Call, str]] = {
    "context before": (lambda tokens, _, __: tokens.context(*SPANS, 99, True), "types"),
    "context after": (lambda tokens, _, __: tokens.context(*SPANS, 99, False), "types"),
    "flags after": (lambda tokens, _, __: tokens.context(SPANS[0], SPANS[1], 5, False), "types"),
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


@pytest.mark.parametrize("name", CALLS)
def test_kernels_record_what_they_read(name: str) -> None:
    sizes = {"types": 4, "flags": 1, "text": 1, "offsets": 8}
    states = {each: BlockStates((128 + (N + 1) * item) // BLOCK + 1, 128, item) for each, item in sizes.items()}
    tokens = TokenArrays(TYPES, FLAGS, ONES, states["types"], states["flags"])
    texts = Texts(ONES + 64, OFFSETS, states["text"], states["offsets"])
    search = SearchText(TYPES, FLAGS, ENDS, ONES, 1, 0, states["types"], states["flags"])
    call, files = CALLS[name]
    call(tokens, texts, search)
    for each, item in sizes.items():
        read = set(states[each].take())
        assert read <= {(128 + 50_000 * item) // BLOCK, (128 + 50_010 * item + item - 1) // BLOCK}
        assert bool(read) == (each in files.split())


def test_a_scan_records_all_tokens() -> None:
    states = BlockStates(N * 4 // BLOCK + 1, 128, 4)
    SearchText(TYPES, FLAGS, ENDS, ONES, 1, 0, states).scan(0)
    assert states.take() == list(range(len(states)))
