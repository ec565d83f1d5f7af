"""How workers of a Dask cluster get the options of a file system: through memory, and in no task.

Dask keeps the arguments of tasks in its graph, prints them when a task fails, and may write what it holds to disk. The
options are therefore in no argument. A plugin brings them: the scheduler keeps it in memory and gives it to each
worker, also to those that start later, until the count ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from distributed import WorkerPlugin

from corpus_kit.errors import warn
from corpus_kit.scale import credentials

__all__ = ["options_for_workers"]

_PRIVATE = ("tls://", "wss://", "inproc://", "tcp://127.", "tcp://[::1]", "tcp://localhost")
"""Addresses of schedulers whose messages nobody else can read: encrypted, or of this machine."""


class _Options(WorkerPlugin):
    """Keeps the options in each worker."""

    def __init__(self, key: str, options: dict[str, Any]) -> None:
        self.name = f"corpus-kit options {key}"
        self._key = key
        self._options = options

    def setup(self, worker: Any) -> None:  # noqa: ARG002  # as Dask calls it
        credentials.keep(self._key, self._options)

    def teardown(self, worker: Any) -> None:  # noqa: ARG002
        credentials.forget(self._key)


@contextmanager
def options_for_workers(client: Any, options: dict[str, Any] | None) -> Iterator[None]:
    """Let the workers of a client find the options of the locations that they are sent.

    Args:
        client: The `distributed.Client`.
        options: The options; None sends nothing.
    """
    with credentials.lent(options) as key:
        if options is None or key is None:
            yield
            return
        address = str(client.scheduler_info(n_workers=0)["address"])
        if not address.startswith(_PRIVATE):
            warn(
                f"storage_options go to the workers of {address} unencrypted. Let the workers have them in their "
                "environment, or start the cluster with TLS.",
                stacklevel=2,
            )
        plugin = _Options(key, options)
        client.register_plugin(plugin)
        try:
            yield
        finally:
            with suppress(Exception):  # a cluster that is gone has forgotten them
                client.unregister_worker_plugin(plugin.name)
