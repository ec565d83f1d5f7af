"""The plan of a count at scale: its options, the sizes of partitions and buckets, the locations of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

from corpus_kit._core import HASH_VERSION
from corpus_kit._version import __version__
from corpus_kit.errors import CorpusKitError, invalid
from corpus_kit.scale.locations import Location
from corpus_kit.text.arabic import UNICODE_VERSION
from corpus_kit.text.ngram_options import NgramOptions
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.tokenization import RULES_VERSION

__all__ = ["CountPlan", "cut_of", "expect_plan", "versions"]

# Bytes of a token while its n-grams are counted, measured at n = 2, 5 and 1 to 3: while it is collected, with its share
# of the words and their forms; and during the counting itself.
_BYTES_PER_TOKEN = 15
_BYTES_PER_COUNTED_TOKEN = 10
_BYTES_OF_SHORTER_NGRAMS = 16  # of a token, for n-grams that are counted only to build longer ones
_BYTES_PER_COUNTED_ROW = 12
_BYTES_PER_GAP = 8  # additional bytes of a row if tokens may be skipped
# Bytes of a row while it is sorted and packed: for itself, for each word of the longest n-gram, for each of its words.
_BYTES_PER_SORTED_ROW = 8
_BYTES_PER_RANK = 4
_BYTES_PER_WORD = 6
# Bytes of a row, and of each of its words, while a bucket is merged and its part written, if no two rows are equal.
_BYTES_PER_MERGED_ROW = 40
_BYTES_PER_MERGED_WORD = 35
_BYTES_OF_TEXT_PER_TOKEN = 10  # less than in real Arabic text, so that a partition fits into one run
_MOST_PARTITION_BYTES = 256 << 20
_MOST_BUCKET_BITS = 14
_USUAL_BUCKET_BITS = 6  # sorting is faster in small buckets


@dataclass(frozen=True)
class CountPlan:
    """Everything that a task needs besides its own item; small and picklable, since it is sent to workers.

    Attributes:
        options: The options of n-grams.
        profile: The normaliser, or None.
        tokenizer: The name of the tokenizer.
        text: The column or key of the texts.
        lines: Whether each line of a text file is a document.
        skip_unreadable: Whether pieces that cannot be read are left out.
        task_memory: Bytes that one task may take.
        bucket_bits: The binary logarithm of the number of buckets.
        work: The folder of runs and records.
        parts: The folder in which the parts of the table are written.
        hash_bits: Bits of the hash that sorts n-grams; fewer only in tests of collisions.
        library_version: The version that made the plan.
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
        """The number of tokens that are counted at once."""
        return max(self.task_memory // bytes_per_token(self.options), 1)

    def run_rows(self, n_tokens: int, rows: Mapping[int, int]) -> int:
        """Return how many n-grams fit into one run.

        Args:
            n_tokens: The number of counted tokens.
            rows: The number of n-grams of each length.
        """
        row_bytes = _BYTES_PER_COUNTED_ROW + (_BYTES_PER_GAP if self.options.skip else 0)
        room = self.task_memory - n_tokens * _BYTES_PER_TOKEN - sum(rows.values()) * row_bytes
        words = sum(n * count for n, count in rows.items()) / max(sum(rows.values()), 1)
        sorted_bytes = _BYTES_PER_SORTED_ROW + _BYTES_PER_RANK * self.options.high + _BYTES_PER_WORD * words
        return max(int(room / sorted_bytes), 1)

    def record(self) -> dict[str, Any]:
        """Return what determines the table, as JSON values: counts with equal records give the same rows."""
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
        """Check that this process has the version of the library that made the plan.

        Raises:
            CorpusKitError: If it has another one.
        """
        if self.library_version != __version__:
            raise CorpusKitError(
                f"this worker has corpus_kit {__version__}, but the count was planned by {self.library_version}. "
                "Install the same version everywhere."
            )


def expect_plan(plan: object) -> None:
    """Raise InputError for an argument that is not a plan."""
    if not isinstance(plan, CountPlan):
        raise invalid("plan", "a CountPlan", plan)


def versions() -> dict[str, Any]:
    """Return the versions that must be the same on all workers."""
    return {
        "corpus_kit": __version__,
        "unicode": UNICODE_VERSION,
        "tokenizer": RULES_VERSION,
        "hash": HASH_VERSION,
    }


def rows_per_token(options: NgramOptions, n: int) -> int:
    """Return how many n-grams of this length can begin at a token."""
    return comb(options.skip + n - 1, n - 1)


def bytes_per_token(options: NgramOptions) -> int:
    """Return the most bytes that a token takes while its n-grams are counted."""
    of_row = _BYTES_PER_COUNTED_ROW + (_BYTES_PER_GAP if options.skip else 0)
    rows = sum(rows_per_token(options, n) for n in range(options.low, options.high + 1))
    shorter = _BYTES_OF_SHORTER_NGRAMS if options.low > 2 else 0
    return _BYTES_PER_TOKEN + _BYTES_PER_COUNTED_TOKEN + shorter + rows * of_row


def cut_of(options: NgramOptions, text_bytes: int, task_memory: int) -> tuple[int, int]:
    """Return the bytes of text in a partition, and the binary logarithm of the number of buckets.

    A partition is counted at once. There are enough buckets that one can be merged in the memory of a task even if no
    n-gram occurs twice.
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
