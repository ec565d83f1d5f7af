"""Edits: the differences between near-duplicates, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.arrays import Integers, Numbers, ranges
from corpus_kit._base.records import attach
from corpus_kit.analysis.corpus_forms import forms_of
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.news.duplicate_search import checked_pairs, clusters_of
from corpus_kit.news.near_duplicates import near_duplicates
from corpus_kit.news.running_text import original_text, token_ends
from corpus_kit.text.forms import NO_FORM
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["KINDS", "KIND_DTYPE", "differences", "edits"]


KINDS = ("substitution", "insertion", "deletion")
KIND_DTYPE = pl.Enum(KINDS)


def edits(
    corpus: CorpusView,
    pairs: pl.DataFrame | None = None,
    *,
    n: int = 5,
    profile: str | Normalizer | None = "repair",
    threshold: float = 0.8,
    measure: str = "jaccard",
    context: int = 3,
) -> pl.DataFrame:
    """Align the texts of each pair of near-duplicates word by word, and return their differences.

    The words that both texts have in the same order are a longest common subsequence (bit-parallel: Crochemore et al.
    2001, Hyyrö 2004). Each run of words between them is an edit. Punctuation is not compared.

    Args:
        corpus: A Corpus or a subcorpus; preferably without boilerplate and headlines (`Corpus.exclude`).
        pairs: A table of `ck.news.near_duplicates`, or some of its rows (columns first_document and second_document,
            each pair once). None finds near-duplicates with n, threshold and measure, which otherwise have no effect:
            texts of any length that are the same but for a few words.
        n: As in `ck.news.near_duplicates`.
        profile: The form in which words are compared. "repair" keeps the spelling: إلى and الى differ; "dediac" ignores
            vowel signs, "search" also the spellings of the alef.
        threshold: As in `ck.news.near_duplicates`.
        measure: As in `ck.news.near_duplicates`.
        context: Words shown before and after the edit.

    Returns:
        A DataFrame with a row for each edit, ordered as the pairs, then by position:

        - first_document, second_document (UInt32), first_id, second_id (String): the documents, as in pairs.
        - kind (Enum): "substitution", "insertion" (words of the second text only) or "deletion" (of the first only).
        - first_start, first_end, second_start, second_end (UInt32): code points of each text as read, from the first
          word of the run to the end of its last. If a text has no word there, both are the end of the word before (or
          the start of the first word).
        - first_surface, second_surface (String): that text, white space as one space; "" without a word.
        - first_words, second_words (String): the words in the form that was compared, separated by spaces.
        - context_before, context_after (String): words around the edit, from the first text.
        - cluster (UInt32): the cluster of the pair among all these pairs, numbered as by
          `ck.news.duplicate_clusters(corpus, pairs)`. Pairs of a cluster are not independent: count clusters.

    Raises:
        InputError: If an argument is invalid, a pair is repeated, or pairs are not of this corpus.

    References:
        Crochemore, M. et al. (2001). A fast and practical bit-vector algorithm for the longest common subsequence
        problem. Information Processing Letters 80, 279-285. Hyyrö, H. (2004). Bit-parallel LCS-length computation
        revisited. AWOCA 2004, 16-27.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.news.edits(ck.sample_corpus(), threshold=0.6, measure="containment")
        >>> row = table.filter(first_words="المئة").row(0, named=True)
        >>> row["kind"], row["first_surface"], row["second_surface"]
        ('substitution', 'المئة', 'المائة')
    """
    expect_corpus(corpus)
    normalizer = resolve_profile(profile)
    n_context = integer(context, "context", least=0)
    record: dict[str, Any] = {"profile": None if normalizer is None else normalizer.name, "context": n_context}
    if pairs is None:
        pairs = near_duplicates(corpus, threshold=threshold, n=n, measure=measure, date=None, min_shingles=1)
        record |= {"threshold": threshold, "n": n, "measure": measure}
    first, second = checked_pairs(corpus, pairs, "pairs", "ck.news.near_duplicates")
    _check_once(first, second)
    words = _CountedTokens.of(corpus, normalizer, np.unique(np.concatenate([first, second])))
    runs = _runs(words, first, second)
    texts = {
        "first": _Side.of(words, first[runs.pair], runs.first_begin, runs.first_end),
        "second": _Side.of(words, second[runs.pair], runs.second_begin, runs.second_end),
    }
    empty = [side.begin == side.end for side in texts.values()]
    columns: dict[str, Any] = {
        "first_document": first[runs.pair].astype(np.uint32),
        "second_document": second[runs.pair].astype(np.uint32),
        "first_id": corpus.ids(first[runs.pair]),
        "second_id": corpus.ids(second[runs.pair]),
        "kind": pl.Series(KINDS, dtype=KIND_DTYPE).gather(np.where(empty[0], 1, np.where(empty[1], 2, 0))),
    }
    for name, side in texts.items():
        columns |= {
            f"{name}_start": side.starts,
            f"{name}_end": side.ends,
            f"{name}_surface": words.text(corpus, side.begin, side.end),
            f"{name}_words": words.joined(side.begin, side.end),
        }
    around = texts["first"]
    columns["context_before"] = words.text(corpus, np.maximum(around.begin - n_context, around.low), around.begin)
    columns["context_after"] = words.text(corpus, around.end, np.minimum(around.end + n_context, around.high))
    cluster, document = clusters_of(first, second)
    place = np.argsort(document)
    columns["cluster"] = cluster[place][np.searchsorted(document[place], first[runs.pair])]
    options = {**record, "pairs": len(first), "subcorpus": corpus.selection}
    return attach(
        pl.DataFrame(columns),
        "ck.news.edits",
        options,
        corpus=corpus,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


def _check_once(first: Integers, second: Integers) -> None:
    pairs = pl.DataFrame({"one": np.minimum(first, second), "other": np.maximum(first, second)})
    twice = pairs.filter(pairs.is_duplicated())
    if twice.height:
        raise InputError(f"pairs must be different pairs, got ({twice['one'][0]}, {twice['other'][0]}) more than once.")


class _CountedTokens(NamedTuple):
    """The counted words of some documents, one document after another; a *place* is an index into them.

    documents: Ascending. bounds: document k has the places bounds[k] up to bounds[k + 1].
    ids: The form of each word, in `forms`. tokens: its token in the corpus; starts and ends: code points.
    """

    documents: Integers
    bounds: Integers
    ids: Numbers
    tokens: Integers
    starts: Integers
    ends: Integers
    forms: pl.Series

    @classmethod
    def of(cls, corpus: CorpusView, normalizer: Normalizer | None, documents: Integers) -> _CountedTokens:
        with reading(corpus.path):
            forms = forms_of(corpus, normalizer)
            low, high = corpus.document_bounds(documents)
            tokens = ranges(low, high)
            types = corpus.token_types[tokens]
            ids = types if forms.of_type is None else forms.of_type[types]
            counted = ids != NO_FORM
            tokens, ids = tokens[counted], ids[counted]
            bounds = np.concatenate([np.searchsorted(tokens, low), [len(tokens)]])
            starts = corpus.token_starts[tokens].astype(np.int64)
            return cls(documents, bounds, ids, tokens, starts, token_ends(corpus, tokens), forms.words)

    def text(self, corpus: CorpusView, begin: Integers, end: Integers) -> pl.Series:
        """Return the text from the first to the last word of each run; "" for an empty run."""
        there = np.flatnonzero(begin < end)
        texts = original_text(corpus, self.tokens[begin[there]], self.tokens[end[there] - 1] + 1)
        return pl.Series([""], dtype=pl.String).new_from_index(0, len(begin)).scatter(there, texts)

    def joined(self, begin: Integers, end: Integers) -> pl.Series:
        """Return the forms of the words of each run, separated by spaces."""
        run = np.repeat(np.arange(len(begin), dtype=np.uint32), end - begin)
        frame = pl.DataFrame({"run": run, "word": self.forms.gather(self.ids[ranges(begin, end)])})
        texts = frame.group_by("run", maintain_order=True).agg(pl.col("word").str.join(" "))
        empty = pl.Series([""], dtype=pl.String).new_from_index(0, len(begin))
        return empty.scatter(texts["run"], texts["word"])


class _Runs(NamedTuple):
    """Runs of words that are not aligned: the pair of each, and its words, counted from 0 in each text."""

    pair: Integers
    first_begin: Integers
    first_end: Integers
    second_begin: Integers
    second_end: Integers


class _Side(NamedTuple):
    """One text of each pair: the places of the words of a run, the bounds of the text, and code points."""

    begin: Integers
    end: Integers
    low: Integers
    high: Integers
    starts: pl.Series
    ends: pl.Series

    @classmethod
    def of(cls, words: _CountedTokens, documents: Integers, begin: Integers, end: Integers) -> _Side:
        row = np.searchsorted(words.documents, documents)
        low, high = words.bounds[row], words.bounds[row + 1]
        begin, end = low + begin, low + end
        # without words: the end of the word before, else the start of the first, else 0
        starts = np.zeros(len(begin), np.int64)
        after, first, here = (begin == end) & (begin > low), (begin == end) & (begin == low) & (low < high), begin < end
        starts[after] = words.ends[begin[after] - 1]
        starts[first] = words.starts[low[first]]
        starts[here] = words.starts[begin[here]]
        ends = starts.copy()
        ends[here] = words.ends[end[here] - 1]
        return cls(begin, end, low, high, *(pl.Series(each, dtype=pl.UInt32) for each in (starts, ends)))


def _runs(words: _CountedTokens, first: Integers, second: Integers) -> _Runs:
    """Return what is not aligned in each pair of documents."""
    rows: list[tuple[int, int, int, int, int]] = []
    bounds = words.bounds.tolist()
    sides = (np.searchsorted(words.documents, each).tolist() for each in (first, second))
    for pair, (one, other) in enumerate(zip(*sides, strict=True)):
        text, copy = (words.ids[bounds[row] : bounds[row + 1]] for row in (one, other))
        if not np.array_equal(text, copy):
            rows += [(pair, *run) for run in differences(text.tolist(), copy.tolist())]
    return _Runs(*np.array(rows, np.int64).reshape(-1, 5).T)


def differences(first: Sequence[int], second: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Return the runs that a longest common subsequence leaves out.

    Between two runs both texts have the same items. Time and memory are one bit for each pair of items, common
    beginnings and endings not counted.

    Returns:
        Begin and end of each run in `first`, begin and end in `second`.

    Examples:
        >>> differences([1, 2, 3, 4], [1, 5, 6, 3, 4, 7])
        [(1, 2, 1, 3), (4, 4, 5, 6)]
    """
    head, shorter = 0, min(len(first), len(second))
    while head < shorter and first[head] == second[head]:
        head += 1
    tail, shorter = 0, shorter - head
    while tail < shorter and first[-1 - tail] == second[-1 - tail]:
        tail += 1
    one, other = first[head : len(first) - tail], second[head : len(second) - tail]
    table = _table(one, other)
    runs = []
    i, j = end_i, end_j = len(one), len(other)
    while i and j:
        if table[i] >> (j - 1) & 1:  # other[j - 1] adds nothing
            j -= 1
        elif not table[i - 1] >> (j - 1) & 1:  # one[i - 1] adds nothing
            i -= 1
        else:
            if (i, j) != (end_i, end_j):
                runs.append((i, end_i, j, end_j))
            i, j = end_i, end_j = i - 1, j - 1
    if end_i or end_j:
        runs.append((0, end_i, 0, end_j))
    return [(a + head, b + head, c + head, d + head) for a, b, c, d in reversed(runs)]


def _table(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Return a bit row for each prefix of `one`: bit j is 0 if other[j] lengthens the common subsequence."""
    where: dict[int, int] = {}
    for place, item in enumerate(other):
        where[item] = where.get(item, 0) | 1 << place
    row = every = (1 << len(other)) - 1
    table = [row]
    for item in one:
        matches = row & where.get(item, 0)
        row = (row + matches | row - matches) & every
        table.append(row)
    return table
