"""The second half of a count: merge one bucket of all sorted runs into one part of the table."""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arguments import integer
from corpus_kit._base.columns import series_from_core
from corpus_kit.errors import CorpusError
from corpus_kit.machine.block_cache import keeping_no_blocks
from corpus_kit.scale.part_checks import PartRecord, blocks_of
from corpus_kit.scale.plan import CountPlan, expect_plan
from corpus_kit.scale.runs import RUN, RunRecord, read_bucket
from corpus_kit.scale.sealed import read_sealed

__all__ = ["METADATA_KEY", "BucketRecord", "is_part_name", "merge_bucket", "part_name"]

METADATA_KEY = "corpus_kit"
_ROW_GROUP_SIZE = 1 << 17


@dataclass(frozen=True)
class BucketRecord:
    """A part that was written.

    Attributes:
        number: Its bucket.
        name: Its file.
        rows: The number of n-grams.
        count: The sum of their counts.
        content: The sum of their hashes, modulo 2**64.
        bytes: The size of the file.
        sha256: The checksum of the file.
        mark: The fingerprint of the file, if it is in a store that keeps a checksum of it; else "".
        blocks: The blocks of the file (`part_checks`).
    """

    number: int
    name: str
    rows: int
    count: int
    content: int
    bytes: int
    sha256: str
    mark: str
    blocks: tuple[str, ...]

    @property
    def part(self) -> PartRecord:
        """What checks of the part need."""
        return PartRecord(self.name, self.bytes, self.rows, self.mark, self.blocks)


def part_name(bucket: int) -> str:
    """Return the file name of the part of a bucket.

    Examples:
        >>> part_name(7)
        'part-00007.parquet'
    """
    return f"part-{bucket:05}.parquet"


def is_part_name(name: str) -> bool:
    """Return whether a file of this name is a part of a table.

    Examples:
        >>> is_part_name("part-00007.parquet"), is_part_name("parts.parquet")
        (True, False)
    """
    return re.fullmatch(r"part-[0-9]{5}\.parquet", name) is not None


@keeping_no_blocks()
def merge_bucket(bucket: int, plan: CountPlan) -> BucketRecord:
    """Merge one bucket of all runs and write it as one Parquet file.

    This is a k-way merge with a loser tree: counts of equal n-grams are summed. `min_count` is applied here, since an
    n-gram that is rare in one run may be frequent in all.

    Args:
        bucket: The number of the bucket.
        plan: The plan of the count; runs.json in its work folder lists the runs.

    Returns:
        The record of the part: ngram (String, ascending by bytes), n (UInt8), count and documents (Int64).

    Raises:
        InputError: If an argument is invalid.
        CorpusError: If a run is damaged or the part cannot be written.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from corpus_kit.text.ngram_options import ngram_options
        >>> from corpus_kit.scale.locations import Location
        >>> from corpus_kit.scale.sealed import sealed
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "runs.json").write_bytes(sealed({"runs": []}))
        >>> plan = CountPlan(
        ...     ngram_options(1), None, "standard", "text", False, False, task_memory=10**8, bucket_bits=1,
        ...     work=Location.of(folder), parts=Location.of(folder),
        ... )
        >>> merge_bucket(1, plan).rows, pl.read_parquet(folder / "part-00001.parquet").columns
        (0, ['ngram', 'n', 'count', 'documents'])
    """
    expect_plan(plan)
    plan.check_version()
    buckets = 1 << plan.bucket_bits
    integer(bucket, "bucket", least=0, most=buckets - 1)
    pieces, rows = [], []
    for run in _listed_runs(plan):
        piece, n_rows = read_bucket(plan.work / "runs" / run.name, run, bucket, buckets)
        if n_rows:
            pieces.append(piece)
            rows.append(n_rows)
    try:
        *columns, content = _core.merge_runs(pieces, np.array(rows, np.uint64), min_count=plan.options.min_count)
    except (ValueError, OverflowError) as error:
        raise CorpusError(f"bucket {bucket} of {plan.work} cannot be merged: {error}") from None
    del pieces
    names = ("ngram", "n", "count", "documents")
    table = pl.DataFrame([series_from_core(name, column) for name, column in zip(names, columns, strict=True)])
    data = _parquet(table, plan)
    place = plan.parts / part_name(bucket)
    place.write([data], durable=True)
    return BucketRecord(
        bucket,
        place.name,
        table.height,
        int(table["count"].sum()),
        content,
        len(data),
        hashlib.sha256(data).hexdigest(),
        place.checksum(),
        blocks_of(place, data),
    )


def _listed_runs(plan: CountPlan) -> list[RunRecord]:
    listed = read_sealed(plan.work / "runs.json", {"runs": [RUN]})["runs"]
    return [RunRecord(**run) for run in listed]


def _parquet(table: pl.DataFrame, plan: CountPlan) -> memoryview:
    """Return the file of a part, with the options of the count in its metadata."""
    buffer = io.BytesIO()
    record = json.dumps({"library_version": plan.library_version, **plan.record()}, ensure_ascii=False)
    table.write_parquet(
        buffer,
        compression="zstd",
        compression_level=1,
        row_group_size=_ROW_GROUP_SIZE,
        statistics=False,  # a part spans the whole range of n-grams, so statistics would never exclude it
        metadata={METADATA_KEY: record},
    )
    return buffer.getbuffer()
