"""Who does the tasks: threads of this process, or the workers of a Dask cluster.

An engine gives the results of a function for many items as they come, in any order. That is all that a count asks of
it, so that another engine is one small class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol, TypeVar

from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.scale.locations import Location
from corpus_kit.scale.plan import CountPlan, versions

__all__ = ["DaskEngine", "Engine", "LocalEngine"]

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item, CountPlan], Result]

_RETRIES = 3
_BATCH = 256  # tasks that are sent to a cluster at once: small enough for a scheduler, enough for many workers
_AHEAD = 4  # tasks that wait for each thread; more would hold their results for nothing


class Engine(Protocol):
    """Does a task for many items."""

    def run(self, task: Task[Item, Result], items: Sequence[Item], plan: CountPlan) -> Iterator[Result]:
        """Yield the results as they come. What a task raises ends all."""


class LocalEngine:
    """Threads of this process; the core and Polars leave Python's lock while they work."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, task: Task[Item, Result], items: Sequence[Item], plan: CountPlan) -> Iterator[Result]:
        """Yield the results as they come; on Ctrl-C no task begins any more, and those at work end first."""
        if self._workers == 1:
            # in this thread, which Ctrl-C reaches in the middle of a task
            yield from (task(item, plan) for item in items)
            return
        pool = ThreadPoolExecutor(self._workers, "corpus-kit count")
        try:
            left = iter(items)
            waiting = {pool.submit(task, item, plan) for item in islice(left, _AHEAD * self._workers)}
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
                    waiting |= {pool.submit(task, item, plan) for item in islice(left, 1)}
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class DaskEngine:
    """The workers of a `distributed.Client`. A task whose worker is lost, or that fails, is tried again."""

    def __init__(self, client: Any) -> None:
        if not all(hasattr(client, name) for name in ("map", "run", "scheduler_info", "cancel")):
            raise InputError(
                f"client= takes a distributed.Client, not {type(client).__name__}: {client!r:.60}. "
                "Without one the count runs on this machine"
            )
        self._client = client

    @property
    def tasks_of_a_worker(self) -> int:
        """How many tasks a worker process does at once, at most."""
        with _reaching_cluster():
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max((int(worker["nthreads"]) for worker in workers), default=1)

    def check(self, place: Location) -> None:
        """Raise CorpusKitError where a worker has other versions, or does not see a file that was just written."""
        with _reaching_cluster():
            found = self._client.run(_seen_by_worker, place)
        own = versions()
        for worker, (theirs, sees) in sorted(found.items()):
            if theirs != own:
                raise CorpusKitError(
                    f"the worker {worker} has other versions: {theirs}, and here are {own}. Install the same everywhere"
                )
            if not sees:
                raise CorpusKitError(
                    f"the worker {worker} does not see {place}: the output must be a folder that all workers share, "
                    "or a URL of an object store"
                )

    def run(self, task: Task[Item, Result], items: Sequence[Item], plan: CountPlan) -> Iterator[Result]:
        """Yield the results as they come; what is not done is cancelled where this ends early."""
        from distributed import as_completed

        left = iter(items)
        done = as_completed(with_results=True)  # type: ignore[no-untyped-call]

        def submit(count: int) -> int:
            more = list(islice(left, count))
            if more:
                done.update(self._client.map(task, more, plan=plan, retries=_RETRIES, pure=False))  # type: ignore[no-untyped-call]
            return len(more)

        at_work = submit(2 * _BATCH)
        try:
            with _reaching_cluster():
                while at_work:
                    _, result = next(done)
                    at_work -= 1
                    yield result
                    if at_work <= _BATCH:
                        at_work += submit(_BATCH)
        finally:
            self._client.cancel(list(done.futures))


@contextmanager
def _reaching_cluster() -> Iterator[None]:
    """Say in our own words what goes wrong between this process and a cluster."""
    from distributed import KilledWorker

    try:
        yield
    except CorpusKitError:
        raise
    except ModuleNotFoundError as error:
        raise CorpusKitError(f"a worker cannot import what it needs: {error}. Install corpus_kit there") from error
    except KilledWorker as error:
        raise CorpusKitError(
            "a task ended four workers, one after another; most likely they have less memory than memory= says. "
            "What is done is kept: give less memory= or larger workers, and call again"
        ) from error
    except (OSError, RuntimeError, TimeoutError, CancelledError) as error:
        raise CorpusKitError(
            f"the cluster cannot go on: {error!r:.200}. What is done is kept: call again to go on from there"
        ) from error


def _seen_by_worker(place: Location) -> tuple[dict[str, Any], bool]:
    return versions(), place.exists()
