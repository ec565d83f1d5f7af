"""A table of n-grams counted at scale: a folder of Parquet files, with a manifest beside it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit.errors import CorpusError, invalid
from corpus_kit.scale.locations import Location
from corpus_kit.scale.merge_bucket import METADATA_KEY
from corpus_kit.scale.work import manifest_of, read_json, work_of
from corpus_kit.text.ngram_options import NgramOptions
from corpus_kit.text.normalization import Normalizer

__all__ = ["NgramTable"]


class NgramTable:
    """A table of n-grams on disk or in an object store; its rows are not held in memory.

    It is returned by `ck.scale.count_ngrams` and opened by `NgramTable.open`. `ck.ngrams` takes a table or its path.

    Attributes:
        location: The folder or URL.
        manifest: What was counted, how and from which files, and the SHA-256 of each part. If the file beside the
            folder is missing, only what the parts themselves record: `options` and `library_version`.

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
        parts = _part_names(location)
        manifest = manifest_of(location)
        if manifest.exists():
            content = read_json(manifest)
            _check(location, content, parts)
            return cls(location, content)
        if (work_of(location) / "plan.json").exists():
            raise CorpusError(f"the count into {location} is not finished. Run the same count again to resume it.")
        if not parts:
            raise CorpusError(f"there is no table of n-grams at {location}")
        return cls(location, _manifest_in_parts(location, parts))

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

        Rows are sorted by bytes within each part. Polars itself reads from an object store; its options are derived
        from those of an S3 store.
        """
        options = None if self.location.is_local else _polars_options(self.location)
        parts = [(self.location / name).url for name in _part_names(self.location)]
        # By name, without globbing: the path may contain wildcards.
        return pl.scan_parquet(parts, glob=False, storage_options=options, hive_partitioning=False)

    def select(self, options: NgramOptions, profile: Normalizer | None) -> pl.DataFrame:
        """Return the n-grams for `ck.ngrams`: by descending count, then n, then bytes.

        Raises:
            InputError: If the table was counted with other options.
        """
        self._expect(options, profile)
        wanted = pl.col("n").is_between(options.low, options.high) & (pl.col("count") >= options.min_count)
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
        if "parts" not in self.manifest:
            raise CorpusError(f"{self.location} has no manifest to verify it with")
        for part in self.manifest["parts"]:
            data = (self.location / part["name"]).read()
            if hashlib.sha256(data).hexdigest() != part["sha256"]:
                raise CorpusError(f"{self.location} is damaged: {part['name']} has changed since it was written")

    def __repr__(self) -> str:
        counts = self.manifest.get("counts")
        size = f"{counts['ngrams']:,} n-grams of {counts['documents']:,} documents" if counts else "no manifest"
        low, high = self.options["n"]
        return f"NgramTable({str(self.location)!r}, n={low if low == high else (low, high)}: {size})"


def _part_names(location: Location) -> list[str]:
    return [name for name in location.children() if name.endswith(".parquet") and not name.startswith(".")]


def _named(value: Any) -> Any:
    return value["name"] if isinstance(value, dict) else value


def _check(location: Location, manifest: Any, parts: list[str]) -> None:
    try:
        listed = {str(part["name"]) for part in manifest["parts"]}
        manifest["options"]["n"], manifest["counts"]["ngrams"], manifest["counts"]["documents"]
    except (KeyError, TypeError) as error:
        raise CorpusError(f"{manifest_of(location)} is damaged: {error!r}") from None
    if listed != set(parts):
        odd = sorted(listed ^ set(parts))
        state = "is missing" if odd[0] in listed else "is not in the manifest"
        raise CorpusError(f"{location} does not match its manifest: {odd[0]} {state}")


def _manifest_in_parts(location: Location, parts: list[str]) -> dict[str, Any]:
    """Return the options that the first part records."""
    try:
        options = json.loads(pl.read_parquet_metadata(io.BytesIO((location / parts[0]).read()))[METADATA_KEY])
        version = options.pop("library_version")
        options["n"]
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise CorpusError(f"{location} is not a table of n-grams: {parts[0]} has no options of a count") from error
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
