"""A table of n-grams that was counted at scale: a folder of Parquet parts, and the manifest beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit.errors import CorpusError, InputError
from corpus_kit.ngram_options import NgramOptions
from corpus_kit.normalization import Normalizer
from corpus_kit.scale.locations import Location
from corpus_kit.scale.merging import METADATA_KEY
from corpus_kit.scale.work import manifest_of, read_json, work_of

__all__ = ["NgramTable"]


class NgramTable:
    """A table of n-grams on disk or in an object store; nothing of it is held in memory.

    Made by `ck.scale.count_ngrams` and opened by `NgramTable.open`. `ck.ngrams` takes one, or its path.

    `location` is the folder or URL. `manifest` says what was counted, how, from which files, and the SHA-256 of each
    part; where the file beside the folder is missing, it holds only what the parts tell of themselves: `options` and
    `library_version`.

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
        """Open a table by the path of its folder, or its URL.

        Raises CorpusError where there is no such table, it is not complete, or it is damaged.
        """
        location = Location.of(path, storage_options)
        parts = _part_names(location)
        manifest = manifest_of(location)
        if manifest.exists():
            told = read_json(manifest)
            _check(location, told, parts)
            return cls(location, told)
        if (work_of(location) / "plan.json").exists():
            raise CorpusError(f"{location} is not counted to its end yet; run the same count again to resume it")
        if not parts:
            raise CorpusError(f"there is no table of n-grams at {location}")
        return cls(location, _told_by_parts(location, parts))

    @property
    def options(self) -> dict[str, Any]:
        """How it was counted: n, min_count, skip, within, profile, tokenizer ..."""
        options: dict[str, Any] = self.manifest["options"]
        return options

    @property
    def id(self) -> str | None:
        """Sixteen hexadecimal digits that tell this table from any other; None where there is no manifest."""
        checksum = self.manifest.get("checksum")
        return None if checksum is None else str(checksum)[:16]

    def scan(self) -> pl.LazyFrame:
        """The rows, not read yet: ngram (String), n (UInt8), count, documents (Int64); sorted by bytes in each part.

        Of an object store Polars reads by itself; its options follow from those of an S3 store.
        """
        options = None if self.location.is_local else _polars_options(self.location)
        parts = [(self.location / name).url for name in _part_names(self.location)]
        # by name: the path of a table may hold what a glob takes for a sign
        return pl.scan_parquet(parts, glob=False, storage_options=options, hive_partitioning=False)

    def select(self, options: NgramOptions, profile: Normalizer | None) -> pl.DataFrame:
        """The n-grams that `ck.ngrams` gives: count descending, then n, then by bytes.

        Raises InputError where they were not counted so.
        """
        self._expect(options, profile)
        wanted = pl.col("n").is_between(options.low, options.high) & (pl.col("count") >= options.min_count)
        table = self.scan().filter(wanted).collect(engine="streaming")
        return table.sort("count", "n", "ngram", descending=[True, False, False])

    def _expect(self, options: NgramOptions, profile: Normalizer | None) -> None:
        counted = self.options
        low, high = counted["n"]
        if not low <= options.low <= options.high <= high:
            raise InputError(f"the table holds n-grams of n={low if low == high else (low, high)}; give n= within that")
        if options.min_count < counted["min_count"]:
            raise InputError(
                f"min_count={options.min_count}, but the table holds only what counts {counted['min_count']} or more"
            )
        asked = {
            "profile": None if profile is None else {"name": profile.name, "digest": profile.digest},
            "skip": options.skip,
            "within": options.within,
        }
        for name, value in asked.items():
            if counted[name] != value:
                raise InputError(
                    f"the table was counted with {name}={_named(counted[name])!r}, and cannot tell of "
                    f"{name}={_named(value)!r}"
                )

    def verify(self) -> None:
        """Read all parts and compare them with the manifest. Raises CorpusError, naming the first that differs."""
        if "parts" not in self.manifest:
            raise CorpusError(f"{self.location} has no manifest beside it to compare it with")
        for part in self.manifest["parts"]:
            data = (self.location / part["name"]).read()
            if hashlib.sha256(data).hexdigest() != part["sha256"]:
                raise CorpusError(f"{self.location} is damaged: {part['name']} has not the content that was written")

    def __repr__(self) -> str:
        counts = self.manifest.get("counts")
        told = f"{counts['ngrams']:,} n-grams of {counts['documents']:,} documents" if counts else "no manifest"
        low, high = self.options["n"]
        return f"NgramTable({str(self.location)!r}, n={low if low == high else (low, high)}: {told})"


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
        state = "is missing" if odd[0] in listed else "is not one of its parts"
        raise CorpusError(f"{location} is not what its manifest says: {odd[0]} {state}")


def _told_by_parts(location: Location, parts: list[str]) -> dict[str, Any]:
    import io

    try:
        told = pl.read_parquet_metadata(io.BytesIO((location / parts[0]).read()))[METADATA_KEY]
        options = json.loads(told)
        version = options.pop("library_version")
        options["n"]
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise CorpusError(f"{location} is no table of n-grams: {parts[0]} does not say how it was counted") from error
    return {"options": options, "library_version": version}


def _polars_options(location: Location) -> dict[str, str] | None:
    """What Polars calls the options of an S3 store in fsspec."""
    given = location.storage_options or {}
    endpoint = (given.get("client_kwargs") or {}).get("endpoint_url") or given.get("endpoint_url")
    names = {"aws_access_key_id": given.get("key"), "aws_secret_access_key": given.get("secret"),
             "aws_session_token": given.get("token"), "aws_endpoint_url": endpoint}  # fmt: skip
    options = {name: str(value) for name, value in names.items() if value is not None}
    if endpoint and str(endpoint).startswith("http://"):
        options["aws_allow_http"] = "true"
    return options or None
