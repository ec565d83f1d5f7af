"""Columnar tables, Parquet and Arrow IPC (Feather); columns keep their types."""

from __future__ import annotations

import polars as pl

from corpus_kit.errors import SourceError
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import Table, scanned
from corpus_kit.readers.texts import digest

__all__ = ["ipc_table", "parquet_table"]


def parquet_table(file: SourceFile) -> Table:
    """Open a Parquet file. Raises SourceError if it is damaged."""
    with reading(file.name):
        return _table(file, pl.scan_parquet(file.path, glob=False, hive_partitioning=False))


def ipc_table(file: SourceFile) -> Table:
    """Open an Arrow IPC file. Raises SourceError if it is damaged, or a stream."""
    with reading(file.name):
        with file.path.open("rb") as stream:
            if stream.read(6) != b"ARROW1":
                raise SourceError(f"cannot read {file.name!r}: not an Arrow IPC file (IPC streams are not supported)")
        return _table(file, pl.scan_ipc(file.path, glob=False, hive_partitioning=False))


def _table(file: SourceFile, scan: pl.LazyFrame) -> Table:
    sha256 = digest(file.path)
    schema = dict(scan.collect_schema())
    return Table(file.name, schema, sha256, lambda columns: scanned(scan, columns))
