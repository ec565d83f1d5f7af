"""The folder of a corpus on disk: its files, and how it is written whole or not at all.

::

    manifest.json              what the corpus was built from, with which options and versions
    documents.parquet          document, id, metadata, text as read, headline, paragraphs, tokens
    vocabulary.parquet         type, surface, kind, normalised forms, count, documents
    annotations-*.parquet      segments, stem and lemma of each type, if it is annotated
    tokens/types.npy           type id of each token (UInt32)
    tokens/starts.npy          its first code point in the text of its document (UInt32)
    tokens/flags.npy           begins a sentence, begins a paragraph, glued to the token before (UInt8)
    tokens/document_ends.npy   index of the token after the last one of each document (UInt64)
    index/offsets.npy          where the positions of each type begin (UInt64, types + 1)
    index/positions.npy        the tokens of each type, in the order of the text (UInt32)
    index/kinds.npy            the kind of each type, as its place in KINDS (UInt8)
    index/surface_*.npy        the surfaces of the types, one after another (UInt8), and where each begins (UInt64)
    index/folded_*.npy         their folded forms, in the same way
    index/folded_order.npy     the types in the order of their folded forms, by bytes (UInt32)
    index/folded_ranks.npy     the rank of each type in that order; types with the same form share it (UInt32)
    index/id_*.npy             the ids of the documents, in the same way

The index repeats what the tables hold, so that a search reads only what it shows. Arrays are memory-mapped:
opening a corpus reads the manifest and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit._base.files import beside, put_in_place, write_json
from corpus_kit._core import Texts
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

_AGAIN = "Build it again from its sources."
ARRAYS = {
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


class ArrayWriter:
    """Writes one array to a .npy file piece by piece; its length need not be known in advance."""

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
        """Append values."""
        self._file.write(np.ascontiguousarray(values, dtype=self._dtype).data)
        self.length += len(values)

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            # numpy pads headers, so that their size does not depend on the length
            self._file.seek(0)
            if self._write_header() != self._header_size:
                raise CorpusError(f"the header of {self._file.name} no longer fits; this is a bug in corpus_kit")
        self._file.close()


def joined(texts: pl.Series) -> bytes:
    """Return the bytes of a String series without nulls, one text after another."""
    text: bytes = texts.str.join("").cast(pl.Binary).item()
    return text


class TextsWriter:
    """Writes texts of the index: their bytes, one text after another, and the offset of each."""

    def __init__(self, folder: Path, name: str) -> None:
        self._text = ArrayWriter(folder / f"index/{name}_text.npy", np.uint8)
        self._offsets = ArrayWriter(folder / f"index/{name}_offsets.npy", np.uint64)
        self._offsets.write(np.zeros(1, np.uint64))

    def write(self, texts: pl.Series) -> bytes:
        """Append a String series without nulls and return its bytes."""
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
    """Return the name of the array with the offsets of the texts of a column of the index."""
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
    if 0 in shape:  # an empty range cannot be mapped
        return np.zeros(shape, dtype)
    # a plain view, since the class memmap makes every small slice slow
    return np.memmap(path, dtype, "r", offset, shape).view(np.ndarray)


def _array_header(path: Path) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Return shape and dtype of the array in a .npy file, and the offset of its values."""
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise ValueError(f"unexpected .npy version {version}")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        return shape, dtype, file.tell()


@contextmanager
def new_folder(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Provide a temporary folder beside `path` that becomes `path` if the block succeeds.

    If anything goes wrong inside, including Ctrl-C, the temporary folder is removed and `path` is unchanged.
    """
    check_target(path, overwrite=overwrite)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = beside(path, "building")
        folder.mkdir()
    except OSError as error:
        raise CorpusError(f"cannot write to {path.parent}: {error.strerror}") from error
    try:
        yield folder
        check_target(path, overwrite=overwrite)  # another build may have finished first
        put_in_place(folder, path)
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars has its own error for some files
        error = error if isinstance(error, OSError) else OSError(str(error).partition("\n")[0])
        raise CorpusError(f"building {path} failed: {error.strerror or error}. Nothing was left behind.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise CorpusError if a build must not replace what is at this path."""
    try:
        if not path.exists() and not path.is_symlink():
            return
    except OSError as error:  # such as a name that is too long, or a folder without permission
        raise CorpusError(f"cannot write to {path}: {error.strerror}") from error
    if not path.is_dir():
        raise CorpusError(f"{path} is a file; a corpus is a folder. Choose another path.")
    if not any(path.iterdir()):
        return
    if not (path / MANIFEST).is_file():
        raise CorpusError(f"{path} is not empty and not a corpus. Choose another path.")
    if not overwrite:
        raise CorpusError(
            f"{path} is a corpus already. Open it with Corpus.open, choose another path, or pass overwrite=True."
        )


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, which lists all other files with their sizes and SHA-256; it is written last."""
    paths = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != MANIFEST]
    names = [file.relative_to(folder).as_posix() for file in paths]
    files = dict(zip(names, (file.stat().st_size for file in paths), strict=True))
    with ThreadPoolExecutor() as pool:
        digests = dict(zip(names, pool.map(_sha256, paths), strict=True))
    write_json(folder / MANIFEST, {**manifest, "files": files, "sha256": digests})


def annotations_of(manifest: dict[str, Any]) -> str | None:
    """Return the file of the annotations; None if there are none."""
    record = manifest.get("annotation")
    return None if record is None else str(record["file"])


def write_annotations(path: Path, manifest: dict[str, Any], frame: pl.DataFrame, record: dict[str, Any]) -> None:
    """Add annotations of the types to a corpus, or replace them.

    They are written to a file of a new name, which becomes part of the corpus when the manifest that lists it is
    renamed into place.
    """
    old = annotations_of(manifest)
    table, aside = beside(path / "annotations", "part"), beside(path / MANIFEST, "part")
    try:
        frame.write_parquet(table, compression="zstd", compression_level=1)
        digest = _sha256(table)
        name = f"annotations-{digest[:12]}.parquet"
        files = {**manifest["files"], name: table.stat().st_size}
        digests = {**manifest.get("sha256", {}), name: digest}
        for listed in (files, digests):
            if old not in (None, name):
                listed.pop(old, None)
        write_json(aside, {**manifest, "annotation": {**record, "file": name}, "files": files, "sha256": digests})
        table.replace(path / name)
        aside.replace(path / MANIFEST)
    except (OSError, pl.exceptions.ComputeError) as error:
        raise CorpusError(f"annotating {path} failed: {reason(error)}. The corpus is unchanged.") from error
    finally:
        for file in (table, aside):
            with suppress(OSError):
                file.unlink(missing_ok=True)
    if old not in (None, name):
        with suppress(OSError):
            (path / str(old)).unlink(missing_ok=True)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of a corpus and compare the folder with it.

    Raises:
        CorpusError: If there is no corpus, if it has another format version, or if a file is missing or has another
            size or form.
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
            f"{path} has format version {version} (written by corpus_kit {wrote}); this version reads "
            f"{FORMAT_VERSION}. {_AGAIN}"
        )
    for name, size in files.items():
        found = (path / name).stat().st_size if (path / name).is_file() else None
        if found != size:
            state = "is missing" if found is None else f"has {found:,} bytes instead of {size:,}"
            raise CorpusError(f"{path} is damaged: {name} {state}. {_AGAIN}")
    _check_shapes(path, manifest)
    return dict(manifest)


def _check_shapes(path: Path, manifest: dict[str, Any]) -> None:
    """Raise CorpusError unless every array has the dtype and the length that follow from the manifest's counts."""
    there = {name: dtype for name, dtype in ARRAYS.items() if name in manifest["files"]}
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
                raise ValueError(f"it has the dtype {found} and the shape {shape}")
    except (OSError, ValueError, KeyError, TypeError, SyntaxError) as error:
        raise CorpusError(f"{path} is damaged: {name}: {reason(error)}. {_AGAIN}") from error


def verify_files(path: Path, manifest: dict[str, Any]) -> None:
    """Compare the SHA-256 of every file with the manifest. Raises CorpusError, naming the first that differs."""
    read_manifest(path)
    for name, digest in manifest["sha256"].items():
        try:
            found = _sha256(path / name)
        except OSError as error:
            raise CorpusError(f"{path} is damaged: {name}: {reason(error)}. {_AGAIN}") from error
        if found != digest:
            raise CorpusError(f"{path} is damaged: {name} has changed since it was written. {_AGAIN}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what distinguishes one build of a corpus from another at the same path; None if there is none."""
    try:
        status = (path / MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


# The errors that numpy, Polars and the core raise for damaged files.
_DAMAGE = (OSError, ValueError, IndexError, OverflowError, SyntaxError, pl.exceptions.PolarsError)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn any error while files of a corpus are read into a CorpusError."""
    try:
        yield
    except CorpusKitError:
        raise
    except (*_DAMAGE, pl.exceptions.PanicException) as error:
        raise CorpusError(f"{path} is damaged: {reason(error)}. Corpus.verify() names the file. {_AGAIN}") from error


def reason(error: BaseException) -> str:
    """Return in one short line what went wrong."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{str(error).strip().partition(chr(10))[0]:.200}" or type(error).__name__
