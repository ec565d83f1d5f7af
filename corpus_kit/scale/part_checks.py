"""Checks of the parts of a table: what a query reads is compared with its checksums before it is read.

A block is what a column has in a row group, or what lies between these; together the blocks are the whole file. The
manifest has the XXH3 of each, so that a query of one column reads that column and no other twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl
import xxhash
from polars.lazyframe.resolver import FilterExpr, LazyFrameResolver, ResolvedLazyFrameProps

from corpus_kit.errors import CorpusError, SourceError
from corpus_kit.machine.threads import threads
from corpus_kit.readers.parquet_footer import read_footer
from corpus_kit.readers.sources import reading
from corpus_kit.scale.locations import Location

if TYPE_CHECKING:
    from polars._typing import SchemaDict

__all__ = ["BLOCK", "SCHEMA", "Guard", "PartChecks", "PartRecord", "blocks_of", "is_part", "part_names"]

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "ngram": pl.String,
    "n": pl.UInt8,
    "count": pl.Int64,
    "documents": pl.Int64,
}
"""The columns of a table."""

BLOCK = re.compile(r"(ngram|n|count|documents|-) [0-9]{1,18} [0-9]{1,18} [0-9a-f]{16}")
"""A block in a record: its column (- outside of columns), first byte, byte after the last one, and XXH3."""

_BETWEEN = "-"
_READ = 64 << 10  # bytes that are read at once, so that they are still in the processor's cache when compared


@dataclass(frozen=True)
class PartRecord:
    """What the checks need of the record of a part.

    Attributes:
        name: Its file.
        bytes: Its size.
        rows: The number of its rows.
        mark: Its fingerprint when it was written, if its store keeps a checksum of it; else "".
        blocks: Its blocks.
    """

    name: str
    bytes: int
    rows: int
    mark: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    column: str
    start: int
    stop: int
    digest: str


def blocks_of(location: Location, data: memoryview) -> tuple[str, ...]:
    """Return the blocks of a part that was just written, given its content.

    Raises:
        SourceError: If the footer of the file cannot be read.
    """
    chunks = sorted(
        (chunk.start, chunk.stop, name)
        for group in read_footer(location).row_groups
        for name, chunk in group.columns.items()
    )
    blocks, done = [], 0
    for start, stop, name in [*chunks, (len(data), len(data), _BETWEEN)]:
        blocks += [(_BETWEEN, done, start)] if start > done else []
        blocks += [(name, start, stop)] if stop > start else []
        done = stop
    return tuple(f"{name} {start} {stop} {xxhash.xxh3_64_hexdigest(data[start:stop])}" for name, start, stop in blocks)


def part_names(location: Location) -> list[str]:
    """Return the names of the Parquet files in a folder, sorted."""
    return sorted(filter(_is_table, location.children()))


def is_part(location: Location, record: PartRecord) -> bool:
    """Return whether a file is, byte for byte, the part that was recorded."""
    try:
        if location.size() != record.bytes:
            return False
        _compare(location, record, {*SCHEMA, _BETWEEN})
    except (CorpusError, SourceError):
        return False
    return True


class PartChecks:
    """Compares the parts of a table with their records, each block once unless its file has changed since.

    Args:
        location: The folder of the table.
        parts: The records of its parts, in order.
    """

    def __init__(self, location: Location, parts: Sequence[PartRecord]) -> None:
        self._location = location
        self._parts = parts
        self._seen: dict[str, tuple[str, set[str]]] = {}  # of each file: its stamp, and the columns compared
        self._lock = Lock()

    def expect(self, columns: Collection[str] | None = None, rows: int | None = None) -> None:
        """Check what a query reads.

        Args:
            columns: The columns that it reads; None for all.
            rows: How many of the first rows it reads; None for all.

        Raises:
            CorpusError: If a part is missing, is not in the manifest, or differs from its record.
        """
        with self._lock:
            left = list(self._left(set(SCHEMA if columns is None else columns), rows))
            if not left:
                return
            with ThreadPoolExecutor(min(threads(), len(left))) as pool:
                for _ in pool.map(lambda each: self._check(*each), left):
                    pass

    def expect_files(self) -> None:
        """Check that the parts are there, each with its size, and no others.

        Raises:
            CorpusError: If they are not.
        """
        stamps = self._stamps()
        for part in self._parts:
            if int(stamps[part.name].partition(":")[0]) != part.bytes:
                raise _changed(self._location, part.name)

    def _left(self, columns: set[str], rows: int | None) -> Iterator[tuple[PartRecord, str, set[str]]]:
        """Yield each part of which something must be compared, its stamp, and the columns."""
        stamps = self._stamps()
        before = 0
        for part in self._parts:
            # Whoever reads a part reads its footer, and the footers of those that follow.
            needed = {_BETWEEN} if rows is not None and before >= rows else {_BETWEEN, *columns}
            before += part.rows
            stamp = stamps[part.name]
            if int(stamp.partition(":")[0]) != part.bytes:
                raise _changed(self._location, part.name)
            known, compared = self._seen.get(part.name, ("", set()))
            if known != stamp:
                # A store keeps checksums of its own, and tells when an object is another one.
                compared = {_BETWEEN, *SCHEMA} if stamp == part.mark else set()
            if not needed <= compared:
                yield part, stamp, needed - compared

    def _stamps(self) -> dict[str, str]:
        try:
            found = {name: stamp for name, stamp in self._location.stamps().items() if _is_table(name)}
        except SourceError as error:
            raise CorpusError(str(error)) from None
        odd = sorted({part.name for part in self._parts} ^ found.keys())
        if odd:
            state = "is not in the manifest" if odd[0] in found else "is missing"
            raise CorpusError(f"{self._location} does not match its manifest: {odd[0]} {state}")
        return found

    def _check(self, part: PartRecord, stamp: str, columns: set[str]) -> None:
        try:
            _compare(self._location / part.name, part, columns)
        except SourceError as error:
            raise CorpusError(str(error)) from None
        known, compared = self._seen.get(part.name, ("", set()))
        self._seen[part.name] = (stamp, columns | (compared if known == stamp else set()))


class Guard(LazyFrameResolver):
    """A LazyFrame without rows, to be put before the rows of a table: making it checks what the query reads.

    Polars asks for it when the query begins, and says which columns and how many rows are read.
    """

    def __init__(self, checks: PartChecks) -> None:
        self._checks = checks

    def schema(self) -> SchemaDict:
        return dict(SCHEMA)

    def resolve_lazyframe(
        self,
        *,
        projection: list[str] | None,
        limit: int | None,
        filters: list[FilterExpr],
        filter_columns: list[str],
        filter_drop_columns_idx: int | None,  # noqa: ARG002
        existing_resolved_version_key: str | None,  # noqa: ARG002
    ) -> tuple[pl.LazyFrame, ResolvedLazyFrameProps]:
        columns = None if projection is None else [*projection, *filter_columns]
        self._checks.expect(columns, None if filters else limit)
        nothing = pl.LazyFrame(schema=SCHEMA)
        # With a key, Polars asks again in every query.
        return nothing if projection is None else nothing.select(projection), ResolvedLazyFrameProps(version_key="1")


def _is_table(name: str) -> bool:
    return name.endswith(".parquet") and not name.startswith(".")


def _changed(location: Location, name: str) -> CorpusError:
    return CorpusError(f"{location} is damaged: {name} has changed since it was written")


def _compare(location: Location, record: PartRecord, columns: set[str]) -> None:
    """Raise CorpusError if blocks of these columns differ from the record."""
    buffer = memoryview(bytearray(_READ))
    at = 0
    with reading(str(location)), location.open() as file:
        for block in _parsed(location, record):
            if block.column not in columns:
                continue
            if block.start != at:
                file.seek(block.start)
            digest, at = xxhash.xxh3_64(), block.start
            while at < block.stop and (size := file.readinto(buffer[: block.stop - at])):  # type: ignore[attr-defined]
                digest.update(buffer[:size])
                at += size
            if at < block.stop or digest.hexdigest() != block.digest:
                raise _changed(location.parent, location.name)


def _parsed(location: Location, record: PartRecord) -> list[_Block]:
    """Return the blocks of a record, which must be the whole file."""
    blocks, done = [], 0
    for text in record.blocks:
        column, start, stop, digest = text.split(" ")
        blocks.append(_Block(column, int(start), int(stop), digest))
        if blocks[-1].start != done or blocks[-1].stop <= done:
            break
        done = blocks[-1].stop
    if done != record.bytes:
        raise CorpusError(f"{location.parent} does not match its manifest: the blocks of {location.name} have gaps")
    return blocks
