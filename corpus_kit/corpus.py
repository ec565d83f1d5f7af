"""Corpus: documents, tokens and vocabulary that know where they came from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from corpus_kit import storage
from corpus_kit._columns import text_stream
from corpus_kit._concordance import Surfaces, TokenArrays
from corpus_kit.errors import CorpusError, InputError, choose
from corpus_kit.normalization import Normalizer, resolve_profile
from corpus_kit.readers import DocumentReader
from corpus_kit.tokenization import BEGINS_SENTENCE, COUNTED_KINDS, KIND_DTYPE

__all__ = ["Corpus"]

_TOKENS_PER_BATCH = 1 << 20
_SPANS = ("text", "headline", "paragraphs")  # columns of documents that are no labels
_TOKEN_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "document": pl.UInt32,
    "sentence": pl.UInt32,
    "position": pl.UInt32,
    "type": pl.UInt32,
    "token": pl.String,
    "kind": KIND_DTYPE,
    "start": pl.UInt32,
    "end": pl.UInt32,
}


# What a corpus maps or reads when it is first used, and shares with its subcorpora.
_READ_ONCE = (
    "_types",
    "_starts",
    "_flags",
    "_ends",
    "_offsets",
    "_positions",
    "_vocabulary",
    "_counted",
    "_arrays",
    "_surfaces",
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

    def __init__(self, path: Path, manifest: dict[str, Any], selection: storage.Array | None = None) -> None:
        self.path = path
        self._manifest = manifest
        self._selection = selection  # sorted row numbers of documents; None means all
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
        overwrite: bool = False,
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
            overwrite: replace a corpus that is there already, once the new one is complete.
            progress: show a progress bar; None shows it on a terminal or in a notebook.

        Documents without text (null, empty, unreadable) are skipped, counted and listed in
        `corpus.manifest["source"]`.

        Raises:
            SourceError: the source cannot be read, a column is missing, an id stands twice.
            CorpusError: `path` holds something already, cannot be written, or the disk is full.

        >>> import corpus_kit as ck, polars as pl, tempfile
        >>> frame = pl.DataFrame({"text": ["قال الوزير إن الاجتماع ناجح.", "غادر الوفد المدينة."]})
        >>> corpus = ck.Corpus.build(frame, tempfile.mkdtemp())
        >>> corpus.manifest["counts"]["words"]
        8
        """
        from corpus_kit.building import build_folder

        target = Path(path)
        normalizer = resolve_profile(profile)
        storage.check_target(target, overwrite=overwrite)
        reader = DocumentReader(source, text=text, id=id, date=date, metadata=metadata, lines=lines, progress=progress)
        options = {"text": text, "id": id, "date": date, "metadata": metadata, "lines": lines}
        with storage.new_folder(target, overwrite=overwrite) as folder:
            build_folder(reader, folder, profile=normalizer, options=options)
        return cls.open(target)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Corpus:
        """Open a corpus.

        Raises CorpusError where there is none, where another format version wrote it and where a
        file is missing or has another size than the manifest says.
        """
        folder = Path(path)
        return cls(folder, storage.read_manifest(folder))

    def close(self) -> None:
        """Let go of the mapped files. The corpus and its subcorpora on them cannot be used any more."""
        self._closed = True
        for name in _READ_ONCE:
            self.__dict__.pop(name, None)

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
    def is_subcorpus(self) -> bool:
        """Whether documents were left out by `filter`."""
        return self._selection is not None

    def __len__(self) -> int:
        """Number of documents."""
        return self._n_documents if self._selection is None else len(self._selection)

    @property
    def _n_documents(self) -> int:
        return int(self._manifest["counts"]["documents"])

    def __repr__(self) -> str:
        counts = self._manifest["counts"]
        whole = f"{counts['documents']:,} documents, {counts['words']:,} words, {counts['types']:,} types"
        size = whole if self._selection is None else f"{len(self):,} of {whole}"
        return f"<Corpus {self.path.name!r} {self.id}: {size}>"

    def _repr_html_(self) -> str:
        from corpus_kit.display.card import card_html

        return card_html(self)

    # ------------------------------------------------------------------ tables

    @property
    def documents(self) -> pl.LazyFrame:
        """Documents: document (row number, UInt32), id, metadata, text as read, headline, paragraphs, tokens, words.

        `headline` (a struct) and `paragraphs` (a list of structs) are spans `start`, `end` in code
        points of `text`; `tokens` counts all tokens, `words` those that analyses count.
        """
        self._check_open()
        frame = pl.scan_parquet(self.path / storage.DOCUMENTS)
        if self._selection is None:
            return frame
        return frame.filter(pl.col("document").is_in(pl.Series(self._selection).implode()))

    @property
    def tokens(self) -> pl.LazyFrame:
        """Tokens: document, sentence, position (both within the document, from 0), type, token, kind, start, end.

        `token` is the original spelling; `start` and `end` are code points of the document's text.
        """
        self._check_open()
        return register_io_source(self._token_batches, schema=_TOKEN_SCHEMA)

    @property
    def vocabulary(self) -> pl.LazyFrame:
        """Types: type, surface, kind, word (the corpus' profile), folded (profile search), count, documents.

        In a subcorpus, counts are those of its documents and types without a token are left out.
        """
        self._check_open()
        if self._selection is None:
            return pl.scan_parquet(self.path / storage.VOCABULARY)
        from corpus_kit.counting import type_counts

        counts, documents = type_counts(self)
        frame = self._vocabulary.with_columns(counts.alias("count"), documents.alias("documents"))
        return frame.lazy().filter(pl.col("count") > 0)

    def filter(self, *predicates: pl.Expr) -> Corpus:
        """A subcorpus: the documents for which all predicates hold. Nothing is copied.

        The predicates are Polars expressions over the columns of `documents`. Row numbers stay
        those of the whole corpus.

        >>> import corpus_kit as ck, polars as pl
        >>> corpus = ck.sample_corpus()
        >>> len(corpus.filter(pl.col("outlet").is_not_null())) == len(corpus)
        True
        """
        for predicate in predicates:
            if not isinstance(predicate, pl.Expr):
                raise InputError(f"filter takes Polars expressions such as pl.col('source') == 'x', not {predicate!r}")
        try:
            selected = self.documents.filter(*predicates).select("document").collect()["document"]
        except pl.exceptions.ColumnNotFoundError:
            names = self.documents.collect_schema().names()
            asked = {name for predicate in predicates for name in predicate.meta.root_names()}
            absent = ", ".join(repr(name) for name in sorted(asked - set(names)))
            raise InputError(f"the documents have no column {absent}. There are: {', '.join(names)}") from None
        part = Corpus(self.path, self._manifest, selected.sort().to_numpy())
        for name in _READ_ONCE:
            if name in self.__dict__:  # what is mapped or read already serves both
                part.__dict__[name] = self.__dict__[name]
        return part

    # ------------------------------------------------------------------ for the analyses

    @cached_property
    def _types(self) -> storage.Array:
        return self._map(storage.TYPES)

    @cached_property
    def _starts(self) -> storage.Array:
        return self._map(storage.STARTS)

    @cached_property
    def _flags(self) -> storage.Array:
        return self._map(storage.FLAGS)

    @cached_property
    def _ends(self) -> storage.Array:
        return self._map(storage.DOCUMENT_ENDS)

    @cached_property
    def _offsets(self) -> storage.Array:
        return self._map(storage.INDEX_OFFSETS)

    @cached_property
    def _positions(self) -> storage.Array:
        return self._map(storage.INDEX_POSITIONS)

    @cached_property
    def _vocabulary(self) -> pl.DataFrame:
        self._check_open()
        return pl.read_parquet(self.path / storage.VOCABULARY)

    @cached_property
    def _counted(self) -> storage.Array:
        return self._vocabulary["kind"].is_in(COUNTED_KINDS).to_numpy()

    @cached_property
    def _arrays(self) -> TokenArrays:
        return TokenArrays(self._types, self._flags, self._counted.view(np.uint8))

    @cached_property
    def _surfaces(self) -> Surfaces:
        return Surfaces(text_stream(self._vocabulary["surface"]))

    @cached_property
    def _ids(self) -> pl.Series:
        self._check_open()
        return pl.read_parquet(self.path / storage.DOCUMENTS, columns=["id"])["id"]

    def _map(self, name: str) -> storage.Array:
        self._check_open()
        return storage.map_array(self.path / name)

    def _check_open(self) -> None:
        if self._closed:
            raise CorpusError(f"the corpus {self.path.name!r} is closed; open it again with Corpus.open")

    def selected_documents(self) -> storage.Array:
        """Row numbers of the documents, sorted (UInt32)."""
        if self._selection is None:
            return np.arange(self._n_documents, dtype=np.uint32)
        return self._selection

    def document_bounds(self, documents: storage.Array) -> tuple[storage.Array, storage.Array]:
        """First token and end of each of these documents (Int64), as indices into all tokens."""
        ends = self._ends.astype(np.int64)
        starts = np.concatenate(([0], ends[:-1]))
        return starts[documents], ends[documents]

    def token_counts(self) -> storage.Array:
        """Tokens of each document of the whole corpus (UInt32)."""
        return np.diff(self._ends, prepend=np.uint64(0)).astype(np.uint32)

    def chosen_documents(self) -> storage.Array | None:
        """1 for each selected document and 0 for the others (UInt8); None for a whole corpus."""
        if self._selection is None:
            return None
        chosen = np.zeros(self._n_documents, np.uint8)
        chosen[self._selection] = 1
        return chosen

    def counted_types(self) -> storage.Array:
        """For each type, whether analyses count it: words, numbers, hashtags and mentions (bool)."""
        return self._counted

    def labels(self, column: str, *, selected: bool = True) -> pl.Series:
        """A metadata column of the selected (or of all) documents.

        Raises InputError for an unknown name and says which there are.
        """
        self._check_open()
        frame = pl.scan_parquet(self.path / storage.DOCUMENTS)
        choose(column, [name for name in frame.collect_schema() if name not in _SPANS], "metadata column")
        labels = frame.select(column).collect()[column]
        return labels.gather(self._selection) if selected and self._selection is not None else labels

    def _token_batches(
        self, columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        """Tokens as frames of about a million rows, for Polars to pull."""
        left = n_rows
        for documents in self._document_batches(batch_size or _TOKENS_PER_BATCH):
            frame = self._token_frame(documents)
            if left is not None:
                frame = frame.head(left)
                left -= frame.height
            if predicate is not None:
                frame = frame.filter(predicate)
            yield frame if columns is None else frame.select(columns)
            if left == 0:
                return

    def _document_batches(self, tokens: int) -> Iterator[storage.Array]:
        documents = self.selected_documents()
        first, last = self.document_bounds(documents)
        before = np.cumsum(last - first)
        begin = 0
        while begin < len(documents):
            done = before[begin - 1] if begin else 0
            end = max(begin + 1, int(np.searchsorted(before, done + tokens, "right")))
            yield documents[begin:end]
            begin = end
        if not len(documents):
            yield documents

    def _token_frame(self, documents: storage.Array) -> pl.DataFrame:
        first, last = self.document_bounds(documents)
        counts = last - first
        pick = _ranges(first, last)
        types, starts, flags = self._types[pick], self._starts[pick], self._flags[pick]
        document_of = np.repeat(np.arange(len(documents)), counts)
        local_first = np.concatenate(([0], np.cumsum(counts)))[document_of] if len(pick) else pick
        sentence = np.cumsum(flags & BEGINS_SENTENCE, dtype=np.int64)
        sentence -= sentence[local_first] if len(pick) else sentence
        token = self._vocabulary["surface"].gather(types)
        frame = pl.DataFrame(
            {
                "document": documents[document_of],
                "sentence": sentence,
                "position": np.arange(len(pick)) - local_first,
                "type": types,
                "token": token,
                "kind": self._vocabulary["kind"].gather(types),
                "start": starts,
            }
        )
        return frame.with_columns(end=pl.col("start") + token.str.len_chars()).cast(_TOKEN_SCHEMA)  # type: ignore[arg-type]


def _ranges(first: storage.Array, last: storage.Array) -> storage.Array:
    """The numbers of all ranges first..last, one range after another."""
    counts = last - first
    if not len(counts) or not counts.sum():
        return np.zeros(0, np.int64)
    offsets = np.cumsum(counts) - counts
    return np.repeat(first - offsets, counts) + np.arange(counts.sum())
