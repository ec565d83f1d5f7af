"""What a count at scale is to do: its options, checked; how its work is cut; where its files lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

from corpus_kit._runs import HASH_VERSION
from corpus_kit._version import __version__
from corpus_kit.arabic import UNICODE_VERSION
from corpus_kit.errors import CorpusKitError
from corpus_kit.ngram_options import NgramOptions
from corpus_kit.normalization import Normalizer
from corpus_kit.scale.locations import Location
from corpus_kit.tokenization import RULES_VERSION

__all__ = ["CountPlan", "cut_of", "versions"]

# What a token takes while its n-grams are counted, measured at n = 2, 5 and 1 to 3: as it is gathered, with its share
# of the words and their forms; and by the counting itself.
_BYTES_PER_TOKEN = 15
_BYTES_PER_COUNTED_TOKEN = 10
_BYTES_ON_THE_WAY = 16  # of the shorter n-grams that only longer ones are made of
_BYTES_PER_COUNTED_ROW = 12
_BYTES_PER_GAP = 8  # more for each row where tokens may be skipped
# What a row takes while it is sorted and packed: itself, each word of the longest n-gram, and its own words.
_BYTES_PER_SORTED_ROW = 8
_BYTES_PER_RANK = 4
_BYTES_PER_WORD = 6
# What a row takes while a bucket is merged and its part written, if no two rows were equal; and each of its words.
_BYTES_PER_MERGED_ROW = 40
_BYTES_PER_MERGED_WORD = 35
_BYTES_OF_TEXT_PER_TOKEN = 10  # fewer than in real Arabic text, so that a partition makes one run
_MOST_PARTITION_BYTES = 256 << 20
_MOST_BUCKET_BITS = 14
_USUAL_BUCKET_BITS = 6  # sorting is faster in small buckets


@dataclass(frozen=True)
class CountPlan:
    """All that a task needs beside its own number; sent to workers, so small and picklable.

    work: the folder of runs and records; parts: the folder in which the parts of the table are written.
    task_memory: bytes that one task may take. bucket_bits: two to their power is the number of buckets.
    """

    options: NgramOptions
    profile: Normalizer | None
    tokenizer: str
    text: str
    lines: bool
    skip_unreadable: bool
    task_memory: int
    bucket_bits: int
    work: Location
    parts: Location
    hash_bits: int = 64
    library_version: str = __version__

    @property
    def run_tokens(self) -> int:
        """How many tokens are counted at once."""
        return max(self.task_memory // bytes_per_token(self.options), 1)

    def run_rows(self, n_tokens: int, rows: Mapping[int, int]) -> int:
        """How many n-grams of that many counted tokens make one run; `rows` says how many there are of each length."""
        row_bytes = _BYTES_PER_COUNTED_ROW + (_BYTES_PER_GAP if self.options.skip else 0)
        room = self.task_memory - n_tokens * _BYTES_PER_TOKEN - sum(rows.values()) * row_bytes
        words = sum(n * count for n, count in rows.items()) / max(sum(rows.values()), 1)
        sorted_bytes = _BYTES_PER_SORTED_ROW + _BYTES_PER_RANK * self.options.high + _BYTES_PER_WORD * words
        return max(int(room / sorted_bytes), 1)

    def record(self) -> dict[str, Any]:
        """What decides the table, as JSON values: two counts whose records are equal give the same rows."""
        profile = self.profile
        return {
            "n": [self.options.low, self.options.high],
            "min_count": self.options.min_count,
            "skip": self.options.skip,
            "within": self.options.within,
            "profile": None if profile is None else {"name": profile.name, "digest": profile.digest},
            "tokenizer": self.tokenizer,
            "text": self.text,
            "lines": self.lines,
            "unreadable": "skip" if self.skip_unreadable else "raise",
        }

    def check_version(self) -> None:
        """Raise CorpusKitError where this process has another version of the library than the one that planned."""
        if self.library_version != __version__:
            raise CorpusKitError(
                f"this worker has corpus_kit {__version__}, but the count was planned by "
                f"{self.library_version}; install the same version everywhere"
            )


def versions() -> dict[str, Any]:
    """What must be the same on all workers."""
    return {
        "corpus_kit": __version__,
        "unicode": UNICODE_VERSION,
        "tokenizer": RULES_VERSION,
        "hash": HASH_VERSION,
    }


def rows_per_token(options: NgramOptions, n: int) -> int:
    """How many n-grams of this length may begin at a token."""
    return comb(options.skip + n - 1, n - 1)


def bytes_per_token(options: NgramOptions) -> int:
    """What a token takes at most while its n-grams are counted, for the lengths that are asked for."""
    of_row = _BYTES_PER_COUNTED_ROW + (_BYTES_PER_GAP if options.skip else 0)
    rows = sum(rows_per_token(options, n) for n in range(options.low, options.high + 1))
    on_the_way = _BYTES_ON_THE_WAY if options.low > 2 else 0
    return _BYTES_PER_TOKEN + _BYTES_PER_COUNTED_TOKEN + on_the_way + rows * of_row


def cut_of(options: NgramOptions, text_bytes: int, task_memory: int) -> tuple[int, int]:
    """How the work is cut: bytes of text in a partition, and bits of a bucket's number.

    A partition is what is counted at once. Buckets are so many that one can be merged in the memory of a task even if
    no n-gram comes twice.
    """
    partition = task_memory // bytes_per_token(options) * _BYTES_OF_TEXT_PER_TOKEN
    row_bytes = sum(
        rows_per_token(options, n) * (_BYTES_PER_MERGED_ROW + _BYTES_PER_MERGED_WORD * n)
        for n in range(options.low, options.high + 1)
    )
    needed = text_bytes // _BYTES_OF_TEXT_PER_TOKEN * row_bytes // max(task_memory, 1)
    bits = min(needed.bit_length(), _MOST_BUCKET_BITS)
    if text_bytes > partition:
        bits = max(bits, _USUAL_BUCKET_BITS)
    return min(max(partition, 1 << 20), _MOST_PARTITION_BYTES), bits
