"""What the corpus of the sample items contains, known beforehand, so that no other corpus is taken for it.

The checksums of a corpus say that it is as it was written, not who wrote it: whoever can write into the cache folder
can write a corpus there with fitting checksums. Its content is therefore compared with two digests that are fixed here:
those of the documents, tokens, types and index, and of the annotations by known versions of the annotator.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import polars as pl

from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import CorpusKitError
from corpus_kit.text.annotators import annotator_record

__all__ = ["annotation_digest", "content_digest", "is_sample"]

_CONTENT = "d6774996cb45c360c32b2d79a8ae17485e02e74e788bf0dba1197c130dac3a00"
"""After a change of the items, of the tokenizer or of the normaliser, tests/test_samples.py says what this must be."""
_ANNOTATIONS = {
    '{"name": "corpus_kit", "simplemma": "2.0.0", "version": 3, "wordfreq": "3.1.1"}': (
        "679a2048989e09e76712fb57c0f239d2649341d2f8b8f8d3bfa14579880fb8d6"
    ),
}
"""By the versions of the annotator; annotations by others are not compared."""

_ANNOTATED = ("segments", "stem", "lemma", "root", "pos")
_ARRAYS = (
    *("token_types", "token_starts", "token_flags", "document_ends", "index_offsets", "index_positions"),
    *("type_kinds", "type_order", "type_ranks"),
)


def is_sample(corpus: CorpusView) -> bool:
    """Return whether a corpus has the content of the sample."""
    try:
        if content_digest(corpus) != _CONTENT:
            return False
        known = _ANNOTATIONS.get(annotator_versions())
        return corpus.is_annotated and known in (None, annotation_digest(corpus))
    except (CorpusKitError, pl.exceptions.PolarsError):
        return False


def annotator_versions() -> str:
    """Return the versions of the annotator in one text."""
    return json.dumps(annotator_record(), sort_keys=True)


def content_digest(corpus: CorpusView) -> str:
    """Return the SHA-256 of all that a corpus holds, except annotations and the manifest; the same on any machine."""
    types = np.arange(corpus.n_types, dtype=np.uint32)
    digest = hashlib.sha256()
    _add_table(digest, corpus.all_documents())
    _add_table(digest, corpus.all_types().drop(_ANNOTATED, strict=False))
    for name in _ARRAYS:
        _add(digest, pl.Series(name, getattr(corpus, name)))
    _add(digest, series_from_core("surfaces", corpus.surfaces.gather(types)))
    _add(digest, series_from_core("folded_forms", corpus.folded_forms.gather(types)))
    _add(digest, corpus.ids(np.arange(corpus.total_documents)))
    return digest.hexdigest()


def annotation_digest(corpus: CorpusView) -> str:
    """Return the SHA-256 of the annotations of a corpus."""
    digest = hashlib.sha256()
    _add_table(digest, corpus.all_types().select(_ANNOTATED))
    return digest.hexdigest()


def _add_table(digest: hashlib._Hash, frame: pl.LazyFrame) -> None:
    for column in frame.collect().iter_columns():
        _add(digest, column)


def _add(digest: hashlib._Hash, values: pl.Series) -> None:
    """Add a series: its name, its length, which values are missing, and the bytes of the others."""
    dtype = values.dtype
    digest.update(f"{values.name} {dtype.base_type()} {len(values)} ".encode())
    digest.update(values.is_null().to_numpy().tobytes())
    if isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            _add(digest, values.struct.field(field.name))
    elif isinstance(dtype, pl.List):
        _add(digest, values.list.len())
        _add(digest, values.explode())
    elif dtype.is_integer():
        numbers = values.fill_null(0).to_numpy()
        digest.update(numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes())
    else:
        texts = values.cast(pl.String).fill_null("")
        _add(digest, texts.str.len_bytes())
        digest.update(texts.str.join("").item().encode())
