"""Random numbers by hashing: the same on every machine and with every version of every library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["draws", "hashed"]

Words = npt.NDArray[np.uint64]


def hashed(numbers: npt.NDArray[np.integer], seed: int) -> Words:
    """Return a 64-bit hash of each number and the seed.

    References:
        G. Steele, D. Lea, C. Flood (2014). Fast splittable pseudorandom number generators (SplitMix64).

    >>> hashed(np.array([1, 2]), seed=0).tolist() == hashed(np.array([1, 2]), seed=0).tolist()
    True
    """
    mask = (1 << 64) - 1
    z = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64((seed * 0xD1342543DE82EF95 + 1) & mask)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def draws(n: int, replicate: int, seed: int) -> npt.NDArray[np.int64]:
    """Return how often each of n items is drawn in n draws with replacement; replicates are independent.

    >>> int(draws(10, replicate=0, seed=1).sum())
    10
    """
    first = np.uint64(replicate) << np.uint64(32)  # n is below 2^32, so no number comes twice
    drawn = hashed(np.arange(n, dtype=np.uint64) + first, seed)
    # the upper half of each hash, scaled to 0 .. n - 1; the bias is at most n / 2^32
    return np.bincount(((drawn >> np.uint64(32)) * np.uint64(n) >> np.uint64(32)).astype(np.int64), minlength=n)
