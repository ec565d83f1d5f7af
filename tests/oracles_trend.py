"""Slow, obvious twins of rates over time: of lists of (occurrences, words) of documents, with SciPy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from scipy import optimize, stats

Documents = Sequence[tuple[int, int]]  # occurrences and words of each document


def effective(documents: Documents, confidence: float) -> float:
    """Return as many independent occurrences as say as much about the rate."""
    documents = [(x, n) for x, n in documents if n]
    found, size, d = sum(x for x, _ in documents), sum(n for _, n in documents), len(documents)
    if not found:
        return 0.0
    least = found**2 / sum(x**2 for x, _ in documents)
    if d == 1:
        return least
    variance = d / (d - 1) * sum((x - found / size * n) ** 2 for x, n in documents) / size**2
    independent = found / size**2
    z, t = stats.norm.ppf((1 + confidence) / 2), stats.t.ppf((1 + confidence) / 2, d - 1)
    return max(found * min(1.0, independent / variance if variance else 1.0) * (z / t) ** 2, least)


def interval(documents: Documents, everything: Documents, confidence: float) -> tuple[float, float] | None:
    """Return the interval of the rate of some documents among all of them; None without words."""
    found, size = sum(x for x, n in documents if n), sum(n for _, n in documents)
    if not size:
        return None
    x = effective(documents, confidence)
    if x:
        weight = found / x
    else:
        there = [(x, n) for x, n in everything if n]
        total, words = sum(x for x, _ in there), sum(n for _, n in there)
        weight = max(1.0, sum((x - total / words * n) ** 2 for x, n in there) / total) if total else 1.0
    tail = (1 - confidence) / 2
    low = stats.chi2.ppf(tail, 2 * x) / 2 if x else 0.0
    return weight * low / size, weight * stats.chi2.ppf(1 - tail, 2 * x + 2) / 2 / size


def kendall(values: Sequence[float]) -> tuple[float, float] | None:
    """Return tau-b and the p-value by trying all orders of a few values; None without different values."""
    if len(set(values)) < 2:
        return None

    def s(order: Sequence[float]) -> int:
        return sum((b > a) - (b < a) for a, b in itertools.combinations(order, 2))

    orders = list(itertools.permutations(values))
    share = sum(abs(s(order)) >= abs(s(values)) for order in orders) / len(orders)
    return float(stats.kendalltau(range(len(values)), values).statistic), share


def growth(
    counts: Sequence[int], sizes: Sequence[int], confidence: float, design_effect: float = 1.0
) -> tuple[float, float, float] | None:
    """Return the factor of the log-linear model with its interval, by maximising the likelihood step by step."""
    rows = [(t, x, n) for t, (x, n) in enumerate(zip(counts, sizes, strict=True)) if n]
    with_hits = [t for t, x, _ in rows if x]
    if (
        len(rows) < 3
        or not with_hits
        or len({rows[0][0], rows[-1][0]} | set(with_hits)) == 2 == 1 + len(set(with_hits))
    ):
        return None
    total = sum(x for _, x, _ in rows)

    def expected(beta: float) -> list[float]:
        raw = [n * math.exp(beta * (t - rows[0][0])) for t, _, n in rows]
        return [total * each / sum(raw) for each in raw]

    def score(beta: float) -> float:
        return sum(t * (x - e) for (t, x, _), e in zip(rows, expected(beta), strict=True))

    beta = optimize.brentq(score, -30, 30, xtol=1e-14)
    fitted = expected(beta)
    phi = max(
        1.0, design_effect, sum((x - e) ** 2 / e for (_, x, _), e in zip(rows, fitted, strict=True)) / (len(rows) - 2)
    )
    mean = sum(t * e for (t, _, _), e in zip(rows, fitted, strict=True)) / total
    information = sum((t - mean) ** 2 * e for (t, _, _), e in zip(rows, fitted, strict=True))
    half = stats.t.ppf((1 + confidence) / 2, len(rows) - 2) * math.sqrt(phi / information)
    return math.exp(beta), math.exp(beta - half), math.exp(beta + half)


def variation(periods: Sequence[Documents], of_words: bool) -> tuple[float, float, float] | None:
    """Return the variation, the p-value of equal rates and the design effect; None where there are none."""
    periods = [[(x, n) for x, n in documents if n] for documents in periods]
    periods = [documents for documents in periods if documents]
    found = [sum(x for x, _ in documents) for documents in periods]
    sizes = [sum(n for _, n in documents) for documents in periods]
    k, d, size, total = len(periods), sum(map(len, periods)), sum(sizes), sum(found)
    if k < 2 or d <= k or not total:
        return None
    rate = total / size
    between = sum((x - rate * n) ** 2 / n for x, n in zip(found, sizes, strict=True)) / (k - 1)
    within = 0.0
    for documents, x_p, n_p in zip(periods, found, sizes, strict=True):
        within += sum((x - x_p / n_p * n) ** 2 for x, n in documents)
    independent = rate if of_words else rate * (1 - rate)
    within = max(within / size * d / (d - k), independent)
    if not within:
        return None
    scale = rate**2 * (size - sum(n**2 for n in sizes) / size) / (k - 1)
    p = float(stats.f.sf(between / within, k - 1, d - k))
    return math.sqrt(max(between - within, 0.0) / scale), p, within / independent if independent else math.inf


def shares_of_orders(periods: Sequence[Documents]) -> tuple[float, float]:
    """Return the p-values of |S| and of F: the share of all orders of the documents with at least the observed ones."""
    everything = [document for documents in periods for document in documents]
    ends = list(itertools.accumulate(map(len, periods), initial=0))

    def statistics(order: Sequence[tuple[int, int]]) -> tuple[float, float]:
        cells = [order[low:high] for low, high in itertools.pairwise(ends)]
        rates = [sum(x for x, _ in cell) / sum(n for _, n in cell) for cell in cells]
        s = sum((b > a) - (b < a) for a, b in itertools.combinations(rates, 2))
        rate = sum(x for x, _ in order) / sum(n for _, n in order)
        between = within = 0.0
        for cell, r in zip(cells, rates, strict=True):
            between += (r - rate) ** 2 * sum(n for _, n in cell)
            within += sum((x - r * n) ** 2 for x, n in cell)
        size, d, k = sum(n for _, n in order), len(order), len(cells)
        return abs(s), between / (k - 1) / max(within / size * d / (d - k), rate)

    observed = statistics(everything)
    orders = [statistics(order) for order in itertools.permutations(everything)]
    s, f = (sum(o[part] >= observed[part] * (1 - 1e-9) for o in orders) / len(orders) for part in (0, 1))
    return s, f
