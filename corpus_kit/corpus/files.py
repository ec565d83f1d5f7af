"""The files of an opened corpus, checked before they are used, whatever happens to its folder meanwhile.

The files of a small corpus are read and compared with their checksums when it is opened. Those of a large one are held
open: its arrays are mapped, and compared block by block when a call touches them (`blocks.py`). So a corpus that was
opened stays what it was, also when another takes its place; and if one of its files is changed, calls that need what
changed raise an error.
"""

from __future__ import annotations

import gc
import os
import re
import stat
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from weakref import WeakSet

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from corpus_kit._base.arrays import Array
from corpus_kit._base.folders import is_being_moved, real_path, recover
from corpus_kit._base.metadata import exactly
from corpus_kit._core import are_unchanged
from corpus_kit.corpus import storage
from corpus_kit.corpus.blocks import block_count, sha256_of
from corpus_kit.corpus.checked import CheckedArray, IndexTexts
from corpus_kit.corpus.held_file import HeldFile
from corpus_kit.corpus.manifest import checksums_of, codes_of, metadata_of, written_manifest
from corpus_kit.errors import CorpusError, SourceError, warn

__all__ = [
    "CHECKS",
    "CorpusFiles",
    "bounds",
    "close_mapped",
    "open_corpus",
    "open_files",
    "open_folder",
    "verify_files",
]

T = TypeVar("T")

CHECKS = ("touched", "all", "none")
SMALL = 64 * 2**20  # bytes; a corpus of fewer is read when it is opened
_LARGEST_MANIFEST = 256 * 2**20  # bytes
_PATIENCE = 5.0  # seconds for which a corpus is opened again if it is replaced meanwhile
_ROWS = 1 << 16  # of a table in a piece, if no texts are among its columns
_NEEDED = {
    storage.DOCUMENTS: {"document": pl.UInt32, "id": pl.String, "text": pl.String, "tokens": pl.UInt32},
    storage.VOCABULARY: {"type": pl.UInt32, "surface": pl.String, "word": pl.String, "folded": pl.String},
}
_ANNOTATIONS = {"segments": pl.List(pl.String), "stem": pl.String, "lemma": pl.String}
_VALUES = {"column": pl.String, "value": pl.String}  # of a layer
_LATER = {"root": pl.List(pl.String), "pos": pl.List(pl.String)}  # which annotations by earlier versions may lack


_OPENED: WeakSet[CorpusFiles] = WeakSet()

# -------------------------------------------------------------------- opening


def open_corpus(id: object) -> CorpusFiles | None:
    """Return the files of an open corpus with this id, whose texts are the same in all; None if none is open."""
    return next((files for files in list(_OPENED) if files.manifest["id"] == id and not files.is_closed), None)


def close_mapped(path: Path) -> None:
    """Close what this process has mapped of the corpus at a real path, so that Windows lets it be replaced."""
    found = [files for files in list(_OPENED) if not files.is_closed and files.is_mapped]
    for files in found:
        if real_path(files.path) == path:
            files.close()
    if found:
        gc.collect()


def open_files(path: Path, check: str = "touched") -> CorpusFiles:
    """Open the corpus at a path.

    Args:
        path: Its folder.
        check: "touched": compare what a call touches with its checksum; "all": compare everything now; "none": nothing.

    Raises:
        CorpusError: If there is no corpus, if it has another format version, or if it is damaged.
    """
    return _while_replaced(path, lambda: open_folder(path, path, check))


def verify_files(path: Path, manifest: dict[str, Any]) -> None:
    """Compare the SHA-256 of every file at a path with a manifest.

    Raises:
        CorpusError: If one differs, or if the folder holds another corpus; the message says which.
    """
    _while_replaced(path, lambda: _verified(path, manifest))


def _while_replaced(path: Path, read: Callable[[], T]) -> T:
    """Return what `read` returns; if it fails while another program replaces the corpus, try it with the new one."""
    begun = time.monotonic()
    while True:
        before = storage.stamp(path)
        try:
            if before is None:
                recover(path)
                before = storage.stamp(path)
            return read()
        except (CorpusError, OSError) as error:
            is_moved = is_being_moved(path)
            if time.monotonic() - begun < _PATIENCE and (is_moved or storage.stamp(path) != before):
                time.sleep(0.001)
                continue
            if is_moved:
                raise CorpusError(
                    f"the corpus at {path} is being replaced by another program, which has not finished. Try it again."
                ) from error
            if isinstance(error, CorpusError):
                raise
            raise CorpusError(f"{path} cannot be opened: {storage.reason(error)}") from error


def _verified(path: Path, manifest: dict[str, Any]) -> None:
    if not path.is_dir():
        raise CorpusError(f"there is no corpus at {path}")
    with _Folder(path, path) as folder:
        if _manifest(folder)[0] != manifest:
            raise CorpusError(f"{path} holds another corpus than the one that was opened. Open it again.")
        for name, digest in manifest["sha256"].items():
            with folder.open(name) as file:
                try:
                    found = sha256_of(file)
                except OSError as error:
                    raise CorpusError(f"{path} is damaged: {name}: {storage.reason(error)}. {storage.AGAIN}") from error
            if found != digest:
                raise CorpusError(f"{path} is damaged: {name} has changed since it was written. {storage.AGAIN}")


def open_folder(place: Path, path: Path, check: str = "touched") -> CorpusFiles:
    """Open the corpus in a folder.

    Args:
        place: The folder where it is now.
        path: The folder where it will be, for messages and for what looks for it later.
        check: As for `open_files`.

    Raises:
        CorpusError: As for `open_files`.
        OSError: If the folder cannot be read.
    """
    try:
        if not place.exists():
            raise CorpusError(f"there is no corpus at {path}")
    except OSError as error:
        raise CorpusError(f"there is no corpus at {path}: {error.strerror}") from error
    if not place.is_dir() or not os.path.lexists(place / storage.MANIFEST):
        raise CorpusError(f"{path} is not a corpus: it has no {storage.MANIFEST}. ck.Corpus.build makes one of texts.")
    with _Folder(place, path) as folder:
        manifest, stamp = _manifest(folder)
        blocks = _blocks(folder, manifest)
        in_memory = sum(manifest["files"].values()) < SMALL
        held: dict[str, HeldFile] = {}
        try:
            for name, sums in blocks.items():
                size = manifest["files"][name]
                held[name] = HeldFile(path, name, folder.open(name), size, None if check == "none" else sums, in_memory)
                if in_memory or check == "all":
                    held[name].check()
            files = CorpusFiles(path, manifest, held, blocks, stamp)
        except BaseException:
            for each in held.values():
                each.close()
            raise
    return files


def _manifest(folder: _Folder) -> tuple[dict[str, Any], storage.Stamp]:
    """Return the manifest, and the stamp of its file."""
    with folder.open(storage.MANIFEST) as file:
        stamp = storage.stamp_of(os.fstat(file.fileno()))
        return written_manifest(file.read(_LARGEST_MANIFEST), folder.path), stamp


def _blocks(folder: _Folder, manifest: dict[str, Any]) -> dict[str, Array]:
    """Return the checksums of the blocks of each file."""
    name = checksums_of(manifest)
    counts = {each: block_count(size) for each, size in sorted(manifest["files"].items()) if each != name}
    held = HeldFile(folder.path, name, folder.open(name), manifest["files"][name], None, in_memory=True)
    held.check_sha256(manifest["sha256"][name])
    every = held.array(np.uint64, sum(counts.values()))
    ends = np.cumsum(list(counts.values()))
    return {each: every[end - count : end] for (each, count), end in zip(counts.items(), ends, strict=True)}


class _Folder:
    """A folder that was opened: names are looked up in it, also when another takes its place."""

    def __init__(self, place: Path, path: Path) -> None:
        self.path = path  # for messages
        self._place = place
        self._descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY) if os.open in os.supports_dir_fd else None

    def open(self, name: str) -> BinaryIO:
        """Open a regular file.

        Raises:
            CorpusError: If there is none, or if it cannot be read.
        """
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # a pipe is not waited for
        try:
            if self._descriptor is None:
                descriptor = os.open(self._place / name, flags)
            else:
                descriptor = os.open(name, flags, dir_fd=self._descriptor)
        except FileNotFoundError:
            raise CorpusError(f"{self.path} is damaged: {name} is missing. {storage.AGAIN}") from None
        except OSError as error:
            raise CorpusError(f"{self.path} cannot be opened: {name}: {storage.reason(error)}") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise CorpusError(f"{self.path} is damaged: {name} is not a file. {storage.AGAIN}")
        return os.fdopen(descriptor, "rb")

    def __enter__(self) -> _Folder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


# ------------------------------------------------------------------- all files


class CorpusFiles:
    """The files of one build of a corpus, shared by the corpus and its subcorpora.

    Args:
        path: The folder of the corpus.
        manifest: Its manifest.
        held: Its files by name.
        blocks: The checksums of the blocks of each file.
        stamp: What identifies the build (`storage.stamp`).
    """

    def __init__(
        self,
        path: Path,
        manifest: dict[str, Any],
        held: dict[str, HeldFile],
        blocks: dict[str, Array],
        stamp: storage.Stamp,
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.blocks = blocks
        self.stamp = stamp
        self.is_closed = False
        self._held = held
        self._mapped = tuple(each.mapped for each in held.values() if each.mapped is not None)
        self._stamps = self._stamps_seen()
        self._told = False
        self._kept: dict[Hashable, Any] = {}
        counts = manifest["counts"]
        lengths = _lengths(counts["documents"], counts["tokens"], counts["types"])
        self._arrays = {
            name: CheckedArray(held[name].array(dtype, lengths[name]), held[name])
            for name, dtype in storage.ARRAYS.items()
        }
        for name, n_values in codes_of(manifest).items():
            codes = held[name].array(storage.code_dtype(n_values), counts["tokens"])
            self._arrays[name] = CheckedArray(codes, held[name])
        _OPENED.add(self)
        if self.is_mapped:
            storage.watch(self)

    @property
    def is_mapped(self) -> bool:
        """Whether its files are mapped, and checked where they are touched."""
        return self._held[storage.TYPES].is_mapped

    @property
    def is_current(self) -> bool:
        """Whether the corpus at the path is still this one."""
        return storage.stamp(self.path) == self.stamp

    def check_open(self) -> None:
        """Raise CorpusError if the corpus is closed or a mapped file was cut; warn once if another has its place."""
        if self.is_closed:
            raise CorpusError(f"the corpus {self.path.name!r} is closed. Open it again with Corpus.open.")
        if self.is_mapped:
            self._refresh()
        if not self._told and not self.is_current:
            self._told = True
            warn(
                f"the corpus at {self.path} was replaced, moved or removed since it was opened; results are those of "
                f"the corpus that was opened ({self.manifest['id']}). Corpus.open opens the new one.",
                stacklevel=None,
            )

    def settle(self) -> None:
        """Compare what was read, also what was compared before, if it changed. Raises CorpusError where it differs."""
        self._refresh()
        for held in list(self._held.values()):  # none is held once it is closed
            held.check_read()

    def _refresh(self) -> None:
        """Look for changes of the files; what was made of them is made again then."""
        if self._mapped and are_unchanged(self._mapped, self._stamps):  # by each call, so that microseconds count
            return
        changed = [held.refresh() for held in list(self._held.values())]
        if any(changed):
            self._kept.clear()
            self._stamps = self._stamps_seen()

    def _stamps_seen(self) -> Array:
        """Return the stamps of the mapped files when they were last looked at (Int64), one after another."""
        stamps = [each.stamp for each in self._held.values() if each.mapped is not None]
        return np.array(stamps, np.int64).reshape(-1)

    def close(self) -> None:
        """Drop everything that was mapped, read or derived."""
        self.is_closed = True
        self._kept.clear()
        self._arrays.clear()
        for held in self._held.values():
            held.close()
        self._held.clear()
        self._mapped = ()

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make`, which returns something, returned when it was first called with this key."""
        kept: T | None = self._kept.get(key)
        if kept is None:
            self.check_open()
            with storage.reading(self.path):
                kept = make()
            self._kept[key] = kept
        return kept

    def array(self, name: str) -> CheckedArray:
        """Return an array."""
        if self.is_closed:
            self.check_open()
        return self._arrays[name]

    def document_ends(self) -> Array:
        """Return the index of the token after the last one of each document; CorpusError if it cannot be that."""

        def read() -> Array:
            ends = self.array(storage.DOCUMENT_ENDS).whole()
            if (ends[1:] < ends[:-1]).any() or (ends[-1:] != self.manifest["counts"]["tokens"]).any():
                raise ValueError(f"{storage.DOCUMENT_ENDS} does not end where the tokens end")
            return ends

        return self.keep("document ends", read)

    def type_ranks(self) -> Array:
        """Return the rank of each type by its folded form; CorpusError if one is beyond the types."""

        def read() -> Array:
            ranks = self.array(storage.INDEX_RANKS).whole()
            if (highest := int(ranks.max(initial=0))) >= max(len(ranks), 1):
                raise ValueError(f"{storage.INDEX_RANKS} has rank {highest:,}, but there are {len(ranks):,} types")
            return ranks

        return self.keep("type ranks", read)

    def texts(self, name: str) -> IndexTexts:
        """Return the texts of a column of the index (`storage.INDEX_TEXTS`)."""
        return self.keep(("texts", name), lambda: IndexTexts(*map(self.array, storage.text_names(name))))

    def held(self, name: str) -> HeldFile:
        """Return a file."""
        if self.is_closed:
            self.check_open()
        return self._held[name]

    # tables

    def schema(self, name: str) -> pl.Schema:
        """Return the columns of a table.

        Raises:
            CorpusError: If it lacks one that every corpus has.
        """

        def read() -> pl.Schema:
            self.check_columns(name, [])
            with storage.reading(self.path):
                schema = pl.scan_parquet(self._source(name)).collect_schema()
                needed = _needed_columns(name, schema)
                for column, dtype in needed.items():
                    if schema.get(column) != dtype:
                        raise ValueError(f"{name} has no column {column!r} of the type {dtype}")
            return schema

        return self.keep(("schema", name), read)

    def scan(self, *names: str) -> pl.LazyFrame:
        """Return a table, or several side by side, of which columns are checked when they are read."""
        self.check_open()
        schema = pl.Schema(chain(*(self.schema(name).items() for name in names)))
        return register_io_source(partial(self._pieces, names), schema=schema, is_pure=True)

    def documents(self) -> pl.LazyFrame:
        """Return the table of documents, with the metadata that were added to it."""
        added = metadata_of(self.manifest)
        if added is None:
            return self.scan(storage.DOCUMENTS)
        old = [name for name in self.schema(storage.DOCUMENTS) if name not in self.schema(added)]
        both = pl.concat([self.scan(storage.DOCUMENTS).select(exactly(*old)), self.scan(added)], how="horizontal")
        return both.select(exactly(*self.document_columns()))

    def document_columns(self) -> dict[str, pl.DataType]:
        """Return the columns of `documents`, added ones before the text."""
        added = metadata_of(self.manifest)
        first: dict[str, pl.DataType] = dict(self.schema(storage.DOCUMENTS))
        if added is None:
            return first
        new: dict[str, pl.DataType] = dict(self.schema(added))
        columns: dict[str, pl.DataType] = {}
        for name, dtype in first.items():
            if name == "text":
                columns |= {each: new[each] for each in new if each not in first}
            columns[name] = new.get(name, dtype)
        return columns

    def read_documents(self, columns: list[str]) -> pl.DataFrame:
        """Read columns of `documents`."""
        added = metadata_of(self.manifest)
        new = [name for name in columns if added is not None and name in self.schema(added)]
        parts = [self.read(storage.DOCUMENTS, [name for name in columns if name not in new])]
        if added is not None and new:
            parts.append(self.read(added, new))
        return pl.concat([part for part in parts if part.width], how="horizontal").select(exactly(*columns))

    def _tables(self, names: Sequence[str]) -> pl.LazyFrame:
        tables = [pl.scan_parquet(self._source(name)) for name in names]
        return tables[0] if len(tables) == 1 else pl.concat(tables, how="horizontal")

    def read(self, name: str, columns: list[str], row: int | None = None) -> pl.DataFrame:
        """Read columns of a table; of one row, if it is given."""
        self.check_columns(name, columns)
        with storage.reading(self.path):
            table = pl.scan_parquet(self._source(name)).select(columns)
            return (table if row is None else table.slice(row, 1)).collect()

    def column(self, file: str, name: str, height: int) -> pl.Series:
        """Read a column of a table that must have `height` rows."""

        def read() -> pl.Series:
            column = self.read(file, [name])[name]
            if len(column) != height:
                raise CorpusError(f"{self.path} is damaged: {file} has {len(column):,} rows instead of {height:,}.")
            return column

        return self.keep((file, name), read)

    def check_columns(self, name: str, columns: list[str]) -> None:
        """Compare the footer of a table and these columns with their checksums."""
        held = self.held(name)
        if held.is_checked:
            return
        footer_at, ranges = self.keep(("ranges", name), lambda: self._ranges(held))
        held.read(footer_at, len(held.data))
        for column in columns:
            for begin, end in ranges.get(column, [(0, len(held.data))]):
                held.read(begin, end)

    def _ranges(self, held: HeldFile) -> tuple[int, dict[str, list[tuple[int, int]]]]:
        """Return where the footer of a table begins, and the bytes of each column."""
        from corpus_kit.readers.parquet_footer import read_footer  # slow to load; a search reads no table

        length = int.from_bytes(held.data[-8:-4], "little")
        held.read(max(len(held.data) - 8 - length, 0), len(held.data))
        try:
            footer = read_footer(_Bytes(self.path / held.name, held.data))
        except SourceError as error:
            raise CorpusError(f"{self.path} is damaged: {held.name}: {error}. {storage.AGAIN}") from error
        ranges: dict[str, list[tuple[int, int]]] = {name: [] for name in footer.columns}
        for group in footer.row_groups:
            for name, chunk in group.columns.items():
                ranges[name].append((chunk.start, chunk.stop))
        return footer.start, ranges

    def _source(self, name: str) -> bytes | BinaryIO:
        return self.held(name).source

    def _pieces(
        self,
        names: Sequence[str],
        columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows of tables that Polars asks for."""
        self.check_open()
        schemas = {name: list(self.schema(name)) for name in names}
        chosen = [column for name in names for column in schemas[name]] if columns is None else columns
        needed = chosen if predicate is None else list({*chosen, *predicate.meta.root_names()})
        for name in names:
            self.check_columns(name, [column for column in needed if column in schemas[name]])
        all_rows = self._tables(names)
        rows = all_rows if n_rows is None else all_rows.head(n_rows)
        rows = (rows if predicate is None else rows.filter(predicate)).select(chosen)
        try:
            yield from storage.in_pieces(self.path, self._batches(rows, needed))
        except CorpusError as error:
            if predicate is None or error.__cause__ is None:
                raise
            for _ in storage.in_pieces(self.path, self._batches(all_rows.select(needed), needed)):
                pass  # raises if the tables are damaged
            raise error.__cause__ from None  # it was the predicate

    def _batches(self, rows: pl.LazyFrame, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        if self.is_mapped:
            yield from rows.collect_batches(maintain_order=True, chunk_size=None if "text" in columns else _ROWS)
        else:
            yield rows.collect()


def _needed_columns(name: str, schema: pl.Schema) -> Mapping[str, Any]:
    if name in _NEEDED:
        return _NEEDED[name]
    if re.fullmatch(storage.LAYER_VALUES_PATTERN, name):
        return _VALUES
    if re.fullmatch(storage.METADATA_PATTERN, name):
        return {}
    return _ANNOTATIONS | {column: kind for column, kind in _LATER.items() if column in schema}


class _Bytes:
    """The bytes of a file, as `read_footer` reads them."""

    def __init__(self, path: Path, data: memoryview) -> None:
        self._path = path
        self._data = data

    def size(self) -> int:
        return len(self._data)

    def read(self, start: int, stop: int) -> bytes:
        return bytes(self._data[start:stop])

    def __str__(self) -> str:
        return str(self._path)


def _lengths(documents: int, tokens: int, types: int) -> dict[str, int | None]:
    """Return how many items each array has; None where the manifest does not say."""
    lengths: dict[str, int | None] = dict.fromkeys(storage.ARRAYS, tokens)
    lengths |= dict.fromkeys((storage.INDEX_KINDS, storage.INDEX_ORDER, storage.INDEX_RANKS), types)
    lengths |= {storage.DOCUMENT_ENDS: documents, storage.INDEX_OFFSETS: types + 1}
    for name in storage.INDEX_TEXTS:
        text, offsets = storage.text_names(name)
        lengths |= {text: None, offsets: (documents if name == "id" else types) + 1}
    return lengths


def bounds(ends: Array) -> tuple[Array, Array]:
    """Return the first token and the end of each document (Int64), from the ends alone."""
    stops = ends.astype(np.int64)
    return np.concatenate(([0], stops[:-1])), stops
