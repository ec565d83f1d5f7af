"""Generated news with a billion tokens, as several Parquet files: id, text, source and date of each document.

    python tests/bench/billion_text.py FOLDER [--tokens 1000000000] [--seed 1]

The words are those of `corpus_kit.benchmarks.generated`, so they have no meaning. Their frequencies fall as in news,
and rare ones keep appearing, to some three million types. As in `large_text.py`, a document is a chain of passages of
one running text in which words are replaced by others: words and n-grams recur, and new ones never end. There are
sentences, paragraphs, quotations, numbers and punctuation; documents have some 320 tokens. A batch takes one hash for
each word and is spelled by the core, so that some millions of tokens a second are written, in memory that does not
depend on the size. The same size and seed give the same files.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.columns import series_from_core
from corpus_kit._base.hashing import hashed
from corpus_kit._core import Texts
from corpus_kit.benchmarks.generated import generated_words

TOKENS_OF_A_FILE = 50_000_000

_DOCUMENTS = 5_000  # of a batch, about 17 MB of text
_LENGTHS = (40, 75, 105, 130, 155, 180, 205, 240, 290, 350, 450, 820)  # words; one for each twelfth of the documents
TOKENS_PER_DOCUMENT = 290  # about; words and punctuation
_TYPES, _SHIFT, _BEND = 4_000_000, 3, 150_000  # the frequency of rank r is near 1 / ((r + shift) (r + bend))
_STEPS = 16  # bits: the frequencies are drawn from as many equal shares, each of them even within
_RUNNING = 1 << 24  # words of the running text
_PASSAGE = 24  # words at most, three at least
_PARAGRAPH = 58  # words
_REPLACED, _NUMBERS = 100, 18  # per 1,024 words
_NUMBER_TYPES = 40_000
_QUOTED = 6  # words
# What stands after a word, with the frequency per 1,024 words.
_BETWEEN = {" ": 900, "، ": 56, ". ": 40, ": ": 8, "؛ ": 2, "؟ ": 2, " «": 10, " (": 6}
_CLOSED = {" «": "» ", " (": ") "}
_END_OF_PARAGRAPH, _END = ".\n", "."
_SOURCES = tuple(f"صحيفة {name}" for name in """
    الأفق المنار الضحى السهل الواحة الميناء القنطرة الشروق الوادي الساحل المرسى البرج الهضبة النخيل
""".split())  # fmt: skip  # noqa: SIM905 (a list of fourteen items would fill the page)
_FIRST_DAY, _DAYS = 14_610, 5_479  # 2010-01-01, up to 2024-12-31

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]


class GeneratedNews:
    """The vocabulary and the running text that all batches draw from.

    Args:
        seed: The seed.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._steps = _steps()
        numbers = pl.int_range(1, _NUMBER_TYPES + 1, eager=True).cast(pl.String)
        separators = [*_BETWEEN, *_CLOSED.values(), _END_OF_PARAGRAPH, _END]
        spellings = pl.concat([generated_words(_TYPES), numbers, pl.Series(separators)])
        self._first_separator = _TYPES + _NUMBER_TYPES
        self._after = {text: self._first_separator + number for number, text in enumerate(separators)}
        self._texts = Texts(_bytes_of(spellings), _offsets(spellings.str.len_bytes().to_numpy()))
        self._drawn = np.repeat([self._after[text] for text in _BETWEEN], list(_BETWEEN.values())).astype(np.uint32)
        self._running = self._words(hashed(np.arange(_RUNNING), seed * 16))

    def documents(self, number: int) -> pl.DataFrame:
        """Return batch `number`: id, text (String), source (Enum) and date (Date)."""
        rows = np.arange(number * _DOCUMENTS, (number + 1) * _DOCUMENTS)
        chance = hashed(rows, self._seed * 16 + 1)
        typical = np.array(_LENGTHS)[_below(chance, len(_LENGTHS))]
        lengths = typical // 2 + _below(chance << np.uint64(16), 1024) * typical // 1024
        ends = np.cumsum(lengths)
        place = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
        units = np.empty((ends[-1], 2), np.uint32)
        chance_of_word = hashed(np.arange(ends[-1]) + (number << 32), self._seed * 16 + 2)
        units[:, 0] = self._chained(chance_of_word, number)
        units[:, 1] = self._separated(chance_of_word, place, ends)
        texts = self._spelled(units.ravel(), 2 * ends)
        quarter = chance >> np.uint64(48)
        # the first sources have the most documents
        source = _below(chance << np.uint64(32), len(_SOURCES)) * _below(quarter << np.uint64(48), 1024) // 1024
        return pl.DataFrame(
            {
                "id": pl.Series(rows).cast(pl.String),
                "text": texts,
                "source": pl.Series(_SOURCES).gather(source),
                "date": pl.Series(_FIRST_DAY + _below(chance << np.uint64(8), _DAYS)).cast(pl.Int32).cast(pl.Date),
            }
        )

    def _words(self, chance: Hashes) -> Rows:
        """Return the ranks of words, drawn by frequency, or numbers."""
        step = (chance >> np.uint64(64 - _STEPS)).astype(np.int64)
        low, high = self._steps[step], self._steps[step + 1]
        share = (chance >> np.uint64(16)) & np.uint64(0xFFFFFFFF)
        ranks = low + ((share * (high - low + np.uint64(1))) >> np.uint64(32))
        value = (chance >> np.uint64(10)) % np.uint64(_NUMBER_TYPES)
        # small numbers are the most frequent
        numbers = value * value // np.uint64(_NUMBER_TYPES) + np.uint64(_TYPES)
        is_number = (chance & np.uint64(1023)) < np.uint64(_NUMBERS)
        return np.where(is_number, numbers, ranks).astype(np.uint32)

    def _chained(self, chance: Hashes, number: int) -> Rows:
        """Return passages of the running text, in which some words are replaced."""
        n_passages = len(chance) // 3 + 1
        drawn = hashed(np.arange(n_passages) + (number << 32), self._seed * 16 + 3)
        sizes = 3 + _below(drawn, _PASSAGE - 2)
        n_passages = int(np.searchsorted(np.cumsum(sizes), len(chance))) + 1
        sizes, starts = sizes[:n_passages], _below(drawn[:n_passages] << np.uint64(16), _RUNNING - _PASSAGE)
        places = (np.arange(sizes.sum()) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes))[: len(chance)]
        words: Rows = self._running[places]
        replaced = np.flatnonzero((chance & np.uint64(1023)) < np.uint64(_REPLACED))
        words[replaced] = self._words(hashed(chance[replaced], self._seed * 16 + 4))
        return words

    def _separated(self, chance: Hashes, place: Ints, ends: Ints) -> Rows:
        """Return what stands after each word."""
        after: Rows = self._drawn[((chance >> np.uint64(10)) & np.uint64(1023)).astype(np.int64)]
        for opening, closing in _CLOSED.items():
            opened = np.flatnonzero(after == self._after[opening])
            opened = opened[opened + _QUOTED < len(after)]
            after[opened + _QUOTED] = self._after[closing]
        after[place % _PARAGRAPH == _PARAGRAPH - 1] = self._after[_END_OF_PARAGRAPH]
        after[ends - 1] = self._after[_END]
        return after

    def _spelled(self, units: Rows, ends: Ints) -> pl.Series:
        """Return the texts of documents, each of which ends before one of the units."""
        joined = series_from_core("text", self._texts.gather(units))
        sizes = np.concatenate(([0], np.cumsum(joined.str.len_bytes().to_numpy(), dtype=np.uint64)))
        offsets = np.concatenate((np.zeros(1, np.uint64), sizes[ends].astype(np.uint64)))
        texts = Texts(_bytes_of(joined), offsets)
        return series_from_core("text", texts.gather(np.arange(len(ends), dtype=np.uint32)))


def _steps() -> Hashes:
    """Return the ranks at which equal shares of all words end."""
    ranks = np.arange(_TYPES, dtype=np.uint64)
    sums = np.cumsum(np.uint64(_BEND << 40) // ((ranks + np.uint64(_SHIFT)) * (ranks + np.uint64(_BEND))))
    shares = np.arange((1 << _STEPS) + 1, dtype=np.uint64) * (sums[-1] >> np.uint64(_STEPS))
    steps: Hashes = np.minimum(np.searchsorted(sums, shares, side="right"), _TYPES - 1).astype(np.uint64)
    steps[-1] = _TYPES - 1
    return steps


def _below(hashes: Hashes, bound: int) -> Ints:
    """Return numbers below a bound, made of the upper 16 bits or, if it is larger, of the upper 32."""
    bits = 16 if bound <= 1 << 16 else 32
    scaled: Ints = ((hashes >> np.uint64(64 - bits)) * np.uint64(bound) >> np.uint64(bits)).astype(np.int64)
    return scaled


def _bytes_of(texts: pl.Series) -> npt.NDArray[np.uint8]:
    whole = texts.str.join("").item().encode()
    return np.frombuffer(whole, np.uint8)


def _offsets(sizes: npt.NDArray[Any]) -> Hashes:
    return np.concatenate((np.zeros(1, np.uint64), np.cumsum(sizes, dtype=np.uint64)))


def write(folder: Path, tokens: int, seed: int = 1) -> list[Path]:
    """Write about so many tokens to several files; those that exist are used again.

    Args:
        folder: The folder, which is made.
        tokens: The number of tokens.
        seed: The seed.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    batches = -(-tokens // (_DOCUMENTS * TOKENS_PER_DOCUMENT))
    per_file = max(TOKENS_OF_A_FILE // (_DOCUMENTS * TOKENS_PER_DOCUMENT), 1)
    news: GeneratedNews | None = None
    paths = []
    for number, first in enumerate(range(0, batches, per_file)):
        path = folder / f"{number:03}.parquet"
        paths.append(path)
        if path.is_file():
            continue
        news = news or GeneratedNews(seed)
        print(f"writing {path}", file=sys.stderr)
        _write(path, _frames(news, first, min(first + per_file, batches)))
    return paths


def _frames(news: GeneratedNews, first: int, end: int) -> Iterator[pl.DataFrame]:
    for number in range(first, end):
        yield news.documents(number)


def _write(path: Path, frames: Iterator[pl.DataFrame]) -> None:
    schema = pl.Schema({"id": pl.String(), "text": pl.String(), "source": pl.String(), "date": pl.Date()})
    source = pl.io.plugins.register_io_source(lambda *_: frames, schema=schema, is_pure=False)
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    source.sink_parquet(aside, compression="zstd", compression_level=1, row_group_size=_DOCUMENTS)
    aside.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokens", type=int, default=1_000_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    write(given.folder, given.tokens, given.seed)


if __name__ == "__main__":
    main()
