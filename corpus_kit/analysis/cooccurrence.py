"""Which words occur together with the hits of a pattern: contingency tables of windows and of units of text."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Integers
from corpus_kit._base.columns import Capsules, series_from_core
from corpus_kit.analysis.counted_words import CountedWords, tokens_of
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid
from corpus_kit.machine.threads import threads
from corpus_kit.search.hits import Hits
from corpus_kit.text.forms import Forms
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["PairTable", "pairs_in_units", "pairs_in_windows"]


class PairTable(NamedTuple):
    """A contingency table for each pair of node and collocate, in order of first occurrence.

    Attributes:
        labels: The text columns of the pairs.
        joint: o11 of each pair.
        row: r1 of each pair; one number where all pairs share it.
        column: c1 of each pair.
        total: n.
        documents: In how many documents each pair occurs.
        node: The frequency of the node itself, where the row is that of its windows.
    """

    labels: dict[str, pl.Series]
    joint: Integers
    row: Integers | int
    column: Integers
    total: int
    documents: Integers
    node: int | None = None

    def filter(self, kept: npt.NDArray[np.bool_]) -> PairTable:
        """Return the pairs that a mask keeps."""
        rows = np.flatnonzero(kept)
        labels = {name: label.gather(rows) for name, label in self.labels.items()}
        row = self.row if isinstance(self.row, int) else self.row[rows]
        return PairTable(labels, self.joint[rows], row, self.column[rows], self.total, self.documents[rows], self.node)


def pairs_in_windows(
    corpus: CorpusView,
    hits: Hits,
    counted: CountedWords,
    window: tuple[int, int],
    within: str,
    expectation: str,
) -> PairTable:
    """Return the words in windows around the hits, with tokens as the units that are counted.

    Raises:
        InputError: If the windows that `expectation` assumes are larger than the corpus.
    """
    forms = counted.forms
    assert forms.of_type is not None  # a corpus has types that are not counted
    columns = _core.count_collocates(
        corpus.token_types, corpus.token_flags, corpus.document_ends,
        forms.of_type, len(forms.words), hits.first, hits.end,
        before=window[0], after=window[1], barrier_bit=BARRIERS[within], threads=threads(),
    )  # fmt: skip
    count, documents, in_hits = _arrays(columns)
    labels, node = {"collocate": counted.words}, len(hits)
    if expectation == "textual":
        outside = counted.size - int(in_hits.sum())
        return PairTable(labels, count, int(count.sum()), counted.frequency - in_hits, outside, documents, node)
    row, total = node * sum(window), counted.size
    if row > total:
        raise invalid(
            "expectation",
            "'textual' for windows of this size",
            expectation,
            f"{node:,} hits times {sum(window):,} words are more than the corpus has ({total:,}).",
        )
    return PairTable(labels, count, row, counted.frequency, total, documents, node)


def pairs_in_units(corpus: CorpusView, hits: Hits, forms: Forms, unit: str) -> PairTable:
    """Return the words of units of text that contain a hit, outside of hits, with units as what is counted."""
    tokens = tokens_of(corpus)
    assert forms.of_type is not None  # a corpus has types that are not counted
    columns = _core.select(
        *tokens[:3], forms.of_type, documents=tokens.chosen, with_positions=True, threads=threads()
    )  # fmt: skip
    assert columns[3] is not None  # with_positions=True
    ids, _, document_ends, positions = _arrays(columns)  # type: ignore[arg-type]
    unit_of_token = _units(corpus, BARRIERS[unit])
    # units without a word are not counted
    has_word = np.zeros(int(unit_of_token[-1]) + 1 if len(unit_of_token) else 0, bool)
    has_word[unit_of_token[positions]] = True
    number = np.cumsum(has_word) - 1
    n_units = int(has_word.sum())
    # a hit that crosses the end of a unit is in both
    first, end = hits.spans()
    touched = _covered(unit_of_token[first], unit_of_token[end - 1] + 1, len(has_word)) & has_word
    marked = np.zeros(n_units, bool)
    marked[number[touched]] = True
    in_hit = _covered(np.searchsorted(positions, first), np.searchsorted(positions, end), len(ids))
    sizes = np.diff(document_ends, prepend=np.uint64(0)).astype(np.int64)
    document_of = np.repeat(np.arange(len(sizes)), sizes)[~in_hit]
    ids, unit_of = ids[~in_hit], number[unit_of_token[positions[~in_hit]]]
    together = marked[unit_of]
    n_words = len(forms.words)
    with_word = _groups_with(ids, unit_of, n_units, n_words)
    with_both = _groups_with(ids[together], unit_of[together], n_units, n_words)
    documents = _groups_with(ids[together], document_of[together], len(sizes), n_words)
    return PairTable({"collocate": forms.words}, with_both, int(marked.sum()), with_word, n_units, documents)


def _units(corpus: CorpusView, barrier_bits: int) -> Integers:
    """Return the unit of text of each token of the whole corpus."""
    begins = (corpus.token_flags & barrier_bits) != 0
    starts = corpus.document_ends[corpus.document_ends < len(begins)].astype(np.int64)
    begins[starts] = True
    begins[:1] = True
    return np.cumsum(begins) - 1


def _covered(first: Integers, end: Integers, length: int) -> npt.NDArray[np.bool_]:
    """Return which of `length` items lie in one of the spans first..end."""
    change = np.bincount(first, minlength=length + 1) - np.bincount(end, minlength=length + 1)
    return np.cumsum(change)[:length] > 0


def _groups_with(ids: Any, group_of: Integers, n_groups: int, n_words: int) -> Integers:
    """Count the groups in which each word occurs; the words of a group are adjacent."""
    ends = np.cumsum(np.bincount(group_of, minlength=n_groups)).astype(np.uint64)
    columns = _core.count_types(np.ascontiguousarray(ids), ends, n_words)
    documents: Integers = _arrays(columns)[1]
    return documents


def _arrays(columns: tuple[Capsules, ...]) -> list[Any]:
    return [series_from_core("", column).to_numpy() for column in columns]
