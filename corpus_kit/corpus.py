"""Corpus: documents, tokens and vocabulary that know where they came from."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from corpus_kit import storage
from corpus_kit._arguments import is_text, memory_argument, path_argument, whole_number
from corpus_kit._columns import series_from_core
from corpus_kit._concordance import Texts, TokenArrays
from corpus_kit.errors import CorpusError, InputError, choose
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.readers import DocumentReader
from corpus_kit.segmentation import Annotator, annotator_record
from corpus_kit.tokenization import COUNTED_KINDS, KINDS

if TYPE_CHECKING:
    from corpus_kit.cleaned import CleanedTokens

__all__ = ["Corpus", "expect_corpus"]

_SPANS = ("text", "headline", "paragraphs")  # columns of documents that are no labels


# What a corpus maps or reads when it is first used, and shares with its subcorpora.
_OF_TOKENS = (
    "_cleaned",
    "_types",
    "_starts",
    "_flags",
    "_ends",
    "_bounds",
    "_offsets",
    "_positions",
    "_arrays",
)
_READ_ONCE = (
    *_OF_TOKENS,
    "_columns",
    "_counted",
    "_kinds",
    "_order",
    "_ranks",
    "_surfaces",
    "_folded",
    "_ids",
)


class Corpus:
    """A corpus in a folder on disk.

    Make one with `Corpus.build`, open it again with `Corpus.open`. Opening is
    instant: tables are read and arrays are mapped when they are first used.
    `filter` gives a subcorpus with the same interface; every analysis takes both.

    >>> import corpus_kit as ck
    >>> corpus = ck.sample_corpus()
    >>> corpus.documents.select("document", "id").collect().height == len(corpus)
    True
    """

    def __init__(
        self,
        path: Path,
        manifest: dict[str, Any],
        selection: storage.Array | None = None,
        *,
        stamp: tuple[int, int, int] | None = None,
        filters: tuple[str, ...] = (),
        hidden: pl.DataFrame | None = None,
    ) -> None:
        self.path = path
        self._manifest = manifest
        self._selection = selection  # sorted row numbers of documents; None means all
        self._stamp = stamp  # tells whether another build has taken the place of this one
        self._filters = filters  # what a subcorpus was asked for, as text
        self._hidden = hidden  # spans whose tokens are left out, of `merged_spans`; None means none
        self.derived: dict[Any, Any] = {}  # what analyses have made of the vocabulary; subcorpora share it
        self._closed = False

    # ------------------------------------------------------------------ making and opening

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
        from corpus_kit.building import build_folder

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
        from corpus_kit.building import build_folder
        from corpus_kit.growth import Growth

        self._check_open()
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
            self._check_open()  # another program may have been faster
            self._forget()
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
        from corpus_kit.annotation import annotate_vocabulary

        self._check_open()
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
        self._check_open()  # another program may have been faster
        storage.write_annotations(self.path, self._manifest, frame, record)
        self._forget()
        self._reread()
        return self

    def _reread(self) -> None:
        self._manifest = storage.read_manifest(self.path)
        self._stamp = storage.stamp(self.path)

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
        return cls(folder, storage.read_manifest(folder), stamp=stamp)

    def verify(self) -> None:
        """Read every file and compare it with the checksum that the build wrote down.

        Raises CorpusError, naming the file, where one has changed since.

        >>> import corpus_kit as ck
        >>> ck.sample_corpus().verify()
        """
        self._check_open()
        if "sha256" not in self._manifest:
            raise CorpusError(f"{self.path} was built without checksums. Build it again from its sources.")
        storage.verify_files(self.path, self._manifest)

    def close(self) -> None:
        """Let go of the mapped files. The corpus and its subcorpora on them cannot be used any more."""
        self._closed = True
        self._forget()

    def _forget(self) -> None:
        """Let go of all that was mapped or read."""
        for name in _READ_ONCE:
            self.__dict__.pop(name, None)
        self.derived = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled is where it lies and which documents it has, so that other processes can open it."""
        return _reopen, (self.path, self._selection, self._filters, self._stamp, self._hidden)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ what it is

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
        return self._selection is not None or self._hidden is not None

    def __len__(self) -> int:
        """Number of documents."""
        return self.n_documents if self._selection is None else len(self._selection)

    @property
    def n_documents(self) -> int:
        """Documents of the whole corpus, also of those that are in no subcorpus."""
        return int(self._manifest["counts"]["documents"])

    def __repr__(self) -> str:
        counts = self._manifest["counts"]
        whole = f"{counts['words']:,} words, {counts['types']:,} types"
        size = f"{counts['documents']:,} documents, {whole}"
        if self.is_subcorpus:
            cleaned = "" if self._hidden is None else f" without {self._hidden.height:,} spans"
            size = f"{len(self):,} of {counts['documents']:,} documents{cleaned}; all of them: {whole}"
        closed = ", closed" if self._closed else ""
        return f"<Corpus {self.path.name!r} {self.id}: {size}{closed}>"

    @property
    def selection(self) -> dict[str, Any] | None:
        """What a result is to say of a subcorpus: documents, the filters as text, a SHA-256 of the row numbers.

        Where spans were left out, `without` has their number and a SHA-256 of them. None for a whole corpus.
        """
        if not self.is_subcorpus:
            return None
        rows = self.selected_documents().astype("<u4").tobytes()
        told = {"documents": len(self), "filters": list(self._filters), "sha256": hashlib.sha256(rows).hexdigest()}
        if self._hidden is not None:
            spans = self._hidden.to_numpy().astype("<i8").tobytes(order="C")
            told["without"] = {"spans": self._hidden.height, "sha256": hashlib.sha256(spans).hexdigest()}
        return told

    def _repr_html_(self) -> str:
        from corpus_kit.display.card import card_html

        return card_html(self)

    # ------------------------------------------------------------------ tables

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
        frame = self._scan(storage.DOCUMENTS)
        if self._hidden is not None:
            with storage.reading(self.path):
                sizes = self._sizes().lazy()
                names = frame.collect_schema().names()
            frame = pl.concat([frame.drop("tokens", "words"), sizes], how="horizontal").select(names)
        if self._selection is None:
            return frame
        return frame.filter(pl.col("document").is_in(pl.Series(self._selection).implode()))

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
        self._check_open()
        from corpus_kit.token_table import scan_tokens

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
        self._check_open()
        if not self.is_subcorpus:
            annotations = storage.annotations_of(self._manifest)
            vocabulary = self._scan(storage.VOCABULARY)
            if annotations is None:
                return vocabulary
            return pl.concat([vocabulary, self._scan(annotations)], how="horizontal")
        from corpus_kit.counting import type_counts

        counts, documents = type_counts(self)
        names = [*self._scan(storage.VOCABULARY).collect_schema(), *(storage.ANNOTATIONS if self.is_annotated else ())]
        columns = [self.of_types(name) for name in names if name not in ("count", "documents")]
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
        return self._part(selected.sort().to_numpy(), *map(str, predicates))

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
        from corpus_kit.forms import UNITS
        from corpus_kit.matching import find
        from corpus_kit.patterns import parse_pattern

        self._check_open()
        parsed = parse_pattern(pattern, exact=exact, clitics=clitics)
        choose(within, UNITS, "within")
        least = whole_number(min_hits, "min_hits", least=1, what="hits")
        with storage.reading(self.path):
            first = find(self, parsed, within=within).first
            hits = np.diff(np.searchsorted(first, self._ends.astype(first.dtype), "left"), prepend=0)
        documents = self.selected_documents()
        kept = (hits[documents] >= least) != invert
        bound = "fewer than" if invert else "at least"
        told = f"{bound} {least} hits of {pattern!r} (exact={exact}, clitics={clitics}, within={within!r})"
        return self._part(documents[kept], told)

    def without(self, spans: pl.DataFrame) -> Corpus:
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
        from corpus_kit.cleaned import merged_spans

        self._check_open()
        hidden = merged_spans(spans, self.n_documents)
        if self._hidden is not None:
            hidden = merged_spans(pl.concat([self._hidden, hidden]), self.n_documents)
        cleaned = Corpus(
            self.path, self._manifest, self._selection, stamp=self._stamp, filters=self._filters, hidden=hidden
        )
        self._share(cleaned, [name for name in _READ_ONCE if name not in _OF_TOKENS])
        return cleaned

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
        from corpus_kit.news.text_reuse import dropped_copies

        options: dict[str, Any] = {
            "threshold": threshold, "n": n, "measure": measure, "method": method, "date": date, "profile": profile,
            "min_shingles": min_shingles,
        }  # fmt: skip
        dropped = dropped_copies(self, keep, **options)
        told = ", ".join(f"{name}={getattr(value, 'name', value)!r}" for name, value in options.items())
        documents = self.selected_documents()
        return self._part(
            documents[~np.isin(documents, dropped.to_numpy())],
            f"deduplicate({told}, keep={keep!r}) left out {len(dropped):,} copies",
        )

    def _part(self, documents: storage.Array, *filters: str) -> Corpus:
        """The subcorpus of these documents, ascending; `filters` say what was asked for."""
        filters = (*self._filters, *filters)
        part = Corpus(self.path, self._manifest, documents, stamp=self._stamp, filters=filters, hidden=self._hidden)
        self._share(part, _READ_ONCE)
        return part

    def _share(self, part: Corpus, names: Iterable[str]) -> None:
        """Give a subcorpus what is mapped or read already."""
        part.derived = self.derived
        for name in names:
            if name in self.__dict__:
                part.__dict__[name] = self.__dict__[name]

    # ------------------------------------------------------------------ for the analyses

    @cached_property
    def _cleaned(self) -> CleanedTokens | None:
        """The tokens that are left where some were left out; None where all are there."""
        if self._hidden is None:
            return None
        from corpus_kit.cleaned import clean_tokens

        whole = Corpus(self.path, self._manifest, stamp=self._stamp)
        self._share(whole, [name for name in _READ_ONCE if name not in _OF_TOKENS])
        with storage.reading(self.path):
            return clean_tokens(whole, self._hidden)

    @cached_property
    def _types(self) -> storage.Array:
        return self._cleaned.types if self._cleaned else self._map(storage.TYPES)

    @cached_property
    def _starts(self) -> storage.Array:
        return self._cleaned.starts if self._cleaned else self._map(storage.STARTS)

    @cached_property
    def _flags(self) -> storage.Array:
        return self._cleaned.flags if self._cleaned else self._map(storage.FLAGS)

    @cached_property
    def _ends(self) -> storage.Array:
        return self._cleaned.ends if self._cleaned else self._map(storage.DOCUMENT_ENDS)

    @cached_property
    def _offsets(self) -> storage.Array:
        return self._cleaned.offsets if self._cleaned else self._map(storage.INDEX_OFFSETS)

    @cached_property
    def _positions(self) -> storage.Array:
        return self._cleaned.positions if self._cleaned else self._map(storage.INDEX_POSITIONS)

    @cached_property
    def _columns(self) -> dict[str, pl.Series]:
        return {}

    @property
    def n_types(self) -> int:
        """Types of the whole corpus."""
        return int(self._manifest["counts"]["types"])

    @property
    def is_annotated(self) -> bool:
        """Whether the vocabulary has segments, stems and lemmas."""
        return storage.annotations_of(self._manifest) is not None

    def of_types(self, column: str) -> pl.Series:
        """A column of the vocabulary of the whole corpus, in order of the types; read when it is first asked for."""
        self._check_open()
        if column not in self._columns:
            file = storage.annotations_of(self._manifest) if column in storage.ANNOTATIONS else storage.VOCABULARY
            if file is None:
                raise InputError(f"this corpus has no column {column!r}: corpus.annotate() makes it")
            with storage.reading(self.path):
                read = pl.read_parquet(self.path / file, columns=[column])[column]
                if len(read) != self.n_types:
                    raise ValueError(f"{file} holds {len(read):,} types")
                self._columns[column] = read
        return self._columns[column]

    @cached_property
    def _kinds(self) -> storage.Array:
        return self._map(storage.INDEX_KINDS)

    @cached_property
    def _counted(self) -> storage.Array:
        counted: storage.Array = np.zeros(len(self._kinds), bool)
        for kind in COUNTED_KINDS:  # some comparisons take a fraction of one look-up in a table
            counted |= self._kinds == KINDS.index(kind)
        return counted

    @cached_property
    def _bounds(self) -> tuple[storage.Array, storage.Array]:
        ends = self._ends.astype(np.int64)
        return np.concatenate(([0], ends[:-1])), ends

    @cached_property
    def _arrays(self) -> TokenArrays:
        return TokenArrays(self._types, self._flags, self._counted.view(np.uint8))

    @cached_property
    def _order(self) -> storage.Array:
        return self._map(storage.INDEX_ORDER)

    @cached_property
    def _ranks(self) -> storage.Array:
        return self._map(storage.INDEX_RANKS)

    @cached_property
    def _surfaces(self) -> Texts:
        return self._map_texts("surface")

    @cached_property
    def _folded(self) -> Texts:
        return self._map_texts("folded")

    @cached_property
    def _ids(self) -> Texts:
        return self._map_texts("id")

    def ids(self, documents: storage.Array) -> pl.Series:
        """The ids of documents, given as row numbers."""
        with storage.reading(self.path):
            return series_from_core("id", self._ids.gather(documents.astype(np.uint32)))

    def _scan(self, name: str) -> pl.LazyFrame:
        self._check_open()
        with storage.reading(self.path):
            frame = pl.scan_parquet(self.path / name)
            frame.collect_schema()  # here, where damage can be told as what it is
            return frame

    def _map(self, name: str) -> storage.Array:
        self._check_open()
        with storage.reading(self.path):
            return storage.map_array(self.path / name)

    def _map_texts(self, name: str) -> Texts:
        self._check_open()
        with storage.reading(self.path):
            return storage.map_texts(self.path, name)

    def _check_open(self) -> None:
        if self._closed:
            raise CorpusError(f"the corpus {self.path.name!r} is closed; open it again with Corpus.open")
        if self._stamp is not None and storage.stamp(self.path) != self._stamp:
            raise CorpusError(
                f"the corpus at {self.path} was replaced, moved or removed since it was opened; "
                "open it again with Corpus.open"
            )

    def selected_documents(self) -> storage.Array:
        """Row numbers of the documents, sorted (UInt32)."""
        if self._selection is None:
            return np.arange(self.n_documents, dtype=np.uint32)
        return self._selection

    def document_bounds(self, documents: storage.Array) -> tuple[storage.Array, storage.Array]:
        """First token and end of each of these documents (Int64), as indices into all tokens."""
        starts, ends = self._bounds
        return starts[documents], ends[documents]

    def _sizes(self) -> pl.DataFrame:
        """The columns `tokens` and `words` of all documents, as they are without what was left out."""
        words = np.concatenate(([0], np.cumsum(self._counted[self._types])))
        starts, ends = self._bounds
        sizes = {"tokens": ends - starts, "words": words[ends] - words[starts]}
        return pl.DataFrame(sizes).cast(pl.UInt32)

    def token_counts(self) -> storage.Array:
        """Tokens of each document of the whole corpus (UInt32)."""
        return np.diff(self._ends, prepend=np.uint64(0)).astype(np.uint32)

    def chosen_documents(self) -> storage.Array | None:
        """1 for each selected document and 0 for the others (UInt8); None for a whole corpus."""
        if self._selection is None:
            return None
        chosen = np.zeros(self.n_documents, np.uint8)
        chosen[self._selection] = 1
        return chosen

    def counted_types(self) -> storage.Array:
        """For each type, whether analyses count it: words, numbers, hashtags and mentions (bool)."""
        return self._counted

    def label_columns(self) -> list[str]:
        """The columns of documents that hold labels: all but texts and spans."""
        return [name for name in self._scan(storage.DOCUMENTS).collect_schema() if name not in _SPANS]

    def labels(self, column: str, *, selected: bool = True) -> pl.Series:
        """A metadata column of the selected (or of all) documents.

        Raises InputError for an unknown name and says which there are.
        """
        frame = self._scan(storage.DOCUMENTS)
        with storage.reading(self.path):
            choose(column, self.label_columns(), "metadata column")
            labels = frame.select(column).collect()[column]
        return labels.gather(self._selection) if selected and self._selection is not None else labels


def expect_corpus(corpus: object, function: str) -> Corpus:
    """Return the corpus, or raise InputError where an analysis was given something else or one that is closed."""
    if not isinstance(corpus, Corpus):
        raise InputError(
            f"{function} takes a Corpus (of Corpus.build or Corpus.open), not {type(corpus).__name__}: {corpus!r:.60}"
        )
    corpus._check_open()
    return corpus


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
    selection: storage.Array | None,
    filters: tuple[str, ...],
    stamp: tuple[int, int, int] | None,
    hidden: pl.DataFrame | None,
) -> Corpus:
    """Unpickle a corpus; one that has changed since it was pickled says so when it is used."""
    return Corpus(path, storage.read_manifest(path), selection, stamp=stamp, filters=filters, hidden=hidden)
