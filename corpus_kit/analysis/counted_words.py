"""What is counted of a corpus: how often each word occurs in each document.

The tables of the analyses are made from these arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Floats, Integers, Numbers, ranges
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.corpus_forms import IndexedForms, forms_of, joins_of, sizes_of_documents, tokens_of
from corpus_kit.analysis.joined_spellings import Merged, MergedSpellings, Names, join_spellings, merged_surfaces
from corpus_kit.analysis.spellings import Spellings, most_frequent_types, original_spellings, spellings_of
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.machine.threads import threads
from corpus_kit.text.forms import NO_FORM, DocumentTokens, Forms, Selected, select
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.token_flags import BARRIERS

__all__ = [
    "CountedTokens",
    "CountedWords",
    "DocumentRows",
    "Stream",
    "counted_tokens",
]

T = TypeVar("T")


class CountedTokens(NamedTuple):
    """What n-grams are counted of: tokens, what each type is counted as, and the spellings of that.

    Attributes:
        tokens: The tokens of all documents, or with names joined, the words of the selected ones.
        forms: What each type is counted as.
        original: The spellings of the forms.
        joined_sequences: How many sequences of words became one word.
    """

    tokens: DocumentTokens
    forms: Forms
    original: Spellings
    joined_sequences: int = 0


def counted_tokens(
    corpus: CorpusView, normalizer: Normalizer | None, unit: str, names: Names | None, within: str
) -> CountedTokens:
    """Return the tokens of a corpus; `names` are of words, and each is one token however it is spaced.

    Args:
        corpus: The corpus.
        normalizer: The normaliser, or None.
        unit: What is counted.
        names: Names of words, or None.
        within: The unit of text that a name does not cross, nor what is counted of these tokens.
    """
    tokens, forms = tokens_of(corpus), forms_of(corpus, normalizer, unit)
    original = original_spellings(corpus, forms, normalizer, unit)
    if names is None:
        return CountedTokens(tokens, forms, original)
    stream = select(tokens, Forms(original.of_type, original.texts), BARRIERS[within])
    merged, original = join_spellings(joins_of(corpus, normalizer, names), stream, original)
    words = merged.selected
    counts = np.diff(words.document_ends, prepend=np.uint64(0)).astype(np.uint32)
    flags = np.where(words.barriers & words.barrier_bits, BARRIERS[within], 0).astype(np.uint8)
    # each spelling is a type, so that n-grams are counted and spelled as those of a corpus are
    original = original._replace(of_type=np.arange(len(original.texts), dtype=np.uint32))
    return CountedTokens(
        DocumentTokens(words.ids.astype(np.uint32), flags, counts),
        Forms(original.form, merged.words),
        original,
        len(merged.places.first),
    )


class CountedWords:
    """The words of a corpus or a subcorpus; each count is computed when it is first used.

    Attributes:
        forms: What each type is counted as, before names are joined.
        documents: The row numbers of the documents, in ascending order.
    """

    def __init__(
        self, corpus: CorpusView, normalizer: Normalizer | None, unit: str = "word", names: Names | None = None
    ) -> None:
        """Count the words of a corpus; `names` are of words, and each is one word however it is spaced."""
        self._corpus, self._normalizer, self._unit = corpus, normalizer, unit
        with reading(corpus.path):
            self.forms = forms_of(corpus, normalizer, unit)
        self._chosen = corpus.document_mask()
        self._joins = None if names is None else joins_of(corpus, normalizer, names)
        self.documents = corpus.selected_documents()

    @cached_property
    def words(self) -> pl.Series:
        """The distinct words, of which ids are the rows; those of the whole corpus, also for a subcorpus.

        The last is null if it stands for words that do not have the unit that is counted.
        """
        return self.forms.words if self._joins is None else self._joins.words

    @property
    def n_words(self) -> int:
        """The number of distinct words."""
        return len(self.forms) if self._joins is None else len(self._joins.words)

    def named(self, ids: Integers | Numbers) -> pl.Series:
        """Return some of the words."""
        return self.forms.named(ids) if self._joins is None else self._joins.words.gather(ids)

    def spelled(self, ids: Integers | Numbers) -> pl.Series:
        """Return the most frequent original spelling of some words in all documents, as `spellings` has them."""
        types = self._most_frequent_types
        return self.spellings.gather(ids) if types is None else self._surfaces(types[ids])

    def _surfaces(self, types: Numbers) -> pl.Series:
        with reading(self._corpus.path):
            return series_from_core("spelling", self._corpus.surfaces.gather(types))

    @cached_property
    def _most_frequent_types(self) -> Numbers | None:
        """The type in whose spelling each word is most frequent; None if words are not forms of types."""
        of_type = self.forms.of_type
        if self._unit != "word" or self._joins is not None or of_type is None:
            return None

        def make() -> Numbers:
            with reading(self._corpus.path):
                return most_frequent_types(self._corpus, of_type, self.n_words, self.type_counts)

        if self._corpus.is_subcorpus:
            return make()
        digest = None if self._normalizer is None else self._normalizer.digest
        return self._corpus.derive(("most frequent types", digest), make)

    @property
    def type_counts(self) -> Integers:
        """How often each type occurs in all documents.

        Of a whole corpus the index says it, so that no token needs to be read.
        """
        if self._corpus.is_subcorpus:
            return self._corpus.type_counts()[0].to_numpy()
        with reading(self._corpus.path):
            offsets = self._corpus.index_offsets
            counts = np.diff(offsets).astype(np.int64)
            if offsets[0] or int(offsets[-1]) != self._corpus.n_tokens or counts.min(initial=0) < 0:
                raise ValueError("its index does not list each token once")
        return counts

    @property
    def nameless(self) -> int | None:
        """The id of words that do not have the unit that is counted; None if there are none."""
        return len(self.forms.words) - 1 if self.forms.words.null_count() else None

    def are_named(self, ids: Integers | Numbers) -> npt.NDArray[np.bool_]:
        """Return for each of some ids whether it is not that of words without the unit."""
        return np.ones(len(ids), bool) if self.nameless is None else np.asarray(ids != self.nameless)

    @property
    def original(self) -> Spellings:
        """The original spellings of the words."""
        return self._spellings_and_counts[0]

    @property
    def spelling_counts(self) -> Integers:
        """How often each spelling of `original` occurs in all documents."""
        return self._spellings_and_counts[1]

    @cached_property
    def _spellings_and_counts(self) -> tuple[Spellings, Integers]:
        with reading(self._corpus.path):
            original = original_spellings(self._corpus, self.forms, self._normalizer, self._unit)
            if self._joins is None or self.merged is None:
                return original, original.counts(self._corpus)
            stream = select(tokens_of(self._corpus), Forms(original.of_type, original.texts))
            merged, original = join_spellings(self._joins, stream, original, self.merged.places)
            return original, np.bincount(merged.selected.ids, minlength=len(original.texts))

    @cached_property
    def spellings(self) -> pl.Series:
        """The most frequent original spelling of each word in all documents; null for words without the unit."""
        types = self._most_frequent_types
        if types is not None:
            return self._surfaces(types)

        def make() -> pl.Series:
            return self.original.most_frequent(self.spelling_counts).alias("spelling")

        if self._corpus.is_subcorpus or self._joins is not None:
            return make()
        digest = None if self._normalizer is None else self._normalizer.digest
        return self._corpus.derive(("most frequent spellings", self._unit, digest), make)

    @cached_property
    def _selected(self) -> Selected:
        if self.merged is not None:
            return self.merged.selected
        with reading(self._corpus.path):
            return select(tokens_of(self._corpus), self.forms)

    @cached_property
    def merged(self) -> Merged | None:
        """The words of all documents with names joined, and where these were; None if none are joined."""
        if self._joins is None:
            return None
        with reading(self._corpus.path):
            return self._joins.merge(select(tokens_of(self._corpus), self.forms, BARRIERS["paragraph"]))

    @property
    def joined_sequences(self) -> int:
        """How many sequences of words became one word."""
        return 0 if self.merged is None else len(self.merged.places.first)

    @cached_property
    def merged_surfaces(self) -> MergedSpellings | None:
        """The original spelling of each word, with names joined; None if none are."""
        if self._joins is None or self.merged is None:
            return None
        with reading(self._corpus.path):
            return merged_surfaces(self._corpus, self.forms, self._joins, self.merged.places)

    @property
    def surfaces(self) -> pl.DataFrame:
        """How often each original spelling of each word occurs in all documents: word (its id), surface, count."""
        merged, of_type = self.merged_surfaces, self.forms.of_type
        if merged is None or of_type is None:
            return spellings_of(self._corpus, self.forms)
        counts = np.bincount(merged.selected.ids, minlength=len(merged.texts)).astype(np.int64)
        # types that are counted, as in `spellings_of`, then names with their spaces
        rows = np.concatenate([np.flatnonzero(of_type != NO_FORM), np.arange(len(of_type), len(counts))])
        words = merged.form[rows].astype(np.int64)
        return pl.DataFrame({"word": words, "surface": merged.texts.gather(rows), "count": counts[rows]})

    @cached_property
    def sizes(self) -> Integers:
        """The number of words of each document."""
        if self.merged is None:
            return sizes_of_documents(self._corpus, self._normalizer)[self.documents]
        ends = self.merged.selected.document_ends
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

    def _sums(
        self, thresholds: Floats | None = None, stream: Stream | None = None, n_words: int | None = None
    ) -> list[Integers]:
        """Return count and document frequency of each word; with thresholds, count and size where it is above them.

        A stream and its number of words take the place of all words.
        """
        ids, document_ends, of_type = self.stream if stream is None else stream
        n_words = self.n_words if n_words is None else n_words
        how: dict[str, Any] = {"documents": self._chosen, "thresholds": thresholds, "threads": threads()}
        with reading(self._corpus.path):
            columns: tuple[Any, ...] = _core.count_forms(ids, document_ends, of_type, n_words, **how)
        return [series_from_core("", each).to_numpy() for each in columns[:4] if each is not None]

    @property
    def stream(self) -> Stream:
        """The tokens of all documents of the corpus, selected or not."""
        if self.merged is not None:
            return Stream.of_words(self.merged.selected, self.n_words)
        of_type = self.forms.of_type
        assert of_type is not None  # a corpus has punctuation, which is not counted
        return Stream(self._corpus.token_types, self._corpus.document_ends, of_type)

    def _kept(self, key: str, make: Callable[[], T]) -> T:
        """Return what is made of all documents or of the last few selections, once; with names joined, each time."""
        if self._joins is not None:
            return make()
        named = key, self._unit, None if self._normalizer is None else self._normalizer.digest
        keep = self._corpus.derive_from_tokens if self._chosen is None else self._corpus.keep_last
        return keep(named, make)

    @cached_property
    def _totals(self) -> list[Integers]:
        if self._types_are_counted:  # the same pass gives what `above_average` is made of
            return self._above_shares[:2]
        return self._kept("count and documents", self._sums)

    @cached_property
    def _above_shares(self) -> list[Integers]:
        """Count and document frequency of each word, count and size where its rate is above that of all."""

        def sums() -> list[Integers]:
            forms = self.forms
            is_stored = self._types_are_counted and not self._corpus.is_subcorpus
            stored = self._corpus.form_sums() if is_stored else None
            if stored is not None and isinstance(forms, IndexedForms):
                return [self.frequency, *forms.of_columns(stored)]
            sides = self._corpus.without_fewer() if self._types_are_counted else None
            return self._sums(self._share) if sides is None else self._sums_less(*sides)

        return self._kept("sums", sums)

    @property
    def _share(self) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):  # no words at all
            return self.frequency.astype(np.float64) / np.float64(self.size)

    def _sums_less(self, whole: CorpusView, others: CorpusView) -> list[Integers]:
        """Return the sums of `_above_shares` as those of the whole corpus less those of the other documents.

        Most words are so rare that their rate is above their share in every document that has them, here as on both
        sides: what is summed is then the same. The documents are gone through for the others, which are so few that
        their counts stay in the cache of the processor.
        """
        of_whole, of_others = (
            CountedWords(each, self._normalizer, self._unit)._above_shares for each in (whole, others)
        )
        share = self._share
        is_rare = share < 1 / max(int(self.sizes.max(initial=0)), 1)  # the lowest rate that a document can have
        for count, _, above, _ in (of_whole, of_others):
            is_rare &= above == count
        documents, above, size = (a - b for a, b in zip(of_whole[1:], of_others[1:], strict=True))
        frequent = np.flatnonzero(~is_rare)
        number = np.full(self.n_words + 1, len(frequent), np.uint32)  # of each word, and one for all that are rare
        number[frequent] = np.arange(len(frequent))
        number[-1] = NO_FORM
        ids, document_ends, of_type = self.stream
        stream = Stream(ids, document_ends, number[np.minimum(of_type, self.n_words)])
        sums = self._sums(np.append(share[frequent], np.inf), stream, len(frequent) + 1)
        above[frequent], size[frequent] = sums[2][:-1], sums[3][:-1]
        return [self.frequency, documents, above, size]

    @cached_property
    def above_average(self) -> tuple[Floats, Floats] | None:
        """The count of each word in the documents where its rate is above that of all, and the size of these documents.

        None if not all words of the documents are counted.
        """
        count, size = self._above_shares[2:]
        return count.astype(np.float64), size.astype(np.float64)

    @property
    def _types_are_counted(self) -> bool:
        """Whether the counts of words follow from those of types."""
        return self.forms.of_type is not None and self._joins is None

    @cached_property
    def frequency(self) -> Integers:
        """How often each word occurs in all documents together."""
        if not self._types_are_counted:
            return self._totals[0]

        def make() -> Integers:
            of_type = self.forms.of_type
            assert of_type is not None  # as types are counted
            row = np.minimum(of_type, self.n_words)  # one more row for what is not counted
            sums = np.bincount(row, weights=self.type_counts, minlength=self.n_words + 1)
            found = sums[: self.n_words].astype(np.int64)  # exact: there are fewer than 2**53 tokens
            found.flags.writeable = False  # since it is kept
            return found

        if self._corpus.is_subcorpus:
            return make()
        digest = None if self._normalizer is None else self._normalizer.digest
        return self._corpus.derive(("word counts", self._unit, digest), make)

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
            n_types=self.n_words,
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
            self._selected.ids, self._selected.document_ends, n_types=self.n_words, documents=self._chosen
        )
        starts, words, counts = (series_from_core("", column).to_numpy() for column in columns)
        return DocumentRows(starts.astype(np.int64), words, counts)


class Stream(NamedTuple):
    """Tokens, the ends of their documents, and the word that each type of token is counted as."""

    ids: Numbers
    document_ends: npt.NDArray[np.uint64]
    of_type: Numbers

    @classmethod
    def of_words(cls, selected: Selected, n_words: int) -> Stream:
        """Return tokens that are words already."""
        return cls(selected.ids, selected.document_ends, np.arange(n_words, dtype=np.uint32))


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
