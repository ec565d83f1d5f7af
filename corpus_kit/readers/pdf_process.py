"""PDF files read in another process; see `pdf_program`, which is what that process runs."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpus_kit.readers.documents import File
from corpus_kit.readers.other_process import IdleProcesses, OtherProcess

__all__ = ["MOST_GLYPHS", "MOST_SECONDS", "answers"]

MOST_GLYPHS = 200_000  # of a page; a page of a newspaper has 20,000
MOST_SECONDS = 60  # of processor time for a page, where the system can limit it

_PROGRAM = Path(__file__).with_name("pdf_program.py")


def answers(file: File) -> Iterator[dict[str, Any]]:
    """Yield what a PDF file says of itself, then its pages.

    Raises:
        ValueError: If it cannot be read.
    """
    with _processes.at_work() as process:
        yield from process.answers(file)


class _Process(OtherProcess):
    """A process that reads one file after another."""

    def __init__(self) -> None:
        spec = find_spec("pdfminer")
        assert spec is not None
        assert spec.origin is not None
        super().__init__(_PROGRAM, spec.origin)

    def answers(self, file: File) -> Iterator[dict[str, Any]]:
        """Yield the answers for a file."""
        self.is_ready = False
        with suppress(BrokenPipeError):
            self._ask(file)
        while line := self.output.readline():
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
        status = self.status()
        if hasattr(signal, "SIGXCPU") and status == -signal.SIGXCPU:
            raise ValueError(f"reading a page takes more than {MOST_SECONDS} seconds")
        raise ValueError(f"damaged: reading it ended a process with status {status}")

    def _ask(self, file: File) -> None:
        path = None if file.path is None else str(file.path.absolute())
        limits = {"memory": file.limits.decoding_bytes, "glyphs": MOST_GLYPHS, "seconds": MOST_SECONDS}
        request = {"path": path, "bytes": file.size, **limits}
        self.requests.write(json.dumps(request).encode() + b"\n")
        if path is None:
            self.requests.write(file.read(file.size))
        self.requests.flush()


_processes = IdleProcesses(_Process)
