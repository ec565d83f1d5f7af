"""fit_heaps: how fast the vocabulary of a corpus grows."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.analysis.vocabulary_growth import growth_table
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import InputError, invalid
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["fit_heaps"]


def fit_heaps(
    corpus: CorpusView,
    *,
    unit: str = "word",
    profile: str | Normalizer | None = "search",
    points: int = 100,
    seed: int | None = None,
) -> pl.DataFrame:
    """Fit Heaps' law (Herdan's law) to the growth of the vocabulary: types = scale * tokens^exponent.

    The law is fitted as a line of least squares through the points of `vocabulary_growth` on logarithmic scales. Points
    below 1 % of the tokens are left out, since the law is one of large texts.

    Args:
        corpus: A Corpus or a subcorpus.
        unit: What the text is made of: "word", "stem", "lemma" or "root", as in `ck.diversity`.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        points: The most points that are computed, evenly spaced on a logarithmic scale up to the whole corpus.
        seed: The seed of a random order of the documents; None leaves them in their own order.

    Returns:
        A DataFrame of one row: scale, exponent (Float64), r_squared (Float64: of the line), points (Int64: used),
        tokens, types (Int64).

    Raises:
        InputError: If an argument is invalid, or the corpus has fewer than 10 words.

    References:
        Herdan, G. (1960). Type-Token Mathematics. Mouton.
        Heaps, H. S. (1978). Information Retrieval: Computational and Theoretical Aspects. Academic Press, 206-208.

    Examples:
        >>> import corpus_kit as ck
        >>> fit = ck.fit_heaps(ck.sample_corpus()).row(0, named=True)
        >>> 0.4 < fit["exponent"] < 1
        True
    """
    unit = expect_unit(unit, expect_corpus(corpus))
    normalizer = resolve_profile(profile)
    growth = growth_table(CountedWords(corpus, normalizer, unit), points, seed)
    tokens = int(growth["tokens"][-1])
    if tokens < 10:
        raise InputError(f"corpus must contain at least 10 words, got {tokens}.")
    used = growth.filter(pl.col("tokens") >= tokens / 100)
    if used.height < 2:
        raise invalid("points", "large enough for two points above 1 % of the tokens", points)
    x, y = np.log(used["tokens"].to_numpy()), np.log(used["types"].to_numpy())
    exponent, intercept = np.polyfit(x, y, 1)
    residuals, spread = y - (intercept + exponent * x), y - y.mean()
    # a vocabulary that does not grow lies on its line
    r_squared = 1.0 - float(residuals @ residuals) / float(spread @ spread) if np.ptp(y) else 1.0
    row = {
        "scale": float(np.exp(intercept)), "exponent": float(exponent), "r_squared": r_squared,
        "points": used.height, "tokens": tokens, "types": int(growth["types"][-1]),
    }  # fmt: skip
    options = {"points": points, "seed": seed, **unit_record(unit, corpus)}
    return attach_of_corpus(pl.DataFrame([row]), "ck.fit_heaps", corpus, normalizer, options)
