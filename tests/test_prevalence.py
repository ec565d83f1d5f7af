"""Prevalence corrected for the errors of a classifier: slow twins, coverage, adjusted counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from corpus_kit.coding.corrected_prevalence import Predictions, prevalence_of
from corpus_kit.measures.prevalence import adjusted_counts, collapsed_strata, design_based

RNG = np.random.default_rng(7)


def slowly(predicted: Any, rows: Any, codes: Any, strata: Any, group: Any, confidence: float = 0.95) -> Any:
    """Return share, low and high of each code within a group, unit by unit, as the formulas say."""
    members = [unit for unit in range(len(predicted)) if group[unit]]
    size = {h: sum(s == h for s in strata) for h in set(strata)}
    drawn = {h: [(row, code) for row, code in zip(rows, codes, strict=True) if strata[row] == h] for h in size}
    found = []
    for code in range(predicted.shape[1]):
        pseudo = {unit: predicted[unit, code] for unit in members}
        variance = 0.0
        for h, sample in drawn.items():
            z = []
            for row, given in sample:
                error = (given == code) - predicted[row, code] if group[row] else 0.0
                z.append(error)
                if group[row]:
                    pseudo[row] += error / (len(sample) / size[h])
            if len(z) > 1:
                variance += size[h] ** 2 * (1 - len(z) / size[h]) * np.var(z, ddof=1) / len(z)
        share = sum(pseudo.values()) / len(members)
        inside = [row for row in rows if group[row]]
        freedom = max(len(inside) - len({strata[row] for row in inside}), 1)
        half = stats.t.ppf((1 + confidence) / 2, freedom) * np.sqrt(variance) / len(members)
        found.append((share, share - half, share + half))
    return np.array(found)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_the_formulas_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = 60, 3
    predicted = rng.dirichlet(np.ones(k), n)
    strata, groups = rng.integers(0, 3, n), rng.integers(0, 2, n)
    rows = np.concatenate([np.flatnonzero(strata == h)[:8] for h in range(3)])
    codes = np.arange(len(rows)) % k  # no code is missing from a group
    found = design_based(predicted, rows, codes, strata, groups)
    for group in (0, 1):
        expected = np.clip(slowly(predicted, rows, codes, strata, groups == group), 0, 1)
        mine = np.stack([found.share[group], found.low[group], found.high[group]], axis=1)
        np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-12)
    assert found.sizes.sum() == n
    assert found.sample.sum() == len(rows)


def test_intervals_hold_what_they_promise_with_a_biased_classifier() -> None:
    n, size, rounds = 3000, 200, 800
    truth = RNG.random(n) < 0.3
    # It sees the first code in half of the units that lack it: to count what it says is far off.
    says = np.where(truth, 0.9, np.where(RNG.random(n) < 0.5, 0.75, 0.2))
    predicted = np.stack([says, 1 - says], axis=1)
    strata = (np.arange(n) % 3 == 0).astype(np.int64)
    code = (~truth).astype(np.int64)
    share, inside, widths, plain = truth.mean(), 0, [], []
    for _ in range(rounds):
        # not proportional: the probabilities of being drawn differ
        parts = [RNG.permutation(np.flatnonzero(strata == h))[:count] for h, count in ((0, 80), (1, size - 80))]
        rows = np.concatenate(parts)
        found = design_based(predicted, rows, code[rows], strata)
        inside += found.low[0, 0] <= share <= found.high[0, 0]
        widths.append(found.high[0, 0] - found.low[0, 0])
        plain.append(found.share[0, 0])
    naive = (says > 0.5).mean()
    assert abs(np.mean(plain) - share) < 0.005  # no bias
    assert 0.93 <= inside / rounds <= 0.97
    assert naive - share > 0.3
    assert np.mean(widths) < 0.2  # so that no interval has the naive share


def test_units_that_were_chosen_by_uncertainty_have_no_part_in_the_estimate() -> None:
    n, rounds = 1000, 300
    truth = RNG.random(n) < 0.1
    says = np.clip(np.where(truth, 0.55, 0.3) + RNG.normal(0, 0.2, n), 0.01, 0.99)  # it sees far too many
    strata = (np.arange(n) % 4 == 0).astype(np.int64)
    labels, codebook = pl.Series(strata), {"rain": "", "none": ""}
    uncertain = np.argsort(np.abs(says - 0.5), kind="stable")
    shares: dict[bool, list[float]] = {True: [], False: []}
    inside = 0
    for number in range(rounds):
        drawn = np.concatenate([RNG.permutation(np.flatnonzero(strata == h))[:60] for h in (0, 1)])
        chosen = uncertain[~np.isin(uncertain, drawn)][:80]
        rows = np.concatenate([drawn, chosen])
        given = (~truth[rows]).astype(np.int64)
        for is_known in (True, False)[: 2 if number < 40 else 1]:
            is_random = np.arange(len(rows)) < (len(drawn) if is_known else len(rows))
            predicted = Predictions([*codebook], np.stack([says, 1 - says], axis=1), rows, given, is_random)
            row = prevalence_of(predicted, labels, None, codebook, 0.95).row(0, named=True)
            shares[is_known].append(row["prevalence"])
            inside += is_known and row["prevalence_low"] <= truth.mean() <= row["prevalence_high"]
    assert abs(np.mean(shares[True]) - truth.mean()) < 3 * np.std(shares[True]) / np.sqrt(rounds)
    assert 0.92 <= inside / rounds <= 0.98
    assert abs(np.mean(shares[False]) - truth.mean()) > 0.03  # as if they were a sample


def test_counts_are_not_adjusted_by_a_classifier_that_guesses() -> None:
    codes, n = ["rain", "none"], 400
    for tpr, is_adjusted in ((0.9, True), (0.55, False)):
        truth = np.arange(n) % 2 == 0
        says = np.where(truth, np.arange(n) % 20 < 20 * tpr, np.arange(n) % 20 < 10)
        predicted = Predictions(
            codes, np.stack([says, ~says], axis=1).astype(float), np.arange(60), (~truth[:60]).astype(np.int64),
            np.ones(60, bool),
        )  # fmt: skip
        found = prevalence_of(predicted, pl.Series([0] * n), None, dict.fromkeys(codes, ""), 0.95)
        assert (found["adjusted"].null_count() == 0) == is_adjusted


def test_a_code_that_nobody_gave_may_still_occur() -> None:
    predicted = np.tile([0.99, 0.01], (1000, 1))
    found = design_based(predicted, np.arange(20), np.zeros(20, np.int64), np.zeros(1000, np.int64))
    assert found.high[0, 1] > 0.1
    assert found.low[0, 0] < 0.9
    whole = design_based(predicted[:20], np.arange(20), np.zeros(20, np.int64), np.zeros(20, np.int64))
    assert (whole.low[0, 0], whole.high[0, 1]) == pytest.approx((1, 0))  # all is coded: nothing is left to be estimated


def test_the_worked_example() -> None:
    """That of docs/howto/code_as_a_project.md."""
    says = np.arange(1000) < 400
    rows = np.concatenate([np.arange(40), np.arange(400, 460)])
    rain = np.concatenate([np.arange(40) >= 10, np.arange(60) < 5])
    predicted = np.stack([says, ~says], axis=1).astype(float)
    found = design_based(predicted, rows, (~rain).astype(np.int64), np.zeros(1000, np.int64))
    assert found.share[0, 0] == pytest.approx(0.35)
    assert (found.high[0, 0] - 0.35) / stats.t.ppf(0.975, 99) == pytest.approx(0.0366, abs=5e-5)


def test_a_group_without_codes_has_no_estimate() -> None:
    groups = np.array([0] * 5 + [1] * 5)
    strata = np.zeros(10, np.int64)
    found = design_based(np.full((10, 2), 0.5), np.array([0, 1, 2]), np.array([0, 1, 0]), strata, groups)
    assert np.isnan(found.share[1]).all()
    assert np.isfinite(found.share[0]).all()


def test_strata_are_joined_until_each_has_two_units() -> None:
    strata = np.array([0] * 4 + [1] * 4 + [2] * 4 + [3])
    for rows in ([0, 1, 4, 5, 8, 9, 12], [0, 1, 4, 8], [0, 4, 8], [0, 1, 2], [4], []):
        found = collapsed_strata(strata, np.array(rows, np.int64))
        drawn = np.bincount(found[rows], minlength=found.max() + 1)
        sizes = np.bincount(found)
        assert (sizes > 0).all()
        assert ((drawn >= min(2, len(rows))) | (drawn == sizes)).all()


def test_adjusted_counts_are_those_of_forman() -> None:
    for truth in (0.05, 0.5, 0.8):
        rates = np.array([[0.7, 0.3], [0.2, 0.8]])  # tpr 0.7, fpr 0.2 of the first code
        counted = np.array([truth, 1 - truth]) @ rates
        assert adjusted_counts(rates, counted)[0] == pytest.approx((counted[0] - 0.2) / (0.7 - 0.2))
    three = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8]])
    truth3 = np.array([[0.2, 0.3, 0.5], [1, 0, 0]])
    np.testing.assert_allclose(adjusted_counts(three, truth3 @ three), truth3, atol=1e-12)
    assert adjusted_counts(rates, np.array([0.05, 0.95])).tolist() == [0, 1]  # within 0 and 1
    assert np.isnan(adjusted_counts(np.full((2, 2), 0.5), np.array([0.5, 0.5]))).all()
