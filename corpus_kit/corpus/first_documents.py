"""Documents as one looks at them: the first ones, and the text of one."""

from __future__ import annotations

import polars as pl

from corpus_kit._base.arguments import integer, text_argument
from corpus_kit._base.records import attach
from corpus_kit._base.similar import most_similar
from corpus_kit.corpus import storage
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, shown

__all__ = ["first_documents", "text_of"]

_BEGINNING = 80  # code points of a text


def first_documents(corpus: CorpusView, n: int) -> pl.DataFrame:
    """Return the first documents: their labels, and text (String), the beginning of it."""
    text = pl.col("text")
    more = pl.when(text.str.len_chars() > _BEGINNING).then(pl.lit("…")).otherwise(pl.lit(""))
    beginning = text.str.head(_BEGINNING) + more
    rows = pl.Series("document", corpus.selected_documents()[:n], dtype=pl.UInt32)
    with storage.reading(corpus.path):
        documents = corpus.documents.filter(pl.col("document").is_in(rows.implode()))
        frame = documents.select(*corpus.label_columns(), beginning).collect()
    return attach(frame, "Corpus.head", {"n": n, "subcorpus": corpus.selection}, corpus=corpus)


def text_of(corpus: CorpusView, document: str | int) -> str:
    """Return the text of a document, given by its id or its row number.

    Raises:
        InputError: If there is no such document.
    """
    row = _row_of_id(corpus, document) if isinstance(document, str) else integer(document, "document", least=0)
    if row >= corpus.total_documents:
        hint = f" Ids are texts: {str(row)!r}." if str(row) in corpus.labels("id", selected=False) else ""
        raise InputError(
            f"document must be below {corpus.total_documents:,}, the number of documents, got {row}.{hint}"
        )
    mask = corpus.document_mask()
    if mask is not None and not mask[row]:
        raise InputError(f"document must be one of this subcorpus, got {shown(document)}, which was filtered out.")
    return corpus.text_as_read(row)


def _row_of_id(corpus: CorpusView, name: str) -> int:
    ids: pl.Series = corpus.derive("ids", lambda: corpus.labels("id", selected=False))
    row = ids.index_of(text_argument(name, "document"))
    if row is None:
        near = most_similar(name, ids)
        hint = f"Did you mean {shown(ids[near])}?" if near is not None else "corpus.head() shows some."
        raise InputError(f"document must be the id or the row number of a document, got {shown(name)}. {hint}")
    return row
