"""Weights of lexemes from counts of words: expectation-maximisation over paradigms.

Each word spreads its count over its readings by their probability, and a lexeme receives a sum r(s) for each section s
of its paradigm: the perfect in the third person masculine, in the feminine, in other persons, the imperfect likewise; a
noun alone, with article, with a pronoun, in the plural. Its weight is the power mean

    W = (sum over s of q(s) (r(s) / q(s))^p)^(1/p)

with the share q(s) of the section in the paradigms of its category. With p = 1 it is the sum, the usual maximum of
likelihood; with p < 1 a lexeme weighs less that explains one form only, so that all its forms together decide which of
two verbs a form belongs to that both have (يعلم: علم, أعلم). What it receives from words with a conjunction,
preposition or particle adds half of that at most: a name that begins with ب does not make what follows ب a frequent
word. A word that is not a form of a known lexeme is explained by one of its own, which has a fixed share of its count.

References:
    A. P. Dempster, N. M. Laird, D. B. Rubin (1977). Maximum likelihood from incomplete data via the EM algorithm.
    Journal of the Royal Statistical Society B 39 (1), 1-38.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpus_kit._base.arrays import Bytes, Floats, Integers
from corpus_kit.text.paradigms.affixes import N_SECTIONS

__all__ = ["CATEGORIES", "Evidence", "received", "weights_of"]

# The shares of the sections but the last, which is that of words with clitics before them, and p, by category.
_PARADIGMS = {
    "verb": ((0.25, 0.18, 0.07, 0.22, 0.20, 0.08, 0), 0.25),
    "noun": ((0.33, 0.30, 0.06, 0.15, 0, 0, 0.16), 0.55),
    "adjective": ((0.22, 0.20, 0.06, 0.04, 0.18, 0.18, 0.12), 0.5),
    "noun in ة": ((0.35, 0.33, 0, 0.16, 0, 0, 0.16), 0.8),
    "name": ((1, 1, 1, 1, 1, 1, 1), 1.0),
    "unknown": ((1, 1, 1, 1, 1, 1, 1), 1.0),
}
CATEGORIES = {name: number for number, name in enumerate(_PARADIGMS)}
_SHARES = np.maximum(np.array([shares for shares, _ in _PARADIGMS.values()]), 1e-3)
_POWERS = np.array([power for _, power in _PARADIGMS.values()])
_LEAST = 1e-4
_MOST_CUT = 0.5


class Evidence(NamedTuple):
    """The readings of counted words, an item each, and the counts of the words."""

    words: Integers
    lexemes: Integers
    sections: Bytes
    probabilities: Floats
    counts: Floats


def received(evidence: Evidence, weights: Floats, n_lexemes: int) -> Floats:
    """Return what the first `n_lexemes` lexemes receive: an array [lexeme, section]."""
    joint = weights[evidence.lexemes] * evidence.probabilities
    total = np.bincount(evidence.words, joint, len(evidence.counts))
    share = joint * (evidence.counts / np.maximum(total, 1e-300))[evidence.words]
    cells = evidence.lexemes * N_SECTIONS + evidence.sections
    sums: Floats = np.bincount(cells, share, len(weights) * N_SECTIONS)  # type: ignore[assignment]  # of its weights
    return sums.reshape(-1, N_SECTIONS)[:n_lexemes]


def weights_of(sums: Floats, categories: Bytes) -> Floats:
    """Return the weights of lexemes that received these sums."""
    shares, powers = _SHARES[categories], _POWERS[categories]
    alone, cut = sums[:, :-1], sums[:, -1]
    mean: Floats = (shares * (alone / shares) ** powers[:, None]).sum(1) ** (1 / powers)
    mean *= 1 + np.minimum(cut / np.maximum(alone.sum(1), _LEAST), _MOST_CUT)
    return np.maximum(mean, _LEAST)
