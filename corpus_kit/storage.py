"""The folder of a corpus on disk: what lies in it, how it is written whole or not at all.

::

    manifest.json              what the corpus is, from what and with which options
    documents.parquet          document, id, metadata, text as read, headline, paragraphs, tokens
    vocabulary.parquet         type, surface, kind, normalised forms, count, documents
    tokens/types.npy           type id of each token (UInt32)
    tokens/starts.npy          its first code point in the text of its document (UInt32)
    tokens/flags.npy           begins a sentence, begins a paragraph, glued to the token before (UInt8)
    tokens/document_ends.npy   index of the token after the last one of each document (UInt64)
    index/offsets.npy          where the positions of each type begin (UInt64, types + 1)
    index/positions.npy        the tokens of each type, in the order of the text (UInt32)

The arrays are memory-mapped: opening reads the manifest and nothing else.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from corpus_kit.errors import CorpusError

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
DOCUMENTS = "documents.parquet"
VOCABULARY = "vocabulary.parquet"
TYPES = "tokens/types.npy"
STARTS = "tokens/starts.npy"
FLAGS = "tokens/flags.npy"
DOCUMENT_ENDS = "tokens/document_ends.npy"
INDEX_OFFSETS = "index/offsets.npy"
INDEX_POSITIONS = "index/positions.npy"

Array = npt.NDArray[Any]


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


def write_array(path: Path, values: Array) -> None:
    """Write a whole array to a .npy file."""
    with ArrayWriter(path, values.dtype) as writer:
        writer.write(values)


def map_array(path: Path) -> Array:
    """Map a .npy file into memory, read-only."""
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise ValueError(f"unexpected .npy version {version}")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        offset = file.tell()
    if 0 in shape:  # an empty file part cannot be mapped
        return np.zeros(shape, dtype)
    # a plain view: the memmap class slows down every small slice
    return np.memmap(path, dtype, "r", offset, shape).view(np.ndarray)


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
        _put_in_place(folder, path, overwrite=overwrite)
    except OSError as error:
        raise CorpusError(f"building {path} failed: {error.strerror or error}. Nothing was left behind.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_target(path: Path, *, overwrite: bool) -> None:
    """Refuse a path that holds something a build must not replace."""
    if not path.exists() and not path.is_symlink():
        return
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


def _put_in_place(folder: Path, path: Path, *, overwrite: bool) -> None:
    check_target(path, overwrite=overwrite)  # another build may have ended first
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
    """Write the manifest last: it lists every other file with its size."""
    files = {
        file.relative_to(folder).as_posix(): file.stat().st_size
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != MANIFEST
    }
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump({**manifest, "files": files}, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of a corpus and check that the folder is what it says.

    Raises CorpusError where there is no corpus, where another format version
    wrote it, and where a file is missing or has another size.
    """
    if not path.exists():
        raise CorpusError(f"there is no corpus at {path}")
    if not (path / MANIFEST).is_file():
        raise CorpusError(f"{path} is not a corpus: it has no {MANIFEST}")
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        version = manifest["format_version"]
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"the manifest of {path} cannot be read: {error!r}") from error
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
            raise CorpusError(f"{path} is damaged: {name} {state}. Build it again from its sources.")
    return dict(manifest)
