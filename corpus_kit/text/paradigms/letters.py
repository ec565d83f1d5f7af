"""Words as codes of letters, as the core reads them, and what it costs when a letter is not written as it should be."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array, Bytes, Floats, Numbers
from corpus_kit.errors import InputError

__all__ = ["CODE_OF", "FOLD", "MISSPELT", "POWERS", "SEATS", "UNIT", "Letters", "cost", "costs", "encoded", "folded"]

UNIT = 64  # parts of a binary digit, in which the core counts costs
_CODED = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچڤگژ"
_N_CODES = 64
CODE_OF = {letter: code for code, letter in enumerate(_CODED, start=1)}
SEATS = ["آ", "أ", "إ", "ؤ", "ئ", "ء", "ى"]
_FOLDED = str.maketrans(dict.fromkeys(SEATS, "ا") | {"ى": "ي"})

# 2^31 * 2^(-i / 64), by which the core adds probabilities as integers.
POWERS = np.round(2.0**31 * 2.0 ** (-np.arange(UNIT) / UNIT)).astype(np.uint32)


class Letters(NamedTuple):
    """Words as codes, UInt8, one after another; word i begins at starts[i], UInt32, and ends at starts[i + 1]."""

    codes: Bytes
    starts: Numbers


def cost(probability: float) -> int:
    """Return a probability as a cost: its negative binary logarithm in units of 1/64.

    >>> cost(1), cost(0.5), cost(0.1)
    (0, 64, 213)
    """
    return round(-UNIT * math.log2(probability))


def costs(probabilities: Floats) -> npt.NDArray[np.int32]:
    """Return many probabilities, none of them 0, as costs."""
    return np.round(-UNIT * np.log2(probabilities)).astype(np.int32)


def encoded(words: pl.Series) -> Letters:
    """Return words as codes; a letter that has none is 0.

    Raises:
        InputError: If they have 2^32 letters or more.
    """
    lengths = words.str.len_chars().to_numpy()
    n_letters = int(lengths.sum(dtype=np.int64))
    if n_letters >= 2**32:
        raise InputError(f"words must have less than 4,294,967,296 letters together, got {n_letters:,}.")
    starts = np.zeros(len(words) + 1, np.uint32)
    np.cumsum(lengths, out=starts[1:])
    points = np.frombuffer("".join(words.to_list()).encode("utf-32-le"), np.uint32)
    return Letters(_TABLE[np.minimum(points, len(_TABLE) - 1)], starts)


def folded(word: str) -> str:
    """Return a word as the core compares it: every hamza is an alef, ى is ي.

    >>> folded("مسؤولى")
    'مساولي'
    """
    return word.translate(_FOLDED)


# How often a letter is written so where another is right; what is not listed is written as it is.
_WRITTEN = {
    ("ا", "أ"): 0.08,
    ("ا", "إ"): 0.08,
    ("ا", "آ"): 0.05,
    ("ى", "ي"): 0.02,
    ("ي", "ى"): 0.01,
    ("أ", "إ"): 0.003,
    ("إ", "أ"): 0.003,
    ("أ", "ا"): 0.003,
    ("إ", "ا"): 0.003,
    ("آ", "ا"): 0.003,
    **{(written, right): 0.02 for written in "ؤئءأ" for right in "ؤئءأ" if written != right},
}
_SELDOM = 0.001  # other letters that fold alike
_BEFORE_ENDING = 0.3  # the hamza at the end of a stem takes another seat: أبناء, أبناؤهم


def _table() -> Bytes:
    table = np.zeros(0x700, np.uint8)
    for letter, code in CODE_OF.items():
        table[ord(letter)] = code
    return table


def _fold() -> Bytes:
    fold = np.arange(_N_CODES, dtype=np.uint8)
    fold[len(_CODED) + 1 :] = 0
    for letter, code in CODE_OF.items():
        fold[code] = CODE_OF[folded(letter)]
    return fold


def _misspelt() -> Array:
    """Return the cost of [written, right] letters; then the same for the last letter of a stem before an ending."""
    table = np.full((2, _N_CODES, _N_CODES), cost(_SELDOM), np.int16)
    table[:, range(_N_CODES), range(_N_CODES)] = 0
    for (written, right), share in _WRITTEN.items():
        table[:, CODE_OF[written], CODE_OF[right]] = cost(share)
    for written in "ؤئأ":
        for right in "ؤئءأ":
            if written != right:
                table[1, CODE_OF[written], CODE_OF[right]] = cost(_BEFORE_ENDING)
    return table


_TABLE, FOLD, MISSPELT = _table(), _fold(), _misspelt()
