"""The second half of a count: one bucket of all runs to one part of the table."""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from corpus_kit import _runs
from corpus_kit._columns import series_from_core
from corpus_kit.errors import CorpusError
from corpus_kit.scale.plan import CountPlan
from corpus_kit.scale.runs import RunRecord, read_bucket

__all__ = ["METADATA_KEY", "BucketRecord", "is_part_name", "merge_bucket", "part_name"]

METADATA_KEY = "corpus_kit"
_ROWS_OF_GROUP = 1 << 17


@dataclass(frozen=True)
class BucketRecord:
    """A part that was written: its bucket and file, rows, the sums of their counts and hashes, size and SHA-256."""

    number: int
    name: str
    rows: int
    count: int
    content: int
    bytes: int
    sha256: str


def part_name(bucket: int) -> str:
    """The file of a bucket.

    >>> part_name(7)
    'part-00007.parquet'
    """
    return f"part-{bucket:05}.parquet"


def is_part_name(name: str) -> bool:
    """Whether a file of this name is a part of a table.

    >>> is_part_name("part-00007.parquet"), is_part_name("parts.parquet")
    (True, False)
    """
    return re.fullmatch(r"part-[0-9]{5}\.parquet", name) is not None


def merge_bucket(bucket: int, plan: CountPlan) -> BucketRecord:
    """Sum one bucket of all runs and write it as one Parquet file: ngram (ascending by bytes), n, count, documents.

    Only here min_count is applied: what is rare in one run may be frequent in all.

    The runs are those that runs.json in the plan's folder lists.

    Raises CorpusError where a run is not what was written, or nothing can be written.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from corpus_kit.ngram_options import ngram_options
    >>> from corpus_kit.scale.locations import Location
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "runs.json").write_text("[]")
    >>> plan = CountPlan(
    ...     ngram_options(1), None, "standard", "text", False, False, task_memory=10**8, bucket_bits=1,
    ...     work=Location.of(folder), parts=Location.of(folder),
    ... )
    >>> merge_bucket(1, plan).rows, pl.read_parquet(folder / "part-00001.parquet").columns
    (0, ['ngram', 'n', 'count', 'documents'])
    """
    plan.check_version()
    buckets = 1 << plan.bucket_bits
    pieces, rows = [], []
    for run in _listed_runs(plan):
        piece, n_rows = read_bucket(plan.work / "runs" / run.name, run, bucket, buckets)
        if n_rows:
            pieces.append(piece)
            rows.append(n_rows)
    try:
        *columns, content = _runs.merge_runs(pieces, np.array(rows, np.uint64), min_count=plan.options.min_count)
    except (ValueError, OverflowError) as error:
        raise CorpusError(f"bucket {bucket} of {plan.work} cannot be merged: {error}") from None
    del pieces
    names = ("ngram", "n", "count", "documents")
    table = pl.DataFrame([series_from_core(name, column) for name, column in zip(names, columns, strict=True)])
    data = _parquet(table, plan)
    (plan.parts / part_name(bucket)).write([data])
    return BucketRecord(
        bucket,
        part_name(bucket),
        table.height,
        int(table["count"].sum()),
        content,
        len(data),
        hashlib.sha256(data).hexdigest(),
    )


def _listed_runs(plan: CountPlan) -> list[RunRecord]:
    listed = json.loads((plan.work / "runs.json").read())
    return [RunRecord(**run) for run in listed]


def _parquet(table: pl.DataFrame, plan: CountPlan) -> memoryview:
    """The file of a part; it tells itself how it was counted."""
    buffer = io.BytesIO()
    told = json.dumps({"library_version": plan.library_version, **plan.record()}, ensure_ascii=False)
    table.write_parquet(
        buffer,
        compression="zstd",
        compression_level=1,
        row_group_size=_ROWS_OF_GROUP,
        statistics=False,  # each part holds n-grams from the first to the last of all: they would rule out none
        metadata={METADATA_KEY: told},
    )
    return buffer.getbuffer()
