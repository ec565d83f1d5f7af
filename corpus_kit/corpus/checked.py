"""Arrays of which a call reads a few places, and a check of these places.

A kernel of the core can read anything; its result is used only if the blocks that it read are those that were written.
So the classes here call kernels, which compare what they touch, and then raise if a block differed. What is in memory
was compared when the corpus was opened, and costs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from corpus_kit._base.arrays import Array
from corpus_kit._core import BlockChecks, SearchText, Texts, TokenArrays
from corpus_kit.corpus.held_file import HeldFile
from corpus_kit.machine.threads import threads

__all__ = ["CheckedArray", "IndexTexts", "TokenTexts", "search_text"]


class CheckedArray:
    """An array of a file, checked where it is read.

    Args:
        values: The array.
        file: The file that it ends; None if it needs no check.
    """

    def __init__(self, values: Array, file: HeldFile | None = None) -> None:
        self._values = values
        self._file = file

    @property
    def checks(self) -> BlockChecks | None:
        """What kernels compare it with; None if nothing can be left to check."""
        return None if self._file is None else self._file.checks

    @property
    def _pending(self) -> BlockChecks | None:
        """The same; None if nothing is left to check now."""
        return None if self._file is None or self._file.is_checked else self._file.checks

    def whole(self) -> Array:
        """Return the array, all of it checked."""
        if self._file is not None:
            self._file.check()
        return self._values

    def unchecked(self) -> Array:
        """Return the array as it is, for a kernel that compares what it reads."""
        return self._values

    def check_read(self) -> None:
        """Check what kernels have read."""
        if self._file is not None:
            self._file.check_read()

    def at(self, first: Array, end: Array) -> Array:
        """Return the array, checked in these ranges of items (Int64); no others may be used."""
        checks = self._pending
        if checks is not None:
            checks.touch_ranges(np.ascontiguousarray(first, np.int64), np.ascontiguousarray(end, np.int64))
            self.check_read()
        return self._values

    def between(self, first: int, end: int) -> Array:
        """Return the items from `first` up to `end`."""
        checks = self._pending
        if checks is not None:
            checks.touch(max(first, 0), max(end, 0))
            self.check_read()
        return self._values[first:end]

    def items(self, places: Array) -> Array:
        """Return these items."""
        if self._pending is not None:
            self.at(places, places.astype(np.int64) + 1)
        values: Array = self._values[places]
        return values


class _Reading:
    """Checks what a kernel read, also if it found it wrong: then the damage is the reason."""

    def __init__(self, *arrays: CheckedArray) -> None:
        self._arrays = [array for array in arrays if array.checks is not None]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        for array in self._arrays:
            array.check_read()


class IndexTexts:
    """Texts of the index, one after another.

    Args:
        text: Their bytes.
        offsets: Where each begins, and the last ends.
    """

    def __init__(self, text: CheckedArray, offsets: CheckedArray) -> None:
        self.arrays = (text, offsets)
        self.texts = Texts(text.unchecked(), offsets.unchecked(), text.checks, offsets.checks)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    @cached_property
    def lengths(self) -> Array | None:
        """The code points of each text (UInt32); None if the offsets are damaged."""
        text, offsets = (array.whole() for array in self.arrays)
        if (offsets[1:] < offsets[:-1]).any() or offsets[-1] > len(text):
            return None
        filled = offsets[:-1][offsets[1:] > offsets[:-1]]
        begins_one = (text[: offsets[-1]] & np.uint8(0xC0)) != np.uint8(0x80)
        lengths = np.zeros(len(self), np.uint32)
        if len(filled):
            lengths[offsets[1:] > offsets[:-1]] = np.add.reduceat(begins_one, filled.astype(np.int64), dtype=np.uint32)
        return lengths

    def bytes_of(self, row: int) -> bytes:
        """Return a text as bytes."""
        with _Reading(*self.arrays):
            return self.texts.bytes_of(row)

    def gather(self, rows: Array) -> Any:
        """Return texts as a String column, with null for row 4294967295."""
        with _Reading(*self.arrays):
            return self.texts.gather(rows)

    def find(self, order: Array, wanted: list[bytes], *, begins: bool = False) -> list[tuple[int, int]]:
        """Find texts, or those that begin with them, among rows ordered by bytes: from which place up to which."""
        with _Reading(*self.arrays):
            return self.texts.find(order, wanted, begins=begins)

    def search(self, wanted: bytes, *, begins: bool = False, ends: bool = False) -> Any:
        """Return the rows of the texts that contain, begin with or end with some bytes, as a UInt32 column."""
        with _Reading(*self.arrays):
            return self.texts.search(wanted, begins=begins, ends=ends)


class TokenTexts:
    """The tokens of a corpus as the core joins them to text and finds their neighbours.

    Args:
        types: The type of each token.
        flags: The flags of each token.
        starts: The first code point of each token.
        counted: For each type, whether it is counted (UInt8).
    """

    def __init__(self, types: CheckedArray, flags: CheckedArray, starts: CheckedArray, counted: Array) -> None:
        self._arrays = (types, flags)
        self._starts = starts
        self._tokens = TokenArrays(types.unchecked(), flags.unchecked(), counted, types.checks, flags.checks)

    def lines(
        self,
        first: Array,
        end: Array | None,
        window: tuple[int, int],
        *,
        document_ends: Array,
        surfaces: IndexTexts,
        ids: IndexTexts,
    ) -> Any:
        """Return what a concordance shows of each hit as a struct of columns, as the core does."""
        starts = self._starts
        with _Reading(*self._arrays, starts, *surfaces.arrays, *ids.arrays):
            return self._tokens.lines(
                first,
                end,
                *window,
                document_ends=document_ends,
                starts=starts.unchecked(),
                texts=surfaces.texts,
                ids=ids.texts,
                start_checks=starts.checks,
            )

    def neighbour_ranks(
        self, nodes: Array, document_ends: Array, ranks: Array, k: int, before: bool, *, threads: int = 1
    ) -> Any:
        """Return the rank of the k-th word before (or after) each node, as the core does."""
        with _Reading(*self._arrays):
            return self._tokens.neighbour_ranks(nodes, document_ends, ranks, k, before, threads=threads)

    def join(self, first: Array, last: Array, texts: IndexTexts) -> Any:
        """Return the text of each range of tokens as a String column."""
        with _Reading(*self._arrays, *texts.arrays):
            return self._tokens.join(first, last, texts.texts)

    def number(self, first: Array, last: Array) -> tuple[Any, Any]:
        """Return the number of the sequence of types of each range of tokens, and the first range with each."""
        with _Reading(*self._arrays):
            return self._tokens.number(first, last)

    def ends(self, places: Array, starts: Array, texts: IndexTexts) -> Any:
        """Return the code point after each of some tokens, which begin at `starts`, as a UInt32 column."""
        with _Reading(*self._arrays, *texts.arrays):
            return self._tokens.ends(places, starts, texts.texts)


@contextmanager
def search_text(
    types: CheckedArray,
    flags: CheckedArray,
    document_ends: Array,
    tests: Array,
    stride: int,
    barrier_bits: int,
    rows: Array | None = None,
) -> Iterator[SearchText]:
    """Provide the tokens as the core searches them; what was read is checked when the block ends.

    Args:
        types: The type of each token.
        flags: The flags of each token.
        document_ends: The index of the token after the last one of each document.
        tests: The bits of the tests that the types of each row pass.
        stride: The bytes of each row among them.
        barrier_bits: The flags that begin a unit of text.
        rows: The row of each type; None if each has its own.
    """
    with _Reading(types, flags):
        yield SearchText(
            types.unchecked(),
            flags.unchecked(),
            document_ends,
            tests,
            stride,
            barrier_bits,
            types.checks,
            flags.checks,
            rows,
            threads(),
        )
