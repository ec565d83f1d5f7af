"""PDF files read in another process; see `pdf_program`, which is what that process runs."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpus_kit.readers.documents import File

__all__ = ["MOST_GLYPHS", "MOST_SECONDS", "answers"]

MOST_GLYPHS = 200_000  # of a page; a page of a newspaper has 20,000
MOST_SECONDS = 60  # of processor time for a page, where the system can limit it

_PROGRAM = Path(__file__).with_name("pdf_program.py")


def answers(file: File) -> Iterator[dict[str, Any]]:
    """Yield what a PDF file says of itself, then its pages.

    Raises:
        ValueError: If it cannot be read.
    """
    process = _take()
    try:
        yield from process.answers(file)
    finally:
        if process.is_ready:
            _idle.append(process)
        else:  # it is at work still, or has ended
            process.end()


class _Process:
    """A process that reads one file after another."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.is_ready = True
        spec = find_spec("pdfminer")
        assert spec is not None
        assert spec.origin is not None
        # the library, wherever it is; not the folder of a script, where a file may have the name of a module of Python
        environment = {**os.environ, "PYTHONPATH": str(Path(spec.origin).parents[1])}
        command = [sys.executable, "-P", str(_PROGRAM)]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._popen = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, env=environment)
        except OSError as error:
            raise ValueError(f"{sys.executable!r}, which is to read it, cannot be started: {error}") from error

    @property
    def is_alive(self) -> bool:
        """Whether the process can be asked by this one."""
        return self.owner == os.getpid() and self._popen.poll() is None

    def answers(self, file: File) -> Iterator[dict[str, Any]]:
        """Yield the answers for a file."""
        self.is_ready = False
        assert self._popen.stdout is not None
        with suppress(BrokenPipeError):
            self._ask(file)
        while line := self._popen.stdout.readline():
            answer: dict[str, Any] = json.loads(line)
            self.is_ready = "end" in answer or "error" in answer
            if "error" in answer:
                raise ValueError(answer["error"])
            if "memory" in answer:
                most = file.limits.decoding_bytes
                raise ValueError(f"reading it takes more than {most:,} bytes of memory")
            if self.is_ready:
                return
            yield answer
        status = self._popen.wait()
        if hasattr(signal, "SIGXCPU") and status == -signal.SIGXCPU:
            raise ValueError(f"reading a page takes more than {MOST_SECONDS} seconds")
        raise ValueError(f"damaged: reading it ended a process with status {status}")

    def _ask(self, file: File) -> None:
        assert self._popen.stdin is not None
        path = None if file.path is None else str(file.path.absolute())
        limits = {"memory": file.limits.decoding_bytes, "glyphs": MOST_GLYPHS, "seconds": MOST_SECONDS}
        request = {"path": path, "bytes": file.size, **limits}
        self._popen.stdin.write(json.dumps(request).encode() + b"\n")
        if path is None:
            self._popen.stdin.write(file.read(file.size))
        self._popen.stdin.flush()

    def end(self) -> None:
        """Kill the process, if it is that of this one."""
        if self.owner == os.getpid():
            self._popen.kill()
            self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
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
