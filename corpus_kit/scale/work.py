"""The folder of a count that is under way: who works on it, what was planned, and what is done already.

::

    OUT.counting/lock.json          who counts, and when that was last said
    OUT.counting/plan.json          options, files of the source, and how the work is cut
    OUT.counting/runs/*.run         runs of sorted n-grams
    OUT.counting/partitions/*.json  a record of each partition that is counted
    OUT.counting/runs.json          the runs that are merged: those of the partitions' records
    OUT.counting/parts/             parts of the table, until all are there (local folders only)
    OUT.counting/buckets/*.json     a record of each part
    OUT/part-*.parquet              the table
    OUT.manifest.json               what was counted, how, and the SHA-256 of each part

The manifest lies beside the table and not in it, since a folder of Parquet files is what `pl.scan_parquet` reads.
A record is written after what it tells of. So a run that is cut off is resumed by doing what has no record.
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
from corpus_kit.scale.merging import BucketRecord
from corpus_kit.scale.partition import PartitionRecord
from corpus_kit.scale.runs import RunRecord
from corpus_kit.scale.sources import Partition, Piece, SourcePlan, SourceRecord

__all__ = ["WorkFolder", "manifest_of", "work_of"]

_FORMAT = 1
_RENEWED = 20.0  # seconds between two signs of life
_STALE = 300.0  # a lock that was not renewed for so long is that of a run that ended


def work_of(out: Location) -> Location:
    """The folder of the work on a table."""
    return out.parent / f"{out.name}.counting"


def manifest_of(out: Location) -> Location:
    """The manifest of a table."""
    return out.parent / f"{out.name}.manifest.json"


def as_json(value: object) -> bytes:
    """JSON as it is written everywhere here: the same bytes for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(location: Location) -> Any:
    """The value in a JSON file. Raises CorpusError where it holds none."""
    try:
        return json.loads(location.read())
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{location} is damaged: it is not JSON ({error})") from None


@dataclass(frozen=True)
class Stored:
    """What plan.json says."""

    record: dict[str, Any]
    source: SourcePlan
    bucket_bits: int
    library_version: str


class WorkFolder:
    """Reads and writes the folder; who counts has it for themselves between `locked` and its end."""

    def __init__(self, out: Location) -> None:
        self.out = out
        self.location = work_of(out)
        self._lock = self.location / "lock.json"

    # Who works here

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Have the folder alone. Raises CorpusError, which names who has it, where another run works there."""
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
        if holder is not None and _lives(holder):
            raise CorpusError(
                f"another run works on {self.out}: process {holder['pid']} on {holder['host']}, last seen "
                f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(holder['renewed']))}. If it has ended, delete "
                f"{self._lock} or wait five minutes"
            )
        self._lock.delete()
        if not self._lock.create_exclusively(as_json({**own, "renewed": time.time()})):
            raise CorpusError(f"another run has just begun to work on {self.out}")

    def _holder(self) -> dict[str, Any] | None:
        try:
            holder = read_json(self._lock)
            return {"host": str(holder["host"]), "pid": int(holder["pid"]), "renewed": float(holder["renewed"])}
        except (CorpusKitError, KeyError, TypeError, ValueError):
            return None  # cut off while it was written

    def _is_held(self, own: dict[str, Any]) -> bool:
        """Whether the lock is still that of this run: one that slept for long may have lost it."""
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
                continue  # a full disk stops the work itself, with its own message

    # What is planned

    def stored(self) -> Stored | None:
        """The plan of a run that was cut off here; None where there is none."""
        if not (self.location / "plan.json").exists():
            return None
        found = read_json(self.location / "plan.json")
        try:
            if found["format"] != _FORMAT:
                raise CorpusError(
                    f"{self.location} has the format {found['format']}, written by corpus_kit "
                    f"{found['library_version']}; resume=False counts anew"
                )
            return Stored(
                found["options"], _source_of(found["source"]), int(found["bucket_bits"]), found["library_version"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusError(
                f"{self.location / 'plan.json'} is damaged ({error!r}); resume=False counts anew"
            ) from None

    def store(self, plan: Stored) -> None:
        """Write the plan of a run that begins."""
        content = {
            "format": _FORMAT,
            "library_version": plan.library_version,
            "options": plan.record,
            "bucket_bits": plan.bucket_bits,
            "source": _source_record(plan.source),
        }
        (self.location / "plan.json").write([as_json(content)])

    def clear(self) -> None:
        """Delete all that a run left, but the lock."""
        for name in ("runs", "partitions", "parts", "buckets"):
            (self.location / name).delete_folder()
        for name in ("runs.json", "plan.json"):
            (self.location / name).delete()

    def prepare(self) -> None:
        """Make the folders that tasks write to."""
        for name in ("runs", "partitions", "parts", "buckets"):
            (self.location / name).make_folder()

    # What is done

    def note_partition(self, record: PartitionRecord) -> None:
        """A partition is counted; its runs are there."""
        (self.location / "partitions" / f"{record.number:06}.json").write([as_json(asdict(record))])

    def partitions(self) -> dict[int, PartitionRecord]:
        """The partitions that are counted, by number; one whose runs are not all there is not."""
        runs = set((self.location / "runs").children())
        found = {}
        for record in self._records("partitions"):
            record["runs"] = tuple(RunRecord(**run) for run in record["runs"])
            record["unreadable"] = tuple(tuple(item) for item in record["unreadable"])
            done = PartitionRecord(**record)
            if all(run.name in runs for run in done.runs):
                found[done.number] = done
        return found

    def note_runs(self, partitions: dict[int, PartitionRecord]) -> None:
        """Say which runs are merged, in the order of the partitions."""
        listed = [asdict(run) for number in sorted(partitions) for run in partitions[number].runs]
        (self.location / "runs.json").write([as_json(listed)])

    def note_bucket(self, record: BucketRecord) -> None:
        """A bucket is merged; its part is there."""
        (self.location / "buckets" / f"{record.number:05}.json").write([as_json(asdict(record))])

    def buckets(self, parts: Location) -> dict[int, BucketRecord]:
        """The buckets that are merged, by number; one whose part is not there is not."""
        there = set(parts.children())
        found = [BucketRecord(**record) for record in self._records("buckets")]
        return {record.number: record for record in found if record.name in there}

    def _records(self, folder: str) -> list[dict[str, Any]]:
        place = self.location / folder
        found = []
        for name in place.children():
            if not name.endswith(".json") or name.startswith("."):
                continue  # what a writer that was killed left
            record = read_json(place / name)
            if not isinstance(record, dict):
                raise CorpusError(f"{place / name} is damaged; resume=False counts anew")
            found.append(record)
        return found


def _lives(holder: dict[str, Any]) -> bool:
    """Whether the run that holds a lock may still be at work."""
    if holder["host"] == socket.gethostname() and os.name == "posix":
        try:
            os.kill(holder["pid"], 0)
        except ProcessLookupError:
            return False
        except OSError:
            pass  # it lives, and is another user's
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
    """The plan of a source; its locations have no options of a file system, which are stored nowhere."""
    partitions = [
        Partition(
            number, tuple(Piece(Location(url), kind, start, stop, size) for url, kind, start, stop, size in pieces)
        )
        for number, pieces in enumerate(found["partitions"])
    ]
    files = tuple(SourceRecord(**file) for file in found["files"])
    return SourcePlan(files, tuple(partitions), int(found["text_bytes"]), tuple(found["ignored"]))
