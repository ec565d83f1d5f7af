"""A table of n-grams counted at scale: a folder of Parquet files, with a manifest beside it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from corpus_kit.errors import CorpusError, SourceError, invalid, shown, warn
from corpus_kit.readers.sources import reason_of
from corpus_kit.scale.locations import Location
from corpus_kit.scale.merge_bucket import METADATA_KEY, BucketRecord, part_name
from corpus_kit.scale.part_checks import SCHEMA, Guard, PartChecks, part_names
from corpus_kit.scale.sealed import misfit, read_json, read_sealed
from corpus_kit.scale.shapes import FORMAT, MANIFEST, OPTIONS
from corpus_kit.scale.work import manifest_of, without_link, work_of
from corpus_kit.text.ngram_options import NgramOptions
from corpus_kit.text.normalization import Normalizer

__all__ = ["NgramTable"]


class NgramTable:
    """A table of n-grams on disk or in an object store; its rows are not held in memory.

    It is returned by `ck.scale.count_ngrams` and opened by `NgramTable.open`. `ck.ngrams` takes a table or its path.

    Attributes:
        location: The folder or URL.
        manifest: What was counted, how and from which files, and the checksums of each part. If the file beside the
            folder is missing, only what the parts themselves record: `options` and `library_version`; a warning says
            so, since damage cannot be found then.

    Examples:
        >>> import tempfile
        >>> import corpus_kit as ck
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("كتاب جديد في كتاب جديد", encoding="utf-8")
        >>> table = ck.scale.count_ngrams(folder / "a.txt", 2, folder / "pairs", min_count=2)
        >>> table.scan().collect().rows()
        [('كتاب جديد', 2, 2, 1)]
        >>> ck.scale.NgramTable.open(folder / "pairs").id == table.id
        True
    """

    def __init__(self, location: Location, manifest: dict[str, Any]) -> None:
        self.location = location
        self.manifest = manifest
        parts = [BucketRecord(**{**part, "blocks": tuple(part["blocks"])}).part for part in manifest.get("parts", ())]
        self._checks = PartChecks(location, parts) if parts else None

    @classmethod
    def open(cls, path: str | Path, *, storage_options: Mapping[str, Any] | None = None) -> NgramTable:
        """Open a table by the path of its folder or its URL.

        Args:
            path: The folder or URL.
            storage_options: Options of fsspec for a URL.

        Raises:
            CorpusError: If there is no such table, or it is incomplete or damaged.
        """
        location = Location.of(path, storage_options)
        if not manifest_of(location).exists():
            location = without_link(location)
        if manifest_of(location).exists():
            table = cls(location, _manifest(location))
            if table._checks is not None:
                table._checks.expect_files()
            return table
        if (work_of(location) / "plan.json").exists():
            raise CorpusError(f"the count into {location} is not finished. Run the same count again to resume it.")
        parts = part_names(location)
        if not parts:
            raise CorpusError(f"there is no table of n-grams at {location}")
        table = cls(location, _manifest_in_parts(location, parts))
        warn(f"{location} has no manifest beside it, so that nothing can tell whether it is damaged.", stacklevel=2)
        return table

    @property
    def options(self) -> dict[str, Any]:
        """The options of the count: n, min_count, skip, within, profile, tokenizer, text, lines, unreadable."""
        options: dict[str, Any] = self.manifest["options"]
        return options

    @property
    def id(self) -> str | None:
        """Sixteen hexadecimal digits that identify options and rows; None without a manifest."""
        checksum = self.manifest.get("checksum")
        return None if checksum is None else str(checksum)[:16]

    def scan(self) -> pl.LazyFrame:
        """Return the rows as a LazyFrame: ngram (String), n (UInt8), count and documents (Int64).

        Rows are sorted by bytes within each part. Whatever a query reads is first compared with the checksums in the
        manifest, once; a query of damaged parts ends with a CorpusError. Polars itself reads from an object store; its
        options are derived from those of an S3 store.
        """
        if self._checks is None:
            return register_io_source(partial(_unchecked, self.location), schema=SCHEMA)
        options = None if self.location.is_local else _polars_options(self.location)
        # By name, without globbing: the path may contain wildcards. With a schema, nothing is read before the query.
        rows = pl.scan_parquet(
            [(self.location / part["name"]).url for part in self.manifest["parts"]],
            glob=False,
            storage_options=options,
            hive_partitioning=False,
            schema=SCHEMA,
        )
        return pl.concat([Guard(self._checks).lazy(), rows])

    def select(self, options: NgramOptions, profile: Normalizer | None) -> pl.DataFrame:
        """Return the n-grams for `ck.ngrams`: by descending count, then n, then bytes.

        Raises:
            InputError: If the table was counted with other options.
        """
        self._expect(options, profile)
        wanted = pl.col("n").is_between(options.low, options.high) & (pl.col("count") >= options.min_count)
        with _reading(self.location):
            table = self.scan().filter(wanted).collect(engine="streaming")
        return table.sort("count", "n", "ngram", descending=[True, False, False])

    def _expect(self, options: NgramOptions, profile: Normalizer | None) -> None:
        counted = self.options
        low, high = counted["n"]
        if not low <= options.low <= options.high <= high:
            asked = options.low if options.low == options.high else (options.low, options.high)
            raise invalid("n", f"within that of the table, {low if low == high else (low, high)}", asked)
        if options.min_count < counted["min_count"]:
            raise invalid("min_count", f"at least {counted['min_count']:,}, that of the table", options.min_count)
        given = {
            "profile": None if profile is None else {"name": profile.name, "digest": profile.digest},
            "skip": options.skip,
            "within": options.within,
        }
        for name, value in given.items():
            if counted[name] != value:
                raise invalid(name, f"{_named(counted[name])!r}, that of the table", _named(value))

    def verify(self) -> None:
        """Compare all parts with the checksums in the manifest.

        Raises:
            CorpusError: If a part differs, or there is no manifest.
        """
        if self._checks is None:
            raise CorpusError(f"{self.location} has no manifest to verify it with")
        self._checks.expect()
        for part in self.manifest["parts"]:
            data = (self.location / part["name"]).read()
            if hashlib.sha256(data).hexdigest() != part["sha256"]:
                raise CorpusError(f"{self.location} is damaged: {part['name']} has changed since it was written")

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows to a library that reads Arrow data, such as pandas, pyarrow or DuckDB."""
        with _reading(self.location):
            return self.scan().collect(engine="streaming").__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        counts = self.manifest.get("counts")
        size = f"{counts['ngrams']:,} n-grams of {counts['documents']:,} documents" if counts else "no manifest"
        low, high = self.options["n"]
        return f"NgramTable({str(self.location)!r}, n={low if low == high else (low, high)}: {size})"


def _named(value: Any) -> Any:
    return value["name"] if isinstance(value, dict) else value


def _manifest(location: Location) -> dict[str, Any]:
    """Return the manifest of a table, which must be as it was written."""
    place = manifest_of(location)
    content = read_json(place)
    found = content.get("format") if isinstance(content, dict) else None
    if found is not None and found != FORMAT:
        raise CorpusError(
            f"{place} has format {shown(found)}, and this version of corpus_kit reads {FORMAT}. Count again."
        )
    manifest = read_sealed(place, MANIFEST)
    if not manifest["parts"] or any(part["name"] != part_name(row) for row, part in enumerate(manifest["parts"])):
        raise CorpusError(f"{place} is damaged: its parts are not numbered")
    return manifest


def _unchecked(
    location: Location,
    with_columns: list[str] | None,
    predicate: pl.Expr | None,
    n_rows: int | None,
    batch_size: int | None,  # noqa: ARG001  # as Polars calls it
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a table without a manifest, part by part; a part that Polars cannot read is named."""
    left = n_rows
    for name in part_names(location):
        place = location / name
        with _reading(place):
            rows = pl.scan_parquet(place.read(), schema=SCHEMA)
            rows = rows if predicate is None else rows.filter(predicate)
            table = rows.select(with_columns or list(SCHEMA)).slice(0, left).collect()
        yield table
        if left is not None and (left := left - table.height) <= 0:
            return


@contextmanager
def _reading(location: Location) -> Iterator[None]:
    """Turn what goes wrong while Polars reads a table into CorpusError."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise CorpusError(f"{location} cannot be read: {reason_of(error)}") from error


def _manifest_in_parts(location: Location, parts: list[str]) -> dict[str, Any]:
    """Return the options that the first part records."""
    try:
        with _reading(location / parts[0]):
            metadata = pl.read_parquet_metadata(io.BytesIO((location / parts[0]).read()))
        options = json.loads(metadata[METADATA_KEY])
        version = options.pop("library_version")
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, SourceError) as error:
        raise CorpusError(f"{location} is not a table of n-grams: {parts[0]} has no options of a count") from error
    wrong = misfit(options, OPTIONS) or misfit(version, str)
    if wrong:
        raise CorpusError(f"{location / parts[0]} is damaged: {wrong}")
    return {"options": options, "library_version": version}


def _polars_options(location: Location) -> dict[str, str] | None:
    """Return the fsspec options of an S3 store under the names that Polars uses."""
    given = location.storage_options or {}
    endpoint = (given.get("client_kwargs") or {}).get("endpoint_url") or given.get("endpoint_url")
    names = {"aws_access_key_id": given.get("key"), "aws_secret_access_key": given.get("secret"),
             "aws_session_token": given.get("token"), "aws_endpoint_url": endpoint}  # fmt: skip
    options = {name: str(value) for name, value in names.items() if value is not None}
    if endpoint and str(endpoint).startswith("http://"):
        options["aws_allow_http"] = "true"
    return options or None
