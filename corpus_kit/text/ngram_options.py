"""The options of an n-gram count and their checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus_kit._base.arguments import boolean, integer
from corpus_kit.errors import choose, invalid, one_of
from corpus_kit.text.token_flags import BARRIERS, UNITS

__all__ = ["MAX_N", "MAX_SKIP", "NgramOptions", "check_tokenizer", "ngram_options"]

MAX_N = 8
MAX_SKIP = 15
_MAX_COUNT = 2**63  # no count reaches it; the core takes no larger number


@dataclass(frozen=True)
class NgramOptions:
    """The checked options of a count; `ck.count_ngrams` describes them."""

    low: int
    high: int
    min_count: int
    skip: int
    within: str
    document_frequency: bool


def ngram_options(
    n: int | tuple[int, int],
    *,
    level: str = "word",
    within: str = "paragraph",
    skip: int = 0,
    min_count: int = 1,
    document_frequency: bool = True,
) -> NgramOptions:
    """Check the options of a count.

    Raises:
        InputError: If one of them is invalid.
    """
    choose(level, ["word", "character"], "level")
    if level == "word" and isinstance(within, str) and within == "token":
        raise invalid("within", one_of(UNITS), within, "within='token' requires level='character'.")
    choose(within, BARRIERS if level == "character" else UNITS, "within")
    low, high = _range_of_n(n)
    skip = integer(skip, "skip", least=0, most=MAX_SKIP)
    min_count = integer(min_count, "min_count", least=1)
    document_frequency = boolean(document_frequency, "document_frequency")
    return NgramOptions(low, high, min(min_count, _MAX_COUNT), skip, within, document_frequency)


def check_tokenizer(tokenizer: object, within: str) -> None:
    """Check a tokenizer, and that it finds the units of `within`.

    Raises:
        InputError: If there is no such tokenizer, or it does not find sentences and they are needed.
    """
    choose(tokenizer, ["standard", "whitespace"], "tokenizer")
    if tokenizer == "whitespace" and within == "sentence":
        raise invalid("tokenizer", "'standard' with within='sentence'", tokenizer, "It does not find sentences.")


def _range_of_n(n: object) -> tuple[int, int]:
    if not isinstance(n, Sequence) or isinstance(n, str):
        low = high = integer(n, "n", least=1, most=MAX_N)
        return low, high
    if len(n) != 2:
        raise invalid("n", f"an integer from 1 to {MAX_N} or (low, high)", n)
    low, high = integer(n[0], "n[0]", least=1, most=MAX_N), integer(n[1], "n[1]", least=1, most=MAX_N)
    if low > high:
        raise invalid("n", f"in ascending order, ({high}, {low})", n)
    return low, high
