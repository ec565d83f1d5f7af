"""What a count of many files reads: which files, cut into which pieces, and the texts of a piece.

Read are Parquet, JSON Lines and text files, the last two also compressed. A source is looked through before anything
is counted: every file is opened, and a text column that is missing is told at once. The files are then cut into
pieces, and pieces that follow one another are gathered into partitions of about the same size. However a source is
cut, its pieces together hold every document once, in order: a document never lies in two of them.

Where files are cut:

- Parquet at row groups; a row group that is larger than a partition, into ranges of rows.
- Files of lines (JSON Lines, and text with `lines=True`) at any byte: a piece holds the lines that begin in it.
- Compressed files, UTF-16 and texts that are one document: nowhere.

The encoding of a file of lines is that of its first MiB, so that it does not depend on the cuts.
"""

from __future__ import annotations

import bz2
import codecs
import glob
import gzip
import io
import json
import lzma
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import polars as pl

from corpus_kit._arguments import whole_number
from corpus_kit.errors import CorpusKitError, InputError, SourceError
from corpus_kit.readers.encodings import Encoding, EncodingError, decode, detect
from corpus_kit.readers.sources import Listing as LocalListing
from corpus_kit.readers.sources import ending_of, is_hidden, list_files, reading, unknown_ending
from corpus_kit.readers.tables import as_text, json_objects
from corpus_kit.readers.texts import MAX_TEXT_BYTES
from corpus_kit.scale.locations import Location, size_and_mark
from corpus_kit.scale.parquet_footer import Footer, read_footer

__all__ = ["ENDINGS", "Partition", "Piece", "SourcePlan", "SourceRecord", "plan_source", "read_piece"]

_COMPRESSED: dict[str, Callable[[BinaryIO], Any]] = {
    ".gz": lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_OF_LINES_OR_TEXT = {".jsonl": "json", ".ndjson": "json", ".json": "json", ".txt": "text"}
ENDINGS: dict[str, str] = {
    ".parquet": "parquet",
    **_OF_LINES_OR_TEXT,
    **{ending + packed: kind for ending, kind in _OF_LINES_OR_TEXT.items() for packed in _COMPRESSED},
}
"""The endings of the files that are read, with the kind of each."""

_ROWS = 16 * 4096
_OPENED_AT_ONCE = 8
_LOOKED_AT = 64 << 10  # bytes of a file of lines that are looked at before anything is read
_JUDGED = 1 << 20  # bytes from which the encoding of a file of lines is known
_COMPRESSION = 6  # how many bytes of text a compressed byte is taken to be
_SHARES = 8  # of a partition, in which row groups are cut
_ROW_BYTES = 16  # the least that a row is taken to hold: a dictionary may stand for a column of many rows
_DOWNLOAD = 8 << 20
_BLOCK = 4 << 20  # bytes of a file of lines that are parsed at once: several times as much memory is needed for it


@dataclass(frozen=True)
class Piece:
    """Documents of one file that follow one another.

    Rows `start` to before `stop` of a Parquet file; of a file of lines that is not compressed, the lines that begin
    at these bytes; of another file, all. `text_bytes` is a guess at the UTF-8 bytes of the texts.
    """

    location: Location
    kind: str
    start: int
    stop: int
    text_bytes: int


@dataclass(frozen=True)
class Partition:
    """What one task reads: pieces that follow one another."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class SourceRecord:
    """A file of a source: its name, size, fingerprint, and the number of its documents where it is known."""

    name: str
    bytes: int
    fingerprint: str
    documents: int | None


@dataclass(frozen=True)
class SourcePlan:
    """The files of a source in the order of reading, its partitions, and the files of other endings."""

    files: tuple[SourceRecord, ...]
    partitions: tuple[Partition, ...]
    text_bytes: int
    ignored: tuple[str, ...]


class _ColumnError(SourceError):
    """The column of the texts is not there or holds no text: always told, since no other file would help."""


# Planning


def plan_source(
    source: str | Path | Sequence[str | Path],
    *,
    text: str = "text",
    lines: bool = False,
    partition_bytes: int = 64 << 20,
    storage_options: Mapping[str, Any] | None = None,
    unreadable: Callable[[str, str], None] | None = None,
) -> SourcePlan:
    """Find the files of a source, open each, and cut them into partitions.

    `source` is a file, a folder (with all in it but hidden files, sorted), a glob, a URL or URL glob, or a list of
    these, whose order is kept. `text` is the column or key of the texts in Parquet and JSON Lines; `lines` makes each
    line of a text file that is not blank a document. Partitions hold about `partition_bytes` of text. A file that
    cannot be opened or is damaged at the places looked at is told to `unreadable` by name and reason and left out.

    Raises SourceError where nothing is found, where a file has no such column of text, and, without `unreadable`,
    where a file cannot be opened; InputError where two items of a list hold the same file.

    >>> import polars as pl, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pl.DataFrame({"text": ["خبر أول", "خبر ثان"]}).write_parquet(f"{folder}/news.parquet")
    ...     plan = plan_source(folder)
    ...     texts = [series.to_list() for series in read_piece(plan.partitions[0].pieces[0])]
    >>> [(file.name, file.documents) for file in plan.files], texts
    ([('news.parquet', 2)], [['خبر أول', 'خبر ثان']])
    """
    limit = whole_number(partition_bytes, "partition_bytes", least=1, what="bytes")
    listing = _list_all(source, storage_options)
    for name, reason in listing.unreadable:
        if unreadable is None:
            raise SourceError(f"cannot read {name!r}: {reason}")
        unreadable(name, reason)
    records: list[SourceRecord] = []
    pieces: list[Piece] = []
    look = _Look(text, lines, limit)
    with ThreadPoolExecutor(_OPENED_AT_ONCE) as pool:
        for file, looked in zip(listing.files, pool.map(look.at, listing.files), strict=True):
            if isinstance(looked, CorpusKitError):
                if unreadable is None or isinstance(looked, _ColumnError):
                    pool.shutdown(cancel_futures=True)
                    raise looked
                unreadable(file.name, str(looked).removeprefix(f"cannot read {str(file.location)!r}: "))
                continue
            documents, cut = looked
            records.append(SourceRecord(file.name, file.bytes, file.fingerprint, documents))
            pieces += cut
    return SourcePlan(
        tuple(records),
        tuple(Partition(number, group) for number, group in enumerate(_gathered(pieces, limit))),
        sum(piece.text_bytes for piece in pieces),
        tuple(listing.ignored),
    )


@dataclass(frozen=True)
class _File:
    """A file found: where, what messages of a plan call it, and what is known of it without opening it."""

    location: Location
    name: str
    bytes: int
    fingerprint: str

    @property
    def ending(self) -> str:
        return ending_of(self.location.name, ENDINGS)

    @property
    def kind(self) -> str:
        return ENDINGS[self.ending]

    @property
    def is_compressed(self) -> bool:
        return _packing(self.location.name) in _COMPRESSED


@dataclass
class _Listing:
    files: list[_File]
    ignored: list[str]
    unreadable: list[tuple[str, str]]


def _list_all(source: str | Path | Sequence[str | Path], options: Mapping[str, Any] | None) -> _Listing:
    items = [source] if isinstance(source, (str, Path)) else list(source) if isinstance(source, (list, tuple)) else None
    if items is None:
        raise InputError(f"source= takes a path, a URL or a list of these, not {type(source).__name__}: {source!r:.60}")
    if not items:
        raise InputError("source= is an empty list; it takes a path, a URL or a list of these")
    places = [Location.of(item, options, argument="source") for item in items]
    paths = [place.path for place in places if place.is_local]
    here = list_files([*paths], ENDINGS) if paths else LocalListing()
    listing = _Listing([], list(here.ignored), list(here.unreadable))
    local = iter(range(len(paths)))  # the number of each path among the paths
    files_of = {number: list(files) for number, files in groupby(here.files, key=lambda file: file.source)}
    seen: dict[str, int] = {}
    for item, place in enumerate(places):
        if place.is_local:
            found = [_local_file(file.path, file.name) for file in files_of.get(next(local), [])]
        else:
            found = _list_remote(place, listing)
        for file in found:
            _check_once(file, item, seen)
        listing.files += found
    if not listing.files and not listing.unreadable:
        others = f"; {len(listing.ignored):,} files have other endings" if listing.ignored else ""
        raise SourceError(f"{_shown(places)} holds no file that is read{others}. Read are {', '.join(ENDINGS)}")
    return listing


def _shown(places: list[Location]) -> str:
    shown = ", ".join(repr(str(place)) for place in places[:3])
    return shown if len(places) <= 3 else f"{shown} and {len(places) - 3:,} more"


def _local_file(path: Path, name: str) -> _File:
    location = Location.of(path)
    return _File(location, name, location.size(), location.fingerprint())


def _check_once(file: _File, item: int, seen: dict[str, int]) -> None:
    """Refuse a file that an item before holds too; within a folder, links to one file are files of their own."""
    location = file.location
    identity = str(location.path.resolve()) if location.is_local else location.url
    if seen.setdefault(identity, item) != item:
        raise InputError(f"source= holds {str(location)!r} twice: its documents would be counted twice")


def _list_remote(location: Location, listing: _Listing) -> list[_File]:
    """The files of a URL: of the object, of all below it, or of all that match it."""
    with reading(str(location)):
        system, path = location.file_system()
        base = location
        found: dict[str, Any] = {}
        try:
            info = system.info(path)
        except FileNotFoundError:
            if not glob.has_magic(path):
                raise SourceError(f"there is no file or folder {str(location)!r}") from None
            base, found = _matches(location, system, path)
        else:
            if info.get("type") != "directory":
                if not ending_of(location.name, ENDINGS):
                    raise SourceError(f"cannot read {str(location)!r}: {unknown_ending(ENDINGS)}")
                return [_File(location, str(location), *_known(info))]
            found = {_below(path, each): of for each, of in system.find(path, detail=True).items()}
        files = []
        for name in sorted(found, key=lambda name: name.split("/")):
            if not name or is_hidden(name):
                continue
            place = base / name
            if ending_of(name, ENDINGS):
                files.append(_File(place, str(place), *_known(found[name])))
            elif not name.endswith("/"):
                listing.ignored.append(str(place))
        return files


def _matches(location: Location, system: Any, path: str) -> tuple[Location, dict[str, Any]]:
    """What a URL glob matches: the folder before its first special part, and the files by their path below that."""
    parts = location.url.split("/")
    fixed = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    base = Location("/".join(parts[:fixed]), location.storage_options)
    before = "/".join(path.split("/")[: len(path.split("/")) - len(parts) + fixed])
    matched = system.glob(path, detail=True)
    if not matched:
        raise SourceError(f"no file matches {str(location)!r}")
    found: dict[str, Any] = {}
    for each, info in matched.items():
        inside = system.find(each, detail=True) if info.get("type") == "directory" else {each: info}
        found |= {_below(before, name): of for name, of in inside.items()}
    return base, found


def _below(folder: str, path: str) -> str:
    return path.removeprefix(folder).lstrip("/")


def _known(info: dict[str, Any]) -> tuple[int, str]:
    size, mark = size_and_mark(info)
    return size, f"{size}:{mark}"


def _gathered(pieces: list[Piece], limit: int) -> Iterator[tuple[Piece, ...]]:
    """Pieces that follow one another, together as long as they do not exceed the size of a partition."""
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        if group and size + piece.text_bytes > limit:
            yield tuple(group)
            group, size = [], 0
        before = group[-1] if group else None
        if before and piece.kind == "parquet" and before.location == piece.location:
            # One piece: a remote row group is downloaded once, and not for each of its ranges.
            group[-1] = Piece(piece.location, "parquet", before.start, piece.stop, before.text_bytes + piece.text_bytes)
        else:
            group.append(piece)
        size += piece.text_bytes
    if group:
        yield tuple(group)


# Looking at a file before it is read


@dataclass(frozen=True)
class _Look:
    """Opens files, checks what can be checked without reading them, and cuts them."""

    text: str
    lines: bool
    limit: int

    def at(self, file: _File) -> tuple[int | None, list[Piece]] | CorpusKitError:
        """The number of documents, if it is known, and the pieces; an error is given back, to be raised in order."""
        try:
            with reading(str(file.location)):
                if file.kind == "parquet":
                    return self._parquet(file)
                return self._text(file) if file.kind == "text" else self._json(file)
        except CorpusKitError as error:
            return error

    def _parquet(self, file: _File) -> tuple[int, list[Piece]]:
        footer = read_footer(file.location)
        if file.location.is_local:
            schema = _scan(file.location.path).collect_schema()
        else:
            with _sparse(file.location, footer, 0, 0, self.text) as path:
                schema = _scan(path).collect_schema()
        self._check_column(file, list(schema))
        dtype = schema[self.text]
        if dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
            raise _ColumnError(
                f"cannot read {str(file.location)!r}: the text column {self.text!r} has the type {dtype}; "
                "it takes String or Categorical"
            )
        return footer.rows, list(self._row_ranges(file, footer))

    def _row_ranges(self, file: _File, footer: Footer) -> Iterator[Piece]:
        first = 0
        # Row groups are cut so small that partitions become full; a remote one is downloaded anew for each partition.
        shares = _SHARES if file.location.is_local else 1
        for group in footer.row_groups:
            if not group.rows:
                continue
            size = max(group.columns[self.text].uncompressed_bytes, group.rows * _ROW_BYTES)
            for start, stop in _equal_ranges(group.rows, -(-shares * size // self.limit)):
                yield Piece(file.location, "parquet", first + start, first + stop, size * (stop - start) // group.rows)
            first += group.rows

    def _json(self, file: _File) -> tuple[int | None, list[Piece]]:
        if not file.bytes:
            return 0, []
        with _opened(file.location) as stream:
            head = stream.read(_LOOKED_AT + 1)
        if len(head) > _LOOKED_AT:
            head = head[: head.rfind(b"\n") + 1]  # the last line may be cut
        keys: dict[str, None] = {}
        for row in json_objects(io.BytesIO(head)):
            keys |= dict.fromkeys(row or ())
        if keys:
            self._check_column(file, list(keys))
        return None, self._byte_ranges(file, is_cut=not file.is_compressed)

    def _text(self, file: _File) -> tuple[int | None, list[Piece]]:
        if not file.bytes:
            return 0, []
        with _opened(file.location) as stream:
            stream.read(1)
        if not self.lines:
            return 1, self._byte_ranges(file, is_cut=False)
        is_utf16 = _encoding(file.location, file.fingerprint).name.startswith("utf-16")
        return None, self._byte_ranges(file, is_cut=not file.is_compressed and not is_utf16)

    def _byte_ranges(self, file: _File, *, is_cut: bool) -> list[Piece]:
        if not is_cut:
            size = file.bytes * (_COMPRESSION if file.is_compressed else 1)
            return [Piece(file.location, file.kind, 0, file.bytes, size)]
        ranges = _equal_ranges(file.bytes, -(-file.bytes // self.limit))
        return [Piece(file.location, file.kind, start, stop, stop - start) for start, stop in ranges]

    def _check_column(self, file: _File, columns: list[str]) -> None:
        if self.text in columns:
            return
        near = get_close_matches(self.text, columns, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        there = ", ".join(columns[:80]) or "none"
        what = "Columns" if file.kind == "parquet" else "Keys seen"
        raise _ColumnError(
            f"cannot read {str(file.location)!r}: text= names no column there is: {self.text!r}{hint} {what}: {there}"
        )


def _equal_ranges(length: int, parts: int) -> Iterator[tuple[int, int]]:
    parts = min(length, max(1, parts))
    for part in range(parts):
        yield length * part // parts, length * (part + 1) // parts


# Reading


def read_piece(
    piece: Piece, *, text: str = "text", lines: bool = False, max_bytes: int = 8 << 20
) -> Iterator[pl.Series]:
    """Yield the texts of a piece in order, as String series named "text"; a null is a document without text.

    `text` and `lines` are as they were for the plan. A series holds at most 65,536 texts and, unless one text is
    longer, `max_bytes` of UTF-8.

    Raises SourceError, naming the file and where possible the line or byte, where it cannot be read.
    """
    limit = whole_number(max_bytes, "max_bytes", least=1, what="bytes")
    with reading(str(piece.location)):
        for texts in _texts(piece, text, limit, lines=lines):
            yield from _portions(texts.alias("text"), limit)


def _texts(piece: Piece, text: str, limit: int, *, lines: bool) -> Iterator[pl.Series]:
    if piece.kind == "parquet":
        return _parquet_texts(piece, text, limit)
    if piece.kind == "json":
        return _json_texts(piece, text, limit)
    return _line_texts(piece, limit) if lines else _whole_text(piece)


def _portions(texts: pl.Series, limit: int) -> Iterator[pl.Series]:
    """A series in portions of no more than the rows and bytes that a series may hold."""
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


def _packing(name: str) -> str:
    return Path(name).suffix.lower()


@contextmanager
def _opened(location: Location) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked."""
    with location.open() as file:
        unpack = _COMPRESSED.get(_packing(location.name))
        if unpack is None:
            yield file
            return
        with unpack(file) as stream:
            yield cast("BinaryIO", stream)


# Parquet


def _scan(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path, glob=False, hive_partitioning=False)


@lru_cache(maxsize=8)
def _footer(location: Location, fingerprint: str) -> Footer:  # noqa: ARG001  # of a file as it is now
    """The footer of a file, which every piece of the file needs."""
    return read_footer(location)


def _parquet_texts(piece: Piece, text: str, limit: int) -> Iterator[pl.Series]:
    location = piece.location
    footer = _footer(location, location.fingerprint())
    if text not in footer.columns:
        raise SourceError(f"there is no column {text!r} in {str(location)!r} any more")
    if location.is_local:
        yield from _rows(location.path, piece, text, limit)
        return
    with _sparse(location, footer, piece.start, piece.stop, text) as path:
        yield from _rows(path, piece, text, limit)


def _rows(path: Path, piece: Piece, text: str, limit: int) -> Iterator[pl.Series]:
    """The rows of a piece, decoded a few at a time.

    Polars loads the compressed column of a row group for each range anew, but decodes only the pages of the range. Its
    streaming engine would be no faster, and would hold what follows the range, too.
    """
    row_bytes = max(1, piece.text_bytes // (piece.stop - piece.start))
    step = max(1, min(_ROWS, 2 * limit // row_bytes))
    scan = _scan(path).select(pl.col(text).cast(pl.String))
    for start in range(piece.start, piece.stop, step):
        yield scan.slice(start, min(step, piece.stop - start)).collect(engine="in-memory").to_series()


def _needed(footer: Footer, start: int, stop: int) -> Iterator[tuple[int, Any]]:
    """The row groups that hold the rows from `start` to before `stop`, with the number of the first row of each."""
    first = 0
    for group in footer.row_groups:
        if first < stop and first + group.rows > start:
            yield first, group
        first += group.rows


@contextmanager
def _sparse(location: Location, footer: Footer, start: int, stop: int, text: str) -> Iterator[Path]:
    """A remote Parquet file here, with holes: only its footer and the texts of these rows are downloaded."""
    with tempfile.TemporaryDirectory(prefix="corpus-kit-") as folder:
        path = Path(folder) / "part.parquet"
        ranges = [(footer.start, location.size())]
        for _, group in _needed(footer, start, stop):
            ranges.append((group.columns[text].start, group.columns[text].stop))
        with path.open("wb") as file:
            file.write(b"PAR1")
            for begin, end in ranges:
                file.seek(begin)
                for at in range(begin, end, _DOWNLOAD):
                    file.write(location.read(at, min(at + _DOWNLOAD, end)))
        yield path


# Files of lines


def _blocks(stream: IO[bytes], start: int, stop: int, size: int) -> Iterator[tuple[int, bytes]]:
    """The lines that begin at the bytes from `start` to before `stop`, in blocks of whole lines, with their first byte.

    A block is longer than `size` by what its last line needs.
    """
    position = start
    if start:
        stream.seek(start - 1)
        position += len(_rest_of_line(stream)) - 1
    while position < stop:
        block = stream.read(min(size, stop - position))
        if not block:
            return
        if not block.endswith(b"\n"):
            block += _rest_of_line(stream)
        yield position, block
        position += len(block)


def _rest_of_line(stream: IO[bytes]) -> bytes:
    rest = stream.readline(MAX_TEXT_BYTES + 1)
    if len(rest) > MAX_TEXT_BYTES:
        raise ValueError(f"a line is longer than {MAX_TEXT_BYTES >> 20} MiB")
    return rest


def _piece_blocks(stream: IO[bytes], piece: Piece, size: int) -> Iterator[tuple[int, bytes]]:
    # The end of a compressed file is not known: `stop` counts packed bytes.
    is_packed = _packing(piece.location.name) in _COMPRESSED
    return _blocks(stream, piece.start, sys.maxsize if is_packed else piece.stop, min(size, _BLOCK))


# JSON Lines


def _json_texts(piece: Piece, text: str, limit: int) -> Iterator[pl.Series]:
    fast = _FastJson(text)
    line = None if piece.start else 1  # lines can be numbered from the beginning of a file only
    with _opened(piece.location) as stream:
        for position, block in _piece_blocks(stream, piece, limit):
            texts = fast.texts(block)
            if texts is None:
                rows = json_objects(io.BytesIO(block), position=position, line=line)
                values = [None if row is None else as_text(row.get(text)) for row in rows]
                texts = pl.Series("text", values, dtype=pl.String)
            yield texts
            if line is not None:
                line += block.count(b"\n")


class _FastJson:
    """Texts of JSON Lines by Polars' parser, where it is sure to find what Python's would.

    It is five times as fast, but writes values of other types in its own way, takes the first of two equal keys
    instead of the last, and makes a NUL of an unpaired surrogate. So it is asked only where no escape may stand for a
    surrogate or for a letter of the key, and believed only where each occurrence of the key is followed by a string
    and has given one text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        quoted = f'"{text}"'
        self._is_plain = json.dumps(text, ensure_ascii=False) == quoted and "/" not in text
        self._key = re.compile(re.escape(quoted.encode()) + rb'\s*:\s*("?)') if self._is_plain else re.compile(b"")
        self._escapes = r"\\u(?:[dD]|00[2-7])" if text.isascii() else r"\\u"

    def texts(self, block: bytes) -> pl.Series | None:
        """The texts of whole lines; None where they must be read by Python's parser."""
        if not self._is_plain or block.startswith(codecs.BOM_UTF8):
            return None
        values = self._key.findall(block)
        if not all(values):
            return None
        try:
            # Polars' search for the escapes is several times as fast as Python's.
            if pl.Series([block], dtype=pl.Binary).cast(pl.String).str.contains(self._escapes).item():
                return None
            texts = pl.read_ndjson(block, schema={self._text: pl.String}).to_series()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None  # Python's parser says in which line
        return texts if len(texts) - texts.null_count() == len(values) else None


# Text files


def _whole_text(piece: Piece) -> Iterator[pl.Series]:
    with _opened(piece.location) as stream:
        data = stream.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise ValueError(f"it is longer than {MAX_TEXT_BYTES >> 20} MiB; lines=True reads its lines as documents")
    yield pl.Series("text", [decode(data)[0]], dtype=pl.String)


@lru_cache(maxsize=256)
def _encoding(location: Location, fingerprint: str) -> Encoding:  # noqa: ARG001  # of a file as it is now
    """The encoding of a file of lines: that of its first MiB."""
    with _opened(location) as stream:
        head = stream.read(_JUDGED + 1)
    if len(head) <= _JUDGED:
        return detect([head])
    # What is cut at the end must not count: a character, in UTF-16 a pair of surrogates.
    head = head[:_JUDGED]
    for cut in (0, 2):
        try:
            encoding = detect([head[: _JUDGED - cut]])
        except EncodingError:
            continue
        if encoding.name.startswith("utf-16"):
            return encoding
    return detect([head[: head.rfind(b"\n") + 1] or _whole_characters(head)])


def _whole_characters(data: bytes) -> bytes:
    """UTF-8 without the character that is cut at its end."""
    for cut in (1, 2, 3):
        if data[-cut] >= 0xC0:
            return data[:-cut]
    return data


def _line_texts(piece: Piece, limit: int) -> Iterator[pl.Series]:
    encoding = _encoding(piece.location, piece.location.fingerprint())
    with _opened(piece.location) as stream:
        if encoding.name.startswith("utf-16"):
            yield from _utf16_lines(stream, encoding, limit)
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
        text.detach()  # who opened the stream closes it


def _split(block: bytes, position: int, mark: int, encoding: str) -> pl.Series:
    r"""The lines of a block: they end at \n, \r\n or \r."""
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
            f"not {encoding.upper()} at byte {position + error.start:,} ({error.reason}), as its first MiB is"
        ) from error


def _not_blank(lines: pl.Series) -> pl.Series:
    return lines.filter(lines.str.contains(r"\S"))
