"""What analyses see of a corpus: its tables and arrays, without what makes or changes one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import polars as pl

from corpus_kit import _counting, storage
from corpus_kit._columns import series_from_core
from corpus_kit._concordance import Texts, TokenArrays
from corpus_kit.errors import InputError, choose
from corpus_kit.mapped_files import MappedFiles, bounds
from corpus_kit.spans import Exclusion, merged_spans
from corpus_kit.storage import Array
from corpus_kit.tokenization import COUNTED_KINDS, KINDS

__all__ = ["CorpusView", "expect_corpus"]

T = TypeVar("T")

_NO_LABELS = ("text", "headline", "paragraphs")  # columns of documents that are not metadata


class CorpusView:
    """The tables and arrays of a corpus, of a subcorpus, or of a corpus with spans excluded.

    Analyses take a view and need not know which of the three it is. Arrays are mapped when they are
    first used, and shared by all views of a corpus. Types, and whatever is numbered by type, are
    those of the whole corpus. Tokens are those of all its documents, without the excluded ones;
    `chosen_documents` says which documents a subcorpus has.

    What analyses use, beside the tables that users see (`documents`, `ids`, `labels`):

    ===========================  ==============================================================================
    token_types, token_flags     of each token: its type (UInt32), flags (UInt8, `tokenization.BEGINS_…`)
    token_starts                 its first code point in the text of its document (UInt32)
    document_ends                of each document: the index of the token after its last (UInt64)
    document_bounds(documents)   first token and end of these documents (Int64)
    index_positions              the tokens of each type, ascending, type after type (UInt32)
    index_offsets                where the positions of each type begin (UInt64, n_types + 1)
    type_kinds, counted_types    of each type: its kind (UInt8, a place in KINDS), whether it is counted (bool)
    type_order, type_ranks       types ordered by folded form, and the rank of each in that order (UInt32)
    surfaces, folded_forms       of each type: its spelling and its folded form, as mapped texts
    token_texts                  tokens put together again as text, and their neighbours
    type_column(name)            a column of the vocabulary
    type_counts()                count and document frequency of each type in the selected documents
    all_documents()              the table of all documents, also those that are not selected
    derive(key, make)            what an analysis makes of the vocabulary, made once for all views
    ===========================  ==============================================================================
    """

    def __init__(
        self,
        files: MappedFiles,
        manifest: dict[str, Any],
        selection: Array | None = None,
        *,
        filters: tuple[str, ...] = (),
        exclusion: Exclusion | None = None,
    ) -> None:
        self._files = files
        self._manifest = manifest
        self._selection = selection  # sorted row numbers of documents; None means all
        self._filters = filters  # what a subcorpus was asked for, as text
        self._exclusion = exclusion

    # ------------------------------------------------------------------ what it is

    @property
    def path(self) -> Path:
        """The folder of the corpus."""
        return self._files.path

    @property
    def manifest(self) -> dict[str, Any]:
        """What the corpus was built from, when, with which options and versions (of the whole, not of a subcorpus)."""
        return self._manifest

    @property
    def id(self) -> str:
        """16 hex digits; the same for the same texts, ids and rules. Cite it with every number."""
        return str(self._manifest["id"])

    @property
    def checksum(self) -> str:
        """The SHA-256 of ids, texts, profile and rules as 64 hex digits; `id` is its beginning.

        A corpus built by an early version of the library keeps the beginning only.
        """
        return str(self._manifest.get("checksum", self._manifest["id"]))

    @property
    def is_subcorpus(self) -> bool:
        """Whether documents were left out by `filter`, or parts of them by `without`."""
        return self._selection is not None or self._exclusion is not None

    @property
    def is_annotated(self) -> bool:
        """Whether the vocabulary has segments, stems and lemmas."""
        return storage.annotations_of(self._manifest) is not None

    @property
    def excluded_spans(self) -> pl.DataFrame | None:
        """The spans left out by `without`: document, start, end; in order, merged. None if there are none."""
        return None if self._exclusion is None else self._exclusion.spans

    def __len__(self) -> int:
        """Number of documents."""
        return self.n_documents if self._selection is None else len(self._selection)

    @property
    def n_documents(self) -> int:
        """Documents of the whole corpus, also of those that are in no subcorpus."""
        return int(self._manifest["counts"]["documents"])

    @property
    def n_types(self) -> int:
        """Types of the whole corpus."""
        return int(self._manifest["counts"]["types"])

    @property
    def selection(self) -> dict[str, Any] | None:
        """What a result is to say of a subcorpus: documents, the filters as text, a SHA-256 of the row numbers.

        Where spans were left out, `without` has their number and a SHA-256 of them. None for a whole corpus.
        """
        if not self.is_subcorpus:
            return None
        rows = self.selected_documents().astype("<u4").tobytes()
        told = {"documents": len(self), "filters": list(self._filters), "sha256": hashlib.sha256(rows).hexdigest()}
        if self._exclusion is not None:
            spans = self._exclusion.spans.to_numpy().astype("<i8").tobytes(order="C")
            told["without"] = {"spans": self._exclusion.spans.height, "sha256": hashlib.sha256(spans).hexdigest()}
        return told

    def without(self, spans: pl.DataFrame) -> Self:
        """The corpus without the tokens in some spans of its texts, such as page furniture.

        Arguments:
            spans: a table with the columns document (row number), start and end (code points of the
                document's text), as those of `ck.news.furniture` and `ck.kwic`. Other columns are not
                looked at; spans may overlap.

        Returns a subcorpus: every analysis takes it. A token that overlaps a span is not there: it is
        not counted, not found and not shown. Offsets stay those of the text as read. The words before and
        after what was taken out are not neighbours: what follows begins a sentence and a paragraph.
        Positions (in `tokens` and `kwic`) count the tokens that are left.

        Raises InputError for a table without these columns, or with what is no span of this corpus.

        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> headline = corpus.documents.select("document", pl.col("headline").struct.unnest()).collect()
        >>> body = corpus.without(headline)
        >>> body.tokens.head(1).collect()["start"].item() > headline["end"][0]
        True
        """
        self.check_open()
        hidden = merged_spans(spans, self.n_documents)
        if self.excluded_spans is not None:
            hidden = merged_spans(pl.concat([self.excluded_spans, hidden]), self.n_documents)
        exclusion = Exclusion(self._files, hidden, self.n_types)
        return type(self)(self._files, self._manifest, self._selection, filters=self._filters, exclusion=exclusion)

    def part(self, documents: Array, *filters: str) -> Self:
        """The subcorpus of these documents (row numbers, ascending).

        filters: what was asked for, as text; `selection` keeps it.
        """
        return type(self)(
            self._files,
            self._manifest,
            documents,
            filters=(*self._filters, *filters),
            exclusion=self._exclusion,
        )

    def shares_types(self, other: CorpusView) -> bool:
        """Whether both are views of one corpus, so that they number types alike."""
        return self._files is other._files

    def check_open(self) -> None:
        """Raise CorpusError if the corpus is closed, or was replaced since it was opened."""
        self._files.check_open()

    # ------------------------------------------------------------------ documents

    @property
    def documents(self) -> pl.LazyFrame:
        """Documents: document (row number, UInt32), id (String), metadata, text, headline, paragraphs, tokens, words.

        `headline` (a struct) and `paragraphs` (a list of structs) are spans `start`, `end` in code
        points of `text`; `tokens` counts all tokens, `words` those that analyses count (UInt32). Text
        and spans are those of the document as read, also where `without` leaves out parts of it.

        >>> import corpus_kit as ck
        >>> ck.sample_corpus().documents.select("document", "outlet").head(1).collect().rows()
        [(0, 'وكالة مدى')]
        """
        frame = self.all_documents()
        if self._exclusion is not None:
            with storage.reading(self.path):
                sizes = self._sizes().lazy()
                names = frame.collect_schema().names()
            frame = pl.concat([frame.drop("tokens", "words"), sizes], how="horizontal").select(names)
        if self._selection is None:
            return frame
        return frame.filter(pl.col("document").is_in(pl.Series(self._selection).implode()))

    def all_documents(self) -> pl.LazyFrame:
        """The table of all documents of the corpus, as it was built: selected or not, nothing excluded."""
        return self._files.scan(storage.DOCUMENTS)

    def selected_documents(self) -> Array:
        """Row numbers of the documents, sorted (UInt32)."""
        if self._selection is None:
            return np.arange(self.n_documents, dtype=np.uint32)
        return self._selection

    def chosen_documents(self) -> Array | None:
        """1 for each selected document and 0 for the others (UInt8); None for a whole corpus."""
        if self._selection is None:
            return None
        chosen = np.zeros(self.n_documents, np.uint8)
        chosen[self._selection] = 1
        return chosen

    def ids(self, documents: Array) -> pl.Series:
        """The ids of documents, given as row numbers."""
        with storage.reading(self.path):
            return series_from_core("id", self._files.texts("id").gather(documents.astype(np.uint32)))

    def label_columns(self) -> list[str]:
        """The columns of documents that hold labels: all but texts and spans."""
        return [name for name in self.all_documents().collect_schema() if name not in _NO_LABELS]

    def labels(self, column: str, *, selected: bool = True) -> pl.Series:
        """A metadata column of the selected (or of all) documents.

        Raises InputError for an unknown name and says which there are.
        """
        frame = self.all_documents()
        with storage.reading(self.path):
            choose(column, self.label_columns(), "metadata column")
            labels = frame.select(column).collect()[column]
        return labels.gather(self._selection) if selected and self._selection is not None else labels

    # ------------------------------------------------------------------ tokens

    @property
    def token_types(self) -> Array:
        """The type of each token (UInt32)."""
        return self._files.array(storage.TYPES) if self._exclusion is None else self._exclusion.tokens.types

    @property
    def token_starts(self) -> Array:
        """The first code point of each token in the text of its document (UInt32)."""
        return self._files.array(storage.STARTS) if self._exclusion is None else self._exclusion.tokens.starts

    @property
    def token_flags(self) -> Array:
        """The flags of each token (UInt8): BEGINS_SENTENCE, BEGINS_PARAGRAPH, GLUED."""
        return self._files.array(storage.FLAGS) if self._exclusion is None else self._exclusion.tokens.flags

    @property
    def document_ends(self) -> Array:
        """The index of the token after the last one of each document (UInt64)."""
        return self._files.array(storage.DOCUMENT_ENDS) if self._exclusion is None else self._exclusion.tokens.ends

    @property
    def index_offsets(self) -> Array:
        """Where the positions of each type begin (UInt64, n_types + 1)."""
        return self._files.array(storage.INDEX_OFFSETS) if self._exclusion is None else self._exclusion.tokens.offsets

    @property
    def index_positions(self) -> Array:
        """The tokens of each type, ascending, type after type (UInt32)."""
        if self._exclusion is None:
            return self._files.array(storage.INDEX_POSITIONS)
        return self._exclusion.tokens.positions

    @cached_property
    def _bounds(self) -> tuple[Array, Array]:
        return bounds(self.document_ends)

    def document_bounds(self, documents: Array) -> tuple[Array, Array]:
        """First token and end of each of these documents (Int64), as indices into all tokens."""
        starts, ends = self._bounds
        return starts[documents], ends[documents]

    def token_counts(self) -> Array:
        """Tokens of each document of the whole corpus (UInt32)."""
        return np.diff(self.document_ends, prepend=np.uint64(0)).astype(np.uint32)

    def _sizes(self) -> pl.DataFrame:
        """The columns `tokens` and `words` of all documents, as they are without what was left out."""
        words = np.concatenate(([0], np.cumsum(self.counted_types[self.token_types])))
        starts, ends = self._bounds
        sizes = {"tokens": ends - starts, "words": words[ends] - words[starts]}
        return pl.DataFrame(sizes).cast(pl.UInt32)

    @cached_property
    def token_texts(self) -> TokenArrays:
        """The tokens as the core joins them to text and finds their neighbours."""
        return TokenArrays(self.token_types, self.token_flags, self.counted_types.view(np.uint8))

    # ------------------------------------------------------------------ types

    @property
    def type_kinds(self) -> Array:
        """The kind of each type, as its place in `tokenization.KINDS` (UInt8)."""
        return self._files.array(storage.INDEX_KINDS)

    @property
    def type_order(self) -> Array:
        """The types in the order of their folded forms, by bytes (UInt32)."""
        return self._files.array(storage.INDEX_ORDER)

    @property
    def type_ranks(self) -> Array:
        """The rank of each type in that order (UInt32); types of one form share it."""
        return self._files.array(storage.INDEX_RANKS)

    @property
    def surfaces(self) -> Texts:
        """The spelling of each type."""
        return self._files.texts("surface")

    @property
    def folded_forms(self) -> Texts:
        """The folded form (profile `search`) of each type."""
        return self._files.texts("folded")

    @property
    def folded_lengths(self) -> Array:
        """The length of the folded form of each type in bytes (Int64)."""
        return np.diff(self._files.array(storage.text_offsets("folded")).astype(np.int64))

    @property
    def counted_types(self) -> Array:
        """For each type, whether analyses count it: words, numbers, hashtags and mentions (bool)."""

        def counted() -> Array:
            kinds = self.type_kinds
            found: Array = np.zeros(len(kinds), bool)
            for kind in COUNTED_KINDS:  # some comparisons take a fraction of one look-up in a table
                found |= kinds == KINDS.index(kind)
            return found

        return self.derive("counted types", counted)

    def type_column(self, name: str) -> pl.Series:
        """A column of the vocabulary of the whole corpus, in order of the types; read when it is first asked for."""
        file = storage.annotations_of(self._manifest) if name in storage.ANNOTATIONS else storage.VOCABULARY
        if file is None:
            raise InputError(f"this corpus has no column {name!r}: corpus.annotate() makes it")
        return self._files.column(file, name, self.n_types)

    def type_counts(self) -> tuple[pl.Series, pl.Series]:
        """Count and document frequency of each type in the selected documents, in the order of type ids."""
        with storage.reading(self.path):
            counts, documents = _counting.count_types(
                self.token_types, self.document_ends, n_types=self.n_types, documents=self.chosen_documents()
            )
        return series_from_core("count", counts), series_from_core("documents", documents)

    def derive(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives; it is called once for the corpus and all its subcorpora.

        key: what is made, with every option that it depends on. It may depend on the vocabulary, not on tokens.
        """
        return self._files.keep(("derived", key), make)


def expect_corpus(corpus: object, function: str) -> CorpusView:
    """Return the corpus, or raise InputError where an analysis was given something else or one that is closed."""
    if not isinstance(corpus, CorpusView):
        raise InputError(
            f"{function} takes a Corpus (of Corpus.build or Corpus.open), not {type(corpus).__name__}: {corpus!r:.60}"
        )
    corpus.check_open()
    return corpus
