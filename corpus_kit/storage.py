"""The folder of a corpus on disk: what lies in it, how it is written whole or not at all.

::

    manifest.json              what the corpus is, from what and with which options
    documents.parquet          document, id, metadata, text as read, headline, paragraphs, tokens
    vocabulary.parquet         type, surface, kind, normalised forms, count, documents
    annotations-*.parquet      segments, stem and lemma of each type, where they were made
    tokens/types.npy           type id of each token (UInt32)
    tokens/starts.npy          its first code point in the text of its document (UInt32)
    tokens/flags.npy           begins a sentence, begins a paragraph, glued to the token before (UInt8)
    tokens/document_ends.npy   index of the token after the last one of each document (UInt64)
    index/offsets.npy          where the positions of each type begin (UInt64, types + 1)
    index/positions.npy        the tokens of each type, in the order of the text (UInt32)
    index/kinds.npy            the kind of each type, as its place in TOKEN_KINDS (UInt8)
    index/surface_*.npy        the surfaces of the types, one after another (UInt8), and where each begins (UInt64)
    index/folded_*.npy         their folded forms, in the same way
    index/folded_order.npy     the types in the order of their folded forms, by bytes (UInt32)
    index/folded_ranks.npy     the rank of each type in that order; types of one form share it (UInt32)
    index/id_*.npy             the ids of the documents, as the surfaces

The index repeats what stands in the tables, so that a search reads only what it shows.

The arrays are memory-mapped: opening reads the manifest and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._concordance import Texts
from corpus_kit.errors import CorpusError, CorpusKitError

FORMAT_VERSION = 2
MANIFEST = "manifest.json"
DOCUMENTS = "documents.parquet"
VOCABULARY = "vocabulary.parquet"
ANNOTATIONS = ("segments", "stem", "lemma")
TYPES = "tokens/types.npy"
STARTS = "tokens/starts.npy"
FLAGS = "tokens/flags.npy"
DOCUMENT_ENDS = "tokens/document_ends.npy"
INDEX_OFFSETS = "index/offsets.npy"
INDEX_POSITIONS = "index/positions.npy"
INDEX_KINDS = "index/kinds.npy"
INDEX_ORDER = "index/folded_order.npy"
INDEX_RANKS = "index/folded_ranks.npy"
INDEX_TEXTS = ("surface", "folded", "id")
_DTYPES = {
    TYPES: np.uint32,
    STARTS: np.uint32,
    FLAGS: np.uint8,
    DOCUMENT_ENDS: np.uint64,
    INDEX_OFFSETS: np.uint64,
    INDEX_POSITIONS: np.uint32,
    INDEX_KINDS: np.uint8,
    INDEX_ORDER: np.uint32,
    INDEX_RANKS: np.uint32,
    **{f"index/{name}_text.npy": np.uint8 for name in INDEX_TEXTS},
    **{f"index/{name}_offsets.npy": np.uint64 for name in INDEX_TEXTS},
}

Array = npt.NDArray[Any]


def ranges(first: Array, end: Array) -> npt.NDArray[np.int64]:
    """The numbers of all ranges first..end, one range after another.

    >>> ranges(np.array([3, 8]), np.array([5, 9])).tolist()
    [3, 4, 8]
    """
    counts = np.asarray(end - first, np.int64)
    offsets = np.cumsum(counts) - counts
    return np.repeat(first - offsets, counts) + np.arange(counts.sum())


class ArrayWriter:
    """Writes one array to a .npy file piece by piece; the length need not be known before."""

    def __init__(self, path: Path, dtype: npt.DTypeLike) -> None:
        self.length = 0
        self._dtype = np.dtype(dtype)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._header_size = self._write_header()

    def _write_header(self) -> int:
        header = {"descr": np.lib.format.dtype_to_descr(self._dtype), "fortran_order": False, "shape": (self.length,)}
        np.lib.format.write_array_header_1_0(self._file, header)
        return self._file.tell()

    def write(self, values: Array) -> None:
        self._file.write(np.ascontiguousarray(values, dtype=self._dtype).data)
        self.length += len(values)

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            # numpy pads a header so that its size does not depend on the length
            self._file.seek(0)
            if self._write_header() != self._header_size:
                raise CorpusError(f"the header of {self._file.name} no longer fits; this is a defect of corpus_kit")
        self._file.close()


def joined(texts: pl.Series) -> bytes:
    """The bytes of a String series without nulls, one text after another."""
    text: bytes = texts.str.join("").cast(pl.Binary).item()
    return text


class TextsWriter:
    """Writes texts of the index: their bytes, one text after another, and where each begins."""

    def __init__(self, folder: Path, name: str) -> None:
        self._text = ArrayWriter(folder / f"index/{name}_text.npy", np.uint8)
        self._offsets = ArrayWriter(folder / f"index/{name}_offsets.npy", np.uint64)
        self._offsets.write(np.zeros(1, np.uint64))

    def write(self, texts: pl.Series) -> bytes:
        """Append a String series without nulls; gives its bytes."""
        ends = np.cumsum(texts.str.len_bytes().to_numpy(), dtype=np.uint64) + np.uint64(self._text.length)
        text = joined(texts)
        self._text.write(np.frombuffer(text, np.uint8))
        self._offsets.write(ends)
        return text

    def __enter__(self) -> TextsWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._text.__exit__(kind, error, trace)
        finally:
            self._offsets.__exit__(kind, error, trace)


def write_texts(folder: Path, name: str, texts: pl.Series) -> None:
    """Write a whole series of texts of the index."""
    with TextsWriter(folder, name) as writer:
        writer.write(texts)


def text_offsets(name: str) -> str:
    """The array that says where each text of a column of the index begins."""
    return f"index/{name}_offsets.npy"


def map_texts(folder: Path, name: str) -> Texts:
    """Map texts of the index."""
    return Texts(map_array(folder / f"index/{name}_text.npy"), map_array(folder / f"index/{name}_offsets.npy"))


def write_array(path: Path, values: Array) -> None:
    """Write a whole array to a .npy file."""
    with ArrayWriter(path, values.dtype) as writer:
        writer.write(values)


def map_array(path: Path) -> Array:
    """Map a .npy file into memory, read-only."""
    shape, dtype, offset = _array_header(path)
    if 0 in shape:  # an empty file part cannot be mapped
        return np.zeros(shape, dtype)
    # a plain view: the memmap class slows down every small slice
    return np.memmap(path, dtype, "r", offset, shape).view(np.ndarray)


def _array_header(path: Path) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Shape and type of the array in a .npy file, and where its values begin."""
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise ValueError(f"unexpected .npy version {version}")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        return shape, dtype, file.tell()


@contextmanager
def new_folder(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary folder beside `path` that becomes `path` when the block ends well.

    Whatever goes wrong inside, Ctrl-C included, the temporary folder is removed
    and `path` stays as it was.
    """
    check_target(path, overwrite=overwrite)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = _beside(path, "building")
        folder.mkdir()
    except OSError as error:
        raise CorpusError(f"cannot write to {path.parent}: {error.strerror}") from error
    try:
        yield folder
        check_target(path, overwrite=overwrite)  # another build may have ended first
        put_in_place(folder, path)
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars tells of some files in its own way
        error = error if isinstance(error, OSError) else OSError(str(error).partition("\n")[0])
        raise CorpusError(f"building {path} failed: {error.strerror or error}. Nothing was left behind.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_target(path: Path, *, overwrite: bool) -> None:
    """Refuse a path that holds something a build must not replace."""
    try:
        if not path.exists() and not path.is_symlink():
            return
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        raise CorpusError(f"cannot write to {path}: {error.strerror}") from error
    if not path.is_dir():
        raise CorpusError(f"{path} is a file; a corpus is a folder. Choose another path.")
    if not any(path.iterdir()):
        return
    if not (path / MANIFEST).is_file():
        raise CorpusError(f"{path} is not empty and is not a corpus. Choose another path.")
    if not overwrite:
        raise CorpusError(
            f"{path} already holds a corpus. Open it with Corpus.open, choose another path, or say overwrite=True."
        )


def put_in_place(folder: Path, path: Path) -> None:
    """Rename a finished folder to its path; what was there stays until then, and comes back if that fails."""
    if not path.exists():
        folder.rename(path)
        return
    old = _beside(path, "old")
    path.rename(old)
    try:
        folder.rename(path)
    except BaseException:
        old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(path: Path, purpose: str) -> Path:
    return path.with_name(f".{path.name}.{uuid4().hex}.{purpose}")


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest last: it lists every other file with its size and its SHA-256."""
    paths = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != MANIFEST]
    names = [file.relative_to(folder).as_posix() for file in paths]
    files = dict(zip(names, (file.stat().st_size for file in paths), strict=True))
    with ThreadPoolExecutor() as pool:
        digests = dict(zip(names, pool.map(_sha256, paths), strict=True))
    _write_json(folder / MANIFEST, {**manifest, "files": files, "sha256": digests})


def annotations_of(manifest: dict[str, Any]) -> str | None:
    """The file of the annotations; None where there are none."""
    record = manifest.get("annotation")
    return None if record is None else str(record["file"])


def write_annotations(path: Path, manifest: dict[str, Any], frame: pl.DataFrame, record: dict[str, Any]) -> None:
    """Add the annotations of the types to a corpus, or put them in the place of others.

    They are a file of a new name; it is part of the corpus once the manifest, which is renamed into place, says so.
    """
    old = annotations_of(manifest)
    table, aside = _beside(path / "annotations", "part"), _beside(path / MANIFEST, "part")
    try:
        frame.write_parquet(table, compression="zstd", compression_level=1)
        digest = _sha256(table)
        name = f"annotations-{digest[:12]}.parquet"
        files = {**manifest["files"], name: table.stat().st_size}
        digests = {**manifest.get("sha256", {}), name: digest}
        for listed in (files, digests):
            if old not in (None, name):
                listed.pop(old, None)
        _write_json(aside, {**manifest, "annotation": {**record, "file": name}, "files": files, "sha256": digests})
        table.replace(path / name)
        aside.replace(path / MANIFEST)
    except (OSError, pl.exceptions.ComputeError) as error:
        raise CorpusError(f"annotating {path} failed: {reason(error)}. The corpus is as it was.") from error
    finally:
        for file in (table, aside):
            with suppress(OSError):
                file.unlink(missing_ok=True)
    if old not in (None, name):
        with suppress(OSError):
            (path / str(old)).unlink(missing_ok=True)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of a corpus and check that the folder is what it says.

    Raises CorpusError where there is no corpus, where another format version
    wrote it, and where a file is missing or has another size.
    """
    try:
        if not path.exists():
            raise CorpusError(f"there is no corpus at {path}")
    except OSError as error:
        raise CorpusError(f"there is no corpus at {path}: {error.strerror}") from error
    if not (path / MANIFEST).is_file():
        raise CorpusError(f"{path} is not a corpus: it has no {MANIFEST}")
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        version = manifest["format_version"]
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorpusError(f"the manifest of {path} cannot be read: {reason(error)}. {_AGAIN}") from error
    if version != FORMAT_VERSION:
        wrote = manifest.get("library_version", "unknown")
        raise CorpusError(
            f"{path} has the format version {version} (written by corpus_kit {wrote}); this version reads "
            f"{FORMAT_VERSION}. Build it again from its sources."
        )
    for name, size in files.items():
        found = (path / name).stat().st_size if (path / name).is_file() else None
        if found != size:
            state = "is missing" if found is None else f"has {found:,} bytes in place of {size:,}"
            raise CorpusError(f"{path} is damaged: {name} {state}. {_AGAIN}")
    _check_shapes(path, manifest)
    return dict(manifest)


_AGAIN = "Build it again from its sources."


def _check_shapes(path: Path, manifest: dict[str, Any]) -> None:
    """Raise CorpusError unless every array has the type and the length that the manifest's counts ask for."""
    there = {name: dtype for name, dtype in _DTYPES.items() if name in manifest["files"]}
    if not there:
        return
    name = MANIFEST
    try:
        counts = manifest["counts"]
        documents, tokens, types = (int(counts[what]) for what in ("documents", "tokens", "types"))
        lengths: dict[str, int | None] = {
            DOCUMENT_ENDS: documents,
            INDEX_OFFSETS: types + 1,
            INDEX_KINDS: types,
            INDEX_ORDER: types,
            INDEX_RANKS: types,
            **{f"index/{name}_text.npy": None for name in INDEX_TEXTS},
            **{f"index/{name}_offsets.npy": types + 1 for name in INDEX_TEXTS},
            "index/id_offsets.npy": documents + 1,
        }
        for name, dtype in there.items():
            shape, found, _ = _array_header(path / name)
            length = lengths.get(name, tokens)
            if len(shape) != 1 or found != dtype or length not in (None, shape[0]):
                raise ValueError(f"it holds {found} of the shape {shape}")
    except (OSError, ValueError, KeyError, TypeError, SyntaxError) as error:
        raise CorpusError(f"{path} is damaged: {name}: {reason(error)}. {_AGAIN}") from error


def verify_files(path: Path, manifest: dict[str, Any]) -> None:
    """Read every file and compare its SHA-256 with the manifest. Raises CorpusError, naming the first that differs."""
    read_manifest(path)
    for name, digest in manifest["sha256"].items():
        try:
            found = _sha256(path / name)
        except OSError as error:
            raise CorpusError(f"{path} is damaged: {name}: {reason(error)}. {_AGAIN}") from error
        if found != digest:
            raise CorpusError(f"{path} is damaged: {name} has not the content that was written. {_AGAIN}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(path: Path) -> tuple[int, int, int] | None:
    """What tells one build of a corpus from another in the same place; None where there is none."""
    try:
        status = (path / MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


# What reading a damaged file ends in: numpy, Polars and the core each have their own way.
_DAMAGE = (OSError, ValueError, IndexError, OverflowError, SyntaxError, pl.exceptions.PolarsError)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong while the files of a corpus are read into a CorpusError."""
    try:
        yield
    except CorpusKitError:
        raise
    except (*_DAMAGE, pl.exceptions.PanicException) as error:
        raise CorpusError(f"{path} is damaged: {reason(error)}. Corpus.verify() names the file. {_AGAIN}") from error


def reason(error: BaseException) -> str:
    """One short line that says what was wrong."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{str(error).strip().partition(chr(10))[0]:.200}" or type(error).__name__
