"""Parquet and IPC files, decoded in another process; see `decoder`, which is what that process runs."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import polars as pl

from corpus_kit.readers.other_process import IdleProcesses, OtherProcess

if sys.platform == "linux":
    import fcntl

__all__ = ["Decoded", "ask", "prepare"]

_PROGRAM = Path(__file__).with_name("decoder.py")
_PIPE = 1 << 20  # bytes
_STANDSTILL = "decoding it came to a standstill"  # what it writes before it ends, if its threads wait for each other
_SHOWN = 4096  # bytes of what the process wrote before it ended

Decoded = tuple[dict[str, Any], pl.DataFrame | None]


def prepare() -> None:
    """Start a process if none is idle, so that it is ready when it is asked."""
    _processes.prepare()


def ask(request: dict[str, Any]) -> Iterator[Decoded]:
    """Yield the answers to a request.

    Raises:
        MemoryError: If decoding needs more memory than the request allows.
        ValueError: If the file cannot be decoded.
    """
    with _processes.at_work() as process:
        yield from process.answers(request)


class _Process(OtherProcess):
    """A process that decodes one file after another."""

    def __init__(self) -> None:
        self._messages: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        super().__init__(_PROGRAM, pl.__file__, self._messages)
        if sys.platform == "linux":  # the usual 64 kB change hands forty times for a batch
            with suppress(OSError):
                fcntl.fcntl(self.output, fcntl.F_SETPIPE_SZ, _PIPE)

    def answers(self, request: dict[str, Any]) -> Iterator[Decoded]:
        """Yield the answers to a request; `is_ready` is whether it can take another one."""
        self.is_ready = False
        try:
            self.requests.write(json.dumps(request).encode() + b"\n")
            self.requests.flush()
        except BrokenPipeError:
            raise self._failure() from None
        while True:
            line = self.output.readline()
            if not line:
                raise self._failure()
            answer = json.loads(line)
            self.is_ready = answer.get("ready", False)
            if answer.get("memory"):
                raise MemoryError
            if "error" in answer:
                raise ValueError(answer["error"])
            if self.is_ready:
                return
            data = self.output.read(answer["bytes"])
            if len(data) != answer["bytes"]:
                raise self._failure()
            yield answer, pl.read_ipc_stream(io.BytesIO(data)) if data else None

    def _failure(self) -> Exception:
        """Return the error for a process that has ended."""
        status = self.status()
        self._messages.seek(max(0, self._messages.seek(0, os.SEEK_END) - _SHOWN))
        said = self._messages.read().decode(errors="replace")
        if re.search("memory allocation of [0-9]+ bytes failed|MemoryError|out of memory|Cannot allocate memory", said):
            return MemoryError()
        if _STANDSTILL in said:
            return ValueError(f"damaged: {_STANDSTILL}")
        return ValueError(f"damaged: decoding it ended a process with status {status}")


_processes = IdleProcesses(_Process)
