"""The document-term matrix: how often each word or n-gram occurs in each document, for scikit-learn and the like."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import threshold
from corpus_kit._base.arrays import Integers
from corpus_kit._base.records import attach
from corpus_kit.analysis.counted_words import CountedWords, forms_of, tokens_of
from corpus_kit.analysis.ngram_arrays import count_token_arrays_as_ids, without_nameless, word_places
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.display.show import show
from corpus_kit.text.forms import Forms
from corpus_kit.text.ngram_options import ngram_options
from corpus_kit.text.normalization import Normalizer, resolve_profile

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["DocumentTermMatrix", "document_term_matrix"]


class DocumentTermMatrix(NamedTuple):
    """A matrix of counts, and what its rows and columns are.

    Attributes:
        matrix: A scipy.sparse.csr_array of the shape (documents, terms): Int64 counts, with the indices of each row
            in ascending order.
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
        return show(self.terms.sort("count", descending=True, maintain_order=True), caption=repr(self)).html


def document_term_matrix(
    corpus: CorpusView,
    *,
    n: int | tuple[int, int] = 1,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    within: str = "paragraph",
    min_count: int = 1,
    min_documents: int = 1,
    max_documents: int | None = None,
    stopwords: Collection[str] = (),
) -> DocumentTermMatrix:
    """Count words or n-grams in each document, as a sparse matrix.

    Topic models and classifiers of scikit-learn take these counts; its TfidfTransformer makes weights such as tf-idf
    of them.

    Args:
        corpus: A Corpus or a subcorpus.
        n: Words in a term, a number from 1 to 8, or (low, high).
        unit: What is counted: "word", "stem", "lemma" or "root", as in `ck.frequency`.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        within: The unit of text that an n-gram does not cross: "sentence", "paragraph" or "document".
        min_count: The lowest count of a term that is kept, in all documents together.
        min_documents: The lowest number of documents that contain a term that is kept.
        max_documents: The highest number of documents that contain a term that is kept.
        stopwords: Words (with unit="lemma", lemmas), in any spelling that `profile` folds; they are left out, with all
            n-grams that contain one.

    Returns:
        A DocumentTermMatrix (a named tuple): matrix, documents, terms. Rows are the documents in their order,
        including those without words. Columns are the terms: count descending, then n, then first occurrence (of
        single words that in the whole corpus, also for a subcorpus, as in `ck.frequency`).

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck
        >>> counts = ck.document_term_matrix(ck.sample_corpus(), min_documents=5, stopwords=ck.stopwords())
        >>> counts.matrix.shape == (counts.documents.height, counts.terms.height)
        True
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    shape = ngram_options(n, within=within)
    least = threshold(min_count, "min_count")
    low = threshold(min_documents, "min_documents")
    high = None if max_documents is None else threshold(max_documents, "max_documents", least=low)
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    keeps = (pl.col("count") >= least) & (pl.col("documents") >= low)
    if high is not None:
        keeps &= pl.col("documents") <= high
    if (shape.low, shape.high) == (1, 1):
        entries, terms = _of_words(CountedWords(corpus, normalizer, unit), left_out, keeps)
    else:
        forms = forms_of(corpus, normalizer, unit)
        entries, terms = _of_ngrams(corpus, forms, n, within, left_out, keeps, min_count=max(least, low))
    matrix = _matrix(entries, (len(corpus), terms.height))
    documents = pl.DataFrame({"document": corpus.selected_documents()})
    documents = documents.with_columns(id=corpus.ids(documents["document"].to_numpy()))
    options = {
        "n": n, "min_count": least, "min_documents": low, "max_documents": high, "stopwords": stopwords,
        "within": within, "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
        **unit_record(unit, corpus),
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    attach(terms, "ck.document_term_matrix", options, corpus_id=corpus.id, profile_digest=digest)
    return DocumentTermMatrix(matrix, documents, terms)


class _Entries(NamedTuple):
    """Cells that are not zero: row of the document in the selection, column of the term, count."""

    rows: Integers
    columns: Integers
    counts: Integers


def _of_words(counted: CountedWords, left_out: frozenset[str], keeps: pl.Expr) -> tuple[_Entries, pl.DataFrame]:
    vocabulary = pl.DataFrame(
        {
            "term": counted.words,
            "n": pl.Series(np.ones(len(counted.words), np.uint8)),
            "count": counted.frequency,
            "documents": counted.document_frequency,
        }
    )
    terms = (
        vocabulary.with_row_index("id")
        .filter(keeps, pl.col("term").is_not_null(), ~pl.col("term").is_in(sorted(left_out)))
        .sort("count", descending=True, maintain_order=True)
    )
    column = np.full(len(counted.words), -1)
    column[terms["id"].to_numpy()] = np.arange(terms.height)
    rows = counted.by_document
    columns = column[rows.words]
    kept = columns >= 0
    entries = _Entries(rows.documents()[kept], columns[kept], rows.counts[kept].astype(np.int64))
    return entries, terms.drop("id")


def _of_ngrams(
    corpus: CorpusView,
    forms: Forms,
    n: int | tuple[int, int],
    within: str,
    left_out: frozenset[str],
    keeps: pl.Expr,
    *,
    min_count: int,
) -> tuple[_Entries, pl.DataFrame]:
    """Count the n-grams of the corpus that are kept, and those of each document that are among them."""
    everyone = pl.Series("document", np.arange(len(corpus.document_ends), dtype=np.uint32))
    whole = ngram_options(n, within=within, min_count=min_count)
    by_document = ngram_options(n, within=within, document_frequency=False)
    with reading(corpus.path):
        tokens = tokens_of(corpus)
        terms, words = count_token_arrays_as_ids(tokens, forms, options=whole)
        counts, _ = count_token_arrays_as_ids(tokens, forms, options=by_document, by=everyone)
    terms, places = without_nameless(terms, words), word_places(terms)
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
    from scipy.sparse import csr_array  # slow to import

    matrix = csr_array((entries.counts, (entries.rows, entries.columns)), shape=shape, dtype=np.int64)
    matrix.sort_indices()
    return matrix
