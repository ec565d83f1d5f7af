"""Tokens as arrays, the forms of their types that are counted, and the barriers that n-grams do not cross.

Counting starts from these, both with a corpus and without one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array, Bytes, Integers, Numbers
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit._core import number_forms
from corpus_kit.machine.threads import threads_or_default
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH
from corpus_kit.text.tokenization import COUNTED_KINDS, Tokenizer

__all__ = [
    "BREAK",
    "NO_FORM",
    "DocumentTokens",
    "Forms",
    "Selected",
    "forms_of_texts",
    "forms_of_tokenizer",
    "forms_of_types",
    "select",
]

NO_FORM = 0xFFFFFFFF  # of a type that is not counted
BREAK = 0xFFFFFFFE  # the same, and no n-gram passes over it


class DocumentTokens(NamedTuple):
    """The tokens of documents, one document after another.

    `type_ids` and `flags` have an item for each token, `counts` for each document. `chosen`, if given, is 1 for the
    documents to count and 0 for the others.
    """

    type_ids: Numbers
    flags: Bytes
    counts: Numbers
    chosen: Bytes | None = None


class Forms:
    """The form of each type that is counted.

    `of_type` maps type ids to rows of `words`, or to NO_FORM or BREAK. If it is None, each type is its own form. A null
    in `words` is the form of types that are counted among the others, but have no name to be shown by.
    """

    def __init__(self, of_type: Numbers | None, words: pl.Series) -> None:
        self.of_type = of_type
        self._words = words

    def __len__(self) -> int:
        """Return the number of forms."""
        return len(self._words)

    @property
    def words(self) -> pl.Series:
        """The forms (String)."""
        return self._words

    def named(self, rows: Numbers | Integers) -> pl.Series:
        """Return some of the forms, given as rows of `words`."""
        return self.words.gather(rows)


def forms_of_types(
    types: pl.DataFrame,
    *,
    normalizer: Normalizer | None,
    kinds: Collection[str] | None = COUNTED_KINDS,
) -> Forms:
    """Normalise the surfaces of types and number the distinct forms in order of appearance.

    Args:
        types: A table with the columns surface and kind, in order of type id.
        normalizer: The normaliser, or None.
        kinds: The kinds that are counted, or None for all. Types of other kinds and types whose normalised spelling
            is empty have no form.
    """
    surfaces = types["surface"]
    counted = None if kinds is None else types["kind"].is_in(sorted(kinds)).cast(pl.UInt8).to_numpy()
    normalised = surfaces if normalizer is None else normalize_series(surfaces, normalizer)
    of_type, words = number_forms(text_stream(normalised), counted)
    return Forms(series_from_core("", of_type).to_numpy(), series_from_core("word", words))


def forms_of_texts(texts: pl.Series, is_word: Array) -> Forms:
    """Return the forms of types that are counted as these texts.

    Args:
        texts: The text of each type, such as its lemma; null or empty where it is unknown.
        is_word: Whether each type is counted (bool). Those without a text share one form, the last, which is null.
    """
    numbers, words = number_forms(text_stream(texts.fill_null("")), is_word.view(np.uint8))
    of_type, named = series_from_core("", numbers).to_numpy(), series_from_core("word", words)
    without = is_word & (of_type == NO_FORM)
    if not without.any():
        return Forms(of_type, named)
    return Forms(np.where(without, np.uint32(len(named)), of_type), named.extend(pl.Series([None], dtype=pl.String)))


def forms_of_tokenizer(tokenizer: Tokenizer, normalizer: Normalizer | None) -> Forms:
    """Return the forms of all types that a tokenizer has seen."""
    if normalizer is None and tokenizer.tokenizer == "whitespace":
        # types of one kind have distinct surfaces
        return Forms(None, tokenizer.surfaces().alias("word"))
    return forms_of_types(tokenizer.types(), normalizer=normalizer)


class Selected(NamedTuple):
    """The tokens that are counted.

    No n-gram crosses the start of a token whose `barriers` share a bit with `barrier_bits`.
    """

    ids: Numbers
    barriers: Bytes
    barrier_bits: int
    document_ends: npt.NDArray[np.uint64]


def select(
    tokens: DocumentTokens, forms: Forms, barrier_bits: int = 0, *, shortest: int = 1, threads: int | None = None
) -> Selected:
    """Return the tokens of the chosen documents whose type has a form, as numbers of the form.

    Args:
        tokens: The tokens.
        forms: The forms of their types.
        barrier_bits: The flags of tokens that an n-gram does not cross.
        shortest: The length of the shortest n-gram; fewer tokens between two barriers may be left out.
        threads: The most threads to use, or None for `corpus_kit.threads`.
    """
    if forms.of_type is None and tokens.chosen is None and barrier_bits & BEGINS_PARAGRAPH:
        # the first token of a document begins a paragraph, so the arrays can be used as they are
        return Selected(tokens.type_ids, tokens.flags, barrier_bits, np.cumsum(tokens.counts, dtype=np.uint64))
    of_type = np.arange(len(forms), dtype=np.uint32) if forms.of_type is None else forms.of_type
    columns = _core.select(
        tokens.type_ids,
        tokens.flags,
        tokens.counts,
        of_type,
        barrier_bit=barrier_bits,
        documents=tokens.chosen,
        shortest=shortest,
        threads=threads_or_default(threads),
    )
    ids, marks, ends = (series_from_core("", column).to_numpy() for column in columns[:3])
    return Selected(ids, marks, 1, ends)
