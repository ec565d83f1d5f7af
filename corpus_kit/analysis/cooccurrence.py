"""Which words occur together with the hits of a pattern: contingency tables of windows and of units of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Bytes, Integers, Numbers, ranges
from corpus_kit._base.columns import Capsules, series_from_core
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid
from corpus_kit.machine.threads import threads
from corpus_kit.search.hits import Hits
from corpus_kit.text.forms import NO_FORM
from corpus_kit.text.token_flags import BARRIERS

__all__ = ["PairTable", "RunningText", "Texts", "pairs_in_units", "pairs_in_windows", "running_text"]

_TOKENS_OF_A_BLOCK = 1 << 14  # of which a block that is compared with its checksum has the types


class PairTable(NamedTuple):
    """A contingency table for each pair of node and collocate, in order of first occurrence.

    Attributes:
        names: The text columns: each returns the texts of some pairs, which it takes by their ids.
        ids: The id of each pair; for words around a node, that of the word.
        joint: o11 of each pair.
        row: r1 of each pair; one number where all pairs share it.
        column: c1 of each pair.
        total: n of each pair; one number where all pairs share it.
        documents: In how many documents each pair occurs.
        node: The frequency of the node itself, where the row is that of its windows.
    """

    names: Mapping[str, Callable[[Integers], pl.Series]]
    ids: Integers
    joint: Integers
    row: Integers | int
    column: Integers
    total: Integers | int
    documents: Integers
    node: int | None = None

    def label(self, name: str) -> pl.Series:
        """Return a text column, which is made at each call: those of a table that is sorted and cut only once."""
        return self.names[name](self.ids)

    def filter(self, kept: npt.NDArray[np.bool_]) -> PairTable:
        """Return the pairs that a mask keeps."""
        return self if kept.all() else self.at(np.flatnonzero(kept))

    def at(self, rows: Integers) -> PairTable:
        """Return the pairs in these rows."""
        row, total = (each if isinstance(each, int) else each[rows] for each in (self.row, self.total))
        arrays = self.ids[rows], self.joint[rows], row, self.column[rows], total, self.documents[rows]
        return PairTable(self.names, *arrays, self.node)


class Texts(NamedTuple):
    """How often each word occurs in some documents, and how many words these have in all."""

    frequency: Integers
    size: int


def pairs_in_windows(
    text: RunningText,
    hits: Hits,
    counted: CountedWords,
    texts: Texts,
    window: tuple[int, int],
    within: str,
    expectation: str,
    least: tuple[int, int] | None = None,
) -> PairTable:
    """Return the words in windows around the hits, with tokens as the units that are counted.

    Args:
        text: The tokens of the corpus.
        hits: The hits in some of its documents.
        counted: The words of the corpus.
        texts: All words of these documents.
        window: Words before and after.
        within: The unit of text that windows do not cross.
        expectation: "textual" or "span_factor".
        least: Only pairs that occur so often, in so many documents; None for all words of the corpus.

    Raises:
        InputError: If the windows that `expectation` assumes are larger than the corpus.
    """
    hits = text.hits(hits)
    columns = _core.count_collocates(
        text.types, text.flags, text.document_ends,
        text.of_type, counted.n_words, hits.first, hits.end,
        before=window[0], after=window[1], barrier_bit=BARRIERS[within], threads=threads(),
    )  # fmt: skip
    words, count, documents, in_hits = _arrays(columns)
    node, row, total = len(hits), int(count.sum()), texts.size - int(in_hits.sum())
    names: dict[str, Callable[[Integers], pl.Series]] = {"collocate": counted.named, "spelling": counted.spelled}
    if least is None:
        names["collocate"] = counted.words.gather  # which are kept
        count, documents, in_hits = (_of_all(each, words, counted.n_words) for each in (count, documents, in_hits))
        words = np.arange(counted.n_words)
    else:
        kept = np.flatnonzero((count >= least[0]) & (documents >= least[1]))
        words, count, documents, in_hits = (each[kept] for each in (words, count, documents, in_hits))
    column = texts.frequency[words]
    if expectation == "textual":
        return PairTable(names, words, count, row, column - in_hits, total, documents, node)
    row, total = node * sum(window), texts.size
    if row > total:
        raise invalid(
            "expectation",
            "'textual' for windows of this size",
            expectation,
            f"{node:,} hits times {sum(window):,} words are more than the corpus has ({total:,}).",
        )
    return PairTable(names, words, count, row, column, total, documents, node)


def _of_all(counts: Integers, words: Numbers, n_words: int) -> Integers:
    """Return the counts of some words as those of all words."""
    of_all = np.zeros(n_words, np.int64)
    of_all[words] = counts
    return of_all


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
    text = running_text(corpus, counted)
    ids, document_ends, positions = _words(text, corpus.document_mask())
    unit_of_token = _units(text, BARRIERS[unit])
    # units without a word are not counted
    has_word = np.zeros(int(unit_of_token[-1]) + 1 if len(unit_of_token) else 0, bool)
    has_word[unit_of_token[positions]] = True
    number = np.cumsum(has_word) - 1
    n_units = int(has_word.sum())
    # a hit that crosses the end of a unit is in both
    first, end = text.hits(hits).spans()
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
    n_words = counted.n_words
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
            {"collocate": counted.named, "spelling": counted.spelled},
            words,
            with_both[1][begin:after],
            int(rows[group]),
            column[begin:after],
            int(totals[group]),
            documents[1][begin:after],
        )


class RunningText(NamedTuple):
    """The tokens of a corpus, with names joined.

    Attributes:
        types: The type of each token.
        flags: Its flags.
        document_ends: The end of each document.
        of_type: The word that each type is counted as; NO_FORM if it is none.
        place: Where each token of the corpus is; None if all are in the same place.
    """

    types: Numbers
    flags: Bytes
    document_ends: Any
    of_type: Numbers
    place: Integers | None = None

    def hits(self, hits: Hits) -> Hits:
        """Return hits in the corpus as hits in this text: one in a name has all of the name."""
        if self.place is None:
            return hits
        first, end = hits.spans()
        spans = np.stack([self.place[first], self.place[end - 1] + 1], axis=1)
        spans = np.unique(spans, axis=0).astype(np.uint32)  # two hits can be in one name
        return Hits(np.ascontiguousarray(spans[:, 0]), np.ascontiguousarray(spans[:, 1]))


def running_text(corpus: CorpusView, counted: CountedWords, hits: Hits | None = None) -> RunningText:
    """Return the tokens of a corpus, with the names joined that are joined in its words.

    Args:
        corpus: The corpus.
        counted: Its words.
        hits: What the tokens are needed for: of a few hits, only those in the same documents are used; None for all.
    """
    of_type, merged = counted.forms.of_type, counted.merged
    assert of_type is not None  # a corpus has types that are not counted
    if merged is None and hits is not None and len(hits) * _TOKENS_OF_A_BLOCK < corpus.n_tokens:
        documents = corpus.documents_of(hits.first)
        types, flags = corpus.tokens_of(documents[np.diff(documents, prepend=-1) > 0])
        return RunningText(types, flags, corpus.document_ends, of_type)
    text = RunningText(corpus.token_types, corpus.token_flags, corpus.document_ends, of_type)
    if merged is None:
        return text
    _, _, positions = _words(text, corpus.document_mask())
    first, last = merged.places.first, merged.places.first + merged.places.length - 1
    begins_word = np.ones(len(positions), bool)
    begins_word[ranges(first + 1, last + 1)] = False
    # each word is a type of its own, and there is one more for tokens that are none
    types = np.minimum(of_type[text.types], len(counted.words)).astype(np.uint32)
    types[positions[begins_word]] = merged.selected.ids
    left_out = ranges(positions[first].astype(np.int64) + 1, positions[last].astype(np.int64) + 1)
    kept = np.ones(len(types), bool)
    kept[left_out] = False
    ends = text.document_ends - np.searchsorted(left_out, text.document_ends.astype(np.int64)).astype(np.uint64)
    each_itself = np.append(np.arange(len(counted.words), dtype=np.uint32), np.uint32(NO_FORM))
    return RunningText(types[kept], text.flags[kept], ends, each_itself, np.cumsum(kept) - 1)


def _words(text: RunningText, chosen: Bytes | None) -> tuple[Numbers, Numbers, Numbers]:
    """Return the words of the chosen documents, as ids, the end of each document among them, and their tokens."""
    counts = np.diff(text.document_ends, prepend=np.uint64(0)).astype(np.uint32)
    columns = _core.select(
        text.types, text.flags, counts, text.of_type, documents=chosen, with_positions=True, threads=threads()
    )
    assert columns[3] is not None  # with_positions=True
    ids, _, document_ends, positions = _arrays(columns)  # type: ignore[arg-type]
    return ids, document_ends, positions


def _units(text: RunningText, barrier_bits: int) -> Integers:
    """Return the unit of text of each token."""
    begins = (text.flags & barrier_bits) != 0
    starts = text.document_ends[text.document_ends < len(begins)].astype(np.int64)
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
