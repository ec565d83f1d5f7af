"""Slow, obvious twins of the statistical measures, from lists of tokens: loops, exact fractions and bisection."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from statistics import NormalDist, fmean, pstdev
from typing import Any, TypeAlias

Number: TypeAlias = float | Fraction
Pairs: TypeAlias = Sequence[tuple[str, str]]
Tokens: TypeAlias = Sequence[str]
Parts: TypeAlias = Sequence[Tokens]
Text: TypeAlias = Sequence[Hashable]


def ratio(numerator: Number, denominator: Number) -> float:
    """Divide, with x/0 infinite and 0/0 NaN."""
    if denominator == 0:
        return math.nan if numerator == 0 or math.isnan(numerator) else math.copysign(math.inf, numerator)
    return float(numerator / denominator)


def log(x: Number, base: float = math.e) -> float:
    """Return the logarithm, minus infinity for 0."""
    if x == 0:
        return -math.inf
    return math.log2(x) if base == 2 else math.log(x)


def times_log(weight: Number, x: Number) -> float:
    """Return weight * ln x, 0 for weight 0."""
    return 0.0 if weight == 0 else float(weight) * log(x)


def share(flags: Sequence[bool]) -> float:
    """Return the share of flags that are set; NaN if there are none."""
    return ratio(sum(flags), len(flags))


def bisect(is_too_low: Callable[[float], bool], low: float, high: float) -> float:
    """Return the number between `low` and `high` up to which `is_too_low` is true."""
    for _ in range(200):
        middle = (low + high) / 2
        if is_too_low(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2


# ----------------------------------------------------------------------------------------------------
# Keyness: a word in target and reference
# ----------------------------------------------------------------------------------------------------
def _rate(word: str, tokens: Tokens) -> Fraction:
    return Fraction(sum(token == word for token in tokens), len(tokens))


def _rate_not_zero(word: str, tokens: Tokens) -> Fraction:
    """The relative frequency, with half an occurrence in place of none."""
    return _rate(word, tokens) or Fraction(1, 2 * len(tokens))


def _poisson(word: str, tokens: Tokens, rate: Fraction) -> float:
    """Log-likelihood of a rate per token, without the term common to all rates."""
    return times_log(sum(token == word for token in tokens), rate) - float(rate) * len(tokens)


def keyness_log_likelihood(word: str, target: Tokens, reference: Tokens) -> float:
    """Twice the gain in log-likelihood when each side has a Poisson rate of its own instead of a common one."""
    common = _rate(word, [*target, *reference])
    own = _poisson(word, target, _rate(word, target)) + _poisson(word, reference, _rate(word, reference))
    return 2 * (own - _poisson(word, target, common) - _poisson(word, reference, common))


def keyness_log_ratio(word: str, target: Tokens, reference: Tokens) -> float:
    """Binary logarithm of the ratio of relative frequencies; no occurrence counts as half of one."""
    return log(_rate_not_zero(word, target), 2) - log(_rate_not_zero(word, reference), 2)


def keyness_log_ratio_interval(
    word: str, target: Tokens, reference: Tokens, confidence: float = 0.95
) -> tuple[float, float]:
    """Log ratio and its normal interval, where a log rate r of n tokens has the variance (1 - r) / (n r)."""
    variance = 0.0
    for tokens in (target, reference):
        rate = _rate_not_zero(word, tokens)
        variance += float((1 - rate) / (len(tokens) * rate))
    half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(variance) / math.log(2)
    middle = keyness_log_ratio(word, target, reference)
    return middle - half, middle + half


def _chance_of_at_most(successes: int, trials: int, p: float) -> float:
    return math.fsum(math.comb(trials, i) * p**i * (1 - p) ** (trials - i) for i in range(successes + 1))


def _chance_of_at_least(successes: int, trials: int, p: float) -> float:
    return math.fsum(math.comb(trials, i) * p**i * (1 - p) ** (trials - i) for i in range(successes, trials + 1))


def keyness_conservative_log_ratio(
    word: str, target: Tokens, reference: Tokens, confidence: float = 0.95, comparisons: int = 1
) -> float:
    """The smallest log ratio compatible with the target's share of all occurrences (Clopper-Pearson)."""
    sides = [0] * list(target).count(word) + [1] * list(reference).count(word)
    tail = (1 - confidence) / comparisons / 2
    successes, trials = sides.count(0), len(sides)
    low, high = 0.0, 1.0
    if successes > 0:
        low = bisect(lambda p: _chance_of_at_least(successes, trials, p) < tail, 0, 1)
    if successes < trials:
        high = bisect(lambda p: _chance_of_at_most(successes, trials, p) > tail, 0, 1)
    size_ratio = len(reference) / len(target)
    lowest, highest = (log(ratio(p, 1 - p) * size_ratio, 2) for p in (low, high))
    return 0.0 if lowest <= 0 <= highest else min(lowest, highest, key=abs)


def keyness_bic(word: str, target: Tokens, reference: Tokens) -> float:
    """Log-likelihood minus the logarithm of the number of tokens."""
    return keyness_log_likelihood(word, target, reference) - math.log(len([*target, *reference]))


def keyness_ell(word: str, target: Tokens, reference: Tokens) -> float:
    """Log-likelihood over n ln(smallest expected frequency); the expectation must be above 1."""
    both = [*target, *reference]
    smallest = min(_rate(word, both) * len(target), _rate(word, both) * len(reference))
    if smallest <= 1:
        return math.nan
    return keyness_log_likelihood(word, target, reference) / (len(both) * math.log(smallest))


def keyness_percent_diff(word: str, target: Tokens, reference: Tokens) -> float:
    """Difference of the relative frequencies in per cent of the reference's."""
    difference = _rate(word, target) - _rate(word, reference)
    return 100 * ratio(difference, _rate(word, reference))


def keyness_odds_ratio(word: str, target: Tokens, reference: Tokens) -> float:
    """Odds of the word in the target over those in the reference."""
    odds, other_odds = (
        ratio(sum(token == word for token in tokens), sum(token != word for token in tokens))
        for tokens in (target, reference)
    )
    return math.nan if odds == other_odds == math.inf else ratio(odds, other_odds)


def keyness_relative_risk(word: str, target: Tokens, reference: Tokens) -> float:
    """Ratio of the relative frequencies."""
    return ratio(_rate(word, target), _rate(word, reference))


def keyness_simple_maths(word: str, target: Tokens, reference: Tokens, k: float = 1.0) -> float:
    """Ratio of the frequencies per million, with k added to each."""
    return (1e6 * float(_rate(word, target)) + k) / (1e6 * float(_rate(word, reference)) + k)


def keyness_difference_coefficient(word: str, target: Tokens, reference: Tokens) -> float:
    """The difference of the relative frequencies over their sum."""
    rates = _rate(word, target), _rate(word, reference)
    return ratio(rates[0] - rates[1], rates[0] + rates[1])


def keyness_weighted_log_odds(
    word: str, target: Tokens, reference: Tokens, prior: float | None = None, prior_total: float | None = None
) -> float:
    """The difference of the log odds in standard deviations, each side with the tokens of the prior added."""
    both = [*target, *reference]
    prior = both.count(word) if prior is None else prior
    prior_total = len(both) if prior_total is None else prior_total
    log_odds, variance = [], 0.0
    for tokens in (target, reference):
        occurrences = list(tokens).count(word) + prior
        others = sum(token != word for token in tokens) + prior_total - prior
        if occurrences == 0:
            return math.nan
        log_odds.append(log(ratio(occurrences, others)))
        variance += 1 / occurrences
    return (log_odds[0] - log_odds[1]) / math.sqrt(variance)


KEYNESS: dict[str, Callable[..., Any]] = {
    "log_likelihood": keyness_log_likelihood,
    "log_ratio": keyness_log_ratio,
    "log_ratio_interval": keyness_log_ratio_interval,
    "conservative_log_ratio": keyness_conservative_log_ratio,
    "bic": keyness_bic,
    "ell": keyness_ell,
    "percent_diff": keyness_percent_diff,
    "odds_ratio": keyness_odds_ratio,
    "relative_risk": keyness_relative_risk,
    "simple_maths": keyness_simple_maths,
    "difference_coefficient": keyness_difference_coefficient,
    "weighted_log_odds": keyness_weighted_log_odds,
}


# ----------------------------------------------------------------------------------------------------
# Contingency: the first and the second word of pairs
# ----------------------------------------------------------------------------------------------------
def _count(pairs: Pairs, first: str, second: str, is_first: bool, is_second: bool) -> int:
    """Count pairs with and without the first and the second word."""
    return sum((x == first) == is_first and (y == second) == is_second for x, y in pairs)


def _cells(pairs: Pairs, first: str, second: str) -> list[tuple[int, Fraction]]:
    """Observed and expected frequency of the four cells; the latter from row and column sums."""
    cells = []
    for is_first in (True, False):
        for is_second in (True, False):
            row = sum(_count(pairs, first, second, is_first, other) for other in (True, False))
            column = sum(_count(pairs, first, second, other, is_second) for other in (True, False))
            expected = Fraction(row * column, len(pairs))
            cells.append((_count(pairs, first, second, is_first, is_second), expected))
    return cells


def _seconds(pairs: Pairs, first: str, second: str, given_first: bool) -> list[bool]:
    """Whether each pair has the second word, among the pairs with the first word or those without."""
    return [y == second for x, y in pairs if (x == first) == given_first]


def _firsts(pairs: Pairs, first: str, second: str, given_second: bool) -> list[bool]:
    """Whether each pair has the first word, among the pairs with the second word or those without."""
    return [x == first for x, y in pairs if (y == second) == given_second]


def _is_constant(pairs: Pairs, first: str, second: str) -> bool:
    """Whether all or none of the pairs have the first word, or the second."""
    return len({x == first for x, _ in pairs}) == 1 or len({y == second for _, y in pairs}) == 1


def _binomial(flags: Sequence[bool], p: float) -> float:
    """Log-likelihood of a probability for each flag to be set."""
    return sum(times_log(1, p if flag else 1 - p) for flag in flags)


def association_log_likelihood(pairs: Pairs, first: str, second: str) -> float:
    """Dunning: twice the gain in log-likelihood when each row has a binomial of its own instead of a common one."""
    rows = [_seconds(pairs, first, second, given) for given in (True, False)]
    common = share([y == second for _, y in pairs])
    return 2 * sum(_binomial(row, share(row)) - _binomial(row, common) for row in rows)


def association_log_likelihood_williams(pairs: Pairs, first: str, second: str) -> float:
    """The likelihood ratio over 1 + (sum of 1/P(row) - 1)(sum of 1/P(column) - 1) / 6n; 0 with an empty margin."""
    if _is_constant(pairs, first, second):
        return 0.0
    rows = sum(1 / share([(x == first) == given for x, _ in pairs]) for given in (True, False))
    columns = sum(1 / share([(y == second) == given for _, y in pairs]) for given in (True, False))
    q = 1 + (rows - 1) * (columns - 1) / (6 * len(pairs))
    return association_log_likelihood(pairs, first, second) / q


def association_simple_log_likelihood(pairs: Pairs, first: str, second: str) -> float:
    """Twice the difference of Poisson log-likelihoods, of the observed and the expected joint frequency."""
    observed, expected = _cells(pairs, first, second)[0]
    return 2 * ((times_log(observed, observed) - observed) - (times_log(observed, expected) - float(expected)))


def association_chi_squared(pairs: Pairs, first: str, second: str) -> float:
    """The sum over cells of (O - E)^2 / E; 0 with an empty margin."""
    cells = _cells(pairs, first, second)
    return float(sum((observed - expected) ** 2 / expected for observed, expected in cells if expected))


def association_chi_squared_yates(pairs: Pairs, first: str, second: str) -> float:
    """The sum over cells of (|O - E| - 1/2)^2 / E, where no difference falls below 0."""
    total = Fraction(0)
    for observed, expected in _cells(pairs, first, second):
        if expected:
            total += max(Fraction(0), abs(observed - expected) - Fraction(1, 2)) ** 2 / expected
    return float(total)


def _hypergeometric(pairs: Pairs, first: str, second: str) -> tuple[int, dict[int, Fraction]]:
    """The joint frequency, and the probability of each value if the second words are permuted."""
    firsts = [x for x, _ in pairs].count(first)
    seconds = [y for _, y in pairs].count(second)
    others = len(pairs) - firsts
    chances = {}
    for joint in range(min(firsts, seconds) + 1):
        if seconds - joint <= others:
            deals = math.comb(firsts, joint) * math.comb(others, seconds - joint)
            chances[joint] = Fraction(deals, math.comb(len(pairs), seconds))
    return list(pairs).count((first, second)), chances


def association_fisher_exact_two_sided(pairs: Pairs, first: str, second: str) -> float:
    """The probability of a joint frequency no more likely than the observed one."""
    observed, chances = _hypergeometric(pairs, first, second)
    return float(sum(chance for chance in chances.values() if chance <= chances[observed]))


def association_fisher_exact_left(pairs: Pairs, first: str, second: str) -> float:
    """The probability of a joint frequency no greater than the observed one."""
    observed, chances = _hypergeometric(pairs, first, second)
    return float(sum(chance for joint, chance in chances.items() if joint <= observed))


def association_fisher_exact_right(pairs: Pairs, first: str, second: str) -> float:
    """The probability of a joint frequency no smaller than the observed one."""
    observed, chances = _hypergeometric(pairs, first, second)
    return float(sum(chance for joint, chance in chances.items() if joint >= observed))


def association_t_score(pairs: Pairs, first: str, second: str) -> float:
    """Observed minus expected joint frequency over the square root of the observed."""
    observed, expected = _cells(pairs, first, second)[0]
    return ratio(float(observed - expected), math.sqrt(observed))


def association_z_score(pairs: Pairs, first: str, second: str) -> float:
    """Observed minus expected joint frequency over the square root of the expected."""
    observed, expected = _cells(pairs, first, second)[0]
    return ratio(float(observed - expected), math.sqrt(expected))


def _times_more(pairs: Pairs, first: str, second: str) -> float:
    """P(both) / (P(first) P(second))."""
    both, with_first, with_second = (
        Fraction(sum(flags), len(pairs))
        for flags in (
            [pair == (first, second) for pair in pairs],
            [x == first for x, _ in pairs],
            [y == second for _, y in pairs],
        )
    )
    return ratio(both, with_first * with_second)


def association_mi(pairs: Pairs, first: str, second: str) -> float:
    """The binary logarithm of P(both) / (P(first) P(second))."""
    return log(_times_more(pairs, first, second), 2)


def association_mi2(pairs: Pairs, first: str, second: str) -> float:
    """MI with the joint frequency as a second factor."""
    return log(list(pairs).count((first, second)) * _times_more(pairs, first, second), 2)


def association_mi3(pairs: Pairs, first: str, second: str) -> float:
    """MI with the joint frequency as a second and a third factor."""
    return log(list(pairs).count((first, second)) ** 2 * _times_more(pairs, first, second), 2)


def association_local_mi(pairs: Pairs, first: str, second: str) -> float:
    """The sum of the MI over all pairs of these two words; 0 if there are none."""
    mi = association_mi(pairs, first, second)
    return float(sum(mi for pair in pairs if pair == (first, second)))


def association_npmi(pairs: Pairs, first: str, second: str) -> float:
    """MI over the information of the pair; -1 if the pair never occurs, 1 if no other does."""
    joint = share([pair == (first, second) for pair in pairs])
    if joint in (0, 1):
        return 2 * joint - 1
    return association_mi(pairs, first, second) / -math.log2(joint)


def association_dice(pairs: Pairs, first: str, second: str) -> float:
    """Twice the joint frequency over the sum of the frequencies of the two words."""
    places = [(x == first, y == second) for x, y in pairs]
    return ratio(sum(2 for place in places if all(place)), sum(sum(place) for place in places))


def association_log_dice(pairs: Pairs, first: str, second: str) -> float:
    """14 plus the binary logarithm of Dice."""
    return 14 + log(association_dice(pairs, first, second), 2)


def association_log_ratio_collocation(pairs: Pairs, first: str, second: str) -> float:
    """Binary logarithm of P(second | first) / P(second | not first); no occurrence counts as half."""
    logs = []
    for given_first in (True, False):
        seconds = _seconds(pairs, first, second, given_first)
        if not seconds:
            return math.nan
        logs.append(log((sum(seconds) or 0.5) / len(seconds), 2))
    return logs[0] - logs[1]


def association_min_sensitivity(pairs: Pairs, first: str, second: str) -> float:
    """The smaller of P(second | first) and P(first | second)."""
    shares = share(_seconds(pairs, first, second, True)), share(_firsts(pairs, first, second, True))
    return math.nan if any(map(math.isnan, shares)) else min(shares)


def association_phi_squared(pairs: Pairs, first: str, second: str) -> float:
    """The squared Pearson correlation of two lists of 0 and 1."""
    xs = [int(x == first) for x, _ in pairs]
    ys = [int(y == second) for _, y in pairs]
    mean_x, mean_y = Fraction(sum(xs), len(xs)), Fraction(sum(ys), len(ys))
    covariance = sum(((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)), Fraction(0))
    variances = sum((x - mean_x) ** 2 for x in xs) * sum((y - mean_y) ** 2 for y in ys)
    return ratio(covariance**2, variances)


def association_liddell(pairs: Pairs, first: str, second: str) -> float:
    """P(first | second) - P(first | not second): the difference of the proportions of the columns."""
    return share(_firsts(pairs, first, second, True)) - share(_firsts(pairs, first, second, False))


def association_delta_p_2_given_1(pairs: Pairs, first: str, second: str) -> float:
    """P(second | first) - P(second | not first)."""
    return share(_seconds(pairs, first, second, True)) - share(_seconds(pairs, first, second, False))


def association_delta_p_1_given_2(pairs: Pairs, first: str, second: str) -> float:
    """P(first | second) - P(first | not second)."""
    return share(_firsts(pairs, first, second, True)) - share(_firsts(pairs, first, second, False))


ASSOCIATION: dict[str, Callable[..., float]] = {
    "association.log_likelihood": association_log_likelihood,  # ck.measures.log_likelihood is the keyness measure
    "log_likelihood_williams": association_log_likelihood_williams,
    "simple_log_likelihood": association_simple_log_likelihood,
    "chi_squared": association_chi_squared,
    "chi_squared_yates": association_chi_squared_yates,
    "fisher_exact_two_sided": association_fisher_exact_two_sided,
    "fisher_exact_left": association_fisher_exact_left,
    "fisher_exact_right": association_fisher_exact_right,
    "t_score": association_t_score,
    "z_score": association_z_score,
    "mi": association_mi,
    "mi2": association_mi2,
    "mi3": association_mi3,
    "local_mi": association_local_mi,
    "npmi": association_npmi,
    "dice": association_dice,
    "log_dice": association_log_dice,
    "log_ratio_collocation": association_log_ratio_collocation,
    "min_sensitivity": association_min_sensitivity,
    "phi_squared": association_phi_squared,
    "liddell": association_liddell,
    "delta_p_2_given_1": association_delta_p_2_given_1,
    "delta_p_1_given_2": association_delta_p_1_given_2,
}


# ----------------------------------------------------------------------------------------------------
# Dispersion: a word in the parts of a corpus
# ----------------------------------------------------------------------------------------------------
def _in_parts(word: str, parts: Parts) -> tuple[list[float], list[float]]:
    """Each part's share of the word, and of the tokens."""
    everything = [token for part in parts for token in part]
    total = everything.count(word)
    return [list(part).count(word) / total for part in parts], [len(part) / len(everything) for part in parts]


def _rates(word: str, parts: Parts) -> list[float]:
    return [float(_rate(word, part)) for part in parts]


def _is_absent(word: str, parts: Parts) -> bool:
    return all(token != word for part in parts for token in part)


def dispersion_range_proportion(word: str, parts: Parts) -> float:
    """The share of the parts that have the word."""
    return share([word in part for part in parts])


def dispersion_juilland_d(word: str, parts: Parts) -> float:
    """1 - the coefficient of variation of the relative frequencies over its greatest value, sqrt(m - 1)."""
    if _is_absent(word, parts) or len(parts) == 1:
        return math.nan
    rates = _rates(word, parts)
    return 1 - pstdev(rates) / fmean(rates) / math.sqrt(len(parts) - 1)


def dispersion_carroll_d2(word: str, parts: Parts) -> float:
    """The entropy of the relative frequencies over its greatest value."""
    if _is_absent(word, parts) or len(parts) == 1:
        return math.nan
    rates = _rates(word, parts)
    shares = [rate / sum(rates) for rate in rates]
    return -sum(times_log(p, p) for p in shares) / math.log(len(parts))


def dispersion_rosengren_s(word: str, parts: Parts) -> float:
    """The square of the sum of sqrt(share of the word * share of the tokens)."""
    if _is_absent(word, parts):
        return math.nan
    return sum(math.sqrt(v * s) for v, s in zip(*_in_parts(word, parts), strict=True)) ** 2


def dispersion_lyne_d3(word: str, parts: Parts) -> float:
    """1 - chi-squared / 4f against an even spread, f the frequency of the word."""
    everything = [token for part in parts for token in part]
    if word not in everything:
        return math.nan
    chi_squared = Fraction(0)
    for part in parts:
        expected = _rate(word, everything) * len(part)
        chi_squared += (list(part).count(word) - expected) ** 2 / expected
    return float(1 - chi_squared / (4 * everything.count(word)))


def dispersion_deviation_of_proportions(word: str, parts: Parts) -> float:
    """The share of the word that would have to move to another part for an even spread."""
    if _is_absent(word, parts):
        return math.nan
    return sum(v - s for v, s in zip(*_in_parts(word, parts), strict=True) if v > s)


def dispersion_deviation_of_proportions_norm(word: str, parts: Parts) -> float:
    """Deviation of proportions over its maximum, reached if the word occurs in the smallest part only."""
    if _is_absent(word, parts) or len(parts) == 1:
        return math.nan
    smallest = min(range(len(parts)), key=lambda i: len(parts[i]))
    only_there = [[word if i == smallest else ""] * len(part) for i, part in enumerate(parts)]
    greatest = dispersion_deviation_of_proportions(word, only_there)
    return dispersion_deviation_of_proportions(word, parts) / greatest


def dispersion_burch_da(word: str, parts: Parts) -> float:
    """1 - the mean difference of relative frequencies over all pairs of parts, over twice their mean."""
    if _is_absent(word, parts) or len(parts) == 1:
        return math.nan
    rates = _rates(word, parts)
    return 1 - fmean(abs(p - q) for p, q in combinations(rates, 2)) / (2 * fmean(rates))


def dispersion_kullback_leibler_divergence(word: str, parts: Parts) -> float:
    """The mean over occurrences of log2(share of the word / share of the tokens) of the part they are in."""
    if _is_absent(word, parts):
        return math.nan
    logs = []
    for part, v, s in zip(parts, *_in_parts(word, parts), strict=True):
        logs += [math.log2(v / s) for token in part if token == word]
    return fmean(logs)


DISPERSION: dict[str, Callable[[str, Parts], float]] = {
    "range_proportion": dispersion_range_proportion,
    "juilland_d": dispersion_juilland_d,
    "carroll_d2": dispersion_carroll_d2,
    "rosengren_s": dispersion_rosengren_s,
    "lyne_d3": dispersion_lyne_d3,
    "deviation_of_proportions": dispersion_deviation_of_proportions,
    "deviation_of_proportions_norm": dispersion_deviation_of_proportions_norm,
    "burch_da": dispersion_burch_da,
    "kullback_leibler_divergence": dispersion_kullback_leibler_divergence,
}


# ----------------------------------------------------------------------------------------------------
# Distance: a word in a circular corpus
# ----------------------------------------------------------------------------------------------------
def distance_average_reduced_frequency(word: str, tokens: Tokens) -> float:
    """The mean number of equal segments with the word, as many segments as occurrences, over all starting points."""
    positions = [i for i, token in enumerate(tokens) if token == word]
    if not positions:
        return 0.0
    length = Fraction(len(tokens), len(positions))
    # A segment gains or loses a word only where one of its ends passes it.
    changes = sorted({Fraction(0), length, *(position % length for position in positions)})
    total = Fraction(0)
    for start, end in pairwise(changes):
        begin = (start + end) / 2
        segments = {(position - begin) // length % len(positions) for position in positions}
        total += len(segments) * (end - start)
    return float(total / length)


def _waits(word: str, tokens: Tokens) -> list[int]:
    """The steps from each position to the next occurrence after it."""
    waits = []
    for start in range(len(tokens)):
        steps = 1
        while tokens[(start + steps) % len(tokens)] != word:
            steps += 1
        waits.append(steps)
    return waits


def distance_average_waiting_time(word: str, tokens: Tokens) -> float:
    """The mean number of steps to the next occurrence, over all positions."""
    return fmean(_waits(word, tokens)) if word in tokens else math.nan


def distance_average_logarithmic_distance(word: str, tokens: Tokens) -> float:
    """The mean decimal logarithm of the gap around each position."""
    if word not in tokens:
        return math.nan
    logs = []
    for position, steps in enumerate(_waits(word, tokens)):
        back = 0
        while tokens[(position - back) % len(tokens)] != word:
            back += 1
        logs.append(math.log10(back + steps))
    return fmean(logs)


DISTANCE: dict[str, Callable[[str, Tokens], float]] = {
    "average_reduced_frequency": distance_average_reduced_frequency,
    "average_waiting_time": distance_average_waiting_time,
    "average_logarithmic_distance": distance_average_logarithmic_distance,
}


# ----------------------------------------------------------------------------------------------------
# Diversity: the types of a text
# ----------------------------------------------------------------------------------------------------
def diversity_ttr(tokens: Text) -> float:
    """Types per token."""
    return len(set(tokens)) / len(tokens)


def diversity_cttr(tokens: Text) -> float:
    """Types over the square root of twice the tokens."""
    return len(set(tokens)) / math.sqrt(len([*tokens, *tokens]))


def diversity_guiraud_r(tokens: Text) -> float:
    """Types over the square root of the tokens."""
    return len(set(tokens)) / math.sqrt(len(tokens))


def diversity_herdan_c(tokens: Text) -> float:
    """The logarithm of the types over that of the tokens."""
    return ratio(math.log(len(set(tokens))), math.log(len(tokens)))


def diversity_maas(tokens: Text) -> float:
    """(log tokens - log types) / (log tokens)^2."""
    return ratio(math.log(len(tokens)) - math.log(len(set(tokens))), math.log(len(tokens)) ** 2)


def diversity_msttr(tokens: Text, window: int = 100) -> float:
    """The mean TTR of consecutive segments; an incomplete one is left out."""
    segments = [tokens[i : i + window] for i in range(0, len(tokens), window)]
    ratios = [diversity_ttr(segment) for segment in segments if len(segment) == window]
    return fmean(ratios) if ratios else math.nan


def diversity_mattr(tokens: Text, window: int = 100) -> float:
    """The mean TTR of all windows."""
    windows = [tokens[i : i + window] for i in range(len(tokens))]
    ratios = [diversity_ttr(part) for part in windows if len(part) == window]
    return fmean(ratios) if ratios else math.nan


def _factors(tokens: Text, threshold: float) -> float:
    """How often the TTR falls below the threshold, restarting each time; the rest counts as a fraction."""
    factors, start = 0.0, 0
    for end in range(1, len(tokens) + 1):
        if diversity_ttr(tokens[start:end]) < threshold:
            factors += 1
            start = end
    if start < len(tokens):
        factors += (1 - diversity_ttr(tokens[start:])) / (1 - threshold)
    return factors


def diversity_mtld(tokens: Text, threshold: float = 0.72) -> float:
    """The mean length of a factor, forwards and backwards."""
    return fmean(ratio(len(tokens), _factors(text, threshold)) for text in (tokens, tokens[::-1]))


def diversity_hdd(tokens: Text, sample: int = 42) -> float:
    """The expected TTR of a sample without replacement: each type by its probability of being drawn."""
    if len(tokens) < sample:
        return math.nan
    all_samples = math.comb(len(tokens), sample)
    types = Fraction(0)
    for kind in set(tokens):
        without = math.comb(sum(token != kind for token in tokens), sample)
        types += 1 - Fraction(without, all_samples)
    return float(types / sample)


def _spectrum(tokens: Text) -> Counter[int]:
    """The number of types of each frequency."""
    return Counter(Counter(tokens).values())


def diversity_yule_k(tokens: Text) -> float:
    """10000 (the sum of squared frequencies - N) / N^2."""
    squares = sum(number * frequency**2 for frequency, number in _spectrum(tokens).items())
    return 10_000 * (squares - len(tokens)) / len(tokens) ** 2


def diversity_yule_i(tokens: Text) -> float:
    """V^2 / (the sum of squared frequencies - V)."""
    squares = sum(number * frequency**2 for frequency, number in _spectrum(tokens).items())
    types = len(set(tokens))
    return ratio(types**2, squares - types)


def diversity_simpson_d(tokens: Text) -> float:
    """The probability that two tokens drawn without replacement are of one type."""
    return share([x == y for x, y in combinations(tokens, 2)])


def diversity_fisher_alpha(tokens: Text) -> float:
    """The alpha for which alpha ln(1 + N / alpha) is the number of types; infinite if no type repeats."""
    types, size = len(set(tokens)), len(tokens)
    if types == size:
        return math.inf
    return bisect(lambda alpha: alpha * math.log1p(size / alpha) < types, 0, size**2)


DIVERSITY: dict[str, Callable[..., float]] = {
    "ttr": diversity_ttr,
    "cttr": diversity_cttr,
    "guiraud_r": diversity_guiraud_r,
    "herdan_c": diversity_herdan_c,
    "maas": diversity_maas,
    "msttr": diversity_msttr,
    "mattr": diversity_mattr,
    "mtld": diversity_mtld,
    "hdd": diversity_hdd,
    "yule_k": diversity_yule_k,
    "yule_i": diversity_yule_i,
    "simpson_d": diversity_simpson_d,
    "fisher_alpha": diversity_fisher_alpha,
}
