"""The document-term matrix: how often each word or n-gram stands in each document, for scikit-learn and the like."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import whole_number
from corpus_kit._statistics import stopword_forms
from corpus_kit.corpus import Corpus, expect_corpus
from corpus_kit.counted import CountedWords, forms_of, tokens_of
from corpus_kit.counting import count_token_arrays, ngram_options
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


def document_term_matrix(
    corpus: Corpus,
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
        stopwords: words, in any spelling, that are left out, with all n-grams that hold one.
        within: what an n-gram does not cross: "sentence", "paragraph" or "document".

    Returns:
        A DocumentTermMatrix (a named tuple): matrix, documents, terms. Rows are the documents in their order,
        also those without words; columns are the terms: count descending, then n, ties by the first document.

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
    if (shape.low, shape.high) == (1, 1):
        entries, terms = _of_words(corpus, normalizer, left_out)
    else:
        entries, terms = _of_ngrams(corpus, normalizer, n, within, left_out)
    kept = (terms["count"] >= least) & (terms["documents"] >= low)
    if high is not None:
        kept &= terms["documents"] <= high
    terms = terms.with_row_index("term_id").filter(kept).sort("count", "n", "term_id", descending=[True, False, False])
    matrix = _matrix(entries, terms["term_id"].to_numpy(), len(kept), len(corpus))
    documents = pl.DataFrame({"document": corpus.selected_documents()})
    documents = documents.with_columns(id=corpus._ids.gather(documents["document"]))
    options = {
        "n": n, "min_count": least, "min_documents": low, "max_documents": high, "stopwords": stopwords,
        "within": within, "profile": None if normalizer is None else normalizer.name, "subcorpus": corpus.selection,
    }  # fmt: skip
    digest = None if normalizer is None else normalizer.digest
    terms = attach(
        terms.drop("term_id"), "ck.document_term_matrix", options, corpus_id=corpus.id, profile_digest=digest
    )
    return DocumentTermMatrix(matrix, documents, terms)


class _Entries(NamedTuple):
    """The cells that are not zero: row of the document in the selection, number of the term, count."""

    rows: Integers
    terms: Integers
    counts: Integers


def _of_words(corpus: Corpus, normalizer: Normalizer | None, left_out: frozenset[str]) -> tuple[_Entries, pl.DataFrame]:
    counted = CountedWords(corpus, normalizer)
    rows = counted.by_document
    entries = _Entries(rows.documents(), rows.words.astype(np.int64), rows.counts.astype(np.int64))
    stop = counted.words.is_in(sorted(left_out)).to_numpy()
    terms = pl.DataFrame(
        {
            "term": counted.words,
            "n": pl.Series(np.ones(len(counted.words), np.uint8)),
            "count": np.where(stop, 0, counted.frequency),
            "documents": np.where(stop, 0, counted.document_frequency),
        }
    )
    return entries, terms


def _of_ngrams(
    corpus: Corpus, normalizer: Normalizer | None, n: int | tuple[int, int], within: str, left_out: frozenset[str]
) -> tuple[_Entries, pl.DataFrame]:
    options = ngram_options(n, within=within, document_frequency=False, output="ids")
    everyone = pl.Series("document", np.arange(len(corpus._ends), dtype=np.uint32))
    with reading(corpus.path):
        result: Any = count_token_arrays(tokens_of(corpus), forms_of(corpus, normalizer), options=options, by=everyone)
    counts, words = result
    places = [column for column in counts.columns if column[0] == "w"]
    if left_out:
        stop = words.is_in(sorted(left_out)).arg_true().cast(pl.UInt32).implode()
        counts = counts.filter(~pl.any_horizontal(pl.col(place).is_in(stop).fill_null(False) for place in places))
    counts = counts.sort("document", maintain_order=True)
    terms = (
        counts.lazy()
        .group_by(*places, maintain_order=True)
        .agg(pl.col("n").first(), pl.col("count").sum(), documents=pl.len().cast(pl.Int64))
        .with_row_index("number")
        .collect()
    )
    numbers = counts.join(
        terms.select("number", *places), on=places, how="left", nulls_equal=True, maintain_order="left"
    )
    rows = np.searchsorted(corpus.selected_documents(), counts["document"].to_numpy())
    named = pl.DataFrame([words.gather(terms[place]).alias(place) for place in places])
    term = named.select(pl.concat_str(places, separator=" ", ignore_nulls=True).alias("term")).to_series()
    entries = _Entries(rows, numbers["number"].to_numpy().astype(np.int64), counts["count"].to_numpy())
    return entries, terms.select(term, "n", "count", "documents")


def _matrix(entries: _Entries, kept: npt.NDArray[np.integer], n_terms: int, n_documents: int) -> csr_array:
    from scipy.sparse import csr_array

    column = np.full(n_terms, -1)
    column[kept] = np.arange(len(kept))
    columns = column[entries.terms]
    there = columns >= 0
    cells = (entries.counts[there], (entries.rows[there], columns[there]))
    matrix = csr_array(cells, shape=(n_documents, len(kept)), dtype=np.int64)
    matrix.sort_indices()
    return matrix
