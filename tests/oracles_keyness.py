"""A slow, obvious twin of ck.keyness: lists of tokens, Counters, loops and fractions.

The values of the measures themselves are those of ck.measures, which have twins of their own
(oracles_statistics.py).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import polars as pl
from scipy import stats

import corpus_kit as ck

Token: TypeAlias = tuple[str, str]  # spelling, and the word it is counted as
Document: TypeAlias = Sequence[Token]
Row: TypeAlias = dict[str, Any]

COUNTED = {"word", "number", "hashtag", "mention"}


@lru_cache(maxsize=10_000)
def document_of(text: str, profile: str | None = "search") -> Document:
    """Return the counted tokens of a text."""
    tokens = [token for token, kind in ck.tokens([text]).select("token", "kind").iter_rows() if kind in COUNTED]
    forms = tokens if profile is None else ck.normalize(tokens, profile)
    return [(token, form) for token, form in zip(tokens, forms, strict=True) if form]


@dataclass(frozen=True)
class Side:
    """A target or reference: the frequency of each word, and the documents if it is a corpus."""

    counts: Counter[str]
    size: int
    documents: Sequence[Counter[str]] | None = None
    spellings: Counter[Token] = field(default_factory=Counter)

    @classmethod
    def of_documents(cls, documents: Iterable[Document]) -> Side:
        kept = [document for document in documents if document]  # a document without words is not a part
        tokens = Counter(token for document in kept for token in document)
        words = [Counter(word for _, word in document) for document in kept]
        return cls(sum(words, Counter()), tokens.total(), words, tokens)

    @classmethod
    def of_table(cls, table: pl.DataFrame, size: int | None = None) -> Side:
        counts = Counter(dict(table.select("word", "count").iter_rows()))
        return cls(counts, counts.total() if size is None else size)

    def documents_with(self, word: str) -> int:
        assert self.documents is not None
        return sum(word in document for document in self.documents)

    def dispersion(self, word: str, measure: str) -> float | None:
        """Return how evenly a word is spread over the documents; None if it does not occur."""
        assert self.documents is not None
        frequency = self.counts[word]
        if not frequency:
            return None
        counts = [document[word] for document in self.documents]
        if measure == "deviation_of_proportions":  # sum |count / frequency - size / total| / 2, in integers
            pairs = zip(counts, self.sizes, strict=True)
            differences = sum(abs(count * self.size - size * frequency) for count, size in pairs)
            return float(Fraction(differences, 2 * frequency * self.size))
        return none_for_nan(getattr(ck.measures, measure)(counts, self.sizes))

    @cached_property
    def sizes(self) -> list[int]:
        assert self.documents is not None
        return [document.total() for document in self.documents]

    @cached_property
    def spellings_of(self) -> dict[str, Counter[str]]:
        """Return the spellings of each word."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for (spelling, word), count in self.spellings.items():
            found[word][spelling] += count
        return found


def in_order_of_occurrence(*sources: Iterable[Document]) -> tuple[list[str], list[str]]:
    """Return the words and spellings of several corpora in order of first occurrence."""
    tokens = [token for documents in sources for document in documents for token in document]
    return list(dict.fromkeys(word for _, word in tokens)), list(dict.fromkeys(spelling for spelling, _ in tokens))


def slow_keyness(
    target: Side,
    reference: Side,
    words: Iterable[str],
    spellings: Sequence[str] = (),
    *,
    measure: Sequence[str] = ("log_likelihood", "log_ratio"),
    min_count: int = 1,
    min_documents: int | None = None,
    dispersion: str | None = "deviation_of_proportions",
    min_dispersion: float | None = None,
    max_dispersion: float | None = None,
    direction: str = "both",
    test: str = "log_likelihood",
    correction: str | None = "holm",
    confidence: float = 0.95,
    k: float = 1.0,
    variants: bool = True,
    stop_forms: Collection[str] = (),
) -> list[Row]:
    """Return the rows of the table; words and spellings are in order of first occurrence."""
    of_corpora = target.documents is not None and reference.documents is not None
    rows = []
    for word in words:
        a, b = target.counts[word], reference.counts[word]
        if a + b < min_count or word in stop_forms:
            continue
        row: Row = {
            "word": word,
            "direction": side_of(Fraction(a, target.size), Fraction(b, reference.size)),
            "target_count": a,
            "reference_count": b,
            "target_per_million": a / target.size * 1e6,
            "reference_per_million": b / reference.size * 1e6,
        }
        if of_corpora:
            row["target_documents"] = target.documents_with(word)
            row["reference_documents"] = reference.documents_with(word)
        if of_corpora and dispersion is not None:
            row["target_dispersion"] = target.dispersion(word, dispersion)
            row["reference_dispersion"] = reference.dispersion(word, dispersion)
        least = min_documents if min_documents is not None else 2 if of_corpora else 0
        if passes(row, least, min_dispersion, max_dispersion):
            rows.append(row)
    for row in rows:
        a, b, c, d = row["target_count"], row["reference_count"], target.size, reference.size
        for name in measure:
            row[name] = value_of(name, a, b, c, d, confidence, len(rows), k)
        row.setdefault("log_ratio", value_of("log_ratio", a, b, c, d))
        low, high = ck.measures.log_ratio_interval(a, b, c, d, confidence=confidence)
        row |= {"log_ratio_low": low, "log_ratio_high": high, "bic": ck.measures.bic(a, b, c, d)}
        statistic = value_of(test, a, b, c, d)
        assert statistic is not None
        row["p_value"] = statistic if test.startswith("fisher") else float(stats.chi2.sf(statistic, 1))
    if correction is not None:
        corrected = CORRECTED[correction]([row["p_value"] for row in rows])
        for row, p in zip(rows, corrected, strict=True):
            row["p_adjusted"] = p
    if of_corpora and variants:
        for row in rows:
            row["variants"] = variants_of(row["word"], target, reference, spellings)
    return [row for row in rows if direction in ("both", row["direction"])]


def side_of(in_target: Fraction, in_reference: Fraction) -> str:
    if in_target == in_reference:
        return "equal"
    return "target" if in_target > in_reference else "reference"


# Measures that say how sure a difference is, but not which way it goes.
UNDIRECTED = {"log_likelihood", "log_likelihood_four_cells", "log_likelihood_williams", "simple_log_likelihood", "bic",
              "ell", "chi_squared", "chi_squared_yates", "phi_squared", "fisher_exact_two_sided", "fisher_exact_left",
              "fisher_exact_right"}  # fmt: skip


def place_of(row: Row, measure: str) -> tuple[int, bool, float, int]:
    """Return what a table is sorted by: direction, then the strongest first, then the count."""
    direction, key = ["target", "equal", "reference"].index(row["direction"]), row[measure]
    sign = 1 if direction == 2 and measure not in UNDIRECTED else -1
    return direction, key is None, 0.0 if key is None else sign * key, -row["target_count"] - row["reference_count"]


def passes(row: Row, min_documents: int, low: float | None, high: float | None) -> bool:
    """Return whether a word passes on the side where it is key, or on either side if it is key on neither."""

    def passes_on(side: str) -> dict[str, bool]:
        spread = row.get(f"{side}_dispersion")
        return {
            "documents": min_documents == 0 or row[f"{side}_documents"] >= min_documents,
            "low": low is None or (spread is not None and spread >= low),
            "high": high is None or (spread is not None and spread <= high),
        }

    if row["direction"] != "equal":
        return all(passes_on(row["direction"]).values())
    here, there = passes_on("target"), passes_on("reference")
    return all(here[filter_] or there[filter_] for filter_ in here)


def none_for_nan(value: float) -> float | None:
    return None if math.isnan(value) else value


@lru_cache(maxsize=100_000)
def value_of(
    name: str, a: int, b: int, c: int, d: int, confidence: float = 0.95, comparisons: int = 1, k: float = 1.0
) -> float | None:
    """Return a measure of a word, None if undefined. In a contingency table, the word is the column."""
    measure = getattr(ck.measures, name)  # of the two log_likelihoods, the one of keyness
    if name not in ck.measures.FAMILIES["keyness"]:
        return none_for_nan(measure(o11=a, r1=c, c1=a + b, n=c + d))
    options: dict[str, Any] = {}
    if name == "conservative_log_ratio":
        options = {"confidence": confidence, "comparisons": comparisons}
    elif name == "simple_maths":
        options = {"k": k}
    return none_for_nan(measure(a=a, b=b, c=c, d=d, **options))


def variants_of(word: str, target: Side, reference: Side, spellings: Sequence[str]) -> list[Row]:
    """Return the spellings of a word with their counts, most frequent first, then by first occurrence."""
    here, there = (side.spellings_of.get(word, Counter()) for side in (target, reference))
    total = here + there
    return [
        {"surface": spelling, "target": here[spelling], "reference": there[spelling]}
        for spelling in sorted(total, key=lambda spelling: (-total[spelling], spellings.index(spelling)))
    ]


def slow_bonferroni(p: Sequence[float]) -> list[float]:
    return [min(1.0, value * len(p)) for value in p]


def slow_holm(p: Sequence[float]) -> list[float]:
    """From the smallest up: multiply by the number of tests left, and never fall below the previous value."""
    corrected, before = [0.0] * len(p), 0.0
    for seen, place in enumerate(sorted(range(len(p)), key=lambda place: p[place])):
        before = corrected[place] = max(before, min(1.0, p[place] * (len(p) - seen)))
    return corrected


def slow_benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """From the largest down: multiply by the number of tests over the rank, and never exceed the next value."""
    corrected, after = [0.0] * len(p), 1.0
    for rank, place in reversed(list(enumerate(sorted(range(len(p)), key=lambda place: p[place]), start=1))):
        after = corrected[place] = min(after, p[place] * len(p) / rank)
    return corrected


CORRECTED: dict[str, Callable[[Sequence[float]], list[float]]] = {
    "bonferroni": slow_bonferroni,
    "holm": slow_holm,
    "benjamini_hochberg": slow_benjamini_hochberg,
}
