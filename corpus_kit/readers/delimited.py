"""Tables of delimited text, .csv and .tsv.

The first line that is not empty names the columns. Every column is text, so that no guess about types depends on what
the first rows happen to hold. The file must be UTF-8; a byte order mark is allowed. (`plan` writes others aside as
UTF-8.) A row ends at a line feed, with or without a carriage return before it, outside quotation marks.

Fields of a .csv file are separated as a first line such as sep=; says, which Excel knows, or by that of , ; tab and |
that is most frequent in the line of the names. What else separates them than commas is a notice.

The file is surveyed first: where its rows end, and how many separators there are. Polars then parses blocks of whole
rows, and must find as many rows in each: what is quoted in some other way would otherwise be read as something else.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from corpus_kit._base.metadata import exactly
from corpus_kit.readers.limits import Limits, beyond
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import NotUtf8Error, Table, TableBatch
from corpus_kit.readers.texts import digest

__all__ = ["csv_table", "tsv_table"]

_PIECE = 1 << 20  # bytes
_BLOCK = 8 << 20  # bytes parsed at once; a longer row is a block of its own
_SHORT = "row with fewer fields than columns"


def csv_table(file: SourceFile) -> Table:
    """Open a .csv file. Raises SourceError if it is not UTF-8 or is damaged."""
    return _table(file, None)


def tsv_table(file: SourceFile) -> Table:
    """Open a .tsv file. Raises SourceError if it is not UTF-8 or is damaged."""
    return _table(file, "\t")


def _table(file: SourceFile, separator: str | None) -> Table:
    with reading(file.name):
        head = _Head(file.path, separator, file.limits)
        survey = _Survey(head, file.limits)
        check = _Utf8Check()

        def feed(piece: bytes) -> None:
            check.feed(piece)
            survey.feed(piece)

        sha256 = digest(file.path, also=feed)
        check.finish()
        blocks = survey.finish()
        schema: dict[str, pl.DataType] = {name: pl.String() for name in head.columns}
        return Table(
            file.name, schema, sha256, lambda columns: _batches(file.path, head, blocks, columns), head.notices()
        )


class _Head:
    """The line that names the columns.

    Attributes:
        line: Its bytes, with a line feed.
        stop: Where the rows begin.
        columns: The names; Polars gives a second column of the same name another one.
    """

    def __init__(self, path: Path, separator: str | None, limits: Limits) -> None:
        self.line, self.stop = _first_line(path, limits)
        self._is_chosen = separator is None
        if separator is None and (named := _NAMED_SEPARATOR.fullmatch(self.line)):
            separator = named[1].decode()
            self.line, self.stop = _first_line(path, limits, self.stop)
        self.separator = separator or _separator_of(self.line)
        check = _Utf8Check(self.stop - len(self.line))
        check.feed(self.line)
        separators = _outside_quotes(self.line).count(self.separator.encode())
        if separators >= limits.columns:
            raise beyond("columns", limits, separators + 1, "Cut the others out of the file")
        if not self.line.endswith(b"\n"):
            self.line += b"\n"
        if b"\r" in b'"'.join(self.line.split(b'"')[::2]).replace(b"\r\n", b"\n"):
            raise _bare_return("the first line")
        names = pl.scan_csv(self.line, separator=self.separator, infer_schema=False).collect_schema().names()
        # Polars 2.1 leaves the quotes doubled that a quoted name has
        self.renamed = {name: name.replace('""', '"') for name in names if '""' in name}
        self.columns = [self.renamed.get(name, name) for name in names]

    def notices(self) -> list[tuple[str, str]]:
        """Return what separates fields if not commas, and the new names of columns whose name occurs before."""
        plain = pl.read_csv(self.line, separator=self.separator, infer_schema=False, has_header=False).row(0)
        named = zip(self.columns, plain, strict=True)
        twice = [name for name, given in named if plain.count(given) > 1 and name != given]
        separated = [("fields separated by", repr(self.separator))] if self._is_chosen and self.separator != "," else []
        return [*separated, *(("column name occurs twice", name) for name in twice)]


_NAMED_SEPARATOR = re.compile(rb"\"?sep=([,;|\t])\"?[,;|\t]*\r?\n")


def _separator_of(line: bytes) -> str:
    """Return what separates the names of columns."""
    outside = _outside_quotes(line)
    return max(",;\t|", key=lambda separator: outside.count(separator.encode()))  # the first of equals


def _outside_quotes(line: bytes) -> bytes:
    return b"".join(line.split(b'"')[::2])


def _first_line(path: Path, limits: Limits, begin: int = 0) -> tuple[bytes, int]:
    """Return the first line from a byte on that is not empty, and where it ends."""
    data = b""
    start = searched = quotes = 0
    with path.open("rb") as stream:
        stream.seek(begin)
        while piece := stream.read(_PIECE):
            data += piece
            if not searched:
                start = searched = _after_empty_lines(data)
            while (end := data.find(b"\n", searched) + 1) > 0:
                quotes += data.count(b'"', searched, end)
                searched = end
                if quotes % 2 == 0:
                    return data[start:end], begin + end
            quotes += data.count(b'"', searched)
            searched = len(data)
            if len(data) > limits.row_bytes:
                raise ValueError(f"the first line is longer than {limits.row_bytes:,} bytes")
    if quotes % 2:
        raise _unclosed()
    return data[start:], begin + len(data)


def _after_empty_lines(data: bytes) -> int:
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    while data.startswith((b"\n", b"\r\n"), start):
        start = data.index(b"\n", start) + 1
    return start


@dataclass(frozen=True)
class _Block:
    """Whole rows: the bytes from `start` to before `stop`."""

    start: int
    stop: int
    rows: int
    separators: int


class _Survey:
    """Finds where rows end, while the file streams by."""

    def __init__(self, head: _Head, limits: Limits) -> None:
        self._separator = head.separator.encode()
        self._limits = limits
        self._blocks: list[_Block] = []
        self._skipped = head.stop  # bytes to come that are not rows
        self._position = self._start = head.stop  # of the next byte, of the block
        self._held = b""  # a carriage return, whose line feed may follow
        self._open = 0  # whether the next byte is inside quotation marks
        self._rows = self._separators = 0  # of the block
        self._before = 0  # rows of the blocks before
        self._run = 0  # bytes since a row ended, but for those of one piece
        self._ends = True  # whether the last byte ended a row

    def feed(self, piece: bytes) -> None:
        """Add the next bytes of the file. Raises ValueError if they are malformed."""
        if self._skipped:
            skipped = min(self._skipped, len(piece))
            self._skipped -= skipped
            piece = piece[skipped:]
        piece = self._held + piece
        self._held = b"\r" if piece.endswith(b"\r") else b""
        piece = piece.removesuffix(b"\r")
        if piece:
            self._take(piece)

    def _take(self, piece: bytes) -> None:
        segments = piece.split(b'"')
        outside = b'"'.join(segments[self._open :: 2])
        rows = outside.count(b"\n")
        self._check_returns(outside)
        self._rows += rows
        self._separators += outside.count(self._separator)
        self._open = (self._open + len(segments) - 1) % 2
        self._position += len(piece)
        self._ends = not self._open and piece.endswith(b"\n")
        self._run = 0 if rows else self._run + len(piece)
        if self._run > self._limits.row_bytes:
            raise ValueError(
                f"{self._row()} is longer than {self._limits.row_bytes:,} bytes. If it is not a quotation mark that is "
                f"never closed, pass limits={{'text_bytes': {2 * self._limits.text_bytes}}}."
            )
        if rows and self._position - self._start >= (_BLOCK if self._rows > 1 else 8 * _BLOCK):
            rest = self._after_last_row(segments)
            self._end_block(rest)

    def _after_last_row(self, segments: list[bytes]) -> bytes:
        """Return what follows the last row that ends in a piece."""
        rest: list[bytes] = []
        inside = self._open  # of the last segment
        for segment in reversed(segments):
            at = -1 if inside else segment.rfind(b"\n")
            if at >= 0:
                rest.append(segment[at + 1 :])
                break
            rest.append(segment)
            inside = not inside
        return b'"'.join(reversed(rest))

    def _end_block(self, rest: bytes) -> None:
        """End the block before the last bytes, which belong to the next one."""
        after = b'"'.join(rest.split(b'"')[::2]).count(self._separator)
        stop = self._position - len(rest)
        self._blocks.append(_Block(self._start, stop, self._rows, self._separators - after))
        self._before += self._rows
        self._start, self._rows, self._separators = stop, 0, after

    def _check_returns(self, outside: bytes) -> None:
        if b"\r" in outside and outside.count(b"\r") != outside.count(b"\r\n"):
            raise _bare_return(f"{self._row()} or later")

    def _row(self) -> str:
        return f"row {self._before + self._rows:,}"

    def finish(self) -> list[_Block]:
        """Return the blocks. Raises ValueError if a quotation mark is never closed."""
        if self._open:
            raise _unclosed()
        if self._held:
            raise _bare_return("the end of the file")
        if not self._ends:
            self._rows += 1
        if self._rows:
            self._end_block(b"")
        return self._blocks


def _unclosed() -> ValueError:
    return ValueError("a quotation mark is never closed: their number is odd")


def _bare_return(where: str) -> ValueError:
    return ValueError(
        f"a carriage return without a line feed outside quotation marks, in {where}. Save the file with one kind of "
        "line ends, and texts with line breaks in quotation marks."
    )


def _batches(path: Path, head: _Head, blocks: list[_Block], columns: list[str]) -> Iterator[TableBatch]:
    separator = head.separator.encode()
    first = 0
    with path.open("rb") as stream:
        for block in blocks:
            stream.seek(block.start)
            data = stream.read(block.stop - block.start)
            if not data.endswith(b"\n"):
                data += b"\n"  # in a last row without it Polars ignores fields too many
            is_regular = block.separators == block.rows * (len(head.columns) - 1)
            unusual = {} if is_regular else _unusual(data, separator, len(head.columns), first)
            # the line of the names keeps empty lines at the beginning of a block
            scan = pl.scan_csv(head.line + data, separator=head.separator, infer_schema=False).rename(head.renamed)
            frame = scan.select(exactly(*columns)).collect()
            if frame.height != block.rows:
                raise ValueError(
                    f"{block.rows:,} rows from row {first:,} on are read as {frame.height:,}: its quotation marks are "
                    "malformed, or it has changed"
                )
            yield TableBatch(frame, notices=unusual)
            first += block.rows


def _unusual(data: bytes, separator: bytes, columns: int, first: int) -> dict[int, str]:
    """Return the rows with too few fields. Raises ValueError if one has too many."""
    found = {}
    for row, line in enumerate(b'"'.join(data.split(b'"')[::2]).split(b"\n")):
        fields = line.count(separator) + 1
        if fields > columns:
            raise ValueError(f"row {first + row:,} has {fields:,} fields, and there are {columns:,} columns")
        if fields < columns and line.strip(b"\r"):
            found[row] = _SHORT
    return found


class _Utf8Check:
    """Checks that a file is UTF-8 while it streams by; errors name the byte."""

    def __init__(self, position: int = 0) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._position = position

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        held = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            raise NotUtf8Error(self._position - held + error.start) from error
        self._position += len(piece)

    def finish(self) -> None:
        self.feed(b"", final=True)
