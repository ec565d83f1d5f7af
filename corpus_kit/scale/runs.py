"""Files of sorted runs: the buckets of a run, followed by an index.

::

    8 bytes    "CKRUN" and the version in three digits
    buckets    as packed by `_core.RunRows` (ext/core/ngram_runs.h)
    index      for each bucket: offset, bytes and rows (three UInt64) and CRC-32 (UInt64), little-endian

The CRC is that of the bucket and of the three numbers before it. Its initial value is the version, so that a run of
another layout, left by an interrupted count, is detected as damaged.

An Arrow file of the same rows, compressed with LZ4, takes 17.2 bytes a row instead of 10.1, and none of our
dependencies can read a single batch of it. Here a bucket is one read at a known offset and is merged as it is.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xxhash

from corpus_kit.errors import CorpusError, SourceError
from corpus_kit.scale.locations import Location

__all__ = ["RUN", "RunRecord", "is_run", "read_bucket", "write_run"]

_VERSION = 3
_MAGIC = f"CKRUN{_VERSION:03}".encode()
_ENTRY = np.dtype([("offset", "<u8"), ("bytes", "<u8"), ("rows", "<u8"), ("crc", "<u8")])
_OF_CRC = slice(0, 24)  # the bytes of an entry that its CRC includes

RUN = {
    "name": re.compile(r"[0-9]{6,}-[0-9]{4,}\.run"),
    "bytes": int,
    "rows": int,
    "index": re.compile("[0-9a-f]{16}"),
}
"""The shape of a record (`sealed`)."""


@dataclass(frozen=True)
class RunRecord:
    """A run that was written: its file name, size in bytes, number of rows, and the XXH3 of its index."""

    name: str
    bytes: int
    rows: int
    index: str


def write_run(
    location: Location, data: npt.NDArray[np.uint8], ends: npt.NDArray[np.uint64], rows: npt.NDArray[np.uint64]
) -> RunRecord:
    """Write the buckets of a run, completely or not at all.

    Args:
        location: The file.
        data: The packed buckets.
        ends: The end of each bucket in `data`.
        rows: The number of rows of each bucket.
    """
    starts = np.concatenate((np.zeros(1, np.uint64), ends[:-1]))
    index = np.zeros(len(ends), _ENTRY)
    index["offset"] = starts + np.uint64(len(_MAGIC))
    index["bytes"] = ends - starts
    index["rows"] = rows
    view = data.data
    index["crc"] = [
        _crc(view[start:end], entry.tobytes())
        for start, end, entry in zip(starts.tolist(), ends.tolist(), index, strict=True)
    ]
    end = index.tobytes()
    location.write([_MAGIC, view, end], durable=True)
    size = len(_MAGIC) + len(data) + len(end)
    return RunRecord(location.name, size, int(rows.sum()), xxhash.xxh3_64_hexdigest(end))


def is_run(location: Location, run: RunRecord, buckets: int) -> bool:
    """Return whether a file is the run that was recorded.

    Its size and its index are compared; the index has a checksum of each bucket, which whoever reads it compares.
    """
    try:
        if location.size() != run.bytes:
            return False
        end = location.read(max(run.bytes - buckets * _ENTRY.itemsize, 0), run.bytes)
    except SourceError:
        return False
    return xxhash.xxh3_64_hexdigest(end) == run.index


def read_bucket(location: Location, run: RunRecord, bucket: int, buckets: int) -> tuple[bytes, int]:
    """Return the bytes of one bucket of a run, and the number of its rows.

    Args:
        location: The file.
        run: Its record.
        bucket: The number of the bucket.
        buckets: The number of buckets in all.

    Raises:
        CorpusError: If the file is damaged.
    """
    at = run.bytes - (buckets - bucket) * _ENTRY.itemsize
    entry = location.read(at, at + _ENTRY.itemsize)
    if len(entry) != _ENTRY.itemsize:
        raise _damaged(location)
    offset, size, rows, crc = (int(value) for value in np.frombuffer(entry, _ENTRY)[0].tolist())
    if offset + size > at:
        raise _damaged(location)
    data = location.read(offset, offset + size) if size else b""
    if len(data) != size or _crc(data, entry) != crc:
        raise _damaged(location)
    return data, rows


def _crc(data: bytes | memoryview, entry: bytes) -> int:
    return zlib.crc32(entry[_OF_CRC], zlib.crc32(data, _VERSION))


def _damaged(location: Location) -> CorpusError:
    return CorpusError(
        f"{location} is damaged: it has changed since it was written. Delete it, and the same call counts its share "
        "again; or use resume=False to count again."
    )
