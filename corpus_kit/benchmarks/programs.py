"""Programs of others, which may never end or leave programs behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["run_program"]


def run_program(
    command: Sequence[str | Path],
    seconds: float,
    *,
    folder: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program for so many seconds at most, and end what it has started and left.

    `subprocess.run` ends the program only: on Windows it then waits for a process that this has started, if that holds
    the pipe. Without groups of processes, as there, such a process goes on, and nobody waits for it.

    Returns:
        The status, and what the program has written, with replacement characters where that is no UTF-8.

    Raises:
        subprocess.TimeoutExpired: If it takes longer.
        OSError: If it cannot be started.
    """
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=sys.platform != "win32",  # with a group of its own
    ) as process:
        try:
            output, errors = process.communicate(timeout=seconds)
        finally:
            _end(process)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def _end(process: subprocess.Popen[str]) -> None:
    """Kill the group of a process, whether it has ended itself or not."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group that has ended
            os.killpg(process.pid, signal.SIGKILL)
