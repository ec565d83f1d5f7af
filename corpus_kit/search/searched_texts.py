"""The texts of types, and which of them fit the values of a pattern.

What is at an end of texts or in them is found by the core in one pass over their bytes. A regular expression is tried
where a text is that it requires (`regex_literals.py`); on all texts only if it requires none, or one that most have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, distinct
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.checked import CheckedArray, IndexTexts
from corpus_kit.query.pattern_tree import Value
from corpus_kit.search.regex_literals import required_by

__all__ = ["SearchedTexts"]

_BLOCK = 1 << 20  # texts that are compared at once, between two looks at Ctrl-C
_MOST_AT_ONCE = 500  # values that are compared in one pass over the texts
_BITS = 1 << 29  # of the results of one pass: 64 MiB
_MOST_PASSES = 8  # of the core for one expression: what takes more is as fast without it
_MOST_READ = 20_000  # characters of expressions whose requirements are looked for, which takes some microseconds each
_WORTH_IT = 3  # an expression is tried on all texts unless fewer than one in three have what it requires
_ENDLESS = (1 << 32) - 1  # code points, more than a text has
_FEW = 64  # if fewer than one in so many begin as it requires, nothing else is looked for


class SearchedTexts:
    """Texts, of which those are found that fit some values.

    Args:
        index: The texts as bytes, null ones as empty ones.
        order: Their rows in the order of their bytes; None if it is not known.
        texts: Returns them as a Series, which is only asked for if all must be read.
    """

    def __init__(self, index: IndexTexts, order: Array | None, texts: Callable[[], pl.Series]) -> None:
        self._index = index
        self._order = order
        self._texts = texts

    @classmethod
    def of(cls, texts: pl.Series) -> SearchedTexts:
        """Return the texts of a Series (String) to be searched; they are copied."""
        lengths = texts.str.len_bytes().fill_null(0).to_numpy()
        joined = texts.str.join("").cast(pl.Binary).item()
        offsets = np.concatenate((np.zeros(1, np.uint64), np.cumsum(lengths, dtype=np.uint64)))
        index = IndexTexts(CheckedArray(np.frombuffer(joined, np.uint8)), CheckedArray(offsets))
        return cls(index, None, lambda: texts)

    def fitting(self, values: Sequence[Value]) -> list[Array]:
        """Return for each value the rows of the texts that fit it, ascending (UInt32)."""
        found: dict[Value, Array] = {}
        left, read = [], 0
        for value in values:
            read += len(value.text) if value.is_regex else 0
            rows = None if read > _MOST_READ and value.is_regex else self._found(value)
            if rows is None:
                left.append(value)
            else:
                found[value] = rows
        self._compare(left, found)
        return [found[value] for value in values]

    def _found(self, value: Value) -> Array | None:
        """Return the rows of the texts that fit a value; None if all must be compared."""
        if value.is_regex:
            candidates = self._candidates(value)
            return None if candidates is None else candidates[self._fits(value, candidates)]
        return self._search(value.text, value.match) if value.text and value.match != "is" else None

    def _fits(self, value: Value, rows: Array) -> Array:
        texts = series_from_core("", self._index.gather(rows))
        fits: Array = value.fits(texts).to_numpy()
        return fits

    def _search(self, text: str, match: str) -> Array:
        found = self._index.search(text.encode(), begins=match == "begins", ends=match == "ends")
        rows: Array = series_from_core("", found).to_numpy()
        return rows

    # ---- regular expressions

    def _candidates(self, value: Value) -> Array | None:
        """Return the rows of the texts that have what an expression requires; None if that is of no use."""
        required = required_by(value.text)
        most = len(self._index) // _WORTH_IT
        ranges = self._ranges(required.begins)
        n_begin = sum(end - first for first, end in ranges) if ranges else most
        if ranges and n_begin <= len(self._index) // _FEW:
            return self._ordered(ranges)
        scans = [("ends", required.ends), ("contains", required.contains)]
        if self._order is None:
            scans.append(("begins", required.begins))
        scans = [(match, texts) for match, texts in scans if 0 < len(texts) <= _MOST_PASSES]
        if scans:
            match, texts = max(scans, key=lambda scan: (min(map(len, scan[1])), -len(scan[1])))
            found = [self._search(text, match) for text in texts]
            rows = found[0] if len(found) == 1 else distinct(np.concatenate(found))
            if len(rows) < min(n_begin, most):
                return rows
        if ranges and n_begin < most:
            return self._ordered(ranges)
        return self._of_lengths(required.shortest, required.longest, most)

    def _of_lengths(self, shortest: int, longest: int | None, most: int) -> Array | None:
        """Return the texts with so many code points, which are not empty; None if they are too many, or may be null."""
        if shortest < 1 or (shortest, longest) == (1, None) or (lengths := self._index.lengths) is None:
            return None
        fits = lengths >= min(shortest, _ENDLESS)
        if longest is not None:
            fits &= lengths <= min(longest, _ENDLESS)
        rows = np.flatnonzero(fits).astype(np.uint32)
        return rows if len(rows) < most else None

    def _ranges(self, begins: Sequence[str]) -> list[tuple[int, int]]:
        """Return where in the order the texts are that begin with one of these; they do not overlap."""
        if self._order is None:
            return []
        return self._index.find(self._order, [text.encode() for text in begins], begins=True)

    def _ordered(self, ranges: list[tuple[int, int]]) -> Array:
        assert self._order is not None
        return np.sort(np.concatenate([self._order[first:end] for first, end in ranges]))

    # ---- all texts

    def _compare(self, values: list[Value], found: dict[Value, Array]) -> None:
        """Compare all texts with values, some of them at a time."""
        if not values:
            return
        texts = self._texts().rename("text").to_frame()
        step = min(max(_BITS // max(texts.height, 1), 1), _MOST_AT_ONCE)
        for first in range(0, len(values), step):
            some = values[first : first + step]
            compared = [value.fits(pl.col("text")).alias(str(number)) for number, value in enumerate(some)]
            blocks = [
                texts.slice(begin, _BLOCK).lazy().select(compared).collect()
                for begin in range(0, max(texts.height, 1), _BLOCK)
            ]
            for value, fits in zip(some, pl.concat(blocks).fill_null(value=False), strict=True):
                found[value] = np.flatnonzero(fits.to_numpy()).astype(np.uint32)
