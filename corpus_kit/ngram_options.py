"""The options of an n-gram count, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus_kit._arguments import integer
from corpus_kit.errors import InputError, choose
from corpus_kit.forms import BARRIERS

__all__ = ["MAX_N", "MAX_SKIP", "NgramOptions", "check_tokenizer", "ngram_options"]

MAX_N = 8
MAX_SKIP = 15


@dataclass(frozen=True)
class NgramOptions:
    """The options of a count, checked; what they mean is said in count_ngrams."""

    low: int
    high: int
    min_count: int
    skip: int
    within: str
    document_frequency: bool
    output: str


def ngram_options(
    n: int | tuple[int, int],
    *,
    min_count: int = 1,
    unit: str = "token",
    skip: int = 0,
    within: str = "paragraph",
    document_frequency: bool = True,
    output: str = "strings",
) -> NgramOptions:
    """Check the options of a count."""
    choose(unit, ["token", "character"], "unit")
    if within == "token" and unit == "token":
        raise InputError("within='token' keeps character n-grams inside a word: it takes unit='character'")
    choose(within, [each for each in BARRIERS if each != "token" or unit == "character"], "within")
    choose(output, ["strings", "ids"], "output")
    low, high = _range_of_n(n)
    skip = integer(skip, "skip")
    if not 0 <= skip <= MAX_SKIP:
        raise InputError(f"skip={skip}, but it is the number of tokens that may be skipped: 0 to {MAX_SKIP}")
    min_count = integer(min_count, "min_count")
    if min_count < 1:
        raise InputError(f"min_count={min_count}, but it is the lowest count that is kept: 1 or more")
    return NgramOptions(low, high, min(min_count, 2**63), skip, within, bool(document_frequency), output)


def check_tokenizer(tokenizer: object, within: str) -> None:
    """Raise InputError for an unknown tokenizer, and for one that does not look for the units of `within`."""
    choose(tokenizer, ["standard", "whitespace"], "tokenizer")
    if tokenizer == "whitespace" and within == "sentence":
        raise InputError(
            "within='sentence' takes tokenizer='standard': tokenizer='whitespace' does not look for sentences"
        )


def _range_of_n(n: object) -> tuple[int, int]:
    if isinstance(n, Sequence) and not isinstance(n, str):
        if len(n) != 2:
            raise InputError(f"n= takes one number or (low, high), not {len(n)} items: {n!r:.60}")
        low, high = integer(n[0], "n"), integer(n[1], "n")
    else:
        low = high = integer(n, "n")
    if low > high:
        raise InputError(f"n=({low}, {high}), but the first number is the smaller one: ({high}, {low})")
    if low < 1 or high > MAX_N:
        raise InputError(f"n={n!r}, but an n-gram has 1 to {MAX_N} tokens")
    return low, high
