"""How many words stand before a place of a corpus, and how far so many words reach from one."""

from __future__ import annotations

import numpy as np

from corpus_kit._base.arrays import Array, Integers
from corpus_kit.corpus.view import CorpusView

__all__ = ["WordRanks", "word_ranks"]

_BLOCK = 256  # tokens; a byte counts the words in it
_BLOCKS = 1 << 12  # that are counted at once


class WordRanks:
    """How many words stand before a place, in any part of a corpus.

    Args:
        types: The type of each token.
        is_word: For each type, whether it is a word (bool).
    """

    def __init__(self, types: Array, is_word: Array) -> None:
        n_blocks = len(types) // _BLOCK + 1
        self._inside = np.zeros(n_blocks * _BLOCK, np.uint8)
        in_blocks = np.zeros(n_blocks, np.int64)
        for begin in range(0, n_blocks, _BLOCKS):
            blocks = np.zeros((min(_BLOCKS, n_blocks - begin), _BLOCK), np.uint8)
            some = is_word[types[begin * _BLOCK : (begin + _BLOCKS) * _BLOCK]]
            blocks.ravel()[: len(some)] = some
            counts = np.cumsum(blocks, axis=1, dtype=np.uint16)
            in_blocks[begin : begin + len(blocks)] = counts[:, -1]
            self._inside[begin * _BLOCK : (begin + len(blocks)) * _BLOCK] = (counts - blocks).ravel()
        self._before = np.concatenate(([0], np.cumsum(in_blocks)))

    def __getitem__(self, places: Array) -> Integers:
        """Return the words before each of some places (Int64)."""
        ranks: Integers = self._before[places // _BLOCK] + self._inside[places]
        return ranks

    def last_with(self, ranks: Integers, low: Integers, high: Integers) -> Integers:
        """Return the last place from `low` to `high` before which there are at most so many words (Int64).

        By bisection, so that no text is read, however far it is; `low` must fulfil it.
        """
        low, high = low.copy(), high.copy()
        while len(rows := np.flatnonzero(low < high)):
            middle = (low[rows] + high[rows] + 1) // 2
            fits = self[middle] <= ranks[rows]
            low[rows[fits]] = middle[fits]
            high[rows[~fits]] = middle[~fits] - 1
        return low


def word_ranks(corpus: CorpusView, is_word: Array) -> WordRanks:
    """Return how many words stand before each place of a corpus; it is kept for later calls.

    Args:
        corpus: The corpus.
        is_word: For each type, whether it is a word (bool).
    """
    key = ("word ranks", hash(is_word.tobytes()))
    return corpus.derive_from_tokens(key, lambda: WordRanks(corpus.token_types, is_word))
