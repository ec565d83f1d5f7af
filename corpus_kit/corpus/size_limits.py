"""How large a corpus can be: its tokens, documents and types are numbered in 32 bits."""

from __future__ import annotations

from corpus_kit.errors import CorpusError

__all__ = ["MOST_DOCUMENTS", "MOST_TOKENS", "MOST_TYPES", "expect_size"]

# The number after the last one is that of an end, and the largest one says that there is none.
MOST_TOKENS = 2**32 - 2
MOST_DOCUMENTS = 2**32 - 2
MOST_TYPES = 2**32 - 2


def expect_size(*, tokens: int, documents: int, types: int) -> None:
    """Refuse a corpus that is too large.

    Args:
        tokens: Its tokens so far, as the other numbers.
        documents: Its documents.
        types: Its types, which are its distinct tokens.

    Raises:
        CorpusError: If it is larger than its numbers allow.

    Examples:
        >>> expect_size(tokens=10**9, documents=3_400_000, types=3_000_000)
        >>> expect_size(tokens=2**32 - 1, documents=14_000_000, types=9_000_000)
        Traceback (most recent call last):
        ...
        corpus_kit.errors.CorpusError: a corpus can have at most 4,294,967,294 tokens, got 4,294,967,295 in the ...
    """
    for name, number, most in (
        ("tokens", tokens, MOST_TOKENS),
        ("documents", documents, MOST_DOCUMENTS),
        ("distinct tokens", types, MOST_TYPES),
    ):
        if number > most:
            raise CorpusError(
                f"a corpus can have at most {most:,} {name}, got {number:,} in the first {documents:,} documents. "
                "Build several corpora, such as one for each year or source; corpus_kit.scale.count_ngrams counts "
                "the n-grams of texts of any size."
            )
