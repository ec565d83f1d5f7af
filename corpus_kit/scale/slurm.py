"""A Python script that counts n-grams on a Slurm cluster: dask-jobqueue asks for the workers, Dask hands them tasks.

The script stands alone: it can be read, kept with the paper and changed by hand. Every value in it is a Python literal,
so that no path and no name becomes code.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_kit._arguments import is_text, memory_argument, path_argument, whole_number
from corpus_kit._version import __version__
from corpus_kit.errors import InputError, choose
from corpus_kit.ngram_options import check_tokenizer, ngram_options
from corpus_kit.normalization import resolve_profile
from corpus_kit.scale.locations import Location

__all__ = ["SlurmJobs", "slurm_script"]

_COUNT_PERCENT = 60
"""What of a worker's memory the count takes. A worker has some 200 MB before it begins, Dask gives it no new task
above 80 %, and ends it above 95 %."""
_LEAST_WORKER_MEMORY = 10**9  # with less, what a worker has before it begins leaves no room below those 80 %

_WORD = re.compile(r"[\w.,:@+=/-]+")
_WALLTIME = re.compile(r"\d+(:[0-5]?\d){0,2}|\d+-[0-2]?\d(:[0-5]?\d){0,2}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SlurmJobs:
    """What is asked of Slurm.

    Args:
        workers: worker processes in all; each counts one partition at a time.
        workers_per_job: how many of them share a job; more than one where the cluster gives whole nodes only.
        worker_memory: memory of each, as "4GB" or a number of bytes.
        walltime: how long a job may run, as Slurm takes it: "04:00:00", "1-12:00:00", "90" (minutes).
        partition: the partition (queue) of the jobs; None: the cluster's default.
        account: the account that pays; None: the user's default.
        interface: the network interface by which nodes reach one another, such as "ib0"; None: the usual one.
        python: the interpreter of the jobs: a name on their PATH, or a path.
        log_directory: a folder for what jobs print; None: where Slurm puts it.
        modules: environment modules that a job loads first, such as "python/3.12".
        prologue: lines of shell that a job runs after that, such as "source env/bin/activate".
        directives: more options of sbatch, such as "--exclusive".

    Raises InputError for a value that Slurm cannot take.

    >>> SlurmJobs(workers=32, partition="long", walltime="1-00:00:00").jobs
    32
    >>> SlurmJobs(partition="long; rm")
    Traceback (most recent call last):
    ...
    corpus_kit.errors.InputError: partition='long; rm': it takes a name without spaces and signs
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
        whole_number(self.workers, "workers", least=1, what="processes")
        whole_number(self.workers_per_job, "workers_per_job", least=1, what="processes")
        if memory_argument(self.worker_memory, "worker_memory") < _LEAST_WORKER_MEMORY:
            raise InputError(f"worker_memory={self.worker_memory!r:.60}, but a worker needs 1GB or more")
        if not isinstance(self.walltime, str) or not _WALLTIME.fullmatch(self.walltime):
            raise InputError(
                f"walltime={self.walltime!r:.60}, but Slurm takes minutes, hours:minutes:seconds or "
                "days-hours:minutes:seconds, such as '90', '04:00:00' or '1-12:00:00'"
            )
        for name in ("partition", "account", "interface"):
            value = getattr(self, name)
            if value is not None:
                _expect_word(value, name)
        for name in ("modules", "prologue", "directives"):
            for value in _texts(getattr(self, name), name):
                if name == "modules":
                    _expect_word(value, name)
                elif name == "directives" and not value.startswith("-"):
                    raise InputError(f"directives holds {value!r:.60}, but an option of sbatch begins with '-'")
        _expect_line(self.python, "python")

    @property
    def jobs(self) -> int:
        """How many jobs that makes."""
        return -(-self.workers // self.workers_per_job)

    @property
    def count_memory(self) -> int:
        """What the count may take in each worker, in bytes."""
        return memory_argument(self.worker_memory, "worker_memory") * _COUNT_PERCENT // 100

    def cluster_arguments(self) -> dict[str, Any]:
        """The arguments of `dask_jobqueue.SLURMCluster`, all of which are Python literals."""
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
            raise InputError(f"log_directory={folder!r}: Slurm takes no folder of logs with white space in its path")
        return folder


def slurm_script(
    source: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    n: int | tuple[int, int],
    jobs: SlurmJobs | None = None,
    text: str = "text",
    profile: str | None = "search",
    min_count: int = 1,
    memory: str | int | None = None,
    resume: bool = True,
    tokenizer: str = "standard",
    skip: int = 0,
    within: str = "paragraph",
    lines: bool = False,
    unreadable: str = "raise",
) -> str:
    """Return the text of a script that counts with `ck.scale.count_ngrams` on the workers of a Slurm cluster.

    Args:
        source, out: as in `ck.scale.count_ngrams`. Paths become absolute, since jobs run elsewhere.
        n: the number of tokens, or (low, high).
        jobs: what is asked of Slurm; None: the defaults of `SlurmJobs`.
        memory: what the count may take in each worker; None: 60 % of `jobs.worker_memory`, which is also the most.
        text, profile, min_count, resume, tokenizer, skip, within, lines, unreadable: as in `ck.scale.count_ngrams`.
            The profile is one of the library, by its name.

    Returns:
        The script. It takes no options of a file system: the keys of an object store come from the environment.

    Raises:
        InputError: an argument that the count or Slurm cannot take.

    >>> script = slurm_script("s3://news/2014/*.parquet", "s3://news/pairs", n=2, jobs=SlurmJobs(workers=32))
    >>> [line for line in script.splitlines() if line.startswith(("JOBS", "    source=", "    memory="))]
    ['JOBS = 32', "    memory='4GB',", "    source=['s3://news/2014/*.parquet'],", "    memory='2.4GB',"]
    """
    options = ngram_options(n, min_count=min_count, skip=skip, within=within)
    asked = jobs or SlurmJobs()
    if profile is not None and not isinstance(profile, str):
        raise InputError(f"profile= takes the name of a profile here, not {type(profile).__name__}")
    resolve_profile(profile)
    check_tokenizer(tokenizer, within)
    choose(unreadable, ["raise", "skip"], "unreadable")
    if not isinstance(text, str) or not is_text(text):
        raise InputError(f"text= takes the name of a column, not {text!r:.60}")
    count = {
        "source": _sources(source),
        "n": options.low if options.low == options.high else (options.low, options.high),
        "out": Location.of(out, argument="out").url,
        "text": text,
        "profile": profile,
        "min_count": options.min_count,
        "memory": _size(_count_memory(memory, asked)),
        "resume": bool(resume),
        "tokenizer": tokenizer,
        "skip": options.skip,
        "within": within,
        "lines": bool(lines),
        "unreadable": unreadable,
    }
    return _TEMPLATE.format(
        version=__version__,
        jobs=asked.jobs,
        cluster=_arguments(asked.cluster_arguments()),
        count=_arguments(count),
    )


def _count_memory(memory: str | int | None, jobs: SlurmJobs) -> int:
    if memory is None:
        return jobs.count_memory
    size = memory_argument(memory)
    if size > jobs.count_memory:
        raise InputError(
            f"memory={memory!r:.60}, but the count takes at most {_COUNT_PERCENT} % of worker_memory="
            f"{jobs.worker_memory!r}: Dask ends a worker that has no room left"
        )
    return size


def _size(size: int) -> str:
    """A number of bytes as Dask and `memory=` read it."""
    return f"{size / 10**9:.12g}GB"


def _sources(source: str | Path | Sequence[str | Path]) -> list[str]:
    items = [source] if isinstance(source, str | Path) else list(source) if isinstance(source, list | tuple) else []
    if not items:
        raise InputError(f"source= takes a path, a URL or a list of these, not {source!r:.60}")
    return [Location.of(item, argument="source").url for item in items]


def _arguments(values: dict[str, Any]) -> str:
    return "\n".join(f"    {name}={value!r}," for name, value in values.items())


def _expect_line(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InputError(f"{name}={value!r:.60}: it takes one line of text")
    return value


def _expect_word(value: object, name: str) -> None:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise InputError(f"{name}={value!r:.60}: it takes a name without spaces and signs")


def _texts(values: object, name: str) -> list[str]:
    if not isinstance(values, list | tuple):
        raise InputError(f"{name}= takes a list of texts, not {values!r:.60}")
    return [_expect_line(value, name) for value in values]


def _interpreter(python: str) -> str:
    """The interpreter as a word of shell: a name as it is, a path absolute."""
    is_path = "/" in python or python.startswith("~")
    return shlex.quote(str(path_argument(python, "python")) if is_path else python)


_TEMPLATE = '''\
"""Count n-grams on a Slurm cluster. Written by corpus_kit {version}; change it as you like.

Run this script where `sbatch` works, and where it may run until the count has ended: it asks Slurm for jobs, gives
them work, and waits. Either in a job of its own,

    sbatch --time=2-00:00:00 --mem=4G --output=count.log --wrap "exec python THIS_SCRIPT.py"

or, where the rules of the cluster allow it, on a login node inside tmux or screen:

    python THIS_SCRIPT.py

Before that:
- Install the same versions of Python and corpus-kit[cluster] for all nodes, for instance into one environment on a
  shared file system.
- Source and table must lie on a file system that all nodes share, or in an object store. The keys of a store come
  from the environment (AWS_ACCESS_KEY_ID and so on), which sbatch passes on.

A job that ends before its time is replaced by a new one, and its tasks are done again elsewhere. If this script itself
is ended, run it again: with resume=True below it goes on from there, as long as source, options and version are the
same.
"""

import signal
import sys
import threading

from dask_jobqueue import SLURMCluster
from distributed import Client

import corpus_kit as ck

JOBS = {jobs}
ASK_AGAIN = 30  # seconds after which jobs that have ended are asked for anew

# What Slurm is asked for, for each job.
CLUSTER = dict(
{cluster}
)

# What is counted, and how.
COUNT = dict(
{count}
)


def keep_jobs(cluster, ended):
    """Have as many jobs as were asked for, also after some have come to the end of their time."""
    while not ended.wait(ASK_AGAIN):
        cluster.scale(jobs=JOBS)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the jobs end with this script
    with SLURMCluster(**CLUSTER) as cluster, Client(cluster) as client:
        cluster.scale(jobs=JOBS)
        print(f"Asked Slurm for {{JOBS}} jobs; waiting for the first worker.", flush=True)
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
