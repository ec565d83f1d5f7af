"""What a count at scale is to do: its options, checked; how its work is cut; where its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import corpus_kit
from corpus_kit._runs import HASH_VERSION
from corpus_kit.arabic import UNICODE_VERSION
from corpus_kit.errors import CorpusKitError
from corpus_kit.ngram_options import NgramOptions
from corpus_kit.normalization import Normalizer
from corpus_kit.scale.locations import Location
from corpus_kit.tokenization import RULES_VERSION

__all__ = ["CountPlan", "cut_of", "versions"]

# Measured: what a token of a run takes at most while it is counted, sorted and written, and what one more length adds.
_BYTES_PER_TOKEN = 40
_BYTES_PER_NGRAM = 50
# What a row takes while a bucket is merged and its part written, if no two rows were equal.
_BYTES_PER_MERGED_ROW = 110
_BYTES_OF_TEXT_PER_TOKEN = 9  # fewer than in real Arabic text, so that there is room
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
    library_version: str = corpus_kit.__version__

    @property
    def run_tokens(self) -> int:
        """How many tokens make a run."""
        return max(self.task_memory // bytes_per_token(self.options), 1)

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
        if self.library_version != corpus_kit.__version__:
            raise CorpusKitError(
                f"this worker has corpus_kit {corpus_kit.__version__}, but the count was planned by "
                f"{self.library_version}; install the same version everywhere"
            )


def versions() -> dict[str, Any]:
    """What must be the same on all workers."""
    return {
        "corpus_kit": corpus_kit.__version__,
        "unicode": UNICODE_VERSION,
        "tokenizer": RULES_VERSION,
        "hash": HASH_VERSION,
    }


def bytes_per_token(options: NgramOptions) -> int:
    """What a token takes while its n-grams are counted and written, for the lengths that are asked for."""
    levels = options.high - options.low + 1
    return _BYTES_PER_TOKEN + _BYTES_PER_NGRAM * levels * (1 + options.skip)


def cut_of(options: NgramOptions, text_bytes: int, task_memory: int) -> tuple[int, int]:
    """How the work is cut: bytes of text in a partition, and bits of a bucket's number.

    A partition is what one run holds. Buckets are so many that one can be merged in the memory of a task even if no
    n-gram comes twice.
    """
    partition = task_memory // bytes_per_token(options) * _BYTES_OF_TEXT_PER_TOKEN
    levels = (options.high - options.low + 1) * (1 + options.skip)
    rows = text_bytes // _BYTES_OF_TEXT_PER_TOKEN * levels
    needed = rows * _BYTES_PER_MERGED_ROW // max(task_memory // 2, 1)
    bits = min(needed.bit_length(), _MOST_BUCKET_BITS)
    if text_bytes > partition:
        bits = max(bits, _USUAL_BUCKET_BITS)
    return min(max(partition, 1 << 20), _MOST_PARTITION_BYTES), bits
