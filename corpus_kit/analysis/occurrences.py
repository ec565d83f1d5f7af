"""Counts of the hits of a pattern, with an expression for each distinct sequence of words that was found."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.counted_words import CountedWords
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
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
    ) -> None:
        super().__init__(corpus, normalizer, unit)
        self._all = CountedWords(corpus, normalizer)
        with reading(corpus.path):
            hits = find(corpus, pattern, within=within)
            ids, self.words = self._numbered(hits, normalizer) if unit == "word" else self._numbered_units(hits)
            # no hit crosses the end of a document
            ends = np.searchsorted(hits.first, corpus.document_ends.astype(hits.first.dtype), "left").astype(np.uint64)
        self._hits = Selected(ids, np.zeros(len(ids), np.uint8), 0, ends)

    @property
    def _selected(self) -> Selected:
        return self._hits

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

    def _numbered(self, hits: Hits, normalizer: Normalizer | None) -> tuple[Array, pl.Series]:
        """Return the number of the expression of each hit, and the expressions in order of first occurrence."""
        corpus = self._corpus
        if hits.ends is None:
            keys = pl.Series("key", corpus.token_types[hits.first])
            surfaces = series_from_core("surface", corpus.surfaces.gather(keys.unique(maintain_order=True).to_numpy()))
        else:
            keys = series_from_core("key", corpus.token_texts.join(*hits.spans(), corpus.surfaces))
            surfaces = keys.unique(maintain_order=True)
        expressions = pl.DataFrame(
            {"key": keys.unique(maintain_order=True), "word": _expressions(surfaces, normalizer)}
        )
        distinct = expressions.select(pl.col("word").unique(maintain_order=True)).with_row_index("id")
        numbers = keys.to_frame().join(
            expressions.join(distinct, on="word", maintain_order="left"), on="key", how="left", maintain_order="left"
        )
        return numbers["id"].to_numpy(), distinct["word"]

    def _numbered_units(self, hits: Hits) -> tuple[Array, pl.Series]:
        """Return what `_numbered` does for units of words."""
        labels = self._labels(hits)
        distinct = labels.unique(maintain_order=True)
        numbers = pl.DataFrame([distinct]).with_row_index("id")
        found = pl.DataFrame([labels]).join(numbers, on="word", how="left", maintain_order="left", nulls_equal=True)
        return found["id"].to_numpy(), distinct

    def _labels(self, hits: Hits) -> pl.Series:
        """Return the units of the words of each hit, joined by spaces; null if a word has none."""
        corpus, (first, end) = self._corpus, hits.spans()
        of_type, units = self.forms.of_type, self.forms.words
        assert of_type is not None  # a corpus has types that are not counted
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


def _expressions(surfaces: pl.Series, normalizer: Normalizer | None) -> pl.Series:
    """Return the words of each text in the form that is counted."""
    found = tokens(surfaces)
    forms = found["token"] if normalizer is None else normalize_series(found["token"], normalizer)
    words = found.with_columns(form=forms).filter(pl.col("kind").is_in(COUNTED_KINDS) & (pl.col("form") != ""))
    joined = words.group_by("document", maintain_order=True).agg(pl.col("form").str.join(" "))
    rows = surfaces.rename("surface").to_frame().with_row_index("document")
    return rows.join(joined, on="document", how="left", maintain_order="left").select(
        pl.coalesce("form", "surface").alias("word")
    )["word"]
