"""The breakdown of hits by what their tokens and documents are: CQP's `group` and `tabulate`.

Every key becomes numbers, one for each hit: the index has those of folded forms, layers and metadata, the others are
ranks of the values that occur. Only the rows of the result become text, each by a hit that stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, distinct, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.metadata import expect_free
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, invalid, shown
from corpus_kit.search.hits import Hits, hits_per_document
from corpus_kit.search.token_values import (
    FOLDED,
    SURFACE,
    Asked,
    Attribute,
    Label,
    Spans,
    asked,
    attribute_called,
    expect_room,
    items_of,
    spans_of,
    texts_of_spans,
)

__all__ = ["grouped", "tabulated"]

_COUNTED = ("count", "documents", "total", "share")
_SMALL = 1 << 20  # numbers up to here are counted in an array that has a place for each


def grouped(corpus: CorpusView, hits: Hits, by: Sequence[str], min_count: int) -> pl.DataFrame:
    """Count hits by one key or several; `Concordance.group` has the arguments and the columns.

    Args:
        corpus: The corpus.
        hits: The hits, in the order of the text.
        by: The keys, as `token_values` has them.
        min_count: The least count of a row.
    """
    wanted = _asked(corpus, hits, by, "by")
    rows = _Rows.of(corpus, hits, only_documents=all(isinstance(each, Label) for each in wanted))
    keys = [_key(corpus, rows, each) for each in wanted]
    codes, n_codes = keys[0].codes, keys[0].n_codes
    outer, n_outer = np.zeros(len(codes), np.uint32), 1  # all keys but the last
    for key in keys[1:]:
        outer, n_outer = codes, n_codes
        codes, n_codes = _paired(codes, key.codes, key.n_codes)
    first, count, documents = rows.counted(codes, n_codes)
    all_counted = count.sum()
    kept = _in_order(count, min_count)
    first, count, documents = first[kept], count[kept], documents[kept]
    is_alone = sum(key.spellings is not None for key in keys) == 1
    total = all_counted if len(keys) == 1 else rows.totals(outer, n_outer)[outer[first]]
    return pl.DataFrame(
        [
            *(column for key in keys for column in key.columns(first, alone=is_alone)),
            pl.Series("count", count),
            pl.Series("documents", documents),
            pl.Series("total", np.broadcast_to(total, count.shape).astype(np.int64)),
            pl.Series("share", count / np.maximum(total, 1)),
        ]
    )


def tabulated(corpus: CorpusView, hits: Hits, what: Sequence[str]) -> pl.DataFrame:
    """Return what is asked of each hit; `Concordance.tabulate` has the arguments and the columns.

    Args:
        corpus: The corpus.
        hits: The hits, in any order.
        what: What is asked, as `token_values` has it.
    """
    wanted = _asked(corpus, hits, what, "what")
    documents = corpus.documents_of(hits.first)

    def column(each: Asked | Label) -> pl.Series:
        if isinstance(each, Label):
            return corpus.labels(each.column, selected=False).gather(documents)
        spans, name = spans_of(corpus, hits, each, documents), each.attribute or SURFACE
        return texts_of_spans(corpus, name, spans, written=name != FOLDED)

    return pl.DataFrame([column(each).alias(each.name) for each in wanted])


def _asked(corpus: CorpusView, hits: Hits, names: Sequence[str], argument: str) -> list[Asked | Label]:
    if not names:
        raise invalid(argument, "at least one name", list(names), "For example 'node.lemma', or a column of metadata.")
    for number, name in enumerate(names):
        if not isinstance(name, str):
            raise invalid(argument, "names", name)
        if name in names[:number]:
            raise InputError(f"{argument} must be different names, got {shown(name)} twice.")
        if argument == "by":
            expect_free(name, (*_COUNTED, "spelling"), argument)
    return [asked(name, corpus, hits, argument) for name in names]


# ------------------------------------------------------------------ what is counted


class _Rows(NamedTuple):
    """What is counted: hits, or documents with the number of their hits if all keys are metadata.

    Attributes:
        hits: The hits.
        per_document: The hits of each document of the whole corpus.
        are_documents: Whether a row is a document.
    """

    hits: Hits
    per_document: Array
    are_documents: bool

    @classmethod
    def of(cls, corpus: CorpusView, hits: Hits, *, only_documents: bool) -> _Rows:
        return cls(hits, hits_per_document(corpus, hits), only_documents)

    def documents(self) -> Array:
        """Return the document of each row, ascending."""
        present = np.flatnonzero(self.per_document)
        return present if self.are_documents else np.repeat(present, self.per_document[present])

    def counted(self, codes: Array, n_codes: int) -> tuple[Array, Array, Array]:
        """Count the codes that occur, by first occurrence: the row of that, the hits, and their documents (Int64)."""
        if self.are_documents:
            counts, documents = self.totals(codes, n_codes), np.bincount(codes, minlength=n_codes)
            first = _first_of(codes, n_codes)
            order = np.flatnonzero(documents)
            order = order[np.argsort(first[order])]
            return first[order], counts[order], documents[order]
        ends = np.cumsum(self.per_document).astype(np.uint64)
        columns = _core.count_by_first(np.ascontiguousarray(codes), ends, n_codes)
        first, counts, documents = (series_from_core("", column).to_numpy() for column in columns)
        return first, counts, documents

    def totals(self, codes: Array, n_codes: int) -> Array:
        """Return how many hits have each code (Int64)."""
        if not self.are_documents:
            return np.bincount(codes, minlength=n_codes)
        weights = self.per_document[self.documents()]
        return np.bincount(codes, weights, n_codes).astype(np.int64)  # exact below 2**53


_NARROW = 1 << 16  # numbers below are sorted by radix


def _in_order(counts: Array, min_count: int) -> Array:
    """Return the rows that are frequent enough by count, descending; equal ones stay in order.

    Nearly all counts are small, and small numbers are sorted much faster.
    """
    frequent = np.flatnonzero(counts >= _NARROW)
    others = np.flatnonzero((counts >= min_count) & (counts < _NARROW))
    frequent = frequent[counts[frequent] >= min_count]
    frequent = frequent[np.argsort(-counts[frequent], kind="stable")]
    narrow = (_NARROW - 1 - counts[others]).astype(np.uint16)
    return np.concatenate((frequent, others[np.argsort(narrow, kind="stable")]))


# ---------------------------------------------------------------------------- keys


class _Key(NamedTuple):
    """A key of the rows that are counted.

    Attributes:
        name: As it was given.
        codes: The number of the value of each row (UInt32).
        n_codes: A number above all of them.
        values: Returns the values of some rows.
        spellings: Returns the usual spellings of the values of some rows, if they are folded.
    """

    name: str
    codes: Array
    n_codes: int
    values: Callable[[Array], pl.Series]
    spellings: Callable[[Array], pl.Series] | None = None

    def columns(self, rows: Array, *, alone: bool) -> list[pl.Series]:
        """Return the columns of the key: its values, and the usual spellings of them."""
        columns = [self.values(rows).alias(self.name)]
        if self.spellings is not None:
            columns.append(self.spellings(rows).alias("spelling" if alone else f"{self.name}.spelling"))
        return columns


def _key(corpus: CorpusView, rows: _Rows, wanted: Asked | Label) -> _Key:
    if isinstance(wanted, Label):
        of_documents, values = corpus.codes(wanted.column)
        codes = of_documents[rows.documents()]
        return _Key(wanted.name, codes, len(values), lambda some: values.gather(codes[some]))
    attribute = attribute_called(wanted.attribute or FOLDED, corpus)
    items = items_of(corpus, rows.hits, wanted, attribute, rows.documents)
    if items is not None:
        return _token_key(wanted.name, attribute, items)
    return _phrase_key(corpus, wanted, attribute, spans_of(corpus, rows.hits, wanted, rows.documents()))


def _token_key(name: str, attribute: Attribute, items: Array) -> _Key:
    """Return the key of single tokens, given as their items; n_items of the attribute for no token."""
    counts = np.bincount(items, minlength=attribute.n_items + 1)[:-1]
    present = np.flatnonzero(counts > 0).astype(np.uint32)  # of booleans, much faster
    code_of, n_codes = _codes(attribute, present)
    codes = code_of[items]

    def values(rows: Array) -> pl.Series:
        return attribute.values(items[rows])

    if attribute.written is None:
        return _Key(name, codes, n_codes, values)
    written = attribute.as_written
    if written.is_distinct:
        spelled, n_spelled = np.arange(len(present), dtype=np.uint32), len(present)
    else:
        spelling_of, n_spelled = _codes(written, present)
        spelled = spelling_of[present]
    usual = _usual(code_of[present], n_codes, spelled, n_spelled, counts[present])

    def spellings(rows: Array) -> pl.Series:
        places = usual[codes[rows]]
        return written.values(np.append(present, np.uint32(attribute.n_items))[places])

    return _Key(name, codes, n_codes, values, spellings)


def _phrase_key(corpus: CorpusView, wanted: Asked, attribute: Attribute, spans: Spans) -> _Key:
    """Return the key of several tokens, one after another."""
    name = wanted.attribute or FOLDED
    expect_room(spans)
    items = attribute.items(ranges(spans.first, spans.end))
    lengths = spans.end - spans.first
    codes, n_codes = _phrase_codes(attribute, items, lengths)

    def texts(rows: Array, *, written: bool = False) -> pl.Series:
        return texts_of_spans(corpus, name, Spans(spans.first[rows], spans.end[rows]), written=written)

    if attribute.written is None:
        return _Key(wanted.name, codes, n_codes, texts)

    def spellings(rows: Array) -> pl.Series:
        spelled, n_spelled = _phrase_codes(attribute.as_written, items, lengths)
        counts, first = np.bincount(spelled, minlength=n_spelled), _first_of(spelled, n_spelled)
        present = np.flatnonzero(counts)
        spelled_by = first[present]
        usual = _usual(codes[spelled_by], n_codes, np.arange(len(present)), len(present), counts[present])
        return texts(spelled_by[usual[codes[rows]]], written=True)

    return _Key(wanted.name, codes, n_codes, texts, spellings)


def _codes(attribute: Attribute, present: Array) -> tuple[Array, int]:
    """Return the number of the value of each item (UInt32), and a number above all; the highest one is for no value.

    One more item stands for no token.

    Args:
        attribute: The attribute.
        present: The items that occur, ascending; the numbers of others mean nothing.
    """
    n_items = attribute.n_items
    if attribute.is_distinct:
        return np.arange(n_items + 1, dtype=np.uint32), n_items + 1
    if attribute.keys is not None:
        return np.append(np.minimum(attribute.keys, np.uint32(n_items)), np.uint32(n_items)), n_items + 1
    ranks = attribute.texts(present).rank("dense")
    n_values = int(ranks.max() or 0)  # type: ignore[arg-type]  # of all dtypes
    codes = np.full(n_items + 1, n_values, np.uint32)
    codes[present] = ranks.cast(pl.UInt32).fill_null(n_values + 1).to_numpy() - np.uint32(1)
    return codes, n_values + 1


def _phrase_codes(attribute: Attribute, items: Array, lengths: Array) -> tuple[Array, int]:
    """Return a number for the values of the tokens of each row (UInt32), and a number above all.

    The highest one is for rows without tokens, or without any value.

    Args:
        attribute: The attribute.
        items: The items of the tokens of all rows, one row after another.
        lengths: How many tokens each row has.
    """
    code_of, n_values = _codes(attribute, distinct(items).astype(np.uint32))
    of_tokens = code_of[items].astype(np.int64)
    begins = np.cumsum(lengths) - lengths
    rows = np.flatnonzero(lengths)
    codes = np.zeros(len(lengths), np.int64)
    codes[rows] = of_tokens[begins[rows]]
    n_codes = n_values
    for place in range(1, int(lengths.max(initial=0))):
        rows = rows[lengths[rows] > place]
        longer, n_longer = _paired(codes[rows], of_tokens[begins[rows] + place], n_values)
        codes[rows] = longer.astype(np.int64) + n_codes  # other numbers than those of shorter ones
        n_codes += n_longer
    with_value = np.concatenate(([0], np.cumsum(of_tokens != n_values - 1)))
    codes[with_value[begins + lengths] == with_value[begins]] = n_codes
    return codes.astype(np.uint32), n_codes + 1


def _paired(outer: Array, inner: Array, n_inner: int) -> tuple[Array, int]:
    """Return a number for each pair of numbers (UInt32), without gaps, and a number above all."""
    pairs = outer.astype(np.int64) * n_inner + inner
    highest = int(pairs.max(initial=-1)) + 1
    if highest > max(_SMALL, 4 * len(pairs)):
        present, places = np.unique(pairs, return_inverse=True)
        return places.astype(np.uint32), len(present)
    present = np.flatnonzero(np.bincount(pairs, minlength=highest))
    number = np.zeros(highest, np.uint32)
    number[present] = np.arange(len(present))
    return number[pairs], len(present)


def _first_of(codes: Array, n_codes: int) -> Array:
    """Return the first row with each code."""
    first = np.zeros(n_codes, np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # the last one that is written stays
    return first


def _usual(code_of: Array, n_codes: int, spelled: Array, n_spelled: int, counts: Array) -> Array:
    """Return for each code the item that is written as most of its tokens are, of equally frequent ones the first.

    Args:
        code_of: The code of each item that occurs.
        n_codes: A number above all codes.
        spelled: The spelling of each item.
        n_spelled: A number above all spellings.
        counts: How often each item occurs.

    Returns:
        Places among the items; their number where a code does not occur.
    """
    # 32 bits, as fresh pages for an array of all codes take longer than what is done with it
    frequency = np.bincount(spelled, counts, n_spelled)[spelled].astype(np.uint32)
    best = np.zeros(n_codes, np.uint32)
    np.maximum.at(best, code_of, frequency)
    chosen = np.flatnonzero(frequency == best[code_of])[::-1]  # the first of a code comes last, and stays
    usual = np.full(n_codes, len(code_of), np.uint32)
    usual[code_of[chosen]] = chosen
    return usual
