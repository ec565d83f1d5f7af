"""The texts of a piece: consecutive documents of one Parquet, JSON Lines or text file.

A piece of a Parquet file is a range of rows. A piece of a file of lines is a range of bytes and holds the lines that
begin in it. Compressed files, UTF-16 files and texts that are one document are one piece each. However a file is cut
into pieces, each document is in exactly one of them.

The encoding of a file of lines is detected in its first MiB, so that it does not depend on where the file is cut.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import lzma
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import polars as pl

from corpus_kit._base.arguments import boolean, integer, text_argument
from corpus_kit.errors import SourceError
from corpus_kit.readers.encodings import Encoding, EncodingError, decode, detect
from corpus_kit.readers.json_lines import as_text, json_objects
from corpus_kit.readers.limits import LIMITS, Budget
from corpus_kit.readers.parquet_footer import Footer, RowGroup, read_footer
from corpus_kit.readers.sources import reading
from corpus_kit.scale.locations import Location

__all__ = [
    "COMPRESSED",
    "FastJson",
    "Piece",
    "encoding_of",
    "footer_of",
    "is_compressed",
    "open_unpacked",
    "portions",
    "read_piece",
    "scan_parquet",
    "sparse_copy",
]

COMPRESSED: dict[str, Callable[[BinaryIO], Any]] = {
    ".gz": lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
"""The stream that unpacks a file, by the ending of its name."""

_ROWS = 16 * 4096  # texts of a series at most
_DETECTED = 1 << 20  # bytes in which the encoding of a file of lines is detected
_DOWNLOAD = 8 << 20
_BLOCK = 4 << 20  # bytes of a file of lines that are parsed at once; parsing takes several times as much memory


@dataclass(frozen=True)
class Piece:
    """Consecutive documents of one file.

    Attributes:
        location: The file.
        kind: "parquet", "json" or "text".
        start: The first row of a Parquet file; the first byte of another file.
        stop: The row or byte after the last one. Of a file of lines that is not compressed, the piece holds the lines
            that begin in this range; another file is one piece.
        text_bytes: An estimate of the UTF-8 bytes of the texts.
    """

    location: Location
    kind: str
    start: int
    stop: int
    text_bytes: int


def read_piece(
    piece: Piece, *, text: str = "text", lines: bool = False, max_bytes: int = 8 << 20
) -> Iterator[pl.Series]:
    """Yield the texts of a piece in order, as String series named "text"; a null is a document without text.

    Args:
        piece: The piece.
        text: The column or key of the texts, as in the plan.
        lines: Whether each line of a text file is a document, as in the plan.
        max_bytes: UTF-8 bytes of a series, unless a single text is longer. A series has at most 65,536 texts.

    Raises:
        SourceError: If the file cannot be read; the message names the file and where possible the line or byte.
    """
    limit = integer(max_bytes, "max_bytes", least=1)
    text_argument(text, "text")
    boolean(lines, "lines")
    with reading(str(piece.location)):
        for texts in _texts(piece, text, limit, lines=lines):
            yield from portions(texts.alias("text"), limit)


def _texts(piece: Piece, text: str, limit: int, *, lines: bool) -> Iterator[pl.Series]:
    if piece.kind == "parquet":
        return _parquet_texts(piece, text, limit)
    if piece.kind == "json":
        return _json_texts(piece, text, limit)
    return _line_texts(piece, limit) if lines else _whole_text(piece)


def portions(texts: pl.Series, limit: int) -> Iterator[pl.Series]:
    """Cut a series into portions of at most `limit` bytes, or one text, and at most 65,536 texts."""
    sizes = texts.str.len_bytes().fill_null(0).cast(pl.Int64)
    if len(texts) <= _ROWS and sizes.sum() <= limit:
        if len(texts):
            yield texts
        return
    ends = sizes.cum_sum()
    start = before = 0
    while start < len(texts):
        fitting = int(ends.search_sorted(before + limit, side="right"))
        stop = min(max(fitting, start + 1), start + _ROWS, len(texts))
        yield texts[start:stop]
        start, before = stop, int(ends[stop - 1])


def is_compressed(name: str) -> bool:
    """Return whether the ending of a name is that of a compressed file.

    >>> is_compressed("news.jsonl.gz"), is_compressed("news.txt")
    (True, False)
    """
    return Path(name).suffix.lower() in COMPRESSED


@contextmanager
def open_unpacked(location: Location) -> Iterator[BinaryIO]:
    """Open a file for reading, decompressed."""
    with location.open() as file:
        unpack = COMPRESSED.get(Path(location.name).suffix.lower())
        if unpack is None:
            yield file
            return
        with unpack(file) as stream:
            yield cast("BinaryIO", stream)


# Parquet


def scan_parquet(path: Path) -> pl.LazyFrame:
    """Scan one file, whatever characters its name has."""
    return pl.scan_parquet(path, glob=False, hive_partitioning=False)


@lru_cache(maxsize=8)
def footer_of(location: Location, fingerprint: str) -> Footer:  # noqa: ARG001  # part of the key: the file as it is now
    """Return the footer of a file, which all its pieces need."""
    return read_footer(location)


def _parquet_texts(piece: Piece, text: str, limit: int) -> Iterator[pl.Series]:
    location = piece.location
    footer = footer_of(location, location.fingerprint())
    if text not in footer.columns:
        raise SourceError(f"cannot read {str(location)!r}: the column {text!r} has gone since the source was planned")
    if location.is_local:
        yield from _rows(location.path, piece, text, limit)
        return
    with sparse_copy(location, footer, piece.start, piece.stop, text) as path:
        yield from _rows(path, piece, text, limit)


def _rows(path: Path, piece: Piece, text: str, limit: int) -> Iterator[pl.Series]:
    """Yield the rows of a piece, decoded a few at a time.

    For each range Polars loads the compressed column of the row group again, but decodes only the pages of the range.
    Its streaming engine would be no faster and would also hold what follows the range.
    """
    row_bytes = max(1, piece.text_bytes // (piece.stop - piece.start))
    step = max(1, min(_ROWS, 2 * limit // row_bytes))
    scan = scan_parquet(path).select(pl.col(text).cast(pl.String))
    for start in range(piece.start, piece.stop, step):
        yield scan.slice(start, min(step, piece.stop - start)).collect(engine="in-memory").to_series()


def _row_groups(footer: Footer, start: int, stop: int) -> Iterator[RowGroup]:
    """Yield the row groups that hold the rows from `start` to before `stop`."""
    first = 0
    for group in footer.row_groups:
        if first < stop and first + group.rows > start:
            yield group
        first += group.rows


@contextmanager
def sparse_copy(location: Location, footer: Footer, start: int, stop: int, text: str) -> Iterator[Path]:
    """Copy a remote Parquet file to a sparse local one: only the footer and the text column of these rows."""
    with tempfile.TemporaryDirectory(prefix="corpus-kit-") as folder:
        path = Path(folder) / "part.parquet"
        chunks = [group.columns[text] for group in _row_groups(footer, start, stop)]
        with path.open("wb") as file:
            file.write(b"PAR1")
            for begin, end in [(footer.start, location.size()), *((chunk.start, chunk.stop) for chunk in chunks)]:
                file.seek(begin)
                for at in range(begin, end, _DOWNLOAD):
                    file.write(location.read(at, min(at + _DOWNLOAD, end)))
        yield path


# Files of lines


def _blocks(stream: IO[bytes], start: int, stop: int, size: int, most: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that begin at bytes from `start` to before `stop`, in blocks, each with its first byte.

    A block ends with a whole line, and is longer than `size` by what that line needs, but not by more than `most`.
    """
    position = start
    if start:
        stream.seek(start - 1)
        position += len(_rest_of_line(stream, most)) - 1
    while position < stop:
        block = stream.read(min(size, stop - position))
        if not block:
            return
        if not block.endswith(b"\n"):
            block += _rest_of_line(stream, most)
        yield position, block
        position += len(block)


def _rest_of_line(stream: IO[bytes], most: int) -> bytes:
    rest = stream.readline(most + 1)
    if len(rest) > most:
        raise ValueError(f"a line is longer than {most:,} bytes")
    return rest


def _piece_blocks(stream: IO[bytes], piece: Piece, size: int) -> Iterator[tuple[int, bytes]]:
    size = min(size, _BLOCK)
    if not is_compressed(piece.location.name):
        yield from _blocks(stream, piece.start, piece.stop, size, LIMITS.text_bytes)
        return
    # The unpacked size is not known: `stop` counts compressed bytes.
    budget = Budget(LIMITS, piece.stop)
    for position, block in _blocks(stream, piece.start, sys.maxsize, size, LIMITS.text_bytes_in(piece.stop)):
        budget.spend(len(block))
        yield position, block


# JSON Lines


def _json_texts(piece: Piece, text: str, limit: int) -> Iterator[pl.Series]:
    fast = FastJson(text)
    line = None if piece.start else 1  # lines can only be numbered from the beginning of the file
    with open_unpacked(piece.location) as stream:
        for position, block in _piece_blocks(stream, piece, limit):
            texts = fast.texts(block)
            if texts is None:
                rows = json_objects(io.BytesIO(block), position=position, line=line)
                values = [None if row is None else as_text(row.get(text)) for row in rows]
                texts = pl.Series("text", values, dtype=pl.String)
            yield texts
            if line is not None:
                line += block.count(b"\n")


class FastJson:
    """Texts of JSON Lines by Polars' parser, for blocks in which it is certain to agree with Python's.

    Polars is five times as fast, but formats values of other types in its own way, keeps the first of two equal keys
    instead of the last, and replaces an unpaired surrogate with NUL. It is therefore used only if no escape in the
    block may be a surrogate or a letter of the key, and its result is kept only if each occurrence of the key is
    followed by a string and gave one text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        quoted = f'"{text}"'
        self._is_plain = json.dumps(text, ensure_ascii=False) == quoted and "/" not in text
        self._key = re.compile(re.escape(quoted.encode()) + rb'\s*:\s*("?)') if self._is_plain else re.compile(b"")
        self._escapes = r"\\u(?:[dD]|00[2-7])" if text.isascii() else r"\\u"

    def texts(self, block: bytes) -> pl.Series | None:
        """Return the texts of whole lines, or None if Python's parser must read them."""
        if not self._is_plain or block.startswith(codecs.BOM_UTF8):
            return None
        values = self._key.findall(block)
        if not all(values):
            return None
        try:
            # Polars searches for the escapes several times as fast as `re`.
            if pl.Series([block], dtype=pl.Binary).cast(pl.String).str.contains(self._escapes).item():
                return None
            texts = pl.read_ndjson(block, schema={self._text: pl.String}).to_series()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None  # Python's parser reports the line
        return texts if len(texts) - texts.null_count() == len(values) else None


# Text files


def _whole_text(piece: Piece) -> Iterator[pl.Series]:
    most = LIMITS.text_bytes_in(piece.stop) if is_compressed(piece.location.name) else LIMITS.text_bytes
    with open_unpacked(piece.location) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it is longer than {most:,} bytes; lines=True reads its lines as documents")
    yield pl.Series("text", [decode(data)[0]], dtype=pl.String)


@lru_cache(maxsize=256)
def encoding_of(location: Location, fingerprint: str) -> Encoding:  # noqa: ARG001  # part of the key, as above
    """Detect the encoding of a file of lines in its first MiB."""
    with open_unpacked(location) as stream:
        head = stream.read(_DETECTED + 1)
    if len(head) <= _DETECTED:
        return detect([head])
    # The head may end inside a character, in UTF-16 inside a pair of surrogates. That must not decide.
    head = head[:_DETECTED]
    for cut in (0, 2):
        try:
            encoding = detect([head[: _DETECTED - cut]])
        except EncodingError:
            continue
        if encoding.name.startswith("utf-16"):
            return encoding
    return detect([head[: head.rfind(b"\n") + 1] or _whole_characters(head)])


def _whole_characters(data: bytes) -> bytes:
    """Return UTF-8 without a character that is cut off at its end."""
    for cut in (1, 2, 3):
        if data[-cut] >= 0xC0:
            return data[:-cut]
    return data


def _line_texts(piece: Piece, limit: int) -> Iterator[pl.Series]:
    encoding = encoding_of(piece.location, piece.location.fingerprint())
    budget = Budget(LIMITS, piece.stop) if is_compressed(piece.location.name) else None
    with open_unpacked(piece.location) as stream:
        if encoding.name.startswith("utf-16"):
            for lines in _utf16_lines(stream, encoding, limit):
                if budget:
                    budget.spend(int(lines.str.len_bytes().sum()))
                yield lines
            return
        for position, block in _piece_blocks(stream, piece, limit):
            mark = encoding.mark if position == 0 else 0
            yield _not_blank(_split(block, position, mark, encoding.name))


def _utf16_lines(stream: IO[bytes], encoding: Encoding, limit: int) -> Iterator[pl.Series]:
    stream.seek(encoding.mark)
    text = io.TextIOWrapper(cast("Any", stream), encoding.name, newline=None)
    try:
        while group := text.readlines(limit // 2):
            yield _not_blank(pl.Series(group, dtype=pl.String).str.strip_suffix("\n"))
    finally:
        text.detach()  # the caller closes the stream


def _split(block: bytes, position: int, mark: int, encoding: str) -> pl.Series:
    r"""Return the lines of a block, which end at \n, \r\n or \r."""
    data = block[mark:].replace(b"\r", b"\n")
    if encoding == "utf-8":
        try:
            text = pl.Series([data], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            text = pl.Series([_decoded(data, position + mark, encoding)])
    else:
        text = pl.Series([_decoded(data, position + mark, encoding)])
    return text.str.split("\n").explode()


def _decoded(data: bytes, position: int, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"not {encoding.upper()} at byte {position + error.start:,} ({error.reason}), unlike its first MiB"
        ) from error


def _not_blank(lines: pl.Series) -> pl.Series:
    return lines.filter(lines.str.contains(r"\S"))
