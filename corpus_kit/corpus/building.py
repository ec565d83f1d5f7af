"""The folder of a corpus, built from documents in one pass over the texts, in batches of bounded size."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array
from corpus_kit._base.clock import build_time
from corpus_kit._base.columns import series_from_core
from corpus_kit._base.folders import flush_file
from corpus_kit._base.read_ahead import read_ahead
from corpus_kit._version import __version__
from corpus_kit.corpus import size_limits, storage
from corpus_kit.corpus.form_sums import form_sums
from corpus_kit.corpus.given_tokens import LAYER_FOLDER, GivenLayer, given_tokens, merged
from corpus_kit.corpus.growing import Growth
from corpus_kit.corpus.writing import write_manifest
from corpus_kit.errors import CorpusError
from corpus_kit.readers.reader import DocumentReader
from corpus_kit.scale.positions import positions_of_types
from corpus_kit.text.arabic import UNICODE_VERSION
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.tokenization import COUNTED_KINDS, RULES_VERSION, TokenBatch, Tokenizer

_OF_TEXTS = (storage.TYPES, storage.STARTS, storage.FLAGS, storage.DOCUMENT_ENDS, *storage.text_names("id"))
_FLUSHED_EARLY = 1 << 20  # tokens: more are written to disk while the index is made
_PARTS, _RUNS, _ASIDE = "parts", "runs", "aside"  # folders that are gone at the end
_ID_VERSION = 1  # of the rules for the id of a corpus, which do not depend on the format on disk


def build_folder(
    reader: DocumentReader,
    folder: Path,
    *,
    profile: Normalizer | None,
    options: dict[str, Any],
    memory: int,
    after: Growth | None = None,
) -> GivenLayer:
    """Write every file of a corpus, the manifest last.

    Args:
        reader: The documents.
        folder: An empty folder.
        profile: The normalisation of the column `word`.
        options: The arguments of the call, for the manifest.
        memory: The limit for building the index, in bytes.
        after: The corpus whose documents come before those of the reader.

    Returns:
        What the sources say of their tokens, to be made a layer.
    """
    reader.write_aside(folder / _ASIDE)
    reader.schema  # noqa: B018  # opens all sources in this thread, where Ctrl-C and SIGTERM stop it
    folded_profile = _folded(profile)
    created = build_time()
    if after is not None:
        _expect_room(after, reader)
    content = _TextPass(folder)
    vocabulary = content.run(reader if after is None else after.documents(reader))
    if not content.n_documents:
        raise CorpusError(f"no documents to build a corpus from. {reader.report}")
    with ThreadPoolExecutor() as pool:  # no step keeps two processors busy
        early = _OF_TEXTS if content.n_tokens > _FLUSHED_EARLY else ()
        steps = [pool.submit(flush_file, folder / name) for name in early]
        steps.append(pool.submit(_write_documents, folder))
        table = _vocabulary_table(folder, vocabulary, profile, folded_profile)
        steps += [pool.submit(_write_vocabulary, folder, table), pool.submit(_write_index, folder, table)]
        _write_positions(folder, table["count"], memory)
        for step in steps:
            step.result()
    shutil.rmtree(folder / _ASIDE, ignore_errors=True)
    write_manifest(
        folder,
        {
            "format_version": storage.FORMAT_VERSION,
            "library_version": __version__,
            "unicode_version": UNICODE_VERSION,
            "id": content.checksum(profile)[:16],
            "checksum": content.checksum(profile),
            "created": created,
            "counts": {
                "documents": content.n_documents,
                "tokens": content.n_tokens,
                "words": content.n_words,
                "types": vocabulary.height,
            },
            "tokenizer": {"name": "standard", "version": RULES_VERSION},
            **({"given_tokens": content.n_given} if content.n_given else {}),
            "profile": _profile_record(profile),
            "folded_profile": _profile_record(folded_profile),
            **_history(after, created, {"options": options, "source": reader.report.to_dict()}),
        },
    )
    return content.layer


def _expect_room(after: Growth, reader: DocumentReader) -> None:
    """Refuse documents for which a very large corpus has no room, before all of it is read again."""
    old = after.manifest["counts"]
    if old["tokens"] <= size_limits.MOST_TOKENS // 2:  # what is added is small, or takes as long as what is there
        return
    tokens, documents, tokenizer = old["tokens"], old["documents"], Tokenizer("standard")
    for batch in reader:
        texts = batch["text"]
        if "given_tokens" in batch.columns:
            given = batch["given_tokens"]
            tokens += int(given.struct.field("spans").list.len().sum())
            texts = texts.filter(given.is_null())
        tokens += int(tokenizer.add(texts, starts=False).counts.sum(dtype=np.int64))
        documents += batch.height
        size_limits.expect_size(tokens=tokens, documents=documents, types=old["types"])


def _history(after: Growth | None, created: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return the record of the first source with its options, and of those added later, in order."""
    if after is None:
        return record
    before = after.manifest
    step = {"created": created, "library_version": __version__, **record}
    if "metadata" in before:
        step["metadata"] = before["metadata"]["steps"]  # whose columns are among the others by now
    return {
        "first_created": before.get("first_created", before["created"]),
        "options": before["options"],
        "source": before["source"],
        "added": [*before.get("added", []), step],
    }


class _TextPass:
    """One pass over the texts: writes tokens to arrays and documents to parts, and collects the types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.n_documents = self.n_tokens = self.n_words = self.n_given = 0
        self.layer = GivenLayer(folder / LAYER_FOLDER)
        self._digest = hashlib.sha256()
        self._tokenizer = Tokenizer("standard")
        self._types: list[pl.DataFrame] = []
        self._counted = np.zeros(0, bool)

    def run(self, reader: Iterable[pl.DataFrame]) -> pl.DataFrame:
        """Read all batches; return the types."""
        (self.folder / _PARTS).mkdir()
        with ExitStack() as stack:
            types, starts, flags, ends = (
                stack.enter_context(storage.ArrayWriter(self.folder / name, dtype))
                for name, dtype in (
                    (storage.TYPES, np.uint32),
                    (storage.STARTS, np.uint32),
                    (storage.FLAGS, np.uint8),
                    (storage.DOCUMENT_ENDS, np.uint64),
                )
            )
            ids = stack.enter_context(storage.TextsWriter(self.folder, "id"))
            for number, batch in enumerate(read_ahead(reader)):
                given = batch["given_tokens"] if "given_tokens" in batch.columns else None
                tokens = self._tokenizer.add(batch["text"]) if given is None else self._with_given(batch["text"], given)
                types.write(tokens.type_ids)
                starts.write(tokens.starts)
                flags.write(tokens.flags)
                batch_ends = np.cumsum(tokens.counts, dtype=np.uint64)
                ends.write(batch_ends + np.uint64(self.n_tokens))
                self._take_new_types()
                self.n_documents += batch.height
                self.n_tokens += len(tokens.type_ids)
                size_limits.expect_size(tokens=self.n_tokens, documents=self.n_documents, types=len(self._counted))
                words = self._words_per_document(tokens.type_ids, batch_ends)
                self._digest_texts(batch["id"], ids.write(batch["id"]))
                self._digest_texts(batch["text"], storage.joined(batch["text"]))
                batch = batch.drop("given_tokens", strict=False).with_columns(
                    pl.Series("tokens", tokens.counts, dtype=pl.UInt32), pl.Series("words", words, dtype=pl.UInt32)
                )
                batch.write_ipc(self.folder / _PARTS / f"{number:06}.arrow")
                self.n_words += int(words.sum())
        return pl.concat(self._types) if self._types else self._tokenizer.types()

    def _with_given(self, texts: pl.Series, given: pl.Series) -> TokenBatch:
        """Tokenise texts, but for those whose tokens are given."""
        is_given = given.is_not_null()
        tokens = self._tokenizer.add(texts.set(is_given, ""))
        found = given_tokens(texts, given)
        both = merged(tokens, found, self._tokenizer.number(found.surfaces))
        self.n_given += int(is_given.sum())
        for values in (found.counts, found.starts, found.flags, found.surfaces.str.len_chars().to_numpy()):
            self._digest.update(values.tobytes())
        self.layer.add(both.counts, found)
        return both

    def _take_new_types(self) -> None:
        new = self._tokenizer.types(len(self._counted))
        self._types.append(new)
        self._counted = np.append(self._counted, new["kind"].is_in(COUNTED_KINDS).to_numpy())

    def _words_per_document(self, type_ids: Array, ends: Array) -> Array:
        before = np.concatenate(([0], np.cumsum(self._counted[type_ids], dtype=np.int64)))
        return np.diff(before[ends], prepend=0)

    def _digest_texts(self, texts: pl.Series, joined: bytes) -> None:
        self._digest.update(texts.str.len_bytes().to_numpy().tobytes())
        self._digest.update(joined)

    def checksum(self, profile: Normalizer | None) -> str:
        """Return the SHA-256 of texts, ids, profile and rules, the same at any time and on any machine."""
        digest = self._digest.copy()
        rules = (_ID_VERSION, RULES_VERSION, UNICODE_VERSION, profile.digest if profile else None)
        digest.update(repr(rules).encode())
        return digest.hexdigest()


def _write_documents(folder: Path) -> None:
    # by name, without globbing: the path may contain wildcards
    parts = pl.scan_ipc(sorted((folder / _PARTS).iterdir()), glob=False, hive_partitioning=False)
    parts.with_row_index("document").sink_parquet(
        folder / storage.DOCUMENTS, compression="zstd", compression_level=1, row_group_size=4096
    )
    shutil.rmtree(folder / _PARTS)


def _vocabulary_table(
    folder: Path, types: pl.DataFrame, profile: Normalizer | None, folded: Normalizer
) -> pl.DataFrame:
    """Return the types with their forms and frequencies."""
    ids = storage.map_array(folder / storage.TYPES, np.uint32)
    ends = storage.map_array(folder / storage.DOCUMENT_ENDS, np.uint64)
    counts, documents = _core.count_types(ids, ends, n_types=types.height)
    surface = types["surface"]
    table = types.with_row_index("type").with_columns(
        (surface if profile is None else normalize_series(surface, profile)).alias("word"),
        normalize_series(surface, folded).alias("folded"),
        series_from_core("count", counts),
        series_from_core("documents", documents),
    )
    return table.hstack(form_sums(table, ids, ends))


def _write_vocabulary(folder: Path, table: pl.DataFrame) -> None:
    table.write_parquet(folder / storage.VOCABULARY, compression="zstd", compression_level=1)


def _write_positions(folder: Path, of_types: pl.Series, memory: int) -> None:
    """Write the positions of each type: an index as long as the corpus."""
    type_ids, counts = storage.map_array(folder / storage.TYPES, np.uint32), of_types.to_numpy()
    offsets = np.concatenate((np.zeros(1, np.uint64), np.cumsum(counts, dtype=np.uint64)))
    storage.write_array(folder / storage.INDEX_OFFSETS, offsets)
    runs = folder / _RUNS
    with storage.ArrayWriter(folder / storage.INDEX_POSITIONS, np.uint32) as writer:
        for positions in positions_of_types(type_ids, counts, runs, memory):
            writer.write(positions)
    if runs.is_dir():
        shutil.rmtree(runs)


def _write_index(folder: Path, table: pl.DataFrame) -> None:
    """Write the forms of the types and their order by folded form."""
    kinds, folded = table["kind"], table["folded"]
    storage.write_array(folder / storage.INDEX_KINDS, kinds.to_physical().cast(pl.UInt8).to_numpy())
    storage.write_texts(folder, "surface", table["surface"])
    storage.write_texts(folder, "folded", folded)
    order = folded.to_frame().select(pl.arg_sort_by("folded", maintain_order=True).cast(pl.UInt32)).to_series()
    storage.write_array(folder / storage.INDEX_ORDER, order.to_numpy())
    ordered = folded.gather(order)
    ranks = np.zeros(len(kinds), np.uint32)
    ranks[order.to_numpy()] = np.cumsum((ordered != ordered.shift()).fill_null(value=False).to_numpy())
    storage.write_array(folder / storage.INDEX_RANKS, ranks)


def _folded(profile: Normalizer | None) -> Normalizer:
    """Return the normalisation that searches compare: patterns are in modern spelling."""
    return Normalizer.preset("quran" if profile is not None and profile.uthmani == "modern" else "search")


def _profile_record(profile: Normalizer | None) -> dict[str, Any] | None:
    if profile is None:
        return None
    return {"name": profile.name, "version": profile.version, "digest": profile.digest, "options": profile.options}
