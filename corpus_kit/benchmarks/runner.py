"""Run a benchmark: compare results first, then time every way in processes of its own, in turns."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

import corpus_kit
from corpus_kit._base.arguments import integer
from corpus_kit._core import INSTRUCTIONS
from corpus_kit.benchmarks import measure as measure_module
from corpus_kit.benchmarks.peers import ENVIRONMENTS, Peers
from corpus_kit.benchmarks.prepare import SAMPLE, WHOLE, Prepared, given_texts, prepare
from corpus_kit.benchmarks.programs import run_program
from corpus_kit.benchmarks.registry import chosen_tasks
from corpus_kit.benchmarks.tasks import DifferentResultError, Task, Way, compare_counts, compare_texts
from corpus_kit.errors import CorpusKitError, choose, invalid
from corpus_kit.machine.instructions import instructions
from corpus_kit.machine.threads import MOST_THREADS, threads_or_default
from corpus_kit.versions import versions

__all__ = ["Options", "run"]

FORMAT = 1  # of the JSON; raised when a field changes its meaning

_WARM = 9  # calls of one process after the first one
_WARM_SECONDS = 4.0
_SLOW_SECONDS = 12.0  # a peer whose process took longer is not run again

Job = tuple[Task, Way]
Raw = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """What to run.

    Attributes:
        texts: A Parquet file; None generates text.
        column: Its text column.
        size: Megabytes of generated text; None is 30, or 1 for a quick run.
        only: Names or groups of tasks, separated by commas.
        repeat: Processes for each way; None is 3, or 1 for a quick run.
        limit: Seconds that one process may take; a slower peer is reported as skipped. None is 60, or 20.
        threads: As for `ck.set_threads`; all peers get the same number.
        instructions: As for `ck.set_instructions`.
        quick: A few tasks on little text, once.
        environments: Whether to create environments for camel-tools, Tashaphyne and farahidi; None: unless quick.
        with_conc: Whether to run conc, too, in an environment that is created if needed; it is large.
    """

    texts: Path | None = None
    column: str = "text"
    size: float | None = None
    only: str | None = None
    repeat: int | None = None
    limit: float | None = None
    threads: int | None = None
    instructions: str | None = None
    quick: bool = False
    environments: bool | None = None
    with_conc: bool = False

    @property
    def megabytes(self) -> float:
        """Megabytes of generated text."""
        return self.size if self.size is not None else 1.0 if self.quick else 30.0

    @property
    def processes(self) -> int:
        """Processes for each way."""
        return self.repeat if self.repeat is not None else 1 if self.quick else 3

    @property
    def seconds(self) -> float:
        """The time limit of a process."""
        return self.limit if self.limit is not None else 20.0 if self.quick else 60.0

    def check(self) -> None:
        """Raise InputError for an invalid option."""
        if self.size is not None and not 0.01 <= self.size <= 100_000:
            raise invalid("--size", "a number of megabytes from 0.01 to 100,000", self.size)
        if self.texts is not None and self.size is not None:
            raise invalid("--size", "left out with --texts", self.size, "It is the size of generated text.")
        if self.repeat is not None:
            integer(self.repeat, "--repeat", least=1)
        if self.limit is not None and not self.limit > 0:
            raise invalid("--limit", "a number of seconds above 0", self.limit)
        chosen_tasks(self.only, quick=self.quick)
        if self.threads is not None:
            integer(self.threads, "--threads", least=1, most=MOST_THREADS)


def run(options: Options, *, tell: Callable[[str], None]) -> Raw:
    """Run the benchmark.

    Args:
        options: What to run.
        tell: Called with a line of progress.

    Returns:
        The report, as it is written to JSON.

    Raises:
        DifferentResultError: If the result of a peer differs.
        InputError: If an option is invalid.
        SourceError: If the text cannot be read.
    """
    options.check()
    environment = _environment(options)
    tasks = chosen_tasks(options.only, quick=options.quick)
    make = options.environments if options.environments is not None else not options.quick
    switches = {"--environments": make, "--with-conc": options.with_conc}
    made = frozenset(name for name, environment in ENVIRONMENTS.items() if switches[environment.switch])
    peers = Peers(make=made, tell=tell)
    started = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="corpus-kit-bench-") as folder:
        tell("preparing the text")
        given = None if options.texts is None else given_texts(options.texts, options.column)
        name = f"generated news, {options.megabytes:g} MB" if options.texts is None else options.texts.name
        prepared = prepare(Path(folder), texts=given, size=options.megabytes, name=name)
        session = _Session(options, prepared, peers, environment, tell)
        ways = [(task, way) for task in tasks for way in task.ways]
        session.check(ways)
        session.time(ways)
    return {
        "format": FORMAT,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 1),
        "machine": describe_machine(environment),
        "versions": versions() | {way.package: peers.version(way) for _, way in session.timed() if way.package},
        "text": prepared.description,
        "processes_of_each_way": options.processes,
        "limit_seconds": options.seconds,
        "tasks": [session.report(task) for task in tasks],
    }


def _environment(options: Options) -> dict[str, str]:
    """Return the environment variables of every process: all peers get as many threads as we do."""
    environment = dict(os.environ)
    if options.instructions is not None:
        environment["CORPUS_KIT_INSTRUCTIONS"] = choose(options.instructions, list(INSTRUCTIONS), "--instructions")
    threads = str(threads_or_default(options.threads))
    names = ("CORPUS_KIT", "POLARS_MAX", "RAYON_NUM", "OMP_NUM", "OPENBLAS_NUM")
    return environment | {f"{name}_THREADS": threads for name in names}


def describe_machine(environment: dict[str, str]) -> dict[str, Any]:
    """Return the processor, the number of processors, and the threads and instructions of the core."""
    return {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "threads": int(environment["CORPUS_KIT_THREADS"]),
        "instructions": environment.get("CORPUS_KIT_INSTRUCTIONS") or instructions(),
    }


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


@dataclass
class _Session:
    """One run: its options, and the state of each way."""

    options: Options
    prepared: Prepared
    peers: Peers
    environment: dict[str, str]
    tell: Callable[[str], None]
    status: dict[tuple[str, str], str] = field(default_factory=dict)  # why a way has no times
    runs: dict[tuple[str, str], list[Raw]] = field(default_factory=dict)

    # ------------------------------------------------------------------------------ comparing

    def check(self, ways: list[Job]) -> None:
        """Compare results on a sample of the text; a way that cannot run is recorded, a difference is an error."""
        for task, way in ways:
            reason = self.peers.missing(way)
            if reason:
                self.status[task.name, way.name] = reason
        for task, compared in _by_task(self._able(ways)):
            self.tell(f"comparing results: {task.name}")
            with tempfile.TemporaryDirectory(dir=self.prepared.folder) as outputs:
                self._check_task(
                    task, [way for way in compared if way.role != "context" and way.compared], Path(outputs)
                )

    def _check_task(self, task: Task, ways: list[Way], outputs: Path) -> None:
        results = self._results(task, ways, outputs)
        ours = task.ways[0].name
        if ours not in results:
            reason = self.status.get((task.name, ours), "has no result")
            raise CorpusKitError(f"{task.name}: corpus-kit {reason}")
        for name, found in results.items():
            self._compare(task, ours, results[ours], name, found)

    def _compare(self, task: Task, ours: str, expected: pl.DataFrame, name: str, found: pl.DataFrame) -> None:
        if "ngram" in expected.columns:
            compare_counts(task.name, ours, expected, name, found)
        else:
            compare_texts(task.name, ours, expected["text"].to_list(), name, found["text"].to_list())

    def _results(self, task: Task, ways: list[Way], outputs: Path) -> dict[str, pl.DataFrame]:
        own = {str(number): way.name for number, way in enumerate(ways) if not way.environment}
        request = {"mode": "check", "task": task.name, "ways": own, "outputs": str(outputs)}
        answer = self._own(request | {"texts": str(self.prepared.file(SAMPLE, task.text))}, seconds=len(own))
        if isinstance(answer, str):
            raise CorpusKitError(f"{task.name}: the results could not be compared: {answer}")
        results = {}
        for number, name in own.items():
            if number in answer:
                self.status[task.name, name] = answer[number]
            else:
                results[name] = pl.read_parquet(outputs / f"{number}.parquet")
        for way in ways:
            if way.environment:
                self._foreign_result(task, way, outputs / "foreign.json", results)
        return results

    def _foreign_result(self, task: Task, way: Way, output: Path, results: dict[str, pl.DataFrame]) -> None:
        request = {"mode": "check", "output": str(output)}
        answer = self._foreign(task, way, request, SAMPLE)
        if answer != {}:
            self.status[task.name, way.name] = str(answer)
            return
        results[way.name] = pl.DataFrame({"text": json.loads(output.read_text(encoding="utf-8"))})

    # --------------------------------------------------------------------------------- timing

    def time(self, ways: list[Job]) -> None:
        """Time every way once, then all again, so that slow minutes of the machine affect all of them."""
        for turn in range(self.options.processes):
            jobs = self._able(ways)
            for number, (task, way) in enumerate(jobs, start=1):
                if self._is_slow(task, way):
                    continue
                self.tell(
                    f"turn {turn + 1} of {self.options.processes}, {number} of {len(jobs)}: {task.name}, {way.name}"
                )
                self._time_one(task, way)

    def _time_one(self, task: Task, way: Way) -> None:
        key = (task.name, way.name)
        request = {"mode": "time", "repeats": _WARM, "budget": _WARM_SECONDS}
        begin = time.perf_counter()
        if way.environment:
            answer = self._foreign(task, way, request, WHOLE)
        else:
            texts = str(self.prepared.file(WHOLE, task.text))
            answer = self._own(request | {"task": task.name, "way": way.name, "texts": texts}, seconds=1)
        if isinstance(answer, str):
            self.status[key] = answer
            return
        self.runs.setdefault(key, []).append({**answer, "process_seconds": round(time.perf_counter() - begin, 3)})
        self._compare_totals(task, way, answer)

    def _compare_totals(self, task: Task, way: Way, answer: Raw) -> None:
        """Compare the totals of a result on the whole text."""
        ours = self.runs.get((task.name, task.ways[0].name))
        if way.role == "context" or not way.compared or not ours or "totals" not in answer:
            return
        expected, found = ours[0]["totals"], answer["totals"]
        if expected != found:
            raise DifferentResultError(
                f"{task.name}: {way.name} differs from {task.ways[0].name} on the whole text: "
                f"its totals are {found} instead of {expected}"
            )

    def _is_slow(self, task: Task, way: Way) -> bool:
        runs = self.runs.get((task.name, way.name), [])
        return bool(runs) and runs[0]["process_seconds"] > _SLOW_SECONDS and way.role != "ours"

    def _able(self, ways: Iterable[Job]) -> list[Job]:
        return [(task, way) for task, way in ways if (task.name, way.name) not in self.status]

    def timed(self) -> list[Job]:
        """Return what has been timed."""
        tasks = chosen_tasks(self.options.only, quick=self.options.quick)
        return [(task, way) for task in tasks for way in task.ways if (task.name, way.name) in self.runs]

    # ------------------------------------------------------------------------------ processes

    def _own(self, request: Raw, *, seconds: float) -> Raw | str:
        environment = dict(self.environment)
        # The worker must import this package, installed or not.
        home = str(Path(corpus_kit.__file__).parents[1])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [home, environment.get("PYTHONPATH")]))
        command = [sys.executable, "-P", "-m", "corpus_kit.benchmarks.worker", json.dumps(request)]
        return self._process(command, environment, self.options.seconds * max(seconds, 1))

    def _foreign(self, task: Task, way: Way, request: Raw, part: str) -> Raw | str:
        here = Path(measure_module.__file__)
        script = here.parent / ENVIRONMENTS[way.environment].script
        texts = str(self.prepared.file(part, task.text, "json"))
        environment = {name: value for name, value in self.environment.items() if name != "PYTHONPATH"}
        with tempfile.TemporaryDirectory(dir=self.prepared.folder) as work:
            request = request | {"way": task.name, "texts": texts, "work": work}
            command = [str(self.peers.python(way.environment)), "-P", str(here), str(script), json.dumps(request)]
            return self._process(command, environment, self.options.seconds, work)

    def _process(
        self, command: list[str], environment: dict[str, str], seconds: float, work: str | None = None
    ) -> Raw | str:
        """Return the answer of a process, or in words why there is none."""
        with tempfile.TemporaryDirectory(dir=self.prepared.folder) as folder:
            try:
                done = run_program(command, seconds, folder=work or folder, environment=environment)
            except subprocess.TimeoutExpired:
                return f"skipped: slower than {seconds:g} s"
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            return f"failed: {last[0]}"
        for line in reversed(done.stdout.splitlines()):
            word, _, answer = line.partition(" ")
            if word in ("MEASURED", "CHECKED"):
                return dict(json.loads(answer))
        return {}

    def report(self, task: Task) -> Raw:
        """Return the result of a task: each way with its raw runs, or why it has none."""
        return {
            "name": task.name,
            "title": task.title,
            "text": task.text,
            "bytes": self.prepared.sizes[task.text],
            "counted": task.counted,
            "ways": [
                {
                    "name": way.name,
                    "role": way.role,
                    "package": way.package,
                    "note": way.note,
                    "status": self.status.get((task.name, way.name), "measured"),
                    "runs": self.runs.get((task.name, way.name), []),
                }
                for way in task.ways
                if (task.name, way.name) in self.runs or (task.name, way.name) in self.status
            ],
        }


def _by_task(ways: Iterable[Job]) -> Iterator[tuple[Task, list[Way]]]:
    grouped: dict[str, tuple[Task, list[Way]]] = {}
    for task, way in ways:
        grouped.setdefault(task.name, (task, []))[1].append(way)
    yield from grouped.values()
