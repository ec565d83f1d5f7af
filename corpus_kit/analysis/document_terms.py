"""The document-term matrix: how often each word or n-gram occurs in each document, for scikit-learn and the like."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import threshold
from corpus_kit._base.records import attach
from corpus_kit.analysis.counted_words import CountedWords, counted_tokens
from corpus_kit.analysis.ngram_arrays import spellings_of_ids
from corpus_kit.analysis.provenance import unit_record
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.analysis.term_counts import csr_of, entries_of_ngrams, entries_of_words, ngram_terms, word_terms
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.display.show import show
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
        terms: term, spelling (String: its most frequent original spelling, as in `ck.frequency` and `ck.ngrams`), n
            (UInt8), count and documents (Int64), one row for each column.
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
    join: Join = False,
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
        join: Whether names that are written with and without a space are one word, as in `ck.frequency`.

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
    names = names_to_join(join, unit, normalizer, corpus)
    keeps = (pl.col("count") >= least) & (pl.col("documents") >= low)
    if high is not None:
        keeps &= pl.col("documents") <= high
    if (shape.low, shape.high) == (1, 1):
        counted = CountedWords(corpus, normalizer, unit, names)
        terms = word_terms(counted.words, counted.frequency, counted.document_frequency, left_out, keeps)
        terms = terms.insert_column(1, counted.spellings.gather(terms["w1"]))
        rows = counted.by_document
        entries = entries_of_words(terms, rows.documents(), rows.words, rows.counts, len(counted.words))
        sequences = counted.joined_sequences
    else:
        shape = replace(shape, min_count=max(least, low))
        with reading(corpus.path):
            tokens, forms, original, sequences = counted_tokens(corpus, normalizer, unit, names, within)
            terms = ngram_terms(tokens, forms, shape, left_out, keeps)
            terms = terms.insert_column(1, spellings_of_ids(terms, tokens, original, shape))
            entries = entries_of_ngrams(terms, tokens, forms, shape)
        entries = entries._replace(rows=np.searchsorted(corpus.selected_documents(), entries.rows))
    matrix = csr_of(entries, (len(corpus), terms.height))
    terms = terms.select("term", "spelling", "n", "count", "documents")
    documents = pl.DataFrame({"document": corpus.selected_documents()})
    documents = documents.with_columns(id=corpus.ids(documents["document"].to_numpy()))
    options = {
        "n": n, "min_count": least, "min_documents": low, "max_documents": high, "stopwords": stopwords,
        "within": within, "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
        **join_record(join, names, sequences), **unit_record(unit, corpus),
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    terms = attach(terms, "ck.document_term_matrix", options, corpus=corpus, profile_digest=digest)
    return DocumentTermMatrix(matrix, documents, terms)
