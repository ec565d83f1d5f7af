"""Stop words in the form that is counted, and n-grams without them."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from corpus_kit._base.columns import text_series
from corpus_kit.analysis.ngram_arrays import word_places
from corpus_kit.errors import invalid
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.roots import asked_roots

__all__ = ["ngram_ids_kept", "ngrams_kept", "stopword_forms"]


def stopword_forms(stopwords: Collection[str], normalizer: Normalizer | None, unit: str = "word") -> frozenset[str]:
    """Return the forms under which these words, or stems, lemmas or roots, are counted, whatever their spelling.

    >>> sorted(stopword_forms(["إلى"], Normalizer.preset("search")))
    ['الي']
    >>> sorted(stopword_forms(["قال", "ك-و-ن"], None, "root"))
    ['قول', 'قيل', 'كون']
    """
    if isinstance(stopwords, str) or not isinstance(stopwords, Collection) or getattr(stopwords, "ndim", 1) == 0:
        raise invalid("stopwords", "a collection of words", stopwords)
    for word in stopwords:
        if not isinstance(word, str):
            raise invalid("stopwords", "a collection of words", word)
    if unit == "root":
        name = "each of stopwords with unit='root'"
        return frozenset(root for word in stopwords for root in asked_roots(word, name))
    if len(stopwords) == 0:  # an array has no truth value
        return frozenset()
    series = text_series(list(stopwords), argument="stopwords")
    return frozenset(series if normalizer is None else normalize_series(series, normalizer))


def ngrams_kept(table: pl.DataFrame, min_documents: int, left_out: Collection[str]) -> pl.DataFrame:
    """Return the n-grams that occur in so many documents and contain none of these words.

    Args:
        table: The columns ngram, words joined by a space, and documents.
        min_documents: The least number of documents.
        left_out: Words in the form that is counted.

    >>> table = pl.DataFrame({"ngram": ["في البيت", "البيت الكبير", "في"], "documents": [3, 2, 1]})
    >>> ngrams_kept(table, 2, {"في"}).rows()
    [('البيت الكبير', 2)]
    """
    if min_documents > 1:
        table = table.filter(pl.col("documents") >= min_documents)
    if left_out:
        words = [f" {word} " for word in sorted(left_out)]
        table = table.filter(~pl.format(" {} ", "ngram").str.contains_any(words))
    return table


def ngram_ids_kept(
    table: pl.DataFrame, words: pl.Series, min_documents: int, left_out: Collection[str]
) -> pl.DataFrame:
    """Return what `ngrams_kept` does of a table whose words w1, w2, … are rows of `words`, null beyond n.

    >>> table = pl.DataFrame({"w1": [0, 1, 0], "w2": [1, 2, None], "documents": [3, 2, 1]})
    >>> ngram_ids_kept(table, pl.Series(["في", "البيت", "الكبير"]), 1, {"في"}).rows()
    [(1, 2, 2)]
    """
    table = ngrams_kept(table, min_documents, ())
    ids = words.is_in(sorted(left_out)).arg_true().to_list() if left_out else []
    if not ids:
        return table
    return table.filter(~pl.any_horizontal(pl.col(word_places(table)).is_in(ids).fill_null(value=False)))
