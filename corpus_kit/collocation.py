"""collocations: which words keep company with a word, or with one another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _counting, measures
from corpus_kit._arguments import whole_number
from corpus_kit._columns import Capsules, series_from_core
from corpus_kit._statistics import chosen_measures, nan_as_null, sign_of_difference, stopword_forms
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import CountedWords, forms_of, tokens_of
from corpus_kit.counting import count_ngrams
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import BARRIERS, UNITS
from corpus_kit.machine import threads
from corpus_kit.matching import Hits, find
from corpus_kit.ngram_options import MAX_N, MAX_SKIP
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.patterns import parse_pattern
from corpus_kit.provenance import attach
from corpus_kit.storage import reading

__all__ = ["collocations"]

Integers = npt.NDArray[np.int64]

_EXPECTATIONS = ("textual", "span_factor")
_DIRECTIONS = pl.Series(["attracted", "neutral", "repelled"], dtype=pl.Enum(["attracted", "neutral", "repelled"]))
_OF_TWO_WORDS = ("dice", "log_dice")
_WIDEST = 2**32  # words; no document has more


def collocations(
    corpus: CorpusView,
    pattern: str | None = None,
    *,
    window: int | tuple[int, int] | str = 5,
    measure: str | Sequence[str] = ("log_dice", "mi", "log_likelihood_ratio"),
    within: str = "paragraph",
    expectation: str = "textual",
    min_count: int = 5,
    profile: str | Normalizer | None = "search",
    exact: bool = False,
    clitics: bool = False,
    stopwords: Collection[str] = (),
    n: int = 2,
    skip: int = 0,
) -> pl.DataFrame:
    """Find the collocates of a word or phrase, or with pattern=None the collocations of a whole corpus.

    With a pattern, the collocates are the words in a window around each hit (the node). A token
    that is in the windows of two hits counts once; tokens of the hits are in no window and count
    nowhere. With pattern=None, the n-grams of the corpus are taken, each as its first n - 1 words
    (the node) and its last one (the collocate).

    The measures are those of the table of four cells that `expectation` names. dice and log_dice
    alone take the frequency of the node in place of that of its windows (Rychly 2008), so that they
    compare two words and can be set beside those of other tools; they can exceed 1 and 14 where a
    collocate stands several times around one hit.

    Args:
        corpus: a Corpus or a subcorpus.
        pattern: a pattern as in `ck.kwic`; or None.
        window: words before and after the node, one number or (before, after); or "sentence",
            "paragraph", "document": the collocates are then the words of the same unit, and what is
            counted are units, not tokens. Units without a word are not counted.
        measure: names of `ck.measures` of the family contingency. The table is sorted by the first.
        within: what a window or an n-gram does not cross: "sentence", "paragraph" or "document".
        expectation: what the observed frequency is measured against. "textual": the row of the table of
            four cells is the words that do stand in windows, which end where the text does, and the
            whole is all words outside of hits. "span_factor": the node's frequency times the width of
            the window, as if no window were cut short or overlapped, and the whole is all words; so
            E = f(node) f(collocate) width / N, as in many concordancers.
        min_count: the lowest frequency together of a row that is kept.
        profile: the form of the collocates: a preset's name, a Normalizer, or None for the original
            spelling.
        exact, clitics: how the pattern is compared, as in `ck.kwic`: in folded form, or with exact=True in
            repaired spelling; with clitics=True also where clitics are joined to a word.
        stopwords: words that are not shown, in any spelling that `profile` folds; they still take up their place in
            windows.
        n, skip: with pattern=None, the words of an n-gram (2 to 8) and how many may be skipped in it.

    Returns:
        A DataFrame with the columns [ngram, node (String) with pattern=None,] collocate (String), direction
        (Enum: attracted, neutral, repelled), count (Int64: together; o11), expected (Float64),
        [node_count (Int64; r1),] collocate_count (Int64; c1), documents (Int64: in how many they are
        together), the measures (Float64; null where not defined). Order: the first measure descending, nulls
        last, then count descending, then first occurrence. What all rows share (hits, r1, n) is in the
        record that `ck.save` writes.

    Raises:
        InputError: an empty window, an unknown measure (the nearest is named), an argument that cannot be.

    References: Evert, S. (2008). Corpora and collocations (windows, textual units, tables of four cells).
    Barnbrook, G., Mason, O. & Krishnamurthy, R. (2013). Collocation, ch. 3 (expected frequency in a span).
    Dunning, T. (1993) (n-grams).

    >>> import corpus_kit as ck
    >>> table = ck.collocations(ck.sample_corpus(), "إمارة السهل", window=3, min_count=3)
    >>> table.columns[:5]
    ['collocate', 'direction', 'count', 'expected', 'collocate_count']
    """
    expect_corpus(corpus, "collocations")
    names = chosen_measures(measure, measures.FAMILIES["contingency"])
    choose(within, UNITS, "within")
    choose(expectation, _EXPECTATIONS, "expectation")
    least = whole_number(min_count, "min_count", least=1, what="occurrences")
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer)
    options: dict[str, Any] = {
        "pattern": pattern, "measure": list(names), "within": within, "min_count": least, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
    }  # fmt: skip
    if pattern is None:
        _only_with_a_pattern(
            window=(window, 5), expectation=(expectation, "textual"), exact=(exact, False), clitics=(clitics, False)
        )
        order, gaps = _ngram_shape(n, skip)
        table = _of_ngrams(corpus, order, gaps, within, least, normalizer, left_out)
        options |= {"n": order, "skip": gaps, "total": table.total}
    else:
        if (n, skip) != (2, 0):
            raise InputError("n= and skip= go with pattern=None, which counts n-grams; a pattern takes window=")
        parsed = parse_pattern(pattern, exact=exact, clitics=clitics)
        shape = _window(window)
        with reading(corpus.path):
            hits = find(corpus, parsed)
            if isinstance(shape, str):
                _only_windows(within=(within, "paragraph"), expectation=(expectation, "textual"))
                table = _of_units(corpus, hits, normalizer, shape)
            else:
                table = _of_windows(corpus, hits, normalizer, shape, within, expectation)
        table = table.only((table.joint >= least) & ~table.labels["collocate"].is_in(sorted(left_out)).to_numpy())
        options |= {
            "window": window, "expectation": expectation, "exact": exact, "clitics": clitics,
            "hits": len(hits), "row": table.row, "total": table.total,
        }  # fmt: skip
    return attach(
        _frame(table, names),
        "ck.collocations",
        options,
        corpus_id=corpus.id,
        profile_digest=None if normalizer is None else normalizer.digest,
    )


# ----------------------------------------------------------------------------------- arguments


def _window(window: object) -> tuple[int, int] | str:
    if isinstance(window, str):
        return choose(window, UNITS, "window")
    pair = tuple(window) if isinstance(window, list | tuple) else (window, window)
    if len(pair) != 2:
        raise InputError(f"window= takes one number, (before, after) or a unit of text, not {window!r:.60}")
    before, after = (min(whole_number(each, "window", least=0, what="words"), _WIDEST) for each in pair)
    if not before + after:
        raise InputError(f"window={window!r} holds no words; it takes at least one before or after the node")
    return before, after


def _ngram_shape(n: int, skip: int) -> tuple[int, int]:
    order = whole_number(n, "n", least=2, what="words")
    gaps = whole_number(skip, "skip", least=0, what="words")
    if order > MAX_N or gaps > MAX_SKIP:
        raise InputError(
            f"n={order}, skip={gaps}: an n-gram has 2 to {MAX_N} words, and 0 to {MAX_SKIP} may be skipped"
        )
    return order, gaps


def _only_with_a_pattern(**given: tuple[object, object]) -> None:
    """With pattern=None an argument that has no meaning must have its default."""
    for name, (value, default) in given.items():
        if value != default:
            raise InputError(f"{name}={value!r} needs a pattern; with pattern=None n-grams are counted (n=, skip=)")


def _only_windows(**given: tuple[object, object]) -> None:
    for name, (value, default) in given.items():
        if value != default:
            raise InputError(f"{name}={value!r} goes with a window of words, not with a unit of text")


# -------------------------------------------------------------------------------------- tables


class _Table(NamedTuple):
    """A table of four cells for each pair, in order of first occurrence.

    labels: columns of text. joint, row, column, documents: o11, r1, c1 of each pair, and in how many documents
    it stands; row is one number where all pairs share it. total: n. node: the frequency of the node itself
    where the row is that of its windows.
    """

    labels: dict[str, pl.Series]
    joint: Integers
    row: Integers | int
    column: Integers
    total: int
    documents: Integers
    node: int | None = None

    def only(self, kept: npt.NDArray[np.bool_]) -> _Table:
        """The pairs of a mask."""
        rows = np.flatnonzero(kept)
        labels = {name: label.gather(rows) for name, label in self.labels.items()}
        row = self.row if isinstance(self.row, int) else self.row[rows]
        return _Table(labels, self.joint[rows], row, self.column[rows], self.total, self.documents[rows], self.node)


def _of_windows(
    corpus: CorpusView,
    hits: Hits,
    normalizer: Normalizer | None,
    window: tuple[int, int],
    within: str,
    expectation: str,
) -> _Table:
    """Words in windows around the hits."""
    counted, forms = CountedWords(corpus, normalizer), forms_of(corpus, normalizer)
    assert forms.of_type is not None  # a corpus has types that are not counted
    columns = _counting.count_collocates(
        corpus.token_types, corpus.token_flags, corpus.document_ends,
        forms.of_type, len(forms.words), hits.first, hits.end,
        before=window[0], after=window[1], barrier_bit=BARRIERS[within], threads=threads(),
    )  # fmt: skip
    count, documents, in_hits = _arrays(columns)
    labels, node = {"collocate": counted.words}, len(hits)
    if expectation == "textual":
        outside = counted.size - int(in_hits.sum())
        return _Table(labels, count, int(count.sum()), counted.frequency - in_hits, outside, documents, node)
    row, total = node * sum(window), counted.size
    if row > total:
        raise InputError(
            f"expectation='span_factor' takes {node:,} hits times {sum(window):,} words as the size of all "
            f"windows, which is more than the corpus has ({total:,}); take a smaller window, or 'textual'"
        )
    return _Table(labels, count, row, counted.frequency, total, documents, node)


def _of_units(corpus: CorpusView, hits: Hits, normalizer: Normalizer | None, unit: str) -> _Table:
    """Units of text that hold a hit and, outside of hits, the word."""
    tokens, forms = tokens_of(corpus), forms_of(corpus, normalizer)
    assert forms.of_type is not None  # a corpus has types that are not counted
    columns = _counting.select(
        *tokens[:3], forms.of_type, documents=tokens.chosen, with_positions=True, threads=threads()
    )  # fmt: skip
    assert columns[3] is not None  # asked for
    ids, _, document_ends, positions = _arrays(columns)  # type: ignore[arg-type]
    unit_of_token = _units(corpus, BARRIERS[unit])
    # units without a word are none
    has_word = np.zeros(int(unit_of_token[-1]) + 1 if len(unit_of_token) else 0, bool)
    has_word[unit_of_token[positions]] = True
    number = np.cumsum(has_word) - 1
    n_units = int(has_word.sum())
    # a hit that reaches over the end of a unit is in both
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
    return _Table({"collocate": forms.words}, with_both, int(marked.sum()), with_word, n_units, documents)


def _units(corpus: CorpusView, barrier_bits: int) -> Integers:
    """The unit of text of each token of the whole corpus."""
    begins = (corpus.token_flags & barrier_bits) != 0
    starts = corpus.document_ends[corpus.document_ends < len(begins)].astype(np.int64)
    begins[starts] = True
    begins[:1] = True
    return np.cumsum(begins) - 1


def _covered(first: Integers, end: Integers, length: int) -> npt.NDArray[np.bool_]:
    """Which of so many items lie in one of the spans first..end."""
    change = np.bincount(first, minlength=length + 1) - np.bincount(end, minlength=length + 1)
    return np.cumsum(change)[:length] > 0


def _groups_with(ids: Any, group_of: Integers, n_groups: int, n_words: int) -> Integers:
    """In how many groups each word stands; the words of a group follow one another."""
    ends = np.cumsum(np.bincount(group_of, minlength=n_groups)).astype(np.uint64)
    columns = _counting.count_types(np.ascontiguousarray(ids), ends, n_words)
    documents: Integers = _arrays(columns)[1]
    return documents


def _of_ngrams(
    corpus: CorpusView,
    n: int,
    skip: int,
    within: str,
    least: int,
    normalizer: Normalizer | None,
    left_out: frozenset[str],
) -> _Table:
    """n-grams as pairs of their first n - 1 words and their last one."""
    counts, words = count_ngrams(corpus, n, skip=skip, within=within, profile=normalizer, output="ids")
    places = [f"w{place}" for place in range(1, n + 1)]
    total = int(counts["count"].sum())
    table = counts.lazy().with_columns(
        row=pl.col("count").sum().over(places[:-1]), column=pl.col("count").sum().over(places[-1])
    )
    table = table.filter(pl.col("count") >= least)
    if left_out:
        stop = words.is_in(sorted(left_out)).arg_true().cast(pl.UInt32).implode()
        table = table.filter(~pl.any_horizontal(pl.col(place).is_in(stop) for place in places))
    kept = table.collect()
    named = pl.DataFrame([words.gather(kept[place]).alias(place) for place in places])
    labels = named.select(
        ngram=pl.concat_str(places, separator=" "), node=pl.concat_str(places[:-1], separator=" "), collocate=places[-1]
    )
    count, row, column, documents = (kept[name].to_numpy() for name in ("count", "row", "column", "documents"))
    return _Table({name: labels[name] for name in labels.columns}, count, row, column, total, documents)


def _arrays(columns: tuple[Capsules, ...]) -> list[Any]:
    return [series_from_core("", column).to_numpy() for column in columns]


def _frame(table: _Table, names: tuple[str, ...]) -> pl.DataFrame:
    """The rows with their measures, in order."""
    o11, row, column = table.joint, table.row, table.column
    r1, n = np.broadcast_to(np.float64(row), o11.shape), np.full(len(o11), float(table.total))
    impossible = r1 + column - o11 > n
    if impossible.any():
        word = table.labels["collocate"][int(np.argmax(impossible))]
        raise InputError(
            f"expectation='span_factor' makes the windows so large that {word!r} would not fit into the rest of the "
            "corpus; take a smaller window, or 'textual'"
        )
    cells = (o11.astype(np.float64), r1, column.astype(np.float64), n)
    values = {name: getattr(measures, name).formula(*cells) for name in names}
    if table.node is not None:
        # they compare the frequencies of two words; the size of the windows is not one
        of_words = (cells[0], np.full_like(cells[0], table.node), cells[2], n)
        values |= {name: getattr(measures, name).formula(*of_words) for name in names if name in _OF_TWO_WORDS}
    order = np.lexsort((-o11, -values[names[0]]))  # stable, and NaN comes last
    shared = isinstance(row, int)
    columns: dict[str, Any] = {
        **table.labels,
        "direction": _DIRECTIONS.gather(1 - sign_of_difference(o11, row, column, table.total)),
        "count": o11,
        "expected": r1 * column / n,
        **({} if shared else {"node_count": row}),
        "collocate_count": column,
        "documents": table.documents,
        **{name: nan_as_null(value) for name, value in values.items()},
    }
    return pl.DataFrame(columns)[order]
