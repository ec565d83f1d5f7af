"""ngram_collocations: which words stand next to each other more often than by chance."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer, threshold
from corpus_kit._base.arrays import Integers
from corpus_kit._base.metadata import exactly
from corpus_kit._base.records import attach
from corpus_kit.analysis.cooccurrence import PairTable
from corpus_kit.analysis.counted_words import counted_tokens
from corpus_kit.analysis.furniture import A_FORMULA, FIRST_ROWS, LONG_ENOUGH, once_or_twice_in_each
from corpus_kit.analysis.groups import Groups, corpus_labels, groups_of
from corpus_kit.analysis.ngram_arrays import (
    count_token_arrays_as_ids,
    spellings_of_ids,
    without_nameless,
    word_places,
)
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.ranked_pairs import GROUP, association_measures, ranked_pairs, taken_names
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, warn
from corpus_kit.text.ngram_options import MAX_N, MAX_SKIP, ngram_options
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import UNITS

__all__ = ["ngram_collocations"]

# Two rare words that occur only together have the highest log_dice there is: a list by it begins with those of one
# formula or one foreign name, whatever the corpus is about.
_OF_A_CORPUS = ("log_likelihood", "log_dice", "mi")


def ngram_collocations(
    corpus: CorpusView,
    n: int = 2,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    within: str = "paragraph",
    by: str | None = None,
    skip: int = 0,
    measure: str | Sequence[str] = _OF_A_CORPUS,
    min_count: int = 5,
    min_documents: int = 2,
    stopwords: Collection[str] = (),
    join: Join = False,
) -> pl.DataFrame:
    """Find the n-grams of a corpus whose words occur together more often than by chance.

    Each n-gram is taken as its first n - 1 words (the node) and its last word (the collocate).

    A formula that every page of a source has, such as a link or an address, is an n-gram like any other. If some of
    the first rows look like one, a warning names them: ``corpus.exclude(ck.news.boilerplate(corpus))`` removes such
    lines.

    Args:
        corpus: A Corpus or a subcorpus.
        n: Words in an n-gram, 2 to 8.
        unit: What is counted: "word", "stem", "lemma" or "root", as in `ck.frequency`. N-grams with a word that has
            none are not shown.
        profile: The form of the words: the name of a preset, a Normalizer, or None for the original spelling.
        within: The unit of text that an n-gram does not cross: "sentence", "paragraph" or "document".
        by: A metadata column: each of its groups has n-grams and a table of four cells of its own, as if it were a
            corpus. Null is a group like any other.
        skip: For skip-grams, the number of words (0 to 15) that may be skipped in all.
        measure: Names of measures of `ck.measures.association`. The table is sorted by the first: by default,
            log_likelihood, since a list by log_dice or mi begins with rare words that occur only together. If all of
            them say only how sure an attraction is, log_dice is there, too.
        min_count: The lowest count of an n-gram that is kept.
        min_documents: In how many documents an n-gram must occur; 1 also shows those of one document.
        stopwords: Words (with unit="lemma", lemmas), in any spelling that `profile` folds; n-grams that contain one
            are not shown.
        join: Whether names that are written with and without a space are one word, as in `ck.frequency`.

    Returns:
        A DataFrame with the columns [the labels, named after their column,] ngram, spelling (its most frequent
        original spelling, with `by` in all groups together, as in `ck.ngrams`), node, collocate (String), direction
        (Enum: attracted, neutral, repelled), count (Int64: o11), expected (Float64), node_count (Int64: r1),
        collocate_count (Int64: c1), documents (Int64: number of documents that contain the n-gram), the measures
        (Float64; null where not defined). Order: [groups by first occurrence,] the first measure descending, nulls
        last, then count descending, then first occurrence. The total n is in the record that `ck.save` writes.

    Raises:
        InputError: If an argument is invalid.

    References:
        Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational
        Linguistics 19, 61-74.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> body = corpus.exclude(ck.news.boilerplate(corpus, by="outlet"))
        >>> table = ck.ngram_collocations(body, measure="log_likelihood", min_count=10)
        >>> table.columns[:6]
        ['ngram', 'spelling', 'node', 'collocate', 'direction', 'count']
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    names = association_measures(measure)
    choose(within, UNITS, "within")
    least, in_documents = threshold(min_count, "min_count"), threshold(min_documents, "min_documents", least=0)
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    order, gaps = integer(n, "n", least=2, most=MAX_N), integer(skip, "skip", least=0, most=MAX_SKIP)
    shape = ngram_options(order, skip=gaps, within=within)
    joined = names_to_join(join, unit, normalizer, corpus)
    groups = None
    if by is not None:
        labels = corpus_labels(corpus, by, ("ngram", "node", "node_count", *taken_names(names)))
        groups = groups_of(labels, len(labels))
    with reading(corpus.path):
        tokens, forms, original, sequences = counted_tokens(corpus, normalizer, unit, joined, within)
        numbers = None if groups is None else pl.Series(GROUP, groups.of_document)
        counts, words = count_token_arrays_as_ids(tokens, forms, options=shape, by=numbers)
        pairs, group = _pairs_of_ngrams(
            counts,
            words,
            least,
            in_documents,
            left_out,
            lambda kept: spellings_of_ids(kept, tokens, original, shape),
        )
    _warn_of_few_documents(corpus, groups, by, in_documents)
    options = {
        "measure": list(names), "within": within, "min_count": least, "min_documents": in_documents,
        "stopwords": stopwords,
        "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
        "n": order, "skip": gaps, "by": by, **_totals(counts, groups), **join_record(join, joined, sequences),
        **unit_record(unit, corpus),
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    table = ranked_pairs(pairs, names, group)
    if groups is not None:
        table = table.drop(GROUP).insert_column(0, groups.labels.gather(table[GROUP]))
    if corpus.excluded_spans is None and counts["count"].sum() >= LONG_ENOUGH * len(corpus):
        _warn_of_furniture(table, by)
    return attach(table, "ck.ngram_collocations", options, corpus=corpus, profile_digest=digest)


def _totals(counts: pl.DataFrame, groups: Groups | None) -> dict[str, Any]:
    """Return what the record says of n: the number of n-grams, with groups of each that has some."""
    if groups is None:
        return {"total": int(counts["count"].sum())}
    totals = counts.group_by(GROUP).agg(pl.col("count").sum()).sort(GROUP)
    return {"groups": [{"group": groups.labels[number], "total": total} for number, total in totals.iter_rows()]}


def _warn_of_few_documents(corpus: CorpusView, groups: Groups | None, by: str | None, least: int) -> None:
    """Say where there are too few documents for any n-gram to be shown."""
    hides = f"min_documents={least:,} hides all n-grams there; min_documents=1 shows them"
    if groups is None and 0 < len(corpus) < least:
        had = f"{len(corpus):,} document{'s' if len(corpus) != 1 else ''}"
        warn(f"ck.ngram_collocations: the corpus has {had}, and {hides}", stacklevel=None)
    if groups is not None:
        documents = np.bincount(groups.of_document[corpus.selected_documents()])
        few = int(((documents > 0) & (documents < least)).sum())
        if few:
            had = f"{few:,} group{'s' if few > 1 else ''} of {by} {'have' if few > 1 else 'has'}"
            warn(f"ck.ngram_collocations: {had} fewer than {least:,} documents, and {hides}", stacklevel=None)


def _warn_of_furniture(table: pl.DataFrame, by: str | None) -> None:
    """Name the first rows that occur equally often in their documents, as a formula of a page does and words do not."""
    tops = table.head(FIRST_ROWS) if by is None else table.group_by(exactly(by), maintain_order=True).head(FIRST_ROWS)
    rows = tops.filter(once_or_twice_in_each("count", "documents"))
    if rows.height:
        first = ", ".join(rows["spelling"].head(3).to_list()) + (", …" if rows.height > 3 else "")
        where = f"{rows.height} of the first {FIRST_ROWS} rows" + ("" if by is None else " of each group")
        of_rows = f"{where} ({first}) {'occur' if rows.height > 1 else 'occurs'}"
        warn(
            f"ck.ngram_collocations: {of_rows} equally often in at least {A_FORMULA} documents, as lines of web pages "
            "do; corpus.exclude(ck.news.boilerplate(corpus)) removes such lines, stopwords=[…] hides other words",
            stacklevel=None,
        )


def _pairs_of_ngrams(
    counts: pl.DataFrame,
    words: pl.Series,
    least: int,
    in_documents: int,
    left_out: frozenset[str],
    spell: Callable[[pl.DataFrame], pl.Series],
) -> tuple[PairTable, Integers | None]:
    """Return n-grams as pairs of their first n - 1 words and their last one; and, where there are groups, that of each.

    `spell` finds the spellings of n-grams, each of which it takes once.
    """
    places = word_places(counts)
    grouped = [GROUP] if GROUP in counts.columns else []
    number = pl.col("count").sum()
    table = counts.lazy().with_columns(
        row=number.over(*grouped, *places[:-1]),
        column=number.over(*grouped, places[-1]),
        total=number.over(*grouped) if grouped else number,
    )
    table = table.filter(pl.col("count") >= least, pl.col("documents") >= in_documents)
    if left_out:
        stop = words.is_in(sorted(left_out)).arg_true().cast(pl.UInt32).implode()
        table = table.filter(~pl.any_horizontal(pl.col(place).is_in(stop) for place in places))
    kept = without_nameless(table.collect(), words)
    everywhere = kept
    if grouped:
        everywhere = counts.join(kept, on=places, how="semi").group_by("n", *places, maintain_order=True).agg(number)
    spelled = everywhere.select(*places).with_columns(spelling=spell(everywhere))
    named = pl.DataFrame([words.gather(kept[place]).alias(place) for place in places])
    labels = named.select(
        ngram=pl.concat_str(places, separator=" "),
        spelling=kept.join(spelled, on=places, how="left", maintain_order="left")["spelling"],
        node=pl.concat_str(places[:-1], separator=" "),
        collocate=places[-1],
    )
    count, row, column, n, documents = (
        kept[name].to_numpy() for name in ("count", "row", "column", "total", "documents")
    )
    names = {name: labels[name].gather for name in labels.columns}
    pairs = PairTable(names, np.arange(labels.height), count, row, column, n, documents)
    return pairs, kept[GROUP].to_numpy() if grouped else None
