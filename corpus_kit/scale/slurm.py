"""A Python script that counts n-grams on a Slurm cluster: dask-jobqueue requests workers, Dask gives them tasks.

The script is self-contained: it can be read, edited and kept with the paper. Every value in it is a Python literal, so
that no path and no name becomes code.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_kit._base.arguments import boolean, integer, memory_argument, path_argument, text_argument
from corpus_kit._base.distribution import DISTRIBUTION
from corpus_kit._version import __version__
from corpus_kit.errors import choose, invalid
from corpus_kit.safe_text import redacted
from corpus_kit.scale.locations import Location
from corpus_kit.scale.sources import source_items
from corpus_kit.text.ngram_options import check_tokenizer, ngram_options
from corpus_kit.text.normalization import resolve_profile

__all__ = ["SlurmJobs", "slurm_script"]

_COUNT_PERCENT = 60
"""The percentage of a worker's memory that the count may take. A worker uses about 200 MB before it starts, gets no new
task from Dask above 80 %, and is killed above 95 %."""
_LEAST_WORKER_MEMORY = 10**9  # bytes; with less, those 200 MB leave no room below 80 %

_WORD = re.compile(r"[\w.,:@+=/-]+")
_WALLTIME = re.compile(r"\d+(:[0-5]?\d){0,2}|\d+-[0-2]?\d(:[0-5]?\d){0,2}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SlurmJobs:
    """The resources that are requested from Slurm.

    Args:
        workers: Worker processes in all; each counts one partition at a time.
        workers_per_job: Workers in one job; more than one if the cluster allocates whole nodes only.
        worker_memory: Memory of each worker, such as "4GB" or a number of bytes; at least 1GB.
        walltime: Time limit of a job in the notation of Slurm: "04:00:00", "1-12:00:00", "90" (minutes).
        partition: The partition (queue) of the jobs; None uses the default of the cluster.
        account: The account to charge; None uses the user's default.
        interface: The network interface between nodes, such as "ib0"; None uses the default.
        python: The interpreter of the jobs: a name on their PATH, or a path.
        log_directory: A folder for the logs of jobs; None uses the default of Slurm.
        modules: Environment modules that a job loads first, such as "python/3.12".
        prologue: Shell commands that a job runs next, such as "source env/bin/activate".
        directives: Further options of sbatch, such as "--exclusive".

    Raises:
        InputError: If Slurm cannot take a value.

    Examples:
        >>> SlurmJobs(workers=32, partition="long", walltime="1-00:00:00").jobs
        32
        >>> SlurmJobs(partition="long; rm")
        Traceback (most recent call last):
        ...
        corpus_kit.errors.InputError: partition must be a name without spaces and special characters, got 'long; rm'.
    """

    workers: int = 4
    workers_per_job: int = 1
    worker_memory: str | int = "4GB"
    walltime: str = "04:00:00"
    partition: str | None = None
    account: str | None = None
    interface: str | None = None
    python: str = "python"
    log_directory: str | Path | None = None
    modules: Sequence[str] = ()
    prologue: Sequence[str] = ()
    directives: Sequence[str] = ()

    def __post_init__(self) -> None:
        integer(self.workers, "workers", least=1)
        integer(self.workers_per_job, "workers_per_job", least=1)
        if memory_argument(self.worker_memory, "worker_memory") < _LEAST_WORKER_MEMORY:
            raise invalid("worker_memory", "at least 1GB", self.worker_memory)
        if not isinstance(self.walltime, str) or not _WALLTIME.fullmatch(self.walltime):
            expected = "minutes, hours:minutes:seconds or days-hours:minutes:seconds"
            raise invalid("walltime", expected, self.walltime, "Examples: '90', '04:00:00', '1-12:00:00'.")
        for name in ("partition", "account", "interface"):
            value = getattr(self, name)
            if value is not None:
                _expect_word(value, name)
        for name in ("modules", "prologue", "directives"):
            for value in _texts(getattr(self, name), name):
                if name == "modules":
                    _expect_word(value, name)
                elif name == "directives" and not value.startswith("-"):
                    raise invalid("directives", "a list of options of sbatch, which begin with '-'", value)
        _expect_line(self.python, "python")

    @property
    def jobs(self) -> int:
        """The number of jobs."""
        return -(-self.workers // self.workers_per_job)

    @property
    def count_memory(self) -> int:
        """Memory that the count may take in each worker, in bytes."""
        return memory_argument(self.worker_memory, "worker_memory") * _COUNT_PERCENT // 100

    def cluster_arguments(self) -> dict[str, Any]:
        """Return the arguments of `dask_jobqueue.SLURMCluster`, all of them Python literals."""
        size = memory_argument(self.worker_memory, "worker_memory") * self.workers_per_job
        given: dict[str, Any] = {
            "queue": self.partition,
            "account": self.account,
            "cores": self.workers_per_job,
            "processes": self.workers_per_job,
            "memory": _size(size),
            "walltime": self.walltime,
            "interface": self.interface,
            "python": _interpreter(self.python),
            "log_directory": self._log_directory(),
            "job_script_prologue": [*(f"module load {name}" for name in self.modules), *self.prologue],
            "job_extra_directives": list(self.directives),
        }
        return {name: value for name, value in given.items() if value not in (None, [])}

    def _log_directory(self) -> str | None:
        if self.log_directory is None:
            return None
        folder = str(path_argument(self.log_directory, "log_directory"))
        if re.search(r"\s", folder):
            raise invalid("log_directory", "a path without white space", folder)
        return folder


def slurm_script(
    source: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    n: int | tuple[int, int],
    jobs: SlurmJobs | None = None,
    text: str = "text",
    lines: bool = False,
    profile: str | None = "search",
    tokenizer: str = "standard",
    within: str = "paragraph",
    skip: int = 0,
    min_count: int = 1,
    memory: str | int | None = None,
    resume: bool = True,
    unreadable: str = "raise",
) -> str:
    """Return a script that counts with `ck.scale.count_ngrams` on the workers of a Slurm cluster.

    Args:
        source: As in `ck.scale.count_ngrams`; paths become absolute, since jobs run elsewhere.
        out: The folder or URL of the table; likewise.
        n: The number of words, or (low, high).
        jobs: The resources to request; None uses the defaults of `SlurmJobs`.
        text: The column or key of the texts.
        lines: Whether each line of a text file is a document.
        profile: The name of a normalisation profile of the library, or None.
        tokenizer: "standard" or "whitespace".
        within: The unit of text that bounds n-grams.
        skip: The number of words that a skip-gram may skip in all.
        min_count: The lowest count that is kept.
        memory: Memory of the count in each worker; None uses 60 % of `jobs.worker_memory`, which is also the most.
        resume: Whether to resume an interrupted count.
        unreadable: "raise", or "skip" to leave out files that cannot be read.

    Returns:
        The script. It has no fsspec options: the keys of an object store come from the environment.

    Raises:
        InputError: If the count or Slurm cannot take an argument, or a URL has a password, a token or a query.

    Examples:
        >>> script = slurm_script("s3://news/2014/*.parquet", "s3://news/pairs", n=2, jobs=SlurmJobs(workers=32))
        >>> [line for line in script.splitlines() if line.startswith(("JOBS", "    source=", "    memory="))]
        ['JOBS = 32', "    memory='4GB',", "    source=['s3://news/2014/*.parquet'],", "    memory='2.4GB',"]
    """
    options = ngram_options(n, min_count=min_count, skip=skip, within=within)
    requested = SlurmJobs() if jobs is None else jobs
    if not isinstance(requested, SlurmJobs):
        raise invalid("jobs", "a SlurmJobs or None", jobs)
    if profile is not None and not isinstance(profile, str):
        raise invalid("profile", "the name of a profile or None", profile)
    resolve_profile(profile)
    check_tokenizer(tokenizer, within)
    choose(unreadable, ["raise", "skip"], "unreadable")
    count = {
        "source": [_address(item, "source") for item in source_items(source)],
        "n": options.low if options.low == options.high else (options.low, options.high),
        "out": _address(out, "out"),
        "text": text_argument(text, "text"),
        "profile": profile,
        "min_count": options.min_count,
        "memory": _size(_count_memory(memory, requested)),
        "resume": boolean(resume, "resume"),
        "tokenizer": tokenizer,
        "skip": options.skip,
        "within": within,
        "lines": boolean(lines, "lines"),
        "unreadable": unreadable,
    }
    return _TEMPLATE.format(
        version=__version__,
        distribution=DISTRIBUTION,
        jobs=requested.jobs,
        cluster=_arguments(requested.cluster_arguments()),
        count=_arguments(count),
    )


def _address(value: str | Path, name: str) -> str:
    """Return an absolute path or a URL, as the script has it; a script is a file, and no place for secrets."""
    place = Location.of(value, argument=name, any_bytes=name == "source")
    if place.holds_secrets:
        hint = "Workers find these in their environment."
        raise invalid(name, "a URL without a password, token or query", str(place), hint)
    return place.url


def _count_memory(memory: str | int | None, jobs: SlurmJobs) -> int:
    if memory is None:
        return jobs.count_memory
    size = memory_argument(memory)
    if size > jobs.count_memory:
        limit = f"at most {_COUNT_PERCENT} % of worker_memory ({jobs.worker_memory!r})"
        raise invalid("memory", limit, memory, "Dask kills a worker that runs out of memory.")
    return size


def _size(size: int) -> str:
    """Return a number of bytes as Dask and the argument memory read it."""
    return f"{size / 10**9:.12g}GB"


def _arguments(values: dict[str, Any]) -> str:
    return "\n".join(f"    {name}={value!r}," for name, value in values.items())


def _expect_line(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise invalid(name, "one line of text", value)
    if redacted(value) != value:
        raise invalid(name, "a line without passwords, tokens or queries of URLs", value)
    return value


def _expect_word(value: object, name: str) -> None:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise invalid(name, "a name without spaces and special characters", value)


def _texts(values: object, name: str) -> list[str]:
    if not isinstance(values, list | tuple):
        raise invalid(name, "a list of str", values)
    return [_expect_line(value, name) for value in values]


def _interpreter(python: str) -> str:
    """Return the interpreter, quoted for the shell: a name as it is, a path as absolute path."""
    is_path = "/" in python or python.startswith("~")
    return shlex.quote(str(path_argument(python, "python")) if is_path else python)


_TEMPLATE = '''\
"""Count n-grams on a Slurm cluster. Written by corpus_kit {version}; edit it as you like.

Run this script where `sbatch` works and where it may run until the count has finished: it submits jobs, gives them
tasks and waits. Either in a job of its own,

    sbatch --time=2-00:00:00 --mem=4G --output=count.log --wrap "exec python THIS_SCRIPT.py"

or, if the rules of the cluster allow it, on a login node inside tmux or screen:

    python THIS_SCRIPT.py

Before that:
- Install the same versions of Python and {distribution}[cluster] on all nodes, for instance in one environment
  on a shared file system.
- Source and table must be on a file system that all nodes share, or in an object store. The keys of a store come from
  the environment (AWS_ACCESS_KEY_ID and so on), which sbatch passes on, or from a file that only you can read
  (~/.aws/credentials). Do not write them into this script.

A job that reaches its time limit is replaced by a new one, and its unfinished tasks run again elsewhere. If this script
itself is interrupted, run it again: with resume=True below it resumes the count, as long as source, options and version
are the same.
"""

import signal
import sys
import threading

from dask_jobqueue import SLURMCluster
from distributed import Client

import corpus_kit as ck

JOBS = {jobs}
RESUBMIT = 30  # seconds after which jobs that have ended are submitted again

# The resources of each job.
CLUSTER = dict(
{cluster}
)

# The count.
COUNT = dict(
{count}
)


def keep_jobs(cluster, ended):
    """Keep the number of jobs constant when some reach their time limit."""
    while not ended.wait(RESUBMIT):
        cluster.scale(jobs=JOBS)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the jobs end with this script
    with SLURMCluster(**CLUSTER) as cluster, Client(cluster) as client:
        cluster.scale(jobs=JOBS)
        print(f"Submitted {{JOBS}} jobs; waiting for the first worker.", flush=True)
        client.wait_for_workers(1)
        ended = threading.Event()
        threading.Thread(target=keep_jobs, args=(cluster, ended), daemon=True).start()
        try:
            table = ck.scale.count_ngrams(**COUNT, client=client)
        finally:
            ended.set()
    print(table)


if __name__ == "__main__":
    main()
'''
