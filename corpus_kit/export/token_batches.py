"""The tokens of a corpus in batches of documents, and what is known of each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, ranges
from corpus_kit.corpus.layers import LayerColumn, column_called
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView

__all__ = [
    "UPOS",
    "Column",
    "TokenBatch",
    "all_columns",
    "columns_of_layers",
    "known_columns",
    "metadata_names",
    "token_batches",
    "tokens_of",
]

UPOS = ("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ",
        "SYM", "VERB", "X")  # fmt: skip

_TOKENS = 1 << 17  # of a batch, at least one document
_NOT_METADATA = ("document", "tokens", "words")
_TAGS_OF_KINDS = {"punctuation": "PUNCT", "symbol": "SYM", "emoji": "SYM"}
_FIELDS = ("lemma", "pos", "xpos", "feats", "head", "deprel")


class TokenBatch(NamedTuple):
    """The tokens of some documents.

    Attributes:
        documents: The row numbers of the documents, ascending.
        counts: How many tokens each has.
        tokens: The index of each token among all tokens of the corpus (Int64).
        types: Its type.
        flags: Its flags.
        starts: Its first code point in the text of its document as read.
    """

    documents: Array
    counts: Array
    tokens: Array
    types: Array
    flags: Array
    starts: Array

    @property
    def firsts(self) -> Array:
        """The place in the batch of the first token of each document, or of what follows if it has none."""
        return np.cumsum(self.counts) - self.counts

    @property
    def document_of(self) -> Array:
        """The place in `documents` of the document of each token."""
        return np.repeat(np.arange(len(self.documents)), self.counts)

    def ends(self, corpus: CorpusView) -> Array:
        """Return the code point after each token (Int64)."""
        lengths = corpus.derive(
            "surface lengths", lambda: corpus.type_column("surface").str.len_chars().to_numpy().astype(np.int64)
        )
        ends: Array = self.starts.astype(np.int64) + lengths[self.types]
        return ends


def tokens_of(corpus: CorpusView, documents: Array) -> TokenBatch:
    """Return the tokens of these documents."""
    with reading(corpus.path):
        first, end = corpus.document_bounds(documents)
        tokens = ranges(first, end)
        types, flags, starts = corpus.token_types[tokens], corpus.token_flags[tokens], corpus.token_starts[tokens]
    return TokenBatch(documents, end - first, tokens, types, flags, starts)


def token_batches(corpus: CorpusView, *, empty: bool = False) -> Iterator[TokenBatch]:
    """Yield the tokens of the selected documents, about 130,000 at a time.

    Args:
        corpus: The corpus.
        empty: Whether documents without tokens are among the documents.
    """
    documents = corpus.selected_documents()
    first, end = corpus.document_bounds(documents)
    if not empty:
        documents = documents[end > first]
        first, end = corpus.document_bounds(documents)
    before = np.cumsum(end - first)
    begin = 0
    while begin < len(documents):
        done = before[begin - 1] if begin else 0
        stop = max(begin + 1, int(np.searchsorted(before, done + _TOKENS, "right")))
        yield tokens_of(corpus, documents[begin:stop])
        begin = stop


class Column(NamedTuple):
    """What is known of tokens.

    Attributes:
        values: The values (String or List(String)): of each type, or of each code of a layer.
        layer: The column of a layer; None if it is one of types.
    """

    values: pl.Series
    layer: LayerColumn | None = None

    def at(self, batch: TokenBatch) -> pl.Series:
        """Return the value of each token of a batch."""
        return self.values.gather(batch.types if self.layer is None else self.layer.codes.items(batch.tokens))


def columns_of_layers(corpus: CorpusView) -> dict[str, Column]:
    """Return the columns of all layers of tokens by their full names, such as "gold.pos"."""
    names = [f"{layer}.{name}" for layer, columns in corpus.layers.items() for name in columns]
    found = {name: corpus.layer_column(name) for name in names}
    return {name: Column(column.values, column) for name, column in found.items()}


def all_columns(corpus: CorpusView) -> dict[str, Column]:
    """Return all that is known of tokens, but their segments: of their types, and in layers.

    The columns of types are lemma, stem, pos and root, as far as there are some.
    """
    of_types = [name for name in ("lemma", "pos", "stem", "root") if corpus.has_annotation(name)]
    return {name: Column(corpus.type_column(name)) for name in of_types} | columns_of_layers(corpus)


def known_columns(corpus: CorpusView) -> tuple[dict[str, Column], dict[str, Column]]:
    """Return what is known of tokens in the terms of Universal Dependencies, and the other columns of layers.

    Each of lemma, pos, xpos, feats, head and deprel is a column of the layer that was annotated last among those which
    have it. Without one, lemma and pos are those of the types, of several the likeliest, and signs are PUNCT or SYM. A
    part of speech that is none of Universal Dependencies becomes `xpos`, if the layers have no such column. All values
    are strings.
    """
    others = columns_of_layers(corpus)
    known: dict[str, Column] = {}
    for field in _FIELDS:
        name = column_called(field, corpus.layers)
        if name is not None:
            known[field] = others.pop(name)
        elif field in ("lemma", "pos") and corpus.has_annotation(field):
            known[field] = Column(_of_types(corpus, field))
    return _with_universal_tags(known), others


def _of_types(corpus: CorpusView, field: str) -> pl.Series:
    values = corpus.type_column(field)
    if field == "lemma":
        return values
    of_signs = corpus.type_column("kind").cast(pl.String).replace_strict(_TAGS_OF_KINDS, default=None)
    first = values.list.first()
    return first.zip_with(first.is_not_null(), of_signs)


def _with_universal_tags(known: Mapping[str, Column]) -> dict[str, Column]:
    if "pos" not in known:
        return dict(known)
    values, layer = known["pos"]
    is_universal = values.is_in(UPOS)
    none = pl.Series([None], dtype=pl.String)
    pos = {"pos": Column(values.zip_with(is_universal.fill_null(False), none), layer)}
    if is_universal.all():  # but for what is null
        return {**known, **pos}
    return {"xpos": Column(values.zip_with(~is_universal.fill_null(True), none), layer), **known, **pos}


def metadata_names(corpus: CorpusView, *, id: bool = False) -> list[str]:
    """Return the columns of documents that a user brought, and with `id` that of ids before them."""
    left_out = (*_NOT_METADATA, *(() if id else ("id",)))
    return [name for name in corpus.label_columns() if name not in left_out]
