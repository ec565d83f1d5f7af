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

    No vocabulary grows so for ever: on logarithmic scales its curve bends (Egghe 2007), so report the misfit with the
    parameters. The law is fitted as a line of least squares through the points of `vocabulary_growth` on logarithmic
    scales. Points below 1 % of the tokens are left out, since the law is one of large texts.

    Args:
        corpus: A Corpus or a subcorpus.
        unit: What the text is made of: "word", "stem", "lemma" or "root", as in `ck.diversity`.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        points: The most points that are computed, evenly spaced on a logarithmic scale up to the whole corpus.
        seed: The seed of a random order of the documents; None leaves them in their own order.

    Returns:
        A DataFrame of one row: scale, exponent (Float64), r_squared (Float64: of the line; near 1 whatever the curve),
        typical_error, largest_error (Float64: by how much the types of a point differ from those of the law, as a part
        of them: exp of the mean and of the largest distance from the line, less 1), last_exponent (Float64: that of the
        points from a tenth of the tokens on; below the exponent, the vocabulary grows ever more slowly, and forecasts
        are too high; null if they are fewer than two), points (Int64: used), tokens, types (Int64).

    Raises:
        InputError: If an argument is invalid, or the corpus has fewer than 10 words.

    References:
        Herdan, G. (1960). Type-Token Mathematics. Mouton.
        Heaps, H. S. (1978). Information Retrieval: Computational and Theoretical Aspects. Academic Press, 206-208.
        Egghe, L. (2007). Untangling Herdan's law and Heaps' law: mathematical and informetric arguments. Journal of
        the American Society for Information Science and Technology 58, 702-709.

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
    errors = np.expm1(np.abs(residuals))
    late = x >= np.log(tokens / 10)
    row = {
        "scale": float(np.exp(intercept)), "exponent": float(exponent), "r_squared": r_squared,
        "typical_error": float(np.expm1(np.abs(residuals).mean())), "largest_error": float(errors.max()),
        "last_exponent": float(np.polyfit(x[late], y[late], 1)[0]) if late.sum() > 1 else None,
        "points": used.height, "tokens": tokens, "types": int(growth["types"][-1]),
    }  # fmt: skip
    options = {"points": points, "seed": seed, **unit_record(unit, corpus)}
    table = pl.DataFrame([row], schema_overrides={"last_exponent": pl.Float64})
    return attach_of_corpus(table, "ck.fit_heaps", corpus, normalizer, options)
