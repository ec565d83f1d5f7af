"""Diversity: how rich the vocabulary of a text is.

Most measures take tokens, the words of a text, or in their place spectrum, a mapping from a frequency to the number of
types that have it. Those that depend on the order of the words (msttr, mattr, mtld) take tokens only. In the formulas N
is the number of tokens, V that of types, V(i) the number of types with frequency i.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arguments import integer
from corpus_kit._base.columns import series_from_core
from corpus_kit.errors import InputError, invalid
from corpus_kit.measures.evaluation import Array, document, positive, size_argument

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
        """Return the spectrum of a text with these frequencies of types."""
        frequencies, types = np.unique(counts[counts > 0], return_counts=True)
        return cls(frequencies.astype(np.float64), types.astype(np.float64))


def _spectrum(tokens: Tokens | None, spectrum: Mapping[int, int] | None) -> Spectrum:
    if tokens is not None and spectrum is not None:
        raise InputError("tokens must be left out if spectrum is given, got both.")
    if tokens is None and spectrum is None:
        raise invalid("tokens", "given, or else spectrum", None)
    if spectrum is None:
        return Spectrum.of_counts(np.bincount(ids_of(tokens)))
    expected = "a mapping from frequencies, from 1, to numbers of types"
    if not isinstance(spectrum, Mapping):
        raise invalid("spectrum", expected, spectrum)
    pairs = []
    for frequency, types in spectrum.items():
        try:
            pairs.append((size_argument(frequency, "", least=1), size_argument(types, "", least=0)))
        except InputError:
            raise invalid("spectrum", expected, {frequency: types}) from None
    if not any(types for _, types in pairs):
        raise invalid("spectrum", f"{expected}, with at least one type", dict(spectrum))
    columns = np.array(sorted(pairs), np.float64).T
    return Spectrum(columns[0], columns[1])


def ids_of(tokens: object) -> Ids:
    """Return tokens as numbers without large gaps, the same number for the same type."""
    if isinstance(tokens, pl.Series):
        if tokens.null_count():
            raise invalid("tokens", "a sequence of words without nulls", tokens, f"Its nulls: {tokens.null_count():,}.")
        return _not_empty(tokens.rank("dense").to_numpy().astype(np.int64) - 1)
    if not isinstance(tokens, Iterable) or isinstance(tokens, str | bytes | Mapping | set | frozenset):
        raise invalid("tokens", "a sequence of words", tokens)
    numbers: dict[Any, int] = {}
    try:
        ids = np.fromiter((numbers.setdefault(token, len(numbers)) for token in tokens), np.int64)
    except TypeError:
        raise invalid("tokens", "a sequence of words", tokens, "Words must be hashable.") from None
    if None in numbers:
        raise invalid("tokens", "a sequence of words without None", tokens)
    return _not_empty(ids)


def _not_empty(ids: Ids) -> Ids:
    if not len(ids):
        raise invalid("tokens", "a sequence of at least one word", [])
    return ids


class DiversityMeasure(Protocol):
    """A measure of diversity; `formula` is the same for a spectrum, without checks."""

    __name__: str
    formula: Callable[[Spectrum], float]

    def __call__(self, tokens: Tokens | None = None, *, spectrum: Mapping[int, int] | None = None) -> float: ...


_SECTIONS = """
Args:
    tokens: The words of the text, in any order: a sequence of hashable values, an array or a Series.
    spectrum: In place of tokens, a mapping from a frequency to the number of types that have it.

Returns:
    A float.

Raises:
    InputError: Unless either tokens or a spectrum is given, or if they are invalid.
"""


def _of_spectrum(formula: Callable[[Spectrum], float]) -> DiversityMeasure:
    """Make a measure of a formula over the spectrum of a text."""

    @wraps(formula)
    def measure(tokens: Tokens | None = None, *, spectrum: Mapping[int, int] | None = None) -> float:
        return formula(_spectrum(tokens, spectrum))

    measure.formula = formula  # type: ignore[attr-defined]
    del measure.__wrapped__  # so that the signature shown is its own
    document(measure, _SECTIONS)
    return cast(DiversityMeasure, measure)


# --------------------------------------------------------------------------- types and tokens


@_of_spectrum
def ttr(s: Spectrum) -> float:
    """Return the type-token ratio: the share of distinct words.

    V / N, above 0 and at most 1. It falls with the length of a text, so compare texts of the same length only.

    References:
        Johnson, W. (1944). Studies in language behavior: a program of research. Psychological Monographs 56(2),
        1-15.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.ttr(["قال", "الوزير", "ثم", "قال"])
        0.75
    """
    return s.n_types / s.n_tokens


@_of_spectrum
def cttr(s: Spectrum) -> float:
    """Return the corrected type-token ratio.

    V / √(2 N).

    References:
        Carroll, J. B. (1964). Language and Thought. Prentice-Hall.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.cttr(["قال", "الوزير", "ثم", "قال"]), 4)
        1.0607
    """
    return s.n_types / math.sqrt(2 * s.n_tokens)


@_of_spectrum
def guiraud_r(s: Spectrum) -> float:
    """Return Guiraud's R, the root type-token ratio.

    V / √N.

    References:
        Guiraud, P. (1954). Les caractères statistiques du vocabulaire. Presses universitaires de France.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.guiraud_r(["قال", "الوزير", "ثم", "قال"])
        1.5
    """
    return s.n_types / math.sqrt(s.n_tokens)


@_of_spectrum
def herdan_c(s: Spectrum) -> float:
    """Return Herdan's C, the bilogarithmic type-token ratio.

    ln V / ln N, 0 to 1. NaN for a text of one token.

    References:
        Herdan, G. (1960). Type-Token Mathematics. Mouton.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.herdan_c(["قال", "الوزير", "ثم", "قال"]), 4)
        0.7925
    """
    return math.log(s.n_types) / math.log(s.n_tokens) if s.n_tokens > 1 else math.nan


@_of_spectrum
def maas(s: Spectrum) -> float:
    """Return Maas' a²; smaller means richer.

    (ln N - ln V) / (ln N)², from 0 (all words distinct). Some tools use logarithms to base 10, which gives 2.3026 times
    this value, or return its square root. NaN for a text of one token.

    References:
        Maas, H. D. (1972). Über den Zusammenhang zwischen Wortschatzumfang und Länge eines Textes. Zeitschrift für
        Literaturwissenschaft und Linguistik 8, 73-96.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.maas(["قال", "الوزير", "ثم", "قال"]), 4)
        0.1497
    """
    if s.n_tokens == 1:
        return math.nan
    return (math.log(s.n_tokens) - math.log(s.n_types)) / math.log(s.n_tokens) ** 2


# ------------------------------------------------------------------------ windows and factors


def previous_occurrence(ids: Ids) -> Ids:
    """Return for each token the position of the previous one of its type, or -1."""
    # positions, sorted by type and, within a type, ascending
    _, column = _core.postings(ids.astype(np.uint32), int(ids.max(initial=-1)) + 1)
    order = series_from_core("", column).to_numpy().astype(np.int64)
    previous = np.full(len(ids), -1, np.int64)
    same = ids[order[1:]] == ids[order[:-1]]
    previous[order[1:][same]] = order[:-1][same]
    return previous


def msttr(tokens: Tokens, *, window: int = 100) -> float:
    """Return the mean segmental type-token ratio: the mean of the ratios of successive segments.

    Above 0 and at most 1. Tokens at the end that do not fill a segment are left out. NaN for a text shorter than a
    segment.

    Args:
        tokens: The words of the text, in order: a sequence of hashable values, an array or a Series.
        window: Tokens in a segment, at least 1.

    Returns:
        A float.

    Raises:
        InputError: If tokens is not a sequence, is empty or contains nulls, or if window is invalid.

    References:
        Johnson, W. (1944). Studies in language behavior: a program of research. Psychological Monographs 56(2),
        1-15.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.msttr(["قال", "الوزير", "قال", "قال", "ثم"], window=2)
        0.75
    """
    width = integer(window, "window", least=1)
    return msttr_of_ids(ids_of(tokens), width)


def msttr_of_ids(ids: Ids, width: int) -> float:
    segments = len(ids) // width
    if not segments:
        return math.nan
    previous = previous_occurrence(ids[: segments * width])
    first_in_segment = previous < np.arange(segments * width) // width * width
    return float(first_in_segment.sum()) / (segments * width)


def mattr(tokens: Tokens, *, window: int = 100) -> float:
    """Return the moving-average type-token ratio: the mean of the ratios of all windows.

    Above 0 and at most 1. NaN for a text shorter than a window. The cost does not depend on the size of the window.

    Args:
        tokens: The words of the text, in order: a sequence of hashable values, an array or a Series.
        window: Tokens in a window, at least 1.

    Returns:
        A float.

    Raises:
        InputError: If tokens is not a sequence, is empty or contains nulls, or if window is invalid.

    References:
        Covington, M. A. & McFall, J. D. (2010). Cutting the Gordian knot: the moving-average type-token ratio.
        Journal of Quantitative Linguistics 17, 94-100.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.mattr(["one", "one", "two", "one", "one", "two", "one"], window=3), 4)
        0.6667
    """
    width = integer(window, "window", least=1)
    return mattr_of_ids(ids_of(tokens), width)


def mattr_of_ids(ids: Ids, width: int) -> float:
    windows = len(ids) - width + 1
    if windows < 1:
        return math.nan
    place = np.arange(len(ids))
    # Each token is counted in the windows where it is the first of its type: they begin after `low`, up to `high`.
    low = np.maximum(previous_occurrence(ids), place - width)
    high = np.minimum(place, windows - 1)
    return float(np.maximum(high - low, 0).sum()) / windows / width


def mtld(tokens: Tokens, *, threshold: float = 0.72) -> float:
    """Return MTLD, the measure of textual lexical diversity: the mean length of stretches with a high type-token ratio.

    The text is cut into factors; one ends where its type-token ratio falls below `threshold`. The remainder counts as
    (1 - TTR) / (1 - threshold) of a factor. MTLD is N divided by the number of factors, as the mean of both directions;
    inf where no word is repeated.

    Args:
        tokens: The words of the text, in order: a sequence of hashable values, an array or a Series.
        threshold: A type-token ratio between 0 and 1.

    Returns:
        A float.

    Raises:
        InputError: If tokens is not a sequence, is empty or contains nulls, or if threshold is invalid.

    References:
        McCarthy, P. M. & Jarvis, S. (2010). MTLD, vocd-D, and HD-D. Behavior Research Methods 42, 381-392.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.mtld(["of", "the", "people", "by", "the", "people", "for", "the", "people"]), 3)
        9.0
    """
    return mtld_of_ids(ids_of(tokens), positive("threshold", threshold, below=1))


def mtld_of_ids(ids: Ids, threshold: float) -> float:
    both = [_factors(previous_occurrence(direction), threshold) for direction in (ids, ids[::-1])]
    return sum(len(ids) / factors if factors else math.inf for factors in both) / 2


def _factors(previous: Ids, threshold: float) -> float:
    factors, left, types = _core.ratio_factors(previous, threshold)
    return factors + ((1 - types / left) / (1 - threshold) if left else 0.0)


# ------------------------------------------------------------------------- frequency spectrum


def hdd(tokens: Tokens | None = None, *, spectrum: Mapping[int, int] | None = None, sample: int = 42) -> float:
    """Return HD-D: the expected type-token ratio of a random sample of the text.

    The sum over types of the probability that a sample drawn without replacement contains the type, divided by the size
    of the sample; above 0 and at most 1. NaN for a text shorter than the sample.

    Args:
        tokens: The words of the text, in any order: a sequence of hashable values, an array or a Series.
        spectrum: In place of tokens, a mapping from a frequency to the number of types that have it.
        sample: Tokens in the sample, at least 1.

    Returns:
        A float.

    Raises:
        InputError: Unless either tokens or a spectrum is given, or if tokens, spectrum or sample is invalid.

    References:
        McCarthy, P. M. & Jarvis, S. (2007). vocd: a theoretical and empirical evaluation. Language Testing 24,
        459-488.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.hdd(["قال", "الوزير", "ثم", "قال"], sample=2), 4)
        0.9167
    """
    size = integer(sample, "sample", least=1)
    return hdd_of(_spectrum(tokens, spectrum), size)


def hdd_of(s: Spectrum, size: int) -> float:
    n = s.n_tokens
    if n < size:
        return math.nan
    absent = np.ones(len(s.frequencies))
    for drawn in range(size):  # probability that none of the tokens drawn is of the type
        absent *= np.maximum(n - s.frequencies - drawn, 0.0) / (n - drawn)
    return float((s.types * (1 - absent)).sum()) / size


def _sum_of_squares(s: Spectrum) -> float:
    return float((s.frequencies**2 * s.types).sum())


@_of_spectrum
def yule_k(s: Spectrum) -> float:
    """Return Yule's K: the probability that two tokens are of the same type, times 10,000; smaller means richer.

    10⁴ (Σ i² V(i) - N) / N², from 0. It depends less on the length of a text than type-token ratios do.

    References:
        Yule, G. U. (1944). The Statistical Study of Literary Vocabulary. Cambridge University Press.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.yule_k(["قال", "الوزير", "ثم", "قال"])
        1250.0
    """
    return 1e4 * (_sum_of_squares(s) - s.n_tokens) / s.n_tokens**2


@_of_spectrum
def yule_i(s: Spectrum) -> float:
    """Return Yule's I; larger means richer.

    V² / (Σ i² V(i) - V); inf where no word is repeated. Some authors replace V by N, which gives 10⁴ / K.

    References:
        Yule, G. U. (1944). The Statistical Study of Literary Vocabulary; Oakes, M. P. (1998). Statistics for Corpus
        Linguistics, 204.

    Examples:
        >>> from corpus_kit import measures
        >>> measures.yule_i(["قال", "الوزير", "ثم", "قال"])
        3.0
    """
    below = _sum_of_squares(s) - s.n_types
    return s.n_types**2 / below if below else math.inf


@_of_spectrum
def simpson_d(s: Spectrum) -> float:
    """Return Simpson's D: the probability that two tokens drawn without replacement are of the same type.

    Σ V(i) (i/N) ((i-1)/(N-1)), 0 to 1; smaller means richer. NaN for a text of one token.

    References:
        Simpson, E. H. (1949). Measurement of diversity. Nature 163, 688.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.simpson_d(["قال", "الوزير", "ثم", "قال"]), 4)
        0.1667
    """
    if s.n_tokens == 1:
        return math.nan
    return float((s.types * s.frequencies * (s.frequencies - 1)).sum()) / s.n_tokens / (s.n_tokens - 1)


def fisher_alpha(types: int, n_tokens: int) -> float:
    """Return Fisher's alpha, the parameter of the logarithmic series with these types and tokens; larger means richer.

    The root of V = alpha ln(1 + N/alpha); inf where V equals N.

    Args:
        types: Number of types V, from 1 to n_tokens.
        n_tokens: Number of tokens N.

    Returns:
        A float.

    Raises:
        InputError: If types or n_tokens is not a positive integer, or there are more types than tokens.

    References:
        Fisher, R. A., Corbet, A. S. & Williams, C. B. (1943). The relation between the number of species and the
        number of individuals. Journal of Animal Ecology 12, 42-58.

    Examples:
        >>> from corpus_kit import measures
        >>> round(measures.fisher_alpha(types=240, n_tokens=15_609), 3)
        40.247
    """
    from scipy.optimize import brentq  # scipy is slow to import

    n = size_argument(n_tokens, "n_tokens", least=1)
    v = size_argument(types, "types", least=1)
    if v > n:
        raise invalid("types", f"at most n_tokens ({n})", v)
    if v == n:
        return math.inf

    def surplus(alpha: float) -> float:
        return alpha * math.log1p(n / alpha) - v

    high = 1.0
    while surplus(high) < 0:
        high *= 2
    return float(brentq(surplus, 1e-12, high, xtol=1e-12, rtol=1e-14, maxiter=1000))


# ------------------------------------------------------------------- texts already counted


def of_text(name: str, ids: Ids, spectrum: Spectrum, *, window: int, sample: int, threshold: float) -> float:
    """Return a measure by name, of a text that has been numbered and counted already."""
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
