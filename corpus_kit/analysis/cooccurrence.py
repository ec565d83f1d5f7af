"""Which words occur together with the hits of a pattern: contingency tables of windows and of units of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Integers, Numbers
from corpus_kit._base.columns import Capsules, series_from_core
from corpus_kit.analysis.counted_words import CountedWords, tokens_of
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid
from corpus_kit.machine.threads import threads
from corpus_kit.search.hits import Hits
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["PairTable", "Texts", "pairs_in_units", "pairs_in_windows"]


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


class Texts(NamedTuple):
    """How often each word occurs in some documents, and how many words these have in all."""

    frequency: Integers
    size: int


def pairs_in_windows(
    corpus: CorpusView,
    hits: Hits,
    counted: CountedWords,
    texts: Texts,
    window: tuple[int, int],
    within: str,
    expectation: str,
) -> PairTable:
    """Return the words in windows around the hits, with tokens as the units that are counted.

    Args:
        corpus: The corpus.
        hits: The hits in some of its documents.
        counted: The words of the corpus.
        texts: All words of these documents.
        window: Words before and after.
        within: The unit of text that windows do not cross.
        expectation: "textual" or "span_factor".

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
    labels, node = {"collocate": counted.words, "spelling": counted.spellings}, len(hits)
    if expectation == "textual":
        outside = texts.size - int(in_hits.sum())
        return PairTable(labels, count, int(count.sum()), texts.frequency - in_hits, outside, documents, node)
    row, total = node * sum(window), texts.size
    if row > total:
        raise invalid(
            "expectation",
            "'textual' for windows of this size",
            expectation,
            f"{node:,} hits times {sum(window):,} words are more than the corpus has ({total:,}).",
        )
    return PairTable(labels, count, row, texts.frequency, total, documents, node)


def pairs_in_units(
    corpus: CorpusView, hits: Hits, counted: CountedWords, unit: str, group_of_document: Numbers, n_groups: int
) -> Iterator[PairTable]:
    """Yield, for each group, the words of units of text that contain a hit, outside of hits; what is counted are units.

    Args:
        corpus: The corpus.
        hits: The hits in its documents.
        counted: Its words.
        unit: The unit of text.
        group_of_document: The group of every document, including those that are not selected.
        n_groups: The number of groups.
    """
    tokens, forms = tokens_of(corpus), counted.forms
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
    document_of = np.repeat(np.arange(len(sizes)), sizes)
    group_of_unit = np.zeros(n_units, np.uint32)
    group_of_unit[number[unit_of_token[positions]]] = group_of_document[document_of]
    ids, document_of, unit_of = ids[~in_hit], document_of[~in_hit], number[unit_of_token[positions[~in_hit]]]
    together = marked[unit_of]
    n_words = len(forms.words)
    with_word = _groups_with(ids, unit_of, group_of_unit, n_groups, n_words)
    with_both = _groups_with(ids[together], unit_of[together], group_of_unit, n_groups, n_words)
    documents = _groups_with(ids[together], document_of[together], group_of_document, n_groups, n_words)
    totals = np.bincount(group_of_unit, minlength=n_groups)
    rows = np.bincount(group_of_unit[marked], minlength=n_groups)
    ends = np.searchsorted(with_both[0], np.arange(1, n_groups + 1) * n_words)
    column = with_word[1][np.searchsorted(with_word[0], with_both[0])]  # each pair is there, too
    for group, (begin, after) in enumerate(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)):
        words = with_both[0][begin:after] - group * n_words
        yield PairTable(
            {"collocate": forms.words.gather(words), "spelling": counted.spellings.gather(words)},
            with_both[1][begin:after],
            int(rows[group]),
            column[begin:after],
            int(totals[group]),
            documents[1][begin:after],
        )


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


def _groups_with(
    ids: Any, part_of: Integers, group_of_part: Numbers, n_groups: int, n_words: int
) -> tuple[Integers, Integers]:
    """Count in how many parts of each group each word occurs; the words of a part are adjacent.

    Returns:
        The pairs that occur, as group * n_words + word, ascending; and the number of parts of each.
    """
    ends = np.cumsum(np.bincount(part_of, minlength=len(group_of_part))).astype(np.uint64)
    columns = _core.count_types(
        np.ascontiguousarray(ids), ends, n_words, groups=np.ascontiguousarray(group_of_part), n_groups=n_groups
    )
    group, word, _, parts = _arrays(columns)
    keys = group.astype(np.int64) * n_words + word
    order = np.argsort(keys)
    return keys[order], parts[order]


def _arrays(columns: tuple[Capsules, ...]) -> list[Any]:
    return [series_from_core("", column).to_numpy() for column in columns]
