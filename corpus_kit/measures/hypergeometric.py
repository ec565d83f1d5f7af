"""Tails of the hypergeometric distribution for tables of any size.

SciPy adds up so many terms in large tables that one takes a minute, and its search for the other tail overflows.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

__all__ = ["Side", "deviation", "fisher_exact"]

Side = Literal["two-sided", "less", "greater"]
Cells = tuple[int, int, int, int]

_FIRST, _MOST = 2**7, 2**16  # terms that are multiplied up before the probability is computed anew
_NEGLIGIBLE = 2.0**-60
_TIE = 1e-11  # probabilities that differ by less are equal: their logarithms are known to some 1e-13


def deviation(cells: Cells) -> float:
    """Return the standard deviation of o11 with the margins of a table; some 20 of them are the terms of a sum.

    >>> deviation((1, 3, 3, 1))
    0.7559289460184544
    """
    o11, o12, o21, o22 = cells
    n = sum(cells)
    if n < 2:
        return 0.0
    return math.sqrt((o11 + o12) / n * ((o21 + o22) / n) * ((o11 + o21) / n) * (o12 + o22) * (n / (n - 1)))


def fisher_exact(cells: Cells, side: Side) -> float:
    """Return the p-value of Fisher's exact test.

    >>> round(fisher_exact((1, 3, 3, 1), "two-sided"), 3), round(fisher_exact((1, 3, 3, 1), "less"), 3)
    (0.486, 0.243)
    >>> fisher_exact((2**51, 2**51, 2**51, 2**51), "two-sided")
    1.0
    """
    o11, o12, o21, _ = cells
    r1, c1, n = o11 + o12, o11 + o21, sum(cells)
    mode = (r1 + 1) * (c1 + 1) // (n + 2)
    if side != "two-sided":
        return _tail(cells, -1 if side == "less" else 1, mode)
    if abs(_log_probability(cells) - _log_probability(_moved(cells, mode - o11))) <= _TIE:
        return 1.0
    step = 1 if o11 > mode else -1
    other = _other_side(cells, mode)
    return min(1.0, _tail(cells, step, mode) + (_tail(other, -step, mode) if other else 0.0))


def _tail(cells: Cells, step: int, mode: int) -> float:
    """Return the probability of o11 and of all that is beyond it in one direction."""
    if (cells[0] - mode) * step >= 0:
        return min(1.0, _sum(cells, step))
    before = _moved(cells, -step)  # towards the mode terms grow; what is on the other side is small
    return 1.0 - _sum(before, -step) if min(before) >= 0 else 1.0


def _sum(cells: Cells, step: int) -> float:
    """Add up the probabilities from o11 away from the mode, where each is smaller than the one before."""
    total, most = 0.0, _FIRST
    while min(cells) >= 0:
        falling, growing = (cells[1:3], cells[0::3]) if step > 0 else (cells[0::3], cells[1:3])
        steps = np.arange(min(most, *falling), dtype=np.float64)
        ratios = (falling[0] - steps) / (growing[0] + steps + 1) * ((falling[1] - steps) / (growing[1] + steps + 1))
        terms = math.exp(_log_probability(cells)) * np.cumprod(np.concatenate(([1.0], ratios)))
        total += float(terms.sum())
        ratio = float(ratios[-1]) if ratios.size else 0.0
        if float(terms[-1]) * ratio <= _NEGLIGIBLE * total * (1 - ratio):  # all that is left, as ratios fall
            return total
        cells, most = _moved(cells, step * terms.size), min(4 * most, _MOST)
    return total


def _other_side(cells: Cells, mode: int) -> Cells | None:
    """Return the first table beyond the mode that is at most as likely, or None if all are likelier."""
    bound = _log_probability(cells) + _TIE
    step = -1 if cells[0] > mode else 1
    start = _moved(cells, mode - cells[0])
    most = min(start[1:3] if step > 0 else start[0::3])
    if _log_probability(_moved(start, step * most)) > bound:
        return None
    low, high = 0, most  # the probability falls from the mode on
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _log_probability(_moved(start, step * middle)) <= bound else (middle, high)
    return _moved(start, step * high)


def _moved(cells: Cells, by: int) -> Cells:
    """Return the table with the same margins in which o11 is larger."""
    return cells[0] + by, cells[1] - by, cells[2] - by, cells[3] + by


def _log_probability(cells: Cells) -> float:
    """Return the logarithm of the probability of a table, of which no digit cancels (after Loader 2000).

    With x! = √(2πx) (x/e)^x exp(δ(x)) it is a sum of small terms: the deviance of the cells, from the difference
    between observed and expected, which is exact; δ of margins and cells; and the roots.
    """
    o11, o12, o21, o22 = cells
    n = sum(cells)
    margins = (o11 + o12, o21 + o22, o11 + o21, o12 + o22)
    if not all(margins):
        return 0.0
    difference = (o11 * o22 - o12 * o21) / n  # of integers: rounded once
    signed = (difference, -difference, -difference, difference)
    deviance = math.fsum(_deviance(cell, by) for cell, by in zip(cells, signed, strict=True))
    rest = [*map(_rest, margins), *(-_rest(cell) for cell in cells), -_rest(n)]
    roots = [math.log(each) for each in margins] + [-math.log(cell) for cell in cells if cell] + [-math.log(n)]
    without_root = sum(not cell for cell in cells)
    halves = math.fsum(roots) + (without_root - 1) * math.log(2 * math.pi)
    return math.fsum(rest) + halves / 2 - deviance


def _deviance(observed: int, by: float) -> float:
    """Return O ln(O/E) - (O - E), where O - E is known."""
    if not observed:
        return -by
    u = by / observed
    if abs(u) > 0.1:
        return observed * -math.log1p(-u) - by if u < 1 else math.inf
    term, total, k = u * u, 0.0, 2
    while abs(term) > 1e-18 * abs(total) and k < 40:
        total += term / k
        term *= u
        k += 1
    return observed * total


def _rest(x: int) -> float:
    """Return δ(x), by which ln x! differs from Stirling's formula; 0 for 0, which has no root either."""
    if x == 0:
        return 0.0
    if x < 16:
        return math.lgamma(x + 1) - (x + 0.5) * math.log(x) + x - math.log(2 * math.pi) / 2
    square = 1.0 / (x * x)
    return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x
