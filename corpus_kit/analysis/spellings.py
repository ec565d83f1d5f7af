"""The spellings that a word of a corpus covers, how often each occurs, and which stands for the word in tables.

A word is counted in the form of a profile, which may be no spelling at all (السعوديه). The column `spelling` of a
table is the most frequent original spelling of the form in the documents, of equally frequent ones the first in the
whole corpus, as rows with equal counts are ordered.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Integers, Numbers
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.units import texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import CorpusError
from corpus_kit.text.forms import NO_FORM, Forms, forms_of_texts
from corpus_kit.text.normalization import Normalizer

__all__ = ["Spellings", "compared_spellings", "most_frequent_types", "original_spellings", "spellings_of"]


class Spellings(NamedTuple):
    """The texts that the forms of types were made of.

    Attributes:
        of_type: The spelling of each type, as a row of `texts`; NO_FORM for types that are not counted.
        texts: The distinct spellings by first occurrence. The last is null if it stands for words without the unit.
        form: The form of each spelling.
        n_forms: How many forms there are.
    """

    of_type: Numbers
    texts: pl.Series
    form: Numbers
    n_forms: int

    def counts(self, corpus: CorpusView) -> Integers:
        """Return how often each spelling occurs in the documents of a corpus that has these types."""
        # the vocabulary has the counts of a whole corpus, so no token needs to be read
        of_types = corpus.type_counts()[0] if corpus.is_subcorpus else corpus.type_column("count")
        row = np.minimum(self.of_type, len(self.texts))  # one more row for what is not counted
        sums = np.bincount(row, weights=of_types.to_numpy(), minlength=len(self.texts) + 1)
        return sums[: len(self.texts)].astype(np.int64)  # exact: there are fewer than 2**53 tokens

    def chosen(self, counts: Integers) -> Integers:
        """Return for each form the row of its spelling with the highest count, of equal ones the first."""
        best = np.zeros(self.n_forms, np.int64)
        np.maximum.at(best, self.form, counts)
        found = np.flatnonzero(counts == best[self.form])[::-1]  # the first of a form comes last, and stays
        rows = np.zeros(self.n_forms, np.int64)
        rows[self.form[found]] = found
        return rows

    def most_frequent(self, counts: Integers) -> pl.Series:
        """Return the text of the spelling of each form with the highest count, of equal ones the first."""
        return self.texts.gather(self.chosen(counts)).alias("spelling")


def most_frequent_types(corpus: CorpusView, of_type: Numbers, n_forms: int, counts: Integers) -> Numbers:
    """Return for each form the type whose spelling has the highest count, of equal ones the first (UInt32).

    Args:
        corpus: The corpus.
        of_type: The form of each type; NO_FORM for types that are not counted.
        n_forms: How many forms there are.
        counts: How often each type occurs.
    """
    types = np.flatnonzero(of_type != NO_FORM)
    form, counts = of_type[types], counts[types]
    kinds = corpus.type_kinds[types]
    kind_of_form = np.zeros(n_forms, kinds.dtype)
    kind_of_form[form] = kinds
    several = np.zeros(n_forms, bool)
    several[form[kinds != kind_of_form[form]]] = True
    if several.any():  # types of different kinds can have one spelling, whose first type stands for all of them
        rows = np.flatnonzero(several[form])
        first: dict[str, int] = {}
        spelled = series_from_core("", corpus.surfaces.gather(types[rows].astype(np.uint32)))
        for row, text in zip(rows.tolist(), spelled, strict=True):
            if (of_text := first.setdefault(text, row)) != row:
                counts[of_text] += counts[row]
                counts[row] = -1
    best = np.zeros(n_forms, np.int64)
    np.maximum.at(best, form, counts)
    found = np.flatnonzero(counts == best[form])[::-1]  # the first of a form comes last, and stays
    chosen = np.zeros(n_forms, np.uint32)
    chosen[form[found]] = types[found]
    return chosen


def original_spellings(
    corpus: CorpusView, forms: Forms, normalizer: Normalizer | None, unit: str = "word"
) -> Spellings:
    """Return the spellings of forms, which are those of the whole corpus: surfaces, or stems and lemmas as annotated.

    Args:
        corpus: The corpus.
        forms: The forms of its types, as from `forms_of` with the same arguments.
        normalizer: The normaliser, or None.
        unit: What is counted. Roots have one spelling only.
    """

    def make() -> Spellings:
        assert forms.of_type is not None  # a corpus has punctuation, which is not counted
        is_word = forms.of_type != NO_FORM
        surfaces = unit == "word"
        texts = corpus.type_column("surface") if surfaces else texts_of_unit(corpus, unit, None, f"unit={unit!r}")
        numbered = forms_of_texts(texts, is_word)
        assert numbered.of_type is not None  # as above
        form = np.zeros(len(numbered.words), np.uint32)
        form[numbered.of_type[is_word]] = forms.of_type[is_word]
        return Spellings(numbered.of_type, numbered.words, form, len(forms))

    return corpus.derive(("spellings", unit, None if normalizer is None else normalizer.digest), make)


def spellings_of(corpus: CorpusView, forms: Forms) -> pl.DataFrame:
    """Return how often each counted type occurs in the documents: word (id of its form), surface, count."""
    of_type = forms.of_type
    assert of_type is not None  # a corpus has punctuation, which is not counted
    counts, _ = corpus.type_counts()
    surfaces = corpus.type_column("surface")
    types = np.flatnonzero(of_type != NO_FORM)
    return pl.DataFrame(
        {"word": of_type[types].astype(np.int64), "surface": surfaces.gather(types), "count": counts.gather(types)}
    )


def compared_spellings(
    target: pl.DataFrame, reference: pl.DataFrame, rows: Integers, n_words: int, *, same_types: bool
) -> pl.Series:
    """Return the spellings of some words with their counts on both sides, the most frequent first.

    Args:
        target: The spellings of the target, as from `spellings_of`.
        reference: The spellings of the reference.
        rows: The words.
        n_words: How many words there are in all.
        same_types: Whether both tables have the same rows in word and surface.

    Returns:
        A List of Struct (surface, target, reference) for each of `rows`.
    """
    both = _of_both(target, reference, same_types=same_types)
    place = np.full(n_words, -1)  # of each word in the result
    place[rows] = np.arange(len(rows))
    both = both.with_columns(place=pl.Series(place[both["word"].to_numpy()])).filter(pl.col("place") >= 0)
    total = (both["target"] + both["reference"]).to_numpy()
    where = both["place"].to_numpy()
    order = np.lexsort((-total, where))  # stable: of equal counts the first to occur comes first
    spellings = both.select(pl.struct("surface", "target", "reference").alias("variants")).to_series()
    grouped = (
        pl.DataFrame({"place": pl.Series(where[order]).set_sorted(), "variants": spellings.gather(order)})
        .group_by("place", maintain_order=True)
        .agg("variants")
    )
    if grouped.height != len(rows):  # every word has a spelling
        raise CorpusError("the types of a corpus do not agree with its tokens. Corpus.verify() names what is damaged.")
    return grouped["variants"]


def _of_both(target: pl.DataFrame, reference: pl.DataFrame, *, same_types: bool) -> pl.DataFrame:
    """Each spelling once: word, surface, target, reference (counts)."""
    if same_types:
        counts = {name: side["count"] for name, side in (("target", target), ("reference", reference))}
        return target.select("word", "surface").with_columns(**counts).filter(pl.sum_horizontal(*counts) > 0)
    both = pl.concat(
        [
            target.select("word", "surface", target="count", reference=pl.lit(0, pl.Int64)),
            reference.select("word", "surface", target=pl.lit(0, pl.Int64), reference="count"),
        ]
    )
    # filtered last, so that ties are ordered as in parts of one corpus
    grouped = both.group_by("word", "surface", maintain_order=True).agg(pl.col("target", "reference").sum())
    return grouped.filter(pl.col("target") + pl.col("reference") > 0)
