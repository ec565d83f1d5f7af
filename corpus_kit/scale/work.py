"""The work folder of a count: its lock, its plan, and records of finished tasks.

::

    OUT.counting/lock.json          the process that counts, and when it last renewed the lock
    OUT.counting/plan.json          options, files of the source, partitions and buckets
    OUT.counting/runs/*.run         sorted runs of n-grams
    OUT.counting/partitions/*.json  a record of each counted partition
    OUT.counting/runs.json          the runs to merge: those in the records of partitions
    OUT.counting/parts/             parts of the table until all are written (local folders only)
    OUT.counting/buckets/*.json     a record of each part
    OUT/part-*.parquet              the table
    OUT.manifest.json               what was counted, how, and the SHA-256 of each part

The manifest is beside the table and not in it, so that the folder holds nothing but Parquet files, as
`pl.scan_parquet` expects. A record is written after the files that it describes: to resume an interrupted count, the
tasks without a record are run.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from corpus_kit.errors import CorpusError, CorpusKitError
from corpus_kit.scale.locations import Location
from corpus_kit.scale.merge_bucket import BucketRecord
from corpus_kit.scale.partition import PartitionRecord
from corpus_kit.scale.pieces import Piece
from corpus_kit.scale.runs import RunRecord
from corpus_kit.scale.sources import Partition, SourcePlan, SourceRecord

__all__ = ["WorkFolder", "manifest_of", "work_of"]

_FORMAT = 1
_RENEWED = 20.0  # seconds between two renewals of the lock
_STALE = 300.0  # seconds without renewal after which a lock is that of a run that ended


def work_of(out: Location) -> Location:
    """Return the work folder of a table."""
    return out.parent / f"{out.name}.counting"


def manifest_of(out: Location) -> Location:
    """Return the location of the manifest of a table."""
    return out.parent / f"{out.name}.manifest.json"


def as_json(value: object) -> bytes:
    """Return a value as JSON: the same bytes for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(location: Location) -> Any:
    """Return the value in a JSON file.

    Raises:
        CorpusError: If the file is not JSON.
    """
    try:
        return json.loads(location.read())
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{location} is damaged: it is not JSON ({error})") from None


@dataclass(frozen=True)
class Stored:
    """The content of plan.json."""

    record: dict[str, Any]
    source: SourcePlan
    bucket_bits: int
    library_version: str


class WorkFolder:
    """The work folder; a run has exclusive access to it inside `locked`."""

    def __init__(self, out: Location) -> None:
        self.out = out
        self.location = work_of(out)
        self._lock = self.location / "lock.json"

    # The lock

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder for this run and renew the lock until the end.

        Raises:
            CorpusError: If another run has the lock; the message names its process and host.
        """
        self.location.make_folder()
        own = {"host": socket.gethostname(), "pid": os.getpid(), "run": uuid4().hex}
        self._take(own)
        ended = threading.Event()
        keeper = threading.Thread(target=self._renew, args=(own, ended), daemon=True, name="corpus-kit lock")
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()
            if self._is_held(own):
                self._lock.delete()

    def _take(self, own: dict[str, Any]) -> None:
        if self._lock.create_exclusively(as_json({**own, "renewed": time.time()})):
            return
        holder = self._holder()
        if holder is not None and _is_alive(holder):
            raise CorpusError(
                f"another run is counting into {self.out}: process {holder['pid']} on {holder['host']}, last seen "
                f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(holder['renewed']))}. If it has ended, delete "
                f"{self._lock} or wait five minutes."
            )
        self._lock.delete()
        if not self._lock.create_exclusively(as_json({**own, "renewed": time.time()})):
            raise CorpusError(f"another run has just started to count into {self.out}")

    def _holder(self) -> dict[str, Any] | None:
        try:
            holder = read_json(self._lock)
            return {"host": str(holder["host"]), "pid": int(holder["pid"]), "renewed": float(holder["renewed"])}
        except (CorpusKitError, KeyError, TypeError, ValueError):
            return None  # interrupted while it was written

    def _is_held(self, own: dict[str, Any]) -> bool:
        """Return whether the lock is still that of this run: it may have gone stale while the machine slept."""
        try:
            return bool(read_json(self._lock).get("run") == own["run"])
        except (CorpusKitError, AttributeError):
            return False

    def _renew(self, own: dict[str, Any], ended: threading.Event) -> None:
        while not ended.wait(_RENEWED):
            try:
                if self._is_held(own):
                    self._lock.write([as_json({**own, "renewed": time.time()})])
            except CorpusKitError:
                continue  # a full disk stops the tasks, with a message of its own

    # The plan

    def stored(self) -> Stored | None:
        """Return the plan of an interrupted run, or None.

        Raises:
            CorpusError: If the plan is damaged or of another version.
        """
        if not (self.location / "plan.json").exists():
            return None
        found = read_json(self.location / "plan.json")
        try:
            if found["format"] != _FORMAT:
                raise CorpusError(
                    f"{self.location} has format {found['format']}, written by corpus_kit "
                    f"{found['library_version']}. Use resume=False to count again."
                )
            return Stored(
                found["options"], _source_of(found["source"]), int(found["bucket_bits"]), found["library_version"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusError(
                f"{self.location / 'plan.json'} is damaged ({error!r}). Use resume=False to count again."
            ) from None

    def store(self, plan: Stored) -> None:
        """Write the plan of a new run."""
        content = {
            "format": _FORMAT,
            "library_version": plan.library_version,
            "options": plan.record,
            "bucket_bits": plan.bucket_bits,
            "source": _source_record(plan.source),
        }
        (self.location / "plan.json").write([as_json(content)])

    def clear(self) -> None:
        """Delete everything that an earlier run left, except the lock."""
        for name in ("runs", "partitions", "parts", "buckets"):
            (self.location / name).delete_folder()
        for name in ("runs.json", "plan.json"):
            (self.location / name).delete()

    def prepare(self) -> None:
        """Make the folders for the files of tasks."""
        for name in ("runs", "partitions", "parts", "buckets"):
            (self.location / name).make_folder()

    # Records of finished tasks

    def record_partition(self, record: PartitionRecord) -> None:
        """Record that a partition is counted and its runs are written."""
        (self.location / "partitions" / f"{record.number:06}.json").write([as_json(asdict(record))])

    def partitions(self) -> dict[int, PartitionRecord]:
        """Return the records of counted partitions whose runs all exist, by number."""
        runs = set((self.location / "runs").children())
        found = {}
        for record in self._records("partitions"):
            record["runs"] = tuple(RunRecord(**run) for run in record["runs"])
            record["unreadable"] = tuple(tuple(item) for item in record["unreadable"])
            done = PartitionRecord(**record)
            if all(run.name in runs for run in done.runs):
                found[done.number] = done
        return found

    def record_runs(self, partitions: dict[int, PartitionRecord]) -> None:
        """Write the list of runs to merge, in the order of partitions."""
        listed = [asdict(run) for number in sorted(partitions) for run in partitions[number].runs]
        (self.location / "runs.json").write([as_json(listed)])

    def record_bucket(self, record: BucketRecord) -> None:
        """Record that a bucket is merged and its part is written."""
        (self.location / "buckets" / f"{record.number:05}.json").write([as_json(asdict(record))])

    def buckets(self, parts: Location) -> dict[int, BucketRecord]:
        """Return the records of merged buckets whose part exists, by number."""
        there = set(parts.children())
        found = [BucketRecord(**record) for record in self._records("buckets")]
        return {record.number: record for record in found if record.name in there}

    def _records(self, folder: str) -> list[dict[str, Any]]:
        place = self.location / folder
        found = []
        for name in place.children():
            if not name.endswith(".json") or name.startswith("."):
                continue  # a temporary file of a process that was killed
            record = read_json(place / name)
            if not isinstance(record, dict):
                raise CorpusError(f"{place / name} is damaged. Use resume=False to count again.")
            found.append(record)
        return found


def _is_alive(holder: dict[str, Any]) -> bool:
    """Return whether the run that holds a lock may still be working."""
    if holder["host"] == socket.gethostname() and os.name == "posix":
        try:
            os.kill(holder["pid"], 0)
        except ProcessLookupError:
            return False
        except OSError:
            pass  # the process exists and belongs to another user
    return bool(time.time() - holder["renewed"] < _STALE)


def _source_record(source: SourcePlan) -> dict[str, Any]:
    return {
        "files": [asdict(file) for file in source.files],
        "text_bytes": source.text_bytes,
        "ignored": list(source.ignored),
        "partitions": [
            [[piece.location.url, piece.kind, piece.start, piece.stop, piece.text_bytes] for piece in partition.pieces]
            for partition in source.partitions
        ],
    }


def _source_of(found: dict[str, Any]) -> SourcePlan:
    """Return the plan of a source; its locations have no fsspec options, which are not stored."""
    partitions = [
        Partition(
            number, tuple(Piece(Location(url), kind, start, stop, size) for url, kind, start, stop, size in pieces)
        )
        for number, pieces in enumerate(found["partitions"])
    ]
    files = tuple(SourceRecord(**file) for file in found["files"])
    return SourcePlan(files, tuple(partitions), int(found["text_bytes"]), tuple(found["ignored"]))
