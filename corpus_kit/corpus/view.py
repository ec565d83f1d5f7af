"""What analyses see of a corpus: its tables and arrays, without what makes or changes one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, ranges, sums_of_groups
from corpus_kit._base.columns import frame_from_core, series_from_core
from corpus_kit._base.records import attach, table_of
from corpus_kit._core import SearchText
from corpus_kit.corpus import storage
from corpus_kit.corpus.checked import CheckedArray, IndexTexts, TokenTexts, search_text
from corpus_kit.corpus.cleaned_texts import Pieces
from corpus_kit.corpus.codes import Codes, coded
from corpus_kit.corpus.definitions import NO_DEFINITIONS, Definitions, read_definitions
from corpus_kit.corpus.files import CorpusFiles, bounds
from corpus_kit.corpus.layers import LayerColumn, columns_of_layers, expect_layer, values_of
from corpus_kit.corpus.manifest import annotations_of
from corpus_kit.corpus.spans import Exclusion, located, merged_spans, source_spans
from corpus_kit.corpus.structures import (
    ALIASES,
    PARAGRAPH,
    SENTENCE,
    TEXT,
    SpanTable,
    Structure,
    StructureNames,
    column_of,
    expect_free,
    expect_in_texts,
    of_documents,
    of_spans,
    of_units,
    span_table,
    spans_of_sources,
    unknown_structure,
    with_labels,
)
from corpus_kit.errors import InputError, choose, invalid
from corpus_kit.machine.threads import threads
from corpus_kit.text.tokenization import COUNTED_KINDS, KINDS, RULES_VERSION

if TYPE_CHECKING:
    from corpus_kit.display.card import Card

__all__ = ["CorpusView", "expect_corpus"]

T = TypeVar("T")

_KEPT_SELECTIONS = 4  # of which sums are kept
_NO_LABELS = ("text", "headline", "paragraphs", "spans")  # columns of documents that are not metadata


class CorpusView:
    """The tables and arrays of a corpus, of a subcorpus, or of a corpus with spans excluded.

    Analyses take a view and need not know which of the three it is. Arrays are shared by all views of a
    corpus. The arrays of a large one are mapped: the properties compare all of an array with its checksums,
    once, and the methods that take types or tokens only what they read. Types, row numbers of documents and
    indices of tokens are those of the whole corpus, so that views can be compared; excluded tokens are gone,
    and `document_mask` says which documents a subcorpus has.

    What analyses use, beside the tables and properties that users see:

    ===========================  ==============================================================================
    token_types, token_flags     of each token: its type (UInt32), its flags (UInt8, `text.token_flags`)
    token_starts                 its first code point in the text of its document (UInt32)
    document_ends                of each document: the index of the token after its last (UInt64)
    document_bounds(documents)   first token and end of these documents (Int64)
    documents_of(tokens)         the document of each of these tokens
    tokens_of(documents)         token_types and token_flags, of which only those in these documents may be used
    token_counts()               tokens of each document (UInt32)
    index_positions              the tokens of each type, ascending, type after type (UInt32)
    index_offsets                where the positions of each type begin (UInt64, n_types + 1)
    positions_of(types)          the tokens of these types, ascending; type_occurrences(types), how many of each
    starts_of(tokens)            the first code point of these tokens; types_at(tokens), their types
    flags_between(first, end)    the flags of a range of tokens; flags_at(tokens), those of these tokens
    type_kinds, counted_types    of each type: its kind (UInt8, a place in KINDS), whether it is counted (bool)
    folded_words                 of each type: whether it is counted, and its folded form not empty (bool)
    type_order, type_ranks       types ordered by folded form, and the rank of each in that order (UInt32)
    surfaces, folded_forms       of each type: its spelling and its folded form, as mapped texts
    token_texts                  joins tokens to text and finds their neighbours; search_text(…) runs search programs
    lines(first, end, window)    what a concordance shows of hits
    layers, layer_column(name)   the columns of each layer of tokens; one of them by its full name, such as "gold.pos"
    structures, structure(name)  the structures with their attributes; the regions of one of them
    structure_column(name)       an attribute of a structure as a column of a layer, such as "text.source"
    definitions                  the word lists and macros of queries
    has_given_tokens             whether sources gave some of the tokens
    type_column(name)            a column of the vocabulary of the whole corpus
    has_annotation(name)         whether the vocabulary has this column of annotations
    type_counts()                count and document frequency of each type in the selected documents
    all_documents()              the table of all documents, selected or not
    all_types()                  the vocabulary of the whole corpus
    selected_documents()         row numbers of the selected documents, ascending (UInt32)
    document_mask()              1 for each selected document, 0 for the others (UInt8); None for all
    ids(documents)               the ids of documents
    labels(column)               a metadata column; codes(column), the same as numbers, for what groups by it
    derive(key, make)            what an analysis derives from the vocabulary or from labels, made once for all views
    derive_from_tokens(…)        the same from all tokens, made once for all views with the same tokens
    keep_last(key, make)         what it derives from the selected documents, kept for the last few selections
    without_fewer()              the whole corpus and the documents that are not selected, if these are fewer
    derive_from_column(…)        what it derives from the values of a column of a layer or of a structure
    ===========================  ==============================================================================
    """

    def __init__(
        self,
        files: CorpusFiles,
        selection: Array | None = None,
        *,
        filters: tuple[str, ...] = (),
        exclusion: Exclusion | None = None,
        tables: Mapping[str, SpanTable] | None = None,
        definitions: Definitions = NO_DEFINITIONS,
    ) -> None:
        self._files = files
        self._selection = selection  # ascending row numbers of documents; None means all
        self._filters = filters  # how the subcorpus was selected, as text
        self._type_counts: tuple[pl.Series, pl.Series] | None = None  # once they were asked for
        self._exclusion = exclusion
        self._tables = dict(tables or {})  # the structures that were added
        self._definitions = definitions

    def _view(
        self,
        selection: Array | None,
        filters: tuple[str, ...],
        exclusion: Exclusion | None,
        *,
        tables: Mapping[str, SpanTable] | None = None,
        definitions: Definitions | None = None,
    ) -> Self:
        """Return another view of the corpus, with its structures and definitions unless others are given."""
        return type(self)(
            self._files,
            selection,
            filters=filters,
            exclusion=exclusion,
            tables=self._tables if tables is None else tables,
            definitions=self._definitions if definitions is None else definitions,
        )

    # ------------------------------------------------------------------ what it is

    @property
    def path(self) -> Path:
        """The folder of the corpus."""
        return self._files.path

    @property
    def manifest(self) -> dict[str, Any]:
        """What the corpus was built from, when, and with which options and versions.

        That of the whole corpus, also in a subcorpus; `selection` describes the subcorpus.
        """
        return self._files.manifest

    @property
    def id(self) -> str:
        """The identifier of the whole corpus: 16 hex digits, the same for the same texts, ids and rules.

        Cite it with every number. A subcorpus has the id of its corpus; `selection` identifies its documents.
        """
        return str(self.manifest["id"])

    @property
    def checksum(self) -> str:
        """The SHA-256 of all ids, texts, profile and rules of the whole corpus, as 64 hex digits; it begins with `id`.

        A corpus built by an early version of the library keeps the beginning only.
        """
        return str(self.manifest.get("checksum", self.manifest["id"]))

    @property
    def is_subcorpus(self) -> bool:
        """Whether documents were filtered out, or spans of their texts excluded."""
        return self._selection is not None or self._exclusion is not None

    @property
    def is_annotated(self) -> bool:
        """Whether the vocabulary has segments, stems and lemmas."""
        return annotations_of(self.manifest) is not None

    def has_annotation(self, name: str) -> bool:
        """Return whether the vocabulary has this column of annotations; earlier versions had no `root` or `pos`."""
        file = annotations_of(self.manifest)
        return file is not None and name in self._files.schema(file)

    @property
    def has_given_tokens(self) -> bool:
        """Whether sources gave the tokens of some documents, which the tokeniser might have divided otherwise."""
        return "given_tokens" in self.manifest

    @property
    def layers(self) -> dict[str, list[str]]:
        """The layers of tokens that `annotate(layer=...)` added, the last one last, with their columns.

        `manifest["layers"]` says which annotators they are by.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.sample_corpus().layers
            {}
        """
        return columns_of_layers(self.manifest)

    @property
    def excluded_spans(self) -> pl.DataFrame | None:
        """The spans that `exclude` left out, ordered and merged: document, start, end. None if there are none."""
        return None if self._exclusion is None else self._exclusion.spans

    def __len__(self) -> int:
        """Return the number of documents."""
        return self.n_documents

    @property
    def n_documents(self) -> int:
        """The number of documents, in a subcorpus of its own documents: `len(corpus)`."""
        return self.total_documents if self._selection is None else len(self._selection)

    @property
    def total_documents(self) -> int:
        """The number of documents of the whole corpus; row numbers of documents are below it."""
        return int(self.manifest["counts"]["documents"])

    @property
    def n_types(self) -> int:
        """The number of types of the whole corpus."""
        return int(self.manifest["counts"]["types"])

    @property
    def n_tokens(self) -> int:
        """The number of tokens of all documents, without excluded ones."""
        return int(self.manifest["counts"]["tokens"]) if self._exclusion is None else len(self._exclusion.tokens.types)

    @property
    def selection(self) -> dict[str, Any] | None:
        """What a result records of a subcorpus: documents, the filters as text, a SHA-256 of the row numbers.

        If spans were excluded, `without` has their number and their SHA-256. None for a whole corpus.
        """
        if not self.is_subcorpus:
            return None
        rows = self.selected_documents().astype("<u4").tobytes()
        record = {"documents": len(self), "filters": list(self._filters), "sha256": hashlib.sha256(rows).hexdigest()}
        if self._exclusion is not None:
            spans = self._exclusion.spans.to_numpy().astype("<i8").tobytes(order="C")
            record["without"] = {"spans": self._exclusion.spans.height, "sha256": hashlib.sha256(spans).hexdigest()}
        return record

    def exclude(self, spans: pl.DataFrame) -> Self:
        """Return the corpus without the tokens in some spans of its texts, such as boilerplate.

        Every analysis takes the result. A token that overlaps a span is not counted, found or shown.
        The words before and after a gap are not neighbours: what follows begins a sentence and a
        paragraph. Offsets stay those of the text as read; positions (in `tokens` and `ck.kwic`) count
        the tokens that are left. Spans excluded before stay excluded. The `text` of `documents` is what is
        left, and `offset_map` leads from it to the text as read.

        Args:
            spans: A table with the columns document (row number), start and end (code points of the
                document's text), such as those of `ck.news.boilerplate` and `ck.kwic`. Other columns
                are ignored; spans may overlap.

        Returns:
            A subcorpus with the same documents.

        Raises:
            InputError: If a column is missing, a span lies outside this corpus, or what is left of its tokens would
                need more memory than `corpus_kit.memory_limit`.

        Examples:
            >>> import corpus_kit as ck, polars as pl
            >>> corpus = ck.sample_corpus()
            >>> headline = corpus.documents.select("document", pl.col("headline").struct.unnest()).collect()
            >>> body = corpus.exclude(headline)
            >>> body.tokens.head(1).collect()["start"].item() > headline["end"][0]
            True
        """
        self.check_open()
        excluded = merged_spans(spans, self.total_documents)
        if self.excluded_spans is not None:
            excluded = merged_spans(pl.concat([self.excluded_spans, excluded]), self.total_documents)
        exclusion = Exclusion(self._files, excluded, self.n_types)
        return self._view(self._selection, self._filters, exclusion)

    def spans(self, kind: str | None = None) -> pl.DataFrame:
        """Return the parts of texts that their sources mark, such as pages and chapters.

        Args:
            kind: Only those of this kind; None returns all.

        Returns:
            A row for each span, in order: document (row number, UInt32), kind (String), start, end (code points of
            the document's text, UInt32), value (String: the number of a page, the title of a chapter, ...). `exclude`
            takes such a table.

        Raises:
            InputError: If there are no spans of this kind.

        Examples:
            >>> import corpus_kit as ck, tempfile
            >>> page = ck.readers.Span("page", 0, 10, "7")
            >>> corpus = ck.Corpus.build([ck.readers.Document("وصل الوفد.", spans=[page])], tempfile.mkdtemp())
            >>> corpus.spans("page").rows()
            [(0, 'page', 0, 10, '7')]
            >>> corpus.locate(ck.kwic(corpus, "الوفد"), "page").select("node", "page").rows()
            [('الوفد', '7')]
        """
        self.check_open()
        return source_spans(self.documents, kind)

    def locate(self, table: Any, kind: str) -> pl.DataFrame:
        """Return a table with the page, the chapter or another part of its text in which each of its rows lies.

        Args:
            table: A concordance or another table with the columns document and start.
            kind: The kind of spans, as in `spans`.

        Returns:
            The table with a column named by the kind (String): the value of the span in which a row begins; null
            outside all. Of several spans the one that begins last counts.

        Raises:
            InputError: If a column is missing, or there are no such spans.
        """
        self.check_open()
        return located(table_of(table), source_spans(self.documents, kind), kind)

    def offset_map(self) -> pl.DataFrame:
        """Return where each part of the cleaned texts, the `text` of `documents`, is in the texts as read.

        Returns:
            A row for each part that `exclude` left of a text, one for a text without gaps, none for an empty one, in
            order, with the columns (UInt32) document (row number), start, end (code points in the cleaned text),
            whole_start, whole_end (code points in the text as read). The place p of the cleaned text, from start on
            and before end, is the place p - start + whole_start of the text as read. A line break is between parts.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> body = corpus.exclude(ck.news.boilerplate(corpus, by="outlet"))
            >>> part = body.offset_map().row(0, named=True)
            >>> text = body.documents.select("text").head(1).collect().item()
            >>> text[part["start"] : part["end"]] == corpus.text(0)[part["whole_start"] : part["whole_end"]]
            True
        """
        self.check_open()
        with storage.reading(self.path):
            lengths = self.all_documents().select(pl.col("text").str.len_chars().cast(pl.Int64)).collect()["text"]
        nothing = np.zeros(0, np.int64)
        pieces = self.pieces or Pieces(nothing, nothing, nothing, nothing, nothing)
        table = pieces.offset_map(self.selected_documents(), lengths.to_numpy())
        return attach(table, "Corpus.offset_map", {"subcorpus": self.selection}, corpus=self)

    @property
    def pieces(self) -> Pieces | None:
        """What `exclude` left of the texts; None if nothing was excluded."""
        return None if self._exclusion is None else self._exclusion.pieces

    def subcorpus(self, documents: Array, *filters: str) -> Self:
        """Return the subcorpus of these documents.

        Args:
            documents: Row numbers, ascending (UInt32).
            *filters: How they were selected, as text, for `selection`.
        """
        return self._view(documents, (*self._filters, *filters), self._exclusion)

    def with_whole_texts(self) -> Self:
        """Return the view of the same documents from whose texts nothing is excluded.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> corpus.exclude(ck.news.boilerplate(corpus)).with_whole_texts().excluded_spans is None
            True
        """
        return self._view(self._selection, self._filters, None)

    def shares_types(self, other: CorpusView) -> bool:
        """Return whether both are views of one corpus, so that they number types alike."""
        return self._files is other._files

    @property
    def card(self) -> Card:
        """What `ck.show` and notebooks show of the corpus."""
        from corpus_kit.display.card import Card  # slow to load

        return Card(self.path, self.manifest, len(self), self.selection, RULES_VERSION)

    def check_open(self) -> None:
        """Raise CorpusError if the corpus is closed or damaged; warn once if another one has taken its place."""
        self._files.check_open()

    # ------------------------------------------------------------------ documents

    @property
    def documents(self) -> pl.LazyFrame:
        """The documents: document (row number, UInt32), id (String), date, metadata, text, and their sizes.

        `text` (String) is the text as read. `headline` (Struct) and `paragraphs` (List of Struct) are
        spans of it: `start`, `end` in code points (UInt32). `tokens` counts all tokens and `words` those
        that analyses count (UInt32).

        If `exclude` left out spans, `text` is what is left, with a line break for each gap, and `tokens` and
        `words` count that. Offsets stay those of the text as read, here and in all tables: `Corpus.text` returns
        it, and `offset_map` says which part is where.

        Examples:
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
            frame = frame.with_columns(_cleaned(self._exclusion))
        if self._selection is None:
            return frame
        return frame.filter(pl.col("document").is_in(pl.Series(self._selection).implode()))

    def all_documents(self) -> pl.LazyFrame:
        """Return the table of all documents as it was built: selected or not, nothing excluded."""
        return self._files.documents()

    def text_as_read(self, document: int) -> str:
        """Return the whole text of a document, given by its row number."""
        self.check_open()
        return str(self._files.read(storage.DOCUMENTS, ["text"], document).item())

    def selected_documents(self) -> Array:
        """Return the row numbers of the documents, ascending (UInt32)."""
        if self._selection is None:
            return np.arange(self.total_documents, dtype=np.uint32)
        return self._selection

    def document_mask(self) -> Array | None:
        """Return 1 for each selected document and 0 for the others (UInt8); None for a whole corpus."""
        if self._selection is None:
            return None
        mask = np.zeros(self.total_documents, np.uint8)
        mask[self._selection] = 1
        return mask

    def ids(self, documents: Array) -> pl.Series:
        """Return the ids of documents, given as row numbers."""
        with storage.reading(self.path):
            return series_from_core("id", self._files.texts("id").gather(documents.astype(np.uint32)))

    def label_columns(self) -> list[str]:
        """Return the names of the columns of documents that hold labels: all but texts and spans."""
        return [name for name in self._files.document_columns() if name not in _NO_LABELS]

    def labels_type(self, column: str) -> pl.DataType:
        """Return the type of a metadata column, without reading it."""
        return self._files.document_columns()[column]

    def labels(self, column: str, *, selected: bool = True, name: str = "metadata") -> pl.Series:
        """Return a metadata column.

        Args:
            column: The name of the column.
            selected: Whether to return the values of the selected documents only.
            name: The argument that names the column, for the message.

        Raises:
            InputError: If there is no such column.
        """
        self.check_open()
        choose(column, self.label_columns(), name)
        labels = self._files.read_documents([column])[column]
        return labels.gather(self._selection) if selected and self._selection is not None else labels

    def codes(self, column: str) -> Codes:
        """Return a metadata column of all documents, selected or not, as codes, which are made once.

        Raises:
            InputError: If there is no such column.
        """
        return self.derive(("codes", column), lambda: coded(self.labels(column, selected=False)))

    # ------------------------------------------------------------------ tokens

    def _array(self, name: str) -> CheckedArray:
        """Return an array of the tokens or of the index, without excluded tokens."""
        if self._exclusion is None:
            return self._files.array(name)
        return self._exclusion.array(name)

    @property
    def token_types(self) -> Array:
        """The type of each token (UInt32)."""
        return self._array(storage.TYPES).whole()

    @property
    def token_starts(self) -> Array:
        """The first code point of each token in the text of its document (UInt32)."""
        return self._array(storage.STARTS).whole()

    @property
    def token_flags(self) -> Array:
        """The flags of each token (UInt8): BEGINS_SENTENCE, BEGINS_PARAGRAPH, GLUED."""
        return self._array(storage.FLAGS).whole()

    @property
    def document_ends(self) -> Array:
        """The index of the token after the last one of each document (UInt64)."""
        if self._exclusion is None:
            return self._files.document_ends()
        return self._exclusion.array(storage.DOCUMENT_ENDS).whole()

    def tokens_of(self, documents: Array) -> tuple[Array, Array]:
        """Return the types and the flags of all tokens (UInt32, UInt8), for a reader of these documents only.

        The tokens of other documents may be damaged; so nobody may use them.
        """
        first, end = self.document_bounds(documents)
        return self._array(storage.TYPES).at(first, end), self._array(storage.FLAGS).at(first, end)

    @property
    def index_offsets(self) -> Array:
        """Where the positions of each type begin (UInt64, n_types + 1)."""
        return self._array(storage.INDEX_OFFSETS).whole()

    @property
    def index_positions(self) -> Array:
        """The tokens of each type, ascending, type after type (UInt32)."""
        return self._array(storage.INDEX_POSITIONS).whole()

    def layer_column(self, name: str) -> LayerColumn:
        """Return a column of a layer by its full name, such as "gold.pos"; the corpus must have it.

        Raises:
            CorpusError: If this version of the library cannot read the layer.
        """
        layer, _, column = name.partition(".")
        values = values_of(self._files, layer, column)
        codes = expect_layer(layer, self.manifest)["columns"][column]["codes"]
        return LayerColumn(self._array(codes), values)

    # ------------------------------------------------------------------ structures and definitions

    def with_structures(self, **tables: Any) -> Self:
        """Return the corpus with tables of spans as structures, which queries ask for by name.

        A query can ask for what lies in a quotation, begins a paragraph that a coder marked, or is no boilerplate. A
        token that overlaps a span belongs to it. All columns but document, start and end are attributes, whose values
        are compared as text, as `ck.save` writes them in a CSV file: dates as 2026-03-05, truth values as true and
        false, lists as JSON. Nothing is written, and filter, exclude and sample keep the structures; those of the same
        name take the place of earlier ones. The record of a result has the number of spans and their SHA-256.

        Args:
            **tables: A table for each name: one with the columns document (row number), start and end (code points
                of the text as read), such as that of `ck.news.quotations`, `ck.news.boilerplate`, `ck.kwic`, a sheet
                of codes or `ck.read_codes`. Spans may overlap; a row without start and end is about its whole document.

        Raises:
            InputError: If a name means something else in queries, or a table is not one of spans of this corpus.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> said = corpus.with_structures(quotation=ck.news.quotations(corpus))
            >>> quotation = said.structure("quotation")
            >>> len(quotation) > 0, "speaker" in quotation.attributes
            (True, True)
        """
        self.check_open()
        added = dict(self._tables)
        whole = CorpusView(self._files)
        for name, table in tables.items():
            expect_free(name, self.layers, self._source_spans())
            added[name] = span_table(name, table, self.total_documents)
            expect_in_texts(added[name], whole, whole._text_lengths)
        return self._view(self._selection, self._filters, self._exclusion, tables=added)

    def _text_lengths(self, documents: Array) -> Array:
        """Return the length of the texts of some documents, as read, in code points (Int64)."""
        rows = self.all_documents().filter(pl.col("document").is_in(pl.Series(documents).implode()))
        with storage.reading(self.path):
            return rows.select(pl.col("text").str.len_chars().cast(pl.Int64)).collect()["text"].to_numpy()

    def _source_spans(self) -> dict[str, SpanTable]:
        """Return the structures that the sources mark: headlines and kinds of spans."""
        return self.derive("spans of sources", lambda: spans_of_sources(self.all_documents()))

    @property
    def structures(self) -> Mapping[str, tuple[str, ...]]:
        """The structures that queries can ask for, with their attributes.

        Every corpus has sentences (s, sentence), paragraphs (p, paragraph) and documents (text, document), whose
        attributes are the metadata. Then come headlines and the kinds of spans that sources mark, such as pages, whose
        attribute is their value, and the tables that `with_structures` added.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.sample_corpus().structures["text"]
            ('document', 'id', 'date', 'outlet', 'tokens', 'words')
        """
        return StructureNames(self.label_columns, self._tables, self._source_spans)

    def structure(self, name: str) -> Structure:
        """Return the regions of a structure: of all documents, selected or not, without excluded tokens.

        Args:
            name: Its name, as `structures` has it.

        Raises:
            InputError: If there is none of this name.

        Examples:
            >>> import corpus_kit as ck
            >>> sentences = ck.sample_corpus().structure("sentence")
            >>> sentences.name, bool((sentences.first < sentences.end).all())
            ('s', True)
        """
        self.check_open()
        name = ALIASES.get(name, name)
        table = self._tables.get(name)
        if table is None and name not in (SENTENCE, PARAGRAPH, TEXT):
            table = self._source_spans().get(name)
        # a view of its own: `add` changes the files of this one
        tokens = CorpusView(self._files, exclusion=self._exclusion)

        def make() -> Structure:
            if table is not None:
                return of_spans(table, tokens)
            if name == TEXT:
                return of_documents(self.document_ends, self.label_columns())
            return of_units(self.token_flags, name)

        if table is None and name not in (SENTENCE, PARAGRAPH, TEXT):
            raise unknown_structure(name, self.structures)
        kept = self.derive_from_tokens(("structure", name, "" if table is None else table.digest), make)
        return kept if name != TEXT else with_labels(kept, lambda column: tokens.labels(column, selected=False))

    def structure_column(self, name: str) -> LayerColumn:
        """Return an attribute of a structure as a column of a layer, such as "text.source" or "quotation.speaker".

        The name of a structure alone is that of a column in which the tokens inside have the value "". Of several
        regions that have a token, the one that begins last gives it its value.

        Raises:
            InputError: If there is no such structure, or it has no such attribute.
        """
        name, _, attribute = name.partition(".")
        structure = self.structure(name)
        key = ("structure column", structure.name, attribute, structure.key)
        return self.derive_from_tokens(key, lambda: column_of(structure, attribute, self.n_tokens))

    def derive_from_column(self, name: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns; it is called once for a column of a layer or of a structure.

        Args:
            name: The full name of the column, as `layer_column` and `structure_column` take it.
            key: What is made, with every option that it depends on.
            make: A function of the values of the column.
        """
        layer, _, attribute = name.partition(".")
        if layer in self.layers:
            return self.derive((key, name), make)
        structure = self.structure(layer)
        return self.derive_from_tokens((key, structure.name, attribute, structure.key), make)

    def structures_record(self, names: Iterable[str]) -> dict[str, Any]:
        """Return what the record of a result says of the structures that it depends on: those of tables, by name."""
        return {name: dict(self._tables[name].record) for name in sorted(set(names)) if name in self._tables}

    def with_definitions(self, definitions: str | PathLike[str] | Mapping[str, Any] | Definitions) -> Self:
        """Return the corpus with word lists and macros for queries, beside those that it has already.

        A query asks for a word of a list as ``[lemma=$verbs]`` and calls a macro as ``/reported[الوزير]``. A list or a
        macro takes the place of an earlier one of the same name. Nothing is written; filter, exclude and sample keep
        them.

        Args:
            definitions: A TOML file, the same as a mapping, a file of CQP's macros (.mac, .cqp, or .txt with
                `MACRO name(2) ... ;` in it), or the `definitions` of another corpus. In TOML::

                    [lists]
                    verbs = ["قال", "أكد"]
                    places = {file = "places.txt"}  # a word a line, beside this file; # begins a comment

                    [macros]
                    reported = "[lemma=$verbs] $0"
                    near = {arguments = ["a", "b"], pattern = "$a []{0,3} $b"}

        Raises:
            InputError: If the file cannot be read, or a list or a macro has an error.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus().with_definitions({"lists": {"verbs": ["قال", "أكد"]}})
            >>> corpus.definitions.lists
            {'verbs': ('قال', 'أكد')}
        """
        self.check_open()
        both = self._definitions | read_definitions(definitions)
        return self._view(self._selection, self._filters, self._exclusion, definitions=both)

    @property
    def definitions(self) -> Definitions:
        """The word lists and macros that `with_definitions` added."""
        return self._definitions

    def starts_of(self, tokens: Array) -> Array:
        """Return the first code point of each of these tokens, given as indices into all tokens (UInt32)."""
        return self._array(storage.STARTS).items(tokens)

    def types_at(self, tokens: Array) -> Array:
        """Return the type of each of these tokens, given as indices into all tokens (UInt32)."""
        return self._array(storage.TYPES).items(tokens)

    def flags_at(self, tokens: Array) -> Array:
        """Return the flags of each of these tokens, given as indices into all tokens (UInt8)."""
        return self._array(storage.FLAGS).items(tokens)

    def flags_between(self, first: int, end: int) -> Array:
        """Return the flags of the tokens from `first` up to `end` (UInt8)."""
        return self._array(storage.FLAGS).between(first, end)

    def type_occurrences(self, types: Array) -> Array:
        """Return how often each of these types occurs (Int64), whatever documents are selected."""
        first, end = self._index_ranges(types)
        return end - first

    def positions_of(self, types: Array) -> Array:
        """Return the tokens of these types, ascending (UInt32); those of a single type are not copied."""
        if len(types) == 1:  # as of most words
            number = int(types[0])
            begin, stop = self._array(storage.INDEX_OFFSETS).between(number, number + 2).tolist()
            return self._array(storage.INDEX_POSITIONS).between(begin, stop)
        first, end = self._index_ranges(types)
        positions = self._array(storage.INDEX_POSITIONS).at(first, end)
        offsets = self._array(storage.INDEX_OFFSETS).unchecked()  # those of the types are checked
        found: Array = series_from_core("", _core.positions_of(offsets, positions, types.astype(np.uint32))).to_numpy()
        return found

    def positions_of_each(self, types: Array) -> tuple[Array, Array]:
        """Return the tokens of each of these types, one type after another (UInt32), and how many it has (Int64)."""
        first, end = self._index_ranges(types)
        positions = self._array(storage.INDEX_POSITIONS).at(first, end)
        return positions[ranges(first, end)], end - first

    def _index_ranges(self, types: Array) -> tuple[Array, Array]:
        """Return where the positions of these types begin and end (Int64)."""
        places = types.astype(np.int64)
        offsets = self._array(storage.INDEX_OFFSETS).at(places, places + 2)
        return offsets[places].astype(np.int64), offsets[places + 1].astype(np.int64)

    def _keep_for_tokens(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` derives from the tokens; it is called once for all views with the same tokens."""
        keeper = self._files if self._exclusion is None else self._exclusion
        return keeper.keep(("of tokens", key), make)

    def derive_from_tokens(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns; it is called once for all views with the same tokens.

        Args:
            key: What is made, with every option that it depends on.
            make: A function of the vocabulary and the tokens of all documents. It must not depend on which are
                selected.
        """
        return self._keep_for_tokens(("derived", key), make)

    @property
    def _bounds(self) -> tuple[Array, Array]:
        return self._keep_for_tokens("bounds", lambda: bounds(self.document_ends))

    def document_bounds(self, documents: Array) -> tuple[Array, Array]:
        """Return the first token and the end of each of these documents (Int64), as indices into all tokens."""
        starts, ends = self._bounds
        return starts[documents], ends[documents]

    def documents_of(self, tokens: Array) -> Array:
        """Return the document (row number) of each of these tokens, given as indices into all tokens."""
        ends = self.document_ends
        if len(tokens) <= len(ends) or (tokens[1:] < tokens[:-1]).any():
            return np.searchsorted(ends, tokens.astype(ends.dtype), "right")  # of two dtypes, numpy would copy `ends`
        # fewer look-ups if there are more tokens than documents
        before = np.searchsorted(tokens, ends.astype(tokens.dtype), "left")
        return np.repeat(np.arange(len(ends)), np.diff(before, prepend=0))

    def token_counts(self) -> Array:
        """Return the number of tokens of each document of the whole corpus (UInt32)."""
        return np.diff(self.document_ends, prepend=np.uint64(0)).astype(np.uint32)

    def _sizes(self) -> pl.DataFrame:
        """Return the columns `tokens` and `words` of all documents, without the excluded tokens."""
        starts, ends = self._bounds
        words = sums_of_groups(self.counted_types[self.token_types], ends)
        sizes = {"tokens": ends - starts, "words": words}
        return pl.DataFrame(sizes).cast(pl.UInt32)

    @property
    def token_texts(self) -> TokenTexts:
        """The tokens as the core joins them to text and finds their neighbours."""

        def tokens() -> TokenTexts:
            types, flags, starts = map(self._array, (storage.TYPES, storage.FLAGS, storage.STARTS))
            return TokenTexts(types, flags, starts, self.counted_types.view(np.uint8))

        return self._keep_for_tokens("token texts", tokens)

    def lines(self, first: Array, end: Array | None, window: tuple[int, int]) -> pl.DataFrame:
        """Return what a concordance shows of hits in any order: a row for each, with the columns of `ck.kwic`.

        Args:
            first: The first token of each hit (UInt32).
            end: The token after the last one of each hit (UInt32); None if all are single tokens.
            window: Words before and after each hit.
        """
        columns = self.token_texts.lines(
            np.ascontiguousarray(first),
            None if end is None else np.ascontiguousarray(end),
            window,
            document_ends=self.document_ends,
            surfaces=self.surfaces,
            ids=self._files.texts("id"),
        )
        return frame_from_core(columns)

    def search_text(
        self,
        tests: Array,
        stride: int,
        barrier_bits: int,
        rows: Array | None = None,
        *,
        of_tokens: Array | None = None,
    ) -> AbstractContextManager[SearchText]:
        """Provide the tokens as the core searches them.

        Args:
            tests: The bits of the tests that the types of each row pass (UInt8).
            stride: The bytes of each row among them.
            barrier_bits: The flags that begin a unit of text.
            rows: The row of each type (UInt32); None if each has its own.
            of_tokens: The row of each token (UInt32), if it is not that of its type.
        """
        types = self._array(storage.TYPES) if of_tokens is None else CheckedArray(of_tokens)
        flags = self._array(storage.FLAGS)
        return search_text(types, flags, self.document_ends, tests, stride, barrier_bits, rows)

    # ------------------------------------------------------------------ types

    @property
    def type_kinds(self) -> Array:
        """The kind of each type, as its place in `tokenization.KINDS` (UInt8)."""
        return self._files.array(storage.INDEX_KINDS).whole()

    @property
    def type_order(self) -> Array:
        """The types in the order of their folded forms, compared by bytes (UInt32)."""
        return self._files.array(storage.INDEX_ORDER).whole()

    @property
    def type_ranks(self) -> Array:
        """The rank of each type in that order (UInt32); types with the same folded form share it."""
        return self._files.type_ranks()

    @property
    def surfaces(self) -> IndexTexts:
        """The spelling of each type."""
        return self._files.texts("surface")

    @property
    def folded_forms(self) -> IndexTexts:
        """The folded form (profile `search`) of each type."""
        return self._files.texts("folded")

    @property
    def counted_types(self) -> Array:
        """For each type, whether analyses count it: words, numbers, hashtags and mentions (bool)."""

        def counted() -> Array:
            kinds = self.type_kinds
            found: Array = np.zeros(len(kinds), bool)
            for kind in COUNTED_KINDS:  # a few comparisons are much faster than np.isin
                found |= kinds == KINDS.index(kind)
            return found

        return self.derive("counted types", counted)

    @property
    def folded_words(self) -> Array:
        """For each type, whether it is counted and its folded form is not empty (bool)."""

        def words() -> Array:
            offsets = self._files.array(storage.text_names("folded")[1]).whole()
            found: Array = self.counted_types & (offsets[1:] > offsets[:-1])
            return found

        return self.derive("folded words", words)

    def all_types(self) -> pl.LazyFrame:
        """Return the vocabulary of the whole corpus, with its annotations if it has any."""
        types = self._files.scan(*filter(None, [storage.VOCABULARY, annotations_of(self.manifest)]))
        return types.drop(*storage.FORM_SUMS, strict=False)

    def form_sums(self) -> pl.DataFrame | None:
        """Return what the vocabulary keeps of the folded form of each type in the whole corpus (storage.FORM_SUMS).

        None if an earlier version built the corpus.
        """
        names = list(storage.FORM_SUMS)
        has_them = set(names) <= self._files.schema(storage.VOCABULARY).keys()
        return self._files.read(storage.VOCABULARY, names) if has_them else None

    def type_column(self, name: str) -> pl.Series:
        """Return a column of the vocabulary of the whole corpus, in the order of types; it is read once.

        Raises:
            InputError: If it is a column of annotations that the corpus does not have.
        """
        file = annotations_of(self.manifest) if name in storage.ANNOTATIONS else storage.VOCABULARY
        if file is None or (file != storage.VOCABULARY and not self.has_annotation(name)):
            raise InputError(f"this corpus has no column {name!r}. corpus.annotate() adds it.")
        return self._files.column(file, name, self.n_types)

    def type_counts(self) -> tuple[pl.Series, pl.Series]:
        """Return count and document frequency of each type in the selected documents (Int64)."""
        if self._type_counts is None:
            sides = self.without_fewer()
            if sides is None:
                self._type_counts = self.keep_last(("type counts",), self._count_types)
            else:
                whole, others = sides
                of_whole = (whole.type_column(name).cast(pl.Int64) for name in ("count", "documents"))
                count, documents = (a - b for a, b in zip(of_whole, others.type_counts(), strict=True))
                self._type_counts = count, documents
        return self._type_counts

    def _count_types(self) -> tuple[pl.Series, pl.Series]:
        of_type, mask = np.arange(self.n_types, dtype=np.uint32), self.document_mask()
        with storage.reading(self.path):
            stream = self.token_types, self.document_ends, of_type
            found = _core.count_forms(*stream, self.n_types, documents=mask, threads=threads())
        return series_from_core("count", found[0]), series_from_core("documents", found[1])

    def without_fewer(self) -> tuple[CorpusView, CorpusView] | None:
        """Return the whole corpus, and the documents that are not selected, if they have fewer tokens than the others.

        A sum over the selected documents is that over all, which may be stored, less that over these fewer ones. None
        if they have as many, or spans are excluded.
        """
        if self._selection is None or self._exclusion is not None:
            return None
        mask = self.document_mask()
        assert mask is not None  # documents are selected
        others = np.flatnonzero(mask == 0).astype(np.uint32)
        if 2 * int(self.token_counts()[others].sum(dtype=np.int64)) >= self.n_tokens:
            return None
        return CorpusView(self._files), CorpusView(self._files, others)

    def keep_last(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """Return what `make` derives from the selected documents, kept for the last few selections.

        Both sides of a comparison may need it: documents, and all without them.

        Args:
            key: What is made, with every option that it depends on.
            make: A function of the tokens of the selected documents.
        """
        kept: dict[bytes | None, T] = self.derive_from_tokens(("last", key), dict)
        selected = None if self._selection is None else self._selection.tobytes()
        found = kept.get(selected)
        if found is not None:
            return found
        made = make()
        if len(kept) >= _KEPT_SELECTIONS:
            kept.clear()
        kept[selected] = made
        return made

    def derive(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns; it is called once for the corpus and all its subcorpora.

        Args:
            key: What is made, with every option that it depends on.
            make: A function of the vocabulary, or of the labels of all documents. It must not depend on tokens
                or selected documents.
        """
        return self._files.keep(("derived", key), make)


def expect_corpus(corpus: object, name: str = "corpus") -> CorpusView:
    """Return the corpus that an analysis was given.

    Raises:
        InputError: If it is not a corpus.
        CorpusError: If it is closed, or a file was cut since it was opened.
    """
    if not isinstance(corpus, CorpusView):
        raise invalid(name, "a Corpus", corpus, "Corpus.build makes one, Corpus.open opens one.")
    corpus.check_open()
    return corpus


def _cleaned(exclusion: Exclusion) -> pl.Expr:
    """Return the texts of documents without the excluded spans, which are cut out only if they are asked for."""

    def cut(rows: pl.Series) -> pl.Series:
        frame = rows.struct.unnest()
        return exclusion.pieces.cleaned(frame["text"], frame["document"].to_numpy())

    return pl.struct("document", "text").map_batches(cut, pl.String, is_elementwise=True).alias("text")
