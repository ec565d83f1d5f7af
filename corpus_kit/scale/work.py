"""The work folder of a count: its lock, its plan, and records of finished tasks.

::

    OUT.counting/lock.json          the process that counts, and when it last renewed the lock
    OUT.counting/plan.json          options, files of the source, partitions and buckets
    OUT.counting/runs/*.run         sorted runs of n-grams
    OUT.counting/partitions/*.json  a record of each counted partition
    OUT.counting/runs.json          the runs to merge: those in the records of partitions
    OUT.counting/parts/             parts of the table until all are written (local folders only)
    OUT.counting/buckets/*.json     a record of each part
    OUT.counting/manifest.json      the manifest, when all is written (local folders only)
    OUT.counting/old/               the table that is replaced, until it is (local folders only)
    OUT/part-*.parquet              the table
    OUT.manifest.json               what was counted, how, and checksums of each part

The manifest is beside the table and not in it, so that the folder holds nothing but Parquet files, as
`pl.scan_parquet` expects. A record is written after the files that it describes: to resume an interrupted count, the
tasks without a record are run, and those whose files or records are not as they were written.

The plan has the names of files, not where they are: an address may hold a password, and whoever resumes gives it again.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from corpus_kit.errors import CorpusError, CorpusKitError
from corpus_kit.scale.locations import Location
from corpus_kit.scale.merge_bucket import BucketRecord, part_name
from corpus_kit.scale.part_checks import is_part
from corpus_kit.scale.partition import PartitionRecord
from corpus_kit.scale.pieces import Piece
from corpus_kit.scale.runs import RunRecord, is_run
from corpus_kit.scale.sealed import as_json, read_json, read_sealed, sealed
from corpus_kit.scale.shapes import BUCKET, PARTITION, PLAN, WORK_FORMAT
from corpus_kit.scale.sources import Partition, SourcePlan, SourceRecord

__all__ = ["Stored", "WorkFolder", "manifest_of", "without_link", "work_of"]

_RENEWED = 20.0  # seconds between two renewals of the lock
_STALE = 300.0  # seconds without renewal after which a lock is that of a run that ended


def work_of(out: Location) -> Location:
    """Return the work folder of a table."""
    return out.parent / f"{out.name}.counting"


def manifest_of(out: Location) -> Location:
    """Return the location of the manifest of a table."""
    return out.parent / f"{out.name}.manifest.json"


def without_link(out: Location) -> Location:
    """Return where a table is, if its path is a symbolic link."""
    is_link = out.is_local and os.path.islink(out.path)  # noqa: PTH114  # works with a name that is too long
    return Location.of(out.path.resolve()) if is_link else out


@dataclass(frozen=True)
class Stored:
    """The content of plan.json: a partition is a list of pieces, and a piece begins with the number of its file."""

    record: dict[str, Any]
    files: tuple[SourceRecord, ...]
    ignored: tuple[str, ...]
    text_bytes: int
    partitions: list[list[tuple[int, str, int, int, int]]]
    bucket_bits: int
    library_version: str

    @classmethod
    def of(cls, source: SourcePlan, record: dict[str, Any], bucket_bits: int, library_version: str) -> Stored:
        """Return the plan of a new run."""
        numbers = {place.url: number for number, place in enumerate(source.places)}
        partitions = [
            [(numbers[each.location.url], each.kind, each.start, each.stop, each.text_bytes) for each in part.pieces]
            for part in source.partitions
        ]
        return cls(
            record, source.files, source.ignored, source.text_bytes, partitions, bucket_bits, library_version
        )  # fmt: skip

    def source(self, places: tuple[Location, ...]) -> SourcePlan:
        """Return the source as this plan cuts it, given where its files are."""
        partitions = (
            Partition(
                number, tuple(Piece(places[file], kind, start, stop, size) for file, kind, start, stop, size in pieces)
            )
            for number, pieces in enumerate(self.partitions)
        )
        return SourcePlan(self.files, tuple(partitions), self.text_bytes, self.ignored, places)


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
            host, pid, renewed = str(holder["host"]), int(holder["pid"]), float(holder["renewed"])
        except (CorpusKitError, KeyError, TypeError, ValueError, OverflowError):
            return None  # interrupted while it was written
        is_possible = 0 < pid < 2**31 and 0 <= renewed < time.time() + _STALE
        return {"host": host, "pid": pid, "renewed": renewed} if is_possible else None

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
        place = self.location / "plan.json"
        if not place.exists():
            return None
        try:
            content = read_json(place)
            if isinstance(content, dict) and content.get("format") not in (None, WORK_FORMAT):
                raise CorpusError(
                    f"{self.location} has format {content['format']}, written by corpus_kit "
                    f"{content.get('library_version')}."
                )
            found = read_sealed(place, PLAN)
        except CorpusError as error:
            raise CorpusError(f"{str(error).rstrip('.')}. Use resume=False to count again.") from None
        return Stored(
            found["options"],
            tuple(SourceRecord(**file) for file in found["files"]),
            tuple(found["ignored"]),
            found["text_bytes"],
            found["partitions"],
            found["bucket_bits"],
            found["library_version"],
        )

    def store(self, plan: Stored) -> None:
        """Write the plan of a new run."""
        content = {
            "format": WORK_FORMAT,
            "library_version": plan.library_version,
            "options": plan.record,
            "bucket_bits": plan.bucket_bits,
            "files": [asdict(file) for file in plan.files],
            "ignored": list(plan.ignored),
            "text_bytes": plan.text_bytes,
            "partitions": plan.partitions,
        }
        (self.location / "plan.json").write([sealed(content)], durable=True, private=True)

    def clear(self) -> None:
        """Delete everything that an earlier run left, except the lock."""
        for name in ("runs", "partitions", "parts", "buckets", "old"):
            self._discard(self.location / name)
        for name in ("runs.json", "plan.json"):
            self._discard(self.location / name)

    def _discard(self, place: Location) -> None:
        """Delete a file or a folder, whatever is there."""
        try:
            place.delete()
        except CorpusError:
            place.delete_folder()
        else:
            if not self.location.is_local:  # a folder in a store has no object of its own
                place.delete_folder()

    def prepare(self) -> None:
        """Make the folders for the files of tasks."""
        for name in ("runs", "partitions", "parts", "buckets"):
            (self.location / name).make_folder()

    # Records of finished tasks

    def record_partition(self, record: PartitionRecord) -> None:
        """Record that a partition is counted and its runs are written."""
        (self.location / "partitions" / f"{record.number:06}.json").write([sealed(asdict(record))])

    def partitions(self, count: int, buckets: int) -> dict[int, PartitionRecord]:
        """Return the records of counted partitions whose runs are all as they were written, by number.

        Args:
            count: The number of partitions.
            buckets: The number of buckets.
        """
        found = {}
        for record in self._records("partitions", PARTITION):
            record["runs"] = tuple(RunRecord(**run) for run in record["runs"])
            record["unreadable"] = tuple(tuple(item) for item in record["unreadable"])
            done = PartitionRecord(**record)
            runs = self.location / "runs"
            if done.number < count and all(is_run(runs / run.name, run, buckets) for run in done.runs):
                found[done.number] = done
        return found

    def record_runs(self, partitions: dict[int, PartitionRecord]) -> None:
        """Write the list of runs to merge, in the order of partitions."""
        listed = [asdict(run) for number in sorted(partitions) for run in partitions[number].runs]
        (self.location / "runs.json").write([sealed({"runs": listed})])

    def record_bucket(self, record: BucketRecord) -> None:
        """Record that a bucket is merged and its part is written."""
        (self.location / "buckets" / f"{record.number:05}.json").write([sealed(asdict(record))])

    def buckets(self, parts: Location, count: int) -> dict[int, BucketRecord]:
        """Return the records of merged buckets whose part is as it was written, by number.

        Args:
            parts: The folder of the parts.
            count: The number of buckets.
        """
        found = {}
        for record in self._records("buckets", BUCKET):
            done = BucketRecord(**{**record, "blocks": tuple(record["blocks"])})
            if done.number < count and done.name == part_name(done.number) and is_part(parts / done.name, done.part):
                found[done.number] = done
        return found

    def _records(self, folder: str, shape: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the records in a folder; a task whose record is damaged is run again."""
        place = self.location / folder
        for name in place.children():
            if name.endswith(".json") and not name.startswith("."):  # not what a process that was killed left
                with suppress(CorpusError):
                    yield read_sealed(place / name, shape)


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
