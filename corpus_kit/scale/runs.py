"""The files of runs: the buckets of a run, one after another, and an index behind them.

::

    8 bytes    "CKRUN" and three digits of the version
    buckets    as `_runs.RunRows` packs them (ext/include/ngram_runs.h)
    index      for each bucket: offset, bytes and rows (three UInt64) and CRC-32 (UInt64), little-endian

The CRC begins with the version, so that a run of another layout, which an interrupted count left, is told as damaged.

An Arrow file of the same rows, compressed with LZ4, takes 17.2 bytes a row against 10.1, and neither Polars nor
anything else that we depend on reads one batch of it alone. Here a bucket is one read at a known place, and is merged
as it is.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_kit.errors import CorpusError
from corpus_kit.scale.locations import Location

__all__ = ["RunRecord", "read_bucket", "write_run"]

_VERSION = 2
_MAGIC = f"CKRUN{_VERSION:03}".encode()
_ENTRY = np.dtype([("offset", "<u8"), ("bytes", "<u8"), ("rows", "<u8"), ("crc", "<u8")])


@dataclass(frozen=True)
class RunRecord:
    """A run that was written: the name of its file, how many bytes it has, and how many rows."""

    name: str
    bytes: int
    rows: int


def write_run(
    location: Location, data: npt.NDArray[np.uint8], ends: npt.NDArray[np.uint64], rows: npt.NDArray[np.uint64]
) -> RunRecord:
    """Write the buckets of a run; whole or not at all."""
    starts = np.concatenate((np.zeros(1, np.uint64), ends[:-1]))
    index = np.zeros(len(ends), _ENTRY)
    index["offset"] = starts + np.uint64(len(_MAGIC))
    index["bytes"] = ends - starts
    index["rows"] = rows
    view = data.data
    index["crc"] = [_crc(view[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    location.write([_MAGIC, view, index.tobytes()])
    return RunRecord(location.name, len(_MAGIC) + len(data) + index.nbytes, int(rows.sum()))


def read_bucket(location: Location, run: RunRecord, bucket: int, buckets: int) -> tuple[bytes, int]:
    """The bytes of one bucket of a run, and how many rows they hold.

    Raises CorpusError where the file is not what was written.
    """
    at = run.bytes - (buckets - bucket) * _ENTRY.itemsize
    entry = location.read(at, at + _ENTRY.itemsize)
    if len(entry) != _ENTRY.itemsize:
        raise _damaged(location)
    offset, size, rows, crc = (int(value) for value in np.frombuffer(entry, _ENTRY)[0].tolist())
    if offset + size > at:
        raise _damaged(location)
    data = location.read(offset, offset + size) if size else b""
    if len(data) != size or _crc(data) != crc:
        raise _damaged(location)
    return data, rows


def _crc(data: bytes | memoryview) -> int:
    return zlib.crc32(data, _VERSION)


def _damaged(location: Location) -> CorpusError:
    return CorpusError(f"{location} is damaged: it has not the content that was written. Count again with resume=False")
