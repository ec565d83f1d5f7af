"""Counting the n-grams of tokens that are arrays already: of a corpus, or of texts that were just tokenised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit.analysis.groups import groups_of
from corpus_kit.analysis.joined_spellings import Merged
from corpus_kit.analysis.ngram_spellings import NgramSpeller
from corpus_kit.analysis.spellings import Spellings
from corpus_kit.errors import InputError
from corpus_kit.machine.memory import expect_memory
from corpus_kit.machine.threads import threads
from corpus_kit.text.forms import DocumentTokens, Forms, Selected, select
from corpus_kit.text.ngram_options import MAX_N, NgramOptions
from corpus_kit.text.token_flags import BARRIERS

__all__ = [
    "NGRAM_COLUMNS",
    "count_token_arrays",
    "count_token_arrays_as_ids",
    "spellings_of_ids",
    "without_nameless",
    "word_places",
]

_WORDS = tuple(f"w{number}" for number in range(1, MAX_N + 1))
NGRAM_COLUMNS = ("ngram", "n", *_WORDS, "count", "documents")
Labels = Iterable[Any] | pl.Series | None

# The bytes that a count holds of each word: its form and barriers; its n-gram, as a key and as a number; the document
# of that; the spelling.
_OF_A_WORD, _OF_ITS_NGRAMS, _OF_A_DOCUMENT, _OF_A_SPELLING = 5, 14, 4, 4


def count_token_arrays(
    tokens: DocumentTokens,
    forms: Forms,
    *,
    options: NgramOptions,
    by: Labels = None,
    separator: str = " ",
    original: Spellings | None = None,
    joined: Merged | None = None,
) -> pl.DataFrame:
    """Count the n-grams of tokens; the table is that of `count_ngrams`.

    An n-gram with a word that has no name (a form that is null) is not in it.

    Args:
        tokens: The tokens; the arrays may be read-only and mapped from a file.
        forms: What each type of token is counted as.
        options: Which n-grams are counted.
        by: A label for each document, including those that are not chosen.
        separator: What is written between the words of an n-gram.
        original: The spellings of the forms, for the column `spelling` after ngram; None leaves it out.
        joined: With names joined: the words, and the tokens as rows of `original`, in place of those of `tokens`.

    Raises:
        InputError: If there are too many tokens or n-grams, or counting them would need more memory than one call may
            use.
    """
    if forms.words.null_count():
        table, words = count_token_arrays_as_ids(tokens, forms, options=options, by=by)
        named = without_nameless(table, words)
        spelling = [] if original is None else [spellings_of_ids(named, tokens, original, options)]
        table = _named(named, words, separator)
        return table.insert_column(table.columns.index("n"), *spelling) if spelling else table
    counted = _count(tokens, forms, options, by, with_ids=False, original=original, joined=joined)
    lengths, first = series_from_core("n", counted.n), series_from_core("first", counted.words).to_numpy()
    strings = _core.ngram_strings(
        counted.selected.ids,
        lengths.to_numpy(),
        first,
        text_stream(forms.words if joined is None else joined.words),
        separator=separator.encode(),
        threads=threads(),
    )
    texts = [series_from_core("ngram", strings)]
    if original is not None:
        speller = NgramSpeller(counted.spelled, original, options)
        texts.append(
            speller.of_grouped_places(lengths, first)
            if counted.labels
            else speller.of_places(lengths, counted.counts[0], first)
        )
    return pl.DataFrame([*counted.labels, *texts, lengths, *counted.counts])


def count_token_arrays_as_ids(
    tokens: DocumentTokens, forms: Forms, *, options: NgramOptions, by: Labels = None
) -> tuple[pl.DataFrame, pl.Series]:
    """Count the n-grams of tokens and leave their words as ids; see `count_ngram_ids` and `count_token_arrays`."""
    counted = _count(tokens, forms, options, by, with_ids=True)
    words = [series_from_core(f"w{number}", place) for number, place in enumerate(counted.words, start=1)]
    table = pl.DataFrame([*counted.labels, series_from_core("n", counted.n), *words, *counted.counts])
    return table, forms.words.alias("word")


def word_places(table: pl.DataFrame) -> list[str]:
    """Return the columns of ids in a table of `count_token_arrays_as_ids`."""
    return [name for name in _WORDS if name in table.columns]


def without_nameless(table: pl.DataFrame, words: pl.Series) -> pl.DataFrame:
    """Return the n-grams of which every word has a name (is not null in `words`)."""
    if not words.null_count():
        return table
    nameless = words.is_null().arg_max()
    holds_it = [(pl.col(place) == nameless).fill_null(value=False) for place in word_places(table)]
    return table.filter(~pl.any_horizontal(holds_it))


def spellings_of_ids(
    table: pl.DataFrame, tokens: DocumentTokens, original: Spellings, options: NgramOptions
) -> pl.Series:
    """Return the most frequent original spelling of n-grams, all or some rows of `count_token_arrays_as_ids`."""
    speller = NgramSpeller(_selected_spellings(tokens, original, options), original, options)
    return speller.of_words(table["n"], table["count"], table.select(word_places(table)).get_columns())


def _named(table: pl.DataFrame, words: pl.Series, separator: str) -> pl.DataFrame:
    """Return a table of ids with the words in their place, as one text."""
    places = word_places(table)
    named = pl.DataFrame([words.gather(table[place]).alias(place) for place in places])
    ngram = named.select(pl.concat_str(places, separator=separator, ignore_nulls=True).alias("ngram")).to_series()
    return table.insert_column(table.columns.index("n"), ngram).drop(places)


class _Counted(NamedTuple):
    """What the core found: n of each n-gram, its first token or the ids of its words, its label and counts.

    The tokens are forms in `selected`, and spellings in `spelled`, if there are any.
    """

    selected: Selected
    spelled: Selected
    n: Any
    words: Any
    labels: list[pl.Series]
    counts: list[pl.Series]


def _selected_spellings(tokens: DocumentTokens, original: Spellings, options: NgramOptions) -> Selected:
    return select(tokens, Forms(original.of_type, original.texts), BARRIERS[options.within], shortest=options.low)


def _expect_memory(tokens: DocumentTokens, options: NgramOptions, *, spelled: bool) -> None:
    """Refuse a count that needs more memory than one call may use, before anything is made of its tokens."""
    chosen = True if tokens.chosen is None else tokens.chosen != 0
    n_tokens = int(tokens.counts.sum(where=chosen, dtype=np.int64))
    of_a_word = _OF_A_WORD + _OF_A_SPELLING * spelled
    if options.high > 1:
        of_a_word += _OF_ITS_NGRAMS + _OF_A_DOCUMENT * options.document_frequency
    expect_memory(
        n_tokens * of_a_word,
        f"A count of n-grams of {n_tokens:,} tokens in memory",
        "Count them on disk with corpus_kit.scale.count_ngrams, which reads any files of texts, also the file "
        "documents.parquet of a corpus",
    )


def _count(
    tokens: DocumentTokens,
    forms: Forms,
    options: NgramOptions,
    by: Labels,
    *,
    with_ids: bool,
    original: Spellings | None = None,
    joined: Merged | None = None,
) -> _Counted:
    _expect_memory(tokens, options, spelled=original is not None)
    groups = None if by is None else groups_of(by, len(tokens.counts), NGRAM_COLUMNS)
    try:
        if original is None:
            selected = spelled = select(tokens, forms, BARRIERS[options.within], shortest=options.low)
        else:
            spelled = _selected_spellings(tokens, original, options) if joined is None else joined.selected
            selected = spelled._replace(ids=original.form[spelled.ids])
        n, words, count, documents, group = _core.count_ngrams(
            selected.ids,
            selected.barriers,
            selected.document_ends,
            low=options.low,
            high=options.high,
            skip=options.skip,
            min_count=options.min_count,
            barrier_bits=selected.barrier_bits,
            n_types=len(forms.words if joined is None else joined.words),
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
    return _Counted(selected, spelled, n, words, labels, counts)
