"""The documents of a corpus that is there, followed by new ones: what a corpus that grows is built from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit import storage
from corpus_kit.errors import CorpusError, InputError, SourceError
from corpus_kit.normalization import PRESETS, Normalizer
from corpus_kit.readers import DocumentReader
from corpus_kit.readers.layout import common_type
from corpus_kit.readers.reader import Batcher, UniqueIds

__all__ = ["Growth"]

_FIRST = ("id", "date")
_LAST = ("text", "headline", "paragraphs")
_MADE = ("document", "tokens", "words")  # columns that every build makes anew
_ROWS = 1024


class Growth:
    """A corpus that documents are added to.

    Texts are read again, once, in batches of bounded size; so the result is the corpus that the old
    and the new documents together would have given.
    """

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest
        with storage.reading(path):
            schema = pl.scan_parquet(path / storage.DOCUMENTS).collect_schema()
        self._schema = {name: dtype for name, dtype in schema.items() if name not in _MADE}

    def profile(self) -> Normalizer | None:
        """The normaliser that the corpus was built with.

        Raises CorpusError if this version of the library cannot make it.
        """
        record = self.manifest["profile"]
        if record is None:
            return None
        name, options = record["name"], record.get("options")
        if options is not None:
            try:
                found = Normalizer(name=name, **options)
            except (InputError, TypeError) as error:
                raise CorpusError(f"{self.path} has a profile that this version cannot make: {error}") from error
        elif name in PRESETS:
            found = Normalizer.preset(name)
        else:
            raise CorpusError(f"{self.path} does not say what its profile {name!r} does. Build it again.")
        if found.digest != record["digest"]:
            raise CorpusError(
                f"the profile {name!r} of {self.path} differs from the one of this version of corpus_kit, so new "
                "documents would not fit the old ones. Build it again from its sources."
            )
        return found

    def first_row(self) -> int:
        """A number for the first row of new frames that is beyond every id that is a number."""
        with storage.reading(self.path):
            numbers = self._scan().select(pl.col("id").str.to_integer(strict=False).max()).collect().item()
        return 0 if numbers is None else max(int(numbers) + 1, 0)

    def documents(self, reader: DocumentReader) -> Iterator[pl.DataFrame]:
        """Yield the old documents and then those of the reader, in batches as a reader gives them.

        Raises SourceError where a column has types that do not go together and where an id is there already.
        """
        schema = self._united(reader.schema)
        batches = Batcher(reader.max_documents, reader.max_bytes)
        ids = UniqueIds()
        for old in self._old():
            ids.suspects(old["id"])
            yield from batches.add(_conform(old, schema))
        added = 0
        for new in reader:
            added += new.height
            for suspect in ids.suspects(new["id"]):
                self._refuse(suspect)
            yield from batches.add(_conform(new, schema))
        if not added:
            raise CorpusError(f"no documents to add to {self.path}. {reader.report}")
        yield from batches.rest()

    def _scan(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path / storage.DOCUMENTS)

    def _old(self) -> Iterator[pl.DataFrame]:
        with storage.reading(self.path):
            yield from self._scan().drop(_MADE).collect_batches(chunk_size=_ROWS, maintain_order=True)

    def _refuse(self, suspect: str) -> None:
        """Raise SourceError if this id, whose hash has come before, is that of an old document."""
        with storage.reading(self.path):
            row = self._scan().filter(pl.col("id") == suspect).select("document").collect()
        if row.height:
            raise SourceError(
                f"the id {suspect!r} is that of document {row.item(0, 0):,} of the corpus already; ids are unique. "
                "If it is another document, name a column of ids in id=, or give a path from further up"
            )

    def _united(self, new: pl.Schema) -> dict[str, pl.DataType]:
        """The columns of the old documents and then those that are new, each of a type that holds both."""
        names = [*self._schema, *(name for name in new if name not in self._schema)]
        middle = [name for name in names if name not in (*_FIRST, *_LAST)]
        ordered = [*(name for name in _FIRST if name in names), *middle, *_LAST]
        return {name: self._type(name, new.get(name)) for name in ordered}

    def _type(self, name: str, new: pl.DataType | None) -> pl.DataType:
        old = self._schema.get(name)
        if old is None or new is None:
            found = new if old is None else old
        else:
            found = common_type(old, new)
        if found is None:
            raise SourceError(
                f"column {name!r} has the type {new} in the source but {old} in the corpus; give it that type, "
                "or name the columns to keep in metadata="
            )
        return found


def _conform(batch: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return batch.select(
        pl.col(name).cast(dtype) if name in batch.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.items()
    )
