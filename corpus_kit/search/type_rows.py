"""The tests of a pattern as a table that the core reads: a row of bits for all types that pass the same tests.

There are far fewer rows than types. A test that all types of one row pass, and no others, needs no bit: it is the
number of the row. So the table of a pattern of 20,000 phrases is as small as that of two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Array, Integers, Numbers, distinct
from corpus_kit.machine.memory import expect_memory
from corpus_kit.search.type_sets import TypeSet

__all__ = ["TypeRows", "partition_of", "type_rows"]

_IS_WORD = 0  # the bit of words
_BITS_OF_A_BYTE = 8
_SHORT = 1000  # lists of so many types are looked at together


class TypeRows(NamedTuple):
    """What types pass.

    Attributes:
        numbers: The number of each test, by which programs know it.
        tests: The bits of each row, `stride` bytes a row (UInt8).
        stride: Bytes of a row.
        rows: The row of each type (UInt32); None if it is the type itself.
    """

    numbers: list[int]
    tests: Array
    stride: int
    rows: Numbers | None


def type_rows(words: Array, sets: list[TypeSet], words_only: list[bool], *, what: str) -> TypeRows:
    """Return the table of some tests.

    Args:
        words: For each type, whether it is a word (bool).
        sets: The types that pass each test; what is listed of one for words only are words.
        words_only: Whether each test is passed by words only.
        what: What needs the memory, for the message.
    """
    if len(sets) < _BITS_OF_A_BYTE:  # a byte for each type is the fastest
        tests = words.astype(np.uint8)
        for bit, (types, only) in enumerate(zip(sets, words_only, strict=True), start=1):
            if types.inverted:
                tests[words if only else slice(None)] |= np.uint8(1 << bit)
                tests[types.listed] &= np.uint8(0xFF ^ 1 << bit)
            else:
                tests[types.listed] |= np.uint8(1 << bit)
        return TypeRows(list(range(1, len(sets) + 1)), tests, 1, None)
    listed = [types.listed for types in sets]
    partition = _partition(words, listed)
    return _table(partition, words, sets, words_only, listed, what)


def partition_of(words: Array, lists: list[Numbers]) -> Numbers:
    """Return the row of each type, so that those of a row are in the same lists, and all words or none (UInt32)."""
    return _partition(words, lists).rows


def _partition(words: Array, lists: list[Numbers]) -> _Partition:
    partition = _Partition(words)
    for first, end in _disjoint(lists, len(words)) if lists else []:
        partition.split(lists[first:end])
    return partition


class _Partition:
    """Types by row, which is split until the types of a row pass the same tests."""

    def __init__(self, words: Array) -> None:
        self.rows = words.astype(np.uint32)
        self.sizes = np.array([len(words) - int(words.sum()), int(words.sum())], np.int64)

    def split(self, lists: list[Numbers]) -> None:
        """Part the types of each list from the others in their rows; the lists have no type in common."""
        types = np.concatenate(lists)
        if not len(types):
            return
        row_of = self.rows[types]
        if len(lists) == 1:  # no sorting, since the list may have millions of types
            counted = np.bincount(row_of, minlength=len(self.sizes))
            row = np.flatnonzero(counted)
            counts = counted[row]
            place = np.zeros(len(self.sizes), np.int64)
            place[row] = np.arange(len(row))
            place = place[row_of]
        else:
            number = np.repeat(np.arange(len(lists), dtype=np.int64), [len(each) for each in lists])
            keys, place, counts = np.unique((number << 32) | row_of, return_inverse=True, return_counts=True)
            row = keys & 0xFFFFFFFF
        whole = counts == self.sizes[row]  # what is a row already stays one
        new = np.where(whole, row, len(self.sizes) + np.cumsum(~whole) - 1)
        np.subtract.at(self.sizes, row[~whole], counts[~whole])
        self.sizes = np.concatenate((self.sizes, counts[~whole]))
        self.rows[types] = new[place.reshape(-1)]


def _disjoint(lists: list[Numbers], n_types: int) -> list[tuple[int, int]]:
    """Return where runs of lists without common types begin and end; those of different words are one run."""
    last = np.full(n_types, -1, np.int32)
    runs = []
    first = 0
    for number, types in enumerate(lists):
        if len(types) and last[types].max() >= first:
            runs.append((first, number))
            first = number
        last[types] = number
    return [*runs, (first, len(lists))]


def _table(
    partition: _Partition,
    words: Array,
    sets: list[TypeSet],
    words_only: list[bool],
    listed: list[Numbers],
    what: str,
) -> TypeRows:
    n_rows = len(partition.sizes)
    rows_of = _rows_of(partition.rows, n_rows, listed)
    with_bit = [number for number, types in enumerate(sets) if types.inverted or len(rows_of[number]) > 1]
    stride = len(with_bit) // _BITS_OF_A_BYTE + 1
    expect_memory(n_rows * stride, what, "Use fewer wildcards and regular expressions, or search for parts of it")
    tests = np.zeros((n_rows, stride), np.uint8)
    word_rows = np.flatnonzero(np.bincount(partition.rows[words], minlength=n_rows))
    tests[word_rows, 0] = 1 << _IS_WORD
    numbers = [
        _BITS_OF_A_BYTE * stride + (int(rows[0]) if len(rows) else n_rows)  # row n_rows does not exist
        for rows in rows_of
    ]
    for bit, number in enumerate(with_bit, start=1):
        byte, mask = bit // _BITS_OF_A_BYTE, np.uint8(1 << bit % _BITS_OF_A_BYTE)
        if sets[number].inverted:
            tests[word_rows if words_only[number] else slice(None), byte] |= mask
            tests[rows_of[number], byte] &= ~mask
        else:
            tests[rows_of[number], byte] |= mask
        numbers[number] = bit
    return TypeRows(numbers, tests.ravel(), stride, partition.rows)


def _rows_of(rows: Numbers, n_rows: int, listed: list[Numbers]) -> list[Integers]:
    """Return the rows of the types of each list, each once, ascending."""
    short = [number for number, types in enumerate(listed) if len(types) <= _SHORT]
    types = np.concatenate([np.zeros(0, np.uint32), *(listed[number] for number in short)])
    number = np.repeat(np.arange(len(short), dtype=np.int64), [len(listed[number]) for number in short])
    keys = distinct((number << 32) | rows[types])
    found = [np.zeros(0, np.int64)] * len(listed)
    ends = np.searchsorted(keys >> 32, np.arange(len(short)), "right").tolist()
    for place, first, end in zip(short, [0, *ends], ends, strict=False):
        found[place] = keys[first:end] & 0xFFFFFFFF
    for place, types in enumerate(listed):
        if len(types) > _SHORT:
            is_there = np.zeros(n_rows, bool)
            is_there[rows[types]] = True
            found[place] = np.flatnonzero(is_there)
    return found
