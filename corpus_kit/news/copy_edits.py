"""Edits: what differs between copies, word by word, and which words editors put for others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._arguments import whole_number
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import forms_of, ranges
from corpus_kit.errors import InputError
from corpus_kit.forms import NO_FORM, Integers, Numbers
from corpus_kit.news.running_text import original_text, token_ends
from corpus_kit.news.text_reuse import checked_pairs, clusters_of, copies, publication_dates
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.provenance import attach
from corpus_kit.storage import reading

__all__ = ["KINDS", "KIND_DTYPE", "differences", "edits", "substitutions"]

KINDS = ("substitution", "insertion", "deletion")
KIND_DTYPE = pl.Enum(KINDS)

_OF_EDITS = ("first", "second", "kind", "first_words", "second_words", "cluster")


def edits(
    corpus: CorpusView,
    pairs: pl.DataFrame | None = None,
    *,
    threshold: float = 0.8,
    n: int = 5,
    measure: str = "jaccard",
    profile: str | Normalizer | None = "repair",
    context: int = 3,
) -> pl.DataFrame:
    """Align the two texts of each pair of copies, word by word, and list what differs.

    The words that both texts have in the same order are a longest common subsequence (computed in bits: Crochemore et
    al. 2001, Hyyrö 2004). Each run of words between them is an edit. Punctuation is not compared.

    Arguments:
        corpus: a Corpus or a subcorpus; best without page furniture and headlines (`Corpus.without`).
        pairs: a table of `ck.news.copies`, or a part of it (columns first and second, each pair once). None finds the
            copies with threshold, n and measure, which otherwise have no effect.
        threshold, n, measure: as in `ck.news.copies`.
        profile: the form in which words are compared. "repair" takes spelling as it stands: إلى and الى differ;
            "dediac" does not see vowel signs, "search" neither these nor the spellings of the alef.
        context: how many words before and after the edit are shown.

    Returns a DataFrame with a row for each edit, ordered as the pairs, then by place:
        first, second (UInt32), first_id, second_id (String): the documents, as in pairs.
        kind (Enum): "substitution", "insertion" (words that only the second text has) or "deletion" (only the first).
        first_start, first_end, second_start, second_end (UInt32): code points of each text as read, from the
            first word of the run to the end of its last. Where a text has no word, both are the end of the word before
            (or the start of the first word).
        first_surface, second_surface (String): that text, white space as one space; "" where there is no word.
        first_words, second_words (String): the words in the form that was compared, with a space between.
        context_before, context_after (String): words around the edit, as the first text has them.
        cluster (UInt32): the pair's cluster among all these pairs, as `ck.news.copy_clusters(corpus, pairs)`
            numbers them. Pairs of a cluster are not independent: count clusters.

    Raises:
        InputError: an argument that cannot be, a pair that is twice there, pairs that are not of this corpus.

    >>> import corpus_kit as ck
    >>> table = ck.news.edits(ck.sample_corpus(), threshold=0.6, measure="containment")
    >>> row = table.filter(first_words="المئة").row(0, named=True)
    >>> row["kind"], row["first_surface"], row["second_surface"]
    ('substitution', 'المئة', 'المائة')
    """
    expect_corpus(corpus, "news.edits")
    normalizer = resolve_profile(profile)
    n_context = whole_number(context, "context", least=0, what="words")
    record: dict[str, Any] = {"profile": None if normalizer is None else normalizer.name, "context": n_context}
    if pairs is None:
        pairs = copies(corpus, threshold=threshold, n=n, measure=measure, date=None)
        record |= {"threshold": threshold, "n": n, "measure": measure}
    first, second = checked_pairs(corpus, pairs, "news.edits")
    _check_once(first, second)
    words = _CountedTokens.of(corpus, normalizer, np.unique(np.concatenate([first, second])))
    runs = _runs(words, first, second)
    texts = {
        "first": _Side.of(words, first[runs.pair], runs.first_begin, runs.first_end),
        "second": _Side.of(words, second[runs.pair], runs.second_begin, runs.second_end),
    }
    empty = [side.begin == side.end for side in texts.values()]
    columns: dict[str, Any] = {
        "first": first[runs.pair].astype(np.uint32),
        "second": second[runs.pair].astype(np.uint32),
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
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


def substitutions(
    corpus: CorpusView,
    edits: pl.DataFrame | None = None,
    *,
    date: str | None = "date",
    min_clusters: int = 1,
) -> pl.DataFrame:
    """Count which words stand for which in copies: "same story, different label".

    Arguments:
        corpus: a Corpus or a subcorpus.
        edits: a table of `ck.news.edits`, or a part of it. None makes it, with its defaults.
        date: the metadata column of dates; None, or a corpus without the column "date", has none.
        min_clusters: the lowest number of clusters of a row that is kept.

    Both directions are one row. `before` is what more clusters have in the earlier text; where that is even, or no
    dates differ, the first of both in order of code points.

    Returns a DataFrame, ordered by clusters, then pairs, both descending, then before and after:
        before, after (String): the words in the form that `edits` compared.
        clusters (Int64): clusters of copies with this substitution. They are what is independent.
        pairs, documents (Int64): pairs with it, and documents in these pairs.
        forward, backward, undated (Int64): clusters in which a text with `before` is earlier than one with
            `after`, in which it is later, and in which dates are the same or missing. A cluster can be in several.

    Raises:
        InputError: an argument that cannot be, a table that is none of edits.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> table = ck.news.substitutions(corpus, ck.news.edits(corpus, threshold=0.6, measure="containment"))
    >>> table.select("before", "after", "clusters").row(0)
    ('الصحافيين', 'الصحفيين', 5)
    """
    expect_corpus(corpus, "news.substitutions")
    dates = publication_dates(corpus, date, "news.substitutions")
    least = whole_number(min_clusters, "min_clusters", least=1, what="clusters")
    table = _edits(corpus) if edits is None else _checked_edits(corpus, edits)
    swapped = table.filter(pl.col("kind").cast(pl.String) == "substitution")
    one, other = pl.col("first_words"), pl.col("second_words")
    days = (dates.gather(swapped["second"]) - dates.gather(swapped["first"])).dt.total_days()
    told = swapped.select(
        "cluster",
        "first",
        "second",
        low=pl.min_horizontal(one, other),
        high=pl.max_horizontal(one, other),
        # 1: the lower of both is in the earlier text
        direction=(days.sign().fill_null(0) * pl.when(one < other).then(1).otherwise(-1)).cast(pl.Int64),
    )
    in_clusters = {name: _clusters(sign) for name, sign in (("up", 1), ("down", -1), ("undated", 0))}
    counts = told.group_by("low", "high").agg(
        clusters=pl.col("cluster").n_unique(),
        pairs=pl.struct("first", "second").n_unique(),
        documents=pl.concat([pl.col("first"), pl.col("second")]).n_unique(),
        **in_clusters,
    )
    up = pl.col("up") >= pl.col("down")
    frame = (
        counts.filter(pl.col("clusters") >= least)
        .select(
            pl.when(up).then("low").otherwise("high").alias("before"),
            pl.when(up).then("high").otherwise("low").alias("after"),
            pl.col("clusters", "pairs", "documents").cast(pl.Int64),
            pl.max_horizontal("up", "down").cast(pl.Int64).alias("forward"),
            pl.min_horizontal("up", "down").cast(pl.Int64).alias("backward"),
            pl.col("undated").cast(pl.Int64),
        )
        .sort("clusters", "pairs", "before", "after", descending=[True, True, False, False])
    )
    options = {
        "edits": table.height, "substitutions": swapped.height, "date": date, "min_clusters": least,
        "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(frame, "ck.news.substitutions", options, corpus_id=corpus.id)


_edits = edits  # where a table of that name is an argument


def _clusters(direction: int) -> pl.Expr:
    return pl.col("cluster").filter(pl.col("direction") == direction).n_unique()


def _checked_edits(corpus: CorpusView, table: object) -> pl.DataFrame:
    what = "news.substitutions"
    if not isinstance(table, pl.DataFrame):
        raise InputError(f"{what} takes a table of ck.news.edits, not {type(table).__name__}: {table!r:.60}")
    absent = [name for name in _OF_EDITS if name not in table.columns]
    if absent:
        raise InputError(f"{what} takes a table of ck.news.edits; it has no column {', '.join(absent)}")
    wrong = [name for name in ("first_words", "second_words") if table[name].dtype != pl.String]
    if wrong:
        raise InputError(f"{what} takes a table of ck.news.edits; {wrong[0]} holds {table[wrong[0]].dtype}, no text")
    checked_pairs(corpus, table, what)
    return table


def _check_once(first: Integers, second: Integers) -> None:
    pairs = pl.DataFrame({"one": np.minimum(first, second), "other": np.maximum(first, second)})
    twice = pairs.filter(pairs.is_duplicated())
    if twice.height:
        raise InputError(f"pairs has the documents {twice['one'][0]} and {twice['other'][0]} more than once")


# ------------------------------------------------------------------------------------------- the words


class _CountedTokens(NamedTuple):
    """The counted words of some documents, one document after another; a *place* is an index into them.

    documents: ascending. bounds: document k has the places bounds[k] up to bounds[k + 1].
    ids: the form of each word, in `forms`. tokens: its token in the corpus; starts and ends: code points.
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
            of_type, forms = forms_of(corpus, normalizer)
            low, high = corpus.document_bounds(documents)
            tokens = ranges(low, high)
            types = corpus.token_types[tokens]
            ids = types if of_type is None else of_type[types]
            counted = ids != NO_FORM
            tokens, ids = tokens[counted], ids[counted]
            bounds = np.concatenate([np.searchsorted(tokens, low), [len(tokens)]])
            starts = corpus.token_starts[tokens].astype(np.int64)
            return cls(documents, bounds, ids, tokens, starts, token_ends(corpus, tokens), forms)

    def text(self, corpus: CorpusView, begin: Integers, end: Integers) -> pl.Series:
        """The text from the first to the last word of runs; "" where there is none."""
        there = np.flatnonzero(begin < end)
        texts = original_text(corpus, self.tokens[begin[there]], self.tokens[end[there] - 1] + 1)
        return pl.Series([""], dtype=pl.String).new_from_index(0, len(begin)).scatter(there, texts)

    def joined(self, begin: Integers, end: Integers) -> pl.Series:
        """The forms of the words of runs, with a space between."""
        run = np.repeat(np.arange(len(begin), dtype=np.uint32), end - begin)
        frame = pl.DataFrame({"run": run, "word": self.forms.gather(self.ids[ranges(begin, end)])})
        texts = frame.group_by("run", maintain_order=True).agg(pl.col("word").str.join(" "))
        empty = pl.Series([""], dtype=pl.String).new_from_index(0, len(begin))
        return empty.scatter(texts["run"], texts["word"])


class _Runs(NamedTuple):
    """Runs of words that are not aligned: the pair of each, and its words in both texts, counted in each from 0."""

    pair: Integers
    first_begin: Integers
    first_end: Integers
    second_begin: Integers
    second_end: Integers


class _Side(NamedTuple):
    """What one text of each pair has for a run: places of words, the bounds of the text, and code points."""

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
        # where there are no words: the end of the one before, else the start of the first, else 0
        starts = np.zeros(len(begin), np.int64)
        after, first, here = (begin == end) & (begin > low), (begin == end) & (begin == low) & (low < high), begin < end
        starts[after] = words.ends[begin[after] - 1]
        starts[first] = words.starts[low[first]]
        starts[here] = words.starts[begin[here]]
        ends = starts.copy()
        ends[here] = words.ends[end[here] - 1]
        return cls(begin, end, low, high, *(pl.Series(each, dtype=pl.UInt32) for each in (starts, ends)))


def _runs(words: _CountedTokens, first: Integers, second: Integers) -> _Runs:
    """What is not aligned in each pair of documents."""
    rows: list[tuple[int, int, int, int, int]] = []
    bounds = words.bounds.tolist()
    sides = (np.searchsorted(words.documents, each).tolist() for each in (first, second))
    for pair, (one, other) in enumerate(zip(*sides, strict=True)):
        text, copy = (words.ids[bounds[row] : bounds[row + 1]] for row in (one, other))
        if not np.array_equal(text, copy):
            rows += [(pair, *run) for run in differences(text.tolist(), copy.tolist())]
    return _Runs(*np.array(rows, np.int64).reshape(-1, 5).T)


# --------------------------------------------------------------------------------------- the alignment


def differences(first: Sequence[int], second: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """The runs that a longest common subsequence leaves out: begin and end in the first, begin and end in the second.

    Between two runs both texts have the same items. Time and memory grow with the product of the lengths (without
    what is the same at the beginning and at the end), a bit for each pair of items.

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
    """Of each beginning of `one`: the bit j is 0 where other[j] makes the common subsequence longer."""
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
