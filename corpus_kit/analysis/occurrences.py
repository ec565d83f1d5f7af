"""Counts of the hits of a pattern, with an expression for each distinct sequence of words that was found."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers, Numbers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.analysis.joined_spellings import Names, joined_texts, with_one_spelling
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.search.hints import warn_of_nothing
from corpus_kit.search.hits import Hits
from corpus_kit.search.matching import find
from corpus_kit.search.patterns import Pattern
from corpus_kit.text.forms import NO_FORM, Selected
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.tokenization import COUNTED_KINDS, tokens

__all__ = ["Occurrences"]


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
            if not len(hits):
                warn_of_nothing(corpus, pattern, unit=unit, within=within)
            if unit == "word":
                ids, self.words, spelled = self._numbered(hits, normalizer)
            else:
                ids, self.words, spelled = self._numbered_units(hits)
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
    def _selected(self) -> Selected:
        return self._hits

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

    def _numbered(self, hits: Hits, normalizer: Normalizer | None) -> tuple[Array, pl.Series, pl.DataFrame]:
        """Return the number of the expression of each hit, the expressions by first occurrence, and their spellings.

        The spellings, by first occurrence, are id (of the expression), spelling, count; some may be several rows.
        """
        corpus = self._corpus
        if hits.ends is None:
            keys = pl.Series("key", corpus.token_types[hits.first])
            surfaces = series_from_core("surface", corpus.surfaces.gather(keys.unique(maintain_order=True).to_numpy()))
        else:
            keys = series_from_core("key", corpus.token_texts.join(*hits.spans(), corpus.surfaces))
            surfaces = keys.unique(maintain_order=True)
        expressions = _expressions(surfaces, normalizer).insert_column(0, keys.unique(maintain_order=True))
        distinct = expressions.select(pl.col("word").unique(maintain_order=True)).with_row_index("id")
        expressions = expressions.join(distinct, on="word", how="left", maintain_order="left")
        numbers = keys.to_frame().join(expressions.select("key", "id"), on="key", how="left", maintain_order="left")
        counts = keys.to_frame().group_by("key", maintain_order=True).agg(count=pl.len().cast(pl.Int64))
        spelled = expressions.select("id", "spelling").with_columns(counts["count"])
        return numbers["id"].to_numpy(), distinct["word"], spelled

    def _numbered_units(self, hits: Hits) -> tuple[Array, pl.Series, pl.DataFrame]:
        """Return what `_numbered` does for units of words."""
        of_type, original = self.forms.of_type, self.original
        assert of_type is not None  # a corpus has types that are not counted
        labels = self._labels(hits, of_type, self.forms.words).alias("word")
        spelled = self._labels(hits, original.of_type, original.texts).alias("spelling")
        distinct = labels.unique(maintain_order=True)
        numbers = pl.DataFrame([distinct]).with_row_index("id")
        found = pl.DataFrame([labels, spelled]).join(
            numbers, on="word", how="left", maintain_order="left", nulls_equal=True
        )
        return found["id"].to_numpy(), distinct, found.select("id", "spelling", count=pl.lit(1, pl.Int64))

    def _labels(self, hits: Hits, of_type: Numbers, units: pl.Series) -> pl.Series:
        """Return the units of the words of each hit, joined by spaces; null if a word has none.

        Args:
            hits: The hits.
            of_type: The unit of each type, as a row of `units`; NO_FORM if it is not counted.
            units: The units.
        """
        corpus, (first, end) = self._corpus, hits.spans()
        ids = of_type[corpus.token_types[ranges(first, end)]]
        is_word = ids != NO_FORM
        ids, before = ids[is_word], np.concatenate(([0], np.cumsum(is_word)))
        begins = before[np.cumsum(end - first) - (end - first)]
        sizes = before[np.cumsum(end - first)] - begins
        named = []  # those with the same number of words together
        for size in np.unique(sizes):
            rows = np.flatnonzero(sizes == size)
            if size:
                words = pl.DataFrame([units.gather(ids[begins[rows] + k]).alias(str(k)) for k in range(size)])
                texts = words.select(pl.concat_str(pl.all(), separator=" ").alias("word")).to_series()
            else:
                texts = series_from_core("word", corpus.token_texts.join(first[rows], end[rows], corpus.surfaces))
            named.append(pl.DataFrame([pl.Series("hit", rows), texts]))
        none = pl.DataFrame(schema={"hit": pl.Int64, "word": pl.String})
        return pl.concat([none, *named]).sort("hit")["word"]


def _expressions(surfaces: pl.Series, normalizer: Normalizer | None) -> pl.DataFrame:
    """Return the words of each text: word, in the form that is counted, and spelling, as they are."""
    found = tokens(surfaces)
    forms = found["token"] if normalizer is None else normalize_series(found["token"], normalizer)
    words = found.with_columns(form=forms).filter(pl.col("kind").is_in(COUNTED_KINDS) & (pl.col("form") != ""))
    joined = words.group_by("document", maintain_order=True).agg(pl.col("form", "token").str.join(" "))
    rows = surfaces.rename("surface").to_frame().with_row_index("document")
    return rows.join(joined, on="document", how="left", maintain_order="left").select(
        pl.coalesce("form", "surface").alias("word"), pl.coalesce("token", "surface").alias("spelling")
    )
