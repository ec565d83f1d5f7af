"""Processes of Python that read files for this one, whose bytes may end them: one request after another."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Generic, TypeVar

__all__ = ["IdleProcesses", "OtherProcess"]

_TO_END = 30  # seconds that a process may take from closing its output to its end


class OtherProcess:
    """A process that runs a program of this folder.

    Attributes:
        is_ready: Whether it can take another request; until then it is at work, has ended, or may be damaged.

    Args:
        program: The program.
        library: A file of the package that it needs.
        messages: Where it writes what goes wrong; None for nowhere. `end` closes it.

    Raises:
        ValueError: If it cannot be started.
    """

    def __init__(self, program: Path, library: str, messages: IO[bytes] | None = None) -> None:
        self.is_ready = True
        self.messages = messages
        self._owner = os.getpid()
        # The library, wherever it is; not the folder of a script, where a file may have the name of a module of Python.
        environment = {**os.environ, "PYTHONPATH": str(Path(library).parents[1])}
        command, pipe = [sys.executable, "-P", str(program)], subprocess.PIPE
        errors = subprocess.DEVNULL if messages is None else messages
        try:
            self.popen = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, env=environment)
        except OSError as error:
            if messages is not None:
                messages.close()
            raise ValueError(f"{sys.executable!r}, which is to read it, cannot be started: {error}") from error
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.requests, self.output = self.popen.stdin, self.popen.stdout

    @property
    def is_alive(self) -> bool:
        """Whether the process can be asked by this one."""
        return self._owner == os.getpid() and self.popen.poll() is None

    def status(self) -> int:
        """Return the status of the process, which has closed its output: it ends now, or is killed."""
        with suppress(subprocess.TimeoutExpired):
            return self.popen.wait(_TO_END)
        self.popen.kill()
        return self.popen.wait()

    def end(self) -> None:
        """Kill the process, if it is that of this one."""
        if self._owner == os.getpid():
            self.popen.kill()
            self.popen.wait()
        for stream in (self.requests, self.output, self.messages):
            if stream is not None:
                with suppress(OSError):  # what was not sent cannot be sent any more
                    stream.close()


P = TypeVar("P", bound=OtherProcess)


class IdleProcesses(Generic[P]):
    """Processes that wait for work. They end with this process.

    Args:
        start: Starts one.
    """

    def __init__(self, start: Callable[[], P]) -> None:
        self._start = start
        self._idle: list[P] = []
        atexit.register(self._end_all)

    def prepare(self) -> None:
        """Start a process if none is idle, so that it is ready when it is asked."""
        with self.at_work():
            pass

    @contextmanager
    def at_work(self) -> Iterator[P]:
        """Give a process to a block; behind it, the process is idle again, or ended if it cannot take a request."""
        process = self._take()
        try:
            yield process
        finally:
            if process.is_ready:
                self._idle.append(process)
            else:
                process.end()

    def _take(self) -> P:
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                return process
            process.end()
        return self._start()

    def _end_all(self) -> None:
        while self._idle:
            self._idle.pop().end()
