"""Stop words in the form that is counted, and n-grams without them."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from corpus_kit._base.columns import text_series
from corpus_kit.errors import invalid
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.roots import asked_roots

__all__ = ["ngrams_kept", "stopword_forms"]


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
