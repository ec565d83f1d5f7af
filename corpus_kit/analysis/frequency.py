"""frequency: how often each word of a corpus occurs, or what a pattern finds in it."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit import measures
from corpus_kit._base.arguments import boolean, threshold
from corpus_kit._base.arrays import Floats, Integers
from corpus_kit._base.columns import nan_as_null
from corpus_kit.analysis.asked_units import warn_of_other_words
from corpus_kit.analysis.bootstrap import (
    Bootstrap,
    Replicates,
    bootstrap_options,
    bootstrap_record,
    expect_few_draws,
    intervals,
)
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.group_batches import dispersion_by_group
from corpus_kit.analysis.groups import Groups, corpus_labels, groups_of
from corpus_kit.analysis.occurrences import Occurrences
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.analysis.spread import spread_of
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, invalid
from corpus_kit.search.patterns import Pattern, parse_pattern
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import UNITS

__all__ = ["frequency"]

_INTERVAL = ("per_million_low", "per_million_high", "n_bootstrap")
_COLUMNS = ("word", "count", "documents", "per_million", "dispersion", *_INTERVAL)


def frequency(
    corpus: CorpusView,
    *,
    pattern: str | None = None,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    exact: bool = False,
    clitics: bool = False,
    within: str = "paragraph",
    by: str | None = None,
    dispersion: str | None = "deviation_of_proportions",
    min_count: int = 1,
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
) -> pl.DataFrame:
    """Count the words of a corpus, or what a pattern finds in it.

    With another `unit` than words, their stems, lemmas or likeliest roots are counted, each word once; they are in the
    column `word`. A word that has none keeps its place, here and in every function with `unit`: it is one of the words
    of rates, sizes, windows and n-grams, and has no row. Numbers, hashtags and mentions are their own stem and lemma;
    they have no root, nor have names and particles.

    Args:
        corpus: A Corpus or a subcorpus.
        pattern: A pattern as in `ck.kwic`: its hits are counted in place of all words, with a row for each distinct
            word or sequence of words that it finds, in the form of `profile`. Rates remain per million words of
            the texts. Its plain words are of `unit`, too: with unit="lemma", ``قال`` is ``[lemma=قال]``.
        unit: What is counted: "word", or of each word the "stem", "lemma" or "root", after `corpus.annotate()`.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling, or
            for stems and lemmas as they were annotated. Roots are always in their own spelling (سءل, قول).
        exact: Whether the pattern is compared in repaired spelling, as in `ck.kwic`.
        clitics: Whether the pattern also finds words with clitics attached, as in `ck.kwic`; of words only.
        within: The unit of text that a hit does not cross: "sentence", "paragraph" or "document".
        by: A metadata column; words are counted separately for each of its values.
        dispersion: A measure of `ck.measures.dispersion`, over the documents of the corpus or group; None leaves it
            out, which is faster. `ck.dispersion` has more measures, and parts other than documents.
        min_count: The lowest count of a row that is kept; with `by`, the count in the group.
        n_bootstrap: Replicates of the bootstrap over documents, such as 1,000, for an interval of the rate; 0 for
            none.
        confidence: The level of confidence of the interval.
        seed: The seed of the draws; the same seed gives the same interval.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] word (String), count (Int64), documents
        (Int64: number of documents that contain it), per_million (Float64: count per million words of the corpus
        or group) and dispersion (Float64; deviation_of_proportions is 0 for a word that is spread evenly and near 1
        for a word in few documents; null where a measure is not defined). With n_bootstrap, also per_million_low,
        per_million_high (Float64) and n_bootstrap (Int64): documents are drawn with replacement, those of each
        group separately, and the interval contains the share `confidence` of the resulting rates (see
        `corpus_kit.analysis.bootstrap`). Order: count descending, then first occurrence in the whole corpus (with
        `by`, in the group).

    Raises:
        InputError: If an argument is invalid, `by` is not a metadata column, or the corpus is not annotated with
            the unit.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.frequency(ck.sample_corpus())
        >>> table["count"].sum() == ck.sample_corpus().manifest["counts"]["words"]
        True
        >>> ck.frequency(ck.sample_corpus(), pattern="(رئيس|وزير) []")["count"].sum() == len(
        ...     ck.kwic(ck.sample_corpus(), "(رئيس|وزير) []")
        ... )
        True
        >>> ck.frequency(ck.sample_corpus(), unit="lemma").height < table.height
        True
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    least = threshold(min_count, "min_count")
    normalizer = resolve_profile(profile)
    if dispersion is not None:
        choose(dispersion, measures.FAMILIES["dispersion"], "dispersion")
    bootstrap = bootstrap_options(n_bootstrap, seed, confidence)
    labels = None if by is None else corpus_labels(corpus, by, _COLUMNS)
    parsed = _pattern(pattern, unit, corpus, exact=exact, clitics=clitics, within=within)
    if parsed is None:
        counted = CountedWords(corpus, normalizer, unit)
    else:
        warn_of_other_words(corpus, [parsed], unit, "ck.frequency")
        counted = Occurrences(corpus, normalizer, parsed, within=within, unit=unit)
    if labels is None:
        table = _frequency(counted, dispersion, least, bootstrap).with_columns(per_million=pl.lit(counted.size))
    else:
        table = _frequency_by_group(counted, groups_of(labels, len(labels)), dispersion, least, bootstrap)
    head = [] if labels is None else [labels.name]
    columns = [*head, "word", "count", "documents", "per_million", *(["dispersion"] if dispersion else [])]
    columns += _INTERVAL if bootstrap else ()
    table = (
        table.filter(pl.col("count") > 0, pl.col("word").is_not_null())
        .with_columns(per_million=pl.col("count") / pl.col("per_million") * 1e6)  # it has been the size until here
        .filter(pl.col("count") >= least)
        .sort("count", descending=True, maintain_order=True)
        .select(columns)
    )
    options = {
        "by": by, "min_count": min_count, "dispersion": dispersion, **bootstrap_record(bootstrap),
        "pattern": pattern, "exact": exact, "clitics": clitics, "within": within,
        **unit_record(unit, corpus, patterns=[parsed] if parsed else []),
    }  # fmt: skip
    return attach_of_corpus(table, "ck.frequency", corpus, normalizer, options)


def _pattern(
    pattern: str | None, unit: str, corpus: CorpusView, *, exact: bool, clitics: bool, within: str
) -> Pattern | None:
    """Return the pattern whose hits are counted; None for all words."""
    choose(within, UNITS, "within")
    if pattern is not None:
        return parse_pattern(
            pattern, unit=unit, exact=exact, clitics=clitics, layers=corpus.layers, given=corpus.has_given_tokens
        )
    flags = boolean(exact, "exact"), boolean(clitics, "clitics")
    for name, value, default in zip(
        ("exact", "clitics", "within"), (*flags, within), (False, False, "paragraph"), strict=True
    ):
        if value != default:
            raise invalid(name, f"{default!r} without a pattern", value)
    return None


def _frequency(counted: CountedWords, dispersion: str | None, least: int, bootstrap: Bootstrap | None) -> pl.DataFrame:
    columns = [counted.words, pl.Series("count", counted.frequency), pl.Series("documents", counted.document_frequency)]
    if dispersion is not None:
        values = measures.FAMILIES["dispersion"][dispersion].formula(spread_of(counted))
        columns.append(nan_as_null(values).alias("dispersion"))
    if bootstrap:
        everyone, words = np.arange(len(counted.documents)), np.flatnonzero(counted.frequency >= least)
        low, high = np.full(len(counted.words), np.nan), np.full(len(counted.words), np.nan)
        low[words], high[words] = _rate_intervals(counted, everyone, words, bootstrap)
        columns += _interval_columns(low, high, bootstrap)
    return pl.DataFrame(columns)


def _frequency_by_group(
    counted: CountedWords, groups: Groups, dispersion: str | None, least: int, bootstrap: Bootstrap | None
) -> pl.DataFrame:
    """Rows by group, within it by first occurrence."""
    n_groups = len(groups.labels)
    group, word, count, documents = counted.by_group(groups.of_document, n_groups)
    columns = [
        groups.labels.gather(group),
        counted.words.gather(word),
        pl.Series("count", count),
        pl.Series("documents", documents),
    ]
    of_selected = groups.of_document[counted.documents].astype(np.int64)
    sizes = np.bincount(of_selected, weights=counted.sizes, minlength=n_groups).astype(np.int64)
    columns.append(pl.Series("per_million", sizes[group]))
    if dispersion is not None:
        found = dispersion_by_group(counted, dispersion, of_selected, n_groups)
        values = np.empty(len(word))
        # both sides hold each pair of group and word once, in different orders
        values[np.lexsort((word, group))] = found[2][np.lexsort((found[1], found[0]))]
        columns.append(nan_as_null(values).alias("dispersion"))
    if bootstrap:
        low, high = np.full(len(word), np.nan), np.full(len(word), np.nan)
        kept = np.flatnonzero(count >= least)
        numbers, first = np.unique(group[kept], return_index=True)  # rows are group after group
        expect_few_draws(bootstrap, len(numbers))
        order = np.argsort(of_selected, kind="stable")
        members = np.searchsorted(of_selected[order], [numbers, numbers + 1])
        ends = [*first[1:].tolist(), len(kept)]
        for here, after, begin, end in zip(first.tolist(), ends[: len(first)], *members.tolist(), strict=True):
            rows = kept[here:after]
            ids = word[rows].astype(np.int64)
            low[rows], high[rows] = _rate_intervals(counted, order[begin:end], ids, bootstrap)
        columns += _interval_columns(low, high, bootstrap)
    return pl.DataFrame(columns)


def _rate_intervals(
    counted: CountedWords, documents: Integers, words: Integers, bootstrap: Bootstrap
) -> tuple[Floats, Floats]:
    replicates = Replicates(counted, documents, bootstrap)
    return intervals(lambda count, size: count / size * 1e6, (replicates,), (words,), bootstrap.confidence)


def _interval_columns(low: Floats, high: Floats, bootstrap: Bootstrap) -> list[pl.Series]:
    times = pl.Series("n_bootstrap", np.full(len(low), bootstrap.replicates))
    return [nan_as_null(low).alias("per_million_low"), nan_as_null(high).alias("per_million_high"), times]
