"""Counts of the hits of a pattern, with an expression for each distinct sequence of words that was found."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers, Numbers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.counted_words import CountedWords, Stream
from corpus_kit.analysis.joined_spellings import Names, joined_texts, with_one_spelling
from corpus_kit.analysis.spellings import original_spellings
from corpus_kit.analysis.unexpected_hits import warn_of_hits
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.query.patterns import Pattern
from corpus_kit.search.hits import Hits, hits_per_document
from corpus_kit.search.matching import find
from corpus_kit.text.forms import NO_FORM, Selected
from corpus_kit.text.normalization import Normalizer

__all__ = ["Occurrences"]

T = TypeVar("T")


class Occurrences(CountedWords):
    """Counts of what a pattern finds, in place of the counts of all words.

    `words` are the distinct expressions: the words of a hit in the form of the profile, joined by spaces; of a hit
    without words, its text; null if one of the words does not have the unit that is counted. `sizes` are still the
    numbers of all words of the documents.
    """

    def __init__(
        self,
        corpus: CorpusView,
        normalizer: Normalizer | None,
        pattern: Pattern,
        *,
        within: str,
        unit: str = "word",
        names: Names | None = None,
        one_spelling: bool = False,
    ) -> None:
        """Find a pattern.

        Args:
            corpus: The corpus.
            normalizer: The form of the expressions.
            pattern: The pattern.
            within: The unit of text that a hit does not cross.
            unit: What expressions are made of.
            names: Names that are one word however they are spaced, in the expressions and in the sizes of documents.
            one_spelling: Whether expressions with the same letters are one.
        """
        super().__init__(corpus, normalizer, unit)
        self._all = CountedWords(corpus, normalizer, names=names)
        with reading(corpus.path):
            hits = find(corpus, pattern, within=within)
            warn_of_hits(corpus, pattern, len(hits), unit=unit, within=within)
            ids, self.words, spelled = self._numbered(hits)
            if names is not None:
                numbers = self._join(ids, names, one_spelling=one_spelling)
                ids = numbers[ids]
                spelled = spelled.with_columns(id=pl.Series(numbers[spelled["id"].to_numpy()]))
            ends = np.cumsum(hits_per_document(corpus, hits)).astype(np.uint64)  # no hit crosses the end of a document
        self._spelled = spelled
        self._hits = Selected(ids, np.zeros(len(ids), np.uint8), 0, ends)

    def _join(self, ids: Array, names: Names, *, one_spelling: bool) -> Array:
        """Join names in `words`, which the hits have by these ids; return the new id of each of the old words."""
        counts = np.bincount(ids, minlength=len(self.words))
        joined = joined_texts(self.words, names)
        if one_spelling:
            joined = with_one_spelling(joined, counts)
        self.words = joined.unique(maintain_order=True)
        rows = joined.to_frame("word").join(
            self.words.to_frame("word").with_row_index("id"), on="word", how="left", maintain_order="left"
        )
        return rows["id"].to_numpy()

    @property
    def n_words(self) -> int:
        return len(self.words)

    def named(self, ids: Integers | Numbers) -> pl.Series:
        return self.words.gather(ids)

    def spelled(self, ids: Integers | Numbers) -> pl.Series:
        return self.spellings.gather(ids)

    @property
    def _selected(self) -> Selected:
        return self._hits

    @property
    def stream(self) -> Stream:
        return Stream.of_words(self._hits, len(self.words))

    @property
    def _types_are_counted(self) -> bool:
        return False

    def _kept(self, _key: str, make: Callable[[], T]) -> T:
        return make()

    @property
    def above_average(self) -> None:
        """None: the sizes of documents are those of all words."""

    @property
    def joined_sequences(self) -> int:
        """How many sequences of words became one word, in all of the texts."""
        return self._all.joined_sequences

    @property
    def sizes(self) -> Integers:
        return self._all.sizes

    @property
    def size(self) -> int:
        """Words in all documents."""
        return self._all.size

    @property
    def frequency(self) -> Integers:
        return self._totals[0]

    @cached_property
    def spellings(self) -> pl.Series:
        """The most frequent original spelling of each expression, of equally frequent ones the first."""
        counted = self._spelled.lazy().group_by("id", "spelling", maintain_order=True).agg(pl.col("count").sum())
        best = counted.sort("count", descending=True, maintain_order=True).unique("id", keep="first")
        return best.sort("id").select("spelling").collect().to_series()

    def _numbered(self, hits: Hits) -> tuple[Array, pl.Series, pl.DataFrame]:
        """Return the number of the expression of each hit, the expressions by first occurrence, and their spellings.

        The spellings, by first occurrence, are id (of the expression), spelling, count. Hits of the same types have the
        same expression and spelling, so that only one of them becomes a text.
        """
        corpus, (first, end) = self._corpus, hits.spans()
        numbers, rows = (series_from_core("", each).to_numpy() for each in corpus.token_texts.number(first, end))
        words, spellings = self._texts(first[rows], end[rows])
        distinct = words.unique(maintain_order=True)
        ids = words.to_frame("word").join(
            distinct.to_frame("word").with_row_index("id"),
            on="word", how="left", maintain_order="left", nulls_equal=True,
        )["id"]  # fmt: skip
        counts = pl.Series("count", np.bincount(numbers, minlength=len(rows)))
        return ids.to_numpy()[numbers], distinct, pl.DataFrame([ids, spellings, counts])

    def _texts(self, first: Array, end: Array) -> tuple[pl.Series, pl.Series]:
        """Return the expression of each of some hits, null if a word has no unit, and its spelling.

        Tokens that are no words are passed over; of a hit without words, its text is both.
        """
        corpus = self._corpus
        original = original_spellings(corpus, self.forms, self._normalizer, self._unit)
        ids = original.of_type[corpus.types_at(ranges(first, end))]
        is_word = ids != NO_FORM
        ids, before = ids[is_word], np.concatenate(([0], np.cumsum(is_word)))
        last = np.cumsum(end - first)
        begins = before[last - (end - first)]
        sizes = before[last] - begins
        order, words, spellings = [], [], []
        for size in np.unique(sizes):  # those with the same number of words together
            rows = np.flatnonzero(sizes == size)
            if size:
                places = [ids[begins[rows] + k] for k in range(size)]
                words.append(_spaced(self.forms.words, [original.form[each] for each in places]))
                spellings.append(_spaced(original.texts, places))
            else:
                text = series_from_core("", corpus.token_texts.join(first[rows], end[rows], corpus.surfaces))
                words.append(text)
                spellings.append(text)
            order.append(rows)
        if not order:
            return pl.Series("word", [], pl.String), pl.Series("spelling", [], pl.String)
        place = np.argsort(np.concatenate(order))
        return pl.concat(words).gather(place).alias("word"), pl.concat(spellings).gather(place).alias("spelling")


def _spaced(texts: pl.Series, places: list[Numbers]) -> pl.Series:
    """Return the words that are first, second, ... in some sequences, joined by spaces; null if one is null."""
    if len(places) == 1:
        return texts.gather(places[0]).alias("")
    words = pl.DataFrame([texts.gather(ids).alias(str(place)) for place, ids in enumerate(places)])
    return words.select(pl.concat_str(pl.all(), separator=" ").alias("")).to_series()
