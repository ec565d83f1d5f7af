"""The folder of a corpus on disk: its files, and the form of its arrays.

::

    manifest.json              what the corpus was built from, with which options and versions (manifest.py)
    checksums-*.npy            a checksum of every block of 64 KiB of the other files (UInt64, blocks.py)
    documents.parquet          document, id, metadata, text as read, headline, paragraphs, tokens
    vocabulary.parquet         type, surface, kind, normalised forms, count, documents, sums of its form (form_sums.py)
    annotations-*.parquet      segments, stem, lemma, root and pos of each type, if it is annotated
    layer-*.npy                a column of a layer of tokens: the code of each token, 0 for none (UInt8, 16 or 32)
    layer-*.parquet            the values of a layer: column, value; the first of a column has the code 1
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

The index repeats what the tables hold, so that a search reads only what it shows. `files.py` holds the files of an
opened corpus: a small one is read and checked whole, the arrays of a large one are mapped and checked where a call
touches them.
"""

from __future__ import annotations

import io
import mmap
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.errors import CorpusError, CorpusKitError

T = TypeVar("T")

FORMAT_VERSION = 3
MANIFEST = "manifest.json"
DOCUMENTS = "documents.parquet"
VOCABULARY = "vocabulary.parquet"
FORM_SUMS = ("form_documents", "form_count_above", "form_size_above")  # columns of the vocabulary; older ones lack them
ANNOTATIONS = ("segments", "stem", "lemma", "root", "pos")
ANNOTATIONS_PATTERN = r"annotations-[0-9a-f]{12}\.parquet"
LAYER_CODES_PATTERN = r"layer-[0-9a-f]{12}\.npy"
LAYER_VALUES_PATTERN = r"layer-[0-9a-f]{12}\.parquet"
METADATA_PATTERN = r"metadata-[0-9a-f]{12}\.parquet"  # columns that take the place of those of the documents
LAYER_FORMAT = 1  # of the files of a layer
CHECKSUMS_PATTERN = r"checksums-[0-9a-f]{12}\.npy"
REPLACED_PATTERNS = (
    ANNOTATIONS_PATTERN, LAYER_CODES_PATTERN, LAYER_VALUES_PATTERN, METADATA_PATTERN, CHECKSUMS_PATTERN
)  # fmt: skip
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

AGAIN = "Build it again from its sources."
ARRAYS: dict[str, type[np.generic]] = {
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
    **{f"index/{name}_offsets.npy": np.uint64 for name in INDEX_TEXTS},  # as `text_names` has them
}
TEXTS_AT_ONCE = 1 << 20  # which are joined to one; Polars has none of more than 4 GiB
CODES: tuple[type[np.unsignedinteger[Any]], ...] = (np.uint8, np.uint16, np.uint32)
FILES = (DOCUMENTS, VOCABULARY, *ARRAYS)  # of every corpus, beside its manifest and its checksums


def code_dtype(n_values: int) -> type[np.unsignedinteger[Any]]:
    """Return the smallest type that holds the codes of so many values, beside 0.

    >>> [code_dtype(n).__name__ for n in (0, 255, 256, 65536)]
    ['uint8', 'uint8', 'uint16', 'uint32']
    """
    return next(dtype for dtype in CODES if n_values <= np.iinfo(dtype).max)


class ArrayWriter:
    """Writes one array to a .npy file piece by piece; its length need not be known in advance."""

    def __init__(self, path: Path, dtype: npt.DTypeLike) -> None:
        self.length = 0
        self._dtype = np.dtype(dtype)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._header_size = self._write_header()

    def _write_header(self) -> int:
        self._file.write(array_header(self._dtype, self.length))
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
        text, offsets = text_names(name)
        self._text = ArrayWriter(folder / text, np.uint8)
        self._offsets = ArrayWriter(folder / offsets, np.uint64)
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
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            writer.write(texts.slice(start, TEXTS_AT_ONCE))


def text_names(name: str) -> tuple[str, str]:
    """Return the names of the arrays of a column of the index: of its bytes, and of the offsets of its texts."""
    return f"index/{name}_text.npy", f"index/{name}_offsets.npy"


def write_array(path: Path, values: Array) -> None:
    """Write a whole array to a .npy file."""
    with ArrayWriter(path, values.dtype) as writer:
        writer.write(values)


@lru_cache(256)
def array_header(dtype: type[np.generic] | np.dtype[Any], length: int) -> bytes:
    """Return what precedes the values in a .npy file with an array of one dimension.

    >>> len(array_header(np.uint32, 5)), b"(5,)" in array_header(np.uint32, 5)
    (128, True)
    """
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": (length,)}
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue()


def array_in(data: memoryview, dtype: npt.DTypeLike, length: int | None = None) -> Array:
    """Return the array in the bytes of a .npy file that ArrayWriter wrote, without copying it.

    The header is compared with the only one that the file can have, and not interpreted.

    Args:
        data: The bytes of the file.
        dtype: The type of its items.
        length: How many there must be; None for any number.

    Raises:
        ValueError: If it holds another array.
    """
    kind = np.dtype(dtype)
    start = len(array_header(kind, 0))
    held, rest = divmod(len(data) - start, kind.itemsize)
    if held < 0 or rest or length not in (None, held) or data[:start] != array_header(kind, held):
        expected = "an array" if length is None else f"an array of {length:,} items"
        raise ValueError(f"it does not hold {expected} of the type {kind}")
    return np.frombuffer(data, kind, held, start)


def map_array(path: Path, dtype: npt.DTypeLike) -> Array:
    """Map the array of a .npy file that this process has just written."""
    with path.open("rb") as file:
        return array_in(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), dtype)


Stamp = tuple[int, int, int]


def stamp(path: Path) -> Stamp | None:
    """Return what distinguishes one build of a corpus from another at the same path; None if there is none."""
    try:
        return stamp_of(os.stat(os.path.join(path, MANIFEST)))  # noqa: PTH116, PTH118  # by each call: twice as fast
    except OSError:
        return None


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp of a corpus whose manifest has this status."""
    return status.st_ino, status.st_mtime_ns, status.st_size


# ---------------------------------------------------------------- reading it


class Mapped(Protocol):
    """A corpus whose files are mapped, so that they can change while they are read."""

    path: Path

    def settle(self) -> None:
        """Compare what was read, also what was compared before, if it changed. Raises CorpusError where it differs."""
        ...


_mapped: dict[int, weakref.ref[Mapped]] = {}  # those that are open
_thread = threading.local()  # its attribute `paths`: of the corpora that it is reading


def watch(corpus: Mapped) -> None:
    """Let `reading` look after a corpus."""
    number = id(corpus)
    _mapped[number] = weakref.ref(corpus, lambda _: _mapped.pop(number, None))


# The errors that numpy, Polars and the core raise for damaged files.
_DAMAGE = (
    OSError, ValueError, IndexError, OverflowError, SyntaxError, pl.exceptions.PolarsError, pl.exceptions.PanicException
)  # fmt: skip


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise any error while files of a corpus are read as a CorpusError, also that they were changed meanwhile.

    Blocks may be nested; the outermost one looks for changes. A generator must not yield in one (`in_pieces`).
    """
    paths: set[Path] = _thread.__dict__.setdefault("paths", set())
    is_outermost = path not in paths
    paths.add(path)
    try:
        yield
    except CorpusError:
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        _settle(path)
        if isinstance(error, CorpusKitError) or not isinstance(error, _DAMAGE):
            raise
        raise CorpusError(f"{path} is damaged: {reason(error)}. Corpus.verify() names the file. {AGAIN}") from error
    finally:
        if is_outermost:
            paths.discard(path)
    if is_outermost:
        _settle(path)


def in_pieces(path: Path, pieces: Iterator[T]) -> Iterator[T]:
    """Yield what is read of a corpus in pieces, each of them read within `reading`."""
    while True:
        with reading(path):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _settle(path: Path) -> None:
    for reference in list(_mapped.values()):
        corpus = reference()
        if corpus is not None and corpus.path == path:
            corpus.settle()


def reason(error: BaseException) -> str:
    """Return in one short line what went wrong."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{str(error).strip().partition(chr(10))[0]:.200}" or type(error).__name__
