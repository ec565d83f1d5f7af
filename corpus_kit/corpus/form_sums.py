"""Sums over documents that the vocabulary keeps of its folded forms, so that the first word list needs no pass.

They are columns of `vocabulary.parquet` with the same values for all types of a form. Corpora that earlier versions
built lack them; what asks for them counts then.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arrays import Array
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.storage import FORM_SUMS
from corpus_kit.machine.threads import threads
from corpus_kit.text.forms import NO_FORM
from corpus_kit.text.tokenization import COUNTED_KINDS

__all__ = ["form_sums"]


def form_sums(types: pl.DataFrame, ids: Array, document_ends: Array) -> pl.DataFrame:
    """Return the sums of the folded form of each type; 0 for types that are not counted.

    Args:
        types: kind, folded and count of each type.
        ids: The type of each token.
        document_ends: The index of the token after the last one of each document.

    Returns:
        The columns of `storage.FORM_SUMS` (Int64): in how many documents the form occurs; how often it does in those in
        which its share is above that in the whole corpus; and the words of these documents.
    """
    is_word = (types["kind"].is_in(COUNTED_KINDS) & (types["folded"] != "")).to_numpy()
    row = types["folded"].rank("dense").to_numpy().astype(np.uint32) - np.uint32(1)
    n_forms = int(row.max(initial=0)) + 1
    counts = np.bincount(row, np.where(is_word, types["count"].to_numpy(), 0), n_forms)  # exact, below 2**53
    with np.errstate(invalid="ignore"):  # no words at all
        shares = counts / counts.sum()
    of_type = np.where(is_word, row, np.uint32(NO_FORM))
    found = _core.count_forms(ids, document_ends, of_type, n_forms, thresholds=shares, threads=threads())[1:4]
    sums = (series_from_core("", each).to_numpy()[row] for each in found if each is not None)
    return pl.DataFrame({name: np.where(is_word, each, 0) for name, each in zip(FORM_SUMS, sums, strict=True)})
