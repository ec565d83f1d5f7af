"""The registry of formats: which files are documents, by the ending of their names, and what reads them.

A new format is a file of its own here with a function of one of these forms, and a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from corpus_kit.readers.archives import read_tar, read_zip
from corpus_kit.readers.columnar import ipc_table, parquet_table
from corpus_kit.readers.delimited import csv_table, tsv_table
from corpus_kit.readers.json_lines import json_table
from corpus_kit.readers.sources import SourceFile
from corpus_kit.readers.tables import Table
from corpus_kit.readers.texts import Event, read_text_file

__all__ = ["FORMATS", "Format", "format_of"]


class TextReader(Protocol):
    """Yields the texts of a file, and what of it cannot be read."""

    def __call__(self, file: SourceFile, *, lines: bool) -> Iterator[Event]: ...


@dataclass(frozen=True)
class Format:
    """How files of one format are read: as texts or as a table."""

    read_texts: TextReader | None = None
    open_table: Callable[[SourceFile], Table] | None = None
    is_archive: bool = False


_TAR = Format(read_texts=read_tar, is_archive=True)
_JSON_LINES = Format(open_table=json_table)
_IPC = Format(open_table=ipc_table)

FORMATS: dict[str, Format] = {
    ".txt": Format(read_texts=read_text_file),
    ".zip": Format(read_texts=read_zip, is_archive=True),
    ".tar": _TAR,
    ".tar.gz": _TAR,
    ".tgz": _TAR,
    ".tar.bz2": _TAR,
    ".tar.xz": _TAR,
    ".csv": Format(open_table=csv_table),
    ".tsv": Format(open_table=tsv_table),
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".parquet": Format(open_table=parquet_table),
    ".ipc": _IPC,
    ".arrow": _IPC,
    ".feather": _IPC,
}


def format_of(file: SourceFile) -> Format:
    """Return the format of a file that `list_files` found with these endings."""
    return FORMATS[file.ending]
