"""The most frequent original spelling of n-grams: of a sequence of forms, the sequence of spellings found most often.

Few tokens have another spelling than the usual one of their form (3.5 % in a corpus of news). N-grams are counted again
only near these; every other occurrence has the usual spelling of all its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Integers, Numbers
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit.analysis.spellings import Spellings
from corpus_kit.machine.threads import threads
from corpus_kit.text.forms import Selected
from corpus_kit.text.ngram_options import NgramOptions

__all__ = ["NgramSpeller"]

Mask = npt.NDArray[np.bool_]


class _Sequences(NamedTuple):
    """N-grams that the core counted: count descending, then n, then first occurrence.

    Attributes:
        ids: The tokens.
        n: The number of words of each n-gram.
        first: Where it first occurs, as the core writes it.
        counts: How often it occurs.
    """

    ids: Numbers
    n: Array
    first: Array
    counts: Integers

    def levels(self) -> Iterator[tuple[int, Integers]]:
        """Yield each number of words, with the rows that have it."""
        for size in np.unique(self.n):
            yield int(size), np.flatnonzero(self.n == size)

    def words(self, rows: Integers, size: int) -> Numbers:
        """Return the words of n-grams of one length, as rows of a matrix."""
        return np.stack([self.ids[at] for at in _tokens(self.first[rows], size)], axis=1)

    def of_length(self, size: int) -> tuple[Numbers, Integers]:
        """Return the words of all n-grams of one length, and how often each occurs."""
        rows = np.flatnonzero(self.n == size)
        return self.words(rows, size), self.counts[rows]


class _Asked(NamedTuple):
    """N-grams of one length whose spelling is looked for.

    Attributes:
        rows: Where they are in their table.
        forms: The forms of their words.
        counts: How often each occurs.
        first: The spellings of their words where they first occur; None if that is unknown.
    """

    rows: Integers
    forms: Numbers
    counts: Integers
    first: Numbers | None = None

    def part(self, rows: Integers | Mask) -> _Asked:
        return _Asked(self.rows[rows], self.forms[rows], self.counts[rows])


class _Found(NamedTuple):
    """The spellings of n-grams of one length: their rows, and the spellings of their words."""

    rows: Integers
    spelled: Numbers


class NgramSpeller:
    """Finds the most frequent sequence of spellings of n-grams, of equal ones the first to occur."""

    def __init__(self, stream: Selected, original: Spellings, options: NgramOptions) -> None:
        """Take the tokens that are counted, as spellings of `original`, and which n-grams were counted."""
        self._stream, self._original, self._options = stream, original, options
        self._counts = np.bincount(self._stream.ids, minlength=len(original.texts))
        self._usual = original.chosen(self._counts)
        # a hashtag that was joined to a name leaves a form without spellings, so the usual ones are asked by spelling
        self._unusual = self._usual[original.form] != np.arange(len(original.form))

    def of_places(self, n: pl.Series, count: pl.Series, first: Array) -> pl.Series:
        """Return the spellings of n-grams, given where each first occurs in the tokens that are counted.

        Args:
            n: The number of words of each n-gram.
            count: How often each occurs.
            first: Where it first occurs, as the core writes it.
        """
        table = _Sequences(self._stream.ids, n.to_numpy(), first, count.to_numpy())
        return self._changed(self._usual_texts(table), self._winners(table))

    def of_grouped_places(self, n: pl.Series, first: Array) -> pl.Series:
        """Return the spellings in all documents of n-grams that were counted in groups of documents.

        Args:
            n: The number of words of each n-gram.
            first: Where it first occurs in the group, as the core writes it.
        """
        table = _Sequences(self._stream.ids, n.to_numpy(), first, np.zeros(len(n), np.int64))
        forms = self._original.form[self._stream.ids]
        everywhere = self._count(forms, self._stream.barriers, self._stream.document_ends, self._options.min_count)
        found = []
        for each in self._winners(everywhere._replace(ids=self._stream.ids)):
            size = each.spelled.shape[1]
            rows = np.flatnonzero(table.n == size)
            asked = _Asked(rows, self._original.form[table.words(rows, size)], table.counts[rows])
            matches = self._matches(asked, each.spelled, np.zeros(len(each.spelled), np.int64))
            found.append(_Found(rows[matches["row"].to_numpy()], each.spelled[matches["best"].to_numpy()]))
        return self._changed(self._usual_texts(table), found)

    def of_words(self, n: pl.Series, count: pl.Series, words: list[pl.Series]) -> pl.Series:
        """Return the spellings of n-grams, given the forms of their first, second, ... words, null beyond n."""
        columns = [word.fill_null(0).to_numpy() for word in words]
        lengths, counts = n.to_numpy(), count.to_numpy()
        asked = []
        for size in np.unique(lengths):
            rows = np.flatnonzero(lengths == size)
            asked.append(_Asked(rows, np.stack([word[rows] for word in columns[:size]], axis=1), counts[rows]))
        texts = pl.repeat("", len(n), dtype=pl.String, eager=True).alias("spelling")
        usual = [_Found(each.rows, self._usual[each.forms].astype(np.uint32)) for each in asked]
        return self._changed(texts, [*usual, *self._others(asked)])

    # --------------------------------------------------------------- which sequence it is

    def _winners(self, table: _Sequences) -> list[_Found]:
        """Return the n-grams of a table that are not written with the usual spelling of each word."""
        if not self._unusual.any():
            return []
        # where the usual spelling comes first, another needs two occurrences to be more frequent
        unusual_ahead = self._unusual[self._stream.ids]
        for _ in range(1, self._options.high + self._options.skip):
            unusual_ahead[:-1] |= unusual_ahead[1:]
        may_differ = unusual_ahead[table.first >> np.uint64(32)]
        may_differ |= table.counts > 2
        asked = []
        for size, rows in table.levels():
            rows = rows[may_differ[rows]]
            first = table.words(rows, size)
            asked.append(_Asked(rows, self._original.form[first], table.counts[rows], first))
        return self._others(asked)

    def _others(self, asked: list[_Asked]) -> list[_Found]:
        """Return the n-grams that are not written with the usual spelling of each word."""
        if not any(len(each.rows) for each in asked):
            return []
        found, undecided = [], []
        near = self._count_near(self._unusual)
        for each in asked:
            spelled, counts = near.of_length(each.forms.shape[1])
            differs = self._unusual[spelled].any(axis=1)
            spelled, counts = spelled[differs], counts[differs]
            row, best, others = (column.to_numpy() for column in self._matches(each, spelled, counts))
            usual = each.counts[row] - others
            wins, ties = counts[best] > usual, counts[best] == usual
            if each.first is not None:
                first = each.first[row]
                wins |= ties & (first == spelled[best]).all(axis=1)
                ties &= ~wins & self._unusual[first].any(axis=1)
            found.append(_Found(each.rows[row[wins]], spelled[best[wins]]))
            undecided.append(each.part(row[ties]))
        return [*found, *self._all_counted(undecided)]

    def _all_counted(self, asked: list[_Asked]) -> list[_Found]:
        """Return the spellings of n-grams, from the counts of all sequences in which they are written."""
        if not any(len(each.rows) for each in asked):
            return []
        form = self._original.form
        of_form = np.bincount(form, weights=self._counts, minlength=self._original.n_forms)
        rarest = np.zeros(self._original.n_forms, bool)
        for each in asked:
            place = of_form[each.forms].argmin(axis=1)
            rarest[each.forms[np.arange(len(place)), place]] = True
        near, found = self._count_near(rarest[form]), []
        for each in asked:
            spelled, counts = near.of_length(each.forms.shape[1])
            row, best, _ = (column.to_numpy() for column in self._matches(each, spelled, counts))
            found.append(_Found(each.rows[row], spelled[best]))
        return found

    def _matches(self, asked: _Asked, spelled: Numbers, counts: Integers) -> pl.DataFrame:
        """Match n-grams with the sequences in which they are written, which are in descending order of their counts.

        Returns:
            row (of those asked), best (the first sequence), others (the count of all sequences together).
        """
        sequences = _packed(self._original.form[spelled], self._original.n_forms)
        keys = sequences.columns
        sequences = sequences.with_columns(others=counts).with_row_index("best")
        sequences = sequences.group_by(keys).agg(pl.col("best").min(), pl.col("others").sum())
        rows = _packed(asked.forms, self._original.n_forms).with_row_index("row")
        return rows.join(sequences, on=keys).select("row", "best", "others")

    def _count_near(self, marked: Mask) -> _Sequences:
        """Count the sequences of spellings in the surroundings of some spellings, which hold all that contain one."""
        stream, options = self._stream, self._options
        anchors = marked[stream.ids]
        near = anchors.copy()
        for distance in range(1, options.high + options.skip):
            near[distance:] |= anchors[:-distance]
            near[:-distance] |= anchors[distance:]
        kept = np.flatnonzero(near)
        barriers = stream.barriers[kept]
        barriers[np.diff(kept, prepend=-2) > 1] |= stream.barrier_bits
        ends = np.searchsorted(kept, stream.document_ends.astype(kept.dtype)).astype(np.uint64)
        return self._count(stream.ids[kept], barriers, ends, 1)

    def _count(self, ids: Numbers, barriers: Array, document_ends: Array, min_count: int) -> _Sequences:
        options = self._options
        n, first, count, *_ = _core.count_ngrams(
            ids,
            barriers,
            document_ends,
            low=options.low,
            high=options.high,
            skip=options.skip,
            min_count=min_count,
            barrier_bits=self._stream.barrier_bits,
            n_types=len(self._original.texts),
            document_frequency=False,
            threads=threads(),
        )
        return _Sequences(ids, *(series_from_core("", column).to_numpy() for column in (n, first, count)))

    # --------------------------------------------------------------- its text

    def _usual_texts(self, table: _Sequences) -> pl.Series:
        """Return the texts of n-grams in the usual spelling of each word."""
        usual = self._original.texts.gather(self._usual[self._original.form])
        return _joined(table.ids, table.n, table.first, usual)

    def _changed(self, texts: pl.Series, found: list[_Found]) -> pl.Series:
        """Put the texts of spellings in their rows."""
        for rows, spelled in found:
            n = np.full(len(rows), spelled.shape[1], np.uint8)
            first = np.arange(0, spelled.size, spelled.shape[1], dtype=np.uint64) << np.uint64(32)
            texts = texts.scatter(rows, _joined(spelled.ravel(), n, first, self._original.texts))
        return texts


def _joined(ids: Numbers, n: Array, first: Array, texts: pl.Series) -> pl.Series:
    """Return the words of n-grams, joined by spaces."""
    stream = text_stream(texts.fill_null(""))
    return series_from_core("spelling", _core.ngram_strings(ids, n, first, stream, separator=b" ", threads=threads()))


def _tokens(places: Array, size: int) -> Iterator[Integers]:
    """Yield where the first, second, ... words of n-grams are, from where the core found them."""
    at = (places >> np.uint64(32)).astype(np.int64)
    yield at
    for number in range(1, size):
        at = at + 1 + ((places >> np.uint64(32 - 4 * number)) & np.uint64(15)).astype(np.int64)
        yield at


def _packed(words: Numbers, n_words: int) -> pl.DataFrame:
    """Return rows of ids as columns of 64 bits, which hold as many ids as they can: these are faster to join."""
    bits = max((n_words - 1).bit_length(), 1)
    columns: dict[str, Any] = {}
    for first in range(0, words.shape[1], 64 // bits):
        key = np.zeros(len(words), np.uint64)
        for word in words[:, first : first + 64 // bits].T:
            key = key << np.uint64(bits) | word
        columns[f"key{first}"] = key
    return pl.DataFrame(columns)
