"""What is counted of a corpus: its tokens as numbers of forms, and how often each word stands in each document.

The tables of counting.py and of the analyses are made from these arrays.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _counting
from corpus_kit._columns import series_from_core, text_stream
from corpus_kit._tokenize import number_forms
from corpus_kit.corpus import Corpus
from corpus_kit.machine import threads
from corpus_kit.normalization import Normalizer, normalize_series
from corpus_kit.storage import ranges, reading
from corpus_kit.tokenization import COUNTED_KINDS

__all__ = [
    "CountedWords",
    "DocumentRows",
    "Forms",
    "TokenArrays",
    "forms_of",
    "forms_of_types",
    "ranges",
    "select",
    "tokens_of",
]

NO_FORM = 0xFFFFFFFF  # the form of a type that is not counted

# Flags of tokens that an n-gram may not cross. The last one is set by counting.py, not by the tokeniser.
BEGINS_SENTENCE = 1
BEGINS_PARAGRAPH = 2
BEGINS_WORD = 8
UNITS = ("sentence", "paragraph", "document")
BARRIERS = {
    "token": BEGINS_PARAGRAPH | BEGINS_WORD,
    "sentence": BEGINS_SENTENCE | BEGINS_PARAGRAPH,
    "paragraph": BEGINS_PARAGRAPH,
    "document": 0,
}

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint32]
Integers = npt.NDArray[np.int64]


class TokenArrays(NamedTuple):
    """Tokens of documents, one after another.

    type_ids and flags have an item for each token, counts one for each document;
    chosen, if given, is 1 for the documents that are counted and 0 for the others.
    """

    type_ids: Numbers
    flags: Bytes
    counts: Numbers
    chosen: Bytes | None = None


class Forms(NamedTuple):
    """What is counted of each type: of_type maps type ids to rows of words, or to NO_FORM.

    None in its place: every type counts, as itself.
    """

    of_type: Numbers | None
    words: pl.Series


def forms_of_types(
    types: pl.DataFrame,
    *,
    normalizer: Normalizer | None,
    kinds: Collection[str] | None = COUNTED_KINDS,
) -> Forms:
    """Normalise the surfaces of types and number the distinct forms, in order of the types.

    types: a frame with the columns surface and kind, in order of type id. Types of
    other kinds than `kinds` (None: all) and types whose form is empty have no form.
    """
    surfaces = types["surface"]
    counted = None if kinds is None else types["kind"].is_in(sorted(kinds)).cast(pl.UInt8).to_numpy()
    normalised = surfaces if normalizer is None else normalize_series(surfaces, normalizer)
    of_type, words = number_forms(text_stream(normalised), counted)
    return Forms(series_from_core("", of_type).to_numpy(), series_from_core("word", words))


class Selected(NamedTuple):
    """The tokens that are counted. An n-gram may not reach into one whose `barriers` has a bit of `barrier_bits`."""

    ids: Numbers
    barriers: Bytes
    barrier_bits: int
    document_ends: npt.NDArray[np.uint64]


def select(tokens: TokenArrays, forms: Forms, barrier_bits: int = 0) -> Selected:
    """The tokens of the chosen documents whose type has a form, as numbers of the form."""
    if forms.of_type is None and tokens.chosen is None and barrier_bits & BEGINS_PARAGRAPH:
        # the first token of a document begins a paragraph, so that nothing needs to be selected
        return Selected(tokens.type_ids, tokens.flags, barrier_bits, np.cumsum(tokens.counts, dtype=np.uint64))
    of_type = np.arange(len(forms.words), dtype=np.uint32) if forms.of_type is None else forms.of_type
    columns = _counting.select(
        tokens.type_ids,
        tokens.flags,
        tokens.counts,
        of_type,
        barrier_bit=barrier_bits,
        documents=tokens.chosen,
        threads=threads(),
    )
    ids, marks, ends = (series_from_core("", column).to_numpy() for column in columns[:3])
    return Selected(ids, marks, 1, ends)


# ------------------------------------------------------------------------------- of a corpus


def tokens_of(corpus: Corpus) -> TokenArrays:
    """The tokens of a corpus; chosen are the documents of a subcorpus."""
    return TokenArrays(corpus._types, corpus._flags, corpus.token_counts(), corpus.chosen_documents())


def forms_of(corpus: Corpus, normalizer: Normalizer | None) -> Forms:
    """The forms of a corpus' types, made once; a subcorpus has the very same object.

    Those of the profile `search` are stored in the corpus already.
    """
    key = ("forms", None if normalizer is None else normalizer.digest)
    if key not in corpus.derived:
        if normalizer is not None and normalizer.digest == corpus.manifest["folded_profile"]["digest"]:
            made = forms_of_types(_types(corpus, "folded"), normalizer=None)
        else:
            made = forms_of_types(_types(corpus, "surface"), normalizer=normalizer)
        corpus.derived[key] = made
    forms: Forms = corpus.derived[key]
    return forms


def _types(corpus: Corpus, text: str) -> pl.DataFrame:
    """The types with this text as their surface."""
    return pl.DataFrame({"kind": corpus.of_types("kind"), "surface": corpus.of_types(text)})


class CountedWords:
    """The words of a corpus or a subcorpus that are counted; each count is made when it is first asked for.

    words: the distinct words, which ids number; all of the corpus, also for a subcorpus.
    documents: row numbers of the documents, ascending.
    """

    def __init__(self, corpus: Corpus, normalizer: Normalizer | None) -> None:
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
        sums = np.bincount(row, weights=self._corpus.of_types("count").to_numpy(), minlength=n_words + 1)
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
