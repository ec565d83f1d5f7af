"""How frequent a spelling is: the general vocabulary of Arabic, and counts of one's own added to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Protocol

import polars as pl

from corpus_kit._base.arguments import integer
from corpus_kit.errors import InputError, invalid

__all__ = ["HasVocabulary", "check_counts", "counts_of_vocabulary", "general_counts"]

# The size of the corpus that the general vocabulary stands for: its rarest spelling counts 1.
_GENERAL_SIZE = 100_000_000


class HasVocabulary(Protocol):
    """A corpus, or anything else with a `vocabulary`.

    The vocabulary has a row for each type, with the columns surface (String) and count (integer).
    """

    @property
    def vocabulary(self) -> pl.LazyFrame:
        """The types and their counts."""


@cache
def general_counts() -> dict[str, float]:
    """Return the general vocabulary as counts in a corpus of 100 million words. It is shared: do not change it."""
    from wordfreq import get_frequency_list  # its data takes memory that not every user needs

    counts: dict[str, float] = {}
    for centibels, words in enumerate(get_frequency_list("ar", "large")):  # frequencies 10 ** (-centibels / 100)
        counts.update(dict.fromkeys(words, _GENERAL_SIZE * 10 ** (-centibels / 100)))
    return counts


def counts_of_vocabulary(vocabulary: Mapping[str, int] | HasVocabulary | None) -> Mapping[str, int] | None:
    """Return the counts that a `vocabulary` argument means."""
    if vocabulary is None or isinstance(vocabulary, Mapping):
        return vocabulary
    frame = getattr(vocabulary, "vocabulary", None)
    if not isinstance(frame, pl.LazyFrame):
        raise invalid("vocabulary", "a Mapping from words to counts, a Corpus or None", vocabulary)
    rows = frame.group_by("surface").agg(pl.col("count").sum()).collect()
    return dict(zip(rows["surface"].to_list(), rows["count"].to_list(), strict=True))


def check_counts(counts: Mapping[str, int]) -> None:
    """Raise an InputError unless all counts are those of str, and non-negative integers."""
    for word, count in counts.items():
        if not isinstance(word, str):
            raise InputError(f"vocabulary must be a Mapping from str to counts, got {word!r:.60} as a word.")
        if type(count) is not int or count < 0:  # the usual case needs no call
            integer(count, f"vocabulary[{word!r:.60}]", least=0)
