"""A count from its begin to its end: what is left to do is done, by whoever does it, and the table put in its place."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from corpus_kit import machine, storage
from corpus_kit._arguments import build_time, memory_argument
from corpus_kit._version import __version__
from corpus_kit.errors import CorpusError, InputError, choose
from corpus_kit.ngram_options import check_tokenizer, ngram_options
from corpus_kit.normalization import Profile, resolve_profile
from corpus_kit.scale.engine import DaskEngine, Engine, LocalEngine
from corpus_kit.scale.locations import Location
from corpus_kit.scale.merging import BucketRecord, is_part_name, merge_bucket
from corpus_kit.scale.partition import PartitionRecord, count_partition
from corpus_kit.scale.plan import CountPlan, cut_of, versions
from corpus_kit.scale.sources import Partition, Piece, SourcePlan, plan_source
from corpus_kit.scale.table import NgramTable
from corpus_kit.scale.work import Stored, WorkFolder, as_json, manifest_of, work_of

__all__ = ["count_ngrams"]

Record = TypeVar("Record")

_FORMAT = 1
_OVERHEAD = 32 * 10**6  # of a task: what is read, and what Polars keeps of it
_LEAST_TASK_MEMORY = 100 * 10**6  # with less, a thread more costs more in runs than it gains


def count_ngrams(
    source: str | Path | Sequence[str | Path],
    n: int | tuple[int, int],
    out: str | Path,
    *,
    text: str = "text",
    profile: Profile = "search",
    min_count: int = 1,
    memory: str | int = "2GB",
    client: Any = None,
    resume: bool = True,
    tokenizer: str = "standard",
    skip: int = 0,
    within: str = "paragraph",
    lines: bool = False,
    unreadable: str = "raise",
    storage_options: Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> NgramTable:
    """Count the n-grams of texts that need not fit into memory, on this machine or on a cluster.

    The rows are those of `ck.count_ngrams` for the same texts; they are written to a folder of Parquet files.

    Args:
        source: a file, a folder, a glob or a URL that fsspec understands (s3://...), or a list of these: Parquet,
            JSON Lines (.jsonl, .ndjson, .json) or text files (.txt); the latter two also .gz, .bz2 or .xz. A text
            file is one document.
        n: the number of tokens, 1 to 8, or (low, high) for all from low to high.
        out: the folder of the table, or its URL. Beside it a manifest is written (OUT.manifest.json), and while the
            count runs a folder OUT.counting, which holds about as many bytes as the texts.
        text: the column that holds the text.
        profile, min_count, tokenizer, skip, within: as in `ck.count_ngrams`. min_count is applied to the whole.
        memory: what the count may take, as "400MB" or a number of bytes, beyond what the process has when it begins.
            It is kept about: reading may take up to 70 MB more. With a client it holds for each worker process.
        client: a `distributed.Client`; its workers do the same tasks. They must see the source and `out`, and have
            the same version of corpus_kit. None: threads of this process.
        resume: go on with a count of the same source and options that was cut off. False: count anew, and put the
            result in the place of what is there.
        lines: make each line of a text file a document.
        unreadable: "raise", or "skip" to leave out files that cannot be read; the manifest names and counts them. Of
            a file that is cut into several pieces, only those that cannot be read are left out.
        storage_options: for fsspec, such as keys and the address of an object store. They are not written anywhere.
        progress: show progress; None shows it on a terminal or in a notebook.

    Returns:
        The table: `.scan()` is a LazyFrame of ngram (String), n (UInt8), count (Int64) and documents (Int64). Each
        part holds the n-grams of one bucket (a hash of their bytes), sorted by bytes. `ck.ngrams` takes the table.

    Raises:
        InputError: an argument that cannot be; a profile that writes spaces into words.
        SourceError: a source that cannot be read, named, or has no column of texts, before anything is counted.
        CorpusError: `out` is in use by another run, holds something else, was counted with other options, or cannot
            be written (a full disk); what is done is kept and the same call goes on from there.

    >>> import tempfile
    >>> import corpus_kit as ck
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.txt").write_text("هذا كتاب جديد وهذا كتاب قديم", encoding="utf-8")
    ...     table = ck.scale.count_ngrams(f"{folder}/*.txt", 1, f"{folder}/words", min_count=2)
    ...     table.scan().collect().rows()
    [('كتاب', 1, 2, 1)]
    """
    options = ngram_options(n, min_count=min_count, skip=skip, within=within)
    if not isinstance(text, str):
        raise InputError(f"text= takes the name of a column, not {type(text).__name__}: {text!r:.60}")
    check_tokenizer(tokenizer, within)
    choose(unreadable, ["raise", "skip"], "unreadable")
    target = Location.of(out, storage_options, argument="out")
    options_of_store = None if storage_options is None else dict(storage_options)
    engine, task_memory = _engine(client, memory_argument(memory))
    work = WorkFolder(target)
    plan = CountPlan(
        options, resolve_profile(profile), tokenizer, text, lines, unreadable == "skip", task_memory, 0,
        work.location, work.location / "parts" if target.is_local else target,
    )  # fmt: skip
    _check_target(target)
    count = _Count(plan, work, engine, options_of_store, progress)
    if resume and manifest_of(target).exists():
        return count.finished(source)
    return count.run(source, resume=resume)


def _engine(client: Any, memory: int) -> tuple[Engine, int]:
    """Who does the work, and the memory of one task."""
    if client is not None:
        cluster = DaskEngine(client)
        return cluster, _task_memory(memory, cluster.tasks_of_a_worker)
    workers = max(min(machine.threads(), memory // _LEAST_TASK_MEMORY), 1)
    return LocalEngine(workers), _task_memory(memory, workers)


def _task_memory(memory: int, tasks: int) -> int:
    share = memory // tasks
    return share - min(_OVERHEAD, share // 4)


def _check_target(out: Location) -> None:
    """Refuse a folder that holds something else than a table."""
    if out.is_local and out.path.exists() and not out.path.is_dir():
        raise CorpusError(f"{out} is a file; a table of n-grams is a folder. Choose another path")
    children = out.children()
    if not children or manifest_of(out).exists():
        return
    # a run may have ended before its manifest was written: it is gone on with, and replaces what it left
    begun = (work_of(out) / "plan.json").exists() and all(is_part_name(name) for name in children)
    if not begun:
        raise CorpusError(f"{out} is not empty and has no manifest of a count beside it. Choose another path")


class _Count:
    """One call: the plan, where it works, and who does the tasks."""

    def __init__(
        self, plan: CountPlan, work: WorkFolder, engine: Engine, options: dict[str, Any] | None, progress: bool | None
    ) -> None:
        self._plan = plan
        self._work = work
        self._engine = engine
        self._options = options  # of the file system, for source and output; a local output has none
        self._progress = progress
        self._left_out: list[tuple[str, str]] = []  # files that could not be opened while planning

    def finished(self, source: Any) -> NgramTable:
        """The table that is there already, if it is what was asked for."""
        table = NgramTable.open(self._work.out.url, storage_options=self._options)
        source_plan = self._planned_source(source)
        self._expect_same(table.options, table.manifest["source"]["files"], source_plan, str(self._work.out))
        if self._work.location.exists():  # the run that wrote the manifest ended before it had cleared up
            with suppress(CorpusError), self._work.locked():  # or another one counts anew
                self._work.clear()
                self._work.location.delete_folder()
        return table

    def run(self, source: Any, *, resume: bool) -> NgramTable:
        """Do what is left to do."""
        with self._work.locked():
            source_plan = self._begin(source, resume=resume)
            partitions = self._count(source_plan)
            self._work.note_runs(partitions)
            buckets = self._merge()
            self._put_in_place(source_plan, partitions, buckets)
        self._work.location.delete_folder()
        return NgramTable.open(self._work.out.url, storage_options=self._options)

    # Planning

    def _planned_source(self, source: Any) -> SourcePlan:
        plan = self._plan
        partition_bytes, _ = cut_of(plan.options, 0, plan.task_memory)
        note = (lambda name, why: self._left_out.append((name, why))) if plan.skip_unreadable else None
        return plan_source(
            source,
            text=plan.text,
            lines=plan.lines,
            partition_bytes=partition_bytes,
            storage_options=self._options,
            unreadable=note,
        )

    def _begin(self, source: Any, *, resume: bool) -> SourcePlan:
        """The source as it was cut by the run that is resumed, or is cut now."""
        found = self._planned_source(source)
        stored = self._work.stored() if resume else None
        if stored is None:
            self._work.clear()
            _, bits = cut_of(self._plan.options, found.text_bytes, self._plan.task_memory)
            stored = Stored(self._plan.record(), found, bits, __version__)
            self._work.store(stored)
        else:
            files = [vars(file) for file in stored.source.files]
            self._expect_same(stored.record, files, found, str(self._work.location))
            if stored.library_version != __version__:
                raise CorpusError(
                    f"{self._work.location} was begun by corpus_kit {stored.library_version}, and this is "
                    f"{__version__}; resume=False counts anew"
                )
            found = _with_options(stored.source, self._options)
        self._plan = replace(self._plan, bucket_bits=stored.bucket_bits)
        self._work.prepare()
        if isinstance(self._engine, DaskEngine):
            self._engine.check(self._work.location / "plan.json")
        return found

    def _expect_same(self, record: dict[str, Any], files: list[dict[str, Any]], found: SourcePlan, place: str) -> None:
        own = self._plan.record()
        for name, value in own.items():
            if record.get(name) != value:
                raise CorpusError(
                    f"{place} was counted with other options: {name} was {_shown(record.get(name))}, and now is "
                    f"{_shown(value)}. Choose another folder, or resume=False to count anew"
                )
        before = {file["name"]: (file["bytes"], file["fingerprint"]) for file in files}
        after = {file.name: (file.bytes, file.fingerprint) for file in found.files}
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                state = "is gone" if name not in after else "is new" if name not in before else "has changed"
                raise CorpusError(
                    f"{place} was counted from other files: {name!r} {state}. Choose another folder, or resume=False "
                    "to count anew"
                )

    # Working

    def _count(self, source: SourcePlan) -> dict[int, PartitionRecord]:
        done = self._work.partitions()
        sizes = {each.number: sum(piece.text_bytes for piece in each.pieces) for each in source.partitions}
        left = [each for each in source.partitions if each.number not in done]

        def note(record: PartitionRecord) -> int:
            self._work.note_partition(record)
            done[record.number] = record
            return sizes[record.number]

        already = sum(sizes[number] for number in done)
        self._do(count_partition, left, note, "Counting", sum(sizes.values()), already, scaled=True)
        return done

    def _merge(self) -> dict[int, BucketRecord]:
        done = self._work.buckets(self._plan.parts)
        buckets = 1 << self._plan.bucket_bits
        left = [number for number in range(buckets) if number not in done]

        def note(record: BucketRecord) -> int:
            self._work.note_bucket(record)
            done[record.number] = record
            return 1

        self._do(merge_bucket, left, note, "Merging", buckets, len(done), scaled=False)
        return done

    def _do(
        self,
        task: Callable[[Any, CountPlan], Record],
        items: Sequence[Any],
        note: Callable[[Record], int],
        title: str,
        total: int,
        already: int,
        *,
        scaled: bool,
    ) -> None:
        with _bar(self._progress, title, total, already, scaled=scaled) as advance:
            results: Iterator[Record] = self._engine.run(task, items, self._plan)
            for record in results:
                advance(note(record))

    # The end

    def _put_in_place(
        self, source: SourcePlan, partitions: dict[int, PartitionRecord], buckets: dict[int, BucketRecord]
    ) -> None:
        manifest = self._manifest(source, partitions, buckets)
        out = self._work.out
        if out.is_local:
            manifest_of(out).delete()
            try:
                storage.put_in_place(self._plan.parts.path, out.path)
            except OSError as error:
                raise CorpusError(f"cannot put the table into {out}: {error.strerror}") from error
        else:
            written = {record.name for record in buckets.values()}
            for name in out.children():
                if name not in written:  # of a table with more buckets that this one takes the place of
                    (out / name).delete()
        manifest_of(out).write([as_json(manifest)])

    def _manifest(
        self, source: SourcePlan, partitions: dict[int, PartitionRecord], buckets: dict[int, BucketRecord]
    ) -> dict[str, Any]:
        counted = [partitions[number] for number in sorted(partitions)]
        parts = [buckets[number] for number in sorted(buckets)]
        left_out = [*self._left_out, *(item for record in counted for item in record.unreadable)]
        content = sum(part.content for part in parts) % 2**64
        ngrams = sum(part.rows for part in parts)
        checksum = hashlib.sha256(as_json([self._plan.record(), ngrams, content])).hexdigest()
        return {
            "format": _FORMAT,
            "library_version": self._plan.library_version,
            "versions": versions(),
            "created": build_time(),
            "checksum": checksum,
            "options": self._plan.record(),
            "counts": {
                "files": len(source.files),
                "documents": sum(record.documents for record in counted),
                "tokens": sum(record.tokens for record in counted),
                "ngrams": ngrams,
                "occurrences": sum(part.count for part in parts),
                "unreadable": len(left_out),
            },
            "unreadable": [{"name": name, "reason": why} for name, why in left_out],
            "source": {"files": [vars(file) for file in source.files], "ignored": list(source.ignored)},
            "workers": sorted({record.worker for record in counted}),
            "parts": [vars(part) for part in parts],
        }


def _with_options(source: SourcePlan, options: dict[str, Any] | None) -> SourcePlan:
    """A stored source has no options of a file system; those of this call are as good."""

    def piece(stored: Piece) -> Piece:
        return replace(stored, location=Location(stored.location.url, options))

    return replace(
        source,
        partitions=tuple(Partition(each.number, tuple(map(piece, each.pieces))) for each in source.partitions),
    )


def _shown(value: Any) -> str:
    return f"{value['name']} ({value['digest'][:12]})" if isinstance(value, dict) else repr(value)


@contextmanager
def _bar(shown: bool | None, title: str, total: int, already: int, *, scaled: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar, as a function that moves it on."""
    if shown is False:
        yield lambda _: None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a notebook lacks widgets
        from tqdm.auto import tqdm  # type: ignore[import-untyped]
    bar = tqdm(
        total=total,
        initial=already,
        desc=title,
        unit="B" if scaled else "part",
        unit_scale=scaled,
        disable=None if shown is None else False,
        leave=False,
    )
    with bar:
        yield bar.update
