"""What a user asks of the vectors of words, checked, for the functions that compare them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._base.arguments import boolean, integer, threshold
from corpus_kit._base.arrays import Integers
from corpus_kit.analysis.chosen_words import id_of_word, normalizer_of, unit_of_words
from corpus_kit.analysis.context_vectors import SMOOTHING, ContextVectors, context_vectors
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.provenance import attach_of_corpus, unit_record
from corpus_kit.analysis.stopword_forms import stopword_forms
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import choose, warn
from corpus_kit.text.token_flags import UNITS

__all__ = ["AskedVectors"]

_WIDEST = 50


class AskedVectors(NamedTuple):
    """What a user asked for, with what it is answered from."""

    corpus: CorpusView
    counted: CountedWords
    unit: str
    exact: bool
    window: int
    within: str
    least: int
    left_out: frozenset[str]
    function: str
    options: dict[str, Any]

    @classmethod
    def of(
        cls, corpus: CorpusView, unit: object, exact: object, window: object, within: object, min_count: object,
        stopwords: Collection[str], function: str,
    ) -> AskedVectors:  # fmt: skip
        expect_corpus(corpus)
        chosen, is_exact = unit_of_words(unit, corpus), boolean(exact, "exact")
        width, scope = integer(window, "window", least=1, most=_WIDEST), choose(within, UNITS, "within")
        least, normalizer = threshold(min_count, "min_count"), normalizer_of(exact=is_exact)
        left_out = stopword_forms(stopwords, normalizer, chosen)
        options = {
            "exact": is_exact, "window": width, "within": scope, "min_count": least, "stopwords": stopwords,
            "smoothing": SMOOTHING, **unit_record(chosen, corpus),
        }  # fmt: skip
        counted = CountedWords(corpus, normalizer, chosen)
        return cls(corpus, counted, chosen, is_exact, width, scope, least, left_out, function, options)

    @property
    def vectors(self) -> ContextVectors:
        return context_vectors(self.corpus, self.counted, self.window, self.within, self.least, (self.unit, self.exact))

    def number_of(self, word: object, name: str) -> int | None:
        """Return the number of a word among the vectors; None, with a warning, if it has none."""
        found = id_of_word(
            self.corpus, self.counted, word, self.unit, exact=self.exact, function=self.function, name=name
        )
        if found is None:
            return None
        number = self.vectors.number(found)
        if number is None:
            times = int(self.counted.frequency[found])
            warn(
                f"{self.function}: {word!r} occurs {times:,} {'time' if times == 1 else 'times'}, which is less than "
                f"min_count={self.least:,}",
                stacklevel=None,
            )
        return number

    def kept(self, numbers: Integers) -> Integers:
        """Return those of some words that are to be shown."""
        if not self.left_out:
            return numbers
        named = self.counted.named(self.vectors.words[numbers])
        shown: Integers = numbers[~named.is_in(sorted(self.left_out)).to_numpy()]
        return shown

    def attached(self, table: pl.DataFrame, options: dict[str, Any]) -> pl.DataFrame:
        record = {**self.options, **options}
        return attach_of_corpus(table, self.function, self.corpus, normalizer_of(exact=self.exact), record)
