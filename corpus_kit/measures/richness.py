"""Diversity: how rich the vocabulary of a text is.

Most measures take `tokens`, a sequence of words (a list, an array, a Series), or in its place
`spectrum`, a mapping from a frequency to the number of types that have it. Those that look
at the order of words (msttr, mattr, mtld) take tokens only. In the formulas N is the
number of tokens, V that of types, V(i) the number of types with frequency i.

InputError is raised for a text without tokens, for nulls, and for a spectrum that is none.
A text with fewer tokens than a measure's window or sample gives NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _counting
from corpus_kit._arguments import whole_number
from corpus_kit._columns import series_from_core
from corpus_kit.errors import InputError
from corpus_kit.measures._evaluation import Array, positive, size_argument

__all__ = [
    "cttr",
    "fisher_alpha",
    "guiraud_r",
    "hdd",
    "herdan_c",
    "maas",
    "mattr",
    "msttr",
    "mtld",
    "simpson_d",
    "ttr",
    "yule_i",
    "yule_k",
]

Tokens: TypeAlias = "Sequence[Any] | npt.NDArray[Any] | pl.Series"
Ids: TypeAlias = npt.NDArray[np.int64]


class Spectrum(NamedTuple):
    """The frequency spectrum of a text: `types[k]` types have the frequency `frequencies[k]`."""

    frequencies: Array
    types: Array

    @property
    def n_tokens(self) -> float:
        return float((self.frequencies * self.types).sum())

    @property
    def n_types(self) -> float:
        return float(self.types.sum())

    @classmethod
    def of_counts(cls, counts: npt.NDArray[Any]) -> Spectrum:
        """From the frequency of each type."""
        frequencies, types = np.unique(counts[counts > 0], return_counts=True)
        return cls(frequencies.astype(np.float64), types.astype(np.float64))


def _spectrum(tokens: Tokens | None, spectrum: Mapping[int, int] | None) -> Spectrum:
    if (tokens is None) == (spectrum is None):
        raise InputError("give either tokens= or spectrum=, and not both")
    if tokens is not None:
        return Spectrum.of_counts(np.bincount(ids_of(tokens)))
    if not isinstance(spectrum, Mapping):
        raise InputError(f"spectrum= takes a mapping from frequency to number of types, not {type(spectrum).__name__}")
    pairs = sorted(
        (
            size_argument(frequency, "spectrum", least=1, what="occurrences"),
            size_argument(types, "spectrum", least=0, what="types"),
        )
        for frequency, types in spectrum.items()
    )
    if not any(types for _, types in pairs):
        raise InputError("spectrum= holds no types; a text has at least one")
    columns = np.array(pairs, np.float64).T
    return Spectrum(columns[0], columns[1])


def ids_of(tokens: Tokens) -> Ids:
    """Tokens as numbers, the same number for the same type, without large gaps."""
    if isinstance(tokens, pl.Series):
        series = tokens
    elif isinstance(tokens, str | bytes | Mapping | set | frozenset):
        raise InputError(f"tokens= takes a sequence of words, not {type(tokens).__name__}: {tokens!r:.60}")
    else:
        try:
            numbers: dict[Any, int] = {}
            ids = np.fromiter((numbers.setdefault(token, len(numbers)) for token in tokens), np.int64)
        except TypeError:
            raise InputError(f"tokens= takes a sequence of words, not {tokens!r:.60}") from None
        if None in numbers:
            raise InputError("tokens= holds None, which is no word")
        return _some(ids)
    if series.null_count():
        raise InputError(f"tokens= holds {series.null_count()} nulls, which are no words")
    return _some(series.rank("dense").to_numpy().astype(np.int64) - 1)


def _some(ids: Ids) -> Ids:
    if not len(ids):
        raise InputError("tokens= is empty; a text has at least one token")
    return ids


class DiversityMeasure(Protocol):
    """A measure of diversity; `formula` is the same for a text that has been counted already."""

    __name__: str
    formula: Callable[[Spectrum], float]

    def __call__(self, tokens: Tokens | None = None, *, spectrum: Mapping[int, int] | None = None) -> float: ...


def _of_spectrum(formula: Callable[[Spectrum], float]) -> DiversityMeasure:
    """Make a measure of a formula over the spectrum of a text."""

    @wraps(formula)
    def measure(tokens: Tokens | None = None, *, spectrum: Mapping[int, int] | None = None) -> float:
        return formula(_spectrum(tokens, spectrum))

    measure.formula = formula  # type: ignore[attr-defined]
    del measure.__wrapped__  # its own signature is the one to show
    return cast(DiversityMeasure, measure)


# --------------------------------------------------------------------------- types and tokens


@_of_spectrum
def ttr(s: Spectrum) -> float:
    """Type-token ratio: the share of different words. Above 0, at most 1.

    V / N. It falls with the length of a text, so compare texts of the same length only.

    Source: Johnson, W. (1944). Studies in language behavior: a program of research. Psychological
    Monographs 56(2), 1-15.

    >>> from corpus_kit import measures
    >>> measures.ttr(["قال", "الوزير", "ثم", "قال"])
    0.75
    """
    return s.n_types / s.n_tokens


@_of_spectrum
def cttr(s: Spectrum) -> float:
    """Corrected type-token ratio.

    V / sqrt(2 N).

    Source: Carroll, J. B. (1964). Language and Thought. Prentice-Hall.

    >>> from corpus_kit import measures
    >>> round(measures.cttr(["قال", "الوزير", "ثم", "قال"]), 4)
    1.0607
    """
    return s.n_types / math.sqrt(2 * s.n_tokens)


@_of_spectrum
def guiraud_r(s: Spectrum) -> float:
    """Guiraud's R (root type-token ratio).

    V / sqrt(N).

    Source: Guiraud, P. (1954). Les caracteres statistiques du vocabulaire. Presses universitaires de France.

    >>> from corpus_kit import measures
    >>> measures.guiraud_r(["قال", "الوزير", "ثم", "قال"])
    1.5
    """
    return s.n_types / math.sqrt(s.n_tokens)


@_of_spectrum
def herdan_c(s: Spectrum) -> float:
    """Herdan's C (bilogarithmic type-token ratio). 0 to 1.

    ln V / ln N. NaN for a text of one token.

    Source: Herdan, G. (1960). Type-Token Mathematics. Mouton.

    >>> from corpus_kit import measures
    >>> round(measures.herdan_c(["قال", "الوزير", "ثم", "قال"]), 4)
    0.7925
    """
    return math.log(s.n_types) / math.log(s.n_tokens) if s.n_tokens > 1 else math.nan


@_of_spectrum
def maas(s: Spectrum) -> float:
    """Maas' a squared: from 0 (all words different); smaller means richer.

    (ln N - ln V) / (ln N)^2, with natural logarithms. Some tools use logarithms to base 10, which gives
    2.3026 times this value, or its square root. NaN for a text of one token.

    Source: Maas, H. D. (1972). Ueber den Zusammenhang zwischen Wortschatzumfang und Laenge eines Textes.
    Zeitschrift fuer Literaturwissenschaft und Linguistik 8, 73-96.

    >>> from corpus_kit import measures
    >>> round(measures.maas(["قال", "الوزير", "ثم", "قال"]), 4)
    0.1497
    """
    if s.n_tokens == 1:
        return math.nan
    return (math.log(s.n_tokens) - math.log(s.n_types)) / math.log(s.n_tokens) ** 2


# ------------------------------------------------------------------------ windows and factors


def previous_occurrence(ids: Ids) -> Ids:
    """For each token the place of the one before it of the same type, or -1."""
    # positions by type, and within a type by place
    _, column = _counting.postings(ids.astype(np.uint32), int(ids.max(initial=-1)) + 1)
    order = series_from_core("", column).to_numpy().astype(np.int64)
    previous = np.full(len(ids), -1, np.int64)
    same = ids[order[1:]] == ids[order[:-1]]
    previous[order[1:][same]] = order[:-1][same]
    return previous


def msttr(tokens: Tokens, *, window: int = 100) -> float:
    """Mean segmental type-token ratio: the mean of those of successive segments. Above 0, at most 1.

    window: tokens in a segment, from 1. The rest at the end that fills no segment is left out.
    NaN for a text shorter than one segment.

    Source: Johnson, W. (1944). Studies in language behavior: a program of research. Psychological
    Monographs 56(2), 1-15.

    >>> from corpus_kit import measures
    >>> measures.msttr(["قال", "الوزير", "قال", "قال", "ثم"], window=2)
    0.75
    """
    width = whole_number(window, "window", least=1, what="tokens")
    return msttr_of_ids(ids_of(tokens), width)


def msttr_of_ids(ids: Ids, width: int) -> float:
    segments = len(ids) // width
    if not segments:
        return math.nan
    previous = previous_occurrence(ids[: segments * width])
    first_in_segment = previous < np.arange(segments * width) // width * width
    return float(first_in_segment.sum()) / (segments * width)


def mattr(tokens: Tokens, *, window: int = 100) -> float:
    """Moving-average type-token ratio: the mean of those of all windows. Above 0, at most 1.

    window: tokens in a window, from 1. Each token is counted in those windows of which it is the first
    of its type, so the cost does not depend on the window. NaN for a text shorter than one window.

    Source: Covington, M. A. & McFall, J. D. (2010). Cutting the Gordian knot: the moving-average
    type-token ratio. Journal of Quantitative Linguistics 17, 94-100.

    >>> from corpus_kit import measures
    >>> round(measures.mattr(["one", "one", "two", "one", "one", "two", "one"], window=3), 4)
    0.6667
    """
    width = whole_number(window, "window", least=1, what="tokens")
    return mattr_of_ids(ids_of(tokens), width)


def mattr_of_ids(ids: Ids, width: int) -> float:
    windows = len(ids) - width + 1
    if windows < 1:
        return math.nan
    place = np.arange(len(ids))
    # the windows that hold token i, and not the one before it of its type, begin after `low` and up to `high`
    low = np.maximum(previous_occurrence(ids), place - width)
    high = np.minimum(place, windows - 1)
    return float(np.maximum(high - low, 0).sum()) / windows / width


def mtld(tokens: Tokens, *, threshold: float = 0.72) -> float:
    """MTLD, measure of textual lexical diversity: how many tokens it takes until the type-token ratio falls.

    The text is cut into factors: one ends where its type-token ratio falls below `threshold` (between 0
    and 1). What is left at the end counts as (1 - TTR) / (1 - threshold) of a factor. N over the number
    of factors, the mean of both directions. inf where no word comes twice.

    Source: McCarthy, P. M. & Jarvis, S. (2010). MTLD, vocd-D, and HD-D. Behavior Research Methods 42, 381-392.

    >>> from corpus_kit import measures
    >>> round(measures.mtld(["of", "the", "people", "by", "the", "people", "for", "the", "people"]), 3)
    9.0
    """
    return mtld_of_ids(ids_of(tokens), positive("threshold", threshold, below=1))


def mtld_of_ids(ids: Ids, threshold: float) -> float:
    both = [_factors(previous_occurrence(direction), threshold) for direction in (ids, ids[::-1])]
    return sum(len(ids) / factors if factors else math.inf for factors in both) / 2


def _factors(previous: Ids, threshold: float) -> float:
    factors, left, types = _counting.ratio_factors(previous, threshold)
    return factors + ((1 - types / left) / (1 - threshold) if left else 0.0)


# ------------------------------------------------------------------------- frequency spectrum


def hdd(tokens: Tokens | None = None, *, spectrum: Mapping[int, int] | None = None, sample: int = 42) -> float:
    """HD-D: the type-token ratio to be expected in a random sample of the text. Above 0, at most 1.

    The sum over types of the probability that a sample of `sample` tokens (from 1, without replacement) holds the
    type, over `sample`. NaN for a text shorter than the sample.

    Source: McCarthy, P. M. & Jarvis, S. (2007). vocd: a theoretical and empirical evaluation. Language
    Testing 24, 459-488.

    >>> from corpus_kit import measures
    >>> round(measures.hdd(["قال", "الوزير", "ثم", "قال"], sample=2), 4)
    0.9167
    """
    size = whole_number(sample, "sample", least=1, what="tokens")
    return hdd_of(_spectrum(tokens, spectrum), size)


def hdd_of(s: Spectrum, size: int) -> float:
    n = s.n_tokens
    if n < size:
        return math.nan
    absent = np.ones(len(s.frequencies))
    for drawn in range(size):  # each token that is drawn is not of the type
        absent *= np.maximum(n - s.frequencies - drawn, 0.0) / (n - drawn)
    return float((s.types * (1 - absent)).sum()) / size


def _sum_of_squares(s: Spectrum) -> float:
    return float((s.frequencies**2 * s.types).sum())


@_of_spectrum
def yule_k(s: Spectrum) -> float:
    """Yule's K: the chance that two tokens are of one type, times 10,000; smaller means richer. From 0.

    10^4 (sum i^2 V(i) - N) / N^2. It depends less on the length of a text than ratios of types and tokens do.

    Source: Yule, G. U. (1944). The Statistical Study of Literary Vocabulary. Cambridge University Press.

    >>> from corpus_kit import measures
    >>> measures.yule_k(["قال", "الوزير", "ثم", "قال"])
    1250.0
    """
    return 1e4 * (_sum_of_squares(s) - s.n_tokens) / s.n_tokens**2


@_of_spectrum
def yule_i(s: Spectrum) -> float:
    """Yule's I: larger means richer. inf where no word comes twice.

    V^2 / (sum i^2 V(i) - V). Some authors have N in the place of V, which gives 10^4 / K.

    Source: Yule, G. U. (1944). The Statistical Study of Literary Vocabulary; Oakes, M. P. (1998).
    Statistics for Corpus Linguistics, 204.

    >>> from corpus_kit import measures
    >>> measures.yule_i(["قال", "الوزير", "ثم", "قال"])
    3.0
    """
    below = _sum_of_squares(s) - s.n_types
    return s.n_types**2 / below if below else math.inf


@_of_spectrum
def simpson_d(s: Spectrum) -> float:
    """Simpson's D: the chance that two tokens drawn without replacement are of one type. 0 to 1; smaller means richer.

    sum V(i) (i/N) ((i-1)/(N-1)). NaN for a text of one token.

    Source: Simpson, E. H. (1949). Measurement of diversity. Nature 163, 688.

    >>> from corpus_kit import measures
    >>> round(measures.simpson_d(["قال", "الوزير", "ثم", "قال"]), 4)
    0.1667
    """
    if s.n_tokens == 1:
        return math.nan
    return float((s.types * s.frequencies * (s.frequencies - 1)).sum()) / s.n_tokens / (s.n_tokens - 1)


def fisher_alpha(types: int, n_tokens: int) -> float:
    """Fisher's alpha: the parameter of the logarithmic series that fits a text's types and tokens. Larger means richer.

    The root of V = alpha ln(1 + N/alpha). types: V, from 1 to n_tokens; n_tokens: N. inf where they are equal.

    Source: Fisher, R. A., Corbet, A. S. & Williams, C. B. (1943). The relation between the number of species
    and the number of individuals. Journal of Animal Ecology 12, 42-58.

    >>> from corpus_kit import measures
    >>> round(measures.fisher_alpha(types=240, n_tokens=15_609), 3)
    40.247
    """
    from scipy.optimize import brentq

    n = size_argument(n_tokens, "n_tokens", least=1, what="tokens")
    v = size_argument(types, "types", least=1, what="types")
    if v > n:
        raise InputError(f"types={v} is more than n_tokens={n}: a text has no more types than tokens")
    if v == n:
        return math.inf

    def surplus(alpha: float) -> float:
        return alpha * math.log1p(n / alpha) - v

    high = 1.0
    while surplus(high) < 0:
        high *= 2
    return float(brentq(surplus, 1e-12, high, xtol=1e-12, rtol=1e-14, maxiter=1000))


# -------------------------------------------------------------------------- of a text as numbers


def of_text(name: str, ids: Ids, spectrum: Spectrum, *, window: int, sample: int, threshold: float) -> float:
    """A measure by name, of a text that has been numbered and counted already."""
    of_order = {
        "msttr": lambda: msttr_of_ids(ids, window),
        "mattr": lambda: mattr_of_ids(ids, window),
        "mtld": lambda: mtld_of_ids(ids, threshold),
    }
    if name in of_order:
        return of_order[name]()
    if name == "hdd":
        return hdd_of(spectrum, sample)
    if name == "fisher_alpha":
        return fisher_alpha(int(spectrum.n_types), int(spectrum.n_tokens))
    formula: Callable[[Spectrum], float] = globals()[name].formula
    return formula(spectrum)
