"""The tokens of a corpus that its sources gave, as readers give them: what `given_tokens.py` made of them, undone."""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit.corpus import storage
from corpus_kit.corpus.files import CorpusFiles
from corpus_kit.corpus.layers import GIVEN, columns_of_layers, expect_layer, values_of
from corpus_kit.readers.structure import TOKENS
from corpus_kit.text.token_flags import BEGINS_SENTENCE, OF_SOURCE

__all__ = ["StoredTokens"]


class StoredTokens:
    """The tokens that sources gave, with what the layer says of them.

    Args:
        files: The corpus.

    Raises:
        CorpusError: If this version cannot read the layer.
    """

    def __init__(self, files: CorpusFiles) -> None:
        self._files = files
        surfaces = files.column(storage.VOCABULARY, "surface", files.manifest["counts"]["types"])
        self._lengths = surfaces.str.len_chars().to_numpy()
        self._bounds = np.concatenate((np.zeros(1, np.int64), files.document_ends().astype(np.int64)))
        self._codes: dict[str, str] = {}
        if GIVEN in columns_of_layers(files.manifest):
            columns = expect_layer(GIVEN, files.manifest)["columns"]
            self._codes = {name: column["codes"] for name, column in columns.items()}

    def sizes(self, first: int, end: int) -> pl.Series:
        """Return how many tokens each document of a range has."""
        return pl.Series(np.diff(self._bounds[first : end + 1]))

    def of(self, first: int, end: int) -> pl.Series:
        """Return the tokens of a range of documents, as in `structure.TOKENS`; null where the tokeniser divided."""
        low, high = int(self._bounds[first]), int(self._bounds[end])
        types, starts, flags = (
            self._files.array(name).between(low, high) for name in (storage.TYPES, storage.STARTS, storage.FLAGS)
        )
        rows = np.repeat(np.arange(end - first), self.sizes(first, end).to_numpy())
        tokens = pl.DataFrame(
            {
                "_row": rows,
                "_number": np.arange(low, high) - self._bounds[first:end][rows],
                "_begins": flags & BEGINS_SENTENCE > 0,
                "_start": starts,
                "_end": starts + self._lengths[types],
                **{name: self._said(name, low, high) for name in self._codes},
            }
        ).filter(pl.Series(flags & OF_SOURCE > 0))
        span = pl.struct(pl.col("_start").alias("start"), pl.col("_end").alias("end"))
        said = [pl.struct(pl.lit(name).alias("name"), pl.col(name).alias("values")) for name in self._codes]
        layers = pl.concat_list(said) if said else pl.lit([])
        given = (
            tokens.group_by("_row", maintain_order=True)
            .agg(span.alias("_spans"), pl.col("_number").filter("_begins"), *self._codes)
            .select("_row", pl.struct(spans="_spans", sentences="_number", layers=layers).cast(TOKENS).alias("_given"))
        )
        documents = pl.DataFrame({"_row": np.arange(end - first)})
        return documents.join(given, on="_row", how="left", maintain_order="left")["_given"]

    def _said(self, column: str, low: int, high: int) -> pl.Series:
        return values_of(self._files, GIVEN, column).gather(self._files.array(self._codes[column]).between(low, high))
