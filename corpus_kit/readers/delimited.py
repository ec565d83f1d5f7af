"""Tables of delimited text, .csv and .tsv.

The first line names the columns. Every column is text, so that no guess about types depends on what the
first rows happen to hold. The file must be UTF-8; a byte order mark is allowed.
"""

from __future__ import annotations

import codecs

import polars as pl

from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import Table, not_utf8, scanned
from corpus_kit.readers.texts import digest

__all__ = ["csv_table", "tsv_table"]


def csv_table(file: SourceFile) -> Table:
    """Open a .csv file. Raises SourceError if it is not UTF-8 or is damaged."""
    return _table(file, ",")


def tsv_table(file: SourceFile) -> Table:
    """Open a .tsv file. Raises SourceError if it is not UTF-8 or is damaged."""
    return _table(file, "\t")


def _table(file: SourceFile, separator: str) -> Table:
    with reading(file.name):
        scan = pl.scan_csv(file.path, separator=separator, infer_schema=False, glob=False)
        check = _Utf8Check()
        sha256 = digest(file.path, also=check.feed)
        check.finish()
        schema = dict(scan.collect_schema())
        return Table(file.name, schema, sha256, lambda columns: scanned(scan, columns))


class _Utf8Check:
    """Checks that a file is UTF-8 while it streams by; errors name the byte."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._position = 0

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        held = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            raise not_utf8(self._position - held + error.start) from error
        self._position += len(piece)

    def finish(self) -> None:
        self.feed(b"", final=True)
