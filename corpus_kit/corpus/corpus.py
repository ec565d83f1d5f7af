"""Corpus: documents, tokens and vocabulary that know where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean, integer, memory_argument, names, path_argument
from corpus_kit._base.arrays import Array
from corpus_kit._base.columns import frames_stream
from corpus_kit._base.metadata import listed
from corpus_kit._base.records import attach, jsonable
from corpus_kit.corpus import storage
from corpus_kit.corpus.definitions import NO_DEFINITIONS, Definitions
from corpus_kit.corpus.files import CHECKS, CorpusFiles, open_files, verify_files
from corpus_kit.corpus.filtering import described, filtered_documents
from corpus_kit.corpus.first_documents import first_documents, text_of
from corpus_kit.corpus.layers import GIVEN, names_of_columns
from corpus_kit.corpus.spans import Exclusion
from corpus_kit.corpus.structures import SpanTable
from corpus_kit.corpus.token_table import scan_tokens
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.corpus.vocabulary import scan_vocabulary
from corpus_kit.errors import InputError, choose, shown, warn
from corpus_kit.query.cqp import cqp
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.concordance import LINE_COLUMNS, Concordance
from corpus_kit.search.hits import hits_per_document
from corpus_kit.search.matching import find
from corpus_kit.search.metadata_columns import metadata_columns
from corpus_kit.search.order import sample_rows
from corpus_kit.search.saved_hits import hits_table, read_hits
from corpus_kit.text.normalization import Normalizer, resolve_profile
from corpus_kit.text.token_flags import UNITS

# What builds, changes, compares or exports a corpus is imported by the methods that do: with all readers it takes
# longer to load than a corpus to open.
if TYPE_CHECKING:
    from corpus_kit.corpus.given_tokens import GivenLayer
    from corpus_kit.corpus.layer_annotation import LayerAnnotator
    from corpus_kit.corpus.writing import NewFolder
    from corpus_kit.readers.reader import DocumentReader
    from corpus_kit.text.annotators import Annotator

__all__ = ["Corpus"]

_ROWS = 1024  # documents that other libraries get at once


class Corpus(CorpusView):
    """A corpus in a folder on disk.

    Create one with `Corpus.build`, open it again with `Corpus.open`. An opened corpus stays as it was when it
    was opened, also when another one takes its place on disk; a warning says so. `filter`, `containing`,
    `deduplicate` and `exclude` return a subcorpus with the same interface; every analysis takes either.

    Libraries that read Arrow data take a corpus for the table of its documents: `pyarrow.table(corpus)`,
    `duckdb.sql("select outlet, count(*) from corpus group by outlet")`, `pandas.DataFrame.from_arrow(corpus)`.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> corpus.documents.select("document", "id").collect().height == len(corpus)
        True
    """

    # ------------------------------------------------------------------ building and opening

    @classmethod
    def build(
        cls,
        source: Any,
        path: str | PathLike[str],
        *,
        text: str = "text",
        id: str | None = None,
        date: str | None = None,
        headline: str | None = None,
        metadata: str | Sequence[str] | None = None,
        rename: Mapping[str, str] | None = None,
        date_format: str | None = None,
        lines: bool = False,
        format: Any = None,
        unreadable: str = "skip",
        profile: str | Normalizer | None = "repair",
        annotate: bool = False,
        overwrite: bool = False,
        memory: str | int = "2GB",
        limits: Mapping[str, int | str] | None = None,
        progress: bool | None = None,
    ) -> Corpus:
        """Build a corpus from files or frames, and open it.

        Texts are read once, in batches of bounded size. Beside `memory`, the build needs memory for the
        distinct words and eight bytes for each document. Metadata keep their names and types; a column with
        the name of one of our own (document, text, id, date, headline, paragraphs, tokens, words), without a
        name, or with one that Polars takes for a pattern ("*", "^a.*$") gets an underscore at its end.
        Documents without text (null, empty, unreadable) are skipped; `corpus.manifest["source"]` counts
        and lists them, and a warning says so.

        Args:
            source: A file, a folder, a glob, a DataFrame, a LazyFrame, another Arrow table (pyarrow, pandas, DuckDB,
                ...), an iterable of rows (dicts), of texts with their metadata (tuples) or of `ck.readers.Document`,
                or a list of these. The endings of files say what reads them; `ck.readers` has the list.
            path: The folder to create. It appears only when it is complete.
            text: The text column of tables.
            id: The column of ids; without it ids come from paths and row numbers. Of documents that have ids in their
                files (CoNLL-U, vertical text, TEI, ...), "id" takes these without the path before them.
            date: The column of dates.
            headline: The column of headlines: each is put before its text, as its first paragraph, unless the text
                begins with it. The column stays among the metadata.
            metadata: A column to keep, or several; None keeps all. Texts from files that are in several folders have
                the column `folder`.
            rename: New names for columns that are kept, such as ``{"Quelle": "source"}``.
            date_format: How dates are written that are text or numbers: None finds it in the whole column and asks if
                it cannot be found; otherwise "dmy", "mdy", "hijri" and others, or a pattern such as "%d/%m/%Y"
                (`corpus_kit.readers.dates`).
            lines: Make each line of a .txt file a document.
            format: What reads all files of the source, whatever their endings: a name such as "tei", a reader of
                `ck.readers` with options, or a function of your own (`ck.readers.register` shows one).
            unreadable: What becomes of files that cannot be read: "skip" goes on and warns, "raise" stops at the first.
            profile: The normalisation of the vocabulary's column `word`: a preset, a Normalizer or None.
            annotate: Add segments, stems, lemmas and more to the vocabulary, as the method `annotate` does.
            overwrite: Replace an existing corpus, once the new one is complete.
            memory: The limit for building the index, such as "400MB", or a number of bytes. A larger corpus is
                sorted on disk; the result is the same.
            limits: What reading may take, where it is to differ (`corpus_kit.readers.limits`), such as
                ``{"expansion": 1000}`` for files that unpack to much more than they are.
            progress: Show a progress bar; None shows it on a terminal or in a notebook.

        Returns:
            The new corpus.

        Raises:
            InputError: If an argument is invalid.
            SourceError: If the source cannot be read, a column is missing, or an id occurs twice.
            CorpusError: If `path` exists already, cannot be written, the disk is full, or there are more than
                4,294,967,294 tokens, documents or distinct tokens.

        Examples:
            >>> import corpus_kit as ck, polars as pl, tempfile
            >>> frame = pl.DataFrame({"text": ["قال الوزير إن الاجتماع ناجح.", "غادر الوفد المدينة."]})
            >>> corpus = ck.Corpus.build(frame, tempfile.mkdtemp())
            >>> corpus.manifest["counts"]["words"]
            8
        """
        from corpus_kit.corpus.annotation import record_of  # slow to load
        from corpus_kit.corpus.building import build_folder  # slow to load
        from corpus_kit.corpus.writing import check_target, new_folder  # slow to load

        target = path_argument(path, "path")
        normalizer = resolve_profile(profile)
        limit = memory_argument(memory)
        boolean(annotate, "annotate")
        check_target(target, overwrite=boolean(overwrite, "overwrite"))
        reader, options = _reader(
            source, text=text, id=id, date=date, headline=headline, metadata=metadata, rename=rename,
            date_format=date_format, lines=lines, format=format, unreadable=unreadable,
            limits=limits, progress=progress,
        )  # fmt: skip
        with new_folder(target, overwrite=overwrite) as new:
            given = build_folder(reader, new.folder, profile=normalizer, options=options, memory=limit)
            if annotate:
                new.annotate(_own_annotations, record_of(None, None))
            _add_given(new, given)
            corpus = cls(new.publish())
        _warn_of(reader)
        return corpus

    @classmethod
    def open(cls, path: str | PathLike[str], *, check: str = "touched") -> Corpus:
        """Open a corpus.

        No number comes from a damaged file: every block of 64 KiB has a checksum. A corpus of less than 64 MB is
        read into memory and compared with its checksums here. The arrays of a larger one are mapped, and a call
        compares what it touches when it is first touched; `verify` compares all of it with the SHA-256 of each file.

        The corpus stays as it was opened: if another program replaces or removes it, results are still those of the
        corpus that was opened, and the first call says so in a warning.

        Args:
            path: The folder of the corpus.
            check: "touched", as above; "all" compares all of a large corpus here; "none" compares only sizes and
                forms, for files that something else keeps whole.

        Raises:
            InputError: If an argument is invalid.
            CorpusError: If there is no corpus, if it has another format version, or if it is damaged.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.Corpus.open(ck.sample_corpus().path).id == ck.sample_corpus().id
            True
        """
        return cls(open_files(path_argument(path, "path"), choose(check, CHECKS, "check")))

    def verify(self) -> None:
        """Read every file on disk and compare it with the SHA-256 recorded when it was written.

        Raises:
            CorpusError: If a file has changed, which the message names, or if another corpus has taken its place.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.sample_corpus().verify()
        """
        self.check_open()
        verify_files(self.path, self.manifest)

    def close(self) -> None:
        """Release the files and the memory. The corpus and its subcorpora cannot be used any more.

        A `with` block does so at its end.

        Examples:
            >>> import corpus_kit as ck, tempfile
            >>> with ck.Corpus.build([{"text": "خبر قصير"}], tempfile.mkdtemp()) as corpus:  # closed after the block
            ...     corpus.n_documents
            1
        """
        self._files.close()

    # ------------------------------------------------------------------ changing it

    def add(
        self,
        source: Any,
        *,
        text: str = "text",
        id: str | None = None,
        date: str | None = None,
        headline: str | None = None,
        metadata: str | Sequence[str] | None = None,
        rename: Mapping[str, str] | None = None,
        date_format: str | None = None,
        lines: bool = False,
        format: Any = None,
        unreadable: str = "skip",
        memory: str | int = "2GB",
        limits: Mapping[str, int | str] | None = None,
        progress: bool | None = None,
    ) -> Corpus:
        """Add documents after the existing ones; the result is the corpus that all of them together would give.

        The corpus is built anew beside the old one, from its documents and the new ones, and replaces it
        when it is complete; if anything goes wrong, the old one stays. The source files of the old
        documents are not needed. Columns that only some documents have are null in the others.

        The arguments are those of `Corpus.build`; the profile is that of the corpus. Annotations by the
        library are made again for all words. Those of another annotator are dropped with a warning: call
        `annotate` with it again. Layers of tokens are kept; they say nothing of the new documents, and a
        warning says so. Tokens that sources give stay as they are, and the layer "given" says what both the old
        and the new sources say. `manifest["added"]` lists what was added, when and with which options, and which
        metadata `with_metadata` had added before; `manifest["source"]` is the first source.

        Args:
            source: A file, a folder, a glob, a DataFrame, a LazyFrame, another Arrow table, or a list of these.
            text: The text column of tables.
            id: The column of ids. Without it, rows of a frame are numbered from the next free number.
            date: The column of dates.
            headline: The column of headlines.
            metadata: A column to keep, or several; None keeps all.
            rename: New names for columns that are kept.
            date_format: How dates are written.
            lines: Make each line of a .txt file a document.
            format: What reads all files of the source.
            unreadable: What becomes of files that cannot be read: "skip" or "raise".
            memory: The limit for building the index, such as "400MB", or a number of bytes.
            limits: What reading may take, where it is to differ.
            progress: Show a progress bar; None shows it on a terminal or in a notebook.

        Returns:
            This corpus, with the new documents. Other objects on it, such as subcorpora, stay as they were.

        Raises:
            InputError: If this is a subcorpus, or an argument is invalid.
            SourceError: If the source cannot be read, a column has another type than in the corpus, or an id
                exists already.
            CorpusError: If the folder cannot be written, the disk is full, the profile is unknown to this
                version, the corpus would have more than 4,294,967,294 tokens, documents or distinct tokens, or
                another program changed it meanwhile.

        Examples:
            >>> import corpus_kit as ck, polars as pl, tempfile
            >>> corpus = ck.Corpus.build(pl.DataFrame({"text": ["قال الوزير."]}), tempfile.mkdtemp())
            >>> len(corpus.add(pl.DataFrame({"text": ["غادر الوفد."], "outlet": ["a"]})))
            2
            >>> corpus.documents.select("id", "outlet").collect().rows()
            [('0', None), ('1', 'a')]
        """
        from corpus_kit.corpus.annotation import record_of, uses_own_annotator  # slow to load
        from corpus_kit.corpus.building import build_folder  # slow to load
        from corpus_kit.corpus.growing import Growth  # slow to load
        from corpus_kit.corpus.layer_annotation import grown_layers  # slow to load
        from corpus_kit.corpus.writing import new_folder  # slow to load

        self._check_current()
        if self.is_subcorpus:
            raise InputError("add needs the whole corpus, not a subcorpus: the documents left out would be lost.")
        limit = memory_argument(memory)
        growth = Growth(self._files)
        profile = growth.profile()
        layers = grown_layers(self._files) if self.layers else None
        silent = [name for name in self.layers if name != GIVEN]
        reader, options = _reader(
            source, text=text, id=id, date=date, headline=headline, metadata=metadata, rename=rename,
            date_format=date_format, lines=lines, format=format, unreadable=unreadable,
            limits=limits, progress=progress,
            first_row=growth.first_row(),
        )  # fmt: skip
        with new_folder(self.path, overwrite=True) as new:
            given = build_folder(reader, new.folder, profile=profile, options=options, memory=limit, after=growth)
            annotated = self.manifest.get("annotation")
            if annotated is not None and uses_own_annotator(annotated):
                new.annotate(_own_annotations, record_of(None, None))
            _add_given(new, given)
            if layers is not None:
                new.change(layers)
            self._files = new.publish(self.manifest["manifest_sha256"])
        _warn_of(reader)
        if annotated is not None and not uses_own_annotator(annotated):
            warn(
                f"The annotations by {annotated['name']!r} do not cover the new words and were dropped. "
                "Call annotate with this annotator again.",
                stacklevel=2,
            )
        if silent:
            warn(
                f"The layers {listed(silent)} say nothing of the new documents: their tokens have null there. "
                "Call annotate(layer=...) with its annotator again.",
                stacklevel=2,
            )
        return self

    def annotate(
        self,
        annotator: Annotator | LayerAnnotator | None = None,
        *,
        layer: str | None = None,
        name: str | None = None,
        progress: bool | None = None,
    ) -> Corpus:
        """Add segments, stems, lemmas and more to the vocabulary, or a layer that says something of each token.

        Without `layer`, the vocabulary gets the columns segments (List(String): the pieces of the word, in its
        repaired spelling), stem (String: the word without clitics, as it is spelled on its own), lemma (String) and,
        of the library's own annotator, root (List(String), the likeliest first; null for names and particles) and pos
        (List(String): what the word can be, in the tags of Universal Dependencies, the likeliest first; NUM for
        numbers, null for signs and what is no Arabic word); existing annotations are replaced. Each distinct word is
        annotated once, without its context. A token that is not a word is its own segment, stem and lemma.

        With `layer`, the annotator gets the sentences and returns a record for each token, such as
        ``{"lemma": "كتاب", "pos": "NOUN"}``. Its keys are the columns of the layer: in patterns (`[pos=NOUN]`), in
        `tokens` and in the lines of `ck.kwic`. `ck.annotators` has ready ones. A layer of this name is replaced; others
        stay.

        Args:
            annotator: A function that takes the list of distinct words and returns, for each, its pieces and its
                lemma (`corpus_kit.text.annotators.Annotator`). None is the library's own: `ck.segment`, with
                the counts of this corpus beside the general vocabulary, and `ck.lemmatize`. With `layer`, a function
                that takes a list of sentences, each a list of its tokens (words, numbers and signs, as spelled in the
                text), and returns for each token, in order, a dict of texts, with None for what is not known; all
                dicts have the same keys. It is called with some sentences at a time, in the order of the corpus. A
                method `learn` of it is called before, with an iterator of all such lists.
            layer: The name of the layer: ASCII letters, digits and _.
            name: The name of the annotator in the manifest; by default that of the function.
            progress: Show a progress bar while a layer is made; None shows it on a terminal or in a notebook.

        Returns:
            This corpus. Other objects on it, such as subcorpora, stay as they were.

        Raises:
            InputError: If this is a subcorpus, or what the annotator returns does not fit the words.
            CorpusError: If the folder cannot be written; the corpus is unchanged then.

        Examples:
            >>> import corpus_kit as ck, polars as pl, tempfile
            >>> corpus = ck.Corpus.build(pl.DataFrame({"text": ["فيها والحكومة"]}), tempfile.mkdtemp()).annotate()
            >>> corpus.vocabulary.select("surface", "segments", "stem").collect().rows()
            [('فيها', ['في', 'ها'], 'في'), ('والحكومة', ['و', 'الحكومة'], 'الحكومة')]
            >>> def length(sentences):
            ...     return [{"size": "long" if len(word) > 5 else "short"} for words in sentences for word in words]
            >>> corpus = corpus.annotate(length, layer="lengths")
            >>> corpus.tokens.select("token", "lengths.size").collect().rows()
            [('فيها', 'short'), ('والحكومة', 'long')]
        """
        from corpus_kit.corpus.annotation import record_of  # slow to load
        from corpus_kit.corpus.layer_annotation import layer_argument, write_layer  # slow to load
        from corpus_kit.corpus.writing import write_annotations  # slow to load

        self._check_current()
        with_bar = None if progress is None else boolean(progress, "progress")
        if self.is_subcorpus:
            raise InputError("annotate needs the whole corpus, not a subcorpus: all documents share one vocabulary.")
        if layer is not None:
            given = layer_argument(layer)
            of_tokens = cast("LayerAnnotator | None", annotator)
            self._files = write_layer(self._files, of_tokens, given, name=name, progress=with_bar)
            return self
        of_types = cast("Annotator | None", annotator)
        record = record_of(of_types, name)
        self._files = write_annotations(self._files, _annotations(self._files, of_types), record)
        return self

    def with_metadata(
        self, table: Any, on: str = "id", *, date: str | None = None, date_format: str | None = None
    ) -> Corpus:
        """Add metadata to the documents, or change them, without building the corpus again.

        A column of the table that the documents have already takes the place of theirs; a document without a row
        keeps what it had. Texts, tokens and the id of the corpus stay as they are; `manifest["metadata"]` lists what
        was added.

        Args:
            table: A DataFrame, a LazyFrame or another Arrow table, with one row a document.
            on: The column of the table, and of the documents, by which rows find their documents.
            date: The column of the table that becomes `date`.
            date_format: How its dates are written; as for `Corpus.build`.

        Returns:
            This corpus. Other objects on it, such as subcorpora, stay as they were.

        Raises:
            InputError: If this is a subcorpus, a column cannot be stored or has another type than that in the corpus,
                or several rows have the same value of `on`.
            CorpusError: If the folder cannot be written; the corpus is unchanged then.

        Examples:
            >>> import corpus_kit as ck, polars as pl, tempfile
            >>> corpus = ck.Corpus.build(pl.DataFrame({"text": ["قال الوزير.", "غادر الوفد."]}), tempfile.mkdtemp())
            >>> outlets = pl.DataFrame({"id": ["1", "0"], "outlet": ["مدى", "صدى"]})
            >>> corpus.with_metadata(outlets).documents.select("id", "outlet").collect().rows()
            [('0', 'صدى'), ('1', 'مدى')]
        """
        from corpus_kit.corpus.metadata import write_metadata  # slow to load

        self._check_current()
        if self.is_subcorpus:
            raise InputError("with_metadata needs the whole corpus, not a subcorpus.")
        self._files = write_metadata(self._files, table, on, date=date, date_format=date_format)
        return self

    def remove_layer(self, layer: str) -> Corpus:
        """Remove a layer of tokens.

        Args:
            layer: The name of the layer.

        Returns:
            This corpus. Other objects on it, such as subcorpora, stay as they were.

        Raises:
            InputError: If this is a subcorpus, or there is no such layer.
            CorpusError: If the folder cannot be written; the corpus is unchanged then.

        Examples:
            >>> import corpus_kit as ck, polars as pl, tempfile
            >>> corpus = ck.Corpus.build(pl.DataFrame({"text": ["قال الوزير"]}), tempfile.mkdtemp())
            >>> corpus = corpus.annotate(lambda sentences: [{"pos": "X"}] * 2, layer="tags")
            >>> corpus.remove_layer("tags").layers
            {}
        """
        from corpus_kit.corpus.layer_annotation import remove_layer  # slow to load

        self._check_current()
        if self.is_subcorpus:
            raise InputError("remove_layer needs the whole corpus, not a subcorpus: all documents share its layers.")
        self._files = remove_layer(self._files, layer)
        return self

    def _check_current(self) -> None:
        """Raise CorpusError if the corpus cannot be changed, since another one has taken its place."""
        if not self._files.is_closed and not self._files.is_current:
            from corpus_kit.corpus.writing import replaced_error  # slow to load

            raise replaced_error(self.path)
        self.check_open()

    # ------------------------------------------------------------------ tables

    @property
    def tokens(self) -> pl.LazyFrame:
        """The tokens: document, sentence, position (both within the document, from 0), type, token, kind, start, end.

        `token` is the original spelling; `start` and `end` are code points of the document's text:
        ``text[start:end] == token``. `kind` is an Enum, `token` a String, the rest UInt32. The table is
        generated in batches as it is read, so that a filter or a count over it needs little memory.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.sample_corpus().tokens.select("document", "position", "kind").head(1).collect().rows()
            [(0, 0, 'word')]
        """
        self.check_open()
        return scan_tokens(self)

    @property
    def vocabulary(self) -> pl.LazyFrame:
        """The types: type, surface, kind, word (the profile of the corpus), folded (profile search), count, documents.

        A type is a surface together with its kind; count and documents are Int64. After `annotate` there
        are segments, stem, lemma, root and pos too. In a subcorpus, counts are those of its documents, and types
        that do not occur there are left out.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.sample_corpus().vocabulary.collect_schema().names()[5:]
            ['count', 'documents', 'segments', 'stem', 'lemma', 'root', 'pos']
        """
        self.check_open()
        return scan_vocabulary(self)

    def head(self, n: int = 5) -> pl.DataFrame:
        """Return the first documents with the beginnings of their texts, to see what a corpus holds.

        Args:
            n: The number of documents.

        Returns:
            document (row number, UInt32), id (String), date, metadata, tokens, words (UInt32) and text (String): its
            first 80 characters, with … after them if there are more.

        Raises:
            InputError: If `n` is no such number.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.sample_corpus().head(2).columns
            ['document', 'id', 'date', 'outlet', 'tokens', 'words', 'text']
        """
        self.check_open()
        return first_documents(self, integer(n, "n", least=0))

    def text(self, document: str | int) -> str:
        """Return the text of a document, as read.

        Args:
            document: Its id, or its row number, the column `document` of tables.

        Returns:
            The text; also of a corpus from which `exclude` left out parts, whose offsets are those of the whole text.

        Raises:
            InputError: If there is no such document.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> corpus.text(0) == corpus.text(corpus.head(1)["id"].item())
            True
        """
        self.check_open()
        return text_of(self, document)

    # ------------------------------------------------------------------ subcorpora

    def filter(self, /, *predicates: pl.Expr, **columns: Any) -> Corpus:
        """Return the subcorpus of the documents for which all conditions hold. Nothing is copied.

        Row numbers stay those of the whole corpus. Values of columns are

        ==============================  ======================================================================
        ``outlet="okaz"``               a value; None for documents without one
        ``outlet=["okaz", "sabq"]``     one of several values
        ``date="2026-03"``              a year, a month, a day or a time, as ISO 8601 writes it, or a `date`
        ``date=("2026-03-05", None)``   from the first up to the second, both included; None leaves an end open
        ``words=(100, 500)``            likewise of numbers
        ==============================  ======================================================================

        Args:
            *predicates: Polars expressions over the columns of `documents`, true or false for each document.
            **columns: The values that columns of the documents have, as above. Times are those of their time zone.

        Raises:
            InputError: If a predicate is no such expression, a column does not exist, no document of the corpus has
                such a text in it, or it cannot have such a value. A date or a number that no document has is a warning.

        Examples:
            >>> import corpus_kit as ck, polars as pl
            >>> corpus = ck.sample_corpus()
            >>> len(corpus.filter(outlet="وكالة مدى")), len(corpus.filter(pl.col("outlet") == "وكالة مدى"))
            (48, 48)
            >>> march = corpus.filter(outlet=["وكالة مدى", "بريد الساحل"], date="2026-03")
            >>> march.selection["filters"]
            ["outlet=['وكالة مدى', 'بريد الساحل']", "date='2026-03'"]
        """
        documents = filtered_documents(self, predicates, columns)
        return self.subcorpus(documents, *map(str, predicates), *described(columns))

    def others(self, part: CorpusView) -> Corpus:
        """Return the subcorpus of the documents that are not in a part of this corpus. Nothing is copied.

        Args:
            part: A subcorpus of this corpus, such as the target of a comparison.

        Raises:
            InputError: If it is no part of this corpus.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> mada = corpus.filter(outlet="وكالة مدى")
            >>> len(mada), len(corpus.others(mada))
            (48, 192)
        """
        if not expect_corpus(part, "part").shares_types(self):
            raise InputError("part must be a subcorpus of this corpus, got one of another.")
        known = (self.selection or {"filters": ()})["filters"]
        added = part.selection["filters"][len(known) :] if part.selection else []
        rest = np.setdiff1d(self.selected_documents(), part.selected_documents(), assume_unique=True)
        return self.subcorpus(rest, f"not ({' and '.join(added)})")

    def sample(self, n: int, seed: int = 0, *, by: str | None = None) -> Corpus:
        """Return a subcorpus of documents drawn at random, as many of each group as you like.

        The documents with the smallest hashes of row number and seed are taken: the same ones on every machine, and a
        larger sample with the same seed contains the smaller one.

        Args:
            n: The number of documents, with `by` of each group. If there are fewer, all are taken, and a warning says
                so.
            seed: The seed of the sample.
            by: A metadata column, each value of which is a group, also null. The sample of a group is that of a filter.

        Raises:
            InputError: If an argument is invalid.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> few, more = corpus.sample(10), corpus.sample(20)
            >>> len(few), set(few.selected_documents()) <= set(more.selected_documents())
            (10, True)
            >>> len(corpus.sample(10, by="outlet"))  # of each of seven outlets
            70
        """
        self.check_open()
        n, seed = integer(n, "n", least=0), integer(seed, "seed", least=0)
        documents = self.selected_documents()
        if by is not None:
            from corpus_kit.analysis.groups import corpus_groups  # slow to load

            groups = corpus_groups(self, by, ()).of_document[documents]
            sizes = np.unique(groups, return_counts=True)[1]
            if small := int((sizes < n).sum()):
                found = f"{small:,} of {len(sizes):,} groups, which have fewer than {shown(n)}"
                warn(f"All documents of {found}, are in the sample.", stacklevel=2)
            rows = sample_rows(documents, n, seed, groups)
            return self.subcorpus(documents[rows], f"sample({n}, seed={seed}, by={by!r})")
        if n > len(documents):
            warn(
                f"The sample has all of the documents, {len(documents):,}, which are fewer than {shown(n)}.",
                stacklevel=2,
            )
        return self.subcorpus(documents[sample_rows(documents, n, seed)], f"sample({n}, seed={seed})")

    def containing(
        self,
        pattern: str,
        *,
        exact: bool = False,
        clitics: bool = False,
        within: str = "paragraph",
        min_hits: int = 1,
        invert: bool = False,
    ) -> Corpus:
        """Return the subcorpus of the documents in which a pattern occurs.

        Args:
            pattern: As in `ck.kwic`.
            exact: As in `ck.kwic`.
            clitics: As in `ck.kwic`.
            within: As in `ck.kwic`.
            min_hits: How often the pattern must occur in a document.
            invert: Take the other documents instead.

        Raises:
            InputError: If the pattern has an error, or an argument is invalid.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> part, rest = (corpus.containing("الوزير", invert=invert) for invert in (False, True))
            >>> len(part) + len(rest) == len(corpus), len(ck.kwic(rest, "الوزير"))
            (True, 0)
        """
        self.check_open()
        parsed = parse_pattern(pattern, exact=exact, clitics=clitics, names=names_of(self))
        choose(within, UNITS, "within")
        least = integer(min_hits, "min_hits", least=1)
        boolean(invert, "invert")
        with storage.reading(self.path):
            hits = hits_per_document(self, find(self, parsed, within=within))
        documents = self.selected_documents()
        kept = (hits[documents] >= least) != invert
        total = int(hits.sum())
        if len(documents) and (total or not invert):
            from corpus_kit.search.hints import warn_of_pattern  # slow to load

            warn_of_pattern(self, parsed, total, within=within)
        if len(documents) and (total or invert) and not kept.any():
            least_of_all, most = int(hits[documents].min()), int(hits[documents].max())
            found = f"at least {least_of_all:,} hits in every" if invert else f"at most {most:,} hits in a"
            warn(f"pattern {shown(pattern)} has {found} document, so that none is left.", stacklevel=2)
        bound = f"{'fewer than' if invert else 'at least'} {min(least, 2**63)}"
        condition = f"{bound} hits of {pattern!r} (exact={exact}, clitics={clitics}, within={within!r})"
        return self.subcorpus(documents[kept], condition)

    def deduplicate(
        self,
        *,
        n: int = 5,
        profile: str | Normalizer | None = "search",
        threshold: float = 0.5,
        measure: str = "containment",
        method: str = "exact",
        keep: str = "first",
        date: str | None = "date",
        min_shingles: int = 20,
    ) -> Corpus:
        """Return a subcorpus without the documents that are near-duplicates of one that stays.

        What is left out resembles a document that is kept: `ck.news.near_duplicates`, with the same options, has the
        pair. By containment, a text is left out if so much of it (half, by default) is in one that stays, whichever
        came first; a long text that contains a short one, such as a caption, stays. A warning says so if some of what
        is left out may be no copy: regular notices, and short texts.

        Args:
            threshold: As in `ck.news.duplicate_clusters`.
            n: As in `ck.news.duplicate_clusters`.
            measure: As in `ck.news.duplicate_clusters`.
            method: As in `ck.news.duplicate_clusters`.
            keep: Which of two near-duplicates to keep: "first", the one with the earlier date (of equal ones, or if
                there are no dates, the one with the lower row number), or "longest", the one with more words (of
                equal ones, the first in that order).
            date: As in `ck.news.duplicate_clusters`.
            profile: As in `ck.news.duplicate_clusters`.
            min_shingles: As in `ck.news.duplicate_clusters`.

        Warns:
            UserWarning: If documents are left out that are more than a week from the one that stays, or are texts of
                fewer than 20 shingles inside longer ones; or if min_shingles leaves a tenth of all uncompared.

        Raises:
            InputError: If an argument is invalid.

        Examples:
            >>> import corpus_kit as ck
            >>> corpus = ck.sample_corpus()
            >>> single = corpus.deduplicate()
            >>> len(corpus), len(single), ck.news.near_duplicates(single).height
            (240, 210, 0)
        """
        from corpus_kit.news.near_duplicates import dropped_duplicates  # slow to load

        options: dict[str, Any] = {
            "threshold": threshold, "n": n, "measure": measure, "method": method, "date": date, "profile": profile,
            "min_shingles": min_shingles,
        }  # fmt: skip
        dropped = dropped_duplicates(self, keep, **options)
        given = ", ".join(f"{name}={getattr(value, 'name', value)!r}" for name, value in options.items())
        documents = self.selected_documents()
        return self.subcorpus(
            documents[~np.isin(documents, dropped.to_numpy())],
            f"deduplicate({given}, keep={keep!r}) left out {len(dropped):,} copies",
        )

    # ------------------------------------------------------------------ saved hits

    def saved_hits(self, *, folder: str | PathLike[str] | None = None) -> pl.DataFrame:
        """Return the hit lists that `Concordance.save` kept with this corpus.

        Args:
            folder: The folder that they were saved in; None for that beside the corpus.

        Returns:
            A row for each, ordered by name: name, pattern (String), hits (all hits), lines (Int64), loads (Boolean:
            whether they are of this corpus and its tokens), problem (String: what is wrong with a damaged file).

        Examples:
            >>> import corpus_kit as ck, tempfile
            >>> corpus = ck.sample_corpus()
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = ck.kwic(corpus, "هدنة").save("truce", folder=folder)
            ...     corpus.saved_hits(folder=folder)["name"].to_list()
            ['truce']
        """
        self.check_open()
        return attach(hits_table(self, folder), "Corpus.saved_hits", {}, corpus=self)

    def load_hits(self, name: str, *, folder: str | PathLike[str] | None = None) -> Concordance:
        """Return the hits that `Concordance.save` kept under a name, with the options of their lines.

        Hits of a subcorpus are loaded with their subcorpus, if this is the whole corpus.

        Args:
            name: The name.
            folder: The folder that they were saved in; None for that beside the corpus.

        Raises:
            InputError: If there are none of this name, or they are of another corpus, of other tokens (texts were
                added, other spans are excluded), or of another subcorpus; or a column that they show is gone.
            CorpusError: If the file is damaged.

        Examples:
            >>> import corpus_kit as ck, tempfile
            >>> corpus = ck.sample_corpus()
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = ck.kwic(corpus, "هدنة").save("truce", folder=folder)
            ...     len(corpus.load_hits("truce", folder=folder)) == len(ck.kwic(corpus, "هدنة"))
            True
        """
        view, saved = read_hits(self, name, folder)
        options = {**saved.options, "sort": []}
        is_query = options.get("syntax") == "cqp" and "of" not in options
        pattern = cqp(saved.pattern) if is_query else saved.pattern
        lines = Concordance(view, pattern, saved.lines, found=saved.found, options=options)
        lines = lines.with_metadata(metadata_columns(saved.options["metadata"], view, LINE_COLUMNS))
        layer_columns = names_of_columns(self.layers)
        for column in saved.options.get("show", []):
            choose(column, layer_columns, "show")
        return lines.sort_by(saved.options["sort"])

    # ------------------------------------------------------------------ for other programs

    def export(self, path: str | PathLike[str], format: str, *, overwrite: bool = False, **options: Any) -> Path:
        r"""Write the corpus, or this subcorpus, in the format of another program.

        Beside it, `<path>.json` records what was exported, from which corpus, with which options and versions, the
        SHA-256 of the files, and whatever the format could not hold as it was. Texts without excluded spans are written
        without them. The same corpus and options give the same bytes. Formats, in files or folders (/):

        ==============  ==============================================  ===========================================
        "txt"           texts/ID.txt and metadata.csv /                 text
        "jsonl"         an object a document                            text
        "parquet"       a row a document                                text
        "huggingface"   a folder for `datasets.load_dataset` /          text
        "r"             corpus.parquet, tokens.parquet for R (TIF) /    text
        "conllu"        CoNLL-U                                         segments=True: they are the words
        "vrt"           vertical text, and how to index it /            engine="cwb" or "sketch", name
        "spacy"         documents of spaCy (DocBin) /
        "doccano"       JSON Lines for coding                           codes, task, metadata: as `ck.export_codes`
        "label_studio"  tasks.json and its configuration /              codes, codebook, task, metadata
        "refi_qda"      a project for NVivo, ATLAS.ti, MAXQDA (.qdpx)   codes, codebook, metadata
        ==============  ==============================================  ===========================================

        Args:
            path: The file or folder to create, in an existing folder. It appears only when it is complete.
            format: One of the formats.
            overwrite: Replace what an earlier export wrote there.
            options: Those of the format. `text` is "cleaned" (without what `exclude` left out; the default) or "whole".

        Returns:
            The absolute path.

        Raises:
            InputError: If an argument is invalid, or `path` cannot be written or is something else than an export.
            SourceError: If the format needs a library that is not installed.

        Examples:
            >>> import corpus_kit as ck, polars as pl, tempfile
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     corpus = ck.Corpus.build(pl.DataFrame({"text": ["قال نعم."]}), f"{folder}/corpus")
            ...     path = corpus.export(f"{folder}/corpus.conllu", "conllu")
            ...     lines = path.read_text(encoding="utf-8").splitlines()
            >>> print(lines[3].expandtabs(1), lines[4].expandtabs(1), sep="\n")
            # text = قال نعم.
            1 قال _ _ _ _ _ _ _ start_char=0|end_char=3
        """
        from corpus_kit.export.corpus_export import export_corpus  # slow to load

        return export_corpus(self, path, format, overwrite=overwrite, **options)

    # ------------------------------------------------------------------ as a Python object

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return `documents` to a library that reads Arrow data, such as pandas, pyarrow or DuckDB.

        They are read from the corpus as that library asks for them.
        """
        documents = self.documents
        batches = documents.collect_batches(chunk_size=_ROWS, lazy=True)
        return frames_stream(documents.collect_schema(), batches)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the place of the corpus and the selected documents, so that other processes can open it."""
        seal = self.manifest["manifest_sha256"]
        kept = (self._selection, self._filters, self.excluded_spans, self._tables, self._definitions)
        return _reopen, (self.path, seal, *kept)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        counts = self.manifest["counts"]
        whole = f"{counts['words']:,} words, {counts['types']:,} types"
        size = f"{counts['documents']:,} documents, {whole}"
        if self.is_subcorpus:
            spans = self.excluded_spans
            excluded = "" if spans is None else f" without {spans.height:,} spans"
            size = f"{len(self):,} of {counts['documents']:,} documents{excluded}; all of them: {whole}"
        closed = ", closed" if self._files.is_closed else ""
        return f"<Corpus {self.path.name!r} {self.id}: {size}{closed}>"

    def _repr_html_(self) -> str:
        from corpus_kit.display.card import card_html  # slow to load

        return card_html(self.card)


def _reader(source: Any, **options: Any) -> tuple[DocumentReader, dict[str, Any]]:
    """Return the reader of a source, and its options for the manifest: the usual ones, and others that were given."""
    from corpus_kit.readers.reader import DocumentReader  # slow to load
    from corpus_kit.readers.registry import format_argument  # slow to load

    reader = DocumentReader(source, **options)
    kept = None if options["metadata"] is None else names(options["metadata"], "metadata")
    record = {name: options[name] for name in ("text", "id", "date", "lines")} | {"metadata": kept}
    others = {name: options[name] for name in ("headline", "rename", "date_format", "limits") if options[name]}
    if options["format"] is not None:
        others["format"] = format_argument(options["format"]).name  # type: ignore[union-attr]
    return reader, record | jsonable(others)


def _add_given(new: NewFolder, given: GivenLayer) -> None:
    """Make a layer of what the sources say of their tokens."""
    from corpus_kit.corpus.layer_annotation import layer_change  # slow to load

    if not given.is_empty:
        new.change(lambda aside, built: layer_change(aside, built, given, GIVEN, name=None, progress=False))
    given.remove()


def _warn_of(reader: DocumentReader) -> None:
    warning = reader.report.warning()
    if warning:
        warn(warning, stacklevel=3)


def _annotations(files: CorpusFiles, annotator: Annotator | None) -> pl.DataFrame:
    from corpus_kit.corpus.annotation import annotate_vocabulary  # slow to load

    return annotate_vocabulary(files.read(storage.VOCABULARY, ["type", "surface", "kind", "count"]), annotator)


def _own_annotations(files: CorpusFiles) -> pl.DataFrame:
    return _annotations(files, None)


def _reopen(
    path: Path,
    seal: str,
    selection: Array | None,
    filters: tuple[str, ...],
    excluded: pl.DataFrame | None,
    tables: Mapping[str, SpanTable] | None = None,
    definitions: Definitions = NO_DEFINITIONS,
) -> Corpus:
    """Unpickle a corpus. Raises CorpusError if it was replaced since it was pickled."""
    files = open_files(path)
    if files.manifest["manifest_sha256"] != seal:
        from corpus_kit.corpus.writing import replaced_error  # slow to load

        raise replaced_error(path)
    exclusion = None if excluded is None else Exclusion(files, excluded, int(files.manifest["counts"]["types"]))
    return Corpus(files, selection, filters=filters, exclusion=exclusion, tables=tables, definitions=definitions)
