"""fit_zipf_mandelbrot: how the frequency of words falls with their rank."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Floats
from corpus_kit._base.records import as_frame, attach, provenance_of
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.corpus.units import expect_unit
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import CorpusKitError, InputError, invalid
from corpus_kit.text.normalization import Normalizer, resolve_profile

__all__ = ["fit_zipf_mandelbrot"]

_MOST_EXPONENT = 50.0  # beyond it, the frequencies approach a geometric series
_HEAD = 10  # ranks
_LEAST_LIFT = 1e-12  # of 1 + shift; below it, the first word approaches a probability of 1


def fit_zipf_mandelbrot(
    source: CorpusView | pl.DataFrame, *, unit: str = "word", profile: str | Normalizer | None = "search"
) -> pl.DataFrame:
    """Fit the law of Zipf and Mandelbrot to the frequencies of words, and say how far it misses them.

    The word of rank r has the probability (r + shift)^-exponent / Z, where Z is the sum over all ranks 1..V. The two
    parameters maximise the likelihood; a shift of 0 and an exponent of 1 are Zipf's law. No corpus follows it exactly
    (Piantadosi 2014), and of two laws that look alike on logarithmic scales most texts prefer one (Moreno-Sánchez et
    al. 2016), so report the misfit with the parameters. A share of explained variance on logarithmic scales would not
    do: it is near 1 for whatever falls.

    The law is about all words of running text: leave none out (no stop words, no lowest count).

    Args:
        source: A Corpus, a subcorpus, or a DataFrame with the column count.
        unit: What is counted in a corpus: "word", "stem", "lemma" or "root", as in `ck.diversity`.
        profile: The form that is counted in a corpus: the name of a preset, a Normalizer, or None for the original
            spelling.

    Returns:
        A DataFrame of one row: exponent, shift (Float64), scale (Float64: the expected frequency at rank r is
        scale * (r + shift)^-exponent), log_likelihood (Float64, natural logarithm), largest_error (Float64: the
        largest difference of the cumulative proportions, as in the statistic of Kolmogorov and Smirnov),
        largest_error_rank (Int64: where it is), typical_error (Float64: by how much a frequency differs from that of
        the law, as a part of it: exp(m) - 1, where m is the mean of |ln(observed / expected)| with the weights 1/r, so
        that ranks 1 to 10 count as much as 100 to 1,000), head_ratio, tail_ratio (Float64: tokens of the ten most
        frequent words, and of those with the lowest frequency, as multiples of what the law expects), tokens, types
        (Int64).

    Raises:
        InputError: If there are fewer than 3 words or all have the same frequency, or the counts are invalid.
        CorpusKitError: If no parameters fit best, because the frequencies fall too fast or only one word stands
            out; or if the search does not converge.

    References:
        Mandelbrot, B. (1953). An informational theory of the statistical structure of language. In: Communication
        Theory, 486-502.
        Izsak, F. (2006). Maximum likelihood estimation for constrained parameters of multinomial distributions:
        application to Zipf-Mandelbrot models. Computational Statistics & Data Analysis 51, 1575-1583.
        Piantadosi, S. T. (2014). Zipf's word frequency law in natural language: a critical review and future
        directions. Psychonomic Bulletin & Review 21, 1112-1130.
        Moreno-Sánchez, I., Font-Clos, F. & Corral, Á. (2016). Large-scale analysis of Zipf's law in English texts.
        PLoS ONE 11, e0147073.

    Examples:
        >>> import corpus_kit as ck
        >>> fit = ck.fit_zipf_mandelbrot(ck.sample_corpus()).row(0, named=True)
        >>> 0.5 < fit["exponent"] < 1.5
        True
    """
    normalizer = resolve_profile(profile)
    unit = expect_unit(unit)
    source = as_frame(source, "source")
    frequencies = _frequencies(source, normalizer, unit)
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
        **_misfit(frequencies, total * expected),
        "tokens": int(total),
        "types": len(frequencies),
    }
    table = pl.DataFrame([row])
    if isinstance(source, CorpusView):
        return attach_of_corpus(table, "ck.fit_zipf_mandelbrot", source, normalizer, unit_record(unit, source))
    return attach(table, "ck.fit_zipf_mandelbrot", {"rows": source.height, "made_by": provenance_of(source)})


def _misfit(observed: Floats, expected: Floats) -> dict[str, float | int]:
    """Return how far the frequencies of a law are from those observed."""
    cumulative = np.abs(np.cumsum(observed) - np.cumsum(expected)) / observed.sum()
    weights = 1 / np.arange(1, len(observed) + 1)
    with np.errstate(all="ignore"):  # a steep law may expect less than a float can hold
        typical = float(np.expm1(weights @ np.abs(np.log(observed / expected)) / weights.sum()))
    head, tail = slice(_HEAD), observed == observed[-1]
    return {
        "largest_error": float(cumulative.max()), "largest_error_rank": int(cumulative.argmax()) + 1,
        "typical_error": typical, "head_ratio": float(observed[head].sum() / expected[head].sum()),
        "tail_ratio": float(observed[tail].sum() / expected[tail].sum()),
    }  # fmt: skip


def _frequencies(source: object, normalizer: Normalizer | None, unit: str) -> Floats:
    """Return the frequencies above 0, in descending order."""
    if isinstance(source, CorpusView):
        expect_unit(unit, expect_corpus(source))
        counted = CountedWords(source, normalizer, unit)
        counts = counted.frequency[counted.are_named(np.arange(len(counted.words)))]
    elif not isinstance(source, pl.DataFrame):
        raise invalid("source", "a Corpus or a DataFrame with the column count", source)
    elif "count" not in source.columns or not source.schema["count"].is_integer():
        columns = ", ".join(source.columns) or "none"
        raise invalid("source", "a table with the integer column count", source, f"Its columns are: {columns}.")
    elif source["count"].null_count() or (source["count"] < 0).any():
        value = source["count"].filter(source["count"].is_null() | (source["count"] < 0))[0]
        raise invalid("source", "a table of non-negative counts without nulls", value)
    else:
        counts = source["count"].to_numpy()
    frequencies = np.sort(counts[counts > 0])[::-1].astype(np.float64)
    if len(frequencies) < 3 or frequencies[0] == frequencies[-1]:
        found = f"{len(frequencies)} with {len(np.unique(frequencies))} different frequencies"
        raise InputError(f"source must hold at least 3 words that are not all of one frequency, got {found}.")
    return frequencies


class _NoBestFitError(Exception):
    """The likelihood has no maximum: a parameter grows without bound."""


def _greatest_likelihood(frequencies: Floats) -> tuple[float, float]:
    """Return exponent and shift.

    The search is over their logarithms, ln(exponent) and ln(1 + shift), which have no bounds. The likelihood is a
    narrow ridge along which both grow together, so the search is given the second derivatives, too.
    """
    from scipy.optimize import minimize  # slow to import

    ranks = np.arange(1, len(frequencies) + 1, dtype=np.float64)
    share = frequencies / frequencies.sum()

    def stop(parameters: Floats) -> None:
        if parameters[0] > math.log(_MOST_EXPONENT):
            raise _NoBestFitError("the frequencies fall as a geometric series or faster")
        if parameters[1] < math.log(_LEAST_LIFT):
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
    """Return the mean negative log-likelihood with its first and second derivatives by the log parameters."""
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
