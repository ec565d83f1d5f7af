"""The documents of an existing corpus followed by new ones, which `Corpus.add` builds the larger corpus from."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from corpus_kit.corpus import storage
from corpus_kit.corpus.files import CorpusFiles
from corpus_kit.corpus.stored_tokens import StoredTokens
from corpus_kit.errors import CorpusError, InputError, SourceError
from corpus_kit.readers.batches import Batcher, UniqueIds
from corpus_kit.readers.layout import common_type, converted
from corpus_kit.readers.reader import MOST_ROWS, DocumentReader
from corpus_kit.readers.structure import SPANS, TOKENS
from corpus_kit.readers.tables import row_ranges
from corpus_kit.text.normalization import PRESETS, VERSION, Normalizer

__all__ = ["Growth"]

_FIRST = ("id", "date")
_LAST = ("text", "spans", "given_tokens", "headline", "paragraphs")
_COMPUTED = ("document", "tokens", "words")  # columns that every build computes
_ROWS = 1024
_TOKENS = 1 << 18  # that sources gave, at once


class Growth:
    """A corpus that documents are added to.

    Its texts are read again, in batches of bounded size, so that the result is the corpus that the old and
    the new documents together would give.
    """

    def __init__(self, files: CorpusFiles) -> None:
        self.path = files.path
        self.manifest = files.manifest
        self._documents = files.documents()
        self._schema = {name: dtype for name, dtype in files.document_columns().items() if name not in _COMPUTED}
        self._given = StoredTokens(files) if self.manifest.get("given_tokens") else None
        if self._given is not None:
            self._schema["given_tokens"] = TOKENS

    def profile(self) -> Normalizer | None:
        """Return the normaliser that the corpus was built with.

        Raises:
            CorpusError: If this version of the library does not have it.
        """
        record = self.manifest["profile"]
        if record is None:
            return None
        name, options = record["name"], record.get("options")
        differs = CorpusError(
            f"the profile {name!r} of {self.path} differs from that of this version of corpus_kit, so that new "
            "documents would not match the old ones. Build it again from its sources."
        )
        if record.get("version", VERSION) != VERSION:
            raise differs
        if options is not None:
            try:
                found = Normalizer(name=name, **options)
            except (InputError, TypeError) as error:
                raise CorpusError(f"{self.path} has a profile that this version does not know: {error}") from error
        elif name in PRESETS:
            found = Normalizer.preset(name)
        else:
            raise CorpusError(f"{self.path} does not record its profile {name!r}. Build it again from its sources.")
        if found.digest != record["digest"]:
            raise differs
        return found

    def first_row(self) -> int:
        """Return a number for the first row of new frames, larger than all ids that are numbers below 2^62."""
        number = pl.col("id").str.to_integer(strict=False)
        with storage.reading(self.path):
            largest = self._documents.select(number.filter(number < MOST_ROWS).max()).collect().item()
        return 0 if largest is None else max(int(largest) + 1, 0)

    def documents(self, reader: DocumentReader) -> Iterator[pl.DataFrame]:
        """Yield the old documents and then those of the reader, in batches like those of a reader.

        Raises:
            SourceError: If a column has incompatible types, or an id exists already.
        """
        schema = self._joined_schema(reader.schema)
        self._check_renamed(reader)
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

    def _old(self) -> Iterator[pl.DataFrame]:
        batches = self._documents.drop(_COMPUTED).collect_batches(chunk_size=_ROWS, maintain_order=True)
        documents = batches if self._given is None else _with_tokens(batches, self._given)
        yield from storage.in_pieces(self.path, documents)

    def _refuse(self, suspect: str) -> None:
        """Raise SourceError if this id, whose hash occurred before, is that of an old document."""
        with storage.reading(self.path):
            row = self._documents.filter(pl.col("id") == suspect).select("document").collect()
        if row.height:
            raise SourceError(
                f"the id {suspect!r} is that of document {row.item(0, 0):,} of the corpus; ids must be unique. For "
                "another document, name a column of ids in id, or give the path of a folder further up."
            )

    def _check_renamed(self, reader: DocumentReader) -> None:
        """Raise SourceError if a column that was renamed would be joined with another column of its new name."""
        steps = [self.manifest, *self.manifest.get("added", [])]
        old = {new: name for step in steps for name, new in step["source"].get("renamed", {}).items()}
        added = {new: name for name, new in reader.renamed.items()}
        for column in reader.schema:
            one, other = old.get(column, column), added.get(column, column)
            if column in self._schema and one != other:
                raise SourceError(
                    f"column {other!r} of the source would be joined with the column {one!r} of the corpus, which is "
                    f"kept as {column!r}. Rename it in the source, or list the columns to keep in metadata."
                )

    def _joined_schema(self, new: pl.Schema) -> dict[str, pl.DataType]:
        """Return the columns of the old documents and then the new ones, with types that hold the values of both."""
        names = [*self._schema, *(name for name in new if name not in self._schema)]
        middle = [name for name in names if name not in (*_FIRST, *_LAST)]
        ordered = [*(name for name in _FIRST if name in names), *middle, *(name for name in _LAST if name in names)]
        return {name: self._type(name, new.get(name)) for name in ordered}

    def _type(self, name: str, new: pl.DataType | None) -> pl.DataType:
        old = self._schema.get(name)
        if old is None or new is None:
            found = new if old is None else old
        else:
            found = common_type(old, new)
        if found is None:
            raise SourceError(
                f"column {name!r} has the type {new} in the source but {old} in the corpus. Give it that type, "
                "or list the columns to keep in metadata."
            )
        return found


def _with_tokens(batches: Iterator[pl.DataFrame], given: StoredTokens) -> Iterator[pl.DataFrame]:
    """Yield documents with the tokens that their sources gave."""
    first = 0
    for batch in batches:
        for start, stop in row_ranges(given.sizes(first, first + batch.height), _TOKENS):
            yield batch[start:stop].with_columns(given.of(first + start, first + stop).alias("given_tokens"))
        first += batch.height


def _conform(batch: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    if "spans" in schema and "spans" not in batch.columns:
        batch = batch.with_columns(pl.lit([], SPANS).alias("spans"))  # none, as in a build of all documents
    return batch.select(converted(name, batch.schema.get(name), dtype).alias(name) for name, dtype in schema.items())
