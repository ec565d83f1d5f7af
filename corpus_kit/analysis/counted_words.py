"""What is counted of a corpus: its tokens as ids of forms, and how often each word occurs in each document.

The tables of the analyses are made from these arrays.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Integers, Numbers, ranges
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import number_forms
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.units import texts_of_unit
from corpus_kit.corpus.view import CorpusView
from corpus_kit.text.forms import NO_FORM, DocumentTokens, Forms, Selected, forms_of_types, select
from corpus_kit.text.normalization import Normalizer

__all__ = ["CountedWords", "DocumentRows", "forms_of", "forms_of_texts", "tokens_of"]

# ------------------------------------------------------------------------------- of a corpus


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
            return forms_of_types(_types(corpus, "folded"), normalizer=None)
        return forms_of_types(_types(corpus, "surface"), normalizer=normalizer)

    return corpus.derive(("forms", digest), make)


def _forms_of_unit(corpus: CorpusView, normalizer: Normalizer | None, unit: str) -> Forms:
    def make() -> Forms:
        is_word = _is_word(corpus, normalizer)  # the same for all units
        return forms_of_texts(texts_of_unit(corpus, unit, normalizer, f"unit={unit!r}"), is_word)

    digest = None if normalizer is None else normalizer.digest
    return corpus.derive(("forms", unit, digest), make)


def forms_of_texts(texts: pl.Series, is_word: Array) -> Forms:
    """Return the forms of types that are counted as these texts.

    Args:
        texts: The text of each type, such as its lemma; null or empty where it is unknown.
        is_word: Whether each type is counted (bool). Those without a text share one form, the last, which is null.
    """
    numbers, words = number_forms(text_stream(texts.fill_null("")), is_word.view(np.uint8))
    of_type, named = series_from_core("", numbers).to_numpy(), series_from_core("word", words)
    without = is_word & (of_type == NO_FORM)
    if not without.any():
        return Forms(of_type, named)
    return Forms(np.where(without, np.uint32(len(named)), of_type), named.extend(pl.Series([None], dtype=pl.String)))


def _is_word(corpus: CorpusView, normalizer: Normalizer | None) -> Array:
    """Return for each type whether it is counted: whether it is of a counted kind and has a form (bool)."""
    if normalizer is None:
        return corpus.counted_types  # no surface is empty
    if normalizer.digest == corpus.manifest["folded_profile"]["digest"]:
        return np.asarray(corpus.counted_types & (corpus.folded_lengths > 0))
    of_type = forms_of(corpus, normalizer).of_type
    assert of_type is not None  # a corpus has types that are not counted
    return np.asarray(of_type != NO_FORM)


def _types(corpus: CorpusView, text: str) -> pl.DataFrame:
    """Return the types with this text as their surface."""
    return pl.DataFrame({"kind": corpus.type_column("kind"), "surface": corpus.type_column(text)})


class CountedWords:
    """The words of a corpus or a subcorpus; each count is computed when it is first used.

    Attributes:
        words: The distinct words, of which ids are the rows; those of the whole corpus, also for a subcorpus. The last
            is null if it stands for words that do not have the unit that is counted.
        forms: What each type is counted as.
        documents: The row numbers of the documents, in ascending order.
    """

    def __init__(self, corpus: CorpusView, normalizer: Normalizer | None, unit: str = "word") -> None:
        self._corpus = corpus
        with reading(corpus.path):
            self.forms = forms_of(corpus, normalizer, unit)
        self._chosen = corpus.document_mask()
        self.words = self.forms.words
        self.documents = corpus.selected_documents()

    @property
    def nameless(self) -> int | None:
        """The id of words that do not have the unit that is counted; None if there are none."""
        return len(self.forms.words) - 1 if self.forms.words.null_count() else None

    def are_named(self, ids: Integers | Numbers) -> npt.NDArray[np.bool_]:
        """Return for each of some ids whether it is not that of words without the unit."""
        return np.ones(len(ids), bool) if self.nameless is None else np.asarray(ids != self.nameless)

    @cached_property
    def _selected(self) -> Selected:
        with reading(self._corpus.path):
            return select(tokens_of(self._corpus), self.forms)

    @cached_property
    def sizes(self) -> Integers:
        """The number of words of each document."""
        ends = self._selected.document_ends
        return np.diff(ends, prepend=np.uint64(0)).astype(np.int64)[self.documents]

    @property
    def ids(self) -> Numbers:
        """The words of all documents, one after another, as ids."""
        return self._selected.ids

    def running(self, documents: Integers) -> Numbers:
        """Return the words of some documents (indices into `documents`), one document after another, as ids."""
        if len(documents) == len(self.documents) and (documents[1:] > documents[:-1]).all():
            return self.ids
        ends = self._selected.document_ends.astype(np.int64)[self.documents[documents]]
        return self.ids[ranges(ends - self.sizes[documents], ends)]

    @property
    def size(self) -> int:
        """The number of words in all documents."""
        return int(self.frequency.sum())

    @cached_property
    def _totals(self) -> tuple[Integers, Integers]:
        columns = _core.count_types(
            self._selected.ids, self._selected.document_ends, n_types=len(self.words), documents=self._chosen
        )
        frequency, documents = (series_from_core("", column).to_numpy() for column in columns)
        return frequency, documents

    @cached_property
    def frequency(self) -> Integers:
        """How often each word occurs in all documents together."""
        of_type = self.forms.of_type
        if self._corpus.is_subcorpus or of_type is None:
            return self._totals[0]
        # the vocabulary has the counts of a whole corpus, so no token needs to be read
        n_words = len(self.words)
        row = np.minimum(of_type, n_words)  # one more row for what is not counted
        sums = np.bincount(row, weights=self._corpus.type_column("count").to_numpy(), minlength=n_words + 1)
        return sums[:n_words].astype(np.int64)  # exact: there are fewer than 2**53 tokens

    @property
    def document_frequency(self) -> Integers:
        """The number of documents that contain each word."""
        return self._totals[1]

    def by_group(self, group_of_document: Numbers, n_groups: int) -> tuple[Integers, Integers, Integers, Integers]:
        """Return group, word, count and number of documents of each pair, by group, then first occurrence.

        Args:
            group_of_document: The group of every document of the corpus, including those that are not selected.
            n_groups: The number of groups.
        """
        columns = _core.count_types(
            self._selected.ids,
            self._selected.document_ends,
            n_types=len(self.words),
            documents=self._chosen,
            groups=group_of_document,
            n_groups=n_groups,
        )
        group, word, count, documents = (series_from_core("", column).to_numpy() for column in columns)
        return group, word, count, documents

    @cached_property
    def by_document(self) -> DocumentRows:
        """How often each word occurs in each document."""
        columns = _core.count_by_document(
            self._selected.ids, self._selected.document_ends, n_types=len(self.words), documents=self._chosen
        )
        starts, words, counts = (series_from_core("", column).to_numpy() for column in columns)
        return DocumentRows(starts.astype(np.int64), words, counts)


class DocumentRows(NamedTuple):
    """Counts of words in documents, in compressed rows.

    Document k has the entries from starts[k] up to starts[k + 1] of words (ids) and counts.
    """

    starts: Integers
    words: Numbers
    counts: Numbers

    def documents(self) -> Integers:
        """Return the document of each entry, from 0."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
