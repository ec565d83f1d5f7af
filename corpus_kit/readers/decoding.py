"""Parquet and IPC files, decoded in another process; see `decoder`, which is what that process runs."""

from __future__ import annotations

import atexit
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import polars as pl

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
    process = _take()
    _idle.append(process)


def ask(request: dict[str, Any]) -> Iterator[Decoded]:
    """Yield the answers to a request.

    Raises:
        MemoryError: If decoding needs more memory than the request allows.
        ValueError: If the file cannot be decoded.
    """
    process = _take()
    try:
        yield from process.answers(request)
    finally:
        if process.is_ready:
            _idle.append(process)
        else:  # it is at work still, has ended, or may be damaged itself
            process.end()


class _Process:
    """A process that decodes one file after another."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.is_ready = True
        self._messages: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        # Polars, wherever it is; not the folder of a script, where a file may have the name of a module of Python.
        environment = {**os.environ, "PYTHONPATH": str(Path(pl.__file__).parents[1])}
        command = [sys.executable, "-P", str(_PROGRAM)]
        try:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._messages, env=environment
            )
        except OSError as error:
            self._messages.close()
            raise ValueError(f"{sys.executable!r}, which is to decode it, cannot be started: {error}") from error
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._requests, self._output = self._popen.stdin, self._popen.stdout
        if sys.platform == "linux":  # the usual 64 kB change hands forty times for a batch
            with suppress(OSError):
                fcntl.fcntl(self._output, fcntl.F_SETPIPE_SZ, _PIPE)

    @property
    def is_alive(self) -> bool:
        """Whether the process can be asked by this one."""
        return self.owner == os.getpid() and self._popen.poll() is None

    def answers(self, request: dict[str, Any]) -> Iterator[Decoded]:
        """Yield the answers to a request; `is_ready` is whether it can take another one."""
        self.is_ready = False
        try:
            self._requests.write(json.dumps(request).encode() + b"\n")
            self._requests.flush()
        except BrokenPipeError:
            raise self._failure() from None
        while True:
            line = self._output.readline()
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
            data = self._output.read(answer["bytes"])
            if len(data) != answer["bytes"]:
                raise self._failure()
            yield answer, pl.read_ipc_stream(io.BytesIO(data)) if data else None

    def _failure(self) -> Exception:
        """Return the error for a process that has ended."""
        status = self._popen.wait()
        self._messages.seek(max(0, self._messages.seek(0, os.SEEK_END) - _SHOWN))
        said = self._messages.read().decode(errors="replace")
        if re.search("memory allocation of [0-9]+ bytes failed|MemoryError|out of memory|Cannot allocate memory", said):
            return MemoryError()
        if _STANDSTILL in said:
            return ValueError(f"damaged: {_STANDSTILL}")
        return ValueError(f"damaged: decoding it ended a process with status {status}")

    def end(self) -> None:
        """Kill the process, if it is that of this one."""
        if self.owner == os.getpid():
            self._popen.kill()
            self._popen.wait()
        for stream in (self._requests, self._output, self._messages):
            with suppress(OSError):  # what was not sent cannot be sent any more
                stream.close()


_idle: list[_Process] = []


def _take() -> _Process:
    """Return a process that is not at work."""
    while _idle:
        process = _idle.pop()
        if process.is_alive:
            return process
        process.end()
    return _Process()


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()
