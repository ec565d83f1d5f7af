"""Count n-grams at scale: plan the source, run the tasks that are left, publish the table."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from corpus_kit._base.arguments import boolean, memory_argument, text_argument
from corpus_kit._base.clock import build_time
from corpus_kit._version import __version__
from corpus_kit.errors import CorpusError, choose, invalid
from corpus_kit.machine.threads import threads
from corpus_kit.scale.engine import DaskEngine, Engine, LocalEngine
from corpus_kit.scale.locations import Location
from corpus_kit.scale.merge_bucket import BucketRecord, is_part_name, merge_bucket
from corpus_kit.scale.ngram_table import NgramTable
from corpus_kit.scale.partition import PartitionRecord, count_partition
from corpus_kit.scale.plan import CountPlan, cut_of, versions
from corpus_kit.scale.publishing import complete, is_complete, publish
from corpus_kit.scale.sealed import as_json
from corpus_kit.scale.shapes import FORMAT
from corpus_kit.scale.sources import SourcePlan, plan_source, source_items
from corpus_kit.scale.work import Stored, WorkFolder, manifest_of, without_link, work_of
from corpus_kit.text.ngram_options import check_tokenizer, ngram_options
from corpus_kit.text.normalization import Profile, resolve_profile

__all__ = ["count_ngrams"]

Record = TypeVar("Record")

_OVERHEAD = 32 * 10**6  # bytes of a task for input buffers, and what Polars keeps of them
_LEAST_TASK_MEMORY = 100 * 10**6  # bytes; below that, another thread costs more in additional runs than it gains


def count_ngrams(
    source: str | Path | Sequence[str | Path],
    n: int | tuple[int, int],
    out: str | Path,
    *,
    text: str = "text",
    lines: bool = False,
    profile: Profile = "search",
    tokenizer: str = "standard",
    within: str = "paragraph",
    skip: int = 0,
    min_count: int = 1,
    memory: str | int = "2GB",
    client: Any = None,
    resume: bool = True,
    unreadable: str = "raise",
    storage_options: Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> NgramTable:
    """Count the n-grams of texts that need not fit into memory, on this machine or on a cluster.

    The rows are those of `ck.count_ngrams` for the same texts; they are written to a folder of Parquet files.

    Args:
        source: A file, a folder, a glob, a URL that fsspec understands (s3://...), or a list of these: Parquet, JSON
            Lines (.jsonl, .ndjson, .json) or text files (.txt); the latter two also as .gz, .bz2 or .xz. A text file
            is one document.
        n: The number of words, 1 to 8, or (low, high) for all lengths from low to high.
        out: The folder of the table, or its URL. A manifest is written beside it (OUT.manifest.json). During the count
            a folder OUT.counting holds about as many bytes as the texts.
        text: The column or key of the texts in Parquet and JSON Lines.
        lines: Whether each line of a text file is a document.
        profile: The normalisation profile, as in `ck.count_ngrams`.
        tokenizer: "standard" or "whitespace", as in `ck.count_ngrams`.
        within: The unit of text that bounds n-grams: "sentence", "paragraph" or "document".
        skip: The number of words that a skip-gram may skip in all, 0 to 15.
        min_count: The lowest count that is kept; it applies to the whole source.
        memory: Memory that the count may take in addition to what the process uses when it starts, such as "400MB" or
            a number of bytes. It is a target: reading may take up to 70 MB more. With a client it applies to each
            worker process.
        client: A `distributed.Client` whose workers do the tasks. They must see the source and `out`, and have the
            same version of corpus_kit. None uses threads of this process.
        resume: Whether to resume an interrupted count of the same source and options. False starts again and replaces
            an existing table.
        unreadable: "raise", or "skip" to leave out files that cannot be read; the manifest lists them. If a file is
            cut into several pieces, only the pieces that cannot be read are left out.
        storage_options: Options of fsspec, such as the keys and the address of an object store. They are not stored
            anywhere.
        progress: Whether to show progress; None shows it on a terminal or in a notebook.

    Returns:
        The table: `.scan()` is a LazyFrame of ngram (String), n (UInt8), count (Int64) and documents (Int64). Each
        part holds the n-grams of one bucket (a hash of their bytes), sorted by bytes. `ck.ngrams` takes the table.

    Raises:
        InputError: If an argument is invalid, or the profile writes spaces into words.
        SourceError: If a source cannot be read or has no text column; before anything is counted, as far as possible.
        CorpusError: If another run is using `out`, it holds something else or was counted with other options, or it
            cannot be written (a full disk). Finished tasks are kept, and the same call resumes the count.

    Examples:
        >>> import tempfile
        >>> import corpus_kit as ck
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a.txt").write_text("هذا كتاب جديد وهذا كتاب قديم", encoding="utf-8")
        ...     table = ck.scale.count_ngrams(f"{folder}/*.txt", 1, f"{folder}/words", min_count=2)
        ...     table.scan().collect().rows()
        [('كتاب', 1, 2, 1)]
    """
    options = ngram_options(n, min_count=min_count, skip=skip, within=within)
    check_tokenizer(tokenizer, within)
    choose(unreadable, ["raise", "skip"], "unreadable")
    source_items(source)
    boolean(resume, "resume")
    if progress is not None:
        boolean(progress, "progress")
    target = without_link(Location.of(out, storage_options, argument="out"))
    options_of_store = None if storage_options is None else dict(storage_options)
    if client is not None:
        _refuse_secrets(source_items(source), target)
    engine, task_memory = _engine(client, memory_argument(memory))
    work = WorkFolder(target)
    plan = CountPlan(
        options, resolve_profile(profile), tokenizer, text_argument(text, "text"), boolean(lines, "lines"),
        unreadable == "skip", task_memory, 0,
        work.location, work.location / "parts" if target.is_local else target,
    )  # fmt: skip
    _check_target(target)
    count = _Count(plan, work, engine, options_of_store, progress)
    if is_complete(work):
        with work.locked():
            complete(work)
    if resume and manifest_of(target).exists():
        try:
            return count.finished(source)
        except CorpusError:
            if not count.was_interrupted():  # while it replaced this table
                raise
    return count.run(source, resume=resume)


def _engine(client: Any, memory: int) -> tuple[Engine, int]:
    """Return the engine that runs the tasks, and the memory of one task in bytes."""
    if client is not None:
        cluster = DaskEngine(client)
        return cluster, _task_memory(memory, cluster.tasks_of_a_worker)
    workers = max(min(threads(), memory // _LEAST_TASK_MEMORY), 1)
    return LocalEngine(workers), _task_memory(memory, workers)


def _task_memory(memory: int, tasks: int) -> int:
    share = memory // tasks
    return share - min(_OVERHEAD, share // 4)


def _refuse_secrets(source: Sequence[str | Path], target: Location) -> None:
    """Raise InputError if an address has a password or a token, which tasks would take to the workers."""
    places = [("source", Location.of(item, argument="source", any_bytes=True)) for item in source]
    for name, place in [*places, ("out", target)]:
        if place.holds_secrets:
            raise invalid(
                name,
                "a URL without a password, token or query if there is a client",
                str(place),
                "Give them as storage_options, or in the environment of the workers.",
            )


def _check_target(out: Location) -> None:
    """Raise CorpusError for a folder that holds anything but a table of n-grams."""
    if out.is_local and out.path.exists() and not out.path.is_dir():
        raise CorpusError(f"{out} is a file, and a table of n-grams is a folder. Choose another path.")
    children = out.children()
    if not children or manifest_of(out).exists():
        return
    # A run that ended between publishing the parts and writing the manifest left parts only; it can be resumed.
    is_interrupted = (work_of(out) / "plan.json").exists() and all(is_part_name(name) for name in children)
    if not is_interrupted:
        raise CorpusError(f"{out} is not empty and is not a table of n-grams. Choose another path.")


class _Count:
    """One call of `count_ngrams`: the plan, the work folder and the engine."""

    def __init__(
        self, plan: CountPlan, work: WorkFolder, engine: Engine, options: dict[str, Any] | None, progress: bool | None
    ) -> None:
        self._plan = plan
        self._work = work
        self._engine = engine
        self._options = options  # of fsspec, for source and output; a local output has none
        self._progress = progress
        self._left_out: list[tuple[str, str]] = []  # files that could not be opened while planning

    def finished(self, source: Any) -> NgramTable:
        """Return the existing table, if its options and source are those of this call."""
        table = NgramTable.open(self._work.out.url, storage_options=self._options)
        source_plan = self._planned_source(source)
        self._expect_same(table.options, table.manifest["source"]["files"], source_plan, str(self._work.out))
        if self._work.location.exists():  # the run that wrote the manifest ended before it deleted the work folder
            with suppress(CorpusError), self._work.locked():  # unless another run is counting again
                self._work.clear()
                self._work.location.delete_folder()
        return table

    def was_interrupted(self) -> bool:
        """Return whether there is a run of these options to resume."""
        try:
            stored = self._work.stored()
        except CorpusError:
            return False
        return stored is not None and stored.record == self._plan.record()

    def run(self, source: Any, *, resume: bool) -> NgramTable:
        """Run the tasks that are left and publish the table."""
        with self._work.locked(), self._engine.lending(self._options):
            source_plan = self._begin(source, resume=resume)
            partitions = self._count(source_plan)
            self._work.record_runs(partitions)
            buckets = self._merge()
            self._publish(source_plan, partitions, buckets)
        self._work.location.delete_folder()
        return NgramTable.open(self._work.out.url, storage_options=self._options)

    # Planning

    def _planned_source(self, source: Any) -> SourcePlan:
        plan = self._plan
        partition_bytes, _ = cut_of(plan.options, 0, plan.task_memory)
        skip = (lambda name, why: self._left_out.append((name, why))) if plan.skip_unreadable else None
        return plan_source(
            source,
            text=plan.text,
            lines=plan.lines,
            partition_bytes=partition_bytes,
            storage_options=self._options,
            unreadable=skip,
        )

    def _begin(self, source: Any, *, resume: bool) -> SourcePlan:
        """Return the source as the interrupted run cut it, or as it is cut now."""
        found = self._planned_source(source)
        stored = self._work.stored() if resume else None
        if stored is None:
            self._work.clear()
            _, bits = cut_of(self._plan.options, found.text_bytes, self._plan.task_memory)
            stored = Stored.of(found, self._plan.record(), bits, __version__)
            self._work.store(stored)
        else:
            files = [vars(file) for file in stored.files]
            self._expect_same(stored.record, files, found, str(self._work.location))
            if stored.library_version != __version__:
                raise CorpusError(
                    f"{self._work.location} was started by corpus_kit {stored.library_version}, and this is "
                    f"{__version__}. Use that version, or resume=False to count again."
                )
            found = stored.source(found.places)
        self._plan = replace(self._plan, bucket_bits=stored.bucket_bits)
        self._work.prepare()
        if not self._work.out.is_local:  # its parts are replaced one by one
            manifest_of(self._work.out).delete()
        if isinstance(self._engine, DaskEngine):
            self._engine.check(self._work.location / "plan.json")
        return found

    def _expect_same(self, record: dict[str, Any], files: list[dict[str, Any]], found: SourcePlan, place: str) -> None:
        own = self._plan.record()
        for name, value in own.items():
            if record.get(name) != value:
                raise CorpusError(
                    f"{place} was counted with other options: {name} was {_shown(record.get(name))} and is now "
                    f"{_shown(value)}. Choose another folder, or resume=False to count again."
                )
        before = {file["name"]: (file["bytes"], file["fingerprint"]) for file in files}
        after = {file.name: (file.bytes, file.fingerprint) for file in found.files}
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                state = "is missing" if name not in after else "is new" if name not in before else "has changed"
                raise CorpusError(
                    f"{place} was counted from other files: {name!r} {state}. Choose another folder, or resume=False "
                    "to count again."
                )

    # Tasks

    def _count(self, source: SourcePlan) -> dict[int, PartitionRecord]:
        done = self._work.partitions(len(source.partitions), 1 << self._plan.bucket_bits)
        sizes = {each.number: sum(piece.text_bytes for piece in each.pieces) for each in source.partitions}
        left = [each for each in source.partitions if each.number not in done]

        def store(record: PartitionRecord) -> int:
            self._work.record_partition(record)
            done[record.number] = record
            return sizes[record.number]

        already = sum(sizes[number] for number in done)
        self._run_tasks(count_partition, left, store, "Counting", sum(sizes.values()), already, scaled=True)
        return done

    def _merge(self) -> dict[int, BucketRecord]:
        buckets = 1 << self._plan.bucket_bits
        done = self._work.buckets(self._plan.parts, buckets)
        left = [number for number in range(buckets) if number not in done]

        def store(record: BucketRecord) -> int:
            self._work.record_bucket(record)
            done[record.number] = record
            return 1

        self._run_tasks(merge_bucket, left, store, "Merging", buckets, len(done), scaled=False)
        return done

    def _run_tasks(
        self,
        task: Callable[[Any, CountPlan], Record],
        items: Sequence[Any],
        store: Callable[[Record], int],
        title: str,
        total: int,
        already: int,
        *,
        scaled: bool,
    ) -> None:
        with _bar(self._progress, title, total, already, scaled=scaled) as advance:
            results: Iterator[Record] = self._engine.run(task, items, self._plan)
            for record in results:
                advance(store(record))

    # Publishing

    def _publish(
        self, source: SourcePlan, partitions: dict[int, PartitionRecord], buckets: dict[int, BucketRecord]
    ) -> None:
        manifest = self._manifest(source, partitions, buckets)
        publish(self._work, manifest, {record.name for record in buckets.values()})

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
            "format": FORMAT,
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


def _shown(value: Any) -> str:
    return f"{value['name']} ({value['digest'][:12]})" if isinstance(value, dict) else repr(value)


@contextmanager
def _bar(shown: bool | None, title: str, total: int, already: int, *, scaled: bool) -> Iterator[Callable[[int], None]]:
    """Show a progress bar; yield the function that advances it."""
    if shown is False:
        yield lambda _: None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning about missing widgets in notebooks
        from tqdm.auto import tqdm  # type: ignore[import-untyped]  # slow to load
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
