"""Runs the cases of a part in a process of its own, so that a crash, a hang or too much memory is a result, too."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import re
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

from .part import BrokenPromiseError, Part

_STARTING = 300  # seconds until a process has imported the library and prepared the cases
_STATUS = Path("/proc/self/status")


@dataclass
class Counts:
    """Outcomes of the cases that were run, and what broke."""

    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return one line, such as "120 cases: refused 80, right 40; broken 0"."""
        listed = ", ".join(f"{name} {count:,}" for name, count in sorted(self.outcomes.items()))
        return f"{sum(self.outcomes.values()) + len(self.broken):,} cases: {listed}; broken {len(self.broken):,}"


def run(part: Part, numbers: Iterable[int], seed: int = 0, seconds: float | None = None) -> Counts:
    """Run the cases with these numbers, until the seconds are over.

    The seed and the number of a case decide all that is random in it, so a broken one can be run again alone.
    """
    counts = Counts()
    end = None if seconds is None else monotonic() + seconds
    worker: _Worker | None = None
    try:
        for number in numbers:
            if end is not None and monotonic() > end:
                break
            worker = worker or _Worker(part, seed)
            outcome, broken = worker.run(number)
            if broken is None:
                counts.outcomes[outcome] += 1
            else:
                counts.broken.append(f"{part.name} --seed {seed} --case {number}: {broken}")
            if outcome == "ended":
                worker.close()
                worker = None
    finally:
        if worker is not None:
            worker.close()
    return counts


class _Worker:
    """A process that runs one case after another."""

    def __init__(self, part: Part, seed: int) -> None:
        self.part = part
        self.folder = Path(tempfile.mkdtemp(prefix=f"campaign-{part.name}-"))
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=_work, args=(part, seed, self.folder, other), daemon=False)
        self.process.start()
        other.close()
        _, broken = self._answer(_STARTING)
        if broken is not None:
            self.close()
            raise RuntimeError(f"the campaign {part.name} cannot start: {broken}")

    def run(self, number: int) -> tuple[str, str | None]:
        """Return the outcome of a case, and what broke; the outcome is "ended" where the process is no more."""
        self.connection.send(number)
        return self._answer(self.part.seconds)

    def _answer(self, seconds: float) -> tuple[str, str | None]:
        ready = multiprocessing.connection.wait([self.connection, self.process.sentinel], seconds)
        if self.connection in ready and self.connection.poll():
            try:
                outcome, broken = self.connection.recv()
                return outcome, broken
            except EOFError:
                pass
        elif not ready:
            return "ended", f"it took more than {seconds:g} seconds"
        self.process.join()
        return "ended", f"the process ended with status {self.process.exitcode}"

    def close(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()
        self.process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _work(part: Part, seed: int, folder: Path, connection: multiprocessing.connection.Connection) -> None:
    """Run cases for as long as numbers come."""
    prepared = part.prepare(folder)
    connection.send(("prepared", None))
    while True:
        try:
            number = connection.recv()
        except EOFError:
            return
        before = _reset_peak()
        answer: tuple[str, str | None]
        try:
            answer = part.case(prepared, Random(f"{part.name} {seed} {number}")), None
        except BrokenPromiseError as error:
            answer = "broken", str(error)
        except BaseException:
            answer = "broken", f"the case itself failed: {traceback.format_exc()}"
        used = _peak() - before
        if answer[1] is None and used > part.memory:
            answer = "broken", f"it took {used / 2**30:.2f} GB of memory"
        connection.send(answer)


def _reset_peak() -> int:
    """Set the peak memory of this process back to what it has now, and return it, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return 0
    return _peak()


def _peak() -> int:
    try:
        found = re.search(r"VmHWM:\s*(\d+) kB", _STATUS.read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0
