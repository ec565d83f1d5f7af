"""What is counted of a corpus: its tokens as numbers of forms, and how often each word stands in each document.

The tables of counting.py and of the analyses are made from these arrays.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit import _counting
from corpus_kit._columns import series_from_core
from corpus_kit.corpus_view import CorpusView
from corpus_kit.forms import Forms, Integers, Numbers, Selected, TokenArrays, forms_of_types, select
from corpus_kit.normalization import Normalizer
from corpus_kit.storage import ranges, reading

__all__ = ["CountedWords", "DocumentRows", "forms_of", "ranges", "tokens_of"]

# ------------------------------------------------------------------------------- of a corpus


def tokens_of(corpus: CorpusView) -> TokenArrays:
    """The tokens of a corpus; chosen are the documents of a subcorpus."""
    return TokenArrays(corpus.token_types, corpus.token_flags, corpus.token_counts(), corpus.chosen_documents())


def forms_of(corpus: CorpusView, normalizer: Normalizer | None) -> Forms:
    """The forms of a corpus' types, made once; a subcorpus has the very same object.

    Those of the profile `search` are stored in the corpus already.
    """
    digest = None if normalizer is None else normalizer.digest

    def make() -> Forms:
        if digest is not None and digest == corpus.manifest["folded_profile"]["digest"]:
            return forms_of_types(_types(corpus, "folded"), normalizer=None)
        return forms_of_types(_types(corpus, "surface"), normalizer=normalizer)

    return corpus.derive(("forms", digest), make)


def _types(corpus: CorpusView, text: str) -> pl.DataFrame:
    """The types with this text as their surface."""
    return pl.DataFrame({"kind": corpus.type_column("kind"), "surface": corpus.type_column(text)})


class CountedWords:
    """The words of a corpus or a subcorpus that are counted; each count is made when it is first asked for.

    words: the distinct words, which ids number; all of the corpus, also for a subcorpus.
    documents: row numbers of the documents, ascending.
    """

    def __init__(self, corpus: CorpusView, normalizer: Normalizer | None) -> None:
        self._corpus = corpus
        with reading(corpus.path):
            self._forms = forms_of(corpus, normalizer)
        self._chosen = corpus.chosen_documents()
        self.words = self._forms.words
        self.documents = corpus.selected_documents()

    @cached_property
    def _selected(self) -> Selected:
        with reading(self._corpus.path):
            return select(tokens_of(self._corpus), self._forms)

    @cached_property
    def sizes(self) -> Integers:
        """How many words each of the documents has."""
        ends = self._selected.document_ends
        return np.diff(ends, prepend=np.uint64(0)).astype(np.int64)[self.documents]

    @property
    def ids(self) -> Numbers:
        """The words of all documents, one after another, as rows of `words`."""
        return self._selected.ids

    def running(self, documents: Integers) -> Numbers:
        """The words of some documents (indices into `documents`), one document after another, as ids."""
        if len(documents) == len(self.documents) and (documents[1:] > documents[:-1]).all():
            return self.ids
        ends = self._selected.document_ends.astype(np.int64)[self.documents[documents]]
        return self.ids[ranges(ends - self.sizes[documents], ends)]

    @property
    def size(self) -> int:
        """Words in all documents."""
        return int(self.frequency.sum())

    @cached_property
    def _totals(self) -> tuple[Integers, Integers]:
        columns = _counting.count_types(
            self._selected.ids, self._selected.document_ends, n_types=len(self.words), documents=self._chosen
        )
        frequency, documents = (series_from_core("", column).to_numpy() for column in columns)
        return frequency, documents

    @cached_property
    def frequency(self) -> Integers:
        """How often each word stands in all documents together."""
        of_type = self._forms.of_type
        if self._corpus.is_subcorpus or of_type is None:
            return self._totals[0]
        # of a whole corpus the vocabulary knows it; no token needs to be looked at
        n_words = len(self.words)
        row = np.minimum(of_type, n_words)  # what is not counted gets a row of its own, which is left out
        sums = np.bincount(row, weights=self._corpus.type_column("count").to_numpy(), minlength=n_words + 1)
        return sums[:n_words].astype(np.int64)  # sums are exact: there are fewer tokens than 2**53

    @property
    def document_frequency(self) -> Integers:
        """In how many documents each word stands."""
        return self._totals[1]

    def by_group(self, group_of_document: Numbers, n_groups: int) -> tuple[Integers, Integers, Integers, Integers]:
        """group, word, count and number of documents of each pair that occurs; by group, then first occurrence.

        group_of_document: the group of every document of the corpus, also those that are not selected.
        """
        columns = _counting.count_types(
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
        """How often each word stands in each document."""
        columns = _counting.count_by_document(
            self._selected.ids, self._selected.document_ends, n_types=len(self.words), documents=self._chosen
        )
        starts, words, counts = (series_from_core("", column).to_numpy() for column in columns)
        return DocumentRows(starts.astype(np.int64), words, counts)


class DocumentRows(NamedTuple):
    """Counts of words in documents, as the rows of a sparse matrix.

    Document k has the entries starts[k] up to starts[k + 1] of words (ids) and counts.
    """

    starts: Integers
    words: Numbers
    counts: Numbers

    def documents(self) -> Integers:
        """The document of each entry, counted from 0."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
