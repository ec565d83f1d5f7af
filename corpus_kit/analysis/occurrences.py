"""Counts of the hits of a pattern, with an expression for each distinct sequence of words that was found."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers, Numbers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.counted_words import CountedWords, Stream
from corpus_kit.analysis.joined_spellings import Names, joined_texts, with_one_spelling
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.search.hints import warn_of_pattern
from corpus_kit.search.hits import Hits
from corpus_kit.search.matching import find
from corpus_kit.search.patterns import Pattern
from corpus_kit.text.forms import NO_FORM, Selected
from corpus_kit.text.normalization import Normalizer

__all__ = ["Occurrences"]

T = TypeVar("T")

_SEQUENCES = pl.Schema({"row": pl.Int64, "hit": pl.Int64, "count": pl.Int64, "word": pl.String, "spelling": pl.String})


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
            warn_of_pattern(corpus, pattern, len(hits), unit=unit, within=within)
            ids, self.words, spelled = self._numbered(hits)
            if names is not None:
                numbers = self._join(ids, names, one_spelling=one_spelling)
                ids = numbers[ids]
                spelled = spelled.with_columns(id=pl.Series(numbers[spelled["id"].to_numpy()]))
            # no hit crosses the end of a document
            ends = np.searchsorted(hits.first, corpus.document_ends.astype(hits.first.dtype), "left").astype(np.uint64)
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
    def _stream(self) -> Stream:
        return Stream.of_words(self._hits, len(self.words))

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
        counted = self._spelled.group_by("id", "spelling", maintain_order=True).agg(pl.col("count").sum())
        best = counted.sort("count", descending=True, maintain_order=True).unique("id", keep="first")
        return best.sort("id")["spelling"]

    def _numbered(self, hits: Hits) -> tuple[Array, pl.Series, pl.DataFrame]:
        """Return the number of the expression of each hit, the expressions by first occurrence, and their spellings.

        The spellings, by first occurrence, are id (of the expression), spelling, count.
        """
        sequences, rows = self._sequences(hits)
        distinct = sequences.select(pl.col("word").unique(maintain_order=True)).with_row_index("id")
        spelled = sequences.join(distinct, on="word", how="left", maintain_order="left", nulls_equal=True)
        id_of_row = np.zeros(len(spelled), np.uint32)
        id_of_row[spelled["row"].to_numpy()] = spelled["id"].to_numpy()
        return id_of_row[rows], distinct["word"], spelled.select("id", "spelling", "count")

    def _sequences(self, hits: Hits) -> tuple[pl.DataFrame, Array]:
        """Return the distinct sequences of spellings of the words of hits, and the row of that of each hit.

        The sequences, by first occurrence, are row, word (null if a word has no unit), spelling, count. Tokens that are
        no words are passed over; of a hit without words, its text is both.
        """
        corpus, original, (first, end) = self._corpus, self.original, hits.spans()
        ids = original.of_type[corpus.token_types[ranges(first, end)]]
        is_word = ids != NO_FORM
        ids, before = ids[is_word], np.concatenate(([0], np.cumsum(is_word)))
        last = np.cumsum(end - first)
        begins = before[last - (end - first)]
        sizes = before[last] - begins
        found = [pl.DataFrame(schema=_SEQUENCES)]
        numbers = np.zeros(len(hits), np.int64)
        for size in np.unique(sizes):  # those with the same number of words together
            rows = np.flatnonzero(sizes == size)
            columns: dict[str, Any] = {f"w{k}": ids[begins[rows] + k] for k in range(size)}
            if not size:
                columns["text"] = series_from_core("", corpus.token_texts.join(first[rows], end[rows], corpus.surfaces))
            here = pl.DataFrame({**columns, "hit": rows})
            distinct = here.group_by(*columns, maintain_order=True).agg(pl.col("hit").first(), count=pl.len())
            distinct = distinct.with_row_index("row", sum(map(len, found)))
            numbered = here.join(distinct.drop("hit"), on=[*columns], how="left", maintain_order="left")
            numbers[rows] = numbered["row"].to_numpy()
            if size:
                spelled = [distinct[place].to_numpy() for place in columns]
                word = _spaced(self.forms.words, [original.form[each] for each in spelled])
                spelling = _spaced(original.texts, spelled)
            else:
                word = spelling = distinct["text"]
            texts = distinct.select("row", "hit", "count", word=word, spelling=spelling)
            found.append(texts.cast(_SEQUENCES))
        return pl.concat(found).sort("hit"), numbers


def _spaced(texts: pl.Series, places: list[Numbers]) -> pl.Series:
    """Return the words that are first, second, ... in some sequences, joined by spaces; null if one is null."""
    words = pl.DataFrame([texts.gather(ids).alias(str(place)) for place, ids in enumerate(places)])
    return words.select(pl.concat_str(pl.all(), separator=" ")).to_series()
