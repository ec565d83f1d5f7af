"""The files of a source, cut into pieces and gathered into partitions of about the same size.

Parquet, JSON Lines and text files are read, the last two also compressed. Every file is opened before anything is
counted, so that a damaged file or a missing text column is reported at once. Files are cut:

- Parquet at row groups; a row group that is larger than a partition, into ranges of rows.
- Files of lines (JSON Lines, and text with `lines=True`) at any byte: a piece holds the lines that begin in it.
- Compressed files, UTF-16 and texts that are one document: nowhere.
"""

from __future__ import annotations

import glob
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import boolean, integer, text_argument
from corpus_kit.errors import CorpusKitError, InputError, SourceError, invalid, nearest
from corpus_kit.readers.json_lines import json_objects
from corpus_kit.readers.parquet_footer import Footer, read_footer
from corpus_kit.readers.sources import Listing as LocalListing
from corpus_kit.readers.sources import ending_of, is_hidden, list_files, reading, unknown_ending
from corpus_kit.scale.locations import Location, fingerprint_of, size_and_mark
from corpus_kit.scale.pieces import (
    COMPRESSED,
    Piece,
    encoding_of,
    is_compressed,
    open_unpacked,
    scan_parquet,
    sparse_copy,
)

__all__ = ["ENDINGS", "Partition", "SourcePlan", "SourceRecord", "plan_source", "source_items"]

_LINES_OR_TEXT = {".jsonl": "json", ".ndjson": "json", ".json": "json", ".txt": "text"}
ENDINGS: dict[str, str] = {
    ".parquet": "parquet",
    **_LINES_OR_TEXT,
    **{ending + packed: kind for ending, kind in _LINES_OR_TEXT.items() for packed in COMPRESSED},
}
"""The kind of file by the ending of its name; files with other endings are ignored."""

_OPENED_AT_ONCE = 8
_INSPECTED = 64 << 10  # bytes of a file of lines in which the text column is looked for
_COMPRESSION = 6  # bytes of text that a compressed byte is assumed to hold
_SHARES = 8  # of a partition, into which row groups are cut
_ROW_BYTES = 16  # assumed at least for a row: a dictionary can make a column of many rows very small


@dataclass(frozen=True)
class Partition:
    """What one task reads: consecutive pieces."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class SourceRecord:
    """A file of a source: its name, size, fingerprint, and the number of its documents if it is known."""

    name: str
    bytes: int
    fingerprint: str
    documents: int | None


@dataclass(frozen=True)
class SourcePlan:
    """The files of a source in reading order, its partitions, the names of ignored files, and where the files are."""

    files: tuple[SourceRecord, ...]
    partitions: tuple[Partition, ...]
    text_bytes: int
    ignored: tuple[str, ...]
    places: tuple[Location, ...]


class _ColumnError(SourceError):
    """A file without the text column; always raised, since skipping the file would hide a wrong argument."""


def source_items(source: object) -> list[str | Path]:
    """Return the paths and URLs of a source.

    Raises:
        InputError: If the source is not a path, a URL or a list of these, or an empty list.
    """
    items = [source] if isinstance(source, (str, Path)) else list(source) if isinstance(source, (list, tuple)) else []
    if not items:
        raise invalid("source", "a path, a URL or a list of these", source)
    return items


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

    Args:
        source: A file, a folder (all files in it except hidden ones, sorted), a glob, a URL, a URL with a glob, or a
            list of these, in reading order.
        text: The column or key of the texts in Parquet and JSON Lines.
        lines: Whether each line of a text file that is not blank is a document.
        partition_bytes: UTF-8 bytes of text in a partition, approximately.
        storage_options: Options of fsspec for URLs.
        unreadable: Called with the name of a file that cannot be read and the reason; the file is then left out.
            None raises an error instead.

    Returns:
        The plan.

    Raises:
        SourceError: If there are no files, a file has no such text column, or, without `unreadable`, a file cannot be
            read.
        InputError: If two items of the source hold the same file.

    Examples:
        >>> import polars as pl, tempfile
        >>> from corpus_kit.scale.pieces import read_piece
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     pl.DataFrame({"text": ["خبر أول", "خبر ثان"]}).write_parquet(f"{folder}/news.parquet")
        ...     plan = plan_source(folder)
        ...     texts = [series.to_list() for series in read_piece(plan.partitions[0].pieces[0])]
        >>> [(file.name, file.documents) for file in plan.files], texts
        ([('news.parquet', 2)], [['خبر أول', 'خبر ثان']])
    """
    limit = integer(partition_bytes, "partition_bytes", least=1)
    inspection = _Inspection(text_argument(text, "text"), boolean(lines, "lines"), limit)
    listing = _list_all(source, storage_options)
    for name, reason in listing.unreadable:
        if unreadable is None:
            raise SourceError(f"cannot read {name!r}: {reason}")
        unreadable(name, reason)
    records: list[SourceRecord] = []
    places: list[Location] = []
    pieces: list[Piece] = []
    with ThreadPoolExecutor(_OPENED_AT_ONCE) as pool:
        for file, found in zip(listing.files, pool.map(inspection.of, listing.files), strict=True):
            if isinstance(found, CorpusKitError):
                if unreadable is None or isinstance(found, _ColumnError):
                    pool.shutdown(cancel_futures=True)
                    raise found
                unreadable(file.name, str(found).removeprefix(f"cannot read {str(file.location)!r}: "))
                continue
            documents, cut = found
            records.append(SourceRecord(file.name, file.bytes, file.fingerprint, documents))
            places.append(file.location)
            pieces += cut
    return SourcePlan(
        tuple(records),
        tuple(Partition(number, group) for number, group in enumerate(_gathered(pieces, limit))),
        sum(piece.text_bytes for piece in pieces),
        tuple(listing.ignored),
        tuple(places),
    )


def _gathered(pieces: list[Piece], limit: int) -> Iterator[tuple[Piece, ...]]:
    """Group consecutive pieces up to the size of a partition."""
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        if group and size + piece.text_bytes > limit:
            yield tuple(group)
            group, size = [], 0
        before = group[-1] if group else None
        if before and piece.kind == "parquet" and before.location == piece.location:
            # Ranges of one file become one piece, so that a remote row group is downloaded once and not for each.
            group[-1] = Piece(piece.location, "parquet", before.start, piece.stop, before.text_bytes + piece.text_bytes)
        else:
            group.append(piece)
        size += piece.text_bytes
    if group:
        yield tuple(group)


# Listing files


@dataclass(frozen=True)
class _File:
    """A file found, its name in messages and manifests, and what is known without opening it."""

    location: Location
    name: str
    bytes: int
    fingerprint: str

    @property
    def kind(self) -> str:
        return ENDINGS[ending_of(self.location.name, ENDINGS)]

    @property
    def is_compressed(self) -> bool:
        return is_compressed(self.location.name)


@dataclass
class _Listing:
    files: list[_File]
    ignored: list[str]
    unreadable: list[tuple[str, str]]


def _list_all(source: str | Path | Sequence[str | Path], options: Mapping[str, Any] | None) -> _Listing:
    places = [Location.of(item, options, argument="source", any_bytes=True) for item in source_items(source)]
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
        listing.files += _with_own_names(found, listing.files)
    if not listing.files and not listing.unreadable:
        others = f"; {len(listing.ignored):,} files have other endings" if listing.ignored else ""
        raise SourceError(f"{_shown(places)} has no files to read{others}. Files that are read: {', '.join(ENDINGS)}")
    return listing


def _with_own_names(found: list[_File], before: list[_File]) -> Iterator[_File]:
    """Yield files with different names; those of addresses may differ only in what names leave out (a query)."""
    taken = Counter(file.name for file in before)
    for file in found:
        taken[file.name] += 1
        number = taken[file.name]
        yield file if number == 1 else replace(file, name=f"{file.name} ({number})")


def _shown(places: list[Location]) -> str:
    shown = ", ".join(repr(str(place)) for place in places[:3])
    return shown if len(places) <= 3 else f"{shown} and {len(places) - 3:,} more"


def _local_file(path: Path, name: str) -> _File:
    location = Location.of(path, any_bytes=True)
    return _File(location, name, location.size(), location.fingerprint())


def _check_once(file: _File, item: int, seen: dict[str, int]) -> None:
    """Refuse a file that an earlier item holds; within a folder, links to one file count as files of their own."""
    location = file.location
    identity = str(location.path.resolve()) if location.is_local else location.url
    if seen.setdefault(identity, item) != item:
        raise InputError(
            f"source must be a list without overlaps, got {str(location)!r} twice. "
            "Its documents would be counted twice."
        )


def _list_remote(location: Location, listing: _Listing) -> list[_File]:
    """Return the files of a URL: the object, all below it, or all that match it."""
    with reading(str(location)):
        system, path = location.file_system()
        base = location
        found: dict[str, Any] = {}
        try:
            info = system.info(path)
        except FileNotFoundError:
            if not glob.has_magic(path):
                raise SourceError(f"no such file or folder: {str(location)!r}") from None
            base, found = _matches(location, system, path)
        else:
            if info.get("type") != "directory":
                if not ending_of(location.name, ENDINGS):
                    raise SourceError(f"cannot read {str(location)!r}: {unknown_ending(ENDINGS)}")
                return [_File(location, str(location), *_size_and_fingerprint(info))]
            found = {_below(path, each): of for each, of in system.find(path, detail=True).items()}
        files = []
        for name in sorted(found, key=lambda name: name.split("/")):
            if not name or is_hidden(name):
                continue
            place = base / name
            if ending_of(name, ENDINGS):
                files.append(_File(place, str(place), *_size_and_fingerprint(found[name])))
            elif not name.endswith("/"):
                listing.ignored.append(str(place))
        return files


def _matches(location: Location, system: Any, path: str) -> tuple[Location, dict[str, Any]]:
    """Return the folder before the first wildcard of a URL, and the files that match by their path below it."""
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


def _size_and_fingerprint(info: dict[str, Any]) -> tuple[int, str]:
    return size_and_mark(info)[0], fingerprint_of(info)


# Inspecting a file before it is read


@dataclass(frozen=True)
class _Inspection:
    """Opens files, checks what can be checked without reading them, and cuts them into pieces."""

    text: str
    lines: bool
    limit: int

    def of(self, file: _File) -> tuple[int | None, list[Piece]] | CorpusKitError:
        """Return the number of documents, if known, and the pieces; or an error, to be raised in the order of files."""
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
            schema = scan_parquet(file.location.path).collect_schema()
        else:
            with sparse_copy(file.location, footer, 0, 0, self.text) as path:
                schema = scan_parquet(path).collect_schema()
        self._check_column(file, list(schema))
        dtype = schema[self.text]
        if dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
            raise _ColumnError(
                f"cannot read {str(file.location)!r}: the text column {self.text!r} must be String or Categorical, "
                f"got {dtype}."
            )
        return footer.rows, list(self._row_ranges(file, footer))

    def _row_ranges(self, file: _File, footer: Footer) -> Iterator[Piece]:
        first = 0
        # Local row groups are cut smaller than a partition, so that partitions fill up. A remote row group is
        # downloaded once for each partition that needs it, so it is cut as little as possible.
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
        with open_unpacked(file.location) as stream:
            head = stream.read(_INSPECTED + 1)
        if len(head) > _INSPECTED:
            head = head[: head.rfind(b"\n") + 1]  # the last line may be cut off
        keys: dict[str, None] = {}
        for row in json_objects(io.BytesIO(head)):
            keys |= dict.fromkeys(row or ())
        if keys:
            self._check_column(file, list(keys))
        return None, self._byte_ranges(file, is_cut=not file.is_compressed)

    def _text(self, file: _File) -> tuple[int | None, list[Piece]]:
        if not file.bytes:
            return 0, []
        with open_unpacked(file.location) as stream:
            stream.read(1)
        if not self.lines:
            return 1, self._byte_ranges(file, is_cut=False)
        is_utf16 = encoding_of(file.location, file.fingerprint).name.startswith("utf-16")
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
        what = "columns" if file.kind == "parquet" else "keys of its first lines"
        there = ", ".join(columns[:80]) or "none"
        hint = nearest(self.text, columns)
        raise _ColumnError(
            f"cannot read {str(file.location)!r}: text must be one of the {what} ({there}), got {self.text!r}."
            + (f" {hint}" if hint else "")
        )


def _equal_ranges(length: int, parts: int) -> Iterator[tuple[int, int]]:
    parts = min(length, max(1, parts))
    for part in range(parts):
        yield length * part // parts, length * (part + 1) // parts
