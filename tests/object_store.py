"""A local S3 server for tests of remote files: real requests, on loopback only."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

from corpus_kit.scale.locations import Location


@dataclass(frozen=True)
class ObjectStore:
    """A running store: its endpoint and the URL of an empty bucket."""

    endpoint: str
    url: str

    @property
    def storage_options(self) -> dict[str, Any]:
        """The fsspec options for this store."""
        return {"key": "test", "secret": "test", "client_kwargs": {"endpoint_url": self.endpoint}}

    def location(self, name: str) -> Location:
        """Return a location in the bucket."""
        return Location.of(f"{self.url}/{name}", self.storage_options)

    def with_new_bucket(self) -> ObjectStore:
        """Return the same store with a new bucket, so that tests do not share objects."""
        bucket = f"bucket-{uuid4().hex[:12]}"
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=bucket)
        client.close()
        return ObjectStore(self.endpoint, f"s3://{bucket}")


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Start the server on a free port of 127.0.0.1 and stop it at the end."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it logs every request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield ObjectStore(f"http://{host}:{port}", "").with_new_bucket()
    finally:
        server.stop()
