"""Engines that run the tasks of a count: threads of this process, or the workers of a Dask cluster.

An engine applies a function to many items and yields the results as they are finished, in any order. A count needs
nothing else of it, so another engine is one small class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from importlib.util import find_spec
from itertools import islice
from typing import Any, Protocol, TypeVar

from corpus_kit._base.distribution import how_to_install
from corpus_kit.errors import CorpusKitError, invalid
from corpus_kit.scale.locations import Location
from corpus_kit.scale.plan import CountPlan, versions

__all__ = ["DaskEngine", "Engine", "LocalEngine"]

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item, CountPlan], Result]

_RETRIES = 3
_BATCH = 256  # tasks sent to a cluster at once: few enough for a scheduler, enough for many workers
_AHEAD = 4  # tasks queued for each thread; more would only keep their results in memory


class Engine(Protocol):
    """Runs a task for many items."""

    def lending(self, options: dict[str, Any] | None) -> AbstractContextManager[None]:
        """Let the tasks find the options of a file system."""

    def run(self, task: Task[Item, Result], items: Sequence[Item], plan: CountPlan) -> Iterator[Result]:
        """Yield the results as they are finished; an exception of a task ends the run."""


class LocalEngine:
    """Threads of this process; the core and Polars release the GIL while they work."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def lending(self, options: dict[str, Any] | None) -> AbstractContextManager[None]:  # noqa: ARG002
        """Do nothing: threads share the locations and their options."""
        return nullcontext()

    def run(self, task: Task[Item, Result], items: Sequence[Item], plan: CountPlan) -> Iterator[Result]:
        """Yield the results as they are finished; on Ctrl-C no task starts, and the running ones end first."""
        if self._workers == 1:
            # In this thread, so that Ctrl-C interrupts a running task.
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
    """The workers of a `distributed.Client`; a task that fails, or whose worker is lost, is tried again."""

    def __init__(self, client: Any) -> None:
        if not all(hasattr(client, name) for name in ("map", "run", "scheduler_info", "cancel")):
            hint = "Without a client the count runs on this machine."
            if find_spec("distributed") is None:
                hint = how_to_install("cluster")
            raise invalid("client", "a distributed.Client", client, hint)
        if getattr(client, "status", None) == "closed":
            raise CorpusKitError("the cluster cannot be reached: the client is closed.")
        self._client = client

    @contextmanager
    def lending(self, options: dict[str, Any] | None) -> Iterator[None]:
        """Send the options of a file system to the workers, and take them back at the end."""
        from corpus_kit.scale.worker_options import options_for_workers  # imports distributed

        with ExitStack() as stack:
            with _reaching_cluster():
                stack.enter_context(options_for_workers(self._client, options))
            yield

    @property
    def tasks_of_a_worker(self) -> int:
        """The largest number of tasks that a worker process runs at once."""
        with _reaching_cluster():
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max((int(worker["nthreads"]) for worker in workers), default=1)

    def check(self, place: Location) -> None:
        """Check that all workers have the same versions and see a file that was just written.

        Raises:
            CorpusKitError: If one does not.
        """
        with _reaching_cluster():
            found = self._client.run(_seen_by_worker, place)
        own = versions()
        for worker, (theirs, sees) in sorted(found.items()):
            if theirs != own:
                raise CorpusKitError(
                    f"the worker {worker} has other versions: {theirs}, here {own}. Install the same everywhere."
                )
            if not sees:
                raise CorpusKitError(
                    f"the worker {worker} does not see {place}. The output must be a folder that all workers share, "
                    "or the URL of an object store."
                )

    def run(self, task: Task[Item, Result], items: Sequence[Item], plan: CountPlan) -> Iterator[Result]:
        """Yield the results as they are finished; if the run ends early, the other tasks are cancelled."""
        from distributed import as_completed  # optional: the extra `cluster`

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
    """Turn what goes wrong between this process and a cluster into CorpusKitError."""
    from distributed import KilledWorker  # optional: the extra `cluster`

    try:
        yield
    except CorpusKitError:
        raise
    except ModuleNotFoundError as error:
        raise CorpusKitError(f"a worker cannot import a module: {error}. Install corpus_kit there.") from error
    except KilledWorker as error:
        raise CorpusKitError(
            "a task killed four workers, one after another; most likely they have less memory than the argument memory "
            "allows. Finished tasks are kept: reduce memory or use larger workers, and call again to resume."
        ) from error
    except (OSError, RuntimeError, TimeoutError, CancelledError) as error:
        raise CorpusKitError(
            f"the cluster failed: {error!r:.200}. Finished tasks are kept: call again to resume."
        ) from error


def _seen_by_worker(place: Location) -> tuple[dict[str, Any], bool]:
    return versions(), place.exists()
