"""The document-term matrix: how often each word or n-gram stands in each document, for scikit-learn and the like."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import whole_number
from corpus_kit._statistics import stopword_forms
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import CountedWords, forms_of, tokens_of
from corpus_kit.counting import count_token_arrays
from corpus_kit.ngram_options import ngram_options
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.provenance import attach
from corpus_kit.storage import reading

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["DocumentTermMatrix", "document_term_matrix"]

Integers = npt.NDArray[np.int64]


class DocumentTermMatrix(NamedTuple):
    """A matrix of counts and what its rows and columns are.

    matrix: scipy.sparse.csr_array of shape (documents, terms), Int64 counts, indices of each row ascending.
    documents: document (UInt32, row number in the corpus) and id (String), one row for each row of the matrix.
    terms: term (String), n (UInt8), count and documents (Int64), one row for each column.
    """

    matrix: csr_array
    documents: pl.DataFrame
    terms: pl.DataFrame

    def __repr__(self) -> str:
        rows, columns = self.matrix.shape
        filled = self.matrix.nnz
        return f"<DocumentTermMatrix: {rows:,} documents, {columns:,} terms, {filled:,} counts above 0>"

    def _repr_html_(self) -> str:
        from corpus_kit.display import show

        return show(self.terms.sort("count", descending=True, maintain_order=True), caption=repr(self)).html


def document_term_matrix(
    corpus: CorpusView,
    *,
    n: int | tuple[int, int] = 1,
    min_count: int = 1,
    min_documents: int = 1,
    max_documents: int | None = None,
    profile: str | Normalizer | None = "search",
    stopwords: Collection[str] = (),
    within: str = "paragraph",
) -> DocumentTermMatrix:
    """Count words or n-grams in each document, as a sparse matrix.

    The counts are what topic models and classifiers of scikit-learn take; weights such as tf-idf are left
    to its TfidfTransformer.

    Args:
        corpus: a Corpus or a subcorpus.
        n: words in a term: a number from 1 to 8, or (low, high).
        min_count: the lowest count in all documents together of a term that is kept.
        min_documents, max_documents: in how many documents a term must stand at least, and at most.
        profile: the form that is counted: a preset's name, a Normalizer, or None for the original spelling.
        stopwords: words, in any spelling that `profile` folds, that are left out, with all n-grams that hold one.
        within: what an n-gram does not cross: "sentence", "paragraph" or "document".

    Returns:
        A DocumentTermMatrix (a named tuple): matrix, documents, terms. Rows are the documents in their order,
        also those without words; columns are the terms: count descending, then n, then first occurrence
        (of single words that in the whole corpus, also for a subcorpus, as in `ck.frequency`).

    Raises:
        InputError: an argument that cannot be.

    >>> import corpus_kit as ck
    >>> counts = ck.document_term_matrix(ck.sample_corpus(), min_documents=5, stopwords=ck.stopwords())
    >>> counts.matrix.shape == (counts.documents.height, counts.terms.height)
    True
    """
    expect_corpus(corpus, "document_term_matrix")
    shape = ngram_options(n, within=within)
    least = whole_number(min_count, "min_count", least=1, what="occurrences")
    low = whole_number(min_documents, "min_documents", least=1, what="documents")
    high = None if max_documents is None else whole_number(max_documents, "max_documents", least=low, what="documents")
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer)
    keeps = (pl.col("count") >= least) & (pl.col("documents") >= low)
    if high is not None:
        keeps &= pl.col("documents") <= high
    if (shape.low, shape.high) == (1, 1):
        entries, terms = _of_words(corpus, normalizer, left_out, keeps)
    else:
        entries, terms = _of_ngrams(corpus, normalizer, n, within, left_out, keeps, min_count=max(least, low))
    matrix = _matrix(entries, (len(corpus), terms.height))
    documents = pl.DataFrame({"document": corpus.selected_documents()})
    documents = documents.with_columns(id=corpus.ids(documents["document"].to_numpy()))
    options = {
        "n": n, "min_count": least, "min_documents": low, "max_documents": high, "stopwords": stopwords,
        "within": within, "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    attach(terms, "ck.document_term_matrix", options, corpus_id=corpus.id, profile_digest=digest)
    return DocumentTermMatrix(matrix, documents, terms)


class _Entries(NamedTuple):
    """The cells that are not zero: row of the document in the selection, column of the term, count."""

    rows: Integers
    columns: Integers
    counts: Integers


def _of_words(
    corpus: CorpusView, normalizer: Normalizer | None, left_out: frozenset[str], keeps: pl.Expr
) -> tuple[_Entries, pl.DataFrame]:
    counted = CountedWords(corpus, normalizer)
    everything = pl.DataFrame(
        {
            "term": counted.words,
            "n": pl.Series(np.ones(len(counted.words), np.uint8)),
            "count": counted.frequency,
            "documents": counted.document_frequency,
        }
    )
    terms = (
        everything.with_row_index("id")
        .filter(keeps, ~pl.col("term").is_in(sorted(left_out)))
        .sort("count", descending=True, maintain_order=True)
    )
    column = np.full(len(counted.words), -1)
    column[terms["id"].to_numpy()] = np.arange(terms.height)
    rows = counted.by_document
    columns = column[rows.words]
    there = columns >= 0
    entries = _Entries(rows.documents()[there], columns[there], rows.counts[there].astype(np.int64))
    return entries, terms.drop("id")


def _of_ngrams(
    corpus: CorpusView,
    normalizer: Normalizer | None,
    n: int | tuple[int, int],
    within: str,
    left_out: frozenset[str],
    keeps: pl.Expr,
    *,
    min_count: int,
) -> tuple[_Entries, pl.DataFrame]:
    """The n-grams of the corpus that are kept, then those of each document that are among them."""
    everyone = pl.Series("document", np.arange(len(corpus.document_ends), dtype=np.uint32))
    whole = ngram_options(n, within=within, min_count=min_count, output="ids")
    apart = ngram_options(n, within=within, document_frequency=False, output="ids")
    with reading(corpus.path):
        tokens, forms = tokens_of(corpus), forms_of(corpus, normalizer)
        of_corpus: Any = count_token_arrays(tokens, forms, options=whole)
        of_documents: Any = count_token_arrays(tokens, forms, options=apart, by=everyone)
    (terms, words), counts = of_corpus, of_documents[0]
    places = [column for column in terms.columns if column[0] == "w"]
    stop = words.is_in(sorted(left_out)).arg_true().cast(pl.UInt32).implode()
    holds_stop_word = pl.any_horizontal(pl.col(place).is_in(stop).fill_null(False) for place in places)
    terms = terms.filter(keeps, ~holds_stop_word).with_row_index("column")
    cells = counts.join(terms.select("column", *places), on=places, nulls_equal=True)
    rows = np.searchsorted(corpus.selected_documents(), cells["document"].to_numpy())
    named = pl.DataFrame([words.gather(terms[place]).alias(place) for place in places])
    term = named.select(pl.concat_str(places, separator=" ", ignore_nulls=True).alias("term")).to_series()
    entries = _Entries(rows, cells["column"].to_numpy().astype(np.int64), cells["count"].to_numpy())
    return entries, terms.select(term, "n", "count", "documents")


def _matrix(entries: _Entries, shape: tuple[int, int]) -> csr_array:
    from scipy.sparse import csr_array

    matrix = csr_array((entries.counts, (entries.rows, entries.columns)), shape=shape, dtype=np.int64)
    matrix.sort_indices()
    return matrix
