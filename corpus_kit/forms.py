"""Tokens as arrays, the forms that are counted of their types, and which tokens an n-gram may not cross.

What is counted of a corpus, and what is counted of texts without one, begins with these.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _counting, machine
from corpus_kit._columns import series_from_core, text_stream
from corpus_kit._tokenize import number_forms
from corpus_kit.normalization import Normalizer, normalize_series
from corpus_kit.tokenization import COUNTED_KINDS, Tokenizer

__all__ = [
    "BARRIERS",
    "NO_FORM",
    "UNITS",
    "Forms",
    "Selected",
    "TokenArrays",
    "forms_of_tokenizer",
    "forms_of_types",
    "select",
]

NO_FORM = 0xFFFFFFFF  # the form of a type that is not counted

# Flags of tokens that an n-gram may not cross. The last one is set by counting.py, not by the tokeniser.
BEGINS_SENTENCE = 1
BEGINS_PARAGRAPH = 2
BEGINS_WORD = 8
UNITS = ("sentence", "paragraph", "document")
BARRIERS = {
    "token": BEGINS_PARAGRAPH | BEGINS_WORD,
    "sentence": BEGINS_SENTENCE | BEGINS_PARAGRAPH,
    "paragraph": BEGINS_PARAGRAPH,
    "document": 0,
}

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint32]
Integers = npt.NDArray[np.int64]


class TokenArrays(NamedTuple):
    """Tokens of documents, one after another.

    type_ids and flags have an item for each token, counts one for each document;
    chosen, if given, is 1 for the documents that are counted and 0 for the others.
    """

    type_ids: Numbers
    flags: Bytes
    counts: Numbers
    chosen: Bytes | None = None


class Forms(NamedTuple):
    """What is counted of each type: of_type maps type ids to rows of words, or to NO_FORM.

    None in its place: every type counts, as itself.
    """

    of_type: Numbers | None
    words: pl.Series


def forms_of_types(
    types: pl.DataFrame,
    *,
    normalizer: Normalizer | None,
    kinds: Collection[str] | None = COUNTED_KINDS,
) -> Forms:
    """Normalise the surfaces of types and number the distinct forms, in order of the types.

    types: a frame with the columns surface and kind, in order of type id. Types of
    other kinds than `kinds` (None: all) and types whose form is empty have no form.
    """
    surfaces = types["surface"]
    counted = None if kinds is None else types["kind"].is_in(sorted(kinds)).cast(pl.UInt8).to_numpy()
    normalised = surfaces if normalizer is None else normalize_series(surfaces, normalizer)
    of_type, words = number_forms(text_stream(normalised), counted)
    return Forms(series_from_core("", of_type).to_numpy(), series_from_core("word", words))


def forms_of_tokenizer(tokenizer: Tokenizer, normalizer: Normalizer | None) -> Forms:
    """The forms of all types that a tokenizer has met."""
    if normalizer is None and tokenizer.tokenizer == "whitespace":
        # all types are of one kind, so that no two have the same surface
        return Forms(None, tokenizer.surfaces().alias("word"))
    return forms_of_types(tokenizer.types(), normalizer=normalizer)


class Selected(NamedTuple):
    """The tokens that are counted. An n-gram may not reach into one whose `barriers` has a bit of `barrier_bits`."""

    ids: Numbers
    barriers: Bytes
    barrier_bits: int
    document_ends: npt.NDArray[np.uint64]


def select(tokens: TokenArrays, forms: Forms, barrier_bits: int = 0, *, threads: int | None = None) -> Selected:
    """The tokens of the chosen documents whose type has a form, as numbers of the form.

    threads: at most so many; None: as many as `machine.threads` says.
    """
    if forms.of_type is None and tokens.chosen is None and barrier_bits & BEGINS_PARAGRAPH:
        # the first token of a document begins a paragraph, so that nothing needs to be selected
        return Selected(tokens.type_ids, tokens.flags, barrier_bits, np.cumsum(tokens.counts, dtype=np.uint64))
    of_type = np.arange(len(forms.words), dtype=np.uint32) if forms.of_type is None else forms.of_type
    columns = _counting.select(
        tokens.type_ids,
        tokens.flags,
        tokens.counts,
        of_type,
        barrier_bit=barrier_bits,
        documents=tokens.chosen,
        threads=machine.threads() if threads is None else threads,
    )
    ids, marks, ends = (series_from_core("", column).to_numpy() for column in columns[:3])
    return Selected(ids, marks, 1, ends)
