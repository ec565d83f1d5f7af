"""Which words or n-grams are the columns of a document-term matrix, and its cells that are not zero."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers, Numbers
from corpus_kit.analysis.ngram_arrays import count_token_arrays_as_ids, without_nameless, word_places
from corpus_kit.text.forms import DocumentTokens, Forms
from corpus_kit.text.ngram_options import NgramOptions

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Entries", "csr_of", "entries_of_ngrams", "entries_of_words", "ngram_terms", "word_terms"]


class Entries(NamedTuple):
    """Cells that are not zero: row, column of the term, count."""

    rows: Integers
    columns: Integers
    counts: Integers


def word_terms(
    words: pl.Series, frequency: Array, document_frequency: Array, left_out: frozenset[str], keeps: pl.Expr
) -> pl.DataFrame:
    """Return the words that are columns, in their order.

    Args:
        words: The distinct words, in the order of their first occurrence; null for those that have no name.
        frequency: How often each occurs.
        document_frequency: In how many documents.
        left_out: Words that are no columns.
        keeps: Which rows of count and documents are columns.

    Returns:
        term, n, count, documents, and the id of the word in w1: count descending, then first occurrence.
    """
    vocabulary = pl.DataFrame(
        {
            "term": words,
            "n": pl.Series(np.ones(len(words), np.uint8)),
            "count": frequency,
            "documents": document_frequency,
            "w1": pl.Series(np.arange(len(words), dtype=np.uint32)),
        }
    )
    return vocabulary.filter(keeps, pl.col("term").is_not_null(), ~pl.col("term").is_in(sorted(left_out))).sort(
        "count", descending=True, maintain_order=True
    )


def entries_of_words(terms: pl.DataFrame, rows: Integers, words: Numbers, counts: Numbers, n_words: int) -> Entries:
    """Return the cells of words.

    Args:
        terms: The columns, with the ids of their words in w1.
        rows: The row of each count.
        words: The word of each count, as an id.
        counts: The counts.
        n_words: The number of words that have ids.
    """
    column = np.full(n_words, -1)
    column[terms["w1"].to_numpy()] = np.arange(terms.height)
    columns = column[words]
    kept = columns >= 0
    return Entries(rows[kept], columns[kept], counts[kept].astype(np.int64))


def ngram_terms(
    tokens: DocumentTokens, forms: Forms, options: NgramOptions, left_out: frozenset[str], keeps: pl.Expr
) -> pl.DataFrame:
    """Return the n-grams that are columns, in their order.

    Args:
        tokens: The tokens of documents.
        forms: What each type is counted as.
        options: Which n-grams are counted.
        left_out: Words whose n-grams are no columns.
        keeps: Which rows of count and documents are columns.

    Returns:
        term, n, count, documents, and the ids of the words in w1, w2, ...: count descending, then n, then first
        occurrence.
    """
    terms, words = count_token_arrays_as_ids(tokens, forms, options=options)
    terms, places = without_nameless(terms, words), word_places(terms)
    stop = words.is_in(sorted(left_out)).arg_true().cast(pl.UInt32).implode()
    holds_stop_word = pl.any_horizontal(pl.col(place).is_in(stop).fill_null(False) for place in places)
    terms = terms.filter(keeps, ~holds_stop_word)
    named = pl.DataFrame([words.gather(terms[place]).alias(place) for place in places])
    term = named.select(pl.concat_str(places, separator=" ", ignore_nulls=True).alias("term")).to_series()
    return terms.select(term, "n", "count", "documents", *places)


def entries_of_ngrams(terms: pl.DataFrame, tokens: DocumentTokens, forms: Forms, options: NgramOptions) -> Entries:
    """Return the cells of n-grams; their rows are the documents of the tokens.

    Args:
        terms: The columns, with the ids of their words in w1, w2, ...
        tokens: The tokens of documents.
        forms: What each type is counted as.
        options: Which n-grams are counted.
    """
    everyone = pl.Series("document", np.arange(len(tokens.counts), dtype=np.uint32))
    by_document = replace(options, min_count=1, document_frequency=False)
    counts, _ = count_token_arrays_as_ids(tokens, forms, options=by_document, by=everyone)
    places = word_places(counts)
    cells = counts.join(terms.with_row_index("column").select("column", *places), on=places, nulls_equal=True)
    return Entries(
        cells["document"].to_numpy().astype(np.int64), cells["column"].to_numpy().astype(np.int64),
        cells["count"].to_numpy(),
    )  # fmt: skip


def csr_of(entries: Entries, shape: tuple[int, int]) -> csr_array:
    """Return the cells as a sparse matrix of Int64, with the indices of each row in ascending order."""
    from scipy.sparse import csr_array  # slow to import

    # some estimators of scikit-learn take no indices of 64 bits
    index = np.int32 if max(*shape, len(entries.counts)) <= np.iinfo(np.int32).max else np.int64
    places = entries.rows.astype(index), entries.columns.astype(index)
    matrix = csr_array((entries.counts, places), shape=shape, dtype=np.int64)
    matrix.sort_indices()
    return matrix
