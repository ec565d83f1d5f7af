"""How often intervals contain the truth in simulated corpora, as Markdown tables.

Usage: interval_coverage.py [--trials 400]

The first table is that of docs/uncertainty.md: intervals of rates by the bootstrap over documents, and Wilson's, which
takes words as independent. Documents have 50 to 500 words; where they are clustered, the rate of each is drawn from a
gamma distribution around the true rate. The second one is of the interval of a log ratio, of words drawn one by one:
the least and the greatest coverage, of all words that occur and of those that one side does not have. The third one is
of tests: in how many random divisions of documents some word is key (log-likelihood, Holm), though none is.
Everything is drawn by seeds, so that the tables are the same each time.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np
import polars as pl
from scipy import stats

from corpus_kit import measures
from corpus_kit.analysis.bootstrap import Bootstrap, Replicates, intervals
from corpus_kit.analysis.corrections import holm
from corpus_kit.analysis.counted_words import DocumentRows

DOCUMENTS = (5, 10, 20, 50, 200)
# rate, and the standard deviation of the rates of documents as a multiple of it
KINDS = {
    "even, 10,000 per million": (0.01, 0.0),
    "clustered, 10,000 per million": (0.01, 0.7),
    "clustered, 1,000 per million": (0.001, 1.0),
}
REPLICATES = 1000
SIZES = (10_000, 100_000, 1_000_000)
RATIOS = (1, 8)
EXPECTED = (0.1, 0.3, 1, 3, 10, 30, 100)  # occurrences on the smaller side
LOG_RATIO_TRIALS = 20_000
DIVISIONS = 30
WORDS = 2600


class SimulatedWord:
    """Documents as the bootstrap sees them: the count of one word in each, and their lengths."""

    def __init__(self, counts: np.ndarray, sizes: np.ndarray) -> None:
        self.sizes = sizes
        self.words = pl.Series("word", ["word"])
        there = np.flatnonzero(counts)
        starts = np.concatenate([[0], np.cumsum(counts > 0)])
        self.by_document = DocumentRows(starts, np.zeros(len(there), np.uint32), counts[there].astype(np.uint32))


def rate_is_covered(trial: int, n_documents: int, rate: float, spread: float) -> tuple[bool, bool]:
    """Return whether the interval of the bootstrap, and Wilson's, contain the true rate in one corpus."""
    source = np.random.default_rng([trial, n_documents])
    sizes = source.integers(50, 501, n_documents)
    rates = source.gamma(spread**-2, rate * spread**2, n_documents) if spread else rate
    counts = source.poisson(sizes * rates)
    if not counts.any():
        return False, False
    replicates = Replicates(SimulatedWord(counts, sizes), np.arange(n_documents), Bootstrap(REPLICATES, trial, 0.95))  # type: ignore[arg-type]
    low, high = intervals(lambda count, size: count / size, (replicates,), (np.zeros(1, np.int64),), 0.95)
    words = stats.binomtest(int(counts.sum()), int(sizes.sum())).proportion_ci(method="wilson")
    return bool(low[0] <= rate <= high[0]), bool(words.low <= rate <= words.high)


def of_rates(trials: int) -> str:
    """Return the table of intervals of rates."""
    rows = [f"| documents | {' | '.join(KINDS)} | clustered, 10,000, words drawn |", "|---:|---:|---:|---:|---:|"]
    for n_documents in DOCUMENTS:
        covered = {
            name: np.mean([rate_is_covered(trial, n_documents, *kind) for trial in range(trials)], axis=0)
            for name, kind in KINDS.items()
        }
        shares = [share for share, _ in covered.values()] + [covered["clustered, 10,000 per million"][1]]
        rows.append(f"| {n_documents} | " + " | ".join(f"{share:.0%}".replace("%", " %") for share in shares) + " |")
    return "\n".join(rows)


def of_log_ratios() -> str:
    """Return the table of intervals of log ratios."""
    both, one = [], []
    source = np.random.default_rng(1)
    for small, large, ratio, expected in product(SIZES, SIZES, RATIOS, EXPECTED):
        if small > large:
            continue
        rate = expected / small
        a, b = source.poisson(expected, LOG_RATIO_TRIALS), source.poisson(rate * ratio * large, LOG_RATIO_TRIALS)
        low, high = measures.log_ratio_interval(a=a, b=b, c=small, d=large)
        held = (low <= -np.log2(ratio)) & (-np.log2(ratio) <= high)
        there = (a > 0) | (b > 0)
        absent = there & ((a == 0) | (b == 0))
        both.append(held[there].mean())
        if absent.sum() > LOG_RATIO_TRIALS // 20:
            one.append(held[absent].mean())
    return "\n".join(
        [
            "| words that | least | greatest |",
            "|---|---:|---:|",
            f"| occur | {100 * min(both):.1f} % | {100 * max(both):.1f} % |",
            f"| one side does not have | {100 * min(one):.1f} % | {100 * max(one):.1f} % |",
        ]
    )


def false_key_words(n_target: int, spread: float, seed: int = 1) -> tuple[float, float]:
    """Return in which share of divisions of 400 documents a word is key, and how many are on average where one is."""
    source = np.random.default_rng(seed)
    rates = 1 / (np.arange(WORDS) + 2.7)
    sizes = source.integers(50, 501, 400)
    expected = np.outer(sizes, rates / rates.sum())
    counts = source.poisson(expected * source.gamma(spread**-2, spread**2, expected.shape) if spread else expected)
    key = []
    for _ in range(DIVISIONS):
        order = source.permutation(400)
        a, b = counts[order[:n_target]].sum(axis=0), counts[order[n_target:]].sum(axis=0)
        p = stats.chi2.sf(measures.log_likelihood(a=a, b=b, c=a.sum(), d=b.sum()), 1)
        key.append(int((holm(p) < 0.05).sum()))
    found = np.array(key)
    return float((found > 0).mean()), float(found[found > 0].mean()) if found.any() else 0.0


def of_tests() -> str:
    """Return the table of key words where nothing differs."""
    rows = [
        "| documents of the target | words drawn one by one | rates vary | key words then |",
        "|---:|---:|---:|---:|",
    ]
    for n_target in (68, 200):
        (even, _), (clustered, words) = false_key_words(n_target, 0.0), false_key_words(n_target, 1.4)
        rows.append(f"| {n_target} of 400 | {100 * even:.0f} % | {100 * clustered:.0f} % | {words:.1f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=400, help="simulated corpora for each cell of the first table")
    given = parser.parse_args()
    print(of_tests(), of_log_ratios(), of_rates(given.trials), sep="\n\n")
