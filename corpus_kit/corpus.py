"""Corpus: documents, tokens and vocabulary that know where they came from."""

from __future__ import annotations

import warnings
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import storage
from corpus_kit._arguments import is_text, memory_argument, path_argument, whole_number
from corpus_kit.annotation import annotate_vocabulary
from corpus_kit.building import build_folder
from corpus_kit.corpus_view import CorpusView
from corpus_kit.display.card import card_html
from corpus_kit.errors import CorpusError, InputError, choose
from corpus_kit.forms import UNITS
from corpus_kit.growth import Growth
from corpus_kit.mapped_files import MappedFiles
from corpus_kit.matching import find
from corpus_kit.news.text_reuse import dropped_copies
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.patterns import parse_pattern
from corpus_kit.readers import DocumentReader
from corpus_kit.segmentation import Annotator, annotator_record
from corpus_kit.spans import Exclusion
from corpus_kit.token_table import scan_tokens

__all__ = ["Corpus"]


class Corpus(CorpusView):
    """A corpus in a folder on disk.

    Make one with `Corpus.build`, open it again with `Corpus.open`. Opening is
    instant: tables are read and arrays are mapped when they are first used.
    `filter` gives a subcorpus with the same interface; every analysis takes both.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> corpus.documents.select("document", "id").collect().height == len(corpus)
    True
    """

    @classmethod
    def build(
        cls,
        source: Any,
        path: str | PathLike[str],
        *,
        text: str = "text",
        id: str | None = None,
        date: str | None = None,
        metadata: list[str] | None = None,
        profile: str | Normalizer | None = "repair",
        lines: bool = False,
        annotate: bool = False,
        overwrite: bool = False,
        memory: str | int = "2GB",
        progress: bool | None = None,
    ) -> Corpus:
        """Build a corpus from files or a frame and open it.

        Arguments:
            source: a file, a folder, a glob, a list of these, a DataFrame or a LazyFrame. Read are
                .txt, .zip and .tar of them, .csv, .tsv, .jsonl, .parquet and .ipc.
            path: the folder to make. It appears whole or not at all.
            text: name of the text column of tables.
            id: name of the column of ids; without it ids come from paths and row numbers.
            date: name of the column of dates.
            metadata: columns to keep; None keeps all.
            profile: normalisation of the vocabulary's column `word`: a preset, a Normalizer or None.
            lines: a .txt file holds one document a line.
            annotate: add segments, stems and lemmas to the vocabulary, as the method `annotate` does.
            overwrite: replace a corpus that is there already, once the new one is complete.
            memory: what the index may take while it is made, as "400MB" or a number of bytes; of a corpus that
                needs more, sorted runs lie on disk until they are merged. The files are the same.
            progress: show a progress bar; None shows it on a terminal or in a notebook.

        Texts are read once, in batches of bounded size. Beside `memory`, what is held grows with the number of
        distinct words and, by eight bytes each, of documents. A metadata column that has the name of one
        of our own (document, text, id, date, headline, paragraphs, tokens, words) gets an underscore.
        Documents without text (null, empty, unreadable) are skipped, counted and listed in
        `corpus.manifest["source"]`.

        Raises:
            InputError: an argument that cannot be.
            SourceError: the source cannot be read, a column is missing, an id stands twice.
            CorpusError: `path` holds something already, cannot be written, or the disk is full.

        >>> import corpus_kit as ck, polars as pl, tempfile
        >>> frame = pl.DataFrame({"text": ["قال الوزير إن الاجتماع ناجح.", "غادر الوفد المدينة."]})
        >>> corpus = ck.Corpus.build(frame, tempfile.mkdtemp())
        >>> corpus.manifest["counts"]["words"]
        8
        """
        target = path_argument(path, "path")
        normalizer = resolve_profile(profile)
        limit = memory_argument(memory)
        storage.check_target(target, overwrite=overwrite)
        reader = DocumentReader(source, text=text, id=id, date=date, metadata=metadata, lines=lines, progress=progress)
        with storage.new_folder(target, overwrite=overwrite) as folder:
            options = _record(text, id, date, metadata, lines)
            build_folder(reader, folder, profile=normalizer, options=options, memory=limit)
        built = cls.open(target)
        return built.annotate() if annotate else built

    def add(
        self,
        source: Any,
        *,
        text: str = "text",
        id: str | None = None,
        date: str | None = None,
        metadata: list[str] | None = None,
        lines: bool = False,
        memory: str | int = "2GB",
        progress: bool | None = None,
    ) -> Corpus:
        """Add documents after those that are there; the corpus then is the one that all of them give.

        The corpus is built anew beside the old one, from its documents and the new ones, and takes
        its place when it is whole: whatever goes wrong, the old one stays. The texts are read again;
        the source files of the old documents are not needed. Columns that only some documents have
        are null in the others.

        Arguments: those of `Corpus.build`. Without `id`, rows of a frame are numbered from beyond the
            largest id that is a number. The profile is that of the corpus.

        A corpus with the library's own annotations gets them anew, for all words; those of another
        annotator are gone, and a warning says so: call `annotate` with it again.

        Returns this corpus, which now shows the new documents. Subcorpora and other objects opened
        before say that it has changed. `manifest["added"]` lists what was added, when and with which
        options; `manifest["source"]` is the first source.

        Raises:
            InputError: this is a subcorpus, or an argument that cannot be.
            SourceError: the source cannot be read, a column has another type than it has in the
                corpus, or an id is there already.
            CorpusError: the folder cannot be written, the disk is full, the profile cannot be made
                by this version, or the corpus was changed by another program meanwhile.

        >>> import corpus_kit as ck, polars as pl, tempfile
        >>> corpus = ck.Corpus.build(pl.DataFrame({"text": ["قال الوزير."]}), tempfile.mkdtemp())
        >>> len(corpus.add(pl.DataFrame({"text": ["غادر الوفد."], "outlet": ["a"]})))
        2
        >>> corpus.documents.select("id", "outlet").collect().rows()
        [('0', None), ('1', 'a')]
        """
        self.check_open()
        if self.is_subcorpus:
            raise InputError("add takes a whole corpus, not a subcorpus: documents left out would be lost")
        limit = memory_argument(memory)
        growth = Growth(self.path, self._manifest)
        profile = growth.profile()
        reader = DocumentReader(
            source,
            text=text,
            id=id,
            date=date,
            metadata=metadata,
            lines=lines,
            progress=progress,
            first_row=growth.first_row(),
        )
        with storage.new_folder(self.path, overwrite=True) as folder:
            options = _record(text, id, date, metadata, lines)
            build_folder(reader, folder, profile=profile, options=options, memory=limit, after=growth)
            self.check_open()  # another program may have been faster
            self._files.release()
        annotated = self._manifest.get("annotation")
        self._reread()
        if annotated is not None and annotated["name"] == annotator_record()["name"]:
            self.annotate()
        elif annotated is not None:
            warnings.warn(
                f"the annotations by {annotated['name']!r} do not cover the new words and were left out; "
                "call annotate with this annotator again",
                stacklevel=2,
            )
        return self

    def annotate(self, annotator: Annotator | None = None, *, name: str | None = None) -> Corpus:
        """Add segments, stems and lemmas to the vocabulary; searches with clitics and lemmas then use them.

        The vocabulary gets the columns segments (List(String): the pieces of the word, in its repaired
        spelling), stem (String: the word without clitics, as it is spelled on its own) and lemma (String).
        Annotations that were there are replaced. Each distinct word is annotated once, without its
        context; what is no word has itself as its only segment, its stem and its lemma.

        Arguments:
            annotator: a function that takes the list of distinct words and gives, for each, the pieces that
                join to it and its lemma (`corpus_kit.segmentation.Annotator`). None takes the library's
                own: `ck.segment`, with the counts of this corpus beside the general vocabulary, and
                `ck.lemmatize`.
            name: of the annotator, for the record in `corpus.manifest["annotation"]`; by default the
                function's own.

        Returns this corpus. Subcorpora and other objects opened before say that it has changed.

        Raises:
            InputError: this is a subcorpus, or the annotator's answers do not fit the words.
            CorpusError: the folder cannot be written; the corpus then is as it was.

        >>> import corpus_kit as ck, polars as pl, tempfile
        >>> corpus = ck.Corpus.build(pl.DataFrame({"text": ["فيها والحكومة"]}), tempfile.mkdtemp()).annotate()
        >>> corpus.vocabulary.select("surface", "segments", "stem").collect().rows()
        [('فيها', ['في', 'ها'], 'في'), ('والحكومة', ['و', 'الحكومة'], 'الحكومة')]
        """
        self.check_open()
        if self.is_subcorpus:
            raise InputError("annotate takes a whole corpus, not a subcorpus: its words share one vocabulary")
        if annotator is not None and not callable(annotator):
            raise InputError(f"annotator= takes a function, not {type(annotator).__name__}: {annotator!r:.60}")
        if name is not None and not (isinstance(name, str) and name and is_text(name)):
            raise InputError(f"name= takes the name of the annotator, not {type(name).__name__}: {name!r:.60}")
        if annotator is None:
            record: dict[str, Any] = dict(annotator_record())
        else:
            record = {"name": name or getattr(annotator, "__name__", type(annotator).__name__)}
        with storage.reading(self.path):
            vocabulary = pl.read_parquet(self.path / storage.VOCABULARY)
        frame = annotate_vocabulary(vocabulary, annotator)
        self.check_open()  # another program may have been faster
        storage.write_annotations(self.path, self._manifest, frame, record)
        self._files.release()
        self._reread()
        return self

    def _reread(self) -> None:
        self._files = MappedFiles(self.path, storage.stamp(self.path))
        self._manifest = storage.read_manifest(self.path)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Corpus:
        """Open a corpus.

        That is instant: the files are looked at, not read; `verify` reads them.

        Raises CorpusError where there is none, where another format version wrote it and where a
        file is missing or has another size or form than the manifest says.

        >>> import corpus_kit as ck
        >>> ck.Corpus.open(ck.sample_corpus().path).id == ck.sample_corpus().id
        True
        """
        folder = path_argument(path, "path")
        stamp = storage.stamp(folder)
        return cls(MappedFiles(folder, stamp), storage.read_manifest(folder))

    def verify(self) -> None:
        """Read every file and compare it with the checksum that the build wrote down.

        Raises CorpusError, naming the file, where one has changed since.

        >>> import corpus_kit as ck
        >>> ck.sample_corpus().verify()
        """
        self.check_open()
        if "sha256" not in self._manifest:
            raise CorpusError(f"{self.path} was built without checksums. Build it again from its sources.")
        storage.verify_files(self.path, self._manifest)

    def close(self) -> None:
        """Let go of the mapped files. The corpus and its subcorpora on them cannot be used any more."""
        self._files.is_closed = True
        self._files.release()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled is where it lies and which documents it has, so that other processes can open it."""
        return _reopen, (self.path, self._files.stamp, self._selection, self._filters, self.excluded_spans)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        counts = self._manifest["counts"]
        whole = f"{counts['words']:,} words, {counts['types']:,} types"
        size = f"{counts['documents']:,} documents, {whole}"
        if self.is_subcorpus:
            spans = self.excluded_spans
            cleaned = "" if spans is None else f" without {spans.height:,} spans"
            size = f"{len(self):,} of {counts['documents']:,} documents{cleaned}; all of them: {whole}"
        closed = ", closed" if self._files.is_closed else ""
        return f"<Corpus {self.path.name!r} {self.id}: {size}{closed}>"

    def _repr_html_(self) -> str:

        return card_html(self)

    @property
    def tokens(self) -> pl.LazyFrame:
        """Tokens: document, sentence, position (both within the document, from 0), type, token, kind, start, end.

        `token` is the original spelling; `start` and `end` are code points of the document's text:
        ``text[start:end] == token``. `kind` is an Enum, the rest UInt32. The table is made piece by
        piece as it is read, so that a filter or a count over it needs little memory.

        >>> import corpus_kit as ck
        >>> ck.sample_corpus().tokens.select("document", "position", "kind").head(1).collect().rows()
        [(0, 0, 'word')]
        """
        self.check_open()

        return scan_tokens(self)

    @property
    def vocabulary(self) -> pl.LazyFrame:
        """Types: type, surface, kind, word (the corpus' profile), folded (profile search), count, documents.

        After `annotate` also segments, stem and lemma.

        In a subcorpus, counts are those of its documents and types without a token are left out.
        A type is a surface together with its kind; count and documents are Int64.

        >>> import corpus_kit as ck
        >>> ck.sample_corpus().vocabulary.collect_schema().names()
        ['type', 'surface', 'kind', 'word', 'folded', 'count', 'documents', 'segments', 'stem', 'lemma']
        """
        self.check_open()
        if not self.is_subcorpus:
            annotations = storage.annotations_of(self._manifest)
            vocabulary = self._files.scan(storage.VOCABULARY)
            if annotations is None:
                return vocabulary
            return pl.concat([vocabulary, self._files.scan(annotations)], how="horizontal")
        counts, documents = self.type_counts()
        names = [
            *self._files.scan(storage.VOCABULARY).collect_schema(),
            *(storage.ANNOTATIONS if self.is_annotated else ()),
        ]
        columns = [self.type_column(name) for name in names if name not in ("count", "documents")]
        frame = pl.DataFrame(columns).with_columns(counts.alias("count"), documents.alias("documents"))
        return frame.select(names).lazy().filter(pl.col("count") > 0)

    def filter(self, *predicates: pl.Expr) -> Corpus:
        """A subcorpus: the documents for which all predicates hold. Nothing is copied.

        The predicates are Polars expressions over the columns of `documents`, true or false for each.
        Row numbers stay those of the whole corpus.

        Raises InputError for anything else, for a column that is not there (the message names the
        columns) and for what cannot be compared.

        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> len(corpus.filter(pl.col("outlet").is_not_null())) == len(corpus)
        True
        """
        for predicate in predicates:
            if not isinstance(predicate, pl.Expr):
                raise InputError(f"filter takes Polars expressions such as pl.col('source') == 'x', not {predicate!r}")
        documents = self.documents
        with storage.reading(self.path):
            schema = documents.collect_schema()
        for predicate in predicates:
            _check_predicate(predicate, schema)
        try:
            selected = documents.filter(*predicates).select("document").collect()["document"]
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise InputError(f"the filter cannot be computed: {storage.reason(error)}") from error
        return self.part(selected.sort().to_numpy(), *map(str, predicates))

    def containing(
        self,
        pattern: str,
        *,
        min_hits: int = 1,
        invert: bool = False,
        exact: bool = False,
        clitics: bool = False,
        within: str = "paragraph",
    ) -> Corpus:
        """A subcorpus: the documents in which a pattern occurs.

        Arguments:
            pattern: as in `ck.kwic`, which exact, clitics and within are for, too.
            min_hits: how often it must occur in a document.
            invert: take the other documents, in which it does not.

        Raises InputError for a pattern that cannot be read.

        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> part, rest = (corpus.containing("الوزير", invert=invert) for invert in (False, True))
        >>> len(part) + len(rest) == len(corpus), len(ck.kwic(rest, "الوزير"))
        (True, 0)
        """
        self.check_open()
        parsed = parse_pattern(pattern, exact=exact, clitics=clitics)
        choose(within, UNITS, "within")
        least = whole_number(min_hits, "min_hits", least=1, what="hits")
        with storage.reading(self.path):
            first = find(self, parsed, within=within).first
            hits = np.diff(np.searchsorted(first, self.document_ends.astype(first.dtype), "left"), prepend=0)
        documents = self.selected_documents()
        kept = (hits[documents] >= least) != invert
        bound = "fewer than" if invert else "at least"
        told = f"{bound} {least} hits of {pattern!r} (exact={exact}, clitics={clitics}, within={within!r})"
        return self.part(documents[kept], told)

    def deduplicate(
        self,
        *,
        threshold: float = 0.8,
        n: int = 5,
        measure: str = "jaccard",
        method: str = "exact",
        keep: str = "first",
        date: str | None = "date",
        profile: str | Normalizer | None = "search",
        min_shingles: int = 1,
    ) -> Corpus:
        """A subcorpus with one document of each cluster of copies, and all documents that are no copies.

        `ck.news.copy_clusters`, with the same options, says which documents are in which cluster. Copies of
        copies are in one cluster, so that two documents of it need not be alike themselves.

        Arguments:
            keep: of each cluster the "first", which is the one with the earliest date (of several, or where none
                has a date, the one with the lowest row number), or the "longest", which has most words (of
                several, the first in that sense).
            threshold, n, measure, method, date, profile, min_shingles: as in `ck.news.copy_clusters`.

        Raises InputError for an argument that cannot be.

        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> clusters = ck.news.copy_clusters(corpus)
        >>> len(corpus) - len(corpus.deduplicate()) == clusters.height - clusters["cluster"].n_unique()
        True
        """
        options: dict[str, Any] = {
            "threshold": threshold, "n": n, "measure": measure, "method": method, "date": date, "profile": profile,
            "min_shingles": min_shingles,
        }  # fmt: skip
        dropped = dropped_copies(self, keep, **options)
        told = ", ".join(f"{name}={getattr(value, 'name', value)!r}" for name, value in options.items())
        documents = self.selected_documents()
        return self.part(
            documents[~np.isin(documents, dropped.to_numpy())],
            f"deduplicate({told}, keep={keep!r}) left out {len(dropped):,} copies",
        )


def _check_predicate(predicate: pl.Expr, schema: pl.Schema) -> None:
    """Raise InputError unless an expression is true or false for documents of these columns."""
    absent = sorted(set(predicate.meta.root_names()) - set(schema.names()))
    if absent:
        near = get_close_matches(absent[0], schema.names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise InputError(
            f"the documents have no column {', '.join(map(repr, absent))}{hint} There are: {', '.join(schema.names())}"
        )
    try:
        dtypes = pl.LazyFrame(schema=schema).select(predicate).collect_schema().dtypes()
    except pl.exceptions.PolarsError as error:
        raise InputError(f"the filter {predicate!s:.60} does not fit the documents: {storage.reason(error)}") from None
    if dtypes != [pl.Boolean]:
        found = ", ".join(map(str, dtypes)) or "nothing"
        raise InputError(f"filter takes expressions that are true or false, not {found}: {predicate!s:.60}")


def _record(text: str, id: str | None, date: str | None, metadata: Any, lines: bool) -> dict[str, Any]:
    """The options of a build for the manifest."""
    kept = None if metadata is None else list(metadata)
    return {"text": text, "id": id, "date": date, "metadata": kept, "lines": lines}


def _reopen(
    path: Path,
    stamp: tuple[int, int, int] | None,
    selection: storage.Array | None,
    filters: tuple[str, ...],
    excluded: pl.DataFrame | None,
) -> Corpus:
    """Unpickle a corpus; one that has changed since it was pickled says so when it is used."""
    files, manifest = MappedFiles(path, stamp), storage.read_manifest(path)
    exclusion = None if excluded is None else Exclusion(files, excluded, int(manifest["counts"]["types"]))
    return Corpus(files, manifest, selection, filters=filters, exclusion=exclusion)
