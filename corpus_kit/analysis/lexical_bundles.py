"""lexical_bundles: the long n-grams that a corpus repeats."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection

import polars as pl

from corpus_kit._base.arguments import integer, threshold
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.ngrams import ngrams
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.analysis.spaced_spellings import Join, join_record, names_to_join
from corpus_kit.analysis.stopword_forms import ngrams_kept, stopword_forms
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["lexical_bundles"]


def lexical_bundles(
    corpus: CorpusView,
    n: int = 4,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    within: str = "sentence",
    min_per_million: float = 20.0,
    min_documents: int = 5,
    stopwords: Collection[str] = (),
    join: Join = False,
) -> pl.DataFrame:
    """Find lexical bundles: n-grams that are frequent and occur in many documents.

    Args:
        corpus: A Corpus or a subcorpus.
        n: Words in a bundle, 1 to 8; 4 is usual.
        unit: What is counted: "word", "stem", "lemma" or "root", as in `ck.frequency`; all words of a bundle have one.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        within: The unit of text that a bundle does not cross: "sentence", "paragraph" or "document".
        min_per_million: The lowest rate of a bundle that is kept, per million words; 10 to 40 in the literature.
        min_documents: In how many documents a bundle must occur, so that the habit of one writer is not a bundle.
        stopwords: Words (with unit="lemma", lemmas), in any spelling that `profile` folds; bundles that contain one are
            not shown.
        join: Whether names that are written with and without a space are one word, as in `ck.frequency`.

    Returns:
        A DataFrame with the columns ngram, spelling (String, as in `ck.ngrams`), n (UInt8), count (Int64), documents
        (Int64: number of documents that contain it), per_million (Float64). Order: count descending, then first
        occurrence.

    Raises:
        InputError: If an argument is invalid.

    References:
        Biber, D., Johansson, S., Leech, G., Conrad, S. & Finegan, E. (1999). Longman Grammar of Spoken and Written
        English, ch. 13.
        Biber, D., Conrad, S. & Cortes, V. (2004). If you look at ... Applied Linguistics 25, 371-405.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.lexical_bundles(ck.sample_corpus(), n=3, min_documents=10).columns
        ['ngram', 'spelling', 'n', 'count', 'documents', 'per_million']
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    order = integer(n, "n", least=1)
    is_number = isinstance(min_per_million, int | float) and not isinstance(min_per_million, bool)
    if not is_number or not 0 <= min_per_million <= sys.float_info.max:
        raise invalid("min_per_million", "a non-negative number", min_per_million)
    least = threshold(min_documents, "min_documents")
    normalizer = resolve_profile(profile)
    left_out = stopword_forms(stopwords, normalizer, unit)
    names = names_to_join(join, unit, normalizer, corpus)
    counted = CountedWords(corpus, normalizer, names=names)
    size = counted.size
    # a bundle has at least this count, and rarer n-grams need no spelling
    rarest = max(least, math.floor(min(min_per_million * size / 1e6, 2.0**62)), 1)
    table = ngrams(corpus, order, min_count=rarest, within=within, unit=unit, profile=normalizer, join=join)
    rate = pl.col("count") * 1e6 / max(size, 1)  # in this order, a whole rate has no rounding error
    table = table.with_columns(per_million=rate).filter(
        pl.col("per_million") >= min_per_million, pl.col("documents") >= least
    )
    table = ngrams_kept(table, least, left_out)
    options = {
        "n": order, "min_per_million": float(min_per_million), "min_documents": least, "within": within, "words": size,
        "stopwords": stopwords,
        **join_record(join, names, counted.joined_sequences), **unit_record(unit, corpus),
    }  # fmt: skip
    return attach_of_corpus(table, "ck.lexical_bundles", corpus, normalizer, options)
