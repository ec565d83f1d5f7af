"""Columnar tables, Parquet and Arrow IPC (Feather); columns keep their types.

They are decoded in another process, a few rows at a time, with a limit of memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus_kit.errors import SourceError
from corpus_kit.readers.decoding import Decoded, ask, prepare
from corpus_kit.readers.limits import Budget, beyond
from corpus_kit.readers.parquet_footer import Footer, LocalFile, read_footer
from corpus_kit.readers.sources import SourceFile, reading
from corpus_kit.readers.tables import BATCH_BYTES, BATCH_ROWS, Table, TableBatch, text_bytes
from corpus_kit.readers.texts import digest

__all__ = ["ipc_table", "parquet_table"]

_TOGETHER = 64 << 20  # bytes of row groups that are decoded at once
_WHOLE = 256 << 20  # bytes up to which a row group is decoded whole; each part needs another look at the group
_WORK = 256  # bytes that a row counts for beside its own, since making a document of it takes longer than of a line
_SHARE = 16  # a large file may take so many times its size of memory


def parquet_table(file: SourceFile) -> Table:
    """Open a Parquet file. Raises SourceError if it is damaged."""
    with reading(file.name):
        footer = read_footer(LocalFile(file.path, file.name))
        return _table(file, "parquet", footer)


def ipc_table(file: SourceFile) -> Table:
    """Open an Arrow IPC file. Raises SourceError if it is damaged, or a stream."""
    with reading(file.name):
        with file.path.open("rb") as stream:
            if stream.read(6) != b"ARROW1":
                raise SourceError(f"cannot read {file.name!r}: not an Arrow IPC file (IPC streams are not supported)")
        return _table(file, "ipc", None)


def _table(file: SourceFile, form: str, footer: Footer | None) -> Table:
    prepare()  # starting takes as long as reading 100 MB
    sha256 = digest(file.path)
    request = {
        "path": str(file.path),
        "format": form,
        "memory": max(file.limits.decoding_bytes, _SHARE * file.bytes),
        "most_columns": file.limits.columns,
        "most_bytes": file.limits.text_bytes,
        "rows": BATCH_ROWS,
        "bytes": BATCH_BYTES,
    }

    def batches(columns: list[str]) -> Iterator[TableBatch]:
        ranges = None if footer is None else list(_ranges(footer, columns, file))
        budget = Budget(file.limits, file.bytes)
        for answer, frame in _asked({**request, "columns": columns, "ranges": ranges}):
            assert frame is not None
            budget.spend_rows(frame.height, frame.width, int(text_bytes(frame).sum()) + _WORK * frame.height)
            yield TableBatch(frame, dict.fromkeys(answer["too_long"], "text too long"))

    [(answer, empty)] = _asked({**request, "columns": None})
    if empty is None:
        raise beyond("columns", file.limits, answer["columns"], "Write a file with fewer")
    return Table(file.name, dict(empty.schema), sha256, batches)


def _asked(request: dict[str, Any]) -> Iterator[Decoded]:
    try:
        yield from ask(request)
    except MemoryError:
        limit = request["memory"]
        raise ValueError(
            f"decoding_bytes must be at most {limit:,}, got more. Write it with smaller row groups or record batches, "
            f"or pass limits={{'decoding_bytes': {2 * limit}}}."
        ) from None


def _ranges(footer: Footer, columns: list[str], file: SourceFile) -> Iterator[tuple[int, int]]:
    """Yield ranges of rows that are decoded at once: some row groups, one, or a part of a large one."""
    sizes = [sum(group.columns[name].uncompressed_bytes for name in columns) for group in footer.row_groups]
    Budget(file.limits, file.bytes).spend(sum(sizes))
    start = first = held = 0
    for group, size in zip(footer.row_groups, sizes, strict=True):
        if first > start and held + size > _TOGETHER:
            yield start, first
            start, held = first, 0
        held += size
        first += group.rows
        if size > _WHOLE:
            parts = -(-size // _WHOLE)
            step = max(1, -(-group.rows // parts))
            yield from ((row, min(row + step, first)) for row in range(start, first, step))
            start, held = first, 0
    if first > start:
        yield start, first
