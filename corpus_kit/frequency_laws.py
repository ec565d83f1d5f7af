"""Laws of word frequency: Zipf and Mandelbrot's, Heaps', the growth of a vocabulary; and lexical bundles.

They describe a corpus as a whole: how its frequencies fall with their rank, how its
vocabulary grows with its size, and which long n-grams it repeats.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._arguments import whole_number
from corpus_kit._random import hashed
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import CountedWords
from corpus_kit.counting import attach_of_corpus, ngrams
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.measures.richness import previous_occurrence
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.provenance import attach

__all__ = ["fit_heaps", "fit_zipf_mandelbrot", "lexical_bundles", "vocabulary_growth"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_STEEPEST = 50.0  # an exponent beyond it is on its way to a geometric series
_LEAST_PLACE = 1e-12  # of the first rank (1 + shift); below it the first word alone is on its way to all


def lexical_bundles(
    corpus: CorpusView,
    n: int = 4,
    *,
    min_per_million: float = 20.0,
    min_documents: int = 5,
    within: str = "sentence",
    profile: str | Normalizer | None = "search",
) -> pl.DataFrame:
    """Find lexical bundles: n-grams that are frequent and stand in many documents.

    Args:
        corpus: a Corpus or a subcorpus.
        n: words in a bundle, 1 to 8; 4 is usual.
        min_per_million: the lowest rate of a bundle that is kept, per million words. The literature uses 10 to 40.
        min_documents: in how many documents it must stand, so that one writer's habit is none.
        within: what a bundle does not cross: "sentence", "paragraph" or "document".
        profile: the form that is counted: a preset's name, a Normalizer, or None for the original spelling.

    Returns:
        A DataFrame with the columns ngram (String), n (UInt8), count (Int64), documents (Int64), per_million
        (Float64). Order: count descending, then first occurrence.

    Raises:
        InputError: an argument that cannot be.

    Source: Biber, D., Johansson, S., Leech, G., Conrad, S. & Finegan, E. (1999). Longman Grammar of Spoken and
    Written English, ch. 13; Biber, D., Conrad, S. & Cortes, V. (2004). If you look at ... Applied
    Linguistics 25, 371-405.

    >>> import corpus_kit as ck
    >>> ck.lexical_bundles(ck.sample_corpus(), n=3, min_documents=10).columns
    ['ngram', 'n', 'count', 'documents', 'per_million']
    """
    expect_corpus(corpus, "lexical_bundles")
    order = whole_number(n, "n", least=1, what="words")
    good = isinstance(min_per_million, int | float) and not isinstance(min_per_million, bool)
    if not good or not 0 <= min_per_million < math.inf:
        raise InputError(f"min_per_million= takes a rate from 0, not {min_per_million!r:.60}")
    least = whole_number(min_documents, "min_documents", least=1, what="documents")
    normalizer = resolve_profile(profile)
    size = CountedWords(corpus, normalizer).size
    table = ngrams(corpus, order, min_count=1, within=within, profile=normalizer)
    rate = pl.col("count") * 1e6 / max(size, 1)  # in this order, so that a whole rate is whole
    table = table.with_columns(per_million=rate).filter(
        pl.col("per_million") >= min_per_million, pl.col("documents") >= least
    )
    options = {"n": order, "min_per_million": float(min_per_million), "min_documents": least, "within": within}
    return attach_of_corpus(table, "ck.lexical_bundles", corpus, normalizer, {**options, "words": size})


# ------------------------------------------------------------------------------ Zipf, Mandelbrot


def fit_zipf_mandelbrot(
    source: CorpusView | pl.DataFrame, *, profile: str | Normalizer | None = "search"
) -> pl.DataFrame:
    """Fit the law of Zipf and Mandelbrot to the frequencies of words.

    The word of rank r has the probability (r + shift)^-exponent / Z, with Z the sum over all ranks 1..V. The two
    parameters are those of the greatest likelihood; shift 0 and exponent 1 is Zipf's law.

    Args:
        source: a Corpus, a subcorpus, or a DataFrame with the column count.
        profile: the form that is counted of a corpus.

    Returns:
        A DataFrame of one row: exponent, shift (Float64), scale (Float64: the expected frequency at rank r is
        scale * (r + shift)^-exponent), log_likelihood (Float64, natural), largest_error (Float64: the largest
        difference of the cumulative proportions, as in Kolmogorov and Smirnov's statistic), tokens, types (Int64).

    Raises:
        InputError: fewer than 3 words, all of one frequency; counts that are none.
        CorpusKitError: no parameters fit best, since the frequencies fall too fast or only one stands out; or the
            search for them fails.

    Source: Mandelbrot, B. (1953). An informational theory of the statistical structure of language. In:
    Communication Theory, 486-502; Izsak, F. (2006). Maximum likelihood estimation for constrained
    parameters of multinomial distributions: application to Zipf-Mandelbrot models. Computational
    Statistics & Data Analysis 51, 1575-1583.

    >>> import corpus_kit as ck
    >>> fit = ck.fit_zipf_mandelbrot(ck.sample_corpus()).row(0, named=True)
    >>> 0.5 < fit["exponent"] < 1.5
    True
    """
    normalizer = resolve_profile(profile)
    frequencies = _frequencies(source, normalizer)
    exponent, shift = _greatest_likelihood(frequencies)
    ranks = np.arange(1, len(frequencies) + 1, dtype=np.float64)
    terms = (ranks + shift) ** -exponent
    total = frequencies.sum()
    expected = terms / terms.sum()
    row = {
        "exponent": exponent,
        "shift": shift,
        "scale": total / terms.sum(),
        "log_likelihood": float((frequencies * np.log(expected)).sum()),
        "largest_error": float(np.abs(np.cumsum(frequencies) / total - np.cumsum(expected)).max()),
        "tokens": int(total),
        "types": len(frequencies),
    }
    table = pl.DataFrame([row])
    if isinstance(source, CorpusView):
        return attach_of_corpus(table, "ck.fit_zipf_mandelbrot", source, normalizer, {})
    return attach(table, "ck.fit_zipf_mandelbrot", {"rows": source.height})


def _frequencies(source: object, normalizer: Normalizer | None) -> Floats:
    """Frequencies above 0, the largest first."""
    if isinstance(source, pl.DataFrame):
        if "count" not in source.columns or not source.schema["count"].is_integer():
            raise InputError(f"source= needs whole numbers in the column count; its columns are: {source.columns}")
        if source["count"].null_count() or (source["count"] < 0).any():
            raise InputError("source= holds a count that is null or negative")
        counts = source["count"].to_numpy()
    else:
        counts = CountedWords(expect_corpus(source, "fit_zipf_mandelbrot"), normalizer).frequency
    frequencies = np.sort(counts[counts > 0])[::-1].astype(np.float64)
    if len(frequencies) < 3 or frequencies[0] == frequencies[-1]:
        raise InputError(
            f"source= holds {len(frequencies)} words of {len(np.unique(frequencies))} frequencies; a fit takes "
            "at least 3 words, and not all of one frequency"
        )
    return frequencies


class _NoBestFitError(Exception):
    """The parameters grow without end."""


def _greatest_likelihood(frequencies: Floats) -> tuple[float, float]:
    """Exponent and shift. Sought are their logarithms, ln(exponent) and ln(1 + shift), so that neither has a bound.

    The likelihood is a narrow ridge, along which both grow together; so the search is given the second
    derivatives too.
    """
    from scipy.optimize import minimize

    ranks = np.arange(1, len(frequencies) + 1, dtype=np.float64)
    share = frequencies / frequencies.sum()

    def stop(parameters: Floats) -> None:
        if parameters[0] > math.log(_STEEPEST):
            raise _NoBestFitError("the frequencies fall as a geometric series or faster")
        if parameters[1] < math.log(_LEAST_PLACE):
            raise _NoBestFitError("one word stands out, and the others are of nearly one frequency")

    try:
        found: Any = minimize(
            lambda parameters: _loss(parameters, ranks, share)[:2],
            np.array([0.0, math.log(3.0)]),
            jac=True,
            hess=lambda parameters: _loss(parameters, ranks, share)[2],
            method="trust-exact",
            callback=stop,
            options={"gtol": 1e-9, "maxiter": 1000},
        )
    except _NoBestFitError as reason:
        raise CorpusKitError(f"{reason}: no law of Zipf and Mandelbrot fits them best") from None
    if np.abs(found.jac).max() > 1e-6:
        raise CorpusKitError(f"the parameters of Zipf and Mandelbrot's law were not found: {found.message}")
    return math.exp(found.x[0]), math.expm1(found.x[1])


def _loss(parameters: Floats, ranks: Floats, share: Floats) -> tuple[float, Floats, Floats]:
    """The mean negative log-likelihood with its first and second derivatives, by the logarithms of the parameters."""
    a, lifted = np.exp(parameters)  # lifted: 1 + shift
    places = (ranks - 1) + lifted
    logs, inverses = np.log(places), 1 / places
    powers = -a * logs
    terms = np.exp(powers - powers[0])  # the first is the largest, so that none overflows
    total = terms.sum()
    terms /= total
    mean_log, mean_inverse = terms @ logs, terms @ inverses
    value = a * (share @ logs) + powers[0] + np.log(total)
    by_a = share @ logs - mean_log
    difference = share @ inverses - mean_inverse
    by_b = a * difference
    # second derivatives by exponent and shift, from the spread of logs and inverses under the law
    aa = terms @ (logs - mean_log) ** 2
    ab = difference + a * (terms @ ((inverses - mean_inverse) * (logs - mean_log)))
    bb = a * (a * (terms @ (inverses - mean_inverse) ** 2) + terms @ inverses**2 - share @ inverses**2)
    gradient = np.array([a * by_a, lifted * by_b])
    mixed = a * lifted * ab
    second = np.array([[a * by_a + a**2 * aa, mixed], [mixed, lifted * by_b + lifted**2 * bb]])
    return float(value), gradient, second


# --------------------------------------------------------------------------- Heaps, vocabulary growth


def vocabulary_growth(
    corpus: CorpusView, *, points: int = 100, seed: int | None = None, profile: str | Normalizer | None = "search"
) -> pl.DataFrame:
    """Follow the vocabulary of a corpus as it is read: how many types there are after so many tokens.

    Args:
        corpus: a Corpus or a subcorpus.
        points: rows of the table at most, evenly spaced on a logarithmic scale up to the whole corpus.
        seed: read the documents in a random order of this seed; None reads them as they stand. News changes
            with time, so the order matters.
        profile: the form that is counted: a preset's name, a Normalizer, or None for the original spelling.

    Returns:
        A DataFrame with the columns tokens, types, hapaxes (Int64: types that have occurred once so far).

    Raises:
        InputError: an argument that cannot be; a corpus without words.

    Source: Baayen, R. H. (2001). Word Frequency Distributions. Kluwer, ch. 1.

    >>> import corpus_kit as ck
    >>> ck.vocabulary_growth(ck.sample_corpus(), points=5)["types"].to_list()[-1]
    7951
    """
    expect_corpus(corpus, "vocabulary_growth")
    normalizer = resolve_profile(profile)
    table = _growth(corpus, normalizer, whole_number(points, "points", least=2, what="points"), seed)
    return attach_of_corpus(table, "ck.vocabulary_growth", corpus, normalizer, {"points": points, "seed": seed})


def fit_heaps(
    corpus: CorpusView, *, points: int = 100, seed: int | None = None, profile: str | Normalizer | None = "search"
) -> pl.DataFrame:
    """Fit Heaps' law (Herdan's law) to the growth of the vocabulary: types = scale * tokens^exponent.

    A straight line of least squares through the points of `vocabulary_growth` on logarithmic scales; the
    points below 1 % of the tokens are left out, since the law holds for large texts.

    Args: those of `vocabulary_growth`.

    Returns:
        A DataFrame of one row: scale, exponent (Float64), r_squared (Float64: of the line), points (Int64: used),
        tokens, types (Int64).

    Raises:
        InputError: an argument that cannot be; a corpus of fewer than 10 words.

    Source: Herdan, G. (1960). Type-Token Mathematics; Heaps, H. S. (1978). Information Retrieval:
    Computational and Theoretical Aspects. Academic Press, 206-208.

    >>> import corpus_kit as ck
    >>> fit = ck.fit_heaps(ck.sample_corpus()).row(0, named=True)
    >>> 0.4 < fit["exponent"] < 1
    True
    """
    expect_corpus(corpus, "fit_heaps")
    normalizer = resolve_profile(profile)
    growth = _growth(corpus, normalizer, whole_number(points, "points", least=2, what="points"), seed)
    tokens = int(growth["tokens"][-1])
    if tokens < 10:
        raise InputError(f"the corpus has {tokens} words; Heaps' law takes at least 10")
    used = growth.filter(pl.col("tokens") >= tokens / 100)
    if used.height < 2:
        raise InputError(f"points={points} leaves one point above 1 % of the tokens; a line takes at least two")
    x, y = np.log(used["tokens"].to_numpy()), np.log(used["types"].to_numpy())
    exponent, intercept = np.polyfit(x, y, 1)
    residuals, spread = y - (intercept + exponent * x), y - y.mean()
    # a vocabulary that does not grow lies on its line
    r_squared = 1.0 - float(residuals @ residuals) / float(spread @ spread) if np.ptp(y) else 1.0
    row = {
        "scale": float(np.exp(intercept)), "exponent": float(exponent), "r_squared": r_squared,
        "points": used.height, "tokens": tokens, "types": int(growth["types"][-1]),
    }  # fmt: skip
    return attach_of_corpus(pl.DataFrame([row]), "ck.fit_heaps", corpus, normalizer, {"points": points, "seed": seed})


def _growth(corpus: CorpusView, normalizer: Normalizer | None, points: int, seed: int | None) -> pl.DataFrame:
    counted = CountedWords(corpus, normalizer)
    if not counted.size:
        raise InputError(f"the corpus holds no words ({len(corpus):,} documents); check its filter")
    order = np.arange(len(counted.documents))
    if seed is not None:
        order = np.lexsort((order, hashed(order, whole_number(seed, "seed", least=0, what="any kind"))))
    previous = previous_occurrence(counted.running(order).astype(np.int64))
    first = previous < 0
    second = np.zeros(len(previous), bool)
    second[~first] = first[previous[~first]]
    types, repeated = np.cumsum(first), np.cumsum(second)
    places = np.unique(np.rint(np.geomspace(1, len(previous), min(points, len(previous)))).astype(np.int64))
    return pl.DataFrame(
        {"tokens": places, "types": types[places - 1], "hapaxes": types[places - 1] - repeated[places - 1]}
    )
