"""The tokens of a corpus, and the forms that its types are counted as: found once, and shared by all its parts."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Integers, Numbers
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.joined_spellings import Joins, Names
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.machine.threads import threads
from corpus_kit.text.forms import NO_FORM, DocumentTokens, Forms, forms_of_texts, forms_of_types
from corpus_kit.text.normalization import Normalizer

__all__ = ["IndexedForms", "forms_of", "joins_of", "sizes_of_documents", "tokens_of"]


def tokens_of(corpus: CorpusView) -> DocumentTokens:
    """Return the tokens of a corpus, with the documents of a subcorpus as those chosen."""
    return DocumentTokens(corpus.token_types, corpus.token_flags, corpus.token_counts(), corpus.document_mask())


def forms_of(corpus: CorpusView, normalizer: Normalizer | None, unit: str = "word") -> Forms:
    """Return the forms of the types of a corpus, which are computed once and shared by all its subcorpora.

    Those of the profile `search` are stored in the corpus.

    Args:
        corpus: The corpus.
        normalizer: The normaliser, or None.
        unit: What is counted: "word", or the annotation of each word ("stem", "lemma", "root"). Words that have none
            share one form, the last, which is null.
    """
    if unit != "word":
        return _forms_of_unit(corpus, normalizer, unit)
    digest = None if normalizer is None else normalizer.digest

    def make() -> Forms:
        if digest is not None and digest == corpus.manifest["folded_profile"]["digest"]:
            return IndexedForms(corpus)
        types = pl.DataFrame({"kind": corpus.type_column("kind"), "surface": corpus.type_column("surface")})
        return forms_of_types(types, normalizer=normalizer)

    return corpus.derive(("forms", digest), make)


def _forms_of_unit(corpus: CorpusView, normalizer: Normalizer | None, unit: str) -> Forms:
    def make() -> Forms:
        is_word = _is_word(corpus, normalizer)  # the same for all units
        return forms_of_texts(texts_of_unit(corpus, unit, normalizer, f"unit={unit!r}"), is_word)

    digest = None if normalizer is None else normalizer.digest
    return corpus.derive(("forms", unit, digest), make)


def _is_word(corpus: CorpusView, normalizer: Normalizer | None) -> Array:
    """Return for each type whether it is counted: whether it is of a counted kind and has a form (bool)."""
    if normalizer is None:
        return corpus.counted_types  # no surface is empty
    if normalizer.digest == corpus.manifest["folded_profile"]["digest"]:
        return corpus.folded_words
    of_type = forms_of(corpus, normalizer).of_type
    assert of_type is not None  # a corpus has types that are not counted
    return np.asarray(of_type != NO_FORM)


class IndexedForms(Forms):
    """The folded forms of the types of a corpus, from their ranks in the index; their texts are read when used."""

    def __init__(self, corpus: CorpusView) -> None:
        is_word, ranks = corpus.folded_words, corpus.type_ranks
        types = np.flatnonzero(is_word)
        first = np.zeros(int(ranks.max(initial=0)) + 1, np.uint32)  # type of each rank
        first[ranks[types[::-1]]] = types[::-1]  # the last to be set stays
        begins = np.zeros(len(ranks), bool)
        begins[first[ranks[types]]] = True
        number = np.cumsum(begins, dtype=np.uint32) - np.uint32(1)
        self.of_type = np.where(is_word, number[first[ranks]], np.uint32(NO_FORM))
        self._types = np.flatnonzero(begins).astype(np.uint32)  # the first of each form
        self._corpus_path, self._texts = corpus.path, corpus.folded_forms

    def __len__(self) -> int:
        return len(self._types)

    def of_columns(self, columns: pl.DataFrame) -> list[Integers]:
        """Return columns with a row for each type that are the same for all types of a form, for each form (Int64)."""
        return [column.gather(self._types).cast(pl.Int64).to_numpy() for column in columns]

    @cached_property
    def words(self) -> pl.Series:
        return self.named(slice(None))

    def named(self, rows: Numbers | Integers | slice) -> pl.Series:
        with reading(self._corpus_path):
            return series_from_core("word", self._texts.gather(self._types[rows]))


def joins_of(corpus: CorpusView, normalizer: Normalizer | None, names: Names) -> Joins:
    """Return how names are joined; the parts of a corpus share it, and so have the same words."""
    digest = None if normalizer is None else normalizer.digest
    kept: dict[Names, Joins] = corpus.derive(("joins", digest), dict)  # those of the last names only
    joins = kept.get(names)
    if joins is None:
        joins = Joins(forms_of(corpus, normalizer).words, names)
        kept.clear()
        kept[names] = joins
    return joins


def sizes_of_documents(corpus: CorpusView, normalizer: Normalizer | None) -> Integers:
    """Return the number of words of each document of the whole corpus; they are the same for all units."""
    is_word = _is_word(corpus, normalizer)

    def make() -> Integers:
        if corpus.excluded_spans is None and "words" in corpus.label_columns():
            # the table of documents has the words that are counted, also those without a form
            without = np.flatnonzero(corpus.counted_types & ~is_word)
            missing = np.bincount(corpus.documents_of(corpus.positions_of(without)), minlength=corpus.total_documents)
            return corpus.labels("words", selected=False).cast(pl.Int64).to_numpy() - missing
        of_type = np.where(is_word, np.uint32(0), np.uint32(NO_FORM))
        stream = corpus.token_types, corpus.document_ends, of_type
        return series_from_core("", _core.count_forms(*stream, 1, threads=threads())[-1]).cast(pl.Int64).to_numpy()

    return corpus.derive_from_tokens(("words of documents", None if normalizer is None else normalizer.digest), make)
