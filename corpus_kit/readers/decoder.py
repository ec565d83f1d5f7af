"""Decodes Parquet and IPC files, in a process of its own: `decoding` runs this file and reads its answers.

Polars ends the process where a damaged file makes it allocate too much, and a small file can ask for any amount. Here
that ends nothing else. This file imports nothing of the package, so that the process starts fast.

A request is a line of JSON. An answer is a line of JSON, followed by as many bytes as it says: rows as an IPC stream.

A damaged file can also leave the threads of Polars waiting for each other. A thread of our own looks for that, and ends
the process; it does so, too, if the process that asks is gone.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread, get_native_id
from typing import Any, BinaryIO

import polars as pl
import polars.selectors as cs

resource: Any = None
with suppress(ImportError):  # Windows has none
    import resource

__all__: list[str] = []

_IDLE = 30  # seconds until a process that nobody asks ends
_PAIR = 4  # times the bytes of a batch, that two rows may have
_STATUS = Path("/proc/self/status")
_TASKS = Path("/proc/self/task")
_TICKS = 7 if _TASKS.is_dir() else 30  # seconds without work after which threads wait for each other
_LITTLE = 0.02  # seconds of processor time that are no work
_STANDSTILL = "decoding it came to a standstill"
_SCANS: dict[str, Callable[..., pl.LazyFrame]] = {"parquet": pl.scan_parquet, "ipc": pl.scan_ipc}

_at_work = Event()  # reading and decoding, not waiting for the one who asks
_buffer = io.BytesIO()  # one for all answers: taking new memory from the system takes longer than filling it

# After these the process is not to be used again.
_UNSOUND = (MemoryError, RuntimeError, pl.exceptions.PanicException)

Answer = tuple[dict[str, Any], pl.DataFrame | None]


def _exactly(*names: str) -> pl.Expr:
    """Return the columns of these names; `pl.col` would take some for patterns."""
    return cs.by_name(*names).as_expr()


def _answers(request: dict[str, Any]) -> Iterator[Answer]:
    _limit_memory(request["memory"])
    scan = _SCANS[request["format"]](request["path"], glob=False, hive_partitioning=False)
    columns = request["columns"]
    if columns is None:
        schema = scan.collect_schema()
        fits = len(schema) <= request["most_columns"]
        yield {"columns": len(schema)}, pl.DataFrame(schema=schema) if fits else None
        return
    ranges = request["ranges"]
    if ranges is None:
        ranges = [(0, scan.select(pl.len()).collect().item())]
    for start, stop in ranges:
        part = scan.select(_exactly(*columns)).slice(start, stop - start)
        found = 0
        for frame in part.collect_batches(chunk_size=request["rows"], maintain_order=True):
            found += frame.height
            yield from _portions(frame, request)
        if found != stop - start:  # a panic in a thread of Polars ends the batches without an error
            raise RuntimeError(f"damaged: {found:,} of {stop - start:,} rows from row {start:,} on can be decoded")


def _bytes_of(column: pl.Series) -> pl.Series:
    column = column.alias("text")  # methods of a Series select it by its name, which may be a pattern
    return column.str.len_bytes() if column.dtype == pl.String else column.bin.size()


def _portions(frame: pl.DataFrame, request: dict[str, Any]) -> Iterator[Answer]:
    """Cut rows at a number of bytes; a row with a string that is too long becomes null."""
    strings = [name for name, dtype in frame.schema.items() if dtype in (pl.String, pl.Binary)]
    lengths = pl.DataFrame([_bytes_of(frame[name]).alias(str(place)) for place, name in enumerate(strings)])
    too_long: list[int] = []
    if strings and (lengths.max().max_horizontal().item() or 0) > request["most_bytes"]:
        long = lengths.select(pl.max_horizontal(pl.all().fill_null(0)) > request["most_bytes"]).to_series()
        too_long = long.arg_true().to_list()
        frame = pl.select(pl.when(~long).then(column).alias(column.name) for column in frame.get_columns())
        lengths = lengths.select(pl.when(~long).then(pl.all()))
    if not strings:
        yield {"too_long": []}, frame
        return
    ends = lengths.select(pl.sum_horizontal(pl.all().fill_null(0).cast(pl.Int64))).to_series().cum_sum()
    start = before = 0
    while start < frame.height:
        # two rows, if they are not far beyond: Polars copies the only string of a column in every step
        fitting = [
            int(ends.search_sorted(before + most, side="right"))
            for most in (request["bytes"], _PAIR * request["bytes"])
        ]
        stop = max(start + 1, fitting[0], min(fitting[1], start + 2))
        yield {"too_long": [row - start for row in too_long if start <= row < stop]}, frame[start:stop]
        start, before = stop, int(ends[stop - 1])


def _limit_memory(allowed: int) -> None:
    """Let this process take so many bytes more than it has, where the system knows such a limit."""
    if resource is None:
        return
    try:
        found = re.search(r"VmData:\s*(\d+) kB", _STATUS.read_text(encoding="utf-8"))
    except OSError:
        return
    if found:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = int(found[1]) * 1024 + allowed
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _send(output: BinaryIO, answer: dict[str, Any], frame: pl.DataFrame | None) -> None:
    _buffer.seek(0)
    if frame is not None:
        # the old form holds the texts of these rows; the new one would hold all that they are a part of
        frame.write_ipc_stream(_buffer, compat_level=pl.CompatLevel.oldest())
    size = _buffer.tell()
    _say(output, {**answer, "bytes": size})
    output.write(_buffer.getbuffer()[:size])
    output.flush()


def _say(output: BinaryIO, answer: dict[str, Any]) -> None:
    output.write(json.dumps(answer).encode() + b"\n")
    output.flush()


def _watched(answers: Iterator[Answer]) -> Iterator[Answer]:
    """Yield the answers; while one is made, the process is at work."""
    while True:
        _at_work.set()
        try:
            answer = next(answers)
        except StopIteration:
            return
        finally:
            _at_work.clear()
        yield answer


def _watch(parent: int) -> None:
    """End this process if nothing moves while it is at work, or if the process that asks is gone."""
    still, before = 0, time.process_time()
    while os.getppid() == parent:
        time.sleep(1)  # what is counted are these, which do not go on while the process is stopped
        now = time.process_time()
        still = still + 1 if _at_work.is_set() and now - before < _LITTLE and not _is_busy() else 0
        before = now
        if still >= _TICKS:
            print(_STANDSTILL, file=sys.stderr, flush=True)
            break
    os.kill(os.getpid(), signal.SIGTERM)


def _is_busy() -> bool:
    """Whether another thread runs, would run, or waits for a device."""
    own = str(get_native_id())
    for task in _TASKS.glob("*/stat"):
        with suppress(OSError):
            if task.parent.name != own and task.read_text(encoding="utf-8").rpartition(")")[2].split()[0] in "RD":
                return True
    return False


def _serve(requests: BinaryIO, output: BinaryIO) -> None:
    while True:
        _alarm(_IDLE)
        line = requests.readline()
        _alarm(0)
        if not line:
            return
        try:
            for answer, frame in _watched(_answers(json.loads(line))):
                _send(output, answer, frame)
        except BrokenPipeError:
            return
        except (Exception, pl.exceptions.PanicException) as error:
            message, memory = str(error) or type(error).__name__, isinstance(error, MemoryError)
            _say(output, {"error": message, "memory": memory, "ready": not isinstance(error, _UNSOUND)})
        else:
            _say(output, {"ready": True})


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks; it then closes the pipe
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    _serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    _main()
