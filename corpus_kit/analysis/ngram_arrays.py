"""Counting the n-grams of tokens that are arrays already: of a corpus, or of texts that were just tokenised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit.analysis.groups import groups_of
from corpus_kit.errors import InputError
from corpus_kit.machine.threads import threads
from corpus_kit.text.forms import DocumentTokens, Forms, Selected, select
from corpus_kit.text.ngram_options import MAX_N, NgramOptions
from corpus_kit.text.token_flags import BARRIERS

__all__ = [
    "NGRAM_COLUMNS",
    "count_token_arrays",
    "count_token_arrays_as_ids",
    "without_nameless",
    "word_places",
]

NGRAM_COLUMNS = ("ngram", "n", *(f"w{number}" for number in range(1, MAX_N + 1)), "count", "documents")
Labels = Iterable[Any] | pl.Series | None


def count_token_arrays(
    tokens: DocumentTokens, forms: Forms, *, options: NgramOptions, by: Labels = None, separator: str = " "
) -> pl.DataFrame:
    """Count the n-grams of tokens; the table is that of `count_ngrams`.

    An n-gram with a word that has no name (a form that is null) is not in it.

    Args:
        tokens: The tokens; the arrays may be read-only and mapped from a file.
        forms: What each type of token is counted as.
        options: Which n-grams are counted.
        by: A label for each document, including those that are not chosen.
        separator: What is written between the words of an n-gram.

    Raises:
        InputError: If there are too many tokens or n-grams.
    """
    if forms.words.null_count():
        table, words = count_token_arrays_as_ids(tokens, forms, options=options, by=by)
        return _named(without_nameless(table, words), words, separator)
    counted = _count(tokens, forms, options, by, with_ids=False)
    lengths = series_from_core("n", counted.n)
    strings = _core.ngram_strings(
        counted.selected.ids,
        lengths.to_numpy(),
        series_from_core("first", counted.words).to_numpy(),
        text_stream(forms.words),
        separator=separator.encode(),
        threads=threads(),
    )
    return pl.DataFrame([*counted.labels, series_from_core("ngram", strings), lengths, *counted.counts])


def count_token_arrays_as_ids(
    tokens: DocumentTokens, forms: Forms, *, options: NgramOptions, by: Labels = None
) -> tuple[pl.DataFrame, pl.Series]:
    """Count the n-grams of tokens and leave their words as ids; see `count_ngram_ids` and `count_token_arrays`."""
    counted = _count(tokens, forms, options, by, with_ids=True)
    words = [series_from_core(f"w{number}", place) for number, place in enumerate(counted.words, start=1)]
    table = pl.DataFrame([*counted.labels, series_from_core("n", counted.n), *words, *counted.counts])
    return table, forms.words.alias("word")


def word_places(table: pl.DataFrame) -> list[str]:
    """Return the columns of ids in a table of `count_token_arrays_as_ids`: those between n and count."""
    return table.columns[table.columns.index("n") + 1 : table.columns.index("count")]


def without_nameless(table: pl.DataFrame, words: pl.Series) -> pl.DataFrame:
    """Return the n-grams of which every word has a name (is not null in `words`)."""
    if not words.null_count():
        return table
    nameless = words.is_null().arg_max()
    holds_it = [(pl.col(place) == nameless).fill_null(value=False) for place in word_places(table)]
    return table.filter(~pl.any_horizontal(holds_it))


def _named(table: pl.DataFrame, words: pl.Series, separator: str) -> pl.DataFrame:
    """Return a table of ids with the words in their place, as one text."""
    places = word_places(table)
    named = pl.DataFrame([words.gather(table[place]).alias(place) for place in places])
    ngram = named.select(pl.concat_str(places, separator=separator, ignore_nulls=True).alias("ngram")).to_series()
    return table.insert_column(table.columns.index("n"), ngram).drop(places)


class _Counted(NamedTuple):
    """What the core found: n of each n-gram, its first token or the ids of its words, its label and counts."""

    selected: Selected
    n: Any
    words: Any
    labels: list[pl.Series]
    counts: list[pl.Series]


def _count(tokens: DocumentTokens, forms: Forms, options: NgramOptions, by: Labels, *, with_ids: bool) -> _Counted:
    groups = None if by is None else groups_of(by, len(tokens.counts), NGRAM_COLUMNS)
    try:
        selected = select(tokens, forms, BARRIERS[options.within])
        n, words, count, documents, group = _core.count_ngrams(
            selected.ids,
            selected.barriers,
            selected.document_ends,
            low=options.low,
            high=options.high,
            skip=options.skip,
            min_count=options.min_count,
            barrier_bits=selected.barrier_bits,
            n_types=len(forms.words),
            groups=None if groups is None else groups.of_document,
            n_groups=0 if groups is None else len(groups.labels),
            document_frequency=options.document_frequency,
            with_ids=with_ids,
            threads=threads(),
        )
    except OverflowError as error:
        raise InputError(str(error)) from None
    labels = [] if groups is None or group is None else [groups.labels.gather(series_from_core("group", group))]
    counts = [series_from_core("count", count)]
    if documents is not None:
        counts.append(series_from_core("documents", documents))
    return _Counted(selected, n, words, labels, counts)
