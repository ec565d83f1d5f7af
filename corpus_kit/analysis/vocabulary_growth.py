"""vocabulary_growth: how many types there are after so many tokens."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit._base.hashing import hashed
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError
from corpus_kit.measures.diversity import previous_occurrence
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["growth_table", "vocabulary_growth"]


def vocabulary_growth(
    corpus: CorpusView,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    points: int = 100,
    seed: int | None = None,
) -> pl.DataFrame:
    """Follow the vocabulary of a corpus as it is read: how many types there are after so many tokens.

    Args:
        corpus: A Corpus or a subcorpus.
        unit: What the text is made of: "word", "stem", "lemma" or "root", as in `ck.diversity`.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        points: The most rows that the table has, evenly spaced on a logarithmic scale up to the whole corpus.
        seed: The seed of a random order of the documents; None leaves them in their own order. News changes with
            time, so the order matters.

    Returns:
        A DataFrame with the columns tokens, types, hapaxes (Int64: types that have occurred once so far).

    Raises:
        InputError: If an argument is invalid, or the corpus has no words.

    References:
        Baayen, R. H. (2001). Word Frequency Distributions. Kluwer, ch. 1.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.vocabulary_growth(ck.sample_corpus(), points=5)["types"].to_list()[-1]
        7951
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    normalizer = resolve_profile(profile)
    table = growth_table(CountedWords(corpus, normalizer, unit), points, seed)
    options = {"points": points, "seed": seed, **unit_record(unit, corpus)}
    return attach_of_corpus(table, "ck.vocabulary_growth", corpus, normalizer, options)


def growth_table(counted: CountedWords, points: int, seed: int | None) -> pl.DataFrame:
    """Return the table of `vocabulary_growth`, without its record."""
    n_points = integer(points, "points", least=2)
    order_seed = None if seed is None else integer(seed, "seed", least=0)
    order = np.arange(len(counted.documents))
    if order_seed is not None:
        order = np.lexsort((order, hashed(order, order_seed)))
    running = counted.running(order)
    running = running if counted.nameless is None else running[counted.are_named(running)]
    if not len(running):
        what = "words" if counted.nameless is None else "words that have the unit"
        raise InputError(f"corpus must contain {what}, got none in {len(order):,} documents. Check its filter.")
    previous = previous_occurrence(running.astype(np.int64))
    first = previous < 0
    second = np.zeros(len(previous), bool)
    second[~first] = first[previous[~first]]
    types, repeated = np.cumsum(first), np.cumsum(second)
    places = np.unique(np.rint(np.geomspace(1, len(previous), min(n_points, len(previous)))).astype(np.int64))
    return pl.DataFrame(
        {"tokens": places, "types": types[places - 1], "hapaxes": types[places - 1] - repeated[places - 1]}
    )
