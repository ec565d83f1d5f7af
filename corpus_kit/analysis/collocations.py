"""collocations and ngram_collocations: which words occur together more often than by chance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import integer, threshold
from corpus_kit._base.columns import nan_as_null
from corpus_kit._base.records import attach
from corpus_kit.analysis.asked_units import warn_of_other_words
from corpus_kit.analysis.cooccurrence import PairTable, pairs_in_units, pairs_in_windows
from corpus_kit.analysis.counted_words import CountedWords, forms_of, tokens_of
from corpus_kit.analysis.measure_choice import choose_measures
from corpus_kit.analysis.ngram_arrays import count_token_arrays_as_ids, without_nameless, word_places
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.rates import compare_rates
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, invalid, one_of
from corpus_kit.search.matching import find
from corpus_kit.search.patterns import parse_pattern
from corpus_kit.text.ngram_options import MAX_N, MAX_SKIP, ngram_options
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import UNITS

__all__ = ["collocations", "ngram_collocations"]

_MEASURES = measures.FAMILIES["association"]
_DEFAULT_MEASURES = ("log_dice", "mi", "log_likelihood")
_EXPECTATIONS = ("textual", "span_factor")
_DIRECTIONS = pl.Series(["attracted", "neutral", "repelled"], dtype=pl.Enum(["attracted", "neutral", "repelled"]))
_OF_TWO_WORDS = ("dice", "log_dice")
_WIDEST = 2**32  # words; no document has more


def collocations(
    corpus: CorpusView,
    pattern: str,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    window: int | tuple[int, int] | str = 5,
    measure: str | Sequence[str] = _DEFAULT_MEASURES,
    expectation: str = "textual",
    min_count: int = 5,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    """Find the collocates of a word or phrase: the words that occur near it.

    The collocates are the words in a window around each hit of the pattern (the node). A token in the windows of two
    hits counts once; tokens of the hits are in no window and are not counted.

    The measures are computed from the contingency table that `expectation` names. Only dice and log_dice take the
    frequency of the node in place of that of its windows (Rychlý 2008), so that they compare two words and are
    comparable with those of other tools; they can exceed 1 and 14 where a collocate occurs several times around
    one hit.

    Args:
        corpus: A Corpus or a subcorpus.
        pattern: A pattern as in `ck.kwic`. Its plain words are of `unit`: with unit="lemma", ``قال`` is
            ``[lemma=قال]``.
        unit: What node and collocates are: "word", "stem", "lemma" or "root", as in `ck.frequency`. Words that have
            none are no collocates, but keep their place in windows and totals.
        profile: The form of the collocates: the name of a preset, a Normalizer, or None for the original spelling.
        exact: Whether the pattern is compared in repaired spelling, as in `ck.kwic`; otherwise in folded form.
        clitics: Whether the pattern also finds words with clitics attached, as in `ck.kwic`; of words only.
        within: The unit of text that hits and windows do not cross: "sentence", "paragraph" or "document".
        window: Words before and after the node, as one number or as (before, after); or "sentence", "paragraph" or
            "document": then the collocates are the words of the same unit, and units are counted, not tokens.
            Units without a word are not counted.
        measure: Names of measures of `ck.measures.association`. The table is sorted by the first.
        expectation: What the observed frequency is compared with. "textual": the row of the contingency table is
            the number of words that are in windows, which end where the text does, and the total is all words
            outside of hits. "span_factor": the row is the frequency of the node times the width of the window, as
            if no window were cut short or overlapped another, and the total is all words; so
            E = f(node) f(collocate) width / N, as in many concordancers.
        min_count: The lowest joint frequency of a row that is kept.
        stopwords: Collocates that are not shown, in any spelling that `profile` folds; they keep their place in
            windows.

    Returns:
        A DataFrame with the columns collocate (String), direction (Enum: attracted, neutral, repelled), count
        (Int64: joint frequency; o11), expected (Float64), collocate_count (Int64: c1), documents (Int64: number of
        documents in which both occur together), the measures (Float64; null where not defined). Order: the first
        measure descending, nulls last, then count descending, then first occurrence. What all rows share (hits, r1,
        n) is in the record that `ck.save` writes.

    Raises:
        InputError: If an argument is invalid, or with expectation="span_factor" the windows are larger than the
            corpus.

    References:
        Evert, S. (2008). Corpora and collocations. In: Corpus Linguistics. An International Handbook, 1212-1248.
        (Windows, textual units, contingency tables.)
        Barnbrook, G., Mason, O. & Krishnamurthy, R. (2013). Collocation: Applications and Implications, ch. 3.
        (Expected frequency in a span.)
        Rychlý, P. (2008). A lexicographer-friendly association score. Proceedings of RASLAN 2008, 6-9.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.collocations(ck.sample_corpus(), "إمارة السهل", window=3, min_count=3)
        >>> table.columns[:5]
        ['collocate', 'direction', 'count', 'expected', 'collocate_count']
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    names = choose_measures(measure, _MEASURES)
    choose(within, UNITS, "within")
    choose(expectation, _EXPECTATIONS, "expectation")
    least = threshold(min_count, "min_count")
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    parsed = parse_pattern(
        pattern, unit=unit, exact=exact, clitics=clitics, layers=corpus.layers, given=corpus.has_given_tokens
    )
    shape = _window(window)
    if isinstance(shape, str):
        _expect_defaults(within=(within, "paragraph"), expectation=(expectation, "textual"))
    warn_of_other_words(corpus, [parsed], unit, "ck.collocations")
    with reading(corpus.path):
        hits = find(corpus, parsed, within=within)
        if isinstance(shape, str):
            pairs = pairs_in_units(corpus, hits, forms_of(corpus, normalizer, unit), shape)
        else:
            counted = CountedWords(corpus, normalizer, unit)
            pairs = pairs_in_windows(corpus, hits, counted, shape, within, expectation)
    pairs = pairs.filter(pairs.joint >= least)
    collocates = pairs.labels["collocate"]
    pairs = pairs.filter((collocates.is_not_null() & ~collocates.is_in(sorted(left_out))).to_numpy())
    options = {
        "pattern": pattern, "measure": list(names), "within": within, "min_count": least, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
        "window": window, "expectation": expectation, "exact": exact, "clitics": clitics,
        "hits": len(hits), "row": pairs.row, "total": pairs.total, **unit_record(unit, corpus, patterns=[parsed]),
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    return attach(_ranked(pairs, names), "ck.collocations", options, corpus_id=corpus.id, profile_digest=digest)


def ngram_collocations(
    corpus: CorpusView,
    n: int = 2,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    within: str = "paragraph",
    skip: int = 0,
    measure: str | Sequence[str] = _DEFAULT_MEASURES,
    min_count: int = 5,
    stopwords: Collection[str] = (),
) -> pl.DataFrame:
    """Find the n-grams of a corpus whose words occur together more often than by chance.

    Each n-gram is taken as its first n - 1 words (the node) and its last word (the collocate).

    Args:
        corpus: A Corpus or a subcorpus.
        n: Words in an n-gram, 2 to 8.
        unit: What is counted: "word", "stem", "lemma" or "root", as in `ck.frequency`. N-grams with a word that has
            none are not shown.
        profile: The form of the words: the name of a preset, a Normalizer, or None for the original spelling.
        within: The unit of text that an n-gram does not cross: "sentence", "paragraph" or "document".
        skip: For skip-grams, the number of words (0 to 15) that may be skipped in all.
        measure: Names of measures of `ck.measures.association`. The table is sorted by the first.
        min_count: The lowest count of an n-gram that is kept.
        stopwords: Words (with unit="lemma", lemmas), in any spelling that `profile` folds; n-grams that contain one
            are not shown.

    Returns:
        A DataFrame with the columns ngram, node, collocate (String), direction (Enum: attracted, neutral, repelled),
        count (Int64: o11), expected (Float64), node_count (Int64: r1), collocate_count (Int64: c1), documents
        (Int64: number of documents that contain the n-gram), the measures (Float64; null where not defined). Order:
        the first measure descending, nulls last, then count descending, then first occurrence. The total n is in
        the record that `ck.save` writes.

    Raises:
        InputError: If an argument is invalid.

    References:
        Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational
        Linguistics 19, 61-74.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.ngram_collocations(ck.sample_corpus(), measure="log_likelihood", min_count=10)
        >>> table.columns[:6]
        ['ngram', 'node', 'collocate', 'direction', 'count', 'expected']
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    names = choose_measures(measure, _MEASURES)
    choose(within, UNITS, "within")
    least = threshold(min_count, "min_count")
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    order, gaps = integer(n, "n", least=2, most=MAX_N), integer(skip, "skip", least=0, most=MAX_SKIP)
    shape = ngram_options(order, skip=gaps, within=within)
    with reading(corpus.path):
        forms = forms_of(corpus, normalizer, unit)
        counts, words = count_token_arrays_as_ids(tokens_of(corpus), forms, options=shape)
    pairs = _pairs_of_ngrams(counts, words, least, left_out)
    options = {
        "measure": list(names), "within": within, "min_count": least, "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
        "n": order, "skip": gaps, "total": pairs.total, **unit_record(unit, corpus),
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    return attach(_ranked(pairs, names), "ck.ngram_collocations", options, corpus_id=corpus.id, profile_digest=digest)


def _window(window: object) -> tuple[int, int] | str:
    if isinstance(window, str):
        return choose(window, UNITS, "window")
    pair = tuple(window) if isinstance(window, list | tuple) else (window, window)
    try:
        before, after = (min(integer(each, "window", least=0), _WIDEST) for each in pair)
    except ValueError:  # not two items, or an InputError
        raise invalid("window", f"a number of words, (before, after), or {one_of(UNITS)}", window) from None
    if not before + after:
        raise invalid("window", "at least one word before or after the node", window)
    return before, after


def _expect_defaults(**given: tuple[str, str]) -> None:
    """Refuse arguments that have no meaning for a unit of text."""
    for name, (value, default) in given.items():
        if value != default:
            raise invalid(name, f"{default!r} if window is a unit of text", value)


def _pairs_of_ngrams(counts: pl.DataFrame, words: pl.Series, least: int, left_out: frozenset[str]) -> PairTable:
    """Return n-grams as pairs of their first n - 1 words and their last one."""
    places = word_places(counts)
    total = int(counts["count"].sum())
    table = counts.lazy().with_columns(
        row=pl.col("count").sum().over(places[:-1]), column=pl.col("count").sum().over(places[-1])
    )
    table = table.filter(pl.col("count") >= least)
    if left_out:
        stop = words.is_in(sorted(left_out)).arg_true().cast(pl.UInt32).implode()
        table = table.filter(~pl.any_horizontal(pl.col(place).is_in(stop) for place in places))
    kept = without_nameless(table.collect(), words)
    named = pl.DataFrame([words.gather(kept[place]).alias(place) for place in places])
    labels = named.select(
        ngram=pl.concat_str(places, separator=" "), node=pl.concat_str(places[:-1], separator=" "), collocate=places[-1]
    )
    count, row, column, documents = (kept[name].to_numpy() for name in ("count", "row", "column", "documents"))
    return PairTable({name: labels[name] for name in labels.columns}, count, row, column, total, documents)


def _ranked(pairs: PairTable, names: tuple[str, ...]) -> pl.DataFrame:
    """Return the pairs with their measures, sorted by the first."""
    o11, row, column = pairs.joint, pairs.row, pairs.column
    r1, n = np.broadcast_to(np.float64(row), o11.shape), np.full(len(o11), float(pairs.total))
    impossible = r1 + column - o11 > n
    if impossible.any():
        word = pairs.labels["collocate"][int(np.argmax(impossible))]
        raise invalid(
            "expectation",
            "'textual' for windows of this size",
            "span_factor",
            f"Not all occurrences of {word!r} fit into the rest of the corpus.",
        )
    cells = (o11.astype(np.float64), r1, column.astype(np.float64), n)
    values = {name: _MEASURES[name].formula(*cells) for name in names}
    if pairs.node is not None:
        # these compare the frequencies of two words, and the size of windows is not a frequency
        of_words = (cells[0], np.full_like(cells[0], pairs.node), cells[2], n)
        values |= {name: _MEASURES[name].formula(*of_words) for name in names if name in _OF_TWO_WORDS}
    order = np.lexsort((-o11, -values[names[0]]))  # stable, and NaN comes last
    columns: dict[str, Any] = {
        **pairs.labels,
        "direction": _DIRECTIONS.gather(1 - compare_rates(o11, row, column, pairs.total)),
        "count": o11,
        "expected": r1 * column / n,
        **({} if isinstance(row, int) else {"node_count": row}),
        "collocate_count": column,
        "documents": pairs.documents,
        **{name: nan_as_null(value) for name, value in values.items()},
    }
    return pl.DataFrame(columns)[order]
